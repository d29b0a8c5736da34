"""What a study asks and plans, put together."""

from datetime import date

import yaml

from ctg_lib.consultation.bank import BANK
from ctg_lib.consultation.preparation import prepare

DAY = date(2026, 11, 15)
SECTEURS = {"Nord": ["99001"], "Sud": ["99002"]}
COMMUNES = {"99001": "Aux Exemples", "99002": "Petit-Exemple"}


def _prepare(folder, **more):
    return prepare(folder, **{"secteurs": SECTEURS, "communes": COMMUNES, "day": DAY, **more})


def _plan(folder, *ids):
    text = yaml.safe_dump({"enquetes": [{"questionnaire": id, "formes": ["papier"]} for id in ids]})
    (folder / "consultation.yml").write_text(text, encoding="utf-8")


def test_a_study_that_plans_nothing_has_no_problem(tmp_path):
    for folder in (None, tmp_path):
        found = _prepare(folder, secteurs={}, populations={"99001": 3})
        assert found.problems == () and tuple(found.asked) == BANK and found.settings.planned == ()


def test_what_is_planned_is_what_is_asked(tmp_path):
    _plan(tmp_path, "habitants", "parents")
    found = _prepare(tmp_path)
    assert list(found.asked) == ["habitants", "parents"]
    assert "« canaux »" in str([p.file for p in found.problems])


def test_secteurs_matter_once_something_is_planned(tmp_path):
    _plan(tmp_path, "parents")
    without = _prepare(tmp_path, secteurs={})
    assert "study.yml, « secteurs »" in [p.file for p in without.problems]
    small = _prepare(tmp_path, populations={"99001": 150.4, "99002": 900})
    told = [p for p in small.problems if p.file.startswith("study.yml")]
    assert [(p.file, p.found, p.severity) for p in told] == [
        ("study.yml, secteur « Nord »", "150 habitants", "warning")
    ]
    assert not [p for p in _prepare(tmp_path, populations={"99001": 1}).problems if "Sud" in p.file]


def _own(tmp_path, **changes):
    folder = tmp_path / "consultation" / "questionnaires"
    folder.mkdir(parents=True, exist_ok=True)
    question = {"id": "voiture", "question": "Voiture ?", "sujet": "voiture", "genre": "choix_unique",
                "options": {"une": "Une auto", "aucune": "Aucune"}, **changes}  # fmt: skip
    raw = {"id": "maison", "titre": "E", "public": "t", "unite": "personne", "version": 1,
           "sections": [{"id": "s", "titre": "S", "questions": [
               {"reprendre": "participation"}, {"reprendre": "canal"}, question, {"reprendre": "priorites"}]}]}  # fmt: skip
    (folder / "maison.yml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")


def test_an_own_questionnaire_is_checked_and_compared_with_the_bank(tmp_path):
    _own(tmp_path)
    told = _prepare(tmp_path).problems
    assert [(p.file, p.severity) for p in told] == [
        ("consultation/questionnaires/maison.yml, question « voiture », réponse « une »", "warning")
    ]
    assert told[0].expected == "« Une » comme dans « parents », ou un autre code"


def test_what_is_unsound_in_it_is_told_by_its_file(tmp_path):
    _own(tmp_path, options={"une": "Une"})
    told = _prepare(tmp_path).problems
    assert [(p.file, p.severity) for p in told] == [
        ("consultation/questionnaires/maison.yml, question « voiture », « options »", "error")
    ]


def test_what_cannot_be_read_in_it_is_told_by_its_file(tmp_path):
    _own(tmp_path, genre="liste")
    found = _prepare(tmp_path)
    assert "maison" not in found.questionnaires
    assert [p.file for p in found.problems] == [
        "consultation/questionnaires/maison.yml, question « voiture », « genre »"
    ]
