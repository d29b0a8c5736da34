"""priorites.xlsx: criteria after the scores, scores and votes that cannot be, decisions before what they rest on.

What one cell gets wrong (a score beyond the scale, a reason that is missing) or two lines with the same key (two
decisions on an issue the same day) is told by the reading of the workbook.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from ctg_lib.agreement.checks.ground import Line, lines, unknown
from ctg_lib.agreement.priorities import fixing_meeting, priorities, weights_then
from ctg_lib.consultation.votes import FEWEST
from ctg_lib.partnership.checks.ground import day, number
from ctg_lib.workbooks.problems import Problem

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement
    from ctg_lib.partnership.folder import Partnership

_LINKS: dict[str, tuple[str, ...]] = {
    "criteria": ("document",), "scores": ("issue", "criterion"), "votes": ("issue",),
    "decisions": ("issue", "meeting", "document"),
}  # fmt: skip
_PLACE = re.compile(r"en tête|fin de liste|premi|derni|class|\brang")
"""Words of a reason that tell a place in an order."""
_DATES: dict[str, str] = {
    "criteria": "fixed_on", "scores": "scored_on", "votes": "voted_on", "decisions": "decided_on",
}  # fmt: skip


@dataclass(frozen=True)
class _Sheets:
    """Lines of the workbook's sheets, each about its issue; the issues of the cross-analysis."""

    agreement: Agreement
    by_sheet: dict[str, list[Line]]
    issues: dict[str, dict[str, Any]]

    def __getitem__(self, sheet: str) -> list[Line]:
        return self.by_sheet[sheet]


def problems(agreement: Agreement, partnership: Partnership, as_of: date) -> Iterator[Problem]:
    """What does not agree in the workbook of priorities.

    Args:
        as_of: the study's date: nothing is scored nor decided after it.
    """
    table = agreement.table("croisement", "issues").drop_duplicates("id", keep="last")
    issues = {str(row["id"]): row for row in table.to_dict("records")}
    own = {
        sheet: [_titled(line, issues) for line in lines(agreement, "priorites", sheet)] for sheet in _DATES
    }
    sheets = _Sheets(agreement, own, {id: {str(k): v for k, v in row.items()} for id, row in issues.items()})
    for sheet, columns in _LINKS.items():
        yield from unknown(agreement, partnership, own[sheet], columns)
    yield from _future(sheets, as_of)
    yield from _criteria(sheets)
    yield from _weights(sheets)
    yield from _minutes(sheets)
    yield from _scores(sheets)
    yield from _votes(sheets)
    yield from _decisions(sheets)


def _titled(line: Line, issues: dict[str, Any]) -> Line:
    """The line, about its issue where it names one."""
    issue = line["issue"]
    return replace(line, about=str(issues[issue]["title"])) if issue in issues else line


def _future(sheets: _Sheets, as_of: date) -> Iterator[Problem]:
    for sheet, column in _DATES.items():
        for line in sheets[sheet]:
            if line[column] is not None and line[column] > as_of:
                yield line.problem(
                    column, day(line[column]), f"au plus tard le {day(as_of)}, date de l’étude",
                    said="une date qui est après celle de l’étude",
                )  # fmt: skip


def _criteria(sheets: _Sheets) -> Iterator[Problem]:
    """Criteria fixed the day of the first score, or after; weights that are all zero."""
    dates = [line["scored_on"] for line in sheets["scores"] if line["scored_on"] is not None]
    for line in sheets["criteria"]:
        fixed = line["fixed_on"]
        if not dates or fixed is None or fixed < min(dates):
            continue
        if fixed > min(dates):
            yield line.problem(
                "fixed_on", day(fixed), f"avant la première note, du {day(min(dates))}",
                said="un critère fixé après la première note",
            )  # fmt: skip
        else:
            yield line.warning(
                "fixed_on", f"{day(fixed)}, jour de la première note",
                "une date d’avant, ou dire en remarque que le critère a précédé les notes",
                said="un critère fixé le jour de la première note",
            )  # fmt: skip
    weights = [line["weight"] for line in sheets["criteria"] if line["weight"] is not None]
    if weights and not sum(weights):
        first = sheets["criteria"][0]
        yield first.problem("weight", "0 partout", "au moins un poids positif", said="aucun critère ne pèse")


def _weights(sheets: _Sheets) -> Iterator[Problem]:
    """A weight that is no longer the one written with the scores; scores with which none is written, told once."""
    kept = {each.id: each for each in weights_then(sheets.agreement)}
    for line in sheets["criteria"]:
        own = kept.get(str(line["id"]))
        if own is not None and own.changed:
            then = " ou ".join(number(weight, 2) for weight in own.then)
            yield line.problem(
                "weight", number(line["weight"], 2), f"{then}, poids écrit à côté des notes ; un autre poids demande d’autres notes",
                said="un poids changé depuis les notes",
            )  # fmt: skip
    blank = [line for line in sheets["scores"] if line["weight"] is None]
    if blank:
        yield blank[0].warning(
            "weight", f"{number(len(blank))} {'note' if len(blank) < 2 else 'notes'} sans poids",
            "le poids du critère, tel qu’il a été lu à ceux qui notent ; sans lui, un poids changé ensuite ne se voit pas",
            said="des notes dont le poids n’est pas gardé",
        )  # fmt: skip


def _minutes(sheets: _Sheets) -> Iterator[Problem]:
    """Criteria that the minutes of no meeting held before the first score tell."""
    if sheets["scores"] and sheets["criteria"] and fixing_meeting(sheets.agreement) is None:
        named = sorted({str(line["document"] or "") for line in sheets["criteria"]})
        yield sheets["criteria"][0].warning(
            "document", " ; ".join(id or "aucun" for id in named),
            "pour tous les critères, le compte rendu d’une réunion tenue avant la première note (gouvernance.xlsx, feuille « Réunions »)",
            said="des critères qu’aucune réunion d’avant les notes n’a fixés",
        )  # fmt: skip


def _scores(sheets: _Sheets) -> Iterator[Problem]:
    """A mean beyond the least or the greatest score; issues that a college scored in part."""
    for line in sheets["scores"]:
        low, mean, high = line["lowest"], line["score"], line["highest"]
        if low is not None and high is not None and low > high:
            yield line.problem(
                "lowest", f"{number(low, 2)}, plus que la note la plus haute ({number(high, 2)})", f"au plus {number(high, 2)}",
                said="une note la plus basse au-dessus de la plus haute",
            )  # fmt: skip
        elif mean is not None and ((low is not None and mean < low) or (high is not None and mean > high)):
            bounds = (
                f"entre {number(1 if low is None else low, 2)} et {number(5 if high is None else high, 2)}"
            )
            yield line.problem(
                "score",
                number(mean, 2),
                bounds,
                said="une moyenne hors des notes la plus basse et la plus haute",
            )
    yield from _partly(sheets)


def _partly(sheets: _Sheets) -> Iterator[Problem]:
    """An issue that a college scored by some criteria only takes no rank: told once, at its first line."""
    criteria = {line["id"] for line in sheets["criteria"] if line["weight"]}
    own: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in sheets["scores"]:
        if line["issue"] and line["college"]:
            own[line["issue"], line["college"]].append(line)
    for (issue, _), scored in own.items():
        missing = sorted(str(id) for id in criteria - {line["criterion"] for line in scored})
        if missing:
            yield scored[0].warning(
                "criterion", f"{issue} : pas de note pour {', '.join(missing)}",
                "une note de ce collège pour chaque critère ; sans elle, l’enjeu n’a pas de rang",
                said="un enjeu que le collège n’a pas noté par tous les critères",
            )  # fmt: skip


def _votes(sheets: _Sheets) -> Iterator[Problem]:
    """More votes than voters had, on one line or in all; lines of one vote that do not count the same voters."""
    ballots: dict[tuple[str, date], list[Line]] = defaultdict(list)
    for line in sheets["votes"]:
        votes, voters, each = line["votes"], line["voters"], line["each"]
        if None not in (votes, voters, each) and votes > voters * each:
            yield line.problem(
                "votes", number(votes), f"au plus {number(voters * each)} ({number(voters)} × {number(each)})",
                said="plus de voix que les votants n’en avaient",
            )  # fmt: skip
        if line["college"] and line["voted_on"]:
            ballots[line["college"], line["voted_on"]].append(line)
    for own in ballots.values():
        yield from _ballot(own)


def _ballot(own: list[Line]) -> Iterator[Problem]:
    rules = Counter((line["voters"], line["each"]) for line in own)
    if len(rules) > 1:
        usual = rules.most_common(1)[0][0]
        odd = next(line for line in own if (line["voters"], line["each"]) != usual)
        yield odd.problem(
            "voters", f"{_rule(odd['voters'], odd['each'])}, ailleurs {_rule(*usual)}",
            "le même nombre de votants, et de voix par votant, sur toutes les lignes d’un vote",
            said="un même vote qui ne compte pas toujours les mêmes votants",
        )  # fmt: skip
        return
    (voters, each), total = next(iter(rules)), sum(line["votes"] or 0 for line in own)
    over = any(
        line["votes"] is not None and voters and each and line["votes"] > voters * each for line in own
    )
    if voters and each and total > voters * each and not over:
        yield own[0].problem(
            "votes", f"{number(total)} en tout", f"au plus {number(voters * each)} pour tous les enjeux de ce vote ({number(voters)} × {number(each)})",
            said="un vote qui compte plus de voix que les votants n’en avaient",
        )  # fmt: skip


def _rule(voters: Any, each: Any) -> str:
    return " × ".join("?" if value is None else number(value) for value in (voters, each))


def _decisions(sheets: _Sheets) -> Iterator[Problem]:
    last = {str(row["issue"]): int(row["row"]) for row in sheets.agreement.decisions.to_dict("records")}
    evidence = _evidence(sheets)
    for line in sheets["decisions"]:
        issue, decided = line["issue"], line["decided_on"]
        if issue in sheets.issues:
            yield from _issue_state(line, sheets.issues[issue])
        if line["row"] == last.get(str(issue)) and decided is not None:
            yield from _before_votes(line, evidence.get(issue, []))
    current = [line for line in sheets["decisions"] if line["row"] == last.get(str(line["issue"]))]
    yield from _reasons(sheets, current)
    yield from _ranks(current)
    yield from _meetings(sheets, current)


def _evidence(sheets: _Sheets) -> dict[str, list[date]]:
    """Issue -> days on which it was scored or voted on."""
    found: dict[str, list[date]] = defaultdict(list)
    for sheet in ("scores", "votes"):
        for line in sheets[sheet]:
            if line["issue"] and line[_DATES[sheet]]:
                found[line["issue"]].append(line[_DATES[sheet]])
    return found


def _issue_state(line: Line, issue: dict[str, Any]) -> Iterator[Problem]:
    """Only a validated issue is put to the committee; not after it decided."""
    valid, state = issue["decided_on"], issue["state"]
    if state != "valide":
        word = "écarté" if state == "ecarte" else "seulement proposé"
        yield line.problem(
            "issue", f"{line['issue']}, {word} dans croisement.xlsx", "un enjeu validé",
            said=f"une décision sur un enjeu {word}",
        )  # fmt: skip
    elif line["decided_on"] is not None and valid is not None and valid == valid:
        when = valid.date() if hasattr(valid, "date") else valid
        if when > line["decided_on"]:
            yield line.problem(
                "decided_on", day(line["decided_on"]), f"après la validation de l’enjeu, du {day(when)}",
                said="une décision d’avant la validation de l’enjeu",
            )  # fmt: skip


def _before_votes(line: Line, days: list[date]) -> Iterator[Problem]:
    if not days:
        yield line.warning(
            "issue", f"{line['issue']}, ni noté ni voté", "des notes ou des voix, ou dire en motif pourquoi il n’y en a pas",
            said="une décision sur un enjeu que personne n’a noté",
        )  # fmt: skip
    elif line["decided_on"] < min(days):
        yield line.problem(
            "decided_on", day(line["decided_on"]), f"après les notes et les votes, à partir du {day(min(days))}",
            said="une décision d’avant les notes et les votes",
        )  # fmt: skip
    elif line["decided_on"] < max(days):
        yield line.warning(
            "decided_on", day(line["decided_on"]), f"après les dernières notes ou voix, du {day(max(days))}",
            said="une décision d’avant certaines notes ou voix",
        )  # fmt: skip


def _reasons(sheets: _Sheets, current: list[Line]) -> Iterator[Problem]:
    """A reason that tells the place an issue has in a college too small to be ranked."""
    small = [each.label for each in priorities(sheets.agreement).colleges if each.voters and not each.ranked]
    if not small:
        return
    named = re.compile("|".join([*map(re.escape, small), "collèges"]))
    for line in current:
        reason = str(line["reason"] or "").lower()
        if _PLACE.search(reason) and named.search(reason):
            yield line.warning(
                "reason", str(line["reason"]), f"un motif sans la place que lui donnent les {' et les '.join(small)} : moins de {FEWEST} votants",
                said="un motif qui classe au nom d’un collège trop petit",
            )  # fmt: skip


def _ranks(current: list[Line]) -> Iterator[Problem]:
    """A rank given twice, or given to what is not retained."""
    seen: dict[int, str] = {}
    for line in current:
        rank = line["rank"]
        if rank is None:
            continue
        if line["decision"] != "retenu":
            yield line.warning(
                "rank", number(rank), "rien : l’enjeu n’est pas retenu", said="un rang donné à un enjeu qui n’est pas retenu"
            )  # fmt: skip
        elif rank in seen:
            yield line.warning(
                "rank", f"{number(rank)}, déjà donné à {seen[rank]}", "un rang par enjeu, ou aucun", said="un rang donné deux fois"
            )  # fmt: skip
        else:
            seen[rank] = str(line["issue"])


def _meetings(sheets: _Sheets, current: list[Line]) -> Iterator[Problem]:
    """A decision that is not of the day of its meeting."""
    held = {line["id"]: line["date"] for line in lines(sheets.agreement, "gouvernance", "meetings")}
    for line in current:
        when = held.get(line["meeting"])
        if when is not None and line["decided_on"] is not None and when != line["decided_on"]:
            yield line.warning(
                "decided_on", f"{day(line['decided_on'])} ; la réunion {line['meeting']} est du {day(when)}",
                "le jour de la réunion", said="une décision qui n’est pas du jour de sa réunion",
            )  # fmt: skip
