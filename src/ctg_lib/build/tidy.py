"""What the cache keeps for nobody: what parts were made of, and long lists, that no report names any more."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from pathlib import Path

from ctg_lib import reads
from ctg_lib.build.inputs import PARTS
from ctg_lib.project import Project

DAY = 86400.0
"""Seconds during which a file stays whatever names it: another command may be about to name it."""
_NAME = re.compile(rb"[0-9a-f]{32}")


def tidy(project: Project) -> int:
    """Remove them; give how many. Each new release of data, library or studies leaves some for every study.

    A file that is missing is nothing worse than a report that is read again in full.
    """
    cache = project.scratch / "cache"
    old = {path.stem.encode(): path for path in _shared(cache) if _age(path) > DAY}
    for record in _records(cache) if old else ():
        with contextlib.suppress(OSError):
            for name in _NAME.findall(record.read_bytes()):
                old.pop(name, None)
    removed = 0
    for path in old.values():
        with contextlib.suppress(OSError):  # Windows: another process reads it
            path.unlink()
            removed += 1
    return removed


def _shared(cache: Path) -> Iterator[Path]:
    for folder in (PARTS, reads.LISTS):
        yield from (cache / folder).glob("*.json")


def _records(cache: Path) -> Iterator[Path]:
    """The stamps of all reports, and what they read."""
    yield from cache.glob("*/*.stamp.json")
    yield from cache.glob("*/*.jsonl")


def _age(path: Path) -> float:
    with contextlib.suppress(OSError):
        return time.time() - path.stat().st_mtime
    return 0.0
