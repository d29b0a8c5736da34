"""What the programs of this folder share: medians, tables, and the machine they were made on."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ctg_lib.project import Project

ABSENT = "non mesuré"


def up_to_date(project: Project) -> None:
    """Build the national data where anything they are made from has changed: not a part of what is timed."""
    from ctg_lib.build.national import build_data

    build_data(project, progress=note)


def seconds(value: float | None, digits: int = 2) -> str:
    """A duration in French, « 0,42 »."""
    return ABSENT if value is None else f"{value:.{digits}f}".replace(".", ",")


def ratio(value: float | None, reference: float | None, digits: int = 2) -> str:
    """How many times the reference, « 3,1 × »."""
    if value is None or not reference:
        return ABSENT
    return f"{value / reference:.{digits}f} ×".replace(".", ",")


def repeats(count: int) -> str:
    """« 3 répétitions »."""
    return f"{count} répétition{'s' * (count > 1)}"


def verdict(met: bool | None) -> str:
    """Whether a criterion is met."""
    return {True: "tenu", False: "**non tenu**", None: ABSENT}[met]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table; all columns but the first to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return ["| " + " | ".join(row) + " |" for row in (head, rule, *rows)]


def clock(arguments: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> float:
    """Seconds of one command, from its start to its end.

    Raises:
        SystemExit: it failed; its words are shown.
    """
    started = time.perf_counter()
    done = subprocess.run(
        arguments,
        env=dict(env),
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    took = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"« {' '.join(arguments)} » a échoué :\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return took


def machine(*packages: str) -> str:
    """Where and when a measure was made, and how busy the machine was, in one line."""
    now = datetime.now().astimezone().strftime("%d/%m/%Y %H:%M")
    load = f", charge {seconds(os.getloadavg()[0], 1)}" if hasattr(os, "getloadavg") else ""
    found = [f"{name} {_version(name)}" for name in packages]
    return ", ".join(
        [f"{now}, {os.cpu_count()} cœurs {_processor()}{load}", f"Python {platform.python_version()}", *found]
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def parser(text: str | None, repeat: int | None = None) -> argparse.ArgumentParser:
    """A command line with what all these programs take; without ``repeat``, one that does all once."""
    made = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    if repeat is not None:
        made.add_argument("--repeat", type=int, default=repeat, metavar="N", help="répétitions (médianes)")
    made.add_argument(
        "--markdown", type=Path, metavar="FICHIER", help="écrire aussi le tableau dans ce fichier"
    )
    return made


def publish(lines: Sequence[str], file: Path | None) -> None:
    """Print the lines, and write them where asked."""
    text = "\n".join(lines) + "\n"
    print(text, end="")
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def note(text: str) -> None:
    """Progress, apart from the results."""
    print(text, file=sys.stderr, flush=True)
