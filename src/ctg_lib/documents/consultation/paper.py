"""A questionnaire on paper: what is printed, in the PDF (Typst) as in Word, and the PDF itself.

Page 1 tells what the questionnaire is, how to answer and what becomes of the answers; its lower part is a
receipt to keep, with the deletion code that stands on the form too. The back of the receipt holds no
question: printed on both sides, nothing is lost when it is detached.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ctg_lib.consultation.deletion_codes import shown
from ctg_lib.consultation.questionnaire import Option, Question, Questionnaire
from ctg_lib.consultation.settings import TO_COMPLETE
from ctg_lib.display.theme import COLORS
from ctg_lib.display.typography import typeset
from ctg_lib.documents.consultation.around import (
    FICTIF,
    Around,
    condition_words,
    how_to,
    numbers,
    says_tu,
)
from ctg_lib.documents.typst_pdf import typst_compiler, typst_pdf, typst_values

TEMPLATE = Path(__file__).parent / "questionnaire.typ"
_COLUMNS: dict[int, int] = {1: 78, 2: 36, 3: 22, 4: 15}
"""Columns of options -> letters that a line of one of them holds, at 11 points."""
_LINES = 4
"""Lines of an open question."""
MOST_PAGES = 8
TIGHT = (1.15, 1, 0.85, 0.7)
"""Shares of the space between questions: the first at which there are few enough pages; the type stays at
11 points."""
BLANK = "…" * 12
"""A place to write a few words."""
Runs = list[tuple[bool, str]]


def pdf_bytes(questionnaire: Questionnaire, around: Around, codes: Sequence[str] = ("",)) -> bytes:
    """The questionnaire as PDF, one copy after another, each starting on a right-hand page.

    Args:
        codes: deletion code of each copy; empty: a place to write it.

    Raises:
        BadInput: the package ``typst`` is absent.
    """
    one = content(questionnaire, around, codes[:1])
    tight = next((share for share in TIGHT if _pages(_compiler(one, share)) <= MOST_PAGES), TIGHT[-1])
    return typst_pdf(_compiler(content(questionnaire, around, codes), tight))


def information_bytes(questionnaire: Questionnaire, around: Around) -> bytes:
    """All that people are told of their data, as a PDF of one or two pages to give with the questionnaire.

    Raises:
        BadInput: the package ``typst`` is absent.
    """
    told = content(questionnaire, around) | {
        "full": [(_text(title), _text(words)) for title, words in around.full],
        "what": "information",
    }
    return typst_pdf(_compiler(told, 1))


def labels_bytes(questionnaire: Questionnaire, around: Around, codes: Sequence[str]) -> bytes:
    """Codes to cut out or stick on copies printed from Word, as PDF: each twice, side by side.

    Raises:
        BadInput: the package ``typst`` is absent.
    """
    return typst_pdf(_compiler(content(questionnaire, around, codes) | {"what": "labels"}, 1))


def _compiler(told: dict[str, Any], tight: float) -> Any:
    return typst_compiler(TEMPLATE, told, "Le questionnaire en PDF demande", tight=f"{tight:g}")


def _pages(compiler: Any) -> int:
    return int(typst_values(compiler, "pages")[0])


def content(questionnaire: Questionnaire, around: Around, codes: Sequence[str] = ("",)) -> dict[str, Any]:
    """All that is printed, as JSON takes it: texts in French typography, ``runs`` as (bold, words)."""
    tu = says_tu(questionnaire)
    return {
        "title": _text(questionnaire.title),
        "place": _text(around.place),
        "for-whom": _text(f"Pour {questionnaire.audience}" if questionnaire.audience else ""),
        "fictif": _text(FICTIF) if around.fictif else "",
        "what": "questionnaire",
        "colors": COLORS,
        "codes": [shown(code) for code in codes],
        "short-code": "code",
        "running": _text(f"{questionnaire.title} — {around.place} (version {questionnaire.version})"),
        "intro": [_runs(p) for p in _intro(questionnaire)],
        "how": {"title": "Comment répondre", "lines": [_runs(line) for line in how_lines(tu=tu)]},
        "notice": {
            "title": _text(around.title),
            "paragraphs": [_runs(paragraph) for paragraph in _notice(around)],
        },
        "receipt": _receipt(questionnaire, around, tu=tu),
        "sections": list(_sections(questionnaire)),
        "closing": [_runs(questionnaire.closing)] if questionnaire.closing else [],
        "give-back": _text(f"À rendre avant le {around.until or BLANK} à {BLANK * 2}"),
    }


def _notice(around: Around) -> Iterator[str]:
    yield from around.notice
    if around.full:
        yield f"L’information complète est sur la feuille « {around.title} », jointe à ce questionnaire."


def _intro(questionnaire: Questionnaire) -> Iterator[str]:
    if questionnaire.intro:
        yield questionnaire.intro
    if questionnaire.minutes:
        yield f"Il faut environ {questionnaire.minutes} minutes."


def how_lines(*, tu: bool = False) -> list[str]:
    """How to answer on paper."""
    if tu:
        return [
            "Coche **une seule case** par question, sauf si la question dit autre chose.",
            (
                "Une flèche (→) dit **qui** répond à la question. Si elle ne te concerne pas, passe à la "
                "suivante."
            ),
            "Tu peux laisser une question sans réponse.",
            "**N’écris pas de nom**, d’adresse ni de numéro de téléphone.",
        ]
    return [
        "Cochez **une seule case** par question, sauf si la question dit autre chose.",
        (
            "Une flèche (→) dit **qui** répond à la question. Si elle ne vous concerne pas, passez à la "
            "suivante."
        ),
        "Vous pouvez laisser une question sans réponse.",
        "**N’écrivez pas de nom**, d’adresse ni de numéro de téléphone.",
    ]


def _receipt(questionnaire: Questionnaire, around: Around, *, tu: bool) -> dict[str, Any]:
    contact = f"à : {around.contact or TO_COMPLETE}"
    if tu:
        lines = ["Garde ce reçu. Le code permet de faire effacer tes réponses, sans dire qui tu es."]
        back = [
            "**Pour faire effacer tes réponses**",
            f"Envoie le code, toi ou un de tes parents, {contact}. Le code suffit : ne dis pas ton nom.",
            "Sans ce reçu, nous ne pouvons pas retrouver tes réponses.",
        ]
    else:
        lines = ["Gardez ce reçu. Le code permet de faire effacer vos réponses, sans dire qui vous êtes."]
        back = [
            "**Pour faire effacer vos réponses**",
            f"Envoyez le code {contact}. Le code suffit : ne dites pas votre nom.",
            "Sans ce reçu, nous ne pouvons pas retrouver vos réponses.",
        ]
    return {
        "title": _text(f"{questionnaire.title} — {around.place}"),
        "lines": [_text(line) for line in lines],
        "code": "Code de suppression",
        "cut": "Reçu à détacher et à garder",
        "back-cut": "Dos du reçu",
        "back": [_runs(line) for line in back],
    }


# --- questions ------------------------------------------------------------------------------------------


def _sections(questionnaire: Questionnaire) -> Iterator[dict[str, Any]]:
    ranks = numbers(questionnaire)
    conditions = conditions_said(questionnaire)
    tu = says_tu(questionnaire)
    for section in questionnaire.sections:
        yield {
            "title": _text(section.title),
            "intro": _text(section.intro),
            "questions": [
                printed(question, ranks[question.id], conditions.get(question.id, ""), tu=tu)
                for question in section.questions
            ],
        }


def conditions_said(questionnaire: Questionnaire) -> dict[str, str]:
    """Id of a question -> what is written before it; questions that follow with the same condition have
    it once."""
    out: dict[str, str] = {}
    ranks = numbers(questionnaire)
    for section in questionnaire.sections:
        for run in _same(section.questions):
            if not run[0].when:
                continue
            said = condition_words(questionnaire, run[0])
            if len(run) == 1:
                out[run[0].id] = str(typeset(f"{said} :"))
            else:
                first, last = ranks[run[0].id], ranks[run[-1].id]
                link = "et" if last == first + 1 else "à"
                verb = "réponds" if says_tu(questionnaire) else "répondez"
                out[run[0].id] = str(typeset(f"{said}, {verb} aux questions {first} {link} {last} :"))
    return out


def _same(questions: Sequence[Question]) -> Iterator[list[Question]]:
    """Questions one after the other with the same condition."""
    run: list[Question] = []
    for question in questions:
        if run and question.when != run[-1].when:
            yield run
            run = []
        run.append(question)
    if run:
        yield run


def printed(question: Question, number: int, condition: str, *, tu: bool = False) -> dict[str, Any]:
    """One question as it is printed."""
    told = question.help and ("au plus" in question.help or question.kind == "ranking")
    help = " ".join(
        part for part in (question.help, "" if told else _sentence(how_to(question, tu=tu))) if part
    )
    return {
        "number": number,
        "label": _text(question.label),
        "help": _text(help),
        "when": condition,
        "kind": question.kind,
        "columns": _columns(question.options),
        "options": [
            {"label": _text(o.label), "free": _text(o.label.rstrip(" :.…")) if o.free else ""}
            for o in question.options
        ],
        "items": [_text(item.label) for item in question.items],
        "width": _grid_width(question.options),
        "lines": _LINES,
    }


def _columns(options: Sequence[Option]) -> int:
    """In how many columns the options take fewest lines; no word is cut; the fewest columns among equals."""
    labels = [option.label for option in options if not option.free]
    if not labels:
        return 1
    longest = max(len(word) for label in labels for word in label.split())
    return min(
        (n for n, room in _COLUMNS.items() if longest <= room),
        key=lambda n: (_height(labels, n), n),
        default=1,
    )


def _height(labels: Sequence[str], count: int) -> int:
    """Lines of the tallest column, where the labels are shared among so many."""
    size = -(-len(labels) // count)
    lines = [-(-len(label) // _COLUMNS[count]) for label in labels]
    return max(sum(lines[start : start + size]) for start in range(0, len(lines), size))


def _grid_width(options: Sequence[Option]) -> int:
    """Width of a grid's columns, in millimetres: each holds the longest word, and the lines keep 55."""
    words = [len(word) for option in options for word in option.label.split()]
    return min(max(17, int(2.2 * max(words, default=6)) + 5), int(112 / max(len(options), 1)))


def _sentence(words: str) -> str:
    return f"{words}." if words else ""


def _text(words: str) -> str:
    """Words as they are printed: French typography, no sign that a printer does not know."""
    plain = re.sub(r"[\x00-\x1f\x7f]+", " ", words.replace("**", ""))
    return str(typeset(" ".join(plain.split(" "))))


def _runs(words: str) -> Runs:
    """(bold, words) of a text where « ** » opens and closes bold."""
    parts = str(typeset(re.sub(r"[\x00-\x1f\x7f]+", " ", words))).split("**")
    if len(parts) % 2 == 0:  # one « ** » is alone: none is meant
        return [(False, "".join(parts))]
    return [(bool(rank % 2), part) for rank, part in enumerate(parts) if part]
