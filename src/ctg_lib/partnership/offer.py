"""What exists: services, places and opening hours, by kind of service and by group of communes.

offre.xlsx has one line per service and period. Lines are **one service** where kind, name, commune of the
seat and manager are the same:

* a name is read without accents, case, punctuation, articles, and without the words that say the line's own
  period: « Loisirs Exemple, mercredis » (mercredi) and « Loisirs Exemple – été » (été) are one name;
* a manager that was not written is that of the other lines, unless they name several;
* a line without a name is a service of its own: nothing says which.

So the number of services depends neither on the order of the lines nor on how a service is cut in periods.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd

from ctg_lib.geography.names import fold
from ctg_lib.partnership.books.offre import PERIODS, PLACES_OF, SERVICES, THEME_OF
from ctg_lib.partnership.folder import Partnership
from ctg_lib.workbooks.common import THEMES

UNPLACED = "commune non précisée"
"""Group of services whose commune was not written or not understood."""
OUTSIDE = "hors secteur"
"""Group of services in a commune that belongs to no group."""
SCHOOL_WEEK: frozenset[str] = frozenset({"", "annee", "periscolaire", "mercredi", "samedi"})
"""Periods that share one week; each of the others is a week of its own."""

BY_PERIOD: tuple[str, ...] = ("alsh", "accueil_jeunes")
"""Kinds whose places are told period by period: those of Wednesday and of summer are never added."""

MATRIX_COLUMNS = ("theme", "type", "type_label")
CAPACITY_COLUMNS = (
    "theme", "type", "type_label", "group", "services", "places", "places_open", "hours_week", "unknown",
    "places_known", "places_open_unknown", "hours_unknown",
)  # fmt: skip
SERVICE_COLUMNS = (
    "service_key", "theme", "type", "type_label", "name", "manager", "manager_type", "commune", "communes",
    "periods", "lines", "confirmed",
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
    the lines of one service (see above) ; ``title``, the name, with its period where lines of one service
    would else bear the same name.
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
    out["service_key"] = _service_keys(out)
    out["title"] = _titles(out)
    return out


def by_service(p: Partnership) -> pd.DataFrame:
    """One row per service, its periods together, in the order of the lines.

    Columns: ``service_key``, ``theme``, ``type``, ``type_label`` ; ``name``, without the period where its
    lines differ by it alone ; ``manager``, ``manager_type``, the first written ; ``commune``, the seat ;
    ``communes``, seat and sites of all its lines ; ``periods``, in the order of the list ; ``lines``, how
    many ; ``confirmed``, whether all of them are.
    """
    lines = services(p)
    rows = [_whole(str(key), part) for key, part in lines.groupby("service_key", sort=False)]
    return pd.DataFrame(rows, columns=list(SERVICE_COLUMNS))


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


def capacity(
    p: Partnership, groups: Mapping[str, tuple[str, ...]], *, by_period: bool = False
) -> pd.DataFrame:
    """Places and opening hours of the services whose seat is in each group.

    Columns: ``theme``, ``type``, ``type_label``, ``group`` ; ``services`` ; ``places``, ``places_open``,
    ``hours_week``: sums, NaN where that of one service is unknown ; ``unknown``, ``places_open_unknown``,
    ``hours_unknown``: for how many services it is ; ``places_known``: sum of the known places, to say
    « au moins ». Kinds of services not measured in places have NaN places and 0 unknown.

    A service open at several periods counts once: its places are the most of any period, its hours those
    of its fullest week (Wednesday and périscolaire share a week; summer is another).

    Args:
        groups: name of a commune or secteur -> its communes.
        by_period: kinds of :data:`BY_PERIOD` that are open at several periods have a row for each; one more
            column, ``period`` (empty for the others).
    """
    lines = services(p)
    if not by_period:
        return _capacity(lines, groups)
    told = lines["type"].isin(BY_PERIOD)
    told &= lines["type"].map(lines.groupby("type")["period"].nunique()).gt(1)
    parts = [_capacity(lines[~told], groups).assign(period="")]
    for period in [q for q in ["", *PERIODS] if (told & lines["period"].eq(q)).any()]:
        parts.append(_capacity(lines[told & lines["period"].eq(period)], groups).assign(period=period))
    out = pd.concat([q for q in parts if len(q)] or parts[:1], ignore_index=True)
    return _with_labels(out)


def _capacity(lines: pd.DataFrame, groups: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    lines = lines.assign(group=_group_of(lines["commune"], groups))
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


# --------------------------------------------------------------------------------------- one service


def plain_name(name: str, period: str = "") -> str:
    """A name to compare: folded, without punctuation, articles and words of its own period.

    A name that says nothing else (« Mercredis ») is kept whole.
    """
    words = " ".join(re.findall(r"[a-z0-9]+", fold(name)))
    left = _PERIOD_WORDS[period].sub(" ", words) if period in _PERIOD_WORDS else words
    return " ".join(w for w in left.split() if w not in _LINKS) or words


def _service_keys(lines: pd.DataFrame) -> pd.Series:
    """Key of each line: kind, plain name and commune, and the manager where several run such a service."""
    names = [plain_name(n, q) for n, q in zip(lines["name"], lines["period"], strict=True)]
    base = [
        f"{kind}|{name}|{commune}" if name else f"{kind}||{id or row}"
        for kind, name, commune, id, row in zip(
            lines["type"], names, lines["commune"], lines["id"], lines["row"], strict=True
        )
    ]  # fmt: skip
    managers = [plain_name(manager) for manager in lines["manager"]]
    known: dict[str, set[str]] = {}
    for key, manager in zip(base, managers, strict=True):
        known.setdefault(key, set()).update({manager} - {""})
    keys = [
        f"{key}|{manager}" if len(known[key]) > 1 else key
        for key, manager in zip(base, managers, strict=True)
    ]
    return pd.Series(keys, index=lines.index, dtype="str")


def _titles(lines: pd.DataFrame) -> pd.Series:
    """Names, with the period in brackets where two lines of one service bear the same."""
    twice = lines.duplicated(["service_key", "name"], keep=False)
    said = [
        f"{name} ({PERIODS[period]})" if again and name and period in PERIODS else name
        for name, period, again in zip(lines["name"], lines["period"], twice, strict=True)
    ]
    return pd.Series(said, index=lines.index, dtype="str")


def _whole(key: str, lines: pd.DataFrame) -> dict[str, object]:
    """One service from its lines."""
    first = lines.iloc[0]
    ordered = lines.iloc[lines["period"].map(_PERIOD_ORDER).fillna(0).argsort(kind="stable")]
    return {
        "service_key": key, "theme": first["theme"], "type": first["type"], "type_label": first["type_label"],
        "name": _common_name(lines), "manager": _first(ordered["manager"]),
        "manager_type": _first(ordered["manager_type"]), "commune": first["commune"],
        "communes": tuple(dict.fromkeys(code for codes in lines["communes"] for code in codes)),
        "periods": tuple(dict.fromkeys(q for q in ordered["period"] if q)), "lines": len(lines),
        "confirmed": bool(lines["state"].eq("confirme").all()),
    }  # fmt: skip


def _common_name(lines: pd.DataFrame) -> str:
    """What the names of one service begin with, where it says the service; else the shortest of them."""
    names = sorted(set(lines["name"]), key=lambda name: (len(name), name))
    if len(names) < 2:
        return str(names[0])
    wanted = plain_name(lines["name"].iloc[0], lines["period"].iloc[0])
    split = [[re.sub(r"[,;:]+$", "", word) for word in name.split()] for name in names]
    same = itertools.takewhile(lambda words: len(set(words)) == 1, zip(*split, strict=False))
    start = re.sub(r"[\s,;:(–—-]+$", "", " ".join(words[0] for words in same))
    while start and plain_name(start) == wanted and fold(start.split()[-1]) in _LINKS:
        start = start.rsplit(" ", 1)[0] if " " in start else ""
    return start if start and plain_name(start) == wanted else str(names[0])


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


# ------------------------------------------------------------------------------------------------ parts

_LABELS = ("theme", "type_label")
_PERIOD_ORDER = {period: i for i, period in enumerate(["", *PERIODS])}
_LINKS = frozenset(
    (
        "le",
        "la",
        "les",
        "l",
        "du",
        "de",
        "des",
        "d",
        "en",
        "et",
        "a",
        "au",
        "aux",
        "pendant",
        "durant",
        "pour",
    )
)
_SEASONS = "hiver|printemps|automne|toussaint|noel|fevrier|paques"
_HOLIDAYS = rf"vacances?(?: scolaires?)?(?: (?:(?:d|de|de la|du) )?(?:{_SEASONS}))?"
_PERIOD_WORDS: dict[str, re.Pattern[str]] = {
    period: re.compile(rf"\b(?:{words})\b")
    for period, words in {
        "annee": r"toute l annee|a l annee|l annee",
        "periscolaire": r"periscolaires?|matins?|midis?|soirs?",
        "mercredi": r"mercredis?(?: matins?| apres midis?)?",
        "samedi": r"samedis?(?: matins?| apres midis?)?",
        "petites_vacances": rf"(?:petites )?{_HOLIDAYS}|extrascolaires?",
        "ete": rf"vacances? d ete|grandes vacances|{_HOLIDAYS}|ete|juillet|aout|extrascolaires?",
    }.items()
}
"""How a name says the period of its line, once folded."""
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
