"""Lists and columns that several workbooks share."""

from __future__ import annotations

from ctg_lib.partnership.schema import Field

THEMES: dict[str, str] = {
    "petite_enfance": "petite enfance",
    "enfance": "enfance",
    "jeunesse": "jeunesse",
    "parentalite": "parentalité",
    "handicap": "handicap",
    "vie_sociale": "animation de la vie sociale",
    "acces_droits": "accès aux droits et services",
    "numerique": "inclusion numérique",
    "logement": "logement",
    "familles_vulnerables": "familles vulnérables",
    "transversal": "transversal (coordination, mobilité …)",
}
"""Themes of the convention."""

STATES: dict[str, str] = {"a_confirmer": "à confirmer", "confirme": "confirmé"}

STATE_WORDS: dict[str, str] = {
    "ok": "confirme", "validé": "confirme", "vérifié": "confirme", "confirmée": "confirme", "à vérifier": "a_confirmer",
    "à valider": "a_confirmer",
}  # fmt: skip
"""Other words for them -> state."""

REMARK = Field("remark", "Remarque", "long_text", "Tout ce que les autres colonnes ne disent pas.", width=40)
DOCUMENT = Field(
    "document", "Document", "reference", "Identifiant d’une ligne de documents.xlsx qui le prouve.",
    refers_to="documents.documents", example="D01", width=12,
)  # fmt: skip
