"""Where groups answer otherwise than the others, and nothing but where it is established."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ctg_lib.consultation.answers import Answers
from ctg_lib.consultation.estimates import FIXED, Crossing, estimates
from ctg_lib.consultation.questionnaire import Questionnaire
from ctg_lib.consultation.weights import Weighting
from ctg_lib.geography.names import fold
from ctg_lib.statistics.multiple import LEVEL, Adjustment, adjusted, differences

SMALLEST = 30
"""Respondents in a group, and in all the others, under which nothing is compared: normal law."""
COLUMNS = (
    "question", "by", "column", "label", "group", "group_label", "value", "rest", "difference", "lower", "upper", "adjusted",
    "established",
)  # fmt: skip


def group_differences(
    answers: Answers,
    weighting: Weighting,
    question: str,
    by: str,
    *,
    table: pd.DataFrame | None = None,
    method: Adjustment = "holm",
    level: float = LEVEL,
) -> pd.DataFrame:
    """Each share in each group beside the others', of the cells that may be shown.

    All comparisons of the question are adjusted together (:mod:`ctg_lib.statistics.multiple`).

    Args:
        answers, weighting, question, by: as :func:`ctg_lib.consultation.estimates.estimates`.
        table: what it returns for them, where that is known already.
        method: ``holm`` for what is said in words. level: under which a difference is established.

    Returns:
        Frame :data:`COLUMNS`; shares and differences in % and points. A group under :data:`SMALLEST` respondents,
        or whose others are, is not compared.
    """
    crossing = Crossing(answers, weighting, question, by)
    if table is None:
        table = estimates(answers, weighting, question, by)
    shown = table[table["measure"].eq("part") & table["status"].eq("estimated") & table["method"].ne(FIXED)]
    rows = []
    for (column, label), part in shown.groupby(["column", "label"], sort=False):
        cell = crossing.share(str(column))
        for group, name in part[["group", "group_label"]].itertuples(index=False):
            members = crossing.members(str(group))
            inside = int((cell.base & members).sum())
            if not group or min(inside, int(cell.base.sum()) - inside) < SMALLEST:
                continue
            found = differences(crossing.design(cell.base), cell.y, cell.base, {str(group): members}).iloc[0]
            rows.append(
                (
                    question,
                    by,
                    column,
                    label,
                    group,
                    name,
                    *found[["value", "rest", "difference", "lower", "upper", "p"]],
                )
            )
    out = pd.DataFrame(rows, columns=[*COLUMNS[:11], "p"])
    out["adjusted"] = adjusted(out["p"].to_numpy(dtype=float), method).round(5)
    out["established"] = out["adjusted"].lt(level)
    numbers = ["value", "rest", "difference", "lower", "upper"]
    out[numbers] = (100 * out[numbers].astype("float64")).round(3)
    return out[list(COLUMNS)]


def told(rows: pd.DataFrame, asked: Questionnaire, limit: int = 3) -> tuple[str, ...]:
    """Sentences on the differences that are established, the widest first; one that says there is none.

    Nothing where nothing could be compared.

    Args:
        rows: of :func:`group_differences`, of one question or of several.
        asked: the questionnaire that they answer.
    """
    if rows.empty:
        return ()
    sure = rows[rows["established"]].copy()
    if sure.empty:
        return ("Aucun écart entre groupes n’est établi, compte tenu du nombre de réponses.",)
    sure["width"] = np.abs(sure["difference"])
    sure = sure.sort_values(["width", "column", "group"], ascending=[False, True, True]).head(limit)
    return tuple(_sentence(row, asked) for row in sure.to_dict("records"))


def _sentence(row: Mapping[Hashable, Any], asked: Questionnaire) -> str:
    """« Dans le secteur Larzac, « Les transports » (priorités) est moins souvent cité (13 %) qu’ailleurs (42 %). »"""
    question = asked[row["question"]]
    said = "cité" if question.kind == "multiple" else "répondu"
    about = f" ({question.topic})" if question.topic else ""
    more = "plus" if row["value"] > row["rest"] else "moins"
    group, others = _groups(asked, row["by"], row["group_label"])
    return (
        f"{group}, « {row['label']} »{about} est {more} souvent {said} ({_percent(row['value'])}) {others} "
        f"({_percent(row['rest'])})."
    )


def _groups(asked: Questionnaire, by: str, label: str) -> tuple[str, str]:
    """A group and the others, in the words of a sentence: « Dans le secteur Larzac », « qu’ailleurs »."""
    question = asked[by]
    home = asked.unit_of(question) == "menage"
    if question.role == "secteur":
        name = label[:1].lower() + label[1:] if fold(label).startswith("secteur") else f"secteur {label}"
        return f"Dans le {name}", "qu’ailleurs"
    if question.role == "menage":
        return f"Dans les foyers « {label} »", "que dans les autres foyers"
    who = "Dans les foyers qui répondent" if home else "Parmi ceux qui répondent"
    about = f" ({question.topic})" if question.topic else ""
    return f"{who} « {label} »{about}", "que dans les autres foyers" if home else "que parmi les autres"


def _percent(value: float) -> str:
    return f"{value:.0f}\u00a0%"
