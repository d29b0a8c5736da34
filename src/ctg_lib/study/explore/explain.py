"""« Comment ce nombre a-t-il été fait ? »: from a value back to its two terms, its bounds and its files."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.disclosure.policy import policy_of
from ctg_lib.display.prose import shown, upper_first, year_of
from ctg_lib.display.sources import carried_from, entries_of
from ctg_lib.display.table import Table
from ctg_lib.display.typography import counted, number
from ctg_lib.display.words import MEANINGS, meanings
from ctg_lib.errors import BadInput, sample
from ctg_lib.geography import Territory
from ctg_lib.indicators.registry import METHODS, Definition
from ctg_lib.manifest import PROVENANCES, Entry
from ctg_lib.study.comparison import FEWEST
from ctg_lib.study.explore.asked import Asked, breakdown_of, items_of, place_of, rule_of, territory_of
from ctg_lib.study.explore.card import AsCard, Card, Fact
from ctg_lib.study.explore.compare import named
from ctg_lib.study.rows import as_value, known, pick
from ctg_lib.values import LEVEL_LABELS, STATUS_LABELS, USABLE, Value
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

HOW: dict[str, str] = {
    "sum": "Effectif : la valeur publiée pour le territoire quand elle existe, sinon la somme de ses communes.",
    "ratio": "Rapport de deux effectifs, sommés d’abord ; jamais une moyenne de taux.",
    "population_weighted": "Moyenne des communes, chacune comptant pour ses habitants.",
    "as_published": "Valeur publiée telle quelle : elle ne se recalcule pas à partir de plus petits territoires.",
}
"""How the value of a territory is obtained, by aggregation rule."""
OF_A_RATE = ("ratio", "as_published")


@dataclass(frozen=True, repr=False)
class Explanation(AsCard):
    """One number, and all that it was made of. Nothing of it when it may not be shown.

    Attributes:
        study, rule, territory: of what.
        breakdown, period: which of its values; the period is empty where nothing is known.
        row: the row of the table (``RESULT_COLUMNS``), None where there is none.
    """

    study: Study
    rule: Definition
    territory: Territory
    breakdown: str
    period: str
    row: pd.Series | None

    @property
    def value(self) -> Value:
        """The number with its bounds and status; what may not be shown has no number."""
        if self.row is None or self.row["status"] in USABLE:
            return as_value(self.row, self.rule)
        blank = self.row.copy()
        blank[["value", "lower", "upper"]] = math.nan
        return as_value(blank, self.rule)

    @property
    def hidden(self) -> bool:
        """Whether the number exists, or may exist, and is not shown."""
        return self.value.status not in USABLE

    @property
    def terms(self) -> tuple[float, float]:
        """(numerator, denominator), NaN where they are not known or may not be shown.

        Of a rate withheld because its base is small the two counts are shown: it is a rule of prudence
        (:func:`ctg_lib.disclosure.policy.withhold_small_bases`).
        """
        nothing = (math.nan, math.nan)
        if self.row is None:
            return nothing
        numerator, denominator = float(self.row["numerator"]), float(self.row["denominator"])
        small = self.value.status == "below_threshold" and denominator < self.rule.min_base
        return (numerator, denominator) if not self.hidden or small else nothing

    @property
    def computed(self) -> float:
        """The value computed again from its two terms (NaN where it is not shown, or is no plain ratio)."""
        numerator, denominator = self.terms
        if self.hidden or self.rule.multiplier is None or not denominator > 0:
            return math.nan
        return self.rule.multiplier * numerator / denominator

    @property
    def agrees(self) -> bool:
        """Whether the two terms give the value back, to the digits shown."""
        value = self.value.value
        if value is None or math.isnan(self.computed):
            return False
        return abs(self.computed - value) <= 0.5 * 10**-self.rule.decimals + 1e-9

    @cached_property
    def entries(self) -> list[Entry]:
        """Manifest entries of the files it was made from."""
        return entries_of(self.study.sources, self.value.sources)

    @cached_property
    def sources(self) -> pd.DataFrame:
        """The files: id, publisher, title, dataset, vintage, reference_date, published_on, retrieved,
        provenance, carried_from, licence, address, file, bytes, sha256, checks."""
        columns = (
            "id", "publisher", "title", "dataset", "vintage", "reference_date", "published_on", "retrieved",
            "provenance", "carried_from", "licence", "address", "file", "bytes", "sha256", "checks",
        )  # fmt: skip
        rows = [
            [
                e.path if c == "file" else " ; ".join(e.checks) if c == "checks" else getattr(e, c)
                for c in columns
            ]
            for e in self.entries
        ]
        return pd.DataFrame(rows, columns=list(columns))

    # ------------------------------------------------------------------------------------- in words

    @property
    def formula(self) -> str:
        """How the number is made, with its own terms where they may be shown."""
        numerator, denominator = self.terms
        if math.isnan(numerator) or not denominator > 0 or self.rule.multiplier is None:
            return HOW[self.rule.aggregation]
        fraction = f"{_plain(numerator)} ÷ {_plain(denominator)}"
        fraction += f" × {_plain(self.rule.multiplier)}" if self.rule.multiplier != 1 else ""
        if self.hidden:
            return f"{HOW[self.rule.aggregation]} Les deux termes : {_plain(numerator)} et {_plain(denominator)}."
        if self.value.is_range or self.value.value is None:
            return f"{HOW[self.rule.aggregation]} Termes au milieu de leur fourchette : {fraction}."
        unit = self.rule.unit if self.rule.unit in ("%", "‰", "€") else ""
        result = number(self.computed, self.rule.decimals, unit)
        if self.agrees:
            return f"{HOW[self.rule.aggregation]} {fraction} = {result}."
        return (
            f"{HOW[self.rule.aggregation]} Ses deux termes donneraient {fraction} = {result} : la valeur n’est pas leur simple "
            "rapport (voir la définition et la méthode)."
        )

    @property
    def bounds(self) -> str:
        """The bounds and the method that made them, or why there are none."""
        value = self.value
        if self.hidden:
            return ""
        method = upper_first(METHODS.get(value.method, value.method)) if value.method else "méthode non dite"
        if value.lower is None or value.upper is None:
            return f"Aucune. {method}."
        digits = self.rule.decimals
        low, high = number(value.lower, digits), number(value.upper, digits)
        return f"De {low} à {high}. {method}."

    @property
    def reason(self) -> str:
        """Why there is no number; empty where there is one."""
        status = self.value.status
        if not self.hidden:
            return ""
        said = [upper_first(STATUS_LABELS[status]) + "."]
        words = STATUS_LABELS[status]
        if words in MEANINGS:
            said.append(meanings(fewest=FEWEST, features="")[words])
        said += self._rules(status) if status in ("secret", "below_threshold") else []
        return " ".join([*said, *(self._absence() if status == "missing" else [])])

    def _rules(self, status: str) -> list[str]:
        policy, said = policy_of(self.rule), []
        if status == "below_threshold" and self.rule.min_base:
            said.append(f"Pas de taux sous une base de {number(self.rule.min_base)}.")
        if status == "secret" and policy.threshold:
            said.append(
                f"Règle du rapport : un effectif de 1 à {number(policy.threshold - 1)} est caché, et avec lui ce qui permettrait "
                "de le retrouver."
            )
        elif status == "secret":
            said.append("C’est la règle de l’émetteur du fichier.")
        return said

    def _absence(self) -> list[str]:
        level = place_of(self.territory)[0]
        if not policy_of(self.rule).allows(level):
            return [f"Niveau le plus fin où il peut être publié : {LEVEL_LABELS[self.rule.finest_level]}."]
        if self.territory is not self.study.territory or self.breakdown:
            return []
        why = self.study.absences.get(self.rule.id, "")
        return [f"{upper_first(why).rstrip('.')}."] if why else []

    # --------------------------------------------------------------------------------------- shown

    def card(self) -> Card:
        """The number, how it was made, its bounds, its files."""
        value = self.value
        unit = "" if value.unit in ("%", "‰", "€") or self.hidden else f" {value.unit}"
        when = f" ({year_of(self.period)})" if self.period else ""
        numerator, denominator = self.terms
        facts = [
            Fact("Valeur", f"{shown(value)}{unit}{when}"),
            Fact("Pourquoi aucun nombre", self.reason),
            Fact("Statut", STATUS_LABELS[value.status] if not self.hidden else ""),
            Fact("Bornes", self.bounds),
            Fact("Définition", self.rule.definition),
            Fact("Calcul", self.formula),
            Fact("Numérateur", "" if math.isnan(numerator) else _plain(numerator)),
            Fact("Dénominateur", "" if math.isnan(denominator) else _plain(denominator)),
            Fact("À savoir", self.rule.caution),
            Fact("Sans une commune", self._without()),
            Fact("Références", " ; ".join(self.rule.references)),
            Fact("Fonction", f"{self.rule.compute.__module__}.{self.rule.id}", code=True),
        ]
        parts = [self.files()] if self.entries else []
        asked = f'"{self.rule.id}"' + (f', "{self.breakdown}"' if self.breakdown else "")
        return Card(
            f"{named(self.rule, self.breakdown, unit=False)} — {self.territory.name}",
            "Comment ce nombre a été fait", facts, parts,
            tries=[f'etude.indicator("{self.rule.id}")', f"etude.series({asked})"], fictif=self.study.fictif,
        )  # fmt: skip

    def _without(self) -> str:
        """The rate without the commune that changes its reading."""
        if self.territory is not self.study.territory or not self.rule.leave_one_out or self.hidden:
            return ""
        found = self.study.distortion(self.rule.id, self.breakdown)
        if found is None:
            return ""
        name = self.study.communes_by_code.get(found.place, found.place)
        unit = "%" if self.rule.unit == "%" else ""
        said = f"Sans {name} : {number(found.without_place, self.rule.decimals, unit)}."
        return said + (" La lecture change." if found.changes_reading else "")

    def files(self) -> Table:
        """The files, with what proves which ones they are."""
        rows = [
            {
                "what": f"{e.publisher} — {e.title}. Jeu {e.dataset}, {e.vintage}",
                "origin": f"{upper_first(_origin(e))}. Relevé le {day_in_words(e.retrieved)}",
                "file": f"{e.path} — sha256 {e.sha256}",
            }
            for e in self.entries
        ]
        caption = upper_first(counted(len(rows), "fichier"))
        return Table(
            pd.DataFrame(rows), id="tbl-fichiers", source="manifeste des données brutes du projet",
            caption=f"{caption} (données fictives)" if self.study.fictif else caption,
            columns={"what": "Éditeur, contenu, millésime", "origin": "Provenance", "file": "Fichier et empreinte"},
        )  # fmt: skip


def explain(
    study: Study, indicator: Asked, breakdown: str = "", territory: str | Territory | None = None,
    period: str | None = None,
) -> Explanation:  # fmt: skip
    """How one number was made.

    Args:
        indicator: id or label. breakdown: code or words of a detail.
        territory: code or name; the study's own by default.
        period: the latest one known by default.

    Raises:
        BadInput: unknown indicator, breakdown, territory or period; says what exists.
    """
    if isinstance(indicator, tuple):
        indicator, breakdown = indicator
    rule, where = rule_of(indicator), territory_of(study, territory)
    place = place_of(where)
    if breakdown:
        breakdown = breakdown_of(study, rule, breakdown, place)
    rows = study.series(rule.id, breakdown, place)
    whole = rows if period is None else rows[rows["period"].eq(str(period))]
    untold = whole.empty or (period is None and not known(whole).any())
    if not breakdown and untold and where is study.territory:  # no total: the first detail that is known
        [(_, breakdown), *_] = items_of(study, rule.id)
        rows = study.series(rule.id, breakdown, place)
    if period is not None and not rows["period"].eq(str(period)).any():
        listed = sample(rows["period"], 12) or "aucune"
        raise BadInput(f"{rule.id}, {where.name} : période {period!r} inconnue ; attendu : {listed}.")
    row = pick(rows, None if period is None else str(period))
    return Explanation(study, rule, where, breakdown, "" if row is None else str(row["period"]), row)


def _plain(value: float) -> str:
    """A count as it is; with one decimal where it is not whole (weighted, sampled)."""
    whole = abs(value - round(value)) < 0.05
    return number(value, 0 if whole else 1)


def _origin(entry: Entry) -> str:
    text = PROVENANCES[entry.provenance]
    return f"{text} : {carried_from(entry)}" if entry.is_carried_over else text
