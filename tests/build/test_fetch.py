"""``ctg data fetch`` from plan to recap, against a real loopback server that also misbehaves.

The project is a small copy: the geography and three republished files, with the manifest's own text.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from loopback import Asked, FakeTime, Reply, Server

from ctg_lib import sources
from ctg_lib.build.fetch import Request, World, fetch
from ctg_lib.build.fetch.catalogue import load_catalogue
from ctg_lib.build.fetch.check import unknown_to_readers
from ctg_lib.errors import BadInput
from ctg_lib.manifest import load_manifest
from ctg_lib.project import Project

ROOT = Path(__file__).resolve().parents[2]
BIRTHS, COVERAGE, SCHOOLS = "insee_naissances_2008_2025", "cnaf_txcouv_epci_2023", "depp_ips_colleges_2025"
DATASET = "DS_ETAT_CIVIL_NAIS_COMMUNES"
LARZAC, AFFRICAIN = "241200906", "200067155"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server():
    with Server() as running:
        yield running


def blocks(text: str, *ids: str) -> str:
    """The manifest's own text, with the entries of these ids and those of the geography."""
    head, *items = re.split(r"(?m)^(?=- id: )", text)
    kept = [i for i in items if re.match(r"- id: (geo_\w+|" + "|".join(ids) + r")\n", i)]
    return head + "".join(kept) + "# dernière ligne, d’une main humaine\n"


@pytest.fixture
def small(tmp_path) -> Project:
    """A project with three republished files."""
    project = Project(tmp_path / "projet")
    raw = ROOT / "data" / "raw"
    text = blocks((raw / "manifest.yml").read_text(encoding="utf-8"), BIRTHS, COVERAGE, SCHOOLS)
    project.raw.mkdir(parents=True)
    project.manifest.write_text(text, encoding="utf-8", newline="\n")
    for entry in load_manifest(project.manifest):
        target = project.raw / entry.path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(raw / entry.path, target)
    load_manifest(project.manifest).verify()
    return project


OFFER: dict[str, Any] = {
    "publisher": "Insee", "title": "Naissances", "short": "Insee, état civil", "vintage": "2025",
    "licence": "Licence Ouverte 2.0", "geography_year": 2026, "layout": "melodi", "verified": "C",
}  # fmt: skip
MELODI = {
    **OFFER, "id": BIRTHS, "protocol": "melodi", "dataset": DATASET, "path": "insee/etat_civil/naissances.zip",
    "query": {
        "product": f"{DATASET}_2025_CSV_FR", "territory_path": "insee/etat_civil/naissances.json",
        "levels": ["commune", "epci"],
    },
}  # fmt: skip


@dataclass
class Lab:
    """The project, the server, and what the command says."""

    project: Project
    server: Server
    time: FakeTime = field(default_factory=FakeTime)
    out: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def offers(self, *items: dict[str, Any]) -> None:
        services = {"melodi": f"{self.server.url}/melodi", "datagouv": f"{self.server.url}/api/1"}
        content = {"services": services, "offers": list(items)}
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (self.project.raw / "catalogue.yml").write_text(text, encoding="utf-8")

    def run(self, **request: Any) -> int:
        self.out.clear()
        asked = {"territory": LARZAC, "yes": True, **request}
        if asked.get("national"):
            asked["territory"] = ""
        world = World(out=self.out.append, say=self.said.append, clock=self.time.clock, attempts=3)
        return fetch(self.project, Request(**asked), world)

    @property
    def text(self) -> str:
        return "\n".join(self.out).replace("\u00a0", " ").replace("\u202f", " ")

    @property
    def entries(self):
        return load_manifest(self.project.manifest)

    def snapshot(self) -> dict[str, bytes]:
        files = (p for p in self.project.raw.rglob("*") if p.is_file() and "geography" not in p.parts)
        return {p.relative_to(self.project.raw).as_posix(): p.read_bytes() for p in files}


@pytest.fixture
def lab(small, server) -> Lab:
    return Lab(small, server)


# --- a made-up Melodi with the project's own births ----------------------------------------------------


def births(project: Project, **changed: float) -> list[dict[str, Any]]:
    """Observations as the API writes them, from the republished file; keywords replace ``c12063_2024``."""
    table = pd.read_csv(
        ROOT / "data/raw/insee/etat_civil/DS_ETAT_CIVIL_NAIS_COMMUNES_2025_data.csv", sep=";", dtype=str
    )
    return [
        {
            "dimensions": {
                "GEO": f"2026-COM-{r.GEO}", "FREQ": "A", "TIME_PERIOD": r.TIME_PERIOD, "EC_MEASURE": r.EC_MEASURE
            },
            "attributes": {"OBS_STATUS": "A"},
            "measures": {
                "OBS_VALUE_NIVEAU": {"value": changed.get(f"c{r.GEO}_{r.TIME_PERIOD}", float(r.OBS_VALUE))}
            },
        }
        for r in table.itertuples()
    ]  # fmt: skip


def serve_melodi(
    lab: Lab, rows: list[dict[str, Any]], modified: str = "2026-09-01T08:00:00", file: bytes = b""
) -> None:
    inside = {"241200906": sorted({r["dimensions"]["GEO"][9:] for r in rows} - {"12145"})}

    def data(asked: Asked) -> Reply:
        wanted = set()
        for geo in asked.all("GEO"):
            found = re.fullmatch(r"EPCI-(\d+)\*COM", geo)
            wanted |= {f"COM-{c}" for c in inside.get(found[1], [])} if found else {geo}
        kept = [r for r in rows if r["dimensions"]["GEO"][5:] in wanted]
        paging = {"count": len(kept)} if asked.one("totalCount") else {}
        shown = [] if asked.one("maxResult") == "0" else kept
        content = {"identifier": DATASET, "observations": shown, "paging": paging}
        return Reply(body=json.dumps(content).encode())

    product = {
        "accessURL": f"{lab.server.url}/melodi/file/{DATASET}/{DATASET}_2025_CSV_FR", "byteSize": len(file) or 1,
        "modified": modified, "format": "CSV", "language": "FR",
    }  # fmt: skip
    catalog = [{"identifier": DATASET, "product": [product]}]
    lab.server.routes["/melodi/catalog/all"] = Reply(body=json.dumps(catalog).encode())
    lab.server.routes[f"/melodi/data/{DATASET}"] = data
    lab.server.routes[f"/melodi/file/{DATASET}/{DATASET}_2025_CSV_FR"] = Reply(
        body=file, headers={"ETag": '"1"'}, ranges=True
    )


def test_plan_says_what_would_come_and_changes_nothing(lab):
    lab.offers(MELODI)
    serve_melodi(lab, births(lab.project))
    before = lab.snapshot()
    assert lab.run(dry_run=True) == 0
    assert "Communauté de communes Larzac et Vallées (241200906)" in lab.text
    assert "16 communes ; comparaison : 22 intercommunalités ; départements 12" in lab.text
    assert re.search(rf"{BIRTHS}  288 observations +remplace des valeurs reprises", lab.text)
    assert "À télécharger : 1 fichier (288 lignes à la demande)." in lab.text
    assert lab.snapshot() == before


def test_nobody_to_answer_means_the_plan_only(lab):
    lab.offers(MELODI)
    serve_melodi(lab, births(lab.project))
    before = lab.snapshot()
    assert lab.run(yes=False) == 0
    assert lab.out[-1].startswith("Rien n’est téléchargé : personne pour répondre ici.")
    assert lab.snapshot() == before


@pytest.mark.parametrize(("answer", "code"), [(True, 1), (False, 0)])
def test_question(lab, answer, code):
    lab.offers(MELODI)
    serve_melodi(lab, [])
    asked: list[str] = []

    def ask(question: str) -> bool:
        asked.append(question)
        return answer

    world = World(out=lab.out.append, clock=lab.time.clock, ask=ask, attempts=1)
    assert fetch(lab.project, Request(LARZAC), world) == code  # yes: an empty answer, thus a failure
    assert asked == ["Télécharger 1\u00a0fichier ?"]


def test_without_network_the_plan_says_so(lab):
    lab.offers(MELODI, {**EXPORT, "query": {"portal": "http://127.0.0.1:9/api/explore/v2.1"}})
    content = yaml.safe_load((lab.project.raw / "catalogue.yml").read_text(encoding="utf-8"))
    content["services"]["melodi"] = "http://127.0.0.1:9/melodi"
    (lab.project.raw / "catalogue.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    assert lab.run(yes=False) == 0
    assert lab.text.count("taille inconnue ") == 2
    assert "Les tailles n’ont pas pu être demandées : 1 service sans réponse." in lab.text
    assert "127.0.0.1 : pas de connexion" in lab.text
    assert lab.run() == 1 and "aucun service ne répond" in lab.text and lab.time.slept == []


def test_publishers_file_takes_the_place_of_the_republished_one(lab):
    lab.offers(MELODI)
    serve_melodi(lab, births(lab.project, c12063_2024=17, c12063_2025=99))
    old_text = lab.project.manifest.read_text(encoding="utf-8")
    others = {e.id: e for e in lab.entries if e.id != BIRTHS}
    assert lab.run() == 0
    lab.entries.verify()  # sizes, checksums, no unlisted file
    entry = lab.entries[BIRTHS]
    assert (entry.provenance, entry.path, entry.retrieved) == (
        "published", "insee/etat_civil/naissances.json", date(2026, 11, 3),
    )  # fmt: skip
    assert entry.published_on == date(2026, 9, 1) and entry.geography_year == 2026
    assert entry.carried_from == "" and entry.options["territories"] == [LARZAC]
    assert entry.address.startswith(
        f"{lab.server.url}/melodi/data/{DATASET}?GEO=EPCI-241200906%2ACOM&GEO=EPCI-"
    )
    assert "1 page(s) réunies en un seul objet" in entry.note
    assert not (lab.project.raw / "insee/etat_civil/DS_ETAT_CIVIL_NAIS_COMMUNES_2025_data.csv").exists()
    frame = sources.read(lab.entries.file(entry), entry)
    assert sum(entry.rows.values()) == len(frame) == 16 * 18
    # the rest of the manifest: the same objects, and the same bytes
    assert {e.id: e for e in lab.entries if e.id != BIRTHS} == others
    new_text = lab.project.manifest.read_text(encoding="utf-8")
    start, end = (
        old_text.index(f"- id: {BIRTHS}"),
        old_text.index("- id: ", old_text.index(f"- id: {BIRTHS}") + 5),
    )
    assert new_text.startswith(old_text[:start]) and new_text.endswith(old_text[end:])
    # the numbers
    assert f"✓ {BIRTHS} : " in lab.text and "288 observations" in lab.text
    assert f"{DATASET}, LVB : 18 disparus, 2 changés, 286 identiques" in lab.text  # Millau is not asked for
    assert "La Cavalerie, LVB, 2025 : 8 → 99" in lab.text
    assert lab.text.index("2025 : ") < lab.text.index("2024 : ")  # the largest first
    assert "Suite : ctg data build" in lab.text


def test_again_there_is_nothing_to_do(lab):
    lab.offers(MELODI)
    serve_melodi(lab, births(lab.project))
    assert lab.run() == 0
    before, requests = lab.snapshot(), len(lab.server.asked)
    assert lab.run() == 0
    assert "à jour (relevé du 03/11/2026)" in lab.text and "Rien à télécharger." in lab.text
    assert lab.snapshot() == before
    assert not [a for a in lab.server.asked[requests:] if a.one("idTerritoire")]
    lab.time.start = datetime(2026, 11, 9, 12, tzinfo=UTC)  # later, and unchanged since
    assert lab.run() == 0 and "Rien à télécharger." in lab.text
    assert lab.run(only=(BIRTHS,)) == 0  # named: fetched again
    assert "aucun chiffre n’a changé (288 chiffres comparés)" in lab.text
    serve_melodi(lab, births(lab.project, c12063_2020=1), modified="2026-11-10T00:00:00")
    lab.time.start = datetime(2026, 11, 11, 12, tzinfo=UTC)
    assert lab.run() == 0
    assert "met à jour le relevé du 09/11/2026" in lab.text and "1 changé, 287 identiques" in lab.text


def test_a_second_territory_keeps_the_first(lab):
    lab.offers(MELODI)
    serve_melodi(lab, births(lab.project))
    assert lab.run() == 0
    assert lab.run(territory=AFFRICAIN) == 0
    assert lab.entries[BIRTHS].options["territories"] == [LARZAC, AFFRICAIN]
    assert "identiques" not in lab.text and "aucun chiffre n’a changé" in lab.text
    asked = [a for a in lab.server.to(f"/melodi/data/{DATASET}") if a.one("idTerritoire")][-1]
    assert {f"EPCI-{LARZAC}*COM", f"EPCI-{AFFRICAIN}*COM"} <= set(asked.all("GEO"))
    assert f"sans réponse pour : EPCI-{LARZAC}" in lab.text


def zipped(rows: list[dict[str, Any]], padding: int = 0) -> bytes:
    lines = ["GEO;GEO_OBJECT;FREQ;TIME_PERIOD;EC_MEASURE;OBS_STATUS;OBS_VALUE"]
    for r in rows:
        d = r["dimensions"]
        value = r["measures"]["OBS_VALUE_NIVEAU"]["value"]
        lines.append(f"{d['GEO'][9:]};COM;A;{d['TIME_PERIOD']};{d['EC_MEASURE']};A;{value:g}")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        out.writestr(f"{DATASET}_2025_data.csv", "\n".join(lines) + "\n")
        out.writestr(f"{DATASET}_2025_metadata.csv", "COD_VAR;LIB_VAR\n" + " " * padding)
    return stream.getvalue()


def test_national_file_and_a_territory_that_leaves_it_alone(lab):
    lab.offers(MELODI)
    rows = births(lab.project)
    serve_melodi(lab, rows, file=zipped(rows))
    assert lab.run(national=True) == 0
    entry = lab.entries[BIRTHS]
    assert entry.path.endswith(".zip") and "territories" not in entry.options
    assert "taille égale à celle du catalogue Melodi (relevé du téléchargement)" in entry.checks
    lab.entries.verify()
    assert lab.run() == 0
    assert "fichier national en place, gardé" in lab.text and "Rien à télécharger." in lab.text


def test_interrupted_then_resumed(lab, monkeypatch):
    lab.offers(MELODI)
    rows = births(lab.project)
    file = zipped(rows, 3_000_000)
    serve_melodi(lab, rows, file=file)
    from ctg_lib.build.fetch import run as module

    def stop(world: World, row: Any):
        def progress(done: int, _: int | None) -> None:
            raise KeyboardInterrupt

        return progress

    before = lab.snapshot()
    with monkeypatch.context() as patch:
        patch.setattr(module, "_progress", stop)
        assert lab.run(national=True) == 1
    assert "Commande interrompue : la même commande reprendra où elle en était." in lab.text
    assert lab.snapshot() == before
    assert lab.run(national=True) == 0
    resumed = lab.server.to(f"/melodi/file/{DATASET}/{DATASET}_2025_CSV_FR")[-1].headers
    assert re.fullmatch(r"bytes=[1-9]\d*-", resumed["range"])
    assert (lab.project.raw / lab.entries[BIRTHS].path).read_bytes() == file
    lab.entries.verify()


def test_empty_answer_leaves_everything(lab):
    lab.offers(MELODI)
    serve_melodi(lab, [])
    before = lab.snapshot()
    assert lab.run() == 1
    assert f"✗ {BIRTHS} : Melodi, {DATASET} : aucune observation pour EPCI-241200906*COM" in lab.text
    assert lab.snapshot() == before


def test_another_vintage_under_the_same_name(lab):
    lab.offers(MELODI)
    serve_melodi(lab, [r for r in births(lab.project) if r["dimensions"]["TIME_PERIOD"] < "2022"])
    before = lab.snapshot()
    assert lab.run() == 1
    assert "l’API donne 2008, 2009, 2010, 2011, 2012… (14 en tout), le millésime 2025 est attendu" in lab.text
    assert lab.snapshot() == before


def test_unknown_dataset_is_said_in_the_plan_and_in_the_recap(lab):
    lab.offers({**MELODI, "dataset": "DS_AUTRE"})
    serve_melodi(lab, births(lab.project))
    assert lab.run() == 1
    assert "Tailles que le service n’a pas données :" in lab.text
    assert "Melodi n’a pas de jeu DS_AUTRE" in lab.text and "1 échec ; ces fichiers sont restés" in lab.text


# --- exports: columns, rows, failures ------------------------------------------------------------------

EXPORT = {
    **OFFER, "id": COVERAGE, "protocol": "opendatasoft", "publisher": "Cnaf", "dataset": "txcouv_pe_epci",
    "title": "Taux", "short": "Cnaf, taux de couverture 2023", "vintage": "2023", "layout": "cnaf_txcouv",
    "geography_year": 2024, "path": "cnaf/txcouv_pe_epci.csv", "query": {"portal": ""},
}  # fmt: skip
HEAD = "annee;numepci;nomepci;txcouv_epci;txcouv_eaje_epci"
ROWS = ["2023;241200906;CC Larzac et Vallées;60.5;16.3", "2023;200067155;CC Saint-Affricain;70.1;20"]


def export(lab: Lab, **changes: Any) -> dict[str, Any]:
    return {**EXPORT, "query": {"portal": f"{lab.server.url}/api/explore/v2.1"}, **changes}


def serve_export(lab: Lab, text: str, count: int | None = None, dataset: str = "txcouv_pe_epci") -> None:
    base = f"/api/explore/v2.1/catalog/datasets/{dataset}"
    header = text.splitlines()[0].lstrip("\ufeff").split(";")
    about = {
        "fields": [{"name": n, "type": "text"} for n in header],
        "metas": {"default": {"data_processed": "2026-10-01T00:00:00+00:00"}},
    }
    rows = len(text.splitlines()) - 1 if count is None else count
    lab.server.routes[base] = Reply(body=json.dumps(about).encode())
    lab.server.routes[f"{base}/records"] = Reply(
        body=json.dumps({"total_count": rows, "results": []}).encode()
    )
    lab.server.routes[f"{base}/exports/csv"] = Reply(body=text.encode("utf-8"))


def csv(*rows: str, head: str = HEAD) -> str:
    return "\ufeff" + "\n".join([head, *rows]) + "\n"


def test_export(lab):
    lab.offers(export(lab))
    serve_export(lab, csv(*ROWS))
    assert lab.run() == 0
    entry = lab.entries[COVERAGE]
    assert entry.provenance == "published" and entry.rows == {"2023 epci": 4}
    assert "2 lignes reçues, autant qu’annoncées par le portail (relevé du téléchargement)" in entry.checks
    assert "txcouv_pe, txcouv : " in lab.text and "disparus" in lab.text  # the republication holds 21 EPCI
    lab.entries.verify()


def test_rows_missing_at_the_end(lab):
    """A stream that ends early and says nothing of it."""
    lab.offers(export(lab))
    serve_export(lab, csv(*ROWS), count=1255)
    before = lab.snapshot()
    assert lab.run() == 1
    assert "txcouv_pe_epci : 2 lignes reçues, 1255 annoncées par le portail." in lab.text
    assert lab.snapshot() == before


def test_columns_that_changed(lab):
    lab.offers(export(lab))
    serve_export(lab, csv(*ROWS))
    assert lab.run() == 0
    before = lab.snapshot()
    serve_export(
        lab, csv(*(f"{r};9" for r in ROWS), head=HEAD.replace("nomepci", "libepci") + ";txcouv_am_ind_epci")
    )
    assert lab.run(only=(COVERAGE,)) == 1
    assert "colonne(s) nouvelle(s) : libepci, txcouv_am_ind_epci" in lab.text
    assert "colonne(s) disparue(s) : nomepci. Tout reste comme avant." in lab.text
    assert "--accept-columns" in lab.text and "gardé dans .ctg/fetch/ecartes/txcouv_pe_epci.csv" in lab.text
    assert lab.snapshot() == before
    assert (lab.project.scratch / "fetch" / "ecartes" / "txcouv_pe_epci.csv").is_file()
    assert lab.run(only=(COVERAGE,), accept_columns=True) == 0
    assert "txcouv_pe, txcouv : 2 ajoutés, 4 identiques" in lab.text


def test_columns_that_the_reader_refuses(lab):
    """Against a republication too, the difference is told."""
    lab.offers(export(lab))
    serve_export(lab, csv("2023;241200906;60.5", head="annee;numepci;taux"))
    before = lab.snapshot()
    assert lab.run() == 1
    assert "Par rapport au fichier en place, colonne(s) nouvelle(s) : taux" in lab.text
    assert "colonne(s) disparue(s) : " in lab.text and "txcouv_epci" in lab.text
    assert lab.snapshot() == before


def test_reader_that_breaks_is_one_failure(lab, monkeypatch):
    lab.offers(export(lab))
    serve_export(lab, csv(*ROWS))
    before = lab.snapshot()
    monkeypatch.setitem(sources.READERS, "cnaf_txcouv", lambda *_: {}["x"])
    assert lab.run() == 1
    assert "cnaf/txcouv_pe_epci.csv : lecture impossible (KeyError : 'x')" in lab.text
    assert lab.snapshot() == before


def test_bytes_that_are_no_text(lab):
    lab.offers(export(lab))
    serve_export(lab, csv(*ROWS))
    path = "/api/explore/v2.1/catalog/datasets/txcouv_pe_epci/exports/csv"
    lab.server.routes[path] = Reply(body=b"annee;num\xe9ro\n2023;1\n")
    before = lab.snapshot()
    assert lab.run() == 1
    assert "erreur inattendue (UnicodeDecodeError" in lab.text and lab.snapshot() == before


def test_one_failure_does_not_stop_the_others(lab):
    lab.offers(MELODI, export(lab))
    serve_melodi(lab, births(lab.project))
    lab.server.routes[f"/melodi/data/{DATASET}"] = Reply(503)
    serve_export(lab, csv(*ROWS))
    assert lab.run() == 1
    assert "HTTP 503, à chacun des 3 essais" in lab.text
    assert "1 fichier mis en place sur 2." in lab.text and lab.out[-2] == f"  {BIRTHS}"
    assert lab.entries[BIRTHS].is_carried_over and not lab.entries[COVERAGE].is_carried_over
    lab.entries.verify()


def test_failures_that_mend_themselves(lab):
    """429 with and without Retry-After, a cut answer, then the file."""
    lab.offers(export(lab))
    serve_export(lab, csv(*ROWS))
    path = "/api/explore/v2.1/catalog/datasets/txcouv_pe_epci/exports/csv"
    good = lab.server.routes[path]
    lab.server.routes[path] = [
        Reply(429, headers={"Retry-After": "7"}),
        Reply(body=b"annee;", cut=3, length=99),
        good,
    ]
    assert lab.run() == 0
    assert lab.time.slept == [7.0, 3.0]


def test_limits_to_departements_by_the_beginning_of_codes(lab):
    item = export(lab)
    item["query"] |= {"prefix": "numepci", "prefix_style": "uai"}
    lab.offers(item)
    serve_export(lab, csv(*ROWS))
    assert lab.run(dry_run=True) == 0
    [asked] = lab.server.to("/api/explore/v2.1/catalog/datasets/txcouv_pe_epci/records")
    assert asked.one("where").startswith('(startswith(numepci,"012") or startswith(numepci,"030")')


# --- data.gouv.fr, plain files -------------------------------------------------------------------------


def test_wrong_checksum(lab):
    body = csv(*ROWS).encode()
    found = {
        "id": "r1", "title": "Taux", "format": "csv", "filetype": "file", "filesize": len(body),
        "checksum": {"type": "sha1", "value": hashlib.sha1(body).hexdigest()},
        "last_modified": "2026-10-02T00:00:00",
    }  # fmt: skip
    lab.server.routes["/api/1/datasets/taux/"] = Reply(body=json.dumps({"resources": [found]}).encode())
    lab.server.routes["/api/1/datasets/r/r1"] = Reply(body=body.replace(b"60.5", b"60.6"))
    item = {**EXPORT, "protocol": "datagouv", "dataset": "taux", "query": {"title": "taux"}}
    lab.offers(item)
    before = lab.snapshot()
    assert lab.run() == 1
    assert "sha1 : trouvé" in lab.text and "donné par l’éditeur. Le fichier reçu est écarté." in lab.text
    assert lab.snapshot() == before
    lab.server.routes["/api/1/datasets/r/r1"] = Reply(body=body)
    assert lab.run() == 0
    entry = lab.entries[COVERAGE]
    assert entry.address == f"{lab.server.url}/api/1/datasets/r/r1"
    assert any(c.startswith("sha1 égal à celui de data.gouv.fr") for c in entry.checks)


def test_member_of_an_archive(lab):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        out.writestr("dossier/Taux.csv", csv(*ROWS))
        out.writestr("lisez-moi.txt", "…")
    lab.server.routes["/t.zip"] = Reply(body=stream.getvalue())
    query = {"url": f"{lab.server.url}/t.zip", "member": "taux.csv"}
    lab.offers({**EXPORT, "protocol": "plain", "query": query})
    assert lab.run() == 0
    entry = lab.entries[COVERAGE]
    assert hashlib.sha256(stream.getvalue()).hexdigest() in entry.note and "dossier/Taux.csv" in entry.note
    assert (lab.project.raw / entry.path).read_text(encoding="utf-8") == csv(*ROWS)


def test_day_of_the_publisher_names_a_rolling_vintage(lab):
    lab.offers(export(lab, id="cnaf_courant", vintage="{jour}", path="cnaf/courant.csv", replaces=[COVERAGE]))
    serve_export(lab, csv(*ROWS))
    assert lab.run() == 0
    assert (lab.entries["cnaf_courant"].vintage, lab.entries["cnaf_courant"].reference_date) == (
        "2026-10-01",
    ) * 2
    assert COVERAGE not in lab.entries and f"rend inutiles et retire : {COVERAGE}" in lab.text
    lab.entries.verify()


# --- other files with the same figures -----------------------------------------------------------------


def every_epci(project: Project) -> list[str]:
    """All rows of the republished coverage file, in its own layout."""
    return (ROOT / "data/raw/cnaf/txcouv_pe_epci_2023.csv").read_text(encoding="utf-8-sig").splitlines()


def test_republication_under_another_id_is_superseded(lab):
    """Its figures are all in the new file: it goes, and what changed is still told."""
    head, *rows = every_epci(lab.project)
    lab.offers(export(lab, id="cnaf_nouveau", vintage="2023-bis", path="cnaf/nouveau.csv"))
    serve_export(lab, "\ufeff" + "\n".join([head, *rows]) + "\n")
    assert lab.run() == 0
    assert f"rend inutiles et retire : {COVERAGE}" in lab.text and "aucun chiffre n’a changé" in lab.text
    assert COVERAGE not in lab.entries and not (lab.project.raw / "cnaf/txcouv_pe_epci_2023.csv").exists()
    lab.entries.verify()


def test_same_dataset_and_vintage_under_another_id_is_the_same_entry(lab):
    lab.offers(export(lab, id="autre_nom"))
    serve_export(lab, csv(*ROWS))
    assert lab.run() == 0
    assert "autre_nom" not in lab.entries and not lab.entries[COVERAGE].is_carried_over


def test_a_republication_stays_for_what_it_alone_gives(lab):
    """Common figures are read from the publisher's file, the others still from the republication."""
    from ctg_lib.build.store import build_store
    from ctg_lib.observations import Store

    lab.offers(export(lab, id="cnaf_nouveau", vintage="2023-bis", path="cnaf/nouveau.csv"))
    serve_export(lab, csv(*ROWS))
    assert lab.run() == 0
    assert COVERAGE in lab.entries and "retire" not in lab.text
    (lab.project.raw / "catalogue.yml").write_text("offers: []\n", encoding="utf-8")
    assert build_store(lab.project).built
    rows = Store(lab.project.store).read("txcouv_pe", variables=["txcouv"], levels=["epci"])
    rows = rows[rows["period"].eq("2023") & rows["breakdown"].eq("")].set_index("code")["source"]
    given = {line.split(";")[1] for line in ROWS if line.startswith("2023")}
    assert given and set(rows[rows.index.isin(given)]) == {"cnaf_nouveau"}
    assert set(rows[~rows.index.isin(given)]) == {COVERAGE}


def test_figures_of_two_files_of_the_publisher_are_refused(lab):
    text = lab.project.manifest.read_text(encoding="utf-8")
    start = text.index(f"- id: {COVERAGE}")
    text = text[:start] + text[start:].replace("provenance: carried_over", "provenance: published", 1)
    lab.project.manifest.write_text(text, encoding="utf-8")
    lab.offers(export(lab, id="cnaf_nouveau", vintage="2023-bis", path="cnaf/nouveau.csv"))
    serve_export(lab, csv(*ROWS))
    before = lab.snapshot()
    assert lab.run() == 1
    assert f"chiffres de ce fichier sont déjà donnés par {COVERAGE}" in lab.text
    assert f"retirez {COVERAGE} du manifeste" in lab.text
    assert lab.snapshot() == before


def test_territories_of_the_studies_are_asked_for_as_well(lab):
    """A republication gives way only to a file that holds what the project's studies need."""
    folder = lab.project.studies / LARZAC
    folder.mkdir(parents=True)
    (folder / "study.yml").write_text(f"territories: ['{LARZAC}']\n", encoding="utf-8")
    (lab.project.studies / "cassee").mkdir()
    (lab.project.studies / "cassee" / "study.yml").write_text("territories: [", encoding="utf-8")
    lab.offers(MELODI)
    serve_melodi(lab, births(lab.project))
    assert lab.run(territory=AFFRICAIN) == 0
    asked = lab.server.to(f"/melodi/data/{DATASET}")[-1]
    assert {f"EPCI-{LARZAC}*COM", f"EPCI-{AFFRICAIN}*COM"} <= set(asked.all("GEO"))


def test_a_file_that_forgets_a_departement_is_refused(lab):
    here = lab.entries[SCHOOLS]
    text = lab.entries.file(here).read_text(encoding="utf-8-sig")
    lab.offers(export(lab, id=SCHOOLS, dataset=here.dataset, vintage=here.vintage, layout=here.layout))
    serve_export(lab, text.replace("012;AVEYRON;0121524S", "034;HERAULT;0341524S").replace("12063", "34142"),
                 dataset=here.dataset)  # fmt: skip
    before = lab.snapshot()
    assert lab.run() == 1
    assert "ne donne plus rien pour département 12, que le fichier en place donne" in lab.text
    assert "--accept-losses" in lab.text and lab.snapshot() == before
    assert lab.run(accept_losses=True) == 0


def test_local_figures_are_never_replaced(lab):
    text = lab.project.manifest.read_text(encoding="utf-8")
    start = text.index(f"- id: {COVERAGE}")
    text = text[:start] + text[start:].replace("provenance: carried_over", "provenance: local", 1)
    lab.project.manifest.write_text(text, encoding="utf-8")
    lab.offers(export(lab))
    serve_export(lab, csv(*ROWS))
    assert lab.run() == 0 and "jamais remplacée" in lab.text and "Rien à télécharger." in lab.text


def test_layout_without_a_reader(lab):
    lab.offers(export(lab, layout="pas_encore"))
    serve_export(lab, csv(*ROWS))
    assert lab.run() == 0
    assert "pas de lecteur pour « pas_encore »" in lab.text and "Rien à télécharger." in lab.text


# --- bad input -----------------------------------------------------------------------------------------


def test_territory_or_national(lab):
    lab.offers(MELODI)
    for request in ({"territory": ""}, {"territory": LARZAC, "national": True}):
        with pytest.raises(BadInput, match="attend --territory CODE ou bien --national"):
            fetch(lab.project, Request(**request), World())


def test_unknown_names(lab):
    lab.offers(MELODI)
    serve_melodi(lab, births(lab.project))
    with pytest.raises(BadInput, match=r"--only : catalogue.yml ne connaît pas 'insee_naissance' .par exemple : "
                                       r"insee_naissances_2008_2025"):  # fmt: skip
        lab.run(only=("insee_naissance",))
    with pytest.raises(BadInput, match="24120090"):
        lab.run(territory="24120090")
    assert lab.run(only=(DATASET,), dry_run=True) == 0  # the publisher's own id is a name too


# --- the project's own catalogue -----------------------------------------------------------------------


def test_the_catalogue_of_the_project():
    catalogue = load_catalogue(ROOT / "data" / "raw" / "catalogue.yml")
    assert len(catalogue.offers) > 70
    for offer in catalogue.offers:
        assert "{vintage}" not in repr(offer), offer.id
        assert not unknown_to_readers(offer.layout), offer.id
        for address in [offer.query.get("url"), *catalogue.services.values()]:
            assert address is None or address.startswith("https://"), offer.id
    ids = {o.id for o in catalogue.offers}
    for entry in load_manifest(ROOT / "data" / "raw" / "manifest.yml"):
        clash = [o.id for o in catalogue.offers if o.path == entry.path and o.id != entry.id]
        assert not clash, (entry.id, clash)
    assert {BIRTHS, COVERAGE, SCHOOLS} <= ids


# --- nothing else opens a connection -------------------------------------------------------------------


@pytest.fixture
def no_network(monkeypatch):
    import socket

    def refuse(*_: object, **__: object):
        raise AssertionError("connexion ouverte")

    for owner, name in ((socket.socket, "connect"), (socket, "create_connection"), (socket, "getaddrinfo")):
        monkeypatch.setattr(owner, name, refuse)


def test_building_data_and_opening_a_study_open_no_connection(small, no_network):
    from ctg_lib.build.store import build_store
    from ctg_lib.study import open_study

    (small.raw / "catalogue.yml").write_text("offers: []\n", encoding="utf-8")  # not an unlisted file
    assert build_store(small).built
    study = open_study(LARZAC, small)
    assert study.references and len(study.neighbours) and study.as_of


@pytest.mark.slow
def test_reading_a_study_opens_no_connection(larzac, no_network):
    from ctg_lib.study import open_study

    study = open_study(larzac.id, larzac.project)
    assert study.value("taux_couverture").is_number
