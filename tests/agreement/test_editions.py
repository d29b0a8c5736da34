from datetime import date

from governance_samples import agreed

from ctg_lib.agreement import editions

FINDINGS = [
    {"id": "K001", "sentence": "Les places manquent.", "theme": "petite_enfance", "state": "accepte"},
    {"id": "K002", "sentence": "Les bénévoles s’usent.", "theme": "vie_sociale", "state": "reformule"},
    {"id": "K003", "sentence": "Peu de bus.", "theme": "jeunesse", "state": "propose"},
]
ACTIONS = [
    {"id": "A01", "title": "Ouvrir", "leader": "P01", "start": date(2027, 9, 1), "fte": 0.5, "publics": ("enfants_0_2", "parents"), "state": "validee"},
    {"id": "A02", "title": "Aider", "state": "validee"},
    {"id": "A03", "title": "Installer", "state": "validee"},
]  # fmt: skip
BUDGET = [{"action": "A01", "year": 2028, "kind": "depense", "item": "salaires", "amount": 1000.0}]
BEFORE = {"constats.findings": FINDINGS, "plan.actions": ACTIONS, "plan.budget": BUDGET}


def after(**more):
    return agreed({**BEFORE, **{name.replace("__", "."): lines for name, lines in more.items()}})


def test_the_same_edition_changes_nothing():
    same = agreed(BEFORE)
    for compare in (editions.findings, editions.actions, editions.indicators):
        assert not compare(same, same).any
    assert editions.actions(same, same).same == 3


def test_findings_new_gone_and_reworded():
    lines = [
        {**FINDINGS[0], "sentence": "Les places manquent le matin."}, {**FINDINGS[1], "state": "refuse", "reason": "un bureau neuf"},
        {**FINDINGS[2], "state": "accepte"},
    ]  # fmt: skip
    found = editions.findings(agreed(BEFORE), after(constats__findings=lines))
    assert found.new == (("K003", "Peu de bus."),)
    assert [(g.id, g.why) for g in found.gone] == [("K002", "refusé : un bureau neuf")]
    assert [(c.id, c.before, c.after) for c in found.changed] == [("K001", "Les places manquent.", "Les places manquent le matin.")]  # fmt: skip
    assert found.same == 0


def test_actions_new_abandoned_and_changed_field_by_field():
    lines = [
        {**ACTIONS[0], "leader": "P02", "start": date(2028, 1, 1), "fte": 1.0, "publics": ("parents", "enfants_0_2"), "state": "en_cours"},
        {**ACTIONS[1], "state": "abandonnee", "decided_on": date(2028, 11, 21), "remark": "faute de candidates"},
        {"id": "A04", "title": "Relier", "state": "validee"},
    ]  # fmt: skip
    budget = [{**BUDGET[0], "amount": 1500.0}]
    names = {"P01": "Communauté", "P02": "Caf"}
    found = editions.actions(agreed(BEFORE), after(plan__actions=lines, plan__budget=budget), lambda _, id: names.get(id, id))  # fmt: skip
    assert found.new == (("A04", "Relier"),)
    assert [(g.id, g.why) for g in found.gone] == [
        ("A02", "abandonnée le 21 novembre 2028 : faute de candidates"), ("A03", "n’y figure plus"),
    ]  # fmt: skip
    told = {c.field: (c.before, c.after) for c in found.changed}
    assert told == {  # neither the order of publics nor « en cours » is a change of the plan
        "Pilote": ("Communauté", "Caf"), "Début": ("1er septembre 2027", "1er janvier 2028"), "ETP": ("0,5", "1"),
        "Coût sur la durée": ("1\u202f000\u00a0€", "1\u202f500\u00a0€"),
    }  # fmt: skip


def test_an_action_already_abandoned_is_not_lost_again():
    lines = [{**ACTIONS[0], "state": "abandonnee"}]
    before = agreed({"plan.actions": lines})
    assert not editions.actions(before, before).any
    assert editions.actions(before, agreed({"plan.actions": [ACTIONS[0]]})).new == (("A01", "Ouvrir"),)


def test_targets_that_changed_are_told():
    line = {
        "id": "IN01",
        "action": "A01",
        "label": "soirées",
        "target": 120.0,
        "target_on": date(2029, 12, 31),
    }
    before = agreed({"plan.indicators": [line]})
    found = editions.indicators(before, agreed({"plan.indicators": [{**line, "target": 80.0}]}))
    assert [(c.field, c.before, c.after) for c in found.changed] == [("Cible", "120", "80")]
    assert editions.indicators(before, agreed({"plan.indicators": []})).gone[0].id == "IN01"
