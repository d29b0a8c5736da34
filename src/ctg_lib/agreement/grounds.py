"""By what each need of the coding scheme may be proved, beside the words of actors.

``tables/preuves.yml`` holds the common table: need -> indicators (and the side of the reference that says the need is
there), answers of questionnaires, kinds of service that would answer it. A study adds to it in its own
``convention/preuves.yml``, written the same way; it takes nothing away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ctg_lib.consultation.scheme import Scheme
from ctg_lib.indicators.registry import registry
from ctg_lib.partnership.books.offre import SERVICES
from ctg_lib.workbooks.cells import shown
from ctg_lib.workbooks.plain_yaml import UnreadableYaml, parse_yaml, read_yaml
from ctg_lib.workbooks.problems import Problem

FILE = "preuves.yml"
SIDES: dict[str, str] = {"plus": "above", "moins": "below"}
"""As written -> side of a reading."""
_KEYS = ("indicateurs", "questions", "services")


@dataclass(frozen=True)
class Ground:
    """By what one need may be proved.

    Attributes:
        indicators: (« id » or « id|breakdown ») -> side that says the need is there (``above``, ``below``).
        answers: « questionnaire/question/column ».
        services: kinds of service that would answer it.
    """

    indicators: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()

    def with_(self, other: Ground) -> Ground:
        """Both together."""
        return Ground(
            {**self.indicators, **other.indicators},
            tuple(dict.fromkeys((*self.answers, *other.answers))),
            tuple(dict.fromkeys((*self.services, *other.services))),
        )


Grounds = Mapping[str, Ground]
"""Code of a need -> by what it may be proved."""


@cache
def common_grounds() -> Grounds:
    """The table that the project brings.

    Raises:
        ValueError: its file is wrong.
    """
    text = (files("ctg_lib.agreement") / "tables" / FILE).read_text(encoding="utf-8")
    found, problems = _read(parse_yaml(text), None)
    if problems:
        raise ValueError("; ".join(map(str, problems)))
    return found


def load_grounds(
    folder: Path | None = None, scheme: Scheme | None = None
) -> tuple[Grounds, tuple[Problem, ...]]:
    """The common table, what a study adds to it, and what is to be mended.

    Args:
        folder: the study's ``convention`` folder, where ``preuves.yml`` may stand.
        scheme: of the study, whose codes it may name; None: not checked.
    """
    common = common_grounds()
    path = Path(folder) / FILE if folder is not None else None
    if path is None or not path.is_file():
        return common, ()
    try:
        root = read_yaml(path, flat=True)
    except UnreadableYaml as error:
        return common, (
            Problem(f"convention/{FILE}", error.found, f"un fichier YAML lisible ; {error.hint}"),
        )
    own, problems = _read(root, scheme)
    out = {code: ground.with_(own.get(code, Ground())) for code, ground in common.items()}
    return {**out, **{code: ground for code, ground in own.items() if code not in out}}, tuple(problems)


def needs_of_indicator(grounds: Grounds, name: str) -> tuple[str, ...]:
    """Needs that an indicator (« id » or « id|breakdown ») may prove, in the order of the table."""
    return tuple(code for code, ground in grounds.items() if name in ground.indicators)


def needs_of_answer(grounds: Grounds, answer: str) -> tuple[str, ...]:
    """Needs that an answer (« questionnaire/question/column ») tells."""
    return tuple(code for code, ground in grounds.items() if answer in ground.answers)


def needs_of_service(grounds: Grounds, kind: str) -> tuple[str, ...]:
    """Needs that a kind of service would answer."""
    return tuple(code for code, ground in grounds.items() if kind in ground.services)


def _read(root: Any, scheme: Collection[str] | Scheme | None) -> tuple[dict[str, Ground], list[Problem]]:
    problems: list[Problem] = []

    def tell(where: str, found: object, expected: str) -> None:
        problems.append(Problem(f"convention/{FILE}", shown(found), expected, column=where))

    needs = root.get("besoins") if isinstance(root, dict) else None
    if root == {} or not isinstance(needs, dict):
        if root != {}:
            tell("besoins", "", "la clé « besoins: » suivie de codes de la grille")
        return {}, problems
    out: dict[str, Ground] = {}
    for code, parts in needs.items():
        where = f"besoins.{code}"
        if scheme is not None and code not in scheme:
            tell(where, code, "un code de la grille des besoins")
        elif not isinstance(parts, dict) or not set(parts) <= set(_KEYS):
            tell(where, parts, f"les rubriques {', '.join(_KEYS)}")
        else:
            out[str(code)] = Ground(
                dict(_indicators(where, parts.get("indicateurs") or {}, tell)),
                tuple(_answers(where, parts.get("questions") or [], tell)),
                tuple(_services(where, parts.get("services") or [], tell)),
            )
    return out, problems


def _indicators(where: str, given: Any, tell: Any) -> Iterable[tuple[str, str]]:
    if not isinstance(given, dict):
        tell(f"{where}.indicateurs", given, "indicateur: plus, ou indicateur: moins")
        return
    for name, side in given.items():
        if str(name).partition("|")[0] not in registry():
            tell(f"{where}.indicateurs", name, "l’identifiant d’un indicateur (ctg indicators list)")
        elif side not in SIDES:
            tell(f"{where}.indicateurs.{name}", side, "« plus » ou « moins »")
        else:
            yield str(name), SIDES[side]


def _answers(where: str, given: Any, tell: Any) -> Iterable[str]:
    for each in given if isinstance(given, list) else [given]:
        parts = str(each).split("/")
        if len(parts) != 3 or not all(parts):
            tell(f"{where}.questions", each, "questionnaire/question/réponse")
        else:
            yield str(each)


def _services(where: str, given: Any, tell: Any) -> Iterable[str]:
    for each in given if isinstance(given, list) else [given]:
        if each not in SERVICES:
            tell(f"{where}.services", each, f"un type de service : {', '.join(SERVICES)}")
        else:
            yield str(each)
