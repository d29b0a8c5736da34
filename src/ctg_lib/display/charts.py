"""Charts and maps: each takes a tidy frame and returns a :class:`Figure`, or :class:`Absent`.

Common arguments: ``id, title, subtitle, source`` (texts of the figure), ``unit``, ``decimals``, and
optionally ``alt``, ``description`` (built from the data otherwise), ``notes``. Rows keep the order of the
frame. A row whose ``status`` is not usable keeps its line and says so in words; it never shows a number.
Series are drawn one by one: seaborn's ``hue`` is not used, because with pandas 3 seaborn 0.13.2 may draw
the wrong subset under a label; tests read the drawn artists back and compare them with the frame.
"""

from __future__ import annotations

from ctg_lib.display.figure import Absent, Figure, figure_html
from ctg_lib.display.likert import likert
from ctg_lib.display.lines import line
from ctg_lib.display.maps import choropleth, symbols
from ctg_lib.display.multiples import multiples
from ctg_lib.display.pyramid import pyramid
from ctg_lib.display.rows import bars, comparison_dots
from ctg_lib.display.side_by_side import side_by_side
from ctg_lib.display.slope import slope
from ctg_lib.display.stacked import stacked_bars

__all__ = [
    "Absent",
    "Figure",
    "bars",
    "choropleth",
    "comparison_dots",
    "figure_html",
    "likert",
    "line",
    "multiples",
    "pyramid",
    "side_by_side",
    "slope",
    "stacked_bars",
    "symbols",
]
