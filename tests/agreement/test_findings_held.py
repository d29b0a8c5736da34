"""Whether what a finding rests on still holds: judged without any data, by rules that a page can print."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd
import pytest
from found_samples import constats, evidence, finding, proof
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.agreement.evidence import Ref
from ctg_lib.agreement.findings import SIDES, Taken, findings, judge, machine_cells, refs, taken_of
from ctg_lib.display import words

DAY = date(2026, 10, 1)
TAKEN = Taken("Places : 50 en 2023.", 50.0, None, None, "2023", "", DAY)


def held(agreement, now=None, gap=math.nan, silent=()):
    """Findings by id, everything saying what ``now`` says, else what was taken."""
    said = {ref: evidence(ref.kind, str(ref)) for ref in refs(agreement)} | (now or {})
    return {each.id: each for each in findings(agreement, said, lambda ref, value: gap, silent)}


def test_what_was_never_taken_is_not_judged():
    assert judge(Taken(), None) == ("", "")


def test_what_says_the_same_holds():
    assert judge(TAKEN, evidence(said="Places :\u00a050 en 2023.")) == ("tient", "")


def test_what_says_nothing_any_more_falls():
    state, why = judge(TAKEN, None)
    assert state == "tombe" and "ne peut plus être montrée" in why


def test_another_side_of_the_reference_falls():
    taken = Taken("…", 50.0, side="plus", taken_on=DAY)
    state, why = judge(taken, evidence(side="close"), gap=3)
    assert state == "tombe" and "« plus » alors, « à peu près comme » maintenant" in why
    assert judge(taken, evidence(side="above"), gap=3)[0] == "tient"


@pytest.mark.parametrize(
    ("value", "state"), [(52.9, "tient"), (53.0, "change"), (47.0, "change"), (47.1, "tient")]
)
def test_a_number_may_move_less_than_what_matters(value, state):
    assert judge(TAKEN, evidence(value=value, said=f"Places : {value}."), gap=3)[0] == state


@pytest.mark.parametrize(("value", "state"), [(44, "tient"), (56, "tient"), (43, "change"), (57, "change")])
def test_an_estimate_may_move_within_its_bounds(value, state):
    taken = Taken("41 %", 50.0, 44.0, 56.0, "2026", "", DAY)
    assert judge(taken, evidence("enquete", "a/b/c", value, said=f"{value} %"))[0] == state


@pytest.mark.parametrize(("value", "state"), [(52.0, "tient"), (54.0, "tient"), (56.5, "change")])
def test_a_number_with_bounds_moves_when_it_matters_and_is_established(value, state):
    wide = Taken("Part : 50 %.", 50.0, 44.0, 56.0, "2023", "", DAY)
    assert judge(wide, evidence(value=value), gap=3)[0] == state
    narrow = Taken("Taux : 50.", 50.0, 49.9, 50.1, "2023", "", DAY)
    assert judge(narrow, evidence(value=50.4), gap=3)[0] == "tient"


def test_sides_are_written_as_pages_say_them():
    assert SIDES == words.SIDES


def test_a_count_without_bounds_may_not_move():
    assert judge(TAKEN, evidence("parole", "pe_places", 51.0))[0] == "change"


def test_what_is_written_changes_with_its_words():
    taken = Taken("Convention jusqu’en 2027.", taken_on=DAY)
    assert judge(taken, evidence("contrat", "C01", None, said="Convention jusqu’en 2028."))[0] == "change"
    assert judge(taken, evidence("contrat", "C01", None, said="Convention jusqu’en 2027."))[0] == "tient"


def test_a_number_on_one_side_only_is_a_change():
    assert judge(TAKEN, evidence(value=None))[0] == "change"


def test_a_spreadsheet_s_rounding_is_no_change():
    assert (
        judge(Taken("…", 33.333333, taken_on=DAY), evidence("parole", "x", 100 / 3, said="…"))[0] == "tient"
    )


def test_a_finding_has_the_worst_of_its_evidence():
    agreement = constats([finding()], [proof(), proof(kind="parole", ref="pe_places")])
    assert held(agreement)["K001"].flag == "tient"
    gone = held(agreement, {Ref("parole", "pe_places"): None})["K001"]
    assert gone.flag == "tombe" and [str(p.ref) for p in gone.moved] == ["pe_places"]


def test_evidence_of_a_merged_finding_counts_for_the_one_that_took_it():
    lines = [finding(), finding("K002", "fusionne", merged="K001")]
    agreement = constats(lines, [proof(), proof("K002", "parole", "pe_places")])
    found = held(agreement, {Ref("parole", "pe_places"): None})
    assert found["K001"].flag == "tombe" and found["K001"].proofs[1].finding == "K002"


def test_what_nobody_was_asked_again_is_not_judged():
    agreement = constats([finding()], [proof(kind="parole", ref="pe_places")])
    gone = {Ref("parole", "pe_places"): None}
    assert held(agreement, gone, silent={"parole"})["K001"].flag == ""
    assert held(agreement, gone)["K001"].flag == "tombe"


def test_what_the_workbook_keeps_is_read_back_as_holding():
    found = evidence(value=1 / 3, low=0.25, high=0.4, side="below", said="…")
    line = machine_cells(found, DAY)
    frame = constats([finding()], [{"finding": "K001", "kind": "indicateur", "ref": "x", **line}])
    taken = taken_of(frame.table("constats", "evidence").to_dict("records")[0])
    assert judge(taken, found, 0.05) == ("tient", "")
    assert taken.side == "moins" and taken.taken_on == DAY and pd.notna(taken.value)


POOL = ["taux_couverture", "part_65_plus", "taux_pauvrete", "naissances", "places_accueil"]


@given(
    st.lists(st.sets(st.sampled_from(POOL), max_size=4), min_size=1, max_size=6),
    st.sampled_from(POOL),
    st.floats(0.5, 30),
    st.floats(0.1, 3),
)
def test_one_changed_figure_flags_exactly_the_findings_that_rest_on_it(rests, changed, gap, times):
    lines = [finding(f"K{n:03d}") for n in range(len(rests))]
    proofs = [proof(f"K{n:03d}", ref=name) for n, names in enumerate(rests) for name in sorted(names)]
    moved = evidence(ref=changed, value=50.0 + gap * times)
    found = held(constats(lines, proofs), {Ref("indicateur", changed): moved}, gap)
    flagged = {id for id, each in found.items() if each.flag == "change"}
    rest_on_it = {f"K{n:03d}" for n, names in enumerate(rests) if changed in names}
    assert flagged == (rest_on_it if times >= 1 - 1e-6 else set())
    assert all(p.ref.name == changed for each in found.values() for p in each.moved)
