"""Chapter 06: young people."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import beside, shown, upper_first, year_of
from ctg_lib.display.table import KeyFigure, Output, Table
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.indicators.labels import ages
from ctg_lib.indicators.registry import Definition, definition
from ctg_lib.statistics.comparison import Measured, Reading, compare
from ctg_lib.statistics.intervals import wilson
from ctg_lib.study.chapters.ages import (
    BARRACKS,
    FEWEST,
    Bands,
    TwoAges,
    ages_chart,
    barracks,
    barracks_names,
    compared_ages,
    differ,
    outside_barracks,
    people_of_age,
    rest_of,
)
from ctg_lib.study.chapters.answers import Silence, answered
from ctg_lib.study.chapters.base import count_or_range, mostly_known, names_of, usable
from ctg_lib.study.chapters.drawn import counts_by_year
from ctg_lib.study.chapters.theme import ThemeChapter
from ctg_lib.study.rows import known as is_known

LEAVING: Bands = ((20, 24), (15, 19))
"""Ages after and before most leave for their studies or a first job."""
BUS = "transport=6"
AT_15_17 = "age=Y15T17"
JOBSEEKERS = "demandeurs_emploi_jeunes"
MOST_DEPARTEMENTS = 2
FEW_BY_BUS = 5.0
"""Under this part of the workers, public transport is few people's way to work, %."""
CENSUS = ("taux_emploi_jeunes", "taux_chomage_jeunes", "taux_scolarisation_jeunes")


class Jeunesse(ThemeChapter):
    """Young people of 10 to 24, with and without barracks; school, work, travel, sport."""

    name = "jeunesse"
    subjects = ("jeunesse",)
    heard_of = ("jeunesse",)
    offer_of = ("jeunesse",)
    facility_types = ("C201", "F101", "F103", "F107", "F111", "F113", "F116", "F121", "F130", "F307")
    rates = (
        "taux_emploi_jeunes",
        "taux_chomage_jeunes",
        "taux_pauvrete_moins_30",
        "part_licencies_sport_0_14",
    )
    groups_of = ("jeunes_10_19", "colleges", "equipements_courants_sport_culture", JOBSEEKERS)
    silences = (
        Silence("Les jeunes que suit la mission locale (16–25 ans)", ("jeunes_mission_locale",), whom=("mission_locale",)),
        Silence("Les accueils de jeunes déclarés, leurs animateurs, la présence en ligne (Promeneurs du Net)",
                ("dispositifs_jeunes",), whom=("caf", "sdjes")),
        Silence("Le nombre exact de demandeurs d’emploi de moins de 25 ans", (JOBSEEKERS,)),
    )  # fmt: skip

    # ----------------------------------------------------------------------------------- sentences

    def messages(self) -> Sequence[str]:
        """How many, where; what the barracks change; school, jobs, travel."""
        return (
            self.count_message() or "La population par âge de ce territoire n’est pas encore réunie.",
            self.leaving_message(), self.college_message(), self.jobseekers_message(), self.travel_message(),
        )  # fmt: skip

    def essentiel(self) -> Output:
        """What must be said of young people, then what stands out most among the rates, at most one."""
        said = [m for m in self.messages() if m]
        first = [self.signal_message(s) for s in self.standing_out[:1]]
        return self.essential(*said, *(first or [self.sport_message()]))

    def sport_message(self) -> str:
        """Sports licences where nothing stands out: as elsewhere is a message too."""
        compared = self.study.compare("part_licencies_sport_0_14")
        if not compared.value.is_number:
            return ""
        return f"**{self.comparison_title(compared)}** ({year_of(compared.value.period)})."

    def count_message(self) -> str:
        """How many young people of 10 to 19, what part of the inhabitants, with and without barracks, and where."""
        rows, people = (
            people_of_age(self.study, self.study.place, 10, 19),
            self._inhabitants(self.study.place),
        )
        if rows.empty or not people:
            return ""
        count, period = float(rows["value"].sum()), str(rows["period"].iloc[0])
        teens = float(people_of_age(self.study, self.study.place, 10, 14)["value"].sum())
        share = 100 * count / people
        text = (
            f"**{upper_first(counted(round(count), 'jeune'))} de 10 à 19 ans, {number(share, 0, '%')} des habitants** en {period}"
            f"{self._against_reference(count, people)}, dont {number(teens)} de 10 à 14 ans."
        )
        return text + self._share_without(count, people) + self._where()

    def _against_reference(self, count: float, people: float) -> str:
        """« , moins que dans l’Aveyron (11 %) »."""
        for territory in self.study.references:
            place = (territory.level, territory.code)
            rows, every = people_of_age(self.study, place, 10, 19), self._inhabitants(place)
            if rows.empty or not every:
                continue
            target = 100 * float(rows["value"].sum()) / every
            said = beside(_share_reading(count, people, target).side, territory.a())
            return f", {said} ({number(target, 0, '%')})" if said else ""
        return ""

    def _inhabitants(self, place: tuple[str, str]) -> float:
        """Inhabitants of all ages, by the same census as the ages; 0 where a band is not known."""
        rows = usable(self.study.table("population_par_age", [place]))
        rows = rows[rows["breakdown"].map(ages(0))] if len(rows) else rows
        return float(rows.loc[rows["period"].eq(rows["period"].max()), "value"].sum())

    def _share_without(self, count: float, people: float) -> str:
        """The share without the communes whose ages show barracks."""
        rest = outside_barracks(self.study, 10, 19)
        every = people - sum(self._inhabitants(("commune", code)) for code in barracks(self.study))
        if rest is None or not 0 < every < people:
            return ""
        share = number(100 * rest / every, 0, "%")
        same = " aussi" if share == number(100 * count / people, 0, "%") else ""
        return f" Sans {barracks_names(self.study)}, {share}{same}."

    def _where(self) -> str:
        """The fewest communes that hold half of them; how many live in the others."""
        rows = usable(self.study.communes("jeunes_10_19"))
        if len(rows) < len(self.study.territory.members):
            return ""
        first = self._half(rows)
        others = rows[~rows["code"].isin(first["code"])]
        if first.empty or len(first) > 4 or len(others) < 2:
            return ""
        where = (
            self.commune(str(first["code"].iloc[0])).a()
            if len(first) == 1
            else f"dans {counted(len(first), 'commune')}"
        )
        names = "" if len(first) == 1 else f" ({names_of(first)})"
        return (
            f" Plus de la moitié vivent {where}{names} ; les {number(len(others))} autres communes en comptent "
            f"de {number(others['value'].min())} à {number(others['value'].max())} chacune."
        )

    @staticmethod
    def _half(rows: pd.DataFrame) -> pd.DataFrame:
        """The fewest communes that together hold more than half, the largest first."""
        rows = rows.sort_values("value", ascending=False)
        if rows.empty or not rows["value"].sum() > 0:
            return rows.iloc[0:0]
        before = rows["value"].cumsum() - rows["value"]
        return rows[before.le(rows["value"].sum() / 2)]

    @cached_property
    def leaving(self) -> list[TwoAges]:
        """20–24 against 15–19 of the territory, of the rest without its barracks, of secteurs and references."""
        return compared_ages(self.study, LEAVING)

    def leaving_message(self) -> str:
        """Whether those aged 20–24 are fewer than those aged 15–19; barracks first where they hide it."""
        if not self.leaving or self.leaving[0].second < FEWEST:
            return ""
        here, rest, other = self.leaving[0], rest_of(self.leaving), self._other()
        counts = f"{number(here.first)} habitants de 20 à 24 ans pour {number(here.second)} de 15 à 19 ans"
        if rest is None:
            text = f"**{upper_first(counts)}** en {here.period}, soit {number(here.ratio)} pour 100"
            text += f" ({other.name} : {number(other.ratio)})." if other else "."
            leave = here.first < here.second and differ(here.first, here.second)
            return text + (_DEPARTURES if leave else "")
        men = people_of_age(self.study, self.study.place, 20, 24, "M")["value"].sum()
        kinds, names = barracks(self.study), barracks_names(self.study)
        kind, verb = BARRACKS[next(iter(kinds.values()))], "change" if len(kinds) == 1 else "changent"
        text = (
            f"**Après 20 ans, {names} {verb} la lecture** : {number(here.first)} habitants de 20 à 24 ans, dont "
            f"{number(men)} hommes, pour {number(here.second)} de 15 à 19 ans ({here.period}), signe d’{kind}. "
            f"Sans {names}, ils sont **{number(rest.first)} pour {number(rest.second)}**, soit "
            f"{number(rest.ratio)} pour 100"
        )
        if other is None:
            return f"{text}. Les deux chiffres sont vrais."
        said = beside(rest.against(other).side, self._reference_place(other))
        return f"{text}, {said} ({number(other.ratio)}). Les deux chiffres sont vrais."

    def _other(self) -> TwoAges | None:
        """The first reference whose ages are known."""
        names = {t.name for t in self.study.references}
        return next((r for r in self.leaving if r.name in names), None)

    def _reference_place(self, other: TwoAges) -> str:
        return next(t.a() for t in self.study.references if t.name == other.name)

    def college_message(self) -> str:
        """How many lower secondary schools, and how many young people live in another commune."""
        total, rows = self.study.value("colleges"), usable(self.study.communes("colleges"))
        if not total.is_number or rows.empty:
            return ""
        n, where = float(total.value or 0), rows[rows["value"].gt(0)]
        if not n:
            return (
                "**Aucun collège n’a son adresse dans le territoire** : les élèves vont au collège ailleurs."
            )
        head = "**Un seul collège**" if n == 1 else f"**{upper_first(counted(n, 'collège'))}**"
        place = self.commune(str(where["code"].iloc[0])).a() if len(where) == 1 else names_of(where)
        return f"{head}, {place}.{self._away(set(where['code']))} Après le collège, les données réunies ici ne suivent plus les élèves."

    def _away(self, with_college: set[str]) -> str:
        """How many of those aged 10–14 live in a commune without one."""
        rows = usable(
            self.study.table("population_par_age", [("commune", c) for c in self.study.territory.members])
        )
        rows = rows[rows["breakdown"].map(ages(10, 14))] if len(rows) else rows
        rows = rows[rows["period"].eq(rows["period"].max())]
        if rows["code"].nunique() < len(self.study.territory.members):
            return ""
        away, every = rows.loc[~rows["code"].isin(with_college), "value"].sum(), rows["value"].sum()
        if not round(every):
            return ""
        return f" {upper_first(number(away))} des {number(every)} jeunes de 10 à 14 ans habitent une autre commune."

    def jobseekers_message(self) -> str:
        """Registered jobseekers under 25, as many as rounding lets one say."""
        row = self.study.row(JOBSEEKERS)
        if row is None or not is_known(row.to_frame().T).any():
            return ""
        few = "demandeur d’emploi" if pd.notna(row["value"]) and row["value"] < 2 else "demandeurs d’emploi"
        return (
            f"**{upper_first(count_or_range(row))} {few} de moins de 25 ans**, {year_of(str(row['period']))}."
        )

    def travel_message(self) -> str:
        """How many workers travel by bus or train: what a young person without a licence can count on."""
        row, compared = (
            self.study.row("part_transport_travail", BUS),
            self.study.compare("part_transport_travail", BUS),
        )
        if (
            row is None
            or not compared.value.is_number
            or pd.isna(row["numerator"])
            or pd.isna(row["denominator"])
        ):
            return ""
        if (compared.value.value or 0.0) >= FEW_BY_BUS or not row["denominator"] > 0:
            return ""
        against = self.references_text(compared)
        riders = float(row["numerator"])
        head = f"**{upper_first(counted(riders, 'actif'))} sur {number(row['denominator'])} "
        head += f"{'va' if riders < 2 else 'vont'} travailler en transports en commun**"
        return (
            f"{head}, soit {shown(compared.value)}{f' ({against})' if against else ''}, en {compared.value.period} : un jeune sans "
            "permis y trouve peu d’appui. Les trajets des collégiens, lycéens et apprentis ne sont pas connus."
        )

    # ------------------------------------------------------------------------------ figures, tables

    def chiffres_cles(self) -> Output:
        """Young people by age, schools, sport; jobs where they are known."""
        cards: list[KeyFigure | None] = [
            self._band_card(10, 19), self._band_card(10, 14), self._band_card(15, 19), self._band_card(20, 24),
            self.card("part_licencies_sport_0_14", label="moins de 15 ans licenciés d’un club sportif"),
            self.card("equipements_courants_sport_culture", label="équipements courants de sport et bibliothèques"),
        ]  # fmt: skip
        known = [
            i
            for i in (JOBSEEKERS, "taux_chomage_jeunes", "jeunes_mission_locale")
            if self.study.value(i).is_number
        ]
        cards += [self.card(i) for i in known]
        if self.study.value("taux_scolarisation_jeunes", AT_15_17).is_number:
            label = "taux de scolarisation des 15–17 ans"
            cards.append(self.card("taux_scolarisation_jeunes", breakdown=AT_15_17, label=label))
        return self.cards(cards, "chiffres-cles-jeunesse")

    def _band_card(self, low: int, high: int) -> KeyFigure | None:
        """Inhabitants of an age; what they are without barracks, where there are any."""
        rows = people_of_age(self.study, self.study.place, low, high)
        if rows.empty:
            return None
        count = float(rows["value"].sum())
        rest = outside_barracks(self.study, low, high)
        said = "" if rest is None else f"sans {barracks_names(self.study)} : {number(rest)}"
        label = f"habitants de {low} à {high} ans ({rows['period'].iloc[0]})"
        return KeyFigure(label, number(count), said, self.study.source_line(rows, brief=True))

    def avant_et_apres_20_ans(self) -> Figure | Absent:
        """Those aged 20–24 for 100 aged 15–19, here, without barracks, by secteur, in the département."""
        title, id = "Les 15–19 ans et les 20–24 ans", "fig-jeunes"
        if not self.leaving or self.leaving[0].second < FEWEST:
            return self.absent(title, "la population par âge de ce territoire n’est pas encore réunie", id)
        here, rest, other = self.leaving[0], rest_of(self.leaving), self._other()
        title = f"{number(here.ratio)} habitants de 20 à 24 ans pour 100 de 15 à 19 ans"
        more = [f"{number(rest.ratio)} {rest.name.removeprefix('… ')}"] if rest else []
        more += [f"{number(other.ratio)} {self._reference_place(other)}"] if other else []
        return ages_chart(
            self.study, self.leaving, id=id, title=f"{title} ; {enumerate_fr(more)}" if more else title,
            words=("habitants de 20 à 24 ans", "de 15 à 19 ans"),
        )  # fmt: skip

    def carte_jeunes(self) -> Figure | Absent:
        """Young people of 10 to 19 by commune, on the map."""
        rows, id = self.study.communes("jeunes_10_19"), "fig-carte-jeunes"
        if not mostly_known(rows):
            return self.absent(
                "Où vivent les jeunes", "la population par âge des communes n’est pas encore réunie", id
            )
        first = self._half(usable(rows))
        where = (
            self.commune(str(first["code"].iloc[0])).a()
            if len(first) == 1
            else f"dans {counted(len(first), 'commune')}"
        )
        total = counted(round(usable(rows)["value"].sum()), "jeune")
        of = "" if len(first) == 1 else f" sur {len(rows)}"
        title = f"Plus de la moitié des {total} de 10 à 19 ans vivent {where}{of}"
        return self.commune_map(
            "jeunes_10_19",
            id=id,
            title=title,
            symbols=True,
            frame=rows,
            subtitle=f"Jeunes de 10 à 19 ans, {rows['period'].iloc[0]}",
        )

    def sport(self) -> Figure | Absent:
        """Sports licences of those under 15 beside the comparison territories."""
        id = "fig-licences"
        if not self.study.value("part_licencies_sport_0_14").is_number:
            return self.absent(
                "Les licences sportives", "les licences par territoire ne sont pas réunies", id
            )
        return self.dots("part_licencies_sport_0_14", id=id)

    def demandeurs(self) -> Figure | Absent:
        """Registered jobseekers under 25 by year: exact where a partner gave them, ranges elsewhere."""
        return counts_by_year(
            self, JOBSEEKERS, id="fig-demandeurs-jeunes", noun=("demandeur d’emploi", "demandeurs d’emploi"),
            absent=("Les demandeurs d’emploi de moins de 25 ans", "ils ne sont pas réunis ; France Travail et la Dares les ont"),
            measure="Inscrits en catégories A, B et C au quatrième trimestre", prefix="Moins de 25 ans. ",
        )  # fmt: skip

    def etudes_et_emploi(self) -> Table | Absent:
        """Schooling, employment and unemployment of the young, poverty, beside the comparison territories."""
        found = [i for i in (*CENSUS, "taux_pauvrete_moins_30") if self.study.value(i).is_number]
        title, id = "Étudier, travailler", "tbl-etudes-emploi"
        if not found:
            return self.absent(
                title,
                "la scolarisation, l’emploi et le chômage des 15–24 ans, que l’Insee publie au recensement, ne sont pas encore réunis",
                id,
            )
        return self.values_table(found, id=id, caption=title)

    # -------------------------------------------------------------------------------------- blocks

    @staticmethod
    def named(rule: Definition, breakdown: str = "") -> str:
        """The indicator's name; « jeunes de 10 à 19 ans » are counted in the unit « enfants »."""
        label = ThemeChapter.named(rule, breakdown)
        return f"enfants et {label}" if rule.id == "jeunes_10_19" else label

    def cautions(self) -> Sequence[str]:
        """What misleads in the young: barracks, those who study elsewhere, a figure that is not shown."""
        places = [self.commune(code).a() for code in barracks(self.study)]
        army = (
            f"**De 20 à 39 ans, {enumerate_fr(places)}**, les hommes d’un établissement sont comptés parmi les habitants : tout "
            "taux sur les jeunes adultes se lit avec et sans."
            if places
            else ""
        )
        return (
            army,
            "Élèves et étudiants majeurs sont comptés là où ils étudient ; les mineurs en internat, chez leurs parents.",
            self._neet(),
        )

    def _neet(self) -> str:
        """Why the share of young people neither working nor studying is not shown; the département's, where known."""
        row = self.study.row("part_jeunes_non_inseres")
        if row is None or pd.isna(row["value"]):
            return ""
        text = (
            f"**Jeunes ni en emploi, ni en études, ni en formation.** Le dernier chiffre publié, de {year_of(str(row['period']))}, "
            f"n’est pas montré. {definition('part_jeunes_non_inseres').caution}"
        )
        compared = self.study.compare("part_jeunes_non_inseres")
        parts = [
            f"{r['name']} : {number(r['value'], 0, '%')}"
            for _, r in compared.references.iterrows()
            if r["level"] == "departement" and r["period"] == row["period"]
        ]
        return f"{text} {' ; '.join(parts)}." if 0 < len(parts) <= MOST_DEPARTEMENTS else text

    def more_silences(self) -> Sequence[str]:
        """What follows the collège, travel, what young people want."""
        census = "La scolarisation, l’emploi et le chômage des 15–24 ans : publiés par l’Insee, pas encore réunis ici."
        return (
            "Où vont les élèves après le collège, et combien sont en internat : à demander à la DSDEN et aux établissements.",
            "Qui prend le car scolaire, et le dernier car du soir : à demander à la Région, qui organise ces transports.",
            "" if any(answered(self.study, (i,)) for i in CENSUS) else census,
            "Ce que veulent les 11–17 ans : à demander à eux-mêmes, par le collège et avec l’accord des parents.",
        )

    def questions_du_groupe(self) -> Output:
        """Questions that people in a room can answer and that the figures raise."""
        places = [self.commune(code).a() for code in barracks(self.study)]
        rows = usable(self.study.communes("jeunes_10_19"))
        half = self._half(rows)
        outside = rows[~rows["code"].isin(half["code"])]
        return self.questions(
            f"Comment un jeune de 14 ans d’une des {number(len(outside))} communes où vivent le moins de jeunes rejoint-il une "
            "activité le mercredi, le samedi soir ?"
            if len(outside) > 1
            else "Comment un jeune de 14 ans, sans permis, rejoint-il une activité le mercredi, le samedi soir ?",
            f"Les jeunes adultes qui vivent {enumerate_fr(places)} sont-ils un public de la convention, et que leur manque-t-il ?"
            if places
            else "",
            "Où les 11–17 ans se retrouvent-ils aujourd’hui, et avec quel adulte ?",
            "Parmi les jeunes partis étudier ailleurs, lesquels reviennent, et pour quel travail ?",
        )


_DEPARTURES = " D’ordinaire, ce sont des départs pour étudier ou pour un premier emploi."


def _share_reading(count: float, people: float, target: float) -> Reading:
    """How a share of the inhabitants stands to another, with what chance alone would allow around it."""
    low, high = (100 * float(b) for b in wilson(count, people))
    mine = Measured(100 * count / people, low, high)
    return compare(mine, Measured(target), definition("part_moins_20").meaningful)
