"""Minutes of a meeting, attendance sheet to be signed, register of decisions: Word documents and PDF.

Of meetings of an instance (« gouvernance.xlsx ») and sessions of a working group (« groupes-travail.xlsx »). Functions,
never names. Minutes exist only of what was held by the study's date; what no file says stands « à compléter ».
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement import governance
from ctg_lib.agreement.books.gouvernance import DECISION_STATES, PRESENCE
from ctg_lib.agreement.governance import CANCELLED, HELD, PLANNED, state_of
from ctg_lib.consultation.actors import GROUPS
from ctg_lib.display.prose import upper_first
from ctg_lib.display.typography import NBSP, counted, number, typeset
from ctg_lib.documents.agreement.party_words import shown_names
from ctg_lib.documents.consultation.guides import FICTIF
from ctg_lib.errors import BadInput
from ctg_lib.workbooks.common import THEME_NAMES
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

TO_COMPLETE = "à compléter"
NONE = "–"
SPARE = 4
"""Empty lines at the end of an attendance sheet, for those who come without being on it."""
OPEN_SPARE = 40
"""The same where everybody is invited (a plenary): two pages of a meeting that nobody can list before it."""
MOST_SEATS = 60
"""Lines to sign for one function, at most."""
_EVERYBODY = re.compile(r"(tous|toutes|l[’']ensemble)\b", re.IGNORECASE)
_BY_SECTEUR = re.compile(r"\bpar secteur\b", re.IGNORECASE)
VOTES: tuple[tuple[str, str], ...] = (
    ("votes_for", "pour"), ("votes_against", "contre"), ("abstentions", "abstention"),
)  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """A table: head, rows (« à compléter » where nothing is known), widths (shares), height of a row in cm (0: its words)."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    height: float = 0.0


@dataclass(frozen=True)
class Section:
    """A heading, then lines, then a table, then a note."""

    title: str
    lines: tuple[str, ...] = ()
    grid: Grid | None = None
    note: str = ""


@dataclass(frozen=True)
class Paper:
    """What is laid out, by :mod:`ctg_lib.documents.agreement.minutes_word` and ``minutes_pdf`` alike.

    Attributes:
        facts: (label, words) under the title. running: at the foot of each page. fictif: at its head, empty if real.
        moment: day written in the file: the study's date. meeting: day of the meeting (None: a register).
    """

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    running: str
    fictif: str
    moment: date
    meeting: date | None = None

    @property
    def blanks(self) -> int:
        """How many places are to be completed."""
        cells = [words for _, words in self.facts]
        for section in self.sections:
            cells += section.lines
            cells += [cell for row in section.grid.rows for cell in row] if section.grid else []
        return sum(TO_COMPLETE in cell.casefold().replace(NBSP, " ") for cell in cells)


@dataclass(frozen=True)
class Meeting:
    """A meeting of an instance or a session of a group, as both sheets tell it.

    Attributes:
        state: as :func:`ctg_lib.agreement.governance.state_of`. points: of the agenda. said: what was said, in lines.
        invited: (body, function, presence in words) of each; presence empty where it is not known.
        group: whether it is a session of a working group, of which ``people`` were present (0: not known).
    """

    id: str
    name: str
    day: date | None
    state: str
    place: str = ""
    points: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    invited: tuple[tuple[str, str, str], ...] = ()
    document: str = ""
    group: bool = False
    people: int = 0
    values: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


# ------------------------------------------------------------------------------------------ what exists


def meetings(study: Study) -> tuple[Meeting, ...]:
    """Meetings and sessions, held, planned or cancelled, in the order of their dates (those without one last)."""
    found = [*_of_instances(study), *_of_groups(study)]
    return tuple(sorted(found, key=lambda m: (m.day is None, m.day or date.max, m.id)))


def find(study: Study, id: str) -> Meeting:
    """The meeting of that id.

    Raises:
        BadInput: there is none.
    """
    every = meetings(study)
    found = next((m for m in every if m.id == id), None)
    if found is None:
        known = ", ".join(m.id for m in every) or "aucune n’est écrite"
        raise BadInput(f"Réunion inconnue : « {id} » (connues : {known}).")
    return found


def _of_instances(study: Study) -> Iterator[Meeting]:
    agreement, names = study.agreement, shown_names(study)
    signed = agreement.table("gouvernance", "attendance")
    members = {i.id: i.members for i in governance.instances(agreement)}
    for line in governance.meetings(agreement, study.as_of).to_dict("records"):
        own = signed[signed["meeting"].eq(line["id"])].to_dict("records")
        invited = [(names.get(a["party"], a["party"]), a["function"], PRESENCE.get(a["presence"], "")) for a in own]  # fmt: skip
        if not invited:
            seats = members.get(line["instance"], ())
            secteurs = tuple(study.config.secteurs)
            invited = [
                (names.get(m.party, m.party), function, "") for m in seats for function in _seats(m, secteurs)
            ]
        yield Meeting(
            line["id"], line["name"] or TO_COMPLETE, _day(line["date"]), line["state"], study.communes_by_code.get(line["commune"], ""),
            _points(line["agenda"]), _points(line["summary"]), tuple(invited), line["document"], values={str(n): v for n, v in line.items()},
        )  # fmt: skip


def _seats(member: governance.Member, secteurs: Sequence[str]) -> list[str]:
    """The function of each seat: « un élu du secteur Dourbie » where there is one « par secteur » and each has its own."""
    if len(secteurs) == member.seats and _BY_SECTEUR.search(member.function):
        return [_BY_SECTEUR.sub(f"du secteur {name}", member.function) for name in secteurs]
    return [member.function] * min(max(member.seats, 1), MOST_SEATS)  # 0: open to all


def _of_groups(study: Study) -> Iterator[Meeting]:
    agreement = study.agreement
    present = agreement.table("groupes", "present")
    for line in agreement.table("groupes", "sessions").to_dict("records"):
        day = _day(line["date"])
        own = present[present["session"].eq(line["id"])].to_dict("records")
        invited = [
            (p["organisation"] or GROUPS.get(p["group"], ""), _with_count(p["function"] or GROUPS.get(p["group"], ""), p["people"]), "présent")
            for p in own
        ]  # fmt: skip
        themes = [THEME_NAMES[t] for t in line["themes"] if t in THEME_NAMES]
        yield Meeting(
            line["id"], f"Groupe de travail « {line['group']} »", day, state_of(line["state"], day, study.as_of),
            study.communes_by_code.get(line["commune"], ""), tuple(upper_first(t) for t in themes), _points(line["summary"]), tuple(invited),
            line["document"], True, sum(int(p["people"]) for p in own if pd.notna(p["people"])), {str(n): v for n, v in line.items()},
        )  # fmt: skip


def _with_count(function: str, people: float) -> str:
    return f"{function} ({number(people)} personnes)" if pd.notna(people) and people > 1 else function


# ------------------------------------------------------------------------------------------ papers


def minutes(study: Study, meeting_id: str) -> Paper:
    """Minutes of a meeting held.

    Raises:
        BadInput: no such meeting, or it is not held on the study's date.
    """
    meeting = _held(find(study, meeting_id))
    sections = [
        Section("Présences", (_presence_line(meeting),), _presence(meeting)),
        Section("Thèmes abordés" if meeting.group else "Ordre du jour", _or_blank(meeting.points)),
        Section("Ce qui s’est dit", _or_blank(meeting.said)),
        _proposals(study, meeting) if meeting.group else _decisions(study, meeting),
        Section("Suite", _next(study, meeting)),
    ]
    facts = (
        ("Date", _day_words(meeting.day)), ("Lieu", meeting.place or TO_COMPLETE), ("Horaires", TO_COMPLETE),
        ("Rédaction (fonction)", TO_COMPLETE), ("Compte rendu daté du", _written_on(study, meeting)),
    )  # fmt: skip
    return _paper(study, f"Compte rendu – {meeting.name}", _when(meeting), facts, sections, meeting)


def attendance(study: Study, meeting_id: str) -> Paper:
    """Sheet to be signed at a meeting: body, function, an empty place; what the workbook already says of presences is not
    repeated, since a signature says it.

    Raises:
        BadInput: no such meeting, or it is cancelled.
    """
    meeting = find(study, meeting_id)
    if meeting.state == CANCELLED:
        raise BadInput(f"{meeting.id} est annulée : elle n’a pas de feuille d’émargement.")
    everybody = list(dict.fromkeys(f for _, f, _ in meeting.invited if _EVERYBODY.match(f)))
    rows = [
        (body or NONE, function, "") for body, function, _ in meeting.invited if function not in everybody
    ]
    rows += [("", "", "")] * (OPEN_SPARE if everybody else SPARE)
    note = "Une ligne par siège. La feuille signée reste chez qui organise : les noms n’entrent dans aucun fichier de l’étude."
    grid = Grid(("Organisme", "Fonction", "Signature"), tuple(rows), (6.0, 6.2, 5.0), 1.0)
    facts = (
        ("Date", _day_words(meeting.day)),
        ("Lieu", meeting.place or TO_COMPLETE),
        ("Horaires", TO_COMPLETE),
    )
    lines = tuple(f"Ouverte à : {function}." for function in everybody)
    if not meeting.invited:
        lines = (f"{upper_first(TO_COMPLETE)} : les fonctions invitées.",)
    return _paper(study, f"Feuille d’émargement – {meeting.name}", _when(meeting), facts, [Section("", lines, grid, note)], meeting)  # fmt: skip


def register(study: Study) -> Paper:
    """Register of decisions of all meetings held by the study's date.

    Raises:
        BadInput: none was taken.
    """
    table = governance.decisions(study.agreement, study.as_of)
    if table.empty:
        raise BadInput("Aucune décision n’est écrite dans gouvernance.xlsx (« Relevé de décisions »).")
    sections = []
    for meeting in dict.fromkeys(table["meeting"]):
        own = table[table["meeting"].eq(meeting)]
        rows = tuple(_decision_row(line) for line in own.to_dict("records"))
        head = f"{own['name'].iloc[0]}, {day_in_words(own['date'].iloc[0].date())}"
        sections.append(Section(head, (), Grid(_DECISION_HEAD, rows, _DECISION_WIDTHS)))
    open_ = int(table["state"].isin(governance.OPEN).sum())
    facts = (
        ("Décisions", number(len(table))), ("En attente de suite", number(open_)),
        ("Situation au", day_in_words(study.as_of)),
    )  # fmt: skip
    return _paper(study, "Relevé de décisions", study.territory.name, facts, sections, None)


_DECISION_HEAD = ("N°", "Décision", "Vote", "Qui", "Pour le", "Suite")
_DECISION_WIDTHS = (1.5, 6.7, 2.7, 2.6, 2.0, 1.7)


def _paper(
    study: Study, title: str, subtitle: str, facts: Sequence[tuple[str, str]], sections: Sequence[Section], meeting: Meeting | None
) -> Paper:  # fmt: skip
    return Paper(
        typeset(title), typeset(subtitle), tuple((typeset(a), typeset(b)) for a, b in facts),
        tuple(_typeset(s) for s in sections), typeset(f"{title} · {study.territory.name}"), typeset(FICTIF) if study.fictif else "",
        study.as_of, meeting.day if meeting else None,
    )  # fmt: skip


def _typeset(section: Section) -> Section:
    grid = section.grid
    if grid is not None:
        rows = tuple(tuple(typeset(cell) for cell in row) for row in grid.rows)
        grid = Grid(tuple(typeset(h) for h in grid.head), rows, grid.widths, grid.height)
    return Section(typeset(section.title), tuple(typeset(line) for line in section.lines), grid, typeset(section.note))  # fmt: skip


def _held(meeting: Meeting) -> Meeting:
    if meeting.state == HELD:
        return meeting
    when = f"prévue le {day_in_words(meeting.day)}" if meeting.day else "sans date"
    said = "annulée" if meeting.state == CANCELLED else when
    raise BadInput(f"{meeting.id} est {said} : un compte rendu ne précède pas sa réunion.")


def _presence_line(meeting: Meeting) -> str:
    known = [presence for *_, presence in meeting.invited if presence]
    if meeting.group and meeting.people:
        return f"{upper_first(counted(meeting.people, 'personne présente', 'personnes présentes'))}."
    if not known:
        return f"{upper_first(TO_COMPLETE)} : la feuille d’émargement n’est pas saisie."
    there = sum(p in (PRESENCE["present"], PRESENCE["represente"]) for p in known)
    verb = "présente ou représentée" if there < 2 else "présentes ou représentées"
    return f"{upper_first(counted(there, 'fonction'))} {verb}, sur {number(len(known))}."


def _presence(meeting: Meeting) -> Grid | None:
    known = [(body or NONE, function, upper_first(p)) for body, function, p in meeting.invited if p]
    return Grid(("Organisme", "Fonction", "Présence"), tuple(known), (6.8, 7.4, 3.0)) if known else None


def _decisions(study: Study, meeting: Meeting) -> Section:
    table = governance.decisions(study.agreement, study.as_of)
    own = table[table["meeting"].eq(meeting.id)].to_dict("records")
    if not own:
        return Section("Relevé de décisions", ("Aucune décision n’est inscrite au relevé.",))
    rows = tuple(_decision_row(line, after=False) for line in own)
    return Section("Relevé de décisions", (), Grid(_DECISION_HEAD[:-1], rows, (1.5, 7.8, 2.9, 2.9, 2.1)))


def _decision_row(line: Mapping[Any, Any], *, after: bool = True) -> tuple[str, ...]:
    """Cells of a decision; ``after``: with what became of it, which minutes do not know."""
    actions = f" ({', '.join(line['actions'])})" if line["actions"] else ""
    cells = (
        str(line["id"]), f"{upper_first(str(line['subject']))}. {upper_first(str(line['decision'])).rstrip('.')}{actions}.", _votes(line),
        line["responsible"] or NONE, NONE if pd.isna(line["due"]) else f"{line['due']:%d/%m/%Y}",
    )  # fmt: skip
    return (*cells, upper_first(DECISION_STATES[line["state"]])) if after else cells


def _votes(line: Mapping[Any, Any]) -> str:
    said = [
        f"{number(line[name])}{NBSP}{word}{'s' if word == 'abstention' and line[name] > 1 else ''}"
        for name, word in VOTES
        if pd.notna(line[name])
    ]
    return ", ".join(said) or "sans vote écrit"


def _proposals(study: Study, meeting: Meeting) -> Section:
    table = study.agreement.table("groupes", "proposals")
    own = table[table["session"].eq(meeting.id)].to_dict("records")
    if not own:
        return Section("Propositions", ("Aucune proposition n’est inscrite.",))
    rows = tuple(
        (
            str(p["id"]), str(p["title"]), NONE if pd.isna(p["support"]) else number(p["support"]), p["against"] or NONE, p["first_step"] or NONE,
        )
        for p in own
    )  # fmt: skip
    note = "Ce que chaque proposition est devenue se décide ensuite : voir le plan d’action."
    return Section("Propositions", (), Grid(("N°", "Proposition", "Appuis", "Réserves", "Premier pas"), rows, (1.5, 6.0, 1.6, 4.3, 3.8)), note)  # fmt: skip


def _next(study: Study, meeting: Meeting) -> tuple[str, ...]:
    """The next meeting of the same instance or group; what is to be done."""
    same = [m for m in meetings(study) if m.name == meeting.name and m.day and meeting.day and m.day > meeting.day and m.state != CANCELLED]  # fmt: skip
    then = f"Réunion suivante : {day_in_words(same[0].day)}." if same and same[0].day else f"Réunion suivante : {TO_COMPLETE}."  # fmt: skip
    return (then,)


def _written_on(study: Study, meeting: Meeting) -> str:
    """Date of the minutes in documents.xlsx, where it follows the meeting; else a blank."""
    table = study.partnership.table("documents", "documents")
    days = dict(zip(table["id"], table["date"], strict=True))
    written = _day(days.get(meeting.document)) if meeting.document else None
    if written is not None and meeting.day is not None and meeting.day <= written <= study.as_of:
        return day_in_words(written)
    return TO_COMPLETE


def _or_blank(lines: tuple[str, ...]) -> tuple[str, ...]:
    return lines or (upper_first(TO_COMPLETE) + ".",)


def _points(text: Any) -> tuple[str, ...]:
    return tuple(upper_first(line.strip()) for line in str(text or "").splitlines() if line.strip())


def _when(meeting: Meeting) -> str:
    state = " (prévue)" if meeting.state == PLANNED else ""
    return f"{_day_words(meeting.day)}{f', {meeting.place}' if meeting.place else ''}{state}"


def _day(value: Any) -> date | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()


def _day_words(day: date | None) -> str:
    return day_in_words(day) if day else TO_COMPLETE


# ------------------------------------------------------------------------------------------ files


def minutes_docx(study: Study, meeting_id: str) -> bytes:
    """:func:`minutes` as a .docx file."""
    from ctg_lib.documents.agreement.minutes_word import word_bytes

    return word_bytes(minutes(study, meeting_id))


def minutes_pdf(study: Study, meeting_id: str) -> bytes:
    """:func:`minutes` as PDF."""
    from ctg_lib.documents.agreement.minutes_pdf import pdf_bytes

    return pdf_bytes(minutes(study, meeting_id))


def attendance_docx(study: Study, meeting_id: str) -> bytes:
    """:func:`attendance` as a .docx file."""
    from ctg_lib.documents.agreement.minutes_word import word_bytes

    return word_bytes(attendance(study, meeting_id))


def attendance_pdf(study: Study, meeting_id: str) -> bytes:
    """:func:`attendance` as PDF."""
    from ctg_lib.documents.agreement.minutes_pdf import pdf_bytes

    return pdf_bytes(attendance(study, meeting_id))


def register_docx(study: Study) -> bytes:
    """:func:`register` as a .docx file."""
    from ctg_lib.documents.agreement.minutes_word import word_bytes

    return word_bytes(register(study))


def register_pdf(study: Study) -> bytes:
    """:func:`register` as PDF."""
    from ctg_lib.documents.agreement.minutes_pdf import pdf_bytes

    return pdf_bytes(register(study))


def meeting_documents(study: Study) -> list[tuple[str, bytes]]:
    """All of them: minutes of what was held, sheets to sign for what comes, the register; (name, bytes), Word then PDF."""
    from ctg_lib.documents.agreement.minutes_pdf import pdf_bytes
    from ctg_lib.documents.agreement.minutes_word import word_bytes

    papers: list[tuple[str, Paper]] = []
    for meeting in meetings(study):
        stem = f"{meeting.day.isoformat() if meeting.day else 'sans-date'}-{meeting.id}"
        if meeting.state == HELD:
            papers.append((f"comptes-rendus/{stem}", minutes(study, meeting.id)))
        elif meeting.state == PLANNED:
            papers.append((f"emargement/{stem}", attendance(study, meeting.id)))
    if not governance.decisions(study.agreement, study.as_of).empty:
        papers.append(("releve-de-decisions", register(study)))
    return [(f"{name}{end}", make(paper)) for name, paper in papers for end, make in ((".docx", word_bytes), (".pdf", pdf_bytes))]  # fmt: skip
