"""Slides of what the committee decided: issues, actions, budget, organisation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ctg_lib.agreement import governance
from ctg_lib.agreement.books.plan import NATURES
from ctg_lib.agreement.books.priorites import DECISIONS
from ctg_lib.display.figure import Figure
from ctg_lib.display.prose import upper_first
from ctg_lib.display.typography import counted, enumerate_fr, euros, number, percent
from ctg_lib.study.restitution.slide import NONE, Grid, Slide, paged
from ctg_lib.study.restitution.told import Part
from ctg_lib.workbooks.moments import day_in_words

ISSUES, ACTIONS = 7, 6
"""Rows on one slide."""
_FUNDERS: dict[str, str] = {
    "caf_ps": "Caf",
    "caf_bonus": "Caf",
    "caf_funds": "Caf",
    "msa": "MSA",
    "epci": "Intercommunalité",
    "communes": "Communes",
}
"""Payer -> its part in the chart; the others are « Autres »."""
_PARTS: tuple[str, ...] = ("Caf", "MSA", "Intercommunalité", "Communes", "Autres")


class Decided(Part):
    """What the committee decided, and the plan that its decisions feed."""

    def slides(self) -> Iterator[Slide]:
        """In order; what the study has nothing for is left out."""
        yield from self.priorities()
        yield from self.actions()
        yield from self.budget()
        yield from self.governance()

    def priorities(self) -> Iterator[Slide]:
        """Issues: retained, put off, set aside, and why."""
        made = self.study.agreement.decisions
        if made.empty:
            return
        order = {"retenu": 0, "reporte": 1, "ecarte": 2}
        made = made.assign(order=made["decision"].map(order)).sort_values(
            ["order", "rank", "row"], kind="stable"
        )
        counts = [(len(made[made["decision"].eq(d)]), label) for d, label in DECISIONS.items()]
        there = [(n, label) for n, label in counts if n]
        said = [
            f"{label} {number(n) if at else counted(n, 'enjeu', 'enjeux')}"
            for at, (n, label) in enumerate(there)
        ]
        day = made["decided_on"].max()
        rows = tuple(
            (
                self.told.titles.get(str(row["issue"]), str(row["issue"])),
                DECISIONS[str(row["decision"])],
                str(row["reason"]) or NONE,
            )
            for row in made.to_dict("records")
        )
        slide = Slide(
            "priorites",
            f"Le comité de pilotage a {enumerate_fr(said)}",
            lead=f"Décision du {day_in_words(day.date())}" if pd.notna(day) else "",
            grid=Grid(("Enjeu", "Décision", "Motif"), rows, (5, 1.3, 6)),
            source=self.told.source("priorites"),
        )
        yield from paged(slide, ISSUES)

    def actions(self) -> Iterator[Slide]:
        """Actions that the convention holds, by axis."""
        plan = self.told.plan
        if plan.empty:
            return
        axes = self.told.table("plan", "axes").set_index("id")["title"].to_dict()
        parties = self.told.parties
        rows = tuple(
            (
                str(axes.get(row["axis"], NONE)),
                f"{row['id']} – {row['title']}",
                NATURES.get(str(row["nature"]), NONE),
                str(parties.get(row["leader"], row["leader"])),
                span(row["start"], row["end"]),
            )
            for row in plan.to_dict("records")
        )
        agreed = counted(len(plan), "action validée", "actions validées")
        left = len(self.study.agreement.agreed_actions) - len(plan)
        notes = [f"{row['id']} : {row['description']}" for row in plan.to_dict("records")]
        if left:
            notes.append(
                f"{counted(left, 'action validée', 'actions validées')} sans enjeu retenu, hors de ce plan."
            )
        slide = Slide(
            "actions",
            f"{agreed}, en {counted(plan['axis'].nunique(), 'axe')}",
            grid=Grid(("Axe", "Action", "Nature", "Pilote", "Années"), rows, (3.2, 4.6, 1.3, 3.2, 1.4)),
            notes=tuple(notes),
            source=self.told.source("plan"),
        )
        yield from paged(slide, ACTIONS)

    def budget(self) -> Iterator[Slide]:
        """Income by year and by funder."""
        plan, lines = self.told.plan, self.told.study.agreement.budget
        lines = lines[lines["action"].isin(plan["id"])] if len(plan) else lines.iloc[:0]
        if lines.empty:
            return
        spent, income = lines[lines["kind"].eq("depense")], lines[lines["kind"].eq("recette")]
        total, got = float(spent["amount"].sum()), float(income["amount"].sum())
        years = sorted(int(y) for y in lines["year"].dropna().unique())
        when = f"de {years[0]} à {years[-1]}" if len(years) > 1 else f"en {years[0]}"
        title, source = f"{euros(total)} de dépenses prévues {when}", self.told.source("plan")
        if income.empty:
            yield Slide("budget", title, lead="Aucune recette n’est encore écrite.", source=source)
            return
        parts = income.assign(part=income["funder"].map(_FUNDERS).fillna("Autres"))
        caf = float(parts.loc[parts["part"].eq("Caf"), "amount"].sum())
        title += f", dont {percent(caf / got * 100)} attendus de la Caf"
        notes = []
        if round(total) != round(got):
            notes.append(
                f"Les recettes prévues ({euros(got)}) ne font pas les dépenses ({euros(total)}) : à revoir."
            )
        acquired = float(income.loc[income["sure"].eq("acquis"), "amount"].sum())
        notes.append(f"Recettes acquises : {euros(acquired)} ; le reste est demandé ou à demander.")
        figure = _drawn(parts, title, source)
        if isinstance(figure, Figure):
            lead = "Recettes prévues des actions validées, en milliers d’euros, par année et par financeur"
            yield Slide(
                "budget",
                title,
                lead=lead,
                figure=figure,
                notes=(*notes, figure.description),
                source=source,
            )

    def governance(self) -> Iterator[Slide]:
        """Ways to organise the work, what each costs and asks."""
        scenarios = self.told.table("gouvernance", "scenarios")
        posts = self.told.table("gouvernance", "posts")
        if scenarios.empty:
            return
        agreement = self.told.study.agreement
        chosen, marked = governance.decided(agreement), governance.retained(agreement)
        count = counted(len(scenarios), "organisation comparée", "organisations comparées")
        title = f"{upper_first(count)}, aucune retenue"
        if chosen is not None:
            title = f"{upper_first(count)} ; retenue : {chosen.name}"
        elif marked is not None:
            title = (
                f"{upper_first(count)}, aucune encore décidée : « {marked.name} » est sans date de décision"
            )
        rows = []
        for line in scenarios.to_dict("records"):
            mine = posts[posts["scenario"].eq(line["id"])]
            mark = " (retenu)" if chosen is not None and line["id"] == chosen.id else ""
            sums = [mine[c].sum(min_count=1) for c in ("cost", "caf", "epci", "hours_members")]
            rows.append(
                (
                    f"{upper_first(str(line['name']))}{mark}",
                    number(float(mine["fte"].sum()), 1) if len(mine) else NONE,
                    *(euros(float(v)) if pd.notna(v) else NONE for v in sums[:3]),
                    number(float(sums[3]), unit="h") if pd.notna(sums[3]) else NONE,
                )
            )
        instances = self.told.table("gouvernance", "instances")
        notes = [f"{r['name']} : {r['role']}." for r in instances.to_dict("records")]
        heads = (
            "Scénario",
            "Temps pleins",
            "Coût par an",
            "dont la Caf",
            "dont l’intercommunalité",
            "Heures d’élus",
        )
        grid = Grid(heads, tuple(rows), (4.8, 1.2, 1.6, 1.5, 2.6, 1.5))
        source = self.told.source("gouvernance")
        yield Slide("gouvernance", title, grid=grid, notes=tuple(notes), source=source)


def _drawn(parts: pd.DataFrame, title: str, source: str) -> object:
    """Income by year, a bar parted by funder, in thousands of euros."""
    from ctg_lib.display.stacked import stacked_bars

    sums = parts.groupby(["year", "part"])["amount"].sum()
    kept = [p for p in _PARTS if p in set(parts["part"])]
    every = pd.MultiIndex.from_product([sorted(parts["year"].unique()), kept])
    long = pd.DataFrame(
        {
            "name": [str(int(year)) for year, _ in every],
            "part": [part for _, part in every],
            "value": sums.reindex(every, fill_value=0).to_numpy(dtype=float) / 1000,
        }
    )
    return stacked_bars(
        long,
        id="fig-budget",
        title=title,
        subtitle="Recettes prévues, par financeur",
        source=source,
        unit="milliers d’euros",
        share=False,
        label="Année",
        part_label="Financeur",
    )


def span(start: Any, end: Any) -> str:
    """« 2027–2031 »."""
    years = list(dict.fromkeys(day.year for day in (start, end) if pd.notna(day)))
    return "–".join(map(str, years)) or NONE
