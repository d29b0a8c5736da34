"""What the check tells of croisement.xlsx: one test for each message."""

import pytest
from crossing_samples import agreement, finding, need, partnership

from ctg_lib.agreement.checks.crossing import problems

PARTIES = partnership(
    services=[{"id": "S01", "name": "Crèche", "type": "eaje"}],
    parties=[
        {"id": "P01", "name": "CC", "type": "epci"}, {"id": "P02", "name": "Commune", "type": "commune"},
        {"id": "P03", "name": "Caf", "type": "caf"}, {"id": "P04", "name": "Syndicat", "type": "syndicat"},
    ],
    competences=[{"competence": "creches", "holder": "P01"}, {"competence": "periscolaire", "by_communes": "oui"}],
    contracts=[{"id": "C01", "name": "CTG", "type": "ctg_cej"}],
)  # fmt: skip
ISSUE = {
    "id": "E01",
    "title": "Enjeu",
    "theme": "petite_enfance",
    "needs": ("N01",),
    "state": "valide",
    "decided_on": "2027-01-12",
}
GOOD = need(findings=("K001",), offer=("S01",), actors=("P01", "P03"), contracts=("C01",))


def told(**sheets):
    given = {"findings": [finding()], "needs": [GOOD], "issues": [ISSUE]} | sheets
    return [(p.severity, p.column, p.found, p.expected, p.row) for p in problems(agreement(**given), PARTIES)]


def one(**sheets):
    (only,) = told(**sheets)
    return only


def test_a_sound_workbook_is_told_nothing():
    assert told() == []
    assert told(findings=[], needs=[], issues=[]) == []


def test_what_is_set_aside_is_left_alone():
    assert (
        told(
            needs=[GOOD, need("N02", state="ecarte", offer=("S99",))],
            issues=[ISSUE, {"id": "E02", "title": "x", "state": "ecarte"}],
        )
        == []
    )


@pytest.mark.parametrize(
    ("column", "label", "book"),
    [("findings", "Constats", "constats.xlsx"), ("offer", "Offre qui y répond", "offre.xlsx"),
     ("actors", "Qui peut agir", "parties.xlsx"), ("contracts", "Contrats touchés", "contrats.xlsx")],
)  # fmt: skip
def test_an_id_of_nothing(column, label, book):
    severity, where, found, expected, row = told(needs=[GOOD | {column: ("Z99",)}])[0]
    assert (severity, where, found, row) == (
        "error",
        label,
        "Z99",
        6,
    ) and f"un identifiant de {book}, feuille" in expected


def test_the_nearest_id_is_named():
    assert one(needs=[GOOD | {"offer": ("S1",)}])[3].endswith("; le plus proche : S01")


def test_an_issue_that_names_no_such_need():
    assert ("error", "Besoins", "N77") in [
        each[:3] for each in told(issues=[ISSUE | {"needs": ("N01", "N77")}])
    ]


def test_a_need_without_finding():
    assert one(needs=[GOOD | {"findings": ()}])[:4] == (
        "warning", "Constats", "", "au moins un constat : ce qui établit ce besoin",
    )  # fmt: skip


def test_a_need_of_which_no_finding_is_kept():
    found = told(findings=[finding(state="propose")], issues=[])
    assert (
        found[0][:3] == ("warning", "Constats", "des constats dont aucun n’est gardé : K001")
        and len(found) == 1
    )
    merged = [finding("K001", "fusionne", merged="K002"), finding("K002")]
    assert told(findings=merged) == []


def test_a_retained_need_that_nobody_named():
    proposed = GOOD | {"label": "à préciser : logement (constat K001)"}
    (told_,) = told(needs=[proposed])
    assert "Besoin" in str(told_) and "à préciser" in str(told_)
    assert told(needs=[proposed | {"state": "propose"}]) == []


def test_a_reading_kept_against_the_rule_says_why():
    assert one(needs=[GOOD | {"reading": "seul"}])[1:3] == ("Pourquoi", "")
    assert told(needs=[GOOD | {"reading": "seul", "why": "parce que"}]) == []


def test_who_can_act_without_the_competence():
    severity, column, found, expected, _ = one(needs=[GOOD | {"actors": ("P04", "P03")}])
    assert (severity, column, found) == (
        "warning",
        "Qui peut agir",
        "P04, sans compétence du thème « petite enfance »",
    )
    assert "(P01)" in expected
    assert len(told(needs=[GOOD | {"actors": ("P02",)}])) == 1
    school = need(theme="enfance", findings=("K001",), actors=("P02",))
    assert told(needs=[school]) == [] and "(les communes)" in one(needs=[school | {"actors": ("P01",)}])[3]


def test_a_theme_of_which_no_holder_is_known_is_not_judged():
    assert told(needs=[GOOD | {"theme": "logement", "actors": ("P04",)}]) == []


@pytest.mark.parametrize(
    ("state", "severity"), [("valide", "error"), ("propose", "warning"), ("", "warning")]
)
def test_an_issue_without_need(state, severity):
    assert one(issues=[ISSUE | {"needs": (), "state": state}])[:4] == (
        severity,
        "Besoins",
        "",
        "au moins un besoin",
    )


def test_a_validated_issue_that_rests_on_refused_findings():
    found = [each for each in told(findings=[finding(state="refuse")]) if each[1] == "Besoins"]
    assert [(each[0], each[2]) for each in found] == [
        ("error", "des besoins dont tous les constats sont refusés : K001")
    ]
    both = [finding(state="refuse"), finding("K002")]
    assert one(findings=both, needs=[GOOD | {"findings": ("K001", "K002")}])[:3] == (
        "warning", "Besoins", "des constats refusés : K001",
    )  # fmt: skip
    assert [
        e
        for e in told(findings=[finding(state="refuse")], issues=[ISSUE | {"state": "propose"}])
        if e[1] == "Besoins"
    ] == []


def test_a_validated_issue_that_rests_on_a_need_set_aside():
    assert (
        one(needs=[GOOD, need("N02", state="ecarte")], issues=[ISSUE | {"needs": ("N01", "N02")}])[2]
        == "des besoins écartés : N02"
    )


def test_a_validated_issue_without_a_date():
    assert one(issues=[ISSUE | {"decided_on": None}])[1:4] == (
        "Validé ou écarté le",
        "",
        "le jour où il a été validé",
    )
