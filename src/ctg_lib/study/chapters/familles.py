"""Chapter 03: families and their living conditions: income, benefits, work, diplomas."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import que, rounded_people, shown, upper_first, year_of
from ctg_lib.display.table import KeyFigure, Output, Table, prose, sourced
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.indicators.registry import definition
from ctg_lib.statistics.distortion import Distortion
from ctg_lib.study.chapters.answers import Silence, Told
from ctg_lib.study.chapters.drawn import SHORT, counts_by_year, has_number, known_dots, number_of, twice_dots
from ctg_lib.study.chapters.population import Population, compared_status
from ctg_lib.study.chapters.theme import REQUESTS, ThemeChapter
from ctg_lib.study.comparison import Compared
from ctg_lib.study.rows import as_value, reading
from ctg_lib.study.rows import known as is_known
from ctg_lib.values import parse_breakdown

SCALE = ("niveau_vie_d1", "niveau_vie_median", "niveau_vie_d9")
"""First decile, median and last decile of the standard of living."""
INCOMES = {
    "salaires": "salaires", "non_salaries": "revenus des indépendants", "pensions": "pensions, retraites, rentes",
    "patrimoine": "patrimoine", "prestations": "prestations et chômage",
}  # fmt: skip
"""Parts of the income before taxes, in the order of the chart."""
TRAVEL = {
    "1": "sans déplacement", "2": "à pied", "3": "à vélo ou deux-roues", "4": "à vélo ou deux-roues", "5": "en voiture",
    "6": "en transports en commun",
}  # fmt: skip
"""Means of transport, two by two so that a chart holds them."""
TWICE = ("part_sans_diplome", "taux_chomage_rp", "part_travail_commune")
"""Rates of people at work that one commune may turn."""
FAMILY = 2.1
"""Consumption units of a couple with two children under 14: 1 + 0.5 + 2 × 0.3 (Insee's scale)."""


class Familles(ThemeChapter):
    """How many live under the poverty line, on what families live, who works and where."""

    name = "familles"
    subjects = ("revenus", "emploi")
    offer_of = ("transversal",)
    heard_of = ("transversal",)
    cards_of = (
        "taux_pauvrete", "niveau_vie_median", "foyers_allocataires", "personnes_couvertes",
        "demandeurs_emploi", "taux_emploi", "taux_chomage_rp",
    )  # fmt: skip
    rates = (
        "taux_pauvrete", "niveau_vie_median", "niveau_vie_d1", "niveau_vie_d9", "rapport_interdecile",
        "part_prestations_sociales", "part_menages_imposes", "taux_emploi", "taux_chomage_rp", "part_sans_diplome",
        "part_bac_3_plus", "part_travail_commune", "part_menages_couple_enfants", "part_menages_monoparentaux",
        "part_familles_monoparentales", "part_familles_nombreuses",
    )  # fmt: skip
    groups_of = (
        "taux_emploi", "taux_chomage_rp", "part_sans_diplome", "part_bac_3_plus", "part_travail_commune",
        "foyers_allocataires", "personnes_couvertes", "foyers_af", "foyers_prime_activite",
    )  # fmt: skip
    told_first = (
        "taux_pauvrete", "niveau_vie_median", "niveau_vie_d1", "niveau_vie_d9", "rapport_interdecile", "taux_emploi",
        "taux_chomage_rp", "part_sans_diplome", "part_travail_commune", "part_menages_couple_enfants",
        "part_menages_monoparentaux", "part_familles_monoparentales",
    )  # fmt: skip
    silences = (
        Silence("Les familles et les retraités que couvre la MSA, absents des effectifs de la Caf", ("ressortissants_msa",)),
        Silence("Les effectifs exacts de la Caf, dont les fichiers publics sont arrondis", ("foyers_allocataires",)),
        Silence("Les foyers dont les prestations font la moitié des ressources, ou toutes", ("part_allocataires_dependants",)),
        Silence("Les enfants à charge par âge et la situation familiale des allocataires",
                ("enfants_couverts_caf", "allocataires_situation")),
        Silence("La part des femmes parmi les demandeurs d’emploi", ("part_femmes_demandeurs_emploi",)),
    )  # fmt: skip

    # ----------------------------------------------------------------------------------- sentences

    def messages(self) -> Sequence[str]:
        """People under the poverty line first; standards of living, benefits, work, families."""
        return (
            self.poverty_message() or Population(self.study).no_poverty_message(),
            self.living_message(), self.benefits_message(), self.work_message(), self.families_message(),
        )  # fmt: skip

    def poverty_message(self) -> str:
        """People before the rate, how the rate stands to each reference, what one point is in people."""
        compared, people = self.study.compare("taux_pauvrete"), self.study.value("personnes_pauvres")
        row = self.study.row("personnes_pauvres", period=people.period) if people.is_number else None
        if not compared.value.is_number:
            return ""
        rate, year = shown(compared.value), compared.value.period
        standing = self.standing(compared)
        beside = f", {standing}" if standing else ""
        if row is None or pd.isna(row["denominator"]):
            return f"**{rate} des habitants des ménages fiscaux sont sous le seuil de pauvreté**, en {year}{beside}."
        base = float(row["denominator"])
        text = (
            f"**Environ {rounded_people(float(row['value']))} personnes vivent sous le seuil de pauvreté**, sur les "
            f"{number(base)} des ménages fiscaux ({people.period}"
        )
        if people.period == year:
            text += f"), soit {rate}{beside}."
        else:
            then = self.study.value("taux_pauvrete", period=people.period)
            text += (
                f" : {shown(then)})" if then.is_number else ")"
            ) + f". En {year}, le taux est de {rate}{beside}."
        one = base / 100
        return text + (f" Un point de taux, c’est une {_tens(one)} de personnes." if 20 <= one < 200 else "")

    def standing(self, compared: Compared) -> str:
        """« plus que dans l’Aveyron (14,5 %), à peu près comme en Occitanie (17,5 %) »: references of its period."""
        said = self.against(compared)
        if not said or compared.reading.side == "close":
            return said
        same = [
            f"{self.study.reference_territory(row).a()} ({shown(as_value(row, compared.definition))})"
            for _, row in compared.references.iloc[1:].iterrows()
            if row["period"] == compared.value.period
            and reading(compared.value, row, compared.definition).side == "close"
        ]
        return f"{said}, mais à peu près comme {enumerate_fr(same)}" if same else said

    def living_message(self) -> str:
        """The median by month and for a family, the ends of the scale, how stretched it is."""
        compared = self.study.compare("niveau_vie_median")
        if not compared.value.is_number:
            return ""
        month = float(compared.value.value or 0) / 12
        side = {"above": "davantage", "below": "moins"}.get(compared.reading.side, "")
        text = (
            f"**La moitié des habitants des ménages fiscaux vit avec moins de {_euros(month)} par mois** et par unité de "
            f"consommation, en {compared.value.period} : environ {_euros(FAMILY * month, 100)} pour un couple avec deux jeunes "
            "enfants"
        )
        if compared.main is not None and side:
            there = float(compared.main["value"]) / 12
            text += f". C’est {side} {que(self.main_place(compared))} ({_euros(there)})"
        elif compared.main is not None and compared.reading.side == "close":
            text += f". C’est à peu près autant {que(self.main_place(compared))}"
        return f"{text}.{self._ends()}"

    def _ends(self) -> str:
        """What the poorest tenth and the richest tenth live on, of the latest year that both are known."""
        found = self._scale(self.study.place)
        if found is None:
            return ""
        low, high = (float(found[i]["value"]) / 12 for i in (SCALE[0], SCALE[2]))
        when = str(found[SCALE[0]]["period"])
        return (
            f" En {when}, les 10 % les plus modestes vivaient avec moins de {_euros(low)}, les 10 % les plus aisés avec plus de "
            f"{_euros(high)}{self._stretch(when)}."
        )

    def _stretch(self, period: str) -> str:
        """« : un écart de 1 à 3,0, à peu près comme dans l’Aveyron (3,0) »; empty where not known for that year."""
        rule = definition("rapport_interdecile")
        mine = self.study.row(rule.id, period=period)
        if mine is None or not has_number(mine):
            return ""
        text = f" : un écart de 1 à {shown(as_value(mine, rule))}"
        for territory in self.study.references:
            other = self.study.row(rule.id, place=(territory.level, territory.code), period=period)
            if other is None or not has_number(other):
                continue
            side = reading(as_value(mine, rule), other, rule).side
            word = {"above": "plus", "below": "moins", "close": "à peu près comme"}.get(side)
            if word is None:
                return text
            place = f"{word} {territory.a()}" if side == "close" else f"{word} {que(territory.a())}"
            return f"{text}, {place} ({shown(as_value(other, rule))})"
        return text

    def benefits_message(self) -> str:
        """Households and people whom the Caf pays, how many at the RSA; ranges stay ranges."""
        homes, people, rsa = (
            self.study.row(i) for i in ("foyers_allocataires", "personnes_couvertes", "foyers_rsa")
        )
        if homes is None or not has_number(homes):
            return "Les effectifs de la Caf ne sont pas disponibles pour ce territoire."
        text = f"**{upper_first(number_of(homes, 'foyer allocataire', 'foyers allocataires'))} de la Caf** en {year_of(homes['period'])}"
        if people is not None and has_number(people) and people["period"] == homes["period"]:
            text += f" et {number_of(people, 'personne couverte', 'personnes couvertes')}"
            share = self.study.value("part_population_couverte")
            if share.period == homes["period"] and (share.is_number or share.is_range):
                text += f" ({shown(share)} des habitants)"
        if rsa is not None and has_number(rsa):
            text += f" ; {number_of(rsa, 'foyer', 'foyers')} au RSA"
            text += "" if rsa["period"] == homes["period"] else f" ({year_of(rsa['period'])})"
        text += "." + (_RANGE if pd.isna(homes["value"]) else "")
        return text + (
            " La MSA verse aussi des prestations : ses ressortissants n’y sont pas." if self.msa else ""
        )

    def work_message(self) -> str:
        """Jobseekers, those who work, and what one commune changes in diplomas and unemployment."""
        rate = self.study.compare("taux_emploi")
        jobless = self.study.row("demandeurs_emploi")
        parts = []
        if jobless is not None and has_number(jobless):
            count = number_of(jobless, "demandeur d’emploi inscrit", "demandeurs d’emploi inscrits")
            parts.append(f"**{upper_first(count)}**, {_quarter(str(jobless['period']))}.")
        if rate.value.is_number:
            against = self.against(rate)
            parts.append(
                f"En {rate.value.period}, {shown(rate.value)} des 15–64 ans ont un emploi{f', {against}' if against else ''}."
            )
        turned = self.turned_message()
        if not turned and not parts:
            return ""
        return " ".join([*parts, turned] if turned else [*parts, self._unemployment()]).strip()

    def _unemployment(self) -> str:
        """The census' unemployment, where no commune turns its reading."""
        compared = self.study.compare("taux_chomage_rp")
        if not compared.value.is_number:
            return ""
        against = self.against(compared)
        said = f"Au recensement de {compared.value.period}, {shown(compared.value)} des actifs se disent au chômage"
        return f"{said}{f', {against}' if against else ''}."

    @cached_property
    def turning(self) -> dict[str, Distortion]:
        """Rates of work and diplomas that one commune turns -> what it does to them."""
        found = {i: self.study.distortion(i) for i in TWICE}
        return {i: d for i, d in found.items() if d is not None and d.changes_reading}

    def turned_message(self) -> str:
        """« **Sans La Cavalerie, le territoire n’est plus le même** : sans diplôme, 29 %, mais 17 % sans elle … »."""
        if not self.turning:
            return ""
        places = list(dict.fromkeys(d.place for d in self.turning.values()))
        names = enumerate_fr([self.commune(p).name for p in places])
        lines = [self._two(i, d, len(places) > 1) for i, d in self.turning.items()]
        verb = "change" if len(places) == 1 else "changent"
        return f"**{names} {verb} la lecture** : {' ; '.join(lines)}. Les deux chiffres sont vrais."

    def _two(self, indicator: str, found: Distortion, several: bool) -> str:
        rule, compared = definition(indicator), self.study.compare(indicator)
        whole, rest, there = (
            number(v, rule.decimals, "%") for v in (found.with_place, found.without_place, found.reference)
        )
        name = f"sans {self.commune(found.place).name}" if several else "sans elle"
        return f"{SHORT[indicator]}, {whole}, mais **{rest}** {name} ({compared.main['name'] if compared.main is not None else ''} : {there})"

    def families_message(self) -> str:
        """Couples with children and lone parents, among families where known, else among households."""
        count = self.study.row("familles_enfants")
        alone = self.study.compare("part_familles_monoparentales")
        if count is not None and pd.notna(count["value"]) and alone.value.is_number:
            standing = self.against(alone)
            return (
                f"**Environ {rounded_people(float(count['value']))} familles avec enfants** de moins de 25 ans en {count['period']}. "
                f"Les familles monoparentales sont {shown(alone.value)} des familles avec enfants{f', {standing}' if standing else ''}."
            )
        together, lone = (
            self.study.compare(i) for i in ("part_menages_couple_enfants", "part_menages_monoparentaux")
        )
        if not (together.value.is_number and lone.value.is_number):
            return ""
        text = (
            f"**Sur 100 ménages, {shown(together.value, unit=False)} sont un couple avec enfants, {shown(lone.value, unit=False)} "
            f"une famille monoparentale**, en {lone.value.period}"
        )
        said = self._both(together, lone)
        return f"{text}{said}. Le nombre de familles n’est pas encore réuni."

    def _both(self, together: Compared, lone: Compared) -> str:
        if together.main is None or lone.main is None:
            return ""
        there = (
            shown(as_value(together.main, together.definition), unit=False),
            shown(as_value(lone.main, lone.definition), unit=False),
        )
        if together.reading.side == lone.reading.side == "close":
            return f", à peu près comme {self.main_place(lone)} ({there[0]} et {there[1]})"
        return f" ({self.main_place(lone)} : {there[0]} et {there[1]})"

    # -------------------------------------------------------------------------------------- income

    def chiffres_cles(self) -> Output:
        """Key figures; the people under the poverty line with what they are counted among."""
        cards = [self._poor_card(), *(self.card(str(i)) for i in self.cards_of)]
        return self.cards(cards, "chiffres-cles-familles")

    def _poor_card(self) -> KeyFigure | None:
        value = self.study.value("personnes_pauvres")
        row = self.study.row("personnes_pauvres", period=value.period) if value.is_number else None
        if row is None:
            return None
        base = f"sur {number(row['denominator'])} des ménages fiscaux" if pd.notna(row["denominator"]) else ""
        label = f"personnes sous le seuil de pauvreté, environ ({value.period})"
        return KeyFigure(
            label, rounded_people(float(row["value"])), base, self.study.source_line(value, brief=True)
        )

    def pauvrete(self) -> Told:
        """Poverty at its published level, with the people it stands for, or that it is secret; None where it is not
        gathered, which is said in place of the chart."""
        value, rows = self.study.value("taux_pauvrete"), self.study.series("taux_pauvrete")
        told = value.is_number or value.is_range or compared_status(rows) == "secret"
        return Population(self.study).pauvrete() if told else None

    def pauvrete_comparee(self) -> Figure | Absent:
        """The poverty rate beside the comparison territories."""
        return known_dots(self, "taux_pauvrete", "fig-pauvrete")

    def _scale(self, place: tuple[str, str], period: str | None = None) -> dict[str, pd.Series] | None:
        """Rows of the ends and the middle of the scale, of one year; None unless all three are known."""
        rows = self.study.table(list(SCALE), [place])
        rows = rows[is_known(rows) & rows["breakdown"].eq("")]
        whole = rows.groupby("period")["indicator"].nunique()
        years = [str(p) for p in whole[whole.eq(len(SCALE))].index if period in (None, str(p))]
        if not years:
            return None
        rows = rows[rows["period"].eq(max(years))]
        return {str(row["indicator"]): row for _, row in rows.iterrows()}

    def echelle_des_revenus(self) -> Figure | Absent:
        """First decile, median and last decile by territory, one line each."""
        from ctg_lib.display.charts import comparison_dots

        title, id = "L’échelle des niveaux de vie", "fig-echelle-revenus"
        mine = self._scale(self.study.place)
        if mine is None:
            return self.absent(
                title, "le premier et le dernier déciles de niveau de vie ne sont pas connus ici", id
            )
        year = str(mine[SCALE[0]]["period"])
        found = [(self.study.territory.short_name, mine, True)]
        for territory in self.study.references:
            other = self._scale((territory.level, territory.code), year)
            if other is not None:
                found.append((territory.name, other, False))
        frame = pd.DataFrame(
            {"name": name, "highlight": own, **{key: float(rows[i]["value"]) for key, i in zip(("lower", "value", "upper"), SCALE, strict=True)}}
            for name, rows, own in found
        )  # fmt: skip
        return comparison_dots(
            frame, id=id, title=self._scale_title(found), unit="€",
            subtitle=f"Niveau de vie, € par an et par unité de consommation, {year} : point, médiane ; trait, du premier au dernier "
            "décile",
            source=self.study.source_line(*(row for _, rows, _ in found for row in rows.values())),
            notes=(
                "Le trait n’est pas une incertitude : un habitant sur dix vit avec moins que son début, un sur dix avec plus que sa "
                "fin. Unité de consommation : 1 pour le premier adulte, 0,5 pour chaque autre personne de 14 ans ou plus, "
                "0,3 pour chaque enfant plus jeune.",
            ),
            alt=f"{' ; '.join(self._scale_said(name, rows) for name, rows, _ in found)}.",
            description=f"{'. '.join(self._scale_said(name, rows) for name, rows, _ in found)}.",
        )  # fmt: skip

    @staticmethod
    def _scale_said(name: str, rows: dict[str, pd.Series]) -> str:
        """« Aveyron : médiane 21 000 €, premier décile 12 000 €, dernier décile 36 000 € »: the line is no interval."""
        low, middle, high = (number(float(rows[i]["value"]), 0, "€") for i in SCALE)
        return f"{name} : médiane {middle}, premier décile {low}, dernier décile {high}"

    def _scale_title(self, found: list[tuple[str, dict[str, pd.Series], bool]]) -> str:
        """What the two ends say beside the first reference."""
        mine = found[0][1]
        low, high = float(mine[SCALE[0]]["value"]), float(mine[SCALE[2]]["value"])
        text = f"Un habitant sur dix vit avec moins de {_euros(low, 10)} par an, un sur dix avec plus de {_euros(high, 10)}"
        if len(found) < 2:
            return text
        other = found[1][1]
        sides = {reading(as_value(mine[i], definition(i)), other[i], definition(i)).side for i in SCALE}
        words = {
            frozenset({"below"}): "toute l’échelle est plus basse",
            frozenset({"above"}): "toute l’échelle est plus haute",
        }
        said = words.get(frozenset(sides))
        where = next((t.a() for t in self.study.references if t.name == found[1][0]), "")
        return f"{text} : {said} {que(where)}" if said and where else text

    def structure_du_revenu(self) -> Figure | Absent:
        """What income is made of, by territory."""
        from ctg_lib.display.charts import stacked_bars

        title, id = "De quoi vivent les habitants", "fig-structure-revenu"
        mine = self._incomes(self.study.place)
        if mine is None:
            return self.absent(title, "la structure du revenu n’est pas connue pour ce territoire", id)
        year = str(mine["period"].iloc[0])
        found = [(self.study.territory.short_name, mine, True)]
        for territory in self.study.references:
            other = self._incomes((territory.level, territory.code), year)
            if other is not None:
                found.append((territory.name, other, False))
        frame = pd.DataFrame(
            {"name": name, "part": label, "value": float(rows.loc[rows["part"].eq(part), "value"].sum()), "highlight": own}
            for name, rows, own in found for part, label in INCOMES.items()
        )  # fmt: skip
        taxes = -float(mine.loc[mine["part"].eq("impots"), "value"].sum())
        return stacked_bars(
            frame, id=id, title=self._income_title(mine), unit="%", share=False, part_label="Revenu",
            subtitle=f"Part de chaque revenu dans le revenu disponible, %, {year}",
            source=self.study.source_line(*(rows for _, rows, _ in found)),
            notes=(
                f"La somme dépasse 100 % : les impôts directs ({number(taxes, 1, '%')} ici) en sont ensuite retirés. Revenus de tous "
                "les habitants réunis : les plus aisés y pèsent plus que les autres.",
            ),
        )  # fmt: skip

    def _incomes(self, place: tuple[str, str], period: str | None = None) -> pd.DataFrame | None:
        """Rows of the parts of the income of a place (column ``part``), of one year; None unless all are known."""
        rows = self.study.table(["structure_revenu", "part_prestations_sociales"], [place])
        rows = rows[is_known(rows)].copy()
        names = [
            ("" if b else "prestations")
            if i == "part_prestations_sociales"
            else parse_breakdown(b).get("revenu", "")
            for i, b in zip(rows["indicator"], rows["breakdown"], strict=True)
        ]
        rows["part"] = pd.Series(names, index=rows.index, dtype="str")
        wanted = {*INCOMES, "impots", "chomage"}
        rows = rows[rows["part"].isin(wanted)]
        whole = rows.groupby("period")["part"].nunique()
        years = [str(p) for p in whole[whole.eq(len(wanted))].index if period in (None, str(p))]
        if not years:
            return None
        rows = rows[rows["period"].eq(max(years))].reset_index(drop=True)
        return rows.assign(part=rows["part"].replace({"chomage": "prestations"}))

    def _income_title(self, mine: pd.DataFrame) -> str:
        """The part that differs most from the reference; else the two largest."""
        best: tuple[float, str] = (0.0, "")
        for breakdown, words in _INCOME_WORDS.items():
            compared = self.study.compare("structure_revenu", breakdown)
            side = compared.reading.side
            if side in ("above", "below") and abs(compared.reading.difference) > best[0]:
                best = (
                    abs(compared.reading.difference),
                    f"{words} : {shown(compared.value)} du revenu, {self.against(compared)}",
                )
        if best[1]:
            return best[1]
        sums = mine[mine["part"].isin(list(INCOMES))].groupby("part")["value"].sum().nlargest(2)
        parts = [f"{INCOMES[str(p)]} {number(v, 0, '%')}" for p, v in sums.items()]
        return f"De quoi vivent les habitants : {enumerate_fr(parts)} du revenu disponible"

    # ------------------------------------------------------------------------------------ benefits

    def allocataires(self) -> Table | Absent:
        """Caf counts, latest and first period known: exact where the Caf gave them, ranges elsewhere."""
        return Population(self.study).allocataires()

    def allocataires_par_annee(self) -> Figure | Absent:
        """Households paid by the Caf, year by year: ranges, and what they do not let one see."""
        return counts_by_year(
            self, "foyers_allocataires", id="fig-allocataires", noun=("foyer allocataire", "foyers allocataires"),
            absent=("Les foyers allocataires de la Caf", "moins de deux années sont connues pour ce territoire"),
            measure="Foyers allocataires, en décembre", notes=(self.msa,),
        )  # fmt: skip

    # -------------------------------------------------------------------------------- work, diplomas

    def travail_en_nombres(self) -> Output | Absent:
        """People rather than rates: at work, unemployed, without a diploma, and how many of them one commune holds."""
        lines, used = [], []
        for indicator, words in _AT_WORK.items():
            row = self.study.row(indicator)
            if row is None or not has_number(row) or pd.isna(row["numerator"]) or pd.isna(row["denominator"]):
                continue
            text = words.format(n=number(row["numerator"]), base=number(row["denominator"]))
            lines.append(
                f"- {upper_first(text)}{self._of_which(indicator, str(row['period']))} ({row['period']})"
            )
            used.append(row)
        if not lines:
            return self.absent(
                "Le travail et les diplômes en nombres",
                "le recensement de ce territoire n’est pas encore réuni",
                "tbl-travail",
            )
        return sourced(prose("\n".join(lines)), self.study.source_line(*used))

    def _of_which(self, indicator: str, period: str) -> str:
        """« , dont 986 à La Cavalerie », where a commune turns the rate."""
        found = self.turning.get(indicator)
        rows = self.study.communes(indicator, period=period)
        rows = rows[rows["code"].eq(found.place) & rows["value"].notna()] if found else rows.iloc[0:0]
        if found is None or rows.empty or pd.isna(rows["numerator"].iloc[0]):
            return ""
        return f", dont {number(rows['numerator'].iloc[0])} {self.commune(found.place).a()}"

    def diplomes(self) -> Figure | Absent:
        """Adults without a diploma, with and without the commune that turns the rate."""
        return twice_dots(self, "part_sans_diplome", "fig-diplomes")

    def travail_sur_place(self) -> Figure | Absent:
        """Those who work in their commune, with and without the commune that turns the rate."""
        return twice_dots(self, "part_travail_commune", "fig-travail-commune")

    def trajets(self) -> Figure | Absent:
        """How people go to work, with and without the commune that changes it most, and in the references."""
        from ctg_lib.display.charts import stacked_bars

        title, id = "Comment les actifs vont travailler", "fig-trajets"
        mine = self._travels(self.study.place)
        if mine.empty:
            return self.absent(title, "le moyen de transport des actifs occupés n’est pas connu ici", id)
        found = [(self.study.territory.short_name, mine, True)]
        place = self._travel_place()
        if place:
            rows = self.study.with_and_without("part_transport_travail", place)
            rows = rows[is_known(rows) & rows["breakdown"].str.contains(f"sans={place}")]
            rows = rows[rows["period"].eq(mine["period"].iloc[0])]
            if len(rows) == len(mine):
                found.append((f"… sans {self.commune(place).name}", rows, True))
        for territory in self.study.references:
            rows = self._travels((territory.level, territory.code), str(mine["period"].iloc[0]))
            if len(rows) == len(mine):
                found.append((territory.name, rows, False))
        frame = pd.concat([_travel_parts(name, rows, own) for name, rows, own in found], ignore_index=True)
        return stacked_bars(
            frame, id=id, title=self._travel_title(found), unit="%", part_label="Trajet",
            subtitle=f"Actifs occupés selon leur principal moyen de transport pour aller travailler, %, {mine['period'].iloc[0]}",
            source=self.study.source_line(*(rows for _, rows, _ in found),
                                          treatment="recalculé sans la commune, à partir de ses effectifs" if place else ""),
        )  # fmt: skip

    def _travels(self, place: tuple[str, str], period: str | None = None) -> pd.DataFrame:
        """Known shares by means of transport of a place, of one period."""
        rows = self.study.table("part_transport_travail", [place])
        rows = rows[is_known(rows) & rows["value"].notna()]
        return rows[rows["period"].eq(period or rows["period"].max())] if len(rows) else rows

    def _travel_place(self) -> str:
        """The commune that distorts the shares, if there is one."""
        found = [
            self.study.distortion("part_transport_travail", b)
            for b in self.study.cells("part_transport_travail")
        ]
        return next((d.place for d in found if d is not None), "")

    def _travel_title(self, found: list[tuple[str, pd.DataFrame, bool]]) -> str:
        car = [(name, _by_car(rows)) for name, rows, _ in found]
        title = f"{number(car[0][1], 0, '%')} des actifs vont travailler en voiture"
        more = [
            f"{number(v, 0, '%')} {name.removeprefix('… ')}" for name, v in car[1:] if name.startswith("… ")
        ]
        more += [
            f"{number(v, 0, '%')} {t.a()}"
            for t in self.study.references
            for name, v in car[1:]
            if t.name == name
        ][:1]
        return f"{title} ; {enumerate_fr(more)}" if more else title  # fmt: skip

    # -------------------------------------------------------------------------------------- blocks

    def ce_qui_existe(self) -> Output:
        """Where the services that answer these needs are told."""
        sites = self.study.value("sites_france_services")
        place = f" ({counted(sites.value or 0.0, 'site')} France services)" if sites.is_number else ""
        return prose(
            f"L’accueil des enfants, qui permet de travailler, l’accès aux droits{place} et le coût de ce qui existe ont chacun leur "
            "chapitre. Relèvent de celui-ci les services de mobilité et de coordination."
        )

    def equipements(self) -> Table | Absent:
        """No kind of equipment is of this theme."""
        return self.absent(
            "Ce que recense la base des équipements",
            "aucun équipement ne relève de ce thème : voir l’accès aux droits et aux services",
            f"tbl-equipements-{self.slug}",
        )

    def cautions(self) -> Sequence[str]:
        """Fiscal households, the commune that turns rates, the MSA."""
        places = [self.commune(c).name for c in dict.fromkeys(d.place for d in self.turning.values())]
        kept = [i for i in ("foyers_allocataires", "personnes_couvertes", "foyers_rsa") if self._shows(i)]
        return (
            f"**{enumerate_fr(places)}.** Diplômes, chômage, lieu de travail : un chiffre du territoire n’est jamais lu sans son "
            "double, calculé sans cette commune ; ni l’un ni l’autre ne suffit seul." if len(places) == 1 else "",
            f"**Prestations.** {self.msa}{' ' if self.msa else ''}Un foyer allocataire n’est pas un foyer pauvre : les allocations familiales sont versées quel "
            "que soit le revenu." if kept else "",
        )  # fmt: skip

    def points_de_vigilance(self) -> Output:
        """What misleads here, then the indicators' own cautions; those of the Caf follow what it gave."""
        from ctg_lib.study.chapters.theme import cautions_of

        known = [i for i in dict.fromkeys([*self.card_ids, *self.rates]) if self._shows(i)]
        caf = {"foyers_allocataires", "personnes_couvertes"}
        ranges = any(self.study.value(i).is_range for i in caf)
        rounding = _ROUNDING if ranges else ""
        plain = [i for i in known if i not in caf]
        return self.vigilance(
            *self.cautions(), rounding, *cautions_of(plain, self.caution), self.fragile(known)
        )

    def more_silences(self) -> Sequence[str]:
        """What no request can answer."""
        return (
            "Les horaires de travail des parents (tôt, tard, la nuit, le week-end, missions longues) : à la consultation, car aucune "
            "source ouverte ne les donne ici.",
            "Les personnes qui ne demandent pas une aide à laquelle elles ont droit : aucun fichier ne les compte ; "
            f"{'la Caf, la MSA' if self.msa else 'la Caf'} et France services en connaissent une partie.",
            f"Pour ce qui se demande, {REQUESTS}." if self.silence_lines() else "",
        )  # fmt: skip

    def questions_du_groupe(self) -> Output:
        """Questions that these figures raise and that people in a room can answer."""
        people = self.study.value("personnes_pauvres")
        army = [self.commune(str(c)) for c in self.study.establishments.query("kind == 'army'")["code"]]
        return self.questions(
            f"Parmi les quelque {rounded_people(float(people.value or 0))} personnes sous le seuil de pauvreté, lesquelles ne viennent jamais "
            "dans nos services, et qui les rencontre ?" if people.is_number else
            "Quelles familles en difficulté ne viennent jamais dans nos services, et qui les rencontre ?",
            "Qui a renoncé à un emploi ou à une formation faute de garde, de voiture ou de train à la bonne heure ?",
            f"Les familles qui arrivent {army[0].a()} trouvent-elles un emploi pour le conjoint, et une garde aux horaires de l’un et "
            "de l’autre ?" if len(army) == 1 else "",
            "Quelles aides la Caf et la MSA versent-elles à des conditions différentes, et qui l’explique aux familles ?"
            if self.msa
            else "Qui explique aux familles les aides de la Caf et leurs conditions ?",
        )  # fmt: skip


_ROUNDING = (
    "**Effectifs de la Caf.** Chaque commune est arrondie au multiple de 5, et un petit nombre n’est pas publié : leur somme n’est "
    "qu’une fourchette. Deux fourchettes qui se recouvrent ne montrent ni hausse ni baisse."
)
_RANGE = " Ce sont des fourchettes : la Caf publie des nombres arrondis, commune par commune ; l’effectif exact lui est à demander."
_AT_WORK = {
    "taux_emploi": "sur {base} habitants de 15 à 64 ans, **{n}** ont un emploi",
    "taux_chomage_rp": "sur {base} actifs de 15 à 64 ans, **{n}** se disent au chômage",
    "part_sans_diplome": "sur {base} personnes de 15 ans ou plus qui ne sont plus scolarisées, **{n}** n’ont aucun diplôme au-delà du certificat d’études",
    "part_travail_commune": "sur {base} actifs qui ont un emploi, **{n}** travaillent dans la commune où ils habitent",
}
"""Rates of work as counts."""
_INCOME_WORDS = {
    "revenu=salaires": "Les salaires",
    "revenu=non_salaries": "Les revenus des indépendants",
    "revenu=pensions": "Les pensions et retraites",
    "revenu=patrimoine": "Les revenus du patrimoine",
}
"""Parts of the income whose difference from the reference may be the title."""


def _euros(amount: float, step: int = 10) -> str:
    """« 1 720 € »: an amount to the nearest ten, or hundred."""
    return number(step * round(amount / step), 0, "€")


def _tens(count: float) -> str:
    """« cinquantaine »: the nearest round word."""
    words = {
        20: "vingtaine",
        30: "trentaine",
        40: "quarantaine",
        50: "cinquantaine",
        60: "soixantaine",
        100: "centaine",
    }
    return words[min(words, key=lambda n: abs(n - count))]


def _quarter(period: str) -> str:
    return f"au {year_of(period)}" if "-T" in period else f"en {year_of(period)}"


def _travel_parts(name: str, rows: pd.DataFrame, own: bool) -> pd.DataFrame:
    """Shares by group of means of transport of one territory."""
    codes = rows["breakdown"].map(lambda b: parse_breakdown(b)["transport"])
    sums = rows["value"].groupby(codes.map(TRAVEL)).sum()
    parts = list(dict.fromkeys(TRAVEL.values()))
    return pd.DataFrame(
        {"name": name, "part": parts, "value": [float(sums.get(p, 0.0)) for p in parts], "highlight": own}
    )


def _by_car(rows: pd.DataFrame) -> float:
    return float(rows.loc[rows["breakdown"].str.contains("transport=5"), "value"].sum())
