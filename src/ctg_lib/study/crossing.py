"""The cross-analysis of a study: what was asked of each side, the names that end each row of the matrix."""

# ruff: noqa: E501 (French sentences, easier to read whole)
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from ctg_lib.agreement.books.constats import EVIDENCE_KINDS
from ctg_lib.agreement.crossing import ASKED_SIDES, SAYS, Crossed, Crossing, Now, Proof, View, cross
from ctg_lib.agreement.evidence import SIDES
from ctg_lib.agreement.needs import held
from ctg_lib.consultation.actors import OTHER_SIDES
from ctg_lib.display.typography import NBSP, enumerate_fr, number
from ctg_lib.partnership.books.contrats import CONTRACTS
from ctg_lib.partnership.books.parties import COMPETENCES, SPPE
from ctg_lib.partnership.offer import services
from ctg_lib.study.evidence import grounds_of
from ctg_lib.study.survey import theme_of

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

SIDE_LABELS: dict[str, str] = {
    "statistiques": "statistiques", "habitants": "habitants", "professionnels": "professionnels",
    "partenaires": "partenaires", "elus": "élus", "documents": "documents", OTHER_SIDES: "autres acteurs",
}  # fmt: skip
"""Side -> head of its column."""
SIDE_WORDS: dict[str, str] = {
    **{side: f"les {label}" for side, label in SIDE_LABELS.items()}, OTHER_SIDES: "d’autres acteurs",
}  # fmt: skip
"""Side -> in a sentence."""
MARKS: dict[str, str] = {"manque": "●", "existe": "○", "nuance": "≈", "piste": "→", "parle": "·"}
"""What a side says -> what stands before its words, so that a printed page is read at a glance."""
assert set(SIDE_LABELS) == {*SIDES, OTHER_SIDES}


def cell_words(view: View) -> str:
    """« ● manque, 5 sur 6 », « ○ existe », « se tait », « aucun indicateur »."""
    mark = MARKS.get(view.says, "")
    text = f"{mark}{NBSP}{view.words}" if mark else view.words
    if view.says == "manque" and view.meetings:
        return f"{text}, {number(view.lacking)}{NBSP}sur{NBSP}{number(view.meetings)}"
    return text


@dataclass(frozen=True)
class StudyCrossing:
    """The matrix of a study, with its words.

    Attributes:
        study: whose. crossing: its rows, side by side.
    """

    study: Study = field(repr=False)
    crossing: Crossing

    def offer(self, row: Crossed) -> list[str]:
        """« Multi-accueil – La Cavalerie »: services that answer the need, each with its communes."""
        return [self._services.get(id, id) for id in row.offer]

    def actors(self, row: Crossed) -> list[str]:
        """« CC Exemple (relais petite enfance) »: who can act, each with its competences of the theme."""
        holds = held(self.study.partnership.table("parties", "competences"), row.theme)
        out = []
        for id in row.actors:
            name, kind = self._parties.get(id, (id, ""))
            names = holds.get(id) or (holds.get("communes", ()) if kind == "commune" else ())
            said = competence_words(names)
            out.append(f"{name} ({', '.join(said)})" if said else name)
        return out

    def contracts(self, row: Crossed) -> list[str]:
        """Contracts and schemes that the need touches."""
        return [self._contracts.get(id, id) for id in row.contracts]

    @cached_property
    def _services(self) -> dict[str, str]:
        names, out = self.study.communes_by_code, {}
        for line in services(self.study.partnership).to_dict("records"):
            where = [names[c] for c in line["communes"] if c in names]
            title = str(line["title"] or line["type_label"])
            said = len(where) == 1 and where[0] in title
            out[str(line["id"])] = f"{title} – {enumerate_fr(where)}" if where and not said else title
        return out

    @cached_property
    def _parties(self) -> dict[str, tuple[str, str]]:
        lines = self.study.partnership.table("parties", "parties").to_dict("records")
        return {str(line["id"]): (str(line["name"]), str(line["type"])) for line in lines}

    @cached_property
    def _contracts(self) -> dict[str, str]:
        lines = self.study.partnership.table("contrats", "contracts").to_dict("records")
        return {
            str(line["id"]): str(line["name"] or CONTRACTS.get(str(line["type"]), line["id"]))
            for line in lines
        }


def competence_words(names: Sequence[str]) -> list[str]:
    """« SPPE, missions 1 et 2 », « relais petite enfance »: competences, shorter than in parties.xlsx."""
    missions = [str(n) for n, key in enumerate(SPPE, start=1) if key in names]
    said = (
        [f"SPPE, {'missions' if len(missions) > 1 else 'mission'} {enumerate_fr(missions)}"]
        if missions
        else []
    )
    return said + [COMPETENCES[n].split(" (")[0] for n in names if n in COMPETENCES and n not in SPPE]


def crossing_of(study: Study) -> StudyCrossing:
    """Cross what every side says of each need of a study (:func:`ctg_lib.agreement.crossing.cross`)."""
    actors = study.consultation.actors
    crossed = cross(study.agreement, actors, asked_of(study), grounds_of(study), evidence_now(study))
    return StudyCrossing(study, crossed)


def asked_of(study: Study) -> dict[str, frozenset[str]]:
    """Id of a need -> sides that answered a survey in which it could be said.

    That is a question by which the need of the scheme may be proved (:mod:`ctg_lib.agreement.grounds`); for a
    need that has no such question, one on its theme.
    """
    grounds = grounds_of(study)
    by_theme: dict[str, set[str]] = {}
    for id, survey in study.surveys.items():
        for question in survey.questions():
            by_theme.setdefault(theme_of(question), set()).add(ASKED_SIDES.get(id, "habitants"))
    out = {}
    for line in study.agreement.table("croisement", "needs").to_dict("records"):
        answers = grounds[line["need"]].answers if line["need"] in grounds else ()
        forms = {answer.split("/")[0] for answer in answers} & set(study.surveys)
        asked = {ASKED_SIDES.get(form, "habitants") for form in forms}
        out[str(line["id"])] = frozenset(asked if answers else by_theme.get(str(line["theme"]), ()))
    return out


def evidence_now(study: Study) -> Now:
    """Evidence of the study's findings beside what it says now; nothing where no need is crossed."""
    found = study.findings if study.agreement.has("croisement") else ()
    return {(proof.finding, proof.ref): proof for finding in found for proof in finding.proofs}


def evidence_rules(crossing: Crossing) -> list[str]:
    """What a page says under the matrix of how evidence is read: the rule, the analyst's own words, what fell."""
    if not any(proof for row in crossing.rows for proof in (*row.proofs, *row.fallen)):
        return []
    return [
        "Une statistique dit « manque » quand le chiffre se tient, face à la référence, du côté qui dit ce besoin, « existe » de "
        "l’autre côté ; proche de la référence, sans référence, ou sans règle pour ce besoin, elle « en parle ». Une réponse "
        "d’enquête dit « manque » quand c’est elle qui dit ce besoin. Un bilan, un contrat, un document « en parle », sauf si l’analyste a écrit ce "
        "qu’il dit du besoin.",
        *_in_the_analyst_s_hand(crossing), *_fallen(crossing),
    ]  # fmt: skip


def _in_the_analyst_s_hand(crossing: Crossing) -> list[str]:
    """What the analyst wrote that evidence says of a need, where no rule gives it, then where the measure says otherwise."""
    plain: dict[str, None] = {}
    against: dict[str, None] = {}
    for row in crossing.rows:
        for proof in (p for view in row.views for p in view.proofs if p.of_need.says != p.of_need.computed):
            kept, why = SAYS[proof.of_need.says], f" ({proof.remark.rstrip('.')})" if proof.remark else ""
            if proof.of_need.overruled:
                measured = SAYS[proof.of_need.computed]
                against[f"« {row.label} », {_named(proof)} : {kept}, mesuré « {measured} »{why}"] = None
            else:
                plain[f"{_named(proof)} : {kept}{why}"] = None
    out = [f"Lu par l’analyste, et non calculé : {' ; '.join(plain)}."] if plain else []
    return out + ([f"L’analyste dit autrement que la mesure : {' ; '.join(against)}."] if against else [])


def _fallen(crossing: Crossing) -> list[str]:
    found = {
        f"{_named(proof)} (constat {proof.finding}) : {proof.why}": None
        for row in crossing.rows for proof in row.fallen
    }  # fmt: skip
    if not found:
        return []
    what = (
        "Preuve qui ne tient plus, et se lit"
        if len(found) < 2
        else "Preuves qui ne tiennent plus, et se lisent"
    )
    return [f"{what} comme aujourd’hui : {' ; '.join(found)}."]


def _named(proof: Proof) -> str:
    """What it is about, as it says itself; its kind and reference where nothing was taken of it."""
    about = re.split(r"\s:\s", proof.said, maxsplit=1)
    return about[0] if len(about) > 1 else f"{EVIDENCE_KINDS.get(proof.kind, proof.kind)} {proof.ref}"
