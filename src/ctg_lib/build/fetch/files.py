"""Putting a fetched file in its place, and its entry in the manifest, in one movement.

The manifest is edited as text: the block of the one entry is replaced, added or removed, everything else
stays byte for byte, comments included. A journal lets the next command finish what was interrupted
between the file and the manifest.
"""

from __future__ import annotations

import errno
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ctg_lib.errors import CtgError, RawDataError
from ctg_lib.files import write_whole
from ctg_lib.manifest import Entry, load_manifest, sha256_of
from ctg_lib.project import Project

FOLDER = "fetch"
JOURNAL = "journal.json"
_ORDER = (
    "id", "publisher", "title", "short", "dataset", "vintage", "reference_date", "address", "retrieved",
    "licence", "geography_year", "layout", "path", "provenance", "published_on", "carried_from", "checks",
    "options", "note", "bytes", "sha256", "rows",
)  # fmt: skip


@dataclass(frozen=True)
class _Block:
    start: int
    end: int


def entry_block(entry: Entry) -> str:
    """The YAML of one entry, as a list item; empty fields left out."""
    values: dict[str, Any] = {}
    for name in _ORDER:
        value = getattr(entry, name)
        if value in (None, "", (), {}) and name not in ("bytes",):
            continue
        values[name] = list(value) if isinstance(value, tuple) else _plain(value)
    return yaml.safe_dump([values], allow_unicode=True, sort_keys=False, width=110)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def edit_manifest(text: str, block: str, entry_id: str, remove: Iterable[str] = ()) -> str:
    """The manifest with one entry replaced (or added at the end) and others removed.

    Args:
        text: the manifest as it is, whatever its line ends.
        block: YAML of the new entry, see :func:`entry_block`.
        entry_id: its id.
        remove: ids of entries to take out.

    Raises:
        RawDataError: the edit would change anything else; nothing is written then.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    out = text.replace("\r\n", "\n")
    remove = [i for i in remove if i != entry_id]
    for gone in remove:
        found = _find(out, gone)
        if found:
            out = out[: found.start] + out[found.end :]
    found = _find(out, entry_id)
    if found:
        out = out[: found.start] + _indented(block, out, found.start) + out[found.end :]
    else:
        out = _append(out, block)
    _same_but(text, out, block, entry_id, remove)
    return out.replace("\n", newline)


def _find(text: str, entry_id: str) -> _Block | None:
    """Lines of an entry: from its « - » to the next item, comment or key at the same indent."""
    lines = text.splitlines(keepends=True)
    key = re.compile(rf"^\s*(?:- )?id:\s*(['\"]?){re.escape(entry_id)}\1\s*(?:#.*)?$")
    at = next((n for n, line in enumerate(lines) if key.match(line)), None)
    if at is None:
        return None
    first = at
    while not lines[first].lstrip().startswith("- "):
        first -= 1
    indent = len(lines[first]) - len(lines[first].lstrip())
    last = first + 1
    while last < len(lines) and _inside(lines[last], indent):
        last += 1
    while not lines[last - 1].strip():  # blank lines stay with what follows
        last -= 1
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    return _Block(offsets[first], offsets[last])


def _inside(line: str, indent: int) -> bool:
    return not line.strip() or len(line) - len(line.lstrip()) > indent


def _indented(block: str, text: str, at: int) -> str:
    indent = len(text[at:]) - len(text[at:].lstrip(" "))
    return "".join(" " * indent + line for line in block.splitlines(keepends=True)) if indent else block


def _append(text: str, block: str) -> str:
    """After the last entry (a key or comment that follows the list stays after it)."""
    items = yaml.safe_load(text)["sources"]
    if not items:
        return re.sub(r"^sources:.*$", "sources:\n" + block.rstrip("\n"), text, count=1, flags=re.M)
    last = _find(text, str(items[-1]["id"]))
    if last is None:
        raise _cannot(str(items[-1]["id"]))
    head = text[: last.end]
    head += "" if head.endswith("\n") else "\n"
    return head + _indented(block, text, last.start) + text[last.end :]


def _same_but(old: str, new: str, block: str, entry_id: str, remove: Iterable[str]) -> None:
    before = {i["id"]: i for i in yaml.safe_load(old)["sources"] or []}
    expected = {k: v for k, v in before.items() if k not in set(remove)}
    expected[entry_id] = yaml.safe_load(block)[0]
    after = yaml.safe_load(new)["sources"]
    if {i["id"]: i for i in after} != expected or len(after) != len(expected):
        raise _cannot(entry_id)


def _cannot(entry_id: str) -> RawDataError:
    return RawDataError(
        f"manifeste : l’entrée {entry_id} ne peut pas être mise à jour sans toucher aux autres ; "
        "rien n’est écrit. Un bloc par « - id: … » est attendu."
    )


def folder(project: Project) -> Path:
    """Where files wait: parts, files being read, the journal."""
    return project.scratch / FOLDER


def install(project: Project, staged: Path, entry: Entry, remove: Iterable[str] = ()) -> None:
    """Move a verified file to its place, write the manifest, remove what the file supersedes.

    Args:
        project: where.
        staged: the file.
        entry: its manifest entry (``path``, ``bytes``, ``sha256`` measured).
        remove: ids of other entries that the file supersedes; their files go as well.

    Raises:
        RawDataError: the manifest cannot be edited; the file in place is then untouched.
        CtgError: the file in place cannot be replaced (open in another program).
    """
    manifest = load_manifest(project.manifest)
    remove = [i for i in remove if i in manifest and i != entry.id]
    block = entry_block(entry)
    edit_manifest(_read(project.manifest), block, entry.id, remove)  # refused now rather than half-way
    replaced = [manifest[i] for i in [*remove, *([entry.id] if entry.id in manifest else [])]]
    old = [e.path for e in replaced if e.path != entry.path]
    journal = folder(project) / JOURNAL
    journal.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "path": entry.path, "sha256": entry.sha256, "id": entry.id, "block": block, "remove": remove,
        "old": old,
    }  # fmt: skip
    journal.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    target = project.raw / entry.path
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        _move(staged, target)
    except PermissionError:
        journal.unlink()
        raise CtgError(f"{entry.path} ne peut pas être remplacé : ouvert dans un autre programme ?") from None
    _finish(project, content)
    journal.unlink()
    load_manifest(project.manifest).verify_one(entry)


def _move(staged: Path, target: Path) -> None:
    try:
        staged.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        aside = target.with_name(f".{target.name}.tmp")  # data/raw may lie on another disk
        shutil.copyfile(staged, aside)
        aside.replace(target)
        staged.unlink()


def repair(project: Project) -> str:
    """Finish, or forget, a replacement that was interrupted. Returns a French line, empty if none was."""
    journal = folder(project) / JOURNAL
    try:
        content = json.loads(journal.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ""
    except ValueError:
        journal.unlink()
        return ""
    target = project.raw / str(content.get("path"))
    arrived = target.is_file() and sha256_of(target) == content.get("sha256")
    if arrived:
        _finish(project, content)
    journal.unlink()
    if not arrived:
        return ""
    return f"{content['path']} : mise en place interrompue, achevée"


def _finish(project: Project, content: Mapping[str, Any]) -> None:
    """The manifest as it is now, edited: what was written by hand since an interruption stays."""
    text = edit_manifest(_read(project.manifest), content["block"], content["id"], content["remove"])
    write_whole(project.manifest, text.encode("utf-8"))
    for path in content["old"]:
        (project.raw / path).unlink(missing_ok=True)


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")
