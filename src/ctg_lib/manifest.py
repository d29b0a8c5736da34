"""What each raw file is: publisher, vintage, licence, checksum, provenance. Metadata only.

``data/raw/manifest.yml`` lists every file of ``data/raw`` but the studies' own folders. A missing,
changed or unlisted file is an error, and nothing is built from it. ``display`` reads this module to
write source lines; it never needs ``sources``.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ctg_lib.errors import RawDataError, found_expected, sample

PROVENANCES: dict[str, str] = {
    "published": "fichier de l’éditeur",
    "carried_over": "valeurs reprises d’une republication",
    "local": "relevé localement, à confirmer",
    "fictitious": "donnée fictive",
}


@dataclass(frozen=True)
class Entry:
    """One raw file of one vintage.

    Attributes:
        id: stable name, also the ``source`` of every observation read from the file.
        publisher: who publishes the figures (Insee, Cnaf, DREES …).
        title: what the reader calls it.
        short: how a source line names it (« Insee, RP 2023 »).
        dataset: the publisher's own identifier.
        vintage: what the publisher calls the edition (« RP 2023 », « décembre 2024 »).
        reference_date: the day or year the figures describe.
        published_on: when the publisher released it (used for ``as_of``), if known.
        address: where the publisher offers it.
        retrieved: day on which the figures were taken.
        licence: under which it may be reused.
        geography_year: composition of communes and EPCI used by the file.
        layout: which reader reads it.
        path: relative to ``data/raw``.
        bytes, sha256: what is committed.
        provenance: one of ``PROVENANCES``.
        carried_from: for ``carried_over``, where the figures were copied from.
        checks: in words, what was compared and with which result.
        rows: expected number of observations by level.
        options: given to the reader as they are.
        note: what a reader of the report must know.
    """

    id: str
    publisher: str
    title: str
    short: str
    dataset: str
    vintage: str
    reference_date: str
    address: str
    retrieved: date
    licence: str
    geography_year: int
    layout: str
    path: str
    bytes: int
    sha256: str
    provenance: str
    published_on: date | None = None
    carried_from: str = ""
    checks: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""

    @property
    def is_carried_over(self) -> bool:
        """Whether the reader must be told « valeur reprise de … »."""
        return self.provenance == "carried_over"


_REQUIRED = [
    f.name
    for f in fields(Entry)
    if f.name not in {"published_on", "carried_from", "checks", "rows", "options", "note"}
]
_KNOWN = {f.name for f in fields(Entry)}


class Manifest:
    """The entries of one manifest file, by id."""

    def __init__(self, entries: Iterable[Entry], path: Path) -> None:
        self.path = path
        self.folder = path.parent
        self._entries = {e.id: e for e in entries}

    def __iter__(self):
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self._entries

    def __getitem__(self, entry_id: str) -> Entry:
        try:
            return self._entries[entry_id]
        except KeyError:
            raise RawDataError(
                f"{self.path.name} ne connaît pas la source {entry_id!r} (connues : {sample(self._entries)})"
            ) from None

    def file(self, entry: Entry) -> Path:
        """Where the file lies."""
        return self.folder / entry.path

    def by_layout(self, *layouts: str) -> list[Entry]:
        """Entries read by one of these readers, in the manifest's order."""
        return [e for e in self if e.layout in layouts]

    def verify(self, entries: Iterable[Entry] | None = None) -> None:
        """Check bytes and sha256 of each file, then that no file is unlisted.

        Raises:
            RawDataError: the first missing or changed file, or all unlisted ones.
        """
        checked = list(self) if entries is None else list(entries)
        for entry in checked:
            self.verify_one(entry)
        if entries is None:
            unlisted = self.unlisted_files()
            if unlisted:
                raise RawDataError(
                    f"{self.folder} contient des fichiers que {self.path.name} ne connaît pas : "
                    f"{sample(unlisted)}. Ajoutez-les au manifeste ou retirez-les."
                )

    def verify_one(self, entry: Entry) -> None:
        """Check one file. Raises :class:`RawDataError` naming file, found and expected."""
        file = self.file(entry)
        if not file.is_file():
            raise RawDataError(
                f"{entry.path} : fichier absent, alors que {self.path.name} le liste ({entry.id})."
            )
        size = file.stat().st_size
        if size != entry.bytes:
            raise RawDataError(
                found_expected(f"{entry.path}, taille en octets", size, entry.bytes)
                + ". Le fichier a changé : rien n’est construit à partir de lui."
            )
        digest = sha256_of(file)
        if digest != entry.sha256:
            raise RawDataError(
                found_expected(f"{entry.path}, sha256", digest, entry.sha256)
                + ". Le fichier a changé : rien n’est construit à partir de lui."
            )

    def unlisted_files(self) -> list[str]:
        """Files under the raw folder that no entry names (studies have their own rules)."""
        listed = {e.path for e in self} | {self.path.name, "corrections.yml", "catalogue.yml"}
        found = (
            p.relative_to(self.folder)
            for p in self.folder.rglob("*")
            if p.is_file() and not p.name.startswith(".")
        )
        return sorted(p.as_posix() for p in found if p.parts[0] != "studies" and p.as_posix() not in listed)


# the same safe loader in C, many times faster, where libyaml is
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_manifest(path: Path | str) -> Manifest:
    """Read and validate a manifest.

    Raises:
        RawDataError: unreadable file, missing or unknown field, two entries with one id or one path.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RawDataError(f"{path} : manifeste absent.") from None
    return Manifest(_entries(text, path), path)


@lru_cache(maxsize=4)
def _entries(text: str, path: Path) -> tuple[Entry, ...]:
    """What the text of a manifest lists: a report opens its study several times."""
    try:
        raw = yaml.load(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise RawDataError(f"{path} : YAML illisible ({error}).") from None
    items = raw.get("sources") if isinstance(raw, dict) else None
    if not isinstance(items, list):
        raise RawDataError(f"{path} : une liste « sources: » est attendue.")
    entries = [_entry(item, index, path) for index, item in enumerate(items, start=1)]
    refuse_twice(entries, str(path))
    return tuple(entries)


def refuse_twice(items: Sequence[Any], where: str) -> None:
    """Refuse two files with one ``id`` or one ``path``.

    Raises:
        RawDataError: naming those that stand twice.
    """
    for attribute in ("id", "path"):
        counts = Counter(getattr(item, attribute) for item in items)
        if twice := sorted(value for value, n in counts.items() if n > 1):
            raise RawDataError(f"{where} : {attribute} en double : {sample(twice)}.")


def _entry(item: Any, index: int, path: Path) -> Entry:
    where = f"{path.name}, entrée {index}"
    if not isinstance(item, dict):
        raise RawDataError(found_expected(where, item, "un bloc « clé: valeur »"))
    where += f" ({item.get('id', 'sans id')})"
    absent = [name for name in _REQUIRED if item.get(name) in (None, "")]
    if absent:
        raise RawDataError(f"{where} : champs manquants : {', '.join(absent)}.")
    unknown = sorted(item.keys() - _KNOWN)
    if unknown:
        raise RawDataError(f"{where} : champs inconnus : {', '.join(unknown)}.")
    values = dict(item)
    if values["provenance"] not in PROVENANCES:
        raise RawDataError(
            found_expected(f"{where}, provenance", values["provenance"], ", ".join(PROVENANCES))
        )
    if values["provenance"] == "carried_over" and not values.get("carried_from"):
        raise RawDataError(f"{where} : carried_over sans « carried_from ».")
    for name in ("vintage", "reference_date", "dataset"):
        values[name] = str(values[name])
    for name in ("retrieved", "published_on"):
        if values.get(name) is not None and not isinstance(values[name], date):
            raise RawDataError(found_expected(f"{where}, {name}", values[name], "une date AAAA-MM-JJ"))
    values["checks"] = tuple(values.get("checks") or ())
    values["rows"] = dict(values.get("rows") or {})
    values["options"] = dict(values.get("options") or {})
    return Entry(**values)


def sha256_of(file: Path) -> str:
    """Hexadecimal sha256 of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
