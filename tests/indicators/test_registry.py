"""The registry of indicators: its order."""

import subprocess
import sys


def test_the_order_does_not_depend_on_what_was_imported_first():
    """In a process of its own, whose first import is the last theme."""
    code = "import {first}\nfrom ctg_lib.indicators.registry import registry\nprint(*registry())"
    found = [
        subprocess.run(
            [sys.executable, "-c", code.format(first=first)], capture_output=True, text=True, check=True
        ).stdout
        for first in ("ctg_lib.indicators.partenaires", "ctg_lib.indicators")
    ]
    assert found[0] == found[1] != ""
