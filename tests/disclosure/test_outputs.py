"""No hidden number in anything a study gives out: tables, charts, text alternatives, downloads.

The counts are made up (« fictif »), with decimals that occur nowhere else, for every commune of Aveyron.
"""

import io
import itertools
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ctg_lib import observations
from ctg_lib.build.export import csv_bytes, parquet_bytes, tidy, xlsx_bytes
from ctg_lib.disclosure import Policy, audit
from ctg_lib.disclosure.system import System
from ctg_lib.display import charts
from ctg_lib.display.table import Table
from ctg_lib.geography import load_geography
from ctg_lib.indicators import load_themes, national
from ctg_lib.indicators import registry as registry_module
from ctg_lib.indicators.data import as_counts, ratio
from ctg_lib.indicators.registry import RESULT_COLUMNS, indicator
from ctg_lib.observations import Store
from ctg_lib.project import Project, find_project
from ctg_lib.study import open_study

pytestmark = pytest.mark.slow

DATASET = "fictif_handicap"
COUNT, RATE = "enfants_aeeh_fictif", "part_aeeh_fictif"
LARZAC = "241200906"
NUMBERS = ["value", "lower", "upper", "numerator", "denominator"]
PERIODS = ("2022", "2023")


def made_up(geography):
    """Children with an allowance, and children, in each commune of Aveyron: invented numbers."""
    membership = geography.membership()
    communes = sorted(membership.loc[membership["departement"].eq("12"), "commune"])
    rng = np.random.default_rng(12)
    rows = []
    for period, commune in itertools.product(PERIODS, communes):
        # two decimals, the last one never 0: a number like no other in the outputs
        count = round(round(float(rng.gamma(1.2, 14)), 1) + 0.01 * rng.integers(1, 9), 2)
        count = count if rng.random() > 0.15 else 0.0
        people = round(count + float(rng.gamma(2, 90)) + 101, 2)
        rows += [(commune, period, "aeeh", count), (commune, period, "enfants", people)]
    return pd.DataFrame(rows, columns=["code", "period", "variable", "value"]).assign(level="commune")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A project whose only confidential indicators are made up; its truth; the registry put back after."""
    here = find_project(Path(__file__).parent)
    root = tmp_path_factory.mktemp("fictif")
    (root / "data").mkdir()
    (root / "data" / "raw").symlink_to(here.raw, target_is_directory=True)
    project = Project(root)
    geography = load_geography(project)
    source = next(iter(open_study(LARZAC, project).manifest)).id
    store = Store(project.store)
    made = observations.make(made_up(geography), dataset=DATASET, source=source, geography_year=2026)
    store.write(made, DATASET, "v")

    load_themes()
    kept = dict(registry_module._REGISTRY)
    registry_module._REGISTRY.clear()
    registry_module._REGISTRY["population"] = kept["population"]
    shared = {
        "theme": "handicap", "plural": True, "decimals": 2, "sensitive": True, "min_count": 5,
        "definition": "Nombres inventés pour les tests (fictif).", "leave_one_out": True,
    }  # fmt: skip

    @indicator(label="enfants (fictif)", unit="enfants", aggregation="sum", **shared)
    def enfants_aeeh_fictif(data):
        return as_counts(data.count(DATASET, "aeeh"), "exhaustive")

    @indicator(label="part (fictif)", unit="%", aggregation="ratio", multiplier=100.0, **shared)
    def part_aeeh_fictif(data):
        parts = [data.count(DATASET, v) for v in ("aeeh", "enfants")]
        return ratio(*parts, multiplier=100.0, method="exhaustive")

    data = national.official_data(store, geography)
    truth = pd.concat(
        [
            national.finish(r.compute(data), r)
            for i, r in registry_module._REGISTRY.items()
            if i != "population"
        ],
        ignore_index=True,
    )
    table = national.compute(data, geography, [COUNT, RATE])
    people = national.latest_population(geography)
    inhabitants = pd.DataFrame(
        {"code": people.index, "value": people.to_numpy(), "level": "commune", "period": "2023"}
    ).assign(indicator="population", breakdown="", name="", geography_year=2026, unit="habitants",
             method="exhaustive", status="observed", sources=source)  # fmt: skip
    inhabitants = inhabitants.reindex(columns=list(RESULT_COLUMNS))
    inhabitants["numerator"] = inhabitants["value"]
    whole = pd.concat([table, inhabitants.astype(dict.fromkeys(NUMBERS, "float64"))], ignore_index=True)
    national.write_table(whole.sort_values(["indicator", "level", "code"]), project.processed)
    study = open_study(LARZAC, project)
    study.__dict__["lookalikes"] = pd.DataFrame({"code": []})  # needs the census of all communes
    yield study, truth, table
    registry_module._REGISTRY.clear()
    registry_module._REGISTRY.update(kept)


def key(frame):
    return pd.MultiIndex.from_frame(frame[["indicator", "breakdown", "level", "code", "period"]])


@pytest.fixture(scope="module")
def rows(world):
    """What the study can give: places, secteurs, with and without some communes, the export."""
    study, _, _ = world
    places = [study.place, ("departement", "12")]
    places += [("commune", c) for c in study.territory.members]
    places += [("secteur", s.code) for s in study.secteurs]
    frames = [study.table([COUNT, RATE], places), study.export()]
    frames += [study.communes(i, period=p) for i in (COUNT, RATE) for p in PERIODS]
    frames += [study.by_secteur(i, period=p) for i in (COUNT, RATE) for p in PERIODS]
    communes = study.communes(COUNT, period="2023").sort_values(["status", "code"])["code"]
    some = [*communes.head(3), *communes.tail(3)]  # hidden ones and shown ones
    frames += [study.with_and_without(i, c) for i in (COUNT, RATE) for c in some]
    return pd.concat([f for f in frames if len(f)], ignore_index=True)


@pytest.fixture(scope="module")
def secrets(world, rows):
    """Every true count of a hidden commune."""
    _, truth, _ = world
    shown = rows.drop_duplicates(["indicator", "breakdown", "level", "code", "period"])
    gone = shown[shown["status"].eq("below_threshold")]
    true = truth.set_index(key(truth))
    mine = gone[gone["level"].eq("commune")]
    assert len(mine) > 8
    return {round(float(true.loc[k, "numerator"]), 2) for k in key(mine)} - {0.0}


def test_small_counts_are_hidden_and_nothing_else_than_needed(world):
    study, truth, table = world
    rows = table[table["level"].eq("commune") & table["code"].isin(study.territory.members)]
    true = truth.set_index(key(truth))["numerator"].reindex(key(rows)).to_numpy()
    small = (true > 0) & (true < 10)
    hidden = rows["status"].eq("below_threshold").to_numpy()
    assert small.any()
    assert hidden[small].all()
    assert rows.loc[hidden, NUMBERS].isna().all(axis=None)
    assert hidden.mean() < 0.75
    epci = table[table["level"].eq("epci") & table["code"].eq(LARZAC)]
    assert epci["numerator"].notna().all()  # hiding communes is enough


def test_every_way_to_ask_gives_the_same_hidden_cells(rows):
    states = rows.groupby(["indicator", "breakdown", "level", "code", "period"])["status"].nunique()
    assert states.max() == 1
    gone = rows[rows["status"].eq("below_threshold")]
    assert gone[NUMBERS].isna().all(axis=None)
    assert gone["breakdown"].str.contains("sans=").any()
    assert gone["level"].isin(["commune", "secteur", "epci"]).all()
    hidden = set(gone.loc[gone["level"].eq("commune"), "code"])
    without = gone.loc[gone["breakdown"].str.contains("sans="), "breakdown"].str.removeprefix("sans=")
    assert hidden >= set(without)


def test_attack_on_all_rows_together(world, rows):
    """The intruder puts communes, secteurs, « without », EPCI and département together."""
    study, truth, table = world
    rows = rows[rows["indicator"].isin([COUNT, RATE])]
    by = ["indicator", "breakdown", "level", "code", "period"]
    around = table[table["level"].isin(["commune", "epci", "departement"])]
    together = pd.concat([rows, around], ignore_index=True).drop_duplicates(by)
    members = [(c, "secteur", s.code) for s in study.secteurs for c in s.members]
    groups = national.official_groups(study.geography)
    here = groups[groups["commune"].str.startswith("12") & groups["level"].isin(["epci", "departement"])]
    tree = pd.concat([here, pd.DataFrame(members, columns=here.columns)], ignore_index=True)
    together = together[
        together["level"].eq("commune") | key(together).droplevel([0, 1, 4]).isin(
            pd.MultiIndex.from_frame(tree[["level", "code"]])
        )
    ].reset_index(drop=True)  # fmt: skip
    policies = {
        COUNT: Policy(COUNT, threshold=10),
        RATE: Policy(RATE, threshold=10, aggregation="ratio"),
    }
    true = truth.set_index(key(truth))
    mine = together["code"].isin([*study.territory.members, LARZAC, *(s.code for s in study.secteurs)])
    small = together[mine & together["period"].eq("2023")].reset_index(drop=True)
    found = audit(small, tree, policies, like=None)
    found = found[found["layer"].eq("numerator") & found["level"].eq("commune")]
    assert len(found) > 4
    for r in found.itertuples():
        exact = float(true.loc[(r.indicator, r.breakdown, r.level, r.code, r.period), "numerator"])
        assert r.least - 1e-6 <= exact <= r.most + 1e-6
        if 0 < exact < 10:
            assert r.least <= 1e-6 and r.most >= 10 - 1e-6, r
        else:
            assert r.most - r.least >= 1, r
    assert System(small, tree, policies).secret.any()


def outputs(study):
    """Texts of charts, maps and tables as a page, a screen reader and Word get them."""
    made = []
    for i, period in itertools.product((COUNT, RATE), PERIODS):
        frame = study.communes(i, period=period).sort_values("value", ascending=False)
        text = {"title": "Communes (fictif)", "subtitle": "fictif", "source": "fictif", "decimals": 2}
        slug = f"{i.replace('_', '-')}-{period}"
        made.append(charts.bars(frame, id=f"fig-{slug}", **text))
        made.append(charts.comparison_dots(frame.assign(highlight=False), id=f"fig-points-{slug}", **text))
        shapes = study.geography.contours("commune", list(study.territory.members))
        made.append(charts.choropleth(shapes, frame[["code", "value", "status"]], id=f"map-{slug}", **text))
        secteurs = study.by_secteur(i, period=period)
        columns = {"name": "Nom", "value": "Valeur", "numerator": "Nombre", "denominator": "Sur"}
        for name, rows in (("communes", frame), ("secteurs", secteurs)):
            made.append(
                Table(
                    rows,
                    id=f"tbl-{name}-{slug}",
                    caption="Fictif",
                    source="fictif",
                    columns=columns,
                    decimals=2,
                )
            )
    return made


def texts(made):
    out = []
    for each in made:
        data, metadata = each._repr_mimebundle_()
        out += [v for k, v in data.items() if k != "image/png"]
        out.append(json.dumps(metadata, ensure_ascii=False))
        for name in ("alt", "description"):
            out.append(str(getattr(each, name, "")))
    # images are checked by what was drawn from: their bytes are not text
    return [re.sub(r"base64,[A-Za-z0-9+/=]+", "", t) for t in out]


def numbers_in(text):
    """Numbers with two decimals, French or not; drawing coordinates have more."""
    return {float(n.replace(",", ".")) for n in re.findall(r"(?<![\d.,])\d+[.,]\d{1,2}(?![\d.,]\d|\d)", text)}


def test_no_hidden_number_in_charts_alternatives_and_tables(world, secrets):
    study, _, _ = world
    shown = set()
    for text in texts(outputs(study)):
        visible = re.sub(r"<(path|use|g|svg|rect|line|polygon)\b[^>]*>", "", text)
        shown |= numbers_in(visible)
    assert len(shown) > 20  # the search does find numbers
    assert not {s for s in secrets if s in shown}


def test_no_hidden_number_in_downloads_nor_by_difference(world, rows, secrets):
    study, _, _ = world
    export = study.export()
    frame = tidy(study, export[export["indicator"].isin([COUNT, RATE])])
    csv = csv_bytes(frame).decode("utf-8")
    assert not {s for s in secrets if re.search(rf"(?<![\d.]){re.escape(f'{s:g}')}(?!\d)", csv)}
    back = pd.read_parquet(io.BytesIO(parquet_bytes(frame)))
    gone = back["status"].eq("below_threshold")
    assert gone.sum() > 4
    assert back.loc[gone, NUMBERS].isna().all(axis=None)
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(study, frame))) as book:
        cells = b"".join(book.read(n) for n in book.namelist() if n.startswith("xl/")).decode("utf-8")
    assert not {s for s in secrets if f">{s:g}<" in cells}

    numbers = np.unique(rows[["value", "numerator", "denominator"]].to_numpy(dtype=float).round(2))
    numbers = numbers[~np.isnan(numbers)]
    for period in PERIODS:  # group minus its shown communes, any two shown counts
        mine = rows[rows["period"].eq(period) & rows["indicator"].eq(COUNT) & rows["numerator"].notna()]
        counts = mine.drop_duplicates(["breakdown", "level", "code"])["numerator"].to_numpy()
        differences = {round(abs(a - b), 2) for a, b in itertools.combinations(counts, 2)}
        assert not secrets & differences
        communes = mine[mine["level"].eq("commune")].drop_duplicates("code").set_index("code")["numerator"]
        groups = {s.code: set(s.members) for s in study.secteurs} | {LARZAC: set(study.territory.members)}
        for code, members in groups.items():
            whole = mine.loc[mine["code"].eq(code) & mine["breakdown"].eq(""), "numerator"]
            if len(whole):
                left = round(float(whole.iloc[0]) - communes[communes.index.isin(members)].sum(), 2)
                assert left not in secrets, code
    assert not {s for s in secrets if s in set(numbers)}


def test_what_is_hidden_does_not_say_why(world):
    _, truth, table = world
    gone = table[table["status"].eq("below_threshold")]
    true = truth.set_index(key(truth))["numerator"].reindex(key(gone)).to_numpy()
    primary = (true > 0) & (true < 10)
    assert primary.any() and (~primary).any()
    for column in ("status", "method", "unit"):
        assert gone.loc[primary, column].unique().tolist() == gone.loc[~primary, column].unique().tolist()
