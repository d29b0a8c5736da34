"""What one process reads once for those it will fork: the warm engine's chapters find it there.

There is none unless a process opens one (:mod:`ctg_lib.build.warm.prime`): in a notebook, in a command, in a
kernel of its own, :func:`shelved` reads each time, so that a file changed in between is seen. An open shelf
lives for one run: what is read is what the files held when the run began.

What is put there must depend on its key alone. What was read of the data to make it lies beside it, and is
noted again by whoever finds it (:mod:`ctg_lib.reads`). Records of what a chapter asked are made by the
chapter, from what it finds on the shelf as from what it reads.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Hashable
from typing import Any, TypeVar

from ctg_lib import reads

T = TypeVar("T")
Key = tuple[Hashable, ...]
"""What it is, then what it depends on."""
HASH = "hash"
"""First part of the key of a hash of something that lies there too."""
_SHELF: dict[Key, tuple[Any, tuple[reads.Read, ...]]] | None = None
"""Key -> what lies there, and what was read of the data to make it."""


def shelved(key: Key, make: Callable[[], T]) -> T:
    """What lies under ``key``, else what ``make`` gives; kept only where a shelf is open."""
    if _SHELF is None:
        return make()
    if key not in _SHELF:
        with reads.gathered() as read:
            value = make()
        _SHELF[key] = value, tuple(read)
        return value
    found: T
    found, read_before = _SHELF[key]
    reads.tell_again(read_before)
    return found


def open_shelf() -> frozenset[Key]:
    """From now on, keep what is read; gives the keys of what lies there already."""
    global _SHELF
    _SHELF = {} if _SHELF is None else _SHELF
    return frozenset(_SHELF)


def is_open() -> bool:
    """Whether what is read is kept."""
    return _SHELF is not None


def close_shelf() -> None:
    """Forget what was read, and keep nothing more."""
    global _SHELF
    _SHELF = None


def taken(without: Collection[Key] = ()) -> bytes:
    """The shelf's content, for another process; what cannot be handed over is left out, and hashes then.

    Args:
        without: keys of what the other process has.
    """
    whole = {key: value for key, value in (_SHELF or {}).items() if key not in without}
    try:
        return pickle.dumps(whole)
    except Exception:  # one value among many: those who need it read it again, and hash it
        return pickle.dumps({key: value for key, value in whole.items() if key[0] != HASH and _can_go(value)})


def lay(content: bytes) -> None:
    """Open a shelf, and put there what :func:`taken` gave."""
    open_shelf()
    assert _SHELF is not None
    _SHELF.update(pickle.loads(content))  # from a child of this process


def _can_go(value: Any) -> bool:
    try:
        pickle.dumps(value)
    except Exception:
        return False
    return True
