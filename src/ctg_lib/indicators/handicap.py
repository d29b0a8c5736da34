"""Disability: beneficiaries, pupils, services."""

from __future__ import annotations
