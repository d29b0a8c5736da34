"""The two programs that make printed documents without Quarto, both from the lock file.

Pandoc (``pypandoc-binary``) is called as a process and reads Markdown from its standard input; Typst is a
library. Neither sees the clock, the locale, the fonts or any other file of the machine.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ctg_lib.build.bundles import AssemblyError

READER = "markdown-smart-citations-example_lists-tex_math_dollars-raw_tex-raw_html+ascii_identifiers"
"""Pandoc's Markdown without what turns a sign of a text into something else: « @ », « $ », quotes."""
LINKS = Path(__file__).parent / "templates" / "print" / "links.lua"
EPOCH = "315532800"
"""1980-01-01, the date of everything written into a document that must have one."""
ACCESSIBLE = "ua-1"
"""The standard asked of a PDF: PDF/UA-1 (ISO 14289-1)."""
_LAST_LINES = 15


def pandoc_path() -> str:
    """Where the pandoc program is.

    Raises:
        AssemblyError: the package is not installed, or has no program.
    """
    try:
        import pypandoc

        own = Path(pypandoc.__file__).parent / "files" / ("pandoc.exe" if os.name == "nt" else "pandoc")
        # the one of the lock file, whatever else this machine has; conda's package has none of its own
        return str(own) if own.is_file() else str(pypandoc.get_pandoc_path())
    except (ImportError, OSError) as error:
        raise AssemblyError(
            "PDF et Word demandent pandoc (paquet pypandoc-binary), absent de cet environnement : "
            "« make setup » l’installe avec les autres paquets figés."
        ) from error


def typst_module() -> Any:
    """The Typst library.

    Raises:
        AssemblyError: it is not installed.
    """
    try:
        import typst
    except ImportError as error:
        raise AssemblyError(
            "Le PDF demande Typst (paquet typst), absent de cet environnement : "
            "« make setup » l’installe avec les autres paquets figés."
        ) from error
    return typst


def check_programs(formats: Sequence[str]) -> None:
    """Refuse before any work what would fail after it.

    Raises:
        AssemblyError: a package that ``pdf`` or ``docx`` needs is absent.
    """
    if {"pdf", "docx"} & set(formats):
        pandoc_path()
    if "pdf" in formats:
        typst_module()


def run_pandoc(
    markdown: str, to: str, folder: Path, options: Sequence[str] = (), timeout: float = 300
) -> bytes:
    """What pandoc makes of a Markdown text, its links mended (``links.lua``).

    Args:
        markdown: the whole document, possibly with a YAML head.
        to: pandoc's name of the format written (``typst``, ``docx``).
        folder: where images are found.
        options: more options of the command.
        timeout: seconds.

    Raises:
        AssemblyError: pandoc fails, with its last lines.
    """
    command = [
        pandoc_path(), "--from", READER, "--to", to, "--wrap", "none", "--lua-filter", str(LINKS),
        *options, "--output", "-",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, input=markdown.encode("utf-8"), cwd=folder, env=_environment(os.environ),
            capture_output=True, timeout=timeout,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise AssemblyError(f"pandoc n’a pas fini en {timeout:g} secondes (format {to}).") from error
    except OSError as error:
        raise AssemblyError(f"pandoc ne démarre pas : {error}.") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").splitlines()
        lines = [line.rstrip() for line in said if line.strip()]
        raise AssemblyError(f"pandoc a échoué (format {to}) :\n" + "\n".join(lines[-_LAST_LINES:]))
    return done.stdout


def _environment(base: Mapping[str, str]) -> dict[str, str]:
    return {**base, "TZ": "UTC", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": EPOCH}


class Typesetter:
    """A Typst document in its folder, compiled as often as its settings change."""

    def __init__(self, folder: Path, name: str = "main.typ") -> None:
        self.folder, self.name = folder, name
        self._typst = typst_module()

    def pages(self, **settings: str) -> int:
        """How many pages the document has with these settings (``sys.inputs``).

        Raises:
            AssemblyError: it does not compile.
        """
        return int(self._call(lambda c: c.query("<pages>", field="value", one=True, format="json"), settings))

    def pdf(self, **settings: str) -> tuple[bytes, bool]:
        """The PDF, and whether it holds to PDF/UA-1: what an analyst writes may not allow it.

        Raises:
            AssemblyError: it does not compile.
        """
        try:
            return self._call(lambda c: c.compile(format="pdf", pdf_standards=[ACCESSIBLE]), settings), True
        except AssemblyError as error:
            if "PDF/UA" not in str(error):
                raise
        return self._call(lambda c: c.compile(format="pdf"), settings), False

    def _call(self, what: Any, settings: Mapping[str, str]) -> Any:
        typst = self._typst
        try:
            return what(
                typst.Compiler(
                    str(self.folder / self.name), root=str(self.folder), ignore_system_fonts=True,
                    font_paths=[str(self.folder / "fonts")], sys_inputs=dict(settings),
                )
            )  # fmt: skip
        except (typst.TypstError, RuntimeError) as error:
            said = "\n".join(str(part) for part in (error.args[0], *getattr(error, "hints", ())) if part)
            raise AssemblyError(f"Typst a échoué : {_local(said, self.folder)}") from error


def _local(text: str, folder: Path) -> str:
    """A message without the machine's folders."""
    return re.sub(re.escape(str(folder)) + r"[\\/]?", "", text)
