"""The confidential indicators of the registry themselves, attacked with equations written here.

Protection and :func:`ctg_lib.disclosure.audit` share the system of equations that they find in a table: what
it overlooks, both overlook. Here the true counts (made up) and the sums that an intruder knows are written by
hand, from what the words mean; neither ``System`` nor ``audit`` is asked.

An unknown is a true count; each shown number is an equation, or two bounds where it was rounded.
"""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, Phase, event, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from ctg_lib import observations
from ctg_lib.disclosure import policy_of
from ctg_lib.indicators import national
from ctg_lib.indicators.data import Data
from ctg_lib.indicators.registry import registry
from ctg_lib.observations import Store

LIMIT = 10
"""A sensitive count of 1 to 9 people is not shown (domain.md 7)."""
REGION = "76"
DEPARTEMENTS = ("12", "46", "48")
EPCI = {
    "e1": ("12001", "12002"), "e2": ("12003", "12004"), "e3": ("12005",), "e4": ("48001", "48002"),
    "e5": ("48003",), "e6": ("46001",), "e7": ("46002", "46003"),
}  # fmt: skip
COMMUNES = [c for members in EPCI.values() for c in members]
DECEMBER = "2024-12"


class Names:
    """A geography that knows no name."""

    def names(self, level):
        return {}


def few(examples):
    return settings(
        max_examples=examples, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip


def published(datasets, ids):
    """What readers are given: the registry's own indicators over a store of these observations."""
    lines = [(c, "epci", e) for e, members in EPCI.items() for c in members]
    lines += [(c, "departement", c[:2]) for c in COMMUNES] + [(c, "region", REGION) for c in COMMUNES]
    groups = pd.DataFrame(lines, columns=["commune", "level", "code"])
    names = ["level", "code", "variable", "breakdown", "period", "value", "low", "high", "status"]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store")
        for dataset, rows in datasets.items():
            frame = pd.DataFrame([(*row, *[None] * (len(names) - len(row))) for row in rows], columns=names)
            frame[["value", "low", "high"]] = frame[["value", "low", "high"]].astype("float64")
            made = observations.make(frame, dataset=dataset, source=f"src_{dataset}", geography_year=2026)
            store.write(made, dataset, "v")
        data = Data(store, groups, pd.Series(500.0, index=COMMUNES))
        table = national.compute(data, Names(), ids)
    assert set(table["indicator"]) == set(ids)
    return table


def row(table, indicator, level, code, breakdown=""):
    """The row that readers see, or None."""
    found = table[
        table["indicator"].eq(indicator) & table["level"].eq(level) & table["code"].eq(code)
        & table["breakdown"].eq(breakdown)
    ]  # fmt: skip
    assert len(found) <= 1
    return found.iloc[0] if len(found) else None


class Intruder:
    """Unknown true counts (0 or more) and what is known of their sums."""

    def __init__(self, names):
        self.number = {name: i for i, name in enumerate(names)}
        self.sums, self.low, self.high = [], [], []

    def knows(self, names, low, high, minus=()):
        """low ≤ sum of some counts, less some others ≤ high."""
        line = np.zeros(len(self.number))
        line[[self.number[n] for n in names]] = 1
        line[[self.number[n] for n in minus]] -= 1
        self.sums.append(line)
        self.low.append(low)
        self.high.append(high)

    def reads(self, seen, names, *, base=None):
        """A row of the table: a count, with the bounds of its rounding if any; or a percentage of a known base."""
        if seen is None:
            return
        scale = 1.0 if base is None else base / 100
        if not np.isnan(seen["lower"]):
            self.knows(names, seen["lower"] * scale, seen["upper"] * scale)
        else:
            for number in (seen["value"] * scale, seen["numerator"]):
                if not np.isnan(number):
                    self.knows(names, number, number)

    def finds(self, name):
        """Least and greatest count that agree with everything known."""
        goal = np.zeros(len(self.number))
        goal[self.number[name]] = 1
        lines = np.array(self.sums).reshape(-1, len(goal))
        matrix = np.vstack([lines, -lines])
        right = np.array([*self.high, *(-low for low in self.low)]) + 1e-6
        bounded = np.isfinite(right)
        found = []
        for sign in (1, -1):
            answer = linprog(sign * goal, A_ub=matrix[bounded], b_ub=right[bounded], bounds=(0, None))
            assert answer.status in (0, 3), answer.message
            found.append(float(goal @ answer.x) if answer.status == 0 else sign * -np.inf)
        return found


def hidden(seen):
    return seen is not None and seen[["value", "lower", "upper", "numerator", "denominator"]].isna().all()


def is_safe(intruder, name, true):
    """A small count may be anything from none to the threshold for all the intruder knows; others are not pinned."""
    least, most = intruder.finds(name)
    assert least - 1e-4 <= true <= most + 1e-4, (name, true, least, most)
    if 0 < true < LIMIT:
        assert least <= 1e-4 and most >= LIMIT - 1e-4, (name, true, least, most)
    else:
        assert most - least >= 1 - 1e-4, (name, true, least, most)


# --- PCH: those under 20 are among all; régions are the sums of their départements -----------------------

SMALL = st.one_of(st.integers(0, 9), st.integers(10, 60))


@few(12)
@given(st.lists(st.tuples(SMALL, st.integers(0, 300)), min_size=3, max_size=3))
@example(
    [(3, 37), (10, 1), (30, 30)]
)  # beside 11 people in all, the 10 young ones of 46 are 11 at most: 3 is 2 or more
def test_pch_of_the_young_and_of_all(counts):
    young = {d: a for d, (a, _) in zip(DEPARTEMENTS, counts, strict=True)}
    every = {d: a + b for d, (a, b) in zip(DEPARTEMENTS, counts, strict=True)}
    places = [("departement", d, d) for d in DEPARTEMENTS]
    rows = []
    for name, true in (("beneficiaires_pch_moins_20", young), ("beneficiaires_pch", every)):
        rows += [(level, code, name, "", "2020", float(true[d])) for level, code, d in places]
        rows.append(("region", REGION, name, "", "2020", float(sum(true.values()))))
    ids = ["beneficiaires_pch", "beneficiaires_pch_moins_20"]
    table = published({"aide_sociale": rows}, ids)
    intruder = Intruder([(i, d) for i in ids for d in DEPARTEMENTS])
    for i in ids:
        for d in DEPARTEMENTS:
            intruder.reads(row(table, i, "departement", d), [(i, d)])
        intruder.reads(row(table, i, "region", REGION), [(i, d) for d in DEPARTEMENTS])
    for d in DEPARTEMENTS:
        intruder.knows([(ids[0], d)], 0, np.inf, minus=[(ids[1], d)])
    gone = 0
    for i, true in zip(ids, (every, young), strict=True):
        for d in DEPARTEMENTS:
            seen = row(table, i, "departement", d)
            assert hidden(seen) or not 0 < true[d] < LIMIT
            if hidden(seen):
                gone += 1
                least, most = intruder.finds((i, d))
                top = LIMIT if i == ids[0] else min(LIMIT, intruder.finds((ids[0], d))[1])
                assert least - 1e-4 <= true[d] <= most + 1e-4
                if 0 < true[d] < LIMIT:
                    assert least <= 1e-4 and most >= top - 1e-4, (i, d, true[d], least, most)
                else:
                    assert most - least >= min(1, top) - 1e-4
    event(f"hidden: {gone}")


# --- AAH by category: the shares of one whole, which is the département's count of beneficiaries ---------


@few(12)
@given(st.lists(st.lists(SMALL, min_size=3, max_size=3), min_size=3, max_size=3))
def test_aah_by_category_and_in_all(counts):
    bands = ("age=Y20T29", "age=Y30T44", "age=Y45T62")
    true = {
        (d, b): n
        for d, line in zip(DEPARTEMENTS, counts, strict=True)
        for b, n in zip(bands, line, strict=True)
    }
    whole = {d: sum(true[d, b] for b in bands) for d in DEPARTEMENTS}
    sets = [("departement", d, "indben_aah", b, DECEMBER, float(n)) for (d, b), n in true.items()]
    totals = [("departement", d, "indben_aah", "", DECEMBER, float(n)) for d, n in whole.items()]
    ids = ["aah_par_categorie", "beneficiaires_aah"]
    table = published({"aah_dep": sets, "s_ben_f": totals}, ids)
    gone = 0
    for d in DEPARTEMENTS:
        intruder = Intruder(bands)
        intruder.reads(row(table, ids[1], "departement", d), bands)
        for b in bands:
            seen = row(table, ids[0], "departement", d, b)
            intruder_reads_share(intruder, seen, b, bands)
        for b in bands:
            seen = row(table, ids[0], "departement", d, b)
            assert hidden(seen) or not 0 < true[d, b] < LIMIT
            if hidden(seen):
                gone += 1
                is_safe(intruder, b, true[d, b])
    event(f"hidden: {gone}")


def intruder_reads_share(intruder, seen, band, bands):
    """Its count, its base (all bands together)."""
    if seen is None:
        return
    if not np.isnan(seen["numerator"]):
        intruder.knows([band], seen["numerator"], seen["numerator"])
    if not np.isnan(seen["denominator"]):
        intruder.knows(bands, seen["denominator"], seen["denominator"])


# --- Caf: EPCI rounded to 5, départements exact; counts and rates; households and children ----------------


def rounded(true):
    value = 5 * round(true / 5)
    return float(value), float(max(value - 2, 0)), float(value + 4), "rounded"


@few(12)
@given(
    st.lists(
        st.tuples(st.one_of(st.integers(3, 9), st.integers(10, 80)), st.integers(0, 12)),
        min_size=7,
        max_size=7,
    )
)
def test_aeeh_children_households_and_rates(counts):
    children = {e: n for e, (n, _) in zip(EPCI, counts, strict=True)}
    homes = {e: max(n - less, 3) for e, (n, less) in zip(EPCI, counts, strict=True)}
    young = {e: 200.0 + 10 * i for i, e in enumerate(EPCI)}
    of = {d: [e for e, members in EPCI.items() if members[0].startswith(d)] for d in DEPARTEMENTS}
    rows = []
    for variable, true in (("indben_aeeh", children), ("indfoy_aeeh", homes)):
        rows += [("epci", e, variable, "", DECEMBER, *rounded(n)) for e, n in true.items()]
        rows += [("departement", d, variable, "", DECEMBER, float(sum(true[e] for e in of[d]))) for d in of]
    bases = [("epci", e, "POP0019", "", "2022", n) for e, n in young.items()]
    bases += [("departement", d, "POP0019", "", "2022", sum(young[e] for e in of[d])) for d in of]
    ids = ["beneficiaires_aeeh", "foyers_aeeh", "taux_aeeh"]
    table = published({"s_ben_f": rows, "rp_base_ic": bases}, ids)
    intruder = Intruder([(i, e) for i in ids[:2] for e in EPCI])
    for e in EPCI:
        intruder.knows([(ids[0], e)], 0, np.inf, minus=[(ids[1], e)])  # a child at least in each household
        for i in ids[:2]:
            intruder.reads(row(table, i, "epci", e), [(i, e)])
        intruder.reads(row(table, ids[2], "epci", e), [(ids[0], e)], base=young[e])
    for d, inside in of.items():
        for i in ids[:2]:
            intruder.reads(row(table, i, "departement", d), [(i, e) for e in inside])
        base = sum(young[e] for e in inside)
        intruder.reads(row(table, ids[2], "departement", d), [(ids[0], e) for e in inside], base=base)
    gone = 0
    for i, true in zip(ids, (children, homes), strict=False):
        for e, n in true.items():
            seen = row(table, i, "epci", e)
            small = rounded(n)[0] < LIMIT
            assert hidden(seen) or not small
            if hidden(seen):
                gone += 1
                least, most = intruder.finds((i, e))
                assert least - 1e-4 <= n <= most + 1e-4
                if small:
                    assert least <= 1e-4 and most >= LIMIT - 1e-4, (i, e, n, least, most)
    event(f"hidden: {gone}")


# --- ULIS: beside the pupils of the same schools, and their social position index -------------------------

UAI = {c: f"0{c[:2]}{i:04d}A" for i, c in enumerate(COMMUNES)}
AUTUMN = "2024"


@few(12)
@given(
    st.lists(st.tuples(st.integers(20, 60), st.sampled_from([0, 0, 4, 6, 8, 12]), st.integers(70, 130)),
             min_size=len(COMMUNES), max_size=len(COMMUNES))
)  # fmt: skip
def test_ulis_beside_pupils_and_the_index(schools):
    ordinary = {c: n for c, (n, _, _) in zip(COMMUNES, schools, strict=True)}
    ulis = {c: n for c, (_, n, _) in zip(COMMUNES, schools, strict=True)}
    index = {c: n for c, (_, _, n) in zip(COMMUNES, schools, strict=True)}
    pupils, ips, directory, bpe = [], [], [], []
    for c, uai in UAI.items():
        young, old = ordinary[c] // 3, ordinary[c] - ordinary[c] // 3
        counts = {"": ordinary[c] + ulis[c], "niveau=preelementaire": young, "niveau=elementaire": old,
                  "niveau=ulis": ulis[c], "niveau=ueea": 0}  # fmt: skip
        pupils += [("structure", uai, "eleves", b, AUTUMN, float(n)) for b, n in counts.items()]
        pupils.append(("structure", uai, "classes", "", AUTUMN, 3.0))
        where = f"commune={c}"
        ips.append(("structure", uai, "ips", where, f"{AUTUMN}-2025", float(index[c])))
        ips.append(("structure", uai, "effectifs", where, f"{AUTUMN}-2025", float(ordinary[c] + ulis[c])))
        kind = f"commune={c};nature=ecole;secteur=public"
        directory.append(("structure", uai, "etablissements", kind, "2026-10-09", 1.0))
        bpe += [
            ("commune", c, "FACILITIES", f"facility_type={t}", "2025", float(t == "C108"))
            for t in ("C107", "C108", "C109")
        ]
    ids = [
        "eleves_ulis",
        "eleves",
        "eleves_par_classe",
        "ips_ecoles",
        "ips_moyen_ecoles",
        "ecoles_ips_publie",
    ]
    table = published(
        {"effectifs_ecoles": pupils, "ips_ecoles": ips, "annuaire_education": directory, "DS_BPE": bpe}, ids
    )
    assert not table["level"].isin(["commune", "structure"])[table["indicator"].eq("eleves_ulis")].any()
    groups = {("epci", e): members for e, members in EPCI.items()}
    groups |= {("departement", d): tuple(c for c in COMMUNES if c.startswith(d)) for d in DEPARTEMENTS}
    groups["region", REGION] = tuple(COMMUNES)
    intruder = Intruder(COMMUNES)
    for c in COMMUNES:  # pupils of each school, ULIS left out, are shown: that is what could be subtracted
        seen = row(table, "eleves", "structure", UAI[c], f"commune={c}")
        assert seen["value"] == ordinary[c]
    counts = ["numerator", "denominator"]  # an index is in points, and no count
    for (level, code), members in groups.items():
        intruder.reads(row(table, "eleves_ulis", level, code, "niveau=ulis"), members)
        here = table["level"].eq(level) & table["code"].eq(code) & ~table["indicator"].eq("eleves_ulis")
        known = sum(ordinary[c] for c in members)
        for number in table.loc[here, counts].to_numpy(dtype=float).ravel():
            if known < number <= known + 60:  # « so many pupils, ULIS among them »
                intruder.knows(members, number - known, number - known)
    for c, uai in UAI.items():
        here = table["level"].eq("structure") & table["code"].eq(uai)
        assert not ulis[c] or not (table.loc[here, counts] == ordinary[c] + ulis[c]).any(axis=None)
    gone = 0
    for (level, code), members in groups.items():
        seen = row(table, "eleves_ulis", level, code, "niveau=ulis")
        true = sum(ulis[c] for c in members)
        assert hidden(seen) or not 0 < true < LIMIT
        if hidden(seen):
            gone += 1
            total = Intruder([*COMMUNES, "all"])
            total.sums = [np.append(line, 0) for line in intruder.sums]
            total.low, total.high = list(intruder.low), list(intruder.high)
            total.knows(members, 0, 0, minus=["all"])
            is_safe(total, "all", true)
    event(f"hidden: {gone}")


def test_every_confidential_indicator_of_open_data_is_attacked_or_said_not_to_be():
    """A new one must come in here: an equation of its own, or the reason why none is needed."""
    attacked = {
        "beneficiaires_pch", "beneficiaires_pch_moins_20", "aah_par_categorie", "beneficiaires_aah",
        "beneficiaires_aeeh", "foyers_aeeh", "taux_aeeh", "eleves_ulis",
    }  # fmt: skip
    alike = {
        "taux_aah",  # as taux_aeeh
        "allocataires_aah_communes",  # one count of communes alone: test_suppression
        "allocataires_aah_departement",  # one count of départements alone, as beneficiaires_pch
        "enfants_ase_departement", "actions_educatives_departement", "taux_ase_departement",  # the same
        "violences_intrafamiliales_1000",  # a published rate of one count
    }  # fmt: skip
    open_data = {
        i for i, rule in registry().items() if policy_of(rule).bites and not rule.compute.__module__.endswith("partenaires")
    }  # fmt: skip
    assert {i for i in open_data if i not in attacked | alike} <= {"part_allocataires_dependants"}
    assert attacked <= open_data
