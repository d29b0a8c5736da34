"""What starting costs: ``import ctg_lib`` and ``ctg --help`` beside ``import pandas``, in new processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import median

from measuring import clock, machine, parser, publish, ratio, repeats, seconds, table, verdict

PANDAS, LIBRARY, HELP = "`import pandas`", "`import ctg_lib`", "`ctg --help`"
COMMANDS = {
    "`python` seul": ["-c", "pass"],
    PANDAS: ["-c", "import pandas"],
    LIBRARY: ["-c", "import ctg_lib"],
    HELP: ["-m", "ctg_lib", "--help"],
    "`ctg report --help`": ["-m", "ctg_lib", "report", "--help"],
    "`from ctg_lib.study import open_study`": ["-c", "from ctg_lib.study import open_study"],
}


def main() -> None:
    """Measure, and print a table."""
    options = parser(__doc__, repeat=10).parse_args()
    found: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(options.repeat + 1):
        for name, arguments in COMMANDS.items():
            took = clock([sys.executable, *arguments], env=os.environ, cwd=Path.cwd())
            if turn:  # the first turn reads files that the others find in memory
                found[name].append(took)
    times = {name: median(values) for name, values in found.items()}
    rows = [[name, seconds(took), ratio(took, times[PANDAS])] for name, took in times.items()]
    lines = [
        f"{repeats(options.repeat)}, processus neufs ; {machine('pandas', 'typer')}.", "",
        *table(["départ", "s", "rapport à `import pandas`"], rows), "",
        f"- {LIBRARY} coûte au plus 1,2 fois {PANDAS} : {verdict(times[LIBRARY] <= 1.2 * times[PANDAS])}",
        f"- {HELP} coûte moins que {PANDAS} : {verdict(times[HELP] < times[PANDAS])}",
    ]  # fmt: skip
    publish(lines, options.markdown)


if __name__ == "__main__":
    main()
