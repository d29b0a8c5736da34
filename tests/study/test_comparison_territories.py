"""Look-alikes and ranks in a study: what is compared, what may be set, what is said."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from ctg_lib.errors import BadInput
from ctg_lib.geography import load_geography
from ctg_lib.indicators.structure import FEATURES
from ctg_lib.project import Project
from ctg_lib.study.comparison import among, rank_among, reference_rows
from ctg_lib.study.config import load_config


def with_config(study, **changes):
    return type(study)(study.project, replace(study.config, **changes), study.geography, study.manifest)


def test_lookalikes_of_the_real_territory(larzac):
    rows = larzac.lookalikes
    assert len(rows) == 10
    assert rows["distance"].is_monotonic_increasing
    assert rows["name"].iloc[0] == "Monts, Rance et Rougier"
    assert "241200906" not in set(rows["code"])
    assert set(rows["farthest"]) <= set(FEATURES)
    assert rows["closest"].str.split().map(len).eq(3).all()


def test_lookalikes_without_heavy_establishments(larzac):
    found = larzac.find_lookalikes(garrisons=False)
    assert not larzac.structure.loc[list(found.codes), "garrison"].any()
    assert larzac.structure.loc["241200906", "garrison"]  # the territory itself has one


def test_sensitivity_is_told(larzac):
    out = larzac.lookalikes_sensitivity()
    assert out["feature"].tolist() == list(FEATURES)
    assert out["weight"].sum() == pytest.approx(1)
    assert out["kept"].between(0, 10).all()


def test_comparison_gives_both_medians_for_shared_periods(larzac):
    compared = larzac.compare("part_65_plus")
    assert compared.lookalikes_known == 10
    assert compared.lookalikes_median == pytest.approx(compared.lookalikes["value"].median())
    assert compared.peers_known >= 20
    assert compared.peers_period == compared.lookalikes_period == "2021"
    assert compared.lookalikes_above == 10  # the garrison makes the territory look young
    assert set(compared.lookalikes["code"]) <= set(larzac.lookalikes["code"])


def test_a_median_needs_five(larzac):
    few = with_config(larzac, lookalikes=3).compare("part_65_plus")
    assert few.lookalikes_known == 3
    assert math.isnan(few.lookalikes_median)


def test_rank_among_all_epci(larzac):
    rank = larzac.rank("part_65_plus")
    assert rank.period == "2021"
    assert rank.known > 1200
    assert 1 <= rank.rank <= rank.known
    assert 0 <= rank.share_below <= 1
    every = larzac._official(["part_65_plus"], [("epci", c) for c in larzac.geography.codes("epci")])
    every = every[every["period"].eq("2021") & every["breakdown"].eq("")]
    mine = every.loc[every["code"].eq("241200906"), "value"].iloc[0]
    assert rank.rank == 1 + int((every["value"] > mine).sum())


def test_rows_kept_in_memory_are_those_of_the_file(larzac):
    from ctg_lib.indicators import national

    ids = ["part_65_plus", "population", "naissances"]
    places = [larzac.place, ("commune", "12063"), ("departement", "12"), ("epci", "241200187")]
    ours = larzac._official(ids, places)
    theirs = national.read_table(larzac.project.processed, ids=ids, places=places)
    by = ["indicator", "level", "code", "breakdown", "period"]
    pd.testing.assert_frame_equal(
        ours.sort_values(by, ignore_index=True), theirs.sort_values(by, ignore_index=True)
    )


def test_what_is_left_out_on_demand(larzac):
    first = larzac.lookalikes["code"].iloc[0]
    study = with_config(larzac, exclude=(first,), lookalikes=5)
    assert first not in set(study.lookalikes["code"])
    assert len(study.lookalikes) == 5


def test_no_lookalikes_is_a_choice(larzac):
    study = with_config(larzac, lookalikes=0)
    assert study.lookalikes.empty
    assert study.find_lookalikes() is None
    assert study.compare("part_65_plus").lookalikes_known == 0
    absent = study.chapter("population").territoires_semblables()
    assert "l’étude n’en demande pas" in absent.reason


def test_the_query_is_recorded(larzac):
    study = with_config(larzac)
    _ = study.lookalikes
    assert any(q["indicators"] == "lookalikes" for q in study.queries)


def test_several_epci_together_have_lookalikes(larzac):
    study = with_config(larzac, id="deux", territories=("241200906", "200067163"), secteurs={})
    assert len(study.lookalikes) == 10
    assert not {"241200906", "200067163"} & set(study.lookalikes["code"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("comparison: 10", "« lookalikes: 10 » et « exclude: \\[codes\\] »"),
        ("comparison: {semblables: 10}", "« lookalikes: 10 » et « exclude: \\[codes\\] »"),
        ("comparison: {lookalikes: dix}", "un nombre entier de 0 à 30"),
        ("comparison: {lookalikes: 400}", "un nombre entier de 0 à 30"),
        ("comparison: {lookalikes: true}", "un nombre entier de 0 à 30"),
        ("comparison: {exclude: '241200914'}", "une liste entre crochets"),
        ("comparison: {exclude: [12063]}", "des SIREN d’intercommunalités"),
    ],
)
def test_faults_of_study_yml_are_named(project, tmp_path, text, message):
    folder = Project(tmp_path).studies / "essai"
    folder.mkdir(parents=True)
    (folder / "study.yml").write_text(f"territories: ['241200906']\n{text}", encoding="utf-8")
    with pytest.raises(BadInput, match=message) as error:
        load_config(Project(tmp_path), "essai", load_geography(project))
    assert "study.yml" in str(error.value)


def test_settings_are_read(project, tmp_path):
    folder = Project(tmp_path).studies / "essai"
    folder.mkdir(parents=True)
    text = "territories: ['241200906']\ncomparison: {lookalikes: 8, exclude: ['241200914']}"
    (folder / "study.yml").write_text(text, encoding="utf-8")
    config = load_config(Project(tmp_path), "essai", load_geography(project))
    assert (config.lookalikes, config.exclude) == (8, ("241200914",))


def test_the_chart_has_one_row_for_each_median(larzac):
    chapter = larzac.chapter("population")
    frame = chapter.comparison_frame(larzac.compare("part_65_plus"))
    medians = frame[frame["median"]]
    assert medians["name"].tolist()[1] == "Médiane de 10 territoires semblables"
    assert len(medians) == 2
    assert not medians["highlight"].any()


def test_a_median_of_another_year_stands_beside_the_territorys_own_value(larzac):
    """65 and over: 25.2 % in 2023 here, medians of 2021, when it was 24.9 % (RP 2021, base infracommunale)."""
    chapter = larzac.chapter("population")
    frame = chapter.comparison_frame(larzac.compare("part_65_plus"))
    own = frame[frame["name"].str.startswith("Larzac et Vallées")]
    assert own["period"].tolist() == ["2023", "2021"]
    assert own["value"].round(1).tolist() == [25.2, 24.9]
    after = frame["median"].idxmax()  # the first median
    assert after == own.index[1] + 1 and frame.loc[after, "period"] == "2021"
    shares = chapter.tableau().frame.set_index("indicateur")
    words = shares.loc["Part des 65 ans et plus", "Voisines (médiane)"].replace("\u202f", " ")
    assert words == "30 % (2021, ici 25 %)"
    # of the same year: no second value
    same = shares.loc["Taux de pauvreté", "Voisines (médiane)"]
    assert "ici" not in same
    coverage = larzac.compare("taux_couverture")
    assert coverage.peers_period == coverage.value.period
    names = chapter.comparison_frame(coverage)["name"]
    assert names.str.startswith("Larzac et Vallées").sum() == 1


def test_the_table_says_why_and_how(larzac):
    table = larzac.chapter("population").territoires_semblables()
    text = " ".join(table.notes)
    assert "Chaque domaine pèse un cinquième" in text
    assert "celle qui compte le plus" in text
    assert "une caserne, une prison ou un établissement n’y pèse rien" in text
    assert table.frame["nom"].tolist() == larzac.lookalikes["name"].tolist()
    assert table.source


def test_recorded_queries_can_be_asked_again(larzac):
    """What decides whether a chapter is still valid: the same question gets the same answer."""
    from ctg_lib.observations import content_hash
    from ctg_lib.study.extras import study_coverage

    study = with_config(larzac)
    study.compare("part_65_plus")
    study.rank("part_65_plus")
    study.with_and_without("part_65_plus", "12063")
    study.table([], [study.place])  # a chapter on themes of which no partner could answer
    study_coverage(study)
    kinds = {q["indicators"] for q in study.queries} | {key for q in study.queries for key in q}
    assert {"lookalikes", "rank", "holdings"} <= kinds
    assert any(q["places"] == "structures" for q in study.queries)
    again = with_config(larzac)
    for query in study.queries:
        answer = again.replay(query)
        assert content_hash(answer) == query["answer"], query
        assert "sources" in answer or query["indicators"] in ("holdings", "answers")


def test_places_that_distort_together(larzac):
    """Without La Cavalerie alone 33.7 % are 65 and over; whatever else is left out, the reading moves on."""
    codes, whole, rest = larzac.distortion_together("part_65_plus")
    assert codes[0] == "12063"
    assert whole == pytest.approx(25.2, abs=0.06)
    assert rest >= 33.7 - 0.06
    assert larzac.distortion_together("population")[0] == ()


def values(*rows):
    """``code, period, value`` of EPCI."""
    return pd.DataFrame(list(rows), columns=["code", "period", "value"])


def test_the_period_is_the_latest_that_most_share_with_the_territory():
    rows = values(
        ("me", "2021", 5.0), ("me", "2022", 6.0), ("a", "2021", 1.0), ("b", "2021", 9.0), ("a", "2022", 2.0),
        ("b", "2022", 7.0), ("a", "2023", 3.0), ("b", "2023", 8.0), ("c", "2023", 4.0), ("d", "2022", 1.0),
    )  # fmt: skip
    shared, period, mine = among(rows, "me", ["a", "b", "c"])
    assert (period, mine, shared["code"].tolist()) == ("2022", 6.0, ["b", "a"])  # 2023 is not the territory's
    assert among(rows, "me", ["c"])[1] == "" and math.isnan(among(rows, "me", ["c"])[2])
    assert among(rows, "you", ["a", "b"])[0].empty


def test_ties_share_the_better_rank():
    others = values(("a", "2022", 7.0), ("b", "2022", 6.0), ("c", "2022", 6.0), ("d", "2022", 1.0))
    found = rank_among(others, "2022", 6.0)
    assert (found.rank, found.known, found.period, found.share_below) == (2, 5, "2022", 0.25)
    assert rank_among(others.iloc[:0], "", math.nan) is None


def test_one_france_is_kept_that_of_the_territorys_period(larzac):
    rows = larzac.table("part_65_plus")
    rows = rows[rows["breakdown"].eq("") & rows["level"].isin(["departement", "region", "france"])]
    older = reference_rows(rows, larzac.references, "2023").set_index("level")
    assert older.loc["france", ["code", "period"]].tolist() == ["FHM", "2021"]  # none is known for 2023
    then = rows["code"].eq("FM") & rows["period"].eq("2023")
    now = rows.assign(value=rows["value"].mask(then, 21.0), status=rows["status"].mask(then, "observed"))
    newer = reference_rows(now, larzac.references, "2023").set_index("level")
    assert newer.loc["france", ["code", "period"]].tolist() == ["FM", "2023"]
    assert newer.loc["departement", "period"] == "2023" and newer.loc["region", "period"] == "2021"
    assert reference_rows(rows.iloc[:0], larzac.references, "2023").empty
    nobody = rows.assign(status="secret", value=float("nan"), lower=float("nan"))
    assert reference_rows(nobody, larzac.references, "2023").empty
