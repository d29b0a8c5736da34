"""Build the observations store from the raw files, verify it, say what it holds.

Nothing is built when any raw file is missing, changed or unlisted. The store is written aside and
swapped in whole, so that a reader never meets half of it; it is left alone when neither the raw files,
the corrections nor the readers' code have changed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from ctg_lib import observations, sources
from ctg_lib.errors import RawDataError, found_expected, sample
from ctg_lib.manifest import Entry, Manifest, load_manifest
from ctg_lib.observations import Store
from ctg_lib.project import Project
from ctg_lib.sources.vintages import refuse_mixed
from ctg_lib.values import USABLE

STAMP = ".stamp.json"
CORRECTIONS = "corrections.yml"
PLACE = ["dataset", "variable", "breakdown", "level", "code", "period"]
_CORRECTION_REQUIRED = (
    "dataset",
    "variable",
    "level",
    "code",
    "period",
    "value",
    "expect",
    "reason",
    "source",
)
_CORRECTION_KNOWN = {*_CORRECTION_REQUIRED, "breakdown"}

Progress = Callable[[str], None]


@dataclass(frozen=True)
class BuildReport:
    """What a build did.

    Attributes:
        built: whether anything was written (False: nothing had changed).
        files: Parquet files of the store, as ``dataset/vintage``.
        rows: number of observations.
        corrections: French lines, one per correction applied.
    """

    built: bool
    files: tuple[str, ...]
    rows: int
    corrections: tuple[str, ...] = ()

    def __str__(self) -> str:
        what = "construit" if self.built else "à jour, rien à faire"
        lines = [
            f"Magasin d’observations {what} : {len(self.files)} fichiers, {_count(self.rows)} observations."
        ]
        return "\n".join([*lines, *self.corrections])


def build_store(project: Project, *, force: bool = False, progress: Progress | None = None) -> BuildReport:
    """Read every raw file and write the observations store.

    Args:
        project: where the raw files and the store lie.
        force: build even if nothing has changed.
        progress: called with a French line before each file is read.

    Raises:
        RawDataError: a raw file is missing, changed, unlisted or not in its layout; a correction no
            longer applies; two files give one figure.
    """
    say = progress or (lambda _: None)
    recover(project)
    manifest = load_manifest(project.manifest)
    manifest.verify()
    key = stamp(project, manifest)
    previous = read_stamp(project.store)
    if not force and previous.get("key") == key and _complete(project.store, previous):
        return BuildReport(False, tuple(previous["files"]), previous["rows"], tuple(previous["corrections"]))
    groups, corrected = collect(project, manifest, progress=say)
    aside = project.store.with_name(project.store.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    store = Store(aside)
    for (dataset, vintage), frame in sorted(groups.items()):
        say(f"écriture de {dataset}, {vintage} ({_count(len(frame))} observations)")
        store.write(frame, dataset, vintage)
    files = sorted(p.relative_to(aside).with_suffix("").as_posix() for p in aside.glob("*/*.parquet"))
    rows = sum(len(f) for f in groups.values())
    content = {"key": key, "files": files, "rows": rows, "corrections": corrected}
    (aside / STAMP).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _swap(aside, project.store)
    return BuildReport(True, tuple(files), rows, tuple(corrected))


def collect(
    project: Project, manifest: Manifest, *, progress: Progress | None = None
) -> tuple[dict[tuple[str, str], pd.DataFrame], list[str]]:
    """Observations of every raw file, by (dataset, vintage), corrections applied; and what was corrected.

    Raises:
        RawDataError: see :func:`build_store`.
    """
    parts: dict[tuple[str, str], list[pd.DataFrame]] = {}
    for entry in manifest:
        if entry.layout in sources.NOT_OBSERVATIONS:
            continue
        if progress:
            progress(f"lecture de {entry.path}")
        frame = sources.read(manifest.file(entry), entry)
        for dataset, part in frame.groupby("dataset", sort=False, observed=True):
            parts.setdefault((str(dataset), entry.vintage), []).append(part)
    groups = {key: pd.concat(frames, ignore_index=True) for key, frames in parts.items()}
    groups = _publisher_first(groups, {e.id for e in manifest if e.is_carried_over})
    _refuse_rivals(groups)
    refuse_mixed(groups.values())
    corrected = apply_corrections(groups, load_corrections(project.raw / CORRECTIONS))
    return groups, corrected


def _publisher_first(
    groups: Mapping[tuple[str, str], pd.DataFrame], carried: Collection[str]
) -> dict[tuple[str, str], pd.DataFrame]:
    """A figure that the publisher's own file gives is not read from a republication."""
    own: dict[str, list[pd.DataFrame]] = {}
    for (dataset, _), frame in groups.items():
        own.setdefault(dataset, []).append(frame.loc[~frame["source"].isin(carried), PLACE])
    out = {}
    for key, frame in groups.items():
        again = frame["source"].isin(carried)
        published = pd.concat(own[key[0]], ignore_index=True)
        if again.any() and len(published):
            known = pd.MultiIndex.from_frame(published.astype("str"))
            again &= pd.MultiIndex.from_frame(frame[PLACE].astype("str")).isin(known)
            frame = frame.loc[~again].reset_index(drop=True)
        if len(frame):
            out[key] = frame
    return out


def _refuse_rivals(groups: Mapping[tuple[str, str], pd.DataFrame]) -> None:
    """No figure may come from two files: which one is read would depend on their order."""
    by_dataset: dict[str, list[pd.DataFrame]] = {}
    for (dataset, _), frame in groups.items():
        by_dataset.setdefault(dataset, []).append(frame)
    for dataset, frames in by_dataset.items():
        whole = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
        if whole["source"].nunique() < 2:
            continue
        twice = whole.duplicated(PLACE, keep=False)
        if twice.any():
            first = whole.loc[twice].iloc[0]
            same = whole.loc[twice & (whole[PLACE] == first[PLACE]).all(axis=1), "source"]
            raise RawDataError(
                f"{dataset}, {first['variable']}, {first['level']} {first['code']}, {first['period']} : "
                f"donné par plusieurs fichiers ({sample(same)}). Retirez-en un du manifeste."
            )


# --- corrections -------------------------------------------------------------------------------------


def load_corrections(path: Path) -> list[dict[str, Any]]:
    """Entries of ``corrections.yml`` (none where the file does not exist).

    Raises:
        RawDataError: unreadable file, missing or unknown field.
    """
    if not path.is_file():
        return []
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise RawDataError(f"{path.name} : YAML illisible ({error}).") from None
    items = content.get("corrections") if isinstance(content, dict) else None
    if not isinstance(items, list):
        raise RawDataError(f"{path.name} : une liste « corrections: » est attendue.")
    for index, item in enumerate(items, start=1):
        where = f"{path.name}, correction {index}"
        if not isinstance(item, dict):
            raise RawDataError(found_expected(where, item, "un bloc « clé: valeur »"))
        absent = [k for k in _CORRECTION_REQUIRED if k not in item]
        if absent:
            raise RawDataError(f"{where} : champs manquants : {', '.join(absent)}.")
        unknown = sorted(item.keys() - _CORRECTION_KNOWN)
        if unknown:
            raise RawDataError(f"{where} : champs inconnus : {', '.join(unknown)}.")
    return items


def apply_corrections(
    groups: dict[tuple[str, str], pd.DataFrame], corrections: list[dict[str, Any]]
) -> list[str]:
    """Replace published values; returns one French line per correction.

    ``expect`` is the value the publisher gives today (null: none): once it has changed, the correction
    must be looked at again, and the build stops.

    Raises:
        RawDataError: no such observation, or another published value than ``expect``.
    """
    lines = []
    for item in corrections:
        place = {k: str(item.get(k, "")) for k in PLACE}
        where = ", ".join(f"{k} {v}" for k, v in place.items() if v)
        hits = [
            (key, frame.index[(frame[PLACE] == pd.Series(place)).all(axis=1)])
            for key, frame in groups.items()
            if key[0] == place["dataset"]
        ]
        hits = [(key, index) for key, index in hits if len(index)]
        if len(hits) != 1 or len(hits[0][1]) != 1:
            found = sum(len(index) for _, index in hits)
            raise RawDataError(
                found_expected(f"{CORRECTIONS}, {where}", f"{found} observation(s)", "une seule")
            )
        key, index = hits[0]
        frame, row = groups[key], index[0]
        present = float(frame["value"].loc[row])
        if not _same(present, item["expect"]):
            raise RawDataError(
                found_expected(
                    f"{CORRECTIONS}, {where}", None if pd.isna(present) else present, item["expect"]
                )
                + ". L’éditeur a changé cette valeur : la correction est à revoir ou à retirer."
            )
        value = float("nan") if item["value"] is None else float(item["value"])
        status = "missing" if item["value"] is None else "observed"
        frame.loc[row, ["value", "low", "high"]] = [value, float("nan"), float("nan")]
        frame.loc[row, "status"] = status
        lines.append(f"corrigé : {where} : {item['expect']} → {item['value']} ({item['reason']})")
    return lines


def _same(value: float, expect: float | None) -> bool:
    if expect is None or pd.isna(value):
        return expect is None and bool(pd.isna(value))
    return abs(value - float(expect)) < 1e-9


# --- what is still valid -----------------------------------------------------------------------------


def stamp(project: Project, manifest: Manifest) -> str:
    """Hash of all that the store is made from: files, reading instructions, corrections, code."""
    digest = hashlib.sha256()
    for entry in sorted(manifest, key=lambda e: e.id):
        reading = [
            entry.id, entry.sha256, entry.layout, entry.dataset, entry.vintage, entry.reference_date,
            entry.geography_year, dict(entry.options),
        ]  # fmt: skip
        digest.update(json.dumps(reading, sort_keys=True, default=_text).encode())
    corrections = project.raw / CORRECTIONS
    digest.update(corrections.read_bytes() if corrections.is_file() else b"")
    for file in _code_files():
        digest.update(file.name.encode() + file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _code_files() -> list[Path]:
    readers = sorted(Path(sources.__file__).parent.glob("*.py"))
    return [
        *readers,
        Path(observations.__file__),
        Path(__file__),
        Path(observations.__file__).with_name("values.py"),
    ]


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def read_stamp(store: Path) -> dict[str, Any]:
    """What the last build of a store wrote about itself; empty when there is none."""
    try:
        return json.loads((store / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _complete(store: Path, content: Mapping[str, Any]) -> bool:
    found = {p.relative_to(store).with_suffix("").as_posix() for p in store.glob("*/*.parquet")}
    return found == set(content.get("files", []))


# --- swap --------------------------------------------------------------------------------------------


def _swap(aside: Path, store: Path) -> None:
    old = store.with_name(store.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if store.exists():
        store.rename(old)
    aside.rename(store)
    shutil.rmtree(old, ignore_errors=True)


def recover(project: Project) -> None:
    """Put the previous store back if a swap was interrupted between its two renames."""
    old = project.store.with_name(project.store.name + ".old")
    if old.is_dir() and not project.store.exists():
        old.rename(project.store)


# --- verification ------------------------------------------------------------------------------------


def verify_store(project: Project) -> list[str]:
    """Check files, row counts per vintage and level, and parts against published totals.

    The raw files are read again: what is verified is what a build would write.

    Returns:
        French lines, one per check that holds.

    Raises:
        RawDataError: the first check that fails, with both figures.
    """
    manifest = load_manifest(project.manifest)
    manifest.verify()
    lines = [f"{len(manifest)} fichiers bruts : tailles et sha256 conformes, aucun fichier non listé."]
    groups, corrected = collect(project, manifest)
    lines += corrected
    whole = pd.concat(groups.values(), ignore_index=True)
    lines.append(_verify_rows(manifest, whole))
    by_dataset = {str(name): frame for name, frame in whole.groupby("dataset", sort=True)}
    for check in PARTS:
        if check.dataset in by_dataset and (line := check.run(by_dataset[check.dataset])):
            lines.append(line)
    if line := refuse_mixed(groups.values()):
        lines.append(line)
    if line := _pyramids_against_population(by_dataset):
        lines.append(line)
    lines.append(_verify_built(project, groups))
    return lines


def _verify_rows(manifest: Manifest, whole: pd.DataFrame) -> str:
    keys = whole["period"] + " " + whole["level"]
    found = {str(source): Counter(part) for source, part in keys.groupby(whole["source"], sort=False)}
    total = 0
    for entry in manifest:
        if entry.layout in sources.NOT_OBSERVATIONS:
            continue
        _compare_rows(entry, found.get(entry.id, Counter()))
        total += sum(entry.rows.values())
    return f"{_count(total)} observations : nombre attendu pour chaque millésime et niveau de chaque fichier."


def _compare_rows(entry: Entry, found: Counter[str]) -> None:
    if not entry.rows:
        raise RawDataError(f"{entry.id} : aucun nombre de lignes attendu (« rows ») dans le manifeste.")
    for key in sorted({*entry.rows, *found}):
        if entry.rows.get(key, 0) != found.get(key, 0):
            raise RawDataError(
                found_expected(f"{entry.id} ({entry.path}), {key}", found.get(key, 0), entry.rows.get(key, 0))
                + " observations."
            )


def _verify_built(project: Project, groups: Mapping[tuple[str, str], pd.DataFrame]) -> str:
    content = read_stamp(project.store)
    if not content:
        return "Magasin d’observations : pas encore construit (ctg data build)."
    manifest = load_manifest(project.manifest)
    if content.get("key") != stamp(project, manifest):
        return "Magasin d’observations : les sources ont changé depuis sa construction (ctg data build)."
    if not _complete(project.store, content):
        raise RawDataError(
            f"{project.store} : des fichiers du magasin manquent ou sont en trop ; relancez ctg data build."
        )
    store = Store(project.store)
    for dataset in sorted({d for d, _ in groups}):
        expected = sum(len(f) for (d, _), f in groups.items() if d == dataset)
        found = len(store.read(dataset, columns=["code"]))
        if found != expected:
            raise RawDataError(found_expected(f"magasin, {dataset}", found, f"{expected} observations"))
    return f"Magasin d’observations : {len(content['files'])} fichiers à jour."


@dataclass(frozen=True)
class PartsCheck:
    """A published total against the sum of its published parts, wherever all of them are numbers.

    Attributes:
        dataset, variable: where the parts are.
        total: breakdown (or variable, when ``by`` is ``variable``) of the total.
        parts: those of the parts.
        tolerance: largest accepted difference, in the variable's unit.
        label: French words for the line.
        per_thousand: also accepted, as a share of the total (sums of many rounded figures).
    """

    dataset: str
    label: str
    total: str
    parts: tuple[str, ...]
    tolerance: float
    variable: str = ""
    by: str = "breakdown"
    per_thousand: float = 0.0
    levels: tuple[str, ...] = field(default=())

    def run(self, frame: pd.DataFrame) -> str:
        """The line to print; empty where the dataset holds no complete set of parts."""
        rows = frame.loc[frame[self.by].isin([self.total, *self.parts]) & frame["status"].isin(USABLE)]
        if self.variable:
            rows = rows.loc[rows["variable"] == self.variable]
        if self.levels:
            rows = rows.loc[rows["level"].isin(self.levels)]
        place = ["level", "code", "period", "source"]
        wide = rows.pivot_table(index=place, columns=self.by, values="value", observed=True)
        if not {self.total, *self.parts} <= set(wide.columns):
            return ""
        wide = wide[[self.total, *self.parts]].dropna()
        gap = (wide[self.total] - wide[list(self.parts)].sum(axis=1)).abs()
        allowed = self.tolerance + wide[self.total] * self.per_thousand / 1000
        if gap.gt(allowed + 1e-9).any():
            first = wide.loc[gap > allowed + 1e-9].iloc[0]
            level, code, period, source = wide.index[gap > allowed + 1e-9][0]
            raise RawDataError(
                f"{self.label} : {level} {code}, {period} ({source}) : total {first[self.total]:g}, "
                f"somme des parties {first[list(self.parts)].sum():g} ; écart accepté {self.tolerance:g}."
            )
        return f"{self.label} : {_count(len(wide))} égalités, écart maximal {_decimal(gap.max())}."


_MODES = ("eaje", "am_ind", "prescol", "gad_ind")
_EMPLOYED = "age=Y_GE15;empsta_enq=1"
PARTS: tuple[PartsCheck, ...] = (
    PartsCheck(
        "DS_RP_LOGEMENT_PRINC", "Logements = principaux + secondaires + vacants", "",
        ("ocs=DW_MAIN", "ocs=DW_SEC_DW_OCC", "ocs=DW_VAC"), 0.45, variable="DWELLINGS",
    ),
    PartsCheck(
        "DS_RP_LOGEMENT_PRINC", "Résidences principales = somme des statuts d’occupation", "ocs=DW_MAIN",
        tuple(f"ocs=DW_MAIN;tsh={t}" for t in ("100", "211", "212_222", "221", "300")), 0.45,
        variable="DWELLINGS",
    ),
    PartsCheck(
        "DS_RP_EMPLOI_LR_PRINC", "15-64 ans = somme des situations d’activité", "age=Y15T64",
        tuple(f"age=Y15T64;empsta_enq={e}" for e in ("1", "2", "31", "33", "35T36")), 0.45, variable="POP",
    ),
    PartsCheck(
        "DS_RP_NAVETTES_PRINC", "Actifs occupés = somme des lieux de travail", _EMPLOYED,
        tuple(f"{_EMPLOYED};work_area={w}" for w in ("10", "21", "22", "23", "24T30")), 0.45, variable="POP",
    ),
    PartsCheck(
        "DS_RP_NAVETTES_PRINC", "Actifs occupés = somme des modes de transport", _EMPLOYED,
        tuple(f"{_EMPLOYED};trans={t}" for t in "123456"), 0.45, variable="POP",
    ),
    PartsCheck(
        "txcouv_pe", "Taux de couverture = somme des modes d’accueil", "", tuple(f"mode={m}" for m in _MODES),
        0.25, variable="txcouv",
    ),
    PartsCheck(
        "rp_base_ic", "Population = somme des trois âges", "POP", ("POP0019", "POP2064", "POP65P"), 2,
        by="variable", per_thousand=1.0,
    ),
)  # fmt: skip


def _pyramids_against_population(by_dataset: Mapping[str, pd.DataFrame]) -> str:
    """Sum of a commune's pyramid = its published municipal population, to the rounding."""
    ages = by_dataset.get("DS_RP_TD_POPULATION_AGESEX_PRINC")
    published = by_dataset.get("DS_POPULATIONS_REFERENCE")
    if ages is None or published is None:
        return ""
    bands = ages.loc[ages["breakdown"].str.contains("age=") & ages["breakdown"].str.contains("sex=")]
    place = ["level", "code", "period"]
    sums = bands.groupby(place)["value"].sum().rename("sum")
    known = published.loc[published["variable"] == "PMUN"].set_index(place)["value"].rename("published")
    both = pd.concat([sums, known], axis=1, join="inner").dropna()
    gap = (both["sum"] - both["published"]).abs()
    # Forty cells rounded to a tenth, and one total rounded to a unit.
    if gap.gt(2.5).any():
        level, code, period = both.index[gap > 2.5][0]
        row = both.loc[gap > 2.5].iloc[0]
        raise RawDataError(
            f"Pyramide des âges : {level} {code}, {period} : somme {row['sum']:g}, population publiée "
            f"{row['published']:g}."
        )
    return (
        f"Pyramides des âges = population municipale : {_count(len(both))} communes, "
        f"écart maximal {_decimal(gap.max())}."
    )


# --- status ------------------------------------------------------------------------------------------


def status(project: Project) -> pd.DataFrame:
    """What the project holds, one row per raw file.

    Returns:
        Frame ``dataset, vintage, publisher, provenance, rows, path, state`` with ``state`` ∈ présent,
        absent, modifié (size only: checksums are for :func:`verify_store`), sorted as the manifest.
    """
    manifest = load_manifest(project.manifest)
    rows = []
    for entry in manifest:
        file = manifest.file(entry)
        state = (
            "absent" if not file.is_file() else "présent" if file.stat().st_size == entry.bytes else "modifié"
        )
        total = sum(entry.rows.values())
        rows.append(
            (entry.dataset, entry.vintage, entry.publisher, entry.provenance, total, entry.path, state)
        )
    columns = ["dataset", "vintage", "publisher", "provenance", "rows", "path", "state"]
    return pd.DataFrame(rows, columns=columns)


def _count(n: int) -> str:
    return f"{n:,}".replace(",", "\u202f")


def _decimal(x: float) -> str:
    return f"{x:.2f}".replace(".", ",")
