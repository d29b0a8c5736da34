"""What exists: services, places and opening hours, by kind of service and by group of communes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from ctg_lib.geography.names import fold
from ctg_lib.partnership.books.common import THEMES
from ctg_lib.partnership.books.offre import PLACES_OF, SERVICES, THEME_OF
from ctg_lib.partnership.folder import Partnership

UNPLACED = "commune non précisée"
"""Group of services whose commune was not written or not understood."""
OUTSIDE = "hors secteur"
"""Group of services in a commune that belongs to no group."""
SCHOOL_WEEK: frozenset[str] = frozenset({"", "annee", "periscolaire", "mercredi", "samedi"})
"""Periods that share one week; each of the others is a week of its own."""

MATRIX_COLUMNS = ("theme", "type", "type_label")
CAPACITY_COLUMNS = (
    "theme", "type", "type_label", "group", "services", "places", "places_open", "hours_week", "unknown",
    "places_known", "places_open_unknown", "hours_unknown",
)  # fmt: skip


def weekly_hours(days: Sequence[str], opens: float, closes: float) -> float:
    """Opening hours of a week: days × (closing − opening); NaN where a part is unknown or makes no sense.

    Args:
        opens, closes: minutes after midnight.
    """
    if not days or math.isnan(opens) or math.isnan(closes) or closes <= opens:
        return math.nan
    return len(set(days)) * (closes - opens) / 60


def services(p: Partnership) -> pd.DataFrame:
    """Lines of offre.xlsx, one per service and period, with what follows from them.

    Columns: those of the sheet ; ``theme`` and ``type_label`` (empty where the type is unknown) ;
    ``communes``, seat and other sites, a tuple of codes without repetition ; ``hours_week``, hours: as given,
    else computed from days and times ; ``hours_computed``, whether they were ; ``service_key``, the same for
    the lines of one service open at several periods (same type, name and commune).
    """
    out = p.table("offre", "services").copy()
    out["theme"] = out["type"].map(THEME_OF).fillna("").astype("str")
    out["type_label"] = out["type"].map(SERVICES).fillna("").astype("str")
    out["communes"] = pd.Series(
        [_places(seat, sites) for seat, sites in zip(out["commune"], out["sites"], strict=True)],
        index=out.index, dtype="object",
    )  # fmt: skip
    computed = pd.Series(
        [weekly_hours(*given) for given in zip(out["days"], out["opens"], out["closes"], strict=True)],
        index=out.index, dtype="float64",
    )  # fmt: skip
    out["hours_computed"] = out["hours_week"].isna() & computed.notna()
    out["hours_week"] = out["hours_week"].fillna(computed)
    out["service_key"] = pd.Series(
        [
            "|".join((kind, " ".join(fold(name).split()), commune)) if name else f"{kind}|{i}"
            for kind, name, commune, i in zip(*(out[c] for c in _IDENTITY), strict=True)
        ],
        index=out.index, dtype="str",
    )  # fmt: skip
    return out


def service_matrix(p: Partnership, groups: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """How many services have a site in each group: a service with sites in two groups counts in both.

    Columns: ``theme``, ``type``, ``type_label``, one per group (in the order given, then
    :data:`OUTSIDE` and :data:`UNPLACED` where a service is there), ``total``: different services, so less
    than the sum where some have several sites. A service open at several periods counts once.

    Args:
        groups: name of a commune or secteur -> its communes.
    """
    lines = services(p)
    sites = lines[["type", "service_key", "communes"]].explode("communes")
    sites["group"] = _group_of(sites["communes"], groups)
    sites = sites.drop_duplicates(["type", "service_key", "group"])
    columns = [*groups, *(g for g in (OUTSIDE, UNPLACED) if sites["group"].eq(g).any())]
    counts = pd.crosstab(sites["type"], sites["group"]).reindex(columns=columns, fill_value=0)
    counts["total"] = lines.groupby("type")["service_key"].nunique()
    counts = counts.rename_axis(columns=None).reset_index()
    return _with_labels(counts)[[*MATRIX_COLUMNS, *columns, "total"]]


def capacity(p: Partnership, groups: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """Places and opening hours of the services whose seat is in each group.

    Columns: ``theme``, ``type``, ``type_label``, ``group`` ; ``services`` ; ``places``, ``places_open``,
    ``hours_week``: sums, NaN where that of one service is unknown ; ``unknown``, ``places_open_unknown``,
    ``hours_unknown``: for how many services it is ; ``places_known``: sum of the known places, to say
    « au moins ». Kinds of services not measured in places have NaN places and 0 unknown.

    A service open at several periods counts once: its places are the most of any period, its hours those
    of its fullest week (Wednesday and périscolaire share a week; summer is another).
    """
    lines = services(p)
    lines["group"] = _group_of(lines["commune"], groups)
    rows = [
        {"type": key[0], "group": key[1], **_one_service(part)}
        for key, part in lines.groupby(["type", "group", "service_key"], sort=False)
    ]
    each = pd.DataFrame(rows, columns=["type", "group", "places", "places_open", "hours_week"])
    found = [
        {"type": key[0], "group": key[1], **_summed(part, str(key[0]))}
        for key, part in each.groupby(["type", "group"], sort=False)
    ]
    found.sort(key=lambda row: [*groups, OUTSIDE, UNPLACED].index(str(row["group"])))
    counts = {c: "int64" for c in CAPACITY_COLUMNS if c == "services" or c.endswith("unknown")}
    sums = dict.fromkeys(("places", "places_open", "hours_week", "places_known"), "float64")
    out = pd.DataFrame(found, columns=[c for c in CAPACITY_COLUMNS if c not in _LABELS])
    return _with_labels(out.astype({**counts, **sums}))[list(CAPACITY_COLUMNS)]


def to_confirm(p: Partnership) -> pd.DataFrame:
    """Lines of :func:`services` still « à confirmer »: they come from public files, nobody has read them."""
    lines = services(p)
    return lines[lines["state"].eq("a_confirmer")].reset_index(drop=True)


# ------------------------------------------------------------------------------------------------ parts

_LABELS = ("theme", "type_label")
_IDENTITY = ("type", "name", "commune", "id")
_TYPE_ORDER = {kind: i for i, kind in enumerate(["", *SERVICES])}
_THEME_ORDER = {theme: i for i, theme in enumerate(["", *THEMES])}


def _places(seat: str, sites: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in (seat, *sites) if code))


def _group_of(communes: pd.Series, groups: Mapping[str, tuple[str, ...]]) -> pd.Series:
    of = {code: name for name, codes in groups.items() for code in codes}

    def group(code: object) -> str:
        return of.get(code, OUTSIDE) if isinstance(code, str) and code else UNPLACED

    return pd.Series([group(code) for code in communes], index=communes.index, dtype="str")


def _with_labels(frame: pd.DataFrame) -> pd.DataFrame:
    """With theme and label, in the order of the themes and of the list of services."""
    frame["theme"] = frame["type"].map(THEME_OF).fillna("").astype("str")
    frame["type_label"] = frame["type"].map(SERVICES).fillna("type non précisé").astype("str")
    pairs = zip(frame["theme"], frame["type"], strict=True)
    ranks = [(_THEME_ORDER.get(theme, 0), _TYPE_ORDER.get(kind, 0)) for theme, kind in pairs]
    order = sorted(range(len(frame)), key=ranks.__getitem__)
    return frame.iloc[order].reset_index(drop=True)


def _one_service(lines: pd.DataFrame) -> dict[str, float]:
    """Places and hours of one service from its periods; NaN where one of them is unknown."""
    weeks = lines["period"].where(~lines["period"].isin(SCHOOL_WEEK), "")
    hours = lines["hours_week"].groupby(weeks).agg(_strict(pd.Series.sum))
    return {
        "places": _strict(pd.Series.max)(lines["places"]),
        "places_open": _strict(pd.Series.max)(lines["places_open"]),
        "hours_week": _strict(pd.Series.max)(hours),
    }


def _strict(how: Callable[..., float]) -> Callable[[pd.Series], float]:
    return lambda values: float(how(values, skipna=False))


def _summed(each: pd.DataFrame, kind: str) -> dict[str, float]:
    has_places = kind in PLACES_OF
    total = _strict(pd.Series.sum)
    return {
        "services": len(each),
        "places": total(each["places"]) if has_places else math.nan,
        "places_open": total(each["places_open"]) if has_places else math.nan,
        "hours_week": total(each["hours_week"]),
        "unknown": int(each["places"].isna().sum()) if has_places else 0,
        "places_known": float(each["places"].sum()) if has_places else math.nan,
        "places_open_unknown": int(each["places_open"].isna().sum()) if has_places else 0,
        "hours_unknown": int(each["hours_week"].isna().sum()),
    }
