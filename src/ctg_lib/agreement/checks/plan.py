"""What does not hold together in the action plan: origins, decisions, dates, money, indicators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from ctg_lib.agreement.books.priorites import DECISIONS
from ctg_lib.agreement.checks.ground import Line, lines, listed, unknown
from ctg_lib.agreement.checks.plan_ground import Ground, binds, outside, tell, without
from ctg_lib.agreement.checks.plan_money import money, outdated
from ctg_lib.agreement.measurability import Outlook, Verdict, span_of, verdicts
from ctg_lib.agreement.plan import TO_FILL, unanswered_proposals
from ctg_lib.agreement.sense import goes_wrong
from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.checks.ground import day, number
from ctg_lib.workbooks.problems import Problem, Severity

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement
    from ctg_lib.partnership.folder import Partnership

FILLED: dict[str, str] = {
    "objective": "objectif", "nature": "nature", "description": "description", "leader": "pilote", "start": "début", "end": "fin",
}  # fmt: skip
assert tuple(FILLED) == TO_FILL
_SAID_BY: dict[str, str] = {
    "plan": "« Sens voulu »", "dictionnaire": "le dictionnaire", "intitulé": "son intitulé",
}  # fmt: skip


def check(
    agreement: Agreement, partnership: Partnership, as_of: date, contract: Mapping[str, date] | None = None,
    outlooks: Mapping[str, Outlook] | None = None,
) -> Iterator[Problem]:  # fmt: skip
    """What does not agree in plan-action.xlsx and beside it; actions given up are left alone.

    Errors are of actions that the convention binds itself to; in a draft the same is a point to look at.

    Args:
        contract: ``start`` and ``end`` of the convention, where they are known.
        outlooks: id of an indicator of the plan -> how it goes on (:mod:`ctg_lib.agreement.measurability`).
    """
    ground = Ground(agreement, partnership, as_of, contract or {}, outlooks or {})
    yield from _unknown(ground)
    yield from _term(ground)
    yield from _leaders(ground)
    for line in ground.actions:
        yield from _action(ground, line)
    yield from _axes(ground)
    yield from _steps(ground)
    yield from money(ground)
    yield from _indicators(ground)
    yield from outdated(ground)
    yield from _left_out(ground)


def _unknown(ground: Ground) -> Iterator[Problem]:
    columns = {
        "axes": ("issues",), "orientations": ("axis",), "objectives": ("orientation",),
        "actions": ("objective", "findings", "issues", "previous", "origins", "leader", "partners", "document"),
        "steps": ("action",), "budget": ("action", "rate", "document"), "indicators": ("action",), "amounts": ("document",),
    }  # fmt: skip
    for sheet, named in columns.items():
        own = ground.actions if sheet == "actions" else lines(ground.agreement, "plan", sheet)
        yield from unknown(ground.agreement, ground.partnership, own, named)


def _term(ground: Ground) -> Iterator[Problem]:
    """Dates of the convention that study.yml does not say: without them no date and no indicator can be judged."""
    missing = [name for name in ("start", "end") if name not in ground.contract]
    if not missing or not ground.actions:
        return
    key = "contract" if len(missing) > 1 else f"contract, {missing[0]}"
    said = "le début et la fin" if len(missing) > 1 else {"start": "le début", "end": "la fin"}[missing[0]]
    yield Problem(
        f"study.yml, {key}", "",
        f"{said} de la convention : « contract: {{start: AAAA-MM-JJ, end: AAAA-MM-JJ}} » ; sans quoi ni les dates des actions ni "
        "la mesure des indicateurs ne sont vérifiées",
        severity=_worst(ground.actions),
        said=f"{said} de la convention ne sont pas dits : les dates du plan d’action ne peuvent pas être vérifiées"
        if len(missing) > 1
        else f"{said} de la convention n’est pas dit{'e' if missing[0] == 'end' else ''} : les dates du plan d’action ne peuvent "
        "pas être toutes vérifiées",
    )  # fmt: skip


def _worst(actions: list[Line]) -> Severity:
    """An error where one of these actions binds."""
    return "error" if any(map(binds, actions)) else "warning"


def _leaders(ground: Ground) -> Iterator[Problem]:
    """Leaders, while no party sits in any instance: told once, of « Membres »."""
    led = [line for line in ground.actions if line["leader"]]
    if not led or _seated(ground):
        return
    sheet = ground.agreement.books["gouvernance"]["members"]
    file = ground.agreement.file("gouvernance").rpartition("/")[2]
    who = listed(list(dict.fromkeys(str(line["leader"]) for line in led)))
    yield Problem(
        file, "", f"les organismes qui siègent, dont les pilotes d’actions : {who}", sheet.title, None, sheet["party"].label,
        _worst(led), f"Actions {listed([str(line['id']) for line in led])}",
        "aucun organisme ne siège dans une instance : les pilotes ne sont pas dans la gouvernance",
    )  # fmt: skip


def _seated(ground: Ground) -> set[str]:
    """Parties that sit in an instance."""
    return set(ground.agreement.table("gouvernance", "members")["party"]) - {""}


# ------------------------------------------------------------------------------------------------ actions


def _action(ground: Ground, line: Line) -> Iterator[Problem]:
    if missing := [label for name, label in FILLED.items() if line[name] is None]:
        yield tell(line, line, next(n for n in FILLED if line[n] is None), "", f"à compléter avant de la valider : {', '.join(missing)}",
                    f"une action sans {', sans '.join(missing)}")  # fmt: skip
    yield from _findings(ground, line)
    yield from _issues(ground, line)
    yield from _dates(ground, line)
    yield from _leader(ground, line)
    yield from _nature(ground, line)
    if binds(line) and line["decided_on"] is None:
        yield line.warning(
            "decided_on",
            "",
            "le jour où le comité de pilotage l’a validée",
            said="une action validée sans date",
        )
    if line["decided_on"] and line["decided_on"] > ground.as_of and binds(line):
        yield line.problem("decided_on", day(line["decided_on"]), f"une date qui ne dépasse pas celle de l’étude ({day(ground.as_of)})",
                           said="une action validée après la date de l’étude")  # fmt: skip


def _findings(ground: Ground, line: Line) -> Iterator[Problem]:
    if not line["findings"]:
        yield tell(
            line,
            line,
            "findings",
            "",
            "au moins un constat gardé : une action répond à quelque chose",
            "une action sans constat",
        )
        return
    known = set(ground.agreement.table("constats", "findings")["id"])
    kept = set(ground.agreement.kept_findings["id"])
    if out := [id for id in line["findings"] if id in known and id not in kept]:
        yield tell(line, line, "findings", f"des constats qui ne sont pas gardés : {listed(out)}", "des constats acceptés ou reformulés",
                    "une action qui répond à un constat qui n’est pas gardé")  # fmt: skip


def _issues(ground: Ground, line: Line) -> Iterator[Problem]:
    action = ground.plan.find(str(line["id"]))
    answers = action.answers if action else ()
    if not answers:
        yield tell(line, line, "issues", "", "un enjeu que le comité de pilotage a retenu, dans l’action ou dans son axe",
                    "une action sans enjeu")  # fmt: skip
        return
    known, retained = (
        set(ground.agreement.table("croisement", "issues")["id"]),
        set(ground.agreement.retained),
    )
    own = [id for id in line["issues"] or () if id in known and id not in retained]
    if own:
        yield tell(line, line, "issues", listed([_decided(ground, id) for id in own]),
                    "des enjeux que le comité de pilotage a retenus (priorites.xlsx, « Décisions du COPIL »)",
                    "une action qui répond à un enjeu que le comité de pilotage n’a pas retenu")  # fmt: skip
    elif not line["issues"] and action and not action.retained:
        yield tell(line, line, "issues", f"rien, et les enjeux de son axe ne sont pas retenus : {listed(list(answers))}", "un enjeu retenu",
                    "une action dont aucun enjeu n’est retenu")  # fmt: skip


def _decided(ground: Ground, issue: str) -> str:
    table = ground.agreement.decisions
    found = table.loc[table["issue"].eq(issue), "decision"].tolist()
    return f"{issue} ({DECISIONS.get(found[0], found[0]) if found else 'sans décision'})"


def _dates(ground: Ground, line: Line) -> Iterator[Problem]:
    start, end = line["start"], line["end"]
    if start and end and end < start:
        yield tell(
            line,
            line,
            "end",
            day(end),
            f"un jour après le début ({day(start)})",
            "une action qui finit avant de commencer",
        )
        return
    for column in ("start", "end"):
        value = line[column]
        if value and (bound := outside(ground, value)):
            yield tell(
                line,
                line,
                column,
                day(value),
                f"un jour de la convention ({bound})",
                "une action hors des dates de la convention",
            )


def _leader(ground: Ground, line: Line) -> Iterator[Problem]:
    members = _seated(ground)
    known = set(ground.partnership.table("parties", "parties")["id"])
    if line["leader"] and members and line["leader"] in known and line["leader"] not in members:
        yield tell(line, line, "leader", f"{line['leader']}, absent de toutes les instances",
                    "un organisme qui siège dans une instance (gouvernance.xlsx, feuille « Membres »)",
                    "un pilote qui n’est pas dans la gouvernance")  # fmt: skip


def _nature(ground: Ground, line: Line) -> Iterator[Problem]:
    nature, previous = line["nature"], line["previous"] or ()
    if nature in ("reconduite", "adaptee") and not previous:
        yield tell(line, line, "previous", "", "l’action de bilan.xlsx qu’elle reconduit ou adapte",
                    "une action reconduite ou adaptée, sans dire laquelle")  # fmt: skip
    if nature == "nouvelle" and previous:
        yield line.warning("nature", f"nouvelle, avec une action précédente ({listed(list(previous))})", "« reconduite » ou « adaptée »",
                           said="une action dite nouvelle, qui en suit une autre")  # fmt: skip
    table = ground.partnership.table("bilan", "actions")
    stopped = set(table.loc[table["next"].eq("arreter"), "id"])
    if ended := [id for id in previous if id in stopped]:
        yield line.warning("previous", f"des actions que le bilan propose d’arrêter : {listed(ended)}",
                           "une action à poursuivre ou à adapter, ou un bilan corrigé",
                           said="une action qui reprend ce que le bilan propose d’arrêter")  # fmt: skip


def _axes(ground: Ground) -> Iterator[Problem]:
    known, retained = (
        set(ground.agreement.table("croisement", "issues")["id"]),
        set(ground.agreement.retained),
    )
    for line in lines(ground.agreement, "plan", "axes"):
        if out := [id for id in line["issues"] or () if id in known and id not in retained]:
            yield line.problem("issues", listed([_decided(ground, id) for id in out]), "des enjeux que le comité de pilotage a retenus",
                               said="un axe qui porte un enjeu que le comité de pilotage n’a pas retenu")  # fmt: skip
        elif not line["issues"]:
            yield line.warning(
                "issues", "", "les enjeux retenus auxquels il répond", said="un axe sans enjeu"
            )


def _steps(ground: Ground) -> Iterator[Problem]:
    for line, action in ground.of_actions("steps"):
        start, end = line["start"], line["end"] or line["start"]
        if line["start"] and line["end"] and line["end"] < line["start"]:
            yield tell(
                action,
                line,
                "end",
                day(line["end"]),
                f"un jour après le début ({day(start)})",
                "une étape qui finit avant de commencer",
            )
            continue
        for column, value in (("start", start), ("end", end)):
            first, last = action["start"], action["end"]
            if value and ((first and value < first) or (last and value > last)):
                bounds = " – ".join(day(each) for each in (first, last) if each)
                yield tell(action, line, column, day(value), f"un jour de l’action {action['id']} ({bounds})",
                            "une étape hors des dates de son action")  # fmt: skip
                break


# --------------------------------------------------------------------------------------------- indicators


def _indicators(ground: Ground) -> Iterator[Problem]:
    found = verdicts(ground.agreement, ground.plan, ground.contract, ground.outlooks)
    measured = set()
    for line, action in ground.of_actions("indicators"):
        measured.add(action["id"])
        yield from _baseline(ground, line, action)
        yield from _target(ground, line, action)
        verdict = found.get(str(line["id"] or ""))
        if verdict and not (verdict.code == "inconnu" and _undated(ground, action)):
            yield from _verdict(line, action, verdict)
    yield from without(
        ground, measured, "ses indicateurs (feuille « Indicateurs »)", "une action validée sans indicateur"
    )


def _undated(ground: Ground, action: Line) -> bool:
    """Whether dates that are told elsewhere lack to judge its indicators: of the convention, of the action."""
    return "end" not in ground.contract or not (action["start"] or "start" in ground.contract)


def _baseline(ground: Ground, line: Line, action: Line) -> Iterator[Problem]:
    if line["baseline"] is None:
        yield tell(
            action,
            line,
            "baseline",
            "",
            "la valeur de départ : sans elle, rien ne se mesure",
            "un indicateur sans valeur de départ",
        )
        return
    if line["baseline_period"] is None:
        yield tell(
            action,
            line,
            "baseline_period",
            "",
            "l’année ou la date de la valeur de départ",
            "une valeur de départ sans date",
        )
    span = span_of(line["baseline_period"]) if line["baseline_period"] else None
    if line["baseline_period"] and span is None:
        yield line.warning("baseline_period", str(line["baseline_period"]), "une année ou une date",
                           said="une période de départ qui ne se lit pas")  # fmt: skip
    if span and action["start"]:
        if span.first >= action["start"]:
            yield tell(action, line, "baseline_period", str(line["baseline_period"]),
                        f"une période d’avant le début de l’action {action['id']} ({day(action['start'])})",
                        "une valeur de départ mesurée après le début de l’action")  # fmt: skip
        elif span.last > action["start"] and line["kind"] == "resultat":
            yield line.warning("baseline_period", str(line["baseline_period"]),
                               f"une période qui finit avant le début de l’action {action['id']} ({day(action['start'])})",
                               said="une valeur de départ d’une période où l’action a commencé")  # fmt: skip
    outlook = ground.outlooks.get(str(line["id"] or ""))
    if (
        outlook
        and outlook.measured is not None
        and abs(outlook.measured - line["baseline"]) > max(outlook.within, 1e-9) * 1.001
    ):
        yield line.warning("baseline", number(line["baseline"], 4), f"{number(outlook.measured, 4)}, la valeur de l’indicateur "
                           f"« {line['indicator']} » pour {line['baseline_period']}",
                           said="une valeur de départ qui n’est pas celle du dictionnaire")  # fmt: skip


def _target(ground: Ground, line: Line, action: Line) -> Iterator[Problem]:
    on = line["target_on"]
    if on and action["start"] and on < action["start"]:
        yield tell(action, line, "target_on", day(on), f"un jour après le début de l’action ({day(action['start'])})",
                    "une cible d’avant le début de l’action")  # fmt: skip
    elif on and (bound := outside(ground, on)):
        yield tell(
            action,
            line,
            "target_on",
            day(on),
            f"un jour de la convention ({bound})",
            "une cible hors des dates de la convention",
        )
    if line["target"] is not None and line["target"] == line["baseline"] and action["nature"] != "reconduite":
        yield line.warning("target", number(line["target"], 4), "une cible différente de la valeur de départ, ou une action reconduite",
                           said="une cible égale à la valeur de départ")  # fmt: skip
    if by := goes_wrong(line):
        yield line.warning("target", f"de {number(line['baseline'], 4)} à {number(line['target'], 4)}, à l’inverse de ce que dit {_SAID_BY[by]}",
                           "une cible de l’autre côté du départ ; sinon, « Sens voulu »",
                           said="une cible qui va dans le mauvais sens")  # fmt: skip


def _verdict(line: Line, action: Line, verdict: Verdict) -> Iterator[Problem]:
    column = {
        "bruit": "target",
        "tendance": "target",
        "fragile": "target",
        "cible_tard": "target_on",
        "rompu": "baseline_period",
    }.get(verdict.code, "next_known")
    if verdict.refused:
        said = f"un indicateur refusé : {verdict.why} ; {verdict.proposed}"
        yield tell(action, line, column, verdict.why, verdict.proposed, said)
    elif verdict.code == "fragile":
        yield line.warning(
            column,
            verdict.why,
            f"une cible plus éloignée, ou la variation ordinaire ; {verdict.proposed}",
            said=f"un écart que le hasard peut faire : {verdict.why} ; {verdict.proposed}",
        )
    elif verdict.code == "cible_tard":
        yield line.warning(
            column,
            verdict.why,
            f"une date de cible plus proche ; {verdict.proposed}",
            said=f"une cible constatée trop tard : {verdict.why} ; {verdict.proposed}",
        )
    elif verdict.code == "inconnu":
        yield line.warning(
            column,
            "",
            f"à compléter : {verdict.why}",
            said=f"un indicateur dont la mesure n’est pas assurée : {verdict.why}",
        )


# ------------------------------------------------------------------------------------------ what is left out


def _left_out(ground: Ground) -> Iterator[Problem]:
    """Actions to go on with that none takes up; proposals that became no action; retained issues without one."""
    if not ground.actions:
        return
    taken = {id for line in ground.actions for id in line["previous"] or ()}
    file, shape = ground.partnership.file("bilan"), BOOKS["bilan"]["actions"]
    for row in ground.partnership.table("bilan", "actions").to_dict("records"):
        if row["next"] in ("poursuivre", "adapter") and row["id"] not in taken:
            line = Line(file, shape, {str(n): v for n, v in row.items()}, str(row["name"]))
            yield line.warning("next", f"{shape['next'].choices[row['next']]}, sans action du plan qui la reprenne",
                               "une action de plan-action.xlsx qui la nomme, ou une autre suite",
                               said="une action à poursuivre ou à adapter que le plan ne reprend pas")  # fmt: skip
    left = {line["id"] for line in unanswered_proposals(ground.agreement)}
    for proposal in lines(ground.agreement, "groupes", "proposals"):
        if proposal["id"] in left:
            yield proposal.warning("action", "", "l’action qu’elle devient ou rejoint (« ctg study plan » la propose)",
                                   said="une proposition retenue que le plan ne reprend pas")  # fmt: skip
    answered = {issue for action in ground.plan.actions for issue in action.answers}
    for issue in lines(ground.agreement, "croisement", "issues"):
        if issue["id"] in ground.agreement.retained and issue["id"] not in answered:
            yield issue.warning(
                "id",
                str(issue["id"]),
                "une action qui réponde à cet enjeu retenu",
                said="un enjeu retenu sans action",
            )
