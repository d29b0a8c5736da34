"""What a territory is like, for choosing the ones that look like it: one row of features per EPCI.

Built from what is known of **all** communes: households, ages and dwellings of the census
(``rp_base_ic``), legal populations of two years five years apart, areas of the contours. Features count
**households**, not inhabitants, so that a barracks, a prison or a home weighs nothing: persons under 20 and
of 65 and over are given for 100 households, density is in households per km², and change is that of the
commune in the middle (median of the communes' yearly change, weighted by their households): one commune
that a regiment fills does not move it.

Income, poverty, services are left out on purpose: they are what one wants to compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ctg_lib import reads
from ctg_lib.geography import Geography, populations
from ctg_lib.indicators.data import Data
from ctg_lib.statistics.distortion import establishments

BASE_IC = "rp_base_ic"
FILE = "structure.parquet"
CONTOURS = "contours_communes_france.parquet"
SPAN = 5
"""Years between the two populations: legal populations compare five years apart at least (Insee)."""

HEAVY_ESTABLISHMENT = 0.05
"""Part of a territory's inhabitants from which persons in excess in establishments are said to weigh."""


@dataclass(frozen=True)
class Feature:
    """One structural feature.

    Attributes:
        label: French, short. unit: after the number. domain: what it belongs to; each domain weighs the same.
        decimals: of the value shown. scale: ``log``, ``logit`` or ``plain``: how it is transformed first.
        definition: in words, where the label does not say all.
    """

    label: str
    unit: str
    domain: str
    decimals: int = 0
    scale: str = "plain"
    definition: str = ""


FEATURES: dict[str, Feature] = {
    "menages": Feature("ménages", "", "taille", scale="log"),
    "communes": Feature("communes", "", "taille", scale="log"),
    "evolution": Feature(
        "évolution", "% par an", "évolution", 1,
        definition="de la population de la commune médiane, communes pondérées par leurs ménages",
    ),
    "jeunes": Feature("moins de 20 ans", "pour 100 ménages", "âges"),
    "aines": Feature("65 ans et plus", "pour 100 ménages", "âges"),
    "secondaires": Feature("résidences secondaires", "% des logements", "logement", scale="logit"),
    "vacants": Feature("logements vacants", "% des logements", "logement", 1, scale="logit"),
    "maisons": Feature("maisons", "% des logements", "logement", scale="logit"),
    "densite": Feature("densité", "ménages au km²", "espace", 1, scale="log"),
    "superficie": Feature("superficie", "km²", "espace", scale="log"),
}  # fmt: skip

_VARIABLES = {
    "POP": "inhabitants", "POP0019": "under_20", "POP65P": "over_65", "POP2064": "adults_20_64",
    "RP": "households", "LOG": "dwellings", "RSECOCC": "second_homes", "LOGVAC": "vacant", "MAISON": "houses",
}  # fmt: skip
PARTS = ("commune", *_VARIABLES.values(), "km2", "people_start", "people_end", "empty")
_SUMS = (*_VARIABLES.values(), "km2")


def weights(features: Mapping[str, Feature] = FEATURES) -> dict[str, float]:
    """Weight of each feature: domains weigh the same, features share the weight of their domain. Sum 1."""
    domains = [f.domain for f in features.values()]
    return {name: 1 / len(set(domains)) / domains.count(f.domain) for name, f in features.items()}


def parts(data: Data, geography: Geography) -> pd.DataFrame:
    """What features are made of, by commune of today.

    Returns:
        Columns :data:`PARTS`, one row per commune of the geography that has households or is ``empty``
        (nobody lives there, or the census still counted it in a commune of the same EPCI that it has left
        since); NaN where a number is not known. ``attrs``: ``census`` (its year), ``years`` (of the two
        populations), ``sources``.
    """
    out = pd.DataFrame({"commune": geography.membership()["commune"].astype("str")}).set_index("commune")
    census, sources = "", {populations.SOURCE}
    for variable, name in _VARIABLES.items():
        rows = data.published(BASE_IC, variable)
        rows = rows[rows["level"].eq("commune") & rows["breakdown"].eq("")]
        if rows.empty:
            out[name] = np.nan
            continue
        census = str(rows["period"].max())
        rows = rows[rows["period"].eq(census)]
        sources |= set(rows["source"].unique())
        owner = rows["code"].map(lambda code: data.passage.get(code, code))
        out[name] = rows["value"].groupby(owner).sum(min_count=1)
    out["km2"] = areas(geography)
    start, end = _years(geography)
    for column, year in (("people_start", start), ("people_end", end)):
        people = geography.populations(year).set_index("code")["pmun"].astype("float64")
        out[column] = people
    absent = out["households"].isna()
    out["empty"] = absent & (out["people_end"].eq(0) | out.index.isin(_restored(geography)))
    result = out.reset_index()[list(PARTS)]
    result = result[result["households"].gt(0) | result["empty"]].reset_index(drop=True)
    result.attrs = {"census": census, "years": f"{start}-{end}", "sources": "+".join(sorted(sources))}
    return result


def _restored(geography: Geography) -> list[str]:
    """Communes that left another one of the same EPCI: older figures hold them there, nothing is lost."""
    passages = geography.passages()
    owner = geography.membership().set_index("commune")["epci"]
    restored = passages[passages["kind"].eq("restored")]
    same = restored["into"].map(owner).eq(restored["code"].map(owner))
    return sorted(restored.loc[same, "into"].unique())


def areas(geography: Geography) -> pd.Series:
    """km² by commune, from generalised contours: right to about a per cent, enough for a logarithm."""
    import pyarrow.parquet as pq
    import shapely

    path = geography.folder / CONTOURS
    if not path.is_file():
        return pd.Series(dtype="float64")
    shapes = pq.read_table(path, columns=["code", "geometry"])
    square = shapely.area(shapely.from_wkb(shapes["geometry"].to_numpy()))
    return pd.Series(square / 1e6, index=shapes["code"].to_pandas()).groupby(level=0).sum()


def _years(geography: Geography) -> tuple[int, int]:
    last = geography.population_years[-1]
    start = max((y for y in geography.population_years if y <= last - SPAN), default=last - SPAN)
    return start, last


def features(parts: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Features in the reader's units, one row per group of communes.

    Args:
        parts: as :func:`parts` gives them.
        groups: ``commune, code``.

    Returns:
        Indexed by code, columns :data:`FEATURES`; and ``inhabitants``, ``excess`` (persons in excess in
        establishments of adults), ``garrison`` (whether they are :data:`HEAVY_ESTABLISHMENT` or more).
        NaN for a group of which a commune is not known.
    """
    joined = groups.merge(parts, on="commune", how="left")
    grouped = joined.groupby("code", sort=True)
    sums = grouped[list(_SUMS)].sum(min_count=1)
    # an empty commune has no part and none is missed; any other leaves its group unknown
    missed = joined[list(_SUMS)].isna() & joined["empty"].ne(True).to_numpy()[:, None]
    sums = sums.mask(missed.groupby(joined["code"]).any().reindex(sums.index))
    out = pd.DataFrame(index=sums.index)
    out["menages"] = sums["households"]
    out["communes"] = grouped.size().astype("float64")
    out["evolution"] = _median_change(joined)
    out["jeunes"] = 100 * sums["under_20"] / sums["households"]
    out["aines"] = 100 * sums["over_65"] / sums["households"]
    for name, column in (("secondaires", "second_homes"), ("vacants", "vacant"), ("maisons", "houses")):
        out[name] = 100 * sums[column] / sums["dwellings"]
    out["densite"] = sums["households"] / sums["km2"]
    out["superficie"] = sums["km2"]
    out["inhabitants"] = sums["inhabitants"]
    out["excess"] = _excess(joined).reindex(out.index).fillna(0.0)
    out["garrison"] = out["excess"].ge(HEAVY_ESTABLISHMENT * out["inhabitants"])
    return out


def _median_change(joined: pd.DataFrame) -> pd.Series:
    """Yearly change (%) of the commune in the middle, communes weighted by households."""
    rate = 100 * ((joined["people_end"] / joined["people_start"]) ** (1 / SPAN) - 1)
    rows = pd.DataFrame({"code": joined["code"], "rate": rate, "weight": joined["households"]}).dropna()
    rows = rows[np.isfinite(rows["rate"])].sort_values(["code", "rate"], kind="stable")
    grouped = rows.groupby("code", sort=True)["weight"]
    middle = grouped.cumsum().ge(rows["code"].map(grouped.sum()) / 2)
    return rows[middle].drop_duplicates("code", keep="first").set_index("code")["rate"]


def _excess(joined: pd.DataFrame) -> pd.Series:
    """Persons aged 20–64 in excess of the usual number per household, where a rule shows an establishment."""
    profiles = joined.rename(columns={"code": "group", "commune": "code", "inhabitants": "population"})
    found = establishments(profiles[["group", "code", "population", "households", "adults_20_64"]])
    adults = found[found["kind"].eq("adults")]
    return (adults["count"] - adults["other"]).groupby(adults["group"]).sum()


def transformed(features: pd.DataFrame) -> pd.DataFrame:
    """Features on the scale on which they are compared (logarithms of sizes, logits of shares)."""
    out = {}
    for name, feature in FEATURES.items():
        column = features[name].to_numpy(dtype="float64")
        if feature.scale == "log":
            column = np.log(np.where(column > 0, column, np.nan))
        elif feature.scale == "logit":
            share = np.clip(column / 100, 0.002, 0.998)  # 0 and 100 % are as far as two per thousand
            column = np.log(share / (1 - share))
        out[name] = column
    return pd.DataFrame(out, index=features.index)


def write(parts: pd.DataFrame, folder: Path) -> Path:
    """Keep the parts beside the national table, atomically."""
    import json

    import pyarrow as pa
    import pyarrow.parquet as pq

    target = folder / FILE
    aside = target.with_suffix(".parquet.tmp")
    table = pa.Table.from_pandas(parts, preserve_index=False)
    notes = {b"ctg": json.dumps(parts.attrs, sort_keys=True).encode()}
    pq.write_table(table.replace_schema_metadata(notes), aside, compression="zstd")
    aside.replace(target)
    return target


def read(folder: Path) -> pd.DataFrame | None:
    """Parts kept by :func:`write`; None where there are none."""
    import json

    import pyarrow.parquet as pq

    path = folder / FILE
    if not path.is_file():
        reads.note("structure", pd.DataFrame())
        return None
    table = pq.read_table(path)
    out = table.replace_schema_metadata(None).to_pandas()
    out.attrs = json.loads((table.schema.metadata or {}).get(b"ctg", b"{}"))
    return reads.note("structure", out)
