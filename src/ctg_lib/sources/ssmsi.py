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
    read_table,
    refuse,
    require,
    slug,
    slug_columns,
)
from ctg_lib.sources._extra import cities_once

DATASET = "ssmsi"
VARIABLE = "faits"
_ALIASES = {"classe": "indicateur", "faits": "nombre", "valeur_publiee": "est_diffuse"}
PUBLISHED = {"diff": True, "ndiff": False}


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Facts recorded, by commune of the fact, year and indicator.

    Dataset ``ssmsi``, variable ``faits``, breakdown ``indicateur=violences_physiques_intrafamiliales`` …,
    period = year; ``secret`` where not published. The geography's year is that of the codes' column. The
    option ``indicateurs`` keeps some indicators only.

    Raises:
        RawDataError: no column CODGEO_AAAA, missing column, unknown marker, bad year or number, duplicate.
    """
    table = read_table(path)
    named = [(c, m) for c in table.columns if (m := re.fullmatch(r"CODGEO(?:_?(\d{4}))?", c, re.IGNORECASE))]
    if len(named) != 1:
        raise RawDataError(
            found_expected(
                f"{path.name}, colonne des codes", sample(list(table.columns)), "une colonne CODGEO_AAAA"
            )
        )
    column, match = named[0]
    table = slug_columns(table.rename(columns={column: "codgeo"}), _ALIASES)
    require(table, ["annee", "indicateur", "nombre", "est_diffuse"], path)
    slugs = table["indicateur"].map({t: slug(t) for t in table["indicateur"].unique()})
    if wanted := entry.options.get("indicateurs"):
        table, slugs = table.loc[slugs.isin(wanted)], slugs.loc[slugs.isin(wanted)]
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
            "geography_year": int(match[1] or entry.geography_year),
            ROW: table[ROW],
        }
    )
    frame = _summed_cities(frame.loc[is_commune(frame["code"])], table["codgeo"])
    return finish(frame, entry, path, dataset=DATASET, variable=VARIABLE, level="commune")


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
