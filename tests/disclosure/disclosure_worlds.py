"""Small worlds for the disclosure tests: tables as indicators give them, made by hand or by hypothesis."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

COLUMNS = [
    "indicator", "breakdown", "level", "code", "name", "geography_year", "period", "value", "lower", "upper",
    "numerator", "denominator", "unit", "method", "status", "sources",
]  # fmt: skip


def rows(counts, indicator="aeeh", period="2023", bases=None, multiplier=100.0, **more):
    """Result rows from {(level, code, breakdown): count}; with ``bases`` a rate, else a count."""
    out = []
    for (level, code, breakdown), count in counts.items():
        base = np.nan if bases is None else bases[level, code, breakdown]
        value = count if bases is None else (multiplier * count / base if base else np.nan)
        out.append(
            {
                "indicator": indicator, "breakdown": breakdown, "level": level, "code": code, "name": "",
                "geography_year": 2026, "period": period, "value": float(value), "lower": np.nan,
                "upper": np.nan, "numerator": float(count), "denominator": float(base), "unit": "enfants",
                "method": "exhaustive", "status": "observed", "sources": "s", **more,
            }
        )  # fmt: skip
    return pd.DataFrame(out, columns=COLUMNS)


def hierarchy(groups):
    """``commune, level, code`` from {(level, code): [communes]}."""
    lines = [(c, level, code) for (level, code), members in groups.items() for c in members]
    return pd.DataFrame(lines, columns=["commune", "level", "code"])


def totals(own, groups):
    """Counts of communes by breakdown, with the sums of every group."""
    out = {("commune", c, b): v for (c, b), v in own.items()}
    breakdowns = sorted({b for _, b in own})
    for (level, code), members in groups.items():
        for b in breakdowns:
            if all((c, b) in own for c in members):
                out[level, code, b] = sum(own[c, b] for c in members)
    return out


@st.composite
def worlds(draw, *, sexes=False, soft=True, most=14):
    """Groups and counts: a région of départements, EPCI that may lie across two, secteurs, « without » groups."""
    number = draw(st.integers(3, most))
    communes = [f"c{i:02d}" for i in range(number)]
    epci = [draw(st.integers(0, 2)) for _ in communes]
    crossing = draw(st.booleans())
    departement = [draw(st.integers(0, 1)) if crossing else e % 2 for e in epci]
    groups = {("region", "R"): communes}
    for k in range(3):
        groups["epci", f"e{k}"] = [c for c, e in zip(communes, epci, strict=True) if e == k]
    for k in range(2):
        groups["departement", f"d{k}"] = [c for c, d in zip(communes, departement, strict=True) if d == k]
    if soft:
        mine = groups["epci", "e0"]
        cut = [draw(st.integers(0, 1)) for _ in mine]
        for k in range(2):
            groups["secteur", f"s{k}"] = [c for c, s in zip(mine, cut, strict=True) if s == k]
        for c in draw(st.lists(st.sampled_from(mine), max_size=3, unique=True)) if mine else []:
            groups["epci", f"e0~{c}"] = [x for x in mine if x != c]
    groups = {key: members for key, members in groups.items() if members}
    count = st.one_of(st.integers(0, 6), st.integers(0, 6), st.integers(7, 60))
    parts = ["sex=F", "sex=M"] if sexes else [""]
    own = {(c, b): draw(count) for c in communes for b in parts}
    if sexes:
        own |= {(c, ""): own[c, "sex=F"] + own[c, "sex=M"] for c in communes}
    return groups, own
