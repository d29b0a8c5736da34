"""French labels of codes: ages, facility types, breakdowns. And what an age code means in years."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from ctg_lib.indicators.registry import VOCABULARY
from ctg_lib.values import parse_breakdown

FACILITIES: dict[str, str] = {
    "A128": "France services",
    "A203": "banque, caisse d’épargne",
    "A206": "bureau de poste",
    "A207": "relais poste",
    "A208": "agence postale",
    "B105": "supermarché et magasin multi-commerce",
    "B201": "supérette",
    "B202": "épicerie",
    "B207": "boulangerie-pâtisserie",
    "B316": "station-service",
    "C107": "école maternelle",
    "C108": "école primaire",
    "C109": "école élémentaire",
    "C201": "collège",
    "D113": "maison de santé pluridisciplinaire",
    "D250": "psychologue",
    "D265": "médecin généraliste",
    "D277": "chirurgien dentiste",
    "D278": "sage-femme",
    "D279": "masseur kinésithérapeute",
    "D281": "infirmier",
    "X_ORTHOPHONISTE": "orthophoniste",
    "D307": "pharmacie",
    "D401": "personnes âgées : hébergement",
    "D403": "personnes âgées : services d’aide",
    "D502": "établissement d’accueil du jeune enfant",
    "D503": "lieu d’accueil enfants-parents",
    "D504": "relais petite enfance",
    "D505": "accueil de loisirs sans hébergement",
    "D507": "médiation familiale",
    "D509": "micro-crèche",
    "D601": "enfants handicapés : hébergement",
    "D602": "enfants handicapés : services à domicile ou ambulatoires",
    "D603": "adultes handicapés : accueil, hébergement",
    "D604": "adultes handicapés : services d’aide",
    "D605": "travail protégé",
    "D606": "adultes handicapés : services de soins à domicile",
    "F101": "bassin de natation",
    "F102": "boulodrome",
    "F103": "tennis",
    "F107": "athlétisme",
    "F111": "plateaux et terrains de jeux extérieurs",
    "F113": "terrains de grands jeux",
    "F114": "salles de combat",
    "F116": "salles non spécialisées",
    "F120": "salles de remise en forme",
    "F121": "salles multisports, gymnases",
    "F129": "salles spécialisées",
    "F130": "skatepark & vélo-freestyle",
    "F307": "bibliothèque",
}
"""Facility types of Insee's BPE 2025 used here, with the publisher's labels; a code in ``X_`` is ours, where
the publisher's could not be established."""

OLDEST = 200  # open upper end of « 95 ans et plus »


@lru_cache(maxsize=512)
def age_span(code: str) -> tuple[int, int]:
    """First and last age of a code of Insee's list CL_AGE (``Y5T9`` -> (5, 9); ``Y_GE95`` -> (95, 200)).

    Raises:
        ValueError: the code is not of that list's form.
    """
    forms: tuple[tuple[str, Callable[[re.Match], tuple[int, int]]], ...] = (
        (r"Y(\d+)T(\d+)", lambda m: (int(m[1]), int(m[2]))),
        (r"Y_GE(\d+)", lambda m: (int(m[1]), OLDEST)),
        (r"Y_LT(\d+)", lambda m: (0, int(m[1]) - 1)),
        (r"Y(\d+)", lambda m: (int(m[1]), int(m[1]))),
    )
    for pattern, span in forms:
        match = re.fullmatch(pattern, code)
        if match:
            return span(match)
    raise ValueError(f"not an age code: {code!r}")


def five_year_band(code: str) -> bool:
    """Whether the code is one of the bands 0–4, 5–9 … 95 and over, which together make the population."""
    low, high = age_span(code)
    return (low % 5 == 0 and high == low + 4 and low < 95) or (low == 95 and high == OLDEST)


def ages(low: int, high: int = OLDEST, sex: str | None = None) -> Callable[[str], bool]:
    """Test of a breakdown: a five-year band by sex inside [low, high] (of one sex, if given)."""

    def test(breakdown: str) -> bool:
        parts = parse_breakdown(breakdown)
        if set(parts) != {"age", "sex"} or parts["sex"] not in ("F", "M"):
            return False
        if sex is not None and parts["sex"] != sex:
            return False
        if not five_year_band(parts["age"]):
            return False
        first, last = age_span(parts["age"])
        return first >= low and last <= high

    return test


def age_label(code: str) -> str:
    """« 0–4 ans », « 95 ans et plus »."""
    low, high = age_span(code)
    if high == OLDEST:
        return f"{low} ans et plus"
    return f"{low} ans" if low == high else f"{low}–{high} ans"


def qf_span(code: str) -> tuple[float, float] | None:
    """Lowest and highest quotient familial of a band (``lt400`` -> (0, 399)), None when it is not known.

    Bands are written ``lt400``, ``400_799``, ``4000_plus`` or ``ge4000``, whatever their number and limits.
    """
    numbers = [int(n) for n in re.findall(r"\d+", code)]
    if code.startswith("lt") and len(numbers) == 1:
        return 0, numbers[0] - 1
    if len(numbers) == 2:
        return numbers[0], numbers[1]
    return (numbers[0], float("inf")) if len(numbers) == 1 else None


def qf_label(code: str) -> str:
    """« quotient familial de moins de 400 € », « … de 400 à 799 € », « … de 4000 € ou plus »."""
    span = qf_span(code)
    if span is None:
        return VOCABULARY["qf"].get(code, code)
    low, high = span
    if low == 0:
        return f"quotient familial de moins de {high + 1:.0f} €"
    until = "€ ou plus" if high == float("inf") else f"à {high:.0f} €"
    return f"quotient familial de {low:.0f} {until}"


def breakdown_label(breakdown: str) -> str:
    """A breakdown in words, parts joined by « , » (codes without a label are given as they are)."""
    words = []
    for key, code in parse_breakdown(breakdown).items():
        if key == "age":
            words.append(age_label(code))
        elif key == "type":
            words.append(FACILITIES.get(code, code))
        elif key == "sans":
            words.append(f"sans {code}")
        elif key == "qf":
            words.append(qf_label(code))
        else:
            words.append(VOCABULARY.get(key, {}).get(code, code))
    return ", ".join(words)
