from __future__ import annotations

import nbformat
from fake_notebooks import code_cell, figure, markdown_cell, notebook, shown, table

from ctg_lib.build.normalise import (
    figure_caption,
    has_output,
    normalise,
    quarto_options,
    stderr_text,
    to_bytes,
)


def _stream(name: str, text: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_output("stream", name=name, text=text)


def _executed(marker: str) -> nbformat.NotebookNode:
    """A notebook as papermill leaves it, with noise that depends on ``marker``."""
    noisy = shown(
        {"data": {"text/plain": f"<Objet at 0x7f{marker}abcdef>"}, "metadata": {}}, "execute_result"
    )
    noisy["execution_count"] = len(marker)
    nb = notebook(
        "Titre",
        code_cell(
            "x", [_stream("stdout", "un\n"), _stream("stderr", f"/tmp/{marker}"), _stream("stdout", "deux")]
        ),
        code_cell("y", [noisy]),
    )
    nb.metadata["papermill"] = {"duration": marker, "input_path": f"/home/{marker}"}
    nb.metadata["language_info"] = {"name": "python", "version": marker}
    for cell in nb.cells:
        cell["id"] = f"id{marker}"
        cell.metadata["papermill"] = {"start_time": marker}
        cell.metadata["execution"] = {"iopub.status.busy": marker}
        cell.metadata.setdefault("tags", [])
    return nb


def test_two_runs_give_the_same_bytes() -> None:
    first, second = (to_bytes(normalise(_executed(m))) for m in ("1", "22"))
    assert first == second
    nb = nbformat.reads(first.decode(), as_version=4)
    nbformat.validate(nb)
    assert [c.id for c in nb.cells] == ["cell-001", "cell-002", "cell-003", "cell-004"]
    assert [o.text for o in nb.cells[2].outputs] == ["un\ndeux"]
    assert nb.cells[1].metadata == {"tags": ["parameters"]}
    assert nb.cells[3].metadata == {}
    assert nb.cells[3].execution_count == nb.cells[3].outputs[0].execution_count == 3
    assert nb.metadata == {
        "kernelspec": {"display_name": "CTG", "language": "python", "name": "ctg"},
        "language_info": {"name": "python"},
    }
    assert first.endswith(b"}\n")


def test_the_notebook_given_is_left_alone() -> None:
    nb = _executed("1")
    normalise(nb)
    assert nb.metadata["papermill"] and stderr_text(nb) == "/tmp/1"


def test_quarto_reads_captions_and_alternatives_in_cell_metadata() -> None:
    nb = normalise(notebook("T", code_cell("x", [shown(figure())])))
    assert nb.cells[2].metadata == {
        "label": "fig-couverture",
        "fig-cap": "Autant de places que dans la France entière — Places pour 100 enfants de moins de 3 ans. "
        "Source\u00a0: Cnaf, 2023",
        "fig-alt": "Larzac et Vallées : 60,5 places pour 100 enfants ; France : 60,9.",
    }


def test_several_figures_give_lists() -> None:
    options = quarto_options([shown(figure()), shown(figure("fig-b", title="B", alt="bé")), shown(table())])
    assert options["label"] == "fig-couverture"
    assert options["fig-alt"][1] == "bé" and len(options["fig-cap"]) == 2


def test_a_table_alone_gets_a_caption_unless_its_markdown_has_one() -> None:
    assert quarto_options([shown(table())]) == {"label": "tbl-communes", "tbl-cap": "Population des communes"}
    captioned = shown(table(markdown="| a |\n|---|\n| 1 |\n\n: Légende {#tbl-communes}"))
    assert quarto_options([captioned]) == {}
    assert quarto_options([shown(table()), shown(table("tbl-b"))]) == {}


def test_caption_keeps_its_final_mark() -> None:
    assert (
        figure_caption({"title": "Qui garde ?", "source": "Sources : a, b"}) == "Qui garde ? Sources : a, b"
    )
    assert figure_caption({"title": "Titre"}) == "Titre"


def test_standard_error_is_no_output() -> None:
    assert not has_output(notebook("T", code_cell("x", [_stream("stderr", "x"), _stream("stdout", " \n")])))
    assert has_output(notebook("T", markdown_cell("t"), code_cell("x", [_stream("stdout", "x")])))
