"""Write text tables and workbooks so that two runs give the same bytes."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

EPOCH = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Places:
    """Where figures are collected, and where they are laid out."""

    folder: Path
    raw: Path

    def json(self, name: str) -> dict[str, Any]:
        """A collected JSON file of ``rouages-fr``."""
        return json.loads((self.folder / "rouages-fr" / name).read_text(encoding="utf-8"))


class CheckFailed(Exception):
    """Two figures that should agree do not."""


def check(condition: bool, what: str) -> None:
    """Stop with ``what`` unless the condition holds."""
    if not condition:
        raise CheckFailed(what)


def number(value: float | None, decimals: int | None = None) -> str:
    """A number as publishers write it: decimal point, no useless zero; empty for None."""
    if value is None:
        return ""
    if decimals is not None:
        return f"{value:.{decimals}f}"
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def csv_text(
    header: Sequence[str], rows: Iterable[Sequence[object]], sep: str = ";", quote: bool = False
) -> str:
    """A text table; cells are quoted only where needed, or all of them."""

    def cell(value: object) -> str:
        text = "" if value is None else str(value)
        if text and (quote or sep in text or '"' in text or "\n" in text):
            return '"' + text.replace('"', '""') + '"'
        return text

    lines = [sep.join(map(cell, row)) for row in (header, *rows)]
    return "\n".join(lines) + "\n"


def write(path: Path, text: str, *, bom: bool = False) -> None:
    """Write UTF-8 text; a name in ``.gz`` is compressed without a date."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode("utf-8-sig" if bom else "utf-8")
    if path.suffix == ".gz":
        buffer = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as stream:
            stream.write(data)
        data = buffer.getvalue()
    path.write_bytes(data)


def write_workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    """Write a workbook whose bytes depend on its content alone."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.properties.creator = ""
    buffer = io.BytesIO()
    book.save(buffer)
    path.parent.mkdir(parents=True, exist_ok=True)
    fixed = datetime(*EPOCH).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for item in sorted(
            source.infolist(), key=lambda i: (i.filename != "[Content_Types].xml", i.filename)
        ):
            data = source.read(item)
            if item.filename == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", fixed, data)
            info = zipfile.ZipInfo(item.filename, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            target.writestr(info, data)
