"""Which way an indicator is wanted to go: what the sheet says, the dictionary, else the words of its label."""

from __future__ import annotations

import re
from typing import Any, Protocol

from ctg_lib.indicators.registry import registry

_LESS = re.compile(
    r"\b(?:attente|sans (?:réponse|solution|place|suite)|refus|refusée?s?|vacante?s?|non pourvue?s?|retards?|délais?|"
    r"fermée?s?|fermetures?|annulée?s?|annulations?|ruptures?|abandons?|départs|non-recours|renoncements?|impayés)\b",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:accueillie?s?|inscrite?s?|ouverte?s?|venue?s?|reçue?s?|aidée?s?|accompagnée?s?|couverte?s?|tenue?s?|pourvue?s?|"
    r"en activité|formée?s?|créée?s?|participent|participants?|familles venues)\b",
    re.IGNORECASE,
)


class _Line(Protocol):
    def __getitem__(self, name: str, /) -> Any: ...


def wanted(line: _Line) -> tuple[str, str]:
    """Which way an indicator of the plan is wanted to go, and who says so.

    Args:
        line: of « Indicateurs ».

    Returns:
        « higher », « lower » or nothing; « plan » (column « Sens voulu »), « dictionnaire » or « intitulé ».
    """
    if line["better"]:
        return str(line["better"]), "plan"
    rule = registry().get(str(line["indicator"] or ""))
    if rule is not None:
        return rule.better or "", "dictionnaire"
    label = str(line["label"] or "")
    less, more = bool(_LESS.search(label)), bool(_MORE.search(label))
    if less == more:  # no word of either, or words of both: nothing is said
        return "", ""
    return ("lower" if less else "higher"), "intitulé"


def goes_wrong(line: _Line) -> str:
    """Who says that its target lies on the wrong side of its baseline; empty where nobody does."""
    baseline, target = line["baseline"], line["target"]
    if baseline is None or target is None:
        return ""
    side, by = wanted(line)
    wrong = (side == "higher" and target < baseline) or (side == "lower" and target > baseline)
    return by if wrong else ""
