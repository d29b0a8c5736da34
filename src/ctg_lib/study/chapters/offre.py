"""Chapter 03b: which services exist, for how many people and when, what they cost and who pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.output import md
from ctg_lib.display.prose import bounds, upper_first
from ctg_lib.display.table import KeyFigure, Output, Table
from ctg_lib.display.typography import counted, enumerate_fr, euros, number, plural
from ctg_lib.partnership.books.common import STATES, THEMES
from ctg_lib.partnership.books.financement import PAYERS
from ctg_lib.partnership.books.offre import DAYS, MANAGERS, PERIODS, PLACES_OF, SERVICES
from ctg_lib.partnership.money import WITHOUT_BUDGET, by_payer, last_year
from ctg_lib.partnership.money import lines as money_lines
from ctg_lib.partnership.offer import capacity, service_matrix, services, to_confirm
from ctg_lib.study.chapters.folder_base import (
    FEW,
    NONE,
    FolderChapter,
    clock,
    listed,
    named,
    or_none,
    people,
    plain_theme,
)

if TYPE_CHECKING:
    from ctg_lib.partnership.folder import Partnership

EARLY, LATE = 8 * 60, 18 * 60 + 30
"""Minutes after midnight: before and after them, hours are atypical."""
CRECHES = ("eaje", "micro_creche")
"""Kinds whose licensed places the Cnaf counts as EAJE."""
WEEKEND = frozenset({"sam", "dim"})
EXPECTED = (
    "eaje", "am", "rpe", "laep", "alsh", "accueil_jeunes", "clas", "evs", "centre_social", "france_services",
    "mediation_numerique",
)  # fmt: skip
"""Kinds of services that a CTG speaks of: where no line has one, it is said."""
PAYER_GROUPS: dict[str, tuple[str, ...]] = {
    "Caf": ("caf_ps", "caf_bonus", "caf_funds"), "Intercommunalité et communes": ("epci", "communes"),
    "Familles": ("families",), "MSA": ("msa",),
    "État, Région, Département, autres": ("state", "region", "departement", "others"),
}  # fmt: skip
_SEVERAL = frozenset(PAYER_GROUPS) - {"Caf", "MSA"}
_WHOLE = "territoire"
_COST_CAUTIONS = (
    "Le coût d’une heure dépend des heures facturées : un service peu rempli paraît cher.",
    "Les montants sont ceux que chaque gestionnaire déclare ; ils n’ont pas été rapprochés des comptes de la Caf.",
)


class Offre(FolderChapter):
    """Offer, hours, waiting lists, origins, money."""

    # ------------------------------------------------------------------------------------- frames

    @property
    def services(self) -> pd.DataFrame:
        """Lines of offre.xlsx (:func:`ctg_lib.partnership.offer.services`)."""
        return services(self.folder)

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Secteurs and their communes; the whole territory where the study has none."""
        if self.study.secteurs:
            return {s.name: s.members for s in self.study.secteurs}
        return {_WHOLE: self.study.territory.members}

    @property
    def money(self) -> pd.DataFrame:
        """Maintained offer, « réalisé », of the last year known."""
        lines, year = money_lines(self.folder), last_year(self.folder)
        year = float("nan") if year is None else year
        return lines[lines["year"].eq(year) & lines["nature"].eq("realise") & lines["offer"].eq("maintenue")]

    # ----------------------------------------------------------------------------------- sentences

    def essentiel(self) -> Output:
        """Services, places and hours, money; what nobody has confirmed."""
        if self.services.empty and self.money.empty:
            return self.essential(
                f"**L’offre de services n’est pas remplie** : {self.asked_of('intercommunalité, communes, gestionnaires')}.",
                f"**Son coût ne l’est pas non plus** : {self.asked_of('intercommunalité, communes, Caf, MSA')}. {self.since()}",
                "Les fichiers publics ne donnent que des adresses : ni les horaires, ni l’occupation, ni les listes "
                "d’attente, ni l’argent.",
            )
        return self.essential(
            self.services_message(), self.places_message(), self.waiting_message(), self.money_message(),
            self.unit_message(),
        )  # fmt: skip

    def services_message(self) -> str:
        """How many services, in how many communes, by theme; how many lines nobody has confirmed."""
        lines = self.services
        if lines.empty:
            return f"**L’offre de services n’est pas remplie** : {self.asked_of('intercommunalité, communes, gestionnaires')}."
        n, total = lines["service_key"].nunique(), len(self.study.territory.members)
        places = {code for codes in lines["communes"] for code in codes}
        by = lines.drop_duplicates("service_key")["theme"].value_counts()
        said = [f"{plain_theme(t)} {number(by[t])}" for t in THEMES if t in by.index]
        text = f"**{upper_first(counted(n, 'service déclaré', 'services déclarés'))}, dans {number(len(places))} des {counted(total, 'commune')}**"
        text += f" : {enumerate_fr(said)}." if said else "."
        waiting = int(lines["state"].ne("confirme").sum())
        if waiting == len(lines):
            return f"{text} **Aucune ligne n’est confirmée** par un gestionnaire."
        if waiting:
            text += f" {upper_first(counted(waiting, 'ligne'))} sur {number(len(lines))} restent à confirmer." if waiting > 1 else (
                f" Une ligne sur {number(len(lines))} reste à confirmer."
            )  # fmt: skip
        return text

    def places_message(self) -> str:
        """Licensed places by kind of service; « au moins » where a service's are not known; atypical hours."""
        if self.services.empty:
            return ""
        rows = self.capacity({_WHOLE: self.study.territory.members})
        said = []
        for (kind, period), part in rows[rows["places_known"].gt(0)].groupby(["type", "period"], sort=False):
            least = "au moins " if part["unknown"].sum() else ""
            when = f" ({PERIODS[str(period)]})" if period else ""
            known = float(part["places_known"].sum())
            said.append(f"{least}**{counted(known, 'place')}** en {_short(str(kind))}{when}")
        text = f"Capacité agréée : {enumerate_fr(said)}." if said else "Aucune capacité agréée n’est remplie."
        return text + self._hours_sentence()

    def _hours_sentence(self) -> str:
        odd, timed = self._atypical()["service_key"].nunique(), self._timed()["service_key"].nunique()
        if not timed:
            return ""
        if not odd:
            return (
                " Aucun de ceux dont les heures sont connues n’ouvre avant 8 h, après 18 h 30 ou le week-end."
            )
        return (
            f" {upper_first(counted(odd, 'service'))} sur {number(timed)} dont les heures sont connues "
            f"{'ouvre' if odd < 2 else 'ouvrent'} avant 8 h, après 18 h 30 ou le week-end."
        )

    def capacity(self, groups: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
        """Places and hours by kind and group (:func:`ctg_lib.partnership.offer.capacity`), and ``period``.

        Accueils de loisirs are told period by period, because places of Wednesday and of summer are not
        added; ``period`` is empty for the others, and for all where only one period is filled.
        """
        lines = self.folder.table("offre", "services")
        leisure = lines["type"].eq("alsh")
        periods = [p for p in ["", *PERIODS] if (leisure & lines["period"].eq(p)).any()]
        parts = [capacity(self._only(lines[~leisure]), groups).assign(period="")]
        for period in periods:
            rows = capacity(self._only(lines[leisure & lines["period"].eq(period)]), groups)
            parts.append(rows.assign(period=period if len(periods) > 1 else ""))
        rows = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
        themes, kinds = ["", *THEMES], ["", *SERVICES]
        by = rows["theme"].map(themes.index) * len(kinds) + rows["type"].map(kinds.index)
        return rows.iloc[by.argsort(kind="stable")].reset_index(drop=True)

    def _only(self, lines: pd.DataFrame) -> Partnership:
        """The folder with these lines of services alone."""
        if "offre" not in self.folder.filled:
            return self.folder
        book = self.folder.filled["offre"]
        kept = replace(book, tables={**book.tables, "services": lines.reset_index(drop=True)})
        return replace(self.folder, filled={**self.folder.filled, "offre": kept})

    def waiting_message(self) -> str:
        """Requests waiting, service by service, each with its date; not added up."""
        lines = self._waiting()
        if lines.empty:
            return ""
        said = [
            f"{md(row['name'])}, {people(row['waiting'])}"
            + (f" ({or_none(row['waiting_date'])})" if pd.notna(row["waiting_date"]) else " (date non dite)")
            for row in lines.head(3).to_dict("records")
        ]
        more = f" ; et {counted(len(lines) - 3, 'autre liste', 'autres listes')}" if len(lines) > 3 else ""
        return (
            f"**Demandes en attente** : {' ; '.join(said)}{more}. Une famille peut figurer sur deux listes."
        )

    def money_message(self) -> str:
        """Total cost of the last year, and who pays."""
        lines = self.money
        if lines.empty:
            return f"**Le coût des services n’est pas connu** : {self.asked_of('intercommunalité, communes, Caf, MSA')}."
        known = lines[lines["cost"].notna()]
        year, cost = int(known["year"].iloc[0]), float(known["cost"].sum())
        text = f"**{euros(cost)} de charges en {year}**, pour {counted(known['service'].nunique(), 'service')} dont le coût est connu"
        missing = self._without_cost(known)
        text += f" ({counted(missing, 'autre')} sans coût rempli)." if missing else "."
        shares = self.payer_shares()
        if shares:
            said = [
                f"{_payer(name)} {number(share, 0, '%')}" for name, share in shares.items() if share >= 0.5
            ]
            n = self.paid()["service"].nunique()
            among = "" if n == known["service"].nunique() and not missing else (
                f" ({counted(n, 'service')} dont toutes les recettes sont connues)"
            )  # fmt: skip
            text += f" Qui paie{among} : {' ; '.join(said)}."
        return text

    def _without_cost(self, known: pd.DataFrame) -> int:
        """Services of offre.xlsx without a cost; kinds without a budget of their own left out."""
        lines = self.services
        lines = lines[~lines["type"].isin(WITHOUT_BUDGET)]
        told = set(lines.loc[lines["id"].isin(known["service"]), "service_key"])
        return len(set(lines["service_key"]) - told)

    def payers(self) -> pd.DataFrame:
        """Theme × payer for the last year (:func:`ctg_lib.partnership.money.by_payer`)."""
        year = last_year(self.folder)
        return by_payer(self.folder, float("nan") if year is None else year)

    def paid(self) -> pd.DataFrame:
        """Services of the last year of which every recette is known, and their recettes by group of payers."""
        lines = self.money
        lines = lines[lines[list(PAYERS)].notna().all(axis=1)]
        groups = {name: lines[list(keys)].sum(axis=1) for name, keys in PAYER_GROUPS.items()}
        return lines[["service", "name", "theme"]].assign(**groups)

    def payer_shares(self) -> dict[str, float]:
        """Group of payers -> percent of the recettes of :meth:`paid`, the largest first."""
        sums = self.paid()[list(PAYER_GROUPS)].sum()
        total = float(sums.sum())
        if not total:
            return {}
        return {str(k): 100 * float(v) / total for k, v in sums.sort_values(ascending=False).items()}

    def unit_message(self) -> str:
        """What an hour and a place cost in the crèches, and what it leaves to the collectivités."""
        lines = self.money
        lines = lines[lines["type"].isin(CRECHES) & lines["cost"].notna()]
        hours = lines[lines["hours"].gt(0)]
        places = lines[lines["places"].gt(0)]
        said = []
        if len(hours):
            said.append(
                f"une heure facturée revient à **{euros(hours['cost'].sum() / hours['hours'].sum(), 2)}**"
            )
        if len(places):
            said.append(
                f"une place à **{euros(round(places['cost'].sum() / places['places'].sum(), -1))} par an**"
            )
        if not said:
            return ""
        return f"En crèche, {enumerate_fr(said)}."

    # ------------------------------------------------------------------------------ figures, tables

    def chiffres_cles(self) -> Output | Absent:
        """Services, lines to confirm, licensed places of crèches, cost."""
        lines, money = self.services, self.money
        if lines.empty and money.empty:
            return self.absent_book("L’offre en chiffres", "offre", "chiffres-cles-offre")
        rows = capacity(self.folder, {_WHOLE: self.study.territory.members})
        creches = rows[rows["type"].isin(CRECHES)]
        known = float(creches["places_known"].sum()) if len(creches) else 0.0
        source, said = self.workbook_source("offre", brief=True), "non rempli"
        least = "au moins " if creches["unknown"].sum() else ""
        cost = money["cost"].dropna()
        year = f" en {int(money['year'].iloc[0])}" if len(money) else ""
        return self.cards(
            [
                KeyFigure(plural(lines["service_key"].nunique(), "service déclaré", "services déclarés"), number(lines["service_key"].nunique()) if len(lines) else said, "",
                          source if len(lines) else ""),
                KeyFigure(plural(len(to_confirm(self.folder)), "ligne encore à confirmer", "lignes encore à confirmer"), number(len(to_confirm(self.folder))) if len(lines) else said,
                          f"sur {number(len(lines))}" if len(lines) else "", source if len(lines) else ""),
                KeyFigure("places agréées en crèche", f"{least}{number(known)}" if known else said, "",
                          source if known else ""),
                KeyFigure(f"charges des services{year}", euros(cost.sum()) if len(cost) else said, "",
                          self.workbook_source("financement", brief=True) if len(cost) else ""),
            ],
            "chiffres-cles-offre",
        )  # fmt: skip

    def services_par_secteur(self) -> Table | Absent:
        """Kinds of services × secteurs: how many have a site there; kinds without a line are named."""
        title, id = "Quels services, dans quel secteur", "tbl-services-secteurs"
        if self.services.empty:
            return self.absent_book(title, "offre", id)
        rows = service_matrix(self.folder, self.groups)
        groups = [c for c in rows.columns if c not in ("theme", "type", "type_label", "total")]
        frame = pd.DataFrame({"type": rows["type_label"].map(upper_first)})
        heads = {}
        for i, group in enumerate(groups):
            frame[f"g{i}"] = [number(v) if v else NONE for v in rows[group]]
            heads[f"g{i}"] = upper_first(group)
        frame["total"] = rows["total"].map(number)
        if len(groups) == 1:
            heads = {}
        silent = [SERVICES[t] for t in EXPECTED if t not in set(rows["type"])]
        notes = [f"« {NONE} » : aucune ligne dans ce secteur. Un service présent dans deux secteurs n’est compté qu’une "
                 "fois au total."] if heads else []  # fmt: skip
        if silent:
            notes.append(
                f"Aucune ligne pour : {' ; '.join(silent)}. Ce n’est pas la preuve qu’il n’y en a pas."
            )
        if self.study.config.secteurs_note and heads:
            notes.append(self.study.config.secteurs_note)
        return Table(
            frame, id=id, caption=title, source=self.workbook_source("offre"), notes=notes,
            columns={"type": "Service", **heads, "total": "Total"},
        )  # fmt: skip

    def capacites(self) -> Table | Absent:
        """Places and hours of opening, by kind of service and secteur; « au moins » where one is not known."""
        title, id = "Combien de places, combien d’heures", "tbl-capacites"
        if self.services.empty:
            return self.absent_book(title, "offre", id)
        rows = self.capacity(self.groups)
        kinds = rows["type_label"].map(upper_first)
        periods = rows["period"].map(PERIODS).fillna("")
        frame = pd.DataFrame(
            {
                "type": kinds.where(periods.eq(""), kinds + ", " + periods), "group": rows["group"].map(upper_first),
                "services": rows["services"].map(number),
                "places": [_at_least(r["places"], r["places_known"], r["unknown"]) for r in rows.to_dict("records")],
                "open": [_known_or(r["places_open"], r["places_open_unknown"]) for r in rows.to_dict("records")],
                "hours": [_known_or(r["hours_week"], r["hours_unknown"], 1) for r in rows.to_dict("records")],
            }
        )  # fmt: skip
        columns = {"type": "Service", "group": "Secteur du siège", "services": "Services", "places": "Places agréées",
                   "open": "Places ouvertes", "hours": "Heures par semaine"}  # fmt: skip
        if len(self.groups) == 1:
            columns.pop("group")
        return Table(
            frame, id=id, caption=title, source=self.workbook_source("offre"), columns=columns,
            notes=[f"« {NONE} » : sans objet. Les places de périodes différentes ne s’ajoutent pas."],
        )  # fmt: skip

    def carte_services(self) -> Figure | Absent:
        """Map: how many declared services have a site in each commune."""
        from ctg_lib.display import maps

        title, id, lines = "Où sont les services", "fig-carte-services", self.services
        if lines.empty:
            return self.absent_book(title, "offre", id)
        contours = self.contours()
        if contours is None:
            return self.absent(title, "aucun contour de commune pour ce territoire", id)
        sites = lines[["service_key", "communes"]].explode("communes").drop_duplicates()
        counts = sites["communes"].value_counts()
        shapes, context = contours
        frame = pd.DataFrame({"code": shapes["code"].astype(str)})
        frame["value"] = frame["code"].map(counts).fillna(0).astype("float64")
        frame["status"] = "observed"
        if not frame["value"].gt(0).any():
            return self.absent(title, "la commune d’aucun service n’est remplie", id)
        return maps.symbols(
            shapes, frame, id=id, title=self._map_title(frame), unit="services",
            subtitle="Services déclarés ayant un site dans la commune", context=context,
            source=self.workbook_source("offre") + self.contour_note(shapes),
            notes=("Une croix : aucun service déclaré, ce qui ne prouve pas qu’il n’y en a pas.",)
            if frame["value"].eq(0).any() else (),
        )  # fmt: skip

    def _map_title(self, frame: pd.DataFrame) -> str:
        most = frame.sort_values("value", ascending=False, kind="stable").iloc[0]
        here = self.commune_names.get(str(most["code"]), str(most["code"]))
        empty = int(frame["value"].eq(0).sum())
        text = f"{counted(most['value'], 'service déclaré', 'services déclarés')} à {here}"
        if here.startswith("Le "):
            text = f"{counted(most['value'], 'service déclaré', 'services déclarés')} au {here[3:]}"
        if here.startswith("Les "):
            text = f"{counted(most['value'], 'service déclaré', 'services déclarés')} aux {here[4:]}"
        return f"{text} ; aucun dans {counted(empty, 'commune')} sur {number(len(frame))}" if empty else text

    def liste_des_services(self) -> Table | Absent:
        """Each line: kind, who runs it, where, when, places, state."""
        lines, title, id = self.services, "Les services, un par un", "tbl-services"
        if lines.empty:
            return self.absent_book(title, "offre", id)
        frame = pd.DataFrame(
            {
                "name": lines["name"].map(or_none), "type": lines["type_label"].map(or_none),
                "manager": [listed([r["manager"], MANAGERS.get(r["manager_type"], "")]) for r in lines.to_dict("records")],
                "where": [listed([self.study.communes_by_code.get(c, c) for c in codes]) for codes in lines["communes"]],
                "when": [_opening(r) for r in lines.to_dict("records")],
                "places": lines["places"].map(or_none),
                "disability": lines["disability"].map(or_none),
                "state": lines["state"].map(STATES).fillna("non dit"),
            }
        )  # fmt: skip
        columns = {"name": "Service", "type": "Type", "manager": "Gestionnaire", "where": "Communes", "when": "Ouverture",
                   "places": "Places agréées", "disability": "Accueille des enfants handicapés",
                   "state": "État de la ligne"}  # fmt: skip
        always = {"name", "type", "where", "state"}
        kept = {c: label for c, label in columns.items() if c in always or frame[c].ne(NONE).any()}
        hidden = [label.lower() for c, label in columns.items() if c not in kept]
        notes = [f"« {NONE} » : non rempli."]
        notes += [f"Rempli pour aucun service : {', '.join(hidden)}."] if hidden else []
        return Table(
            frame[list(kept)],
            id=id,
            caption=title,
            source=self.workbook_source("offre"),
            columns=kept,
            notes=notes,
        )

    # --------------------------------------------------------------------------------------- hours

    def _timed(self) -> pd.DataFrame:
        """Lines whose times of opening or days are known."""
        lines = self.services
        return lines[lines["opens"].notna() & lines["closes"].notna()]

    def _atypical(self) -> pd.DataFrame:
        lines = self._timed()
        weekend = lines["days"].map(lambda days: bool(WEEKEND & set(days)))
        return lines[lines["opens"].lt(EARLY) | lines["closes"].gt(LATE) | weekend]

    def horaires(self) -> Table | Absent:
        """Times of opening, those before 8 h, after 18 h 30 or at the week-end first."""
        title, id = "Qui ouvre tôt, tard ou le week-end", "tbl-horaires"
        if self.services.empty:
            return self.absent_book(title, "offre", id)
        lines = self._timed()
        if lines.empty:
            return self.absent(
                title, f"aucune heure d’ouverture n’est remplie : {self.asked_of('gestionnaires')}", id
            )
        odd = self._atypical().index
        lines = lines.assign(odd=lines.index.isin(odd)).sort_values("odd", ascending=False, kind="stable")
        frame = pd.DataFrame(
            {
                "name": lines["name"].map(or_none), "period": lines["period"].map(PERIODS).fillna(NONE),
                "days": lines["days"].map(days_in_words), "opens": lines["opens"].map(clock),
                "closes": lines["closes"].map(clock), "odd": [_oddness(r) for r in lines.to_dict("records")],
            }
        )  # fmt: skip
        n, all_ = self.services.loc[odd, "service_key"].nunique(), lines["service_key"].nunique()
        silent = self.services["service_key"].nunique() - all_
        span = "hors de la plage de 8 h à 18 h 30 en semaine"
        caption = f"{upper_first(counted(n, 'service'))} sur {number(all_)} {span}"
        caption = caption if n else f"Aucun horaire connu {span}"
        return Table(
            frame, id=id, caption=caption, source=self.workbook_source("offre"),
            columns={"name": "Service", "period": "Période", "days": "Jours", "opens": "Ouvre à", "closes": "Ferme à",
                     "odd": "Horaire atypique"},
            notes=[f"{upper_first(counted(silent, 'service'))} dont les heures ne sont pas remplies."] if silent else [],
        )  # fmt: skip

    # ------------------------------------------------------------------------------- demand and users

    def _waiting(self) -> pd.DataFrame:
        lines = self.services
        return lines[lines["waiting"].gt(0)].sort_values("waiting", ascending=False, kind="stable")

    def attente(self) -> Table | Absent:
        """Waiting lists, each with its date."""
        title, id = "Les demandes en attente", "tbl-attente"
        if self.services.empty:
            return self.absent_book(title, "offre", id)
        lines = self.services
        lines = lines[lines["waiting"].notna()]
        if lines.empty:
            return self.absent(
                title, f"aucune liste d’attente n’est remplie : {self.asked_of('gestionnaires')}", id
            )
        frame = pd.DataFrame(
            {
                "name": lines["name"].map(or_none), "waiting": lines["waiting"].map(people),
                "date": [or_none(d) if pd.notna(d) else "date non dite" for d in lines["waiting_date"]],
                "places": lines["places"].map(or_none),
            }
        )  # fmt: skip
        silent = int((self.services["waiting"].isna() & self.services["type"].isin(PLACES_OF)).sum())
        return Table(
            frame, id=id, caption=title, source=self.workbook_source("offre"),
            columns={"name": "Service", "waiting": "Demandes", "date": "Liste du", "places": "Places agréées"},
            notes=["Une famille peut figurer sur deux listes : ne pas additionner.",
                   *([f"{upper_first(counted(silent, 'ligne'))} de services à places, sans liste d’attente remplie."] if silent else [])],
        )  # fmt: skip

    def origines(self) -> Table | Absent:
        """Where users come from: how many, and the part that comes from outside."""
        title, id = "D’où viennent les usagers", "tbl-origines"
        lines = self.folder.table("offre", "origins")
        if self.services.empty and lines.empty:
            return self.absent_book(title, "offre", id)
        if lines.empty:
            return self.absent(
                title, f"l’origine des usagers n’est pas remplie : {self.asked_of('gestionnaires')}", id
            )
        names = self.services.drop_duplicates("id").set_index("id")["name"].to_dict()
        outside = lines["outside"].eq("oui") | lines["commune"].eq("")
        lines = lines.assign(away=lines["users"].where(outside, 0.0))
        rows = [
            {
                "name": names.get(service, service) or NONE, "year": _year(year),
                **_origin(part),
            }
            for (service, year), part in lines.groupby(["service", "year"], sort=False, dropna=False)
        ]  # fmt: skip
        return Table(
            pd.DataFrame(rows), id=id, caption=title, source=self.workbook_source("offre"),
            columns={"name": "Service", "year": "Année", "users": "Usagers", "communes": "Communes du territoire",
                     "outside": "De hors du territoire"},
            notes=[f"Un effectif de 1 à {FEW - 1} n’est pas donné ; la part qui le laisserait deviner non plus. « Au moins » : "
                   "une commune au moins est masquée ou n’est pas remplie."],
        )  # fmt: skip

    def places_cnaf(self) -> Table | Absent:
        """Licensed places of the crèches beside what the Cnaf's coverage rate supposes."""
        title, id = "Les places de crèche, deux comptes", "tbl-places-cnaf"
        if self.services.empty:
            return self.absent_book(title, "offre", id)
        rows = capacity(self.folder, {_WHOLE: self.study.territory.members})
        rows = rows[rows["type"].isin(CRECHES)]
        low, high, said, source, period = self._cnaf_places()
        if rows.empty or not said:
            return self.absent(
                title,
                "aucune crèche n’est déclarée dans offre.xlsx"
                if rows.empty
                else "la Cnaf ne publie rien qui permette de compter les places d’établissement ici",
                id,
            )
        known, unknown = float(rows["places_known"].sum()), int(rows["unknown"].sum())
        mine = f"au moins {number(known)}" if unknown else number(known)
        frame = pd.DataFrame(
            [
                {"what": "Places agréées, crèches et micro-crèches", "count": mine if known else NONE,
                 "from": "offre.xlsx"},
                {"what": "Places d’établissement selon la Cnaf", "count": bounds(low, high), "from": said},
            ]
        )  # fmt: skip
        agree = low - 0.5 <= known <= high + 0.5
        if unknown or not known:
            caption = (
                "Les places agréées ne sont pas toutes connues : les deux comptes ne se comparent pas encore"
            )
        elif agree:
            caption = f"{upper_first(counted(known, 'place'))} agréées, ce que permet aussi le taux de la Cnaf ({period})"
        else:
            caption = f"{upper_first(counted(known, 'place'))} agréées, quand la Cnaf en compte {bounds(low, high)} ({period}) : à éclaircir"
        return Table(
            frame, id=id, caption=caption, source=f"{self.workbook_source('offre')} ; {source}",
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
        how = f"{number(rate.value or 0, 1)} places pour 100 enfants × {bounds(min(counts), max(counts))} enfants de moins de 3 ans"
        return min(places), max(places), how, self.study.source_line(rate, *found), rate.period

    # --------------------------------------------------------------------------------------- money

    def cout_par_theme(self) -> Figure | Absent:
        """Recettes by theme, stacked by who pays, for the last year."""
        from ctg_lib.display.charts import stacked_bars

        title, id = "Qui paie les services", "fig-cout-themes"
        if self.money.empty:
            return self.absent_book(title, "financement", id) if not self.folder.has("financement") else (
                self.absent(title, f"aucun coût réalisé n’est rempli : {self.asked_of('intercommunalité, Caf')}", id)
            )  # fmt: skip
        paid = self.paid()
        sums = paid.groupby("theme")[list(PAYER_GROUPS)].sum()
        sums = sums.loc[[t for t in [*THEMES, ""] if t in sums.index and sums.loc[t].sum() > 0]]
        if sums.empty:
            return self.absent(title, "aucun service n’a toutes ses recettes remplies", id)
        thousands = float(sums.sum(axis=1).max()) >= 10_000
        parts = [g for g in PAYER_GROUPS if sums[g].sum() > 0]
        frame = pd.DataFrame(
            [
                {"name": upper_first(plain_theme(str(theme))) if theme else "Service absent de l’offre", "part": group,
                 "value": float(sums.loc[theme, group]) / (1000 if thousands else 1)}
                for theme in sums.index
                for group in parts
            ]
        )  # fmt: skip
        year = int(self.money["year"].iloc[0])
        return stacked_bars(
            frame, id=id, share=False, label="Thème", part_label="Qui paie", unit="milliers d’euros" if thousands else "€",
            title=self._money_title(), subtitle=f"Recettes des services en {year}, offre maintenue, réalisé",
            source=self.workbook_source("financement"), notes=tuple(self._money_notes()),
        )  # fmt: skip

    def _money_title(self) -> str:
        shares = [(name, share) for name, share in self.payer_shares().items() if share >= 0.5]
        (first, part), *rest = shares
        verb = "paient" if first in _SEVERAL else "paie"
        text = f"{upper_first(_payer(first))} {verb} {number(part, 0, '%')}"
        return text + (f", {_payer(rest[0][0])} {number(rest[0][1], 0, '%')}" if rest else "")

    def _money_notes(self) -> list[str]:
        """Services left out because a recette is not known, and those without any line."""
        paid = set(self.paid()["service"])
        out = self.money[~self.money["service"].isin(paid)]
        notes = []
        if len(out):
            notes.append(f"Non comptés, recettes incomplètes : {listed(out['name'].tolist())}.")
        without = int(self.payers()["unknown"].sum()) - len(out)
        if without > 0:
            notes.append(f"{upper_first(counted(without, 'service'))} de offre.xlsx sans aucun montant.")
        return notes

    def couts_unitaires(self) -> Table | Absent:
        """Per service: cost, cost of an hour and of a place, what is left to the collectivités, families."""
        title, id, lines = "Ce que coûtent une heure et une place", "tbl-couts-unitaires", self.money
        if lines.empty:
            return self.absent_book(title, "financement", id) if not self.folder.has("financement") else (
                self.absent(title, "aucun coût réalisé n’est rempli", id)
            )  # fmt: skip
        frame = pd.DataFrame(
            {
                "name": lines["name"].where(lines["name"].ne(""), lines["service"]),
                "cost": lines["cost"].map(lambda v: or_none(v, 0, "€")),
                "hour": lines["cost_per_hour"].map(lambda v: or_none(v, 2, "€")),
                "place": lines["cost_per_place"].map(lambda v: or_none(v, 0, "€")),
                "public": lines["epci_communes"].map(lambda v: or_none(v, 0, "€")),
                "families": lines["families_share"].map(lambda v: or_none(v, 0, "%")),
            }
        )  # fmt: skip
        year = int(lines["year"].iloc[0])
        return Table(
            frame, id=id, caption=f"{title}, {year}", source=self.workbook_source("financement", "offre"),
            columns={"name": "Service", "cost": "Charges", "hour": "Coût d’une heure", "place": "Coût d’une place",
                     "public": "Reste aux collectivités", "families": "Part des familles"},
            notes=[f"« {NONE} » : non rempli, ou sans objet. Heures facturées ; places financées, sinon agréées."],
        )  # fmt: skip

    def maintenue_nouvelle(self) -> Table | Absent:
        """Maintained and new offer, réalisé and prévu, apart and never added."""
        title, id = "Offre maintenue, offre nouvelle", "tbl-maintenue-nouvelle"
        lines = money_lines(self.folder)
        if lines.empty:
            return self.absent_book(title, "financement", id)
        caf = list(PAYER_GROUPS["Caf"])
        natures, offers = (
            {"realise": "réalisé", "prevu": "prévu"},
            {"maintenue": "maintenue", "nouvelle": "nouvelle"},
        )
        rows = [
            {
                "offer": upper_first(offers.get(str(offer), "offre non dite")), "year": _year(year),
                "nature": natures.get(str(nature), "non dit"), "services": number(part["service"].nunique()),
                "cost": _sum(part[["cost"]]), "caf": _sum(part[caf]), "public": _sum(part[["epci_communes"]]),
            }
            for (offer, year, nature), part in lines.groupby(["offer", "year", "nature"], dropna=False)
        ]  # fmt: skip
        notes = [
            f"« {NONE} » : un montant au moins n’est pas rempli. Offre maintenue et offre nouvelle ne s’additionnent pas."
        ]
        if not lines["offer"].eq("nouvelle").any():
            notes.append("Aucune offre nouvelle n’est remplie.")
        return Table(
            pd.DataFrame(rows), id=id, caption=title, source=self.workbook_source("financement"), notes=notes,
            columns={"offer": "Offre", "year": "Année", "nature": "Montants", "services": "Services", "cost": "Charges",
                     "caf": "Caf", "public": "Intercommunalité et communes"},
        )  # fmt: skip

    def montants_de_reference(self) -> Table | Absent:
        """Reference amounts (bonus territoire, ceilings …), each with its source."""
        title, id = "Les montants de référence", "tbl-montants"
        lines = self.folder.table("financement", "parameters")
        if lines.empty:
            reason = "aucun montant de référence n’est rempli (financement.xlsx) : ils changent chaque année et ne se supposent pas"
            return self.absent(title, f"{reason} ; {self.asked_of('Caf')}", id)
        frame = pd.DataFrame(
            {
                "name": lines["name"].map(or_none), "year": [_year(y) for y in lines["year"]],
                "amount": [or_none(a, 0 if pd.isna(a) or float(a).is_integer() else 2, "€") for a in lines["amount"]],
                "unit": lines["unit"].map(or_none), "source": lines["source"].map(or_none),
            }
        )  # fmt: skip
        return Table(
            frame, id=id, caption=title, source=self.workbook_source("financement"),
            columns={"name": "Montant", "year": "Année", "amount": "Valeur", "unit": "Par", "source": "Source"},
        )  # fmt: skip

    # ---------------------------------------------------------------------------------------- blocks

    def points_de_vigilance(self) -> Output:
        """What misleads in an offer and in its cost."""
        lines = self.services
        open_ = lines[lines["places"].notna() & lines["places_open"].notna()]
        closed = float((open_["places"] - open_["places_open"]).clip(lower=0).sum())
        vacancies = float(lines["vacancies"].sum())
        return self.vigilance(
            "Une ligne « à confirmer » vient d’un fichier public : le gestionnaire ne l’a pas relue."
            if len(to_confirm(self.folder)) else "",
            f"{upper_first(counted(closed, 'place agréée', 'places agréées'))} non {'ouverte' if closed < 2 else 'ouvertes'} : "
            "une place agréée n’est pas une place offerte." if closed else "Une place agréée n’est pas une place offerte.",
            f"Postes vacants déclarés : {number(vacancies, 1)} équivalent temps plein." if vacancies else "",
            *(_COST_CAUTIONS if len(self.money) else ()),
        )  # fmt: skip

    def ce_qui_manque(self) -> Output:
        """What is not filled, from whom it is asked, since when."""
        lines = self.services
        n, audience = len(lines), "gestionnaires"
        places = lines["type"].isin(PLACES_OF)
        empty = [
            (lines["opens"].isna() | lines["closes"].isna(), "les heures d’ouverture"),
            (lines["places"].isna() & places, "les places agréées"),
            (lines["waiting"].isna() & places, "la liste d’attente"),
            (lines["occupancy"].isna() & places, "le taux d’occupation"),
            (lines["disability"].eq(""), "l’accueil des enfants handicapés"),
            (lines["agreement_end"].isna(), "la fin de la convention Caf"),
        ]  # fmt: skip
        said = self.gaps(audience, n, [(int(gap.sum()), words) for gap, words in empty], "ligne")
        origins = self.folder.table("offre", "origins").empty and n > 0
        year = last_year(self.folder)
        unpaid = self.payers() if year is not None else pd.DataFrame({"unknown": [], "theme": []})
        short = unpaid[unpaid["unknown"].gt(0)]
        return self.missing(
            self.not_filled("offre"), said,
            f"L’origine des usagers : {self.asked_of(audience)}." if origins else "",
            self.not_filled("financement"),
            f"Des montants en {named([plain_theme(t) if t else 'thème inconnu' for t in short['theme']])} ({counted(short['unknown'].sum(), 'service')}) : "
            f"{self.asked_of('intercommunalité, gestionnaires, Caf')}." if len(short) else "",
        )  # fmt: skip

    def questions_du_groupe(self) -> Output:
        """Questions for the working group."""
        silent = [
            THEMES[t] for t in self.themes if t not in set(self.services["theme"]) and t != "transversal"
        ]
        return self.questions(
            f"Aucun service n’est déclaré en {enumerate_fr(silent[:4])} : où vont les habitants ?"
            if silent and len(self.services) else "",
            "À quelles heures et à quelles saisons l’accueil manque-t-il, et à qui ?",
            "Quels services reçoivent des habitants d’ailleurs, et qui en partage le coût ?",
        )  # fmt: skip


# -------------------------------------------------------------------------------------------- words


def days_in_words(days: Sequence[str]) -> str:
    """« lundi à vendredi », « mercredi », « lundi, jeudi »; « – » for none."""
    order = list(DAYS)
    at = sorted(order.index(d) for d in set(days) if d in DAYS)
    if not at:
        return NONE
    labels = list(DAYS.values())
    if len(at) > 2 and at[-1] - at[0] == len(at) - 1:
        return f"{labels[at[0]]} à {labels[at[-1]]}"
    return ", ".join(labels[i] for i in at)


def _year(year: Any) -> str:
    return NONE if pd.isna(year) else str(int(year))


def _opening(row: dict) -> str:
    hours = f"{clock(row['opens'])} à {clock(row['closes'])}" if pd.notna(row["opens"]) else ""
    days = days_in_words(row["days"])
    period = PERIODS.get(row["period"], "")
    parts = [period if period != days else "", days if days != NONE else "", hours]
    if pd.notna(row["hours_week"]) and not hours:
        parts.append(f"{_known_or(row['hours_week'], 0, 1)} h par semaine")
    return ", ".join(p for p in parts if p) or NONE


def _oddness(row: dict) -> str:
    said = []
    if row["opens"] < EARLY:
        said.append("avant 8 h")
    if row["closes"] > LATE:
        said.append("après 18 h 30")
    if WEEKEND & set(row["days"]):
        said.append("week-end")
    return ", ".join(said) or NONE


def _at_least(total: float, known: float, unknown: int) -> str:
    if pd.notna(total):
        return number(total)
    if pd.isna(known):
        return NONE
    missing = f"{counted(unknown, 'service')} non {'rempli' if unknown < 2 else 'remplis'}"
    return f"au moins {number(known)} ({missing})" if known else "non rempli"


def _known_or(value: float, unknown: int, decimals: int = 0) -> str:
    if pd.notna(value):
        return number(value, 0 if float(value).is_integer() else decimals)
    return "non rempli" if unknown else NONE


def _origin(part: pd.DataFrame) -> dict[str, str]:
    """Users, communes they come from, part from outside; nothing from which 1 to 4 people could be told."""
    communes = part.loc[part["commune"].ne("") & part["outside"].ne("oui"), "commune"].nunique()
    out = {"communes": number(communes) if communes else NONE}
    if part["users"].isna().any():
        known = float(part["users"].sum())
        least = f"au moins {number(known)}" if known >= FEW else "non donné"
        return {**out, "users": least, "outside": "non calculée"}
    total, away = float(part["users"].sum()), float(part["away"].sum())
    inside = total - away
    if 0 < total < FEW:
        return {**out, "users": people(total), "outside": NONE}
    share = number(100 * away / total, 0, "%") if total else NONE
    if 0 < away < FEW:
        share = people(away)
    elif 0 < inside < FEW:
        share = f"presque tous ({people(inside)} du territoire)"
    elif not part["outside"].eq("oui").any() and part["commune"].ne("").all():
        share = "non rempli"
    return {**out, "users": number(total), "outside": share}


def _sum(amounts: pd.DataFrame) -> str:
    total = amounts.sum(axis=1, skipna=False).sum(skipna=False)
    return NONE if pd.isna(total) else euros(float(total))


def _payer(group: str) -> str:
    """A group of payers in a sentence: « la Caf », « les familles »."""
    words = {"Caf": "la Caf", "Familles": "les familles", "MSA": "la MSA",
             "Intercommunalité et communes": "l’intercommunalité et les communes",
             "État, Région, Département, autres": "l’État, la Région, le Département et d’autres"}  # fmt: skip
    return words[group]


def _short(kind: str) -> str:
    """A kind of service in a sentence, after « en »."""
    words = {"eaje": "crèche", "micro_creche": "micro-crèche", "mam": "maison d’assistantes maternelles",
             "am": "assistantes maternelles", "alsh": "accueil de loisirs", "accueil_jeunes": "accueil de jeunes"}  # fmt: skip
    return words.get(kind, SERVICES.get(kind, kind))
