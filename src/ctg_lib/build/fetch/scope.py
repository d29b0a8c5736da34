"""For which territories a fetch asks: the EPCI, its communes, those it is compared with, and above."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ctg_lib.project import Project


@dataclass(frozen=True)
class Scope:
    """Territories of a fetch limited to one or several EPCI.

    Attributes:
        territories: codes asked for (and those asked for earlier, whose figures are kept up to date).
        names: their names.
        whole: those that Melodi knows as an EPCI (not the établissements publics territoriaux).
        communes: all their communes.
        neighbours: EPCI that touch them.
        compared: all other EPCI that figures are compared with.
        departements: theirs and their neighbours'.
        regions: theirs.
    """

    territories: tuple[str, ...]
    names: tuple[str, ...]
    whole: tuple[str, ...]
    communes: tuple[str, ...]
    neighbours: tuple[str, ...]
    compared: tuple[str, ...]
    departements: tuple[str, ...]
    regions: tuple[str, ...]

    def melodi(self, levels: Iterable[str], france: Iterable[str]) -> list[str]:
        """Codes of the territories as Melodi writes them, from the finest level to the widest.

        Where a dataset has no EPCI level, the communes of the neighbours are asked for too, so that their
        totals can be made.
        """
        wanted, codes = set(levels), []
        if "commune" in wanted:
            inside = self.whole if "epci" in wanted else (*self.whole, *self.neighbours)
            codes += [f"EPCI-{c}*COM" for c in inside]
            if len(self.whole) < len(self.territories):
                codes += [f"COM-{c}" for c in self.communes]
        if "epci" in wanted:
            codes += [f"EPCI-{c}" for c in (*self.whole, *self.compared)]
        if "departement" in wanted:
            codes += [f"DEP-{c}" for c in self.departements]
        if "region" in wanted:
            codes += [f"REG-{c}" for c in self.regions]
        if "france" in wanted:
            codes += list(france)
        return list(dict.fromkeys(codes))


def scope_of(project: Project, codes: Iterable[str]) -> Scope:
    """The scope of studies or EPCI, taken together.

    Raises:
        BadInput: unknown territory.
    """
    from ctg_lib.study import open_study

    opened = [open_study(code, project) for code in dict.fromkeys(codes)]
    territories = {c: s.geography.territory(c) for s in opened for c in s.config.territories}
    found = list(territories.values())
    neighbours = {c for s in opened for c in s.neighbours["code"]} - set(territories)
    compared = {c for s in opened for c in s.peer_codes} - set(territories)
    membership = opened[0].geography.membership()
    around = membership.loc[membership["epci"].isin(neighbours), "departement"]
    own = {d for t in found for d in t.departements}
    return Scope(
        tuple(territories),
        tuple(t.name for t in found),
        tuple(t.code for t in found if t.level == "epci"),
        tuple(dict.fromkeys(c for t in found for c in t.members)),
        tuple(sorted(neighbours)),
        tuple(sorted(compared)),
        tuple(sorted({*own, *around})),
        tuple(sorted({r for t in found for r in t.regions})),
    )
