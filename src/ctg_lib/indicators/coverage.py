"""Which rows of the catalogue have a value for a territory and its references, and why the others have none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import pandas as pd

from ctg_lib import reads
from ctg_lib.indicators.catalogue import ROWS, File, Row, answers
from ctg_lib.indicators.registry import Definition, iter_definitions
from ctg_lib.observations import Store
from ctg_lib.shelf import shelved
from ctg_lib.values import LEVEL_LABELS, LEVELS, STATUS_RANK

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

OUTSIDE = "hors catalogue"
"""Stands for the row's number of a subject that is computed and asked for by none of the ninety rows."""

BEYOND: dict[tuple[str, ...], Row] = {
    ("arrivees", "departs", "stables"): Row(
        OUTSIDE, "Habitants arrivés, partis, restés en un an", "logement",
        "Insee, recensement, mobilités résidentielles",
        (File("« flux de mobilité résidentielle entre communes » de l’Insee (RP, base-flux-mobilite-residentielle)",
              ("migcom",)),),
    ),
    ("eleves_scolarises_ailleurs", "part_eleves_scolarises_ailleurs"): Row(
        OUTSIDE, "Élèves et étudiants scolarisés hors du territoire", "emploi",
        "Insee, recensement, mobilités scolaires",
        (File("« flux domicile – lieu d’étude entre communes » de l’Insee (RP, base-flux-mobilite-domicile-lieu-etude)",
              ("migsco",)),),
    ),
    ("part_emmenages_recents",): Row(
        OUTSIDE, "Ménages emménagés depuis moins de deux ans", "logement",
        "Insee, recensement, exploitation principale",
        (File("« logements, ancienneté d’emménagement » de l’Insee (RP, DS_RP_LOGEMENT_PRINC)",
              ("DS_RP_LOGEMENT_PRINC:DWELLINGS:l_stay=",)),),
    ),
    ("enfants_consultations_pmi", "bilans_maternelle_pmi"): Row(
        OUTSIDE, "Enfants vus par la PMI", "petite_enfance", "sur demande", partners=("departement",),
    ),
    ("informations_preoccupantes", "mineurs_aide_sociale_enfance"): Row(
        OUTSIDE, "Protection de l’enfance", "parentalite", "sur demande", partners=("departement",),
    ),
    ("communes_pedt",): Row(
        OUTSIDE, "Projets éducatifs de territoire", "enfance", "sur demande", partners=("sdjes",),
    ),
}  # fmt: skip
"""Subjects outside of the catalogue: indicators -> the file they need, or the partner who is asked."""


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
    """What the store holds of the datasets that the catalogue names: the same for all territories.

    Read once by a process, as long as no file of the store changes; where reads are noted
    (:mod:`ctg_lib.reads`), once by those that share a shelf (:mod:`ctg_lib.shelf`).
    """
    files = sorted(store.folder.rglob("*.parquet"))
    seen = ((file, file.stat()) for file in files)
    as_they_are = tuple((str(f), s.st_size, s.st_mtime_ns, s.st_ino) for f, s in seen)
    if reads.heard():  # a shelf may be older than the store: what lies there is of these very files
        return shelved(("holdings", str(store.folder), as_they_are), lambda: _read_holdings(store))
    return _held(store.folder, as_they_are)


@lru_cache(maxsize=1)
def _held(folder: Path, files: tuple[tuple[str, int, int, int], ...]) -> Holdings:
    return _read_holdings(Store(folder))


def _read_holdings(store: Store) -> Holdings:
    files = [file for row in (*ROWS, *BEYOND.values()) for file in row.files]
    names = sorted({need.split(":")[0] for file in files for need in file.needs})
    found: dict[str, dict[str, frozenset[str]]] = {}
    for name in names:
        rows = store.distinct(name, ["variable", "breakdown"])
        if not rows.empty:
            grouped = rows.groupby("variable", observed=True)["breakdown"]
            found[name] = {str(variable): frozenset(parts) for variable, parts in grouped}
    return Holdings(found)


@dataclass(frozen=True)
class Known:
    """What is known for a territory and its references: what :func:`coverage` and :func:`beyond` read.

    Attributes:
        table: indicators (``RESULT_COLUMNS``) of the territory and of its references.
        held: what the store holds.
        place: (level, code) of the territory.
        members: its communes.
        inside: indicators of its communes and establishments, if asked.
        command: what the user types to download a missing file.
    """

    table: pd.DataFrame
    held: Holdings
    place: tuple[str, str]
    members: Collection[str]
    inside: pd.DataFrame | None = None
    command: str = "ctg data fetch"

    @cached_property
    def own(self) -> pd.DataFrame:
        """Rows of the territory itself."""
        return self.table[self.table["level"].eq(self.place[0]) & self.table["code"].eq(self.place[1])]

    @cached_property
    def have(self) -> dict[str, set[str]]:
        """Column of :data:`PLACES` -> indicators that have a value or a range there."""
        wider = ("departement", "region", "france")
        found = {level: _known(self.table[self.table["level"].eq(level)]) for level in wider}
        return {"territoire": _known(self.own), **found}

    @cached_property
    def below(self) -> dict[str, set[str]]:
        """Indicator -> levels below the territory at which something is known."""
        return _below(self.inside, set(self.members))

    def line(self, row: Row, rules: tuple[Definition, ...]) -> dict[str, object]:
        """One row of the frame: :data:`COLUMNS`.

        Args:
            row: what is asked. rules: the indicators that answer it.
        """
        ids = {rule.id for rule in rules} - set(row.near)
        cells = {level: bool(ids & found) and not row.of_communes for level, found in self.have.items()}
        here = cells["territoire"]
        levels = [] if here else sorted({level for i in ids for level in self.below.get(i, set())})
        near = self.have["territoire"] & set(row.near)
        close = [] if here else [rule.label for rule in rules if rule.id in near]
        return {
            "row": row.id, "label": row.label, "theme": row.theme, "open": row.open, "source": row.source,
            "partner": row.partner, "indicators": " ".join(rule.id for rule in rules),
            "annex": bool(rules) and all(rule.annex for rule in rules), **cells,
            "inside": bool(levels), "near": bool(close), "reason": self._words(row, rules, here, levels, close),
        }  # fmt: skip

    def _words(
        self, row: Row, rules: tuple[Definition, ...], here: bool, levels: list[str], close: list[str]
    ) -> str:
        """Why nothing is known, or not all; what comes near; what a partner gave."""
        if here and row.open:
            return ""
        reason = _reason(row, rules, self.held, self.own, levels, self.command)
        if here:
            rows = self.own[self.own["indicator"].isin([rule.id for rule in rules])]
            given = rows["method"].eq("local").any()
            reason = "chiffre transmis par un partenaire" if given else f"en partie ; le reste {reason}"
        if close:
            more = ", …" if len(close) > 2 else ""
            reason = f"approché par : {', '.join(close[:2])}{more} ; {reason}"
        return reason


def coverage(known: Known) -> pd.DataFrame:
    """One row per row of the catalogue, in its order: frame with :data:`COLUMNS`."""
    rules_of = answers()
    return pd.DataFrame([known.line(row, rules_of[row.id]) for row in ROWS], columns=list(COLUMNS))


def beyond(known: Known) -> pd.DataFrame:
    """The same for what is computed outside of the catalogue, so that no empty indicator goes unexplained.

    One row per subject of :data:`BEYOND` and per other indicator that answers no row; ``row`` is
    :data:`OUTSIDE`. They are not counted with the ninety.
    """
    free = {rule.id: rule for rule in iter_definitions() if not rule.row}
    subjects = [
        (row, found) for ids, row in BEYOND.items() if (found := tuple(free[i] for i in ids if i in free))
    ]
    named = {rule.id for _, rules in subjects for rule in rules}
    subjects += [(_alone(rule), (rule,)) for rule in free.values() if rule.id not in named]
    return pd.DataFrame([known.line(row, rules) for row, rules in subjects], columns=list(COLUMNS))


def _alone(rule: Definition) -> Row:
    """An indicator that nobody named here, as a subject of its own."""
    label = rule.label[:1].upper() + rule.label[1:]
    level = rule.finest_level if LEVELS.index(rule.finest_level) > LEVELS.index("epci") else ""
    return Row(OUTSIDE, label, rule.theme, " ; ".join(rule.references), coarsest=level)


def _known(rows: pd.DataFrame) -> set[str]:
    """Indicators of which a value or a range is known."""
    return set(rows.loc[rows["value"].notna() | rows["lower"].notna(), "indicator"])


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
    if not row.files:
        return "aucun fichier réuni ne le donne pour ce territoire"
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
