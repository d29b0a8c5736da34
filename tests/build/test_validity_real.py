"""Reuse on the demonstration study: what is taken over is what a clean run gives, and what changed is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from ctg_lib.build import validity
from ctg_lib.build.chapters import Chapter, read_chapters, select_chapters
from ctg_lib.build.inputs import Inputs
from ctg_lib.build.report import prepare_study
from ctg_lib.build.run import raise_failures, run_chapters, warm_pool
from ctg_lib.build.warm.pool import Pool
from ctg_lib.indicators import national
from ctg_lib.project import Project
from ctg_lib.study import open_study

STUDY = "241200906-demo"
NEIGHBOUR = "200067155"
CHAPTERS = ("04", "05", "16")


@dataclass
class Made:
    """A copy of the project, whose chapters are run by the warm engine."""

    project: Project
    pool: Pool

    @property
    def chapters(self) -> list[Chapter]:
        return select_chapters(read_chapters(self.project.notebooks), CHAPTERS)

    def run(self, chapters: list[Chapter], folder: Path, record: bool = True) -> dict[str, bytes]:
        def env(chapter: Chapter) -> dict[str, str]:
            return validity.recording(self.project, STUDY, chapter) if record else {}

        prepare_study(open_study(STUDY, self.project))
        raise_failures(run_chapters(self.project, STUDY, chapters, folder, pool=self.pool, chapter_env=env))
        return {c.slug: (folder / f"{c.slug}.ipynb").read_bytes() for c in chapters}

    def states(self, inputs: Inputs | None = None) -> list[validity.State]:
        first = validity.at_first_sight(inputs or Inputs(self.project), STUDY, self.chapters)
        return validity.read_again(first, open_study(STUDY, self.project))

    def build(self) -> list[str]:
        before = Inputs(self.project)
        again = [state.chapter for state in self.states(before) if not state.valid]
        self.run(again, self.project.outputs / STUDY / "chapters")
        validity.keep_stamps(before, STUDY, self.chapters, run=lambda c: c in again)
        return [chapter.slug for chapter in again]

    def check(self, change: Callable[[], None], scratch: Path) -> list[str]:
        """Make a change; every chapter that is taken over is what a clean run gives. Those run again."""
        change()
        valid = [state.chapter for state in self.states() if state.valid]
        clean = self.run(valid, scratch, record=False) if valid else {}
        for slug, content in clean.items():
            assert content == validity.executed_path(self.project, STUDY, slug).read_bytes(), slug
        return self.build()

    def figure(self, indicator: str, code: str, value: float) -> None:
        table = national.read_table(self.project.processed)
        rows = table["indicator"].eq(indicator) & table["code"].eq(code) & table["breakdown"].eq("")
        last = table.loc[rows, "period"].max()
        assert rows.any()
        table.loc[rows & table["period"].eq(last), "value"] = value
        target = self.project.processed / national.FILE
        target.unlink()
        national.write_table(table, self.project.processed)

    def cell(self) -> None:
        path = next(iter(sorted((self.project.studies / STUDY).glob("*.xlsx"))))
        book = openpyxl.load_workbook(path)
        book.worksheets[0]["Z60"] = "autre"
        book.save(path)

    def text(self, name: str, old: str, new: str) -> None:
        path = self.project.studies / STUDY / name
        path.parent.mkdir(exist_ok=True)
        text = path.read_text("utf-8") if path.is_file() else ""
        path.write_text(text.replace(old, new) if old else text + new, encoding="utf-8")


@pytest.fixture
def made(demonstration, copy_project) -> Iterator[Made]:
    project = copy_project()
    with warm_pool(project) as pool:
        yield Made(project, pool)


@pytest.mark.slow
def test_what_changed_is_run_again_and_nothing_else(made: Made, tmp_path: Path) -> None:
    every = [chapter.slug for chapter in made.chapters]
    assert made.build() == every
    assert made.build() == []
    # a rate of the territory: the chapter on young children shows it
    again = made.check(lambda: made.figure("taux_couverture", "241200906", 71.5), tmp_path / "a")
    assert "04-petite-enfance" in again
    # one of a neighbour, among which the territory is ranked
    again = made.check(lambda: made.figure("taux_couverture", NEIGHBOUR, 12.5), tmp_path / "b")
    assert "04-petite-enfance" in again and "05-enfance-ecole" not in again
    # one that none of these chapters reads
    assert made.check(lambda: made.figure("part_logements_vacants", NEIGHBOUR, 3.0), tmp_path / "c") == []
    for n, change in enumerate((
        made.cell,
        lambda: made.text("commentary/petite-enfance.md", "", "\nUn mot de plus.\n"),
        lambda: made.text("study.yml", "as_of: ", "as_of: 2027-12-31 # "),
    )):  # fmt: skip
        assert made.check(change, tmp_path / f"d{n}") == every
    assert {state.why for state in made.states()} == {"same"}
