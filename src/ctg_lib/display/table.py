"""Tables, key figures, prose and callouts: HTML for pages, Markdown for Word and PDF, always both.

Quarto and pandoc lose HTML tables in Word and PDF, nbconvert shows HTML first: each output carries the two,
made from the same cells, and a record under ``metadata["ctg"]``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import pandas as pd

from ctg_lib.display.figure import source_line
from ctg_lib.display.output import (
    Bundle,
    check_id,
    esc,
    html_table,
    is_numeric_column,
    md,
    origin,
    record,
    require,
    right_aligned,
    row_cell,
    typeset_source,
)
from ctg_lib.display.typography import NBSP, THIN, typeset, typeset_html, value_text
from ctg_lib.values import USABLE, Value

CALLOUTS: dict[str, str] = {
    "essentiel": "L’essentiel",
    "vigilance": "Points de vigilance",
    "silence": "Ce que les données ouvertes ne disent pas",
    "questions": "Questions pour le groupe de travail",
    "note": "À noter",
}
"""Kinds of callout and their usual titles."""

_QUARTO = {
    "essentiel": "callout-tip", "vigilance": "callout-warning", "silence": "callout-note",
    "questions": "callout-note", "note": "callout-note",
}  # fmt: skip
"""Chosen for their colours in Word: green, orange, blue; red would make an alarm of what matters most."""


@dataclass
class Table:
    """A table as a notebook returns it.

    Attributes:
        frame: rows in reading order. Cells are numbers, texts, or :class:`ctg_lib.values.Value` (which say
            their range or status themselves). The status of a number is read in ``<column>_status``, else in
            ``status`` (of the whole row): where it is not usable the number is taken out, and its words
            stand instead.
        id: stable slug (``tbl-population``).
        caption: what the table shows, as a sentence or a title.
        columns: shown columns and their French headers, in order.
        source: source line, vintage included.
        units: column -> unit written under the header.
        decimals: one number, or column -> number.
        row_header: column whose cells name the rows; the first by default.
        highlight: column of truth values: rows of the territory under study.
        notes: lines under the source.
        more: columns, and their headers, that only the downloaded data have.
        anchors: column of ids, one for each row: what a link of another page points at.
    """

    frame: pd.DataFrame = field(repr=False)
    _: KW_ONLY
    id: str
    caption: str
    source: str
    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    decimals: Mapping[str, int] | int = 0
    row_header: str | None = None
    highlight: str | None = None
    notes: Sequence[str] = ()
    more: Mapping[str, str] = field(default_factory=dict)
    anchors: str | None = None

    def __post_init__(self) -> None:
        check_id(self.id)
        if not self.caption or not self.source:
            raise ValueError(f"table {self.id}: caption and source expected")
        self.columns = dict(self.columns) or {str(c): str(c) for c in self.frame.columns}
        wanted = [*self.columns, *self.more, *([self.anchors] if self.anchors else [])]
        require(self.frame, wanted, f"table {self.id}")
        self.frame = _without_hidden(self.frame, [*self.columns, *self.more])
        self.caption, self.source = typeset(self.caption), typeset_source(self.source)
        self.notes = tuple(typeset(n) for n in self.notes)
        self.row_header = self.row_header or next(iter(self.columns))

    def to_html(self) -> str:
        """A semantic table in a block that scrolls sideways on a phone, reachable by keyboard."""
        table = html_table(
            self.frame,
            self.columns,
            caption=self.caption,
            units=self.units,
            decimals=self.decimals,
            row_header=self.row_header,
            highlight=self.highlight,
            anchors=self.anchors,
        )
        notes = "".join(f'\n<p class="ctg-notes">{esc(n)}</p>' for n in self.notes)
        return (
            f'<div class="ctg-table-block" id="{self.id}">\n'
            f'<div class="ctg-table-wrap" tabindex="0" role="region" aria-label="{esc(self.caption)}">\n'
            f"{table}\n</div>\n"
            f'<p class="ctg-source">{esc(source_line(self.source))}</p>{notes}\n</div>'
        )

    def to_markdown(self) -> str:
        """A pipe table with caption, source and notes, for pandoc (Word, PDF)."""
        cells = self.cells()
        heads = [self._head(c) for c in self.columns]
        lines = [heads, *([md(text) for text in row] for row in cells)]
        aligned = [
            f"{'-' * (width - 1)}:" if column in self._numeric() else f":{'-' * (width - 1)}"
            for column, width in zip(self.columns, rule_widths(lines), strict=True)
        ]
        strong = self.frame[self.highlight].astype(bool).tolist() if self.highlight else []
        for index, flag in enumerate(strong, start=1):
            if flag:
                lines[index] = [f"**{text}**" if text else "" for text in lines[index]]
        rows = ["| " + " | ".join(line) + " |" for line in lines]
        rows.insert(1, "|" + "|".join(aligned) + "|")
        after = "\n\n".join(f"*{md(t)}*" for t in (source_line(self.source), *self.notes))
        return "\n".join(rows) + f"\n\n: {md(self.caption)}\n\n{after}\n"

    def cells(self) -> list[list[str]]:
        """The body as shown, row by row."""
        return [
            [row_cell(row, column, self.decimals)[0] for column in self.columns]
            for row in self.frame.to_dict("records")
        ]

    def record(self) -> dict[str, Any]:
        """What the assembler needs, in JSON."""
        return {
            "kind": "table",
            "id": self.id,
            "caption": self.caption,
            "source": str(self.source),
            **origin(self.source),
            "notes": list(self.notes),
            "units": dict(self.units),
            "data": record(self.frame[self._kept()], {**self.columns, **self.more}, self.decimals),
        }

    def _head(self, column: str) -> str:
        label = typeset(self.columns[column])
        unit = self.units.get(column, "")
        return md(f"{label} ({typeset(unit)})" if unit else label)

    def _numeric(self) -> set[str]:
        return set(right_aligned(self.frame, list(self.columns)))

    def _kept(self) -> list[str]:
        states = [f"{c}_status" for c in self.columns] + ["status"]
        states = [s for s in states if s in self.frame and s not in self.columns]
        return [*self.columns, *states, *(c for c in self.more if c not in self.columns)]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        rows = "\n".join(" | ".join(row) for row in self.cells())
        data = {
            "text/html": self.to_html(),
            "text/markdown": self.to_markdown(),
            "text/plain": f"{self.caption}\n{rows}\n{source_line(self.source)}",
        }
        return data, {"ctg": self.record()}


def rule_widths(lines: Sequence[Sequence[str]], widest: int = 40) -> list[int]:
    """Hyphens under each head of a pipe table: pandoc shares a wide table's width in that proportion.

    A column gets the root of its longest cell's length times its longest word's, at least that word and its
    margins: one long sentence does not starve the numbers, and no word is cut. Never more than ``widest``.
    """
    widths = []
    for cells in zip(*lines, strict=True):
        word = max(len(w) for cell in cells for w in re.split(r"[ _/-]", cell))
        longest = max(map(len, cells))
        widths.append(min(max(word + 4, round((longest * word) ** 0.5)), widest))
    return widths


def _without_hidden(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Copy whose numeric cells under an unusable status are empty, in every form of the output."""
    out = frame.reset_index(drop=True).copy()
    for column in columns:
        status = next((s for s in (f"{column}_status", "status") if s in out and s != column), None)
        if status and is_numeric_column(out[column]):
            hidden = ~out[status].fillna("missing").astype(str).isin(USABLE)
            if hidden.any():
                out[column] = out[column].astype(object).mask(hidden, None)
    return out


@dataclass(frozen=True)
class Output:
    """Anything made of text: key figures, prose, callouts."""

    data: dict[str, str]
    ctg: dict[str, Any]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return dict(self.data), {"ctg": dict(self.ctg)}


@dataclass(frozen=True)
class KeyFigure:
    """One card.

    Attributes:
        label: what is counted.
        value: a :class:`Value`, or a text already written in French.
        comparison: than whom or than when (« France : 60,9 »); may be empty.
        source: publisher and vintage.
    """

    label: str
    value: Value | str
    comparison: str = ""
    source: str = ""

    def texts(self) -> tuple[str, str, str, str, str]:
        """(label, number, unit, comparison, source), typeset."""
        unit = ""
        if isinstance(self.value, Value):
            shown = value_text(self.value, with_unit=self.value.unit in ("%", "‰", "€"))
            known = self.value.is_number or self.value.is_range
            unit = self.value.unit if known and self.value.unit not in ("%", "‰", "€") else ""
        else:
            shown = self.value
        label, shown, unit, comparison = map(typeset, (self.label, shown, unit, self.comparison))
        return label, shown, unit, comparison, typeset_source(self.source)


def key_figures(items: Sequence[KeyFigure], *, id: str = "chiffres-cles") -> Output:
    """A few figures to read first: cards in HTML (a definition list), a list in Markdown.

    Raises:
        ValueError: no item.
    """
    if not items:
        raise ValueError("key_figures: at least one item expected")
    cards, lines, rows = [], [], []
    for item in items:
        label, shown, unit, comparison, source = item.texts()
        known = isinstance(item.value, str) or item.value.is_number or item.value.is_range
        space = THIN if unit[:1] in ("%", "‰") else NBSP
        small = f"{space}<small>{esc(unit)}</small>" if unit else ""
        state = "" if known else " ctg-status"
        card = f'<dt>{esc(label)}</dt><dd class="ctg-key-value{state}">{esc(shown)}{small}</dd>'
        card += f"<dd>{esc(comparison)}</dd>" if comparison else ""
        card += f'<dd class="ctg-key-source">{esc(source)}</dd>' if source else ""
        cards.append(f"<div>{card}</div>")
        said = f"- **{md(shown)}**{f'{space}{md(unit)}' if unit else ''} — {md(label)}"
        said += f" ; {md(comparison)}" if comparison else ""
        lines.append(typeset(said) + (f" *({md(source)})*" if source else ""))
        row = {"label": label, "value": shown, "unit": unit, "comparison": comparison, "source": str(source)}
        rows.append(row | origin(source))
    # JupyterLab lays every <dl> out as a grid of two columns: a plain block is readable there, and the
    # report's own style sheet makes cards of it (!important)
    markup = (
        f'<dl class="ctg-key-figures" id="{check_id(id)}" style="display: block">\n'
        + "\n".join(cards)
        + "\n</dl>"
    )
    plain = "\n".join(f"{r['label']} : {r['value']} {r['unit']}".strip() for r in rows)
    return Output(
        {"text/html": markup, "text/markdown": "\n".join(lines) + "\n", "text/plain": typeset(plain)},
        {"kind": "key_figures", "id": id, "items": rows},
    )


def prose(text: str, *, source: str = "") -> Output:
    """Markdown prose with French typography.

    Args:
        text: Markdown.
        source: what the source lines inside the text were made of: a page links those lines to the files.
    """
    typed = typeset(text.strip("\n"))
    kept = {"kind": "prose", "text": typed, **origin(typeset_source(source))}
    return Output({"text/markdown": typed, "text/plain": typed}, kept)


def sourced(output: Output, source: str) -> Output:
    """The same prose or callout, with a line under it that says what its numbers come from."""
    line = typeset_source(source)
    said = md(source_line(line))
    kept = {**output.ctg, "source": str(line), **origin(line)}
    data = dict(output.data)
    if output.ctg["kind"] == "callout":
        markup, end, _ = data["text/html"].rpartition("\n</section>")
        data["text/html"] = f'{markup}\n<p class="ctg-source">{esc(source_line(line))}</p>{end}'
        block, fence = data["text/markdown"].rstrip("\n").rsplit("\n", 1)
        data["text/markdown"] = f"{block}*{said}*\n\n{fence}\n"
    else:
        data["text/markdown"] += f"\n\n*{said}*"
    data["text/plain"] += f"\n{source_line(line)}"
    return Output(data, kept)


def callout(text: str, kind: str = "note", title: str = "", *, level: int = 3, id: str = "") -> Output:
    """A framed passage: « L’essentiel », « Points de vigilance », what open data do not say, questions.

    Args:
        text: Markdown: paragraphs, lists (``-`` or ``1.``), **strong**, *emphasis*, `code`, [links](…).
        kind: one of :data:`CALLOUTS`; gives the usual title and the look.
        title: another title.
        level: heading level of the title in the HTML page (2 to 6).
        id: anchor, when something links to it.

    In HTML a ``<section>`` with a true heading; in Markdown a Quarto callout, whose title is kept by pandoc
    as a heading-like line in Word and PDF.

    Raises:
        ValueError: unknown kind, level out of range.
    """
    if kind not in CALLOUTS:
        raise ValueError(f"callout kind {kind!r}; known: {', '.join(CALLOUTS)}")
    if not 2 <= level <= 6:
        raise ValueError(f"heading level {level}: 2 to 6 expected")
    shown = typeset(title or CALLOUTS[kind])
    typed = typeset(text.strip("\n"))
    anchor = f' id="{check_id(id)}"' if id else ""
    markup = (
        f'<section class="ctg-callout ctg-callout-{kind}"{anchor}>\n<h{level}>{esc(shown)}</h{level}>\n'
        f"{typeset_html(_simple_html(typed))}\n</section>"
    )
    fence = ":::" + ":" * max((len(m) - 2 for m in re.findall(r"^:{3,}", typed, re.M)), default=0)
    quoted = shown.replace("\\", "\\\\").replace('"', '\\"')
    block = f'{fence} {{.{_QUARTO[kind]} icon="false" title="{quoted}"}}\n\n{typed}\n\n{fence}\n'
    return Output(
        {"text/html": markup, "text/markdown": block, "text/plain": f"{shown}\n{typed}"},
        {"kind": "callout", "callout": kind, "id": id, "title": shown, "text": typed},
    )


def _simple_html(text: str) -> str:
    """The small part of Markdown that callouts use, as HTML; everything else is escaped text."""
    blocks = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.split("\n")
        for pattern, tag in ((r"[-*+]\s+", "ul"), (r"\d+[.)]\s+", "ol")):
            if re.match(pattern, lines[0]):
                items = re.split(rf"^(?:{pattern})", block, flags=re.M)[1:]
                inner = "".join(f"<li>{_inline(' '.join(i.split(chr(10))))}</li>" for i in items)
                blocks.append(f"<{tag}>{inner}</{tag}>")
                break
        else:
            blocks.append(f"<p>{_inline(' '.join(lines))}</p>")
    return "\n".join(blocks)


def _inline(text: str) -> str:
    pieces = re.split(r"(`[^`]+`)", text.strip())
    return "".join(f"<code>{esc(p[1:-1])}</code>" if i % 2 else _emphasis(p) for i, p in enumerate(pieces))


def _emphasis(text: str) -> str:
    out = esc(re.sub(r"\\([\\`*_{}\[\]<>#@|~^$.!+&-])", lambda m: f"\ue010{ord(m.group(1)):04x}\ue011", text))
    out = re.sub(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", r"<strong>\1</strong>", out)
    out = re.sub(r"(?<![\w*])[*_](?=\S)([^*_]+?)(?<=\S)[*_](?![\w*])", r"<em>\1</em>", out)
    out = re.sub(
        r"\[([^\]]+)\]\(((?:https?://|#|\.?\.?/|[\w-]+\.html)[^\s()\"]*)\)", r'<a href="\2">\1</a>', out
    )
    return re.sub("\ue010([0-9a-f]{4})\ue011", lambda m: esc(chr(int(m.group(1), 16))), out)
