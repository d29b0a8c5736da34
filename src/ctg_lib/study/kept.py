"""What is computed for one study alone, kept on disk for the other processes of the same machine.

Secteurs, the territory without a commune, partners' figures laid over open data: every chapter is a process
of its own, and would compute the same rows again. A kept table bears in its name a hash of all that it was
made from: the code, the libraries, the national table, the store, the geography, the study's composition, and
what its maker adds. Anything that changes gives another name: an old table is never read again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ctg_lib.fingerprint import code_hash
from ctg_lib.geography import Territory
from ctg_lib.indicators import national
from ctg_lib.indicators.registry import RESULT_COLUMNS
from ctg_lib.project import Project

FOLDER = "etudes"
"""In ``data/processed``: one folder per study."""
PACKAGE = Path(national.__file__).parents[1]
PARTS: tuple[str, ...] = (
    "consultation", "disclosure", "geography", "indicators", "partnership", "statistics", "study",
    "manifest.py", "observations.py", "values.py", "workbooks",
)  # fmt: skip
"""Code on which the rows of a study depend."""
APART = ("study/chapters", "study/explore")
"""Chapters and notebooks read them."""
LIBRARIES: tuple[str, ...] = ("numpy", "pandas", "pyarrow", "scipy")
CODE = f"{sys.version_info[:2]} {code_hash(PACKAGE, PARTS, LIBRARIES, without=APART)}"
"""The code that this process runs: taken when it is imported, whatever is written to its files after."""


@dataclass(frozen=True)
class Kept:
    """The kept tables of one study.

    Attributes:
        project, study_id: whose they are.
        composition: its territory and its secteurs.
    """

    project: Project
    study_id: str
    composition: tuple[Territory, ...]

    @property
    def folder(self) -> Path:
        """Where they lie; safe to delete."""
        return self.project.processed / FOLDER / self.study_id

    @cached_property
    def inputs(self) -> str:
        """Hash of what every table of this study is made from."""
        digest = hashlib.sha256(CODE.encode())
        with contextlib.suppress(OSError):
            digest.update(national.table_hash(self.project.processed))
        for folder in (self.project.store, self.project.raw / "geography"):
            digest.update("\n".join(_listing(folder)).encode())
        for territory in self.composition:
            edition = str(territory.edition)  # communes that merged since are not the same
            said = (territory.level, territory.code, territory.name, edition, *territory.members)
            digest.update("\x1f".join(said).encode() + b"\n")
        return digest.hexdigest()

    def path(self, name: str, *parts: str) -> Path:
        """File of a table.

        Args:
            name: of the kind of table.
            parts: what it depends on besides :attr:`inputs`.
        """
        digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
        return self.folder / f"{self.inputs[:24]}-{name}-{digest[:12]}.parquet"

    def read(self, name: str, *parts: str) -> pd.DataFrame | None:
        """A kept table (``RESULT_COLUMNS``); None where it was not made yet, or cannot be read."""
        try:
            return pq.read_table(self.path(name, *parts), schema=national.SCHEMA).to_pandas()
        except (OSError, pa.ArrowException):
            return None

    def write(self, frame: pd.DataFrame, name: str, *parts: str) -> pd.DataFrame:
        """Keep a table, and drop those made from other inputs.

        Where the folder cannot be written to, nothing is kept.

        Returns:
            The frame as :meth:`read` gives it.
        """
        table = _in_schema(frame)
        target = self.path(name, *parts)
        aside = target.with_suffix(f".{os.getpid()}.tmp")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, aside, compression="zstd")
            aside.replace(target)
            for old in set(self.folder.glob("*.parquet")) - set(self.folder.glob(f"{self.inputs[:24]}-*")):
                old.unlink(missing_ok=True)
        except OSError:
            with contextlib.suppress(OSError):
                aside.unlink()
        return table.to_pandas()

    def made(self, make: Callable[[], pd.DataFrame], name: str, *parts: str) -> pd.DataFrame:
        """A kept table, else what ``make`` gives, which is kept."""
        found = self.read(name, *parts)
        return self.write(make(), name, *parts) if found is None else found


def same_types(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows as if they had been kept: the types of the national table, whoever computed them."""
    return _in_schema(frame).to_pandas()


def _in_schema(frame: pd.DataFrame) -> pa.Table:
    rows = frame.loc[:, list(RESULT_COLUMNS)]
    table = pa.Table.from_pandas(rows, schema=national.SCHEMA, preserve_index=False)
    return table.replace_schema_metadata(None)


def _listing(folder: Path) -> list[str]:
    """Files below a folder with their size and date: another content has another line."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        f"{path.relative_to(folder).as_posix()} {stat.st_size} {stat.st_mtime_ns}"
        for path, stat in ((path, path.stat()) for path in found)
    ]
