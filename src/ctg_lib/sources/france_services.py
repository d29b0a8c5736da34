"""ANCT, list of the France services structures (CSV, comma, quoted).

One row per structure. A « Multisites » structure names its sites in ``lib_fs`` (« Sites de Nant et de La
Cavalerie ») and has no row for the second one: sites are found by name among the communes of the same
département. Opening hours are published as one timetable per structure; those of each site are read from
the comment where it gives them, else they are missing (see ``france_services_sites``).

Traps met here: columns renamed between editions; ranges of one day that overlap; buses and other
itinerant structures, whose commune is a base and not the only place they serve.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ctg_lib.manifest import Entry
from ctg_lib.sources import france_services_sites as sites_text
from ctg_lib.sources._common import ROW, finish, is_commune, raw_root, read_table, refuse, require, slug

DATASET = "france_services"
DAYS = tuple(f"h_{day}" for day in sites_text.DAYS)
TERRITORIES = "geography/territories.parquet"
ALIASES = {
    "id": "id_fs", "id_structure": "id_fs", "nom": "lib_fs", "libelle": "lib_fs", "nom_fs": "lib_fs",
    "code_insee": "insee_com", "codgeo": "insee_com", "insee": "insee_com", "format": "format_fs",
    **{f"horaires_{day}": f"h_{day}" for day in sites_text.DAYS},
    **{day: f"h_{day}" for day in sites_text.DAYS},
}  # fmt: skip
"""Names of other editions -> names of that of August 2024."""
ITINERANT = ("bus", "itinerant", "mobile")
_SITES = re.compile(r"\bsites?\s+(?:de\s+l['’]|d['’]|des?\s+|du\s+)?(.+)$", re.IGNORECASE)


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Structures, their opening hours by day, week and site, and the communes of their sites.

    Dataset ``france_services``, period = the manifest's reference date.

    - Level ``structure``, code ``id_fs``, breakdown ``commune=12168``: ``structure`` = 1;
      ``heures_hebdomadaires``, sum of the published ranges; ``heures_jour`` with ``jour=lundi`` …. Missing
      where a range cannot be read, ranges overlap, or none is given.
    - Level ``structure``, code ``1089@12168`` (structure and commune of the site):
      ``heures_site`` a week and, with ``jour=…``, a day. Those of the structure where it has one site;
      from the comment where it has several, without the days « en autonomie »; missing where the comment
      does not say.
    - Level ``commune``: ``sites``, number of sites there, ``estimated`` where a multi-site structure does
      not name its sites; ``format=itinerant`` for those whose structure moves.

    Raises:
        RawDataError: missing column, bad commune code, two rows with one ``id_fs``.
    """
    table = read_table(path)
    table = table.rename(columns={c: ALIASES[c] for c in table.columns if ALIASES.get(c, c) not in table})
    require(table, ["id_fs", "lib_fs", "insee_com", "format_fs", *DAYS], path)
    table = table.assign(insee_com=table["insee_com"].str.strip().str.zfill(5))
    refuse(
        ~table["insee_com"].str.fullmatch(r"(?:\d\d|2[AB])\d{3}"), table, "insee_com", path, "un code commune"
    )
    refuse(table["id_fs"].str.strip().eq(""), table, "id_fs", path, "un identifiant")
    structures = table[["id_fs", "insee_com", ROW]].rename(columns={"id_fs": "code"})
    structures["breakdown"] = "commune=" + structures.pop("insee_com")
    parts = [structures.assign(variable="structure", value=1.0), *_hours(table, structures)]
    sites, weeks = _sites(table, _communes(raw_root(path, entry) / TERRITORIES))
    parts.append(_site_hours(sites, weeks))
    frame = pd.concat(parts, ignore_index=True)
    frame["level"] = "structure"
    frame["status"] = frame["value"].notna().map({True: "observed", False: "missing"})
    frame = pd.concat([frame, _counts(sites)], ignore_index=True)
    return finish(frame, entry, path, dataset=DATASET, period=entry.reference_date)


def daily_hours(table: pd.DataFrame) -> pd.DataFrame:
    """Hours of each day (columns ``DAYS``) from the published texts; NaN where one cannot be read.

    A day without text is 0; a structure without any text gives no hours at all.
    """
    out = {}
    for day in DAYS:
        texts = table[day].str.strip()
        out[day] = texts.map({text: _total(text) for text in texts.unique()})
    hours = pd.DataFrame(out, index=table.index)
    silent = table[list(DAYS)].apply(lambda c: c.str.strip()).eq("").all(axis=1)
    return hours.mask(silent)


def weekly_hours(table: pd.DataFrame) -> pd.Series:
    """Hours a week from the daily texts (« 09:00 - 12:00 / 14:00 - 17:00 »); NaN if one is unreadable."""
    return daily_hours(table).sum(axis=1, skipna=False).round(4)


def unread_hours(table: pd.DataFrame) -> pd.DataFrame:
    """Texts of hours that are not understood: columns ``id_fs``, ``jour``, ``texte``."""
    rows = [
        pd.DataFrame(
            {"id_fs": table["id_fs"], "jour": day.removeprefix("h_"), "texte": table[day].str.strip()}
        )
        for day in DAYS
    ]
    long = pd.concat(rows, ignore_index=True)
    bad = long["texte"].map({t: sites_text.day_ranges(t) is None for t in long["texte"].unique()})
    return long.loc[bad.astype(bool)].reset_index(drop=True)


def _total(text: str) -> float:
    ranges = sites_text.day_ranges(text)
    return float("nan") if ranges is None else round(sum(end - start for start, end in ranges), 4)


def _hours(table: pd.DataFrame, structures: pd.DataFrame) -> list[pd.DataFrame]:
    daily = daily_hours(table)
    parts = [structures.assign(variable="heures_hebdomadaires", value=weekly_hours(table))]
    for day in DAYS:
        label = structures["breakdown"] + ";jour=" + day.removeprefix("h_")
        parts.append(structures.assign(variable="heures_jour", breakdown=label, value=daily[day]))
    return parts


def _communes(file: Path) -> dict[str, dict[str, str]]:
    """département -> name written by ``slug`` -> code; empty where the geography is not there."""
    if not file.is_file():
        return {}
    communes = pd.read_parquet(file)
    if "level" in communes:
        communes = communes.loc[communes["level"] == "commune"]
    name = next(c for c in ("name", "nom", "libelle") if c in communes)
    latest = communes.loc[is_commune(communes["code"].astype("str"))].drop_duplicates("code", keep="last")
    out: dict[str, dict[str, str]] = {}
    keys = zip(_departement(latest["code"]), latest[name].map(slug), latest["code"], strict=True)
    for departement, commune, code in keys:
        out.setdefault(departement, {})[commune] = code
    return out


def _departement(codes: pd.Series) -> pd.Series:
    return codes.str[:2].mask(codes.str.startswith("97"), codes.str[:3])


def site_names(label: str) -> list[str]:
    """Names of places after « Site(s) de … »: ``['Nant', 'La Cavalerie']``; empty where there are none."""
    match = _SITES.search(label)
    if not match:
        return []
    parts = re.split(r"\s*(?:,|/|\bet\b|&)\s*", match[1])
    return [
        re.sub(r"^(?:de\s+l['’]|d['’]|des?\s+|du\s+)", "", p, flags=re.IGNORECASE).strip() for p in parts if p
    ]


Weeks = dict[str, dict[str, sites_text.Week]]
"""``id_fs`` -> commune of the site -> hours by day."""


def _sites(table: pd.DataFrame, communes: dict[str, dict[str, str]]) -> tuple[pd.DataFrame, Weeks]:
    """One row per site (``id_fs, code, status, itinerant``), and the hours of those that are known."""
    rows: list[tuple[str, str, str, bool]] = []
    weeks: Weeks = {}
    daily = daily_hours(table).to_numpy()
    departements = _departement(table["insee_com"])
    records: list[dict[str, str]] = table.astype("str").to_dict("records")  # type: ignore[assignment]
    for index, (record, departement) in enumerate(zip(records, departements, strict=True)):
        key, home, form = record["id_fs"], record["insee_com"], slug(record["format_fs"])
        moves = form.startswith(ITINERANT)
        if form.startswith("multisite"):
            found, week = _several(record, communes.get(departement, {}))
            rows += [(key, code, "observed", False) for code in found] or [(key, home, "estimated", False)]
            weeks[key] = week
        else:
            rows.append((key, home, "observed", moves))
            weeks[key] = {home: dict(zip(sites_text.DAYS, map(float, daily[index]), strict=True))}
    return pd.DataFrame(rows, columns=["id_fs", "code", "status", "itinerant"]), weeks


def _several(
    record: dict[str, str], communes: dict[str, str]
) -> tuple[list[str], dict[str, sites_text.Week]]:
    """Communes of a multi-site structure (empty if not all are known), and the hours of its sites."""
    named = {slug(name): communes.get(slug(name), "") for name in site_names(record["lib_fs"])}
    placed = named if all(named.values()) else {}
    published = {day: record[f"h_{day}"] for day in sites_text.DAYS}
    week = sites_text.sites_hours(record.get("commentaire", ""), published, placed, communes)
    return sorted({*placed.values(), *week}), week


def _counts(sites: pd.DataFrame) -> pd.DataFrame:
    """Number of sites by commune; those of itinerant structures once more, apart."""
    parts = []
    for breakdown, some in (("", sites), ("format=itinerant", sites.loc[sites["itinerant"]])):
        grouped = some.drop_duplicates(["id_fs", "code"]).groupby("code", sort=True)["status"]
        guess = grouped.agg(lambda s: "estimated" in set(s)).astype(bool)
        frame = pd.DataFrame({"value": grouped.size().astype(float)})
        frame["status"] = guess.map({True: "estimated", False: "observed"})
        parts.append(frame.reset_index().assign(breakdown=breakdown))
    return pd.concat(parts, ignore_index=True).assign(variable="sites", level="commune", **{ROW: 0})


def _site_hours(sites: pd.DataFrame, weeks: Weeks) -> pd.DataFrame:
    """``heures_site`` of each site, a week and a day; NaN where they are not known."""
    rows: list[tuple[str, str, float]] = []
    for key, code in sites[["id_fs", "code"]].drop_duplicates().itertuples(index=False, name=None):
        hours = weeks[key].get(code) or dict.fromkeys(sites_text.DAYS, float("nan"))
        rows.append((f"{key}@{code}", f"commune={code}", round(sum(hours.values()), 4)))
        rows += [(f"{key}@{code}", f"commune={code};jour={day}", hours[day]) for day in sites_text.DAYS]
    frame = pd.DataFrame(rows, columns=["code", "breakdown", "value"])
    return frame.assign(variable="heures_site", **{ROW: 0})
