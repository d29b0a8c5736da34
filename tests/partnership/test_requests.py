"""What partners are asked, and what their answers give: cell by cell, masked, told."""

from datetime import datetime

import openpyxl
import pandas as pd
import pytest
from answered import AS_OF, COMMUNES, PLACE, YEARS, answer, heading, line, read
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.indicators.catalogue import PARTNERS as NAMES
from ctg_lib.indicators.catalogue import ROWS
from ctg_lib.indicators.coverage import BEYOND
from ctg_lib.indicators.registry import registry
from ctg_lib.partnership.answer_cells import Spot, read_number
from ctg_lib.partnership.books.measures import PAID
from ctg_lib.partnership.requests import (
    GROUPS,
    LOCKED_SERVICE,
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
from ctg_lib.partnership.structures import DATE_OF, OFFER
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


@pytest.mark.parametrize("row", [row for row in ROWS if not row.open], ids=lambda row: row.id)
def test_the_catalogue_names_those_who_are_asked(row):
    assert row.partners == tuple(p.id for p in asked_for(row.id))
    assert row.partner and set(row.partner.split(", ")) <= set(NAMES.values())


def test_the_catalogue_knows_the_partners_in_the_order_of_the_letters():
    assert list(NAMES) == [p.id for p in PARTNERS]


def test_what_is_asked_outside_of_the_catalogue_names_those_who_are_asked():
    named = {key for row in BEYOND.values() for key in row.partners}
    assert named == {m.partner for m in MEASURES if not m.row}


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
    assert [line["code"] for line in rows.get("figures", [])] == [m.id for m in asked_of(partner.id)]
    assert ("figures" in rows) == bool(asked_of(partner.id)) == ("figures" in {s.name for s in book.sheets})
    assert asked_of(partner.id) or partner.structures, "a letter that asks for nothing"
    assert set(rows) <= {sheet.name for sheet in book.sheets}
    local = [m for m in asked_of(partner.id) if m.by_commune]
    assert len(rows.get("communes", [])) == 3 * len(local)
    for sheet in book.sheets:
        labels = [f.label for f in sheet.fields]
        assert len(set(labels)) == len(labels) and len(sheet.title) <= 31


def test_indicators_of_partners_read_what_is_asked():
    asked = {m.dataset for m in MEASURES if m.dataset.startswith("partenaire_")}
    ours = [r for r in registry().values() if r.compute.__module__.endswith("partenaires")]
    named = {i for ids in BEYOND for i in ids}
    assert len(ours) >= 40 and all(r.row or r.id in named for r in ours)
    assert len(asked) >= 10


@pytest.mark.parametrize("partner", [p for p in PARTNERS if p.structures], ids=lambda p: p.id)
def test_all_that_is_asked_by_service_goes_into_the_offer_or_its_financing(partner):
    """A column that nothing reads would be asked for nothing."""
    fields = [f.name for f in request_book(partner.id, YEARS)["structures"].fields]
    figures = [f for f in fields if f not in (*LOCKED_SERVICE, "year", "remark")]
    assert tuple(figures) == partner.structures
    assert set(figures) <= {*OFFER, *DATE_OF.values(), *PAID}


@pytest.mark.parametrize(
    ("partner", "ids"),
    [("caf", ["S01", "S02", "S04"]), ("epci", ["S01", "S04"]), ("operateurs", ["S02", "S04"])],
)
def test_a_partner_is_asked_about_the_services_that_it_may_know(partner, ids):
    services = pd.DataFrame(
        {"id": ["S01", "S02", "S03", "S04"], "name": "Service", "type": ["rpe", "eaje", "am", "alsh"],
         "manager_type": ["epci", "association", "personne", ""]}
    )  # fmt: skip
    assert [line["service"] for line in request_rows(partner, COMMUNES, services)["structures"]] == ids


def test_lines_by_service_carry_their_id_and_the_last_year():
    services = pd.DataFrame(
        {"id": ["S01", "S02"], "name": ["Crèche", "Loisirs"], "type": ["eaje", "alsh"], "period": ["", "ete"],
         "commune": ["12063", ""], "manager": ["", "Association"], "places": [22.0, 40.0]}
    )  # fmt: skip
    assert request_rows("caf", COMMUNES, services, 2025)["structures"] == [
        {"service": "S01", "name": "Crèche", "type": "eaje", "commune": "12063", "year": 2025},
        {"service": "S02", "name": "Loisirs", "type": "alsh", "period": "ete", "manager": "Association", "year": 2025},
    ]  # fmt: skip


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
    assert got.empty and len(got.problems) == 1
    assert told(got).endswith("attendu un code du classeur envoyé (« caf-rsa » ?) ; la ligne n’est pas lue")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (None, "« Code », nécessaire ; la ligne n’est pas lue"),
        ("?", "« Code », nécessaire ; la ligne n’est pas lue"),
        ("caf-rsa ; caf-aah", "un seul identifiant ; la ligne n’est pas lue"),
        ("tout autre chose", "un code du classeur envoyé ; la ligne n’est pas lue"),
    ],
)
def test_a_line_without_its_code_is_told_once_where_it_stands(tmp_path, code, expected):
    path = answer(tmp_path, "caf", ("caf-rsa", "2024", 96))
    book = openpyxl.load_workbook(path)
    sheet = book["Chiffres"]
    sheet.cell(line(sheet, "caf-rsa"), heading(sheet)[1]["Code"]).value = code
    sheet.title = "Nos chiffres"
    book.save(path)
    got = read(tmp_path)
    about = [p for p in got.problems if p.column == "Code"]
    assert got.empty and [p.expected for p in about] == [expected], told(got)
    assert about[0].sheet == "Nos chiffres" and about[0].severity == "error"


@pytest.mark.parametrize("cell", ["NC", "n.d.", "?", "-", "non communiqué", "néant"])
def test_a_figure_said_not_to_be_known_is_told(tmp_path, cell):
    """It may stand for zero, or for a masked count: nobody must read it as one or the other in silence."""
    answer(tmp_path, "caf", ("caf-rsa", "2024", cell), ("caf-rsa", "2025", 91))
    got = read(tmp_path)
    assert only(got, "caf-rsa") is None and only(got, "caf-rsa", 2025)["value"] == 91
    assert [(p.severity, p.column) for p in got.problems] == [("warning", "2024")], told(got)
    assert f"« {cell} »" in told(got) and "lu comme non connu" in told(got)


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


def test_an_operator_is_asked_by_service_alone(tmp_path):
    """What one operator says is never that of the territory."""
    answer(tmp_path, "operateurs", name="demande-operateurs-exemple.xlsx")
    assert read(tmp_path).empty and asked_of("operateurs") == ()


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
    names = {str(c.value).removesuffix(" *").replace("\u00a0", " "): c.column for c in head}
    for column, value in {
        "Nom du service": "Crèche Exemple Bleue",
        "Année": 2025,
        "Caf : bonus territoire (€)": 42000,
        "Identifiant": "S01",
    }.items():
        sheet.cell(head[0].row + 1, names[column]).value = value
    book.save(path)
    rows = read(tmp_path).structures
    columns = ["name", "service", "year", "caf_bonus", "partner", "file", "sheet"]
    assert rows[columns].to_numpy().tolist() == [
        ["Crèche Exemple Bleue", "S01", 2025, 42000, "caf", FILE, "Par structure"]
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


@pytest.mark.parametrize(
    "name", ["chiffres-pmi.pdf", "chiffres.docx", "note.txt", "message.eml", "reponse", "notes.md"]
)
def test_a_document_among_the_answers_is_told(tmp_path, name):
    answer(tmp_path, "caf", ("caf-rsa", "2024", 96))
    (tmp_path / "partenaires" / name).write_bytes(b"x")
    got = read(tmp_path)
    assert only(got, "caf-rsa")["value"] == 96
    assert [(p.file, p.severity) for p in got.problems] == [(name, "warning")]
    assert "recopiés dans le classeur envoyé avec la lettre ; ce fichier n’est pas lu" in told(got)


def test_a_folder_among_the_answers_is_told(tmp_path):
    (tmp_path / "partenaires" / "sous").mkdir(parents=True)
    (tmp_path / "partenaires" / "sous" / "demande-msa.xlsx").write_bytes(b"x")
    got = read(tmp_path)
    assert [(p.file, p.found, p.severity) for p in got.problems] == [("sous", "un dossier", "warning")]
    assert "dans « partenaires » même ; ce dossier n’est pas lu" in told(got)


def test_what_explains_the_folder_or_belongs_to_the_system_is_not_told(tmp_path):
    home = tmp_path / "partenaires"
    home.mkdir()
    for name in ("README.md", "LISEZMOI.txt", "~$demande-caf.xlsx", ".DS_Store"):
        (home / name).write_bytes(b"x")
    assert read(tmp_path).problems == ()


def test_a_national_body_is_cited_by_its_branch(tmp_path):
    answer(tmp_path, "france_travail", sent=datetime(2026, 10, 5))
    short = "France Travail, direction territoriale de l’Aveyron, fichier transmis le 5 octobre 2026"
    assert read(tmp_path).entries[0].short == short


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
