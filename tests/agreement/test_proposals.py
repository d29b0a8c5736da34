"""What is proposed: agreement of several kinds of evidence first, few per theme, always the same."""

from __future__ import annotations

from found_samples import evidence
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.agreement.proposals import MOST_PROOFS, Candidate, already_told, proposals
from ctg_lib.consultation.scheme import common_scheme

SCHEME = common_scheme()
KEY = "besoin|pe_places"


def words(need, strength=1.0, **more):
    return Candidate(
        evidence("parole", need, 2.0, said=f"{need} : manque.", strength=strength, sureness="dit"),
        f"besoin|{need}",
        **more,
    )


def answer(need, code="a", strength=1.0):
    found = evidence(
        "enquete",
        f"parents/q/{code}",
        40.0,
        said=f"Parents : {code}, 40 %.",
        strength=strength,
        sureness="indicatif",
    )
    return Candidate(found, f"besoin|{need}")


def figure(need, name="taux_couverture", **more):
    found = evidence("indicateur", name, 50.0, said=f"{name} : 50.", strength=2.0, sureness="etabli")
    return Candidate(found, f"besoin|{need}", **more)


def test_one_need_told_by_three_is_one_finding_with_three_proofs():
    (made,) = proposals([words("pe_places"), answer("pe_places"), figure("pe_places")], SCHEME)
    assert made.key == KEY and made.theme == "petite_enfance" and made.publics == SCHEME["pe_places"].publics
    assert [c.evidence.ref.kind for c in made.proofs] == ["parole", "enquete", "indicateur"]
    assert made.sentence == "pe_places : manque. Parents : a, 40 %. taux_couverture : 50."


def test_what_several_say_comes_before_what_one_says_louder():
    loud = words("en_cout", strength=9)
    made = proposals([loud, words("pe_places"), answer("pe_places"), figure("pe_places")], SCHEME)
    assert [p.key for p in made] == [KEY, "besoin|en_cout"]


def test_what_does_not_agree_is_kept_beside_and_makes_no_finding_alone():
    close = figure("pe_places", sense="nuance", remark="Proche.")
    assert proposals([close], SCHEME) == ()
    many = [words("pe_places"), *(answer("pe_places", f"r{n}") for n in range(8)), close]
    (made,) = proposals(many, SCHEME)
    assert len(made.proofs) == MOST_PROOFS and close in made.proofs


def test_few_per_theme_and_few_in_all():
    needs = [words(need.code, strength=n) for n, need in enumerate(SCHEME.needs)]
    made = proposals(needs, SCHEME, most=9, by_theme=2)
    themes = [p.theme for p in made]
    assert len(made) == 9 and max(map(themes.count, themes)) == 2


def test_a_finding_of_one_secteur_says_so_and_one_of_all_does_not():
    here = Candidate(
        evidence("enquete", "parents/q/a@secteur=x", 60.0, said="…", sureness="indicatif"),
        "ecart|x",
        secteurs=("Amont",),
    )
    assert proposals([here], SCHEME)[0].secteurs == ("Amont",)
    assert proposals([words("pe_places", secteurs=("Amont",)), answer("pe_places")], SCHEME)[0].secteurs == ()


def test_a_lead_is_told_instead_of_the_evidence():
    own = Candidate(
        evidence("offre", "S01", 20.0, said="Long."), "offre|x", lead="Court.", theme="transversal"
    )
    (made,) = proposals([own], SCHEME)
    assert made.sentence == "Court." and made.theme == "transversal"
    assert made.line["proposed"] == "Court." and made.line["state"] == "propose"


def test_what_a_finding_written_by_hand_leads_with_is_told_already():
    (made,) = proposals([words("pe_places"), answer("pe_places")], SCHEME)
    assert already_told(made, ["parole pe_places"]) and not already_told(made, ["enquete parents/q/a"])


@given(st.permutations(range(7)))
def test_the_order_of_candidates_does_not_matter(order):
    given_ = [
        words("pe_places"), answer("pe_places"), figure("pe_places"), words("en_cout"), words("je_lieux"),
        answer("je_lieux", "b"), figure("lo_trouver", "part_residences_secondaires"),
    ]  # fmt: skip
    assert proposals([given_[n] for n in order], SCHEME) == proposals(given_, SCHEME)
