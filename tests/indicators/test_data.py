"""Sums, ratios, pooled years: small worlds computed by hand, and properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib import observations
from ctg_lib.geography import Passage
from ctg_lib.indicators.data import (
    Data,
    grouped_sources,
    join_sources,
    joined_pairs,
    pool_years,
    population_weighted,
    ratio,
    union,
    unplaced_report,
)
from ctg_lib.indicators.labels import age_label, age_span, ages, five_year_band
from ctg_lib.indicators.national import finish
from ctg_lib.indicators.registry import METHODS, THEMES, definition, iter_definitions, registry
from ctg_lib.observations import Store
from ctg_lib.values import LEVELS, STATUSES


def world(tmp_path, rows, communes=("a", "b", "c"), people=(600, 300, 0), variable="X"):
    """A store with one dataset, and one EPCI « e » made of the communes."""
    frame = pd.DataFrame(rows).assign(variable=variable)
    if "period" not in frame:
        frame["period"] = "2023"
    made = observations.make(frame, dataset="d", source="s", geography_year=2026)
    store = Store(tmp_path / "store")
    store.write(made, "d", "v")
    groups = pd.DataFrame({"commune": list(communes), "level": "epci", "code": "e"})
    return Data(store, groups, pd.Series(dict(zip(communes, people, strict=True)), dtype="float64"))


def commune(code, value, **more):
    return {"level": "commune", "code": code, "value": value, **more}


def total(data, variable="X"):
    rows = data.count("d", variable)
    return rows[rows["level"].eq("epci")].iloc[0]


def test_sum_of_communes(tmp_path):
    row = total(world(tmp_path, [commune("a", 1), commune("b", 2), commune("c", 3)]))
    assert (row["value"], row["status"], row["origin"]) == (6, "observed", "sum")


def test_an_uninhabited_commune_may_be_absent(tmp_path):
    row = total(world(tmp_path, [commune("a", 1), commune("b", 2)]))
    assert (row["value"], row["status"]) == (3, "observed")


def test_a_missing_commune_makes_the_total_missing(tmp_path):
    row = total(world(tmp_path, [commune("a", 1), commune("c", 3)]))
    assert np.isnan(row["value"])
    assert (row["status"], row["origin"]) == ("missing", "incomplete")


def test_a_commune_of_unknown_population_is_held_to_be_inhabited(tmp_path):
    data = world(tmp_path, [commune("a", 1), commune("b", 2)], people=(600, 300, np.nan))
    data.population = data.population.dropna()
    assert total(data)["status"] in ("missing", "estimated")  # 1 of 901 people: above the tolerance
    assert total(data)["status"] == "missing"


def test_a_negligible_absence_gives_an_estimate(tmp_path):
    row = total(world(tmp_path, [commune("a", 1), commune("b", 2)], people=(900_000, 100_000, 400)))
    assert (row["value"], row["status"]) == (3, "estimated")


def test_the_published_total_wins(tmp_path):
    rows = [commune("a", 1), commune("b", 2), commune("c", 3), {"level": "epci", "code": "e", "value": 7}]
    row = total(world(tmp_path, rows))
    assert (row["value"], row["origin"]) == (7, "published")


def test_rounded_parts_give_a_range_without_a_point(tmp_path):
    rows = [
        commune("a", 10, low=8, high=14, status="rounded"),
        commune("b", 5, low=3, high=9, status="rounded"),
        commune("c", np.nan, low=0, high=4, status="missing"),
    ]
    row = total(world(tmp_path, rows))
    assert (row["low"], row["high"], row["status"]) == (11, 27, "rounded")
    assert np.isnan(row["value"])


def test_an_estimated_part_keeps_its_point_and_its_status(tmp_path):
    rows = [commune("a", 10, status="estimated"), commune("b", 5), commune("c", 0)]
    row = total(world(tmp_path, rows))
    assert (row["value"], row["status"]) == (15, "estimated")
    assert np.isnan(row["low"])


def test_a_secret_commune_hides_the_total(tmp_path):
    rows = [commune("a", 1), commune("b", np.nan, status="secret"), commune("c", 3)]
    row = total(world(tmp_path, rows))
    assert np.isnan(row["value"])
    assert row["status"] == "secret"


def test_former_communes_are_counted_where_they_went(tmp_path):
    data = world(tmp_path, [commune("a", 1), commune("b1", 2), commune("b2", 4)], people=(600, 300, 0))
    data.passage = {"b1": "b", "b2": "b"}
    assert total(data)["value"] == 7


# ---------------------------------------------------------------------- communes of other years


def travelled(tmp_path, rows, year, people=None, more=(), dataset="d"):
    """EPCI « e » = a, c ; « g » = b. In 2022 « m » joined a; in 2024 b left c; d became a in 2023."""
    steps = pd.DataFrame(
        [
            (2022, "m", "a0", "merged", False),
            (2023, "a0", "a", "merged", True),
            (2024, "c", "b", "restored", True),
        ],
        columns=["edition", "code", "into", "kind", "new"],
    )
    known = pd.DataFrame(
        {"code": ["a0", "m", "c", "a", "b", "c"], "year": [2019, 2019, 2019, 2023, 2023, 2023],
         "pmun": [90, 10, 100, 100, 25, 75], "ptot": pd.NA, "edition": [2021, 2021, 2021, 2024, 2024, 2024]}
    )  # fmt: skip
    inside = dict.fromkeys(["p1", "p2"], "c")
    passage = Passage(steps, ["a", "b", "c", "97501"], 2025, known, inside)
    store = Store(tmp_path / "store")
    for number, (found, at) in enumerate([(rows, year), *more]):
        listed = [{"period": "2023", "variable": "X", **row} for row in found]
        frame = pd.DataFrame(listed)
        made = observations.make(frame, dataset=dataset, source=f"s{number}", geography_year=at)
        store.write(made, dataset, f"v{number}")
    groups = pd.DataFrame({"commune": ["a", "c", "b"], "level": "epci", "code": ["e", "e", "g"]})
    whole = groups.assign(level="france", code="FR")
    people = people or {"a": 100.0, "b": 25.0, "c": 75.0}
    return Data(store, pd.concat([groups, whole]), pd.Series(people), passage)


def values(data, level="epci", variable="X"):
    rows = data.count("d", variable)
    rows = rows[rows["level"].eq(level)].sort_values("code")
    return {c: (v, s) for c, v, s in zip(rows["code"], rows["value"], rows["status"], strict=True)}


def test_old_communes_are_counted_in_todays(tmp_path):
    data = travelled(tmp_path, [commune("a0", 1), commune("m", 2), commune("c", 8)], 2021)
    assert values(data, "commune") == {
        "a": (3, "observed"), "b": (2, "estimated"), "c": (6, "estimated"),
    }  # fmt: skip
    # « e » holds one part of c only; France holds both: its sum is not an estimate
    assert values(data) == {"e": (9, "estimated"), "g": (2, "estimated")}
    assert values(data, "france") == {"FR": (11, "observed")}
    assert data.unplaced.empty


def test_a_merged_commune_with_a_part_missing_has_no_total(tmp_path):
    data = travelled(tmp_path, [commune("a0", 1), commune("c", 8)], 2021)
    own = values(data, "commune")
    assert np.isnan(own["a"][0]) and own["a"][1] == "missing"
    assert values(data, "france")["FR"][1] == "missing"  # m held 10 of 200 inhabitants
    rows = data.get("d", "X")
    assert rows.loc[rows["code"].eq("a"), "origin"].tolist() == ["incomplete"]


def test_the_geography_of_each_row_counts(tmp_path):
    """A series over years whose communes changed reads in today's communes."""
    old = [commune("a0", 1, period="2020"), commune("m", 2, period="2020"), commune("c", 8, period="2020")]
    new = [commune("a", 4, period="2024"), commune("b", 3, period="2024"), commune("c", 5, period="2024")]
    data = travelled(tmp_path, old, 2021, more=[(new, 2024)])
    series = data.count("d", "X")
    one = series[series["code"].eq("a")].sort_values("period")
    assert one[["period", "value", "geography_year"]].values.tolist() == [
        ["2020", 3, 2021],
        ["2024", 4, 2024],
    ]


def test_rounded_parts_of_a_merged_commune_give_a_range(tmp_path):
    rows = [
        commune("a0", 10, low=8, high=14, status="rounded"), commune("m", 5, low=3, high=9, status="rounded"),
        commune("c", 0),
    ]  # fmt: skip
    rows = travelled(tmp_path, rows, 2021).count("d", "X")
    row = rows[rows["code"].eq("a")].iloc[0]
    assert (row["low"], row["high"], row["status"]) == (11, 23, "rounded") and np.isnan(row["value"])


def test_arrondissements_are_counted_in_their_commune(tmp_path):
    data = travelled(tmp_path, [commune("p1", 1), commune("p2", 2), commune("a", 4), commune("b", 0)], 2024)
    assert values(data, "commune") == {"a": (4, "observed"), "b": (0, "observed"), "c": (3, "observed")}
    half = travelled(tmp_path / "half", [commune("p1", 1), commune("a", 4), commune("b", 0)], 2024)
    assert values(half, "commune")["c"][1] == "missing"


def test_codes_without_a_place_are_reported_never_dropped(tmp_path):
    rows = [
        commune("a", 1), commune("b", 2), commune("c", 3), commune("12999", 40), commune("97501", 5),
        commune("12999", 7, period="2020"), commune("xxxxx", 6),
    ]  # fmt: skip
    data = travelled(tmp_path, rows, 2024)
    assert values(data, "france") == {"FR": (6, "observed")}
    lost = data.unplaced
    assert lost[["dataset", "variable", "source", "code", "rows", "value"]].values.tolist() == [
        ["d", "X", "s0", "12999", 2, 40.0], ["d", "X", "s0", "97501", 1, 5.0], ["d", "X", "s0", "xxxxx", 1, 6.0],
    ]  # fmt: skip
    assert unplaced_report(data) == [
        "d : code inconnu du code officiel géographique — 1 code (xxxxx), 6 en tout pour X ; "
        "compté dans aucun territoire.",
        "d : collectivité d’outre-mer, dans aucun département — 1 code (97501), 5 en tout pour X ; "
        "compté dans aucun territoire.",
        "d : commune non renseignée — 1 code (12999), 40 en tout pour X ; compté dans aucun territoire.",
    ]
    # it is no commune either
    assert not data.get("d", "X")["code"].isin(["12999", "xxxxx"]).any()


def test_a_study_reads_the_former_communes_of_its_own(tmp_path):
    data = travelled(tmp_path, [commune("a0", 1), commune("m", 2), commune("c", 8)], 2021)
    groups = pd.DataFrame({"commune": ["a", "c"], "level": "secteur", "code": ["s", "t"]})
    own = Data(data.store, groups, data.population, data.passage, communes=frozenset({"a", "c"}))
    assert values(own, "secteur") == {"s": (3, "observed"), "t": (6, "estimated")}
    assert set(own.get("d", "X").query("level == 'commune'")["code"]) == {"a", "c"}
    assert own.unplaced.empty


def test_a_rate_keeps_the_code_of_its_limits_and_follows_a_mere_change_of_code(tmp_path):
    data = travelled(tmp_path, [commune("a0", 1), commune("m", 2)], 2021)
    assert sorted(data.published("d", "X")["code"]) == ["a0", "m"]
    later = travelled(tmp_path / "later", [commune("a0", 1), commune("c", 2)], 2022)
    assert sorted(later.published("d", "X")["code"]) == ["a", "c"]


# ------------------------------------------------------------------------------- several sources


def test_files_that_complete_each_other_give_a_total(tmp_path):
    """One file by département: each holds part of the communes of one EPCI."""
    data = travelled(tmp_path, [commune("a", 1)], 2024, more=[([commune("b", 4), commune("c", 2)], 2024)])
    rows = data.count("d", "X")
    whole = rows[rows["code"].eq("e")].iloc[0]
    assert (whole["value"], whole["status"], whole["source"]) == (3, "observed", "s0+s1")
    alone = rows[rows["code"].eq("g")].iloc[0]
    assert (alone["value"], alone["source"]) == (4, "s1")


def test_a_commune_in_two_files_is_counted_once(tmp_path):
    first = [commune("a", 1), commune("c", 2)]
    data = travelled(
        tmp_path, first, 2024, more=[([commune("a", 10), commune("b", 20), commune("c", 30)], 2024)]
    )
    rows = data.count("d", "X")
    assert rows.loc[rows["code"].eq("e"), ["value", "source"]].values.tolist() == [[3, "s0"]]
    # no file but the second is complete for France: it alone is read, the two are not mixed
    assert rows.loc[rows["code"].eq("FR"), ["value", "source"]].values.tolist() == [[60, "s1"]]


def test_files_that_lack_a_commune_together_give_none(tmp_path):
    data = travelled(tmp_path, [commune("a", 1)], 2024, more=[([commune("b", 4)], 2024)])
    assert values(data)["e"][1] == "missing" and values(data)["g"] == (4, "observed")


def test_files_of_two_geographies_complete_each_other(tmp_path):
    more = [([commune("b", 4), commune("c", 2)], 2024)]
    data = travelled(tmp_path, [commune("a0", 1), commune("m", 5)], 2021, more=more)
    assert values(data)["e"] == (8, "observed")


# ------------------------------------------------------------- against the slow and plain way


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_sums_are_those_of_a_plain_reckoning(tmp_path_factory, draw):
    codes = [f"c{i}" for i in range(6)]
    status = st.sampled_from(["observed", "observed", "rounded", "estimated", "secret", "missing", None])
    rows = []
    for code in codes:
        for part in ("x", "y"):
            kind = draw.draw(status)
            value = draw.draw(st.integers(0, 9))
            row = {
                "level": "commune",
                "code": code,
                "period": "2023",
                "breakdown": f"k={part}",
                "variable": "X",
            }
            if kind is None:
                continue
            if kind in ("secret", "missing"):
                rows.append({**row, "value": np.nan, "low": np.nan, "high": np.nan, "status": kind})
            else:
                wide = kind == "rounded"
                low, high = (max(0, value - 2), value + 2) if wide else (np.nan, np.nan)
                rows.append({**row, "value": value, "low": low, "high": high, "status": kind})
    people = {c: draw.draw(st.sampled_from([0, 1, 500])) for c in codes}
    if not rows or not sum(people.values()):
        return
    store = Store(tmp_path_factory.mktemp("plain"))
    store.write(observations.make(pd.DataFrame(rows), dataset="d", source="s", geography_year=2026), "d", "v")
    groups = pd.DataFrame(
        [(c, "epci", f"e{i % 2}") for i, c in enumerate(codes)] + [(c, "france", "FR") for c in codes],
        columns=["commune", "level", "code"],
    )
    found = (
        Data(store, groups, pd.Series(people, dtype="float64"))
        .get("d", "X")
        .set_index(["level", "code", "breakdown"])
    )
    for (level, code), members in groups.groupby(["level", "code"])["commune"]:
        inhabited = sum(people[c] for c in members)
        for part in ("k=x", "k=y"):
            here = [r for r in rows if r["code"] in set(members) and r["breakdown"] == part]
            if not here or not inhabited:
                continue
            row = found.loc[(level, code, part)]
            absent = 1 - sum(people[r["code"]] for r in here) / inhabited
            worst = max(STATUSES.index(r["status"]) for r in here)
            if absent > 0.0005:
                assert row["status"] == "missing" and np.isnan(row["value"]) and row["origin"] == "incomplete"
                continue
            known = all(not np.isnan(r["value"]) for r in here)
            if absent > 1e-9:  # some inhabitants absent, too few to hide the total
                worst = max(worst, STATUSES.index("estimated"))
            assert row["status"] == STATUSES[worst]
            rounded = any(r["status"] == "rounded" for r in here)
            if known and not (rounded and len(here) > 1):
                assert row["value"] == sum(r["value"] for r in here)
            else:
                assert np.isnan(row["value"])
            if known and rounded:
                lows = [r["value"] if np.isnan(r["low"]) else r["low"] for r in here]
                assert row["low"] == sum(lows)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 4)), min_size=3, max_size=3))
def test_bounds_of_a_sum_contain_every_possible_sum(tmp_path_factory, parts):
    rows = [
        commune(c, v, low=max(0, v - 2), high=v + 4, status="rounded")
        for c, (v, _) in zip("abc", parts, strict=True)
    ]
    row = total(world(tmp_path_factory.mktemp("w"), rows))
    possible = sum(v + shift for v, shift in parts)
    assert row["low"] <= possible <= row["high"]


# ---------------------------------------------------------------------------- flows and structures


def flow(code, partner, value, key="de", **more):
    return {"level": "commune", "code": code, "value": value, "breakdown": f"{key}={partner}", **more}


def moves(tmp_path, rows, year=2024, key="de"):
    data = travelled(tmp_path, [flow(*row, key=key) for row in rows], year, dataset="migcom")
    table = data.flows("migcom", "X", key)
    return data, table.set_index(["level", "code"])


def test_flows_of_residence(tmp_path):
    rows = [("a", "a", 50), ("a", "b", 3), ("a", "99100", 2), ("b", "c", 4), ("c", "a", 5), ("c", "c", 60),
            ("b", "b", 20), ("c", "12999", 1)]  # fmt: skip
    _, table = moves(tmp_path, rows)
    flows = ["inflow", "outflow", "stay"]
    assert table.loc[("commune", "a"), flows].tolist() == [5, 5, 50]
    # inside « e », a move from a to c is no arrival
    assert table.loc[("epci", "e"), flows].tolist() == [6, 4, 115]
    assert table.loc[("epci", "g"), flows].tolist() == [4, 3, 20]
    assert table.loc[("france", "FR"), flows].tolist() == [3, 0, 142]
    assert table["status"].eq("observed").all()


def test_flows_to_school_turn_the_other_way(tmp_path):
    rows = [("a", "a", 8), ("a", "b", 3), ("b", "c", 4), ("c", "c", 9)]
    _, table = moves(tmp_path, rows, key="vers")
    assert table.loc[("epci", "e"), ["inflow", "outflow", "stay"]].tolist() == [4, 3, 17]
    assert table.loc[("commune", "a"), ["inflow", "outflow", "stay"]].tolist() == [0, 3, 8]


def test_flows_of_a_partial_file(tmp_path):
    """The file lists who lives in « g » only: who left it for elsewhere is not known."""
    _, table = moves(tmp_path, [("b", "a", 3), ("b", "b", 20)])
    row = table.loc[("epci", "g")]
    assert (row["inflow"], row["stay"]) == (3, 20) and np.isnan(row["outflow"])
    assert (row["inflow_status"], row["outflow_status"], row["status"]) == ("observed", "missing", "observed")
    other = table.loc[("epci", "e")]
    assert other["status"] == "missing" and other[["inflow", "outflow", "stay"]].isna().all()
    assert other["origin"] == "incomplete"


def test_flows_between_former_communes(tmp_path):
    """From m to a0 in 2021: today both are a, nobody has moved."""
    _, table = moves(tmp_path, [("a0", "m", 7), ("m", "m", 1), ("a0", "a0", 2), ("c", "m", 8)], year=2021)
    assert table.loc[("commune", "a"), ["inflow", "outflow", "stay"]].tolist() == [0, 8, 10]
    assert table.loc[("commune", "b"), ["inflow", "inflow_status"]].tolist() == [2, "estimated"]


def test_flows_of_a_study_are_read_at_both_ends(tmp_path):
    rows = [("a", "a", 50), ("a", "b", 3), ("b", "a", 4), ("c", "c", 60), ("b", "b", 20)]
    data, _ = moves(tmp_path, rows)
    groups = pd.DataFrame({"commune": ["a"], "level": "secteur", "code": ["s"]})
    own = Data(data.store, groups, data.population, data.passage, communes=frozenset({"a"}))
    table = own.flows("migcom", "X", "de").set_index(["level", "code"])
    assert list(table.index) == [("secteur", "s"), ("commune", "a")]
    assert table.loc[("secteur", "s"), ["inflow", "stay"]].tolist() == [3, 50]
    assert own.flows("rien", "X", "de").empty


def test_structures_and_their_territories(tmp_path):
    rows = [
        {"level": "structure", "code": "U1", "value": 1, "breakdown": "commune=a0;nature=ecole"},
        {"level": "structure", "code": "U2", "value": 1, "breakdown": "commune=c;nature=college"},
        {"level": "structure", "code": "U3", "value": 1, "breakdown": "commune=12999;nature=ecole"},
    ]
    data = travelled(tmp_path, rows, 2022, dataset="annuaire_education")
    table = data.structures("annuaire_education")
    assert table.loc[table["structure"].eq("U1"), ["commune", "level", "code", "breakdown"]].values.tolist() == [
        ["a", "commune", "a", "nature=ecole"], ["a", "epci", "e", "nature=ecole"],
        ["a", "france", "FR", "nature=ecole"],
    ]  # fmt: skip
    assert set(table["structure"]) == {"U1", "U2"}
    assert data.unplaced[["code", "reason", "value"]].values.tolist() == [
        ["12999", "commune non renseignée", 1.0]
    ]
    pupils = [
        {"level": "structure", "code": "U2", "value": 90},
        {"level": "structure", "code": "U9", "value": 5},
    ]
    made = observations.make(
        pd.DataFrame(pupils).assign(variable="eleves", period="2024"), dataset="effectifs", source="t",
        geography_year=2024,
    )  # fmt: skip
    data.store.write(made, "effectifs", "v")
    here = data.structures("effectifs", ["eleves"])
    assert here.loc[here["level"].eq("epci"), ["structure", "code", "value"]].values.tolist() == [
        ["U2", "e", 90]
    ]
    assert data.unplaced.query("dataset == 'effectifs'")["rows"].tolist() == [1]
    assert data.structures("rien").empty


def test_means_weighted_by_population(tmp_path):
    people = [
        commune("a", 100, period="2020"),
        commune("b", 25, period="2020"),
        commune("c", 300, period="2020"),
    ]
    data = travelled(tmp_path, [commune("a", 2.0), commune("c", 4.0), commune("b", 1.0)], 2024)
    made = observations.make(
        pd.DataFrame(people).assign(variable="PMUN"), dataset="DS_POPULATIONS_REFERENCE", source="p",
        geography_year=2024,
    )  # fmt: skip
    data.store.write(made, "DS_POPULATIONS_REFERENCE", "v")
    out = population_weighted(data, data.published("d", "X")).set_index("code")
    assert out.loc["e", "value"] == (2.0 * 100 + 4.0 * 300) / 400
    assert (out.loc["e", "denominator"], out.loc["e", "sources"], out.loc["e", "status"]) == (
        400, "p+s0", "estimated",
    )  # fmt: skip
    lacking = data.published("d", "X").query("code != 'c'")
    assert "e" not in set(population_weighted(data, lacking)["code"])


def test_what_is_given_may_be_written_on(tmp_path):
    data = world(tmp_path, [commune("a", 1), commune("b", 2), commune("c", 3)])
    for frame in (data.count("d", "X"), data.get("d", "X"), data.published("d", "X")):
        frame["value"] = 0.0
    assert total(data)["value"] == 6


def test_old_variables_are_forgotten_when_memory_is_full(tmp_path, monkeypatch):
    from ctg_lib.indicators import data as module

    monkeypatch.setattr(module, "CACHED_ROWS", 5)
    data = world(tmp_path, [commune("a", 1), commune("b", 2), commune("c", 3)])
    for _ in range(3):
        assert total(data)["value"] == 6
    assert sum(len(frame) for frame in data._cache.values()) <= 8


def test_breakdowns_are_added_up(tmp_path):
    rows = [commune(c, v, breakdown=f"k={k}") for c, v, k in
            [("a", 1, 1), ("b", 2, 1), ("c", 3, 1), ("a", 10, 2), ("b", 20, 2), ("c", 30, 2)]]  # fmt: skip
    data = world(tmp_path, rows)
    out = data.count("d", "X", lambda b: b.startswith("k=")).set_index("code")
    assert out.loc[["a", "e"], "value"].tolist() == [11, 66]
    lacking = world(tmp_path / "lacking", rows[:5])
    out = lacking.count("d", "X", lambda b: b.startswith("k=")).set_index("code")
    assert out.loc["c", ["value", "status"]].isna().tolist()[0] and out.loc["c", "status"] == "missing"


def test_sources_of_groups():
    rows = pd.DataFrame({"code": ["a", "a", "b"], "period": "1", "source": ["t", "s", "s+u"]})
    assert grouped_sources(rows, ["code", "period"]).to_dict() == {("a", "1"): "s+t", ("b", "1"): "s+u"}
    assert joined_pairs(rows["source"], rows["code"]).tolist() == ["a+t", "a+s", "b+s+u"]


def counts(values, **more):
    base = {"level": "epci", "geography_year": 2026, "period": "2023", "low": np.nan, "high": np.nan,
            "status": "observed", "source": "s", "origin": "published"}  # fmt: skip
    return pd.DataFrame([{**base, "code": str(i), "value": v, **more} for i, v in enumerate(values)])


def test_rates_come_from_counts_and_zero_bases_have_none():
    out = ratio(counts([1, 0, 5]), counts([4, 0, 10]), multiplier=100, method="census")
    assert out["value"].tolist()[0] == 25
    assert np.isnan(out["value"][1])
    assert out["status"].tolist() == ["observed", "not_applicable", "observed"]


def test_a_missing_part_makes_the_rate_missing():
    out = ratio(counts([np.nan], status="missing"), counts([4]), multiplier=100, method="census")
    assert out["status"].tolist() == ["missing"]


def test_pooled_years_go_back_from_the_latest_and_never_overlap():
    rows = pd.concat([counts([v]).assign(period=str(2019 + i)) for i, v in enumerate([9, 1, 2, 3, 4, 5, 6])])
    pooled = pool_years(rows, 3).set_index("period")["value"]
    assert pooled.to_dict() == {"2020-2022": 6, "2023-2025": 15}  # 2019 alone is left out


def test_first_frame_wins_in_a_union():
    first, second = counts([1]).assign(breakdown=""), counts([2, 3]).assign(breakdown="")
    assert union(first, second)["value"].tolist() == [1, 3]


def test_sources_are_joined_once_and_sorted():
    assert join_sources(["b+a", "a", ""]) == "a+b"


def test_small_bases_and_finest_levels_are_enforced():
    rule = definition("part_65_plus")
    rows = ratio(counts([5, 50]), counts([99, 100]), multiplier=100, method="census").assign(level="commune")
    out = finish(rows, rule)
    assert out["status"].tolist() == ["below_threshold", "observed"]
    assert np.isnan(out["value"][0])
    assert out["denominator"].tolist() == [99, 100]
    assert finish(rows, definition("personnes_pauvres")).empty  # never below the EPCI


@pytest.mark.parametrize(
    ("code", "span"),
    [("Y0T4", (0, 4)), ("Y_GE95", (95, 200)), ("Y_LT20", (0, 19)), ("Y7", (7, 7)), ("Y15T64", (15, 64))],
)
def test_age_codes(code, span):
    assert age_span(code) == span


def test_age_labels_and_bands():
    assert age_label("Y0T4") == "0–4 ans"
    assert age_label("Y_GE95") == "95 ans et plus"
    assert five_year_band("Y90T94")
    assert not five_year_band("Y_GE65")
    with pytest.raises(ValueError, match="not an age code"):
        age_span("POP")


def test_ages_never_count_a_total_beside_its_parts():
    inside = ages(0)
    assert inside("age=Y0T4;sex=F")
    assert not inside("age=Y0T4")
    assert not inside("age=Y_LT20;sex=F")
    assert not inside("sex=F")


def test_every_registration_is_complete():
    for rule in iter_definitions():
        assert rule.theme in THEMES
        assert rule.definition.endswith(".")
        assert rule.references, rule.id
        assert rule.unit
        assert rule.meaningful > 0
        assert rule.finest_level in LEVELS
        assert rule.compute.__doc__, rule.id
        if rule.aggregation == "ratio" and rule.unit == "%":
            assert rule.multiplier == 100
            assert rule.min_base >= 100


def test_some_twenty_indicators_from_seven_publishers_datasets(project):
    from ctg_lib.indicators import national

    table = national.read_table(project.processed, places=[("epci", "241200906")])
    known = table[table["value"].notna() | table["lower"].notna()]
    assert known["indicator"].nunique() >= 35
    assert set(known["method"]) <= set(METHODS)
    assert len(registry()) >= 40


def test_unknown_indicator_says_which_are_alike():
    from ctg_lib.errors import BadInput

    with pytest.raises(BadInput, match="Vouliez-vous dire : taux_pauvrete"):
        definition("taux_pauvrette")


def test_published_results_keep_the_contract(project):
    from ctg_lib.indicators import national
    from ctg_lib.values import STATUSES, USABLE

    table = national.read_table(project.processed)
    assert not table.duplicated(["indicator", "breakdown", "level", "code", "period"]).any()
    assert set(table["status"]) <= set(STATUSES)
    hidden = ~table["status"].isin(USABLE)
    assert table.loc[hidden, ["value", "lower", "upper"]].isna().all(axis=None)
    both = table["value"].notna() & table["lower"].notna()
    assert (table.loc[both, "lower"] <= table.loc[both, "value"] + 1e-9).all()
    assert (table.loc[both, "value"] <= table.loc[both, "upper"] + 1e-9).all()
    assert table.loc[table["value"].notna(), "sources"].ne("").all()
    # a published percentage may be no share: taxes are negative, licences are counted where the club is
    own = [rule.id for rule in iter_definitions() if rule.unit == "%" and rule.aggregation == "ratio"]
    shares = table["indicator"].isin(own) & table["value"].notna()
    assert shares.any()
    assert table.loc[shares, "value"].between(0, 100).all()


def test_the_status_names_the_codes_without_a_territory(project, monkeypatch):
    from ctg_lib.build import national as build

    line = "d : commune non renseignée — 1 code (12999), 40 en tout pour X ; compté dans aucun territoire."
    monkeypatch.setattr(build, "_read", lambda _: {"key": "autre", "unplaced": [line]})
    assert build.freshness(project)[1:] == [
        "Indicateurs : à recalculer (ctg data build).", f"Codes sans territoire : {line}",
    ]  # fmt: skip
