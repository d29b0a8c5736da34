"""Markdown as Quarto, Word and Typst need it: anchors, notes, styles, widths of columns, lines of sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bs4 import BeautifulSoup

from ctg_lib.build.bundles import Item, cell_items
from ctg_lib.build.normalise import source_line
from ctg_lib.build.provenance import Links, Site
from ctg_lib.build.word import CALLOUT_STYLES
from ctg_lib.display.output import md
from ctg_lib.display.table import rule_widths
from ctg_lib.display.typography import typeset

FICTIF = "**Fictif** — les données de cette étude sont inventées pour la démonstration : ne pas les citer."
_NOTE = re.compile(r"\[\^([^\]\s]+)\]")
_WRITTEN_ANCHOR = re.compile(r"\{#((?:source|indicateur)-[a-z0-9-]+)\}")
_CELL_EDGE = re.compile(r"(?<!\\)\|")
_WIDEST_ON_PAPER = 110
_NEW_PAGE = (
    "```{=typst}\n#pagebreak(weak: true)\n```\n\n"
    '```{=openxml}\n<w:p><w:r><w:br w:type="page"/></w:r></w:p>\n```'
)


def chapter_anchor(slug: str) -> str:
    """Id of a chapter's title, for links inside one document (pages link to files)."""
    return f"chapitre-{slug}"


def anchored(text: str, anchor: str) -> str:
    """Markdown whose title has an id, unless it says its own attributes."""
    return re.sub(
        r"\A(#[ \t]+[^\n{]*[^\n{ \t])[ \t]*$", rf"\1 {{#{anchor}}}", text, count=1, flags=re.MULTILINE
    )


def unique_notes(text: str, prefix: str) -> str:
    """Markdown whose notes carry ``prefix``: the same ``[^1]`` in two texts breaks Word and Typst."""
    return _NOTE.sub(lambda m: f"[^{prefix}-{m[1]}]", text)


def fenced(text: str, info: str) -> str:
    """A fenced block longer than any fence inside it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{info}\n{text}\n{fence}"


def styled(text: str, style: str) -> str:
    """Markdown under a paragraph style in Word; in the PDF, a block kept with what follows."""
    return f'::: {{custom-style="{style}" typst:sticky="true"}}\n\n{text}\n\n:::\n'


def sheets(text: str) -> str:
    """Markdown whose sections each begin a page, in the PDF and in Word."""
    return re.sub(r"^(?=##[ \t])", f"{_NEW_PAGE}\n\n", text, flags=re.MULTILINE)


def fictif_block(fmt: str) -> str:
    """The callout that says that the data are made up."""
    text = typeset(FICTIF)
    if fmt == "docx":
        return styled(text, CALLOUT_STYLES["vigilance"])
    return f"::: {{.callout-warning}}\n{text}\n:::"


def caption_markdown(meta: Mapping[str, Any]) -> str:
    """Title and subtitle as Quarto reads them: Markdown, where an « @ » would be a citation."""
    title, subtitle = str(meta.get("title", "")), str(meta.get("subtitle", ""))
    return f"**{md(title)}**" + (f" — {md(subtitle)}" if subtitle else "")


def source_block(meta: Mapping[str, Any], site: Site | None = None) -> str:
    """Source, definitions and notes under a figure or a table: small, in Word and in the PDF."""
    links: Links | None = (site or Site()).links(meta.get("origin"))
    source = md(source_line(str(meta.get("source", ""))))
    if links is not None:
        source = "\n\n".join([links.markdown(source), links.defined_markdown()])
    shown = "\n\n".join(line for line in (source, *map(md, meta.get("notes") or ())) if line)
    attributes = '.ctg-source custom-style="Source" typst:text:size="8pt" typst:text:fill="rgb(74, 81, 88)"'
    return f"::: {{{attributes}}}\n\n{shown}\n\n:::\n" if shown else ""


def pipe_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table whose columns have the room that their words need."""
    cells = [[md(text) for text in row] for row in (head, *rows)]
    rule = ["-" * width for width in rule_widths(cells)]
    return ["| " + " | ".join(row) + " |" for row in (cells[0], rule, *cells[1:])]


def reruled(text: str) -> str:
    """A Markdown table of two or three columns, whose column of sentences has the room it needs on paper.

    On a page a column grows with its text; on paper pandoc gives each the share that its rule says.
    """
    lines = text.split("\n")
    rank = next((n for n, line in enumerate(lines) if re.match(r"^\|[ :|-]+\|\s*$", line)), None)
    if not rank:
        return text
    body = [line for line in lines[rank - 1 :] if line.startswith("|")]
    cells = [_CELL_EDGE.split(line.strip()[1:-1]) for line in body]
    count = len(cells[0])
    if not 2 <= count <= 3 or any(len(row) != count for row in cells):
        return text
    said = [[cell.strip() for cell in row] for row in (cells[0], *cells[2:])]
    widths = rule_widths(said, _WIDEST_ON_PAPER)
    marks = [rule.strip() for rule in cells[1]]
    rules = [_rule(mark, width) for mark, width in zip(marks, widths, strict=True)]
    lines[rank] = f"|{'|'.join(rules)}|"
    return "\n".join(lines)


def _rule(mark: str, width: int) -> str:
    left, right = ":" * mark.startswith(":"), ":" * mark.endswith(":")
    return left + "-" * width + right


def row_anchors(text: str, item: Item) -> str:
    """A Markdown table whose rows have the ids that they have in HTML, for links inside one document."""
    html = str(item.data.get("text/html", ""))
    if not re.search(r'<tr[^>]*\bid="', html):
        return text
    ids = [str(row.get("id") or "") for row in BeautifulSoup(html, "html.parser").select("tbody tr")]
    lines = text.split("\n")
    rule = next((rank for rank, line in enumerate(lines) if re.match(r"^\|[ :|-]+\|\s*$", line)), len(lines))
    rows = [rank for rank, line in enumerate(lines) if rank > rule and line.startswith("| ")]
    if len(rows) != len(ids):
        return text
    for rank, one in zip(rows, ids, strict=True):
        # After the words of the cell: Typst gives a label to what stands before it.
        lines[rank] = re.sub(r"(?<!\\) \|", f"[]{{#{one}}} |", lines[rank], count=1) if one else lines[rank]
    return "\n".join(lines)


def document_site(chapters: Sequence[tuple[str, Any]]) -> Site:
    """What one document of these chapters can link to: Typst stops on a link that leads nowhere."""
    shown = [
        row_anchors(str(item.data.get("text/markdown", "")), item)
        for _, notebook in chapters
        for cell in notebook.cells
        for item in cell_items(cell)
    ]
    anchors = dict.fromkeys(name for text in shown for name in _WRITTEN_ANCHOR.findall(text))
    return Site(frozenset(slug for slug, _ in chapters), {name: f"#{name}" for name in anchors})
