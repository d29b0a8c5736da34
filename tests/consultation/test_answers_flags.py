"""Doubles, impossible households, forms not read, answers left out: each with what it must not catch."""

import random
from datetime import date

import pytest
from answered_forms import HABITANTS, PARENTS, YOUNG, answered, limesurvey, lines_of, plain_table, written

from ctg_lib.consultation.answers import FLAGS, LEFT_OUT
from ctg_lib.consultation.folder import load
from ctg_lib.consultation.reading import read_answers

HOUSEHOLD = {
    "participation": "oui",
    "residence": "annee",
    "secteur": "exemple_nord",
    "age": "de_30_44",
    "demarches_internet": "jamais",
}


def read(tmp_path, lines, questionnaire=HABITANTS, name="a.csv", **more):
    path = tmp_path / name
    path.write_text(limesurvey(lines, questionnaire, **more), encoding="utf-8")
    return read_answers([path], questionnaire)


def flags_of(answers):
    return [(int(r), f) for r, f in answers.flags.itertuples(index=False)]


def whole(seed, questionnaire=HABITANTS, **more):
    """A long answer, kept."""
    line = answered(random.Random(seed), questionnaire, skip=0.0)
    return line | {"participation": "oui", "residence": "annee", "secteur": "exemple_nord"} | more


def household(kind, adults=None, *ages):
    every = ("aucun", "moins_3", "de_3_5", "de_6_10", "de_11_14", "de_15_17", "plus_18")
    children = {f"enfants_ages__{age}": age in ages for age in every} if ages else {}
    return HOUSEHOLD | {"menage": kind} | ({} if adults is None else {"adultes": adults}) | children


@pytest.mark.parametrize(
    "line",
    [
        household("seul", 2), household("seul", 1, "moins_3"), household("couple_sans_enfant", 1), household("couple_sans_enfant", 2, "de_3_5"),
        household("couple_avec_enfant", 1, "de_3_5"), household("couple_avec_enfant", 2, "aucun"), household("monoparentale", 2, "de_3_5"),
        household("monoparentale", 1, "aucun"), household("seul", 0), household("autre", 0),
    ],
)  # fmt: skip
def test_households_that_cannot_be(tmp_path, line):
    answers = read(tmp_path, [line])
    assert (1, "menage_impossible") in flags_of(answers)
    assert len(answers) == 1  # told and kept


@pytest.mark.parametrize(
    "line",
    [
        household("seul", 1), household("seul", 1, "aucun"), household("seul"), household("couple_sans_enfant", 2, "aucun"),
        household("couple_sans_enfant", 3, "plus_18"), household("couple_avec_enfant", 3, "de_15_17", "plus_18"), household("couple_avec_enfant", 2),
        household("monoparentale", 1, "de_3_5"), household("monoparentale", 2, "de_15_17", "plus_18"), household("monoparentale"),
        household("autre", 7, "moins_3", "plus_18"), HOUSEHOLD,
    ],
)  # fmt: skip
def test_households_that_can_be(tmp_path, line):
    assert "menage_impossible" not in {f for _, f in flags_of(read(tmp_path, [line]))}


def test_the_same_deletion_code_is_one_answer_the_most_complete_is_kept(tmp_path):
    half = dict(list(whole(1).items())[:9]) | {"menage": "seul"}
    service = [
        {"codeeffacement": "bcd fg-bbbbc", "submitdate": ""},
        {"codeeffacement": "BCDFGBBBBC"},
        {"codeeffacement": "BCDFGBBBBD"},
    ]
    answers = read(tmp_path, [half, whole(2), whole(3)], service=service)
    assert (answers.received, len(answers)) == (3, 2)
    assert flags_of(answers).count((0, "double")) == 1
    assert lines_of(answers)[0] == whole(2)
    problem = next(p for p in answers.problems if "réponse en double" in p.found)
    assert (
        problem.row,
        "même code de suppression" in problem.found,
        "ligne 3 de a.csv" in problem.expected,
    ) == (2, True, True)
    assert "BCDFG" not in str(problem)


def test_one_answer_exported_twice_from_one_tool(tmp_path):
    first = read(tmp_path, [whole(1), whole(2)], name="a.csv")
    half = {c: v for n, (c, v) in enumerate(whole(2).items()) if n < 40}
    (tmp_path / "b.csv").write_text(
        limesurvey(
            [whole(3), half],
            HABITANTS,
            service=[{"id": 7, "codeeffacement": "BCDFGZZZZC"}, {"id": 2, "submitdate": ""}],
        )
    )
    both = read_answers([tmp_path / "b.csv", tmp_path / "a.csv"], HABITANTS)
    assert len(first) == 2
    assert (both.received, len(both)) == (4, 3)
    assert whole(2) in lines_of(both)


def test_the_same_number_in_two_surveys_is_not_a_double(tmp_path):
    lines = [[whole(1)], [whole(2)]]
    for name, line, code in zip("ab", lines, ("BCDFGBBBBC", "BCDFGBBBBD"), strict=True):
        (tmp_path / f"{name}.csv").write_text(limesurvey(line, HABITANTS, service=[{"codeeffacement": code}]))
    assert len(read_answers([tmp_path / "a.csv", tmp_path / "b.csv"], HABITANTS)) == 2


def test_the_same_content_is_a_double_where_it_is_long_and_not_where_it_is_short(tmp_path):
    plain = tmp_path / "long.csv"
    plain.write_text(
        written(
            [
                ["" if v is None else str(v) for v in row]
                for row in plain_table([whole(1), whole(1), whole(2)], HABITANTS)
            ]
        )
    )
    answers = read_answers([plain], HABITANTS)
    assert (answers.received, len(answers)) == (3, 2)
    short = {
        "participation": "oui",
        "residence": "annee",
        "secteur": "exemple_nord",
        "age": "de_30_44",
        "menage": "seul",
    }
    plain.write_text(
        written(
            [["" if v is None else str(v) for v in row] for row in plain_table([short, short], HABITANTS)]
        )
    )
    assert len(read_answers([plain], HABITANTS)) == 2


def durations(tmp_path, last, first=600, count=12, questionnaire=HABITANTS):
    lines = [whole(n, questionnaire) for n in range(count)]
    service = [{"interviewtime": first}] * (count - 1) + [{"interviewtime": last}]
    return [
        r for r, f in flags_of(read(tmp_path, lines, questionnaire, service=service)) if f == "trop_rapide"
    ]


def test_a_form_filled_faster_than_it_is_read(tmp_path):
    assert durations(tmp_path, 20) == [12]
    assert durations(tmp_path, 201) == []  # a third of the median
    assert durations(tmp_path, 150) == []  # quick, and more than two seconds per question
    assert durations(tmp_path, 20, count=9) == []  # too few to know what is quick
    assert durations(tmp_path, "", first="") == []  # no durations


def test_straight_lines(tmp_path):
    grids = [q for q in HABITANTS.questions if q.kind == "grid" and len(q.items) >= 5]
    assert len(grids) > 1
    straight = {column: q.options[0].code for q in grids for column in q.columns}
    bent = straight | {grids[1].columns[-1]: grids[1].options[1].code}
    few = {column: code for q in grids for column, code in list(straight.items()) if column in q.columns[:4]}

    def line(seed, answers):
        return {c: v for c, v in whole(seed).items() if c not in straight} | answers

    answers = read(tmp_path, [line(1, straight), line(2, bent), line(3, few), line(4, {})])
    assert [r for r, f in flags_of(answers) if f == "lignes_droites"] == [1]


@pytest.mark.parametrize(
    "line, flag",
    [
        ({"participation": "oui"}, "vide"), ({}, "vide"), ({"canal": "mairie"}, "vide"),
        ({"participation": "non", "age": "de_30_44"}, "sans_accord"),
        (HOUSEHOLD | {"residence": "non"}, "hors_territoire"),
    ],
)  # fmt: skip
def test_answers_left_out(tmp_path, line, flag):
    line = {c: v for c, v in line.items() if not (line.get("residence") == "non" and c == "secteur")}
    answers = read(tmp_path, [line, whole(1)])
    assert (0, flag) in flags_of(answers)
    assert (answers.received, len(answers)) == (2, 1)
    assert flag in LEFT_OUT


def test_second_homes_are_kept_and_told_apart(tmp_path):
    answers = read(tmp_path, [HOUSEHOLD | {"residence": "secondaire"}, whole(1)])
    assert (1, "residence_secondaire") in flags_of(answers)
    assert len(answers) == 2
    assert set(answers.flags["flag"]) <= set(FLAGS)


@pytest.mark.parametrize(
    "more, left_out",
    [({"age": "de_11_14"}, True), ({"age": "de_11_14", "accord_parental": "non"}, True), ({"age": "de_11_14", "accord_parental": "oui"}, False),
     ({"age": "de_15_17"}, False)],
)  # fmt: skip
def test_a_child_under_fifteen_needs_a_parent_who_agrees(tmp_path, more, left_out):
    answers = read(
        tmp_path,
        [
            {"participation": "oui", "residence": "annee", "secteur": "exemple_nord", "scolarite": "college"}
            | more
        ],
        YOUNG,
    )
    assert ((0, "sans_accord") in flags_of(answers)) is left_out
    assert len(answers) == (not left_out)
    told = [p for p in answers.problems if p.found == "une réponse de mineur sans l’accord d’un parent"]
    assert [(p.row, p.severity) for p in told] == [(2, "warning")] * left_out
    assert all(p.file and "aucune durée de conservation ne vaut pour elle" in p.expected for p in told)


def test_a_child_s_answer_is_to_be_deleted_whatever_the_settings_keep(tmp_path):
    folder = tmp_path / "consultation"
    (folder / "reponses").mkdir(parents=True)
    lines = [
        "participation,accord_parental,residence,age,scolarite",
        "oui,non,annee,de_11_14,college",
        "oui,oui,annee,de_11_14,college",
    ]
    (folder / "reponses" / "jeunes_11_17.csv").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "consultation.yml").write_text("conservation_jusqu_au: 2027-12-31\n", encoding="utf-8")
    found = load(tmp_path, communes={}, secteurs={}, as_of=date(2026, 11, 15))
    [told] = [p for p in found.problems if p.found == "une réponse de mineur sans l’accord d’un parent"]
    assert (told.file, told.row) == ("reponses/jeunes_11_17.csv", 2)
    assert "cette ligne supprimée du fichier et de ses copies" in told.expected
    assert "la conservation jusqu’au 31 décembre 2027 (consultation.yml) ne vaut que pour" in told.expected


@pytest.mark.parametrize(
    "age, left_out", [("aucun", True), ("plus_18", True), ("de_15_17", False), ("", False)]
)
def test_a_home_without_a_child_is_not_of_the_parents(tmp_path, age, left_out):
    line = household("autre", 2, *([age] if age else []))
    line = {c: v for c, v in line.items() if c != "age"}
    assert ((0, "hors_public") in flags_of(read(tmp_path, [line], PARENTS))) is left_out
