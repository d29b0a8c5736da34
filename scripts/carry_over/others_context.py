"""ANCT, FINESS, fibre, schools, DREES by département, mortality: what gives the territory its context.

Lines are copied as their publishers wrote them; only rows and columns are chosen, or laid out again where
the origin is a republication in another form (fibre, schools).
"""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

from .files import Places, check, csv_text, write, write_workbook
from .insee import LARZAC

EPCI = "241200906"
OCCITANIE = ("09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82")


def _lines(path: Path) -> list[str]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    return text.replace("\r\n", "\n").rstrip("\n").split("\n")


def _records(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("\n".join(_lines(path)))))


ANCT = {
    "neet": ("part_non_inseres", {"communes": "com", "epci": "epci", "dpt": "dep", "region": "reg"}),
    "licsport": ("p_licsport014", {"communes": "com", "epci": "epci", "departement": "dep"}),
}
"""Prefix of the collected files -> column of values, collected level -> level in our name."""
ANCT_KNOWN = {
    ("neet", "epci", EPCI, "2018"): "11,20",
    ("neet", "com", "12063", "2008"): "15,00",
    ("licsport", "epci", EPCI, "2018"): "33,80",
    ("licsport", "com", "12063", "2018"): "44,50",
}
"""Figures read on the publisher's files by whoever collected them."""


def observatory(places: Places) -> None:
    """Young people neither in work nor at school; children with a sports licence: lines unchanged.

    All EPCI, départements and régions; the communes of Aveyron.
    """
    for prefix, (column, levels) in ANCT.items():
        for collected, level in levels.items():
            folder = places.folder / "filosofi-neet-streamlit"
            name = f"{prefix}_{collected}_2018.csv"
            source = folder / name if (folder / name).is_file() else folder / f"{name}.gz"
            header, *lines = _lines(source)
            check(header == f"codgeo;libgeo;an;{column}", f"{source.name} : en-tête {header}")
            lines = [line for line in lines if line.strip(";")]
            if level == "com":
                lines = [line for line in lines if line.startswith("12")]
            rows = [line.split(";") for line in lines]
            found = {(prefix, level, r[0], r[2]): r[3] for r in rows}
            for key, value in ANCT_KNOWN.items():
                if key[:2] == (prefix, level):
                    check(found.get(key) == value, f"{source.name}, {key} : {found.get(key)}")
            suffix = ".csv.gz" if level == "epci" else ".csv"
            path = places.raw / f"anct/{column}_{level}_2018{suffix}"
            write(path, "\n".join([header, *lines]) + "\n", bom=True)


FINESS_KEPT = [
    # enfants et adolescents handicapés
    "182", "183", "186", "188", "189", "190", "192", "194", "195", "196", "377", "390",
    # adultes handicapés
    "198", "246", "247", "249", "252", "255", "370", "379", "382", "395", "437", "445", "446", "448", "449",
    "464",
    # protection de l’enfance, parents
    "159", "166", "172", "175", "177", "236", "238", "241", "286", "295", "378", "440", "441", "462",
    # familles, santé des femmes et des enfants
    "223", "228", "230", "231", "344", "640",
    # logement et insertion ; santé mentale ; maisons et centres de santé ; MDPH
    "214", "257", "258", "259", "156", "425", "124", "603", "609",
]  # fmt: skip
FINESS_LABELS = {
    "182": "Service d'Éducation Spéciale et de Soins à Domicile",
    "183": "Institut Médico-Educatif (I.M.E.)",
    "186": "Institut Thérapeutique Éducatif et Pédagogique (I.T.E.P.)",
    "189": "Centre Médico-Psycho-Pédagogique (C.M.P.P.)",
    "190": "Centre Action Médico-Sociale Précoce (C.A.M.S.P.)",
    "246": "Etablissement et Service d'Aide par le Travail (E.S.A.T.)",
    "255": "Maison d'Accueil Spécialisée (M.A.S.)",
    "382": "Foyer de Vie pour Adultes Handicapés",
    "437": "Foyer d'Accueil Médicalisé pour Adultes Handicapés (F.A.M.)",
    "445": "Service d'accompagnement médico-social adultes handicapés",
    "446": "Service d'Accompagnement à la Vie Sociale (S.A.V.S.)",
    "448": "Etab.Acc.Médicalisé en tout ou partie personnes handicapées",
    "603": "Maison de santé (L.6223-3)",
}
FINESS_COLUMNS = ("numero finess etablissement", "categetab", "categorie", "departement", "code_insee")
PHARMACY, EHPAD = "620", "500"


def finess(places: Places) -> None:
    """Establishments of Occitanie in the fields of a CTG; names, addresses and activities are left out."""
    rows = _records(places.folder / "finess-occitanie" / "finess_occitanie2.csv.gz")
    labels = {r["categetab"]: r["categorie"] for r in rows}
    for code, label in FINESS_LABELS.items():
        check(labels.get(code) == label, f"FINESS, catégorie {code} : {labels.get(code)}")
    check({r["departement"] for r in rows} == set(OCCITANIE), "FINESS : les treize départements d’Occitanie")
    check(
        any(r["numero finess etablissement"] == "120009014" and r["code_insee"] == "12063" for r in rows),
        "FINESS 120009014 (maison de santé de La Cavalerie)",
    )
    _same_as_bpe(places, rows)
    kept = sorted(
        {tuple(r[c].strip() for c in FINESS_COLUMNS) for r in rows if r["categetab"] in FINESS_KEPT}
    )
    write(places.raw / "finess/finess_occitanie.csv.gz", csv_text(FINESS_COLUMNS, kept, sep=","))


def _same_as_bpe(places: Places, rows: list[dict[str, str]]) -> None:
    """Pharmacies of the 16 communes: the same in FINESS as in the BPE, a reason to trust both."""
    data = places.json("12-equipements.larzac.json")
    at = next(i for i, t in enumerate(data["types"]) if "harmacie" in str(t))
    bpe = {c: n for c in LARZAC for i, n in data["c"][c] if i == at}
    found: dict[str, set[str]] = {}
    for r in rows:
        if r["categetab"] == PHARMACY and r["code_insee"] in LARZAC:
            found.setdefault(r["code_insee"], set()).add(r["numero finess etablissement"])
    counts = {c: len(v) for c, v in found.items()}
    check(counts == bpe, f"pharmacies : FINESS {counts}, BPE {bpe}")


def fibre(places: Places) -> None:
    """Indicateur France Très Haut Débit: premises and connected premises, 2026 T2."""
    data = places.json("12-fibre.larzac.json")
    rows, total = [], [0, 0]
    for code, (premises, connected, bearer, zone, closing) in sorted(data["c"].items()):
        check(connected <= premises, f"12-fibre {code} : plus de raccordables que de locaux")
        rows.append([code, premises, connected, bearer, zone, *closing, data["trimestre"]])
        if code in LARZAC:
            total = [total[0] + premises, total[1] + connected]
    check(total == [5908, 5677], f"12-fibre, somme des 16 communes : {total}")
    header = [
        "insee_com", "locaux_arcep", "locaux_ftth", "porteur_projet", "categorie_fthd",
        *(f"ferm_cu{y % 100}" for y in data["annees"]), "trimestre",
    ]  # fmt: skip
    write(places.raw / "anct/ftth-cu_2026-T2.csv", csv_text(header, rows))


TYPES = {0: "Ecole", 1: "Collège", 2: "Lycée"}


def schools(places: Places) -> None:
    """Annuaire de l'éducation: schools, collèges and lycées of the communes collected."""
    data = places.json("12-services.larzac.json")
    rows = [
        [service[3], service[1], TYPES[service[0]], "Privé" if service[2] else "Public", commune]
        for commune, services in sorted(data["c"].items())
        for service in services
        if service[0] in TYPES
    ]
    known = {s[0] for schools in places.json("12-ips.larzac.json")["c"].values() for s in schools}
    absent = known - {r[0] for r in rows}
    check(not absent, f"UAI de 12-ips absents de 12-services : {absent}")
    mine = [r for r in rows if r[4] in LARZAC]
    count = {t: sum(r[2] == t for r in mine) for t in TYPES.values()}
    check(count == {"Ecole": 9, "Collège": 1, "Lycée": 0}, f"12-services, établissements : {count}")
    # The list names every commune without a service: it is complete for the 16 communes.
    check(
        set(data["c"]) & set(LARZAC) | set(data["sans_service"]) == set(LARZAC), "12-services : 16 communes"
    )
    header = [
        "identifiant_de_l_etablissement", "nom_etablissement", "type_etablissement", "statut_public_prive",
        "code_commune",
    ]  # fmt: skip
    write(places.raw / "depp/fr-en-annuaire-education_2026-10.csv", csv_text(header, rows), bom=True)


def value_added(places: Places) -> None:
    """Indicateurs de valeur ajoutée des collèges, sessions 2022 and 2023: the lines of Aveyron."""
    name = "fr-en-indicateurs-valeur-ajoutee-colleges"
    header, *lines = _lines(places.folder / "education-data-educ" / f"{name}.csv.gz")
    at = header.split(";").index("Département")
    kept = [line for line in lines if line.split(";")[at] == "AVEYRON"]
    sessions = {line.split(";")[0] for line in kept}
    check(sessions == {"2022", "2023"}, f"valeur ajoutée, sessions : {sessions}")
    write(places.raw / f"depp/{name}_2022-2023.csv", "\n".join([header, *kept]) + "\n", bom=True)


WORKBOOKS = {
    "minima-sociaux-departements.xlsx": (
        "minima-sociaux-departements_2019.xlsx",
        ["Tableau 1", "Tableau 11", "Tableau 14"],
        {("Tableau 1", "12"): 6127, ("Tableau 11", "12"): 4360},
    ),
    "beneficiaires-aide-sociale-departements-1996-2020.xlsx": (
        "beneficiaires-aide-sociale-departements_2020.xlsx",
        ["Tab7-ph", "Tab7c-ph", "Tab1-ase", "Tab6-ase"],
        {("Tab1-ase", "12"): 815, ("Tab7c-ph", "12"): 260},
    ),
}
"""Collected workbook -> our name, sheets kept whole, last figure of Aveyron in some of them."""


def departements(places: Places) -> None:
    """DREES: AAH, RSA, PCH and aide sociale à l'enfance by département; sheets whole, cells unchanged."""
    from openpyxl import load_workbook

    for source, (name, sheets, known) in WORKBOOKS.items():
        book = load_workbook(places.folder / "drees-asdep" / source, read_only=True, data_only=True)
        kept = {s: [list(r) for r in book[s].iter_rows(values_only=True)] for s in sheets}
        book.close()
        for (sheet, code), value in known.items():
            row = next(r for r in kept[sheet] if code in map(str, r[:3]))
            check(value in row, f"{source}, {sheet}, {code} : {value} attendu")
        write_workbook(places.raw / "drees" / name, kept)


def mortality(places: Places) -> None:
    """CépiDc, standardised mortality by cause 2023: the départements of Occitanie."""
    source = places.folder / "finess-occitanie" / "mortalite_2023_standardise_all.csv.gz"
    rows = [r for r in _records(source) if r["departement"] in OCCITANIE]
    check(len(rows) == len(OCCITANIE) * 3 * 18, f"mortalité : {len(rows)} lignes")
    by = {(r["departement"], r["cause"], r["sexe"]): float(r["valeur"]) for r in rows}
    for (code, cause, sex), value in by.items():
        if sex == "Tous sexes":
            mean = (by[code, cause, "Hommes"] + by[code, cause, "Femmes"]) / 2
            check(abs(value - mean) < 0.1001, f"mortalité {code}, {cause} : {value} ≠ moyenne {mean}")
    header = list(rows[0])
    write(
        places.raw / "sante/cepidc_mortalite_standardisee_2023.csv.gz",
        csv_text(header, [[r[c] for c in header] for r in rows], sep=","),
    )


def fragility(places: Places) -> None:
    """Indice de fragilité numérique 2020: the communes and IRIS of Aveyron."""
    import pandas as pd

    table = pd.read_parquet(places.folder / "fragilite-numerique" / "Tableau_data.parquet")
    columns = ["Nom Com", "Code Iris", "Nom Iris", "Noms de mesures", "Valeurs de mesures"]
    mine = table.loc[table["Code Iris"].str.startswith("12"), columns]
    one = mine.loc[mine["Code Iris"].eq("120630000") & mine["Noms de mesures"].str.strip().eq("SCORE GLOBAL")]
    check(one["Valeurs de mesures"].tolist() == [88.0], "fragilité numérique de La Cavalerie")
    check(set(LARZAC) <= set(mine["Code Iris"].str[:5]), "fragilité numérique : 16 communes")
    ordered = mine.sort_values(["Code Iris", "Noms de mesures"], kind="stable")
    values = [[*r[:4], f"{r[4]:g}"] for r in ordered.itertuples(index=False, name=None)]
    write(places.raw / "anct/fragilite_numerique_2020_12.csv.gz", csv_text(columns, values))


STEPS = [
    observatory, finess, fibre, schools, value_added, departements, mortality, fragility,
]  # fmt: skip
