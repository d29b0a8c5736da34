"""What a study plans to hear, and when: interviews, meetings, forums, seminar, surveys.

Two files say it: ``consultation.yml`` (:attr:`Study.listening`) and the démarche of ``study.yml``
(:attr:`Study.calendar`). Where both speak of the same kind of occasion, the first is told: it says how many, and of
whom.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ctg_lib.consultation import coverage
from ctg_lib.consultation.settings import FILE, period
from ctg_lib.display.output import md
from ctg_lib.display.prose import de
from ctg_lib.display.typography import enumerate_fr
from ctg_lib.geography.names import fold
from ctg_lib.partnership.calendar import STATES

if TYPE_CHECKING:
    from ctg_lib.partnership.calendar import Step
    from ctg_lib.study.core import Study
    from ctg_lib.workbooks.moments import Moment

SURVEY = "enquete"
KINDS: dict[str, str] = {
    "entretien": "entretiens", "rencontre": "rencontres thématiques", "forum": "forums d’habitants",
    "seminaire": "séminaire des élus", SURVEY: "enquête",
}  # fmt: skip
"""Occasion -> what is planned, in a sentence."""
ACTORS: tuple[str, ...] = ("entretien", "rencontre", "forum", "seminaire")
"""Occasions on which actors speak (:data:`ctg_lib.consultation.actors.OCCASIONS`)."""
LATE = "date passée"
"""State of what was planned for a day that is over at the study's date."""
_WORDS: dict[str, str] = {
    "entretien": r"\bentretiens?\b",
    "rencontre": r"\brencontres? thematiques?\b|\brencontres? (?:avec|des|de)\b|\bateliers? thematiques?\b",
    "forum": r"\bforums?\b|\breunions? publiques?\b",
    "seminaire": r"\bseminaires?\b",
    SURVEY: r"\bquestionnaires?\b|\benquetes?\b|\bsondages?\b|\bconsultation des habitants\b",
}
"""Occasion -> words of the name of a step, before its colon (folded)."""


@dataclass(frozen=True)
class Planned:
    """Something that a study plans, or that was held.

    Attributes:
        occasions: keys of ``ACTORS``, or ``SURVEY``: one step may announce a survey and forums.
        name: as it was written. when: in words; empty without a date.
        state: key of :data:`ctg_lib.partnership.calendar.STATES`.
        file: that says it. whom: who will be heard, in words; empty if nobody says.
        late: whether its last day is over at the study's date, without its being said to be done.
    """

    occasions: tuple[str, ...]
    name: str
    when: str
    state: str
    file: str
    whom: str = ""
    late: bool = False

    @property
    def state_words(self) -> str:
        """« prévu »; « date passée » of what is late."""
        return LATE if self.late else STATES.get(self.state, self.state)

    @property
    def moment(self) -> str:
        """« jusqu’à novembre 2020, en cours »: when, and in what state; when alone of what is late."""
        return ", ".join(part for part in (self.when, "" if self.late else self.state_words) if part)

    @property
    def words(self) -> str:
        """« une dizaine d’entretiens, jusqu’à novembre 2020 (en cours) »; safe in Markdown."""
        when = f", {self.when}" if self.when else ", date à fixer"
        return f"{md(self.name)}{when}{'' if self.late else f' ({self.state_words})'}"

    @property
    def brief(self) -> str:
        """« entretiens (jusqu’à novembre 2020, en cours) »: what it is, not how it is called."""
        return f"{enumerate_fr([KINDS[o] for o in self.occasions])} ({self.moment})"


def planned(study: Study, occasions: Iterable[str] = (*ACTORS, SURVEY)) -> list[Planned]:
    """What is planned or was held, of these occasions, in the order of the files."""
    wanted = set(occasions)
    settings = _settings(study)
    told = {occasion for each in settings for occasion in each.occasions}
    steps = [each for each in _steps(study) if set(each.occasions) - told]
    return [each for each in [*settings, *steps] if wanted & set(each.occasions)]


def to_come(study: Study, occasions: Iterable[str] = (*ACTORS, SURVEY)) -> list[Planned]:
    """What is not said to be done; what is late too, unless something of it was received."""
    found = [each for each in planned(study, occasions) if each.state != "fait"]
    return [each for each in found if not (each.late and received(study, each))]


def received(study: Study, each: Planned) -> bool:
    """Whether an answer came, or a meeting was held, of the kind that was planned."""
    held = set(coverage.held(study.consultation.actors)["occasion"])
    came = {*held, *([SURVEY] if study.consultation.surveys else [])}
    return not came.isdisjoint(each.occasions)


def announced(found: Iterable[Planned], *, named: bool = False) -> str:
    """« Prévu : enquête (novembre 2026, prévu). Était prévu : entretiens (mars 2026) ; rien n’a été reçu. »

    Args:
        found: of :func:`to_come`.
        named: each as it was written, in bold heads; else what it is.
    """
    every, mark = list(found), "**" if named else ""
    coming, late = ([each for each in every if each.late is so] for so in (False, True))
    said = []
    if coming:
        said.append(f"{mark}Prévu{mark} : {_listed(coming, named)}.")
    if late:
        said.append(f"{mark}Était prévu{mark} : {_listed(late, named)} ; rien n’a été reçu.")
    return " ".join(said)


def _listed(found: Iterable[Planned], named: bool) -> str:
    return " ; ".join(each.words if named else each.brief for each in found)


def _settings(study: Study) -> list[Planned]:
    """Meetings of ``consultation.yml``, then its surveys, those of one state together."""
    settings = study.listening
    words = settings.planned[len(settings.surveys) :]
    found = [
        Planned(
            (meeting.occasion,), said.what, _when(said.when), meeting.state, FILE, said.who,
            _late(study, meeting.state, meeting.opens, meeting.closes),
        )
        for meeting, said in zip(settings.meetings, words, strict=True)
    ]  # fmt: skip
    kinds = [(s.state, _late(study, s.state, s.opens, s.closes)) for s in settings.surveys]
    for state, late in dict.fromkeys(kinds):
        some = [s for s, kind in zip(settings.surveys, kinds, strict=True) if kind == (state, late)]
        opens = min((s.opens for s in some if s.opens), key=lambda m: m.first, default=None)
        closes = max((s.closes for s in some if s.closes), key=lambda m: m.last, default=None)
        name = f"Enquête : {enumerate_fr([s.title or s.questionnaire for s in some])}"
        whom = " ; ".join(s.audience for s in some if s.audience)
        found.append(Planned((SURVEY,), name, _when(period(opens, closes)), state, FILE, whom, late))
    return found


def _steps(study: Study) -> list[Planned]:
    found = []
    for step in study.calendar.steps:
        occasions = _occasions(step)
        if occasions:
            late = _late(study, step.state, step.begins, step.ends)
            name = step.name or step.id
            found.append(Planned(occasions, name, _when(step.when), step.state, "study.yml", late=late))
    return found


def _late(study: Study, state: str, begins: Moment | None, ends: Moment | None) -> bool:
    """Whether the last day is over at the study's date; what only began may go on."""
    end = ends or (None if state == "en_cours" else begins)
    return state != "fait" and end is not None and end.last < study.as_of


def _occasions(step: Step) -> tuple[str, ...]:
    """Which occasions a step is about, by its name; a committee that prepares them is none."""
    if step.instance and re.search(r"\bcomites?\b", fold(step.name)):
        return ()
    head = fold(step.name.split(":")[0])
    return tuple(occasion for occasion, words in _WORDS.items() if re.search(words, head))


def _when(words: str) -> str:
    """« jusqu’à novembre 2020 », « à partir d’octobre 2026 »: the calendar's words, for a sentence."""
    begun, colon, moment = words.partition(" : ")
    if not colon:
        return words
    return f"à partir {de(moment)}" if begun.endswith(" de") else f"{begun} {moment}"
