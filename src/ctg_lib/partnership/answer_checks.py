"""Figures of partners' answers against each other: the same one twice, parts and wholes, too many people."""

from __future__ import annotations

from collections.abc import Iterable

from ctg_lib.partnership.answer_cells import Cell, Context, plain
from ctg_lib.partnership.books.measures import groups, measures
from ctg_lib.workbooks.problems import Problem


def checked(cells: list[Cell], context: Context) -> tuple[list[Cell], list[Problem]]:
    """The figures that can be used, and why the others cannot."""
    problems: list[Problem] = []
    kept = _newest(cells, problems)
    kept = _whole_groups(kept, problems)
    kept = [c for c in kept if not _too_many(c, context, problems)]
    refused = _larger_parts(kept, problems) | _larger_sums(kept, context, problems)
    return [c for c in kept if id(c) not in refused], problems


def _newest(cells: Iterable[Cell], problems: list[Problem]) -> list[Cell]:
    """One figure per key: of several, that of the newest extraction; told."""
    by_key: dict[tuple, list[Cell]] = {}
    for cell in cells:
        by_key.setdefault(cell.key, []).append(cell)
    kept = []
    for several in by_key.values():
        best = _best(several)
        kept += [best] if best is not None else []
        first = best or several[0]
        problems += [_twice(c, first, best is not None) for c in several if c is not first]
    return kept


def _best(several: list[Cell]) -> Cell | None:
    """The newest; None where the newest ones contradict each other."""
    last = max((c.extracted for c in several if c.extracted is not None), default=None)
    newest = [c for c in several if c.extracted == last]
    return newest[0] if len({(c.masked, c.least, c.most) for c in newest}) == 1 else None


def _twice(cell: Cell, other: Cell, decided: bool) -> Problem:
    there = f"{other.spot.file}, feuille « {other.spot.sheet} », ligne {other.spot.row}"
    found = f"{cell.measure.label} : {cell.shown}, et {other.shown} ({there})"
    if not decided:
        expected = (
            "un seul chiffre, ou deux dates d’extraction : la plus récente sera retenue ; aucun ne l’est"
        )
        return cell.problem(found, expected)
    return cell.problem(
        found, f"un seul chiffre ; {other.shown} est retenu, l’extraction la plus récente", "warning"
    )


def _whole_groups(cells: list[Cell], problems: list[Problem]) -> list[Cell]:
    """Groups that make a whole (bands of income) are used only where every part is there."""
    whole = {g.id for g in groups().values() if g.complete}
    out = [c for c in cells if c.measure.group not in whole]
    parts: dict[tuple, list[Cell]] = {}
    for cell in cells:
        if cell.measure.group in whole:
            parts.setdefault((cell.measure.group, cell.measure.partner, cell.year, cell.code), []).append(
                cell
            )
    for (group, partner, *_), found in parts.items():
        wanted = [m for m in measures().values() if (m.group, m.partner) == (group, partner)]
        given = {c.measure.id for c in found}
        lacking = [m.label for m in wanted if m.id not in given]
        if not lacking:
            out += found
            continue
        names = ", ".join(lacking[:3]) + (f" … ({len(lacking)} lignes en tout)" if len(lacking) > 3 else "")
        title = f"{groups()[group].title} : {len(found)} lignes remplies sur {len(wanted)}"
        problems.append(
            found[0].problem(title, f"toutes, ou aucune ; celles-ci ne sont pas lues, sans : {names}")
        )
    return out


def _too_many(cell: Cell, context: Context, problems: list[Problem]) -> bool:
    people = context.population.get(cell.code)
    if people is None or cell.measure.figure != "people" or not cell.measure.within or cell.least <= people:
        return False
    where = context.where(cell.level, cell.code)
    expected = f"au plus {people:.0f}, le nombre d’habitants ; le chiffre n’est pas retenu"
    problems.append(cell.problem(f"{cell.measure.label}, {where} : {cell.shown}", expected))
    return True


def _larger_parts(cells: list[Cell], problems: list[Problem]) -> set[int]:
    """Figures larger than the one they are part of, and that one: nobody knows which is wrong."""
    at = {(c.measure.id, c.year, c.level, c.code): c for c in cells}
    out: set[int] = set()
    for cell in cells:
        whole = at.get((cell.measure.part_of, cell.year, cell.level, cell.code))
        if whole is None or cell.least <= whole.most:
            continue
        other = f"« {whole.measure.label} », ligne {whole.spot.row}"
        expected = f"au plus {whole.shown} ({other}) ; aucun des deux n’est retenu"
        problems.append(cell.problem(f"{cell.measure.label} : {cell.shown}", expected))
        out |= {id(cell), id(whole)}
    return out


def _larger_sums(cells: list[Cell], context: Context, problems: list[Problem]) -> set[int]:
    """The territory's figure beside the sum of its communes, masked ones at their least and most."""
    out: set[int] = set()
    of_communes: dict[tuple, list[Cell]] = {}
    for cell in cells:
        if cell.level == "commune":
            of_communes.setdefault(cell.figure, []).append(cell)
    for cell in cells:
        parts = of_communes.get(cell.figure, [])
        if (cell.level, cell.code) != context.territory or not parts:
            continue
        least, most = sum(c.least for c in parts), sum(c.most for c in parts)
        found = f"{cell.measure.label} : {cell.shown} pour l’ensemble du territoire"
        if cell.most < least:
            expected = f"au moins {plain(least)}, la somme des communes ; rien n’en est retenu"
            problems.append(cell.problem(found, expected))
            out |= {id(cell), *map(id, parts)}
        elif len(parts) == len(context.communes) and cell.least > most:
            expected = (
                f"au plus {plain(most)}, la somme des communes ; retenu (résidence inconnue de certains ?)"
            )
            problems.append(cell.problem(found, expected, "warning"))
    return out
