"""What each side says of a need, and how they agree: rules, not the order of lines, nor the silent."""

import itertools

import pytest
from crossing_samples import agreement, finding, heard, need, proof
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.agreement.books.croisement import READINGS
from ctg_lib.agreement.crossing import (
    MATRIX_COLUMNS,
    READING_RULES,
    SAYS,
    SAYS_RULES,
    SPEAKS,
    cross,
    reading,
    says_of,
    side_of_evidence,
)
from ctg_lib.agreement.evidence import SIDES
from ctg_lib.consultation import synthesis
from ctg_lib.consultation.actors import Actors


def one(actors=None, asked=None, dropped=(), **sheets):
    """The only need, crossed."""
    given_ = {"findings": [finding()], "needs": [need(findings=("K001",))]} | sheets
    (row,) = cross(agreement(**given_), actors or Actors(), asked, dropped).rows
    return row


def test_every_word_and_every_reading_has_its_rule():
    assert set(SAYS) == set(SAYS_RULES) and set(READINGS) == set(READING_RULES)


@pytest.mark.parametrize(
    ("kind", "ref", "side"),
    [
        ("indicateur", "taux_couverture", "statistiques"), ("enquete", "parents/x/y", "habitants"),
        ("enquete", "professionnels/x/y", "professionnels"), ("enquete", "associations/x/y", "partenaires"),
        ("document", "D01", "documents"), ("bilan", "B01", "documents"), ("contrat", "C01", "documents"),
        ("offre", "S01", ""), ("financement", "S01/2025", ""), ("parole", "pe_places", ""),
    ],
)  # fmt: skip
def test_whom_an_evidence_speaks_for(kind, ref, side):
    assert side_of_evidence(kind, ref) == side
    row = one(evidence=[proof(kind=kind, ref=ref)])
    assert row.sides(*SPEAKS) == ((side,) if side else ())


@pytest.mark.parametrize(
    ("sense", "says"), [("", "manque"), ("appuie", "manque"), ("nuance", "nuance"), ("contredit", "existe")]
)
def test_what_the_sense_of_an_evidence_says(sense, says):
    assert one(evidence=[proof(sense=sense)]).view("statistiques").says == says


def test_evidence_of_a_finding_that_is_not_kept_says_nothing():
    for state in ("refuse", "propose"):
        row = one(findings=[finding(state=state)], evidence=[proof()])
        assert (
            row.findings == () and row.view("statistiques").says == "pas_demande" and row.reading == "silence"
        )


def test_a_merged_finding_counts_for_the_one_that_takes_it_up():
    findings = [
        finding("K001", "fusionne", merged="K002"),
        finding("K002"),
        finding("K003", "fusionne", merged="K003"),
    ]
    row = one(findings=findings, evidence=[proof("K001")], needs=[need(findings=("K001", "K003"))])
    assert row.findings == ("K002",) and row.view("statistiques").says == "manque"


def test_evidence_that_says_nothing_any_more_is_left_out():
    row = one(evidence=[proof()], dropped={("K001", "indicateur", "taux_couverture")})
    assert row.view("statistiques").says == "pas_demande"


def test_what_actors_say_is_read_by_their_synthesis():
    actors = heard("habitants besoin", "professionnels offre", "elus piste", "partenaires besoin pe_cout")
    row = one(actors)
    assert [row.view(s).says for s in SIDES] == [
        "pas_demande",
        "manque",
        "existe",
        "silence",
        "piste",
        "pas_demande",
    ]
    assert (
        row.reading
        == "divergence"
        == synthesis.crossing(actors).set_index("need").loc["pe_places", "reading"]
    )
    assert (row.view("habitants").meetings, row.view("habitants").lacking) == (1, 1)


def test_a_need_without_a_code_is_read_from_the_words_its_findings_rest_on():
    row = one(
        heard("elus besoin pe_cout"),
        needs=[need(need="", findings=("K001",))],
        evidence=[proof(kind="parole", ref="pe_cout")],
    )
    assert row.view("elus").says == "manque"


def test_silent_there_without_a_word_and_not_asked_are_three_things():
    actors = heard("elus besoin pe_cout", present=["partenaires petite_enfance"])
    row = one(actors, asked={"N01": {"habitants"}})
    said = {s: row.view(s).says for s in SIDES}
    assert (said["elus"], said["habitants"], said["partenaires"], said["professionnels"]) == (
        "silence", "silence", "present", "pas_demande",
    )  # fmt: skip
    assert row.reading == "silence"
    assert (
        row.view("statistiques").words == "aucun indicateur"
        and row.view("professionnels").words == "pas demandé"
    )


def test_a_side_that_says_both_is_qualified():
    row = one(heard("habitants offre"), evidence=[proof(kind="enquete", ref="parents/a/b")])
    assert row.view("habitants").says == "nuance"


def test_a_contract_that_is_touched_speaks_of_the_need():
    assert one(needs=[need(findings=("K001",), contracts=("C01",))]).view("documents").says == "parle"


def test_what_several_groups_said_together_belongs_to_no_side():
    row = one(heard("plusieurs besoin"))
    assert row.sides(*SPEAKS) == () and row.reading == "ensemble"


def test_the_analyst_overrules_and_it_is_told():
    row = one(heard("habitants besoin", "elus besoin"), needs=[need(reading="divergence", why="parce que")])
    assert (row.computed, row.reading, row.overruled, row.why) == (
        "convergence",
        "divergence",
        True,
        "parce que",
    )
    assert not one(heard("habitants besoin")).overruled


def test_needs_stand_by_theme_then_by_number_those_set_aside_left_out():
    needs = [
        need("N10"),
        need("N9"),
        need("N1", theme="logement"),
        need("N2", state="ecarte"),
        need("N3", theme=""),
    ]
    assert [row.id for row in cross(agreement(needs=needs), Actors()).rows] == ["N9", "N10", "N1", "N3"]


def test_a_side_of_which_too_few_were_heard_is_not_shown():
    actors = heard("elus besoin", people=2)
    crossing = cross(agreement(needs=[need()]), actors)
    assert crossing.unshown == 1 and crossing.rows[0].view("elus").says == "pas_demande"
    pooled = cross(agreement(needs=[need()]), heard("elus besoin", "partenaires offre", people=2))
    assert pooled.sides == (*SIDES, "autres") and pooled.unshown == 0
    assert (
        pooled.rows[0].view("elus").says == "pas_demande" and pooled.rows[0].view("autres").says == "manque"
    )


def test_the_frame_holds_what_the_rows_hold():
    frame = cross(agreement(needs=[need(), need("N02")]), heard("elus besoin")).frame
    assert tuple(frame) == MATRIX_COLUMNS and frame["elus"].tolist() == ["manque", "manque"]
    assert list(cross(agreement(), Actors()).frame) == list(MATRIX_COLUMNS)


# ------------------------------------------------------------------------------------------ properties

EACH = st.dictionaries(st.sampled_from(SIDES), st.sampled_from(list(SAYS)))


@given(EACH, st.booleans(), st.sampled_from(SIDES), st.sampled_from(["silence", "present", "pas_demande"]))
def test_a_silent_side_never_makes_agreement_out_of_disagreement(says, together, side, quiet):
    if side in says:
        return
    before, after = reading(says, together), reading({**says, side: quiet}, together)
    assert (before == "divergence") == (after == "divergence")
    if after == "convergence":
        assert before == "convergence"


@given(EACH)
def test_a_reading_says_what_the_cells_say(says):
    found, lacking = reading(says), [s for s in says.values() if s == "manque"]
    assert found in READINGS
    assert (found == "divergence") == (bool(lacking) and "existe" in says.values())
    assert (found in ("silence", "sans_manque")) == (not lacking)
    if found == "convergence":
        assert len(lacking) > 1


@given(st.lists(st.sampled_from([*SPEAKS, "silence", "inconnu"]), max_size=4))
def test_what_a_side_says_does_not_depend_on_the_order(told):
    assert len({says_of(each) for each in itertools.permutations(told)}) <= 1


LINES = [
    proof(), proof(kind="enquete", ref="parents/a/b", sense="nuance"), proof("K002", "bilan", "B01", "contredit"),
    proof("K002", "enquete", "professionnels/a/b"),
]  # fmt: skip
SAID = ["habitants besoin", "elus offre", "partenaires besoin pe_cout", "professionnels piste"]


@settings(max_examples=6)
@given(st.permutations(LINES), st.permutations(SAID), st.permutations(["K001", "K002", "N01", "N02"]))
def test_the_order_of_lines_does_not_matter(evidence, said, order):
    findings = sorted([finding("K001"), finding("K002")], key=lambda f: order.index(f["id"]))
    needs = sorted(
        [need("N01", findings=("K001", "K002")), need("N02", need="pe_cout")],
        key=lambda n: order.index(n["id"]),
    )
    crossed = cross(agreement(findings=findings, evidence=evidence, needs=needs), heard(*said))
    assert [(row.id, row.reading, [v.says for v in row.views]) for row in crossed.rows] == [
        ("N01", "divergence", ["manque", "nuance", "manque", "silence", "existe", "existe"]),
        ("N02", "seul", ["pas_demande", "silence", "silence", "manque", "silence", "pas_demande"]),
    ]  # fmt: skip
