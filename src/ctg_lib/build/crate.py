"""``ro-crate-metadata.json``: what was made from what, by which code, with checksums (RO-Crate 1.1).

Version 1.1, since the profile that describes runs (Process Run Crate 0.5: a ``CreateAction`` per run, with
its instrument, its objects and its results) rests on it. The term that its context lacks, ``sha256``, is
defined beside it. The crate describes the folder ``outputs/<study>``; raw files, which are
not in it, are contextual entities known by their checksum. Dates are those of the study and of the files,
never a clock's: a run has no time of day here. Nobody is said to be its author, publisher or agent: a report
about a territory is not by it, and who ran the code is not known.

Sources: RO-Crate Metadata Specification 1.1; Process Run Crate 0.5 (Workflow Run RO-Crate).
"""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ctg_lib
from ctg_lib.build.bundles import cell_items
from ctg_lib.build.chapters import load_notebook, notebook_title
from ctg_lib.build.licences import CODE, FONT, OPEN, Licence, licence_of, slug
from ctg_lib.manifest import PROVENANCES, Entry, sha256_of

if TYPE_CHECKING:
    from ctg_lib.study import Study

NAME = "ro-crate-metadata.json"
CRATE = "https://w3id.org/ro/crate/1.1"
RUN = "https://w3id.org/ro/wfrun/process/0.5"
CONTEXT: list[Any] = [f"{CRATE}/context", {"sha256": "http://schema.org/sha256"}]
LIBRARIES: tuple[str, ...] = ("geopandas", "matplotlib", "numpy", "pandas", "papermill", "pyarrow", "scipy")
"""Libraries whose version may change a number or a drawing."""
MEDIA: dict[str, str] = {
    ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".csv": "text/csv",
    ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png", ".pdf": "application/pdf",
    ".txt": "text/plain", ".woff2": "font/woff2", ".parquet": "application/vnd.apache.parquet",
    ".ipynb": "application/x-ipynb+json",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
"""Extension -> media type: the machine's own table is not asked, since it differs from one to another."""
_FOLDERS: dict[str, str] = {
    "report": "Rapport HTML", "chapters": "Chapitres exécutés", "data": "Tableaux : indicateurs, réponses, paroles",
}  # fmt: skip
_FILES: dict[str, str] = {
    "report/index.html": "Accueil du rapport", "report.pdf": "Rapport en PDF", "report.docx": "Rapport en Word",
    "data/datapackage.json": "Description des tableaux (Data Package)",
    "data/enquete.csv": "Réponses aux questionnaires", "data/enquete.parquet": "Réponses aux questionnaires (Parquet)",
    "data/enquete.xlsx": "Réponses aux questionnaires (classeur)",
    "data/paroles.csv": "Ce que disent les acteurs, besoin par besoin",
}  # fmt: skip

Entity = dict[str, Any]


@dataclass
class _Graph:
    """Entities by id: each stands once, in the order in which it was first named."""

    entities: dict[str, Entity] = field(default_factory=dict)

    def add(self, identifier: str, kind: str, /, **properties: Any) -> dict[str, str]:
        """Describe an entity unless it is already; gives a reference to it. Empty properties are left out."""
        filled = {name: value for name, value in properties.items() if value not in ("", None, [], ())}
        said = {name: _single(value) for name, value in filled.items()}
        self.entities.setdefault(identifier, {"@id": identifier, "@type": kind, **said})
        return {"@id": identifier}


def _single(value: Any) -> Any:
    """A list of one thing is that thing, as the specification asks."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def write_crate(
    study: Study, folder: Path, used: Sequence[Entry], by_chapter: Mapping[str, Iterable[str]]
) -> Path:
    """Write ``ro-crate-metadata.json`` of a study's outputs, once everything else is there.

    Args:
        study: whose outputs.
        folder: where they lie (``outputs/<study>``, or the folder built aside).
        used: the raw files behind the report.
        by_chapter: slug -> identifiers of the raw files behind its numbers.
    """
    content = json.dumps(describe(study, folder, used, by_chapter), ensure_ascii=False, indent=2) + "\n"
    path = folder / NAME
    path.write_bytes(content.encode("utf-8"))
    return path


def describe(
    study: Study, folder: Path, used: Sequence[Entry], by_chapter: Mapping[str, Iterable[str]]
) -> dict[str, Any]:
    """The crate, flattened: descriptor, root, files, raw files, software, one action per step."""
    graph = _Graph()
    sources = {entry.id: _source(graph, entry) for entry in used}
    territory = graph.add(f"#territoire-{slug(study.territory.code)}", "Place", name=study.territory.name)
    licence = _licence(graph, OPEN)
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p != folder / NAME)
    titles = {path.stem: load_notebook(path) for path in files if path.suffix == ".ipynb"}
    shown = {slug_: _shown(notebook) for slug_, notebook in titles.items()}
    names = {slug_: notebook_title(notebook) for slug_, notebook in titles.items()}
    parts = _files(graph, folder, files, names, shown, sources)
    actions = _actions(graph, study, names, by_chapter, sources, files, folder)
    mark = " (fictif)" if study.fictif else ""
    warning = "Données fictives, inventées pour la démonstration : ne pas les citer. " if study.fictif else ""
    root: Entity = {
        "@id": "./", "@type": "Dataset",
        "name": f"{study.config.title}{mark} — {study.territory.name}",
        "description": f"{warning}Diagnostic de territoire d’une Convention Territoriale Globale : rapport, chapitres "
        "exécutés, tableaux des indicateurs, et les fichiers dont ils sont tirés.",
        "identifier": f"ctg-{slug(study.id)}", "datePublished": study.as_of.isoformat(), "inLanguage": "fr",
        "license": licence, "spatialCoverage": territory,
        "conformsTo": graph.add(RUN, "CreativeWork", name="Process Run Crate", version="0.5"),
        "hasPart": parts, "isBasedOn": list(sources.values()), "mentions": actions,
    }  # fmt: skip
    descriptor: Entity = {
        "@id": NAME, "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": {"@id": CRATE},
    }  # fmt: skip
    return {"@context": CONTEXT, "@graph": [descriptor, root, *graph.entities.values()]}


# --- raw files and who publishes them ----------------------------------------------------------------


def _source(graph: _Graph, entry: Entry) -> dict[str, str]:
    """One raw file: known by its checksum; its bytes are not in the crate."""
    publisher = graph.add(f"#editeur-{slug(entry.publisher)}", "Organization", name=entry.publisher)
    carried = f" Reprises de : {entry.carried_from}." if entry.carried_from else ""
    return graph.add(
        f"#source-{slug(entry.id)}", "CreativeWork", name=f"{entry.short} — {entry.title}",
        description=f"{PROVENANCES[entry.provenance].capitalize()}.{carried} {entry.note}".strip(),
        identifier=entry.id, publisher=publisher, version=entry.vintage, temporalCoverage=entry.reference_date,
        url=entry.address, license=_licence(graph, licence_of(entry.licence)), alternateName=entry.path,
        datePublished=entry.published_on.isoformat() if entry.published_on else "",
        retrievedOn=entry.retrieved.isoformat(), contentSize=str(entry.bytes), sha256=entry.sha256,
    )  # fmt: skip


def _licence(graph: _Graph, licence: Licence) -> dict[str, str]:
    identifier = licence.address or f"#licence-{licence.name}"
    return graph.add(identifier, "CreativeWork", name=licence.title, identifier=licence.name)


# --- files of the outputs ----------------------------------------------------------------------------


def _shown(notebook: Any) -> dict[str, tuple[str, list[str]]]:
    """Id of each figure and table of a chapter -> (its title, the raw files it was drawn from)."""
    found = {}
    for item in (item for cell in notebook.cells for item in cell_items(cell)):
        if item.id:
            title = str(item.meta.get("title") or item.meta.get("caption") or "")
            found[item.id] = (title, [name for name, _ in (item.meta.get("origin") or {}).get("files", ())])
    return found


def _files(
    graph: _Graph, folder: Path, files: Sequence[Path], names: Mapping[str, str],
    shown: Mapping[str, Mapping[str, tuple[str, list[str]]]], sources: Mapping[str, Mapping[str, str]],
) -> list[dict[str, str]]:  # fmt: skip
    """Describe every file, and the folder each first level holds; gives what the root is made of."""
    inside: dict[str, list[dict[str, str]]] = {}
    top: list[dict[str, str]] = []
    for path in files:
        name = path.relative_to(folder).as_posix()
        title, based = _told(path, name, names, shown)
        part = graph.add(
            name, "File", name=title, encodingFormat=_media(path), contentSize=str(path.stat().st_size),
            sha256=sha256_of(path), isBasedOn=[sources[i] for i in based if i in sources],
            license=_licence(graph, FONT) if "/fonts/" in name else "",
        )  # fmt: skip
        first, _, rest = name.partition("/")
        (inside.setdefault(first, []) if rest else top).append(part)
    folders = [
        graph.add(f"{first}/", "Dataset", name=_FOLDERS.get(first, first), hasPart=parts)
        for first, parts in inside.items()
    ]
    return [*folders, *top]


def _told(
    path: Path, name: str, names: Mapping[str, str], shown: Mapping[str, Mapping[str, tuple[str, list[str]]]]
) -> tuple[str, list[str]]:
    """Title of a file and the raw files it rests on, where it is one figure or table."""
    if path.stem in names:
        return names[path.stem], []
    for chapter, items in shown.items():
        for identifier, (title, based) in items.items():
            if path.stem in (f"{chapter}-{identifier}", identifier) and chapter in name:
                return title or path.name, based
    return _FILES.get(name, path.name), []


def _media(path: Path) -> str:
    return MEDIA.get(path.suffix.lower()) or "application/octet-stream"


# --- what was done -----------------------------------------------------------------------------------


def _actions(
    graph: _Graph, study: Study, names: Mapping[str, str], by_chapter: Mapping[str, Iterable[str]], sources: Mapping[str, Mapping[str, str]], files: Sequence[Path],
    folder: Path,
) -> list[dict[str, str]]:  # fmt: skip
    """One action per chapter run, one for the tables, one for the assembly."""
    software = _software(graph)
    given = [*_parameters(graph, study), *_study_files(graph, study)]
    chapters = [{"@id": f"chapters/{chapter}.ipynb"} for chapter in names]
    actions = []
    for chapter, title in names.items():
        ids = set(by_chapter.get(chapter, ()))
        actions.append(
            graph.add(
                f"#execution-{chapter}", "CreateAction", name=f"Exécution du chapitre « {title} »",
                description="Le notebook, exécuté d’une traite avec les paramètres de l’étude.",
                object=[*given, *(sources[i] for i in sources if i in ids)],
                result=[{"@id": f"chapters/{chapter}.ipynb"}], instrument=software,
            )
        )  # fmt: skip
    outputs = [path.relative_to(folder).as_posix() for path in files]
    tables = [{"@id": name} for name in outputs if name.startswith("data/")]
    report = [{"@id": "report/"}, *({"@id": n} for n in outputs if n in ("report.pdf", "report.docx"))]
    actions.append(
        graph.add(
            "#tableaux", "CreateAction", name="Export des tableaux",
            description="Les indicateurs de l’étude et, s’il y en a, ce que disent les habitants et les acteurs, écrits en CSV, Parquet et "
            "classeur, et leur description.",
            object=[*given, *sources.values()], result=tables, instrument=software,
        )
    )  # fmt: skip
    actions.append(
        graph.add(
            "#assemblage", "CreateAction", name="Assemblage du rapport",
            description="Les chapitres exécutés, réunis en un rapport.",
            object=chapters, result=report, instrument=software,
        )
    )  # fmt: skip
    return actions


def _software(graph: _Graph) -> dict[str, str]:
    """The code and the libraries that may change a number or a drawing."""
    needed = [
        graph.add(
            address or f"#logiciel-{name}", "SoftwareApplication",
            name=name, softwareVersion=importlib.metadata.version(name), url=address,
        )
        for name, address in ((name, _home(name)) for name in LIBRARIES)
    ]  # fmt: skip
    return graph.add(
        "#logiciel-ctg-lib", "SoftwareApplication", name="ctg-lib", softwareVersion=ctg_lib.__version__,
        description="Diagnostic de territoire d’une Convention Territoriale Globale.",
        license=_licence(graph, CODE), softwareRequirements=needed,
    )  # fmt: skip


def _home(library: str) -> str:
    """Address that a library gives of itself, of its site first, else of its code; empty where it gives none."""
    given = importlib.metadata.metadata(library).get_all("Project-URL") or []
    told = {
        label.strip().casefold(): address.strip() for label, _, address in (g.partition(",") for g in given)
    }
    names = ("homepage", "home", "documentation", "repository", "source")
    return next((told[name] for name in names if name in told), "")


def _parameters(graph: _Graph, study: Study) -> list[dict[str, str]]:
    said = {"etude": study.id, "date-de-l-etude": study.as_of.isoformat(), "geographie": study.config.edition}
    return [
        graph.add(f"#parametre-{name}", "PropertyValue", name=name, value=str(value))
        for name, value in said.items()
    ]


def _study_files(graph: _Graph, study: Study) -> list[dict[str, str]]:
    """Settings, workbooks and commentaries of the study; partners' answers are among the raw files."""
    here = study.project.studies / study.id
    found = [*here.glob("*.yml"), *here.glob("*.xlsx"), *here.glob("commentary/*.md")]
    kept = [path for path in sorted(found) if not path.name.startswith((".", "~"))]
    return [
        graph.add(
            f"#etude-{slug(path.relative_to(here).as_posix())}", "CreativeWork",
            name=path.relative_to(here).as_posix(), contentSize=str(path.stat().st_size), sha256=sha256_of(path),
        )
        for path in kept
    ]  # fmt: skip
