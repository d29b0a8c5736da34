"""The ``ctg`` command. Exit codes: 0 done, 1 failed, 2 bad input.

Only what help pages need is imported here and in the rooms of this folder; pandas, geography and Jupyter come
inside the commands.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from ctg_lib import __version__
from ctg_lib.cli import batch, data, documents, indicators, lab, report, study
from ctg_lib.cli.common import DEBUG, DebugOption, group
from ctg_lib.cli.french import FrenchGroup
from ctg_lib.errors import CtgError


class _Whole(FrenchGroup):
    """The whole command: an error that a user can act on is one message, not a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except CtgError as error:
            if ctx.meta.get(DEBUG):
                raise
            print(f"Erreur : {error}", file=sys.stderr)
            raise typer.Exit(error.exit_code) from None


app = group(
    "Diagnostic de territoire pour la Convention Territoriale Globale (CTG).",
    {"report": report.report, "batch": batch.batch, "documents": documents.documents, "lab": lab.lab},
    _Whole,
)
app.add_typer(data.app, name="data")
app.add_typer(indicators.app, name="indicators")
app.add_typer(study.app, name="study")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"ctg {__version__}")
        raise typer.Exit(0)


@app.callback()
def root(
    debug: DebugOption = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Version du programme.")
    ] = False,
) -> None:
    """Diagnostic de territoire pour la Convention Territoriale Globale (CTG)."""


def _utf8(stream: TextIO) -> None:
    """French text survives a Windows console or a pipe that is not UTF-8."""
    if isinstance(stream, io.TextIOWrapper) and (stream.encoding or "").lower().replace("-", "") != "utf8":
        stream.reconfigure(encoding="utf-8", errors="replace")


def _programs_of_this_environment() -> None:
    """Quarto installed beside Python is found even if the environment is not activated."""
    folder = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    if folder not in path.split(os.pathsep):
        os.environ["PATH"] = folder + os.pathsep + path


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the console script."""
    _utf8(sys.stdout)
    _utf8(sys.stderr)
    _programs_of_this_environment()
    app(args=arguments, prog_name="ctg")
