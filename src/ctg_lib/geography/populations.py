"""Populations of reference carried from the communes they were published in to those of an edition."""

from __future__ import annotations

import pandas as pd

SOURCE = "geo_populations"
"""Manifest id of ``populations.parquet``."""


def in_edition(rows: pd.DataFrame, passages: pd.DataFrame, edition: int, communes: pd.Index) -> pd.DataFrame:
    """One census year in the communes of an edition.

    Merged communes are added to the one that counts them. Where a commune was divided since the
    figures were published, neither part has a row; where figures are published in a later geography
    than ``edition``, the communes that a passage touches have none.

    Args:
        rows: one year of the populations: code, year, pmun, ptot, edition.
        passages: edition, code, into, kind.
        edition: the geography wanted.
        communes: codes of its communes.

    Returns:
        code, year, pmun (int64), ptot (Int64), sorted by code.
    """
    known = rows.loc[rows["edition"] <= edition]
    if known.empty:
        start = int(rows["edition"].min())
        known = rows.loc[rows["edition"].eq(start)]
        between = passages.loc[passages["edition"].gt(edition) & passages["edition"].le(start)]
        touched = {*between["code"], *between["into"]}
        frame = known.loc[~known["code"].isin(touched)]
    else:
        start = int(known["edition"].max())
        changes = pd.concat([passages["code"], passages["into"]])
        moved = known["code"].isin(changes.unique())
        # most communes never change: their latest row is all there is to know
        quiet = known[~moved].sort_values("edition", kind="stable").drop_duplicates("code", keep="last")
        changed = known[moved]
        frame = pd.concat([quiet, _forward(changed, passages, start, edition)]) if len(changed) else quiet
    frame = frame.loc[communes.get_indexer(pd.Index(frame["code"])) >= 0]
    out = frame[["code", "year", "pmun", "ptot"]].astype({"year": "int16", "pmun": "int64", "ptot": "Int64"})
    return out.sort_values("code", ignore_index=True)


def _forward(known: pd.DataFrame, passages: pd.DataFrame, start: int, edition: int) -> pd.DataFrame:
    """From ``start``, the latest geography the figures were published in, step by step to ``edition``."""
    frame = known.sort_values(["code", "edition"]).drop_duplicates("code", keep="last")
    merged = passages.loc[passages["kind"].eq("merged")]
    # Absorbed up to `start`: the absorbing commune already has its own row in that geography.
    frame = frame.loc[~frame["code"].isin(merged.loc[merged["edition"].le(start), "code"])]
    for step in range(start + 1, edition + 1):
        now = passages.loc[passages["edition"].eq(step)]
        merges = now.loc[now["kind"].eq("merged")]
        into = dict(zip(merges["code"], merges["into"], strict=True))
        divided = set(now.loc[now["kind"].eq("restored"), "code"])
        moved = frame.assign(code=frame["code"].replace(into))
        alone = ~moved["code"].duplicated(keep=False)
        summed = moved.loc[~alone].groupby(["code", "year"])[["pmun", "ptot"]]
        # A sum that lacks one part is not given.
        whole = summed.sum().where(summed.count().eq(summed.size(), axis=0)).reset_index()
        frame = pd.concat([moved.loc[alone], whole], ignore_index=True)
        frame = frame.loc[~frame["code"].isin(divided)]
    return frame
