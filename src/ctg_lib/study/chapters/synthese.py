"""Chapter 00: the whole study on one page."""

from __future__ import annotations

from functools import cached_property

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import shown, upper_first
from ctg_lib.display.table import Output, Table, prose
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.indicators.registry import iter_definitions
from ctg_lib.study.chapters.acces_droits import AccesDroits
from ctg_lib.study.chapters.base import Chapter
from ctg_lib.study.chapters.petite_enfance import PetiteEnfance
from ctg_lib.study.chapters.population import Population
from ctg_lib.study.core import as_value, reading


class Synthese(Chapter):
    """The messages of all chapters, chosen and in the order in which they matter."""

    @cached_property
    def population(self) -> Population:
        """The chapter on people."""
        return Population(self.study)

    @cached_property
    def childcare(self) -> PetiteEnfance:
        """The chapter on childcare."""
        return PetiteEnfance(self.study)

    @cached_property
    def access(self) -> AccesDroits:
        """The chapter on access to rights and care."""
        return AccesDroits(self.study)

    def territoire(self) -> Output:
        """Who is studied, with whom it is compared: one paragraph."""
        study, here = self.study, self.study.territory
        names = [study.geography.territory(c, level="departement").name for c in here.departements]
        people = study.value("population")
        several = here.level == "study"
        text = f"**{upper_first(here.le())}** {'réunissent' if several else 'réunit'} {counted(len(here.members), 'commune')} "
        text += f"({enumerate_fr(names)})"
        if people.is_number:
            text += f" et {counted(people.value or 0.0, 'habitant')} en {people.period}"
        with_whom = [t.le() for t in study.references if t.level != "france"] + ["la France"]
        with_whom.append(
            f"les {len(study.peer_codes)} autres intercommunalités du même département ou limitrophes"
        )
        alike = len(study.lookalikes)
        if alike:
            with_whom.append(
                f"les {alike} de France dont la structure lui ressemble le plus (voir « Territoires semblables »)"
            )
        text += (
            f". Le rapport compare ce territoire avec {enumerate_fr(with_whom)}. Composition des communes au 1er janvier "
            f"{study.geography.edition}."
        )
        return prose(text)

    def essentiel(self) -> Output:
        """Five messages at most, one a theme; what distorts comes first."""
        known = self.study.value("taux_couverture").is_number
        messages = [
            self.population.distortion_message(brief=True), self.childcare.coverage_message() if known else "",
            self.population.children_message(), self._income_message(), self._apl_short(),
        ]  # fmt: skip
        if sum(map(bool, messages)) < 3:  # few figures at hand: say at least what is known everywhere
            messages += [
                self.population.size_message(), self.population.ages_message(), self.access.france_services_message(),
            ]  # fmt: skip
        return self.essential(*messages)

    def _income_message(self) -> str:
        compared = self.study.compare("taux_pauvrete")
        if not compared.value.is_number:
            return ""
        rate, year = shown(compared.value), compared.value.period
        text = f"**{rate} des habitants des ménages fiscaux sont sous le seuil de pauvreté** en {year}"
        text += f", {self.against(compared)}" if compared.main is not None else ""
        others = [
            (row, reading(compared.value, row, compared.definition))
            for _, row in compared.references.iloc[1:].iterrows()
        ]
        same = [
            f"{self.study.reference_territory(row).a()} ({shown(as_value(row, compared.definition))})"
            for row, each in others
            if each.side == "close" and row["period"] == year
        ]
        text += f", mais comme {enumerate_fr(same)}" if same and compared.reading.side != "close" else ""
        return text + "."

    def _apl_short(self) -> str:
        text = self.access.apl_message()
        return "" if text.startswith("L’accessibilité aux médecins") else text

    def soixante_cinq_ans(self) -> Figure | Absent:
        """The figure of the chapter on people."""
        return self.population.soixante_cinq_ans()

    def avec_et_sans(self) -> Table | Output | Absent:
        """The rates of the chapter on people whose reading changes without one commune."""
        return self.population.lectures_qui_changent()

    def couverture_comparee(self) -> Figure | Absent:
        """The figure of the chapter on childcare."""
        return self.childcare.couverture_comparee()

    def carte_apl(self) -> Figure | Absent:
        """The map of the chapter on access."""
        return self.access.carte_apl()

    def chiffres_cles(self) -> Output:
        """The key figures of the study."""
        return self.cards(
            [
                self.card("population"), self.card("evolution_population"), self.card("part_65_plus"),
                self.card("taux_couverture"), self.card("taux_pauvrete"), self.card("niveau_vie_median"),
                self.card("apl_generalistes", label="accessibilité aux généralistes (APL)"), self.card("sites_france_services"),
            ],
            "chiffres-cles-synthese",
        )  # fmt: skip

    def tableau(self) -> Table | Absent:
        """The person-based rates and published indices known here, beside the comparison territories."""
        ids = [
            d.id for d in iter_definitions(annex=False)
            if d.aggregation != "sum" and d.id not in ("places_accueil", "personnes_pauvres")
        ]  # fmt: skip
        values = {i: self.study.value(i) for i in ids}
        ids = [i for i, v in values.items() if v.is_number or v.is_range] or ids
        return self.values_table(
            ids, id="tbl-synthese", caption="Le territoire et ceux auxquels il se compare",
            notes=["Quand la période d’une référence diffère, elle est écrite entre parenthèses."],
        )  # fmt: skip

    def pauvrete_comparee(self) -> Figure | Absent:
        """Poverty beside the comparison territories."""
        return self.dots("taux_pauvrete", id="fig-pauvrete")

    def points_de_vigilance(self) -> Output:
        """What a reader must keep in mind through the whole report."""
        carried = sum(entry.is_carried_over for entry in self.study.sources)
        total = len(self.study.sources)
        which = "Tous les fichiers" if carried == total else f"{number(carried)} des {number(total)} fichiers"
        missing = sum(self._unknown(d.id) for d in iter_definitions(annex=False))
        return self.vigilance(
            f"{which} du manifeste sont des valeurs officielles reprises d’une republication, en attendant les fichiers "
            "des éditeurs : chaque source le dit." if carried else "",
            "Les chiffres de la Caf ne comptent pas les allocataires de la MSA.",
            "Un chiffre absent est dit absent ; il n’est jamais remplacé par zéro.",
            f"{counted(missing, 'indicateur')} sans valeur pour ce territoire : le dictionnaire dit lesquels, et pourquoi."
            if missing
            else "",
            "Les indicateurs décrivent ; ils ne remplacent ni les habitants, ni les partenaires, ni l’offre et son coût, qui "
            "font l’objet d’autres parties de l’étude.",
        )  # fmt: skip

    def _unknown(self, indicator: str) -> bool:
        rows = self.study.table(indicator, [self.study.place])
        return not bool((rows["value"].notna() | rows["lower"].notna()).any()) if len(rows) else True
