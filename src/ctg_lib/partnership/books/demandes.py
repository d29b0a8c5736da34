"""« demande-<partenaire>.xlsx »: what each partner is sent to fill, for given years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from ctg_lib.geography.names import french_sort_key
from ctg_lib.partnership.books.financement import FINANCEMENT
from ctg_lib.partnership.books.measures import PAID, Measure, asked_of, groups, partners
from ctg_lib.partnership.books.offre import OFFRE
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

VERSION = 2
FIGURES, COMMUNES, STRUCTURES, ANSWER = "figures", "communes", "structures", "answer"
"""Names of the sheets."""
LOCKED = ("code", "group", "measure", "definition", "unit", "masking")
"""Columns that the sender of the request fills; the partner leaves them as they are."""
IDENTITY = ("name", "type", "period", "commune", "manager")
"""Columns of « Par structure » that say which service a line is about: those of offre.services."""
LOCKED_SERVICE = (*IDENTITY, "service")
"""Columns that the sender fills on the lines of known services."""
WITHOUT_OPERATOR = ("am",)
"""Kinds of services that nobody runs nor finances as a whole."""
_RUN_BY: dict[str, tuple[str, ...]] = {
    "epci": ("", "epci", "commune", "ccas", "syndicat"),
    "operateurs": ("", "association", "entreprise", "ccas", "syndicat", "autre"),
}  # fmt: skip
"""Partner that runs services -> statuses of the managers whose services it is asked about."""
YEARS = 3


def last_years(as_of: date) -> tuple[int, ...]:
    """The last three whole years before a date, oldest first: 2023, 2024, 2025 in November 2026."""
    return tuple(range(as_of.year - YEARS, as_of.year))


def year_field(year: int) -> str:
    """Name of the column of a year."""
    return f"y{year}"


def request_book(partner: str, years: Iterable[int]) -> Workbook:
    """The workbook sent to a partner, as data.

    Args:
        partner: key of :data:`ctg_lib.partnership.books.measures.PARTNERS`.
        years: columns, oldest first.

    Raises:
        KeyError: no such partner.
    """
    asked, wanted = partners()[partner], sorted(set(years))
    sheets = [_figures(wanted)] if asked_of(partner) else []
    if any(m.by_commune for m in asked_of(partner)):
        sheets.append(_communes(wanted))
    if asked.structures:
        sheets.append(_structures(partner))
    sheets.append(_ANSWER_SHEET)
    return Workbook(
        id=asked.book, file=f"{asked.book}.xlsx", title=f"Demande de données : {asked.name}",
        purpose="Compléter le diagnostic partagé de la convention territoriale globale par des chiffres qu’aucun fichier "
        "public ne donne. Des effectifs agrégés seulement : aucune donnée à caractère personnel.",
        audience=asked.name, version=VERSION, sheets=tuple(sheets),
    )  # fmt: skip


def request_rows(
    partner: str,
    communes: Mapping[str, str],
    services: pd.DataFrame | None = None,
    year: int | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """The lines already written in a partner's workbook.

    Args:
        communes: code -> name of the territory's communes.
        services: table ``offre.services``, whose lines prepare those of « Par structure ».
        year: written on these lines: the last of those that are asked for.

    Returns:
        Sheet -> lines (field -> value).
    """
    asked = asked_of(partner)
    rows: dict[str, list[dict[str, Any]]] = {FIGURES: [line_of(m) for m in asked]} if asked else {}
    ordered = sorted(communes, key=lambda code: french_sort_key(communes[code]))
    local = [m for m in asked if m.by_commune]
    if local:
        rows[COMMUNES] = [
            {"code": m.id, "measure": m.label, "commune": code, "masking": m.mask_rule}
            for m in local
            for code in ordered
        ]
    if partners()[partner].structures:
        rows[STRUCTURES] = [] if services is None else _services(_of(partner, services), year)
    return rows


def line_of(measure: Measure) -> dict[str, Any]:
    """What the sender writes of a measure on its line."""
    return {
        "code": measure.id, "group": groups()[measure.group].title, "measure": measure.label,
        "definition": measure.full_definition, "unit": measure.unit,
        "masking": measure.mask_rule,
    }  # fmt: skip


def _year_fields(years: list[int]) -> tuple[Field, ...]:
    # texts: a masked count is written « < 5 »; each line has its own kind of number
    return tuple(
        Field(year_field(y), str(y), "text", "Le nombre seul.", width=9, example=example, verbatim=True,
              aliases=(f"année {y}", f"{y}-12", f"31/12/{y}"))
        for y, example in zip(years, ["112", "< 5", "118"] * len(years), strict=False)
    )  # fmt: skip


_EXTRACTED = Field(
    "extracted", "Date d’extraction", "date", "Le jour où le chiffre a été tiré de votre outil.",
    example="12/10/2026", width=14,
)  # fmt: skip
_ORIGIN = Field("origin", "Source", "text", "L’outil ou le fichier d’où vient le chiffre.",
                example="requête de gestion", width=24)  # fmt: skip
_REMARK = Field(
    "remark", "Remarque", "long_text", "Toute différence avec la définition se dit ici.", width=36
)
_MASKING = Field("masking", "Petits nombres", "text", example="1 à 4 : écrire « < 5 »",
                 width=15)  # fmt: skip


def _prepared(*fields: Field) -> tuple[Field, ...]:
    """Columns of a sheet whose lines the sender has written: the sender's own ones are locked."""
    return tuple(replace(f, locked=f.name in (*LOCKED, "commune")) for f in fields)


def _figures(years: list[int]) -> Sheet:
    return Sheet(
        FIGURES, "Chiffres",
        "Une ligne par chiffre demandé, pour l’ensemble du territoire. Remplir les colonnes des années ; laisser les colonnes "
        "grises telles quelles. « 0 » veut dire zéro ; une case vide, non connu ; « < 5 » (ou « < 10 ») un petit nombre, selon la "
        "règle de la ligne.",
        _prepared(
            Field("measure", "Chiffre demandé", "text", example="Foyers au RSA", width=30),
            Field("definition", "Définition", "long_text", width=44,
                  example="Foyers bénéficiaires du revenu de solidarité active."),
            Field("unit", "Unité", "text", example="foyers", width=13),
            _MASKING,
            *_year_fields(years), _EXTRACTED, _ORIGIN, _REMARK,
            Field("group", "Sujet", "text", example="Foyers allocataires", width=20),
            Field("code", "Code", "id", "Sert à relire la ligne ; à laisser tel quel.", True, example="caf-rsa", width=22),
        ),
        key=("code",), aliases=("chiffre", "donnees"), lines=0,
    )  # fmt: skip


def _communes(years: list[int]) -> Sheet:
    return Sheet(
        COMMUNES, "Par commune",
        "Les mêmes chiffres, commune par commune, pour les lignes où la commune a un sens. Les petits nombres se masquent "
        "comme sur la feuille « Chiffres » : le total du territoire, lui, est demandé en clair.",
        _prepared(
            Field("measure", "Chiffre demandé", "text", example="Assistantes maternelles agréées", width=36),
            Field("commune", "Commune", "commune", required=True, width=28),
            _MASKING, *_year_fields(years), _REMARK,
            Field("code", "Code", "id", "Sert à relire la ligne ; à laisser tel quel.", True, example="pmi-am-agreees",
                  width=22),
        ),
        key=("code", "commune"), aliases=("commune",), lines=0,
    )  # fmt: skip


def _structures(partner: str) -> Sheet:
    """A line per service and year; each figure is described as in offre.xlsx or financement.xlsx, where it goes."""
    asked = [_same(name) for name in partners()[partner].structures]
    return Sheet(
        STRUCTURES, "Par structure",
        "Une ligne par service et par année : ce que vous financez ou gérez dans le territoire. Les services connus sont déjà "
        "écrits : laisser vides ceux qui ne vous concernent pas, recopier une ligne pour une autre année, en ajouter une pour un "
        "service qui manque. Ces chiffres complètent l’offre et le financement du diagnostic, et l’annexe « équipements et "
        "services soutenus » de la convention.",
        (
            *_prepared_service(),
            Field("year", "Année", "year", minimum=1990, maximum=2100, example="2025", width=10),
            *asked, _REMARK,
            Field("service", "Identifiant", "id", "Sert à relire la ligne ; à laisser tel quel, vide pour un service ajouté.",
                  example="S01", width=14, locked=True),
        ),
        key=("service", "name", "type", "period", "commune", "year"), aliases=("structure",), lines=60,
    )  # fmt: skip


def _prepared_service() -> tuple[Field, ...]:
    known = OFFRE["services"]
    return tuple(replace(known[name], required=name == "name", locked=True) for name in IDENTITY)


def _same(name: str) -> Field:
    """A column of « Par structure », as the sheet where its figures go describes it."""
    if name == "msa":
        return replace(FINANCEMENT["money"][name], label="Aide de la MSA (€)", aliases=("MSA (€)",))
    return replace((FINANCEMENT["money"] if name in PAID else OFFRE["services"])[name], required=False)


_ANSWER_SHEET = Sheet(
    ANSWER, "Votre réponse",
    "Une seule ligne : elle permet de citer vos chiffres sous les figures du diagnostic. Aucun nom de personne.",
    (
        Field("organisation", "Organisme", example="organisme qui répond", width=36),
        Field("service", "Service", help="Le service, jamais une personne.", example="études et statistiques", width=30),
        Field("sent", "Date de transmission", "date", example="15/10/2026", width=16),
        Field("rule", "Règle de secret appliquée", "text", "Si elle est plus stricte que celle des lignes.",
              example="effectifs de moins de 5 masqués", width=36),
        _REMARK,
    ),
    aliases=("reponse",), lines=1,
)  # fmt: skip


def _of(partner: str, services: pd.DataFrame) -> pd.DataFrame:
    """The services a partner is asked about: those it may run, or all of them where it finances."""
    mine = ~services["type"].isin(WITHOUT_OPERATOR)
    if partner in _RUN_BY and "manager_type" in services:
        mine &= services["manager_type"].isin(_RUN_BY[partner])
    return services[mine]


def _services(services: pd.DataFrame, year: int | None) -> list[dict[str, Any]]:
    """Lines of offre.xlsx, each with its id, by which the answer finds it again."""
    keep = [name for name in IDENTITY if name in services]
    known = services[["id", *keep]].rename(columns={"id": "service"}).to_dict("records")
    dated = {} if year is None else {"year": year}
    return [{**{str(k): v for k, v in line.items() if v}, **dated} for line in known]
