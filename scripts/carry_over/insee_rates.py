"""Census rates that a third party computed from Insee's files, where the files are not at hand.

One row a figure, in the project's own layout (``taux_repris``). The formulas are those of the author's
dictionary, with Insee's variable names. Composite indices, shares that a garrison makes absurd (part of
wage earners) and figures that other files give better (income) are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .files import Places, check, csv_text, write

YEARS = {"2011": "11", "2016": "16", "2022": "22"}
SPANS = {"2011-2016": "1116", "2016-2022": "1622", "2016-2023": "1623", "2011-2022": "1122"}


@dataclass(frozen=True)
class Rate:
    """One rate: its id here, the collected column, its periods and its formula."""

    id: str
    column: str
    formula: str
    periods: dict[str, str] = field(default_factory=lambda: {"2022": "22"})


CENSUS = (
    Rate("evolution_annuelle_population", "dm_pop_vtcam", "((P_fin / P_début)^(1/n) − 1) × 100", SPANS),
    Rate("evolution_annuelle_solde_naturel", "dm_sn_vtcam",
         "évolution annuelle × solde naturel / évolution de la population", SPANS),
    Rate("evolution_annuelle_solde_migratoire", "dm_sma_vtcam",
         "évolution annuelle de la population − part due au solde naturel", SPANS),
    Rate("part_75_ans_plus", "dmv_75p_pct", "(P_POP7589 + P_POP90P) / P_POP × 100"),
    Rate("indice_vieillissement", "dmv_iv_ind",
         "(P_POP6579 + P_POP80P) / (P_POP0014 + P_POP1519) × 100", YEARS),
    Rate("part_menages_couple_enfants", "men_coupaenf_pct", "C22_MENCOUPAENF / C22_MEN × 100"),
    Rate("part_menages_monoparentaux", "men_mono_pct", "C22_MENFAMMONO / C22_MEN × 100"),
    Rate("taux_emploi_15_64", "eco_txemp_1564", "(C_ACT1564 − P_CHOM1564) / P_POP1564 × 100",
         {"2016": "16", "2022": "22"}),
    Rate("taux_chomage_15_64", "soc_txchom_1564", "P22_CHOM1564 / C22_ACT1564 × 100"),
    Rate("part_sans_bac", "dsp_dipl_infbac_pct",
         "(P_NSCOL15P_DIPLMIN + P_NSCOL15P_BEPC + P_NSCOL15P_CAPBEP) / P_NSCOL15P × 100"),
    Rate("part_diplomes_bac_3_plus", "dsp_dipl_supbac2_pct",
         "(P_NSCOL15P_SUP34 + P_NSCOL15P_SUP5) / P_NSCOL15P × 100"),
    Rate("evolution_annuelle_logements", "log_tot_vtcam", "((P_LOG fin / P_LOG début)^(1/n) − 1) × 100",
         {k: v for k, v in SPANS.items() if k != "2016-2023"}),
    Rate("part_logements_vacants", "log_vac_pct", "P22_LOGVAC / P22_LOG × 100"),
    Rate("part_residences_secondaires", "log_ressec_pct", "P22_RSECOCC / P22_LOG × 100"),
    Rate("part_proprietaires", "log_prop_pct", "P22_RP_PROP / P22_RP × 100"),
    Rate("part_locataires", "log_loc_pct", "P22_RP_LOC / P22_RP × 100"),
)  # fmt: skip
MOVES = (
    Rate("part_entrants", "dmf_pe_pct", "entrants / présents en fin d’année × 100",
         {"2016": "16", "2022": "22"}),
    Rate("part_sortants", "dmf_ps_pct", "sortants / présents un an avant × 100",
         {"2016": "16", "2022": "22"}),
    Rate("taux_rotation_migratoire", "dmf_tr_pct",
         "(entrants + sortants) / moyenne des présents au début et à la fin × 100",
         {"2016": "16", "2022": "22"}),
)  # fmt: skip
HEADER = ["code", "level", "id", "period", "value", "source_formula"]


def rates(places: Places) -> None:
    """Two tables: census rates, and moves of residence (MIGCOM)."""
    import pandas as pd

    source = places.folder / "ottd-observatoire" / "indicateurs_aveyron_lozere.csv"
    table = pd.read_csv(source, dtype={"code": str})
    _check(table)
    _check_natural_balance(places, table)
    _check_perimeter(places, table)
    table["code"] = table["code"].mask(table["level"].eq("france"), "FM")
    table = table.sort_values(["level", "code"])
    for name, chosen in (("taux_repris_rp", CENSUS), ("taux_repris_migcom", MOVES)):
        rows = [
            [row["code"], row["level"], rate.id, period, _two_decimals(row[column]), rate.formula]
            for rate in chosen
            for period, suffix in rate.periods.items()
            for column in [f"{rate.column}_{suffix}"]
            for row in table[["code", "level", column]].to_dict("records")
            if pd.notna(row[column])
        ]
        write(places.raw / f"insee/rp/{name}.csv", csv_text(HEADER, rows))


def _two_decimals(value: float) -> str:
    return f"{value:.2f}"


def _check(table) -> None:
    """The author's figures agree with each other, and with two populations that were published."""
    for suffix in SPANS.values():
        gap = (
            table[f"dm_pop_vtcam_{suffix}"] - table[f"dm_sn_vtcam_{suffix}"] - table[f"dm_sma_vtcam_{suffix}"]
        )
        check(
            not gap.abs().gt(0.0151).any(),
            f"soldes {suffix} : naturel + migratoire ≠ évolution ({gap.abs().max()})",
        )
    owners = table["log_prop_pct_22"] + table["log_loc_pct_22"]
    check(owners.between(90, 100).all(), "propriétaires + locataires : au-delà de 100 %, ou moins de 90 %")
    larzac = table.set_index("code").loc["241200906"]
    check((larzac["P22_POP"], larzac["P23_POP"]) == (6730, 6746), "population de 241200906")
    recent = 100 * (6746 / 6730 - 1)
    check(abs(larzac["dm_pop_vevol_2223"] - recent) < 0.0051, "évolution 2022-2023 de 241200906")


def _check_natural_balance(places: Places, table) -> None:
    """The balances of 241200906 give back the births minus deaths of its communes' registers."""
    from .insee import LARZAC

    data = places.json("12-etat-civil.larzac.json")
    years = list(data["annees"])
    row = table.set_index("code").loc["241200906"]
    end = row["P22_POP"]
    for suffix, first, last in (("1622", 2016, 2022), ("1116", 2011, 2016)):
        growth, natural = row[f"dm_pop_vtcam_{suffix}"], row[f"dm_sn_vtcam_{suffix}"]
        start = end / (1 + growth / 100) ** (last - first)
        found = natural * (end - start) / growth
        known = sum(
            data["c"][c][0][years.index(y)] - data["c"][c][1][years.index(y)]
            for c in LARZAC
            for y in range(first, last)
        )
        check(abs(found - known) < 5, f"solde naturel {first}-{last} : {found:.0f}, état civil {known}")
        end = start


def _check_perimeter(places: Places, table) -> None:
    """« France » is métropole: its 2022 structure continues that of métropole in 2021, not that of France."""
    import pandas as pd

    communes = pd.read_csv(
        places.raw / "insee/rp/base-ic-2021_COM.csv.gz", sep=";", dtype={"COM": str}
    ).set_index("COM")
    metropole = communes.loc[~communes.index.str.startswith("97")].sum()
    france = communes.sum()
    row = table.loc[table["level"].eq("france")].iloc[0]
    for name, part, whole, multiplier in (
        ("dmv_iv_ind_22", "P21_POP65P", "P21_POP0019", 100),
        ("log_ressec_pct_22", "P21_RSECOCC", "P21_LOG", 100),
        ("log_vac_pct_22", "P21_LOGVAC", "P21_LOG", 100),
    ):
        near, far = (abs(row[name] - multiplier * t[part] / t[whole]) for t in (metropole, france))
        check(near < far, f"{name} : plus proche de la France ({far:.2f}) que de la métropole ({near:.2f})")


STEPS = [rates]
