"""Mixed vintages: a year is never read against another one, in comparisons, medians or exports.

The poverty rate of métropole is 14.9 % in 2021 (Filosofi) and 15.9 % in 2023 (new series); that of Aveyron is
14.5 % in both: a mix would not show in Aveyron, so métropole is the witness.
"""

import pytest

from ctg_lib.indicators.registry import definition, iter_definitions, registry
from ctg_lib.study.extras import COUNTED_UNITS, median_rows

METROPOLE, AVEYRON = ("france", "FM"), ("departement", "12")
FILOSOFI = [rule for rule in iter_definitions() if "2023" in rule.breaks]
"""Indicators of Filosofi, whose new series begins in 2023; each of its files holds one year."""


def test_the_indicators_of_filosofi_are_those_with_its_break():
    assert {"taux_pauvrete", "niveau_vie_median", "taux_pauvrete_referent"} <= {rule.id for rule in FILOSOFI}


@pytest.mark.parametrize(
    ("place", "period", "expected"),
    [(METROPOLE, "2021", 14.9), (METROPOLE, "2023", 15.9), (AVEYRON, "2021", 14.5), (AVEYRON, "2023", 14.5)],
)
def test_poverty_of_both_years(larzac, place, period, expected):
    value = larzac.value("taux_pauvrete", "", place, period)
    assert value.value == expected
    assert all(larzac.manifest[source].reference_date.startswith(period) for source in value.sources)


def test_the_territory_of_2021_is_read_against_references_of_2021(larzac):
    compared = larzac.compare("taux_pauvrete")
    assert compared.value.period == "2021"
    references = compared.references.set_index("code")
    assert set(references["period"]) == {"2021"}
    assert references.loc["FM", "value"] == 14.9
    assert references.loc["12", "value"] == 14.5


@pytest.mark.parametrize("rule", FILOSOFI, ids=lambda r: r.id)
def test_a_value_before_a_break_comes_from_a_file_of_its_year(larzac, rule):
    rows = larzac.table(rule.id)
    rows = rows[rows["value"].notna()]
    for cell, period in rows[["sources", "period"]].drop_duplicates().itertuples(index=False):
        dates = {larzac.manifest[source].reference_date[:4] for source in cell.split("+")}
        repeated = {larzac.manifest[s].layout for s in cell.split("+")} == {"taux_repris"}
        # a repeated rate's file holds several years; a publisher's file one
        assert repeated or dates == {period}, (rule.id, cell, period)


@pytest.mark.parametrize("study", ["larzac", "affricain"])
def test_no_comparison_pairs_two_years(request, study):
    """Property over every indicator and every breakdown: own period = period of the main reference."""
    opened = request.getfixturevalue(study)
    every = opened.table(list(registry()), [opened.place])
    checked = 0
    for indicator, breakdown in every[["indicator", "breakdown"]].drop_duplicates().itertuples(index=False):
        compared = opened.compare(indicator, breakdown)
        if compared.main is None:
            continue
        checked += 1
        assert compared.main["period"] == compared.value.period, (indicator, breakdown)
        same = compared.references[compared.references["period"].eq(compared.value.period)]
        assert compared.main.name in same.index or compared.main["code"] in set(same["code"])
        if compared.peers_period:
            assert set(compared.peers["period"]) == {compared.peers_period}
    assert checked > 10


def test_medians_share_the_territorys_year(larzac):
    medians = median_rows(larzac)
    by = ["indicator", "breakdown", "period"]
    own = larzac.table(list(medians["indicator"].unique()), [larzac.place])
    own = own[own["value"].notna()]
    both = medians.merge(own[by], on=by, how="left", indicator=True)
    assert both["_merge"].eq("both").all()
    assert medians["method"].eq("median_of_territories").all()
    for indicator in medians["indicator"].unique():
        rule = definition(indicator)
        assert rule.aggregation != "sum" and rule.unit not in COUNTED_UNITS


# Coverage rates of 2023 of the neighbours and of the other EPCI of Aveyron that are in the Cnaf's file
# (txcouv_pe_epci, column txcouv_epci), typed from it: 18 of them, four others are not in the file.
RATES = [
    32.4,
    55.1,
    55.4,
    56.1,
    56.3,
    56.5,
    57.0,
    60.9,
    62.9,
    65.9,
    66.0,
    66.2,
    70.1,
    70.9,
    71.3,
    73.2,
    84.6,
    85.6,
]


def test_a_median_by_hand(larzac):
    """Coverage rate 2023: the middle of the 18 rates known, (62.9 + 65.9) / 2."""
    medians = median_rows(larzac)
    row = medians[
        medians["indicator"].eq("taux_couverture")
        & medians["breakdown"].eq("")
        & medians["code"].eq("voisins")
    ].iloc[-1]
    assert row["period"] == "2023"
    assert row["value"] == pytest.approx(64.4)
    assert row["name"] == "médiane de 18\u00a0intercommunalités voisines ou du même département"
    peers = larzac.table("taux_couverture", [("epci", c) for c in larzac.peer_codes])
    known = peers[peers["period"].eq("2023") & peers["breakdown"].eq("") & peers["value"].notna()]["value"]
    assert sorted(known) == RATES


def test_the_export_has_no_row_of_two_filosofi(larzac):
    """No row of a series with a break draws on files of both sides of it."""
    export = larzac.export()
    rows = export[export["indicator"].isin([rule.id for rule in FILOSOFI]) & export["sources"].notna()]
    assert len(rows) > 20
    for cell in rows["sources"].unique():
        sides = {larzac.manifest[s].reference_date[:4] >= "2023" for s in cell.split("+") if s}
        assert len(sides) <= 1, cell


def test_schools_and_sites_are_in_the_export(larzac):
    rows = larzac.export()
    inside = rows[rows["level"].eq("structure")]
    communes = inside["breakdown"].str.extract(r"commune=([^;]+)")[0]
    assert communes.isin(larzac.territory.members).all()
    assert {"ips_ecoles", "heures_france_services"} <= set(inside["indicator"])
    # four schools published for 2024-2025
    ips = inside[inside["indicator"].eq("ips_ecoles") & inside["period"].eq("2024-2025")]
    assert ips["value"].notna().sum() == 4
