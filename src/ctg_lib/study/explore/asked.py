"""From what an analyst types to the indicators and territories meant, with messages that help."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias, cast

from ctg_lib.display.typography import enumerate_fr
from ctg_lib.errors import BadInput, sample
from ctg_lib.geography import Territory
from ctg_lib.geography.names import fold, search_key
from ctg_lib.indicators.labels import breakdown_label
from ctg_lib.indicators.registry import THEMES, Definition, registry
from ctg_lib.study.national_rows import Place

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

Item: TypeAlias = tuple[str, str]
"""(indicator, breakdown)."""
Asked: TypeAlias = str | Item
"""An indicator as it is asked for: its id or its label, or (indicator, breakdown)."""

GROUPS: dict[str, str] = {
    "references": "références", "voisines": "voisines", "semblables": "semblables", "communes": "communes",
    "secteurs": "secteurs",
}  # fmt: skip
"""Words that stand for several territories at once, folded, and as they are written."""

MEANT: dict[str, tuple[str, ...]] = {
    "creche": ("accueil jeune enfant",), "nounou": ("assistante maternelle",), "nourrice": ("assistante maternelle",),
    "garderie": ("accueil",), "centre": ("accueil loisir",), "alsh": ("accueil loisir",), "docteur": ("medecin",),
    "vieux": ("65",), "senior": ("65",), "salaire": ("revenu",), "loyer": ("logement",),
    "hlm": ("logement social",), "bebe": ("naissance", "moins 3"), "ado": ("jeune", "jeunesse"), "voiture": ("transport",),
    "internet": ("numerique", "fibre"), "medecin": ("medical",), "handicape": ("handicap",),
}  # fmt: skip
"""What people say in the field -> words of the registry, all folded; each group of words is another way."""

_PLURAL = re.compile(r"(?<=[a-z]{3})[sx]\b")


# --- indicators --------------------------------------------------------------------------------------


def words_of(text: str) -> list[str]:
    """The words of a text without accents, case nor plural."""
    return _PLURAL.sub("", re.sub(r"[^a-z0-9]+", " ", fold(text))).split()


def rule_of(asked: str) -> Definition:
    """The indicator of this id or label.

    Raises:
        BadInput: unknown; names those that look alike, by their id or by their words.
    """
    known = registry()
    if asked in known:
        return known[asked]
    labelled = [rule for rule in known.values() if words_of(rule.label) == words_of(asked)]
    if len(labelled) == 1:
        return labelled[0]
    raise BadInput(f"Indicateur inconnu : {asked!r}. {_near(asked, known)}")


def _near(asked: str, known: dict[str, Definition]) -> str:
    by_id = difflib.get_close_matches(fold(str(asked)).replace(" ", "_"), known, n=3, cutoff=0.6)
    by_words = [rule.id for _, rule in ranked(str(asked))][:3]
    found = list(dict.fromkeys([*by_id, *by_words]))[:4]
    if not found:
        return "Attendu : un identifiant (etude.find() les liste tous)."
    named = [f"{i} ({known[i].label})" for i in found]
    return f"Vouliez-vous dire : {enumerate_fr(named, 'ou')} ?"


def ranked(text: str) -> list[tuple[int, Definition]]:
    """Indicators that answer to all words of a text, the best first: (rank, indicator).

    A word is found where it begins a word of the id or the label (rank 0), of the theme's name (1), of the
    definition or the caution (2), or anywhere in one of these (3); an indicator's rank is its worst word's.
    """
    wanted = words_of(text)
    found = []
    for rule in registry().values():
        texts = [
            f"{rule.id.replace('_', ' ')} {rule.label}",
            THEMES[rule.theme],
            f"{rule.definition} {rule.caution}",
        ]
        folded = [words_of(each) for each in texts]
        ranks = [min(_worst(way.split(), folded) for way in (word, *MEANT.get(word, ()))) for word in wanted]
        if max(ranks, default=0) <= 3:
            found.append((max(ranks, default=0), rule))
    # of those named by these words, the shortest name is the closest: « taux de pauvreté » before its details
    return sorted(
        found, key=lambda pair: (pair[0], len(words_of(pair[1].label)) if wanted and not pair[0] else 0)
    )


def _worst(words: list[str], folded: list[list[str]]) -> int:
    return max(_rank(word, folded) for word in words)


def _rank(word: str, folded: list[list[str]]) -> int:
    for rank, words in enumerate(folded):
        if any(each.startswith(word) for each in words):
            return rank
    inside = any(word in each for words in folded for each in words)
    return 3 if inside and len(word) > 3 else 4


def vocabulary() -> list[str]:
    """Words of ids and labels, folded: what a word that is found nowhere may have meant."""
    texts = (f"{rule.id.replace('_', ' ')} {rule.label}" for rule in registry().values())
    return sorted({word for text in texts for word in words_of(text) if len(word) > 3})


def items_of(study: Study, asked: Asked | Iterable[Asked]) -> list[Item]:
    """(indicator, breakdown) of what is asked, each once, in the order of asking.

    An indicator that has no total is read by each breakdown it is known for.

    Raises:
        BadInput: nothing asked, unknown indicator, or a breakdown it does not have.
    """
    single = isinstance(asked, str) or (isinstance(asked, tuple) and _is_item(asked))
    wanted = cast("list[Asked]", [asked] if single else list(asked))
    out: list[Item] = []
    for each in wanted:
        if isinstance(each, str):
            rule = rule_of(each)
            out += [(rule.id, breakdown) for breakdown in study.cells(rule.id)]
        else:
            indicator, breakdown = each
            rule = rule_of(indicator)
            out.append((rule.id, breakdown_of(study, rule, breakdown)))
    if not out:
        raise BadInput("aucun indicateur : attendu au moins un identifiant (etude.find() les liste tous).")
    return list(dict.fromkeys(out))


def _is_item(pair: tuple) -> bool:
    """Whether a pair of texts is an indicator and its breakdown, not two indicators."""
    if len(pair) != 2 or not all(isinstance(each, str) for each in pair):
        return False
    return pair[1] == "" or "=" in pair[1]


def breakdown_of(study: Study, rule: Definition, asked: str, place: Place | None = None) -> str:
    """A breakdown that the indicator has here, by its code (« mode=eaje ») or its words.

    Raises:
        BadInput: unknown; lists those that exist.
    """
    known = breakdowns(study, rule.id, place)
    if asked == "" or asked in known:
        return asked
    by_words = [code for code in known if words_of(breakdown_label(code)) == words_of(asked)]
    if len(by_words) == 1:
        return by_words[0]
    listed = (
        sample([f"{code} ({breakdown_label(code)})" for code in known if code], 6)
        or "aucun, le total seulement"
    )
    raise BadInput(f"{rule.id} : détail {asked!r} inconnu ici ; attendu : {listed}.")


def breakdowns(study: Study, indicator: str, place: Place | None = None) -> list[str]:
    """Breakdowns of an indicator in one place (the territory by default), sorted, the total first."""
    rows = study.table(indicator, [place or study.place])
    return sorted(rows["breakdown"].unique())


# --- territories -------------------------------------------------------------------------------------


def place_of(territory: Territory) -> Place:
    """(level, code) under which a territory stands in tables."""
    return ("epci" if territory.level == "ept" else territory.level), territory.code


def territory_of(study: Study, asked: str | Territory | None) -> Territory:
    """The territory meant by a code or a name; the study's own for None.

    A name is first looked for among the study's communes and secteurs, then in France.

    Raises:
        BadInput: unknown or ambiguous; says what was probably meant. An arrondissement: no figure has it.
    """
    if asked is None:
        return study.territory
    if isinstance(asked, Territory):
        return asked
    text = str(asked).strip()
    if text in (study.id, study.territory.code) or search_key(text) in _names(study.territory):
        return study.territory
    near = [s for s in study.secteurs if text == s.code or search_key(text) in _names(s)]
    communes = {search_key(name): code for code, name in study.communes_by_code.items()}
    if near:
        return near[0]
    if search_key(text) in communes:
        return study.geography.territory(communes[search_key(text)], level="commune")
    found = study.geography.territory(text)
    if found.level == "arrondissement_municipal":
        raise BadInput(
            f"{found.name} est un arrondissement : trouvé {text!r}, attendu une commune, une intercommunalité, un "
            "département, une région ou la France."
        )
    return found


def _names(territory: Territory) -> set[str]:
    return {search_key(territory.name), search_key(territory.short_name), search_key(territory.published)}


def territories_of(study: Study, asked: str | Territory | Iterable[str | Territory]) -> list[Territory]:
    """The territories meant, each once, the study's own left out; words of :data:`GROUPS` stand for several.

    Raises:
        BadInput: nothing asked, or as :func:`territory_of`.
    """
    wanted = [asked] if isinstance(asked, str | Territory) else list(asked)
    found: dict[Place, Territory] = {}
    for each in wanted:
        group = fold(each.strip()) if isinstance(each, str) else ""
        several = _group(study, group) if group in GROUPS else [territory_of(study, each)]
        found |= {place_of(territory): territory for territory in several}
    found.pop(place_of(study.territory), None)
    if not found:
        raise BadInput(
            f"aucun autre territoire : trouvé {wanted!r}, attendu des codes, des noms ou l’un des mots "
            f"{', '.join(GROUPS.values())}."
        )
    return list(found.values())


def _group(study: Study, word: str) -> list[Territory]:
    geography = study.geography
    if word == "references":
        return list(study.references)
    if word == "communes":
        return [geography.territory(code, level="commune") for code in study.territory.members]
    if word == "secteurs":
        return list(study.secteurs)
    rows = study.neighbours if word == "voisines" else study.lookalikes
    codes = list(rows["code"]) if len(rows) else []
    return [geography.territory(str(code), level="epci") for code in codes]
