"""Bases of filtered questions beside the question that filters them: no hidden cell of it is found again."""

import itertools
import random

import numpy as np
import pytest
from answered_forms import ALL, HABITANTS, answered
from hypothesis import given, settings
from hypothesis import strategies as st
from made_survey import options, questionnaire
from scipy.optimize import linprog

from ctg_lib.consultation.answers import Answers, table_of
from ctg_lib.consultation.estimates import estimates
from ctg_lib.consultation.filtered import AGREEMENTS, filters
from ctg_lib.consultation.questionnaire import Condition, Option, Question
from ctg_lib.consultation.weights import weigh

YES_NO = options("oui", "non")
SECTEUR = Question("secteur", "Secteur ?", "single", options("nord", "sud"), role="secteur")


def asked(*questions: Question):
    return questionnaire(questions=(SECTEUR, *questions))


def made(form, rows) -> Answers:
    rows = [{**row, "respondent": i + 1} for i, row in enumerate(rows)]
    return Answers(form, table_of(form, rows), received=len(rows), files=("essai.csv",))


def shown(found: Answers, id: str, by: str | None = None):
    return estimates(found, weigh(found, []), id, by)


def often(sensitive=False, child_sensitive=False):
    parent = Question(
        "souvent", "Souvent ?", "scale", options("jamais", "parfois", "toujours"), sensitive=sensitive
    )
    when = (Condition("souvent", ("parfois", "toujours")),)
    return parent, Question("motif", "Motif ?", "single", YES_NO, when=when, sensitive=child_sensitive)


def of_often(form, jamais, parfois, toujours, silent=0):
    rows = [{"souvent": "jamais"}] * jamais + [{"souvent": "parfois", "motif": "oui"}] * parfois
    rows += [{"souvent": "toujours", "motif": "non"}] * toujours + [{"souvent": "parfois"}] * silent
    return made(form, [{"secteur": "nord" if i % 2 else "sud", **row} for i, row in enumerate(rows)])


# ------------------------------------------------------------------------------------------- examples


def test_three_who_were_not_asked_are_not_found_by_the_difference_of_bases():
    out = shown(of_often(asked(*often()), 3, 61, 40), "motif")
    assert out["status"].eq("below_threshold").all()
    assert out[["n", "base", "raw", "value", "lower", "upper", "effective"]].isna().all(axis=None)


@pytest.mark.parametrize(("never", "hidden"), [(0, False), (1, True), (4, True), (5, False), (30, False)])
def test_nobody_or_enough_tell_of_no_one(never, hidden):
    out = shown(of_often(asked(*often()), never, 61, 40), "motif")
    assert out["base"].isna().all() == hidden
    assert out["status"].eq("estimated").all() != hidden


@pytest.mark.parametrize(("parent", "child"), [(True, False), (False, True)])
def test_either_protected_asks_for_ten(parent, child):
    out = shown(of_often(asked(*often(parent, child)), 7, 61, 40), "motif")
    assert out["base"].isna().all()
    assert shown(of_often(asked(*often(parent, child)), 10, 61, 40), "motif")["base"].eq(101).all()


def test_those_who_did_not_answer_are_no_answer_to_find():
    assert shown(of_often(asked(*often()), 0, 61, 40, silent=3), "motif")["base"].eq(101).all()


def test_groups_are_refused_where_one_of_them_tells():
    form = asked(*often())
    rows = [{"secteur": "nord", "souvent": "jamais"}] * 3 + [{"secteur": "sud", "souvent": "jamais"}] * 20
    rows += [
        {"secteur": s, "souvent": "parfois", "motif": m} for s in ("nord", "sud") for m in ("oui", "non")
    ] * 20
    out = shown(made(form, rows), "motif", "secteur").set_index("group")
    assert out.loc[""]["base"].eq(80).all()
    assert out.loc[["nord", "sud"], ["n", "base", "value"]].isna().all(axis=None)


def test_a_shown_answer_and_two_bases_leave_nothing_to_find():
    """60 shown, 41 and 3 hidden: 41 people asked for the second answer would tell that the third is three at most."""
    parent = Question("choix", "Choix ?", "single", options("a", "b", "c"))
    child = Question("suite", "Suite ?", "single", YES_NO, when=(Condition("choix", ("b",)),))
    rows = [{"choix": "a"}] * 60 + [{"choix": "b", "suite": "oui"}] * 41 + [{"choix": "c"}] * 3
    found = made(asked(parent, child), rows)
    table = shown(found, "choix").set_index("column")
    assert table.loc["a", "n"] == 60
    assert np.isnan(table.loc["b", "n"])
    assert shown(found, "suite")["base"].isna().all()


def test_two_filtered_questions_together_tell_no_more():
    """Each alone tells nothing, both leave three who chose neither: the first asked is shown."""
    parent = Question("choix", "Choix ?", "single", options("a", "b", "c"))
    one = Question("un", "Un ?", "single", YES_NO, when=(Condition("choix", ("a",)),))
    two = Question("deux", "Deux ?", "single", YES_NO, when=(Condition("choix", ("b",)),))
    rows = [{"choix": "a", "un": "oui"}] * 41 + [{"choix": "b", "deux": "oui"}] * 40 + [{"choix": "c"}] * 3
    found = made(asked(parent, one, two), rows)
    assert shown(found, "un")["base"].isna().all() or shown(found, "deux")["base"].isna().all()


def test_the_last_of_a_chain_tells_nothing_of_the_first():
    parent, child = often()
    last = Question("encore", "Encore ?", "single", YES_NO, when=(Condition("motif", ("oui", "non")),))
    rows = [{"souvent": "jamais"}] * 3 + [{"souvent": "parfois", "motif": "oui", "encore": "oui"}] * 101
    out = shown(made(asked(parent, child, last), rows), "encore")
    assert out["base"].isna().all()


def test_several_choices_and_one_that_rules_out_the_others():
    none = Option("aucun", "Aucun", exclusive=True)
    parent = Question("modes", "Modes ?", "multiple", (*options("creche", "nounou"), none))
    child = Question("suite", "Suite ?", "single", YES_NO, when=(Condition("modes", ("creche", "nounou")),))
    ticked = {"modes__creche": True, "modes__nounou": True, "modes__aucun": False, "suite": "oui"}
    out = {"modes__creche": False, "modes__nounou": False, "modes__aucun": True}
    assert shown(made(asked(parent, child), [ticked] * 60 + [out] * 4), "suite")["base"].isna().all()
    assert shown(made(asked(parent, child), [ticked] * 60 + [out] * 40), "suite")["base"].eq(60).all()


def test_to_agree_is_no_answer():
    agree = Question("accord", "Accord ?", "single", YES_NO, role="consentement_sensible")
    child = Question(
        "sante", "Santé ?", "single", YES_NO, when=(Condition("accord", ("oui",)),), sensitive=True
    )
    rows = [{"accord": "oui", "sante": s} for s in ("oui", "non")] * 30 + [{"accord": "non"}] * 3
    assert shown(made(asked(agree, child), rows), "sante")["base"].eq(60).all()


def test_trips_given_up():
    """The inhabitants' questionnaire: « never » is three of 104."""
    rng = random.Random(4)
    rows = [answered(rng, HABITANTS, skip=0.0) for _ in range(400)]
    few, many = (
        [r for r in rows if (r.get("deplacement_renonce") == "jamais") == never] for never in (True, False)
    )
    found = made(HABITANTS, [*few[:3], *many[:101]])
    children = [q.id for q in HABITANTS.questions if any(c.question == "deplacement_renonce" for c in q.when)]
    assert children
    for id in children:
        assert shown(found, id)["base"].isna().all()


# ------------------------------------------------------------------------------------------- an intruder


def kinds(question: Question) -> list[frozenset[str]]:
    """Ways to answer a question: one option each, or sets of them."""
    codes = [o.code for o in question.options]
    if question.kind != "multiple":
        return [frozenset([c]) for c in codes]
    ruling = {o.code for o in question.options if o.exclusive}
    free = [c for c in codes if c not in ruling]
    sets = [frozenset(s) for k in range(1, len(free) + 1) for s in itertools.combinations(free, k)]
    return [*sets, *(frozenset([c]) for c in ruling)]


def recovered(found: Answers, parent: Question, by: str | None = None) -> list[str]:
    """Small hidden cells of a question found, or known to be small, by bases of what it filters, and not without.

    All ways to answer it (sets of options) in all groups are unknown; nothing of the package but what it shows.
    """
    form = found.questionnaire
    groups = [""] if by is None else [*(o.code for o in form[by].options), "?"]
    ways = kinds(parent)
    at = {pair: i for i, pair in enumerate(itertools.product(ways, groups))}

    def line(wanted, group):
        out = np.zeros(len(at))
        for (way, g), i in at.items():
            out[i] = (group in ("", g)) and (wanted is None or bool(way & wanted))
        return out

    table = shown(found, parent.id, by)
    equal, right = [np.zeros(len(at))], [0.0]
    for row in table.itertuples():
        for number, wanted in ((row.n, {row.column}), (row.base, None)):
            if not np.isnan(number):
                equal.append(line(wanted, row.group))
                right.append(number)
    least, bounds = [np.ones(len(at))], [float(len(found))]
    for question in form.questions:
        codes = [set(k) for p, k in filters(form, question) if p.id == parent.id]
        if not codes or question.kind == "text":
            continue
        child = shown(found, question.id, by)
        for row in child[child["base"].gt(0)].itertuples():
            for wanted in codes:
                least.append(-line(wanted, row.group))
                bounds.append(-row.base)
    limit = 10 if parent.sensitive or (by and form[by].sensitive) else 5
    members = found.table[by].fillna("?") if by else None
    out = []
    for row in table[table["status"].isin(["secret", "below_threshold"])].itertuples():
        said = (
            found.table[f"{parent.id}__{row.column}"].fillna(False)
            if parent.kind == "multiple" else found.table[parent.id].eq(row.column).fillna(False)
        ) & found.asked(parent.id)  # fmt: skip
        if row.group:
            said &= members.eq(row.group)
        if not 0 < int(said.sum()) < limit:
            continue
        goal = line({row.column}, row.group)

        def ends(n, goal=goal):
            for sign in (1, -1):
                got = linprog(
                    sign * goal, A_eq=np.array(equal), b_eq=right, A_ub=np.array(least[:n]), b_ub=bounds[:n],
                    method="highs",
                )  # fmt: skip
                assert got.status == 0
                yield sign * got.fun

        low, high = ends(len(least))
        if low > 1e-6 or high < limit - 1e-6:
            low, high = ends(1)
            if low <= 1e-6 and high >= limit - 1e-6:
                out.append(f"{parent.id} {row.group} {row.column}")
    return out


def near(found: Answers) -> list[str]:
    """Filtered questions shown whose base is nearer to that of the filter than the threshold, though some were not asked."""
    out = []
    for question in found.questionnaire.questions:
        if question.kind == "text":
            continue
        base = shown(found, question.id)["base"].max()
        for parent, _ in filters(found.questionnaire, question):
            whole = shown(found, parent.id)["base"].max() if parent.kind != "text" else np.nan
            limit = 10 if parent.sensitive or question.sensitive else 5
            asked_of = (found.given(parent.id) & ~found.asked(question.id)).any()
            if 0 < abs(whole - base) < limit and asked_of:
                out.append(f"{parent.id} {question.id}")
    return out


codes = st.sets(st.sampled_from("abcd"), min_size=1, max_size=3)
sizes = st.one_of(st.integers(0, 5), st.integers(0, 40))


@st.composite
def families(draw):
    """A question, up to three that it filters, one filtered by one of these; answers of each with silent ones."""
    several = draw(st.booleans())
    given_options = (*options("a", "b", "c"), Option("d", "D", exclusive=several))
    parent = Question(
        "p", "P ?", "multiple" if several else "single", given_options, sensitive=draw(st.booleans())
    )
    children = [
        Question(f"c{i}", "C ?", "single", YES_NO, when=(Condition("p", tuple(sorted(k))),), sensitive=draw(st.booleans()))
        for i, k in enumerate(draw(st.lists(codes, min_size=1, max_size=3)))
    ]  # fmt: skip
    last = Question("z", "Z ?", "single", YES_NO, when=(Condition("c0", ("oui",)),))
    form = asked(parent, *children, last)
    ways = kinds(parent)[:7] if several else kinds(parent)
    rng = random.Random(draw(st.integers(0, 10_000)))
    silent = draw(st.sampled_from([0.0, 0.02, 0.2]))
    rows = []
    for way in ways:
        for _ in range(draw(sizes)):
            row: dict = {f"p__{c}": c in way for c in "abcd"} if several else {"p": next(iter(way))}
            row["secteur"] = rng.choice(["nord", "nord", "sud"]) if rng.random() > 0.05 else None
            for child in children:
                if set(child.when[0].codes) & way and rng.random() >= silent:
                    row[child.id] = rng.choice(["oui", "oui", "oui", "non"])
            if row.get("c0") == "oui" and rng.random() >= silent:
                row["z"] = "oui"
            rows.append(row)
    return made(form, rows)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(families())
def test_no_hidden_cell_of_a_filter_is_found(found):
    if not len(found):
        return
    for parent in ("p", "c0"):
        assert recovered(found, found.questionnaire[parent]) == []
    assert near(found) == []


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(families())
def test_nor_in_a_group(found):
    if len(found):
        assert recovered(found, found.questionnaire["p"], "secteur") == []


@pytest.mark.slow
@pytest.mark.parametrize("id", sorted(ALL))
@pytest.mark.parametrize("seed", [1, 2])
def test_no_pair_of_the_bank_tells(id, seed):
    """Answers drawn so that few say something else than the first options: small cells everywhere."""
    form = ALL[id]
    rng = random.Random(seed)
    drawn = [answered(rng, form, skip=0.05) for _ in range(700)]
    filtering = [
        q for q in form.questions if any(q.id == c.question for other in form.questions for c in other.when)
    ]
    often_said = {q.id: rng.sample([o.code for o in q.options], 2) for q in filtering}

    def usual(row) -> bool:
        return all(
            not any(row.get(f"{q}__{o.code}") or row.get(q) == o.code for o in form[q].options if o.code not in said)
            for q, said in often_said.items() if form[q].role not in AGREEMENTS
        )  # fmt: skip

    rows = [row for row in drawn if usual(row)][:150] + [row for row in drawn if not usual(row)][:40]
    found = made(form, rows)
    assert near(found) == []
    for parent in filtering:
        if parent.kind in ("single", "scale", "multiple"):
            assert recovered(found, parent) == []
