"""Community life: associations, sport and culture."""

from __future__ import annotations

import pandas as pd

from ctg_lib.indicators._rates import per_inhabitant, published_rate
from ctg_lib.indicators._select import only
from ctg_lib.indicators._sites import sites
from ctg_lib.indicators.acces_droits import zero_communes
from ctg_lib.indicators.data import PLACE, Data, add_up, as_counts
from ctg_lib.indicators.registry import indicator
from ctg_lib.values import parse_breakdown

SPORT_CULTURE: tuple[tuple[str, str], ...] = (
    ("DS_BPE_SPORT_CULTURE", "FACILITIES"),
    ("DS_BPE", "FACILITIES"),
    ("bpe_detail", "sites"),
)
"""Datasets and variables that count facilities, the first that knows a place and year wins."""
KINDS: dict[str, str] = {"F1": "domaine=sport", "F3": "domaine=culture"}
"""First characters of the BPE's facility types -> breakdown (F2, bathing places and marinas, is left out)."""
BPE = "Insee, base permanente des équipements, sports, loisirs et culture"
LICENCES = "observatoire_territoires"


def _facilities(data: Data) -> pd.DataFrame:
    """Sport and culture facilities by territory, together and apart.

    Returns:
        The columns of :meth:`Data.count` and ``breakdown``.
    """
    frames = []
    for dataset, variable in SPORT_CULTURE:
        types = data.store.read(dataset, variables=[variable], columns=["breakdown"])["breakdown"].unique()
        kinds = {b: KINDS[_type(b)[:2]] for b in types if _type(b)[:2] in KINDS}
        found = sites(data, dataset, variable, kinds.__contains__, kinds)
        if not found.empty:
            every = add_up(found, found.groupby("period")["breakdown"].nunique())
            frames += [every.assign(breakdown=""), found]
    if not frames:
        return found
    together = pd.concat(frames, ignore_index=True)
    return together.drop_duplicates([*PLACE, "breakdown"], keep="first").reset_index(drop=True)


def _type(breakdown: str) -> str:
    parts = parse_breakdown(breakdown)
    return parts.get("facility_type", "") if set(parts) == {"facility_type"} else ""


@indicator(
    label="équipements de sport et de culture",
    row="G03",
    plural=True,
    theme="vie_sociale",
    unit="équipements",
    decimals=0,
    definition="Équipements sportifs (F1 de la base permanente des équipements) et culturels (F3), et chacun des deux.",
    aggregation="sum",
    meaningful=0.2,
    meaningful_relative=True,
    better="higher",
    references=(BPE,),
    caution="Un boulodrome compte autant qu’un gymnase. Un équipement n’est pas une activité.",
)
def equipements_sport_culture(data: Data) -> pd.DataFrame:
    """Sport and culture facilities, together and by domain."""
    return as_counts(_facilities(data), "exhaustive")


@indicator(
    label="équipements de sport et de culture pour 1 000 habitants",
    row="G03",
    plural=True,
    theme="vie_sociale",
    unit="pour 1 000 habitants",
    decimals=1,
    definition="Équipements sportifs et culturels / population municipale de l’année connue la plus proche × 1 000.",
    aggregation="ratio",
    multiplier=1000,
    meaningful=1,
    better="higher",
    min_base=500,
    references=(BPE, "Insee, populations de référence"),
    caution="Un territoire peu peuplé a toujours plus d’équipements par habitant : lire aussi les communes qui n’en ont pas.",
)
def equipements_sport_culture_1000(data: Data) -> pd.DataFrame:
    """Sport and culture facilities for 1,000 inhabitants."""
    every = _facilities(data)
    every = every[every["breakdown"].eq("")].drop(columns="breakdown").reset_index(drop=True)
    return per_inhabitant(data, every, multiplier=1000, method="exhaustive")


@indicator(
    label="communes sans équipement de sport ni de culture",
    row="G03",
    feminine=True,
    plural=True,
    theme="vie_sociale",
    unit="communes",
    decimals=0,
    definition="Communes où la base permanente des équipements ne compte aucun équipement sportif ni culturel ; et sans "
    "équipement de chacun des deux domaines.",
    aggregation="sum",
    meaningful=1,
    better="lower",
    finest_level="epci",
    references=(BPE,),
    caution="Une salle polyvalente ou une plage n’est pas toujours comptée.",
)
def communes_sans_sport_culture(data: Data) -> pd.DataFrame:
    """Communes without any sport or culture facility, and without each of them."""
    return as_counts(zero_communes(data, _facilities(data)), "exhaustive")


@indicator(
    label="part des moins de 15 ans licenciés d’un club sportif",
    row="G03",
    feminine=True,
    theme="vie_sociale",
    unit="%",
    decimals=0,
    definition="Licences sportives délivrées aux 0–14 ans / habitants de 0 à 14 ans, telle que publiée.",
    aggregation="as_published",
    meaningful=3,
    better="higher",
    references=("ANCT, Observatoire des territoires, d’après le ministère des Sports (Injep)",),
    caution="Un enfant qui a deux licences compte deux fois : la part peut dépasser 100 % dans une petite commune. L’UNSS et "
    "l’Usep ne sont pas des clubs. Millésime ancien.",
)
def part_licencies_sport_0_14(data: Data) -> pd.DataFrame:
    """Share of children under 15 with a sports licence, as published."""
    return published_rate(data, LICENCES, "licsport")


@indicator(
    label="associations pour 1 000 habitants",
    row="G02",
    feminine=True,
    plural=True,
    theme="vie_sociale",
    unit="pour 1 000 habitants",
    decimals=0,
    definition="Associations déclarées actives au répertoire national, selon la commune de leur siège / population "
    "municipale de l’année connue la plus proche × 1 000.",
    aggregation="ratio",
    multiplier=1000,
    meaningful=5,
    min_base=500,
    annex=True,
    references=("Ministère de l’Intérieur, répertoire national des associations (RNA)",),
    caution="Annexe : beaucoup d’associations dorment sans être dissoutes, le siège n’est pas le lieu de l’activité, et un "
    "territoire peu peuplé en a toujours davantage par habitant.",
)
def associations_1000(data: Data) -> pd.DataFrame:
    """Associations declared active for 1,000 inhabitants."""
    counts = sites(data, "rna", "associations", only()).drop(columns="breakdown")
    return per_inhabitant(data, counts, multiplier=1000, method="exhaustive")
