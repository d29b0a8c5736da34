"""What a study exports beside its own values: its establishments, medians of what it is compared with,
and which rows of the catalogue are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.display.typography import counted
from ctg_lib.indicators import national
from ctg_lib.indicators.coverage import Holdings, beyond, coverage, holdings
from ctg_lib.indicators.registry import RESULT_COLUMNS, registry
from ctg_lib.observations import Store
from ctg_lib.values import GROUP, LEVELS

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

FEWEST = 5
"""Fewer territories than this give no median."""

STRUCTURES = "structures"
HELD = "holdings"
"""What a recorded query asks for when it asks for establishments, or for what the store holds."""

COUNTED_UNITS = ("personnes", "habitants", "enfants", "places", "foyers", "familles", "communes")
"""Units of counts: a median of territories of different sizes would say nothing."""


def structure_rows(study: Study, ids: Iterable[str] | None = None) -> pd.DataFrame:
    """Rows of the establishments (schools, France services sites) that lie in the study's communes.

    Args:
        ids: indicators wanted; all of them by default.

    Returns:
        Frame with ``RESULT_COLUMNS``, level ``structure``; an establishment whose commune is not in its
        breakdown is not placed, hence not given.
    """
    import pyarrow.dataset as pads

    table = pads.dataset(study.project.processed / national.FILE, schema=national.SCHEMA)
    wanted = list(registry()) if ids is None else list(ids)
    chosen = (pads.field("level") == "structure") & pads.field("indicator").isin(wanted)
    rows = table.to_table(filter=chosen).to_pandas()
    commune = rows["breakdown"].str.extract(r"(?:^|;)commune=([^;]+)")[0]
    rows = rows[commune.isin(study.territory.members)].reset_index(drop=True)
    study.record({"indicators": ",".join(wanted), "places": STRUCTURES}, rows)
    return rows


def median_rows(study: Study) -> pd.DataFrame:
    """Medians of the neighbours, and of the look-alike territories where the study has them.

    One row per indicator (rates, medians and indices only), breakdown and period that the study and at
    least ``FEWEST`` of those territories share: a year is never set against another one.

    Returns:
        Frame with ``RESULT_COLUMNS``: level ``groupe``, code ``voisins`` or ``semblables``, method
        ``median_of_territories``.
    """
    groups = {"voisins": ("intercommunalité voisine ou du même département", study.peer_codes)}
    alike = getattr(study, "lookalikes", None)
    if isinstance(alike, pd.DataFrame) and "code" in alike:
        groups["semblables"] = ("intercommunalité semblable", tuple(alike["code"].astype(str)))
    rates = {i: rule for i, rule in registry().items() if rule.aggregation != "sum"}
    ids = [i for i, rule in rates.items() if rule.unit not in COUNTED_UNITS]
    own = study.table(ids, [study.place])
    frames = [_medians(study, own, ids, code, *group) for code, group in groups.items()]
    return pd.concat(frames, ignore_index=True)


def _medians(
    study: Study, own: pd.DataFrame, ids: list[str], code: str, noun: str, codes: tuple[str, ...]
) -> pd.DataFrame:
    by = ["indicator", "breakdown", "period"]
    rows = study.table(ids, [("epci", each) for each in codes])
    rows = rows[rows["value"].notna()].merge(own.loc[own["value"].notna(), by], on=by)
    grouped = rows.groupby(by, sort=True)
    out = grouped.agg(
        value=("value", "median"), size=("value", "size"), geography_year=("geography_year", "max"),
        unit=("unit", "first"), sources=("sources", _joined),
    ).reset_index()  # fmt: skip
    out = out[out["size"].ge(FEWEST)]
    plural = noun.replace("intercommunalité", "intercommunalités").replace("voisine", "voisines")
    plural = plural.replace("semblable", "semblables")
    out["name"] = [f"médiane de {counted(int(n), noun, plural)}" for n in out["size"]]
    return out.assign(
        level=GROUP, code=code, lower=float("nan"), upper=float("nan"), numerator=float("nan"),
        denominator=float("nan"), method="median_of_territories", status="estimated",
    ).loc[:, list(RESULT_COLUMNS)]  # fmt: skip


def _joined(cells: pd.Series) -> str:
    return "+".join(sorted({part for cell in cells for part in str(cell).split("+") if part}))


def study_coverage(study: Study) -> pd.DataFrame:
    """Which rows of the catalogue have a value for the study and its references, and why others have none.

    Returns:
        Frame with the columns of :data:`ctg_lib.indicators.coverage.COLUMNS`.
    """
    return coverage(*_asked(study), **_below(study))


def study_beyond(study: Study) -> pd.DataFrame:
    """The same for what is computed outside of the catalogue (:func:`ctg_lib.indicators.coverage.beyond`)."""
    return beyond(*_asked(study), **_below(study))


def _asked(study: Study) -> tuple[pd.DataFrame, Holdings, tuple[str, str], tuple[str, ...]]:
    return study.table(list(registry())), held(study), study.place, study.territory.members


def _below(study: Study) -> dict[str, Any]:
    ids = list(registry())
    inside = study.table(ids, [("commune", c) for c in study.territory.members])
    parts = [f for f in (inside, structure_rows(study, ids)) if not f.empty] or [inside]
    command = f"ctg data fetch --territory {study.config.territories[0]}"
    return {"inside": pd.concat(parts, ignore_index=True), "command": command}


def held(study: Study) -> Holdings:
    """What the store holds of the catalogue's datasets, whatever the territory; recorded as a query."""
    found = holdings(Store(study.project.store))
    study.record({"indicators": HELD, "places": ""}, held_rows(found))
    return found


def held_rows(held: Holdings) -> pd.DataFrame:
    """Holdings as a frame: ``dataset, variable, breakdown``, sorted."""
    rows = [
        (dataset, variable, breakdown)
        for dataset, variables in held.found.items()
        for variable, breakdowns in variables.items()
        for breakdown in breakdowns
    ]
    return pd.DataFrame(sorted(rows), columns=["dataset", "variable", "breakdown"])


def known_matrix(rows: pd.DataFrame) -> pd.DataFrame:
    """How many territories an indicator is known for, by level and period.

    Args:
        rows: ``RESULT_COLUMNS`` of one indicator.

    Returns:
        Frame indexed by period, oldest first, one column per level, finest first; 0 where none is known.
    """
    known = rows[rows["value"].notna() | rows["lower"].notna()]
    if known.empty:
        return pd.DataFrame()
    counts = known.pivot_table(
        index="period", columns="level", values="code", aggfunc="nunique", fill_value=0
    )
    return counts[[level for level in LEVELS if level in counts]].sort_index()
