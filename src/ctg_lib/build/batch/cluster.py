"""The same turns on a Dask cluster: shards of territories, each made by a process that a worker starts.

The project's folder is the same for all machines (a shared file system). A worker that is lost has its shard
begun again elsewhere by the scheduler: the reports that it had put in place are found as they are.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ctg_lib.build.batch.crew import Crew
from ctg_lib.build.batch.turn import Turn, Wish
from ctg_lib.errors import BadInput, CtgError
from ctg_lib.project import Project

MOST = 25
"""Territories of a shard, at most; they are made one after the other."""
ROUNDS = 4
"""Shards for each thread of the cluster, at least: the last ones end together."""
RETRIES = 3
"""How many times a shard is begun again where its worker was lost."""
_WAIT = "30s"


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

        Raises:
            BadInput: Dask is not installed, or no scheduler answers there.
            CtgError: a worker does not see the project's folder.
        """
        client = self._client()
        from distributed import as_completed

        try:
            shards = shards_of(studies, sum(client.nthreads().values()))
            told = (str(self.project.root), self.wish.said())
            waiting = {
                client.submit(make_shard, *told, shard, pure=False, retries=RETRIES): shard
                for shard in shards
            }
            for future in as_completed(waiting, loop=client.loop):
                yield from _turns(future, waiting.pop(future))
        finally:
            client.close()

    def _client(self) -> Any:
        try:
            from distributed import Client
        except ImportError as error:
            raise BadInput(
                '--scheduler : Dask n’est pas installé ; « pip install "ctg-lib[grappe]" ».'
            ) from error
        try:
            return Client(self.address, timeout=_WAIT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise BadInput(
                f"--scheduler {self.address} : aucun ordonnanceur Dask n’y répond ({error})."
            ) from error


def shards_of(studies: Sequence[str], threads: int) -> list[tuple[str, ...]]:
    """The territories in shards, in order."""
    size = min(MOST, max(1, len(studies) // (max(1, threads) * ROUNDS)))
    return [tuple(studies[at : at + size]) for at in range(0, len(studies), size)]


def _turns(future: Any, shard: Sequence[str]) -> list[Turn]:
    """The turns of a shard; where it could not be made at all, one failure for each of its territories."""
    error = future.exception()
    if error is None:
        return [Turn.heard(said) for said in future.result()]
    if isinstance(error, CtgError):
        raise error
    said = f"la grappe n’a pas pu faire ce rapport, {type(error).__name__} : {error}"
    return [Turn(study, False, error=said) for study in shard]


def make_shard(root: str, wish: Mapping[str, Any], studies: Sequence[str]) -> list[dict[str, Any]]:
    """Run by a worker of the cluster: make these reports in a process of its own, one after the other.

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
    return [turn.said() for turn in crew.each(studies)]
