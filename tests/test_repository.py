"""Rules that hold for the whole repository: imports, notebooks, words that must not stand anywhere."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
STUDY = "241200906"
# Written in two parts, so that this file does not hold what it forbids
REGISTRIES = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.", "ana" + "conda.org", "crates" + ".io"]
MAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b", re.IGNORECASE)
MADE_UP = re.compile(r"@(?:exemple|example)\.|\.example$", re.IGNORECASE)  # names reserved by RFC 2606
ABSOLUTE = re.compile(r"(?<![\w.:/<~-])/(?:home|root|tmp|work|Users|opt|usr|mnt)/\w|\b[A-Z]:\\\w")


@cache
def tracked() -> list[Path]:
    """Text files of the repository, as git lists them (new ones included)."""
    done = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in done.stdout.decode("utf-8").split("\0") if name]
    return [p for p in paths if p.is_file() and b"\0" not in p.read_bytes()[:4096]]


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


# --- imports -----------------------------------------------------------------------------------------


def test_imports_go_down_only() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=ROOT, capture_output=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


@pytest.mark.parametrize("module", ["ctg_lib", "ctg_lib.cli", "ctg_lib.errors", "ctg_lib.project"])
def test_light_modules_load_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}\nassert not {{'pandas', 'numpy', 'matplotlib', 'geopandas'}} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_public_functions_have_docstrings() -> None:
    """Ruff checks modules, classes and functions one by one; this names a room that forgets the module's."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        assert ast.get_docstring(ast.parse(text_of(path))), path


# --- notebooks ---------------------------------------------------------------------------------------


def load(path: Path) -> dict:
    return json.loads(text_of(path))


def source(cell: dict) -> str:
    return "".join(cell["source"])


def code_of(notebook: dict) -> str:
    return "\n".join(source(c) for c in notebook["cells"] if c["cell_type"] == "code")


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


def test_every_notebook_is_a_chapter() -> None:
    """A notebook that `_quarto.yml` does not list would never be run."""
    book = yaml.safe_load(text_of(ROOT / "notebooks" / "_quarto.yml"))["book"]
    assert {p.name for p in NOTEBOOKS} == {n for n in book["chapters"] if n.endswith(".ipynb")}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
class TestNotebook:
    def test_kernel_parameters_and_no_outputs(self, path: Path) -> None:
        notebook = load(path)
        assert notebook["metadata"]["kernelspec"]["name"] == "ctg"
        tagged = [c for c in notebook["cells"] if "parameters" in c["metadata"].get("tags", [])]
        assert [source(c) for c in tagged] == [f'study = "{STUDY}"']
        for cell in notebook["cells"]:
            assert not cell.get("outputs") and cell.get("execution_count") is None

    def test_thin(self, path: Path) -> None:
        lines = [line for line in code_of(load(path)).splitlines() if line.strip()]
        assert len(lines) <= 120

    def test_no_year_place_or_path(self, path: Path, larzac) -> None:
        """All that belongs to a territory or a vintage comes from the data."""
        text = "\n".join(source(c) for c in load(path)["cells"])
        text = text.replace(f'"{STUDY}"', "")
        assert not re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)
        assert not re.search(r"(?<!\d)\d{5}(?!\d)|(?<!\d)\d{9}(?!\d)", text)
        assert not ABSOLUTE.search(text)
        here = larzac.territory
        names = {larzac.geography.territory(c, level="commune").name for c in here.members}
        names |= {here.name, here.short_name, *(t.name for t in larzac.references), *("Larzac", "Millau")}
        found = [n for n in names - {"France"} if re.search(rf"\b{re.escape(n)}\b", text)]
        assert found == []

    def test_no_statistic_or_drawing_of_its_own(self, path: Path) -> None:
        tree = ast.parse(code_of(load(path)))
        imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        imported |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        assert imported == {"ctg_lib.study"}


def test_hook_keeps_kernel_and_parameters(tmp_path: Path) -> None:
    """What pre-commit does to a notebook: outputs go; kernel, ids and tags stay."""
    nbformat = pytest.importorskip("nbformat")
    cell = nbformat.v4.new_code_cell(
        "study = 'x'", metadata={"tags": ["parameters"], "collapsed": True}, execution_count=3,
        outputs=[nbformat.v4.new_output("stream", text="un nombre")], id="parametres",
    )  # fmt: skip
    kernel = {"name": "ctg", "display_name": "CTG", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python", "version": "3.11.2"}}
    path = tmp_path / "un.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=metadata), path)
    hooks = yaml.safe_load(text_of(ROOT / ".pre-commit-config.yaml"))["repos"][0]["hooks"]
    entry = next(h["entry"] for h in hooks if h["id"] == "nbstripout")
    import shlex

    arguments = shlex.split(entry)[1:]
    run = "import runpy, sys; sys.argv[0] = 'nbstripout'; runpy.run_module('nbstripout', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", run, *arguments, str(path)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept["metadata"] == {"kernelspec": kernel}
    assert kept["cells"][0]["metadata"] == {"tags": ["parameters"]}
    assert kept["cells"][0]["id"] == "parametres"
    assert kept["cells"][0]["outputs"] == [] and kept["cells"][0]["execution_count"] is None


# --- words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "home"),
    [
        (r"""["']besoin\|""", "agreement/proposals.py"),
        (r"""\bTHEMES(?:\[.*\]|\.get\(.*\))\.split\(""", ""),  # THEME_NAMES of workbooks/common.py
    ],
)
def test_what_has_a_name_is_written_once(written: str, home: str) -> None:
    sources = (ROOT / "src" / "ctg_lib").rglob("*.py")
    found = [
        p.relative_to(ROOT / "src" / "ctg_lib").as_posix() for p in sources if re.search(written, text_of(p))
    ]
    assert found == ([home] if home else [])


def test_no_package_registry_is_named() -> None:
    found = [(p.name, host) for p in tracked() for host in REGISTRIES if host in text_of(p).lower()]
    assert found == []


def test_lock_has_no_address() -> None:
    text = text_of(ROOT / "requirements.lock")
    assert "://" not in text and "--index" not in text and "--find-links" not in text


def test_no_mail_address() -> None:
    """No personal data: the only addresses allowed are made up (exemple.fr, .example)."""
    found = [
        (p.relative_to(ROOT).as_posix(), hit)
        for p in tracked()
        for hit in MAIL.findall(text_of(p))
        if not MADE_UP.search(hit)
    ]
    assert found == []


def test_no_absolute_path() -> None:
    """No file speaks of one machine (shebangs and examples of a path aside)."""
    found = []
    for path in tracked():
        if path == Path(__file__) or "data/raw" in path.as_posix():
            continue
        for number, line in enumerate(text_of(path).splitlines(), 1):
            if (
                ABSOLUTE.search(line)
                and not line.startswith("#!")
                and path.suffix in (".py", ".ipynb", ".yml")
            ):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert [f for f in found if not f.startswith("tests")] == []


# --- documentation -----------------------------------------------------------------------------------

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", text_of(ROOT / "Makefile"), re.MULTILINE))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
class TestDocument:
    def test_make_commands_exist(self, path: Path) -> None:
        named = set(re.findall(r"(?:`|^)make ([a-z][a-z-]*)", text_of(path), re.MULTILINE))
        assert named <= make_targets()

    def test_ctg_commands_exist(self, path: Path) -> None:
        from typer.main import get_command

        from ctg_lib.cli import app

        every = get_command(app).commands  # type: ignore[attr-defined]
        for first, second in re.findall(
            r"(?:`|^|\\)ctg ([a-z]+)(?: ([a-z]+)\b)?", text_of(path), re.MULTILINE
        ):
            assert first in every, f"ctg {first}"
            inside = getattr(every[first], "commands", None)
            if inside is not None and second:
                assert second in inside, f"ctg {first} {second}"

    def test_links_lead_somewhere(self, path: Path) -> None:
        for target in re.findall(r"\]\(([^)#]+)", text_of(path)):
            if not target.startswith("http"):
                assert (path.parent / target).exists(), target


def test_make_help_names_every_target() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", text_of(ROOT / "Makefile"), re.MULTILINE)
    described = set(re.findall(r"^([a-z][a-z-]*):.*## ", text_of(ROOT / "Makefile"), re.MULTILINE))
    assert phony and set(phony[1].split()) == described == make_targets()


def test_every_version_has_its_entry() -> None:
    from ctg_lib import __version__

    assert f"## {__version__}" in text_of(ROOT / "CHANGELOG.md")
    project = re.search(r'^version = "(.+)"$', text_of(ROOT / "pyproject.toml"), re.MULTILINE)
    assert project and project[1] == __version__


def test_readme_and_workflow_install_the_same_way() -> None:
    """Windows users type what the continuous integration runs."""
    readme, workflow = text_of(ROOT / "README.md"), text_of(ROOT / ".github" / "workflows" / "tests.yml")
    commands = re.findall(r"^\.venv\\Scripts\\.+$", readme, re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        assert f"run: {command}" in workflow


def test_conda_has_what_pip_has() -> None:
    """Every dependency of the package is in environment.yml."""
    conda = yaml.safe_load(text_of(ROOT / "environment.yml"))["dependencies"]
    names = {re.split(r"[<>=]", d)[0].strip() for d in conda if isinstance(d, str)}
    import tomllib

    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    wanted = {re.split(r"[<>=\[]", d)[0] for d in project["dependencies"]}
    by_pip = {"matplotlib", "pypandoc-binary", "typst"}  # with the programs inside: pip brings them along
    assert wanted - by_pip <= names and {"matplotlib-base", "quarto"} <= names
    [pip] = [d["pip"] for d in conda if isinstance(d, dict)]
    assert pip == ["-e ."]  # what a requirements file takes: pip refuses --no-build-isolation there


def test_page_explorer_runs(project, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """The code of docs/explorer.md, block after block."""
    monkeypatch.setenv("CTG_ROOT", str(project.root))
    blocks = re.findall(r"^```python\n(.*?)^```", text_of(ROOT / "docs" / "explorer.md"), re.M | re.S)
    assert len(blocks) >= 6
    names: dict[str, object] = {}
    for number, block in enumerate(blocks, 1):
        exec(compile(block, f"explorer.md, bloc {number}", "exec"), names)
    shown = capsys.readouterr().out
    assert "Communauté de communes Larzac et Vallées 16 communes" in shown
    assert "60.5 2023 observed" in shown
    assert all(type(names[name]).__name__ == "Figure" for name in ("figure", "annees", "carte"))


def test_example_of_an_indicator_is_real() -> None:
    """docs/ajouter-un-indicateur.md uses functions that exist, on codes that exist."""
    text = text_of(ROOT / "docs" / "ajouter-un-indicateur.md")
    block = re.search(r"```python\n(.*?)\n *```", text, re.S)
    import textwrap

    tree = ast.parse(textwrap.dedent(block[1]) if block else "")
    from ctg_lib.indicators import data, registry

    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert called and all(hasattr(data, name) or hasattr(registry, name) for name in called)
    from dataclasses import fields

    known = {f.name for f in fields(registry.Definition)}
    used = {k.arg for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "indicator"
            for k in n.keywords}  # fmt: skip
    assert used <= known
