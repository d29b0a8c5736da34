"""What a value is: a number, its bounds, its unit, and a status when there is no usable number.

The order of ``STATUSES`` is fixed: where several statuses meet (a sum, a ratio), the worst one wins.
0 never stands for missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

STATUSES: tuple[str, ...] = (
    "observed",  # as the publisher counted or estimated it
    "rounded",  # known within bounds, because the publisher rounds
    "estimated",  # computed with an assumption, said in `method`
    "secret",  # hidden by the sender's secrecy rule
    "not_significant",  # « NS » in the source
    "below_threshold",  # exists, but its base is too small to be shown
    "missing",  # not in the data at hand
    "not_applicable",  # has no meaning here
    "merged_elsewhere",  # counted in another commune since a merger
)
USABLE: frozenset[str] = frozenset({"observed", "rounded", "estimated"})
"""Statuses with which a value (or its bounds) may be shown as a number."""

STATUS_LABELS: dict[str, str] = {
    "observed": "observé",
    "rounded": "arrondi par l’éditeur",
    "estimated": "estimé",
    "secret": "secret statistique",
    "not_significant": "non significatif",
    "below_threshold": "effectif trop faible",
    "missing": "non disponible",
    "not_applicable": "sans objet",
    "merged_elsewhere": "compté dans une autre commune",
}

LEVELS: tuple[str, ...] = (
    "structure", "commune", "secteur", "epci", "study", "departement", "region", "france",
)  # fmt: skip
LEVEL_LABELS: dict[str, str] = {
    "structure": "structure",
    "commune": "commune",
    "secteur": "secteur",
    "epci": "intercommunalité",
    "study": "territoire de l’étude",
    "departement": "département",
    "region": "région",
    "france": "France",
}
GROUP = "groupe"
"""Level, in exports alone, of several territories taken together: « 20 intercommunalités voisines »."""
GROUP_LABEL = "groupe de comparaison"
FRANCE_CODES: dict[str, str] = {
    "FR": "France",
    "FM": "France métropolitaine",
    "FHM": "France hors Mayotte",
}
"""Three perimeters that publishers all call « France »; never mixed unlabelled."""

STATUS_RANK: dict[str, int] = {status: rank for rank, status in enumerate(STATUSES)}
"""Position in ``STATUSES``; larger is worse."""


def worst_status(statuses: Iterable[str]) -> str:
    """The status of something made from parts with these statuses (``observed`` for no part).

    Raises:
        ValueError: an unknown status.
    """
    found = set(statuses)
    unknown = found - STATUS_RANK.keys()
    if unknown:
        raise ValueError(f"unknown status {sorted(unknown)}; known: {', '.join(STATUSES)}")
    return STATUSES[max((STATUS_RANK[s] for s in found), default=0)]


def canonical_breakdown(parts: dict[str, str] | None = None, /, **kwargs: str) -> str:
    """Sorted ``key=value`` text joined by ``;`` (``age=Y15T24;sex=F``); empty text = the total.

    ``_T`` (Melodi's code for a total) is left out, so that a total has one spelling only.
    """
    merged = {**(parts or {}), **kwargs}
    for key, value in merged.items():
        if any(c in f"{key}{value}" for c in "=;"):
            raise ValueError(f"'=' and ';' are not allowed in a breakdown: {key}={value}")
    return ";".join(f"{k}={merged[k]}" for k in sorted(merged) if merged[k] != "_T")


def parse_breakdown(text: str) -> dict[str, str]:
    """The inverse of :func:`canonical_breakdown`."""
    return dict(part.split("=", 1) for part in text.split(";")) if text else {}


@dataclass(frozen=True)
class Value:
    """One number as a reader meets it.

    ``value`` may be None while ``lower``/``upper`` are known: a sum of rounded counts is a range.
    """

    value: float | None
    lower: float | None = None
    upper: float | None = None
    unit: str = ""
    status: str = "observed"
    decimals: int = 0
    method: str = ""
    period: str = ""
    sources: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether one number may be shown."""
        return self.value is not None and self.status in USABLE

    @property
    def is_range(self) -> bool:
        """Whether only bounds may be shown."""
        return (
            self.value is None and self.lower is not None and self.upper is not None and self.status in USABLE
        )
