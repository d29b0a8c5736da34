"""The coding scheme: needs by theme, by which what people say is told together.

``schemes/besoins.yml`` holds the common scheme. A study adds needs in its own ``consultation/besoins.yml``,
written the same way; it never redefines a code: what was coded under it would change meaning.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from ctg_lib.workbooks.cells import key, shown
from ctg_lib.workbooks.common import THEMES
from ctg_lib.workbooks.plain_yaml import UnreadableYaml, parse_yaml, read_yaml
from ctg_lib.workbooks.problems import Problem

FILE = "besoins.yml"
PUBLICS: dict[str, str] = {
    "enfants_0_2": "enfants de moins de 3 ans", "enfants_3_11": "enfants de 3 à 11 ans", "jeunes_11_17": "jeunes de 11 à 17 ans",
    "jeunes_18_25": "jeunes de 18 à 25 ans", "parents": "parents", "familles_monoparentales": "familles monoparentales",
    "familles_vulnerables": "familles vulnérables", "personnes_handicap": "personnes handicapées et leurs proches",
    "aines": "aînés", "habitants": "tous les habitants", "professionnels": "professionnels", "benevoles": "bénévoles",
}  # fmt: skip
"""Whom a need concerns."""
NATURES: dict[str, str] = {
    "capacite": "des places ou des logements", "horaires": "des horaires", "cout": "un coût supportable",
    "acces": "un accès, une distance", "information": "une information", "qualite": "une qualité",
    "accompagnement": "un accompagnement", "coordination": "une coordination", "lieux": "un lieu",
    "metiers": "des professionnels formés", "moyens": "des moyens durables",
}  # fmt: skip
"""What is missing."""
_KEYS: dict[str, str] = {
    "code": "code", "libelle": "libellé", "definition": "définition", "publics": "publics", "nature": "nature", "mots": "mots",
}  # fmt: skip
_CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_LONGEST = 40
_NEAR = 0.6


@dataclass(frozen=True)
class Need:
    """One need.

    Attributes:
        code: unique, kept for ever once used.
        theme: key of :data:`ctg_lib.workbooks.common.THEMES`.
        label: as it stands in a table, without a capital.
        definition: what belongs to it, in one sentence.
        publics: keys of :data:`PUBLICS`. nature: key of :data:`NATURES`.
        words: field words and expressions that betray it.
    """

    code: str
    theme: str
    label: str
    definition: str
    publics: tuple[str, ...]
    nature: str
    words: tuple[str, ...] = ()

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Its words as :func:`ctg_lib.workbooks.cells.key` compares them."""
        return tuple(dict.fromkeys(k for k in map(key, self.words) if k))


@dataclass(frozen=True)
class Scheme:
    """Needs, in the order of the themes."""

    needs: tuple[Need, ...]

    @cached_property
    def _by_code(self) -> dict[str, Need]:
        return {need.code: need for need in self.needs}

    def __getitem__(self, code: str) -> Need:
        """The need of a code.

        Raises:
            KeyError: there is none.
        """
        return self._by_code[code]

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __len__(self) -> int:
        return len(self.needs)

    def of_theme(self, theme: str) -> tuple[Need, ...]:
        """Needs of a theme."""
        return tuple(need for need in self.needs if need.theme == theme)

    @property
    def pairs(self) -> dict[str, tuple[str, str]]:
        """Code -> (theme, label), as :class:`~ctg_lib.consultation.actors.Actors` keeps it."""
        return {need.code: (need.theme, need.label) for need in self.needs}

    @property
    def choices(self) -> dict[str, str]:
        """Code -> label for a list of a workbook: theme, then need."""
        return {n.code: f"{_short(n.theme)} : {n.label}" for n in self.needs}

    @property
    def synonyms(self) -> dict[str, str]:
        """Label without its theme -> code, where one need alone has it."""
        labels = [key(need.label) for need in self.needs]
        return {need.label: need.code for need in self.needs if labels.count(key(need.label)) == 1}

    def nearest(self, text: str) -> str:
        """The code whose code or label a text resembles most; empty where none does."""
        wanted = key(text[:80])
        by_key = {key(name): n.code for n in self.needs for name in (self.choices[n.code], n.label, n.code)}
        close = difflib.get_close_matches(wanted, by_key, n=1, cutoff=_NEAR) if wanted else []
        return by_key[close[0]] if close else ""

    def suggest(self, text: str, most: int = 3) -> tuple[str, ...]:
        """Codes whose words a text holds, those with most words first; an aid to whoever codes, no more.

        Accents, case and plural do not count; words are found whole, an expression as it stands.
        """
        words = f" {' '.join(key(part) for part in _pieces(text))} "
        found = []
        for rank, need in enumerate(self.needs):
            hits = [k for k in need.keys if f" {k} " in words]
            if hits:
                found.append((-len(hits), -max(map(len, hits)), rank, need.code))
        return tuple(code for *_, code in sorted(found)[:most])


def _short(theme: str) -> str:
    """A theme without what is in brackets, with a capital."""
    label = re.sub(r"\s*\([^)]*\)", "", THEMES[theme])
    return label[:1].upper() + label[1:]


def _pieces(text: str, size: int = 150) -> Iterator[str]:
    """A long text in pieces that end at a space: ``key`` looks at the first letters alone."""
    line: list[str] = []
    for word in text[:50_000].split():
        line.append(word[:60])
        if sum(map(len, line)) > size:
            yield " ".join(line)
            line = []
    yield " ".join(line)


@cache
def common_scheme() -> Scheme:
    """The scheme that the project brings.

    Raises:
        ValueError: its file is wrong.
        UnreadableYaml: it is no YAML.
    """
    text = (files("ctg_lib.consultation") / "schemes" / FILE).read_text(encoding="utf-8")
    needs, problems = _read(parse_yaml(text), {})
    if problems:
        raise ValueError("; ".join(map(str, problems)))
    return Scheme(tuple(needs))


def load_scheme(folder: Path | None = None) -> tuple[Scheme, tuple[Problem, ...]]:
    """The common scheme and what a study adds to it.

    Args:
        folder: the study's ``consultation`` folder, where ``besoins.yml`` may stand.

    Returns:
        The scheme (needs that cannot be read are left out) and what is to be mended.
    """
    common = common_scheme()
    path = Path(folder) / FILE if folder is not None else None
    if path is None or not path.is_file():
        return common, ()
    try:
        root = read_yaml(path, flat=True)
    except UnreadableYaml as error:
        expected = f"un fichier YAML lisible ; {error.hint}"
        return common, (Problem(FILE, error.found, expected),)
    own, problems = _read(root, {need.code: need for need in common.needs})
    order = list(THEMES)
    needs = sorted((*common.needs, *own), key=lambda need: order.index(need.theme))
    return Scheme(tuple(needs)), tuple(problems)


def _read(root: Any, taken: Mapping[str, Need]) -> tuple[list[Need], list[Problem]]:
    """Needs of a file, and what is wrong in it.

    Args:
        root: what its YAML says; an empty mapping adds nothing.
        taken: codes that it may not redefine.
    """
    if root == {}:
        return [], []
    reading = _Reading(taken)
    reading.root(root)
    return reading.needs, reading.problems


class _Reading:
    """One file being read."""

    def __init__(self, taken: Mapping[str, Need]) -> None:
        self.taken = taken
        self.needs: list[Need] = []
        self.problems: list[Problem] = []

    def tell(self, where: str, found: object, expected: str, severity: Any = "error") -> None:
        self.problems.append(Problem(FILE, shown(found), expected, column=where, severity=severity))

    def root(self, root: Any) -> None:
        if not isinstance(root, dict):
            self.tell("", "autre chose que des clés", "la clé « besoins: » et ses thèmes")
            return
        for name in root:
            if name not in ("version", "besoins"):
                self.tell(str(name), name, "« version » ou « besoins »", "warning")
        themes = root.get("besoins")
        if not isinstance(themes, dict):
            self.tell(
                "besoins",
                "" if themes is None else "autre chose que des thèmes",
                "des thèmes, chacun suivi de ses besoins",
            )
            return
        for theme, lines in themes.items():
            if theme not in THEMES:
                close = difflib.get_close_matches(str(theme), THEMES, n=1)
                near = f" ; peut-être « {close[0]} »" if close else ""
                self.tell("besoins", theme, f"un thème : {', '.join(THEMES)}{near}")
            elif not isinstance(lines, list):
                self.tell(
                    f"besoins.{theme}", "autre chose qu’une liste", "une liste de besoins, « - code: … »"
                )
            else:
                for number, line in enumerate(lines, start=1):
                    self._need(str(theme), f"besoins.{theme}[{number}]", line)

    def _need(self, theme: str, where: str, line: Any) -> None:
        if not isinstance(line, dict):
            self.tell(where, line, f"les clés {', '.join(_KEYS)}")
            return
        for name in line:
            if name not in _KEYS:
                self.tell(where, name, f"une des clés {', '.join(_KEYS)}", "warning")
        before = len([p for p in self.problems if p.severity == "error"])
        code = self._code(where, line)
        label = self._text(where, line, "libelle", 80)
        definition = self._text(where, line, "definition", 300)
        publics = self._codes(where, line, "publics", PUBLICS)
        nature = self._codes(where, {"nature": [line.get("nature")]}, "nature", NATURES)
        words = self._words(where, line)
        self._label_taken(where, theme, label)
        if len([p for p in self.problems if p.severity == "error"]) == before:
            self.needs.append(Need(code, theme, label, definition, publics, nature[0], words))

    def _code(self, where: str, line: Mapping[str, Any]) -> str:
        code = str(line.get("code") or "")
        if not _CODE.fullmatch(code) or len(code) > _LONGEST:
            self.tell(
                f"{where}.code", code, f"minuscules sans accent, chiffres et « _ », {_LONGEST} signes au plus"
            )
        elif code in self.taken:
            label = self.taken[code].label
            self.tell(
                f"{where}.code",
                code,
                f"un code nouveau : celui-ci est de la grille commune (« {label} ») et ne se redéfinit pas",
            )
        elif any(code == need.code for need in self.needs):
            self.tell(f"{where}.code", code, "un code unique : celui-ci est écrit deux fois")
        return code

    def _label_taken(self, where: str, theme: str, label: str) -> None:
        for need in (*self.taken.values(), *self.needs):
            if label and need.theme == theme and key(need.label) == key(label):
                self.tell(
                    f"{where}.libelle", label, f"un autre libellé : c’est celui du code « {need.code} »"
                )

    def _text(self, where: str, line: Mapping[str, Any], name: str, longest: int) -> str:
        value = line.get(name)
        text = " ".join(str(value).split()) if isinstance(value, str | int | float) else ""
        if not text or len(text) > longest:
            self.tell(f"{where}.{name}", text, f"un texte de {longest} signes au plus")
        return text

    def _codes(
        self, where: str, line: Mapping[str, Any], name: str, known: Mapping[str, str]
    ) -> tuple[str, ...]:
        values = line.get(name)
        values = [values] if isinstance(values, str) else values
        good = isinstance(values, list) and values and all(isinstance(v, str) and v in known for v in values)
        if not good:
            bad = [v for v in values if v not in known] if isinstance(values, list) else []
            self.tell(
                f"{where}.{name}", bad[0] if bad and bad[0] is not None else "", f"parmi : {', '.join(known)}"
            )
        return tuple(dict.fromkeys(values)) if good and isinstance(values, list) else ("",)

    def _words(self, where: str, line: Mapping[str, Any]) -> tuple[str, ...]:
        values = line.get("mots", [])
        if not isinstance(values, list) or any(not isinstance(v, str | int | float) for v in values):
            self.tell(f"{where}.mots", "autre chose qu’une liste de mots", "une liste : [mot, autre mot]")
            return ()
        return tuple(" ".join(str(v).split()) for v in values if str(v).strip())
