"""Why each chapter is taken over or run again, in plain French."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ctg_lib.build.inputs import LABELS, Inputs
from ctg_lib.build.unchanged import Pages
from ctg_lib.build.validity import State
from ctg_lib.display.typography import counted, enumerate_fr
from ctg_lib.indicators.registry import registry

NAMED = 3
"""Files, or figures, that a line names."""
_ARROWS = ("date", "bibliotheques")
"""Parts of which both contents are shown."""
_STUDIES = ("etude", "precedente")
"""Parts whose files are kept without their names."""
_FIGURES = ("table", "groupes", "sans", "etablissements")
"""Reads that ask for indicators."""


def explained(
    states: Sequence[State], inputs: Inputs, run: Collection[str], *, force: bool = False
) -> list[str]:
    """One line per chapter.

    Args:
        states: of the chapters.
        run: slugs of those that the command would run.
        force: whether it would whatever has changed.
    """
    return [
        f"{state.chapter.slug} : {verdict(state, state.chapter.slug in run)} ; "
        f"{_told(state, inputs, run, force)}"
        for state in states
    ]


def _told(state: State, inputs: Inputs, run: Collection[str], force: bool) -> str:
    asked = state.valid and state.chapter.slug in run
    return (
        f"{'--force' if force else 'demandé'} ({reason(state, inputs)})" if asked else reason(state, inputs)
    )


def pages_explained(found: Pages, inputs: Inputs, always: str = "") -> str:
    """The line of the tables and pages.

    Args:
        found: whether they would be the same.
        always: why they are made again all the same.
    """
    told = {
        "same": "rien n’a changé",
        "reread": "des données ont changé, mais aucun des chiffres qu’ils montrent",
        "chapitres": "un chapitre au moins est refait, ou relu",
        "sans trace": "on ne sait pas de quoi ils ont été faits",
        "modifié": "un fichier du dernier rapport n’est plus celui qui a été écrit",
    }
    said = told.get(found.why) or _changes(found, inputs)
    if always:
        return f"tableaux et pages : à refaire ; {always} ({said})"
    return f"tableaux et pages : {'à refaire' if found.result is None else 'repris'} ; {said}"


def verdict(state: State, run: bool) -> str:
    """« repris », « laissé de côté », « à faire » or « à refaire »."""
    if not run:
        return "repris" if state.valid else "laissé de côté, faute d’être demandé"
    return "à faire" if state.why == "absent" else "à refaire"


def reason(state: State, inputs: Inputs) -> str:
    """What decided, as the end of a sentence."""
    told = {
        "same": "rien n’a changé",
        "reread": "des données ont changé, mais aucun des chiffres qu’il lit",
        "absent": "ce chapitre n’est pas dans le dernier rapport",
        "sans trace": "on ne sait pas de quoi il a été fait",
        "modifié": "le chapitre exécuté, ou le relevé de ce qu’il a lu, n’est plus celui qui a été écrit",
    }
    if state.why in told:
        return told[state.why]
    if state.why == "reads":
        return _moved(state.read or {})
    return _changes(state, inputs)


def _changes(state: State | Pages, inputs: Inputs) -> str:
    changes = [_part(name, state, inputs) for name in state.changed]
    verb = "a changé" if len(changes) == 1 else "ont changé"
    return f"{verb} : {', '.join(changes)}"


def _part(name: str, state: State | Pages, inputs: Inputs) -> str:
    label = LABELS.get(name, name)
    if isinstance(state.now.get(name), dict):
        return label
    before, now = (inputs.know(parts.get(name, "")) for parts in (state.before, state.now))
    if before is None or now is None:
        return label
    changed = [each for each in sorted({**before, **now}) if before.get(each) != now.get(each)]
    if name in _ARROWS:
        said = [_arrow(each, before, now) for each in changed]
    elif len({**before, **now}) == 1:
        return label
    elif name in _STUDIES:
        said = [inputs.told[each] for each in changed if each in inputs.told]
        gone = len(changed) - len(said)
        said += [counted(gone, "fichier qui n’y est plus", "fichiers qui n’y sont plus")] * (gone > 0)
    else:
        said = changed
    return f"{label} ({_some(said)})" if said else label


def _arrow(name: str, before: Mapping[str, str], now: Mapping[str, str]) -> str:
    then, today = before.get(name) or "rien", now.get(name) or "rien"
    return f"{then} → {today}" if name == "as_of" else f"{name} {then} → {today}"


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    if more <= 1:
        return enumerate_fr(list(names))
    return enumerate_fr([*names[:NAMED], counted(more, "autre", "autres")])


def _moved(read: Mapping[str, Any]) -> str:
    """What a read, or a query of the study, asked for."""
    asked = read.get("question", read)
    ids = asked.get("ids") or [one for one in str(asked.get("indicators", "")).split(",") if one]
    known = registry()
    labels = [f"« {known[each].label} »" for each in ids if each in known]
    if labels and read.get("kind", "table") in _FIGURES:
        return f"a changé : un chiffre qu’il lit, de {_some(labels)}"
    if read.get("kind") == "structure":
        return "a changé : la structure des territoires, qu’il lit"
    if datasets := asked.get("datasets"):
        return f"ont changé : des observations qu’il lit ({_some(datasets)})"
    return "a changé : une réponse de l’étude qu’il lit"
