"""Housing: occupancy, tenure, comfort, rents, benefits, where people move."""

from __future__ import annotations

import pandas as pd

from ctg_lib.indicators._rates import one_flow, repeated_rate
from ctg_lib.indicators._select import Test, only, sampled_ratio, total
from ctg_lib.indicators.data import Data, as_counts, ratio, union
from ctg_lib.indicators.registry import indicator
from ctg_lib.values import parse_breakdown

HOUSING = "DS_RP_LOGEMENT_PRINC"
CROWDING = "DS_RP_LOGEMENT_COMP"
BASE_IC = "rp_base_ic"
RENTS = "carte_loyers"
INSEE = "Insee, recensement de la population, exploitation principale"
TENURES = ("100", "211", "212_222", "221", "300")
OVERCROWDED = ("SEV_OVER_OCC", "MOD_OVER_OCC")
BEFORE_1946 = ("Y_LT1919", "Y1919T1945")

_SHARE = {
    "feminine": True,
    "theme": "logement",
    "unit": "%",
    "decimals": 0,
    "aggregation": "ratio",
    "multiplier": 100,
    "meaningful": 2,
    "min_base": 100,
    "references": (INSEE,),
}


def _dwellings(data: Data, **wanted: str) -> pd.DataFrame:
    """Dwellings of one occupancy or tenure; all of them when nothing is asked."""
    return data.count(HOUSING, "DWELLINGS", only(**wanted))


def _main(data: Data, **wanted: str | tuple[str, ...]) -> pd.DataFrame:
    """Main residences with one more characteristic; all of them when nothing is asked."""
    return data.count(HOUSING, "DWELLINGS", only(ocs="DW_MAIN", **wanted))


def _main_by_tenure(data: Data, *tenures: str) -> pd.DataFrame:
    """Main residences of these tenures, whether the table repeats that they are main residences or not."""

    def test(breakdown: str) -> bool:
        parts = parse_breakdown(breakdown)
        return parts.keys() <= {"ocs", "tsh"} and parts.get("tsh") in tenures

    return data.count(HOUSING, "DWELLINGS", test)


def _tenure_share(data: Data, *tenures: str) -> pd.DataFrame:
    return ratio(
        _main_by_tenure(data, *tenures), _main_by_tenure(data, *TENURES), multiplier=100, method="census"
    )


@indicator(
    label="logements",
    row="J02",
    plural=True,
    theme="logement",
    unit="logements",
    decimals=0,
    definition="Résidences principales, secondaires, logements occasionnels et vacants.",
    aggregation="sum",
    meaningful=0.1,
    meaningful_relative=True,
    references=(INSEE,),
)
def logements(data: Data) -> pd.DataFrame:
    """Dwellings of all kinds."""
    return union(as_counts(_dwellings(data), "census"), as_counts(data.count(BASE_IC, "LOG"), "census"))


@indicator(
    label="part des résidences secondaires",
    row="J02",
    definition="Résidences secondaires et logements occasionnels / ensemble des logements.",
    **_SHARE,
)
def part_residences_secondaires(data: Data) -> pd.DataFrame:
    """Share of second homes and occasional dwellings."""
    recent = ratio(_dwellings(data, ocs="DW_SEC_DW_OCC"), _dwellings(data), multiplier=100, method="census")
    older = ratio(data.count(BASE_IC, "RSECOCC"), data.count(BASE_IC, "LOG"), multiplier=100, method="census")
    return union(recent, older)


@indicator(
    label="part des logements vacants",
    row="J02",
    definition="Logements vacants au recensement / ensemble des logements.",
    better="lower",
    caution="La vacance du recensement comprend la vacance courte, entre deux occupants.",
    **_SHARE,
)
def part_logements_vacants(data: Data) -> pd.DataFrame:
    """Share of vacant dwellings."""
    recent = ratio(_dwellings(data, ocs="DW_VAC"), _dwellings(data), multiplier=100, method="census")
    older = ratio(data.count(BASE_IC, "LOGVAC"), data.count(BASE_IC, "LOG"), multiplier=100, method="census")
    return union(recent, older, repeated_rate(data, "part_logements_vacants"))


@indicator(
    label="part des propriétaires",
    row="J01",
    definition="Résidences principales occupées par leur propriétaire / résidences principales.",
    **_SHARE,
)
def part_proprietaires(data: Data) -> pd.DataFrame:
    """Share of main residences occupied by their owner."""
    return union(_tenure_share(data, "100"), repeated_rate(data, "part_proprietaires"))


@indicator(
    label="part des locataires d’un logement social",
    row="J01",
    definition="Résidences principales louées vides dans le parc HLM / résidences principales.",
    **_SHARE,
)
def part_locataires_hlm(data: Data) -> pd.DataFrame:
    """Share of main residences rented from a social landlord."""
    return _tenure_share(data, "221")


@indicator(
    label="part des locataires du parc privé",
    row="J01",
    definition="Résidences principales louées vides hors HLM ou louées meublées / résidences principales.",
    **_SHARE,
)
def part_locataires_prives(data: Data) -> pd.DataFrame:
    """Share of main residences rented from a private landlord, unfurnished or furnished."""
    return _tenure_share(data, "211", "212_222")


@indicator(
    label="part des ménages logés gratuitement",
    row="J01",
    definition="Résidences principales occupées gratuitement (logement de fonction, famille, caserne) / résidences "
    "principales.",
    **_SHARE,
)
def part_loges_gratuitement(data: Data) -> pd.DataFrame:
    """Share of main residences occupied free of charge."""
    return _tenure_share(data, "300")


@indicator(
    label="part des résidences principales suroccupées",
    row="J03",
    definition="Résidences principales où il manque au moins une pièce (suroccupation modérée ou accentuée) par rapport à "
    "la norme d’occupation de l’Insee / résidences principales.",
    better="lower",
    sampled=True,
    caution="Exploitation complémentaire du recensement : environ un ménage sur quatre dans les communes de moins de "
    "10 000 habitants. À lire pour l’intercommunalité, non pour une petite commune.",
    **{
        **_SHARE,
        "meaningful": 1,
        "decimals": 1,
        "references": ("Insee, recensement de la population, exploitation complémentaire",),
    },
)
def part_suroccupation(data: Data) -> pd.DataFrame:
    """Share of overcrowded main residences, with the interval of a one-in-four sample."""

    def main(breakdown: str) -> bool:
        parts = parse_breakdown(breakdown)
        return parts in ({}, {"ocs": "DW_MAIN"})

    def crowded(breakdown: str) -> bool:
        parts = parse_breakdown(breakdown)
        return parts.keys() <= {"ocs", "occ_ind"} and parts.get("occ_ind") in OVERCROWDED

    total = _first_breakdown(data.get(CROWDING, "DWELLINGS"), main)
    return sampled_ratio(data.count(CROWDING, "DWELLINGS", crowded), total)


def _first_breakdown(rows: pd.DataFrame, test: Test) -> pd.DataFrame:
    """Rows of the breakdowns that pass, one per territory and period (a total may be written twice)."""
    kept = rows[rows["breakdown"].map(test).astype(bool)]
    kept = kept.sort_values("breakdown", kind="stable").drop_duplicates(["level", "code", "period"])
    return kept.drop(columns=["variable", "breakdown"]).reset_index(drop=True)


@indicator(
    label="part des résidences principales d’avant 1946",
    row="J04",
    definition="Résidences principales achevées avant 1946 / résidences principales.",
    **_SHARE,
)
def part_logements_avant_1946(data: Data) -> pd.DataFrame:
    """Share of main residences completed before 1946 (two bands, or the single one of 2012)."""
    two = ratio(_main(data, build_end=BEFORE_1946), _main(data), multiplier=100, method="census")
    one = ratio(_main(data, build_end="Y_LT1946"), _main(data), multiplier=100, method="census")
    return union(two[two["value"].notna()], one, two)


@indicator(
    label="part des résidences principales chauffées au fioul",
    row="J04",
    definition="Résidences principales dont le combustible principal est le fioul / résidences principales.",
    better="lower",
    **_SHARE,
)
def part_chauffage_fioul(data: Data) -> pd.DataFrame:
    """Share of main residences heated with oil."""
    return ratio(_main(data, nrg_src="OIL"), _main(data), multiplier=100, method="census")


@indicator(
    label="part des ménages emménagés depuis moins de deux ans",
    definition="Ménages installés depuis moins de deux ans dans leur résidence principale / ménages.",
    **_SHARE,
)
def part_emmenages_recents(data: Data) -> pd.DataFrame:
    """Share of households that moved in less than two years ago."""
    return ratio(_main(data, l_stay="Y_LT2"), _main(data), multiplier=100, method="census")


@indicator(
    label="loyer d’annonce estimé",
    row="J06",
    theme="logement",
    unit="€ par m² et par mois, charges comprises",
    decimals=1,
    definition="Loyer d’annonce d’un bien type, estimé par un modèle à partir des annonces, par commune.",
    aggregation="as_published",
    meaningful=0.15,
    meaningful_relative=True,
    references=("Ministère de la Transition écologique, carte des loyers (Anil)",),
    annex=True,
    caution="Annexe : dans une petite commune, le loyer est estimé d’après celles qui lui ressemblent (« maille »), faute "
    "d’annonces. L’intervalle est celui de la prédiction du modèle. Un loyer d’annonce n’est pas un loyer payé.",
)
def loyer_annonce(data: Data) -> pd.DataFrame:
    """Predicted advertised rent per square metre by type of dwelling, with the model's prediction interval."""
    rows = data.published(RENTS, "loyer_m2")
    out = as_counts(rows, "prediction_interval").assign(numerator=float("nan"))
    bounded = out["lower"].notna() & out["upper"].notna()
    return out.assign(method=out["method"].where(bounded, "as_published"))


# --- where people move ---------------------------------------------------------------------------------

_MOVES = {
    "plural": True,
    "theme": "logement",
    "unit": "personnes",
    "decimals": 0,
    "aggregation": "sum",
    "meaningful": 0.15,
    "meaningful_relative": True,
    "finest_level": "epci",
    "references": ("Insee, recensement de la population, mobilités résidentielles",),
    "caution": "Résidence un an avant le recensement : les enfants de moins d’un an n’y sont pas, ni les départs vers "
    "l’étranger. Flux d’une exploitation par sondage : les petits nombres sont fragiles.",
}


def _moves(data: Data, what: str) -> pd.DataFrame:
    return as_counts(one_flow(data, "migcom", "de", what), "census")


@indicator(
    label="habitants arrivés d’ailleurs en un an",
    definition="Personnes d’un an ou plus qui vivaient un an plus tôt hors du territoire, en France ou à l’étranger.",
    **_MOVES,
)
def arrivees(data: Data) -> pd.DataFrame:
    """People who lived outside the territory a year before."""
    return _moves(data, "inflow")


@indicator(
    label="habitants partis ailleurs en un an",
    definition="Personnes d’un an ou plus qui vivaient un an plus tôt dans le territoire et habitent ailleurs en France.",
    **_MOVES,
)
def departs(data: Data) -> pd.DataFrame:
    """People who lived in the territory a year before and no longer do."""
    return _moves(data, "outflow")


@indicator(
    label="habitants restés dans le territoire",
    definition="Personnes d’un an ou plus qui vivaient déjà dans le territoire un an plus tôt, dans le même logement ou un "
    "autre.",
    **_MOVES,
)
def stables(data: Data) -> pd.DataFrame:
    """People who lived in the territory a year before and still do."""
    return _moves(data, "stay")


_TURNOVER = {
    **_MOVES,
    "plural": False,
    "feminine": True,
    "unit": "%",
    "decimals": 1,
    "aggregation": "ratio",
    "multiplier": 100,
    "meaningful": 1,
    "meaningful_relative": False,
    "min_base": 100,
    "caution": "Ne se compare qu’à d’autres intercommunalités : plus un territoire est grand, plus on y déménage sans en sortir. Les "
    "mutations d’une caserne y sont. Exploitation par sondage ; sans le fichier de l’Insee, taux repris d’un tiers.",
}


def _turnover(data: Data, what: str, repeated: str) -> pd.DataFrame:
    """Moves in or out over the people there then, of the file of moves; else the rate of an EPCI republished."""
    moved, stay = one_flow(data, "migcom", "de", what), one_flow(data, "migcom", "de", "stay")
    rate = ratio(moved, total(moved, stay), multiplier=100, method="census")
    republished = repeated_rate(data, repeated)
    return union(rate, republished[republished["level"].eq("epci")])


@indicator(
    label="part des habitants arrivés d’ailleurs en un an",
    definition="Personnes d’un an ou plus qui vivaient un an plus tôt hors du territoire / personnes d’un an ou plus qui l’habitent.",
    **_TURNOVER,
)
def part_entrants(data: Data) -> pd.DataFrame:
    """Share of the inhabitants who lived outside the territory a year before."""
    return _turnover(data, "inflow", "part_entrants")


@indicator(
    label="part des habitants partis ailleurs en un an",
    definition="Personnes d’un an ou plus qui ont quitté le territoire en un an pour une autre commune de France / personnes d’un an "
    "ou plus qui l’habitaient un an plus tôt.",
    **_TURNOVER,
)
def part_sortants(data: Data) -> pd.DataFrame:
    """Share of those who lived in the territory a year before and left for elsewhere in France."""
    return _turnover(data, "outflow", "part_sortants")
