"""Errors whose message a user can act on.

Messages are French because field workers and batch operators read them. A message names the file
(sheet, row, column where there are any), what was found and what is expected.
"""

from __future__ import annotations

from collections.abc import Iterable


class CtgError(Exception):
    """Anything the project refuses to go on with; ``ctg`` prints it without a traceback."""

    exit_code = 1


class BadInput(CtgError):
    """A file, code or option given by the user is wrong (exit code 2)."""

    exit_code = 2


class RawDataError(BadInput):
    """A raw file is missing, changed, unlisted, or not in its publisher's layout."""


def found_expected(where: str, found: object, expected: object) -> str:
    """The sentence used by all messages: place, what was found, what is expected."""
    return f"{where} : trouvé {found!r}, attendu {expected}"


def sample(values: Iterable[object], limit: int = 5) -> str:
    """The first few values of a long list, for a message: ``a, b, c… (12 en tout)``."""
    items = [str(v) for v in values]
    head = ", ".join(items[:limit])
    return head if len(items) <= limit else f"{head}… ({len(items)} en tout)"
