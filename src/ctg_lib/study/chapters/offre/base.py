"""What the parts of chapter 03b share: the services, the groups of communes, the money of the last year."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.money import last_year
from ctg_lib.partnership.money import lines as money_lines
from ctg_lib.partnership.offer import by_service, services
from ctg_lib.study.chapters.folder_base import FolderChapter

WHOLE = "territoire"
"""The only group of communes of a study without secteurs."""
CRECHES = ("eaje", "micro_creche")
"""Kinds whose licensed places the Cnaf counts as EAJE."""
WITHOUT_HOURS = frozenset({"am"})
"""Kinds without hours of opening of their own: none is missing there."""
MANAGERS_ASKED = "gestionnaires"
PAYERS_ASKED = BOOKS["financement"].audience


class OffreBase(FolderChapter):
    """Frames."""

    @property
    def lines(self) -> pd.DataFrame:
        """Lines of offre.xlsx, one per service and period (:func:`ctg_lib.partnership.offer.services`)."""
        return services(self.folder)

    @property
    def services(self) -> pd.DataFrame:
        """One row per service, whatever its periods (:func:`ctg_lib.partnership.offer.by_service`)."""
        return by_service(self.folder)

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Secteurs and their communes; the EPCI that sign together; else the whole territory."""
        if self.study.secteurs:
            return {s.name: s.members for s in self.study.secteurs}
        codes = self.study.config.territories
        if len(codes) > 1:
            signing = [self.study.geography.territory(code) for code in codes]
            return {t.short_name: t.members for t in signing}
        return {WHOLE: self.study.territory.members}

    @property
    def group_noun(self) -> str:
        """What the groups are, in a heading."""
        return "secteur" if self.study.secteurs else "intercommunalité"

    @property
    def money(self) -> pd.DataFrame:
        """Maintained offer, « réalisé », of the last year known."""
        lines, year = money_lines(self.folder), last_year(self.folder)
        year = float("nan") if year is None else year
        return lines[lines["year"].eq(year) & lines["nature"].eq("realise") & lines["offer"].eq("maintenue")]

    def services_with(self, lines: pd.Series) -> int:
        """How many services have at least one of these lines (a mask over :attr:`lines`)."""
        return int(self.lines.loc[lines, "service_key"].nunique())
