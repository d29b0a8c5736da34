"""Amounts that change with the year, as the report, the fiches and the convention say them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ctg_lib.agreement.amounts import Used, used, years_in_words
from ctg_lib.display.typography import euros
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement

NONE = "–"


def value_in_words(each: Used) -> str:
    """« 3 000 € par place et par an », « 0,20 € par heure »."""
    value = each.rate.value
    return f"{euros(value, 0 if value.is_integer() else 2)} par {each.rate.unit}"


def period_in_words(each: Used) -> str:
    """« du 1er janvier 2027 au 31 décembre 2027 »."""
    start, end = each.rate.start, each.rate.end
    said = [f"du {day_in_words(start)}"] if start else []
    return " ".join([*said, *([f"au {day_in_words(end)}"] if end else [])]) or NONE


def beyond_in_words(each: Used) -> str:
    """« dernier connu, repris pour 2028 à 2031 »; empty where its own period covers all that uses it."""
    return f"dernier connu, repris pour {years_in_words(each.beyond)}" if each.beyond else ""


def rates_in_words(agreement: Agreement, actions: Iterable[str]) -> list[str]:
    """Dated amounts on which the budget of these actions rests, each with value, period and source."""
    out = []
    for each in used(agreement, actions):
        if each.actions:
            source = f"source : {each.rate.source}" if each.rate.source else ""
            told = " ; ".join(part for part in (period_in_words(each), beyond_in_words(each), source) if part)
            out.append(f"Montant daté {each.rate.id}, {each.rate.name} : {value_in_words(each)} ({told}).")
    return out
