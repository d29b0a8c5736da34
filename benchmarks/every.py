"""All measures, one after the other, and their tables in ``docs/mesures.md``: one command.

Each program runs alone, in a process of its own. ``--only report,batch`` measures some of them again and
leaves the other sections of the page as they are; what follows ``--`` goes to the program, when only one is
named.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import note

PAGE = Path(__file__).parents[1] / "docs" / "mesures.md"
PROGRAMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "report": ("Un rapport entier, à côté de `papermill` puis `nbconvert`", ()),
    "chapters": ("Un chapitre, par chaque façon de l’exécuter", ("--detail",)),
    "floor": ("Le travail des chapitres, avant et maintenant", ("--base", "63efca9")),
    "batch": ("De nombreux territoires", ()),
    "kills": ("Un lot dont un processus est tué", ()),
    "national_pass": ("La passe nationale", ()),
    "imports": ("Démarrer", ()),
}
"""Program -> title of its section, and what it is called with."""
HEAD = """# Mesures de vitesse

Écrit par `benchmarks/every.py` ; ce que chaque programme compare, et comment :
[benchmarks/README.md](../benchmarks/README.md). Chaque tableau vient d’une seule exécution d’un programme. Un
rapport entre deux temps se compare d’une machine à l’autre, les secondes non. La charge et le nombre de
répétitions disent ce que vaut la mesure.
"""


def main() -> None:
    """Measure what is asked for, and write the page anew."""
    command = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_argument("--only", default=",".join(PROGRAMS), help=f"parmi {', '.join(PROGRAMS)}")
    command.add_argument("more", nargs="*", help="pour le programme, s’il n’y en a qu’un (après « -- »)")
    options = command.parse_args()
    names = options.only.split(",")
    if unknown := sorted(set(names) - set(PROGRAMS)):
        command.error(f"programme inconnu : {', '.join(unknown)}")
    if options.more and len(names) > 1:
        command.error("« -- » ne va qu’avec un seul programme")
    failed = []
    for name in names:
        lines = measured(name, options.more)
        if lines is None:
            failed.append(name)
        else:
            put(PAGE, name, lines)
    if failed:
        sys.exit(f"Programmes en échec, sections laissées telles quelles : {', '.join(failed)}.")


def measured(name: str, more: list[str]) -> list[str] | None:
    """The table of a program; None where it failed."""
    _, usual = PROGRAMS[name]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ctg-bench-") as folder:
        made = Path(folder) / "table.md"
        program = Path(__file__).with_name(f"{name}.py")
        arguments = [sys.executable, str(program), *usual, *more, "--markdown", str(made)]
        note(f"== {name} ==")
        done = subprocess.run(arguments, check=False)
        if done.returncode or not made.is_file():
            return None
        note(f"== {name} : {(time.monotonic() - started) / 60:.0f} min ==")
        return made.read_text(encoding="utf-8").strip().splitlines()


def put(page: Path, name: str, lines: list[str]) -> None:
    """Write a section of the page, in the order of the programs; the others stay."""
    kept = sections(page.read_text(encoding="utf-8")) if page.is_file() else {}
    kept[name] = lines
    text = [HEAD.strip()]
    for each, (title, _) in PROGRAMS.items():
        if each in kept:
            text += ["", f"<!-- {each} -->", f"## {title}", "", *kept[each]]
    page.write_text("\n".join(text) + "\n", encoding="utf-8")


def sections(text: str) -> dict[str, list[str]]:
    """The lines of each section of a page, without their title."""
    found: dict[str, list[str]] = {}
    for part in text.split("\n<!-- ")[1:]:
        name, _, rest = part.partition(" -->\n")
        found[name] = rest.partition("\n")[2].strip().splitlines()
    return found


if __name__ == "__main__":
    main()
