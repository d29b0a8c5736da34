"""Open answers put before a reader, and what comes back. Every name and number is invented."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.consultation.answers import Answers, table_of
from ctg_lib.consultation.books.verbatims import FILE, SHEET, verbatims
from ctg_lib.consultation.erasing import erase
from ctg_lib.consultation.questionnaire import Option, Question, Questionnaire, Section
from ctg_lib.consultation.reading import key_of
from ctg_lib.consultation.scheme import common_scheme
from ctg_lib.consultation.selection import choose
from ctg_lib.consultation.verbatims import (
    COLUMNS,
    CUT,
    LONGEST,
    PROTECTED,
    kept,
    lines_of,
    open_answers,
    read,
    says_something,
)
from ctg_lib.documents.workbooks import write_workbook

PLACES = ("Nant", "Cornus")
ASKED = Questionnaire(
    "essai", "Essai", "tous", "personne", 1,
    (
        Section("s", "S", (
            Question("mode", "Comment ?", "single", (Option("bus", "Bus"), Option("autre", "Autre", free=True))),
            Question("mots", "Pourquoi ?", "text", topic="ce qui manque"),
            Question("sante", "Santé ?", "text", sensitive=True),
        )),
    ),
)  # fmt: skip
CODES = ("BCDFGHJKLM", "CDFGHJKLMN", "DFGHJKLMNP")


def answers(*texts, column="mots", codes=CODES):
    """Answers whose respondents wrote these texts."""
    rows = [{"respondent": n, column: text} for n, text in enumerate(texts, 1)]
    return Answers(
        ASKED, table_of(ASKED, rows), keys=tuple(key_of("essai", code) for code in codes[: len(texts)])
    )


def fresh(*texts, **more):
    return lines_of({"essai": answers(*texts, **more)}, PLACES, model=False)


def write(folder: Path, lines) -> Path:
    book = verbatims(common_scheme())
    return write_workbook(
        folder / FILE, book, {SHEET: lines}, communes={}, place="Exemple", moment=date(2026, 11, 1)
    )


def decided(line, **more):
    return line | {"decision": "publier", "theme": "" if "need" in more else "jeunesse"} | more


def told(folder, **more):
    return [str(p) for p in read(folder, PLACES, **more).problems]


@pytest.fixture(autouse=True)
def _rules_alone(monkeypatch):
    """The same with and without spaCy; test_masking looks at the model."""
    monkeypatch.setattr("ctg_lib.consultation.masking.has_model", lambda: False)


def test_a_line_holds_the_masked_answer_and_never_the_raw_one():
    (line,) = fresh("Merci à Sylvie Durand, la directrice : il manque des places en crèche. 01 99 00 12 34")
    assert line["text"] == "Merci à [nom], la directrice : il manque des places en crèche. [téléphone]"
    assert line["masked"] == "1 nom, 1 téléphone"
    assert line["watch"] == "une fonction que peu de personnes exercent"
    assert line["proposed"] == common_scheme().choices["pe_places"]
    assert line["topic"] == "ce qui manque" and line["column"] == "mots" and line["questionnaire"] == "essai"
    assert line["answer"] == key_of("essai", CODES[0])
    assert "Sylvie" not in str(line) and "Durand" not in str(line)


def test_what_was_written_beside_an_option_is_read_too():
    (line,) = fresh("À dos de mulet", column="mode__autre__texte")
    assert line["column"] == "mode__autre__texte" and line["text"] == "À dos de mulet"


def test_a_protected_subject_and_a_long_answer_are_told():
    (line,) = fresh("mot " * 2000, column="sante")
    assert line["watch"] == f"{PROTECTED} ; {CUT}"
    assert len(line["text"]) <= LONGEST


@pytest.mark.parametrize(
    "text",
    ["", " ", "rien", "RAS", "R.A.S.", "Néant !", "non", "/", "-", "…", "???", "12", "Je ne sais pas.", "NC"],
)
def test_answers_that_say_nothing_are_passed_over(text):
    assert not says_something(text)
    assert fresh(text) == []


def test_answers_that_say_something_stay():
    assert says_something("rien le mercredi") and says_something("bus")


def test_the_order_tells_nothing_of_the_order_of_arrival():
    texts = ("des bus", "des vélos", "des trains")
    there = fresh(*texts)
    back = lines_of(
        {"essai": Answers(ASKED, answers(*texts).table.iloc[::-1], keys=answers(*texts).keys[::-1])},
        PLACES,
        model=False,
    )
    assert there == back


def test_answers_without_keys_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="without keys"):
        list(open_answers(replace(answers("des bus"), keys=())))


def test_an_open_answer_does_not_show_what_was_written():
    (each,) = open_answers(answers("Sylvie Durand"))
    assert "Sylvie" not in repr(each)


def test_what_the_reader_wrote_stays(tmp_path):
    lines = fresh("des bus le soir", "des vélos")
    write(tmp_path, [decided(lines[0], need="pe_places", published="Des bus.", remark="vu"), lines[1]])
    old = read(tmp_path, PLACES).lines
    again = kept(fresh("des bus le soir", "des vélos", "des trains"), old, ["essai"])
    mine = next(line for line in again if line["answer"] == lines[0]["answer"])
    assert (mine["decision"], mine["need"], mine["published"], mine["remark"]) == (
        "publier",
        "pe_places",
        "Des bus.",
        "vu",
    )
    assert len(again) == 3
    write(tmp_path, again)
    assert (
        kept(fresh("des bus le soir", "des vélos", "des trains"), read(tmp_path, PLACES).lines, ["essai"])
        == again
    )


def test_an_answer_that_is_gone_is_dropped_unless_no_file_of_it_was_read(tmp_path):
    lines = fresh("des bus", "des vélos")
    write(tmp_path, [decided(line) for line in lines])
    old = read(tmp_path, PLACES).lines
    left = fresh("des bus")
    assert [line["answer"] for line in kept(left, old, ["essai"])] == [left[0]["answer"]]
    assert len(kept([], old, [])) == 2


def test_an_answer_that_changed_is_to_be_read_again(tmp_path):
    write(tmp_path, [decided(line) for line in fresh("des bus le soir")])
    (line,) = kept(fresh("des vélos"), read(tmp_path, PLACES).lines, ["essai"])
    assert line["decision"] == "a_relire" and line["text"] == "des vélos"
    (longer,) = kept(fresh("des bus le soir et la nuit"), read(tmp_path, PLACES).lines, ["essai"])
    assert longer["decision"] == "a_relire" and longer["text"] == "des bus le soir et la nuit"


def test_of_two_maskings_the_one_that_hides_more_stays(tmp_path):
    (line,) = fresh("Tartempion conduit le bus")
    write(tmp_path, [decided(line, text="[nom] conduit le bus", masked="1 nom")])
    (again,) = kept([line], read(tmp_path, PLACES).lines, ["essai"])
    assert again["text"] == "[nom] conduit le bus" and again["decision"] == "publier"
    write(tmp_path, [decided(line)])
    (again,) = kept([line | {"text": "[nom] conduit le bus"}], read(tmp_path, PLACES).lines, ["essai"])
    assert again["text"] == "[nom] conduit le bus" and again["decision"] == "publier"


def test_only_what_was_decided_is_printed(tmp_path):
    lines = fresh("des bus", "des vélos", "des trains")
    write(
        tmp_path, [decided(lines[0], need="pe_places"), lines[1] | {"decision": "ne_pas_publier"}, lines[2]]
    )
    back = read(tmp_path, PLACES)
    assert list(back.texts.columns) == list(COLUMNS)
    assert back.texts.to_dict("records") == [
        {"questionnaire": "essai", "question": "mots", "theme": "petite_enfance", "need": "pe_places", "text": lines[0]["text"], "respondent": 1}
    ]  # fmt: skip
    assert back.decisions == {"a_relire": 1, "publier": 1, "ne_pas_publier": 1}
    assert back.problems == ()


def test_the_text_written_by_the_reader_is_the_one_printed(tmp_path):
    write(tmp_path, [decided(fresh("des bus")[0], published="Des bus le soir.")])
    assert list(read(tmp_path, PLACES).texts["text"]) == ["Des bus le soir."]


@pytest.mark.parametrize(
    "text, words",
    [("Appelez le 01 99 00 12 34", "1 téléphone"), ("Écrire à a@b.example", "1 adresse électronique"), ("Mme Tartempion", "1 nom"),
     ("12 rue des Lilas", "1 adresse")],
)  # fmt: skip
def test_a_text_that_still_holds_a_person_is_an_error_and_is_not_repeated(tmp_path, text, words):
    write(tmp_path, [decided(fresh("des bus")[0], published=text)])
    back = read(tmp_path, PLACES)
    assert back.texts.empty
    (problem,) = back.problems
    assert (
        problem.severity == "error" and problem.column == "Texte à publier" and problem.sheet == "Verbatims"
    )
    assert str(problem).endswith(
        f"trouvé « un texte qui contient encore : {words} », attendu un texte sans nom, numéro ni adresse ; cette ligne n’est pas imprimée"
    )
    assert text not in str(problem)


def test_what_the_model_alone_sees_is_told_where_it_is_asked_for(tmp_path, monkeypatch):
    said = "Les bus de Tartempion sont pleins"
    write(tmp_path, [decided(fresh("des bus")[0], published=said)])
    monkeypatch.setattr("ctg_lib.consultation.masking.has_model", lambda: True)
    monkeypatch.setattr(
        "ctg_lib.consultation.masking._people",
        lambda pieces: [[(m.start(), m.end()) for m in re.finditer("Tartempion", piece)] for piece in pieces],
    )
    back = read(tmp_path, PLACES, model=None)
    assert list(back.texts["text"]) == [said]
    assert [p.severity for p in back.problems] == ["warning"]
    assert "ce qui semble 1 nom" in str(back.problems[0]) and "Tartempion" not in str(back.problems[0])
    assert read(tmp_path, PLACES).problems == ()


def test_a_text_without_words_is_an_error(tmp_path):
    write(
        tmp_path,
        [
            {
                "answer": "essai-0123456789abcdef",
                "column": "mots",
                "questionnaire": "essai",
                "decision": "publier",
            }
        ],
    )
    assert any("aucun texte à publier" in line for line in told(tmp_path))


def test_a_text_without_decision_is_told(tmp_path):
    write(tmp_path, [fresh("des bus")[0] | {"published": "Des bus."}])
    assert any("un texte à publier sans décision" in line for line in told(tmp_path))
    assert read(tmp_path, PLACES).texts.empty


def test_what_may_point_at_someone_is_told_where_it_is_printed(tmp_path):
    write(tmp_path, [decided(fresh("une mère isolée de Nant")[0])])
    assert any("à publier, avec une commune et un trait rare" in line for line in told(tmp_path))


def test_the_theme_of_the_need_is_kept(tmp_path):
    write(tmp_path, [decided(fresh("des bus")[0], need="pe_places", theme="jeunesse")])
    assert any("un thème qui n’est pas celui du besoin" in line for line in told(tmp_path))
    assert list(read(tmp_path, PLACES).texts["theme"]) == ["petite_enfance"]


def test_a_text_to_print_without_theme_is_told(tmp_path):
    said = ("des bus le soir et le samedi", "des vélos pour aller au collège", "des trains le dimanche soir")
    lines = {line["text"]: line for line in fresh(*said)}
    write(
        tmp_path,
        [
            decided(lines[said[0]], theme=""),
            decided(lines[said[1]]),
            decided(lines[said[2]], need="pe_places"),
        ],
    )
    (told_of,) = told(tmp_path)
    assert "« Thème »" in told_of and "une réponse à publier sans thème" in told_of and "ligne 5" in told_of
    assert choose(read(tmp_path, PLACES).texts, "jeunesse")["text"].tolist() == [said[1]]


def test_a_line_whose_answer_is_gone_is_not_printed(tmp_path):
    write(tmp_path, [decided(line) for line in fresh("des bus", "des vélos")])
    assert len(read(tmp_path, PLACES).texts) == 2
    back = read(tmp_path, PLACES, surveys={"essai": answers("des bus")})
    assert len(back.texts) == 1
    assert any("n’est plus parmi celles de l’enquête" in str(p) for p in back.problems)


def test_a_folder_without_the_workbook_holds_nothing(tmp_path):
    back = read(tmp_path, PLACES)
    assert back.texts.empty and back.lines.empty and back.problems == ()
    assert list(back.texts.columns) == list(COLUMNS)


def test_erasing_by_code_takes_the_lines_out(tmp_path):
    write(tmp_path, [decided(line) for line in fresh("des bus", "des vélos rouges")])
    done = erase(tmp_path, CODES[1])
    assert done.found and not done.unseen
    assert [line["text"] for line in read(tmp_path, PLACES).lines.to_dict("records")] == ["des bus"]
    assert b"rouges" not in b"".join(_parts(tmp_path / FILE))


def _parts(path):
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return [archive.read(name) for name in archive.namelist()]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1 HYPERLINK",
        "+33 bus",
        "-des bus",
        "@SOMME(A1)x",
        '=cmd|" /C calc"!A0',
        "<script>alert(1)</script>",
    ],
)
def test_no_answer_becomes_a_formula(tmp_path, text):
    path = write(tmp_path, [decided(line) for line in fresh(text)])
    cells = [
        c for row in openpyxl.load_workbook(path)["Verbatims"].iter_rows() for c in row if c.value is not None
    ]
    assert all(c.data_type != "f" for c in cells)
    assert not any(b"<f>" in part or b"<f " in part for part in _parts(path) if b"<sheetData" in part)


@given(st.lists(st.text(max_size=60), max_size=3))
def test_what_is_written_is_read_back(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("v")
    lines = [decided(line) for line in fresh(*texts)]
    if lines:
        write(folder, lines)
        back = read(folder, PLACES).lines
        assert sorted(zip(back["answer"], back["column"], strict=True)) == sorted(
            (x["answer"], x["column"]) for x in lines
        )
        again = kept(fresh(*texts), back, ["essai"])
        assert all(line["decision"] == "publier" for line in again)


def test_the_same_answers_give_the_same_bytes(tmp_path):
    one = write(tmp_path / "a", fresh("des bus", "des vélos")).read_bytes()
    assert one == write(tmp_path / "b", fresh("des bus", "des vélos")).read_bytes()
    assert pd.notna(len(one))
