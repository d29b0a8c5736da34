"""Each thing that the check of the plan tells, from one fault in a plan without any."""

from dataclasses import replace
from datetime import date

import pytest
from plan_samples import AS_OF, CONTRACT, D, action, agreement, indicator, money, partnership, proposal

from ctg_lib.agreement.checks.plan import check
from ctg_lib.agreement.measurability import ACTIVITY, Outlook
from ctg_lib.partnership.books.financement import PAYER_TYPE, PAYERS


def told(outlooks=None, parties=None, contract=CONTRACT, as_of=AS_OF, **sheets):
    return list(check(agreement(**sheets), parties or partnership(), as_of, contract, outlooks))


def said(*, severity="error", **more):
    """The only thing told."""
    (problem,) = told(**more)
    assert problem.severity == severity, problem
    return f"{problem.said} / {problem}"


def test_a_plan_without_fault_is_told_nothing():
    assert told() == [] and set(PAYER_TYPE) <= set(PAYERS)


RATE = {
    "id": "M01",
    "name": "bonus",
    "value": 200.0,
    "unit": "place",
    "start": D(2028, 1, 1),
    "source": "barème",
}
FAULTS = [
    ("une action sans constat", {"actions": [action(findings=())]}),
    ("un constat qui n’est pas gardé", {"findings": [{"id": "K001", "sentence": "x", "theme": "enfance", "state": "refuse"}]}),
    ("n’a pas retenu", {"actions": [action(issues=("E01", "E02"))]}),
    ("une action sans enjeu", {"actions": [action(issues=(), objective="OB1")], "axes": [{"id": "AX1", "title": "Axe"}],
                               "_others": ["un axe sans enjeu", "un enjeu retenu sans action"]}),
    ("une action sans nature", {"actions": [action(nature="")]}),
    ("finit avant de commencer", {"actions": [action(end=D(2027, 2, 1), start=D(2027, 3, 1))], "budget": [money(year=2027.0), money("recette", year=2027.0)],
                                  "indicators": [indicator(target_on=D(2027, 6, 1))]}),
    ("une action hors des dates de la convention", {"actions": [action(end=D(2032, 1, 31))]}),
    ("n’est pas dans la gouvernance", {"actions": [action(leader="P02")]}),
    ("sans dire laquelle", {"actions": [action(nature="adaptee")]}),
    ("validée après la date de l’étude", {"actions": [action(decided_on=D(2027, 1, 5))]}),
    ("hors des dates de son action", {"steps": [{"action": "A01", "name": "étape", "start": D(2027, 2, 1)}]}),
    ("une étape qui finit avant", {"steps": [{"action": "A01", "name": "étape", "start": D(2028, 2, 1), "end": D(2028, 1, 1)}]}),
    ("les recettes ne font pas les dépenses", {"budget": [money(), money("recette", 900.0)]}),
    ("une recette sans financeur", {"budget": [money(), money("recette", funder="")]}),
    ("hors des années de l’action", {"budget": [money(year=2031.0), money("recette", year=2031.0)], "_times": 2}),
    ("un indicateur sans valeur de départ", {"indicators": [indicator(baseline=None)]}),
    ("sans date", {"indicators": [indicator(baseline_period="")]}),
    ("mesurée après le début", {"indicators": [indicator(baseline_period="2028")]}),
    ("une cible d’avant le début", {"indicators": [indicator(target_on=D(2027, 1, 1))]}),
    ("une cible hors des dates", {"indicators": [indicator(target_on=D(2032, 6, 1))]}),
    ("refusé", {"indicators": [indicator(noise=30.0)]}),
    ("absent de", {"actions": [action(partners=("P99",))]}),
    ("absent de", {"indicators": [indicator(), indicator("IN02", action="A99")]}),
    ("un axe qui porte un enjeu", {"axes": [{"id": "AX1", "title": "Axe", "issues": ("E01", "E02")}]}),
    ("une ligne de budget sans montant", {"budget": [money(amount=None)]}),
    ("un montant daté sans quantité", {"budget": [money(), money("recette", rate="M01")], "amounts": [RATE]}),
    ("une quantité sans montant daté", {"budget": [money(), money("recette", quantity=6.0)]}),
    ("ne vaut pas encore en 2028", {"budget": [money(), money("recette", rate="M01", quantity=5.0)],
                                    "amounts": [RATE | {"start": D(2029, 1, 1)}]}),
    ("absent de", {"budget": [money(), money("recette", rate="M99", quantity=5.0)], "amounts": [RATE]}),
    ("aucun organisme ne siège", {"members": []}),
    ("aucun organisme ne siège", {"members": [{"instance": "I01", "function": "présidence"}]}),
    ("un montant qui finit avant", {"amounts": [{"id": "M01", "name": "m", "value": 1.0, "start": D(2027, 1, 1), "end": D(2026, 1, 1)}]}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "sheets"), FAULTS, ids=[f[0] for f in FAULTS])
def test_a_fault_of_a_validated_action_is_an_error(words, sheets):
    more = dict(sheets)
    others, times = more.pop("_others", []), more.pop("_times", 1)
    found = told(**more)
    errors = [p for p in found if p.severity == "error"]
    assert len(errors) == times and all(words in p.said for p in errors), [str(p) for p in found]
    assert sorted(p.said for p in found if p.severity == "warning") == sorted(others)


@pytest.mark.parametrize("sheets", [{"actions": [action(findings=(), state="projet")]}, {"actions": [action(nature="", state="")]},
                                    {"actions": [action(state="projet")], "budget": [money()]}])  # fmt: skip
def test_the_same_of_a_draft_is_a_point_to_look_at(sheets):
    (problem,) = told(**sheets)
    assert problem.severity == "warning"


DOUBTS = [
    ("dite nouvelle, qui en suit une autre", {"actions": [action(previous=("B01",))], "parties": partnership(bilan=[{"id": "B01", "name": "Avant"}])}),
    ("propose d’arrêter", {"actions": [action(nature="reconduite", previous=("B01",))],
                           "parties": partnership(bilan=[{"id": "B01", "name": "Avant", "next": "arreter"}])}),
    ("que le plan ne reprend pas", {"parties": partnership(bilan=[{"id": "B01", "name": "Avant", "next": "poursuivre"}])}),
    ("une proposition retenue que le plan", {"proposals": [proposal(session="")]}),
    ("un enjeu retenu sans action", {"copil": [{"issue": i, "decision": "retenu", "reason": "x", "decided_on": D(2026, 10, 1)} for i in ("E01", "E02")]}),
    ("une action validée sans budget", {"budget": []}),
    ("une action validée sans indicateur", {"indicators": []}),
    ("une action validée sans date", {"actions": [action(decided_on=None)]}),
    ("une dépense avec un financeur", {"budget": [money(funder="epci"), money("recette")]}),
    ("un financeur absent de parties.xlsx (MSA)", {"budget": [money(), money("recette", funder="msa")]}),
    ("une partie qui paie d’une autre sorte", {"budget": [money(), money("recette", funder="epci", party="P02")]}),
    ("n’est plus en vigueur", {"amounts": [{"id": "M01", "name": "m", "value": 1.0, "start": D(2026, 1, 1), "end": D(2026, 6, 30)}]}),
    ("où l’action a commencé", {"indicators": [indicator(baseline_period="2027")]}),
    ("ne se lit pas", {"indicators": [indicator(baseline_period="naguère")]}),
    ("égale à la valeur de départ", {"indicators": [indicator(target=10.0)]}),
    ("un écart que le hasard peut faire", {"indicators": [indicator(unit="familles", baseline=11.0, target=5.0)]}),
    ("n’est pas celle du dictionnaire", {"outlooks": {"IN01": Outlook(date(2026, 12, 31), 100, every=12, measured=11.0, within=0.05)}}),
    ("une cible constatée trop tard", {"indicators": [indicator(target_on=D(2031, 12, 1))],
                                       "outlooks": {"IN01": Outlook(date(2026, 12, 31), 700, every=12)}}),
    ("n’est pas assurée", {"outlooks": {"IN01": Outlook()}}),
    ("mauvais sens", {"indicators": [indicator(label="jeunes inscrits dans l’année", baseline=57.0, target=20.0)]}),
    ("mauvais sens", {"indicators": [indicator(label="familles en attente", target=30.0)]}),
    ("mauvais sens", {"indicators": [indicator(better="lower")]}),
    ("mauvais sens", {"indicators": [indicator(indicator="taux_couverture", baseline=60.0, target=40.0)]}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "sheets"), DOUBTS, ids=[d[0] for d in DOUBTS])
def test_a_doubt_is_a_warning(words, sheets):
    assert words in said(severity="warning", **sheets)


def test_large_numbers_are_written_whole():
    same = said(severity="warning", indicators=[indicator(baseline=1_000_000.0, target=1_000_000.0)])
    assert "1 000 000" in same.replace("\u202f", " ") and "e+06" not in same
    wrong = said(
        severity="warning", indicators=[indicator(baseline=1_000_000.0, target=2_500_000.5, better="lower")]
    )
    assert "de 1 000 000 à 2 500 000,5" in wrong.replace("\u202f", " ")


def test_a_wanted_sense_comes_before_the_words_of_the_label():
    assert not told(indicators=[indicator(label="familles en attente", target=30.0, better="higher")])
    assert not told(indicators=[indicator(label="un indicateur sans mot connu", target=2.0)])
    for unsure in ("jeunes en rupture accompagnés", "places ouvertes (22 au départ)"):
        assert not told(indicators=[indicator(label=unsure)])
    assert not told(indicators=[indicator(label="demandes restées sans réponse", target=2.0)])


def test_a_doubt_is_told_with_what_to_count_beside_it():
    assert ACTIVITY["enfance"] in said(
        severity="warning", indicators=[indicator(unit="familles", baseline=11.0, target=5.0)]
    )
    late = {
        "indicators": [indicator(target_on=D(2031, 12, 1))],
        "outlooks": {"IN01": Outlook(date(2026, 12, 31), 700, every=12)},
    }
    assert ACTIVITY["enfance"] in said(severity="warning", **late)


def test_a_refused_indicator_is_told_with_what_to_count_instead():
    text = said(indicators=[indicator(noise=30.0)])
    assert ACTIVITY["enfance"] in text and "30" in text and "IN01" not in text


def test_the_message_says_where_and_what_was_decided():
    (problem,) = told(actions=[action(issues=("E02", "E01"))])
    assert problem.where == "plan-action.xlsx, feuille « Actions », ligne 6, colonne « Enjeux »"
    assert problem.found == "E02 (écarté)" and problem.about == "Action A01"


def test_a_gap_is_always_told_with_its_remark_and_cents_are_counted():
    unsure = said(severity="warning", budget=[money(), money("recette", 900.0, remark="à confirmer")])
    assert unsure.count("« à confirmer »") == 2 and "100" in unsure
    assert "0,5" in said(budget=[money(), money("recette", 999.5)]).replace("0,50", "0,5")


def test_a_remark_that_names_a_person_is_not_quoted():
    text = said(
        severity="warning",
        budget=[money(), money("recette", 900.0, remark="voir avec equipe@bureau-exemple.example")],
    )
    assert "bureau-exemple" not in text and "une remarque à relire" in text


def test_what_is_typed_and_what_the_amount_gives_are_compared_and_both_named():
    def line(**more):
        return [money(), money("recette", rate="M01", quantity=5.0, **more)]

    assert told(budget=line(), amounts=[RATE]) == []  # 5 × 200 = 1 000
    assert told(budget=line(amount=None), amounts=[RATE]) == []
    text = said(budget=line(), amounts=[RATE | {"value": 300.0}])
    assert (
        "5 × 300" in text
        and "M01" in text
        and "1 500" in text.replace("\u202f", " ")
        and "1 000" in text.replace("\u202f", " ")
    )
    unbalanced = said(budget=line(amount=None), amounts=[RATE | {"value": 300.0}])
    assert "500" in unbalanced and "ne font pas" in unbalanced


def test_a_draft_led_by_nobody_who_sits_is_a_point_to_look_at():
    lines = [action(state="projet"), action("A02", state="projet")]
    (problem,) = told(members=[], actions=lines)
    assert (
        problem.severity == "warning"
        and problem.where == "gouvernance.xlsx, feuille « Membres », colonne « Organisme »"
    )
    assert "P01" in problem.expected and "A01, A02" in problem.about


def test_a_payer_is_told_once_for_each_action():
    lines = [
        money(year=y, item=k) if k == "d" else money("recette", year=y, funder="msa")
        for y in (2028.0, 2029.0)
        for k in "dr"
    ]
    assert len(told(budget=lines)) == 1


def test_what_is_given_up_is_left_alone():
    lost = action("A02", state="abandonnee", findings=(), issues=("E02",), leader="P99", end=D(2040, 1, 1))
    assert told(actions=[action(), lost]) == []


def test_without_dates_of_the_convention_one_thing_is_told():
    many = [indicator(f"IN0{n}") for n in range(1, 5)]
    (problem,) = told(contract={}, indicators=many)
    assert (
        problem.severity == "error" and problem.where == "study.yml, contract" and "start" in problem.expected
    )
    (half,) = told(contract={"start": date(2027, 1, 1)}, indicators=many)
    assert half.where == "study.yml, contract, end" and "la fin de la convention n’est pas dite" in half.said
    (draft,) = told(contract={}, actions=[action(state="projet")])
    assert draft.severity == "warning"


def test_an_amount_that_nothing_uses_after_its_end_is_not_outdated():
    over = RATE | {"start": D(2026, 1, 1), "end": D(2026, 6, 30)}
    other = RATE | {"id": "M02", "name": "autre", "start": D(2026, 1, 1)}
    lines = [money(), money("recette", rate="M02", quantity=5.0)]
    assert told(budget=lines, amounts=[over, other]) == []
    assert "n’est plus en vigueur" in said(severity="warning", budget=[money(), money("recette", rate="M01", quantity=5.0)],
                                           amounts=[over])  # fmt: skip


def test_acquired_money_on_an_amount_that_is_over_is_told():
    def words(**more):
        over = RATE | {"start": D(2026, 1, 1), "end": D(2027, 12, 31)}
        line = money("recette", **{"amount": None, "rate": "M01", "quantity": 5.0, "sure": "acquis"} | more)
        return [(p.severity, p.said) for p in told(budget=[money(), line], amounts=[over])]

    said_ = "une recette dite acquise, calculée sur un montant qui ne vaut plus en 2028 (M01)"
    assert words() == [("warning", said_)]
    assert words(sure="sollicite") == words(amount=1000.0) == []


def test_an_amount_that_a_later_one_follows_is_not_outdated():
    lines = [{"id": "M01", "name": "m", "value": 1.0, "start": D(2026, 1, 1), "end": D(2026, 6, 30)},
             {"id": "M02", "name": "m", "value": 2.0, "start": D(2026, 7, 1)}]  # fmt: skip
    assert told(amounts=lines) == []
    lines[0]["name"], lines[1]["name"] = "bonus mixité", "Bonus Mixité"  # as in_force reads them
    assert told(amounts=lines) == []


def test_no_message_is_empty():
    every = [
        p
        for _, s in [*FAULTS, *DOUBTS]
        for p in told(**{k: v for k, v in s.items() if not k.startswith("_")})
    ]
    assert every and all((p.expected and p.said and replace(p, found="") != p) or not p.found for p in every)
