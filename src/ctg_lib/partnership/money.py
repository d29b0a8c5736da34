"""What services cost, and who pays: exact about what is not known."""

from __future__ import annotations

import pandas as pd

from ctg_lib.partnership.books.financement import PAYERS
from ctg_lib.partnership.folder import Partnership
from ctg_lib.partnership.offer import services as services_of
from ctg_lib.workbooks.common import THEMES

ROUNDING = 0.5
"""Euros: half the unit to which amounts are usually rounded; each rounded amount may be that far off."""
WITHOUT_BUDGET: frozenset[str] = frozenset({"am"})
"""Kinds without a budget of their own (families pay assistantes maternelles): no amount is missing there."""

LINE_COLUMNS = (
    "row", "service", "service_key", "name", "title", "type", "type_label", "theme", "year", "nature",
    "offer", "cost", *PAYERS, "unknown_payers", "total", "gap", "balance", "hours", "places", "cost_per_hour",
    "cost_per_place", "families_share", "epci_communes", "epci_communes_share",
)  # fmt: skip
BY_PAYER_COLUMNS = ("theme", "theme_label", "services", "unknown", "cost", *PAYERS, "total")


def tolerance(amounts: int) -> float:
    """How far, in euros, a sum of so many rounded amounts may be from a rounded total."""
    return ROUNDING * (amounts + 1)


def lines(p: Partnership) -> pd.DataFrame:
    """Lines of financement.xlsx with the service they are about.

    Columns, beside those of the sheet: ``name``, ``title`` (the name, with its period where it needs one),
    ``type``, ``type_label``, ``theme`` of the service (empty where offre.xlsx does not know it) ;
    ``service_key``, the same for the periods of one service (its id where offre.xlsx does not know it) ;
    amounts in euros.

    * a recette left empty is unknown (NaN), except where the others already make the total: it is then 0;
    * ``unknown_payers``: how many recettes are unknown;
    * ``total``: as given, else the sum where all are known; ``gap``: total given − sum, NaN where one is
      unknown; ``balance``: total − cost;
    * ``hours``, ``places``: of the line; else, for the maintained offer, those of offre.xlsx where it
      describes the same year;
    * ``cost_per_hour``, ``cost_per_place``: euros;
    * ``epci_communes``: reste à charge of EPCI and communes; ``families_share``, ``epci_communes_share``:
      percent (0–100) of the cost.

    Amounts that partners gave (see ``partnership.structures``) bear ``<payer>_source``, the last columns.
    Maintained and new offer are lines apart, never added here.
    """
    out = p.table("financement", "money").copy()
    known = services_of(p).drop_duplicates("id").set_index("id")
    for column in ("service_key", "name", "title", "type", "type_label", "theme"):
        out[column] = out["service"].map(known[column].to_dict()).astype("object").fillna("").astype("str")
    out["service_key"] = out["service_key"].where(out["service_key"].ne(""), out["service"])
    out = _payers(out)
    out = _measures(out, known)
    given = [name for name in map(str, out) if name.endswith("_source")]  # see ``structures``
    return out[[*LINE_COLUMNS, *given]]


def by_payer(p: Partnership, year: float, nature: str = "realise", offer: str = "maintenue") -> pd.DataFrame:
    """Who pays what, by theme, for one year.

    Columns: ``theme``, ``theme_label``, ``services`` (different services with a line), ``unknown``,
    ``cost``, one per payer, ``total``: euros, NaN where one line of the theme is unknown.
    ``unknown``: services without amounts; for the maintained offer, those of offre.xlsx without a line too.

    Args:
        year: of the amounts.
        nature: ``realise`` or ``prevu``.
        offer: ``maintenue`` or ``nouvelle``: never both in one sum.
    """
    money = lines(p)
    money = money[money["year"].eq(year) & money["nature"].eq(nature) & money["offer"].eq(offer)]
    amounts = ["cost", *PAYERS, "total"]
    sums = money.groupby("theme")[amounts].sum(skipna=False)
    without = _without(p, money) if offer == "maintenue" else pd.Series(dtype="int64")
    incomplete = money[money[amounts].isna().any(axis=1)].groupby("theme")["service_key"].nunique()
    themes = [t for t in [*THEMES, ""] if t in sums.index or t in without.index]
    out = sums.reindex(themes).rename_axis("theme").reset_index()
    out["theme_label"] = out["theme"].map(THEMES).fillna("service absent de l’offre").astype("str")
    counted = money.groupby("theme")["service_key"].nunique()
    out["services"] = counted.reindex(themes).fillna(0).astype("int64").to_numpy()
    missing = incomplete.reindex(themes).fillna(0) + without.reindex(themes).fillna(0)
    out["unknown"] = missing.astype("int64").to_numpy()
    return out[list(BY_PAYER_COLUMNS)]


def last_year(p: Partnership) -> float | None:
    """The latest year of which a cost is known as « réalisé », or None."""
    money = p.table("financement", "money")
    years = money.loc[money["nature"].eq("realise") & money["cost"].notna(), "year"].dropna()
    return float(years.max()) if len(years) else None


# ------------------------------------------------------------------------------------------------ parts


def _payers(out: pd.DataFrame) -> pd.DataFrame:
    given = out[list(PAYERS)]
    told = given.sum(axis=1)
    margin = tolerance(1) + given.notna().sum(axis=1) * ROUNDING
    complete = (out["total"] - told).abs().le(margin) & given.notna().any(axis=1)
    out[list(PAYERS)] = given.mask(given.isna().mul(complete, axis=0), 0.0)
    total = out[list(PAYERS)].sum(axis=1, skipna=False)
    out["unknown_payers"] = out[list(PAYERS)].isna().sum(axis=1).astype("int64")
    out["gap"] = out["total"] - total
    out["total"] = out["total"].fillna(total)
    out["balance"] = out["total"] - out["cost"]
    return out


def _measures(out: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    maintained = out["offer"].eq("maintenue")
    same_year = out["service"].map(known["year"]).eq(out["year"])
    for column, given in (("hours", "hours_billed"), ("places", "places")):
        out[column] = out[column].fillna(out["service"].map(known[given]).where(maintained & same_year))
    out["cost_per_hour"] = _ratio(out["cost"], out["hours"])
    out["cost_per_place"] = _ratio(out["cost"], out["places"])
    out["epci_communes"] = out["epci"] + out["communes"]
    out["families_share"] = 100 * _ratio(out["families"], out["cost"])
    out["epci_communes_share"] = 100 * _ratio(out["epci_communes"], out["cost"])
    return out


def _ratio(above: pd.Series, below: pd.Series) -> pd.Series:
    return above / below.where(below > 0)


def _without(p: Partnership, money: pd.DataFrame) -> pd.Series:
    """Theme -> services of offre.xlsx that no line of ``money`` is about."""
    services = services_of(p)
    services = services[~services["type"].isin(WITHOUT_BUDGET)]
    services = services[~services["service_key"].isin(money["service_key"])]
    return services.groupby("theme")["service_key"].nunique()
