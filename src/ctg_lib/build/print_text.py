"""Executed chapters as one Markdown document for pandoc: the report on paper, without Quarto.

Prose is Markdown already. Figures, tables, key figures and callouts are written for each format: calls of
our Typst template for the PDF, paragraphs under Word's styles for Word.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ctg_lib.build.bundles import AssemblyError, Item, cell_items
from ctg_lib.build.chapters import notebook_title
from ctg_lib.build.documents import COMMUNES
from ctg_lib.build.markdown import chapter_links
from ctg_lib.build.print_source import (
    Piece,
    as_markdown,
    as_typst,
    lines_under,
    prose_sources,
    source_pieces,
    styled,
)
from ctg_lib.build.provenance import Site
from ctg_lib.build.quarto_cells import unique_labels
from ctg_lib.build.quarto_markdown import unique_notes
from ctg_lib.build.typst_text import array, call, column_rule, lines_code, raw, table_code, text
from ctg_lib.build.word import CALLOUT_STYLES, DEFINITION, KEY_FIGURE, SHEET_MARK
from ctg_lib.display.output import md
from ctg_lib.display.table import rule_widths
from ctg_lib.display.typography import NBSP, THIN, typeset

_LIST_ITEM = re.compile(r"\n+((?:[-*+]|\d+[.)])[ \t])")
_TITLE = re.compile(r"\A\s*#[ \t]+[^\n]*\n?")
_ATTACHED = re.compile(r"\]\(attachment:([^)\s]+)\)")
_ROW = re.compile(r"^\|[ ]?")
_ENTRY = re.compile(r"^### [^\n]*\{#", re.MULTILINE)
_ID = re.compile(r"\{#([\w-]+)")
_ENTRY_TEXT = re.compile(r"(?<=\n)\n((?:(?!#)[^\n]*(?:\n|\Z))+)")
_FACTS = re.compile(r"(?:^- [^\n]*\n?)+", re.MULTILINE)
_FACT = re.compile(r"^- (?:([^:*`\n]{3,30}?)([ \u00a0]:))?", re.MULTILINE)
SHEET = re.compile(r"^##[ \t]+(?=\S)")
_MANY = 2
"""Entries, which links lead to, above which one text is a list to look up: the dictionary of indicators."""
_FEW_SHEETS = 40
"""Sheets of communes above which the contents do not name each of them."""
_SHORT_SHA = re.compile(r"\b([0-9a-f]{12})…")
_WORD_SCALE = 0.8
"""Drawings are smaller in Word than on a page: their text should not be larger than the report's."""
_SHARE = 60.0
"""Width of a drawing on an A4 page, in percent of the text's: its own text is then a little smaller."""
_TALLEST = 1.3
"""Height of the tallest drawing shown at that width, as a multiple of its width."""
_LEGIBLE = 0.75
"""Part of that width under which the words of a drawing are not read: such a one takes a page of its own."""
_PAGE = 2.1
"""Height of a drawing that fills a page, as a multiple of that width."""


@dataclass
class Printed:
    """A document being written in one format.

    Attributes:
        fmt: ``typst`` or ``docx``.
        site: what source lines can lead to.
        files: images beside the document, by path.
        anchors: ids that rows of tables may still take.
        labels: by chapter, other labels for ids met before.
        plain: figures and tables bear no number: the document is not the whole report.
        written: labels that figures, tables and rows have taken.
    """

    fmt: str
    site: Site
    files: dict[str, bytes] = field(default_factory=dict)
    anchors: set[str] = field(default_factory=set)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    plain: bool = False
    written: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, chapters: Sequence[tuple[str, Any]], fmt: str) -> Printed:
        """A document that these chapters make, nothing written yet."""
        site = Site.of(chapters)
        return cls(fmt, site, anchors=set(site.addresses), labels=unique_labels(chapters))

    def chapter(self, slug: str, notebook: Any, number: str = "") -> str:
        """A chapter as Markdown, under its title.

        Raises:
            AssemblyError: an image without text alternative, or in no form that the format reads.
        """
        parts = [self.heading(slug, notebook, number), *self.body(slug, notebook, number)]
        return one_list("\n\n".join(parts))

    def heading(self, slug: str, notebook: Any, number: str = "") -> str:
        """The title of a chapter, with the id that links lead to."""
        title = typeset(f"{number}. {notebook_title(notebook)}" if number else notebook_title(notebook))
        return f"# {md(title)} {{#chapitre-{slug}}}"

    def body(self, slug: str, notebook: Any, number: str = "") -> list[str]:
        """The parts of a chapter in reading order, without its title."""
        parts = (part for part in self.writer(slug, number).parts(notebook) if part.strip())
        return [chapter_links(part, self.site.slugs, inside=True) for part in parts]

    def plain_table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """A table of plain texts, without caption."""
        if self.fmt == "docx":
            return pipe_table(head, rows)
        return raw(lines_code(head, rows))

    def writer(self, slug: str, number: str = "") -> Writer:
        """What writes the outputs of one chapter."""
        return Writer(self, slug, number)


@dataclass
class Writer:
    """One chapter of a document: how its outputs are written, and how many figures and tables it has had."""

    document: Printed
    slug: str
    number: str
    counts: dict[str, int] = field(default_factory=lambda: {"Figure": 0, "Tableau": 0})

    @property
    def word(self) -> bool:
        """Whether the document is Word's."""
        return self.document.fmt == "docx"

    def parts(self, notebook: Any) -> Iterable[str]:
        """The chapter's texts and outputs as Markdown, in reading order, without its title."""
        first = True
        sheets = sheet_cell(notebook) if self.slug == COMMUNES else None
        for position, cell in enumerate(notebook.cells, start=1):
            if cell.cell_type == "markdown":
                yield self._text(cell, position, titled=first)
                first = False
            items = list(cell_items(cell))
            count = sum(map(is_sheet, items)) if cell is sheets else 0
            for rank, item in enumerate(items, start=1):
                prefix = f"{self.slug}-{position}-{rank}"
                shown = self.item(item, prefix)
                yield self._sheet(shown, prefix, count) if count and is_sheet(item) else shown

    def _text(self, cell: Any, position: int, *, titled: bool) -> str:
        """A cell of Markdown; its images stand beside the document."""
        source = _TITLE.sub("", cell.source, count=1) if titled else cell.source
        for rank, (name, forms) in enumerate((cell.get("attachments") or {}).items(), start=1):
            mime, content = next(iter(forms.items()))
            path = f"figures/{self.slug}-{position}-{rank}.{mime.rpartition('/')[2].partition('+')[0]}"
            self.document.files[path] = base64.b64decode(content)
            source = source.replace(f"](attachment:{name})", f"]({path})")
        return typeset(unique_notes(source, f"{self.slug}-{position}"))

    def _sheet(self, shown: str, prefix: str, count: int) -> str:
        """The text that begins with a commune's name, at the top of a page."""
        title, _, rest = shown.partition("\n")
        if self.word:
            return f"{title} {{#{SHEET_MARK}{prefix}}}\n{rest}"
        named = "" if count <= _FEW_SHEETS else "#set heading(outlined: false, bookmarked: true)"
        start = raw(f"#pagebreak(weak: true)\n{named}")
        return f"{start}\n{title}\n{rest}"

    def item(self, item: Item, prefix: str) -> str:
        """One output as Markdown; empty when it shows nothing."""
        if item.kind in ("figure", "image"):
            return self._figure(item, prefix)
        if item.kind == "table" and (made := self._table(item)):
            return made
        if item.kind == "key_figures" and item.meta.get("items"):
            return self._key_figures(item)
        if item.kind == "callout" and item.meta.get("text"):
            return self._callout(item, prefix)
        if item.kind == "absent" and item.meta.get("reason"):
            return self._absent(item)
        shown = str(item.data.get("text/markdown", ""))
        if not shown:
            plain = str(item.data.get("text/plain", "")).rstrip()
            return f"````\n{plain}\n````" if plain else ""
        shown = typeset(unique_notes(shown, prefix))
        self.document.written |= set(_ID.findall(shown))
        shown = prose_sources(shown, item.meta, self.document.site)
        if len(_ENTRY.findall(shown)) <= _MANY:
            return shown
        if self.word:
            return _ENTRY_TEXT.sub(lambda words: styled(run_in(words[1]).strip(), DEFINITION) + "\n", shown)
        return f"{_OPEN}{run_in(shown)}{_CLOSE}"

    # --- figures ---------------------------------------------------------------------------------

    def _figure(self, item: Item, prefix: str) -> str:
        alt = str(item.meta.get("alt") or (item.output.get("image/png") or {}).get("alt") or "").strip()
        name = item.id or f"image-{prefix}"
        if not alt:
            raise AssemblyError(f"{self.slug} : l’image {name} n’a pas de texte de remplacement (alt).")
        path = self._image(item, name)
        size = item.output.get("image/png") or item.output.get("image/svg+xml") or {}
        width = float(item.meta.get("width") or size.get("width") or 0)
        height = float(item.meta.get("height") or size.get("height") or 0)
        title = self._numbered("Figure", str(item.meta.get("title", ""))) if item.kind == "figure" else ""
        subtitle = str(item.meta.get("subtitle", ""))
        under = lines_under(item.meta, self.document.site)
        if not self.word:
            return raw(
                "#" + call(
                    "ctg-figure", text(self._label(item.id)), text(path), text(alt),
                    _caption(title, subtitle), width=f"{_share(width, height):.4g}%",
                    under=array(map(as_typst, under)),
                )
            )  # fmt: skip
        scaled = f"{{width={round(width * _WORD_SCALE * _share(width, height) / _SHARE)}px}}" if width else ""
        caption = styled(_markdown_caption(title, subtitle), "Image Caption") if title else ""
        source = _word_under(under)
        # The no-break space keeps pandoc from making a captioned figure of a lone image.
        drawn = styled(f"![{md(alt)}]({path}){scaled}\\ ", "Figure")
        return f"{caption}\n{drawn}\n{source}"

    def _image(self, item: Item, name: str) -> str:
        """Keep the image's best form for this format beside the document; give its path."""
        wanted = (
            (("image/png", "png"), ("image/jpeg", "jpg"))
            if self.word
            else (("image/svg+xml", "svg"), ("image/png", "png"), ("image/jpeg", "jpg"))
        )
        for mime, suffix in wanted:
            if mime in item.data:
                content = str(item.data[mime])
                path = f"figures/{self.slug}-{name}.{suffix}"
                raw_svg = suffix == "svg"
                self.document.files[path] = content.encode("utf-8") if raw_svg else base64.b64decode(content)
                return path
        raise AssemblyError(
            f"{self.slug} : la figure {name} n’a pas d’image lisible en {'docx' if self.word else 'pdf'}."
        )

    def _label(self, identifier: str) -> str:
        label = self.document.labels.get(self.slug, {}).get(identifier, identifier)
        self.document.written.add(label)
        return label

    def _numbered(self, kind: str, title: str) -> tuple[str, str]:
        if self.document.plain:
            return "", title
        self.counts[kind] += 1
        rank = self.counts[kind]
        number = f"{self.number}.{rank}" if self.number else str(rank)
        return f"{kind}{NBSP}{number}{NBSP}: ", title

    # --- tables ----------------------------------------------------------------------------------

    def _table(self, item: Item) -> str:
        html = str(item.data.get("text/html", ""))
        title = self._numbered("Tableau", str(item.meta.get("caption", "")))
        html = _whole_sums(html, item.meta)
        under = lines_under(item.meta, self.document.site)
        if self.word:
            rows = self._word_rows(item, html)
            caption = styled(_markdown_caption(title, ""), "Table Caption")
            return f"{caption}\n{rows}\n\n{_word_under(under)}" if rows else ""
        before, lines = set(self.document.anchors), array(map(as_typst, under))
        code = table_code(html, self._label(item.id), _caption(title, ""), lines, self.document.anchors)
        self.document.written |= before - self.document.anchors
        return raw(code) if code else ""

    def _word_rows(self, item: Item, html: str) -> str:
        """The rows as a pipe table, each row that a link may lead to beginning with its id."""
        from bs4 import BeautifulSoup

        shown, _, _ = _whole_sums(str(item.data.get("text/markdown", "")), item.meta).partition("\n: ")
        lines = shown.strip().splitlines()
        if len(lines) < 3 or not lines[0].startswith("|"):
            return shown.strip()
        lines[1] = column_rule(lines[1], html)
        ids = [str(row.get("id") or "") for row in BeautifulSoup(html, "html.parser").select("tbody tr")]
        if len(ids) == len(lines) - 2:
            for rank, identifier in enumerate(ids, start=2):
                if identifier in self.document.anchors and f"#{identifier}" not in lines[rank]:
                    self.document.anchors.discard(identifier)
                    lines[rank] = _ROW.sub(f"| []{{#{identifier}}}", lines[rank], count=1)
        return "\n".join(lines)

    # --- key figures, callouts, what is absent -----------------------------------------------------

    def _key_figures(self, item: Item) -> str:
        cards: list[tuple[str, str, str, str, list[Piece]]] = []
        for card in item.meta["items"]:
            source = source_pieces(card, self.document.site)
            source = [(said.removeprefix(f"Source{NBSP}: "), anchor) for said, anchor in source]
            label, value, unit, comparison = (
                str(card.get(n, "")) for n in ("label", "value", "unit", "comparison")
            )
            cards.append((label, value, unit, comparison, source))
        if self.word:
            return _figures_table(cards)
        told = [array([*map(text, card[:4]), as_typst(card[4]) or '""']) for card in cards]
        return raw("#" + call("ctg-cards", array(told)))

    def _callout(self, item: Item, prefix: str) -> str:
        kind, title = str(item.meta.get("callout", "note")), str(item.meta.get("title", ""))
        said = unique_notes(str(item.meta["text"]), prefix)
        source = _word_under(lines_under(item.meta, self.document.site))
        if not self.word:
            said += f"\n{source}"
            return f"{raw('#' + call('ctg-callout', text(kind), text(title)) + '[')}\n{said}\n{raw(']')}"
        style = CALLOUT_STYLES.get(kind, CALLOUT_STYLES["note"])
        loose = _LIST_ITEM.sub(r"\n\n\1", said)  # pandoc styles the items of loose lists only
        return f"{styled(f'**{md(title)}**', f'{style} Titre')}\n{styled(loose, style)}{source}"

    def _absent(self, item: Item) -> str:
        under = lines_under(item.meta, self.document.site)
        source = _word_under(under)
        return f"**{md(item.meta.get('title', ''))}** — {md(item.meta['reason'])}\n{source}"


def _caption(title: tuple[str, str] | str, subtitle: str) -> str:
    """Number, title and subtitle as an argument of the template; « none » where there is no title."""
    if not title:
        return "none"
    return call("ctg-caption", text(title[0]), text(title[1]), text(subtitle))


def _markdown_caption(title: tuple[str, str] | str, subtitle: str) -> str:
    number, words = title if isinstance(title, tuple) else ("", title)
    return f"{number}**{md(words)}**" + (f" — {md(subtitle)}" if subtitle else "")


def _word_under(lines: Sequence[Sequence[tuple[str, str]]]) -> str:
    """The lines under a figure or a table as paragraphs of Markdown."""
    return styled("\n\n".join(map(as_markdown, lines)), "Source") if lines else ""


def _figures_table(cards: Sequence[tuple[str, str, str, str, list[Piece]]]) -> str:
    """Key figures as a table of Word: the value, what it is, what it compares with, its source."""
    rows = []
    for label, value, unit, comparison, source in cards:
        if unit[:1] in ("%", "‰"):
            value, unit = f"{value}{THIN}{unit}", ""
        what = f"{md(unit)} — {md(label)}" if unit and unit.casefold() not in label.casefold() else md(label)
        rows.append(
            (f'[{md(value)}]{{custom-style="{KEY_FIGURE}"}}', what, md(comparison), as_markdown(source))
        )
    heads = ("Chiffre", "Ce que c’est", "Pour comparer", "Source")
    used = [place for place in range(len(heads)) if any(row[place] for row in rows)]
    shares = {0: 16, 1: 34, 2: 26, 3: 30}
    lines = [[heads[n] for n in used], ["-" * shares[n] for n in used]]
    lines += [[row[n] or "–" for n in used] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def is_sheet(item: Item) -> bool:
    """Whether an output begins the sheet of a commune: a text under a title of level 2."""
    return item.kind == "prose" and bool(SHEET.match(str(item.data.get("text/markdown", ""))))


def sheet_cell(notebook: Any) -> Any:
    """The cell that shows the communes one by one: the one with most titles; nothing in an empty notebook."""
    return max(notebook.cells, key=lambda cell: sum(map(is_sheet, cell_items(cell))), default=None)


def run_in(markdown: str) -> str:
    """Definitions whose facts follow each other in one paragraph, each after its name, instead of a list."""

    def join(found: re.Match[str]) -> str:
        said = _FACT.sub(lambda f: f"*{f[1]}{f[2]}*" if f[1] else "", found.group().strip())
        return said.replace("\n", " ") + "\n"

    return _FACTS.sub(join, markdown)


_OPEN, _CLOSE = raw("#dense["), raw("] // dense")
_LITTLE = 2500
"""Characters after a dense list, at most, that are set in its columns instead of a page of their own."""


def one_list(markdown: str) -> str:
    """Dense lists that only a title separates, in one run of columns, with the little that follows them."""
    opened, closed = re.escape(_OPEN), re.escape(_CLOSE)
    joined = re.sub(rf"{closed}\s*^(## [^\n]*)$\s*{opened}", r"\n\1\n\n", markdown, flags=re.MULTILINE)
    joined = re.sub(rf"^(## [^\n]*)$\s*{opened}", rf"{_OPEN}\n\1\n\n", joined, flags=re.MULTILINE)
    before, close, after = joined.rpartition(_CLOSE)
    inside = close and _OPEN in before and _OPEN not in after and after.strip() and len(after) < _LITTLE
    return f"{before}\n{after}\n{_CLOSE}" if inside else joined


def _share(width: float, height: float) -> float:
    """Percent of the text's width that a drawing takes: less when it would not fit in a page."""
    if not width or not height:
        return _SHARE
    part = min(1.0, _TALLEST * width / height)
    return _SHARE * (part if part >= _LEGIBLE else min(1.0, _PAGE * width / height))


def _whole_sums(shown: str, meta: Mapping[str, Any]) -> str:
    """A table whose shortened sha256 are given whole, as its data have them: paper has no file beside it."""
    record = meta.get("data") or {}
    columns = list(record.get("columns") or ())
    if "sha256" not in columns or "…" not in shown:
        return shown
    place = columns.index("sha256")
    whole = {str(row[place])[:12]: str(row[place]) for row in record.get("rows") or () if row[place]}
    return _SHORT_SHA.sub(lambda found: whole.get(found[1], found.group()), shown)


def pipe_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A pipe table of plain texts."""
    cells = [[md(cell) for cell in row] for row in (head, *rows)]
    rule = ["-" * width for width in rule_widths(cells)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (cells[0], rule, *cells[1:]))
