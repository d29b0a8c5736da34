"""What the processes of the warm engine read before their notebooks do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def prime(what: Mapping[str, Any]) -> None:
    """Read ``what``."""
