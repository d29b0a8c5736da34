"""Distortions of all EPCI at once: made-up communes, and La Cavalerie and Nant in the real figures."""

import pandas as pd
import pytest

from ctg_lib.geography import load_geography
from ctg_lib.indicators import distortions, national, structure
from ctg_lib.statistics.distortion import KINDS


@pytest.fixture(scope="module")
def table(project):
    ids = [d.id for d in distortions.rules()]
    return national.read_table(project.processed, ids=[*ids, "population", "population_par_age", "deces"])


@pytest.fixture(scope="module")
def geography(project):
    return load_geography(project)


@pytest.fixture(scope="module")
def found(table, geography):
    return distortions.national_distortions(table, geography)


def test_la_cavalerie_turns_the_reading(found):
    """RP 2023: 65 and over 25.2 % with, 33.7 % without, 28.6 % in Aveyron; no diploma 28.9 / 16.9 / 19.0 %."""
    here = found[found["epci"].eq("241200906")].set_index("indicator")
    for indicator, values in {
        "part_65_plus": (25.2, 33.7, 28.6),
        "part_sans_diplome": (28.9, 16.9, 19.0),
    }.items():
        row = here.loc[indicator]
        assert row["place"] == "12063"
        assert (row["with_place"], row["without_place"], row["reference"]) == pytest.approx(values, abs=0.06)
        assert row["opposite"]


def test_many_territories_are_looked_at(found):
    assert found["epci"].nunique() > 100
    assert not found.duplicated(["epci", "indicator"]).any()
    assert found["share"].le(0.5).all()


def test_the_study_says_the_same(found, larzac):
    here = found[found["epci"].eq("241200906")].set_index("indicator")
    for rule in distortions.rules():
        alone = larzac.distortion(rule.id)
        if alone is None:
            continue
        row = here.loc[rule.id]
        assert row["place"] == alone.place, rule.id
        assert row["with_place"] == pytest.approx(alone.with_place), rule.id
        assert row["without_place"] == pytest.approx(alone.without_place), rule.id
        if row["period"] == larzac.compare(rule.id).value.period:
            assert row["reference"] == pytest.approx(alone.reference), rule.id
            assert bool(row["changes_reading"]) == alone.changes_reading, rule.id


def test_an_incomplete_territory_has_no_distortion(table, geography):
    absent = table["code"].eq("12168") & table["level"].eq("commune") & table["indicator"].eq("part_65_plus")
    found = distortions.national_distortions(table[~absent], geography)
    rows = found[found["epci"].eq("241200906") & found["indicator"].eq("part_65_plus")]
    assert rows.empty
    assert distortions.national_distortions(table.iloc[:0], geography).empty


def test_kinds_of_the_real_communes(larzac):
    """La Cavalerie: 1,017 men aged 20–39 against 154 women (RP 2023). Nant: more than half the deaths."""
    found = larzac.establishments.set_index("code")
    assert found["kind"].to_dict() == {"12063": "army", "12168": "ehpad"}
    assert found.loc["12063", "count"] == pytest.approx(1017, abs=0.5)
    assert found.loc["12063", "other"] == pytest.approx(154, abs=0.5)
    assert found.loc["12168", "ratio"] > 2.5
    assert larzac.establishment("12063") == "army"
    assert larzac.establishment("12063", dwellings=True) == ""
    assert KINDS[larzac.establishment("12082")] == "non établi"


def test_known_establishments_of_the_country_are_seen(table, geography, project):
    """By households and adults alone: two prisons, two barracks, an air base (public knowledge, 2021)."""
    membership = geography.membership()
    every = membership.loc[membership["epci"].ne(""), ["commune", "epci"]].set_axis(
        ["commune", "code"], axis=1
    )
    found = distortions.establishments(table, every, structure.read(project.processed))
    adults = set(found.loc[found["kind"].isin(["adults", "army", "prison"]), "code"])
    # Fleury-Mérogis, Joux-la-Ville; Mailly-le-Camp, Saint-Christol; Avord
    assert {"91235", "89208", "10216", "84107", "18018", "12063"} <= adults
    assert len(adults) < 80


def test_profiles_use_what_is_known():
    rows = pd.DataFrame(
        {
            "indicator": "population_par_age", "level": "commune", "code": "a", "period": "2023", "status": "observed",
            "breakdown": ["age=Y20T24;sex=M", "age=Y35T39;sex=M", "age=Y20T24;sex=F", "age=Y75T79;sex=F", "age=Y15T19;sex=M"],
            "value": [30.0, 20, 10, 5, 7],
        }
    )  # fmt: skip
    out = distortions.profiles(rows, pd.DataFrame({"commune": ["a", "b"], "code": "g"})).set_index("code")
    assert out.loc["a", ["population", "men_20_39", "women_20_39", "over_75", "teens"]].tolist() == [
        72,
        50,
        10,
        5,
        7,
    ]
    assert out.loc["b"].drop("group").isna().all()
    assert "deaths" not in out
