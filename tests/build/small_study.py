"""A made-up project whose chapters are functions: run in a moment, and made from all that a real one reads."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pandas as pd
from fake_notebooks import code_cell, make_project, notebook

from ctg_lib import reads
from ctg_lib.build import inputs as inputs_module
from ctg_lib.build import validity
from ctg_lib.build.chapters import Chapter, read_chapters
from ctg_lib.build.inputs import Inputs
from ctg_lib.build.untouched import own_places
from ctg_lib.indicators import national, structure
from ctg_lib.indicators.registry import RESULT_COLUMNS
from ctg_lib.observations import Store, make
from ctg_lib.project import Project
from ctg_lib.study.national_rows import NationalRows

STUDY = "200000001"
NEIGHBOURS = ("200000002", "200000003")
IDS = ("population", "naissances", "deces")
READ: dict[str, dict[str, Any]] = {
    "01-ici": {"ids": ["population", "naissances"], "places": [("epci", STUDY)]},
    "02-voisines": {"ids": ["population"], "places": [("epci", c) for c in NEIGHBOURS]},
    "03-observations": {"dataset": "ESSAI", "codes": ["12001"]},
    "04-structure": {"structure": True},
    "05-texte": {},
}
"""What each chapter reads of the data."""


def seed_table() -> pd.DataFrame:
    """The national table of the project: three territories, three indicators, two years."""
    rows = [
        {"indicator": i, "level": "epci", "code": c, "period": p, "value": float(100 * len(i) + 10 * k)}
        for i in IDS for k, c in enumerate((STUDY, *NEIGHBOURS)) for p in ("2022", "2023")
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(RESULT_COLUMNS))
    numbers = ("value", "lower", "upper", "numerator", "denominator", "geography_year")
    empty = {c: "" for c in RESULT_COLUMNS if c not in numbers and frame[c].isna().all()}
    frame = frame.assign(**empty, geography_year=2026)
    return frame.sort_values(["indicator", "level", "code", "period"], ignore_index=True)


def seed_observations() -> pd.DataFrame:
    """Observations of two communes."""
    rows = [("V", "commune", c, "2023", float(v)) for c, v in (("12001", 5), ("12002", 7))]
    frame = pd.DataFrame(rows, columns=["variable", "level", "code", "period", "value"])
    return make(frame, dataset="ESSAI", source="essai", geography_year=2026)


def seed_structure() -> pd.DataFrame:
    """Structural parts of two communes."""
    frame = pd.DataFrame({"commune": ["12001", "12002"], "households": [10.0, 20.0]})
    frame.attrs = {"census": "2023", "sources": "essai"}
    return frame


@dataclass
class Small:
    """The project, and what is done to it."""

    root: Path
    ran: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        notebooks = {slug: notebook(slug, code_cell(f"# {slug}")) for slug in READ}
        self.project: Project = make_project(self.root, notebooks)
        self.package = self.root / "ctg_lib"
        for name, text in {
            "charts.py": "x = 1\n", "templates/page.html": "<p>", "fonts/a.woff2": "police", "a.yml": "b: 1\n",
        }.items():  # fmt: skip
            self.write(self.package / name, text)
        self.study = self.project.studies / STUDY
        self.write(self.study / "study.yml", f"territories: [{STUDY}]\nas_of: 2026-11-01\n")
        self.write(self.study / "commentary" / "texte.md", "Un commentaire.")
        self.write(self.study / "offre.xlsx", "classeur")
        self.write(self.root / "requirements.lock", "pandas==3\n")
        self.write(self.project.raw / "geography" / "territories.parquet", "communes")
        national.write_table(seed_table(), self.project.processed)
        structure.write(seed_structure(), self.project.processed)
        Store(self.project.store).write(seed_observations(), "ESSAI", "2023")

    @staticmethod
    def write(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    @property
    def chapters(self) -> list[Chapter]:
        return read_chapters(self.project.notebooks)

    def inputs(self) -> Inputs:
        return Inputs(self.project)

    def opened(self) -> Any:
        """What stands for the open study."""
        return SimpleNamespace(
            id=STUDY, project=self.project, _national=NationalRows(self.project.processed),
            replay=lambda query: pd.DataFrame(),
        )  # fmt: skip

    def clean(self, slug: str) -> bytes:
        """What a chapter shows when it is made from nothing kept."""
        said = {
            "notebook": (self.project.notebooks / f"{slug}.ipynb").read_text("utf-8"),
            "data": self._data(slug).to_csv(index=False),
            "library": _contents(self.package),
            "study": _contents(self.study),
            "geography": _contents(self.project.raw / "geography"),
            "manifest": self.project.manifest.read_text("utf-8"),
            "lock": (self.root / "requirements.lock").read_text("utf-8"),
        }
        return json.dumps(said, sort_keys=True).encode()

    def _data(self, slug: str) -> pd.DataFrame:
        asked = READ[slug]
        if "ids" in asked:
            return NationalRows(self.project.processed).rows(asked["ids"], asked["places"])
        if "dataset" in asked:
            return Store(self.project.store).read(asked["dataset"], codes=asked["codes"])
        found = structure.read(self.project.processed) if "structure" in asked else None
        return pd.DataFrame() if found is None else found

    def states(self, inputs: Inputs | None = None) -> list[validity.State]:
        with self.fake_library():
            first = validity.at_first_sight(inputs or self.inputs(), STUDY, self.chapters)
            return validity.read_again(first, self.opened())

    def build(self, during: Callable[[], None] = lambda: None) -> list[validity.State]:
        """Run what is not valid, as ``ctg report`` does; ``during`` happens in the middle of it."""
        before = self.inputs()
        states = self.states(before)
        self.ran = [state.chapter.slug for state in states if not state.valid]
        for state in states:
            if not state.valid:
                self.run(state.chapter)
        during()
        with self.fake_library():
            validity.keep_stamps(before, STUDY, self.chapters, run=lambda c: c.slug in self.ran)
        self.note([])
        return states

    def note(self, read: list[dict[str, Any]]) -> None:
        """What the tables and pages of the report read, and whose they are."""
        record = validity.reads_path(self.project, STUDY, validity.REPORT)
        reads.write([own_places([("epci", STUDY)]), *read], record)

    def run(self, chapter: Chapter) -> None:
        with mock.patch.dict(os.environ, validity.recording(self.project, STUDY, chapter)):
            made = self.clean(chapter.slug)
        path = validity.executed_path(self.project, STUDY, chapter.slug)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made)

    def shown(self, slug: str) -> bytes:
        return validity.executed_path(self.project, STUDY, slug).read_bytes()

    def fake_library(self) -> Any:
        return mock.patch.object(inputs_module, "PACKAGE", self.package)

    # ---------------------------------------------------------------------------- changes, one at a time

    def change_figure(self, row: int, value: float) -> set[str]:
        """Another figure in the national table; gives the chapters that show it."""
        table = national.read_table(self.project.processed)
        at = row % len(table)
        table.loc[at, "value"] = value
        national.write_table(table, self.project.processed)
        place = ("epci", table["code"][at])
        return {
            slug for slug, asked in READ.items()
            if "ids" in asked and table["indicator"][at] in asked["ids"] and place in asked["places"]
        }  # fmt: skip

    def change_observation(self, code: str, value: float) -> set[str]:
        frame = Store(self.project.store).read("ESSAI")
        frame.loc[frame["code"].eq(code), "value"] = value
        Store(self.project.store).write(frame, "ESSAI", "2023")
        return {"03-observations"} if code == "12001" else set()

    def change_structure(self, value: float) -> set[str]:
        frame = seed_structure()
        frame.loc[0, "households"] = value
        structure.write(frame, self.project.processed)
        return {"04-structure"}


def _contents(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in files}


FILES: tuple[str, ...] = (
    "ctg_lib/charts.py", "ctg_lib/templates/page.html", "ctg_lib/fonts/a.woff2", "ctg_lib/a.yml",
    "ctg_lib/nouveau.py", f"data/raw/studies/{STUDY}/study.yml",
    f"data/raw/studies/{STUDY}/commentary/texte.md", f"data/raw/studies/{STUDY}/offre.xlsx",
    f"data/raw/studies/{STUDY}/partenaires/reponse.xlsx", "requirements.lock", "data/raw/manifest.yml",
    "data/raw/geography/territories.parquet",
)  # fmt: skip
"""Files of which another content makes every chapter another."""
