"""Distortions of all EPCI at once: made-up communes, and La Cavalerie and Nant in the real figures."""

import pandas as pd
import pytest

from ctg_lib.geography import load_geography
from ctg_lib.indicators import distortions, national, structure
from ctg_lib.indicators.registry import definition
from ctg_lib.statistics.distortion import KINDS, carries, weighs


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
    assert not found.duplicated(["epci", "indicator", "breakdown"]).any()
    assert found["share"].le(0.5).all()


def test_the_study_says_the_same(found, larzac):
    here = found[found["epci"].eq("241200906")].set_index(["indicator", "breakdown"])
    checked, read = set(), 0
    for rule in distortions.rules():
        for breakdown in larzac.cells(rule.id):
            alone = larzac.distortion(rule.id, breakdown)
            if alone is None:
                continue
            row = here.loc[(rule.id, breakdown)]
            checked.add((rule.id, breakdown))
            assert row["place"] == alone.place, rule.id
            assert row["with_place"] == pytest.approx(alone.with_place), rule.id
            assert row["without_place"] == pytest.approx(alone.without_place), rule.id
            if row["period"] == larzac.compare(rule.id, breakdown).value.period:
                read += 1
                assert row["reference"] == pytest.approx(alone.reference), rule.id
                assert bool(row["changes_reading"]) == alone.changes_reading, rule.id
    assert {
        ("part_65_plus", ""),
        ("part_travail_hors_commune", ""),
        ("part_transport_travail", "transport=1"),
    } <= checked
    assert len(checked) >= 8 and read >= 8


def test_the_garrison_distorts_commuting_and_transport(larzac):
    """RP 2023, by hand from the file's 16 communes. Without transport: 947.0 of 3 036.6 workers, of whom 737.7 of
    1 265.3 in La Cavalerie. Away from their commune: 1 216.0, of whom 224.6 of La Cavalerie."""
    alone = larzac.distortion("part_transport_travail", "transport=1")
    assert alone.place == "12063"
    assert alone.with_place == pytest.approx(100 * 947.0 / 3036.6, abs=0.02)
    assert alone.without_place == pytest.approx(100 * 209.3 / 1771.3, abs=0.02)
    away = larzac.distortion("part_travail_hors_commune")
    assert away.place == "12063"
    assert away.with_place == pytest.approx(100 * 1216.0 / 3036.6, abs=0.02)
    assert away.without_place == pytest.approx(100 * 991.4 / 1771.3, abs=0.02)
    assert larzac.distortion("part_transport_travail") is None  # it has no total


def test_a_count_has_no_reading_to_turn(larzac):
    assert "solde_naturel" not in {rule.id for rule in distortions.rules()}
    assert larzac.distortion("solde_naturel") is None


def test_a_yearly_rate_is_read_as_a_hundred_over_the_years():
    natural, share = definition("taux_solde_naturel"), definition("part_65_plus")
    assert distortions.scale(natural, "2018-2023") == 20
    assert distortions.scale(natural, "2023") == 1
    assert distortions.scale(share, "2018-2023") == 100
    assert distortions.scale(definition("apl_generalistes"), "2024") == 1


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


def parts(**communes):
    rows = [(code, float(n), float(d)) for code, (n, d) in communes.items()]
    return pd.DataFrame(rows, columns=["code", "numerator", "denominator"])


def test_which_communes_weigh_on_a_rate():
    """40 of 200: 20 %. Without a: 10 of 150, 6.7 %; without b: 35 of 150, 23.3 %; c holds half of the base."""
    rows = parts(a=(30, 50), b=(5, 50), c=(5, 100))
    assert weighs(rows, ["a", "b"], 2) == ("a", "b")
    assert weighs(rows, ["b", "a"], 5) == ("a",)
    assert weighs(rows, ["b"], 5) == ()
    assert weighs(rows, ["c"], 2) == ("c",)  # without it: 35 of 100
    assert weighs(parts(a=(30, 50), c=(5, 100)), ["c"], 2) == ()  # more than half of the base
    assert weighs(parts(a=(30, 50)), ["a"], 2) == ()
    assert weighs(rows.replace({"numerator": {30.0: float("nan")}}), ["b"], 2) == ()


def test_which_communes_carry_a_count():
    """Nant: −97 of −143 with 1,000 of 6,746 inhabitants; a balance may be positive here and negative there."""
    rows = pd.DataFrame(
        {
            "code": ["nant", "cavalerie", "autres"],
            "value": [-97.0, 13, -59],
            "population": [1000.0, 2223, 3523],
        }
    )
    assert carries(rows, ["nant", "cavalerie"]) == ("nant",)
    assert carries(rows, ["cavalerie"]) == ()
    assert carries(rows.assign(value=[-97.0, 48, 49]), ["nant"]) == ("nant",)  # nothing in all, −97 there
    assert carries(rows.assign(value=[0.0, 0, 0]), ["nant"]) == ()
    assert carries(rows.assign(value=[-97.0, float("nan"), -59]), ["nant"]) == ()
    assert carries(rows.assign(population=[5000.0, 1000, 746]), ["nant"]) == ()  # it is the territory
