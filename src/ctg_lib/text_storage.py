"""How pandas keeps text columns while a study is read: as Python texts, not as Arrow's.

A study looks at thousands of small tables. Comparing, taking and walking through a text column of forty rows
costs several times more where each step passes by Arrow; on the whole country it is the other way round, so
the national pass keeps pandas' own choice. What a column holds, its ``dtype`` and all answers are the same.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

import pandas as pd

_OPTION = "mode.string_storage"


def plain_texts() -> None:
    """From now on, text columns hold Python texts, unless whoever runs this process chose otherwise."""
    if pd.get_option(_OPTION) == "auto":
        pd.set_option(_OPTION, "python")


def large_tables() -> AbstractContextManager[None]:
    """Pandas' own choice, for work on the whole country, whatever was opened before."""
    return pd.option_context(_OPTION, "auto")
