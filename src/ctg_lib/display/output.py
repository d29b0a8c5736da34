"""What all outputs share: the frame shown to a reader, cell texts, the bundle's record, escaping."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import pandas as pd

from ctg_lib.display.typography import number, typeset, value_text
from ctg_lib.values import STATUS_LABELS, USABLE, Value

Bundle = tuple[dict[str, Any], dict[str, Any]]
"""What ``_repr_mimebundle_`` returns: (data by MIME type, metadata)."""

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def check_id(identifier: str) -> str:
    """Return a stable id unchanged (``fig-couverture``): lower-case words joined by hyphens.

    Raises:
        ValueError: anything else, since the id ends in addresses and anchors.
    """
    if not _SLUG.fullmatch(identifier):
        raise ValueError(f"id {identifier!r}: lower-case letters and digits joined by hyphens expected")
    return identifier


class SourceText(str):
    """A source line that remembers what it was made of, so that a page can link it to where it is told.

    It is a text like another; what it remembers stays through ``+`` and :meth:`typeset`, and is lost in
    an f-string: the line is then plain text.

    Attributes:
        files: (manifest id, its name in the line) of each file.
        indicators: (id, label) of the indicators shown, where they are known.
    """

    files: tuple[tuple[str, str], ...]
    indicators: tuple[tuple[str, str], ...]

    def __new__(
        cls, text: str, files: Iterable[tuple[str, str]] = (), indicators: Iterable[tuple[str, str]] = ()
    ) -> Self:
        """A line of text, the files it names and the indicators it stands under, each once."""
        self = super().__new__(cls, text)
        self.files = tuple(dict.fromkeys(files))
        self.indicators = tuple(dict.fromkeys(indicators))
        return self

    def __add__(self, other: str) -> SourceText:
        return self._joined(str.__add__(self, other), other)

    def __radd__(self, other: str) -> SourceText:
        return self._joined(str(other) + str(self), other)

    def _joined(self, text: str, other: str) -> SourceText:
        more = other if isinstance(other, SourceText) else SourceText("")
        return SourceText(text, self.files + more.files, self.indicators + more.indicators)

    def typeset(self) -> SourceText:
        """The same line with French typography."""
        files = [(identifier, typeset(name)) for identifier, name in self.files]
        shown = [(identifier, typeset(label)) for identifier, label in self.indicators]
        return SourceText(typeset(str(self)), files, shown)


def joined(lines: Iterable[SourceText]) -> SourceText:
    """Source lines one after the other; those that are empty left out."""
    out = SourceText("")
    for line in lines:
        out = (out + " ; " + line if out else line) if line else out
    return out


def typeset_source(source: str) -> str:
    """A source line with French typography; what it remembers stays."""
    return source.typeset() if isinstance(source, SourceText) else typeset(str(source))


def origin(source: str) -> dict[str, Any]:
    """What a record keeps of a source line (``origin``: files and indicators); nothing of a plain text."""
    if not isinstance(source, SourceText) or not (source.files or source.indicators):
        return {}
    kept = {"files": source.files, "indicators": source.indicators}
    return {"origin": {name: [list(pair) for pair in pairs] for name, pairs in kept.items()}}


def require(frame: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    """Check that a frame has the columns a chart or table needs.

    Raises:
        ValueError: names the missing columns and those given.
    """
    absent = [c for c in columns if c not in frame]
    if absent:
        raise ValueError(f"{what}: missing columns {absent}; given {list(frame.columns)}")


def hide_unusable(frame: pd.DataFrame, columns: Sequence[str] = ("value", "lower", "upper")) -> pd.DataFrame:
    """Copy of a frame in which rows whose ``status`` is not usable carry no number at all.

    The same disclosure then reaches drawing, text alternative, table and download.
    """
    out = frame.reset_index(drop=True).copy()
    if "status" not in out:
        out["status"] = "observed"
    out["status"] = out["status"].fillna("missing").astype(str)
    present = [c for c in columns if c in out]
    for column in present:
        out[column] = pd.to_numeric(out[column]).astype("float64")
        out.loc[~out["status"].isin(USABLE), column] = math.nan
    empty = out[present].isna().all(axis=1) & out["status"].isin(USABLE) if present else None
    if empty is not None:
        out.loc[empty, "status"] = "missing"
    return out


def status_words(status: object) -> str:
    """A status as a reader meets it (« secret statistique »); « non disponible » when there is none."""
    return STATUS_LABELS.get(str(status), "non disponible")


def cell_text(cell: object, decimals: int = 0, status: object = None, with_unit: bool = False) -> str:
    """One table cell in French: number, range, text, or the status in words."""
    if isinstance(cell, Value):
        return value_text(cell, with_unit=with_unit)
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if is_missing(cell):
        usable = status is None or str(status) in USABLE
        return "non disponible" if usable else status_words(status)
    if is_number(cell):
        return number(float(cell), decimals)  # type: ignore[arg-type]
    return typeset(str(cell))


def is_missing(cell: object) -> bool:
    """None, NaN or NA (never 0, never an empty text)."""
    return cell is None or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell))


def is_number(cell: object) -> bool:
    """A plain number, as opposed to text, truth value or :class:`Value`."""
    return hasattr(cell, "__float__") and not isinstance(cell, bool | str)


def record(
    frame: pd.DataFrame, labels: Mapping[str, str], decimals: Mapping[str, int] | int | None = None
) -> dict[str, Any]:
    """A frame as JSON: ``columns``, ``labels``, ``decimals`` (null: not said) and ``rows``; missing is null.

    Numbers are rounded to 6 decimals, which only removes binary noise.
    """
    columns = [str(c) for c in frame.columns]
    rows = [[_plain(cell) for cell in row] for row in frame.astype(object).to_numpy().tolist()]
    if decimals is None or isinstance(decimals, int):
        places: list[int | None] = [decimals] * len(columns)
    else:
        places = [decimals.get(c) for c in columns]
    texts = [labels.get(c, c) for c in columns]
    return {"columns": columns, "labels": texts, "decimals": places, "rows": rows}


def _plain(cell: object) -> object:
    if isinstance(cell, Value):
        return _plain(cell.value) if cell.is_number else value_text(cell)
    if is_missing(cell):
        return None
    if isinstance(cell, bool | str):
        return cell
    if is_number(cell):
        plain = round(float(cell), 6)  # type: ignore[arg-type]
        return int(plain) if plain.is_integer() else plain
    return str(cell)


def esc(text: object) -> str:
    """Text made safe for HTML content and double-quoted attributes."""
    return html.escape(str(text), quote=True)


_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#@|~^$]|&(?=#?\w{1,32};))")


def md(text: object) -> str:
    """Text made safe for pandoc Markdown on one line (pipe tables included)."""
    return _MARKDOWN.sub(r"\\\1", str(text).replace("\n", " "))


def html_table(
    frame: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    caption: str = "",
    units: Mapping[str, str] | None = None,
    decimals: Mapping[str, int] | int = 0,
    row_header: str | None = None,
    highlight: str | None = None,
    anchors: str | None = None,
) -> str:
    """A semantic table: caption, scoped headers, French numbers, statuses in words.

    The status of a missing cell is read in column ``<column>_status``, else in ``status``; those columns
    are shown only when they are in ``labels``. Column ``<column>_class`` holds CSS classes of its cells.
    ``anchors``: column of the rows' ids.
    """
    units = units or {}
    shown = [c for c in labels if c in frame]
    numeric = dict.fromkeys(shown, False) | dict.fromkeys(right_aligned(frame, shown), True)
    many = len(shown) > 2  # two columns share even a phone's width
    head = "".join(_head_cell(labels[c], units.get(c, ""), numeric[c]) for c in shown)
    rows = []
    for row in frame.to_dict("records"):
        cells = []
        for column in shown:
            text, unknown = row_cell(row, column, decimals)
            tag, attributes = ("th", ' scope="row"') if column == row_header else ("td", "")
            names = ["ctg-num"] if numeric[column] else []
            names += ["ctg-status"] if unknown else []
            names += ["ctg-long" if many else "ctg-text"] if len(text) > LONG_CELL else []
            names += ["ctg-lines"] if "\n" in text else []
            names += str(row.get(f"{column}_class") or "").split()
            attributes += f' class="{" ".join(names)}"' if names else ""
            cells.append(f"<{tag}{attributes}>{esc(text)}</{tag}>")
        mark = ' class="ctg-highlight"' if highlight and bool(row.get(highlight)) else ""
        mark += f' id="{check_id(str(row[anchors]))}"' if anchors else ""
        rows.append(f"<tr{mark}>{''.join(cells)}</tr>")
    # the text stays in sight when the table scrolls sideways
    title = f'<caption><span class="ctg-caption">{esc(caption)}</span></caption>' if caption else ""
    body = "\n".join(rows)
    return (
        f'<table class="ctg-table">{title}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>'
    )


LONG_CELL = 80
"""Characters above which a cell keeps room for a sentence, however narrow the page."""


def row_cell(row: Mapping[Any, Any], column: str, decimals: Mapping[str, int] | int) -> tuple[str, bool]:
    """Text of one cell of a row, and whether it stands for something unknown."""
    cell = row[column]
    status = row.get(f"{column}_status", row.get("status"))
    places = decimals if isinstance(decimals, int) else decimals.get(column, 0)
    unknown = is_missing(cell) or (isinstance(cell, Value) and not (cell.is_number or cell.is_range))
    if column in {"status"} or column.endswith("_status"):
        return status_words(cell), False
    return cell_text(cell, places, status), unknown


def _head_cell(label: str, unit: str, numeric: bool) -> str:
    names = ' class="ctg-num"' if numeric else ""
    shown = f' <span class="ctg-unit">{esc(typeset(unit))}</span>' if unit else ""
    return f'<th scope="col"{names}>{esc(typeset(label))}{shown}</th>'


_NUMBER = re.compile(
    r"([▲▼◆]{1,2}[\u00a0 ])?(au moins |environ )?[+−-]?\d[\d\u202f\u00a0 ]*(,\d+)?"
    r"([\u202f\u00a0 ](%|€|‰|h|ETP))?"
)
_NOTHING = frozenset(
    {"–", "", "non rempli", "non disponible", "non donné", "non calculée", "masqué", "moins de 5"}
    | set(STATUS_LABELS.values())
)
_YEAR = re.compile(r"(19|20)\d\d")


def right_aligned(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Columns that read as numbers; one that says nowhere but « – » or « non rempli » follows the one before.

    The first column names the rows: a column after it that says nothing stands on the left.
    """
    out: list[str] = []
    for before, column in zip([None, *columns], columns, strict=False):
        cells = frame[column]
        if is_right_aligned(cells) or (before in out and _says_nothing(cells)):
            out.append(column)
    return out


def _says_nothing(column: pd.Series) -> bool:
    return all(is_missing(c) or (isinstance(c, str) and c in _NOTHING) for c in column)


def is_right_aligned(column: pd.Series) -> bool:
    """Whether a column reads as numbers: numbers, or texts that are one or say there is none; not years."""
    if is_numeric_column(column):
        return True
    cells = [c for c in column if not is_missing(c)]
    if not all(isinstance(c, str) for c in cells):
        return False
    texts = [c for c in cells if c not in _NOTHING]
    if all(_YEAR.fullmatch(t) for t in texts):
        return False
    return all(_NUMBER.fullmatch(t) for t in texts)


def is_numeric_column(column: pd.Series) -> bool:
    """Whether a column holds numbers (plain or :class:`Value`), to be aligned on the right."""
    if pd.api.types.is_bool_dtype(column):
        return False
    if pd.api.types.is_numeric_dtype(column):
        return True
    filled = [c for c in column if not is_missing(c)]
    return bool(filled) and all(isinstance(c, Value) or is_number(c) for c in filled)
