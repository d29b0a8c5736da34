"""Needs are proposed from kept findings, issues from retained needs; nothing from what waits for a person."""

from crossing_samples import agreement, finding, need, partnership, proof

from ctg_lib.agreement.grounds import common_grounds
from ctg_lib.agreement.needs import (
    held,
    proposed_issues,
    proposed_needs,
    to_name,
    without_issue,
    without_need,
)
from ctg_lib.consultation.scheme import common_scheme

SCHEME = common_scheme()
COMPETENCES = partnership(
    competences=[
        {"competence": "creches", "holder": "P01"}, {"competence": "rpe", "holder": "P01"}, {"competence": "sppe_qualite"},
        {"competence": "periscolaire", "by_communes": "oui"},
    ]
).table("parties", "competences")  # fmt: skip


def proposed(**sheets):
    return proposed_needs(agreement(**sheets), SCHEME, COMPETENCES)


def words(id, ref="pe_places"):
    return proof(id, "parole", ref)


def test_findings_on_one_need_for_the_same_people_make_one_need():
    findings = [finding("K001"), finding("K002", "reformule"), finding("K003", moment="le soir"), finding("K004", secteurs=("Amont",)),
                finding("K005", publics=("parents",)), finding("K006")]  # fmt: skip
    evidence = [words(f["id"]) for f in findings] + [proof("K001", "offre", "S01"), proof("K002", "financement", "S01/2025"),
                                                     proof("K002", "contrat", "C02")]  # fmt: skip
    lines = proposed(findings=findings, evidence=evidence)
    assert [line["findings"] for line in lines] == [("K001", "K002", "K006"), ("K003",), ("K004",), ("K005",)]
    first = lines[0]
    assert (first["offer"], first["contracts"], first["actors"]) == (("S01",), ("C02",), ("P01",))
    assert first["label"] == SCHEME["pe_places"].label and first["need"] == "pe_places"
    assert lines[1]["label"].endswith("(le soir)") and lines[2]["label"].endswith("(Amont)")
    assert len({line["key"] for line in lines}) == 4


def test_the_key_depends_neither_on_the_order_of_publics_nor_on_accents():
    one = proposed(findings=[finding(publics=("parents", "aines"), moment="Été")], evidence=[words("K001")])
    other = proposed(
        findings=[finding(publics=("aines", "parents"), moment="été ")], evidence=[words("K001")]
    )
    assert one[0]["key"] == other[0]["key"]


def test_a_finding_on_no_need_of_the_scheme_makes_its_own_to_be_named():
    lines = proposed(
        findings=[
            finding(sentence="Le bus ne passe pas."),
            finding("K002", publics=("parents",), secteurs=("Amont",), moment="le soir"),
            finding("K003", publics=("aines",)),
        ],
        evidence=[words("K001", "inconnu"), proof("K003", "indicateur", "part_residences_secondaires")],
    )
    assert [(line["key"], line["label"]) for line in lines] == [
        ("constat|K001", "à préciser : petite enfance (constat K001)"),
        ("constat|K002", "à préciser : petite enfance (parents ; Amont ; le soir)"),
        ("constat|K003", "à préciser : part des résidences secondaires (aînés)"),
    ]  # fmt: skip
    assert all(to_name(line["label"]) for line in lines) and not to_name("places d’accueil avant 3 ans")


def test_the_need_for_which_a_finding_was_proposed_is_known_without_words():
    lines = proposed(findings=[finding(key="besoin|pe_cout")], evidence=[proof()])
    assert [(line["need"], line["label"]) for line in lines] == [("pe_cout", SCHEME["pe_cout"].label)]


def test_a_figure_or_an_answer_that_proves_one_need_of_the_theme_names_it():
    def codes(*evidence, theme="petite_enfance"):
        held_ = agreement(findings=[finding(theme=theme)], evidence=evidence)
        (line,) = proposed_needs(held_, SCHEME, COMPETENCES, common_grounds())
        return line.get("need", "")

    assert codes(proof()) == "pe_places"
    assert codes(proof("K001", "enquete", "parents/accueil_freins/cout")) == "pe_cout"
    assert codes(proof(sense="contredit")) == codes(proof(), theme="logement") == ""
    assert (
        codes(proof(), proof("K001", "enquete", "parents/accueil_freins/cout")) == ""
    )  # two needs: a person says


def test_what_merged_findings_rest_on_counts_for_the_one_that_takes_them_up():
    findings = [
        finding("K001"), finding("K002", "fusionne", merged="K001"), finding("K003", "fusionne", merged="K002"),
        finding("K004", "fusionne", merged="K005"), finding("K005", "refuse"),
    ]  # fmt: skip
    evidence = [words("K002"), proof("K003", "offre", "S07"), proof("K003", "offre", "type=laep"), proof("K003", "contrat", "C03"),
                words("K004", "pe_cout"), proof("K004", "offre", "S09")]  # fmt: skip
    (line,) = proposed(findings=findings, evidence=evidence)
    assert (line["need"], line["findings"], line["offer"], line["contracts"]) == (
        "pe_places", ("K001",), ("S07",), ("C03",),
    )  # fmt: skip


def test_a_waiting_need_keeps_its_key_once_words_are_merged_into_its_finding():
    waiting = need(findings=("K001",), state="propose", need="", key="constat|K001")
    lines = proposed(
        findings=[finding("K001"), finding("K002", "fusionne", merged="K001")],
        evidence=[words("K002")],
        needs=[waiting],
    )
    assert [(line["key"], line["need"]) for line in lines] == [("constat|K001", "pe_places")]


def test_what_is_not_kept_proposes_nothing():
    states = ("propose", "refuse", "fusionne", "")
    assert proposed(findings=[finding(f"K{n}", state) for n, state in enumerate(states)]) == []


def test_a_finding_that_a_need_names_is_proposed_no_more():
    given = {"findings": [finding(), finding("K002")], "evidence": [words("K001"), words("K002")]}
    lines = proposed(**given, needs=[need(findings=("K001",), state="ecarte")])
    assert [line["findings"] for line in lines] == [("K002",)]
    assert proposed(**given, needs=[need(findings=("K001", "K002"))]) == []
    key = "pe_places|||"
    again = proposed(**given, needs=[need(findings=("K001",), state="propose", key=key)])
    assert [(line["key"], line["findings"]) for line in again] == [(key, ("K001", "K002"))]


def test_retained_needs_of_a_theme_make_one_issue():
    needs = [
        need(),
        need("N02", need="pe_cout"),
        need("N03", state="propose"),
        need("N04", theme="logement", need=""),
    ]
    lines = proposed_issues(agreement(needs=needs), SCHEME)
    assert [(line["key"], line["needs"]) for line in lines] == [
        ("theme|petite_enfance", ("N01", "N02")), ("theme|logement", ("N04",)),
    ]  # fmt: skip
    assert lines[0]["title"] == "Petite enfance : des places ou des logements, un coût supportable"
    assert lines[1]["title"] == "Logement" and "besoin N04" in lines[1]["description"]


def test_a_need_that_an_issue_names_makes_no_other():
    issues = [{"id": "E01", "title": "x", "theme": "enfance", "needs": ("N01",), "state": "ecarte"}]
    held_ = agreement(needs=[need(), need("N02")], issues=issues)
    assert [line["needs"] for line in proposed_issues(held_, SCHEME)] == [("N02",)]
    assert without_issue(held_) == ("N02",)


def test_kept_findings_that_no_need_names():
    held_ = agreement(
        findings=[finding(), finding("K002"), finding("K003", "refuse")], needs=[need(findings=("K001",))]
    )
    assert without_need(held_) == ("K002",)


def test_who_holds_a_competence_of_a_theme():
    assert held(COMPETENCES, "petite_enfance") == {"P01": ("creches", "rpe")}
    assert held(COMPETENCES, "enfance") == {"communes": ("periscolaire",)}
    assert held(COMPETENCES, "logement") == held(COMPETENCES, "") == {}
