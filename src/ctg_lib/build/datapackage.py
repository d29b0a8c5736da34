"""``datapackage.json``: what the exported tables are, column by column (Data Package standard, version 2).

A program that knows the standard reads types, missing values, categories, checksums and sources from it, and
can check the tables. Nothing in it comes from a clock: ``created`` is the study's date.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ctg_lib
from ctg_lib.build.export import COLUMNS, COVERAGE, COVERAGE_COLUMNS, NAME, SHEET_COLUMNS
from ctg_lib.build.info import FICTIF_COLUMN, FICTIF_TITLE
from ctg_lib.build.licences import OPEN, Licence, licence_of, slug
from ctg_lib.build.voice_files import ACTORS, SURVEY, TITLES, about, is_voices
from ctg_lib.build.voice_files import schema as voices_schema
from ctg_lib.display.sources import entries_of
from ctg_lib.indicators.registry import METHODS, THEMES
from ctg_lib.manifest import PROVENANCES, Entry
from ctg_lib.study.voice_tables import source_cells
from ctg_lib.values import GROUP, GROUP_LABEL, LEVEL_LABELS, LEVELS, STATUS_LABELS, STATUSES

if TYPE_CHECKING:
    import pandas as pd

    from ctg_lib.study import Study

DESCRIPTOR = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
FORMATS: dict[str, str] = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Extension of a file of data -> its media type."""
KEY = ("indicator", "breakdown", "level", "code", "geography_year", "period")
"""What makes a row of ``indicateurs`` unique."""
_NUMBERS = ("value", "lower", "upper", "numerator", "denominator")
_FILLED = (
    "indicator", "level", "code", "geography_year", "period", "unit", "method", "status", "sources", "label",
)  # fmt: skip
_TOLD: dict[str, str] = {
    "indicator": "Identifiant stable de l’indicateur, défini dans le dictionnaire (chapitre 90) et dans le classeur.",
    "breakdown": "Détail : « clé=valeur » séparés par des points-virgules ; vide : le total.",
    "level": "Niveau géographique.",
    "code": "Code officiel, SIREN, UAI ou nom de secteur, selon le niveau ; du texte, jamais un nombre.",
    "name": "Nom du territoire ou de l’établissement.",
    "geography_year": "Année de la composition des communes et des intercommunalités.",
    "period": "Ce que la valeur décrit : année, mois ou suite d’années.",
    "value": "Valeur, dans l’unité de la colonne « unit ». Vide : inconnue ou non montrée, « status » dit pourquoi.",
    "lower": "Borne basse, dans la même unité ; la colonne « method » dit ce qu’elle vaut.",
    "upper": "Borne haute, dans la même unité ; la colonne « method » dit ce qu’elle vaut.",
    "numerator": "Numérateur du taux, ou effectif, quand il est connu et peut être montré.",
    "denominator": "Dénominateur du taux, quand il est connu et peut être montré.",
    "unit": "Unité de la valeur et de ses bornes.",
    "method": "Comment les bornes ont été faites, ou pourquoi il n’y en a pas.",
    "status": "Si la valeur est connue, et sinon pourquoi.",
    "sources": "Identifiants des fichiers dont la valeur est tirée, joints par « + » ; ils sont dans « sources ».",
    "segment": "Années qui peuvent être comparées entre elles ; vide : toute la série, ou sans objet.",
    "label": "Nom de l’indicateur.",
    "source_text": "Ligne de source, telle que les pages la donnent.",
    "vintage": "Millésimes des fichiers, séparés par des points-virgules.",
}
"""Column of ``indicateurs`` -> what it holds."""
_COVERAGE_TOLD: dict[str, tuple[str, str]] = {
    "row": ("Ligne", "Identifiant de la ligne du catalogue."),
    "label": ("Libellé", "Ce que la ligne demande."),
    "theme": ("Thème", "Thème du catalogue."),
    "open": ("Source ouverte", "Si une source publique la donne."),
    "source": ("Source", "Cette source publique."),
    "partner": ("Partenaire", "Qui l’a, quand aucune source publique ne la donne."),
    "indicators": ("Indicateurs", "Identifiants des indicateurs, séparés par des espaces."),
    "annex": ("Annexe", "Si la ligne est en annexe."),
    "territoire": ("Territoire", "Si une valeur est connue pour le territoire."),
    "inside": (
        "Communes ou établissements seulement",
        "Si elle n’est connue que pour des communes ou des établissements.",
    ),
    "near": ("Approche", "Si seul un indicateur voisin est connu."),
    "departement": ("Département", "Si une valeur est connue pour le département."),
    "region": ("Région", "Si une valeur est connue pour la région."),
    "france": ("France", "Si une valeur est connue pour la France."),
    "reason": ("Raison de l’absence", "Pourquoi rien n’est connu ; vide quand une valeur l’est."),
}
"""Column of ``couverture`` -> (title, what it holds)."""
_YES_NO = ("open", "annex", "territoire", "inside", "near", "departement", "region", "france")
_MADE_UP: dict[str, Any] = {
    "name": FICTIF_COLUMN, "title": FICTIF_TITLE, "type": "string",
    "description": "« oui » sur chaque ligne : les données sont inventées pour la démonstration.",
    "constraints": {"required": True, "enum": ["oui"]},
}  # fmt: skip


def write_datapackage(study: Study, export: pd.DataFrame, files: Sequence[Path], folder: Path) -> Path:
    """Write ``datapackage.json`` beside the tables it describes.

    Args:
        study: whose tables.
        export: :meth:`Study.export`, for its sources and methods.
        files: what :func:`~ctg_lib.build.export.write_export`, ``write_coverage`` and
            :func:`~ctg_lib.build.voice_files.write_voices` wrote.
        folder: where they lie.
    """
    content = json.dumps(describe(study, export, files), ensure_ascii=False, indent=2) + "\n"
    path = folder / DESCRIPTOR
    path.write_bytes(content.encode("utf-8"))
    return path


def describe(study: Study, export: pd.DataFrame, files: Sequence[Path]) -> dict[str, Any]:
    """The descriptor of the exported tables.

    Returns:
        A Data Package (version 2): a resource per file, the licences and the sources of what they hold.
    """
    stems = {path.stem for path in files}
    margins = source_cells(study) if SURVEY in stems else ()
    entries = entries_of(study.sources, [*export["sources"].dropna().unique(), *margins])
    mark = " (fictif)" if study.fictif else ""
    said = (
        "Données fictives, inventées pour la démonstration : ne pas les citer. " if study.fictif else ""
    ) + (
        "Tous les indicateurs du diagnostic, avec leurs bornes, leur statut, leur millésime et leur source ; "
        "ce qui est connu, et pourquoi le reste ne l’est pas."
        + (" Les réponses aux questionnaires, protégées." if SURVEY in stems else "")
        + (" Ce que disent les acteurs, besoin par besoin." if ACTORS in stems else "")
    )
    return {
        "$schema": PROFILE,
        "name": f"ctg-{slug(study.id)}",
        "title": f"Indicateurs{mark} — {study.territory.name}",
        "description": said,
        "version": study.as_of.isoformat(),
        "created": f"{study.as_of.isoformat()}T00:00:00Z",
        "keywords": ["convention territoriale globale", "diagnostic de territoire", study.territory.code],
        "contributors": [{"title": f"ctg-lib {ctg_lib.__version__}", "roles": ["wrangler"]}],
        "licenses": _licences(entries),
        "sources": [_source(entry) for entry in entries],
        "resources": [_resource(path, export, study.fictif) for path in files],
    }


def _licences(entries: Iterable[Entry]) -> list[dict[str, str]]:
    known = dict.fromkeys(licence_of(entry.licence) for entry in entries)
    return [_licence(each) for each in known] or [_licence(OPEN)]


def _licence(licence: Licence) -> dict[str, str]:
    where = {"path": licence.address} if licence.address else {}
    return {"name": licence.name, "title": licence.title, **where}


def _source(entry: Entry) -> dict[str, Any]:
    """One raw file; an answer of a partner has no address and stands without a path."""
    more = {
        "path": entry.address if entry.address.startswith(("http://", "https://")) else "",
        "carriedFrom": entry.carried_from,
        "published": entry.published_on.isoformat() if entry.published_on else "",
    }
    return {
        "title": f"{entry.publisher} — {entry.title}",
        "version": entry.vintage,
        **{name: text for name, text in more.items() if text},
        "id": entry.id,
        "publisher": entry.publisher,
        "license": entry.licence,
        "provenance": PROVENANCES[entry.provenance],
        "retrieved": entry.retrieved.isoformat(),
        "bytes": entry.bytes,
        "hash": f"sha256:{entry.sha256}",
    }


def _resource(path: Path, export: pd.DataFrame, fictif: bool) -> dict[str, Any]:
    content = path.read_bytes()
    kind = path.suffix.removeprefix(".")
    coverage = path.name == COVERAGE
    title = (
        "Ce qui est connu, et pourquoi le reste ne l’est pas"
        if coverage
        else TITLES.get(path.stem, "Indicateurs")
    )
    said: dict[str, Any] = {
        "name": path.stem if kind == "csv" else f"{path.stem}-{kind}",
        "title": f"{title} (fictif)" if fictif else title,
        "description": _about(path),
        "path": path.name,
        "format": kind,
        "mediatype": FORMATS[kind],
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if kind == "csv":
        said |= {"encoding": "utf-8", "type": "table", "dialect": {"delimiter": ",", "lineTerminator": "\n"}}
    if coverage:
        return {**said, "schema": coverage_schema(fictif)}
    if is_voices(path):
        return {**said, "schema": voices_schema(path, fictif)}
    return {**said, "schema": sheet_schema(fictif) if kind == "xlsx" else schema(export, fictif)}


def _about(path: Path) -> str:
    if is_voices(path):
        return about(path)
    if path.name == COVERAGE:
        return "Les lignes du catalogue des données attendues, une par ligne."
    if path.suffix == ".xlsx":
        return "Les mêmes lignes en français, avec les définitions des indicateurs et leurs sources."
    if path.suffix == ".parquet":
        return f"Les mêmes lignes et les mêmes colonnes que {NAME}.csv, avec leurs types."
    return (
        "Une ligne par indicateur, détail, territoire et période. Un texte qu’un tableur prendrait pour "
        "une formule est précédé d’une apostrophe."
    )


def schema(export: pd.DataFrame, fictif: bool = False) -> dict[str, Any]:
    """Table schema of ``indicateurs.csv``."""
    methods = sorted(set(export["method"].dropna()))
    known: dict[str, dict[str, str]] = {
        "level": {level: LEVEL_LABELS[level] for level in LEVELS} | {GROUP: GROUP_LABEL},
        "status": {status: STATUS_LABELS[status] for status in STATUSES},
        "method": {method: METHODS.get(method, method) for method in methods},
    }
    fields = [_field(column, known.get(column)) for column in COLUMNS]
    return {
        "fields": [*fields, *([_MADE_UP] if fictif else [])],
        "missingValues": [""],
        "primaryKey": list(KEY),
    }


def _field(column: str, categories: Mapping[str, str] | None) -> dict[str, Any]:
    kind = "number" if column in _NUMBERS else "integer" if column == "geography_year" else "string"
    said: dict[str, Any] = {
        "name": column, "title": SHEET_COLUMNS[column],
        "description": _TOLD[column], "type": kind,
    }  # fmt: skip
    if column == "breakdown":
        said["missingValues"] = []  # the empty text is the total, not a gap
    if categories is not None:
        said["categories"] = [{"value": value, "label": label} for value, label in categories.items()]
    constraints: dict[str, Any] = {"required": True} if column in _FILLED else {}
    if categories is not None:
        constraints["enum"] = list(categories)
    if column == "indicator":
        constraints["pattern"] = "[a-z0-9_]+"
    return {**said, **({"constraints": constraints} if constraints else {})}


def sheet_schema(fictif: bool = False) -> dict[str, Any]:
    """Table schema of the first sheet of ``indicateurs.xlsx``, whose codes are written out in words."""
    fields = [
        {
            "name": title, "description": _TOLD.get(column, "Détail, en mots."),
            "type": "number" if column in _NUMBERS else "integer" if column == "geography_year" else "string",
        }
        for column, title in SHEET_COLUMNS.items()
    ]  # fmt: skip
    made_up = {**_MADE_UP, "name": FICTIF_TITLE}
    return {"fields": [*fields, *([made_up] if fictif else [])], "missingValues": [""]}


def coverage_schema(fictif: bool = False) -> dict[str, Any]:
    """Table schema of ``couverture.csv``."""
    fields = []
    for column, name in COVERAGE_COLUMNS.items():
        title, told = _COVERAGE_TOLD[column]
        constraints: dict[str, Any] = {"required": True} if column in ("row", "label", "theme") else {}
        if column in _YES_NO:
            constraints = {"required": True, "enum": ["oui", "non"]}
        if column == "theme":
            constraints["enum"] = list(THEMES.values())
        more = {"constraints": constraints} if constraints else {}
        fields.append({"name": name, "title": title, "description": told, "type": "string", **more})
    return {
        "fields": [*fields, *([_MADE_UP] if fictif else [])],
        "missingValues": [""],
        "primaryKey": [COVERAGE_COLUMNS["row"]],
    }
