"""All the forms of the questionnaires that a study plans, in a folder each."""

from __future__ import annotations

import hashlib
import secrets
import textwrap
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ctg_lib.consultation.bank import OWN
from ctg_lib.consultation.deletion_codes import codes
from ctg_lib.consultation.folder import FOLDER
from ctg_lib.consultation.notice import missing, notice
from ctg_lib.consultation.preparation import Preparation, prepare
from ctg_lib.consultation.questionnaire import Questionnaire
from ctg_lib.consultation.settings import ANSWERS, Settings, read_settings
from ctg_lib.display.typography import enumerate_fr, typeset
from ctg_lib.documents.consultation.around import FICTIF, Around
from ctg_lib.documents.consultation.entry_sheet import entry_bytes
from ctg_lib.documents.consultation.limesurvey import limesurvey_bytes
from ctg_lib.documents.consultation.paper import information_bytes, labels_bytes, pdf_bytes
from ctg_lib.documents.consultation.word import word_bytes
from ctg_lib.documents.consultation.xlsform import xlsform_bytes
from ctg_lib.errors import BadInput
from ctg_lib.files import write_whole
from ctg_lib.workbooks.moments import in_words

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

HOME = "questionnaires"
"""Of the outputs: not in the study's own folder there, which a report replaces."""
KEY = "cle-codes.txt"
"""Of the study's ``consultation`` folder: the secret from which the codes printed on paper are drawn."""
LABELS = "etiquettes"
"""Purpose of the codes on labels: none of them is on a numbered copy."""
README = "LISEZ-MOI.txt"
COPIES = 20
"""Numbered copies in the PDF, where nothing is said."""


def write_questionnaires(
    study: Study,
    output: Path | None = None,
    *,
    only: Collection[str] = (),
    copies: int = COPIES,
    first: int = 1,
) -> list[Path]:
    """Write every form of the questionnaires that a study plans (all of them where it plans none).

    The secret of the codes is drawn once, in the study's ``consultation`` folder, which is not in git:
    the same folder gives the same bytes. A made-up study has no secret.

    Args:
        study: whose territory, settings and own questionnaires are used.
        output: where; by default ``outputs/questionnaires/<study>``. A folder per questionnaire is made.
        only: ids of questionnaires; empty: those planned.
        copies: how many numbered copies the PDF on paper holds; 0: one, with a place to write a code.
        first: number of the first code: copies printed later go on from those printed before.

    Returns:
        Files written, in order, the readme first.

    Raises:
        BadInput: a questionnaire that the study does not have; one of its own that cannot be read; typst
        absent.
    """
    if copies < 0 or first < 1:
        raise BadInput(
            "Le nombre d’exemplaires est 0 ou plus, le premier code est le numéro 1 ou un suivant."
        )
    ready = prepared(study)
    settings = ready.settings
    wanted = chosen(ready, only)
    home = Path(output) if output is not None else study.project.outputs / HOME / study.id
    key = key_of(study) if copies else b""
    out = [write_whole(home / README, _readme(study, settings, wanted, copies, first).encode("utf-8-sig"))]
    for each in wanted:
        numbered = codes(copies, key, each.id, first) if copies else [""]
        labels = codes(copies, key, f"{each.id}:{LABELS}", first)
        for name, content in forms(each, around(study, settings, each), numbered, labels):
            out.append(write_whole(home / each.id / name, content))
    return out


def prepared(study: Study) -> Preparation:
    """What the study asks and plans.

    Raises:
        BadInput: a questionnaire of its own, or its settings, cannot be read as written.
    """
    ready = prepare(
        study.project.studies / study.id, secteurs=study.config.secteurs, communes=study.communes_by_code,
        day=study.as_of,
    )  # fmt: skip
    own = [p for p in ready.problems if p.file.startswith(f"{FOLDER}/{OWN}")]
    wrong = [p for p in (*own, *ready.settings.problems) if p.severity == "error"]
    if wrong:
        more = f" (et {len(wrong) - 1} autre{'s' if len(wrong) > 2 else ''})" if len(wrong) > 1 else ""
        raise BadInput(
            f"À corriger avant d’écrire les questionnaires : {wrong[0]}{more}. Tout voir : ctg study check "
            f"{study.id}"
        )
    return ready


def chosen(ready: Preparation, only: Collection[str] = ()) -> list[Questionnaire]:
    """Those asked for; else those planned; else all.

    Raises:
        BadInput: one that is not known.
    """
    known = ready.questionnaires
    if unknown := [id for id in only if id not in known]:
        raise BadInput(f"Questionnaire inconnu : {', '.join(unknown)}. Ceux de l’étude : {', '.join(known)}.")
    return [each for id, each in known.items() if id in (only or ready.asked)]


def around(study: Study, settings: Settings, questionnaire: Questionnaire) -> Around:
    """What the study brings to a form."""
    told = notice(settings, questionnaire)
    planned = next((s for s in settings.surveys if s.questionnaire == questionnaire.id), None)
    until = in_words(planned.closes).removeprefix("le ") if planned is not None and planned.closes else ""
    return Around(
        study=study.id, place=study.territory.name, moment=study.as_of, title=told.title, notice=told.short,
        full=told.parts, contact=settings.controller.address, until=until, fictif=study.fictif,
    )  # fmt: skip


def forms(
    questionnaire: Questionnaire, around: Around, numbered: list[str], labels: list[str]
) -> Iterator[tuple[str, bytes]]:
    """Name and content of each form of a questionnaire.

    Args:
        numbered: codes of the copies on paper.
        labels: other codes, to stick on copies printed from Word; there are none where nothing is numbered.
    """
    id = questionnaire.id
    yield f"{id}-limesurvey.txt", limesurvey_bytes(questionnaire, around)
    yield f"{id}-odk-kobo.xlsx", xlsform_bytes(questionnaire, around)
    yield f"{id}-papier.pdf", pdf_bytes(questionnaire, around, numbered)
    if labels:
        yield f"{id}-etiquettes.pdf", labels_bytes(questionnaire, around, labels)
    yield f"{id}-papier.docx", word_bytes(questionnaire, around)
    yield f"{id}-information.pdf", information_bytes(questionnaire, around)
    yield f"{id}-saisie.xlsx", entry_bytes(questionnaire, around)


def key_of(study: Study) -> bytes:
    """The secret of a study's codes, drawn the first time; of a made-up study, a name that is no secret."""
    if study.fictif:
        return f"fictif:{study.id}".encode()
    path = study.project.studies / study.id / FOLDER / KEY
    if not path.is_file() or not path.read_text(encoding="utf-8", errors="replace").strip():
        write_whole(path, f"{secrets.token_hex(32)}\n".encode())
    return hashlib.sha256(path.read_bytes().strip()).digest()


def to_complete(study: Study) -> list[str]:
    """What the settings do not say, in words, and the forms write « à compléter »."""
    return list(missing(read_settings(study.project.studies / study.id)))


def _readme(study: Study, settings: Settings, wanted: list[Questionnaire], copies: int, first: int) -> str:
    """What each file is for, and what is still to be done before they are handed out."""
    lacking = list(missing(settings))
    parts = [f"QUESTIONNAIRES — {study.territory.name}"]
    if study.fictif:
        parts.append(FICTIF.upper())
    if lacking:
        parts.append(
            f"AVANT DE DISTRIBUER : compléter dans consultation.yml {enumerate_fr(lacking)}, puis "
            f"relancer la "
            "commande. Ces mots manquent dans l’information des personnes."
        )
    parts.append("Un dossier par questionnaire :")
    parts += [f"- {each.id} : {each.title}, pour {each.audience}" for each in wanted]
    parts.append("Dans chaque dossier, après le nom du questionnaire :")
    parts += [f"- {end} : {words}" for end, words in _files(study, copies, first).items()]
    where = f"data/raw/studies/{study.id}/{FOLDER}"
    parts.append(
        f"Les réponses se posent telles que reçues dans {where}/{ANSWERS}. Elles n’en sortent pas. "
        f"Puis : ctg study check {study.id}"
    )
    if copies and not study.fictif:
        parts.append(
            f"Les codes imprimés sont tirés d’une clé gardée dans {where}/{KEY}. Ne pas l’effacer, "
            f"sinon les mêmes "
            "codes ne peuvent plus être imprimés ; ne pas la diffuser, elle permet de les deviner."
        )
    return "\r\n".join(_wrapped(parts))


def _files(study: Study, copies: int, first: int) -> dict[str, str]:
    more = f"ctg study questionnaires {study.id} --copies {copies} --first {first + copies}"
    paper = (
        f"à imprimer, {copies} exemplaires, chacun avec son code (n° {first} à {first + copies - 1}) "
        f"; un exemplaire "
        f"ne s’imprime qu’une fois, pour d’autres : {more}. En recto verso, le reçu se détache sans rien "
        "couper du questionnaire."
        if copies
        else "à imprimer, un exemplaire avec une place pour écrire un code."
    )
    stuck = (
        f"{copies} paires d’étiquettes pour les exemplaires imprimés depuis Word : l’une en haut du "
        f"questionnaire, "
        "l’autre sur son reçu. Une paire ne sert qu’une fois."
    )
    labels = {"etiquettes.pdf": stuck} if copies else {}
    return {
        "limesurvey.txt": "à importer dans LimeSurvey (« Créer », « Importer »), à tester, puis à "
        "activer. Ni nom, ni date, ni adresse ne sont gardés ; la durée l’est. Pour exporter les "
        "réponses : CSV, codes "
        "des questions, codes des réponses.",
        "odk-kobo.xlsx": "à importer dans ODK ou KoboToolbox (nouveau projet, « Importer un XLSForm »). Pour "
        "exporter les réponses : CSV, valeurs XML.",
        "papier.pdf": paper,
        "papier.docx": "le même, à modifier dans Word"
        + (" ; les codes se collent, ou se recopient." if copies else "."),
        **labels,
        "information.pdf": "l’information complète des personnes, à remettre avec le papier.",
        "saisie.xlsx": "pour saisir les réponses sur papier ; consignes dans la feuille « Mode d’emploi ».",
    }


def _wrapped(parts: list[str]) -> Iterator[str]:
    """Paragraphs of at most 100 characters a line, items of a list without a blank line between them."""
    for rank, part in enumerate(parts):
        item = part.startswith("- ")
        if rank and not item:
            yield ""
        yield from textwrap.wrap(
            str(typeset(part)), 100, subsequent_indent="  " if item else "", break_long_words=False,
            break_on_hyphens=False,
        )  # fmt: skip
    yield ""
