"""What the documents of a study rest on, and on which day."""

from __future__ import annotations

from datetime import date

import agreed_study
from agreed_study import made_on, plain, words
from plan_samples import D, action

from ctg_lib.documents.agreement.fiches import fiches
from ctg_lib.documents.agreement.synoptic import synoptic_xlsx
from ctg_lib.study.document_dates import day_of, evidence_dates, file_day, state_of, too_late


def test_evidence_is_told_from_the_earliest_with_its_place() -> None:
    study = agreed_study.study(
        evidence=[{"finding": "K001", "kind": "offre", "ref": "S01", "taken_on": D(2026, 11, 20)}]
    )
    found = evidence_dates(study)
    assert [p.day for p in found] == sorted(p.day for p in found)
    last = found[-1]
    assert (last.day, last.what) == (date(2026, 11, 20), "preuve relevée K001")
    assert (last.file, last.sheet, last.row) == ("convention/constats.xlsx", "Preuves", 6)
    assert day_of(study) == "1er décembre 2026" and file_day(study) == date(2026, 12, 1)
    assert too_late(study) == () and plain(state_of(study)) == "État au 1er décembre 2026"


def test_what_is_later_than_the_study_forbids_its_date() -> None:
    study = agreed_study.study(as_of=date(2026, 10, 15), actions=[action(decided_on=D(2026, 11, 1))])
    (problem,) = too_late(study)
    assert (
        problem.found == "action A01, 1er novembre 2026"
        and "15 octobre 2026 au plus tard" in problem.expected
    )
    assert plain(state_of(study)).startswith("Sans date : 1 élément dont le document part est postérieur")
    assert day_of(study) == "" and file_day(study) == date(2026, 11, 1)
    assert made_on(synoptic_xlsx(study)) == {"2026-11-01"}
    files = dict(fiches(study).files)
    assert "Sans date" in words(files["fiches/A01.docx"]) and "État au" not in words(
        files["fiches-action.docx"]
    )
    assert "État au" not in words(synoptic_xlsx(study))


def test_a_meeting_counts_once_someone_was_there() -> None:
    session = {"sessions": [{"id": "GT1", "date": D(2026, 11, 5)}, {"id": "GT2", "date": D(2027, 3, 1)}]}
    study = agreed_study.study(**session, proposals=[{"id": "PR01", "session": "GT1", "title": "x"}])
    assert [p.what for p in evidence_dates(study) if "séance" in p.what] == ["séance GT1"]
