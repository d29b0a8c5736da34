"""The same turns on a Dask cluster: shards of territories, each made by a process that a worker starts.

The project's folder is the same for all machines (a shared file system). A worker that is lost has its shard
begun again elsewhere by the scheduler: the reports that it had put in place are found as they are.
"""

from __future__ import annotations

import contextlib
import os
import platform
import threading
import time
import uuid
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ctg_lib.build.batch.crew import Crew, Ended
from ctg_lib.build.batch.turn import Turn, Wish
from ctg_lib.build.swap import hold, let_go
from ctg_lib.errors import BadInput, CtgError
from ctg_lib.project import Project

MOST = 25
"""Territories of a shard, at most; they are made one after the other."""
ROUNDS = 4
"""Shards for each thread of the cluster, at least: the last ones end together."""
RETRIES = 3
"""How many times a shard that could not be begun (a machine that does not see the folder) is tried again; one
whose worker was lost is begun again as often as the scheduler allows (``allowed-failures``)."""
_WAIT = 30.0
_LOOK = 1.0
"""Seconds between two looks at whether the command is still there."""
_OLD = 86400.0


@dataclass(frozen=True)
class Cluster:
    """A cluster that is there already.

    Attributes:
        address: of its scheduler (``tcp://machine:8786``).
        project, wish: as for :class:`ctg_lib.build.batch.turn.Workshop`; the project's folder is seen under
            the same path by all workers.
    """

    address: str
    project: Project
    wish: Wish

    def each(self, studies: Sequence[str]) -> Generator[Turn]:
        """Make all these reports; give each turn when its shard ends.

        Where the generator is closed, or this process killed, the shards that run are ended too.

        Raises:
            BadInput: Dask is not installed, no scheduler answers there, or it has no worker.
            CtgError: the first shard that ended found no project in the project's folder.
        """
        client = self._client()
        from distributed import as_completed

        presence = self.project.scratch / "travail" / f"lot-{uuid.uuid4().hex}.lock"
        presence.parent.mkdir(parents=True, exist_ok=True)
        _sweep(presence.parent)
        waiting: dict[Any, tuple[str, ...]] = {}
        any_made = False
        try:
            with hold(presence, waiting=lambda: None):
                shards = shards_of(studies, sum(client.nthreads().values()))
                told = (str(self.project.root), self.wish.said(), str(presence))
                for shard in shards:
                    waiting[client.submit(make_shard, *told, shard, pure=False, retries=RETRIES)] = shard
                for future in as_completed(list(waiting), loop=client.loop):
                    turns = _turns(future, waiting.pop(future), any_made)
                    any_made = any_made or any(turn.ok for turn in turns)
                    yield from turns
        finally:
            with contextlib.suppress(Exception):  # the scheduler is gone
                client.cancel(list(waiting))
            client.close()
            presence.unlink(missing_ok=True)

    def _client(self) -> Any:
        try:
            from distributed import Client
        except ImportError as error:
            raise BadInput(
                '--scheduler : Dask n’est pas installé ; « pip install "ctg-lib[grappe]" ».'
            ) from error
        try:
            client = Client(self.address, timeout=_WAIT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise BadInput(
                f"--scheduler {self.address} : aucun ordonnanceur Dask n’y répond ({error})."
            ) from error
        try:
            client.wait_for_workers(1, timeout=_WAIT)
        except TimeoutError as error:
            client.close()
            raise BadInput(
                f"--scheduler {self.address} : cet ordonnanceur n’a aucun processus de travail "
                "(« dask worker »)."
            ) from error
        return client


def _sweep(folder: Path) -> None:
    """Remove what commands that were killed left."""
    for old in folder.glob("lot-*.lock"):
        with contextlib.suppress(OSError):
            if time.time() - old.stat().st_mtime > _OLD and let_go(old):
                old.unlink()


def shards_of(studies: Sequence[str], threads: int) -> list[tuple[str, ...]]:
    """The territories in shards, in order."""
    size = min(MOST, max(1, len(studies) // (max(1, threads) * ROUNDS)))
    return [tuple(studies[at : at + size]) for at in range(0, len(studies), size)]


def _turns(future: Any, shard: Sequence[str], any_made: bool) -> list[Turn]:
    """The turns of a shard; where it could not be made at all, one failure for each of its territories."""
    error = future.exception()
    if error is None:
        return [Turn.heard(said) for said in future.result()]
    if isinstance(error, CtgError) and not any_made:  # no machine sees the folder: it is no use to go on
        raise error
    said = f"la grappe n’a pas pu faire ce rapport, {type(error).__name__} : {error}"
    return [Turn(study, False, error=said) for study in shard]


def make_shard(
    root: str, wish: Mapping[str, Any], presence: str, studies: Sequence[str]
) -> list[dict[str, Any]]:
    """Run by a worker of the cluster: make these reports in a process of its own, one after the other.

    Args:
        root: the project's folder.
        wish: what is asked for (:meth:`Wish.said`).
        presence: a file that the command keeps locked while it waits for these reports.
        studies: which ones.

    Returns:
        Their turns (:meth:`Turn.said`); those that ended before the command did.

    Raises:
        CtgError: the project's folder is not there.
    """
    project = Project(Path(root))
    if not project.manifest.is_file():
        raise CtgError(
            f"{platform.node()} : {root} n’est pas le dossier du projet ; toutes les machines de la grappe "
            "doivent le voir au même endroit."
        )
    log = project.scratch / "log" / "lots" / "grappe" / f"{platform.node()}-{os.getpid()}"
    crew = Crew(project, Wish.heard(wish), 1, log)
    done = threading.Event()
    threading.Thread(target=_follow, args=(Path(presence), crew, done), daemon=True).start()
    try:
        return [turn.said() for turn in crew.each(studies)]
    except Ended:
        return []
    finally:
        done.set()


def _follow(presence: Path, crew: Crew, done: threading.Event) -> None:
    """End the reports where whoever asked for them is gone."""
    while not done.wait(_LOOK):
        if let_go(presence):
            crew.stop()
            return
