"""Chapter 11: families in difficulty, and housing."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import shown, year_of
from ctg_lib.display.table import Output
from ctg_lib.display.typography import counted, number
from ctg_lib.indicators.registry import definition
from ctg_lib.study.chapters.answers import Silence
from ctg_lib.study.chapters.base import mostly_known, usable
from ctg_lib.study.chapters.theme import ThemeChapter
from ctg_lib.study.rows import as_value

TENURE = ("part_proprietaires", "part_locataires_hlm", "part_locataires_prives", "part_loges_gratuitement")
HALF = 50.0


class Vulnerables(ThemeChapter):
    """Households on minimum income, then who is housed and how."""

    name = "vulnerables"
    subjects = ("logement",)
    cards_of = ("foyers_rsa", "foyers_aide_logement", "part_residences_secondaires", "part_logements_vacants", "part_locataires_hlm",
                "part_suroccupation")  # fmt: skip
    rates = (
        "part_residences_secondaires", "part_logements_vacants", "part_proprietaires", "part_locataires_hlm",
        "part_locataires_prives", "part_suroccupation", "part_logements_avant_1946", "part_chauffage_fioul",
        "part_emmenages_recents", "part_entrants", "part_sortants", "part_population_rsa", "part_foyers_qf_bas",
    )  # fmt: skip
    changes_of = (
        "part_residences_secondaires",
        "part_logements_vacants",
        "part_proprietaires",
        "part_locataires_hlm",
    )
    groups_of = (
        "foyers_rsa",
        "foyers_aide_logement",
        "part_residences_secondaires",
        "part_logements_vacants",
        "part_locataires_hlm",
    )
    offer_of = ("logement", "familles_vulnerables")
    silences = (
        Silence("Ce que les familles aidées consacrent à leur logement", ("taux_effort_logement",)),
        Silence("Les familles à bas quotient familial", ("part_foyers_qf_bas",)),
        Silence("Les foyers aux minima sociaux qui relèvent de la MSA", ("foyers_minima_msa",)),
        Silence(
            "Les demandes de logement social en attente, les impayés, l’habitat indigne",
            whom=("departement", "epci"),
        ),
        Silence("L’hébergement d’urgence et les femmes victimes de violences", whom=("departement", "caf")),
    )

    def messages(self) -> Sequence[str]:
        """Households on RSA and housing benefit, then homes that are not lived in all year."""
        return (self.minimum_message(), self.second_homes_message())

    def minimum_message(self) -> str:
        """Households on RSA and on housing benefit: counts or ranges."""
        rsa, housing = self.study.value("foyers_rsa"), self.study.value("foyers_aide_logement")
        if not (rsa.is_number or rsa.is_range):
            return ""
        text = f"**{shown(rsa)[:1].upper()}{shown(rsa)[1:]} foyers au RSA** ({year_of(rsa.period)}), MSA non comprise"
        if housing.is_number or housing.is_range:
            when = "" if housing.period == rsa.period else f" ({year_of(housing.period)})"
            text += f" ; {shown(housing)} foyers reçoivent une aide au logement{when}"
        return f"{text}."

    def second_homes_message(self) -> str:
        """Second homes: the share, and the communes where they are half of the dwellings or more."""
        compared = self.study.compare("part_residences_secondaires")
        if not compared.value.is_number:
            return ""
        rows = usable(self.study.communes("part_residences_secondaires"))
        half = int(rows["value"].ge(HALF).sum())
        text = f"**{shown(compared.value)} des logements sont des résidences secondaires** ({year_of(compared.value.period)})"
        text += f", {self.against(compared)}" if compared.main is not None else ""
        if half:
            text += f" ; la moitié ou plus dans {counted(half, 'commune')} sur {number(len(rows))}"
        return f"{text}."

    told_first = ("part_residences_secondaires",)

    def occupation(self) -> Figure | Absent:
        """Who owns, who rents, beside the comparison territories."""
        from ctg_lib.display.charts import stacked_bars

        title, id = "Propriétaires et locataires", "fig-occupation"
        values = {i: self.study.value(i) for i in TENURE}
        periods = {v.period for v in values.values()}
        if not all(v.is_number for v in values.values()) or len(periods) != 1:
            return self.absent(title, "le statut d’occupation des logements n’est pas réuni", id)
        period = periods.pop()
        here = (self.study.place, self.study.territory.short_name)
        lines, used = [], []
        for place, name in [here, *(((t.level, t.code), t.name) for t in self.study.references)]:
            rows = [self.study.row(i, place=place, period=period) for i in TENURE]
            if any(r is None or pd.isna(r["value"]) for r in rows):
                continue
            used += [r for r in rows if r is not None]
            lines += [
                {
                    "name": name,
                    "part": _tenure(i),
                    "value": as_value(r, definition(i)).value,
                    "highlight": place == here[0],
                }
                for i, r in zip(TENURE, rows, strict=True)
            ]
        rented = values["part_locataires_hlm"]
        title = f"{shown(values['part_proprietaires'])} de propriétaires, {shown(rented)} de locataires du parc social"
        return stacked_bars(
            pd.DataFrame(lines), id=id, title=title, subtitle=f"Ménages selon leur statut d’occupation, %, {year_of(period)}",
            source=self.study.source_line(*used), unit="%", share=True, part_label="Statut",
        )  # fmt: skip

    def carte_residences_secondaires(self) -> Figure | Absent:
        """Second homes by commune."""
        every = self.study.communes("part_residences_secondaires")
        rows = usable(every)
        title = "Les résidences secondaires"
        if mostly_known(every):
            low, high = (number(v, 0, "%") for v in (rows["value"].min(), rows["value"].max()))
            title = f"De {low} à {high} de résidences secondaires selon la commune"
        return self.commune_map(
            "part_residences_secondaires", id="fig-carte-secondaires", title=title, frame=every
        )

    def cautions(self) -> Sequence[str]:
        """What misleads in housing and hardship."""
        return (
            "Une résidence secondaire n’est pas un logement libre ; un logement vacant non plus.",
            "Les violences enregistrées restent en annexe : elles disent ce qui est déclaré, non ce qui a lieu.",
        )

    def questions_du_groupe(self) -> Output:
        """Questions for the working group."""
        return self.questions(
            "Quelles familles ne trouvent pas à se loger ici, et où vont-elles ?",
            "Qui voit les premiers signes d’une difficulté : impayé, isolement, logement qui se dégrade ?",
            "Les logements vides pourraient-ils servir, et à qui appartient la décision ?",
        )


def _tenure(indicator: str) -> str:
    """« propriétaires », « locataires du parc privé »: the label without « part des »."""
    return definition(indicator).label.removeprefix("part des ").removeprefix("ménages ")
