from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ctg_lib.manifest import Entry

BASE = Entry(
    id="essai", publisher="Insee", title="Essai", short="Insee, essai", dataset="DS_ESSAI", vintage="2023",
    reference_date="2023", address="https://exemple.fr", retrieved=date(2026, 10, 9), licence="LO",
    geography_year=2025, layout="melodi", path="fichier.csv", bytes=1, sha256="0", provenance="published",
)  # fmt: skip


@pytest.fixture
def entry():
    """A manifest entry; keyword arguments replace its fields."""
    return lambda **changes: replace(BASE, **changes)


@pytest.fixture
def file(tmp_path: Path):
    """Write a file of this text and give its path."""

    def write(text: str, name: str = "fichier.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture(scope="session")
def raw() -> Path:
    """The checkout's raw files."""
    return Path(__file__).resolve().parents[2] / "data" / "raw"
