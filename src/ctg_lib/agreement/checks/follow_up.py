"""suivi.xlsx: ids of nothing, what is told before its time, actions of which a year says nothing, broken series."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from ctg_lib.agreement.checks.ground import Line, lines, listed, people, unknown
from ctg_lib.agreement.follow_up import BOOK, progress, years
from ctg_lib.agreement.measurability import span_of
from ctg_lib.indicators.registry import registry
from ctg_lib.partnership.checks.ground import day, number
from ctg_lib.workbooks.problems import Problem

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement
    from ctg_lib.partnership.folder import Partnership


def problems(agreement: Agreement, partnership: Partnership, as_of: date) -> Iterator[Problem]:
    """What does not agree in the follow-up.

    Args:
        as_of: the study's date: nothing that comes after it is known.
    """
    sheets = {sheet.name: lines(agreement, BOOK, sheet.name) for sheet in agreement.books[BOOK].sheets}
    for name, own in sheets.items():
        cited = [f.name for f in agreement.books[BOOK][name].fields if f.refers_to]
        yield from unknown(agreement, partnership, own, cited)
    yield from _progress(sheets["progress"], as_of)
    yield from _silent(agreement, sheets["progress"])
    yield from _measures(agreement, sheets["measures"], as_of)
    for line in sheets["spending"]:
        yield from _spent(line, as_of)
    for line in sheets["evaluation"]:
        yield from _answer(line, as_of)
    yield from people(sheets.values())


def _progress(told: list[Line], as_of: date) -> Iterator[Problem]:
    for line in told:
        on, year = line["told_on"], line["year"]
        if on is None or year is None:
            continue
        if on > as_of:
            yield _future(line, "told_on", on, as_of, "un avancement dit après la date de l’étude")
        elif on.year < year:
            yield line.problem(
                "told_on", f"{day(on)}, pour {int(year)}", f"un jour de {int(year)} ou d’après",
                said="un avancement dit avant l’année qu’il raconte",
            )  # fmt: skip
        if line["state"] in ("reportee", "abandonnee") and not (line["difficulties"] or line["next"]):
            yield line.warning(
                "difficulties", "", "à compléter : ce qui l’a empêchée, ou la suite", said="une action reportée ou abandonnée sans raison"
            )  # fmt: skip


def _silent(agreement: Agreement, told: list[Line]) -> Iterator[Problem]:
    """Actions of which the latest year told says nothing."""
    last = max((y for y in years(agreement) if any(line["year"] == y for line in told)), default=None)
    if last is None:
        return
    table = progress(agreement, last)
    silent = table.loc[table["state"].eq(""), "id"].tolist()
    if silent:
        shape = agreement.books[BOOK]["progress"]
        file = agreement.file(BOOK).rpartition("/")[2]
        head = Line(file, shape, {}, f"année {last}")
        yield head.warning(
            "action", f"{last} ne dit rien de {listed(silent)}", "une ligne par action et par année, même si rien n’a commencé",
            said=f"l’avancement de {last} ne dit rien de {listed(silent)}",
        )  # fmt: skip


def _measures(agreement: Agreement, told: list[Line], as_of: date) -> Iterator[Problem]:
    table = agreement.table("plan", "indicators")
    known = {str(line["id"]): line for line in table.to_dict("records")}
    for line in told:
        own = known.get(str(line["indicator"]))
        span = span_of(line["period"]) if line["period"] is not None else None
        if line["measured_on"] is not None and line["measured_on"] > as_of:
            yield _future(line, "measured_on", line["measured_on"], as_of, "une mesure faite après la date de l’étude")  # fmt: skip
        if line["period"] is not None and span is None:
            yield line.problem("period", str(line["period"]), "une année ou une date", said="une période qui ne se lit pas")  # fmt: skip
        elif span and line["measured_on"] is not None and line["measured_on"] < span.first:
            yield line.problem(
                "measured_on", f"{day(line['measured_on'])}, pour {line['period']}", "un jour de la période, ou d’après",
                said="une mesure faite avant la période qu’elle décrit",
            )  # fmt: skip
        low, high, value = line["low"], line["high"], line["value"]
        if value is not None and ((low is not None and low > value) or (high is not None and high < value)):
            yield line.problem("value", number(value, 4), "une valeur entre ses bornes", said="une valeur hors de ses bornes")  # fmt: skip
        if line["comparable"] == "non" and not line["remark"]:
            yield line.warning("remark", "", "ce qui a changé dans la définition", said="une série rompue sans explication")  # fmt: skip
        if own is not None and own["indicator"] in registry():
            yield line.warning(
                "indicator", f"{line['indicator']} est « {own['indicator']} » du dictionnaire", "rien : il est remesuré tout seul",
                said="une mesure écrite à la main d’un indicateur du dictionnaire",
            )  # fmt: skip


def _spent(line: Line, as_of: date) -> Iterator[Problem]:
    if line["year"] is not None and line["year"] > as_of.year:
        year = int(line["year"])
        yield line.problem("year", str(year), f"une année qui ne suit pas celle de l’étude ({as_of.year})", said=f"une dépense de {year}, année à venir")  # fmt: skip
    if line["kind"] == "recette" and line["funder"] is None:
        yield line.warning("funder", "", "qui a apporté cette recette", said="une recette sans financeur")


def _answer(line: Line, as_of: date) -> Iterator[Problem]:
    if line["answered_on"] is not None and line["answered_on"] > as_of:
        yield _future(line, "answered_on", line["answered_on"], as_of, "une réponse donnée après la date de l’étude")  # fmt: skip
    if line["answer"] and line["answered_on"] is None:
        yield line.warning("answered_on", "", "le jour de la réponse", said="une réponse d’évaluation sans date")  # fmt: skip


def _future(line: Line, column: str, when: date, as_of: date, said: str) -> Problem:
    return line.problem(column, day(when), f"une date qui ne suit pas celle de l’étude ({day(as_of)})", said=said)  # fmt: skip
