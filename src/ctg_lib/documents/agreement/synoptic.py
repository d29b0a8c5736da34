"""The plan on one table: axes, actions, who leads, when, at what cost, and what will show that it works.

A3 on its side as PDF (Typst), and as a spreadsheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from openpyxl import Workbook as Spreadsheet
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ctg_lib.agreement.books.plan import ACTION_STATES, NATURES, SURENESS
from ctg_lib.agreement.plan import Action, Plan
from ctg_lib.archive import fixed_file
from ctg_lib.display.prose import upper_first
from ctg_lib.display.theme import COLORS
from ctg_lib.display.typography import bound, counted, euros, number, typeset
from ctg_lib.documents.agreement.blocks import parts
from ctg_lib.documents.agreement.fiche_content import (
    BLANK,
    cost_in_words,
    measured,
    nothing_fed,
    semesters,
    term_of,
)
from ctg_lib.documents.agreement.party_words import shown_names
from ctg_lib.documents.typst_pdf import typst_compiler, typst_pdf
from ctg_lib.documents.workbook_styles import (
    FICTIF,
    MIDDLE,
    WRAPPED,
    fill,
    font,
    lines_of,
    page,
    strip_fictif,
    thin,
)
from ctg_lib.partnership.books.financement import PAYERS
from ctg_lib.study.document_dates import state_of

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

TEMPLATE = Path(__file__).parent / "synoptic.typ"
TITLE = "Tableau synoptique du plan d’action"
A3 = 8
"""Paper of a spreadsheet."""
NONE = "–"
DRAFTS_IN = "(projets compris)"
"""Said of a sum that counts actions in draft: the convention, which leaves them out, gives another."""
_BEFORE: tuple[tuple[str, int], ...] = (("N°", 6), ("Action", 44), ("Enjeux", 10), ("Pilote", 26))
_AFTER: tuple[tuple[str, int], ...] = (
    ("Coût prévu", 13),
    ("Qui paie", 28),
    ("Indicateurs : départ → cible", 52),
)
_YEAR = 7
"""Characters of a column of the calendar."""


def synoptic_pdf(study: Study) -> bytes:
    """The table as PDF; where no action is fed by a decision, one page says so. Same study, same bytes.

    Raises:
        BadInput: the package ``typst`` is absent.
    """
    told = _for_typst(content(study))
    return typst_pdf(typst_compiler(TEMPLATE, told, "Le tableau synoptique en PDF demande"))


def synoptic_xlsx(study: Study) -> bytes:
    """The table as an .xlsx file, to print on A3: costs are numbers, a year's cell is marked for each half in which
    the action runs. Same study, same bytes."""
    told = content(study)
    file = Spreadsheet()
    _sheet(file.active, told)
    file.properties.creator = "ctg"
    file.properties.title = told["title"]
    file.properties.language = "fr-FR"
    return fixed_file(file.save, study.as_of)


def content(study: Study) -> dict[str, Any]:
    """All that is printed, in French typography: ``heads``, ``years``, ``axes`` (name, sum, more, rows), ``total``.

    A row: ``id, title, about, answers, leader, partners, agreed, bars`` (of each year, its halves), ``amount`` (NaN
    where no expense is written), ``cost, payers, indicators``.
    """
    plan = Plan.of(study.agreement)
    spans = semesters(*term_of(study, plan))
    years = list(dict.fromkeys(first.year for first, _ in spans))
    names = shown_names(study)
    axes = []
    for rank, axis in enumerate(plan.axes, start=1):
        if axis.actions:
            axes.append(_axis(study, plan, f"Axe {number(rank)} – {axis.title}", axis.actions, spans, names))
    if plan.loose:
        axes.append(_axis(study, plan, f"Axe : {BLANK}", plan.loose, spans, names))
    heads = [*(head for head, _ in _BEFORE), *(str(year) for year in years), *(head for head, _ in _AFTER)]
    state = state_of(study)
    return {
        "title": _text(f"{TITLE} : {study.territory.name}"), "intro": [_text(t) for t in (state, *_intro(study, plan))],
        "fictif": _text(FICTIF) if study.fictif else "", "running": _text(f"{TITLE} · {study.territory.name} · {state}"),
        "colors": COLORS, "heads": [_text(head) for head in heads], "years": years, "axes": axes,
        "total": _text(_total(plan)), "legend": _text(_LEGEND),
    }  # fmt: skip


_LEGEND = (
    "Calendrier : chaque année en semestres ; en bleu-vert une action validée, en orange une action en projet. Coût prévu : dépenses "
    "inscrites au plan d’action, de toutes les années. Qui paie : acquis, demandé ou à demander ; seul ce qui est acquis "
    "engage celui qui paie."
)


def _intro(study: Study, plan: Plan) -> list[str]:
    if not plan.actions:
        return [f"{upper_first(nothing_fed(study))}."]
    drafts = len(plan.drafts)
    more = (
        f", dont {number(drafts)} en projet, qui n’{'engage' if drafts == 1 else 'engagent'} personne"
        if drafts
        else ""
    )
    held = sum(bool(axis.actions) for axis in plan.axes)
    return [f"{counted(len(plan.actions), 'action')} en {counted(held, 'axe')}{more}."]


def _axis(
    study: Study,
    plan: Plan,
    name: str,
    actions: Sequence[Action],
    spans: Sequence[tuple[date, date]],
    names: dict[str, str],
) -> dict[str, Any]:
    rows = [_row(study, plan, action, spans, names) for action in actions]
    known = [row["amount"] for row in rows if not pd.isna(row["amount"])]
    drafts = any(not row["agreed"] and not pd.isna(row["amount"]) for row in rows)
    more = DRAFTS_IN if drafts else ""
    told = f"{euros(sum(known))} {more}" if known else ""
    return {"name": _text(name), "sum": _text(told), "more": _text(more), "rows": rows}


def _row(
    study: Study, plan: Plan, action: Action, spans: Sequence[tuple[date, date]], names: dict[str, str]
) -> dict[str, Any]:
    cost = plan.cost(action.id)
    about = [NATURES.get(action.nature, BLANK), ACTION_STATES.get(action.state, "")]
    if action.findings:
        about.append(f"constats {', '.join(action.findings)}")
    years = dict.fromkeys(first.year for first, _ in spans)
    return {
        "id": action.id, "title": _text(action.title), "about": _text(upper_first(" ; ".join(t for t in about if t))),
        "answers": _text(", ".join(action.retained)), "agreed": action.agreed,
        "leader": _text(str(names.get(action.leader, action.leader)) or BLANK),
        "partners": _text(" ; ".join(str(names.get(p, p)) for p in action.partners)),
        "bars": [[half in spans and _runs_in(action, half) for half in _halves(year)] for year in years],
        "amount": cost, "cost": _text(cost_in_words(cost)), "payers": [_text(line) for line in _payers(plan, action)],
        "indicators": [_text(line) for line in _indicators(study, action)] or [BLANK],
    }  # fmt: skip


def _halves(year: int) -> tuple[tuple[date, date], ...]:
    """Both semesters of a year, though the convention may begin or end between them: columns are whole years."""
    return (date(year, 1, 1), date(year, 6, 30)), (date(year, 7, 1), date(year, 12, 31))


def _runs_in(action: Action, span: tuple[date, date]) -> bool:
    start, end = action.start, action.end
    return start is not None and end is not None and start <= span[1] and end >= span[0]


def _payers(plan: Plan, action: Action) -> list[str]:
    lines = plan.budget
    lines = lines[lines["action"].eq(action.id) & lines["kind"].eq("recette")] if len(lines) else lines
    if lines.empty:
        return [BLANK]
    sums: dict[tuple[str, str], float] = {}
    for r in lines.to_dict("records"):
        key = (str(r["funder"]), str(r["sure"]) or "prevu")
        sums[key] = sums.get(key, 0.0) + float(r["amount"])
    rank = {key: at for at, key in enumerate((*PAYERS, ""))}
    ranked = sorted(sums, key=lambda key: (rank.get(key[0], len(rank)), key[1]))
    return [f"{PAYERS.get(k[0], BLANK)} : {euros(sums[k])} ({SURENESS[k[1]]})" for k in ranked]


def _indicators(study: Study, action: Action) -> list[str]:
    table = study.agreement.table("plan", "indicators")
    out = []
    for r in table[table["action"].eq(action.id)].to_dict("records"):
        on = f"{r['target_on'].year}" if pd.notna(r["target_on"]) else BLANK
        base = measured(r["baseline"], "", str(r["baseline_period"]))
        out.append(f"{upper_first(str(r['label']))} : {base} → {measured(r['target'], str(r['unit']), on)}")
    return out


def _total(plan: Plan) -> str:
    cost = plan.cost()
    if pd.isna(cost):
        return ""
    drafts = [plan.cost(a.id) for a in plan.drafts]
    of_drafts = sum(c for c in drafts if not pd.isna(c))
    more = f", dont {euros(of_drafts)} pour des actions en projet" if of_drafts else ""
    return f"Total des dépenses prévues, toutes années : {euros(cost)}{more}"


def _text(text: str) -> str:
    return bound(typeset(text.strip()))


_PLAIN = frozenset(
    {"title", "fictif", "running", "colors", "heads", "years", "legend", "id", "agreed", "bars"}
)
"""Keys of :func:`content` that hold no blank."""


def _for_typst(told: Any) -> Any:
    """The same with every text cut into (is a blank, words), costs as numbers left out."""
    if isinstance(told, dict):
        return {
            key: list(parts(value)) if key == "title" and "about" in told else value if key in _PLAIN else _for_typst(value)
            for key, value in told.items() if key != "amount"
        }  # fmt: skip
    if isinstance(told, list):
        return [_for_typst(each) for each in told]
    return list(parts(told)) if isinstance(told, str) else told


# --- the spreadsheet -------------------------------------------------------------------------------------


def _sheet(ws: Worksheet, told: dict[str, Any]) -> None:
    ws.title = "Plan d’action"
    widths = [*(w for _, w in _BEFORE), *[_YEAR] * len(told["years"]), *(w for _, w in _AFTER)]
    row = 1
    if told["fictif"]:
        strip_fictif(ws, row, len(widths))
        row += 1
    ws.cell(row, 1, told["title"]).font = font(15, "territory", bold=True)
    ws.row_dimensions[row].height = 26
    for line in told["intro"]:
        row += 1
        ws.cell(row, 1, line).font = font(10, "ink-soft")
    top = row + 2
    for column, (head, width) in enumerate(zip(told["heads"], widths, strict=True), start=1):
        cell = ws.cell(top, column, head)
        cell.font, cell.fill, cell.alignment, cell.border = (
            font(10, "paper", bold=True),
            fill("territory"),
            MIDDLE,
            thin("paper"),
        )
        ws.column_dimensions[get_column_letter(column)].width = width
    row = top + 1
    money = len(_BEFORE) + len(told["years"]) + 1
    for axis in told["axes"]:
        for column in range(1, len(widths) + 1):
            ws.cell(row, column).fill = fill("territory-soft")
        ws.cell(row, 1, axis["name"]).font = font(11, "territory", bold=True)
        known = [line["amount"] for line in axis["rows"] if not pd.isna(line["amount"])]
        _amount(ws, row, money, sum(known) if known else None, bold=True)
        ws.cell(row, money + 1, axis["more"] or None).font = font(9, "ink-soft")
        row += 1
        for line in axis["rows"]:
            _action_line(ws, row, line, widths, money)
            row += 1
    if told["total"]:
        ws.cell(row, 1, told["total"]).font = font(10, "ink", bold=True)
        ws.cell(row + 2, 1, told["legend"]).font = font(9, "ink-soft")
    ws.freeze_panes = ws.cell(top + 1, 3)
    ws.print_title_rows = f"{top}:{top}"
    ws.sheet_view.showGridLines = False
    page(ws, told["running"], landscape=True, fictif=bool(told["fictif"]))
    ws.page_setup.paperSize = A3


def _action_line(ws: Worksheet, row: int, line: dict[str, Any], widths: Sequence[int], money: int) -> None:
    partners = f"\navec {line['partners']}" if line["partners"] else ""
    texts = [line["id"], f"{line['title']}\n{line['about']}", line["answers"], f"{line['leader']}{partners}"]
    texts += ["■" * sum(on) for on in line["bars"]]
    texts += ["", "\n".join(line["payers"]), "\n".join(line["indicators"])]
    most = 1
    for column, (text, width) in enumerate(zip(texts, widths, strict=True), start=1):
        if column == money:
            continue
        cell = ws.cell(row, column, text or None)
        if text:
            cell.data_type = "s"  # « =1+1 » is a text
        cell.alignment, cell.border, cell.font = WRAPPED, thin("line"), font(10, "ink", bold=column == 1)
        if len(_BEFORE) < column < money:
            cell.font = font(10, "territory" if line["agreed"] else "accent")
            cell.alignment = Alignment(horizontal="center", vertical="top")
        most = max(most, lines_of(text, width))
    if pd.isna(line["amount"]):
        cell = ws.cell(row, money, line["cost"])
        cell.alignment, cell.border, cell.font = WRAPPED, thin("line"), font(10, "accent")
    else:
        _amount(ws, row, money, line["amount"])
    ws.row_dimensions[row].height = min(13.5 * most + 4, 409)


def _amount(ws: Worksheet, row: int, column: int, amount: float | None, *, bold: bool = False) -> None:
    cell = ws.cell(row, column, amount)
    cell.number_format, cell.border, cell.font = "# ##0 €", thin("line"), font(10, "ink", bold=bold)
    cell.alignment = Alignment(horizontal="right", vertical="top")
