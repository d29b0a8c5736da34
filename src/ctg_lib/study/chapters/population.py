"""Chapter 02: the territory and its people."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import beside, rounded_people, shown, upper_first, year_of
from ctg_lib.display.table import Output, Table, prose
from ctg_lib.display.typography import counted, enumerate_fr, number, signed
from ctg_lib.display.words import AFTER
from ctg_lib.indicators.labels import age_label, age_span
from ctg_lib.indicators.registry import Definition, definition, iter_definitions
from ctg_lib.indicators.structure import FEATURES
from ctg_lib.statistics.comparison import counts_differ
from ctg_lib.statistics.distortion import KINDS, Distortion, concentrated_events, read
from ctg_lib.study.chapters.ages import differ
from ctg_lib.study.chapters.base import Chapter, count_or_range, detailed, mostly_known, usable
from ctg_lib.study.chapters.inside import population_panels
from ctg_lib.study.rows import known as is_known
from ctg_lib.study.using import aside
from ctg_lib.values import parse_breakdown

SIGNS = {
    "army": "établissement d’hommes jeunes (une caserne, d’ordinaire)",
    "prison": "établissement d’hommes de tous âges (prison, foyer…)",
    "men": "établissement (caserne, prison, foyer…)",
}
"""What the ages of a commune show, in the sentence that says so."""
FAR = 1.0
"""Distance, in standard deviations, beyond which another territory does not look like this one."""


class Population(Chapter):
    """Population, ages, births and deaths; with and without the place that distorts them."""

    name = "population"
    subjects = ("population",)

    # ----------------------------------------------------------------------------------- sentences

    def essentiel(self) -> Output:
        """What a member of the council must know, the sentence that must not be missed first."""
        return self.essential(
            self.distortion_message() or self.ages_message(), self.size_message(), self.children_message(),
            self.births_message(), self.deaths_message(), self.absent_message(),
        )  # fmt: skip

    @cached_property
    def distortions(self) -> list[tuple[str, str, Distortion]]:
        """(indicator, breakdown, distortion) of rates whose reading changes without one commune.

        Those that fall on opposite sides of the reference first; then population themes, then the largest
        shifts counted in meaningful differences.
        """
        found = []
        for rule in iter_definitions(annex=False):
            for breakdown in self.study.cells(rule.id) if rule.leave_one_out else ():
                with aside(self.study):
                    each = self.study.distortion(rule.id, breakdown)
                if each is not None and each.changes_reading:
                    found.append((rule, breakdown, each))
        found.sort(
            key=lambda f: (not f[2].opposite, f[0].theme != "population", -_shift(f[2]) / f[0].meaningful)
        )
        return [(rule.id, breakdown, each) for rule, breakdown, each in found]

    def distortion_message(self, *, brief: bool = False) -> str:
        """The rate with and without the commune that turns its reading; empty when nothing is worth a headline.

        A headline needs opposite readings, or a commune whose ages show an establishment (barracks, a home).
        """
        found = self.distortions
        if not found:
            return ""
        indicator, breakdown, first = found[0]
        people = self._establishment(first.place)
        if not (first.opposite or people):
            return ""
        text = f"**{self._headline(indicator, first, bool(people))}** {self._two_readings(indicator, breakdown, first)}"
        if brief:
            return text
        text += f" Les deux chiffres sont vrais ; ils n’appellent pas les mêmes services.{people}"
        others = [each for each in found[1:] if each[2].place == first.place and each[2].opposite]
        return text + "".join(f" {self._two_readings(*each)}" for each in others)

    def _headline(self, indicator: str, d: Distortion, establishment: bool) -> str:
        side, rule = d.reading_with.side, definition(indicator)
        young = {"part_65_plus": "below", "indice_vieillissement": "below", "part_moins_20": "above"}
        if indicator in young:
            if side == "close":
                head = "Les âges du territoire semblent ordinaires"
            else:
                head = f"Le territoire paraît {'jeune' if side == young[indicator] else 'âgé'}"
        else:
            head = f"{upper_first(rule.label)} : la moyenne trompe"
        place = self.commune(d.place).name
        return f"{head} ; {place} {'l’explique' if establishment else 'y pèse lourd'}."

    def _two_readings(self, indicator: str, breakdown: str, d: Distortion) -> str:
        rule = definition(indicator)
        unit = "%" if rule.unit == "%" else ""
        whole, reference, rest = (
            number(v, rule.decimals, unit) for v in (d.with_place, d.reference, d.without_place)
        )
        compared = self.study.compare(indicator, breakdown)
        where, when = self.main_place(compared), year_of(compared.value.period)
        return (
            f"{_named(rule, breakdown)} : {whole} en {when}, {beside(d.reading_with.side, where)} ({reference}) ; sans "
            f"{self.commune(d.place).name}, **{rest}**, soit {AFTER[d.reading_without.side]}."
        )

    def _establishment(self, commune: str) -> str:
        """Men and women aged 20–39 of a commune, when their imbalance shows an establishment, and its kind."""
        found = self.study.establishments
        here = found[found["code"].eq(commune) & found["kind"].isin(["army", "prison", "men"])]
        if here.empty:
            return ""
        first = here.iloc[0]
        with aside(self.study):
            ages = self.study.table("population_par_age", [("commune", commune)])
        self.study.note(ages[ages["period"].eq(ages["period"].max())])
        return (
            f" {upper_first(self.commune(commune).a())} vivent {number(first['count'])} hommes de 20 à 39 ans pour "
            f"{number(first['other'])} femmes du même âge, signe d’un {SIGNS[first['kind']]}."
        )

    def ages_message(self) -> str:
        """Shares of the old and the young, where no place turns their reading."""
        compared = self.study.compare("part_65_plus")
        if not compared.value.is_number:
            return ""
        text = f"**Les 65 ans et plus sont {shown(compared.value)} des habitants** ({compared.value.period})"
        text += f", {self.against(compared)}" if compared.main is not None else ""
        young = self.study.compare("part_moins_20")
        if young.value.is_number:
            text += f". Les moins de 20 ans sont {shown(young.value)}"
            text += f", {self.against(young)}" if young.main is not None else ""
        return text + "."

    def size_message(self) -> str:
        """Inhabitants and their change, and the commune that makes most of it."""
        people = self.study.value("population")
        if not people.is_number:
            return "Le nombre d’habitants n’est pas disponible pour ce territoire."
        text = f"**{counted(people.value or 0.0, 'habitant')}** en {people.period}"
        change = self.study.compare("evolution_population")
        if not change.value.is_number:
            return text + "."
        text += f", soit {signed(change.value.value or 0.0, 1, '%')} par an depuis {change.value.period[:4]}"
        references = self.references_text(change)
        text += f" ({references})" if references else ""
        return text + "." + self._growth_share(change.value.period)

    def _growth_share(self, period: str) -> str:
        """The commune that carries at least half of the net change, if there is one."""
        start, end = period.split("-")
        first = self.study.communes("population", period=start).set_index("code")["value"]
        last = self.study.communes("population", period=end).set_index("code")["value"]
        gain = (last - first).dropna()
        total = gain.sum()
        if len(gain) < 2 or len(gain) < len(first) or abs(total) < 50:
            return ""
        place = str((gain * (1 if total > 0 else -1)).idxmax())
        own, others = gain[place], total - gain[place]
        if own / total < 0.5:
            return ""
        name, up = self.commune(place).name, total > 0
        if own / total <= 1:
            return (
                f" {name} porte {number(abs(own))} des {counted(abs(total), 'habitant')} {'gagnés' if up else 'perdus'} ; "
                f"les autres communes ensemble, {number(abs(others))}."
            )
        return (
            f" {name} a {'gagné' if up else 'perdu'} {counted(abs(own), 'habitant')} ; les autres communes ensemble en ont "
            f"{'perdu' if up else 'gagné'} {number(abs(others))}."
        )

    def children_message(self) -> str:
        """Children 0–4 against 5–9, beside the reference: what the school will meet."""
        mine = self.children()
        if mine is None:
            return ""
        young, older, period = mine
        gap = 100 * (young / older - 1)
        counts = f"{number(young)} enfants de 0 à 4 ans pour {number(older)} de 5 à 9 ans en {period}"
        if min(young, older) < 100 or not differ(young, older):
            return f"{upper_first(counts)}."
        text = f"{counts} ({signed(gap, 0, '%')}"
        for territory in self.study.references:
            other = self.children((territory.level, territory.code))
            if other is not None and other[2] == period:
                text += f" ; {territory.name} : {signed(100 * (other[0] / other[1] - 1), 0, '%')}"
                break
        less = gap < 0
        return (
            f"**Les plus jeunes sont {'moins' if less else 'plus'} nombreux que leurs aînés** : {text}). L’école accueillera "
            f"{'moins' if less else 'plus'} d’enfants si rien ne change d’ici là."
        )

    def children(self, place: tuple[str, str] | None = None) -> tuple[float, float, str] | None:
        """Children aged 0–4 and 5–9 of a place (the territory by default), and their period; None if not known."""
        young, older = (self.study.value(i, place=place) for i in ("enfants_0_4", "enfants_5_9"))
        if not (young.is_number and older.is_number and older.value) or young.period != older.period:
            return None
        return float(young.value or 0.0), float(older.value), young.period

    def births_message(self) -> str:
        """Births: the range over the years, pooled counts and what their gap says; never a trend from one year."""
        yearly, pooled = self.yearly("naissances"), self.pooled("naissances")
        if len(yearly) < 5:
            return ""
        low, high = yearly["value"].min(), yearly["value"].max()
        text = (
            f"**Entre {number(low)} et {number(high)} naissances par an** depuis {yearly['period'].iloc[0]}"
        )
        if len(pooled) < 2:
            return text + "."
        last, before = pooled.iloc[-1], pooled.iloc[-2]
        text += f" : {number(last['value'])} en {year_of(last['period'])}, {number(before['value'])} les trois années précédentes."
        established, _ = counts_differ(round(last["value"]), round(before["value"]))
        if not established:
            return text + " L’écart peut tenir au hasard." + self._trend("naissances", "elles")
        text += " L’écart dépasse ce que le hasard explique d’ordinaire"
        peak, trough = before["value"] >= pooled["value"].max(), before["value"] <= pooled["value"].min()
        if peak or trough:
            text += (
                f", mais la période précédente était la plus {'haute' if peak else 'basse'} depuis "
                f"{pooled['period'].iloc[0][:4]}"
            )
        return text + " : à confirmer sur les prochaines années." + self._trend("naissances", "elles")

    def _trend(self, indicator: str, they: str) -> str:
        """What all the years together say: a trend per year where one is established, else that there is none."""
        found = self.study.trend(indicator)
        if found is None:
            return ""
        span = f" De {found.first} à {found.last}"
        if not found.established:
            return f"{span}, aucune tendance n’est établie : {they} fluctuent."
        change = [100 * (ratio - 1) for ratio in (found.trend.ratio, found.trend.lower, found.trend.upper)]
        low, high = sorted(change[1:], key=abs)
        return (
            f"{span}, {they} {'augmentent' if change[0] > 0 else 'diminuent'} en moyenne de "
            f"{number(abs(change[0]), 1, '%')} par an (entre {number(abs(low), 1, '%')} et {number(abs(high), 1, '%')})."
        )

    def deaths_message(self) -> str:
        """Natural balance, and the commune that concentrates deaths."""
        balance = self.pooled("solde_naturel")
        if balance.empty:
            return ""
        last = balance.iloc[-1]
        births, deaths = self.pooled("naissances").iloc[-1], self.pooled("deces").iloc[-1]
        counts = f"{number(deaths['value'])} décès, {number(births['value'])} naissances en {year_of(last['period'])}"
        word = "plus" if last["value"] < 0 else "moins"
        head = (
            "Autant de décès que de naissances"
            if last["value"] == 0
            else f"{upper_first(word)} de décès que de naissances"
        )
        text = f"**{head}** : {counts}." + self._concentration(str(last["period"]))
        return text + self._trend("deces", "les décès")

    def _concentration(self, period: str) -> str:
        """The commune that concentrates deaths, and the balance with and without it."""
        deaths = self.study.communes("deces", period=period)[["code", "value"]].rename(
            columns={"value": "events"}
        )
        people = self.study.communes("population")[["code", "value"]].rename(columns={"value": "population"})
        both = deaths.merge(people, on="code")
        if both.isna().to_numpy().any() or both["events"].sum() == 0:
            return ""
        found = concentrated_events(both)
        if found.empty:
            return ""
        first = found.iloc[0]
        return (
            f" {self.commune(first['code']).name} compte à elle seule {number(first['events'])} de ces décès, "
            f"{number(100 * first['share_events'], 0, '%')} pour {number(100 * first['share_population'], 0, '%')} des "
            "habitants, ce qu’explique d’ordinaire un établissement pour personnes âgées : le solde naturel et la mortalité du "
            f"territoire en dépendent.{self._balance_without(str(first['code']))}"
        )

    def _balance_without(self, commune: str) -> str:
        """The natural balance with and without a commune, over the pooled years and over the five of the rate."""
        units = {"solde_naturel": "", "taux_solde_naturel": "% par an"}
        parts = []
        for each in self.study.second_readings:
            if each.indicator not in units or each.commune != commune:
                continue
            self.study.note(self.study.row(each.indicator, period=each.period))
            digits, unit = definition(each.indicator).decimals, units[each.indicator]
            whole, rest = (signed(v, digits, unit) for v in (each.with_place, each.without_place))
            parts.append(f"{whole} en {year_of(each.period)}, **{rest}** sans {self.commune(commune).name}")
        if not parts:
            return ""
        return f" Solde naturel : {' ; '.join(parts)}."

    def absent_message(self) -> str:
        """What this chapter would say and cannot yet."""
        with aside(self.study):
            subjects = (
                ("âges détaillés", self.children() is not None),
                ("naissances et décès", len(self.yearly("naissances")) > 0),
                ("emploi", self.study.value("taux_emploi").is_number),
                ("diplômes", self.study.value("part_sans_diplome").is_number),
            )
        absent = [words for words, known in subjects if not known]
        return f"Pas encore réunis pour ce territoire : {' ; '.join(absent)}." if absent else ""

    # ------------------------------------------------------------------------------ figures, tables

    def chiffres_cles(self) -> Output:
        """Six key figures with their comparison territories."""
        return self.cards(
            [
                self.card("population"), self.card("evolution_population"), self.card("part_moins_20"),
                self.card("part_65_plus"), self.card("enfants_0_4"), self.card("part_residences_secondaires"),
            ],
            "chiffres-cles-population",
        )  # fmt: skip

    def avec_et_sans(self) -> Table | Output | Absent:
        """Values that one commune changes, with and without it, each beside its reference.

        First the rates whose reading changes; then those that a commune with an establishment moves by a
        difference that counts, whatever the reading.
        """
        rows, used = self._turned()
        more, others = self._moved({(row["id"], row["detail"], row["code"]) for row in rows})
        note = (
            "Puis chaque commune dont les chiffres montrent un établissement, quand son retrait déplace le taux d’un écart qui "
            "compte, ou quand elle porte un nombre sans rapport avec celui de ses habitants."
        )
        title = "Avec et sans une commune qui pèse"
        return self._with_and_without([*rows, *more], [*used, *others], title, [note] if more else [])

    def lectures_qui_changent(self) -> Table | Output | Absent:
        """The rates whose reading changes without one commune, and them alone."""
        return self._with_and_without(*self._turned(), "Avec et sans la commune qui change la lecture", [])

    def _with_and_without(
        self, rows: list[dict[str, str]], used: list, title: str, notes: list[str]
    ) -> Table | Output | Absent:
        if not rows:
            checked = [
                d
                for d in iter_definitions(annex=False)
                if d.leave_one_out and self.study.can_leave_one_out(d.id)
            ]
            if not checked:
                return self.absent(
                    title, "les chiffres par commune ne sont pas encore réunis", "tbl-avec-sans"
                )
            return prose(
                f"**Vérifié** : sur {counted(len(checked), 'taux')}, aucun ne change de lecture quand on retire une commune."
            )
        frame = pd.DataFrame(rows).drop(columns=["id", "detail", "code"])
        places, references = set(frame["commune"]), set(frame["nom"]) - {""}
        columns = {
            "indicateur": "Indicateur", "periode": "Période", "avec": "Ensemble",
            "sans": f"Sans {next(iter(places))}" if len(places) == 1 else "Sans la commune",
            "reference": next(iter(references)) if len(references) == 1 else "Référence",
            "lecture": "Lecture face à la référence",
        }  # fmt: skip
        natures = frame.loc[frame["nature"].ne(KINDS[""])].groupby("commune", sort=False)["nature"].unique()
        columns |= {"commune": "Commune"} if len(places) > 1 else {}
        columns |= {"nom": "Nom de la référence"} if len(references) > 1 else {}
        return Table(
            frame,
            id="tbl-avec-sans",
            caption=f"{title} : {counted(len(frame), 'lecture double', 'lectures doubles')}",
            source=self.study.source_line(
                *used, treatment="recalculé sans la commune, à partir de ses effectifs"
            ),
            columns=columns,
            notes=[
                "Détecté par règle : la commune (moitié du territoire au plus) dont le retrait déplace le plus le taux, si la "
                "lecture face à la référence n’est plus la même. Les deux valeurs se lisent ensemble, jamais l’une sans l’autre.",
                *notes,
                *(
                    f"{commune}, d’après les seuls chiffres de ses habitants et logements : {enumerate_fr([*kinds])}."
                    for commune, kinds in natures.items()
                ),
            ],
        )

    def _turned(self) -> tuple[list[dict[str, str]], list]:
        """Rows of the rates whose reading changes, and what their source line names."""
        rows, used = [], []
        for indicator, breakdown, d in self.distortions:
            compared = self.study.compare(indicator, breakdown)
            used += [compared.value, compared.main]
            row = self._both_values(
                indicator, breakdown, d.place, compared.value.period, d.with_place, d.without_place
            )
            digits, unit = _digits(definition(indicator)), _unit(definition(indicator))
            name = compared.main["name"] if compared.main is not None else ""
            row |= {"reference": number(d.reference, digits, unit), "nom": name}
            rows.append({**row, "lecture": _sides(d)})
        return rows, used

    def _moved(self, told: set[tuple[str, str, str]]) -> tuple[list[dict[str, str]], list]:
        """The same for what a commune with an establishment moves, without what is told already."""
        rows, used = [], []
        for each in self.study.second_readings:
            rule, breakdown, commune = definition(each.indicator), each.breakdown, each.commune
            kind = self.study.establishment(commune, dwellings="logement" in rule.theme)
            if not each.heavy or rule.annex or not kind or (rule.id, breakdown, commune) in told:
                continue
            compared = self.study.compare(rule.id, breakdown)
            main = compared.main if compared.value.period == each.period else None
            used += [self.study.row(rule.id, breakdown, period=each.period), main]
            row = self._both_values(
                rule.id, breakdown, commune, each.period, each.with_place, each.without_place
            )
            row |= {"reference": "–", "lecture": "pas de référence à la même période"}
            if rule.aggregation == "sum":
                row["lecture"] = "un nombre ne se compare pas"
            elif main is not None:
                target = float(main["value"])
                row |= {"reference": number(target, _digits(rule), _unit(rule)), "nom": str(main["name"])}
                row["lecture"] = _sides(
                    read(commune, each.with_place, each.without_place, target, 0, rule.meaningful)
                )
            rows.append(row)
        return rows, used

    def _both_values(
        self, indicator: str, breakdown: str, commune: str, period: str, whole: float, rest: float
    ) -> dict[str, str]:
        rule = definition(indicator)
        digits, unit = _digits(rule), _unit(rule)
        return {
            "id": indicator, "detail": breakdown, "code": commune,
            "indicateur": _named(rule, breakdown) + ("" if unit or rule.unit in rule.label else f", {rule.unit}"),
            "periode": year_of(period), "avec": number(whole, digits, unit), "sans": number(rest, digits, unit),
            "reference": "", "nom": "", "commune": self.commune(commune).name, "lecture": "",
            "nature": KINDS[self.study.establishment(commune, dwellings="logement" in rule.theme)],
        }  # fmt: skip

    def pyramide(self) -> Figure | Absent:
        """Age pyramid against the first reference whose ages are known."""
        from ctg_lib.display.charts import pyramid

        mine = self._ages(self.study.place)
        title = "Les âges du territoire"
        if mine.empty:
            return self.absent(
                title, "la population par âge détaillé n’est pas encore réunie", "fig-pyramide"
            )
        reference, name, used = None, "", [mine]
        for territory in self.study.references:
            ages = self._ages((territory.level, territory.code))
            if len(ages) == len(mine):
                reference, name = ages, territory.name
                used.append(ages)
                break
        return pyramid(
            mine, id="fig-pyramide", title=self._pyramid_title(mine, reference, name),
            subtitle=f"Part de chaque tranche d’âge dans la population, %, {mine['period'].iloc[0]}",
            source=self.study.source_line(*used), name=self.study.territory.short_name, reference=reference,
            reference_name=name,
        )  # fmt: skip

    def _pyramid_title(self, mine: pd.DataFrame, reference: pd.DataFrame | None, name: str) -> str:
        if reference is None:
            return "La pyramide des âges du territoire"
        share = 100 * mine["value"] / mine["value"].sum()
        other = 100 * reference["value"].to_numpy() / reference["value"].sum()
        gap = pd.Series(share.to_numpy() - other, index=mine.index)
        at = int(gap.to_numpy().argmax())
        first = mine.iloc[at]
        if gap.max() < 1:
            return f"Une pyramide des âges proche de celle de la référence ({name})"
        people = "hommes" if first["sex"] == "M" else "femmes"
        more = "nombreux" if first["sex"] == "M" else "nombreuses"
        share_here, share_there = number(share.iloc[at], 1, "%"), number(other[at], 1, "%")
        return (
            f"Les {people} de {first['age_label']} sont bien plus {more} que dans la référence : {share_here} des habitants "
            f"({name} : {share_there})"
        )

    def _ages(self, place: tuple[str, str]) -> pd.DataFrame:
        rows = usable(self.study.table("population_par_age", [place]))
        if rows.empty:
            return rows
        rows = rows[rows["period"].eq(rows["period"].max())].copy()
        parts = rows["breakdown"].map(parse_breakdown)
        rows["sex"] = parts.map(lambda p: p["sex"])
        rows["age"] = parts.map(lambda p: age_span(p["age"])[0])
        rows["age_label"] = parts.map(lambda p: age_label(p["age"]))
        return rows.sort_values(["age", "sex"])[
            ["age_label", "sex", "value", "period", "sources"]
        ].reset_index(drop=True)

    def soixante_cinq_ans(self) -> Figure | Absent:
        """Share of 65 and over beside comparison territories, with and without the place that distorts it."""
        from ctg_lib.display.charts import comparison_dots

        distortion = self.study.distortion("part_65_plus")
        if distortion is None or not distortion.changes_reading:
            return self.dots("part_65_plus", id="fig-65-ans")
        compared = self.study.compare("part_65_plus")
        frame = self.comparison_frame(compared)
        place = self.commune(distortion.place)
        extra = {
            "name": f"… sans {place.name}", "value": distortion.without_place, "status": "observed",
            "period": compared.value.period, "highlight": True,
        }  # fmt: skip
        frame = pd.concat([frame.iloc[:1], pd.DataFrame([extra]), frame.iloc[1:]], ignore_index=True)
        return comparison_dots(
            frame, id="fig-65-ans",
            title=f"65 ans et plus : {number(distortion.with_place, 0, '%')} des habitants, mais "
            f"{number(distortion.without_place, 0, '%')} sans {place.name}",
            subtitle=f"Part des 65 ans et plus, %{self.period_text(compared.value)}",
            source=self.study.source_line(compared.value, compared.references, compared.peers, compared.lookalikes,
                                          treatment="taux recalculé sans la commune"),
            unit="%",
        )  # fmt: skip

    def naissances_et_deces(self) -> Figure | Absent:
        """Yearly births and deaths since the first year known."""
        from ctg_lib.display.charts import line

        births, deaths = self.yearly("naissances"), self.yearly("deces")
        title = "Naissances et décès du territoire"
        if len(births) < 3 or len(deaths) < 3:
            return self.absent(
                title, "les naissances et décès par année ne sont pas encore réunis", "fig-naissances-deces"
            )
        frame = pd.concat([births.assign(series="Naissances"), deaths.assign(series="Décès")])
        frame["year"] = frame["period"].astype(int)
        more = (
            int((deaths["value"].to_numpy() > births["value"].to_numpy()).sum())
            if len(births) == len(deaths)
            else 0
        )
        if more == len(births):
            message = f"Chaque année depuis {births['period'].iloc[0]}, les décès dépassent les naissances"
        else:
            message = f"Les décès dépassent les naissances {more} années sur {len(births)} depuis {births['period'].iloc[0]}"
        return line(
            frame[["series", "year", "value", "segment"]], id="fig-naissances-deces", title=message,
            subtitle="Naissances et décès au domicile, par année", source=self.study.source_line(births, deaths),
        )  # fmt: skip

    def carte_population(self) -> Figure | Absent:
        """Inhabitants by commune, as circles."""
        rows = usable(self.study.communes("population"))
        if not mostly_known(self.study.communes("population")):
            return self.absent(
                "Les habitants par commune", "populations non disponibles", "fig-carte-population"
            )
        first = rows.sort_values("value", ascending=False).iloc[0]
        part = first["value"] / rows["value"].sum()
        return self.commune_map(
            "population", id="fig-carte-population", symbols=True,
            title=f"{first['name']} réunit {number(100 * part, 0, '%')} des habitants des {counted(len(rows), 'commune')}",
        )  # fmt: skip

    def carte_evolution(self) -> Figure | Absent:
        """Mean annual change by commune."""
        rows = self.study.communes("evolution_population")
        known = usable(rows)
        if not mostly_known(rows):
            return self.absent("L’évolution par commune", "évolutions non disponibles", "fig-carte-evolution")
        lost = int((known["value"] < -0.05).sum())
        return self.commune_map(
            "evolution_population", id="fig-carte-evolution", frame=rows, breaks=[-1.0, 0.0, 1.0],
            title=losing_title(lost, len(known), len(rows)),
        )  # fmt: skip

    def population_par_partie(self) -> Figure | Absent:
        """Inhabitants of each secteur, or of each commune where there is none, since the first year known."""
        return population_panels(self.study, "fig-population-parties")

    def enfants_par_secteur(self) -> Figure | Absent:
        """Children 0–4 and 5–9 by secteur."""
        from ctg_lib.display.charts import stacked_bars

        title = "Les enfants par secteur"
        if not self.study.secteurs:
            return self.absent(title, "l’étude n’a pas défini de secteurs", "fig-enfants-secteurs")
        parts = []
        for indicator, label in (
            ("enfants_0_4", "0–4 ans"),
            ("enfants_5_9", "5–9 ans"),
            ("jeunes_10_19", "10–19 ans"),
        ):
            parts.append(self.study.by_secteur(indicator).assign(part=label))
        frame = pd.concat(parts, ignore_index=True)
        known = usable(frame)
        if len(known) < len(frame):
            return self.absent(
                title, "la population par âge des communes n’est pas disponible", "fig-enfants-secteurs"
            )
        totals = known.groupby("name")["value"].sum()
        return stacked_bars(
            known[["name", "part", "value"]], id="fig-enfants-secteurs", share=False, label="Secteur", part_label="Âge",
            title=f"{number(100 * totals.max() / totals.sum(), 0, '%')} des moins de 20 ans vivent dans le secteur "
            f"{totals.idxmax()}",
            subtitle=f"Habitants de 0 à 19 ans par secteur, {known['period'].iloc[0]}",
            source=self.study.source_line(known),
            notes=(self.study.config.secteurs_note,) if self.study.config.secteurs_note else (),
        )  # fmt: skip

    def tableau(self) -> Table | Absent:
        """The chapter's indicators beside the comparison territories."""
        return self.values_table(
            [
                "population", "evolution_population", "part_moins_20", "part_65_plus", "indice_vieillissement",
                "taux_natalite", "taux_emploi", "taux_chomage_rp", "part_sans_diplome", "part_travail_commune",
                "niveau_vie_median", "taux_pauvrete", "part_residences_secondaires", "part_logements_vacants",
                "part_proprietaires", "part_locataires_hlm",
            ],
            id="tbl-population", caption="Le territoire et ceux auxquels il se compare",
        )  # fmt: skip

    def territoires_semblables(self) -> Table | Absent:
        """The look-alike territories, how far they are and why."""
        title, rows = "Territoires semblables", self.study.lookalikes
        if rows.empty:
            reason = (
                "l’étude n’en demande pas"
                if self.study.config.lookalikes < 1
                else "le recensement de ses communes n’est pas encore réuni"
            )
            return self.absent(title, reason, "tbl-semblables")
        own = self.study.structure.loc[[self.study.territory.code]].iloc[0]
        frame = pd.DataFrame(
            {
                "nom": rows["name"],
                "departement": rows["departement"].map(self._departement_names),
                "distance": rows["distance"].map(lambda d: number(d, 2)),
                "proche": [self._close(row) for _, row in rows.iterrows()],
                "loin": [self._far(row, own) for _, row in rows.iterrows()],
            }
        )
        notes = self.study.structure.attrs
        source = self.study.source_ids_line(notes.get("sources", ""))
        return Table(
            frame, id="tbl-semblables", source=source,
            caption=f"Les {len(rows)} intercommunalités de France dont la structure ressemble le plus à celle {self.study.territory.de()}",
            columns={"nom": "Intercommunalité", "departement": "Département", "distance": "Distance",
                     "proche": "Ce qui rapproche le plus",
                     "loin": f"Ce qui éloigne le plus ({self.study.territory.short_name})"},
            notes=self._lookalike_notes(own, notes),
        )  # fmt: skip

    def _departement_names(self, codes: str) -> str:
        names = [self.study.geography.territory(c, level="departement").name for c in codes.split()]
        return enumerate_fr(names)

    def _close(self, row: pd.Series) -> str:
        return ", ".join(f"{FEATURES[f].label} ({_measure(f, row[f])})" for f in row["closest"].split())

    def _far(self, row: pd.Series, own: pd.Series) -> str:
        feature = row["farthest"]
        bare = number(own[feature], FEATURES[feature].decimals)
        return f"{FEATURES[feature].label} : {_measure(feature, row[feature])} ({bare})"

    def _lookalike_notes(self, own: pd.Series, attributes: Mapping) -> list[str]:
        domains: dict[str, list[str]] = {}
        for feature in FEATURES.values():
            words = f"{feature.label} {feature.definition}".strip()
            domains.setdefault(feature.domain, []).append(words)
        parts = " ; ".join(
            domain if names == [domain] else f"{domain} ({', '.join(names)})"
            for domain, names in domains.items()
        )
        years = f"recensement {attributes.get('census', '')}, population {attributes.get('years', '').replace('-', ' à ')}"
        values = ", ".join(f"{f.label} {_measure(name, own[name])}" for name, f in FEATURES.items())
        return [
            f"Distance : écart moyen (quadratique) sur {len(FEATURES)} caractéristiques, chacune comptée en écarts types robustes "
            f"entre intercommunalités ; 0 : pareil, 1 : à un écart type. Chaque domaine pèse un {_FRACTIONS.get(len(domains), 'poids égal')}, "
            f"partagé également : {parts} ; {years}.",
            *far_note(self.study.lookalikes["distance"]),
            f"{self.study.territory.short_name} : {values}.",
            "Tout est compté par ménage ou par logement : une caserne, une prison ou un établissement n’y pèse rien. Revenus, "
            "emploi et services n’y entrent pas : c’est ce que l’on veut comparer.",
            self._sensitivity_note(),
        ]

    def _sensitivity_note(self) -> str:
        rows, others = self.study.lookalikes, self.study.find_lookalikes(garrisons=False)
        least = self.study.lookalikes_sensitivity()
        low, high = least["kept"].min(), least["kept"].max()
        first = FEATURES[str(least["feature"].iloc[int(least["kept"].argmin())])].label
        kept = len(set(rows["code"]) & set(others.codes)) if others else 0
        stay = "tous restent" if kept == len(rows) else f"{kept} restent"
        heavy = int(self.study.structure["garrison"].sum())
        spread = f"de {low} à {high}" if low < high else f"{low}"
        return (
            f"Le choix dépend des caractéristiques retenues : quand on en retire une, {spread} des {len(rows)} territoires "
            f"restent (celle qui compte le plus : {first}). Quand on écarte les {heavy} intercommunalités de France où un "
            f"établissement d’adultes (caserne, prison, hôpital) réunit 5 % des habitants ou plus, {stay} ; ces établissements "
            "sont repérés aux seuls nombres de ménages et d’adultes, qui ne disent pas leur nature."
        )

    def no_poverty_message(self) -> str:
        """Why there is no poverty rate: statistical secrecy, or a file not yet gathered."""
        if compared_status(self.study.series("taux_pauvrete")) == "secret":
            return "Le taux de pauvreté de ce territoire est couvert par le secret statistique."
        return "Le taux de pauvreté de ce territoire n’est pas encore dans les fichiers réunis."

    def pauvrete(self) -> Output:
        """Poverty at its published level, with the people it stands for."""
        compared = self.study.compare("taux_pauvrete")
        if not compared.value.is_number:
            return prose(self.no_poverty_message())
        text = (
            f"**{shown(compared.value)}** des habitants des ménages fiscaux vivent sous le seuil de pauvreté en "
            f"{compared.value.period} ({self.references_text(compared)})."
        )
        people = self.study.value("personnes_pauvres")
        if people.is_number:
            base = self.study.row("personnes_pauvres", period=people.period)
            text += (
                f" En {people.period}, dernière année où les deux sont connus, c’étaient environ "
                f"{rounded_people(people.value or 0.0)} personnes sur les {number(base['denominator'])} "  # type: ignore[index]
                "des ménages fiscaux."
            )
        text += " " + definition("taux_pauvrete").caution
        return prose(text)

    def allocataires(self) -> Table | Absent:
        """Caf counts, latest and first period known: exact where the Caf gave them, ranges elsewhere."""
        ids = [
            "foyers_allocataires", "personnes_couvertes", "foyers_af", "foyers_paje", "foyers_rsa",
            "foyers_prime_activite", "foyers_aide_logement",
        ]  # fmt: skip
        series = [(i, rows[is_known(rows)]) for i in ids for rows in [self.study.series(i)]]
        series = [(i, rows.iloc[[0, -1]]) for i, rows in series if len(rows)]
        if not series:
            return self.absent(
                "Ce que verse la Caf", "les effectifs de la Caf ne sont pas disponibles pour ce territoire", "tbl-caf"
            )  # fmt: skip
        used = pd.concat([rows for _, rows in series], ignore_index=True)
        first, last = (series[0][1].iloc[end]["period"] for end in (0, -1))
        lines = [
            {"indicateur": upper_first(definition(i).label), "debut": _then(rows.iloc[0], first),
             "fin": _then(rows.iloc[-1], last)}
            for i, rows in series
        ]  # fmt: skip
        ranges = used["value"].isna()
        title = "Ce que verse la Caf"
        if ranges.any():
            title += " : des fourchettes" if ranges.all() else " : des effectifs exacts et des fourchettes"
        notes = [self.caution("foyers_rsa") if ranges.any() else self.msa]
        if ranges.all():
            notes.append("Une fourchette qui en recouvre une autre ne montre ni hausse ni baisse.")
        elif ranges.any():
            notes.append(
                "Un effectif exact compris dans une fourchette, ou deux fourchettes qui se recouvrent, ne montrent ni hausse ni "
                "baisse."
            )
        return Table(
            pd.DataFrame(lines), id="tbl-caf", caption=title, source=self.study.source_line(used),
            columns={"indicateur": "Bénéficiaires", "debut": upper_first(year_of(first)), "fin": upper_first(year_of(last))},
            notes=notes,
        )  # fmt: skip

    def points_de_vigilance(self) -> Output:
        """What misleads in these figures."""
        with aside(self.study):
            rows, _ = self._turned()
            more, _ = self._moved({(row["id"], row["detail"], row["code"]) for row in rows})
        places = [self.commune(c).de() for c in dict.fromkeys(row["code"] for row in [*rows, *more])]
        return self.vigilance(
            f"Des chiffres du territoire dépendent {enumerate_fr(places)} : voir le tableau « avec et sans »." if places else "",
            "Les populations légales ne se comparent qu’à cinq ans d’intervalle ou plus.",
            "Les petits effectifs du recensement sont fragiles : en lire l’ordre de grandeur, pas l’unité.",
            "Une année de naissances ne fait pas une tendance ; trois années cumulées sont plus sûres.",
            self.fragile([d.id for d in iter_definitions(annex=False)]),
            f"**Niveaux de vie.** {definition('niveau_vie_median').caution}",
        )  # fmt: skip


def far_note(distances: pd.Series) -> list[str]:
    """A warning where most of the look-alikes are farther than one standard deviation; nothing otherwise."""
    far = int(distances.gt(FAR).sum())
    if 2 * far <= len(distances):
        return []
    who = "Aucun ne lui ressemble" if far == len(distances) else "Peu lui ressemblent"
    return [
        f"{who} vraiment : {far} des {len(distances)} sont à plus d’un écart type. Leur médiane est un repère lointain."
    ]


def losing_title(lost: int, known: int, communes: int) -> str:
    """How many communes lose inhabitants, of those large enough for a rate (all of them, or 100 inhabitants)."""
    of = f"{counted(known, 'commune')}"
    large = " de 100 habitants ou plus" if known < communes else ""
    if lost == 0:
        return (
            f"Aucune des {of}{large} ne perd d’habitants"
            if known > 1
            else f"La commune{large} ne perd pas d’habitants"
        )
    if lost == known:
        return (
            f"Les {of}{large} perdent des habitants" if known > 1 else f"La commune{large} perd des habitants"
        )
    return f"{upper_first(counted(lost, 'commune'))} sur {'les ' if large else ''}{number(known)}{large} {'perdent' if lost >= 2 else 'perd'} des habitants"


def _then(row: pd.Series, period: str) -> str:
    """A count or a range, with its own period where it is not the column's."""
    text = count_or_range(row)
    return text if row["period"] == period else f"{text} ({year_of(row['period'])})"


_FRACTIONS = {2: "demi", 3: "tiers", 4: "quart", 5: "cinquième", 6: "sixième"}


def _measure(feature: str, value: float) -> str:
    """« 654 km² », « 0,2 % par an »."""
    rule = FEATURES[feature]
    if rule.unit.startswith("%"):
        return number(value, rule.decimals, "%") + (" par an" if "par an" in rule.unit else "")
    return f"{number(value, rule.decimals)} {rule.unit}".strip()


def compared_status(rows: pd.DataFrame) -> str:
    """Status of the latest row; ``missing`` when there is none."""
    return str(rows.iloc[-1]["status"]) if len(rows) else "missing"


def _shift(d: Distortion) -> float:
    return abs(d.with_place - d.without_place)


def _named(rule: Definition, breakdown: str) -> str:
    """« Part des actifs occupés selon le moyen de transport, sans transport »."""
    return upper_first(detailed(rule, breakdown))


def _unit(rule: Definition) -> str:
    return "%" if rule.unit == "%" else ""


def _digits(rule: Definition) -> int:
    return max(rule.decimals, 1) if rule.unit == "%" else rule.decimals


def _sides(d: Distortion) -> str:
    """How two readings stand to one another, in words."""
    if d.opposite:
        return "change de côté"
    if d.changes_reading:
        return "l’écart change"
    if d.reading_with.side == "close":
        return "proche dans les deux cas"
    nearer = abs(d.without_place - d.reference) < abs(d.with_place - d.reference)
    return f"même côté, plus {'près' if nearer else 'loin'}"
