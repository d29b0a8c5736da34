"""Outputs of a study, built aside and put in place whole: a reader meets the last good report or the new one.

``outputs/<id>/`` is built as ``outputs/.<id>.new/``. Where the system can exchange two folders in one
step (Linux, ``renameat2``), it does. Elsewhere two renames are needed: a journal ``outputs/.<id>.swap.json``
is written before the first and removed after the second, and the next command finishes what it finds.
A lock, which the system lets go of when a command is killed, keeps two commands off one study.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from ctg_lib.errors import CtgError

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_NO_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)


class SwapError(CtgError):
    """The new outputs could not be put in place; the former ones are untouched."""


class Busy(SwapError):
    """Another command builds this study."""


@contextlib.contextmanager
def staged(outputs: Path, study_id: str, keep: Iterable[str] = (), *, locked: bool = False) -> Iterator[Path]:
    """Give an empty folder to build into; put it in place as ``outputs/<study_id>`` when the block ends well.

    When the block raises, the folder is removed and the former outputs stay as they are. What a killed
    command left is cleaned first.

    Args:
        outputs: the project's outputs folder.
        study_id: the study's id.
        keep: names of files and folders of the former outputs to carry over when the block did not make
            them (``"report.docx"``, ``"chapters/02-territoire-population.ipynb"``).
        locked: whether the caller keeps others off the study already (:func:`held`).

    Raises:
        SwapError: another command builds this study, or a file of the former outputs is in use.
    """
    outputs.mkdir(parents=True, exist_ok=True)
    target, new, old, journal = _paths(outputs, study_id)
    with contextlib.nullcontext() if locked else _lock(outputs, study_id):
        _repair(outputs, study_id)
        new.mkdir()
        try:
            yield new
            carry_over(target, new, keep)
            _swap(target, new, old, journal)
        except BaseException:
            if not journal.exists():
                shutil.rmtree(new, ignore_errors=True)
            raise


def repair(outputs: Path) -> list[str]:
    """Finish or undo what killed commands left in ``outputs``; give the ids of the studies concerned.

    A study that another command is building is left alone.
    """
    if not outputs.is_dir():
        return []
    marks = (".new", ".old", ".swap.json", ".swap.json.tmp")
    ids = {
        path.name[1 : -len(mark)]
        for path in outputs.iterdir()
        for mark in marks
        if path.name.startswith(".") and path.name.endswith(mark)
    }
    done = []
    for study_id in sorted(i for i in ids if i):
        with contextlib.suppress(SwapError), _lock(outputs, study_id):
            _repair(outputs, study_id)
            done.append(study_id)
    return done


@contextlib.contextmanager
def held(outputs: Path, study_id: str) -> Iterator[None]:
    """Keep every other command off a study's outputs during the block.

    Raises:
        SwapError: another command builds this study.
    """
    outputs.mkdir(parents=True, exist_ok=True)
    with _lock(outputs, study_id):
        yield


def remove(outputs: Path, study_id: str) -> bool:
    """Remove all outputs of a study, and what a killed command left of them; its lock is :func:`held`.

    Returns:
        Whether there was something to remove.

    Raises:
        PermissionError: a file of the outputs is in use.
    """
    target, new, old, journal = _paths(outputs, study_id)
    there = [folder for folder in (new, old, target) if folder.exists()]
    journal.unlink(missing_ok=True)
    journal.with_name(f"{journal.name}.tmp").unlink(missing_ok=True)
    for folder in there:
        shutil.rmtree(folder)
    return bool(there)


def carry_over(former: Path, new: Path, names: Iterable[str]) -> None:
    """Copy into ``new`` those of ``names`` that ``former`` has and ``new`` does not."""
    for name in names:
        source, target = former / name, new / name
        if target.exists() or not source.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)


def gather_chapters(slugs: Iterable[str], new: Path, former: Path) -> list[Path]:
    """The executed chapters of a report, in order, when only some were run.

    Args:
        slugs: all chapters of the report, in order.
        new: ``chapters`` folder of this run; chapters it lacks are copied into it.
        former: ``chapters`` folder of the outputs in place.

    Returns:
        Paths in ``new``; a chapter that neither folder has is left out.
    """
    names = [f"{slug}.ipynb" for slug in slugs]
    carry_over(former, new, names)
    return [new / name for name in names if (new / name).is_file()]


def _paths(outputs: Path, study_id: str) -> tuple[Path, Path, Path, Path]:
    hidden = f".{study_id}"
    return (
        outputs / study_id,
        outputs / f"{hidden}.new",
        outputs / f"{hidden}.old",
        outputs / f"{hidden}.swap.json",
    )


def _swap(target: Path, new: Path, old: Path, journal: Path) -> None:
    try:
        if not target.exists():
            new.rename(target)
        elif _exchange(new, target):
            shutil.rmtree(new, ignore_errors=True)  # the former outputs; what resists goes at next start
        else:
            _two_renames(target, new, old, journal)
    except PermissionError as error:
        raise SwapError(
            f"{target} est utilisé par un autre programme (un de ses fichiers est sans doute ouvert dans "
            "Word, Excel ou un lecteur PDF). Fermez-le puis relancez la commande ; "
            "le rapport précédent est intact."
        ) from error


def _two_renames(target: Path, new: Path, old: Path, journal: Path) -> None:
    aside = journal.with_name(f"{journal.name}.tmp")
    aside.write_text(json.dumps({"new": new.name, "old": old.name}, sort_keys=True) + "\n", encoding="utf-8")
    aside.replace(journal)
    try:
        target.rename(old)
    except BaseException:
        journal.unlink()
        raise
    try:
        new.rename(target)
    except BaseException:
        old.rename(target)
        journal.unlink()
        raise
    journal.unlink()
    shutil.rmtree(old, ignore_errors=True)


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two folders in one step; False where the system or the file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    names = (os.fsencode(first), os.fsencode(second))
    if renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _NO_EXCHANGE:
        return False
    raise OSError(code, os.strerror(code), str(second))


def _repair(outputs: Path, study_id: str) -> None:
    """Bring one study's outputs back to a whole state (its lock is held).

    With a journal, the new folder was complete: it goes in place when the former one has left, else the
    former one stays. Without a journal, anything beside the outputs is a leftover.
    """
    target, new, old, journal = _paths(outputs, study_id)
    if journal.exists():
        if not target.exists():
            (new if new.exists() else old).rename(target)
        journal.unlink()
    elif old.exists() and not target.exists():
        old.rename(target)
    for leftover in (new, old):
        if leftover.exists():
            shutil.rmtree(leftover)
    journal.with_name(f"{journal.name}.tmp").unlink(missing_ok=True)


@contextlib.contextmanager
def _lock(outputs: Path, study_id: str) -> Iterator[None]:
    path = outputs / f".{study_id}.lock"
    with path.open("a+b") as handle:
        try:
            _take(handle)
        except OSError as error:
            raise Busy(
                f"Une autre commande construit déjà l’étude {study_id} ; attendez qu’elle finisse."
            ) from error
        yield
    # The file stays: removing it would let a third command lock another file of the same name.


@contextlib.contextmanager
def hold(path: Path, *, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock file ``path``; where another command holds it, call ``waiting`` once and wait."""
    with path.open("a+b") as handle:
        said = False
        while True:
            try:
                _take(handle)
                break
            except OSError:
                if not said:
                    waiting()
                said = True
                time.sleep(0.2)
        yield


def let_go(path: Path) -> bool:
    """Whether nobody holds the lock file ``path`` any more: who held it has ended, killed or not."""
    try:
        with path.open("r+b") as handle:
            _take(handle, shared=True)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _take(handle: IO[bytes], *, shared: bool = False) -> None:
    if sys.platform == "win32":
        import msvcrt

        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
