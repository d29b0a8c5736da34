import io
import re
import zipfile
from dataclasses import replace

import docx
import pytest
from pypdf import PdfReader
from questionnaire_samples import AROUND, SAMPLE

from ctg_lib.consultation.deletion_codes import codes, shown
from ctg_lib.consultation.questionnaire import Condition, Option, Question, Section
from ctg_lib.documents.consultation.around import condition_words, says_tu
from ctg_lib.documents.consultation.paper import conditions_said, content, how_lines, pdf_bytes
from ctg_lib.documents.consultation.word import word_bytes

CODES = codes(2, b"clef", "essai")
PDF = pdf_bytes(SAMPLE, AROUND, CODES)
WORD = word_bytes(SAMPLE, AROUND)


def squeezed(text):
    return re.sub(r"\s+", "", text)


def pages(content=PDF):
    return [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def word_text(content=WORD):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [
            archive.read(n).decode()
            for n in sorted(archive.namelist())
            if re.match(r"word/(document|footer|header)", n)
        ]
    return squeezed(
        re.sub(r"&lt;", "<", re.sub(r"&gt;", ">", re.sub(r"<[^>]*>", "", "".join(parts)))).replace(
            "&amp;", "&"
        )
    )


def said():
    """Every text that must be printed, as content() gives it."""
    for section in content(SAMPLE, AROUND)["sections"]:
        yield section["title"]
        for question in section["questions"]:
            yield question["label"]
            yield from (option["free"] or option["label"] for option in question["options"])
            yield from question["items"]


def test_same_bytes_twice():
    assert pdf_bytes(SAMPLE, AROUND, CODES) == PDF
    assert word_bytes(SAMPLE, AROUND) == WORD


@pytest.mark.parametrize("whole", ["".join(pages()), word_text()], ids=["pdf", "docx"])
def test_every_question_option_and_item_is_printed(whole):
    for words in said():
        assert squeezed(words) in whole, words


@pytest.mark.parametrize("whole", ["".join(pages()), word_text()], ids=["pdf", "docx"])
def test_conditions_are_said_in_words(whole):
    assert squeezed("Si vous avez coché « Crèche » ou « Assistante maternelle » à la question 4") in whole


def test_each_copy_has_its_code_on_the_form_and_on_the_receipt():
    found = pages()
    for code in CODES:
        first = next(page for page in found if squeezed(shown(code)) in page)
        assert first.count(squeezed(shown(code))) == 3  # the form, the receipt, the foot of the page
        assert squeezed(AROUND.title) in first
        assert "Qui vous interroge".replace(" ", "") in first
    assert sum(squeezed(shown(CODES[0])) in page for page in found) == sum(
        squeezed(shown(CODES[1])) in page for page in found
    )


def test_a_copy_starts_on_a_right_hand_page_and_its_pages_are_numbered():
    found = pages()
    starts = [rank for rank, page in enumerate(found) if "Reçuàdétacher" in page]
    assert len(starts) == 2 and all(start % 2 == 0 for start in starts)
    assert [page[-3:] for page in found if page] == ["1/3", "2/3", "3/3"] * 2


def test_the_back_of_the_receipt_is_the_second_page():
    assert "Dosdureçu" in pages()[1] and "Dosdureçu" not in pages()[0]


def test_without_code_there_is_a_place_to_write_it():
    blank = "".join(pages(pdf_bytes(SAMPLE, AROUND)))
    assert "___-___-___" in blank and not re.search(
        r"[BCDFGHJKLMNPRSTVWXZ]{3}-[BCDFGHJKLMNPRSTVWXZ]{3}-", blank
    )
    assert "___-___-___" in word_text()


def test_fictif_is_on_every_page():
    made_up = replace(AROUND, fictif=True)
    assert all("Fictif" in page for page in pages(pdf_bytes(SAMPLE, made_up, CODES)) if page)
    document = docx.Document(io.BytesIO(word_bytes(SAMPLE, made_up)))
    for section in document.sections:
        headers = [section.header] + (
            [section.first_page_header] if section.different_first_page_header_footer else []
        )
        assert all("Fictif" in header.paragraphs[0].text for header in headers)
    assert not any("Fictif" in page for page in pages())


def test_the_type_is_large_enough():
    sizes = [run.font.size for run in docx.Document(io.BytesIO(WORD)).paragraphs[-1].runs]
    assert docx.Document(io.BytesIO(WORD)).styles["Normal"].font.size.pt == 11 and set(sizes) == {None}


def test_word_has_boxes_lines_and_tables():
    document = docx.Document(io.BytesIO(WORD))
    text = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert text.count("☐") == sum(
        len(q.options) * (len(q.items) or 1)
        for q in SAMPLE.questions
        if q.kind not in ("ranking", "integer", "text")
    )
    assert text.count("|__|") == 5


def test_what_is_written_in_a_label_is_no_code():
    assert squeezed("<script>alert('x')</script>") in "".join(pages()).replace("’", "'")
    assert b"<script>" not in zipfile.ZipFile(io.BytesIO(WORD)).read("word/document.xml")


def questionnaire(*questions):
    return replace(SAMPLE, sections=(Section("s", "S", questions),))


ASKED = Question("q", "Quel mode ?", "single", tuple(Option(c, c.upper()) for c in "abcdef"))


def test_a_long_condition_names_what_it_leaves_out():
    then = Question("r", "Et ?", "text", when=(Condition("q", ("a", "b", "c", "d", "e")),))
    assert condition_words(questionnaire(ASKED, then), then) == (
        "Si vous avez répondu autre chose que «\u00a0F\u00a0» à la question\u00a01".replace(
            "question\u00a01", "question 1"
        )
    )


def test_what_can_be_ticked_with_others_is_named_by_what_it_takes():
    several = replace(ASKED, kind="multiple")
    then = Question("r", "Et ?", "text", when=(Condition("q", ("a", "b", "c", "d")),))
    assert "«\u00a0A\u00a0», «\u00a0B\u00a0»" in condition_words(questionnaire(several, then), then)
    alone = tuple(replace(o, exclusive=o.code in "ef") for o in several.options)
    none = replace(several, options=alone)
    assert "autre chose que «\u00a0E\u00a0» ou «\u00a0F\u00a0»" in condition_words(
        questionnaire(none, then), then
    )


def test_questions_with_the_same_condition_have_it_once():
    same = [Question(i, "Et ?", "text", when=(Condition("q", ("a",)),)) for i in ("r", "t", "u")]
    found = conditions_said(questionnaire(ASKED, *same))
    assert list(found) == ["r"] and "répondez aux questions 2 à 4" in found["r"]


def test_two_conditions_are_joined():
    also = Question("m", "Où ?", "multiple", (Option("x", "X"), Option("y", "Y")))
    then = Question("r", "Et ?", "text", when=(Condition("q", ("a",)), Condition("m", ("x", "y"))))
    assert condition_words(questionnaire(ASKED, also, then), then).replace("\u00a0", " ") == (
        "Si vous avez répondu « A » à la question 1 et coché « X » ou « Y » à la question 2"
    )


def test_children_are_told_tu():
    child = questionnaire(Question("q", "Où vas-tu après l’école ?", "text"))
    assert says_tu(child) and not says_tu(SAMPLE)
    assert "Coche **une" in how_lines(tu=True)[0]
    assert "Garde ce reçu" in content(child, AROUND)["receipt"]["lines"][0]
    assert "Gardez ce reçu" in content(SAMPLE, AROUND)["receipt"]["lines"][0]
