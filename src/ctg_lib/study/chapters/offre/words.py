"""Days, hours, places and payers in the words of chapter 03b."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from ctg_lib.display.prose import upper_first
from ctg_lib.display.typography import counted, euros, number
from ctg_lib.partnership.books.offre import DAYS, PERIODS, SERVICES
from ctg_lib.study.chapters.folder_base import FEW, NONE, clock, people

EARLY, LATE = 8 * 60, 18 * 60 + 30
"""Minutes after midnight: before and after them, hours are atypical."""
WEEKEND = frozenset({"sam", "dim"})
UNFILLED = "non rempli"


def days_in_words(days: Sequence[str]) -> str:
    """« lundi à vendredi », « mercredi », « lundi, jeudi »; « – » for none."""
    order = list(DAYS)
    at = sorted(order.index(d) for d in set(days) if d in DAYS)
    if not at:
        return NONE
    labels = list(DAYS.values())
    if len(at) > 2 and at[-1] - at[0] == len(at) - 1:
        return f"{labels[at[0]]} à {labels[at[-1]]}"
    return ", ".join(labels[i] for i in at)


def year_text(year: Any) -> str:
    """« 2025 », « – »."""
    return NONE if pd.isna(year) else str(int(year))


def by_periods(cells: Iterable[tuple[str, str]]) -> str:
    """« mercredi, été : 40 ; petites vacances : 32 » from (period, text); the text alone where all say the same."""
    by: dict[str, list[str]] = {}
    for period, text in cells:
        by.setdefault(text, []).append(PERIODS.get(period, "autre période"))
    if len(by) < 2:
        return next(iter(by), NONE)
    return " ; ".join(f"{', '.join(dict.fromkeys(periods))} : {text}" for text, periods in by.items())


def opening(row: dict) -> str:
    """Days and hours of one line: « lundi à vendredi, 8 h à 18 h », without its period."""
    hours = f"{clock(row['opens'])} à {clock(row['closes'])}" if pd.notna(row["opens"]) else ""
    days = days_in_words(row["days"])
    if days == PERIODS.get(row["period"]) and hours:
        days = NONE  # « mercredi : mercredi, 8 h à 18 h »
    parts = ["" if days == NONE else days, hours]
    if pd.notna(row["hours_week"]) and not hours:
        parts.append(f"{known_or(row['hours_week'], 0, 1)} h par semaine")
    return ", ".join(p for p in parts if p)


def openings(lines: pd.DataFrame) -> str:
    """When a service opens and its licensed places: « lundi à vendredi, 7 h 30 à 18 h 30, 22 places ».

    Period by period where it has several lines: « mercredi : 8 h à 18 h, 40 places ; été : … ».
    """
    said = []
    for row in lines.to_dict("records"):
        places = counted(row["places"], "place") if pd.notna(row["places"]) else ""
        when = ", ".join(p for p in (opening(row), places) if p)
        period = "" if when and row["period"] == "annee" else PERIODS.get(row["period"], "")
        if days_in_words(row["days"]) == period and len(lines) == 1:
            period = ""  # « mercredi, 50 places »
        several = len(lines) > 1 and period and when
        said.append(f"{period} : {when}" if several else ", ".join(p for p in (period, when) if p))
    return " ; ".join(dict.fromkeys(s for s in said if s)) or NONE


def oddness(row: dict) -> str:
    """What is atypical in the hours of a line; « – » where nothing is."""
    said = []
    if row["opens"] < EARLY:
        said.append("avant 8 h")
    if row["closes"] > LATE:
        said.append("après 18 h 30")
    if WEEKEND & set(row["days"]):
        said.append("week-end")
    return ", ".join(said) or NONE


def at_least(total: float, known: float, unknown: int) -> str:
    """« 22 », « au moins 22 (1 service non rempli) », « non rempli », « – »."""
    if pd.notna(total):
        return number(total)
    if pd.isna(known):
        return NONE
    missing = f"{counted(unknown, 'service')} non {'rempli' if unknown < 2 else 'remplis'}"
    return f"au moins {number(known)} ({missing})" if known else UNFILLED


def known_or(value: float, unknown: int, decimals: int = 0) -> str:
    """« 22 », « non rempli » where some is unknown, « – » where it does not apply."""
    if pd.notna(value):
        return number(value, 0 if float(value).is_integer() else decimals)
    return UNFILLED if unknown else NONE


def origin(part: pd.DataFrame, registered: float = float("nan")) -> dict[str, str]:
    """Users, communes they come from, part from outside; nothing from which 1 to 4 people could be told.

    Args:
        registered: users that the service counts for the same year, shown elsewhere; NaN where it does not say.
    """
    communes = part.loc[part["commune"].ne("") & part["outside"].ne("oui"), "commune"].nunique()
    out = {"communes": number(communes) if communes else NONE}
    if part["users"].isna().any():
        known = float(part["users"].sum())
        least = f"au moins {number(known)}" if known >= FEW and pd.isna(registered) else "non donné"
        return {**out, "users": least, "outside": "non calculée"}
    total, away = float(part["users"].sum()), float(part["away"].sum())
    inside = total - away
    if 0 < registered - total < FEW:
        return {**out, "users": "non donné", "outside": "non calculée"}
    if 0 < total < FEW:
        return {**out, "users": people(total), "outside": NONE}
    share = number(100 * away / total, 0, "%") if total else NONE
    if 0 < away < FEW:
        share = people(away)
    elif 0 < inside < FEW:
        share = f"presque tous ({people(inside)} du territoire)"
    elif not part["outside"].eq("oui").any() and part["commune"].ne("").all():
        share = UNFILLED
    return {**out, "users": number(total), "outside": share}


def sum_text(amounts: pd.DataFrame) -> str:
    """Sum in euros; « – » where one amount is not known."""
    total = amounts.sum(axis=1, skipna=False).sum(skipna=False)
    return NONE if pd.isna(total) else euros(float(total))


def payer(group: str) -> str:
    """A group of payers in a sentence: « la Caf », « les familles »."""
    words = {"Caf": "la Caf", "Familles": "les familles", "MSA": "la MSA",
             "Intercommunalité et communes": "l’intercommunalité et les communes",
             "État, Région, Département, autres": "l’État, la Région, le Département et d’autres"}  # fmt: skip
    return words[group]


def kind_label(kind: str, label: str) -> str:
    """A kind of service at the head of a row: the long labels of the workbook cut short."""
    short = {"eaje": "crèche, multi-accueil", "am": "assistantes maternelles (par commune)"}
    return upper_first(short.get(kind, label)) or NONE


def short_kind(kind: str) -> str:
    """A kind of service in a sentence, after « en »."""
    words = {"eaje": "crèche", "micro_creche": "micro-crèche", "mam": "maison d’assistantes maternelles",
             "alsh": "accueil de loisirs", "accueil_jeunes": "accueil de jeunes"}  # fmt: skip
    return words.get(kind, SERVICES.get(kind, kind))
