"""Figures by service that partners gave, over offre.xlsx and financement.xlsx: what is laid, kept, told."""

from datetime import date

import pandas as pd
import pytest
from conftest import build_partnership
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.partnership.books.demandes import STRUCTURES, request_book
from ctg_lib.partnership.books.measures import PAID
from ctg_lib.partnership.checks import check
from ctg_lib.partnership.money import lines as money_lines
from ctg_lib.partnership.progress import progress
from ctg_lib.partnership.structures import DIFFERENCES, OFFER, SOURCE, differences, with_answers
from ctg_lib.workbooks.reading import frame_of

AS_OF = date(2026, 11, 1)
CRECHE = {"id": "S01", "name": "Crèche Exemple", "type": "eaje", "commune": "90001", "state": "confirme"}


def given_by(partner, *lines, source="", file=""):
    """Lines of « Par structure » as an answer of that partner holds them."""
    sheet = request_book(partner, (2025,))[STRUCTURES]
    frame = frame_of(sheet, [{"row": 9 + i, **line} for i, line in enumerate(lines)])
    return frame.assign(
        partner=partner, source=source or f"src_{partner}", file=file or f"demande-{partner}.xlsx",
        sheet="Par structure",
    )  # fmt: skip


def lay(services, *structures, money=(), as_of=AS_OF):
    p = build_partnership({"offre.services": list(services), "financement.money": list(money)})
    return with_answers(p, pd.concat(structures, ignore_index=True), as_of)


def service(p, at=0):
    return p.table("offre", "services").iloc[at]


def paid(p, at=0):
    return p.table("financement", "money").iloc[at]


def told(p):
    return "\n".join(str(each) for each in p.problems)


# --- offer -----------------------------------------------------------------------------------------------


def test_an_empty_cell_is_filled_and_says_from_whom():
    p = lay([CRECHE], given_by("caf", {"service": "S01", "places": 22.0, "year": 2025.0}))
    line = service(p)
    assert (line["places"], line["places_source"]) == (22, "src_caf")
    assert line["agreement_end_source"] == "" and line["state"] == "confirme"
    assert p.problems == ()


def test_a_line_to_be_confirmed_gives_way_and_stays_to_be_confirmed():
    p = lay(
        [{**CRECHE, "state": "a_confirmer", "places": 20.0}],
        given_by("caf", {"service": "S01", "places": 22.0, "agreement_end": pd.Timestamp(2027, 12, 31)}),
    )
    line = service(p)
    assert (line["places"], line["places_source"], line["state"]) == (22, "src_caf", "a_confirmer")
    assert line["agreement_end"] == pd.Timestamp(2027, 12, 31) and p.problems == ()


def test_a_confirmed_figure_stays_and_the_difference_is_told_with_both():
    p = lay([{**CRECHE, "places": 20.0}], given_by("caf", {"service": "S01", "places": 22.0, "year": 2025.0}))
    assert (service(p)["places"], service(p)["places_source"]) == (20, "")
    problem = p.problems[0]
    assert (problem.file, problem.sheet, problem.row) == ("demande-caf.xlsx", "Par structure", 9)
    assert (problem.column, problem.severity) == ("Places agréées", "warning")
    assert problem.found == "22 (service S01, 2025)"
    assert problem.expected.startswith("20, comme offre.xlsx, feuille « Services », ligne 7 ;")
    rows = differences(
        p.as_written, given_by("caf", {"service": "S01", "places": 22.0, "year": 2025.0}), AS_OF
    )
    assert rows[["service", "field", "workbook", "partner", "source"]].to_numpy().tolist() == [
        ["S01", "places", "20", "22", "src_caf"]
    ]


def test_the_same_figure_says_nothing_and_stays_the_workbooks():
    p = lay([{**CRECHE, "places": 22.0}], given_by("caf", {"service": "S01", "places": 22.0}))
    assert p.problems == () and service(p)["places_source"] == ""


def test_activity_goes_to_the_line_of_its_year():
    lines = [{"service": "S01", "year": float(y), "hours_done": h} for y, h in ((2024, 100.0), (2025, 120.0))]
    p = lay([{**CRECHE, "year": 2024.0}], given_by("epci", *lines))
    assert (service(p)["hours_done"], service(p)["hours_done_source"]) == (100, "src_epci")
    assert p.problems == ()


def test_activity_of_another_year_is_told_and_not_mixed():
    p = lay(
        [{**CRECHE, "year": 2024.0, "users": 30.0}],
        given_by("epci", {"service": "S01", "year": 2025.0, "hours_done": 120.0}),
    )
    assert pd.isna(service(p)["hours_done"]) and service(p)["year"] == 2024
    assert "trouvé « une activité de 2025, service S01 », attendu l’année de la ligne" in told(p)


def test_activity_without_a_year_of_its_own_takes_the_newest():
    lines = [{"service": "S01", "year": float(y), "hours_done": float(y)} for y in (2024, 2025)]
    line = service(lay([CRECHE], given_by("epci", *lines)))
    assert (line["year"], line["hours_done"], line["year_source"]) == (2025, 2025, "src_epci")


def test_hours_of_a_year_that_nobody_wrote_are_not_replaced():
    p = lay(
        [{**CRECHE, "hours_done": 90.0}],
        given_by("epci", {"service": "S01", "year": 2025.0, "hours_done": 120.0}),
    )
    assert service(p)["hours_done"] == 90 and "(sans année)" in told(p)


def test_a_waiting_list_goes_with_its_date():
    october = {"service": "S01", "waiting": 9.0, "waiting_date": pd.Timestamp(2026, 10, 1)}
    line = service(lay([CRECHE], given_by("operateurs", october)))
    assert (line["waiting"], line["waiting_date"]) == (9, pd.Timestamp(2026, 10, 1))
    assert line["waiting_date_source"] == line["waiting_source"] == "src_operateurs"
    own = {**CRECHE, "waiting": 12.0, "waiting_date": pd.Timestamp(2026, 6, 1)}
    p = lay([own], given_by("operateurs", october))
    assert service(p)["waiting"] == 12 and p.problems == (), "another day is another figure"
    p = lay([{**own, "waiting_date": pd.Timestamp(2026, 10, 1)}], given_by("operateurs", october))
    assert "trouvé « 9 (service S01) », attendu 12" in told(p)


def test_a_small_count_stays_masked():
    line = service(
        lay(
            [{**CRECHE, "year": 2025.0}],
            given_by("epci", {"service": "S01", "year": 2025.0, "aeeh_masked": True}),
        )
    )
    assert pd.isna(line["aeeh"]) and line["aeeh_masked"] and line["aeeh_source"] == "src_epci"
    p = lay(
        [{**CRECHE, "year": 2025.0, "users": 40.0}],
        given_by("epci", {"service": "S01", "year": 2025.0, "users_masked": True}),
    )
    assert "trouvé « moins de 5 (service S01, 2025) », attendu 40" in told(p)


def test_of_two_partners_who_knows_best_wins_and_the_other_is_told():
    caf = given_by("caf", {"service": "S01", "year": 2025.0, "places": 22.0, "hours_done": 100.0})
    own = given_by("operateurs", {"service": "S01", "year": 2025.0, "places": 20.0, "hours_done": 110.0})
    p = lay([CRECHE], own, caf)
    line = service(p)
    assert (line["places_source"], line["hours_done_source"]) == ("src_caf", "src_operateurs")
    assert (line["places"], line["hours_done"]) == (22, 110)
    assert "demande-operateurs.xlsx" in told(p) and "22, comme demande-caf.xlsx" in told(p)
    assert "110, comme demande-operateurs.xlsx, feuille « Par structure », ligne 9" in told(p)


# --- which service ---------------------------------------------------------------------------------------


def test_a_line_without_id_is_found_by_its_name_where_only_one_bears_it():
    line = {"name": "CRECHE  exemple", "type": "eaje", "places": 22.0}
    assert service(lay([CRECHE], given_by("caf", line)))["places"] == 22
    p = lay([CRECHE, {**CRECHE, "id": "S02"}], given_by("caf", line))
    assert p.table("offre", "services")["places"].isna().all()
    assert (
        "colonne « Nom du service » : trouvé « CRECHE  exemple », attendu un service de offre.xlsx" in told(p)
    )


def test_an_unknown_id_is_told_and_not_guessed():
    p = lay([CRECHE], given_by("caf", {"service": "S09", "name": "Crèche Exemple", "places": 22.0}))
    assert pd.isna(service(p)["places"])
    assert "colonne « Identifiant » : trouvé « S09 »" in told(p)


def test_another_name_under_a_known_id_is_told():
    p = lay([CRECHE], given_by("caf", {"service": "S01", "name": "Halte-garderie", "places": 22.0}))
    assert service(p)["places"] == 22
    assert "trouvé « Halte-garderie », attendu « Crèche Exemple », le service S01" in told(p)


def test_prepared_lines_that_nobody_filled_say_nothing():
    p = lay([CRECHE], given_by("caf", {"service": "S09", "name": "Ancien service", "year": 2025.0}))
    assert p.problems == ()


def test_without_any_answer_the_workbooks_are_untouched():
    p = build_partnership({"offre.services": [CRECHE]})
    assert with_answers(p, pd.DataFrame(), AS_OF) is p and p.as_written is p
    assert list(differences(p, pd.DataFrame(), AS_OF).columns) == list(DIFFERENCES)


# --- money -----------------------------------------------------------------------------------------------

COST = {"service": "S01", "year": 2025.0, "nature": "realise", "offer": "maintenue", "cost": 100_000.0}


def test_an_empty_amount_is_filled():
    p = lay([CRECHE], given_by("caf", {"service": "S01", "year": 2025.0, "caf_ps": 40_000.0}), money=[COST])
    line = paid(p)
    assert (line["caf_ps"], line["caf_ps_source"], line["caf_bonus_source"]) == (40_000, "src_caf", "")
    assert money_lines(p)["caf_ps_source"].tolist() == ["src_caf"]


def test_an_amount_that_differs_is_told_and_the_workbooks_stays():
    p = lay(
        [CRECHE], given_by("caf", {"service": "S01", "year": 2025.0, "caf_ps": 40_000.0}),
        money=[{**COST, "caf_ps": 38_000.0}],
    )  # fmt: skip
    assert paid(p)["caf_ps"] == 38_000
    message = told(p).replace("\u202f", " ").replace("\u00a0", " ")
    assert "colonne « Caf : prestation de service (€) » : trouvé « 40 000 € (service S01, 2025) »" in message
    assert "attendu 38 000 €, comme financement.xlsx, feuille « Financement », ligne 7" in message


def test_a_recette_left_empty_beside_a_full_total_is_zero_not_unknown():
    full = {**COST, "caf_ps": 60_000.0, "epci": 40_000.0, "total": 100_000.0}
    p = lay([CRECHE], given_by("caf", {"service": "S01", "year": 2025.0, "caf_bonus": 5_000.0}), money=[full])
    assert pd.isna(paid(p)["caf_bonus"])
    assert "attendu 0" in told(p)


def test_what_financement_lacks_makes_a_line_of_its_own():
    p = lay(
        [CRECHE], given_by("caf", {"service": "S01", "year": 2024.0, "caf_ps": 40_000.0, "caf_bonus": 9_000.0}),
        given_by("msa", {"service": "S01", "year": 2024.0, "msa": 3_000.0}), money=[COST],
    )  # fmt: skip
    assert len(p.table("financement", "money")) == 2
    line = paid(p, 1)
    assert (line["row"], line["nature"], line["offer"], line["caf_ps"]) == (0, "realise", "maintenue", 40_000)
    assert (line["msa"], line["msa_source"]) == (3_000, "src_msa")
    assert pd.isna(line["cost"]) and pd.isna(line["families"])


def test_expected_and_new_amounts_are_not_those_of_a_past_year():
    planned = {**COST, "nature": "prevu"}
    p = lay(
        [CRECHE], given_by("caf", {"service": "S01", "year": 2025.0, "caf_ps": 40_000.0}), money=[planned]
    )
    assert pd.isna(paid(p, 0)["caf_ps"]) and paid(p, 1)["caf_ps"] == 40_000


@pytest.mark.parametrize(("year", "words"), [(2026.0, "pour 2026"), (float("nan"), "sans année")])
def test_amounts_of_no_year_or_of_one_that_has_not_ended_are_told(year, words):
    p = lay([CRECHE], given_by("caf", {"service": "S01", "year": year, "caf_ps": 40_000.0}))
    assert p.table("financement", "money").empty
    assert words in told(p) and "le montant d’une année achevée avant le 01/11/2026" in told(p)


def test_a_workbook_that_nobody_filled_stays_not_filled():
    p = lay([CRECHE], given_by("caf", {"service": "S01", "year": 2025.0, "caf_ps": 40_000.0}))
    assert len(p.table("financement", "money")) == 1 and not p.has("financement") and p.has("offre")


def test_checks_and_progress_speak_of_the_workbooks_alone():
    answers = given_by(
        "caf", {"service": "S01", "year": 2025.0, "caf_ps": 400_000.0, "places": 2.0, "hours_billed": 9.0}
    )
    p = lay([CRECHE], answers, money=[{**COST, "places": 22.0}])
    assert check(p, None, AS_OF) == check(p.as_written, None, AS_OF)
    pd.testing.assert_frame_equal(progress(p), progress(p.as_written))


numbers = st.one_of(st.none(), st.floats(0, 5_000).map(round).map(float))


@given(
    st.lists(
        st.fixed_dictionaries(dict.fromkeys(("places", "hours_done", "users"), numbers)),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.sampled_from(["confirme", "a_confirmer", ""]), min_size=1, max_size=3),
    st.lists(st.sampled_from([2024.0, 2025.0, float("nan")]), min_size=4, max_size=4),
)
def test_nothing_is_lost_and_nothing_confirmed_is_changed(lines, states, years):
    services = [
        {**CRECHE, "id": f"S{i}", "name": f"Service {i}", "state": state, "places": 10.0, "year": 2025.0}
        for i, state in enumerate(states)
    ]
    rows = [
        {"service": f"S{i % len(states)}", "year": year, **{k: v for k, v in line.items() if v is not None}}
        for i, (line, year) in enumerate(zip(lines, years, strict=False))
    ]
    p = lay(services, given_by("epci", *rows))
    before, after = p.as_written.table("offre", "services"), p.table("offre", "services")
    sources = [name + SOURCE for name in OFFER]
    assert after[before.columns].dtypes.equals(before.dtypes) and len(after) == len(before)
    confirmed = before["state"].eq("confirme")
    assert after.loc[confirmed, "places"].equals(before.loc[confirmed, "places"])
    for name in OFFER:
        changed = after[name].ne(before[name]) & after[name].notna()
        assert after.loc[changed, name + SOURCE].eq("src_epci").all()
    assert after[sources].isin(["", "src_epci"]).all(axis=None)
    assert p.table("financement", "money").empty and set(PAID).isdisjoint(after.columns)
