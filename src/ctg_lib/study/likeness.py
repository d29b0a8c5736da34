"""Which territories look like the study's one, by the distance of :mod:`ctg_lib.statistics.lookalikes`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ctg_lib.geography import EDITIONS, Geography, Territory, populations
from ctg_lib.indicators import national, structure
from ctg_lib.indicators.data import Data
from ctg_lib.observations import Store
from ctg_lib.statistics.lookalikes import Lookalikes, sensitivity
from ctg_lib.statistics.lookalikes import find as find_lookalikes
from ctg_lib.study.as_of import Horizon

COLUMNS: tuple[str, ...] = (
    "code", "name", "departement", "distance", "closest", "farthest", "garrison", *structure.FEATURES,
)  # fmt: skip
"""``closest, farthest``: names of features joined by spaces: the three that differ least, the one that makes
most of the distance."""


def known_parts(processed: Path, horizon: Horizon) -> pd.DataFrame | None:
    """Structural parts of the national pass (:func:`ctg_lib.indicators.structure.read`), if the study knows
    their files; None where they were not made, or came out later."""
    parts = structure.read(processed)
    return parts if parts is not None and horizon.knows(parts.attrs.get("sources", "")) else None


@dataclass(frozen=True, eq=False)
class Likeness:
    """One territory among all EPCI.

    Attributes:
        features: :func:`ctg_lib.indicators.structure.features` of all EPCI and of the territory.
        code: of the territory. wanted: how many look-alikes. refused: EPCI that may not be one.
        notes: ``census``, ``years``, ``sources`` of the features.
    """

    features: pd.DataFrame
    code: str
    wanted: int
    refused: frozenset[str] = frozenset()
    notes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, geography: Geography, territory: Territory, parts: pd.DataFrame, wanted: int,
        refused: frozenset[str] = frozenset(),
    ) -> Likeness:  # fmt: skip
        """From the structural parts of communes (:func:`ctg_lib.indicators.structure.parts`); without any,
        nothing is known of any territory."""
        membership = geography.membership()
        groups = membership.loc[membership["epci"].ne(""), ["commune", "epci"]]
        groups = groups.set_axis(["commune", "code"], axis=1)
        if territory.code not in set(groups["code"]):
            own = pd.DataFrame({"commune": list(territory.members), "code": territory.code})
            groups = pd.concat([groups, own], ignore_index=True)
        notes = {str(name): str(note) for name, note in parts.attrs.items()}
        features = _unknown(groups["code"]) if parts.empty else structure.features(parts, groups)
        return cls(features, territory.code, wanted, refused, notes)

    @property
    def known(self) -> bool:
        """Whether the territory's own structure is known."""
        return not structure.transformed(self.features.loc[[self.code]]).isna().to_numpy().any()

    def find(self, *, garrisons: bool = True) -> Lookalikes | None:
        """The nearest territories; None where the territory's structure is not known, or none is wanted.

        Args:
            garrisons: False leaves out EPCI where an establishment of adults weighs 5 % or more.
        """
        if self.wanted < 1 or not self.known:
            return None
        refused = set(self.refused)
        if not garrisons:
            refused |= set(self.features.index[self.features["garrison"]]) - {self.code}
        features = structure.transformed(self.features)
        return find_lookalikes(features, self.code, self.wanted, refused, structure.weights())

    def frame(self, geography: Geography) -> pd.DataFrame:
        """The look-alikes, the nearest first, with their features: columns :data:`COLUMNS`."""
        found = self.find()
        if found is None:
            return pd.DataFrame(columns=list(COLUMNS))
        gaps = found.nearest[list(found.weights)]
        plain = gaps / pd.Series(found.weights)
        out = pd.DataFrame({"code": found.nearest["code"], "distance": found.nearest["distance"]})
        out["name"] = out["code"].map(geography.short_names("epci"))
        out["departement"] = [
            " ".join(geography.territory(c, level="epci").departements) for c in out["code"]
        ]
        out["closest"] = [" ".join(row.nsmallest(3).index) for _, row in plain.iterrows()]
        out["farthest"] = gaps.idxmax(axis=1)
        own = self.features.reindex(out["code"])
        out["garrison"] = own["garrison"].to_numpy(dtype=bool)
        for name in structure.FEATURES:
            out[name] = own[name].to_numpy()
        return out[list(COLUMNS)]

    def answer(self, rows: pd.DataFrame) -> pd.DataFrame:
        """What is recorded of :meth:`frame`: rounded, with the files it rests on."""
        return rows.round(6).assign(sources=self.notes.get("sources", ""))

    def sensitivity(self) -> pd.DataFrame:
        """How many look-alikes stay when one feature is left out: feature, weight, kept, newcomers."""
        if self.find() is None:
            return pd.DataFrame(columns=["feature", "weight", "kept", "newcomers"])
        features = structure.transformed(self.features)
        return sensitivity(features, self.code, self.wanted, set(self.refused), structure.weights())


def _unknown(codes: pd.Series) -> pd.DataFrame:
    """Features of territories of which nothing is known."""
    out = pd.DataFrame(
        float("nan"), index=pd.Index(sorted(codes.unique()), name="code"),
        columns=[*structure.FEATURES, "inhabitants"],
    )  # fmt: skip
    return out.assign(excess=0.0, garrison=False)


def parts_of(processed: Path, store: Store, geography: Geography, horizon: Horizon) -> pd.DataFrame:
    """Structural parts of the communes of the study's edition; no row where their files came out later."""
    if not horizon.knows(populations.SOURCE):  # parts always name it
        return pd.DataFrame(columns=list(structure.PARTS))
    parts = structure.read(processed) if geography.edition == EDITIONS[-1] else None
    if parts is None:
        nobody = pd.DataFrame(columns=["commune", "level", "code"])
        passage = national.passage_table(geography)
        data = Data(store, nobody, pd.Series(dtype="float64"), passage)
        parts = structure.parts(data, geography)
    if horizon.knows(parts.attrs.get("sources", "")):
        return parts
    return pd.DataFrame(columns=list(structure.PARTS))
