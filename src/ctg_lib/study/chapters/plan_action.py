"""Chapter 15b: the action plan, from findings to actions; when, with what money, and what will show that it works."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd

from ctg_lib.agreement.books.plan import (
    ACTION_STATES,
    FREQUENCIES,
    INDICATOR_KINDS,
    NATURES,
    SURENESS,
)
from ctg_lib.agreement.measurability import VERDICTS, Verdict
from ctg_lib.agreement.plan import Action, balance, unanswered_proposals
from ctg_lib.agreement.trace import Node
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.gantt import dates_in_words, gantt
from ctg_lib.display.output import md
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import KeyFigure, Output, Table, prose
from ctg_lib.display.typography import counted, enumerate_fr, euros, number
from ctg_lib.study.chapters import control
from ctg_lib.study.chapters.answers import Told
from ctg_lib.study.chapters.folder_base import NONE, TO_COMPLETE, listed, quoted
from ctg_lib.study.chapters.offre.money import PAYER_GROUPS
from ctg_lib.study.chapters.offre.words import payer
from ctg_lib.study.chapters.plan_amounts import PlanAmounts
from ctg_lib.study.chapters.plan_base import title_of
from ctg_lib.study.chapters.plan_groups import PlanGroups
from ctg_lib.study.chapters.plan_trace import PlanTraced
from ctg_lib.study.moved import told

DrawnTold = Figure | Absent | Told
"""A drawing shown only where there is a plan."""
GANTT_STATES: dict[str, str] = {
    "projet": "hypothese", "validee": "prevu", "en_cours": "en_cours", "terminee": "fait",
}  # fmt: skip
"""State of an action -> how its bar is drawn."""
FILLED: dict[str, str] = {
    "objective": "objectif", "nature": "nature", "description": "description", "leader": "pilote", "start": "début",
    "end": "fin",
}  # fmt: skip
TONES: dict[str, str] = {
    "rompu": "ctg-heat-worse-far", "trop_tard": "ctg-heat-worse-far", "bruit": "ctg-heat-worse-far",
    "tendance": "ctg-heat-worse-far",
    "cible_tard": "ctg-heat-worse", "fragile": "ctg-heat-worse", "inconnu": "ctg-heat-worse",
}  # fmt: skip
_FEW = 4


class PlanAction(PlanTraced, PlanGroups, PlanAmounts):
    """Axes, actions, their origin, calendar, money and indicators."""

    name = "plan_action"

    # ---------------------------------------------------------------------------------------- essential

    def essentiel(self) -> Output:
        """How many axes and actions, what they cost and who pays, what is measured, what is left out."""
        if not self.plan.actions:
            return self.essential(self.nothing_message(), self.aside_message(), self.control_errors())
        return self.essential(
            self.plan_message(), self.money_message(), self.measure_message(), self.left_message(),
            self.aside_message(), self.control_errors(),
        )  # fmt: skip

    def nothing_message(self) -> str:
        """That there is no plan yet, and what it waits for."""
        retained = self.agreement.retained
        text = "**Le plan d’action n’est pas encore écrit.**"
        if not retained:
            return f"{text} Il part des enjeux que le comité de pilotage retient ; aucun ne l’est encore."
        waiting = len(unanswered_proposals(self.agreement))
        if waiting:
            noun = counted(waiting, "proposition retenue", "propositions retenues")
            return f"{text} {upper_first(noun)} des groupes de travail attend{'' if waiting < 2 else 'ent'} de devenir une action."
        many = counted(len(retained), "enjeu retenu attend", "enjeux retenus attendent")
        return f"{text} {upper_first(many)} les propositions des groupes de travail."

    def next_step(self) -> str:
        """What to do while there is no plan."""
        if not self.agreement.retained:
            return "Ce que le comité de pilotage retient s’écrit dans priorites.xlsx, feuille « Décisions du COPIL »."
        drafts = (
            f"`ctg study plan {self.study.id}` en fait des actions en projet, que plan-action.xlsx complète."
        )
        if unanswered_proposals(self.agreement):
            return f"Des propositions sont retenues dans groupes-travail.xlsx : {drafts}"
        return f"Ce que proposent les groupes de travail s’écrit dans groupes-travail.xlsx : {drafts}"

    def plan_message(self) -> str:
        """How many axes and actions, how many are validated, how many go on with what existed."""
        actions, axes = self.plan.actions, [axis for axis in self.plan.axes if axis.actions]
        agreed, drafts = len(self.plan.agreed), len(self.plan.drafts)
        head = (
            f"**{upper_first(counted(len(actions), 'action'))} en {counted(len(axes), 'axe')}**"
            if axes
            else f"**{upper_first(counted(len(actions), 'action'))}, sans axe**"
        )
        said = [f"{counted(agreed, 'validée')} par le comité de pilotage"] if agreed else []
        said += [f"{number(drafts)} encore en projet"] if drafts else []
        natures = {key: sum(a.nature == key for a in actions) for key in NATURES}
        words = {"reconduite": "reconduite", "adaptee": "adaptée", "nouvelle": "nouvelle"}
        kinds = [counted(n, words[key]) for key, n in natures.items() if n]
        return f"{head} : {enumerate_fr(said)}." + (f" {upper_first(enumerate_fr(kinds))}." if kinds else "")

    def money_message(self) -> str:
        """What the plan costs over the years, who pays, how much of it is sure."""
        cost = self.plan.cost()
        if pd.isna(cost):
            return "**Aucun budget n’est écrit** : les montants des actions restent à compléter."
        years = self.plan.costs("year")
        drafts = sum(c for a in self.plan.drafts if not pd.isna(c := self.plan.cost(a.id)))
        text = f"**{euros(cost)} de {int(years.index.min())} à {int(years.index.max())}**"
        text += f", dont {euros(drafts)} pour les actions en projet" if drafts else ""
        shares = self.payer_shares()
        said = [f"{payer(name)} {number(share, 0, '%')}" for name, share in shares.items() if share >= 0.5]
        text += f". Qui paie : {' ; '.join(said)}." if said else ", sans recette écrite."
        sure = self._sure()
        if sure is not None:
            text += f" **{number(sure, 0, '%')} des recettes sont acquises** ; le reste est demandé, ou à demander."
        return text

    def _sure(self) -> float | None:
        """Percent of the receipts that are acquired; None without any."""
        lines = self.plan.budget
        lines = lines[lines["kind"].eq("recette")] if len(lines) else lines
        total = float(lines["amount"].sum()) if len(lines) else 0.0
        return 100 * float(lines.loc[lines["sure"].eq("acquis"), "amount"].sum()) / total if total else None

    def payer_shares(self) -> dict[str, float]:
        """Group of payers -> percent of the receipts of the plan, the largest first."""
        sums = self._grouped(self.plan.receipts("funder"))
        total = float(sums.sum())
        return (
            {str(k): 100 * float(v) / total for k, v in sums.sort_values(ascending=False).items()}
            if total
            else {}
        )

    @staticmethod
    def _grouped(receipts: pd.Series) -> pd.Series:
        """Receipts by funder -> by group of payers."""
        return pd.Series(
            {name: float(receipts.reindex(list(keys)).sum()) for name, keys in PAYER_GROUPS.items()}
        )

    def measure_message(self) -> str:
        """How many indicators, how many are refused, which are proposed instead."""
        found = [v for v in self.told.verdicts.values() if self._of_plan(v)]
        if not found:
            return "**Aucun indicateur n’est écrit** : rien ne dira si le plan réussit."
        refused = [v for v in found if v.refused]
        doubtful = [v for v in found if not v.refused and v.code != "mesurable"]
        head = (
            f"**{upper_first(counted(len(found), 'indicateur'))}, chacun avec sa valeur de départ et sa cible**"
            if self._all_based()
            else f"**{upper_first(counted(len(found), 'indicateur'))}**"
        )
        if not refused and not doubtful:
            return f"{head} ; tous peuvent être mesurés d’ici la fin de la convention."
        good = len(found) - len(refused) - len(doubtful)
        said = [
            f"{counted(good, 'est mesurable', 'sont mesurables')} d’ici la fin de la convention"
            if good
            else "aucun n’est mesurable sans réserve"
        ]
        said += (
            [
                f"{counted(len(refused), 'est à remplacer', 'sont à remplacer')} ({quoted([v.label for v in refused])})"
            ]
            if refused
            else []
        )
        said += (
            [
                f"{counted(len(doubtful), 'demande', 'demandent')} une précaution ({quoted([v.label for v in doubtful])})"
            ]
            if doubtful
            else []
        )
        return f"{head} ; {enumerate_fr(said)}."

    def _all_based(self) -> bool:
        table = self.agreement.table("plan", "indicators")
        own = table[table["id"].isin([v.id for v in self.told.verdicts.values() if self._of_plan(v)])]
        return bool(own["baseline"].notna().all() and own["target"].notna().all())

    def _of_plan(self, verdict: Verdict) -> bool:
        return any(a.id == verdict.action for a in self.plan.actions)

    def left_message(self) -> str:
        """Retained issues without an action, kept findings that none names."""
        issues, findings = self.issues_left(), self.trace.findings_without_action
        text = (
            f"**Sans aucune action : {counted(len(issues), 'enjeu retenu', 'enjeux retenus')}** ({quoted([n.label for n in issues])})."
            if issues
            else "**À chaque enjeu retenu répond au moins une action.**"
        )
        if findings:
            agree = "n’est repris" if len(findings) < 2 else "ne sont repris"
            text += f" {upper_first(counted(len(findings), 'constat gardé', 'constats gardés'))} {agree} par aucune."
        return text

    def issues_left(self) -> list[Node]:
        """Retained issues that no action of the plan answers."""
        answered = {issue for action in self.plan.actions for issue in action.answers}
        labels = {n.id: n for key, n in self.trace.nodes.items() if key[0] == "enjeu"}
        return [labels[id] for id in self.agreement.retained if id not in answered and id in labels]

    def aside_message(self) -> str:
        """Actions that no retained issue feeds; empty without any."""
        aside = self.plan.aside
        if not aside:
            return ""
        agree = "ne figure pas" if len(aside) < 2 else "ne figurent pas"
        return f"{upper_first(counted(len(aside), 'action'))} {agree} au plan : le comité de pilotage n’a retenu aucun de leurs enjeux ({quoted([a.title for a in aside], 3)})."

    def chiffres_cles(self) -> Told:
        """Axes, actions, cost, what is left to the territory, indicators; None without a plan."""
        if not self.plan.actions:
            return None
        source = self.card_source
        cost, axes = self.plan.cost(), sum(bool(axis.actions) for axis in self.plan.axes)
        own = self._grouped(self.plan.receipts("funder"))
        local = float(own[[name for name, keys in PAYER_GROUPS.items() if "epci" in keys]].sum())
        found = [v for v in self.told.verdicts.values() if self._of_plan(v)]
        good = sum(v.code == "mesurable" for v in found)
        return self.cards(
            [
                KeyFigure("axes", number(axes), "", source),
                KeyFigure("actions", number(len(self.plan.actions)), f"dont validées : {number(len(self.plan.agreed))}", source),
                KeyFigure("coût prévu", TO_COMPLETE if pd.isna(cost) else euros(cost), "toutes années", source),
                KeyFigure("à la charge du territoire", euros(local), "intercommunalité et communes", source) if local else None,
                KeyFigure("indicateurs mesurables", number(good), f"sur {number(len(found))}", source) if found else None,
            ],
            "chiffres-cles-plan",
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------ the tree

    def arbre(self) -> Told:
        """« Des axes aux actions »: the tree, each action with the findings it answers; None without a plan."""
        if not self.plan.actions:
            return None
        lines = [
            "## Des axes aux actions", "",
            "Sous chaque action, les constats auxquels elle répond ; le tableau qui suit remonte jusqu’aux preuves.",
        ]  # fmt: skip
        numbered = enumerate(self.plan.axes, start=1)  # as the convention and the sheets number them
        for number_, axis in ((n, a) for n, a in numbered if a.actions):
            issues = [self.label_of("enjeu", id) for id in axis.issues if id in self.agreement.retained]
            lines += ["", f"### Axe {number_}. {upper_first(md(axis.title))}", ""]
            lines += (
                [f"*{'Enjeu' if len(issues) < 2 else 'Enjeux'} : {md(' ; '.join(issues))}.*", ""]
                if issues
                else []
            )
            for orientation in axis.orientations:
                lines += (
                    [f"- **{upper_first(md(orientation.title))}**"]
                    if any(o.actions for o in orientation.objectives)
                    else []
                )
                for objective in orientation.objectives:
                    lines += [f"    - {upper_first(md(objective.title))}"] if objective.actions else []
                    lines += [self._branch(action) for action in objective.actions]
        if self.plan.loose:
            lines += ["", "### Actions qui ne sont pas encore rangées sous un objectif", ""]
            lines += [self._branch(action).strip() for action in self.plan.loose]
        return prose("\n".join(lines))

    def _branch(self, action: Action) -> str:
        words = [NATURES[action.nature]] if action.nature else []
        words += [ACTION_STATES[action.state]] if not action.agreed else []
        kind = f" ({', '.join(words)})" if words else ""
        findings = [
            f"{node.id} « {md(node.label.rstrip('.'))} »" for node in self.trace.findings_of(action.id)
        ]
        because = f" ← {' ; '.join(findings)}" if findings else " ← *aucun constat*"
        return f"        - **{action.id} {md(action.title)}**{kind}{because}"

    # ----------------------------------------------------------------------------------------- actions

    def actions(self) -> Told:
        """Actions: number, title, nature, leader, dates, cost, state; None without a plan."""
        if not self.plan.actions:
            return None
        rows = [
            {
                "action": title_of(a), "nature": upper_first(NATURES[a.nature]) if a.nature else TO_COMPLETE,
                "leader": self.party(a.leader) or TO_COMPLETE, "when": _months(a.start, a.end),
                "cost": TO_COMPLETE if pd.isna(cost := self.plan.cost(a.id)) else euros(cost),
                "state": upper_first(ACTION_STATES[a.state]),
            }
            for a in self.plan.actions
        ]  # fmt: skip
        return Table(
            pd.DataFrame(rows), id="tbl-actions", source=self.agreed_source(),
            caption=f"{upper_first(counted(len(rows), 'action'))}, qui les porte, quand, et ce qu’elles coûtent",
            columns={"action": "Action", "nature": "Nature", "leader": "Pilote", "when": "Période", "cost": "Coût prévu", "state": "État"},
            notes=["Coût : toutes les dépenses écrites, investissement compris. Une action en projet n’engage personne."],
        )  # fmt: skip

    def actions_dites(self) -> Told:
        """« Qui fait quoi, et quand »: how many bodies lead; None without a plan."""
        if not self.plan.actions:
            return None
        leaders = len({a.leader for a in self.plan.actions if a.leader})
        said = (
            [f"{upper_first(counted(leaders, 'organisme porte', 'organismes portent'))} ces actions."]
            if leaders
            else []
        )
        said.append("Chaque action a sa fiche, avec ses étapes.")
        return prose(f"## Qui fait quoi, et quand\n\n{' '.join(said)}")

    def calendrier(self) -> DrawnTold:
        """Actions over the years of the convention, under their axes; None without a plan."""
        if not self.plan.actions:
            return None
        rows: list[dict[str, Any]] = []
        for axis in self.plan.axes:
            rows += self._bars(axis.title, axis.id, axis.actions) if axis.actions else []
        rows += self._bars("Sans objectif", "sans-axe", self.plan.loose) if self.plan.loose else []
        contract = self.study.config.contract
        dates = (
            dates_in_words(contract.get("start"), contract.get("end"))
            if {"start", "end"} <= set(contract)
            else ""
        )
        return gantt(
            pd.DataFrame(rows), id="fig-calendrier-plan", title=self._calendar_title(), today=self.study.as_of,
            subtitle=f"Axes et actions{f', convention : {dates}' if dates else ''}", source=self.agreed_source(),
            notes=("Actions validées : « prévu » ; en projet : « hypothèse ». Les étapes de chacune sont dans sa fiche.",),
        )  # fmt: skip

    @staticmethod
    def _bars(title: str, id: str, actions: Iterable[Action]) -> list[dict[str, Any]]:
        own = list(actions)
        starts, ends = [a.start for a in own if a.start], [a.end for a in own if a.end]
        state = (
            "en_cours"
            if any(a.state == "en_cours" for a in own)
            else "prevu"
            if any(a.agreed for a in own)
            else "hypothese"
        )
        head = {"kind": "phase", "id": id, "name": title, "phase": "", "start": min(starts, default=None),
                "end": max(ends, default=None), "state": state}  # fmt: skip
        return [head] + [
            {"kind": "step", "id": a.id, "name": title_of(a).replace(" — ", " "), "phase": id, "start": a.start, "end": a.end,
             "state": GANTT_STATES.get(a.state, "hypothese")}
            for a in own
        ]  # fmt: skip

    def _calendar_title(self) -> str:
        first = [a for a in self.plan.actions if a.start]
        if not first:
            return "Le calendrier des actions"
        day = min(a.start for a in first if a.start)
        n = sum(a.start.year == day.year for a in first if a.start)
        return f"{upper_first(counted(n, 'action commence', 'actions commencent'))} en {day.year}, sur {number(len(self.plan.actions))}"

    # ------------------------------------------------------------------------------------------- money

    def budget_par_annee(self) -> DrawnTold:
        """Receipts of each year by who pays, stacked; None without a plan."""
        from ctg_lib.display.charts import stacked_bars

        if not self.plan.actions:
            return None
        title, id = "Le budget du plan, année par année", "fig-budget-annees"
        receipts = self.plan.receipts("year", "funder")
        if receipts.empty:
            return self.absent(title, "aucune recette n’est écrite dans plan-action.xlsx", id)
        years = sorted({int(year) for year, _ in receipts.index})
        sums = {year: self._grouped(receipts.xs(year, level="year")) for year in years}
        parts = [name for name in PAYER_GROUPS if sum(sums[y][name] for y in years) > 0]
        thousands = max(float(s.sum()) for s in sums.values()) >= 10_000
        frame = pd.DataFrame(
            [{"name": str(y), "part": name, "value": float(sums[y][name]) / (1000 if thousands else 1)} for y in years for name in parts]
        )  # fmt: skip
        return stacked_bars(
            frame, id=id, share=False, label="Année", part_label="Qui paie", unit="milliers d’euros" if thousands else "€",
            title=self._budget_title(), subtitle="Recettes prévues des actions du plan, investissement compris",
            source=self.agreed_source(), notes=tuple(self._budget_notes()),
        )  # fmt: skip

    def _budget_title(self) -> str:
        years = self.plan.costs("year")
        if years.empty:
            return "Le budget du plan, année par année"
        top = int(str(years.idxmax()))
        return f"L’année la plus lourde est {top} : {euros(float(years.max()))}"

    def _budget_notes(self) -> list[str]:
        lines = self.plan.budget
        built = float(
            lines.loc[lines["kind"].eq("depense") & lines["nature"].eq("investissement"), "amount"].sum()
        )
        notes = [f"Dont investissement : {euros(built)}."] if built else []
        ids = {a.id for a in self.plan.actions}
        gaps = [r for r in balance(self.agreement).to_dict("records") if r["gap"] and r["action"] in ids]
        if gaps:
            named = [f"{row['action']} en {row['year']}" for row in gaps]
            notes.append(f"Recettes et dépenses ne se répondent pas pour {listed(named)}.")
        notes += self.amount_notes()
        return notes

    def budget_par_axe(self) -> Told:
        """Cost of each axis and who pays; None without a budget."""
        if not self.plan.actions or pd.isna(self.plan.cost()):
            return None
        receipts, costs = self.plan.receipts("axis", "funder"), self.plan.costs("axis")
        titles = {axis.id: axis.title for axis in self.plan.axes} | {"": "Sans axe"}
        groups = {name: f"payer{n}" for n, name in enumerate(PAYER_GROUPS)}
        rows = []
        for axis in [key for key in titles if key in costs.index]:
            has = len(receipts) and axis in receipts.index.get_level_values("axis")
            sums = (
                self._grouped(receipts.xs(axis, level="axis"))
                if has
                else self._grouped(pd.Series(dtype="float64"))
            )
            rows.append(
                {"axis": titles[axis], "cost": float(costs[axis])}
                | {groups[str(n)]: float(v) for n, v in sums.items()}
            )
        total = pd.DataFrame(rows).drop(columns="axis").sum().to_dict() | {
            "axis": "Ensemble du plan",
            "own": True,
        }
        frame = pd.DataFrame([*({**row, "own": False} for row in rows), total])
        return Table(
            frame, id="tbl-budget-axes", source=self.agreed_source(), caption="Ce que coûte chaque axe, et qui le paie, toutes années",
            columns={"axis": "Axe", "cost": "Dépenses"} | {key: name for name, key in groups.items()},
            units=dict.fromkeys(["cost", *groups.values()], "€"), highlight="own",
        )  # fmt: skip

    def surete(self) -> Told:
        """« Ce que le plan coûte, et qui paie »: receipts by how sure they are; None without any."""
        lines = self.plan.budget
        lines = lines[lines["kind"].eq("recette")] if len(lines) else lines
        if lines.empty:
            return None
        sure = lines["sure"].replace("", "prevu")
        sums = lines.groupby(sure)["amount"].sum()
        words = {"acquis": "acquis", "sollicite": "demandés", "prevu": "à demander"}
        said = [f"{euros(float(sums[key]))} {words[key]}" for key in SURENESS if key in sums.index]
        return prose(
            f"## Ce que le plan coûte, et qui paie\n\nDes recettes écrites, toutes années : {enumerate_fr(said)}."
        )

    # ------------------------------------------------------------------------------------- indicators

    def indicateurs(self) -> Told:
        """Indicators with baseline, target, source, and whether they can be measured; None without any."""
        table = self.agreement.table("plan", "indicators")
        rows = []
        for action in self.plan.actions:
            for line in table[table["action"].eq(action.id)].to_dict("records"):
                verdict = self.told.verdicts.get(line["id"])
                rows.append(self._measured(action, line, verdict))
        if not rows:
            return None
        own = [v for v in self.told.verdicts.values() if self._of_plan(v)]
        bad = sum(v.refused for v in own)
        good = sum(v.code == "mesurable" for v in own)
        return Table(
            pd.DataFrame(rows), id="tbl-indicateurs-plan", source=self.agreed_source(),
            caption=f"{upper_first(counted(len(rows), 'indicateur'))} : {counted(good, 'mesurable')}" + (f", {number(bad)} à remplacer" if bad else "")
            + (f", {number(len(own) - good - bad)} à lire avec précaution" if len(own) > good + bad else ""),
            columns={"action": "Action", "label": "Indicateur", "baseline": "Départ", "target": "Cible", "how": "Mesuré par", "verdict": "Mesurable ?"},
            row_header="label",
            notes=[
                "Un indicateur est refusé si aucune valeur comparable ne doit paraître avant la fin de la convention, ou si, d’ici la date "
                "de sa cible, il peut y arriver sans l’action : par sa variation ordinaire, ou par sa tendance. Une activité comptée chaque "
                "année est alors proposée ; de même quand le hasard peut faire l’écart, ou quand la cible sera constatée trop tard.",
            ],
        )  # fmt: skip

    def indicateurs_dits(self) -> Told:
        """« À quoi verra-t-on que cela marche »: how many of each kind; None without any."""
        table = self.agreement.table("plan", "indicators")
        own = table[table["action"].isin([a.id for a in self.plan.actions])]
        if own.empty:
            return None
        counts = [(INDICATOR_KINDS[key], int(own["kind"].eq(key).sum())) for key in INDICATOR_KINDS]
        said = enumerate_fr([f"{number(n)} de {name}" for name, n in counts if n])
        text = f"Indicateurs : {said}. " if said else ""
        return prose(
            f"## À quoi verra-t-on que cela marche\n\n{text}Un résultat se mesure sur les gens ; une réalisation et des moyens se "
            "comptent dans les services."
        )

    @staticmethod
    def _measured(action: Action, line: dict[Any, Any], verdict: Verdict | None) -> dict[str, Any]:
        base = (
            TO_COMPLETE
            if pd.isna(line["baseline"])
            else f"{_plain(line['baseline'])} ({line['baseline_period'] or NONE})"
        )
        on = f" ({line['target_on'].year})" if pd.notna(line["target_on"]) else ""
        target = TO_COMPLETE if pd.isna(line["target"]) else f"{_plain(line['target'])}{on}"
        words, tone = NONE, ""
        if verdict:
            words = upper_first(VERDICTS[verdict.code])
            words += f" : {verdict.why}" if verdict.why else ""
            words += f". {upper_first(verdict.proposed)}" if verdict.proposed else ""
            tone = TONES.get(verdict.code, "")
        kind = INDICATOR_KINDS.get(line["kind"], "")
        often = FREQUENCIES.get(line["frequency"], "")
        return {
            "action": action.id, "label": f"{upper_first(line['label'])} ({', '.join(t for t in (kind, line['unit']) if t)})", "baseline": base,
            "target": target, "how": " ; ".join(t for t in (line["source"], often, line["responsible"]) if t) or TO_COMPLETE,
            "verdict": words, "verdict_class": tone,
        }  # fmt: skip

    # --------------------------------------------------------------------------------- what is left out

    def restent(self) -> Told:
        """« Ce qui reste sans action »: retained issues, kept findings, proposals, actions to go on with; None where
        nothing does."""
        if not self.plan.actions:
            return None
        agreement = self.agreement
        taken = {id for a in self.plan.actions for id in a.previous}
        bilan = self.folder.table("bilan", "actions")
        left = bilan[bilan["next"].isin(["poursuivre", "adapter"]) & ~bilan["id"].isin(taken)]
        said = {
            "Enjeux retenus": [f"{n.id} {n.label}" for n in self.issues_left()],
            "Constats gardés": [self._unanswered(n) for n in self.trace.findings_without_action],
            "Propositions des groupes de travail, retenues": [f"{p['id']} {p['title']}" for p in unanswered_proposals(agreement)],
            "Actions du contrat précédent, à poursuivre ou à adapter": [f"{id} {name}" for id, name in zip(left["id"], left["name"], strict=True)],
            "Actions dont aucun enjeu n’est retenu": [f"{a.id} {a.title}" for a in self.plan.aside],
        }  # fmt: skip
        lines = []
        for head, items in said.items():
            if items:
                lines += [
                    f"- **{head}** ({number(len(items))})",
                    *(f"    - {md(text.rstrip('.'))}" for text in items),
                ]
        if not lines:
            return prose(
                "## Ce qui reste sans action\n\nRien : chaque enjeu retenu, chaque constat gardé et chaque proposition retenue a au moins une action."
            )
        intro = "Ne pas y répondre peut être un choix ; il se dit."
        return prose("\n".join(["## Ce qui reste sans action", "", intro, "", *lines]))

    def _unanswered(self, finding: Node) -> str:
        """A finding, with what the working groups proposed of it."""
        said = f"{finding.id} {finding.label.rstrip('.')}"
        proposed = self.proposals_of(finding.id)
        return f"{said} ; proposé en groupe de travail : {' ; '.join(proposed)}" if proposed else said

    # ---------------------------------------------------------------------------------------- callouts

    def points_de_vigilance(self) -> Output:
        """What the plan does not say, drafts, indicators to look at, what the control finds."""
        drafts = self.plan.drafts
        sure = self._sure()
        return self.vigilance(
            f"{upper_first(counted(len(drafts), 'action'))} {'est' if len(drafts) < 2 else 'sont'} en projet : {quoted([a.title for a in drafts], _FEW)}. Rien n’y engage encore."
            if drafts else "",
            "Un montant demandé n’est pas un montant obtenu : le budget dit ce qui est acquis, demandé, ou à demander."
            if sure is not None and sure < 100 else "",
            told(self.study, self._resting()),
            *self.control_lines(),
        )  # fmt: skip

    def control_lines(self) -> list[str]:
        """What the control finds, without what the table of indicators says of each."""
        told = {v.why for v in self.told.verdicts.values() if v.why and not v.refused and self._of_plan(v)}
        here = [p for p in self._control if p.severity != "error" and any(why in p.said for why in told)]
        lines = control.sentences([p for p in self._control if p not in here], self.calendar)
        if here:
            many = counted(len(here), "indicateur est", "indicateurs sont")
            lines.append(
                f"{upper_first(many)} à lire avec précaution : le tableau des indicateurs dit pourquoi."
            )
        return lines

    def _resting(self) -> dict[str, list[str]]:
        """Finding -> actions that name it, those given up left out."""
        ids = self.agreement.kept_findings["id"]
        return {str(id): [node.id for node in self.trace.actions_of(str(id))] for id in ids}

    def ce_qui_manque(self) -> Output:
        """« Ce qui n’est pas encore rempli »: what each action lacks."""
        if not self.plan.actions:
            return self.unfilled([self.next_step()])
        budget, measured = (
            set(self.plan.budget["action"]),
            set(self.agreement.table("plan", "indicators")["action"]),
        )
        lines = [
            f"{a.id} « {md(a.title)} » : {enumerate_fr([FILLED[name] for name in a.to_fill])}." for a in self.plan.actions if a.to_fill
        ]  # fmt: skip
        for what, ids in (("Sans budget", budget), ("Sans indicateur", measured)):
            none = [a.id for a in self.plan.actions if a.id not in ids]
            lines += [f"{what} : {', '.join(none)}."] if none else []
        none = [a.id for a in self.plan.actions if not a.steps]
        lines += [f"Sans étape : {', '.join(none)}."] if none else []
        return self.unfilled(lines)

    def questions_du_groupe(self) -> Output:
        """Questions that people in a room can answer."""
        if not self.plan.actions:
            return self.questions(
                "Pour chaque enjeu retenu, qu’est-ce qui peut commencer tout de suite, et qui le porte ?",
                "À quoi, concrètement, verra-t-on dans deux ans que cela marche ?",
            )
        costs = {a: c for a in self.plan.actions if not pd.isna(c := self.plan.cost(a.id))}
        top = max(costs, key=lambda a: costs[a], default=None)
        refused = [v for v in self.told.verdicts.values() if v.refused and self._of_plan(v)]
        left = self.issues_left()
        drafts = self.plan.drafts
        return self.questions(
            f"« {md(top.title)} » est l’action la plus coûteuse du plan : que fait-on si un financeur dit non ?" if top else "",
            f"Que manque-t-il pour valider « {md(drafts[0].title)} » ?" if drafts else "",
            f"Qui peut compter chaque année, à la place de « {md(refused[0].label)} », {md(refused[0].instead)} ?" if refused else "",
            f"Qui porterait une action pour « {md(left[0].label)} » ?" if left else "",
            "Quelle action arrêterait-on en premier si l’argent manquait, et qui le dirait aux familles ?",
        )  # fmt: skip


def _months(start: date | None, end: date | None) -> str:
    """« sept. 2027 – déc. 2031 », « à compléter »."""
    if start is None and end is None:
        return TO_COMPLETE
    return dates_in_words(start, end)


def _plain(value: float) -> str:
    """A number as it was typed, the French way."""
    return number(float(value), 0 if float(value).is_integer() else 1 if round(value, 1) == value else 2)
