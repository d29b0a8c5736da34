"""What each signatory binds itself to, and who pays: only what a file says, and of money only what is acquired.

An amount asked for, or to be asked for, binds nobody. Where several parties are of the kind that pays and the budget
names none (« Partie qui paie »), the text asks which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ctg_lib.agreement import governance
from ctg_lib.agreement.commitments import committed_actions
from ctg_lib.display.typography import euros, number
from ctg_lib.documents.agreement.blocks import blank
from ctg_lib.documents.agreement.party_words import party_names
from ctg_lib.partnership.books.financement import PAYER_TYPE, PAYERS

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

Fields = dict[str, Any]
TOGETHER: dict[str, str] = {
    "epci": "les intercommunalités", "commune": "les communes", "caf": "les Caf", "msa": "les MSA",
    "departement": "les Départements", "region": "les Régions", "etat": "les services de l’État",
}  # fmt: skip
"""Type of party -> several of them, in words."""
_LOWER = frozenset({"epci", "communes", "families", "others"})
"""Payers whose name is a common noun."""


class Payers:
    """Who pays what the plan and the posts foresee.

    Args:
        signing: signatories (:func:`ctg_lib.documents.agreement.convention_fields.signatories`), in order.
    """

    def __init__(self, study: Study, signing: Sequence[Mapping[str, Any]]) -> None:
        self.signing = signing
        self.names = party_names(study)
        self._many_communes = len(study.communes_by_code) > 1

    def several(self, kind: str) -> bool:
        """Whether « the commune », « the intercommunalité » could be several."""
        if kind == "commune" and self._many_communes:
            return True
        return sum(party["type"] == kind for party in self.signing) > 1

    def rank(self, line: Mapping[Any, Any]) -> int | None:
        """Rank, among the signatories, of the party that a line of the budget is paid by; None where unsaid."""
        if line["party"]:
            return next((i for i, p in enumerate(self.signing) if p["id"] == line["party"]), None)
        kind = PAYER_TYPE.get(str(line["funder"]), "")
        if not kind or self.several(kind):
            return None
        return next((i for i, p in enumerate(self.signing) if p["type"] == kind), None)

    def label(self, line: Mapping[Any, Any]) -> str:
        """A payer of the budget: « MSA », « Communes : Commune de … », « Intercommunalité [à compléter] »."""
        said = PAYERS.get(str(line["funder"]), "Financeur non dit")
        kind = PAYER_TYPE.get(str(line["funder"]), "")
        if line["party"] and (self.several(kind) or not kind):
            return f"{said} : {self.names.get(str(line['party']), str(line['party']))}"
        return said if line["party"] else said + self.split(kind)

    def split(self, kind: str) -> str:
        """What asks how several parties of a kind share; empty where there is one."""
        if not self.several(kind):
            return ""
        together = TOGETHER.get(kind, "les parties")
        return f" {blank(f'répartition entre {together}', together, '')}"


def commitments(study: Study, signing: Sequence[Mapping[str, Any]]) -> list[Fields]:
    """Of each signatory: ``nom``, ``pilote``, ``partenaire`` (actions, « A01 – title »), ``postes`` (employment, acquired money)."""
    actions = committed_actions(study.agreement)
    said = {row["id"]: f"{row['id']} – {row['title']}" for row in actions.to_dict("records")}
    granted = _granted(study, Payers(study, signing))[0]
    out = []
    for rank, party in enumerate(signing):
        led = actions.loc[actions["leader"].eq(party["id"]) & actions["leader"].ne(""), "id"]
        joined = [i for i, p in zip(actions["id"], actions["partners"], strict=True) if party["id"] in p]
        brings = _posts_of(study, party)
        if granted.get(rank):
            brings.append(f"apporte aux actions {euros(granted[rank])}, acquis, sur la durée du plan")
        out.append(
            {
                "nom": party["nom"], "pilote": [said[i] for i in led], "partenaire": [said[i] for i in joined], "postes": brings,
            }
        )  # fmt: skip
    return out


def acquired_apart(study: Study, signing: Sequence[Mapping[str, Any]]) -> list[Fields]:
    """Acquired money that is no signatory's, or of which no file says whose: ``qui``, ``montant``, ``a_dire``."""
    payers = Payers(study, signing)
    out = []
    for (funder, party), total in _granted(study, payers)[1].items():
        kind = PAYER_TYPE.get(funder, "")
        said = PAYERS.get(funder, "financeur non dit")
        who = payers.names.get(party, "") or (said.lower() if funder in _LOWER else said)
        if not party and payers.several(kind):
            asked = blank(f"qui apporte {euros(total)}, acquis ({who})", TOGETHER.get(kind, who), "qui")
        else:
            asked = "qui ne signe pas" if kind or party else ""
        out.append({"qui": who, "montant": euros(total), "a_dire": asked})
    return out


def _granted(study: Study, payers: Payers) -> tuple[dict[int, float], dict[tuple[str, str], float]]:
    """Acquired receipts of the convention's actions (euros): by rank of the signatory, else by payer and party."""
    budget = study.agreement.budget
    held = budget["action"].isin(committed_actions(study.agreement)["id"])
    lines = budget[held & budget["kind"].eq("recette") & budget["sure"].eq("acquis") & budget["amount"].gt(0)]
    ours: dict[int, float] = {}
    apart: dict[tuple[str, str], float] = {}
    for line in lines.to_dict("records"):
        rank, amount = payers.rank(line), float(line["amount"])
        if rank is None:
            key = (str(line["funder"] or ""), str(line["party"] or ""))
            apart[key] = apart.get(key, 0.0) + amount
        else:
            ours[rank] = ours.get(rank, 0.0) + amount
    return ours, apart


def _posts_of(study: Study, party: Mapping[str, Any]) -> list[str]:
    """Posts of the organisation retained that a party employs."""
    chosen = governance.decided(study.agreement)
    return [
        f"emploie : {post['mission']} ({number(post['fte'], 0 if float(post['fte']).is_integer() else 2)} ETP)"
        for post in (chosen.posts if chosen else ())
        if post["employer"] and post["employer"] == party["id"]
    ]
