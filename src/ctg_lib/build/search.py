"""What the search of the pages looks in: headings, prose, titles of figures and tables, names of their rows.

The index is made with the report and is a file beside the pages: a script that sets one variable, since pages
opened from a folder may not read files otherwise. It holds nothing that the pages do not show.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bs4 import NavigableString, Tag

if TYPE_CHECKING:
    from ctg_lib.build.page import Page

Part = tuple[str, str, str]
"""(anchor in the page, title, words): one thing that a result leads to."""

_HEADING = re.compile(r"^h[1-6]$")
_BLOCKS = ("p", "li", "ul", "ol", "dl", "dt", "dd", "div", "section", "table", "figure", "details", "pre")
_PASSED_OVER = frozenset({"ctg-data", "ctg-source", "ctg-key-source", "downloads", "ctg-notes", "footnotes"})


def page_parts(soup: Tag, title: str) -> list[Part]:
    """The parts of a page's content in reading order; the first is what stands before any heading.

    Args:
        soup: (an element of) finished content: headings, figures and tables have their ids.
        title: of the page.
    """
    reader = _Reader(title)
    reader.read(soup)
    return reader.parts()


class _Reader:
    """Reads a page once: prose goes to the heading it stands under, figures and tables are parts."""

    def __init__(self, title: str) -> None:
        self._found: list[tuple[str, str, list[str]]] = [("", title, [])]
        self._section = self._found[0]

    def parts(self) -> list[Part]:
        """What was found; a part without an anchor is kept only where it is the page's beginning."""
        kept = [(anchor, title, _plain(" ".join(words))) for anchor, title, words in self._found]
        return [part for index, part in enumerate(kept) if not index or part[0]]

    def read(self, node: Tag) -> None:
        """Take in what an element holds, children in order."""
        for child in node.children:
            if isinstance(child, NavigableString):
                self._section[2].append(str(child)) if type(child) is NavigableString else None
            elif isinstance(child, Tag) and not _PASSED_OVER & set(child.get("class") or []):
                self._element(child)

    def _element(self, tag: Tag) -> None:
        if _HEADING.match(tag.name):
            self._section = (str(tag.get("id", "")), _text(tag), [])
            self._found.append(self._section)
        elif tag.name == "figure":
            self._figure(tag)
        elif tag.name == "table":
            self._table(tag)
        elif tag.name in ("svg", "style", "img"):
            return
        elif tag.find(_BLOCKS):
            self.read(tag)
        else:
            self._section[2].append(_text(tag))

    def _figure(self, figure: Tag) -> None:
        title, image = figure.find(class_="ctg-title"), figure.find("img")
        said = [_text(p) for p in figure.find_all(class_="ctg-subtitle")]
        alt = str(image.get("alt", "")) if image else ""
        self._found.append((str(figure.get("id", "")), _text(title) if title else alt, [*said, alt]))

    def _table(self, table: Tag) -> None:
        block = table.find_parent(id=True)
        caption, body = table.find("caption"), table.find("tbody") or table
        heads = table.find("thead")
        names: list[str] = [_text(head) for head in heads.find_all("th")] if heads else []
        anchor = str(table.get("id") or (block.get("id") if block else "") or self._section[0])
        rows: list[tuple[str, str, list[str]]] = []
        for row in body.find_all("tr"):
            head = row.find("th")
            if head is None:
                continue
            names.append(_text(head))
            if row.get("id"):
                rows.append((str(row["id"]), _text(head), []))
        if caption:
            shown = names if not rows else []
            self._found.append((anchor, _text(caption), shown))
        else:
            self._section[2].extend(names)
        self._found.extend(rows)


def _text(tag: Tag) -> str:
    return _plain(tag.get_text(" "))


def _plain(text: str) -> str:
    return re.sub(r" (?=[,.)])", "", " ".join(re.split(r"[ \n\t]+", text)).strip())


def index_file(pages: Iterable[Page]) -> bytes:
    """The file ``assets/search-index.js``.

    It sets ``ctgIndex`` to ``{pages: [[slug, title]], parts: [[rank of the page, anchor, title, words]]}``.
    """
    listed: Sequence[Page] = list(pages)
    index = {
        "pages": [[page.slug, page.title] for page in listed],
        "parts": [[rank, *part] for rank, page in enumerate(listed) for part in page.parts],
    }
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    return f"window.ctgIndex={text};\n".encode()
