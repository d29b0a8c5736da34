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
        Where only some files are carried over, local or made up, each name bears its own mark:
        « Insee, RP 2023 ; Cnaf, décembre 2020 à 2024 (valeurs reprises de : dépôt public …). Traitement : … »
    """
    found = entries_of(manifest, ids)
    if len({entry.provenance for entry in found}) > 1:
        by_name = {entry.short: [e for e in found if e.short == entry.short] for entry in found}
        text = " ; ".join(name + _marks(entries, brief=brief) for name, entries in by_name.items())
    else:
        text = " ; ".join(dict.fromkeys(entry.short for entry in found)) + _marks(found, brief=brief)
    return f"{text}. Traitement : {treatment}" if treatment else text


def _marks(entries: Iterable[Entry], *, brief: bool) -> str:
    """What entries are, if not official, in brackets: « (valeurs reprises de : …) (donnée fictive) »."""
    found = list(entries)
    origins = list(dict.fromkeys(carried_from(entry) for entry in found if entry.is_carried_over))
    kinds = {entry.provenance for entry in found}
    where = "" if brief else f" de : {', '.join(origins)}"
    marks = [f"valeurs reprises{where}"] if origins else []
    marks += ["donnée locale"] if "local" in kinds else []
    marks += ["donnée fictive"] if "fictitious" in kinds else []
    return "".join(f" ({mark})" for mark in marks)


def carried_from(entry: Entry) -> str:
    """Where values were carried over from, in short: the text before its first comma."""
    return entry.carried_from.split(",")[0].strip()
