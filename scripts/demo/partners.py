# ruff: noqa: E501  (data, easier to read whole)
"""Partners' answers of the demonstration: some have answered, some in part, some not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ctg_lib.partnership.books.demandes import (
    ANSWER,
    COMMUNES,
    FIGURES,
    STRUCTURES,
    request_book,
    request_rows,
    year_field,
)
from ctg_lib.partnership.books.measures import PARTNERS
from ctg_lib.partnership.books.suivi import FOLLOW_UP, SHEET
from ctg_lib.partnership.follow_up import prepared
from ctg_lib.workbooks.schema import Workbook
from demo.offer import MONEY, SERVICES
from demo.places import BRUEL, CAVALERIE, CORNUS, EULALIE, FONDAMENTE, HOSPITALET, NANT, SAUCLIERES

Line = dict[str, Any]
YEARS = (2023, 2024, 2025)
AS_OF = date(2026, 11, 15)
FIGURE: dict[str, dict[str, tuple[object, object, object]]] = {
    "caf": {
        "caf-foyers": (846, 858, 871), "caf-personnes": (2402, 2431, 2455), "caf-rsa": (94, 91, 88),
        "caf-rsa-personnes": (183, 178, 171), "caf-prime": (214, 221, 219), "caf-cmg": (61, 66, 70),
        "caf-paje": (158, 160, 155), "caf-af": (341, 345, 349), "caf-al": (282, 279, 284),
        "caf-aeeh": (24, 27, 29), "caf-aah": (112, 115, 117), "caf-enfants": (1012, 1019, 1024),
        "caf-enfants-2": (131, 128, 126), "caf-enfants-3-5": (149, 147, 146), "caf-enfants-6-10": (264, 266, 263),
        "caf-enfants-11-14": (209, 213, 218), "caf-enfants-15-17": (146, 149, 154),
        "caf-enfants-18-24": (113, 116, 117), "caf-monoparents": (128, 131, 136), "caf-reference": (671, 680, 688),
        "caf-dependance-50": (158, 155, 152), "caf-dependance-100": (87, 84, 83),
        "caf-eaje-places": (22, 32, 32), "caf-eaje-capacite": (55660, 63330, 78660),
        "caf-eaje-realisees": (35200, 41400, 53700), "caf-eaje-facturees": (37700, 44600, 57500),
        "caf-eaje-enfants": (42, 55, 63), "caf-eaje-aeeh": ("", "", "< 10"), "caf-laep-familles": (31, 35, 38),
        "caf-laep-seances": (70, 72, 72), "caf-clas-enfants": (29, 32, 34), "caf-evs": (1, 1, 1),
        "caf-alsh-mercredi": (13900, 14300, 14700), "caf-alsh-ete": (10400, 10800, 11100),
    },
    "msa": {
        "msa-ressortissants": (1130, 1104, 1087), "msa-familles": (74, 71, 70), "msa-enfants": (151, 147, 143),
        "msa-enfants-3": (17, 15, 16), "msa-rsa": (12, 11, 9), "msa-gmr": (0, 18000, 18000),
    },
    "departement": {
        "pmi-am-agreees": (26, 24, 21), "pmi-am-activite": (18, 17, 16), "pmi-am-55": (6, 7, 7), "pmi-am-60": (0, 0, 0),
        "pmi-am-places": (55, 52, 49), "pmi-enfants": (84, 79, 81),
    },
    "epci": {
        "epci-demandes": (38, 44, 47), "epci-sans-reponse": (9, 12, 14), "epci-attente": (11, 13, 17),
        "epci-rpe-etp": ("0,8", "1", "1"), "epci-rpe-am": (12, 12, 11), "epci-rpe-permanences": (12, 14, 14),
        "epci-fs": (980, 1130, 1240), "epci-numerique": (121, 150, 186),
    },
}  # fmt: skip
"""Partner -> measure -> figures of 2023, 2024, 2025, as its sender writes them."""
BY_COMMUNE: dict[str, dict[str, tuple[object, object, object]]] = {
    CAVALERIE: (11, 10, 9), NANT: ("< 5", "< 5", "< 5"), BRUEL: ("< 5", "< 5", "< 5"), CORNUS: ("< 5", "< 5", "< 5"),
    EULALIE: ("< 5", "< 5", "< 5"), HOSPITALET: (0, 0, 0), SAUCLIERES: (0, 0, 0), FONDAMENTE: (0, 0, 0),
}  # fmt: skip
"""Assistantes maternelles agréées; the Département left the other communes empty."""
SENT: dict[str, tuple[str, date]] = {
    "caf": ("études et statistiques (exemple)", date(2026, 10, 22)),
    "msa": ("action sociale (exemple)", date(2026, 11, 3)),
    "departement": ("protection maternelle et infantile (exemple)", date(2026, 10, 29)),
    "epci": ("petite enfance (exemple)", date(2026, 10, 12)),
}
_SUPPORTED: dict[str, Line] = {
    "S01": {}, "S02": {}, "S16": {}, "S07": {"caf_bonus": 9_900},
    "S13": {"places": 24, "hours_done": 1_900, "hours_billed": 2_050, "caf_ps": 4_100, "caf_bonus": 1_500,
            "agreement_end": date(2027, 12, 31)},
}  # fmt: skip
"""Services that the Caf says it supports in 2025, and what it says otherwise than the workbooks, or beyond them."""
FOLLOW_UP_DAYS: dict[str, tuple[date | None, date | None, date | None]] = {
    "caf": (date(2026, 9, 28), None, date(2026, 10, 22)), "msa": (date(2026, 9, 28), date(2026, 10, 26), date(2026, 11, 3)),
    "departement": (date(2026, 9, 28), None, date(2026, 10, 29)), "mdph": (date(2026, 9, 28), date(2027, 1, 11), None),
    "dsden": (date(2026, 10, 5), date(2027, 1, 11), None), "sdjes": (date(2026, 10, 5), date(2027, 1, 11), None),
    "mission_locale": (date(2026, 10, 5), date(2027, 1, 11), None), "france_travail": (None, None, None),
    "epci": (date(2026, 9, 30), None, date(2026, 10, 12)), "operateurs": (date(2026, 10, 12), None, None),
}  # fmt: skip
"""Partner -> sent, reminded, received."""


def answers(communes: Mapping[str, str]) -> dict[str, tuple[Workbook, dict[str, list[Line]]]]:
    """File -> workbook and its lines."""
    out: dict[str, tuple[Workbook, dict[str, list[Line]]]] = {}
    for partner, figures in FIGURE.items():
        book, rows = request_book(partner, YEARS), request_rows(partner, communes)
        rows[FIGURES] = [_filled(line, figures.get(line["code"]), SENT[partner][1]) for line in rows[FIGURES]]
        if partner == "departement":
            rows[COMMUNES] = [
                _years(line, BY_COMMUNE.get(line["commune"])) if line["code"] == "pmi-am-agreees" else line
                for line in rows[COMMUNES]
            ]
        if partner == "caf":
            rows[STRUCTURES] = _structures()
        service, sent = SENT[partner]
        rows[ANSWER] = [{"organisation": f"{book.audience} (exemple)", "service": service, "sent": sent}]
        out[f"partenaires/{book.file}"] = (book, rows)
    names = [(p.id, f"{p.name} (exemple)") for p in PARTNERS]
    sent = [{**line, **_days(line["partner"])} for line in prepared(AS_OF, names)]
    return {**out, f"partenaires/{FOLLOW_UP.file}": (FOLLOW_UP, {SHEET: sent})}


def _days(partner: str) -> Line:
    days = zip(("sent", "reminded", "received"), FOLLOW_UP_DAYS[partner], strict=True)
    return {name: day for name, day in days if day is not None}


def _years(line: Line, figures: tuple[object, object, object] | None) -> Line:
    if figures is None:
        return line
    known = zip(YEARS, figures, strict=True)
    return {**line, **{year_field(year): str(figure) for year, figure in known if figure != ""}}


def _filled(line: Line, figures: tuple[object, object, object] | None, sent: date) -> Line:
    if figures is None:
        return line
    return {**_years(line, figures), "extracted": sent, "origin": "outil d’exemple"}


def _structures() -> list[Line]:
    services = {line["id"]: line for line in SERVICES}
    money = {line["service"]: line for line in MONEY if (line["year"], line["nature"]) == (2025, "realise")}
    identity = ("name", "type", "period", "commune", "manager")
    figures = ("places", "hours_done", "hours_billed", "agreement_end", "caf_ps", "caf_bonus")
    lines = []
    for id, more in _SUPPORTED.items():
        known = {**money.get(id, {}), **services[id]}
        line = {k: known[k] for k in (*identity, *figures) if k in known}
        lines.append({**line, **more, "service": id, "year": 2025})
    return lines
