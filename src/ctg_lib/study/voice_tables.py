"""What people said, as tables to take away: answers to surveys, needs by side. The pages' numbers, no others.

**Surveys.** Every question that is a result (:meth:`~ctg_lib.study.survey.Survey.questions`) or says who
answers (:meth:`~ctg_lib.study.survey.Survey.profile`), of all
respondents, as :func:`ctg_lib.consultation.estimates.estimates` protects it. Tables of one question by
several groups have common margins; and where the groups are those that answers are weighed on, their weights
are known: the weighted share of all, beside raw counts by group, is a second equation on what is hidden. So a
crossing stands here only

* of the questions that the chapter compares (:meth:`Habitants.most_answered_on_needs`), where groups are
  large enough to be compared, by secteur and by type of household, **whole**: where not one cell of an
  answer (of the question, where a single one may be chosen; of a line of a grid) is hidden in any group, nor
  of all, nor of the questions that filter it: nothing is hidden in it that could be found;
* as the chapter prints it, of households of soldiers and the others: they are no margin.

Tables by different groups then share nothing but totals that are shown: one tells nothing of another.
Weighted numbers are rounded as on the pages; under :data:`FRAGILE` answers there is a number and no share. Of
a ranking, what is first and among the first three: with the mean rank, second and third would be found.

**Actors.** Rows of the chapter's table: needs × sides, meetings where a side says that it is missing, the
reading. What is left out or told as one there is here too (:func:`ctg_lib.consultation.coverage.shown`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.consultation import coverage, synthesis
from ctg_lib.consultation.actors import KINDS, OTHER_SIDES
from ctg_lib.consultation.differing import SMALLEST
from ctg_lib.consultation.estimates import FRAGILE, MEASURES, METHODS
from ctg_lib.consultation.filtered import filters
from ctg_lib.consultation.questionnaire import Question, Role
from ctg_lib.display.prose import upper_first
from ctg_lib.study.chapters import heard
from ctg_lib.study.chapters.habitants import Habitants
from ctg_lib.study.survey import SHARES, theme_of
from ctg_lib.values import STATUS_LABELS
from ctg_lib.workbooks.common import THEMES

if TYPE_CHECKING:
    from ctg_lib.study.core import Study
    from ctg_lib.study.survey import Survey

SURVEY_COLUMNS: tuple[str, ...] = (
    "questionnaire", "questionnaire_label", "theme", "question", "question_text", "column", "label", "by",
    "by_text", "group", "group_label", "measure", "n", "base", "raw", "value", "lower", "upper", "unit",
    "method", "status", "effective", "source_text", "sources", "period",
)  # fmt: skip
"""Of :func:`survey_table`: as :data:`ctg_lib.consultation.estimates.COLUMNS`; ``theme``, ``measure``,
``method`` and ``status`` in French, ``by`` id of the question that makes groups (empty: all respondents),
``sources`` ids of the files of the margins, joined by « + »."""
ACTOR_COLUMNS: tuple[str, ...] = (
    "theme", "need", "label", "side", "side_label", "meetings", "lacking", *KINDS, "reading", "source_text",
    "period",
)  # fmt: skip
"""Of :func:`actors_table`: ``side`` empty of all together, who alone have the numbers of meetings by kind."""
MEASURES_TOLD = ("part", "premier", "trois_premiers", "moyenne", "mediane")
FEW_ANSWERS = f"moins de {FRAGILE} réponses : un nombre, non une part"
EVERYONE = "ensemble"
SIDE_READINGS: dict[str, str] = {
    "manque": "dit que cela manque",
    "offre": "n’y voit qu’une offre ou un levier",
    "piste": "propose une piste",
    "": "en parle, nature non codée",
}
"""What a side says of a need (:data:`ctg_lib.consultation.synthesis.SIDE_COLUMNS`) -> in French."""
CALM, AWAY = "a parlé du thème, pas de ce besoin", "n’a pas parlé du thème"
_GROUPS: tuple[Role, ...] = ("secteur", "menage")
_WHOLE = ("estimated", "missing")
"""Statuses of cells that hide nobody: shown, or of a group in which nobody answered."""
_SHARED = ("part", "premier", "trois_premiers")


# ------------------------------------------------------------------------------------------------ surveys


def survey_table(study: Study) -> pd.DataFrame:
    """Answers to the study's surveys (:data:`SURVEY_COLUMNS`), in the order asked; maybe none."""
    chapter = Habitants(study)
    soldiers = chapter.told_of_soldiers()
    parts = []
    for survey in study.surveys.values():
        compared = chapter.most_answered_on_needs(survey) if survey.count >= 2 * SMALLEST else []
        told = {question.id for question in [*survey.questions(), *survey.profile()]}
        for question in survey.answers.questionnaire.questions:
            if question.id not in told:
                continue
            rows = [_everyone(survey, question)]
            if question in compared:
                rows += [whole_crossing(survey, question, by) for by in _groups(survey)]
            if soldiers is not None and soldiers[0] is survey and soldiers[1].id == question.id:
                printed = soldiers[2]
                rows.append(printed[printed["group"].ne("")].assign(by=soldiers[3]))
            parts.append(_told(survey, question, pd.concat([each for each in rows if len(each)] or rows[:1])))
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=list(SURVEY_COLUMNS), dtype=object)
    )


def whole_crossing(survey: Survey, question: Question, by: Question) -> pd.DataFrame:
    """Rows of groups, of the answers of which nothing is hidden, in no group nor of all; maybe none."""
    nothing = survey.results(question.id).iloc[:0].assign(by="")
    above = filters(survey.answers.questionnaire, question)
    if by.id == question.id or not all(_nothing_hidden(survey, parent, by) for parent, _ in above):
        return nothing
    rows = _shares(survey.results(question.id, by.id))
    kept = [own for _, own in rows.groupby(_part(question, rows), sort=False) if _whole(own)]
    groups = pd.concat(kept) if kept else nothing
    return groups[groups["group"].ne("")].assign(by=by.id)


def _groups(survey: Survey) -> list[Question]:
    found = [survey.answers.questionnaire.of_role(role) for role in _GROUPS]
    return [by for by in found if by is not None]


def _everyone(survey: Survey, question: Question) -> pd.DataFrame:
    rows = survey.results(question.id)
    return rows[rows["measure"].isin(MEASURES_TOLD)].assign(by="")


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["measure"].isin(SHARES)]


def _nothing_hidden(survey: Survey, question: Question, by: Question) -> bool:
    rows = _shares(survey.results(question.id, by.id))
    return bool(len(rows)) and _whole(rows)


def _whole(rows: pd.DataFrame) -> bool:
    return bool(rows["status"].isin(_WHOLE).all() and rows["status"].eq("estimated").any())


def _part(question: Question, rows: pd.DataFrame) -> pd.Series:
    """What is hidden or shown together: a question, a line of a grid, an option where several are ticked."""
    if question.kind in ("multiple", "ranking"):
        return rows["column"].astype("str")
    first = rows["column"].astype("str").str.split("__").str[0]
    return first if question.kind == "grid" else first.mask(first.notna(), "")


def _told(survey: Survey, question: Question, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of a question as they are given: rounded, in words."""
    asked = survey.answers.questionnaire
    share, few = rows["measure"].isin(_SHARED), rows["base"].lt(FRAGILE) & rows["status"].eq("estimated")
    numbers: dict[str, pd.Series] = {}
    for column, digits in (("raw", 1), ("value", 0), ("lower", 0), ("upper", 0)):
        given = rows[column].astype("float64")
        # + 0.0: a share of nothing is 0, not −0
        numbers[column] = given.round(digits).where(share, given.round(1)).mask(few) + 0.0
    texts = {"": "", **{q.id: q.label for q in asked.questions}}
    sources = dict.fromkeys(id for margin in survey.weighting.margins for id in margin.sources)
    return rows.assign(
        **numbers,
        effective=rows["effective"].astype("float64").round(0).mask(few),
        questionnaire_label=asked.title, theme=heard.theme_name(theme_of(question)),
        question_text=question.label,
        by_text=rows["by"].map(texts), measure=rows["measure"].map(MEASURES),
        method=rows["method"].map(METHODS).mask(few, FEW_ANSWERS).mask(rows["value"].isna(), ""),
        status=rows["status"].map(STATUS_LABELS), source_text=str(survey.source()), sources="+".join(sources),
        period=survey.when,
    ).loc[:, list(SURVEY_COLUMNS)]  # fmt: skip


def questionnaire_table(study: Study) -> pd.DataFrame:
    """One row per survey with answers: ``questionnaire, label, answers``, ``how`` it was weighed, ``period,
    source_text, sources``."""
    rows = [
        {
            "questionnaire": s.id, "label": s.answers.questionnaire.title, "answers": s.count,
            "how": s.weighting.label, "period": s.when, "source_text": str(s.source()),
            "sources": "+".join(dict.fromkeys(id for m in s.weighting.margins for id in m.sources)),
        }
        for s in study.surveys.values()
    ]  # fmt: skip
    columns = ["questionnaire", "label", "answers", "how", "period", "source_text", "sources"]
    return pd.DataFrame(rows, columns=columns)


# ------------------------------------------------------------------------------------------------- actors


def actors_table(study: Study) -> pd.DataFrame:
    """Needs × sides (:data:`ACTOR_COLUMNS`), in the order of themes and scheme; maybe none."""
    actors = coverage.shown(study.consultation.actors)
    crossing = synthesis.crossing(actors)
    views = {(row["need"], row["side"]): row for row in synthesis.by_side(actors).to_dict("records")}
    kinds = synthesis.by_kind(actors).set_index("need")
    named = heard.named_sides(actors)
    order = {theme: i for i, theme in enumerate(THEMES)}
    crossing = crossing.sort_values("theme", key=lambda c: c.map(order), kind="stable")
    rows = []
    for need in crossing.to_dict("records"):
        own = {kind: int(kinds.loc[need["need"], kind]) for kind in KINDS}
        every = {"side": "", "side_label": EVERYONE, "meetings": need["meetings"], "lacking": need["lacking"]}
        rows.append({**_need(need), **every, **own, "reading": synthesis.READINGS[need["reading"]]})
        rows += [_side(need, side, views.get((need["need"], side))) for side in named]
    frame = pd.DataFrame(rows, columns=list(ACTOR_COLUMNS))
    return frame.assign(source_text=str(heard.source(study)), period=_months(study))


def _need(need: dict[Hashable, Any]) -> dict[str, Any]:
    return {
        "theme": heard.theme_name(need["theme"]),
        "need": need["need"],
        "label": upper_first(need["label"]),
    }


def _side(need: dict[Hashable, Any], side: str, view: dict[Hashable, Any] | None) -> dict[str, Any]:
    label = "autres acteurs" if side == OTHER_SIDES else heard.SIDE_WORDS[side].removeprefix("les ")
    said = {"meetings": 0, "lacking": 0, "reading": CALM if side in need["silent"] else AWAY}
    if view is not None:
        said = {
            "meetings": view["meetings"],
            "lacking": view["lacking"],
            "reading": SIDE_READINGS[view["says"]],
        }
    return {**_need(need), "side": side, "side_label": label, **said}


def _months(study: Study) -> str:
    dates = pd.to_datetime(heard.held(study)["date"]).dropna()
    return heard.months(dates.min(), dates.max()) if len(dates) else ""


def source_cells(study: Study) -> Iterable[str]:
    """``sources`` cells of the tables of surveys: the files that answers are weighed on."""
    return [cell for cell in questionnaire_table(study)["sources"] if cell]
