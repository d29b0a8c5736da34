"""The synthesis: findings chosen by how far and how surely, counts, decisions that come from results."""

import pandas as pd
import pytest
from chapter_words import words

from ctg_lib.study import open_study
from ctg_lib.study.chapters.decisions import Decision, Decisions
from ctg_lib.study.chapters.synthese import CONSTATS, Synthese


@pytest.fixture(scope="module")
def demo(project):
    return open_study("241200906-demo", project)


def questions(study) -> list[str]:
    return [decision.question for decision in Decisions(study).all()]


def test_five_findings_at_most_what_distorts_first(larzac, affricain):
    for study in (larzac, affricain):
        text = words(Synthese(study).essentiel())
        paragraphs = [p for p in text.split("\n\n") if p.startswith("**")]
        assert 3 <= len(paragraphs) <= CONSTATS
    first = words(Synthese(larzac).essentiel()).split("\n\n")[1]
    assert first.startswith("**Le territoire paraît jeune ; La Cavalerie l’explique.**")


def test_counts_come_with_their_period_and_ranges_stay_ranges(larzac):
    """Insee: 250 children aged 0–4 and 324 aged 5–9 (RP 2023), 35 births in 2025; Cnaf: multiples of 5 added up."""
    table = Synthese(larzac).en_nombres()
    cells = [[c.replace("\u202f", " ").replace("\u00a0", " ") for c in row] for row in table.cells()]
    plain = {row[0]: row[1:] for row in cells}
    assert plain["Enfants de 0 à 4 ans"] == ["250", "2023"]
    assert plain["Enfants de 5 à 9 ans"] == ["324", "2023"]
    assert plain["Naissances dans l’année"] == ["35", "2025"]
    assert plain["Foyers au RSA"] == ["entre 58 et 144", "décembre 2024"]
    # computed from the rate and its base (17,5 % of 5 089), not counted
    assert plain["Personnes sous le seuil de pauvreté"] == ["environ 890", "2019"]


def test_decisions_rest_on_results(larzac):
    found = {d.theme: d for d in reversed(Decisions(larzac).all())}
    assert "250 enfants de 0 à 4 ans pour 324 de 5 à 9 ans en 2023" in words_of(found["enfance"])
    care = words_of(found["acces_droits"])
    assert care.startswith("5 communes sur 16 (Le Clapier")
    assert any("La Cavalerie à part" in q for q in questions(larzac))
    assert "Chiffrer l’offre avant de décider : qui transmet ses comptes, et quand ?" in questions(larzac)


def test_what_partners_say_raises_other_decisions(demo):
    """Made-up figures: 7 of 16 childminders are 55 or over; the costs are known."""
    found = Decisions(demo).all()
    leaving = next(d for d in found if d.question.startswith("Qui prendra le relais"))
    assert (
        words_of(leaving)
        == "7 assistantes maternelles de 55 ans ou plus sur 16 en activité : environ 21 places."
    )
    assert any(d.question.startswith("Qui paie quoi") for d in found)
    assert not any(d.question.startswith("Chiffrer l’offre") for d in found)


def test_no_figure_no_decision(affricain):
    found = questions(affricain)
    assert not any("écoles" in q or "médecin" in q or "places d’accueil" in q for q in found)


def test_none_or_one_decision_is_said_so(larzac, monkeypatch):
    monkeypatch.setattr(Decisions, "all", lambda self, most=None: [])
    assert "ne posent pas encore de décision" in words(Synthese(larzac).decisions())
    one = Decision("Qui décide ?", "Un fait.", "le comité", "transversal")
    monkeypatch.setattr(Decisions, "all", lambda self, most=None: [one])
    text = words(Synthese(larzac).decisions())
    assert 'title="Une décision à prendre"' in text
    assert "1. **Qui décide ?** Un fait. *Qui peut décider : le comité.*" in text


def test_duties_count_missions_without_an_authority(larzac, monkeypatch):
    from ctg_lib.partnership.sppe import MANDATORY
    from ctg_lib.study.chapters.demarche import Demarche

    rows = [("sppe_recenser", "à compléter", MANDATORY), ("sppe_informer", "à compléter", "facultative"),
            ("sppe_planifier", "P01", MANDATORY), ("rpe", "à compléter", MANDATORY)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["mission", "holder", "due"])
    monkeypatch.setattr(Demarche, "duties", lambda self: frame)
    found = next(d for d in Decisions(larzac).all() if "service public de la petite enfance" in d.question)
    assert (
        words_of(found)
        == "Autorité organisatrice à compléter pour 2 missions sur 4, dont 1 déjà obligatoire."
    )


def words_of(decision: Decision) -> str:
    return decision.fact.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_gap_that_chance_explains_asks_for_no_decision(larzac, monkeypatch):
    """110 against 125: 12 % less, p = 0.36."""
    from ctg_lib.study.chapters.population import Population

    monkeypatch.setattr(Population, "children", lambda self, place=None: (110.0, 125.0, "2023"))
    assert not any("écoles" in question for question in questions(larzac))
    assert Population(larzac).children_message() == "110 enfants de 0 à 4 ans pour 125 de 5 à 9 ans en 2023."
