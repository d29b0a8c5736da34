"""What one evidence says of one need: that it is missing, that something is there, both, or neither.

What an evidence does to the *sentence* of its finding (it supports, qualifies, contradicts) is one thing; what it says
of a *need* is another. A sentence may well say « autant de places qu’ailleurs »: the figure that supports it does not
say that places are missing. So, for one need:

* a figure of the territory (« indicateur ») is read by the side of the reference on which :mod:`~ctg_lib.agreement.grounds`
  says that the need is there: « manque » on that side, « existe » on the other, « parle » close to the reference, without
  any, or where the figure is no ground of that need. The same figure says the same whatever its sentence: ``sense`` is not
  looked at. Where one commune turns the reading, each reading says its own, and two that differ are « nuance »;
* an answer to a survey says « manque » where it is a ground of that need and supports its sentence; else « parle » (that of
  another need; one cited because few give it);
* the report on the previous contract, contracts and documents say « parle »: no rule reads them;
* what the analyst writes (« Ce qu’elle dit du besoin ») prevails, as long as the evidence holds: it was written of what
  the evidence said then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ctg_lib.agreement.evidence import Evidence, Ref
from ctg_lib.agreement.findings import SIDES as SIDE_WORDS
from ctg_lib.agreement.grounds import Grounds

_CODES = {words: side for side, words in SIDE_WORDS.items()}


@dataclass(frozen=True)
class Saying:
    """What an evidence says of a need.

    Attributes:
        says: what is kept. computed: what the rule gives. Keys of :data:`ctg_lib.agreement.books.constats.OF_NEED`.
        measured: whether a figure or an answer that is a ground of the need gave it.
    """

    says: str = "parle"
    computed: str = "parle"
    measured: bool = False

    @property
    def overruled(self) -> bool:
        """Whether the analyst says otherwise than what is measured."""
        return self.measured and self.says != self.computed


NOTHING = Saying()
"""Of what was not read for a need."""


def saying(
    ref: Ref, sense: str, sides: Iterable[str], written: str, needs: Collection[str], grounds: Grounds
) -> Saying:  # fmt: skip
    """What an evidence says of a need (see the module).

    Args:
        sense: what it does to its sentence; empty: it supports it.
        sides: of the reference on which it stands (:func:`sides_of`).
        written: by the analyst; empty where nothing is, or where the evidence holds no more.
        needs: codes of the scheme that make the need.
    """
    own = [grounds[code] for code in needs if code in grounds]
    computed, measured = "parle", False
    if ref.kind == "indicateur":
        name = f"{ref.name}|{ref.breakdown}" if ref.breakdown else ref.name
        wanted = {ground.indicators[name] for ground in own if name in ground.indicators}
        read = {_read(side, wanted) for side in sides} if wanted else set()
        measured = bool(read)
        computed = read.pop() if len(read) == 1 else "nuance" if read else "parle"
    elif ref.kind == "enquete" and any(ref.name in ground.answers for ground in own):
        measured = sense in ("", "appuie")
        computed = "manque" if measured else "parle"
    return Saying(written or computed, computed, measured)


def sides_of(taken: str, now: Evidence | None) -> tuple[str, ...]:
    """Sides of the reference on which a figure stands: as it is now, else as the workbook kept it.

    Args:
        taken: « plus », « moins », « à peu près comme ».
    """
    if now is not None:
        return tuple(dict.fromkeys(side for side in (now.side, now.side_without) if side in SIDE_WORDS))
    return (_CODES[taken],) if taken in _CODES else ()


def _read(side: str, wanted: Collection[str]) -> str:
    if side == "close":
        return "parle"
    return "manque" if side in wanted else "existe"
