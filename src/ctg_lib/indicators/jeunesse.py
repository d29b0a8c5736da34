"""Young people: counts, schooling, employment."""

from __future__ import annotations
