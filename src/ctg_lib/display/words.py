"""The words by which the report compares, doubts or keeps silent: each has one meaning, written here.

Chapters take their words from :data:`SIDES`, :data:`AFTER` and :data:`CHANGES`, statuses have theirs
(:data:`ctg_lib.values.STATUS_LABELS`); the chapter of methods prints what all of them mean. Meanings follow
:mod:`ctg_lib.statistics.comparison`: a difference is named when it is established and meaningful.
"""

# ruff: noqa: E501 (French sentences, easier to read whole)
from __future__ import annotations

from ctg_lib.disclosure.policy import PARTNER_COUNT, SENSITIVE_COUNT
from ctg_lib.display.typography import number
from ctg_lib.values import STATUS_LABELS

SIDES: dict[str, str] = {"above": "plus", "below": "moins", "close": "à peu près comme"}
"""Side of a reading -> word before the place it is read against (« moins que dans le département »)."""
AFTER: dict[str, str] = {"above": "plus", "below": "moins", "close": "à peu près autant"}
"""The same where the place was said before (« soit à peu près autant »)."""
FAR = "nettement"
"""Before « plus » and « moins »: twice the meaningful difference or more."""
CHANGES: dict[str, str] = {"above": "hausse", "below": "baisse", "close": "proche", "unknown": "non établie"}
"""Side of a later value read against an earlier one."""

_NAMED = (
    "La différence est établie et elle compte. Établie : les fourchettes des deux valeurs, là où elles en ont une, ne se "
    "recouvrent pas. Elle compte : elle atteint l’écart qui compte de l’indicateur. Le territoire ou l’année que l’on "
    "compare est toujours dit."
)
_CLOSE = (
    "Pas de différence à nommer : l’écart est plus petit que l’écart qui compte, ou les fourchettes se recouvrent. Ce n’est "
    "pas la preuve que les deux valeurs sont égales."
)
_CHANGED = "De la première à la dernière période comparables, une différence établie et qui compte."

MEANINGS: dict[str, str] = {
    SIDES["above"]: _NAMED,
    SIDES["below"]: _NAMED,
    f"{FAR} {SIDES['above']}": "La différence est établie et vaut au moins deux fois l’écart qui compte.",
    f"{FAR} {SIDES['below']}": "La différence est établie et vaut au moins deux fois l’écart qui compte.",
    "écart qui compte": "La plus petite différence qui mérite un mot. Chaque indicateur a la sienne, écrite dans le "
    "dictionnaire des indicateurs.",
    SIDES["close"]: _CLOSE,
    AFTER["close"]: _CLOSE,
    CHANGES["above"]: _CHANGED,
    CHANGES["below"]: _CHANGED,
    CHANGES["close"]: "D’une période à l’autre, l’écart est trop petit ou trop incertain pour être nommé.",
    CHANGES["unknown"]: "Une des deux valeurs manque, ou n’est qu’une fourchette : rien ne peut être dit.",
    "fluctue": "Les nombres varient d’une année à l’autre, et le hasard suffit à l’expliquer : aucune tendance n’est établie.",
    "médiane des voisines": "La valeur du milieu : autant de voisines sont au-dessus qu’au-dessous. Les voisines sont les "
    "autres intercommunalités du département et celles qui touchent le territoire. Pas de médiane sous {fewest} valeurs connues.",
    "territoires semblables": "Les intercommunalités de France dont la structure ressemble le plus à celle du territoire : "
    "{features}. Ni revenus, ni emploi, ni services : c’est ce que l’on veut comparer.",
    "entre … et …": "Le nombre exact n’est pas connu. Selon l’indicateur, les bornes sont sûres (arrondis de l’éditeur), "
    "probables (sondage, hasard des petits nombres) ou tirées de plusieurs estimations ; le dictionnaire dit lesquelles.",
    "au moins": "Une partie manque ou n’est pas remplie : ce qui est connu est un minimum.",
    "environ": "Un nombre déduit d’un taux publié, ou arrondi pour être lu.",
    STATUS_LABELS["secret"]: "Le chiffre existe, et l’éditeur, le partenaire ou la règle de ce rapport le cache pour que "
    "personne ne soit reconnu. Ce n’est pas un zéro.",
    f"moins de {PARTNER_COUNT}": "De 1 à {partner} personnes, dans le fichier d’un partenaire : le nombre n’est pas donné. Sur un "
    "sujet sensible, il ne l’est pas de 1 à {sensitive}.",
    STATUS_LABELS["missing"]: "Le chiffre n’est pas dans les fichiers réunis. Ce n’est pas un zéro non plus.",
    STATUS_LABELS["below_threshold"]: "Le chiffre existe, mais repose sur trop peu de personnes pour vouloir dire quelque chose.",
    STATUS_LABELS["not_significant"]: "L’éditeur lui-même juge la valeur trop fragile et ne la donne pas.",
    STATUS_LABELS["not_applicable"]: "La question ne se pose pas pour ce territoire ou ce niveau.",
    STATUS_LABELS["merged_elsewhere"]: "Depuis une fusion de communes, le chiffre est dans celui d’une autre.",
    STATUS_LABELS["rounded"]: "L’éditeur ne publie qu’un nombre arrondi : la vraie valeur est dans les bornes.",
    STATUS_LABELS["estimated"]: "Calculé avec une hypothèse, que la définition de l’indicateur dit.",
    "0": "Zéro veut dire zéro : compté, et il n’y en a pas.",
}  # fmt: skip
"""Word -> what it means; ``{…}`` are filled by :func:`meanings`."""


def meanings(*, fewest: int, features: str) -> dict[str, str]:
    """Each word and what it means, in reading order.

    Args:
        fewest: territories under which there is no median. features: what likeness is made of, in words.
    """
    given = {"fewest": number(fewest), "features": features}
    given |= {"partner": number(PARTNER_COUNT - 1), "sensitive": number(SENSITIVE_COUNT - 1)}
    return {word: meaning.format(**given) for word, meaning in MEANINGS.items()}


def by_meaning(words: dict[str, str]) -> list[tuple[list[str], str]]:
    """Words that mean the same together, in the order of the first of them."""
    grouped: dict[str, list[str]] = {}
    for word, meaning in words.items():
        grouped.setdefault(meaning, []).append(word)
    return [(group, meaning) for meaning, group in grouped.items()]
