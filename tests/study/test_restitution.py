"""What is shown to the committee follows its decisions: one changed decision changes all that comes after."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from ctg_lib.agreement.folder import Agreement
from ctg_lib.partnership.folder import Partnership
from ctg_lib.study.restitution import _Deck, _point, _span

LINES = {
    ("constats", "findings"): [
        {"id": f"K00{n}", "sentence": f"Constat {n}.", "state": state}
        for n, state in enumerate(("accepte", "reformule", "refuse", "accepte"), start=1)
    ],
    ("constats", "evidence"): [
        {"finding": "K001", "kind": "indicateur", "ref": "x", "said": "60,5 places pour 100 enfants."},
        {"finding": "K002", "kind": "parole", "ref": "y"}, {"finding": "K002", "kind": "parole", "ref": "z"},
        {"finding": "K002", "kind": "document", "ref": "D01", "sense": "contredit"},
    ],
    ("croisement", "needs"): [{"id": "N01", "findings": ("K001", "K003")}, {"id": "N02", "findings": ("K002",)}],
    ("croisement", "issues"): [
        {"id": "E01", "title": "Accueillir", "needs": ("N01",), "state": "valide"},
        {"id": "E02", "title": "Aller vers", "needs": ("N02",), "state": "valide"},
        {"id": "E03", "title": "Oublié", "state": "valide"},
    ],
    ("priorites", "decisions"): [
        {"issue": "E01", "decision": "retenu", "rank": 1, "reason": "Dit par tous.", "decided_on": pd.Timestamp("2027-02-09")},
        {"issue": "E02", "decision": "retenu", "rank": 2, "reason": "Grave.", "decided_on": pd.Timestamp("2027-02-09")},
    ],
    ("plan", "axes"): [{"id": "AX1", "title": "Axe un", "issues": ("E01",)}, {"id": "AX2", "title": "Axe deux", "issues": ("E02",)}],
    ("plan", "orientations"): [{"id": "OR1", "axis": "AX1"}, {"id": "OR2", "axis": "AX2"}],
    ("plan", "objectives"): [{"id": "OB1", "orientation": "OR1"}, {"id": "OB2", "orientation": "OR2"}],
    ("plan", "actions"): [
        {"id": "A01", "title": "Ouvrir tôt", "objective": "OB1", "issues": ("E01",), "state": "validee", "nature": "nouvelle"},
        {"id": "A02", "title": "Une équipe", "objective": "OB2", "issues": (), "state": "en_cours", "nature": "adaptee"},
        {"id": "A03", "title": "Plus tard", "objective": "OB2", "issues": ("E02",), "state": "projet", "nature": "nouvelle"},
    ],
    ("plan", "budget"): [
        {"action": "A01", "year": 2028, "kind": "depense", "item": "x", "amount": 1000.0},
        {"action": "A01", "year": 2028, "kind": "recette", "item": "x", "funder": "caf_ps", "amount": 400.0, "sure": "acquis"},
        {"action": "A01", "year": 2028, "kind": "recette", "item": "x", "funder": "epci", "amount": 500.0},
        {"action": "A02", "year": 2029, "kind": "depense", "item": "x", "amount": 9000.0},
        {"action": "A02", "year": 2029, "kind": "recette", "item": "x", "funder": "families", "amount": 9000.0},
    ],
    ("gouvernance", "scenarios"): [{"id": "SC1", "name": "un poste"}, {"id": "SC2", "name": "deux mi-temps"}],
    ("gouvernance", "posts"): [
        {"scenario": "SC2", "mission": "a", "fte": 0.5, "cost": 20000.0, "caf": 8000.0},
        {"scenario": "SC2", "mission": "b", "fte": 0.5, "cost": 21000.0},
    ],
    ("gouvernance", "decisions"): [
        {"id": "DE1", "decision": "Écrire à la Caf.", "state": "a_faire", "responsible": "coordination", "due": pd.Timestamp("2027-09-01")},
        {"id": "DE2", "decision": "Fini.", "state": "fait"},
    ],
}  # fmt: skip


def agreement(tmp_path, lines) -> Agreement:
    """What workbooks would give, made in memory."""
    bare = Agreement(tmp_path)
    tables: dict[str, dict[str, pd.DataFrame]] = {}
    for (book, sheet), rows in lines.items():
        known = bare.books[book][sheet]
        empty = known.empty()
        many = {f.name for f in known.fields if f.kind in ("references", "choices")}
        full = [
            {c: row.get(c, n if c == "row" else () if c in many else None) for c in empty.columns}
            for n, row in enumerate(rows, start=6)
        ]
        frame = pd.DataFrame(full, columns=empty.columns)
        for name in empty.columns:
            if name in many:
                continue
            text = not (
                pd.api.types.is_numeric_dtype(empty[name])
                or pd.api.types.is_datetime64_any_dtype(empty[name])
            )
            frame[name] = (
                frame[name].fillna("").astype("str") if text else frame[name].astype(empty[name].dtype)
            )
        tables.setdefault(book, {})[sheet] = frame
    filled = {b: SimpleNamespace(tables=t, file=bare.books[b].file) for b, t in tables.items()}
    return replace(bare, filled=filled)


def made(tmp_path, lines=LINES):
    study = SimpleNamespace(
        as_of=date(2027, 6, 15), agreement=agreement(tmp_path, lines), partnership=Partnership(tmp_path), fictif=False,
    )  # fmt: skip
    return _Deck(study)


def changed(issue: str, decision: str):
    rows = [r | {"decision": decision} if r["issue"] == issue else r for r in LINES["priorites", "decisions"]]
    return LINES | {("priorites", "decisions"): rows}


def test_findings_are_those_of_the_retained_issues_each_in_turn(tmp_path):
    (slide,) = made(tmp_path).findings()
    assert [p.text for p in slide.points] == ["Constat 1.", "Constat 2."]
    assert (
        slide.points[0].more == "60,5 places pour 100 enfants"
        and slide.points[1].more == "Preuves : parole d’acteurs (2)"
    )
    assert slide.title == "Deux constats parmi 3, ceux des enjeux retenus"


@pytest.mark.parametrize("decision", ["ecarte", "reporte"])
def test_one_changed_decision_changes_all_that_follows(tmp_path, decision):
    before, after = made(tmp_path), made(tmp_path, changed("E02", decision))
    assert [p.text for s in after.findings() for p in s.points] == ["Constat 1."]
    assert list(before.plan["id"]) == ["A01", "A02"] and list(after.plan["id"]) == ["A01"]
    (shown,) = after.actions()
    assert [row[1] for row in shown.grid.rows] == ["A01 – Ouvrir tôt"]
    assert shown.notes[-1].replace("\xa0", " ") == "1 action validée sans enjeu retenu, hors de ce plan."
    first, second = (
        next(iter(d.budget())).title.replace("\u202f", " ").replace("\xa0", " ") for d in (before, after)
    )
    assert first == "10 000 € de dépenses prévues de 2028 à 2029, dont 4 % attendus de la Caf"
    assert second == "1 000 € de dépenses prévues en 2028, dont 44 % attendus de la Caf"
    rows = {row[0]: row[1] for s in after.priorities() for row in s.grid.rows}
    assert rows == {
        "Accueillir": "retenu",
        "Aller vers": {"ecarte": "écarté", "reporte": "reporté"}[decision],
    }
    assert any("Enjeu reporté" in p.text for s in after.to_decide() for p in s.points) == (
        decision == "reporte"
    )


def test_a_budget_that_does_not_add_up_is_told_in_the_notes(tmp_path):
    (slide,) = made(tmp_path).budget()
    assert any("ne font pas les dépenses" in note for note in slide.notes)
    assert any("Recettes acquises : 400" in note for note in slide.notes)


def test_what_is_left_to_decide(tmp_path):
    (slide,) = made(tmp_path).to_decide()
    assert [p.text for p in slide.points] == [
        "Enjeu sans décision : Oublié", "Action en projet : A03 – Plus tard", "Organisation de la coordination",
        "Décidé, à faire : Écrire à la Caf",
    ]  # fmt: skip
    assert slide.points[-1].more == "coordination ; pour le 1er septembre 2027"


def test_scenarios_are_compared_and_none_is_retained_by_the_machine(tmp_path):
    (slide,) = made(tmp_path).governance()
    assert slide.title.endswith("aucune retenue")
    assert slide.grid.rows[0][1:] == ("–",) * 5 and slide.grid.rows[1][1] == "1,0"


def test_nothing_filled_gives_no_slide_of_the_agreement(tmp_path):
    deck = made(tmp_path, {})
    for name in ("priorities", "actions", "budget", "governance"):
        assert list(getattr(deck, name)()) == []


def test_messages_of_the_synthesis_become_points():
    point = _point("**Deux places sur trois** dépendent de [ceci](page.html){.x} \\* ici.")
    assert (point.text, point.more) == ("Deux places sur trois", "dépendent de ceci * ici.")
    assert _point("Sans gras.").text == "Sans gras."
    assert (
        _span(pd.Timestamp("2027-09-01"), pd.Timestamp("2031-12-31")) == "2027–2031"
        and _span(pd.NaT, pd.NaT) == "–"
    )
