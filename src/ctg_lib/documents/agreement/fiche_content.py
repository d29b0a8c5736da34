"""What an action's sheet says, whatever the page: every field of the plan, in words; blanks « à compléter »."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement.books.constats import EVIDENCE_KINDS, SENSES
from ctg_lib.agreement.books.plan import (
    ACTION_STATES,
    FREQUENCIES,
    INDICATOR_KINDS,
    LEVERS,
    NATURES,
    SURENESS,
)
from ctg_lib.agreement.findings import merged_into
from ctg_lib.agreement.measurability import Verdict
from ctg_lib.agreement.plan import Action, Axis, Plan
from ctg_lib.consultation.scheme import PUBLICS
from ctg_lib.display.gantt import dates_in_words
from ctg_lib.display.prose import unit_of, upper_first
from ctg_lib.display.typography import NBSP, THIN, bound, counted, enumerate_fr, euros, number, typeset
from ctg_lib.documents.agreement.blocks import TO_COMPLETE, Grid
from ctg_lib.documents.agreement.fiche_doubts import doubts
from ctg_lib.documents.agreement.party_words import shown_names
from ctg_lib.partnership.books.financement import PAYERS
from ctg_lib.study.amount_words import rates_in_words
from ctg_lib.study.plan import StudyPlan, plan_of
from ctg_lib.workbooks.common import PROGRESS, THEME_NAMES
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

BLANK = f"[{TO_COMPLETE}]"
"""How a field that no file fills is printed (:func:`ctg_lib.documents.agreement.blocks.parts` tells it)."""
MOST_PROOFS = 3
"""Evidence told under a finding; the workbook of findings has them all."""
MOST_SEMESTERS = 12
"""Columns of the calendar."""
OTHER = "autres aides"
NOT_AGREED = "en projet : le comité de pilotage ne l’a pas encore validée"


@dataclass(frozen=True)
class Because:
    """A finding that an action answers: id, sentence, what its evidence says."""

    id: str
    sentence: str
    proofs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bar:
    """A line of the calendar: what, when in words, who, and in which semesters."""

    name: str
    when: str
    who: str
    on: tuple[bool, ...]


@dataclass(frozen=True)
class Fiche:
    """An action's sheet, in French typography.

    Attributes:
        id, title: of the action. axis: id of its axis. agreed: whether the convention binds itself to it.
        place: axis, orientation, objective. tags: theme, nature, state.
        because: findings. fields: (label, text) in order; the first ones are wide, ``short`` ones stand side by side.
        semesters: « S2 » under each of ``years`` (year, number of its semesters).
        bars: the calendar; the first one is the action's own.
        budget, indicators: tables. notes: what the reader must know of them.
        foot: origin, decision, revision.
    """

    id: str
    title: str
    axis: str
    agreed: bool
    place: tuple[str, ...]
    tags: tuple[str, ...]
    because: tuple[Because, ...]
    fields: tuple[tuple[str, str], ...]
    short: tuple[tuple[str, str], ...]
    years: tuple[tuple[int, int], ...]
    semesters: tuple[str, ...]
    bars: tuple[Bar, ...]
    budget: Grid
    indicators: Grid
    foot: tuple[tuple[str, str], ...] = field(default=())

    @property
    def blanks(self) -> tuple[str, ...]:
        """Labels of what is left to complete, each once."""
        named = [(label, text) for label, text in (*self.fields, *self.short, *self.foot)]
        named += [(f"{grid.title} : {column}", cell) for grid in (self.budget, self.indicators) for row in grid.rows
                  for column, cell in zip(grid.head, row, strict=True)]  # fmt: skip
        named += [("Budget", self.budget.empty), ("Indicateurs", self.indicators.empty)]
        named += [("Constats", "" if self.because else BLANK)]
        return tuple(dict.fromkeys(label for label, text in named if TO_COMPLETE in text))


def fiches_of(study: Study) -> tuple[Fiche, ...]:
    """The sheets of a study's actions, in the order of the plan: those that the committee's decisions feed, alone."""
    made = _Maker(study)
    return tuple(made.fiche(action) for action in made.plan.actions)


class _Maker:
    def __init__(self, study: Study) -> None:
        self.study = study
        self.told: StudyPlan = plan_of(study)
        self.plan: Plan = self.told.plan
        self.names = shown_names(study)

    @cached_property
    def verdicts(self) -> dict[str, Verdict]:
        """Indicator -> whether it can be measured."""
        return self.told.verdicts

    @cached_property
    def findings(self) -> dict[str, dict[str, Any]]:
        """Kept findings, by id."""
        return {str(r["id"]): _line(r) for r in self.study.agreement.kept_findings.to_dict("records")}

    @cached_property
    def merged(self) -> dict[str, tuple[str, ...]]:
        """Finding -> those merged into it, whose evidence is its own."""
        return merged_into(self.study.agreement)

    @cached_property
    def spans(self) -> tuple[tuple[date, date], ...]:
        """Semesters of the convention, else of its actions."""
        return semesters(*term_of(self.study, self.plan))

    def fiche(self, action: Action) -> Fiche:
        """The sheet of one action."""
        axis = next((a for a in self.plan.axes if a.id == action.axis), None)
        value = action.values
        state = ACTION_STATES.get(action.state, "")
        return Fiche(
            action.id, _text(action.title), action.axis, action.agreed,
            tuple(_text(t) for t in self._place(axis, action)),
            tuple(_text(t) for t in (
                upper_first(THEME_NAMES.get(action.theme, BLANK)), self._nature(action),
                upper_first(state if action.agreed else NOT_AGREED),
            )),
            tuple(self._because(action)),
            _said(
                ("Enjeux" if len(action.retained) > 1 else "Enjeu", self._issues(action)),
                ("Objectif général", value.get("goal")),
                ("Description", value.get("description")),
            ),
            _said(
                ("Publics", enumerate_fr([PUBLICS[p] for p in value.get("publics", ()) if p in PUBLICS]) or "tous les habitants"),
                ("Territoire", self._where(value.get("secteurs"))),
                ("Pilote", self._leader(action)),
                ("Partenaires", " ; ".join(self._party(p) for p in action.partners)),
                ("Moyens humains", self._means(action)),
                ("Leviers", enumerate_fr([OTHER if x == "autre" else LEVERS[x] for x in value.get("levers", ()) if x in LEVERS])),
                ("Conditions de réussite", value.get("conditions")),
                ("Risques", value.get("risks")),
            ),
            _years(self.spans), tuple(f"S{1 if first.month < 7 else 2}" for first, _ in self.spans),
            tuple(self._bars(action)), self._budget(action), self._indicators(action), self._foot(action),
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------ why

    def _place(self, axis: Axis | None, action: Action) -> list[str]:
        if axis is None:
            return [f"Axe : {BLANK}"]
        rank = self.plan.axes.index(axis) + 1
        out = [f"Axe {number(rank)} – {axis.title}"]
        for orientation in axis.orientations:
            for objective in orientation.objectives:
                if objective.id == action.objective:
                    out += [
                        f"Orientation – {orientation.title}",
                        f"Objectif opérationnel – {objective.title}",
                    ]
        return out

    def _nature(self, action: Action) -> str:
        said = upper_first(NATURES.get(action.nature, "")) or f"Nature : {BLANK}"
        before = self.study.partnership.table("bilan", "actions")
        names = dict(zip(before["id"], before["name"], strict=True))
        from_ = [f"{id}, {names[id]}" if id in names else id for id in action.previous]
        if from_:
            return f"{said} (action précédente : {' ; '.join(from_)})"
        return f"{said} (action précédente : {BLANK})" if action.nature in ("reconduite", "adaptee") else said

    def _because(self, action: Action) -> Iterable[Because]:
        evidence = self.study.agreement.table("constats", "evidence")
        for id in action.findings:
            line = self.findings.get(id)
            if line is None:
                yield Because(id, _text(f"{BLANK} : ce constat n’est pas gardé au diagnostic"))
                continue
            ids = [id, *self.merged.get(id, ())]
            lines = [_line(r) for r in evidence[evidence["finding"].isin(ids)].to_dict("records")]
            lines.sort(
                key=lambda r: (not r["said"], list(SENSES).index(r["sense"]) if r["sense"] in SENSES else 0)
            )
            proofs = [_proof(r) for r in lines[:MOST_PROOFS]]
            if len(lines) > MOST_PROOFS:
                more = counted(len(lines) - MOST_PROOFS, "autre preuve", "autres preuves")
                proofs.append(f"et {more} au diagnostic")
            yield Because(id, _text(str(line["sentence"])), tuple(_text(p) for p in proofs))

    def _issues(self, action: Action) -> str:
        table = (
            self.study.agreement.table("croisement", "issues")
            .drop_duplicates("id")
            .set_index("id")["title"]
            .to_dict()
        )
        return " ; ".join(f"{id} – {table.get(id, id)}" for id in action.retained)

    # ------------------------------------------------------------------------------- who, where, with what

    def _where(self, secteurs: Any) -> str:
        if isinstance(secteurs, tuple) and secteurs:
            return f"secteur {secteurs[0]}" if len(secteurs) == 1 else f"secteurs {enumerate_fr([*secteurs])}"
        return "tout le territoire"

    def _party(self, id: str) -> str:
        return str(self.names.get(id, id))

    def _leader(self, action: Action) -> str:
        said = [self._party(action.leader)] if action.leader else []
        return ", ".join(
            [
                *said,
                *([str(action.values["leader_function"])] if action.values.get("leader_function") else []),
            ]
        )

    def _means(self, action: Action) -> str:
        fte = action.values.get("fte")
        said = [str(action.values.get("human") or "")]
        if fte is not None and pd.notna(fte):
            said.append(f"{plain(fte)}{NBSP}ETP")
        return " ; ".join(t for t in said if t)

    # ------------------------------------------------------------------------------------------- calendar

    def _bars(self, action: Action) -> Iterable[Bar]:
        when = _when(action.start, action.end)
        yield Bar(_text("L’action entière"), _text(when), "", _on(self.spans, action.start, action.end))
        for step in action.steps:
            state = PROGRESS.get(step.state, "") if step.state in ("fait", "en_cours") else ""
            who = ", ".join(t for t in (step.responsible, state) if t)
            yield Bar(
                _text(upper_first(step.name)), _text(_when(step.start, step.end)), _text(who),
                _on(self.spans, step.start, step.end or step.start),
            )  # fmt: skip

    # --------------------------------------------------------------------------------------------- budget

    def _budget(self, action: Action) -> Grid:
        lines = self.plan.budget
        lines = lines[lines["action"].eq(action.id)]
        years = sorted({int(y) for y in lines["year"]})
        head = ("Euros", *(str(y) for y in years), "Total")
        if lines.empty:
            return Grid("Budget", head, (), (1.0,) * len(head), empty=BLANK)
        spent, got = lines[lines["kind"].eq("depense")], lines[lines["kind"].eq("recette")]
        items = spent["item"] + spent["nature"].map(
            lambda n: " (investissement)" if n == "investissement" else ""
        )
        payers = got["funder"].map(PAYERS).fillna(f"Financeur {BLANK}")
        sure = got["sure"].replace("", "prevu").map(SURENESS)
        order = {label: rank for rank, label in enumerate(PAYERS.values())}
        rows = [
            *_sums(spent.assign(line=items.map(upper_first)), years),
            _total("Total des dépenses", spent, years),
            *_sums(got.assign(line=payers + " (" + sure + ")", rank=payers.map(order)).sort_values("rank", kind="stable"), years),
            _total("Total des recettes", got, years),
        ]  # fmt: skip
        gap = {y: _sum(got, y) - _sum(spent, y) for y in (*years, None)}
        note = ""
        if any(abs(v) >= 0.005 for v in gap.values()):
            rows.append(("Écart (recettes – dépenses)", *(_cell(gap[y]) for y in (*years, None))))
            told = lines["remark"].replace("", pd.NA).dropna().drop_duplicates().tolist()
            note = "Recettes et dépenses ne s’équilibrent pas" + (
                f" : {' ; '.join(map(str, told))}" if told else "."
            )
        note = " ".join([*([note] if note else []), *rates_in_words(self.study.agreement, [action.id])])
        texts = tuple(tuple(_text(c) for c in row) for row in rows)
        return Grid(
            "Budget", head, texts, (3.4, *[1.0] * (len(years) + 1)), numbers=tuple(range(1, len(years) + 2)), note=_text(note)
        )  # fmt: skip

    # ----------------------------------------------------------------------------------------- indicators

    def _indicators(self, action: Action) -> Grid:
        table = self.study.agreement.table("plan", "indicators")
        head = ("Indicateur", "Nature", "Départ", "Cible", "Source, fréquence", "Qui le mesure")
        lines = [_line(r) for r in table[table["action"].eq(action.id)].to_dict("records")]
        marks, note = doubts((str(r["id"]) for r in lines), self.verdicts)
        rows = []
        for r in lines:
            often = FREQUENCIES.get(str(r["frequency"]), BLANK)
            mark = f"{THIN}{marks[str(r['id'])]}" if str(r["id"]) in marks else ""
            rows.append(
                (
                    f"{upper_first(str(r['label']))}{mark}", INDICATOR_KINDS.get(str(r["kind"]), BLANK),
                    measured(r["baseline"], str(r["unit"]), str(r["baseline_period"])),
                    measured(r["target"], str(r["unit"]), f"au {_day(r['target_on'])}" if pd.notna(r["target_on"]) else BLANK),
                    f"{r['source'] or BLANK} ; {often}", str(r["responsible"]) or BLANK,
                )
            )  # fmt: skip
        texts = tuple(tuple(_text(c) for c in row) for row in rows)
        return Grid(
            "Indicateurs", head, texts, (2.7, 1.1, 1.5, 1.7, 2.3, 1.7), note=_text(note), empty="" if rows else BLANK
        )  # fmt: skip

    # ----------------------------------------------------------------------------------------------- foot

    def _foot(self, action: Action) -> tuple[tuple[str, str], ...]:
        value = action.values
        decided, review, document = (
            value.get("decided_on"),
            value.get("review"),
            str(value.get("document") or ""),
        )
        said = [("Origine", self._origin(action) or "écrite directement au plan d’action")]
        if action.agreed:
            when = f"le {_day(decided)}" if decided is not None and pd.notna(decided) else BLANK
            said.append(
                (
                    "Validée par le comité de pilotage",
                    when + (f", {self._title(document)}" if document else ""),
                )
            )
        said.append(("À revoir le", _day(review) if review is not None and pd.notna(review) else BLANK))
        return tuple((label, _text(text)) for label, text in said)

    def _origin(self, action: Action) -> str:
        sessions = (
            self.study.agreement.table("groupes", "sessions")
            .drop_duplicates("id")
            .set_index("id")["date"]
            .to_dict()
        )
        table = self.study.agreement.table("groupes", "proposals").drop_duplicates("id")
        titles = table.set_index("id")["title"].to_dict()
        held = table.set_index("id")["session"].to_dict()
        moments = (sessions.get(held.get(id, "")) for id in action.origins)
        days = list(dict.fromkeys(_day(day) for day in moments if day is not None and pd.notna(day)))
        if not action.origins:
            return ""
        said = enumerate_fr([f"« {titles[id]} »" if titles.get(id) else id for id in action.origins])
        some = "propositions" if len(action.origins) > 1 else "proposition"
        return f"{some} des groupes de travail{f' ({enumerate_fr(days)})' if days else ''} : {said}"

    def _title(self, document: str) -> str:
        """« Compte rendu … », title of a document of the study; « document D15 » where no file gives it."""
        table = self.study.partnership.table("documents", "documents")
        title = dict(zip(table["id"], table["title"], strict=True)).get(document)
        return f"« {title} »" if title else f"document {document}"


# --- words -----------------------------------------------------------------------------------------------


def nothing_fed(study: Study) -> str:
    """Why there is no action to tell: none is written, or none answers an issue that was retained."""
    agreement = study.agreement
    if not agreement.has("plan"):
        return f"aucune action dans {agreement.file('plan')} (ctg study plan {study.id} en propose)"
    return (
        "aucune action ne répond à un enjeu retenu par le comité de pilotage (feuille « Décisions du COPIL » de "
        f"{agreement.file('priorites')})"
    )


def semesters(start: date | None, end: date | None) -> tuple[tuple[date, date], ...]:
    """First and last day of each half-year from one day to another, at most :data:`MOST_SEMESTERS`; none without both."""
    if start is None or end is None or end < start:
        return ()
    out: list[tuple[date, date]] = []
    year, half = start.year, 1 if start.month < 7 else 2
    while len(out) < MOST_SEMESTERS and (first := date(year, 1 if half == 1 else 7, 1)) <= end:
        out.append((first, date(year, 6, 30) if half == 1 else date(year, 12, 31)))
        year, half = (year, 2) if half == 1 else (year + 1, 1)
    return tuple(out)


def term_of(study: Study, plan: Plan) -> tuple[date | None, date | None]:
    """First and last day of the convention, else of the plan's actions."""
    contract = study.config.contract
    starts, ends = [a.start for a in plan.actions if a.start], [a.end for a in plan.actions if a.end]
    return contract.get("start", min(starts, default=None)), contract.get("end", max(ends, default=None))


def measured(value: Any, unit: str, when: str) -> str:
    """« 20 places (2026) »; « [à compléter] (2026) » without a value."""
    named = unit if value is None or pd.isna(value) or unit[:1] in "%‰" else unit_of(value, unit)
    said = BLANK if value is None or pd.isna(value) else f"{plain(value)} {named}".strip()
    return f"{said} ({when})" if when else said


def plain(value: float) -> str:
    """A number as it was typed, the French way."""
    value = float(value)
    return number(value, 0 if value.is_integer() else 1 if round(value, 1) == value else 2)


def _line(record: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in record.items()}


def _text(text: str) -> str:
    return bound(typeset(text.strip()))


def _said(*fields: tuple[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((label, _text(str(text)) if text else BLANK) for label, text in fields)


def _proof(line: dict[str, Any]) -> str:
    kind = upper_first(EVIDENCE_KINDS.get(str(line["kind"]), str(line["kind"])))
    against = f" ({SENSES[line['sense']]})" if line["sense"] in ("nuance", "contredit") else ""
    return f"{kind}{against} : {line['said']}" if line["said"] else f"{kind} {line['ref']}{against} : {BLANK}"


def _when(start: date | None, end: date | None) -> str:
    return BLANK if start is None and end is None else dates_in_words(start, end)


def _day(moment: Any) -> str:
    return day_in_words(pd.Timestamp(moment).date())


def _on(spans: Sequence[tuple[date, date]], start: date | None, end: date | None) -> tuple[bool, ...]:
    if start is None or end is None:
        return (False,) * len(spans)
    return tuple(start <= last and end >= first for first, last in spans)


def _years(spans: Sequence[tuple[date, date]]) -> tuple[tuple[int, int], ...]:
    years = [first.year for first, _ in spans]
    return tuple((year, years.count(year)) for year in dict.fromkeys(years))


def _sum(lines: pd.DataFrame, year: int | None = None) -> float:
    return float((lines if year is None else lines[lines["year"].eq(year)])["amount"].sum())


def _cell(amount: float) -> str:
    return number(amount, 0 if float(amount).is_integer() else 2)


def _sums(lines: pd.DataFrame, years: Sequence[int]) -> Iterable[tuple[str, ...]]:
    for name in dict.fromkeys(lines["line"]):
        some = lines[lines["line"].eq(name)]
        cells = ("–" if some[some["year"].eq(y)].empty else _cell(_sum(some, y)) for y in years)
        yield (str(name), *cells, _cell(_sum(some)))


def _total(name: str, lines: pd.DataFrame, years: Sequence[int]) -> tuple[str, ...]:
    return (name, *(_cell(_sum(lines, y)) for y in years), _cell(_sum(lines)))


def cost_in_words(amount: float) -> str:
    """« 120 000 € », « [à compléter] » for NaN."""
    return BLANK if pd.isna(amount) else euros(amount)
