"""French names of territories: articles, prepositions, long forms, sorting and search keys.

Articles follow Insee's « type de nom en clair » (TNCC), carried by the COG as ``typeLiaison``:
0 none before a consonant, 1 none before a vowel, 2 le, 3 la, 4 les, 5 l', 6 aux, 7 las, 8 los.
A commune keeps its article as part of its name (« La Cavalerie »), a département or a région does
not carry it (« Aveyron »). Source: Insee, documentation of the code officiel géographique.
"""

from __future__ import annotations

import re
import unicodedata

APOSTROPHE = "’"
_VOWELS = "aeiouyœæ"
# TNCC -> what « de » and « à » become before a name that starts with this article.
_LEADING = {2: "Le ", 3: "La ", 4: "Les ", 5: f"L{APOSTROPHE}", 6: "Aux ", 7: "Las ", 8: "Los "}
_ARTICLE = {2: "le ", 3: "la ", 4: "les ", 5: f"l{APOSTROPHE}"}
_DE = {2: "du ", 3: "de la ", 4: "des ", 5: f"de l{APOSTROPHE}"}

KIND_NAMES = {
    "CC": "Communauté de communes",
    "CA": "Communauté d’agglomération",
    "CU": "Communauté urbaine",
    "EPT": "Établissement public territorial",
}
"""Long form of the kinds of EPCI whose published name is a bare place name."""

_OWN_KIND = re.compile(
    r"\b(communaut[ée]|m[ée]tropole|eurom[ée]tropole|agglom[ée]ration|agglo|agglop[oô]le|intercom|interco)\b",
    re.IGNORECASE,
)
_LINK = re.compile(rf"^(?:de la |de l{APOSTROPHE}|des |du |de |d{APOSTROPHE})")
_FEMININE = re.compile(r"^(?:communaut[ée]|m[ée]tropole)\b", re.IGNORECASE)
_ELIDED = re.compile(r"^(?:eurom[ée]tropole|agglom[ée]ration|agglo|intercom)\b", re.IGNORECASE)

# « en » is what people say of these; elsewhere « dans » and the article.
_EN_DEPARTEMENTS = frozenset(
    ["16", "17", "19", "21", "24", "28", "2A", "2B", "31", "33", "35", "37", "43", "44", "48", "52", "53",
     "54", "57", "70", "71", "73", "74", "76", "77", "85", "87", "93", "971", "972", "973"]
)  # fmt: skip
_A_DEPARTEMENTS = frozenset({"75", "974", "976", "975", "977", "978"})
_LE_DEPARTEMENTS = {
    "28": "l’", "35": "l’", "37": "l’", "49": "le ", "54": "la ", "71": "la ", "77": "la ",
}  # fmt: skip
_LE_REGIONS = {
    "11": "l’", "27": "la ", "28": "la ", "53": "la ", "75": "la ", "76": "l’", "84": "l’", "93": "la ",
    "94": "la ",
}  # fmt: skip
_A_REGIONS = {
    "24": "dans le ", "32": "dans les ", "44": "dans le ", "52": "dans les ", "04": "à ", "06": "à ",
    "975": "à ", "977": "à ", "978": "à ",
}  # fmt: skip


def typographic(name: str) -> str:
    """A published name with French apostrophes and quotation marks, single spaces."""
    out = name.strip()
    if '"' in out or "''" in out:
        out = re.sub(r"(?:''|\")(.+?)(?:''|\")", "«\u00a0\\1\u00a0»", out)
    out = out.replace("'", APOSTROPHE)
    return re.sub(r" +", " ", out) if "  " in out else out


def fold(text: str) -> str:
    """Lower case without accents; « œ » becomes « oe »."""
    opened = text.lower()
    if opened.isascii():
        return opened
    opened = opened.replace("œ", "oe").replace("æ", "ae").replace("’", "'")
    return unicodedata.normalize("NFD", opened).translate(_PLAIN)


class _Plain(dict[int, int | None]):
    """Characters as they stay without accents (None: a combining mark), found as they are met."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]


_PLAIN = _Plain()


def french_sort_key(name: str) -> tuple[str, str]:
    """Key to sort names the French way without ``setlocale``.

    Accents and case count only between names otherwise alike; articles are kept; hyphens,
    apostrophes and spaces weigh the same, so « Saint-Jean » and « Saint Jean » are neighbours.
    """
    return re.sub(r"[^a-z0-9]+", " ", fold(name)).strip(), name


def search_key(name: str) -> str:
    """What a name is looked up by: folded, words only, « st » read as « saint »."""
    words = re.sub(r"[^a-z0-9]+", " ", fold(name)).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(w, w) for w in words)


_PREFIX = re.compile(
    r"^(?:cc|ca|cu|ept|communaute de communes|communaute d agglomeration|communaute urbaine|"
    r"etablissement public territorial)\s+(?:de la |de l |des |du |de |d )?"
)
_FIRST_ARTICLE = re.compile(r"^(?:le|la|les|l|aux|las|los) (?=.)")


def loose_key(key: str) -> str:
    """A search key without kind of EPCI, link word and leading article."""
    return _FIRST_ARTICLE.sub("", _PREFIX.sub("", key))


def slug(name: str) -> str:
    """Letters and digits joined by hyphens, for codes and file names."""
    return search_key(name).replace(" ", "-")


def starts_with_vowel(name: str) -> bool:
    """Whether « de » and « le » lose their vowel before this name (h is taken as aspirated)."""
    return fold(name)[:1] in _VOWELS and bool(name)


def epci_names(published: str, kind: str) -> tuple[str, str]:
    """Long and short name of an EPCI or EPT.

    « CC Larzac et Vallées » gives « Communauté de communes Larzac et Vallées » and « Larzac et
    Vallées ». A name that says what it is (« Rodez Agglomération », « Metz Métropole ») is left as
    it is, without « Communauté … » before it.
    """
    rest = typographic(re.sub(r"^(?:CC|CA|CU|EPT)\s+", "", published))
    rest = re.sub(r"^«\u00a0(.*)\u00a0»$", r"\1", rest)
    short = _LINK.sub("", rest)
    short = short[:1].upper() + short[1:]
    if kind not in KIND_NAMES or _OWN_KIND.search(rest):
        return short, short
    return f"{KIND_NAMES[kind]} {rest}", short


def _tncc(name: str, article: int | None) -> int:
    """TNCC, mended where it says « no article » of a name that has one, or says nothing."""
    if article is not None and article >= 2:
        return article
    return next((k for k, lead in _LEADING.items() if name.startswith(lead)), article or 0)


def _bare(name: str) -> str:
    return f"d{APOSTROPHE}{name}" if starts_with_vowel(name) else f"de {name}"


def de(level: str, code: str, name: str, article: int | None) -> str:
    """The name after « de » : « de La Cavalerie », « du Clapier », « de l’Aveyron », « d’Occitanie »."""
    if level in ("commune", "arrondissement_municipal"):
        tncc = _tncc(name, article)
        if tncc in (2, 4):
            return _DE[tncc] + name[len(_LEADING[tncc]) :]
        return f"de {name}" if tncc in (3, 5, 7, 8) else _bare(name)
    if level == "departement" or level == "region":
        return f"{_DE[article]}{name}" if article in _DE else _bare(name)
    if level == "france":
        return f"de {name}"
    definite = le(level, code, name, article)
    if definite.startswith(("le ", "les ")):
        return ("du " if definite.startswith("le ") else "des ") + definite.split(" ", 1)[1]
    return f"de {definite}" if definite[:1].islower() else _bare(name)


def le(level: str, code: str, name: str, article: int | None) -> str:
    """The name with its definite article : « l’Aveyron », « la Communauté de communes … », « Arles »."""
    if level in ("commune", "arrondissement_municipal", "study"):
        return name
    if level == "france":
        return f"la {name}"
    if level == "secteur":
        return name[:1].lower() + name[1:] if fold(name).startswith("secteur") else f"le secteur {name}"
    if level in ("departement", "region"):
        exceptions = _LE_DEPARTEMENTS if level == "departement" else _LE_REGIONS
        return exceptions.get(code, _ARTICLE.get(article or 0, "")) + name
    if _FEMININE.match(name):
        return f"la {name}"
    if name.startswith(KIND_NAMES["EPT"]):
        return f"l{APOSTROPHE}é{name[1:]}"
    return f"l{APOSTROPHE}{name}" if _ELIDED.match(name) else name


def a(level: str, code: str, name: str, article: int | None) -> str:
    """Where: « à La Cavalerie », « au Clapier », « dans l’Aveyron », « en Occitanie »."""
    if level in ("commune", "arrondissement_municipal"):
        tncc = _tncc(name, article)
        if tncc in (2, 4):
            return ("au " if tncc == 2 else "aux ") + name[len(_LEADING[tncc]) :]
        return f"à {name}"
    if level == "france":
        return f"en {name}"
    if level == "departement" and code in _A_DEPARTEMENTS:
        return f"à {name}"
    if level == "departement" and code in _EN_DEPARTEMENTS:
        return f"en {name}"
    if level == "region":
        return _A_REGIONS.get(code, "en ") + name
    return f"dans {le(level, code, name, article)}"
