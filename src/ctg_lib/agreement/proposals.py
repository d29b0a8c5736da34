"""Findings that the software proposes: what is largest, surest and most agreed on, first.

Evidence of one need of the coding scheme makes **one** finding, whoever says it: a need told by inhabitants, by
professionals and by an indicator comes with its three proofs. What bears on no need makes a finding of its own.
The weight of a finding is the sum, over the kinds of evidence that support it, of the best of each kind: its rank among
all evidence of that kind (0 to 1), times how sure it is (:data:`SURE`). Strengths of different kinds are never
compared with one another; agreement of several kinds weighs by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ctg_lib.agreement.evidence import Evidence
from ctg_lib.consultation.scheme import Scheme
from ctg_lib.workbooks.common import THEMES

FROM_NEED = "besoin|"
"""First letters of the key of a finding that is proposed for a need of the scheme."""
MOST, MOST_BY_THEME, MOST_PROOFS = 30, 4, 5
"""Findings proposed in all, under one theme, and evidence of one finding, at most."""
SURE: dict[str, float] = {"etabli": 1.0, "indicatif": 0.8, "compte": 0.8, "dit": 0.7, "ecrit": 0.4}
"""How much evidence weighs, by how sure it is (:data:`ctg_lib.agreement.evidence.SURENESS`)."""
ORDER: tuple[str, ...] = (
    "parole",
    "enquete",
    "indicateur",
    "offre",
    "bilan",
    "financement",
    "contrat",
    "document",
)
"""Kinds, in the order in which the sentence of a finding tells them."""
TOLD = 3
"""Evidence that the sentence of a finding tells."""
LONGEST = 420
"""Characters of a proposed sentence."""


@dataclass(frozen=True)
class Candidate:
    """An evidence that may support a finding.

    Attributes:
        evidence: what it says.
        key: of what it is put together under: :data:`FROM_NEED` and a code, else its own.
        sense: « appuie », « nuance », « contredit ».
        remark: why, where it does not support it.
        secteurs: names, where it is true of them alone.
        lead: sentence told for this evidence in the finding; what it says by default.
        theme: of the finding where it bears on no need; that of the evidence by default.
    """

    evidence: Evidence
    key: str
    sense: str = "appuie"
    remark: str = ""
    secteurs: tuple[str, ...] = ()
    lead: str = ""
    theme: str = ""


@dataclass(frozen=True)
class Proposal:
    """A finding to propose.

    Attributes:
        key: stable; sentence, theme, publics, secteurs: as the workbook takes them.
        proofs: evidence, the one told first first. weight: see the module.
    """

    key: str
    sentence: str
    theme: str
    publics: tuple[str, ...]
    secteurs: tuple[str, ...]
    proofs: tuple[Candidate, ...]
    weight: float

    @property
    def line(self) -> dict[str, Any]:
        """The line of « Constats », without its identifier."""
        return {
            "sentence": self.sentence, "theme": self.theme, "publics": self.publics, "secteurs": self.secteurs,
            "state": "propose", "proposed": self.sentence, "key": self.key,
        }  # fmt: skip


def proposals(
    candidates: Iterable[Candidate], scheme: Scheme, *, most: int = MOST, by_theme: int = MOST_BY_THEME
) -> tuple[Proposal, ...]:
    """Findings to propose, the weightiest first; the order in which candidates come does not matter.

    Args:
        scheme: needs, with their labels and publics.
        most, by_theme: findings at most, in all and under one theme.
    """
    given = sorted(dict.fromkeys(candidates), key=lambda c: (c.key, c.evidence.ref.kind, str(c.evidence.ref)))
    ranks = _ranks([c.evidence for c in given])
    groups: dict[str, list[Candidate]] = {}
    for each in given:
        groups.setdefault(each.key, []).append(each)
    made = [
        _proposal(key, group, ranks, scheme)
        for key, group in groups.items()
        if any(c.sense == "appuie" for c in group)
    ]
    made.sort(key=lambda p: (-p.weight, p.key))
    out: list[Proposal] = []
    for proposal in made:
        if len(out) < most and sum(p.theme == proposal.theme for p in out) < by_theme:
            out.append(proposal)
    return tuple(out)


def already_told(proposal: Proposal, cited: Iterable[str]) -> bool:
    """Whether a finding written by hand rests on what leads this one already.

    Args:
        cited: « kind reference » of the evidence of findings that have no key.
    """
    lead = proposal.proofs[0].evidence.ref
    return f"{lead.kind} {lead}" in set(cited)


# ------------------------------------------------------------------------------------------------ parts


def _ranks(given: Sequence[Evidence]) -> Mapping[Evidence, float]:
    """Rank of each evidence among those of its kind, from 1 (the strongest) down to above 0; ties share the best."""
    out: dict[Evidence, float] = {}
    for kind in ORDER:
        of_kind = [e for e in dict.fromkeys(given) if e.ref.kind == kind]
        values = sorted(e.strength for e in of_kind)
        for each in of_kind:
            out[each] = sum(value <= each.strength for value in values) / len(values)
    return out


def _proposal(
    key: str, group: Sequence[Candidate], ranks: Mapping[Evidence, float], scheme: Scheme
) -> Proposal:
    def worth(candidate: Candidate) -> float:
        return ranks[candidate.evidence] * SURE[candidate.evidence.sureness]

    best: dict[str, Candidate] = {}
    for each in sorted(group, key=lambda c: (-worth(c), str(c.evidence.ref))):
        if each.sense == "appuie":
            best.setdefault(each.evidence.ref.kind, each)
    first = [best[kind] for kind in ORDER if kind in best]
    others = sorted(
        (c for c in group if c not in first),
        key=lambda c: (c.sense == "appuie", -worth(c), str(c.evidence.ref)),
    )  # what does not agree is kept before what says the same again
    proofs = (*first, *others)[:MOST_PROOFS]
    code = key.removeprefix(FROM_NEED) if key.startswith(FROM_NEED) else ""
    need = next((each for each in scheme.needs if each.code == code), None)
    theme = need.theme if need is not None else first[0].theme or first[0].evidence.theme
    places = [set(c.secteurs) for c in first]
    secteurs = tuple(sorted(set.intersection(*places))) if places and all(places) else ()
    return Proposal(
        key, _sentence(first), theme if theme in THEMES else "transversal", need.publics if need is not None else (),
        secteurs, proofs, sum(map(worth, first)),
    )  # fmt: skip


def _sentence(first: Sequence[Candidate]) -> str:
    """What the best evidence of each kind says, in the words of the chapters, one after the other."""
    said = [c.lead or c.evidence.said for c in first[:TOLD]]
    while len(said) > 1 and len(" ".join(said)) > LONGEST:
        said.pop()
    return " ".join(said)
