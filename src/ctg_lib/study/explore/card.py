"""The card: how a study, a territory, an indicator or an explanation shows itself in a notebook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from ctg_lib.display.figure import MADE_UP
from ctg_lib.display.output import Bundle, esc, md
from ctg_lib.display.typography import typeset, typeset_html

LONG = 320
"""Characters above which a fact is folded behind its first words."""

STYLE = """<style>
.ctg-x { color: var(--jp-content-font-color1, inherit); border-left: 4px solid var(--jp-brand-color1, #0B5A63);
  padding: .1rem 0 .1rem .9rem; margin: .25rem 0 1rem; max-width: 62rem; line-height: 1.45; }
.ctg-x p { margin: .2rem 0; }
.ctg-x .ctg-x-title { font-size: 1.2em; font-weight: 700; }
.ctg-x .ctg-x-soft, .ctg-x .ctg-source, .ctg-x .ctg-notes { color: var(--jp-content-font-color2, #4A5158); }
.ctg-x .ctg-x-fictif { display: inline-block; border: 2px solid currentColor; padding: 0 .5rem; font-weight: 700; }
.ctg-x dl.ctg-x-facts { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr);
  gap: .25rem 1rem; margin: .5rem 0; }
.ctg-x dl.ctg-x-facts dt { font-weight: 700; white-space: nowrap; max-width: none; }
.ctg-x dl.ctg-x-facts dd { margin: 0; overflow-wrap: anywhere; }
.ctg-figure .ctg-title { font-weight: 700; font-size: 1.1em; }
.ctg-x summary { cursor: pointer; min-height: 24px; }
.ctg-x pre { margin: .2rem 0; padding: .4rem .6rem; overflow-x: auto; background: var(--jp-layout-color2, #F1F1F1); }
.ctg-x .ctg-table-wrap { overflow: auto; max-height: 34rem; margin: .3rem 0; }
.ctg-x table.ctg-table { border-collapse: collapse; font-size: inherit; margin: 0; }
.ctg-x .ctg-table caption { text-align: left; font-weight: 700; padding: 0 0 .3rem; }
.ctg-x .ctg-table th, .ctg-x .ctg-table td { text-align: left; vertical-align: top; padding: .2rem .6rem;
  max-width: 30rem; white-space: normal; border-bottom: 1px solid var(--jp-border-color1, #B9C0C6); }
.ctg-x .ctg-table td.ctg-long, .ctg-x .ctg-table td.ctg-text { overflow-wrap: anywhere; min-width: 12rem; }
.ctg-x .ctg-table tbody th { font-weight: 400; min-width: 9rem; }
.ctg-x .ctg-table .ctg-num { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.ctg-x .ctg-table thead .ctg-num { white-space: normal; }
.ctg-x .ctg-table thead th { vertical-align: bottom; position: sticky; top: 0;
  background: var(--jp-layout-color1, #FFF); }
.ctg-x .ctg-table .ctg-unit { display: block; font-weight: 400; }
.ctg-x .ctg-table .ctg-status { font-style: italic; }
.ctg-x .ctg-table tr.ctg-highlight th, .ctg-x .ctg-table tr.ctg-highlight td { font-weight: 700; }
.ctg-x .ctg-x-sort { all: unset; cursor: pointer; font-weight: 700; }
.ctg-x .ctg-x-sort:focus-visible, .ctg-x input:focus-visible { outline: 2px solid var(--jp-brand-color1, #AA5A06);
  outline-offset: 2px; }
.ctg-x input { font: inherit; color: inherit; background: var(--jp-layout-color0, #FFF);
  border: 1px solid var(--jp-border-color0, #6C757D); padding: .15rem .4rem; min-height: 24px; max-width: 100%; }
@media (max-width: 40rem) { .ctg-x dl.ctg-x-facts { display: block; } .ctg-x dl.ctg-x-facts dd { margin: 0 0 .4rem; } }
</style>"""
"""JupyterLab's own colours, light or dark; the project's where there are none (a page made by nbconvert)."""


class Shown(Protocol):
    """What a notebook can show: a table, a figure, another card."""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle: ...


@dataclass(frozen=True)
class Fact:
    """One line of a card.

    Attributes:
        term: what is told.
        text: what there is to say; plain text.
        code: whether it is code or a name that a program reads: no typography.
    """

    term: str
    text: str
    code: bool = False

    def html(self) -> str:
        """The line of a definition list, long texts folded."""
        said = f"<code>{esc(self.text)}</code>" if self.code else typeset_html(esc(self.text))
        if len(self.text) > LONG:
            cut = self.text[: self.text.rfind(" ", 0, 90)].rstrip(" ,;")
            said = f"<details><summary>{typeset_html(esc(cut))}…</summary>{said}</details>"
        return f"<dt>{typeset_html(esc(self.term))}</dt><dd>{said}</dd>"


@dataclass(frozen=True)
class Card:
    """A title, facts, then tables and figures, then what to try next.

    Attributes:
        title, subtitle: plain text.
        facts: those with an empty text are left out.
        parts: what stands under the facts, in order.
        tries: lines of Python worth running next.
        fictif: the study is made up: the card says so before anything else.
    """

    title: str
    subtitle: str = ""
    facts: Sequence[Fact] = ()
    parts: Sequence[Shown] = ()
    tries: Sequence[str] = ()
    fictif: bool = False

    def told(self) -> list[Fact]:
        """The facts that have something to say."""
        return [fact for fact in self.facts if fact.text]

    @cached_property
    def _inner(self) -> list[dict[str, Any]]:
        """The parts in all their forms: drawn once."""
        return [part._repr_mimebundle_()[0] for part in self.parts]

    def to_html(self) -> str:
        """A block that stands alone: in JupyterLab, in a page made by nbconvert, without any script."""
        out = [STYLE, '<div class="ctg-x">']
        if self.fictif:
            out.append(f'<p class="ctg-x-fictif">{typeset_html(esc(MADE_UP))}</p>')
        out.append(f'<p class="ctg-x-title">{typeset_html(esc(self.title))}</p>')
        if self.subtitle:
            out.append(f'<p class="ctg-x-soft">{typeset_html(esc(self.subtitle))}</p>')
        if told := self.told():
            out.append(f'<dl class="ctg-x-facts">{"".join(fact.html() for fact in told)}</dl>')
        out += [_inside(str(data["text/html"])) for data in self._inner]
        if self.tries:
            lines = esc("\n".join(self.tries))
            out.append(
                f'<p class="ctg-x-soft">{typeset_html("À essayer :")}</p><pre><code>{lines}</code></pre>'
            )
        return "\n".join([*out, "</div>"])

    def to_markdown(self) -> str:
        """The same for Word and PDF."""
        blocks = [f"**{md(typeset(MADE_UP))}**"] if self.fictif else []
        head = f"**{md(typeset(self.title))}**"
        blocks.append(f"{head} — {md(typeset(self.subtitle))}" if self.subtitle else head)
        lines = [
            f"- {md(typeset(f.term))} : {f'`{f.text}`' if f.code else md(typeset(f.text))}"
            for f in self.told()
        ]
        blocks += ["\n".join(lines)] if lines else []
        blocks += [str(data.get("text/markdown", data["text/plain"])) for data in self._inner]
        if self.tries:
            blocks.append("```python\n" + "\n".join(self.tries) + "\n```")
        return "\n\n".join(blocks) + "\n"

    def to_text(self) -> str:
        """The same for a terminal."""
        lines = [typeset(MADE_UP)] if self.fictif else []
        lines += [typeset(self.title), *([typeset(self.subtitle)] if self.subtitle else [])]
        lines += [f"  {typeset(f.term)} : {f.text if f.code else typeset(f.text)}" for f in self.told()]
        lines += [str(data["text/plain"]) for data in self._inner]
        lines += [f"  >>> {line}" for line in self.tries]
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        data = {
            "text/html": self.to_html(),
            "text/markdown": self.to_markdown(),
            "text/plain": self.to_text(),
        }
        return data, {}

    def __repr__(self) -> str:
        return self.to_text()


class AsCard:
    """Shown by its card, in a notebook as in a terminal."""

    def card(self) -> Card:
        """What is shown."""
        raise NotImplementedError

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return self.card()._repr_mimebundle_(include, exclude)

    def __repr__(self) -> str:
        return self.card().to_text()


_OPENING = re.compile(r'\A<div class="ctg-x">(.*)</div>\Z', re.S)


def _inside(markup: str) -> str:
    """The HTML of a part; one style sheet and one frame are enough for the whole card."""
    text = markup.replace(STYLE, "").strip()
    framed = _OPENING.match(text)
    return framed[1] if framed else text
