# ruff: noqa: E501  (data, easier to read whole)
"""offre.xlsx and financement.xlsx of the demonstration."""

from __future__ import annotations

from datetime import date
from typing import Any

from demo.places import (
    BRUEL,
    CAVALERIE,
    CORNUS,
    COUVERTOIRADE,
    EULALIE,
    FONDAMENTE,
    HOSPITALET,
    NANT,
    SAUCLIERES,
)

Line = dict[str, Any]
WEEK = ("lun", "mar", "mer", "jeu", "ven")
READ = "gestionnaire d’exemple, octobre 2026"


def _clock(hours: int, minutes: int = 0) -> int:
    return 60 * hours + minutes


def _service(id: str, name: str, type_: str, commune: str, **more: Any) -> Line:
    line = {"id": id, "name": name, "type": type_, "state": "confirme", "source": READ, "commune": commune}
    return {**line, **more}


def _club(id: str, name: str, commune: str, period: str, places: int, weeks: int, **more: Any) -> Line:
    """An accueil de loisirs for one period, open from 8 to 18."""
    days = ("mer",) if period == "mercredi" else WEEK
    return _service(
        id, name, "alsh", commune, manager="Association Exemple-Un", manager_type="association", age_min=3,
        age_max=12, period=period, days=days, opens=_clock(8), closes=_clock(18), weeks=weeks,
        hours_week=10 * len(days), places=places, pricing="qf", price_unit="jour", disability="oui",
        agreement_end=date(2027, 12, 31), document="D03", **more,
    )  # fmt: skip


def _minders(id: str, place: str, commune: str, places: int, open_: int | None = None) -> Line:
    more = {} if open_ is None else {"places_open": open_}
    return _service(
        id, f"Assistantes maternelles {place} (exemple)", "am", commune, manager_type="personne", age_min=0,
        age_max=6, places=places, pricing="libre", year=2025, source="service d’exemple, juin 2026", **more,
    )  # fmt: skip


SERVICES: list[Line] = [
    _service(
        "S01", "Crèche Exemple Bleue", "eaje", CAVALERIE, manager="Association Exemple-Deux", manager_type="association",
        age_min=0, age_max=4, period="annee", days=WEEK, opens=_clock(7, 30), closes=_clock(18, 30), weeks=46,
        hours_week=55, places=22, places_open=20, licence_date=date(2019, 9, 2), staff=7.5, vacancies=1, year=2025,
        hours_done=37900, hours_billed=40600, occupancy=68, users=44, waiting=11, waiting_date=date(2026, 9, 30),
        pricing="psu", price_min=0.31, price_max=3.4, price_unit="heure", disability="oui", agreement_end=date(2027, 12, 31), document="D03",
        remark="Deux places fermées depuis janvier 2026, faute de personnel.",
    ),
    _service(
        "S02", "Micro-crèche Exemple Verte", "micro_creche", NANT, manager="Société Exemple-Trois", manager_type="entreprise",
        age_min=0, age_max=4, period="annee", days=WEEK, opens=_clock(7, 45), closes=_clock(17, 45), weeks=46, hours_week=50,
        places=10, places_open=10, licence_date=date(2024, 9, 2), staff=4, year=2025, hours_done=15800, hours_billed=16900,
        occupancy=69, users=19, waiting=6, waiting_date=date(2026, 9, 15), pricing="psu", price_min=0.31, price_max=3.4, price_unit="heure",
        disability="oui", agreement_end=date(2028, 12, 31), document="D03",
    ),
    _minders("S03", "à La Cavalerie", CAVALERIE, 30, 26),
    _minders("S04", "à Nant", NANT, 8, 8),
    _minders("S05", "à Saint-Jean-du-Bruel", BRUEL, 7),
    _minders("S06", "à Cornus", CORNUS, 4, 4),
    _service(
        "S07", "Relais petite enfance Exemple", "rpe", CAVALERIE, sites=(NANT, CORNUS), manager="Service Exemple de la petite enfance",
        manager_type="epci", period="annee", days=WEEK, weeks=45, hours_week=35, staff=1, year=2025, users=62,
        pricing="gratuit", agreement_end=date(2027, 12, 31), document="D03",
        remark="Matinées d’éveil : La Cavalerie deux fois par semaine, Nant et Cornus une fois.",
    ),
    _service(
        "S08", "Lieu d’accueil enfants-parents Exemple", "laep", NANT, sites=(CAVALERIE,), manager="Association Exemple-Quatre",
        manager_type="association", age_min=0, age_max=6, period="annee", days=("mar", "ven"), weeks=36, hours_week=6,
        staff=0.4, year=2025, users=38, pricing="gratuit", agreement_end=date(2027, 12, 31), document="D03",
    ),
    _club("S09", "Accueil de loisirs Exemple-Un, mercredis", CAVALERIE, "mercredi", 40, 36, places_open=40, staff=4, year=2025,
          hours_done=9600, hours_billed=10200, occupancy=67, users=88, waiting=7, waiting_date=date(2026, 9, 10),
          price_min=4, price_max=14),
    _club("S10", "Accueil de loisirs Exemple-Un, petites vacances", CAVALERIE, "petites_vacances", 32, 6, staff=4, year=2025,
          hours_done=6200, hours_billed=6600, occupancy=65, users=74, price_min=4, price_max=14),
    _club("S11", "Accueil de loisirs Exemple-Un, été", CAVALERIE, "ete", 40, 6, staff=5, year=2025, hours_done=8500,
          hours_billed=8900, occupancy=71, users=103, waiting=14, waiting_date=date(2026, 6, 20), price_min=4, price_max=14,
          aeeh=12),
    _club("S12", "Accueil de loisirs Exemple de la Dourbie, mercredis", NANT, "mercredi", 24, 36, sites=(BRUEL,), staff=2.5,
          year=2025, hours_done=5100, hours_billed=5400, occupancy=59, users=51, price_min=4, price_max=12),
    {
        **_club("S13", "Accueil de loisirs Exemple de la Sorgues, été", CORNUS, "ete", 20, 4,
                remark="Ouvert ou non en 2027 : à compléter par le gestionnaire."),
        "state": "a_confirmer", "source": "annuaire d’exemple, 2025", "document": "",
    },
    _service(
        "S14", "Accueil de jeunes Exemple", "accueil_jeunes", CAVALERIE, manager="Association Exemple-Un", manager_type="association",
        age_min=11, age_max=17, period="annee", days=("mer", "ven", "sam"), weeks=40, hours_week=14, places=24, staff=1.5,
        vacancies=0.5, year=2025, hours_done=6400, users=57, pricing="unique", price_min=10, price_max=10, price_unit="an", disability="oui",
        agreement_end=date(2027, 12, 31), document="D03",
    ),
    _service(
        "S15", "Accompagnement à la scolarité Exemple", "clas", CAVALERIE, manager="Association Exemple-Quatre",
        manager_type="association", age_min=6, age_max=15, period="periscolaire", days=("lun", "jeu"), weeks=28, hours_week=4,
        staff=0.3, year=2025, users=34, pricing="gratuit", agreement_end=date(2027, 7, 31), document="D03",
    ),
    _service(
        "S16", "Espace de vie sociale Exemple", "evs", NANT, manager="Association Exemple-Quatre", manager_type="association",
        period="annee", days=WEEK, weeks=46, hours_week=28, staff=2, year=2025, users=310, pricing="autre",
        agreement_end=date(2028, 12, 31), document="D03",
    ),
    _service(
        "S17", "Maison Exemple des services", "france_services", NANT, sites=(CAVALERIE,), manager="Service Exemple d’accès aux droits",
        manager_type="epci", period="annee", days=("lun", "mer", "jeu", "ven"), weeks=50, hours_week=32, staff=2, year=2025,
        users=1240, pricing="gratuit", document="D03", remark="Usagers : demandes, non personnes.",
    ),
    _service(
        "S18", "Conseil numérique Exemple", "mediation_numerique", CORNUS, sites=(FONDAMENTE, EULALIE, SAUCLIERES),
        manager="Service Exemple d’accès aux droits", manager_type="epci", period="annee", weeks=44, hours_week=12, staff=0.5,
        year=2025, users=186, pricing="gratuit", document="D03",
    ),
    _service(
        "S19", "Consultation d’exemple (PMI)", "pmi", CAVALERIE, state="a_confirmer", source="annuaire d’exemple, 2025",
        manager="Service départemental Exemple", manager_type="departement",
    ),
    _service(
        "S20", "Pôle de ressources handicap Exemple", "pole_handicap", CAVALERIE, manager="Association Exemple-Cinq",
        manager_type="association", weeks=46, hours_week=7, staff=0.2, year=2025, users=16, pricing="gratuit", document="D03",
        remark="Siège hors du territoire ; permanences à La Cavalerie.",
    ),
    _service(
        "S21", "Transport solidaire Exemple", "mobilite", FONDAMENTE, manager="Association Exemple-Six", manager_type="association",
        year=2025, users=47, pricing="autre", remark="Horaires et tarifs : à compléter.",
    ),
]  # fmt: skip


def _users(count: int) -> Line:
    """A count as its sender writes it: « < 5 » from 1 to 4."""
    return {"users_masked": True} if 1 <= count <= 4 else {"users": count}


def _from(service: str, whole: dict[str, int], outside: int = 0) -> list[Line]:
    lines = [{"service": service, "commune": c, **_users(n), "year": 2025} for c, n in whole.items()]
    if outside:
        lines.append({"service": service, "outside": "oui", "users": outside, "year": 2025})
    return lines


ORIGINS: list[Line] = [
    *_from("S01", {CAVALERIE: 23, HOSPITALET: 6, EULALIE: 5, COUVERTOIRADE: 3}, 7),
    *_from("S02", {NANT: 9, BRUEL: 5, SAUCLIERES: 3}),
    *_from("S09", {CAVALERIE: 52, HOSPITALET: 12, EULALIE: 9, CORNUS: 5}, 6),
    *_from("S11", {CAVALERIE: 46, HOSPITALET: 14, NANT: 11, EULALIE: 9, CORNUS: 8, FONDAMENTE: 5}, 10),
    *_from("S12", {NANT: 28, BRUEL: 14, SAUCLIERES: 6}),
    *_from("S14", {CAVALERIE: 31, HOSPITALET: 9, EULALIE: 6, CORNUS: 5}),
]

# --- money -------------------------------------------------------------------------------------------

_COSTS: dict[str, tuple[int, int, int]] = {
    # service: costs, hours and places of 2025
    "S01": (408_600, 40_600, 22), "S02": (182_400, 16_900, 10), "S07": (61_800, 0, 0), "S08": (17_400, 0, 0),
    "S09": (69_300, 10_200, 40), "S10": (46_900, 6_600, 32), "S11": (62_700, 8_900, 40), "S12": (37_200, 5_400, 24),
    "S14": (74_500, 0, 24), "S15": (14_800, 0, 0), "S16": (96_400, 0, 0), "S17": (118_000, 0, 0),
    "S18": (23_900, 0, 0),
}  # fmt: skip
_SHARES: dict[str, dict[str, float]] = {
    "eaje": {"caf_ps": 0.44, "caf_bonus": 0.12, "msa": 0.03, "families": 0.17, "others": 0.01},
    "rpe": {"caf_ps": 0.41, "caf_bonus": 0.15, "msa": 0.02},
    "laep": {"caf_ps": 0.33, "caf_bonus": 0.15, "msa": 0.05, "departement": 0.05},
    "alsh": {"caf_ps": 0.14, "caf_bonus": 0.08, "caf_funds": 0.02, "msa": 0.02, "communes": 0.09, "families": 0.29},
    "jeunes": {"caf_ps": 0.3, "caf_bonus": 0.06, "msa": 0.04, "departement": 0.05, "families": 0.02},
    "clas": {"caf_ps": 0.33, "caf_funds": 0.08, "communes": 0.1},
    "evs": {"caf_ps": 0.26, "msa": 0.05, "departement": 0.08, "communes": 0.06, "families": 0.04, "others": 0.08},
    "fs": {"state": 0.38, "departement": 0.04},
}  # fmt: skip
"""What each pays, as a share of costs; the intercommunalité pays the rest."""
_KIND = {
    "S01": "eaje", "S02": "eaje", "S07": "rpe", "S08": "laep", "S09": "alsh", "S10": "alsh", "S11": "alsh",
    "S12": "alsh", "S14": "jeunes", "S15": "clas", "S16": "evs", "S17": "fs", "S18": "fs",
}  # fmt: skip
_YEARS = {2023: 0.93, 2024: 0.965, 2025: 1.0}
_PAYERS = (
    "caf_ps", "caf_bonus", "caf_funds", "msa", "state", "region", "departement", "epci", "communes", "families",
    "others",
)  # fmt: skip


def _money(service: str, year: int, share_of_year: float = 1.0) -> Line:
    cost, hours, places = _COSTS[service]
    cost = round(cost * _YEARS[year] * share_of_year / 100) * 100
    parts = dict.fromkeys(_PAYERS, 0)
    parts |= {payer: round(cost * share / 10) * 10 for payer, share in _SHARES[_KIND[service]].items()}
    parts["epci"] = cost - sum(parts.values())
    line: Line = {
        "service": service, "year": year, "nature": "realise", "offer": "maintenue", "cost": cost, **parts,
        "total": cost, "document": "D05",
    }  # fmt: skip
    if hours:
        line["hours"] = round(hours * (1 if year == 2025 else _YEARS[year]) * share_of_year / 10) * 10
    if places:
        line["places"] = places
    return line


def _realised() -> list[Line]:
    lines = []
    for service in _COSTS:
        for year in _YEARS:
            if service == "S02" and year == 2023:
                continue  # opened in September 2024
            if service == "S02" and year == 2024:
                part = {"remark": "Quatre mois : ouverte en septembre 2024.", "places": None}
                lines.append({**_money(service, year, 1 / 3), **part})
                continue
            lines.append(_money(service, year))
    return lines


MONEY: list[Line] = [
    *_realised(),
    {"service": "S20", "year": 2025, "nature": "realise", "offer": "maintenue", "cost": 9_200,
     "remark": "Recettes : à compléter par le gestionnaire."},
    {"service": "S01", "year": 2027, "nature": "prevu", "offer": "nouvelle", "cost": 106_000, "caf_ps": 46_600,
     "families": 17_500, "places": 6, "hours": 11_000,
     "remark": "Six places de plus à La Cavalerie : bonus et part de l’intercommunalité à compléter."},
    {"service": "S12", "year": 2027, "nature": "prevu", "offer": "nouvelle", "cost": 21_500, "hours": 3_100,
     "places": 12, "remark": "Ouverture aux petites vacances : financement à compléter."},
]  # fmt: skip
PARAMETERS: list[Line] = [
    {"name": "bonus territoire, place nouvelle de crèche (montant d’exemple)", "year": 2026, "amount": 3_000,
     "unit": "place et par an", "source": "montant inventé pour la démonstration"},
    {"name": "bonus territoire, heure nouvelle d’accueil de loisirs (montant d’exemple)", "year": 2026, "amount": 0.2,
     "unit": "heure", "source": "montant inventé pour la démonstration"},
]  # fmt: skip
