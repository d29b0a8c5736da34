"""Two studies of the same territory side by side: figures, findings, actions, indicators of the plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from ctg_lib.agreement import editions
from ctg_lib.agreement.editions import Compared, Moved
from ctg_lib.agreement.evidence import Ref
from ctg_lib.agreement.measurability import span_of
from ctg_lib.display.prose import shown, upper_first
from ctg_lib.display.typography import number, signed
from ctg_lib.errors import BadInput
from ctg_lib.indicators.labels import breakdown_label
from ctg_lib.indicators.registry import Definition, iter_definitions, registry
from ctg_lib.study import recording
from ctg_lib.study.core import Study, open_study
from ctg_lib.study.rows import as_value, pick, reading, usable
from ctg_lib.study.using import aside
from ctg_lib.values import Value

Pair = tuple[str, str]
KINDS: dict[str, str] = {
    "suivant": "nouveau millésime", "revise": "corrigés par qui les publie", "rompu": "séries rompues",
    "nouveau": "connus de la nouvelle étude seule", "disparu": "connus de l’ancienne seule",
}  # fmt: skip
"""Kinds of change of a figure, in the order in which they are told."""


@dataclass(frozen=True)
class Editions:
    """An earlier study and a later one.

    Attributes:
        before, after: the studies, each as known on its own date.
    """

    before: Study = field(repr=False)
    after: Study = field(repr=False)

    @cached_property
    def geography(self) -> str:
        """Why their figures do not compare: another composition of the territory; empty where they do."""
        then, now = set(self.before.territory.members), set(self.after.territory.members)
        if then == now:
            return ""
        parts = [f"communes entrées : {number(len(now - then))}"] if now - then else []
        parts += [f"communes sorties : {number(len(then - now))}"] if then - now else []
        said = ", ".join(parts)
        return f"le périmètre a changé ({said}) : les chiffres du territoire ne se comparent pas"

    @cached_property
    def numbers(self) -> tuple[Moved, ...]:
        """Figures that are not the same in both, those that moved most first; none in another geography."""
        if self.geography:
            return ()
        found = [
            m for m in (self._moved(*pair) for pair in self._pairs()) if m is not None and m.kind != "meme"
        ]
        order = list(KINDS)
        return tuple(
            sorted(found, key=lambda m: (order.index(m.kind), m.side not in ("above", "below"), not m.far))
        )

    @cached_property
    def known(self) -> int:
        """How many figures both studies know."""
        if self.geography:
            return 0
        rows = (self._rows(*pair) for pair in self._pairs())
        return sum(then is not None and now is not None for then, now in rows)

    @cached_property
    def findings(self) -> Compared:
        """Findings new, gone, reworded."""
        return editions.findings(self.before.agreement, self.after.agreement)

    @cached_property
    def actions(self) -> Compared:
        """Actions new, given up, changed."""
        return editions.actions(self.before.agreement, self.after.agreement, self._named)

    @cached_property
    def indicators(self) -> Compared:
        """Indicators of the plan new, taken out, changed."""
        return editions.indicators(self.before.agreement, self.after.agreement, self._named)

    def _named(self, target: str, id: str) -> str:
        """The name behind an id, as the later study says it."""
        book, _, sheet = target.partition(".")
        if book == "parties":
            table = self.after.partnership.table(book, sheet)
            return dict(zip(table["id"], table["name"], strict=True)).get(id) or id
        return id

    def _pairs(self) -> list[Pair]:
        """Whole figures of the dictionary, then details that findings or indicators of either plan name."""
        whole = [(rule.id, "") for rule in iter_definitions(annex=False)]
        cited: list[Pair] = []
        for study in (self.before, self.after):
            evidence = study.agreement.table("constats", "evidence")
            for text in evidence.loc[evidence["kind"].eq("indicateur"), "ref"]:
                ref = Ref.parse("indicateur", text)
                cited += [(ref.name, ref.breakdown)] if not ref.place else []
            table = study.agreement.table("plan", "indicators")
            cited += zip(table["indicator"], table["breakdown"], strict=True)
        return list(dict.fromkeys([*whole, *(pair for pair in cited if pair[0] in registry())]))

    def _rows(self, indicator: str, breakdown: str) -> tuple[pd.Series | None, pd.Series | None]:
        out = []
        for known in self._latest:
            rows = known.get((indicator, breakdown))
            row = None if rows is None else pick(rows, None)
            out.append(row if row is not None and usable(row) else None)
        return out[0], out[1]

    @cached_property
    def _latest(self) -> tuple[dict[Pair, pd.DataFrame], ...]:
        """Rows of the territory in each study, by indicator and breakdown: one question for all."""
        ids = list(dict.fromkeys(indicator for indicator, _ in self._pairs()))
        out = []
        for study in (self.before, self.after):
            with aside(study):
                rows = study.table(ids, [study.place]).sort_values("period", kind="stable")
            by = rows.groupby(["indicator", "breakdown"], sort=False)
            out.append({(str(key[0]), str(key[1])): own for key, own in by})
        return tuple(out)

    def _moved(self, indicator: str, breakdown: str) -> Moved | None:
        rule = registry()[indicator]
        then, now = self._rows(indicator, breakdown)
        if then is None and now is None:
            return None
        values = as_value(then, rule), as_value(now, rule)
        detail = breakdown_label(breakdown)
        label = upper_first(f"{rule.label}, {detail}" if detail else rule.label)

        def told(kind: str, **more: object) -> Moved:
            return Moved(
                indicator, breakdown, label, _words(values[0]), _words(values[1]), values[0].period,
                values[1].period, kind,
                better=rule.better or "", sources=values[1].sources, **more,  # type: ignore[arg-type]
            )  # fmt: skip

        if then is None or now is None:
            return told("nouveau" if then is None else "disparu")
        if values[0].period == values[1].period:
            same = values[0].value == values[1].value or (_words(values[0]) == _words(values[1]))
            return told("meme" if same else "revise", **({} if same else _read(values[1], then, rule)))
        first, last = span_of(values[0].period), span_of(values[1].period)
        if first and last and last.last < first.last:
            return told("disparu", why=f"cette édition n’en connaît que {values[1].period}")
        why = self._broken(rule, breakdown, values[0].period, values[1].period)
        return told("rompu", why=why) if why else told("suivant", **_read(values[1], then, rule))

    def _broken(self, rule: Definition, breakdown: str, then: str, now: str) -> str:
        """Why two periods of a series do not compare; empty where they do."""
        first, last = span_of(then), span_of(now)
        cuts = [span.first for text in rule.breaks if (span := span_of(text))]
        if first and last and any(first.last < cut <= last.last for cut in cuts):
            return "la définition ou la source a changé"
        with aside(self.after):
            rows = self.after.series(rule.id, breakdown).drop_duplicates("period", keep="last")
        series = rows.set_index("period")["segment"]
        if then in series.index and now in series.index and series[then] != series[now]:
            return "les deux années partagent des années de collecte du recensement"
        return ""


def _words(value: Value) -> str:
    return shown(value) if value.is_number or value.is_range else ""


def _read(value: Value, then: pd.Series, rule: Definition) -> dict[str, object]:
    found = reading(value, then, rule)
    if found.side == "unknown":
        return {}
    unit = rule.unit if rule.unit in ("%", "‰", "€") else ""
    unit = "points" if unit in ("%", "‰") else unit
    gap = "" if pd.isna(found.difference) else signed(found.difference, rule.decimals, unit)
    return {"side": found.side, "difference": gap, "far": found.far}


def compare_editions(before: Study, after: Study) -> Editions:
    """Two studies of one territory side by side.

    Raises:
        BadInput: the later one is dated before the other, or they share no commune.
    """
    if after.as_of < before.as_of:
        raise BadInput(
            f"« {after.id} » est daté du {after.as_of:%d/%m/%Y}, avant « {before.id} » "
            f"({before.as_of:%d/%m/%Y}) : donner l’étude la plus ancienne d’abord."
        )
    if not set(before.territory.members) & set(after.territory.members):
        raise BadInput(
            f"« {before.id} » et « {after.id} » n’ont aucune commune en commun : rien ne s’y compare."
        )
    return Editions(before, after)


def previous_of(study: Study) -> Study | None:
    """The study that this one follows on (``previous`` of study.yml), in the same project.

    What it is asked is no question to the one that is being made, which notes the earlier one's files.
    """
    if not study.config.previous:
        return None
    earlier = open_study(study.config.previous, study.project)
    earlier.unheard = True
    return earlier


def editions_of(study: Study) -> Editions | None:
    """This study beside the one it follows on; None where it names none."""
    study.record({"indicators": recording.PREVIOUS, "places": ""}, recording.previous_files(study))
    before = previous_of(study)
    return None if before is None else compare_editions(before, study)


def lines_of(found: Editions) -> Iterable[str]:
    """What changed, line by line, for a terminal."""
    moved = found.numbers
    first, then = found.before, found.after
    yield f"De « {first.id} » ({first.as_of:%d/%m/%Y}) à « {then.id} » ({then.as_of:%d/%m/%Y})"
    if found.geography:
        yield f"Chiffres : {found.geography}."
    else:
        count = {kind: sum(m.kind == kind for m in moved) for kind in KINDS}
        said = ", ".join(f"{words} : {count[kind]}" for kind, words in KINDS.items())
        yield f"Chiffres connus des deux études : {found.known}. {said[:1].upper()}{said[1:]}."
    yield from (f"  {line}" for line in map(number_words, moved))
    texts = {"Constats": found.findings, "Actions": found.actions, "Indicateurs du plan": found.indicators}
    for what, compared in texts.items():
        yield (
            f"{what} : {len(compared.new)} en plus, {len(compared.gone)} en moins, {len(compared.touched)} "
            f"modifiés, {compared.same} sans changement."
        )
        yield from (f"  + {id} {title}" for id, title in compared.new)
        yield from (f"  - {gone.id} {gone.title} ({gone.why})" for gone in compared.gone)
        yield from (f"  ~ {c.id} {c.field} : {c.before} → {c.after}" for c in compared.changed)


def number_words(moved: Moved) -> str:
    """« Naissances : 41 (2024) → 38 (2025), trop peu pour être nommé »."""
    head = f"{moved.label} : {moved.before or 'non connu'}"
    head += f" ({moved.before_period})" if moved.before else ""
    head += f" → {moved.after or 'non connu'}" + (f" ({moved.after_period})" if moved.after else "")
    if moved.kind == "disparu" and moved.why:
        return f"{head} ; {moved.why}"
    if moved.kind == "rompu":
        return f"{head} ; ne se comparent pas : {moved.why}"
    if moved.kind == "revise":
        return f"{head} ; la même période, corrigée par qui la publie"
    if moved.side == "close":
        return f"{head} ; écart trop petit ou trop incertain pour être nommé"
    return f"{head} ; {moved.difference}" if moved.difference else head
