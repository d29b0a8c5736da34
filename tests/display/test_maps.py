"""Maps: classes, circles, labels, and zero that is not missing."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from ctg_lib.display import charts, maps
from ctg_lib.display.figure import Absent
from ctg_lib.errors import BadInput

TEXTS = {"id": "fig-carte", "title": "Un message", "subtitle": "Une mesure", "source": "DREES, 2024"}
N = "\u00a0"


def grid(count=6, size=6000.0, names=None):
    shapes = [
        shapely.box(i % 3 * size, i // 3 * size, (i % 3 + 1) * size, (i // 3 + 1) * size)
        for i in range(count)
    ]
    codes = [f"1200{i}" for i in range(count)]
    return gpd.GeoDataFrame(
        {"code": codes, "name": names or [f"Nom {i}" for i in range(count)]}, geometry=shapes, crs=2154
    )


def values(*cells, status=None):
    frame = pd.DataFrame({"code": [f"1200{i}" for i in range(len(cells))], "value": cells})
    return frame if status is None else frame.assign(status=status)


def test_fisher_jenks_is_optimal_on_all_partitions():
    rng = np.random.default_rng(7)
    for _ in range(20):
        data = np.round(rng.lognormal(2, 1, 11), 1)
        points = np.unique(data)
        for classes in (2, 3):
            best = min(
                sum(((g - g.mean()) ** 2).sum() for g in split(data, cuts))
                for cuts in combinations(points[:-1], classes - 1)
            )
            limits = maps.fisher_jenks(data, classes)
            found = sum(((g - g.mean()) ** 2).sum() for g in split(data, limits[:-1]))
            assert found == pytest.approx(best)


def combinations(points, count):
    import itertools

    return itertools.combinations(points, count)


def split(data, cuts):
    groups = np.searchsorted(np.asarray(cuts), data, side="left")
    return [data[groups == g] for g in np.unique(groups)]


@pytest.mark.slow
def test_fisher_jenks_agrees_with_mapclassify():
    import warnings

    import mapclassify

    data = np.round(np.random.default_rng(3).gamma(2, 20, 80), 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = mapclassify.FisherJenks(data, k=5).bins
    assert np.allclose(maps.fisher_jenks(data, 5), peer)


def test_classes_give_zero_its_own_and_missing_none():
    groups = maps.classify(pd.Series([0.0, 1.0, np.nan, 9.0, 10.0, 0.0]), classes=3)
    assert groups.tolist() == [0, 1, -1, 2, 2, 0]
    assert maps.classify(pd.Series([1.0, 5.0, 5.0]), classes=4).tolist() == [0, 1, 1]
    assert maps.classify(pd.Series([1.0, 5.0, 9.0]), breaks=[5.0]).tolist() == [0, 1, 1]
    with pytest.raises(ValueError, match="2 to 5 classes"):
        maps.classify(pd.Series([1.0]), classes=6)


def test_choropleth_fills_by_class_and_hatches_the_unknown(drawn):
    frame = values(0.0, 1.0, 1.1, 8.0, 9.0, 5.0, status=["observed"] * 5 + ["secret"])
    figure, art, _ = drawn(charts.choropleth, grid(), frame, decimals=1, classes=3, unit="places", **TEXTS)
    face = {i: art[f"area-1200{i}"].get_facecolor() for i in range(6)}
    assert face[1] == face[2] and face[3] == face[4] and len({face[0], face[1], face[3]}) == 3
    assert art["area-12005"].get_hatch() and not art["area-12000"].get_hatch()
    notes = [t.get_text() for t in figure_texts(art, drawn)]
    assert "5,0" not in figure.alt and "5,0" not in figure.to_html()
    assert figure.data.loc[5, "status"] == "secret"
    assert notes is not None
    assert figure.regions["area-12001"] == "Nom 1\u00a0: 1,0 (places)"
    assert figure.regions["area-12005"] == "Nom 5\u00a0: secret statistique"  # as the table and the text say
    assert list(figure.regions) == [f"area-1200{i}" for i in range(6)]
    assert figure.record()["regions"][0] == ["area-12000", "Nom 0\u00a0: 0,0 (places)"]


def figure_texts(art, _):
    return [a for a in art.values() if hasattr(a, "get_text")]


def test_choropleth_key_counts_territories(monkeypatch):
    from ctg_lib.display import canvas

    said = []
    keep = canvas.draw_key
    monkeypatch.setattr(
        canvas, "draw_key", lambda ax, labels, *a, **k: (said.extend(labels), keep(ax, labels, *a, **k))[1]
    )
    charts.choropleth(grid(), values(0.0, 1.0, 1.1, 8.0, 9.0), decimals=1, classes=3, **TEXTS)
    assert said == [
        f"0,0 (1{N}commune)", f"1,0 à 1,1 (2{N}communes)", f"8,0 à 9,0 (2{N}communes)",
        f"non disponible (1{N}commune)",
    ]  # fmt: skip


@pytest.mark.parametrize("chart", [charts.choropleth, charts.symbols])
def test_key_says_secret_and_not_available_with_the_hatch_of_the_map(drawn, chart):
    status = ["observed"] * 4 + ["secret", "missing"]
    figure, art, ax = drawn(chart, grid(), values(1.0, 2.0, 3.0, 4.0, 77.0, None, status=status), **TEXTS)
    texts = [text.get_text() for text in ax.texts]
    assert f"non disponible ou secret statistique (2{N}communes)" in texts
    hatched = [
        a.get_hatch() for a in ax.patches + ax.artists if getattr(a, "get_hatch", None) and a.get_hatch()
    ]
    assert len(hatched) == 3 and len(set(hatched)) == 1  # both communes, and their sample in the key
    assert art["area-12004"].get_hatch() and art["area-12005"].get_hatch()
    assert "77" not in figure.alt + figure.description + figure.to_html().split("base64,")[0]
    assert f"Nom 4{N}: secret statistique" in figure.description


def test_symbols_have_areas_in_proportion(drawn):
    _figure, art, _ = drawn(charts.symbols, grid(), values(100, 25, 0, None, 4, 50), unit="enfants", **TEXTS)
    radii = {k[-1]: a.get_radius() for k, a in art.items() if k.startswith("circle-")}
    assert set(radii) == {"0", "1", "4", "5"}
    assert (radii["0"] / radii["1"]) ** 2 == pytest.approx(4)
    assert (radii["1"] / radii["4"]) ** 2 == pytest.approx(25 / 4)
    assert "zero-12002" in art and "circle-12003" not in art and "zero-12003" not in art
    assert art["area-12003"].get_hatch()
    sizes = [a.get_radius() for k, a in sorted(art.items()) if k.startswith("size-")]
    assert (sizes[0] / sizes[1]) ** 2 == pytest.approx(100 / 20)


def test_legend_sizes_are_round_and_nested():
    assert maps.legend_sizes(387) == [200, 50, 20]
    assert maps.legend_sizes(2) == [2]
    assert maps.legend_sizes(0.5, decimals=1) == [0.5, 0.1, 0.02]


def test_labels_do_not_overlap_and_numbers_are_explained(drawn):
    names = ["Saint-Jean-et-Saint-Paul-de-la-Montagne", "B", "C", "D", "E", "F"]
    gdf = grid(names=names)
    gdf.loc[0, "geometry"] = shapely.box(0, 0, 900, 6000)
    figure, art, _ = drawn(charts.choropleth, gdf, values(1, 2, 3, 4, 5, 6), **TEXTS)
    assert art["label-12000"].get_text() == "1"
    assert figure.data.loc[0, "number"] == 1
    assert art["label-12001"].get_text() == "B"


def test_a_map_of_many_territories_names_a_few_to_find_ones_way_by(drawn):
    codes = [f"{c:05d}" for c in range(81)]
    shapes = [
        shapely.box(i % 9 * 6000.0, i // 9 * 6000.0, (i % 9 + 1) * 6000.0, (i // 9 + 1) * 6000.0)
        for i in range(81)
    ]
    gdf = gpd.GeoDataFrame({"code": codes, "name": [f"N{c}" for c in codes]}, geometry=shapes, crs=2154)
    frame = pd.DataFrame({"code": codes, "value": np.arange(81.0) + 1})
    for chart in (charts.symbols, charts.choropleth):
        _, art, _ = drawn(chart, gdf, frame, **TEXTS)
        labels = {gid: text.get_text() for gid, text in art.items() if str(gid).startswith("label-")}
        assert 3 <= len(labels) <= 12
        assert all(
            gid == f"label-{name[1:]}" for gid, name in labels.items()
        )  # names, no number without its key


def test_outline_keeps_holes():
    ring = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    path = maps.outline(ring)
    assert (path.codes == path.MOVETO).sum() == 2
    assert not path.contains_point((5, 5)) or len(path.vertices) == 10


def test_context_is_drawn_and_cut_to_the_frame(drawn):
    far = gpd.GeoDataFrame(
        geometry=[shapely.box(-9000, 0, 0, 9000), shapely.box(9e6, 9e6, 9.1e6, 9.1e6)], crs=2154
    )
    _, _art, ax = drawn(charts.choropleth, grid(), values(1, 2, 3, 4, 5, 6), context=far, **TEXTS)
    assert sum(a.get_gid() == "context" for a in ax.artists + ax.patches) == 1


def test_errors_name_what_is_wrong():
    gdf = grid()
    with pytest.raises(BadInput, match="projection en mètres"):
        charts.choropleth(gdf.to_crs(4326), values(1, 2), **TEXTS)
    with pytest.raises(BadInput, match=r"codes sans contour \(autre millésime \?\) : 99999"):
        charts.choropleth(gdf, pd.DataFrame({"code": ["99999"], "value": [1]}), **TEXTS)
    with pytest.raises(BadInput, match="code en double dans les valeurs : 12000"):
        charts.choropleth(gdf, pd.concat([values(1), values(1)]), **TEXTS)
    with pytest.raises(BadInput, match="code en double dans les contours : 12000"):
        charts.symbols(pd.concat([gdf, gdf.iloc[:1]]), values(1), **TEXTS)
    with pytest.raises(ValueError, match="negative"):
        charts.symbols(gdf, values(-1), **TEXTS)
    assert isinstance(charts.choropleth(gdf, values(None), **TEXTS), Absent)


def test_one_territory_alone(drawn):
    _, art, _ = drawn(charts.choropleth, grid(1), values(3), **TEXTS)
    assert "area-12000" in art
