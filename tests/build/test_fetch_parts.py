"""The parts of a fetch: the manifest edited as text, the journal, the comparison of figures, the catalogue."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from ctg_lib.build.fetch.catalogue import load_catalogue
from ctg_lib.build.fetch.check import columns_of, compare_columns, lost_places
from ctg_lib.build.fetch.files import edit_manifest, entry_block, folder, install, repair
from ctg_lib.build.fetch.numbers import compare, lines
from ctg_lib.build.fetch.plan import size_text
from ctg_lib.build.fetch.scope import Scope, scope_of
from ctg_lib.errors import BadInput, CtgError, RawDataError
from ctg_lib.manifest import Entry, load_manifest, sha256_of
from ctg_lib.project import Project

ENTRY = Entry(
    id="b", publisher="Insee", title="Titre : à deux points", short="Insee", dataset="DS", vintage="2023",
    reference_date="2023", address="https://exemple.fr/?GEO=EPCI-1%2ACOM", retrieved=date(2026, 11, 3),
    licence="LO", geography_year=2026, layout="melodi", path="insee/b.json", bytes=2, sha256="0" * 64,
    provenance="published", published_on=date(2026, 9, 1), checks=("lu",), rows={"2023 epci": 1},
    options={"territories": ["241200906"]}, note="Une note.",
)  # fmt: skip


def item(name: str, indent: str = "", quote: str = "") -> str:
    lines = [
        f"- id: {quote}{name}{quote}",
        f"  path: {name}.csv",
        "  checks:",
        "  - un",
        "  note: >-",
        "    plié",
        "",
    ]
    return "\n".join(indent + line if line else "" for line in lines)


HEAD = "# tête\nsources:\n"


# --- the manifest as text ------------------------------------------------------------------------------


@pytest.mark.parametrize("indent", ["", "  "])
@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_one_block_is_replaced(indent, quote):
    before, after = HEAD + item("a", indent), f"{indent}# sur c\n" + item("c", indent)
    text = edit_manifest(before + item("b", indent, quote) + "\n" + after, entry_block(ENTRY), "b")
    assert text.startswith(before) and text.endswith("\n" + after)
    found = yaml.safe_load(text)["sources"]
    assert [i["id"] for i in found] == ["a", "b", "c"]
    assert found[1] == yaml.safe_load(entry_block(ENTRY))[0]


def test_one_block_is_added_after_the_last():
    after = "# fin\nautre: 1\n"
    text = edit_manifest(HEAD + item("a") + after, entry_block(ENTRY), "b")
    assert text == HEAD + item("a") + entry_block(ENTRY) + after
    assert edit_manifest(HEAD + item("a").rstrip("\n"), entry_block(ENTRY), "b").count("- id: ") == 2
    assert [
        i["id"] for i in yaml.safe_load(edit_manifest("sources: []\n", entry_block(ENTRY), "b"))["sources"]
    ] == ["b"]


def test_blocks_are_removed():
    text = edit_manifest(
        HEAD + item("a") + item("b") + item("c"), entry_block(ENTRY), "b", ["a", "c", "inconnu"]
    )
    assert text == HEAD + entry_block(ENTRY)


def test_line_ends_of_windows_are_kept():
    text = edit_manifest((HEAD + item("a") + item("b")).replace("\n", "\r\n"), entry_block(ENTRY), "b")
    assert "\r\n" in text and "\n" not in text.replace("\r\n", "")


def test_id_need_not_come_first():
    odd = "- publisher: Insee\n  id: b\n  path: b.csv\n"
    assert edit_manifest(HEAD + item("a") + odd, entry_block(ENTRY), "b") == HEAD + item("a") + entry_block(
        ENTRY
    )


def test_manifest_that_cannot_be_edited_is_left_alone():
    with pytest.raises(RawDataError, match="ne peut pas être mise à jour sans toucher aux autres"):
        edit_manifest(HEAD + "- {id: b, path: b.csv}\n", entry_block(ENTRY), "b")


def test_block_is_what_the_manifest_reads(tmp_path):
    path = tmp_path / "manifest.yml"
    path.write_text("sources:\n" + entry_block(ENTRY), encoding="utf-8")
    assert load_manifest(path)["b"] == ENTRY


# --- in its place --------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path) -> Project:
    here = Project(tmp_path)
    old = replace(ENTRY, path="insee/b.csv", provenance="carried_over", carried_from="ailleurs")
    other = replace(ENTRY, id="c", path="c.csv")
    here.raw.mkdir(parents=True)
    entries = []
    for entry in (old, other):
        file = here.raw / entry.path
        file.parent.mkdir(exist_ok=True)
        file.write_text("x\n", encoding="utf-8")
        entries.append(replace(entry, sha256=sha256_of(file)))
    here.manifest.write_text(HEAD + "".join(map(entry_block, entries)), encoding="utf-8")
    load_manifest(here.manifest).verify()
    return here


def staged(project: Project, text: str = "{}") -> tuple[Path, Entry]:
    file = folder(project) / "stage" / ENTRY.path
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return file, replace(ENTRY, bytes=file.stat().st_size, sha256=sha256_of(file))


def test_install(project):
    install(project, *staged(project), ["c"])
    manifest = load_manifest(project.manifest)
    manifest.verify()
    assert [e.id for e in manifest] == ["b"] and not (project.raw / "c.csv").exists()
    assert not list(folder(project).glob("*.json"))


def test_interrupted_between_file_and_manifest(project, monkeypatch):
    from ctg_lib.build.fetch import files as fetch_files

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(fetch_files, "_finish", stop)
        with pytest.raises(KeyboardInterrupt):
            install(project, *staged(project))
    with pytest.raises(RawDataError):
        load_manifest(project.manifest).verify()
    by_hand = project.manifest.read_text(encoding="utf-8") + "# ajouté à la main entre-temps\n"
    project.manifest.write_text(by_hand, encoding="utf-8")
    assert repair(project) == "insee/b.json : mise en place interrompue, achevée"
    assert "# ajouté à la main entre-temps" in project.manifest.read_text(encoding="utf-8")
    load_manifest(project.manifest).verify()
    assert load_manifest(project.manifest)["b"].provenance == "published" and repair(project) == ""


def test_interrupted_before_the_file_arrived(project):
    journal = folder(project) / "journal.json"
    journal.parent.mkdir(parents=True)
    content = {"path": "insee/b.json", "sha256": "0", "id": "b", "block": "", "remove": [], "old": []}
    journal.write_text(json.dumps(content), encoding="utf-8")
    assert repair(project) == "" and not journal.exists()
    journal.write_text("{à moitié", encoding="utf-8")
    assert repair(project) == "" and not journal.exists()
    load_manifest(project.manifest).verify()


def test_raw_folder_on_another_disk(project, monkeypatch):
    import errno

    file, entry = staged(project)
    plain = type(file).replace

    def across(self: Path, target: Path) -> Path:
        if "stage" in self.parts:
            raise OSError(errno.EXDEV, "autre disque")
        return plain(self, target)

    monkeypatch.setattr(type(file), "replace", across)
    install(project, file, entry)
    load_manifest(project.manifest).verify()
    assert not file.exists()


def test_file_open_in_another_program(project, monkeypatch):
    file, entry = staged(project)

    def refuse(*_: object) -> None:
        raise PermissionError

    before = project.manifest.read_bytes()
    monkeypatch.setattr(type(file), "replace", refuse)
    with pytest.raises(
        CtgError, match=r"insee/b\.json ne peut pas être remplacé : ouvert dans un autre programme"
    ):
        install(project, file, entry)
    assert project.manifest.read_bytes() == before and repair(project) == ""


# --- what a new file no longer says --------------------------------------------------------------------


def place(level: str, code: str, status: str = "observed", breakdown: str = "") -> dict[str, str]:
    return {"level": level, "code": code, "status": status, "breakdown": breakdown}


def test_lost_places():
    old = pd.DataFrame([
        place("commune", "12063"), place("commune", "12168"), place("commune", "97105"), place("commune", "2A004"),
        place("departement", "30", "secret"), place("epci", "241200906"), place("epci", "200067155"),
        place("structure", "0341524S", breakdown="commune=34142;secteur=public"),
    ])  # fmt: skip
    assert lost_places(old, old) == ()
    # a commune and an EPCI less, a secret département less: nothing is lost
    less = old[old["code"].isin(["12063", "97105", "2A004", "0341524S"])]
    assert lost_places(old, less) == ()
    assert lost_places(old, less, ["EPCI-241200906", "EPCI-1", "EPCI-241200906*COM"]) == ("EPCI-241200906",)
    assert lost_places(old, less[:1]) == ("département 2A", "département 34", "département 971")


# --- the numbers ---------------------------------------------------------------------------------------


def figures(*rows: tuple[str, str, float | None, str]) -> pd.DataFrame:
    """Code, period, value, status of one variable."""
    frame = pd.DataFrame(rows, columns=["code", "period", "value", "status"])
    return frame.assign(
        dataset="DS", variable="POP", breakdown="", level="commune", value=frame["value"].astype(float)
    )


def test_what_changed():
    old = figures(
        ("12063", "2020", 100, "observed"), ("12063", "2021", 10, "observed"), ("12063", "2022", None, "secret"),
        ("12063", "2023", 7, "observed"), ("12168", "2020", 5, "observed"), ("12168", "2021", 4, "observed"),
    )  # fmt: skip
    new = figures(
        ("12063", "2020", 101, "observed"), ("12063", "2021", 30, "observed"), ("12063", "2022", 12, "observed"),
        ("12063", "2023", None, "secret"), ("12168", "2020", 5, "observed"), ("12168", "2024", 6, "observed"),
    )  # fmt: skip
    found = compare(old, new, ["12063"])
    [change] = found.changes
    assert (change.same, change.added, change.gone, change.changed) == (1, 1, 1, 4)
    assert (change.appeared, change.hidden, change.refined) == (1, 1, 0)
    assert found.largest[["period", "old", "new"]].fillna(-1).to_numpy().tolist() == [
        ["2022", -1, 12], ["2023", 7, -1], ["2021", 10, 30], ["2020", 100, 101],
    ]  # fmt: skip
    said = [line.replace("\u00a0", " ") for line in lines(found, {"12063": "La Cavalerie"})]
    assert said == [
        "DS, POP : 1 ajouté, 1 disparu, 4 changés, 1 identique (dont 1 désormais connus, 1 désormais tus)",
        "  La Cavalerie, POP, 2022 : secret statistique → 12",
        "  La Cavalerie, POP, 2023 : 7 → secret statistique",
        "  La Cavalerie, POP, 2021 : 10 → 30",
        "  La Cavalerie, POP, 2020 : 100 → 101",
    ]


def test_decimals_that_a_republication_had_dropped_are_not_changes():
    old = figures(("1", "a", 44.8, "observed"), ("1", "b", 689.1, "observed"), ("1", "c", 12.0, "observed"))
    new = figures(
        ("1", "a", 44.8467, "observed"), ("1", "b", 689.16, "observed"), ("1", "c", 12.0, "observed")
    )
    [change] = compare(old, new, rounded=True).changes
    assert (change.refined, change.changed, change.same) == (1, 1, 1)  # 689,16 would have been 689,2
    [change] = compare(old, new).changes
    assert (change.refined, change.changed) == (0, 2)


def test_nothing_changed():
    frame = figures(("1", "a", 1, "observed"), ("1", "b", None, "secret"))
    found = compare(frame, frame)
    assert found.unchanged and lines(found) == ["aucun chiffre n’a changé (2\u00a0chiffres comparés)"]
    assert not compare(frame.iloc[:0], frame).unchanged


def test_many_changes_are_counted_not_listed():
    old = figures(*((f"{n}", "a", n, "observed") for n in range(1, 20)))
    said = lines(compare(old, old.assign(value=old["value"] * 2)))
    assert len(said) == 7 and said[-1] == "  … et 14\u00a0autres changements sur ce territoire"
    assert math.isclose(compare(old, old.assign(value=old["value"] * 2)).largest["new"].iloc[0], 2)


# --- columns -------------------------------------------------------------------------------------------


def test_columns(tmp_path):
    a, b = tmp_path / "a.csv", tmp_path / "b.csv"
    a.write_text('\ufeff"a b";c\n1;2\n', encoding="utf-8")
    b.write_text("c,d\n1,2\n", encoding="utf-8")
    assert columns_of(a) == ("a b", "c")
    assert str(compare_columns(a, b)) == "colonne(s) nouvelle(s) : d ; colonne(s) disparue(s) : a b"
    assert not compare_columns(a, a) and not compare_columns(tmp_path / "absent.csv", a)
    xlsx = tmp_path / "c.xlsx"
    xlsx.write_bytes(b"PK")
    assert columns_of(xlsx) is None and not compare_columns(a, xlsx)
    answer = tmp_path / "d.json"
    content = {
        "observations": [{"dimensions": {"GEO": "x"}, "attributes": {"S": "A"}, "measures": {"V": {}}}]
    }
    answer.write_text(json.dumps(content), encoding="utf-8")
    assert columns_of(answer) == ("GEO", "S", "V")
    answer.write_text("[]x", encoding="utf-8")
    assert columns_of(answer) is None


# --- scope ---------------------------------------------------------------------------------------------

ROOT = Path(__file__).resolve().parents[2]


def test_scope_of_the_reference_territory():
    scope = scope_of(Project(ROOT), ["241200906"])
    assert scope.whole == scope.territories == ("241200906",) and len(scope.communes) == 16
    assert {"200067155", "200017341"} <= set(scope.neighbours) <= set(scope.compared)
    assert {"12", "34", "30"} <= set(scope.departements) and scope.regions == ("76",)


def test_codes_for_melodi():
    scope = Scope(("1",), ("Un",), ("1",), ("c1", "c2"), ("2",), ("2", "3"), ("12",), ("76",))
    every = scope.melodi(["commune", "epci", "departement", "region", "france"], ["FRANCE-F"])
    assert every == ["EPCI-1*COM", "EPCI-1", "EPCI-2", "EPCI-3", "DEP-12", "REG-76", "FRANCE-F"]
    # no EPCI level: the neighbours' communes, so that their totals can be made
    assert scope.melodi(["commune"], []) == ["EPCI-1*COM", "EPCI-2*COM"]
    parisian = replace(scope, whole=())
    assert parisian.melodi(["commune", "epci"], []) == ["COM-c1", "COM-c2", "EPCI-2", "EPCI-3"]


# --- the catalogue -------------------------------------------------------------------------------------

OFFER = """\
- id: x_{vintage}
  protocol: melodi
  publisher: Insee
  title: T
  short: S
  dataset: DS
  licence: LO
  geography_year: 2026
  layout: melodi
  path: x_{vintage}.zip
  verified: V
  query: {product: 'DS_{vintage}_CSV_FR', levels: [commune], territory_path: 'x_{vintage}.json'}
  vintages: [{vintage: '2022'}, {vintage: '2023', geography_year: 2027}]
"""


def catalogue(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "catalogue.yml"
    path.write_text("offers:\n" + text, encoding="utf-8")
    return path


def test_one_offer_per_vintage(tmp_path):
    first, second = load_catalogue(catalogue(tmp_path, OFFER)).offers
    assert (first.id, first.path, first.query["product"]) == ("x_2022", "x_2022.zip", "DS_2022_CSV_FR")
    assert (second.geography_year, second.vintage, second.reference_date) == (2027, "2023", "2023")
    assert first.by_territory


def test_on_request(tmp_path):
    found = load_catalogue(catalogue(tmp_path, OFFER + "  on_request: parce que\n  aliases: [DS_ANCIEN]\n"))
    assert found.choose([]) == [] and len(found.choose(["DS_ANCIEN"])) == 2
    assert [o.id for o in found.choose(["x_2023"])] == ["x_2023"]
    with pytest.raises(BadInput, match=r"ne connaît pas 'x_2024' .par exemple : x_202"):
        found.choose(["x_2024"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  verified: V\n", "", r"catalogue.yml, offre 1 .x_2022. : champs manquants : verified"),
        ("verified: V", "verified: X", "verified : trouvé 'X', attendu V, C, G"),
        ("protocol: melodi", "protocol: ftp", "protocol : trouvé 'ftp', attendu melodi, opendatasoft"),
        ("  title: T\n", "  title: T\n  titre: T\n", "champs inconnus : titre"),
        ("product: 'DS_{vintage}_CSV_FR', ", "", "query : champs manquants : product"),
        ("product: ", "produit: 1, product: ", "query : champs inconnus : produit"),
        ("levels: [commune]", "levels: [canton]", r"query.levels : trouvé \['canton'\]"),
        (", territory_path: 'x_{vintage}.json'", "", "« levels » sans « territory_path »"),
        ("id: x_{vintage}", "id: x", "id en double : x"),
        ("path: x_{vintage}", "path: x", "path en double : x.zip"),
        ("vintages: [", "vintages: [2022, ", "une liste de « vintage: … »"),
        ("  query: {", "  query: [{", "YAML illisible"),
    ],
)
def test_messages_of_the_catalogue(tmp_path, old, new, message):
    assert old in OFFER
    with pytest.raises(RawDataError, match=message):
        load_catalogue(catalogue(tmp_path, OFFER.replace(old, new)))


def test_no_catalogue(tmp_path):
    with pytest.raises(RawDataError, match="catalogue absent"):
        load_catalogue(tmp_path / "catalogue.yml")
    (tmp_path / "catalogue.yml").write_text("a: 1\n", encoding="utf-8")
    with pytest.raises(RawDataError, match="une liste « offers: » est attendue"):
        load_catalogue(tmp_path / "catalogue.yml")
    with pytest.raises(RawDataError, match="offre 1 : trouvé 'x', attendu un bloc"):
        load_catalogue(catalogue(tmp_path, "- x\n"))


def test_sizes():
    assert [size_text(n) for n in (1, 926_388, 13_413_554, 389_062_870, 2_500_000_000)] == [
        "1\u00a0octet", "926\u00a0Ko", "13,4\u00a0Mo", "389\u00a0Mo", "2,5\u00a0Go",
    ]  # fmt: skip
