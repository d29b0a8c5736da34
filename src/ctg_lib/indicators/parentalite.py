"""Parenting: benefits of lone parents, step-families, mothers' activity."""

from __future__ import annotations
