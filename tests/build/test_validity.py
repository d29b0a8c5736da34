"""What is taken over is what a clean build would give: one thing is changed at a time, at random."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from small_study import FILES, READ, STUDY, Small

from ctg_lib import reads
from ctg_lib.build import explain, inputs, unchanged, validity
from ctg_lib.build.untouched import Untouched
from ctg_lib.indicators import digests


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    made = Small(tmp_path)
    made.build()
    yield made


def told(small: Small) -> dict[str, str]:
    found = small.inputs()
    states = small.states(found)
    run = {state.chapter.slug for state in states if not state.valid}
    lines = (tuple(line.split(" : ", 1)) for line in explain.explained(states, found, run))
    return dict(lines)


def test_a_first_build_runs_everything_and_a_second_nothing(small: Small) -> None:
    assert small.ran == list(READ)
    states = small.build()
    assert small.ran == [] and {state.why for state in states} == {"same"}


def test_nothing_of_the_study_is_opened_when_nothing_changed(small: Small, monkeypatch) -> None:
    monkeypatch.setattr(Small, "_data", lambda self, slug: pytest.fail("lu"))
    with small.fake_library():
        states = validity.at_first_sight(small.inputs(), STUDY, small.chapters)
    assert all(state.valid for state in states)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_taken_over_is_what_a_clean_build_gives(tmp_path: Path, seed: int) -> None:
    """Sixty random changes, one at a time; some are undone later, some change nothing."""
    chance, small = random.Random(seed), Small(tmp_path)
    small.build()
    for step in range(10):
        touched = _change(small, chance)
        former = {slug: small.shown(slug) for slug in READ}
        states = {state.chapter.slug: state for state in small.states()}
        for slug, state in states.items():
            if state.valid:
                assert former[slug] == small.clean(slug), (seed, step, slug)
            elif touched is not None:
                assert slug in touched, (seed, step, slug, state)
        small.build()
        assert {slug: small.shown(slug) for slug in READ} == {slug: small.clean(slug) for slug in READ}
        small.build()
        assert small.ran == []


def _change(small: Small, chance: random.Random) -> set[str] | None:
    """One change; the chapters that may be run again for it, or None where any may."""
    kind = chance.choice(["figure", "figure", "observation", "structure", "file", "notebook", "same", "gone"])
    if kind == "figure":
        return small.change_figure(chance.randrange(100), float(chance.randrange(4)))
    if kind == "observation":
        return small.change_observation(chance.choice(["12001", "12002"]), float(chance.randrange(3)))
    if kind == "structure":
        return small.change_structure(float(chance.randrange(3)))
    if kind == "notebook":
        slug = chance.choice(list(READ))
        path = small.project.notebooks / f"{slug}.ipynb"
        path.write_text(
            path.read_text("utf-8").replace(f"# {slug}", f"# {slug}{chance.randrange(3)}", 1), "utf-8"
        )
        return {slug}
    path = small.root / chance.choice(FILES)
    if kind == "file":
        before = path.read_text("utf-8") if path.is_file() else "x"
        # as many letters as before: size alone tells nothing
        small.write(path, before[:-1] + ("a" if before.endswith("b") else "b"))
        return None
    if kind == "gone":
        extra = [
            p for p in (small.package / "nouveau.py", small.study / "partenaires/reponse.xlsx") if p.is_file()
        ]
        for one in extra:
            one.unlink()
        return None if extra else set()
    if path.is_file():
        os.utime(path)
    return set()


@pytest.mark.parametrize("name", FILES)
def test_each_file_counts(small: Small, name: str) -> None:
    path = small.root / name
    small.write(path, (path.read_text("utf-8") if path.is_file() else "") + "autre")
    assert not any(state.valid for state in small.states())
    small.build()
    assert small.ran == list(READ)


def test_a_file_written_again_at_the_same_size_and_date_is_seen(small: Small) -> None:
    """Sizes and dates are trusted only where nothing else could have been written since."""
    path = small.package / "charts.py"
    stat = path.stat()
    small.write(path, "x = 2\n")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert not any(state.valid for state in small.states())


def test_only_what_shows_a_figure_is_run_again(small: Small) -> None:
    assert small.change_figure(0, 12345.0) == set()  # deaths, which no chapter reads
    assert all(state.valid and state.why == "reread" for state in small.states())
    small.build()
    assert {state.why for state in small.states()} == {"same"}  # stamps took the new data
    shows = small.change_figure(14, 54321.0)
    small.build()
    assert shows and set(small.ran) == shows


def test_environment_counts(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "installed", lambda: {"pandas": "99"})
    assert not any(state.valid for state in small.states())
    assert "les bibliothèques installées" in told(small)["01-ici"]


@pytest.mark.parametrize("lost", ["stamp.json", "queries.jsonl", "reads.jsonl"])
def test_a_lost_record_is_no_proof(small: Small, lost: str) -> None:
    (validity.cache_folder(small.project, STUDY) / f"01-ici.{lost}").unlink()
    states = {state.chapter.slug: state for state in small.states()}
    assert not states["01-ici"].valid and states["02-voisines"].valid


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 0, "parts": {}, "files": {}}', '{"format": 1}'])
def test_a_damaged_stamp_is_no_proof(small: Small, text: str) -> None:
    validity.stamp_path(small.project, STUDY, "01-ici").write_text(text, encoding="utf-8")
    assert [s.chapter.slug for s in small.states() if not s.valid] == ["01-ici"]
    assert told(small)["01-ici"] == "à refaire ; on ne sait pas de quoi il a été fait"


def test_another_executed_notebook_is_not_taken_over(small: Small) -> None:
    validity.executed_path(small.project, STUDY, "01-ici").write_text("{}", encoding="utf-8")
    assert [s.chapter.slug for s in small.states() if not s.valid] == ["01-ici"]
    assert "n’est plus celui qui a été écrit" in told(small)["01-ici"]


def test_a_run_that_failed_leaves_no_proof(small: Small) -> None:
    """It began another record: what stands in the report is not what that record is of."""
    validity.recording(small.project, STUDY, small.chapters[0])
    assert [s.chapter.slug for s in small.states() if not s.valid] == ["01-ici"]


def test_what_changes_during_a_run_leaves_no_proof(small: Small) -> None:
    small.write(small.study / "offre.xlsx", "avant")
    small.build(during=lambda: small.write(small.study / "offre.xlsx", "pendant"))
    assert not any(state.valid for state in small.states())


def test_a_read_of_an_unknown_kind_is_read_by_nobody(small: Small) -> None:
    path = validity.reads_path(small.project, STUDY, "05-texte")
    line = {"kind": "inconnu", "question": {}, "answer": reads.answer_hash(pd.DataFrame())}
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    stamp = validity.stamp_path(small.project, STUDY, "05-texte")
    content = json.loads(stamp.read_text("utf-8"))
    content["files"]["reads"] = inputs.sha256_of(path)
    stamp.write_text(json.dumps(content), encoding="utf-8")
    small.change_figure(0, 1.5)
    assert [s.chapter.slug for s in small.states() if not s.valid] == ["05-texte"]


def test_reasons_in_plain_french(small: Small) -> None:
    assert set(told(small).values()) == {"repris ; rien n’a changé"}
    small.change_figure(14, 7.0)
    said = told(small)
    assert said["02-voisines"] == "à refaire ; a changé : un chiffre qu’il lit, de « population municipale »"
    assert said["05-texte"] == "repris ; des données ont changé, mais aucun des chiffres qu’il lit"
    small.build()
    text = (small.study / "study.yml").read_text("utf-8").replace("2026-11-01", "2027-01-01")
    small.write(small.study / "study.yml", text)
    small.write(small.package / "charts.py", "x = 3\n")
    assert told(small)["05-texte"] == (
        "à refaire ; ont changé : le code du projet (ctg_lib) (charts.py), la date de l’étude (as_of) "
        "(2026-11-01 → 2027-01-01), le dossier de l’étude (study.yml)"
    )
    small.build()
    validity.executed_path(small.project, STUDY, "01-ici").unlink()
    assert told(small)["01-ici"] == "à faire ; ce chapitre n’est pas dans le dernier rapport"


def test_the_previous_study_counts(small: Small) -> None:
    """A study that follows on another one reads its folder."""
    other = small.project.studies / "avant" / "study.yml"
    small.write(small.study / "study.yml", "previous: avant\n")
    small.write(other, "territories: []\n")
    small.build()
    small.write(other, "territories: [1]\n")
    assert {state.changed for state in small.states()} == {("precedente",)}


def test_linked_folders_are_looked_into(small: Small, tmp_path: Path) -> None:
    """Answers that may not lie in the project are often linked into the study's folder."""
    away = tmp_path / "ailleurs"
    small.write(away / "deep" / "reponse.xlsx", "a")
    try:
        (small.study / "partenaires").symlink_to(away, target_is_directory=True)
        (away / "deep" / "loop").symlink_to(small.study, target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links")
    small.build()
    small.write(away / "deep" / "reponse.xlsx", "b")
    assert {state.changed for state in small.states()} == {("etude",)}


# --- without opening the study -----------------------------------------------------------------------


def at_first(small: Small) -> dict[str, str]:
    with small.fake_library():
        states = validity.at_first_sight(small.inputs(), STUDY, small.chapters)
    return {state.chapter.slug: state.why for state in states}


def test_what_lies_elsewhere_is_known_without_opening_the_study(small: Small) -> None:
    small.change_figure(0, 12345.0)  # deaths here
    assert set(at_first(small).values()) == {"reread"}
    small.build()
    small.change_figure(14, 54321.0)  # inhabitants of a neighbour
    assert at_first(small) == {**dict.fromkeys(READ, "reread"), "02-voisines": "parts"}


def test_a_table_that_nobody_knows_is_read_again(small: Small) -> None:
    shutil.rmtree(small.project.processed / digests.FOLDER)
    small.change_figure(0, 12345.0)
    assert set(at_first(small).values()) == {"parts"}
    assert all(state.valid for state in small.states())


@pytest.mark.parametrize(
    ("row", "kind", "question", "same"),
    [
        (0, "groupes", {"study": STUDY, "ids": ["population"]}, False),  # of the territory itself
        (2, "groupes", {"study": STUDY, "ids": ["population"]}, True),  # of a neighbour
        (0, "sans", {"study": STUDY, "ids": ["population"], "commune": "12001", "others": []}, False),
        (0, "partenaires", {"study": STUDY}, False),
        (0, "etablissements", {"study": STUDY, "ids": ["deces"]}, True),  # no school is in the table
        (0, "inconnu", {}, False),
    ],
)
def test_what_rests_on_the_territory_is_read_again(small: Small, row, kind, question, same) -> None:
    """Deaths change; a read of this kind is in the record of a chapter."""
    record = validity.reads_path(small.project, STUDY, "05-texte")
    reads.write([{"kind": kind, "question": question, "answer": ""}], record)
    before = small.inputs().shared["table"]
    found = small.inputs()
    found.keep()
    _ = found.shared
    found.keep()
    small.change_figure(row, 4.5)
    known = Untouched(small.inputs())
    assert known.since(before, record, validity.reads_path(small.project, STUDY, validity.REPORT)) is same


def test_whose_record_it_is_must_be_known(small: Small) -> None:
    record = validity.reads_path(small.project, STUDY, "05-texte")
    found = small.inputs()
    before = found.shared["table"]
    found.keep()
    small.change_figure(0, 4.5)
    known = Untouched(small.inputs())
    assert known.since(before, record, validity.reads_path(small.project, STUDY, validity.REPORT))
    assert not known.since(before, record, record)
    assert not known.since("inconnue", record, record)
    assert not known.since(before, record.with_name("absent.jsonl"), record)


# --- the pages ---------------------------------------------------------------------------------------


def test_a_report_is_left_alone_only_when_nothing_changed(small: Small) -> None:
    page = small.project.outputs / STUDY / "report" / "index.html"
    small.write(page, "<p>page</p>")

    def last(states: Iterable[validity.State] = ()) -> object:
        with small.fake_library():
            return unchanged.last_result(small.inputs(), STUDY, small.chapters, states)

    def keep() -> None:
        with small.fake_library():
            unchanged.keep(small.inputs(), STUDY, small.chapters, {"files": []})

    assert last() is None
    keep()
    assert last() == {"files": []} and last(small.states()) == {"files": []}
    assert last([validity.State(small.chapters[0], False, "reads")]) is None
    for path in (
        page, small.project.notebooks / "_quarto.yml", small.project.notebooks / "theme" / "ctg.scss",
        small.package / "templates" / "page.html", small.study / "offre.xlsx",
        small.project.outputs / STUDY / "documents" / "convention.docx",
        validity.queries_path(small.project, STUDY, "01-ici"),
    ):  # fmt: skip
        text = path.read_text("utf-8") if path.is_file() else None
        small.write(path, (text or "") + "\n")
        assert last() is None, path
        keep()
        assert last() is not None
    own = {"ids": ["deces"], "places": [["epci", STUDY]]}
    small.note([{"kind": "table", "question": own, "answer": ""}])
    keep()
    small.change_figure(2, 1.0)  # of a neighbour: neither the chapters nor the tables show it
    assert last() is not None
    small.change_figure(0, 1.0)  # a figure that no chapter shows, but that the tables to take away hold
    assert last() is None
    with small.fake_library():
        unchanged.keep(small.inputs(), STUDY, small.chapters, None)
    assert last() is None


@pytest.mark.parametrize(
    ("formats", "assembler", "keep", "expected"),
    [
        (("html",), "nbconvert", False, True), (("html",), "quarto", False, False),
        (("html", "pdf"), "nbconvert", False, False), (("html",), "nbconvert", True, False),
    ],
)  # fmt: skip
def test_only_pages_whose_every_maker_is_known_are_left(formats, assembler, keep, expected) -> None:
    assert unchanged.may_be_left(formats, assembler, keep) is expected


# --- reads -------------------------------------------------------------------------------------------


def test_answers_are_compared_whatever_the_order_of_rows() -> None:
    one = pd.DataFrame({"code": ["a", "b"], "value": [1.0, float("nan")]})
    assert reads.answer_hash(one) == reads.answer_hash(one.iloc[::-1])
    for other in (
        one.assign(value=[1.0, 0.0]), one.assign(value=[1.0000000001, float("nan")]), one.head(1),
        one.rename(columns={"code": "id"}), pd.concat([one, one.tail(1)]), one.assign(code=["b", "a"]),
    ):  # fmt: skip
        assert reads.answer_hash(one) != reads.answer_hash(other)


def test_a_long_list_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "cache" / "etude" / "a.reads.jsonl"
    target.parent.mkdir(parents=True)
    monkeypatch.setenv(reads.READS, str(target))
    codes = [f"{n:09d}" for n in range(1250)]
    for _ in range(2):
        reads.note("table", pd.DataFrame({"a": [1]}), ids=["population"], places=codes)
    assert len(target.read_text("utf-8")) < 600
    (read,) = reads.written(target)
    assert read["question"] == {"ids": ["population"], "places": codes}
    (kept,) = (tmp_path / "cache" / reads.LISTS).iterdir()
    kept.write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match="altérée"):
        reads.written(target)


def test_chapters_that_are_named_or_not_asked_for_are_told_so(small: Small) -> None:
    states = small.states()
    said = explain.explained(states, small.inputs(), {states[0].chapter.slug})
    assert said[0] == f"{states[0].chapter.slug} : à refaire ; demandé (rien n’a changé)"
    assert said[1].endswith("repris ; rien n’a changé")
    validity.executed_path(small.project, STUDY, states[1].chapter.slug).unlink()
    said = explain.explained(small.states(), small.inputs(), set())
    assert "laissé de côté, faute d’être demandé ; ce chapitre n’est pas" in said[1]


def test_a_process_whose_code_was_replaced_stamps_nothing(small: Small, monkeypatch) -> None:
    """It goes on with the code that it has imported: the stamp would name the other."""
    monkeypatch.setattr(inputs, "_BEGUN", {})
    with small.fake_library():
        inputs.begun(small.project)
    small.write(small.package / "charts.py", "x = 2\n")  # an update, in the night
    small.build()
    assert small.ran == list(READ)
    assert [state.valid for state in small.states()] == [False] * len(READ)
    monkeypatch.setattr(inputs, "_BEGUN", {})  # the next command
    small.build()
    assert small.ran == list(READ)
    assert all(state.valid for state in small.states())
