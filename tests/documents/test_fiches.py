"""Sheets of actions: every field of the plan, one page each, only what the committee's decisions feed."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import agreed_study
import docx
import plan_samples
import pytest
from agreed_study import plain, words
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from plan_samples import D, action, indicator, money
from pypdf import PdfReader

from ctg_lib.documents.agreement.blocks import TO_COMPLETE
from ctg_lib.documents.agreement.fiche_content import MOST_SEMESTERS, fiches_of, semesters
from ctg_lib.documents.agreement.fiches import SIZES, fiches
from ctg_lib.documents.agreement.fiches_fit import ROOM, tall, word_size
from ctg_lib.documents.agreement.fiches_word import word_bytes

WHOLE = {
    "goal": "Accueillir tôt", "publics": ("parents",), "secteurs": ("Amont",), "leader_function": "direction", "partners": ("P02",),
    "human": "deux postes", "fte": 0.5, "levers": ("bonus",), "conditions": "un local", "risks": "un poste vacant", "review": D(2029, 6, 30),
    "nature": "adaptee", "previous": ("B01",), "document": "D15", "origins": ("PR01",),
}  # fmt: skip
PROPOSAL = {
    "sessions": [{"id": "GT1", "date": D(2026, 10, 5)}],
    "proposals": [{"id": "PR01", "session": "GT1", "title": "x"}],
}
BILAN = [{"id": "B01", "name": "Horaires d’avant"}]


def pdf_words(content: bytes) -> list[str]:
    """Text of each page, on one line."""
    return [" ".join(plain(page.extract_text()).split()) for page in PdfReader(io.BytesIO(content)).pages]


def test_every_field_of_an_action_is_on_its_page() -> None:
    study = agreed_study.study(bilan=BILAN, actions=[action(**WHOLE)], **PROPOSAL)
    made = fiches(study)
    files = dict(made.files)
    assert list(files) == ["fiches-action.pdf", "fiches-action.docx", "fiches/A01.docx"]
    assert made.blanks == () and made.long == () and made.drafts == ()
    pages = pdf_words(files["fiches-action.pdf"])
    assert len(pages) == 2
    for said in (
        "A01 – Action A01", "Axe 1 – Axe un", "Orientation un", "Objectif un", "Enfance", "B01, Horaires d’avant", "Validée",
        "K001 – Constat un.", "Offre : 24 places", "E01 – Enjeu un", "Accueillir tôt", "Ce qui sera fait.", "parents", "secteur Amont",
        "CC Exemple, direction", "Caf Exemple", "deux postes ; 0,5 ETP", "bonus territoire CTG", "un local", "un poste vacant", "Recruter",
        "mars – septembre 2027", "Salaires", "1 000", "Intercommunalité (à demander)", "Indicateur IN01", "10 % des enfants (2026)",
        "20 % des enfants (au 30 juin 2030)", "registre ; chaque année", "coordination", "proposition des groupes de travail (5 octobre 2026) : « x »",
        "le 1er novembre 2026, document D15", "30 juin 2029",
    ):  # fmt: skip
        assert said in pages[1], said
        assert said in words(files["fiches/A01.docx"]), said
    assert "fictif" not in pages[0].lower() and TO_COMPLETE not in pages[1]


def test_it_names_titles_and_no_file() -> None:
    evidence = [
        {"finding": "K001", "kind": "offre", "ref": f"S0{n}", "said": f"{n} places"} for n in range(1, 6)
    ]
    study = agreed_study.study(
        bilan=BILAN, actions=[action(**WHOLE | {"levers": ("bonus", "autre")})], evidence=evidence,
        indicators=[indicator(unit="enfants", baseline=0.0)], **PROPOSAL,
    )  # fmt: skip
    study.partnership = plan_samples.partnership(
        BILAN, documents=[{"id": "D15", "title": "Compte rendu du 5 novembre « lu »"}]
    )
    page = pdf_words(dict(fiches(study).files)["fiches-action.pdf"])[1]
    assert "et 2 autres preuves au diagnostic" in page and ".xlsx" not in page
    assert "« Compte rendu du 5 novembre “lu” »" in page and "D15" not in page and "PR01" not in page
    assert " 0 enfant (2026)" in page and " 0 enfants" not in page
    assert "bonus territoire CTG et autres aides" in page


def test_no_plain_space_before_a_colon_in_the_foot_of_word() -> None:
    study = agreed_study.study(bilan=BILAN, actions=[action(**WHOLE)], **PROPOSAL)
    document = docx.Document(io.BytesIO(dict(fiches(study).files)["fiches/A01.docx"]))
    foot = [p.text for p in document.paragraphs if "Origine" in p.text]
    assert foot and not any(" :" in text for text in foot)


def test_what_no_file_says_is_to_be_completed_and_named() -> None:
    line = action(
        description="",
        leader="",
        start=D("NaT"),
        end=D("NaT"),
        decided_on=D("NaT"),
        findings=("K009",),
        nature="reconduite",
    )
    study = agreed_study.study(actions=[line], budget=[], indicators=[], steps=[])
    made = fiches(study)
    ((id, blanks),) = made.blanks
    assert id == "A01"
    assert {"Description", "Pilote", "Partenaires", "Budget", "Indicateurs", "À revoir le"} <= set(blanks)
    page = pdf_words(dict(made.files)["fiches-action.pdf"])[1]
    assert (
        "[à compléter] : ce constat n’est pas gardé" in page and "action précédente : [à compléter]" in page
    )
    assert "Validée par le comité de pilotage : [à compléter]" in page


def test_a_sheet_too_long_for_a_page_goes_on_and_is_named() -> None:
    study = agreed_study.study(
        actions=[action(), action("A02", description="Une phrase bien trop longue. " * 400)], budget=[], indicators=[]
    )  # fmt: skip
    made = fiches(study)
    assert made.long == ("A02",)
    pages = pdf_words(dict(made.files)["fiches-action.pdf"])
    assert len(pages) >= 4 and "A02 – Action A02" in pages[2] and "Indicateurs" in " ".join(pages[3:])


def test_only_actions_that_a_decision_feeds_have_a_sheet() -> None:
    actions = [action(), action("A02", issues=("E02",), state="projet")]
    kept = fiches(agreed_study.study(actions=actions))
    assert [name for name, _ in kept.files][2:] == ["fiches/A01.docx"] and kept.aside == ("A02",)
    turned = [
        {"issue": "E01", "decision": "ecarte", "decided_on": D(2026, 10, 1)},
        {"issue": "E02", "decision": "retenu", "decided_on": D(2026, 10, 1)},
    ]
    gone = fiches(agreed_study.study(actions=actions, copil=turned))
    assert [name for name, _ in gone.files][2:] == ["fiches/A02.docx"] and gone.drafts == ("A02",)
    page = pdf_words(dict(gone.files)["fiches-action.pdf"])[1]
    assert "En projet : le comité de pilotage ne l’a pas encore validée" in page


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        ({"actions": [], "budget": [], "indicators": [], "axes": [], "orientations": [], "objectives": [], "steps": []},
         "Aucune action dans convention/plan-action.xlsx"),
        ({"copil": []}, "Aucune action ne répond à un enjeu retenu"),
    ],
)  # fmt: skip
def test_without_an_action_the_document_says_what_to_fill(sheets: dict[str, Any], said: str) -> None:
    files = dict(fiches(agreed_study.study(**sheets)).files)
    assert set(files) == {"fiches-action.pdf", "fiches-action.docx"}
    assert said in pdf_words(files["fiches-action.pdf"])[0] and said in words(files["fiches-action.docx"])


def test_a_budget_that_does_not_add_up_says_so() -> None:
    study = agreed_study.study(budget=[money(), money("recette", 400, remark="le reste est cherché")])
    budget = fiches_of(study)[0].budget
    assert [plain(cell) for cell in budget.rows[-1]] == ["Écart (recettes – dépenses)", "−600", "−600"]
    assert "le reste est cherché" in budget.note
    assert "Écart" not in {row[0].split(" ")[0] for row in fiches_of(agreed_study.study())[0].budget.rows}


def test_an_indicator_that_cannot_be_measured_is_told_with_what_to_count_instead() -> None:
    late = indicator(frequency="ponctuelle", next_known=D(2033, 1, 1))
    count = indicator("IN02", kind="realisation", label="enfants accueillis", unit="enfants", baseline=0.0)
    table = fiches_of(agreed_study.study(indicators=[late, count]))[0].indicators
    assert [plain(row[0])[-2:] for row in table.rows] == [" ¹", "is"], "a mark beside the one that is refused"
    assert plain(table.note).startswith("¹ À remplacer : connu trop tard, ")
    assert plain(table.note).endswith("À la place, chaque année : « enfants accueillis ».")


def test_each_doubt_on_an_indicator_is_told_in_a_few_words() -> None:
    """Refused ones alone were told: a count that chance may move as far as its target looked as good as any other."""
    chance = indicator("IN01", label="enfants venus", unit="enfants", baseline=11.0, target=14.0)
    count = indicator("IN02", kind="realisation", label="séances tenues", unit="séances", baseline=0.0)
    silent = indicator("IN03", label="avis recueillis", frequency="")
    table = fiches_of(agreed_study.study(indicators=[chance, count, silent]))[0].indicators
    assert [plain(row[0]) for row in table.rows] == ["Enfants venus ¹", "Séances tenues", "Avis recueillis ²"]
    note = plain(table.note)
    # chance: 1.96 × √(11 + 14) = 9.8 at 95 % for two Poisson counts
    assert (
        "¹ À lire avec précaution : la cible est à 3 du départ, et le hasard seul peut faire bouger ce compte de 9,8"
        in note
    )
    assert (
        "² À préciser : rien ne dit quand il sera mesuré de nouveau." in note
        and "Prochaine valeur" not in note
    )
    assert note.endswith("À suivre aussi, chaque année : « séances tenues ».") and "IN0" not in note


def test_a_number_stays_with_its_unit_and_one_issue_is_one() -> None:
    (one,) = fiches_of(agreed_study.study(actions=[action(**WHOLE)], **PROPOSAL))
    assert dict(one.short)["Moyens humains"].endswith("0,5\u00a0ETP")
    assert one.fields[0][0] == "Enjeu"


def test_a_theme_is_named_without_what_a_list_explains() -> None:
    (one,) = fiches_of(agreed_study.study(actions=[action(theme="transversal")]))
    assert one.tags[0] == "Transversal"


def test_the_word_documents_open_with_a_heading_for_each_action_and_the_mark() -> None:
    study = agreed_study.study(fictif=True, actions=[action(), action("A02")])
    files = dict(fiches(study).files)
    whole = docx.Document(io.BytesIO(files["fiches-action.docx"]))
    titles = [p for p in whole.paragraphs if p.style.name == "Heading 1"]
    assert [p.text for p in titles] == ["A01 – Action A01", "A02 – Action A02"]
    assert all(p.paragraph_format.page_break_before for p in titles)
    contents = [p for p in whole.paragraphs if p.style.name == "toc 1"]
    assert "A02 – Action A02" in "".join(t.text or "" for t in contents[1]._p.iter() if t.tag.endswith("}t"))
    for name in ("fiches-action.docx", "fiches/A02.docx"):
        opened = docx.Document(io.BytesIO(files[name]))
        assert "Fictif" in opened.sections[0].header.paragraphs[0].text
    assert all("Fictif" in page for page in pdf_words(files["fiches-action.pdf"]))


def test_same_study_same_bytes_and_text_is_never_markup() -> None:
    odd = "#strong[x] $y$ *z* <a> & « déjà »"
    made = [fiches(agreed_study.study(actions=[action(title=odd, description=odd)])).files for _ in range(2)]
    assert made[0] == made[1]
    assert "#strong[x] $y$ *z* <a> &" in pdf_words(made[0][0][1])[1]


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 4000))
def test_semesters_follow_one_another_and_cover_the_term(start: date, days: int) -> None:
    end = date.fromordinal(start.toordinal() + days)
    found = semesters(start, end)
    assert found[0][0] <= start <= found[0][1] and len(found) <= MOST_SEMESTERS
    assert all(b[0].toordinal() == a[1].toordinal() + 1 for a, b in pairwise(found))
    assert found[-1][0] <= end and (len(found) == MOST_SEMESTERS or end <= found[-1][1])
    assert semesters(end, date.fromordinal(end.toordinal() - 1)) == () == semesters(None, end)


def test_bars_stand_in_the_semesters_of_their_dates() -> None:
    bars = {bar.name: bar.on for bar in fiches_of(agreed_study.study())[0].bars}
    assert bars["Recruter"] == (True, True, *[False] * 8)
    assert bars["Ouvrir"] == (False, False, *[True] * 6, False, False)
    assert bars["L’action entière"] == (*[True] * 8, False, False)


def sized(sentences: int = 1) -> Any:
    """The sheet of an action described in so many sentences."""
    whole = WHOLE | {
        "description": "Ce qui sera fait, par qui et avec quels moyens, en toutes lettres. " * sentences
    }
    (one,) = fiches_of(agreed_study.study(bilan=BILAN, actions=[action(**whole)], **PROPOSAL))
    return one


def test_text_in_word_is_as_large_as_its_own_page_allows() -> None:
    """It was that of the PDF less 1.5 points, down to 7 and 6, over pages a quarter of which was empty."""
    short, longer, endless = sized(), sized(50), sized(200)
    assert word_size(short, SIZES) == SIZES[0] == (10.5, 9.5)
    size = word_size(longer, SIZES)
    assert SIZES[-1] < size < SIZES[0] and tall(longer, size) <= ROOM < tall(
        longer, SIZES[SIZES.index(size) - 1]
    )
    assert word_size(endless, SIZES) == SIZES[-1] and tall(endless, SIZES[-1]) > ROOM
    made = docx.Document(io.BytesIO(word_bytes([(short, SIZES[0])], ABOUT, date(2027, 6, 15), alone=True)))
    runs = [
        run
        for table in made.tables
        for row in table.rows
        for cell in row.cells
        for p in cell.paragraphs
        for run in p.runs
    ]
    said = [run.font.size.pt for run in runs if run.text.strip() and run.text != "●"]
    assert min(said) >= 8.5, "years and semesters of the calendar too"


ABOUT = {"title": "Fiches", "subtitle": "", "state": "", "running": "Fiches · Ici", "fictif": "", "intro": []}


def test_number_of_the_page_and_tables_stand_on_the_margins() -> None:
    made = docx.Document(io.BytesIO(word_bytes([(sized(), SIZES[0])], ABOUT, date(2027, 6, 15), alone=True)))
    section = made.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    stops = section.footer.paragraphs[0].paragraph_format.tab_stops
    assert abs(max(stop.position for stop in stops) - room) < 1000
    for table in made.tables:
        properties = table._tbl.tblPr
        indent, margins = properties.find(qn("w:tblInd")), properties.find(qn("w:tblCellMar"))
        assert indent.get(qn("w:w")) == margins.find(qn("w:left")).get(
            qn("w:w")
        )  # else it begins left of the text
        order = [child.tag.split("}")[1] for child in properties]
        known = ["tblStyle", "tblW", "jc", "tblInd", "tblBorders", "tblLayout", "tblCellMar", "tblLook"]
        assert order == [name for name in known if name in order]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) n’est pas installé")
def test_each_sheet_is_one_page_of_libreoffice(tmp_path: Path) -> None:
    sheets = [(one, word_size(one, SIZES)) for one in (sized(), sized(40), sized(60))]
    (tmp_path / "fiches.docx").write_bytes(word_bytes(sheets, ABOUT, date(2027, 6, 15)))
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(tmp_path / "fiches.docx")],
        check=True,
        capture_output=True,
        timeout=180,
    )
    assert len(PdfReader(tmp_path / "fiches.pdf").pages) == 1 + len(sheets)
