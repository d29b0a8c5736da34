"""The command « quarto »: whether it can be used, and running it in a project."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ctg_lib.build.bundles import AssemblyError

MINIMUM = (1, 5)
MINIMUM_PDF = (1, 9)
"""Quarto makes a book with Typst from this version on."""
_LAST_LINES = 15
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def quarto_available(formats: Sequence[str] = ()) -> bool:
    """Whether a Quarto that can make the report in these formats is installed."""
    return quarto_problem(formats) == ""


def quarto_problem(formats: Sequence[str] = ()) -> str:
    """Why Quarto cannot be used for these formats, in words; empty when it can."""
    program = shutil.which("quarto")
    least = MINIMUM_PDF if "pdf" in formats else MINIMUM
    wanted = ".".join(map(str, least))
    if program is None:
        return (
            f"Quarto n’est pas installé (commande « quarto », version {wanted} ou plus) ; "
            "le rapport peut être assemblé sans lui : --assembler nbconvert."
        )
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        return f"La commande {program} ne répond pas ({error})."
    found = re.match(r"(\d+)\.(\d+)", answer.stdout.strip())
    if not found or (int(found[1]), int(found[2])) < least:
        return f"Quarto {answer.stdout.strip() or '?'} est trop ancien : version {wanted} ou plus attendue."
    return ""


def run_quarto(stage: Path, to: str, timeout: float) -> None:
    """Run Quarto in a project, and stop it with all that it started when it takes too long.

    The program is called by its whole path (on Windows a bare « quarto » is not found when it is a
    ``.cmd``), and writes to a file: a child that outlives it would hold a pipe open.
    """
    command = [shutil.which("quarto") or "quarto", "render", ".", "--to", to]
    group: dict[str, Any] = {} if sys.platform == "win32" else {"start_new_session": True}
    with tempfile.TemporaryFile() as log:
        try:
            process = subprocess.Popen(
                command, cwd=stage, env=_environment(os.environ), stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, **group,
            )  # fmt: skip
        except OSError as error:
            raise AssemblyError(f"Quarto n’a pas pu être lancé ({error}).") from error
        try:
            code = process.wait(timeout)
        except BaseException as error:
            _stop(process)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            raise AssemblyError(f"Quarto n’a pas fini en {timeout:g} secondes (format {to}).") from error
        log.seek(0)
        said = log.read().decode("utf-8", errors="replace")
    if code != 0:
        raise AssemblyError(f"Quarto a échoué (format {to}) :\n{last_lines(said, stage)}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children: Quarto's command is a small script around the program that works."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _environment(base: Mapping[str, str]) -> dict[str, str]:
    """No date, locale or time zone of the machine reaches the documents."""
    return {**base, "TZ": "UTC", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "315532800"}  # 1980-01-01


def last_lines(log: str, stage: Path, number: int = _LAST_LINES) -> str:
    """The end of Quarto's log, without colours and with paths as in the project."""
    lines = [line.rstrip() for line in _ANSI.sub("", log).replace(str(stage), ".").splitlines()]
    return "\n".join([line for line in lines if line][-number:])
