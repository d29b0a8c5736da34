"""Source lines, written from the manifest: never typed in a notebook."""

from __future__ import annotations

from collections.abc import Iterable

from ctg_lib.manifest import Entry, Manifest


def entries_of(manifest: Manifest, ids: Iterable[str]) -> list[Entry]:
    """Manifest entries behind ``sources`` cells (ids joined by ``+``), each once, in the manifest's order."""
    wanted = {part for cell in ids for part in str(cell).split("+") if part}
    return [entry for entry in manifest if entry.id in wanted]


def source_line(manifest: Manifest, ids: Iterable[str], treatment: str = "", *, brief: bool = False) -> str:
    """What stands under a figure: publishers and vintages, origin of values carried over, what we computed.

    Args:
        ids: manifest ids, or ``sources`` cells.
        treatment: our own processing in a few words (« moyenne pondérée »), if any.
        brief: for a key figure: « (valeurs reprises) » without saying from where, which stands under the
            figures and in the list of sources.

    Returns:
        « Insee, RP 2023 ; Cnaf, décembre 2024 (valeurs reprises du dépôt public …). Traitement : … »
    """
    found = entries_of(manifest, ids)
    names = list(dict.fromkeys(entry.short for entry in found))
    text = " ; ".join(names)
    origins = list(dict.fromkeys(carried_from(entry) for entry in found if entry.is_carried_over))
    if origins and brief:
        text += " (valeurs reprises)"
    elif origins:
        text += f" (valeurs reprises de : {', '.join(origins)})"
    if any(entry.provenance == "local" for entry in found):
        text += " (dont donnée locale)"
    if any(entry.provenance == "fictitious" for entry in found):
        text += " (donnée fictive)"
    return f"{text}. Traitement : {treatment}" if treatment else text


def carried_from(entry: Entry) -> str:
    """Where values were carried over from, in short: the text before its first comma."""
    return entry.carried_from.split(",")[0].strip()
