"""What the chapters made from a study's own folder share: its sources, and what is not filled, said so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from ctg_lib.display.gantt import dates_in_words, day_in_words
from ctg_lib.display.output import SourceText, joined, md
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import Output, callout
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.progress import to_complete
from ctg_lib.study.chapters import control
from ctg_lib.study.chapters.base import Chapter
from ctg_lib.study.extras import asked_since
from ctg_lib.workbooks.common import THEME_NAMES, THEMES

if TYPE_CHECKING:
    from ctg_lib.display.figure import Absent
    from ctg_lib.partnership.calendar import Calendar, Instance, Phase, Step
    from ctg_lib.partnership.folder import Partnership
    from ctg_lib.study.using import Uses
    from ctg_lib.workbooks.problems import Problem

SETTINGS = "study.yml"
NONE = "–"
"""A cell that has nothing to say (never a zero)."""
TO_COMPLETE = "à compléter"
NOT_SENT = "Le suivi des demandes (partenaires/suivi-des-demandes.xlsx) ne dit encore aucun envoi."
UNFILLED = "Ce qui n’est pas encore rempli"
FEW = 5
"""Counts of people from 1 to 4 are not shown."""
_TO = {
    "intercommunalité": "à l’intercommunalité", "communes": "aux communes", "gestionnaires": "aux gestionnaires",
    "Caf": "à la Caf", "MSA": "à la MSA", "Département": "au Département", "État": "à l’État",
    "prestataire": "au prestataire",
}  # fmt: skip
_PARTNER = {
    "intercommunalité": "epci", "gestionnaires": "operateurs", "Caf": "caf", "MSA": "msa",
    "Département": "departement",
}  # fmt: skip
"""Who fills a workbook -> who is asked for figures."""


class FolderChapter(Chapter):
    """A chapter that reads the study's calendar and workbooks.

    Attributes:
        name: its name, by which it knows what the control finds in its files.
        asks: partners that it asks for what is missing: keys of the follow-up of requests.
        tells: workbooks that its sentences tell; tells_calendar: whether they tell the calendar.
    """

    name: ClassVar[str] = ""
    asks: ClassVar[tuple[str, ...]] = ()
    tells: ClassVar[tuple[str, ...]] = ()
    tells_calendar: ClassVar[bool] = False

    @property
    def folder(self) -> Partnership:
        """The study's workbooks."""
        return self.study.partnership

    @property
    def calendar(self) -> Calendar:
        """The study's démarche."""
        return self.study.calendar

    @property
    def themes(self) -> dict[str, str]:
        """Themes of the convention: key -> label."""
        return {key: THEMES[key] for key in self.study.config.themes if key in THEMES}

    # ------------------------------------------------------------------------------------- sources

    def workbook_source(
        self, *books: str, brief: bool = False, given: Iterable[str] | None = None
    ) -> SourceText:
        """« offre.xlsx (à confirmer), relevé du 1er novembre 2026 »: workbooks, their state, the study's date.

        Args:
            brief: for a key figure: without the date, which stands under the figures and tables.
            given: fields shown that partners may have given, whose answers are named; all by default.
        """
        said = enumerate_fr([f"{BOOKS[book].file} ({self._state(book)})" for book in books])
        made_up = " ; données fictives" if self.study.fictif else ""
        files = [(BOOKS[book].file, BOOKS[book].file) for book in books]
        if brief:
            return SourceText(f"{said}{made_up}", files)
        answers = self._answers_line(books, None if given is None else {f"{name}_source" for name in given})
        when = f", relevé du {day_in_words(self.study.as_of)}"
        line = SourceText(f"{said}{when}{made_up}", files)
        return line + " ; " + answers if answers else line

    def _answers_line(self, books: Iterable[str], columns: set[str] | None) -> str:
        """The partners' answers that some cells of these workbooks' tables come from; empty without any."""
        ids: set[str] = set()
        for book in books:
            for sheet in BOOKS[book].sheets:
                table = self.folder.table(book, sheet.name)
                named = [
                    n for n in map(str, table) if n.endswith("_source") and (columns is None or n in columns)
                ]
                ids |= {str(id) for name in named for id in table[name] if id}
        return self.study.source_ids_line("+".join(sorted(ids))) if ids else ""

    def calendar_source(self) -> SourceText:
        """« study.yml (calendrier de la démarche), situation au … »."""
        made_up = " ; données fictives" if self.study.fictif else ""
        when = day_in_words(self.study.as_of)
        return SourceText(
            f"{SETTINGS} (calendrier de la démarche), situation au {when}{made_up}", [(SETTINGS, SETTINGS)]
        )

    def source_of(self, uses: Uses) -> SourceText:
        """The workbooks that the chapter tells, then the files."""
        lines = (
            [self.workbook_source(*books)] if (books := [b for b in self.tells if self.folder.has(b)]) else []
        )
        lines += [self.calendar_source()] if self.tells_calendar and not self.calendar.empty else []
        return joined([*lines, super().source_of(uses)])

    def _state(self, book: str) -> str:
        if not self.folder.has(book):
            return "non rempli"
        if book == "offre":
            words, waiting = "à confirmer", [self.folder.table("offre", "services")["state"].ne("confirme")]
        else:
            words = TO_COMPLETE
            own = self.folder.as_written
            waiting = [to_complete(s, own.table(book, s.name)) for s in BOOKS[book].sheets]
        lines, left = sum(len(w) for w in waiting), sum(int(w.sum()) for w in waiting)
        if left and left == lines:
            return words
        if left:
            return (
                f"{number(left)} lignes sur {number(lines)} {words}"
                if left > 1
                else f"1 ligne sur {number(lines)} {words}"
            )
        return "confirmé" if book == "offre" else "déclaré par le territoire"

    # ----------------------------------------------------------------------------- what the control finds

    @cached_property
    def _control(self) -> list[Problem]:
        return control.problems_of_chapter(self.study, self.name)

    def control_lines(self) -> list[str]:
        """« Ce que le contrôle signale »: sentences; none where all is fine."""
        return control.sentences(self._control, self.calendar)

    def control_errors(self) -> str:
        """For « L’essentiel »: how many errors the control finds; empty without any."""
        return control.error_sentence(self._control)

    # ----------------------------------------------------------------------------- what is not filled

    def not_filled(self, book: str) -> str:
        """« Le classeur … n’est pas rempli (bilan.xlsx), demandé à … »; empty if filled."""
        if self.folder.has(book):
            return ""
        each = BOOKS[book]
        return f"« {each.title} » n’est pas rempli ({each.file}) : {self.asked_of(each.audience)}."

    def asked_of(self, audience: str) -> str:
        """« demandé à la Caf, à demander à l’intercommunalité »: as the follow-up of requests says, one by one."""
        asked: list[str] = []
        waiting: list[str] = []
        for part in (part.strip() for part in audience.split(",")):
            if part == "MSA" and not self.study.has_msa:
                continue
            sent = self.study.answers.follow_up.sent(_PARTNER.get(part, "")) is not None
            (asked if sent else waiting).append(_TO.get(part, f"à {part}"))
        said = [f"demandé {enumerate_fr(asked)}"] if asked else []
        return ", ".join(said + ([f"à demander {enumerate_fr(waiting)}"] if waiting else []))

    def since(self) -> str:
        """Since when what is missing has been asked for, as the follow-up of requests says."""
        return asked_since(self.study, self.asks or None) or NOT_SENT

    def absent_book(self, title: str, book: str, id: str) -> Absent:
        """In place of a figure or table whose workbook is not filled; whom to ask is said once, under
        « Ce qui n’est pas encore rempli »."""
        each = BOOKS[book]
        return self.absent(title, f"{each.file} n’est pas rempli", id)

    def gaps(self, audience: str, gaps: Sequence[tuple[int, int, str]], noun: str) -> str:
        """One sentence for all that one audience has not filled: « … : les horaires (2 lignes sur 6), … ».

        Args:
            gaps: how many lack something, of how many it is asked, and what.
        """
        said = [f"{words} ({counted(n, noun)} sur {number(of)})" for n, of, words in gaps if n]
        if not said:
            return ""
        return f"{upper_first(' ; '.join(said))} : {self.asked_of(audience)}."

    def missing(self, *sentences: str) -> Output:
        """« Ce qui n’est pas encore rempli »; says so when nothing is missing."""
        kept = [f"- {s}" for s in sentences if s]
        kept += [f"- {self.since()}"] if kept else []
        text = "\n".join(kept) or "Rien de ce que ce chapitre demande ne manque."
        return callout(text, "silence", UNFILLED, level=2)


# ------------------------------------------------------------------------------------------- words


def moment_of(each: Phase | Step) -> str:
    """When a phase or step takes place, in words as precise as they were written; empty without a date."""
    if each.when or each.start or each.end:
        return each.when or dates_in_words(each.start, each.end)
    return ""


def plain_theme(theme: str) -> str:
    """A theme's label without what it puts in brackets."""
    return THEME_NAMES.get(theme, "thème non précisé")


def called(each: Phase | Step | Instance) -> str:
    """Its name, its id where it has none."""
    return each.name or each.id


def quoted(names: Iterable[str], limit: int = 4) -> str:
    """« a », « b » et 3 autres; safe in Markdown."""
    all_names = [f"« {md(name)} »" for name in names]
    if len(all_names) <= limit + 1:
        return enumerate_fr(all_names)
    return f"{', '.join(all_names[:limit])} et {len(all_names) - limit} autres"


def named(names: Iterable[str], limit: int = 6) -> str:
    """a, b et 3 autres; safe in Markdown."""
    all_names = [md(name) for name in names]
    if len(all_names) <= limit + 1:
        return enumerate_fr(all_names)
    return f"{', '.join(all_names[:limit])} et {len(all_names) - limit} autres"


def or_none(value: Any, decimals: int = 0, unit: str = "") -> str:
    """A cell: text, number, date; « – » where nothing was written."""
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return NONE
    if isinstance(value, pd.Timestamp | date):
        return day_in_words(pd.Timestamp(value).date())
    if isinstance(value, str):
        return value.strip() or NONE
    return number(float(value), decimals, unit)


def people(count: float) -> str:
    """A count of people, « moins de 5 » from 1 to 4."""
    if pd.isna(count):
        return NONE
    return f"moins de {FEW}" if 0 < count < FEW else number(count)


def listed(values: Sequence[str]) -> str:
    """« a ; b », « – » when empty."""
    return " ; ".join(v for v in values if v) or NONE


def clock(minutes: float) -> str:
    """Minutes after midnight as « 7 h 30 »; « – » when not known."""
    if pd.isna(minutes):
        return NONE
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h" + (f" {rest:02d}" if rest else "")
