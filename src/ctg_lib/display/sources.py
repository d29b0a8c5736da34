"""Source lines, written from the manifest: never typed in a notebook."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from ctg_lib.display.output import SourceText
from ctg_lib.display.prose import year_of
from ctg_lib.manifest import Entry, Manifest

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


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
    years: Mapping[str, str] | None = None,
) -> SourceText:
    """What stands under a figure: publishers and vintages, origin of values carried over, what we computed.

    Args:
        ids: manifest ids, or ``sources`` cells.
        treatment: our own processing in a few words (« moyenne pondérée »), if any.
        brief: for a key figure: « (valeurs reprises) » without saying from where, which stands under the
            figures and in the list of sources.
        indicators: (id, label) of what the line stands under, where it is known.
        years: manifest id -> years of its numbers that were used, for a file whose edition is not their year.

    Returns:
        « Insee, RP 2023 ; Cnaf, décembre 2020 à 2024 (valeurs reprises de : dépôt public …). Traitement : … »
        A sentence for each provenance, so that a mark is read of its own files only. The line remembers
        its files and indicators.
    """
    found = entries_of(manifest, ids)
    kinds = dict.fromkeys(entry.provenance for entry in found)
    groups = [[entry for entry in found if entry.provenance == kind] for kind in kinds]
    names = {e.id: shown_name(e, (years or {}).get(e.id, "")) for e in found}
    said = [
        " ; ".join(dict.fromkeys(names[e.id] for e in group)) + _mark(group, brief=brief) for group in groups
    ]
    text = ". ".join(said)
    said_of_us = f". Traitement : {treatment}" if treatment else ""
    return SourceText(text + said_of_us, ((e.id, names[e.id]) for e in found), indicators)


def shown_name(entry: Entry, years: str = "") -> str:
    """A file's short name, always with its vintage: « Insee, RP 2023 », « Insee, état civil, 2025 ».

    Args:
        years: those of its numbers that were used, where its edition is another.
    """
    if years or not _YEAR.search(entry.short):
        return f"{entry.short}, {years or year_of(entry.vintage)}"
    return entry.short


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
