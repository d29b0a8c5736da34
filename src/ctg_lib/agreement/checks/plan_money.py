"""What does not hold together in the money of the action plan: sums, payers, years, dated amounts."""

from __future__ import annotations

from collections.abc import Iterator

from ctg_lib.agreement.amounts import CENTS, in_force, used
from ctg_lib.agreement.checks.ground import Line, lines
from ctg_lib.agreement.checks.plan_ground import Ground, tell, without
from ctg_lib.agreement.plan import balance
from ctg_lib.geography.names import fold
from ctg_lib.partnership.books.financement import PAYER_TYPE, PAYERS
from ctg_lib.partnership.books.parties import PARTY_TYPES
from ctg_lib.partnership.checks.ground import NBSP, day, euros, number
from ctg_lib.workbooks.people import personal
from ctg_lib.workbooks.problems import Problem


def money(ground: Ground) -> Iterator[Problem]:
    """What does not agree in « Budget »."""
    yield from _balance(ground)
    yield from _payers(ground)
    budgeted = set()
    for line, action in ground.of_actions("budget"):
        budgeted.add(action["id"])
        yield from _budget_line(ground, line, action)
    yield from without(ground, budgeted, "son budget (feuille « Budget »)", "une action validée sans budget")


def _balance(ground: Ground) -> Iterator[Problem]:
    """Years whose receipts do not make the expenses: always told; a remark makes of it a point to look at."""
    first = {
        (str(line["action"]), int(line["year"])): (line, action)
        for line, action in reversed(list(ground.of_actions("budget"))) if line["year"]
    }  # fmt: skip
    for row in balance(ground.agreement).to_dict("records"):
        found = first.get((row["action"], row["year"]))
        if found is None or not row["gap"]:
            continue
        line, action = found
        sums = f"{row['action']}, {row['year']} : {euros(row['spent'])} de dépenses et {euros(row['received'])} de recettes"
        wanted = f"le même total (écart : {euros(abs(row['gap']))})"
        said = "un budget dont les recettes ne font pas les dépenses"
        if remark := _quoted(row["remark"]):
            told = f"{said} ({row['year']}, écart : {euros(abs(row['gap']))} ; remarque : {remark})"
            yield line.warning("amount", f"{sums} ; remarque : {remark}", wanted, said=told)
        else:
            yield tell(action, line, "amount", sums, f"{wanted}, ou une remarque qui le dit", said)


def _quoted(remarks: tuple[str, ...]) -> str:
    """« a » ; « b »: remarks as they were written, save what is of a person; empty without any."""
    return " ; ".join("une remarque à relire" if personal(text) else f"« {text} »" for text in remarks)


def _budget_line(ground: Ground, line: Line, action: Line) -> Iterator[Problem]:
    yield from _worth(ground, line, action)
    if line["kind"] == "recette" and line["funder"] is None:
        yield tell(action, line, "funder", "", "qui apporte cette recette", "une recette sans financeur")
    if line["kind"] == "depense" and line["funder"]:
        yield line.warning(
            "funder",
            PAYERS[line["funder"]],
            "rien : un financeur se dit d’une recette",
            said="une dépense avec un financeur",
        )
    if line["year"] is None:
        return
    year = int(line["year"])
    for start, end, what in (
        (action["start"], action["end"], f"de l’action {action['id']}"),
        (ground.contract.get("start"), ground.contract.get("end"), "de la convention"),
    ):
        if (start and year < start.year) or (end and year > end.year):
            bounds = "–".join(str(each.year) for each in (start, end) if each)
            yield tell(
                action,
                line,
                "year",
                str(year),
                f"une année {what} ({bounds})",
                f"un budget hors des années {what.split(' A')[0]}",
            )
            return


def _worth(ground: Ground, line: Line, action: Line) -> Iterator[Problem]:
    """A line is worth what is typed, or what an amount of « Montants » gives; where both say it, they agree."""
    rate, quantity, typed = line["rate"], line["quantity"], line["amount"]
    if rate and quantity is None:
        yield tell(
            action,
            line,
            "quantity",
            "",
            f"combien de fois le montant {rate}",
            "un montant daté sans quantité",
        )
    elif quantity is not None and not rate:
        yield tell(
            action, line, "rate", "", "le montant de la feuille « Montants » que cette quantité multiplie",
            "une quantité sans montant daté",
        )  # fmt: skip
    elif typed is None and not rate:
        yield tell(
            action, line, "amount", "", "un montant, ou un montant daté et sa quantité", "une ligne de budget sans montant"
        )  # fmt: skip
    if not rate or quantity is None or not line["year"]:
        return
    year, amounts = int(line["year"]), ground.agreement.table("plan", "amounts")
    found = in_force(amounts, str(rate), year)
    if found is None:
        if rate in set(amounts["id"]):
            yield tell(
                action, line, "year", f"{year}, où le montant {rate} n’est pas encore en vigueur",
                "une ligne de « Montants » du même nom qui vaille cette année-là",
                f"un montant daté qui ne vaut pas encore en {year} ({rate})",
            )  # fmt: skip
        return
    if found.last_known and typed is None and line["kind"] == "recette" and line["sure"] == "acquis":
        yield line.warning(
            "sure", f"acquis, calculé pour {year} sur le montant {found.id}, qui finit avant",
            f"« demandé » ou « à demander » ; ou le montant obtenu, tapé ; ou une ligne de « Montants » du même nom qui vaille en {year}",
            said=f"une recette dite acquise, calculée sur un montant qui ne vaut plus en {year} ({found.id})",
        )  # fmt: skip
    computed = found.value * quantity
    if typed is not None and abs(typed - computed) > CENTS:
        product = f"{number(quantity, 2)} × {number(found.value, 4)}{NBSP}€ ({found.id}) = {euros(computed)}"
        yield tell(
            action, line, "amount", f"{euros(typed)} tapés, et {product} calculés pour {year}",
            "un seul des deux : vider le montant tapé, ou corriger le montant daté ou la quantité",
            f"un montant tapé ({euros(typed)}) qui n’est pas celui que donne le montant daté ({product})",
        )  # fmt: skip


def _payers(ground: Ground) -> Iterator[Problem]:
    """Payers that parties.xlsx does not hold, once for each action."""
    parties = ground.partnership.table("parties", "parties")
    types, kinds = set(parties["type"]), dict(zip(parties["id"], parties["type"], strict=True))
    told = set()
    for line, action in ground.of_actions("budget"):
        wanted = PAYER_TYPE.get(str(line["funder"] or ""), "")
        key = action["id"], wanted
        own = str(kinds.get(line["party"], ""))
        if own and wanted and own != wanted:
            yield line.warning(
                "party", f"{line['party']} ({PARTY_TYPES[own]}), pour « {PAYERS[line['funder']]} »",
                f"une partie de cette sorte ({PARTY_TYPES[wanted]})", said="une partie qui paie d’une autre sorte que le financeur",
            )  # fmt: skip
        if line["kind"] == "recette" and wanted and types and wanted not in types and key not in told:
            told.add(key)
            kind = PARTY_TYPES[wanted]
            yield line.warning(
                "funder", PAYERS[line["funder"]], f"un financeur qui soit partie ou partenaire (parties.xlsx : {kind})",
                said=f"un financeur absent de parties.xlsx ({kind})",
            )  # fmt: skip


def outdated(ground: Ground) -> Iterator[Problem]:
    """Dated amounts that are over on the study's date, that no later line of the same name follows, and that are used on."""
    table = lines(ground.agreement, "plan", "amounts")
    whole = max(ground.plan.budget["year"] if len(ground.plan.budget) else (), default=0)
    beyond = {each.rate.id: max((*each.years, *each.beyond), default=0) for each in used(ground.agreement)}
    named = any(beyond.values())
    for line in table:
        start, end = line["start"], line["end"]
        last = beyond.get(str(line["id"] or ""), 0) if named else whole
        if start and end and end < start:
            yield line.problem(
                "end", day(end), f"un jour après le début ({day(start)})", said="un montant qui finit avant de commencer"
            )  # fmt: skip
            continue
        name = fold(str(line["name"]))
        followed = any(
            fold(str(o["name"])) == name and o["start"] and end and o["start"] > end for o in table
        )
        if end and end < ground.as_of and last > end.year and not followed:
            yield line.warning("end", day(end), f"le montant en vigueur après cette date : le plan l’emploie jusqu’en {last}",
                               said="un montant qui n’est plus en vigueur")  # fmt: skip
