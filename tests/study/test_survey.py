"""A study's surveys: where their numbers come from, what is planned of them, what may be said of an answer."""

from dataclasses import replace

import pandas as pd
import pytest
from chapter_words import plain

from ctg_lib.consultation.estimates import estimates
from ctg_lib.consultation.questionnaire import Option, Question
from ctg_lib.study import open_study
from ctg_lib.study.survey import (
    Survey,
    interval_words,
    said_share,
    source_of,
    span,
    speaks,
    surveys_of,
    theme_of,
    themes_of,
)
from ctg_lib.workbooks.common import THEMES


@pytest.fixture(scope="module")
def study(project):
    return open_study("241200906-demo", project)


@pytest.fixture(scope="module")
def surveys(study):
    return surveys_of(study)


def test_surveys_are_those_to_which_someone_answered(study, surveys):
    assert list(surveys) == [id for id, a in study.consultation.surveys.items() if len(a)]
    assert all(isinstance(s, Survey) and s.id == id for id, s in surveys.items())


def test_the_source_line_says_how_many_weighed_when_and_on_what(surveys):
    parents = surveys["parents"]
    n = parents.weighting.diagnostics.respondents
    line = plain(str(parents.source()))
    assert line.startswith(
        f"Questionnaire de l’étude (parents, {n} réponses redressées), du 14 septembre au 31 octobre"
    )
    assert "données fictives" in line and "redressement : Insee" in line
    brief = plain(str(parents.source(brief=True)))
    assert brief == line.split(" ; redressement")[0]


def test_an_unweighted_survey_says_so_and_names_no_file_of_margins(surveys):
    staff = surveys["professionnels"]
    assert not staff.weighting.weighted
    line = plain(str(staff.source()))
    assert "réponses non redressées" in line and "redressement :" not in line


def test_several_surveys_together(surveys):
    two = [surveys["parents"], surveys["habitants"]]
    assert plain(str(source_of(two, brief=True))).startswith("Questionnaires de l’étude (parents, ")
    many = plain(str(source_of(list(surveys.values()), brief=True)))
    total = sum(s.weighting.diagnostics.respondents for s in surveys.values())
    assert f"({total} réponses à {len(surveys)} questionnaires)" in many
    assert str(source_of([])) == ""


def test_the_span_goes_from_the_first_day_to_the_last(surveys):
    assert span([surveys["parents"], surveys["jeunes_11_17"]]) == "du 14 septembre au 31 octobre 2026"
    assert surveys["jeunes_11_17"].when == "du 21 septembre au 16 octobre 2026"


def test_a_real_study_is_not_marked_and_a_survey_without_plan_is_not_dated(study, surveys):
    other = type(study)(study.project, replace(study.config, fictif=False), study.geography, study.manifest)
    other.__dict__["consultation"] = study.consultation
    from ctg_lib.consultation.settings import Settings

    other.__dict__["listening"] = Settings()
    alone = Survey(other, surveys["professionnels"].answers)
    assert alone.planned is None and alone.when == ""
    line = plain(str(alone.source()))
    assert "fictives" not in line and "septembre" not in line


def test_results_are_estimates_on_the_weights_of_the_questions_unit(surveys):
    habitants = surveys["habitants"]
    asked = habitants.answers.questionnaire
    assert set(habitants.weightings) == {asked.unit, *(asked.unit_of(q) for q in asked.questions)}
    for question in (habitants.questions()[0], asked.of_role("priorites")):
        pd.testing.assert_frame_equal(
            habitants.results(question.id),
            estimates(habitants.answers, habitants.weightings, question.id, None),
        )
    assert habitants.results(asked.of_role("priorites").id) is habitants.results(
        asked.of_role("priorites").id
    )


def test_questions_that_are_results(surveys):
    for survey in surveys.values():
        for question in survey.questions():
            assert question.kind != "text" and question.themes
            assert question.role in ("", "priorites", None)
        by_theme = [q.id for theme in THEMES for q in survey.questions(theme)]
        assert sorted(by_theme) == sorted(q.id for q in survey.questions())
    told = themes_of(list(surveys.values()))
    assert told == [t for t in THEMES if t in told] and themes_of([]) == []


def test_a_question_of_many_themes_is_of_none():
    few = Question("q", "Q ?", "single", (), themes=tuple(THEMES)[:2])
    assert theme_of(few) == next(iter(THEMES))
    assert theme_of(replace(few, themes=tuple(THEMES)[:5])) == "transversal"


def test_the_best_answers_are_those_that_may_be_shown_the_most_given_first(surveys):
    parents = surveys["parents"]
    for question in parents.questions():
        rows = parents.best(question)
        assert rows["value"].gt(0).all() and rows["value"].is_monotonic_decreasing
        first = parents.first(question)
        assert (first is None) == rows.empty and (first is None or first["label"] == rows["label"].iloc[0])


# --- words -------------------------------------------------------------------------------------------------

ASKED = Question(
    "difficultes", "Des difficultés ?", "multiple",
    (Option("prix", "Le prix"), Option("rien", "Rien de cela", exclusive=True), Option("non", "Aucune difficulté")),
)  # fmt: skip


def row(**more):
    return pd.Series(
        {"label": "Le prix", "value": 61.2, "lower": 54.0, "upper": 68.4, "base": 60, "n": 37} | more
    )


@pytest.mark.parametrize(
    ("question", "given", "expected"),
    [
        (ASKED, {}, True),
        (ASKED, {"lower": 49.9}, False),  # not surely more than half
        (ASKED, {"lower": float("nan")}, False),
        (ASKED, {"base": 29}, False),  # too few for a share
        (ASKED, {"label": "Rien de cela"}, False),  # exclusive: nothing is lacking
        (ASKED, {"label": "Aucune difficulté"}, False),
        (replace(ASKED, id="loisirs_pratiques"), {}, False),  # no need is asked about
    ],
)
def test_what_says_that_more_than_half_lack_something(question, given, expected):
    assert speaks(question, row(**given)) is expected


def test_shares_and_counts_in_words():
    assert plain(said_share(row())) == "61 %" and plain(interval_words(row())) == " (54 à 68 %)"
    assert plain(said_share(row(base=12, n=7))) == "7 sur 12" and interval_words(row(base=12)) == ""
    assert said_share(row(base=12, n=float("nan"))) == "–"
    assert interval_words(row(lower=float("nan"))) == ""
