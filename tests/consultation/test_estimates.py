"""What answers say: shares, ranks, numbers; raw and weighted; intervals; and nothing that could be found again."""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_survey import QUESTIONS, answers, margins, of_codes, options, questionnaire
from scipy.optimize import linprog

from ctg_lib.consultation.answers import Answers, table_of
from ctg_lib.consultation.differing import group_differences, told
from ctg_lib.consultation.estimates import COLUMNS, Coverage, coverage, estimates
from ctg_lib.consultation.weights import weigh
from ctg_lib.statistics.calibration import Design
from ctg_lib.statistics.intervals import wilson
from ctg_lib.values import STATUSES


@pytest.fixture(scope="module")
def survey():
    found = answers(400)
    return found, weigh(found, margins())


def changed(found: Answers, **columns) -> Answers:
    return dataclasses.replace(found, table=found.table.assign(**columns))


def test_shares_of_one_choice(survey):
    found, weighting = survey
    out = estimates(found, weighting, "avis")
    assert tuple(out.columns) == COLUMNS
    inside = found.table[weighting.weights.notna() & found.table["avis"].notna()]
    weights = weighting.weights[inside.index]
    for row in out.itertuples():
        said = inside["avis"].eq(row.column)
        assert row.n == said.sum()
        assert row.base == len(inside)
        assert row.raw == pytest.approx(100 * said.mean(), abs=0.001)
        assert row.value == pytest.approx(100 * weights[said].sum() / weights.sum(), abs=0.001)
        assert row.lower < row.value < row.upper
    assert out["value"].sum() == pytest.approx(100, abs=0.01)
    assert set(out["unit"]) == {"% des foyers"}
    assert set(out["method"]) == {"calage_linearise"}
    assert set(out["status"]) <= set(STATUSES)
    assert out["effective"].iloc[0] == pytest.approx(weights.sum() ** 2 / (weights**2).sum(), abs=0.06)


def test_raw_intervals_are_wilson_without_weights_nor_population():
    found = answers(300)
    weighting = weigh(found, [])
    out = estimates(found, weighting, "avis")
    low, high = wilson(out["n"], out["base"])
    assert set(out["method"]) == {"brut_linearise"}
    # the linearised variance divides by n − 1
    assert out["lower"].to_numpy() == pytest.approx(100 * low, abs=0.05)
    assert out["upper"].to_numpy() == pytest.approx(100 * high, abs=0.05)
    assert out["value"].to_numpy() == pytest.approx(out["raw"].to_numpy())


def test_the_more_of_the_population_answered_the_narrower():
    found = answers(300)
    inside = int(weigh(found, []).weights.notna().sum())
    wide = estimates(found, weigh(found, [], 100_000.0), "avis").iloc[0]
    narrow = estimates(found, weigh(found, [], float(2 * inside)), "avis").iloc[0]
    ratio = (narrow.upper - narrow.lower) / (wide.upper - wide.lower)
    assert ratio == pytest.approx(np.sqrt(0.5), abs=0.03)


def test_a_census_of_all_has_no_uncertainty_left():
    found = answers(300)
    inside = int(weigh(found, []).weights.notna().sum())
    answered = found.table["avis"].fillna("bon")
    row = estimates(changed(found, avis=answered), weigh(found, [], float(inside)), "avis").iloc[0]
    assert np.isnan(row.lower) or row.upper - row.lower < 0.1


def test_a_question_of_a_margin_is_fixed_by_it(survey):
    out = estimates(*survey, "secteur")
    assert out["value"].tolist() == pytest.approx([40, 40, 20], abs=0.001)
    assert out[["lower", "upper"]].isna().all(axis=None)
    assert set(out["method"]) == {"marge"}


def test_only_those_asked_are_the_base(survey):
    found, weighting = survey
    out = estimates(found, weighting, "raison")
    asked = found.table["avis"].eq("mauvais") & weighting.weights.notna()
    assert out["base"].unique().tolist() == [asked.sum()]


def test_several_choices_are_shares_of_those_who_ticked_one(survey):
    found, weighting = survey
    out = estimates(found, weighting, "modes").set_index("column")
    table = found.table[weighting.weights.notna()]
    ticked = table[["modes__creche", "modes__nounou", "modes__aucun"]].astype(bool)
    assert out["base"].unique().tolist() == [ticked.any(axis="columns").sum()]
    assert out.loc["creche", "n"] == ticked["modes__creche"].sum()
    assert out["raw"].sum() > 100


def test_lines_of_a_grid_have_each_their_base(survey):
    found, weighting = survey
    out = estimates(found, weighting, "grille").set_index("column")
    table = found.table[weighting.weights.notna()]
    assert out.loc["un__oui", "base"] == table["grille__un"].notna().sum()
    assert out.loc["deux__oui", "base"] == table["grille__deux"].notna().sum()
    assert out.loc["deux__non", "label"] == "Deux : Non"


def test_rankings(survey):
    found, weighting = survey
    out = estimates(found, weighting, "priorites").set_index(["measure", "column"])
    table, weights = found.table[weighting.weights.notna()], weighting.weights.dropna()
    ranks = table["priorites__a"].astype("float64")
    share = 100 * weights[ranks.eq(1)].sum() / weights.sum()
    assert out.loc[("premier", "a"), "value"] == pytest.approx(share, abs=0.001)
    assert out.loc[("trois_premiers", "a"), "n"] == ranks.le(3).sum()
    known = ranks.notna()
    mean = np.average(ranks[known], weights=weights[known])
    assert out.loc[("rang_moyen", "a"), "value"] == pytest.approx(mean, abs=0.001)
    # of four options the first gets four points; in % of four
    points = np.average((5 - ranks).fillna(0), weights=weights) * 25
    assert out.loc[("borda", "a"), "value"] == pytest.approx(points, abs=0.001)
    assert out.loc["rang_moyen", "n"].isna().all()


def test_numbers(survey):
    found, weighting = survey
    out = estimates(found, weighting, "adultes").set_index("measure")
    table, weights = found.table[weighting.weights.notna()], weighting.weights.dropna()
    mean = np.average(table["adultes"].astype(float), weights=weights)
    assert out.loc["moyenne", "value"] == pytest.approx(mean, abs=0.001)
    assert out.loc["moyenne", "lower"] < mean < out.loc["moyenne", "upper"]
    assert out.loc["mediane", "raw"] == table["adultes"].astype(float).median()


def test_a_question_of_the_other_unit_stays_raw():
    found = answers(300, unit="personne")
    weighting = weigh(found, margins("personne")[:2])
    out = estimates(found, weighting, "adultes").set_index("measure")
    assert set(out["method"]) == {"brut_linearise"}
    assert out.loc["moyenne", "raw"] == pytest.approx(out.loc["moyenne", "value"], abs=0.01)


def test_each_unit_has_its_weights():
    found = answers(300, unit="personne")
    both = {
        "personne": weigh(found, margins("personne")[:2]),
        "menage": weigh(found, margins("menage")[2:], unit="menage"),
    }
    homes, persons = estimates(found, both, "menage"), estimates(found, both, "avis")
    assert homes["value"].tolist() == pytest.approx([85, 15], abs=0.01)
    assert set(homes["unit"]) == {"% des foyers"}
    assert set(persons["unit"]) == {"% des personnes"}
    assert set(persons["method"]) == {"calage_linearise"}


def test_groups(survey):
    found, weighting = survey
    out = estimates(found, weighting, "avis", by="age")
    table = found.table[weighting.weights.notna()]
    for row in out[out["group"].ne("") & out["status"].eq("estimated")].itertuples():
        here = table["age"].eq(row.group)
        assert row.n == (here & table["avis"].eq(row.column)).sum()
        assert row.base == (here & table["avis"].notna()).sum()
    assert out.loc[out["group"].eq("jeune"), "group_label"].unique().tolist() == ["Jeune"]
    whole = out[out["group"].eq("")].reset_index(drop=True)
    pd.testing.assert_frame_equal(whole, estimates(found, weighting, "avis"))


def test_the_interval_of_a_group_is_that_of_its_part_of_the_sample(survey):
    """Against a design of the group's units written by hand."""
    found, weighting = survey
    out = estimates(found, weighting, "avis", by="age")
    row = out[out["group"].eq("moyen") & out["column"].eq("bon")].iloc[0]
    table = found.table[weighting.weights.notna()]
    base = (table["age"].eq("moyen") & table["avis"].notna()).to_numpy()
    design = weighting.design
    answered = table["avis"].notna().mean()
    own = Design(design.weights, design.start, design.x, fraction=design.fraction * answered)
    value, error = own.ratio(table["avis"].eq("bon").to_numpy() & base, base)
    assert row["value"] == pytest.approx(100 * value, abs=0.001)
    assert row["upper"] - row["lower"] == pytest.approx(2 * 1.96 * 100 * error, rel=0.05)


# ------------------------------------------------------------------------------------------- secrecy


def test_few_respondents_are_not_shown():
    found = of_codes({("nord", "bon"): 60, ("nord", "moyen"): 30, ("nord", "mauvais"): 3})
    out = estimates(found, weigh(found, []), "avis").set_index("column")
    assert out.loc["mauvais", ["n", "raw", "value", "lower", "upper"]].isna().all()
    assert out.loc["moyen", "status"] == out.loc["mauvais", "status"] == "secret"
    assert out.loc["bon", "n"] == 60


def test_a_protected_subject_asks_for_ten(survey):
    found, weighting = survey
    here = pd.Series(["oui"] * 8 + ["non"] * 392, dtype="str")
    out = estimates(changed(found, sante=here), weighting, "sante")
    assert out["n"].isna().all()


def test_a_group_under_the_threshold_takes_another_with_it():
    found = of_codes({("nord", "bon"): 60, ("sud", "bon"): 30, ("est", "bon"): 3})
    out = estimates(found, weigh(found, []), "avis", by="secteur")
    bases = out[out["column"].eq("bon")].set_index("group")["base"]
    assert bases["nord"] == 60
    assert np.isnan(bases["sud"])
    assert np.isnan(bases["est"])
    assert out.loc[out["group"].isin(["sud", "est"]), "status"].isin(["below_threshold"]).all()


def of_homes(*homes):
    """Answers to « militaire » and « avis » (or another question): (group, answer, how many)."""
    refusing = dataclasses.replace(QUESTIONS[5], options=options("oui", "non", "refus"))
    form = questionnaire(questions=[refusing if q.id == "militaire" else q for q in QUESTIONS])
    rows = [{"militaire": group, **said} for group, said, count in homes for _ in range(count)]
    rows = [{"respondent": i + 1, "residence": "annee", **row} for i, row in enumerate(rows)]
    return Answers(form, table_of(form, rows), received=len(rows), files=("essai.csv",))


def test_those_who_would_not_say_their_group_hide_nothing_of_the_others():
    """Four did not say, seven preferred not to: one group of eleven, never shown, whose answers protect nobody."""
    good, bad = {"avis": "bon"}, {"avis": "mauvais"}
    found = of_homes(("oui", good, 22), ("oui", bad, 38), ("non", good, 23), ("non", bad, 40), (None, good, 1),
                     (None, bad, 3), ("refus", good, 3), ("refus", bad, 4))  # fmt: skip
    out = estimates(found, weigh(found, []), "avis", by="militaire")
    assert set(out["group"]) == {"", "oui", "non"}
    said = out[out["column"].isin(["bon", "mauvais"])].set_index(["group", "column"])["n"]
    assert said.to_dict() == {
        ("", "bon"): 49, ("", "mauvais"): 85, ("oui", "bon"): 22, ("oui", "mauvais"): 38, ("non", "bon"): 23,
        ("non", "mauvais"): 40,
    }  # fmt: skip


def test_on_a_protected_subject_even_those_of_no_group_are_not_found():
    sick, well = {"sante": "oui"}, {"sante": "non"}
    found = of_homes(("oui", sick, 22), ("oui", well, 38), ("non", sick, 23), ("non", well, 40), (None, sick, 4),
                     (None, well, 30))  # fmt: skip
    out = estimates(found, weigh(found, []), "sante", by="militaire")
    told = out[out["column"].eq("oui") & out["n"].notna()].set_index("group")["n"]
    # all less the two groups would be four
    assert len(told) < 3


def test_second_and_third_place_by_difference(survey):
    """The first place and the first three, both shown, would tell of two who put it second or third."""
    found = survey[0]
    n = len(found.table)
    rank = pd.Series([1] * 100 + [2] * 2 + [None] * (n - 102), dtype="Int64")
    table = found.table.assign(priorites__a=rank, residence="annee")
    made = dataclasses.replace(found, table=table)
    out = estimates(made, weigh(made, []), "priorites").set_index(["measure", "column"])
    assert out.loc[("premier", "a"), "n"] == 100
    assert out.loc[("trois_premiers", "a"), "status"] == "secret"


counts = st.one_of(st.integers(0, 6), st.integers(0, 40))


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(counts, min_size=16, max_size=16))
def test_no_hidden_cell_is_found_again(numbers):
    """The intruder has numbers, bases, and raw shares (a share on a shown base is a number)."""
    secteurs, views = ("nord", "sud", "est", "?"), ("bon", "moyen", "mauvais", "?")
    cells = dict(zip(itertools.product(secteurs, views), numbers, strict=True))
    found = of_codes(cells)
    if not len(found):
        return
    out = estimates(found, weigh(found, []), "avis", by="secteur")
    names = [(s, v) for s in secteurs for v in views[:3]]
    at = {name: i for i, name in enumerate(names)}
    matrix, right = [], []

    def equation(of, total):
        line = np.zeros(len(names))
        for name in of:
            line[at[name]] = 1
        matrix.append(line)
        right.append(total)

    for row in out.itertuples():
        groups = secteurs if row.group == "" else (row.group,)
        for n in {row.n, row.raw * row.base / 100 if row.raw == row.raw else np.nan}:
            if not np.isnan(n):
                equation([(s, row.column) for s in groups], round(n))
        if not np.isnan(row.base):
            equation([(s, v) for s in groups for v in views[:3]], row.base)
    if not matrix:
        return
    # how many did not say their secteur is what the others leave of all who answered
    equation([("?", v) for v in views[:3]], sum(cells[("?", v)] for v in views[:3]))
    whole = sum(cells[name] for name in names)
    named = sum(cells[name] for name in names if name[0] != "?")
    hidden = out[out["status"].isin(["secret", "below_threshold"])]
    assert (
        out.loc[out["status"].isin(["secret", "below_threshold"]), ["n", "raw", "value"]]
        .isna()
        .all(axis=None)
    )
    for row in hidden.itertuples():
        groups = secteurs if row.group == "" else (row.group,)
        true = sum(cells[(s, row.column)] for s in groups)
        if not 0 < true < 5 or whole < 5 or (groups != secteurs and named < 5):
            continue
        goal = np.zeros(len(names))
        for s in groups:
            goal[at[(s, row.column)]] = 1
        ends = []
        for sign in (1, -1):
            answer = linprog(
                sign * goal,
                A_eq=np.array(matrix),
                b_eq=right,
                bounds=[(0, whole)] * len(names),
                method="highs",
            )
            assert answer.status == 0
            ends.append(sign * answer.fun)
        assert ends[0] <= 1e-6
        assert ends[1] >= 5 - 1e-6


# ---------------------------------------------------------------------------------------- differences


def test_groups_that_are_alike_differ_in_nothing(survey):
    rows = group_differences(*survey, "avis", "age")
    assert len(rows) > 2
    assert not rows["established"].any()
    asked = survey[0].questionnaire
    assert told(rows, asked) == (
        "Aucun écart entre groupes n’est établi, compte tenu du nombre de réponses.",
    )


def test_an_established_difference_is_told():
    found = of_codes(
        {("nord", "bon"): 90, ("nord", "mauvais"): 30, ("sud", "bon"): 40, ("sud", "mauvais"): 80,
         ("est", "bon"): 30, ("est", "mauvais"): 30}
    )  # fmt: skip
    rows = group_differences(found, weigh(found, []), "avis", "secteur")
    north = rows[rows["group"].eq("nord") & rows["column"].eq("bon")].iloc[0]
    assert north["established"]
    assert (north["value"], north["rest"]) == pytest.approx((75, 100 * 70 / 180), abs=0.001)
    sentences = told(rows, found.questionnaire)
    assert (
        "Dans le secteur Nord, « Bon » est plus souvent répondu (75\u00a0%) qu’ailleurs (39\u00a0%)."
        in sentences
    )
    assert len(sentences) <= 3


def _difference(question, by, label, group, value, rest):
    row = {"question": question, "by": by, "column": "c", "label": label, "group": "g", "group_label": group}
    return row | {"value": value, "rest": rest, "difference": value - rest, "established": True}


@pytest.mark.parametrize(
    ("question", "by", "label", "group", "expected"),
    [
        ("modes", "secteur", "Creche", "Secteur nord",
         "Dans le secteur nord, « Creche » (garde) est moins souvent cité (13 %) qu’ailleurs (42 %)."),
        ("grille", "menage", "Un : Oui", "Mono",
         "Dans les foyers « Mono », « Un : Oui » est moins souvent répondu (13 %) que dans les autres foyers (42 %)."),
        ("avis", "militaire", "Bon", "Oui",
         "Dans les foyers qui répondent « Oui », « Bon » est moins souvent répondu (13 %) que dans les autres foyers (42 %)."),
        ("avis", "age", "Bon", "Vieux",
         "Parmi ceux qui répondent « Vieux » (âge), « Bon » est moins souvent répondu (13 %) que parmi les autres (42 %)."),
    ],
)  # fmt: skip
def test_a_difference_is_told_as_one_says_it(question, by, label, group, expected):
    topics = {"modes": "garde", "age": "âge"}
    form = questionnaire("personne", [dataclasses.replace(q, topic=topics.get(q.id, "")) for q in QUESTIONS])
    [said] = told(pd.DataFrame([_difference(question, by, label, group, 13.0, 42.0)]), form)
    assert said.replace("\u00a0", " ") == expected


def test_small_groups_are_not_compared():
    found = of_codes(
        {("nord", "bon"): 60, ("nord", "mauvais"): 40, ("sud", "bon"): 6, ("sud", "mauvais"): 12}
    )
    rows = group_differences(found, weigh(found, []), "avis", "secteur")
    assert rows.empty
    assert told(rows, found.questionnaire) == ()


# ------------------------------------------------------------------------------------------ coverage


def test_coverage_of_a_finite_population(survey):
    found, weighting = survey
    n = int((found.table["modes__creche"].fillna(False) & weighting.weights.notna()).sum())
    whole = coverage(found, weighting, 3 * n, "familles", question="modes", codes=("creche",))
    assert whole.n == n
    assert whole.sentence == f"{n} réponses sur environ {3 * n} familles, soit 33 %."


def test_coverage_says_what_is_not_known_or_not_possible():
    assert Coverage(38, 115, "familles avec un enfant de moins de 3 ans").sentence == (
        "38 réponses sur environ 115 familles avec un enfant de moins de 3 ans, soit 33 %."
    )
    assert "n’est pas connu" in Coverage(38, None, "familles").sentence
    assert "à vérifier" in Coverage(120, 115, "familles").sentence
    assert Coverage(None, 115, "familles").sentence == "moins de 5 réponses sur environ 115 familles."
    assert Coverage(38, 115, "familles", exactly=True).sentence.startswith("38 réponses sur 115 familles")


def test_coverage_counts_one_option_and_hides_a_few(survey):
    found = survey[0]
    here = pd.Series(["bon"] * 3 + ["moyen"] * 397, dtype="str")
    made = changed(found, avis=here, residence="annee")
    assert coverage(made, weigh(made, []), 100, "x", question="avis", codes=("bon",)).n is None


@pytest.mark.parametrize(("question", "by"), [("mot", None), ("avis", "modes")])
def test_what_has_no_estimate(survey, question, by):
    with pytest.raises(ValueError, match=r"no estimate|no groups"):
        estimates(*survey, question, by)


def test_an_unknown_question(survey):
    with pytest.raises(KeyError):
        estimates(*survey, "nulle_part")


def test_nobody_answered(survey):
    found, weighting = survey
    nobody = changed(found, avis=pd.Series([None] * len(found.table), dtype="str"))
    out = estimates(nobody, weighting, "avis")
    assert set(out["status"]) == {"missing"}
    assert out["base"].eq(0).all()
