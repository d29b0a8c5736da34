"""What a chapter is made from, part by part, each with a hash of its content.

Files are known by size and dates, and read again when one of these has changed. Whatever a chapter may read
beside the data is compared whole: the library as it is installed, the folder of its study, the geography.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import ctg_lib
from ctg_lib import reads
from ctg_lib.build.bundles import AssemblyError
from ctg_lib.build.chapters import CONFIG, Chapter
from ctg_lib.build.pandoc import pandoc_path
from ctg_lib.indicators import national, structure
from ctg_lib.manifest import sha256_of
from ctg_lib.project import Project

PACKAGE = Path(ctg_lib.__file__).parent
LOCK = "requirements.lock"
CORRECTIONS = "corrections.yml"
SETTINGS = "study.yml"
PARTS = "parties"
"""Folder of the cache: what each part was made of, under its hash."""
DATA: tuple[str, ...] = ("table", "structure", "observations")
"""Parts of which a chapter reads but a little: when they alone have changed, what it read is read again."""
LABELS: dict[str, str] = {
    "notebook": "le notebook du chapitre",
    "parametres": "les paramètres du chapitre",
    "code": "le code du projet (ctg_lib)",
    "bibliotheques": "les bibliothèques installées",
    "verrou": "requirements.lock",
    "reglages": "les réglages de cette machine",
    "manifeste": "le manifeste des fichiers bruts",
    "corrections": "les corrections (corrections.yml)",
    "geographie": "la géographie",
    "date": "la date de l’étude (as_of)",
    "etude": "le dossier de l’étude",
    "precedente": "le dossier de l’étude précédente",
    "table": "la table des indicateurs",
    "structure": "la structure des territoires",
    "observations": "les observations",
    "mise en page": "la liste des chapitres et la mise en page (notebooks/)",
    "chapitres": "les notebooks des chapitres",
}
"""Part -> what a reader calls it."""
_SKIPPED = ("__pycache__", ".ipynb_checkpoints")
_SETTLED = 2.0
"""Seconds after which a file's dates tell whether it was written again (some systems date coarsely)."""
_ENVIRONMENT = ("CTG_", "MPL", "QT_", "PYTHON", "SOURCE_DATE_EPOCH")
FOR_GOOD: tuple[str, ...] = ("code", "bibliotheques", "geographie")
"""Parts that a process reads once, when it begins: what they become later is not what it works with."""
_BEGUN: dict[Path, dict[str, str]] = {}
_OWN = (
    "CTG_ROOT", "CTG_RECORD", "CTG_READS", "PYTHONPATH", "PYTHONHASHSEED", "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
)  # fmt: skip

Listing = dict[str, str]


@dataclass
class Files:
    """Hashes of files, kept between commands in ``path``."""

    path: Path
    _fresh: bool = False

    @cached_property
    def _known(self) -> dict[str, list[Any]]:
        try:
            read = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return read if isinstance(read, dict) else {}

    def sha(self, file: Path) -> str:
        """sha256 of a file; empty where there is none."""
        try:
            stat = file.stat()
            key, now = opaque(str(file)), [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
            known = self._known.get(key)
            if known and known[:-1] == now:
                return str(known[-1])
            settled = time.time() - max(stat.st_mtime, stat.st_ctime) > _SETTLED
            found = sha256_of(file)
        except FileNotFoundError:
            return ""
        if settled:
            self._known[key], self._fresh = [*now, found], True
        return found

    def tree(self, folder: Path) -> Listing:
        """Every file below a folder, by its place there -> sha256; empty where there is no folder.

        A link to another folder is followed, as those who read the files do, but not into itself.
        """
        return {file.relative_to(folder).as_posix(): self.sha(file) for file in _below(folder)}

    def save(self) -> None:
        """Keep what was learnt; nothing is lost where that cannot be."""
        if self._fresh:
            with contextlib.suppress(OSError):  # Windows: another process reads it at this very moment
                write_beside(self.path, json.dumps(self._known, sort_keys=True))
            self._fresh = False


def _below(folder: Path, around: frozenset[str] = frozenset()) -> Iterator[Path]:
    """All files below a folder; ``around``: the folders that it lies in."""
    real = os.path.realpath(folder)
    if real in around:
        return
    try:
        inside = list(os.scandir(folder))
    except OSError:
        return
    for each in inside:
        if not each.is_dir():
            yield Path(each.path)
        elif each.name not in _SKIPPED:
            yield from _below(Path(each.path), around | {real})


def opaque(name: str) -> str:
    """What stands for a file's name in the cache: a study's file may bear the name of a person."""
    return hashlib.sha256(name.encode()).hexdigest()[:24]


def begun(project: Project) -> dict[str, str]:
    """The parts that this process reads for good, as they were when it first said so: at its beginning."""
    if project.root not in _BEGUN:
        shared = Inputs(project).shared
        _BEGUN[project.root] = {name: shared[name] for name in FOR_GOOD}
    return _BEGUN[project.root]


def outrun(inputs: Inputs) -> bool:
    """Whether these parts are others today: what this process makes is then made from nobody knows what."""
    began = _BEGUN.get(inputs.project.root)
    return began is not None and any(inputs.shared[name] != content for name, content in began.items())


def write_beside(path: Path, text: str) -> None:
    """Replace a file of the cache in one step, whoever else writes it, on this machine or another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    aside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def listing_hash(listing: Mapping[str, str]) -> str:
    """Hash of a listing."""
    text = "\n".join(f"{name}\t{content}" for name, content in sorted(listing.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass
class Inputs:
    """What all chapters of a project are made from; looked at once for any number of studies.

    Attributes:
        listings: hash of a part -> what it is made of, for saying what has changed.
        told: names of studies' files by what stands for them; in memory alone.
    """

    project: Project
    listings: dict[str, Listing] = field(default_factory=dict)
    _studies: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    _chapters: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict, repr=False)
    told: dict[str, str] = field(default_factory=dict, repr=False)
    _own: tuple[str, Files] | None = field(default=None, repr=False)

    @cached_property
    def files(self) -> Files:
        """The hashes of files."""
        return Files(self.project.scratch / "cache" / "fichiers.json")

    def own_files(self, study_id: str) -> Files:
        """The hashes of what one study's report left: kept beside it, one study's in memory at a time."""
        if self._own is None or self._own[0] != study_id:
            if self._own is not None:
                self._own[1].save()
            path = self.project.scratch / "cache" / study_id / "fichiers.json"
            self._own = study_id, Files(path)
        return self._own[1]

    def _part(self, listing: Listing) -> str:
        name = listing_hash(listing)
        self.listings[name] = listing
        return name

    def _file(self, file: Path) -> str:
        return self._part({file.name: self.files.sha(file)})

    @cached_property
    def shared(self) -> dict[str, str]:
        """Parts that all chapters of all studies share."""
        project, files = self.project, self.files
        data = project.processed
        return {
            "code": self._part(files.tree(PACKAGE)),
            "bibliotheques": self._part(installed()),
            "verrou": self._file(project.root / LOCK),
            "reglages": self._part(settings(project, files)),
            "manifeste": self._file(project.manifest),
            "corrections": self._file(project.raw / CORRECTIONS),
            "geographie": self._part(files.tree(project.raw / "geography")),
            "table": self._file(data / national.FILE),
            "structure": self._file(data / structure.FILE),
            "observations": self._part(_without_stamp(files.tree(project.store))),
        }

    def of_study(self, study_id: str) -> dict[str, str]:
        """Parts of a study, as they were when they were first asked for."""
        if study_id not in self._studies:
            folder = self.project.studies / study_id
            text = _text(folder / SETTINGS)
            others = self._unnamed(self.project.studies) if "previous" in text else {}
            self._studies[study_id] = {
                "date": self._part({"as_of": _as_of(text)}),
                "etude": self._part(self._unnamed(folder)),
                "precedente": self._part(others),
            }
        return self._studies[study_id]

    def _unnamed(self, folder: Path) -> Listing:
        found = self.files.tree(folder)
        names = {opaque(name): name for name in found}
        self.told.update(names)
        return {unnamed: found[name] for unnamed, name in names.items()}

    def of_chapter(self, study_id: str, chapter: Chapter) -> dict[str, str]:
        """Parts of a chapter alone, as they were when they were first asked for."""
        key = study_id, chapter.slug
        if key not in self._chapters:
            notebook, parameters = self._file(chapter.path), self._part({"study": study_id})
            self._chapters[key] = {"notebook": notebook, "parametres": parameters}
        return self._chapters[key]

    def parts(self, study_id: str, chapter: Chapter) -> dict[str, str]:
        """All parts of a chapter."""
        return {**self.shared, **self.of_study(study_id), **self.of_chapter(study_id, chapter)}

    def know(self, name: str) -> Listing | None:
        """What a part is made of, by its hash: of today, else as it was kept."""
        if name in self.listings:
            return self.listings[name]
        try:
            read = json.loads(self._kept(name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return read if isinstance(read, dict) else None

    def keep(self) -> None:
        """Keep hashes of files, and what the parts are made of, for saying later what has changed."""
        for name, listing in self.listings.items():
            path = self._kept(name)
            if not reads.still_there(path):
                with contextlib.suppress(OSError):  # another process writes the same
                    write_beside(path, json.dumps(listing, ensure_ascii=False, sort_keys=True))
        self.save()

    def save(self) -> None:
        """Keep hashes of files alone."""
        self.files.save()
        if self._own is not None:
            self._own[1].save()

    def _kept(self, name: str) -> Path:
        return self.project.scratch / "cache" / PARTS / f"{name}.json"

    @cached_property
    def layout(self) -> dict[str, str]:
        """What the pages are made from beside the chapters."""
        folder = self.project.notebooks
        theme = self.files.tree(folder / "theme")
        return {"mise en page": self._part({**theme, CONFIG: self.files.sha(folder / CONFIG)})}


def _without_stamp(listing: Listing) -> Listing:
    return {name: content for name, content in listing.items() if name.endswith(".parquet")}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return ""


def _as_of(text: str) -> str:
    """The line of a study's date; :class:`Inputs` compares the whole file too."""
    lines = (line.partition("#")[0].partition(":") for line in text.splitlines())
    return next((value.strip() for name, _, value in lines if name.strip() == "as_of"), "")


def installed() -> Listing:
    """Versions of all that is installed (name of each ``dist-info``), and of Python on this system."""
    found = {"python": sys.version, "système": f"{sys.platform} {platform.machine()}"}
    for place in dict.fromkeys(sys.path):
        for one in Path(place or ".").glob("*.*-info"):
            name, _, version = one.stem.partition("-")
            found.setdefault(name, version)
    return found


def settings(project: Project, files: Files) -> Listing:
    """Environment variables that may change what is drawn or written; IPython's own settings."""
    found = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(_ENVIRONMENT) and name not in _OWN
    }
    with contextlib.suppress(AssemblyError):  # it makes the leaflets of every report
        found["pandoc"] = files.sha(Path(pandoc_path()))
    profile = project.scratch / "ipython" / "profile_default"
    for file in (*profile.glob("startup/*.*py"), *profile.glob("*_config.*")):
        found[file.relative_to(profile).as_posix()] = files.sha(file)
    return found
