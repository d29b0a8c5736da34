import copy
import io
import json
import zipfile
from datetime import date

import docx
import pytest
from governance_samples import GOVERNED, study

from ctg_lib.documents.agreement import minutes
from ctg_lib.documents.agreement.minutes_pdf import content
from ctg_lib.errors import BadInput

REGISTERED = {"documents.documents": [{"id": "D01", "title": "compte rendu", "date": date(2028, 3, 8)}]}


def changed(sheet, index, **more):
    lines = copy.deepcopy(GOVERNED)
    lines[f"gouvernance.{sheet}"][index].update(more)
    return lines


def words(data):
    document = docx.Document(io.BytesIO(data))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_minutes_tell_the_meeting():
    text = words(minutes.minutes_docx(study(GOVERNED), "RE01"))
    for said in ("Compte rendu – Comité de pilotage", "1er mars 2028", "Amont-Exemple", "Budget", "Suivi", "Le budget est présenté", "DE01",
                 "3\u00a0pour, 0\u00a0contre, 0\u00a0abstention", "Excusé", "Représenté", "Réunion suivante\u00a0: 1er octobre 2028."):  # fmt: skip
        assert said in text, said
    assert "À faire" not in text  # what became of a decision came after the meeting


def test_actions_of_a_decision_stand_inside_its_sentence():
    section = minutes.minutes(
        study(changed("decisions", 0, decision="Le budget est voté.", actions=("A01", "A02"))), "RE01"
    ).sections[3]
    assert section.grid.rows[0][1].endswith("Le budget est voté (A01, A02).")


def test_a_name_to_be_completed_is_a_blank_as_in_the_convention():
    parties = [
        {"id": "P01", "name": "Communauté Exemple"},
        {"id": "P02", "name": "MSA (caisse, à compléter)"},
    ]
    paper = minutes.attendance(study(GOVERNED, {"parties.parties": parties}), "RE02")
    named = [row[0] for row in paper.sections[0].grid.rows]
    assert "MSA [à\u00a0compléter\u00a0: nom exact]" in named
    assert paper.blanks == minutes.attendance(study(GOVERNED), "RE02").blanks + 1
    cells = [cell for row in content(paper)["sections"][0]["grid"]["rows"] for cell in row]
    assert [[False, "MSA "], [True, "[à\u00a0compléter\u00a0: nom exact]"]] in [
        [list(p) for p in c] for c in cells
    ]


def test_no_minutes_of_a_meeting_to_come():
    with pytest.raises(BadInput, match="RE02 est prévue le 1er octobre 2028"):
        minutes.minutes_docx(study(GOVERNED), "RE02")
    early = study(GOVERNED, as_of=date(2028, 2, 29))
    with pytest.raises(BadInput, match="RE01"):
        minutes.minutes_docx(early, "RE01")


def test_unknown_meeting_names_those_that_are_known():
    with pytest.raises(BadInput, match="RE01, RE02"):
        minutes.attendance(study(GOVERNED), "RE77")


def test_minutes_bear_the_day_they_were_written_or_a_blank():
    lines = changed("meetings", 0, document="D01")
    facts = dict(minutes.minutes(study(lines, REGISTERED), "RE01").facts)
    assert facts["Compte rendu daté du"] == "8 mars 2028"
    older = {"documents.documents": [{**REGISTERED["documents.documents"][0], "date": date(2028, 2, 1)}]}
    assert dict(minutes.minutes(study(lines, older), "RE01").facts)["Compte rendu daté du"] == "à compléter"
    assert dict(minutes.minutes(study(GOVERNED), "RE01").facts)["Compte rendu daté du"] == "à compléter"


def test_what_no_file_says_is_to_complete():
    bare = changed("meetings", 0, commune="", agenda="", summary="")
    bare["gouvernance.attendance"] = []
    whole, blank = (minutes.minutes(study(lines), "RE01").blanks for lines in (GOVERNED, bare))
    assert blank == whole + 4
    text = words(minutes.minutes_docx(study(bare), "RE01"))
    assert "À compléter\u00a0: la feuille d’émargement n’est pas saisie." in text


def test_attendance_sheet_has_a_line_for_each_seat_and_no_signature():
    paper = minutes.attendance(study(GOVERNED), "RE02")
    rows = paper.sections[0].grid.rows
    assert [row[1] for row in rows[:4]] == [
        "présidence",
        "un élu du secteur Amont",
        "un élu du secteur Aval",
        "direction",
    ]
    assert all(row[2] == "" for row in rows)
    assert len(rows) == 4 + minutes.SPARE
    assert "Communauté Exemple" in words(minutes.attendance_docx(study(GOVERNED), "RE02"))


def test_secteurs_are_named_only_where_each_has_its_seat():
    lines = changed("members", 1, seats=3)
    rows = minutes.attendance(study(lines), "RE02").sections[0].grid.rows
    assert [row[1] for row in rows[1:4]] == ["un élu par secteur"] * 3


def test_a_plenary_has_room_for_all_and_a_council_a_line_for_each():
    section = minutes.attendance(
        study(changed("members", 0, function="toutes les personnes des instances", seats=30)), "RE02"
    ).sections[0]
    assert section.lines == ("Ouverte à\u00a0: toutes les personnes des instances.",)
    assert all("toutes" not in row[1] for row in section.grid.rows)
    assert [row[1] for row in section.grid.rows].count("") == minutes.OPEN_SPARE
    council = minutes.attendance(
        study(changed("members", 0, function="conseillers communautaires", seats=30)), "RE02"
    )
    assert [row[1] for row in council.sections[0].grid.rows].count("conseillers communautaires") == 30


def test_a_signed_meeting_invites_those_of_its_sheet():
    rows = minutes.attendance(study(GOVERNED), "RE01").sections[0].grid.rows
    assert [row[1] for row in rows[:3]] == ["présidence", "direction", "élu du secteur Amont"]


def test_a_cancelled_meeting_has_no_sheet():
    with pytest.raises(BadInput, match="annulée"):
        minutes.attendance(study(changed("meetings", 1, state="annule")), "RE02")


def test_register_holds_decisions_of_meetings_held():
    text = words(minutes.register_docx(study(GOVERNED)))
    assert "DE01" in text
    assert "À faire" in text
    with pytest.raises(BadInput, match="Aucune décision"):
        minutes.register(study(GOVERNED, as_of=date(2028, 2, 1)))


def test_sessions_of_a_group_count_people_and_keep_what_came_later_out():
    lines = {
        "groupes.sessions": [{"id": "GT01", "group": "Jeunesse", "date": date(2028, 4, 1), "themes": ("jeunesse",), "summary": "on relit"}],
        "groupes.present": [
            {"session": "GT01", "group": "elus", "function": "mairie", "people": 2}, {"session": "GT01", "group": "elus", "people": 1},
        ],
        "groupes.proposals": [{"id": "PR01", "session": "GT01", "title": "Un bus", "support": 3, "follow": "action", "action": "A01"}],
    }  # fmt: skip
    text = words(minutes.minutes_docx(study(lines), "GT01"))
    assert "3\u00a0personnes présentes" in text
    assert "Un bus" in text
    assert "A01" not in text


@pytest.mark.parametrize("make", [minutes.minutes_docx, minutes.attendance_docx])
def test_the_same_study_gives_the_same_word_file_that_says_fictif(make):
    data = make(study(GOVERNED), "RE01")
    assert data == make(study(GOVERNED), "RE01")
    with zipfile.ZipFile(io.BytesIO(data)) as inside:
        heads = [inside.read(n).decode() for n in inside.namelist() if n.startswith("word/header")]
        assert any("Fictif" in head for head in heads)
        assert "2028-06-30" in inside.read("docProps/core.xml").decode()
    real = study(GOVERNED, fictif=False)
    assert "Fictif" not in json.dumps(content(minutes.minutes(real, "RE01")), ensure_ascii=False)


def test_pdf_is_accessible_and_the_same_twice():
    data = minutes.minutes_pdf(study(GOVERNED), "RE01")
    assert data.startswith(b"%PDF")
    assert data == minutes.minutes_pdf(study(GOVERNED), "RE01")
    assert b"pdfuaid" in data


def test_every_document_is_named_by_the_day_of_its_meeting():
    names = [name for name, _ in minutes.meeting_documents(study(GOVERNED))]
    assert names == [
        "comptes-rendus/2028-03-01-RE01.docx", "comptes-rendus/2028-03-01-RE01.pdf", "emargement/2028-10-01-RE02.docx",
        "emargement/2028-10-01-RE02.pdf", "releve-de-decisions.docx", "releve-de-decisions.pdf",
    ]  # fmt: skip
