"""Service public de la petite enfance: what falls to whoever is autorité organisatrice.

CASF, art. L.214-1-3 (loi n° 2023-1196 du 18 décembre 2023 pour le plein emploi, art. 17). Communes are the
autorités organisatrices; each of the four missions may be transferred to an EPCI or a syndicat mixte, and
then « le nombre d'habitants dont il est tenu compte correspond à la population totale de l'ensemble des
communes ayant transféré leurs compétences » (III).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from ctg_lib.geography.names import fold
from ctg_lib.partnership.books.parties import SPPE
from ctg_lib.partnership.folder import Partnership
from ctg_lib.workbooks.moments import day_in_words

LAW = "loi n° 2023-1196 du 18 décembre 2023, art. 17"
LAW_DATE = date(2023, 12, 18)
ORGANISERS: frozenset[str] = frozenset({"commune", "epci", "syndicat"})
"""Types of parties that the law lets be autorité organisatrice."""
TO_COMPLETE = "à compléter"
NEAR = 0.05
"""Below a threshold by less than this part, « population totale » may pass it where another does not."""

MANDATORY, OPTIONAL, UNKNOWN = "obligatoire", "facultative", "inconnue"
COLUMNS = (
    "mission", "label", "holder", "holder_type", "population", "due", "threshold", "since", "basis", "why",
    "communes", "by_communes",
)  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One duty: mandatory above a number of inhabitants (0: for every commune), from a day on.

    Attributes:
        mission: id; ``label``: in French.
        held_with: missions whose holder has this duty.
        above: inhabitants that must be exceeded.
        since: day from which it holds. basis: article.
        compensated: the State compensates communes for it (never EPCI).
        note: what the reader should know besides.
    """

    mission: str
    label: str
    held_with: tuple[str, ...]
    above: int
    since: date
    basis: str
    compensated: bool = False
    note: str = ""


RULES: tuple[Rule, ...] = (
    Rule("sppe_recenser", SPPE["sppe_recenser"], ("sppe_recenser",), 0, date(2025, 1, 1),
         f"CASF, art. L.214-1-3, I, 1° et II ({LAW})"),
    Rule("sppe_informer", SPPE["sppe_informer"], ("sppe_informer",), 0, date(2025, 1, 1),
         f"CASF, art. L.214-1-3, I, 2° et II ({LAW})"),
    Rule("sppe_planifier", SPPE["sppe_planifier"], ("sppe_planifier",), 3500, date(2025, 1, 1),
         f"CASF, art. L.214-1-3, I, 3° et II ({LAW})", compensated=True),
    Rule("sppe_qualite", SPPE["sppe_qualite"], ("sppe_qualite",), 3500, date(2025, 1, 1),
         f"CASF, art. L.214-1-3, I, 4° et II ({LAW})", compensated=True),
    Rule("schema", "Schéma pluriannuel de maintien et de développement de l’offre", ("sppe_planifier",),
         10000, date(2025, 1, 1), f"CASF, art. L.214-1-3, II et L.214-2 ({LAW})",
         note="une convention avec la Caf (CTG) de contenu équivalent en tient lieu"),
    Rule("rpe", "Relais petite enfance", ("sppe_informer", "sppe_qualite"), 10000, date(2026, 1, 1),
         f"CASF, art. L.214-1-3, II et L.214-2-1 ({LAW})"),
)  # fmt: skip
"""The law, dated: to be changed here and nowhere else."""


@dataclass(frozen=True)
class Holding:
    """Who is autorité organisatrice, and for which communes (None: which is not said)."""

    holder: str
    type: str
    communes: tuple[str, ...] | None
    by_communes: bool = False
    doubt: str = ""


def duties(
    p: Partnership, members: pd.DataFrame, epci: pd.DataFrame, as_of: date | None = None
) -> pd.DataFrame:
    """What falls to each autorité organisatrice.

    Args:
        members: communes (code, name, population; ``epci``, the code of their EPCI, where several sign
            together).
        epci: intercommunalités that sign (code, name, population).
        as_of: the study's date: nothing is said of a law that did not exist; what starts later is said so.

    Returns:
        One row per duty and holder (per commune where each commune keeps the mission): ``mission``,
        ``label``, ``holder`` (« à compléter » where nobody is said to hold it), ``holder_type``
        (``commune``, ``epci``, ``syndicat``, other types of parties, or empty), ``population`` (inhabitants
        that count, NaN where unknown), ``due`` (obligatoire, facultative, inconnue), ``threshold``
        (inhabitants to be exceeded), ``since`` (day), ``basis`` (article), ``why`` (one French sentence or
        two), ``communes`` (codes), ``by_communes`` (each commune for itself).
    """
    there = _There(members, epci)
    rows = [
        _row(rule, holding, there, as_of)
        for rule in RULES
        if as_of is None or as_of >= LAW_DATE
        for holding in _distinct(h for mission in rule.held_with for h in _holdings(p, mission, there))
    ]
    out = pd.DataFrame(rows, columns=list(COLUMNS))
    out["population"] = out["population"].astype("float64")
    out["since"] = pd.to_datetime(out["since"]).astype("datetime64[ns]")
    return out


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """The same for a reader: communes that keep a mission and have the same duty share one row.

    Their row has for ``holder`` « 12 communes, chacune pour elle-même », for ``population`` that of the most
    populated, named in ``why``.
    """
    rows: list[dict] = []
    together: dict[tuple[str, str], list[dict]] = {}
    for row in found.to_dict("records"):
        key = (row["mission"], row["due"])
        if not row["by_communes"]:
            rows.append({str(k): v for k, v in row.items()})
        elif key in together:
            together[key].append({str(k): v for k, v in row.items()})
        else:
            together[key] = [{str(k): v for k, v in row.items()}]
            rows.append({"together": key})
    out = [_joined(together[row["together"]]) if "together" in row else row for row in rows]
    return pd.DataFrame(out, columns=list(COLUMNS)).astype(found.dtypes.to_dict())


# ------------------------------------------------------------------------------------------- who holds


class _There:
    """The communes of the territory, their people and their EPCI."""

    def __init__(self, members: pd.DataFrame, epci: pd.DataFrame) -> None:
        self.members = members.drop_duplicates("code").set_index("code")
        self.epci = epci.drop_duplicates("code").set_index("code")
        self.codes = tuple(str(code) for code in self.members.index)

    def population(self, codes: Iterable[str] | None) -> float:
        """Inhabitants of these communes; NaN where one is unknown."""
        if codes is None:
            return math.nan
        found = self.members["population"].astype("float64").reindex(list(codes))
        if set(codes) == set(self.codes) and found.isna().any() and len(self.epci):
            return float(self.epci["population"].astype("float64").sum(skipna=False))
        return float(found.sum(skipna=False)) if len(found) else math.nan

    def name(self, code: str) -> str:
        """Name of a commune."""
        return str(self.members["name"].get(code, code))

    def of_epci(self, name: str) -> tuple[str, ...] | None:
        """Communes of the EPCI of that name; all where only one signs; None where it cannot be said."""
        if len(self.epci) <= 1:
            return self.codes
        codes = [str(code) for code, known in self.epci["name"].items() if fold(str(known)) == fold(name)]
        if len(codes) != 1 or "epci" not in self.members:
            return None
        return tuple(str(c) for c in self.members.index[self.members["epci"].eq(codes[0])])


def _holdings(p: Partnership, mission: str, there: _There) -> list[Holding]:
    """Who holds a mission, then the communes of which nothing is said."""
    parties = p.table("parties", "parties").drop_duplicates("id").set_index("id").to_dict("index")
    lines = p.table("parties", "competences")
    lines = lines[lines["competence"].eq(mission)]
    found: list[Holding] = []
    shared: list[dict] = []
    for line in lines.to_dict("records"):
        each = line["by_communes"] == "oui"
        if each and not line["holder"]:
            shared.append({str(k): v for k, v in line.items()})
        elif line["holder"]:
            found.append(_party(line, parties.get(line["holder"]), each, there))
    if any(h.communes is None for h in found) and not shared:
        return found
    taken = {code for h in found for code in h.communes or ()}
    for line in shared:
        codes = line["communes"] or tuple(c for c in there.codes if c not in taken)
        found += [Holding(there.name(c), "commune", (c,), True) for c in codes if c not in taken]
        taken |= set(codes)
    left = tuple(code for code in there.codes if code not in taken)
    return [*found, Holding(TO_COMPLETE, "", left)] if left else found


def _party(line: dict, party: dict | None, each: bool, there: _There) -> Holding:
    communes = tuple(line["communes"])
    if party is None:
        doubt = f"le titulaire « {line['holder']} » n’est pas dans la feuille Parties"
        return Holding(TO_COMPLETE, "", communes or there.codes, doubt=doubt)
    name, kind = party["name"] or line["holder"], party["type"]
    if each:
        doubt = f"« {name} » et « exercée par les communes » sont écrits à la fois"
        return Holding(TO_COMPLETE, "", communes or there.codes, doubt=doubt)
    if kind not in ORGANISERS:
        doubt = "seuls une commune, une intercommunalité ou un syndicat peuvent être autorité organisatrice"
        return Holding(name, kind, communes or there.codes, doubt=doubt)
    if kind == "commune":
        own = party["commune"]
        doubt = "" if own else "la commune n’est pas précisée dans la feuille Parties"
        return Holding(name, kind, (own,) if own else communes or None, doubt=doubt)
    if not communes and kind == "epci":
        held = there.of_epci(name)
        doubt = "" if held is not None else "les communes qui ont transféré la mission ne sont pas précisées"
        return Holding(name, kind, held, doubt=doubt)
    return Holding(name, kind, communes or there.codes)


def _distinct(holdings: Iterable[Holding]) -> list[Holding]:
    """Each once; nothing is left to complete for communes of which the other mission names a holder."""
    found = list(dict.fromkeys(holdings))
    told = {code for h in found if h.type for code in h.communes or ()}
    out = []
    for each in found:
        if not each.type and not each.doubt:
            each = replace(each, communes=tuple(c for c in each.communes or () if c not in told))
        if each.type or each.doubt or each.communes:
            out.append(each)
    return list(dict.fromkeys(out))


# ------------------------------------------------------------------------------------------ what is due


def _row(rule: Rule, holding: Holding, there: _There, as_of: date | None) -> dict[str, object]:
    population = there.population(holding.communes) if holding.type else math.nan
    due, why = _due(rule, holding, population, there)
    if as_of is not None and as_of < rule.since and due == MANDATORY:
        due = OPTIONAL
        why = f"obligatoire seulement à compter du {day_in_words(rule.since)} ; {why}"
    if rule.note:
        why += f" ; {rule.note}"
    return {
        "mission": rule.mission, "label": rule.label, "holder": holding.holder, "holder_type": holding.type,
        "population": population, "due": due, "threshold": rule.above, "since": rule.since,
        "basis": rule.basis, "why": why, "communes": holding.communes or (),
        "by_communes": holding.by_communes,
    }  # fmt: skip


def _due(rule: Rule, holding: Holding, population: float, there: _There) -> tuple[str, str]:
    every = "obligatoire pour toutes les communes, quelle que soit leur population"
    if holding.doubt:
        if not rule.above:
            return MANDATORY, f"{every} ; à compléter : {holding.doubt}"
        return UNKNOWN, f"à compléter : {holding.doubt}"
    if not holding.type:
        return _nobody(rule, holding, there, every)
    if not rule.above:
        return MANDATORY, every
    if math.isnan(population):
        return (
            UNKNOWN,
            f"la population des communes concernées n’est pas connue (seuil : {_people(rule.above)})",
        )
    why = f"{_subject(holding, there)} {_people(population)}"
    if population > rule.above:
        return MANDATORY, f"{why}, plus que le seuil de {_number(rule.above)}{_compensation(rule, holding)}"
    if holding.type == "syndicat":
        return (
            UNKNOWN,
            f"{why} sur ce territoire ; celles que le syndicat couvre ailleurs ne sont pas comptées",
        )
    near = population > rule.above * (1 - NEAR)
    check = " ; proche du seuil : à vérifier sur la population totale, que retient la loi" if near else ""
    return OPTIONAL, f"{why}, pas plus que le seuil de {_number(rule.above)}{check}"


def _nobody(rule: Rule, holding: Holding, there: _There, every: str) -> tuple[str, str]:
    """Nobody is said to hold it: what would follow either way."""
    start = "personne n’est indiqué ; sans transfert, chaque commune est l’autorité organisatrice"
    if not rule.above:
        return MANDATORY, f"{every} ; {start}"
    codes = holding.communes or ()
    each = [there.population([c]) for c in codes]
    together = there.population(codes)
    if any(math.isnan(value) for value in (*each, together)):
        return UNKNOWN, f"{start} ; seuil : {_people(rule.above)}"
    over = sum(value > rule.above for value in each)
    alone = (
        f"{over} communes sur {len(codes)} dépassent" if over > 1
        else f"une commune sur {len(codes)} dépasse" if over
        else "aucune commune ne dépasse"
    )  # fmt: skip
    side = "plus" if together > rule.above else "pas plus"
    whole = f"à elles {len(codes)}, les communes en comptent" if len(codes) > 1 else "elle en compte"
    return UNKNOWN, (
        f"{start} ; {alone} le seuil de {_people(rule.above)} ; {whole} "
        f"{_number(together)}, {side} que le seuil"
    )


def _subject(holding: Holding, there: _There) -> str:
    codes = holding.communes or ()
    if holding.type == "commune":
        return "la commune compte"
    if len(codes) == 1:
        return f"{there.name(codes[0])}, qui a transféré la mission, compte"
    return f"les {len(codes)} communes qui ont transféré la mission comptent"


def _compensation(rule: Rule, holding: Holding) -> str:
    if not rule.compensated:
        return ""
    if holding.type == "commune":
        return " ; l’État compense les communes de plus de 3\u202f500 habitants"
    return " ; l’État ne compense que des communes, pas les intercommunalités"


def _joined(rows: list[dict]) -> dict:
    if len(rows) == 1:
        return rows[0]
    known = [row for row in rows if not math.isnan(row["population"])]
    most = max(known, key=lambda row: row["population"], default=None)
    why = rows[0]["why"]
    if most is not None and rows[0]["threshold"] and rows[0]["due"] != UNKNOWN:
        why = f"la plus peuplée est {most['holder']} : {most['why']}"
    return {
        **rows[0],
        "holder": f"{len(rows)} communes, chacune pour elle-même",
        "population": most["population"] if most else math.nan,
        "communes": tuple(code for row in rows for code in row["communes"]),
        "why": why,
    }


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\u202f")


def _people(value: float) -> str:
    return f"{_number(value)}\u00a0habitants"
