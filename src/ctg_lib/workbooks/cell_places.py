"""Cells that name communes of the territory."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import lru_cache

from ctg_lib.geography.names import loose_key, search_key
from ctg_lib.workbooks.cells import (
    ABSENT,
    Parsed,
    as_text,
    refused,
    says_not_concerned,
    says_nothing,
    says_unknown,
    shown,
    words,
)
from ctg_lib.workbooks.schema import Field

_CODE = re.compile(r"(?:\d{5}|2[abAB]\d{3})")
_CODE_INSIDE = re.compile(r"(?<![0-9A-Za-z])(\d{5}|2[abAB]\d{3})(?![0-9A-Za-z])")
_ARTICLE_LAST = re.compile(r"^(.*?)\s*(?:,\s*|\()(l['’]|le|la|les)\)?$", re.IGNORECASE)
_ALL = frozenset({"toutes", "toutes les communes", "ensemble des communes", "l ensemble des communes",
                  "tout le territoire", "toutes communes"})  # fmt: skip
OUTSIDE = frozenset({"hors territoire", "hors du territoire", "autre commune", "autres communes", "autres",
                     "exterieur", "hors epci", "hors cc", "ensemble des autres communes"})  # fmt: skip
"""Words for « from elsewhere », folded."""


def parse_commune(field: Field, cell: object, communes: Mapping[str, str]) -> Parsed:
    """The code of a commune of the territory, from its code or its name.

    A code may have lost its first zero; a name may lack its article, accents or hyphens, or have « St » for
    « Saint ».
    """
    text = as_text(cell)
    if _is_absent(text):
        return ABSENT
    codes = _codes(text, communes)
    if len(codes) == 1:
        return Parsed(codes[0])
    return refused(_wanted(text, codes, communes))


def parse_communes(field: Field, cell: object, communes: Mapping[str, str]) -> Parsed:
    """Codes of communes, sorted as the territory's list; one name that is not known refuses the cell."""
    text = as_text(cell)
    if _is_absent(text):
        return ABSENT
    if words(text) in _ALL:
        return Parsed(tuple(communes))
    parts = [text] if len(_codes(text, communes)) == 1 else _split(text, communes)
    if len(parts) > 5 * max(len(communes), 1):
        return refused("des communes du territoire, séparées par un point-virgule")
    found: list[str] = []
    for part in parts:
        codes = _codes(part, communes)
        if len(codes) != 1:
            return refused(_wanted(part, codes, communes, of_several=True))
        found.append(codes[0])
    return Parsed(tuple(code for code in communes if code in found)) if found else ABSENT


def says_outside(text: str) -> bool:
    """« hors territoire »."""
    return len(text) <= 60 and words(text) in OUTSIDE


def _is_absent(text: str) -> bool:
    return says_not_concerned(text) or says_unknown(text) or says_nothing(text)


def _split(text: str, communes: Mapping[str, str]) -> list[str]:
    parts: list[str] = []
    for part in re.split(r"[;\n|•]+", text):
        if len(_codes(part.strip(), communes)) == 1:
            parts.append(part)
        else:
            parts += re.split(r"[,/+&]+|\bet\b", part)
    return [p.strip(" -–•.") for p in parts if p.strip(" -–•.")]


def _codes(text: str, communes: Mapping[str, str]) -> tuple[str, ...]:
    """Codes that a text may stand for: one, or several that share the name."""
    if not text or len(text) > 100:
        return ()
    as_code = text.replace(" ", "").upper()
    as_code = f"0{as_code}" if len(as_code) == 4 and as_code.isdigit() else as_code
    if as_code in communes:
        return (as_code,)
    inside = [c.upper() for c in _CODE_INSIDE.findall(text) if c.upper() in communes]
    name = _CODE_INSIDE.sub(" ", text)
    exact, loose = _index(tuple(communes.items()))
    for wanted in (search_key(name), search_key(_article_first(name))):
        for codes in (exact.get(wanted), loose.get(loose_key(wanted))):
            if codes:
                # « La Cavalerie (12063) »: the code decides between namesakes, and must agree with the name
                return codes if not inside else tuple(c for c in codes if c in inside)
    return ()


def _article_first(name: str) -> str:
    """« Cavalerie (La) » and « Cavalerie, La » with the article where it belongs."""
    match = _ARTICLE_LAST.match(name.strip(" -–"))
    return f"{match[2]} {match[1]}" if match else name


@lru_cache(maxsize=32)
def _index(
    communes: tuple[tuple[str, str], ...],
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Codes by name, and by name without article."""
    exact: dict[str, tuple[str, ...]] = {}
    loose: dict[str, tuple[str, ...]] = {}
    for code, name in communes:
        wanted = search_key(name)
        exact[wanted] = (*exact.get(wanted, ()), code)
        loose[loose_key(wanted)] = (*loose.get(loose_key(wanted), ()), code)
    return exact, loose


def _wanted(text: str, codes: tuple[str, ...], communes: Mapping[str, str], of_several: bool = False) -> str:
    place = f" à la place de « {shown(text[:40])} »" if of_several else ""
    if len(codes) > 1:
        among = " ou ".join(f"{communes[c]} ({c})" for c in codes[:4])
        return f"le code Insee, car plusieurs communes portent ce nom : {among}{place}"
    if words(text) in _ALL:
        return "une seule commune ; une ligne pour chacune, s’il y en a plusieurs" + place
    if says_outside(text):
        return "une commune du territoire ; pour les autres, laisser vide" + place
    if _CODE.fullmatch(text.strip()):
        return f"le nom ou le code Insee d’une commune du territoire, non un code postal{place}"
    close = " ou ".join(f"« {name} »" for name in _nearest(text, communes))
    return f"une commune du territoire{place}" + (f" ; peut-être {close}" if close else "")


def _nearest(text: str, communes: Mapping[str, str]) -> list[str]:
    """Names that begin as the text does, else the one that resembles it most."""
    if len(text) > 60:
        return []
    by_key = {loose_key(search_key(name)): name for name in communes.values()}
    wanted = loose_key(search_key(text))
    begun = [name for k, name in by_key.items() if len(wanted) > 3 and k.startswith(wanted)]
    close = difflib.get_close_matches(wanted, by_key, n=1, cutoff=0.75)
    return begun[:3] or [by_key[k] for k in close]
