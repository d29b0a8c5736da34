"""What an info flash tells of a study on its own day: states of the calendar, counts, next steps, fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.agreement.commitments import committed_actions
from ctg_lib.agreement.flash import FIELDS, FOLDER, Flash, Flashes, read_contacts, read_flashes, with_details
from ctg_lib.consultation.actors import OCCASIONS_PLURAL
from ctg_lib.display.typography import counted, number
from ctg_lib.geography.names import fold
from ctg_lib.partnership.calendar import Calendar, Phase, Step
from ctg_lib.partnership.stages import ahead, at
from ctg_lib.study.using import aside
from ctg_lib.workbooks.common import THEME_NAMES
from ctg_lib.workbooks.moments import day_in_words, in_words
from ctg_lib.workbooks.problems import Problem

if TYPE_CHECKING:
    from ctg_lib.agreement.flash import Contact
    from ctg_lib.study.core import Study

MOST_COMING = 5
"""Next steps told."""


@dataclass(frozen=True)
class Count:
    """A number told: field that holds it, number, the noun in that number."""

    field: str
    value: int
    noun: str

    @property
    def words(self) -> str:
        """« 412 réponses »."""
        return f"{number(self.value)}\u00a0{self.noun}"


@dataclass(frozen=True)
class News:
    """What is told on one day.

    Attributes:
        day: the day. calendar: as it stood then. counts: what is known of that day, zeros left out.
        coming: next dated steps, nearest first. themes: labels of the meetings' themes, or of the study's.
        fields: field of a text -> words; absent where nothing is known.
    """

    day: date
    calendar: Calendar
    counts: tuple[Count, ...] = ()
    coming: tuple[Step, ...] = ()
    themes: tuple[str, ...] = ()
    fields: dict[str, str] | None = None

    def steps(self, phase: Phase) -> list[Step]:
        """Steps of a phase, in the order of the file."""
        return [step for step in self.calendar.steps if step.phase == phase.id]


def news(study: Study, day: date, *, weighed: bool = True) -> News:
    """What a study can tell on a day that does not follow its own date: nothing dated later is told as done.

    Args:
        weighed: count the answers that results rest on; else all those kept, which asks for no weights.
    """
    day = min(day, study.as_of)
    calendar = at(study.calendar, day, study.as_of)
    counts = tuple(_counts(study, day, weighed))
    coming, words = tuple(ahead(calendar, day)[:MOST_COMING]), _fields(study, calendar, counts)
    return News(day, calendar, counts, coming, _themes(study), words)


def _fields(study: Study, calendar: Calendar, counts: tuple[Count, ...]) -> dict[str, str]:
    here = study.territory
    out = {"territoire": here.le(), "du_territoire": here.de()}
    out |= {"communes": counted(len(here.members), "commune")}
    begun = next((p.begins for p in calendar.phases if p.begins and p.state in ("fait", "en_cours")), None)
    return out | ({"lancement": in_words(begun)} if begun else {}) | {c.field: c.words for c in counts}


def _counts(study: Study, day: date, weighed: bool) -> Iterator[Count]:
    """Answers, meetings, decisions known on that day; zeros left out."""
    agreement = study.agreement
    sessions = _held(agreement.table("groupes", "sessions"), day)
    proposals = agreement.table("groupes", "proposals")
    decisions = agreement.table("priorites", "decisions").sort_values("decided_on", kind="stable")
    decided = decisions[_until(decisions["decided_on"], day)].drop_duplicates("issue", keep="last")
    actions = committed_actions(agreement)
    found = [
        (
            "reponses",
            _answers(study, day, weighed),
            ("réponse aux questionnaires", "réponses aux questionnaires"),
        ),
        *(
            (field, _said(study, kind, day), OCCASIONS_PLURAL[kind])
            for field, kind in (("entretiens", "entretien"), ("rencontres", "rencontre"), ("forums", "forum"))
        ),
        ("seances", len(sessions), ("séance de groupe de travail", "séances de groupes de travail")),
        (
            "propositions",
            int(proposals["session"].isin(sessions["id"]).sum()),
            ("proposition", "propositions"),
        ),
        ("enjeux", int(decided["decision"].eq("retenu").sum()), ("enjeu retenu", "enjeux retenus")),
        (
            "actions",
            int(_until(actions["decided_on"], day).sum()),
            ("action validée", "actions validées"),
        ),
    ]
    for field, value, (one, several) in found:
        if value:
            yield Count(field, value, one if value < 2 else several)


def _until(days: pd.Series, day: date) -> pd.Series:
    return pd.to_datetime(days).le(pd.Timestamp(day))


def _held(meetings: pd.DataFrame, day: date) -> pd.DataFrame:
    return meetings[_until(meetings["date"], day) & meetings["state"].isin(["", "tenu"])]


def _said(study: Study, occasion: str, day: date) -> int:
    meetings = study.consultation.actors.meetings
    return len(_held(meetings[meetings["occasion"].eq(occasion)], day))


def _answers(study: Study, day: date, weighed: bool) -> int:
    """Answers to the surveys closed by that day (all of them on the study's date)."""
    total = 0
    with aside(study):
        closes = {s.questionnaire: s.closes for s in study.listening.surveys}
        for id, answers in study.consultation.surveys.items():
            end = closes.get(id)
            if end.last <= day if end is not None else day >= study.as_of:
                survey = study.surveys.get(id) if weighed else None
                total += survey.count if survey is not None else 0 if weighed else len(answers)
    return total


def _themes(study: Study) -> tuple[str, ...]:
    """Labels of the study's themes; those of the working groups' sessions where some have their themes."""
    sessions = study.agreement.table("groupes", "sessions")
    told = {theme for themes in sessions["themes"] for theme in themes}
    kept = [t for t in study.config.themes if t in told] or list(study.config.themes)
    return tuple(THEME_NAMES[theme] for theme in kept if theme in THEME_NAMES)


# --- the flashes of a study -------------------------------------------------------------------------------


def flashes_of(study: Study) -> Flashes:
    """Its info flashes, and all that is wrong with them: their files, fields that nothing fills, phases and
    contacts that do not exist."""
    folder = study.project.studies / study.id
    read = read_flashes(folder, study.as_of)
    _, wrong = read_contacts(folder)
    found = [p for flash in read.flashes for p in _checked(study, flash)]
    return replace(read, problems=(*read.problems, *wrong, *found))


def contacts_of(study: Study, flash: Flash) -> tuple[Contact, ...]:
    """Contacts of a flash, with details where the file outside git is there."""
    details, _ = read_contacts(study.project.studies / study.id)
    return with_details(flash.contacts, details)


def _checked(study: Study, flash: Flash) -> Iterator[Problem]:
    known = [p.id for p in study.calendar.phases]
    for id in flash.phases:
        if id not in known:
            expected = f"l’identifiant d’une phase ({', '.join(known) or 'aucune n’est décrite'})"
            yield Problem(f"{flash.file}, etapes, phases", id, expected)
    labels = {fold(label): label for label in themes_by_label()}
    for theme in flash.themes:
        if fold(theme) not in labels:
            expected = f"un thème : {', '.join(labels.values())}"
            yield Problem(f"{flash.file}, thematiques, liste", theme, expected)
    if flash.fields:
        given = news(study, flash.told_on, weighed=False).fields or {}
        for name in flash.fields:
            if name in FIELDS and name not in given:
                when = day_in_words(flash.told_on)
                expected = f"un champ qui a une valeur au {when} ; imprimé « à compléter »"
                yield Problem(f"{flash.file}, texte", f"{{{name}}}", expected, severity="warning")


def themes_by_label() -> dict[str, str]:
    """« petite enfance » -> key."""
    return {label: key for key, label in THEME_NAMES.items()}


__all__ = ["FOLDER", "Count", "News", "contacts_of", "flashes_of", "news", "themes_by_label"]
