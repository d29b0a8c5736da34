"""Whether a new national table touches what was read of the former one: told without opening a study.

Only where nothing but the table has changed. Whoever cannot be told so for certain is looked at in full
(:func:`ctg_lib.build.validity.read_again`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ctg_lib import reads
from ctg_lib.build.inputs import Inputs
from ctg_lib.indicators import digests, national
from ctg_lib.indicators.digests import Changed, Pair

TABLE = "table"
"""The part that is the national table; the kind of its reads too."""
OWN = "territoire"
"""Kind that is no read: it names the study's own territories and communes."""
_ELSEWHERE = ("observations", "datasets", "valeurs", "structure", OWN)
"""Kinds of reads that other parts answer, which have not changed."""
_INSIDE = ("groupes", "sans", "partenaires")
"""Kinds that are computed from the store, and from rows of the study's own territories and communes."""
_STRUCTURES = ("etablissements",)
"""Kinds that read rows of structures, wherever they are."""


def own_places(places: Iterable[Pair]) -> reads.Read:
    """What says, among the reads of a report, which territories and communes are the study's own."""
    return {"kind": OWN, "question": {"places": [list(place) for place in places]}, "answer": ""}


@dataclass
class Untouched:
    """What changed since each former table, found once for any number of studies."""

    inputs: Inputs
    _changes: dict[str, Changed | None] = field(default_factory=dict, repr=False)
    _last: tuple[Path, set[Pair]] | None = field(default=None, repr=False)

    def since(self, part: str, record: Path, report: Path) -> bool:
        """Whether all that was read is the same as in the former table, for certain.

        Args:
            part: the part « table » as it was.
            record: the reads.
            report: those of the whole report, which say what is the study's own (:func:`own_places`).
        """
        moved = self._moved(part)
        if moved is None:
            return False
        try:
            found, own = reads.written(record), self._own(report)
        except (OSError, ValueError, KeyError):
            return False
        return bool(own) and not any(_touched(read, moved, own) for read in found)

    def _own(self, report: Path) -> set[Pair]:
        """The study's own places: asked for by each of its chapters in turn, so those of one are kept."""
        if self._last is None or self._last[0] != report:
            named = (read for read in reads.written(report) if read["kind"] == OWN)
            self._last = report, {place for read in named for place in _places(read)}
        return self._last[1]

    def _moved(self, part: str) -> Changed | None:
        if part not in self._changes:
            then, now = (self.inputs.know(name) for name in (part, self.inputs.shared[TABLE]))
            shas = [(each or {}).get(national.FILE, "") for each in (then, now)]
            known = all(shas)
            processed = self.inputs.project.processed
            self._changes[part] = digests.changed(processed, shas[0], shas[1]) if known else None
        return self._changes[part]


def _places(read: Mapping[str, Any]) -> list[Pair]:
    return [(level, code) for level, code in read["question"]["places"]]


def _touched(read: Mapping[str, Any], moved: Changed, own: set[Pair]) -> bool:
    kind, asked = read["kind"], read["question"]
    if kind == TABLE:
        return moved.touches(asked["ids"], _places(read))
    if kind in _INSIDE:
        return not moved.places.isdisjoint(own)
    if kind in _STRUCTURES:
        return any((each, "structure") in moved.figures for each in asked["ids"])
    return kind not in _ELSEWHERE
