"""Chapter 15: the committee's decisions first; then an aid, which never decides. Lines are made up."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from priorities_written import (
    CRITERIA,
    DECISIONS,
    FIXED,
    ISSUES,
    SCORED,
    SCORES,
    VOTES,
    agreed,
    decision,
    scored,
    voted,
)

from ctg_lib.display.figure import Figure
from ctg_lib.display.table import Table
from ctg_lib.partnership.folder import Partnership
from ctg_lib.study.chapters.priorites import Priorites

CELLS = (
    "essentiel", "chiffres_cles", "decisions_dites", "decisions", "ecartes", "criteres_dits", "criteres", "notes_dites", "notes",
    "desaccords", "classements_dits", "classements", "fourchettes", "renversements", "sans_un_critere", "points_de_vigilance", "ce_qui_manque",
    "questions_du_groupe",
)  # fmt: skip
EMPTY = {"criteria": [], "scores": [], "votes": [], "decisions": []}


def page(*, fictif=True, problems=(), **sheets) -> Priorites:
    study = SimpleNamespace(
        id="demo", agreement=agreed(**sheets), partnership=Partnership(Path("nowhere")), fictif=fictif, as_of=date(2027, 6, 15),
        problems=problems, folder_problems=problems, calendar=None, horizon=SimpleNamespace(sentence=lambda: ""),
    )  # fmt: skip
    return Priorites(study)  # type: ignore[arg-type]


def words(found) -> str:
    """All that an output says, spaces made plain."""
    if isinstance(found, Table):
        text = found.to_markdown()
    elif isinstance(found, Figure):
        text = " ".join((found.title, found.subtitle, found.alt, *found.notes, str(found.source)))
    else:
        text = str(found.ctg.get("text", found.ctg))
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_decision_comes_first() -> None:
    said = words(page().essentiel())
    assert said.index("Le comité de pilotage retient 2 enjeux sur 3, le 9 février 2027") < said.index(
        "Les collèges s’écartent"
    )
    assert "« Garder les enfants tôt » ; « Occuper l’été »" in said
    assert "**Écarté** : « Circuler » (un motif écrit)." in said


def test_one_changed_decision_changes_the_page() -> None:
    other = page(decisions=[*DECISIONS, decision("E3", "retenu", date(2027, 3, 1), rank=3)])
    assert "retient 3 enjeux sur 3, du 9 février 2027 au 1er mars 2027" in words(other.essentiel())
    assert other.ecartes() is None and "Circuler" in words(other.decisions())


def test_without_a_decision_nothing_is_decided() -> None:
    bare = page(decisions=[])
    said = words(bare.essentiel())
    assert (
        "Rien n’est décidé." in said
        and "leurs notes et leurs voix sont une aide" in said
        and "retient 2" not in said
    )
    assert bare.decisions() is None and "Aucune décision n’est écrite" in words(bare.decisions_dites())
    assert "3 enjeux attendent une décision du comité de pilotage (E1, E2, E3)" in words(bare.ce_qui_manque())


def test_where_nothing_is_filled_the_page_says_what_to_do() -> None:
    bare = page(**EMPTY)
    said = words(bare.essentiel())
    assert (
        "Aucune priorité n’est encore discutée." in said
        and "3 enjeux validés attendent" in said
        and "priorites.xlsx" not in said
    )
    lacking = words(bare.ce_qui_manque())
    assert "Fixer d’abord les critères" in lacking and "Aucune priorité" not in lacking
    assert "croisement.xlsx" in words(page(**EMPTY, issues=[]).ce_qui_manque())
    assert "aucun ne l’est encore" in words(page(**EMPTY, issues=[]).essentiel())
    for cell in CELLS:
        assert getattr(bare, cell)() is None or cell in (
            "essentiel",
            "points_de_vigilance",
            "ce_qui_manque",
            "questions_du_groupe",
        )


def test_what_is_retained_has_reason_day_and_the_ranks_beside_it() -> None:
    table = page(meetings=[{"id": "R1", "instance": "I1", "date": date(2027, 2, 9)}],
                 gouvernance__instances=[{"id": "I1", "name": "Comité de pilotage"}],
                 decisions=[{**line, "meeting": "R1"} for line in DECISIONS]).decisions()  # fmt: skip
    rows = table.frame.to_dict("records")
    assert [row["issue"] for row in rows] == ["Garder les enfants tôt", "Occuper l’été"]
    assert rows[0]["rank"] == "1" and rows[0]["where"] == "Comité de pilotage, 9\u00a0février 2027"
    assert rows[0]["scores"].startswith("élus : 1er") and "professionnels :" in rows[0]["scores"]


def test_what_is_set_aside_before_the_scores_is_told_too() -> None:
    aside = {
        "id": "E8",
        "title": "Loger",
        "state": "ecarte",
        "reason": "Suivi ailleurs.",
        "decided_on": date(2027, 1, 12),
    }
    rows = page(issues=[*ISSUES, aside]).ecartes().frame.to_dict("records")
    assert [(r["issue"], r["state"]) for r in rows] == [
        ("Circuler", "Écarté"),
        ("Loger", "Écarté avant les notes"),
    ]
    assert rows[1]["reason"] == "Suivi ailleurs." and rows[1]["where"] == "12\u00a0janvier 2027"


@pytest.mark.parametrize("fixed, said", [
    (FIXED, "15 jours séparent le dernier critère fixé"), (SCORED, "le jour même de la première note"),
    (SCORED + timedelta(days=3), "après la première note"),
])  # fmt: skip
def test_criteria_and_the_first_score(fixed, said) -> None:
    assert said in words(page(criteria=[{**line, "fixed_on": fixed} for line in CRITERIA]).criteres_dits())


def test_parts_of_the_weights() -> None:
    table = page().criteres()
    assert [cell.replace("\u00a0", " ").replace("\u202f", " ") for cell in table.frame["part"]] == [
        "50 %",
        "25 %",
        "25 %",
        "0 %",
    ]


def test_figures_draw_each_college_apart() -> None:
    notes, ranges = page().notes(), page().fourchettes()
    assert isinstance(notes, Figure) and set(notes.data["group"]) == {"Élus", "Professionnels"}
    first = notes.data[notes.data["name"].eq("Circuler")].set_index("group")["value"].to_dict()
    assert first == {"Élus": 2.5, "Professionnels": 4.5}
    assert isinstance(ranges, Figure) and (ranges.data["lower"] <= ranges.data["value"]).all()
    assert "2 enjeux séparent les collèges, d’abord « Circuler »" in words(notes)


def shown(found) -> str:
    """All that leaves a chapter with an output: words, table, alternative, data under the figure."""
    if found is None:
        return ""
    return f"{words(found)} {json.dumps(found._repr_mimebundle_(), default=str, ensure_ascii=False)}"


def test_a_small_college_has_no_rank_anywhere() -> None:
    lines = [line for n in (1, 2, 3) for line in scored(f"E{n}", "habitants", 4 - n / 2, 3, 3, 3, voters=9)]
    small = page(scores=lines, votes=voted("habitants", 6, 4, 1, voters=9, each=1))
    assert all(
        getattr(small, cell)() is None
        for cell in ("notes", "desaccords", "classements", "fourchettes", "renversements", "sans_un_critere")
    )
    assert "pas un collège ne compte 15 votants" in words(small.essentiel())
    assert "n’est pas donné enjeu par enjeu : sous 15 votants" in words(small.notes_dites())


def test_beside_large_colleges_a_small_one_leaves_no_trace_of_its_order() -> None:
    """The page is the same whatever the inhabitants' order: nothing of it can be recovered."""
    pages = []
    for means in ((1.5, 3.25, 4.75), (4.75, 1.5, 3.25)):
        lines = [
            line
            for n, m in enumerate(means, start=1)
            for line in scored(f"E{n}", "habitants", m, m, m, m, voters=9)
        ]
        cast = voted("habitants", *(int(4 * m) for m in means), voters=9)
        whole = page(scores=[*SCORES, *lines], votes=[*VOTES, *cast])
        pages.append([shown(getattr(whole, cell)()) for cell in CELLS])
    assert pages[0] == pages[1]
    said = " ".join(pages[0]).replace("\u00a0", " ")
    assert "Habitants : notes non données sous 15 votants, elles feraient un classement." in said
    assert "habitants (9 votants)" in said


def test_pairs_whose_order_turns_are_named_and_counted() -> None:
    whole = page()
    table = whole.renversements()
    rows = table.frame[["college", "ahead", "behind"]].values.tolist()
    # élus 3,75, 3,25 and 2,5 by weights 2, 1, 1: E1 leads E2 by (1 × 2 + 1 − 1) ; halved, 0,5 × 2 + 0,5 − 1,5 = 0
    assert rows == [["Élus", "Occuper l’été", "Circuler"]]
    assert "dans 1 paire sur 3 chez les élus et 0 sur 3 chez les professionnels" in words(whole.essentiel())
    assert "ne se départagent pas" not in words(whole.essentiel())
    said = " ".join(table.notes).replace("\u00a0", " ")
    assert "Élus : l’ordre tient dans 2 paires sur 3" in said and "aucun poids n’y changerait rien" in said
    assert "ne disent pas que deux enjeux se valent" in words(whole.fourchettes())


def test_where_no_pair_turns_the_order_holds() -> None:
    lines = [line for n in (1, 2, 3) for line in scored(f"E{n}", "elus", 5 - n, 5 - n, 5 - n, 5 - n)]
    firm = page(scores=lines, votes=[])
    assert firm.renversements() is None and "**L’ordre des notes tient**" in words(firm.essentiel())


def test_weights_that_changed_after_the_scores_are_said_so() -> None:
    kept = words(page().criteres_dits())
    assert (
        "les poids n’ont pas changé depuis" in kept
        and "La réunion qui les a fixés : la réunion, 5 janvier 2027 (D1)" in kept
    )
    later = words(page(criteria=[{**CRITERIA[0], "weight": 3.0}, *CRITERIA[1:]]).criteres_dits())
    assert "Un poids a changé depuis les notes" in later and "2,0 à côté des notes, 3,0 aujourd’hui" in later
    bare = words(page(scores=[{**line, "weight": None} for line in SCORES], meetings=[]).criteres_dits())
    assert (
        "rien, dans le classeur, ne montre qu’il n’a pas changé depuis" in bare
        and "seule la date écrite le dit" in bare
    )


def test_disagreement_is_never_averaged() -> None:
    said = words(page().desaccords())
    assert (
        "Effet : professionnels 4,0 (de 1 à 5), élus 1,0 (de 1 à 5)" in said
        and "Ressemblance des ordres (élus, professionnels) : −0,50" in said
    )
    assert "Les collèges s’écartent sur 2 enjeux" in words(page().essentiel())
    assert "moyenne des collèges" not in said
    assert "Écart : calculé avant d’arrondir" in said  # 2,9 and 2,8 may differ by 0,0
    alone = page(scores=[s for s in SCORES if s["college"] == "elus"], votes=[])
    assert alone.desaccords() is None and "s’écartent" not in words(alone.essentiel())


def test_without_a_criterion() -> None:
    assert "Sans « ampleur »" in words(page().sans_un_critere()) or "l’ordre bouge peu" in words(
        page().sans_un_critere()
    )


def test_gaps_are_told() -> None:
    criteria = [{**CRITERIA[0], "definition": ""}, CRITERIA[1]]
    said = words(page(criteria=criteria, scores=SCORES[:6]).ce_qui_manque())
    assert (
        "n’est pas écrit pour : Ampleur" in said
        and "aucun critère n’a le rôle « efficacité attendue de l’action »" in said
    )
    assert (
        "Ni note ni voix de : habitants." in said
        and "Élus : 1 enjeu noté en partie, ou pas du tout (E3)" in said
    )


def test_made_up_data_say_so_and_real_data_do_not() -> None:
    assert "données fictives" in str(page().own_source) and "fictives" not in str(
        page(fictif=False).own_source
    )


def test_numbers_are_never_nan() -> None:
    full = page(scores=SCORES[:-1])
    for cell in CELLS:
        found = getattr(full, cell)()
        if found is not None:
            assert " nan" not in words(found).lower() and "None" not in words(found)
