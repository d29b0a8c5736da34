"""The letters to partners, and what is written beside them: read back as their recipient would."""

import io
import re
from dataclasses import replace

import docx
import openpyxl
import pytest

from ctg_lib.display.typography import NBSP, THIN
from ctg_lib.documents.letters import BANNER, TEMPLATE, addressee, letter_bytes
from ctg_lib.documents.requests import LETTER, book_bytes, write_requests
from ctg_lib.partnership.requests import LOCKED, PARTNERS, asked_of, groups, partners, request_book

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
    sensitive = any(m.sensitive for m in asked_of(partner.id))
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
    assert name("france_travail") == "France Travail de l’Aveyron"
    assert name("epci") == "Communauté de communes Larzac et Vallées"
    assert "à compléter" in addressee(larzac, partners()["operateurs"]).lines[0]


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


def test_one_folder_per_partner(larzac, tmp_path):
    made = write_requests(larzac, tmp_path)
    assert [p.relative_to(tmp_path).as_posix() for p in made[:2]] == [f"caf/{LETTER}", "caf/demande-caf.xlsx"]
    assert len(made) == 2 * len(PARTNERS) and all(p.is_file() for p in made)
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
