"""Indicators of groups of communes that no publisher knows: secteurs, several EPCI together, a territory
without one of its communes. Computed from observations by the national functions, under the same secrecy.

Nothing here looks at the study's date: what is hidden is hidden beside all that readers may have elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ctg_lib import reads
from ctg_lib.disclosure import policy_of
from ctg_lib.geography import Geography, Territory
from ctg_lib.indicators import national
from ctg_lib.indicators.data import Data
from ctg_lib.indicators.registry import RESULT_COLUMNS, definition, registry
from ctg_lib.observations import NearStore, Store
from ctg_lib.study.kept import Kept, same_types
from ctg_lib.study.national_rows import OWN_LEVELS, NationalRows, Place

GROUP_COLUMNS = ["commune", "level", "code"]
GROUPS, WITHOUT, HIDDEN = "groupes", "sans", "sans-confidentiel"
"""Names of the kept tables."""


def latest_by_commune(rows: pd.DataFrame) -> pd.Series:
    """Commune code -> latest known value of one indicator, from its rows of communes; sorted by code."""
    known = rows.dropna(subset=["value"]).sort_values("period")
    return known.drop_duplicates("code", keep="last").set_index("code")["value"].sort_index()


@dataclass(frozen=True, eq=False)
class OwnGroups:
    """What is computed for one study alone.

    Attributes:
        store, geography: what it is computed from.
        territory, place: whose communes are read; its (level, code) in tables.
        secteurs: the study's groups of communes.
        national: rows that readers have already.
        kept: tables computed by another process.
    """

    store: Store
    geography: Geography
    territory: Territory
    place: Place
    secteurs: tuple[Territory, ...]
    national: NationalRows
    kept: Kept
    _computed: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    _left_out: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    _hashes: dict[int, np.ndarray] = field(default_factory=dict, repr=False)

    @property
    def territories(self) -> list[Territory]:
        """The secteurs, and the territory where it is several EPCI together."""
        return [*self.secteurs, *([self.territory] if self.territory.level == "study" else [])]

    @cached_property
    def _near(self) -> Store:
        """The store, where the territory's communes are read once for all their variables."""
        return NearStore(self.store.folder)

    @cached_property
    def population(self) -> pd.Series:
        """Inhabitants of each member commune, for weights and for telling which ones are empty."""
        return latest_by_commune(self.national.rows(["population"], self._communes))

    @cached_property
    def confidential(self) -> tuple[str, ...]:
        """Indicators of which something may be hidden; they are protected together."""
        return national.confidential()

    @cached_property
    def official_inside(self) -> pd.DataFrame:
        """Official groups (``commune, level, code``) all of whose communes belong to the territory."""
        groups = national.official_groups(self.geography)
        members = set(self.territory.members)
        whole = groups["commune"].isin(members).groupby([groups["level"], groups["code"]]).transform("all")
        return groups[whole].reset_index(drop=True)

    @property
    def official_places(self) -> list[Place]:
        """Territories that lie whole in this one, and its communes."""
        groups = self.official_inside
        return [*dict.fromkeys([*zip(groups["level"], groups["code"], strict=True), *self._communes])]

    def data(self, groups: pd.DataFrame) -> Data:
        """Observations of the territory's communes, for groups ``commune, level, code`` of them."""
        return Data(
            store=self._near,
            groups=groups,
            population=self.population,
            passage=national.passage_table(self.geography),
            communes=frozenset(self.territory.members),
        )

    # ------------------------------------------------------------------------- secteurs and the study

    def rows(self, indicator: str) -> pd.DataFrame:
        """An indicator for the secteurs and the several EPCI together (``RESULT_COLUMNS``)."""
        return reads.note("groupes", self._rows(indicator), study=self.kept.study_id, ids=[indicator])

    def _rows(self, indicator: str) -> pd.DataFrame:
        if not self._computed:
            self._take(self.kept.read(GROUPS))
        if indicator not in self._computed:
            names = {group.code: group.name for group in self.territories}
            if indicator in self.confidential:
                ids = self.confidential
                table = self._protected(self._own.groups, names)
            else:
                ids = (indicator,)
                table = national.compute(self._own, self.geography, ids, names)
            table = same_types(table[table["level"].isin(OWN_LEVELS)])
            for each in ids:
                self._computed[each] = table[table["indicator"].eq(each)].reset_index(drop=True)
        return self._computed[indicator]

    def prepare(self) -> None:
        """Compute all indicators of these groups, and keep them for the other processes."""
        if self.territories and self.kept.read(GROUPS) is None:
            frames = [frame for frame in (self.rows(i) for i in registry()) if len(frame)]
            empty = pd.DataFrame(columns=list(RESULT_COLUMNS))
            self._take(self.kept.write(pd.concat(frames) if frames else empty, GROUPS))

    def _take(self, table: pd.DataFrame | None) -> None:
        """The rows of every indicator, from a table of all of them."""
        if table is not None:
            found = dict(tuple(table.groupby("indicator", sort=False)))
            for each in registry():
                self._computed[each] = found.get(each, table.iloc[:0]).reset_index(drop=True)

    @cached_property
    def _own(self) -> Data:
        rows = [(c, group.level, group.code) for group in self.territories for c in group.members]
        return self.data(pd.DataFrame(rows, columns=GROUP_COLUMNS))

    @property
    def _communes(self) -> list[Place]:
        return [("commune", code) for code in self.territory.members]

    def _protected(self, groups: pd.DataFrame, names: dict[str, str] | None = None) -> pd.DataFrame:
        """Confidential indicators for groups of this study, hidden beside what the national table hides."""
        official = self.official_inside
        whole = pd.concat([groups, official], ignore_index=True).drop_duplicates(ignore_index=True)
        ids = national.confidential(groups["level"].unique())
        published = self.national.rows(list(ids), self.official_places)
        return national.compute(self.data(whole), self.geography, ids, names, published=published)

    # --------------------------------------------------------------------------- without one commune

    def together(self, indicator: str) -> bool:
        """Whether the indicator is computed without a commune along with all that may be."""
        return definition(indicator).leave_one_out and indicator not in self.confidential

    def without(self, indicator: str, commune: str, others: tuple[str, ...] = ()) -> pd.DataFrame:
        """An indicator of the territory with and without a commune (``sans=<code>``), all periods.

        Args:
            others: communes that will be asked for too, computed in the same pass (:meth:`together`).
        """
        table = self._without(indicator, commune, others)
        level, code = self.place
        asked = table["indicator"].eq(indicator) & table["code"].eq(code) & table["level"].eq(level)
        if indicator in self.confidential and not policy_of(definition(indicator)).allows("commune"):
            asked &= ~table["breakdown"].str.contains("sans=", regex=False)  # the difference is a commune
        return reads.note(
            "sans", table[asked], hashed=lambda: self._hashes_of(table)[asked.to_numpy()],
            study=self.kept.study_id, ids=[indicator], commune=commune, others=list(others),
        )  # fmt: skip

    def _without(self, indicator: str, commune: str, others: tuple[str, ...]) -> pd.DataFrame:
        """The table that holds an indicator with and without a commune, among others or not."""
        if indicator in self.confidential:
            return self._hidden_without(commune)
        if self.together(indicator):
            return self._all_without(commune, others)
        key = f"{indicator} {commune}"
        if key not in self._left_out:
            groups = self.groups_without(commune)
            self._left_out[key] = same_types(national.compute(self.data(groups), self.geography, [indicator]))
        return self._left_out[key]

    def _hashes_of(self, table: pd.DataFrame) -> np.ndarray:
        """What each row of a table of these says, found once: a chapter asks for sixty parts of it."""
        if id(table) not in self._hashes:  # each is kept as long as this object
            self._hashes[id(table)] = reads.row_hashes(table)
        return self._hashes[id(table)]

    def groups_without(self, *communes: str) -> pd.DataFrame:
        """``commune, level, code`` of the territory, and of the territory without each of these communes."""
        level, code = self.place
        rows = [(c, level, code) for c in self.territory.members]
        rows += [
            (c, level, f"{code}{national.WITHOUT}{left_out}")
            for left_out in communes
            for c in self.territory.members
            if c != left_out
        ]
        return pd.DataFrame(rows, columns=GROUP_COLUMNS)

    def _all_without(self, commune: str, others: tuple[str, ...]) -> pd.DataFrame:
        """All that may be given without a commune, in one pass; for all the others at once."""
        if commune not in self._left_out:
            wanted = others if commune in others else (commune,)
            ids = [d.id for d in registry().values() if self.together(d.id)]
            groups = self.groups_without(*wanted)
            table = self.kept.made(
                lambda: national.compute(self.data(groups), self.geography, ids), WITHOUT, *wanted
            )
            self._left_out.update(dict.fromkeys(wanted, table))
        return self._left_out[commune]

    def _hidden_without(self, commune: str) -> pd.DataFrame:
        """The confidential indicators of the territory with and without a commune, under secrecy."""
        key = f"{HIDDEN} {commune}"
        if key not in self._left_out:
            groups = self.groups_without(commune)
            self._left_out[key] = self.kept.made(lambda: self._protected(groups), HIDDEN, commune)
        return self._left_out[key]
