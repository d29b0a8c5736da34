"""Data, report and export from end to end."""

from __future__ import annotations

import io
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from fake_notebooks import code_cell, markdown_cell, notebook, write

from ctg_lib.build import export, national, report
from ctg_lib.build.chapters import Chapter
from ctg_lib.build.deciding import explain_report, to_run
from ctg_lib.build.progress import Display, duration
from ctg_lib.build.run import Event, warm_pool
from ctg_lib.build.swap import hold, let_go
from ctg_lib.build.validity import State
from ctg_lib.build.warm.pool import Pool
from ctg_lib.errors import BadInput
from ctg_lib.geography import load_geography
from ctg_lib.indicators import national as national_table
from ctg_lib.indicators import structure
from ctg_lib.project import Project

TINY = notebook(
    "Petite enfance",
    code_cell("from ctg_lib.study import open_study\netude = open_study(study)"),
    code_cell("print(etude.value('taux_couverture').value, etude.territory.short_name)"),
)
SECOND = notebook("Population", markdown_cell("Texte."), code_cell("print('deuxième', study)"))


@pytest.fixture
def tiny(larzac, copy_project) -> Project:
    """A copy of the project, where the study's own rows are computed already, with two tiny chapters."""
    here = copy_project()
    for old in here.notebooks.glob("*.ipynb"):
        old.unlink()
    write(here.notebooks / "04-petite-enfance.ipynb", TINY)
    write(here.notebooks / "02-population.ipynb", SECOND)
    config = "book:\n  chapters:\n    - index.qmd\n    - 02-population.ipynb\n    - 04-petite-enfance.ipynb\n"
    (here.notebooks / "_quarto.yml").write_text(config, encoding="utf-8")
    return here


def ctg(project: Project, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ctg_lib", *arguments],
        capture_output=True, encoding="utf-8", check=False, cwd=project.root,
        env={**os.environ, "CTG_ROOT": str(project.root), **environment},
    )  # fmt: skip


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_parquet_does_not_depend_on_how_pandas_keeps_texts() -> None:
    made = []
    for storage in ("python", "pyarrow"):
        with pd.option_context("mode.string_storage", storage):
            made.append(export.parquet_bytes(pd.DataFrame({"a": ["x", "é"], "b": [1.5, 2.0], "c": [1, 2]})))
    assert made[0] == made[1]
    assert str(pd.io.parquet.read_parquet(io.BytesIO(made[0]))["a"].dtype) == "str"


# --- report ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_report_end_to_end(tiny: Project) -> None:
    """A good run, then one chapter again, then a failure that leaves the report in place."""
    done = ctg(tiny, "report", "241200906", "--assembler", "nbconvert")
    assert done.returncode == 0, done.stderr
    outputs = tiny.outputs / "241200906"
    names = set(content(outputs))
    assert {
        "report/index.html", "report/02-population.html", "report/04-petite-enfance.html",
        "chapters/02-population.ipynb", "chapters/04-petite-enfance.ipynb",
        "data/indicateurs.csv", "data/indicateurs.parquet", "data/indicateurs.xlsx",
    } <= names  # fmt: skip
    assert "60.5 Larzac et Vallées" in (outputs / "report" / "04-petite-enfance.html").read_text("utf-8")
    index = (outputs / "report" / "index.html").read_text("utf-8")
    assert "1er novembre 2026" in index and "Licence Ouverte 2.0" in index

    shown = done.stdout
    assert f"Rapport : {Path('outputs', '241200906', 'report', 'index.html')}" in shown
    assert "02-population : " in shown and "04-petite-enfance : " in shown
    assert "Cnaf, taux de couverture 2023" in shown and "valeurs reprises" in shown
    assert "Indicateurs : " in shown and "Durée totale : " in shown
    assert "· 04-petite-enfance : exécuté en" in done.stderr and "\x1b" not in done.stderr
    queries = report.queries_path(tiny, "241200906", "04-petite-enfance").read_text("utf-8")
    assert '"indicators": "taux_couverture"' in queries and '"answer": ' in queries

    again = ctg(tiny, "report", "Larzac et Vallées", "--chapters", "04", "--assembler", "nbconvert")
    assert again.returncode == 0, again.stderr
    assert "02-population : repris du rapport précédent, non réexécuté" in again.stdout
    once_more = ctg(tiny, "report", "241200906", "--assembler", "nbconvert")
    assert once_more.returncode == 0, once_more.stderr
    assert once_more.stdout.count("repris du rapport précédent, non réexécuté") == 2
    before = content(outputs)
    told = ctg(tiny, "report", "241200906", "--explain", "--assembler", "nbconvert")
    assert told.stdout.splitlines() == [
        "02-population : repris ; rien n’a changé", "04-petite-enfance : repris ; rien n’a changé",
        "tableaux et pages : repris ; rien n’a changé",
    ]  # fmt: skip
    forced = ctg(tiny, "report", "241200906", "--explain", "--force", "--assembler", "nbconvert")
    assert "02-population : à refaire ; --force (rien n’a changé)" in forced.stdout
    assert "tableaux et pages : à refaire ; --force (rien n’a changé)" in forced.stdout
    left = ctg(tiny, "report", "241200906", "--assembler", "nbconvert")
    assert "rien de ce qu’il montre n’a changé depuis le dernier rapport : il est laissé" in left.stderr
    assert content(outputs) == before and "Indicateurs : " in left.stdout
    former = before

    bad = notebook("Petite enfance", code_cell("avant = 1\nraise ValueError('chiffre impossible')"))
    write(tiny.notebooks / "04-petite-enfance.ipynb", bad)
    failed = ctg(tiny, "report", "241200906", "--assembler", "nbconvert")
    assert failed.returncode == 1
    assert "04-petite-enfance.ipynb, cellule 3, [2] dans JupyterLab (« avant = 1 »)" in failed.stderr
    assert "ValueError : chiffre impossible" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert content(outputs) == former


@pytest.mark.slow
def test_only_some_chapters_of_a_first_report(tiny: Project) -> None:
    done = ctg(tiny, "report", "241200906", "--chapters", "02", "--assembler", "nbconvert")
    assert done.returncode == 0, done.stderr
    assert "04-petite-enfance : absent du rapport (jamais exécuté)" in done.stdout


def test_which_chapters_are_run() -> None:
    """Pages and tables never disagree: a chapter that was not named is run again if it would change."""
    chapters = [Chapter(slug, Path(f"{slug}.ipynb"), slug, n) for n, slug in enumerate("abcd")]
    a, b, c, d = chapters
    states = [
        State(a, True, "same"),
        State(b, False, "reads"),
        State(c, False, "absent"),
        State(d, True, "reread"),
    ]

    def run(wanted: list[Chapter], *, named: bool, force: bool = False) -> str:
        plan = SimpleNamespace(wanted=wanted, named=named)
        return "".join(chapter.slug for chapter in to_run(plan, states, force=force))

    assert run(chapters, named=False) == "bc"
    assert run([a], named=True) == "ab"  # named: run even if nothing changed; c was never there
    assert run([c, d], named=True) == "bcd"
    assert run(chapters, named=False, force=True) == "abcd"
    assert run([d], named=True, force=True) == "bd"


def test_plan_defaults_to_nbconvert_without_quarto(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctg_lib.build.assemble_quarto.quarto_problem", lambda formats=(): "absent")
    plan = report.plan_report(project, "241200906", chapters=["04"])
    assert plan.assembler == "nbconvert" and "Quarto n’est pas utilisable ici" in plan.notice
    assert [c.slug for c in plan.wanted] == ["04-petite-enfance"] and len(plan.chapters) > 1
    assert plan.formats == ("html",)


def test_plan_takes_quarto_where_it_is(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctg_lib.build.assemble_quarto.quarto_problem", lambda formats=(): "")
    plan = report.plan_report(project, "241200906", formats=["docx"])
    assert plan.assembler == "quarto" and plan.notice == "" and plan.formats == ("html", "docx")


# --- what the report says about itself ---------------------------------------------------------------


def test_dates_and_durations_in_words() -> None:
    assert report.date_in_words(date(2026, 11, 1)) == "1er novembre 2026"
    assert report.date_in_words(date(2024, 8, 22)) == "22 août 2024"
    assert duration(3.21) == "3,2\u00a0s"
    assert duration(125.4) == "2\u00a0min 05\u00a0s"


def test_report_info(larzac) -> None:
    missing, total = report.missing_indicators(larzac)
    info = report.report_info(larzac, list(larzac.manifest)[:2], missing, total)
    assert info.as_of == "1er novembre 2026"
    assert info.territory_name == "Communauté de communes Larzac et Vallées"
    assert "EUPL-1.2" in info.licence and "Licence Ouverte 2.0" in info.licence
    assert info.source_lines[0].provenance == "carried_over"
    assert not info.fictif


def test_missing_indicators_by_reason(affricain) -> None:
    """Fewer figures are at hand for this EPCI: absent ones are named, and never 0."""
    missing, total = report.missing_indicators(affricain)
    assert "accessibilité aux médecins généralistes (APL)" in missing[report.ABSENT]
    assert "foyers allocataires de la Caf" in missing[report.INCOMPLETE]
    named = [label for labels in missing.values() for label in labels]
    assert "population municipale" not in named and len(named) < total
    for sentence in report.missing_sentences(missing):
        assert sentence.startswith("Indicateurs ") and sentence.endswith(".")


def test_indicators_of_structures_have_their_own_reason(larzac) -> None:
    """Schools are published here, but no value of the territory is made from them."""
    missing, _ = report.missing_indicators(larzac)
    schools = {"indice de position sociale des écoles", "indice de position sociale des collèges"}
    assert set(missing[report.BY_STRUCTURE]) == schools


def test_a_long_list_of_absent_indicators_is_cut() -> None:
    """The dictionary and couverture.csv give it whole."""
    labels = tuple(f"indicateur {n}" for n in range(report.NAMED + 3))
    (sentence,) = report.missing_sentences({report.ABSENT: labels})
    assert "indicateur 7, et 3\u00a0autres (liste et raisons : dictionnaire des indicateurs" in sentence
    assert "indicateur 8" not in sentence
    (short,) = report.missing_sentences({report.ABSENT: labels[:2]})
    assert short.endswith(" : indicateur 0, indicateur 1.")


def test_sources_are_those_of_the_queries(larzac, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    query = '{"answer": "x", "indicators": "taux_couverture", "places": "epci:241200906,france:FR"}'
    path.write_text(query + "\n", encoding="utf-8")
    monkeypatch.setattr(report, "queries_path", lambda project, study_id, slug: path)
    used = report.used_entries(larzac, ["a"])
    assert {e.publisher for e in used} == {"Cnaf", "Insee", "IGN"}  # geography is always used
    assert [e.id for e in used if e.publisher == "Cnaf"] == ["cnaf_txcouv_epci_2023"]
    path.unlink()
    assert len(report.used_entries(larzac, ["a"])) > len(used)


def test_one_source_line_for_several_files(larzac) -> None:
    entries = [e for e in larzac.manifest if e.title == "Revenus et pauvreté en 2021"]
    assert len(entries) > 1 and len(report.source_lines(entries)) == 1
    assert report.provenance_summary(entries) == [
        f"Insee-DGFiP-Cnaf-Cnav-CCMSA, Filosofi 2021 ({len(entries)}\u00a0fichiers, valeurs reprises d’une republication)"
    ]


# --- national table ----------------------------------------------------------------------------------


def test_table_is_kept_while_nothing_changes(copy_project, monkeypatch: pytest.MonkeyPatch) -> None:
    here: Project = copy_project()
    lines: list[str] = []
    kept = national.build_data(here, progress=lines.append)
    assert not kept.built and lines == []
    assert kept.table.rows > 100_000 and kept.table.indicators >= 20
    assert national.freshness(here) == ["Observations : à jour.", "Indicateurs : à jour."]

    table = here.processed / "indicateurs.parquet"
    table.unlink()  # a link to the checkout's file: only this name goes
    assert national.freshness(here)[1] == "Indicateurs : à recalculer (ctg data build)."
    parts = structure.read(here.processed)  # what no test here is about is not computed again
    monkeypatch.setattr(structure, "parts", lambda data, geography: parts)
    small = pd.DataFrame({c: [] for c in national.national.RESULT_COLUMNS})
    nothing = SimpleNamespace(table=small, report=SimpleNamespace(sentences=list))
    monkeypatch.setattr(national.national, "compute_with_report", lambda data, geography: nothing)
    rebuilt = national.build_data(here, progress=lines.append)
    assert rebuilt.table.built and not rebuilt.store.built and table.is_file()
    assert any(line.startswith("calcul de ") for line in lines)

    monkeypatch.setattr(national, "LIBRARIES", ("pandas",))  # another environment: another stamp
    assert national.build_data(here).table.built
    shutil.rmtree(here.processed)
    assert national.freshness(here) == [
        "Observations : pas encore construites (ctg data build).",
        "Indicateurs : pas encore calculés (ctg data build).",
    ]


def test_stamp_follows_the_code(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = national.table_stamp(project)
    package = tmp_path / "ctg_lib"
    shutil.copytree(national.PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "fonts"))
    monkeypatch.setattr(national, "PACKAGE", package)
    assert national.table_stamp(project) == before
    (package / "statistics" / "intervals.py").write_text("# changed\n")
    assert national.table_stamp(project) != before


def test_a_lock_is_waited_for(tmp_path: Path) -> None:
    import threading

    said: list[str] = []
    free = threading.Event()
    held = threading.Event()

    def first() -> None:
        with hold(tmp_path / "lock", waiting=lambda: None):
            held.set()
            free.wait(10)

    other = threading.Thread(target=first)
    other.start()
    held.wait(10)

    def waiting() -> None:
        said.append("attente")
        free.set()

    with hold(tmp_path / "lock", waiting=waiting):
        pass
    other.join()
    assert said == ["attente"]


# --- export ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exported(larzac) -> pd.DataFrame:
    return larzac.export()


def test_export_has_the_pages_numbers(larzac, exported, tmp_path: Path) -> None:
    paths = export.write_export(larzac, exported, tmp_path / "data")
    assert [p.name for p in paths] == ["indicateurs.csv", "indicateurs.parquet", "indicateurs.xlsx"]
    text = paths[0].read_bytes()
    assert b"\r" not in text and text.decode("utf-8").splitlines()[0] == ",".join(export.COLUMNS)
    frame = pd.read_csv(io.BytesIO(text), dtype={"code": str, "period": str}, keep_default_na=False)
    own = frame[frame["code"].eq("241200906") & frame["breakdown"].eq("")]
    # Insee, population 2023: 6 746; Cnaf 2023: 60.5; Filosofi 2021: 17.3 %
    for indicator, period, value in (
        ("population", "2023", 6746), ("taux_couverture", "2023", 60.5), ("taux_pauvrete", "2021", 17.3),
    ):  # fmt: skip
        row = own[own["indicator"].eq(indicator) & own["period"].eq(period)].iloc[0]
        assert float(row["value"]) == value
        assert float(row["value"]) == larzac.value(indicator, period=period).value
        assert (row["label"] and "Insee" in row["source_text"]) or "Cnaf" in row["source_text"]
    parquet = pd.read_parquet(paths[1])
    assert list(parquet.columns) == list(export.COLUMNS) and len(parquet) == len(frame)
    absent = frame[frame["status"].eq("missing")]
    assert len(absent) and absent["value"].eq("").all()  # missing is empty, never 0


def test_workbook(larzac, exported) -> None:
    from openpyxl import load_workbook

    frame = export.tidy(larzac, exported[exported["code"].eq("241200906")])
    content = export.xlsx_bytes(larzac, frame)
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Indicateurs", "Définitions", "Sources"]
    assert [c.value for c in book["Indicateurs"][1]][:3] == ["Identifiant", "Indicateur", "Détail (code)"]
    assert book["Indicateurs"].max_row == len(frame) + 1
    assert book.properties.created == book.properties.modified == datetime(2026, 11, 1)
    assert any(row[1].value and "taux de couverture 2023" in row[1].value for row in book["Sources"].rows)
    assert any(row[0].value == "taux_couverture" for row in book["Définitions"].rows)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_each_file_of_a_made_up_study_says_so(larzac, exported, tmp_path: Path) -> None:
    from dataclasses import replace

    from openpyxl import load_workbook

    made_up = type(larzac)(
        larzac.project, replace(larzac.config, fictif=True), larzac.geography, larzac.manifest
    )
    few = exported[exported["code"].eq("241200906")]
    csv, parquet, book = export.write_export(made_up, few, tmp_path / "a")
    real = export.write_export(larzac, few, tmp_path / "b")
    frame = pd.read_csv(csv, dtype=str, keep_default_na=False)
    assert list(frame.columns) == [*export.COLUMNS, "fictif"] and frame["fictif"].eq("oui").all()
    pd.testing.assert_frame_equal(
        frame.drop(columns="fictif"), pd.read_csv(real[0], dtype=str, keep_default_na=False)
    )
    assert pd.read_parquet(parquet)["fictif"].eq("oui").all()
    sheets = load_workbook(book)
    assert sheets.sheetnames == ["Indicateurs (fictif)", "Définitions (fictif)", "Sources (fictif)"]
    assert [c.value for c in list(sheets["Indicateurs (fictif)"].columns)[-1]][:2] == [
        "Données fictives",
        "oui",
    ]
    from ctg_lib.study.extras import study_coverage

    coverage = pd.read_csv(export.write_coverage(study_coverage(larzac), tmp_path, fictif=True), dtype=str)
    assert coverage["fictif"].eq("oui").all() and len(coverage)


def test_no_formula_in_tables(larzac, exported) -> None:
    """A text that looks like a formula stays a text, in the workbook and in the CSV."""
    from openpyxl import load_workbook

    evil = export.tidy(larzac, exported.head(2)).assign(name='=HYPERLINK("http://x")')
    book = load_workbook(io.BytesIO(export.xlsx_bytes(larzac, evil)))
    cell = book["Indicateurs"]["G2"]
    assert cell.value == '=HYPERLINK("http://x")' and cell.data_type == "s"
    assert b"\"'=HYPERLINK(" in export.csv_bytes(evil)
    low = export.tidy(larzac, exported.head(1)).assign(value=-1.5)
    assert ",-1.5," in export.csv_bytes(low).decode()  # numbers are left alone


def test_export_twice_same_bytes(larzac, exported) -> None:
    shuffled = exported.sample(frac=1, random_state=3)
    one, two = (export.tidy(larzac, f) for f in (exported, shuffled))
    assert export.csv_bytes(one) == export.csv_bytes(two)
    assert export.parquet_bytes(one) == export.parquet_bytes(two)


def test_export_refuses_an_unknown_format(larzac, exported, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--format : trouvé 'ods', attendu csv, parquet, xlsx"):
        export.write_export(larzac, exported, tmp_path, ["ods"])


# --- progress ----------------------------------------------------------------------------------------

EVENTS = (
    Event("start", "04-x", 0, 3), Event("cell", "04-x", 1, 3), Event("warning", "04-x", message="attention"),
    Event("retry", "04-x", message="le noyau"), Event("done", "04-x", message="1.5 s"),
    Event("failed", "05-y", message="long"), Event("notice", "", message="Noyau absent."),
)  # fmt: skip


def test_plain_lines() -> None:
    out = io.StringIO()
    with Display(out, bars=False) as display:
        display.say("étape")
        display.detail("fichier")
        for event in EVENTS:
            display.event(event)
    assert out.getvalue().splitlines() == [
        "· étape", "· 04-x : avertissement : attention", "· 04-x : nouvel essai : le noyau",
        "· 04-x : exécuté en 1,5 s", "· 05-y : échec", "· Noyau absent.",
    ]  # fmt: skip


def test_bars() -> None:
    out = io.StringIO()
    with Display(out, bars=True) as display:
        display.detail("fichier")
        display.detail("autre fichier")
        for event in EVENTS:
            display.event(event)
        display.say("étape")
    text = out.getvalue()
    assert "04-x ✓" in text and "05-y ✗ échec" in text and "· étape" in text and "3/3" in text


# --- what is left, or made of kept parts, is what a clean build gives -----------------------------------

AFFRICAIN = "200067155"
"""A neighbour."""


@dataclass
class Kept:
    """A project whose report is made again after each change: of kept parts, then of nothing."""

    project: Project
    pool: Pool

    def made(self) -> report.ReportResult:
        plan = report.plan_report(self.project, "241200906", assembler="nbconvert")
        return report.build_report(self.project, plan, pool=self.pool, check_data=False, beside=False)

    @property
    def outputs(self) -> Path:
        return self.project.outputs / "241200906"

    @property
    def caches(self) -> list[Path]:
        return [self.project.outputs, self.project.scratch / "cache", self.project.processed / "etudes"]

    def clean(self) -> dict[str, bytes]:
        """What is made where nothing is kept; all is as before then."""
        for folder in self.caches:
            folder.rename(folder.with_name(f"{folder.name}.aside"))
        self.made()
        found = content(self.outputs)
        for folder in self.caches:
            shutil.rmtree(folder)
            folder.with_name(f"{folder.name}.aside").rename(folder)
        return found

    def figure(self, indicator: str, level: str, code: str) -> None:
        """One more of something, the last year that it is known."""
        table = national_table.read_table(self.project.processed)
        rows = table["indicator"].eq(indicator) & table["level"].eq(level) & table["code"].eq(code)
        last = rows & table["period"].eq(table.loc[rows, "period"].max())
        assert last.any()
        table.loc[last, "value"] += 1
        national_table.write_table(table, self.project.processed)

    def text(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text("utf-8") if path.is_file() else "") + text, encoding="utf-8")

    def changes(self, away: Path) -> dict[str, tuple[Callable[[], None], bool]]:
        """What may change, and whether the report is then left."""
        study, raw = self.project.studies / "241200906", self.project.raw
        commune = load_geography(self.project).territory("241200906", level="epci").members[0]
        return {
            "nothing": (lambda: None, True),
            "a figure of the territory": (lambda: self.figure("taux_couverture", "epci", "241200906"), False),
            "one of its communes": (lambda: self.figure("naissances", "commune", commune), False),
            "one of a neighbour": (lambda: self.figure("taux_couverture", "epci", AFFRICAIN), False),
            "one of France": (lambda: self.figure("taux_couverture", "france", "FHM"), False),
            "one far away": (lambda: self.figure("population", "commune", "75056"), True),
            "the title": (lambda: entitle(study / "study.yml", "Un autre titre"), False),
            "a text": (lambda: self.text(study / "commentary" / "essai.md", "Un mot."), False),
            "a linked folder": (lambda: (study / "liens").symlink_to(away, target_is_directory=True), False),
            "a file behind it": (lambda: self.text(away / "un.txt", "autre"), False),
            "the pages": (lambda: self.text(self.project.notebooks / "theme" / "essai.css", "p {}"), False),
            "the manifest": (lambda: self.text(raw / "manifest.yml", "\n# relu\n"), False),
            "a notebook": (lambda: write(self.project.notebooks / "02-population.ipynb", OTHER), False),
            "a damaged page": (lambda: self.text(self.outputs / "report" / "index.html", "abîmé"), False),
        }


OTHER = notebook("Population", code_cell("print('autre', study)"))


def entitle(settings: Path, title: str) -> None:
    lines = [line for line in settings.read_text("utf-8").splitlines() if not line.startswith("title:")]
    settings.write_text("\n".join([*lines, f"title: {title}", ""]), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="links to folders need rights there")
def test_a_report_made_of_kept_parts_is_what_a_clean_build_gives(tiny: Project, tmp_path: Path) -> None:
    """Some of all that may change, drawn anew each day, one after the other; CTG_CHANGES says how many."""
    away = tmp_path / "ailleurs"
    away.mkdir()
    (away / "un.txt").write_text("a", encoding="utf-8")
    with warm_pool(tiny) as pool:
        kept = Kept(tiny, pool)
        assert not kept.made().left
        changes = kept.changes(away)
        drawn = random.Random(date.today().toordinal()).sample(
            list(changes), int(os.environ.get("CTG_CHANGES", "5"))
        )
        if "a file behind it" in drawn:
            drawn = [*dict.fromkeys(["a linked folder", *drawn])]
        for name in drawn:
            change, left = changes[name]
            change()
            assert kept.made().left is left, (name, drawn)
            assert content(kept.outputs) == kept.clean(), (name, drawn)
            assert kept.made().left, (name, drawn)


@pytest.mark.slow
def test_what_changes_between_plan_and_report_is_in_the_report(tiny: Project) -> None:
    """The national pass may take a minute, and another command may be waited for."""
    settings = tiny.studies / "241200906" / "study.yml"
    plan = report.plan_report(tiny, "241200906", assembler="nbconvert")
    entitle(settings, "Un titre tout neuf")
    assert not report.build_report(tiny, plan, check_data=False).left
    index = tiny.outputs / "241200906" / "report" / "index.html"
    assert "Un titre tout neuf" in index.read_text("utf-8")
    plan = report.plan_report(tiny, "241200906", assembler="nbconvert")
    assert report.build_report(tiny, plan, check_data=False).left


@pytest.mark.slow
def test_stamps_are_written_while_no_other_command_may_begin(tiny: Project, monkeypatch) -> None:
    held = []
    for name in ("keep_stamps", "keep_unchanged"):
        real = getattr(report, name)

        def seen(*args, real=real, **more):
            held.append(not let_go(tiny.outputs / ".241200906.lock"))
            return real(*args, **more)

        monkeypatch.setattr(report, name, seen)
    report.build_report(tiny, report.plan_report(tiny, "241200906", assembler="nbconvert"), check_data=False)
    assert held == [True, True]
    assert let_go(tiny.outputs / ".241200906.lock")


def test_what_is_said_where_the_data_are_not_built(tiny: Project) -> None:
    (tiny.processed / national_table.FILE).unlink()
    lines = explain_report(tiny, report.plan_report(tiny, "241200906", assembler="nbconvert"))
    assert lines[0] == "02-population : à faire ; ce chapitre n’est pas dans le dernier rapport"
    assert lines[2] == "tableaux et pages : à refaire ; un chapitre au moins est refait, ou relu"
    assert "Ce qui est dit ici vaut pour les données en place" in lines[-1]
