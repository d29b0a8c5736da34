"""Lines that name those of another sheet, by an identifier or by what people call them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.partnership.books import BOOKS
from ctg_lib.workbooks.links import resolve
from ctg_lib.workbooks.reading import Filled, frame_of

SERVICES = [
    {"row": 5, "id": "S01", "name": "Multi-accueil Les Exemples", "type": "eaje"},
    {"row": 6, "id": "S02", "name": "Accueil de loisirs d’Amont", "type": "alsh"},
    {"row": 7, "id": "S03", "name": "Accueil de loisirs de Combe", "type": "alsh"},
    {"row": 8, "id": "S004", "name": "Relais", "type": "rpe"},
]


def filled(book: str, **sheets: list[dict]) -> Filled:
    known = BOOKS[book]
    tables = {s.name: frame_of(s, sheets.get(s.name, [])) for s in known.sheets}
    return Filled(known, known.file, known.version, tables, (), {"money": "Argent"})


def money(*services: str) -> tuple[list[str], list[str]]:
    """Services of financing lines once resolved, and what is told."""
    lines = [
        {
            "row": 5 + n,
            "service": text,
            "year": 2025.0,
            "nature": "realise",
            "offer": "maintenue",
            "remark": str(n),
        }
        for n, text in enumerate(services)
    ]
    out, told = resolve(
        {"offre": filled("offre", services=SERVICES), "financement": filled("financement", money=lines)}
    )
    return out["financement"].tables["money"]["service"].tolist(), [f"{p.severity} {p}" for p in told]


def test_identifiers_are_left_as_they_are() -> None:
    assert money("S01", "S02") == (["S01", "S02"], [])


def test_zeros_and_dashes_do_not_matter() -> None:
    assert money("S1", "S-02", "S4") == (["S01", "S02", "S004"], [])


def test_zeros_matter_where_both_exist() -> None:
    both = [*SERVICES, {"row": 9, "id": "S1", "name": "Autre", "type": "laep"}]
    lines = [{"row": 5, "service": "S001"}, {"row": 6, "service": "S1"}]
    out, told = resolve(
        {"offre": filled("offre", services=both), "financement": filled("financement", money=lines)}
    )
    assert out["financement"].tables["money"]["service"].tolist() == ["S001", "S1"] and told == []


def test_a_name_its_beginning_and_the_only_one_of_a_type() -> None:
    found, told = money("multi accueil les exemples", "Multi-accueil", "RPE")
    assert found == ["S01", "S01", "S004"]
    assert told == [
        "warning financement.xlsx, feuille « Argent », ligne 5, colonne « Service » : trouvé « multi accueil les exemples », "
        "attendu un identifiant ; lu comme S01 (« Multi-accueil Les Exemples »)",
        "warning financement.xlsx, feuille « Argent », ligne 6, colonne « Service » : trouvé « Multi-accueil », "
        "attendu un identifiant ; lu comme S01 (« Multi-accueil Les Exemples »)",
        "warning financement.xlsx, feuille « Argent », ligne 7, colonne « Service » : trouvé « RPE », "
        "attendu un identifiant ; lu comme S004 (« Relais »)",
        "error financement.xlsx, feuille « Argent », ligne 6, colonne « Service » : trouvé « S01 ; 2025 ; realise ; "
        "maintenue », attendu une seule ligne pour « Service », « Année », « Nature des montants », « Offre » ; déjà ligne 5",
    ]


def test_what_stands_for_several_or_none_stays_as_typed() -> None:
    for text in ("Accueil de loisirs", "ALSH", "S99", "Piscine municipale", "S"):
        assert money(text) == ([text], [])


def test_several_references_in_a_cell() -> None:
    documents = [
        {"row": 5, "id": "D01", "title": "Statuts"},
        {"row": 6, "id": "D02", "title": "Rapport d’activité"},
    ]
    actions = [{"row": 5, "id": "B01", "documents": ("D1", "rapport d’activité", "D01")}]
    out, told = resolve(
        {"documents": filled("documents", documents=documents), "bilan": filled("bilan", actions=actions)}
    )
    assert out["bilan"].tables["actions"]["documents"].tolist() == [("D01", "D02")] and len(told) == 1


def test_a_party_by_what_it_is() -> None:
    parties = [
        {"row": 5, "id": "P01", "name": "Communauté de communes d’Amont", "type": "epci"},
        {"row": 6, "id": "P02", "name": "Commune d’Amont", "type": "commune"},
        {"row": 7, "id": "P03", "name": "Commune de Combe", "type": "commune"},
    ]
    for text, found in {
        "CC": "P01",
        "communauté de communes": "P01",
        "mairie": "mairie",
        "commune": "commune",
    }.items():
        lines = [{"row": 5, "competence": "rpe", "holder": text}]
        out, _ = resolve({"parties": filled("parties", parties=parties, competences=lines)})
        assert out["parties"].tables["competences"]["holder"].tolist() == [found]


def test_without_the_other_workbook_nothing_changes() -> None:
    lines = [{"row": 5, "service": "Multi-accueil"}]
    out, told = resolve({"financement": filled("financement", money=lines)})
    assert out["financement"].tables["money"]["service"].tolist() == ["Multi-accueil"] and told == []


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(max_size=60), max_size=6), st.lists(st.text(max_size=60), max_size=6))
def test_whatever_is_written_nothing_is_lost(names: list[str], cited: list[str]) -> None:
    services = [{"row": n, "id": f"S{n}", "name": name} for n, name in enumerate(names, 5)]
    lines = [{"row": n, "service": text} for n, text in enumerate(cited, 5)]
    out, told = resolve(
        {"offre": filled("offre", services=services), "financement": filled("financement", money=lines)}
    )
    found = out["financement"].tables["money"]["service"].tolist()
    ids = {line["id"] for line in services}
    assert all(new == old or new in ids for new, old in zip(found, cited, strict=True))
    assert all(p.row and p.expected for p in told)
