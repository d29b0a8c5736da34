"""Warm processes that the tests of this room share: their start costs seconds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ctg_lib.build.warm.pool import Pool, can_fork


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONHASHSEED": "0", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


@pytest.fixture(scope="session")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """Processes with fork: a child per notebook."""
    if not can_fork():
        pytest.skip("the warm engine forks on Linux alone")
    with Pool(tmp_path_factory.mktemp("ipython"), _environment(), fork=True) as pool:
        yield pool


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """Processes without fork: one notebook after the other."""
    with Pool(tmp_path_factory.mktemp("ipython"), _environment(), fork=False) as pool:
        yield pool


@pytest.fixture(params=["forked", "alone"])
def pool(request: pytest.FixtureRequest) -> Pool:
    """Both ways, one after the other."""
    found: Pool = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder of IPython's settings."""
    return tmp_path_factory.mktemp("ipython")
