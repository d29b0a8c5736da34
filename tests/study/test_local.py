"""Partners' figures over the national table: the local one wins at the study's own places, under secrecy."""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from ctg_lib import observations
from ctg_lib.indicators.registry import METHODS, RESULT_COLUMNS
from ctg_lib.observations import Store
from ctg_lib.partnership.requests import PARTNERS, Answers
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
    assert line == "Caf de l’Aveyron, fichier transmis le 15 octobre 2026 (donnée locale)"


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


NUMBERS = ["value", "lower", "upper", "numerator", "denominator"]
AGREED = "assistantes_maternelles_agreees"


def intruder(study, rows, indicator=AGREED, period="2025"):
    """Least and greatest count of each commune, from all numeric columns of communes, secteurs and EPCI."""
    communes = list(study.territory.members)
    inside = {s.code: s.members for s in study.secteurs} | {study.territory.code: communes}
    inside |= {c: [c] for c in communes}
    seen = rows[rows["indicator"].eq(indicator) & rows["period"].eq(period)]
    lines, least, most = [], [], []
    for r in seen.itertuples():
        line = [float(c in inside[r.code]) for c in communes]
        for low, high in ((r.value, r.value), (r.numerator, r.numerator), (r.lower, r.upper)):
            if low == low or high == high:
                lines.append(line)
                least.append(low if low == low else 0.0)
                most.append(high if high == high else np.inf)
        assert np.isnan(r.denominator)
    found = {}
    for i, commune in enumerate(communes):
        goal = np.eye(len(communes))[i]
        ends = []
        for sign in (1, -1):
            matrix = np.vstack([lines, -np.array(lines)])
            right = np.array([*most, *(-n for n in least)])
            kept = np.isfinite(right)
            answer = linprog(sign * goal, A_ub=matrix[kept], b_ub=right[kept] + 1e-7, bounds=(0, None))
            assert answer.status in (0, 3), answer.message
            ends.append(float(goal @ answer.x) if answer.status == 0 else np.inf)
        found[commune] = tuple(ends)
    return found


def agreed(study, counts, total):
    """Answers with these counts (None: masked) by commune and a total."""
    nan = float("nan")
    return answers(
        study,
        *(
            ("partenaire_am", "agreees", "", "commune", c, "2025", nan if n is None else n, "secret" if n is None else "observed")
            for c, n in counts.items()
        ),
        ("partenaire_am", "agreees", "", *HERE, "2025", float(total)),
    )  # fmt: skip


@pytest.mark.parametrize("masked", [0, 3, 9])
def test_small_counts_are_hidden_and_cannot_be_found_again(larzac, masked):
    """All communes are known but one; neither the total of the territory nor a secteur gives it away."""
    communes = list(larzac.territory.members)
    true = {c: 6.0 + i for i, c in enumerate(communes)} | {communes[masked]: 3.0}
    told = {c: None if c == communes[masked] else n for c, n in true.items()}
    rows = local.local_rows(larzac, agreed(larzac, told, sum(true.values())))
    total = cell(rows, AGREED, "2025")
    assert total["value"] == sum(true.values())
    found = intruder(larzac, rows)
    hidden = [
        c for c in communes if cell(rows, AGREED, "2025", ("commune", c))["status"] == "below_threshold"
    ]
    assert communes[masked] in hidden and 2 <= len(hidden) <= 4
    for c in hidden:
        least, most = found[c]
        assert least <= true[c] <= most and most - least >= 1
    assert found[communes[masked]][0] <= 1e-6 and found[communes[masked]][1] >= 5 - 1e-6


@pytest.mark.parametrize("alone", [True, False])
def test_small_communes_that_are_masked_do_not_cost_the_totals(larzac, alone):
    """As a Département answers: small communes masked, some empty, totals given, « dont en activité » too."""
    communes = list(larzac.territory.members)
    told = dict.fromkeys(communes[:4]) | {communes[4]: 9.0, communes[5]: 0.0, communes[6]: 0.0}
    given = agreed(larzac, told, 21)
    at_work = answers(
        larzac,
        ("partenaire_am", "en_activite", "", *HERE, "2025", 16.0),
        *(() if alone else (
            ("partenaire_am", "en_activite", "age=Y_GE55", *HERE, "2025", 7.0),
            ("partenaire_am", "en_activite", "age=Y_GE60", *HERE, "2025", 0.0),
            ("partenaire_rpe", "am_frequentant", "", *HERE, "2025", 11.0),
        )),
    )  # fmt: skip
    both = replace(given, observations=pd.concat([given.observations, at_work.observations]))
    rows = local.local_rows(larzac, both)
    assert cell(rows, AGREED, "2025")["value"] == 21
    assert cell(rows, "assistantes_maternelles_activite", "2025")["value"] == 16
    if not alone:
        assert cell(rows, "part_assistantes_maternelles_55_plus", "2025")["value"] == 43.75
    found = intruder(larzac, rows[rows["indicator"].eq(AGREED)])
    for c in communes[:4]:
        assert cell(rows, AGREED, "2025", ("commune", c))["status"] == "below_threshold"
        assert found[c][0] <= 1e-6 and found[c][1] >= 5 - 1e-6


def test_a_count_hidden_under_its_name_is_not_shown_beside_another_number(larzac):
    """Agreed 26, at work 23: one of the two is hidden; « per worker of the relay » would show the second."""
    for agreed_, at_work in ((26, 23), (260, 257), (9, 7)):
        rows = at_epci(
            larzac,
            ("partenaire_am", "agreees", "", "2025", agreed_),
            ("partenaire_am", "en_activite", "", "2025", at_work),
            ("partenaire_rpe", "etp", "", "2025", 1),
        )
        work = cell(rows, "assistantes_maternelles_activite", "2025")
        beside = cell(rows, "assistantes_maternelles_par_etp", "2025")
        whole = cell(rows, AGREED, "2025")
        assert np.isnan(work["value"]) or np.isnan(whole["value"])
        assert np.isnan(work["value"]) == np.isnan(beside["numerator"])


def test_hidden_communes_bear_one_word_and_their_groups_no_bounds(larzac):
    """Nobody learns which of the hidden numbers was the small one."""
    communes = list(larzac.territory.members)
    true = {c: 6.0 + i for i, c in enumerate(communes)} | {communes[0]: 3.0}
    given = agreed(larzac, {**true, communes[0]: None}, sum(true.values()))
    rows = local.local_rows(larzac, given)
    rows = rows[rows["indicator"].eq(AGREED)]
    assert set(rows["status"]) == {"observed", "below_threshold"}
    assert rows.loc[rows["status"].ne("observed"), NUMBERS].isna().all(axis=None)
    of = next(s for s in larzac.secteurs if communes[0] in s.members)
    assert cell(rows, AGREED, "2025", ("secteur", of.code))["status"] == "below_threshold"
    assert rows.loc[rows["level"].eq("secteur"), "value"].notna().any()


def at_epci(study, *rows):
    return local.local_rows(study, answers(study, *((d, v, b, *HERE, p, float(n)) for d, v, b, p, n in rows)))


def test_small_remainders_of_partners_counts_are_hidden(larzac):
    """3 younger than 55, 2 with an offer, 3 children placed, 3 without work, 2 of 3 years and over."""
    rows = at_epci(
        larzac,
        ("partenaire_am", "agreees", "", "2025", 26),
        ("partenaire_am", "en_activite", "", "2025", 23),
        ("partenaire_am", "en_activite", "age=Y_GE55", "2025", 20),
        ("partenaire_am", "en_activite", "age=Y_GE60", "2025", 18),
        ("partenaire_rpe", "am_frequentant", "", "2025", 21),
        ("partenaire_demandes", "recues", "", "2025", 30),
        ("partenaire_demandes", "sans_proposition", "", "2025", 28),
        ("partenaire_mdph", "orientations", "public=enfants", "2025", 22),
        ("partenaire_mdph", "en_attente", "public=enfants", "2025", 19),
        ("partenaire_mdph", "pch", "", "2025", 45),
        ("partenaire_mdph", "pch", "age=Y_LT20", "2025", 12),
        ("partenaire_msa", "enfants", "", "2025-12", 143),
        ("partenaire_msa", "enfants_moins_3", "", "2025-12", 141),
        ("s_ben_f", "indfoy_ndur", "", "2025-12", 398),
        ("s_ben_f", "indfoy_af", "", "2025-12", 396),
    )
    rows = rows[rows["level"].eq("epci")]
    shown = rows.set_index(["indicator", "breakdown"])["value"].dropna().to_dict()
    at_work = "assistantes_maternelles_activite"
    bands = [shown[at_work, b] for b in ("", "age=Y_GE55", "age=Y_GE60") if (at_work, b) in shown]
    bands += [shown[AGREED, ""]] if (AGREED, "") in shown else []
    assert bands and all(not 0 < abs(a - b) < 5 for a in bands for b in bands)
    assert ("demandes_accueil_sans_proposition", "") in shown
    for hidden in (
        ("part_demandes_sans_proposition", ""), ("part_assistantes_maternelles_relais", ""),
        ("orientations_mdph", "etat=attente;public=enfants"), ("ressortissants_msa", "regime=enfants_moins_3"),
        ("foyers_af", ""),
    ):  # fmt: skip
        row = cell(rows, hidden[0], "2025-12" if hidden[0][0] in "rf" else "2025", breakdown=hidden[1])
        assert row["status"] == "below_threshold" and row[NUMBERS].isna().all(), hidden
    for kept in (
        ("beneficiaires_pch_territoire", ""), ("beneficiaires_pch_territoire", "age=Y_LT20"),
        ("orientations_mdph", "etat=orientes;public=enfants"), ("ressortissants_msa", "regime=enfants"),
        ("foyers_allocataires", ""),
    ):  # fmt: skip
        assert kept in shown


def test_what_the_workbooks_nest_is_what_indicators_nest(larzac):
    """Each « dont » of the workbooks whose two figures indicators show is a pair, with its threshold."""
    from ctg_lib.partnership.requests import MEASURES
    from ctg_lib.study import nested

    by_id = {m.id: m for m in MEASURES}
    keys = {(m.dataset, m.variable, m.breakdown, *HERE, m.period(2024), 50.0) for m in MEASURES}
    found = local.affected(larzac, answers(larzac, *sorted(keys)))
    pairs = nested.pairs_of({side: figure for sides in found.values() for side, figure in sides.items()})
    told = {p.counts: p.limit for p in pairs}
    expected = {
        tuple((x.dataset, x.variable, x.breakdown) for x in (by_id[m.part_of], m)): max(m.limit, by_id[m.part_of].limit)
        for m in MEASURES if m.part_of and m.limit and by_id[m.part_of].limit
    }  # fmt: skip
    assert expected and set(expected) <= set(told)
    assert all(told[k] >= limit for k, limit in expected.items())
    requests = ("partenaire_demandes", "recues", ""), ("partenaire_demandes", "sans_proposition", "")
    assert told[requests] == 5
    assert {p.whole[1] for p in pairs if p.counts == requests} == {1}  # only a rate shows them
    assert (("partenaire_am", "agreees", ""), ("partenaire_am", "en_activite", "age=Y_GE60")) in told
    assert nested.inside() <= nested.inside([requests])


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
    assert (
        cell(rows, "beneficiaires_pch_territoire", "2025", breakdown="age=Y_LT20")["status"]
        == "below_threshold"
    )


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
    given = local.answers_of(study, local.inhabitants_of(study))
    assert given.problems == ()
    assert given.entries[0].publisher == "Caf de l’Aveyron"
    assert given.entries[0].path == "studies/241200906/partenaires/demande-caf.xlsx"
    rows = local.local_rows(study, given)
    assert cell(rows, "foyers_rsa", "2024-12")["value"] == 96


def test_a_value_without_a_commune_is_never_set_beside_a_partners(larzac, rsa, monkeypatch):
    """The Caf's exact count of the territory, open rounded counts of its communes: no « without » from both."""
    _, rows = rsa
    before = larzac.with_and_without("foyers_rsa", "12063")
    assert {"", "sans=12063"} <= set(before.loc[before["period"].eq("2024-12"), "breakdown"])
    monkeypatch.setattr(larzac, "_local_rows", rows)
    after = local.same_figures(larzac, before)
    assert set(before["period"]) - set(after["period"]) == {"2024-12", "2025-12"} & set(before["period"])
    kept = before[before["period"].isin(after["period"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(after, kept)
    monkeypatch.setattr(larzac, "_local_rows", rows.iloc[:0])
    assert local.same_figures(larzac, before) is before


def test_figures_by_service_reach_the_offer_with_their_source(project):
    from ctg_lib.study import open_study

    study = open_study("241200906-demo", project)
    services = study.partnership.table("offre", "services").set_index("id")
    source = services.loc["S13", "places_source"]
    assert source in {entry.id for entry in study.answers.entries}
    assert "Caf de l’Aveyron, fichier transmis le 22 octobre 2026" in study.source_ids_line(source)
    assert study.partnership.as_written.table("offre", "services").set_index("id").loc["S13", "places"] == 20
    assert services.loc["S13", "places"] == 24 and services.loc["S01", "places_source"] == ""


def test_a_chapter_made_of_them_is_made_again_when_they_change(copy_project):
    """Queries that a run records answer otherwise once the answer of a partner, or a day of sending, changes."""
    from ctg_lib.study import open_study

    project = copy_project()
    before = open_study("241200906-demo", project)
    first = [(q, before.replay(q)) for q in before.queries or _queries(before)]
    folder = project.studies / "241200906-demo" / "partenaires"
    (folder / "demande-caf.xlsx").unlink()
    (folder / "suivi-des-demandes.xlsx").unlink()
    after = open_study("241200906-demo", project)
    changed = {q["places"] for q, rows in first if not rows.equals(after.replay(q))}
    assert {"", "offre.services", "financement.money"} <= changed


def _queries(study):
    _ = study.partnership, study.answers
    return [{"indicators": q["indicators"], "places": q["places"]} for q in study.queries]


def test_since_when_is_said_from_the_follow_up(project, larzac):
    from ctg_lib.study import open_study
    from ctg_lib.study.extras import TO, asked_since

    said = asked_since(open_study("241200906-demo", project))
    assert said.startswith("Demandes envoyées le 28 septembre 2026 à la Caf, à la MSA")
    assert "Relances le 26 octobre 2026 à la MSA ; le 11 janvier 2027 à la MDPH, à la DSDEN, " in said
    waiting = said.split("à la mission locale.")[1]
    assert waiting.endswith(" n’ont pas encore répondu.")
    assert "La MDPH" in waiting and "la Caf" not in waiting and "France Travail" not in said
    assert asked_since(larzac) == ""
    assert list(TO) == [p.id for p in PARTNERS]


@pytest.mark.slow
def test_no_indicator_that_reads_an_answer_is_forgotten(larzac):
    from ctg_lib.partnership.requests import MEASURES

    keys = {(m.dataset, m.variable, m.breakdown, *HERE, m.period(2024), 50.0) for m in MEASURES}
    given = answers(larzac, *sorted(keys))
    assert local.affected(larzac, given) == local.affected(larzac, given, every=True)
