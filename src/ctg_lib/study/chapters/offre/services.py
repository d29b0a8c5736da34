"""Chapter 03b: which services exist, where, with how many places."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import bounds, upper_first
from ctg_lib.display.table import Table
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.partnership.books.offre import PERIODS, SERVICES
from ctg_lib.partnership.offer import BY_PERIOD, capacity, service_matrix
from ctg_lib.study.chapters.folder_base import NONE, listed, or_none, plain_theme
from ctg_lib.study.chapters.offre.base import CRECHES, WHOLE, WITHOUT_HOURS, OffreBase
from ctg_lib.study.chapters.offre.words import (
    at_least,
    by_periods,
    kind_label,
    known_or,
    openings,
    short_kind,
)
from ctg_lib.workbooks.common import THEMES

EXPECTED = (
    "eaje", "am", "rpe", "laep", "alsh", "accueil_jeunes", "clas", "evs", "centre_social", "france_services",
    "mediation_numerique",
)  # fmt: skip
"""Kinds of services that a CTG speaks of: where no line has one, it is said."""
MOST_NAMED = 3
"""Communes that share the first place and are all named in a title."""


class ServicesPart(OffreBase):
    """Services, map, places."""

    # ----------------------------------------------------------------------------------- sentences

    def services_message(self) -> str:
        """How many services, in how many communes, by theme; how many nobody has confirmed."""
        rows = self.services
        if rows.empty:
            asked = self.asked_of("intercommunalité, communes, gestionnaires")
            return f"**L’offre de services n’est pas remplie** : {asked}."
        total = len(self.study.territory.members)
        places = {code for codes in rows["communes"] for code in codes}
        by = rows["theme"].value_counts()
        said = [f"{plain_theme(t)} {number(by[t])}" for t in THEMES if t in by.index]
        declared = upper_first(counted(len(rows), "service recensé", "services recensés"))
        text = f"**{declared}, dans {number(len(places))} des {counted(total, 'commune')}**"
        text += f" : {enumerate_fr(said)}." if said else "."
        return f"{text} {self._confirmed_sentence(rows)}".strip()

    @staticmethod
    def _confirmed_sentence(rows: pd.DataFrame) -> str:
        waiting = int((~rows["confirmed"]).sum())
        if waiting == len(rows):
            return "**Aucun n’est confirmé** par son gestionnaire."
        if not waiting:
            return ""
        who = "Un service" if waiting == 1 else f"{number(waiting)} services"
        return f"{who} sur {number(len(rows))} {'reste' if waiting == 1 else 'restent'} à confirmer."

    def places_message(self) -> str:
        """Licensed places by kind of service; « au moins » where a service's are not known."""
        if self.services.empty:
            return ""
        rows = capacity(self.folder, {WHOLE: self.study.territory.members}, by_period=True)
        said = []
        for (kind, period), part in rows[rows["places_known"].gt(0)].groupby(["type", "period"], sort=False):
            least = "au moins " if part["unknown"].sum() else ""
            when = f" ({PERIODS[str(period)]})" if period else ""
            known = float(part["places_known"].sum())
            where = "chez les assistantes maternelles" if kind == "am" else f"en {short_kind(str(kind))}"
            said.append(f"{least}**{counted(known, 'place')}** {where}{when}")
        if not said:
            return "Aucune capacité n’est remplie."
        return f"Capacité agréée ou déclarée : {enumerate_fr(said)}."

    # ------------------------------------------------------------------------------ figures, tables

    def services_par_secteur(self) -> Table | Absent:
        """Kinds of services × groups: how many have a site there; kinds without a line are named."""
        title, id = "Quels services, dans quel secteur", "tbl-services-secteurs"
        if self.services.empty:
            return self.absent_book(title, "offre", id)
        rows = service_matrix(self.folder, self.groups)
        groups = [c for c in rows.columns if c not in ("theme", "type", "type_label", "total")]
        frame = pd.DataFrame({"type": map(kind_label, rows["type"], rows["type_label"])})
        for i, group in enumerate(groups):
            frame[f"g{i}"] = [number(v) if v else NONE for v in rows[group]]
        frame["total"] = rows["total"].map(number)
        heads = {f"g{i}": upper_first(group) for i, group in enumerate(groups)} if len(groups) > 1 else {}
        return Table(
            frame, id=id, caption=self._matrix_title(rows), source=self.workbook_source("offre", given=()),
            notes=self._matrix_notes(rows, several=bool(heads)),
            columns={"type": "Service", **heads, "total": "Total"},
        )  # fmt: skip

    def _matrix_title(self, rows: pd.DataFrame) -> str:
        kinds = len(rows)
        found = {name: int(rows[name].gt(0).sum()) for name in self.groups}
        if len(found) < 2:
            return (
                f"{upper_first(counted(kinds, 'type de services', 'types de services'))} dans le territoire"
            )
        most, least = max(found, key=lambda n: found[n]), min(found, key=lambda n: found[n])
        if found[most] == found[least]:
            return f"{upper_first(counted(found[most], 'type de services', 'types de services'))} dans chaque {self.group_noun}"
        few = number(found[least]) if found[least] else "aucun"
        noun = counted(found[most], "type de services", "types de services")
        return f"{upper_first(most)} : {noun} sur {number(kinds)} ; {least} : {few}"

    def _matrix_notes(self, rows: pd.DataFrame, *, several: bool) -> list[str]:
        notes = []
        if several:
            notes.append(
                f"« {NONE} » : aucun service recensé à cet endroit. Un service qui a des sites dans plusieurs colonnes n’est "
                "compté qu’une fois au total."
            )
        notes += ["Un service ouvert à plusieurs périodes compte une fois."] if self._split() else []
        silent = [SERVICES[t] for t in EXPECTED if t not in set(rows["type"])]
        if silent:
            notes.append(
                f"Aucune ligne pour : {' ; '.join(silent)}. Ce n’est pas la preuve qu’il n’y en a pas."
            )
        if self.study.config.secteurs_note and several:
            notes.append(self.study.config.secteurs_note)
        return notes

    def _split(self) -> bool:
        """Whether some service has several lines."""
        return bool(self.services["lines"].gt(1).any())

    def capacites(self) -> Table | Absent:
        """Places and hours of opening, by kind of service and group, period by period where they differ."""
        title, id = "Combien de places, combien d’heures", "tbl-capacites"
        if self.services.empty:
            return self.absent_book(title, "offre", id)
        rows = capacity(self.folder, self.groups)
        periods = capacity(self.folder, self.groups, by_period=True)
        frame = pd.DataFrame([self._capacity_row(row, periods) for row in rows.to_dict("records")])
        columns = {"type": "Service", "group": f"{upper_first(self.group_noun)} du siège", "services": "Services",
                   "places": "Places agréées ou déclarées", "open": "Places ouvertes", "hours": "Heures par semaine"}  # fmt: skip
        if len(self.groups) == 1:
            columns.pop("group")
        notes = [f"« {NONE} » : sans objet."]
        if frame["places"].str.contains(" : ", regex=False).any():
            notes.append(
                "Les places de périodes différentes ne s’ajoutent pas ; les heures sont celles de la semaine la plus remplie."
            )
        return Table(
            frame, id=id, caption=title, source=self.workbook_source("offre", given=("places",)), columns=columns, notes=notes,
        )  # fmt: skip

    @staticmethod
    def _capacity_row(row: Mapping, periods: pd.DataFrame) -> dict[str, str]:
        """One kind in one group: « mercredi : 40 ; été : 60 » where its places differ by period."""
        parts: list[Mapping] = [row]
        if row["type"] in BY_PERIOD:
            here = periods["type"].eq(row["type"]) & periods["group"].eq(row["group"])
            parts = list(periods[here].to_dict("records"))
        places = [
            (p.get("period", ""), at_least(p["places"], p["places_known"], p["unknown"])) for p in parts
        ]
        opened = [(p.get("period", ""), known_or(p["places_open"], p["places_open_unknown"])) for p in parts]
        hours = NONE if row["type"] in WITHOUT_HOURS else known_or(row["hours_week"], row["hours_unknown"], 1)
        return {
            "type": kind_label(row["type"], row["type_label"]), "group": upper_first(row["group"]),
            "services": number(row["services"]), "places": _said_periods(places), "open": by_periods(opened),
            "hours": hours,
        }  # fmt: skip

    def carte_services(self) -> Figure | Absent:
        """Map: how many declared services have a site in each commune."""
        from ctg_lib.display import maps

        title, id, rows = "Où sont les services", "fig-carte-services", self.services
        if rows.empty:
            return self.absent_book(title, "offre", id)
        contours = self.contours()
        if contours is None:
            return self.absent(title, "aucun contour de commune pour ce territoire", id)
        counts = rows["communes"].explode().value_counts()
        shapes, context = contours
        frame = pd.DataFrame({"code": shapes["code"].astype(str)})
        frame["value"] = frame["code"].map(counts).fillna(0).astype("float64")
        frame["status"] = "observed"
        if not frame["value"].gt(0).any():
            return self.absent(title, "la commune d’aucun service n’est remplie", id)
        return maps.symbols(
            shapes, frame, id=id, title=self._map_title(frame), unit="services",
            subtitle="Services recensés ayant un site dans la commune", context=context,
            source=self.workbook_source("offre", given=()) + self.contour_note(shapes),
            notes=("Une croix : aucun service recensé, ce qui ne prouve pas qu’il n’y en a pas.",)
            if frame["value"].eq(0).any() else (),
        )  # fmt: skip

    def _map_title(self, frame: pd.DataFrame) -> str:
        most = frame["value"].max()
        first = frame.loc[frame["value"].eq(most), "code"].astype(str)
        empty = int(frame["value"].eq(0).sum())
        text = counted(most, "service recensé", "services recensés")
        if len(first) > MOST_NAMED:
            text += f" au plus dans une commune ({number(len(first))} communes)"
        else:
            text += f" {enumerate_fr([self.commune(code).a() for code in first])}"
        return f"{text} ; aucun dans {counted(empty, 'commune')} sur {number(len(frame))}" if empty else text

    def liste_des_services(self) -> Table | Absent:
        """Each service: kind, who runs it, where, when, places; what nobody has confirmed is marked."""
        rows, title, id = self.services, "Les services, un par un", "tbl-services"
        if rows.empty:
            return self.absent_book(title, "offre", id)
        every = {str(key): part for key, part in self.lines.groupby("service_key", sort=False)}
        names = self.study.communes_by_code
        mixed = bool(rows["confirmed"].any())
        frame = pd.DataFrame(
            {
                "name": [marked(r, mixed and not r["confirmed"]) for r in rows.to_dict("records")],
                "type": [_kind_and_place(r, names) for r in rows.to_dict("records")],
                "when": [openings(every[key]) for key in rows["service_key"]],
            }
        )  # fmt: skip
        run, open_ = rows["manager"].ne("").any(), frame["when"].ne(NONE).any()
        columns = {"name": "Service et gestionnaire" if run else "Service", "type": "Type, communes"}
        columns |= {"when": "Ouverture, places"} if open_ else {}
        hidden = ([] if run else ["gestionnaire"]) + ([] if open_ else ["ouverture", "places"])
        notes = [f"« {NONE} » : non rempli, ou sans objet."]
        notes += [f"Rempli pour aucun service : {enumerate_fr(hidden)}."] if hidden else []
        if not mixed:
            notes.append("Aucun de ces services n’est confirmé par son gestionnaire.")
        return Table(
            frame[list(columns)], id=id, caption=title, source=self.workbook_source("offre", given=("places",)), columns=columns,
            notes=[*notes, *self._disability_note(every)],
        )  # fmt: skip

    @staticmethod
    def _disability_note(every: Mapping[str, pd.DataFrame]) -> list[str]:
        """How many services say that they take disabled children, and how many do not say."""
        said = [set(part["disability"]) for part in every.values()]
        yes, no = sum("oui" in s for s in said), sum("non" in s and "oui" not in s for s in said)
        if not yes and not no:
            return []
        verb = "dit" if yes < 2 else "disent"
        text = f"{counted(yes, 'service')} {verb} accueillir des enfants handicapés" if yes else (
            "Aucun service ne dit accueillir des enfants handicapés"
        )  # fmt: skip
        return [f"{upper_first(text)} ; {number(no)} que non ; les autres ne le disent pas." if no else
                f"{upper_first(text)} ; les autres ne disent rien."]  # fmt: skip

    def places_cnaf(self) -> Table | Absent:
        """Licensed places of the crèches beside what the Cnaf's coverage rate supposes."""
        title, id = "Les places de crèche, deux comptes", "tbl-places-cnaf"
        if self.services.empty:
            return self.absent_book(title, "offre", id)
        rows = capacity(self.folder, {WHOLE: self.study.territory.members})
        rows = rows[rows["type"].isin(CRECHES)]
        low, high, said, source, period = self._cnaf_places()
        if rows.empty or not said:
            reason = (
                "aucune crèche n’est déclarée dans offre.xlsx"
                if rows.empty
                else "la Cnaf ne publie rien qui permette de compter les places d’établissement ici"
            )
            return self.absent(title, reason, id)
        known, unknown = float(rows["places_known"].sum()), int(rows["unknown"].sum())
        mine = f"au moins {number(known)}" if unknown else number(known)
        frame = pd.DataFrame(
            [
                {"what": "Places agréées, crèches et micro-crèches", "count": mine if known else NONE,
                 "from": "offre.xlsx"},
                {"what": "Places d’établissement selon la Cnaf", "count": bounds(low, high), "from": said},
            ]
        )  # fmt: skip
        return Table(
            frame, id=id, caption=_cnaf_title(known, unknown, low, high, period),
            source=self.workbook_source("offre", given=("places",)) + " ; " + source,
            columns={"what": "Compte", "count": "Places", "from": "D’où il vient"},
            notes=["L’agrément dit ce qui est permis aujourd’hui ; la Cnaf compte ce qui existait à la fin de l’année."],
        )  # fmt: skip

    def _cnaf_places(self) -> tuple[float, float, str, str, str]:
        """(least, most, how, source, period) of the places that the Cnaf's figures stand for; « » when unknown.

        The number of children deduced from these very places is left out: it would prove nothing.
        """
        published = self.study.value("places_accueil", "mode=eaje")
        if published.is_number and published.method == "as_published":
            value = float(published.value or 0)
            return value, value, "publié par la Cnaf", self.study.source_line(published), published.period
        rate = self.study.value("taux_couverture", "mode=eaje")
        children = [
            self.study.value("enfants_moins_3", f"methode={m}") for m in ("naissances", "recensement")
        ]
        found = [c for c in children if c.is_number]
        if not rate.is_number or not found:
            return 0.0, 0.0, "", "", ""
        counts = [float(c.value or 0) for c in found]
        places = [float(rate.value or 0) * n / 100 for n in counts]
        many = bounds(min(counts), max(counts))
        how = f"{number(rate.value or 0, 1)} places pour 100 enfants × {many} enfants de moins de 3 ans"
        return min(places), max(places), how, self.study.source_line(rate, *found), rate.period


def _cnaf_title(known: float, unknown: int, low: float, high: float, period: str) -> str:
    if unknown or not known:
        return "Les places agréées ne sont pas toutes connues : les deux comptes ne se comparent pas encore"
    mine = f"{upper_first(counted(known, 'place'))} {'agréée' if known < 2 else 'agréées'}"
    if low - 0.5 <= known <= high + 0.5:
        return f"{mine}, ce que permet aussi le taux de la Cnaf ({period})"
    return f"{mine}, quand la Cnaf en compte {bounds(low, high)} ({period}) : à éclaircir"


def _kind_and_place(row: dict, names: Mapping[str, str]) -> str:
    """« Relais petite enfance (RPE) : La Cavalerie ; Cornus ; Nant »."""
    where = listed([names.get(code, code) for code in row["communes"]])
    kind = kind_label(row["type"], row["type_label"])
    return kind if where == NONE else where if kind == NONE else f"{kind} : {where}"


def marked(row: dict, waiting: bool) -> str:
    """« Crèche Exemple, association gestionnaire (à confirmer) »."""
    name = ", ".join(part for part in (row["name"], row["manager"]) if part)
    return f"{or_none(name)} (à confirmer)" if waiting else or_none(name)


def _said_periods(cells: list[tuple[str, str]]) -> str:
    """Places with their period, even where there is one only: « mercredi : 24 »."""
    (period, text), *others = cells
    if others or period not in PERIODS or text == NONE:
        return by_periods(cells)
    return f"{PERIODS[period]} : {text}"
