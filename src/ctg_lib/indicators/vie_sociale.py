"""Community life: associations, sport and culture."""

from __future__ import annotations
