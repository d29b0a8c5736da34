"""Workbooks of what was said are read whole, and each thing that does not agree is told once."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest
from actors_written import AS_OF, BEFORE, COMMUNES, SECTEURS, excerpt, interview, read, write
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.consultation.actors import EXCERPT_COLUMNS, MEETING_COLUMNS
from ctg_lib.consultation.books import actor_books
from ctg_lib.consultation.folder import load
from ctg_lib.consultation.reading_actors import read_actors
from ctg_lib.consultation.scheme import common_scheme
from ctg_lib.workbooks.schema import Workbook

LATER = pd.Timestamp(2026, 12, 1)
FULL = {
    "entretiens.meetings": [interview(themes=("petite_enfance",), secteur="Amont", function="directrice du lieu", second_coder="oui")],
    "entretiens.excerpts": [
        excerpt(quote="On refuse du monde.", agreed="oui", proofread="oui"),
        excerpt(coder="B", strength="3"),
    ],
    "rencontres.meetings": [{"id": "R01", "date": BEFORE, "state": "tenu", "title": "Grandir", "commune": "90002"}],
    "rencontres.present": [
        {"meeting": "R01", "group": "associations", "people": 4},
        {"meeting": "R01", "group": "parents", "people": 2},
    ],
    "rencontres.excerpts": [
        excerpt(meeting="R01", group="associations", rubric="difficultes", kind=""),
        excerpt("X02", meeting="R01", group="plusieurs", rubric="besoins", kind="", need="", theme="jeunesse"),
    ],
    "forums.meetings": [{"id": "F01", "date": BEFORE, "title": "Habiter", "people": 20, "each": 2}],
    "forums.excerpts": [excerpt(meeting="F01")],
    "forums.votes": [{"meeting": "F01", "proposal": "Une navette", "need": "tr_mobilite", "votes": 12, "voters": 18}],
    "seminaire.meetings": [{"id": "S01", "date": LATER, "state": "prévu", "title": "Choisir"}],
    "seminaire.proposals": [{"id": "P01", "meeting": "S01", "title": "Une maison", "theme": "petite_enfance"}],
}  # fmt: skip
FULL["seminaire.meetings"][0]["state"] = "prevu"


def said(folder, **more) -> list[str]:
    return [str(p) for p in read(folder, **more).problems]


def test_a_whole_folder_is_read(tmp_path) -> None:
    found = read(write(tmp_path, FULL))
    assert [str(p) for p in found.problems] == []
    assert list(found.meetings.columns) == list(MEETING_COLUMNS)
    assert list(found.excerpts.columns) == list(EXCERPT_COLUMNS) == list(found.twice.columns)
    assert found.meetings["id"].tolist() == ["E01", "R01", "F01", "S01"]
    assert found.meetings["state"].tolist() == ["tenu", "tenu", "tenu", "prevu"]
    assert found.meetings["group"].tolist() == ["petite_enfance", "plusieurs", "habitants", "elus"]
    assert found.meetings["people"].tolist()[:3] == [1, 6, 20]
    assert found.meetings["planned"].tolist()[3] == LATER and pd.isna(found.meetings["date"].tolist()[3])
    assert found.meetings["themes"].tolist()[0] == ("petite_enfance",)
    assert found.excerpts["id"].tolist() == ["X01", "rencontre X01", "X02", "forum X01"]
    assert found.excerpts["kind"].tolist() == ["besoin", "frein", "besoin", "besoin"]
    assert found.excerpts["group"].tolist() == ["petite_enfance", "associations", "plusieurs", "habitants"]
    assert found.excerpts["theme"].tolist() == [
        "petite_enfance",
        "petite_enfance",
        "jeunesse",
        "petite_enfance",
    ]
    assert found.excerpts["secteur"].tolist()[0] == "Amont"
    assert found.excerpts["function"].tolist() == ["directrice du lieu", "", "", ""]
    assert found.excerpts["agreed"].tolist() == [True, False, False, False]
    assert found.twice[["id", "strength", "coder"]].values.tolist() == [["X01", 3.0, "B"]]
    assert found.present.values.tolist() == [
        ["E01", "petite_enfance", 1], ["R01", "associations", 4], ["R01", "parents", 2], ["F01", "habitants", 20],
    ]  # fmt: skip
    assert found.votes[["meeting", "theme", "college", "votes", "voters", "each"]].values.tolist() == [
        ["F01", "transversal", "habitants", 12, 18, 2]
    ]
    assert found.scheme == common_scheme().pairs


def test_the_folder_of_a_study_holds_them(tmp_path) -> None:
    (tmp_path / "consultation").mkdir()
    write(tmp_path / "consultation", FULL | {"entretiens.excerpts": [excerpt(meeting="E09")]})
    (tmp_path / "consultation" / "besoins.yml").write_text("besoins: 3", encoding="utf-8")
    found = load(tmp_path, communes=COMMUNES, secteurs=dict.fromkeys(SECTEURS, ()), as_of=AS_OF)
    assert not found.empty and len(found.actors.meetings) == 4
    assert {p.file for p in found.problems} == {"besoins.yml", "entretiens.xlsx"}
    assert "présents" in found.recorded["part"].tolist()
    assert load(tmp_path / "autre", communes={}, secteurs={}, as_of=AS_OF).empty


def test_a_folder_that_holds_nothing(tmp_path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        found = read(folder)
        assert found.empty and not found.problems and list(found.votes.columns)[-1] == "each"


def case(expected: str, **tables):
    """Tables over those of a sound pair of interview and excerpt."""
    base = {"entretiens.meetings": [interview()], "entretiens.excerpts": [excerpt()]}
    return pytest.param(
        expected, base | {k.replace("__", "."): v for k, v in tables.items()}, id=expected[:30]
    )


MEET = {"id": "F01", "date": BEFORE, "state": "tenu", "title": "Habiter"}


@pytest.mark.parametrize(
    ("expected", "tables"),
    [
        case("un identifiant de la feuille « Entretiens » ; l’extrait n’est pas repris",
             entretiens__excerpts=[excerpt(meeting="E09")]),
        case("une date au plus tard le 01/11/2026", entretiens__meetings=[interview(date=LATER)]),
        case("« tenu » ou « annulé » : la date est passée", entretiens__meetings=[interview(state="prevu")], entretiens__excerpts=[]),
        case("« tenu » : des contenus lui sont rattachés", entretiens__meetings=[interview(state="annule")]),
        case("sans les deux, la citation va au groupe", entretiens__excerpts=[excerpt(function="une agente")]),
        case("« oui » ou « non » ; la citation n’est reprise que sous le nom du groupe",
             entretiens__excerpts=[excerpt(quote="On attend.")]),
        case("« oui », une fois la citation relue", entretiens__excerpts=[excerpt(quote="On attend.", agreed="oui")]),
        case("des extraits codés « B »", entretiens__meetings=[interview(second_coder="oui")]),
        case("une ligne « A » de même identifiant", entretiens__excerpts=[excerpt(coder="B")]),
        case("un autre identifiant, ou « B »", entretiens__excerpts=[excerpt(coder="A"), excerpt()]),
        case("aucune donnée sur une personne", entretiens__excerpts=[excerpt(summary="Mme Exemple attend.")]),
        case("aucune donnée sur une personne", entretiens__meetings=[interview(function="agente, 01 99 00 12 34")]),
        case("le thème du besoin ; c’est lui qui est retenu", entretiens__excerpts=[excerpt(theme="jeunesse")]),
        case("un besoin de la grille, ou au moins un thème", entretiens__excerpts=[excerpt(need="")]),
        case("un groupe présent à cette rencontre", entretiens__excerpts=[excerpt(group="parents")]),
        case("un identifiant qu’aucun autre classeur n’emploie", forums__meetings=[MEET | {"id": "E01"}]),
        case("la nature : cette rubrique n’en a pas à elle", rencontres__meetings=[MEET | {"id": "R01"}],
             rencontres__excerpts=[excerpt(meeting="R01", group="elus", rubric="specificites", kind="")]),
        case("au moins 4, la somme de la feuille « Présents »", forums__meetings=[MEET | {"people": 3}],
             forums__present=[{"meeting": "F01", "group": "parents", "people": 4}]),
        case("18 au plus, pour 18 votants, une voix chacun", forums__meetings=[MEET],
             forums__votes=[{"meeting": "F01", "proposal": "Une navette", "theme": "transversal", "votes": 19, "voters": 18}]),
        case("18, comme aux autres lignes de ce vote", forums__meetings=[MEET], forums__votes=[
            {"meeting": "F01", "proposal": p, "theme": "transversal", "votes": 2, "voters": v}
            for p, v in (("Une", 18), ("Deux", 18), ("Trois", 17))]),
        case("36 au plus : 18 votants, 2 voix chacun", forums__meetings=[MEET | {"each": 2}], forums__votes=[
            {"meeting": "F01", "proposal": p, "theme": "transversal", "votes": v, "voters": 18} for p, v in (("Une", 18), ("Deux", 19))]),
        case("un identifiant de la feuille « Propositions »", seminaire__meetings=[MEET | {"id": "S01"}],
             seminaire__votes=[{"proposal": "P09", "college": "elus", "votes": 1, "voters": 18}]),
        case("un identifiant de la feuille « Séminaires » ; la proposition n’est pas reprise",
             seminaire__meetings=[MEET | {"id": "S01"}], seminaire__proposals=[{"id": "P01", "meeting": "S09", "title": "Une"}]),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_told(tmp_path, expected: str, tables) -> None:
    found = said(write(tmp_path, tables))
    assert [text for text in found if expected in text], found
    assert len(found) == len(set(found))


def test_a_secteur_of_a_study_without_any_is_told(tmp_path) -> None:
    write(tmp_path, {"entretiens.meetings": [interview(secteur="Amont")]}, secteurs=())
    assert any("l’étude n’a pas de secteurs" in text for text in said(tmp_path, secteurs=()))


def test_people_never_go_further(tmp_path) -> None:
    lines = [
        excerpt(
            summary="Mme Exemple attend une place",
            quote="Appelez le 01 99 00 12 34",
            agreed="oui",
            proofread="oui",
        ),
        excerpt("X02", quote="Rien à cacher", agreed="non"),
    ]
    found = read(write(tmp_path, {"entretiens.meetings": [interview()], "entretiens.excerpts": lines}))
    text = found.excerpts.to_csv() + "".join(str(p) for p in found.problems)
    assert "Exemple" not in text and "01 99" not in text and "Rien à cacher" not in text
    assert len([p for p in found.problems if "personne" in str(p)]) == 2  # once each, not again by the reader


def test_an_unknown_need_is_told_with_the_nearest(tmp_path) -> None:
    write(
        tmp_path,
        {"entretiens.meetings": [interview()], "entretiens.excerpts": [excerpt(theme="petite_enfance")]},
    )
    for typed, near in (("pe_plasse", "pe_places"), ("qqq", "")):
        _type(tmp_path / "entretiens.xlsx", typed)
        found = [text for text in said(tmp_path) if "colonne « Besoin »" in text]
        assert len(found) == 1 and "un besoin de la grille" in found[0], found
        assert (f"peut-être {near}" in found[0]) if near else "peut-être" not in found[0]
    for typed in (
        "places d’accueil avant 3 ans",
        "PE_PLACES",
        "Petite enfance : places d'accueil avant 3 ans",
    ):
        _type(tmp_path / "entretiens.xlsx", typed)
        assert said(tmp_path) == [] and read(tmp_path).excerpts["need"].tolist() == ["pe_places"]


def _type(path, text: str) -> None:
    """Write over the need of the first excerpt."""
    file = openpyxl.load_workbook(path)
    sheet = file["Extraits"]
    column = next(c.column for row in sheet.iter_rows(max_row=8) for c in row if c.value == "Besoin")
    row = next(c.row for c in sheet["A"] if c.value == "X01")
    sheet.cell(row, column).value = text
    file.save(path)


def test_a_study_codes_by_its_own_needs(tmp_path) -> None:
    (tmp_path / "besoins.yml").write_text(
        "besoins: {jeunesse: [{code: je_exemple, libelle: besoin d’exemple, definition: Inventé., "
        "publics: [parents], nature: lieux}]}",
        encoding="utf-8",
    )
    from ctg_lib.consultation.scheme import load_scheme

    scheme, problems = load_scheme(tmp_path)
    assert not problems
    lines = {"entretiens.meetings": [interview()], "entretiens.excerpts": [excerpt(need="je_exemple")]}
    found = read(write(tmp_path, lines, scheme=scheme))
    assert not found.problems and found.excerpts["theme"].tolist() == ["jeunesse"]
    assert found.scheme["je_exemple"] == ("jeunesse", "besoin d’exemple")


def test_a_workbook_named_after_someone_is_told_without_the_name(tmp_path) -> None:
    write(tmp_path, {"entretiens.meetings": [interview(title="Mme Exemple")]})
    (tmp_path / "entretiens.xlsx").rename(tmp_path / "Quidamine Fanchonnet.xlsx")
    texts = said(tmp_path)
    assert len(texts) >= 2 and "fichier n° 1 (.xlsx)" in texts[0] and len(read(tmp_path).meetings) == 1
    write(tmp_path, {"entretiens.meetings": [interview("E02")]})
    texts += said(tmp_path)
    assert not [text for text in texts if "quidamine" in text.lower()]


def test_another_name_and_a_second_file_are_told(tmp_path) -> None:
    write(tmp_path, {"entretiens.meetings": [interview()]})
    (tmp_path / "entretiens.xlsx").rename(tmp_path / "entretiens (copie).xlsx")
    (text,) = said(tmp_path)
    assert "sous un autre nom" in text and len(read(tmp_path).meetings) == 1
    write(tmp_path, {"entretiens.meetings": [interview("E02")]})
    (text,) = said(tmp_path)
    assert "un second classeur" in text and read(tmp_path).meetings["id"].tolist() == ["E02"]


def test_names_of_meetings_stand_for_their_identifiers(tmp_path) -> None:
    tables = {
        "forums.meetings": [MEET],
        "forums.excerpts": [excerpt(meeting="Habiter ensemble"), excerpt("X02", meeting="f1")],
    }
    tables["forums.meetings"] = [MEET | {"title": "Habiter ensemble"}]
    found = read(write(tmp_path, tables))
    assert found.excerpts["meeting"].tolist() == ["F01", "F01"]


@pytest.mark.parametrize("book", list(actor_books().values()), ids=lambda b: b.id)
def test_columns_and_helps(book: Workbook) -> None:
    for sheet in book.sheets:
        labels = [field.label for field in sheet.fields]
        assert len(set(labels)) == len(labels) and len(sheet.title) <= 31 and sheet.intro.endswith(".")
        for field in sheet.fields:
            assert not field.help or field.help[-1] in ".)", field.help
            assert field.label not in ("Nom", "Prénom", "Téléphone", "Courriel", "Adresse")
    labels = [field.label for field in book["excerpts"].fields]
    assert {"Accord pour être cité", "Relu par la personne"} <= set(labels)


CELLS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.integers(-5, 2000),
    st.sampled_from(["X01", "E01", "oui", "pe_places", "A", "B"]),
)


@settings(max_examples=25)
@given(
    lines=st.lists(st.lists(CELLS, min_size=16, max_size=16), max_size=4),
    meetings=st.lists(st.lists(CELLS, min_size=10, max_size=10), max_size=3),
)
def test_nothing_in_a_file_raises(tmp_path_factory, lines, meetings) -> None:
    folder = tmp_path_factory.mktemp("quelconque")
    book = actor_books(secteurs=SECTEURS)["entretiens"]
    file = openpyxl.Workbook()
    for sheet, rows in (("meetings", meetings), ("excerpts", lines)):
        tab = file.create_sheet(book[sheet].title)
        tab.append([field.label for field in book[sheet].fields])
        for row in rows:
            tab.append([_clean(cell) for cell in row])
    file.save(folder / "entretiens.xlsx")
    found = read_actors(folder, COMMUNES, SECTEURS, common_scheme(), AS_OF)
    assert len(found.excerpts) + len(found.twice) <= len(lines)
    assert set(found.excerpts["meeting"]) <= set(found.meetings["id"])
    assert found.meetings["id"].is_unique and found.excerpts["id"].is_unique


def _clean(cell):
    """What a spreadsheet can hold."""
    return (
        "".join(c for c in cell if c.isprintable() and not "\ud800" <= c <= "\udfff")
        if isinstance(cell, str)
        else cell
    )
