"""Answers of the Melodi API, cut down to what the tests need.

Origin: exchanges recorded from January to March 2026 by the tests of Insee's own R package (melodi), whose
figures are under Licence Ouverte 2.0. Shapes, names and values are those of the API.
"""

from __future__ import annotations

from typing import Any

PUBLISHER = {
    "id": "INSEE",
    "label": [
        {"lang": "fr", "content": "Institut national de la statistique et des etudes economiques (INSEE)"}
    ],
}

CATALOG: list[dict[str, Any]] = [
    {
        "identifier": "DS_POPULATIONS_REFERENCE",
        "title": [{"lang": "fr", "content": "Populations de référence"}],
        "product": [
            {
                "accessURL": "https://api.insee.fr/melodi/file/DS_POPULATIONS_REFERENCE/DS_POPULATIONS_REFERENCE_2023_CSV_FR",
                "byteSize": 926388, "modified": "2025-12-17T08:50:56", "format": "CSV", "language": "FR",
            }
        ],
    },
    {
        "identifier": "DS_RP_EDUCATION",
        "title": [{"lang": "fr", "content": "Scolarisation"}],
        "product": [
            {
                "accessURL": "https://api.insee.fr/melodi/file/DS_RP_EDUCATION/DS_RP_EDUCATION_2022_CSV_FR",
                "byteSize": 62188042, "modified": "2025-06-18T07:20:56", "format": "CSV", "language": "FR",
            }
        ],
    },
]  # fmt: skip

UNKNOWN_DATASET = "Le serveur a rencontré une erreur inattendue."
"""Body of the HTTP 500 (text/plain) given to ``/data/DS_NEXISTEPAS``."""


def answer(observations: list[dict[str, Any]], count: int | None = None) -> dict[str, Any]:
    """An answer of ``/data``; ``count`` only where ``totalCount`` was asked for."""
    paging: dict[str, Any] = {"first": "https://api.insee.fr/melodi/data/DS_POPULATIONS_REFERENCE?page=1"}
    if count is not None:
        paging["count"] = count
    return {
        "identifier": "DS_POPULATIONS_REFERENCE",
        "title": {"fr": "Populations de référence", "en": "Reference populations "},
        "publisher": PUBLISHER,
        "observations": observations,
        "paging": paging,
    }


def population(geo: str, measure: str, value: float, period: str = "2023") -> dict[str, Any]:
    """One observation of DS_POPULATIONS_REFERENCE."""
    return {
        "dimensions": {"GEO": geo, "FREQ": "A", "TIME_PERIOD": period, "POPREF_MEASURE": measure},
        "measures": {"OBS_VALUE_NIVEAU": {"value": value}},
    }


NANTES = [
    population("2025-COM-44109", "PMUN", 327734.0),
    population("2025-COM-44109", "PTOT", 332515.0),
    population("2025-COM-44109", "PCAP", 4781.0),
]
RANGE = {
    "code": "DS_IPCH_M",
    "range": [
        {
            "concept": {"code": "OBS_STATUS", "label": {"fr": "Statut de l'observation"}},
            "values": [
                {"code": "A", "label": {"fr": "Normale", "en": "Normal"}},
                {"code": "P", "label": {"fr": "Valeur provisoire", "en": "Provisional value"}},
            ],
            "type": "modalites",
        }
    ],
}
