"""Where each action comes from, and to what each finding leads: tables of the chapter on the action plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from ctg_lib.agreement.books.groupes import FOLLOWED
from ctg_lib.agreement.evidence import Ref
from ctg_lib.agreement.plan import Action
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import Table
from ctg_lib.display.typography import counted, number
from ctg_lib.study.chapters.answers import Told
from ctg_lib.study.chapters.folder_base import NONE, listed, plain_theme
from ctg_lib.study.chapters.plan_base import WAITING, PlanChapter, files_in_words, title_of, with_hours
from ctg_lib.study.excerpts import exchanges_of, groups_of


class PlanTraced(PlanChapter):
    """From actions to files, from findings to actions."""

    def origines(self) -> Told:
        """Each action with its issues, findings, proofs and origin: how it is traced back; None without a plan."""
        if not self.plan.actions:
            return None
        rows = [self._origin(action) for action in self.plan.actions]
        return Table(
            pd.DataFrame(rows), id="tbl-origines", source=self.agreed_source(), anchors="anchor",
            caption="D’où vient chaque action : enjeu retenu, constats, preuves, propositions",
            columns={"action": "Action", "because": "Enjeu retenu, constats", "rests": "Preuves, et les fichiers d’où elles viennent",
                     "origin": "Proposée par, ou suite de"},
            more={"issues": "Enjeu retenu", "findings": "Constats", "proofs": "Preuves", "files": "Fichiers"},
            notes=["Les preuves sont celles du jour où le constat a été retenu, avec celles des constats qu’il réunit. Les fichiers sont ceux "
                   "du dossier de l’étude et, pour un indicateur (data/raw), ceux de l’éditeur.",
                   f"« ctg study trace {self.study.id} » et un identifiant donnent la même chose, dans les deux sens, jusqu’à chaque extrait."],
        )  # fmt: skip

    def _origin(self, action: Action) -> dict[str, Any]:
        findings = self.trace.findings_of(action.id)
        proofs = [n for f in findings for n in self.trace.evidence_of(f.id)]
        of = {p.id: [n.id for n in self.trace.under("preuve", p.id) if n.kind == "fichier"] for p in proofs}
        said = [
            f"{with_hours(p.label.rstrip('.'))} [{files_in_words(of[p.id]) or 'sans fichier'}]"
            for p in dict.fromkeys(proofs)
        ]
        back = [
            f"{id} {self.label_of(kind, id)}"
            for kind, ids in (("proposition", action.origins), ("bilan", action.previous))
            for id in ids
        ]
        issues = listed([self.label_of("enjeu", id) for id in action.retained])
        ids = ", ".join(n.id for n in findings)
        return {
            "action": title_of(action), "anchor": f"action-{action.id.lower()}",
            "because": f"{issues} ({ids})" if ids else issues, "rests": "\n".join(f"• {proof}" for proof in said) or NONE, "issues": issues, "findings": ids or NONE,
            "proofs": listed(_once(n.label.rstrip(".") for n in proofs)),
            "files": listed(_once(path for paths in of.values() for path in paths)), "origin": listed(back),
        }  # fmt: skip

    def constats(self) -> Told:
        """Each kept finding with the issues it leads to, the actions that answer it, the proposals that name it; None
        without a finding or a plan."""
        kept = self.agreement.kept_findings
        if kept.empty or not self.plan.actions:
            return None
        rows = [self._leads({str(n): v for n, v in line.items()}) for line in kept.to_dict("records")]
        answered = sum(bool(self.plan_actions_of(str(id))) for id in kept["id"])
        return Table(
            pd.DataFrame(rows), id="tbl-constats-actions", source=self.agreed_source("constats", "croisement", "plan", "groupes"),
            caption=f"De chaque constat gardé aux actions : {number(answered)} sur {number(len(rows))} {'en a' if answered < 2 else 'en ont'} au moins une",
            columns={"finding": "Constat", "issues": "Enjeux où il mène", "actions": "Actions qui y répondent", "proposals": "Proposé en groupe de travail"},
            notes=["« Par l’enjeu » : l’action ne nomme pas ce constat, mais répond à un enjeu qui en vient."],
        )  # fmt: skip

    def _leads(self, line: dict[str, Any]) -> dict[str, str]:
        id = str(line["id"])
        gathered = self.trace.gathered(id)[1:]
        also = f" (réunit {', '.join(gathered)})" if gathered else ""
        direct = self.plan_actions_of(id)
        through = [n for n in self.plan_actions_of(id, direct=False) if n not in direct]
        said = [f"{each.id} {with_hours(each.title)}" for each in direct]
        said += [f"par l’enjeu : {', '.join(each.id for each in through)}"] if through else []
        return {
            "finding": f"{id} — {with_hours(str(line['sentence']).rstrip('.'))}{also}",
            "issues": listed(self.issues_of(id)), "actions": upper_first(listed(said)) if said else "Aucune",
            "proposals": listed(self.proposals_of(id)),
        }  # fmt: skip

    def plan_actions_of(self, finding: str, *, direct: bool = True) -> list[Action]:
        """Actions of the plan that answer a finding, in the order of the tree (:meth:`Trace.actions_of`)."""
        ids = {node.id for node in self.trace.actions_of(finding, direct=direct)}
        return [action for action in self.plan.actions if action.id in ids]

    def issues_of(self, finding: str) -> list[str]:
        """« E02 Donner à chaque enfant … »: issues that rest on a finding, those set aside said so."""
        retained = self.agreement.retained
        nodes = [node for node in self.trace.over("constat", finding) if node.kind == "enjeu"]
        return [f"{n.id} {n.label}{'' if n.id in retained else ' (non retenu)'}" for n in nodes]

    def proposals_of(self, finding: str) -> list[str]:
        """« PR12 Un lieu d’écoute … (à instruire) »: proposals of the working groups that name a finding."""
        table = self.agreement.table("groupes", "proposals").drop_duplicates("id").set_index("id")
        nodes = [node for node in self.trace.over("constat", finding) if node.kind == "proposition"]
        states = {n.id: FOLLOWED[str(table["follow"].get(n.id) or WAITING)] for n in nodes}
        return [f"{n.id} {with_hours(n.label)} ({states[n.id]})" for n in nodes]

    # ----------------------------------------------------------------------------------------- words of actors

    def paroles(self) -> Told:
        """Each need said by actors on which a kept finding rests: where, by which groups; None without any."""
        if not self.plan.actions:
            return None
        rows = [row for need, ids in self._said().items() if (row := self._word(need, ids))]
        if not rows:
            return None
        excerpts = sum(row["excerpts"] for row in rows)
        return Table(
            pd.DataFrame(rows), id="tbl-paroles-constats", source=self.agreed_source("constats"),
            caption=f"{upper_first(counted(excerpts, 'extrait'))} d’échanges derrière les constats gardés, par besoin",
            columns={"need": "Ce dont on a parlé", "theme": "Thème", "findings": "Constats", "meetings": "Échanges", "excerpts": "Extraits",
                     "groups": "Groupes qui en ont parlé", "files": "Fichiers"},
            notes=["Ni personne ni fonction : les groupes trop petits sont réunis sous « autres acteurs », ou ne sont pas nommés.",
                   f"« ctg study trace {self.study.id} » et le code du besoin donnent l’identifiant de chaque extrait, pour qui tient les "
                   "classeurs des échanges."],
            more={"code": "Code du besoin"},
        )  # fmt: skip

    def _said(self) -> dict[str, list[str]]:
        """Code of a need -> kept findings that rest on its words, near or merged."""
        out: dict[str, list[str]] = {}
        for id in map(str, self.agreement.kept_findings["id"]):
            for node in self.trace.evidence_of(id):
                kind, _, ref = node.id.partition(":")
                if kind == "parole":
                    out.setdefault(Ref.parse("parole", ref).name, []).append(id)
        return out

    def _word(self, need: str, findings: list[str]) -> dict[str, Any]:
        under = self.trace.under("preuve", f"parole:{need}")
        excerpts = [node for node in under if node.kind == "extrait"]
        if not excerpts:
            return {}
        theme, label = self.study.consultation.actors.scheme.get(need, ("", need))
        return {
            "need": upper_first(label), "theme": upper_first(plain_theme(theme)), "findings": ", ".join(findings),
            "meetings": exchanges_of(self.study, need), "excerpts": len(excerpts),
            "groups": listed(groups_of(self.study, need)),
            "files": files_in_words(n.id for n in under if n.kind == "fichier") or NONE, "code": need,
        }  # fmt: skip


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
