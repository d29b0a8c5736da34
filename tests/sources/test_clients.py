"""Melodi, Opendatasoft, data.gouv.fr, plain files: what they ask, and what they say when it goes wrong."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import recorded_melodi as recorded
from loopback import Asked, FakeTime, Reply, Server

import ctg_lib
from ctg_lib.sources.clients import plain
from ctg_lib.sources.clients.datagouv import DataGouv
from ctg_lib.sources.clients.http import FetchError, Http
from ctg_lib.sources.clients.melodi import Melodi, NoObservation, UnknownDataset
from ctg_lib.sources.clients.opendatasoft import Opendatasoft, every, prefixes

POPREF = "DS_POPULATIONS_REFERENCE"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server():
    with Server() as running:
        yield running


@pytest.fixture
def http():
    with Http(clock=FakeTime().clock, timeout=5, limits={}) as session:
        yield session


def json_reply(content: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json"})


# --- Melodi --------------------------------------------------------------------------------------------


@pytest.fixture
def melodi(server, http):
    server.routes["/melodi/catalog/all"] = json_reply(recorded.CATALOG)
    return Melodi(http, server.url + "/melodi")


def test_melodi_catalogue_and_products(melodi, server):
    [product] = melodi.products(POPREF)
    assert (product.id, product.bytes) == ("DS_POPULATIONS_REFERENCE_2023_CSV_FR", 926388)
    assert product.modified == date(2025, 12, 17) == melodi.modified(POPREF)
    assert melodi.product(POPREF, product.id) == product
    assert len(server.to("/melodi/catalog/all")) == 1  # asked once


def test_melodi_vintage_that_was_replaced(melodi):
    with pytest.raises(FetchError, match=r"pas de fichier DS_POPULATIONS_REFERENCE_2021_CSV_FR ; le catalogue "
                                         r"offre DS_POPULATIONS_REFERENCE_2023_CSV_FR"):  # fmt: skip
        melodi.product(POPREF, "DS_POPULATIONS_REFERENCE_2021_CSV_FR")


def test_melodi_dataset_that_was_renamed(melodi):
    assert melodi.resolve("DS_RP_EDUCATION_PRINC", ["DS_RP_EDUCATION"]) == "DS_RP_EDUCATION"
    with pytest.raises(UnknownDataset, match=r"pas de jeu DS_RP_EDUCATIONS \(.*dont DS_RP_EDUCATION\)"):
        melodi.resolve("DS_RP_EDUCATIONS")


def test_melodi_codes(melodi, server):
    server.routes["/melodi/range/DS_IPCH_M"] = json_reply(recorded.RANGE)
    assert melodi.range("DS_IPCH_M") == {"OBS_STATUS": {"A": "Normale", "P": "Valeur provisoire"}}


def test_melodi_count(melodi, server):
    server.routes[f"/melodi/data/{POPREF}"] = json_reply(recorded.answer([], 106065))
    assert melodi.count(POPREF, ["EPCI-244400404*COM", "DEP-69"], {"POPREF_MEASURE": ["PMUN"]}) == 106065
    [asked] = server.to(f"/melodi/data/{POPREF}")
    assert asked.all("GEO") == ["EPCI-244400404*COM", "DEP-69"]  # repeated, and * survives
    assert asked.one("maxResult") == "0" and asked.one("totalCount") == "true"
    assert asked.one("POPREF_MEASURE") == "PMUN"


def test_melodi_one_page(melodi, server):
    server.routes[f"/melodi/data/{POPREF}"] = json_reply(recorded.answer(recorded.NANTES, 3))
    found = melodi.data(POPREF, ["COM-44109"])
    assert found["identifier"] == POPREF and found["paging"] == {"count": 3, "pages": 1}
    [asked] = server.to(f"/melodi/data/{POPREF}")
    assert asked.one("maxResult") == "100000" and asked.one("idTerritoire") == "true"
    values = {o["dimensions"]["POPREF_MEASURE"]: o["measures"]["OBS_VALUE_NIVEAU"]["value"]
              for o in found["observations"]}  # fmt: skip
    assert values == {"PMUN": 327734.0, "PTOT": 332515.0, "PCAP": 4781.0}  # Nantes, as recorded


def paged(rows: list[dict[str, Any]], size: int, count: int | None = None):
    def answer(asked: Asked) -> Reply:
        page = int(asked.one("page", "1"))
        part = rows[(page - 1) * size : page * size]
        found = recorded.answer(part, (count or len(rows)) if asked.one("totalCount") else None)
        if page * size < len(rows):
            found["paging"]["next"] = "https://api.insee.fr/melodi/data/…&page=" + str(page + 1)
        return json_reply(found)

    return answer


def test_melodi_pages_are_joined_in_one_stable_order(melodi, server):
    rows = [recorded.population(f"2025-COM-4410{n}", "PMUN", n) for n in (7, 3, 9, 1, 5)]
    server.routes[f"/melodi/data/{POPREF}"] = paged(rows, 2)
    found = melodi.data(POPREF, ["COM"], page_size=2)
    assert [o["measures"]["OBS_VALUE_NIVEAU"]["value"] for o in found["observations"]] == [1, 3, 5, 7, 9]
    assert found["paging"] == {"count": 5, "pages": 3}
    server.routes[f"/melodi/data/{POPREF}"] = paged(rows[::-1], 2)
    assert melodi.data(POPREF, ["COM"], page_size=2) == found


def test_melodi_pages_that_do_not_make_the_total(melodi, server):
    server.routes[f"/melodi/data/{POPREF}"] = paged(recorded.NANTES, 2, count=4)
    with pytest.raises(FetchError, match=r"3 observations reçues en 2 page\(s\), 4 annoncées"):
        melodi.data(POPREF, ["COM-44109"], page_size=2)


def test_melodi_says_that_it_found_nothing(melodi, server):
    server.routes[f"/melodi/data/{POPREF}"] = json_reply(recorded.answer([], 0))
    assert melodi.count(POPREF, ["COM-44109"], {"TIME_PERIOD": ["1900"]}) == 0
    with pytest.raises(NoObservation, match="aucune observation pour COM-44109"):
        melodi.data(POPREF, ["COM-44109"], {"TIME_PERIOD": ["1900"]})


def test_melodi_500_in_plain_text_is_an_unknown_dataset(melodi, server):
    text = {"Content-Type": "text/plain;charset=UTF-8"}
    reply = Reply(500, recorded.UNKNOWN_DATASET.encode(), text)
    server.routes["/melodi/data/DS_NEXISTEPAS"] = reply
    with pytest.raises(UnknownDataset, match=r"Melodi n’a pas de jeu DS_NEXISTEPAS .HTTP 500, « Le serveur a "
                                             r"rencontré une erreur inattendue. » ; le catalogue en a 2"):  # fmt: skip
        melodi.count("DS_NEXISTEPAS", ["COM-44109"])
    server.routes[f"/melodi/data/{POPREF}"] = reply
    with pytest.raises(FetchError, match="alors que le catalogue a ce jeu") as failed:
        melodi.count(POPREF, ["COM-44109"])
    assert not isinstance(failed.value, UnknownDataset)


@pytest.mark.parametrize("content", [{"paging": {}}, {"observations": [1], "paging": {}}, []])
def test_melodi_answer_of_another_shape(melodi, server, content):
    server.routes[f"/melodi/data/{POPREF}"] = json_reply(content)
    with pytest.raises(FetchError, match=r"observations|objet JSON"):
        melodi.data(POPREF, ["COM-44109"])


def test_melodi_answer_is_read_by_the_reader(melodi, server, tmp_path, entry):
    from ctg_lib.sources import melodi as reader

    rows = [*recorded.NANTES, recorded.population("2025-FRANCE-F", "PMUN", 1.0)]
    server.routes[f"/melodi/data/{POPREF}"] = paged(rows, 3)
    file = tmp_path / "reponse.json"
    file.write_text(json.dumps(melodi.data(POPREF, ["COM-44109"], page_size=3)), encoding="utf-8")
    frame = reader.read(file, entry(dataset=POPREF, options={"france": "FHM"}))
    assert sorted(zip(frame["level"], frame["code"], frame["variable"], frame["value"], strict=True)) == [
        ("commune", "44109", "PCAP", 4781.0), ("commune", "44109", "PMUN", 327734.0),
        ("commune", "44109", "PTOT", 332515.0), ("france", "FHM", "PMUN", 1.0),
    ]  # fmt: skip


# --- Opendatasoft --------------------------------------------------------------------------------------

FIELDS = [
    {"name": "annee", "type": "date"}, {"name": "numepci", "type": "text"},
    {"name": "txcouv_epci", "type": "double"}, {"name": "rang", "type": "int"},
    {"name": "geo", "type": "geo_point_2d"},
]  # fmt: skip
ABOUT = {
    "dataset_id": "jeu",
    "fields": FIELDS,
    "metas": {
        "default": {
            "title": "Taux", "license": "Licence Ouverte v2.0", "records_count": 1255,
            "modified": "2025-01-02T00:00:00+00:00", "data_processed": "2025-03-04T10:00:00+00:00",
        }
    },
}  # fmt: skip
JEU = "/api/explore/v2.1/catalog/datasets/jeu"


@pytest.fixture
def portal(server, http):
    server.routes[JEU] = json_reply(ABOUT)
    return Opendatasoft(http, server.url + "/api/explore/v2.1")


def test_ods_dataset(portal):
    about = portal.dataset("jeu")
    assert about.fields["annee"] == "date" and about.records == 1255
    assert (about.licence, about.modified) == ("Licence Ouverte v2.0", date(2025, 3, 4))


def test_ods_years_after_the_type_of_the_field(portal):
    about = portal.dataset("jeu")
    assert about.years("annee", [2022, 2023]) == "(year(annee)=2022 or year(annee)=2023)"
    assert about.years("rang", [2023]) == "(rang=2023)"
    assert about.years("numepci", [2023]) == '(numepci="2023")'
    with pytest.raises(FetchError, match=r"type du champ geo : trouvé 'geo_point_2d'"):
        about.years("geo", [2023])
    with pytest.raises(FetchError, match=r"champs absents : an .le jeu a annee, numepci"):
        about.years("an", [2023])


def test_ods_conditions():
    assert prefixes("numcomdo", ["12", "2A"]) == '(startswith(numcomdo,"12") or startswith(numcomdo,"2A"))'
    assert every("", "a=1", "", "b=2") == "a=1 and b=2" and every("") == ""


def test_ods_export(portal, server, tmp_path):
    server.routes[f"{JEU}/exports/csv"] = Reply(body="annee;numepci\n2023;241200906\n".encode("utf-8-sig"))
    done = portal.export(
        "jeu", tmp_path / "jeu.csv", select=["annee", "numepci"], where="year(annee)=2023",
        refine={"rang": "1"},
    )  # fmt: skip
    assert done.path.read_text(encoding="utf-8-sig").endswith("2023;241200906\n")
    [asked] = server.to(f"{JEU}/exports/csv")
    assert dict(asked.query) == {
        "lang": "fr", "timezone": "Europe/Paris", "use_labels": "false", "delimiter": ";",
        "select": "annee,numepci", "where": "year(annee)=2023", "refine": 'rang:"1"',
    }  # fmt: skip
    assert done.address == portal.export_address(
        "jeu", ["annee", "numepci"], "year(annee)=2023", {"rang": "1"}
    )


def test_ods_count_and_records(portal, server):
    rows = [{"n": n} for n in range(250)]

    def answer(asked: Asked) -> Reply:
        start, size = int(asked.one("offset", "0")), int(asked.one("limit"))
        return json_reply({"total_count": len(rows), "results": rows[start : start + size]})

    server.routes[f"{JEU}/records"] = answer
    assert portal.count("jeu", "annee=2023") == 250
    assert [r["n"] for r in portal.records("jeu")] == list(range(250))
    assert [a.one("offset") for a in server.to(f"{JEU}/records")[1:]] == ["0", "100", "200"]


def test_ods_records_stop_at_ten_thousand(portal, server):
    server.routes[f"{JEU}/records"] = json_reply({"total_count": 20000, "results": [{}] * 100})
    with pytest.raises(FetchError, match="20000 lignes ; /records n’en donne que 10000, il faut /exports"):
        list(portal.records("jeu"))
    assert len(server.to(f"{JEU}/records")) == 100


def test_ods_refusals(portal, server, tmp_path):
    refusal = {"error_code": "ODSQLError", "message": "Incompatible types for annee=2023"}
    server.routes[f"{JEU}/exports/csv"] = json_reply(refusal, 400)
    with pytest.raises(FetchError, match=r"refusée par le portail \(HTTP 400\) : Incompatible types"):
        portal.export("jeu", tmp_path / "x.csv", where="annee=2023")
    server.routes[f"{JEU}/records"] = json_reply(refusal, 400)
    with pytest.raises(FetchError, match="Incompatible types"):
        portal.count("jeu", "annee=2023")
    with pytest.raises(FetchError, match=r"n’a pas de jeu absent \(HTTP 404\)"):
        portal.dataset("absent")


# --- data.gouv.fr --------------------------------------------------------------------------------------

BODY = b"id;nom\n1;a\n"


def resource(key: str, title: str, **more: Any) -> dict[str, Any]:
    return {
        "id": key, "title": title, "format": "csv", "filetype": "file", "filesize": len(BODY),
        "checksum": {"type": "sha1", "value": hashlib.sha1(BODY).hexdigest()},
        "last_modified": "2026-08-01T04:00:00+00:00", "url": f"https://static.exemple.fr/{key}/{title}.csv",
        **more,
    }  # fmt: skip


@pytest.fixture
def gouv(server, http):
    items = [
        resource("r1", "Liste 2024"),
        resource("r2", "Liste 2025", last_modified="2026-09-01T04:00:00+00:00"),
        resource("r3", "Notice", format="pdf", url="https://ailleurs.exemple.fr/donnees-ftth-cu.csv"),
    ]
    server.routes["/api/1/datasets/jeu/"] = json_reply({"license": "lov2", "resources": items})
    return DataGouv(http, server.url + "/api/1")


def test_gouv_choice(gouv, server):
    assert gouv.choose("jeu", resource="r3").title == "Notice"
    assert gouv.choose("jeu", title="liste 2024", format="CSV").id == "r1"
    assert gouv.choose("jeu", title="liste", newest=True).id == "r2"
    assert gouv.choose("jeu", title=r"ftth-cu\.csv$").id == "r3"  # by the address it was uploaded to
    found = gouv.choose("jeu", resource="r1")
    assert found.url == f"{server.url}/api/1/datasets/r/r1" and found.licence == "lov2"
    assert found.modified == date(2026, 8, 1) and found.checksum == ("sha1", hashlib.sha1(BODY).hexdigest())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"title": "liste"},
            r"2 ressource\(s\) pour titre « liste » ; celles-ci : Liste 2024 \(csv\), Liste",
        ),
        (
            {"title": "autre", "format": "csv"},
            r"aucune ressource\(s\) pour titre « autre », csv ; le jeu offre",
        ),
        ({"resource": "r9"}, r"aucune ressource\(s\) pour ressource r9"),
    ],
)
def test_gouv_no_choice(gouv, arguments, message):
    with pytest.raises(FetchError, match=message):
        gouv.choose("jeu", **arguments)


def test_gouv_unknown_dataset(gouv):
    with pytest.raises(FetchError, match=r"n’a pas \(ou plus\) de jeu « absent » \(HTTP 404\)"):
        gouv.resources("absent")


def test_gouv_download_through_the_stable_address(gouv, server, tmp_path):
    server.routes["/api/1/datasets/r/r1"] = Reply(302, headers={"Location": "/fichier"})
    server.routes["/fichier"] = Reply(body=BODY)
    done = gouv.download(gouv.choose("jeu", resource="r1"), tmp_path / "f.csv")
    assert done.path.read_bytes() == BODY and done.address.endswith("/datasets/r/r1")
    server.routes["/fichier"] = Reply(body=BODY.replace(b"1;a", b"1;b"))
    with pytest.raises(FetchError, match=r"sha1 : trouvé .* donné par l’éditeur. Le fichier reçu est écarté"):
        gouv.download(gouv.choose("jeu", resource="r1"), tmp_path / "g.csv")


# --- plain files ---------------------------------------------------------------------------------------


def archive(path: Path, **members: str) -> Path:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        for name, text in members.items():
            out.writestr(name.replace("__", "/").replace("_csv", ".csv"), text)
    path.write_bytes(stream.getvalue())
    return path


def test_plain(server, http, tmp_path):
    server.routes["/f.zip"] = Reply(body=b"abc")
    assert plain.head(http, server.url + "/f.zip").bytes == 3
    assert plain.download(http, server.url + "/f.zip", tmp_path / "f.zip").bytes == 3


def test_member_of_an_archive(tmp_path):
    file = archive(tmp_path / "a.zip", FILO__DISP_COM_csv="a;b\n", FILO__PAUVRES_COM_csv="c\n")
    assert plain.extract(file, "disp_com.csv", tmp_path / "out" / "x.csv") == "FILO/DISP_COM.csv"
    assert (tmp_path / "out" / "x.csv").read_text(encoding="utf-8") == "a;b\n"
    with pytest.raises(FetchError, match=r"2 fichier\(s\) pour « \*_com.csv » .l’archive contient FILO"):
        plain.extract(file, "*_com.csv", tmp_path / "y.csv")
    with pytest.raises(FetchError, match="aucun fichier"):
        plain.extract(file, "autre.csv", tmp_path / "y.csv")


def test_damaged_archive(tmp_path):
    file = archive(tmp_path / "a.zip", x_csv="a;b\n" * 50)
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(FetchError, match="archive zip illisible ou abîmée"):
        plain.extract(file, "x.csv", tmp_path / "y.csv")


# --- nobody else uses the network ----------------------------------------------------------------------

NETWORK = {
    "httpx",
    "httpcore",
    "requests",
    "urllib3",
    "aiohttp",
    "socket",
    "ftplib",
    "urllib.request",
    "http.client",
}
LOCAL = ("build/warm/pool.py", "build/warm/server.py")


def test_only_the_clients_import_the_network() -> None:
    root = Path(ctg_lib.__file__).parent
    found = {}
    for path in sorted(root.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        names |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        if names & NETWORK:
            found[path.relative_to(root).as_posix()] = names & NETWORK
    # The warm engine's processes speak over pairs of unnamed sockets, which reach nothing outside the machine
    between_processes = {name: found.pop(name) for name in LOCAL if name in found}
    assert between_processes == {name: {"socket"} for name in LOCAL}
    assert found == {"sources/clients/http.py": {"httpx"}}
    for name in LOCAL:
        used = {
            n.attr
            for n in ast.walk(ast.parse((root / name).read_text(encoding="utf-8")))
            if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "socket"
        }
        assert used <= {"socket", "socketpair", "send_fds", "recv_fds", "SHUT_RDWR"}, name
        assert not {"connect", "connect_ex", "bind", "listen"} & {
            n.attr
            for n in ast.walk(ast.parse((root / name).read_text(encoding="utf-8")))
            if isinstance(n, ast.Attribute)
        }, name


def test_only_the_fetch_imports_the_clients() -> None:
    root = Path(ctg_lib.__file__).parent
    users = {
        p.relative_to(root).as_posix()
        for p in root.rglob("*.py")
        if "sources.clients" in p.read_text(encoding="utf-8") and "clients" not in p.parts
    }
    assert users and all(u.startswith("build/fetch") for u in users), users
    callers = {
        p.relative_to(root).as_posix()
        for p in root.rglob("*.py")
        if "ctg_lib.build.fetch" in p.read_text(encoding="utf-8") and p.parent.name != "fetch"
    }
    assert callers == {"cli/data.py", "cli/common.py"}
