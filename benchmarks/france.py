"""A made-up France for measuring batches: every territory as well known as the reference one.

The rows of the reference territory, of its communes and of its comparison areas are given to every territory
of the same level, each figure moved at random (one seed: the same France each time). Nothing of it is true;
each study says « fictif », and the project lies outside the checkout.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from ctg_lib.geography import Geography, load_geography
from ctg_lib.indicators import national
from ctg_lib.project import Project

MODEL = "241200906"
SEED = 20261127
SPREAD = 0.15
"""Standard deviation of the logarithm of what a figure is multiplied by."""
NUMBERS = ["value", "lower", "upper", "numerator", "denominator"]
STUDY = "territories: [{code}]\nas_of: 2026-11-01\nfictif: true\n"


def made_up(project: Project, root: Path, studies: list[str]) -> Project:
    """A project of its own, with a whole made-up national table, and these studies."""
    here = Project(root)
    skip = shutil.ignore_patterns(".ipynb_checkpoints", "studies", "etudes", "observations.new")
    for part in ("data/raw", "data/processed", "notebooks"):
        shutil.copytree(project.root / part, root / part, ignore=skip)
    for name in (national.FILE, national.BY_PLACE):
        (here.processed / name).unlink(missing_ok=True)
    national.write_table(table_of_france(project), here.processed)
    for code in studies:
        folder = here.studies / code
        folder.mkdir(parents=True)
        (folder / "study.yml").write_text(STUDY.format(code=code), encoding="utf-8")
    return here


def table_of_france(project: Project) -> pd.DataFrame:
    """Every territory of France with the rows of the model of its level."""
    geography = load_geography(project)
    chance = np.random.default_rng(SEED)
    real = national.read_table(project.processed)
    territory = geography.territory(MODEL, level="epci")
    models = {
        "epci": [MODEL], "commune": sorted(territory.members),
        "departement": [geography.parents(MODEL)["departement"]],
        "region": [geography.parents(MODEL)["region"]],
    }  # fmt: skip
    parts = [
        _level(real[real["level"].eq(level)], codes, geography, level, chance)
        for level, codes in models.items()
    ]
    others = real[~real["level"].isin(models)]
    whole = pd.concat([*parts, others], ignore_index=True)
    order = ["indicator", "level", "code", "breakdown", "period"]
    return whole.sort_values(order, kind="stable", ignore_index=True)


def _level(
    real: pd.DataFrame, models: list[str], geography: Geography, level: str, chance: np.random.Generator
) -> pd.DataFrame:
    """All territories of a level, each with the rows of one of the models drawn at random."""
    codes = np.array(sorted(geography.codes(level)), dtype=object)
    rows = {code: np.flatnonzero(real["code"].eq(code)) for code in models}
    drawn = chance.choice(models, size=len(codes))
    taken = [rows[model] for model in drawn]
    owner = np.repeat(codes, [len(each) for each in taken])
    made = real.iloc[np.concatenate(taken)].reset_index(drop=True)
    names = geography.names(level)
    moved = np.exp(chance.normal(0, SPREAD, len(made)))
    return made.assign(
        code=owner, name=pd.Series(owner).map(names).fillna(""),
        **{column: made[column] * moved for column in NUMBERS},
    )  # fmt: skip
