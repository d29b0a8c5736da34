"""One survey of a study: its answers, weighed on official margins, and what may be shown of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.consultation.answers import FLAGS, LEFT_OUT, Answers
from ctg_lib.consultation.estimates import FRAGILE
from ctg_lib.consultation.questionnaire import Question, Unit
from ctg_lib.display.output import SourceText
from ctg_lib.display.typography import counted, number
from ctg_lib.geography.names import fold
from ctg_lib.study.using import aside

if TYPE_CHECKING:
    from ctg_lib.consultation.settings import PlannedSurvey
    from ctg_lib.consultation.weights import Weighting
    from ctg_lib.study.core import Study
    from ctg_lib.study.margins import Official

USED_ROLES = ("priorites",)
"""Roles of the questions that are results too; the others say who answers, and agree."""
PROFILE = "profil"
"""Role of those that say who answers and weigh nothing."""

SHARES = ("part", "trois_premiers")
"""Measures that are told: shares of a question, and, of a ranking, what is among the first three."""
HALF = 50.0
_NEEDS = ("frein", "difficult", "souhait", "besoin", "renonce", "attente", "manque", "raisons")
_NOTHING = (
    "jamais", "non", "aucun", "rien", "personne", "pas ", "je n'ai pas eu", "je n'ai pas cherche",
    "sans difficulte",
)  # fmt: skip
FULLY_NAMED = 2
"""Surveys that a brief source line names one by one."""
MANY = 4
"""Themes beyond which a question is of none of them."""


@dataclass
class Survey:
    """Answers to one questionnaire of a study.

    Attributes:
        study: whose it is.
        answers: what was answered.
    """

    study: Study
    answers: Answers
    _results: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def id(self) -> str:
        """Of the questionnaire."""
        return self.answers.questionnaire.id

    @cached_property
    def official(self) -> dict[Unit, Official]:
        """What the population is known to be, for each unit of which the questionnaire asks."""
        from ctg_lib.study.margins import official

        with aside(self.study):
            return official(self.study, self.answers.questionnaire)

    @cached_property
    def weightings(self) -> dict[Unit, Weighting]:
        """Weights of the answers, for each unit asked about; the questionnaire's own first."""
        from ctg_lib.consultation.weights import weigh

        asked = self.answers.questionnaire
        units = dict.fromkeys([asked.unit, *(asked.unit_of(q) for q in asked.questions)])
        out: dict[Unit, Weighting] = {}
        for unit in units:
            known = self.official.get(unit)
            margins = known.margins if known is not None else ()
            out[unit] = weigh(
                self.answers, margins, known.population if known is not None else None, unit=unit
            )
        return out

    @property
    def weighting(self) -> Weighting:
        """Weights for the questionnaire's own unit."""
        return self.weightings[self.answers.questionnaire.unit]

    def results(self, question: str, by: str = "") -> pd.DataFrame:
        """Estimates of one question, protected (:func:`ctg_lib.consultation.estimates.estimates`).

        Args:
            by: id of the question whose answers make groups; empty: everyone together.
        """
        from ctg_lib.consultation.estimates import estimates

        if (question, by) not in self._results:
            self._results[question, by] = estimates(self.answers, self.weightings, question, by or None)
        return self._results[question, by]

    def differences(self, question: str, by: str) -> pd.DataFrame:
        """Groups that answer otherwise than the others: see :mod:`ctg_lib.consultation.differing`."""
        from ctg_lib.consultation.differing import group_differences

        unit = self.answers.questionnaire.unit_of(self.answers.questionnaire[question])
        shown = self.results(question, by)
        return group_differences(self.answers, self.weightings[unit], question, by, table=shown)

    def questions(self, theme: str = "") -> list[Question]:
        """Questions that are results, in the order asked: of a theme, or all of them.

        A question belongs to the first of its themes; one that has more than :data:`MANY` is of all of them.
        """
        found = [
            q for q in self.answers.questionnaire.questions
            if q.kind != "text" and (not q.role or q.role in USED_ROLES) and q.themes
        ]  # fmt: skip
        return [q for q in found if not theme or theme_of(q) == theme]

    def best(self, question: Question) -> pd.DataFrame:
        """Answers of a question that some gave and that may be shown, the most given first."""
        rows = self.results(question.id)
        rows = rows[rows["value"].gt(0) & rows["measure"].isin(SHARES)]
        return rows.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)

    def first(self, question: Question) -> pd.Series | None:
        """The answer that most give to a question; None where none may be shown."""
        rows = self.best(question)
        return rows.iloc[0] if len(rows) else None

    def needs(self, theme: str) -> tuple[Question, pd.Series] | None:
        """The question on needs of a theme that most answered, and what is most told; None where hidden.

        Rather one that names what is lacking than a scale, of which « rarement » says little.
        """
        found: list[tuple[Question, pd.Series]] = []
        for question in self.questions(theme):
            rows = self.best(question) if tells_of_needs(question) else pd.DataFrame()
            told = [row for _, row in rows.iterrows() if not says_nothing(question, row)]
            found += [(question, told[0])] if told else []
        return max(found, key=lambda each: (each[0].kind != "scale", each[1]["base"])) if found else None

    def most_answered(self, theme: str) -> tuple[Question | None, pd.Series | None]:
        """What is told of a theme: :meth:`needs`; else the question most answered, and its first answer."""
        if (lacking := self.needs(theme)) is not None:
            return lacking
        each = [(q, row) for q in self.questions(theme) if not q.role and (row := self.first(q)) is not None]
        return max(each, key=lambda one: one[1]["base"]) if each else (None, None)

    def lacking_first(self, question: Question) -> tuple[pd.DataFrame, int]:
        """Answers of a question as they are drawn, and how many of them tell of a need.

        The most given first; of a question on needs, what says that nothing is lacking (« aucun ») last.
        """
        rows = self.best(question)
        if not tells_of_needs(question):
            return rows, 0
        nothing = pd.Series([says_nothing(question, row) for _, row in rows.iterrows()], dtype="bool")
        return pd.concat([rows[~nothing], rows[nothing]], ignore_index=True), int((~nothing).sum())

    def profile(self) -> list[Question]:
        """Questions that say who answers, beside those that weigh answers."""
        return [q for q in self.answers.questionnaire.questions if q.role == PROFILE and q.kind != "text"]

    @property
    def count(self) -> int:
        """Answers that results rest on: neither left out nor apart (second homes)."""
        return self.weighting.diagnostics.respondents

    @property
    def told_apart(self) -> list[str]:
        """Why other answers are left out or apart, in words: a number could be one of few people."""
        flags = set(self.answers.flags["flag"]) & LEFT_OUT
        apart = self.weighting.apart
        reasons = [FLAGS[flag] for flag in FLAGS if flag in flags]
        return [*reasons, *apart.loc[apart["respondents"].ne(0), "label"]]

    @property
    def whom(self) -> str:
        """« parents », « 11–17 ans »: whom it asks, in two words."""
        return self.answers.questionnaire.title.removeprefix("Questionnaire aux ")

    @property
    def planned(self) -> PlannedSurvey | None:
        """What ``consultation.yml`` says of it."""
        return next((p for p in self.study.listening.surveys if p.questionnaire == self.id), None)

    def source(self, *, brief: bool = False) -> SourceText:
        """The source line of what it says; see :func:`source_of`."""
        return source_of([self], brief=brief)

    @property
    def when(self) -> str:
        """« du 2 novembre au 18 décembre 2026 », as ``consultation.yml`` says; empty where it does not."""
        from ctg_lib.consultation.settings import period

        found = self.planned
        return period(found.opens, found.closes) if found is not None else ""


def theme_of(question: Question) -> str:
    """The theme under which a question is told."""
    return "transversal" if len(question.themes) > MANY else question.themes[0]


def source_of(surveys: Sequence[Survey], *, brief: bool = False) -> SourceText:
    """« Questionnaires de l’étude (parents, 166 réponses redressées ; …), du … au … ; redressement : … ».

    Args:
        surveys: of one study, in the order told.
        brief: without the files of the margins.
    """
    if not surveys:
        return SourceText("")
    study = surveys[0].study
    said = []
    if brief and len(surveys) > FULLY_NAMED:
        total = sum(survey.weighting.diagnostics.respondents for survey in surveys)
        said.append(f"{counted(total, 'réponse')} à {number(len(surveys))} questionnaires")
    for survey in surveys if not said else ():
        weighed = survey.weighting
        how = "redressée" if weighed.weighted else "non redressée"
        n = weighed.diagnostics.respondents
        said.append(f"{survey.whom}, {counted(n, f'réponse {how}', f'réponses {how}s')}")
    many = "Questionnaire" if len(surveys) == 1 else "Questionnaires"
    dates = list(dict.fromkeys(survey.when for survey in surveys if survey.when))
    when = f", {dates[0]}" if len(dates) == 1 else f", {span(surveys)}" if dates else ""
    made_up = " ; données fictives" if study.fictif else ""
    line = SourceText(f"{many} de l’étude ({' ; '.join(said)}){when}{made_up}")
    ids = dict.fromkeys(id for s in surveys for margin in s.weighting.margins for id in margin.sources)
    return line if brief or not ids else line + " ; redressement : " + study.source_ids_line("+".join(ids))


def span(surveys: Sequence[Survey]) -> str:
    """From the first day to the last one on which one of them is open, in words; empty where not dated."""
    from ctg_lib.consultation.settings import period

    found = [survey.planned for survey in surveys if survey.planned is not None]
    opens = [p.opens for p in found if p.opens is not None]
    closes = [p.closes for p in found if p.closes is not None]
    first = min(opens, key=lambda m: m.first) if opens else None
    last = max(closes, key=lambda m: m.last) if closes else None
    return period(first, last)


def surveys_of(study: Study) -> dict[str, Survey]:
    """Surveys to which someone answered: id of the questionnaire -> survey, in the order of the bank."""
    made = {id: Survey(study, found) for id, found in study.consultation.surveys.items() if len(found)}
    return {id: survey for id, survey in made.items() if survey.count}


def themes_of(surveys: Sequence[Survey]) -> list[str]:
    """Themes on which something was asked, in the order of the convention."""
    from ctg_lib.workbooks.common import THEMES

    asked = {theme_of(q) for survey in surveys for q in survey.questions()}
    return [theme for theme in THEMES if theme in asked]


def tells_of_needs(question: Question) -> bool:
    """Whether a question is about what is lacking, wished for or hard, by its name in the bank."""
    return any(word in question.id for word in _NEEDS)


def says_nothing(question: Question, row: pd.Series) -> bool:
    """Whether an answer says that nothing is lacking, wished for or hard (« aucun », « jamais »)."""
    option = next((o for o in question.options if o.label == row["label"]), None)
    return (option is not None and option.exclusive) or fold(str(row["label"])).startswith(_NOTHING)


def speaks(question: Question, row: pd.Series) -> bool:
    """Whether more than half of those asked say that something is lacking, wished for or hard."""
    sure = pd.notna(row["lower"]) and row["lower"] > HALF and row["base"] >= FRAGILE
    return bool(tells_of_needs(question) and not says_nothing(question, row) and sure)


def said_share(row: pd.Series | dict) -> str:
    """« 41 % »; « 7 sur 12 » where few answered."""
    if row["base"] >= FRAGILE:
        return number(row["value"], 0, "%")
    return f"{number(row['n'])} sur {number(row['base'])}" if pd.notna(row["n"]) else "–"


def interval_words(row: pd.Series | dict) -> str:
    """« (de 38 à 51 %) »; empty where there is none."""
    if pd.isna(row["lower"]) or pd.isna(row["upper"]) or row["base"] < FRAGILE:
        return ""
    return f" ({number(row['lower'], 0)} à {number(row['upper'], 0, '%')})"
