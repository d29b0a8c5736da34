"""What was known on a study's date: files that came out later are not read for it.

One rule, for every number of a study: a result is known when **all** the files it names (column ``sources``)
were published by the study's date. Where the manifest does not say when a file was published, the day it was
retrieved stands for it: it existed then at the latest. Partners' answers are dated by the study itself, whose
reader refuses later ones. What territories are (names, composition, contours) is no figure and stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from ctg_lib.display.typography import counted, number
from ctg_lib.manifest import Entry, Manifest
from ctg_lib.workbooks.moments import day_in_words

GROUND: tuple[str, ...] = ("geography",)
"""Layouts of files that say what territories are, not what is counted in them."""


def known_since(entry: Entry) -> date:
    """Day from which a file is known: its publication, else the day it was retrieved."""
    return entry.published_on or entry.retrieved


@dataclass(frozen=True)
class Horizon:
    """What a study of one day knows.

    Attributes:
        day: the study's date.
        later: files that came out after it, in the manifest's order.
        files: how many the manifest lists.
    """

    day: date
    later: tuple[Entry, ...] = ()
    files: int = 0

    @classmethod
    def of(cls, manifest: Iterable[Entry], day: date) -> Horizon:
        """What is known on ``day`` of the files of a manifest."""
        every = tuple(manifest)
        later = tuple(e for e in every if e.layout not in GROUND and known_since(e) > day)
        return cls(day, later, len(every))

    @property
    def dated(self) -> tuple[Entry, ...]:
        """Files left out whose publication the manifest dates; for the others, retrieval counts."""
        return tuple(entry for entry in self.later if entry.published_on is not None)

    def reason(self) -> str:
        """Why a figure is not known: words of a table's cell."""
        return f"connu ici par un fichier paru ou relevé après le {day_in_words(self.day)}, date de l’étude"

    def sentence(self) -> str:
        """What the study's date leaves out, for a reader; empty where it leaves nothing out."""
        if not self.later:
            return ""
        count = f"{number(len(self.later))} des {counted(self.files, 'fichier')} réunis"
        several = "parus ou relevés ensuite, n’y entrent pas"
        one = "paru ou relevé ensuite, n’y entre pas"
        said = several if len(self.later) > 1 else one
        return f"L’étude est datée du {day_in_words(self.day)} : {count}, {said}."

    def knows(self, sources: str) -> bool:
        """Whether all files of a ``sources`` cell (ids joined by ``+``) are known."""
        known = self._told.get(sources)
        if known is None:
            known = self._told[sources] = self._later_ids.isdisjoint(str(sources).split("+"))
        return known

    @cached_property
    def _later_ids(self) -> frozenset[str]:
        return frozenset(entry.id for entry in self.later)

    @cached_property
    def _told(self) -> dict[str, bool]:
        return {}

    def rows(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows whose ``sources`` are all known, in the same order and with the same index.

        The frame itself where every file is known.
        """
        if not self.later or frame.empty:
            return frame
        known = [self.knows(text) for text in frame["sources"].tolist()]
        return frame if all(known) else frame[known]

    def manifest(self, manifest: Manifest) -> Manifest:
        """The manifest without the files that came out later."""
        if not self.later:
            return manifest
        later = {entry.id for entry in self.later}
        return Manifest((e for e in manifest if e.id not in later), manifest.path)
