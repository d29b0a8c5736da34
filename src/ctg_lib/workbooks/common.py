"""Lists and columns that several workbooks share."""

from __future__ import annotations

from ctg_lib.workbooks.schema import Field

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
"""Themes of the convention, as a workbook lists them."""
THEME_NAMES: dict[str, str] = {key: label.split(" (")[0] for key, label in THEMES.items()}
"""The same as a page names them: « transversal »."""

STATES: dict[str, str] = {"a_confirmer": "à confirmer", "confirme": "confirmé"}

STATE_WORDS: dict[str, str] = {
    "ok": "confirme", "validé": "confirme", "vérifié": "confirme", "confirmée": "confirme", "à vérifier": "a_confirmer",
    "à valider": "a_confirmer",
}  # fmt: skip
"""Other words for them -> state."""

PROGRESS: dict[str, str] = {
    "fait": "fait", "en_cours": "en cours", "prevu": "prévu", "hypothese": "hypothèse",
}  # fmt: skip
"""How far something planned has come, with French labels."""

PROGRESS_WORDS: dict[str, str] = {
    "faite": "fait", "realise": "fait", "realisee": "fait", "termine": "fait", "terminee": "fait",
    "acheve": "fait", "achevee": "fait", "tenu": "fait", "tenue": "fait", "encours": "en_cours",
    "commence": "en_cours", "commencee": "en_cours", "engage": "en_cours", "engagee": "en_cours",
    "prevue": "prevu", "planifie": "prevu", "planifiee": "prevu", "a venir": "prevu", "envisage": "hypothese",
    "envisagee": "hypothese", "a confirmer": "hypothese",
}  # fmt: skip
"""Other words for it, without accents -> how far."""

REMARK = Field("remark", "Remarque", "long_text", "Tout ce que les autres colonnes ne disent pas.", width=40)
DOCUMENT = Field(
    "document", "Document", "reference", "Identifiant d’une ligne de documents.xlsx qui le prouve.",
    refers_to="documents.documents", example="D01", width=12,
)  # fmt: skip
