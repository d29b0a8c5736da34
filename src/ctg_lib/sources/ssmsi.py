"""SSMSI, recorded crime by commune (base communale de la délinquance enregistrée).

Traps met here: the column of codes is named after the year of its geography (``CODGEO_2026``); ``NA`` and
decimal comma; ``est_diffuse`` = ``ndiff`` is statistical secrecy (5 facts or fewer in one of three years),
and ``complement_info_…`` is then a mean of other communes: never this commune's figure, never read; Paris,
Lyon and Marseille by arrondissement; older editions call the columns ``classe``, ``faits`` and
``valeur.publiée`` and write the year with two digits.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected, sample
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import (
    ROW,
    finish,
    is_commune,
    numbers,
    open_text,
    refuse,
    slug,
)
from ctg_lib.sources._extra import cities_once

DATASET = "ssmsi"
VARIABLE = "faits"
_ALIASES = {"classe": "indicateur", "faits": "nombre", "valeur_publiee": "est_diffuse"}
COLUMNS = ("codgeo", "annee", "indicateur", "nombre", "est_diffuse")
CHUNK = 500_000
PUBLISHED = {"diff": True, "ndiff": False}


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Facts recorded, by commune of the fact, year and indicator.

    Dataset ``ssmsi``, variable ``faits``, breakdown ``indicateur=violences_physiques_intrafamiliales`` …,
    period = year; ``secret`` where not published. The geography's year is that of the codes' column. The
    option ``indicateurs`` keeps some indicators only.

    Raises:
        RawDataError: no column CODGEO_AAAA, missing column, unknown marker, bad year or number, duplicate.
    """
    table, geography_year = _table(path, entry)
    slugs = table["indicateur"].map({t: slug(t) for t in table["indicateur"].unique()})
    published = table["est_diffuse"].str.strip().map(PUBLISHED)
    refuse(published.isna(), table, "est_diffuse", path, "diff ou ndiff")
    year = table["annee"].str.strip()
    refuse(~year.str.fullmatch(r"\d\d|\d{4}"), table, "annee", path, "une année")
    value = numbers(table, "nombre", path, markers={"NA"})
    refuse(published.eq(True) & value.isna(), table, "nombre", path, "un nombre (est_diffuse = diff)")
    frame = pd.DataFrame(
        {
            "breakdown": "indicateur=" + slugs,
            "code": cities_once(table["codgeo"].str.strip().str.zfill(5)),
            "period": year.where(year.str.len() == 4, "20" + year),
            "value": value.where(published.eq(True)),
            "status": published.map({True: "observed", False: "secret"}),
            "geography_year": geography_year,
            ROW: table[ROW],
        }
    )
    frame = _summed_cities(frame.loc[is_commune(frame["code"])], table["codgeo"])
    return finish(frame, entry, path, dataset=DATASET, variable=VARIABLE, level="commune")


def _table(path: Path, entry: Entry) -> tuple[pd.DataFrame, int]:
    """The columns that are read (the national file has millions of rows), and the geography's year."""
    with open_text(path) as stream:
        header = stream.readline().decode("utf-8-sig").strip()
    names = [c.strip().strip('"') for c in header.split(";")]
    named = [(c, m) for c in names if (m := re.fullmatch(r"CODGEO(?:_?(\d{4}))?", c, re.IGNORECASE))]
    if len(named) != 1:
        raise RawDataError(
            found_expected(f"{path.name}, colonne des codes", sample(names), "une colonne CODGEO_AAAA")
        )
    column, match = named[0]
    known = {name: _ALIASES.get(slug(name), slug(name)) for name in names if name != column} | {
        column: "codgeo"
    }
    wanted = {name: known[name] for name in names if known[name] in COLUMNS}
    absent = [c for c in COLUMNS if c not in wanted.values()]
    if absent:
        raise RawDataError(
            f"{path.name} : colonnes manquantes : {', '.join(absent)} (trouvées : {sample(names, 12)})."
        )
    some = entry.options.get("indicateurs")
    parts, first = [], 2
    with open_text(path) as stream:
        for chunk in pd.read_csv(
            stream, sep=";", dtype=str, keep_default_na=False, usecols=list(wanted), chunksize=CHUNK,
            encoding="utf-8-sig",
        ):  # fmt: skip
            chunk = chunk.rename(columns=wanted)
            chunk[ROW] = range(first, first + len(chunk))
            first += len(chunk)
            kept = [t for t in chunk["indicateur"].unique() if some is None or slug(t) in some]
            parts.append(chunk.loc[chunk["indicateur"].isin(kept)])
    return pd.concat(parts, ignore_index=True), int(match[1] or entry.geography_year)


def _summed_cities(frame: pd.DataFrame, published: pd.Series) -> pd.DataFrame:
    """Arrondissements summed into their city; secret if one of them is."""
    moved = frame["code"] != published.str.strip().str.zfill(5).loc[frame.index]
    if not moved.any():
        return frame
    keys = ["breakdown", "code", "period", "geography_year"]
    groups = frame.loc[moved].groupby(keys, sort=True)
    sums = groups["value"].sum(min_count=1).rename("value").reset_index()
    secret = groups["status"].agg(lambda s: "secret" in set(s)).to_numpy()
    sums["status"] = pd.Series(secret).map({True: "secret", False: "observed"})
    sums["value"] = sums["value"].mask(secret)
    sums[ROW] = groups[ROW].min().to_numpy()
    return pd.concat([frame.loc[~moved], sums], ignore_index=True)
