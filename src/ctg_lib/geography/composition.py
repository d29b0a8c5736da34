"""Which communes an EPCI was made of, year by year, and what joined or left it.

A merger of two member communes, or the division of one, changes the list but not the territory: it is
neither a joining nor a leaving. What an EPCI was is followed under its SIREN only: two EPCI that merge
usually make a third one, with a SIREN of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.errors import BadInput
from ctg_lib.geography.names import typographic

if TYPE_CHECKING:
    from ctg_lib.geography.atlas import Geography

COLUMNS = ["edition", "commune", "name", "change", "other"]


def _members(geo: Geography, more: Mapping[int, pd.DataFrame] | None) -> dict[int, dict[str, str]]:
    """Year -> commune -> EPCI, for the years at hand."""
    added = {int(year): owners(table) for year, table in (more or {}).items()}
    return dict(sorted({**geo.epci_by_year, **added}.items()))


def owners(table: pd.DataFrame) -> dict[str, str]:
    """Commune -> EPCI, of those that have one."""
    kept = table[table["epci"].ne("")]
    return dict(zip(kept["commune"].tolist(), kept["epci"].tolist(), strict=True))


def composition(geo: Geography, code: str, more: Mapping[int, pd.DataFrame] | None = None) -> pd.DataFrame:
    """Communes of an EPCI on 1 January of each year.

    Args:
        code: SIREN of an EPCI of any edition.
        more: other years' memberships (columns ``commune, epci``), as
            :func:`ctg_lib.geography.insee_files.read_epci` gives them.

    Returns:
        edition, commune (code of that year), name, change, other. One row per member, ``change`` empty or
        ``joined`` (was outside the year before); and one row per commune that has ``left``, in the first
        year without it. ``other`` is the EPCI it came from or went to (empty: none). A year without the
        EPCI has no row; all members of its first year are ``joined`` when the year before is at hand.

    Raises:
        BadInput: no EPCI of that code in any year.
    """
    from ctg_lib.geography.atlas import EDITIONS

    every = _members(geo, more)
    passage = geo.with_edition(max(EDITIONS)).passage()
    rows: list[tuple[int, str, str, str]] = []
    for year, owner in every.items():
        now = {c for c, e in owner.items() if e == code}
        before = every.get(year - 1)
        if before is None:
            rows += [(year, c, "", "") for c in now]
            continue
        # last year's members and everybody's EPCI, in this year's communes
        near = passage.origins(now) | {c for c, e in before.items() if e == code}
        moved, _, _ = passage.place(sorted(near & before.keys()), year - 1, year)
        moved = moved.assign(epci=moved["code"].map(before))
        was = set(moved.loc[moved["epci"].eq(code), "commune"])
        held = dict(zip(moved["commune"], moved["epci"], strict=True))
        rows += [(year, c, "", "") for c in now & was]
        rows += [(year, c, "joined", held.get(c, "")) for c in now - was]
        rows += [(year, c, "left", owner.get(c, "")) for c in was - now]
    if not rows:
        raise BadInput(f"EPCI {code!r} inconnu ; années de composition : {', '.join(map(str, every))}.")
    out = pd.DataFrame(rows, columns=["edition", "commune", "change", "other"])
    out["name"] = [_name(geo, c) for c in out["commune"]]
    return out[COLUMNS].sort_values(["edition", "commune"], kind="stable", ignore_index=True)


def _name(geo: Geography, commune: str) -> str:
    """Display name of a commune of any edition."""
    known = geo.with_edition(None)._communes["name"]
    if commune in known.index:
        return typographic(str(known[commune]))
    rows = geo.other_editions(commune)
    rows = rows[rows["level"].eq("commune")]
    return typographic(str(rows.sort_values("edition")["name"].iloc[-1])) if len(rows) else commune


def epci_of(geo: Geography, commune: str, year: int) -> str:
    """See :meth:`Geography.epci_of`."""
    there = geo.with_edition(year)
    code = there.current_code(str(commune))
    if code not in there._communes.index:
        now = geo.passage().place([code], year, year)[0]
        code = str(now["commune"].iloc[0]) if len(now) else code
    if code not in there._communes.index:
        raise BadInput(f"commune {commune!r} inconnue en {year}.")
    return str(there._communes.loc[code, "epci"])


def sentence(geo: Geography, code: str, more: Mapping[int, pd.DataFrame] | None = None) -> str:
    """What became of an EPCI's composition, in a few French words without capital nor full stop.

    « composition stable depuis 2021 » ; « a accueilli Bény-sur-Mer en 2026 » ; « a accueilli 3 communes en
    2023, a perdu Salles-Curan en 2026 » ; « créée en 2026 » ; « n’existe plus depuis 2026 ».
    """
    table = composition(geo, code, more)
    years = sorted(_members(geo, more))
    present = table[table["change"].ne("left")].groupby("edition").size()
    first, last = int(present.index.min()), int(present.index.max())
    parts = [f"créée en {first}"] if first > years[0] else []
    changes = table[table["change"].ne("") & table["edition"].gt(first) & table["edition"].le(last)]
    for (year, change), rows in changes.groupby(["edition", "change"], sort=True):
        verb = "a accueilli" if change == "joined" else "a perdu"
        parts.append(f"{verb} {_listed(rows['name'].tolist())} en {year}")
    if last < years[-1]:
        parts.append(f"n’existe plus depuis {last + 1}")
    return ", ".join(parts) if parts else f"composition stable depuis {first}"


def _listed(names: list[str]) -> str:
    if len(names) > 3:
        return f"{len(names)} communes"
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " et " + names[-1]
