"""One filled workbook: its tables, and all that is wrong in it.

Sheets and columns are found by what they are called, wherever they stand. A line is never dropped: what
cannot be read in it is an absent cell and a problem. Only a line of totals, which would count everything
twice, and a remark written under the lines are left out, and told. Frames are those of ``schema``; each field
of kind ``integer`` has besides a column ``<name>_masked`` (bool): the count exists and may not be shown,
because its sender wrote « < 5 » or because the rule masks it (its value is then NaN).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ctg_lib.workbooks.cells import as_text, key, number_text, plain, says_total
from ctg_lib.workbooks.headings import (
    Headings,
    find_headings,
    heading_names,
    is_guidance,
    recognised,
)
from ctg_lib.workbooks.layout import (
    EXAMPLE_MARK,
    IDENTITY,
    LISTS_MARK,
    SERVICE_SHEETS,
)
from ctg_lib.workbooks.parsing import parse, says_outside, shown
from ctg_lib.workbooks.problems import Problem, Severity, ordered
from ctg_lib.workbooks.schema import ROW, Field, Sheet, Workbook, as_frame
from ctg_lib.workbooks.spreadsheet import Cell, NotAWorkbook, Tab, column_letters, is_lock, read_tabs

MASKED = "_masked"
"""End of the name of the column that says which counts are masked."""
_IDENTITY_TEXT = re.compile(r"Classeur « ?([a-z0-9_\-]+) ?», version (\d+)", re.IGNORECASE)
_ENOUGH = 0.5
"""Share of its columns that makes a sheet recognised under another title."""


@dataclass(frozen=True)
class Filled:
    """What one file holds.

    Attributes:
        book: what it should be.
        file: its name.
        version: as it says itself; None where it does not.
        tables: sheet name -> frame (see the module); every sheet of the book, empty where it was not read.
        problems: in the order of the file.
        tabs: sheet name -> title of the tab in which it was found.
    """

    book: Workbook
    file: str
    version: int | None
    tables: dict[str, pd.DataFrame]
    problems: tuple[Problem, ...]
    tabs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Identity:
    """What a file says of itself: workbook, version, titles of its sheets and headings of its columns.

    Attributes:
        book: id of the workbook; empty where the file does not say.
        version: None where it does not say.
        titles: title of a tab -> sheet name.
        headings: sheet name -> heading -> field name.
    """

    book: str = ""
    version: int | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def masked_columns(sheet: Sheet) -> list[str]:
    """Names of the columns that say which counts are masked."""
    return [f.name + MASKED for f in sheet.fields if f.kind == "integer"]


def frame_of(sheet: Sheet, lines: list[dict[str, Any]]) -> pd.DataFrame:
    """Lines as the frame that reading a file gives: that of ``schema`` and what is masked."""
    out = as_frame(sheet, lines)
    for name in masked_columns(sheet):
        out[name] = pd.Series([bool(line.get(name, False)) for line in lines], dtype="bool")
    return out


def identify(path: Path) -> tuple[str, int | None] | None:
    """Id and version of the workbook that a file says it is; None where it says none or is not readable."""
    if is_lock(path):
        return None
    try:
        who = _identity(read_tabs(path))
    except NotAWorkbook:
        return None
    return (who.book, who.version) if who.book else None


def read_workbook(path: Path, book: Workbook, communes: Mapping[str, str], *, name: str = "") -> Filled:
    """Read a filled workbook; nothing in it raises.

    Args:
        path: of the file; the one that Excel leaves beside a file held open gives nothing, and no problem.
        book: what it should be.
        communes: code -> name of the territory's communes.
        name: of the file as it is told; its own by default.
    """
    reading = _Reading(name or path.name, book, communes)
    if not is_lock(path):
        try:
            reading.read(read_tabs(path))
        except NotAWorkbook as refusal:
            reading.tell(refusal.found, refusal.expected)
    tables = {s.name: frame_of(s, reading.lines.get(s.name, [])) for s in book.sheets}
    told = tuple(ordered(reading.problems))
    return Filled(book, reading.file, reading.version, tables, told, reading.tabs)


class _Reading:
    """One file being read: its lines and its problems."""

    def __init__(self, file: str, book: Workbook, communes: Mapping[str, str]) -> None:
        self.file, self.book, self.communes = file, book, communes
        self.version: int | None = None
        self.lines: dict[str, list[dict[str, Any]]] = {}
        self.problems: list[Problem] = []
        self.tabs: dict[str, str] = {}

    def tell(
        self, found: str, expected: str, *, sheet: str = "", row: int | None = None, column: str = "",
        severity: Severity = "error",
    ) -> None:  # fmt: skip
        self.problems.append(Problem(self.file, found, expected, sheet, row, column, severity))

    def read(self, tabs: list[Tab]) -> None:
        who = _identity(tabs)
        self.version = who.version
        if who.book and who.book != self.book.id:
            self.tell(
                f"le classeur « {who.book} »", f"le classeur « {self.book.id} » ({self.book.title})",
                sheet=IDENTITY,
            )  # fmt: skip
            return
        self._check_version(who)
        matched = self._match(tabs, who)
        for sheet in self.book.sheets:
            if sheet.name in matched:
                known = who.headings.get(sheet.name, {})
                self.tabs[sheet.name] = shown(matched[sheet.name].title)
                _SheetReading(self, sheet, matched[sheet.name], known).read()
            else:
                self.tell("", f"la feuille « {sheet.title} »", sheet=sheet.title)
        self._tell_others(tabs, list(matched.values()))

    def _check_version(self, who: Identity) -> None:
        wanted = f"la version {self.book.version} ; les colonnes sont lues par leur intitulé"
        if who.version is None:
            self.tell("", f"{wanted} (feuille cachée « {IDENTITY} » perdue)", severity="warning")
        elif who.version != self.book.version:
            self.tell(f"la version {who.version}", wanted, severity="warning")

    def _match(self, tabs: list[Tab], who: Identity) -> dict[str, Tab]:
        """Sheet name -> tab, by title, else by headings."""
        left = [tab for tab in tabs if not _is_service(tab)]
        matched: dict[str, Tab] = {}
        own = {key(title): name for title, name in who.titles.items()}
        for sheet in self.book.sheets:
            titles = {key(t) for t in (sheet.title, sheet.name, *sheet.aliases)}
            titles |= {title for title, name in own.items() if name == sheet.name}
            found = [tab for tab in left if key(tab.title) in titles]
            if found:  # a visible one, and one that holds something, rather than its namesake
                matched[sheet.name] = max(found, key=lambda t: (bool(t.rows), not t.hidden))
                left.remove(matched[sheet.name])
        for score, number, position in self._resembling(left, matched, who):
            sheet, tab = self.book.sheets[number], left[position]
            if sheet.name in matched or any(tab is t for t in matched.values()) or score < _ENOUGH:
                continue
            matched[sheet.name] = tab
            self.tell(
                f"une feuille « {shown(tab.title)} »",
                f"la feuille « {sheet.title} » ; reconnue à ses colonnes",
                sheet=shown(tab.title), severity="warning",
            )  # fmt: skip
        return matched

    def _resembling(
        self, left: list[Tab], matched: Mapping[str, Tab], who: Identity
    ) -> list[tuple[float, int, int]]:
        """Share of its columns that each sheet still sought finds in each tab left; the largest first."""
        scores: list[tuple[float, int, int]] = []
        for number, sheet in enumerate(self.book.sheets):
            for position, tab in enumerate(left):
                if sheet.name in matched:
                    continue
                headings = find_headings(tab, sheet, who.headings.get(sheet.name))
                if headings is not None and len(headings.columns) >= 2:
                    scores.append((len(headings.columns) / len(sheet.fields), number, position))
        return sorted(scores, key=lambda s: (-s[0], s[1], s[2]))

    def _tell_others(self, tabs: list[Tab], read: list[Tab]) -> None:
        for tab in tabs:
            if tab.rows and not _is_service(tab) and not any(tab is t for t in read):
                count = sum(1 for cells in tab.rows.values() if not _blank(cells))
                if count:
                    self.tell(
                        _plural(count, "ligne remplie", "lignes remplies"),
                        "une feuille du modèle ; celle-ci n’est pas lue",
                        sheet=shown(tab.title), severity="warning",
                    )  # fmt: skip


class _SheetReading:
    """One sheet being read."""

    def __init__(self, file: _Reading, sheet: Sheet, tab: Tab, known: Mapping[str, str]) -> None:
        self.file, self.sheet, self.tab, self.known = file, sheet, tab, known
        self.names = heading_names(sheet, known)
        self.lines: list[dict[str, Any]] = []
        self.refused: set[tuple[int, str]] = set()

    def tell(
        self, found: str, expected: str, row: int | None = None, column: str = "",
        severity: Severity = "error",
    ) -> None:  # fmt: skip
        title = shown(self.tab.title)
        self.file.tell(found, expected, sheet=title, row=row, column=column, severity=severity)

    def read(self) -> None:
        headings = find_headings(self.tab, self.sheet, self.known)
        if headings is None:
            self.tell("", "la ligne des intitulés de colonnes ; la feuille n’est pas lue")
            return
        self._tell_headings(headings)
        self._unmerge(headings)
        for row in sorted(self.tab.rows):
            if row < headings.row:
                self._above(row, headings)
            elif row > headings.row:
                self._line(row, headings)
        self._tell_notes(headings)
        self._tell_unread(headings)
        self._tell_required(headings)
        self._tell_doubles()
        self.file.lines[self.sheet.name] = self.lines

    def _tell_headings(self, headings: Headings) -> None:
        for column in headings.guessed:
            self.tell(
                shown(headings.titles[column]),
                f"l’intitulé « {headings.columns[column].label} » ; la colonne est lue comme telle",
                headings.row, shown(headings.titles[column]), "warning",
            )  # fmt: skip
        found = {f.name for f in headings.columns.values()}
        for each in self.sheet.fields:
            if each.name not in found:
                severity: Severity = "error" if each.required else "warning"
                self.tell("", f"une colonne « {each.label} »", headings.row, each.label, severity)

    def _unmerge(self, headings: Headings) -> None:
        """Keep the first cell of each merged range, and tell it."""
        for top, left, bottom, right in self.tab.merged:
            columns = [c for c in headings.columns if left <= c <= right]
            if bottom <= headings.row or not columns:
                continue
            inside = [r for r in self.tab.rows if top <= r <= bottom]
            filled = False
            for row in inside:
                cells = self.tab.rows[row]
                for column in [c for c in cells if left <= c <= right]:
                    filled = True
                    if (row, column) != (top, left):
                        del cells[column]
            if filled:
                self.tell(
                    f"des cellules fusionnées, {column_letters(left)}{top}:{column_letters(right)}{bottom}",
                    "une valeur par cellule ; seule la première compte",
                    max(top, headings.row), self._title(columns[0], headings), "warning",
                )  # fmt: skip

    def _above(self, row: int, headings: Headings) -> None:
        """A line over the headings is a title; one that fills several columns seems lost there."""
        cells = {c: cell for c, cell in self.tab.rows[row].items() if c in headings.columns}
        written = [c for c in cells if not _blank({c: cells[c]})]
        if len(written) >= 3 and not is_guidance(self.tab.rows[row]):
            self.tell(_summary(cells), "les lignes sous les intitulés ; celle-ci n’est pas lue", row)

    def _line(self, row: int, headings: Headings) -> None:
        every = self.tab.rows[row]
        cells = {c: cell for c, cell in every.items() if c in headings.columns}
        if _blank(cells):
            return
        if is_guidance(every):
            self._tell_written_over(row, cells, headings)
            return
        if recognised(cells, self.names) >= max(2, (len(headings.columns) + 1) // 2):
            self.tell(
                "les intitulés une seconde fois", "une ligne remplie ; celle-ci n’est pas lue", row,
                severity="warning",
            )  # fmt: skip
            return
        if aside := self._aside(cells, headings):
            self.tell(*aside, row, severity="warning")
            return
        line: dict[str, Any] = {ROW: row}
        outside = "outside" if any(f.name == "outside" for f in headings.columns.values()) else ""
        for column, each in headings.columns.items():
            if column not in cells:
                continue
            raw = _raw(cells[column])
            if each.kind == "commune" and outside and isinstance(raw, str) and says_outside(raw):
                line.setdefault(outside, "oui")  # « hors territoire », as the sheet itself calls it
                continue
            self._cell(line, row, each, cells[column], self._title(column, headings))
        self.lines.append(line)

    def _aside(self, cells: Mapping[int, Cell], headings: Headings) -> tuple[str, str] | None:
        """What is told of a line that is not one of the sheet's objects: its totals, or a remark."""
        texts = {c: as_text(plain(_raw(cell))) for c, cell in sorted(cells.items())}
        written = {c: text for c, text in texts.items() if text}
        kinds = {c: headings.columns[c].kind for c in written}
        totals = [c for c in written if kinds[c] != "long_text" and says_total(written[c])]
        named = any(kinds[c] in ("id", "reference") and c not in totals for c in written)
        if any(kinds[c] != "text" or not named for c in totals):
            return (
                "une ligne de total",
                "les lignes seules : les sommes sont refaites ; celle-ci n’est pas lue",
            )
        if len(written) == 1:
            column, text = next(iter(written.items()))
            if kinds[column] in ("id", "reference") and len(text.split()) > 3:
                return shown(
                    text
                ), "une ligne remplie ; ce texte seul n’est pas lu : l’écrire en remarque d’une ligne"
        return None

    def _cell(self, line: dict[str, Any], row: int, each: Field, cell: Cell, title: str) -> None:
        if cell.formula and cell.value is None:
            self.refused.add((row, each.name))
            self.tell(
                "une formule sans résultat",
                "une valeur (ouvrir le classeur dans le tableur et l’enregistrer)", row, title,
            )  # fmt: skip
            return
        raw = _raw(cell)
        read = parse(each, raw, self.file.communes)
        if read.expected:
            self.tell(read.found or shown(raw), read.expected, row, title, read.severity)
            if read.severity == "error":
                self.refused.add((row, each.name))
        if read.masked:
            line[each.name + MASKED] = True
        if read.value is not None:
            line[each.name] = read.value

    def _tell_written_over(self, row: int, cells: Mapping[int, Cell], headings: Headings) -> None:
        for column, cell in cells.items():
            if not is_guidance({column: cell}) and not _blank({column: cell}):
                self.tell(
                    shown(_raw(cell)), "rien sur la ligne d’aide, qui n’est pas lue", row,
                    self._title(column, headings), "warning",
                )  # fmt: skip

    def _tell_notes(self, headings: Headings) -> None:
        """Comments laid on cells: what they say is not read."""
        notes = [(row, column) for row, column in self.tab.notes if row >= headings.row]
        if not notes:
            return
        where = ", ".join(f"{column_letters(column)}{row}" for row, column in notes[:6])
        more = " …" if len(notes) > 6 else ""
        self.tell(
            f"{_plural(len(notes), 'commentaire', 'commentaires')} de cellule ({where}{more})",
            "ce texte dans la colonne « Remarque » ; un commentaire n’est pas lu",
            notes[0][0], self._title(notes[0][1], headings), "warning",
        )  # fmt: skip

    def _tell_unread(self, headings: Headings) -> None:
        """Columns that hold something and are none of the sheet's."""
        counts: dict[int, int] = {}
        first: dict[int, int] = {}
        for row in sorted(r for r in self.tab.rows if r > headings.row):
            for column, cell in self.tab.rows[row].items():
                if column not in headings.columns and not _blank({column: cell}):
                    counts[column] = counts.get(column, 0) + 1
                    first.setdefault(column, row)
        for column, count in counts.items():
            expected = "une colonne du modèle ; celle-ci n’est pas lue"
            if column in headings.repeated:
                expected = "un intitulé une seule fois ; seule la première colonne est lue"
            self.tell(
                _plural(count, "cellule remplie", "cellules remplies"), expected, first[column],
                self._title(column, headings),
                "error" if column in headings.repeated else "warning",
            )  # fmt: skip

    def _tell_required(self, headings: Headings) -> None:
        for column, each in headings.columns.items():
            if not each.required:
                continue
            for line in self.lines:
                given = each.name in line or line.get(each.name + MASKED)
                if not given and (line[ROW], each.name) not in self.refused:
                    self.tell("", f"« {each.label} », nécessaire", line[ROW], self._title(column, headings))

    def _tell_doubles(self) -> None:
        """Lines that have the same key; a line whose key is not wholly known is compared with none."""
        if not self.sheet.key:
            return
        needed = [name for name in self.sheet.key if self.sheet[name].required]
        first: dict[tuple[Any, ...], int] = {}
        for line in self.lines:
            known = all(name in line for name in needed)
            if not known or any((line[ROW], name) in self.refused for name in self.sheet.key):
                continue
            value = tuple(line.get(name, "") for name in self.sheet.key)
            if not any(value):
                continue
            if value in first:
                labels = ", ".join(f"« {self.sheet[name].label} »" for name in self.sheet.key)
                self.tell(
                    _written(self.sheet, line),
                    f"une seule ligne pour {labels} ; déjà ligne {first[value]}",
                    line[ROW], self.sheet[self.sheet.key[0]].label,
                )  # fmt: skip
            first.setdefault(value, line[ROW])

    def _title(self, column: int, headings: Headings) -> str:
        return shown(headings.titles.get(column, "")).rstrip(" *") or column_letters(column)


def _written(sheet: Sheet, line: Mapping[str, Any]) -> str:
    """The key of a line in words."""
    parts: list[str] = []
    for name in sheet.key:
        value = line.get(name, "")
        each = sheet[name]
        text = number_text(value) if isinstance(value, float) else str(value)
        parts += [each.choices.get(text, text)] if text else []
    return shown(" ; ".join(parts))


def _plural(count: int, one: str, many: str) -> str:
    """« 1 ligne remplie », « 3 lignes remplies »."""
    return f"{count} {one if count == 1 else many}"


def _raw(cell: Cell) -> object:
    """What stands in a cell; a number shown as a percentage is read as it is shown."""
    if cell.percent and isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        return f"{number_text(round(cell.value * 100, 6))} %"
    return cell.value


def _blank(cells: Mapping[int, Cell]) -> bool:
    """Whether cells hold nothing that one sees; a formula never computed is something."""
    return all(plain(c.value) is None and not (c.formula and c.value is None) for c in cells.values())


def _summary(cells: Mapping[int, Cell]) -> str:
    return shown(" | ".join(as_text(plain(_raw(c))) for _, c in sorted(cells.items())))


_SERVICE = {key(title) for title in SERVICE_SHEETS}
_MARKS = tuple(key(mark) for mark in (EXAMPLE_MARK, LISTS_MARK))


def _is_service(tab: Tab) -> bool:
    """Whether a tab is the writer's own (instructions, example, lists), renamed or not."""
    if key(tab.title) in _SERVICE:
        return True
    for row in sorted(tab.rows)[:3]:
        texts = [key(as_text(plain(c.value))) for c in list(tab.rows[row].values())[:3]]
        if any(text.startswith(mark) for text in texts for mark in _MARKS) or any(
            _IDENTITY_TEXT.search(as_text(plain(c.value))) for c in list(tab.rows[row].values())[:3]
        ):
            return True
    return False


def _identity(tabs: list[Tab]) -> Identity:
    """What a file says of itself, in its hidden sheet or, where that is lost, in its instructions."""
    hidden = next((tab for tab in tabs if tab.title.strip().lower() == IDENTITY), None)
    lines = [_texts(hidden.rows[row]) for row in sorted(hidden.rows)] if hidden else []
    values = {line[0]: line[1] for line in lines if len(line) == 2}
    if values.get("classeur"):
        headings: dict[str, dict[str, str]] = {}
        for line in lines:
            if line[:1] == ["colonne"] and len(line) == 4:
                headings.setdefault(line[1], {})[line[3]] = line[2]
        titles = {line[2]: line[1] for line in lines if line[:1] == ["feuille"] and len(line) == 3}
        return Identity(values["classeur"], _version(values.get("version", "")), titles, headings)
    for tab in tabs:
        for row in sorted(tab.rows)[:15]:
            for text in _texts(tab.rows[row]):
                if len(text) < 500 and (match := _IDENTITY_TEXT.search(text)):
                    return Identity(match[1], _version(match[2]))
    return Identity()


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _texts(cells: Mapping[int, Cell]) -> list[str]:
    return [as_text(plain(cell.value)) for _, cell in sorted(cells.items())]
