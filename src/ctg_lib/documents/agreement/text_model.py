"""A text with fields, as a YAML file tells it: which parts in which order, under which conditions.

    titre: Convention territoriale globale
    parties_du_texte:
      - partie: Visas
        contenu:
          - visa: "Vu le code de la sécurité sociale, …"
          - {visa: "Vu le code rural …", si: msa}
      - article: Axes et objectifs
        nom: axes
        contenu:
          - "Les parties retiennent {{ enjeux | length | nombre }} enjeux."
          - {puce: "{{ axe.titre }}", pour: axe dans axes}
          - {tableau: moyens}
      - annexe: Gouvernance
        nom: gouvernance
        si: instances
        contenu: [{tableau: instances}]

Fields, conditions and loops are Jinja's, in a sandbox that gives no function but its own: a file sent by a
partner can read what the study says, and do nothing else.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError

from ctg_lib.display.prose import upper_first
from ctg_lib.display.typography import NBSP, enumerate_fr, euros, number, typeset
from ctg_lib.documents.agreement.blocks import (
    Block,
    Gap,
    Grid,
    Heading,
    Signatures,
    Text,
    blank,
    is_blank,
    settled,
)
from ctg_lib.workbooks.problems import Problem

SECTIONS = "parties_du_texte"
KINDS: tuple[str, ...] = ("partie", "article", "annexe")
TEXTS: dict[str, str] = {
    "texte": "texte", "visa": "visa", "puce": "puce", "note": "note", "sous_titre": "sous_titre",
}  # fmt: skip
LABELS: dict[str, str] = {"article": "Article", "annexe": "Annexe"}
_KEYS = {*TEXTS, "tableau", "signatures", "contenu", "si", "pour"}
_SECTION_KEYS = {*KINDS, "nom", "si", "contenu"}
_LOOP = re.compile(r"\s*(\w+)\s+(?:dans|in)\s+(.+)", re.DOTALL)
_SPACES = re.compile(r"[ \t\r\n]+")
"""A paragraph of YAML may be cut into lines; no-break spaces stay."""
_DEEPEST = 8
_MOST = 5000
"""Lines that one loop may give."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Without what could fill the memory: no product, no power."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError(f"« {operator} » n’est pas permis")

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Nothing but where a loop stands: the fields of a mapping are read by name, and no method is."""
        return isinstance(obj, LoopContext) and attr in ("first", "last", "index", "length")


def sandbox() -> _Sandbox:
    """Fields, « si », « pour », and the filters ``et``, ``nombre``, ``euros``, ``majuscule``, ``length``, ``join``."""
    made = _Sandbox(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)
    kept = {name: made.filters[name] for name in ("length", "join", "first", "last", "default", "lower")}
    made.filters.clear()
    made.filters.update(kept)
    made.filters.update(
        {
            "et": lambda items: enumerate_fr([str(item) for item in items]),
            "nombre": lambda value: number(float(value)),
            "euros": lambda value: euros(float(value)),
            "majuscule": upper_first,
        }
    )
    made.tests["connu"] = lambda value: bool(value) and not is_blank(value)
    made.globals.clear()
    made.globals["a_completer"] = blank
    return made


@dataclass
class TextModel:
    """A file of text, ready to be filled.

    Attributes:
        raw: what the file says. file: its name, for messages.
    """

    raw: Mapping[str, Any]
    file: str
    problems: list[Problem] = field(default_factory=list)
    _env: _Sandbox = field(default_factory=sandbox, repr=False)

    def say(self, place: str, found: object, expected: str) -> None:
        """Note what is wrong at a place of the file."""
        where = f"{self.file}, {place}" if place else self.file
        self.problems.append(Problem(where, str(found), expected))

    # ------------------------------------------------------------------------------------------ filling

    def filled(
        self, fields: Mapping[str, Any], tables: Mapping[str, Callable[[], Grid]]
    ) -> tuple[list[Block], list[Gap]]:
        """Blocks and blanks of the text; what is wrong in the file goes to ``problems``.

        Args:
            fields: name -> text, number, list or mapping.
            tables: name -> table.
        """
        kept = [s for s in self._sections() if self._holds(s, fields, _name(s))]
        numbered = _numbered(kept)
        known = {
            **fields,
            "article": {n: f"article{NBSP}{rank}" for k, n, rank in numbered if k == "article" and n},
            "annexe": {n: f"annexe{NBSP}{rank}" for k, n, rank in numbered if k == "annexe" and n},
        }
        blocks: list[Block] = []
        gaps: list[Gap] = []
        for section, (kind, _, rank) in zip(kept, numbered, strict=True):
            label = f"{LABELS[kind]} {rank}" if kind in LABELS else ""
            title, found = settled(
                self.rendered(section[kind], known, _name(section)), label or str(section[kind])
            )
            gaps += found
            heading = Heading(title, kind, label, kind == "annexe")  # type: ignore[arg-type]
            place = label or heading.text
            blocks.append(heading)
            made = self._items(section.get("contenu") or (), known, tables, _name(section), place, 0)
            for block, found in made:
                blocks.append(block)
                gaps += found
        return blocks, gaps

    def text(self, key: str, fields: Mapping[str, Any], default: str = "") -> str:
        """A text at the head of the file, filled."""
        value = self.raw.get(key, default)
        return settled(self.rendered(value, fields, key), key)[0]

    def rendered(self, source: object, fields: Mapping[str, Any], place: str) -> str:
        """A text with its fields filled; empty where that cannot be."""
        try:
            return _SPACES.sub(" ", self._env.from_string(str(source)).render(fields)).strip()
        except (TemplateError, ArithmeticError, ValueError, TypeError, RecursionError) as error:
            self.say(place, source, _expected(error, fields))
            return ""

    # ----------------------------------------------------------------------------------------- its parts

    def _sections(self) -> Iterator[dict[str, Any]]:
        found = self.raw.get(SECTIONS)
        if not isinstance(found, list) or not found:
            self.say(SECTIONS, found or "rien", "une liste de parties, d’articles et d’annexes")
            return
        for rank, section in enumerate(found, start=1):
            kinds = [k for k in KINDS if isinstance(section, Mapping) and k in section]
            if len(kinds) != 1:
                self.say(
                    f"{SECTIONS}, n° {rank}", section, "« partie: », « article: » ou « annexe: », un seul"
                )
                continue
            self._known(section, _SECTION_KEYS, _name(section))
            yield dict(section)

    def _known(self, item: Mapping[Any, Any], keys: set[str], place: str) -> None:
        for key in item:
            if str(key) not in keys:
                near = difflib.get_close_matches(str(key), sorted(keys), 1)
                hint = f" ; vouliez-vous dire « {near[0]} » ?" if near else ""
                self.say(place, key, f"une clé parmi {', '.join(sorted(keys))}{hint}")

    def _holds(self, item: Mapping[str, Any], fields: Mapping[str, Any], place: str) -> bool:
        if "si" not in item:
            return True
        value = self._value(str(item["si"]), fields, place)
        return bool(value) and not is_blank(value)

    def _value(self, expression: str, fields: Mapping[str, Any], place: str) -> Any:
        try:
            found = self._env.compile_expression(expression, undefined_to_none=False)(**fields)
            return list(found) if isinstance(found, tuple) else found if bool(found) else None
        except (TemplateError, ArithmeticError, ValueError, TypeError, RecursionError) as error:
            self.say(place, expression, _expected(error, fields))
            return None

    def _items(
        self, items: object, fields: Mapping[str, Any], tables: Mapping[str, Callable[[], Grid]], at: str, place: str,
        depth: int,
    ) -> Iterator[tuple[Block, list[Gap]]]:  # fmt: skip
        if not isinstance(items, Sequence) or isinstance(items, str) or depth > _DEEPEST:
            self.say(
                at,
                items,
                "une liste sous « contenu: », une ligne commençant par « - » pour chaque paragraphe",
            )
            return
        for item in items:
            one = {"texte": item} if isinstance(item, str | int | float) else item
            if not isinstance(one, Mapping):
                self.say(at, item, "un texte, ou « texte: », « puce: », « tableau: » …")
                continue
            self._known(one, _KEYS, at)
            for known in self._turns(one, fields, at):
                if self._holds(one, known, at):
                    yield from self._item(one, known, tables, at, place, depth)

    def _turns(
        self, item: Mapping[str, Any], fields: Mapping[str, Any], at: str
    ) -> Iterator[Mapping[str, Any]]:
        """The fields, once; or once for each of a list, « pour: axe dans axes »."""
        if "pour" not in item:
            yield fields
            return
        loop = _LOOP.fullmatch(str(item["pour"]))
        if not loop:
            self.say(at, item["pour"], "« pour: axe dans axes »")
            return
        found = self._value(loop[2], fields, at)
        if found is not None and not isinstance(found, list):
            self.say(at, item["pour"], "une liste après « dans »")
            return
        for value in (found or [])[:_MOST]:
            yield {**fields, loop[1]: value}

    def _item(
        self, item: Mapping[str, Any], fields: Mapping[str, Any], tables: Mapping[str, Callable[[], Grid]], at: str,
        place: str, depth: int,
    ) -> Iterator[tuple[Block, list[Gap]]]:  # fmt: skip
        if "contenu" in item:
            yield from self._items(item["contenu"], fields, tables, at, place, depth + 1)
        elif "tableau" in item:
            yield from self._table(str(item["tableau"]), tables, at, place)
        elif "signatures" in item:
            named = [settled(str(p["nom"]), place) for p in fields.get("signataires") or ()]
            signing = [settled(str(p["fonction"]), place)[0] for p in fields.get("signataires") or ()]
            gaps = [gap for _, found in named for gap in found]
            yield Signatures(tuple(zip([name for name, _ in named], signing, strict=True))), gaps
        else:
            style = next((name for name in TEXTS if name in item), "")
            if not style:
                self.say(
                    at,
                    dict(item),
                    "« texte: », « visa: », « puce: », « note: », « sous_titre: » ou « tableau: »",
                )
                return
            words, gaps = settled(self.rendered(item[style], fields, at), place)
            if words and style == "sous_titre":
                yield Heading(words, "sous_titre"), gaps
            elif words:
                yield Text(words, TEXTS[style]), gaps  # type: ignore[arg-type]

    def _table(
        self, name: str, tables: Mapping[str, Callable[[], Grid]], at: str, place: str
    ) -> Iterator[tuple[Block, list[Gap]]]:
        if name not in tables:
            near = difflib.get_close_matches(name, list(tables), 1)
            hint = f" ; vouliez-vous dire « {near[0]} » ?" if near else ""
            self.say(at, name, f"un tableau parmi {', '.join(tables)}{hint}")
            return
        grid, gaps = settled_grid(tables[name](), place)
        if grid.rows:
            yield grid, gaps
        elif grid.empty:
            yield Text(grid.empty), gaps


def settled_grid(grid: Grid, place: str) -> tuple[Grid, list[Gap]]:
    """A table as it is read, in French typography, and what it leaves blank."""
    gaps: list[Gap] = []

    def read(text: str) -> str:
        words, found = settled(text, place)
        gaps.extend(found)
        return words

    rows = tuple(tuple(read(cell) for cell in row) for row in grid.rows)
    empty = "" if rows else read(grid.empty)
    head = tuple(typeset(cell) for cell in grid.head)
    note = read(grid.note) if rows else ""
    made = Grid(typeset(grid.title), head, rows, grid.widths, grid.numbers, note, empty, grid.total)
    return made, gaps


def _name(section: Mapping[str, Any]) -> str:
    kind = next((k for k in KINDS if k in section), "partie")
    return f"{kind} « {section.get(kind)} »"


def _numbered(sections: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    """Kind, name and rank among those of its kind of each section."""
    counts: dict[str, int] = {}
    out = []
    for section in sections:
        kind = next(k for k in KINDS if k in section)
        counts[kind] = counts.get(kind, 0) + 1
        out.append((kind, str(section.get("nom") or ""), counts[kind]))
    return out


def _expected(error: Exception, fields: Mapping[str, Any]) -> str:
    """What is wrong with a field, in French, and the field that was probably meant."""
    if isinstance(error, SecurityError):
        return "un champ, sans calcul ni fonction"
    if isinstance(error, UndefinedError):
        name = next(iter(re.findall(r"'([^']+)' is undefined|attribute '([^']+)'", str(error))), ("", ""))
        word = name[0] or name[1]
        known = sorted(
            {*fields, *(k for v in fields.values() if isinstance(v, Mapping) for k in map(str, v))}
        )
        near = difflib.get_close_matches(word, known, 1)
        hint = f" ; vouliez-vous dire « {near[0]} » ?" if near else f" parmi {', '.join(sorted(fields))}"
        return f"un champ connu (« {word} » ne l’est pas){hint}"
    if isinstance(error, TemplateSyntaxError):
        return "un champ entre doubles accolades, un filtre connu (et, nombre, euros, majuscule)"
    return "un champ qui se lit"
