"""What is shown to the committee follows its decisions: one changed decision changes all that comes after."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from ctg_lib.agreement.folder import Agreement
from ctg_lib.display.canvas import fit_names, longer_names
from ctg_lib.partnership.calendar import Step
from ctg_lib.partnership.folder import Partnership
from ctg_lib.study.chapters.synthese import Synthese
from ctg_lib.study.restitution.ahead import Ahead, coming_title
from ctg_lib.study.restitution.findings import Findings, crossed_words
from ctg_lib.study.restitution.messages import parted, point_of, sentences
from ctg_lib.study.restitution.plan import Decided, span
from ctg_lib.study.restitution.situation import NAMES
from ctg_lib.study.restitution.slide import Grid, Slide, paged
from ctg_lib.study.restitution.told import SOURCES, Told

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
    told = Told(study)
    found, decided, ahead = Findings(told), Decided(told), Ahead(told)
    return SimpleNamespace(
        plan=told.plan, findings=found.findings, priorities=decided.priorities, actions=decided.actions,
        budget=decided.budget, governance=decided.governance, to_do=ahead.to_do, to_decide=ahead.to_decide,
    )  # fmt: skip


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
    (slide,) = after.priorities()
    other = {"ecarte": "écarté", "reporte": "reporté"}[decision]
    assert slide.title.replace("\xa0", " ") == f"Le comité de pilotage a retenu 1 enjeu et {other} 1"
    assert any("Enjeu reporté" in p.text for s in after.to_decide() for p in s.points) == (
        decision == "reporte"
    )


def test_a_budget_that_does_not_add_up_is_told_in_the_notes(tmp_path):
    (slide,) = made(tmp_path).budget()
    assert any("ne font pas les dépenses" in note for note in slide.notes)
    assert any("Recettes acquises : 400" in note for note in slide.notes)


def test_what_is_left_to_decide_is_not_what_was_decided(tmp_path):
    deck = made(tmp_path)
    (slide,) = deck.to_decide()
    assert [p.text for p in slide.points] == [
        "Enjeu sans décision : Oublié", "Action en projet : A03 – Plus tard", "Organisation de la coordination",
    ]  # fmt: skip
    assert slide.title.replace("\xa0", " ") == "3 points à décider"
    (slide,) = deck.to_do()
    assert slide.title.replace("\xa0", " ") == "1 décision prise, encore à appliquer"
    assert [(p.text, p.more) for p in slide.points] == [
        ("Écrire à la Caf.", "Qui s’en charge : coordination ; pour le 1er septembre 2027")
    ]


def test_the_committee_is_shown_no_name_of_a_file(tmp_path):
    deck = made(tmp_path)
    for name in ("findings", "priorities", "actions", "budget", "governance", "to_do", "to_decide"):
        for slide in getattr(deck, name)():
            assert "au 15 juin 2027" in slide.source, name
            said = [slide.title, slide.lead, slide.source, *slide.notes]
            said += [words for point in slide.points for words in (point.text, point.more)]
            said += [cell for row in slide.grid.rows for cell in row] if slide.grid else []
            assert not [words for words in said if ".xlsx" in words or ".yml" in words], name
    assert not [words for words in SOURCES.values() if "." in words]


def test_scenarios_are_compared_and_none_is_retained_by_the_machine(tmp_path):
    (slide,) = made(tmp_path).governance()
    assert slide.title.endswith("aucune retenue")
    assert slide.grid.rows[0][1:] == ("–",) * 5 and slide.grid.rows[1][1] == "1,0"
    assert "dont l’intercommunalité" in slide.grid.heads


@pytest.mark.parametrize(
    ("first", "second", "title", "kept"),
    [
        ({"retained": "oui", "decided_on": pd.Timestamp("2027-04-06")}, {}, " ; retenue : un poste", [True, False]),
        (
            {"retained": "oui"}, {"retained": "non"},
            ", aucune encore décidée : « un poste » est sans date de décision", [False, False],
        ),
        (
            {"retained": "oui", "decided_on": pd.Timestamp("2027-04-06")}, {"retained": "oui"}, ", aucune retenue",
            [False, False],
        ),
    ],
)  # fmt: skip
def test_only_a_scenario_that_was_decided_is_said_to_be_retained(tmp_path, first, second, title, kept):
    known = LINES["gouvernance", "scenarios"]
    lines = LINES | {("gouvernance", "scenarios"): [known[0] | first, known[1] | second]}
    (slide,) = made(tmp_path, lines).governance()
    assert slide.title == f"2 organisations comparées{title}".replace("2 ", "2\u00a0", 1)
    assert ["(retenu)" in row[0] for row in slide.grid.rows] == kept


def test_nothing_filled_gives_no_slide_of_the_agreement(tmp_path):
    deck = made(tmp_path, {})
    for name in ("priorities", "actions", "budget", "governance", "to_do"):
        assert list(getattr(deck, name)()) == []


def test_a_message_is_a_whole_sentence_and_what_supports_it():
    assert parted("**Deux places sur trois** dépendent de [ceci](page.html){.x} \\* ici. Et cela.") == (
        "Deux places sur trois dépendent de ceci * ici.", ["Et cela."],
    )  # fmt: skip
    assert parted("Sans gras.") == ("Sans gras.", [])
    # of 241200906: cut after « accessible », its body began with a comma
    care = (
        "**5 communes sur 16 n’ont aucun médecin généraliste accessible**, au sens de la DREES (Le Clapier et "
        "Fondamente ; 750 habitants). La moyenne du territoire, 3,40 consultations, le cache."
    )
    point, rest = point_of(care)
    assert point.text.endswith("(Le Clapier et Fondamente ; 750 habitants).")
    assert point.more == "La moyenne du territoire, 3,40 consultations, le cache." and not rest
    # of two EPCI: « 20 152 habitants » alone was the message
    assert point_of("**20 152 habitants** en 2023, soit −0,1 % par an depuis 2017.")[0].text == (
        "20 152 habitants en 2023, soit −0,1 % par an depuis 2017."
    )
    # in bold before a colon: what is in bold is a sentence of its own
    head, others = parted(
        "**Les plus jeunes sont moins nombreux** : 250 pour **324** en 2023. L’école suivra."
    )
    assert (head, others) == (
        "Les plus jeunes sont moins nombreux.",
        ["250 pour 324 en 2023.", "L’école suivra."],
    )


def test_what_a_slide_cannot_hold_of_a_message_goes_to_the_notes():
    support = " ".join(f"{'Une phrase assez longue de plus' * 2} numéro {n}." for n in range(9))
    point, rest = point_of(f"**Le message.** {support}")
    assert point.text == "Le message." and 0 < len(point.more) <= 240
    assert f"{point.more} {rest}" == support
    assert sentences("Un (dit M. X. Deux). Trois « oui. Non » fin. 4 places.") == [
        "Un (dit M. X. Deux).", "Trois « oui. Non » fin.", "4 places.",
    ]  # fmt: skip


def test_missing_data_is_no_message(monkeypatch):
    """Of 241200906-2020: « Le nombre d’habitants n’est pas disponible » was told to the committee."""
    nothing = SimpleNamespace(is_number=False)
    study = SimpleNamespace(value=lambda *_: nothing, note=lambda *_: None)
    told = Synthese.__new__(Synthese)
    told.study = study
    absent = SimpleNamespace(
        distortion_message=lambda **_: "", children_message=lambda: "", ages_message=lambda: "",
        size_message=lambda: "Le nombre d’habitants n’est pas disponible pour ce territoire.",
        france_services_message=lambda: "La liste des structures France services n’est pas disponible.",
    )  # fmt: skip
    told.population = told.access = told.childcare = absent
    monkeypatch.setattr("ctg_lib.study.chapters.synthese.aside", lambda _: nullcontext())
    monkeypatch.setattr(Synthese, "_standing_out", lambda self, room: [])
    assert told.messages() == [] and len(told.messages(missing=True)) == 2
    monkeypatch.setattr("ctg_lib.study.restitution.findings.Synthese", lambda _: told)
    assert list(Findings(Told(study)).messages()) == []


def test_the_crossing_says_why_it_shows_fewer_needs_than_were_crossed():
    readings = ["convergence"] * 8 + ["partage"] * 3 + ["divergence"]
    title, lead = (s.replace("\xa0", " ") for s in crossed_words(readings, 16, retained=True))
    assert title == "12 besoins des enjeux retenus : les regards convergent sur 8, divergent sur 1"
    assert (
        lead
        == "16 besoins ont été croisés ; les 4 autres ne relèvent d’aucun enjeu retenu (voir la matrice)."
    )
    assert crossed_words(readings, 13, retained=True)[1].endswith(
        "l’autre ne relève d’aucun enjeu retenu (voir la matrice)."
    )
    assert crossed_words(readings, 12, retained=False)[1] == ""


def test_a_step_under_way_is_not_the_next_one():
    steps = tuple(
        Step(id=id, name=name, phase="", state=state)
        for id, name, state in (("E1", "Délibérations", "en_cours"), ("E2", "Signature", "prevu"))
    )
    assert coming_title(steps) == "En cours : Délibérations ; ensuite : Signature"
    long = replace(steps[1], name="Signature par tous ceux qui l’ont préparée " * 3)
    assert coming_title((steps[0], long)) == "En cours : Délibérations"
    assert coming_title(steps[1:]) == "Prochaine étape : Signature"


def test_a_long_table_goes_over_slides_as_even_as_they_can_be():
    slide = Slide("x", "Titre", grid=Grid(("a",), tuple((str(n),) for n in range(7)), (1,)))
    assert [len(s.grid.rows) for s in paged(slide, 6)] == [4, 3]
    assert [(s.id, s.title) for s in paged(slide, 6)] == [("x-1", "Titre (1/2)"), ("x-2", "Titre (2/2)")]
    assert paged(slide, 7) == (slide,)


def test_years_of_an_action():
    assert span(pd.Timestamp("2027-09-01"), pd.Timestamp("2031-12-31")) == "2027–2031"
    assert span(pd.NaT, pd.NaT) == "–"


def test_names_of_a_figure_take_fewer_lines_on_a_slide():
    names = ["Médiane de 22 intercommunalités du département ou limitrophes (2021)", "Ici"]
    usual, _ = fit_names(names, [False, False])
    with longer_names(NAMES):
        wide, margin = fit_names(names, [False, False])
    assert (usual[0].count("\n"), wide[0].count("\n")) == (2, 1) and margin <= NAMES + 16
    assert fit_names(names, [False, False])[0] == usual
