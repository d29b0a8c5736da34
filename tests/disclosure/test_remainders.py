"""What is left of a whole beside its part: 1 to the threshold less one may not be found."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from disclosure_worlds import hierarchy, rows
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from ctg_lib.disclosure import Policy, protect
from ctg_lib.disclosure.protection import protect_remainders
from ctg_lib.disclosure.remainders import Pair, rests

COUNT = {"j": Policy("j", threshold=5)}
RATE = {**COUNT, "part": Policy("part", threshold=5, aggregation="ratio")}
PLACES = {("epci", "e"): ["a", "b", "c"]}
NUMBERS = ["value", "lower", "upper", "numerator", "denominator"]


def side(breakdown="", indicator="j", layer=0):
    return ((indicator, breakdown), layer)


def nested(limit=5, *breakdowns):
    return [Pair(side(), side(b), limit) for b in breakdowns]


def gone(table):
    hidden = table[table["status"].eq("below_threshold")]
    assert hidden[NUMBERS].isna().all(axis=None)
    return {(r.indicator, r.breakdown) for r in hidden.itertuples()}


def here(counts, indicator="j", **more):
    return rows({("epci", "e", b): n for b, n in counts.items()}, indicator, **more)


def made(table, policies, pairs):
    return protect_remainders(table, hierarchy(PLACES), policies, pairs)


def test_a_small_remainder_takes_the_part_away():
    safe = made(here({"": 23, "age=Y_GE55": 20}), COUNT, nested(5, "age=Y_GE55"))
    assert gone(safe) == {("j", "age=Y_GE55")}


@pytest.mark.parametrize(("limit", "hidden"), [(5, False), (10, True)])
def test_sensitive_counts_have_larger_remainders(limit, hidden):
    safe = made(here({"": 30, "etat=attente": 23}), COUNT, nested(limit, "etat=attente"))
    assert bool(gone(safe)) is hidden


@pytest.mark.parametrize("part", [30, 25, 0])
def test_no_remainder_or_a_large_one_is_nobodys_secret(part):
    table = here({"": 30, "age=Y_GE55": part})
    assert made(table, COUNT, nested(5, "age=Y_GE55")) is table


def test_a_rate_whose_terms_leave_few_is_hidden_and_the_count_stays():
    table = pd.concat(
        [here({"": 28}), here({"": 28}, indicator="part", bases={("epci", "e", ""): 30})], ignore_index=True
    )
    pairs = [Pair(side("", "part", 1), s, 5, ("all", "few")) for s in (side(), side("", "part"))]
    assert gone(made(table, RATE, pairs)) == {("part", "")}


def test_equal_by_chance_is_not_the_same_count():
    """Twenty with a contract are not the twenty of 55 and over: only these leave a small remainder."""
    older, every, contracts = "age=Y_GE55", "", "suivi=contrat"
    both = pd.concat([here({every: 23, older: 20}), here({contracts: 20}, indicator="k")], ignore_index=True)
    pairs = [*nested(5, older), Pair(side(contracts, "k"), side("x", "k"), 5)]
    policies = {**COUNT, "k": Policy("k", threshold=5)}
    assert gone(made(both, policies, pairs)) == {("j", older)}


def test_hidden_rows_stay_hidden_and_give_no_remainder():
    table = here({"": 30, "age=Y_GE55": 28})
    table.loc[1, NUMBERS], table.loc[1, "status"] = np.nan, "below_threshold"
    assert rests(table, nested(5, "age=Y_GE55")).empty
    assert made(table, COUNT, nested(5, "age=Y_GE55")) is table


# --- no remainder can be computed, in any table ----------------------------------------------------------

CHAIN = ("", "age=Y_GE55", "age=Y_GE60")
COMMUNES = PLACES["epci", "e"]


class Reader:
    """Who reads the table: true counts (commune, band) of 0 or more, parts inside wholes, sums of communes."""

    def __init__(self, table):
        self.at = {(c, b): i for i, (c, b) in enumerate((c, b) for c in COMMUNES for b in CHAIN)}
        self.equal, self.right = [], []
        for r in table[table["numerator"].notna()].itertuples():
            self.equal.append(self.line(r.code, r.breakdown))
            self.right.append(r.numerator)
        self.under = [
            self.line(c, part) - self.line(c, whole)
            for c in COMMUNES for whole, part in pairwise(CHAIN)
        ]  # fmt: skip

    def line(self, code, band):
        out = np.zeros(len(self.at))
        out[[self.at[c, band] for c in (COMMUNES if code == "e" else [code])]] = 1
        return out

    def finds(self, goal):
        ends = []
        for sign in (1, -1):
            answer = linprog(
                sign * goal, A_ub=np.array(self.under), b_ub=np.zeros(len(self.under)),
                A_eq=np.array(self.equal) if self.equal else None, b_eq=self.right or None, bounds=(0, None),
            )  # fmt: skip
            assert answer.status in (0, 3), answer.message
            ends.append(float(goal @ answer.x) if answer.status == 0 else sign * -np.inf)
        return ends


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 30)), min_size=3, max_size=3),
    st.sampled_from([5, 10]),
)
def test_no_small_remainder_can_be_computed(counts, limit):
    true = {}
    for c, (a, b, n) in zip(COMMUNES, counts, strict=True):
        true |= {(c, CHAIN[2]): n, (c, CHAIN[1]): n + a, (c, ""): n + a + b}
    true |= {("e", b): sum(true[c, b] for c in COMMUNES) for b in CHAIN}
    table = rows({("epci" if c == "e" else "commune", c, b): n for (c, b), n in true.items()}, "j")
    policies = {"j": Policy("j", threshold=limit)}
    pairs = [Pair(side(w), side(p), limit) for w, p in ((CHAIN[0], CHAIN[1]), (CHAIN[1], CHAIN[2]),
                                                        (CHAIN[0], CHAIN[2]))]  # fmt: skip
    safe = protect(table, hierarchy(PLACES), policies, pairs=pairs)
    reader, small = Reader(safe), 0
    for code in ("e", *COMMUNES):
        for pair in pairs:
            whole, part = pair.whole[0][1], pair.part[0][1]
            rest = true[code, whole] - true[code, part]
            if 0 < rest < limit:
                small += 1
                least, most = reader.finds(reader.line(code, whole) - reader.line(code, part))
                assert least - 1e-6 <= rest <= most + 1e-6
                assert most - least >= 1 - 1e-6, (code, whole, part, rest, least, most)
    event(f"small remainders: {small > 0}")
