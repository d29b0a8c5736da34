"""Each message of the checks of constats.xlsx, and silence where all is well."""

from __future__ import annotations

import pytest
from found_samples import constats, finding, partnership, proof

from ctg_lib.agreement.checks.findings import figures, problems
from ctg_lib.agreement.checks.number_words import numbers
from ctg_lib.consultation.bank import questionnaires
from ctg_lib.consultation.scheme import common_scheme

ASKED, _ = questionnaires(None, {"Amont": ("12063",)}, {"12063": "La Cavalerie"})
OTHERS = partnership(
    services=[{"id": "S01", "name": "Crèche Exemple", "type": "eaje"}],
    actions=[{"id": "B01", "name": "Action d’exemple"}], contracts=[{"id": "C01"}], documents=[{"id": "D01"}],
)  # fmt: skip


def told(findings=(), evidence=()):
    return list(problems(constats(findings, evidence), OTHERS, common_scheme(), ASKED))


def test_all_is_well():
    good = [
        ("indicateur", "taux_couverture"), ("indicateur", "population@commune:12063"), ("parole", "pe_places"),
        ("enquete", "parents/accueil_horaires/tot"), ("enquete", "parents/parent_lieux/laep__inconnu"),
        ("offre", "S01"), ("offre", "type=laep"), ("financement", "S01/2025"), ("bilan", "B01"), ("contrat", "C01"),
        ("document", "D01"),
    ]  # fmt: skip
    lines = [
        finding(),
        finding("K002", "refuse"),
        finding("K003", "fusionne", merged="K001"),
        finding("K004", "propose"),
    ]
    assert told(lines, [proof(kind=kind, ref=ref) for kind, ref in good]) == []


@pytest.mark.parametrize(
    ("kind", "ref", "expected"),
    [
        ("indicateur", "taux_couvertur", "l’identifiant d’un indicateur"),
        ("parole", "zz", "un besoin de la grille"),
        ("enquete", "parents", "questionnaire/question/réponse"),
        ("enquete", "zz/a/b", "un questionnaire"),
        ("enquete", "parents/zz/b", "une question de « parents »"),
        ("enquete", "parents/accueil_horaires/zz", "une réponse de « accueil_horaires »"),
        ("enquete", "parents/accueil_horaires/tot@zz=a", "un groupe"),
        ("offre", "S99", "un identifiant de offre.xlsx"),
        ("offre", "type=zz", "un type de service"),
        ("financement", "S99/2025", "un identifiant de offre.xlsx"),
        ("bilan", "B99", "un identifiant de bilan.xlsx"),
        ("contrat", "C99", "un identifiant de contrats.xlsx"),
        ("document", "D99", "un identifiant de documents.xlsx"),
    ],
)
def test_a_reference_to_nothing(kind, ref, expected):
    found = told([finding()], [proof(), proof(kind=kind, ref=ref)])
    assert [(p.severity, p.column, expected in p.expected) for p in found] == [("error", "Référence", True)]


def test_a_kept_finding_without_evidence():
    for evidence in ([], [proof(sense="contredit")]):
        (found,) = told([finding()], evidence)
        assert found.severity == "error" and found.found == "aucune preuve qui l’appuie"


def test_evidence_of_a_merged_finding_supports_the_one_that_took_it():
    assert told([finding(), finding("K002", "fusionne", merged="K001")], [proof("K002")]) == []


@pytest.mark.parametrize(
    ("line", "column", "severity"),
    [
        ({"decided_on": None}, "Date de la décision", "warning"),
        ({"state": "refuse", "reason": ""}, "Pourquoi", "warning"),
        ({"state": "fusionne"}, "Fusionné dans", "error"),
        ({"state": "fusionne", "merged": "K001"}, "Fusionné dans", "error"),
        ({"merged": "K002"}, "Fusionné dans", "warning"),
        ({"state": "fusionne", "merged": "K009"}, "Fusionné dans", "error"),
        ({"reason": "Selon Mme Exemple."}, "Pourquoi", "warning"),
        ({"decided_by": "M. Exemple"}, "Qui a décidé", "warning"),
    ],
)
def test_what_is_decided_by_halves(line, column, severity):
    found = told([finding() | line, finding("K002"), finding("K009", "refuse")], [proof(), proof("K002")])
    assert [(p.column, p.severity) for p in found] == [(column, severity)]


def test_a_typed_number_that_no_evidence_holds():
    (found,) = told([finding(sentence="Il manque 37 places.")], [proof()])
    assert found.severity == "warning" and found.found.startswith("37, qu’aucune")


@pytest.mark.parametrize(
    ("sentence", "found"),
    [("Trente familles attendent.", "Trente"), ("Deux cents places manquent.", "Deux cents"), ("Neuf places.", "Neuf"),
     ("Deux places sur trois.", "Deux, trois"), ("Fermé sept mois.", "sept"), ("Vingt et un, puis quatre-vingt-douze.", "Vingt et un, quatre-vingt-douze")],
)  # fmt: skip
def test_numbers_in_words_are_looked_at_like_digits(sentence, found):
    (told_,) = told([finding(sentence=sentence)], [proof()])
    assert told_.severity == "warning" and told_.found == f"{found}, qu’aucune de ses preuves ne donne"


@pytest.mark.parametrize(
    ("words", "worth"),
    [("quatre-vingts", 80), ("quatre-vingt-douze", 92), ("cent quatre-vingt", 180), ("deux mille trois cents", 2300), ("soixante-dix-sept", 77),
     ("vingt et un", 21), ("mille", 1000), ("quatre cent vingt", 420)],
)  # fmt: skip
def test_what_a_number_in_words_is_worth(words, worth):
    assert [each.value for each in numbers(f"Soit {words} places.")] == [worth]


def test_evidence_in_words_holds_a_number_and_a_share_may_be_rounded():
    line = proof(value=None, said="Fait : deux demi-journées par semaine.")
    assert told([finding(sentence="Il n’ouvre que deux demi-journées.")], [line]) == []
    share = proof(value=62.0, said="62 places sur 100.")
    assert told([finding(sentence="Deux places d’accueil sur trois.")], [share]) == []  # 66,7
    assert len(told([finding(sentence="Trois places d’accueil sur quatre.")], [share])) == 1  # 75


@pytest.mark.parametrize(
    ("kind", "ref"), [("parole", "pe_places"), ("offre", "S01"), ("financement", "S01/2025")]
)
def test_what_is_written_of_the_need_beside_evidence_that_speaks_for_nobody(kind, ref):
    (found,) = told([finding()], [proof(), proof(kind=kind, ref=ref, of_need="manque")])
    assert (found.severity, found.column) == ("warning", "Ce qu’elle dit du besoin")


@pytest.mark.parametrize(
    "sentence",
    [
        "Une place sur deux, ou cinquante pour cent ; un local neuf.",
        "Pour les enfants de trois à onze ans.",
        "Il y a 50 places.",
        "En 2023, 50.",
        "Avant 7 h 30, pour les 11–17 ans.",
        "Environ 50,0.",
        "Au 31 décembre.",
    ],
)
def test_numbers_that_evidence_holds_and_words(sentence):
    assert told([finding(sentence=sentence)], [proof()]) == []


def test_a_number_is_held_by_what_rounds_to_it():
    assert told([finding(sentence="Soit 60 pour 100.")], [proof(value=60.45, said="60,45 et 100.")]) == []
    assert len(told([finding(sentence="Soit 62 pour 100.")], [proof(value=60.45, said="60,45 et 100.")])) == 1


def test_numbers_of_a_finding_never_taken_are_not_judged():
    blank = dict.fromkeys(("value", "period", "taken_on")) | {"said": ""}
    assert told([finding(sentence="Il manque 37 places.")], [proof() | blank]) == []


def test_figures_of_a_sentence():
    assert figures("De 7 h 30 à 18 h, 1\u202f234 enfants de 3 à 11 ans, 60,5 %, S01, le 2 mars.") == (
        "1\u202f234",
        "60,5",
    )
