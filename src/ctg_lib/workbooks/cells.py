"""What one cell holds, cleaned, and what reading it gives; shared by the parsers of each kind."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd

from ctg_lib.geography.names import fold
from ctg_lib.workbooks.people import masked
from ctg_lib.workbooks.problems import Severity

LONGEST_SHOWN = 80
"""Characters of a cell that a message repeats."""
_LOOKED_AT = 1000

_INVISIBLE = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), *range(127, 160), 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF]
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"[^\S\n]+")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ERROR = re.compile(
    r"#(?:REF|N/?A|VALUE|VALEUR|DIV/0|NAME|NOM|NUM|NOMBRE|NULL|NUL|SPILL|PROPAGATION|CALC|GETTING_DATA|"
    r"BLOCKED|FIELD|CONNECT|UNKNOWN)[!?]?",
    re.IGNORECASE,
)
_LIBREOFFICE_ERROR = re.compile(r"(?:Err|#ERR|Erreur)[:.]?\s?\d{3}", re.IGNORECASE)
UNKNOWN = frozenset(
    {"nc", "n c", "nd", "n d", "na", "n a", "nsp", "ne sait pas", "inconnu", "inconnue", "non connu",
     "non connue", "non communique", "non communiquee", "non disponible", "non renseigne",
     "non renseignee", "a completer", "a preciser", "a renseigner"}
)  # fmt: skip
"""Words for « not known », folded."""
NOTHING = frozenset({"neant", "aucun", "aucune", "rien", "pas", "vide"})
"""Words that may mean zero or « not known », folded."""
TOTALS = frozenset(
    {"total", "totaux", "total general", "total generale", "grand total", "sous total", "sous totaux",
     "somme", "total territoire", "total epci", "total cc", "total intercommunalite", "total communes",
     "total des communes", "total services", "total des services", "ensemble du territoire"}
)  # fmt: skip
"""Words for a line that sums the others, folded."""
NOT_CONCERNED = frozenset({"sans objet", "so", "s o", "non concerne", "non concernee"})
"""Words for « does not apply », folded: an empty cell, and nothing to tell."""


@dataclass(frozen=True)
class Parsed:
    """What reading one cell gives.

    Attributes:
        value: as ``schema`` says for the kind; None: absent.
        expected: what should stand there, in French; empty when there is nothing to tell.
        severity: ``error`` where the value was not usable, ``warning`` where it was used and may be wrong.
        found: what the message says was found, where it is not the cell itself (a masked count is not
            repeated).
        masked: a count of people that may not be shown, by its sender's choice or by the rule.
    """

    value: Any = None
    expected: str = ""
    severity: Severity = "error"
    found: str = ""
    masked: bool = False


ABSENT = Parsed()


def refused(expected: str, found: str = "") -> Parsed:
    """A cell that cannot be used."""
    return Parsed(None, expected, "error", found)


def told(value: Any, expected: str, found: str = "") -> Parsed:
    """A cell that is used, with something to look at."""
    return Parsed(value, expected, "warning", found)


def plain(raw: object) -> object:
    """A cell without what cannot be seen: None, bool, int, float, datetime, time, timedelta or text.

    Blank cells, NaT and pandas' NA give None; texts lose control characters and outer spaces, every kind of
    space becomes a plain one, line breaks stay; dates become datetimes; anything else becomes text.
    """
    if raw is None or raw is pd.NaT or raw is pd.NA:
        return None
    if isinstance(raw, str):
        return _text(raw)
    if isinstance(raw, bool | int | float | datetime | time | timedelta):
        return raw
    if isinstance(raw, date):
        return datetime(raw.year, raw.month, raw.day)
    if hasattr(raw, "item") and getattr(raw, "ndim", 0) == 0:  # a numpy scalar
        return plain(raw.item())
    return _text(str(raw))


def _text(raw: str) -> str | None:
    """A text cleaned; short ones, which are asked for several times, are kept."""
    return _short_text(raw) if len(raw) <= 200 else _cleaned(raw)


@lru_cache(maxsize=20_000)
def _short_text(raw: str) -> str | None:
    return _cleaned(raw)


def _cleaned(raw: str) -> str | None:
    text = _ESCAPED.sub(_unescaped, raw) if "_x" in raw else raw
    if text.isascii() and text.isprintable():
        return " ".join(text.split()) or None
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE)
    if not text.isascii():
        text = unicodedata.normalize("NFC", _SURROGATE.sub("", text))
    text = _SPACES.sub(" ", text)
    return text.replace(" \n", "\n").replace("\n ", "\n").strip() or None


def _unescaped(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if code < 32 else match[0]


def number_text(value: float) -> str:
    """A number as typed in French: « 12 », « 12,5 »."""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(float(value)).replace(".", ",")


def as_text(cell: object) -> str:
    """A cell of :func:`plain` as one would read it in the spreadsheet; « » of nothing."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "vrai" if cell else "faux"
    if isinstance(cell, int | float):
        return _digits(cell)
    if isinstance(cell, datetime):
        clock = "" if (cell.hour, cell.minute) == (0, 0) else f" {cell.hour}h{cell.minute:02}"
        return f"{cell.day:02}/{cell.month:02}/{cell.year:04}{clock}"
    if isinstance(cell, time):
        return f"{cell.hour}h{cell.minute:02}"
    if isinstance(cell, timedelta):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60}h{minutes % 60:02}"
    return str(cell)


def _digits(cell: float) -> str:
    if isinstance(cell, int):
        # Python refuses to write integers of thousands of digits
        return str(cell) if abs(cell) < 10**30 else "un nombre démesuré"
    return number_text(cell)


def shown(raw: object) -> str:
    """What a message repeats of a cell: one line that prints, of :data:`LONGEST_SHOWN` characters at most.

    Names, telephone numbers and addresses that it holds are not repeated.
    """
    # masked before it is cut: half an address would not be known as one
    text = masked(as_text(plain(raw)).replace("\n", " ")[:_LOOKED_AT])
    if not text.isprintable():
        text = "".join(c if c.isprintable() else "\ufffd" for c in text[: 2 * LONGEST_SHOWN])
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1].rstrip() + "…"


def is_error(cell: object) -> bool:
    """Whether a cell holds the error of a formula (« #REF! », « #DIV/0! », « Err:502 »)."""
    return (
        isinstance(cell, str)
        and len(cell) <= 20
        and bool(_ERROR.fullmatch(cell) or _LIBREOFFICE_ERROR.fullmatch(cell))
    )


@lru_cache(maxsize=20_000)
def _key(text: str) -> str:
    return " ".join(singular(w) for w in re.sub(r"[^a-z0-9]+", " ", fold(text)).split())


def key(text: str) -> str:
    """What words are compared by: no accents, case, punctuation nor plural."""
    return _key(text[:400])


def singular(word: str) -> str:
    """A folded word without the mark of its plural."""
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


@lru_cache(maxsize=20_000)
def _words(text: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(text)).split())


def words(text: str) -> str:
    """Folded words, plural kept: « Non communiqué. » gives « non communique »."""
    return _words(text[:400])


def is_dash(text: str) -> bool:
    """Whether a text is made of dashes, dots or slashes alone."""
    return bool(text) and len(text) <= 10 and not text.strip("-–—−_./… ")


def says_unknown(text: str) -> bool:
    """« ? », « NC », « non communiqué », « à compléter »."""
    return (len(text) <= 40 and words(text) in UNKNOWN) or (len(text) <= 10 and not text.strip("? .!"))


def says_not_concerned(text: str) -> bool:
    """« sans objet »."""
    return len(text) <= 40 and words(text) in NOT_CONCERNED


def says_total(text: str) -> bool:
    """« Total », « TOTAUX », « Sous-total », « Total général »."""
    return len(text) <= 40 and words(text) in TOTALS


def says_nothing(text: str) -> bool:
    """« néant », « aucun », « - »: zero, or not known."""
    return is_dash(text) or (len(text) <= 40 and words(text) in NOTHING)
