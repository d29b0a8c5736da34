"""What a chapter read of the data, with a hash of each answer: whether it would read the same today.

Every way into ``data/processed`` passes by :func:`note`. What a chapter reads in other places (its study's
folder, the manifest, the geography) is compared file by file by whoever runs it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

READS = "CTG_READS"
"""Environment variable: file in which the reads of a run are written."""
LISTS = "listes"
"""Folder of long lists, beside the folders of studies: each under a hash of what it says."""
LONGEST = 400
"""Characters of a list that are written in the line itself."""

Read = dict[str, Any]
"""``kind``, ``question`` and ``answer`` (its hash) of one read."""
_GATHERED: list[list[Read]] = []
Frame = TypeVar("Frame", bound="pd.DataFrame")


def note(
    kind: str, answer: Frame, *, hashed: Callable[[], np.ndarray] | None = None, **question: Any
) -> Frame:
    """Write what was read where :data:`READS` says so; give the answer back.

    Args:
        kind: which way into the data.
        answer: what was found; the order of its rows does not matter.
        hashed: gives :func:`row_hashes` of the answer, where the same rows are read many times.
        question: what was asked for, in lists and texts.
    """
    if heard():
        digest = answer_hash(answer, None if hashed is None else hashed())
        _tell({"kind": kind, "question": dict(sorted(question.items())), "answer": digest})
    return answer


def heard() -> bool:
    """Whether reads are noted in this process at present."""
    return bool(os.environ.get(READS) or _GATHERED)


def _tell(read: Read) -> None:
    for gathered in _GATHERED:
        gathered.append(read)
    target = os.environ.get(READS)
    if target:
        with Path(target).open("a", encoding="utf-8", newline="\n") as file:
            file.write(_line(read, Path(target)))


def _line(read: Read, place: Path) -> str:
    asked = {name: _short(value, place.parents[1] / LISTS) for name, value in read["question"].items()}
    return json.dumps({**read, "question": asked}, ensure_ascii=False, sort_keys=True) + "\n"


def write(reads: Iterable[Read], place: Path) -> None:
    """Write the reads that were :func:`gathered`, each once, for :func:`written`."""
    place.parent.mkdir(parents=True, exist_ok=True)
    lines = dict.fromkeys(_line(read, place) for read in reads)
    with place.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)


@contextmanager
def gathered() -> Iterator[list[Read]]:
    """The reads made meanwhile: for what is kept for others, who make them in turn (:func:`tell_again`)."""
    found: list[Read] = []
    _GATHERED.append(found)
    try:
        yield found
    finally:
        _GATHERED[:] = [each for each in _GATHERED if each is not found]


def tell_again(reads: Iterable[Read]) -> None:
    """Note the reads behind something that is found as it was kept: who finds it rests on them."""
    for read in reads:
        _tell(read)


def written(path: Path) -> list[dict[str, Any]]:
    """The reads of a file, each once, questions in full.

    Raises:
        OSError, ValueError: a file that is not there, or is not one of :func:`note`.
    """
    lines = dict.fromkeys(path.read_text(encoding="utf-8").splitlines())
    return [_in_full(json.loads(line), path.parents[1] / LISTS) for line in lines]


def row_hashes(frame: pd.DataFrame) -> np.ndarray:
    """One number per row, which says what its cells hold: the same for the same cells in any frame."""
    from pandas.util import hash_pandas_object

    try:
        return hash_pandas_object(frame, index=False).to_numpy()
    except TypeError:  # cells that are no plain values
        return hash_pandas_object(frame.astype(str), index=False).to_numpy()


def answer_hash(frame: pd.DataFrame, rows: np.ndarray | None = None) -> str:
    """Hash of a frame's columns, notes and rows in any order; the same on every machine.

    Args:
        rows: its :func:`row_hashes`, where they are known.
    """
    import numpy as np

    rows = row_hashes(frame) if rows is None else rows
    notes = json.dumps(frame.attrs, sort_keys=True, default=str)
    digest = hashlib.sha256(f"{len(frame)} {notes}\x1f".encode() + "\x1f".join(map(str, frame)).encode())
    digest.update(np.sort(rows).astype("<u8").tobytes())
    return digest.hexdigest()[:32]


def _short(value: Any, lists: Path) -> Any:
    """A list as it is, or where its text lies when it is long."""
    text = json.dumps(value, ensure_ascii=False)
    if len(text) <= LONGEST:
        return value
    name = hashlib.sha256(text.encode()).hexdigest()[:32]
    place = lists / f"{name}.json"
    if not still_there(place):
        lists.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix=f".{name}.", suffix=".tmp", dir=lists)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        try:
            Path(aside).replace(place)
        except OSError:  # Windows: another process, which says the same, is at it
            Path(aside).unlink(missing_ok=True)
            if not place.is_file():
                raise
    return {"liste": name}


def still_there(path: Path) -> bool:
    """Whether something that is kept under its hash is there; it then counts as new: what is old, and named
    by nobody, may be removed (:mod:`ctg_lib.build.tidy`)."""
    with suppress(OSError):
        os.utime(path)
    return path.is_file()


def _in_full(read: dict[str, Any], lists: Path) -> dict[str, Any]:
    question: Mapping[str, Any] = read["question"]
    return {**read, "question": {name: _long(value, lists) for name, value in question.items()}}


def _long(value: Any, lists: Path) -> Any:
    if not isinstance(value, dict):
        return value
    text = (lists / f"{value['liste']}.json").read_text(encoding="utf-8")
    if hashlib.sha256(text.encode()).hexdigest()[:32] != value["liste"]:
        raise ValueError(f"{value['liste']} : liste altérée")
    return json.loads(text)
