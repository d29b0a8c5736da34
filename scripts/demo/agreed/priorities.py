# ruff: noqa: E501  (data, easier to read whole)
"""priorites.xlsx: criteria fixed first, then scores and votes of three colleges, then what the committee decided."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

Line = dict[str, Any]
FIXED, SCORED, DECIDED = date(2027, 1, 12), date(2027, 1, 26), date(2027, 2, 9)
CRITERIA: list[Line] = [
    {"id": id, "name": name, "definition": definition, "weight": weight, "role": role, "fixed_on": FIXED, "document": "D11"}
    for id, name, definition, weight, role in (
        ("CR1", "nombre de personnes concernées", "1 : quelques familles ; 5 : une grande part des habitants", 3, "taille"),
        ("CR2", "gravité si rien n’est fait", "1 : un inconfort ; 5 : un emploi perdu, un départ, un danger", 3, "gravite"),
        ("CR3", "inégalité entre vallées", "1 : partout pareil ; 5 : certaines n’ont rien", 2, "autre"),
        ("CR4", "effet attendu d’une action", "1 : on ne sait pas agir ; 5 : on sait ce qui marche", 2, "efficacite"),
        ("CR5", "faisabilité en cinq ans", "1 : hors de portée ; 5 : moyens et compétences sont là", 2, "faisabilite"),
    )
]  # fmt: skip
_WEIGHTS = {line["id"]: line["weight"] for line in CRITERIA}
VOTERS = {"elus": 21, "professionnels": 26, "habitants": 9}
EACH = 3
_SCORES: dict[str, dict[str, tuple[float, ...]]] = {
    # issue -> college -> mean of each criterion
    "E01": {"elus": (3.9, 4.4, 3.0, 4.1, 4.0), "professionnels": (4.0, 4.6, 3.3, 4.2, 3.7), "habitants": (3.8, 4.6, 3.1, 4.0, 3.6)},
    "E02": {"elus": (3.7, 3.1, 3.9, 3.8, 3.6), "professionnels": (3.8, 3.4, 3.9, 3.8, 3.3), "habitants": (3.9, 3.4, 4.1, 3.9, 3.4)},
    "E03": {"elus": (2.4, 2.5, 3.1, 2.4, 2.2), "professionnels": (3.7, 4.5, 4.6, 4.1, 3.6), "habitants": (3.3, 3.7, 4.0, 3.3, 3.1)},
    "E04": {"elus": (3.0, 3.6, 2.6, 3.5, 3.7), "professionnels": (3.1, 3.8, 2.7, 3.7, 3.8), "habitants": (3.0, 3.9, 2.6, 3.4, 3.6)},
    "E05": {"elus": (3.6, 3.4, 4.3, 3.9, 3.9), "professionnels": (3.5, 3.5, 4.2, 3.8, 3.7), "habitants": (3.4, 3.3, 4.2, 3.7, 3.7)},
    "E06": {"elus": (4.3, 3.8, 4.2, 2.4, 1.9), "professionnels": (4.2, 3.6, 4.3, 2.3, 1.8), "habitants": (4.4, 4.0, 4.3, 2.7, 2.1)},
    "E07": {"elus": (2.9, 2.8, 2.9, 2.8, 3.0), "professionnels": (2.8, 2.7, 3.0, 2.9, 2.9), "habitants": (2.9, 2.6, 3.0, 2.7, 2.9)},
}  # fmt: skip
_VOTES: dict[str, tuple[int, int, int]] = {
    "E01": (18, 21, 7), "E02": (11, 12, 5), "E03": (4, 20, 4), "E04": (7, 9, 2), "E05": (10, 9, 3), "E06": (10, 3, 5), "E07": (3, 4, 1),
}  # fmt: skip


def _scored(issue: str, college: str, criterion: str, mean: float) -> Line:
    return {
        "issue": issue, "criterion": criterion, "college": college, "score": mean, "lowest": max(1, math.floor(mean - 1)),
        "highest": min(5, math.ceil(mean + 0.5)), "voters": VOTERS[college], "scored_on": SCORED, "weight": _WEIGHTS[criterion],
    }  # fmt: skip


SCORES: list[Line] = [
    _scored(issue, college, f"CR{number}", mean)
    for issue, colleges in _SCORES.items()
    for college, means in colleges.items()
    for number, mean in enumerate(means, start=1)
]
VOTES: list[Line] = [
    {
        "issue": issue,
        "college": college,
        "votes": count,
        "voters": VOTERS[college],
        "each": EACH,
        "voted_on": SCORED,
        "occasion": "comité technique élargi",
    }
    for issue, counts in _VOTES.items()
    for college, count in zip(VOTERS, counts, strict=True)
]


def _decision(issue: str, decision: str, rank: int | None, reason: str) -> Line:
    line: Line = {
        "issue": issue, "decision": decision, "reason": reason, "decided_on": DECIDED, "meeting": "RE05", "document": "D13",
    }  # fmt: skip
    return line if rank is None else {**line, "rank": rank}


DECISIONS: list[Line] = [
    _decision("E01", "retenu", 1, "En tête des notes et des voix chez les élus, tout près de la tête chez les professionnels ; rien n’ouvre avant 7 h 30 et des places sont fermées."),
    _decision("E05", "retenu", 2, "Deux secteurs sur quatre n’ont aucune permanence, et des lieux communaux sont disponibles."),
    _decision("E02", "retenu", 3, "Élus et professionnels le notent presque pareil ; l’ouverture de Nant aux vacances est déjà chiffrée."),
    _decision("E03", "retenu", 4, "En tête des notes chez les professionnels, en fin de liste chez les élus : retenu pour une équipe légère, à revoir après deux ans."),
    _decision("E04", "retenu", 5, "Peu de voix, mais une gravité que les élus et les professionnels notent au-dessus du milieu de l’échelle, et une réponse à petite échelle."),
    _decision("E06", "ecarte", None, "Besoin reconnu ; les moyens sont ceux d’un autre contrat et la compétence n’est pas établie."),
    _decision("E07", "reporte", None, "À reprendre quand le schéma de l’animation de la vie sociale aura dit où un second espace est possible."),
]  # fmt: skip
