"""Chapter 05: children and school."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import beside, shown, upper_first, year_of
from ctg_lib.display.table import KeyFigure, Output, Table
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.display.words import AFTER
from ctg_lib.indicators.registry import Definition, definition
from ctg_lib.partnership.offer import services
from ctg_lib.statistics.comparison import counts_differ
from ctg_lib.study.chapters.ages import (
    BARRACKS,
    CHILDREN,
    FEWEST,
    TwoAges,
    ages_chart,
    barracks,
    barracks_names,
    compared_ages,
    differ,
    rest_of,
    two_ages,
)
from ctg_lib.study.chapters.answers import Silence, answered, silence_lines
from ctg_lib.study.chapters.base import mostly_known, names_of, usable
from ctg_lib.study.chapters.folder_base import NONE
from ctg_lib.study.chapters.inside import entries_slope
from ctg_lib.study.chapters.theme import ThemeChapter
from ctg_lib.study.rows import as_value

HORIZON = 5
"""Years after which the children aged 0–4 are those aged 5–9."""
FIRST_SCHOOL_YEAR = 3
"""A child enters the first class in September of the year of its third birthday (Code de l’éducation,
L.131-5)."""
NEXT_YEARS = 3
ALSH = "type=D505"


class Enfance(ThemeChapter):
    """Children of today and the school of tomorrow; schools, pupils, holiday centres."""

    name = "enfance"
    subjects = ("enfance",)
    heard_of = ("enfance",)
    offer_of = ("enfance",)
    facility_types = ("C107", "C108", "C109", "C201", "D505")
    rates = ("eleves_par_classe", "evolution_eleves", "places_alsh_100_enfants")
    groups_of = (
        "enfants_0_4",
        "enfants_5_9",
        "ecoles",
        "colleges",
        ("sites_accueil_loisirs", ALSH),
        "eleves",
    )
    silences = (
        Silence("Les places d’accueil de loisirs, par période et par âge", ("places_alsh",)),
        Silence("Les heures réalisées par les accueils de loisirs", ("heures_alsh",)),
        Silence("Les communes qui ont un projet éducatif de territoire (PEdT) ou un plan mercredi", ("communes_pedt",),
                whom=("sdjes",)),
        Silence("Le nombre exact de foyers qui touchent l’allocation de rentrée scolaire (ARS)", ("foyers_ars",)),
    )  # fmt: skip

    # ----------------------------------------------------------------------------------- sentences

    def messages(self) -> Sequence[str]:
        """Children 0–4 against 5–9 first; what it comes from, the next school years; schools, holiday centres."""
        return (
            self.children_message() or "La population par âge de ce territoire n’est pas encore réunie.",
            self.arrivals_message(), self.school_years_message(), self.schools_message(), self.leisure_message(),
        )  # fmt: skip

    @cached_property
    def generations(self) -> list[TwoAges]:
        """Children 0–4 and 5–9 of the territory, of the rest without its barracks, of secteurs and references."""
        return compared_ages(self.study, CHILDREN)

    def children_message(self) -> str:
        """Counts first, what they mean for the school, the reference, the second reading."""
        if not self.generations:
            return ""
        here = self.generations[0]
        young, older = number(here.first), number(here.second)
        if not self._established(here):
            return (
                f"**À peu près autant d’enfants de 0 à 4 ans ({young}) que de 5 à 9 ans ({older})**, en {here.period} : "
                "l’écart est trop petit, ou trop incertain, pour être nommé."
            )
        less = here.first < here.second
        head = (
            f"**Derrière {older} enfants de 5 à 9 ans, {young}{' seulement' if less else ''} de 0 à 4 ans**"
        )
        return f"{head} en {here.period} ({here.gap}).{self._in_five_years(here)}{self._reference(here)}{self._rest(here)}"

    @staticmethod
    def _established(here: TwoAges) -> bool:
        return differ(here.first, here.second)

    def _in_five_years(self, here: TwoAges) -> str:
        """What the school would meet if nobody came nor left; per school, where schools are known."""
        gap = abs(round(here.first) - round(here.second))
        more = "moins" if here.first < here.second else "plus"
        year = int(here.period) + HORIZON
        text = (
            f" Si aucun enfant n’arrivait ni ne partait, le territoire aurait, en {year}, {counted(gap, 'enfant')} de 5 à 9 ans "
            f"de {more} qu’en {here.period}"
        )
        schools = self.study.value("ecoles")
        count = float(schools.value or 0) if schools.is_number else 0.0
        if count >= 2 and gap >= count:
            text += f", soit {number(round(gap / count))} en moyenne pour chacune des {number(count)} écoles"
        return f"{text}. Ce n’est pas une prévision."

    def _reference(self, here: TwoAges) -> str:
        """« Dans l’Aveyron, l’écart est de −17 % : à peu près autant de jeunes enfants ici, en proportion »."""
        for territory in self.study.references:
            other = two_ages(self.study, (territory.level, territory.code), territory.name, CHILDREN)
            if other is None or other.period != here.period:
                continue
            side = here.against(other).side
            return f" {upper_first(territory.a())}, l’écart est de {other.gap} : {AFTER[side]} de jeunes enfants ici, en proportion."
        return ""

    def _rest(self, here: TwoAges) -> str:
        """The same without the communes whose ages show barracks, and how many of the children live there."""
        rest, kinds = rest_of(self.generations), barracks(self.study)
        if rest is None:
            return ""
        share = number(100 * (1 - rest.first / here.first), 0, "%")
        same = rest.against(here).side == "close"
        gather, them = ("réunit", "elle") if len(kinds) == 1 else ("réunissent", "elles")
        return (
            f" {barracks_names(self.study)}, dont les âges montrent {BARRACKS[next(iter(kinds.values()))]}, {gather} {share} des "
            f"enfants de 0 à 4 ans ; sans {them}, l’écart est {'à peu près le même' if same else 'autre'} ({rest.gap})."
        )

    def arrivals_message(self) -> str:
        """Whether the gap between the two groups comes from births, or from families that came; empty if unknown."""
        if not self.generations or not self._established(self.generations[0]):
            return ""
        here = self.generations[0]
        year = int(here.period)
        born_young, born_older = self._born(year - 5, year - 1), self._born(year - 10, year - 6)
        if born_young is None or born_older is None or not born_young:
            return ""
        surely, _ = counts_differ(round(born_young), round(born_older))
        born = f"{number(born_young)} naissances pour les 0–4 ans, {number(born_older)} pour les 5–9 ans"
        if surely and (born_young < born_older) == (here.first < here.second):
            return f"**Les naissances vont dans le même sens** : environ {born}."
        if surely:
            return ""
        return (
            f"**L’écart des naissances est trop petit, ou trop incertain, pour l’expliquer** : environ {born}. "
            f"{self._moved(here, born_young, born_older)}"
        )

    @staticmethod
    def _moved(here: TwoAges, born_young: float, born_older: float) -> str:
        """How many more, or fewer, children live there than were born in their years."""
        parts = []
        for count, born in ((here.second, born_older), (here.first, born_young)):
            gap = round(count) - round(born)
            parts.append(f"{number(abs(gap))} de {'plus' if gap > 0 else 'moins'}" if gap else "autant")
        said = f"Les 5–9 ans sont {parts[0]} que les naissances de leurs années, les 0–4 ans {parts[1]}"
        if parts[0] == "autant":
            said = said.replace("sont autant que", "sont aussi nombreux que")
        came = here.second > born_older and counts_differ(round(here.second), round(born_older))[0]
        if came and here.first < here.second:
            return (
                f"{said} : des familles sont arrivées avec des enfants déjà nés. Si d’autres arrivent, l’école ne baissera pas "
                "d’autant."
            )
        return f"{said}."

    def _born(self, first: int, last: int) -> float | None:
        """Births of these years together; None unless each is known."""
        births = self.yearly("naissances")
        births = births[births["period"].astype(int).between(first, last)]
        return float(births["value"].sum()) if len(births) == last - first + 1 else None

    def school_years_message(self) -> str:
        """The next first classes, by the births of three years, beside the three before."""
        rows = self._entries()
        if len(rows) < 2 * NEXT_YEARS:
            return ""
        now, before = rows.iloc[-NEXT_YEARS:], rows.iloc[-2 * NEXT_YEARS : -NEXT_YEARS]
        years = enumerate_fr([str(y) for y in now["entry"]])
        last, then = float(now["value"].sum()), float(before["value"].sum())
        text = (
            f"**Les entrées en petite section de {years} s’appuient sur {counted(last, 'naissance')}** ; celles des trois années "
            f"d’avant, sur {number(then)}."
        )
        surely, _ = counts_differ(round(last), round(then))
        every = self.yearly("naissances")["value"]
        spread = f"les naissances vont de {number(every.min())} à {number(every.max())} selon l’année"
        if not surely:
            return f"{text} L’écart peut tenir au hasard : {spread}."
        trend = self.study.trend("naissances")
        if trend is not None and trend.established:
            return text
        return f"{text} L’écart dépasse ce que le hasard explique d’ordinaire, mais {spread} : à confirmer."

    def _entries(self) -> pd.DataFrame:
        """Births of the latest years in a row, with the year of entry at school; the latest entry is to come."""
        rows = self.yearly("naissances")
        if rows.empty:
            return rows.assign(entry=pd.Series(dtype="int64"))
        years = rows["period"].astype(int)
        rows = rows.assign(entry=years + FIRST_SCHOOL_YEAR)
        consecutive = (years - np.arange(len(years))).eq(years.iloc[-1] - len(years) + 1)
        rows = rows[consecutive].reset_index(drop=True)
        return rows if len(rows) and rows["entry"].iloc[-1] > self.study.as_of.year else rows.iloc[0:0]

    def schools_message(self) -> str:
        """How many schools, in how many communes; where children have none; the lower secondary school."""
        schools, rows = self.study.value("ecoles"), self.study.communes("ecoles")
        known = usable(rows)
        if not schools.is_number or not mostly_known(rows):
            return "La liste des écoles de ce territoire n’est pas encore réunie."
        n = float(schools.value or 0)
        when = f"liste au {year_of(schools.period)}" if len(schools.period) > 4 else schools.period
        if not n:
            return f"**Aucune école n’a son adresse dans le territoire** ({when})."
        where = known[known["value"].gt(0)]
        text = f"**{upper_first(counted(n, 'école'))}{self._private(n)}, dans {counted(len(where), 'commune')} sur {len(known)}**"
        return f"{text} ({when}).{self._pupils()}{self._without_school(known)}{self._colleges()}"

    def _pupils(self) -> str:
        """« 498 élèves à la rentrée 2025. », empty where they are not known."""
        pupils = self.study.value("eleves")
        if not pupils.is_number:
            return ""
        return f" {upper_first(counted(float(pupils.value or 0), 'élève'))} à la rentrée {year_of(pupils.period)}."

    def _private(self, schools: float) -> str:
        private = self.study.value("ecoles", "secteur=prive")
        if not private.is_number:
            return ""
        count = private.value or 0
        if not count:
            return ", toutes publiques" if schools > 1 else " publique"
        return (
            f", dont {counted(count, 'privée')}"
            if count < schools
            else ", toutes privées"
            if schools > 1
            else " privée"
        )

    def _without_school(self, known: pd.DataFrame) -> str:
        """How many children live in a commune without a school; secteurs that have none."""
        without = set(known.loc[known["value"].eq(0), "code"])
        if not without:
            return ""
        children = self._children_by_commune()
        have = (
            "L’autre commune n’en a pas"
            if len(without) == 1
            else f"Les {number(len(without))} autres n’en ont pas"
        )
        text = f" {have}"
        if children is not None:
            there = children[children.index.isin(without)].sum()
            text += f" : y vivent {number(there)} des {counted(children.sum(), 'enfant')} de 0 à 9 ans"
        groups = usable(self.study.by_secteur("ecoles"))
        none = [str(name) for name in groups.loc[groups["value"].eq(0), "name"]]
        if none and len(none) < len(groups):
            text += f" ; aucune école dans {'le secteur' if len(none) == 1 else 'les secteurs'} {enumerate_fr(none)}"
        return text + "."

    def _children_by_commune(self) -> pd.Series | None:
        """Children aged 0–9 by commune; None where too few communes are known."""
        frames = [self.study.communes(i) for i in ("enfants_0_4", "enfants_5_9")]
        if not all(mostly_known(frame) for frame in frames):
            return None
        young, older = (usable(frame).set_index("code")["value"] for frame in frames)
        return (young + older).dropna()

    def _colleges(self) -> str:
        total, rows = self.study.value("colleges"), usable(self.study.communes("colleges"))
        if not total.is_number or rows.empty:
            return ""
        n, where = float(total.value or 0), rows[rows["value"].gt(0)]
        if not n:
            return " Aucun collège n’a son adresse dans le territoire : les élèves vont au collège ailleurs."
        if n == 1:
            return f" Un seul collège, {self.commune(str(where['code'].iloc[0])).a()}."
        return f" {upper_first(counted(n, 'collège'))} : {names_of(where)}."

    def leisure_message(self) -> str:
        """Holiday centres as the equipment base lists them: sites, not an offer."""
        total, rows = (
            self.study.value("sites_accueil_loisirs", ALSH),
            usable(self.study.communes("sites_accueil_loisirs", ALSH)),
        )
        if not total.is_number or rows.empty:
            return ""
        where = rows[rows["value"].gt(0)]
        if where.empty:
            return (
                f"**La base des équipements de {total.period} ne recense aucun accueil de loisirs** : il peut en exister "
                "qu’elle ne connaît pas."
            )
        noun = counted(float(total.value or 0), "accueil de loisirs", "accueils de loisirs")
        text = f"**{upper_first(noun)}, dans {counted(len(where), 'commune')}** ({names_of(where)}), selon la base des "
        text += f"équipements de {total.period}."
        if answered(self.study, ("places_alsh",)) or self._places_written:
            return f"{text} Places et jours d’ouverture : plus bas."
        return f"{text} Ce sont des sites : ni places, ni jours d’ouverture."

    @property
    def _places_written(self) -> bool:
        """Whether offre.xlsx gives places of a holiday centre."""
        if not self.folder.has("offre"):
            return False
        rows = services(self.folder)
        return bool(rows.loc[rows["type"].eq("alsh"), "places"].notna().any())

    # ------------------------------------------------------------------------------ figures, tables

    def chiffres_cles(self) -> Output:
        """Children, births, schools, holiday centres; pupils and families where they are known."""
        cards: list[KeyFigure | None] = [
            self.card("enfants_0_4"), self.card("enfants_5_9"), self._births_card(), self.card("ecoles"),
            self.card("sites_accueil_loisirs", breakdown=ALSH, label="accueils de loisirs, sites"),
        ]  # fmt: skip
        cards += [self.card(i) for i in ("eleves", "foyers_ars") if self._shows(i)]
        return self.cards(cards, "chiffres-cles-enfance")

    def _births_card(self) -> KeyFigure | None:
        pooled = self.pooled("naissances")
        if pooled.empty:
            return None
        last = pooled.iloc[-1]
        before = pooled.iloc[-2] if len(pooled) > 1 else None
        then = "" if before is None else f"{year_of(before['period'])} : {number(before['value'])}"
        source = self.study.source_line(last, brief=True)
        return KeyFigure(f"naissances ({year_of(last['period'])})", number(last["value"]), then, source)

    def generations_comparees(self) -> Figure | Absent:
        """Children 0–4 for 100 of 5–9, here, without barracks, by secteur, in the département."""
        title, id = "Les 0–4 ans et les 5–9 ans", "fig-generations"
        rows = self.generations
        if not rows or rows[0].second < FEWEST:
            return self.absent(title, "la population par âge de ce territoire n’est pas encore réunie", id)
        here = rows[0]
        title = f"{number(here.ratio)} enfants de moins de 5 ans pour 100 de 5 à 9 ans"
        places = {t.name: t.a() for t in self.study.references}
        other = next((r for r in rows if r.name in places), None)
        if other is not None:
            title += f", {beside(here.against(other).side, places[other.name])} ({number(other.ratio)})"
        return ages_chart(
            self.study, rows, id=id, title=title, words=("enfants de 0 à 4 ans", "enfants de 5 à 9 ans")
        )

    def entrees_a_l_ecole(self) -> Figure | Absent:
        """Births by the year in which these children may enter school; those to come in the strong colour."""
        from ctg_lib.display.charts import bars

        rows, id = self._entries(), "fig-entrees"
        if len(rows) < 2 * NEXT_YEARS:
            return self.absent(
                "Les entrées à l’école", "les naissances par année ne sont pas encore réunies", id
            )
        rows = rows.tail(10)
        next_ones = rows.tail(NEXT_YEARS)
        frame = pd.DataFrame(
            {
                "name": [f"{e} (nés en {p})" for e, p in zip(rows["entry"], rows["period"], strict=True)],
                "value": rows["value"].to_numpy(), "status": rows["status"].to_numpy(),
                "highlight": rows["entry"].isin(next_ones["entry"]).to_numpy(),
            }
        )  # fmt: skip
        low, high = next_ones["value"].min(), next_ones["value"].max()
        first, last = next_ones["entry"].iloc[0], next_ones["entry"].iloc[-1]
        return bars(
            frame, id=id, label="Année d’entrée",
            title=f"{_span(low, high)} par entrée à l’école, de {first} à {last}, si aucun n’arrive ni ne part",
            subtitle="Enfants qui ont trois ans dans l’année, d’après les naissances (domicile de la mère)",
            source=self.study.source_line(rows),
            notes=("Les enfants nés ailleurs et arrivés depuis n’y sont pas ; ceux qui sont partis y sont encore.",),
        )  # fmt: skip

    def entrees_par_partie(self) -> Figure | Absent:
        """Births behind the entries, by secteur, or by commune where there is none: then and now."""
        return entries_slope(self.study, "fig-entrees-parties", FIRST_SCHOOL_YEAR)

    def carte_ecoles(self) -> Figure | Absent:
        """Schools by commune, on the map."""
        rows, id = self.study.communes("ecoles"), "fig-carte-ecoles"
        known = usable(rows)
        if not mostly_known(rows) or not known["value"].sum():
            why = (
                "aucune école n’y est recensée"
                if mostly_known(rows)
                else "la liste des écoles n’est pas encore réunie"
            )
            return self.absent("Où sont les écoles", why, id)
        without = int(known["value"].eq(0).sum())
        title = f"{upper_first(counted(known['value'].sum(), 'école'))}"
        title += (
            f" : {counted(without, 'commune')} sur {len(known)} n’en {'ont' if without > 1 else 'a'} pas"
            if without
            else (", au moins une dans chaque commune")
        )
        return self.commune_map("ecoles", id=id, title=title, symbols=True, frame=rows)

    def par_commune(self) -> Table | Absent:
        """Children, schools, lower secondary schools, holiday centres, pupils, commune by commune."""
        title, id = "Enfants et écoles, commune par commune", "tbl-communes-enfance"
        columns = {
            "enfants_0_4": ("0–4 ans", ""), "enfants_5_9": ("5–9 ans", ""), "ecoles": ("Écoles", ""),
            "private": ("dont privées", "secteur=prive"), "eleves": ("Élèves", ""), "colleges": ("Collèges", ""),
            "sites_accueil_loisirs": ("Accueils de loisirs", ALSH),
        }  # fmt: skip
        found = {
            key: self.study.communes("ecoles" if key == "private" else key, breakdown)
            for key, (_, breakdown) in columns.items()
        }
        found = {key: rows for key, rows in found.items() if mostly_known(rows)}
        if not found:
            return self.absent(title, "ni les âges ni les écoles des communes ne sont encore réunis", id)
        frame = pd.DataFrame({"name": pd.Series(self.study.communes_by_code)})
        known = {key: usable(rows).set_index("code")["value"] for key, rows in found.items()}
        order = [key for key in ("enfants_5_9", "enfants_0_4", "ecoles") if key in found]
        ranks = frame.assign(**{key: known[key] for key in order}).fillna(dict.fromkeys(order, -1.0))
        frame = frame.loc[ranks.sort_values([*order, "name"], ascending=[False] * len(order) + [True]).index]
        for key, rows in found.items():
            cells = {str(row["code"]): _cell(row, key) for _, row in rows.iterrows()}
            frame[key] = frame.index.map(cells)
        kept = {key: head for key, (head, _) in columns.items() if key in found}
        return Table(
            frame.reset_index(drop=True), id=id, caption=self._communes_caption(found, title),
            source=self.study.source_line(*found.values()), columns={"name": "Commune", **kept},
            notes=[f"« {NONE} » : aucun. {definition('ecoles').caution} L’école d’un enfant peut être dans une autre commune."],
        )  # fmt: skip

    @staticmethod
    def _communes_caption(found: dict[str, pd.DataFrame], title: str) -> str:
        when = {key: next(iter(rows.loc[rows["period"].ne(""), "period"]), "") for key, rows in found.items()}
        said = []
        if "enfants_5_9" in when:
            said.append(f"habitants en {year_of(when['enfants_5_9'])}")
        if "ecoles" in when:
            period = when["ecoles"]
            said.append(f"écoles {'au' if len(period) > 7 else 'en'} {year_of(period)}")
        return f"{title} ({', '.join(said)})" if said else title

    def eleves(self) -> Table | Absent:
        """Pupils, classes and their evolution beside the comparison territories; who has them where they are not known."""
        title, id = "Élèves et classes", "tbl-eleves"
        shown_here = [i for i in ("eleves", *self.rates) if self._shows(i)]
        if not shown_here:
            return self.absent(
                title,
                "les effectifs de chaque école, que publie le ministère, ne sont pas réunis ici ; les communes et la direction "
                "des services départementaux de l’Éducation nationale (DSDEN) les ont",
                id,
            )
        return self.values_table(shown_here, id=id, caption=title)

    # -------------------------------------------------------------------------------------- blocks

    @staticmethod
    def named(rule: Definition, breakdown: str = "") -> str:
        """The indicator's name; the one type of holiday centres is not told twice."""
        return ThemeChapter.named(rule, "" if breakdown == ALSH else breakdown)

    def cautions(self) -> Sequence[str]:
        """What misleads in the children and the schools."""
        return (
            "Les 0–4 ans d’aujourd’hui ne sont pas les élèves de demain : des familles arrivent et partent, et une école peut "
            "recevoir les enfants d’une autre commune."
            if self.generations
            else "",
            "Une petite commune est recensée une année sur cinq : âges et naissances ne se correspondent qu’à un an ou deux près."
            if self.arrivals_message()
            else "",
            f"**Écoles.** {definition('ecoles').caution}",
            f"**Accueils de loisirs.** {definition('sites_accueil_loisirs').caution}",
            self._ips(),
        )

    def _ips(self) -> str:
        """Why the social position index is not shown."""
        row = self.study.row("ecoles_ips_publie")
        if row is None or pd.isna(row["numerator"]) or not row["denominator"] > 0:
            return ""
        known, every = float(row["numerator"]), float(row["denominator"])
        if known >= every:
            return ""
        verb = "est publié que pour" if known else "est publié pour"
        of = f"des {number(every)} écoles" if every >= 2 else "écoles du territoire"
        whom = f"{number(known)} {of}" if known else f"aucune {of}"
        return (
            f"**Indice de position sociale des écoles (IPS).** Il n’{verb} {whom} : il ne dit rien du territoire, et n’est pas "
            "montré. Aucune petite école n’est nommée par un tel indice."
        )

    def silence_lines(self) -> list[str]:
        """What is still asked for; not the places that offre.xlsx gives."""
        known = ("places_alsh",) if self._places_written else ()
        return silence_lines(self.study, [s for s in self.silences if not known or s.indicators != known])

    def more_silences(self) -> Sequence[str]:
        """Pupils of each school, where they are not at hand; where pupils live and eat."""
        pupils = (
            "Les effectifs de chaque école par niveau, les ouvertures et fermetures de classe prévues : à demander à la DSDEN et "
            "aux communes."
        )
        return (
            "" if answered(self.study, ("eleves",)) else pupils,
            "La cantine, la garderie du matin et du soir, le transport scolaire : à demander aux communes et aux syndicats "
            "scolaires.",
        )

    def questions_du_groupe(self) -> Output:
        """Questions that people in a room can answer and that the figures raise."""
        here = self.generations[0] if self.generations else None
        school = leisure = ""
        if here is not None and self._established(here) and here.first < here.second:
            school = (
                f"{number(here.second)} enfants de 5 à 9 ans, {number(here.first)} derrière eux : quelles communes veulent décider "
                "ensemble de l’avenir de leurs écoles ?"
            )
        rows, children = (
            usable(self.study.communes("sites_accueil_loisirs", ALSH)),
            self._children_by_commune(),
        )
        none = rows.loc[rows["value"].eq(0), "code"]
        if len(rows) and len(none) and children is not None:
            away = children[children.index.isin(none)].sum()
            leisure = (
                f"{number(away)} des {number(children.sum())} enfants de 0 à 9 ans {'vivent' if away >= 2 else 'vit'} dans une commune "
                "sans accueil de loisirs recensé : où vont-ils le mercredi et l’été, et qui les conduit ?"
            )
        return self.questions(
            school,
            leisure,
            "Le matin avant la classe, le soir après : que trouvent les parents qui travaillent tôt ou tard ?",
        )


def _span(low: float, high: float) -> str:
    """« De 31 à 50 enfants », « 31 enfants »."""
    return counted(high, "enfant") if low == high else f"De {number(low)} à {counted(high, 'enfant')}"


def _cell(row: pd.Series, key: str) -> str:
    """A commune's count; « – » for no site, a zero for nobody, its status in words where it is not known."""
    value = as_value(row, definition(str(row["indicator"])))
    sites = not key.startswith("enfants") and key != "eleves"
    return NONE if value.is_number and not value.value and sites else shown(value)
