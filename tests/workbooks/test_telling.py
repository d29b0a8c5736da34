"""Problems as they are printed: each thing once, alike things together."""

from __future__ import annotations

from ctg_lib.workbooks.parsing import NO_PERSON
from ctg_lib.workbooks.problems import Problem, ordered
from ctg_lib.workbooks.telling import lines, spans, together

FILE, SHEET = "offre.xlsx", "Services"


def cell(row: int, column: str, found: str, expected: str, severity: str = "error") -> Problem:
    return Problem(FILE, found, expected, SHEET, row, column, severity)


def test_one_problem_is_one_line() -> None:
    one = cell(5, "Type", "a", "b")
    assert list(lines([one])) == [f"  {one}"]


def test_those_of_a_sheet_stand_under_it() -> None:
    found = ordered([cell(5, "Type", "a", "b"), cell(6, "Nom", "", "c"), Problem(FILE, "x", "y", SHEET)])
    assert list(lines(found)) == [
        "  offre.xlsx, feuille « Services » :",
        "    trouvé « x », attendu y",
        "    ligne 5, colonne « Type » : trouvé « a », attendu b",
        "    ligne 6, colonne « Nom » : rien trouvé, attendu c",
    ]


def test_the_same_fault_of_many_lines_is_told_once_with_all_its_lines() -> None:
    found = [cell(row, "Thème", f"t{row % 6}", "une valeur") for row in (5, 6, 7, 8, 12, 13, 20)]
    found += [cell(9, "Thème", "u", "une autre")]
    assert list(lines(ordered(found))) == [
        "  offre.xlsx, feuille « Services » :",
        "    lignes 5 à 8, 12, 13 et 20, colonne « Thème » : trouvé « t5 », « t0 », « t1 », « t2 », attendu une valeur",
        "    ligne 9, colonne « Thème » : trouvé « u », attendu une autre",
    ]
    many = [cell(row, "", f"{row}", "rien") for row in range(5, 50)]
    assert list(lines(many))[1].endswith("« 8 » … (45 contenus), attendu rien")
    assert list(lines([cell(r, "Nom", "", "un nom") for r in (1, 2, 3)]))[1] == (
        "    lignes 1 à 3, colonne « Nom » : rien trouvé, attendu un nom"
    )


def test_files_and_sheets_apart() -> None:
    found = [Problem("a.xlsx", "1", "2"), Problem("b.xlsx", "1", "2"), Problem("b.xlsx", "1", "2", "F")]
    assert list(lines(found)) == [f"  {p}" for p in found]


def test_spans_of_rows() -> None:
    assert [spans(r) for r in ([4], [4, 5], [4, 5, 6], [4, 6, 7, 8, 10])] == [
        "4",
        "4 et 5",
        "4 à 6",
        "4, 6 à 8 et 10",
    ]


def test_a_check_adds_nothing_to_a_refused_cell() -> None:
    refused = cell(5, "Commune", "Millau", "une commune du territoire")
    assert together([refused], [cell(5, "Commune", "", "une commune")]) == [refused]
    other = cell(6, "Commune", "", "une commune")
    assert together([refused], [other]) == [refused, other]
    warned = cell(5, "Commune", "?", "vide", "warning")
    assert len(together([warned], [cell(5, "Commune", "", "une commune")])) == 2


def test_a_person_is_told_once() -> None:
    vague = cell(5, "Remarque", "ce qui semble", NO_PERSON, "warning")
    precise = cell(5, "Remarque", "un numéro de téléphone", "aucune donnée", "warning")
    assert together([vague], [precise]) == [precise]
    assert together([vague], [cell(6, "Remarque", "un numéro", "aucune donnée", "warning")])[0] == vague


def test_checks_name_the_tab_as_it_is_called() -> None:
    (told,) = together([], [cell(5, "Nom", "a", "b")], {(FILE, SHEET): "Offre 2026"})
    assert told.sheet == "Offre 2026"
