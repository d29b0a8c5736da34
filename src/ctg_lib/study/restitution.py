"""What is shown to the committee: slides of a study, each with a message, its evidence, notes and sources.

What follows the committee's decisions rests on the issues that it retained, and on them alone: one changed
decision changes findings, actions, budget and what remains to be decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement.books.constats import EVIDENCE_KINDS
from ctg_lib.agreement.books.croisement import READINGS
from ctg_lib.agreement.books.gouvernance import DECISION_STATES
from ctg_lib.agreement.books.plan import NATURES
from ctg_lib.agreement.books.priorites import DECISIONS
from ctg_lib.agreement.commitments import committed_actions
from ctg_lib.consultation.settings import period
from ctg_lib.display.figure import Figure
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import Output, Table
from ctg_lib.display.typography import counted, enumerate_fr, euros, number, percent, plural
from ctg_lib.partnership.calendar import STATES, Phase, Step
from ctg_lib.study.chapters.decisions import Decisions
from ctg_lib.study.chapters.synthese import Synthese
from ctg_lib.study.news import News, news
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

FINDINGS = 5
EVIDENCE = 2
"""Evidence told under a finding; the notes have them all."""
CARDS = 8
ROWS = 6
"""Rows of a table on one slide; what is beyond goes to the next."""
NONE = "–"
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


@dataclass(frozen=True)
class Point:
    """A line, and what supports it in smaller type."""

    text: str
    more: str = ""


@dataclass(frozen=True)
class Card:
    """A number, what it counts, and of when."""

    value: str
    label: str
    when: str = ""


@dataclass(frozen=True)
class Grid:
    """A table: heads, rows of texts, share of the width of each column."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Slide:
    """One slide.

    Attributes:
        id: stable. title: its message. kind: « cover » or « slide ».
        points, cards, grid, figure: what it shows, in this order; those it has.
        lead: a sentence under the title.
        notes: what the speaker says or may be asked, one paragraph each. source: files behind it.
    """

    id: str
    title: str
    kind: str = "slide"
    lead: str = ""
    points: tuple[Point, ...] = ()
    cards: tuple[Card, ...] = ()
    grid: Grid | None = None
    figure: Figure | None = None
    notes: tuple[str, ...] = ()
    source: str = ""


def deck(study: Study) -> tuple[Slide, ...]:
    """The slides of a study, in the order in which they are told; what it has nothing for is left out."""
    return tuple(_Deck(study).slides())


@dataclass
class _Deck:
    """Makes the slides of one study."""

    study: Study
    _cut: int = field(default=0, init=False)

    def slides(self) -> Iterator[Slide]:
        yield self.cover()
        yield from self.demarche()
        yield from self.numbers()
        yield from self.compared()
        yield from self.findings()
        yield from self.crossed()
        yield from self.priorities()
        yield from self.actions()
        yield from self.budget()
        yield from self.governance()
        yield from self.coming()
        yield from self.to_decide()

    # ------------------------------------------------------------------------------ what all share

    @cached_property
    def news(self) -> News:
        return news(self.study, self.study.as_of)

    @cached_property
    def when(self) -> str:
        return day_in_words(self.study.as_of)

    @cached_property
    def synthesis(self) -> _Messages:
        return _Messages(self.study)

    def table(self, book: str, sheet: str) -> pd.DataFrame:
        return self.study.agreement.table(book, sheet)

    def source(self, *books: str) -> str:
        """« constats.xlsx, priorites.xlsx, au 15 juin 2027 »."""
        files = [self.study.agreement.file(book) for book in books]
        return f"{', '.join(files)}, au {self.when}"

    @cached_property
    def retained(self) -> tuple[str, ...]:
        return self.study.agreement.retained

    @cached_property
    def titles(self) -> dict[str, str]:
        """Issue -> its title."""
        lines = self.table("croisement", "issues")
        return dict(zip(lines["id"], lines["title"], strict=True))

    @cached_property
    def parties(self) -> dict[str, str]:
        lines = self.study.partnership.table("parties", "parties")
        return dict(zip(lines["id"], lines["name"], strict=True))

    # ------------------------------------------------------------------------------------ slides

    def cover(self) -> Slide:
        here = self.study.territory
        return Slide(
            "titre",
            "Restitution au comité de pilotage",
            "cover",
            lead=self.study.config.title,
            points=(Point(here.name, f"Situation au {self.when}"),),
            notes=(
                "Chaque diapositive porte sa source ; les notes donnent le détail. Le contenu se règle dans "
                "les classeurs de l’étude, puis le document se refait.",
            ),
        )

    def demarche(self) -> Iterator[Slide]:
        phases = self.news.calendar.phases
        if not phases:
            return
        now = [p for p in phases if p.state == "en_cours"]
        title = f"La démarche en est à « {now[-1].name} »" if now else "Les phases de la démarche"
        rows = tuple(
            (f"{rank}. {upper_first(p.name)}", _when(p) or NONE, STATES.get(p.state, NONE))
            for rank, p in enumerate(phases, 1)
        )
        cards = tuple(Card(number(c.value), c.noun) for c in self.news.counts)
        yield Slide(
            "demarche",
            title,
            cards=cards[:CARDS],
            grid=Grid(("Phase", "Quand", "État"), rows, (6, 4, 1.6)),
            notes=tuple(f"{i.name} : {i.role}." for i in self.news.calendar.instances if i.role),
            source=f"study.yml (calendrier), classeurs de l’étude, au {self.when}",
        )

    def numbers(self) -> Iterator[Slide]:
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
        for id, found in (
            ("population", self.synthesis.soixante_cinq_ans()),
            ("couverture", self.synthesis.couverture_comparee()),
        ):
            if isinstance(found, Figure):
                yield Slide(
                    id,
                    found.title,
                    lead=found.subtitle,
                    figure=found,
                    notes=(found.description, *found.notes),
                    source=str(found.source),
                )

    def findings(self) -> Iterator[Slide]:
        kept = self.study.agreement.kept_findings
        if kept.empty:
            yield from self._messages()
            return
        chosen = self._chosen(kept)
        lines = kept.set_index("id").loc[chosen]
        points = tuple(Point(str(s), self._proofs(str(id), EVIDENCE)) for id, s in lines["sentence"].items())
        notes = tuple(f"{id} : {self._proofs(id)}." for id in chosen if self._proofs(id))
        title = (
            f"{upper_first(_NUMBERS.get(len(chosen), number(len(chosen))))} {plural(len(chosen), 'constat')}"
        )
        rest = len(kept) - len(chosen)
        said = f" parmi {number(len(kept))}" if rest else ""
        title += said + (", ceux des enjeux retenus" if self.retained else "")
        yield Slide(
            "constats", title, points=points, notes=notes, source=self.source("constats", "croisement")
        )

    def _messages(self) -> Iterator[Slide]:
        """Before any finding is kept: what the synthesis says first."""
        found = self.synthesis.messages()[:FINDINGS]
        if found:
            points = tuple(_point(each) for each in found)
            title = f"{upper_first(_NUMBERS[len(points)])} {plural(len(points), 'message')} du diagnostic"
            file = self.study.agreement.file("constats")
            note = f"Les constats ne sont pas encore arrêtés ({file}) : ce sont les messages de la synthèse."
            yield Slide(
                "constats", title, points=points, notes=(note,), source=f"synthèse du rapport, au {self.when}"
            )

    def _chosen(self, kept: pd.DataFrame) -> list[str]:
        """Findings of the retained issues, one of each in turn; without decision, the first that are kept."""
        there = list(kept["id"])
        if not self.retained:
            return there[:FINDINGS]
        needs = self.table("croisement", "needs").set_index("id")["findings"].to_dict()
        issues = self.table("croisement", "issues").set_index("id")["needs"].to_dict()
        queues = [
            list(
                dict.fromkeys(f for need in issues.get(issue, ()) for f in needs.get(need, ()) if f in there)
            )
            for issue in self.retained
        ]
        out: list[str] = []
        for turn in range(max(map(len, queues), default=0)):
            out += [q[turn] for q in queues if turn < len(q) and q[turn] not in out]
        return list(dict.fromkeys(out))[:FINDINGS]

    def _proofs(self, finding: str, most: int | None = None) -> str:
        """What supports a finding: what each evidence said, else of which kinds it is."""
        lines = self.table("constats", "evidence")
        lines = lines[lines["finding"].eq(finding) & ~lines["sense"].eq("contredit")]
        said = [str(s).rstrip(".") for s in lines["said"] if s]
        if said:
            return " ; ".join(said[:most])
        counts = lines["kind"].map(EVIDENCE_KINDS).value_counts(sort=False)
        kinds = [f"{kind} ({number(n)})" if n > 1 else str(kind) for kind, n in counts.items()]
        return f"Preuves : {enumerate_fr(kinds)}" if kinds else ""

    def crossed(self) -> Iterator[Slide]:
        from ctg_lib.study.crossing import SIDE_LABELS, cell_words, crossing_of

        told = crossing_of(self.study)
        rows = told.crossing.rows
        if not rows:
            return
        lines = self.table("croisement", "issues").set_index("id")["needs"].to_dict()
        order = {
            need: rank for rank, need in enumerate(n for issue in self.retained for n in lines.get(issue, ()))
        }
        shown = [r for r in rows if r.id in order] or list(rows)
        shown.sort(key=lambda r: order.get(r.id, 0))
        together = sum(r.reading == "convergence" for r in rows)
        apart = sum(r.reading == "divergence" for r in rows)
        title = f"{upper_first(counted(len(rows), 'besoin'))} : les regards convergent sur {number(together)}"
        title += f", divergent sur {number(apart)}"
        sides = told.crossing.sides
        grid = tuple(
            (
                upper_first(r.label),
                *(cell_words(r.view(side)) for side in sides),
                READINGS.get(r.reading, NONE),
            )
            for r in shown
        )
        heads = ("Besoin", *(upper_first(SIDE_LABELS[side]) for side in sides), "Lecture")
        notes = tuple(f"{r.label} : {r.why}" for r in shown if r.why)
        widths = (2.8, *(max(1.3, 0.15 * len(SIDE_LABELS[side])) for side in sides), 1.7)
        yield from self._paged(
            "croisement", title, heads, grid, widths, notes, self.source("croisement", "constats"), size=5
        )

    def priorities(self) -> Iterator[Slide]:
        made = self.study.agreement.decisions
        if made.empty:
            return
        order = {"retenu": 0, "reporte": 1, "ecarte": 2}
        made = made.assign(order=made["decision"].map(order)).sort_values(
            ["order", "rank", "row"], kind="stable"
        )
        counts = [(len(made[made["decision"].eq(d)]), label) for d, label in DECISIONS.items()]
        said = [f"{number(n)} {plural(n, label)}" for n, label in counts if n]
        day = made["decided_on"].max()
        title = f"Le comité de pilotage a décidé : {enumerate_fr(said)}"
        rows = tuple(
            (
                self.titles.get(str(row["issue"]), str(row["issue"])),
                DECISIONS[str(row["decision"])],
                str(row["reason"]) or NONE,
            )
            for row in made.to_dict("records")
        )
        lead = f"Décision du {day_in_words(day.date())}" if pd.notna(day) else ""
        yield from self._paged(
            "priorites",
            title,
            ("Enjeu", "Décision", "Motif"),
            rows,
            (5, 1.3, 6),
            (),
            self.source("priorites"),
            lead=lead,
            size=7,
        )

    # --------------------------------------------------------------------------------- the plan

    @cached_property
    def plan(self) -> pd.DataFrame:
        """Actions that the convention holds, with ``axis``, in its order: decisions alone feed them."""
        return committed_actions(self.study.agreement)

    def actions(self) -> Iterator[Slide]:
        plan = self.plan
        if plan.empty:
            return
        axes = self.table("plan", "axes").set_index("id")["title"].to_dict()
        rows = tuple(
            (
                str(axes.get(row["axis"], NONE)),
                f"{row['id']} – {row['title']}",
                NATURES.get(str(row["nature"]), NONE),
                str(self.parties.get(row["leader"], row["leader"])),
                _span(row["start"], row["end"]),
            )
            for row in plan.to_dict("records")
        )
        used = plan["axis"].nunique()
        agreed = counted(len(plan), "action validée", "actions validées")
        title = f"{agreed}, en {counted(used, 'axe')}"
        left = len(self.study.agreement.agreed_actions) - len(plan)
        notes = [f"{row['id']} : {row['description']}" for row in plan.to_dict("records")]
        if left:
            notes.append(
                f"{counted(left, 'action validée', 'actions validées')} sans enjeu retenu, hors de ce plan."
            )
        yield from self._paged(
            "actions",
            title,
            ("Axe", "Action", "Nature", "Pilote", "Années"),
            rows,
            (3.2, 4.6, 1.3, 3.2, 1.4),
            tuple(notes),
            self.source("plan"),
        )

    def budget(self) -> Iterator[Slide]:
        from ctg_lib.display.stacked import stacked_bars

        lines = self.table("plan", "budget")
        lines = lines[lines["action"].isin(self.plan["id"])] if len(self.plan) else lines.iloc[:0]
        if lines.empty:
            return
        spent, income = lines[lines["kind"].eq("depense")], lines[lines["kind"].eq("recette")]
        total, got = float(spent["amount"].sum()), float(income["amount"].sum())
        years = sorted(int(y) for y in lines["year"].dropna().unique())
        when = f"de {years[0]} à {years[-1]}" if len(years) > 1 else f"en {years[0]}"
        title = f"{euros(total)} de dépenses prévues {when}"
        notes = []
        if income.empty:
            yield Slide(
                "budget", title, lead="Aucune recette n’est encore écrite.", source=self.source("plan")
            )
            return
        parts = income.assign(part=income["funder"].map(_FUNDERS).fillna("Autres"))
        of = parts.groupby("part")["amount"].sum()
        title += f", dont {percent(float(of.get('Caf', 0.0)) / got * 100)} attendus de la Caf"
        if round(total) != round(got):
            notes.append(
                f"Les recettes prévues ({euros(got)}) ne font pas les dépenses ({euros(total)}) : à revoir."
            )
        acquired = float(income.loc[income["sure"].eq("acquis"), "amount"].sum())
        notes.append(f"Recettes acquises : {euros(acquired)} ; le reste est demandé ou à demander.")
        sums = parts.groupby(["year", "part"])["amount"].sum()
        kept = [p for p in _PARTS if p in of.index]
        every = pd.MultiIndex.from_product([sorted(parts["year"].unique()), kept])
        long = pd.DataFrame(
            {
                "name": [str(int(year)) for year, _ in every],
                "part": [part for _, part in every],
                "value": sums.reindex(every, fill_value=0).to_numpy(dtype=float) / 1000,
            }
        )
        figure = stacked_bars(
            long,
            id="fig-budget",
            title=title,
            subtitle="Recettes prévues, par financeur",
            source=self.source("plan"),
            unit="milliers d’euros",
            share=False,
            label="Année",
            part_label="Financeur",
        )
        if isinstance(figure, Figure):
            lead = "Recettes prévues des actions validées, en milliers d’euros, par année et par financeur"
            yield Slide(
                "budget",
                title,
                lead=lead,
                figure=figure,
                notes=(*notes, figure.description),
                source=self.source("plan"),
            )

    def governance(self) -> Iterator[Slide]:
        scenarios, posts = self.table("gouvernance", "scenarios"), self.table("gouvernance", "posts")
        if scenarios.empty:
            return
        chosen = scenarios[scenarios["retained"].eq("oui")]
        count = counted(len(scenarios), "organisation comparée", "organisations comparées")
        title = (
            f"{upper_first(count)} ; retenue : {chosen['name'].iloc[0]}"
            if len(chosen)
            else f"{upper_first(count)}, aucune retenue"
        )
        rows = []
        for line in scenarios.to_dict("records"):
            mine = posts[posts["scenario"].eq(line["id"])]
            mark = " (retenu)" if line["retained"] == "oui" else ""
            sums = [mine[c].sum(min_count=1) for c in ("cost", "caf", "epci", "hours_members")]
            rows.append(
                (
                    f"{upper_first(str(line['name']))}{mark}",
                    number(float(mine["fte"].sum()), 1) if len(mine) else NONE,
                    *(euros(float(v)) if pd.notna(v) else NONE for v in sums[:3]),
                    number(float(sums[3]), unit="h") if pd.notna(sums[3]) else NONE,
                )
            )
        instances = self.table("gouvernance", "instances")
        notes = [f"{r['name']} : {r['role']}." for r in instances.to_dict("records")]
        heads = ("Scénario", "ETP", "Coût par an", "dont Caf", "dont interco.", "Heures d’élus")
        grid = Grid(heads, tuple(rows), (5.4, 0.9, 1.7, 1.5, 1.7, 1.7))
        yield Slide("gouvernance", title, grid=grid, notes=tuple(notes), source=self.source("gouvernance"))

    def coming(self) -> Iterator[Slide]:
        steps = self.news.coming
        if not steps:
            return
        names = {i.id: i.name for i in self.news.calendar.instances}
        rows = tuple(
            (_when(s) or NONE, upper_first(s.name), names.get(s.instance, NONE), STATES.get(s.state, NONE))
            for s in steps
        )
        title = f"Prochaine étape : {steps[0].name}" + (f", {_when(steps[0])}" if _when(steps[0]) else "")
        yield Slide(
            "suite",
            title,
            grid=Grid(("Quand", "Étape", "Instance", "État"), rows, (3, 5, 3, 1.6)),
            source=f"study.yml (calendrier), au {self.when}",
        )

    def to_decide(self) -> Iterator[Slide]:
        """What is left to decide; before the agreement has begun, what the figures raise."""
        points = [
            *self._open_issues(),
            *self._open_actions(),
            *self._open_scenarios(),
            *self._open_register(),
        ]
        source = self.source("priorites", "plan", "gouvernance")
        if not points and self.study.agreement.decisions.empty:
            found = Decisions(self.study).all(FINDINGS)
            points = [Point(d.question, f"{d.fact} Qui peut décider : {d.who}.") for d in found]
            source = f"synthèse du rapport, au {self.when}"
        if points:
            title = f"{upper_first(counted(len(points), 'point'))} à décider"
            shown, rest = points[:ROWS], points[ROWS:]
            notes = tuple(f"{p.text} {p.more}".strip() for p in rest)
            yield Slide("decisions", title, points=tuple(shown), notes=notes, source=source)

    def _open_issues(self) -> Iterator[Point]:
        issues, made = self.table("croisement", "issues"), self.study.agreement.decisions
        decided = dict(zip(made["issue"], made["decision"], strict=True))
        reasons = dict(zip(made["issue"], made["reason"], strict=True))
        for row in issues[issues["state"].ne("ecarte")].to_dict("records"):
            state = decided.get(row["id"], "")
            if state == "reporte":
                yield Point(f"Enjeu reporté : {row['title']}", str(reasons.get(row["id"], "")))
            elif not state and row["state"] == "valide":
                yield Point(f"Enjeu sans décision : {row['title']}")

    def _open_actions(self) -> Iterator[Point]:
        actions = self.table("plan", "actions")
        for row in actions[actions["state"].isin(["", "projet"])].to_dict("records"):
            yield Point(f"Action en projet : {row['id']} – {row['title']}", str(row["conditions"] or ""))

    def _open_scenarios(self) -> Iterator[Point]:
        lines = self.table("gouvernance", "scenarios")
        if len(lines) and not lines["retained"].eq("oui").any():
            yield Point("Organisation de la coordination", f"{counted(len(lines), 'scénario')} à départager")

    def _open_register(self) -> Iterator[Point]:
        lines = self.table("gouvernance", "decisions")
        for row in lines[lines["state"].isin(["", "a_faire"])].to_dict("records"):
            due = f" ; pour le {day_in_words(row['due'].date())}" if pd.notna(row["due"]) else ""
            who = str(row["responsible"] or "")
            state = DECISION_STATES["a_faire"]
            yield Point(f"Décidé, {state} : {str(row['decision']).rstrip('.')}", f"{who}{due}".strip(" ;"))

    # ---------------------------------------------------------------------------------- helpers

    def _paged(
        self,
        id: str,
        title: str,
        heads: tuple[str, ...],
        rows: Sequence[tuple[str, ...]],
        widths: tuple[float, ...],
        notes: tuple[str, ...],
        source: str,
        *,
        lead: str = "",
        size: int = ROWS,
    ) -> Iterator[Slide]:
        """A table over as many slides as it needs, as even as they can be."""
        pages = -(-len(rows) // size)
        each = -(-len(rows) // pages)
        for page in range(pages):
            part = tuple(rows[page * each : (page + 1) * each])
            more = f" ({page + 1}/{pages})" if pages > 1 else ""
            name = id if pages == 1 else f"{id}-{page + 1}"
            yield Slide(
                name, title + more, lead=lead, grid=Grid(heads, part, widths), notes=notes, source=source
            )


_NUMBERS = {1: "un", 2: "deux", 3: "trois", 4: "quatre", 5: "cinq"}


class _Messages(Synthese):
    """The synthesis, whose first messages are wanted one by one."""

    def essential(self, *paragraphs: str) -> Output:
        self._paragraphs: list[str] = [p for p in paragraphs if p]
        return super().essential(*paragraphs)

    def messages(self) -> list[str]:
        """The paragraphs of « l’essentiel »."""
        self._paragraphs = []
        self.essentiel()
        return self._paragraphs


_BOLD = re.compile(r"\*\*(.+?)\*\*")


def _point(markdown: str) -> Point:
    """A message of a chapter: its bold sentence, then the rest; what Markdown escapes is put back."""
    plain = re.sub(r"\\([\\`*_{}\[\]<>#@|~^$&])", r"\1", markdown)
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)(\{[^}]*\})?", r"\1", plain)
    found = _BOLD.match(plain)
    if found is None:
        return Point(plain.replace("**", ""))
    return Point(found[1].rstrip(" :"), plain[found.end() :].replace("**", "").strip(" :"))


def _span(start: Any, end: Any) -> str:
    """« 2027–2031 »."""
    years = list(dict.fromkeys(day.year for day in (start, end) if pd.notna(day)))
    return "–".join(map(str, years)) or NONE


def _when(each: Phase | Step) -> str:
    """« du 10 au 28 juin 2027 », « mai 2026 – septembre 2026 »; empty without a date."""
    return period(each.begins, each.ends) or each.when
