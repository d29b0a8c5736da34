"""offre.xlsx: what a service says of itself must be possible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from ctg_lib.partnership.checks.ground import NBSP, THIN, Ground, Line, day, number, year
from ctg_lib.partnership.offer import weekly_hours
from ctg_lib.workbooks.problems import Problem

OCCUPANCY_MARGIN = 10.0
"""Points by which a rate of occupation may differ from hours / capacity (closures, surnombre, rounding)."""
FULL = 100.0
"""Rate of occupation of a service whose places are all taken at every hour."""
ROUNDED = 1.0
"""Points within which a rate is that of given hours."""
WEEKS, WEEK_HOURS = 53.0, 168.0
"""What a year and a week hold at most, where the number of weeks or hours was not written."""
ACTIVITY = ("hours_done", "hours_billed", "users", "occupancy")
"""What is of one year, and says nothing without it."""


def problems(ground: Ground) -> Iterator[Problem]:
    """What cannot be, or may be wrong, in the lines of services and of the origin of their users."""
    for line in ground.lines("offre", "services"):
        for one in _LINE_CHECKS:
            yield from one(line, ground)
    for line in ground.lines("offre", "origins"):
        yield from _outside(line)
    yield from _origins(ground)


def _places(line: Line, ground: Ground) -> Iterator[Problem]:
    licensed, really = line["places"], line["places_open"]
    if licensed is not None and really is not None and really > licensed:
        yield line.problem(
            "places_open",
            f"{number(really, 1)} places ouvertes pour {number(licensed, 1)} agréées",
            "au plus le nombre de places agréées",
        )


def _hours(line: Line, ground: Ground) -> Iterator[Problem]:
    """Hours that the service cannot have given, whatever is not known taken at its most."""
    found = _capacity(line, at_most=True)
    if found is None:
        return
    most, words = found
    for column, what in (("hours_done", "réalisées"), ("hours_billed", "facturées")):
        hours = line[column]
        if hours is not None and hours > most:
            yield line.problem(
                column,
                f"{number(hours)} heures {what} pour une capacité de {number(most)} heures ({words})",
                "au plus cette capacité ; vérifier les heures, les places, les semaines et les horaires",
            )


def _occupancy(line: Line, ground: Ground) -> Iterator[Problem]:
    """A rate that does not agree with the hours done, or that is of the hours billed."""
    given, done, billed = line["occupancy"], line["hours_done"], line["hours_billed"]
    capacities = [_capacity(line, places=p) for p in (line["places"], line["places_open"]) if p]
    known = [c for c in capacities if c is not None and c[0] > 0]
    if given is None or not known or (done is None and billed is None):
        return
    if done is None:
        yield from _financial(line, given, billed, known)
        return
    real = min(abs(100 * done / c[0] - given) for c in known)
    financial = min((abs(100 * billed / c[0] - given) for c in known), default=real) if billed else real
    if real > ROUNDED >= financial:
        yield line.warning(
            "occupancy",
            f"{number(given, 1)}{THIN}%, taux des {number(billed)} heures facturées",
            f"le taux réel, celui des {number(done)} heures réalisées",
            said=f"taux d’occupation de {number(given, 1)}{THIN}%, celui des heures facturées, non réalisées",
        )
        return
    if real <= OCCUPANCY_MARGIN:
        return
    total, words = known[0]
    yield line.warning(
        "occupancy",
        f"{number(given, 1)}{THIN}%, mais {number(done)} heures réalisées sur {number(total)} ({words}) "
        f"font {number(100 * done / total)}{THIN}%",
        f"un taux à {number(OCCUPANCY_MARGIN)} points près de ce calcul, "
        "ou des heures et des horaires corrigés",
        said=f"taux d’occupation déclaré de {number(given, 1)}{THIN}%, quand heures, places et horaires font "
        f"{number(100 * done / total)}{THIN}%",
    )


def _full(line: Line, ground: Ground) -> Iterator[Problem]:
    """More hours done in a year than the places allow: children above the places are for some days only."""
    given = line["occupancy"]
    if given is not None and given > FULL:
        yield line.warning(
            "occupancy",
            f"{number(given, 1)}{THIN}%",
            f"au plus {number(FULL)}{THIN}% sur une année (sauf accueil en surnombre, certains jours) : "
            "les heures réalisées, et non facturées, sur celles que les places permettent",
            said=f"taux d’occupation réel de {number(given, 1)}{THIN}%, plus que les places ne permettent",
        )


def _financial(line: Line, given: float, billed: float, known: list[tuple[float, str]]) -> Iterator[Problem]:
    """A rate beside hours billed alone: that of these hours, or more than they allow."""
    rates = [100 * billed / c[0] for c in known]
    same = min(abs(rate - given) for rate in rates) <= ROUNDED
    if same or given > max(rates) + OCCUPANCY_MARGIN:
        what = "taux des" if same else "plus que n’en font les"
        yield line.warning(
            "occupancy",
            f"{number(given, 1)}{THIN}%, {what} {number(billed)} heures facturées",
            "le taux réel, celui des heures réalisées",
            said=f"taux d’occupation de {number(given, 1)}{THIN}%, {what} heures facturées",
        )


def _billed(line: Line, ground: Ground) -> Iterator[Problem]:
    """More hours done than billed: families pay at least for the hours that they use."""
    done, billed = line["hours_done"], line["hours_billed"]
    if done is not None and billed is not None and done > billed:
        found = f"{number(done)} heures réalisées pour {number(billed)} facturées"
        expected = "au moins autant d’heures facturées que réalisées, ou une remarque qui l’explique"
        yield line.warning("hours_billed", found, expected, said=found)


def _capacity(line: Line, *, places: float | None = None, at_most: bool = False) -> tuple[float, str] | None:
    """Hours that a year can hold and how they are counted; None where a part is unknown.

    With ``at_most``, unknown weeks and hours are taken at their most, and the larger number of places.
    """
    if at_most:
        places = max((p for p in (line["places"], line["places_open"]) if p is not None), default=None)
    weeks, hours = line["weeks"], line["hours_week"]
    if hours is None:
        computed = weekly_hours(line["days"] or (), *(_minutes(line[c]) for c in ("opens", "closes")))
        hours = computed if computed == computed else None
    if not places or ((weeks is None or hours is None) and not at_most):
        return None
    words = f"{number(places, 1)} places"
    words += (
        f" × {number(weeks, 1)} semaines" if weeks is not None else f" × au plus {number(WEEKS)} semaines"
    )
    words += (
        f" × {number(hours, 1)} heures" if hours is not None else f" × au plus {number(WEEK_HOURS)} heures"
    )
    total = places * (WEEKS if weeks is None else weeks) * (WEEK_HOURS if hours is None else hours)
    return total, words


def _minutes(value: float | None) -> float:
    return float("nan") if value is None else value


def _waiting(line: Line, ground: Ground) -> Iterator[Problem]:
    asked, dated = line.bounds("waiting"), line["waiting_date"]
    if asked is not None and dated is None:
        count = "une liste d’attente" if line.masked("waiting") else f"{number(asked[0])} demandes en attente"
        yield line.warning(
            "waiting_date", f"{count} sans date", "la date de la liste d’attente",
            said="une liste d’attente sans date",
        )  # fmt: skip
    if dated is not None and dated > ground.as_of:
        said = f"une liste d’attente du {day(dated)}, après la date de l’étude"
        yield line.problem("waiting_date", day(dated), _not_after(ground), said=said)


def _licence(line: Line, ground: Ground) -> Iterator[Problem]:
    if line["licence_date"] is not None and line["licence_date"] > ground.as_of:
        when = day(line["licence_date"])
        said = f"un agrément du {when}, après la date de l’étude"
        yield line.warning("licence_date", when, _not_after(ground), said=said)


def _agreement(line: Line, ground: Ground) -> Iterator[Problem]:
    end = line["agreement_end"]
    if end is not None and end < ground.as_of:
        yield line.warning(
            "agreement_end",
            f"une convention terminée le {day(end)}",
            f"la fin de la convention en cours, ou une remarque : l’étude est datée du {day(ground.as_of)}",
            said=f"convention avec la Caf terminée le {day(end)}",
        )


def _not_after(ground: Ground) -> str:
    return f"une date qui ne suit pas celle de l’étude ({day(ground.as_of)})"


def _order(
    low: str, high: str, words: Callable[[float], str], expected: str, strict: bool = False
) -> Callable:
    def check(line: Line, ground: Ground) -> Iterator[Problem]:
        first, last = line[low], line[high]
        if first is not None and last is not None and (first > last or (strict and first == last)):
            labels = line.sheet[low].label, line.sheet[high].label
            found = f"{labels[0]} : {words(first)} ; {labels[1]} : {words(last)}"
            yield line.problem(high, found, expected)

    return check


def _clock(minutes: float) -> str:
    hours, rest = divmod(round(minutes), 60)
    return f"{hours}{NBSP}h{NBSP}{rest:02d}" if rest else f"{hours}{NBSP}h"


def _priced(line: Line, ground: Ground) -> Iterator[Problem]:
    """An amount that says nothing without what it pays for, or beside « gratuit »."""
    known = [v for v in (line["price_min"], line["price_max"]) if v]
    if known and line["pricing"] == "gratuit":
        said = "un tarif, et « gratuit »"
        found = f"« gratuit », et un tarif de {number(max(known), 2)}{NBSP}€"
        yield line.warning("pricing", found, "l’un ou l’autre", said=said)
    if known and line["price_unit"] is None:
        found = f"{number(max(known), 2)}{NBSP}€"
        said = "un tarif dont on ne dit pas s’il est à l’heure, au jour ou à l’année"
        yield line.warning(
            "price_unit", f"rien, pour {found}", "heure, jour, mois… : ce que paie ce tarif", said=said
        )


def _disability(line: Line, ground: Ground) -> Iterator[Problem]:
    part, whole = line.bounds("aeeh"), line.bounds("users")
    if part is not None and whole is not None and part[0] > whole[1]:
        yield line.problem(
            "aeeh",
            f"{number(part[0])} bénéficiaires de l’AEEH ou plus, pour {_count(whole)} inscrits",
            "au plus le nombre d’inscrits",
            said="plus de bénéficiaires de l’AEEH que d’inscrits",
        )


def _dated(line: Line, ground: Ground) -> Iterator[Problem]:
    given = [name for name in ACTIVITY if line[name] is not None or line.masked(name)]
    if given and line["year"] is None:
        labels = " ; ".join(line.sheet[name].label for name in given)
        yield line.warning(
            "year", f"aucune année pour : {labels}", "l’année de ces chiffres",
            said="une activité dont l’année n’est pas dite",
        )  # fmt: skip
    if line["year"] is not None and line["year"] > ground.as_of.year:
        found = f"une activité de {year(line['year'])}"
        yield line.problem(
            "year", found, f"une année passée : l’étude est datée du {day(ground.as_of)}",
            said=f"{found}, année qui n’est pas passée",
        )  # fmt: skip


_LINE_CHECKS = (
    _places, _hours, _billed, _full, _occupancy, _waiting, _licence, _agreement, _disability, _dated, _priced,
    _order("age_min", "age_max", lambda age: f"{number(age, 1)} ans",
           "un âge maximal au moins égal à l’âge minimal"),
    _order("opens", "closes", _clock, "une heure de fermeture après celle d’ouverture", strict=True),
    _order("price_min", "price_max", lambda price: f"{number(price, 2)}{NBSP}€",
           "un tarif le plus haut au moins égal au tarif le plus bas"),
)  # fmt: skip


# -------------------------------------------------------------------------------------- origin of users


def _outside(line: Line) -> Iterator[Problem]:
    if line["commune"] is not None and line["outside"] == "oui":
        yield line.problem(
            "outside", "« oui », et une commune du territoire", "l’un ou l’autre : une commune, ou « oui »",
            said="des usagers dits à la fois d’une commune et de hors du territoire",
        )  # fmt: skip
    if line["commune"] is None and line["outside"] != "oui":
        yield line.problem(
            "commune", "", "une commune du territoire, ou « oui » dans la colonne « Hors territoire »",
            said="des usagers dont la commune n’est pas dite",
        )  # fmt: skip


def _count(bounds: tuple[float, float]) -> str:
    low, high = bounds
    return number(low) if low == high else f"{number(low)} à {number(high)}"


def _origins(ground: Ground) -> Iterator[Problem]:
    """Users by commune that are more than the service's users of the same year, whatever is masked."""
    services = {line["id"]: line for line in ground.lines("offre", "services") if line["id"]}
    parts: dict[tuple[str, float], list[Line]] = defaultdict(list)
    for line in ground.lines("offre", "origins"):
        if line["service"] and line["year"] is not None and line.bounds("users") is not None:
            parts[line["service"], line["year"]].append(line)
    for (service, when), lines in parts.items():
        whole = services[service].bounds("users") if service in services else None
        if whole is None or services[service]["year"] != when:
            continue
        bounds = [b for b in (line.bounds("users") for line in lines) if b is not None]
        least = sum(b[0] for b in bounds)
        if least > whole[1]:
            more = "" if all(a == b for a, b in bounds) else " au moins"
            yield lines[-1].problem(
                "users",
                f"{number(least)} usagers{more} en {year(when)} pour le service {service}, "
                "communes additionnées",
                f"au plus ses {_count(whole)} inscrits de {year(when)} "
                f"({services[service].file}, feuille « {services[service].sheet.title} »)",
                said="plus d’usagers en additionnant les communes que d’inscrits la même année",
            )
