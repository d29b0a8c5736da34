"""``ctg study``: folders, checks, requests and questionnaires."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from ctg_lib.study.kept import FOLDER


def test_study_new_then_check(own) -> None:
    here, run = own
    made = run("study", "new", "200067155")
    assert made.exit_code == 0, made.stderr
    assert made.stdout.count(" créé\n") == 13 and "offre.xlsx créé" in made.stdout
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


def test_study_new_for_two_that_sign_together_filled_in_part(together, own) -> None:
    import openpyxl

    here, run = own
    # its own rows are those of the same two under another name: files named by all that they are made from
    etudes = here.processed / FOLDER
    shutil.copytree(etudes / together, etudes / "sud-aveyron")
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


def test_study_trace_goes_both_ways(run) -> None:
    """K009 was merged into K007, which A05 names; its proof is a service of offre.xlsx."""
    done = run("study", "trace", "241200906-demo", "K009")
    assert done.exit_code == 0, done.stderr
    for words in (
        "offre:S13",
        "A05 : Ouvrir l’accueil",
        "consultation/entretiens.xlsx",
        "E05-01",
        "N05",
        "E02",
    ):
        assert words in done.stdout.replace("\u00a0", " "), words
    unknown = run("study", "trace", "241200906-demo", "K999")
    assert unknown.exit_code == 2 and "K999" in unknown.stderr
