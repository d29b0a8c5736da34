"""How a study, a territory, an indicator, a search and a comparison of one indicator show themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.display.prose import shown, unit_of, upper_first, year_of
from ctg_lib.display.table import Table
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.errors import sample
from ctg_lib.geography import Geography, Territory
from ctg_lib.geography.names import french_sort_key
from ctg_lib.indicators.labels import breakdown_label
from ctg_lib.indicators.registry import METHODS, THEMES, Definition, registry
from ctg_lib.manifest import PROVENANCES
from ctg_lib.study.explore.asked import ranked, rule_of, vocabulary, words_of
from ctg_lib.study.explore.browse import Browse
from ctg_lib.study.explore.card import AsCard, Card, Fact
from ctg_lib.study.explore.compare import named
from ctg_lib.study.explore.explain import HOW
from ctg_lib.study.explore.readings import SURENESS, in_words, read
from ctg_lib.study.rows import as_value, known, pick
from ctg_lib.values import LEVEL_LABELS, LEVELS
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from ctg_lib.study.comparison import Compared
    from ctg_lib.study.core import Study

MOST_NAMED = 4
"""Unknown indicators of a theme named in the card of the study; etude.find() lists them all."""
KINDS = {"study": "intercommunalités réunies", "ept": "établissement public territorial"}


# --- the study -------------------------------------------------------------------------------------


def study_card(study: Study) -> Card:
    """What a study is, what is known of it, and where to begin."""
    here = study.territory
    names = sorted(study.communes_by_code.values(), key=french_sort_key)
    groups = [f"{s.name} ({len(s.members)})" for s in study.secteurs]
    near, have = len(study.peer_codes), _own_known(study)
    facts = [
        Fact("Étude", study.id, code=True),
        Fact("Composition", f"{counted(len(names), 'commune')} au 1er janvier {study.geography.edition} : {', '.join(names)}"),
        Fact("Secteurs", ", ".join(groups) or "aucun (study.yml)"),
        Fact("Date de l’étude", f"{day_in_words(study.as_of)}. {study.horizon.sentence()}".strip()),
        Fact("Comparé à", ", ".join(t.name for t in study.references)),
        Fact("Voisines", f"{counted(near, 'intercommunalité', 'intercommunalités')} du même département ou limitrophes"),
        Fact("Semblables", _alike(study)),
        Fact("Indicateurs", _known_sentence(have)),
        Fact("Sources", _files_sentence(study)),
        Fact("Démarche", _answers_sentence(study)),
    ]  # fmt: skip
    return Card(
        here.name, _where(here, study.geography), facts, [Browse(themes_table(have))],
        tries=[
            'etude.find("garde")  # chercher un indicateur', 'etude.indicator("part_65_plus")',
            'etude.compare(["part_65_plus", "taux_couverture"], with_="voisines")', 'etude.map("population")',
            'etude.explain("part_65_plus")  # comment ce nombre a été fait',
        ],
        fictif=study.fictif,
    )  # fmt: skip


def _alike(study: Study) -> str:
    alike = study.lookalikes
    return ", ".join(str(name) for name in alike["name"]) if len(alike) else "aucune"


def _answers_sentence(study: Study) -> str:
    if not study.partnership.filled:
        return "aucun classeur rempli : ce que seul le territoire sait n’est pas encore écrit"
    received = len(study.answers.received)
    return f"classeurs remplis ; {counted(received, 'réponse de partenaire', 'réponses de partenaires')}"


def _files_sentence(study: Study) -> str:
    kinds: dict[str, int] = {}
    for entry in study.sources:
        kinds[entry.provenance] = kinds.get(entry.provenance, 0) + 1
    parts = [f"{number(n)} « {PROVENANCES[kind]} »" for kind, n in kinds.items()]
    publishers = len({entry.publisher for entry in study.sources})
    return f"{counted(len(study.sources), 'fichier')} de {counted(publishers, 'éditeur')} : {enumerate_fr(parts)}"


def _own_known(study: Study) -> set[str]:
    rows = study.table(list(registry()), [study.place])
    return set(rows.loc[known(rows), "indicator"])


def _known_sentence(have: set[str]) -> str:
    said = f"{number(len(have))} sur {number(len(registry()))} ont une valeur pour le territoire"
    return f"{said} ; pour les autres, etude.explain(…) dit pourquoi"


def themes_table(have: set[str]) -> Table:
    """Known and unknown indicators of each theme (``have``: ids of those known)."""
    rows = []
    for theme, label in THEMES.items():
        rules = [rule for rule in registry().values() if rule.theme == theme]
        absent = [rule.label for rule in rules if rule.id not in have]
        rows.append(
            {
                "theme": label,
                "known": len(rules) - len(absent),
                "absent": len(absent),
                "which": sample(absent, MOST_NAMED) or "–",
            }
        )
    return Table(
        pd.DataFrame(rows), id="tbl-themes", caption="Ce qui est connu et ce qui ne l’est pas",
        source="registre des indicateurs et données de l’étude",
        columns={"theme": "Thème", "known": "Connus", "absent": "Inconnus ici", "which": "Lesquels"},
    )  # fmt: skip


# --- a territory -----------------------------------------------------------------------------------


def territory_card(territory: Territory, geography: Geography, fictif: bool = False) -> Card:
    """What a territory is: kind, codes, communes, what it belongs to."""
    communes = geography.names("commune")
    names = sorted((communes.get(c, c) for c in territory.members), key=french_sort_key)
    held = {
        "Intercommunalité": ("epci", territory.epci), "Établissement public territorial": ("ept", territory.ept),
        "Départements": ("departement", territory.departements), "Régions": ("region", territory.regions),
    }  # fmt: skip
    facts = [Fact("Code", territory.code, code=True), Fact("Nom publié", territory.published)]
    for term, (level, codes) in held.items():
        if codes and territory.level not in (level, "france") and territory.code not in codes:
            said = geography.names(level)
            facts.append(Fact(term, ", ".join(f"{said.get(c, c)} ({c})" for c in codes)))
    if territory.level != "commune":
        facts.append(Fact("Composition", _composition(territory, names)))
    facts.append(Fact("Dans une phrase", f"{territory.le()} ; {territory.de()} ; {territory.a()}"))
    return Card(territory.name, _where(territory, geography), facts, fictif=fictif)


def _composition(territory: Territory, names: list[str]) -> str:
    count = f"{counted(len(names), 'commune')} au 1er janvier {territory.edition}"
    return f"{count} : {', '.join(names)}" if len(names) <= 400 else count


def _where(territory: Territory, geography: Geography) -> str:
    kind = KINDS.get(territory.level) or LEVEL_LABELS.get(territory.level, territory.level)
    if territory.level in ("france", "region"):
        return upper_first(kind)
    said = geography.names("departement")
    places = [said.get(c, c) for c in territory.departements if c != territory.code]
    return upper_first(kind) + (f" ({', '.join(places)})" if places and len(places) < 6 else "")


# --- an indicator ----------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Indicator(AsCard):
    """One indicator in one study: what it is, and what is known of it here.

    Attributes:
        study: whose values.
        rule: its registration (:class:`ctg_lib.indicators.registry.Definition`).
    """

    study: Study
    rule: Definition

    @property
    def id(self) -> str:
        """Its name in code."""
        return self.rule.id

    @cached_property
    def table(self) -> pd.DataFrame:
        """All values of the territory and its references (``RESULT_COLUMNS``)."""
        return self.study.table(self.rule.id)

    @property
    def periods(self) -> list[str]:
        """Periods known for the territory, oldest first."""
        return sorted(self._own.loc[known(self._own), "period"].unique())

    @property
    def breakdowns(self) -> list[str]:
        """Breakdowns of the territory's values, the total (an empty text) first."""
        return sorted(self._own["breakdown"].unique())

    @cached_property
    def levels(self) -> dict[str, int]:
        """How many territories of each level are known: own communes, secteurs, references, neighbours."""
        study = self.study
        places = [("commune", c) for c in study.territory.members]
        places += [("secteur", s.code) for s in study.secteurs]
        places += [("epci", c) for c in study.peer_codes]
        rows = pd.concat([self.table, study.table(self.rule.id, places)], ignore_index=True)
        rows = rows[known(rows)].drop_duplicates(["level", "code"])
        counts = rows.groupby("level").size()
        return {level: int(counts[level]) for level in LEVELS if level in counts}

    @cached_property
    def _own(self) -> pd.DataFrame:
        level, code = self.study.place
        return self.table[self.table["level"].eq(level) & self.table["code"].eq(code)]

    @cached_property
    def last(self) -> Table | None:
        """Last values here and in the references, breakdown by breakdown; None where there are none."""
        rows, used = [], []
        columns = [("here", self.study.place, self.study.territory.short_name)]
        columns += [(f"r{n}", (t.level, t.code), t.name) for n, t in enumerate(self.study.references)]
        for breakdown in self.study.cells(self.rule.id):
            line: dict[str, str] = {"name": upper_first(breakdown_label(breakdown)) or "Ensemble"}
            for column, (level, code), _ in columns:
                here = self.table["level"].eq(level) & self.table["code"].eq(code)
                row = pick(self.table[here & self.table["breakdown"].eq(breakdown)], None)
                value = as_value(row, self.rule)
                there = value.is_number or value.is_range
                line[column] = shown(value) + (
                    f" ({year_of(value.period)})" if there and value.period else ""
                )
                used += [row] if row is not None and there else []
            rows.append(line)
        if not used:
            return None
        kept = [c for c in columns if c[0] == "here" or any("non disponible" not in r[c[0]] for r in rows)]
        made_up = " (données fictives)" if self.study.fictif else ""
        return Table(
            pd.DataFrame(rows), id="tbl-dernieres-valeurs", caption=f"Dernières valeurs connues{made_up}",
            columns={"name": "Détail", **{column: name for column, _, name in kept}},
            source=self.study.source_line(pd.DataFrame(used)),
        )  # fmt: skip

    def card(self) -> Card:
        """Definition, rule, limits, what is known and the last values."""
        rule, id = self.rule, self.rule.id
        value = self.study.value(id, self.study.cells(id)[0])
        details = [breakdown_label(b) for b in self.breakdowns if b]
        facts = [
            Fact("Identifiant", id, code=True),
            Fact("Thème", THEMES[rule.theme]),
            Fact("Unité", rule.unit),
            Fact("Définition", rule.definition),
            Fact("Calcul", HOW[rule.aggregation] + _times(rule)),
            Fact("Bornes", upper_first(METHODS.get(value.method, ""))),
            Fact("Écart qui compte", meaningful(rule)),
            Fact("À savoir", rule.caution),
            Fact("Limites", limits(rule)),
            Fact("Périodes connues ici", ", ".join(year_of(p) for p in self.periods) or "aucune"),
            Fact("Niveaux connus", self._levels_sentence()),
            Fact("Détails", " ; ".join(details)),
            Fact("Références", " ; ".join(rule.references)),
            Fact("Catalogue", ", ".join(rule.row.split()) + (" (annexe)" if rule.annex else "")),
        ]  # fmt: skip
        last = self.last
        parts = [] if last is None else [Browse(last) if len(last.frame) > 1 else last]
        return Card(
            upper_first(rule.label), "Indicateur", facts, parts,
            tries=[f'etude.compare("{id}")', f'etude.explain("{id}")', f'etude.series("{id}")', f'etude.map("{id}")'],
            fictif=self.study.fictif,
        )  # fmt: skip

    def _levels_sentence(self) -> str:
        plural = {"structure": "structures", "commune": "communes", "secteur": "secteurs", "region": "régions",
                  "departement": "départements", "epci": "intercommunalités (celle-ci et ses voisines)",
                  "study": "territoires de l’étude", "france": "périmètres de la France"}  # fmt: skip
        one = {"epci": "intercommunalité", "france": "périmètre de la France"}
        return ", ".join(
            counted(n, one.get(level, LEVEL_LABELS[level]), plural[level]) for level, n in self.levels.items()
        )


def meaningful(rule: Definition) -> str:
    """The smallest difference that gets a word."""
    if rule.meaningful_relative:
        return number(100 * rule.meaningful, 0, "%") + " de la valeur de référence"
    digits = 0 if float(rule.meaningful).is_integer() else 1
    unit = "points" if rule.unit == "%" else rule.unit
    return number(rule.meaningful, digits, unit_of(rule.meaningful, unit))


def limits(rule: Definition) -> str:
    """Finest level, thresholds, breaks of the series."""
    said = [f"Niveau le plus fin : {LEVEL_LABELS[rule.finest_level]}."]
    said += [f"Pas de taux sous une base de {number(rule.min_base)}."] if rule.min_base else []
    said += [f"Pas de valeur sous un effectif de {number(rule.min_count)}."] if rule.min_count else []
    said += [f"Rupture de série : {', '.join(rule.breaks)}."] if rule.breaks else []
    return " ".join(said)


def _times(rule: Definition) -> str:
    if rule.multiplier is None or rule.aggregation != "ratio":
        return ""
    return f" Numérateur ÷ dénominateur × {number(rule.multiplier)}."


# --- a search --------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Found(AsCard):
    """Indicators that answer to a search, the best first.

    Attributes:
        study: whose values are shown beside. words: what was asked. rules: what was found.
    """

    study: Study
    words: str
    rules: tuple[Definition, ...]

    @property
    def ids(self) -> list[str]:
        """Their ids, ready for ``compare``."""
        return [rule.id for rule in self.rules]

    @property
    def known(self) -> list[str]:
        """Ids of those that have a value here, annexes left out."""
        have = set(self.table.loc[self.table["known"], "id"])
        return [rule.id for rule in self.rules if rule.id in have and not rule.annex]

    def __iter__(self):
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.rules)

    def __getitem__(self, number: int) -> str:
        return self.ids[number]

    @cached_property
    def table(self) -> pd.DataFrame:
        """id, label, theme, unit, value (as shown), period, known."""
        rows = self.study.table(self.ids, [self.study.place]) if self.rules else pd.DataFrame()
        lines = []
        for rule in self.rules:
            here = rows[rows["indicator"].eq(rule.id)]
            whole = pick(here[here["breakdown"].eq("")], None)
            value = as_value(whole, rule)
            details = int(here.loc[known(here), "breakdown"].nunique())
            there = value.is_number or value.is_range
            said = (
                shown(value) if there or not details else counted(details, "détail connu", "détails connus")
            )
            lines.append(
                {
                    "id": rule.id, "label": rule.label, "theme": THEMES[rule.theme], "unit": rule.unit, "value": said,
                    "period": year_of(value.period) if there else "", "known": there or details > 0,
                }
            )  # fmt: skip
        return pd.DataFrame(lines, columns=["id", "label", "theme", "unit", "value", "period", "known"])

    def card(self) -> Card:
        """A table of what was found, or what may have been meant."""
        title = f"Indicateurs : « {self.words} »" if self.words else "Tous les indicateurs"
        if not self.rules:
            return Card(
                title, "Aucun", [Fact("Peut-être", near_words(self.words))], tries=["etude.find()  # tous"]
            )
        made_up = " (données fictives)" if self.study.fictif else ""
        table = Table(
            self.table, id="tbl-indicateurs", caption=f"{upper_first(counted(len(self), 'indicateur'))}{made_up}",
            source="registre des indicateurs et données de l’étude", row_header="label",
            columns={"label": "Indicateur", "value": self.study.territory.short_name, "unit": "Unité", "period": "Période",
                     "theme": "Thème", "id": "Identifiant"},
        )  # fmt: skip
        first = f'"{self.ids[0]}"'
        return Card(
            title, "", parts=[Browse(table)], tries=[f"etude.indicator({first})"], fictif=self.study.fictif
        )


def find(study: Study, words: str = "") -> Found:
    """Indicators whose id, label, theme, definition or caution hold all these words; all of them for none.

    The best first; of those that answer as well, the ones known here first.
    """
    found = ranked(words)
    if words_of(words):
        have = _own_known(study)
        found = sorted(found, key=lambda pair: (pair[0], pair[1].id not in have))
    return Found(study, words.strip(), tuple(rule for _, rule in found))


def near_words(words: str) -> str:
    """Known words that look like those of a search that found nothing."""
    import difflib

    every = vocabulary()
    near = [w for word in words_of(words) for w in difflib.get_close_matches(word, every, n=3, cutoff=0.7)]
    return enumerate_fr([f"« {w} »" for w in dict.fromkeys(near)], "ou") or "essayer un mot plus court"


def indicator(study: Study, asked: str) -> Indicator:
    """One indicator by its id or label.

    Raises:
        BadInput: unknown; names those that look alike.
    """
    return Indicator(study, rule_of(asked))


# --- one indicator compared ------------------------------------------------------------------------


def compared_card(found: Compared) -> Card:
    """A territory's value beside its references, the medians of its peers and of its look-alikes.

    Raises:
        ValueError: it was not made by a study (:meth:`Study.compare`).
    """
    study, rule, value = found.study, found.definition, found.value
    if study is None:
        raise ValueError("a comparison without its study has no card")
    rows = []
    for _, row in found.references.iterrows():
        territory = study.reference_territory(row)
        own = study.row(rule.id, found.breakdown, period=str(row["period"]))
        side, why = read(own if own is not None else study.row(rule.id, found.breakdown), row, rule)
        there = as_value(row, rule)
        here = f", ici {shown(as_value(own, rule))}" if own is not None else ""
        when = f" ({year_of(there.period)}{here})" if there.period != value.period else ""
        rows.append(
            {"name": territory.name, "value": f"{shown(there)}{when}", "words": in_words(side, territory) or "–",
             "why": SURENESS[why]}
        )  # fmt: skip
    facts = [
        Fact("Valeur", f"{shown(value)}{f' ({year_of(value.period)})' if value.period else ''}"),
        Fact("Voisines", _median(found.peers_median, found.peers_known, found.peers_period, rule)),
        Fact("Semblables", _median(found.lookalikes_median, found.lookalikes_known, found.lookalikes_period, rule)),
    ]  # fmt: skip
    table = Table(
        pd.DataFrame(rows), id="tbl-comparaison-un", caption="Le territoire et ceux auxquels il se compare",
        columns={"name": "Territoire", "value": upper_first(rule.unit), "words": f"{study.territory.short_name} : …",
                 "why": "Sûreté"},
        source=study.source_line(value, found.references),
    ) if rows else None  # fmt: skip
    return Card(
        f"{named(rule, found.breakdown, unit=False)} — {study.territory.short_name}", upper_first(rule.unit), facts,
        [table] if table is not None else [],
        tries=[f'etude.compare(["{rule.id}"], with_="voisines").dots()'], fictif=study.fictif,
    )  # fmt: skip


def _median(median: float, count: int, period: str, rule: Definition) -> str:
    if rule.aggregation == "sum" or pd.isna(median):
        return ""
    unit = "%" if rule.unit == "%" else ""
    return f"médiane {number(median, rule.decimals, unit)} ({counted(count, 'valeur connue', 'valeurs connues')}, {year_of(period)})"
