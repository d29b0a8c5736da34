"""Conditions for reading Parquet files, in the form in which Arrow skips what need not be read.

Files are written in small row groups, of which the least and the largest value are known. Arrow compares
these with the values of a condition where there are 50 of them at most (seen with pyarrow 26); with one more,
it reads the whole file.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

import pyarrow as pa
import pyarrow.dataset as pads

FEW = 50
"""Values of one condition."""
MANY = 1000
"""Values beyond which all is read: conditions would cost more than they spare."""


def among(column: str, values: Iterable[str]) -> pads.Expression:
    """Rows of which a column of texts is one of these values; none where there is no value."""
    wanted = sorted(set(values))
    size = FEW if len(wanted) <= MANY else len(wanted)
    parts = [wanted[at : at + size] for at in range(0, len(wanted), size)]
    return reduce(or_, (pads.field(column).isin(pa.array(part, pa.string())) for part in parts or [[]]))
