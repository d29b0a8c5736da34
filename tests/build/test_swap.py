from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ctg_lib.build import swap
from ctg_lib.build.swap import SwapError, carry_over, gather_chapters, repair, staged


def _build(outputs: Path, text: str, keep: tuple[str, ...] = ()) -> None:
    with staged(outputs, "abc", keep) as folder:
        (folder / "report").mkdir()
        (folder / "report" / "index.html").write_text(text, encoding="utf-8")


def _page(outputs: Path) -> str:
    return (outputs / "abc" / "report" / "index.html").read_text(encoding="utf-8")


def _names(outputs: Path) -> list[str]:
    return sorted(p.name for p in outputs.iterdir())


@pytest.fixture(params=["exchange", "two renames"])
def outputs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "two renames":
        monkeypatch.setattr(swap, "_exchange", lambda first, second: False)
    return tmp_path / "outputs"


def test_new_outputs_replace_the_former_ones_whole(outputs: Path) -> None:
    _build(outputs, "un")
    (outputs / "abc" / "report" / "vieux.html").write_text("x", encoding="utf-8")
    _build(outputs, "deux")
    assert _page(outputs) == "deux"
    assert not (outputs / "abc" / "report" / "vieux.html").exists()
    assert _names(outputs) == [".abc.lock", "abc"]


def test_a_failed_build_leaves_the_last_good_report(outputs: Path) -> None:
    _build(outputs, "un")
    with pytest.raises(RuntimeError), staged(outputs, "abc") as folder:
        (folder / "x").write_text("moitié", encoding="utf-8")
        raise RuntimeError
    assert _page(outputs) == "un"
    assert _names(outputs) == [".abc.lock", "abc"]


def test_parts_not_built_are_carried_over(outputs: Path) -> None:
    _build(outputs, "un")
    (outputs / "abc" / "report.docx").write_bytes(b"docx")
    (outputs / "abc" / "chapters").mkdir()
    (outputs / "abc" / "chapters" / "02.ipynb").write_bytes(b"nb")
    _build(outputs, "deux", keep=("report.docx", "chapters", "report", "absent.pdf"))
    assert _page(outputs) == "deux"
    assert (outputs / "abc" / "report.docx").read_bytes() == b"docx"
    assert (outputs / "abc" / "chapters" / "02.ipynb").read_bytes() == b"nb"


def test_message_when_a_file_is_open(outputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _build(outputs, "un")
    monkeypatch.setattr(swap, "_exchange", lambda first, second: False)
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name == "abc":
            raise PermissionError(13, "used")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(SwapError, match=r"ouvert dans Word, Excel.*le rapport précédent est intact"):
        _build(outputs, "deux")
    assert _page(outputs) == "un"
    assert _names(outputs) == [".abc.lock", "abc"]


@pytest.mark.parametrize("step", [1, 2])
def test_a_kill_between_the_renames_is_repaired(tmp_path: Path, step: int) -> None:
    outputs = tmp_path / "outputs"
    _build(outputs, "un")
    shutil.copytree(outputs / "abc", outputs / ".abc.new")
    (outputs / ".abc.new" / "report" / "index.html").write_text("deux", encoding="utf-8")
    (outputs / ".abc.swap.json").write_text("{}", encoding="utf-8")
    if step == 2:  # killed after the first rename
        (outputs / "abc").rename(outputs / ".abc.old")
    assert repair(outputs) == ["abc"]
    assert _page(outputs) == ("deux" if step == 2 else "un")
    assert _names(outputs) == [".abc.lock", "abc"]
    assert repair(outputs) == []


def test_a_killed_build_is_cleaned_at_next_start(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    _build(outputs, "un")
    (outputs / ".abc.new").mkdir()
    (outputs / ".abc.new" / "reste").write_text("x", encoding="utf-8")
    _build(outputs, "deux")
    assert _page(outputs) == "deux"
    assert not (outputs / "abc" / "reste").exists()


def test_message_when_another_command_builds_the_study(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    code = (
        "import sys; from pathlib import Path; from ctg_lib.build.swap import staged\n"
        "with staged(Path(sys.argv[1]), 'abc'):\n    print('prêt', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-X", "utf8", "-c", code, str(outputs)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert other.stdout is not None and other.stdout.readline()
        with pytest.raises(SwapError, match="Une autre commande construit déjà l’étude abc"):
            _build(outputs, "un")
        assert (outputs / ".abc.new").exists(), "the other command's work is left alone"
        assert repair(outputs) == []
    finally:
        other.communicate(b"")
    _build(outputs, "un")
    assert _page(outputs) == "un"


def test_repair_without_outputs(tmp_path: Path) -> None:
    assert repair(tmp_path / "outputs") == []


def test_carry_over_never_overwrites(tmp_path: Path) -> None:
    for folder, text in (("a", "vieux"), ("b", "neuf")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x").write_text(text, encoding="utf-8")
    carry_over(tmp_path / "a", tmp_path / "b", ["x"])
    assert (tmp_path / "b" / "x").read_text(encoding="utf-8") == "neuf"


def test_chapters_not_run_come_from_the_former_outputs(tmp_path: Path) -> None:
    former, new = tmp_path / "former", tmp_path / "new"
    for folder, names in ((former, ("02", "04")), (new, ("04",))):
        folder.mkdir()
        for name in names:
            (folder / f"{name}.ipynb").write_text(f"{folder.name} {name}", encoding="utf-8")
    paths = gather_chapters(["00", "02", "04"], new, former)
    assert [p.read_text(encoding="utf-8") for p in paths] == ["former 02", "new 04"]
    assert all(p.parent == new for p in paths)


def test_a_lock_that_nobody_holds_any_more_is_let_go(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    assert swap.let_go(lock)
    with swap.hold(lock, waiting=lambda: None):
        assert not swap.let_go(lock)
    assert swap.let_go(lock)
