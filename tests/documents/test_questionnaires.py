"""All the forms of the questionnaires: those of the bank, as the tools that take them read them."""

import csv
import io
import re
import shutil
from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace

import docx
import openpyxl
import pytest
from pypdf import PdfReader

from ctg_lib.consultation.bank import questionnaires
from ctg_lib.consultation.codes import short_ids
from ctg_lib.consultation.deletion_codes import is_printed, normalised
from ctg_lib.documents.consultation.around import numbers
from ctg_lib.documents.consultation.limesurvey import limesurvey_bytes
from ctg_lib.documents.consultation.paper import MOST_PAGES, content, pdf_bytes
from ctg_lib.documents.consultation.questionnaires import KEY, around, key_of, write_questionnaires
from ctg_lib.documents.consultation.word import word_bytes
from ctg_lib.documents.consultation.xlsform import xlsform_bytes
from ctg_lib.errors import BadInput
from ctg_lib.project import Project

COMMUNES = {"12063": "Cornus", "12160": "Nant"}
SECTEURS = {"Larzac": ("12160",), "Cernon": ("12063",)}
SETTINGS = """\
responsable: {organisme: Communauté de communes Exemple, fonction: chargée de coopération, contact: ctg@exemple.example}
delegue: {fonction: délégué à la protection des données, contact: dpo@exemple.example}
conservation_jusqu_au: 2027-12-31
hebergement: {outil: LimeSurvey, lieu: France, union_europeenne: oui}
enquetes:
  - {questionnaire: associations, du: 2026-11-02, au: 2026-12-18, formes: [en_ligne, papier]}
"""


@dataclass(frozen=True)
class Territory:
    name: str = "Communauté de communes Exemple"


@dataclass(frozen=True)
class Made:
    """What the forms need of a study."""

    project: Project
    id: str = "241200906"
    fictif: bool = False
    as_of: date = date(2026, 11, 1)
    territory: Territory = field(default_factory=Territory)
    config: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(secteurs=SECTEURS))
    communes_by_code: dict = field(default_factory=lambda: dict(COMMUNES))


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "data" / "raw" / "studies" / "241200906"
    folder.mkdir(parents=True)
    (folder / "consultation.yml").write_text(SETTINGS, encoding="utf-8")
    return Made(Project(tmp_path))


BANK = questionnaires(None, SECTEURS, COMMUNES)[0]
each = pytest.mark.parametrize("asked", BANK.values(), ids=list(BANK))


@pytest.fixture(scope="module")
def surroundings():
    from ctg_lib.consultation.settings import Settings

    made = Made(Project(None))
    return {id: around(made, Settings(), asked) for id, asked in BANK.items()}


def squeezed(text):
    return re.sub(r"\s+", "", text)


@each
def test_on_paper_it_has_every_word_and_few_pages(asked, surroundings):
    there = surroundings[asked.id]
    pages = PdfReader(io.BytesIO(pdf_bytes(asked, there))).pages
    whole = squeezed("".join(page.extract_text() for page in pages))
    document = docx.Document(io.BytesIO(word_bytes(asked, there)))
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    word = squeezed("".join([*(p.text for p in document.paragraphs), *cells]))
    assert len(pages) <= MOST_PAGES
    for section in content(asked, there)["sections"]:
        for question in section["questions"]:
            words = [question["label"], question["when"], *question["items"]]
            for text in (*words, *(o["free"] or o["label"] for o in question["options"])):
                assert squeezed(text) in whole, text
                assert squeezed(text) in word, text


@each
def test_limesurvey_has_every_question_and_only_asks_of_what_came_before(asked, surroundings):
    text = limesurvey_bytes(asked, surroundings[asked.id]).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text), delimiter="\t", strict=True))
    names = [line["name"] for line in lines if line["class"] == "Q"]
    assert len(names) == len(set(names)) and set(short_ids(asked).values()) <= set(names)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,19}", name) for name in names)
    seen = set()
    for line in lines:
        if line["class"] == "Q":
            called = {name.split("_")[0] for name in re.findall(r"(\w+)\.NAOK", line["relevance"])}
            assert called <= seen
            seen.add(line["name"])
        elif line["class"] in ("SQ", "A"):
            assert re.fullmatch(r"[A-Za-z0-9]{1,5}", line["name"])
    told = next(line["text"] for line in lines if line["name"] == "surveyls_welcometext")
    assert "Cnil" in told and "à compléter" in told


@each
def test_odk_takes_it(asked, surroundings):
    xls2xform = pytest.importorskip("pyxform.xls2xform", reason="pyxform n’est pas installé")
    made = io.BytesIO(xlsform_bytes(asked, surroundings[asked.id]))
    # with Java, what ODK itself runs reads every expression
    result = xls2xform.convert(made, file_type=".xlsx", validate=shutil.which("java") is not None)
    assert not result.warnings
    for question in asked.questions:
        columns = [question.id] if question.kind in ("multiple", "ranking") else question.columns
        for column in (*columns, *question.texts):
            assert f"/{column}" in result.xform


@each
def test_every_question_has_a_number(asked):
    assert list(numbers(asked).values()) == list(range(1, len(asked.questions) + 1))


def test_those_planned_are_written_whole(study):
    written = write_questionnaires(study, copies=2)
    home = study.project.outputs / "questionnaires" / study.id
    assert [path.relative_to(home).as_posix() for path in written] == [
        "LISEZ-MOI.txt",
        *(f"associations/associations-{name}" for name in (
            "limesurvey.txt", "odk-kobo.xlsx", "papier.pdf", "etiquettes.pdf", "papier.docx", "information.pdf",
            "saisie.xlsx",
        )),
    ]  # fmt: skip
    assert all(path.stat().st_size for path in written) and not list(home.rglob("*.tmp"))


@pytest.mark.slow
def test_same_bytes_twice_and_elsewhere(study, tmp_path):
    first = [path.read_bytes() for path in write_questionnaires(study, copies=2)]
    again = [path.read_bytes() for path in write_questionnaires(study, tmp_path / "ailleurs", copies=2)]
    assert first == again


def printed(path):
    text = "".join(page.extract_text() for page in PdfReader(path).pages)
    return {normalised(found) for found in re.findall(r"\b[B-Z]{3}-[B-Z]{3}-[B-Z]{3}\b", text)}


@pytest.mark.slow
def test_codes_are_the_study_s_own_and_go_on(study, tmp_path):
    path = write_questionnaires(study, copies=3)[3]
    found = printed(path)
    assert len(found) == 3 and all(map(is_printed, found))
    assert not found & printed(write_questionnaires(study, copies=3, first=4)[3])
    assert printed(write_questionnaires(study, copies=4)[3]) > found
    other = Made(Project(tmp_path / "autre"))
    assert not found & printed(write_questionnaires(other, only=["associations"], copies=3)[3])


def test_labels_have_each_code_twice_and_none_of_the_copies(study):
    written = write_questionnaires(study, copies=3)
    text = squeezed("".join(page.extract_text() for page in PdfReader(written[4]).pages))
    found = re.findall(r"[B-Z]{3}-[B-Z]{3}-[B-Z]{3}", text)
    assert len(found) == 6 and len(set(found)) == 3 and all(map(is_printed, found))
    assert not {normalised(code) for code in found} & printed(written[3])


def test_settings_that_cannot_be_read_are_told_and_nothing_is_written(study):
    (study.project.studies / study.id / "consultation.yml").write_text("enquetes: [", encoding="utf-8")
    with pytest.raises(BadInput, match=r"À corriger avant d’écrire les questionnaires : consultation\.yml"):
        write_questionnaires(study)
    assert not study.project.outputs.exists()


def test_the_key_is_drawn_once_in_the_folder_that_git_leaves_out(study):
    key = key_of(study)
    path = study.project.studies / study.id / "consultation" / KEY
    assert path.is_file() and key_of(study) == key
    path.write_text("autre\n", encoding="utf-8")
    assert key_of(study) != key


def test_a_made_up_study_has_no_key_and_says_fictif_in_every_form(study):
    made_up = replace(study, fictif=True)
    readme, limesurvey, odk, pdf, labels, word, information, entry = write_questionnaires(made_up, copies=1)
    assert not (study.project.studies / study.id / "consultation").exists()
    assert "FICTIF" in readme.read_text(encoding="utf-8-sig")
    assert "FICTIF" in limesurvey.read_text(encoding="utf-8-sig")
    assert openpyxl.load_workbook(odk)["settings"]["A2"].value.startswith("FICTIF")
    for each in (pdf, labels, information):
        assert all("Fictif" in page.extract_text() for page in PdfReader(each).pages)
    assert all("Fictif" in s.header.paragraphs[0].text for s in docx.Document(word).sections)
    assert openpyxl.load_workbook(entry)["Saisie"]["A1"].value.startswith("FICTIF")


def test_without_numbered_copies_there_is_one_to_fill_and_no_key(study):
    pdf = write_questionnaires(study, copies=0)[3]
    assert not printed(pdf) and not (study.project.studies / study.id / "consultation").exists()


def test_the_readme_and_the_forms_say_what_the_settings_lack(study):
    readme = write_questionnaires(study, copies=0)[0]
    assert "AVANT DE DISTRIBUER" not in readme.read_text(encoding="utf-8-sig")
    pdf = write_questionnaires(study, copies=0)[3]
    text = squeezed("".join(page.extract_text() for page in PdfReader(pdf).pages))
    assert "ctg@exemple.example" in text and squeezed("À rendre avant le 18 décembre 2026") in text
    (study.project.studies / study.id / "consultation.yml").unlink()
    text = write_questionnaires(study, only=["associations"], copies=0)[0].read_text(encoding="utf-8-sig")
    assert "AVANT DE DISTRIBUER" in text and "responsable du traitement" in text


def test_an_unknown_questionnaire_is_told(study):
    with pytest.raises(
        BadInput, match=r"Questionnaire inconnu : parent\. Ceux de l’étude : parents, .*associations"
    ):
        write_questionnaires(study, only=["parent"])
    assert not study.project.outputs.exists()


def test_a_number_of_copies_makes_sense(study):
    with pytest.raises(BadInput, match="0 ou plus"):
        write_questionnaires(study, copies=-1)


def test_an_own_questionnaire_that_cannot_be_read_is_told_and_nothing_is_written(study):
    own = study.project.studies / study.id / "consultation" / "questionnaires"
    own.mkdir(parents=True)
    (own / "parents.yml").write_text("id: parents\nsections: 3\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"À corriger avant d’écrire les questionnaires : .*parents\.yml"):
        write_questionnaires(study)
    assert not study.project.outputs.exists()
