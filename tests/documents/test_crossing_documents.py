"""croisement.xlsx written again and again, and the printed matrix: what was decided stays, made-up data say so."""

from datetime import date
from io import BytesIO
from types import SimpleNamespace

import openpyxl
import pytest
from crossing_samples import SECTEURS, agreement, finding, heard, need, partnership, proof
from openpyxl.cell.rich_text import CellRichText
from pypdf import PdfReader

from ctg_lib.agreement.books import agreement_books
from ctg_lib.agreement.folder import load
from ctg_lib.documents.agreement.crossing_sheet import crossing_lines, write_crossing
from ctg_lib.documents.agreement.matrix import (
    SIZES,
    TEMPLATE,
    _rules_alone,
    _side_widths,
    content,
    matrix_pdf,
    matrix_xlsx,
)
from ctg_lib.documents.agreement.update import would_lose, write_update
from ctg_lib.documents.typst_pdf import typst_compiler
from ctg_lib.documents.workbook_styles import FICTIF
from ctg_lib.documents.workbooks import write_workbook

COMMUNES = {"90001": "Amont-Exemple", "90002": "Aval-Exemple"}
PARTIES = partnership(
    services=[{"id": "S01", "name": "Crèche Exemple", "type": "eaje", "commune": "90001"}],
    parties=[{"id": "P01", "name": "CC Exemple", "type": "epci"}, {"id": "P02", "name": "Caf", "type": "caf"}],
    competences=[{"competence": "creches", "holder": "P01"}, {"competence": "sppe_recenser", "holder": "P01"}],
    contracts=[{"id": "C01", "name": "Contrat Exemple", "type": "autre"}],
)  # fmt: skip
FINDINGS = [finding(), finding("K002", moment="le soir"), finding("K003", "refuse")]
EVIDENCE = [
    proof("K001", "parole", "pe_places"),
    proof("K002", "parole", "pe_places"),
    proof(said="57,6 places pour 100 enfants", side="moins"),
]


def study(folder, *, fictif=False, agreed=None, actors=None):
    """A study whose ``convention`` folder is read where it lies."""
    here = folder / "essai"
    return SimpleNamespace(
        _once=lambda key, make: make(), record=lambda *_: None,
        id="essai", fictif=fictif, as_of=date(2027, 6, 15), communes_by_code=COMMUNES,
        territory=SimpleNamespace(name="Exemple"), project=SimpleNamespace(studies=folder), partnership=PARTIES, surveys={}, findings=(),
        agreement=agreed if agreed is not None else load(here, COMMUNES, None, SECTEURS, PARTIES.filled),
        consultation=SimpleNamespace(actors=actors if actors is not None else heard("habitants besoin", "elus offre")),
    )  # fmt: skip


def written(folder, book="constats", **sheets):
    """A workbook of the folder."""
    shape = agreement_books(None, SECTEURS)[book]
    where = folder / "essai" / "convention"
    return write_workbook(
        where / shape.file, shape, sheets, communes=COMMUNES, place="Exemple", moment=date(2027, 1, 1)
    )


def edit(path, tab, row, heading, value):
    book = openpyxl.load_workbook(path)
    sheet = book[tab]
    top = next(r for r in sheet.iter_rows() if str(r[0].value or "").startswith("Identifiant"))
    column = next(c.column for c in top if str(c.value).rstrip(" *") == heading)
    sheet.cell(top[0].row + row, column, value)
    book.save(path)


def test_proposed_decided_and_proposed_again(tmp_path):
    written(tmp_path, findings=FINDINGS, evidence=EVIDENCE)
    first = write_crossing(study(tmp_path))
    assert first.written.changed and first.needs.new == ("N01", "N02") and first.issues.new == ()
    assert any("les enjeux seront proposés ensuite" in line for line in crossing_lines(first, "essai"))
    path = first.written.path
    again = write_crossing(study(tmp_path))
    assert not again.written.changed and "n’est pas récrit" in crossing_lines(again, "essai")[0]

    edit(path, "Besoins", 1, "Décision", "retenu")
    edit(path, "Besoins", 1, "Ce qui manque", "Rien le matin.")
    edit(path, "Besoins", 2, "Décision", "écarté")
    done = write_crossing(study(tmp_path))
    assert done.issues.new == ("E01",) and done.written.changed
    needs = study(tmp_path).agreement.table("croisement", "needs")
    assert needs["id"].tolist() == ["N01", "N02"] and needs["state"].tolist() == ["retenu", "ecarte"]
    assert needs["gap"].tolist() == ["Rien le matin.", ""]
    issues = study(tmp_path).agreement.table("croisement", "issues")
    assert issues["needs"].tolist() == [("N01",)] and issues["state"].tolist() == [""]


def test_nothing_kept_writes_no_file_and_says_what_to_do(tmp_path):
    done = write_crossing(study(tmp_path))
    assert not done.written.changed and not (tmp_path / "essai").exists()
    assert crossing_lines(done, "essai") == [
        "Aucun constat gardé : aucun besoin à proposer.",
        "Suite : ctg study findings essai, décider des constats dans constats.xlsx, puis relancer.",
    ]


def test_a_cell_that_cannot_be_read_keeps_the_file_as_it_is(tmp_path):
    written(tmp_path, findings=FINDINGS, evidence=EVIDENCE)
    path = write_crossing(study(tmp_path)).written.path
    edit(path, "Besoins", 1, "Décision", "peut-être bien")
    written(tmp_path, findings=[*FINDINGS, finding("K009")], evidence=EVIDENCE)
    before = path.read_bytes()
    done = write_crossing(study(tmp_path))
    assert not done.written.changed and path.read_bytes() == before
    assert [p.column for p in done.written.problems] == ["Décision"]
    assert would_lose(study(tmp_path), "croisement") == done.written.problems


def test_the_command_tells_what_would_be_lost(tmp_path, monkeypatch, capsys):
    from ctg_lib.cli import proposals as command
    from ctg_lib.errors import BadInput

    written(tmp_path, findings=FINDINGS, evidence=EVIDENCE)
    monkeypatch.setattr(command, "opened_study", lambda _: study(tmp_path))
    with pytest.raises(BadInput, match="« ctg study new essai » l’écrit"):
        command.study_crossing("essai")
    (tmp_path / "essai" / "study.yml").write_text("territories: ['200067155']\n", encoding="utf-8")
    command.study_crossing("essai")
    said = capsys.readouterr().out.replace("\u00a0", " ")
    assert "2 besoins proposés" in said and "priorites.xlsx créé" in said
    edit(tmp_path / "essai" / "convention" / "croisement.xlsx", "Besoins", 1, "Décision", "peut-être bien")
    written(tmp_path, findings=[*FINDINGS, finding("K009")], evidence=EVIDENCE)
    with pytest.raises(BadInput, match="n’est pas récrit : ces cellules seraient perdues"):
        command.study_crossing("essai")


def test_sheets_that_are_not_named_keep_their_lines_and_the_same_bytes_are_not_written(tmp_path):
    path = written(
        tmp_path, "croisement", needs=[need()], issues=[{"id": "E01", "title": "Enjeu", "theme": "enfance"}]
    )
    assert write_update(study(tmp_path), "croisement", {"needs": [need("N05")]}).changed
    after = study(tmp_path).agreement
    assert after.table("croisement", "needs")["id"].tolist() == ["N05"]
    assert after.table("croisement", "issues")["title"].tolist() == ["Enjeu"]
    stamp = path.stat().st_mtime_ns
    assert not write_update(study(tmp_path), "croisement", {}).changed and path.stat().st_mtime_ns == stamp


def test_a_workbook_takes_and_loses_the_mark_of_what_is_made_up(tmp_path):
    path = written(tmp_path, "croisement", needs=[need()])
    edit(path, "Besoins", 1, "Ce qui manque", "Rien le matin.")  # saved by another program: other bytes
    for fictif in (True, False):
        assert write_update(study(tmp_path, fictif=fictif), "croisement", {}).changed
        assert (FICTIF in cells(path.read_bytes())) == fictif
        edit(path, "Besoins", 1, "Ce qui manque", "Rien le soir.")
        assert not write_update(study(tmp_path, fictif=fictif), "croisement", {}).changed


# ---------------------------------------------------------------------------------------------- the matrix

NEEDS = [
    need(findings=("K001",), offer=("S01",), actors=("P01", "P02"), contracts=("C01",), gap="=1+1", publics=("parents",),
         secteurs=("Amont",), moment="le matin", reading="partage", why="Ils ne parlent pas des mêmes familles."),
    need("N02", theme="logement", need="lo_trouver"),
]  # fmt: skip


def crossed(tmp_path, *, fictif=True, needs=NEEDS):
    return study(tmp_path, fictif=fictif, agreed=agreement(findings=FINDINGS, evidence=EVIDENCE, needs=needs))


def cells(content_):
    book = openpyxl.load_workbook(BytesIO(content_))
    return [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]


def test_what_is_printed(tmp_path):
    told = content(crossed(tmp_path))
    assert [theme["name"] for theme in told["themes"]] == ["Petite enfance", "Logement"]
    row = told["themes"][0]["rows"][0]
    assert [side["says"] for side in row["sides"]] == [
        "manque",
        "manque",
        "pas_demande",
        "pas_demande",
        "existe",
        "parle",
    ]
    assert row["sides"][0]["proofs"] == ["57,6\u00a0places pour 100\u00a0enfants"]
    assert row["reading"] == "Dit par une partie" and row["computed"].endswith("les regards divergent")
    assert row["ends"] == [
        ["Crèche Exemple –\u00a0Amont-Exemple"] if "\u00a0Amont" in row["ends"][0][0] else ["Crèche Exemple – Amont-Exemple"],
        ["=1+1"], ["CC Exemple (SPPE, mission 1, gestion d’établissements d’accueil du jeune enfant)", "Caf"], ["Contrat Exemple"],
    ]  # fmt: skip
    assert ".xlsx" not in told["subtitle"] and "—" not in f"{told['subtitle']}{told['running']}"
    other = told["themes"][1]["rows"][0]
    assert other["ends"] == [["aucun service"], ["–"], ["–"], ["–"]]


def test_the_spreadsheet_reads_back_marked_and_twice_the_same(tmp_path):
    made = matrix_xlsx(crossed(tmp_path))
    assert made == matrix_xlsx(crossed(tmp_path))
    said = cells(made)
    assert said.count(FICTIF) == 2 and any("=1+1" in text for text in said)
    book = openpyxl.load_workbook(BytesIO(made))
    sheet = book["Croisement"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (
        8,
        "landscape",
    ) and sheet.print_title_rows
    assert all(c.data_type != "f" for row in sheet.iter_rows() for c in row)
    assert FICTIF not in cells(matrix_xlsx(crossed(tmp_path, fictif=False)))


def test_evidence_in_the_spreadsheet_is_not_bold_and_its_legend_fits_a_page(tmp_path):
    book = openpyxl.load_workbook(BytesIO(matrix_xlsx(crossed(tmp_path))), rich_text=True)
    sheet = book["Croisement"]
    rich = [c.value for row in sheet.iter_rows() for c in row if isinstance(c.value, CellRichText)]
    lacking = next(v for v in rich if "57,6" in str(v))
    words, proof = lacking
    assert words.font.b and "manque" in words.text and not proof.font.b and proof.font.sz == 9
    rules = book["Lecture"]
    # A4 upright holds 190 mm between margins of 10 mm: 96 characters of 7 px and 5 px of padding at 96 px an inch
    assert (7 * rules.column_dimensions["A"].width + 5) / 96 * 25.4 <= 190


def test_a_side_with_much_evidence_is_wider():
    def row(*proofs):
        return {"rows": [{"sides": [{"proofs": list(said)} for said in proofs]}]}

    assert _side_widths([row((), ("x" * 125,)), row((), ("x" * 125, "x" * 125))], 2) == [0.85, 1.6]


def test_how_to_read_the_matrix_is_never_alone_on_a_page(tmp_path):
    pytest.importorskip("typst")
    alone = 0
    for count in (32, 33, 34):
        needs = [need(f"N{n:02d}", theme="enfance") for n in range(1, count + 1)]
        study = crossed(tmp_path, needs=needs)
        alone += _rules_alone(typst_compiler(TEMPLATE, content(study) | {"size": SIZES[0]}, ""))
        pages = PdfReader(BytesIO(matrix_pdf(study))).pages
        last = pages[-1].extract_text().replace("\xa0", " ")
        assert "Comment lire" in last and f"N{count}" in last, count
    assert alone, "at the usual size, one of them would be"


def test_the_pdf_is_a3_marked_and_twice_the_same(tmp_path):
    pytest.importorskip("typst")
    pypdf = pytest.importorskip("pypdf")
    made = matrix_pdf(crossed(tmp_path))
    assert made == matrix_pdf(crossed(tmp_path))
    pages = pypdf.PdfReader(BytesIO(made)).pages
    assert round(float(pages[0].mediabox.width)) == 1191 and round(float(pages[0].mediabox.height)) == 842
    assert all("FICTIF" in page.extract_text() for page in pages)
    plain = pypdf.PdfReader(BytesIO(matrix_pdf(crossed(tmp_path, fictif=False)))).pages
    assert not any("FICTIF" in page.extract_text() for page in plain)


def test_where_nothing_is_crossed_one_page_says_what_to_do(tmp_path):
    pytest.importorskip("typst")
    empty = crossed(tmp_path, needs=[])
    assert "ctg study crossing essai" in content(empty)["subtitle"]
    assert matrix_pdf(empty).startswith(b"%PDF") and any(
        "ctg study crossing essai" in text for text in cells(matrix_xlsx(empty))
    )


def test_no_need_is_lost_between_the_workbook_and_the_page(tmp_path):
    needs = [
        need(f"N{n:02d}", theme=theme)
        for n, theme in enumerate(("enfance", "logement", "", "handicap", "enfance"), 1)
    ]
    told = content(crossed(tmp_path, needs=needs))
    assert sorted(row["id"] for theme in told["themes"] for row in theme["rows"]) == [
        f"N{n:02d}" for n in range(1, 6)
    ]
