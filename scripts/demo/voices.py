# ruff: noqa: E501  (data, easier to read whole)
"""What people say in the demonstration study: answers, interviews, meetings, forums, seminar, reviewed texts.

All is made up, drawn from one seed (``demo.dice``), and the same at every run:

==================  =======================================================================================
``population``      the « true » population: 2,625 homes that live here, and second homes
``models``          how traits become answers, question by question (``models_own``: those of one form)
``answering``       from someone to the answers they would give
``truth``           what all of them would answer: what weighting should come near to
``sampling``        who takes part, with which bias, and what goes wrong in some answers
``exports``         the files: LimeSurvey, ODK, entry sheets of paper forms
``texts``           what is written in open questions, names and telephones (made up) among it
``review``          open answers, two thirds of them read by a person
``paroles``         interviews, thematic meetings, forums, members' seminar
==================  =======================================================================================
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ctg_lib.consultation.bank import questionnaires
from ctg_lib.consultation.books import actor_books
from ctg_lib.consultation.books.verbatims import SHEET, verbatims
from ctg_lib.consultation.questionnaire import Questionnaire
from ctg_lib.consultation.received import RESPONSES, received
from ctg_lib.consultation.scheme import common_scheme
from ctg_lib.documents.workbooks import workbook_bytes
from demo.exports import response_files
from demo.paroles import actor_rows
from demo.review import reviewed
from demo.sampling import records

SETTINGS = """\
# Étude de démonstration : TOUT Y EST INVENTÉ (fictif). Écrit par scripts/make_demo.py.
responsable:
  organisme: Communauté de communes Larzac et Vallées (exemple)
  fonction: chargée de coopération
  contact: ctg@collectivite-exemple.example
delegue:
  organisme: Centre de gestion Exemple
  fonction: délégué à la protection des données
  contact: dpo@centre-exemple.example
destinataires: [l’équipe du diagnostic (exemple)]
conservation_jusqu_au: 2027-12-31
hebergement: {outil: LimeSurvey, lieu: hébergeur d’exemple en France, union_europeenne: oui}
enquetes:
  - questionnaire: parents
    du: 2026-09-14
    au: 2026-10-31
    formes: [en_ligne, papier]
    canaux: [courriel_caf, courriel_msa, ecole_college, famille_regiment, petite_enfance, mairie]
    attendues: 150
    etat: fait
  - questionnaire: habitants
    du: 2026-09-14
    au: 2026-10-31
    formes: [en_ligne, papier]
    canaux: [mairie, affiche_presse, association, reseaux_sociaux]
    attendues: 150
    etat: fait
  - questionnaire: jeunes_11_17
    du: 2026-09-21
    au: 2026-10-16
    formes: [en_ligne]
    canaux: [ecole_college]
    accord_des_parents: lettre remise aux familles par le collège (exemple)
    attendues: 60
    etat: fait
  - {questionnaire: jeunes_18_25, du: 2026-09-14, au: 2026-10-31, formes: [en_ligne], canaux: [mission_locale, reseaux_sociaux], etat: fait}
  - {questionnaire: professionnels, du: 2026-09-14, au: 2026-10-31, formes: [en_ligne], canaux: [employeur, petite_enfance], etat: fait}
  - {questionnaire: associations, du: 2026-09-14, au: 2026-10-31, formes: [en_ligne], canaux: [mairie, association], etat: fait}
rencontres:
  - occasion: entretien
    nombre: 12
    du: 2026-09-17
    au: 2026-10-27
    etat: fait
    publics: [petite_enfance, assistantes_maternelles, ecole, jeunesse_loisirs, sante_medico_social, travail_social, acces_droits, institutions, associations]
  - {occasion: rencontre, nombre: 2, du: 2026-10-08, au: 2026-10-15, etat: fait}
  - {occasion: forum, nombre: 2, du: 2026-11-03, au: 2026-11-05, etat: fait, publics: [habitants, parents, jeunes]}
  - {occasion: seminaire, nombre: 1, date: 2026-11-10, etat: fait, publics: [elus]}
publics_attendus: [elus, agents, petite_enfance, assistantes_maternelles, ecole, jeunesse_loisirs, sante_medico_social, travail_social, acces_droits, associations, institutions, parents, jeunes, habitants]
"""


def voices(
    communes: Mapping[str, str], secteurs: Mapping[str, Sequence[str]], place: str, moment: date
) -> dict[str, bytes]:
    """Path in the study's folder -> its bytes.

    Args:
        communes: code -> name of the territory's communes.
        secteurs: name -> codes of its communes.
        place: name of the territory.
        moment: day of the study.
    """
    forms, _ = questionnaires(None, secteurs, communes)
    answers = response_files(forms, records(forms), place, moment)
    scheme = common_scheme()
    books = actor_books(scheme, secteurs) | {SHEET: verbatims(scheme)}
    rows = actor_rows() | {SHEET: {SHEET: _review(forms, answers, communes)}}
    workbooks = {
        f"consultation/{book.file}": workbook_bytes(
            book, rows[id], communes=communes, place=place, moment=moment, fictif=True
        )
        for id, book in books.items()
    }
    return {
        "consultation.yml": SETTINGS.encode("utf-8"),
        **{f"consultation/{RESPONSES}/{name}": content for name, content in answers.items()},
        **workbooks,
    }


def _review(
    forms: Mapping[str, Questionnaire], answers: Mapping[str, bytes], communes: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Lines of the workbook of open answers, from the files as they are read."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / RESPONSES).mkdir()
        for name, content in answers.items():
            (Path(folder) / RESPONSES / name).write_bytes(content)
        surveys, _ = received(Path(folder), forms)
    return reviewed(surveys, tuple(communes.values()), common_scheme())
