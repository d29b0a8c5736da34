"""Reading the drawn artists back, before the figure is exported."""

import pytest

from ctg_lib.display import marks


@pytest.fixture
def drawn(monkeypatch):
    """Calls a chart; returns (figure, {gid: artist}, axes)."""

    def run(chart, *args, **kwargs):
        seen = {}

        def look(ax):
            seen["ax"] = ax
            seen["artists"] = {a.get_gid(): a for a in ax.figure.findobj() if a.get_gid()}

        monkeypatch.setattr(marks, "inspect", look)
        figure = chart(*args, **kwargs)
        return figure, seen.get("artists", {}), seen.get("ax")

    return run
