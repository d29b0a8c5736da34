"""Office files and other archives whose bytes depend on their content alone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, time

_FIXED = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold
# the opening tag is kept: with lxml it declares its own name spaces, and the file is lost without them
_CLOCK = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(?=</dcterms:)")


def fixed_zip(content: bytes, moment: datetime, pieces: Mapping[bytes, bytes] | None = None) -> bytes:
    """An Office file with fixed dates inside, so that the same content gives the same bytes.

    Args:
        pieces: what stands once in a sheet of a workbook -> what is to stand in its place.

    Raises:
        ValueError: a piece that stands nowhere.
    """
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out, left = io.BytesIO(), dict(pieces or {})
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w") as made:
        for name in sorted(given.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            data = given.read(name)
            if name == "docProps/core.xml":
                data = _CLOCK.sub(lambda m: m[1] + stamp, data)
            for held in [h for h in left if h in data] if name.startswith("xl/worksheets/") else ():
                data = data.replace(held, left.pop(held), 1)
            member = zipfile.ZipInfo(name, date_time=_FIXED)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o644 << 16
            made.writestr(member, data)
    if left:
        raise ValueError(f"not in the file: {next(iter(left))!r}")
    return out.getvalue()


def fixed_file(
    save: Callable[[io.BytesIO], object], day: date, pieces: Mapping[bytes, bytes] | None = None
) -> bytes:
    """A document (.xlsx, .docx, .pptx) as its library saves it, with the times of its parts set to a day."""
    out = io.BytesIO()
    save(out)
    return fixed_zip(out.getvalue(), datetime.combine(day, time()), pieces)
