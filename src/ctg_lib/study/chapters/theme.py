"""What the chapters on a theme of the convention share: the same parts, in the same order.

A theme chapter lists its indicators; the essential, the key figures, the comparison, what changed, secteurs
and offer follow. What only it can say, it adds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import ClassVar

import pandas as pd

from ctg_lib.display.figure import Absent
from ctg_lib.display.prose import shown, upper_first, when, year_of
from ctg_lib.display.table import KeyFigure, Output, Table, prose
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.display.words import AFTER, CHANGES
from ctg_lib.indicators.registry import Definition, definition
from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.offer import by_service, services
from ctg_lib.statistics.comparison import counts_differ
from ctg_lib.statistics.distortion import Distortion
from ctg_lib.study.chapters.answers import MASKED, Told
from ctg_lib.study.chapters.base import detailed, measured
from ctg_lib.study.chapters.folder_base import NONE, FolderChapter, listed
from ctg_lib.study.chapters.offre.services import marked
from ctg_lib.study.chapters.offre.words import kind_label, openings
from ctg_lib.study.extras import asked_since
from ctg_lib.study.rows import as_value, reading
from ctg_lib.study.rows import known as is_known
from ctg_lib.study.signals import Signal, signals
from ctg_lib.study.using import aside

MOST = 5
"""Paragraphs of « L’essentiel »."""
REQUESTS = "les lettres de demande sont prêtes (« ctg study requests »)"


class ThemeChapter(FolderChapter):
    """A theme of the convention.

    Attributes:
        cards_of: key figures: indicator, or (indicator, breakdown, label).
        rates: indicators set beside the comparison territories, in the order of the table.
        changes_of: indicators whose evolution is told; ``rates`` by default.
        groups_of: indicators shown by secteur; (indicator, breakdown) where it has no total.
        offer_of: themes of offre.xlsx whose services are listed.
        facility_types: of the equipment base, by commune.
    """

    cards_of: ClassVar[tuple[str | tuple[str, str, str], ...]] = ()
    rates: ClassVar[tuple[str, ...]] = ()
    changes_of: ClassVar[tuple[str, ...]] = ()
    groups_of: ClassVar[tuple[str | tuple[str, str], ...]] = ()
    offer_of: ClassVar[tuple[str, ...]] = ()
    facility_types: ClassVar[tuple[str, ...]] = ()

    # ------------------------------------------------------------------------------- the essential

    def messages(self) -> Sequence[str]:
        """What this theme must say first, whatever stands out; empty sentences are left out."""
        return ()

    def essentiel(self) -> Output:
        """What the theme must say, then what stands out most, five paragraphs at most."""
        said = [m for m in self.messages() if m]
        room = max(MOST - len(said), 1 if not said else 0)
        return self.essential(*said, *(self.signal_message(s) for s in self.standing_out[:room]))

    @cached_property
    def standing_out(self) -> list[Signal]:
        """What differs most, and most surely, among ``rates``; what ``messages`` tell is not told twice."""
        return signals(self.study, [i for i in self.rates if i not in self.told_first])

    told_first: ClassVar[tuple[str, ...]] = ()
    """Indicators that ``messages`` tell already."""

    def signal_message(self, signal: Signal) -> str:
        """« **Part des 65 ans et plus : 25 % en 2023, moins que dans l’Aveyron (29 %).** Médiane … »."""
        compared = self.study.compare(signal.compared.definition.id, signal.breakdown)
        label = self.named(compared.definition, signal.breakdown)
        against = self.against(compared)
        value = f"{shown(compared.value)}{self._unit(compared.definition)} {when(compared.value.period)}"
        text = f"**{upper_first(label)} : {value}, {against}.**"
        if signal.double is not None:
            text += f" {self._second_reading(signal)}"
        return text + self._neighbours(signal)

    def _second_reading(self, signal: Signal) -> str:
        found, rule = signal.double, signal.compared.definition
        assert found is not None
        unit = "%" if rule.unit == "%" else ""
        side = AFTER[found.reading_without.side]
        rest = number(found.without_place, rule.decimals, unit)
        return f"Sans {self.commune(found.place).name}, **{rest}** : {side}. Les deux chiffres sont vrais."

    def _neighbours(self, signal: Signal) -> str:
        """Median of the neighbours, of the same period, where five are known."""
        compared = signal.compared
        if compared.peers_known < 5 or compared.peers_period != compared.value.period:
            return ""
        rule = compared.definition
        unit = "%" if rule.unit == "%" else ""
        return f" Médiane des voisines : {number(compared.peers_median, rule.decimals, unit)}."

    @staticmethod
    def named(rule: Definition, breakdown: str = "") -> str:
        """« part des actifs occupés selon le moyen de transport, sans transport »."""
        return detailed(rule, breakdown)

    @staticmethod
    def _unit(rule: Definition) -> str:
        """The unit after a number in a sentence, where the number does not bear it already."""
        return "" if rule.unit in ("%", "€", "‰") or rule.unit in rule.label else f" {rule.unit}"

    # ------------------------------------------------------------------------------------- figures

    def chiffres_cles(self) -> Output:
        """Key figures with their comparison territories."""
        cards: list[KeyFigure | None] = []
        for item in self.cards_of:
            indicator, breakdown, label = (item, "", "") if isinstance(item, str) else item
            cards.append(self.card(indicator, breakdown=breakdown, label=label))
        return self.cards(cards, f"chiffres-cles-{self.name.replace('_', '-')}")

    def comparaison(self) -> Table | Absent:
        """The theme's rates beside the comparison territories; those not known here are named."""
        values = {i: self.study.value(i) for i in self.rates}
        known = [i for i, v in values.items() if v.is_number or v.is_range]
        unknown = [definition(i).label for i in self.rates if i not in known]
        notes = ["Quand la période d’une référence diffère, elle est écrite entre parenthèses."]
        notes += [f"Non connus ici : {' ; '.join(unknown)}."] if unknown and known else []
        return self.values_table(
            known or list(self.rates), id=f"tbl-comparaison-{self.slug}",
            caption="Le territoire et ceux auxquels il se compare", notes=notes,
        )  # fmt: skip

    @property
    def slug(self) -> str:
        """Its name in anchors."""
        return self.name.replace("_", "-")

    def ce_qui_a_change(self) -> Table | Absent:
        """First and last comparable periods of each rate, and what may be said of the difference."""
        rows = [row for i in self.changes_of or self.rates if (row := self._change(i)) is not None]
        title, id = "Ce qui a changé", f"tbl-evolution-{self.slug}"
        if not rows:
            return self.absent(
                title, "aucun de ces indicateurs n’est connu pour deux périodes comparables", id
            )
        used = pd.concat([row.pop("used") for row in rows], ignore_index=True)
        moved = sum(row["said"] in (CHANGES["above"], CHANGES["below"]) for row in rows)
        caption = (
            f"{title} : {counted(moved, 'hausse ou baisse', 'hausses ou baisses')} sur {number(len(rows))}"
            if moved
            else f"{title} : ni hausse ni baisse à nommer"
        )
        return Table(
            pd.DataFrame(rows), id=id, caption=caption, source=self.study.source_line(used),
            columns={"name": "Indicateur", "then": "Avant", "now": "Maintenant", "said": "Évolution"},
            notes=self._change_notes(used),
        )  # fmt: skip

    def _change_notes(self, used: pd.DataFrame) -> list[str]:
        notes = [
            "Deux années de recensement ne se comparent qu’à cinq ans d’intervalle ; une série rompue n’est pas prolongée. "
            "« Proche » : un écart trop petit, ou trop incertain, pour être nommé."
        ]
        if used["unit"].str.startswith("€").any():
            notes.append("Montants en euros de chaque année : la hausse des prix n’en est pas retirée.")
        turned = {i: d.place for i in used["indicator"].unique() if (d := self._turning(str(i))) is not None}
        for place in dict.fromkeys(turned.values()):
            labels = [definition(str(i)).label for i, p in turned.items() if p == place]
            notes.append(
                f"{upper_first(self.commune(place).name)} change la lecture de : {enumerate_fr(labels)}."
            )
        return notes

    def _turning(self, indicator: str) -> Distortion | None:
        """The commune without which a rate is read otherwise, if there is one."""
        found = self.study.distortion(indicator) if definition(indicator).leave_one_out else None
        return found if found is not None and found.changes_reading else None

    def _change(self, indicator: str) -> dict | None:
        rule = definition(indicator)
        rows = self.study.series(indicator)
        rows = rows[is_known(rows) & ~rows["period"].str.fullmatch(r"\d{4}-\d{4}")]
        if rows.empty:
            return None
        rows = rows[rows["segment"].eq(rows["segment"].iloc[-1])]
        if len(rows) < 2:
            return None
        first, last = rows.iloc[0], rows.iloc[-1]
        side = reading(as_value(last, rule), first, rule).side
        if rule.aggregation == "sum" and side in ("above", "below"):  # counts: chance may explain the gap
            known = last["value"] >= 0 and first["value"] >= 0
            side = (
                side if known and counts_differ(round(last["value"]), round(first["value"]))[0] else "close"
            )
        return {
            "name": upper_first(rule.label) if rule.unit == "%" else measured(rule),
            "then": f"{shown(as_value(first, rule))} ({year_of(str(first['period']))})",
            "now": f"{shown(as_value(last, rule))} ({year_of(str(last['period']))})",
            "said": CHANGES[side], "used": rows.iloc[[0, -1]],
        }  # fmt: skip

    def par_secteur(self) -> Table | Absent:
        """Indicators × secteurs, beside the whole territory, where they may be shown."""
        title, id = "Par secteur", f"tbl-secteurs-{self.slug}"
        if not self.study.secteurs:
            return self.absent(title, "l’étude ne définit pas de secteurs (study.yml)", id)
        lines, used = [], []
        for item in self.groups_of:
            indicator, breakdown = (item, "") if isinstance(item, str) else item
            rule, rows = definition(indicator), self.study.by_secteur(indicator, breakdown)
            if rows.empty or not is_known(rows).any():
                continue
            period = next(iter(rows.loc[rows["period"].ne(""), "period"]), "")
            own = self.study.value(indicator, breakdown, period=period or None)
            cells = {f"s{n}": shown(as_value(row, rule)) for n, (_, row) in enumerate(rows.iterrows())}
            label = self.named(rule, breakdown)
            unit = "" if rule.unit == "%" or rule.unit in label else f", {rule.unit}"
            lines.append(
                {
                    "name": f"{upper_first(label)}{unit}",
                    "period": year_of(period),
                    **cells,
                    "whole": shown(own),
                }
            )
            used.append(rows)
        if not lines:
            return self.absent(title, "aucun de ces indicateurs n’est connu par secteur", id)
        heads = {f"s{n}": s.name for n, s in enumerate(self.study.secteurs)}
        notes = [self.study.config.secteurs_note] if self.study.config.secteurs_note else []
        return Table(
            pd.DataFrame(lines), id=id, caption=f"{title} : {enumerate_fr(list(heads.values()))}",
            source=self.study.source_line(*used),
            columns={"name": "Indicateur", "period": "Période", **heads, "whole": "Territoire"}, notes=notes,
        )  # fmt: skip

    # --------------------------------------------------------------------------------------- offer

    def equipements(self) -> Table | Absent:
        """What the equipment base lists, by commune."""
        return self.facility_table(
            self.facility_types,
            id=f"tbl-equipements-{self.slug}",
            caption="Ce que recense la base des équipements",
        )

    def offre(self) -> Table | Absent:
        """The services of this theme that offre.xlsx holds, one by one."""
        title, id = "Les services recensés", f"tbl-offre-{self.slug}"
        if not self.folder.has("offre"):
            return self.absent_book(title, "offre", id)
        rows = by_service(self.folder)
        rows = rows[rows["theme"].isin(self.offer_of)]
        if rows.empty:
            asked = self.asked_of(BOOKS["offre"].audience)
            return self.absent(
                title,
                f"offre.xlsx n’en contient aucun, ce qui ne prouve pas qu’il n’y en a pas : {asked}",
                id,
            )
        every = {str(key): part for key, part in services(self.folder).groupby("service_key", sort=False)}
        names = self.study.communes_by_code
        frame = pd.DataFrame(
            {
                "name": [
                    marked(r, not r["confirmed"])
                    for r in rows.to_dict("records")
                ],
                "type": [kind_label(r["type"], r["type_label"]) for r in rows.to_dict("records")],
                "where": [listed([names.get(c, c) for c in r["communes"]]) for r in rows.to_dict("records")],
                "when": [openings(every[str(key)]) for key in rows["service_key"]],
            }
        )  # fmt: skip
        columns = {"name": "Service", "type": "Type", "where": "Communes", "when": "Ouverture, places"}
        kept = {c: head for c, head in columns.items() if c == "name" or frame[c].ne(NONE).any()}
        count = counted(len(rows), "service recensé", "services recensés")
        waiting = int((~rows["confirmed"].astype(bool)).sum())
        caption = upper_first(count) + (f", {number(waiting)} à confirmer" if waiting else "")
        return Table(
            frame[list(kept)], id=id, caption=caption, source=self.workbook_source("offre", given=("places",)), columns=kept,
            notes=[f"« {NONE} » : non rempli, ou sans objet. Coûts, horaires et listes d’attente : chapitre « Ce qui existe et "
                   "ce que ça coûte »."],
        )  # fmt: skip

    # -------------------------------------------------------------------------------------- blocks

    def ce_qui_manque(self) -> Output:
        """What open data does not say, and of whom it is asked."""
        lines = [*self.silence_lines(), *(s for s in self.more_silences() if s)]
        return self.silence(
            *(lines or ["Tout ce que ce chapitre demande aux partenaires a reçu une réponse."])
        )

    def more_silences(self) -> Sequence[str]:
        """What only this chapter can say that it does not know."""
        return ()

    def points_de_vigilance(self) -> Output:
        """Cautions of the indicators shown, what the chapter adds, rates that rest on little."""
        known = [i for i in dict.fromkeys([*self.card_ids, *self.rates]) if self._shows(i)]
        return self.vigilance(*self.cautions(), *cautions_of(known, self.caution), self.fragile(known))

    def _shows(self, indicator: str) -> bool:
        with aside(self.study):
            values = [self.study.value(indicator, breakdown) for breakdown in self.study.cells(indicator)]
        return any(v.is_number or v.is_range for v in values)

    def cautions(self) -> Sequence[str]:
        """What misleads in this theme, said before the indicators' own cautions."""
        return ()

    @property
    def card_ids(self) -> list[str]:
        """Indicators of the key figures."""
        return [item if isinstance(item, str) else item[0] for item in self.cards_of]


class BriefTheme(ThemeChapter):
    """A theme of which open data knows little: what is not known takes one line, never an empty table."""

    def comparaison_si_connue(self) -> Told:
        """The rates beside the comparison territories; None under two that have any: the key figures say it already."""
        compared = [self.study.compare(i) for i in self.rates]
        found = [c for c in compared if (c.value.is_number or c.value.is_range) and len(c.references)]
        made = self.comparaison() if len(found) > 1 else None
        return made if isinstance(made, Table) else None

    def evolution_si_connue(self) -> Told:
        """What changed; None where no rate is known at two comparable periods."""
        made = self.ce_qui_a_change()
        return made if isinstance(made, Table) else None

    def services_recenses(self) -> Told:
        """The services of offre.xlsx, one by one; None where there is none."""
        made = self.offre()
        return made if isinstance(made, Table) else None

    def chiffres_cles(self) -> Output:
        """Key figures that are known, or given and masked; a card without a figure is no card."""
        return self.shown_cards(self._known_cards())

    def _known_cards(self) -> list[KeyFigure]:
        """Cards of ``cards_of`` that have something to show."""
        cards = []
        for item in self.cards_of:
            indicator, breakdown, label = (item, "", "") if isinstance(item, str) else item
            if self.row_of(indicator, breakdown) is not None:
                cards.append(self.card(indicator, breakdown=breakdown, label=label))
        return cards

    def shown_cards(self, cards: Sequence[KeyFigure]) -> Output:
        """These cards side by side; a sentence where there is none."""
        if not cards:
            return prose("Aucun chiffre de ce thème n’est encore connu pour ce territoire.")
        return self.cards(cards, f"chiffres-cles-{self.slug}")

    def row_of(self, indicator: str, breakdown: str = "") -> pd.Series | None:
        """Latest row of the territory that holds a number, a range, or a number too small to be shown."""
        row = self.study.row(indicator, breakdown)
        if row is None:
            return None
        held = bool(is_known(row.to_frame().T).any()) or row["status"] in MASKED
        return row if held else None

    def letters(self) -> str:
        """That the letters are ready, as long as none was sent; empty after."""
        return "" if asked_since(self.study) else f"Pour les partenaires, {REQUESTS}."

    def offered(self) -> dict[str, int]:
        """Kind of service -> how many services of ``offer_of`` offre.xlsx holds."""
        if not self.folder.has("offre"):
            return {}
        rows = by_service(self.folder)
        counts = rows.loc[rows["theme"].isin(self.offer_of), "type"].value_counts()
        return {str(kind): int(count) for kind, count in counts.items()}

    def nothing_listed(self, what: str) -> str:
        """« **Aucun service pour les parents n’est recensé** (offre.xlsx) … »; of whom it is asked.

        Args:
            what: « service pour les parents ».
        """
        asked = self.asked_of(BOOKS["offre"].audience)
        if not self.folder.has("offre"):
            return f"**Aucun {what} n’est encore décrit** : offre.xlsx n’est pas rempli, {asked}."
        return (
            f"**Aucun {what} n’est recensé** (offre.xlsx), ce qui ne prouve pas qu’il n’y en a pas : {asked}."
        )


def cautions_of(ids: Sequence[str], caution: Callable[[str], str]) -> list[str]:
    """What a reader must know of these indicators: each sentence once, with the indicators that it is about.

    Args:
        caution: what is said of one of them there (:meth:`Chapter.caution`).
    """
    about: dict[str, list[str]] = {}
    for indicator in ids:
        rule = definition(indicator)
        for sentence in re.split(r"(?<=[.])\s+(?=[A-ZÀÉ])", caution(indicator)):
            if sentence:
                about.setdefault(sentence, []).append(rule.label)
    grouped: dict[tuple[str, ...], list[str]] = {}
    for sentence, labels in about.items():
        grouped.setdefault(tuple(labels), []).append(sentence)
    about_all = [
        (upper_first(enumerate_fr(list(labels))), " ".join(said)) for labels, said in grouped.items()
    ]
    return [f"**{labels}.** {said}" for labels, said in about_all]
