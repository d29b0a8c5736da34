"""The descriptions that go with the outputs: RO-Crate of the folder, Data Package of the tables."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_notebooks import code_cell, figure, notebook, shown, write

from ctg_lib.build import crate, datapackage
from ctg_lib.build.export import COVERAGE, COVERAGE_COLUMNS, write_export
from ctg_lib.build.licences import OPEN, licence_of

KNOWN = {crate.CRATE}
SOURCE = "cnaf_txcouv_epci_2023"


@pytest.fixture
def made(larzac, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    drawn = figure()
    drawn["metadata"]["ctg"]["origin"] = {"files": [[SOURCE, "Cnaf"]], "indicators": []}
    write(tmp_path / "chapters" / "04-x.ipynb", notebook("Petite enfance", code_cell("x", [shown(drawn)])))
    image = tmp_path / "report" / "figures" / "04-x-fig-couverture.svg"
    image.parent.mkdir(parents=True)
    image.write_bytes(b"<svg/>")
    used = [entry for entry in larzac.sources if entry.id == SOURCE]
    path = crate.write_crate(larzac, tmp_path, used, {"04-x": {SOURCE}})
    return tmp_path, json.loads(path.read_text(encoding="utf-8"))


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield value["@id"]
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_every_reference_of_the_crate_is_described(made) -> None:
    graph = made[1]["@graph"]
    ids = [entity["@id"] for entity in graph]
    assert len(ids) == len(set(ids))
    named = {r for entity in graph for value in entity.values() for r in references(value)}
    assert named - set(ids) == KNOWN


def test_the_crate_knows_each_file_by_its_checksum(made) -> None:
    folder, content = made
    files = {e["@id"]: e for e in content["@graph"] if e["@type"] == "File"}
    there = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    assert set(files) == set(there) - {crate.NAME}
    for name, entity in files.items():
        assert entity["sha256"] == hashlib.sha256(there[name].read_bytes()).hexdigest()
        assert entity["contentSize"] == str(there[name].stat().st_size)
    assert files["report/figures/04-x-fig-couverture.svg"]["isBasedOn"] == {
        "@id": "#source-cnaf-txcouv-epci-2023"
    }


def test_the_crate_says_what_was_run_on_what(made, larzac) -> None:
    graph = {e["@id"]: e for e in made[1]["@graph"]}
    assert graph["./"]["datePublished"] == larzac.as_of.isoformat()
    run = graph["#execution-04-x"]
    assert run["instrument"] == {"@id": "#logiciel-ctg-lib"} and run["result"] == {
        "@id": "chapters/04-x.ipynb"
    }
    assert {"@id": "#source-cnaf-txcouv-epci-2023"} in run["object"]
    source = graph["#source-cnaf-txcouv-epci-2023"]
    assert len(source["sha256"]) == 64 and source["version"] and source["retrievedOn"] and source["license"]


def test_each_library_is_known_by_its_own_address(made) -> None:
    graph = {e["@id"]: e for e in made[1]["@graph"]}
    needed = [graph[r["@id"]] for r in graph["#logiciel-ctg-lib"]["softwareRequirements"]]
    assert [each["name"] for each in needed] == list(crate.LIBRARIES)
    assert all(each["url"] == each["@id"] and each["url"].startswith("https://") for each in needed)


def test_the_crate_lends_authorship_to_nobody(made, larzac) -> None:
    graph = made[1]["@graph"]
    assert not [e["@id"] for e in graph if {"author", "creator", "agent"} & set(e)]
    assert not [e for e in graph if e["@type"] == "Organization" and e["name"] == larzac.territory.name]


def test_the_data_package_describes_its_tables(larzac, tmp_path: Path) -> None:
    rows = larzac.table(["population", "taux_couverture"], [larzac.place]).assign(segment="")
    files = write_export(larzac, rows, tmp_path)
    path = datapackage.write_datapackage(larzac, rows, files, tmp_path)
    said = json.loads(path.read_text(encoding="utf-8"))
    assert larzac.territory.name not in json.dumps(said["contributors"], ensure_ascii=False)
    for resource in said["resources"]:
        content = (tmp_path / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    head = (tmp_path / "indicateurs.csv").read_text("utf-8").splitlines()[0].split(",")
    assert [f["name"] for f in said["resources"][0]["schema"]["fields"]] == head
    frictionless = pytest.importorskip("frictionless")
    # its Parquet reader counts no bytes; bytes and hash of each file are compared above
    report = frictionless.validate(str(path), skip_errors=["byte-count", "hash-count"])
    assert report.valid, report.flatten(["type", "message"])[:5]


def test_coverage_and_licences() -> None:
    fields = datapackage.coverage_schema(fictif=True)["fields"]
    assert [f["name"] for f in fields] == [*COVERAGE_COLUMNS.values(), "fictif"] and COVERAGE.endswith(".csv")
    assert licence_of("licence ouverte 2.0") == OPEN and licence_of("non précisée").name == "non-precisee"
