"""Which study it is: its territory, its date, what it was asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from ctg_lib.geography import Geography, Territory
from ctg_lib.manifest import Manifest
from ctg_lib.project import Project
from ctg_lib.shelf import shelved
from ctg_lib.study import recording
from ctg_lib.study.as_of import Horizon
from ctg_lib.study.config import StudyConfig
from ctg_lib.study.national_rows import Place

if TYPE_CHECKING:
    from ctg_lib.study.using import Uses

T = TypeVar("T")


@dataclass
class Identity:
    """A study's settings, its territory and its date; the account of what it is asked.

    Attributes:
        project, config, geography, manifest: where it lies, how it is set, the territories, the sources.
        queries: what was asked of it, with a hash of each answer.
        uses: what it was asked for the text that is being written (:mod:`ctg_lib.study.using`).
        unheard: nobody will look at ``queries``: none is noted. A report's own questions decide nothing.
    """

    project: Project
    config: StudyConfig
    geography: Geography
    manifest: Manifest
    queries: list[dict[str, str]] = field(default_factory=list, repr=False)
    _answers: dict[tuple, pd.DataFrame] = field(default_factory=dict, repr=False)
    _asked: dict[tuple, Any] = field(default_factory=dict, repr=False, init=False)
    _gathered: list[list[dict[str, str]]] = field(default_factory=list, repr=False, init=False)
    uses: Uses | None = field(default=None, repr=False, init=False, compare=False)
    unheard: bool = field(default=False, repr=False, init=False, compare=False)

    @property
    def id(self) -> str:
        """Folder name of its outputs."""
        return self.config.id

    @property
    def fictif(self) -> bool:
        """Whether its data are made up."""
        return self.config.fictif

    @cached_property
    def as_of(self) -> date:
        """The study's date, which stands for « today »: set in study.yml, else the latest retrieval."""
        return self.config.as_of or max(entry.retrieved for entry in self.manifest)

    @cached_property
    def horizon(self) -> Horizon:
        """What is known on the study's date: files that came out later enter no number of it."""
        return Horizon.of(self.manifest, self.as_of)

    @cached_property
    def territory(self) -> Territory:
        """The EPCI, or several together."""
        return self.geography.study(self.config.territories)

    @cached_property
    def secteurs(self) -> tuple[Territory, ...]:
        """The groups of communes the study works with; empty when it has none."""
        if not self.config.secteurs:
            return ()
        return self.geography.with_secteurs(self.config.secteurs, self.territory)

    @property
    def place(self) -> Place:
        """(level, code) of the territory in tables."""
        level = "epci" if self.territory.level == "ept" else self.territory.level
        return level, self.territory.code

    @cached_property
    def communes_by_code(self) -> dict[str, str]:
        """Names of the territory's communes, by code."""
        names = self.geography.names("commune")
        return {code: names.get(code, code) for code in self.territory.members}

    @property
    def _communes(self) -> list[Place]:
        return [("commune", code) for code in self.territory.members]

    @cached_property
    def _names(self) -> dict[str, str]:
        """Names of the member communes and secteurs."""
        return {**self.communes_by_code, **{s.code: s.name for s in self.secteurs}}

    def record(self, query: dict[str, str], answer: pd.DataFrame, known: Hashable = None) -> None:
        """Note what a run asked and a hash of the answer: what decides whether a chapter is still valid.

        Args:
            known: key of an answer that lies on the shelf, whose hash need not be made again.
        """
        if not self.unheard:
            entry = recording.record(self.queries, query, answer, known)
            for gathered in self._gathered:
                gathered.append(entry)

    def _read(self, what: str, make: Callable[[], T]) -> T:
        """What is found once for this study, from the shelf where it was found before.

        What was asked of the study on the way is noted by whoever takes it, as if it had asked.
        """

        def made() -> tuple[T, list[dict[str, str]]]:
            asked: list[dict[str, str]] = []
            self._gathered.append(asked)
            try:
                return make(), asked
            finally:
                self._gathered.pop()

        # whoever notes nothing of what it asks would leave nothing for the others to note
        found, asked = shelved(self._shelf_key(what), made, lay=not self.unheard)
        if not self.unheard:
            for entry in asked:
                recording.write(self.queries, entry)
            for gathered in self._gathered:  # of whatever is being found and rests on this
                gathered.extend(asked)
        return found

    def _shelf_key(self, *what: str) -> tuple[str, ...]:
        return ("study", str(self.project.root), self.id, self.as_of.isoformat(), self._set, *what)

    @cached_property
    def _set(self) -> str:
        """A hash of its settings: what is found of a study set otherwise is another thing."""
        return hashlib.sha256(repr(self.config).encode()).hexdigest()[:16]

    def _once(self, key: tuple, make: Callable[[], T]) -> T:
        """What was found the first time that a question was asked: the same few are asked a hundred times."""
        if key not in self._asked:
            self._asked[key] = make()
        return self._asked[key]
