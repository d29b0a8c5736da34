"""Cnaf, DREES, DEPP, ANCT, DARES, and the local fact."""

from __future__ import annotations

import csv
import gzip
import io
import re
from typing import Any

from . import others_context
from .files import Places, check, csv_text, number, write, write_workbook
from .insee import LARZAC

MODES = {"global": "", "eaje": "eaje_", "am_ind": "am_ind_", "prescol": "prescol_", "gad_ind": "gad_ind_"}


def coverage(places: Places) -> None:
    """txcouv_pe_{epci,com,nat} 2023; a component written 0 by the collector is unknown: empty cell."""
    data = places.json("petite-enfance.aveyron-epci.json")
    year = data["annee"]
    check(data["modes"] == list(MODES), "modes d’accueil inattendus")
    files = {"epci": data["e"], "com": data["c"], "nat": {"": data["france"]}}
    for suffix, areas in files.items():
        key = {"epci": ["numepci"], "com": ["numcom"], "nat": []}[suffix]
        header = ["annee", *key, *(f"txcouv_{m}{suffix}" for m in MODES.values())]
        rows = []
        for code, values in sorted(areas.items()):
            check(
                abs(values[0] - sum(values[1:])) < 0.2501, f"txcouv {suffix} {code} : total ≠ somme des modes"
            )
            cells = ["" if i and v == 0 else number(v) for i, v in enumerate(values)]
            rows.append([f"{year}-01-01" if suffix == "nat" else year, *([code] if key else []), *cells])
        write(places.raw / f"cnaf/txcouv_pe_{suffix}_{year}.csv", csv_text(header, rows), bom=True)


def benefits(places: Places) -> None:
    """s_ben_com_f, December 2020–2024; the collector writes 0 for nil, small or masked: empty cell."""
    data = places.json("12-caf.larzac.json")
    rows = []
    for code, (years, _) in sorted(data["c"].items()):
        for year, values in zip(data["annees"], years, strict=True):
            check(all(v % 5 == 0 for v in values), f"12-caf {code} {year} : valeur non multiple de 5")
            rows.append([f"{year}-12-01", code, *("" if v == 0 else v for v in values)])
    sums = [sum(data["c"][c][0][-1][i] for c in LARZAC) for i in range(len(data["champs"]))]
    check(sums == [825, 1960, 80, 335, 250, 300, 105], f"12-caf 2024, somme des 16 communes : {sums}")
    header = ["dtreffre", "numcomdo", *data["champs"]]
    write(places.raw / "cnaf/s_ben_com_f_2020_2024.csv", csv_text(header, rows), bom=True)


APL_TEXT: list[list[Any]] = [
    ["Accessibilité potentielle localisée (APL) aux médecins généralistes"],
    ["Source : SNIIR-AM et Insee, calculs DREES"],
    ["Champ : extrait, 16 communes de la CC Larzac et Vallées, Millau, Saint-Affrique et Rodez"],
    ["Unité : consultations accessibles par an et par habitant standardisé"],
    ["Une APL nulle signifie qu’aucune offre n’est accessible"],
    ["Valeurs arrondies au centième par le dépôt dont elles sont reprises"],
    ["Populations non reprises : cellules vides"],
    [None],
]


def apl(places: Places) -> None:
    """One workbook, one sheet per year; references in a table of their own."""
    data = places.json("12-sante.larzac.json")
    sheets: dict[str, list[list[Any]]] = {}
    for index, year in enumerate(data["annees"]):
        head: list[Any] = [
            "Code commune INSEE", "Commune", "APL aux médecins généralistes",
            "APL aux médecins généralistes de 65 ans et moins",
            f"Population standardisée {year - 2} pour la médecine générale", f"Population totale {year - 2}",
        ]  # fmt: skip
        units: list[Any] = [
            None,
            None,
            *["Consultations/visites accessibles par an et par habitant standardisé"] * 2,
            *["hab."] * 2,
        ]
        rows = [[code, None, *values[index], None, None] for code, values in sorted(data["c"].items())]
        sheets[f"APL {year}"] = [*APL_TEXT, head, units, *rows]
    name = "indicateur_d_apl_aux_medecins_generalistes.xlsx"
    write_workbook(places.raw / "drees" / name, sheets)
    references = [
        [year, level, code, number(value, 2)]
        for level, code, series in (("departement", "12", data["dep"]), ("france", "FR", data["france"]))
        for year, value in zip(data["annees"], series, strict=True)
    ]
    write(places.raw / "drees/apl_references.csv", csv_text(["annee", "niveau", "code", "apl"], references))


IPS_HEADER = [
    "rentree_scolaire", "code_du_departement", "departement", "uai", "nom_de_l_etablissement",
    "code_insee_de_la_commune", "secteur", "ips", "ips_departemental_public", "ips_departemental_prive",
    "ips_departemental", "ips_national_public", "ips_national_prive", "ips_national",
]  # fmt: skip


def ips(places: Places) -> None:
    """IPS of schools (2024-2025) and collèges (2025-2026), and the publisher's own rows of 2022-2023."""
    data = places.json("12-ips.larzac.json")
    for kind, name in (
        ("école", "fr-en-ips-ecoles-ap2022_2024-2025"),
        ("collège", "fr-en-ips-colleges-ap2023_2025-2026"),
    ):
        references = data["references"][kind]
        rows = [
            [data["rentrees"][kind], "012", "AVEYRON", uai, label, commune,
             "privé sous contrat" if sector == "privé" else sector, number(value),
             *map(number, references["dep"]), *map(number, references["france"])]
            for commune, schools in sorted(data["c"].items())
            for uai, label, sector, value, what in schools
            if what == kind
        ]  # fmt: skip
        write(places.raw / f"depp/{name}.csv", csv_text(IPS_HEADER, rows), bom=True)
    for kind in ("ecoles", "colleges"):
        source = places.folder / "education-data-educ" / f"fr-en-ips-{kind}-ap2022.csv.gz"
        with gzip.open(source, "rt", encoding="utf-8-sig", newline="") as stream:
            header, *lines = stream.read().replace("\r\n", "\n").rstrip("\n").split("\n")
        at = header.split(";").index("Code INSEE de la commune")
        # Aveyron as a whole, so that the schools of the neighbours can be compared.
        kept = [line for line in lines if line.split(";")[at].startswith("12")]
        write(
            places.raw / f"depp/fr-en-ips-{kind}-ap2022_2022-2023.csv",
            "\n".join([header, *kept]) + "\n",
            bom=True,
        )


def france_services(places: Places) -> None:
    """The whole list of 1 August 2024; addresses of mail and telephone numbers are emptied."""
    source = places.folder / "france-services-anct" / "liste-fs-20240801.csv"
    header, *rows = csv.reader(io.StringIO(source.read_text(encoding="utf-8-sig")))
    hidden = [header.index("mail"), header.index("telephone")]
    comment = header.index("commentaire")
    for row in rows:
        for index in hidden:
            row[index] = ""
        row[comment] = _without_contacts(row[comment])
    write(places.raw / "anct/liste-fs-20240801.csv", csv_text(header, rows, sep=",", quote=True))


_MAIL = re.compile(r"[\w.+-]+@[\w.-]+")
_TELEPHONE = re.compile(r"(?<!\d)(?:\+33\s?|0)?[1-9](?:[\s.\-]*\d{2}){4}(?!\d)")
_ESCAPED = re.compile(r"\\x([0-9A-Fa-f]{2})|\\u([0-9A-Fa-f]{4})")


def _without_contacts(text: str) -> str:
    """A comment without addresses of mail nor telephone numbers; emptied where it hides them in escapes."""
    plain = _ESCAPED.sub(lambda m: chr(int(m[1] or m[2], 16)), text)
    if plain != text and (_MAIL.search(plain) or _TELEPHONE.search(plain)):
        return ""
    return re.sub(r"[ \t]{2,}", " ", _TELEPHONE.sub("", _MAIL.sub("", text))).strip()


def job_seekers(places: Places) -> None:
    """dares_defm_communales-brutes, 4th quarters; an original empty cell may have become 0: emptied."""
    data = places.json("12-travail.larzac.json")
    years = range(data["debutInscrits"], data["finInscrits"] + 1)
    rows = []
    for code, (_, _, series) in sorted(data["c"].items()):
        check(all(v % 5 == 0 for v in series), f"12-travail {code} : valeur non multiple de 5")
        rows += [
            [f"{year}-T4", code, "Brutes", "ABC", "Total", "Total", "" if v == 0 else v]
            for year, v in zip(years, series, strict=True)
        ]
    sums = [sum(data["c"][c][2][i] for c in LARZAC) for i in (0, -1)]
    check(sums == [395, 385], f"12-travail : {sums}")
    header = [
        "date", "code_commune", "type_de_donnees", "categorie", "sexe", "tranche_d_age",
        "nombre_de_demandeurs_d_emploi",
    ]  # fmt: skip
    write(places.raw / "dares/dares_defm_communales-brutes.csv", csv_text(header, rows), bom=True)


def local_offer(places: Places) -> None:
    """The one fact about places that was found, with its source."""
    header = ["code_commune", "nom", "type", "places", "source", "constate_le"]
    row = [
        "12063", "Les Petites Frimousses", "multi-accueil", 22,
        "page « Multi-accueil » du site de la communauté de communes "
        "(cc-larzacvallees.fr/fr/vivre/multi-accueil)",
        "2026-10",
    ]  # fmt: skip
    write(places.raw / "local/eaje_241200906.csv", csv_text(header, [row]))


STEPS = [
    coverage, benefits, apl, ips, france_services, job_seekers, local_offer, *others_context.STEPS,
]  # fmt: skip
