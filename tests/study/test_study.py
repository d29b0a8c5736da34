"""The study: what it opens, what it refuses, what it compares, what it records."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from ctg_lib import reads, shelf
from ctg_lib.errors import BadInput, CtgError
from ctg_lib.geography import load_geography
from ctg_lib.indicators.registry import registry
from ctg_lib.project import Project, find_project
from ctg_lib.study import Study, open_study
from ctg_lib.study.config import load_config
from ctg_lib.study.core import comparable_years, pick


def test_opens_by_id_code_or_name(project):
    by_id, by_name = open_study("241200906", project), open_study("Larzac et Vallées", project)
    assert by_id.id == by_name.id == "241200906"
    assert len(by_id.territory.members) == 16
    assert [s.name for s in by_id.secteurs] == ["Larzac", "Dourbie", "Sorgues", "Cernon"]
    assert str(by_id.as_of) == "2026-11-01"


def test_a_territory_without_a_folder_has_defaults(affricain):
    assert affricain.secteurs == ()
    assert not affricain.fictif
    assert affricain.as_of.year == 2026  # the latest retrieval date of the manifest


def test_references_and_peers_cross_borders(larzac):
    assert [t.code for t in larzac.references] == ["12", "76", "FR", "FHM", "FM"]
    assert "200017341" in larzac.peer_codes  # Lodévois et Larzac, Hérault, touches
    assert "241200187" in larzac.peer_codes  # Rodez Agglomération, same département
    assert "241200906" not in larzac.peer_codes


def test_unknown_territory_says_what_was_probably_meant(project):
    with pytest.raises(BadInput, match="241200906"):
        open_study("241200960", project)
    with pytest.raises(BadInput, match="Une étude porte sur une intercommunalité"):
        open_study("12063", project)
    with pytest.raises(BadInput, match="Larzac et Vallées \\(241200906\\)"):
        open_study("Larzac", project)  # a commune of Dordogne bears this name
    with pytest.raises(BadInput, match="n’appartient à aucune"):
        open_study("85113", project)  # L’Île-d’Yeu


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("territories: []", "« territories » est vide"),
        ("territories: '241200906'", "une liste entre crochets"),
        ("territories: ['241200906']\nedition: 1999", "edition"),
        ("territories: ['241200906']\nas_of: demain", "une date AAAA-MM-JJ"),
        ("territories: ['241200906']\nfictif: peut-être", "true ou false"),
        ("territories: ['241200906']\ncouleur: bleu", "champs inconnus : couleur"),
        ("territories: ['241200906']\nsecteurs: [a]", "« nom: \\[communes\\] »"),
        ("- a\n- b", "des lignes « clé: valeur »"),
        ("territories: [", "YAML illisible"),
    ],
)
def test_faults_of_study_yml_are_named(project, tmp_path, text, message):
    copy = Project(tmp_path)
    folder = copy.studies / "essai"
    folder.mkdir(parents=True)
    (folder / "study.yml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=message) as error:
        load_config(copy, "essai", load_geography(project))
    assert "study.yml" in str(error.value)


def test_secteurs_must_cover_the_territory(project, tmp_path):
    geography = load_geography(project)
    with pytest.raises(BadInput, match="communes sans secteur"):
        geography.with_secteurs({"Larzac": ["12063"]}, "241200906")


def test_several_epci_together_are_one_study(project, tmp_path):
    """Two EPCI signing together: counts are summed, rates computed again from the sums."""
    study = open_study("241200906", project)
    both = type(study)(
        study.project,
        type(study.config)(id="deux", territories=("241200906", "200067155")),
        study.geography,
        study.manifest,
    )
    assert both.place[0] == "study"
    assert both.value("population").value == 6746 + 13406
    assert both.value("naissances").status == "missing"  # unknown in one of them
    share = both.value("part_65_plus").value
    parts = [
        study.value("part_65_plus", place=("epci", c), period="2021") for c in ("241200906", "200067155")
    ]
    assert min(p.value for p in parts) < share < max(p.value for p in parts)


def test_secteurs_sum_to_the_territory(larzac):
    rows = larzac.by_secteur("enfants_0_4")
    assert rows["value"].sum() == pytest.approx(larzac.value("enfants_0_4").value)
    assert rows["name"].tolist() == ["Larzac", "Dourbie", "Sorgues", "Cernon"]


def test_every_commune_has_a_row_even_without_a_figure(affricain):
    rows = affricain.communes("enfants_0_4")
    assert len(rows) == len(affricain.territory.members)
    assert set(rows["status"]) == {"observed", "missing"}
    assert rows["unit"].eq("enfants").all()


def test_a_comparison_stays_within_one_period(larzac):
    compared = larzac.compare("part_65_plus")
    assert compared.main["code"] == "12"
    assert compared.main["period"] == compared.value.period == "2023"
    assert compared.peers_period == "2021"  # the peers are known then, and so is the territory
    assert compared.peers_known >= 20


def test_a_small_gap_has_no_word(larzac):
    compared = larzac.compare("taux_couverture")
    assert compared.reading.side == "close"
    assert compared.reading.reason == "small"
    assert 5 <= compared.peers_known <= len(larzac.peer_codes)


def test_a_pooled_period_never_stands_for_a_year(larzac):
    series = larzac.series("naissances")
    assert pick(series, None)["period"] == "2025"
    assert pick(series, "2023-2025")["value"] == 116
    assert pick(series.iloc[0:0], None) is None


def test_source_lines_say_what_was_carried_over(larzac):
    line = larzac.source_line(larzac.value("taux_couverture"))
    assert line.startswith("Cnaf, taux de couverture 2023")
    assert "valeurs reprises de" in line
    assert "(valeurs reprises)" in larzac.source_line(larzac.value("taux_couverture"), brief=True)
    local = larzac.source_line(larzac.value("places_accueil"))
    assert "donnée locale" in local
    assert "Cnaf" in local


def test_two_vintages_in_one_figure_both_show(larzac):
    compared = larzac.compare("part_65_plus")
    line = larzac.source_line(compared.value, compared.references)
    assert "RP 2023" in line
    assert "RP 2021" in line


def test_queries_are_recorded_with_hashes(project, tmp_path, monkeypatch):
    target = tmp_path / "queries.jsonl"
    monkeypatch.setenv("CTG_RECORD", str(target))
    study = open_study("241200906", project)
    study.value("population")
    study.value("population")
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    # the question, and what partners answered: a new answer makes the chapter stale
    assert sorted(line["indicators"] for line in lines) == ["answers", "population"]
    again = open_study("241200906", project)
    again.value("population")
    assert again.queries == study.queries  # same answer, same hash


def test_changing_an_answer_does_not_change_the_study(larzac):
    rows = larzac.table("population")
    rows["value"] = 0
    assert larzac.value("population").value == 6746


def test_no_table_is_said_so(project, tmp_path):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "manifest.yml").write_bytes(project.manifest.read_bytes())
    (tmp_path / "data" / "raw" / "geography").symlink_to(project.raw / "geography")
    study = open_study("241200906", tmp_path)
    with pytest.raises(CtgError, match="ctg data build"):
        study.value("population")


def test_a_folder_outside_any_project_is_said_so(tmp_path, monkeypatch):
    with pytest.raises(BadInput, match="Aucun projet trouvé"):
        find_project(tmp_path)
    monkeypatch.setenv("CTG_ROOT", str(tmp_path))
    with pytest.raises(BadInput, match="CTG_ROOT désigne"):
        find_project()


def test_export_gives_the_numbers_of_the_pages(larzac):
    rows = larzac.export()
    mine = rows[rows["code"].eq("241200906") & rows["breakdown"].eq("")].set_index(["indicator", "period"])[
        "value"
    ]
    assert mine["population", "2023"] == 6746
    assert mine["taux_couverture", "2023"] == 60.5
    assert mine["taux_pauvrete", "2021"] == 17.3
    assert set(rows["level"]) >= {"commune", "secteur", "epci", "departement", "region", "france"}


def test_unknown_chapter(larzac):
    with pytest.raises(BadInput, match="Chapitre inconnu"):
        larzac.chapter("cuisine")
    with pytest.raises(BadInput, match="n’est pas une commune"):
        larzac.with_and_without("part_65_plus", "12145")


def test_a_series_is_cut_where_its_source_changes(larzac):
    """Filosofi 2023 is a new series: not to be joined with 2021."""
    rows = larzac.series("taux_pauvrete", place=("departement", "12"))
    known = rows[rows["value"].notna()]
    before, after = known[known["period"].lt("2023")], known[known["period"].ge("2023")]
    assert len(before) and len(after)
    assert len(set(before["segment"])) == len(set(after["segment"])) == 1
    assert set(before["segment"]) != set(after["segment"])
    assert larzac.series("naissances")["segment"].eq("").all()


def test_census_years_that_overlap_are_set_apart(larzac):
    """2021, 2022 and 2023 share years of collection; 2011, 2016 and 2023 share none."""
    rows = larzac.series("indice_vieillissement")
    assert rows["period"].tolist() == ["2011", "2016", "2021", "2022", "2023"]
    together = "2011–2023"
    assert rows["segment"].tolist() == [together, together, "2021", "2022", together]
    vacant = larzac.series("part_logements_vacants")
    assert dict(zip(vacant["period"], vacant["segment"], strict=True)) == {
        "2012": "2012–2023", "2021": "2021", "2022": "2022", "2023": "2012–2023",
    }  # fmt: skip
    assert larzac.series("part_sans_diplome")["segment"].eq("").all()  # 2017 and 2023: nothing to set apart
    status = dict(zip(vacant["period"], vacant["status"], strict=True))
    assert status["2022"] == "estimated"  # computed by a third party
    assert status["2021"] == status["2023"] == "observed"


def test_comparable_years_hold_within_a_stretch():
    rows = pd.DataFrame(
        {
            "period": ["2010", "2015", "2019", "2021", "2016-2022", "2023", "2023-2025"],
            "method": ["census"] * 4 + ["computed_by_republisher", "census", "exhaustive"],
            "value": [1.0, 2, 3, float("nan"), 4, 5, 6], "lower": float("nan"),
        }
    )  # fmt: skip
    # 2023 and, before it, 2015 and 2010; 2019 alone; what is no census year or has no value is left as it is
    assert comparable_years(rows) == ["2010–2023", "2010–2023", "2019", "", "", "2010–2023", ""]
    # a new source in 2019: 2015 and 2010 before it, 2019 and 2023 after it
    years = rows[rows["period"].str.len().eq(4) & rows["value"].notna()].reset_index(drop=True)
    assert comparable_years(years, ["2019"]) == ["2010–2015", "2010–2015", "2019", "2023"]
    assert comparable_years(rows.iloc[:2]) == ["", ""]


def test_the_export_says_which_years_may_be_compared(larzac):
    rows = larzac.export()
    here = rows[rows["indicator"].eq("indice_vieillissement") & rows["code"].eq("241200906")]
    here = here[here["breakdown"].eq("")].set_index("period")["segment"]
    assert here.to_dict() == {
        "2011": "2011–2023", "2016": "2011–2023", "2021": "2021", "2022": "2022", "2023": "2011–2023",
    }  # fmt: skip
    assert rows.loc[rows["indicator"].eq("naissances"), "segment"].eq("").all()


def test_second_readings_of_every_commune_with_an_establishment(larzac):
    """La Cavalerie (barracks) and Nant (home for the elderly), not the first of the two alone."""
    found = {(r.indicator, r.breakdown, r.commune): r for r in larzac.second_readings}
    ages = found["part_75_plus", "", "12168"]
    assert (round(ages.with_place, 1), round(ages.without_place, 1), ages.heavy) == (12.0, 10.2, True)
    assert round(found["part_75_plus", "", "12063"].without_place, 1) == 16.2
    balance = found["solde_naturel", "", "12168"]
    assert (balance.period, balance.with_place, balance.without_place) == ("2023-2025", -143, -46)
    assert balance.heavy and not found["solde_naturel", "", "12063"].heavy
    rate = found["taux_solde_naturel", "", "12168"]
    assert (round(rate.with_place, 2), round(rate.without_place, 2)) == (-0.72, 0.0)
    assert not found["taux_emploi", "", "12168"].heavy
    assert {c for _, _, c in found} == {"12063", "12168"}
    rows = larzac.export()
    exported = rows.loc[rows["breakdown"].str.contains("sans="), ["indicator", "breakdown"]]
    pairs = set(exported.itertuples(index=False, name=None))
    assert {
        ("part_75_plus", "sans=12168"),
        ("solde_naturel", "sans=12168"),
        ("taux_solde_naturel", "sans=12168"),
    } <= pairs
    assert {("part_75_plus", "sans=12063"), ("part_transport_travail", "sans=12063;transport=1")} <= pairs


def test_several_indicators_at_once_give_what_one_gives(larzac):
    """The rates without a commune are computed together; each is what its own counts give."""
    from ctg_lib.indicators import national

    alone = national.compute(
        larzac.own_groups.data(larzac.own_groups.groups_without("12168")), larzac.geography, ["part_75_plus"]
    )
    together = larzac.with_and_without("part_75_plus", "12168")
    left_out = alone[alone["code"].eq("241200906")].reset_index(drop=True)
    pd.testing.assert_frame_equal(together, left_out)


def test_no_trend_of_deaths(larzac):
    """Golden: log-likelihood maximised by hand (Nelder–Mead) on the 18 counts: +0.2599 % a year; X²/df 1.0769;
    p = 0.6153 with 16 degrees of freedom."""
    found = larzac.trend("deces")
    assert (found.first, found.last, found.trend.points) == (2008, 2025, 18)
    assert 100 * (found.trend.ratio - 1) == pytest.approx(0.2599, abs=1e-3)
    assert found.trend.dispersion == pytest.approx(1.0769, abs=1e-3)
    assert found.trend.p == pytest.approx(0.6153, abs=1e-3) and not found.established


def test_a_trend_of_births(larzac):
    """Golden: statsmodels' GLM (Poisson, scale = X²/df) on the 18 counts gives −0.1266 % a year, p = 0.888."""
    found = larzac.trend("naissances")
    assert (found.first, found.last, found.trend.points) == (2008, 2025, 18)
    assert 100 * (found.trend.ratio - 1) == pytest.approx(-0.1266, abs=1e-3)
    assert found.trend.p == pytest.approx(0.888, abs=1e-3) and not found.established
    assert larzac.trend("naissances", place=("epci", "000000000")) is None
    with pytest.raises(ValueError, match="part_65_plus is not a count"):
        larzac.trend("part_65_plus")


def test_what_nobody_looks_at_is_not_noted(project: Project) -> None:
    heard, unheard = open_study("241200906", project), open_study("241200906", project)
    unheard.unheard = True
    assert unheard.table("population").equals(heard.table("population"))
    assert heard.queries and not unheard.queries


def test_what_nobody_hears_leaves_nothing_for_the_others_to_take(project: Project) -> None:
    """Else who takes it would lack the account of what it rests on."""
    with shelf.opened():
        unheard, heard = open_study("241200906", project), open_study("241200906", project)
        unheard.unheard = True
        for study in (unheard, heard):
            study._read("people", lambda asked=study: asked.table("population"))  # type: ignore[misc]
        assert "population" in {query["indicators"] for query in heard.queries} and not unheard.queries


def test_what_is_found_on_the_shelf_counts_for_whatever_rests_on_it(project: Project) -> None:
    with shelf.opened():
        first, second, third = (open_study("241200906", project) for _ in range(3))
        first._read("people", lambda: first.table("population"))
        second._read("more", lambda: second._read("people", lambda: pytest.fail("it is there")))
        third._read("more", lambda: pytest.fail("it is there"))
    assert first.queries and first.queries == second.queries == third.queries


def test_whoever_takes_the_answers_reads_the_inhabitants_they_were_checked_against(project: Project) -> None:
    """Even where whoever found them had read these before."""
    with shelf.opened():
        first, second = (open_study("241200906-demo", project) for _ in range(2))
        assert len(first.own_groups.population) and first.answers.entries
        with reads.gathered() as read:
            assert second.answers.entries == first.answers.entries
    assert ["population"] in [each["question"].get("ids") for each in read]


def test_what_is_found_of_a_study_set_otherwise_is_another_thing(project: Project) -> None:
    with shelf.opened():
        one, other = (open_study("241200906", project) for _ in range(2))
        other.config = replace(other.config, references=("31",))
        assert [t.code for t in other.references] == ["31"] != [t.code for t in one.references]
        assert len(open_study("241200906", project).references) == len(one.references)


def test_second_readings_ask_the_same_whoever_found_them(project: Project) -> None:
    alone, last = open_study("241200906", project), open_study("241200906", project)
    with reads.gathered() as own:
        _ = alone.second_readings
    with shelf.opened():
        _ = open_study("241200906", project).answers, open_study("241200906", project).second_readings
        with reads.gathered() as told:
            assert last.second_readings == alone.second_readings
    assert len(alone.queries) > 100 and last.queries == alone.queries
    assert {str(read) for read in told} == {str(read) for read in own}


def test_rows_of_own_groups_come_in_the_order_asked(larzac: Study) -> None:
    own = [("secteur", secteur.code) for secteur in larzac.secteurs]
    ids = ["taux_de_chomage", "population", "naissances"]
    ids = [i for i in ids if i in registry()]
    every = larzac.any_date(ids, [larzac.place, *own[:1]])
    for each in ids:
        alone = larzac.own_groups.rows(each)
        expected = alone[alone["code"].eq(own[0][1]) & alone["level"].eq("secteur")]
        found = every[every["indicator"].eq(each) & every["level"].eq("secteur")]
        pd.testing.assert_frame_equal(found.reset_index(drop=True), expected.reset_index(drop=True))
    inside = every[every["level"].eq("secteur")]["indicator"].unique()
    assert list(inside) == [i for i in ids if i in set(inside)] and len(inside)
