"""Chapter 90: the dictionary of indicators, generated from the registry and the manifest."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import shown, upper_first, year_of
from ctg_lib.display.sources import entries_of
from ctg_lib.display.table import KeyFigure, Output, Table, prose
from ctg_lib.display.typography import counted, number
from ctg_lib.indicators.registry import METHODS, THEMES, Definition, iter_definitions, registry
from ctg_lib.manifest import PROVENANCES
from ctg_lib.study.chapters.base import Chapter
from ctg_lib.values import LEVEL_LABELS, STATUS_LABELS

AGGREGATIONS = {
    "sum": "somme des communes", "ratio": "rapport des effectifs sommés",
    "population_weighted": "moyenne pondérée par la population", "as_published": "valeur publiée seulement",
}  # fmt: skip


def _day(day: date) -> str:
    return year_of(day.isoformat())


class Indicateurs(Chapter):
    """Definitions, availability, sources."""

    def essentiel(self) -> Output:
        """How many indicators, how many known here, and where numbers come from."""
        known = self._known()
        here = self.study.territory.short_name
        total, have = len(known), int(known["territoire"].sum())
        carried = sum(entry.is_carried_over for entry in self.study.manifest)
        return self.essential(
            f"**{number(have)} des {number(total)} indicateurs ont une valeur pour {here}.** Chacun est défini ci-dessous, "
            "avec son unité, sa règle de calcul, ses sources et ses limites.",
            f"Les données viennent de {number(len({e.publisher for e in self.study.manifest}))} éditeurs et de "
            f"{counted(len(self.study.manifest), 'fichier')}, dont {number(carried)} de valeurs reprises d’une republication "
            "publique des chiffres officiels.",
        )  # fmt: skip

    def chiffres_cles(self) -> Output:
        """Availability here and in the comparison territories."""
        known = self._known()
        cards = [KeyFigure(f"indicateurs connus, {self.study.territory.short_name}", number(int(known["territoire"].sum())),
                           f"sur {number(len(known))}")]  # fmt: skip
        for territory in self.study.references:
            if territory.level == "france":
                continue
            cards.append(
                KeyFigure(
                    f"indicateurs connus, {territory.name}",
                    number(int(known[territory.code].sum())),
                    f"sur {number(len(known))}",
                )
            )
        cards.append(
            KeyFigure(
                "indicateurs connus, France", number(int(known["france"].sum())), "l’un des trois périmètres"
            )
        )
        return self.cards(cards, "chiffres-cles-indicateurs")

    def connus_par_theme(self) -> Figure | Absent:
        """Indicators with and without a value here, by theme."""
        from ctg_lib.display.charts import stacked_bars

        known = self._known()
        parts = []
        for theme, rows in known.groupby("theme", sort=False):
            have = int(rows["territoire"].sum())
            parts += [
                {"name": THEMES[str(theme)], "part": "avec une valeur", "value": have},
                {"name": THEMES[str(theme)], "part": "non disponible", "value": len(rows) - have},
            ]
        missing = int((~known["territoire"]).sum())
        return stacked_bars(
            pd.DataFrame(parts), id="fig-connus-theme", share=False, label="Thème", part_label="Disponibilité",
            title=f"{upper_first(counted(missing, 'indicateur'))} sur {len(known)} sans valeur pour le territoire",
            subtitle="Nombre d’indicateurs par thème", source="registre des indicateurs et données de l’étude",
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
        from ctg_lib.display import maps

        shapes, context = contours
        return maps.choropleth(
            shapes, frame[frame["code"].isin(shapes["code"])], id="fig-carte-connus", title=title,
            subtitle="Indicateurs ayant une valeur publiable, par commune", context=context,
            source="registre des indicateurs et données de l’étude" + self.contour_note(shapes),
        )  # fmt: skip

    def dictionnaire(self, theme: str) -> Output:
        """Definitions of one theme: value here, definition, unit, rule, interval, limits, references, sources."""
        entries = [self._entry(rule) for rule in iter_definitions() if rule.theme == theme]
        return prose("\n\n".join(entries) or "Aucun indicateur dans ce thème.")

    def _entry(self, rule: Definition) -> str:
        value = self.study.value(rule.id)
        known = value.is_number or value.is_range
        here = f"{self.study.territory.short_name} : **{shown(value)}**"
        here += f" ({year_of(value.period)})" if known and value.period else ""
        interval = METHODS.get(value.method, "")
        better = {"higher": "une valeur haute est favorable", "lower": "une valeur basse est favorable"}
        lines = [
            f"Unité : {rule.unit}. Niveau le plus fin : {LEVEL_LABELS[rule.finest_level]}. Pour un territoire plus "
            f"large : {AGGREGATIONS[rule.aggregation]}.",
            f"Intervalle : {interval}." if interval else "",
            f"Écart qui compte : {self._meaningful(rule)}"
            + (f" ; {better[rule.better]}." if rule.better else "."),
            f"Pas de taux sous une base de {number(rule.min_base)}." if rule.min_base else "",
            f"À savoir : {rule.caution}" if rule.caution else "",
            f"Références : {' ; '.join(rule.references)}.",
            f"Source : {self.study.source_line(value)}." if known else "",
            f"Identifiant : `{rule.id}`"
            + (" (annexe : trompeur dans un petit territoire)." if rule.annex else "."),
        ]
        bullets = "\n".join(f"- {line}" for line in lines if line)
        return f"### {upper_first(rule.label)}\n\n{here}. {rule.definition}\n\n{bullets}"

    @staticmethod
    def _meaningful(rule: Definition) -> str:
        if rule.meaningful_relative:
            return number(100 * rule.meaningful, 0, "%") + " de la valeur de référence"
        digits = 0 if float(rule.meaningful).is_integer() else 1
        unit = "point" + ("s" if rule.meaningful >= 2 else "") if rule.unit.startswith("%") else rule.unit
        return number(rule.meaningful, digits, unit)

    def sources(self) -> Table:
        """All raw files: publisher, vintage, provenance, checks, checksum."""
        rows = [
            {
                "source": f"{entry.short} — {entry.title}",
                "jeu": f"{entry.dataset} ({entry.vintage})",
                "provenance": PROVENANCES[entry.provenance]
                + (f" : {entry.carried_from}" if entry.carried_from else "")
                + f". Relevé le {_day(entry.retrieved)}. {entry.licence}.",
                "controle": " ; ".join(entry.checks) or "aucun contrôle déclaré",
                "fichier": f"{entry.path} (sha256 {entry.sha256[:12]}…)",
            }
            for entry in self.study.manifest
        ]
        return Table(
            pd.DataFrame(rows),
            id="tbl-sources",
            caption=f"Les {counted(len(rows), 'fichier')} du manifeste",
            source="manifeste des données brutes du projet",
            columns={
                "source": "Source", "jeu": "Jeu et millésime", "provenance": "Provenance", "controle": "Contrôles",
                "fichier": "Fichier",
            },
        )  # fmt: skip

    def methodes(self) -> Table:
        """How bounds are made, and what each status means."""
        rows = [{"terme": text, "sorte": "méthode"} for text in METHODS.values()]
        rows += [{"terme": text, "sorte": "statut"} for text in STATUS_LABELS.values()]
        return Table(
            pd.DataFrame(rows), id="tbl-methodes", caption="Méthodes d’intervalle et statuts d’une valeur",
            source="registre des indicateurs", columns={"terme": "Mot ou règle", "sorte": "Sorte"},
        )  # fmt: skip

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
        have = table[table["value"].notna() | table["lower"].notna()]
        rows = []
        for rule in definitions:
            mine = have[have["indicator"].eq(rule.id)]
            row: dict[str, object] = {"indicator": rule.id, "theme": rule.theme}
            row["territoire"] = bool(mine["code"].eq(self.study.place[1]).any())
            for territory in self.study.references:
                here = mine["code"].eq(territory.code) & mine["level"].eq(territory.level)
                row[territory.code] = bool(here.any())
            row["france"] = bool(mine["level"].eq("france").any())
            rows.append(row)
        return pd.DataFrame(rows)

    def used_sources(self) -> list[str]:
        """Manifest ids behind the territory's own values."""
        rows = self.study.table(list(registry()), [self.study.place])
        return [entry.id for entry in entries_of(self.study.manifest, rows["sources"].dropna())]
