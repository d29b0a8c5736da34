"""What the control finds in the workbook of priorities: one test per message."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from governance_samples import partners
from priorities_written import (
    AS_OF,
    CRITERIA,
    DECIDED,
    DECISIONS,
    FIXED,
    ISSUES,
    MEETINGS,
    SCORED,
    SCORES,
    VOTES,
    agreed,
    decision,
    scored,
    voted,
)

from ctg_lib.agreement.books import agreement_books
from ctg_lib.agreement.checks import priorities
from ctg_lib.agreement.folder import load
from ctg_lib.documents.workbooks import write_workbook

PARTNERS = partners({"documents.documents": [{"id": "D1", "title": "Compte rendu", "date": FIXED}]})


def found(**sheets):
    return list(priorities.problems(agreed(**sheets), PARTNERS, AS_OF))


def only(**sheets):
    """The one problem of these lines."""
    problems = found(**sheets)
    assert len(problems) == 1, [str(p) for p in problems]
    return problems[0]


def changed(lines, at=0, **values):
    return [{**line, **values} if n == at else line for n, line in enumerate(lines)]


def test_nothing_is_wrong_in_what_is_right() -> None:
    assert found() == []


def test_a_criterion_fixed_after_the_first_score() -> None:
    problem = only(criteria=changed(CRITERIA, fixed_on=SCORED + timedelta(days=1)))
    assert problem.severity == "error" and (problem.sheet, problem.row, problem.column) == (
        "Critères",
        5,
        "Fixé le",
    )
    assert problem.found == "21/01/2027" and "avant la première note, du 20/01/2027" in problem.expected
    assert problem.about == "ampleur" and problem.said == "un critère fixé après la première note"


def test_a_criterion_fixed_the_day_of_the_first_score() -> None:
    problem = only(criteria=changed(CRITERIA, fixed_on=SCORED))
    assert problem.severity == "warning" and "jour de la première note" in problem.found


def test_no_criterion_weighs() -> None:
    nothing = {"weight": 0.0}
    problem = only(criteria=[{**c, **nothing} for c in CRITERIA], scores=[{**s, **nothing} for s in SCORES])
    assert problem.column == "Poids" and "poids positif" in problem.expected


def test_a_weight_changed_after_the_scores() -> None:
    problem = only(criteria=changed(CRITERIA, weight=3.0))
    assert problem.severity == "error" and (problem.sheet, problem.column, problem.row) == (
        "Critères",
        "Poids",
        5,
    )
    assert problem.found == "3" and "2, poids écrit à côté des notes" in problem.expected
    assert problem.said == "un poids changé depuis les notes"


def test_scores_that_keep_no_weight_are_told_once() -> None:
    problem = only(scores=[{**line, "weight": None} for line in SCORES])
    assert problem.severity == "warning" and problem.found == f"{len(SCORES)} notes sans poids"


@pytest.mark.parametrize("sheets, document", [
    ({"criteria": [{**line, "document": ""} for line in CRITERIA]}, "aucun"),
    ({"meetings": changed(MEETINGS, date=SCORED)}, "D1"), ({"meetings": []}, "D1"),
])  # fmt: skip
def test_criteria_that_no_meeting_before_the_scores_fixed(sheets, document) -> None:
    problem = only(**sheets)
    assert problem.severity == "warning" and (problem.column, problem.found) == ("Document", document)
    assert problem.said == "des critères qu’aucune réunion d’avant les notes n’a fixés"


def test_before_any_score_no_minutes_are_asked_for() -> None:
    assert found(scores=[], votes=[], decisions=[], meetings=[]) == []


@pytest.mark.parametrize("reason, wrong", [
    ("Les trois collèges le mettent en tête.", True), ("Premier chez les habitants.", True),
    ("En tête des notes chez les élus.", False), ("Les habitants en parlent à chaque rencontre.", False),
])  # fmt: skip
def test_a_reason_does_not_rank_for_a_small_college(reason, wrong) -> None:
    small = [line for n in (1, 2, 3) for line in scored(f"E{n}", "habitants", 2, 3, 3, 3, voters=9)]
    said = [p.said for p in found(scores=[*SCORES, *small], decisions=changed(DECISIONS, reason=reason))]
    assert said == ["un motif qui classe au nom d’un collège trop petit"] * wrong
    assert found(decisions=changed(DECISIONS, reason=reason)) == []  # no college is small


@pytest.mark.parametrize("sheet, lines, column", [
    ("scores", changed(SCORES, 0, issue="E9"), "Enjeu"), ("votes", changed(VOTES, 0, issue="E9"), "Enjeu"),
    ("decisions", [*DECISIONS, decision("E9")], "Enjeu"), ("decisions", changed(DECISIONS, meeting="RE9"), "Réunion"),
    ("decisions", changed(DECISIONS, document="D9"), "Document"), ("criteria", changed(CRITERIA, document="D9"), "Document"),
])  # fmt: skip
def test_a_reference_to_nothing(sheet, lines, column) -> None:
    named = [p for p in found(**{sheet: lines}) if "absent de" in p.said]
    assert [p.column for p in named] == [column] and named[0].severity == "error"


def test_a_score_by_a_criterion_that_does_not_exist() -> None:
    named = [p for p in found(scores=changed(SCORES, 0, criterion="C9")) if "absent de" in p.said]
    assert named[0].found == "C9" and "priorites.xlsx, feuille « Critères »" in named[0].expected


@pytest.mark.parametrize("values", [{"lowest": 4.5}, {"highest": 3.5}])
def test_a_mean_beyond_what_was_given(values) -> None:
    problem = only(scores=changed(SCORES, **values))
    assert (
        problem.column == "Note moyenne"
        and problem.found == "4"
        and problem.about == "Garder les enfants tôt"
    )


def test_a_least_score_above_the_greatest() -> None:
    problem = only(scores=changed(SCORES, lowest=4.0, highest=3.0))
    assert problem.column == "Note la plus basse" and "plus que la note la plus haute" in problem.found


def test_an_issue_scored_in_part() -> None:
    problem = only(scores=SCORES[1:])
    assert problem.severity == "warning" and "pas de note pour C1" in problem.found
    assert found(scores=[s for s in SCORES if s["criterion"] != "C4"]) == []  # it weighs nothing


def test_more_votes_than_voters_had() -> None:
    problem = only(votes=[*voted("elus", 61, 0, 0), *voted("professionnels", 1, 1, 1)])
    assert problem.found == "61" and problem.expected == "au plus 60 (20 × 3)" and problem.severity == "error"


def test_more_votes_in_all_than_voters_had() -> None:
    problem = only(votes=[*voted("elus", 30, 30, 1), *VOTES[3:]])
    assert problem.found == "61 en tout" and "au plus 60 pour tous les enjeux" in problem.expected
    assert found(votes=[*voted("elus", 30, 29, 1), *VOTES[3:]]) == []


def test_two_rounds_are_not_added_up() -> None:
    second = voted("elus", 20, 20, 20, on=SCORED + timedelta(days=5))
    assert found(votes=[*VOTES, *second]) == []


def test_one_vote_with_two_numbers_of_voters() -> None:
    problem = only(votes=changed(VOTES, 2, voters=19))
    assert problem.row == 7 and problem.found == "19 × 3, ailleurs 20 × 3"


def test_a_decision_before_the_votes() -> None:
    problem = only(decisions=changed(DECISIONS, decided_on=SCORED - timedelta(days=1)))
    assert problem.severity == "error" and problem.column == "Date de la décision"
    assert "après les notes et les votes, à partir du 20/01/2027" in problem.expected


def test_a_decision_before_some_of_the_votes() -> None:
    late = voted("habitants", 9, 9, 9, on=DECIDED + timedelta(days=1))
    assert {(p.severity, p.said) for p in found(votes=[*VOTES, *late])} == {
        ("warning", "une décision d’avant certaines notes ou voix")
    }


def test_only_the_last_decision_is_held_against_the_votes() -> None:
    first = decision("E1", "reporte", SCORED - timedelta(days=1))
    assert found(decisions=[first, *DECISIONS]) == []


def test_a_decision_on_what_nobody_scored() -> None:
    problem = only(
        scores=[s for s in SCORES if s["issue"] != "E3"], votes=[v for v in VOTES if v["issue"] != "E3"]
    )
    assert problem.severity == "warning" and problem.found == "E3, ni noté ni voté"


@pytest.mark.parametrize(
    "state, word", [("propose", "seulement proposé"), ("", "seulement proposé"), ("ecarte", "écarté")]
)
def test_a_decision_on_an_issue_that_is_not_validated(state, word) -> None:
    problem = only(issues=changed(ISSUES, state=state))
    assert problem.severity == "error" and word in problem.found and problem.expected == "un enjeu validé"


def test_a_decision_before_the_issue_was_validated() -> None:
    problem = only(issues=changed(ISSUES, decided_on=DECIDED + timedelta(days=1)))
    assert "après la validation de l’enjeu, du 10/02/2027" in problem.expected


def test_a_rank_given_twice() -> None:
    problem = only(decisions=changed(DECISIONS, 1, rank=1))
    assert problem.found == "1, déjà donné à E1" and problem.severity == "warning"


def test_a_rank_given_to_what_is_set_aside() -> None:
    assert "n’est pas retenu" in only(decisions=changed(DECISIONS, 2, rank=3)).expected


def test_a_decision_of_another_day_than_its_meeting() -> None:
    meetings = [*MEETINGS, {"id": "RE1", "instance": "I1", "date": date(2027, 2, 10)}]
    problem = only(decisions=changed(DECISIONS, meeting="RE1"), meetings=meetings)
    assert "la réunion RE1 est du 10/02/2027" in problem.found and problem.severity == "warning"


@pytest.mark.parametrize("sheet, lines, column", [
    ("criteria", changed(CRITERIA, fixed_on=AS_OF + timedelta(days=1)), "Fixé le"),
    ("scores", changed(SCORES, scored_on=AS_OF + timedelta(days=1)), "Noté le"),
    ("votes", changed(VOTES, voted_on=AS_OF + timedelta(days=1)), "Date du vote"),
    ("decisions", changed(DECISIONS, decided_on=AS_OF + timedelta(days=1)), "Date de la décision"),
])  # fmt: skip
def test_nothing_is_dated_after_the_study(sheet, lines, column) -> None:
    late = [p for p in found(**{sheet: lines}) if p.said == "une date qui est après celle de l’étude"]
    assert [p.column for p in late] == [column] and late[
        0
    ].expected == "au plus tard le 15/06/2027, date de l’étude"


# ------------------------------------------------------------------------- told by the reading of the workbook


def read(tmp_path, **sheets):
    book = agreement_books()["priorites"]
    own = {"criteria": CRITERIA, "scores": SCORES, "votes": VOTES, "decisions": DECISIONS, **sheets}
    path = tmp_path / "convention" / book.file
    write_workbook(path, book, own, communes={"12168": "Nant"}, place="Larzac et Vallées", moment=FIXED)
    return [p for p in load(tmp_path, {"12168": "Nant"}).problems if p.file.endswith(book.file)]


def test_what_is_right_reads_without_a_problem(tmp_path) -> None:
    # issues are in another workbook, which is not there: their references alone are told
    assert {p.column for p in read(tmp_path)} <= {"Enjeu"}


@pytest.mark.parametrize("sheets, column", [
    ({"scores": changed(SCORES, score=6.0)}, "Note moyenne"),
    ({"decisions": changed(DECISIONS, reason="")}, "Motif"),
    ({"decisions": [*DECISIONS, decision("E1", "ecarte")]}, "Enjeu"),
])  # fmt: skip
def test_a_score_beyond_the_scale_a_reason_that_is_missing_two_decisions_the_same_day(
    tmp_path, sheets, column
) -> None:
    said = {str(p) for p in read(tmp_path, **sheets)} - {str(p) for p in read(tmp_path)}
    assert len(said) == 1 and f"« {column} »" in said.pop()
