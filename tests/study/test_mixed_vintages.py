"""Mixed vintages: a year is never read against another one, in comparisons, medians or exports.

The poverty rate of métropole is 14.9 % in 2021 (Filosofi) and 15.9 % in 2023 (new series); that of Aveyron is
14.5 % in both: a mix would not show in Aveyron, so métropole is the witness.
"""

import pytest

from ctg_lib.indicators.registry import definition, iter_definitions, registry
from ctg_lib.study.extras import COUNTED_UNITS, FEWEST, median_rows

METROPOLE, AVEYRON = ("france", "FM"), ("departement", "12")


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


@pytest.mark.parametrize("rule", [r for r in iter_definitions() if r.breaks], ids=lambda r: r.id)
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


def test_a_median_by_hand(larzac):
    """Coverage rate 2023 of the 20 other EPCI at hand: 64.7."""
    medians = median_rows(larzac)
    row = medians[
        medians["indicator"].eq("taux_couverture")
        & medians["breakdown"].eq("")
        & medians["code"].eq("voisins")
    ].iloc[-1]
    assert row["period"] == "2023"
    peers = larzac.table("taux_couverture", [("epci", c) for c in larzac.peer_codes])
    known = peers[peers["period"].eq("2023") & peers["breakdown"].eq("") & peers["value"].notna()]["value"]
    assert len(known) >= FEWEST
    assert row["value"] == pytest.approx(known.median())
    assert row["name"] == f"médiane de {len(known)}\u00a0intercommunalités voisines ou du même département"


def test_the_export_has_no_row_of_two_filosofi(larzac):
    """No row of a series with a break draws on files of both sides of it."""
    export = larzac.export()
    broken = [rule.id for rule in iter_definitions() if rule.breaks]
    rows = export[export["indicator"].isin(broken) & export["sources"].notna()]
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
