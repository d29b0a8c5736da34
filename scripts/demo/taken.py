"""What the evidence of the demonstration said on the day it was taken: read by the project, never typed.

Needs the built data (``ctg data build``): indicators are read from them, as a study does.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from ctg_lib.project import Project

Line = dict[str, Any]


@dataclass(frozen=True)
class _Aside(Project):
    """The project, with its studies in another folder."""

    home: Path = Path()

    @property
    def studies(self) -> Path:
        return self.home


def taken(root: Path, id: str, contents: dict[str, bytes], lines: list[Line], day: date) -> list[Line]:
    """Lines of « Preuves » with what each said on that day.

    Args:
        root: of the project. id: of the study. contents: of its folder, by file, evidence not taken yet.
        lines: of the sheet.
    """
    from ctg_lib.study import open_study
    from ctg_lib.study.findings import fill

    with tempfile.TemporaryDirectory() as home:
        for name, content in contents.items():
            path = Path(home) / id / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        study = open_study(id, _Aside(root, Path(home)))
        study.config = replace(study.config, as_of=day)
        return fill(study, lines)


def carried(lines: list[Line], before: list[Line]) -> list[Line]:
    """Lines of a later study with what the same evidence said when an earlier one took it."""
    known = {(line["finding"], line["kind"], line["ref"]): line for line in before}
    return [{**known.get((line["finding"], line["kind"], line["ref"]), {}), **line} for line in lines]
