"""Kept findings whose evidence moved: what the control tells, where, and what chapters say. All is made up."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest
from agreed_study import plain
from crossing_samples import agreement, finding, need, proof

from ctg_lib.agreement.evidence import Evidence, Ref
from ctg_lib.agreement.findings import findings
from ctg_lib.agreement.grounds import common_grounds
from ctg_lib.study import moved
from ctg_lib.study.chapters import control
from ctg_lib.workbooks.problems import Problem

RATE = Ref("indicateur", "taux_couverture")
TAKEN = {"said": "Taux : 50.", "value": 50.0, "side": "moins", "taken_on": "2027-01-12"}
ELSEWHERE = Evidence(RATE, "Taux : 61.", value=61.0, side="close")
MORE = Evidence(RATE, "Taux : 41.", value=41.0, side="below")


def action(id="A01", state="validee", findings=("K001",)):
    return {"id": id, "title": f"Action {id}", "state": state, "findings": findings}


def study(now, evidence=None, actions=(), needs=(), kept=("K001",)):
    lines = [proof(**TAKEN)] if evidence is None else evidence
    made = agreement(
        findings=[finding(id) for id in kept], evidence=lines, actions=list(actions), needs=list(needs)
    )
    return SimpleNamespace(agreement=made, findings=findings(made, {RATE: now}, lambda ref, value: math.nan))


@pytest.fixture(autouse=True)
def grounds(monkeypatch):
    monkeypatch.setattr(moved, "grounds_of", lambda study: common_grounds())


@pytest.mark.parametrize(
    ("now", "actions", "sense", "severity", "word"),
    [
        (ELSEWHERE, [action()], "", "error", "ne tient plus"), (None, [action()], "", "error", "ne tient plus"),
        (ELSEWHERE, [action(state="projet")], "", "warning", "ne tient plus"), (ELSEWHERE, [], "", "warning", "ne tient plus"),
        (ELSEWHERE, [action(findings=("K009",))], "", "warning", "ne tient plus"),
        (ELSEWHERE, [action()], "nuance", "warning", "ne tient plus"), (MORE, [action()], "", "warning", "a changé"),
    ],
)  # fmt: skip
def test_a_finding_that_holds_no_more_is_an_error_where_the_plan_rests_on_it(
    now, actions, sense, severity, word
):
    (found,) = moved.problems_of(study(now, [proof(**TAKEN, sense=sense)], actions))
    assert (found.severity, found.row, found.about) == (severity, 6, "constat K001")
    assert word in found.found and found.said == f"une preuve qui {word}"
    assert ("A01 en dépend" in found.found) == (severity == "error")


def test_what_still_holds_and_what_nobody_kept_are_not_told():
    assert moved.problems_of(study(Evidence(RATE, "Taux : 50.", value=50.0, side="below"))) == []
    waiting = study(ELSEWHERE, kept=())
    assert moved.problems_of(waiting) == []


def test_nothing_is_computed_where_no_finding_is_written():
    class Empty:
        agreement = agreement()

        @property
        def findings(self):
            raise AssertionError("indicators were read")

    assert moved.problems_of(Empty()) == [] and moved.with_moved(Empty(), ()) == ()


def test_only_the_chapter_that_tells_findings_asks_for_them():
    problem = Problem("constats.xlsx", "ceci", "cela")

    class Asked:
        folder_problems = ()
        partnership = SimpleNamespace(file=lambda book: f"{book}.xlsx")
        problems = property(lambda self: (problem,))

    told = {name: control.problems_of_chapter(Asked(), name) for name in (*control.CHAPTERS, *control.HEARD)}
    assert told.pop("croisement") == [problem] and not any(told.values())


def test_all_findings_that_moved_are_named_and_first():
    alike = [
        Problem(
            "constats.xlsx", "…", "…", "Preuves", n, "", "warning", f"constat K{n:03d}", moved.MOVED["change"]
        )
        for n in range(1, 9)
    ]
    others = [
        Problem("croisement.xlsx", "…", "…", "", n, "", "warning", f"N{n}", f"un autre {n}") for n in range(9)
    ]
    lines = control.sentences([*others, *alike], None)
    assert lines[1] == (
        "À vérifier — constats K001, K002, K003, K004, K005, K006, K007 et K008 : une preuve qui a changé."
    )
    one = control.sentences(alike[:1], None)[1]
    assert one == "À vérifier — constat K001 : une preuve qui a changé."


def test_findings_to_read_again_are_told_with_the_actions_that_rest_on_them():
    lines = [proof(**TAKEN), proof("K002", **TAKEN), proof("K003", **TAKEN)]
    made = study(ELSEWHERE, lines, kept=("K001", "K002", "K003"))
    assert plain(moved.told(made, {"K001": ["A01", "A02"], "K002": [], "K003": ["A03"]})) == (
        "**2 constats sont à relire** avant de citer les actions qui en partent. Ne tient plus : K001 (A01 et A02) et K003 (A03)."
    )
    assert moved.told(study(MORE), {"K001": ["A01"]}).endswith("A changé : K001 (A01).")
    assert moved.told(study(MORE), {}) == ""


def test_what_the_analyst_says_against_the_measure_is_told_by_the_control():
    same = Evidence(RATE, "Taux : 50.", value=50.0, side="below")
    needs = [need("N01", findings=("K001",)), need("N02", findings=("K001",), need="pe_cout")]
    (found,) = moved.problems_of(study(same, [proof(**TAKEN, of_need="existe")], needs=needs))
    assert (found.severity, found.column, found.found) == (
        "warning",
        "Ce qu’elle dit du besoin",
        "existe, pour N01",
    )
    assert "« manque », ce que donne la mesure" in found.expected and found.said == moved.OVERRULED
    for written in ("", "manque"):
        assert moved.problems_of(study(same, [proof(**TAKEN, of_need=written)], needs=needs)) == []


def test_all_is_told_once_in_order():
    made, first = study(ELSEWHERE), Problem("budget.xlsx", "ceci", "cela")
    found = moved.with_moved(made, (first,))
    assert found[0] == first and len(found) == 2 == len(set(found))
