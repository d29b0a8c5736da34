"""Chapter 03b: which services exist, for how many people and when, what they cost and who pays."""

from __future__ import annotations

import pandas as pd

from ctg_lib.display.figure import Absent
from ctg_lib.display.table import KeyFigure, Output
from ctg_lib.display.typography import counted, enumerate_fr, euros, number, plural
from ctg_lib.partnership.books.offre import PLACES_OF
from ctg_lib.partnership.money import last_year
from ctg_lib.partnership.offer import capacity
from ctg_lib.study.chapters.folder_base import named, plain_theme
from ctg_lib.study.chapters.offre.base import CRECHES, MANAGERS_ASKED, PAYERS_ASKED, WHOLE, WITHOUT_HOURS
from ctg_lib.study.chapters.offre.demand import DemandPart
from ctg_lib.study.chapters.offre.money import MoneyPart
from ctg_lib.study.chapters.offre.running import RunningPart
from ctg_lib.study.chapters.offre.services import ServicesPart
from ctg_lib.study.chapters.offre.words import UNFILLED

PAID_BY_CAF = (
    "eaje", "micro_creche", "rpe", "laep", "alsh", "accueil_jeunes", "clas", "mediation_familiale", "espace_rencontre",
    "centre_social", "evs",
)  # fmt: skip
"""Kinds that have a convention d’objectifs et de financement with the Caf."""
FOR_CHILDREN = ("eaje", "micro_creche", "mam", "alsh", "accueil_jeunes", "laep", "clas", "ludotheque")
"""Kinds of which one asks whether they take disabled children."""
_COST_CAUTIONS = (
    "Le coût d’une heure dépend des heures facturées : un service peu rempli paraît cher.",
    "Les montants sont ceux que chaque gestionnaire déclare ; ils n’ont pas été rapprochés des comptes de la Caf.",
)


class Offre(ServicesPart, DemandPart, RunningPart, MoneyPart):
    """Offer, hours, waiting lists, origins, staff and activity, money."""

    name = "offre"
    asks = ("epci", "operateurs", "caf", "msa")
    tells = ("offre", "financement")

    def essentiel(self) -> Output:
        """Services, places and hours, money; what nobody has confirmed, what the control finds wrong."""
        if self.services.empty and self.money.empty:
            return self.essential(
                f"**L’offre de services n’est pas remplie** : {self.asked_of('intercommunalité, communes, gestionnaires')}.",
                f"**Son coût ne l’est pas non plus** : {self.asked_of(PAYERS_ASKED)}. {self.since()}",
                "Les fichiers publics ne donnent que des adresses : ni les horaires, ni l’occupation, ni les listes "
                "d’attente, ni l’argent.", self.control_errors(),
            )  # fmt: skip
        return self.essential(
            self.services_message(), f"{self.places_message()} {self.hours_message()}".strip(),
            self.waiting_message(), self.money_message(), self.unit_message(), self.control_errors(),
        )  # fmt: skip

    def chiffres_cles(self) -> Output | Absent:
        """Services, how many nobody has confirmed, licensed places of crèches, cost."""
        rows, money = self.services, self.money
        if rows.empty and money.empty:
            return self.absent_book("L’offre en chiffres", "offre", "chiffres-cles-offre")
        n, waiting = len(rows), int((~rows["confirmed"].astype(bool)).sum())
        source = self.workbook_source("offre", brief=True) if n else ""
        creches = capacity(self.folder, {WHOLE: self.study.territory.members})
        creches = creches[creches["type"].isin(CRECHES)]
        known = float(creches["places_known"].sum()) if len(creches) else 0.0
        least = "au moins " if creches["unknown"].sum() else ""
        cost = money["cost"].dropna()
        some = "au moins " if self._without_cost(money[money["cost"].notna()]) else ""
        year = f" en {int(money['year'].iloc[0])}" if len(money) else ""
        return self.cards(
            [
                KeyFigure(plural(n, "service recensé", "services recensés"), number(n) if n else UNFILLED, "", source),
                KeyFigure(plural(waiting, "service encore à confirmer", "services encore à confirmer"),
                          number(waiting) if n else UNFILLED, f"sur {number(n)}" if n else "", source),
                KeyFigure("places agréées en crèche", f"{least}{number(known)}" if known else UNFILLED, "",
                          source if known else ""),
                KeyFigure(f"charges des services{year}", f"{some}{euros(cost.sum())}" if len(cost) else UNFILLED, "",
                          self.workbook_source("financement", brief=True) if len(cost) else ""),
            ],
            "chiffres-cles-offre",
        )  # fmt: skip

    # ---------------------------------------------------------------------------------------- blocks

    def points_de_vigilance(self) -> Output:
        """What the control finds, and what misleads in an offer and in its cost."""
        lines = self.lines
        open_ = lines[lines["places"].notna() & lines["places_open"].notna()]
        closed = (open_["places"] - open_["places_open"]).clip(lower=0)
        shut = float(closed.groupby(open_["service_key"]).max().sum())
        vacancies = float(lines.groupby("service_key")["vacancies"].max().sum())
        unread = len(self.services) and not self.services["confirmed"].all()
        return self.vigilance(
            *self.control_lines(),
            "Un service « à confirmer » vient d’un fichier public : son gestionnaire ne l’a pas relu." if unread else "",
            f"{counted(shut, 'place agréée', 'places agréées')} non {'ouverte' if shut < 2 else 'ouvertes'} : "
            "une place agréée n’est pas une place offerte." if shut else "Une place agréée n’est pas une place offerte.",
            f"Postes vacants déclarés : {number(vacancies, 1)} équivalent temps plein." if vacancies else "",
            *(_COST_CAUTIONS if len(self.money) else ()),
        )  # fmt: skip

    def ce_qui_manque(self) -> Output:
        """What is not filled, from whom it is asked, since when."""
        said = self.gaps(MANAGERS_ASKED, self._gaps(), "service")
        origins = self.folder.table("offre", "origins").empty and len(self.services) > 0
        year = last_year(self.folder)
        unpaid = self.payers() if year is not None else pd.DataFrame({"unknown": [], "theme": []})
        short = unpaid[unpaid["unknown"].gt(0)]
        themes = named([plain_theme(t) if t else "thème inconnu" for t in short["theme"]])
        return self.missing(
            self.not_filled("offre"), said,
            f"L’origine des usagers : {self.asked_of(MANAGERS_ASKED)}." if origins else "",
            self.not_filled("financement"),
            f"Des montants en {themes} ({counted(short['unknown'].sum(), 'service')}) : "
            f"{self.asked_of(PAYERS_ASKED)}." if len(short) else "",
        )  # fmt: skip

    def _gaps(self) -> list[tuple[int, int, str]]:
        """(services, of which it is asked, what they lack): of the kinds where it means something."""
        lines = self.lines
        places, funded = lines["type"].isin(PLACES_OF), lines["type"].isin(PAID_BY_CAF)
        children, timed = lines["type"].isin(FOR_CHILDREN), ~lines["type"].isin(WITHOUT_HOURS)
        waiting = lines["waiting"].notna() | lines.get("waiting_masked", pd.Series(False, index=lines.index))
        listed = lines["service_key"].isin(lines.loc[waiting.astype(bool), "service_key"])
        asked = [
            (timed, lines["hours_week"].isna(), "le nombre d’heures d’ouverture par semaine"),
            (places, lines["places"].isna(), "les places agréées ou déclarées"),
            (places, ~listed, "la liste d’attente"),
            (places & timed, lines["occupancy"].isna(), "le taux d’occupation"),
            (children, lines["disability"].eq(""), "l’accueil des enfants handicapés"),
            (funded, lines["agreement_end"].isna(), "la fin de la convention Caf"),
        ]
        return [(self.services_with(of & gap), self.services_with(of), words) for of, gap, words in asked]

    def questions_du_groupe(self) -> Output:
        """Questions for the working group."""
        told = set(self.services["theme"])
        silent = [plain_theme(t) for t in self.themes if t not in told and t != "transversal"]
        return self.questions(
            f"Aucun service n’est recensé en {enumerate_fr(silent[:4])} : où vont les habitants ?"
            if silent and len(self.services) else "",
            "À quelles heures et à quelles saisons l’accueil manque-t-il, et à qui ?",
            "Quels services reçoivent des habitants d’ailleurs, et qui en partage le coût ?",
        )  # fmt: skip
