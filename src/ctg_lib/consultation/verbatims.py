"""Open answers, masked and put before a person; and what that person let print.

``consultation/verbatims.xlsx`` holds one line per open answer. The program writes the masked answer, what it masked,
what may still point at someone and the need that the words suggest; the person writes a decision, a text and a code.
Only lines « publier » are ever printed, and they are masked once more when they are read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ctg_lib.consultation.answers import Answers
from ctg_lib.consultation.books.verbatims import BY_HAND, DECISIONS, FILE, KEY, SHEET, verbatims
from ctg_lib.consultation.first_names import words_of
from ctg_lib.consultation.masking import Ahead, Masked, mask, read_ahead
from ctg_lib.consultation.questionnaire import Question
from ctg_lib.consultation.scheme import Scheme, common_scheme
from ctg_lib.geography.names import fold
from ctg_lib.workbooks.parsing import NO_PERSON
from ctg_lib.workbooks.problems import Problem, Severity
from ctg_lib.workbooks.reading import Filled, read_workbook
from ctg_lib.workbooks.schema import ROW

LONGEST = 5000
"""Characters of an answer that are put before the reader; a longer one is cut, and that is told."""
COLUMNS: tuple[str, ...] = ("questionnaire", "question", "theme", "need", "text", "respondent")
"""Of the texts to be printed: ids of questionnaire and question, codes, text, a number that tells respondents apart."""
PROTECTED, CUT = "un sujet protégé", f"une réponse coupée à {LONGEST} caractères"

Line = dict[str, Any]
_SAYS_NOTHING = words_of(
    "rien ras neant non oui nsp nc na aucun aucune autre autres idem bof jsp merci x xx xxx"
) | {
    "ne sais pas", "je ne sais pas", "sais pas", "sans objet", "sans reponse", "rien a dire", "rien a signaler", "rien de plus",
    "pas d avis", "sans avis", "pas concerne", "non concerne", "pas de reponse", "rien de special", "rien a ajouter", "n a",
}  # fmt: skip
_WORDS = re.compile(r"\[[^\[\]]{1,40}\]|[^\W_]+")


@dataclass(frozen=True)
class OpenAnswer:
    """What one respondent wrote under one question.

    Attributes:
        answer: key of the respondent (:attr:`ctg_lib.consultation.answers.Answers.keys`).
        questionnaire: its id.
        question: that was asked.
        column: of the answers.
        text: as it was written: it never leaves the memory.
    """

    answer: str
    questionnaire: str
    question: Question
    column: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Reviewed:
    """What the workbook holds.

    Attributes:
        lines: its sheet, as read.
        texts: :data:`COLUMNS`, the lines to be printed.
        problems: of the file and of what is to be printed; they repeat nothing that was written.
    """

    lines: pd.DataFrame
    texts: pd.DataFrame
    problems: tuple[Problem, ...] = ()

    @property
    def decisions(self) -> dict[str, int]:
        """Key of ``DECISIONS`` -> lines; those without a decision are « a_relire »."""
        counts = self.lines["decision"].replace("", "a_relire").value_counts()
        return {code: int(counts.get(code, 0)) for code in DECISIONS}


def open_answers(answers: Answers) -> Iterator[OpenAnswer]:
    """What people wrote themselves, by question; answers that say nothing (« rien », « RAS ») are passed over.

    Raises:
        ValueError: answers whose respondents have no key.
    """
    if len(answers.keys) != len(answers.table):
        raise ValueError("answers without keys cannot be put before a reader")
    for question in answers.questionnaire.questions:
        for column in question.texts:
            for key, text in zip(answers.keys, answers.table[column], strict=True):
                if isinstance(text, str) and says_something(text):
                    yield OpenAnswer(key, answers.questionnaire.id, question, column, text)


def says_something(text: str) -> bool:
    """Whether an answer says more than « rien »."""
    words = " ".join(re.findall(r"[a-z0-9]+", fold(text[:200])))
    said = words in _SAYS_NOTHING or words.replace(" ", "") in _SAYS_NOTHING
    return bool(words) and not said and any(c.isalpha() for c in text[:LONGEST])


def lines_of(
    surveys: Mapping[str, Answers], places: Iterable[str] = (), scheme: Scheme | None = None, *, model: bool | None = None
) -> list[Line]:  # fmt: skip
    """Lines of the workbook as the program writes them, by questionnaire and question; no order of arrival is left.

    Args:
        surveys: id of a questionnaire -> answers.
        places: names of the territory's communes, which are not masked.
        scheme: of needs; the common one by default.
        model: see :func:`ctg_lib.consultation.masking.mask`.
    """
    known = common_scheme() if scheme is None else scheme
    out: list[Line] = []
    for answers in surveys.values():
        columns = [c for question in answers.questionnaire.questions for c in question.texts]
        written = list(open_answers(answers))
        ahead = read_ahead((each.text[:LONGEST] for each in written), model=model)
        found = [
            _line(each, mask(each.text[:LONGEST], places, model=model, ahead=ahead), known)
            for each in written
        ]
        out += sorted(found, key=lambda line: (columns.index(line["column"]), line["answer"]))
    return out


def _line(each: OpenAnswer, masked: Masked, scheme: Scheme) -> Line:
    warnings = [masked.warnings] if masked.flags else []
    warnings += [PROTECTED] if each.question.sensitive else []
    warnings += [CUT] if len(each.text) > LONGEST else []
    proposed = scheme.suggest(masked.text, most=1)
    line: Line = {
        "answer": each.answer, "column": each.column, "questionnaire": each.questionnaire,
        "topic": each.question.topic or each.question.id, "text": masked.text.strip(), "masked": masked.words,
        "watch": " ; ".join(warnings), "proposed": scheme.choices[proposed[0]] if proposed else "",
    }  # fmt: skip
    return {name: value for name, value in line.items() if value}


def kept(fresh: list[Line], old: pd.DataFrame, questionnaires: Iterable[str]) -> list[Line]:
    """New lines with what the reader wrote on the old ones.

    A line whose answer is gone is dropped, unless no file of its questionnaire was read at all: an export put aside for
    a day must not cost the reader's work. Where an answer changed, its decision is to be taken again.

    Args:
        fresh: of :func:`lines_of`. old: of :attr:`Reviewed.lines`.
        questionnaires: ids of those of which answers were read.
    """
    before = {tuple(line[k] for k in KEY): line for line in old.to_dict("records")}
    out = [
        _with(line, before[key]) if (key := tuple(line[k] for k in KEY)) in before else line for line in fresh
    ]
    there = set(questionnaires)
    left = [line for line in before.values() if line["questionnaire"] not in there and line["text"]]
    return [*out, *({str(k): v for k, v in line.items() if k != ROW and v} for line in left)]


def _with(line: Line, old: Mapping[Any, Any]) -> Line:
    """A line with the reader's columns; of two maskings of one answer, the one that hides more."""
    by_hand = {name: old[name] for name in BY_HAND if old[name]}
    if line["text"] == old["text"]:
        return line | by_hand
    (new, new_masks), (hidden, old_masks) = _counted(line["text"]), _counted(old["text"])
    if old["text"] and hidden < new and old_masks > new_masks:
        return line | {"text": old["text"], "masked": old["masked"]} | by_hand
    if new <= hidden and new_masks >= old_masks:
        return line | by_hand
    return line | by_hand | ({"decision": "a_relire"} if by_hand.get("decision") else {})


def _counted(text: str) -> tuple[Counter[str], int]:
    """Words of a text, and how many things are masked in it."""
    found = _WORDS.findall(text)
    plain = [word for word in found if not word.startswith("[")]
    return Counter(plain), len(found) - len(plain)


def read(
    folder: Path,
    places: Iterable[str] = (),
    scheme: Scheme | None = None,
    surveys: Mapping[str, Answers] | None = None,
    *,
    model: bool | None = False,
) -> Reviewed:
    """Read the workbook; one that does not exist holds nothing.

    A text to be printed that a rule still sees something in is an error, and is left out. What the language model alone
    takes for a name is told, and printed: a person read it, and the model often errs.

    Args:
        folder: the study's ``consultation`` folder.
        places: names of the territory's communes.
        scheme: of needs; the common one by default.
        surveys: answers as they stand: a line of which the answer is gone is told and not printed.
        model: whether the language model looks too (see :func:`ctg_lib.consultation.masking.mask`): seconds to load,
            so no by default.
    """
    known = common_scheme() if scheme is None else scheme
    book, path = verbatims(known), Path(folder) / FILE
    if not path.is_file():
        return none(known)
    filled = read_workbook(path, book, {})
    column = book[SHEET]["published"].label
    problems = [p for p in filled.problems if not (p.column == column and p.expected == NO_PERSON)]
    lines = filled.tables[SHEET]
    printed = [_printed(line)[1] for line in lines.to_dict("records") if line["decision"] == "publier"]
    ahead = read_ahead(printed, model=model)
    check = _Checking(filled, tuple(places), known, surveys, model, ahead)
    texts = [text for line in lines.to_dict("records") if (text := check.line(line)) is not None]
    return Reviewed(lines, _texts(texts), (*problems, *check.problems))


def none(scheme: Scheme | None = None) -> Reviewed:
    """What an absent workbook holds."""
    return Reviewed(verbatims(common_scheme() if scheme is None else scheme)[SHEET].empty(), _texts([]))


def _texts(lines: list[Line]) -> pd.DataFrame:
    numbers = {key: n for n, key in enumerate(sorted({line["answer"] for line in lines}), 1)}
    rows = [{**line, "respondent": numbers[line["answer"]]} for line in lines]
    out = {name: pd.Series([row[name] for row in rows], dtype="str") for name in COLUMNS[:-1]}
    return pd.DataFrame({**out, "respondent": pd.Series([row["respondent"] for row in rows], dtype="int64")})


def _printed(line: Mapping[Any, Any]) -> tuple[str, str]:
    """Column of the text that a line lets print, and the text."""
    name = "published" if line["published"].strip() else "text"
    return name, line[name].strip()


class _Checking:
    """What is printed of each line, and what is told of it."""

    def __init__(
        self,
        filled: Filled,
        places: tuple[str, ...],
        scheme: Scheme,
        surveys: Mapping[str, Answers] | None,
        model: bool | None,
        ahead: Ahead,
    ) -> None:
        self.filled, self.places, self.scheme, self.surveys = filled, places, scheme, surveys
        self.model, self.ahead = model, ahead
        self.problems: list[Problem] = []

    def tell(
        self, line: Mapping[Any, Any], name: str, found: str, expected: str, severity: Severity = "warning"
    ) -> None:
        sheet = self.filled.book[SHEET]
        tab = self.filled.tabs.get(SHEET, sheet.title)
        self.problems.append(Problem(FILE, found, expected, tab, int(line[ROW]), sheet[name].label, severity))

    def line(self, line: Mapping[Any, Any]) -> Line | None:
        if line["decision"] != "publier":
            if line["published"] and not line["decision"]:
                self.tell(line, "decision", "un texte à publier sans décision", "« publier » pour l’imprimer")
            return None
        if not self._known(line):
            return None
        text = self._text(line, *_printed(line))
        if text is None:
            return None
        theme, need = self._coded(line)
        if not theme:  # pages quote by theme
            self.tell(line, "theme", "une réponse à publier sans thème",
                      "un thème ou un besoin ; sans lui, cette ligne n’est pas imprimée")  # fmt: skip
        return {
            "answer": line["answer"], "questionnaire": line["questionnaire"], "question": line["column"].split("__")[0],
            "theme": theme, "need": need, "text": text,
        }  # fmt: skip

    def _known(self, line: Mapping[Any, Any]) -> bool:
        answers = (self.surveys or {}).get(line["questionnaire"])
        if answers is not None and line["answer"] not in answers.keys:
            self.tell(line, "answer", "une réponse qui n’est plus parmi celles de l’enquête",
                      "relancer « ctg study verbatims », qui retire cette ligne ; elle n’est pas imprimée")  # fmt: skip
            return False
        return True

    def _text(self, line: Mapping[Any, Any], name: str, text: str) -> str | None:
        if not text:
            self.tell(
                line,
                "published",
                "aucun texte à publier",
                "un texte ; cette ligne n’est pas imprimée",
                "error",
            )
            return None
        ruled = mask(text, self.places, model=False)
        if ruled.kinds:
            self.tell(line, name, f"un texte qui contient encore : {ruled.words}",
                      "un texte sans nom, numéro ni adresse ; cette ligne n’est pas imprimée", "error")  # fmt: skip
            return None
        more = (
            mask(text, self.places, model=self.model, ahead=self.ahead) if self.model is not False else ruled
        )
        if more.kinds:
            self.tell(
                line,
                name,
                f"ce qui semble {more.words}",
                "un texte sans nom ; rien à changer si ce n’en est pas un",
            )
        if ruled.flags:
            self.tell(
                line,
                name,
                f"à publier, avec {ruled.warnings}",
                "un texte récrit si quelqu’un peut s’y reconnaître",
            )
        return ruled.text.strip()

    def _coded(self, line: Mapping[Any, Any]) -> tuple[str, str]:
        theme, need = line["theme"], line["need"]
        if need not in self.scheme:
            return theme, ""
        own = self.scheme[need].theme
        if theme and theme != own:
            self.tell(
                line, "theme", "un thème qui n’est pas celui du besoin", "le thème du besoin, qui est retenu"
            )
        return own, need


__all__ = [
    "COLUMNS",
    "LONGEST",
    "OpenAnswer",
    "Reviewed",
    "kept",
    "lines_of",
    "none",
    "open_answers",
    "read",
    "says_something",
]
