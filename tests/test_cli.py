"""The ``ctg`` command: exit codes, messages, and what it prints."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ctg_lib.cli import app, main
from ctg_lib.cli_french import translate_error
from ctg_lib.project import Project


def ctg(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as users start it."""
    return subprocess.run(
        [sys.executable, "-m", "ctg_lib", *arguments],
        capture_output=True, encoding="utf-8", env={**os.environ, **environment}, check=False,
    )  # fmt: skip


@pytest.fixture
def run(project: Project, monkeypatch: pytest.MonkeyPatch):
    """The command in this process, on the checkout."""
    monkeypatch.setenv("CTG_ROOT", str(project.root))
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, list(arguments), prog_name="ctg")


@pytest.fixture
def own(copy_project, monkeypatch: pytest.MonkeyPatch):
    """The command in this process, on a copy that may be written to."""
    here: Project = copy_project()
    monkeypatch.setenv("CTG_ROOT", str(here.root))
    runner = CliRunner()
    return here, lambda *arguments: runner.invoke(app, list(arguments), prog_name="ctg")


# --- help and usage ----------------------------------------------------------------------------------


def test_help_is_fast_and_french() -> None:
    """No pandas, no Jupyter for a help page."""
    code = (
        "import sys; from ctg_lib.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit as e: assert not e.code\n"
        "heavy = {'pandas', 'numpy', 'pyarrow', 'geopandas', 'matplotlib', 'IPython', 'nbformat', 'yaml'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert (
        "Usage : ctg" in done.stdout and "Commandes:" in done.stdout and "Affiche cette aide." in done.stdout
    )
    for command in ("report", "lab", "data", "indicators", "study"):
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize(
    "command",
    [
        "report",
        "data build",
        "data fetch",
        "indicators export",
        "study new",
        "study requests",
        "study questionnaires",
        "lab",
    ],
)
def test_help_of_commands(run, command: str) -> None:
    shown = run(*command.split(), "--help")
    assert shown.exit_code == 0
    for english in ("Show this message", "[default", "[required]", "<str>", "COMMAND [ARGS]"):
        assert english not in shown.output


def test_version(run) -> None:
    from ctg_lib import __version__

    assert run("--version").output == f"ctg {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["repot"], "commande inconnue : 'repot'. Vouliez-vous dire 'report' ?"),
        (["zzz"], "commande inconnue : 'zzz'."),
        (["report"], "il manque 'ÉTUDE'."),
        (["report", "x", "--chapter", "04"], "option inconnue : --chapter. Vouliez-vous dire --chapters ?"),
        (["report", "x", "y"], "en trop : y."),
        (["report", "x", "--workers"], "l’option '--workers' attend une valeur."),
        (["report", "x", "--workers", "a"], "'--workers' : un nombre entier est attendu."),
        (["report", "x", "--workers", "0"], "'--workers' : au moins 1 est attendu."),
    ],
)
def test_usage_errors(run, arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert f"Erreur : {message}" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("Something new", "Something new"),
        (
            "Invalid value for '-n': 'a' is not a valid integer.",
            "'-n' : trouvé 'a', attendu un nombre entier.",
        ),
        ("Got unexpected extra argument (y)", "en trop : y."),
        ("Missing command.", "il manque une commande."),
    ],
)
def test_usage_errors_of_other_versions(english: str, french: str) -> None:
    """The library's wording changes between versions; an unknown message is kept."""
    assert translate_error(english) == french


# --- errors ------------------------------------------------------------------------------------------


def test_bad_input_is_one_message_on_standard_error(project: Project) -> None:
    done = ctg("report", "24120090", CTG_ROOT=str(project.root))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        "Erreur : code '24120090' : 8 chiffres, attendu 9 (SIREN d’un EPCI), 5 (commune) ou 2 à 3 "
        "(département).\n"
    )


@pytest.mark.parametrize("arguments", [["--debug", "report", "zzz"], ["report", "zzz", "--debug"]])
def test_debug_shows_the_traceback(run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert type(done.exception).__name__ == "BadInput"


def test_typo_in_a_name_says_what_was_meant(run) -> None:
    done = run("study", "check", "Larzac et Valées")
    assert done.exit_code == 2
    assert "Larzac et Vallées" in done.stderr


def test_a_commune_is_no_study(run) -> None:
    done = run("report", "12063")
    assert done.exit_code == 2
    assert "de niveau « commune »" in done.stderr and "241200906" in done.stderr


def test_no_project(tmp_path: Path) -> None:
    done = ctg("data", "status", CTG_ROOT=str(tmp_path))
    assert done.returncode == 2
    assert "ne contient pas data/raw/manifest.yml" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--format", "epub"], "--format : trouvé 'epub', attendu html, pdf, docx"),
        (["--assembler", "word"], "--assembler : trouvé 'word', attendu quarto ou nbconvert"),
        (["--assembler", "nbconvert", "--keep-project"], "--assembler : trouvé 'nbconvert', attendu quarto"),
        (["--chapters", "77"], "--chapters : trouvé '77', attendu un chapitre parmi : 00-synthese"),
    ],
)
def test_report_refuses_before_any_work(run, project: Project, options: list[str], message: str) -> None:
    done = run("report", "241200906", *options)
    assert done.exit_code == 2
    assert message in done.stderr


def test_quarto_asked_for_and_absent(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    done = run("report", "241200906", "--assembler", "quarto", "--format", "pdf")
    assert done.exit_code == 2
    assert "Quarto n’est pas installé" in done.stderr and "make quarto" in done.stderr


@pytest.mark.parametrize("formats", [("html",), ("html", "pdf", "docx")])
@pytest.mark.parametrize("assembler", [None, "nbconvert"])
def test_documents_do_without_quarto(
    monkeypatch: pytest.MonkeyPatch, assembler: str | None, formats: tuple[str, ...]
) -> None:
    from ctg_lib.build.report import choose_assembler

    monkeypatch.setenv("PATH", "")
    chosen, notice = choose_assembler(assembler, formats)
    assert chosen == "nbconvert" and ("sans lui" in notice) == (assembler is None)


def test_documents_need_their_packages(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypandoc", None)
    done = run("report", "241200906", "--assembler", "nbconvert", "--format", "docx")
    assert done.exit_code == 1
    assert "paquet pypandoc-binary" in done.stderr and "Traceback" not in done.stderr


def test_output_is_utf8_on_any_console(project: Project) -> None:
    done = ctg("indicators", "list", PYTHONIOENCODING="cp1252", PYTHONUTF8="0", CTG_ROOT=str(project.root))
    assert done.returncode == 0
    assert "accueil du jeune enfant" in done.stdout and "d’emploi" in done.stdout


# --- data --------------------------------------------------------------------------------------------


def test_data_build_says_what_and_from_when(run) -> None:
    done = run("data", "build")
    assert done.exit_code == 0
    assert "à jour, rien à faire" in done.stdout
    assert "Indicateurs de tous les territoires" in done.stdout
    assert "Cnaf, taux de couverture 2023 (valeurs reprises d’une republication)" in done.stdout


def test_data_status(run) -> None:
    done = run("data", "status")
    assert done.exit_code == 0
    assert "Observations : à jour." in done.stdout and "Indicateurs : à jour." in done.stdout
    assert "présent" in done.stdout and "cnaf/txcouv_pe_epci_2023.csv" in done.stdout


def test_data_fetch_without_network_shows_the_plan(run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    done = run("data", "fetch", "--territory", "241200906", "--only", "cnaf_txcouv_epci_2023")
    assert done.exit_code == 0
    assert "cnaf_txcouv_epci_2023  taille inconnue" in done.stdout
    assert "Les tailles n’ont pas pu être demandées" in done.stdout
    assert "Rien n’est téléchargé" in done.stdout


def test_data_fetch_needs_a_territory_or_national(run) -> None:
    done = run("data", "fetch")
    assert done.exit_code == 2
    assert "attend --territory CODE ou bien --national" in done.stderr


def test_changed_raw_file_stops_the_build(own) -> None:
    here, run = own
    changed = here.raw / "cnaf" / "txcouv_pe_nat_2023.csv"
    changed.write_bytes(changed.read_bytes() + b"\n")
    done = run("data", "build")
    assert done.exit_code == 2
    assert "cnaf/txcouv_pe_nat_2023.csv, taille en octets" in done.stderr
    assert "rien n’est construit" in done.stderr
    assert "modifié" in run("data", "status").stdout


# --- indicators --------------------------------------------------------------------------------------


def test_indicators_list(run) -> None:
    every, one = run("indicators", "list"), run("indicators", "list", "--theme", "petite_enfance")
    assert "taux_couverture" in every.stdout and "population municipale" in every.stdout
    assert "taux_couverture" in one.stdout and "population municipale" not in one.stdout
    wrong = run("indicators", "list", "--theme", "zzz")
    assert wrong.exit_code == 2 and "--theme : trouvé 'zzz'" in wrong.stderr


def test_indicators_show(run) -> None:
    # Cnaf, taux de couverture 2023: 60.5 for the EPCI, 60.9 for France
    done = run("indicators", "show", "taux_couverture", "--study", "241200906")
    assert done.exit_code == 0
    assert "Communauté de communes Larzac et Vallées : 60,5 places pour 100 enfants" in done.stdout
    assert ": 60,9 places pour 100 enfants" in done.stdout
    assert "Source : Cnaf, taux de couverture 2023" in done.stdout
    wrong = run("indicators", "show", "taux_couvertur")
    assert wrong.exit_code == 2 and "Vouliez-vous dire : taux_couverture" in wrong.stderr


def test_indicators_show_says_what_is_absent(run) -> None:
    done = run("indicators", "show", "apl_generalistes", "--study", "200067155")
    assert done.exit_code == 0
    assert "non disponible" in done.stdout
    assert " 0 " not in done.stdout.split("Sept Vallons :")[1].splitlines()[0]


def test_indicators_export_refuses_unknown_format(run) -> None:
    done = run("indicators", "export", "241200906", "--format", "ods")
    assert done.exit_code == 2 and "--format : trouvé 'ods', attendu csv, parquet, xlsx" in done.stderr


def test_indicators_export_into_a_folder(run, tmp_path: Path) -> None:
    done = run("indicators", "export", "241200906", "--format", "csv", "--output", str(tmp_path / "là"))
    assert done.exit_code == 0
    assert sorted(p.name for p in (tmp_path / "là").iterdir()) == ["couverture.csv", "indicateurs.csv"]


def test_indicators_list_names_the_rows_of_the_catalogue(run) -> None:
    done = run("indicators", "list", "--theme", "revenus")
    lines = done.stdout.splitlines()
    assert any(line.split()[:2] == ["I02", "taux_pauvrete"] for line in lines)
    assert any("violences_intrafamiliales_1000" in line and line.endswith("— annexe") for line in lines)
    assert "Le catalogue a 90 lignes, dont 13 à demander aux partenaires." in lines


def test_indicators_show_says_what_is_known_where_and_when(run) -> None:
    done = run("indicators", "show", "taux_pauvrete")
    assert "Catalogue : I02 — Taux de pauvreté (Insee, Filosofi)" in done.stdout
    assert "Rupture de série : 2023" in done.stdout
    matrix = done.stdout.split("Nombre de territoires connus :")[1].splitlines()
    assert matrix[1].split() == ["Période", "commune", "intercommunalité", "département", "région", "France"]
    year = next(line.split() for line in matrix if line.strip().startswith("2023"))
    assert year[1] == "10" and year[2] == "—"  # 2023: no EPCI in the file at hand


def test_indicators_coverage(run, tmp_path: Path) -> None:
    done = run("indicators", "coverage", "241200906", "--output", str(tmp_path))
    assert done.exit_code == 0
    assert "90 lignes au catalogue, dont 77 à source ouverte et 13 à demander aux partenaires." in done.stdout
    assert "  B12  ····  Assistantes maternelles agréées" in done.stdout
    assert "sur demande : Caf, Département, intercommunalité" in done.stdout
    assert "ctg data fetch --territory 241200906" in done.stdout
    text = (tmp_path / "couverture.csv").read_text("utf-8").splitlines()
    assert text[0].startswith("ligne,libelle,theme,source_ouverte") and len(text) == 91


# --- study and lab -----------------------------------------------------------------------------------


def test_study_new_then_check(own) -> None:
    here, run = own
    made = run("study", "new", "200067155")
    assert made.exit_code == 0, made.stderr
    assert made.stdout.count(" créé\n") == 12 and "offre.xlsx créé" in made.stdout
    path = here.studies / "200067155" / "study.yml"
    text = path.read_text(encoding="utf-8")
    assert 'territories: ["200067155"]' in text and "12208  Saint-Affrique" in text
    again = run("study", "new", "200067155")
    assert again.exit_code == 2 and "existe déjà : il n’est pas écrasé" in again.stderr
    assert path.read_text(encoding="utf-8") == text
    checked = run("study", "check", "200067155")
    assert checked.exit_code == 0, checked.stderr
    assert "data" in checked.stdout and "Comparé à : Aveyron, Occitanie" in checked.stdout
    assert "Indicateurs absents des fichiers réunis : " in checked.stdout
    plain = checked.stdout.replace("\u00a0", " ").replace("\u202f", " ")
    assert (
        "offre.xlsx — Services : 2 lignes, " in plain
        and "2 à confirmer ; Origine des usagers : vide" in plain
    )
    assert "parties.xlsx — Parties : 18 lignes" in plain and "18 à compléter" in plain
    assert "Démarche : non décrite (study.yml, « demarche »)" in plain
    assert "Réponses de partenaires : aucune" in plain and "Aucune erreur." in plain
    (path.parent / "bilan.xlsx").unlink()
    mended = run("study", "new", "200067155")
    assert mended.exit_code == 0 and "bilan.xlsx créé" in mended.stdout
    assert "study.yml existe déjà : il n’est pas écrasé" in mended.stdout


def test_study_new_for_two_that_sign_together_filled_in_part(own) -> None:
    import openpyxl

    here, run = own
    made = run("study", "new", "241200906", "200067155", "--id", "sud-aveyron")
    assert made.exit_code == 0, made.stderr
    folder = here.studies / "sud-aveyron"
    book = openpyxl.load_workbook(folder / "contrats.xlsx")
    sheet = book["Contrats"]
    heading = next(r for r in range(1, 12) if str(sheet.cell(r, 1).value).startswith("Identifiant"))
    names = {str(c.value).removesuffix(" *"): c.column for c in sheet[heading]}
    for label, value in {
        "Identifiant": "C01", "Type": "Projet educatif de territoire", "Intitulé": "PEdT d’exemple", "Début": "le 1/9/2024",
        "Fin": "bientôt", "Thèmes": "Enfance; jeunesse",
    }.items():  # fmt: skip
        sheet.cell(heading + 1, names[label]).value = value
    book.save(folder / "contrats.xlsx")
    with (folder / "study.yml").open("a", encoding="utf-8") as stream:
        stream.write("demarche: {etapes: [{id: E1, nom: Lancement, etat: fait, date: 2030-01-01}]}\n")
    done = run("study", "check", "sud-aveyron")
    plain = done.stdout.replace("\u00a0", " ").replace("\u202f", " ")
    assert done.exit_code == 2
    assert "30 communes au 1er janvier 2026" in plain and "Démarche : 0 phase, 1 étape, 0 instance" in plain
    assert "contrats.xlsx — Contrats : 1 ligne" in plain
    told = f"contrats.xlsx, feuille « Contrats », ligne {heading + 1}, colonne « Fin » : trouvé « bientôt »"
    assert told in plain
    assert "sud-aveyron/study.yml, demarche, étape « E1 », état : trouvé « fait (1er janvier 2030) »" in plain
    errors, warnings = plain.split("erreurs :")[1].split("points à vérifier :")
    assert told in errors and "à compléter" in warnings


def test_study_check(run) -> None:
    done = run("study", "check", "241200906")
    assert "Date de l’étude : 1er novembre 2026" in done.stdout
    assert "16 communes" in done.stdout.replace("\u00a0", " ")
    assert "Secteurs : Larzac (3), Dourbie (3), Sorgues (6), Cernon (4)" in done.stdout
    assert "ont été relevés après la date de l’étude" not in done.stdout


def test_study_check_of_a_past_edition_says_what_its_figures_are(run) -> None:
    done = run("study", "check", "241200906-2020")
    assert done.exit_code == 0
    plain = done.stdout.replace("\u00a0", " ").replace("\u202f", " ")
    assert re.search(r"L’étude est datée du 1er novembre 2020 : \d+ des \d+ fichiers réunis", plain)
    assert "Indicateurs : 0 sur " in done.stdout
    assert "Composition : 16" in done.stdout and "au 1er janvier 2021" in done.stdout
    assert "offre.xlsx — absent" in done.stdout


def test_study_check_of_the_demonstration(run) -> None:
    done = run("study", "check", "241200906-demo")
    plain = done.stdout.replace("\u00a0", " ").replace("\u202f", " ")
    assert done.exit_code == 0, plain
    assert "— FICTIVE" in plain and "Aucune erreur." in plain
    # twelve, and words at the head of a sentence that the language model, where it is, takes for names
    assert int(re.search(r"(\d+) points à vérifier :", plain)[1]) >= 12
    assert "demande-caf.xlsx — " in plain and "reçu le 22 octobre 2026" in plain


def test_study_requests(run, tmp_path: Path) -> None:
    done = run("study", "requests", "241200906", "--output", str(tmp_path / "lettres"))
    assert done.exit_code == 0, done.stderr
    paths = [Path(line) for line in done.stdout.splitlines() if line.startswith(str(tmp_path))]
    assert (
        "partenaires" in done.stdout
        and paths
        and all(path.is_file() and path.is_relative_to(tmp_path) for path in paths)
    )
    assert {path.suffix for path in paths} == {".docx", ".xlsx"}


def test_study_questionnaires(run, tmp_path: Path) -> None:
    home = tmp_path / "formulaires"
    asked = ["--only", "professionnels", "--copies", "0", "--output", str(home)]
    done = run("study", "questionnaires", "241200906", *asked)
    assert done.exit_code == 0, done.stderr
    paths = [Path(line) for line in done.stdout.splitlines() if line.startswith(str(tmp_path))]
    assert [path.name for path in paths][:2] == ["LISEZ-MOI.txt", "professionnels-limesurvey.txt"]
    assert len(paths) == 7 and all(path.is_file() for path in paths)
    assert "Suite : lire LISEZ-MOI.txt" in done.stdout and "ctg study check 241200906" in done.stdout
    wrong = run("study", "questionnaires", "241200906", "--only", "profs", "--copies", "0")
    assert wrong.exit_code != 0 and "Questionnaire inconnu : profs." in wrong.stderr


def test_lab_prints_its_command(run, project: Project) -> None:
    before = sorted((project.notebooks / "explorer").iterdir())
    done = run("lab", "241200906", "--print")
    assert done.exit_code == 0
    assert "-m jupyterlab" in done.stdout and "--ServerApp.root_dir=" in done.stdout
    assert str(project.notebooks / "explorer" / "241200906.ipynb") in done.stdout
    assert sorted((project.notebooks / "explorer").iterdir()) == before
    assert "explorer.ipynb" in run("lab", "--print").stdout


def test_lab_opens_the_study_s_own_copy(run, copy_project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model stays as git has it; a copy is made once, and never replaced."""
    calls = []

    def start(command, env, check):
        calls.append((command, env["CTG_ROOT"], env["CTG_LAB"]))
        return subprocess.CompletedProcess(command, 0)

    there = copy_project()
    monkeypatch.setenv("CTG_ROOT", str(there.root))
    monkeypatch.setattr("ctg_lib.cli.subprocess.run", start)
    monkeypatch.setattr("ctg_lib.cli.ensure_kernel", lambda: None)
    model = (there.notebooks / "explorer" / "explorer.ipynb").read_bytes()
    copy = there.notebooks / "explorer" / "200067155.ipynb"
    done = run("lab", "200067155")
    assert done.exit_code == 0, done.output
    assert calls[0][0][1:5] == ["-m", "jupyterlab", str(copy), f"--ServerApp.root_dir={there.notebooks}"]
    assert calls[0][0][5].endswith("NeverCheckForUpdate")
    assert calls[0][1:] == (str(there.root), "1")
    made = json.loads(copy.read_text(encoding="utf-8"))
    tagged = [c for c in made["cells"] if "parameters" in c["metadata"].get("tags", [])]
    assert ["".join(c["source"]) for c in tagged] == ['study = "200067155"']
    assert (there.notebooks / "explorer" / "explorer.ipynb").read_bytes() == model
    copy.write_text("ce que l’analyste a écrit", encoding="utf-8")
    again = run("lab", "200067155")
    assert "existe déjà" in again.stdout
    assert copy.read_text(encoding="utf-8") == "ce que l’analyste a écrit"


def test_kernel_is_installed_where_it_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ctg_lib.cli import ensure_kernel

    monkeypatch.setattr("ctg_lib.build.cold.has_kernel", lambda name: False)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    ensure_kernel()
    spec = json.loads((tmp_path / "share" / "jupyter" / "kernels" / "ctg" / "kernel.json").read_text())
    assert spec["display_name"] == "CTG" and spec["argv"][0] == sys.executable


def test_main_is_the_console_script(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert not ended.value.code
    assert capsys.readouterr().out.startswith("ctg ")
