"""All that a study collects of what people say, and what it plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from ctg_lib.consultation.actors import Actors
from ctg_lib.consultation.answers import Answers
from ctg_lib.observations import content_hash
from ctg_lib.workbooks.problems import Problem, ordered

FOLDER = "consultation"
"""Of a study's folder: answers, interviews, meetings; never in git (but the demonstration's)."""


@dataclass(frozen=True)
class Consultation:
    """What people said.

    Attributes:
        folder: the study's ``consultation`` folder, whether or not it exists.
        surveys: id of a questionnaire -> its answers; only those of which a file came back.
        actors: interviews, meetings, forums, seminar.
        verbatims: open answers that a person reviewed and let print: ``questionnaire, question, theme, need, text``.
        problems: of the files, in order.
        coded: open answers counted as the reviewer coded them (:func:`ctg_lib.consultation.words.coded`).
    """

    folder: Path
    surveys: Mapping[str, Answers] = field(default_factory=dict)
    actors: Actors = field(default_factory=Actors)
    verbatims: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["questionnaire", "question", "theme", "need", "text"])
    )
    problems: tuple[Problem, ...] = ()
    coded: pd.DataFrame = field(default_factory=pd.DataFrame)

    @cached_property
    def recorded(self) -> pd.DataFrame:
        """``part, rows, content``: one row per table, with a hash of what it holds and none of it."""
        tables = {f"enquete {id}": answers.table for id, answers in self.surveys.items()}
        said = self.actors
        tables |= {
            "rencontres": said.meetings, "extraits": said.excerpts, "seconde lecture": said.twice, "votes": said.votes,
            "présents": said.present, "paroles": self.verbatims, "réponses libres": self.coded,
        }  # fmt: skip
        rows = [(part, len(table), content_hash(table)) for part, table in tables.items()]
        return pd.DataFrame(rows, columns=["part", "rows", "content"])

    @property
    def empty(self) -> bool:
        """Whether nobody was heard yet."""
        return not self.surveys and self.actors.empty


def load(
    study_folder: Path,
    *,
    communes: Mapping[str, str],
    secteurs: Mapping[str, tuple[str, ...]],
    as_of: date,
    fictif: bool = False,
) -> Consultation:
    """Read what a study collected; a folder that does not exist holds nothing.

    Args:
        study_folder: of the study.
        communes: code -> name of the territory's communes.
        secteurs: name -> codes of its communes; empty where the study has none.
        as_of: the study's date, which stands for « today ».
        fictif: whether the study is made up, and its pages marked; in any other a file that says its data are made up
            is an error, and is not read.
    """
    from ctg_lib.consultation import (
        bank,
        made_up,
        reading_actors,
        received,
        scheme,
        settings,
        verbatims,
        words,
    )

    folder = Path(study_folder) / FOLDER
    if not folder.is_dir():
        return Consultation(folder)
    needs, problems = scheme.load_scheme(folder)
    asked, _ = bank.questionnaires(Path(study_folder), secteurs, communes)  # told by ``preparation.prepare``
    until = settings.read_settings(Path(study_folder), asked).keep_until
    surveys, unread = received.received(folder, asked, fictif=fictif, keep_until=until)
    actors = reading_actors.read_actors(folder, communes, secteurs, needs, as_of, fictif=fictif)
    if not fictif and made_up.workbook(folder / verbatims.FILE):
        problems = (*problems, made_up.refused(verbatims.FILE))
        reviewed = verbatims.none(needs)
    else:
        reviewed = verbatims.read(folder, communes.values(), needs, surveys)
    own = {code: theme for code, (theme, _) in needs.pairs.items()}
    told = [*problems, *unread, *actors.problems, *reviewed.problems]
    return Consultation(
        folder, surveys, actors, reviewed.texts, tuple(ordered(told)), words.coded(reviewed.lines, themes=own)
    )
