"""Chapter 90: the dictionary of indicators, generated from the registry, the catalogue and the manifest."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.output import SourceText
from ctg_lib.display.prose import shown, unit_of, upper_first, year_of
from ctg_lib.display.sources import entries_of, indicator_anchor
from ctg_lib.display.table import KeyFigure, Output, Table, prose
from ctg_lib.display.typography import counted, number
from ctg_lib.indicators.registry import METHODS, THEMES, Definition, iter_definitions, registry
from ctg_lib.study.chapters.base import Chapter
from ctg_lib.study.chapters.readings import MOST_PLACES, Readings, neighbour_places, secteur_places
from ctg_lib.study.core import FRANCE_ORDER, as_value, pick
from ctg_lib.study.extras import study_beyond, study_coverage
from ctg_lib.study.signals import signals
from ctg_lib.values import LEVEL_LABELS, Value

AGGREGATIONS = {
    "sum": "somme des communes", "ratio": "rapport des effectifs sommés",
    "population_weighted": "moyenne pondérée par la population", "as_published": "valeur publiée seulement",
}  # fmt: skip


MOST_ROWS = 15
"""Indicators set beside the neighbours: those that stand out most."""


class Indicateurs(Chapter):
    """Definitions and availability; sources and methods are told in chapter 91."""

    name = "indicateurs"
    of_the_project = True

    @cached_property
    def _coverage(self) -> pd.DataFrame:
        return study_coverage(self.study)

    def essentiel(self) -> Output:
        """How many rows of the catalogue are known here, why others are not, and where numbers come from."""
        rows, known = self._coverage, self._known()
        here = self.study.territory.le()
        free = rows[rows["open"]]
        partly = free["inside"] | free["near"]
        have, some = int(free["territoire"].sum()), int(partly.sum())
        absent = free[~free["territoire"] & ~partly]
        to_fetch = int(absent["reason"].str.contains("ctg data fetch", regex=False).sum())
        carried = sum(entry.is_carried_over for entry in self.study.sources)
        more = (
            f"{upper_first(counted(some, 'autre en a', 'autres en ont'))} une en partie : par commune, par établissement, ou par "
            "un indicateur approché. "
            if some
            else ""
        )
        why = (
            f"{counted(len(absent), 'ligne n’a', 'lignes n’ont')} aucune valeur ; pour {number(to_fetch)}, le fichier de "
            "l’éditeur reste à télécharger."
            if len(absent)
            else "Aucune n’est vide."
        )
        return self.essential(
            f"**{number(have)} des {number(len(free))} lignes du catalogue à source ouverte ont une valeur pour {here}.** {more}"
            f"{why}",
            f"{counted(len(rows) - len(free), 'autre ligne n’a', 'autres lignes n’ont')} pas de source ouverte : elles sont à "
            f"demander aux partenaires (Caf, {'MSA, ' if self.msa else ''}Département, gestionnaires).",
            f"{counted(len(known), 'indicateur est calculé', 'indicateurs sont calculés')}, parfois plusieurs pour une ligne ; "
            f"{number(int(known['territoire'].sum()))} ont une valeur pour {here}. Chacun est défini ci-dessous, avec son unité, sa règle de calcul, ses sources et ses limites.",
            f"Les données viennent de {counted(len({e.publisher for e in self.study.sources}), 'éditeur')} et de "
            f"{counted(len(self.study.sources), 'fichier')}, dont {number(carried)} de valeurs reprises d’une republication "
            "publique des chiffres officiels.",
        )  # fmt: skip

    def chiffres_cles(self) -> Output:
        """Rows of the catalogue known here and in the comparison territories."""
        rows = self._coverage[self._coverage["open"]]
        total = f"sur {number(len(rows))} à source ouverte"
        names = {"territoire": self.study.territory.short_name, **self._references(), "france": "France"}
        cards = [
            KeyFigure(f"lignes connues, {name}", number(int(rows[column].sum())), total)
            for column, name in names.items()
        ]
        return self.cards(cards, "chiffres-cles-indicateurs")

    def _references(self) -> dict[str, str]:
        """Columns of the coverage that have a reference territory, and its name (the first of its level)."""
        found: dict[str, str] = {}
        for territory in self.study.read_against:
            if territory.level in ("departement", "region"):
                found.setdefault(territory.level, territory.name)
        return found

    def connus_par_theme(self) -> Figure | Absent:
        """Rows of the catalogue by theme: known, known below, empty, to be asked for."""
        from ctg_lib.display.charts import stacked_bars

        parts = []
        for theme, rows in self._coverage.groupby("theme", sort=False):
            free = rows[rows["open"]]
            have, some = int(free["territoire"].sum()), int((free["inside"] | free["near"]).sum())
            counts = {
                "valeur du territoire": have, "valeur partielle": some,
                "pas de valeur": len(free) - have - some, "à demander": len(rows) - len(free),
            }  # fmt: skip
            parts += [{"name": THEMES[str(theme)], "part": part, "value": n} for part, n in counts.items()]
        free = self._coverage[self._coverage["open"]]
        absent = int((~free["territoire"] & ~free["inside"] & ~free["near"]).sum())
        title = f"{counted(absent, 'ligne')} à source ouverte sans valeur, sur {number(len(free))}"
        return stacked_bars(
            pd.DataFrame(parts), id="fig-connus-theme", share=False, label="Thème", part_label="Disponibilité",
            title=title if absent else "Toutes les lignes à source ouverte ont une valeur",
            subtitle="Lignes du catalogue, par thème", source="catalogue, registre des indicateurs et données de l’étude",
        )  # fmt: skip

    def couverture(self) -> Table:
        """Rows known by theme, here and in the references."""
        names = {"territoire": self.study.territory.short_name, "partie": "En partie",
                 **self._references(), "france": "France"}  # fmt: skip
        rows = []
        for theme, part in self._coverage.groupby("theme", sort=False):
            row: dict[str, object] = {"theme": THEMES[str(theme)], "lignes": len(part)}
            row["ouvertes"] = int(part["open"].sum())
            free = part[part["open"]].assign(partie=part["inside"] | part["near"])
            rows.append({**row, **{column: int(free[column].sum()) for column in names}})
        frame = pd.DataFrame(rows)
        total = {"theme": "Ensemble", **frame.drop(columns="theme").sum().to_dict()}
        return Table(
            pd.concat([frame, pd.DataFrame([total])], ignore_index=True), id="tbl-couverture",
            caption="Lignes du catalogue à source ouverte qui ont une valeur, par thème",
            source="catalogue, registre des indicateurs et données de l’étude",
            columns={"theme": "Thème", "lignes": "Lignes", "ouvertes": "À source ouverte", **names},
        )  # fmt: skip

    def lignes_absentes(self) -> Table:
        """Rows without a value of the territory itself: where they are known, and why not here."""
        every = pd.concat([self._coverage, study_beyond(self.study)], ignore_index=True)
        rows = every[~every["territoire"]]
        marks = {"departement": "département", "region": "région", "france": "France"}
        frame = pd.DataFrame(
            {
                "ligne": rows["row"],
                "libelle": rows["label"] + rows["annex"].map({True: " (annexe)", False: ""}),
                "ailleurs": [
                    ", ".join(name for column, name in marks.items() if row[column]) or "—"
                    for _, row in rows.iterrows()
                ],
                "raison": rows["reason"]
                .str.replace(r" : ctg data fetch.*$", "", regex=True)
                .map(upper_first),
            }
        )
        return Table(
            frame.reset_index(drop=True), id="tbl-lignes-absentes",
            caption=f"{upper_first(counted(len(frame), 'ligne'))} sans valeur du territoire, et pourquoi",
            source="catalogue, manifeste des données brutes, registre des indicateurs",
            columns={"ligne": "Ligne", "libelle": "Ce que l’on cherche", "ailleurs": "Connu pour", "raison": "Pourquoi pas ici"},
            row_header="libelle",
            notes=(f"Télécharger les fichiers des éditeurs : ctg data fetch --territory {self.study.config.territories[0]}",),
        )  # fmt: skip

    def connus_par_territoire(self) -> Figure | Absent:
        """Indicators known here and in each comparison territory."""
        from ctg_lib.display.charts import bars

        known = self._known()
        rows = [{"name": self.study.territory.short_name, "value": float(known["territoire"].sum())}]
        rows += [
            {"name": t.name, "value": float(known[t.code].sum())}
            for t in self.study.references
            if t.level != "france"
        ]
        rows.append({"name": "France", "value": float(known["france"].sum())})
        if not any(row["value"] for row in rows):
            title = "Ce que l’on peut comparer"
            return self.absent(title, "aucun indicateur n’a de valeur à cette date", "fig-connus-territoire")
        return bars(
            pd.DataFrame(rows), id="fig-connus-territoire", highlight=self.study.territory.short_name,
            title="Ce que l’on peut comparer : les références n’ont pas toutes les indicateurs",
            subtitle=f"Indicateurs avec une valeur, sur {len(known)}", source="registre des indicateurs et données de l’étude",
        )  # fmt: skip

    def carte_connus(self) -> Figure | Absent:
        """Number of indicators known by commune: where data is missing or secret."""
        places = [("commune", c) for c in self.study.territory.members]
        rows = self.study.table(list(registry()), places)
        have = rows[rows["value"].notna()].groupby("code")["indicator"].nunique()
        frame = pd.DataFrame({"code": list(self.study.territory.members)})
        frame["value"] = frame["code"].map(have).fillna(0).astype(float)
        frame["status"], frame["period"], frame["sources"] = "observed", "", ""
        low, high = frame["value"].min(), frame["value"].max()
        contours = self.contours()
        title = f"De {number(low)} à {number(high)} indicateurs connus selon la commune"
        if contours is None:
            return self.absent(title, "aucun contour de commune", "fig-carte-connus")
        if high == 0:
            title = "Les indicateurs connus par commune"
            return self.absent(title, "aucun indicateur n’a de valeur à cette date", "fig-carte-connus")
        from ctg_lib.display import maps

        shapes, context = contours
        return maps.choropleth(
            shapes, frame[frame["code"].isin(shapes["code"])], id="fig-carte-connus", title=title,
            subtitle="Indicateurs ayant une valeur publiable, par commune", context=context,
            source="registre des indicateurs et données de l’étude" + self.contour_note(shapes),
        )  # fmt: skip

    def lecture_d_ensemble(self) -> Table | Absent:
        """Every rate read against its reference, here and in each secteur: a heat table."""
        found = Readings(self.study, secteur_places(self.study))
        for rule in iter_definitions(annex=False):
            found.add(rule.id)
        rows = len(found.rows)
        named = (
            counted(found.named, "taux s’écarte", "taux s’écartent")
            if found.named
            else "aucun taux ne s’écarte"
        )
        caption = f"{upper_first(named)} de la référence, sur {number(rows)}"
        if found.turned:
            caption += f" ; {counted(found.turned, 'autre dépend', 'autres dépendent')} d’une seule commune"
        return found.table(
            id="tbl-lecture", caption=caption if rows else "Les taux face à leur référence",
            absent="aucun taux n’est connu ici et dans un territoire de référence à la même période",
        )  # fmt: skip

    def face_aux_voisines(self) -> Table | Absent:
        """What sets the territory apart, and whether its neighbours share it: a heat table."""
        places = neighbour_places(self.study)
        title, id = "Ce qui distingue le territoire, et ses voisines", "tbl-voisines"
        if not places:
            return self.absent(title, "aucune intercommunalité ne touche ce territoire", id)
        found = Readings(self.study, places, known=0.5)
        for signal in signals(self.study, [rule.id for rule in iter_definitions(annex=False)]):
            if signal.double is None and len(found.rows) < MOST_ROWS:
                found.add(signal.compared.definition.id, signal.breakdown)
        return found.table(
            id=id, caption=title, absent="aucun taux qui s’écarte de la référence n’est connu chez assez de voisines",
            notes=["Seuls les taux connus chez la moitié au moins des voisines y sont. Voisines : les intercommunalités qui touchent "
                   f"le territoire, la plus longue limite commune d’abord, {number(MOST_PLACES)} au plus. Un écart que toutes "
                   "partagent n’est pas propre au territoire."],
        )  # fmt: skip

    def dictionnaire(self, theme: str) -> Output:
        """Definitions of one theme, in the catalogue's order, those of the annex last."""
        rules = [rule for rule in iter_definitions() if rule.theme == theme]
        rules.sort(key=lambda rule: (rule.annex, rule.row or "Z"))
        entries = [self._entry(rule) for rule in rules]
        lines = SourceText("")
        for _, line in entries:
            lines += line
        text = "\n\n".join(entry for entry, _ in entries)
        return prose(text or "Aucun indicateur dans ce thème.", source=lines)

    def _here(self, rule: Definition) -> tuple[Value, int]:
        """The territory's latest value, and how many detailed values of that indicator are known."""
        own = self._own_by_indicator
        rows = own.get(rule.id, self._own.iloc[:0])
        whole = rows[rows["breakdown"].eq("")].sort_values("period")
        known = rows[rows["breakdown"].ne("") & (rows["value"].notna() | rows["lower"].notna())]
        return as_value(pick(whole, None), rule), int(known["breakdown"].nunique())

    @cached_property
    def _own(self) -> pd.DataFrame:
        return self.study.table(list(registry()), [self.study.place])

    @cached_property
    def _own_by_indicator(self) -> dict[str, pd.DataFrame]:
        return {str(name): rows for name, rows in self._own.groupby("indicator", sort=False)}

    def _entry(self, rule: Definition) -> tuple[str, str]:
        """What is written of one indicator, and its source line."""
        value, details = self._here(rule)
        known = value.is_number or value.is_range
        here = f"{self.study.territory.short_name} : **{shown(value)}**"
        here += f" ({year_of(value.period)})" if known and value.period else ""
        if details and not known:
            here = f"{self.study.territory.short_name} : **{counted(details, 'valeur détaillée', 'valeurs détaillées')}**"
        elif details:
            here += f", et {counted(details, 'valeur détaillée', 'valeurs détaillées')}"
        interval = METHODS.get(value.method, "")
        better = {"higher": "une valeur haute est favorable", "lower": "une valeur basse est favorable"}
        source = self.study.source_line(value) if known else ""
        lines = [
            f"Unité : {rule.unit}. Niveau le plus fin : {LEVEL_LABELS[rule.finest_level]}. Pour un territoire plus "
            f"large : {AGGREGATIONS[rule.aggregation]}.",
            f"Intervalle : {interval}." if interval else "",
            f"Écart qui compte : {self._meaningful(rule)}"
            + (f" ; {better[rule.better]}." if rule.better else "."),
            f"Pas de taux sous une base de {number(rule.min_base)}." if rule.min_base else "",
            f"Pas de valeur sous un effectif de {number(rule.min_count)}." if rule.min_count else "",
            f"Rupture de série en {', '.join(rule.breaks)} : les valeurs d’avant et d’après ne se comparent pas."
            if rule.breaks
            else "",
            f"À savoir : {self.caution(rule.id)}" if self.caution(rule.id) else "",
            f"Références : {' ; '.join(rule.references)}.",
            f"Source : {source}." if known else "",
            f"Identifiant : `{rule.id}`"
            + (f" ; catalogue : {', '.join(rule.row.split())}" if rule.row else " ; hors catalogue")
            + (" (annexe : trompeur dans un petit territoire)." if rule.annex else "."),
        ]
        bullets = "\n".join(f"- {line}" for line in lines if line)
        title = f"### {upper_first(rule.label)} {{#{indicator_anchor(rule.id)}}}"
        return f"{title}\n\n{here}. {rule.definition}\n\n{bullets}", source

    @staticmethod
    def _meaningful(rule: Definition) -> str:
        if rule.meaningful_relative:
            return number(100 * rule.meaningful, 0, "%") + " de la valeur de référence"
        digits = 0 if float(rule.meaningful).is_integer() else 1
        unit = "points" if rule.unit.startswith("%") else rule.unit
        return number(rule.meaningful, digits, unit_of(rule.meaningful, unit))

    def points_de_vigilance(self) -> Output:
        """Rules that hold for all numbers."""
        return self.vigilance(
            "Zéro veut dire zéro : une valeur absente, secrète ou trop petite est dite telle.",
            "Un taux d’un territoire est recalculé sur des effectifs sommés, jamais une moyenne de taux.",
            "La valeur publiée d’un territoire l’emporte sur la somme de ses communes.",
            "Une somme d’effectifs arrondis est une fourchette certaine, non un intervalle de confiance.",
            "Une différence n’est nommée que si elle est établie (les intervalles ne se recouvrent pas) et d’une taille qui "
            "compte (écart significatif propre à chaque indicateur).",
            "La France existe en trois périmètres : avec et sans Mayotte, et métropolitaine ; le périmètre est écrit.",
        )  # fmt: skip

    def _known(self) -> pd.DataFrame:
        """One row per indicator: theme, and whether the territory and each reference have a value."""
        definitions = list(iter_definitions())
        table = self.study.table([d.id for d in definitions])
        table = table[table["value"].notna() | table["lower"].notna()]
        columns = (table[name].tolist() for name in ("indicator", "level", "code"))
        have = set(zip(*columns, strict=True))
        here = self.study.place
        rows = [
            {
                "indicator": rule.id, "theme": rule.theme, "territoire": (rule.id, *here) in have,
                **{t.code: (rule.id, t.level, t.code) in have for t in self.study.references},
                "france": any((rule.id, "france", code) in have for code in FRANCE_ORDER),
            }
            for rule in definitions
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def used_sources(self) -> list[str]:
        """Manifest ids behind the territory's own values."""
        rows = self.study.table(list(registry()), [self.study.place])
        return [entry.id for entry in entries_of(self.study.sources, rows["sources"].dropna())]
