"""Chapter 09: community life."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import rounded_people, upper_first, year_of
from ctg_lib.display.table import Output, Table
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.indicators.labels import FACILITIES
from ctg_lib.indicators.registry import Definition, definition
from ctg_lib.indicators.vie_sociale import USUAL
from ctg_lib.study.chapters.answers import MASKED, Silence
from ctg_lib.study.chapters.base import mostly_known, names_of, usable
from ctg_lib.study.chapters.folder_base import NONE
from ctg_lib.study.chapters.theme import BriefTheme
from ctg_lib.study.comparison import Compared

USUAL_SITES, WITHOUT = "equipements_courants_sport_culture", "communes_sans_equipement_courant"
SPORT, LIBRARY = "domaine=sport", "type=F307"
LICENCES, STRUCTURES = "part_licencies_sport_0_14", "structures_vie_sociale"
NOUNS = {
    "centre_social": ("centre social", "centres sociaux"),
    "evs": ("espace de vie sociale (EVS)", "espaces de vie sociale (EVS)"),
    "ludotheque": ("ludothèque", "ludothèques"),
}
MOST_NAMED = 3
"""Communes named in a title."""


class VieSociale(BriefTheme):
    """Sport and libraries by commune, licences, social centres; why associations are not counted."""

    name = "vie_sociale"
    subjects = ("vie_sociale",)
    heard_of = ("vie_sociale",)
    offer_of = ("vie_sociale",)
    facility_types = USUAL
    rates = (LICENCES, "equipements_sport_culture_1000")
    told_first = (LICENCES, "equipements_sport_culture_1000")
    cards_of = (
        (USUAL_SITES, SPORT, "équipements courants de sport"), (USUAL_SITES, LIBRARY, "bibliothèques"),
        (WITHOUT, "", "communes sans l’un ni l’autre"), (LICENCES, "", "licences sportives rapportées aux moins de 15 ans"),
        (STRUCTURES, "structure=centre_social", "centres sociaux agréés"),
        (STRUCTURES, "structure=evs", "espaces de vie sociale agréés"),
    )  # fmt: skip
    groups_of = ((USUAL_SITES, SPORT), (USUAL_SITES, LIBRARY))
    silences = (
        Silence("Les centres sociaux et les espaces de vie sociale (EVS) agréés", (STRUCTURES,)),
        Silence("Les associations qui font vivre les communes, leurs bénévoles, leurs salles", whom=("epci",), also=", et aux communes"),
        Silence("Les heures d’ouverture et les inscrits des bibliothèques", whom=("epci",), also=", aux communes et au Département"),
        Silence("Les licences sportives des dernières années et les clubs où elles sont prises, que connaît le service départemental de la "
                "jeunesse et des sports (SDJES)", whom=("sdjes",)),
    )  # fmt: skip

    # ----------------------------------------------------------------------------------- sentences

    def messages(self) -> Sequence[str]:
        """Sport and libraries, the communes without; licences and their age; social centres."""
        return (
            self.equipment_message() or "Les équipements de sport et les bibliothèques ne sont pas encore réunis pour ce territoire.",
            self.without_message(), self.licences_message(), self.structures_message(),
        )  # fmt: skip

    @cached_property
    def by_commune(self) -> pd.DataFrame:
        """Usual facilities of the member communes; empty unless nearly all are known."""
        rows = self.study.communes(USUAL_SITES)
        return usable(rows) if mostly_known(rows) else rows.iloc[0:0]

    @property
    def _first(self) -> pd.DataFrame:
        """Communes with the most facilities: the fewest that hold a third of them, at most three."""
        rows = self.by_commune[self.by_commune["value"].gt(0)].sort_values("value", ascending=False)
        before = rows["value"].cumsum() - rows["value"]
        found = rows[before.lt(rows["value"].sum() / 3)]
        return found if len(found) <= MOST_NAMED else found.iloc[0:0]

    def equipment_message(self) -> str:
        """How many facilities, of sport and libraries, and where most are; empty if unknown."""
        total = self.study.value(USUAL_SITES)
        sport, books = (self.study.value(USUAL_SITES, b) for b in (SPORT, LIBRARY))
        if not (total.is_number and sport.is_number and books.is_number):
            return ""
        s, b = float(sport.value or 0), float(books.value or 0)
        if not s and not b:
            return f"**Aucun équipement courant de sport ni bibliothèque** n’est recensé dans le territoire, en {total.period}."
        sports = ("équipement courant de sport", "équipements courants de sport")
        told = counted(s, *sports) if s else f"aucun {sports[0]}"
        told += f" et {counted(b, 'bibliothèque') if b else 'aucune bibliothèque'}"
        return (
            f"**{upper_first(told)}**, en {total.period} (base permanente des équipements de l’Insee ; sport : terrains, tennis, "
            f"boulodromes, bassins, salles).{self._where_most(s + b)}"
        )

    def _where_most(self, total: float) -> str:
        first = self._first
        if first.empty or len(first) == len(self.by_commune):
            return ""
        held = float(first["value"].sum())
        if len(first) == 1:
            return f" {upper_first(self.commune(str(first['code'].iloc[0])).name)} en réunit {number(held)} sur {number(total)}."
        return f" {names_of(first)} en réunissent {number(held)} sur {number(total)}."

    def without_message(self) -> str:
        """Communes without any, and how many people live there; communes without a library."""
        rows = self.by_commune
        if rows.empty:
            return ""
        none = rows[rows["value"].eq(0)]
        if none.empty:
            text = f"**Chacune des {number(len(rows))} communes a au moins un équipement courant de sport ou une bibliothèque.**"
        else:
            verb = "n’ont" if len(none) > 1 else "n’a"
            text = (
                f"**{upper_first(counted(len(none), 'commune'))} sur {number(len(rows))} {verb} ni équipement courant de sport ni "
                f"bibliothèque** : {names_of(none)} ({rounded_people(self.people_of(none['code']))} habitants en tout)."
            )
        return text + self._without_library()

    def _without_library(self) -> str:
        """« Sans bibliothèque : 11 communes, où vivent 3 900 habitants »."""
        rows = self.study.communes(USUAL_SITES, LIBRARY)
        if not mostly_known(rows):
            return ""
        none = usable(rows)
        none = none[none["value"].eq(0)]
        if none.empty or len(none) == len(rows):
            return ""
        return (
            f" Sans bibliothèque : {counted(len(none), 'commune')}, où {'vivent' if self.people_of(none['code']) >= 2 else 'vit'} "
            f"{rounded_people(self.people_of(none['code']))} des {rounded_people(self.people_of(rows['code']))} habitants."
        )

    def licences_message(self) -> str:
        """Licences of children under 15 beside the comparison territories; how old the figure is."""
        compared = self.study.compare(LICENCES)
        value = compared.value
        if not value.is_number:
            return ""
        against = self.against_licences(compared)
        old = self.study.as_of.year - int(value.period[:4])
        text = (
            f"**{number(value.value)} licences sportives pour 100 enfants de moins de 15 ans**{f', {against}' if against else ''}, en "  # type: ignore[arg-type]
            f"{value.period}{self._median(compared)}."
        )
        if old > 2:
            text += f" Ce chiffre a {counted(old, 'an')} : à vérifier auprès des clubs avant d’en tirer une action."
        return text

    def against_licences(self, compared: Compared) -> str:
        """« nettement moins que dans l’Aveyron (62) »: the base's words, without a percent sign for licences."""
        return self.against(compared).replace("\u202f%", "").replace(" %", "")

    def _median(self, compared: Compared) -> str:
        if compared.peers_known < 5 or compared.peers_period != compared.value.period:
            return ""
        return f" (médiane des voisines : {number(compared.peers_median)})"

    def structures_message(self) -> str:
        """Social centres and EVS, as the Caf says, else as listed; else of whom to ask."""
        parts, period = [], ""
        for kind in ("centre_social", "evs"):
            row = self.row_of(STRUCTURES, f"structure={kind}")
            if row is not None and row["status"] not in MASKED and pd.notna(row["value"]):
                count, period = float(row["value"]), str(row["period"])
                parts.append(counted(count, *NOUNS[kind]) if count else f"aucun {NOUNS[kind][0]}")
        if parts:
            return (
                f"**{upper_first(enumerate_fr(parts))}** avec un agrément de la Caf, fin {year_of(period)}. Un tel lieu est ouvert à "
                "tous les habitants et porte des projets avec eux."
            )
        counts = self.offered()
        if not counts:
            return self.nothing_listed("centre social ni espace de vie sociale (EVS)")
        have = [counted(counts[k], *NOUNS[k]) for k in NOUNS if counts.get(k)]
        return f"**{upper_first(enumerate_fr(have))}** : c’est ce que recense offre.xlsx. Les agréments sont à vérifier avec la Caf."

    # ------------------------------------------------------------------------------ figures, tables

    def carte_equipements(self) -> Figure | Absent:
        """Usual facilities by commune, on the map."""
        rows, id = self.study.communes(USUAL_SITES), "fig-carte-equipements"
        title = "Le sport et la lecture sur la carte"
        if self.by_commune.empty:
            return self.absent(title, "les équipements par commune ne sont pas encore réunis", id)
        total, none = float(self.by_commune["value"].sum()), int(self.by_commune["value"].eq(0).sum())
        first = self._first
        if not total:
            return self.absent(title, "aucun équipement courant de sport ni bibliothèque n’est recensé", id)
        lead = f"{number(total)} équipements dans {counted(len(rows) - none, 'commune')}"
        if len(first) and len(first) < len(rows):
            verb = "réunit" if len(first) == 1 else "réunissent"
            lead = f"{names_of(first)} {verb} {number(first['value'].sum())} des {number(total)} équipements"
        title = (
            f"{lead} ; {counted(none, 'commune')} n’en {'a' if none < 2 else 'ont'} aucun" if none else lead
        )
        return self.commune_map(
            USUAL_SITES, id=id, title=title, symbols=True, frame=rows,
            subtitle=f"Équipements courants de sport et bibliothèques, {self.by_commune['period'].iloc[0]}",
        )  # fmt: skip

    def equipements(self) -> Table | Absent:
        """Facilities by commune, in words: a table with a column for each type would be nearly empty."""
        id, caption = "tbl-equipements-vie-sociale", "Ce que recense la base des équipements"
        rows = self.facilities(USUAL)
        if rows.empty:
            return self.absent(
                caption, "la base des équipements n’est pas encore réunie pour ces communes", id
            )
        have = rows[rows["value"].gt(0)]
        if have.empty:
            return self.absent(caption, "aucun de ces équipements n’est recensé dans le territoire", id)
        total = have.groupby("code")["value"].sum().sort_values(ascending=False, kind="stable")
        lines = []
        for code, count in total.items():
            own = have[have["code"].eq(str(code))]
            sports, books = own[own["type"].ne("F307")], own.loc[own["type"].eq("F307"), "value"].sum()
            lines.append(
                {
                    "name": self.commune_names[str(code)], "total": number(count),
                    "sport": ", ".join(_with_count(FACILITIES[k], n) for k, n in zip(sports["type"], sports["value"], strict=True))
                    or NONE,
                    "books": number(books) if books else NONE,
                }
            )  # fmt: skip
        left = rows["code"].nunique() - len(total)
        nowhere = [FACILITIES[k] for k in USUAL if k not in set(have["type"])]
        notes = [f"{counted(left, 'commune')} sans aucun de ces équipements."] if left else []
        notes += [f"Recensé nulle part dans le territoire : {', '.join(nowhere)}."] if nowhere else []
        columns = {"name": "Commune", "total": "Ensemble", "books": "Bibliothèque", "sport": "Sport"}
        return Table(
            pd.DataFrame(lines)[list(columns)], id=id, columns=columns, caption=f"{caption}, {rows['period'].iloc[0]}", source=self.study.source_line(rows),
            notes=[*notes, definition("equipements").caution],
        )  # fmt: skip

    @staticmethod
    def named(rule: Definition, breakdown: str = "") -> str:
        """The indicator's name; its two parts in plain words."""
        parts = {SPORT: "équipements courants de sport", LIBRARY: "équipements de lecture (bibliothèques)"}
        if rule.id == USUAL_SITES and breakdown in parts:
            return parts[breakdown]
        return BriefTheme.named(rule, breakdown)

    # -------------------------------------------------------------------------------------- blocks

    def more_silences(self) -> Sequence[str]:
        """That the letters are ready."""
        return (self.letters(),)

    def cautions(self) -> Sequence[str]:
        """A facility is not an activity; why associations are not counted."""
        return (
            "**Un équipement n’est pas une activité.** Un boulodrome compte autant qu’un gymnase ; une salle des fêtes, souvent le seul "
            "lieu d’un village, n’est pas comptée.",
            "**Le nombre d’associations par habitant n’est pas montré.** "
            + definition("associations_1000").caution.removeprefix("Annexe : ").capitalize(),
            "**Les équipements ne sont pas rapportés aux habitants** : un territoire peu peuplé en a toujours plus par habitant. Ce "
            "chapitre compte les communes qui n’en ont pas.",
        )

    def questions_du_groupe(self) -> Output:
        """Questions that people in a room can answer and that the figures raise."""
        rows = self.by_commune
        none = rows[rows["value"].eq(0)] if len(rows) else rows
        return self.questions(
            f"Où se retrouvent les habitants des communes sans équipement ({names_of(none)}) : salle, café, école, église ?"
            if len(none) > 1
            else "Où se retrouvent les habitants des plus petites communes : salle, café, école, église ?",
            "Quelles associations accueillent des enfants et des jeunes, et lesquelles cherchent des bénévoles ?",
            "Qui ne vient à aucune activité, et qu’est-ce qui l’en empêche : l’argent, la route, l’horaire, ne connaître personne ?",
            "Qui pourrait porter un lieu ouvert à tous, et où ?" if not self._has_open_place() else "",
        )

    def _has_open_place(self) -> bool:
        """Whether a social centre or EVS is known."""
        rows = [self.row_of(STRUCTURES, f"structure={kind}") for kind in ("centre_social", "evs")]
        given = any(row is not None and row["value"] != 0 for row in rows)
        return given or any(self.offered().get(kind) for kind in ("centre_social", "evs"))


def _with_count(label: str, count: float) -> str:
    """« boulodrome (2) », « tennis »."""
    return f"{label} ({number(count)})" if count > 1 else label
