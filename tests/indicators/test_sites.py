"""Where a list of sites says « none », and where it says nothing."""

import numpy as np
import pandas as pd

from ctg_lib.indicators._sites import departement_of, school_coverage, sites

KIND = "categorie=182"


def listed(code, value, level="commune", breakdown=KIND):
    return (level, code, "etablissements", breakdown, "2026", value)


def by_place(data):
    rows = sites(data, "finess", "etablissements", {KIND}.__contains__)
    return rows.set_index(["level", "code"])


def test_a_partial_list_says_nothing_of_communes_it_does_not_name(tiny):
    found = by_place(tiny({"finess": [listed("12001", 2)]}))
    assert found.loc[("commune", "12001"), "value"] == 2
    assert ("commune", "12002") not in found.index
    assert np.isnan(found.loc[("epci", "200000001"), "value"])
    assert found.loc[("epci", "200000001"), "status"] == "missing"


def test_a_zero_written_is_a_zero(tiny):
    found = by_place(tiny({"finess": [listed("12001", 2), listed("12002", 0)]}))
    assert found.loc[("epci", "200000001"), "value"] == 2
    assert found.loc[("commune", "12002"), "value"] == 0


def test_a_commune_named_for_something_else_has_none_of_this_kind(tiny):
    found = by_place(tiny({"finess": [listed("12001", 2), listed("12002", 1, breakdown="categorie=500")]}))
    assert found.loc[("commune", "12002"), "value"] == 0


def test_a_national_list_names_no_commune_without_meaning_none(tiny):
    country = [listed(f"{d:02}001", 1) for d in range(1, 96) if d not in (12, 20)]
    found = by_place(tiny({"finess": country}))
    assert found.loc[("epci", "200000001"), "value"] == 0
    assert found.loc[("epci", "200000001"), "status"] == "observed"


def test_a_published_total_wins_over_the_sum(tiny):
    rows = [listed("12001", 2), listed("12002", 0), listed("12", 5, level="departement")]
    found = by_place(tiny({"finess": rows}))
    assert found.loc[("departement", "12"), "value"] == 5


def test_a_region_is_the_sum_of_all_its_departements_or_nothing(tiny):
    data = tiny({"finess": [listed("12001", 2), listed("12002", 0), listed("12", 5, level="departement")]})
    more = pd.DataFrame({"commune": ["12001", "12002"], "level": "region", "code": "76"})
    data.groups = pd.concat([data.groups, more], ignore_index=True)
    assert by_place(data).loc[("region", "76"), "value"] == 5
    other = pd.DataFrame({"commune": ["48001"], "level": ["region"], "code": ["76"]})
    data.groups = pd.concat([data.groups, other], ignore_index=True)
    assert np.isnan(by_place(data).loc[("region", "76"), "value"])


def test_schools_are_complete_where_insee_counts_as_many(tiny):
    types = ("C107", "C108", "C109")
    bpe = [
        ("commune", c, "FACILITIES", f"facility_type={t}", "2025", n if t == "C108" else 0)
        for c, n in (("12001", 1), ("12002", 2))
        for t in types
    ]
    schools = pd.DataFrame({"commune": ["12001", "12002"], "period": "2026", "code": ["A", "B"]})
    assert school_coverage(tiny({"DS_BPE": bpe}), schools, types) == {"2026": frozenset({"12001"})}
    assert school_coverage(tiny({}), schools, types) == {"2026": frozenset()}


def test_departements_in_commune_codes():
    assert departement_of(pd.Series(["12063", "2A004", "97411"])).tolist() == ["12", "2A", "974"]
