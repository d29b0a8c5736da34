"""The folder of a study's documents: what a person changed in it is never lost.

``.faits.json`` says which files were made, of which kind, and their fingerprint. A file that a person changed
since goes to ``gardes/`` when it is made again; a file that a person put there stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORD = ".faits.json"
KEPT = "gardes"
"""Where what a person changed is kept."""
_SCRATCH = ("~$", ".~lock.", ".")
"""How the names of files that programs leave beside a document begin."""


@dataclass(frozen=True)
class Shelf:
    """What a folder of documents holds after a run.

    Attributes:
        kept: names, in the folder, of what a person had changed and that was made again: where it is now.
        stale: kinds of which the files of a former run stay.
    """

    kept: tuple[str, ...] = ()
    stale: frozenset[str] = frozenset()


def lay(new: Path, former: Path, made: Mapping[str, Iterable[tuple[str, bytes]]]) -> Shelf:
    """Write documents into the empty folder ``new``, with what is kept of ``former``.

    Args:
        new: the folder being built. former: the folder in place, whether or not it exists.
        made: kind -> its files, of every kind that this run was asked for; the files of other kinds stay.
    """
    record: dict[str, dict[str, str]] = {}
    for kind, files in made.items():
        for name, content in files:
            _put(new / name, content)
            record[name] = {"kind": kind, "sha256": _print(content)}
    before = _record(former)
    kept, stale = [], set()
    for name, path in _files(former):
        content, known = path.read_bytes(), before.get(name)
        remade = known is not None and known["kind"] in made
        if remade and known is not None and known["sha256"] == _print(content):
            continue  # made by a former run, untouched: this run says what becomes of it
        if (new / name).is_file() and (new / name).read_bytes() == content:
            continue
        if remade or (new / name).exists():
            kept.append(_free(new, former, name))
            _put(new / kept[-1], content)
            continue
        if known is not None:
            record[name] = known
            stale.add(known["kind"])
        _put(new / name, content)
    _put(
        new / RECORD,
        (json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8"),
    )
    return Shelf(tuple(kept), frozenset(stale))


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.name.startswith(_SCRATCH):
            yield path.relative_to(folder).as_posix(), path


def _record(folder: Path) -> dict[str, dict[str, str]]:
    """Files that were made; none where the record is absent or cannot be read: all are then a person's."""
    try:
        read: Any = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    fields = {"kind", "sha256"}
    return (
        {n: v for n, v in read.items() if isinstance(v, dict) and fields <= set(v)}
        if isinstance(read, dict)
        else {}
    )


def _free(new: Path, former: Path, name: str) -> str:
    """« gardes/convention.docx », « gardes/convention-2.docx »: a name that nothing bears."""
    path = Path(name)
    rank = 1
    while True:
        more = "" if rank == 1 else f"-{rank}"
        found = f"{KEPT}/{path.stem}{more}{path.suffix}"
        if not (new / found).exists() and not (former / found).exists():
            return found
        rank += 1


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _print(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
