"""Decisions that the figures raise: questions that people in a room can settle, each with what it rests on.

None is written in advance for a territory: each comes from a result, and is left out where the result says
nothing. They are put in the order in which a convention meets them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.display.output import md
from ctg_lib.display.prose import shown, year_of
from ctg_lib.display.typography import counted, enumerate_fr, euros, number
from ctg_lib.partnership.books.parties import SPPE
from ctg_lib.partnership.sppe import MANDATORY
from ctg_lib.study.chapters.ages import differ
from ctg_lib.study.chapters.base import mostly_known, names_of, usable
from ctg_lib.study.chapters.demarche import Demarche
from ctg_lib.study.chapters.folder_base import TO_COMPLETE, plain_theme
from ctg_lib.study.chapters.offre.chapter import Offre
from ctg_lib.study.chapters.offre.money import OWN
from ctg_lib.study.chapters.petite_enfance import LEAVING, NEEDS, PetiteEnfance
from ctg_lib.study.chapters.population import Population

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

MOST = 5
"""Decisions of a synthesis."""


@dataclass(frozen=True)
class Decision:
    """A decision to take.

    Attributes:
        question: in a sentence with a question mark.
        fact: what it rests on, with its numbers.
        who: who may decide.
        theme: key of the convention's themes.
    """

    question: str
    fact: str
    who: str
    theme: str


@dataclass
class Decisions:
    """The decisions that a study raises."""

    study: Study

    def all(self, most: int | None = None) -> list[Decision]:
        """The first of them, all without ``most``, in order."""
        makers: tuple[Callable[[], Decision | None], ...] = (
            self._places, self._school, self._childminders, self._for_whom, self._money, self._care, self._duties,
            self._agreements, self._silent_themes, self._signatories,
        )  # fmt: skip
        found = (each for make in makers if (each := make()) is not None)
        return list(itertools.islice(found, most))

    @cached_property
    def _childcare(self) -> PetiteEnfance:
        return PetiteEnfance(self.study)

    @cached_property
    def _people(self) -> Population:
        return Population(self.study)

    @cached_property
    def _offer(self) -> Offre:
        return Offre(self.study)

    def _places(self) -> Decision | None:
        rate = self.study.compare("taux_couverture").value
        places = usable(self.study.table(NEEDS, [self.study.place]))
        places = places[places["breakdown"].str.startswith("scenario=")]
        if places.empty or not rate.is_number:
            return None
        period = year_of(str(places["period"].iloc[0]))
        by = places.set_index("breakdown")["value"]
        now = by.get("scenario=actuel")
        others = by.drop("scenario=actuel", errors="ignore")
        low, high = round(others.min()), round(others.max())
        span = counted(low, "place") if low == high else f"de {number(low)} à {counted(high, 'place')}"
        start = f" ; {number(round(now))} avec celles des trois dernières années" if now is not None else ""
        return Decision(
            f"Combien de places d’accueil garder ou ouvrir d’ici {period}, et chez qui ?",
            f"Garder {shown(rate, unit=False)} places pour 100 enfants de moins de 3 ans demanderait {span}, selon les "
            f"naissances{start}. Garder le taux n’est pas satisfaire le besoin.",
            "l’autorité organisatrice de l’accueil du jeune enfant, la Caf", "petite_enfance",
        )  # fmt: skip

    def _childminders(self) -> Decision | None:
        row = self.study.row("part_assistantes_maternelles_55_plus")
        places = self.study.value(LEAVING)
        if row is None or not row["value"] > 0 or not places.is_number:
            return None
        older = counted(row["numerator"], "assistante maternelle", "assistantes maternelles")
        active = number(row["denominator"])
        return Decision(
            "Qui prendra le relais des assistantes maternelles proches de la retraite, et où ?",
            f"{older} de 55 ans ou plus sur {active} en activité : environ {counted(places.value or 0, 'place')}.",
            "le relais petite enfance, la PMI du Département", "petite_enfance",
        )  # fmt: skip

    def _school(self) -> Decision | None:
        found = self._people.children()
        if found is None:
            return None
        young, older, period = found
        if min(young, older) < 100 or not differ(young, older):
            return None
        fewer = young < older
        return Decision(
            f"Quelles écoles et quels accueils {'adapter' if fewer else 'agrandir'}, et lesquels garder partout ?",
            f"{number(young)} enfants de 0 à 4 ans pour {number(older)} de 5 à 9 ans en {period}.",
            "les communes, les syndicats scolaires, la DSDEN", "enfance",
        )  # fmt: skip

    def _for_whom(self) -> Decision | None:
        found = self._people.distortions
        if not found:
            return None
        place = self._people.commune(found[0][2].place)
        several = sum(each.place == found[0][2].place for _, _, each in found)
        return Decision(
            f"Pour qui dimensionner les services : tout le territoire, ou {md(place.name)} à part ?",
            f"{counted(several, 'taux se lit', 'taux se lisent')} autrement sans {md(place.name)}.",
            "le comité de pilotage", "transversal",
        )  # fmt: skip

    def _money(self) -> Decision | None:
        lines = self._offer.money
        if lines.empty:
            if self._offer.services.empty:
                return None
            self.study.note(self._offer.workbook_source("offre", brief=True))
            n = counted(len(self._offer.services), "service recensé", "services recensés")
            return Decision(
                "Chiffrer l’offre avant de décider : qui transmet ses comptes, et quand ?",
                f"{n}, aucun coût connu : ni le reste à charge, ni la part des familles.",
                "l’intercommunalité, les communes, les gestionnaires, la Caf", "transversal",
            )  # fmt: skip
        paid, year = self._offer.paid(), int(lines["year"].iloc[0])
        own = float(paid[OWN].sum()) if len(paid) else 0.0
        if not own:
            return None
        self.study.note(self._offer.workbook_source("financement", brief=True))
        return Decision(
            "Qui paie quoi pendant la convention, et jusqu’où ?",
            f"{euros(own)} restent à l’intercommunalité et aux communes en {year}, pour "
            f"{counted(paid['service_key'].nunique(), 'service')} dont toutes les recettes sont connues.",
            "l’intercommunalité, les communes, la Caf", "transversal",
        )  # fmt: skip

    def _care(self) -> Decision | None:
        every = self.study.communes("apl_generalistes")
        rows = usable(every)
        zero = rows[rows["value"].eq(0)]
        if not mostly_known(every) or zero.empty:
            return None
        return Decision(
            "Comment les habitants des communes sans médecin accessible se soignent-ils, et qui les y conduit ?",
            f"{counted(len(zero), 'commune')} sur {number(len(rows))} ({names_of(zero)}).",
            "les communes, la communauté professionnelle de santé, l’agence régionale de santé", "acces_droits",
        )  # fmt: skip

    def _duties(self) -> Decision | None:
        duties = Demarche(self.study).duties()
        if duties.empty:
            return None
        missions = duties[duties["mission"].isin(SPPE) & duties["holder"].eq(TO_COMPLETE)]
        open_ = missions["mission"].nunique()
        if not open_:
            return None
        due = missions.loc[missions["due"].eq(MANDATORY), "mission"].nunique()
        fact = f"Autorité organisatrice à compléter pour {counted(open_, 'mission')} sur {number(len(SPPE))}"
        fact += f", dont {counted(due, 'déjà obligatoire', 'déjà obligatoires')}." if due else "."
        return Decision(
            "Qui exerce chaque mission du service public de la petite enfance ?", fact,
            "les communes et l’intercommunalité", "petite_enfance",
        )  # fmt: skip

    def _agreements(self) -> Decision | None:
        ends = self._offer.lines
        if ends.empty:
            return None
        today = pd.Timestamp(self.study.as_of)
        last = pd.Timestamp(year=self.study.as_of.year + 1, month=12, day=31)
        soon = ends.groupby("service_key")["agreement_end"].min().dropna().between(today, last).sum()
        if not soon:
            return None
        self.study.note(self._offer.workbook_source("offre", brief=True))
        return Decision(
            "Quelles conventions d’objectifs et de financement renouveler, et à quelles conditions ?",
            f"{counted(int(soon), 'service a une convention qui finit', 'services ont une convention qui finit')} avant la fin de {self.study.as_of.year + 1}.",
            "la Caf et les gestionnaires", "transversal",
        )  # fmt: skip

    def _silent_themes(self) -> Decision | None:
        told = set(self._offer.services["theme"])
        silent = [plain_theme(t) for t in self._offer.themes if t not in told and t != "transversal"]
        if not silent or self._offer.services.empty:
            return None
        return Decision(
            "Que faut-il là où aucun service n’est recensé ?",
            f"Aucun service recensé en {enumerate_fr(silent)} ; ce n’est pas la preuve qu’il n’y en a pas.",
            "les groupes de travail", "transversal",
        )  # fmt: skip

    def _signatories(self) -> Decision | None:
        lines = self.study.partnership.table("parties", "parties")
        waiting = int(lines["signs"].eq("").sum()) if len(lines) else 0
        if not waiting:
            return None
        self.study.note(self._offer.workbook_source("parties", brief=True))
        return Decision(
            "Qui signe la convention ?",
            f"Pour {counted(waiting, 'organisme')} sur {number(len(lines))}, l’étude ne dit pas encore s’il signe.",
            "l’intercommunalité, la Caf", "transversal",
        )  # fmt: skip
