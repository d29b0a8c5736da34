"""The exploring notebook: the rules of notebooks, its run for two territories, its tables in a browser."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest

from ctg_lib.display.table import Table
from ctg_lib.study.explore.browse import Browse

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "notebooks" / "explorer" / "explorer.ipynb"
STUDY, OTHER = "241200906", "200067155"


def cells() -> list[dict]:
    return json.loads(MODEL.read_text(encoding="utf-8"))["cells"]


def source(cell: dict) -> str:
    return "".join(cell["source"])


# --- rules -------------------------------------------------------------------------------------------


def test_the_model_has_its_kernel_its_parameters_and_no_output() -> None:
    assert json.loads(MODEL.read_text(encoding="utf-8"))["metadata"]["kernelspec"]["name"] == "ctg"
    tagged = [c for c in cells() if "parameters" in c["metadata"].get("tags", [])]
    assert [source(c) for c in tagged] == [f'study = "{STUDY}"']
    assert not any(c.get("outputs") or c.get("execution_count") for c in cells())
    assert len({c["id"] for c in cells()}) == len(cells())


def test_the_model_types_no_year_place_nor_statistic(larzac) -> None:
    text = "\n".join(source(c) for c in cells()).replace(f'"{STUDY}"', "")
    assert not re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{5}(?!\d)|(?<!\d)\d{9}(?!\d)", text)
    names = {*larzac.communes_by_code.values(), *(t.name for t in larzac.references), "Larzac", "Millau"}
    assert [n for n in names - {"France"} if n in text] == []
    tree = ast.parse("\n".join(source(c) for c in cells() if c["cell_type"] == "code"))
    imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert imported == {"ctg_lib.study"} and not any(isinstance(n, ast.Import) for n in ast.walk(tree))


# --- its run -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def executed(project, tmp_path_factory: pytest.TempPathFactory):
    """A function: cells and folder of the model run for a study by a kernel of its own, each run made once."""
    papermill = pytest.importorskip("papermill")
    from ctg_lib.build.cold import has_kernel

    if not has_kernel("ctg"):
        pytest.skip("no kernel « ctg » in this environment")

    @cache
    def run(study: str, number: int = 1):
        folder = tmp_path_factory.mktemp("explorer")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CTG_ROOT", str(project.root))
            patch.delenv("CTG_LAB", raising=False)
            done = papermill.execute_notebook(
                MODEL, folder / "fait.ipynb", {"study": study}, kernel_name="ctg", progress_bar=False, cwd=folder
            )  # fmt: skip
        return done.cells, folder

    return run


@pytest.mark.slow
@pytest.mark.parametrize("study", [STUDY, OTHER, "241200906-demo"])
def test_it_runs_from_top_to_bottom(executed, study: str) -> None:
    """Every display has its HTML, Markdown or text; nothing needs a kernel or the network to be read."""
    done, folder = executed(study)
    shown = {cell.id: cell.outputs for cell in done if cell.cell_type == "code" and cell.outputs}
    silent = {"parameters", "emporter"}
    assert {c["id"] for c in cells() if c["cell_type"] == "code"} - silent <= set(shown)
    for name, outputs in shown.items():
        data = outputs[-1]["data"]
        assert "text/html" in data and "text/plain" in data, name
        assert not any("widget" in kind for output in outputs for kind in output.get("data", {}))
        assert not re.search(r"(?:src|href)=\"?https?://", data["text/html"]), name
        if study.endswith("-demo") and name not in ("territoire", "tableau"):
            drawn = name in ("points", "annees", "voisines", "carte", "carte-voisines")
            assert drawn or "fictives" in data["text/html"].lower(), name
    assert "taux_couverture" in shown["chercher"][0]["data"]["text/plain"]
    assert [p.name for p in folder.iterdir()] == ["fait.ipynb"]  # it writes nothing by itself


@pytest.mark.slow
def test_same_run_same_outputs(executed) -> None:
    first, second = executed(OTHER), executed(OTHER, 2)
    assert first[1] != second[1]
    runs = [[[o.get("data") for o in c.get("outputs", [])] for c in done] for done, _ in (first, second)]
    assert runs[0] == runs[1]


# --- its tables in a browser -------------------------------------------------------------------------


def page_of(browser, tmp_path: Path, *, script: bool = True):
    import pandas as pd

    frame = pd.DataFrame(
        {
            "name": ["Élan", "Été", "Zèbre", "abri", "Bois", "Cèdre", "Drap", "Foin", "Gué"],
            "value": [1234.5, -2.0, 10.0, 9.0, None, 3.0, 100.0, 5.5, 0.0],
        }
    )
    table = Table(frame, id="tbl-essai", caption="Essai", source="essai", decimals=1,
                  columns={"name": "Nom", "value": "Valeur"})  # fmt: skip
    file = tmp_path / "essai.html"
    markup = Browse(table)._repr_mimebundle_()[0]["text/html"]
    file.write_text(
        f'<meta charset="utf-8">{markup}{markup.replace("tbl-essai", "tbl-autre")}', encoding="utf-8"
    )
    context = browser.new_context(java_script_enabled=script, viewport={"width": 375, "height": 700})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert len(asked) == 1  # the page itself
    return page


def column(page, number: int) -> list[str]:
    rows = "rows => rows.filter(r => r.offsetParent).map(r => r.cells[" + str(number) + "].textContent)"
    return page.locator("#tbl-essai tbody tr").evaluate_all(rows)


def test_a_table_is_filtered_and_sorted(browser, tmp_path: Path) -> None:
    page = page_of(browser, tmp_path)
    assert page.locator(".ctg-x-browse input").count() == 2  # one each, although the script stands twice
    box = page.locator(".ctg-x-browse input").first
    box.fill("ete")
    assert column(page, 0) == ["Été"]
    assert page.locator("[role=status]").first.text_content() == "1 sur 9"
    box.fill("")
    head = page.locator("#tbl-essai thead button").nth(1)
    head.focus()
    page.keyboard.press("Enter")
    up = column(page, 1)
    assert up[:3] == ["−2,0", "0,0", "3,0"] and up[-2:] == ["1\u202f234,5", "non disponible"]
    assert page.locator("#tbl-essai thead th").nth(1).get_attribute("aria-sort") == "ascending"
    head.click()
    down = column(page, 1)
    assert down[0] == "1\u202f234,5" and down[-1] == "non disponible"  # what is not known stays last
    page.locator("#tbl-essai thead button").first.click()
    assert column(page, 0)[:3] == ["abri", "Bois", "Cèdre"]  # the French way, accents and case aside
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_a_table_is_whole_without_its_script(browser, tmp_path: Path) -> None:
    page = page_of(browser, tmp_path, script=False)
    assert len(column(page, 0)) == 9 and page.locator("input, button").count() == 0
