"""Figures that several chapters draw: a rate with and without one commune, a count year by year."""

from __future__ import annotations

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import shown, upper_first
from ctg_lib.display.typography import counted, number
from ctg_lib.indicators.registry import definition
from ctg_lib.statistics.comparison import counts_differ
from ctg_lib.study.chapters.base import Chapter, count_or_range
from ctg_lib.study.rows import known as is_known

SHORT = {
    "part_sans_diplome": "sans diplôme",
    "taux_chomage_rp": "actifs au chômage",
    "part_travail_commune": "travail dans sa commune",
}
"""Names of rates short enough for a title."""


def has_number(row: pd.Series) -> bool:
    """Whether a row holds a number or a range that may be shown."""
    return bool(is_known(row.to_frame().T).iloc[0])


def number_of(row: pd.Series, singular: str, plural: str) -> str:
    """« 88 foyers », « 1 foyer », « entre 58 et 144 foyers »."""
    if pd.notna(row["value"]):
        return counted(float(row["value"]), singular, plural)
    return f"{count_or_range(row)} {plural}"


def known_dots(chapter: Chapter, indicator: str, id: str) -> Figure | Absent:
    """Comparison dots of a rate; absent where the territory's own value is not known, whatever the others'."""
    value, rule = chapter.study.value(indicator), definition(indicator)
    if value.is_number:
        return chapter.dots(indicator, id=id)
    reason = f"valeur du territoire : {shown(value)}"
    if value.status == "missing":
        reason = "la valeur de ce territoire n’est pas encore réunie"
    return chapter.absent(upper_first(rule.label), reason, id)


def twice_dots(chapter: Chapter, indicator: str, id: str) -> Figure | Absent:
    """Comparison dots of a rate, with its second reading where one commune turns it."""
    from ctg_lib.display.charts import comparison_dots

    study, compared = chapter.study, chapter.study.compare(indicator)
    rule, found = compared.definition, study.distortion(indicator)
    if found is None or not found.changes_reading:
        return known_dots(chapter, indicator, id)
    frame = chapter.comparison_frame(compared)
    name = chapter.commune(found.place).name
    extra = {
        "name": f"… sans {name}", "value": found.without_place, "lower": float("nan"), "upper": float("nan"),
        "status": "observed", "period": compared.value.period, "highlight": True, "median": False,
    }  # fmt: skip
    frame = pd.concat([frame.iloc[:1], pd.DataFrame([extra]), frame.iloc[1:]], ignore_index=True)
    whole, rest, there = (
        number(v, rule.decimals, "%") for v in (found.with_place, found.without_place, found.reference)
    )
    subject, where = SHORT.get(indicator, rule.label), chapter.main_place(compared)
    return comparison_dots(
        frame, id=id, title=f"{upper_first(subject)} : {whole}, mais {rest} sans {name} ; {there} {where}",
        subtitle=f"{upper_first(rule.label)}, %{chapter.period_text(compared.value)}",
        source=study.source_line(compared.value, compared.references, compared.peers, compared.lookalikes,
                                 treatment="taux recalculé sans la commune, à partir de ses effectifs"),
        unit="%", decimals=rule.decimals,
    )  # fmt: skip


def counts_by_year(
    chapter: Chapter,
    indicator: str,
    *,
    id: str,
    absent: tuple[str, str],
    noun: tuple[str, str],
    measure: str,
    notes: tuple[str, ...] = (),
    prefix: str = "",
) -> Figure | Absent:
    """A count by year: exact, or the range that rounding leaves, and what may be read of it.

    Args:
        absent: title and reason where fewer than two years are known.
        noun: what is counted, singular and plural.
        measure: what is counted and when, the subtitle.
        prefix: what comes before the message in the title.
    """
    from ctg_lib.display.charts import bars

    rule, rows = definition(indicator), chapter.study.series(indicator)
    rows = rows[is_known(rows)]
    if len(rows) < 2:
        return chapter.absent(*absent, id)
    rounded = int(rows["value"].isna().sum())
    if rounded:
        measure += " : " + ("nombre transmis, ou " if rounded < len(rows) else "")
        measure += "fourchette que permettent les arrondis"
    frame = rows.assign(name=rows["period"].str[:4])[["name", "value", "lower", "upper", "status"]]
    return bars(
        frame, id=id, title=prefix + counts_title(rows, rule.meaningful, noun), label="Année", subtitle=measure,
        source=chapter.study.source_line(rows), notes=notes,
        alt=" ; ".join(f"{count_or_range(r)} en {r['period'][:4]}" for _, r in rows.iloc[[0, -1]].iterrows()),
    )  # fmt: skip


def counts_title(rows: pd.DataFrame, meaningful: float, noun: tuple[str, str]) -> str:
    """The message of a series of counts, exact or as ranges; no difference is named that chance explains.

    Args:
        rows: at least two known rows, oldest first.
        meaningful: relative difference that is worth a word.
        noun: what is counted, singular and plural.
    """
    first, last = rows.iloc[0], rows.iloc[-1]
    now, count = last["period"][:4], upper_first(number_of(last, *noun))
    low, high = (rows[b].fillna(rows["value"]) for b in ("lower", "upper"))
    exact = rows[rows["value"].notna()]
    if len(exact) > 1 and exact.index[-1] == rows.index[-1]:
        first = exact.iloc[0]
        then, words = first["period"][:4], _exactly(last["value"], first["value"], meaningful)
        if not words:
            return f"{count} en {now}, {number(first['value'])} en {then} : le hasard suffit à cet écart"
        return f"{count} en {now}, {words} qu’en {then} ({number(first['value'])})"
    then = first["period"][:4]
    if low.iloc[-1] > high.iloc[0]:
        return f"{count} en {now} : plus qu’en {then} ({count_or_range(first)})"
    if high.iloc[-1] < low.iloc[0]:
        return f"{count} en {now} : moins qu’en {then} ({count_or_range(first)})"
    return f"{count} en {now} : depuis {then}, les arrondis ne laissent voir ni hausse ni baisse"


def _exactly(now: float, then: float, meaningful: float) -> str:
    """« autant », « à peu près autant », « plus », « moins »; empty where chance explains the difference."""
    if now == then:
        return "autant"
    if abs(now - then) < meaningful * then:
        return "à peu près autant"
    sure, _ = counts_differ(round(now), round(then))
    if not sure:
        return ""
    return "plus" if now > then else "moins"
