"""What partners say service by service (« Par structure »), laid over offre.xlsx and financement.xlsx.

A partner's figure fills an empty cell, and takes the place of that of a line still « à confirmer ». Where the
study's own workbook holds another figure, confirmed, the workbook's is used and the difference is told. A
cell taken from an answer bears its source in ``<field>_source``; nothing else of the line changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd

from ctg_lib.geography.names import fold
from ctg_lib.partnership.answer_cells import Spot
from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.books.demandes import STRUCTURES, request_book
from ctg_lib.partnership.books.measures import PAID
from ctg_lib.partnership.checks.ground import day as day_text
from ctg_lib.partnership.checks.ground import euros, number
from ctg_lib.partnership.folder import Partnership
from ctg_lib.partnership.money import lines as money_lines
from ctg_lib.partnership.money import tolerance
from ctg_lib.workbooks.problems import Problem, ordered
from ctg_lib.workbooks.reading import MASKED, Filled, frame_of
from ctg_lib.workbooks.schema import ROW

SOURCE = "_source"
"""End of the name of the column that says which answer a cell comes from; empty: the workbook itself."""
LASTING: tuple[str, ...] = ("places", "agreement_end", "waiting")
"""Figures of no year: the newest line is read."""
ACTIVITY: tuple[str, ...] = ("hours_done", "hours_billed", "users", "aeeh")
"""Figures of the year of the service's line: those of other years stay in the answer."""
DATE_OF: dict[str, str] = {"waiting": "waiting_date"}
"""A figure and its date go together."""
OFFER: tuple[str, ...] = (*LASTING, *ACTIVITY)
DIFFERENCES: tuple[str, ...] = ("service", "name", "field", "label", "year", "workbook", "partner", "source")

Line = dict[str, Any]
"""One line of a sheet: field -> value, with ``row``, ``<field>_masked`` and ``<field>_source``."""

_PAYER_FIRST = ("caf", "msa", "operateurs", "epci")
_OPERATOR_FIRST = ("operateurs", "epci", "caf", "msa")


def with_answers(p: Partnership, structures: pd.DataFrame, as_of: date) -> Partnership:
    """The workbooks with partners' figures laid over their lines; problems of the matching are added.

    ``offre.services`` gets ``<field>_source`` for the fields of :data:`OFFER`, ``waiting_date`` and ``year``,
    ``financement.money`` for those of ``PAID``: manifest id of the answer, empty where the workbook's own
    figure stands. Amounts of a service and year that financement.xlsx lacks make a line of their own,
    « réalisé, maintenue », with ``row`` 0 and nothing else known.

    Args:
        structures: :attr:`ctg_lib.partnership.answers.Answers.structures`.
        as_of: the study's date: amounts of a year that has not ended are not used.

    Returns:
        The same object where nothing was answered; :attr:`Partnership.as_written` gives the workbooks alone.
    """
    if structures.empty:
        return p
    laying = _Laying(p, _figures(p, structures))
    tables = {"offre": ("services", laying.offer()), "financement": ("money", laying.money(as_of))}
    filled = dict(p.filled)
    for book, (sheet, table) in tables.items():
        if len(table):
            filled[book] = _replaced(p, book, sheet, table)
    found = ordered([*p.problems, *_unmatched(p, structures), *laying.problems])
    return replace(p, filled=filled, problems=tuple(found), written=p)


def differences(p: Partnership, structures: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Confirmed figures that a partner contradicts, both kept: columns of :data:`DIFFERENCES`.

    ``field`` is the column, ``label`` its heading; ``year`` NaN where the figure has none; ``workbook`` and
    ``partner``: the two figures in words; ``source``: manifest id of the answer.
    """
    rows: list[dict[str, Any]] = []
    if len(structures):
        laying = _Laying(p, _figures(p, structures))
        laying.offer()
        laying.money(as_of)
        rows = laying.different
    return pd.DataFrame(rows, columns=list(DIFFERENCES)).astype({"year": "float64"})


# --- what was given --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Given:
    """One figure of one line of an answer.

    Attributes:
        service, field, year: what it is about (year: NaN where the line has none).
        value: number or date; NaN of a masked count. masked: whether it is one.
        day: the date that goes with it, or NaT.
        partner, source, spot: who gave it, and where it stands.
    """

    service: str
    field: str
    year: float
    value: Any
    masked: bool
    day: pd.Timestamp | Any
    partner: str
    source: str
    spot: Spot

    @property
    def label(self) -> str:
        """Heading of its column."""
        return _label(self.partner, self.field)

    @property
    def shown(self) -> str:
        """« 32 », « moins de 5 », « 31/12/2027 »."""
        return _shown(self.value, self.masked, self.field)

    def problem(self, found: str, expected: str) -> Problem:
        """A warning about it."""
        return self.spot.problem(found, expected, self.label, "warning")


def _label(partner: str, name: str) -> str:
    return request_book(partner, ())[STRUCTURES][name].label


def _shown(value: Any, masked: bool, name: str) -> str:
    if masked:
        return f"moins de {10 if BOOKS['offre']['services'][name].sensitive else 5}"
    if isinstance(value, pd.Timestamp):
        return day_text(value)
    return euros(float(value)) if name in PAID else number(float(value), 2)


def _spot(line: Mapping[str, Any]) -> Spot:
    return Spot(str(line["file"]), str(line["sheet"]), int(line[ROW]))


def _values(line: Mapping[str, Any]) -> list[str]:
    """Fields that a line gives."""
    names = (*OFFER, *PAID)
    return [n for n in names if pd.notna(line.get(n)) or line.get(n + MASKED) is True]


def _figures(p: Partnership, structures: pd.DataFrame) -> list[_Given]:
    """Every figure of a line whose service is known."""
    out = []
    index = _Services(p.table("offre", "services"))
    for record in structures.to_dict("records"):
        line = {str(k): v for k, v in record.items()}
        service = index.of(line)
        for name in _values(line) if service else ():
            day = line.get(DATE_OF.get(name, ""), pd.NaT)
            masked = line.get(name + MASKED) is True
            out.append(
                _Given(service, name, float(line["year"]), line[name], masked, day, str(line["partner"]),
                       str(line["source"]), _spot(line))
            )  # fmt: skip
    return out


class _Services:
    """Finds the service a line is about."""

    def __init__(self, services: pd.DataFrame) -> None:
        self.lines = services.drop_duplicates("id").to_dict("records")
        self.names = {str(line["id"]): str(line["name"]) for line in self.lines if line["id"]}

    def of(self, line: Mapping[str, Any]) -> str:
        """Id of the service: as the line says, else the only one of that name, type, period and commune."""
        wanted = str(line.get("service") or "")
        if wanted:
            return wanted if wanted in self.names else ""
        alike = [str(own["id"]) for own in self.lines if _alike(own, line)]
        return alike[0] if len(alike) == 1 else ""


def _alike(own: Mapping[Any, Any], line: Mapping[str, Any]) -> bool:
    if _words(own["name"]) != _words(line.get("name")) or not own["id"]:
        return False
    return all(line.get(n) in ("", None, own[n]) for n in ("type", "period", "commune"))


def _words(name: object) -> str:
    return " ".join(fold(str(name or "")).split())


def _unmatched(p: Partnership, structures: pd.DataFrame) -> Iterable[Problem]:
    """Lines with figures whose service is not in offre.xlsx, or bears another name there."""
    index = _Services(p.table("offre", "services"))
    for record in structures.to_dict("records"):
        line = {str(k): v for k, v in record.items()}
        if not _values(line):
            continue
        name, wanted, service = str(line["name"]), str(line.get("service") or ""), index.of(line)
        if not service:
            column = "Identifiant" if wanted else "Nom du service"
            yield _spot(line).problem(
                wanted or name,
                f"un service de {p.file('offre')} (feuille « Services ») : l’y ajouter, puis écrire ici son "
                "identifiant ; les chiffres de la ligne ne sont pas repris",
                column, "warning",
            )  # fmt: skip
        elif wanted and name and _words(name) != _words(index.names[service]):
            expected = f"« {index.names[service]} », le service {service} ; les chiffres lui sont attribués"
            yield _spot(line).problem(name, expected, "Nom du service", "warning")


# --- laying them -----------------------------------------------------------------------------------------


@dataclass
class _Laying:
    """Lays figures over the lines of two sheets, noting what was not."""

    p: Partnership
    given: list[_Given]
    problems: list[Problem] = field(default_factory=list)
    different: list[dict[str, Any]] = field(default_factory=list)

    # ---------------------------------------------------------------- offer

    def offer(self) -> pd.DataFrame:
        """``offre.services`` with what was given."""
        lines, seen = _lines(self.p, "offre", "services"), set()
        for line in lines:
            mine = [g for g in self.given if g.service == line["id"] and g.field in OFFER]
            if mine and line["id"] not in seen:
                self._service(line, mine)
            seen.add(line["id"])
        return _frame("offre", "services", lines, (*OFFER, *DATE_OF.values(), "year"))

    def _service(self, line: Line, mine: list[_Given]) -> None:
        year = self._year(line, mine)
        for name in OFFER:
            some = [g for g in mine if g.field == name and (name in LASTING or g.year == year)]
            best = self._best(some, _PAYER_FIRST if name in ("places", "agreement_end") else _OPERATOR_FIRST)
            if best is not None:
                self._lay(line, best)

    def _year(self, line: Line, mine: list[_Given]) -> float:
        """The year whose activity the line tells; the newest one given where it tells none yet."""
        own, active = float(line["year"]), [g for g in mine if g.field in ACTIVITY]
        years = sorted({g.year for g in active if pd.notna(g.year)})
        if not years or own in years:
            return own
        if pd.isna(own) and all(_absent(line, name) for name in (*ACTIVITY, "occupancy")):
            newest = next(g for g in active if g.year == years[-1])
            line |= {"year": years[-1], f"year{SOURCE}": newest.source}
            return years[-1]
        told = "sans année" if pd.isna(own) else f"de {own:.0f}"
        found = f"une activité de {' et '.join(f'{y:.0f}' for y in years)}, service {line['id']}"
        expected = f"l’année de la ligne de {self.p.file('offre')} ({told}) ; l’activité n’est pas reprise"
        self.problems.append(active[0].spot.problem(found, expected, "Année", "warning"))
        return own

    def _best(self, some: list[_Given], order: tuple[str, ...]) -> _Given | None:
        """Of several figures that of the newest year, from whom knows best; others that differ are told."""
        if not some:
            return None
        newest = max((g.year for g in some if pd.notna(g.year)), default=float("nan"))
        several = [g for g in some if g.year == newest] or some
        several.sort(key=lambda g: order.index(g.partner))
        best = several[0]
        for other in several[1:]:
            if not _same(best.value, best.masked, other.value, other.masked):
                where = f"{best.spot.file}, feuille « {best.spot.sheet} », ligne {best.spot.row}"
                expected = f"{best.shown}, comme {where} ; c’est ce chiffre qui est retenu"
                self.problems.append(other.problem(f"{other.shown}, service {other.service}", expected))
        return best

    def _lay(self, line: Line, best: _Given) -> None:
        name, day = best.field, DATE_OF.get(best.field, "")
        if line["state"] == "confirme" and not _absent(line, name):
            own, masked = line[name], bool(line.get(name + MASKED))
            dated = bool(day) and pd.notna(line[day]) and line[day] != best.day  # another day, another figure
            if not dated and not _same(own, masked, best.value, best.masked):
                self._differ(line, best, _shown(own, masked, name), "offre", "Services")
            return
        line |= {name: best.value, name + MASKED: best.masked, name + SOURCE: best.source}
        if day:
            line |= {day: best.day, day + SOURCE: best.source if pd.notna(best.day) else ""}

    # ---------------------------------------------------------------- money

    def money(self, as_of: date) -> pd.DataFrame:
        """``financement.money`` with what was given."""
        lines = _lines(self.p, "financement", "money")
        told = money_lines(self.p)[list(PAID)].to_dict("records")  # a recette left empty may stand for zero
        paid: dict[tuple[str, float, str], list[_Given]] = {}
        for g in self.given:
            if g.field in PAID and self._dated(g, as_of):
                paid.setdefault((g.service, g.year, g.field), []).append(g)
        for (service, year, _), some in paid.items():
            best = self._best(some, _PAYER_FIRST)
            key = (service, year, "realise", "maintenue")
            at = next((i for i, line in enumerate(lines) if _of(line) == key), None)
            if at is None:
                at, told = len(lines), [*told, {}]
                lines.append(dict(zip(_KEY, key, strict=True)))
            if best is not None:
                self._pay(lines[at], told[at].get(best.field), best)
        return _frame("financement", "money", lines, PAID)

    def _dated(self, g: _Given, as_of: date) -> bool:
        """Whether an amount is of a year that has ended."""
        if pd.notna(g.year) and date(int(g.year), 12, 31) <= as_of:
            return True
        found = f"{g.shown}, {'sans année' if pd.isna(g.year) else f'pour {g.year:.0f}'}, service {g.service}"
        expected = f"le montant d’une année achevée avant le {as_of:%d/%m/%Y} ; il n’est pas repris"
        self.problems.append(g.problem(found, expected))
        return False

    def _pay(self, line: Line, own: Any, best: _Given) -> None:
        if own is None or pd.isna(own):
            line |= {best.field: best.value, best.field + SOURCE: best.source}
        elif abs(float(own) - float(best.value)) > tolerance(1):
            self._differ(line, best, euros(float(own)), "financement", "Financement")

    def _differ(self, line: Line, best: _Given, own: str, book: str, title: str) -> None:
        dated = f", {best.year:.0f}" if pd.notna(best.year) else ""
        where = f"{self.p.file(book)}, feuille « {title} », ligne {line[ROW]}"
        expected = f"{own}, comme {where} ; c’est le classeur qui est retenu : corriger l’un des deux"
        problem = best.problem(f"{best.shown} (service {best.service}{dated})", expected)
        name = _Services(self.p.table("offre", "services")).names[best.service]
        said = f"{_plain(best.label)}, {best.shown} selon un partenaire, {own} selon le classeur, retenu ici"
        if best.field in _PEOPLE:  # a count of people may be too small to be repeated
            said = (
                f"{_plain(best.label)}, un autre nombre selon un partenaire que selon le classeur, retenu ici"
            )
        self.problems.append(replace(problem, about=f"{name}{dated}", said=said))
        values = (best.service, name, best.field, best.label, best.year, own, best.shown, best.source)
        self.different.append(dict(zip(DIFFERENCES, values, strict=True)))


_KEY = ("service", "year", "nature", "offer")
_PEOPLE = frozenset({"users", "aeeh", "waiting"})


def _plain(label: str) -> str:
    return label.removesuffix(" (€)")


def _of(line: Line) -> tuple[Any, ...]:
    return tuple(line[name] for name in _KEY)


def _lines(p: Partnership, book: str, sheet: str) -> list[Line]:
    return [{str(k): v for k, v in line.items()} for line in p.table(book, sheet).to_dict("records")]


def _frame(book: str, sheet: str, lines: list[Line], names: Iterable[str]) -> pd.DataFrame:
    """Lines as the frame of a sheet, and a column of sources for each of these fields."""
    out = frame_of(BOOKS[book][sheet], lines)
    sources = {
        n + SOURCE: pd.Series([line.get(n + SOURCE, "") for line in lines], dtype="str") for n in names
    }
    return out.assign(**sources)


def _absent(line: Line, name: str) -> bool:
    return bool(pd.isna(line[name])) and not line.get(name + MASKED)


def _same(one: Any, one_masked: bool, other: Any, other_masked: bool) -> bool:
    if one_masked or other_masked:
        return one_masked and other_masked
    if isinstance(one, pd.Timestamp) or isinstance(other, pd.Timestamp):
        return bool(one == other)
    return abs(float(one) - float(other)) < 0.005


def _replaced(p: Partnership, book: str, sheet: str, table: pd.DataFrame) -> Filled:
    """The workbook with another table; one that was not filled gets its empty sheets."""
    own = p.filled.get(book)
    if own is None:
        described = BOOKS[book]
        empty = {s.name: frame_of(s, []) for s in described.sheets}
        own = Filled(described, described.file, described.version, empty, ())
    return replace(own, tables={**own.tables, sheet: table})
