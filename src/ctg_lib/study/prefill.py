"""What public files already say of a territory, as first lines of its workbooks, all « à confirmer ».

Public files give addresses, not an offer: a type, a commune, now and then a number of places or hours. That
alone is written, each line with its file and vintage. Names of services, managers and signatories are left
to those who know them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.display.typography import enumerate_fr, number
from ctg_lib.indicators.acces_droits import FRANCE_SERVICES
from ctg_lib.indicators.petite_enfance import LOCAL_PLACES
from ctg_lib.observations import Store
from ctg_lib.partnership.books.offre import SERVICES
from ctg_lib.partnership.books.parties import COMPETENCES
from ctg_lib.values import USABLE, parse_breakdown

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

Line = dict[str, Any]
Rows = dict[str, dict[str, list[Line]]]

FACILITY_TYPES: dict[str, str] = {
    "D502": "eaje", "D509": "micro_creche", "D504": "rpe", "D503": "laep", "D505": "alsh",
    "D507": "mediation_familiale",
}  # fmt: skip
"""Types of Insee's BPE that are services of a CTG. « Adultes handicapés : services d’aide » (D604) is not one
of them: it counts home help for everybody as well."""
PUBLICS: dict[str, str] = {"enfants": "handicap_enfants", "adultes": "handicap_adultes", "mixte": "autre"}
"""Publics of ``etablissements_handicap`` (FINESS) -> kinds of services."""
COUNTED = ("equipements", "etablissements_handicap", "lieux_mediation_numerique", "sites_france_services")
"""Indicators that count sites by commune."""
PMI_CATEGORY = "223"
SHORT: dict[str, str] = {
    "eaje": "Établissement d’accueil du jeune enfant", "micro_creche": "Micro-crèche",
    "rpe": "Relais petite enfance", "laep": "Lieu d’accueil enfants-parents", "alsh": "Accueil de loisirs",
    "mediation_familiale": "Médiation familiale", "pmi": "Protection maternelle et infantile",
    "france_services": "France services", "mediation_numerique": "Médiation numérique",
    "handicap_enfants": "Service ou établissement pour enfants handicapés",
    "handicap_adultes": "Service ou établissement pour adultes handicapés",
    "autre": "Établissement pour personnes handicapées (enfants et adultes)",
}  # fmt: skip
TO_COMPLETE = "À compléter."
DEDUCED = "Nom déduit du département, à confirmer."
COUNCILS: dict[str, str] = {
    "2A": "Collectivité de Corse", "2B": "Collectivité de Corse", "67": "Collectivité européenne d’Alsace",
    "68": "Collectivité européenne d’Alsace", "75": "Ville de Paris",
    "972": "Collectivité territoriale de Martinique", "973": "Collectivité territoriale de Guyane",
    "976": "Département-Région de Mayotte",
}  # fmt: skip
"""Départements whose council is called something else."""


def prefill(study: Study) -> Rows:
    """First lines of the study's workbooks: workbook id -> sheet -> lines of field -> value.

    Nothing is recorded as a query of the study; data that was not built gives no line.
    """
    return {
        "offre": {"services": services(study)},
        "parties": {"parties": parties(study), "competences": competences()},
    }


# --- offer -------------------------------------------------------------------------------------------


def services(study: Study) -> list[Line]:
    """Lines of offre.xlsx, one per site that a public file gives, in the order of the list of services.

    Insee's BPE (childcare, relais, parents, leisure), FINESS (disability, PMI), the list of France services
    structures (one line per structure, its other sites beside it), places of digital mediation, and the
    local file of childcare places where there is one.
    """
    known = _known(study)
    lines = [*_childcare(study, known), *_facilities(study, known), *_disability(study, known), *_pmi(study)]
    lines += [*_france_services(study, known), *_mediation(study, known)]
    order = list(SERVICES)
    members = list(study.territory.members)
    lines.sort(key=lambda line: (order.index(line["type"]), members.index(line["commune"])))
    numbered = _numbered(lines)
    return [{"id": _id("S", i, len(numbered)), **line} for i, line in enumerate(numbered, start=1)]


def _id(letter: str, number: int, total: int) -> str:
    return f"{letter}{number:0{3 if total > 99 else 2}d}"


def _numbered(lines: list[Line]) -> list[Line]:
    """Lines with a name: « Accueil de loisirs à Nant », with « (site 2) » where several are alike."""
    names = [line["name"] for line in lines]
    out = []
    for position, line in enumerate(lines):
        rank = names[: position + 1].count(line["name"])
        suffix = f" (site {rank})" if names.count(line["name"]) > 1 else ""
        out.append({**line, "name": line["name"] + suffix})
    return out


def _line(study: Study, kind: str, commune: str, sources: Iterable[str], **more: Any) -> Line:
    place = study.geography.territory(commune, level="commune")
    ids = list(dict.fromkeys(part for cell in sources for part in str(cell).split("+") if part))
    return {
        "name": f"{SHORT[kind]} {place.a()}", "type": kind, "state": "a_confirmer", "commune": commune,
        "source": source_text(study, ids), **more,
    }  # fmt: skip


def source_text(study: Study, ids: Iterable[str]) -> str:
    """« Insee, BPE 2025 (DS_BPE_2025_data.csv, valeur reprise) »: publisher, vintage and file."""
    texts = []
    for id in ids:
        if id not in study.manifest:
            texts.append(id)
            continue
        entry = study.manifest[id]
        carried = ", valeur reprise" if entry.is_carried_over else ""
        texts.append(f"{entry.short} ({entry.path.rsplit('/', 1)[-1]}{carried})")
    return " ; ".join(dict.fromkeys(texts))


def _counts(known: pd.DataFrame, indicator: str, breakdown: str) -> list[tuple[str, int, str]]:
    """Communes with at least one site: code, number, sources; the latest period that most communes know."""
    rows = known[known["indicator"].eq(indicator) & known["breakdown"].eq(breakdown)]
    rows = rows[rows["status"].isin(USABLE) & rows["value"].notna()]
    if rows.empty:
        return []
    by_period = rows.groupby("period").size()
    latest = max(by_period.index[by_period.eq(by_period.max())])
    here = rows[rows["period"].eq(latest) & rows["value"].gt(0)]
    return [
        (str(r["code"]), round(r["value"]), str(r["sources"]))
        for r in here.sort_values("code").to_dict("records")
    ]


def _known(study: Study) -> pd.DataFrame:
    """Rows of :data:`COUNTED` for the territory's communes; empty where the national table was not built."""
    from ctg_lib.indicators import national

    if not (study.project.processed / national.FILE).is_file():
        columns = ["indicator", "breakdown", "code", "period", "value", "status", "sources"]
        return pd.DataFrame(columns=columns)
    places = {("commune", code) for code in study.territory.members}
    return national.read_table(study.project.processed, ids=list(COUNTED), places=places)


def _structures(study: Study, dataset: str) -> pd.DataFrame:
    """Establishments of a dataset: the store's columns and ``commune``."""
    rows = Store(study.project.store).read(dataset, levels=["structure"])
    return rows.assign(commune=[parse_breakdown(b).get("commune", "") for b in rows["breakdown"]])


def _childcare(study: Study, known: pd.DataFrame) -> list[Line]:
    """Childcare establishments: those whose places are known first, then those that the BPE alone counts."""
    places = _structures(study, LOCAL_PLACES)
    places = places[places["commune"].isin(study.territory.members) & places["variable"].eq("places")]
    places = places.sort_values("period").drop_duplicates("code", keep="last").sort_values("code")
    counted = {
        kind: {
            code: (count, source) for code, count, source in _counts(known, "equipements", f"type={type_}")
        }
        for type_, kind in FACILITY_TYPES.items()
        if kind in ("eaje", "micro_creche")
    }
    lines: list[Line] = []
    for row in places.to_dict("records"):
        named = parse_breakdown(row["breakdown"]).get("type", "")
        kind = "micro_creche" if named == "micro_creche" else "eaje"
        count, source = counted[kind].get(row["commune"], (0, ""))
        if count:
            counted[kind][row["commune"]] = (count - 1, source)
        more = {"places": float(row["value"])} if pd.notna(row["value"]) else {}
        lines.append(_line(study, kind, row["commune"], [source if count else "", row["source"]], **more))
    for kind, communes in counted.items():
        for code, (count, source) in communes.items():
            lines += [_line(study, kind, code, [source]) for _ in range(count)]
    return lines


def _facilities(study: Study, known: pd.DataFrame) -> list[Line]:
    lines = []
    for type_, kind in FACILITY_TYPES.items():
        if kind in ("eaje", "micro_creche"):
            continue
        for code, count, source in _counts(known, "equipements", f"type={type_}"):
            lines += [_line(study, kind, code, [source]) for _ in range(count)]
    return lines


def _disability(study: Study, known: pd.DataFrame) -> list[Line]:
    return [
        _line(study, kind, code, [source], remark="Peut intervenir bien au-delà de la commune de son siège.")
        for public, kind in PUBLICS.items()
        for code, count, source in _counts(known, "etablissements_handicap", f"public={public}")
        for _ in range(count)
    ]


def _pmi(study: Study) -> list[Line]:
    rows = Store(study.project.store).read(
        "finess", levels=["commune"], codes=list(study.territory.members),
        breakdowns=[f"categorie={PMI_CATEGORY}"],
    )  # fmt: skip
    rows = rows[rows["value"].gt(0)].sort_values("period").drop_duplicates("code", keep="last")
    return [
        _line(study, "pmi", row["code"], [row["source"]])
        for row in rows.sort_values("code").to_dict("records")
        for _ in range(round(row["value"]))
    ]


def _mediation(study: Study, known: pd.DataFrame) -> list[Line]:
    return [
        _line(study, "mediation_numerique", code, [source])
        for code, count, source in _counts(known, "lieux_mediation_numerique", "")
        for _ in range(count)
    ]


def _france_services(study: Study, known: pd.DataFrame) -> list[Line]:
    """One line per structure with its sites here; a site that no structure names, one line of its own."""
    rows = _structures(study, FRANCE_SERVICES)
    rows = rows[rows["commune"].isin(study.territory.members)]
    rows = rows[rows["period"].eq(rows["period"].max())]
    rows = rows.assign(structure=rows["code"].str.split("@").str[0])
    counted = _counts(known, "sites_france_services", "")
    left = {code: count for code, count, _ in counted}
    lines = []
    for _, own in rows.groupby("structure", sort=True):
        line = _structure_line(study, own)
        for commune in (line["commune"], *line.get("sites", ())):
            left[commune] = left.get(commune, 0) - 1
        lines.append(line)
    for code, _, source in counted:
        lines += [_line(study, "france_services", code, [source]) for _ in range(left[code])]
    return lines


def _structure_line(study: Study, own: pd.DataFrame) -> Line:
    """A France services structure: seat, other sites, hours a week of all sites where all are known."""
    seat = own.loc[own["variable"].eq("structure"), "commune"]
    places = own[own["variable"].eq("heures_site")]
    communes = list(dict.fromkeys([*seat, *places["commune"].sort_values()]))
    more: Line = {"sites": tuple(communes[1:])} if len(communes) > 1 else {}
    weekly = places[places["breakdown"].eq("commune=" + places["commune"])]
    hours = weekly.set_index("commune")["value"].reindex(communes)
    if hours.notna().all():
        more["hours_week"] = float(hours.sum())
        names = [study.geography.territory(c, level="commune").name for c in communes]
        each = [
            f"{name} {number(hours[c], 1).removesuffix(',0')} h"
            for name, c in zip(names, communes, strict=True)
        ]
        if len(each) > 1:
            more["remark"] = f"Heures d’accueil par semaine : {enumerate_fr(each)}."
    return _line(study, "france_services", communes[0], own["source"].unique(), **more)


# --- parties and competences -------------------------------------------------------------------------


def parties(study: Study) -> list[Line]:
    """Who could sign: the EPCI, every commune, Caf, MSA, Département. Whether they do is left open."""
    here = study.territory
    lines: list[Line] = []
    for code in study.config.territories:
        lines.append({"name": study.geography.territory(code).name, "type": "epci"})
    names = study.communes_by_code
    lines += [
        {
            "name": f"Commune {study.geography.territory(c, level='commune').de()}",
            "type": "commune",
            "commune": c,
        }
        for c in here.members
        if c in names
    ]
    lines += _institutions(study)
    return [{"id": _id("P", i, len(lines)), **line} for i, line in enumerate(lines, start=1)]


def _institutions(study: Study) -> list[Line]:
    metropole = study.territory.kind == "MET69"
    caf: list[Line] = []
    councils: list[Line] = []
    for code in study.territory.departements:
        departement = study.geography.territory(code, level="departement")
        caf.append({"name": f"Caf {departement.de()}", "type": "caf", "remark": DEDUCED})
        name = COUNCILS.get(code, f"Département {departement.de()}")
        if metropole:  # it has the département's competences
            continue
        if all(name != line["name"] for line in councils):
            councils.append({"name": name, "type": "departement", "remark": DEDUCED})
    overseas = all(code.startswith("97") for code in study.territory.departements)
    msa = [] if overseas else [{"name": "MSA (caisse du territoire, à compléter)", "type": "msa"}]
    return [*caf, *msa, *councils]


def competences() -> list[Line]:
    """One line per competence, its holder to be filled."""
    return [{"competence": key, "remark": TO_COMPLETE} for key in COMPETENCES]


def open_points(rows: Mapping[str, list[Line]]) -> int:
    """How many prefilled lines of the offer are still to be confirmed."""
    return sum(line.get("state") == "a_confirmer" for line in rows.get("services", ()))
