"""Tables of a convention and its annexes: only what a file of the study says, the rest « à compléter »."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement import governance
from ctg_lib.agreement.amounts import used
from ctg_lib.agreement.books.plan import FREQUENCIES, INDICATOR_KINDS, NATURES, SURENESS
from ctg_lib.agreement.books.priorites import DECISIONS
from ctg_lib.agreement.commitments import committed_actions
from ctg_lib.display.prose import unit_of, upper_first
from ctg_lib.display.typography import counted, enumerate_fr, euros, number
from ctg_lib.documents.agreement.blocks import Grid, blank
from ctg_lib.documents.agreement.convention_commitments import Payers
from ctg_lib.documents.agreement.convention_fields import (
    OFFICE,
    STEERING,
    Fields,
    approvals,
    competence_rows,
)
from ctg_lib.documents.agreement.party_words import party_names
from ctg_lib.partnership.books.financement import PAYER_TYPE, PAYERS
from ctg_lib.partnership.offer import services
from ctg_lib.partnership.sppe import TO_COMPLETE, summary
from ctg_lib.study.amount_words import beyond_in_words, period_in_words, value_in_words
from ctg_lib.workbooks.common import THEME_NAMES, THEMES
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

NONE = "–"
POSTS_NOTE = "Parts prévues par l’organisation retenue : elles n’engagent celui qui paie qu’une fois acquises, au tableau des recettes."
CAF_MONEY = ("caf_ps", "caf_bonus", "caf_funds")
DUE: dict[str, str] = {"obligatoire": "obligatoire", "facultative": "facultative", "inconnue": "à établir"}
Rows = Iterable[tuple[str, ...]]


def tables(study: Study, known: Fields) -> dict[str, Callable[[], Grid]]:
    """Name of a table -> what makes it.

    Args:
        known: fields of the same study (:func:`ctg_lib.documents.agreement.convention_fields.fields`).
    """
    made = _Tables(study, known)
    return {
        "competences": made.competences, "sppe": made.duties, "contrats": made.contracts, "enjeux": made.issues,
        "decisions": made.decisions, "actions": made.actions, "cof": made.agreements, "constats": made.findings,
        "postes": made.posts, "depenses": made.spending, "financeurs": made.funders, "montants": made.amounts,
        "instances": made.instances, "membres": made.members, "indicateurs": made.indicators,
        "evaluation": made.evaluation, "deliberations": made.approvals,
    }  # fmt: skip


class _Tables:
    def __init__(self, study: Study, known: Fields) -> None:
        self.study, self.known = study, known
        self.agreement, self.partnership = study.agreement, study.partnership
        self.names = party_names(study)
        self.committed = committed_actions(self.agreement)
        self.payers = Payers(study, known["signataires"])

    # ----------------------------------------------------------------------------- parties, contracts

    def competences(self) -> Grid:
        """Who exercises which competence."""
        return _grid(
            "Qui exerce quoi", ("Compétence", "Exercée par", "Depuis le", "Fondement"), competence_rows(self.study),
            (34, 34, 16, 16), empty=blank("qui exerce quelle compétence", "les collectivités du territoire"),
        )  # fmt: skip

    def duties(self) -> Grid:
        """What the public service of early childhood asks of whom."""
        found = summary(self.study.chapter("demarche").duties())
        rows = [
            (
                str(r["label"]),
                blank(f"qui exerce « {r['label']} »", "les collectivités du territoire", "") if r["holder"] == TO_COMPLETE else str(r["holder"]),
                f"{DUE.get(str(r['due']), str(r['due']))}, depuis le {_day(r['since'])}",
                upper_first(str(r["why"])),
            )
            for r in found.to_dict("records")
        ]  # fmt: skip
        return _grid(
            "Service public de la petite enfance : ce que la loi demande",
            ("Mission ou obligation", "Autorité organisatrice", "Portée", "Pourquoi"), rows, (29, 21, 18, 32),
            note="Code de l’action sociale et des familles, articles L. 214-1-3, L. 214-2 et L. 214-2-1.",
        )  # fmt: skip

    def contracts(self) -> Grid:
        """Contracts and schemes that the convention goes with."""
        rows = [
            (c["nom"], c["porteur"] or NONE, f"{c['debut'] or NONE} – {c['fin']}", enumerate_fr(c["themes"]) or NONE, c["apporte"] or NONE)
            for c in self.known["contrats"] if not c["termine"]
        ]  # fmt: skip
        return _grid(
            "Contrats et schémas en cours", ("Contrat", "Porteur", "Période", "Thèmes", "Ce qu’il apporte ou impose"), rows,
            (22, 18, 18, 20, 22), empty=blank("contrats et schémas auxquels la convention s’articule", "l’intercommunalité, la Caf, le Département"),
        )  # fmt: skip

    def approvals(self) -> Grid:
        """What each signatory decided."""
        rows = [(name, act, said or NONE) for name, act, said in approvals(self.study)]
        return _grid(
            "Délibérations et décisions", ("Partie", "Approbation de la convention", "Autre acte connu"), rows, (34, 38, 28)
        )  # fmt: skip

    def agreements(self) -> Grid:
        """Services that the Caf supports by an agreement of objectives and funding, as the files say."""
        table = services(self.partnership)
        money = self.partnership.table("financement", "money")
        paid = set(money.loc[money[[*CAF_MONEY]].fillna(0).sum(axis=1).gt(0), "service"])
        table = table[table["agreement_end"].notna() | table["id"].isin(paid)]
        rows = []
        for _, some in table.groupby("service_key", sort=False):
            one, end = some.iloc[0], some["agreement_end"].dropna()
            title = str(one["name"]) if len(some) == 1 else _common(some["name"])
            rows.append(
                (
                    title, upper_first(str(one["type_label"])), str(one["manager"]) or NONE, self._commune(one["commune"]),
                    _day(end.min()) if len(end) else blank(f"fin de la convention d’objectifs et de financement : {title}", "la Caf", ""),
                )
            )  # fmt: skip
        return _grid(
            "Services soutenus par la Caf", ("Service", "Nature", "Gestionnaire", "Commune", "Fin de la convention"), rows,
            (27, 23, 19, 13, 18), empty=blank("liste des conventions d’objectifs et de financement", "la Caf"),
        )  # fmt: skip

    # ---------------------------------------------------------------------------------- what is decided

    def findings(self) -> Grid:
        """Findings that were kept, by theme."""
        table = self.agreement.kept_findings
        order = {key: rank for rank, key in enumerate(THEMES)}
        table = table.sort_values(
            ["theme", "row"], key=lambda c: c.map(order) if c.name == "theme" else c, kind="stable"
        )
        rows = [
            (str(r["id"]), str(r["sentence"]), THEME_NAMES.get(str(r["theme"]), NONE))
            for r in table.to_dict("records")
        ]
        return _grid(
            "Constats partagés", ("N°", "Constat", "Thème"), rows, (9, 68, 23),
            empty=blank("constats partagés du diagnostic", OFFICE),
        )  # fmt: skip

    def issues(self) -> Grid:
        """Issues retained, in the committee's order."""
        rows = [
            (number(rank), issue["titre"], issue["motif"], issue["decide_le"])
            for rank, issue in enumerate(self.known["enjeux"], start=1)
        ]
        return _grid(
            "Enjeux retenus par le comité de pilotage", ("Rang", "Enjeu", "Motif", "Décidé le"), rows, (7, 33, 45, 15),
            empty=blank("enjeux retenus par le comité de pilotage", STEERING),
        )  # fmt: skip

    def decisions(self) -> Grid:
        """Every decision on an issue: retained, set aside, put off."""
        issues = (
            self.agreement.table("croisement", "issues")
            .drop_duplicates("id")
            .set_index("id")["title"]
            .to_dict()
        )
        rows = [
            (str(issues.get(r["issue"], r["issue"])), DECISIONS.get(str(r["decision"]), ""), str(r["reason"]), _day(r["decided_on"]))
            for r in self.agreement.decisions.sort_values(["rank", "row"], kind="stable").to_dict("records")
        ]  # fmt: skip
        return _grid(
            "Décisions du comité de pilotage", ("Enjeu", "Décision", "Motif", "Date"), rows, (30, 10, 45, 15),
            empty=blank("décisions du comité de pilotage sur les enjeux", STEERING),
        )  # fmt: skip

    def actions(self) -> Grid:
        """The synoptic table of the actions that the convention holds."""
        axes = {a["id"]: a for a in self.known["axes"]}
        budget = self._budget()
        costs = budget[budget["kind"].eq("depense")].groupby("action")["amount"].sum(min_count=1)
        rows = []
        for row in self.committed.to_dict("records"):
            axis = axes.get(row["axis"])
            cost = costs.get(row["id"], math.nan)
            rows.append(
                (
                    str(row["id"]), f"{row['title']} ({NATURES.get(str(row['nature']), NONE)})",
                    number(axis["rang"]) if axis else NONE, self.names.get(str(row["leader"]), str(row["leader"])),
                    f"{_month(row['start'])} – {_month(row['end'])}",
                    euros(cost) if not math.isnan(cost) else blank(f"budget de l’action {row['id']}", self._leader(row), ""),
                )
            )  # fmt: skip
        return _grid(
            "Actions de la convention", ("N°", "Action (nature)", "Axe", "Pilote", "Calendrier", "Coût prévu"), rows,
            (7, 35, 6, 20, 19, 13), numbers=(5,), empty=blank("actions validées par le comité de pilotage", STEERING),
            note="Coût prévu : dépenses inscrites au plan d’action, de toutes les années.",
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------- means

    def posts(self) -> Grid:
        """Posts of the organisation retained, and who pays them, for a full year."""
        chosen = governance.decided(self.study.agreement)
        rows = [
            (
                str(r["mission"]), number(r["fte"], _decimals(r["fte"])), self.names.get(str(r["employer"]), str(r["employer"])),
                euros(r["cost"]),
                enumerate_fr(self._shares(r)) or blank(f"qui paie le poste « {r['mission']} »", STEERING, ""),
            )
            for r in (chosen.posts if chosen else ())
        ]  # fmt: skip
        return _grid(
            "Postes de coopération, en année pleine", ("Mission", "ETP", "Employeur", "Coût annuel", "Qui paie"), rows,
            (33, 7, 24, 13, 23), numbers=(1, 3), note=POSTS_NOTE, empty=blank("postes de coopération, employeur et financement", STEERING),
        )  # fmt: skip

    def spending(self) -> Grid:
        """What the plan foresees to spend, by axis and year."""
        budget = self._budget()
        budget = budget[budget["kind"].eq("depense")]
        of_action = dict(zip(self.committed["id"], self.committed["axis"], strict=True))
        axes = {a["id"]: f"Axe {a['rang']} – {a['titre']}" for a in self.known["axes"]}
        named = budget["action"].map(of_action).map(axes).fillna("Sans axe")
        return self._by_year(
            "Dépenses prévues par axe", "Axe", budget.assign(line=named), [*axes.values(), "Sans axe"]
        )

    def funders(self) -> Grid:
        """Who is expected to pay, by year; how sure it is stands in the note."""
        budget = self._budget()
        budget = budget[budget["kind"].eq("recette")]
        named = [self.payers.label(line) for line in budget.to_dict("records")]
        sums = budget.assign(sure=budget["sure"].replace("", "prevu")).groupby("sure")["amount"].sum()
        said = [f"{label} : {euros(sums[key])}" for key, label in SURENESS.items() if key in sums]
        note = (
            f"Sûreté des recettes : {' ; '.join(said)}. Seul ce qui est acquis engage celui qui paie."
            if said
            else ""
        )
        return self._by_year(
            "Recettes prévues par financeur", "Financeur", budget.assign(line=named), self._payer_order(budget, named), note
        )  # fmt: skip

    def _payer_order(self, budget: pd.DataFrame, named: list[str]) -> list[str]:
        """Labels of payers in the order of the sheet of money, the unnamed last of its kind."""
        rank = {funder: at for at, funder in enumerate(PAYERS)}
        lines = zip(budget["funder"], budget["party"], named, strict=True)
        return [
            label for _, _, label in sorted((rank.get(f, len(rank)), not p, label) for f, p, label in lines)
        ]

    def _shares(self, post: Mapping[Any, Any]) -> list[str]:
        """What each pays of a post: « Caf 24 000 € »."""
        told = str(post["remark"])
        return [
            f"{name} {euros(post[key])}{self._split(key, told)}"
            for key, name in governance.PAYERS.items()
            if post[key] > 0
        ]

    def _split(self, payer: str, told: str) -> str:
        """How several parties share what a post costs them: as its remark tells, else a blank that asks."""
        asked = self.payers.split(PAYER_TYPE.get(payer, payer))
        return f" ({told})" if asked and told else asked

    def amounts(self) -> Grid:
        """Amounts that change with the year, each with its source."""
        found = used(self.agreement, self.committed["id"])
        rows = [
            (
                each.rate.name, value_in_words(each), " ; ".join(t for t in (period_in_words(each), beyond_in_words(each)) if t),
                ", ".join(each.actions) or NONE, each.rate.source,
            )
            for each in found
        ]  # fmt: skip
        taken_on = (
            " ; au-delà, le budget reprend le dernier connu." if any(each.beyond for each in found) else "."
        )
        return _grid(
            "Montants qui changent avec l’année", ("Montant", "Valeur", "Période", "Actions", "Source"), rows,
            (25, 15, 33, 9, 18), note=f"Valables pour la période dite{taken_on}",
        )  # fmt: skip

    def _budget(self) -> pd.DataFrame:
        table = self.agreement.budget
        return table[table["action"].isin(self.committed["id"])]

    def _by_year(self, title: str, first: str, lines: pd.DataFrame, order: list[str], note: str = "") -> Grid:
        years = sorted({int(y) for y in lines["year"].dropna()})
        sums = (
            lines.pivot_table(index="line", columns="year", values="amount", aggfunc="sum")
            if len(lines)
            else pd.DataFrame()
        )
        whole = sums.sum(axis=1)
        rows = [
            (name, *(_amount(sums.loc[name].get(year)) for year in years), _amount(whole[name]))
            for name in dict.fromkeys(order)
            if name in sums.index
        ]
        if rows:
            rows.append(("Total", *(_amount(sums[year].sum()) for year in years), _amount(whole.sum())))
        return _grid(
            title, (first, *(str(y) for y in years), "Total"), rows, (35, *[50 / max(1, len(years))] * len(years), 15),
            numbers=tuple(range(1, len(years) + 2)), note=note, total=bool(rows),
            empty=blank("budget prévisionnel des actions", STEERING),
        )  # fmt: skip

    # -------------------------------------------------------------------------- governance, evaluation

    def instances(self) -> Grid:
        """Who decides what."""
        rows = [
            (
                i["nom"],
                upper_first(i["role"]),
                upper_first(i["decide"]) or NONE,
                i["presidence"] or NONE,
                i["frequence"],
            )
            for i in self.known["instances"]
        ]
        return _grid(
            "Instances", ("Instance", "Rôle", "Ce qu’elle décide", "Présidence", "Rythme"), rows, (18, 26, 24, 18, 14),
            empty=blank("instances de la convention, leur rôle et leur rythme", STEERING),
        )  # fmt: skip

    def members(self) -> Grid:
        """Seats of each instance, by function."""
        table = self.agreement.table("gouvernance", "members")
        names = (
            self.agreement.table("gouvernance", "instances")
            .drop_duplicates("id")
            .set_index("id")["name"]
            .to_dict()
        )
        rows = []
        for instance, some in table.groupby("instance", sort=False):
            seats = []
            for r in some.to_dict("records"):
                count = 1 if pd.isna(r["seats"]) else int(r["seats"])
                who = (
                    f"{r['function']}, {self.names[r['party']]}"
                    if r["party"] in self.names
                    else str(r["function"])
                )
                seats.append(f"{who}, {counted(count, 'siège')}" if count > 1 else who)
            rows.append((str(names.get(instance, instance)), " ; ".join(seats)))
        return _grid(
            "Membres, par fonction", ("Instance", "Fonctions"), rows, (24, 76),
            empty=blank("membres de chaque instance, par fonction", STEERING),
        )  # fmt: skip

    def indicators(self) -> Grid:
        """Indicators of the actions: where they start, what is aimed at, who measures."""
        table = self.agreement.table("plan", "indicators")
        rank = {action: i for i, action in enumerate(self.committed["id"])}
        table = table[table["action"].isin(rank)].sort_values(
            "action", key=lambda c: c.map(rank), kind="stable"
        )
        rows = [
            (
                str(r["action"]), f"{upper_first(str(r['label']))} ({INDICATOR_KINDS.get(str(r['kind']), NONE)})",
                self._measured(r["baseline"], str(r["unit"]), str(r["baseline_period"]), r, "valeur de départ"),
                self._measured(r["target"], str(r["unit"]), _day(r["target_on"]), r, "cible"),
                f"{r['source']} ; {FREQUENCIES.get(str(r['frequency']), NONE)}", str(r["responsible"]) or NONE,
            )
            for r in table.to_dict("records")
        ]  # fmt: skip
        return _grid(
            "Indicateurs de suivi", ("N°", "Indicateur (nature)", "Départ", "Cible", "Source et rythme", "Qui mesure"), rows,
            (6, 24, 13, 19, 23, 15), empty=blank("indicateurs des actions", STEERING),
        )  # fmt: skip

    def evaluation(self) -> Grid:
        """Questions of the evaluation."""
        rows = [(e["question"], e["comment"] or NONE) for e in self.known["evaluation"]]
        return _grid(
            "Questions d’évaluation", ("Question", "Comment on y répondra"), rows, (45, 55),
            empty=blank("questions d’évaluation", STEERING),
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------- means

    def _measured(self, value: float, unit: str, when: str, row: Any, what: str) -> str:
        if pd.isna(value):
            return blank(f"{what} de l’indicateur {row['id']}", str(row["responsible"]) or STEERING, "")
        named = unit if unit.startswith("%") else unit_of(value, unit)
        return f"{number(value, _decimals(value))} {named}" + (f" ({when})" if when else "")

    def _leader(self, row: Any) -> str:
        return self.names.get(str(row["leader"]), STEERING)

    def _commune(self, code: object) -> str:
        return self.study.communes_by_code.get(str(code), NONE) if code else NONE


def _grid(title: str, head: tuple[str, ...], rows: Rows, widths: tuple[float, ...], **more: Any) -> Grid:
    return Grid(title, head, tuple(tuple(row) for row in rows), widths, **more)


def _common(names: pd.Series) -> str:
    """What the names of one service's periods share: « Accueil de loisirs Exemple-Un »."""
    firsts = {str(name).split(",")[0].strip() for name in names}
    return firsts.pop() if len(firsts) == 1 else str(names.iloc[0])


def _decimals(value: float) -> int:
    return 0 if float(value).is_integer() else 1 if round(value, 1) == round(value, 2) else 2


def _amount(value: Any) -> str:
    return NONE if value is None or pd.isna(value) else euros(value)


def _day(moment: Any) -> str:
    return "" if moment is None or pd.isna(moment) else day_in_words(moment.date())


def _month(moment: Any) -> str:
    return NONE if pd.isna(moment) else f"{moment.month:02d}/{moment.year}"
