"""Health: access to care."""

from __future__ import annotations
