"""What each column of an export is: which question, which option, what of the tool, what of a person.

Headings of LimeSurvey (codes, ``Q[option]``, whole sentences), ODK and Kobo (``group/question``,
``question/option``), our own columns (``question__option``) and plain labels are all found, whatever their case,
accents and tags. Columns that say who someone is are never read.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from ctg_lib.consultation.codes import short_codes, short_ids, short_items
from ctg_lib.consultation.questionnaire import Question, Questionnaire
from ctg_lib.consultation.reading.tables import Table
from ctg_lib.geography.names import fold

Kind = Literal["limesurvey", "odk", "saisie", "simple"]
How = Literal["cell", "option", "rank", "item", "text", "chosen"]
ENTRY_SHEET = "saisie"
"""Title, folded, of the sheet in which answers given on paper are typed."""
_LOOKED_AT = 10
"""First lines among which the one of the headings is."""
_LONGEST = 600


@dataclass(frozen=True)
class Target:
    """What a column holds.

    Attributes:
        question: id.
        how: ``cell`` (the answer, or several in one cell), ``option`` (a tick, or a rank), ``rank`` (the option of
            that rank), ``item`` (of a grid), ``text`` (what was written beside a free option), ``chosen`` (what was
            kept before it was ranked, which the ranks say again).
        part: code of the option or item, rank; empty of ``cell``.
    """

    question: str
    how: How
    part: str = ""


@dataclass
class Layout:
    """How one table is read.

    Attributes:
        kind: which tool made it.
        row: number of the line of headings.
        headings: as written, cleaned.
        targets: position -> what it holds.
        service: position -> what the tool says (keys of :data:`SERVICE`).
        personal: position -> what it holds about people, in words.
        repeated: positions of a heading already found.
        unknown: positions of headings that are none of these.
        identity: (id, version) of the questionnaire as a line above the headings says them; None where none does.
    """

    kind: Kind
    row: int
    headings: tuple[str, ...]
    targets: dict[int, Target] = field(default_factory=dict)
    service: dict[int, str] = field(default_factory=dict)
    personal: dict[int, str] = field(default_factory=dict)
    repeated: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    identity: tuple[str, int] | None = None

    @property
    def share(self) -> float:
        """Of the headings that are not the tool's own, the part recognised."""
        named = len(self.targets) + len(self.unknown)
        return len(self.targets) / named if named else 0.0

    @property
    def questions(self) -> set[str]:
        """Ids of the questions found."""
        return {target.question for target in self.targets.values()}


SERVICE: dict[str, tuple[str, ...]] = {
    "response": ("id", "response id", "id de la reponse", "uuid", "id reponse", "meta instanceid", "instanceid", "key", "numero"),
    "submitted": ("submitdate", "date submitted", "date de soumission", "submission time", "submissiondate"),
    "lastpage": ("lastpage", "last page", "derniere page"),
    "started": ("startdate", "date started", "date de lancement", "date de debut", "start"),
    "ended": ("datestamp", "date last action", "date de la derniere action", "end"),
    "seconds": ("interviewtime", "total time", "temps total"),
    "device": ("deviceid",),
    "code": ("code", "code effacement", "code d effacement", "codeeffacement", "code suppression", "codesuppression", "code de suppression"),
    "channel": ("canal", "channel"),
    "mode": ("mode", "mode de reponse", "mode de passation"),
    "questionnaire": ("questionnaire", "id questionnaire"),
    "version": ("version", "version questionnaire", "formversion"),
    "nothing": (
        "startlanguage", "start language", "langue de depart", "langue initiale", "seed", "tete de serie", "today", "status",
        "validation status", "notes", "tags", "index", "formhub uuid", "instancename", "meta instancename", "attachmentspresent",
        "attachmentsexpected", "reviewstate", "edits", "duration", "rootuuid", "meta rootuuid", "fictif", "remarque", "sel",
        "page", "caseid", "parent index", "parent table name", "submission", "odk edits", "set of", "meta", "audit",
    ),
}  # fmt: skip
"""What the tools say beside answers -> their headings, folded."""
_SERVICE = {heading: name for name, headings in SERVICE.items() for heading in headings}
_PERSONAL: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:ip ?addr(?:ess)?|adresse ip|ip)"), "des adresses IP"),
    (re.compile(r"(?:e ?mail|courriel|mel|adresse (?:e ?)?mail|adresse de courriel|adresse electronique|adresse de courrier electronique)"), "des adresses de courrier électronique"),
    (re.compile(r"(?:token|jeton|code d acces|access code)"), "des codes d’accès"),
    (re.compile(r"(?:first ?name|last ?name|prenom|nom|nom de famille|nom et prenom|nom prenom|name|full name|username|user name|submitter ?name|submitted by|submitter ?id|enumerator|enqueteur)"), "des noms"),
    (re.compile(r"(?:telephone|tel|phone ?number|phone|portable|mobile|numero de telephone)"), "des numéros de téléphone"),
    (re.compile(r"(?:subscriber ?id|sim ?serial|sim ?id|imei|device ?id)"), "des identifiants d’appareil"),
    (re.compile(r"(?:adresse|adresse postale|rue|address)"), "des adresses"),
    (re.compile(r"(?:date de naissance|birth ?date|date of birth|ne le|nee le)"), "des dates de naissance"),
    (re.compile(r"(?:ref ?url|url de reference|referrer url)"), "des adresses de pages d’où venaient les personnes"),
    (re.compile(r"(?:attribute|attribut) ?\d+.*"), "des attributs de participants"),
    (re.compile(r"(?:geolocation|geopoint|location|gps|latitude|longitude|altitude|precision|.* (?:latitude|longitude|altitude|precision))"), "des positions géographiques"),
)  # fmt: skip
_IDENTITY = re.compile(r"questionnaire\s«\s?([a-z0-9_]{1,40})\s?»,\sversion\s(\d{1,4})")
_TAGS = re.compile(r"<[^<>]{0,200}>")
_TIMINGS = re.compile(r"(?:group|question)? ?time ?\w*|temps (?:pour|de) .*|.*\w ?time")


def clean_heading(text: str) -> str:
    """A heading without tags, entities and line breaks."""
    short = text[: 2 * _LONGEST]
    return " ".join(html.unescape(_TAGS.sub(" ", short)).replace("\ufeff", "").split())[:_LONGEST]


def key(text: str) -> str:
    """What headings and labels are compared by: letters and digits without accents nor case."""
    return _key(text[:_LONGEST])


@lru_cache(maxsize=50_000)
def _key(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(text)))


class Headings:
    """All that can name a column of one questionnaire."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self.exact: dict[str, Target] = {}
        self.loose: dict[str, Target | None] = {}
        shorts = short_ids(questionnaire)
        for question in questionnaire.questions:
            for ours, name, target in _names(question, shorts[question.id]):
                if ours:
                    self.exact.setdefault(name.casefold(), target)
                each = key(name)
                former = self.loose.setdefault(each, target)
                if former is None or former == target or _free_option(former, target):
                    continue
                self.loose[each] = None  # two questions have these words: neither is meant for sure

    def find(self, heading: str) -> Target | None:
        """What a heading names, with or without the groups before it."""
        for text in _without_groups(heading):
            found = self.exact.get(text.casefold()) or self.loose.get(key(text))
            if found is not None:
                return found
        return None


def _free_option(former: Target, new: Target) -> bool:
    """Whether a heading names a free option and what is written beside it: a tick or a text, as its cells tell."""
    return former.question == new.question and former.how == "option" and new.how == "text"


def _without_groups(heading: str) -> Iterator[str]:
    """« groupe/sous-groupe/question/option », then without its first part, and so on."""
    yield heading
    for mark in ("/", "-", ":", "."):
        parts = heading.split(mark)[:6]
        if len(parts) > 1:
            whole = heading
            for _ in parts[1:]:
                whole = whole.partition(mark)[2]
                yield whole


def _names(question: Question, short: str) -> Iterator[tuple[bool, str, Target]]:
    """(whether made of ids, name, what it names) of all the columns of a question; ids before labels."""
    ids = (question.id, short)
    labels = (question.label, *(f"{each}. {question.label}" for each in ids))
    for ours, heads in ((True, ids), (False, labels)):
        for head in heads:
            yield ours, head, Target(question.id, "cell")
            yield from ((ours, name, target) for name, target in _parts(question, head, ours))


def _parts(question: Question, head: str, ours: bool) -> Iterator[tuple[str, Target]]:
    if question.kind == "grid":
        for item in question.items:
            for name in _called(item.code, short_items(question)[item.code], item.label, ours):
                yield from _joined(head, name, Target(question.id, "item", item.code))
        return
    codes = short_codes(question)
    for option in question.options:
        names = _called(option.code, codes[option.code], option.label, ours)
        if question.kind in ("multiple", "ranking"):
            for name in names:
                yield from _joined(head, name, Target(question.id, "option", option.code))
        if option.free:
            target = Target(question.id, "text", option.code)
            if ours:
                yield f"{head[:14]}x{codes[option.code]}", target  # as our form for LimeSurvey calls it
            for name in names:
                for word in ("texte", "comment", "commentaire", "autre", "other", "text"):
                    yield from _joined(head, f"{name}__{word}", target)
    free = [option for option in question.options if option.free]
    if len(free) == 1:
        for word in (
            "other",
            "texte",
            "autre_texte",
            "other_text",
            "autre",
            "Autre",
            "Autre (préciser)",
            "précisez",
        ):
            yield from _joined(head, word, Target(question.id, "text", free[0].code))
    if question.kind == "ranking":
        yield f"{head}_choix", Target(question.id, "chosen")
        for option in question.options:
            yield f"{head}_choix/{option.code}", Target(question.id, "chosen", option.code)
        for rank in range(1, len(question.options) + 1):
            for word in (str(rank), f"rang {rank}", f"rank {rank}", f"rank{rank}", f"choix {rank}"):
                yield from _joined(head, word, Target(question.id, "rank", str(rank)))


def _called(code: str, short: str, label: str, ours: bool) -> tuple[str, ...]:
    return (code, short) if ours else (label, code, short)


def _joined(head: str, part: str, target: Target) -> Iterator[tuple[str, Target]]:
    for form in ("{}__{}", "{}[{}]", "{}/{}", "{}_{}"):
        yield form.format(head, part), target


def fit(table: Table, headings: Headings) -> Layout | None:
    """How a table is read against a questionnaire; None where it has no line of headings.

    The line is, among the first ones, the last of those that name most columns: an entry sheet has its labels
    above its codes. The same line pasted again further down is not it.
    """
    best: Layout | None = None
    for row, cells in table.lines[:_LOOKED_AT]:
        found = _fit(table, row, cells, headings)
        more = best is None or len(found.targets) > len(best.targets)
        other = (
            best is not None and len(found.targets) == len(best.targets) and found.headings != best.headings
        )
        if found.targets and (more or other):
            best = found
    if best is not None:
        above = (cell[:300] for row, cells in table.lines[:_LOOKED_AT] if row < best.row for cell in cells)
        said = next((match for cell in above if (match := _IDENTITY.search(cell))), None)
        best.identity = (said[1], int(said[2])) if said else None
    return best


def _fit(table: Table, row: int, cells: Sequence[str], headings: Headings) -> Layout:
    titles = tuple(clean_heading(cell) for cell in cells)
    layout = Layout(_kind(table, titles), row, titles)
    seen: set[Target] = set()
    for position, title in enumerate(titles):
        if not title:
            continue
        target = headings.find(title)
        if target is not None and target not in seen:
            seen.add(target)
            layout.targets[position] = target
        elif (
            target is not None
            and _SERVICE.get(key(title)) == "channel"
            and "channel" not in layout.service.values()
        ):
            first = next(p for p, known in layout.targets.items() if known == target)
            layout.service[first] = "channel"  # an entry sheet asks it before the questions, and among them
            del layout.targets[first]
            layout.targets[position] = target
        elif target is not None:
            layout.repeated.append(position)
        else:
            _of_the_tool(layout, position, title)
    return layout


def _of_the_tool(layout: Layout, position: int, title: str) -> None:
    words = key(title)
    last = key(title.rpartition("/")[2])
    name = _SERVICE.get(words) or _SERVICE.get(last)
    if name == "device":
        layout.service[position] = name
        layout.personal[position] = "des identifiants d’appareil"
    elif name:
        if name in layout.service.values() and name != "nothing":
            name = "response_too" if name == "response" else "nothing"
        layout.service[position] = name
    elif said := next(
        (said for pattern, said in _PERSONAL if pattern.fullmatch(words) or pattern.fullmatch(last)), ""
    ):
        layout.personal[position] = said
    elif _TIMINGS.fullmatch(words):
        layout.service[position] = "nothing"
    else:
        layout.unknown.append(position)


def _kind(table: Table, titles: Sequence[str]) -> Kind:
    if key(table.sheet) == ENTRY_SHEET:
        return "saisie"
    names = {key(title) for title in titles}
    if names & {
        "submitdate",
        "lastpage",
        "startlanguage",
        "derniere page",
        "date de soumission",
        "last page",
    }:
        return "limesurvey"
    if names & {
        "uuid",
        "meta instanceid",
        "instanceid",
        "submission time",
        "submissiondate",
        "key",
        "deviceid",
    }:
        return "odk"
    return "simple"
