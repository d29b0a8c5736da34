"""Shapes to draw maps with. The only module of this room that needs geopandas, inside functions.

Contours are IGN's, of 1 January 2024, laid under the codes of 2026 and simplified with their shared
borders kept; a commune absorbed in 2025 was joined to the one that absorbed it. Coordinates are whole
metres of the legal projection (décret n° 2000-1276 du 26 décembre 2000 modifié; arrêté du 5 mars
2019): RGF93 Lambert-93 (EPSG:2154) in métropole, RGAF09 UTM 20N (5490) in Guadeloupe and Martinique,
RGFG95 UTM 22N (2972) in Guyane, RGR92 UTM 40S (2975) at La Réunion, RGM04 UTM 38S (4471) at Mayotte.
They are made to be drawn, not measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.dataset as pads

from ctg_lib.errors import BadInput, RawDataError, sample
from ctg_lib.geography.territory import Territory
from ctg_lib.parquet_filters import among

if TYPE_CHECKING:
    import geopandas as gpd

    from ctg_lib.geography.atlas import Geography

CONTOUR_VINTAGE = "IGN, contours au 1er janvier 2024, codes au 1er janvier 2026"
CONTOUR_EDITION = 2026


def contours(
    geo: Geography, level: str, codes: Iterable[str | Territory] | None = None, projected: bool = True
) -> gpd.GeoDataFrame:
    """See :meth:`Geography.contours`."""
    wanted = None if codes is None else list(codes)
    if level == "commune":
        frame = _communes(geo, _codes(geo, level, wanted))
    elif level == "epci" and geo.edition == CONTOUR_EDITION:
        frame = _read(geo.folder / "contours_epci.parquet", _codes(geo, level, wanted))
    else:
        frame = _dissolved(geo, level, wanted)
    missing = sorted(set(_codes(geo, level, wanted) or ()) - set(frame["code"]))
    if wanted is None and projected:
        frame = frame[frame["epsg"].eq(2154)]
    names = {t.code: t.short_name for t in wanted or () if isinstance(t, Territory)}
    names = names or geo.short_names(level)
    out = _to_geo(frame, projected)
    out.insert(1, "name", out["code"].map(names).fillna(""))
    out.attrs = {"missing": missing, "vintage": CONTOUR_VINTAGE}
    return out


def missing_contours(folder: Path) -> pd.DataFrame:
    """Communes of 2026 whose contour is absent or was mended: code, state, detail.

    state: ``absent`` (no contour), ``short`` (lacks communes absorbed in 2025), ``filled`` (given the
    hole left by them), ``union`` (made of its former communes).
    """
    return pads.dataset(folder / "contours_notes.parquet").to_table().to_pandas()


def _codes(geo: Geography, level: str, wanted: Sequence[str | Territory] | None) -> list[str] | None:
    if wanted is None:
        return None
    codes = [w.code if isinstance(w, Territory) else str(w) for w in wanted]
    if not all(isinstance(w, Territory) for w in wanted):
        unknown = [c for c in codes if c not in geo.codes(level)]
        if unknown:
            raise BadInput(
                f"contours ({level}) : codes inconnus dans l’édition {geo.edition} : {sample(unknown)}."
            )
    return codes


def _read(path: Path, codes: Sequence[str] | None) -> pd.DataFrame:
    if not path.is_file():
        raise RawDataError(f"{path.name} : fichier de contours absent de {path.parent}.")
    condition = None if codes is None else among("code", codes)
    return pads.dataset(path).to_table(filter=condition).to_pandas()


def _communes(geo: Geography, codes: Sequence[str] | None) -> pd.DataFrame:
    """The finer file where it holds all that is asked, else the one of the whole country."""
    if codes is not None:
        fine = _read(geo.folder / "contours_communes.parquet", codes)
        if len(fine) == len(set(codes)):
            return fine
    return _read(geo.folder / "contours_communes_france.parquet", codes)


def _dissolved(geo: Geography, level: str, wanted: Sequence[str | Territory] | None) -> pd.DataFrame:
    """Groups of communes joined: EPT, départements, régions, secteurs, EPCI of another edition."""
    import shapely

    if wanted and all(isinstance(w, Territory) for w in wanted):
        owner = {m: t.code for t in wanted if isinstance(t, Territory) for m in t.members}
    elif level in ("epci", "ept", "departement", "region"):
        table = geo.membership()
        table = table[table[level].ne("")]
        keep = _codes(geo, level, wanted)
        if keep is not None:
            table = table[table[level].isin(keep)]
        owner = dict(zip(table["commune"], table[level], strict=True))
    else:
        raise BadInput(f"contours : niveau {level!r} sans contour ; donnez des territoires.")
    # Codes of another edition: the contours know the communes of 2026 only.
    group = {geo.current_code(c, CONTOUR_EDITION): g for c, g in owner.items()}
    parts = _communes(geo, sorted(group))
    parts["group"] = parts["code"].map(group)
    parts["shape"] = shapely.from_wkb(parts["geometry"].to_numpy())
    rows = [
        (code, epsg, shapely.to_wkb(shapely.coverage_union_all(part["shape"].to_numpy())))
        for (code, epsg), part in parts.groupby(["group", "epsg"])
    ]
    return pd.DataFrame(rows, columns=["code", "epsg", "geometry"])


def _to_geo(frame: pd.DataFrame, projected: bool) -> gpd.GeoDataFrame:
    import geopandas as gpd

    systems = sorted(frame["epsg"].unique().tolist())
    if projected and len(systems) > 1:
        raise BadInput(
            f"contours dans plusieurs projections légales ({', '.join(map(str, systems))}) : "
            "demandez projected=False (longitude et latitude)."
        )
    target = systems[0] if projected and systems else 4326
    parts = []
    for epsg, part in frame.groupby("epsg"):
        shapes = gpd.GeoSeries.from_wkb(part["geometry"].to_numpy(), index=part.index, crs=int(str(epsg)))
        parts.append(shapes if epsg == target else shapes.to_crs(target))
    shapes = pd.concat(parts).reindex(frame.index) if parts else gpd.GeoSeries([], crs=target)
    out = gpd.GeoDataFrame({"code": frame["code"]}, geometry=gpd.GeoSeries(shapes, crs=target), crs=target)
    return out.sort_values("code", ignore_index=True)
