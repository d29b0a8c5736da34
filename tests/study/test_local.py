"""Partners' figures over the national table: the local one wins at the study's own places, under secrecy."""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from ctg_lib import observations
from ctg_lib.indicators.registry import METHODS, RESULT_COLUMNS
from ctg_lib.observations import Store
from ctg_lib.partnership.requests import Answers
from ctg_lib.study import local

sys.path.insert(0, str(Path(__file__).parents[1] / "partnership"))
from answered import answer

HERE = ("epci", "241200906")
CAF = "caf_repond"


def answers(study, *rows):
    """Answers of rows (dataset, variable, breakdown, level, code, period, value[, status])."""
    columns = ["dataset", "variable", "breakdown", "level", "code", "period", "value"]
    frame = pd.DataFrame([r[:7] for r in rows], columns=columns)
    frame["status"] = [r[7] if len(r) > 7 else "observed" for r in rows]
    frame["low"] = [1.0 if s == "secret" else float("nan") for s in frame["status"]]
    frame["high"] = [4.0 if s == "secret" else float("nan") for s in frame["status"]]
    made = observations.make(frame, source=CAF, geography_year=2026)
    entry = replace(
        next(iter(study.manifest)), id=CAF, short="Caf de l’Aveyron, fichier transmis le 15 octobre 2026",
        provenance="local", carried_from="",
    )  # fmt: skip
    return Answers(made, (entry,))


def cell(rows, indicator, period, place=HERE, breakdown=""):
    chosen = rows[
        rows["indicator"].eq(indicator) & rows["period"].eq(period) & rows["breakdown"].eq(breakdown)
    ]
    chosen = chosen[chosen["level"].eq(place[0]) & chosen["code"].eq(place[1])]
    assert len(chosen) == 1, (indicator, period, len(chosen))
    return chosen.iloc[0]


@pytest.fixture(scope="module")
def rsa(larzac):
    given = answers(
        larzac,
        ("s_ben_f", "indfoy_rsa", "", *HERE, "2024-12", 96.0),
        ("s_ben_f", "indfoy_rsa", "", *HERE, "2025-12", 91.0),
    )
    return given, local.local_rows(larzac, given)


def test_a_caf_count_replaces_the_range_of_rounded_communes(larzac, rsa):
    before = larzac.row("foyers_rsa", period="2024-12")
    assert (before["lower"], before["upper"]) == (58, 144) and before["value"] != before["value"]
    _, rows = rsa
    after = cell(rows, "foyers_rsa", "2024-12")
    assert (after["value"], after["status"], after["method"]) == (96, "observed", "local")
    assert after["lower"] != after["lower"] and after["sources"] == CAF
    assert cell(rows, "foyers_rsa", "2025-12")["value"] == 91
    assert list(rows.columns) == list(RESULT_COLUMNS) and set(rows["method"]) <= set(METHODS)


def test_only_what_was_answered_is_replaced(larzac, rsa):
    _, rows = rsa
    national = larzac.table("foyers_rsa", [HERE])
    merged = local.overlay(national, local.asked(rows, ["foyers_rsa"], [HERE]))
    assert merged["period"].sort_values().tolist() == [
        "2020-12",
        "2021-12",
        "2022-12",
        "2023-12",
        "2024-12",
        "2025-12",
    ]
    assert cell(merged, "foyers_rsa", "2023-12")["method"] == "rounding"
    assert cell(merged, "foyers_rsa", "2024-12")["value"] == 96
    assert local.overlay(national, rows.iloc[:0]) is national


def test_communes_and_secteurs_keep_their_ranges(rsa):
    _, rows = rsa
    secteurs = rows[rows["level"].eq("secteur") & rows["period"].eq("2024-12")]
    assert len(secteurs) == 4 and secteurs["value"].isna().all()
    assert secteurs["lower"].sum() == 58 and secteurs["upper"].sum() == 144


def test_the_source_line_names_the_partner(larzac, rsa):
    from ctg_lib.display.sources import source_line

    given, rows = rsa
    known = local.sources_of(larzac, given)
    assert len(known) == len(larzac.manifest) + 1
    line = source_line(known, [cell(rows, "foyers_rsa", "2024-12")["sources"]])
    assert line == "Caf de l’Aveyron, fichier transmis le 15 octobre 2026 (dont donnée locale)"


def test_a_rate_takes_the_exact_count(larzac):
    given = answers(larzac, ("s_ben_f", "indnbp_ndur", "", *HERE, "2024-12", 2700.0))
    rows = local.local_rows(larzac, given)
    share = cell(rows, "part_population_couverte", "2024-12")
    assert share["numerator"] == 2700 and share["value"] == pytest.approx(100 * 2700 / share["denominator"])
    assert share["lower"] != share["lower"] and share["method"] == "local"
    assert CAF in share["sources"].split("+") and len(share["sources"].split("+")) == 2
    assert set(rows["indicator"]) >= {"personnes_couvertes", "part_population_couverte"}


def test_what_partners_alone_know_is_computed(larzac):
    given = answers(
        larzac,
        ("partenaire_am", "en_activite", "", *HERE, "2025", 17.0),
        ("partenaire_am", "en_activite", "age=Y_GE55", *HERE, "2025", 7.0),
        ("partenaire_am", "places", "", *HERE, "2025", 51.0),
        ("partenaire_rpe", "etp", "", *HERE, "2025", 0.5),
        ("partenaire_alsh", "places", "age=Y_LT6;periode=ete", *HERE, "2025", 24.0),
        ("partenaire_alsh", "places", "age=Y_GE6;periode=ete", *HERE, "2025", 36.0),
        ("partenaire_dependance", "reference", "", *HERE, "2025-12", 600.0),
        ("partenaire_dependance", "dependants", "dependance=50", *HERE, "2025-12", 150.0),
    )
    rows = local.local_rows(larzac, given)
    assert cell(rows, "part_assistantes_maternelles_55_plus", "2025")["value"] == pytest.approx(700 / 17)
    assert cell(rows, "assistantes_maternelles_par_etp", "2025")["value"] == 34
    leaving = cell(rows, "places_departs_assistantes_maternelles", "2025")
    assert leaving["value"] == pytest.approx(21) and leaving["status"] == "estimated"
    assert cell(rows, "places_alsh", "2025", breakdown="periode=ete")["value"] == 60
    hundred = cell(rows, "places_alsh_100_enfants", "2025", breakdown="periode=ete")
    assert hundred["status"] == "estimated" and 5 < hundred["value"] < 15
    assert cell(rows, "part_allocataires_dependants", "2025-12", breakdown="dependance=50")["value"] == 25


def test_small_counts_are_hidden_and_cannot_be_found_again(larzac):
    """All communes are known but one; the total of the territory would give it away."""
    communes = list(larzac.territory.members)
    given = answers(
        larzac,
        *(
            ("partenaire_am", "agreees", "", "commune", c, "2025", 6.0 + i)
            for i, c in enumerate(communes[1:])
        ),
        ("partenaire_am", "agreees", "", "commune", communes[0], "2025", float("nan"), "secret"),
        ("partenaire_am", "agreees", "", *HERE, "2025", float(sum(6 + i for i in range(15)) + 3)),
    )
    rows = local.local_rows(larzac, given)
    shown = rows[rows["level"].eq("commune") & rows["value"].notna()]
    total = cell(rows, "assistantes_maternelles_agreees", "2025")
    assert total["value"] == total["value"]
    assert communes[0] not in set(shown["code"]) and len(shown) <= 14
    secteurs = rows[rows["level"].eq("secteur") & rows["value"].notna()]
    for secteur in larzac.secteurs:
        hidden = [c for c in secteur.members if c not in set(shown["code"])]
        assert secteur.code not in set(secteurs["code"]) or len(hidden) != 1


def test_sensitive_counts_need_ten(larzac):
    given = answers(
        larzac,
        ("s_ben_f", "indben_aeeh", "", *HERE, "2025-12", 9.0),
        ("s_ben_f", "indben_aah", "", *HERE, "2025-12", 62.0),
        ("partenaire_mdph", "pch", "", *HERE, "2025", 25.0),
        ("partenaire_mdph", "pch", "age=Y_LT20", *HERE, "2025", float("nan"), "secret"),
    )
    rows = local.local_rows(larzac, given)
    hidden = cell(rows, "beneficiaires_aeeh", "2025-12")
    assert hidden["status"] == "below_threshold" and hidden[["value", "lower", "numerator"]].isna().all()
    assert cell(rows, "beneficiaires_aah", "2025-12")["value"] == 62
    assert cell(rows, "beneficiaires_pch_territoire", "2025")["value"] == 25
    assert cell(rows, "beneficiaires_pch_territoire", "2025", breakdown="age=Y_LT20")["status"] == "secret"


def test_no_answer_no_row(larzac):
    assert local.local_rows(larzac, Answers(observations.empty())).empty


def test_local_observations_win_in_the_store(tmp_path, larzac):
    base = Store(tmp_path)
    frame = pd.DataFrame(
        {"variable": ["v", "v"], "level": "epci", "code": ["1", "2"], "period": "2024", "value": [5.0, 6.0]}
    )
    base.write(observations.make(frame, dataset="d", source="ouvert", geography_year=2026), "d", "2024")
    mine = observations.make(
        frame.iloc[:1].assign(value=4.0), dataset="d", source="local", geography_year=2026
    )
    store = local.LocalStore(base, mine)
    assert store.datasets() == ["d"]
    assert store.read("d").set_index("code")["value"].to_dict() == {"1": 4.0, "2": 6.0}
    assert store.read("d", codes=["2"], columns=["value"])["value"].tolist() == [6.0]
    assert store.read("d", variables=["autre"]).empty and store.read("ailleurs").empty
    assert store.read("d", codes=["1"], periods=["2024"], levels=["epci"])["source"].tolist() == ["local"]


def test_the_folder_of_a_study_is_read(copy_project):
    from ctg_lib.study import open_study

    project = copy_project()
    folder = project.studies / "241200906"
    answer(folder, "caf", ("caf-rsa", "2024", 96), sent=datetime(2026, 10, 15))
    study = open_study("241200906", project)
    given = local.answers_of(study)
    assert given.problems == ()
    assert given.entries[0].publisher == "Caf de l’Aveyron"
    assert given.entries[0].path == "studies/241200906/partenaires/demande-caf.xlsx"
    rows = local.local_rows(study, given)
    assert cell(rows, "foyers_rsa", "2024-12")["value"] == 96


@pytest.mark.slow
def test_no_indicator_that_reads_an_answer_is_forgotten(larzac):
    from ctg_lib.partnership.requests import MEASURES

    keys = {(m.dataset, m.variable, m.breakdown, *HERE, m.period(2024), 50.0) for m in MEASURES}
    given = answers(larzac, *sorted(keys))
    assert local.affected(larzac, given) == local.affected(larzac, given, every=True)
