"""What a page of the report shows, whoever assembled it: to hold the two assemblers equal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

_NUMBER = re.compile(r"^(?:Figure|Tableau)\s[\w.]+\s?:\s")


def shown_on(path: Path) -> dict[str, list[Any]]:
    """Headings, figures, tables, source lines and links of a page's main part, in the order of the page."""
    main = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").main
    assert main is not None, path
    for tag in main.select(".chapter-number, .callout-warning, nav, script, [aria-hidden=true]"):
        tag.decompose()
    tables = main.select("table.ctg-table")
    return {
        "headings": [(h.name, _text(h)) for h in main.find_all(re.compile(r"^h[1-6]$"))],
        "figures": [
            (_title(f), _alternative(f), len(f.select(".ctg-map-layer path"))) for f in main.select("figure")
        ],
        "tables": [
            [[_text(cell) for cell in row.find_all(["th", "td"])] for row in t.find_all("tr")] for t in tables
        ],
        "captions": [_text(t.caption) if t.caption else "" for t in tables],
        "sources": sorted(_text(line) for line in main.select(".ctg-source, .ctg-key-source")),
        "downloads": sorted(str(a["href"]) for a in main.select("a[download]")),
        "provenance": sorted(
            _address(a) for a in main.select('a[href*="#source-"], a[href*="#indicateur-"]')
        ),
        "callouts": [_text(c) for c in main.select(".ctg-callout")],
        "key figures": [_text(c) for c in main.select(".ctg-key-figures > div")],
        "unfolded": [_text(s) for s in main.select("details > summary")],
        "prose": sorted(_text(p) for p in main.select("p, li") if p.find_parent(["figure", "table"]) is None),
    }


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split()).replace(" ,", ",").replace(" .", ".")


def _title(figure: Tag) -> str:
    title = figure.select_one("figcaption .ctg-title")
    return _NUMBER.sub("", _text(title)) if title else ""


def _alternative(figure: Tag) -> str:
    image = figure.find("img")
    return " ".join(str(image.get("alt")).split()) if isinstance(image, Tag) else ""


def _address(link: Tag) -> str:
    return str(link["href"]).removeprefix("./")
