"""Chapter 03b: what services cost and who pays."""

from __future__ import annotations

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import Table
from ctg_lib.display.typography import counted, enumerate_fr, euros, number
from ctg_lib.partnership.books.financement import PAYERS
from ctg_lib.partnership.money import WITHOUT_BUDGET, by_payer, last_year
from ctg_lib.partnership.money import lines as money_lines
from ctg_lib.partnership.offer import BY_PERIOD
from ctg_lib.study.chapters.folder_base import NONE, listed, or_none, plain_theme
from ctg_lib.study.chapters.offre.base import CRECHES, PAYERS_ASKED, OffreBase
from ctg_lib.study.chapters.offre.words import payer, sum_text, year_text
from ctg_lib.workbooks.common import THEMES

OWN = "Intercommunalité et communes"
PAYER_GROUPS: dict[str, tuple[str, ...]] = {
    "Caf": ("caf_ps", "caf_bonus", "caf_funds"), OWN: ("epci", "communes"),
    "Familles": ("families",), "MSA": ("msa",),
    "État, Région, Département, autres": ("state", "region", "departement", "others"),
}  # fmt: skip
_SEVERAL = frozenset(PAYER_GROUPS) - {"Caf", "MSA"}


class MoneyPart(OffreBase):
    """Costs, payers, maintained and new offer."""

    # ----------------------------------------------------------------------------------- sentences

    def money_message(self) -> str:
        """Total cost of the last year, and who pays."""
        lines = self.money
        if lines.empty:
            return f"**Le coût des services n’est pas connu** : {self.asked_of(PAYERS_ASKED)}."
        known = lines[lines["cost"].notna()]
        year, cost, n = int(known["year"].iloc[0]), float(known["cost"].sum()), known["service_key"].nunique()
        text = f"**{euros(cost)} de charges en {year}**, pour {counted(n, 'service')} dont le coût est connu"
        missing = self._without_cost(known)
        text += f" ({counted(missing, 'autre')} sans coût rempli)." if missing else "."
        return f"{text}{self._payers_sentence(n, complete=not missing)}"

    def _payers_sentence(self, known: int, *, complete: bool) -> str:
        """Who pays, in percent; in euros too for what is left to the territory."""
        shares, paid = self.payer_shares(), self.paid()
        if not shares:
            return ""
        own = f" ({euros(float(paid[OWN].sum()))})"
        said = [
            f"{payer(name)} {number(share, 0, '%')}{own if name == OWN else ''}"
            for name, share in shares.items()
            if share >= 0.5
        ]
        n = paid["service_key"].nunique()
        among = f" ({counted(n, 'service')} dont toutes les recettes sont connues)"
        return f" Qui paie{'' if n == known and complete else among} : {' ; '.join(said)}."

    def _without_cost(self, known: pd.DataFrame) -> int:
        """Services of offre.xlsx without a cost; kinds without a budget of their own left out."""
        rows = self.services
        return int(
            (~rows["type"].isin(WITHOUT_BUDGET) & ~rows["service_key"].isin(known["service_key"])).sum()
        )

    def payers(self) -> pd.DataFrame:
        """Theme × payer for the last year (:func:`ctg_lib.partnership.money.by_payer`)."""
        year = last_year(self.folder)
        return by_payer(self.folder, float("nan") if year is None else year)

    def paid(self) -> pd.DataFrame:
        """Services of the last year of which every recette is known, and their recettes by group of payers."""
        lines = self.money
        lines = lines[lines[list(PAYERS)].notna().all(axis=1)]
        groups = {name: lines[list(keys)].sum(axis=1) for name, keys in PAYER_GROUPS.items()}
        return lines[["service", "service_key", "title", "theme"]].assign(**groups)

    def payer_shares(self) -> dict[str, float]:
        """Group of payers -> percent of the recettes of :meth:`paid`, the largest first."""
        sums = self.paid()[list(PAYER_GROUPS)].sum()
        total = float(sums.sum())
        if not total:
            return {}
        return {str(k): 100 * float(v) / total for k, v in sums.sort_values(ascending=False).items()}

    def unit_message(self) -> str:
        """What an hour and a place cost in the crèches, and what it leaves to the collectivités."""
        lines = self.money
        lines = lines[lines["type"].isin(CRECHES) & lines["cost"].notna()]
        hours = lines[lines["hours"].gt(0)]
        places = lines[lines["places"].gt(0)]
        said = []
        if len(hours):
            said.append(
                f"une heure facturée revient à **{euros(hours['cost'].sum() / hours['hours'].sum(), 2)}**{_among(hours, lines)}"
            )
        if len(places):
            said.append(
                f"une place à **{euros(round(places['cost'].sum() / places['places'].sum(), -1))} par an**{_among(places, lines)}"
            )
        if not said:
            return ""
        return f"En crèche, en {int(lines['year'].iloc[0])}, {enumerate_fr(said)}."

    # ------------------------------------------------------------------------------ figures, tables

    def cout_par_theme(self) -> Figure | Absent:
        """Recettes by theme, stacked by who pays, for the last year."""
        from ctg_lib.display.charts import stacked_bars

        title, id = "Qui paie les services", "fig-cout-themes"
        if self.money.empty:
            return self._no_cost(title, id)
        paid = self.paid()
        sums = paid.groupby("theme")[list(PAYER_GROUPS)].sum()
        sums = sums.loc[[t for t in [*THEMES, ""] if t in sums.index and sums.loc[t].sum() > 0]]
        if sums.empty:
            return self.absent(title, "aucun service n’a toutes ses recettes remplies", id)
        thousands = float(sums.sum(axis=1).max()) >= 10_000
        parts = [g for g in PAYER_GROUPS if sums[g].sum() > 0]
        frame = pd.DataFrame(
            [
                {"name": upper_first(plain_theme(str(theme))) if theme else "Service absent de l’offre", "part": group,
                 "value": float(sums.loc[theme, group]) / (1000 if thousands else 1)}
                for theme in sums.index
                for group in parts
            ]
        )  # fmt: skip
        year = int(self.money["year"].iloc[0])
        return stacked_bars(
            frame, id=id, share=False, label="Thème", part_label="Qui paie", unit="milliers d’euros" if thousands else "€",
            title=self._money_title(), subtitle=f"Recettes des services en {year}, offre maintenue, réalisé",
            source=self.workbook_source("financement"), notes=tuple(self._money_notes()),
        )  # fmt: skip

    def _no_cost(self, title: str, id: str) -> Absent:
        """In place of what rests on a cost, where none is filled."""
        if not self.folder.has("financement"):
            return self.absent_book(title, "financement", id)
        asked = self.asked_of("intercommunalité, Caf")
        return self.absent(title, f"aucun coût réalisé n’est rempli : {asked}", id)

    def _money_title(self) -> str:
        shares = [(name, share) for name, share in self.payer_shares().items() if share >= 0.5]
        (first, part), *rest = shares
        verb = "paient" if first in _SEVERAL else "paie"
        text = f"{upper_first(payer(first))} {verb} {number(part, 0, '%')}"
        return text + (f", {payer(rest[0][0])} {number(rest[0][1], 0, '%')}" if rest else "")

    def _money_notes(self) -> list[str]:
        """Services left out because a recette is not known, and those without any line."""
        paid = set(self.paid()["service"])
        out = self.money[~self.money["service"].isin(paid)]
        notes = []
        if len(out):
            notes.append(f"Non comptés, recettes incomplètes : {listed(out['title'].tolist())}.")
        without = int(self.payers()["unknown"].sum()) - out["service_key"].nunique()
        if without > 0:
            notes.append(f"{upper_first(counted(without, 'service'))} de offre.xlsx sans aucun montant.")
        return notes

    def couts_unitaires(self) -> Table | Absent:
        """Per service: cost, cost of an hour and of a place, what is left to the collectivités, families."""
        title, id, lines = "Ce que coûtent une heure et une place", "tbl-couts-unitaires", self.money
        if lines.empty:
            return self._no_cost(title, id)
        frame = pd.DataFrame(
            {
                "name": lines["title"].where(lines["title"].ne(""), lines["service"]),
                "cost": lines["cost"].map(lambda v: or_none(v, 0, "€")),
                "hour": lines["cost_per_hour"].map(lambda v: or_none(v, 2, "€")),
                "place": lines["cost_per_place"].map(lambda v: or_none(v, 0, "€")),
                "public": lines["epci_communes"].map(lambda v: or_none(v, 0, "€")),
                "families": lines["families_share"].map(lambda v: or_none(v, 0, "%")),
            }
        )  # fmt: skip
        year = int(lines["year"].iloc[0])
        return Table(
            frame, id=id, caption=f"{title}, {year}", source=self.workbook_source("financement", "offre"),
            columns={"name": "Service", "cost": "Charges", "hour": "Coût d’une heure", "place": "Coût d’une place",
                     "public": "Reste aux collectivités", "families": "Part des familles"},
            notes=[f"« {NONE} » : non rempli, ou sans objet. Heures facturées ; places financées, sinon agréées.",
                   *(["Une place d’accueil de loisirs est celle d’une période : le mercredi et l’été ne se comparent pas."]
                     if lines["type"].isin(BY_PERIOD).any() else [])],
        )  # fmt: skip

    def maintenue_nouvelle(self) -> Table | Absent:
        """Maintained and new offer, réalisé and prévu, apart and never added."""
        title, id = "Offre maintenue, offre nouvelle", "tbl-maintenue-nouvelle"
        lines = money_lines(self.folder)
        if lines.empty:
            return self.absent_book(title, "financement", id)
        caf = list(PAYER_GROUPS["Caf"])
        natures, offers = (
            {"realise": "réalisé", "prevu": "prévu"},
            {"maintenue": "maintenue", "nouvelle": "nouvelle"},
        )
        rows = [
            {
                "offer": upper_first(offers.get(str(offer), "offre non dite")), "year": year_text(year),
                "nature": natures.get(str(nature), "non dit"), "services": number(part["service_key"].nunique()),
                "cost": sum_text(part[["cost"]]), "caf": sum_text(part[caf]), "public": sum_text(part[["epci_communes"]]),
            }
            for (offer, year, nature), part in lines.groupby(["offer", "year", "nature"], dropna=False)
        ]  # fmt: skip
        notes = [
            f"« {NONE} » : un montant au moins n’est pas rempli. Offre maintenue et offre nouvelle ne s’additionnent pas."
        ]
        notes += self._years_note(lines)
        if not lines["offer"].eq("nouvelle").any():
            notes.append("Aucune offre nouvelle n’est remplie.")
        return Table(
            pd.DataFrame(rows), id=id, caption=title, source=self.workbook_source("financement"), notes=notes,
            columns={"offer": "Offre", "year": "Année", "nature": "Montants", "services": "Services", "cost": "Charges",
                     "caf": "Caf", "public": "Intercommunalité et communes"},
        )  # fmt: skip

    @staticmethod
    def _years_note(lines: pd.DataFrame) -> list[str]:
        """That the years are not of the same services, where they are not."""
        told = lines[lines["offer"].eq("maintenue") & lines["nature"].eq("realise")]
        if told.groupby("year")["service_key"].agg(frozenset).nunique() < 2:
            return []
        same = "Les services ne sont pas les mêmes d’une année à l’autre"
        return [f"{same} : un total qui monte ne dit pas qu’un service coûte plus."]

    def montants_de_reference(self) -> Table | Absent:
        """Reference amounts (bonus territoire, ceilings …), each with its source."""
        title, id = "Les montants de référence", "tbl-montants"
        lines = self.folder.table("financement", "parameters")
        if lines.empty:
            reason = "aucun montant de référence n’est rempli (financement.xlsx) : ils changent chaque année et ne se supposent pas"
            return self.absent(title, f"{reason} ; {self.asked_of('Caf')}", id)
        frame = pd.DataFrame(
            {
                "name": lines["name"].map(or_none), "year": [year_text(y) for y in lines["year"]],
                "amount": [or_none(a, 0 if pd.isna(a) or float(a).is_integer() else 2, "€") for a in lines["amount"]],
                "unit": lines["unit"].map(or_none), "source": lines["source"].map(or_none),
            }
        )  # fmt: skip
        return Table(
            frame, id=id, caption=title, source=self.workbook_source("financement", given=()),
            columns={"name": "Montant", "year": "Année", "amount": "Valeur", "unit": "Par", "source": "Source"},
        )  # fmt: skip


def _among(part: pd.DataFrame, lines: pd.DataFrame) -> str:
    """« (1 service sur 2) » where a mean is not of all of them."""
    n, all_ = part["service_key"].nunique(), lines["service_key"].nunique()
    return f" ({counted(n, 'service')} sur {number(all_)})" if n < all_ else ""
