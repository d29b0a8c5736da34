"""What starting loads: lists of packages, not times (those are in ``benchmarks/imports.py``)."""

from __future__ import annotations

import subprocess
import sys

import pytest

HELP = "from ctg_lib.cli import main\ntry: main({arguments})\nexcept SystemExit as end: assert not end.code"
SMALL = {"typer", "annotated_doc", "click", "shellingham", "typing_extensions", "colorama"}
"""typer, and what it needs itself on one system or another."""
OPTIONS = {"pydantic", "pydantic_core", "annotated_types", "typing_inspection"}
"""What typer reads the options of a command with."""


def loaded(code: str) -> set[str]:
    """Packages that are not Python's own, and modules of ``ctg_lib``, that ``code`` loads in a new process."""
    watched = (
        f"import sys\nbefore = set(sys.modules)\n{code}\n"
        "print('\\nLOADED', *sorted(set(sys.modules) - before), sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", watched], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    modules = done.stdout.partition("\nLOADED\n")[2].split()
    tops = {m.partition(".")[0] for m in modules} - set(sys.stdlib_module_names) - {"ctg_lib"}
    foreign = {
        name for name in tops if not name.startswith("_sysconfigdata")
    }  # Python's own, not in its list
    return foreign | {m for m in modules if m.partition(".")[0] == "ctg_lib"}


def test_library_loads_itself_alone() -> None:
    assert loaded("import ctg_lib") == {"ctg_lib"}


@pytest.mark.parametrize(
    ("arguments", "allowed"), [("['--help']", SMALL), ("['report', '--help']", SMALL | OPTIONS)]
)
def test_help_loads_the_command_line_alone(arguments: str, allowed: set[str]) -> None:
    found = loaded(HELP.format(arguments=arguments))
    own = {name for name in found if name.startswith("ctg_lib")}
    assert {"ctg_lib.cli", "ctg_lib.cli.report"} <= own
    assert {name for name in own if not name.startswith("ctg_lib.cli")} == {"ctg_lib", "ctg_lib.errors"}
    assert found - own <= allowed
