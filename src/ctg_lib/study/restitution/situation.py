"""Slides of where the study stands: cover, phases, the territory in numbers, two figures."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from ctg_lib.display.canvas import longer_names
from ctg_lib.display.figure import Figure
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import Table
from ctg_lib.display.typography import counted, number
from ctg_lib.partnership.calendar import STATES
from ctg_lib.study.chapters.synthese import Synthese
from ctg_lib.study.document_dates import undated
from ctg_lib.study.restitution.slide import NONE, Card, Grid, Point, Slide
from ctg_lib.study.restitution.told import Part, when_of

CARDS = 8
"""Numbers on one slide; those beyond are in the notes."""
NAMES = 275.0
"""Width in px of the names in a figure: a slide is wide, and each line less lets the whole be larger."""


class Situation(Part):
    """What is known before any finding is told."""

    def slides(self) -> Iterator[Slide]:
        """In order; what the study has nothing for is left out."""
        yield self.cover()
        yield from self.phases()
        yield from self.numbers()
        yield from self.compared()

    @cached_property
    def synthesis(self) -> Synthese:
        """Chapter 00, whose numbers and figures are shown."""
        return Synthese(self.study)

    def cover(self) -> Slide:
        """Title, study, territory, day."""
        here = self.study.territory
        return Slide(
            "titre",
            "Restitution au comité de pilotage",
            "cover",
            lead=self.study.config.title,
            points=(Point(here.name, upper_first(undated(self.study)) or f"Situation {self.told.when}"),),
            notes=(
                "Chaque diapositive porte sa source ; les notes donnent le détail. Le contenu se règle dans "
                "les classeurs de l’étude, puis le document se refait.",
            ),
        )

    def phases(self) -> Iterator[Slide]:
        """Phases of the démarche, and what was gathered."""
        phases = self.told.news.calendar.phases
        if not phases:
            return
        now = [p for p in phases if p.state == "en_cours"]
        title = f"La démarche en est à « {now[-1].name} »" if now else "Les phases de la démarche"
        rows = tuple(
            (f"{rank}. {upper_first(p.name)}", when_of(p) or NONE, STATES.get(p.state, NONE))
            for rank, p in enumerate(phases, 1)
        )
        cards = tuple(Card(number(c.value), c.noun) for c in self.told.news.counts)
        yield Slide(
            "demarche",
            title,
            cards=cards[:CARDS],
            grid=Grid(("Phase", "Quand", "État"), rows, (6, 4, 1.6)),
            notes=tuple(f"{i.name} : {i.role}." for i in self.told.news.calendar.instances if i.role),
            source=self.told.source("demarche" if cards else "calendrier"),
        )

    def numbers(self) -> Iterator[Slide]:
        """Counts before any rate."""
        found = self.synthesis.en_nombres()
        if not isinstance(found, Table):
            return
        cards = tuple(
            Card(str(row["value"]), str(row["name"]), str(row["period"]))
            for row in found.frame.to_dict("records")
        )
        people = self.study.territory.le()
        title = f"{upper_first(people)} en nombres : {counted(len(self.study.territory.members), 'commune')}"
        rest = [f"{c.label} : {c.value} ({c.when})." for c in cards[CARDS:]]
        yield Slide("nombres", title, cards=cards[:CARDS], notes=tuple(rest), source=str(found.source))

    def compared(self) -> Iterator[Slide]:
        """The two figures of the synthesis."""
        with longer_names(NAMES):
            figures = {
                "population": self.synthesis.soixante_cinq_ans(),
                "couverture": self.synthesis.couverture_comparee(),
            }
        for id, found in figures.items():
            if isinstance(found, Figure):
                yield Slide(
                    id,
                    found.title,
                    lead=found.subtitle,
                    figure=found,
                    notes=(found.description, *found.notes),
                    source=str(found.source),
                )
