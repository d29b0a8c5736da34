"""A short text as people write it: paragraphs, « - » lists, **bold**, *italic*; for pages and print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ctg_lib.display.output import esc
from ctg_lib.display.typography import typeset, typeset_html

Run = tuple[str, str]
"""(« », « b » or « i »; words)."""
_MARKS = re.compile(r"\*\*(?P<b>[^*\n]+)\*\*|\*(?P<i>[^*\n]+)\*")
_ITEM = re.compile(r"^\s*[-•]\s+")
_TAGS = {"b": "strong", "i": "em"}


@dataclass(frozen=True)
class Block:
    """A paragraph (one line of runs) or a list (one line per item)."""

    kind: str
    lines: tuple[tuple[Run, ...], ...]

    def plain(self) -> dict[str, object]:
        """The same as JSON takes it."""
        return {"kind": self.kind, "lines": [[list(run) for run in line] for line in self.lines]}


def runs(text: str) -> tuple[Run, ...]:
    """A line in pieces, in French typography; a mark that does not close is text."""
    plain = str(typeset(re.sub(r"\s+", " ", text).strip()))
    out: list[Run] = []
    at = 0
    for found in _MARKS.finditer(plain):
        out.append(("", plain[at : found.start()]))
        kind = "b" if found["b"] is not None else "i"
        out.append((kind, found[kind]))
        at = found.end()
    out.append(("", plain[at:]))
    return tuple(run for run in out if run[1])


def blocks(text: str) -> tuple[Block, ...]:
    """Paragraphs and lists of a text; an empty line parts them, as does the first item of a list."""
    out: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        prose: list[str] = []
        items: list[str] = []
        for line in part.splitlines():
            if _ITEM.match(line):
                items.append(_ITEM.sub("", line))
            elif items:
                items[-1] += f" {line.strip()}"
            else:
                prose.append(line)
        if prose and (found := runs(" ".join(prose))):
            out.append(Block("p", (found,)))
        if items:
            out.append(Block("ul", tuple(runs(item) for item in items)))
    return tuple(out)


def html_of(found: Sequence[Block]) -> str:
    """The same as HTML."""
    out = []
    for block in found:
        lines = ["".join(_tagged(run) for run in line) for line in block.lines]
        if block.kind == "ul":
            out.append(f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>")
        else:
            out += [f"<p>{line}</p>" for line in lines]
    return typeset_html("\n".join(out))


def _tagged(run: Run) -> str:
    kind, words = run
    return f"<{_TAGS[kind]}>{esc(words)}</{_TAGS[kind]}>" if kind else esc(words)
