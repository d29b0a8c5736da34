"""What an evidence says of a need is not what it does to its sentence."""

import pytest

from ctg_lib.agreement.evidence import Evidence, Ref
from ctg_lib.agreement.grounds import Ground, common_grounds
from ctg_lib.agreement.sayings import saying, sides_of

RATE, ANSWER = "taux_couverture", "parents/accueil_freins/place"
GROUNDS = {
    "pe_places": Ground({RATE: "below", "places|age=0": "below"}, (ANSWER,)),
    "fv_budget": Ground({"taux_pauvrete": "above"}),
}


def said(kind, ref, sides=(), sense="", written="", needs=("pe_places",)):
    return saying(Ref.parse(kind, ref), sense, sides, written, needs, GROUNDS)


@pytest.mark.parametrize("sense", ["", "appuie", "nuance", "contredit"])
@pytest.mark.parametrize(
    ("sides", "says"),
    [
        (("below",), "manque"), (("above",), "existe"), (("close",), "parle"), ((), "parle"),
        (("close", "below"), "nuance"), (("above", "below"), "nuance"), (("below", "below"), "manque"),
    ],
)  # fmt: skip
def test_a_figure_says_by_the_side_on_which_it_stands_whatever_its_sentence(sense, sides, says):
    assert said("indicateur", RATE, sides, sense).says == says


def test_a_figure_of_another_need_only_speaks_of_it():
    for name, needs in (
        (RATE, ("fv_budget",)),
        ("taux_pauvrete", ("pe_places",)),
        ("places_accueil", ("pe_places",)),
        (RATE, ()),
    ):
        found = said("indicateur", name, ("below",), needs=needs)
        assert (found.says, found.measured) == ("parle", False)


def test_a_breakdown_and_a_place_are_read_as_the_table_writes_them():
    assert said("indicateur", "places|age=0@secteur:Amont", ("below",)).says == "manque"
    assert said("indicateur", "places", ("below",)).says == "parle"


@pytest.mark.parametrize(
    ("ref", "sense", "says"),
    [
        (ANSWER, "", "manque"), (f"{ANSWER}@secteur=amont", "appuie", "manque"), ("parents/parent_difficultes/fatigue", "", "parle"),
        (ANSWER, "nuance", "parle"), (ANSWER, "contredit", "parle"),
    ],
)  # fmt: skip
def test_an_answer_says_the_need_that_it_is_a_ground_of(ref, sense, says):
    assert said("enquete", ref, sense=sense).says == says


@pytest.mark.parametrize("kind", ["bilan", "contrat", "document", "offre", "financement"])
@pytest.mark.parametrize("sense", ["", "appuie", "nuance", "contredit"])
def test_what_is_written_speaks_of_the_need_unless_the_analyst_says_more(kind, sense):
    assert said(kind, "B08", sense=sense).says == "parle"
    found = said(kind, "B08", sense=sense, written="existe")
    assert found.says == "existe" and not found.overruled  # nothing is measured there


def test_the_analyst_prevails_and_what_is_measured_is_kept_beside():
    found = said("indicateur", RATE, ("above",), written="manque")
    assert (found.says, found.computed, found.overruled) == ("manque", "existe", True)
    assert said("enquete", ANSWER, written="parle").overruled
    assert not said("indicateur", RATE, ("below",), written="manque").overruled
    assert not said("indicateur", "places_accueil", (), written="manque").overruled


def test_the_side_is_that_of_now_else_what_the_workbook_kept():
    assert sides_of("moins", None) == ("below",) and sides_of("", None) == ()
    now = Evidence(Ref("indicateur", RATE), "…", side="close", side_without="below")
    assert sides_of("plus", now) == ("close", "below")
    assert sides_of("plus", Evidence(Ref("indicateur", RATE), "…")) == ()


def test_the_common_table_reads_the_couverture_as_pages_do():
    # 60,5 places pour 100 enfants, à peu près comme en France : ni manque ni offre (domain.md 1)
    ref = Ref("indicateur", RATE)
    assert saying(ref, "appuie", ("close",), "", ("pe_places",), common_grounds()).says == "parle"
    assert saying(ref, "appuie", ("below",), "", ("pe_places",), common_grounds()).says == "manque"
