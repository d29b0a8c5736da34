"""What the cache keeps for nobody: what parts were made of, and long lists, that no report names any more;
what is known of reports that are no more.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from ctg_lib import reads
from ctg_lib.build.inputs import PARTS
from ctg_lib.project import Project

DAY = 86400.0
"""Seconds during which a file stays, whatever names it: another command may be about to name it."""
_NAME = re.compile(rb"[0-9a-f]{32}")
_NO_STUDIES = (PARTS, reads.LISTS, "lots")


def tidy(project: Project) -> None:
    """Remove it, where it is older than a day. New data, a new library, a study that is changed leave some
    for every report.

    What is missing when it is wanted after all costs time alone: a chapter is run again.
    """
    cache = project.scratch / "cache"
    with contextlib.suppress(OSError):  # another command is at the same files: the next one will tidy
        for folder in _folders(cache):
            inside = (folder, *folder.rglob("*"))
            if not (project.outputs / folder.name).exists() and all(map(_old, inside)):
                shutil.rmtree(folder, ignore_errors=True)
        for path in _unnamed(cache):
            if _old(path):  # still: it may have been named meanwhile
                path.unlink()


def _folders(cache: Path) -> list[Path]:
    return [path for path in cache.iterdir() if path.is_dir() and path.name not in _NO_STUDIES]


def _unnamed(cache: Path) -> list[Path]:
    """Old files of those that are kept under their hash, which no stamp and no record names."""
    shared = (path for folder in (PARTS, reads.LISTS) for path in (cache / folder).glob("*.json"))
    unnamed = {path.stem.encode(): path for path in shared if _old(path)}
    for record in _records(cache):
        if not unnamed:
            break
        for name in _NAME.findall(record.read_bytes()):
            unnamed.pop(name, None)
    return list(unnamed.values())


def _records(cache: Path) -> Iterator[Path]:
    """The stamps of all reports, and what they read."""
    yield from cache.glob("*/*.stamp.json")
    yield from cache.glob("*/*.jsonl")


def _old(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > DAY
