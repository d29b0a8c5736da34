"""Source lines, written from the manifest: never typed in a notebook."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ctg_lib.display.output import SourceText
from ctg_lib.manifest import Entry, Manifest


def entries_of(manifest: Manifest, ids: Iterable[str]) -> list[Entry]:
    """Manifest entries behind ``sources`` cells (ids joined by ``+``), each once, in the manifest's order."""
    wanted = {part for cell in ids for part in str(cell).split("+") if part}
    return [entry for entry in manifest if entry.id in wanted]


def source_line(
    manifest: Manifest,
    ids: Iterable[str],
    treatment: str = "",
    *,
    brief: bool = False,
    indicators: Iterable[tuple[str, str]] = (),
) -> SourceText:
    """What stands under a figure: publishers and vintages, origin of values carried over, what we computed.

    Args:
        ids: manifest ids, or ``sources`` cells.
        treatment: our own processing in a few words (« moyenne pondérée »), if any.
        brief: for a key figure: « (valeurs reprises) » without saying from where, which stands under the
            figures and in the list of sources.
        indicators: (id, label) of what the line stands under, where it is known.

    Returns:
        « Insee, RP 2023 ; Cnaf, décembre 2020 à 2024 (valeurs reprises de : dépôt public …). Traitement : … »
        A sentence for each provenance, so that a mark is read of its own files only. The line remembers
        its files and indicators.
    """
    found = entries_of(manifest, ids)
    kinds = dict.fromkeys(entry.provenance for entry in found)
    groups = [[entry for entry in found if entry.provenance == kind] for kind in kinds]
    said = [" ; ".join(dict.fromkeys(e.short for e in group)) + _mark(group, brief=brief) for group in groups]
    text = ". ".join(said)
    said_of_us = f". Traitement : {treatment}" if treatment else ""
    return SourceText(text + said_of_us, ((entry.id, entry.short) for entry in found), indicators)


def _mark(entries: Iterable[Entry], *, brief: bool) -> str:
    """What entries of one provenance are, in brackets; nothing for a publisher's own files."""
    found = list(entries)
    marks = {"local": " (donnée locale)", "fictitious": " (donnée fictive)"}
    if not found[0].is_carried_over:
        return marks.get(found[0].provenance, "")
    origins = dict.fromkeys(carried_from(entry) for entry in found)
    return " (valeurs reprises)" if brief else f" (valeurs reprises de : {', '.join(origins)})"


def source_anchor(entry_id: str) -> str:
    """Anchor of a file in the list of sources (« source-insee-rp-age-sexe-2023 »)."""
    return f"source-{_slug(entry_id)}"


def indicator_anchor(indicator: str) -> str:
    """Anchor of an indicator in the dictionary (« indicateur-part-65-plus »)."""
    return f"indicateur-{_slug(indicator)}"


def _slug(identifier: str) -> str:
    plain = unicodedata.normalize("NFKD", identifier.lower())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def carried_from(entry: Entry) -> str:
    """Where values were carried over from, in short: the text before its first comma."""
    return entry.carried_from.split(",")[0].strip()
