"""Weights of answers: what is met, what is put together, what is given up, and that it is told."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_survey import QUESTIONS, answers, margins, of_codes, questionnaire

from ctg_lib.consultation.answers import Answers, table_of
from ctg_lib.consultation.estimates import estimates
from ctg_lib.consultation.weights import APART, GARRISON, Margin, only, weigh
from ctg_lib.statistics.calibration import design_effect


def changed(found: Answers, **columns) -> Answers:
    return dataclasses.replace(found, table=found.table.assign(**columns))


def messages(weighting) -> str:
    return "\n".join(str(p) for p in weighting.problems)


def test_margins_are_met_and_bounds_kept():
    found = answers(400)
    weighting = weigh(found, margins())
    assert weighting.weighted
    assert weighting.diagnostics.met
    weights = weighting.weights.dropna()
    assert weights.sum() == pytest.approx(1000)
    assert weights.max() <= 8 * weights.min() * (1 + 1e-9)
    for margin in margins():
        column = found.table.loc[weights.index, margin.role]
        for code, total in margin.totals.items():
            assert weights[column.eq(code)].sum() == pytest.approx(total, rel=1e-6)
    assert weighting.diagnostics.design_effect == pytest.approx(design_effect(weights))
    assert weighting.diagnostics.effective == pytest.approx(len(weights) / design_effect(weights))
    assert (weighting.table["weighted"] - weighting.table["wanted"]).abs().max() < 1e-4


def test_a_narrow_ratio_is_kept_with_bounds():
    free = weigh(answers(200), margins(), ratio=100)
    narrow = weigh(answers(200), margins(), ratio=0.95 * free.diagnostics.ratio)
    assert not free.diagnostics.bounded
    assert narrow.diagnostics.bounded
    assert narrow.weighted
    assert narrow.diagnostics.ratio <= 0.95 * free.diagnostics.ratio * (1 + 1e-9)


def test_second_homes_have_no_weight_and_are_counted_apart():
    found = answers(300)
    weighting = weigh(found, margins())
    second = found.table["residence"].eq("secondaire")
    assert weighting.weights[second].isna().all()
    assert weighting.weights[~second].notna().all()
    apart = weighting.apart.set_index("reason")["respondents"]
    assert apart["secondaire"] == second.sum()
    assert weighting.diagnostics.respondents == (~second).sum()


def test_what_second_homes_say_is_told_raw():
    found = answers(300)
    second = only(found, APART[0])
    out = estimates(second, weigh(second, (), apart=()), "grille")
    assert set(out["method"]) == {"brut_linearise"}
    assert out["base"].max() == found.table["residence"].eq("secondaire").sum()
    bare = dataclasses.replace(found, table=found.table.drop(columns="residence"))
    assert not len(only(bare, APART[0]))


def test_a_few_answers_apart_are_not_counted():
    found = answers(100)
    here = np.where(np.arange(100) < 3, "secondaire", "annee")
    apart = weigh(changed(found, residence=pd.Series(here, dtype="str")), margins()).apart.set_index("reason")
    assert np.isnan(apart.loc["secondaire", "respondents"])


def test_families_of_soldiers_are_weighed_and_can_be_left_out():
    found = answers(400)
    soldiers = found.table["militaire"].eq("oui") & found.table["residence"].eq("annee")
    assert weigh(found, margins()).weights[soldiers].notna().all()
    without = weigh(found, margins(), apart=(*APART, GARRISON))
    assert without.weights[soldiers].isna().all()
    assert without.apart.set_index("reason").loc["militaire", "respondents"] == soldiers.sum()


def test_few_answers_are_not_weighed():
    weighting = weigh(answers(40), margins())
    assert not weighting.weighted
    assert np.ptp(weighting.weights.dropna()) == 0
    assert "50 réponses au moins pour redresser" in messages(weighting)
    assert weighting.label.startswith("Résultats bruts")


def test_small_categories_are_put_together_and_told():
    found = of_codes({("nord", "bon"): 60, ("sud", "bon"): 40, ("est", "bon"): 3})
    weighting = weigh(found, margins()[:1])
    assert weighting.table["label"].tolist() == ["Nord", "Sud + Est"]
    assert weighting.table["wanted"].tolist() == pytest.approx([40, 60])
    assert weighting.diagnostics.collapsed == ("secteur d’habitation : « Sud » avec « Est »",)
    assert "moins de 5 réponses dans une catégorie" in messages(weighting)
    assert " 3 " not in messages(weighting)


def test_ages_are_put_together_with_a_neighbour():
    found = answers(200)
    age = pd.Series(["jeune"] * 100 + ["moyen"] * 97 + ["vieux"] * 3, dtype="str")
    weighting = weigh(changed(found, age=age), margins()[1:2])
    assert weighting.table["label"].tolist() == ["Jeune", "Moyen + Vieux"]


def test_a_margin_of_one_category_is_given_up():
    weighting = weigh(of_codes({("nord", "bon"): 80, ("sud", "bon"): 2}), margins()[:1])
    assert not weighting.weighted
    assert "une seule catégorie assez nombreuse" in messages(weighting)


def test_a_margin_that_too_few_answered_is_given_up():
    weighting = weigh(of_codes({("nord", "bon"): 40, ("sud", "bon"): 30, ("?", "bon"): 30}), margins()[:1])
    assert not weighting.weighted
    assert "30 % des réponses sans cette information" in messages(weighting)


def test_no_answer_leaves_the_weight_as_it_is():
    found = of_codes({("nord", "bon"): 60, ("sud", "bon"): 30, ("est", "bon"): 10, ("?", "bon"): 10})
    weighting = weigh(found, margins()[:1])
    assert weighting.weighted
    unknown = found.table["secteur"].isna()
    mean = weighting.weights.mean()
    assert np.ptp(weighting.weights[unknown]) < 1e-9
    assert 0.5 * mean < weighting.weights[unknown].iloc[0] < 2 * mean
    assert weighting.weights.sum() == pytest.approx(1000)


@pytest.mark.parametrize("silent", [1, 3, 8])
def test_who_gave_no_category_is_not_found_by_a_share(silent):
    """57 of 121, 47.1074 %, would tell that one of 122 said nothing, and how many the hidden category holds."""
    counts = {("nord", "bon"): 57, ("sud", "bon"): 32, ("est", "bon"): 12}
    found = of_codes(counts | {("?", "bon"): silent})
    table = weigh(found, margins()[:1]).table
    assert table["respondents"].isna().any()
    shown = table.dropna(subset="respondents")
    assert not shown.empty
    assert (shown["raw"] * (101 + silent) / 100).tolist() == pytest.approx(shown["respondents"].tolist())


def test_an_impossible_margin_is_put_together_then_given_up():
    found = of_codes({("nord", "bon"): 150, ("sud", "bon"): 10})
    weighting = weigh(found, [Margin("secteur", "menage", "secteur", {"nord": 1, "sud": 999})])
    assert not weighting.weighted
    assert "un écart trop fort avec la population" in messages(weighting)
    assert np.ptp(weighting.weights) == 0


def test_a_question_that_is_not_there_is_told():
    found = answers(100)
    bare = questionnaire(questions=[q for q in QUESTIONS if q.id != "age"])
    weighting = weigh(dataclasses.replace(found, questionnaire=bare), margins()[1:2])
    assert not weighting.weighted
    assert "aucune question à ce sujet" in messages(weighting)


def test_a_margin_without_numbers_is_told():
    weighting = weigh(answers(100), [Margin("secteur", "menage", "secteur", {"nord": 0.0})], 100.0)
    assert "aucun effectif officiel" in messages(weighting)


def test_margins_that_do_not_agree_are_told_and_brought_together():
    other = Margin("age", "menage", "âge", {"jeune": 600, "moyen": 800, "vieux": 600})
    weighting = weigh(answers(400), [margins()[0], other])
    assert "2\u202f000 au total" in messages(weighting)
    assert weighting.weights.sum() == pytest.approx(1000)


def test_categories_of_a_margin_wider_than_the_options():
    wide = Margin(
        "secteur", "menage", "secteur", {"nord": 400, "reste": 600}, codes={"sud": "reste", "est": "reste"}
    )
    weighting = weigh(answers(300), [wide])
    assert weighting.table["label"].tolist() == ["Nord", "Sud + Est"]
    assert weighting.table["weighted"].tolist() == pytest.approx([40, 60])


def test_a_home_of_several_adults_is_counted_once():
    """A survey of persons that speaks of homes: three adults could have answered for theirs."""
    found = answers(300, unit="personne")
    weighting = weigh(found, [], 1000.0, unit="menage")
    means = weighting.weights.groupby(found.table["adultes"]).mean()
    assert means[1] == pytest.approx(3 * means[3])


def test_margins_of_homes_in_a_survey_of_persons_keep_the_ratio():
    weighting = weigh(answers(500, unit="personne"), margins()[:1], unit="menage")
    assert weighting.weighted
    assert weighting.diagnostics.ratio <= 8 * (1 + 1e-9)


def test_the_label_says_that_it_is_no_poll():
    label = weigh(answers(300), margins()).label
    assert "sans marge d’erreur de sondage" in label
    assert "secteur d’habitation, âge et type de foyer" in label
    assert "taille d’échantillon effective" in label


def test_without_margins_all_weigh_the_same():
    weighting = weigh(answers(100), [])
    assert not weighting.weighted
    assert weighting.weights.dropna().eq(1).all()
    assert not weighting.problems


def test_no_answer_at_all():
    asked = questionnaire()
    weighting = weigh(Answers(asked, table_of(asked, [])), margins())
    assert not len(weighting.weights)
    assert not weighting.weighted


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([*margins(), margins()[0]], "at most 3"),
        ([Margin("canal", "menage", "canal", {"a": 1})], "no margin can be on"),
        ([Margin("sexe", "menage", "sexe", {"f": 1})], "no margin can be on"),
        ([margins()[0], margins("personne")[1]], "does not count"),
    ],
    ids=["four", "canal", "sexe", "units"],
)
def test_what_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        weigh(answers(100), wrong)


@settings(max_examples=25, deadline=None)
@given(st.integers(60, 250), st.integers(0, 10_000), st.integers(1, 3))
def test_whatever_the_answers_weights_are_usable(n, seed, how_many):
    found = answers(n, seed)
    weighting = weigh(found, margins()[:how_many])
    inside = weighting.weights.dropna()
    if len(inside) < 50:
        return
    assert (inside > 0).all()
    assert inside.max() <= 8 * inside.min() * (1 + 1e-6)
    assert inside.sum() == pytest.approx(1000, rel=1e-6)
    shuffled = dataclasses.replace(found, table=found.table.sample(frac=1, random_state=seed))
    again = weigh(shuffled, margins()[:how_many]).weights.sort_index()
    assert again.to_numpy() == pytest.approx(weighting.weights.to_numpy(), rel=1e-5, nan_ok=True)
