"""The letters to partners, and what is written beside them: read back as their recipient would."""

import io
import re
from dataclasses import replace
from datetime import datetime

import docx
import openpyxl
import pytest

from ctg_lib.display.typography import NBSP, THIN
from ctg_lib.documents.letters import BANNER, COURTESY, TEMPLATE, addressee, bodies, letter_bytes
from ctg_lib.documents.requests import LETTER, book_bytes, follow_up_bytes, write_requests
from ctg_lib.partnership.books.suivi import FILE
from ctg_lib.partnership.follow_up import read
from ctg_lib.partnership.requests import (
    FOLDER,
    LOCKED,
    LOCKED_SERVICE,
    PARTNERS,
    asked_of,
    groups,
    partners,
    request_book,
)

YEARS = (2023, 2024, 2025)


def text_of(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    lines = [p.text for p in document.paragraphs]
    lines += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(lines)


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(THIN, " ")


@pytest.mark.parametrize("partner", PARTNERS, ids=lambda p: p.id)
def test_each_letter_says_what_its_reader_needs(larzac, partner):
    text = plain(text_of(letter_bytes(larzac, partner.id)))
    for words in (
        "Communauté de communes Larzac et Vallées", "convention territoriale globale", f"demande-{partner.id}.xlsx",
        "Petits nombres", "« < 5 »", "Protection des données", "[date limite : à compléter]", "2023, 2024 et 2025",
        "16 communes, SIREN 241200906", "aucun nom", "[Fonction et signature : à compléter]",
    ):  # fmt: skip
        assert words in text, words
    for group in {m.group for m in asked_of(partner.id)}:
        assert groups()[group].title in text
    sensitive = any(m.sensitive for m in asked_of(partner.id)) or "aeeh" in partner.structures
    assert ("« < 10 »" in text) == sensitive
    assert not re.search(r"\bnan\b|\bNone\b|[{}]|\*\*|  | \.|\bà le [A-Z]", text)


def test_french_typography(larzac):
    text = text_of(letter_bytes(larzac, "caf"))
    assert f"Objet{NBSP}:" in text and f"«{NBSP}< 5{NBSP}»" in text
    assert "'" not in text and '"' not in text


def test_the_caf_reads_the_range_that_its_count_would_mend(larzac):
    assert "(entre 58 et 144 foyers au RSA en 2024)" in plain(text_of(letter_bytes(larzac, "caf")))


def test_a_territory_without_a_range_says_nothing_of_it(affricain):
    text = plain(text_of(letter_bytes(affricain, "caf")))
    assert "ne donnent qu’une fourchette. Vos effectifs" in text


def test_addressees(larzac):
    def name(partner):
        return addressee(larzac, partners()[partner]).name

    assert name("caf") == "Caisse d’allocations familiales de l’Aveyron"
    assert name("msa") == "MSA Midi-Pyrénées Nord"
    assert name("departement") == "Conseil départemental de l’Aveyron"
    assert name("mission_locale") == "Mission locale compétente pour l’Aveyron"
    assert name("france_travail") == "France Travail, direction territoriale de l’Aveyron"
    block = addressee(larzac, partners()["france_travail"]).lines
    assert block[:2] == ("France Travail", "Direction territoriale de l’Aveyron, service statistique")
    assert name("epci") == "Communauté de communes Larzac et Vallées"
    assert "à compléter" in addressee(larzac, partners()["operateurs"]).lines[0]


@pytest.mark.parametrize("partner", PARTNERS, ids=lambda p: p.id)
def test_each_line_of_a_block_starts_with_a_capital(larzac, partner):
    lines = addressee(larzac, partner).lines
    assert all(line[0].isupper() or line[0] == "[" for line in lines), lines


@pytest.mark.parametrize("partner", PARTNERS, ids=lambda p: p.id)
def test_a_letter_greets_and_a_note_does_not(larzac, partner):
    paragraphs = docx.Document(io.BytesIO(letter_bytes(larzac, partner.id))).paragraphs
    texts = [plain(p.text) for p in paragraphs]
    note = partner.id == "epci"
    assert ("Madame, Monsieur," not in texts) == (COURTESY not in texts) == note
    assert note == ("Note interne" in texts)
    sign = texts.index("[Fonction et signature : à compléter]")
    before = paragraphs[sign - (1 if note else 2) : sign]
    assert note or texts[sign - 1] == COURTESY
    assert all(p.paragraph_format.keep_with_next for p in before), "the signature stays with what it signs"


@pytest.mark.parametrize(
    ("study", "partner", "expected"),
    [
        ("200046977", "departement", "Métropole de Lyon"),
        ("249740119", "msa", "Caisse générale de sécurité sociale (CGSS) de La Réunion"),
        ("242010056", "departement", "Collectivité de Corse"),
    ],
)
def test_names_where_the_usual_body_is_not_there(larzac, study, partner, expected):
    from ctg_lib.study import open_study

    assert addressee(open_study(study, larzac.project), partners()[partner]).name == expected


def test_two_that_sign_together_both_write(larzac):
    config = replace(larzac.config, territories=("241200906", "200067155"), secteurs={})
    both = type(larzac)(larzac.project, config, larzac.geography, larzac.manifest)
    text = plain(text_of(letter_bytes(both, "msa")))
    names = [plain(body.name) for body in bodies(both)]
    assert len(names) == 2 and text.startswith("\n".join(names))
    assert "préparent avec leurs partenaires le diagnostic de leur convention" in text
    assert "La communauté de communes Larzac et Vallées et la communauté de communes" in text
    assert "Un seul classeur pour tout le territoire" in plain(text_of(letter_bytes(both, "epci")))


@pytest.mark.parametrize("partner", PARTNERS, ids=lambda p: p.id)
def test_each_letter_says_on_what_ground(larzac, partner):
    text = plain(text_of(letter_bytes(larzac, partner.id)))
    assert "Cadre." in text
    free = "aucun texte ne vous impose cette transmission" in text
    assert free == (partner.id not in ("caf", "msa", "departement", "epci"))
    assert ("L. 263-1" in text) == (partner.id in ("caf", "msa", "departement"))


def test_the_communes_and_their_codes_are_at_the_end(larzac):
    text = plain(text_of(letter_bytes(larzac, "france_travail")))
    assert "La Cavalerie (12063)" in text and "composition au 1er janvier 2026" in text
    assert text.count("(12") == len(larzac.territory.members)


def test_a_label_is_not_said_twice(larzac):
    text = plain(text_of(letter_bytes(larzac, "caf")))
    assert "Relais petite enfance : temps de travail" not in text and "Temps de travail" in text
    assert "moyenne des trois fins de mois" in plain(text_of(letter_bytes(larzac, "france_travail")))


def test_a_made_up_study_says_so_on_every_page(larzac):
    made_up = type(larzac)(
        larzac.project, replace(larzac.config, fictif=True), larzac.geography, larzac.manifest
    )
    document = docx.Document(io.BytesIO(letter_bytes(made_up, "caf")))
    for section in document.sections:
        assert plain(BANNER).upper() in plain("\n".join(p.text for p in section.header.paragraphs))
    real = docx.Document(io.BytesIO(letter_bytes(larzac, "caf")))
    assert not any(p.text for s in real.sections for p in s.header.paragraphs)


def test_the_same_study_gives_the_same_bytes(larzac):
    assert letter_bytes(larzac, "msa") == letter_bytes(larzac, "msa")
    assert book_bytes(larzac, "sdjes") == book_bytes(larzac, "sdjes")


def test_what_is_to_complete_is_highlighted(larzac):
    document = docx.Document(io.BytesIO(letter_bytes(larzac, "caf")))
    marked = [r.text for p in document.paragraphs for r in p.runs if r.font.highlight_color is not None]
    assert len(marked) >= 7 and all("à compléter" in text for text in marked)


def test_a_letterhead_takes_the_text_where_it_says(larzac, tmp_path):
    head = docx.Document()
    head.add_paragraph("Papier à en-tête")
    head.add_paragraph("{{lettre}}")
    head.add_paragraph("Pied de lettre")
    path = tmp_path / "lettre.docx"
    head.save(path)
    made = docx.Document(io.BytesIO(letter_bytes(larzac, "caf", template=path)))
    texts = [p.text for p in made.paragraphs]
    assert texts[0] == "Papier à en-tête" and texts[-1] == "Pied de lettre"
    assert "{{lettre}}" not in texts and any(t.startswith("Objet") for t in texts)
    assert len(made.tables) == 1


def test_the_letterhead_of_a_study_is_found_in_its_folder(copy_project):
    from ctg_lib.study import open_study

    project = copy_project()
    head = docx.Document()
    head.add_paragraph("Papier à en-tête")
    path = project.studies / "241200906" / TEMPLATE
    path.parent.mkdir(parents=True)
    head.save(path)
    assert text_of(letter_bytes(open_study("241200906", project), "caf")).startswith("Papier à en-tête")


def test_several_departements(larzac):
    # Redon Agglomération lies in three départements of two régions
    from ctg_lib.study import open_study

    study = open_study("243500741", larzac.project)
    text = plain(text_of(letter_bytes(study, "caf")))
    assert (
        "Caisse d’allocations familiales d’Ille-et-Vilaine" in text
        or "Caisse d’allocations familiales de" in text
    )
    assert "de la Loire-Atlantique" in text or "de Loire-Atlantique" in text


def test_an_operator_is_asked_for_its_services(larzac):
    text = plain(text_of(letter_bytes(larzac, "operateurs")))
    assert "Les chiffres portent sur vos services dans le territoire" in text
    assert "laissez vides celles des services que vous ne gérez pas" in text and "sa définition" not in text
    assert "places agréées, heures réalisées et facturées, inscrits" in text
    assert "colonnes des années" in plain(text_of(letter_bytes(larzac, "caf")))


@pytest.mark.parametrize("partner", [p for p in PARTNERS if p.structures], ids=lambda p: p.id)
def test_services_are_written_in_with_their_locked_id(larzac, partner):
    book = openpyxl.load_workbook(io.BytesIO(book_bytes(larzac, partner.id)))
    sheet = book["Par structure"]
    head = next(r for r in sheet.iter_rows(max_row=30) if any(str(c.value).startswith("Nom du") for c in r))
    columns = {plain(str(c.value)).removesuffix(" *"): c.column for c in head}
    services = larzac.partnership.table("offre", "services")
    assert set(services["manager_type"]) == {""} and "am" not in set(services["type"])
    rows = range(head[0].row + 1, head[0].row + 1 + len(services))
    assert [sheet.cell(r, columns["Identifiant"]).value for r in rows] == services["id"].tolist()
    assert {sheet.cell(r, columns["Année"]).value for r in rows} == {YEARS[-1]}
    for each in request_book(partner.id, YEARS)["structures"].fields:
        cell = sheet.cell(rows[0], columns[plain(each.label)])
        assert cell.protection.locked == (each.name in LOCKED_SERVICE), each.name
        assert not sheet.cell(rows[-1] + 1, cell.column).protection.locked, "a line may be added"


# --- the follow-up -----------------------------------------------------------------------------------------


def test_the_follow_up_lies_with_the_answers_and_keeps_its_days(copy_project):
    from ctg_lib.study import open_study

    project = copy_project()
    study = open_study("241200906", project)
    path = write_requests(study)[-1]
    assert path == project.studies / "241200906" / FOLDER / FILE
    assert not list((project.outputs / "demandes" / "241200906").glob("*.xlsx"))
    first = path.read_bytes()
    assert follow_up_bytes(study, path) == first, "nothing was written by hand: the same bytes"
    fill(path, "Envoyée le", datetime(2026, 9, 28))
    write_requests(study)
    lines = read(path, study.as_of).lines
    assert lines.loc[lines["partner"].eq("caf"), "sent"].tolist() == [datetime(2026, 9, 28)]
    assert lines["recipient"].iloc[0] == "Caisse d’allocations familiales de l’Aveyron"
    assert open_study("241200906", project).answers.follow_up.sent("caf") == datetime(2026, 9, 28)


def test_a_follow_up_with_a_cell_that_cannot_be_read_is_left_as_it_is(larzac, tmp_path):
    path = write_requests(larzac, tmp_path)[-1]
    fill(path, "Envoyée le", "bientôt")
    before = path.read_bytes()
    made = write_requests(larzac, tmp_path)
    assert path not in made and path.read_bytes() == before
    path.write_bytes(b"no zip")
    assert path not in write_requests(larzac, tmp_path) and path.read_bytes() == b"no zip"


def fill(path, heading, value):
    """Write in a column of the first line (the Caf's)."""
    book = openpyxl.load_workbook(path)
    sheet = book["Demandes"]
    head = next(r for r in sheet.iter_rows(max_row=12) if any(c.value == heading for c in r))
    sheet.cell(head[0].row + 1, next(c.column for c in head if c.value == heading)).value = value
    book.save(path)


def test_one_folder_per_partner(larzac, tmp_path):
    made = write_requests(larzac, tmp_path)
    assert [p.relative_to(tmp_path).as_posix() for p in made[:2]] == [f"caf/{LETTER}", "caf/demande-caf.xlsx"]
    assert made[-1] == tmp_path / FILE
    assert len(made) == 2 * len(PARTNERS) + 1 and all(p.is_file() for p in made)
    assert not list(tmp_path.rglob("*.tmp"))


def test_the_workbook_is_written_in_and_locked_where_it_must_be(larzac):
    book = openpyxl.load_workbook(io.BytesIO(book_bytes(larzac, "departement")))
    sheet, described = book["Chiffres"], request_book("departement", YEARS)["figures"]
    head = next(r for r in sheet.iter_rows(max_row=30) if any(str(c.value).startswith("Code") for c in r))
    columns = {str(c.value).removesuffix(" *"): c.column for c in head}
    first = head[0].row + 1
    codes = [sheet.cell(first + i, columns["Code"]).value for i in range(len(asked_of("departement")))]
    assert [str(c).lower() for c in codes] == [m.id for m in asked_of("departement")]
    assert sheet.protection.sheet
    for each in described.fields:
        locked = sheet.cell(first, columns[each.label]).protection.locked
        assert locked == (each.name in LOCKED), each.name
    local = book["Par commune"]
    assert sum(1 for row in local.iter_rows(values_only=True) if "Nant" in map(str, row)) == 2
