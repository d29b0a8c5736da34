"""Findings with what each rests on: as it was taken, as it is now, and whether it still holds.

An evidence *holds* as long as it says the same. It *changed* where its number moved as a comparison would name it (by the
meaningful difference of the indicator, where there is one, and out of its bounds, where it has some), or where what is
written is no longer the same. It *holds no more*
where it stands on another side of the reference, where it may no longer be shown, or where nothing bears its name. Where a study asked nobody again (a follow-up holds no survey), what was said is neither.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from ctg_lib.agreement.books.constats import KEPT
from ctg_lib.agreement.evidence import Evidence, Ref

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement

State = Literal["", "tient", "change", "tombe"]
STATES: dict[str, str] = {
    "": "pas encore relevée",
    "tient": "tient",
    "change": "a changé",
    "tombe": "ne tient plus",
}
"""Of an evidence, or of a finding: that of the worst of those it rests on."""
SIDES: dict[str, str] = {"above": "plus", "below": "moins", "close": "à peu près comme"}
"""Side of a reading -> as the workbook keeps it (:data:`ctg_lib.display.words.SIDES`)."""
MACHINE: tuple[str, ...] = ("said", "value", "low", "high", "period", "side", "taken_on")
"""Fields of an evidence that are written by the software."""
SAME = 1e-6
"""Relative difference under which two numbers are one: what a spreadsheet keeps of it."""
Gap = Callable[[Ref, float], float]
"""Reference and number taken -> the smallest difference that matters (NaN: none is stated)."""


@dataclass(frozen=True)
class Taken:
    """What an evidence said on the day it was taken; all empty where it was not taken yet."""

    said: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    period: str = ""
    side: str = ""
    taken_on: date | None = None

    @property
    def empty(self) -> bool:
        """Whether it was never taken."""
        return self.taken_on is None and not self.said and self.value is None


@dataclass(frozen=True)
class Proof:
    """An evidence of a finding.

    Attributes:
        finding: id of the finding whose line it is (one that was merged keeps its own).
        ref, sense, remark, document: as the workbook has them; ``row``: its line.
        taken: what it said. now: what it says; None where it says nothing any more.
        state: key of :data:`STATES`. why: what changed, in French; empty where it holds.
    """

    finding: str
    ref: Ref
    sense: str
    taken: Taken
    now: Evidence | None
    state: State
    why: str = ""
    remark: str = ""
    document: str = ""
    row: int = 0


@dataclass(frozen=True)
class Finding:
    """A finding, with what it rests on: its own evidence, then that of findings merged into it.

    Attributes:
        id, sentence, theme, publics, secteurs, moment, state, merged, key: as the workbook has them.
        proofs: in the order of the sheet; ``row``: its line.
    """

    id: str
    sentence: str
    theme: str
    publics: tuple[str, ...] = ()
    secteurs: tuple[str, ...] = ()
    moment: str = ""
    state: str = ""
    merged: str = ""
    key: str = ""
    proofs: tuple[Proof, ...] = ()
    row: int = 0

    @property
    def kept(self) -> bool:
        """Whether a person accepted it or wrote it again."""
        return self.state in KEPT

    @property
    def flag(self) -> State:
        """State of the worst of its evidence; empty where none was taken."""
        found: set[State] = {proof.state for proof in self.proofs}
        order: tuple[State, ...] = ("tombe", "change", "tient")
        return next((state for state in order if state in found), "")

    @property
    def moved(self) -> tuple[Proof, ...]:
        """Evidence that changed or holds no more."""
        return tuple(proof for proof in self.proofs if proof.state in ("change", "tombe"))


def findings(
    agreement: Agreement, now: Mapping[Ref, Evidence | None], gap: Gap, silent: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Every finding of « constats.xlsx », in its order, beside what its evidence says now.

    Args:
        now: what each reference says.
        gap: see :data:`Gap`.
        silent: kinds of evidence of which the study holds nothing at all: nothing is judged of them.
    """
    evidence: dict[str, list[Proof]] = {}
    for line in agreement.table("constats", "evidence").to_dict("records"):
        proof = _proof(line, now, gap, silent)
        if proof is not None:
            evidence.setdefault(proof.finding, []).append(proof)
    table = agreement.table("constats", "findings").to_dict("records")
    merged = merged_into(agreement)
    out = []
    for line in table:
        ids = [str(line["id"]), *merged.get(str(line["id"]), ())]
        proofs = tuple(proof for id in ids for proof in evidence.get(id, ()))
        out.append(
            Finding(
                str(line["id"]), str(line["sentence"]), str(line["theme"]), tuple(line["publics"]),
                names(line["secteurs"]), str(line["moment"]), str(line["state"]) or "propose", str(line["merged"]),
                str(line["key"]), proofs, int(line["row"]),
            )
        )  # fmt: skip
    return tuple(out)


def merged_into(agreement: Agreement) -> dict[str, tuple[str, ...]]:
    """Finding -> those merged into it, at once or one after the other, in the order of the sheet."""
    into: dict[str, list[str]] = {}
    for line in agreement.table("constats", "findings").to_dict("records"):
        if line["state"] == "fusionne" and line["merged"] and line["merged"] != line["id"]:
            into.setdefault(str(line["merged"]), []).append(str(line["id"]))
    out: dict[str, tuple[str, ...]] = {}
    for id in into:
        found: list[str] = []
        waiting = list(into[id])
        while waiting:
            each = waiting.pop(0)
            if each != id and each not in found:
                found.append(each)
                waiting += into.get(each, [])
        out[id] = tuple(found)
    return out


def refs(agreement: Agreement) -> tuple[Ref, ...]:
    """References that the workbook cites, each once, in its order."""
    table = agreement.table("constats", "evidence")
    found = [ref_of(line) for line in table.to_dict("records")]
    return tuple(dict.fromkeys(ref for ref in found if ref is not None))


def ref_of(line: Mapping[Any, Any]) -> Ref | None:
    """The reference of a line of « Preuves »; None where its kind or its reference is empty."""
    return Ref.parse(line["kind"], str(line["ref"])) if line["kind"] and line["ref"] else None


def judge(taken: Taken, now: Evidence | None, gap: float = math.nan) -> tuple[State, str]:
    """Whether an evidence still holds, and what changed.

    Args:
        gap: the smallest difference that matters, in the unit of the number; NaN: none is stated. A number may move
            by less, and within its bounds; one that has neither may not move at all.
    """
    if taken.empty:
        return "", ""
    if now is None:
        return "tombe", "n’est plus connue, ou ne peut plus être montrée"
    side = SIDES.get(now.side, now.side)
    if taken.side and side != taken.side:
        return (
            "tombe",
            f"par rapport à la référence : « {taken.side} » alors, « {side or 'rien à dire'} » maintenant",
        )
    if taken.value is None or now.value is None:
        if taken.value is not None or now.value is not None:
            return "change", "le nombre n’est connu qu’à l’une des deux dates"
        same = (
            _words(taken.said) == _words(now.said)
            and _same(taken.low, now.low)
            and _same(taken.high, now.high)
        )
        return ("tient", "") if same else ("change", "ce qu’elle dit n’est plus la même chose")
    if _moved(taken, now, gap):
        return "change", "le nombre a bougé de plus que ce qui compte"
    if _countless(taken, gap) and _words(taken.said) != _words(now.said):
        return "change", "ce qu’elle dit n’est plus la même chose"
    return "tient", ""


def machine_cells(found: Evidence, day: date) -> dict[str, Any]:
    """What the workbook keeps of an evidence taken on that day (:data:`MACHINE`): what will be read of it."""
    return {
        "said": _words(found.said), "value": _kept(found.value), "low": _kept(found.low), "high": _kept(found.high),
        "period": _words(found.period), "side": SIDES.get(found.side, found.side), "taken_on": day,
    }  # fmt: skip


def names(secteurs: object) -> tuple[str, ...]:
    """Secteurs of a line, whether the study has a list of them or not."""
    if isinstance(secteurs, tuple):
        return tuple(map(str, secteurs))
    return (str(secteurs),) if secteurs else ()


# ------------------------------------------------------------------------------------------------ parts


def _proof(
    line: Mapping[Any, Any], now: Mapping[Ref, Evidence | None], gap: Gap, silent: Collection[str]
) -> Proof | None:
    ref = ref_of(line)
    if ref is None or not line["finding"]:
        return None
    taken = taken_of(line)
    found = now.get(ref)
    least = gap(ref, taken.value) if taken.value is not None else math.nan
    asked_again = ref.kind not in silent
    state, why = judge(taken if asked_again else Taken(), found, least)
    return Proof(
        str(line["finding"]), ref, str(line["sense"]) or "appuie", taken, found, state, why, str(line["remark"]),
        str(line["document"]), int(line["row"]),
    )  # fmt: skip


def taken_of(line: Mapping[Any, Any]) -> Taken:
    """What the workbook kept of an evidence."""
    value, low, high = (
        None if pd.isna(line[name]) else float(line[name]) for name in ("value", "low", "high")
    )
    day = None if pd.isna(line["taken_on"]) else line["taken_on"].date()
    return Taken(str(line["said"]), value, low, high, str(line["period"]), str(line["side"]), day)


def _moved(taken: Taken, now: Evidence, gap: float) -> bool:
    assert taken.value is not None and now.value is not None
    if _same(taken.value, now.value):
        return False
    if not math.isnan(gap) and abs(now.value - taken.value) < gap * (1 - SAME):
        return False
    if taken.low is not None and taken.high is not None:
        return not taken.low <= now.value <= taken.high
    return True


def _countless(taken: Taken, gap: float) -> bool:
    """Whether the words say more than the number: no bounds, no stated difference."""
    return math.isnan(gap) and taken.low is None and taken.high is None


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=SAME, abs_tol=SAME)


def _kept(number: float | None) -> float | None:
    return None if number is None else round(number, 6)


def _words(text: str) -> str:
    return " ".join(text.split())
