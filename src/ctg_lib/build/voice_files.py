"""What people said, as files to take away: ``enquete.csv``, ``.parquet``, ``.xlsx`` and ``paroles.csv``.

The numbers of chapters 12 and 13, protected as :mod:`ctg_lib.study.voice_tables` says; nothing that anyone
wrote or said. A study without answers has no ``enquete``, one without a coded meeting no ``paroles``. Written
as the indicators are (:mod:`ctg_lib.build.export`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.build.export import csv_bytes, marked, parquet_bytes, write_file
from ctg_lib.build.info import FICTIF_COLUMN, FICTIF_TITLE
from ctg_lib.build.workbook import Book
from ctg_lib.consultation import coverage, synthesis
from ctg_lib.consultation.actors import KINDS
from ctg_lib.consultation.estimates import FRAGILE, MEASURES, METHODS
from ctg_lib.disclosure.policy import survey_threshold
from ctg_lib.study.voice_tables import (
    ACTOR_COLUMNS,
    AWAY,
    CALM,
    FEW_ANSWERS,
    MEASURES_TOLD,
    SIDE_READINGS,
    SURVEY_COLUMNS,
    actors_table,
    questionnaire_table,
    survey_table,
)
from ctg_lib.values import STATUS_LABELS

if TYPE_CHECKING:
    from ctg_lib.study import Study

SURVEY, ACTORS = "enquete", "paroles"
TITLES: dict[str, str] = {
    SURVEY: "Réponses aux questionnaires",
    ACTORS: "Ce que disent les acteurs, besoin par besoin",
}
"""Stem of a file -> what it holds."""
NUMBERS: dict[str, tuple[str, ...]] = {
    SURVEY: ("n", "base", "raw", "value", "lower", "upper", "effective"),
    ACTORS: ("meetings", "lacking", *KINDS),
}
_COUNTS = ("n", "base", "effective", *NUMBERS[ACTORS])
_KIND_TOLD = (
    "Nombre d’échanges où cela est dit du besoin, par qui que ce soit ; vide : non donné côté par côté."
)
TOLD: dict[str, dict[str, tuple[str, str]]] = {
    SURVEY: {
        "questionnaire": ("Identifiant du questionnaire", "Identifiant stable du questionnaire."),
        "questionnaire_label": ("Questionnaire", "Nom du questionnaire."),
        "theme": ("Thème", "Thème sous lequel la question est lue."),
        "question": (
            "Identifiant de la question",
            "Le même d’un questionnaire à l’autre quand la question est la même.",
        ),
        "question_text": ("Question", "La question, telle qu’elle est posée."),
        "column": (
            "Code de la réponse",
            "Code de la réponse, ou « ligne__réponse » d’un tableau ; vide : un nombre est demandé.",
        ),
        "label": ("Réponse", "La réponse, telle qu’elle est proposée."),
        "by": (
            "Identifiant du croisement",
            "Question dont les réponses font les groupes ; vide : tous les répondants.",
        ),
        "by_text": ("Croisé avec", "Cette question, telle qu’elle est posée."),
        "group": ("Code du groupe", "Code de la réponse à cette question ; vide : tous les répondants."),
        "group_label": ("Groupe", "Cette réponse ; vide : tous les répondants."),
        "measure": (
            "Mesure",
            "Ce que la valeur mesure ; « classé parmi les trois premiers » comprend « classé premier "
            "».",
        ),
        "n": (
            "Réponses",
            "Répondants qui donnent cette réponse, non redressés ; pour une moyenne, ceux sur qui "
            "elle est faite.",
        ),
        "base": (
            "Base",
            "Répondants à la question, dans le groupe : ceux à qui elle est posée et qui y répondent.",
        ),
        "raw": ("Résultat brut", "Avant redressement."),
        "value": (
            "Résultat",
            f"Après redressement, arrondi comme sur les pages ; vide sous {FRAGILE} réponses.",
        ),
        "lower": (
            "Borne basse",
            "De l’intervalle indicatif à 95 %, qui n’est pas une marge d’erreur de sondage.",
        ),
        "upper": (
            "Borne haute",
            "De l’intervalle indicatif à 95 %, qui n’est pas une marge d’erreur de sondage.",
        ),
        "unit": ("Unité", "Unité du résultat et de ses bornes ; vide : un nombre, celui de la question."),
        "method": (
            "Méthode",
            "Si le résultat est redressé, et ce que valent ses bornes ; vide : pas de résultat.",
        ),
        "status": ("Statut", "Si le résultat est montré, et sinon pourquoi."),
        "effective": ("Taille effective", "Combien de réponses sans redressement en diraient autant."),
        "source_text": ("Source", "Ligne de source, telle que les pages la donnent."),
        "sources": (
            "Identifiants des fichiers",
            "Fichiers sur lesquels les réponses sont redressées, joints par « + ».",
        ),
        "period": ("Période", "Quand le questionnaire était ouvert ; vide : non dit."),
    },
    ACTORS: {
        "theme": ("Thème", "Thème du besoin."),
        "need": ("Identifiant du besoin", "Identifiant stable du besoin dans la grille."),
        "label": ("Besoin", "Le besoin."),
        "side": ("Code du côté", "Qui parle ; vide : tous ensemble."),
        "side_label": (
            "Côté",
            "Qui parle : habitants, professionnels, partenaires, élus, ou tous ensemble.",
        ),
        "meetings": (
            "Échanges qui en parlent",
            "Entretiens, rencontres, forums ou séminaires où ce côté parle du besoin. Les côtés ne "
            "s’additionnent pas : plusieurs parlent dans un même échange.",
        ),
        "lacking": (
            "Échanges où cela manque",
            "Ceux où ce côté dit que cela manque (besoin, frein ou attente).",
        ),
        **{kind: (f"Échanges : {label}", _KIND_TOLD) for kind, label in KINDS.items()},
        "reading": ("Lecture", "Comment les côtés s’accordent (tous ensemble) ; ce que ce côté en dit."),
        "source_text": ("Source", "Ligne de source, telle que les pages la donnent."),
        "period": ("Période", "Mois du premier et du dernier échange."),
    },
}  # fmt: skip
"""Stem of a file -> column -> (title, what it holds)."""
assert list(TOLD[SURVEY]) == list(SURVEY_COLUMNS) and list(TOLD[ACTORS]) == list(ACTOR_COLUMNS)
KEYS: dict[str, tuple[str, ...]] = {
    SURVEY: ("questionnaire", "question", "column", "by", "group", "measure"),
    ACTORS: ("need", "side"),
}
"""What makes a row unique."""
FILLED: dict[str, tuple[str, ...]] = {
    SURVEY: (
        "questionnaire", "questionnaire_label", "theme", "question", "question_text", "label", "measure",
        "status",
    ),
    ACTORS: ("theme", "need", "label", "side_label", "meetings", "lacking", "reading"),
}  # fmt: skip
_SHEET_ORDER = (
    "questionnaire_label", "theme", "question_text", "label", "by_text", "group_label", "measure", "n",
    "base", "raw", "value", "lower", "upper", "unit", "method", "status", "effective", "period",
    "source_text", "questionnaire", "question", "column", "by", "group", "sources",
)  # fmt: skip
"""Columns of the first sheet: what is read first, then codes."""
assert sorted(_SHEET_ORDER) == sorted(SURVEY_COLUMNS)


def write_voices(study: Study, folder: Path) -> list[Path]:
    """Write what may be taken away of what people said, where something was; each file at once.

    Args:
        folder: made when absent.

    Returns:
        The files, in the order of the module's first line; empty where nothing is collected, or may be shown.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    answers, needs = survey_table(study), actors_table(study)
    if len(answers):
        answers = marked(counted_whole(answers, SURVEY), study.fictif)
        made.append(write_file(folder / f"{SURVEY}.csv", csv_bytes(answers)))
        made.append(write_file(folder / f"{SURVEY}.parquet", parquet_bytes(answers)))
        made.append(write_file(folder / f"{SURVEY}.xlsx", xlsx_bytes(study, answers)))
    if len(needs):
        needs = marked(counted_whole(needs, ACTORS), study.fictif)
        made.append(write_file(folder / f"{ACTORS}.csv", csv_bytes(needs)))
    return made


def counted_whole(frame: pd.DataFrame, stem: str) -> pd.DataFrame:
    """Counts as whole numbers, those not shown absent; texts that are not said empty."""
    numbers = {c: frame[c].astype("float64") for c in NUMBERS[stem]}
    whole = {c: n.round().astype("Int64") for c, n in numbers.items() if c in _COUNTS}
    columns: dict[str, pd.Series] = {
        c: frame[c].astype("object").fillna("").astype("str") for c in map(str, frame)
    }
    return frame.assign(**(columns | numbers | whole))


# --- workbook ----------------------------------------------------------------------------------------


def xlsx_bytes(study: Study, frame: pd.DataFrame) -> bytes:
    """Workbook: the answers, the surveys and how they were weighed, how to read them."""
    made_up = " (fictif)" if study.fictif else ""
    book = Book(f"{TITLES[SURVEY]}{made_up} — {study.territory.name}")
    told = {c: TOLD[SURVEY][c][0] for c in _SHEET_ORDER} | (
        {FICTIF_COLUMN: FICTIF_TITLE} if study.fictif else {}
    )
    columns = [frame[c].astype(object).where(frame[c].notna(), None) for c in told]
    rows = [list(row) for row in zip(*columns, strict=True)]
    widths = {
        "A": 28,
        "B": 20,
        "C": 52,
        "D": 40,
        "E": 30,
        "F": 24,
        "N": 18,
        "O": 34,
        "P": 20,
        "R": 34,
        "S": 50,
        "T": 16,
        "U": 22,
        "V": 22,
    }
    book.add_sheet(f"Réponses{made_up}", list(told.values()), rows, widths=widths, frozen="E2")
    asked = marked(questionnaire_table(study), study.fictif)
    heads = [
        "Identifiant",
        "Questionnaire",
        "Réponses exploitées",
        "Redressement",
        "Période",
        "Source",
        "Identifiants des fichiers",
    ]
    heads += [FICTIF_TITLE] if study.fictif else []
    book.add_sheet(f"Questionnaires{made_up}", heads, asked.astype(object).to_numpy().tolist(),
              widths={"A": 18, "B": 32, "C": 12, "D": 90, "E": 36, "F": 80, "G": 50})  # fmt: skip
    lines = [[text] for text in reading()] + [[f"{title} : {what}"] for title, what in TOLD[SURVEY].values()]
    book.add_sheet(f"Comment lire{made_up}", ["Comment lire ces réponses"], lines, widths={"A": 150})
    return book.content(study.as_of)


def reading() -> list[str]:
    """What one must know to read the answers, a sentence each."""
    few, sensitive = survey_threshold(False), survey_threshold(True)
    return [
        "Ceux qui ont répondu se sont présentés d’eux-mêmes : ces résultats n’ont pas de marge d’erreur de "
        "sondage. L’intervalle indicatif dit ce que ferait le hasard seul.",
        "Une part est celle de ceux qui ont répondu à la question (colonne « Base »). Où plusieurs réponses "
        "sont possibles, les parts dépassent 100 %.",
        f"Sous {FRAGILE} réponses, un nombre et non une part.",
        f"Aucune case de moins de {few} réponses n’est montrée ({sensitive} pour la santé et le handicap), "
        "ni ce qui permettrait de la retrouver : vide n’est jamais zéro.",
        "Par groupe : les questions que le chapitre 12 compare, par secteur et par type de foyer, et "
        "seulement les réponses dont aucune case n’est cachée ; les priorités des foyers de militaires et "
        "des autres, comme dans le chapitre.",
        "Les questions qui disent qui répond (âge, secteur, foyer, accord) et les réponses libres n’y sont "
        "pas.",
    ]  # fmt: skip


# --- what the files are ------------------------------------------------------------------------------


def is_voices(path: Path) -> bool:
    """Whether a file of data is one of those that this module writes."""
    return path.stem in TITLES


def about(path: Path) -> str:
    """What a file holds, in French."""
    if path.suffix == ".xlsx":
        return "Les mêmes lignes, avec les questionnaires, leur redressement et comment lire les réponses."
    if path.suffix == ".parquet":
        return f"Les mêmes lignes et les mêmes colonnes que {path.stem}.csv, avec leurs types."
    if path.stem == ACTORS:
        return (
            "Une ligne par besoin et par côté, et une pour tous ensemble. Un côté dont moins de "
            f"{coverage.FEWEST} personnes ont été entendues n’est pas nommé ; aucune citation, "
            "aucune personne."
        )
    return "Une ligne par question, réponse, groupe et mesure. " + " ".join(reading())


def schema(path: Path, fictif: bool = False) -> dict[str, Any]:
    """Table schema of a file that :func:`write_voices` wrote."""
    stem, sheet = path.stem, path.suffix == ".xlsx"
    order = _SHEET_ORDER if sheet else tuple(TOLD[stem])
    fields = [_field(stem, column, sheet) for column in order]
    if fictif:
        fields.append({
            "name": FICTIF_TITLE if sheet else FICTIF_COLUMN, "title": FICTIF_TITLE, "type": "string",
            "description": "« oui » sur chaque ligne : les données sont inventées pour la démonstration.",
            "constraints": {"required": True, "enum": ["oui"]},
        })  # fmt: skip
    made: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    return made if sheet else {**made, "primaryKey": list(KEYS[stem])}


def _field(stem: str, column: str, sheet: bool) -> dict[str, Any]:
    title, told = TOLD[stem][column]
    kind = "number" if column in NUMBERS[stem] else "string"
    said: dict[str, Any] = {
        "name": title if sheet else column,
        "title": title,
        "description": told,
        "type": kind,
    }
    if column in KEYS[stem] and column not in FILLED[stem] and not sheet:
        said["missingValues"] = []  # the empty text is all of them, not a gap
    constraints: dict[str, Any] = {"required": True} if column in FILLED[stem] else {}
    if column in _KNOWN[stem]:
        constraints["enum"] = list(dict.fromkeys(_KNOWN[stem][column]))
    return {**said, **({"constraints": constraints} if constraints else {})}


_KNOWN: dict[str, dict[str, list[str]]] = {
    SURVEY: {
        "measure": [MEASURES[m] for m in MEASURES_TOLD],
        "method": ["", *METHODS.values(), FEW_ANSWERS],
        "status": [STATUS_LABELS[s] for s in ("estimated", "secret", "below_threshold", "missing")],
    },
    ACTORS: {"reading": [*synthesis.READINGS.values(), *SIDE_READINGS.values(), CALM, AWAY]},
}  # fmt: skip
