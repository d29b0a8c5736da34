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
WHOLE: dict[str, frozenset[str]] = {
    "F1": frozenset(f"F1{n:02}" for n in (*range(1, 4), *range(5, 12), 13, 14, 16, *range(18, 31))),
    "F3": frozenset({"F303", "F305", "F307", "F312", "F313", "F314", "F315"}),
}
"""All types of the domain in the BPE's nomenclature of 2024 and 2025: a file without one of them has no total."""
USUAL: tuple[str, ...] = (
    "F101", "F102", "F103", "F107", "F111", "F113", "F114", "F116", "F120", "F121", "F129", "F130", "F307",
)  # fmt: skip
"""Usual types of a small commune: twelve of sport, and libraries."""
BPE = "Insee, base permanente des équipements, sports, loisirs et culture"
LICENCES = "observatoire_territoires"


def _facilities(data: Data) -> pd.DataFrame:
    """Sport and culture facilities by territory, together and apart, from files that list all their types.

    Returns:
        The columns of :meth:`Data.count` and ``breakdown``; a domain of which a type is not in the file is
        left out for that year, and so is the total.
    """
    kinds = {f"facility_type={t}": KINDS[domain] for domain, types in WHOLE.items() for t in types}
    return _counted(data, {KINDS[domain]: types for domain, types in WHOLE.items()}, kinds)


def _usual(data: Data) -> pd.DataFrame:
    """Facilities of the usual types, together, sport and libraries apart."""
    kinds = {f"facility_type={t}": KINDS["F1"] if t.startswith("F1") else f"type={t}" for t in USUAL}
    needed: dict[str, frozenset[str]] = {
        kind: frozenset(_type(b) for b, k in kinds.items() if k == kind) for kind in kinds.values()
    }
    return _counted(data, needed, kinds)


def _counted(data: Data, needed: dict[str, frozenset[str]], kinds: dict[str, str]) -> pd.DataFrame:
    """Facilities by kind and together, from the periods of each dataset whose files list all types needed.

    Args:
        needed: kind (a breakdown) -> the types that make it.
        kinds: breakdown of the source -> kind.
    """
    frames = []
    for dataset, variable in SPORT_CULTURE:
        found = sites(data, dataset, variable, kinds.__contains__, kinds)
        listed = _listed(data, dataset, variable)
        whole = {
            (kind, period)
            for period, files in listed.items()
            for kind, types in needed.items()
            if all(types <= own for own in files)
        }
        pairs = zip(found["breakdown"], found["period"], strict=True)
        found = found[pd.Series([p in whole for p in pairs], index=found.index, dtype=bool)]
        found = found.reset_index(drop=True)
        if not found.empty:
            every = add_up(found, pd.Series(len(needed), index=found["period"].unique()))
            complete = [p for p in every["period"].unique() if all((k, p) in whole for k in needed)]
            frames += [every[every["period"].isin(complete)].assign(breakdown=""), found]
    if not frames:
        return found
    together = pd.concat(frames, ignore_index=True)
    return together.drop_duplicates([*PLACE, "breakdown"], keep="first").reset_index(drop=True)


def _listed(data: Data, dataset: str, variable: str) -> dict[str, list[frozenset[str]]]:
    """Types of sport and culture that each file lists, by period; a file that lists none is left out."""
    rows = data.store.read(dataset, variables=[variable], columns=["breakdown", "period", "source"])
    rows = rows.drop_duplicates()
    rows = rows.assign(type=rows["breakdown"].map(_type).astype("str"))
    rows = rows[rows["type"].str[:2].isin(list(KINDS))]
    out: dict[str, list[frozenset[str]]] = {}
    for (period, _), here in rows.groupby(["period", "source"], observed=True, sort=True):
        out.setdefault(str(period), []).append(frozenset(here["type"]))
    return out


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
    definition="Équipements sportifs (F1 de la base permanente des équipements, 26 types) et culturels (F3, 7 types), et "
    "chacun des deux. Un fichier où manque un seul de ces types ne donne pas de total.",
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


_USUAL_TYPES = (
    "bassins de natation, boulodromes, terrains de tennis, d’athlétisme, de jeux extérieurs et de grands jeux, salles de "
    "combat, non spécialisées, de remise en forme, multisports ou spécialisées, skateparks"
)
_USUAL_CAUTION = (
    "Treize types seulement sur les 33 du sport et de la culture : ni centres équestres, ni parcours sportifs, ni sports "
    "mécaniques, ni tir, ni escalade ; ni cinémas, ni conservatoires, ni musées, ni salles de spectacle."
)


@indicator(
    label="équipements courants de sport et bibliothèques",
    row="G03",
    plural=True,
    theme="vie_sociale",
    unit="équipements",
    decimals=0,
    definition=f"Équipements de douze types de sport de la base permanente des équipements ({_USUAL_TYPES}) et "
    "bibliothèques, et chacun des deux.",
    aggregation="sum",
    meaningful=0.2,
    meaningful_relative=True,
    better="higher",
    references=(BPE,),
    caution=_USUAL_CAUTION,
)
def equipements_courants_sport_culture(data: Data) -> pd.DataFrame:
    """Facilities of twelve usual types of sport, and libraries: known where the whole list is not."""
    return as_counts(_usual(data), "exhaustive")


@indicator(
    label="communes sans équipement courant de sport ni bibliothèque",
    row="G03",
    feminine=True,
    plural=True,
    theme="vie_sociale",
    unit="communes",
    decimals=0,
    definition="Communes où la base permanente des équipements ne compte aucun équipement de ces douze types de sport "
    f"({_USUAL_TYPES}) ni bibliothèque ; et sans équipement de ces types de sport, sans bibliothèque.",
    aggregation="sum",
    meaningful=1,
    better="lower",
    finest_level="epci",
    references=(BPE,),
    caution=_USUAL_CAUTION,
)
def communes_sans_equipement_courant(data: Data) -> pd.DataFrame:
    """Communes without any usual sport facility or library, and without each of them."""
    return as_counts(zero_communes(data, _usual(data)), "exhaustive")


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
