"""Chapter 07: support for parents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ctg_lib.display.figure import Absent
from ctg_lib.display.prose import shown, upper_first, year_of
from ctg_lib.display.table import Output, Table
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.indicators.registry import definition
from ctg_lib.study.chapters.answers import MASKED, Silence
from ctg_lib.study.chapters.base import count_or_range, usable
from ctg_lib.study.chapters.folder_base import NONE
from ctg_lib.study.chapters.theme import BriefTheme
from ctg_lib.study.comparison import Compared
from ctg_lib.study.rows import as_value
from ctg_lib.study.rows import known as is_known
from ctg_lib.values import parse_breakdown

ASF, AF = "foyers_asf", "foyers_af"
REACHED = "publics_parentalite"
ALONE, TOGETHER = "part_menages_monoparentaux", "part_menages_couple_enfants"
WORKING = "part_enfants_parents_occupes"


# ------------------------------------------------------------------------------------------ the chapter


@dataclass(frozen=True)
class Support:
    """A kind of support for parents.

    Attributes:
        kinds: kinds of service of offre.xlsx.
        name: in a list; plural: the same, several.
        purpose: what it is for, in plain words.
        action: part of the partners' figures. facility: type of the equipment base.
    """

    kinds: tuple[str, ...]
    name: str
    plural: str
    purpose: str
    action: str = ""
    facility: str = ""


SUPPORTS: tuple[Support, ...] = (
    Support(("laep",), "lieu d’accueil enfants-parents (LAEP)", "lieux d’accueil enfants-parents (LAEP)",
            "jouer avec son enfant de moins de 6 ans, rencontrer d’autres parents", "laep", "D503"),
    Support(("clas",), "accompagnement à la scolarité (CLAS)", "accompagnements à la scolarité (CLAS)",
            "aider les enfants hors de l’école, avec leurs parents", "clas"),
    Support(("parentalite",), "action de soutien aux parents (REAAP)", "actions de soutien aux parents (REAAP)",
            "groupes de parole, ateliers, conférences", "reaap"),
    Support(("mediation_familiale",), "médiation familiale", "médiations familiales",
            "renouer le dialogue lors d’une séparation ou d’un conflit", "mediation", "D507"),
    Support(("espace_rencontre",), "espace de rencontre", "espaces de rencontre",
            "voir son enfant dans un lieu neutre après une séparation"),
)  # fmt: skip
_REACHED_WORDS = {
    "laep": (("famille", "familles"), "en lieu d’accueil enfants-parents"),
    "clas": (("enfant", "enfants"), "en accompagnement à la scolarité"),
    "reaap": (("parent", "parents"), "dans les actions de soutien aux parents"),
    "mediation": (("mesure", "mesures"), "de médiation familiale"),
}  # fmt: skip
"""What the partners count for each kind of support, and where."""


class Parentalite(BriefTheme):
    """Lone parents, with the right denominator; parents at work; what supports parents."""

    name = "parentalite"
    subjects = ("parentalite",)
    heard_of = ("parentalite",)
    offer_of = ("parentalite",)
    rates = (
        ALONE, "part_familles_monoparentales", "part_familles_recomposees", "asf_familles_monoparentales",
        "taux_activite_femmes",
    )  # fmt: skip
    told_first = (ALONE, "part_familles_monoparentales", "asf_familles_monoparentales")
    cards_of = (
        "part_familles_monoparentales", ALONE, AF, ASF, "part_familles_recomposees", "taux_activite_femmes",
        (WORKING, "age=Y_LT2", "enfants de moins de 2 ans dont tous les parents du foyer travaillent"),
        (WORKING, "age=Y2T5", "enfants de 2 à 5 ans dont tous les parents du foyer travaillent"),
    )  # fmt: skip
    silences = (
        Silence("Les familles, enfants et parents que touchent les LAEP, le CLAS, le REAAP et la médiation familiale, et le nombre de "
                "séances", (REACHED, "actions_parentalite")),
        Silence("Les foyers qui touchent l’allocation de soutien familial (ASF)", (ASF,)),
        Silence("Les informations préoccupantes et les mineurs que suit la protection de l’enfance",
                ("informations_preoccupantes", "mineurs_aide_sociale_enfance"), whom=("departement",)),
    )  # fmt: skip

    # ----------------------------------------------------------------------------------- sentences

    def messages(self) -> Sequence[str]:
        """Lone parents; those who receive ASF; parents at work; what supports them, and whom it reaches."""
        return (
            self.lone_parents_message()
            or "Les familles monoparentales de ce territoire ne sont pas connues : l’Insee les publie, elles ne sont pas encore "
            "réunies ici.",
            " ".join(s for s in (self.family_benefit_message(), self.asf_message()) if s), self.work_message(), self.support_message(), self.reached_message(),
        )  # fmt: skip

    def lone_parents_message(self) -> str:
        """Share of the families where it is known; else of the households, with what it is not; empty if unknown."""
        families, households = self.study.compare("part_familles_monoparentales"), self.study.compare(ALONE)
        if families.value.is_number:
            row = self.study.row("part_familles_monoparentales")
            count = (
                "" if row is None or pd.isna(row["numerator"]) else f", environ {number(row['numerator'])}"
            )
            text = (
                f"**{shown(families.value)} des familles avec enfants sont monoparentales{count}**"
                f"{self._against(families)}, en {year_of(families.value.period)}."
            )
            if households.value.is_number:
                text += (
                    f" Rapportées à tous les ménages, personnes seules comprises, elles ne sont que {shown(households.value)} : les "
                    "deux chiffres sont vrais."
                )
            return text
        if not households.value.is_number:
            return ""
        return (
            f"**{shown(households.value)} des ménages sont des familles monoparentales**{self._against(households)}, en "
            f"{year_of(households.value.period)}. **Ce n’est pas la part des familles** : ces ménages comptent aussi les personnes "
            f"seules et les couples sans enfant.{self._among_households_with_children()}"
        )

    def _against(self, compared: Compared) -> str:
        said = self.against(compared)
        return f", {said}" if said else ""

    def _among_households_with_children(self) -> str:
        """Lone parents among households with children, from the two shares; the reference beside, no difference named."""
        alone, together = self.study.compare(ALONE), self.study.compare(TOGETHER)
        period = alone.value.period
        if not together.value.is_number or together.value.period != period:
            return ""
        here = _among(float(alone.value.value or 0.0), float(together.value.value or 0.0))
        if here is None:
            return ""
        text = f" Parmi les seuls ménages avec enfants, quel que soit leur âge, elles sont environ **{number(here, 0, '%')}**"
        if alone.main is None or together.main is None:
            return f"{text}."
        same = (
            alone.main["code"] == together.main["code"]
            and alone.main["period"] == together.main["period"] == period
        )
        there = _among(float(alone.main["value"]), float(together.main["value"])) if same else None
        if there is None:
            return f"{text}."
        return (
            f"{text} ({self.main_place(alone)}, {number(there, 0, '%')}). Le recensement tire ces réponses d’un échantillon de "
            "ménages, et la marge n’est pas publiée : cet écart n’est pas nommé."
        )

    def family_benefit_message(self) -> str:
        """Households of two children or more that receive family benefit, as rounding allows; empty if unknown."""
        row = self.row_of(AF)
        if row is None or row["status"] in MASKED:
            return ""
        few = pd.notna(row["value"]) and row["value"] < 2
        overseas = any(code.startswith("97") for code in self.study.territory.departements)
        due = "" if overseas else ", versées à partir de deux enfants"  # from the first child overseas
        said = (
            f"**{upper_first(count_or_range(row))} {'foyer reçoit' if few else 'foyers reçoivent'} les allocations familiales**"
            f"{due}, en {year_of(str(row['period']))}"
        )
        wide = pd.isna(row["value"])
        return said + (
            " : l’effectif de chaque commune étant arrondi, la somme est une fourchette." if wide else "."
        )

    def asf_message(self) -> str:
        """Households receiving ASF, as rounding allows; for 100 lone-parent families."""
        row = self.row_of(ASF)
        if row is None or row["status"] in MASKED:
            return ""
        few = pd.notna(row["value"]) and row["value"] < 2
        text = (
            f"**{upper_first(count_or_range(row))} {'foyer perçoit' if few else 'foyers perçoivent'} l’allocation de soutien familial** "
            f"(ASF : un parent seul, dont l’autre parent ne verse pas de pension, ou trop peu), en {year_of(str(row['period']))}."
        )
        rate = self.study.value("asf_familles_monoparentales")
        if rate.is_number or rate.is_range:
            text += f" Cela fait {shown(rate)} foyers pour 100 familles monoparentales."
        return text

    def work_message(self) -> str:
        """Young children whose parents all work, by age; women's activity where that is not known."""
        parts = []
        for age, words in (("age=Y_LT2", "moins de 2 ans"), ("age=Y2T5", "2 à 5 ans")):
            compared = self.study.compare(WORKING, age)
            if compared.value.is_number or compared.value.is_range:
                parts.append(f"{shown(compared.value)} des enfants de {words}{self._against(compared)}")
                when = compared.value.period
        if parts:
            return (
                f"**Tous les parents du foyer travaillent** pour {enumerate_fr(parts)}, en {year_of(when)}."
            )
        women = self.study.compare("taux_activite_femmes")
        if not women.value.is_number:
            return ""
        return (
            f"**{shown(women.value)} des femmes de 25 à 54 ans ont un emploi ou en cherchent un**{self._against(women)}, en "
            f"{year_of(women.value.period)} : faute de mieux, c’est ce qui dit le mieux si les mères travaillent."
        )

    def support_message(self) -> str:
        """The kinds of support that are listed, and those that are not."""
        counts = self.offered()
        if not counts:
            return self.nothing_listed("service pour les parents")
        have = [self._listed(s, n) for s in SUPPORTS if (n := sum(counts.get(k, 0) for k in s.kinds))]
        lack = [s.name for s in SUPPORTS if not any(k in counts for k in s.kinds)]
        text = f"**Pour les parents, {enumerate_fr(have)}** : c’est ce que recense offre.xlsx."
        if lack:
            text += (
                f" Rien n’y est inscrit pour : {', '.join(lack)}. À vérifier avec la Caf, qui les finance."
            )
        return text

    @staticmethod
    def _listed(support: Support, count: int) -> str:
        if count > 1:
            return counted(count, support.name, support.plural)
        feminine = support.name.startswith(("action", "médiation"))
        return f"{'une' if feminine else 'un'} {support.name}"

    def reached_message(self) -> str:
        """Whom the support reaches, as partners say; empty where none answered."""
        parts, periods = [], []
        for action, (noun, where) in _REACHED_WORDS.items():
            row = self.row_of(REACHED, f"action={action}")
            if row is None or row["status"] in MASKED or pd.isna(row["value"]):
                continue
            periods.append(str(row["period"]))
            parts.append(f"{counted(float(row['value']), *noun)} {where}")
        if not parts:
            return ""
        when = f"en {year_of(periods[0])}" if len(set(periods)) == 1 else "la dernière année connue"
        return f"**{upper_first(enumerate_fr(parts))}**, {when}, selon les partenaires ; ces nombres ne s’additionnent pas."

    # ------------------------------------------------------------------------------ figures, tables

    def soutien(self) -> Table | Absent:
        """Kinds of support: what each is for, whether it is listed, whom it reaches."""
        title, id = "Ce qui soutient les parents", "tbl-soutien-parents"
        if not self.folder.has("offre"):
            return self.absent_book(title, "offre", id)
        counts, sites = self.offered(), self._sites()
        reached = {
            s.action: r
            for s in SUPPORTS
            if s.action and (r := self.row_of(REACHED, f"action={s.action}")) is not None
        }
        frame = pd.DataFrame(
            {
                "name": [upper_first(s.name) for s in SUPPORTS],
                "purpose": [s.purpose for s in SUPPORTS],
                "listed": [self._found(sum(counts.get(k, 0) for k in s.kinds), sites.get(s.facility)) for s in SUPPORTS],
                "reached": [self._reached(s.action, reached.get(s.action)) for s in SUPPORTS],
            }
        )  # fmt: skip
        columns = {
            "name": "Soutien",
            "purpose": "À quoi il sert",
            "listed": "Recensé ici",
            "reached": "Personnes touchées",
        }
        kept = {c: head for c, head in columns.items() if c != "reached" or reached}
        have, of = sum(any(k in counts for k in s.kinds) for s in SUPPORTS), number(len(SUPPORTS))
        caption = (
            f"{title} : {counted(have, 'sorte de service recensée', 'sortes de services recensées')} sur {of}"
        )
        if not have:
            caption = f"{title} : aucune des {of} sortes de services n’est recensée"
        source = self.workbook_source("offre", given=())
        used = pd.DataFrame(list(reached.values()))
        return Table(
            frame[list(kept)], id=id, caption=caption, columns=kept,
            source=source + " ; " + self.study.source_line(used) if len(used) else source,
            notes=["« Aucun recensé » ne prouve pas qu’il n’y en a pas : la Caf tient la liste de ce qu’elle finance.",
                   "Le REAAP est le réseau d’écoute, d’appui et d’accompagnement des parents ; le CLAS, le contrat local "
                   "d’accompagnement à la scolarité."],
        )  # fmt: skip

    def _sites(self) -> dict[str, float]:
        """Type of the equipment base -> sites of the territory, where known."""
        rows = self.study.table("sites_parentalite", [self.study.place])
        rows = rows[is_known(rows)]
        rows = rows[rows["period"].eq(rows["period"].max())]
        return {
            parse_breakdown(b).get("type", ""): float(v)
            for b, v in zip(rows["breakdown"], rows["value"], strict=True)
        }

    @staticmethod
    def _found(services: int, sites: float | None) -> str:
        """« 1 service », « aucun recensé »; sites of the equipment base where offre.xlsx has none."""
        if services:
            return counted(services, "service")
        if sites:
            return f"{counted(sites, 'site')} dans la base des équipements, à confirmer"
        return "aucun recensé"

    def _reached(self, action: str, row: pd.Series | None) -> str:
        """« 38 familles (2025 ; 31 en 2023) »."""
        if row is None:
            return NONE
        when = year_of(str(row["period"]))
        if pd.isna(row["value"]):
            return f"{shown(as_value(row, definition(REACHED)))} ({when})"
        noun, _ = _REACHED_WORDS[action]
        first = usable(self.study.series(REACHED, f"action={action}")).iloc[0]
        before = (
            "" if first["period"] == row["period"] else f" ; {number(first['value'])} en {first['period']}"
        )
        return f"{counted(float(row['value']), *noun)} ({when}{before})"

    # -------------------------------------------------------------------------------------- blocks

    def cautions(self) -> Sequence[str]:
        """Three denominators of the same families; what a list of services does not say."""
        more = (
            " Du premier au dernier, elle fait plus que doubler sans qu’aucune famille ait changé."
            if self._triples()
            else ""
        )
        return (
            "**Trois chiffres pour les mêmes familles monoparentales** : leur part des ménages, des familles, ou des familles avec "
            f"enfants.{more} Ne comparer que deux parts du même genre.",
            "**Un service n’est pas une porte ouverte.** Deux demi-journées par semaine à l’autre bout du territoire ne servent pas "
            "tous les parents : lire les jours et les communes.",
        )

    def _triples(self) -> bool:
        """Whether the share among households with children is more than twice that among all."""
        alone, together = self.study.value(ALONE), self.study.value(TOGETHER)
        if not (alone.is_number and together.is_number and alone.period == together.period):
            return False
        among = _among(float(alone.value or 0.0), float(together.value or 0.0))
        return among is not None and among > 2 * float(alone.value or 0.0) > 0

    def more_silences(self) -> Sequence[str]:
        """What Insee publishes and is not gathered; what parents alone can say."""
        published = [
            words
            for words, ids in (
                ("la part des familles monoparentales parmi les familles", ("part_familles_monoparentales",)),
                ("les familles recomposées", ("part_familles_recomposees",)),
                ("l’activité des femmes de 25 à 54 ans", ("taux_activite_femmes",)),
            )
            if all(self.row_of(i) is None for i in ids)
        ]
        if not any(self.row_of(WORKING, age) is not None for age in ("age=Y_LT2", "age=Y2T5")):
            published.append("les jeunes enfants dont tous les parents travaillent")
        census = f"{upper_first(enumerate_fr(published))} : au recensement, publié par l’Insee, pas encore réuni ici."
        return (
            census if published else "",
            "Les séparations, la garde partagée, l’isolement des parents : aucune donnée ouverte ne les dit ; à demander aux parents "
            "eux-mêmes, aux écoles et à la crèche.",
            self.letters(),
        )

    def questions_du_groupe(self) -> Output:
        """Questions that people in a room can answer."""
        counts = self.offered()
        missing = [s.name.split(" (")[0] for s in SUPPORTS if not any(k in counts for k in s.kinds)]
        return self.questions(
            f"Où trouve-t-on, ici ou à côté, ce qui n’est pas recensé : {', '.join(missing)} ?"
            if self.folder.has("offre") and missing
            else "",
            "Vers qui se tourne un parent qui se sépare, ou qui élève seul ses enfants ? Jusqu’où doit-il aller ?",
            "Quels parents ne viennent jamais, et qui les connaît : l’école, la crèche, les assistantes maternelles, le médecin ?",
            "À quelles heures un parent qui travaille peut-il venir ?",
        )


def _among(alone: float, together: float) -> float | None:
    """Lone parents for 100 households with children, from two shares of all households; None for nobody."""
    return 100 * alone / (alone + together) if alone + together > 0 else None
