"""Chapter 03b: when services open, who waits, where users come from."""

from __future__ import annotations

import pandas as pd

from ctg_lib.display.figure import Absent
from ctg_lib.display.output import md
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import Table
from ctg_lib.display.typography import counted, number
from ctg_lib.partnership.books.offre import PERIODS, PLACES_OF
from ctg_lib.study.chapters.folder_base import FEW, NONE, clock, or_none, people
from ctg_lib.study.chapters.offre.base import MANAGERS_ASKED, WITHOUT_HOURS, OffreBase
from ctg_lib.study.chapters.offre.words import (
    EARLY,
    LATE,
    WEEKEND,
    days_in_words,
    oddness,
    origin,
    year_text,
)

SPAN = "hors de la plage de 8 h à 18 h 30 en semaine"


class DemandPart(OffreBase):
    """Hours, waiting lists, origins."""

    # ----------------------------------------------------------------------------------- sentences

    def hours_message(self) -> str:
        """How many of the services whose hours are known open at unusual hours."""
        lines = self.lines
        timed, dated = lines[_timed(lines)], lines[lines["days"].map(len).gt(0)]
        said = [
            _share(
                timed[_early_or_late(timed)],
                timed,
                "dont les heures sont connues",
                "avant 8 h ou après 18 h 30",
            ),
            _share(dated[_weekend(dated)], dated, "dont les jours sont connus", "le week-end"),
        ]
        return " ".join(s for s in said if s)

    def waiting_message(self) -> str:
        """Requests waiting, service by service, each with its date; not added up."""
        lines = self._waiting()
        lines = lines[lines["waiting"].gt(0) | lines["waiting_masked"]]
        if lines.empty:
            return ""
        said = [
            f"{md(row['title'])}, {people(row['waiting']) if pd.notna(row['waiting']) else f'moins de {FEW}'}"
            + (f" ({or_none(row['waiting_date'])})" if pd.notna(row["waiting_date"]) else " (date non dite)")
            for row in lines.head(3).to_dict("records")
        ]
        more = f" ; et {counted(len(lines) - 3, 'autre liste', 'autres listes')}" if len(lines) > 3 else ""
        return (
            f"**Demandes en attente** : {' ; '.join(said)}{more}. Une famille peut figurer sur deux listes."
        )

    # --------------------------------------------------------------------------------------- hours

    def horaires(self) -> Table | Absent:
        """Times of opening, those before 8 h, after 18 h 30 or at the week-end first."""
        title, id = "Qui ouvre tôt, tard ou le week-end", "tbl-horaires"
        every = self.lines
        if every.empty:
            return self.absent_book(title, "offre", id)
        lines = every[_timed(every) | _weekend(every)]
        if lines.empty:
            reason = f"aucune heure d’ouverture n’est remplie : {self.asked_of(MANAGERS_ASKED)}"
            return self.absent(title, reason, id)
        lines = lines.assign(odd=_early_or_late(lines) | _weekend(lines))
        lines = lines.sort_values("odd", ascending=False, kind="stable")
        frame = pd.DataFrame(
            {
                "name": lines["title"].map(or_none), "period": lines["period"].map(PERIODS).fillna(NONE),
                "days": lines["days"].map(days_in_words), "opens": lines["opens"].map(clock),
                "closes": lines["closes"].map(clock), "odd": [oddness(r) for r in lines.to_dict("records")],
            }
        )  # fmt: skip
        n = lines.loc[lines["odd"], "service_key"].nunique()
        asked = every.loc[~every["type"].isin(WITHOUT_HOURS), "service_key"]
        silent = int((~asked.drop_duplicates().isin(every.loc[_timed(every), "service_key"])).sum())
        caption = f"{upper_first(counted(n, 'service'))} {SPAN}"
        return Table(
            frame, id=id, caption=caption if n else f"Aucun horaire connu {SPAN}",
            source=self.workbook_source("offre", given=()),
            columns={"name": "Service", "period": "Période", "days": "Jours", "opens": "Ouvre à", "closes": "Ferme à",
                     "odd": "Horaire atypique"},
            notes=[f"{upper_first(counted(silent, 'autre service', 'autres services'))} sans heures d’ouverture et de fermeture "
                   "remplies."] if silent else [],
        )  # fmt: skip

    # ------------------------------------------------------------------------------- demand and users

    def _waiting(self) -> pd.DataFrame:
        """Lines with a waiting list, the longest first; one too short to be counted last."""
        lines = self.lines
        masked = lines.get("waiting_masked", pd.Series(False, index=lines.index)).astype(bool)
        lines = lines.assign(waiting_masked=masked)
        lines = lines[lines["waiting"].notna() | masked]
        return lines.sort_values("waiting", ascending=False, kind="stable")

    def attente(self) -> Table | Absent:
        """Waiting lists, each with its date."""
        title, id = "Les demandes en attente", "tbl-attente"
        if self.services.empty:
            return self.absent_book(title, "offre", id)
        lines = self._waiting()
        if lines.empty:
            reason = f"aucune liste d’attente n’est remplie : {self.asked_of(MANAGERS_ASKED)}"
            return self.absent(title, reason, id)
        counts = [
            f"moins de {FEW}" if masked else people(n)
            for n, masked in zip(lines["waiting"], lines["waiting_masked"], strict=True)
        ]
        frame = pd.DataFrame(
            {
                "name": lines["title"].map(or_none), "waiting": counts,
                "date": [or_none(d) if pd.notna(d) else "date non dite" for d in lines["waiting_date"]],
                "places": lines["places"].map(or_none),
            }
        )  # fmt: skip
        known = set(lines["service_key"])
        others = self.services.loc[self.services["type"].isin(PLACES_OF), "service_key"]
        silent = int((~others.isin(known)).sum())
        return Table(
            frame, id=id, caption=title, source=self.workbook_source("offre", given=("waiting", "waiting_date", "places")),
            columns={"name": "Service", "waiting": "Demandes", "date": "Liste du", "places": "Places"},
            notes=["Une famille peut figurer sur deux listes : ne pas additionner.",
                   *([f"{upper_first(counted(silent, 'service'))} à places, sans liste d’attente remplie."] if silent else [])],
        )  # fmt: skip

    def origines(self) -> Table | Absent:
        """Where users come from: how many, and the part that comes from outside."""
        title, id = "D’où viennent les usagers", "tbl-origines"
        lines = self.folder.table("offre", "origins")
        if self.services.empty and lines.empty:
            return self.absent_book(title, "offre", id)
        if lines.empty:
            reason = f"l’origine des usagers n’est pas remplie : {self.asked_of(MANAGERS_ASKED)}"
            return self.absent(title, reason, id)
        names = self.lines.drop_duplicates("id").set_index("id")["title"].to_dict()
        outside = lines["outside"].eq("oui") | lines["commune"].eq("")
        lines = lines.assign(away=lines["users"].where(outside, 0.0))
        own = self.lines.drop_duplicates(["id", "year"]).set_index(["id", "year"])["users"].dropna().to_dict()
        rows = [
            {"name": names.get(service, service) or NONE, "year": year_text(year),
             **origin(part, own.get((service, year), float("nan")))}
            for (service, year), part in lines.groupby(["service", "year"], sort=False, dropna=False)
        ]  # fmt: skip
        return Table(
            pd.DataFrame(rows), id=id, caption=title, source=self.workbook_source("offre", given=()),
            columns={"name": "Service", "year": "Année", "users": "Usagers", "communes": "Communes du territoire",
                     "outside": "De hors du territoire"},
            notes=[f"Un effectif de 1 à {FEW - 1} n’est pas donné ; la part qui le laisserait deviner non plus. « Au moins » : "
                   "une commune au moins est masquée ou n’est pas remplie. « Non donné » : le nombre d’inscrits laisserait "
                   "retrouver un petit effectif."],
        )  # fmt: skip


def _share(some: pd.DataFrame, every: pd.DataFrame, known: str, when: str) -> str:
    """« 2 services sur 5 dont les heures sont connues ouvrent avant 8 h ou après 18 h 30. »"""
    n, of = some["service_key"].nunique(), every["service_key"].nunique()
    if not of:
        return ""
    if not n:
        return f"Aucun service n’ouvre {when}, sur {number(of)} {known}."
    return f"{upper_first(counted(n, 'service'))} sur {number(of)} {known} {'ouvre' if n < 2 else 'ouvrent'} {when}."


def _timed(lines: pd.DataFrame) -> pd.Series:
    return lines["opens"].notna() & lines["closes"].notna()


def _early_or_late(lines: pd.DataFrame) -> pd.Series:
    return lines["opens"].lt(EARLY) | lines["closes"].gt(LATE)


def _weekend(lines: pd.DataFrame) -> pd.Series:
    return lines["days"].map(lambda days: bool(WEEKEND & set(days))).astype(bool)
