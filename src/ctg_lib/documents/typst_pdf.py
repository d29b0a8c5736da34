"""PDF laid out by Typst: a template of ours, what it is told as JSON, our typeface, PDF/UA-1 if it can be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ctg_lib.display.theme import FONT_FOLDER
from ctg_lib.errors import BadInput

ACCESSIBLE = "ua-1"
"""The standard asked of the PDF: PDF/UA-1 (ISO 14289-1)."""


def typst_compiler(template: Path, told: Mapping[str, Any], what: str, **settings: str) -> Any:
    """A compiler of one template.

    Args:
        template: the .typ file; it reads ``told`` as JSON from the input ``data``.
        what: who asks, for the message: « La convention en PDF demande ».
        settings: other inputs of the template.

    Raises:
        BadInput: the package ``typst`` is absent.
    """
    try:
        import typst
    except ImportError as error:
        raise BadInput(
            f"{what} Typst (paquet typst), absent de cet environnement : « make setup » l’installe avec les "
            "autres paquets figés."
        ) from error
    data = json.dumps(told, ensure_ascii=False, sort_keys=True)
    return typst.Compiler(
        str(template), root=str(template.parent), ignore_system_fonts=True, font_paths=[str(FONT_FOLDER)],
        sys_inputs={"data": data, **settings},
    )  # fmt: skip


def typst_pdf(compiler: Any) -> bytes:
    """The PDF, the same for the same compiler; held to PDF/UA-1 where what is written in it allows.

    A character that the typeface does not have cannot be told to a screen reader: a PDF all the same.
    """
    import typst

    try:
        return bytes(compiler.compile(format="pdf", pdf_standards=[ACCESSIBLE]))
    except typst.TypstError as error:
        if "PDF/UA" not in str(error):
            raise
    return bytes(compiler.compile(format="pdf"))


def typst_values(compiler: Any, label: str) -> list[Any]:
    """Values that a template marks with a label."""
    found: list[Any] = json.loads(compiler.query(f"<{label}>", field="value", format="json"))
    return found
