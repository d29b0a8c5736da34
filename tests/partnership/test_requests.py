"""What partners are asked, and what their answers give: cell by cell, masked, told."""

from datetime import datetime

import openpyxl
import pytest
from answered import AS_OF, COMMUNES, PLACE, YEARS, answer, heading, line, read
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.indicators.catalogue import ROWS
from ctg_lib.indicators.registry import registry
from ctg_lib.partnership.answer_cells import Spot, read_number
from ctg_lib.partnership.requests import (
    GROUPS,
    MEASURES,
    PARTNERS,
    asked_for,
    asked_of,
    groups,
    last_years,
    measures,
    partners,
    request_book,
    request_rows,
)
from ctg_lib.values import canonical_breakdown, parse_breakdown

FILE = "demande-caf.xlsx"


def only(answers, code="", year=2024):
    """The row of one figure."""
    m = measures()[code]
    rows = answers.observations
    rows = rows[
        rows["variable"].eq(m.variable)
        & rows["breakdown"].eq(m.breakdown)
        & rows["period"].eq(m.period(year))
    ]
    assert len(rows) <= 1
    return None if rows.empty else rows.iloc[0]


def told(answers):
    """Messages, one text."""
    return "\n".join(str(p) for p in answers.problems)


# --- what is asked -------------------------------------------------------------------------------------


def test_every_row_on_request_is_asked_of_someone():
    assert [row.id for row in ROWS if row.partner and not asked_for(row.id)] == []
    assert {p.id for p in asked_for("B12")} >= {"departement", "caf", "epci"}


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: m.id)
def test_every_measure_is_complete(measure):
    assert measure.partner in partners() and measure.group in groups()
    assert measure.label and measure.unit and measure.definition.endswith(".")
    assert measure.why
    assert not measure.part_of or measures()[measure.part_of].partner == measure.partner
    assert measure.breakdown == canonical_breakdown(parse_breakdown(measure.breakdown))
    assert (measure.limit > 0) == (measure.figure == "people")
    if any(word in measure.label for word in ("AEEH", "AAH", "PCH", "AESH")) and measure.figure == "people":
        assert measure.sensitive


def test_codes_are_unique_and_every_group_is_used():
    assert len(measures()) == len(MEASURES)
    assert {m.group for m in MEASURES} == {g.id for g in GROUPS}
    of_caf = [(m.dataset, m.variable, m.breakdown) for m in asked_of("caf")]
    assert len(set(of_caf)) == len(of_caf)


def test_open_approximations_bear_the_name_of_the_open_file():
    names = {(m.dataset, m.variable, m.breakdown, m.period(2024)) for m in MEASURES}
    assert ("s_ben_f", "indfoy_rsa", "", "2024-12") in names
    assert ("ndur_s_qf", "foyers", "qf=400_799", "2024-12") in names
    assert ("defm", "demandeurs_emploi", "age=Y_LT25;categorie=ABC", "2024-T4") in names
    assert ("data_caf", "ENF_3_5", "", "2024-12") in names


def test_the_years_asked_are_the_last_three_whole_ones():
    assert last_years(AS_OF) == YEARS


@pytest.mark.parametrize("partner", PARTNERS, ids=lambda p: p.id)
def test_each_workbook_has_a_line_per_figure(partner):
    book = request_book(partner.id, YEARS)
    rows = request_rows(partner.id, COMMUNES)
    assert book.id == f"demande-{partner.id}"
    assert [line["code"] for line in rows["figures"]] == [m.id for m in asked_of(partner.id)]
    assert set(rows) <= {sheet.name for sheet in book.sheets}
    local = [m for m in asked_of(partner.id) if m.by_commune]
    assert len(rows.get("communes", [])) == 3 * len(local)
    for sheet in book.sheets:
        labels = [f.label for f in sheet.fields]
        assert len(set(labels)) == len(labels) and len(sheet.title) <= 31


def test_indicators_of_partners_read_what_is_asked():
    asked = {m.dataset for m in MEASURES if m.dataset.startswith("partenaire_")}
    ours = [r for r in registry().values() if r.compute.__module__.endswith("partenaires")]
    assert len(ours) >= 20 and all(r.row for r in ours)
    assert len(asked) >= 10


# --- what is read --------------------------------------------------------------------------------------


def test_a_figure_becomes_a_local_observation_with_its_source(tmp_path):
    answer(
        tmp_path, "caf", ("caf-rsa", "2024", 96), ("caf-rsa", "2025", "1 091"), sent=datetime(2026, 10, 15)
    )
    got = read(tmp_path)
    row = only(got, "caf-rsa")
    assert (row["dataset"], row["level"], row["code"], row["value"]) == ("s_ben_f", *PLACE, 96)
    assert (row["status"], row["geography_year"]) == ("observed", 2026)
    assert only(got, "caf-rsa", 2025)["value"] == 1091
    entry = got.entries[0]
    assert entry.short == "Caf de l’Aveyron, fichier transmis le 15 octobre 2026"
    assert (entry.provenance, entry.id) == ("local", row["source"])
    assert entry.path.endswith("/partenaires/demande-caf.xlsx") and len(entry.sha256) == 64
    assert got.received.iloc[0][["partner", "figures", "used"]].tolist() == ["caf", 2, 2]
    assert got.problems == ()


def test_no_folder_no_answer(tmp_path):
    got = read(tmp_path)
    assert got.empty and got.entries == () and got.problems == ()


def test_made_up_answers_are_marked(tmp_path):
    answer(tmp_path, "caf", ("caf-rsa", "2024", 96))
    assert read(tmp_path, fictif=True).entries[0].provenance == "fictitious"
    assert read(tmp_path).entries[0].short == "Caf de l’Aveyron, fichier transmis sans date"


@pytest.mark.parametrize(
    ("code", "cell", "high"),
    [("caf-rsa", 3, 4), ("caf-rsa", "< 5", 4), ("caf-rsa", "1 à 4", 4), ("caf-rsa", "secret", 4), ("caf-aeeh", 7, 9),
     ("caf-aeeh", "< 10", 9), ("caf-aeeh", "<5", 9), ("caf-rsa", "< 11", 10)],
)  # fmt: skip
def test_small_counts_never_enter(tmp_path, code, cell, high):
    answer(tmp_path, "caf", (code, "2024", cell))
    got = read(tmp_path)
    row = only(got, code)
    assert row["status"] == "secret" and row["value"] != row["value"]
    assert row["low"] in (0, 1) and row["high"] == high
    if isinstance(cell, int):
        assert f"« {cell} »" not in told(got)
        assert "secret statistique" in told(got)


@pytest.mark.parametrize(("cell", "value"), [(0, 0), ("0", 0), (10, 10), ("12", 12)])
def test_zero_and_large_enough_counts_enter(tmp_path, cell, value):
    answer(tmp_path, "caf", ("caf-aeeh", "2024", cell))
    assert only(read(tmp_path), "caf-aeeh")["value"] == value


def test_places_hours_and_shares_are_not_masked(tmp_path):
    answer(
        tmp_path,
        "caf",
        ("caf-eaje-places", "2024", 3),
        ("caf-rpe-etp", "2024", "0,8"),
        ("caf-effort", "2024", "19,5 %"),
    )
    got = read(tmp_path)
    assert only(got, "caf-eaje-places")["value"] == 3
    assert only(got, "caf-rpe-etp")["value"] == pytest.approx(0.8)
    assert only(got, "caf-effort")["value"] == pytest.approx(19.5)


@pytest.mark.parametrize(
    ("code", "cell", "expected"),
    [
        ("caf-rsa", "une centaine", "nombre"),
        ("caf-rsa", -12, "12"),
        ("caf-rsa", 96.5, "sans virgule"),
        ("caf-rsa", "environ 90", "un seul nombre"),
        ("caf-effort", "119 %", "100"),
        ("caf-foyers", 99_999, "au plus 3761, le nombre d’habitants"),
    ],
)
def test_a_cell_that_cannot_be_used_is_told_and_left_out(tmp_path, code, cell, expected):
    answer(tmp_path, "caf", (code, "2024", cell))
    got = read(tmp_path)
    assert only(got, code) is None
    assert expected in told(got), told(got)
    assert got.problems[0].severity == "error"
    assert (got.problems[0].file, got.problems[0].sheet, got.problems[0].column) == (FILE, "Chiffres", "2024")
    assert got.problems[0].row


def test_an_unknown_code_is_told_with_the_nearest(tmp_path):
    path = answer(tmp_path, "caf", ("caf-rsa", "2024", 96))
    book = openpyxl.load_workbook(path)
    sheet = book["Chiffres"]
    sheet.cell(line(sheet, "caf-rsa"), heading(sheet)[1]["Code"]).value = "caf-rss"
    book.save(path)
    got = read(tmp_path)
    assert got.empty and "« caf-rsa » ? La ligne n’est pas lue" in told(got)


def test_another_definition_is_another_figure(tmp_path):
    answer(tmp_path, "caf", ("caf-rsa", "2024", 96), ("caf-rsa", "Définition", "Foyers au RSA socle seulement."),
           ("caf-prime", "2024", 300), ("caf-prime", "Chiffre demandé", "Prime"))  # fmt: skip
    got = read(tmp_path)
    assert only(got, "caf-rsa") is None and only(got, "caf-prime")["value"] == 300
    assert "les chiffres de la ligne ne sont pas lus" in told(got)
    assert {p.severity for p in got.problems} == {"error", "warning"}


def test_another_unit_is_refused_and_typography_is_not_an_edit(tmp_path):
    text = measures()["caf-prime"].full_definition.replace("’", "'").upper()
    answer(tmp_path, "caf", ("caf-rsa", "2024", 96), ("caf-rsa", "Unité", "personnes"), ("caf-prime", "2024", 300),
           ("caf-prime", "Définition", text))  # fmt: skip
    got = read(tmp_path)
    assert only(got, "caf-rsa") is None and only(got, "caf-prime")["value"] == 300
    assert len(got.problems) == 1 and got.problems[0].column == "Unité"


def test_years_outside_are_told_and_not_read(tmp_path):
    answer(tmp_path, "caf", ("caf-rsa", "2011", 96), ("caf-rsa", "2022", 88), years=(2011, 2022))
    got = read(tmp_path)
    assert got.observations["period"].tolist() == ["2022-12"]
    assert "une colonne 2011" in told(got) and "2016 à 2026" in told(got)


def test_of_two_files_the_newest_extraction_wins(tmp_path):
    answer(
        tmp_path,
        "caf",
        ("caf-rsa", "2024", 96),
        ("caf-rsa", "Date d’extraction", datetime(2026, 3, 2)),
        name="demande-caf-mars.xlsx",
    )
    answer(
        tmp_path,
        "caf",
        ("caf-rsa", "2024", 98),
        ("caf-rsa", "Date d’extraction", datetime(2026, 10, 2)),
        name="demande-caf-octobre.xlsx",
    )
    got = read(tmp_path)
    assert only(got, "caf-rsa")["value"] == 98
    assert [p.severity for p in got.problems] == ["warning"]
    assert "98 est retenu, l’extraction la plus récente" in told(got)
    assert got.entries[1].short == "Caf de l’Aveyron, données extraites le 2 octobre 2026"


def test_two_figures_without_a_date_are_both_refused(tmp_path):
    answer(tmp_path, "caf", ("caf-rsa", "2024", 96), name="demande-caf-1.xlsx")
    answer(tmp_path, "caf", ("caf-rsa", "2024", 98), name="demande-caf-2.xlsx")
    got = read(tmp_path)
    assert only(got, "caf-rsa") is None
    assert "deux dates d’extraction" in told(got)


def test_two_partners_may_give_the_same_figure(tmp_path):
    answer(tmp_path, "departement", ("pmi-am-activite", "2024", 17), sent=datetime(2026, 9, 1))
    answer(tmp_path, "epci", ("epci-am-activite", "2024", 18), sent=datetime(2026, 10, 1))
    assert only(read(tmp_path), "epci-am-activite")["value"] == 18


def test_the_whole_is_not_less_than_its_communes(tmp_path):
    answer(tmp_path, "departement", ("pmi-am-agreees", "2024", 12), ("pmi-am-agreees", "2024", 10, "Cavalerie"),
           ("pmi-am-agreees", "2024", "< 5", "Nant"), ("pmi-am-agreees", "2024", 7, "Cornus"))  # fmt: skip
    got = read(tmp_path)
    assert got.empty and "au moins 17, la somme des communes" in told(got)


def test_masked_communes_fit_in_a_whole(tmp_path):
    answer(tmp_path, "departement", ("pmi-am-agreees", "2024", 19), ("pmi-am-agreees", "2024", 10, "Cavalerie"),
           ("pmi-am-agreees", "2024", 3, "Nant"), ("pmi-am-agreees", "2024", 7, "Cornus"))  # fmt: skip
    got = read(tmp_path)
    assert len(got.observations) == 4
    nant = got.observations[got.observations["code"].eq("12168")].iloc[0]
    assert (nant["level"], nant["status"]) == ("commune", "secret")
    assert "12,0" not in told(got)


def test_a_whole_larger_than_all_its_communes_is_only_told(tmp_path):
    answer(tmp_path, "departement", ("pmi-am-agreees", "2024", 40), ("pmi-am-agreees", "2024", 10, "Cavalerie"),
           ("pmi-am-agreees", "2024", 6, "Nant"), ("pmi-am-agreees", "2024", 7, "Cornus"))  # fmt: skip
    got = read(tmp_path)
    assert len(got.observations) == 4 and [p.severity for p in got.problems] == ["warning"]
    assert "au plus 23, la somme des communes" in told(got)


def test_a_part_larger_than_its_whole_refuses_both(tmp_path):
    answer(tmp_path, "departement", ("pmi-am-activite", "2024", 17), ("pmi-am-55", "2024", 19))
    got = read(tmp_path)
    assert got.empty and "au plus 17 (« Assistantes maternelles en activité », ligne" in told(got)


def test_bands_are_used_together_or_not_at_all(tmp_path):
    bands = [m.id for m in asked_of("caf") if m.group == "qf"]
    answer(
        tmp_path, "caf", *((code, "2024", 40) for code in bands), *((code, "2025", 40) for code in bands[:4])
    )
    got = read(tmp_path)
    assert got.observations["period"].unique().tolist() == ["2024-12"]
    assert len(got.observations) == 12
    assert "4 lignes remplies sur 12" in told(got)


def test_an_operator_never_speaks_for_the_territory(tmp_path):
    answer(
        tmp_path, "operateurs", ("operateurs-eaje-places", "2024", 22), name="demande-operateurs-exemple.xlsx"
    )
    got = read(tmp_path)
    assert got.observations["level"].tolist() == ["structure"]
    assert got.observations["code"].tolist() == ["demande-operateurs-exemple"]


def test_a_figure_by_commune_that_was_not_asked_for_is_told(tmp_path):
    path = answer(tmp_path, "departement", ("pmi-am-agreees", "2024", 9, "Nant"))
    book = openpyxl.load_workbook(path)
    sheet = book["Par commune"]
    sheet.cell(line(sheet, "pmi-am-agreees", "Nant"), heading(sheet)[1]["Code"]).value = "pmi-am-55"
    book.save(path)
    got = read(tmp_path)
    assert got.empty and "un chiffre demandé par commune" in told(got)


def test_structures_come_back_as_a_table(tmp_path):
    path = answer(tmp_path, "caf")
    book = openpyxl.load_workbook(path)
    sheet = book["Par structure"]
    head = next(r for r in sheet.iter_rows(max_row=30) if any("Nom du service" in str(c.value) for c in r))
    names = {str(c.value).removesuffix(" *"): c.column for c in head}
    for column, value in {
        "Nom du service": "Crèche Exemple Bleue",
        "Année": 2025,
        "Bonus territoire (€)": 42000,
    }.items():
        sheet.cell(head[0].row + 1, names[column]).value = value
    book.save(path)
    rows = read(tmp_path).structures
    assert rows[["name", "year", "bonus", "partner"]].to_numpy().tolist() == [
        ["Crèche Exemple Bleue", 2025, 42000, "caf"]
    ]


def test_an_extraction_after_the_study_is_told(tmp_path):
    answer(tmp_path, "caf", ("caf-rsa", "2024", 96), ("caf-rsa", "Date d’extraction", datetime(2027, 1, 5)))
    got = read(tmp_path)
    assert only(got, "caf-rsa")["value"] == 96 and "une date jusqu’au 01/11/2026" in told(got)


def test_files_that_are_no_answers_are_told(tmp_path):
    home = tmp_path / "partenaires"
    home.mkdir()
    (home / "reponse.ods").write_bytes(b"x")
    (home / "demande-caf.xlsx").write_bytes(b"no zip")
    book = openpyxl.Workbook()
    book.save(home / "autre.xlsx")
    (home / "~$demande-caf.xlsx").write_bytes(b"lock")
    (home / "LISEZMOI.md").write_text("", encoding="utf-8")
    got = read(tmp_path)
    assert got.empty and got.entries == ()
    assert [p.file for p in got.problems] == ["autre.xlsx", "demande-caf.xlsx", "reponse.ods"]
    assert "on ne sait pas à qui" in told(got) and "illisible" in told(got) and "enregistrer" in told(got)


def test_a_renamed_file_is_recognised_by_what_it_says(tmp_path):
    answer(tmp_path, "caf", ("caf-rsa", "2024", 96), name="Retour CAF octobre.xlsx")
    got = read(tmp_path)
    assert only(got, "caf-rsa")["value"] == 96 and got.entries[0].publisher == "Caf de l’Aveyron"


@given(
    st.sampled_from(MEASURES),
    st.one_of(st.text(max_size=20), st.integers(-20, 5000).map(str), st.floats().map(str)),
)
def test_no_cell_breaks_the_reading_nor_lets_a_small_count_in(measure, text):
    number, problems = read_number(measure, text, 2024, Spot("f.xlsx", "Chiffres", 9))
    for problem in problems:
        assert str(problem)
    if number is None or number.status == "secret":
        return
    assert number.value == number.value and number.value >= 0
    if measure.limit:
        assert number.value == 0 or number.value >= measure.limit
