"""What a person changed in the folder of documents is never lost; what was made is replaced."""

from __future__ import annotations

from pathlib import Path

from ctg_lib.documents.agreement.shelf import RECORD, lay


def run(tmp_path: Path, rank: int, made: dict[str, list[tuple[str, bytes]]]) -> tuple[Path, object]:
    """The folder of the run of that rank, after the one before it."""
    new = tmp_path / str(rank)
    new.mkdir()
    return new, lay(new, tmp_path / str(rank - 1), made)


def names(folder: Path) -> set[str]:
    """Files of a folder, without the record."""
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.name != RECORD}


def test_what_was_made_is_replaced_and_what_is_made_no_more_goes(tmp_path: Path) -> None:
    run(tmp_path, 1, {"fiches": [("a.docx", b"1"), ("fiches/A01.docx", b"1")]})
    new, shelf = run(tmp_path, 2, {"fiches": [("a.docx", b"2")]})
    assert names(new) == {"a.docx"} and (new / "a.docx").read_bytes() == b"2"
    assert shelf.kept == () and shelf.stale == frozenset()


def test_other_kinds_stay_and_are_said_to_be_of_a_former_run(tmp_path: Path) -> None:
    run(tmp_path, 1, {"fiches": [("a.docx", b"1")], "convention": [("c.docx", b"1")]})
    new, shelf = run(tmp_path, 2, {"fiches": [("a.docx", b"2")]})
    assert names(new) == {"a.docx", "c.docx"} and shelf.stale == {"convention"}
    last, shelf = run(tmp_path, 3, {"convention": [("c.docx", b"3")], "fiches": []})
    assert names(last) == {"c.docx"} and shelf.stale == frozenset()


def test_what_a_person_changed_is_kept_beside_each_time(tmp_path: Path) -> None:
    first, _ = run(tmp_path, 1, {"convention": [("c.docx", b"1")]})
    (first / "c.docx").write_bytes(b"by hand")
    second, shelf = run(tmp_path, 2, {"convention": [("c.docx", b"2")]})
    assert shelf.kept == ("gardes/c.docx",) and (second / "gardes/c.docx").read_bytes() == b"by hand"
    (second / "c.docx").write_bytes(b"again")
    third, shelf = run(tmp_path, 3, {"convention": [("c.docx", b"3")]})
    assert shelf.kept == ("gardes/c-2.docx",)
    assert {n: (third / n).read_bytes() for n in names(third)} == {
        "c.docx": b"3", "gardes/c.docx": b"by hand", "gardes/c-2.docx": b"again",
    }  # fmt: skip


def test_what_a_person_changed_is_kept_where_it_is_made_no_more(tmp_path: Path) -> None:
    first, _ = run(tmp_path, 1, {"fiches": [("fiches/A01.docx", b"1")]})
    (first / "fiches/A01.docx").write_bytes(b"by hand")
    new, shelf = run(tmp_path, 2, {"fiches": []})
    assert shelf.kept == ("gardes/A01.docx",) and names(new) == {"gardes/A01.docx"}


def test_files_that_a_person_put_there_stay_and_scratch_files_do_not(tmp_path: Path) -> None:
    first, _ = run(tmp_path, 1, {"fiches": [("a.docx", b"1")]})
    (first / "note.txt").write_bytes(b"mine")
    (first / "~$a.docx").write_bytes(b"lock")
    new, shelf = run(tmp_path, 2, {"fiches": [("a.docx", b"1")]})
    assert names(new) == {"a.docx", "note.txt"} and shelf.kept == ()


def test_without_a_readable_record_nothing_is_taken_for_ours(tmp_path: Path) -> None:
    first, _ = run(tmp_path, 1, {"fiches": [("a.docx", b"1")]})
    (first / RECORD).write_text("[", encoding="utf-8")
    new, shelf = run(tmp_path, 2, {"fiches": [("a.docx", b"2")]})
    assert shelf.kept == ("gardes/a.docx",) and (new / "gardes/a.docx").read_bytes() == b"1"
