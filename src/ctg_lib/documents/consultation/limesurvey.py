"""A questionnaire as LimeSurvey imports it: « Tab-separated-values format (*.txt) », versions 3 to 6.

The columns, and what the import does with each, are those of ``TSVImportSurvey`` (LimeSurvey,
``application/helpers/admin/import_helper.php``): one line per setting (class ``S``), text (``SL``), group
(``G``), question (``Q``), sub-question (``SQ``), answer (``A``); what is no column of a question is an
attribute of it. ``.lss`` would tell the same in XML that changes with each version of the database.

Choices, and why:

- **Deletion code.** ``{SAVEDID}`` is a number that follows another: whoever has one can guess those of
  neighbours. A token ties an answer to an address. So a hidden equation draws ten letters on the first
  page, and keeps them (``if(is_empty(code), draw, code)``, since an equation is computed again on every
  page). The code is shown before the answers are sent, and after.
- **No date, but durations.** ``anonymized`` sets every date to 1980, so dates would say nothing;
  ``savetimings`` keeps seconds spent, which show who did not read. No address of the machine, no page of
  origin, no account to resume (it asks for an e-mail address).
- **« Sans réponse » is offered**: who ticked a circle can take it back.
- **No box to accept.** The notice informs; the legal ground is not consent, and its own question asks for
  it where it is needed.
"""

from __future__ import annotations

import csv
import hashlib
import html
import io
import re
from collections.abc import Iterator

from ctg_lib.consultation.codes import short_codes, short_ids, short_items
from ctg_lib.consultation.deletion_codes import ALPHABET, ONLINE
from ctg_lib.consultation.questionnaire import Condition, Option, Question, Questionnaire
from ctg_lib.display.typography import typeset
from ctg_lib.documents.consultation.around import FICTIF, KEEP_CODE, Around, free_label

LANGUAGE = "fr"
CODE = "codesuppression"
"""Code of the hidden question that holds the deletion code."""
COLUMNS = (
    "class", "type/scale", "name", "relevance", "text", "help", "language", "validation", "mandatory",
    "other", "default", "same_default", "question_theme_name", "hidden", "exclude_all_others", "max_answers",
    "min_num_value_n", "max_num_value_n", "num_value_int_only", "maximum_chars", "other_replace_text",
    "other_position", "other_position_code",
)  # fmt: skip
SETTINGS: dict[str, str] = {
    "format": "G", "anonymized": "Y", "savetimings": "Y", "datestamp": "N", "ipaddr": "N", "ipanonymize": "Y",
    "refurl": "N", "usecookie": "N", "allowsave": "N", "allowprev": "Y", "allowregister": "N",
    "printanswers": "N", "publicstatistics": "N", "publicgraphs": "N", "listpublic": "N",
    "alloweditaftercompletion": "N", "tokenanswerspersistence": "N", "assessments": "N", "showwelcome": "Y",
    "showprogress": "Y", "showgroupinfo": "B", "showqnumcode": "N", "shownoanswer": "Y",
    "showxquestions": "N", "questionindex": "0", "navigationdelay": "0", "nokeyboard": "N", "htmlemail": "Y",
    "usecaptcha": "N", "showsurveypolicynotice": "0", "autoredirect": "N",
}  # fmt: skip
"""Settings of the survey."""
THEMES: dict[str, str] = {
    "L": "listradio", "M": "multiplechoice", "F": "arrays/array", "R": "ranking", "N": "numerical",
    "S": "shortfreetext", "T": "longfreetext", "*": "equation", "X": "boilerplate",
}  # fmt: skip
"""Type of a question -> its theme."""
OTHER = "-oth-"
"""What LimeSurvey answers for its own « other » of a list."""
LONGEST = {"S": "200", "T": "2000"}
Row = dict[str, str]


def limesurvey_text(questionnaire: Questionnaire, around: Around) -> str:
    """The file to import, tab-separated; the same for the same arguments."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter="\t", lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows(questionnaire, around))
    return out.getvalue()


def limesurvey_bytes(questionnaire: Questionnaire, around: Around) -> bytes:
    """The file to import, in UTF-8 with its mark, which the import takes off and spreadsheets need."""
    return limesurvey_text(questionnaire, around).encode("utf-8-sig")


def rows(questionnaire: Questionnaire, around: Around) -> list[Row]:
    """Lines of the file, column -> text; what is absent is empty."""
    return [
        *_settings(questionnaire, around),
        *_texts(questionnaire, around),
        *(line for number in range(len(questionnaire.sections)) for line in _section(questionnaire, number)),
        *_last(questionnaire),
    ]


def survey_number(questionnaire: Questionnaire, study: str) -> int:
    """Six digits asked of LimeSurvey, which takes others where they are taken: the import needs some."""
    drawn = hashlib.sha256(f"{study}:{questionnaire.id}".encode()).digest()
    return 100_000 + int.from_bytes(drawn[:8]) % 900_000


# --- the survey -----------------------------------------------------------------------------------------


def _settings(questionnaire: Questionnaire, around: Around) -> Iterator[Row]:
    told = {"sid": str(survey_number(questionnaire, around.study)), "language": LANGUAGE, **SETTINGS}
    for name, value in told.items():
        yield {"class": "S", "name": name, "text": value}


def _texts(questionnaire: Questionnaire, around: Around) -> Iterator[Row]:
    mark = "FICTIF — " if around.fictif else ""
    title = f"{mark}{questionnaire.title} — {around.place}"
    texts = {
        "surveyls_title": _words(title[:180]),
        "surveyls_description": _paragraphs(*([FICTIF] if around.fictif else [])),
        "surveyls_welcometext": _paragraphs(
            *([f"**{FICTIF}**"] if around.fictif else []),
            questionnaire.intro,
            f"**{around.title}**",
            *around.notice,
            *(f"**{title}** {words}" for title, words in around.full),
        ),
        "surveyls_endtext": _paragraphs(questionnaire.closing)
        + f"<p><strong>{_words('Votre code de suppression :')} {{{CODE}}}</strong></p>"
        + _paragraphs(KEEP_CODE),
        "surveyls_dateformat": "2",
        "surveyls_numberformat": "1",
    }
    for name, text in texts.items():
        if text:
            yield {"class": "SL", "name": name, "text": text, "language": LANGUAGE}


# --- groups and questions -------------------------------------------------------------------------------


def _section(questionnaire: Questionnaire, number: int) -> Iterator[Row]:
    section = questionnaire.sections[number]
    yield _group(number + 1, _words(section.title), _paragraphs(section.intro))
    if number == 0:
        yield _hidden("questionnaire", _words(questionnaire.id))
        yield _hidden("version", str(questionnaire.version))
        yield _hidden(CODE, _drawing())
    for question in section.questions:
        yield from _question(questionnaire, question)


def _last(questionnaire: Questionnaire) -> Iterator[Row]:
    """The page before the answers are sent: the code, which one can still write down."""
    yield _group(len(questionnaire.sections) + 1, _words("Avant d’envoyer"), "")
    text = (
        f"<p><strong>{_words('Votre code de suppression :')} {{{CODE}}}</strong></p>{_paragraphs(KEEP_CODE)}"
    )
    yield _row("X", "votrecode", text, "1")


def _drawing() -> str:
    letter = f"substr('{ALPHABET}', rand(0, {len(ALPHABET) - 1}), 1)"
    return f"{{if(is_empty({CODE}.NAOK), join({', '.join([letter] * ONLINE)}), {CODE}.NAOK)}}"


def _group(number: int, title: str, text: str) -> Row:
    return {
        "class": "G", "type/scale": str(number), "name": title, "relevance": "1", "text": text,
        "language": LANGUAGE,
    }  # fmt: skip


def _row(kind: str, name: str, text: str, relevance: str, **more: str) -> Row:
    return {
        "class": "Q", "type/scale": kind, "name": name, "relevance": relevance, "text": text,
        "language": LANGUAGE,
        "mandatory": "N", "other": "N", "question_theme_name": THEMES[kind], **more,
    }  # fmt: skip


def _hidden(name: str, text: str) -> Row:
    return _row("*", name, text, "1", hidden="1")


def kind_of(question: Question) -> str:
    """LimeSurvey's letter for a question."""
    letters = {"multiple": "M", "ranking": "R", "grid": "F", "integer": "N", "text": "T"}
    return letters.get(question.kind, "L")


def native_other(question: Question) -> Option | None:
    """The option that LimeSurvey's own « other » stands for: the only one that is free, of a list."""
    free = [option for option in question.options if option.free]
    return free[0] if len(free) == 1 and kind_of(question) in "LM" else None


def _question(questionnaire: Questionnaire, question: Question) -> Iterator[Row]:
    kind, name = kind_of(question), short_ids(questionnaire)[question.id]
    shown = " and ".join(_asked(questionnaire, each) for each in question.when) or "1"
    more = {"help": _words(question.help), "mandatory": "Y" if question.required else "N"}
    yield _row(kind, name, _words(question.label), shown, **more | _attributes(question, kind))
    codes, other = short_codes(question), native_other(question)
    for item in question.items:
        yield _part("SQ", short_items(question)[item.code], item)
    for option in question.options:
        if option is not other:
            yield _part("SQ" if kind == "M" else "A", codes[option.code], option)
    for option in question.options:
        if option.free and option is not other and kind != "F":
            test = _asked(questionnaire, Condition(question.id, (option.code,)))
            text = _words(free_label(question, option.code))
            yield _row("S", f"{name[:14]}x{codes[option.code]}", text, test, maximum_chars=LONGEST["S"])


def _part(of: str, code: str, option: Option) -> Row:
    """A sub-question, or an answer."""
    shown = {"relevance": "1"} if of == "SQ" else {}
    scale = {"type/scale": "0"}
    return {"class": of, "name": code, "text": _words(option.label), "language": LANGUAGE, **scale, **shown}


def _attributes(question: Question, kind: str) -> Row:
    out: Row = {}
    exclusive = [short_codes(question)[o.code] for o in question.options if o.exclusive]
    if kind == "M" and exclusive:
        out["exclude_all_others"] = ";".join(exclusive)
    if kind in "MR" and question.most is not None and question.most < len(question.options):
        out["max_answers"] = str(question.most)
    if kind == "N":
        out |= {"num_value_int_only": "1", "maximum_chars": "9"}
        bounds = {"min_num_value_n": question.low, "max_num_value_n": question.high}
        out |= {attribute: str(bound) for attribute, bound in bounds.items() if bound is not None}
    if kind == "T":
        out["maximum_chars"] = LONGEST["T"]
    if (other := native_other(question)) is not None:
        out |= {"other": "Y", "other_replace_text": _words(other.label)} | _place(question, other)
    return out


def _place(question: Question, other: Option) -> Row:
    """Where « other » stands, if not last (from version 5.4; before, it stands last)."""
    place = question.options.index(other)
    if place == len(question.options) - 1:
        return {}
    if place == 0:
        return {"other_position": "beginning"}
    before = short_codes(question)[question.options[place - 1].code]
    return {"other_position": "specific", "other_position_code": before}


# --- conditions -----------------------------------------------------------------------------------------


def _asked(questionnaire: Questionnaire, condition: Condition) -> str:
    """A condition in LimeSurvey's words: one of the codes was answered."""
    question = questionnaire[condition.question]
    name = short_ids(questionnaire)[question.id]
    tests = [test for code in condition.codes for test in _tests(question, name, code)]
    return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"


def _tests(question: Question, name: str, code: str) -> Iterator[str]:
    other, kind = native_other(question), kind_of(question)
    if kind == "N":
        yield f"{name}.NAOK == {int(code)}"
        return
    short = short_codes(question)[code]
    if other is not None and other.code == code:
        yield f"!is_empty({name}_other.NAOK)" if kind == "M" else f"{name}.NAOK == '{OTHER}'"
    elif kind == "M":
        yield f"{name}_{short}.NAOK == 'Y'"
    elif kind == "R":
        ranks = question.most or len(question.options)
        yield from (f"{name}_{rank}.NAOK == '{short}'" for rank in range(1, ranks + 1))
    else:
        yield f"{name}.NAOK == '{short}'"


# --- texts ----------------------------------------------------------------------------------------------


def _words(text: str) -> str:
    """A text as HTML that holds neither tags, nor calls of LimeSurvey (« {…} »), nor what a spreadsheet
    computes."""
    plain = " ".join(str(typeset(text)).split(" "))
    plain = re.sub(r"[\x00-\x1f]+", " ", plain)
    safe = html.escape(plain, quote=True)
    for sign in "{}\\":
        safe = safe.replace(sign, f"&#{ord(sign)};")
    if safe[:1] in ("=", "+", "-", "@"):
        safe = f"&#{ord(safe[0])};{safe[1:]}"
    return safe


def _paragraphs(*texts: str) -> str:
    """Texts as paragraphs, « ** » for bold."""
    out = []
    for text in texts:
        parts = [_words(part) if part.strip() else "" for part in _split(str(typeset(text)))]
        if any(parts):
            out.append(
                f"<p>{''.join(f'<strong>{p}</strong>' if n % 2 else p for n, p in enumerate(parts))}</p>"
            )
    return "".join(out)


def _split(text: str) -> list[str]:
    return text.split("**") if text.count("**") % 2 == 0 else [text.replace("**", "")]
