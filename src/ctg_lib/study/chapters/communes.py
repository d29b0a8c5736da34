"""Chapter 80: one page per commune. Its children, births and inhabitants, its services, and where the others are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ctg_lib.display.figure import Absent
from ctg_lib.display.output import SourceText
from ctg_lib.display.prose import shown, upper_first, year_of
from ctg_lib.display.table import Output, Table, prose
from ctg_lib.display.typography import counted, enumerate_fr, number, sort_key
from ctg_lib.indicators.acces_droits import SERVICES as EVERYDAY
from ctg_lib.indicators.registry import VOCABULARY, definition
from ctg_lib.partnership.books.offre import SERVICES as KINDS
from ctg_lib.partnership.offer import by_service
from ctg_lib.study.chapters.base import Chapter, measured, usable
from ctg_lib.study.chapters.folder_base import NONE
from ctg_lib.study.chapters.offre.words import kind_label
from ctg_lib.study.rows import as_value
from ctg_lib.study.rows import known as is_known
from ctg_lib.study.using import Uses

PEOPLE = ("population", "enfants_0_4", "enfants_5_9", "jeunes_10_19", "part_65_plus")
"""What is said of the inhabitants: the children first."""
LONG_NAME = 60
"""Characters from which a row is named by its label alone, its unit in a note."""
OUTSIDE = ("part_travail_hors_commune", "part_residences_secondaires", "apl_generalistes")
"""What tells why inhabitants go out, or who is there only part of the year."""
MORE: dict[str, tuple[str, ...]] = {
    "collège": ("C201",),
    "infirmier": ("D281",),
    "relais petite enfance": ("D504",),
    "salle ou terrain de sport": ("F102", "F103", "F107", "F111", "F113", "F114", "F116", "F120", "F121", "F129", "F130"),
}  # fmt: skip
"""Services beside the everyday ones (:data:`ctg_lib.indicators.acces_droits.SERVICES`)."""
YEARS = 5
"""Years of births that are added up: one year of a commune is chance."""
FARTHEST = 3
"""How many borders are crossed to look for a service."""
SHORT_LIST = 3
FRANCE_SERVICES = KINDS["france_services"]
ARTICLE = re.compile(r"^(?:L’|L'|(?:Le|La|Les) )")


@dataclass(frozen=True)
class Nearest:
    """Where a service is found, crossing as few borders of communes as possible.

    Attributes:
        borders: 0 in the commune itself, 1 in a commune that touches it …
        communes: codes, sorted; empty where it is in no commune looked at.
    """

    borders: int
    communes: tuple[str, ...]


class Communes(Chapter):
    """One sheet per commune, made from public figures and the declared offer."""

    name = "communes"

    def source_of(self, uses: Uses) -> SourceText:
        """None under the sentences of a sheet: the tables under them name the same files."""
        return SourceText("")

    def presentation(self) -> Output:
        """What these pages are, and how to read them."""
        total = len(self.study.territory.members)
        children = any(is_known(self._by_commune(i)).any() for i in ("enfants_0_4", "enfants_5_9"))
        services = self._some_known
        said = {
            "ses habitants": True, "ses enfants": children, "ses naissances": bool(self._span),
            "les services qu’elle a": services, "où sont les autres": services,
        }  # fmt: skip
        known = [what for what, there in said.items() if there]
        text = f"{upper_first(counted(total, 'page'))}, une par commune : {enumerate_fr(known)}."
        absent = [what for what, there in said.items() if not there]
        if absent:
            text += f" **Pas encore réunis pour ce territoire** : {enumerate_fr(absent)}."
        text += " Une page s’imprime sur une feuille A4."
        if children:
            text += " Les petits effectifs du recensement sont des ordres de grandeur ; un taux n’est pas donné sous cent personnes."
        if services:
            text += (
                " « Le plus près » compte les limites de communes à franchir, non le temps de route, qui n’est pas mesuré ici ; "
                "hors du territoire, seules les communes qui le touchent sont regardées."
            )
        return prose(text)

    def ensemble(self) -> Table | Absent:
        """The communes side by side: inhabitants, children, births."""
        ids = ["population", "enfants_0_4", "enfants_5_9"]
        rows = {i: self.study.communes(i) for i in ids}
        if not any(is_known(r).any() for r in rows.values()):
            return self.absent(
                "Les communes en un tableau", "les habitants des communes ne sont pas réunis", "tbl-communes"
            )
        births = {c: self._births(c) for c in self.codes}
        frame = pd.DataFrame({"code": self.codes, "name": [self.commune_names[c] for c in self.codes]})
        columns = {"name": "Commune"}
        for i, r in rows.items():
            known = r[is_known(r)]
            if known.empty:
                continue
            cells = {
                str(c): as_value(row, definition(i))
                for c, row in known.set_index("code", drop=False).iterrows()
            }
            frame[i] = [shown(cells[c]) if c in cells else NONE for c in self.codes]
            period = next(iter(known["period"]), "")
            columns[i] = f"{upper_first(definition(i).label)}{f', {year_of(period)}' if period else ''}"
        spans = [span for _, span, _ in births.values() if span]
        if spans:
            frame["births"] = [number(births[c][0]) if births[c][1] else NONE for c in self.codes]
            columns["births"] = f"Naissances, {spans[0]}"
        if self._some_known:
            frame["services"] = [self._count_here(c) for c in self.codes]
            columns["services"] = f"Services du quotidien, sur {len(self.services)}"
        dashes = bool((frame == NONE).to_numpy().any())
        return Table(
            frame[list(columns)], id="tbl-communes", caption="Les communes en un tableau",
            source=self.study.source_line(*rows.values(), *(r for _, _, r in births.values()), self._facilities),
            columns=columns, notes=[f"« {NONE} » : non disponible."] if dashes else [],
        )  # fmt: skip

    def fiches(self) -> Iterator[Output | Table | Absent]:
        """For each commune: its name, what matters in a few sentences, its inhabitants, its services."""
        for code in self.codes:
            yield self.fiche(code)
            yield self.habitants(code)
            if self._some_known:
                yield self.services_de(code)

    # ------------------------------------------------------------------------------- one commune

    def fiche(self, code: str) -> Output:
        """The heading of a sheet and its sentences."""
        said = [self._people_sentence(code), self._births_sentence(code), self._offer_sentence(code)]
        text = " ".join(s for s in said if s) or "Aucun chiffre n’est réuni pour cette commune."
        return prose(f"## {self.commune_names[code]}\n\n{text}")

    def habitants(self, code: str) -> Table | Absent:
        """Inhabitants, children, those who go out, beside the whole territory."""
        id, title = f"tbl-habitants-{code}", f"{self.commune_names[code]} : les habitants"
        lines, used, notes = [], [], []
        for indicator in (*PEOPLE, *OUTSIDE):
            rule = definition(indicator)
            rows = self._by_commune(indicator)
            row = rows[rows["code"].eq(code) & is_known(rows)]
            if row.empty:
                continue
            period = str(row["period"].iloc[0])
            whole = self.study.value(indicator, period=period)
            label = upper_first(rule.label) if rule.unit == "%" else measured(rule)
            if len(label) > LONG_NAME:
                label = upper_first(rule.label)
                notes.append(f"{label} : {rule.unit}.")
            lines.append(
                {
                    "name": label,
                    "period": year_of(period),
                    "here": shown(as_value(row.iloc[0], rule)),
                    "whole": shown(whole),
                }
            )
            used.append(row)
        total, span, births = self._births(code)
        if span:
            lines.insert(
                1,
                {
                    "name": "Naissances, en tout",
                    "period": span,
                    "here": number(total),
                    "whole": self._births_of_all(span),
                },
            )
            used.append(births)
        if not lines:
            return self.absent(title, "aucun de ces indicateurs n’est connu pour la commune", id)
        return Table(
            pd.DataFrame(lines), id=id, caption=title, source=self.study.source_line(*used),
            columns={"name": "Indicateur", "period": "Période", "here": "Commune", "whole": "Territoire"},
            notes=notes,
        )  # fmt: skip

    def services_de(self, code: str) -> Table | Absent:
        """Services found in the commune; for the others, the nearest communes that have them."""
        id, title = f"tbl-services-{code}", f"{self.commune_names[code]} : les services"
        if code not in self._known:
            return self.absent(
                title, "la base des équipements n’est pas encore réunie pour cette commune", id
            )
        found = {label: self.nearest(code, label) for label in self.services}
        here = sum(n.borders == 0 for n in found.values())
        frame = pd.DataFrame(
            [
                {"name": upper_first(label), "here": "oui" if n.borders == 0 else "non", "where": self._where(n)}
                for label, n in found.items()
            ]
        )  # fmt: skip
        return Table(
            frame, id=id, caption=f"{title}, {number(here)} sur {number(len(found))} dans la commune",
            source=self.study.source_line(self._facilities),
            columns={"name": "Service", "here": "Dans la commune", "where": "Sinon, où le plus près"},
            notes=self._service_notes(code),
        )  # fmt: skip

    # ------------------------------------------------------------------------------- sentences

    def _people_sentence(self, code: str) -> str:
        people = self._row("population", code)
        small, larger = self._row("enfants_0_4", code), self._row("enfants_5_9", code)
        if people is None:
            return ""
        text = f"**{counted(float(people['value']), 'habitant')}** en {year_of(str(people['period']))}"
        if small is None or larger is None or small["period"] != larger["period"]:
            return f"{text}."
        a, b = float(small["value"]), float(larger["value"])
        if number(a) == number(b) == "0":
            return f"{text} ; aucun enfant de moins de 10 ans au recensement."
        return f"{text}, dont environ {counted(a, 'enfant')} de 0 à 4 ans et {number(b)} de 5 à 9 ans."

    def _births_sentence(self, code: str) -> str:
        total, span, _ = self._births(code)
        if not span:
            return ""
        return f"{upper_first(counted(total, 'naissance') if total else 'aucune naissance')} en {YEARS} ans ({span})."

    def _offer_sentence(self, code: str) -> str:
        if not self.study.partnership.has("offre"):
            return ""
        rows = by_service(self.study.partnership)
        here = rows[[code in codes for codes in rows["communes"]]]
        if here.empty:
            return "Aucun service aux familles n’y est recensé (offre.xlsx), ce qui ne prouve pas qu’il n’y en a pas."
        kinds = [kind_label(r["type"], r["type_label"]) for r in here.to_dict("records")]
        said = [k if k == FRANCE_SERVICES else k[:1].lower() + k[1:] for k in dict.fromkeys(kinds)]
        noun = counted(
            len(here), "service aux familles y est recensé", "services aux familles y sont recensés"
        )
        return f"{upper_first(noun)} : {enumerate_fr(said)}."

    # ---------------------------------------------------------------------------------- pieces

    @cached_property
    def codes(self) -> list[str]:
        """Member communes, in the French order of their names, articles apart."""
        return sorted(self.commune_names, key=lambda c: sort_key(ARTICLE.sub("", self.commune_names[c])))

    @cached_property
    def services(self) -> Mapping[str, tuple[str, ...]]:
        """Service -> facility types, everyday ones first; those found nowhere around are left out."""
        named = VOCABULARY["service"]
        every = {**{named.get(key, key): types for key, types in EVERYDAY.items()}, **MORE}
        have = set(self._facilities["type"])
        return {label: types for label, types in every.items() if have & set(types)}

    @cached_property
    def _around(self) -> list[str]:
        """Communes that touch the territory."""
        touching = [c for code in self.codes for c in self.study.geography.touching(code)]
        return [c for c in dict.fromkeys(touching) if c not in self.commune_names]

    @cached_property
    def _facilities(self) -> pd.DataFrame:
        """Known counts of facilities of the communes of the territory and around it, with ``type``."""
        places = [("commune", c) for c in (*self.codes, *self._around)]
        rows = usable(self.study.table("equipements", places))
        kinds = rows["breakdown"].str.extract(r"(?:^|;)type=([^;]+)")[0]
        return rows.assign(type=kinds)

    @cached_property
    def _known(self) -> frozenset[str]:
        """Communes whose facilities are known."""
        return frozenset(self._facilities["code"])

    @property
    def _some_known(self) -> bool:
        """Whether the facilities of any commune of the territory itself are known."""
        return not self._known.isdisjoint(self.codes)

    @cached_property
    def _holders(self) -> dict[str, frozenset[str]]:
        """Facility type -> communes that have it."""
        have = self._facilities[self._facilities["value"].gt(0)]
        return {str(kind): frozenset(codes) for kind, codes in have.groupby("type")["code"]}

    def nearest(self, code: str, service: str) -> Nearest:
        """Where a service is, fewest borders first, in communes whose facilities are known."""
        have = frozenset().union(*(self._holders.get(t, frozenset()) for t in self.services[service]))
        seen, edge = {code}, {code}
        for borders in range(FARTHEST + 1):
            found = edge & have
            if found:
                return Nearest(borders, tuple(sorted(found)))
            edge = {c for each in edge for c in self.study.geography.touching(each)} - seen
            seen |= edge
        return Nearest(FARTHEST + 1, ())

    def _where(self, n: Nearest) -> str:
        if n.borders == 0:
            return NONE
        if not n.communes:
            return "dans aucune des communes regardées"
        names = [self.commune(c).a() for c in n.communes]
        shown_names = enumerate_fr(names) if len(names) <= SHORT_LIST else (
            f"{', '.join(names[:SHORT_LIST])} et {counted(len(names) - SHORT_LIST, 'autre')}"
        )  # fmt: skip
        how = "commune voisine" if n.borders == 1 else f"{number(n.borders)} limites de communes"
        return f"{upper_first(shown_names)} ({how if len(n.communes) == 1 or n.borders > 1 else 'communes voisines'})"

    def _service_notes(self, code: str) -> list[str]:
        around = [c for c in self.study.geography.touching(code) if c not in self.commune_names]
        unknown = [c for c in around if c not in self._known]
        notes = [definition("equipements").caution]
        if unknown:
            said = counted(
                len(unknown),
                "commune voisine, hors du territoire, n’a",
                "communes voisines, hors du territoire, n’ont",
            )
            notes.append(f"{upper_first(said)} pas ses équipements réunis : un service peut y être plus proche." if len(unknown) == 1
                         else f"{upper_first(said)} pas leurs équipements réunis : un service peut y être plus proche.")  # fmt: skip
        return notes

    def _count_here(self, code: str) -> str:
        if code not in self._known:
            return NONE
        return number(sum(self.nearest(code, label).borders == 0 for label in self.services))

    def _row(self, indicator: str, code: str) -> pd.Series | None:
        """The row of a commune, of the period for which most communes are known; None without a number."""
        rows = usable(self._by_commune(indicator))
        rows = rows[rows["code"].eq(code)]
        return None if rows.empty else rows.iloc[0]

    def _by_commune(self, indicator: str) -> pd.DataFrame:
        if indicator not in self._frames:
            self._frames[indicator] = self.study.communes(indicator)
        return self._frames[indicator]

    @cached_property
    def _frames(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def _yearly_births(self) -> pd.DataFrame:
        """Known births by commune and year."""
        rows = usable(self.study.table("naissances", [("commune", c) for c in self.codes]))
        return rows[rows["breakdown"].eq("") & rows["period"].str.fullmatch(r"\d{4}")].sort_values("period")

    @cached_property
    def _span(self) -> list[int]:
        """The latest years for which the territory's births are known, one after the other; empty without enough."""
        rows = usable(self.study.series("naissances"))
        years = sorted(rows.loc[rows["period"].str.fullmatch(r"\d{4}"), "period"].astype(int))[-YEARS:]
        return years if len(years) == YEARS and years[-1] - years[0] == YEARS - 1 else []

    def _births(self, code: str) -> tuple[float, str, pd.DataFrame]:
        """Births of these years together, which years, their rows; no years where one of them is missing."""
        rows = self._yearly_births
        found = rows[rows["code"].eq(code) & rows["period"].isin([str(year) for year in self._span])]
        if not self._span or len(found) < YEARS:
            return 0.0, "", rows.iloc[:0]
        return float(found["value"].sum()), f"{self._span[0]}–{self._span[-1]}", found

    def _births_of_all(self, span: str) -> str:
        """Births of the territory in the same years."""
        first, last = span.split("–")
        rows = usable(self.study.series("naissances"))
        rows = rows[rows["period"].str.fullmatch(r"\d{4}") & rows["period"].between(first, last)]
        return number(rows["value"].sum()) if len(rows) == YEARS else "non disponible"
