"""Where the project lies on this machine: the only module that knows folders."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ctg_lib.errors import BadInput

MARKER = Path("data") / "raw" / "manifest.yml"


@dataclass(frozen=True)
class Project:
    """The folders of one checkout, all derived from ``root``."""

    root: Path

    @property
    def raw(self) -> Path:
        """Publishers' files and the manifest; never edited."""
        return self.root / "data" / "raw"

    @property
    def manifest(self) -> Path:
        """The list of raw files with their checksums."""
        return self.root / MARKER

    @property
    def studies(self) -> Path:
        """What each study collects itself."""
        return self.raw / "studies"

    @property
    def processed(self) -> Path:
        """Made by ``ctg data build``; safe to delete."""
        return self.root / "data" / "processed"

    @property
    def store(self) -> Path:
        """The observations store."""
        return self.processed / "observations"

    @property
    def notebooks(self) -> Path:
        """One notebook per chapter, and ``_quarto.yml`` that orders them."""
        return self.root / "notebooks"

    @property
    def outputs(self) -> Path:
        """Made by ``ctg report``; one folder per study."""
        return self.root / "outputs"

    @property
    def scratch(self) -> Path:
        """Cache, logs and timings."""
        return self.root / ".ctg"


def find_project(start: Path | str | None = None) -> Project:
    """The project at ``CTG_ROOT``, else the first parent of ``start`` holding ``data/raw/manifest.yml``.

    Args:
        start: folder to search from; the current folder by default.

    Raises:
        BadInput: no project there; the message says where it was looked for.
    """
    given = os.environ.get("CTG_ROOT")
    if given and start is None:
        root = Path(given).expanduser().resolve()
        if not (root / MARKER).is_file():
            raise BadInput(
                f"CTG_ROOT désigne {root}, qui ne contient pas {MARKER.as_posix()} : "
                "indiquez le dossier du projet, ou retirez cette variable."
            )
        return Project(root)
    here = Path(start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / MARKER).is_file():
            return Project(folder)
    # An editable install knows where it came from: `ctg` then works from any folder.
    source = Path(__file__).resolve().parents[2]
    if start is None and (source / MARKER).is_file():
        return Project(source)
    raise BadInput(
        f"Aucun projet trouvé dans {here} ni au-dessus ({MARKER.as_posix()} manque). "
        "Placez-vous dans le dossier du projet ou définissez CTG_ROOT."
    )
