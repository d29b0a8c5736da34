"""Chapter 04: childcare."""

from __future__ import annotations

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import bounds, rounded_people, shown, upper_first, year_of
from ctg_lib.display.table import KeyFigure, Output, Table
from ctg_lib.display.typography import counted, number
from ctg_lib.indicators.labels import FACILITIES
from ctg_lib.indicators.registry import VOCABULARY, definition
from ctg_lib.study.chapters.base import PEERS, mostly_known, usable
from ctg_lib.study.chapters.population import Population
from ctg_lib.study.core import Compared
from ctg_lib.values import Value, canonical_breakdown

MODES = VOCABULARY["mode"]
SERVICES = ("D502", "D509", "D504", "D505", "C107", "C108", "C109", "D278")
"""Facilities that a family with a young child looks for."""
FRACTIONS = {
    (1, 2): "la moitié des places", (1, 3): "une place sur trois", (2, 3): "deux places sur trois",
    (1, 4): "une place sur quatre", (3, 4): "trois places sur quatre", (1, 5): "une place sur cinq",
    (2, 5): "deux places sur cinq", (3, 5): "trois places sur cinq", (4, 5): "quatre places sur cinq",
    (1, 10): "une place sur dix", (9, 10): "neuf places sur dix",
}  # fmt: skip


class PetiteEnfance(Population):
    """Coverage and the places it stands for; children under 3; births."""

    # ----------------------------------------------------------------------------------- sentences

    def essentiel(self) -> Output:
        """Coverage first, in places; then what it depends on, what one place weighs, births."""
        return self.essential(
            self.coverage_message(), self.mode_message(), self.weight_message(), self.births_message()
        )

    def coverage_message(self) -> str:
        """How many places, for how many children, against France and the peers."""
        compared = self.study.compare("taux_couverture")
        if not compared.value.is_number:
            return (
                "Le taux de couverture de l’accueil du jeune enfant n’est pas disponible pour ce territoire."
            )
        head = self._coverage_head(compared)
        rate, places = number(compared.value.value, 1), self.study.value("places_accueil")  # type: ignore[arg-type]
        children = self.study.value("enfants_moins_3", "methode=cnaf")
        against = self.references_text(compared)
        if places.is_number and children.is_number:
            text = (
                f"Fin {compared.value.period}, l’offre d’accueil représente environ **{number(places.value)} places** pour "  # type: ignore[arg-type]
                f"quelque **{number(children.value)} enfants de moins de 3 ans**, soit {rate} places pour 100 enfants"  # type: ignore[arg-type]
            )
        else:
            text = (
                f"Fin {compared.value.period}, l’offre d’accueil représente **{rate} places pour 100 enfants de moins de "
                "3 ans**"
            )
        text += f" ({against})." if against else "."
        return f"**{head}** {text}{self._gap_in_places(compared, children)}{self._peers_sentence(compared)}"

    def _coverage_head(self, compared: Compared) -> str:
        if compared.main is None:
            return "Une offre d’accueil que rien ici ne permet de comparer."
        place = self.main_place(compared)
        than = "qu’" if place[:1].lower() in "aeéiou" else "que "
        head = {
            "above": f"Plus de places {than}{place}", "below": f"Moins de places {than}{place}",
            "close": f"Autant de places {than}{place}",
        }[compared.reading.side]  # fmt: skip
        known, above = compared.peers_known, compared.peers_above
        if known >= 5 and above > known / 2:
            head += f", {'et' if compared.reading.side == 'below' else 'mais'} moins que chez la plupart des voisins"
        elif known >= 5 and above < known / 2:
            head += f", {'mais' if compared.reading.side == 'below' else 'et'} plus que chez la plupart des voisins"
        return head + "."

    def _gap_in_places(self, compared: Compared, children: Value) -> str:
        """The gap to the reference in places: what it is worth."""
        if compared.main is None or not children.is_number:
            return ""
        gap = abs(compared.reading.difference) * children.value / 100  # type: ignore[operator]
        if compared.reading.side == "close":
            size = "moins d’une place" if gap < 1 else f"environ {counted(round(gap), 'place')}"
            return f" L’écart vaut {size} : il ne dit rien."
        return f" L’écart vaut environ {counted(round(gap), 'place')}."

    def _peers_sentence(self, compared: Compared) -> str:
        if compared.peers_known < 5:
            return ""
        above = compared.peers_above
        median = number(compared.peers_median, 1)
        verb = "font mieux" if above != 1 else "fait mieux"
        return f" {upper_first(number(above))} des {compared.peers_known} autres {PEERS} {verb} (médiane : {median})."

    def mode_message(self) -> str:
        """Which mode the offer depends on."""
        rates = self._modes()
        if len(rates) < 2 or "" not in rates.index:
            return ""
        values = {str(mode): float(value) for mode, value in rates["value"].items()}
        total = values.pop("")
        first = max(values, key=lambda mode: values[mode])
        share = values[first] / total
        places = self._places()
        text = f"**{upper_first(self._fraction(share))} {self._depend(first)}**"
        if first in places.index:
            text += f" (environ {number(places[first])})"
        rest = sorted((m for m in values if m != first), key=lambda mode: -values[mode])
        parts = []
        for mode in rest:
            if mode in places.index and round(places[mode]) >= 1:
                parts.append(f"{MODES[mode]}, {counted(round(places[mode]), 'place')}")
            elif mode not in places.index:
                parts.append(f"{MODES[mode]}, {number(values[mode], 1)} pour 100 enfants")
        return text + (f" ; le reste : {' ; '.join(parts)}." if parts else ".")

    @staticmethod
    def _depend(mode: str) -> str:
        return {
            "am_ind": "dépendent d’assistantes maternelles", "eaje": "sont dans un établissement",
            "prescol": "sont à l’école", "gad_ind": "sont à domicile",
        }[mode]  # fmt: skip

    @staticmethod
    def _fraction(share: float) -> str:
        near = min(FRACTIONS, key=lambda f: abs(share - f[0] / f[1]))
        if abs(share - near[0] / near[1]) <= 0.03:
            return FRACTIONS[near]
        return f"{number(100 * share, 0, '%')} des places"

    def weight_message(self) -> str:
        """What one place more or less does to the rate."""
        children = self.study.value("enfants_moins_3", "methode=cnaf")
        if not children.is_number or not children.value or children.value > 1000:
            return ""
        weight = 100 / children.value
        return (
            f"**Une place de plus ou de moins déplace le taux de {number(weight, 1)} point.** Une assistante maternelle qui "
            f"cesse son activité, c’est jusqu’à quatre places, soit {number(4 * weight, 0)} points."
        )

    # ------------------------------------------------------------------------------ figures, tables

    def chiffres_cles(self) -> Output:
        """Key figures: coverage, places, children, births."""
        children = self.study.value("enfants_moins_3")
        by_method = [
            f"{MODES_OF_COUNT[m]} : {number(v.value)}"  # type: ignore[arg-type]
            for m in ("naissances", "cnaf", "recensement")
            if (v := self.study.value("enfants_moins_3", f"methode={m}")).is_number
        ]
        pooled = self._pooled("naissances")
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
                KeyFigure("enfants de moins de 3 ans, selon la source", shown(children), " ; ".join(by_method),
                          self.study.source_line(children, brief=True) if children.is_range else ""),
                births, self.card("enfants_0_4"),
                self.card("foyers_paje", label="foyers percevant la Paje"),
            ],
            "chiffres-cles-petite-enfance",
        )  # fmt: skip

    def couverture_comparee(self) -> Figure | Absent:
        """Coverage beside France and the median of the peers."""
        compared = self.study.compare("taux_couverture")
        title = self._coverage_head(compared).rstrip(".") if compared.value.is_number else ""
        return self.dots("taux_couverture", id="fig-couverture", title=title)

    def couverture_des_voisins(self) -> Figure | Absent:
        """Coverage of each peer, the territory highlighted."""
        from ctg_lib.display.charts import bars

        compared = self.study.compare("taux_couverture")
        title = "La couverture des intercommunalités du département ou limitrophes"
        if not compared.value.is_number or compared.peers.empty:
            return self.absent(
                title, "les taux des voisins ne sont pas disponibles", "fig-couverture-voisins"
            )
        short = self.study.geography.short_names("epci")
        rows = compared.peers.assign(name=compared.peers["code"].map(short).fillna(compared.peers["name"]))
        own = pd.DataFrame(
            [{"name": self.study.territory.short_name, "value": compared.value.value, "status": "observed"}]
        )
        frame = pd.concat([rows[["name", "value", "status"]], own]).sort_values("value", ascending=False)
        rank = int((frame["value"] > compared.value.value).sum()) + 1
        return bars(
            frame, id="fig-couverture-voisins", highlight=self.study.territory.short_name, decimals=1,
            title=f"{self.study.territory.short_name} est au {rank}{'er' if rank == 1 else 'e'} rang sur {len(frame)}",
            subtitle=f"Places pour 100 enfants de moins de 3 ans, {compared.peers_period}",
            source=self.study.source_line(compared.peers, compared.value), label="Intercommunalité",
        )  # fmt: skip

    def places_par_mode(self) -> Figure | Absent:
        """Parts of the offer by mode, beside the reference."""
        from ctg_lib.display.charts import stacked_bars

        title = "L’offre d’accueil par mode"
        mine = self._modes().drop(index="", errors="ignore")
        if mine.empty:
            return self.absent(title, "la couverture par mode n’est pas disponible", "fig-modes")
        here = self.study.territory.short_name
        frames = [mine.assign(name=here, highlight=True)]
        for territory in self.study.references:
            other = self._modes((territory.level, territory.code)).drop(index="", errors="ignore")
            if len(other):
                frames.append(other.assign(name=territory.name, highlight=False))
                break
        frame = pd.concat(frames).reset_index().rename(columns={"mode": "part"})
        frame["part"] = frame["part"].map(MODES)
        first = mine["value"].idxmax()
        share = float(mine["value"].max() / mine["value"].sum())
        return stacked_bars(
            frame[["name", "part", "value", "highlight"]], id="fig-modes", share=False, decimals=1, part_label="Mode",
            title=f"{upper_first(self._fraction(share))} {self._depend(str(first))}",
            subtitle=f"Places pour 100 enfants de moins de 3 ans, par mode d’accueil, {mine['period'].iloc[0]}",
            source=self.study.source_line(frame),
        )  # fmt: skip

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
            return self.absent(title, "aucune source ouverte ne le dit pour ce territoire", "tbl-moins-3-ans")
        return Table(
            pd.DataFrame(rows), id="tbl-moins-3-ans", caption=title, source=self.study.source_line(*used),
            columns={"methode": "Source", "periode": "Période", "enfants": "Enfants"},
            notes=[definition("enfants_moins_3").caution],
        )  # fmt: skip

    def naissances_annuelles(self) -> Figure | Absent:
        """Births by year, with three-year means."""
        from ctg_lib.display.charts import line

        births, pooled = self._yearly("naissances"), self._pooled("naissances")
        title = "Les naissances"
        if len(births) < 3:
            return self.absent(title, "les naissances par année ne sont pas disponibles", "fig-naissances")
        frame = births.assign(year=births["period"].astype(int))[["year", "value"]]
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
                "la population par âge des communes n’est pas disponible",
                "fig-carte-enfants",
            )
        first = known.sort_values("value", ascending=False).iloc[0]
        return self.commune_map(
            "enfants_0_4", id="fig-carte-enfants", symbols=True, frame=rows,
            title=f"{first['name']} réunit {number(100 * first['value'] / known['value'].sum(), 0, '%')} des enfants de 0 à "
            "4 ans",
        )  # fmt: skip

    def services(self) -> Table | Absent:
        """Facilities for young children by commune."""
        return self.facility_table(
            SERVICES, id="tbl-services-enfance", caption="Les services de la petite enfance et de l’enfance"
        )

    def facility_table(self, types: tuple[str, ...], *, id: str, caption: str) -> Table | Absent:
        """Communes × facility types: counts, a zero said as such; types found nowhere named in a note."""
        from ctg_lib.values import parse_breakdown

        places = [("commune", c) for c in self.study.territory.members]
        rows = self.study.table("equipements", places)
        rows = usable(rows).assign(
            type=lambda f: f["breakdown"].map(lambda b: parse_breakdown(b).get("type", ""))
        )
        rows = rows[rows["type"].isin(types)]
        if rows.empty:
            return self.absent(caption, "la base des équipements n’est pas disponible pour ces communes", id)
        wide = rows.pivot_table(index="code", columns="type", values="value", aggfunc="sum")
        present = [t for t in types if t in wide and wide[t].sum() > 0]
        nowhere = [FACILITIES[t] for t in types if t in wide and wide[t].sum() == 0]
        if not present:
            return self.absent(caption, "aucun de ces équipements n’est recensé dans le territoire", id)
        wide = wide[present]
        equipped = wide[wide.sum(axis=1) > 0].sort_values(present, ascending=False)
        frame = equipped.apply(lambda c: c.map(lambda v: number(v) if v else "–")).reset_index()
        frame.insert(0, "commune", frame.pop("code").map(self._names()))
        empty = len(wide) - len(equipped)
        notes = []
        if empty:
            notes.append(f"{counted(empty, 'commune')} sans aucun de ces équipements.")
        if nowhere:
            notes.append(f"Recensé nulle part dans le territoire : {', '.join(nowhere)}.")
        notes.append(definition("equipements").caution)
        return Table(
            frame, id=id, caption=f"{caption}, {rows['period'].iloc[0]}", source=self.study.source_line(rows),
            columns={"commune": "Commune", **{t: upper_first(FACILITIES[t]) for t in present}}, notes=notes,
        )  # fmt: skip

    def points_de_vigilance(self) -> Output:
        """What misleads in these figures."""
        children = self.study.value("enfants_moins_3")
        people = self.study.compare("population").value
        small = people.is_number and all(
            v < 10_000 for v in self.study.communes("population")["value"].dropna()
        )
        return self.vigilance(
            definition("taux_couverture").caution,
            "Le taux n’existe pas par commune : il n’est publié qu’au-dessus de 10 000 habitants." if small else "",
            f"Le nombre d’enfants de moins de 3 ans est une fourchette, {shown(children)}, selon la source."
            if children.is_range else "",
            "Le nombre de places est déduit du taux publié et des places d’établissement connues localement."
            if self.study.value("places_accueil").is_number
            else "Le nombre de places que représente le taux n’est pas connu ici : il faut les places agréées des établissements.",
            "Un mode que l’éditeur laisse vide est dit non disponible : il peut être nul, petit ou masqué.",
        )  # fmt: skip

    def ce_qui_manque(self) -> Output:
        """What open data does not say, and who is to be asked."""
        return self.silence(
            "Les demandes restées sans réponse, et depuis quand : à demander au guichet ou à la commission d’attribution.",
            "L’âge des assistantes maternelles et leur activité réelle : au Département (PMI) et au relais petite enfance.",
            "L’occupation réelle des établissements, les horaires atypiques, la commune d’origine des enfants : aux "
            "gestionnaires et à la Caf.",
            "Les familles qui relèvent de la MSA : à la MSA.",
        )  # fmt: skip

    def questions_du_groupe(self) -> Output:
        """Questions that people in a room can answer and that the figures raise."""
        rows = usable(self.study.communes("enfants_0_4"))
        served = usable(
            self.study.table("equipements", [("commune", c) for c in self.study.territory.members])
        )
        served = served[
            served["breakdown"].isin([canonical_breakdown(type=t) for t in ("D502", "D509")])
            & served["value"].gt(0)
        ]
        first = ""
        if mostly_known(self.study.communes("enfants_0_4")) and len(served):
            away = rows[~rows["code"].isin(served["code"])]["value"].sum()
            first = (
                f"Qui garde les enfants des communes sans établissement d’accueil (environ {rounded_people(away)} des "
                f"{rounded_people(rows['value'].sum())} enfants de 0 à 4 ans) ?"
            )
        rates = self._modes()
        second = ""
        values = {str(mode): float(value) for mode, value in rates["value"].items()}
        if values.get("am_ind", 0.0) > values.get("", float("inf")) / 2:
            second = "Que devient l’accueil à l’horizon de la convention si un tiers des assistantes maternelles cesse son activité ?"
        return self.questions(
            first, second,
            "Quels horaires, quelles saisons les parents cherchent-ils sans les trouver ?",
        )  # fmt: skip

    # ------------------------------------------------------------------------------------- pieces

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

    def _names(self) -> dict[str, str]:
        return {c: self._commune(c).name for c in self.study.territory.members}


MODES_OF_COUNT = {"naissances": "naissances", "cnaf": "Cnaf", "recensement": "recensement"}
