"""Official margins of a study's surveys: what the population is known to be, from the census.

What is counted, by unit of the questionnaire:

* **households** (``menage``): main residences of the communes (so no second home, no barracks, no home for
  the elderly), by secteur and by type of household. A questionnaire to parents counts households with
  children: by type from the shares of the census, by secteur in the proportion of children under 18.
* **persons** (``personne``): inhabitants of the ages that the questionnaire offers, by age and by secteur.
  Where the numbers of a commune show barracks or a prison (:mod:`ctg_lib.statistics.distortion`), its men
  aged 20–39 are counted as many as its women of the same age; where they show a home for the elderly, its
  people of 75 and over are counted as frequent as in the other communes. Ages come by five years: a year is
  a fifth of its band.

Each margin says in French what was assumed. A margin that the store cannot give is left out and told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.consultation.bank import secteur_codes
from ctg_lib.consultation.questionnaire import Question, Questionnaire, Unit
from ctg_lib.consultation.weights import Margin
from ctg_lib.indicators.labels import age_span
from ctg_lib.study.likeness import known_parts
from ctg_lib.values import parse_breakdown

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

ADULT = 18
OLDEST = 120
Told = tuple[tuple[int, int], str]
"""Ages that a sentence is about, and the sentence."""
BARRACKS = frozenset({"army", "prison", "men"})
YOUNG_MEN = (20, 39)
OLD = 75
WITH_CHILDREN = frozenset({"couple_avec_enfant", "monoparentale"})
SHARES = {"couple_avec_enfant": "part_menages_couple_enfants", "monoparentale": "part_menages_monoparentaux"}
"""Code of an option of the question on the household -> indicator of its share."""
OTHERS = "autres_menages"
HOUSEHOLDS = ("taille_menages", "part_menages_sans_voiture", "part_loges_gratuitement")
"""Indicators whose denominator is the number of households (main residences), the first one known is used."""


@dataclass(frozen=True)
class Official:
    """What is known of the population of a questionnaire, for one unit.

    Attributes:
        unit: households or persons.
        population: how many, about; None where it is not known.
        whom: of whom, in the plural.
        margins: at most three.
        notes: what is not known or was left out, in French.
    """

    unit: Unit
    population: float | None
    whom: str
    margins: tuple[Margin, ...] = ()
    notes: tuple[str, ...] = ()


def official(study: Study, questionnaire: Questionnaire) -> dict[Unit, Official]:
    """Margins of a questionnaire, for each unit of which it asks.

    Professionals and associations have none: nobody counts them.
    """
    units = {questionnaire.unit, *(questionnaire.unit_of(q) for q in questionnaire.questions)}
    known = _Known(study)
    out: dict[Unit, Official] = {}
    everyone = (
        questionnaire.unit == "menage" or _high(questionnaire) >= OLDEST
    )  # not homes seen by the young alone
    if "menage" in units and everyone and questionnaire.of_role("menage") is not None:
        out["menage"] = known.households(questionnaire)
    if questionnaire.unit == "personne" and questionnaire.of_role("age") is not None:
        out["personne"] = known.persons(questionnaire)
    return out


def _high(questionnaire: Questionnaire) -> int:
    """Highest age that the questionnaire offers."""
    question = questionnaire.of_role("age")
    spans = [_span(o.code) for o in question.options] if question is not None else []
    return max((span[1] for span in spans if span is not None), default=0)


@dataclass(frozen=True)
class Size:
    """How many there are of a kind: value (None: not known), whom, what was assumed, sources."""

    value: float | None
    whom: str
    note: str = ""
    sources: tuple[str, ...] = ()


def with_child_under_3(study: Study) -> Size:
    """Families with a child under 3, about: births of the last three years known, to the nearest five.

    Twins and brothers and sisters make them a little fewer, children who moved in a little more.
    """
    whom = "familles avec un enfant de moins de 3 ans"
    rows = study.table("naissances", [study.place])
    rows = rows[rows["period"].str.fullmatch(r"\d{4}-\d{4}") & rows["value"].notna()]
    if rows.empty:
        return Size(None, whom)
    last = rows.sort_values("period").iloc[-1]
    note = f"Naissances de {last['period'].replace('-', ' à ')}, à cinq près : une famille par enfant."
    return Size(5 * round(float(last["value"]) / 5), whom, note, _ids([last["sources"]]))


@dataclass
class _Known:
    study: Study
    notes: list[str] = field(default_factory=list)

    # ------------------------------------------------------------------------------------ households

    def households(self, questionnaire: Questionnaire) -> Official:
        self.notes = []
        homes, sources, year = self._homes()
        question = questionnaire.of_role("menage")
        assert question is not None  # official() looked
        if homes.empty:
            self.notes.append(
                "Le nombre de ménages des communes n’est pas connu : rien n’est redressé sur les ménages."
            )
            return Official("menage", None, "ménages", notes=tuple(self.notes))
        codes = {o.code for o in question.options}
        parents = not codes & {"seul", "couple_sans_enfant"}
        types = self._types(float(homes.sum()), parents)
        margins = []
        population = float(homes.sum())
        if parents:
            population = types[0] if types else float("nan")
            if not types:
                self.notes.append(
                    "Le nombre de ménages avec enfants n’est pas connu : les réponses restent brutes."
                )
                return Official("menage", None, "ménages avec enfants", notes=tuple(self.notes))
            weights, more = self._children()
            note = "Ménages avec enfants, répartis entre secteurs comme les enfants de moins de 18 ans."
            by_commune = weights * (population / weights.sum()) if weights.sum() else weights
            sources = tuple(dict.fromkeys((*sources, *more)))
        else:
            by_commune, note = (
                homes,
                f"Ménages (résidences principales) du recensement{f' de {year}' if year else ''}.",
            )
        margins += self._by_secteur(questionnaire, by_commune, "menage", sources, note)
        if types:
            margins.append(self._of_types(question, types, parents, sources))
        whom = "ménages avec enfants" if parents else "ménages"
        return Official("menage", population, whom, tuple(margins), tuple(self.notes))

    def _homes(self) -> tuple[pd.Series, tuple[str, ...], str]:
        """Households of each member commune; empty where one is not known."""
        members = list(self.study.territory.members)
        for indicator in HOUSEHOLDS:
            rows = self.study.table(indicator, self.study._communes)
            rows = rows[rows["breakdown"].eq("") & rows["denominator"].gt(0)]
            for period in sorted(rows["period"].unique(), reverse=True):
                found = rows[rows["period"].eq(period)].set_index("code")["denominator"]
                if set(members) <= set(found.index):
                    return (
                        found.reindex(members),
                        _ids(rows.loc[rows["period"].eq(period), "sources"]),
                        str(period),
                    )
        parts = known_parts(self.study.project.processed, self.study.horizon)
        if parts is not None and len(parts):
            found = parts.set_index("commune")["households"].reindex(members)
            empty = parts.set_index("commune")["empty"].reindex(members).eq(True)
            found = found.mask(empty & found.isna(), 0.0)
            if found.notna().all():
                return (
                    found.astype("float64"),
                    _ids([parts.attrs.get("sources", "")]),
                    str(parts.attrs.get("census", "")),
                )
        return pd.Series(dtype="float64"), (), ""

    def _types(self, homes: float, parents: bool) -> tuple[float, dict[str, float], tuple[str, ...]] | None:
        """Households with children, how many of each type, sources; None where a share is not known."""
        found, sources = {}, []
        for code, indicator in SHARES.items():
            row = self.study.row(indicator)
            if row is None or pd.isna(row["value"]):
                self.notes.append("La répartition des ménages par type n’est pas connue.")
                return None
            found[code] = homes * float(row["value"]) / 100
            sources.append(str(row["sources"]))
        return sum(found.values()), found, _ids(sources)

    def _of_types(
        self,
        question: Question,
        types: tuple[float, dict[str, float], tuple[str, ...]],
        parents: bool,
        sources: tuple[str, ...],
    ) -> Margin:
        whole, found, more = types
        totals = dict(found)
        codes = {}
        note = (
            "Parts des ménages du recensement ; un couple avec enfant l’est quel que soit l’âge des enfants."
        )
        if not parents:
            homes = float(self._homes()[0].sum())
            totals[OTHERS] = homes - whole
            codes = {o.code: OTHERS for o in question.options if o.code not in found}
            note += (
                " Les autres ménages (personnes seules, couples sans enfant, autres) sont comptés ensemble."
            )
        return Margin(
            "menage", "menage", "type de foyer", totals, tuple(dict.fromkeys((*more, *sources))), note, codes
        )

    # --------------------------------------------------------------------------------------- persons

    def persons(self, questionnaire: Questionnaire) -> Official:
        self.notes = []
        question = questionnaire.of_role("age")
        assert question is not None
        spans = {o.code: span for o in question.options if (span := _span(o.code)) is not None}
        ages = self._ages()
        low, high = (
            min((s[0] for s in spans.values()), default=0),
            max((s[1] for s in spans.values()), default=OLDEST),
        )
        whom = f"habitants de {low} ans et plus" if high >= OLDEST else f"habitants de {low} à {high} ans"
        if ages is None or not spans:
            self.notes.append(
                "Les âges des habitants ne sont pas connus : rien n’est redressé sur les personnes."
            )
            return Official("personne", None, whom, notes=tuple(self.notes))
        people, sources, told = ages
        notes = [sentence for (first, last), sentence in told if first <= high and low <= last]
        by_commune = _between(people, low, high)
        note = " ".join(
            ["Recensement, par tranches de cinq ans ; une année d’âge compte pour un cinquième.", *notes]
        )
        totals = {code: float(_between(people, *span).sum()) for code, span in spans.items()}
        margins = [Margin("age", "personne", "âge", totals, sources, note)]
        margins += self._by_secteur(questionnaire, by_commune, "personne", sources, note)
        return Official("personne", float(by_commune.sum()), whom, tuple(margins), tuple(self.notes))

    def _ages(self) -> tuple[pd.DataFrame, tuple[str, ...], list[Told]] | None:
        """``code, low, high, value`` by five years, establishments taken out; None where not known."""
        rows = self.study.table("population_par_age", self.study._communes)
        rows = rows.dropna(subset=["value"])
        if rows.empty:
            return None
        rows = rows[rows["period"].eq(rows["period"].max())]
        if not set(self.study.territory.members) <= set(rows["code"]):
            return None
        parts = rows["breakdown"].map(parse_breakdown)
        spans = parts.map(lambda p: age_span(p["age"]) or (0, OLDEST))
        people = pd.DataFrame(
            {
                "code": rows["code"].to_numpy(), "sex": [p["sex"] for p in parts],
                "low": [s[0] for s in spans], "high": [min(s[1], OLDEST) for s in spans],
                "value": rows["value"].astype("float64").to_numpy(),
            }
        )  # fmt: skip
        notes = self._without_establishments(people)
        summed = people.groupby(["code", "low", "high"], sort=True)["value"].sum().reset_index()
        return summed, _ids(rows["sources"]), notes

    def _without_establishments(self, people: pd.DataFrame) -> list[Told]:
        """Lower the ages that an establishment fills, in place; ages, and what was done, in French."""
        notes: list[Told] = []
        names = self.study.communes_by_code
        found = self.study.establishments[["code", "kind"]].astype("str")
        for code, kind in found.itertuples(index=False, name=None):
            here = people["code"].eq(code)
            if kind in BARRACKS:
                young = here & people["low"].ge(YOUNG_MEN[0]) & people["high"].le(YOUNG_MEN[1])
                men, women = young & people["sex"].eq("M"), young & people["sex"].eq("F")
                of_women = people[women].set_index("low")["value"]
                before = float(people.loc[men, "value"].sum())
                most = people.loc[men, "low"].map(of_women).fillna(0.0)
                people.loc[men, "value"] = people.loc[men, "value"].clip(upper=most)
                gone = before - float(people.loc[men, "value"].sum())
                sentence = (
                    f"À {names[code]}, les hommes de 20 à 39 ans sont comptés aussi nombreux "
                    f"que les femmes du même âge : {round(gone)} personnes, logées pour l’essentiel en "
                    "établissement, sont hors des marges."
                )
                notes.append((YOUNG_MEN, sentence))
            elif kind == "ehpad":
                old = people["low"].ge(OLD)
                rest = float(people.loc[old & ~here, "value"].sum()) / max(
                    float(people.loc[~here, "value"].sum()), 1.0
                )
                younger, now = (
                    float(people.loc[here & ~old, "value"].sum()),
                    float(people.loc[here & old, "value"].sum()),
                )
                usual = younger * rest / (1 - rest) if rest < 1 else now
                if 0 < usual < now:
                    people.loc[here & old, "value"] *= usual / now
                    sentence = (
                        f"À {names[code]}, les personnes de 75 ans et plus sont comptées aussi "
                        f"fréquentes que dans les autres communes : {round(now - usual)} personnes, logées "
                        "pour l’essentiel en établissement, sont hors des marges."
                    )
                    notes.append(((OLD, OLDEST), sentence))
        return notes

    def _children(self) -> tuple[pd.Series, tuple[str, ...]]:
        """Children under 18 of each commune, about; inhabitants where ages are not known."""
        ages = self._ages()
        if ages is None:
            self.notes.append("Âges inconnus : les ménages avec enfants sont répartis comme les habitants.")
            return self.study.inhabitants.astype("float64"), ()
        return _between(ages[0], 0, ADULT - 1), ages[1]

    # --------------------------------------------------------------------------------------- secteurs

    def _by_secteur(
        self,
        questionnaire: Questionnaire,
        by_commune: pd.Series,
        unit: Unit,
        sources: tuple[str, ...],
        note: str,
    ) -> list[Margin]:
        if questionnaire.of_role("secteur") is None or not self.study.secteurs:
            return []
        members = {s.name: s.members for s in self.study.secteurs}
        codes = secteur_codes(members)
        totals = {codes[name]: float(by_commune.reindex(list(of)).sum()) for name, of in members.items()}
        return [Margin("secteur", unit, "secteur d’habitation", totals, sources, note)]


def _between(people: pd.DataFrame, low: int, high: int) -> pd.Series:
    """Persons of ages low to high by commune: the part of each five-year band that lies between."""
    inside = (people["high"].clip(upper=high) - people["low"].clip(lower=low) + 1).clip(lower=0)
    whole = people["high"] - people["low"] + 1
    return (people["value"] * inside / whole).groupby(people["code"]).sum()


def _span(code: str) -> tuple[int, int] | None:
    """Ages of an option: « de_30_44 », « moins_30 » (adults), « plus_75 »."""
    if found := re.fullmatch(r"de_(\d+)_(\d+)", code):
        return int(found[1]), int(found[2])
    if found := re.fullmatch(r"moins_(\d+)", code):
        return min(ADULT, int(found[1]) - 1), int(found[1]) - 1
    if found := re.fullmatch(r"plus_(\d+)", code):
        return int(found[1]), OLDEST
    return None


def _ids(cells: Iterable[object]) -> tuple[str, ...]:
    """Ids of the manifest named in cells « a+b »."""
    return tuple(sorted({each for cell in cells for each in str(cell).split("+") if each and each != "nan"}))
