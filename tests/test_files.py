"""Files written whole or not at all."""

from pathlib import Path

import pytest

from ctg_lib.files import write_whole


def test_a_file_is_replaced_and_its_folder_made(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b.txt"
    assert write_whole(target, b"1") == target
    write_whole(target, b"2")
    assert target.read_bytes() == b"2"
    assert [p.name for p in target.parent.iterdir()] == ["b.txt"]


def test_where_it_fails_the_old_file_stays_and_nothing_lies_beside(tmp_path: Path, monkeypatch) -> None:
    target = write_whole(tmp_path / "b.txt", b"1")

    def held(self, other):
        raise PermissionError(13, "held", str(self), None, str(other))

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(PermissionError) as told:
        write_whole(target, b"2")
    assert told.value.filename2 == str(target)  # what the command names to its user
    assert target.read_bytes() == b"1"
    assert [p.name for p in tmp_path.iterdir()] == ["b.txt"]
