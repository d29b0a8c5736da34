"""Slides of what was found: findings of the issues retained (before any, the synthesis), and the crossing."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ctg_lib.agreement.books.constats import EVIDENCE_KINDS
from ctg_lib.agreement.books.croisement import READINGS
from ctg_lib.display.prose import upper_first
from ctg_lib.display.typography import counted, enumerate_fr, number, plural
from ctg_lib.study.chapters.synthese import Synthese
from ctg_lib.study.restitution.messages import point_of
from ctg_lib.study.restitution.slide import NONE, Grid, Point, Slide, paged
from ctg_lib.study.restitution.told import Part

FINDINGS = 5
EVIDENCE = 2
"""Evidence told under a finding; the notes have them all."""
NEEDS = 6
"""Needs on one slide."""
_NUMBERS = {1: "un", 2: "deux", 3: "trois", 4: "quatre", 5: "cinq"}


class Findings(Part):
    """What the diagnostic found, and where those who were heard agree."""

    def slides(self) -> Iterator[Slide]:
        """In order; what the study has nothing for is left out."""
        yield from self.findings()
        yield from self.crossed()

    def findings(self) -> Iterator[Slide]:
        """The first findings of the issues retained, with their evidence."""
        kept = self.study.agreement.kept_findings
        if kept.empty:
            yield from self.messages()
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
        title += said + (", ceux des enjeux retenus" if self.told.retained else "")
        yield Slide(
            "constats",
            title,
            points=points,
            notes=notes,
            source=self.told.source("constats", "croisement"),
        )

    def messages(self) -> Iterator[Slide]:
        """Before any finding is kept: what the synthesis says first; what is not known is no message."""
        found = Synthese(self.study).messages()[:FINDINGS]
        if not found:
            return
        told = [point_of(each) for each in found]
        title = f"{upper_first(_NUMBERS[len(told)])} {plural(len(told), 'message')} du diagnostic"
        note = "Les constats ne sont pas encore arrêtés : ce sont les messages de la synthèse."
        yield Slide(
            "constats",
            title,
            points=tuple(point for point, _ in told),
            notes=(note, *(f"{point.text} {rest}" for point, rest in told if rest)),
            source=self.told.source("synthese"),
        )

    def _chosen(self, kept: pd.DataFrame) -> list[str]:
        """Findings of the retained issues, one of each in turn; without decision, the first that are kept."""
        there = list(kept["id"])
        if not self.told.retained:
            return there[:FINDINGS]
        needs = self.told.table("croisement", "needs").set_index("id")["findings"].to_dict()
        issues = self.told.table("croisement", "issues").set_index("id")["needs"].to_dict()
        queues = [
            list(
                dict.fromkeys(f for need in issues.get(issue, ()) for f in needs.get(need, ()) if f in there)
            )
            for issue in self.told.retained
        ]
        out: list[str] = []
        for turn in range(max(map(len, queues), default=0)):
            out += [q[turn] for q in queues if turn < len(q) and q[turn] not in out]
        return list(dict.fromkeys(out))[:FINDINGS]

    def _proofs(self, finding: str, most: int | None = None) -> str:
        """What supports a finding: what each evidence said, else of which kinds it is."""
        lines = self.told.table("constats", "evidence")
        lines = lines[lines["finding"].eq(finding) & ~lines["sense"].eq("contredit")]
        said = [str(s).rstrip(".") for s in lines["said"] if s]
        if said:
            return " ; ".join(said[:most])
        counts = lines["kind"].map(EVIDENCE_KINDS).value_counts(sort=False)
        kinds = [f"{kind} ({number(n)})" if n > 1 else str(kind) for kind, n in counts.items()]
        return f"Preuves : {enumerate_fr(kinds)}" if kinds else ""

    def crossed(self) -> Iterator[Slide]:
        """The matrix: needs of the issues retained, what each side says, how they agree."""
        from ctg_lib.study.crossing import SIDE_LABELS, cell_words, crossing_of

        told = crossing_of(self.study)
        rows = told.crossing.rows
        if not rows:
            return
        lines = self.told.table("croisement", "issues").set_index("id")["needs"].to_dict()
        needs = [need for issue in self.told.retained for need in lines.get(issue, ())]
        order = {need: rank for rank, need in reversed(list(enumerate(needs)))}
        answering = [r for r in rows if r.id in order]
        shown = sorted(answering or rows, key=lambda r: order.get(r.id, 0))
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
        widths = (2.8, *(max(1.3, 0.15 * len(SIDE_LABELS[side])) for side in sides), 1.7)
        title, lead = crossed_words([r.reading for r in shown], len(rows), retained=bool(answering))
        slide = Slide(
            "croisement",
            title,
            lead=lead,
            grid=Grid(heads, grid, widths),
            notes=tuple(f"{r.label} : {r.why}" for r in shown if r.why),
            source=self.told.source("croisement", "constats"),
        )
        yield from paged(slide, NEEDS)


def crossed_words(readings: list[str], total: int, *, retained: bool) -> tuple[str, str]:
    """Title and lead: how the sides agree on the needs that are shown, and what is not shown.

    Args:
        readings: of the needs shown. total: needs crossed. retained: those shown are of the issues retained.
    """
    needs = counted(len(readings), "besoin") + (" des enjeux retenus" if retained else "")
    agree, part = readings.count("convergence"), readings.count("divergence")
    title = f"{upper_first(needs)} : les regards convergent sur {number(agree)}, divergent sur {number(part)}"
    left = total - len(readings)
    if not left:
        return title, ""
    rest = "l’autre ne relève" if left == 1 else f"les {number(left)} autres ne relèvent"
    return title, f"{number(total)} besoins ont été croisés ; {rest} d’aucun enjeu retenu (voir la matrice)."
