"""What was said, as read from a study's workbooks: meetings, coded excerpts, votes; and what does not agree.

A line that belongs to no meeting is told and left out: nobody could be credited with it. A cell that holds what
looks like a person's name, address or telephone number is told and read as empty: it goes no further.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from ctg_lib.consultation import made_up
from ctg_lib.consultation.actors import (
    EXCERPT_COLUMNS,
    MEETING_COLUMNS,
    PRESENT_COLUMNS,
    SEVERAL,
    Actors,
)
from ctg_lib.consultation.books import OCCASION_OF, actor_books
from ctg_lib.consultation.books.rencontres import RUBRIC_KINDS
from ctg_lib.consultation.plain_names import plain_files
from ctg_lib.consultation.scheme import Scheme
from ctg_lib.workbooks.links import resolve
from ctg_lib.workbooks.parsing import NO_PERSON
from ctg_lib.workbooks.people import EXPECTED, personal
from ctg_lib.workbooks.problems import Problem, Severity, ordered
from ctg_lib.workbooks.reading import Filled, identify, read_workbook
from ctg_lib.workbooks.schema import ROW, Sheet, Workbook

DEFAULT_GROUP: dict[str, str] = {"rencontres": SEVERAL, "forums": "habitants", "seminaire": "elus"}
"""Workbook -> group of a meeting; of an interview, its line says it."""
DEFAULT_COLLEGE = "habitants"
"""Who votes at a forum."""
_TEXTS = ("text", "long_text")
Line = dict[str, Any]


def read_actors(
    folder: Path,
    communes: Mapping[str, str],
    secteurs: Iterable[str],
    scheme: Scheme,
    as_of: date | None = None,
    *,
    fictif: bool = True,
) -> Actors:
    """Read the workbooks of a ``consultation`` folder; those that are absent hold nothing.

    Args:
        folder: where ``entretiens.xlsx``, ``rencontres.xlsx``, ``forums.xlsx`` and ``seminaire.xlsx`` may lie. One
            saved under another name is recognised by the id written in it, and told.
        communes: code -> name of the territory's communes.
        secteurs: names of the study's secteurs.
        scheme: by which excerpts are coded.
        as_of: the study's date; a meeting held after it is told. None: dates are not judged.
        fictif: whether a workbook that says its words are made up is read; else it is an error.
    """
    books = actor_books(scheme, secteurs)
    problems: list[Problem] = []
    filled: dict[str, Filled] = {}
    told = _workbooks(Path(folder))
    for id, path in _find(told, books, problems).items():
        if not fictif and made_up.workbook(path):
            problems.append(made_up.refused(told[path]))
            continue
        filled[id] = read_workbook(path, books[id], communes, name=told[path])
    filled, lost = resolve(filled)
    said = [_with_nearest(p, books, scheme) for read in filled.values() for p in read.problems]
    gathering = _Gathering(filled, scheme, as_of, bool(books["entretiens"]["meetings"]["secteur"].choices))
    gathering.run()
    own = gathering.problems
    cells = {(p.file, p.sheet, p.row, p.column) for p in own if p.expected == EXPECTED}
    said = [p for p in said if p.expected != NO_PERSON or (p.file, p.sheet, p.row, p.column) not in cells]
    return replace(gathering.result(), problems=tuple(ordered([*problems, *said, *lost, *own])))


def _workbooks(folder: Path) -> dict[Path, str]:
    """Each workbook of a folder -> its name as it is told: another than the usual one may be a person's."""
    if not folder.is_dir():
        return {}
    paths = (
        p
        for p in sorted(folder.iterdir())
        if p.is_file() and p.suffix.casefold() == ".xlsx" and p.name[:1] not in "~."
    )
    return plain_files(paths, folder)


def _find(
    told: Mapping[Path, str], books: Mapping[str, Workbook], problems: list[Problem]
) -> dict[str, Path]:
    """Id of a workbook -> its file, in the order of a démarche."""
    paths = list(told)
    by_name = {book.file: id for id, book in books.items()}
    found: dict[str, Path] = {}
    for path in sorted(paths, key=lambda p: (p.name not in by_name, p.name)):
        id = by_name.get(path.name.casefold(), "")
        named = bool(id)
        if not id:
            says = identify(path)
            id = says[0] if says and says[0] in books else ""
        if not id:
            continue
        if id in found:
            found_text = f"un second classeur « {id} », qui n’est pas lu"
            first = told[found[id]]
            problems.append(
                Problem(told[path], found_text, f"un seul fichier : reporter ses lignes dans {first}")
            )
            continue
        found[id] = path
        if not named:
            found_text = f"le classeur « {id} » sous un autre nom ; il est lu"
            problems.append(Problem(told[path], found_text, f"le nom {books[id].file}", severity="warning"))
    return {id: found[id] for id in books if id in found}


def _with_nearest(problem: Problem, books: Mapping[str, Workbook], scheme: Scheme) -> Problem:
    """The same problem, with the need that an unknown one resembles."""
    label = books["entretiens"]["excerpts"]["need"].label
    if problem.column != label or problem.severity != "error" or "peut-être" in problem.expected:
        return problem
    code = scheme.nearest(problem.found)
    near = f" ; peut-être {code} (« {scheme[code].label} »)" if code else ""
    return replace(problem, expected=f"un besoin de la grille, libellé ou code{near}")


@dataclass
class _Gathering:
    """Workbooks being put together."""

    filled: Mapping[str, Filled]
    scheme: Scheme
    as_of: date | None
    has_secteurs: bool
    problems: list[Problem] = field(default_factory=list)
    meetings: list[Line] = field(default_factory=list)
    present: list[Line] = field(default_factory=list)
    first: list[Line] = field(default_factory=list)
    second: list[Line] = field(default_factory=list)
    votes: list[Line] = field(default_factory=list)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """(workbook, id of a meeting there) -> its id among all."""

    def run(self) -> None:
        """Read each workbook in turn."""
        ids: set[str] = set()
        for id, read in self.filled.items():
            lines = {sheet.name: self._lines(read, sheet) for sheet in read.book.sheets}
            own = self._meetings(id, read, lines["meetings"], _heard(lines), ids)
            self._present(id, read, lines.get("present", []), own)
            self._excerpts(id, read, lines["excerpts"], own, ids)
            self._votes(id, read, lines, own)

    def result(self) -> Actors:
        """What was read, without its problems."""
        return Actors(
            meetings=_frame(self.meetings, MEETING_COLUMNS, dates=("date", "planned"), numbers=("people",),
                            flags=("second_coder",), many=("themes",)),
            excerpts=_excerpt_frame(self.first),
            twice=_excerpt_frame(self.second),
            votes=_frame(self.votes, VOTE_COLUMNS, numbers=("votes", "voters", "each")),
            present=_frame(self.present, PRESENT_COLUMNS, numbers=("people",)),
            scheme=self.scheme.pairs,
        )  # fmt: skip

    # ---------------------------------------------------------------- cells

    def tell(
        self, read: Filled, sheet: str, line: Mapping[str, Any], name: str, found: str, expected: str,
        severity: Severity = "error",
    ) -> None:  # fmt: skip
        """A problem of one cell."""
        title = read.tabs.get(sheet, read.book[sheet].title)
        column = read.book[sheet][name].label if name else ""
        self.problems.append(Problem(read.file, found, expected, title, int(line[ROW]), column, severity))

    def _lines(self, read: Filled, sheet: Sheet) -> list[Line]:
        """Lines of a sheet without what looks like a person."""
        lines = [{str(k): v for k, v in line.items()} for line in read.tables[sheet.name].to_dict("records")]
        texts = [each.name for each in sheet.fields if each.kind in _TEXTS]
        for line in lines:
            for name in texts:
                if found := personal(str(line[name])):
                    said = f"{' et '.join(found)} ; la case n’est pas reprise"
                    self.tell(read, sheet.name, line, name, said, EXPECTED)
                    line[name] = ""
        return lines

    # ---------------------------------------------------------------- meetings

    def _meetings(
        self, book: str, read: Filled, lines: list[Line], heard: set[str], ids: set[str]
    ) -> dict[str, Line]:
        """Id of a meeting in this workbook -> its line; those of no id are told by the reader."""
        own: dict[str, Line] = {}
        for line in lines:
            id = str(line["id"])
            if not id or id in own:
                continue
            state = self._state(read, line, id in heard)
            day = line["date"]
            unique = self._unique(read, "meetings", line, id, OCCASION_OF[book], ids)
            self._secteur(read, "meetings", line)
            meeting = {
                "id": unique, "occasion": OCCASION_OF[book], "title": line["title"], "state": state,
                "date": day if state == "tenu" and not self._future(day) else pd.NaT,
                "planned": day if state == "prevu" else pd.NaT,
                "group": line.get("group") or DEFAULT_GROUP.get(book, ""), "people": line["people"],
                "secteur": line.get("secteur", ""), "themes": tuple(line["themes"]),
                "second_coder": line["second_coder"] == "oui", "function": line.get("function", ""),
                "each": line.get("each", float("nan")), ROW: line[ROW],
            }  # fmt: skip
            own[id] = meeting
            self.meetings.append(meeting)
        return own

    def _unique(self, read: Filled, sheet: str, line: Line, id: str, occasion: str, ids: set[str]) -> str:
        """An id that no other workbook has; the identifiers of meetings and excerpts each have their kind."""
        mark = f"{sheet}/{id}"
        if mark not in ids:
            ids.add(mark)
            return id
        if sheet == "meetings":
            expected = "un identifiant qu’aucun autre classeur n’emploie (E01, R01, F01, S01)"
            self.tell(read, sheet, line, "id", id, expected, "warning")
        return f"{occasion} {id}"

    def _state(self, read: Filled, line: Line, heard: bool) -> str:
        state, day = str(line["state"]), line["date"]
        future = self._future(day)
        if state == "tenu" and future:
            expected = f"une date au plus tard le {self.as_of:%d/%m/%Y}, date de l’étude, ou l’état « prévu »"
            self.tell(read, "meetings", line, "date", f"{day:%d/%m/%Y}, à l’état tenu", expected)
        elif state == "prevu" and self.as_of and pd.notna(day) and not future:
            expected = f"« tenu » ou « annulé » : la date est passée au {self.as_of:%d/%m/%Y}"
            self.tell(read, "meetings", line, "state", f"prévu le {day:%d/%m/%Y}", expected, "warning")
        if state in ("prevu", "annule") and heard:
            label = "prévu" if state == "prevu" else "annulé"
            self.tell(
                read,
                "meetings",
                line,
                "state",
                label,
                "« tenu » : des contenus lui sont rattachés ; ils sont repris",
            )
            return "tenu"
        if not state:
            past: bool = pd.notna(day) and self.as_of is not None and not future
            return "tenu" if heard or past else "prevu"
        return state

    def _future(self, day: Any) -> bool:
        return bool(self.as_of is not None and pd.notna(day) and day.date() > self.as_of)

    def _secteur(self, read: Filled, sheet: str, line: Line) -> None:
        if line.get("secteur") and not self.has_secteurs:
            expected = "rien : l’étude n’a pas de secteurs (study.yml, « secteurs »)"
            self.tell(read, sheet, line, "secteur", str(line["secteur"]), expected, "warning")
            line["secteur"] = ""

    def _known(self, read: Filled, sheet: str, line: Line, own: Mapping[str, Line], what: str) -> Line | None:
        """The meeting that a line names; told where there is none."""
        name = str(line["meeting"])
        if name in own:
            return own[name]
        title = read.tabs.get("meetings", read.book["meetings"].title)
        if name:
            self.tell(
                read,
                sheet,
                line,
                "meeting",
                name,
                f"un identifiant de la feuille « {title} » ; {what}",
            )
        return None

    # ---------------------------------------------------------------- people present

    def _present(self, book: str, read: Filled, lines: list[Line], own: Mapping[str, Line]) -> None:
        sums: Counter[str] = Counter()
        for line in lines:
            meeting = self._known(read, "present", line, own, "ce nombre n’est pas repris")
            if meeting is None or not line["group"]:
                continue
            people = line["people"]
            sums[meeting["id"]] += 0 if pd.isna(people) else int(people)
            if meeting["state"] == "tenu":
                self.present.append({"meeting": meeting["id"], "group": line["group"], "people": people})
        for meeting in own.values():
            total = sums[meeting["id"]]
            if pd.isna(meeting["people"]):
                meeting["people"] = total or float("nan")
            elif total > meeting["people"]:
                expected = f"au moins {total}, la somme de la feuille « Présents »"
                self.tell(
                    read, "meetings", meeting, "people", f"{meeting['people']:.0f}", expected, "warning"
                )
            counted = meeting["id"] in sums
            if meeting["state"] == "tenu" and not counted and meeting["group"] not in ("", SEVERAL):
                people = {key: meeting[key] for key in ("group", "people")}
                self.present.append({"meeting": meeting["id"], **people})

    # ---------------------------------------------------------------- excerpts

    def _excerpts(
        self, book: str, read: Filled, lines: list[Line], own: Mapping[str, Line], ids: set[str]
    ) -> None:
        coded: dict[tuple[str, str], Line] = {}
        order: list[tuple[str, str]] = []
        for line in lines:
            meeting = self._known(read, "excerpts", line, own, "l’extrait n’est pas repris")
            if meeting is None:
                continue
            self._among(read, line, meeting)
            coder = str(line["coder"] or "A")
            key = (str(line["id"]) or f"ligne {line[ROW]}", coder)
            if key in coded:
                if not line["coder"]:  # both filled, the reader says it
                    expected = "un autre identifiant, ou « B » pour un second codage"
                    self.tell(read, "excerpts", line, "id", key[0], expected)
                key = (f"{key[0]} (ligne {line[ROW]})", coder)
            coded[key] = self._excerpt(book, read, line, meeting, coder)
            order.append(key)
        self._pair(book, read, coded, order, own, ids)

    def _among(self, read: Filled, line: Line, meeting: Line) -> None:
        """Whether the group that speaks was there, where it was written down who was."""
        groups = {row["group"] for row in self.present if row["meeting"] == meeting["id"]}
        if line["group"] not in ("", SEVERAL) and groups and line["group"] not in groups:
            found = read.book["excerpts"]["group"].choices[str(line["group"])]
            expected = "un groupe présent à cette rencontre"
            self.tell(read, "excerpts", line, "group", found, expected, "warning")

    def _pair(
        self, book: str, read: Filled, coded: Mapping[tuple[str, str], Line], order: list[tuple[str, str]],
        own: Mapping[str, Line], ids: set[str],
    ) -> None:  # fmt: skip
        """Codings of the same excerpt, the first apart from the second."""
        again: set[str] = set()
        for id, coder in order:
            line = coded[id, coder]
            other = coded.get((id, "A"))
            if coder == "B" and other is not None:
                again.add(line["meeting"])
                if other["meeting"] != line["meeting"]:
                    expected = f"{other['meeting']}, la rencontre du premier codage"
                    self.tell(read, "excerpts", line, "meeting", line["meeting"], expected)
                self.second.append(line | {"id": other["id"]})
                continue
            if coder == "B":
                expected = "une ligne « A » de même identifiant ; l’extrait est pris comme un premier codage"
                self.tell(read, "excerpts", line, "coder", "B seul", expected, "warning")
            line["id"] = self._unique(read, "excerpts", line, id, OCCASION_OF[book], ids)
            self.first.append(line)
        for meeting in own.values():
            if meeting["second_coder"] and meeting["state"] == "tenu" and meeting["id"] not in again:
                expected = "des extraits codés « B », ou « non »"
                self.tell(
                    read, "meetings", meeting, "second_coder", "oui, sans second codage", expected, "warning"
                )
                meeting["second_coder"] = False
            elif meeting["id"] in again:
                meeting["second_coder"] = True

    def _excerpt(self, book: str, read: Filled, line: Line, meeting: Line, coder: str) -> Line:
        self._secteur(read, "excerpts", line)
        agreed = line["agreed"] == "oui" and line["proofread"] == "oui"
        self._quoted(read, line, agreed)
        need, theme = str(line["need"]), str(line["theme"])
        if need:
            told = self.scheme[need].theme
            if theme and theme != told:
                expected = f"rien, ou « {told} », le thème du besoin ; c’est lui qui est retenu"
                self.tell(read, "excerpts", line, "theme", theme, expected, "warning")
            theme = told
        elif not theme:
            self.tell(
                read, "excerpts", line, "need", "", "un besoin de la grille, ou au moins un thème", "warning"
            )
        rubric = str(line.get("rubric", ""))
        kind = str(line["kind"]) or RUBRIC_KINDS.get(rubric, "")
        if not kind and rubric:
            self.tell(
                read, "excerpts", line, "kind", "", "la nature : cette rubrique n’en a pas à elle", "warning"
            )
        group = str(line["group"]) or ("" if meeting["group"] == SEVERAL else str(meeting["group"]))
        if group == meeting["group"] or book == "entretiens":
            function = str(line["function"]) or str(meeting["function"])
        else:
            function = str(line["function"])
        return {
            "id": line["id"], "meeting": meeting["id"], "group": group,
            "secteur": line.get("secteur") or meeting["secteur"], "theme": theme, "need": need, "kind": kind,
            "strength": float(line["strength"]) if line["strength"] else float("nan"), "audience": line["audience"],
            "summary": line["summary"], "quote": "" if line["agreed"] == "non" else line["quote"], "agreed": agreed,
            "function": function if agreed else "", "coder": coder, "rubric": rubric, ROW: line[ROW],
        }  # fmt: skip

    def _quoted(self, read: Filled, line: Line, agreed: bool) -> None:
        """What is told of a quotation and of the function under which it would stand."""
        if line["function"] and not agreed:
            expected = "« oui » à l’accord et à la relecture ; sans les deux, la citation va au groupe"
            self.tell(read, "excerpts", line, "function", "une fonction", expected, "warning")
        if line["quote"] and not line["agreed"]:
            expected = "« oui » ou « non » ; la citation n’est reprise que sous le nom du groupe"
            self.tell(read, "excerpts", line, "agreed", "", expected, "warning")
        elif line["quote"] and line["agreed"] == "oui" and line["proofread"] != "oui":
            expected = "« oui », une fois la citation relue ; d’ici là elle va au groupe"
            self.tell(read, "excerpts", line, "proofread", str(line["proofread"]), expected, "warning")

    # ---------------------------------------------------------------- votes

    def _votes(
        self, book: str, read: Filled, lines: Mapping[str, list[Line]], own: Mapping[str, Line]
    ) -> None:
        put: dict[str, tuple[Line, Line]] = {}
        for line in lines.get("proposals", []):
            meeting = self._known(read, "proposals", line, own, "la proposition n’est pas reprise")
            if meeting is not None and line["id"]:
                put.setdefault(str(line["id"]), (line, meeting))
        kept: list[tuple[Line, Line]] = []
        for line in lines.get("votes", []):
            if book == "forums":
                meeting = self._known(read, "votes", line, own, "le vote n’est pas repris")
                proposal, college = line, DEFAULT_COLLEGE
                title = str(line["proposal"])
            else:
                proposal, meeting = put.get(str(line["proposal"]), (line, None))
                college, title = str(line["college"]), str(proposal.get("title", ""))
                if meeting is None and line["proposal"]:
                    expected = "un identifiant de la feuille « Propositions » ; le vote n’est pas repris"
                    self.tell(read, "votes", line, "proposal", str(line["proposal"]), expected)
            if meeting is None or not title or not college:
                continue
            need = str(proposal["need"])
            vote = {
                "meeting": meeting["id"], "proposal": title, "need": need,
                "theme": self.scheme[need].theme if need else str(proposal["theme"]), "college": college,
                "votes": line["votes"], "voters": line["voters"], "each": meeting["each"],
            }  # fmt: skip
            kept.append((vote, line))
            self._beyond(read, vote, line)
        self._ballots(read, kept)
        self.votes += [vote for vote, _ in kept]

    def _beyond(self, read: Filled, vote: Line, line: Line) -> None:
        most = vote["voters"] * (vote["each"] if pd.notna(vote["each"]) else 1)
        if vote["votes"] > most:  # false where one of them is absent
            each: str = (
                f" et de {vote['each']:.0f} voix chacun" if pd.notna(vote["each"]) else ", une voix chacun"
            )
            expected = f"{most:.0f} au plus, pour {vote['voters']:.0f} votants{each}"
            self.tell(read, "votes", line, "votes", f"{vote['votes']:.0f}", expected)

    def _ballots(self, read: Filled, kept: list[tuple[Line, Line]]) -> None:
        """Of each college of a meeting: one number of voters, no more votes than they had."""
        ballots: dict[tuple[str, str], list[tuple[Line, Line]]] = {}
        for vote, line in kept:
            ballots.setdefault((vote["meeting"], vote["college"]), []).append((vote, line))
        for some in ballots.values():
            voters = [vote["voters"] for vote, _ in some if pd.notna(vote["voters"])]
            if len(set(voters)) > 1:
                usual = Counter(voters).most_common(1)[0][0]
                for vote, line in some:
                    if pd.notna(vote["voters"]) and vote["voters"] != usual:
                        expected = f"{usual:.0f}, comme aux autres lignes de ce vote"
                        self.tell(read, "votes", line, "voters", f"{vote['voters']:.0f}", expected, "warning")
            each: float = some[0][0]["each"]
            total = sum(vote["votes"] for vote, _ in some if pd.notna(vote["votes"]))
            if voters and pd.notna(each) and total > max(voters) * each:
                found = f"{total:.0f} voix en tout"
                expected = (
                    f"{max(voters) * each:.0f} au plus : {max(voters):.0f} votants, {each:.0f} voix chacun"
                )
                self.tell(read, "votes", some[0][1], "votes", found, expected)


VOTE_COLUMNS: tuple[str, ...] = (
    "meeting", "proposal", "theme", "need", "college", "votes", "voters", "each",
)  # fmt: skip


def _heard(lines: Mapping[str, list[Line]]) -> set[str]:
    """Meetings of which something was written down."""
    put = {str(line["id"]): str(line["meeting"]) for line in lines.get("proposals", [])}
    named = {str(line["meeting"]) for name in ("excerpts", "present") for line in lines.get(name, [])}
    return named | {
        str(line["meeting"]) if "meeting" in line else put.get(str(line["proposal"]), "")
        for line in lines.get("votes", [])
    }


def _excerpt_frame(lines: list[Line]) -> pd.DataFrame:
    return _frame(lines, EXCERPT_COLUMNS, numbers=("strength",), flags=("agreed",))


def _frame(
    lines: list[Line], columns: Iterable[str], *, dates: tuple[str, ...] = (), numbers: tuple[str, ...] = (),
    flags: tuple[str, ...] = (), many: tuple[str, ...] = (),
) -> pd.DataFrame:  # fmt: skip
    """Lines as a frame whose types do not depend on what they hold."""
    out = {}
    for name in columns:
        values = [line.get(name) for line in lines]
        if name in dates:
            out[name] = pd.Series(pd.to_datetime(pd.Series(values, dtype="object")), dtype="datetime64[ns]")
        elif name in many:
            out[name] = pd.Series(values, dtype="object")
        else:
            kind = "float64" if name in numbers else "bool" if name in flags else "str"
            out[name] = pd.Series(values, dtype=kind)
    return pd.DataFrame(out)
