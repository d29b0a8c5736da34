"""Cross-analysis of needs (*croisement des regards*): what each side says of each need, and how they agree.

Rows are the needs of croisement.xlsx that are not set aside, by theme. Columns are
:data:`ctg_lib.agreement.evidence.SIDES`. What a side says comes

* from the evidence of the need's kept findings (one merged into another counts for it), by what each says of the need
  (:mod:`ctg_lib.agreement.sayings`), not by what it does to its sentence; indicators speak for « statistiques », a survey
  for those who answered it (:data:`ASKED_SIDES`), the report on the previous contract, contracts and documents for
  « documents »; the offer and its money speak for none: they are what the need is set against, at the end of the row.
  An evidence that holds no more is read as it is now, or says nothing where nothing is left of it;
* from the actors (:func:`ctg_lib.consultation.synthesis.by_side`), of the need of the scheme, over the whole territory.

How they agree is read by the rule of the actors' synthesis (:func:`ctg_lib.consultation.synthesis.reading_of`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement.books.constats import KEPT
from ctg_lib.agreement.evidence import SIDES, Ref
from ctg_lib.agreement.grounds import Grounds
from ctg_lib.agreement.sayings import NOTHING, Saying, saying, sides_of
from ctg_lib.consultation import coverage, synthesis
from ctg_lib.consultation.actors import OTHER_SIDES, Actors
from ctg_lib.workbooks.common import THEMES

if TYPE_CHECKING:
    from ctg_lib.agreement import findings as found_out
    from ctg_lib.agreement.folder import Agreement

SAYS: dict[str, str] = {
    "manque": "manque", "existe": "existe", "nuance": "nuance", "piste": "piste", "parle": "en parle", "silence": "se tait",
    "present": "présent, rien noté", "pas_demande": "pas demandé",
}  # fmt: skip
"""What a side says of a need."""
SPEAKS: frozenset[str] = frozenset({"manque", "existe", "nuance", "piste", "parle"})
SAYS_RULES: dict[str, str] = {
    "manque": "ce côté dit, ou mesure, que cela manque",
    "existe": "il n’y voit qu’une offre ou un levier, ou la mesure est de l’autre côté de la référence",
    "nuance": "il dit l’un et l’autre", "piste": "il propose une piste, sans dire ni manque ni offre",
    "parle": "il en parle, ou un chiffre en donne la taille, sans dire si cela manque", "silence": "il a parlé du thème, ou répondu à un questionnaire qui le demandait : rien n’en ressort pour ce besoin",
    "present": "il était là quand le thème était à l’ordre du jour, et rien n’est noté de lui",
    "pas_demande": "rien ne lui a été demandé sur ce thème",
}  # fmt: skip
NOT_ASKED: dict[str, str] = {"statistiques": "aucun indicateur", "documents": "aucun document"}
"""Side -> how « pas demandé » is told of it."""
READING_RULES: dict[str, str] = {
    **{name: synthesis.RULES[name] for name in ("convergence", "partage", "seul", "un_cote", "ensemble")},
    "divergence": f"{synthesis.RULES['divergence']}, ou la mesure dit l’inverse",
    "sans_manque": "personne ne dit que cela manque ; une offre, une piste ou une nuance est citée",
    "silence": synthesis.RULES["silence"],
}  # fmt: skip
"""Reading (:data:`ctg_lib.agreement.books.croisement.READINGS`) -> how it is decided."""
ASKED_SIDES: dict[str, str] = {"professionnels": "professionnels", "associations": "partenaires"}
"""Questionnaire -> side that answers it; any other: « habitants »."""
Now = Mapping[tuple[str, Ref], "found_out.Proof"]
"""(Finding, reference) -> an evidence beside what it says now."""
_FROM_ACTORS: dict[str, str] = {"manque": "manque", "offre": "existe", "piste": "piste", "": "parle"}
_TO_SYNTHESIS: dict[str, str] = {"manque": "manque", "existe": "offre"}
_DOCUMENTS: frozenset[str] = frozenset({"bilan", "contrat", "document"})
MATRIX_COLUMNS: tuple[str, ...] = (
    "id", "theme", "label", "need", *SIDES, "computed", "reading", "why", "state", "findings", "offer", "gap", "actors",
    "contracts",
)  # fmt: skip


@dataclass(frozen=True)
class Proof:
    """An evidence of a kept finding.

    Attributes:
        finding, kind, ref, sense, written, remark: as the workbook has them; ``row``: its line.
        said, period: what it says, and of when: now, where it moved.
        sides: of the reference on which it stands.
        state: of :data:`ctg_lib.agreement.findings.STATES`; ``why``: what changed; ``gone``: nothing is left of it.
        of_need: what it says of the need of its row.
    """

    finding: str
    kind: str
    ref: str
    sense: str = ""
    said: str = ""
    period: str = ""
    written: str = ""
    remark: str = ""
    sides: tuple[str, ...] = ()
    state: str = ""
    why: str = ""
    gone: bool = False
    row: int = 0
    of_need: Saying = NOTHING

    @classmethod
    def of(cls, line: Mapping[Any, Any], now: found_out.Proof | None) -> Proof:
        """A line of « Preuves », beside what it says now where that is known."""
        found = now.now if now is not None else None
        moved = found if now is not None and now.state in ("change", "tombe") else None
        return cls(
            str(line["finding"]), str(line["kind"]), str(line["ref"]), str(line["sense"]),
            moved.said if moved is not None else str(line["said"]),
            moved.period if moved is not None else str(line["period"]), str(line["of_need"]), str(line["remark"]),
            sides_of(str(line["side"]), found), now.state if now is not None else "", now.why if now is not None else "",
            now is not None and found is None and now.state in ("", "tombe"), int(line["row"]),
        )  # fmt: skip

    @property
    def reference(self) -> Ref:
        """Its reference, in parts."""
        return Ref.parse(self.kind, self.ref)  # type: ignore[arg-type]

    def for_need(self, needs: Collection[str], grounds: Grounds) -> Proof:
        """The same, with what it says of a need."""
        written = "" if self.state == "tombe" else self.written
        return replace(self, of_need=saying(self.reference, self.sense, self.sides, written, needs, grounds))


@dataclass(frozen=True)
class View:
    """What one side says of one need.

    Attributes:
        side: key of :data:`~ctg_lib.agreement.evidence.SIDES`, or « autres » (sides too small to be named).
        says: key of :data:`SAYS`.
        meetings, lacking: meetings held where that side spoke of it, those where it says that it is missing.
        proofs: evidence that speaks for it.
    """

    side: str
    says: str
    meetings: int = 0
    lacking: int = 0
    proofs: tuple[Proof, ...] = ()

    @property
    def words(self) -> str:
        """« manque », « aucun indicateur »."""
        return NOT_ASKED.get(self.side, SAYS[self.says]) if self.says == "pas_demande" else SAYS[self.says]


@dataclass(frozen=True)
class Crossed:
    """One need, seen from every side.

    Attributes:
        id, label, theme, need, publics, secteurs, moment, state: as the workbook has them (``secteurs``: names).
        views: in the order of the columns. proofs: evidence of its findings, whatever side it speaks for.
        fallen: evidence of its findings that holds no more, what nothing is left of too.
        computed: reading by the rule; ``reading``: the analyst's where there is one. Keys of ``READINGS``.
        why: what explains it, in the analyst's words.
        findings: ids of its kept findings, merged ones followed.
        offer, actors, contracts: ids. gap: what is missing, in the analyst's words.
    """

    id: str
    label: str
    theme: str
    need: str
    views: tuple[View, ...]
    computed: str
    reading: str
    why: str = ""
    publics: tuple[str, ...] = ()
    secteurs: tuple[str, ...] = ()
    moment: str = ""
    state: str = ""
    findings: tuple[str, ...] = ()
    offer: tuple[str, ...] = ()
    gap: str = ""
    actors: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()
    proofs: tuple[Proof, ...] = ()
    fallen: tuple[Proof, ...] = ()

    @property
    def overruled(self) -> bool:
        """Whether the analyst reads it otherwise than the rule."""
        return self.reading != self.computed

    def view(self, side: str) -> View:
        """What a side says of it."""
        return next((v for v in self.views if v.side == side), View(side, "pas_demande"))

    def sides(self, *says: str) -> tuple[str, ...]:
        """Sides that say one of these."""
        return tuple(v.side for v in self.views if v.says in says)


@dataclass(frozen=True)
class Crossing:
    """All needs, by theme.

    Attributes:
        rows: needs that are not set aside, in the order of the themes, then of the workbook.
        sides: columns: :data:`~ctg_lib.agreement.evidence.SIDES`, and « autres » where sides are told as one.
        unshown: sides of which too few people were heard to be shown, left out.
    """

    rows: tuple[Crossed, ...] = ()
    sides: tuple[str, ...] = SIDES
    unshown: int = 0

    def read(self, reading: str) -> tuple[Crossed, ...]:
        """Needs of a reading."""
        return tuple(row for row in self.rows if row.reading == reading)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row per need (:data:`MATRIX_COLUMNS`): sides hold keys of :data:`SAYS`."""
        rows = [
            {name: getattr(row, name, "") for name in MATRIX_COLUMNS} | {s: row.view(s).says for s in SIDES}
            for row in self.rows
        ]
        return pd.DataFrame(rows, columns=list(MATRIX_COLUMNS))


def cross(
    agreement: Agreement, actors: Actors, asked: Mapping[str, Collection[str]] | None = None, grounds: Grounds | None = None,
    now: Now | None = None,
) -> Crossing:  # fmt: skip
    """Cross what every side says of each need.

    Args:
        agreement: of which croisement.xlsx and constats.xlsx are read.
        actors: what was said; sides of which too few people were heard are told as one, or left out
            (:func:`ctg_lib.consultation.coverage.shown`).
        asked: id of a need -> sides that answered questions on it (a survey): where nothing of it supports a finding of
            the need they are silent, not unasked.
        grounds: by what each need may be proved.
        now: evidence beside what it says now; what is not there is read as the workbook kept it.
    """
    said = _Said.of(actors)
    proofs = _Proofs.of(agreement, grounds or {}, now or {})
    order = {theme: i for i, theme in enumerate(THEMES)}
    kept = _needs(agreement)
    kept.sort(key=lambda line: (order.get(str(line["theme"]), len(order)), _id_order(str(line["id"]))))
    sides = (*SIDES, OTHER_SIDES) if said.pooled else SIDES
    rows = tuple(_row(line, sides, said, proofs, (asked or {}).get(str(line["id"]), ())) for line in kept)
    return Crossing(rows, sides, said.unshown)


def evidence_by_need(agreement: Agreement, grounds: Grounds, now: Now) -> dict[str, tuple[Proof, ...]]:
    """Id of a need that is not set aside -> evidence of its kept findings, with what each says of it."""
    proofs = _Proofs.of(agreement, grounds, now)
    out = {}
    for line in _needs(agreement):
        own = proofs.under(proofs.findings(line["findings"]))
        out[str(line["id"])] = proofs.read(own, _codes(line, own))
    return out


def _needs(agreement: Agreement) -> list[Mapping[Any, Any]]:
    lines = agreement.table("croisement", "needs").to_dict("records")
    return [line for line in lines if line["state"] != "ecarte"]


def says_of(told: Iterable[str]) -> str:
    """What a side says, of all that speaks for it: keys of :data:`SAYS`, in any order; empty where nothing does."""
    found = set(told) & SPEAKS
    if "nuance" in found or {"manque", "existe"} <= found:
        return "nuance"
    return next((says for says in ("manque", "existe", "piste", "parle") if says in found), "")


def reading(says: Mapping[str, str], together: bool = False) -> str:
    """How sides agree on a need (:data:`READING_RULES`).

    Those that spoke of its theme are those that say something of it, and the silent ones; a side that was there without
    a word noted, or was not asked, is not counted.

    Args:
        says: side -> key of :data:`SAYS`.
        together: several groups said together that it is missing.
    """
    view = {side: _TO_SYNTHESIS.get(each, "") for side, each in says.items() if each in SPEAKS}
    spoke = [side for side, each in says.items() if each in SPEAKS or each == "silence"]
    if found := synthesis.reading_of(view, spoke):
        return found
    if together:
        return "ensemble"
    return "sans_manque" if view else "silence"


# --------------------------------------------------------------------------------------------- what is read


@dataclass(frozen=True)
class _Said:
    """What actors said, made ready once."""

    views: Mapping[tuple[str, str], tuple[str, int, int]]
    spoke: Mapping[str, frozenset[str]]
    present: Mapping[str, frozenset[str]]
    together: frozenset[str]
    pooled: bool
    unshown: int

    @classmethod
    def of(cls, actors: Actors) -> _Said:
        shown = coverage.shown(actors)
        excerpts = coverage.said(shown)
        views = {
            (str(r["need"]), str(r["side"])): (str(r["says"]), int(r["meetings"]), int(r["lacking"]))
            for r in synthesis.by_side(shown).to_dict("records")
        }
        small = set(coverage.small_sides(actors))
        spoke = {
            str(t): frozenset(own["side"]) - {""} for t, own in excerpts.groupby("theme", sort=False)
        }  # fmt: skip
        present: dict[str, set[str]] = {}
        for row in coverage.by_theme(shown).to_dict("records"):
            side = coverage.side_of(str(row["group"]))
            if row["asked"] and side not in small:
                present.setdefault(str(row["theme"]), set()).add(side)
        lacking = excerpts[excerpts["kind"].isin(synthesis.LACKING) & excerpts["side"].eq("")]
        return cls(
            views, spoke, {t: frozenset(s) for t, s in present.items()}, frozenset(lacking["need"]) - {""},
            bool(shown.pooled), 0 if shown.pooled else len(small),
        )  # fmt: skip


@dataclass(frozen=True)
class _Proofs:
    """Kept findings, and their evidence."""

    kept: frozenset[str]
    merged: Mapping[str, str]
    grounds: Grounds
    of_finding: Mapping[str, tuple[Proof, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, agreement: Agreement, grounds: Grounds, now: Now) -> _Proofs:
        findings = agreement.table("constats", "findings")
        merged = findings[findings["state"].eq("fusionne") & findings["merged"].ne("")]
        proofs: dict[str, list[Proof]] = {}
        target = dict(zip(merged["id"], merged["merged"], strict=True))
        for line in agreement.table("constats", "evidence").to_dict("records"):
            key = (str(line["finding"]), Ref.parse(line["kind"], str(line["ref"])))
            proofs.setdefault(_followed(key[0], target), []).append(Proof.of(line, now.get(key)))
        kept = frozenset(findings.loc[findings["state"].isin(KEPT), "id"])
        return cls(kept, target, grounds, {id: tuple(own) for id, own in proofs.items()})

    def findings(self, cited: Iterable[str]) -> tuple[str, ...]:
        """Kept findings among those cited, merged ones followed."""
        followed = [_followed(id, self.merged) for id in cited]
        return tuple(id for id in dict.fromkeys(followed) if id in self.kept)

    def under(self, findings: Iterable[str]) -> list[Proof]:
        """Evidence of findings, what nothing is left of too."""
        return [proof for id in findings for proof in self.of_finding.get(id, ())]

    def read(self, proofs: Iterable[Proof], needs: Collection[str]) -> tuple[Proof, ...]:
        """Evidence that is left, with what it says of a need."""
        return tuple(proof.for_need(needs, self.grounds) for proof in proofs if not proof.gone)


def _followed(id: str, merged: Mapping[str, str]) -> str:
    seen: set[str] = set()
    while id in merged and id not in seen:
        seen.add(id)
        id = merged[id]
    return id


def side_of_evidence(kind: str, ref: str) -> str:
    """Side for which an evidence speaks; empty of the offer, and of words of actors, read where they were said."""
    if kind == "indicateur":
        return "statistiques"
    if kind == "enquete":
        return ASKED_SIDES.get(ref.split("/")[0].strip(), "habitants")
    return "documents" if kind in _DOCUMENTS else ""


def _row(
    line: Mapping[Any, Any], sides: Iterable[str], said: _Said, proofs: _Proofs, asked: Collection[str]
) -> Crossed:  # fmt: skip
    findings = proofs.findings(line["findings"])
    under = proofs.under(findings)
    codes = _codes(line, under)
    own = proofs.read(under, codes)
    views = tuple(_view(side, line, codes, own, said, asked) for side in sides)
    says = {v.side: v.says for v in views}
    computed = reading(says, bool(said.together & set(codes)))
    secteurs = line["secteurs"]
    return Crossed(
        str(line["id"]), str(line["label"]), str(line["theme"]), str(line["need"]), views, computed,
        str(line["reading"]) or computed, str(line["why"]), tuple(line["publics"]),
        tuple(secteurs) if isinstance(secteurs, tuple) else tuple(s for s in [str(secteurs)] if s),
        str(line["moment"]), str(line["state"]) or "propose", findings, tuple(line["offer"]), str(line["gap"]),
        tuple(line["actors"]), tuple(line["contracts"]), own, tuple(p for p in under if p.state == "tombe"),
    )  # fmt: skip


def _codes(line: Mapping[Any, Any], proofs: Iterable[Proof]) -> tuple[str, ...]:
    """Need of the scheme of a line; without one, those of the words that its findings rest on."""
    if line["need"]:
        return (str(line["need"]),)
    return tuple(dict.fromkeys(p.ref for p in proofs if p.kind == "parole" and not p.gone))


def _view(
    side: str, line: Mapping[Any, Any], codes: Iterable[str], proofs: Iterable[Proof], said: _Said,
    asked: Collection[str],
) -> View:  # fmt: skip
    own = tuple(p for p in proofs if side_of_evidence(p.kind, p.ref) == side)
    told = [p.of_need.says for p in own]
    heard = [said.views[code, side] for code in codes if (code, side) in said.views]
    told += [_FROM_ACTORS.get(says, "parle") for says, _, _ in heard]
    if side == "documents" and line["contracts"]:
        told.append("parle")
    theme = str(line["theme"])
    says = says_of(told)
    if not says:
        spoke = side in said.spoke.get(theme, ()) or side in asked
        says = "silence" if spoke else "present" if side in said.present.get(theme, ()) else "pas_demande"
    return View(
        side, says, max((m for _, m, _ in heard), default=0), max((n for *_, n in heard), default=0), own
    )


def _id_order(id: str) -> tuple[int, str]:
    digits = "".join(c for c in id if c.isdigit())
    return (int(digits) if digits else 0, id)
