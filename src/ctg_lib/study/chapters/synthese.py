"""Chapter 00: the whole study on one page."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from functools import cached_property

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import rounded_people, shown, upper_first, year_of
from ctg_lib.display.table import Output, Table, callout, prose, sourced
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.indicators.registry import definition, iter_definitions
from ctg_lib.study.chapters.acces_droits import AccesDroits
from ctg_lib.study.chapters.base import Chapter
from ctg_lib.study.chapters.decisions import MOST, Decisions
from ctg_lib.study.chapters.familles import Familles
from ctg_lib.study.chapters.offre.chapter import Offre
from ctg_lib.study.chapters.petite_enfance import PetiteEnfance
from ctg_lib.study.chapters.population import Population
from ctg_lib.study.chapters.readings import Readings, neighbour_places, secteur_places
from ctg_lib.study.chapters.theme import ThemeChapter
from ctg_lib.study.core import as_value
from ctg_lib.study.signals import Signal, signals
from ctg_lib.study.using import aside
from ctg_lib.values import Value

CONSTATS = 5
"""Findings of a synthesis."""
FEW = 3
"""Under so many messages, what is known of nearly every territory is told too."""
FRANCE_SERVICES = ("structures_france_services", "sites_france_services")
"""Indicators of the message on France services."""
ROWS, A_THEME, NEIGHBOURS = 6, 2, 5
"""Rows of the heat table of a synthesis, rows of one theme, neighbours where there is no secteur."""
MOST_PARTS = 4
"""Départements and régions named one by one when none of them holds most of the territory."""
NO_DOCTOR = 4.0
"""Strength of communes without any doctor within reach, in meaningful differences: the mean hides them."""
KEY_FIGURES: tuple[str, ...] = (
    "population", "evolution_population", "part_65_plus", "taux_couverture", "taux_pauvrete",
    "niveau_vie_median", "apl_generalistes", "sites_france_services",
)  # fmt: skip
"""Indicators that stand for a whole territory, here and where many are compared."""
SHORTER = {"apl_generalistes": "accessibilité aux généralistes (APL)"}
NUMBERS = ("aucune", "une", "deux", "trois", "quatre", "cinq")
COUNTS: tuple[tuple[str, str, str], ...] = (
    ("population", "", "Habitants"),
    ("enfants_moins_3", "methode=cnaf", "Enfants de moins de 3 ans (selon la Cnaf)"),
    ("enfants_0_4", "", ""),
    ("enfants_5_9", "", ""),
    ("jeunes_10_19", "", "Jeunes de 10 à 19 ans"),
    ("naissances", "", "Naissances dans l’année"),
    ("places_accueil", "", ""),
    ("foyers_allocataires", "", ""),
    ("foyers_af", "", ""),
    ("foyers_rsa", "", ""),
    ("personnes_pauvres", "", ""),
    ("demandeurs_emploi", "", ""),
    ("ecoles", "", ""),
    ("sites_accueil_loisirs", "", "Accueils de loisirs (sites)"),
    ("sites_france_services", "", ""),
)
"""What is counted before any rate: (indicator, breakdown, label where the indicator's own does not do)."""


class Synthese(Chapter):
    """Four pages for those who read nothing else: findings, counts, what exists and costs, decisions."""

    name = "synthese"

    @cached_property
    def population(self) -> Population:
        """The chapter on people."""
        return Population(self.study)

    @cached_property
    def childcare(self) -> PetiteEnfance:
        """The chapter on childcare."""
        return PetiteEnfance(self.study)

    @cached_property
    def access(self) -> AccesDroits:
        """The chapter on access to rights and care."""
        return AccesDroits(self.study)

    def territoire(self) -> Output:
        """Who is studied, with whom it is compared: one paragraph."""
        study, here = self.study, self.study.territory
        names = [study.geography.territory(c, level="departement").name for c in here.departements]
        people = study.value("population")
        several = here.level == "study"
        text = f"**{upper_first(here.le())}** {'réunissent' if several else 'réunit'} {counted(len(here.members), 'commune')} "
        text += f"({enumerate_fr(names)})"
        if people.is_number:
            text += f" et {counted(people.value or 0.0, 'habitant')} en {people.period}"
        with_whom = [t.le() for t in study.read_against if t.level != "france"] + ["la France"]
        with_whom += self._parts()
        near = len(study.peer_codes)
        if near:
            noun = "l’autre intercommunalité" if near == 1 else f"les {number(near)} autres intercommunalités"
            same = "du même département" if len(here.departements) < 2 else "des mêmes départements"
            with_whom.append(f"{noun} {same} ou limitrophe{'' if near == 1 else 's'}")
        alike = len(study.lookalikes)
        if alike:
            with_whom.append(
                f"les {alike} de France dont la structure lui ressemble le plus (voir « Territoires semblables »)"
            )
        text += (
            f". Le rapport compare ce territoire avec {enumerate_fr(with_whom)}. Composition des communes au 1er janvier "
            f"{study.geography.edition}."
        )
        return prose(text)

    def essentiel(self) -> Output:
        """Five findings at most: what distorts, young children, then what stands out most, one a theme."""
        return self.essential(*self.messages(missing=True))

    def messages(self, *, missing: bool = False) -> list[str]:
        """What « l’essentiel » says, in order.

        Args:
            missing: where few figures are at hand, say which of those known elsewhere are not known here.
        """
        with aside(self.study):
            known = {
                i: self.study.value(i).is_number for i in ("taux_couverture", "population", *FRANCE_SERVICES)
            }
        known_sites = all(known[i] for i in FRANCE_SERVICES)
        messages = [
            self.population.distortion_message(brief=True),
            self.childcare.coverage_message() if known["taux_couverture"] else "",
            self.population.children_message(),
        ]  # fmt: skip
        messages = [m for m in messages if m]
        messages += self._standing_out(CONSTATS - len(messages))
        if len(messages) < FEW:  # few figures at hand: say at least what is known everywhere
            more = (
                self.population.size_message() if missing or known["population"] else "",
                self.population.ages_message(),
                self.access.france_services_message() if missing or known_sites else "",
            )  # fmt: skip
            messages += [m for m in more if m]
        return messages[:CONSTATS]

    @cached_property
    def signals(self) -> list[Signal]:
        """What differs from the reference, all themes, strongest first."""
        return signals(self.study, [d.id for d in iter_definitions(annex=False)])

    def ce_qui_distingue(self) -> Table | Absent:
        """What sets the territory apart: a heat table, beside its secteurs, or its neighbours where it has none.

        Rates whose reading one commune turns have their own table (:meth:`avec_et_sans`); details of an
        indicator are told in the chapter of its theme.
        """
        places = secteur_places(self.study) or neighbour_places(self.study)[:NEIGHBOURS]
        found = Readings(self.study, places)
        themes: Counter[str] = Counter()
        for signal in self.signals:
            rule = signal.compared.definition
            whole = signal.double is None and not signal.breakdown
            if whole and len(found.rows) < ROWS and themes[rule.theme] < A_THEME:
                themes[rule.theme] += found.add(rule.id, signal.breakdown)
        beside = "ses secteurs" if self.study.secteurs else "ses voisines" if places else ""
        title = "Ce qui distingue le territoire"
        return found.table(
            id="tbl-distingue", caption=f"{title}, et {beside}" if beside else title,
            absent="aucun taux connu ici ne s’écarte assez, ou assez sûrement, d’une référence",
            notes=["Les écarts les plus nets d’abord, deux par thème au plus. Les taux dont une commune change la lecture : tableau « avec "
                   "et sans ». Tous les taux : chapitre « Dictionnaire des indicateurs »."],
        )  # fmt: skip

    def _standing_out(self, room: int) -> list[str]:
        """What differs most and most surely, one indicator a theme, themes told above left aside."""
        told = {"population", "petite_enfance"}
        best: dict[str, tuple[float, Callable[[], str]]] = {}
        for signal in self.signals:
            theme = signal.compared.definition.theme
            if theme not in told:
                best.setdefault(theme, (signal.strength, functools.partial(self._said, signal)))
        with aside(self.study):
            none_near = self._apl_short().startswith("**")
        if none_near:  # communes at zero: the mean hides them, whatever it says
            best["sante"] = (NO_DOCTOR, self._apl_short)
        messages: list[str] = []
        for _, say in sorted(best.values(), key=lambda found: -found[0]):
            if len(messages) < room and (text := say()):
                messages.append(text)
        return messages

    def _said(self, signal: Signal) -> str:
        """A signal in words: the people behind it where the indicator has its own sentence."""
        if signal.compared.definition.id == "taux_pauvrete":
            return Familles(self.study).poverty_message()
        return ThemeChapter(self.study).signal_message(signal)

    def decisions(self) -> Output:
        """« Cinq décisions à prendre »: what they rest on, who may take them."""
        found = Decisions(self.study).all(MOST)
        if not found:
            return callout(
                "Les chiffres réunis ne posent pas encore de décision.",
                "questions",
                "Décisions à prendre",
                level=2,
            )
        lines = [
            f"{n}. **{d.question}** {d.fact} *Qui peut décider : {d.who}.*" for n, d in enumerate(found, 1)
        ]
        title = (
            f"{upper_first(NUMBERS[len(found)])} {'décision' if len(found) == 1 else 'décisions'} à prendre"
        )
        return callout("\n".join(lines), "questions", title, level=2)

    def offre_et_cout(self) -> Output:
        """What exists and what it costs, in three sentences; what is not known is said."""
        offer = Offre(self.study)
        said = [offer.services_message(), offer.places_message(), offer.money_message(), offer.unit_message()]
        text = "\n\n".join(s for s in said if s)
        source = offer.workbook_source("offre", "financement") if offer.folder.has("offre") else ""
        return sourced(prose(text), source) if source else prose(text)

    def en_nombres(self) -> Table | Absent:
        """Counts before rates: people, children, places, households, with their period and source."""
        lines, used = [], []
        for indicator, breakdown, label in COUNTS:
            rule = definition(indicator)
            row = self.study.row(indicator, breakdown)
            value = as_value(row, rule)
            if row is None or not (value.is_number or value.is_range):
                continue
            lines.append(
                {
                    "name": label or upper_first(rule.label),
                    "value": _count(value),
                    "period": year_of(value.period),
                }
            )
            used.append(row)
        if not lines:
            return self.absent("Le territoire en nombres", "aucun effectif n’est réuni", "tbl-nombres")
        return Table(
            pd.DataFrame(lines), id="tbl-nombres", caption="Le territoire en nombres", source=self.study.source_line(*used),
            columns={"name": "Effectif", "value": "Nombre", "period": "Période"},
        )  # fmt: skip

    def _apl_short(self) -> str:
        text = self.access.apl_message()
        return "" if text.startswith("L’accessibilité aux médecins") else text

    def soixante_cinq_ans(self) -> Figure | Absent:
        """The figure of the chapter on people."""
        return self.population.soixante_cinq_ans()

    def avec_et_sans(self) -> Table | Output | Absent:
        """The rates of the chapter on people whose reading changes without one commune."""
        return self.population.lectures_qui_changent()

    def couverture_comparee(self) -> Figure | Absent:
        """The figure of the chapter on childcare."""
        return self.childcare.couverture_comparee()

    def carte_apl(self) -> Figure | Absent:
        """The map of the chapter on access."""
        return self.access.carte_apl()

    def chiffres_cles(self) -> Output:
        """The key figures of the study."""
        cards = [self.card(each, label=SHORTER.get(each, "")) for each in KEY_FIGURES]
        return self.cards(cards, "chiffres-cles-synthese")

    def tableau(self) -> Table | Absent:
        """The person-based rates and published indices known here, beside the comparison territories."""
        ids = [
            d.id for d in iter_definitions(annex=False)
            if d.aggregation != "sum" and d.id not in ("places_accueil", "personnes_pauvres")
        ]  # fmt: skip
        values = {i: self.study.value(i) for i in ids}
        ids = [i for i, v in values.items() if v.is_number or v.is_range] or ids
        return self.values_table(
            ids, id="tbl-synthese", caption="Le territoire et ceux auxquels il se compare",
            notes=["Quand la période d’une référence diffère, elle est écrite entre parenthèses."],
        )  # fmt: skip

    def _parts(self) -> list[str]:
        """Départements and régions that hold a minority of the inhabitants; counted where there are many."""
        parts = [t for t in self.study.references if t not in self.study.read_against]
        if len(parts) <= MOST_PARTS:
            return [t.le() for t in parts]
        regions = sum(t.level == "region" for t in parts)
        text = f"les {len(parts) - regions} départements où il s’étend"
        return [text + (f" et leurs {regions} régions" if regions > 1 else "")]

    def pauvrete_comparee(self) -> Figure | Absent:
        """Poverty beside the comparison territories."""
        return self.dots("taux_pauvrete", id="fig-pauvrete")

    def points_de_vigilance(self) -> Output:
        """What a reader must keep in mind through the whole report."""
        study = self.study
        carried = sum(entry.is_carried_over for entry in study.sources)
        total = len(study.sources)
        which = "Tous les fichiers" if carried == total else f"{number(carried)} des {number(total)} fichiers"
        missing = sum(self._unknown(d.id) for d in iter_definitions(annex=False))
        return self.vigilance(
            f"{which} du manifeste sont des valeurs officielles reprises d’une republication, en attendant les fichiers "
            "des éditeurs : chaque source le dit." if carried else "",
            "Les chiffres de la Caf ne comptent pas les allocataires de la MSA." if study.has_msa else "",
            "Un chiffre absent est dit absent ; il n’est jamais remplacé par zéro.",
            f"{counted(missing, 'indicateur')} sans valeur pour ce territoire : le dictionnaire dit lesquels, et pourquoi."
            if missing
            else "",
            "Les indicateurs décrivent ; ils ne remplacent ni les habitants, ni les partenaires, ni l’offre et son coût, qui "
            "font l’objet d’autres parties de l’étude.",
        )  # fmt: skip

    def _unknown(self, indicator: str) -> bool:
        with aside(self.study):
            rows = self.study.table(indicator, [self.study.place])
        return not bool((rows["value"].notna() | rows["lower"].notna()).any()) if len(rows) else True


def _count(value: Value) -> str:
    """A count as written; « environ 890 » where it is computed from others and not counted."""
    if value.status != "estimated" or value.value is None:
        return shown(value)
    return f"environ {rounded_people(value.value)}"
