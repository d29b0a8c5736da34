"""What a finding rests on, and how it is written so that it can be found again.

References, by kind of evidence (:data:`ctg_lib.agreement.books.constats.EVIDENCE_KINDS`):

============ ===================================================== ==========================================
kind         reference                                             example
============ ===================================================== ==========================================
indicateur   indicator, then « | breakdown », then « @ place »     ``taux_couverture``, ``chomage|age=Y15T24``
enquete      questionnaire/question/column, then « @ question=code ``parents/accueil_souhaite/creche@secteur=Larzac``
             » for a group
parole       code of a need of the scheme                          ``pe_horaires_atypiques``
offre        id of a service of offre.xlsx, or « type= » and a     ``S01``, ``type=laep``
             kind of service: all of that kind, or that there is
             none
financement  id of a service, « / year »                           ``S01/2025``
bilan        id of an action of bilan.xlsx                         ``B03``
contrat      id of a contract of contrats.xlsx                     ``C02``
document     id of a document of documents.xlsx                    ``D05``
============ ===================================================== ==========================================

A place is « secteur:name » or « commune:code »; without one it is the study's territory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["indicateur", "enquete", "parole", "offre", "financement", "bilan", "contrat", "document"]
Sureness = Literal["etabli", "indicatif", "compte", "dit", "ecrit"]
SURENESS: dict[str, str] = {
    "etabli": "écart établi", "indicatif": "indicatif", "compte": "compté", "dit": "dit par des acteurs",
    "ecrit": "écrit dans un document",
}  # fmt: skip
"""How sure an evidence is: an established gap, an estimate without sampling error, an exhaustive count, words, a text."""
SIDES: tuple[str, ...] = (
    "statistiques", "habitants", "professionnels", "partenaires", "elus", "documents",
)  # fmt: skip
"""Columns of the cross-analysis, in order (:mod:`ctg_lib.agreement.crossing`)."""


@dataclass(frozen=True)
class Ref:
    """A reference, in parts.

    Attributes:
        kind: of evidence.
        name: indicator, « questionnaire/question/column », need, service, action, contract or document.
        breakdown: of an indicator; year of a « financement ».
        place: « secteur:name », « commune:code » or empty; of a survey, the group (« question=code »).
    """

    kind: Kind
    name: str
    breakdown: str = ""
    place: str = ""

    @classmethod
    def parse(cls, kind: Kind, text: str) -> Ref:
        """A reference as it is written in the workbook."""
        text, _, place = text.strip().partition("@")
        mark = "/" if kind == "financement" else "|"
        name, _, breakdown = text.partition(mark) if kind in ("indicateur", "financement") else (text, "", "")
        return cls(kind, name.strip(), breakdown.strip(), place.strip())

    def __str__(self) -> str:
        mark = "/" if self.kind == "financement" else "|"
        text = f"{self.name}{mark}{self.breakdown}" if self.breakdown else self.name
        return f"{text}@{self.place}" if self.place else text


@dataclass(frozen=True)
class Evidence:
    """What a reference says on the study's date.

    Attributes:
        ref: where it is.
        said: a sentence with its number, unit and period (French, typeset by the page).
        theme: key of the themes. need: code of the scheme, empty where none.
        value, low, high: number and bounds (None: no number, or bounds that do not exist).
        unit, period: of the number.
        side: « above », « below », « close » to the reference; empty where there is none.
        side_without: the same without the commune that turns its reading; empty where none does.
        sureness: key of :data:`SURENESS`.
        strength: how much it stands out, among others of its kind (greater first; no meaning across kinds).
        view: key of :data:`SIDES`: whose view it is.
        sources: manifest ids joined by « + » (empty: a workbook of the study).
        files: files of the study's folder it was read from.
    """

    ref: Ref
    said: str
    theme: str = "transversal"
    need: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    period: str = ""
    side: str = ""
    sureness: Sureness = "compte"
    strength: float = 0.0
    view: str = "statistiques"
    sources: str = ""
    files: tuple[str, ...] = field(default=())
    side_without: str = ""
