"""Insee's flows between communes: residence a year before (MIGCOM) and place of study (MIGSCO).

Files ``base-flux-mobilite-{residentielle,domicile-lieu-etude}-AAAA.csv``:
``CODGEO;LIBGEO;DCRAN|DCETUF;L_…;NBFLUX_…``.

Traps met here:
    - the year stands in the flow's name only (``NBFLUX_C22_POP01P``);
    - flows are sampled (« exploitation complémentaire »), weighted floats;
    - the place of study has been called ``DCETU`` and ``DCETUF``; the place of work is ``DCLT``;
    - arrondissements of Paris, Lyon and Marseille on either side are summed into their city;
    - a place abroad has a code that is no commune's (``99999``, ``BE001`` …): it is kept as it is.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected, sample
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, commune_of, finish, is_commune, numbers, read_table, refuse, require

FLOWS: dict[str, tuple[str, str]] = {
    "DCRAN": ("migcom", "de"),
    "DCETUF": ("migsco", "vers"),
    "DCETU": ("migsco", "vers"),
}
"""Column of the other end -> dataset, key of the breakdown."""
_FLOW = re.compile(r"^NBFLUX_C(\d\d)_(\w+)$")


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Persons by commune of residence and other end of the move.

    Dataset ``migcom`` (code = residence now, ``de=`` = residence a year before) or ``migsco`` (code =
    residence, ``vers=`` = place of study), variable ``personnes``, period = year. Those who did not move
    have a row too (both ends the same). Options: ``expect``.

    Raises:
        RawDataError: no or several flow columns, neither DCRAN nor DCETUF, another year than the
            manifest's, bad code or number, twice the same pair.
    """
    table = read_table(path)
    require(table, ["CODGEO"], path)
    flow = _flow(table, entry, path)
    ends = [c for c in FLOWS if c in table]
    if len(ends) != 1:
        found = sample([c for c in table.columns if c != ROW], 12)
        raise RawDataError(
            found_expected(f"{path.name}, colonne de l’autre commune", found, ", ".join(FLOWS))
        )
    end = ends[0]
    dataset, key = FLOWS[end]
    twice = table.duplicated(["CODGEO", end])
    refuse(twice, table, end, path, "une seule ligne par couple de communes")
    here = commune_of(table["CODGEO"].str.strip())
    refuse(~is_commune(here), table, "CODGEO", path, "un code commune à cinq caractères")
    there = commune_of(table[end].str.strip())
    refuse(~there.str.fullmatch(r"[0-9A-Z]{5}"), table, end, path, "un code à cinq caractères")
    values = numbers(table, flow, path)
    refuse(values.isna(), table, flow, path, "un nombre")
    sums = values.groupby([here.rename("code"), there.rename("end")], sort=True).sum()
    frame = sums.rename("value").reset_index()
    frame["breakdown"] = f"{key}=" + frame.pop("end")
    year = entry.reference_date[:4]
    return finish(frame, entry, path, dataset=dataset, variable="personnes", level="commune", period=year)


def _flow(table: pd.DataFrame, entry: Entry, path: Path) -> str:
    found = {c: m[1] for c in table.columns if (m := _FLOW.match(c))}
    if len(found) != 1:
        raise RawDataError(
            found_expected(
                f"{path.name}, colonne du flux", sample(found) or "aucune", "une seule « NBFLUX_CAA_… »"
            )
        )
    [(column, yy)] = found.items()
    expected = entry.reference_date[:4]
    if yy != expected[2:]:
        raise RawDataError(found_expected(f"{path.name}, année du flux", column, f"{expected} (manifeste)"))
    return column
