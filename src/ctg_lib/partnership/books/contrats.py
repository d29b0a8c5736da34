"""« contrats.xlsx »: what already binds the territory, and to which themes it is tied."""

from __future__ import annotations

from ctg_lib.workbooks.common import DOCUMENT, REMARK, THEMES
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

CONTRACTS: dict[str, str] = {
    "sdsf": "schéma départemental des services aux familles (SDSF)",
    "sdavs": "schéma directeur de l’animation de la vie sociale (SDAVS)",
    "pedt": "projet éducatif de territoire (PEdT)",
    "plan_mercredi": "plan mercredi",
    "cls": "contrat local de santé (CLS)",
    "crte": "contrat de relance et de transition écologique (CRTE)",
    "villages_avenir": "Villages d’avenir",
    "petites_villes": "Petites villes de demain",
    "ctg_cej": "CTG ou CEJ précédent",
    "projet_territoire": "projet de territoire",
    "habitat": "programme de l’habitat (PLH, Opah)",
    "convention_msa": "convention MSA",
    "cte": "cité éducative, contrat éducatif local",
    "autre": "autre",
}

CONTRACT_WORDS: dict[str, str] = {
    "PVD": "petites_villes", "village d’avenir": "villages_avenir", "PLH": "habitat", "Opah": "habitat", "CTG": "ctg_cej",
    "CEJ": "ctg_cej", "cité éducative": "cte",
}  # fmt: skip

CONTRATS = Workbook(
    id="contrats",
    file="contrats.xlsx",
    title="Contrats et schémas existants",
    purpose="La convention s’articule avec ce qui existe ; chaque enjeu dira quels contrats il touche.",
    audience="intercommunalité, Caf, Département, État",
    version=1,
    sheets=(
        Sheet(
            "contracts", "Contrats",
            "Une ligne par contrat, schéma ou programme, en cours ou achevé depuis peu.",
            (
                Field("id", "Identifiant", "id", required=True, example="C01", width=12),
                Field("type", "Type", "choice", required=True, choices=CONTRACTS, synonyms=CONTRACT_WORDS, width=36,
                      example="schéma départemental des services aux familles (SDSF)"),
                Field("name", "Intitulé", required=True, example="SDSF 2022-2027", width=36),
                Field("holder", "Porteur", example="Caf et Département", width=24),
                Field("start", "Début", "date", example="01/01/2022", width=14),
                Field("end", "Fin", "date", example="31/12/2027", width=14),
                Field("themes", "Thèmes", "choices", "Séparés par un point-virgule.", choices=THEMES,
                      example="petite enfance ; parentalité", width=30),
                Field("area", "Territoire couvert", example="département", width=22),
                Field("link", "Ce qu’il apporte ou impose", "long_text", width=44),
                DOCUMENT, REMARK,
            ),
            key=("id",),
        ),
    ),
)  # fmt: skip
