"""Messages between the one who asks and the one who runs: a length, then JSON."""

from __future__ import annotations

import json
from typing import Any, Protocol

_HEAD = 8


class Readable(Protocol):
    """Where messages come from: any binary stream."""

    def read(self, size: int, /) -> bytes | None:
        """At most ``size`` bytes."""


class Writable(Protocol):
    """Where messages go: any binary stream."""

    def write(self, data: bytes, /) -> int | None:
        """Take all of ``data``."""

    def flush(self) -> None:
        """Send what was taken."""


def send(stream: Writable, message: Any) -> None:
    """Write one message, whole."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    stream.write(len(body).to_bytes(_HEAD, "big") + body)
    stream.flush()


def receive(stream: Readable) -> Any:
    """The next message; None where the other end is gone, even in the middle of one."""
    head = _read(stream, _HEAD)
    body = None if head is None else _read(stream, int.from_bytes(head, "big"))
    return None if body is None else json.loads(body)


def _read(stream: Readable, size: int) -> bytes | None:
    """``size`` bytes, however many times it takes; None where the end comes first."""
    found = bytearray()
    while len(found) < size:
        part = stream.read(size - len(found))
        if not part:
            return None
        found += part
    return bytes(found)
