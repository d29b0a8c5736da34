"""The territories that a study is read beside: those that contain it, those that touch it."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from ctg_lib.geography import Territory
from ctg_lib.study.comparison import nearest_first
from ctg_lib.study.layers.identity import Identity
from ctg_lib.study.national_rows import Place

FRANCE_ORDER = ("FR", "FHM", "FM")
MOST_PARTS = 3
"""Départements shown beside a territory that lies in several of them, none of which holds most of it."""
OVERSEAS = ("97", "98")
"""How codes of départements and collectivités overseas begin."""


class Around(Identity):
    """References, neighbours and peers, from geography alone."""

    @cached_property
    def references(self) -> tuple[Territory, ...]:
        """Territories it is compared with, the one to read against first: départements, régions, France.

        Of several départements (or régions), one where more than half of the inhabitants live comes before
        France (three perimeters); the others come after it, so that none of them stands for the whole.
        """
        return self._read("references", self._references_now)

    def _references_now(self) -> tuple[Territory, ...]:
        if self.config.references:
            return tuple(self.geography.territory(code) for code in self.config.references)
        here = self.territory
        found = [self.geography.territory(c, level="departement") for c in here.departements]
        same = {t.members for t in found}  # overseas, région and département are one territory
        regions = [self.geography.territory(c, level="region") for c in here.regions]
        found += [t for t in regions if t.members not in same]
        france = [self.geography.territory(c, level="france") for c in FRANCE_ORDER]
        people = self.geography.populations().set_index("code")["pmun"]
        return nearest_first(here, found, france, people)

    @property
    def has_msa(self) -> bool:
        """Whether a caisse de MSA exists there: there is none overseas."""
        codes = self.territory.departements
        return not codes or not all(code.startswith(OVERSEAS) for code in codes)

    @property
    def beside(self) -> tuple[Territory, ...]:
        """The references that a table has room for: those read against, up to three départements it is in."""
        main = self.read_against
        parts = [t for t in self.references if t not in main and t.level == "departement"]
        return (*main, *parts) if len(parts) <= MOST_PARTS else main

    @property
    def read_against(self) -> tuple[Territory, ...]:
        """The references named beside a single number: all, without those that are but a part."""
        france = [n for n, t in enumerate(self.references) if t.level == "france"]
        return self.references if self.config.references or not france else self.references[: france[-1] + 1]

    @property
    def _reference_places(self) -> list[Place]:
        return [(t.level, t.code) for t in self.references]

    def reference_territory(self, row: pd.Series) -> Territory:
        """The territory behind a row of a comparison, for its name with its article."""
        for territory in self.references:
            if (territory.level, territory.code) == (row["level"], row["code"]):
                return territory
        return self.geography.territory(str(row["code"]), level=str(row["level"]))

    @cached_property
    def neighbours(self) -> pd.DataFrame:
        """EPCI that touch the territory: code, name, departement, metres."""
        return self._read("neighbours", lambda: self.geography.neighbours(self.territory))

    @cached_property
    def peer_codes(self) -> tuple[str, ...]:
        """Other EPCI of the same département(s), and those that touch the territory."""
        return self._read("peers", self._peer_codes_now)

    def _peer_codes_now(self) -> tuple[str, ...]:
        membership = self.geography.membership()
        inside = membership["departement"].isin(self.territory.departements) & membership["epci"].ne("")
        codes = {*membership.loc[inside, "epci"], *self.neighbours["code"]}
        own = {*self.config.territories, self.territory.code, ""}
        return tuple(sorted(codes - own))
