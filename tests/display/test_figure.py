"""The bundle of a figure: what JupyterLab shows, what the assembler reads, same bytes everywhere."""

import base64
import hashlib
import io
import os
import subprocess
import sys

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from ctg_lib.display import charts, theme
from ctg_lib.display.figure import Absent, figure_html, made_up, source_line

N = "\u00a0"


@pytest.fixture(scope="module")
def figure():
    frame = pd.DataFrame(
        {"name": ["A <b>", "B & x"], "value": [1234.5, None], "status": ["observed", "secret"]}
    )
    return charts.bars(
        frame,
        id="fig-essai",
        title="Titre <i> : l'essentiel",
        subtitle="Mesure & unité",
        source="Insee, RP 2023",
        decimals=1,
        notes=("Note ; fin",),
    )


def test_bundle_has_all_forms(figure):
    data, metadata = figure._repr_mimebundle_()
    assert set(data) == {"text/html", "image/svg+xml", "image/png", "text/plain"}
    assert data["image/svg+xml"].startswith("<svg")
    image = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert image.size == (2 * figure.width, 2 * figure.height)
    assert metadata["image/png"] == {"alt": figure.alt, "width": figure.width, "height": figure.height}
    assert metadata["image/svg+xml"] == {"alt": figure.alt}
    ctg = metadata["ctg"]
    assert ctg["kind"] == "figure" and ctg["id"] == "fig-essai"
    assert ctg["title"] == f"Titre <i>{N}: l’essentiel"
    assert ctg["data"]["columns"] == ["name", "value", "status"]
    assert ctg["data"]["rows"] == [["A <b>", 1234.5, "observed"], ["B & x", None, "secret"]]
    assert ctg["data"]["decimals"] == [None, 1, None]


def test_html_is_complete_and_escaped(figure):
    page = BeautifulSoup(figure.to_html(), "html.parser")
    assert page.figure["id"] == "fig-essai"
    assert page.img["alt"] == figure.alt
    assert page.find(id="fig-essai-title").get_text() == figure.title
    assert page.find(class_="ctg-source").get_text() == f"Source{N}: Insee, RP 2023"
    assert [th["scope"] for th in page.thead.find_all("th")] == ["col"] * 3
    cells = [[c.get_text() for c in row.find_all(["th", "td"])] for row in page.tbody.find_all("tr")]
    assert cells == [
        ["A <b>", "1\u202f234,5", "observé"],
        ["B & x", "secret statistique", "secret statistique"],
    ]
    assert page.find("b") is None and page.find("i") is None


def test_html_from_the_record_with_files(figure):
    page = BeautifulSoup(figure_html(figure.record(), "img/a.svg", download="data/a.csv"), "html.parser")
    assert page.img["src"] == "img/a.svg"
    assert page.find("a")["href"] == "data/a.csv"
    assert page.tbody.find_all("tr")[1].find_all("td")[0].get_text() == "secret statistique"


def test_drawing_does_not_carry_title_or_source(figure):
    assert b"<title" not in figure.svg and b"<metadata" not in figure.svg and b"<!--" not in figure.svg


def test_ipython_accepts_the_bundle(figure):
    from IPython.core.formatters import DisplayFormatter
    from nbformat.v4 import new_output

    data, metadata = DisplayFormatter().format(figure)
    output = new_output("display_data", data=data, metadata=metadata)
    assert output.metadata["ctg"]["id"] == "fig-essai"
    import nbformat

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[output])])
    nbformat.validate(notebook)


def test_bad_id_and_empty_texts_are_refused():
    frame = pd.DataFrame({"name": ["A"], "value": [1]})
    with pytest.raises(ValueError, match="lower-case letters"):
        charts.bars(frame, id="Fig 1", title="t", subtitle="s", source="x")
    with pytest.raises(ValueError, match="empty source"):
        charts.bars(frame, id="fig-a", title="t", subtitle="s", source=" ")


def test_absent_sentence_and_source_line():
    data, metadata = Absent("Titre", "demandé à la Caf", "fig-x")._repr_mimebundle_()
    assert data["text/plain"] == f"Titre — Non disponible{N}: demandé à la Caf."
    assert metadata["ctg"]["id"] == "fig-x"
    assert source_line("Sources : a") == "Sources : a"
    assert source_line("") == ""


PROGRAM = """
import hashlib, pandas as pd, geopandas as gpd, shapely
from ctg_lib.display import charts

t = dict(id="fig-a", title="t", subtitle="s", source="x")
n = pd.DataFrame({"name": ["Saint-Jean-et-Saint-Paul", "Nant"], "value": [1.5, None]})
n = n.assign(lower=[1, 2], upper=[2, 5])
l = pd.DataFrame({"year": [2020, 2021, 2023], "value": [1, 2, 3]})
p = pd.DataFrame({"name": "A", "part": ["x", "y"], "value": [1, 2]})
boxes = [shapely.box(0, 0, 1e4, 1e4), shapely.box(1e4, 0, 3e4, 1e4)]
g = gpd.GeoDataFrame({"code": ["1", "2"], "name": ["A", "Bbb"]}, geometry=boxes, crs=2154)
v = pd.DataFrame({"code": ["1", "2"], "value": [1, 2]})
for f in (
    charts.bars(n, **t), charts.comparison_dots(n, **t), charts.line(l, **t), charts.stacked_bars(p, **t),
    charts.choropleth(g, v, **t), charts.symbols(g, v, **t),
):
    print(hashlib.sha256(f.svg).hexdigest(), hashlib.sha256(f.png).hexdigest())
"""


def run(**environment):
    clean = {k: v for k, v in os.environ.items() if k not in ("TZ", "LANG") and not k.startswith("LC_")}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], env=clean | environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.slow
def test_same_bytes_in_two_processes_with_other_time_zone_and_locale():
    first = run(TZ="Pacific/Noumea", LC_ALL="C", PYTHONHASHSEED="1")
    assert first.count("\n") == 6
    assert first == run(TZ="America/Cayenne", LC_ALL="fr_FR.UTF-8", PYTHONHASHSEED="2")


def test_same_bytes_twice_in_one_process_and_nothing_left_open():
    import matplotlib.pyplot as plt

    frame = pd.DataFrame({"name": ["A", "B"], "value": [1, 2]})
    texts = {"id": "fig-a", "title": "t", "subtitle": "s", "source": "x"}
    first, second = (charts.bars(frame, **texts) for _ in range(2))
    assert hashlib.sha256(first.svg).digest() == hashlib.sha256(second.svg).digest()
    assert first.png == second.png
    assert plt.get_fignums() == []


def test_white_stays_white(figure):
    image = Image.open(io.BytesIO(figure.png)).convert("RGB")
    assert image.getpixel((0, 0)) == (255, 255, 255)
    assert theme.PNG_SCALE == 2


# --- made-up studies -------------------------------------------------------------------------------------


def drawn():
    return charts.bars(
        pd.DataFrame({"name": ["A", "B"], "value": [3.0, 7.0]}),
        id="fig-x",
        title="T",
        subtitle="M",
        source="S",
    )


def test_a_drawing_of_a_made_up_study_says_so_under_its_marks():
    plain = drawn()
    with made_up():
        marked = drawn()
    again = drawn()
    assert (plain.svg, plain.png) == (again.svg, again.png), "a real study's bytes do not change"
    assert b"made-up-strip" in marked.svg and b"made-up" not in plain.svg
    assert (marked.width, marked.height) == (plain.width, plain.height + 24)
    real, other = (Image.open(io.BytesIO(f.png)).convert("RGB") for f in (plain, marked))
    assert other.size == (2 * marked.width, 2 * marked.height) and real.size == (
        2 * plain.width,
        2 * plain.height,
    )
    strip = other.crop((0, real.height, *other.size))
    assert any(low < 128 for low, _ in strip.getextrema()), "words stand in the strip"
    assert f'viewBox="0 0 {marked.width * 0.75:g} {marked.height * 0.75:g}"'.encode() in marked.svg
    assert f'height="{marked.height * 0.75:g}pt"'.encode() in marked.svg


def test_the_strip_reuses_no_id_of_the_drawing():
    with made_up():
        svg = drawn().svg.decode()
    drawing, strip = svg.split('<g transform="translate(0 70.5)">')
    first, second = (
        {tag["id"] for tag in BeautifulSoup(part, "html.parser").select("[id]")} for part in (drawing, strip)
    )
    assert second and not first & second
    assert {use.split('"')[0] for use in strip.split('href="#')[1:]} <= second
