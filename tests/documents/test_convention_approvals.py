"""What the convention says of an act that does not allow to sign, and of one of which something is missing."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from ctg_lib.documents.agreement.blocks import settled
from ctg_lib.documents.agreement.convention_fields import approvals

NOT = "n’approuve pas la convention"
BEFORE, AFTER = pd.Timestamp(2027, 2, 9), pd.Timestamp(2027, 9, 3)


def study(subject: str, day: pd.Timestamp):
    """A study where the intermunicipality deliberated so."""
    epci = {
        "id": "P01", "name": "Communauté de communes Exemple", "type": "epci", "function": "présidence", "signs": "oui",
        "deliberation": "n° 12", "deliberation_date": day, "subject": subject,
    }  # fmt: skip
    caf = {**epci, "id": "P02", "name": "Caf", "type": "caf", "deliberation": "", "subject": ""}
    caf["deliberation_date"] = pd.NaT
    parties = pd.DataFrame([epci, caf]).astype({"deliberation_date": "datetime64[ns]"})
    return SimpleNamespace(
        as_of=date(2027, 6, 15), partnership=SimpleNamespace(table=lambda book, sheet: parties)
    )


@pytest.mark.parametrize(
    ("subject", "day", "said", "asked"),
    [
        ("lancement", BEFORE, f"n° 12 du 9 février 2027 (lancement de la démarche) : {NOT}", []),
        ("autre", pd.NaT, f"n° 12 (autre objet) : {NOT}", []),
        ("approbation", BEFORE, "", []),
        (
            "approbation", pd.NaT, "n° 12 du [à compléter : date de la délibération] (approbation de la convention)",
            ["date de la délibération"],
        ),
        (
            "approbation", AFTER,
            "n° 12 du 3 septembre 2027 (approbation de la convention), postérieure à la date de l’étude", [],
        ),
        (
            "", BEFORE, "n° 12 du 9 février 2027 ([à compléter : objet de la délibération])",
            ["objet de la délibération"],
        ),
    ],
)  # fmt: skip
def test_only_an_act_of_another_subject_is_said_not_to_approve(subject, day, said, asked) -> None:
    told = approvals(study(subject, day))[0][2]
    text, gaps = settled(told, "Annexe 2")
    plain = text.replace("\u00a0", " ").replace("\u202f", " ")
    assert plain == said
    assert [gap.what.replace("\u00a0", " ") for gap in gaps] == asked
