"""Which rows of the catalogue have a value for a territory and its references, and why the others have none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from ctg_lib.indicators.catalogue import ROWS, File, Row, answers
from ctg_lib.indicators.registry import Definition
from ctg_lib.observations import Store
from ctg_lib.values import LEVEL_LABELS, STATUS_RANK

COLUMNS: tuple[str, ...] = (
    "row", "label", "theme", "open", "source", "partner", "indicators", "annex", "territoire", "inside",
    "near", "departement", "region", "france", "reason",
)  # fmt: skip
"""``territoire`` … ``france``: a value or a range is known; ``inside``: only for communes or establishments;
``near``: only by indicators that come near what the row asks."""

PLACES: dict[str, str] = {
    "territoire": "le territoire", "departement": "le département", "region": "la région", "france": "la France",
}  # fmt: skip

REASONS: dict[str, str] = {
    "secret": "secret statistique",
    "not_significant": "non significatif selon l’éditeur",
    "below_threshold": "base trop petite pour un taux",
    "missing": "des communes manquent dans le fichier réuni",
    "not_applicable": "sans objet ici",
    "merged_elsewhere": "compté dans une autre commune",
}


@dataclass(frozen=True)
class Holdings:
    """What the store holds: variables and breakdowns of each dataset.

    Attributes:
        found: dataset -> variable -> breakdowns.
    """

    found: dict[str, dict[str, frozenset[str]]]

    def has(self, need: str) -> bool:
        """Whether the store holds ``dataset``, ``dataset:variable`` or ``dataset:variable:text``."""
        dataset, variable, text = [*need.split(":", 2), "", ""][:3]
        held = self.found.get(dataset, {})
        chosen = [b for name, b in held.items() if variable in ("", name)]
        return any(chosen) and (not text or any(text in b for held_by in chosen for b in held_by))

    def lacking(self, row: Row) -> File | None:
        """The first file that a row needs and the store does not hold."""
        return next((f for f in row.files if not any(self.has(need) for need in f.needs)), None)


def holdings(store: Store) -> Holdings:
    """Read what the store holds of the datasets that the catalogue names."""
    names = sorted({need.split(":")[0] for row in ROWS for file in row.files for need in file.needs})
    found: dict[str, dict[str, frozenset[str]]] = {}
    for name in names:
        rows = store.read(name, columns=["variable", "breakdown"]).drop_duplicates()
        if not rows.empty:
            grouped = rows.groupby("variable", observed=True)["breakdown"]
            found[name] = {str(variable): frozenset(parts) for variable, parts in grouped}
    return Holdings(found)


def coverage(
    table: pd.DataFrame,
    held: Holdings,
    place: tuple[str, str],
    members: Iterable[str],
    *,
    inside: pd.DataFrame | None = None,
    command: str = "ctg data fetch",
) -> pd.DataFrame:
    """One row per row of the catalogue.

    Args:
        table: indicators (``RESULT_COLUMNS``) of the territory and of its references.
        held: what the store holds.
        place: (level, code) of the territory.
        members: its communes.
        inside: indicators of its communes and establishments, if asked.
        command: what the user types to download a missing file.

    Returns:
        Frame with :data:`COLUMNS`, in the catalogue's order.
    """
    known = table[table["value"].notna() | table["lower"].notna()]
    mine = known["level"].eq(place[0]) & known["code"].eq(place[1])
    have = {
        "territoire": set(known.loc[mine, "indicator"]),
        **{
            level: set(known.loc[known["level"].eq(level), "indicator"])
            for level in ("departement", "region", "france")
        },
    }
    below = _below(inside, set(members))
    own = table[table["level"].eq(place[0]) & table["code"].eq(place[1])]
    rules_of = answers()
    out = []
    for row in ROWS:
        rules = rules_of[row.id]
        ids = {rule.id for rule in rules} - set(row.near)
        cells = {level: bool(ids & found) and not row.of_communes for level, found in have.items()}
        known_here = cells["territoire"]
        levels = [] if known_here else sorted({level for i in ids for level in below.get(i, set())})
        close = (
            []
            if known_here
            else [rule.label for rule in rules if rule.id in have["territoire"] & set(row.near)]
        )
        cells["inside"], cells["near"] = bool(levels), bool(close)
        reason = "" if known_here and row.open else _reason(row, rules, held, own, levels, command)
        if known_here and not row.open:
            reason = f"en partie ; le reste {reason}"
        if close:
            more = ", …" if len(close) > 2 else ""
            reason = f"approché par : {', '.join(close[:2])}{more} ; {reason}"
        out.append(
            {
                "row": row.id, "label": row.label, "theme": row.theme, "open": row.open, "source": row.source,
                "partner": row.partner, "indicators": " ".join(rule.id for rule in rules),
                "annex": bool(rules) and all(rule.annex for rule in rules), **cells, "reason": reason,
            }
        )  # fmt: skip
    return pd.DataFrame(out, columns=list(COLUMNS))


def _below(inside: pd.DataFrame | None, members: set[str]) -> dict[str, set[str]]:
    """Indicator -> levels below the territory at which something is known."""
    if inside is None or inside.empty:
        return {}
    rows = inside[inside["value"].notna() | inside["lower"].notna()]
    rows = rows[rows["level"].eq("structure") | rows["code"].isin(members)]
    return {str(i): set(levels) for i, levels in rows.groupby("indicator", observed=True)["level"]}


def _reason(
    row: Row,
    rules: tuple[Definition, ...],
    held: Holdings,
    own: pd.DataFrame,
    levels: list[str],
    command: str,
) -> str:
    if not row.open:
        return f"sur demande : {row.partner}"
    if row.set_aside:
        return row.set_aside
    if levels:
        names = {"commune": "par commune", "structure": "par établissement"}
        return "connu seulement " + " et ".join(names.get(level, level) for level in levels)
    lacking = held.lacking(row)
    if lacking is not None:
        return lacking.absent or f"fichier {lacking.title} pas encore téléchargé : {command}"
    if row.coarsest:
        return f"publié seulement à partir du niveau {LEVEL_LABELS[row.coarsest]}"
    mine = own[own["indicator"].isin([rule.id for rule in rules])]
    statuses = [s for s in mine["status"].unique() if s in REASONS]
    if statuses:
        # the least bad one: what stands closest to a value is what could be shown next
        return REASONS[min(statuses, key=STATUS_RANK.__getitem__)]
    return f"le fichier réuni ne couvre pas ce territoire : {command}"


def summary(frame: pd.DataFrame, place: str) -> list[str]:
    """How many rows have a value, in sentences.

    Args:
        frame: :func:`coverage`.
        place: name of the territory.
    """
    total, free = len(frame), int(frame["open"].sum())
    lines = [
        f"{total} lignes au catalogue, dont {free} à source ouverte et {total - free} à demander aux partenaires."
    ]
    names = {"territoire": place, "departement": "département", "region": "région", "france": "France"}
    for column, name in names.items():
        count = int(frame.loc[frame["open"], column].sum())
        extra = _partly(frame[frame["open"]]) if column == "territoire" else ""
        lines.append(f"  {name} : {count} lignes à source ouverte avec une valeur{extra}")
    return lines


def _partly(rows: pd.DataFrame) -> str:
    inside, near = int(rows["inside"].sum()), int((rows["near"] & ~rows["inside"]).sum())
    parts = [f"{inside} par commune ou établissement seulement"] if inside else []
    parts += [f"{near} par un indicateur approché"] if near else []
    return f" (et {', '.join(parts)})" if parts else ""
