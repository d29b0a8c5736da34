"""A questionnaire on paper as a Word document, which can be changed: what :mod:`paper` prints, in Word's
own means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ctg_lib.consultation.questionnaire import Questionnaire
from ctg_lib.display.theme import COLORS
from ctg_lib.documents.consultation.around import Around
from ctg_lib.documents.consultation.paper import Runs, content
from ctg_lib.documents.word_parts import (
    WIDTH,
    bare_table,
    borders,
    repeat,
    rule,
    running_foot,
    saved,
    shade,
    styles,
    to_centre,
    to_right,
    underlined,
    write,
)

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph

BOX = "☐"
SQUARE = "|__|"
BLANK = "_ _ _  -  _ _ _  -  _ _ _"
SLIP = 3.7
"""Height of the receipt, in centimetres."""
DOTS = "…" * 24


def word_bytes(questionnaire: Questionnaire, around: Around, code: str = "") -> bytes:
    """The questionnaire as the bytes of a .docx file: the same for the same arguments.

    Args:
        code: deletion code; empty: a place to write it, since one document serves for many people.
    """
    import docx

    told = content(questionnaire, around, (code,))
    document = docx.Document()
    styles(document)
    _Form(document, told).write()
    return saved(document, around.moment, title=questionnaire.title)


class _Form:
    """Adds what is printed, in order."""

    def __init__(self, document: Word, told: dict[str, Any]) -> None:
        self.document, self.told = document, told
        self.code = told["codes"][0] or BLANK

    def write(self) -> None:
        """Page 1, with the receipt in its footer; then the questions, whose first footer is the receipt's
        back."""
        from docx.enum.section import WD_SECTION

        first = self.document.sections[0]
        self._first()
        running_foot(first.footer, self.told["running"])
        _slip(first.footer, self._receipt())
        then = self.document.add_section(WD_SECTION.NEW_PAGE)
        then.different_first_page_header_footer = True
        _unlinked(then)
        running_foot(then.first_page_footer, self.told["running"])
        _slip(then.first_page_footer, self._back())
        running_foot(then.footer, self.told["running"])
        if self.told["fictif"]:
            for header in (self.document.sections[0].header, then.first_page_header, then.header):
                write(header.paragraphs[0], self.told["fictif"], size=9, bold=True, colour="accent")
                to_right(header.paragraphs[0])
        for section in self.told["sections"]:
            self._section(section)
        for paragraph in self.told["closing"]:
            _runs(self._line(before=10), paragraph)
        self._line(self.told["give-back"], bold=True, before=6)

    # --- page 1

    def _first(self) -> None:
        top = bare_table(self.document, [WIDTH - 5.6, 5.6])
        left, right = top.rows[0].cells
        left.paragraphs[0].style = "Heading 1"
        left.paragraphs[0].add_run(self.told["title"])
        write(left.add_paragraph(), self.told["place"], size=12)
        if self.told["for-whom"]:
            write(left.add_paragraph(), self.told["for-whom"], colour="ink-soft")
        self._code(right)
        for paragraph in self.told["intro"]:
            _runs(self._line(before=4), paragraph)
        self._box()
        self.document.add_paragraph(self.told["notice"]["title"], style="Heading 2")
        for paragraph in self.told["notice"]["paragraphs"]:
            made = self._line(after=2)
            _runs(made, paragraph, size=10.5)

    def _code(self, cell: Any) -> None:
        write(cell.paragraphs[0], self.told["receipt"]["code"], size=9.5, colour="ink-soft")
        made = cell.add_paragraph()
        write(made, self.code, size=13, bold=True)
        for each in cell.paragraphs:
            to_right(each)

    def _box(self) -> None:
        """How to answer, on a coloured ground."""
        self._line(size=4)
        table = bare_table(self.document, [WIDTH])
        cell = table.rows[0].cells[0]
        shade(cell, "paper-soft")
        write(cell.paragraphs[0], self.told["how"]["title"], bold=True, colour="territory")
        for line in self.told["how"]["lines"]:
            made = cell.add_paragraph()
            made.add_run("•  ")
            _runs(made, line)
        self._line(size=4)

    def _receipt(self) -> list[tuple[Runs, dict[str, Any]]]:
        said = self.told["receipt"]
        fictif = (
            [([(True, self.told["fictif"])], {"size": 9, "colour": "accent"})] if self.told["fictif"] else []
        )
        return [
            ([(False, said["cut"])], {"size": 9, "colour": "ink-soft"}),
            ([(True, said["title"])], {"size": 12, "colour": "territory"}),
            *(([(False, line)], {"size": 10}) for line in said["lines"]),
            ([(False, f"{said['code']} :   "), (True, self.code)], {"size": 14}),
            *fictif,
        ]

    def _back(self) -> list[tuple[Runs, dict[str, Any]]]:
        said = self.told["receipt"]
        back = [([(False, said["back-cut"])], {"size": 9, "colour": "ink-soft"})]
        return [*back, *((line, {"size": 10}) for line in said["back"])]

    # --- questions

    def _section(self, section: dict[str, Any]) -> None:
        self.document.add_paragraph(section["title"], style="Heading 2")
        if section["intro"]:
            made = self._line(section["intro"], colour="ink-soft")
            made.paragraph_format.keep_with_next = True
        for question in section["questions"]:
            self._question(question)

    def _question(self, question: dict[str, Any]) -> None:
        if question["when"]:
            made = self._line(before=7, after=0)
            write(made, f"→ {question['when']}", size=10, italic=True, colour="territory")
            made.paragraph_format.keep_with_next = True
        made = self._line(before=2 if question["when"] else 8, after=1)
        write(made, f"{question['number']}  ", bold=True, colour="territory")
        write(made, question["label"], bold=True)
        if question["kind"] == "integer":
            write(made, f"   |{'_' * 6}|")
        else:
            made.paragraph_format.keep_with_next = True
        if question["help"]:
            helped = self._line(question["help"], size=10, colour="ink-soft", after=1)
            helped.paragraph_format.keep_with_next = question["kind"] != "integer"
        self._answer(question)

    def _answer(self, question: dict[str, Any]) -> None:
        kind = question["kind"]
        if kind == "grid":
            self._grid(question)
        elif kind == "text":
            for _ in range(question["lines"]):
                rule(self._line(before=9, after=0))
        elif kind != "integer":
            for run, count in _parted(question):
                self._options(run, count, SQUARE if kind == "ranking" else BOX)

    def _options(self, run: Sequence[dict[str, str]], count: int, mark: str) -> None:
        """Options read downwards, in columns; one that is written on has a line of dots."""
        size = -(-len(run) // count)
        columns = [run[start : start + size] for start in range(0, len(run), size)]
        table = bare_table(self.document, [0.6, *[(WIDTH - 0.6) / len(columns)] * len(columns)])
        for cell, some in zip(table.rows[0].cells[1:], columns, strict=True):
            for rank, option in enumerate(some):
                made = cell.paragraphs[0] if not rank else cell.add_paragraph()
                made.paragraph_format.space_after = 0
                _hang(made, 0.95 if mark == SQUARE else 0.55)
                write(made, f"{mark}\u00a0", size=11 if mark == SQUARE else 12)
                write(made, f"{option['free']} : {DOTS}" if option["free"] else option["label"])

    def _grid(self, question: dict[str, Any]) -> None:
        options, items = question["options"], question["items"]
        each = question["width"] / 10
        table = bare_table(
            self.document, [WIDTH - each * len(options), *[each] * len(options)], rows=1 + len(items)
        )
        for cell, option in zip(table.rows[0].cells[1:], options, strict=True):
            write(cell.paragraphs[0], option["label"], size=9.5, bold=True)
            to_centre(cell.paragraphs[0])
        for cell in table.rows[0].cells:
            shade(cell, "paper-soft")
        repeat(table.rows[0])
        for row, item in zip(table.rows[1:], items, strict=True):
            write(row.cells[0].paragraphs[0], item, size=10)
            for cell in row.cells[1:]:
                write(cell.paragraphs[0], BOX, size=12)
                to_centre(cell.paragraphs[0])
        underlined(table)

    # --- means

    def _line(
        self, words: str = "", *, size: float | None = None, bold: bool = False, colour: str = "",
        before: float = 0, after: float = 3,
    ) -> Paragraph:  # fmt: skip
        from docx.shared import Pt

        made = self.document.add_paragraph()
        made.paragraph_format.space_before, made.paragraph_format.space_after = Pt(before), Pt(after)
        if words or size:
            write(made, words, size=size, bold=bold, colour=colour)
        return made


def _parted(question: dict[str, Any]) -> Iterator[tuple[list[dict[str, str]], int]]:
    """Runs of options, parted by those that are written on; in how many columns."""
    run: list[dict[str, str]] = []
    for option in question["options"]:
        if not option["free"]:
            run.append(option)
            continue
        if run:
            yield run, question["columns"]
        yield [option], 1
        run = []
    if run:
        yield run, question["columns"] if len(run) > 1 else 1


def _runs(paragraph: Paragraph, parts: Runs, *, size: float | None = None) -> None:
    for bold, words in parts:
        write(paragraph, words, bold=bold, size=size)


def _hang(paragraph: Paragraph, width: float) -> None:
    """A second line starts under the words, not under the box."""
    from docx.shared import Cm

    paragraph.paragraph_format.left_indent = Cm(width)
    paragraph.paragraph_format.first_line_indent = Cm(-width)


def _slip(footer: Any, lines: Sequence[tuple[Runs, dict[str, Any]]]) -> None:
    """The receipt or its back over the line of a footer, dashed above; both have the same height."""
    from docx.enum.table import WD_ROW_HEIGHT_RULE
    from docx.shared import Cm

    table = footer.add_table(1, 1, Cm(WIDTH))
    footer._element.remove(table._tbl)
    footer._element.insert(0, table._tbl)
    borders(table, top={"val": "dashed", "sz": "8", "color": COLORS["ink-soft"].lstrip("#")})
    table.rows[0].height, table.rows[0].height_rule = Cm(SLIP), WD_ROW_HEIGHT_RULE.AT_LEAST
    cell = table.rows[0].cells[0]
    for rank, (runs, look) in enumerate(lines):
        made = cell.paragraphs[0] if not rank else cell.add_paragraph()
        for bold, words in runs:
            write(made, words, **{**look, "bold": bold or look.get("bold", False)})


def _unlinked(section: Any) -> None:
    for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
        part.is_linked_to_previous = False
