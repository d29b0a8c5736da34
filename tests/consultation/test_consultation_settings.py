"""``consultation.yml``: what is read, each message, what is planned in words."""

import re
from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ctg_lib.consultation.bank import BANK, questionnaires
from ctg_lib.consultation.settings import (
    DEFAULT_PURPOSE,
    FILE,
    Settings,
    enumerated,
    period,
    read_settings,
    settings_text,
)  # fmt: skip
from ctg_lib.consultation.settings_checks import answer_files, check_settings, word_files
from ctg_lib.workbooks.moments import read_moment

ALL = questionnaires(None, {"Nord": []})[0]
DAY = date(2026, 11, 15)
SURVEY = {
    "questionnaire": "parents", "du": "2026-11-02", "au": "2026-12-18", "formes": ["en ligne", "papier"],
    "canaux": ["courriel_caf", "ecole_college"], "etat": "en cours", "attendues": 150,
}  # fmt: skip
GOOD = {
    "responsable": {"organisme": "CC Exemple", "fonction": "chargée de coopération", "contact": "ctg@ici.example"},
    "delegue": {"fonction": "délégué", "contact": "dpo@ici.example"},
    "finalite": "préparer la convention",
    "destinataires": ["l’équipe du diagnostic"],
    "hebergement": {"outil": "LimeSurvey", "lieu": "France", "union_europeenne": "oui"},
    "conservation_jusqu_au": "31 décembre 2027",
    "enquetes": [SURVEY],
    "rencontres": [
        {"occasion": "entretien", "nombre": 10, "du": "octobre 2026", "au": "décembre 2026", "etat": "en cours",
         "publics": ["institutions", "associations et bénévoles"]},
        {"occasion": "Forum d’habitants", "nombre": 2, "date": "vers janvier 2027", "themes": ["jeunesse"]},
        {"occasion": "séminaire des élus", "nom": "Premier séminaire", "date": "27/10/2026", "etat": "tenu"},
    ],
    "publics_attendus": ["parents", "élus"],
}  # fmt: skip


def _read(tmp_path, raw):
    text = raw if isinstance(raw, str) else yaml.safe_dump(raw, allow_unicode=True)
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    return read_settings(tmp_path, ALL)


def _hold(tmp_path, *names):
    folder = tmp_path / "consultation" / "reponses"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x", encoding="utf-8")


def _check(tmp_path, raw, day=DAY):
    settings = _read(tmp_path, raw)
    assert settings.problems == ()
    return check_settings(settings, tmp_path, day, ALL)


# --- reading -----------------------------------------------------------------------------------------------


def test_all_is_read(tmp_path):
    found = _read(tmp_path, GOOD)
    assert found.problems == () and found.given
    assert found.controller.words == "chargée de coopération, CC Exemple, ctg@ici.example"
    assert found.purpose == "préparer la convention" and found.keep_until == date(2027, 12, 31)
    assert found.host.in_union is True and found.host.tool == "LimeSurvey"
    survey = found.surveys[0]
    assert survey.modes == ("en_ligne", "papier") and survey.state == "en_cours" and survey.expected == 150
    assert survey.channels == {"courriel_caf": "Par un courriel de la Caf",
                               "ecole_college": "Par l’école, le collège ou le lycée"}  # fmt: skip
    assert [m.occasion for m in found.meetings] == ["entretien", "forum", "seminaire"]
    assert found.meetings[0].groups == ("institutions", "associations") and found.meetings[2].state == "fait"
    assert found.expected == ("parents", "elus")


def test_nothing_is_said_without_a_file(tmp_path):
    assert read_settings(None) == Settings() == read_settings(tmp_path)
    assert check_settings(Settings(), tmp_path, DAY, ALL) == [] and Settings().purpose == DEFAULT_PURPOSE


def test_what_is_planned_is_told_in_words(tmp_path):
    planned = _read(tmp_path, GOOD).planned
    assert [each.words for each in planned] == [
        "Questionnaire aux parents, en ligne et sur papier, du 2 novembre au 18 décembre 2026 (en cours)",
        "10 entretiens, octobre 2026 – décembre 2026 (en cours)",
        "2 forums d’habitants, vers janvier 2027 (prévu)",
        "1 séminaire des élus « Premier séminaire », 27 octobre 2026 (fait)",
    ]
    assert planned[0].who == "les parents d’au moins un enfant de moins de 18 ans"
    assert planned[1].who == "institutions (Caf, MSA, Département, État), associations et bénévoles"
    assert planned[2].who == "thème : jeunesse" and planned[2].first == date(2027, 1, 1)
    assert (planned[0].first, planned[0].last) == (date(2026, 11, 2), date(2026, 12, 18))


def test_what_is_not_dated_is_told_to_be_fixed(tmp_path):
    planned = _read(tmp_path, {"rencontres": [{"occasion": "forum", "secteur": "Nord"}]}).planned
    assert (
        planned[0].words == "1 forum d’habitants (secteur Nord), date à fixer (prévu)"
        and planned[0].first is None
    )


@pytest.mark.parametrize(
    ("opens", "closes", "words"),
    [
        ("2026-11-02", "2026-12-18", "du 2 novembre au 18 décembre 2026"),
        ("2026-11-01", "2026-11-18", "du 1er au 18 novembre 2026"),
        ("2026-12-18", "2027-01-08", "du 18 décembre 2026 au 8 janvier 2027"),
        ("novembre 2026", "2027-01-08", "novembre 2026 – 8 janvier 2027"),
        ("vers mars 2027", None, "à partir de mars 2027 environ"),
        ("2026-11-02", None, "à partir du 2 novembre 2026"),
        (None, "2026-11-02", "jusqu’au 2 novembre 2026"),
        (None, "mars 2027", "jusqu’en mars 2027"),
        ("2026-11-02", "2026-11-02", "2 novembre 2026"),
        (None, None, ""),
    ],
)
def test_a_period_is_as_precise_as_it_was_given(opens, closes, words):
    assert period(read_moment(opens), read_moment(closes)) == words


def test_words_are_enumerated():
    assert [enumerated(list(w)) for w in ("", "a", "ab", "abc")] == ["", "a", "a et b", "a, b et c"]


def _in(*path_and_value):
    """GOOD with one value changed at a path."""
    *path, value = path_and_value
    out = yaml.safe_load(yaml.safe_dump(GOOD))
    at = out
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return out


WRONG = [
    ("- a", "consultation.yml", "« responsable: », « enquetes: »"),
    ("a: [", "consultation.yml", "un fichier YAML lisible ; un texte qui contient"),
    ({"enquete": []}, "« enquete »", "(peut-être « enquetes »)"),
    ({"responsable": "CC Exemple"}, "« responsable »", "« organisme: », « fonction: » et « contact: »"),
    (_in("responsable", "nom", "x"), "« responsable », « nom »", "une clé connue"),
    (_in("responsable", "fonction", "M. Exemple"), "« responsable », « fonction »", "écrire l’organisme ou la fonction"),
    (_in("responsable", "contact", "M. Exemple, mairie"), "« contact »", "une adresse générique"),
    (_in("responsable", "contact", "camille.exemple@ici.example"), "« contact »", "une adresse générique"),
    (_in("finalite", "appeler le 01 99 00 12 34"), "« finalite »", "aucune donnée sur une personne"),
    (_in("destinataires", ["Mme Exemple"]), "« destinataires »", "aucune donnée sur une personne"),
    (_in("destinataires", "équipe"), "« destinataires »", "une liste"),
    (_in("conservation_jusqu_au", "un jour"), "« conservation_jusqu_au »", "une date : 2026-09-15"),
    (_in("hebergement", "ici"), "« hebergement »", "« outil: », « lieu: »"),
    (_in("hebergement", "union_europeenne", "peut-être"), "« union_europeenne »", "true ou false"),
    (_in("enquetes", {}), "« enquetes »", "une liste"),
    (_in("enquetes", 0, "parents"), "enquête 1", "« questionnaire: », « du: »"),
    (_in("enquetes", 0, "questionnaire", "parent"), "enquête 1, « questionnaire »", "(peut-être « parents »)"),
    (_in("enquetes", 0, "questionnaire", None), "enquête 1, « questionnaire »", "un texte"),
    (_in("enquetes", [SURVEY, yaml.safe_load(yaml.safe_dump(SURVEY))]), "enquête 2, « questionnaire »", "une seule enquête par questionnaire"),
    (_in("enquetes", 0, "formes", ["fax"]), "enquête 1, « formes »", "en_ligne, papier, face_a_face"),
    (_in("enquetes", 0, "canaux", ["courriel_cat"]), "enquête 1, « canaux »", "(peut-être « courriel_caf »)"),
    (_in("enquetes", 0, "canaux", ["employeur"]), "enquête 1, « canaux »", "courriel_caf, courriel_msa"),
    (_in("enquetes", 0, "etat", "bof"), "enquête 1, « etat »", "fait, en cours, prévu, hypothèse"),
    (_in("enquetes", 0, "du", "bientôt"), "enquête 1, « du »", "une date : 2026-09-15"),
    (_in("enquetes", 0, "au", "2026-11-01"), "enquête 1, « au »", "une date après « du » (2 novembre 2026)"),
    (_in("enquetes", 0, "attendues", 0), "enquête 1, « attendues »", "un nombre entier de 1"),
    (_in("rencontres", 0, "occasion", "apéro"), "rencontre 1, « occasion »", "entretien, rencontre, forum, seminaire"),
    (_in("rencontres", 0, "occasion", None), "rencontre 1, « occasion »", "entretien, rencontre"),
    (_in("rencontres", 0, "nombre", "dix"), "rencontre 1, « nombre »", "un nombre entier de 1 à 500"),
    (_in("rencontres", 0, "publics", ["elu"]), "rencontre 1, « publics »", "(peut-être « elus »)"),
    (_in("rencontres", 0, "themes", ["jeunes"]), "rencontre 1, « themes »", "petite_enfance"),
    (_in("rencontres", 1, "du", "2026-11-01"), "rencontre 2, « du »", "« date » seule, ou « du » et « au »"),
    (_in("rencontres", 0, "au", "septembre 2026"), "rencontre 1, « au »", "une date après « du »"),
    (_in("publics_attendus", ["parent"]), "« publics_attendus »", "(peut-être « parents »)"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "where", "expected"), WRONG)
def test_each_mistake_is_told_where_it_stands(tmp_path, raw, where, expected):
    problems = _read(tmp_path, raw).problems
    assert len(problems) == 1, problems
    assert (
        problems[0].file.startswith(FILE) and where in problems[0].file and expected in problems[0].expected
    )
    assert problems[0].severity == "error"


@pytest.mark.parametrize(
    "written", ["camille.exemple@ici.example", "M. Exemple", "01 99 00 12 34 chez Mme Exemple"]
)  # fmt: skip
def test_a_persons_data_is_refused_and_never_repeated(tmp_path, written):
    for raw in (
        _in("responsable", "contact", written),
        _in("finalite", written),
        _in("enquetes", 0, "du", written),
    ):
        found = _read(tmp_path, raw)
        assert found.problems
        assert "xemple" not in str([(p.found, p.expected) for p in found.problems])
        assert written not in (found.controller.address, found.purpose)


@pytest.mark.parametrize(
    "address", ["ctg@ici.example", "service.enfance@ici.example", "01 99 00 12 34", "1 place Exemple"]
)
def test_a_generic_address_is_taken(tmp_path, address):
    found = _read(tmp_path, _in("responsable", "contact", address))
    assert found.problems == () and found.controller.address == address


def test_to_complete_says_nothing(tmp_path):
    raw = {
        "responsable": {"organisme": "à compléter", "fonction": "À COMPLÉTER", "contact": "à compléter…"},
        "conservation_jusqu_au": "à compléter", "hebergement": {"union_europeenne": "à compléter"},
        "enquetes": [{"questionnaire": "parents", "du": "à compléter", "au": "à compléter"}],
    }  # fmt: skip
    found = _read(tmp_path, raw)
    assert found.problems == () and not found.controller.known and found.keep_until is None
    assert found.host.in_union is None and found.surveys[0].opens is None


# --- checks ------------------------------------------------------------------------------------------------


def test_good_settings_have_no_problem(tmp_path):
    assert _check(tmp_path, GOOD) == []
    _hold(tmp_path, "parents.csv")
    assert _check(tmp_path, GOOD) == []


def _only(problems, where, expected, severity="error"):
    assert len(problems) == 1, list(map(str, problems))
    assert where in problems[0].file and expected in problems[0].expected and problems[0].severity == severity
    return problems[0]


def test_answers_kept_past_their_day_are_an_error(tmp_path):
    raw = _in("conservation_jusqu_au", "2026-12-31")
    _hold(tmp_path, "export de Camille Exemple.csv", "papier/saisie.xlsx")
    late = _check(
        tmp_path, {**raw, "rencontres": [], "enquetes": [{**SURVEY, "etat": "fait"}]}, date(2027, 1, 1)
    )
    told = _only(late, "« conservation_jusqu_au »", "supprimer les fichiers de consultation/reponses")
    assert told.found == "31 décembre 2026, et 2 fichiers de réponses" and "Camille" not in str(told)
    assert not [p for p in _check(tmp_path, raw, date(2026, 12, 31)) if "supprimer" in p.expected]


def test_once_the_answers_are_gone_a_passed_day_is_no_error(tmp_path):
    raw = {
        **_in("conservation_jusqu_au", "2026-12-31"),
        "rencontres": [],
        "enquetes": [{**SURVEY, "etat": "fait"}],
    }
    _hold(tmp_path, "~$parents.xlsx", ".gitkeep", "LISEZ-MOI.txt")
    assert answer_files(tmp_path) == [] and _check(tmp_path, raw, date(2027, 6, 1)) == []


LATE = date(2027, 6, 1)
DONE = {
    **_in("conservation_jusqu_au", "2026-12-31"),
    "rencontres": [],
    "enquetes": [{**SURVEY, "etat": "fait"}],
}


def _books(tmp_path, tables):
    from actors_written import write

    folder = tmp_path / "consultation"
    folder.mkdir(exist_ok=True)
    write(folder, tables)


def _reviewed(tmp_path, lines):
    from ctg_lib.consultation.books.verbatims import FILE as REVIEWED
    from ctg_lib.consultation.books.verbatims import SHEET, verbatims
    from ctg_lib.consultation.scheme import common_scheme
    from ctg_lib.documents.workbooks import write_workbook

    (tmp_path / "consultation").mkdir(exist_ok=True)
    path = tmp_path / "consultation" / REVIEWED
    write_workbook(path, verbatims(common_scheme()), {SHEET: lines}, communes={}, place="Exemple", moment=DAY)


def test_blank_workbooks_hold_nobody_s_words(tmp_path):
    """As ``ctg study new`` makes them, with what is only planned."""
    planned = {"id": "E01", "state": "prevu", "group": "petite_enfance"}
    _books(
        tmp_path,
        {
            "entretiens.meetings": [planned],
            "rencontres.meetings": [],
            "forums.meetings": [],
            "seminaire.meetings": [],
        },
    )
    _reviewed(tmp_path, [])
    for name in (
        "besoins.yml",
        "effacements.txt",
        "questionnaires/parents.yml",
        "LISEZ-MOI.txt",
        "~$forums.xlsx",
        ".gitkeep",
    ):
        (tmp_path / "consultation" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "consultation" / name).write_text("")
    assert word_files(tmp_path) == [] and _check(tmp_path, DONE, LATE) == []


@pytest.mark.parametrize(
    "tables, name",
    [
        ({"entretiens.meetings": [{"id": "E01", "state": "tenu", "group": "petite_enfance"}]}, "entretiens.xlsx"),
        ({"entretiens.meetings": [], "entretiens.excerpts": [{"id": "X01", "meeting": "E01", "summary": "x"}]}, "entretiens.xlsx"),
        ({"rencontres.meetings": [], "rencontres.excerpts": [{"id": "X01", "meeting": "R01", "quote": "x"}]}, "rencontres.xlsx"),
        ({"forums.meetings": [], "forums.excerpts": [{"id": "X01", "meeting": "F01", "summary": "x"}]}, "forums.xlsx"),
        ({"seminaire.meetings": [], "seminaire.excerpts": [{"id": "X01", "meeting": "S01", "summary": "x"}]}, "seminaire.xlsx"),
    ],
)  # fmt: skip
def test_words_of_meetings_kept_past_their_day_are_an_error(tmp_path, tables, name):
    _books(tmp_path, tables)
    told = _only(_check(tmp_path, DONE, LATE), "« conservation_jusqu_au »", f"supprimer consultation/{name}")
    assert told.found == f"31 décembre 2026, et {name}"
    assert _check(tmp_path, DONE, date(2026, 12, 31)) == []


def test_reviewed_texts_kept_past_their_day_are_an_error(tmp_path):
    _reviewed(tmp_path, [{"answer": "parents-0123456789abcdef", "column": "besoin_libre"}])
    _only(_check(tmp_path, DONE, LATE), "« conservation_jusqu_au »", "supprimer consultation/verbatims.xlsx")
    _hold(tmp_path, "a.csv")
    told = _only(
        _check(tmp_path, DONE, LATE),
        "« conservation_jusqu_au »",
        "supprimer les fichiers de consultation/reponses, cons",
    )
    assert told.found == "31 décembre 2026, et 1 fichier de réponses, verbatims.xlsx"


def test_any_other_file_may_hold_words_and_its_name_is_not_told(tmp_path):
    folder = tmp_path / "consultation"
    folder.mkdir()
    (folder / "Entretien de Camille Exemple.docx").write_bytes(b"PK")
    (folder / "forums.xlsx").write_bytes(b"not a workbook")
    told = _only(
        _check(tmp_path, DONE, LATE), "« conservation_jusqu_au »", "les autres fichiers de consultation"
    )
    assert told.found == "31 décembre 2026, et forums.xlsx, 1 autre fichier" and "Camille" not in str(told)


def test_a_passed_day_is_told_even_where_the_rest_is_wrong(tmp_path):
    _hold(tmp_path, "a.csv")
    settings = _read(tmp_path, {**_in("conservation_jusqu_au", "2026-11-01"), "enquete": 1})
    assert settings.problems
    told = check_settings(settings, tmp_path, DAY, ALL)
    assert any("aucune réponse après cette date" in p.expected and p.severity == "error" for p in told)


def test_of_a_file_that_cannot_be_read_nothing_more_is_told(tmp_path):
    _hold(tmp_path, "a.csv")
    assert check_settings(_read(tmp_path, "a: ["), tmp_path, DAY, ALL) == []


def test_how_long_answers_are_kept_is_needed_once_there_are_any(tmp_path):
    raw = {k: v for k, v in GOOD.items() if k != "conservation_jusqu_au"}
    _only(_check(tmp_path, raw), "« conservation_jusqu_au »", "elle est écrite dans l’information", "warning")
    _hold(tmp_path, "a.csv")
    _only(
        _check(tmp_path, raw),
        "« conservation_jusqu_au »",
        "le dossier en contient déjà (1 fichier de réponses)",
    )


def test_answers_without_any_settings_are_an_error(tmp_path):
    _hold(tmp_path, "a.csv")
    told = check_settings(read_settings(tmp_path, ALL), tmp_path, DAY, ALL)
    assert {(p.severity, p.file.split(", ", 1)[1]) for p in told} == {
        ("error", "« conservation_jusqu_au »"), ("error", "« responsable », « organisme »"),
        ("error", "« responsable », « contact »"), ("warning", "« delegue », « contact »"), ("warning", "« enquetes »"),
    }  # fmt: skip


def test_answers_are_kept_until_the_survey_is_over_and_not_for_ever(tmp_path):
    _only(
        _check(tmp_path, _in("conservation_jusqu_au", "2026-12-01")),
        "« conservation",
        "après la fin de la dernière",
    )
    _only(
        _check(tmp_path, _in("conservation_jusqu_au", "2040")), "« conservation", "5 ans au plus", "warning"
    )


def test_who_is_responsible_is_needed_once_a_survey_is_open(tmp_path):
    raw = {k: v for k, v in GOOD.items() if k != "responsable"}
    told = _check(tmp_path, raw)
    assert [p.severity for p in told] == ["error", "error"] and all(
        "RGPD, art. 13" in p.expected for p in told
    )
    later = {**raw, "enquetes": [{**SURVEY, "du": "2026-12-01", "etat": "prévu"}]}
    assert [p.severity for p in _check(tmp_path, later)] == ["warning", "warning"]
    assert _check(tmp_path, {"rencontres": GOOD["rencontres"]}) == []


def test_an_officer_is_asked_for(tmp_path):
    _only(
        _check(tmp_path, _in("delegue", "contact", "à compléter")),
        "« delegue », « contact »",
        "délégué",
        "warning",
    )


def test_where_online_answers_are_kept_is_asked_for(tmp_path):
    _only(
        _check(tmp_path, _in("hebergement", {"outil": "X"})), "« union_europeenne »", "oui ou non", "warning"
    )
    _only(_check(tmp_path, _in("hebergement", {"union_europeenne": "non"})), "« garanties »", "art. 46")
    safe = {"union_europeenne": False, "garanties": "clauses types"}
    assert _check(tmp_path, _in("hebergement", safe)) == []
    paper = _in("enquetes", 0, "formes", ["papier"])
    assert _check(tmp_path, {**paper, "hebergement": {}}) == []


def test_how_parents_agree_is_asked_for(tmp_path):
    young = {**SURVEY, "questionnaire": "jeunes_11_17", "canaux": ["ecole_college"]}
    _only(_check(tmp_path, _in("enquetes", [young])), "« accord_des_parents »", "moins de 15 ans", "warning")
    assert _check(tmp_path, _in("enquetes", [{**young, "accord_des_parents": "lettre du collège"}])) == []


def test_channels_are_asked_for(tmp_path):
    _only(_check(tmp_path, _in("enquetes", 0, "canaux", [])), "« canaux »", "les canaux", "warning")


def test_answers_come_from_a_survey(tmp_path):
    _hold(tmp_path, "a.csv")
    _only(_check(tmp_path, {**GOOD, "enquetes": []}), "« enquetes »", "1 fichier de réponses", "warning")


@pytest.mark.parametrize(
    ("change", "expected", "severity"),
    [
        ({"etat": "fait"}, "ce n’est pas passé le 15 novembre 2026", "error"),
        ({"etat": "en cours", "du": "2026-12-01"}, "ce n’est pas commencé le 15 novembre 2026", "error"),
        (
            {"etat": "prévu", "du": "2026-10-01", "au": "2026-11-10"},
            "c’est passé le 15 novembre 2026",
            "warning",
        ),
        (
            {"etat": "en cours", "du": "2026-10-01", "au": "2026-11-10"},
            "c’est passé le 15 novembre 2026",
            "warning",
        ),
        ({"etat": "hypothèse", "du": "2026-10-01", "au": "2026-11-10"}, "", ""),
        ({"etat": "en cours", "du": "2026-11-02", "au": None}, "", ""),
    ],
)
def test_states_agree_with_the_day(tmp_path, change, expected, severity):
    told = _check(tmp_path, _in("enquetes", [{**SURVEY, **change}]))
    if not expected:
        assert told == []
    else:
        _only(told, "enquête 1, « etat »", expected, severity)


def test_a_meeting_too_agrees_with_the_day(tmp_path):
    raw = _in("rencontres", [{"occasion": "forum", "date": "2026-11-20", "etat": "fait"}])
    _only(_check(tmp_path, raw), "rencontre 1, « etat »", "ce n’est pas passé")


# --- template ----------------------------------------------------------------------------------------------


def test_the_template_sets_nothing_and_is_sound(tmp_path):
    found = _read(tmp_path, settings_text("Exemple"))
    assert found.problems == () and found.planned == () and found.controller.organisation == ""
    assert check_settings(found, tmp_path, DAY, ALL) == []


def test_the_template_uncommented_is_read_without_an_error(tmp_path):
    text = settings_text("Exemple")
    keys = re.compile(r"^# ((?:  )*(?:- )?[a-z_]+:.*)$")
    lines = [found[1] for line in text.splitlines() if (found := keys.match(line))]
    assert len(lines) > 30
    found = _read(tmp_path, "\n".join(lines))
    assert found.problems == ()
    assert [s.questionnaire for s in found.surveys] == ["parents", "jeunes_11_17"]
    assert [p.words for p in found.planned][2:] == [
        "10 entretiens, date à fixer (prévu)", "2 forums d’habitants, date à fixer (hypothèse)",
    ]  # fmt: skip
    told = check_settings(found, tmp_path, DAY, ALL)
    assert told and all(p.severity == "warning" for p in told)


def test_the_template_names_every_questionnaire_and_is_always_the_same():
    text = settings_text("Exemple")
    assert all(f"#   {id} " in text for id in BANK) and text == settings_text("Exemple")
    assert max(map(len, text.splitlines())) <= 120


_TREE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.dates() | st.text(max_size=8) | st.sampled_from(["parents", "forum"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["responsable", "enquetes", "rencontres", "du", "au", "date", "questionnaire", "occasion",
                         "formes", "etat", "hebergement", "conservation_jusqu_au", "publics_attendus"]),
        inner, max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@hypothesis_settings(max_examples=100, deadline=None)
@given(_TREE)
def test_whatever_is_written_is_told_and_never_raises(tmp_path_factory, tree):
    folder = tmp_path_factory.mktemp("etude")
    found = _read(folder, tree if tree else {"enquetes": tree})
    check_settings(found, folder, DAY, ALL)
    assert all(each.words for each in found.planned)
