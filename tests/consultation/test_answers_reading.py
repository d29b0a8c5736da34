"""Exports of each tool, read: what was answered comes back, and what is wrong is told where it stands."""

import random

import openpyxl
import pytest
from answered_forms import (
    ALL,
    EVERY_KIND,
    HABITANTS,
    PARENTS,
    answered,
    entry_sheet,
    limesurvey,
    lines_of,
    odk,
    plain_table,
    written,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ctg_lib.consultation.answers import SERVICE_COLUMNS, dtype_of
from ctg_lib.consultation.reading import read_answers

QUESTIONNAIRES = [EVERY_KIND, *ALL.values()]
FORMS = {
    "limesurvey, codes": lambda lines, q: limesurvey(lines, q),
    "limesurvey, whole answers": lambda lines, q: limesurvey(
        lines, q, full=True, labels=True, delimiter=";", no="Non"
    ),
    "limesurvey, tab": lambda lines, q: limesurvey(lines, q, delimiter="\t", no="N"),
    "kobo": lambda lines, q: odk(lines, q, split=True, delimiter=";"),
    "central": lambda lines, q: odk(lines, q),
    "own columns": lambda lines, q: written([[_plain(v) for v in row] for row in plain_table(lines, q)]),
    "own columns, labels": lambda lines, q: written(
        [[_plain(v) for v in row] for row in plain_table(lines, q, labels=True)]
    ),
}


def _plain(value):
    return "" if value is None else str(value)


def kept(rng, questionnaire, count):
    """Lines none of which is left out."""
    lines = []
    while len(lines) < count:
        line = answered(rng, questionnaire)
        minor = any(
            line.get(f"enfants_ages__{a}") for a in ("moins_3", "de_3_5", "de_6_10", "de_11_14", "de_15_17")
        )
        ages = any(c.startswith("enfants_ages__") for c in line)
        if (
            line.get("participation", "oui") == "oui" and line.get("residence") != "non" and len(line) > 6
            and line.get("accord_parental", "oui") == "oui" and not (questionnaire is PARENTS and ages and not minor)
            and not any(question_only(line, other) for other in lines)
        ):  # fmt: skip
            lines.append(line)
    return lines


def question_only(line, other):
    return line == other


def saved(tmp_path, text, name="export.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def told(answers, *words):
    return [p for p in answers.problems if all(w in f"{p.found} {p.expected} {p.column}" for w in words)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("questionnaire", QUESTIONNAIRES, ids=lambda q: q.id)
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_is_written_is_read_back(tmp_path, questionnaire, form, seed):
    lines = kept(random.Random(seed), questionnaire, 4)
    answers = read_answers([saved(tmp_path, FORMS[form](lines, questionnaire))], questionnaire)
    assert lines_of(answers) == lines
    assert not [p for p in answers.problems if p.row and p.row > 1]


@pytest.mark.parametrize("questionnaire", QUESTIONNAIRES, ids=lambda q: q.id)
def test_an_entry_sheet_is_read_back_as_paper(tmp_path, questionnaire):
    lines = kept(random.Random(7), questionnaire, 6)
    path = entry_sheet(tmp_path / "saisie.xlsx", lines, questionnaire, codes=["BCDFGHJKL"], canal="mairie")
    answers = read_answers([path], questionnaire)
    assert lines_of(answers)[0] | {"canal": 0} == lines[0] | {"canal": 0}
    assert set(answers.table["mode"]) == {"papier"}
    assert answers.table["complete"].all()
    assert not answers.problems


def test_the_channel_typed_before_the_questions_is_used_where_the_person_did_not_say(tmp_path):
    lines = kept(random.Random(3), HABITANTS, 2)
    lines[0].pop("canal", None), lines[0].pop("canal__autre__texte", None)
    lines[1]["canal"] = "affiche_presse"
    answers = read_answers(
        [
            entry_sheet(
                tmp_path / "s.xlsx", lines, HABITANTS, canal="Par la mairie ou la communauté de communes"
            )
        ],
        HABITANTS,
    )
    assert list(answers.table["channel"]) == ["mairie", "affiche_presse"]


def test_forms_not_typed_yet_are_no_answers(tmp_path):
    path = entry_sheet(
        tmp_path / "s.xlsx", [{}, {}, {}], HABITANTS, codes=["BCDFGHJKL", "BCDFGHJKM", "BCDFGHJKN"]
    )
    answers = read_answers([path], HABITANTS)
    assert answers.received == len(answers) == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_separators(tmp_path, encoding, delimiter):
    lines = kept(random.Random(1), EVERY_KIND, 3)
    text = limesurvey(lines, EVERY_KIND, full=True, labels=True, delimiter=delimiter)
    assert lines_of(read_answers([saved(tmp_path, text, encoding=encoding)], EVERY_KIND)) == lines


def test_excel_says_its_separator_on_the_first_line(tmp_path):
    lines = kept(random.Random(1), EVERY_KIND, 3)
    text = "sep=;\r\n" + limesurvey(lines, EVERY_KIND, delimiter=";").replace("\n", "\r\n")
    assert len(read_answers([saved(tmp_path, text)], EVERY_KIND)) == 3


def test_an_export_to_excel(tmp_path):
    lines = kept(random.Random(1), EVERY_KIND, 3)
    import csv

    book = openpyxl.Workbook()
    for row in csv.reader(limesurvey(lines, EVERY_KIND).splitlines(keepends=True)):
        book.active.append([int(v) if v.isdigit() else v for v in row])
    for row in book.active.iter_rows():
        for cell in row:
            cell.data_type = "s" if cell.data_type == "f" else cell.data_type
    book.save(tmp_path / "results.xlsx")
    answers = read_answers([tmp_path / "results.xlsx"], EVERY_KIND)
    assert lines_of(answers) == lines
    assert set(answers.table["mode"]) == {"en_ligne"}


def test_columns_and_types(tmp_path):
    answers = read_answers(
        [saved(tmp_path, limesurvey(kept(random.Random(1), EVERY_KIND, 3), EVERY_KIND))], EVERY_KIND
    )
    assert tuple(answers.table.columns) == (
        *SERVICE_COLUMNS,
        *(c for q in EVERY_KIND.questions for c in q.columns),
    )
    for question in EVERY_KIND.questions:
        for column in question.columns:
            assert str(answers.table[column].dtype) == dtype_of(question, column)
    assert list(answers.table["respondent"]) == [1, 2, 3]


def test_an_answer_not_sent_is_partial(tmp_path):
    lines = kept(random.Random(1), HABITANTS, 3)
    half = {c: v for c, v in lines[2].items() if c in ("participation", "residence", "secteur", "age")}
    text = limesurvey([*lines[:2], half], HABITANTS, service=[{}, {}, {"submitdate": "", "lastpage": 2}])
    table = read_answers([saved(tmp_path, text)], HABITANTS).table
    assert list(table["complete"]) == [True, True, False]
    assert 0 < table["answered"].iloc[2] < 0.2 < table["answered"].iloc[0] <= 1


def test_a_collector_on_a_device_is_face_to_face_and_its_number_is_dropped(tmp_path):
    lines = kept(random.Random(1), EVERY_KIND, 2)
    answers = read_answers([saved(tmp_path, odk(lines, EVERY_KIND, device="collect:abc123XYZ"))], EVERY_KIND)
    assert set(answers.table["mode"]) == {"face_a_face"}
    assert told(answers, "identifiants d’appareil", "deviceid")
    assert "abc123XYZ" not in " ".join(map(str, answers.problems)) + answers.table.to_csv()


# --- one message each ----------------------------------------------------------------------------------


def read_lines(tmp_path, *rows, head=None, name="reponses.csv"):
    """Plain table of the small questionnaire."""
    columns = head or [
        "un",
        "cases__a",
        "cases__b",
        "cases__aucune",
        "rangs__x",
        "rangs__y",
        "grille__l1",
        "nombre",
        "mots",
        "mode",
    ]
    return read_answers([saved(tmp_path, written([columns, *rows]), name)], EVERY_KIND)


MESSAGES = [
    ({"un": "A7"}, ("A7", "une des réponses"), "un"),
    ({"un": "peut-être bien"}, ("un texte qui n’est pas une des réponses",), "un"),
    ({"un": "oui ; non"}, ("plusieurs réponses", "une seule réponse"), "un"),
    ({"cases__a": "zut"}, ("une case cochée (x) ou vide",), "cases__a"),
    ({"cases__a": "x", "cases__aucune": "x"}, ("une réponse qui exclut les autres",), "cases__a"),
    ({"rangs__x": "1", "rangs__y": "1"}, ("deux fois le même rang",), "rangs__x"),
    ({"rangs__x": "9"}, ("un rang de 1 à 3",), "rangs__x"),
    ({"rangs__x": "1", "rangs__y": "3"}, ("des rangs qui ne se suivent pas",), "rangs__x"),
    ({"grille__l1": "bleu"}, ("une des réponses (oui, non)",), "grille__l1"),
    ({"grille__l1": "oui, non"}, ("plusieurs réponses", "une réponse par ligne"), "grille__l1"),
    ({"nombre": "beaucoup"}, ("ce qui n’est pas un nombre entier", "de 0 à 12"), "nombre"),
    ({"nombre": "2,5"}, ("ce qui n’est pas un nombre entier",), "nombre"),
    ({"nombre": "13"}, ("un nombre hors des bornes", "de 0 à 12"), "nombre"),
    ({"mots": "#REF!"}, ("une erreur de formule",), "mots"),
    ({"mots": "m" * 10_001}, ("un texte de plus de 10 000 caractères",), "mots"),
    ({"mode": "pigeon"}, ("un mode de réponse inconnu", "en_ligne, papier, face_a_face"), "mode"),
]


@pytest.mark.parametrize("cells, words, column", MESSAGES, ids=lambda v: str(v)[:30])
def test_a_cell_that_is_no_answer_is_told_and_the_others_stay(tmp_path, cells, words, column):
    head = [
        "un",
        "cases__a",
        "cases__b",
        "cases__aucune",
        "rangs__x",
        "rangs__y",
        "grille__l1",
        "nombre",
        "mots",
        "mode",
    ]
    good = {"un": "Oui", "nombre": "3,0", "mots": "ici", "mode": "papier", "grille__l1": "NON"}
    answers = read_lines(tmp_path, [(good | cells).get(c, "") for c in head])
    found = told(answers, *words)
    assert len(found) == 1
    assert (found[0].file, found[0].row, found[0].column, found[0].severity) == (
        "reponses.csv",
        2,
        column,
        "warning",
    )
    line = lines_of(answers)[0]
    untouched = {
        c: v
        for c, v in {"un": "oui", "nombre": 3, "mots": "ici", "grille__l1": "non"}.items()
        if c not in cells
    }
    assert untouched.items() <= line.items()
    if column in ("un", "nombre", "grille__l1"):
        assert column not in line


def test_more_ticks_than_allowed(tmp_path):
    answers = read_lines(tmp_path, ["a;b;autre;reste", "papier"], head=["cases", "mode"])
    assert told(answers, "4 réponses", "3 au plus")


def test_more_ranks_than_allowed(tmp_path):
    answers = read_lines(tmp_path, ["x y z", "papier"], head=["rangs", "mode"])
    assert told(answers, "3 réponses classées", "2 au plus")


def test_a_text_beside_an_option_that_is_not_ticked(tmp_path):
    answers = read_lines(
        tmp_path, ["oui", "Tout autre chose", "papier"], head=["un", "un__autre__texte", "mode"]
    )
    assert told(answers, "un texte auprès d’une réponse qui n’est pas cochée")
    assert lines_of(answers) == [{"un": "oui"}]


def test_a_text_beside_a_free_option_ticks_it(tmp_path):
    answers = read_lines(
        tmp_path, ["", "Tout autre chose", "papier"], head=["un", "un__autre__texte", "mode"]
    )
    assert lines_of(answers) == [{"un": "autre", "un__autre__texte": "Tout autre chose"}]


def test_an_answer_to_a_question_that_was_not_asked(tmp_path):
    head = ["residence", "droits_renonce", "droits_raisons", "secteur", "mode", "age", "questionnaire"]
    path = saved(
        tmp_path,
        written([head, ["annee", "non", "delai", "exemple_nord", "papier", "de_30_44", "habitants"]]),
    )
    answers = read_answers([path], HABITANTS)
    assert told(answers, "une question qui ne se posait pas", "« droits_renonce »")
    assert "droits_raisons__delai" not in lines_of(answers)[0]


@pytest.mark.parametrize(
    "heading, value, words",
    [
        ("ipaddr", "192.0.2.17", "adresses IP"), ("Adresse IP", "192.0.2.17", "adresses IP"), ("email", "a@b.example", "courrier"),
        ("token", "tok3nXYZ", "codes d’accès"), ("Nom", "Exemple", "des noms"), ("firstname", "Camille", "des noms"),
        ("téléphone", "0199001234", "téléphone"), ("refurl", "http://page.example/?u=7", "pages"), ("attribute_1", "secret", "attributs"),
        ("_location_latitude", "44.01", "positions"), ("Date de naissance", "01/02/2003", "naissance"), ("username", "camille", "des noms"),
        ("simserial", "8933", "appareil"), ("Adresse", "1 rue de l’Exemple", "adresses"),
    ],
)  # fmt: skip
def test_what_says_who_someone_is_is_dropped_and_told_without_it(tmp_path, heading, value, words):
    answers = read_lines(tmp_path, ["oui", value, "papier"], head=["un", heading, "mode"])
    assert told(answers, words, "aucune donnée sur une personne")
    everything = " ".join(map(str, answers.problems)) + answers.table.to_csv() + "".join(answers.keys)
    assert value not in everything


def test_an_unknown_column_is_told_and_says_whether_it_names_people(tmp_path):
    answers = read_lines(
        tmp_path, ["oui", "voir Mme Exemple", "papier"], head=["un", "Notes du bureau", "mode"]
    )
    assert told(answers, "1 cellule remplie, dont certaines semblent nommer", "la retirer du fichier")
    assert "Exemple" not in " ".join(map(str, answers.problems))


def test_free_texts_are_never_repeated(tmp_path):
    planted = "Camille au 01 99 00 12 34"
    answers = read_lines(
        tmp_path,
        [planted] * 10,
        head=[
            "un",
            "cases__a",
            "cases__b",
            "cases__aucune",
            "rangs__x",
            "rangs__y",
            "grille__l1",
            "nombre",
            "mots",
            "mode",
        ],
    )
    said = " ".join(map(str, answers.problems))
    assert len(answers.problems) > 6
    assert "Camille" not in said and "99" not in said


def test_other_messages_of_a_table(tmp_path):
    twice = read_lines(tmp_path, ["oui", "non", "papier"], head=["un", "UN", "mode"])
    assert [p.severity for p in told(twice, "un intitulé déjà lu")] == ["error"]
    assert told(twice, "aucune colonne pour ordre, cases")
    old = read_lines(
        tmp_path, ["oui", "papier", "7", "essai"], head=["un", "mode", "version", "questionnaire"]
    )
    assert told(old, "la version 7 du questionnaire", "la version 1")
    assert told(read_lines(tmp_path, ["oui"], head=["un"]), "aucune colonne « mode »", "papier")


def test_headings_pasted_twice_are_no_respondent(tmp_path):
    head = ["un", "ordre", "nombre", "mode"]
    answers = read_lines(
        tmp_path, ["oui", "jamais", "1", "papier"], head, ["non", "jamais", "2", "papier"], head=head
    )
    assert len(answers) == 2


def test_cells_merged_in_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    for row in (["un", "nombre", "mode"], ["oui", 1, "papier"], ["oui", 2, "papier"]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.save(tmp_path / "s.xlsx")
    answers = read_answers([tmp_path / "s.xlsx"], EVERY_KIND)
    assert told(answers, "des cellules fusionnées, A2:A3")
    assert lines_of(answers) == [{"un": "oui", "nombre": 1}, {"nombre": 2}]


def test_a_formula_without_result(tmp_path):
    book = openpyxl.Workbook()
    for row in (["un", "nombre", "mode"], ["oui", "=1+1", "papier"]):
        book.active.append(row)
    book.save(tmp_path / "s.xlsx")
    assert told(read_answers([tmp_path / "s.xlsx"], EVERY_KIND), "une formule sans résultat", "B")


def test_a_key_is_the_same_whenever_it_is_read(tmp_path):
    lines = kept(random.Random(5), EVERY_KIND, 4)
    first = read_answers([saved(tmp_path, limesurvey(lines, EVERY_KIND), "a.csv")], EVERY_KIND)
    second = read_answers(
        [saved(tmp_path, limesurvey(lines, EVERY_KIND, delimiter=";", full=True), "b.csv")], EVERY_KIND
    )
    assert first.keys == second.keys
    assert len(set(first.keys)) == 4
    assert all(key.startswith("essai-") for key in first.keys)


def test_labels_of_kobo_that_run_together_are_read_in_their_own_columns(tmp_path):
    head = ["Lesquelles ?", "Lesquelles ?/La première", "Lesquelles ?/La deuxième, la vraie", "_uuid"]
    path = saved(
        tmp_path,
        written(
            [head, ["La première La deuxième, la vraie", "1", "1", "u1"], ["La première", "1", "0", "u2"]]
        ),
    )
    answers = read_answers([path], EVERY_KIND)
    assert list(answers.table["cases__a"]) == [True, True]
    assert list(answers.table["cases__b"]) == [True, False]
    assert not [p for p in answers.problems if p.row and p.row > 1]
