"""What partners, professionals, members and inhabitants of a forum say, as coded excerpts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from ctg_lib.workbooks.problems import Problem

OCCASIONS: dict[str, str] = {
    "entretien": "entretien", "rencontre": "rencontre thématique", "forum": "forum d’habitants",
    "seminaire": "séminaire des élus",
}  # fmt: skip
"""Where something was said."""
OCCASIONS_PLURAL: dict[str, tuple[str, str]] = {
    "entretien": ("entretien", "entretiens"),
    "rencontre": ("rencontre thématique", "rencontres thématiques"),
    "forum": ("forum d’habitants", "forums d’habitants"),
    "seminaire": ("séminaire des élus", "séminaires des élus"),
}
"""One, several."""
GROUPS: dict[str, str] = {
    "elus": "élus", "agents": "services des collectivités", "petite_enfance": "professionnels de la petite enfance",
    "assistantes_maternelles": "assistantes maternelles", "ecole": "école, collège, lycée",
    "jeunesse_loisirs": "animation, jeunesse et loisirs", "sante_medico_social": "santé et médico-social",
    "travail_social": "travail social et insertion", "acces_droits": "accès aux droits et services publics",
    "associations": "associations et bénévoles", "institutions": "institutions (Caf, MSA, Département, État)",
    "parents": "parents", "jeunes": "jeunes", "habitants": "habitants",
}  # fmt: skip
"""Groups of people who speak: a quotation is lent to a group, never to a person."""
SIDES: dict[str, tuple[str, ...]] = {
    "habitants": ("parents", "jeunes", "habitants"),
    "professionnels": (
        "petite_enfance", "assistantes_maternelles", "ecole", "jeunesse_loisirs", "sante_medico_social", "travail_social",
        "acces_droits",
    ),
    "partenaires": ("agents", "associations", "institutions"),
    "elus": ("elus",),
}  # fmt: skip
"""Columns of the cross-analysis -> groups."""
OTHER_SIDES = "autres"
"""Sides of which too few people were heard to be named, told as one."""
KINDS: dict[str, str] = {
    "besoin": "besoin", "offre": "offre existante", "frein": "frein", "levier": "levier", "attente": "attente",
    "piste": "piste d’action",
}  # fmt: skip
SEVERAL = "plusieurs"
"""Group of a meeting of several groups, and of what they said together: it counts for no side."""
MEETING_STATES: dict[str, str] = {"tenu": "tenu", "prevu": "prévu", "annule": "annulé"}
STRENGTHS: dict[str, str] = {"1": "évoqué", "2": "appuyé", "3": "central"}
MEETING_COLUMNS: tuple[str, ...] = (
    "id",
    "occasion",
    "date",
    "title",
    "group",
    "people",
    "secteur",
    "themes",
    "second_coder",
    "state",
    "planned",
)
"""One row per interview, meeting, forum or seminar: id, key of :data:`OCCASIONS`, day (NaT: not held yet or not
dated), title, group (« plusieurs » of a meeting of several), people present (NaN: not told), secteur (name, empty:
all), themes (tuple), whether a second person coded it, key of :data:`MEETING_STATES`, day planned (NaT: held, cancelled,
or not dated)."""
EXCERPT_COLUMNS: tuple[str, ...] = (
    "id",
    "meeting",
    "group",
    "secteur",
    "theme",
    "need",
    "kind",
    "strength",
    "audience",
    "summary",
    "quote",
    "agreed",
    "function",
    "coder",
    "rubric",
)
"""One row per thing said: id, id of the meeting, group, secteur, theme, need (code of the scheme), kind, strength
(1 to 3, NaN: not told), audience (whom it concerns), summary (the analyst's words), quote (theirs, may be empty),
agreed (the person agreed to be quoted by function and read it), function (empty unless agreed), coder (A, B …), heading
of the thematic meeting's sheet (empty elsewhere)."""
PRESENT_COLUMNS: tuple[str, ...] = ("meeting", "group", "people")
"""How many people of a group were at a meeting that was held (NaN: not told)."""


@dataclass(frozen=True)
class Actors:
    """All that was said, as read from the study's workbooks.

    Attributes:
        meetings: :data:`MEETING_COLUMNS`.
        excerpts: :data:`EXCERPT_COLUMNS`, those of the first coder alone.
        twice: the same, those of the second coder where two people coded.
        votes: « seminaire », « forum »: ``meeting, proposal, theme, need, college, votes, voters`` and ``each`` (how
            many votes one person has; NaN: not told).
        present: :data:`PRESENT_COLUMNS`.
        scheme: code of a need -> (theme, label).
        pooled: sides told together as :data:`OTHER_SIDES` (:func:`~ctg_lib.consultation.coverage.shown`).
        problems: what could not be read, or does not agree.
    """

    meetings: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(MEETING_COLUMNS)))
    excerpts: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(EXCERPT_COLUMNS)))
    twice: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(EXCERPT_COLUMNS)))
    votes: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            columns=["meeting", "proposal", "theme", "need", "college", "votes", "voters", "each"]
        )
    )
    present: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(PRESENT_COLUMNS)))
    scheme: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    pooled: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing was said, or nothing coded."""
        return self.excerpts.empty
