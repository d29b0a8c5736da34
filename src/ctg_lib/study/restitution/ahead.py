"""Slides of what comes: next steps, decisions still to be carried out, what is left to decide."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ctg_lib.display.prose import upper_first
from ctg_lib.display.typography import counted
from ctg_lib.partnership.calendar import STATES, Step
from ctg_lib.study.chapters.decisions import Decisions
from ctg_lib.study.restitution.slide import NONE, Grid, Point, Slide
from ctg_lib.study.restitution.told import Part, when_of
from ctg_lib.workbooks.moments import day_in_words

QUESTIONS = 5
"""Decisions that the figures raise, before the committee has made any."""
TITLE = 120
"""Characters of a title, at most, that two lines hold."""
POINTS = 6
"""Points on one slide; those beyond are in the notes."""


class Ahead(Part):
    """What comes next."""

    def slides(self) -> Iterator[Slide]:
        """In order; what the study has nothing for is left out."""
        yield from self.coming()
        yield from self.to_do()
        yield from self.to_decide()

    def coming(self) -> Iterator[Slide]:
        """Steps under way and next steps."""
        steps = self.told.news.coming
        if not steps:
            return
        names = {i.id: i.name for i in self.told.news.calendar.instances}
        rows = tuple(
            (when_of(s) or NONE, upper_first(s.name), names.get(s.instance, NONE), STATES.get(s.state, NONE))
            for s in steps
        )
        yield Slide(
            "suite",
            coming_title(steps),
            grid=Grid(("Quand", "Étape", "Instance", "État"), rows, (3, 5, 3, 1.6)),
            source=self.told.source("calendrier"),
        )

    def to_do(self) -> Iterator[Slide]:
        """Decisions of the register whose carrying out has not begun."""
        points = list(self._open_register())
        if points:
            title = counted(
                len(points), "décision prise, encore à appliquer", "décisions prises, encore à appliquer"
            )
            yield _listed("a-faire", title, points, self.told.source("gouvernance"))

    def to_decide(self) -> Iterator[Slide]:
        """What is left to decide; before the agreement has begun, what the figures raise."""
        points = [*self._open_issues(), *self._open_actions(), *self._open_scenarios()]
        source = self.told.source("priorites", "plan", "gouvernance")
        if not points and self.study.agreement.decisions.empty:
            found = Decisions(self.study).all(QUESTIONS)
            points = [Point(d.question, f"{d.fact} Qui peut décider : {d.who}.") for d in found]
            source = self.told.source("synthese")
        if points:
            yield _listed("decisions", f"{counted(len(points), 'point')} à décider", points, source)

    def _open_issues(self) -> Iterator[Point]:
        issues, made = self.told.table("croisement", "issues"), self.study.agreement.decisions
        decided = dict(zip(made["issue"], made["decision"], strict=True))
        reasons = dict(zip(made["issue"], made["reason"], strict=True))
        for row in issues[issues["state"].ne("ecarte")].to_dict("records"):
            state = decided.get(row["id"], "")
            if state == "reporte":
                yield Point(f"Enjeu reporté : {row['title']}", str(reasons.get(row["id"], "")))
            elif not state and row["state"] == "valide":
                yield Point(f"Enjeu sans décision : {row['title']}")

    def _open_actions(self) -> Iterator[Point]:
        actions = self.told.table("plan", "actions")
        for row in actions[actions["state"].isin(["", "projet"])].to_dict("records"):
            needed = str(row["conditions"] or "")
            yield Point(
                f"Action en projet : {row['id']} – {row['title']}", f"Conditions : {needed}" if needed else ""
            )

    def _open_scenarios(self) -> Iterator[Point]:
        lines = self.told.table("gouvernance", "scenarios")
        if len(lines) and not lines["retained"].eq("oui").any():
            yield Point("Organisation de la coordination", f"{counted(len(lines), 'scénario')} à départager")

    def _open_register(self) -> Iterator[Point]:
        lines = self.told.table("gouvernance", "decisions")
        for row in lines[lines["state"].isin(["", "a_faire"])].to_dict("records"):
            due = f"pour le {day_in_words(row['due'].date())}" if pd.notna(row["due"]) else ""
            who = f"Qui s’en charge : {row['responsible']}" if row["responsible"] else ""
            yield Point(str(row["decision"]), " ; ".join(said for said in (who, due) if said))


def coming_title(steps: tuple[Step, ...]) -> str:
    """« En cours : Délibérations (…) ; ensuite : Signature (…) », or the next step alone."""
    now = next((s for s in steps if s.state == "en_cours"), None)
    after = next((s for s in steps if s.state != "en_cours"), None)
    if now is None:
        return f"Prochaine étape : {_dated(steps[0])}"
    title = f"En cours : {_dated(now)}"
    both = f"{title} ; ensuite : {_dated(after)}" if after else title
    return both if len(both) <= TITLE else title


def _dated(step: Step) -> str:
    when = when_of(step)
    return f"{step.name} ({when})" if when else step.name


def _listed(id: str, title: str, points: list[Point], source: str) -> Slide:
    """Points on one slide, those beyond in its notes."""
    notes = tuple(f"{p.text} {p.more}".strip() for p in points[POINTS:])
    return Slide(id, title, points=tuple(points[:POINTS]), notes=notes, source=source)
