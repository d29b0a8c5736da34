"""``ctg``: help pages, usage errors, messages and exit codes of the whole command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ctg_lib.cli import main
from ctg_lib.cli.french import translate_error
from ctg_lib.project import Project


def ctg(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as users start it."""
    return subprocess.run(
        [sys.executable, "-m", "ctg_lib", *arguments],
        capture_output=True, encoding="utf-8", env={**os.environ, **environment}, check=False,
    )  # fmt: skip


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
    for command in ("report", "batch", "documents", "lab", "data", "indicators", "study"):
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize(
    "command",
    [
        "report",
        "documents",
        "data build",
        "data fetch",
        "indicators export",
        "study new",
        "study requests",
        "study questionnaires",
        "study trace",
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
        (["report", "x", "--timeout", "0"], "'--timeout' : au moins 1 est attendu."),
        (["report", "x", "--memory", "4 Go"], "'--memory' : un nombre entier est attendu."),
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


def test_an_unknown_engine_is_refused_before_anything_is_done(project: Project) -> None:
    done = ctg("report", "241200906", "--engine", "tiède", CTG_ROOT=str(project.root))
    assert done.returncode == 2 and done.stdout == ""
    assert "--engine : trouvé 'tiède', attendu warm ou cold" in done.stderr


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


def test_main_is_the_console_script(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert not ended.value.code
    assert capsys.readouterr().out.startswith("ctg ")
