"""A study's folder: settings and workbooks made, never written over; set up, filled in part, checked."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import yaml

from ctg_lib.agreement.amounts import used
from ctg_lib.agreement.books import BOOK_IDS, agreement_books
from ctg_lib.agreement.checks.plan_ground import Ground
from ctg_lib.agreement.checks.plan_money import outdated
from ctg_lib.agreement.flash import Flashes, read_flashes
from ctg_lib.agreement.folder import Agreement
from ctg_lib.documents.study_folder import create, create_agreement, file_names, new_study, settings_text
from ctg_lib.errors import BadInput
from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.folder import Partnership
from ctg_lib.project import Project
from ctg_lib.study import open_study
from ctg_lib.workbooks.reading import Filled, frame_of

TWO = ("241200906", "200067155")


@pytest.fixture
def here(project, tmp_path, monkeypatch):
    """The project's data with an empty folder of studies."""
    monkeypatch.setattr(Project, "studies", property(lambda self: tmp_path / "studies"))
    return project


@pytest.fixture(scope="module")
def made(project, tmp_path_factory):
    """Folders as ``create`` writes them, each made once: a function of the codes."""
    home, done = tmp_path_factory.mktemp("etudes"), {}

    def folder(*codes: str) -> Path:
        if codes not in done:
            study = new_study(project, codes)
            create(study, home / study.id)
            done[codes] = home / study.id
        return done[codes]

    return folder


def put(made: Path, here: Project) -> Path:
    """The same folder among a project's studies."""
    return Path(shutil.copytree(made, here.studies / made.name))


def test_names_of_the_files() -> None:
    assert file_names() == [
        "study.yml", "offre.xlsx", "financement.xlsx", "parties.xlsx", "bilan.xlsx", "contrats.xlsx", "documents.xlsx",
        "consultation.yml", "consultation/entretiens.xlsx", "consultation/rencontres.xlsx", "consultation/forums.xlsx",
        "consultation/seminaire.xlsx", "info-flash/1.yml",
    ]  # fmt: skip


def test_a_folder_is_made_once(here, made) -> None:
    folder = put(made("200067155"), here)
    before = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    assert sorted(before) == sorted(file_names())
    assert create(new_study(here, ["200067155"]), folder) == []
    (folder / "bilan.xlsx").unlink()
    (folder / "study.yml").write_text("territories: ['200067155']\ntitle: gardé\n", encoding="utf-8")
    assert [path.name for path in create(open_study("200067155", here), folder)] == ["bilan.xlsx"]
    assert "gardé" in (folder / "study.yml").read_text(encoding="utf-8")
    assert (folder / "offre.xlsx").read_bytes() == before["offre.xlsx"]


def test_the_first_info_flash_is_offered_and_made_once_uncommented(here, made) -> None:
    folder = put(made("200067155"), here)
    path = folder / "info-flash" / "1.yml"
    opened = open_study("200067155", here)
    assert read_flashes(folder, opened.as_of) == Flashes(
        (), ()
    )  # nothing is made of it, nothing is wrong in it
    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.split("\n\n")[0].splitlines() if not line.startswith("# date")]
    body = "\n".join(line.removeprefix("# ").removeprefix("#") for line in lines[4:])
    path.write_text(f"date: mars 2026\n{body}", encoding="utf-8")
    read = read_flashes(folder, date(2027, 1, 1))
    assert [flash.number for flash in read.flashes] == [1] and not any(
        p.severity == "error" for p in read.problems
    )
    path.rename(folder / "info-flash" / "2.yml")
    assert create(opened, folder) == []  # a study that has its own numbers is offered no other


def test_the_same_bytes_every_time(project, made, tmp_path) -> None:
    first = made("241200906")
    again = create(new_study(project, ["241200906"]), tmp_path / "b")
    names = [path.relative_to(tmp_path / "b").as_posix() for path in again]
    assert names == file_names()
    for name in names:
        assert (tmp_path / "b" / name).read_bytes() == (first / name).read_bytes(), name


def test_what_is_made_is_read_back_without_an_error(here, made) -> None:
    put(made("241200906"), here)
    opened = open_study("241200906", here)
    assert [p for p in opened.partnership.problems if p.severity == "error"] == []
    services = opened.partnership.table("offre", "services")
    assert list(services["state"].unique()) == ["a_confirmer"] and len(services) == 7
    assert services["places"].iloc[0] == 22 and services["sites"].iloc[6] == ("12063",)
    assert len(opened.partnership.table("parties", "parties")) == 20
    assert len(opened.partnership.table("parties", "competences")) == 20
    for book in ("financement", "bilan", "contrats", "documents"):
        assert not opened.partnership.has(book)


def test_what_people_say_is_asked_for_without_an_error(here, made) -> None:
    put(made("200067155"), here)
    opened = open_study("200067155", here)
    assert opened.consultation.empty
    assert {p.file for p in opened.consultation.problems} <= {"study.yml, « secteurs »"}  # there are none yet
    text = (here.studies / "200067155" / "consultation.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(text) is None


def test_a_studys_own_secteurs_and_needs_are_in_its_lists(project, tmp_path) -> None:
    from dataclasses import replace

    study = new_study(project, ["241200906"])
    study.config = replace(study.config, secteurs={"Causse": ("12063",), "Vallées": ("12082",)})
    (tmp_path / "consultation").mkdir()
    (tmp_path / "consultation" / "besoins.yml").write_text(
        "besoins: {jeunesse: [{code: je_exemple, libelle: besoin d’exemple, definition: Inventé., "
        "publics: [parents], nature: lieux}]}",
        encoding="utf-8",
    )
    create(study, tmp_path, {})
    book = openpyxl.load_workbook(tmp_path / "consultation" / "entretiens.xlsx")
    values = {str(cell.value) for row in book["Listes"].iter_rows() for cell in row}
    assert {"Causse", "Vallées"} <= values and any("besoin d’exemple" in value for value in values)


def test_blank_workbooks_of_the_convention_hold_nothing_and_have_no_problem(here, made) -> None:
    folder = put(made("241200906"), here)
    communes = open_study("241200906", here).territory.members
    settings = yaml.safe_load((folder / "study.yml").read_text(encoding="utf-8"))
    settings["secteurs"] = {"Causse": [*communes[:6]], "Vallées": [*communes[6:]]}
    (folder / "study.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    study = open_study("241200906", here)
    written = create_agreement(study)
    assert [path.name for path in written] == [book.file for book in study.agreement.books.values()]
    assert len(written) == len(BOOK_IDS) == 7
    opened = open_study("241200906", here)
    assert set(opened.agreement.filled) == set(BOOK_IDS)
    assert opened.agreement.empty and opened.agreement.problems == ()
    for path in written:
        book = openpyxl.load_workbook(path)
        assert {"Exemple", "Listes"} <= set(book.sheetnames)
        assert any(sheet.data_validations.dataValidation for sheet in book.worksheets), path.name
    values = {str(c.value) for row in openpyxl.load_workbook(written[1])["Listes"].iter_rows() for c in row}
    assert {"Causse", "Vallées"} <= values
    assert create_agreement(opened) == []


def test_a_workbook_of_the_convention_that_exists_stays_under_any_name(here, made) -> None:
    folder = put(made("241200906"), here)
    (plan,) = create_agreement(open_study("241200906", here), ["plan"])
    kept = plan.rename(folder / "convention" / "plan du COPIL.xlsx").read_bytes()
    assert create_agreement(open_study("241200906", here), ["plan"]) == []
    assert [path.name for path in create_agreement(open_study("241200906", here), ["plan", "suivi"])] == [
        "suivi.xlsx"
    ]
    assert (folder / "convention" / "plan du COPIL.xlsx").read_bytes() == kept


def test_a_code_without_a_folder_is_told_to_make_it(here) -> None:
    with pytest.raises(BadInput, match="ctg study new 200067155"):
        create_agreement(open_study("200067155", here))
    assert not (here.studies / "200067155").exists()


def test_settings_are_valid_and_all_commented(here) -> None:
    study = new_study(here, ["200067155"])
    text = settings_text(study)
    raw = yaml.safe_load(text)
    assert raw == {
        "title": "Diagnostic de territoire", "territories": ["200067155"], "edition": 2026, "fictif": False,
    }  # fmt: skip
    assert "12208  Saint-Affrique" in text
    assert all(len(line) < 130 for line in text.splitlines())


def test_the_demarche_only_has_to_be_uncommented(here) -> None:
    from ctg_lib.partnership.calendar import read_calendar

    text = settings_text(new_study(here, ["200067155"]))
    lines = text[text.index("# demarche:") : text.index("# Communes")].splitlines()
    raw = yaml.safe_load("\n".join(line.removeprefix("# ") for line in lines).replace("…", "mars 2027"))
    found = read_calendar(raw["demarche"])
    assert found.problems == () and (len(found.phases), len(found.instances), len(found.steps)) == (2, 1, 2)
    themes = text[text.index("# themes:") : text.index("# La convention")].splitlines()
    from ctg_lib.workbooks.common import THEMES

    assert yaml.safe_load("\n".join(line.removeprefix("# ") for line in themes))["themes"] == list(THEMES)


def test_two_epci_signing_together(here, made) -> None:
    study = new_study(here, TWO)
    assert study.id == "241200906-200067155"
    put(made(*TWO), here)
    opened = open_study(study.id, here)
    assert opened.config.territories == TWO
    assert len(opened.communes_by_code) == len(opened.territory.members) == 30
    parties = opened.partnership.table("parties", "parties")
    assert list(parties["type"].iloc[:3]) == ["epci", "epci", "commune"]
    assert len(parties) == 2 + 30 + 3
    assert len(opened.partnership.table("offre", "services")) == 9
    assert new_study(here, TWO).id == study.id  # the same study again
    book = openpyxl.load_workbook(here.studies / study.id / "offre.xlsx")
    assert "Services" in book.sheetnames


def test_an_id_of_ones_own(here) -> None:
    study = new_study(here, TWO, "sud-aveyron")
    assert (study.id, study.territory.level) == ("sud-aveyron", "study")
    folder = here.studies / "sud-aveyron"
    folder.mkdir(parents=True)
    (folder / "study.yml").write_text(settings_text(study), encoding="utf-8")
    with pytest.raises(
        BadInput, match="pour d’autres territoires : trouvé 241200906, 200067155, attendu 241200906"
    ):
        new_study(here, ["241200906"], "sud-aveyron")


@pytest.mark.parametrize(
    ("codes", "id", "message"),
    [
        ((), "", "au moins un code"),
        (("241200906", "241200906"), "", "donnée deux fois"),
        (("241200906", "Larzac et Vallées"), "", "donnée deux fois"),
        (("241200906",), "a/b", "--id : trouvé 'a/b', attendu des lettres"),
        (("241200906",), "..", "--id : trouvé '..'"),
        (("241200906", "999999999"), "", "999999999"),
        (("241200906", "12063"), "", "de niveau « commune »"),
    ],
)
def test_what_makes_no_study(here, codes, id: str, message: str) -> None:
    with pytest.raises(BadInput) as error:
        new_study(here, codes, id)
    assert message in str(error.value)


def test_rows_may_be_given(here, tmp_path) -> None:
    study = new_study(here, ["241200906"])
    rows = {"contrats": {"contracts": [{"id": "C01", "type": "pedt", "name": "PEdT", "holder": "Exemple"}]}}
    (tmp_path / "x" / "consultation").mkdir(parents=True)
    for name in file_names():
        if name != "contrats.xlsx":  # an existing file is left alone
            (tmp_path / "x" / name).write_bytes(b"")
    assert [path.name for path in create(study, tmp_path / "x", rows)] == ["contrats.xlsx"]
    sheet = openpyxl.load_workbook(tmp_path / "x" / "contrats.xlsx")["Contrats"]
    assert any("PEdT" in [cell.value for cell in row] for row in sheet.iter_rows())


# --- the demonstration -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def make_demo(project):
    """The script that writes the demonstration study."""
    spec = importlib.util.spec_from_file_location("make_demo", project.root / "scripts" / "make_demo.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    path = list(sys.path)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = path


@pytest.mark.slow
def test_the_demonstration_is_what_the_script_writes(project, make_demo, tmp_path) -> None:
    kept = project.studies / "241200906-demo"
    written = make_demo.make(tmp_path)
    assert {path.name for path in written} >= {"study.yml", *(book.file for book in BOOKS.values())}
    for path in written:
        assert path.read_bytes() == (kept / path.relative_to(tmp_path)).read_bytes(), path.name


@pytest.mark.slow
def test_its_follow_up_is_what_the_script_writes(project, make_demo, tmp_path) -> None:
    kept = project.studies / make_demo.second_year.ID
    written = make_demo.make_second_year(tmp_path)
    assert sorted(p.relative_to(kept) for p in kept.rglob("*") if p.is_file()) == sorted(
        path.relative_to(tmp_path) for path in written
    )
    for path in written:
        assert path.read_bytes() == (kept / path.relative_to(tmp_path)).read_bytes(), path.name


def test_a_scale_of_2028_takes_over_in_the_follow_up_and_one_amount_waits_for_it(make_demo) -> None:
    books = agreement_books()
    rows = make_demo.second_year.agreement_rows()["plan"]
    tables = {
        name: frame_of(
            books["plan"][name], [{"row": n, **line} for n, line in enumerate(rows[name], start=6)]
        )
        for name in ("amounts", "budget")
    }
    filled = Filled(books["plan"], "plan-action.xlsx", books["plan"].version, tables, ())
    held = Agreement(Path("convention"), books, {"plan": filled})
    on = (2028, 2029, 2030, 2031)
    assert [(each.rate.id, each.rate.value, each.years, each.beyond) for each in used(held)] == [
        ("M01", 3_000, (), ()), ("M02", 0.2, (), ()), ("M03", 24_000, (2027,), on), ("M04", 3_100, on, ()), ("M05", 0.21, on, ()),
    ]  # fmt: skip
    assert all("exemple" in name for name in held.table("plan", "amounts")["name"])
    sums = held.budget.pivot_table(
        index=["action", "year", "nature"], columns="kind", values="amount", aggfunc="sum"
    )
    assert (sums["depense"] == sums["recette"]).all()
    ground = Ground(held, Partnership(Path()), make_demo.second_year.MOMENT)
    (told,) = outdated(ground)
    assert told.row == 8 and "en vigueur" in str(told)


def test_the_demonstration_has_no_error(project) -> None:
    from ctg_lib.cli.check import study_problems

    study = open_study("241200906-demo", project)
    found = study_problems(study)
    assert [str(p) for p in found if p.severity == "error"] == []
    assert len([p for p in found if "à compléter" in p.expected]) == 1
    others = [p for p in found if "à compléter" not in p.expected]
    # on purpose: a contract that ended without the next, a figure that an answer contradicts, dirty answers; what a
    # plan leaves to look at: actions of the bilan taken up by none, who may act without the competence, targets that
    # chance alone may reach or that come late, a payer that is no party
    answers = [p for p in others if p.file.endswith(".csv")]
    assert [p.file for p in others if p not in answers] == [
        *["bilan.xlsx"] * 2, "contrats.xlsx", "croisement.xlsx", "demande-caf.xlsx", *["plan-action.xlsx"] * 8,
    ]  # fmt: skip
    assert len(answers) == 10 and {p.file.removeprefix("reponses/").partition("-")[0] for p in answers} == {
        "habitants",
        "jeunes_11_17",
        "parents",
    }


def test_the_demonstration_is_full(project) -> None:
    study = open_study("241200906-demo", project)
    p = study.partnership
    assert study.fictif and all(p.has(book) for book in BOOKS)
    assert 10 <= len(p.table("bilan", "actions")) <= 12
    assert {s.state for s in study.calendar.steps} == {"fait", "en_cours", "prevu", "hypothese"}
    services = p.table("offre", "services")
    assert services["waiting"].notna().sum() >= 4 and services["state"].eq("a_confirmer").any()
    money = p.table("financement", "money")
    assert set(money["offer"]) == {"maintenue", "nouvelle"} and money["total"].isna().any()


def test_nothing_made_up_can_be_taken_for_a_fact(project) -> None:
    """Operators, services, documents, contracts and decisions all say « exemple »; institutions are offices."""
    p = open_study("241200906-demo", project).partnership
    services = p.table("offre", "services")
    named = [*services["name"], *(m for m in services["manager"] if m), *services["source"]]
    named += [*p.table("documents", "documents")["title"], *p.table("contrats", "contracts")["name"]]
    named += [*p.table("bilan", "actions")["contract"], *p.table("financement", "parameters")["name"]]
    parties = p.table("parties", "parties")
    institutions = ("epci", "commune", "caf", "msa", "departement")
    named += [*parties.loc[~parties["type"].isin(institutions), "name"]]
    named += [text for text in parties["deliberation"] if text]
    assert [text for text in named if "exemple" not in text.lower()] == []


def test_what_is_agreed_is_linked_and_dated(project) -> None:
    """Both studies: nothing decided after the study, every line named exists, money adds up."""
    for id in ("241200906-demo", "241200906-demo-suivi"):
        study = open_study(id, project)
        agreed = study.agreement
        assert agreed.problems == () and all(agreed.has(book) for book in agreed.books)
        evidence = agreed.table("constats", "evidence")
        assert set(evidence["finding"]) >= set(agreed.kept_findings["id"])
        done = [
            agreed.table("priorites", "decisions")["decided_on"],
            agreed.table("plan", "actions")["decided_on"],
        ]
        done += [agreed.table("constats", "findings")["decided_on"]]
        meetings = agreed.table("gouvernance", "meetings")
        done += [meetings.loc[meetings["state"].eq("tenu"), "date"]]
        assert all((days.dropna() <= study.as_of.isoformat()).all() for days in done)
        assert (meetings.loc[meetings["state"].eq("prevu"), "date"] > study.as_of.isoformat()).all()
        budget = agreed.budget
        sums = budget.pivot_table(
            index=["action", "year", "nature"], columns="kind", values="amount", aggfunc="sum"
        )
        assert (sums["depense"] == sums["recette"]).all()
        assert set(agreed.retained) == {i for ids in agreed.table("plan", "axes")["issues"] for i in ids}


def test_the_follow_up_names_the_study_before_it(project) -> None:
    follow, first = open_study("241200906-demo-suivi", project), open_study("241200906-demo", project)
    assert follow.config.previous == first.id and follow.fictif
    ids = [set(study.agreement.table("plan", "actions")["id"]) for study in (first, follow)]
    assert ids[0] < ids[1] and len(ids[1]) == len(ids[0]) + 1
    measures = follow.agreement.table("suivi", "measures")
    assert measures["comparable"].eq("non").sum() == 1
    progress = follow.agreement.table("suivi", "progress")
    assert {"realisee", "abandonnee", "en_cours"} <= set(progress["state"])


def test_every_sheet_of_the_demonstration_says_that_it_is_made_up(project) -> None:
    folders: list[Path] = [project.studies / id for id in ("241200906-demo", "241200906-demo-suivi")]
    books = [
        p for f in folders for each in ("", "partenaires/", "convention/") for p in f.glob(f"{each}*.xlsx")
    ]
    for path in books:
        for sheet in openpyxl.load_workbook(path).worksheets:
            if sheet.sheet_state == "visible" and sheet.title != "Listes":  # choices alone
                texts = [str(cell.value) for row in sheet.iter_rows(max_row=4) for cell in row if cell.value]
                assert any("FICTIF" in text.upper() for text in texts), (path.name, sheet.title)
