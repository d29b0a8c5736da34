"""Structural features: by hand on made-up communes, and what the real figures say of the territory."""

import numpy as np
import pandas as pd
import pytest

from ctg_lib.geography import load_geography
from ctg_lib.indicators import structure
from ctg_lib.statistics import lookalikes


def made_up() -> pd.DataFrame:
    """Three communes of one EPCI, one of another; nobody lives in ``vide``."""
    columns = list(structure.PARTS)
    rows = [
        # commune, inhabitants, under 20, 65+, 20–64, households, dwellings, second, vacant, houses, km², 2018, 2023, empty
        ("a", 1000, 200, 300, 500, 400, 800, 320, 40, 700, 50.0, 1000, 1051, False),
        ("b", 500, 100, 150, 250, 200, 300, 60, 20, 280, 30.0, 500, 475, False),
        ("caserne", 2500, 300, 200, 2000, 600, 700, 20, 40, 500, 20.0, 1000, 2500, False),
        ("vide", np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, 5.0, 0, 0, True),
        ("z", 100, 20, 30, 50, 40, 100, 50, 5, 90, 10.0, 100, 100, False),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def groups(**members: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        [(c, code) for code, every in members.items() for c in every], columns=["commune", "code"]
    )


def test_features_by_hand():
    out = structure.features(made_up(), groups(e1=["a", "b", "vide"])).loc["e1"]
    assert out["menages"] == 600
    assert out["communes"] == 3
    assert out["jeunes"] == pytest.approx(50)  # 300 for 600 households
    assert out["aines"] == pytest.approx(75)
    assert out["secondaires"] == pytest.approx(100 * 380 / 1100)
    assert out["vacants"] == pytest.approx(100 * 60 / 1100)
    assert out["maisons"] == pytest.approx(100 * 980 / 1100)
    assert out["superficie"] == 85
    assert out["densite"] == pytest.approx(600 / 85)
    # the commune in the middle holds 400 of 600 households: +1 % a year (1.01^5 = 1.0510)
    assert out["evolution"] == pytest.approx(1.0, abs=0.001)
    assert not out["garrison"]


def test_a_barracks_weighs_nothing_in_what_counts_households():
    with_it = structure.features(made_up(), groups(e=["a", "b", "caserne"])).loc["e"]
    without = made_up()
    # the same commune without the 1 220 adults beyond the usual 1.3 per household, and without its growth
    row = without["commune"].eq("caserne")
    without.loc[row, ["inhabitants", "adults_20_64", "people_end"]] = [1280, 780, 1010]
    ordinary = structure.features(without, groups(e=["a", "b", "caserne"])).loc["e"]
    for name in structure.FEATURES:
        if name != "evolution":
            assert with_it[name] == ordinary[name], name
    assert with_it["excess"] == pytest.approx(2000 - 1.3 * 600)
    assert with_it["garrison"]
    assert not ordinary["garrison"]


def test_a_missing_commune_leaves_its_territory_unknown():
    parts = made_up()
    parts.loc[1, "households"] = np.nan
    out = structure.features(parts, groups(e1=["a", "b"], e2=["z"], e3=["z", "inconnue"]))
    assert out.loc["e1", ["menages", "jeunes", "densite"]].isna().all()
    assert out.loc["e2", "menages"] == 40
    assert out.loc["e3", list(structure.FEATURES)].drop(["communes", "evolution"]).isna().all()


def test_domains_weigh_the_same():
    weights = structure.weights()
    assert sum(weights.values()) == pytest.approx(1)
    by_domain = pd.Series(weights).groupby({n: f.domain for n, f in structure.FEATURES.items()}).sum()
    assert by_domain.tolist() == pytest.approx([0.2] * 5)


def test_transformed_shares_and_sizes():
    frame = pd.DataFrame({n: [1.0] for n in structure.FEATURES}, index=["e"])
    frame["secondaires"], frame["menages"], frame["vacants"], frame["superficie"] = 50.0, np.e, 0.0, 0.0
    out = structure.transformed(frame).loc["e"]
    assert out["secondaires"] == pytest.approx(0)
    assert out["menages"] == pytest.approx(1)
    assert np.isfinite(out["vacants"])  # no vacant dwelling at all is far, not infinitely far
    assert np.isnan(out["superficie"])  # no area is not known


def test_parts_survive_writing(tmp_path):
    parts = made_up()
    parts.attrs = {"census": "2021", "years": "2018-2023", "sources": "a+b"}
    structure.write(parts, tmp_path)
    back = structure.read(tmp_path)
    pd.testing.assert_frame_equal(back, parts)
    assert back.attrs == parts.attrs
    assert structure.read(tmp_path / "absent") is None


@pytest.fixture(scope="module")
def real(project):
    parts = structure.read(project.processed)
    assert parts is not None
    membership = load_geography(project).membership()
    every = membership.loc[membership["epci"].ne(""), ["commune", "epci"]].set_axis(
        ["commune", "code"], axis=1
    )
    return structure.features(parts, every)


def test_the_real_territory(real):
    """Larzac et Vallées: 16 communes, 2 624 households (RP 2021), 40.6 % second homes; about 654 km²."""
    here = real.loc["241200906"]
    assert (here["communes"], here["menages"]) == (16, 2624)
    assert here["secondaires"] == pytest.approx(40.6, abs=0.1)
    assert here["superficie"] == pytest.approx(654, rel=0.02)
    assert here["garrison"]  # La Cavalerie


def test_nearly_all_epci_have_features(real):
    known = real[list(structure.FEATURES)].notna().all(axis=1)
    assert len(real) - known.sum() <= 8
    assert real.loc[known, "garrison"].sum() < 20


def test_real_lookalikes_are_rural_and_stable(real):
    scaled = structure.transformed(real)
    found = lookalikes.find(scaled, "241200906", 10, weights=structure.weights())
    # the neighbours that everybody would name
    assert {"200067163", "241200914", "200069151"} <= set(found.codes)
    least = lookalikes.sensitivity(scaled, "241200906", 10, weights=structure.weights())["kept"]
    assert least.min() >= 3
