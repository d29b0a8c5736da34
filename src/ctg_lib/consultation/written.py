"""What people wrote in a file of settings, taken out of it strictly: each mistake told by file, place and remedy."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ctg_lib.geography.names import fold
from ctg_lib.workbooks.people import personal
from ctg_lib.workbooks.problems import Problem, Severity

LONGEST_FOUND = 80
LONGEST_TEXT = 4000


@dataclass
class Written:
    """One file, and what is wrong in it.

    Attributes:
        file: its name, as the user sees it.
        problems: filled as it is read.
    """

    file: str
    problems: list[Problem] = field(default_factory=list)

    def say(self, where: str, found: object, expected: str, severity: Severity = "error") -> None:
        """Tell a problem; what was found is cut, and left out where it holds a person's data."""
        place = f"{self.file}, {where}" if where else self.file
        self.problems.append(Problem(place, shown(found), expected, severity=severity))

    def mapping(self, raw: object, where: str, known: Iterable[str], expected: str) -> dict[str, Any]:
        """A mapping whose keys are all known; what is not is told and left out."""
        if not isinstance(raw, Mapping):
            self.say(where, raw, expected)
            return {}
        names = list(known)
        out = {}
        for key, value in raw.items():
            if key in names:
                out[str(key)] = value
            else:
                self.say(_inside(where, key), key, f"une clé connue{nearest(key, names)}")
        return out

    def text(self, raw: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
        """A text on one line; told where it is absent (unless there is a default), empty or no text."""
        value = raw.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            self.say(_inside(where, key), value, "un texte (entre guillemets s’il contient « : »)")
            return ""
        text = re.sub(r"\s+", " ", value).strip()
        if len(text) > LONGEST_TEXT:
            self.say(_inside(where, key), f"{len(text)} caractères", f"{LONGEST_TEXT} caractères au plus")
        return text

    def number(
        self, raw: Mapping[str, Any], key: str, where: str, low: int, high: int, default: int | None = None
    ) -> int | None:
        """A whole number between two bounds, or the default where it is absent."""
        value = raw.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.say(_inside(where, key), value, f"un nombre entier de {low} à {high}")
            return default
        return value

    def flag(self, raw: Mapping[str, Any], key: str, where: str, default: bool = False) -> bool:
        """True or false (« true », « false », « oui », « non »)."""
        value = raw.get(key)
        if value is None:
            return default
        word = fold(str(value)).strip()
        if word not in ("true", "false", "oui", "non"):
            self.say(_inside(where, key), value, "true ou false")
        return word in ("true", "oui")

    def choice(
        self, raw: Mapping[str, Any], key: str, where: str, words: Mapping[str, str], default: str = "",
        expected: str = "",
    ) -> str:  # fmt: skip
        """One of a few words, accents and case aside: word -> what it stands for (``expected``: words to tell)."""
        value = raw.get(key)
        if value is None:
            return default
        folded = {fold(word).replace("_", " "): meaning for word, meaning in words.items()}
        found = folded.get(fold(str(value)).replace("_", " ").strip())
        if found is None:
            self.say(_inside(where, key), value, f"{expected or ', '.join(words)}{nearest(value, words)}")
            return default
        return found

    def items(self, raw: Mapping[str, Any], key: str, where: str, most: int = 500) -> list[Any]:
        """A list; empty where it is absent."""
        value = raw.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.say(_inside(where, key), value, "une liste (lignes « - … »)")
            return []
        if len(value) > most:
            self.say(_inside(where, key), f"{len(value)} éléments", f"{most} éléments au plus")
            return []
        return value


def shown(found: object) -> str:
    """What was found, in a few words: cut, on one line; left out where it holds a person's data."""
    if found is None:
        return ""
    if isinstance(found, Mapping):
        return "des lignes « clé: valeur »" if found else "rien"
    if isinstance(found, list):
        return "une liste"
    if isinstance(found, bool):
        return "true" if found else "false"
    text = re.sub(r"\s+", " ", str(found)[: 10 * LONGEST_FOUND]).strip()
    if kinds := personal(text):
        return f"un texte avec {kinds[0]}"
    return text if len(text) <= LONGEST_FOUND else f"{text[: LONGEST_FOUND - 1]}…"


def nearest(word: object, known: Iterable[str]) -> str:
    """« (peut-être « options ») », or nothing."""
    names = {fold(name): name for name in known}
    close = difflib.get_close_matches(fold(str(word)[:60]), list(names), n=1, cutoff=0.7)
    return f" (peut-être « {names[close[0]]} »)" if close else ""


def _inside(where: str, key: object) -> str:
    return f"{where}, « {shown(key)} »" if where else f"« {shown(key)} »"
