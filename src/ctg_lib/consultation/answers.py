"""Answers to one questionnaire as one table, whatever file they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ctg_lib.consultation.questionnaire import Question, Questionnaire
from ctg_lib.workbooks.problems import Problem

MODES: dict[str, str] = {"en_ligne": "en ligne", "papier": "sur papier", "face_a_face": "en face à face"}
"""How an answer was given."""
SERVICE_COLUMNS: tuple[str, ...] = ("respondent", "mode", "channel", "complete", "answered")
"""Before the questions: a number from 1 that says nothing of the person, :data:`MODES`, code of the channel
(empty: unknown), whether the last page was reached, share of the questions asked that were answered."""
FLAGS: dict[str, str] = {
    "double": "réponse en double",
    "menage_impossible": "composition de ménage impossible",
    "trop_rapide": "remplie trop vite pour avoir été lue",
    "lignes_droites": "même case à toutes les lignes",
    "vide": "aucune réponse",
    "hors_territoire": "hors du territoire",
    "hors_public": "hors du public du questionnaire",
    "sans_accord": "sans accord pour l’usage des réponses",
    "residence_secondaire": "résidence secondaire",
}
"""What is told of an answer."""
LEFT_OUT: frozenset[str] = frozenset({"double", "vide", "hors_territoire", "hors_public", "sans_accord"})
"""Flags of answers that enter no result; the others are told, counted, and kept."""


@dataclass(frozen=True)
class Answers:
    """Answers to one questionnaire.

    Attributes:
        questionnaire: what was asked.
        table: one row per answer that enters results; :data:`SERVICE_COLUMNS`, then the columns of each question
            (see :func:`empty_table` for their types; absent where it was not asked, or not answered).
        flags: one row per answer and flag: ``respondent`` (0 where the answer is left out of the table),
            ``flag`` (a key of :data:`FLAGS`).
        received: how many answers the files hold, those left out included.
        files: names of the files read.
        problems: what could not be read, or seems wrong.
        keys: of each row of the table: the same whenever its files are read again, « parents-0f3a… »; made of the
            deletion code where there is one (:func:`ctg_lib.consultation.reading.key_of`).
    """

    questionnaire: Questionnaire
    table: pd.DataFrame
    flags: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"respondent": [], "flag": []}))
    received: int = 0
    files: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    keys: tuple[str, ...] = ()
    _asked: dict[str, pd.Series] = field(default_factory=dict, init=False, repr=False, compare=False)
    _held: dict[tuple[str, str, bytes], bool] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __len__(self) -> int:
        return len(self.table)

    def asked(self, question: str) -> pd.Series:
        """Whether a question was asked of each respondent, by what they answered before it (bool, as the table)."""
        if question not in self._asked:
            shown = pd.Series(True, index=self.table.index)
            for condition in self.questionnaire[question].when:
                shown &= self.asked(condition.question) & self._has(condition.question, condition.codes)
            self._asked[question] = shown
        return self._asked[question]

    def given(self, question: str) -> pd.Series:
        """Whether each respondent answered a question (bool): the base of what is said of it."""
        columns = [c for c in self.questionnaire[question].columns if not c.endswith("__texte")]
        return self.asked(question) & self.table[columns].notna().any(axis="columns")

    def _has(self, question: str, codes: tuple[str, ...]) -> pd.Series:
        each = self.questionnaire[question]
        if each.kind in ("multiple", "ranking"):
            columns = [f"{each.id}__{code}" for code in codes]
            ticked = self.table[columns]
            return (ticked.fillna(False).astype(bool) if each.kind == "multiple" else ticked.notna()).any(
                axis="columns"
            )
        return self.table[each.id].isin(codes)


def dtype_of(question: Question, column: str) -> str:
    """Type of a column: ``str`` (codes and texts), ``boolean`` (ticked or not), ``Int64`` (ranks, numbers)."""
    if column in question.texts:
        return "str"
    return {"multiple": "boolean", "ranking": "Int64", "integer": "Int64"}.get(question.kind, "str")


def empty_table(questionnaire: Questionnaire) -> pd.DataFrame:
    """The table without a row: its columns and their types."""
    return table_of(questionnaire, [])


def table_of(questionnaire: Questionnaire, rows: list[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as the table: column -> value, None where absent; columns that a row does not have are absent."""
    service = {
        "respondent": "int64",
        "mode": "str",
        "channel": "str",
        "complete": "bool",
        "answered": "float64",
    }
    blank: dict[str, Any] = {
        "respondent": 0,
        "mode": "en_ligne",
        "channel": "",
        "complete": True,
        "answered": 1.0,
    }
    out = {n: pd.Series([row.get(n, blank[n]) for row in rows], dtype=t) for n, t in service.items()}
    for question in questionnaire.questions:
        for column in question.columns:
            values = [row.get(column) for row in rows]
            out[column] = pd.Series(values, dtype=dtype_of(question, column))
    return pd.DataFrame(out)
