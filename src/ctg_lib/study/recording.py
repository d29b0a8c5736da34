"""What a run asked of a study, with a hash of each answer: what decides whether a chapter is still valid."""

from __future__ import annotations

import json
import os
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.agreement.folder import FOLDER as CONVENTION
from ctg_lib.agreement.grounds import FILE as GROUNDS_FILE
from ctg_lib.manifest import sha256_of
from ctg_lib.observations import content_hash
from ctg_lib.shelf import HASH, shelved

if TYPE_CHECKING:
    from ctg_lib.consultation.settings import Settings
    from ctg_lib.study.core import Study

LOOKALIKES = "lookalikes"
"""What a recorded query asks for when it asks which territories look alike."""
FOLDER = "folder"
"""What a recorded query asks for when it asks for a sheet of the study's workbooks."""
FILES = "files"
"""What a recorded query asks for when it asks which files the study's folder holds."""
ANSWERS = "answers"
"""What a recorded query asks for when it asks what partners answered."""
LISTENING = "listening"
"""What a recorded query asks for when it asks what the study plans to hear, and from whom."""
COMMENTARY = "commentary"
"""What a recorded query asks for when it asks for the analyst's commentary on a chapter."""
CONSULTATION = "consultation"
"""What a recorded query asks for when it asks what people said: a hash of each table, no answer."""
AGREEMENT = "agreement"
"""What a recorded query asks for when it asks for a sheet of the study's ``convention`` folder."""
GROUNDS = "preuves"
"""What it names in place of a sheet: by what the study proves its needs (``preuves.yml``)."""
PREVIOUS = "previous"
"""What a recorded query asks for when it asks what the folder of the study before this one holds."""
SOURCES = "sources"
"""What a recorded query says of the files behind its answer: their manifest ids, joined by ``+``."""
RECORD = "CTG_RECORD"
"""Environment variable: file in which a run's queries are written, with hashes of the answers."""


def source_ids(answer: pd.DataFrame) -> set[str]:
    """Manifest ids in the ``sources`` of an answer; what the store holds is no figure."""
    if "sources" not in answer:
        return set()
    cells = {cell for cell in answer["sources"].tolist() if isinstance(cell, str)}
    return {part for cell in cells for part in cell.split("+")}


def record(
    queries: list[dict[str, str]], query: Mapping[str, str], answer: pd.DataFrame, known: Hashable = None
) -> dict[str, str]:
    """Note a query, a hash of its answer and its files (:func:`write`).

    Args:
        queries: those noted before; the new one is added.
        known: key under which an answer that lies on the shelf (:mod:`ctg_lib.shelf`) has its hash there.
    """
    hashed = content_hash(answer) if known is None else shelved((HASH, known), lambda: content_hash(answer))
    entry = {**query, "answer": hashed, SOURCES: "+".join(sorted(source_ids(answer)))}
    write(queries, entry)
    return entry


def write(queries: list[dict[str, str]], entry: dict[str, str]) -> None:
    """Add a query with its answer's hash, once; write it where :data:`RECORD` says so."""
    if entry in queries:
        return
    queries.append(entry)
    target = os.environ.get(RECORD)
    if target:
        with Path(target).open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")


def folder_files(folder: Path) -> pd.DataFrame:
    """Settings and workbooks of a study's folder: name, bytes, sha256; empty where it has no folder."""
    found = sorted([*folder.glob("*.yml"), *folder.glob("*.xlsx")])
    kept = [path for path in found if not path.name.startswith((".", "~"))]
    rows = [(p.name, p.stat().st_size, sha256_of(p)) for p in kept]
    return pd.DataFrame(rows, columns=["name", "bytes", "sha256"])


def previous_files(study: Study) -> pd.DataFrame:
    """Every settings file, workbook and answer of the study that this one follows on: name, bytes, sha256."""
    folder = study.project.studies / study.config.previous
    found = sorted(folder.rglob("*")) if study.config.previous else []
    own = [p for p in found if p.suffix in (".yml", ".xlsx", ".csv")]
    kept = [p for p in own if not p.name.startswith((".", "~"))]
    rows = [(p.relative_to(folder).as_posix(), p.stat().st_size, sha256_of(p)) for p in kept]
    return pd.DataFrame(rows, columns=["name", "bytes", "sha256"])


def grounds_file(study: Study) -> pd.DataFrame:
    """The study's own ``preuves.yml``: sha256; empty where it has none."""
    path = study.project.studies / study.id / CONVENTION / GROUNDS_FILE
    return pd.DataFrame({"sha256": [sha256_of(path)] if path.is_file() else []}, dtype="str")


def listening(settings: Settings) -> pd.DataFrame:
    """What is planned, in words, and the groups that are to be heard: no contact, no purpose."""
    rows = [(each.kind, each.what, each.who, each.when, each.state) for each in settings.planned]
    rows += [("public", group, "", "", "") for group in settings.expected]
    return pd.DataFrame(rows, columns=["kind", "what", "who", "when", "state"], dtype="str")


def replay(study: Study, query: Mapping[str, str]) -> pd.DataFrame:
    """The answer that a recorded query would get now."""
    from ctg_lib.study import commentary, control, extras

    if query["indicators"] == ANSWERS:
        return study.answers.recorded
    if query["indicators"] == LISTENING:
        return listening(study.listening)
    if query["indicators"] == CONSULTATION:
        return study.consultation.recorded
    if query["indicators"] == control.CONTROL:
        return control.recorded(study.folder_problems)
    if query["indicators"] == COMMENTARY:
        return pd.DataFrame({"text": [commentary.read(study.project.studies / study.id, query["places"])]})
    if query["indicators"] == FILES:
        return folder_files(study.project.studies / study.id)
    if query["indicators"] == PREVIOUS:
        return previous_files(study)
    if query["indicators"] == FOLDER:
        return study.partnership.table(*query["places"].split("."))
    if query["indicators"] == AGREEMENT and query["places"] == GROUNDS:
        return grounds_file(study)
    if query["indicators"] == AGREEMENT:
        return study.agreement.table(*query["places"].split("."))
    if query["indicators"] == LOOKALIKES:
        return study.likeness.answer(study.lookalikes)
    if query["indicators"] == extras.HELD:
        return extras.held_rows(extras.held(study))
    if query["places"] == extras.STRUCTURES:
        return extras.structure_rows(study, query["indicators"].split(","))
    if "rank" in query:
        return study.ranked(query["indicators"], query["rank"])[0]
    if "~" in query["places"]:  # a rate without one commune
        return study.with_and_without(query["indicators"], query["places"].split("~")[1])
    places = [place.split(":", 1) for place in query["places"].split(",") if place]
    ids = [one for one in query["indicators"].split(",") if one]
    return study.table(ids, [(level, code) for level, code in places])
