# ruff: noqa: E501  (data, easier to read whole)
"""The ``convention`` folder of the demonstration: findings, needs, priorities, groups, plan, governance, follow-up.

All is invented. It keeps to what the rest of the demonstration says: its offer and money (``demo.offer``), its
parties and outcome of the former convention (``demo.partnership``), what people said (``demo.paroles``).
"""

from __future__ import annotations

from typing import Any

from demo.agreed.crossing import ISSUES, NEEDS
from demo.agreed.findings import EVIDENCE, FINDINGS
from demo.agreed.governance import (
    ATTENDANCE,
    GOVERNED,
    INSTANCES,
    MEETINGS,
    MEMBERS,
    POSTS,
    SCENARIOS,
)
from demo.agreed.groups import PRESENT, PROPOSALS, SESSIONS
from demo.agreed.plan import (
    ACTIONS,
    AMOUNTS,
    AXES,
    INDICATORS,
    OBJECTIVES,
    ORIENTATIONS,
    STEPS,
    budget_lines,
)
from demo.agreed.priorities import CRITERIA, DECISIONS, SCORES, VOTES

Rows = dict[str, dict[str, list[dict[str, Any]]]]
EVALUATION: list[dict[str, Any]] = [
    {"id": "EV1", "criterion": "pertinence", "question": "Les actions répondent-elles encore aux besoins qui les ont fait naître ?",
     "how": "Relire les constats chaque année avec les chiffres nouveaux, et le dire à la plénière."},
    {"id": "EV2", "criterion": "pertinence", "question": "Chaque vallée voit-elle un service de plus qu’au départ ?",
     "how": "Compter, par secteur, les services ouverts et leurs horaires, au début et à la fin."},
    {"id": "EV3", "criterion": "objectifs", "question": "Les parents qui commencent avant 7 h 30 trouvent-ils un accueil ?",
     "how": "Registre de la crèche et formulaire unique : demandes à ces heures, et réponses."},
    {"id": "EV4", "criterion": "objectifs", "question": "Les jeunes des vallées participent-ils autant que ceux de La Cavalerie ?",
     "how": "Inscriptions par commune de résidence ; questions aux jeunes, à mi-parcours."},
    {"id": "EV5", "criterion": "moyens", "question": "Les postes prévus ont-ils été pourvus, et les recettes obtenues ?",
     "how": "Dépenses et recettes de chaque année, comparées au plan."},
    {"id": "EV6", "criterion": "durabilite", "question": "Que restera-t-il après 2031 si les aides s’arrêtent ?",
     "how": "Entretiens avec les gestionnaires et les communes, la dernière année."},
]  # fmt: skip


def agreement_rows() -> Rows:
    """Id of a workbook -> sheet -> lines."""
    return {
        "constats": {"findings": FINDINGS, "evidence": EVIDENCE},
        "croisement": {"needs": NEEDS, "issues": ISSUES},
        "priorites": {"criteria": CRITERIA, "scores": SCORES, "votes": VOTES, "decisions": DECISIONS},
        "groupes": {"sessions": SESSIONS, "present": PRESENT, "proposals": PROPOSALS},
        "plan": {
            "axes": AXES, "orientations": ORIENTATIONS, "objectives": OBJECTIVES, "actions": ACTIONS, "steps": STEPS,
            "budget": budget_lines(), "indicators": INDICATORS, "amounts": AMOUNTS,
        },
        "gouvernance": {
            "instances": INSTANCES, "members": MEMBERS, "meetings": MEETINGS, "attendance": ATTENDANCE,
            "decisions": GOVERNED, "scenarios": SCENARIOS, "posts": POSTS,
        },
        "suivi": {"evaluation": EVALUATION},
    }  # fmt: skip
