"""Public figures of a study: the national table, what is computed for it alone, look-alikes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.geography import Territory
from ctg_lib.observations import Store
from ctg_lib.statistics.lookalikes import Lookalikes
from ctg_lib.study.kept import Kept
from ctg_lib.study.layers.around import Around
from ctg_lib.study.likeness import Likeness, parts_of
from ctg_lib.study.national_rows import OWN_LEVELS, NationalRows, Place, one_frame
from ctg_lib.study.own_groups import OwnGroups, latest_by_commune
from ctg_lib.study.recording import LOOKALIKES

if TYPE_CHECKING:
    from ctg_lib.indicators.data import Data


class Official(Around):
    """Rows from public files, of any date, and look-alikes; partners' figures are not laid over them yet."""

    @property
    def _store(self) -> Store:
        return Store(self.project.store)

    @cached_property
    def _kept(self) -> Kept:
        return Kept(self.project, self.id, (self.territory, *self.secteurs))

    @cached_property
    def _national(self) -> NationalRows:
        """The national table; rows of the territory, its communes, references and peers are kept at hand."""
        rows = NationalRows(self.project.processed, self._kept)
        near = {self.place, *self._reference_places, *self._communes}
        rows.keep(near | {("epci", code) for code in self.peer_codes})
        return rows

    @cached_property
    def own_groups(self) -> OwnGroups:
        """What is computed for this study alone: secteurs, several EPCI together, without one commune."""
        return OwnGroups(
            self._store, self.geography, self.territory, self.place, self.secteurs, self._national, self._kept
        )

    def any_date(self, ids: Iterable[str], places: Iterable[Place]) -> pd.DataFrame:
        """Rows from public files of any date: for telling what the study's date leaves out, not for reading.

        Returns:
            Frame with ``RESULT_COLUMNS``, all periods and breakdowns; not recorded.
        """
        wanted, asked = list(ids), list(places)
        official = [p for p in asked if p[0] not in OWN_LEVELS]
        own = [p for p in asked if p[0] in OWN_LEVELS]
        frames = [self._official(wanted, official)] if official else []
        if own:
            inside = set(own)
            rows = one_frame([rows for rows in map(self.own_groups.rows, wanted) if not rows.empty])
            frames.append(rows[[place in inside for place in zip(rows["level"], rows["code"], strict=True)]])
        return one_frame([frame for frame in frames if not frame.empty])

    @cached_property
    def inhabitants(self) -> pd.Series:
        """Inhabitants of each member commune, of the latest year known on the study's date (index: code)."""
        return latest_by_commune(self.horizon.rows(self._official(["population"], self._communes)))

    @property
    def own_places(self) -> tuple[Place, ...]:
        """The territory, those that lie whole in it, and its communes: what the study's own rows rest on."""
        return tuple(dict.fromkeys([self.place, *self.own_groups.official_places]))

    # what the study's own answers are laid over (:mod:`ctg_lib.study.local`), whatever its date

    def _official(self, ids: Iterable[str], places: Iterable[Place]) -> pd.DataFrame:
        return self._national.rows(ids, places)

    def _data(self, groups: pd.DataFrame) -> Data:
        return self.own_groups.data(groups)

    @property
    def _population(self) -> pd.Series:
        return self.own_groups.population

    @property
    def _own_territories(self) -> list[Territory]:
        return self.own_groups.territories

    @property
    def _official_inside(self) -> pd.DataFrame:
        return self.own_groups.official_inside

    # --------------------------------------------------------------------------------------- look-alikes

    @cached_property
    def likeness(self) -> Likeness:
        """The territory among all EPCI, by what they are like."""
        inside = self.geography.membership().set_index("commune")["epci"].reindex(self.territory.members)
        own = {*inside.dropna(), *self.config.territories} - {self.territory.code, ""}
        refused = frozenset(own | set(self.config.exclude))

        def parts() -> pd.DataFrame:
            return parts_of(self.project.processed, self._store, self.geography, self.horizon)

        return self._read(
            "likeness",
            lambda: Likeness.of(self.geography, self.territory, parts(), self.config.lookalikes, refused),
        )

    @property
    def structure(self) -> pd.DataFrame:
        """What territories are like (:func:`ctg_lib.indicators.structure.features`), by EPCI code.

        ``attrs``: ``census``, ``years``, ``sources``.
        """
        out = self.likeness.features.copy()
        out.attrs.update(self.likeness.notes)
        return out

    def find_lookalikes(self, *, garrisons: bool = True) -> Lookalikes | None:
        """The territories most like this one, by the stated distance.

        Args:
            garrisons: False leaves out EPCI where an establishment of adults weighs 5 % or more.

        Returns:
            None where the territory's own structure is not known, or the study asks for no look-alikes.
        """
        return self.likeness.find(garrisons=garrisons)

    @cached_property
    def lookalikes(self) -> pd.DataFrame:
        """Look-alike EPCI, the nearest first.

        Returns:
            code, name, departement, distance, closest and farthest (names of features, joined by spaces:
            the three that differ least, the one that makes most of the distance), garrison, and the
            features of :data:`ctg_lib.indicators.structure.FEATURES` in the reader's units. Empty when
            :meth:`find_lookalikes` gives None. The query is recorded.
        """
        out = self.likeness.frame(self.geography)
        if out.empty:
            return out
        self.record({"indicators": LOOKALIKES, "places": ""}, self.likeness.answer(out))
        self._national.keep(("epci", code) for code in out["code"])
        return out

    def lookalikes_sensitivity(self) -> pd.DataFrame:
        """How many look-alikes stay when one feature is left out: feature, weight, kept, newcomers."""
        return self.likeness.sensitivity()
