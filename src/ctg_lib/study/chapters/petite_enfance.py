"""Chapter 04: childcare."""

from __future__ import annotations

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import beside, bounds, que, rounded_people, shown, upper_first, when, year_of
from ctg_lib.display.table import KeyFigure, Output, Table
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.display.words import AFTER
from ctg_lib.indicators.petite_enfance import HORIZON
from ctg_lib.indicators.registry import VOCABULARY, definition
from ctg_lib.statistics.comparison import rank_of
from ctg_lib.study.chapters.answers import Silence, answered, sentence
from ctg_lib.study.chapters.base import mostly_known, usable
from ctg_lib.study.chapters.folder_base import FolderChapter
from ctg_lib.study.chapters.population import Population
from ctg_lib.study.core import Compared
from ctg_lib.values import Value
from ctg_lib.workbooks.moments import day_in_words

MODES = VOCABULARY["mode"]
SCENARIOS = {name: VOCABULARY["scenario"][name] for name in ("actuel", "bas", "moyen", "haut")}
NEEDS = "besoins_accueil_fin_convention"
LEAVING = "places_departs_assistantes_maternelles"
AGREED_CHILDREN = 4
MOST_NEIGHBOURS = "chez la plupart des voisins"
"""Children an assistante maternelle may usually keep at once (Code de l’action sociale et des familles, L.421-4)."""
SERVICES = ("D502", "D509", "D504", "D505", "C107", "C108", "C109", "D278")
"""Facilities that a family with a young child looks for."""
FRACTIONS = {
    (1, 2): "la moitié des places", (1, 3): "une place sur trois", (2, 3): "deux places sur trois",
    (1, 4): "une place sur quatre", (3, 4): "trois places sur quatre", (1, 5): "une place sur cinq",
    (2, 5): "deux places sur cinq", (3, 5): "trois places sur cinq", (4, 5): "quatre places sur cinq",
    (1, 10): "une place sur dix", (9, 10): "neuf places sur dix",
}  # fmt: skip


class PetiteEnfance(FolderChapter):
    """Coverage and the places it stands for; children under 3; births; what the convention will meet."""

    name = "petite_enfance"
    asks = ("departement",)
    subjects = ("petite_enfance",)
    heard_of = ("petite_enfance",)
    told_too = (
        ("ressortissants_msa", ""), ("ressortissants_msa", "regime=familles"), ("ressortissants_msa", "regime=enfants"),
        ("ressortissants_msa", "regime=enfants_moins_3"),
    )  # fmt: skip
    told_elsewhere = (LEAVING,)
    silences = (
        Silence(
            "Les demandes restées sans réponse, et depuis quand",
            ("part_demandes_sans_proposition", "demandes_accueil_sans_proposition"),
            also=" (guichet ou commission d’attribution)",
        ),
        Silence("L’occupation réelle des établissements", ("taux_occupation_eaje",), also=", et aux gestionnaires"),
        Silence(
            "La commune d’origine des enfants accueillis", ("enfants_accueillis_eaje",), also=", et aux gestionnaires",
            cell="offre.origins.users",
        ),
        Silence("Les horaires atypiques", whom=("operateurs", "caf"), cell="offre.services.opens"),
        Silence("Les familles qui relèvent de la MSA", ("ressortissants_msa",)),
    )  # fmt: skip

    # ----------------------------------------------------------------------------------- sentences

    def essentiel(self) -> Output:
        """Coverage first, in places; then what it depends on, what one place weighs, births."""
        births = Population(self.study).births_message()
        return self.essential(
            self.coverage_message(), self.mode_message(), self.weight_message(),
            births or "Les naissances de ce territoire ne sont pas encore réunies.",
        )  # fmt: skip

    def coverage_message(self) -> str:
        """How many places, for how many children, against France and the peers."""
        compared = self.study.compare("taux_couverture")
        if not compared.value.is_number:
            return "Le taux de couverture de l’accueil du jeune enfant n’est pas encore réuni pour ce territoire."
        rate, places = shown(compared.value), self.study.value("places_accueil")
        children = self.study.value("enfants_moins_3", "methode=cnaf")
        against = self.references_text(compared)
        text = f"Fin {compared.value.period}, l’offre d’accueil représente "
        if places.is_number and children.is_number:
            text += (
                f"environ **{shown(places)} places** pour quelque **{shown(children)} enfants de moins de 3 ans**, soit "
                f"{rate} places pour 100 enfants"
            )
        else:
            text += f"**{rate} places pour 100 enfants de moins de 3 ans**"
        text += f" ({against})." if against else "."
        text += self._gap_in_places(compared, children)
        text += self._peers_sentence(compared)
        return f"**{self.coverage_head(compared)}.** {text}{self._assumption(places)}"

    def coverage_head(self, compared: Compared) -> str:
        """The message on coverage, without its full stop."""
        if compared.main is None:
            return "Une offre d’accueil que rien ici ne permet de comparer"
        place, side = self.main_place(compared), compared.reading.side
        head = f"{upper_first(AFTER[side])} de places par enfant {que(place)}"
        gap = compared.own_in_peers_period - compared.peers_median
        if (
            abs(gap) >= compared.definition.meaningful
            and gap < 0
            and compared.peers_above > compared.peers_known / 2
        ):
            head += f", {'et' if side == 'below' else 'mais'} {beside('below', MOST_NEIGHBOURS)}"
        elif abs(gap) >= compared.definition.meaningful and gap > 0:
            head += f", {'et' if side == 'above' else 'mais'} {beside('above', MOST_NEIGHBOURS)}"
        return head

    def _gap_in_places(self, compared: Compared, children: Value) -> str:
        """The gap to the reference in places: what it is worth."""
        if compared.main is None or not children.is_number:
            return ""
        gap = abs(compared.reading.difference) * (children.value or 0.0) / 100
        if compared.reading.side == "close":
            size = "moins d’une place" if gap < 1 else f"environ {counted(round(gap), 'place')}"
            return f" L’écart vaut {size} : il ne dit rien."
        return f" L’écart vaut environ {counted(round(gap), 'place')}."

    def _peers_sentence(self, compared: Compared) -> str:
        """How many peers have a higher rate, and how many by a difference that counts."""
        known, total = compared.peers_known, len(self.study.peer_codes)
        if known < 5:
            return ""
        gaps = compared.peers["value"] - compared.own_in_peers_period
        self.study.note(compared.peers)
        above, far = int((gaps > 0).sum()), int((gaps >= compared.definition.meaningful).sum())
        among = (
            f"Des {known} autres {self.peers}"
            if known == total
            else f"Des {total} autres {self.peers}, {known} sont connues"
        )
        then = f" {when(compared.peers_period)}" if compared.peers_period != compared.value.period else ""
        median = f"médiane{then} : {number(compared.peers_median, 1)}"
        if above == 0:
            return f" {among} : aucune n’a un taux plus élevé ({median})."
        step = f"d’au moins {number(compared.definition.meaningful)} points"
        part = "" if not far else f", {step}" if far == above else f", dont {number(far)} {step}"
        who = "toutes" if above == known else number(above)
        return f" {among} : {who} {'ont' if above > 1 else 'a'} un taux plus élevé{part} ({median})."

    def _assumption(self, places: Value) -> str:
        row = self.study.row("places_accueil", "mode=eaje") if places.is_number else None
        if row is None:
            return ""
        return (
            f" Ce nombre de places suppose que les {number(row['value'])} places agréées connues localement sont celles que la "
            "Cnaf a comptées : à confirmer par le gestionnaire."
        )

    def mode_message(self) -> str:
        """Which mode the offer depends on; a mode that is not known is named."""
        rates = self.mode_rates()
        total = rates.pop("", 0.0)
        if not rates or not total:
            return ""
        absent = [MODES[m] for m in MODES if m not in rates]
        first = max(rates, key=lambda mode: rates[mode])
        if total - sum(rates.values()) > rates[first]:  # what is not known may be the largest part
            return ""
        places = self._places()
        text = f"**{self.mode_head(first, rates[first] / total)}**"
        if first in places.index:
            text += f" (environ {number(places[first])})"
        parts = []
        for mode in sorted((m for m in rates if m != first), key=lambda m: -rates[m]):
            if mode not in places.index:
                parts.append(f"{MODES[mode]}, {number(rates[mode], 1)} pour 100 enfants")
            elif round(places[mode]) >= 1:
                parts.append(f"{MODES[mode]}, {counted(round(places[mode]), 'place')}")
        text += f" ; puis : {' ; '.join(parts)}" if parts else ""
        return text + (f". Non disponible : {enumerate_fr(absent)}." if absent else ".")

    def mode_head(self, mode: str, share: float) -> str:
        """« Trois places sur cinq dépendent d’assistantes maternelles »."""
        depend = {
            "am_ind": "dépendent d’assistantes maternelles", "eaje": "sont dans un établissement",
            "prescol": "sont à l’école", "gad_ind": "sont à domicile",
        }  # fmt: skip
        near = min(FRACTIONS, key=lambda f: abs(share - f[0] / f[1]))
        part = (
            FRACTIONS[near]
            if abs(share - near[0] / near[1]) <= 0.03
            else f"{number(100 * share, 0, '%')} des places"
        )
        one = part.startswith("une ") or part == FRACTIONS[1, 2]
        verb = depend[mode].replace("dépendent", "dépend").replace("sont", "est") if one else depend[mode]
        return f"{upper_first(part)} {verb}"

    def weight_message(self) -> str:
        """What one place more or less does to the rate."""
        children = self.study.value("enfants_moins_3", "methode=cnaf")
        if not children.is_number or not children.value or children.value > 1000:
            return ""
        weight = 100 / children.value
        most = AGREED_CHILDREN * weight
        return (
            f"**Une place de plus ou de moins déplace le taux de {counted(weight, 'point', decimals=1)}.** Une assistante "
            f"maternelle qui cesse son activité, c’est jusqu’à {number(AGREED_CHILDREN)} places, soit "
            f"{counted(most, 'point', decimals=0 if most >= 2 else 1)}. {self.older_message()}".rstrip()
        )

    def older_message(self) -> str:
        """How many childminders are 55 or over, as the partners say; empty where they do not."""
        return sentence(self._answers(), "part_assistantes_maternelles_55_plus")

    # ------------------------------------------------------------------------------ figures, tables

    def chiffres_cles(self) -> Output:
        """Key figures: coverage, places, children, births."""
        children = self.study.value("enfants_moins_3")
        by_method = [
            f"{MODES_OF_COUNT[m]} : {number(v.value)}"  # type: ignore[arg-type]
            for m in ("naissances", "cnaf", "recensement")
            if (v := self.study.value("enfants_moins_3", f"methode={m}")).is_number
        ]
        pooled = self.pooled("naissances")
        births = None
        if len(pooled):
            last = pooled.iloc[-1]
            births = KeyFigure(
                f"naissances ({year_of(last['period'])})", number(last["value"]),
                f"bande de variabilité : {bounds(last['lower'], last['upper'])}", self.study.source_line(last, brief=True),
            )  # fmt: skip
        return self.cards(
            [
                self.card("taux_couverture"), self.card("places_accueil"),
                KeyFigure("enfants de moins de 3 ans, selon la source", children, " ; ".join(by_method),
                          self.study.source_line(children, brief=True) if children.is_range else ""),
                births, self.card("enfants_0_4"),
                self.card("foyers_paje", label="foyers percevant la Paje"),
            ],
            "chiffres-cles-petite-enfance",
        )  # fmt: skip

    def couverture_comparee(self) -> Figure | Absent:
        """Coverage beside France and the median of the peers."""
        compared = self.study.compare("taux_couverture")
        title = self.coverage_head(compared) if compared.value.is_number else ""
        return self.dots("taux_couverture", id="fig-couverture", title=title)

    def couverture_des_voisins(self) -> Figure | Absent:
        """Coverage of each peer, the territory highlighted, all in one period."""
        from ctg_lib.display.charts import bars

        compared = self.study.compare("taux_couverture")
        title = f"La couverture des {self.peers}"
        if compared.peers.empty:
            return self.absent(
                title, "les taux des voisins ne sont pas encore réunis", "fig-couverture-voisins"
            )
        here, own = self.study.territory.short_name, compared.own_in_peers_period
        short = self.study.geography.short_names("epci")
        rows = compared.peers.assign(name=compared.peers["code"].map(short).fillna(compared.peers["name"]))
        mine = pd.DataFrame([{"name": here, "value": own, "status": "observed"}])
        frame = pd.concat([rows[["name", "value", "status"]], mine]).sort_values("value", ascending=False)
        rank, among = rank_of(own, compared.peers["value"].tolist())
        unknown = len(self.study.peer_codes) - compared.peers_known
        return bars(
            frame,
            id="fig-couverture-voisins",
            highlight=here,
            decimals=1,
            title=f"{here} est au {rank}{'er' if rank == 1 else 'e'} rang sur {among}",
            subtitle=f"Places pour 100 enfants de moins de 3 ans, {compared.peers_period}",
            source=self.study.source_line(compared.peers, compared.value),
            label="Intercommunalité",
            notes=(f"{counted(unknown, 'intercommunalité')} dont le taux n’est pas encore réuni.",)
            if unknown
            else (),
        )

    def places_par_mode(self) -> Figure | Absent:
        """Parts of the offer by mode, beside the first reference whose modes are known."""
        from ctg_lib.display.charts import stacked_bars

        title = "L’offre d’accueil par mode"
        mine = self._modes().drop(index="", errors="ignore")
        total = self.study.value("taux_couverture")
        if mine.empty or not total.is_number:
            return self.absent(title, "la couverture par mode n’est pas encore réunie", "fig-modes")
        here = self.study.territory.short_name
        frames = [mine.assign(name=here, highlight=True)]
        for territory in self.study.references:
            other = self._modes((territory.level, territory.code)).drop(index="", errors="ignore")
            if len(other):
                frames.append(other.assign(name=territory.name, highlight=False))
                break
        frame = pd.concat(frames).reset_index().rename(columns={"mode": "part"})
        frame["part"] = frame["part"].map(MODES)
        rates = {str(mode): float(value) for mode, value in mine["value"].items()}
        first = max(rates, key=lambda mode: rates[mode])
        absent = [MODES[m] for m in MODES if m not in rates]
        return stacked_bars(
            frame[["name", "part", "value", "highlight"]],
            id="fig-modes",
            share=False,
            decimals=1,
            part_label="Mode",
            title=title if absent else self.mode_head(first, rates[first] / (total.value or 1.0)),
            subtitle=f"Places pour 100 enfants de moins de 3 ans, par mode d’accueil, {mine['period'].iloc[0]}",
            source=self.study.source_line(frame),
            notes=(f"Non disponible pour {self.study.territory.le()} : {enumerate_fr(absent)}.",)
            if absent
            else (),
        )

    def enfants_de_moins_de_3_ans(self) -> Table | Absent:
        """The three estimates of children under 3, side by side."""
        rows = []
        used = []
        for method, label in VOCABULARY["methode"].items():
            value = self.study.value("enfants_moins_3", f"methode={method}")
            if value.is_number:
                used.append(value)
                rows.append(
                    {
                        "methode": upper_first(label),
                        "periode": year_of(value.period),
                        "enfants": shown(value, unit=False),
                    }
                )
        title = "Combien d’enfants de moins de 3 ans ? Selon la source"
        if not rows:
            return self.absent(
                title,
                "les sources qui le diraient ne sont pas encore réunies pour ce territoire",
                "tbl-moins-3-ans",
            )
        return Table(
            pd.DataFrame(rows), id="tbl-moins-3-ans", caption=title, source=self.study.source_line(*used),
            columns={"methode": "Source", "periode": "Période", "enfants": "Enfants"},
            notes=[definition("enfants_moins_3").caution],
        )  # fmt: skip

    def naissances_annuelles(self) -> Figure | Absent:
        """Births by year, with three-year means."""
        from ctg_lib.display.charts import line

        births, pooled = self.yearly("naissances"), self.pooled("naissances")
        title = "Les naissances"
        if len(births) < 3:
            return self.absent(title, "les naissances par année ne sont pas encore réunies", "fig-naissances")
        frame = births.assign(year=births["period"].astype(int))[["year", "value", "segment"]]
        low, high = frame["value"].min(), frame["value"].max()
        return line(
            frame, id="fig-naissances", highlight=None,
            title=f"Entre {number(low)} et {number(high)} naissances par an, sans qu’une seule année fasse une tendance",
            subtitle="Naissances au domicile de la mère, par année", source=self.study.source_line(births, pooled),
        )  # fmt: skip

    def carte_enfants(self) -> Figure | Absent:
        """Children aged 0–4 by commune."""
        rows = self.study.communes("enfants_0_4")
        known = usable(rows)
        if not mostly_known(rows):
            return self.absent(
                "Où vivent les jeunes enfants",
                "la population par âge des communes n’est pas encore réunie",
                "fig-carte-enfants",
            )
        first = known.sort_values("value", ascending=False).iloc[0]
        return self.commune_map(
            "enfants_0_4", id="fig-carte-enfants", symbols=True, frame=rows,
            title=f"{first['name']} réunit {number(100 * first['value'] / known['value'].sum(), 0, '%')} des enfants de 0 à "
            "4 ans",
        )  # fmt: skip

    def besoins_a_venir(self) -> Table | Absent:
        """Children under 3 and places that keep the coverage, by scenario: the same children in both."""
        title, id = "Les enfants et les places à l’horizon d’une convention", "tbl-besoins"
        children, places = self._scenarios("enfants_fin_convention"), self._scenarios(NEEDS)
        if children.empty:
            return self.absent(title, "dix années de naissances ne sont pas encore réunies", id)
        rate = self.study.compare("taux_couverture").value
        period = year_of(children["period"].iloc[0])
        if len(places) and rate.is_number:
            low, high = round(places["value"].min()), round(places["value"].max())
            span = counted(low, "place") if low == high else f"de {number(low)} à {counted(high, 'place')}"
            title = f"Garder {shown(rate, unit=False)} places pour 100 enfants demanderait {span} en {period}, selon les naissances"
        rows = [
            {
                "scenario": upper_first(SCENARIOS[str(name)]),
                "enfants": number(row["value"]),
                "places": number(places["value"].get(name, float("nan")))
                if len(places)
                else "non disponible",
            }
            for name, row in children.iterrows()
        ]
        return Table(
            pd.DataFrame(rows), id=id, caption=title, source=self.study.source_line(children, places),
            columns={
                "scenario": "Scénario", "enfants": f"Enfants de moins de 3 ans, {period}",
                "places": f"Places qui garderaient le taux, {period}",
            },
            notes=self._needs_notes(rate, int(period) - HORIZON),
        )  # fmt: skip

    def _needs_notes(self, rate: Value, births_until: int) -> list[str]:
        """What the scenarios stand on, and what they are not to be compared with."""
        today, children = (
            self.study.value("places_accueil"),
            self.study.value("enfants_moins_3", "methode=cnaf"),
        )
        apart = ""
        if today.is_number and children.is_number:
            more = (
                ", plus que les seules naissances" if (children.value or 0.0) > self._births_counted() else ""
            )
            apart = (
                "Les lignes se comparent entre elles, la première servant de point de départ ; non aux quelque "
                f"{shown(today)} places de {today.period}, que la Cnaf rapporte à environ {shown(children)} enfants{more}."
            )
        return [
            note
            for note in (
                f"Horizon : dernière année de naissances connue ({births_until}) + {HORIZON} ans, la durée d’une convention, non la "
                "date de sa fin.",
                "Les mêmes enfants dans les deux colonnes : les naissances de trois années de suite, sans arrivées ni départs de "
                f"familles. Places : ces enfants × le taux publié de {rate.period}."
                if rate.is_number
                else "Les enfants : naissances de trois années de suite, sans arrivées ni départs de familles.",
                apart,
                "Les départs d’assistantes maternelles s’y ajoutent et ne sont pas comptés : une seule, c’est jusqu’à "
                f"{counted(AGREED_CHILDREN, 'place')} ; voir plus bas.",
                "Garder le taux n’est pas satisfaire le besoin.",
            )
            if note
        ]

    def departs_a_venir(self) -> Table | Absent:
        """Places that would go with the childminders aged 55 and over: to be added to the needs.

        Where it is not known: said to be asked for, from whom and since when.
        """
        title, id = "Les places que retireraient les départs d’assistantes maternelles", "tbl-departs"
        row = self.study.row(LEAVING)
        if row is None or pd.isna(row["value"]):
            return self.absent(title, self._why_departures_unknown(row), id)
        leaving, older, every = (float(row[c]) for c in ("value", "numerator", "denominator"))
        places = self.study.value("places_assistantes_maternelles", period=str(row["period"]))
        lines = [
            ("Assistantes maternelles en activité", number(every)), ("dont 55 ans et plus", number(older)),
            ("Leurs places agréées, toutes ensemble", shown(places, unit=False)),
            ("Places que retirerait le départ des 55 ans et plus", f"environ {number(leaving)}"),
        ]  # fmt: skip
        who = (
            f"les {number(older)} assistantes maternelles" if older > 1 else "la seule assistante maternelle"
        )
        verb = "partirait" if round(leaving) < 2 else "partiraient"
        caption = f"Environ {counted(round(leaving), 'place')} {verb} avec {who} de 55 ans et plus, sur {number(every)}"
        return Table(
            pd.DataFrame(lines, columns=["what", "count"]), id=id, caption=caption,
            source=self.study.source_line(row, places),
            columns={"what": f"Au {_last_day(str(row['period']))}", "count": "Nombre"}, notes=self._departure_notes(leaving),
        )  # fmt: skip

    def _why_departures_unknown(self, row: pd.Series | None) -> str:
        if row is not None and row["status"] in ("secret", "below_threshold"):
            return "le Département a répondu, mais ces nombres sont trop petits pour être montrés (secret statistique)"
        return (
            f"l’âge des assistantes maternelles n’est pas dans les données ouvertes : {self._asked_of_pmi()}"
        )

    def _asked_of_pmi(self) -> str:
        """« demandé au Département (PMI) le 28 septembre 2026 », « à demander au Département (PMI) »."""
        day = self.study.answers.follow_up.sent("departement")
        when = "" if day is None else f" le {day_in_words(day.date())}"
        return f"{self.asked_of('Département')} (PMI){when}"

    def _departure_notes(self, leaving: float) -> list[str]:
        needs = self._scenarios(NEEDS)
        notes = [definition(LEAVING).caution]
        if len(needs):
            low, high = round(needs["value"].min()), round(needs["value"].max())
            span = number(low) if low == high else f"de {number(low)} à {number(high)}"
            notes.append(
                f"À rapprocher du tableau qui précède : des places qui garderaient le taux ({span}), environ {number(leaving)} "
                "seraient d’abord à remplacer."
            )
        return notes

    def _births_counted(self) -> float:
        """Children of the scenario of the latest births."""
        rows = self._scenarios("enfants_fin_convention")
        return float(rows["value"].get("actuel", float("inf")))

    def _scenarios(self, indicator: str) -> pd.DataFrame:
        """Values by scenario, index = scenario in the order of ``SCENARIOS``; the latest horizon."""
        rows = usable(self.study.table(indicator, [self.study.place]))
        rows = rows[rows["period"].eq(rows["period"].max())]
        rows = rows.assign(scenario=rows["breakdown"].str.removeprefix("scenario=")).set_index("scenario")
        return rows.loc[[name for name in SCENARIOS if name in rows.index]]

    def services(self) -> Table | Absent:
        """Facilities for young children by commune."""
        return self.facility_table(
            SERVICES, id="tbl-services-enfance", caption="Les services de la petite enfance et de l’enfance"
        )

    def points_de_vigilance(self) -> Output:
        """What misleads in these figures."""
        children = self.study.value("enfants_moins_3")
        people = self.study.compare("population").value
        small = people.is_number and all(
            v < 10_000 for v in self.study.communes("population")["value"].dropna()
        )
        rate = self.study.value("taux_couverture").is_number
        return self.vigilance(
            definition("taux_couverture").caution if rate else "",
            "Le taux n’existe pas par commune : il n’est publié qu’au-dessus de 10 000 habitants." if small and rate else "",
            f"Le nombre d’enfants de moins de 3 ans est une fourchette, {shown(children)}, selon la source."
            if children.is_range else "",
            "Le nombre de places est déduit du taux publié et des places d’établissement connues localement."
            if self.study.value("places_accueil").is_number
            else "" if not rate
            else "Le nombre de places que représente le taux n’est pas connu ici : il faut les places agréées des établissements.",
            "Un mode que l’éditeur laisse vide est dit non disponible : il peut être nul, petit ou masqué." if rate else "",
        )  # fmt: skip

    def ce_qui_manque(self) -> Output:
        """What open data does not say, and who is to be asked."""
        return self.silence(*self.silence_lines(), *self._childminders_missing())

    def _childminders_missing(self) -> list[str]:
        """What is asked of the Département on childminders, or what their figures still leave out."""
        if not answered(self.study, (LEAVING, "part_assistantes_maternelles_55_plus")):
            asked = self._asked_of_pmi()
            return [
                f"L’âge des assistantes maternelles et leur activité réelle : {asked}, et au relais petite enfance."
            ]
        return [
            "Les projets des assistantes maternelles (arrêt, reprise, installation) : au relais petite enfance."
        ]

    def questions_du_groupe(self) -> Output:
        """Questions that people in a room can answer and that the figures raise."""
        rows, known = usable(self.study.communes("enfants_0_4")), self.facilities(("D502", "D509"))
        first = ""
        if mostly_known(self.study.communes("enfants_0_4")) and len(known):
            per_commune = known.groupby("code")["value"].sum()
            without = per_commune[per_commune.eq(0)].index
            here = rows[rows["code"].isin(per_commune.index)]
            away = here.loc[here["code"].isin(without), "value"].sum()
            first = (
                f"Qui garde les enfants des communes sans établissement d’accueil (environ {rounded_people(away)} des "
                f"{rounded_people(here['value'].sum())} enfants de 0 à 4 ans) ?"
            )
        rates = self.mode_rates()
        second = ""
        if rates.get("am_ind", 0.0) > rates.get("", float("inf")) / 2:
            second = self._leaving_question()
        return self.questions(
            first, second, "Quels horaires, quelles saisons les parents cherchent-ils sans les trouver ?"
        )  # fmt: skip

    def _leaving_question(self) -> str:
        row = self.study.row(LEAVING)
        if row is None or pd.isna(row["value"]):
            return "Que devient l’accueil à l’horizon de la convention si un tiers des assistantes maternelles cesse son activité ?"
        older, every = number(row["numerator"]), number(row["denominator"])
        return (
            f"{older} des {every} assistantes maternelles ont 55 ans ou plus : qui prendra le relais, et où, avant la fin de "
            "la convention ?"
        )

    # ------------------------------------------------------------------------------------- pieces

    def mode_rates(self) -> dict[str, float]:
        """Known rates by mode; the empty key is the total."""
        return {str(mode): float(value) for mode, value in self._modes()["value"].items()}

    def _modes(self, place: tuple[str, str] | None = None) -> pd.DataFrame:
        """Coverage by mode, index = mode (empty = total); missing modes left out."""
        rows = usable(self.study.table("taux_couverture", [place or self.study.place]))
        if rows.empty:
            return pd.DataFrame(columns=["value", "period", "sources"], index=pd.Index([], name="mode"))
        rows = rows[rows["period"].eq(rows["period"].max())]
        mode = rows["breakdown"].str.removeprefix("mode=")
        keep = mode.isin(["", *MODES])
        return (
            rows[keep].assign(mode=mode[keep]).set_index("mode")[["value", "period", "sources"]].sort_index()
        )

    def _places(self) -> pd.Series:
        rows = usable(self.study.table("places_accueil", [self.study.place]))
        return rows.set_index(rows["breakdown"].str.removeprefix("mode="))["value"]


def _last_day(year: str) -> str:
    return f"31 décembre {year}"


MODES_OF_COUNT = {"naissances": "naissances", "cnaf": "Cnaf", "recensement": "recensement"}
