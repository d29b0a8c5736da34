"""The analyst's commentary: ``commentary/<chapter>.md`` in a study's folder, read and never written."""

from __future__ import annotations

import re
from pathlib import Path

from ctg_lib.errors import BadInput

FOLDER = "commentary"
LOWEST = 6
"""Level of the smallest heading."""


def read(study: Path, chapter: str) -> str:
    """The text as it was written, less hidden comments (``<!-- … -->``); empty without a file.

    Args:
        study: the study's folder. chapter: key of ``CHAPTERS``.

    Raises:
        BadInput: the file is not UTF-8.
    """
    path = study / FOLDER / f"{chapter}.md"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise BadInput(
            f"{path.name}, ligne {line} : trouvé un texte qui n’est pas en UTF-8, attendu de l’UTF-8."
        ) from None
    return re.sub(r"<!--.*?-->", "", text.replace("\r\n", "\n"), flags=re.DOTALL).strip()


def lowered(text: str, by: int = 2) -> str:
    """Markdown whose headings are ``by`` levels lower; what stands in a block of code is left alone."""
    lines, code = [], False
    for line in text.split("\n"):
        code ^= line.lstrip().startswith("```")
        found = None if code else re.match(r"(#{1,6})(?=\s)", line)
        lines.append("#" * min(len(found[1]) + by, LOWEST) + line[len(found[1]) :] if found else line)
    return "\n".join(lines)
