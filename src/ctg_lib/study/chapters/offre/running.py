"""Chapter 03b: who works there, for which ages, at what price, until when, and what is used."""

from __future__ import annotations

import pandas as pd

from ctg_lib.display.figure import Absent
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import Table
from ctg_lib.display.typography import counted, euros, number
from ctg_lib.partnership.books.offre import PRICE_UNITS, PRICING
from ctg_lib.study.chapters.folder_base import FEW, NONE, or_none, people
from ctg_lib.study.chapters.offre.base import MANAGERS_ASKED, OffreBase
from ctg_lib.study.chapters.offre.words import by_periods, year_text

RUNNING = "Équipes, âges, tarifs, conventions"
USED = ("hours_done", "hours_billed", "occupancy", "users")


class RunningPart(OffreBase):
    """Staff, ages, weeks, tariffs, agreements; hours done and billed."""

    def fonctionnement(self) -> Table | Absent:
        """Per service: ages, weeks, staff, tariffs, end of the agreement with the Caf."""
        id = "tbl-fonctionnement"
        if self.services.empty:
            return self.absent_book(RUNNING, "offre", id)
        parts = (part for _, part in self.lines.groupby("service_key", sort=False))
        named = zip(self.services["name"], parts, strict=True)
        frame = pd.DataFrame([{"name": or_none(name), **_running(part)} for name, part in named])
        filled = (frame.drop(columns="name") != NONE).any(axis=1)
        if not filled.any():
            return self.absent(RUNNING, f"rien n’en est rempli : {self.asked_of(MANAGERS_ASKED)}", id)
        silent = int((~filled).sum())
        notes = [f"« {NONE} » : non rempli. ETP : équivalent temps plein."]
        notes += (
            [f"{upper_first(counted(silent, 'service'))} dont rien de cela n’est rempli."] if silent else []
        )
        columns = {"name": "Service", "ages": "Âges", "weeks": "Semaines par an", "staff": "Personnel",
                   "price": "Tarifs", "end": "Convention Caf jusqu’au"}  # fmt: skip
        kept = {c: label for c, label in columns.items() if c == "name" or frame[c].ne(NONE).any()}
        return Table(
            frame.loc[filled, list(kept)].reset_index(drop=True), id=id, caption=self._running_title(),
            source=self.workbook_source("offre", given=("agreement_end",)), columns=kept, notes=notes,
        )  # fmt: skip

    def _running_title(self) -> str:
        """How many agreements are over, or end within a year of the study's date."""
        today = pd.Timestamp(self.study.as_of)
        ends = self.lines.groupby("service_key")["agreement_end"].min().dropna()
        over = int(ends.lt(today).sum())
        soon = int(ends.between(today, today + pd.DateOffset(years=1)).sum())
        said = [counted(over, "convention Caf terminée", "conventions Caf terminées")] if over else []
        said += (
            [f"{counted(soon, 'convention Caf', 'conventions Caf')} à renouveler dans les douze mois"]
            if soon
            else []
        )
        return upper_first(" ; ".join(said)) or RUNNING

    def activite(self) -> Table | Absent:
        """Per line: hours done and billed, rate of occupation as declared, people registered."""
        title, id = "Ce qui est utilisé", "tbl-activite"
        lines = self.lines
        if lines.empty:
            return self.absent_book(title, "offre", id)
        masked = lines.get("users_masked", pd.Series(False, index=lines.index)).astype(bool)
        known = lines[list(USED)].notna().any(axis=1) | masked
        if not known.any():
            return self.absent(title, f"aucune activité n’est remplie : {self.asked_of(MANAGERS_ASKED)}", id)
        part, few = lines[known], masked[known]
        frame = pd.DataFrame(
            {
                "name": part["title"].map(or_none), "year": part["year"].map(year_text),
                "done": part["hours_done"].map(or_none), "billed": part["hours_billed"].map(or_none),
                "rate": part["occupancy"].map(lambda v: or_none(v, 0, "%")),
                "users": [f"moins de {FEW}" if m else people(n) for n, m in zip(part["users"], few, strict=True)],
            }
        )  # fmt: skip
        return Table(
            frame, id=id, caption=title, source=self.workbook_source("offre", given=("year", *USED)),
            columns={"name": "Service", "year": "Année", "done": "Heures réalisées", "billed": "Heures facturées",
                     "rate": "Occupation réelle", "users": "Inscrits"},
            notes=[f"« {NONE} » : non rempli, ou sans objet. Taux d’occupation réel, tel que le gestionnaire le déclare : heures "
                   "réalisées sur les heures que les places permettent."],
        )  # fmt: skip


def _running(lines: pd.DataFrame) -> dict[str, str]:
    """The cells of one service, period by period where they differ."""
    rows = lines.to_dict("records")
    cells = {"ages": _ages, "weeks": _weeks, "staff": _staff, "price": _price, "end": _end}
    return {name: by_periods((row["period"], cell(row)) for row in rows) for name, cell in cells.items()}


def _ages(row: dict) -> str:
    low, high = row["age_min"], row["age_max"]
    if pd.isna(high):
        return NONE if pd.isna(low) else f"dès {_age(low)}"
    if pd.isna(low):
        return f"jusqu’à {_age(high)}"
    if low == high:
        return _age(low)
    return f"{number(low) if float(low).is_integer() else _age(low)} à {_age(high)}"


def _age(years: float) -> str:
    """« 3 ans », « 1 an »; in months where it is not a whole number of years: « 2 mois »."""
    return counted(years, "an") if float(years).is_integer() else f"{number(round(12 * years))} mois"


def _weeks(row: dict) -> str:
    return NONE if pd.isna(row["weeks"]) else _plain(row["weeks"])


def _staff(row: dict) -> str:
    """« 7,5 ETP ; postes vacants : 1 »."""
    said = [] if pd.isna(row["staff"]) else [f"{_plain(row['staff'])} ETP"]
    said += [f"postes vacants : {_plain(row['vacancies'])}"] if row["vacancies"] > 0 else []
    return " ; ".join(said) or NONE


def _price(row: dict) -> str:
    how, low, high = PRICING.get(row["pricing"], ""), row["price_min"], row["price_max"]
    how = "" if row["pricing"] == "autre" else how
    if pd.notna(low) and pd.notna(high):
        amount = _euros(low) if low == high else f"{_euros(low)} à {_euros(high)}"
    else:
        amount = (
            f"dès {_euros(low)}" if pd.notna(low) else f"jusqu’à {_euros(high)}" if pd.notna(high) else ""
        )
    unit = PRICE_UNITS.get(row["price_unit"], "")
    amount += f" par {unit}" if amount and unit else ""
    return ", ".join(part for part in (amount, how) if part) or NONE


def _end(row: dict) -> str:
    return or_none(row["agreement_end"])


def _plain(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else 1)


def _euros(value: float) -> str:
    return euros(value, 0 if float(value).is_integer() else 2)
