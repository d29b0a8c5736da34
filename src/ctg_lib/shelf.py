"""What is read once for a report: by the process that makes it, for itself and for its chapters.

There is none unless one is opened (:mod:`ctg_lib.build.report`, :mod:`ctg_lib.build.warm.prime`): in a
notebook, in a kernel of its own, :func:`shelved` reads each time, so that a file changed in between is seen.
An open shelf lives for one report: what is read is what the files held when its making began.

What is put there must depend on its key alone. What was read of the data to make it lies beside it, and is
noted again by whoever finds it (:mod:`ctg_lib.reads`). Records of what a chapter asked are made by the
chapter, from what it finds on the shelf as from what it reads.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from ctg_lib import reads

T = TypeVar("T")
Key = tuple[Hashable, ...]
"""What it is, then what it depends on."""
HASH = "hash"
"""First part of the key of a hash of something that lies there too."""
COMMON = ("geography", "holdings")
"""First part of the keys of what does not depend on a study."""
Laid = dict[Key, tuple[Any, tuple[reads.Read, ...]]]
"""Key -> what lies there, and what was read of the data to make it."""
_SHELF: Laid | None = None


def shelved(key: Key, make: Callable[[], T], *, lay: bool = True) -> T:
    """What lies under ``key``, else what ``make`` gives; kept only where a shelf is open.

    Args:
        lay: False: take what is there, add nothing to it.
    """
    here = _SHELF  # of this report: a thread that outlives it adds nothing to another
    if here is None:
        return make()
    if key not in here:
        if not lay:
            return make()
        with reads.gathered() as read:
            value = make()
        here[key] = value, tuple(read)
        return value
    found: T
    found, read_before = here[key]
    reads.tell_again(read_before)
    return found


def open_shelf() -> frozenset[Key]:
    """From now on, keep what is read; gives the keys of what lies there already."""
    global _SHELF
    _SHELF = {} if _SHELF is None else _SHELF
    return frozenset(_SHELF)


@contextmanager
def opened(common: Laid | None = None) -> Iterator[None]:
    """A new shelf, for as long as its block lasts.

    Args:
        common: what lies there from the beginning; takes, at the end, all that is of no study.
    """
    global _SHELF
    before, own = _SHELF, dict(common or {})
    _SHELF = own
    try:
        yield
    finally:
        _SHELF = before
        if common is not None:
            common.update({key: laid for key, laid in dict(own).items() if key[0] in COMMON})


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
    here = dict(_SHELF or {})  # a copy: another thread may lay more meanwhile
    whole = {key: value for key, value in here.items() if key not in without}
    try:
        return pickle.dumps(whole)
    except Exception:  # one value among many: those who need it read it again, and hash it
        return pickle.dumps({key: value for key, value in whole.items() if key[0] != HASH and _can_go(value)})


def lay(content: bytes) -> None:
    """Open a shelf, and put there what :func:`taken` gave."""
    open_shelf()
    assert _SHELF is not None
    _SHELF.update(pickle.loads(content))  # from a process of the same command


def _can_go(value: Any) -> bool:
    try:
        pickle.dumps(value)
    except Exception:
        return False
    return True
