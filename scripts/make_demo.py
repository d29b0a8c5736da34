# ruff: noqa: E501  (data, easier to read whole)
"""Write the demonstration: a made-up renewal of a CTG after the elections of 2026, and its follow-up of 2029.

    .venv/bin/python scripts/make_demo.py [FOLDER OF STUDIES]

Everything here is invented but the names and codes of communes: operators, amounts, users, decisions. Made-up
organisations carry « Exemple » in their name, documents and references « exemple », and the study is
``fictif: true``. What people say is told in ``demo/voices.py``. What is found, decided and planned is in ``demo/agreed``. The same
bytes come out at every run. What each evidence of a finding said is read by the project (``demo/taken.py``): the data
must have been built (``ctg data build``). Some cells are left empty on purpose, as they are in real life.
"""

from __future__ import annotations

import sys
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "scripts")]

from demo import flash  # noqa: E402
from demo.agreed import agreement_rows, second_year  # noqa: E402
from demo.agreed.findings import DAY  # noqa: E402
from demo.offer import MONEY, ORIGINS, PARAMETERS, SERVICES  # noqa: E402
from demo.partners import answers  # noqa: E402
from demo.partnership import (  # noqa: E402
    ACTIONS,
    COMPETENCES,
    CONTRACTS,
    DOCUMENTS,
    PARTIES,
)
from demo.taken import carried, taken  # noqa: E402
from demo.voices import voices  # noqa: E402

ID = "241200906-demo"
MOMENT = date(2027, 6, 15)
"""Day of the study: the convention is approved, not signed."""
ASKED = date(2026, 11, 15)
"""Day on which what partners sent and people said was laid in the folder."""
ROWS: dict[str, dict[str, list[dict[str, Any]]]] = {
    "offre": {"services": SERVICES, "origins": ORIGINS},
    "financement": {"money": MONEY, "parameters": PARAMETERS},
    "parties": {"parties": PARTIES, "competences": COMPETENCES},
    "bilan": {"actions": ACTIONS},
    "contrats": {"contracts": CONTRACTS},
    "documents": {"documents": DOCUMENTS},
}

SETTINGS = """\
# Étude de démonstration : TOUT Y EST INVENTÉ, sauf les communes et les chiffres des fichiers publics.
# Écrite par scripts/make_demo.py : modifier le script, puis le relancer.
title: Renouvellement de la CTG (démonstration fictive)
territories: ["241200906"]
edition: 2026
as_of: 2027-06-15
fictif: true
secteurs_note: Secteurs inventés pour la démonstration, d’après les vallées.
secteurs:
  Larzac: ["12063", "12082", "12115"]
  Dourbie: ["12168", "12231", "12260"]
  Sorgues: ["12067", "12077", "12139", "12155", "12212", "12232"]
  Cernon: ["12022", "12122", "12220", "12295"]
contract: {start: 2027-07-01, end: 2031-12-31}

demarche:
  phases:
    - {id: P1, nom: Préparation et bilan, debut: mai 2026, fin: septembre 2026, etat: fait}
    - {id: P2, nom: Diagnostic partagé, debut: septembre 2026, fin: février 2027, etat: fait}
    - {id: P3, nom: Plan d’action et convention, debut: mars 2027, fin: juin 2027, etat: en cours}
    - {id: P4, nom: Mise en œuvre et suivi, debut: juillet 2027, fin: décembre 2031, etat: prévu}
  instances:
    - id: copil
      nom: Comité de pilotage
      role: valide le diagnostic, décide des priorités, suit la convention
      membres:
        - présidence de la communauté de communes
        - vice-présidence à la petite enfance et à la jeunesse
        - un élu par secteur
        - direction de la Caf
        - direction de la MSA
        - service du Département
        - présidence d’une association, sans vote
      frequence: quatre réunions pendant l’élaboration, puis deux par an
    - id: cotech
      nom: Comité technique
      role: prépare le comité de pilotage, réunit les données
      membres: [coordination CTG, conseiller territorial de la Caf, conseiller de la MSA, gestionnaires]
      frequence: trois réunions pendant l’élaboration, puis une par trimestre
    - id: groupes
      nom: Groupes de travail thématiques
      role: proposent des actions à partir du diagnostic
      membres: [professionnels, associations, habitants, élus]
      frequence: deux réunions par groupe
    - id: conseil
      nom: Conseil communautaire
      role: délibère sur la convention
      membres: [élus communautaires]
  etapes:
    - {id: E01, nom: Installation du conseil communautaire, date: avril 2026, etat: fait, instance: conseil}
    - {id: E02, nom: Délibération de lancement, phase: P1, date: 2026-06-25, etat: fait, instance: conseil, document: D01}
    - {id: E03, nom: Premier comité de pilotage, phase: P1, date: 07/07/2026, etat: fait, instance: copil, apres: [E02]}
    - {id: E04, nom: Bilan de la convention 2021-2025, phase: P1, debut: mai 2026, fin: septembre 2026, etat: fait, instance: cotech, document: D02}
    - {id: E05, nom: "Comité de pilotage, bilan validé", phase: P1, date: 2026-09-22, etat: fait, instance: copil, apres: [E04], document: D04}
    - {id: E06, nom: Demandes de données aux partenaires, phase: P2, debut: 2026-09-28, fin: fin novembre 2026, etat: fait, instance: cotech}
    - {id: E07, nom: Analyse statistique et documentaire, phase: P2, debut: septembre 2026, fin: décembre 2026, etat: fait, instance: cotech}
    - {id: E08, nom: Entretiens avec les partenaires, phase: P2, debut: 2026-09-17, fin: 2026-10-27, etat: fait}
    - {id: E09, nom: Questionnaire aux habitants, phase: P2, debut: 2026-09-14, fin: 2026-10-31, etat: fait}
    - {id: E18, nom: Rencontres thématiques (deux), phase: P2, debut: 2026-10-08, fin: 2026-10-15, etat: fait, instance: groupes}
    - {id: E10, nom: Forums d’habitants (deux soirées), phase: P2, debut: 2026-11-03, fin: 2026-11-05, etat: fait, apres: [E09]}
    - {id: E19, nom: Séminaire des élus, phase: P2, date: 2026-11-10, etat: fait, apres: [E08, E10]}
    - {id: E11, nom: "Comité technique, croisement des constats", phase: P2, debut: 2027-01-12, fin: 2027-01-26, etat: fait, instance: cotech, apres: [E06, E07, E19], document: D11}
    - {id: E12, nom: "Comité de pilotage, diagnostic et priorités", phase: P2, date: 2027-02-09, etat: fait, instance: copil, apres: [E11], document: D13}
    - {id: E13, nom: Groupes de travail, phase: P3, debut: 2027-03-16, fin: 2027-04-20, etat: fait, instance: groupes, apres: [E12], document: D14}
    - {id: E14, nom: "Comité de pilotage, plan d’action", phase: P3, date: 2027-05-18, etat: fait, instance: copil, apres: [E13], document: D15}
    - {id: E15, nom: Délibérations, phase: P3, debut: 2027-06-10, fin: 2027-06-28, etat: en cours, instance: conseil, apres: [E14], document: D16}
    - {id: E16, nom: Signature de la convention, phase: P3, date: 2027-06-29, etat: prévu, apres: [E15]}
    - {id: E20, nom: "Comité de pilotage, démarrage", phase: P4, date: 2027-10-12, etat: prévu, instance: copil, apres: [E16]}
    - {id: E17, nom: Première revue annuelle, phase: P4, date: 2e trimestre 2028, etat: hypothèse, instance: copil, apres: [E16]}
"""


def make(folder: Path) -> list[Path]:
    """Write ``study.yml``, the workbooks, the partners' answers, what people say and what is agreed into ``folder``."""
    return _written(folder, _first()[0])


@cache
def _first() -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    """Files of the first study, and the lines of its evidence as they were taken."""
    from ctg_lib.partnership.books.suivi import FOLLOW_UP

    secteurs = yaml.safe_load(SETTINGS)["secteurs"]
    place, communes = _place()
    contents = _workbooks(SETTINGS, ROWS, agreement_rows(), MOMENT)
    contents[flash.FILE] = flash.TEXT.encode("utf-8")
    asked: dict[str, Any] = {"communes": communes, "place": place, "moment": ASKED, "fictif": True}
    for file, (book, sheets) in answers(communes).items():
        kept = {"moment": MOMENT} if book.id == FOLLOW_UP.id else {}  # kept up to the day of the study
        contents[file] = _bytes(book, sheets, **asked | kept)
    contents |= voices(communes, secteurs, place, ASKED)
    agreed = agreement_rows()
    evidence = taken(ROOT, ID, contents, agreed["constats"]["evidence"], DAY)
    sheets = {"constats": {**agreed["constats"], "evidence": evidence}}
    return contents | _workbooks(SETTINGS, {}, sheets, MOMENT), evidence


def make_second_year(folder: Path) -> list[Path]:
    """Write the study that follows the convention, two years later, into ``folder``."""
    rows, agreed = second_year.partnership_rows(), second_year.agreement_rows()
    evidence = carried(agreed["constats"]["evidence"], _first()[1])
    agreed["constats"] = {**agreed["constats"], "evidence": evidence}
    return _written(folder, _workbooks(second_year.SETTINGS, rows, agreed, second_year.MOMENT))


def _place() -> tuple[str, dict[str, str]]:
    """Name of the territory; code -> name of its communes."""
    from ctg_lib.geography import load_geography
    from ctg_lib.project import Project

    geography = load_geography(Project(ROOT))
    here = geography.territory("241200906")
    names = geography.names("commune")
    return here.name, {code: names[code] for code in here.members}


def _bytes(book: Any, sheets: dict[str, list[dict[str, Any]]], **options: Any) -> bytes:
    from ctg_lib.documents.workbooks import workbook_bytes

    return workbook_bytes(book, sheets, **options)


def _workbooks(
    settings: str, rows: second_year.Rows, agreed: second_year.Rows, moment: date
) -> dict[str, bytes]:
    """``study.yml``, the workbooks of the partnership and those of the convention, by file."""
    from ctg_lib.agreement.books import agreement_books
    from ctg_lib.agreement.folder import FOLDER
    from ctg_lib.partnership.books import BOOKS

    place, communes = _place()
    options: dict[str, Any] = {"communes": communes, "place": place, "moment": moment, "fictif": True}
    books = agreement_books(None, yaml.safe_load(settings)["secteurs"])
    return {
        "study.yml": settings.encode("utf-8"),
        **{BOOKS[id].file: _bytes(BOOKS[id], sheets, **options) for id, sheets in rows.items()},
        **{
            f"{FOLDER}/{books[id].file}": _bytes(books[id], sheets, **options)
            for id, sheets in agreed.items()
        },
    }


def _written(folder: Path, contents: dict[str, bytes]) -> list[Path]:
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [folder / name for name in contents]


if __name__ == "__main__":
    home = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data" / "raw" / "studies"
    for path in (*make(home / ID), *make_second_year(home / second_year.ID)):
        print(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
