"""What is read once for a report: kept only where a shelf is open, handed over whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from ctg_lib import reads, shelf


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    shelf.close_shelf()
    yield
    shelf.close_shelf()


def _reader() -> tuple[list[int], object]:
    asked: list[int] = []

    def read() -> list[int]:
        asked.append(1)
        return [len(asked)]

    return asked, read


def test_without_a_shelf_each_question_reads_again() -> None:
    asked, read = _reader()
    assert [shelf.shelved("a", read), shelf.shelved("a", read)] == [[1], [2]]  # type: ignore[arg-type]
    assert len(asked) == 2


def test_an_open_shelf_reads_once_per_key() -> None:
    asked, read = _reader()
    shelf.open_shelf()
    assert shelf.shelved("a", read) is shelf.shelved("a", read)  # type: ignore[arg-type]
    shelf.shelved(("a", 2026), read)  # type: ignore[arg-type]
    assert len(asked) == 2


def test_opening_again_keeps_what_is_there() -> None:
    shelf.open_shelf()
    shelf.shelved("a", lambda: 1)
    shelf.open_shelf()
    assert shelf.shelved("a", lambda: 2) == 1


def test_whoever_finds_a_value_notes_what_was_read_to_make_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read() -> str:
        return str(shelf.shelved("beneath", lambda: reads.note("table", pd.DataFrame({"a": [1]}), ids=["x"])))

    shelf.open_shelf()
    shelf.shelved("a", read)
    content = shelf.taken()
    shelf.close_shelf()
    shelf.lay(content)
    written = tmp_path / "cache" / "etude" / "01.reads.jsonl"
    written.parent.mkdir(parents=True)
    monkeypatch.setenv(reads.READS, str(written))
    shelf.shelved("a", lambda: pytest.fail("found on the shelf"))
    (line,) = reads.written(written)
    assert line["kind"] == "table" and line["question"] == {"ids": ["x"]}


def test_what_is_taken_is_found_by_another_process_and_the_rest_is_read_there() -> None:
    shelf.open_shelf()
    shelf.shelved(("commune", "12"), lambda: {"12145": "Millau"})
    shelf.shelved("cannot be handed over", lambda: lambda: None)
    content = shelf.taken()
    shelf.close_shelf()
    shelf.lay(content)
    assert shelf.shelved(("commune", "12"), lambda: {}) == {"12145": "Millau"}
    assert shelf.shelved("cannot be handed over", lambda: "read again") == "read again"


def test_a_shelf_of_its_own_is_gone_with_its_block_but_for_what_is_of_no_study() -> None:
    common: shelf.Laid = {}
    for number in (1, 2):
        with shelf.opened(common):
            shelf.shelved(("holdings", "magasin"), lambda: 1)
            assert shelf.shelved(("study", "241200906"), lambda n=number: n) == number  # type: ignore[misc]
        assert not shelf.is_open()
    assert [key[0] for key in common] == ["holdings"]
    with shelf.opened(common):
        assert shelf.shelved(("holdings", "magasin"), lambda: 2) == 1


def test_a_shelf_of_its_own_hides_the_one_that_was_open() -> None:
    shelf.open_shelf()
    shelf.shelved("a", lambda: 1)
    with shelf.opened():
        assert shelf.shelved("a", lambda: 2) == 2
    assert shelf.shelved("a", lambda: 3) == 1


def test_whoever_lays_nothing_takes_what_is_there() -> None:
    with shelf.opened():
        assert shelf.shelved("a", lambda: 1, lay=False) == 1
        assert shelf.shelved("a", lambda: 2) == 2
        assert shelf.shelved("a", lambda: 3, lay=False) == 2


def test_what_another_process_has_is_not_given_to_it() -> None:
    with shelf.opened():
        shelf.shelved(("holdings", "magasin"), lambda: 1)
        shelf.shelved(("study", "241200906"), lambda: 2)
        content = shelf.taken(without=[("holdings", "magasin")])
    shelf.lay(content)
    assert shelf.shelved(("study", "241200906"), lambda: 0) == 2
    assert shelf.shelved(("holdings", "magasin"), lambda: 3) == 3
