"""The reports of two EPCI of Aveyron, built whole, once for all workers of a run."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from ctg_lib.build.swap import hold
from ctg_lib.project import Project

STUDIES = ("241200906", "200067155")


def shared_folder(factory: pytest.TempPathFactory, name: str) -> Path:
    """A temporary folder that all workers of this run have in common."""
    base = factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    shared.mkdir(exist_ok=True)
    return shared


def built(project: Project, root: Path, study: str) -> Path:
    """The outputs of a study, built by the same function as `ctg report`, outside the checkout's own outputs.

    The first worker that asks builds them; the others wait, and find them there.

    Args:
        project: the checkout.
        root: of :func:`shared_folder`.
    """
    from ctg_lib.build.report import build_report, plan_report

    there, done = Project(root), root / f"{study}.done"
    with hold(root / f"{study}.lock", waiting=lambda: None):
        if not done.exists():
            for name in ("data", "notebooks"):
                with contextlib.suppress(FileExistsError):  # the other study's builder may be there too
                    (root / name).symlink_to(project.root / name)
            plan = plan_report(there, study, assembler="nbconvert")
            build_report(there, plan, workers=2, engine="warm")
            done.touch()
    return there.outputs / study
