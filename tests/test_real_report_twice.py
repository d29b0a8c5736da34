"""A real report built twice, by the function and by the command, in another place: the same bytes."""

import os
import subprocess
import sys

import pytest

from ctg_lib.study import kept

pytestmark = pytest.mark.slow


def test_another_clock_locale_and_folder_give_the_same_bytes(report_of, project, tmp_path):
    """The same study, built by the command itself elsewhere, under another time zone, locale and hash seed."""
    root = tmp_path / "un autre dossier"
    (root / "data" / "processed").mkdir(parents=True)
    built = [f"data/processed/{p.name}" for p in project.processed.iterdir() if p.name != kept.FOLDER]
    for name in ("data/raw", "notebooks", *built):  # what is the study's alone is computed there again
        (root / name).symlink_to(project.root / name)
    environment = {
        **os.environ,
        "CTG_ROOT": str(root),
        "TZ": "Pacific/Auckland",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
    }
    command = [
        sys.executable,
        "-m",
        "ctg_lib",
        "report",
        "241200906",
        "--assembler",
        "nbconvert",
        "--workers",
        "2",
    ]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    first, second = report_of("241200906"), root / "outputs" / "241200906"
    names = {f.relative_to(first).as_posix() for f in first.rglob("*") if f.is_file()}
    assert names == {f.relative_to(second).as_posix() for f in second.rglob("*") if f.is_file()}
    different = [n for n in sorted(names) if (first / n).read_bytes() != (second / n).read_bytes()]
    assert different == []
