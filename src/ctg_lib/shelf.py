"""What one process reads once for those it will fork: the warm engine's chapters find it there.

There is none unless a process opens one (:mod:`ctg_lib.build.warm.prime`): in a notebook, in a command, in a
kernel of its own, :func:`shelved` reads each time, so that a file changed in between is seen. An open shelf
lives for one run: what is read is what the files held when the run began.

What is put there must depend on its key alone. What was read of the data to make it lies beside it, and is
noted again by whoever finds it (:mod:`ctg_lib.reads`). Records of what a chapter asked are made by the
chapter, from what it finds on the shelf as from what it reads.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from ctg_lib import reads

T = TypeVar("T")
_SHELF: dict[Hashable, tuple[Any, tuple[reads.Read, ...]]] | None = None
"""Key -> what lies there, and what was read of the data to make it."""


def shelved(key: Hashable, make: Callable[[], T]) -> T:
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


def open_shelf() -> None:
    """From now on, keep what is read."""
    global _SHELF
    _SHELF = {} if _SHELF is None else _SHELF


def close_shelf() -> None:
    """Forget what was read, and keep nothing more."""
    global _SHELF
    _SHELF = None


def taken() -> bytes:
    """The shelf's content, for another process; what cannot be handed over is left out."""
    whole = _SHELF or {}
    try:
        return _pickled(whole)
    except Exception:  # one value among many: it is read again by those who need it
        return _pickled({key: value for key, value in whole.items() if _can_go(value)})


def lay(content: bytes) -> None:
    """Open a shelf, and put there what :func:`taken` gave."""
    open_shelf()
    assert _SHELF is not None
    _SHELF.update(pickle.loads(content))  # from a child of this process


def _pickled(value: Any) -> bytes:
    out = io.BytesIO()
    pickle.Pickler(out, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    return out.getvalue()


def _can_go(value: Any) -> bool:
    try:
        _pickled(value)
    except Exception:
        return False
    return True
