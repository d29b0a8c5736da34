"""The page that leads to all reports of a batch: map, failures, key figures, files to take away.

It says nothing of the run that made it (no date, no duration): same reports, same page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

import ctg_lib
from ctg_lib.build.assemble_nbconvert import asset_files, render
from ctg_lib.build.batch.gather import Gathered, Place
from ctg_lib.build.batch.map import Shape, drawings
from ctg_lib.build.documents import weight
from ctg_lib.build.info import ReportInfo
from ctg_lib.build.page import escape
from ctg_lib.display.output import cell_text
from ctg_lib.display.prose import upper_first, year_of
from ctg_lib.display.typography import counted, typeset
from ctg_lib.files import write_whole
from ctg_lib.indicators.registry import registry
from ctg_lib.study.chapters.synthese import KEY_FIGURES

if TYPE_CHECKING:
    from ctg_lib.geography import Geography

TITLE = "Diagnostics de territoire"
LABELS: dict[str, str] = {
    "comparaison.xlsx": "La comparaison des territoires, une ligne par territoire (Excel)",
    "comparaison.csv": "La comparaison des territoires, une ligne par chiffre (CSV)",
    "indicateurs.parquet": "Les chiffres de tous les rapports (Parquet)",
}
_BETWEEN = "../../"
"""From the folder of a batch to the outputs."""


def write_front(
    geography: Geography, title: str, territories: Sequence[Place], gathered: Gathered,
    failures: Mapping[str, str], folder: Path, *, licence: str,
) -> Path:  # fmt: skip
    """Write ``index.html`` and what it needs into ``folder``.

    Args:
        geography: for the map.
        title: what the territories are together.
        territories: in the order of the table.
        gathered: their figures, and who has no report.
        failures: study -> why its report could not be made.
        folder: where the files to take away already lie.
        licence: licence text.
    """
    info = ReportInfo(
        study_id="", title=TITLE, territory_name=title, licence=licence, version=ctg_lib.__version__,
        fictif=any(place.fictif for place in territories),
    )  # fmt: skip
    shapes = {place.code: _shape(place, gathered, failures) for place in territories if place.level == "epci"}
    lot = {
        "sentence": _sentence(territories, failures),
        "maps": [Markup(svg) for svg in drawings(geography, shapes)],
        "failures": [_failure(place, gathered, failures) for place in territories if place.study in failures],
        "table": Markup(_table(territories, gathered)),
        "notes": _notes(territories, gathered),
        "files": [_file(folder / name, label) for name, label in LABELS.items()],
    }
    page = render("lot.html.j2", {"info": info, "lot": lot, "chapters": [], "vintages": ""})
    files = asset_files() | {"index.html": page}
    for name, content in files.items():
        write_whole(folder / name, content)
    return folder / "index.html"


def _shape(place: Place, gathered: Gathered, failures: Mapping[str, str]) -> Shape:
    failed = place.study in failures
    words = f"{place.name} : rapport qui n’a pas pu être fait" if failed else place.name
    href = "" if failed or place.study in gathered.absent else _href(place)
    return Shape(href, typeset(words), "failed" if failed else "made")


def _href(place: Place) -> str:
    return f"{_BETWEEN}{place.study}/report/index.html"


def _sentence(territories: Sequence[Place], failures: Mapping[str, str]) -> str:
    made = len(territories) - len(failures)
    text = f"{counted(made, 'rapport', 'rapports')} pour {counted(len(territories), 'territoire')}"
    failed = counted(len(failures), "rapport qui n’a", "rapports qui n’ont")
    return str(typeset(f"{text} ; {failed} pas pu être fait." if failures else f"{text}."))


def _failure(place: Place, gathered: Gathered, failures: Mapping[str, str]) -> dict[str, Any]:
    href = "" if place.study in gathered.absent else _href(place)
    lines = failures[place.study].splitlines()
    return {"name": place.name, "study": place.study, "href": href, "lines": [line for line in lines if line]}


def _file(path: Path, label: str) -> dict[str, str]:
    return {"href": path.name, "label": typeset(f"{label}, {weight(path.stat().st_size)}")}


def _table(territories: Sequence[Place], gathered: Gathered) -> str:
    """Key figures, one line per territory that has a report; a figure of another year says which one."""
    years = _years(territories, gathered)
    shown = [rule for rule in map(registry().__getitem__, KEY_FIGURES) if rule.id in years]
    head = "".join(
        f'<th scope="col" class="ctg-num">{escape(upper_first(rule.label))}'
        f' <span class="ctg-unit">{escape(_unit(rule.unit, years[rule.id]))}</span></th>'
        for rule in shown
    )
    lines = []
    for place in territories:
        if place.study in gathered.absent:
            continue
        mark = " (fictif)" if place.fictif else ""
        name = f'<a href="{_href(place)}">{escape(place.name)}</a>{mark}'
        cells = "".join(_cell(place, rule.id, gathered, years) for rule in shown)
        lines.append(f'<tr><th scope="row">{name}</th>{cells}</tr>')
    caption = '<caption><span class="ctg-caption">Chiffres clés de chaque territoire</span></caption>'
    header = f'<tr><th scope="col">Territoire</th>{head}</tr>'
    body = "\n".join(lines)
    opening = f'<table class="ctg-table lot-table">{caption}'
    return f"{opening}\n<thead>{header}</thead>\n<tbody>\n{body}\n</tbody></table>"


def _unit(unit: str, year: str) -> str:
    return ", ".join(text for text in (unit, year) if text)


def _cell(place: Place, indicator: str, gathered: Gathered, years: Mapping[str, str]) -> str:
    value = gathered.value(place.study, indicator)
    if value is None or not (value.is_number or value.is_range):
        words = cell_text(value) if value is not None else "non disponible"
        return f'<td class="ctg-num ctg-status">{escape(words)}</td>'
    year = year_of(value.period)
    other = f" ({year})" if year and year != years[indicator] else ""
    return f'<td class="ctg-num">{escape(cell_text(value) + other)}</td>'


def _years(territories: Sequence[Place], gathered: Gathered) -> dict[str, str]:
    """Key figure that somebody has -> the year that most of them are of, the latest of equals."""
    found: dict[str, str] = {}
    for indicator in KEY_FIGURES:
        values = [gathered.value(place.study, indicator) for place in territories]
        years = [year_of(v.period) for v in values if v is not None and (v.is_number or v.is_range)]
        if years:
            found[indicator] = max(sorted(set(years), reverse=True), key=years.count)
    return found


def _notes(territories: Sequence[Place], gathered: Gathered) -> list[str]:
    """The sources of the table's figures, each once."""
    sources: dict[str, dict[str, None]] = {}
    for indicator in KEY_FIGURES:
        for place in territories:
            line = gathered.line(place.study, indicator)
            if line is not None and line["source_text"]:
                text = str(line["source_text"])
                sources.setdefault(text, {})[registry()[indicator].label] = None
    return [str(typeset(f"{upper_first(', '.join(labels))} : {text}.")) for text, labels in sources.items()]
