"""A hash of the code and libraries that a computed file depends on: another hash, another content."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Iterable
from pathlib import Path

READ: tuple[str, ...] = (".py", ".yml")
"""Files of a package that decide what it computes: its code, and what its code reads beside it."""


def code_hash(
    package: Path, parts: Iterable[str], libraries: Iterable[str], *, without: Iterable[str] = ()
) -> str:
    """Hash of source files and of the versions of libraries, the same on every machine.

    Args:
        package: folder of the package.
        parts: its rooms (folders) and modules (``values.py``), relative to it.
        libraries: names of installed distributions.
        without: folders of the package that are left out.
    """
    digest = hashlib.sha256()
    apart = [package / folder for folder in without]
    for library in libraries:
        digest.update(f"{library} {importlib.metadata.version(library)}\n".encode())
    for part in parts:
        place = package / part
        for file in [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.suffix in READ):
            if any(folder in file.parents for folder in apart):
                continue
            digest.update(file.relative_to(package).as_posix().encode())
            digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
