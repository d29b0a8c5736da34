"""Answers to a questionnaire, read from the exports of LimeSurvey, ODK and Kobo, or from plain tables.

tables   a file as texts: encoding, separator, limits
layouts  what each column is
values   the cells of one respondent as the answer to one question
rows     the lines of a table as respondents
flags    what is told of answers as a whole
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd

from ctg_lib.consultation import made_up
from ctg_lib.consultation.answers import LEFT_OUT, Answers, table_of
from ctg_lib.consultation.erased_codes import Erased
from ctg_lib.consultation.questionnaire import Questionnaire
from ctg_lib.consultation.reading import flags, tables
from ctg_lib.consultation.reading.layouts import Headings, Layout, fit, key
from ctg_lib.consultation.reading.rows import Row, TableReader
from ctg_lib.consultation.reading.tables import Table
from ctg_lib.workbooks.moments import day_in_words
from ctg_lib.workbooks.problems import Problem, ordered
from ctg_lib.workbooks.spreadsheet import is_lock

__all__ = ["Read", "gather", "key_of", "read_answers", "read_file"]

DOUBTFUL = 0.5
"""Share of headings recognised under which a file may well be of another questionnaire."""
_CLOSE = 0.1


@dataclass
class Read:
    """What one file holds: respondents of each questionnaire, and what is wrong.

    Attributes:
        name: of the file, as it is told.
        rows: id of a questionnaire -> respondents, in order.
        problems: by questionnaire; of the file itself under "".
        made_up: whether the file says that its answers are made up.
    """

    name: str
    rows: dict[str, list[Row]] = field(default_factory=dict)
    problems: dict[str, list[Problem]] = field(default_factory=dict)
    made_up: bool = False


def read_answers(
    paths: Iterable[Path], questionnaire: Questionnaire, *, erased: Erased | None = None
) -> Answers:  # fmt: skip
    """Answers to one questionnaire, from any number of exports of it.

    Args:
        paths: files of any of the tools; those that Excel leaves beside one it holds open are passed over.
        questionnaire: that was asked.
        erased: deletion codes whose answers were deleted: an export that brings one back is an error.

    Returns:
        The answers; whatever the files hold, nothing raises.
    """
    asked = {questionnaire.id: questionnaire}
    headings = headings_of(asked)
    read = [read_file(path, asked, erased=erased, headings=headings) for path in paths if not is_lock(path)]
    answers = gather(read, questionnaire)
    return with_problems(answers, (p for each in read for p in each.problems.get("", ())))


def headings_of(questionnaires: Mapping[str, Questionnaire]) -> dict[str, Headings]:
    """All that can name a column of each questionnaire: made once for many files."""
    return {id: Headings(each) for id, each in questionnaires.items()}


def read_file(
    path: Path, questionnaires: Mapping[str, Questionnaire], *, name: str = "", erased: Erased | None = None,
    headings: Mapping[str, Headings] | None = None,
) -> Read:  # fmt: skip
    """Respondents of one file, each table under the questionnaire that it answers.

    Which one is said by a column « questionnaire », else by the headings recognised.

    Args:
        path: of the file.
        questionnaires: those it may answer, by id.
        name: of the file as it is told; its own by default.
        erased: see :func:`read_answers`.
        headings: :func:`headings_of` the questionnaires, where many files are read.
    """
    out = Read(name or path.name)
    found, problems = tables.read(path, out.name)
    out.made_up = made_up.named_so(path) or made_up.says_so(found)
    out.problems[""] = problems
    headings = headings_of(questionnaires) if headings is None else headings
    for table in found:
        _read_table(table, questionnaires, headings, erased or Erased(), out, path.stem)
    if found and not out.rows and not any(p.severity == "error" for p in problems):
        problems.append(_not_recognised(out.name, questionnaires))
    return out


def _not_recognised(name: str, questionnaires: Mapping[str, Questionnaire], sheet: str = "") -> Problem:
    known = ", ".join(questionnaires) or "aucun"
    return Problem(
        name, "des colonnes qui ne sont celles d’aucun questionnaire",
        f"les codes ou les intitulés d’un questionnaire de l’étude ({known}) ; rien n’est lu", sheet,
    )  # fmt: skip


def _read_table(
    table: Table, questionnaires: Mapping[str, Questionnaire], headings: Mapping[str, Headings], erased: Erased, out: Read,
    stem: str,
) -> None:  # fmt: skip
    layouts = {id: layout for id, each in headings.items() if (layout := fit(table, each)) is not None}
    if not layouts:
        return
    id, doubt = _whose(table, layouts, questionnaires, stem)
    if not id:
        out.problems[""].append(_not_recognised(table.file, questionnaires, table.sheet))
        return
    layout = layouts[id]
    reader = TableReader(table, layout, questionnaires[id])
    if doubt:
        reader.tell(*doubt, layout.row)
    if layout.kind == "simple" and "mode" not in layout.service.values():
        reader.tell(
            "aucune colonne « mode »",
            "comment ces réponses ont été données : elles sont comptées comme « papier »",
            layout.row,
        )
    rows = reader.rows(lambda code: code in erased)
    out.rows.setdefault(id, []).extend(rows)
    out.problems.setdefault(id, []).extend(reader.problems)


def _whose(
    table: Table, layouts: Mapping[str, Layout], questionnaires: Mapping[str, Questionnaire], stem: str
) -> tuple[str, tuple[str, str] | None]:  # fmt: skip
    """Id of the questionnaire that a table answers, and what is told where that is doubtful; « » of none."""
    said = _says(table, layouts)
    if said in layouts and layouts[said].targets:
        return said, None
    if said and said not in questionnaires and len(questionnaires) > 1:
        return "", None
    named = key(stem)
    scores = {
        id: (
            len(layout.targets),
            layout.share,
            len(layout.questions) / max(1, len(questionnaires[id].questions)),
            key(id) in named,
        )
        for id, layout in layouts.items()
    }
    best = max(scores, key=lambda id: (scores[id][0], scores[id][3], scores[id][2]))
    rivals = [id for id in scores if scores[id][0] == scores[best][0] and id != best]
    close = [
        id
        for id in scores
        if id != best
        and scores[id][0] >= (1 - _CLOSE) * scores[best][0]
        and scores[id][2] >= (1 - _CLOSE) * scores[best][2]
    ]
    if scores[best][0] < 2 and scores[best][1] < DOUBTFUL:
        return "", None
    expected = f"une colonne « questionnaire » qui le dise ; le fichier est lu comme « {best} »"
    if (rivals or close) and not scores[best][3]:
        return best, (f"des colonnes communes à {', '.join(sorted({best, *rivals, *close}))}", expected)
    if scores[best][1] < DOUBTFUL:
        return best, (f"{round(100 * scores[best][1])} % seulement de colonnes connues", expected)
    return best, None


def _says(table: Table, layouts: Mapping[str, Layout]) -> str:
    """Id written in the column « questionnaire », in most lines; empty where there is none."""
    layout = next(iter(layouts.values()))
    if layout.identity is not None:
        return layout.identity[0]
    position = next((p for p, name in layout.service.items() if name == "questionnaire"), None)
    if position is None:
        return ""
    texts = [
        c[position].strip().lower()
        for n, c in table.lines
        if n > layout.row and position < len(c) and c[position]
    ]
    return max(set(texts), key=lambda t: (texts.count(t), t)) if texts else ""


def gather(read: Sequence[Read], questionnaire: Questionnaire, *, keep_until: date | None = None) -> Answers:
    """Respondents of all files of a questionnaire as its answers, with what is told of them.

    What is wrong with a file as a whole (``problems[""]``) is not in it: it is of no questionnaire.

    Args:
        read: of :func:`read_file`. questionnaire: whose answers.
        keep_until: last day on which answers may be held, as the study's settings say; for what is told alone.
    """
    mine = [each for each in read if questionnaire.id in each.rows]
    rows = [row for each in mine for row in each.rows[questionnaire.id]]
    problems = [p for each in read for p in each.problems.get(questionnaire.id, ())]
    same = flags.doubles(rows, questionnaire)
    for position, (kept, why) in same.items():
        row = rows[position]
        expected = f"une seule réponse par personne ou foyer : celle de la {rows[kept].where}, la plus complète, est gardée"
        problems.append(
            Problem(
                row.file, f"une réponse en double ({why})", expected, row.sheet, row.row, severity="warning"
            )
        )
    problems += [
        _to_delete(row, keep_until)
        for row in rows
        if flags.without_parents(row, questionnaire) and not flags.is_empty(row, questionnaire)
    ]
    told = [_flags(row, questionnaire) | ({"double"} if p in same else set()) for p, row in enumerate(rows)]
    kept_rows = [(row, marks) for row, marks in zip(rows, told, strict=True) if not marks & LEFT_OUT]
    quick = flags.threshold(row for row, _ in kept_rows)
    lines: list[tuple[int, str]] = [
        (0, flag) for marks in told if marks & LEFT_OUT for flag in sorted(marks & LEFT_OUT)
    ]
    for number, (row, marks) in enumerate(kept_rows, 1):
        marks |= {"trop_rapide"} if flags.too_fast(row, quick) else set()
        lines += [(number, flag) for flag in sorted(marks)]
    table = table_of(questionnaire, [_as_line(number, row) for number, (row, _) in enumerate(kept_rows, 1)])
    return Answers(
        questionnaire, table,
        pd.DataFrame({"respondent": pd.Series([n for n, _ in lines], dtype="int64"), "flag": pd.Series([f for _, f in lines], dtype="str")}),
        len(rows), tuple(each.name for each in mine), tuple(ordered(problems)), _keys(questionnaire, [row for row, _ in kept_rows]),
    )  # fmt: skip


def _to_delete(row: Row, keep_until: date | None) -> Problem:
    """A child's answer without a parent's agreement may not be held, whatever the settings say of the others."""
    kept = (
        f"la conservation jusqu’au {day_in_words(keep_until)} (consultation.yml)"
        if keep_until is not None
        else "aucune durée de conservation"
    )
    return Problem(
        row.file, "une réponse de mineur sans l’accord d’un parent",
        "cette ligne supprimée du fichier et de ses copies : elle n’est pas comptée, et "
        f"{kept} ne {'vaut que pour les réponses données avec accord' if keep_until else 'vaut pour elle'}",
        row.sheet, row.row, severity="warning",
    )  # fmt: skip


def _flags(row: Row, questionnaire: Questionnaire) -> set[str]:
    judged = {
        "vide": flags.is_empty(row, questionnaire),
        "sans_accord": flags.without_consent(row, questionnaire),
        "hors_territoire": flags.outside_territory(row),
        "hors_public": flags.outside_audience(row, questionnaire),
        "residence_secondaire": flags.second_home(row),
        "menage_impossible": flags.impossible_household(row),
        "lignes_droites": flags.straight_lines(row, questionnaire),
    }
    return {flag for flag, holds in judged.items() if holds}


def _as_line(number: int, row: Row) -> dict[str, object]:
    return {
        "respondent": number, "mode": row.mode, "channel": row.channel, "complete": row.complete,
        "answered": row.answered, **row.values,
    }  # fmt: skip


def key_of(questionnaire: str, said: str) -> str:
    """What a respondent is called in a workbook of reviewed texts: « parents-0f3a… » (16 hexadecimal digits).

    Args:
        questionnaire: its id.
        said: the normalised deletion code (:func:`ctg_lib.consultation.erased_codes.normal_code`), or whatever else
            tells an answer from the others.
    """
    return f"{questionnaire}-{hashlib.blake2b(f'{questionnaire}|{said}'.encode(), digest_size=8).hexdigest()}"


def _keys(questionnaire: Questionnaire, rows: Sequence[Row]) -> tuple[str, ...]:
    """Keys of rows: of the code, else of the tool's number and what was answered; a second one alike gets a number."""
    seen: dict[str, int] = {}
    out = []
    for row in rows:
        said = row.code or repr((row.response, row.started, sorted(row.values.items())))
        name = key_of(questionnaire.id, said)
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return tuple(out)


def with_problems(answers: Answers, problems: Iterable[Problem]) -> Answers:
    """The same answers with more to tell."""
    return replace(answers, problems=tuple(ordered([*answers.problems, *problems])))
