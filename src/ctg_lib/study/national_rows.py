"""Rows of the national table as one study asks for them: near territories are read once and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from ctg_lib import reads
from ctg_lib.errors import CtgError
from ctg_lib.indicators import national
from ctg_lib.indicators.registry import RESULT_COLUMNS
from ctg_lib.shelf import shelved
from ctg_lib.study.kept import Kept

Place = tuple[str, str]
"""(level, code)."""
OWN_LEVELS = ("secteur", "study")
"""Levels of a study's own groups: the national table knows none of them."""


def one_frame(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames of results one below another, numbered anew; a single one is not copied."""
    if len(frames) == 1:
        return frames[0].reset_index(drop=True)
    return pd.concat(frames, ignore_index=True) if frames else no_rows()


def no_rows() -> pd.DataFrame:
    """Results without a row: asked for a thousand times, made once."""
    return _nothing().copy(deep=False)


@cache
def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=list(RESULT_COLUMNS))


@dataclass(frozen=True)
class Held:
    """Rows of some places, found by indicator without reading the file again."""

    places: frozenset[Place]
    table: pd.DataFrame
    positions: dict[str, np.ndarray]
    ranks: dict[Place, int]
    place_ranks: np.ndarray

    @classmethod
    def read(cls, processed: Path, places: frozenset[Place], kept: Kept | None = None) -> Held:
        """Read all indicators of these places, from the study's kept tables where it has any."""
        if not places:
            return cls(places, pd.DataFrame(columns=list(RESULT_COLUMNS)), {}, {}, np.array([], dtype=int))

        def make() -> pd.DataFrame:
            return national.read_table(processed, places=places)

        asked = (f"{level}:{code}" for level, code in sorted(places))
        table = make() if kept is None else kept.made(make, "proches", *asked)
        indices = table.groupby("indicator", sort=False).indices
        ranks = {place: rank for rank, place in enumerate(sorted(places))}
        held = [ranks[p] for p in zip(table["level"].tolist(), table["code"].tolist(), strict=True)]
        found = {str(name): np.asarray(at) for name, at in indices.items()}
        return cls(places, table, found, ranks, np.array(held, dtype=int))

    @cached_property
    def hashes(self) -> np.ndarray:
        """What each row says (:func:`ctg_lib.reads.row_hashes`): the same rows are read a hundred times."""
        return reads.row_hashes(self.table)

    def at(self, ids: Iterable[str], places: Iterable[Place]) -> np.ndarray:
        """Positions of the rows of these indicators and places, in the order of the table."""
        found = [self.positions[i] for i in dict.fromkeys(ids) if i in self.positions]
        if not found:
            return np.array([], dtype=int)
        wanted = np.zeros(len(self.ranks), dtype=bool)
        wanted[[self.ranks[p] for p in places if p in self.ranks]] = True
        at = np.sort(np.concatenate(found))
        return at[wanted[self.place_ranks[at]]]


@dataclass
class NationalRows:
    """The national table, whatever the date of its files.

    A chapter asks a hundred times for the same few territories: those given to :meth:`keep` are read at the
    first question about them, all indicators at once; any other place is read when it is asked for.

    Attributes:
        processed: ``data/processed``.
        kept: where the rows of the places given to :meth:`keep` are kept for other processes, which need not
            look for them in the whole table.
    """

    processed: Path
    kept: Kept | None = field(default=None, repr=False)
    _held: dict[frozenset[Place], Held | None] = field(default_factory=dict, repr=False)

    @property
    def built(self) -> bool:
        """Whether the table was made."""
        return (self.processed / national.FILE).is_file()

    def keep(self, places: Iterable[Place]) -> None:
        """Say that these places will be asked for often."""
        known = frozenset().union(*self._held)
        fresh = frozenset(p for p in places if p[0] not in OWN_LEVELS) - known
        self._held[fresh] = None

    def rows(self, ids: Iterable[str], places: Iterable[Place]) -> pd.DataFrame:
        """Rows of these indicators and places (``RESULT_COLUMNS``): places kept first, in the order given to
        :meth:`keep`.

        Raises:
            CtgError: the table was not built.
        """
        if not self.built:
            raise CtgError("Les indicateurs ne sont pas encore calculés : lancez « ctg data build ».")
        wanted, asked = list(ids), list(places)
        held = [self._read(each) for each in self._held if not each.isdisjoint(asked)]
        found = [(each, each.at(wanted, asked)) for each in held]
        frames = [each.table.iloc[at] for each, at in found if len(at)]
        known = frozenset().union(*(each.places for each in held))
        rest = [p for p in asked if p not in known]
        far = [national.read_table(self.processed, ids=wanted, places=rest)] if rest else []
        far = [frame for frame in far if not frame.empty]  # to hash nothing costs as much as to hash a few

        def hashes() -> np.ndarray:
            made = [each.hashes[at] for each, at in found if len(at)] + [reads.row_hashes(f) for f in far]
            return np.concatenate(made) if made else np.array([], dtype="uint64")

        rows = one_frame([*frames, *far])
        return reads.note("table", rows, hashed=hashes, ids=wanted, places=[list(p) for p in asked])

    def _read(self, places: frozenset[Place]) -> Held:
        held = self._held[places]
        if held is None:
            held = self._held[places] = shelved(
                ("held", str(self.processed), places), lambda: self._read_now(places)
            )
        return held

    def _read_now(self, places: frozenset[Place]) -> Held:
        held = Held.read(self.processed, places, self.kept)
        if reads.heard():
            _ = held.hashes  # with the rows, for all the chapters that find them on the shelf
        return held
