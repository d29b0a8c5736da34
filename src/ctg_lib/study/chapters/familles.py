"""Chapter 03: families and living conditions: income, benefits, work."""

from __future__ import annotations

from collections.abc import Sequence

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import shown, upper_first, year_of
from ctg_lib.display.table import Output, Table
from ctg_lib.display.typography import enumerate_fr, number
from ctg_lib.study.chapters.acces_droits import AccesDroits
from ctg_lib.study.chapters.answers import Silence
from ctg_lib.study.chapters.population import Population
from ctg_lib.study.chapters.theme import ThemeChapter
from ctg_lib.study.core import Compared
from ctg_lib.study.rows import as_value, reading


class Familles(ThemeChapter):
    """How many people are poor, what the Caf pays and to how many, who works and where."""

    name = "familles"
    subjects = ("revenus", "emploi")
    cards_of = (
        "taux_pauvrete", "niveau_vie_median", "foyers_allocataires", "foyers_rsa", "taux_emploi", "taux_chomage_rp",
    )  # fmt: skip
    rates = (
        "part_sans_diplome", "part_bac_3_plus", "taux_emploi", "taux_chomage_rp", "demandeurs_emploi_100_actifs",
        "part_travail_commune", "part_menages_sans_voiture", "part_menages_monoparentaux", "part_menages_couple_enfants",
        "part_familles_nombreuses",
    )  # fmt: skip
    changes_of = (
        "taux_pauvrete", "niveau_vie_median", "rapport_interdecile", "part_prestations_sociales", "taux_emploi",
        "taux_chomage_rp", "part_sans_diplome",
    )  # fmt: skip
    groups_of = (
        "foyers_allocataires",
        "foyers_rsa",
        "demandeurs_emploi",
        "taux_chomage_rp",
        "part_sans_diplome",
    )
    income = (
        "taux_pauvrete", "niveau_vie_median", "niveau_vie_d1", "rapport_interdecile", "part_prestations_sociales",
    )  # fmt: skip
    """Indicators of income, in the order of their table."""
    silences = (
        Silence("Les familles selon leur quotient familial", ("foyers_qf",)),
        Silence(
            "Les allocataires dont les ressources dépendent des prestations",
            ("part_allocataires_dependants",),
        ),
        Silence("Les familles qui relèvent de la MSA", ("ressortissants_msa",)),
    )

    def messages(self) -> Sequence[str]:
        """How many people are poor; how many households the Caf pays; what turns with the garrison comes after."""
        return (self.poverty_message(), self.benefits_message())

    def poverty_message(self) -> str:
        """People before the rate; the reference, and that it applies to fiscal households."""
        compared, people = self.study.compare("taux_pauvrete"), self.study.value("personnes_pauvres")
        if not compared.value.is_number:
            return ""
        rate, when = shown(compared.value), year_of(compared.value.period)
        text = f"**{rate} des habitants des ménages fiscaux vivent sous le seuil de pauvreté** en {when}"
        text += f", {self.against(compared)}" if compared.main is not None else ""
        text += self._same_elsewhere(compared)
        if people.is_number and people.value is not None:
            count = number(round(people.value, -1))
            text += f" ; c’étaient environ {count} personnes en {year_of(people.period)}"
        return f"{text}."

    def _same_elsewhere(self, compared: Compared) -> str:
        """« , mais comme en Occitanie (17,5 %) »: references of the same year that it is close to, the main one apart."""
        if compared.reading.side == "close":
            return ""
        same = [
            f"{self.study.reference_territory(row).a()} ({shown(as_value(row, compared.definition))})"
            for _, row in compared.references.iloc[1:].iterrows()
            if row["period"] == compared.value.period
            and reading(compared.value, row, compared.definition).side == "close"
        ]
        return f", mais comme {enumerate_fr(same)}" if same else ""

    def benefits_message(self) -> str:
        """Households that the Caf pays: a count where it gave one, else a range."""
        value = self.study.value("foyers_allocataires")
        if not (value.is_number or value.is_range):
            return ""
        covered = self.study.value("personnes_couvertes")
        text = f"**{upper_first(shown(value))} foyers reçoivent une prestation de la Caf** ({year_of(value.period)})"
        if covered.period == value.period and (covered.is_number or covered.is_range):
            text += f", où vivent {shown(covered)} personnes"
        return f"{text} ; les allocataires de la MSA n’y sont pas."

    def pauvrete_comparee(self) -> Figure | Absent:
        """Poverty beside the comparison territories."""
        return self.dots("taux_pauvrete", id="fig-pauvrete-familles")

    def pauvrete(self) -> Output:
        """Poverty at its published level, with the people it stands for."""
        return Population(self.study).pauvrete()

    def revenus(self) -> Table | Absent:
        """Income beside the comparison territories."""
        known = [i for i in self.income if self.study.value(i).is_number]
        return self.values_table(
            known or list(self.income), id="tbl-revenus", caption="Niveaux de vie et prestations dans le revenu",
            notes=["Ménages fiscaux ; montants en euros de l’année, par unité de consommation."],
        )  # fmt: skip

    def allocataires(self) -> Table | Absent:
        """Caf counts, latest and first period known."""
        return Population(self.study).allocataires()

    def demandeurs(self) -> Figure | Absent:
        """Registered jobseekers by year."""
        return AccesDroits(self.study).demandeurs()

    def cautions(self) -> Sequence[str]:
        """What misleads in income."""
        return (
            "Le taux de pauvreté ne s’applique pas à tous les habitants : ne pas le multiplier par la population.",
        )

    def questions_du_groupe(self) -> Output:
        """Questions for the working group."""
        double = any(s.double is not None for s in self.standing_out)
        return self.questions(
            "Quelles familles ne demandent pas les prestations auxquelles elles ont droit, et qui les rencontre ?",
            "À qui les services d’accueil coûtent-ils trop cher aujourd’hui ?",
            "Les familles qui arrivent et celles qui sont là depuis longtemps ont-elles besoin des mêmes services ?" if double else "",
        )  # fmt: skip
