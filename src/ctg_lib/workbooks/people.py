"""What a text holds about people: names, e-mail addresses and telephone numbers.

What was found is never repeated in a message: the message would hold it too.
"""

from __future__ import annotations

import re

# bounded: an endless word would be read again from each of its letters
_E_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE = re.compile(
    r"(?<![\w/=_.-])(?:(?:\+|00)\s?33\s?(?:\(0\)\s?)?|0)[1-9](?:[\s\u00a0\u202f.-]?\d{2}){4}(?![\w/])"
)
_FUNCTIONS = (
    "Le", "La", "Les", "L", "Maire", "Maires", "Président", "Présidente", "Préfet", "Préfète", "Directeur",
    "Directrice", "Ministre", "Conseiller", "Conseillère", "Vice", "Adjoint", "Adjointe", "Sous",
    "Secrétaire", "Trésorier", "Trésorière", "Recteur", "Rectrice", "Responsable",
)  # fmt: skip
_NAME = re.compile(
    r"\b(?:M\.|MM\.|Mr\.?|Mme|Mmes|Mlle|Mlles|Monsieur|Madame|Mademoiselle|Messieurs|Mesdames)"
    rf"[\s\u00a0\u202f]{{1,4}}(?!(?:{'|'.join(_FUNCTIONS)})\b)[A-ZÀ-ÖØ-Þ][\w’'-]{{1,60}}"
    r"(?:[\s\u00a0\u202f][A-ZÀ-ÖØ-Þ][\w’'-]{1,60}){0,3}"
)
PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (_E_MAIL, "une adresse de courrier électronique"),
    (_PHONE, "un numéro de téléphone"),
    (_NAME, "le nom d’une personne (« M. » ou « Mme » suivi d’un nom)"),
)
MASK = "[…]"
"""What stands in a message for what says who someone is."""
EXPECTED = "aucune donnée sur une personne : écrire l’organisme ou la fonction"


def personal(text: str) -> list[str]:
    """What a text holds about people, in words; empty where nothing was recognised."""
    return [words for pattern, words in PATTERNS if pattern.search(text)]


def masked(text: str) -> str:
    """A text in which :data:`MASK` stands for what says who someone is: what a message may repeat."""
    for pattern, _ in PATTERNS:
        text = pattern.sub(MASK, text)
    return text
