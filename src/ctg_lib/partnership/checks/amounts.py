"""financement.xlsx: sums that do not hold, years that have not ended, costs far apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import pandas as pd

from ctg_lib.partnership import money
from ctg_lib.partnership.books.financement import PAYERS
from ctg_lib.partnership.books.offre import SERVICES
from ctg_lib.partnership.checks.ground import Ground, Line, day, euros, number, year
from ctg_lib.workbooks.problems import Problem

FAR_APART = 10.0
"""A cost so many times that of the other services of its kind in the file is to be looked at (no norm)."""
HOURS_MARGIN = 0.01
"""Part by which hours may differ between financement.xlsx and offre.xlsx."""


def problems(ground: Ground) -> Iterator[Problem]:
    """What cannot be, or may be wrong, in the amounts."""
    services = {line["id"]: line for line in ground.lines("offre", "services") if line["id"]}
    lines = ground.lines("financement", "money")
    for line in lines:
        yield from _sums(line)
        yield from _years(line, ground)
        if line["service"] in services:
            yield from _with_offer(line, services[line["service"]])
    yield from _counted_twice(lines)
    yield from _far_apart(ground, lines)


def _sums(line: Line) -> Iterator[Problem]:
    known = {name: line[name] for name in PAYERS if line[name] is not None}
    told, total, cost = sum(known.values()), line["total"], line["cost"]
    empty = len(PAYERS) - len(known)
    if total is not None and known:
        yield from _parts(line, told, total, len(known), empty)
    if total is None and not empty:
        total = told
    if total is not None and cost is not None and abs(total - cost) > money.tolerance(1):
        yield line.warning(
            "total",
            f"{euros(total)} de recettes pour {euros(cost)} de charges, écart {euros(total - cost)}",
            "des recettes égales aux charges, ou l’explication de l’excédent ou du déficit en remarque",
        )


def _parts(line: Line, told: float, total: float, known: int, empty: int) -> Iterator[Problem]:
    gap = total - told
    if abs(gap) <= money.tolerance(known):
        return
    if empty and gap > 0:
        yield line.warning(
            "total",
            f"{euros(total)}, mais {euros(told)} en additionnant les recettes connues, écart {euros(gap)} "
            f"({empty} colonne{'s' if empty > 1 else ''} vide{'s' if empty > 1 else ''})",
            "les recettes qui manquent ; « 0 » là où il n’y en a pas",
            said=f"{euros(total)} de recettes en tout, {euros(told)} pour celles qui sont remplies",
        )
    else:
        yield line.problem(
            "total",
            f"{euros(total)}, mais {euros(told)} en additionnant les recettes, écart {euros(gap)}",
            "un total égal à la somme des recettes",
            said=f"{euros(total)} de recettes en tout, {euros(told)} en les additionnant "
            f"(écart {euros(gap)})",
        )


def _years(line: Line, ground: Ground) -> Iterator[Problem]:
    when = line["year"]
    if line["nature"] != "realise" or when is None:
        return
    if when > ground.as_of.year:
        yield line.problem(
            "year",
            f"un montant « réalisé » pour {year(when)}",
            f"« prévu », ou une année passée : l’étude est datée du {day(ground.as_of)}",
            said="un montant « réalisé » d’une année à venir",
        )
    elif date(int(when), 12, 31) > ground.as_of:
        yield line.warning(
            "year",
            f"un montant « réalisé » pour {year(when)}, année qui n’est pas finie le {day(ground.as_of)}",
            "« prévu », ou une année achevée",
            said="un montant « réalisé » d’une année qui n’est pas finie",
        )


def _with_offer(line: Line, service: Line) -> Iterator[Problem]:
    """The same figure written in two files."""
    if line["offer"] != "maintenue":
        return
    places, licensed = line["places"], service["places"]
    if places is not None and licensed is not None and places > licensed:
        yield line.warning(
            "places",
            f"{number(places, 1)} places financées",
            f"au plus les {number(licensed, 1)} places agréées du service {service['id']} ({service.file})",
            said=f"{number(places, 1)} places financées pour {number(licensed, 1)} agréées",
        )
    hours, billed = line["hours"], service["hours_billed"]
    same = line["nature"] == "realise" and line["year"] is not None and line["year"] == service["year"]
    if same and hours is not None and billed is not None and abs(hours - billed) > HOURS_MARGIN * billed:
        yield line.warning(
            "hours",
            f"{number(hours)} heures payées en {year(line['year'])}",
            f"les {number(billed)} heures facturées de la même année "
            f"({service.file}, service {service['id']})",
            said=f"{number(hours)} heures payées, quand l’offre en dit {number(billed)} facturées",
        )


def _counted_twice(lines: list[Line]) -> Iterator[Problem]:
    """The whole service written again as new."""
    for column, unit in (("hours", "heures"), ("places", "places")):
        maintained = {
            (line["service"], line["year"], line[column]): line
            for line in lines
            if line["offer"] == "maintenue" and line["service"] and line[column]
        }
        for line in lines:
            key = (line["service"], line["year"], line[column])
            if line["offer"] == "nouvelle" and key in maintained:
                yield line.warning(
                    column,
                    f"{number(line[column], 1)} {unit} en offre nouvelle, autant qu’en offre maintenue "
                    f"(ligne {maintained[key].row}) pour le service {line['service']}",
                    f"seulement les {unit} que le contrat crée",
                    said=f"{number(line[column], 1)} {unit} en offre nouvelle comme en offre maintenue : "
                    "peut-être comptées deux fois",
                )


def _far_apart(ground: Ground, lines: list[Line]) -> Iterator[Problem]:
    costs = money.lines(ground.partnership)
    for name, unit in (("cost_per_hour", "heure"), ("cost_per_place", "place")):
        by_type: dict[str, list[int]] = defaultdict(list)
        for at, (kind, value) in enumerate(zip(costs["type"], costs[name], strict=True)):
            if kind and value > 0:
                by_type[kind].append(at)
        for kind, places in by_type.items():
            for at in places:
                others = pd.Series([costs[name].iloc[i] for i in places if i != at], dtype="float64")
                yield from _one_cost(lines[at], costs[name].iloc[at], others, unit, kind)


def _one_cost(line: Line, cost: float, others: pd.Series, unit: str, kind: str) -> Iterator[Problem]:
    middle = float(others.median()) if len(others) else cost
    if max(cost / middle, middle / cost) > FAR_APART:
        yield line.warning(
            "cost",
            f"{euros(round(cost, 2))} par {unit}, quand les autres lignes « {SERVICES[kind]} » du classeur "
            f"sont autour de {euros(round(middle, 2))}",
            f"à vérifier : plus de {number(FAR_APART)} fois d’écart",
            said=f"{euros(round(cost, 2))} par {unit}, quand les services du même type sont autour de "
            f"{euros(round(middle, 2))}",
        )
