"""ANCT, list of the France services structures (CSV, comma, quoted).

One row per structure. A « Multisites » structure names its sites in ``lib_fs`` (« Sites de Nant et de La
Cavalerie ») and has no row for the second one: sites are found by name among the communes of the same
département. Opening hours are published as one timetable per structure, not per site.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, finish, is_commune, raw_root, read_table, refuse, require, slug

DATASET = "france_services"
DAYS = ("h_lundi", "h_mardi", "h_mercredi", "h_jeudi", "h_vendredi", "h_samedi")
TERRITORIES = "geography/territories.parquet"
_RANGE = re.compile(r"(\d{1,2})[h:](\d\d)?\s*[-–à]\s*(\d{1,2})[h:](\d\d)?")
_SITES = re.compile(r"\bsites?\s+(?:de\s+l['’]|d['’]|des?\s+|du\s+)?(.+)$", re.IGNORECASE)


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Structures, their weekly opening hours, and the communes of their sites.

    Dataset ``france_services``, period = the manifest's reference date. Level ``structure`` (code
    ``id_fs``, breakdown ``commune=12168``): ``structure`` = 1; ``heures_hebdomadaires``, sum of the
    published ranges, missing where a range cannot be read or none is given. Level ``commune``:
    ``sites``, number of sites there; ``estimated`` where a multi-site structure does not name its sites.

    Raises:
        RawDataError: missing column, bad commune code, two rows with one ``id_fs``.
    """
    table = read_table(path)
    require(table, ["id_fs", "lib_fs", "insee_com", "format_fs", *DAYS], path)
    table = table.assign(insee_com=table["insee_com"].str.strip().str.zfill(5))
    refuse(
        ~table["insee_com"].str.fullmatch(r"(?:\d\d|2[AB])\d{3}"), table, "insee_com", path, "un code commune"
    )
    refuse(table["id_fs"].str.strip().eq(""), table, "id_fs", path, "un identifiant")
    structures = table[["id_fs", "insee_com", ROW]].rename(columns={"id_fs": "code"})
    structures["breakdown"] = "commune=" + structures["insee_com"]
    hours = structures.assign(variable="heures_hebdomadaires", value=weekly_hours(table))
    frame = pd.concat([structures.assign(variable="structure", value=1.0), hours], ignore_index=True)
    frame["level"] = "structure"
    frame["status"] = frame["value"].notna().map({True: "observed", False: "missing"})
    sites = _sites(table, _communes(raw_root(path, entry) / TERRITORIES))
    frame = pd.concat([frame.drop(columns="insee_com"), sites], ignore_index=True)
    return finish(frame, entry, path, dataset=DATASET, period=entry.reference_date)


def weekly_hours(table: pd.DataFrame) -> pd.Series:
    """Hours a week from the daily texts (« 09:00 - 12:00 / 14:00 - 17:00 »); NaN if one is unreadable."""
    total = pd.Series(0.0, index=table.index)
    for day in DAYS:
        texts = table[day].str.strip()
        known = {text: _hours(text) for text in texts.unique()}
        total = total + texts.map(known)
    closed = table[list(DAYS)].apply(lambda c: c.str.strip()).eq("").all(axis=1)
    return total.mask(closed).round(4)


def _hours(text: str) -> float:
    if not text:
        return 0.0
    hours = 0.0
    for part in re.split(r"\s*/\s*", text):
        match = _RANGE.fullmatch(part.strip())
        if not match:
            return float("nan")
        start, end = (int(match[i]) + int(match[i + 1] or 0) / 60 for i in (1, 3))
        if end <= start:
            return float("nan")
        hours += end - start
    return hours


def _communes(file: Path) -> dict[tuple[str, str], str]:
    """(département, name written by ``slug``) -> code; empty where the geography is not there."""
    if not file.is_file():
        return {}
    communes = pd.read_parquet(file)
    if "level" in communes:
        communes = communes.loc[communes["level"] == "commune"]
    name = next(c for c in ("name", "nom", "libelle") if c in communes)
    latest = communes.loc[is_commune(communes["code"].astype("str"))].drop_duplicates("code", keep="last")
    keys = zip(_departement(latest["code"]), latest[name].map(slug), strict=True)
    return dict(zip(keys, latest["code"], strict=True))


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


def _sites(table: pd.DataFrame, communes: dict[tuple[str, str], str]) -> pd.DataFrame:
    rows: list[tuple[str, str]] = []
    columns = ["insee_com", "lib_fs", "format_fs"]
    departements = _departement(table["insee_com"])
    for (home, label, kind), departement in zip(table[columns].to_numpy(), departements, strict=True):
        names = site_names(label) if kind.strip().lower().startswith("multisite") else []
        found = [communes.get((departement, slug(name)), "") for name in names]
        if kind.strip().lower().startswith("multisite") and not (found and all(found)):
            rows.append((home, "estimated"))
        else:
            rows.extend((code, "observed") for code in sorted(set(found)) or [home])
    sites = pd.DataFrame(rows, columns=["code", "status"])
    grouped = sites.groupby("code", sort=True)["status"]
    frame = pd.DataFrame(
        {"value": grouped.size().astype(float), "guess": grouped.agg(lambda s: "estimated" in set(s))}
    )
    frame["status"] = frame["guess"].map({True: "estimated", False: "observed"})
    return (
        frame.drop(columns="guess")
        .reset_index()
        .assign(variable="sites", level="commune", breakdown="", **{ROW: 0})
    )
