"""The synoptic table: axes, actions, calendar, cost, indicators, as PDF and as a spreadsheet."""

from __future__ import annotations

import io

import agreed_study
import openpyxl
from agreed_study import plain
from plan_samples import D, action, money
from pypdf import PdfReader

from ctg_lib.documents.agreement.synoptic import content, synoptic_pdf, synoptic_xlsx


def cells(content: bytes) -> list[list[object]]:
    """Lines of the spreadsheet, without empty ones."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [list(row) for row in sheet.iter_rows(values_only=True) if any(v is not None for v in row)]


def test_the_spreadsheet_holds_costs_as_numbers_and_marks_for_each_half() -> None:
    rows = cells(synoptic_xlsx(agreed_study.study(actions=[action(title="=1+1")])))
    heads = next(row for row in rows if row[0] == "N°")
    line = dict(zip(map(plain, map(str, heads)), next(row for row in rows if row[0] == "A01"), strict=True))
    assert line["Coût prévu"] == 1000 and plain(str(line["Action"])).startswith(
        "=1+1\nNouvelle ; validée ; constats K001"
    )
    assert (line["2027"], line["2030"], line["2031"]) == ("■■", "■■", None)
    assert plain(str(line["Qui paie"])) == "Intercommunalité : 1 000 € (à demander)"
    assert "Indicateur IN01 : 10 (2026) → 20 % des enfants (2030)" in plain(
        str(line["Indicateurs : départ → cible"])
    )
    assert any(plain(str(row[0])).startswith("Axe 1 – Axe un") for row in rows)


def test_a_year_of_which_the_convention_has_one_half_shows_both() -> None:
    """A convention from July drew its first year as wide as the others, all of it in colour."""
    study = agreed_study.study(actions=[action(start=D(2027, 7, 1))])
    study.config.contract["start"] = D(2027, 7, 1).date()
    assert content(study)["axes"][0]["rows"][0]["bars"][:2] == [[False, True], [True, True]]


def test_the_pdf_is_a3_on_its_side_and_bears_the_mark() -> None:
    study = agreed_study.study(fictif=True, actions=[action(), action("A02", state="projet")])
    pages = PdfReader(io.BytesIO(synoptic_pdf(study))).pages
    assert (
        len(pages) == 1 and round(pages[0].mediabox.width) == 1191 and round(pages[0].mediabox.height) == 842
    )
    text = " ".join(plain(pages[0].extract_text()).split())
    assert "FICTIF" in text and "2 actions en 1 axe, dont 1 en projet, qui n’engage personne" in text
    assert "Total des dépenses prévues, toutes années : 1 000 €" in text
    assert synoptic_pdf(study) == synoptic_pdf(study) and synoptic_xlsx(study) == synoptic_xlsx(study)


def test_an_action_without_expense_has_no_cost_made_up() -> None:
    told = content(agreed_study.study(budget=[]))
    row = told["axes"][0]["rows"][0]
    assert row["cost"] == "[à\u00a0compléter]" and told["total"] == "" and told["axes"][0]["sum"] == ""


def test_a_sum_that_counts_drafts_says_so_on_its_line() -> None:
    lines = [money(), money(action="A02", amount=500)]
    for state, said in (("projet", "1 500 € (projets compris)"), ("validee", "1 500 €")):
        study = agreed_study.study(actions=[action(), action("A02", state=state)], budget=lines)
        assert plain(content(study)["axes"][0]["sum"]) == said
        told = [str(cell) for row in cells(synoptic_xlsx(study)) for cell in row]
        assert ("(projets compris)" in told) == (state == "projet")


def test_drafts_are_told_apart_in_the_total() -> None:
    lines = [money(), money(action="A02", amount=500)]
    told = content(agreed_study.study(actions=[action(), action("A02", state="projet")], budget=lines))
    assert (
        plain(told["total"])
        == "Total des dépenses prévues, toutes années : 1 500 €, dont 500 € pour des actions en projet"
    )


def test_a_changed_decision_changes_the_table() -> None:
    copil = [{"issue": "E01", "decision": "ecarte", "decided_on": D(2026, 10, 1)}]
    told = content(agreed_study.study(copil=copil))
    assert told["axes"] == [] and "ne répond à un enjeu retenu" in told["intro"][1]
    assert len(PdfReader(io.BytesIO(synoptic_pdf(agreed_study.study(copil=copil)))).pages) == 1
