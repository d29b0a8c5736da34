"""Lines of a table of answers as respondents, each with what can be read of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ctg_lib.consultation.answers import MODES
from ctg_lib.consultation.erased_codes import normal_code
from ctg_lib.consultation.plain_names import plain_column
from ctg_lib.consultation.questionnaire import Question, Questionnaire
from ctg_lib.consultation.reading.layouts import Layout, Target, key
from ctg_lib.consultation.reading.tables import Table
from ctg_lib.consultation.reading.values import OUTSIDE, Answering, Tell, Value
from ctg_lib.workbooks.cells import shown
from ctg_lib.workbooks.people import personal
from ctg_lib.workbooks.problems import Problem, Severity

Erased = Callable[[str], bool]
"""Whether a deletion code, normalised, is one whose answers were deleted."""
_MODES = {key(word): code for code, label in MODES.items() for word in (code, label)} | {
    "papier": "papier", "internet": "en_ligne", "web": "en_ligne", "enligne": "en_ligne", "entretien": "face_a_face",
    "telephone": "face_a_face",
}  # fmt: skip
_NO_DAY = "1980-01-01"
"""LimeSurvey's day of an answer whose day is not kept."""
_CHECKED = 500
"""Letters of a cell of an unknown column in which people are looked for."""


@dataclass
class Row:
    """One respondent as read.

    Attributes:
        file, sheet, row: where.
        values: column -> value, without those that are absent.
        mode: key of ``MODES``.
        channel: code of the channel; empty: unknown.
        complete: whether the last page was reached.
        answered: share of the questions asked that were answered.
        given: ids of the questions answered.
        code: deletion code, normalised; empty: none.
        response: the tool's own number of the answer; empty: none.
        started: when, as written; empty: unknown.
        stamp: last moment known, as ISO 8601; empty: unknown.
        seconds: how long it took; None: unknown.
        outside: ids of the questions whose number is out of bounds.
    """

    file: str
    sheet: str
    row: int
    values: dict[str, Value]
    mode: str
    channel: str = ""
    complete: bool = True
    answered: float = 0.0
    given: frozenset[str] = frozenset()
    code: str = ""
    response: str = ""
    started: str = ""
    stamp: str = ""
    seconds: float | None = None
    outside: frozenset[str] = frozenset()

    @property
    def where(self) -> str:
        """« ligne 12 de reponses.csv »."""
        return f"ligne {self.row} de {self.file}"


@dataclass
class TableReader:
    """Reads the lines of one table."""

    table: Table
    layout: Layout
    questionnaire: Questionnaire
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.questions: list[tuple[Question, Answering, list[tuple[int, Target, str]]]] = []
        for question in self.questionnaire.questions:
            columns = [
                (position, target, self.layout.headings[position])
                for position, target in self.layout.targets.items()
                if target.question == question.id and target.how != "chosen"
            ]
            self.questions.append((question, Answering(question), columns))
        self.titles = [(position, key(self.layout.headings[position])) for position in self.layout.targets]
        self.service = {name: position for position, name in self.layout.service.items()}
        canal = self.questionnaire.of_role("canal")
        self.canal = Answering(canal) if canal is not None else None

    def tell(
        self,
        found: str,
        expected: str,
        row: int | None = None,
        column: str = "",
        severity: Severity = "warning",
    ) -> None:
        """Add a problem of this table."""
        self.problems.append(
            Problem(self.table.file, found, expected, self.table.sheet, row, column, severity)
        )

    def rows(self, erased: Erased) -> list[Row]:
        """Respondents, in order; those whose answers were deleted are told, and not read."""
        self._tell_columns()
        out = []
        for number, cells in self.table.lines:
            if number <= self.layout.row or self._headings_again(cells):
                continue
            wide = len(self.layout.headings)
            if len(cells) > wide + 1 or any(cells[wide:]):
                self.tell(
                    f"{len(cells)} cellules",
                    f"{wide} cellules, comme la ligne des intitulés : un guillemet ou un séparateur de trop ; "
                    "la ligne n’est pas lue",
                    number, severity="error",
                )  # fmt: skip
                continue
            code = normal_code(self._said("code", cells))
            if code and erased(code):
                self.tell(
                    "une réponse dont l’effacement a été demandé et fait",
                    "la même sans elle : l’effacer aussi dans l’outil, puis relancer « ctg study erase »",
                    number, severity="error",
                )  # fmt: skip
                continue
            row = self._row(number, cells, code)
            if row is not None:
                out.append(row)
        return out

    # --- columns -----------------------------------------------------------------------------------

    def _tell_columns(self) -> None:
        layout, lines = self.layout, [(n, c) for n, c in self.table.lines if n > self.layout.row]

        def filled(position: int) -> list[tuple[int, str]]:
            return [(n, c[position]) for n, c in lines if position < len(c) and c[position]]

        for position, said in layout.personal.items():
            there = filled(position)
            if there:
                self.tell(
                    f"{said} ({_cells(len(there))})",
                    "aucune donnée sur une personne : la colonne n’est pas lue ; la retirer du fichier et régler l’outil pour qu’il ne la garde pas",
                    layout.row, self._told(position),
                )  # fmt: skip
        for position in layout.repeated:
            if filled(position):
                self.tell(
                    "un intitulé déjà lu",
                    "un intitulé une seule fois ; seule la première colonne est lue",
                    layout.row,
                    shown(layout.headings[position]),
                    "error",
                )
        for position in layout.unknown:
            there = filled(position)
            if there:
                people = any(personal(text[:_CHECKED]) for _, text in there)
                self.tell(
                    _cells(len(there)) + (", dont certaines semblent nommer ou joindre une personne" if people else ""),
                    "une colonne du questionnaire ; celle-ci n’est pas lue" + (" : la retirer du fichier" if people else ""),
                    layout.row, self._told(position),
                )  # fmt: skip
        for row, where in self.table.merged:
            if row > layout.row:
                self.tell(
                    f"des cellules fusionnées, {where}",
                    "une valeur par cellule ; seule la première compte",
                    row,
                )
        self._tell_absent()
        self._tell_version(lines)

    def _told(self, position: int) -> str:
        """A column that is none of the questionnaire's: its heading is whatever someone wrote."""
        heading = self.layout.headings[position]
        return plain_column(heading, position, shown(heading))

    def _tell_absent(self) -> None:
        absent = [q.id for q in self.questionnaire.questions if q.id not in self.layout.questions]
        if absent:
            few = ", ".join(absent[:8]) + (f" … ({len(absent)} questions)" if len(absent) > 8 else "")
            self.tell(
                f"aucune colonne pour {few}",
                "les colonnes de toutes les questions ; celles-ci sont comptées sans réponse",
                self.layout.row,
            )

    def _tell_version(self, lines: Sequence[tuple[int, tuple[str, ...]]]) -> None:
        wanted = self.questionnaire.version
        if self.layout.identity is not None and self.layout.identity[1] != wanted:
            self._other_version(self.layout.identity[1], 1, "")
        if "version" not in self.service:
            return
        for number, cells in lines:
            said = self._said("version", cells)
            match = re.fullmatch(r"v?(\d{1,4})(?:\.0)?", said.strip().lower())
            if match and int(match[1]) != wanted:
                self._other_version(int(match[1]), number, self._told(self.service["version"]))
                return

    def _other_version(self, said: int, row: int, column: str) -> None:
        wanted = self.questionnaire.version
        self.tell(
            f"la version {said} du questionnaire",
            f"la version {wanted} ; ce que les deux ont en commun est lu",
            row,
            column,
        )

    def _headings_again(self, cells: Sequence[str]) -> bool:
        """Whether a line repeats the headings (two exports pasted one under the other)."""
        first = self.titles[:6]
        if sum(1 for p, title in first if p < len(cells) and cells[p] and key(cells[p]) == title) < min(
            2, len(first)
        ):
            return False
        same = sum(1 for p, title in self.titles if p < len(cells) and cells[p] and key(cells[p]) == title)
        return same >= max(2, len(self.titles) // 2)

    # --- one line ----------------------------------------------------------------------------------

    def _said(self, name: str, cells: Sequence[str]) -> str:
        position = self.service.get(name)
        return cells[position] if position is not None and position < len(cells) else ""

    def _row(self, number: int, cells: Sequence[str], code: str) -> Row | None:
        values: dict[str, Value] = {}
        asked: dict[str, bool] = {}
        given: set[str] = set()
        outside: set[str] = set()
        width = len(cells)
        held = False
        for question, answering, columns in self.questions:
            asked[question.id] = self._is_asked(question, asked, values)
            there = [
                (target, cells[position], heading)
                for position, target, heading in columns
                if position < width and cells[position]
            ]
            if not there:
                continue
            held = True
            told: list[str] = []
            read = answering.read(there, self._teller(number, told))
            if OUTSIDE in told:
                outside.add(question.id)
            if read and not asked[question.id]:
                self._tell_not_asked(question, number)
            elif read:
                values |= read
                given.add(question.id)
        if not held and (self.layout.kind == "saisie" or not any(cells)):
            return None  # a form that was not typed yet
        row = Row(self.table.file, self.table.sheet, number, values, self._mode(cells, number), code=code)
        row.given, row.outside = frozenset(given), frozenset(outside)
        row.channel = self._channel(cells, number, values)
        row.answered = len(given) / max(1, sum(asked.values()))
        self._moments(row, cells)
        return row

    def _teller(self, number: int, told: list[str]) -> Tell:
        def tell(found: str, expected: str, heading: str) -> None:
            told.append(found)
            self.tell(found, expected, number, shown(heading))

        return tell

    @staticmethod
    def _is_asked(question: Question, asked: Mapping[str, bool], values: Mapping[str, Value]) -> bool:
        return all(
            asked.get(c.question, False)
            and (
                values.get(c.question) in c.codes
                or any(values.get(f"{c.question}__{code}") for code in c.codes)
            )
            for c in question.when
        )

    def _tell_not_asked(self, question: Question, number: int) -> None:
        after = " et ".join(f"« {c.question} »" for c in question.when)
        self.tell(
            "une réponse à une question qui ne se posait pas",
            f"rien, d’après ce qui est répondu à {after} ; elle n’est pas comptée",
            number,
            question.id,
        )

    def _mode(self, cells: Sequence[str], number: int) -> str:
        said = self._said("mode", cells)
        if said:
            mode = _MODES.get(key(said))
            if mode is not None:
                return mode
            self.tell(
                "un mode de réponse inconnu",
                f"un de : {', '.join(MODES)}",
                number,
                self._told(self.service["mode"]),
            )
        if self.layout.kind == "odk":
            return "face_a_face" if self._said("device", cells).lower().startswith("collect:") else "en_ligne"
        return "en_ligne" if self.layout.kind == "limesurvey" else "papier"

    def _channel(self, cells: Sequence[str], number: int, values: dict[str, Value]) -> str:
        """Code of the channel: that of the question, else that of the column in which whoever typed it wrote it."""
        if self.canal is None:
            return ""
        id = self.canal.question.id
        said = self._said("channel", cells)
        if id not in values and said:
            column = self._told(self.service["channel"])
            read = self.canal.read([(Target(id, "cell"), said, column)], self._teller(number, []))
            values |= read
        return str(values.get(id, ""))

    def _moments(self, row: Row, cells: Sequence[str]) -> None:
        started, ended = self._said("started", cells), self._said("ended", cells)
        submitted = self._said("submitted", cells)
        if self.layout.kind == "limesurvey" and "submitted" in self.service:
            row.complete = bool(submitted) and submitted.lower() not in ("n/a", "na")
        row.started = "" if started.startswith(_NO_DAY) else started
        first, last = _moment(started), _moment(ended) or _moment(submitted)
        if last is not None and last.year > 1980:
            row.stamp = last.replace(tzinfo=None).isoformat()
        row.seconds = _seconds(self._said("seconds", cells))
        same_clock = (
            first is not None and last is not None and (first.tzinfo is None) == (last.tzinfo is None)
        )
        if row.seconds is None and self.layout.kind == "odk" and first and last and same_clock:
            took = (last - first).total_seconds()
            row.seconds = took if took > 0 else None
        row.response = self._said("response", cells) or self._said("response_too", cells)


def _cells(count: int) -> str:
    return "1 cellule remplie" if count == 1 else f"{count} cellules remplies"


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip()) if 10 <= len(text) <= 40 else None
    except ValueError:
        return None


def _seconds(text: str) -> float | None:
    match = re.fullmatch(r"(\d{1,9})(?:[.,]\d{1,12})?", text.strip(), re.ASCII)
    value = float(text.strip().replace(",", ".")) if match else 0.0
    return value or None
