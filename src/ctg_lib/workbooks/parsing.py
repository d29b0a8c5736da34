"""One cell of a workbook: forgiving, never silent.

A cell is read by the kind of its field (see ``schema``). What cannot be read gives no value and a message;
what is read with a doubt gives a value and a warning. Nothing here raises, whatever the cell holds.

Words for « not known » (« NC », « ? », « à compléter ») and « does not apply » (« sans objet ») are empty
cells. In a column of numbers, « NC », « - » and « néant » may also mean zero: told. A count of people
written « < 5 », or that the rule forbids to show (1 to 9 of a sensitive subject, 1 to 4 of users and of
people waiting), has no value and is ``masked``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from ctg_lib.workbooks.cell_choices import parse_choice, parse_choices, parse_yes_no
from ctg_lib.workbooks.cell_dates import parse_date, parse_time
from ctg_lib.workbooks.cell_numbers import (
    SMALL_COUNTS,
    parse_integer,
    parse_number,
    parse_percent,
    parse_year,
)
from ctg_lib.workbooks.cell_places import parse_commune, parse_communes, says_outside
from ctg_lib.workbooks.cells import (
    ABSENT,
    Parsed,
    as_text,
    is_dash,
    is_error,
    plain,
    refused,
    says_not_concerned,
    says_unknown,
    shown,
    told,
)
from ctg_lib.workbooks.schema import Field

__all__ = ["SMALL_COUNTS", "Parsed", "normal_id", "parse", "says_outside", "shown"]

LONGEST_ID = 40
"""Characters of an identifier."""
LONGEST_NAME = 120
"""Characters of a name that stands for an identifier."""
PERSON = "ce qui semble un nom, une adresse ou un téléphone"
NO_PERSON = "ni nom, ni adresse, ni téléphone d’une personne : une fonction ou un organisme"
"""What is said of a text that seems to hold them."""

_PERSON = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,64}\.\w{2,}"  # an e-mail address
    r"|(?<!\d)0[1-9](?:[ .\-]?\d{2}){4}(?!\d)|\+33 ?[1-9](?:[ .\-]?\d{2}){4}"  # a telephone number
    r"|(?<!\w)(?:M\.|Mr|Mme|Mlle|Monsieur|Madame) (?!le\b|la\b|l[’'])(?=[A-ZÉÈ])(?!Le |La |L[’'])"
    r"(?!Maire|Préfet|Présid|Direct)"
)


def parse(field: Field, raw: object, communes: Mapping[str, str]) -> Parsed:
    """Read one cell.

    Args:
        field: its column.
        raw: what the spreadsheet holds: None, text, number, bool, date, time, duration.
        communes: code -> name of the territory's communes.
    """
    cell = plain(raw)
    if cell is None:
        return ABSENT
    if is_error(cell):
        return refused("une valeur : la formule de la cellule est en erreur")
    return _PARSERS[field.kind](field, cell, communes)


def normal_id(text: str) -> str:
    """An identifier as it is compared: upper case, without spaces."""
    return "".join(text.split()).upper()


def reference(text: str) -> str:
    """What names a line of another sheet: its identifier, or words (its name) as they were typed."""
    typed = " ".join(text.split())
    return typed if _says_words(typed) else normal_id(typed)


def _says_words(text: str) -> bool:
    """Whether a text is a name rather than an identifier: two words of two letters."""
    return len(re.findall(r"[^\W\d_]{2,}", text[:LONGEST_NAME])) > 1


def _longest(name: str) -> int:
    return LONGEST_NAME if _says_words(name) else LONGEST_ID


def _text(field: Field, cell: object, communes: Mapping[str, str]) -> Parsed:
    text = _written(cell)
    if not field.verbatim and (is_dash(text) or says_not_concerned(text) or says_unknown(text)):
        return ABSENT
    if field.kind == "text":
        text = " ".join(text.split())
    if len(text) <= 5000 and _PERSON.search(text):
        return told(text, NO_PERSON, PERSON)  # not repeated: the message would hold it too
    return Parsed(text)


def _written(cell: object) -> str:
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    return as_text(cell)


def _id(field: Field, cell: object, communes: Mapping[str, str]) -> Parsed:
    text = _written(cell)
    if is_dash(text) or says_unknown(text) or says_not_concerned(text):
        return ABSENT
    name = normal_id(text)
    if isinstance(cell, datetime):
        return refused("un code court : le tableur y a vu une date")
    if len(name) > LONGEST_ID:
        return refused(f"un code court, {LONGEST_ID} caractères au plus")
    if re.search(r"[;,\n]", text):
        return refused("un seul identifiant")
    return Parsed(name)


def _reference(field: Field, cell: object, communes: Mapping[str, str]) -> Parsed:
    text = _written(cell)
    if not _says_words(text):
        return _id(field, cell, communes)
    if re.search(r"[;\n]", text):
        return refused("un seul identifiant")
    return Parsed(reference(text)) if len(text) <= LONGEST_NAME else refused("un identifiant")


def _references(field: Field, cell: object, communes: Mapping[str, str]) -> Parsed:
    text = _written(cell)
    if is_dash(text) or says_unknown(text) or says_not_concerned(text):
        return ABSENT
    found: list[str] = []
    for part in re.split(r"[;,/|\n+&]|\bet\b", text):
        # « D01 D02 »: a space separates identifiers, and stands inside none that holds two digits
        pieces = part.split() if re.fullmatch(r"\s*(?:[A-Za-z]+-?\d+\s*)+", part[:200]) else [part]
        found += [reference(p) for p in pieces if normal_id(p)]
    long = next((name for name in found if len(name) > _longest(name)), None)
    if long is not None:
        return refused("des identifiants séparés par un point-virgule")
    return Parsed(tuple(dict.fromkeys(found))) if found else ABSENT


def _plainly(
    parser: Callable[[Field, object], Parsed],
) -> Callable[[Field, object, Mapping[str, str]], Parsed]:
    return lambda field, cell, communes: parser(field, cell)


_PARSERS: dict[str, Callable[[Field, object, Mapping[str, str]], Parsed]] = {
    "text": _text,
    "long_text": _text,
    "id": _id,
    "reference": _reference,
    "references": _references,
    "integer": _plainly(parse_integer),
    "number": _plainly(parse_number),
    "amount": _plainly(parse_number),
    "percent": _plainly(parse_percent),
    "year": _plainly(parse_year),
    "date": _plainly(parse_date),
    "time": _plainly(parse_time),
    "yes_no": _plainly(parse_yes_no),
    "choice": _plainly(parse_choice),
    "choices": _plainly(parse_choices),
    "commune": parse_commune,
    "communes": parse_communes,
}
