"""The heat table: indicators × territories, each cell its number, a mark and a tint for how it stands.

A table and not a picture: its cells can be read aloud, searched, copied and, in Word, corrected; twenty rows
of eight columns drawn as an image would be too small on a phone. What the tint says is said without it: the
mark before the number tells the side (▲ more, ▼ less) and whether the difference is large (▲▲), a column
tells which side is favourable. Word and PDF, which lose the tints, keep marks and column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Literal

import pandas as pd

from ctg_lib.display.output import esc, require
from ctg_lib.display.table import Table
from ctg_lib.display.typography import typeset
from ctg_lib.display.words import FAR, SIDES

MARKS: dict[tuple[str, bool], str] = {
    ("above", False): "▲", ("above", True): "▲▲",
    ("below", False): "▼", ("below", True): "▼▼",
}  # fmt: skip
"""(side of a reading, whether it is far) -> what stands before the number."""
TURNED = "◆"
"""Before a number whose reading one commune turns: no side is named."""
BETTER: dict[str | None, str] = {"higher": "haut", "lower": "bas", None: "–"}
"""Which side of an indicator is favourable, as its column says it."""
SPOKEN: dict[str, str] = {
    "▲▲": f"{FAR} {SIDES['above']}", "▲": SIDES["above"],
    "▼▼": f"{FAR} {SIDES['below']}", "▼": SIDES["below"],
    TURNED: "une commune change la lecture",
}  # fmt: skip
"""Mark -> what a screen reader says in its place."""

Tone = Literal["", "better", "better-far", "worse", "worse-far"]


@dataclass(frozen=True)
class HeatCell:
    """One cell.

    Attributes:
        text: number as written, or its status in words.
        side: of its reading against the row's reference (``above``, ``below``; anything else: no mark).
        far: whether the difference is at least twice the one that counts.
        better: ``higher``, ``lower`` or None: which side is favourable. None gives no tint.
        turned: one commune turns the reading: neither mark of a side nor tint.
        known: False where the text is a status.
    """

    text: str
    side: str = ""
    far: bool = False
    better: str | None = None
    turned: bool = False
    known: bool = True

    @property
    def mark(self) -> str:
        """▲▲, ▲, ▼, ▼▼, ◆ or nothing."""
        return TURNED if self.turned else MARKS.get((self.side, self.far), "")

    @property
    def tone(self) -> Tone:
        """Tint of the cell; empty where no difference is named or neither side is better."""
        if self.turned or not self.mark or self.better is None:
            return ""
        good = (self.side == "above") == (self.better == "higher")
        if good:
            return "better-far" if self.far else "better"
        return "worse-far" if self.far else "worse"


@dataclass
class HeatTable(Table):
    """A :class:`Table` whose cells may be :class:`HeatCell`; made by :func:`heat_table`.

    Attributes:
        tints: what the tints mean; only in HTML, where they are seen.
    """

    _: KW_ONLY
    tints: str = ""

    def to_html(self) -> str:
        """The table, its marks with words for screen readers, and what the tints mean."""
        pattern = re.compile(rf"(<td[^>]*>)({'|'.join(map(re.escape, SPOKEN))})\s")
        spoken = r'\1<span role="img" aria-label="{}">\2</span>' + "\u00a0"
        html = pattern.sub(lambda m: m.expand(spoken.format(esc(SPOKEN[m[2]]))), super().to_html())
        tints = f'\n<p class="ctg-notes">{esc(typeset(self.tints))}</p>' if self.tints else ""
        return html.removesuffix("\n</div>") + tints + "\n</div>"


def heat_table(
    frame: pd.DataFrame,
    *,
    id: str,
    caption: str,
    source: str,
    columns: Mapping[str, str],
    notes: Sequence[str] = (),
    more: Mapping[str, str] | None = None,
    row_header: str = "name",
) -> HeatTable:
    """A heat table of rows that the caller has read.

    Args:
        frame: rows in reading order; cells are texts or :class:`HeatCell`. Column ``better`` (``higher``,
            ``lower``, None) says which side of the row is favourable.
        columns: shown columns and their headers; ``better`` is written in words.
        more: columns, and their headers, that only the downloaded data have.
        notes: lines under the legend, which is made here from the marks in use.

    Raises:
        ValueError: a column is missing.
    """
    more = dict(more or {})
    require(frame, [*columns, "better", *more], f"heat table {id}")
    out = pd.DataFrame(index=range(len(frame)))
    used: list[HeatCell] = []
    for column in columns:
        cells = frame[column].tolist()
        if column == "better":
            out[column] = [BETTER[b if isinstance(b, str) else None] for b in cells]
            continue
        out[column] = [f"{c.mark}\u00a0{c.text}" if isinstance(c, HeatCell) and c.mark else
                       c.text if isinstance(c, HeatCell) else c for c in cells]  # fmt: skip
        if any(isinstance(c, HeatCell) for c in cells):
            out[f"{column}_class"] = [_classes(c) if isinstance(c, HeatCell) else "" for c in cells]
            used += [c for c in cells if isinstance(c, HeatCell)]
    for column in more:
        out[column] = frame[column].tolist()
    return HeatTable(
        out, id=id, caption=caption, source=source, columns=columns, row_header=row_header,
        notes=[*legend(used), *notes], tints=tint_words(used), more=more,
    )  # fmt: skip


def _classes(cell: HeatCell) -> str:
    if not cell.known:
        return "ctg-status"
    return f"ctg-heat-{cell.tone}" if cell.tone else ""


def legend(cells: Sequence[HeatCell]) -> list[str]:
    """What the marks of these cells mean, those in use alone; says so where there is none."""
    marks = {cell.mark for cell in cells if cell.mark and not cell.turned}
    said = [f"{mark} {SPOKEN[mark]}" for mark in ("▲▲", "▲", "▼", "▼▼") if mark in marks]
    lines = []
    if said:
        lines.append(
            f"{' ; '.join(said)} que la référence de la ligne. Sans marque : pas de différence à nommer, "
            "trop petite ou trop incertaine."
        )
    else:
        lines.append("Sans marque : pas de différence à nommer avec la référence de la ligne.")
    lines.append(f"« Mieux » : le côté favorable ; {BETTER[None]} : ni l’un ni l’autre.")
    if any(cell.turned for cell in cells):
        lines.append(
            f"{TURNED} une commune change la lecture de ce taux : aucun côté n’est nommé, voir « avec et "
            "sans »."
        )
    return lines


def tint_words(cells: Sequence[HeatCell]) -> str:
    """What the tints of these cells mean; empty where there is none."""
    tones = {cell.tone.removesuffix("-far") for cell in cells if cell.tone}
    colours = {"better": "bleu, côté favorable", "worse": "orange, côté défavorable"}
    said = " ; ".join(colours[tone] for tone in ("better", "worse") if tone in tones)
    if not said:
        return ""
    return (
        f"Couleurs : {said} ; plus foncé, {FAR} {SIDES['above']} ou {SIDES['below']}. Aucune quand ni l’un "
        "ni l’autre côté n’est meilleur."
    )
