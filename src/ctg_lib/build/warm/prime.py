"""What the processes of the warm engine read before their notebooks do.

The files are read by a child that hands over what it found and leaves: reading starts threads (Arrow's), and
the process that forks the chapters must have none. What a report's own process has read of the study comes
from there.
"""

from __future__ import annotations

import base64
import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from ctg_lib import shelf
from ctg_lib.build.warm import server
from ctg_lib.geography.atlas import EDITIONS, shelf_key
from ctg_lib.manifest import load_manifest
from ctg_lib.project import Project

LEVELS: tuple[str, ...] = ("commune", "epci", "ept", "departement", "region")
_STUDY: tuple[str, ...] = (
    "references", "neighbours", "peer_codes", "communes_by_code", "inhabitants", "likeness", "lookalikes",
    "answers", "partnership", "consultation", "agreement", "listening", "_local_rows",
)  # fmt: skip
"""What chapters ask of a study; each is read by itself: one that cannot be read stops no other."""
_ALONE: tuple[str, ...] = ("folder_problems", "second_readings")
"""What they ask too, asked in turn of a study that was asked nothing else: all is noted."""


def prime(what: Mapping[str, Any]) -> None:
    """Have a child read, and keep what it found; or keep what another process has found already.

    Args:
        what: ``root`` of a project, and ``study`` where one study's own files are to be read too; ``laid``,
            what the process that makes its report has read of it (:func:`ahead`).
    """
    if "laid" in what:
        with contextlib.suppress(Exception):  # what cannot be kept is read, as if nothing had been given
            shelf.lay(base64.b64decode(what["laid"]))
            return
    with contextlib.suppress(Exception):  # by this process: it starts no thread, and is kept by its text
        load_manifest(Project(Path(what["root"])).manifest)
    beneath, above = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(beneath)
        code = 1
        try:
            server.die_with_parent(parent)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            before = shelf.open_shelf()
            read(what)
            with os.fdopen(above, "wb") as out:
                out.write(shelf.taken(without=before))
            code = 0
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(code)
    os.close(above)
    with os.fdopen(beneath, "rb") as found:
        _keep(found)
    with contextlib.suppress(ChildProcessError):  # not waited for where children leave no trace
        os.waitpid(child, 0)


def given(project: Project, study: str, laid: bytes | None) -> dict[str, str]:
    """What :func:`prime` takes for one study; over a socket, never by a file: people's answers are in it.

    Args:
        laid: what :func:`ahead` gave, if anything did.
    """
    found = {} if laid is None else {"laid": base64.b64encode(laid).decode("ascii")}
    return {"root": str(project.root), "study": study, **found}


def ahead(project: Project) -> bytes:
    """What lies on this process's shelf, but for what the processes of chapters have read at their start."""
    return shelf.taken(without=[shelf_key(project.raw / "geography", EDITIONS[-1])])


def _keep(found: IO[bytes]) -> None:
    content = found.read()
    with contextlib.suppress(Exception):  # the reader died: the chapters read by themselves
        shelf.lay(content)


def read(what: Mapping[str, Any]) -> None:
    """Read ``what`` in this process."""
    from ctg_lib import reads
    from ctg_lib.geography import load_geography
    from ctg_lib.indicators.coverage import holdings
    from ctg_lib.observations import Store
    from ctg_lib.text_storage import plain_texts

    plain_texts()
    project = Project(Path(what["root"]))
    geography = load_geography(project)
    for level in LEVELS:
        geography.names(level)
        geography.short_names(level)
    with contextlib.suppress(Exception):
        for level in ("departement", "region", "france"):
            for code in geography.codes(level):
                geography.territory(code, level=level)
    geography.populations()
    geography.membership()
    with contextlib.suppress(Exception):  # the chapters that ask for them will say what is wrong
        geography.touching("")
    if shelf.is_open():
        with contextlib.suppress(Exception), reads.gathered():  # who finds it notes again what was read
            holdings(Store(project.store))
    if "study" in what:
        read_study(project, str(what["study"]))


def read_study(project: Project, id: str) -> None:
    """Have a study answer, on the open shelf, what its chapters will all ask."""
    from ctg_lib.study import open_study

    with contextlib.suppress(Exception):  # the chapters will say what is wrong, each in its place
        with contextlib.suppress(Exception):
            open_study(id, project).own_groups.prepare()
        study = open_study(id, project)
        where = shelf_key(study.geography.folder, study.geography.edition)
        shelf.shelved(where, lambda: study.geography)  # chapters may have none of an earlier edition
        for name in _STUDY:
            with contextlib.suppress(Exception):
                getattr(study, name)
        with contextlib.suppress(Exception):
            study.table("population")
        for name in _ALONE:
            with contextlib.suppress(Exception):
                getattr(open_study(id, project), name)
