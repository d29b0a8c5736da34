"""A study's folder: settings, workbooks filled with what is already known, those of what people say.

Those of the convention come later (:func:`create_agreement`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ctg_lib.agreement.books import BOOK_IDS
from ctg_lib.agreement.flash import FOLDER as FLASHES
from ctg_lib.agreement.flash import flash_text
from ctg_lib.agreement.folder import FOLDER as AGREEMENT
from ctg_lib.consultation.books import ACTOR_FILES, actor_books
from ctg_lib.consultation.folder import FOLDER
from ctg_lib.consultation.scheme import load_scheme
from ctg_lib.consultation.settings import FILE as CONSULTATION
from ctg_lib.consultation.settings import settings_text as consultation_text
from ctg_lib.errors import BadInput, found_expected, sample
from ctg_lib.geography import load_geography
from ctg_lib.manifest import load_manifest
from ctg_lib.partnership.books import BOOKS
from ctg_lib.study.config import StudyConfig
from ctg_lib.study.core import Study, open_study
from ctg_lib.study.prefill import Rows, prefill
from ctg_lib.workbooks.common import THEMES

if TYPE_CHECKING:
    from ctg_lib.project import Project

SETTINGS = "study.yml"
FLASH = f"{FLASHES}/1.yml"
"""The first info flash, to be uncommented; not offered where the study has a folder of its own for them."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def file_names() -> list[str]:
    """Names of the files of a study's folder, the settings first; « consultation/… » of those inside it."""
    books = [book.file for book in BOOKS.values()]
    return [SETTINGS, *books, CONSULTATION, *(f"{FOLDER}/{name}" for name in ACTOR_FILES), FLASH]


def new_study(project: Project, codes: Sequence[str], id: str = "") -> Study:
    """The study that ``codes`` would make, whether or not its folder exists.

    Args:
        codes: SIREN or names of the EPCI that sign together (or the id of a study that exists).
        id: of the folder; by default the codes joined by « - ».

    Raises:
        BadInput: unknown territory, EPCI that overlap, an id that is no folder name or that belongs to a
            study of other territories.
    """
    if not codes:
        raise BadInput("study new : au moins un code d’intercommunalité est attendu.")
    if id and not _ID.fullmatch(id):
        raise BadInput(found_expected("--id", id, "des lettres, des chiffres, « - » et « _ »"))
    opened = [open_study(code, project) for code in codes]
    if len(opened) == 1 and not id:
        return opened[0]
    territories = tuple(code for each in opened for code in each.config.territories)
    if len(set(territories)) < len(territories):
        raise BadInput(f"study new : une intercommunalité est donnée deux fois ({sample(territories)}).")
    name = id or "-".join(territories)
    if (project.studies / name / SETTINGS).is_file():
        return _existing(project, name, territories)
    config = StudyConfig(id=name, territories=territories)
    study = Study(project, config, load_geography(project), load_manifest(project.manifest))
    _ = study.territory  # EPCI that share a commune are refused here
    return study


def _existing(project: Project, name: str, territories: tuple[str, ...]) -> Study:
    there = open_study(name, project)
    if set(there.config.territories) != set(territories):
        found = ", ".join(there.config.territories)
        raise BadInput(
            f"{name}/{SETTINGS} existe déjà, pour d’autres territoires : trouvé {found}, "
            f"attendu {', '.join(territories)}. Donnez un autre --id."
        )
    return there


def create(study: Study, folder: Path, rows: Rows | None = None) -> list[Path]:
    """Write the study's settings and workbooks; a file that exists is left as it is.

    Args:
        folder: of the study; made when absent.
        rows: lines of the workbooks (workbook id -> sheet -> lines); by default what public files say
            (:func:`ctg_lib.study.prefill.prefill`).

    Returns:
        The files written, the settings first; those of :func:`file_names` that are not among them stayed.
    """
    from ctg_lib.documents.workbooks import study_book_bytes

    absent = [name for name in file_names() if not (folder / name).exists()]
    if (folder / FLASHES).is_dir():
        absent = [name for name in absent if name != FLASH]
    if not absent:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    if SETTINGS in absent:
        written.append(_write(folder / SETTINGS, settings_text(study).encode("utf-8")))
    books = [book for book in BOOKS.values() if book.file in absent]
    known = (prefill(study) if rows is None else rows) if books else {}
    for book in books:
        content = study_book_bytes(study, book, known.get(book.id, {}))
        written.append(_write(folder / book.file, content))
    written += _listening(study, folder, absent)
    if FLASH in absent:
        (folder / FLASHES).mkdir()
        text = flash_text(study.territory.name, (phase.id for phase in study.calendar.phases))
        written.append(_write(folder / FLASH, text.encode("utf-8")))
    return written


def _listening(study: Study, folder: Path, absent: list[str]) -> list[Path]:
    """Settings and workbooks of what people say; lists hold the study's own needs and secteurs."""
    from ctg_lib.documents.workbooks import study_book_bytes

    written = []
    if CONSULTATION in absent:
        text = consultation_text(study.territory.name)
        written.append(_write(folder / CONSULTATION, text.encode("utf-8")))
    for book in actor_books(load_scheme(folder / FOLDER)[0], study.config.secteurs).values():
        if f"{FOLDER}/{book.file}" in absent:
            (folder / FOLDER).mkdir(exist_ok=True)
            written.append(_write(folder / FOLDER / book.file, study_book_bytes(study, book, {})))
    return written


def own_folder(study: Study) -> Path:
    """The study's folder: a code alone opens a study that has none.

    Raises:
        BadInput: there is none yet.
    """
    folder = study.project.studies / study.id
    if not (folder / SETTINGS).is_file():
        raise BadInput(
            f"L’étude {study.id} n’a pas encore de dossier : « ctg study new {study.id} » l’écrit ; relancer "
            "ensuite."
        )
    return folder


def create_agreement(study: Study, ids: Iterable[str] = BOOK_IDS) -> list[Path]:
    """Write the blank workbooks of the study's ``convention`` folder; one that exists, under any name, stays.

    Their lists hold the study's own needs and secteurs.

    Args:
        ids: workbooks wanted (:data:`ctg_lib.agreement.books.BOOK_IDS`).

    Returns:
        The files written, in the order of ``ids``.

    Raises:
        BadInput: the study has no folder yet.
        PermissionError: the folder cannot be written to.
    """
    from ctg_lib.documents.workbooks import study_book_bytes

    folder = own_folder(study) / AGREEMENT
    written = []
    for id in ids:
        book = study.agreement.books[id]
        if id not in study.agreement.filled and not (folder / book.file).exists():
            folder.mkdir(exist_ok=True)
            written.append(_write(folder / book.file, study_book_bytes(study, book, {})))
    return written


def _write(path: Path, content: bytes) -> Path:
    """A new file, never over one that appeared meanwhile."""
    with path.open("xb") as stream:
        stream.write(content)
    return path


def settings_text(study: Study) -> str:
    """A ``study.yml`` with its comments: what is set by default, and a démarche to be uncommented."""
    config, here = study.config, study.territory
    names = study.geography.names("commune")
    communes = "\n".join(f"#   {code}  {names.get(code, '')}" for code in here.members)
    territories = ", ".join(f'"{code}"' for code in config.territories)
    themes = "\n".join(f"#   - {key:<20} # {label}" for key, label in THEMES.items())
    return f"""\
# Étude : {here.name} ({len(here.members)} communes).
# Seule la ligne « territories » est obligatoire ; les autres ont des valeurs par défaut.
# Une ligne qui commence par « # » n’est pas lue : ôter le « # » pour s’en servir.
title: {config.title}
territories: [{territories}]
edition: {config.edition}          # composition des communes et intercommunalités au 1er janvier
# as_of: AAAA-MM-JJ    # date de l’étude ; par défaut le dernier relevé des données
fictif: false
# references: ["12", "REG-76", "FR"]   # territoires de comparaison ; par défaut département, région, France
# secteurs_note: Secteurs proposés pour le travail ; à confirmer par le territoire.
# secteurs:            # groupes de communes, s’il y en a : chaque commune une fois et une seule
#   Nord: ["…", "…"]
#   Sud: ["…", "…"]

# Thèmes de la convention (par défaut, tous) :
# themes:
{themes}

# La convention en préparation, quand ses dates sont connues :
# contract: {{start: 2027-01-01, end: 2031-12-31}}

# La démarche : phases, instances, étapes. Voir docs/demarche.md.
#   date, debut, fin : 2026-09-15, 15/09/2026, « septembre 2026 », « vers mars 2027 » ;
#   etat : fait, en cours, prévu, hypothèse ; des fonctions et des organismes, jamais de nom de personne.
# demarche:
#   phases:
#     - id: P1
#       nom: Diagnostic partagé
#       debut: …
#       fin: …
#       etat: en cours
#     - id: P2
#       nom: Plan d’action et convention
#       debut: …
#       fin: …
#       etat: prévu
#   instances:
#     - id: copil
#       nom: Comité de pilotage
#       role: valide le diagnostic, décide des priorités
#       membres: [présidence de l’intercommunalité, direction de la Caf]
#       frequence: trois fois par an
#   etapes:
#     - id: E01
#       nom: Lancement
#       phase: P1
#       date: …
#       etat: fait
#       instance: copil
#     - id: E02
#       nom: Restitution du diagnostic
#       phase: P1
#       date: …
#       etat: prévu
#       instance: copil
#       apres: [E01]

# Communes du territoire :
{communes}
"""
