"""No document is dated before its own evidence; one decision that changes, changes all of them alike."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from agreed_study import made_on, plain, words
from pypdf import PdfReader

from ctg_lib.documents.agreement.fiches import fiches
from ctg_lib.documents.agreement.kinds import kinds, produce
from ctg_lib.study import open_study
from ctg_lib.study.document_dates import evidence_dates, too_late
from ctg_lib.workbooks.moments import MONTHS

DEMO = "241200906-demo"
ASIDE = "Actions du plan qui ne sont pas dans la convention"
FED = ("convention", "fiches", "synoptique", "diapositives")
"""Kinds that the committee's decisions feed."""


# --- the demonstration, every document ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(project):
    """The made-up study."""
    return open_study(DEMO, project)


@pytest.fixture(scope="module")
def produced(demo):
    """Kind -> files of the demonstration."""
    outcomes = [produce(demo, kind) for kind in kinds()]
    assert not [o.error for o in outcomes if o.error]
    return {o.kind.id: dict(o.made.files) for o in outcomes}


def text_of(name: str, content: bytes) -> str:
    """What a document says, whatever its format."""
    if name.endswith(".pdf"):
        pages = (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        return " ".join(plain(" ".join(pages)).split())
    if name.endswith(".html"):
        return plain(
            re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", content.decode("utf-8"), flags=re.DOTALL)
        )
    return words(content)


@pytest.mark.slow
def test_no_document_is_dated_before_its_own_evidence(demo, produced) -> None:
    last = evidence_dates(demo)[-1]
    assert last.day <= demo.as_of and too_late(demo) == ()
    months = "|".join(MONTHS)
    state = re.compile(rf"(?:[ÉE]tat|Situation|état) au (\d+)(?:er)? ({months}) (\d{{4}})")
    for kind, files in produced.items():
        for name, content in files.items():
            if name.endswith((".docx", ".pptx", ".xlsx")):
                assert made_on(content) <= {demo.as_of.isoformat()}, (kind, name)
            for day, month, year in state.findall(text_of(name, content)):
                assert date(int(year), MONTHS.index(month) + 1, int(day)) >= last.day, (kind, name)


@pytest.mark.slow
def test_no_document_is_dated_where_something_is_later_than_the_study(project) -> None:
    earlier = open_study(DEMO, project)
    earlier.__dict__["as_of"] = day = date(2027, 4, 30)
    last = evidence_dates(earlier)[-1].day
    assert too_late(earlier) and last > day
    for kind in kinds():
        outcome = produce(earlier, kind)
        assert not outcome.error, outcome.error
        for name, content in outcome.made.files:
            where = (kind.id, name)
            if name.endswith((".docx", ".pptx", ".xlsx")):
                assert made_on(content) <= {last.isoformat()}, where
            if kind.id != "flash":  # it counts what there was on its own day, and nothing later
                told = re.sub(r"\s+", " ", text_of(name, content))
                assert not re.search("(?:, | )au 30 avril 2027", told), where


@pytest.mark.slow
def test_the_check_names_each_line_that_is_later_than_the_study(project) -> None:
    study = open_study(DEMO, project)
    assert not [p for p in study.problems if p.severity == "error"]
    earlier = open_study(DEMO, project)
    earlier.__dict__["as_of"] = date(2027, 4, 30)
    late = {(p.file, p.sheet, p.row) for p in evidence_dates(earlier) if p.day > earlier.as_of}
    told = {(p.file, p.sheet, p.row) for p in earlier.problems if p.severity == "error"}
    assert late and late <= told


@pytest.mark.slow
def test_every_document_of_the_demonstration_bears_the_mark(produced) -> None:
    for files in produced.values():
        for name, content in files.items():
            assert "fictif" in text_of(name, content).lower(), name


@pytest.mark.slow
def test_each_action_sheet_holds_on_one_page(demo) -> None:
    assert fiches(demo).long == ()


@pytest.mark.slow
def test_one_decision_set_aside_leaves_all_documents(demo, project, produced) -> None:
    issue = demo.agreement.retained[-1]
    changed = open_study(DEMO, project)
    books = dict(changed.agreement.filled)
    table = books["priorites"].tables["decisions"]
    table = table.assign(decision=table["decision"].mask(table["issue"].eq(issue), "ecarte"))
    tables = {**books["priorites"].tables, "decisions": table}
    old = books["priorites"]
    books["priorites"] = replace(old, tables=tables)
    changed.__dict__["agreement"] = replace(changed.agreement, filled=books)
    actions = demo.agreement.table("plan", "actions")
    alone = actions[actions["issues"].map(lambda ids: ids == (issue,)) & actions["state"].eq("validee")]
    titles = [plain(title) for title in alone["title"]]
    assert titles, "the demonstration has an action that answers this issue alone"
    for kind in (k for k in kinds() if k.id in FED):
        before, after = produced[kind.id], dict(produce(changed, kind).made.files)
        for name, content in after.items():
            for title in titles:
                # a convention names apart what is no part of it
                text = re.sub(f"{ASIDE}.*?Suivi et évaluation", "", text_of(name, content), flags=re.S)
                assert title not in text, (kind.id, name)
        whole = " ".join(text_of(name, content) for name, content in before.items())
        assert all(title in whole for title in titles), kind.id
