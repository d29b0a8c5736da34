"""What references say: the numbers of the study, in its words, and nothing that a page would hide."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from chapter_words import plain

from ctg_lib.agreement.evidence import SIDES, SURENESS, Ref
from ctg_lib.consultation import coverage, synthesis
from ctg_lib.study import open_study
from ctg_lib.study.evidence import evidence_of
from ctg_lib.study.survey import SHARES
from ctg_lib.workbooks.common import THEMES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def study(project):
    return open_study("241200906-demo", project)


def say(study, kind, ref):
    return evidence_of(study, Ref.parse(kind, ref))


def test_an_indicator_has_its_value_its_bounds_its_side_and_its_files(study):
    compared, found = study.compare("taux_couverture"), say(study, "indicateur", "taux_couverture")
    assert (found.value, found.low, found.high) == (
        compared.value.value,
        compared.value.lower,
        compared.value.upper,
    )
    assert found.side == compared.reading.side and found.sources == "+".join(compared.value.sources)
    assert found.theme == "petite_enfance" and found.need == "pe_places" and found.view == "statistiques"
    assert plain(found.said).startswith(
        "Taux de couverture de l’accueil du jeune enfant : 60,5 places pour 100 enfants"
    )


def test_a_rate_that_a_commune_distorts_is_told_with_and_without_it(study):
    assert "Sans La Cavalerie" in say(study, "indicateur", "part_65_plus").said


def test_an_indicator_of_a_secteur_and_of_a_commune(study):
    secteur = study.secteurs[0]
    found = say(study, "indicateur", f"part_65_plus@secteur:{secteur.name}")
    assert found.value == study.value("part_65_plus", place=("secteur", secteur.code)).value
    assert found.said.startswith(f"Secteur {secteur.name}, part des 65 ans et plus")
    commune = say(study, "indicateur", "population@commune:12063")
    assert commune.value == study.value("population", place=("commune", "12063")).value and not commune.side


def test_an_answer_is_that_of_the_survey_with_its_interval(study):
    rows = study.surveys["parents"].results("parent_difficultes")
    row = rows[rows["column"].eq("fatigue") & rows["measure"].eq("part")].iloc[0]
    found = say(study, "enquete", "parents/parent_difficultes/fatigue")
    assert (found.value, found.low, found.high) == (row["value"], row["lower"], row["upper"])
    assert found.sureness == "indicatif" and found.view == "habitants" and "des foyers" in found.said


def test_a_share_of_few_answers_is_told_as_a_count_and_has_no_number(study):
    found = say(study, "enquete", "associations/asso_difficultes/benevoles")
    assert (
        found.value is None
        and " sur " in found.said
        and "%" not in found.said
        and found.view == "partenaires"
    )


def test_a_hidden_cell_is_no_evidence(study):
    survey = study.surveys["jeunes_18_25"]  # few answers: many cells are hidden
    hidden = 0
    for question in survey.questions()[:8]:
        rows = survey.results(question.id)
        rows = rows[rows["measure"].isin(SHARES) & rows["status"].ne("estimated")]
        for column in rows["column"]:
            assert say(study, "enquete", f"{survey.id}/{question.id}/{column}") is None
            hidden += 1
    assert hidden


def test_words_are_those_of_the_synthesis(study):
    row = synthesis.crossing(coverage.shown(study.consultation.actors)).set_index("need").loc["pe_places"]
    found = say(study, "parole", "pe_places")
    assert found.value == row["lacking"] and f"{row['lacking']} échanges sur les {row['meetings']}" in plain(
        found.said
    )
    assert found.sureness == "dit"


@pytest.mark.parametrize(
    ("kind", "ref", "words", "value"),
    [
        ("offre", "S01", "11 demandes en attente au 30 septembre 2026", 20),
        ("offre", "type=mediation_familiale", "aucun service recensé", 0),
        ("offre", "type=eaje", "service", None),
        ("financement", "S01/2025", "de charges ; Caf", 408600),
        ("bilan", "B07", "abandonnée", None),
        ("contrat", "C07", "CRTE", None),
        ("document", "D09", "18 novembre 2024", None),
    ],
)
def test_what_workbooks_say(study, kind, ref, words, value):
    found = say(study, kind, ref)
    assert words in plain(found.said) and found.view == "documents" and found.files
    assert value is None or found.value == value


@pytest.mark.parametrize(
    ("kind", "ref"),
    [
        ("indicateur", "zz"), ("indicateur", "population@commune:99999"), ("indicateur", "population@secteur:Nulle part"),
        ("indicateur", "population@ici"), ("enquete", "zz/a/b"), ("enquete", "parents/zz/b"), ("enquete", "parents/accueil_horaires/zz"),
        ("enquete", "parents/accueil_horaires"), ("enquete", "parents/canal/autre"),
        ("enquete", "parents/parent_difficultes/fatigue@voiture=aucune"), ("parole", "zz"), ("offre", "S99"), ("offre", "type=zz"),
        ("financement", "S01/1999"), ("financement", "S99"), ("bilan", "B99"), ("contrat", "C99"), ("document", "D99"),
    ],
)  # fmt: skip
def test_what_names_nothing_or_may_not_be_told_says_nothing(study, kind, ref):
    assert say(study, kind, ref) is None


def test_a_document_of_a_later_day_is_not_known_yet(study, project):
    early = open_study("241200906-demo", project)
    early.config = replace(early.config, as_of=date(2027, 1, 12))
    assert say(study, "document", "D13") is not None and say(early, "document", "D13") is None


def test_every_evidence_of_the_demonstration_speaks_and_holds(study):
    assert len(study.findings) > 20
    for finding in study.findings:
        for proof in finding.proofs:
            found = proof.now
            assert found is not None, str(proof.ref)
            assert found.theme in THEMES and found.view in SIDES and found.sureness in SURENESS
            assert proof.state == "tient", (finding.id, str(proof.ref), proof.why)
