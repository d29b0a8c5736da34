"""Partners' answers: workbooks read back cell by cell, masked, and turned into ``local`` observations.

A figure that cannot be used is told and left out, never corrected. Counts of people from 1 to 4 (1 to 9 for
handicap and child protection) leave here without their number (:mod:`ctg_lib.disclosure.policy`).
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib import observations
from ctg_lib.geography.names import search_key, slug
from ctg_lib.manifest import Entry
from ctg_lib.partnership.answer_cells import Cell, Context, Spot, read_number
from ctg_lib.partnership.answer_checks import checked
from ctg_lib.partnership.books.demandes import (
    ANSWER,
    COMMUNES,
    FIGURES,
    STRUCTURES,
    last_years,
    request_book,
    year_field,
)
from ctg_lib.partnership.books.measures import NATIONAL, Measure, Partner, measures, partners
from ctg_lib.partnership.books.suivi import FILE
from ctg_lib.partnership.follow_up import FollowUp, unread
from ctg_lib.partnership.follow_up import read as read_follow_up
from ctg_lib.workbooks.problems import Problem, ordered
from ctg_lib.workbooks.schema import ROW

if TYPE_CHECKING:
    from ctg_lib.workbooks.reading import Filled

FOLDER = "partenaires"
"""Folder of a study in which answers are put; not in git."""
OLDEST = 10
"""An answer tells nothing useful of years further back than this."""
RECEIVED = ["partner", "file", "source", "sent", "figures", "used"]
_TABLES = (".xls", ".xlsm", ".xlsb", ".xltx", ".ods", ".csv", ".tsv", ".numbers")
_README = ("readme", "lisezmoi")
_PARTNER = re.compile(r"demande-([a-z_]+)")
_YEAR = re.compile(r"(?:ann[ée]e )?((?:19|20)\d\d)")
_PEEKED = 40
"""Lines of a sheet looked at to know whose workbook it is and of which years."""
_KEY = ["dataset", "variable", "breakdown", "level", "code", "period"]


@dataclass(frozen=True)
class Answers:
    """What partners answered.

    Attributes:
        observations: columns of :data:`ctg_lib.observations.COLUMNS`; small counts masked.
        entries: one source per file read, to be cited.
        problems: to mend or to look at.
        received: partner, file, source, sent (NaT where not said), figures (cells filled), used (kept).
        structures: lines of « Par structure »: columns of that sheet, ``partner``, ``source``, ``file`` and
            ``sheet``, its title.
        follow_up: to whom requests were sent, and when.
    """

    observations: pd.DataFrame
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    received: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=RECEIVED))
    structures: pd.DataFrame = field(default_factory=pd.DataFrame)
    follow_up: FollowUp = field(default_factory=FollowUp)

    @property
    def recorded(self) -> pd.DataFrame:
        """What of it a page may show beside the figures: files received, requests sent."""
        return pd.concat([self.received, self.follow_up.lines], ignore_index=True).astype("str")

    @property
    def empty(self) -> bool:
        """Whether no figure can be used."""
        return self.observations.empty


def read_answers(
    folder: Path, communes: Mapping[str, str], territory: tuple[str, str], as_of: date, *,
    population: Mapping[str, float] | None = None, edition: int | None = None, place: str = "",
    fictif: bool = False,
) -> Answers:  # fmt: skip
    """Read every workbook of a study's ``partenaires`` folder.

    Args:
        folder: the study's folder.
        communes: code -> name of its communes.
        territory: (level, code) under which answers for the whole territory are kept.
        as_of: the study's date: later years are refused.
        population: inhabitants by code (communes and territory), for what cannot be larger.
        edition: composition of communes; the year of ``as_of`` by default.
        place: the département's name with « de » (« de l’Aveyron »), for the source line.
        fictif: made-up answers.

    Returns:
        Observations that passed, their sources, and all that was found. Never raises for bad content.
    """
    context = Context(
        dict(communes), territory, as_of, dict(population or {}), edition or as_of.year, place, fictif
    )
    home = Path(folder) / FOLDER
    there = sorted(p for p in home.iterdir() if not _aside(p)) if home.is_dir() else []
    follow_up = read_follow_up(next((p for p in there if _is_follow_up(p)), home / FILE), as_of)
    there = [p for p in there if not _is_follow_up(p)]
    books = [p for p in there if p.is_file() and p.suffix.lower() == ".xlsx"]
    files = [_File.read(p, Path(folder).name, context) for p in books]
    problems = [_not_read(p) for p in there if p not in books]
    problems += [p for f in files for p in f.problems]
    kept, more = checked([c for f in files for c in f.cells], context)
    structures = [f.structures for f in files if len(f.structures)]
    problems += [*follow_up.problems, *unread(follow_up, [f.partner for f in files])]
    return Answers(
        _observations(kept, context),
        tuple(f.entry for f in files if f.entry is not None),
        tuple(ordered([*problems, *more])),
        _received(files, kept),
        pd.concat(structures, ignore_index=True) if structures else pd.DataFrame(),
        follow_up,
    )


def _aside(path: Path) -> bool:
    """Whether a file is there for another reason than an answer: of the system, held open, or a readme."""
    readme = path.suffix.lower() in (".md", ".txt") and path.stem.casefold() in _README
    return path.name.startswith(("~$", ".")) or (readme and path.is_file())


def _is_follow_up(path: Path) -> bool:
    return path.is_file() and path.name.casefold() == FILE


def _not_read(path: Path) -> Problem:
    """What lies among the answers and is none: whoever put it there must know that nothing of it is used."""
    if path.is_dir():
        expected = f"les classeurs remplis dans « {FOLDER} » même ; ce dossier n’est pas lu"
        return Problem(path.name, "un dossier", expected, severity="warning")
    if path.suffix.lower() in _TABLES:
        return Problem(path.name, path.suffix, "un classeur .xlsx : l’enregistrer sous ce format")
    expected = "ses chiffres recopiés dans le classeur envoyé avec la lettre ; ce fichier n’est pas lu"
    return Problem(path.name, path.suffix or "un fichier sans extension", expected, severity="warning")


def _received(files: list[_File], kept: list[Cell]) -> pd.DataFrame:
    used: dict[str, int] = {}
    for cell in kept:
        used[cell.source] = used.get(cell.source, 0) + 1
    lines = [
        {
            "partner": f.partner, "file": Path(f.entry.path).name, "source": f.entry.id, "sent": f.sent,
            "figures": f.figures, "used": used.get(f.entry.id, 0),
        }
        for f in files
        if f.entry is not None
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=RECEIVED).astype({"sent": "datetime64[ns]"})


# --- one file ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _File:
    """One workbook read; ``entry`` is None where it could not be."""

    problems: list[Problem]
    cells: list[Cell] = field(default_factory=list)
    entry: Entry | None = None
    partner: str = ""
    sent: pd.Timestamp | None = None
    figures: int = 0
    structures: pd.DataFrame = field(default_factory=pd.DataFrame)

    @classmethod
    def read(cls, path: Path, study: str, context: Context) -> _File:
        partner, years, problems = _peek(path, context)
        if partner is None:
            return cls(problems)
        from ctg_lib.workbooks.reading import read_workbook

        filled = read_workbook(path, request_book(partner.id, years), context.communes)
        problems += [p for p in filled.problems if not _YEAR.fullmatch(p.found.strip())]  # told by _peek
        source = f"{FOLDER}_{slug(study)}_{slug(path.stem)}"
        reader = _Reader(partner, path, years, context, source, filled, problems)
        cells = list(reader.cells())
        newest = max((c.extracted for c in cells if c.extracted is not None), default=None)
        titles = {sheet.name: sheet.title for sheet in filled.book.sheets}
        structures = filled.tables.get(STRUCTURES, pd.DataFrame()).assign(
            partner=partner.id, source=source, file=path.name, sheet=titles.get(STRUCTURES, "")
        )
        entry = _entry(path, study, source, partner, reader.sent, newest, context)
        return cls(problems, cells, entry, partner.id, reader.sent, reader.figures, structures)


def _peek(path: Path, context: Context) -> tuple[Partner | None, list[int], list[Problem]]:
    """Whose workbook it is, and its years: from its cells, else from its name."""
    known = partners()
    try:
        lines = list(_first_lines(path))
    except Exception as error:  # whatever a broken archive raises: the person must know that it is unusable
        expected = "un classeur .xlsx entier, non protégé par un mot de passe"
        return None, [], [Problem(path.name, f"fichier illisible ({type(error).__name__})", expected)]
    texts = [text for line in lines for text in line] + [path.stem.lower()]
    named = [m[1] for text in texts for m in _PARTNER.finditer(text) if m[1] in known]
    if not named:
        expected = "le classeur envoyé avec la lettre, ou un nom comme « demande-caf.xlsx »"
        return (
            None,
            [],
            [Problem(path.name, "un classeur dont on ne sait pas à qui il a été envoyé", expected)],
        )
    headings = [line for line in lines if any(search_key(t).startswith("chiffre demande") for t in line)]
    found = sorted({int(m[1]) for line in headings for t in line if (m := _YEAR.fullmatch(t.lower()))})
    first, last = context.as_of.year - OLDEST, context.as_of.year
    problems = [
        Problem(path.name, f"une colonne {year}", f"une année de {first} à {last} ; la colonne n’est pas lue")
        for year in found
        if not first <= year <= last
    ]
    years = [year for year in found if first <= year <= last]
    return known[named[0]], years or list(last_years(context.as_of)), problems


def _first_lines(path: Path) -> Iterator[list[str]]:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            for line in sheet.iter_rows(max_row=_PEEKED, max_col=40, values_only=True):
                yield [str(cell).strip() for cell in line if cell is not None]
    finally:
        book.close()


@dataclass
class _Reader:
    """Turns the lines of one workbook into cells, noting what cannot be."""

    partner: Partner
    path: Path
    years: list[int]
    context: Context
    source: str
    filled: Filled
    problems: list[Problem]
    figures: int = 0
    extracted: dict[str, pd.Timestamp] = field(default_factory=dict)

    @property
    def sent(self) -> pd.Timestamp | None:
        """Day of transmission, as the partner wrote it; None where it did not."""
        answer = self.filled.tables.get(ANSWER, pd.DataFrame())
        dates = answer["sent"].dropna() if "sent" in answer else pd.Series(dtype="datetime64[ns]")
        return None if dates.empty else pd.Timestamp(dates.iloc[0])

    def cells(self) -> Iterator[Cell]:
        """Figures of the territory, then of its communes."""
        titles = {s.name: self.filled.tabs.get(s.name, s.title) for s in self.filled.book.sheets}
        for name in (FIGURES, COMMUNES):
            for line in self.filled.tables.get(name, pd.DataFrame()).to_dict("records"):
                spot = Spot(self.path.name, titles[name], int(line[ROW]))
                yield from self._line({str(k): v for k, v in line.items()}, name == COMMUNES, spot)

    def _line(self, line: dict[str, Any], of_commune: bool, spot: Spot) -> Iterator[Cell]:
        written = {year: str(line.get(year_field(year)) or "") for year in self.years}
        written = {year: text for year, text in written.items() if text}
        if not written:
            return
        self.figures += len(written)
        measure = self._measure(line, spot)
        if measure is None or not self._as_sent(measure, line, spot):
            return
        place = self._place(measure, line, of_commune, spot)
        if place is None:
            return
        day = self._day(measure, line, spot)
        for year, text in written.items():
            number, problems = read_number(measure, text, year, spot)
            self.problems += problems
            if number is not None:
                yield Cell(measure, year, *place, number, day, self.source, spot)

    def _measure(self, line: dict[str, Any], spot: Spot) -> Measure | None:
        code = str(line.get("code") or "").lower()
        own = {m.id: m for m in measures().values() if m.partner == self.partner.id}
        if code in own:
            return own[code]
        lost = "la ligne n’est pas lue"
        if told := self._told(
            spot, "Code"
        ):  # an absent code, or one that cannot be one, was told by the reader
            self.problems[told[0]] = replace(
                self.problems[told[0]], expected=f"{self.problems[told[0]].expected} ; {lost}"
            )
            return None
        close = difflib.get_close_matches(code, own, n=1, cutoff=0.6)
        meant = f" (« {close[0]} » ?)" if close else ""
        self.problems.append(spot.problem(code, f"un code du classeur envoyé{meant} ; {lost}", "Code"))
        return None

    def _told(self, spot: Spot, column: str) -> list[int]:
        """Places, among the problems, of those of a cell that cannot be used."""
        cell = (spot.sheet, spot.row, column, "error")
        return [i for i, p in enumerate(self.problems) if (p.sheet, p.row, p.column, p.severity) == cell]

    def _as_sent(self, measure: Measure, line: dict[str, Any], spot: Spot) -> bool:
        """Whether definition and unit are those that were sent: another definition is another figure."""
        fine = True
        for name, heading, sent, matters in (
            ("definition", "Définition", measure.full_definition, True),
            ("unit", "Unité", measure.unit, True),
            ("measure", "Chiffre demandé", measure.label, False),
        ):  # fmt: skip
            given = str(line.get(name) or "")
            if not given or search_key(given) == search_key(sent):
                continue
            fine = fine and not matters
            lost = " ; les chiffres de la ligne ne sont pas lus (dire la différence en remarque)"
            expected = f"« {sent} »{lost if matters else ''}"
            self.problems.append(spot.problem(given, expected, heading, "error" if matters else "warning"))
        return fine

    def _place(
        self, measure: Measure, line: dict[str, Any], of_commune: bool, spot: Spot
    ) -> tuple[str, str] | None:
        if not of_commune:
            return self.context.territory
        if not measure.by_commune:
            expected = "un chiffre demandé par commune ; la ligne n’est pas lue"
            self.problems.append(spot.problem(measure.id, expected, "Code"))
            return None
        code = str(line.get("commune") or "")
        return ("commune", code) if code else None  # a commune that cannot be read was told by the reader

    def _day(self, measure: Measure, line: dict[str, Any], spot: Spot) -> pd.Timestamp | None:
        """When a figure was drawn: its own date, that of its measure, else the day of transmission."""
        day = line.get("extracted")
        if day is None or pd.isna(day):
            return self.extracted.get(measure.id, self.sent)
        if day.date() > self.context.as_of:
            expected = f"une date jusqu’au {self.context.as_of:%d/%m/%Y}, date de l’étude"
            self.problems.append(spot.problem(f"{day:%d/%m/%Y}", expected, "Date d’extraction", "warning"))
        self.extracted[measure.id] = day
        return day


# --- what is kept --------------------------------------------------------------------------------------


def _observations(cells: list[Cell], context: Context) -> pd.DataFrame:
    if not cells:
        return observations.empty()
    frame = pd.DataFrame([c.key for c in cells], columns=_KEY)
    for name in ("value", "low", "high", "status"):
        frame[name] = [getattr(c.number, name) for c in cells]
    frame["source"] = [c.source for c in cells]
    made = observations.make(frame, geography_year=context.edition)
    return made.sort_values([*_KEY, "source"], kind="stable").reset_index(drop=True)


def _entry(
    path: Path,
    study: str,
    source: str,
    partner: Partner,
    sent: pd.Timestamp | None,
    drawn: pd.Timestamp | None,
    context: Context,
) -> Entry:
    """A source like those of the manifest, so that the figures can be cited."""
    content = path.read_bytes()
    branch = ", direction territoriale" if partner.id in NATIONAL and context.place else ""
    name = f"{partner.short}{branch} {context.place}".strip() if partner.place == "de" else partner.short
    known = drawn if sent is None else sent
    day = context.as_of if known is None else min(known.date(), context.as_of)
    return Entry(
        id=source,
        publisher=name,
        title=f"Réponse à la demande de données : {partner.name}",
        short=f"{name}, {_when(sent, drawn)}",
        dataset=partner.book,
        vintage=day.isoformat(),
        reference_date=day.isoformat(),
        address="",
        retrieved=day,
        licence="transmis pour le diagnostic, sans droit de rediffuser le fichier",
        geography_year=context.edition,
        layout="partenaire",
        path=f"studies/{study}/{FOLDER}/{path.name}",
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        provenance="fictitious" if context.fictif else "local",
        note="Chiffres agrégés ; petits nombres masqués à la lecture.",
    )


_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
)  # fmt: skip


def _when(sent: pd.Timestamp | None, drawn: pd.Timestamp | None) -> str:
    day = drawn if sent is None else sent
    if day is None:
        return "fichier transmis sans date"
    words = f"{'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"données extraites le {words}" if sent is None else f"fichier transmis le {words}"
