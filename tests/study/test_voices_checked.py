"""What ``ctg study check`` says of the voices: what is planned, what came, what is wrong; all made up."""

import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest
from chapter_words import plain
from typer.testing import CliRunner

from ctg_lib.cli import app
from ctg_lib.cli import check as room
from ctg_lib.consultation import masking
from ctg_lib.consultation.books import OCCASION_OF
from ctg_lib.fingerprint import code_hash
from ctg_lib.study import control, open_study, voices

DEMO = "241200906-demo"
FOLDER = "consultation"


@pytest.fixture(scope="module")
def demo(project):
    """The demonstration study, opened once."""
    return open_study(DEMO, project)


@pytest.fixture
def own(copy_project):
    """A copy of the project whose reference study may be written to."""
    here = copy_project()
    return here, here.studies / "241200906"


@pytest.fixture
def named(monkeypatch):
    """A language model that takes « Zorglubine » for a person, and counts how often it is asked."""
    asked = []

    def one(text: str):
        asked.append(text)
        at = text.find("Zorglubine")
        return [(at, at + 10)] if at >= 0 else []

    def people(pieces: list[str]):
        return [one(text) for text in pieces]

    for module in (masking, voices):
        monkeypatch.setattr(module, "has_model", lambda: True)
    monkeypatch.setattr(masking, "_people", people)
    return asked


def settings(folder: Path, until: str = "", more: str = "") -> None:
    text = (
        "responsable: {organisme: CC Exemple, fonction: coordination, contact: ctg@cc-exemple.example}\n"
        "delegue: {organisme: Centre Exemple, contact: dpo@centre-exemple.example}\n"
        "hebergement: {outil: LimeSurvey, lieu: France, union_europeenne: oui}\n"
        "enquetes:\n  - {questionnaire: habitants, du: 2026-01-12, au: 2026-02-13, formes: [papier], "
        "canaux: [mairie], attendues: 40, etat: fait}\n"
    )
    text += f"conservation_jusqu_au: {until}\n" if until else ""
    (folder / "consultation.yml").write_text(text + more, encoding="utf-8")


def answers(folder: Path, project) -> None:
    """The demonstration's answers of inhabitants, in a study that may be written to."""
    home = folder / FOLDER / "reponses"
    home.mkdir(parents=True)
    source = project.studies / DEMO / FOLDER / "reponses" / "professionnels-fictif-limesurvey.csv"
    text = source.read_text(encoding="utf-8-sig").replace(
        "réponse fictive", ""
    )  # else no real study reads them
    (home / "retour.csv").write_text(text, encoding="utf-8")


# --- kept too long -------------------------------------------------------------------------------------


def test_answers_kept_too_long_are_an_error_whatever_the_studys_date(own, project, monkeypatch):
    here, folder = own
    study_yml = folder / "study.yml"
    text = study_yml.read_text(encoding="utf-8")
    study_yml.write_text(text + "\nas_of: 2026-03-01\n" if "as_of" not in text else text, encoding="utf-8")
    settings(folder, "2026-12-31")
    answers(folder, project)
    study = open_study("241200906", here)
    assert study.as_of < date(2026, 12, 31)
    monkeypatch.setenv("CTG_ROOT", str(here.root))

    def check(today: date):
        monkeypatch.setattr(room, "_today", lambda: today)
        return CliRunner().invoke(app, ["study", "check", "241200906"], prog_name="ctg")

    kept = check(date(2026, 12, 31))
    assert kept.exit_code == 0, kept.stdout + kept.stderr
    late = check(date(2027, 1, 1))
    assert late.exit_code == 2
    said = plain(late.stdout)
    assert "« conservation_jusqu_au » : trouvé « 31 décembre 2026, et 1 fichier de réponses »" in said
    assert "supprimer les fichiers de consultation/reponses" in said
    # the report keeps the study's date: the same files, the same pages
    again = open_study("241200906", here)
    assert not [p for p in again.problems if "conservation" in p.file and p.severity == "error"]
    assert room.study_problems(again) == list(again.problems)
    # nor does the real date make what was planned late
    assert not [p for p in room.study_problems(again, date(2027, 1, 1)) if "« etat »" in p.file]


def test_today_alone_counts_where_it_is_later(demo):
    same = room.study_problems(demo, demo.as_of - timedelta(days=400))
    assert same == list(demo.problems)


# --- what is asked -------------------------------------------------------------------------------------


def test_what_is_asked_and_planned_is_checked_with_the_rest(own):
    here, folder = own
    settings(folder, more="rencontres: [{occasion: causerie}]\n")
    mine = folder / FOLDER / "questionnaires"
    mine.mkdir(parents=True)
    (mine / "habitants.yml").write_text("id: habitants\ntitre: [", encoding="utf-8")
    found = open_study("241200906", here).problems
    files = {p.file.split(",")[0] for p in found}
    assert {"consultation.yml", "consultation/questionnaires/habitants.yml"} <= files
    assert len(found) == len(set(found))


def test_a_secteur_of_few_inhabitants_is_told_as_soon_as_something_is_asked(own):
    """Populations come from the study's communes: a secteur that is its smallest one is too small to be asked for."""
    here, folder = own
    people = open_study("241200906", here).geography.populations().set_index("code")["pmun"]
    codes = list(open_study("241200906", here).territory.members)
    least = min(codes, key=lambda code: people[code])
    assert people[least] < 200, "a commune of fewer than 200 inhabitants"
    text = (folder / "study.yml").read_text(encoding="utf-8")
    lines = text.split("\nsecteurs:")[0]
    rest = ", ".join(f'"{code}"' for code in codes if code != least)
    (folder / "study.yml").write_text(
        f'{lines}\nsecteurs:\n  Petit exemple: ["{least}"]\n  Grand exemple: [{rest}]\n', encoding="utf-8"
    )

    def told():
        return [p for p in open_study("241200906", here).problems if "Petit exemple" in str(p)]

    assert told() == []
    settings(folder, "2026-12-31")
    assert len(told()) == 1


def test_a_study_that_plans_nothing_has_nothing_to_mend_there(larzac):
    assert control.prepared(larzac).problems == ()
    assert voices.lines(larzac) == ["Habitants et acteurs : rien de prévu (consultation.yml), rien de reçu"]


def test_planned_and_nothing_received(own):
    here, folder = own
    settings(
        folder, "2026-12-31", "rencontres: [{occasion: forum, nombre: 2, date: mars 2027, etat: prévu}]\n"
    )
    said = [plain(line) for line in voices.lines(open_study("241200906", here))]
    assert said == [
        "Habitants et acteurs :",
        "  consultation.yml — Questionnaire aux habitants, sur papier, du 12 janvier au 13 février 2026 (fait)",
        "  consultation.yml — 2 forums d’habitants, mars 2027 (prévu)",
        "  rien de reçu",
    ]


def test_what_came_is_told_in_numbers(demo):
    said = [plain(line) for line in voices.lines(demo)]
    heard = demo.consultation
    for answers in heard.surveys.values():
        line = next(each for each in said if each.startswith(f"  {answers.questionnaire.title} : "))
        assert f"{answers.received} réponses reçues, {len(answers)} gardées" in line
        out = answers.received - len(answers)
        assert (f"{out} écartée" if out else "aucune écartée") in line
    held = heard.actors.meetings[heard.actors.meetings["state"].eq("tenu")]
    for words, occasion in (("entretiens", "entretien"), ("rencontres thématiques", "rencontre")):
        ids = held.loc[held["occasion"].eq(occasion), "id"]
        n = heard.actors.excerpts["meeting"].isin(ids).sum()
        assert f"  {len(ids)} {words}, {n} extraits codés" in said
    forum = next(line for line in said if " forums d’habitants, " in line and "extraits" in line)
    assert "propositions mises au vote" in forum
    lines = voices.reviewed(demo).decisions
    assert any(f"publier : {lines['publier']}" in s and f"à relire : {lines['a_relire']}" in s for s in said)
    assert not any("pas encore au classeur" in s for s in said)


def test_open_answers_that_the_workbook_does_not_hold_yet_are_counted(own, project):
    here, folder = own
    answers(folder, project)
    study = open_study("241200906", here)
    from ctg_lib.consultation.verbatims import open_answers

    n = sum(len(list(open_answers(each))) for each in study.consultation.surveys.values())
    assert n > 0
    said = plain(" ".join(voices.lines(study)))
    assert f"pas encore au classeur : {n} (ctg study verbatims 241200906)" in said


@pytest.mark.parametrize(
    ("file", "chapter"),
    [
        ("reponses/lot 2/retour.csv", "habitants"),
        ("consultation/questionnaires/habitants.yml", "habitants"),
        ("verbatims.xlsx", "habitants"),
        ("effacements.txt", "habitants"),
        ("entretiens.xlsx", "acteurs"),
        ("consultation.yml", "habitants"),
        ("consultation.yml, enquête 1, « etat »", "habitants"),
        ("consultation.yml, « conservation_jusqu_au »", "habitants"),
        ("consultation.yml, « responsable », « contact »", "habitants"),
        ("consultation.yml, rencontre 2, « etat »", "acteurs"),
        ("consultation.yml, « publics_attendus »", "acteurs"),
        ("offre.xlsx", "offre"),
        ("241200906-demo/study.yml", "demarche"),
    ],
)
def test_each_problem_is_told_by_the_chapter_of_its_file(demo, monkeypatch, file, chapter):
    from ctg_lib.study.chapters.control import CHAPTERS, HEARD, problems_of_chapter
    from ctg_lib.workbooks.problems import Problem

    for name in ("problems", "folder_problems"):
        monkeypatch.setitem(demo.__dict__, name, (Problem(file, "ceci", "cela"),))
    told = [name for name in (*CHAPTERS, *HEARD) if problems_of_chapter(demo, name)]
    assert told == [chapter]


def test_where_nothing_is_written_the_chapter_says_so(demo, monkeypatch):
    from ctg_lib.study.chapters.control import sentences
    from ctg_lib.workbooks.problems import Problem

    missing = Problem(
        "consultation.yml, « conservation_jusqu_au »", "", "la date de suppression des réponses"
    )
    said = plain(" ".join(sentences([missing], demo.calendar))).replace("\\", "")
    assert "« conservation_jusqu_au » : rien n’est écrit ; attendu : la date de suppression" in said


# --- names: rules in reports, the model where one asks ---------------------------------------------------


def test_a_report_is_the_same_with_and_without_the_language_model(project, monkeypatch, named):
    from ctg_lib.consultation import quotations

    def heard():
        quotations.safe.cache_clear()
        study = open_study(DEMO, project)
        said = quotations.quotable(study.consultation.actors)
        return study.consultation.recorded, study.consultation.problems, said

    with_model = heard()
    assert named == []  # nobody asked it
    monkeypatch.setattr(masking, "has_model", lambda: False)
    without = heard()
    assert with_model[0].equals(without[0]) and with_model[1] == without[1]
    assert with_model[2].equals(without[2])


def test_the_control_asks_the_model_too(demo, named):
    voices.reviewed(demo, model=None)
    assert named
    before = len(named)
    voices.reviewed(demo)
    assert len(named) == before


def test_a_name_that_only_the_model_sees_in_a_quotation_is_told_and_never_repeated(demo, named, monkeypatch):
    actors = demo.consultation.actors
    quoted = actors.excerpts.copy()
    row = quoted.index[quoted["quote"].ne("")][0]
    quoted.loc[row, "quote"] = "On voudrait que Zorglubine reste à l’accueil."
    from dataclasses import replace

    monkeypatch.setitem(
        demo.__dict__, "consultation", replace(demo.consultation, actors=replace(actors, excerpts=quoted))
    )
    found = voices.names_in_words(demo)
    assert [p.found for p in found] == [f"ce qui semble 1 nom dans la citation {quoted.loc[row, 'id']}"]
    assert found[0].file in {f"{book}.xlsx" for book in OCCASION_OF} and found[0].severity == "warning"
    assert "Zorglubine" not in str(found[0])
    assert voices.names_in_words(demo, model=False) == []


def test_names_outside_quotations_are_told_where_they_stand(demo, monkeypatch):
    from dataclasses import replace

    actors = demo.consultation.actors
    lines, votes, meetings = actors.excerpts.copy(), actors.votes.copy(), actors.meetings.copy()
    lines.loc[lines.index[0], "summary"] = "Jeanne Zorglubine ouvrirait sa grange."
    votes.loc[votes.index[0], "proposal"] = "Le local de Jeanne Zorglubine"
    row = meetings.index[meetings["occasion"].eq("forum")][0]
    meetings.loc[row, "title"] = "Forum chez Jeanne Zorglubine"
    found = replace(actors, excerpts=lines, votes=votes, meetings=meetings)
    monkeypatch.setitem(demo.__dict__, "consultation", replace(demo.consultation, actors=found))
    told = voices.names_in_words(demo, model=False)
    assert {p.found for p in told} == {
        f"ce qui semble 1 nom dans ce qui est dit, extrait {lines['id'].iloc[0]}",
        f"ce qui semble 1 nom dans une proposition votée de {votes['meeting'].iloc[0]}",
        f"ce qui semble 1 nom dans le titre de {meetings.loc[row, 'id']}",
    }
    assert "Zorglubine" not in " ".join(map(str, told))
    chapter = demo.chapter("acteurs")
    for cell in (chapter.rencontres(), chapter.votes(), chapter.pistes()):
        assert "Zorglubine" not in str(cell._repr_mimebundle_())


# --- what git keeps --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("{study}/consultation/reponses/retour.csv", True),
        ("{study}/consultation/reponses/lot 2/retour.xlsx", True),
        ("{study}/consultation/entretiens.xlsx", True),
        ("{study}/consultation/verbatims.xlsx", True),
        ("{study}/consultation/effacements.txt", True),
        ("{study}/consultation/cles.csv", True),
        ("{study}/partenaires/demande-caf.xlsx", True),
        ("{study}/consultation.yml", False),
        ("{study}/study.yml", False),
    ],
)
@pytest.mark.parametrize("study", ["241200906", "200067155", "autre-demo"])
def test_git_ignores_what_people_say(project, study, path, ignored):
    there = f"data/raw/studies/{path.format(study=study)}"
    done = subprocess.run(["git", "check-ignore", "-q", "--no-index", there], cwd=project.root, check=False)
    if done.returncode == 128:
        pytest.skip("no git here")
    assert done.returncode == (0 if ignored else 1)


@pytest.mark.parametrize(
    "name", ["consultation/reponses/x.csv", "consultation/entretiens.xlsx", "consultation.yml"]
)
def test_git_keeps_the_demonstration(project, name):
    there = f"data/raw/studies/{DEMO}/{name}"
    done = subprocess.run(["git", "check-ignore", "-q", "--no-index", there], cwd=project.root, check=False)
    assert done.returncode in (1, 128)


# --- code ------------------------------------------------------------------------------------------------


def test_the_codes_hash_sees_what_the_code_reads_beside_it(tmp_path):
    room = tmp_path / "room"
    (room / "bank").mkdir(parents=True)
    (room / "code.py").write_text("a = 1\n")
    (room / "bank" / "parents.yml").write_text("id: parents\n")
    (room / "notes.txt").write_text("read by nobody\n")
    before = code_hash(tmp_path, ["room"], [])
    (room / "notes.txt").write_text("still read by nobody\n")
    assert code_hash(tmp_path, ["room"], []) == before
    (room / "bank" / "parents.yml").write_text("id: parents\ntitre: autre\n")
    after = code_hash(tmp_path, ["room"], [])
    assert after != before
    assert code_hash(tmp_path, ["room"], [], without=["room/bank"]) not in (before, after)
