"""What each side says of a need, and how they agree: rules, not the order of lines, nor the silent."""

import itertools

import pytest
from crossing_samples import agreement, finding, heard, need, proof
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.agreement import findings as found_out
from ctg_lib.agreement.books.croisement import READINGS
from ctg_lib.agreement.crossing import (
    MATRIX_COLUMNS,
    READING_RULES,
    SAYS,
    SAYS_RULES,
    SPEAKS,
    cross,
    evidence_by_need,
    reading,
    says_of,
    side_of_evidence,
)
from ctg_lib.agreement.evidence import SIDES, Evidence, Ref
from ctg_lib.agreement.grounds import common_grounds
from ctg_lib.consultation import synthesis
from ctg_lib.consultation.actors import Actors

ANSWER = "parents/accueil_freins/place"


def one(actors=None, asked=None, now=None, **sheets):
    """The only need, crossed."""
    given_ = {"findings": [finding()], "needs": [need(findings=("K001",))]} | sheets
    (row,) = cross(agreement(**given_), actors or Actors(), asked, common_grounds(), now).rows
    return row


def moved(line, now, state, why="autre côté"):
    """What is known now of a line of « Preuves »."""
    ref = Ref.parse(line["kind"], line["ref"])
    return {
        (line["finding"], ref): found_out.Proof(
            line["finding"], ref, line["sense"], found_out.Taken(), now, state, why
        )
    }


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


@pytest.mark.parametrize("sense", ["", "nuance", "contredit"])
@pytest.mark.parametrize(
    ("side", "says"), [("moins", "manque"), ("plus", "existe"), ("à peu près comme", "parle"), ("", "parle")]
)
def test_a_figure_is_read_by_its_side_not_by_what_it_does_to_its_sentence(sense, side, says):
    assert one(evidence=[proof(sense=sense, side=side)]).view("statistiques").says == says


def test_what_supports_a_sentence_is_no_lack_by_itself():
    """« 82 places », « réalisée : 38 familles », the contrat local de santé: none says that it is missing."""
    for kind, ref in (
        ("indicateur", "places_accueil"),
        ("bilan", "B08"),
        ("contrat", "C06"),
        ("enquete", "parents/a/b"),
    ):
        row = one(evidence=[proof(kind=kind, ref=ref, side="plus")])
        assert row.sides("parle") == (side_of_evidence(kind, ref),) and row.reading == "sans_manque"


def test_the_analyst_may_say_what_a_document_says():
    row = one(evidence=[proof(kind="document", ref="D09", of_need="manque", remark="Page 12.")])
    assert row.view("documents").says == "manque" and row.reading == "un_cote"
    assert not row.proofs[0].of_need.overruled


def test_what_the_analyst_says_against_the_measure_prevails_and_is_known():
    (own,) = one(evidence=[proof(side="plus", of_need="manque")]).view("statistiques").proofs
    assert (own.of_need.says, own.of_need.computed, own.of_need.overruled) == ("manque", "existe", True)


def test_evidence_that_holds_no_more_is_read_as_it_is_now():
    line = proof(side="moins", of_need="manque", said="57 places")
    now = Evidence(Ref("indicateur", "taux_couverture"), "61 places", side="close")
    row = one(evidence=[line], now=moved(line, now, "tombe"))
    assert row.view("statistiques").says == "parle"  # what the analyst wrote was of what it said then
    assert [p.said for p in row.fallen] == ["61 places"] and row.reading == "sans_manque"
    same = one(evidence=[line], now=moved(line, now, "change"))
    assert same.view("statistiques").says == "manque" and same.fallen == ()


def test_evidence_of_which_nothing_is_left_says_nothing():
    line = proof(side="moins")
    for state, fallen in (("tombe", 1), ("", 0)):
        row = one(evidence=[line], now=moved(line, None, state))
        assert (
            row.view("statistiques").says == "pas_demande" and len(row.fallen) == fallen and row.proofs == ()
        )


def test_evidence_by_need_is_that_of_the_rows():
    needs = [
        need("N01", findings=("K001",)),
        need("N02", findings=("K001",), need="pe_cout"),
        need("N03", state="ecarte"),
    ]
    found = evidence_by_need(
        agreement(findings=[finding()], evidence=[proof(side="moins")], needs=needs), common_grounds(), {}
    )
    assert {id: [p.of_need.says for p in own] for id, own in found.items()} == {
        "N01": ["manque"],
        "N02": ["parle"],
    }


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
    row = one(
        findings=findings, evidence=[proof("K001", side="moins")], needs=[need(findings=("K001", "K003"))]
    )
    assert row.findings == ("K002",) and row.view("statistiques").says == "manque"


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
    row = one(heard("habitants offre"), evidence=[proof(kind="enquete", ref=ANSWER)])
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
    proof(side="moins"), proof(kind="enquete", ref=ANSWER, of_need="nuance"), proof("K002", "bilan", "B01", of_need="existe"),
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
    made = agreement(findings=findings, evidence=evidence, needs=needs)
    crossed = cross(made, heard(*said), None, common_grounds())
    assert [(row.id, row.reading, [v.says for v in row.views]) for row in crossed.rows] == [
        ("N01", "divergence", ["manque", "nuance", "piste", "silence", "existe", "existe"]),
        ("N02", "seul", ["pas_demande", "silence", "silence", "manque", "silence", "pas_demande"]),
    ]  # fmt: skip
