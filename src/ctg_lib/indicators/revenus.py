"""Standard of living, poverty, structure of income, Caf benefits, child protection, recorded family violence."""

from __future__ import annotations

import pandas as pd

from ctg_lib.indicators._rates import aligned, per_inhabitant, published_rate, repeated_rate, share_of_parts
from ctg_lib.indicators._select import Test, only
from ctg_lib.indicators.data import (
    KEY,
    PLACE,
    Data,
    add_up,
    as_counts,
    join_sources,
    labelled,
    ratio,
    union,
)
from ctg_lib.indicators.labels import OLDEST, age_span, qf_span
from ctg_lib.indicators.registry import indicator
from ctg_lib.statistics.intervals import byar
from ctg_lib.values import parse_breakdown

FILOSOFI = "filosofi"
FILOSOFI_2 = "DS_FILOSOFI_CC"
CAF = "s_ben_f"
INSEE = "Insee-DGFiP-Cnaf-Cnav-CCMSA, Fichier localisé social et fiscal"
MSA = "Caf seule : les allocataires de la MSA, nombreux en milieu rural, ne sont pas comptés."
BREAK = "Rupture de série : 2023 (nouvelle méthode) ne se compare pas aux années jusqu’à 2021 ; 2022 n’existe pas."


NEW_SERIES = ("2023",)


def _published(data: Data, old: str, new: str) -> pd.DataFrame:
    """Published values of the old series (to 2021) and of the new one (from 2023), never joined.

    Args:
        old: variable of Insee's yearly files. new: measure of the Melodi dataset, which also gives 2021 (old
            series): the yearly file wins for that year.
    """
    return union(published_rate(data, FILOSOFI, old), published_rate(data, FILOSOFI_2, new))


@indicator(
    label="niveau de vie médian",
    row="I01",
    breaks=NEW_SERIES,
    theme="revenus",
    unit="€ par an et par unité de consommation",
    decimals=0,
    definition="Revenu disponible par unité de consommation qui partage les habitants des ménages fiscaux en deux "
    "moitiés.",
    aggregation="as_published",
    meaningful=0.03,
    meaningful_relative=True,
    better="higher",
    references=(INSEE,),
    caution=BREAK,
)
def niveau_vie_median(data: Data) -> pd.DataFrame:
    """Published median standard of living."""
    return _published(data, "MED", "MED_SL")


@indicator(
    label="taux de pauvreté",
    row="I02",
    breaks=NEW_SERIES,
    theme="revenus",
    unit="%",
    decimals=1,
    definition="Part des habitants des ménages fiscaux dont le niveau de vie est inférieur à 60 % du niveau de vie "
    "médian métropolitain.",
    aggregation="as_published",
    meaningful=1.0,
    better="lower",
    references=(INSEE,),
    caution="Porte sur les personnes des ménages fiscaux, non sur tous les habitants (casernes, établissements pour "
    "personnes âgées et foyers en sont absents). " + BREAK,
)
def taux_pauvrete(data: Data) -> pd.DataFrame:
    """Published poverty rate at 60 % of the median."""
    return _published(data, "TP60", "PR_MD60")


@indicator(
    label="personnes sous le seuil de pauvreté",
    row="I02",
    feminine=True,
    plural=True,
    theme="revenus",
    unit="personnes",
    decimals=0,
    definition="Taux de pauvreté publié × personnes des ménages fiscaux de la même année, là où les deux sont connus.",
    aggregation="as_published",
    meaningful=0.1,
    meaningful_relative=True,
    better="lower",
    finest_level="epci",
    references=(INSEE,),
    caution="Nombre déduit de deux valeurs publiées de la même année.",
)
def personnes_pauvres(data: Data) -> pd.DataFrame:
    """People below the threshold: published rate × people of fiscal households, same year."""
    rate, people = _published(data, "TP60", "PR_MD60"), _published(data, "NBPERSMENFISC", "NUM_PER")
    both = rate[rate["value"].notna()].merge(
        people.loc[people["value"].notna(), [*PLACE, "value", "sources"]],
        on=PLACE,
        suffixes=("", "_base"),
    )
    out = both[[*KEY]].copy()
    out["value"] = both["value"] * both["value_base"] / 100
    out["lower"] = (both["value"] - 0.05) * both["value_base"] / 100
    out["upper"] = (both["value"] + 0.05) * both["value_base"] / 100
    out["numerator"], out["denominator"] = out["value"], both["value_base"]
    out["status"], out["method"], out["breakdown"] = "estimated", "derived", ""
    out["sources"] = [join_sources(pair) for pair in zip(both["sources"], both["sources_base"], strict=True)]
    return out


# --- poverty by age and tenure, distribution and structure of income -----------------------------------

_FILOSOFI = {
    "theme": "revenus",
    "aggregation": "as_published",
    "references": (INSEE,),
    "breaks": NEW_SERIES,
}
REFERENT: dict[str, tuple[str, tuple[int, int]]] = {
    "lt30": ("TP60AGE1", (0, 29)), "30_39": ("TP60AGE2", (30, 39)), "40_49": ("TP60AGE3", (40, 49)),
    "50_59": ("TP60AGE4", (50, 59)), "60_74": ("TP60AGE5", (60, 74)), "ge75": ("TP60AGE6", (75, OLDEST)),
}  # fmt: skip
"""Age of the reference person -> variable of the yearly files, first and last age of the Melodi dataset."""
OCCUPATION = {"proprietaire": ("TP60TOL1", ("1", "100")), "locataire": ("TP60TOL2", ("2", "200"))}
"""Tenure -> variable of the yearly files, codes of the dimension TSH."""
BY_AGE, BY_TENURE = "DS_FILOSOFI_AGE_TP_NIVVIE", "DS_FILOSOFI_LOG_TP_NIVVIE"


def _detail(data: Data, dataset: str, test: Test) -> pd.DataFrame:
    """Poverty rate of one breakdown of a detailed Melodi dataset."""
    rows = data.published(dataset, "PR_MD60")
    rows = rows[rows["breakdown"].map(test).astype(bool)].reset_index(drop=True)
    return as_counts(rows, "as_published").assign(numerator=float("nan"), breakdown="")


def _of_age(span: tuple[int, int]) -> Test:
    def test(breakdown: str) -> bool:
        parts = parse_breakdown(breakdown)
        if set(parts) != {"age"}:
            return False
        try:
            return age_span(parts["age"]) == span
        except ValueError:
            return False

    return test


@indicator(
    label="taux de pauvreté selon l’âge du référent fiscal",
    row="I03",
    unit="%",
    decimals=1,
    definition="Part des habitants des ménages fiscaux sous le seuil de 60 % du niveau de vie médian métropolitain, selon "
    "l’âge de la personne de référence du ménage.",
    meaningful=2.0,
    better="lower",
    finest_level="epci",
    caution="Le détail n’est publié que pour les territoires assez peuplés ; pour 2023, à partir du département. "
    + BREAK,
    **_FILOSOFI,
)
def taux_pauvrete_referent(data: Data) -> pd.DataFrame:
    """Published poverty rate by age of the tax reference person."""
    parts = []
    for code, (variable, span) in REFERENT.items():
        both = union(published_rate(data, FILOSOFI, variable), _detail(data, BY_AGE, _of_age(span)))
        parts.append(labelled(both, referent=code))
    return union(*parts)


@indicator(
    label="taux de pauvreté selon le statut d’occupation",
    row="I03",
    unit="%",
    decimals=1,
    definition="Part des habitants des ménages fiscaux sous le seuil de 60 % du niveau de vie médian métropolitain, selon "
    "que le ménage est propriétaire ou locataire.",
    meaningful=2.0,
    better="lower",
    finest_level="epci",
    caution="Le détail n’est publié que pour les territoires assez peuplés ; pour 2023, à partir du département. "
    + BREAK,
    **_FILOSOFI,
)
def taux_pauvrete_occupation(data: Data) -> pd.DataFrame:
    """Published poverty rate of owners and tenants."""
    parts = []
    for code, (variable, tenures) in OCCUPATION.items():
        both = union(published_rate(data, FILOSOFI, variable), _detail(data, BY_TENURE, only(tsh=tenures)))
        parts.append(labelled(both, occupation=code))
    return union(*parts)


_DECILE = {
    **_FILOSOFI,
    "row": "I04",
    "unit": "€ par an et par unité de consommation",
    "decimals": 0,
    "meaningful": 0.03,
    "meaningful_relative": True,
    "caution": "Par unité de consommation, non par ménage. " + BREAK,
}


@indicator(
    label="premier décile de niveau de vie (D1)",
    definition="Niveau de vie au-dessous duquel se trouvent les 10 % d’habitants les plus modestes.",
    better="higher",
    **_DECILE,
)
def niveau_vie_d1(data: Data) -> pd.DataFrame:
    """Published first decile of the standard of living."""
    return _published(data, "D1", "D1_SL")


@indicator(
    label="dernier décile de niveau de vie (D9)",
    definition="Niveau de vie au-dessus duquel se trouvent les 10 % d’habitants les plus aisés.",
    **_DECILE,
)
def niveau_vie_d9(data: Data) -> pd.DataFrame:
    """Published ninth decile of the standard of living."""
    return _published(data, "D9", "D9_SL")


@indicator(
    label="rapport interdécile",
    row="I04",
    unit="fois",
    decimals=1,
    definition="Dernier décile de niveau de vie / premier décile (D9/D1), tel que publié : combien de fois les 10 % les plus "
    "aisés ont au moins le niveau de vie maximal des 10 % les plus modestes.",
    meaningful=0.3,
    better="lower",
    caution=BREAK,
    **_FILOSOFI,
)
def rapport_interdecile(data: Data) -> pd.DataFrame:
    """Published ratio of the ninth decile to the first."""
    return union(_published(data, "RD", "IR_D9_D1_SL"), repeated_rate(data, "rapport_interdecile"))


@indicator(
    label="quartiles de niveau de vie (Q1 et Q3)",
    plural=True,
    definition="Niveaux de vie au-dessous desquels se trouvent le quart (Q1) et les trois quarts (Q3) des habitants des ménages "
    "fiscaux.",
    **{
        **_DECILE,
        "caution": f"Absents de plusieurs millésimes : souvent plus anciens que les déciles. {_DECILE['caution']}",
    },
)
def niveau_vie_quartiles(data: Data) -> pd.DataFrame:
    """Published first and third quartiles of the standard of living, old series."""
    return union(
        *(labelled(published_rate(data, FILOSOFI, name), quartile=name.lower()) for name in ("Q1", "Q3"))
    )


@indicator(
    label="rapport entre la part des 20 % les plus aisés et celle des 20 % les plus modestes (S80/S20)",
    row="I04",
    unit="fois",
    decimals=1,
    definition="Part de l’ensemble des niveaux de vie que détiennent les 20 % les plus aisés / part qu’en détiennent les 20 % les "
    "plus modestes, tel que publié.",
    meaningful=0.3,
    better="lower",
    caution="Absent de plusieurs millésimes : l’inégalité d’une année plus récente se lit sur le rapport interdécile. "
    + BREAK,
    **_FILOSOFI,
)
def rapport_s80_s20(data: Data) -> pd.DataFrame:
    """Published share of the richest fifth over that of the poorest fifth, old series."""
    return published_rate(data, FILOSOFI, "S80S20")


@indicator(
    label="part des prestations sociales dans le revenu disponible",
    row="I05",
    feminine=True,
    unit="%",
    decimals=1,
    definition="Prestations familiales, minima sociaux (prime d’activité comprise) et aides au logement / revenu disponible "
    "des ménages fiscaux ; et chacune des trois.",
    meaningful=1,
    caution="Part du revenu, non part des habitants. " + BREAK,
    **_FILOSOFI,
)
def part_prestations_sociales(data: Data) -> pd.DataFrame:
    """Published share of social benefits in disposable income, together and by kind."""
    kinds = {
        "familiales": ("PPFAM", "S_SOC_BEN_DI_FAM_BEN"), "minima": ("PPMINI", "S_SOC_BEN_DI_MIN_SOC"),
        "logement": ("PPLOGT", "S_SOC_BEN_DI_HOU_BEN"),
    }  # fmt: skip
    total = union(_published(data, "PPSOC", "S_SOC_BEN_DI"), repeated_rate(data, "part_prestations_sociales"))
    return union(
        total, *(labelled(_published(data, *names), prestation=code) for code, names in kinds.items())
    )


@indicator(
    label="part de chaque revenu dans le revenu disponible",
    row="I05",
    feminine=True,
    unit="%",
    decimals=1,
    definition="Revenus d’activité (salaires, chômage, non-salariés), pensions et retraites, patrimoine et impôts / revenu "
    "disponible des ménages fiscaux. Avec les prestations sociales, les parts font 100.",
    meaningful=1,
    caution=BREAK,
    **_FILOSOFI,
)
def structure_revenu(data: Data) -> pd.DataFrame:
    """Published structure of disposable income."""
    kinds = {
        "activite": ("PACT", "S_EI_DI"), "salaires": ("PTSA", "S_EI_DI_SAL"), "chomage": ("PCHO", "S_EI_DI_UNE"),
        "non_salaries": ("PBEN", "S_EI_DI_N_SAL"), "pensions": ("PPEN", "S_RET_PEN_DI"),
        "patrimoine": ("PPAT", "S_INC_ASS_DI"), "impots": ("PIMPOT", "S_DIR_TAX_DI"),
    }  # fmt: skip
    return union(*(labelled(_published(data, *names), revenu=code) for code, names in kinds.items()))


@indicator(
    label="part des ménages fiscaux imposés",
    row="I06",
    feminine=True,
    unit="%",
    decimals=0,
    definition="Ménages fiscaux qui ont un impôt à payer au titre de l’impôt sur le revenu / ménages fiscaux.",
    meaningful=2,
    caution=BREAK,
    **_FILOSOFI,
)
def part_menages_imposes(data: Data) -> pd.DataFrame:
    """Published share of taxed households."""
    return _published(data, "PIMP", "S_HH_TAX")


_CAF = {
    "plural": True,
    "theme": "revenus",
    "unit": "foyers",
    "decimals": 0,
    "aggregation": "sum",
    "meaningful": 0.15,
    "meaningful_relative": True,
    "references": ("Cnaf, data.caf.fr, bénéficiaires par commune, décembre",),
    "caution": MSA
    + " Chaque commune est arrondie au multiple de 5 (v est lu entre v − 2 et v + 4 ; une case vide, entre 0 et 4) : la "
    "somme est une fourchette.",
}


def _caf(data: Data, variable: str) -> pd.DataFrame:
    return as_counts(data.count(CAF, variable), "rounding")


@indicator(
    label="foyers allocataires de la Caf",
    row="I07",
    definition="Foyers ayant au moins une prestation de la Caf versable en décembre.",
    **_CAF,
)
def foyers_allocataires(data: Data) -> pd.DataFrame:
    """Households receiving at least one benefit."""
    return _caf(data, "indfoy_ndur")


@indicator(
    label="personnes couvertes par la Caf",
    row="I07",
    definition="Allocataires, conjoints, enfants et autres personnes à charge des foyers allocataires, en décembre.",
    **{**_CAF, "unit": "personnes", "feminine": True},
)
def personnes_couvertes(data: Data) -> pd.DataFrame:
    """People in the households receiving a benefit."""
    return _caf(data, "indnbp_ndur")


@indicator(
    label="foyers au RSA",
    row="I09",
    definition="Foyers bénéficiaires du revenu de solidarité active en décembre.",
    **_CAF,
)
def foyers_rsa(data: Data) -> pd.DataFrame:
    """Households receiving RSA."""
    return _caf(data, "indfoy_rsa")


@indicator(
    label="foyers percevant la prime d’activité",
    row="I09",
    definition="Foyers bénéficiaires de la prime d’activité en décembre.",
    **_CAF,
)
def foyers_prime_activite(data: Data) -> pd.DataFrame:
    """Households receiving prime d'activité."""
    return _caf(data, "indfoy_ppa")


@indicator(
    label="foyers percevant une aide au logement",
    row="J05",
    definition="Foyers bénéficiaires d’une aide au logement en décembre.",
    **_CAF,
)
def foyers_aide_logement(data: Data) -> pd.DataFrame:
    """Households receiving a housing benefit, and each of the three."""
    parts = [labelled(_caf(data, f"indfoy_{aid}"), aide=aid) for aid in ("apl", "alf", "als")]
    return union(_caf(data, "indfoy_ndural"), *parts)


@indicator(
    label="familles percevant les allocations familiales",
    row="E03",
    definition="Foyers bénéficiaires des allocations familiales (deux enfants ou plus) en décembre.",
    **{**_CAF, "feminine": True, "unit": "familles"},
)
def foyers_af(data: Data) -> pd.DataFrame:
    """Families receiving allocations familiales."""
    return _caf(data, "indfoy_af")


@indicator(
    label="foyers percevant la Paje",
    row="B09",
    definition="Foyers bénéficiaires de la prestation d’accueil du jeune enfant en décembre.",
    **_CAF,
)
def foyers_paje(data: Data) -> pd.DataFrame:
    """Households receiving Paje."""
    return _caf(data, "indfoy_ndurpaje")


_COVERED = {
    **_CAF,
    "plural": False,
    "feminine": True,
    "unit": "%",
    "aggregation": "ratio",
    "multiplier": 100,
    "meaningful": 2,
    "meaningful_relative": False,
    "min_base": 100,
    "references": ("Cnaf, data.caf.fr, bénéficiaires, décembre", "Insee, populations de référence"),
}


@indicator(
    label="part des habitants couverts par la Caf",
    row="I07",
    definition="Personnes couvertes par une prestation de la Caf en décembre / population municipale de l’année connue la "
    "plus proche.",
    **_COVERED,
)
def part_population_couverte(data: Data) -> pd.DataFrame:
    """People covered by a Caf benefit for 100 inhabitants."""
    return per_inhabitant(data, data.count(CAF, "indnbp_ndur"), multiplier=100, method="rounding")


@indicator(
    label="part des habitants couverts par le RSA",
    row="I09",
    definition="Allocataires du RSA, conjoints et personnes à charge en décembre / population municipale de l’année connue "
    "la plus proche.",
    **{**_COVERED, "meaningful": 1, "decimals": 1, "better": "lower"},
)
def part_population_rsa(data: Data) -> pd.DataFrame:
    """People in households receiving RSA for 100 inhabitants."""
    return per_inhabitant(data, data.count(CAF, "indnbp_rsa"), multiplier=100, method="rounding")


@indicator(
    label="personnes couvertes par le RSA",
    row="I09",
    definition="Allocataires du RSA, conjoints et personnes à charge, en décembre.",
    **{**_CAF, "unit": "personnes", "feminine": True},
)
def personnes_couvertes_rsa(data: Data) -> pd.DataFrame:
    """People in households receiving RSA."""
    return _caf(data, "indnbp_rsa")


@indicator(
    label="personnes couvertes par la prime d’activité",
    row="I09",
    definition="Allocataires de la prime d’activité, conjoints et personnes à charge, en décembre.",
    **{**_CAF, "unit": "personnes", "feminine": True},
)
def personnes_couvertes_prime_activite(data: Data) -> pd.DataFrame:
    """People in households receiving prime d'activité."""
    return _caf(data, "indnbp_ppa")


# --- the département: RSA of all schemes, child protection -----------------------------------------------

MINIMA, SOCIAL_AID, BASE_IC = "minima_sociaux", "aide_sociale", "rp_base_ic"
_DEPARTEMENT = {
    "theme": "revenus",
    "finest_level": "departement",
    "annex": True,
    "meaningful": 0.1,
    "meaningful_relative": True,
}
MINIMA_REFERENCE = "DREES, minima sociaux par département"
_RSA = {
    **_DEPARTEMENT,
    "row": "I09",
    "plural": True,
    "breaks": ("2016",),
    "references": (MINIMA_REFERENCE,),
    "caution": "Contexte départemental : Caf et MSA ensemble, contrairement aux fichiers de la Caf ; rien n’est publié par "
    "intercommunalité. Rupture de série en 2016 ; avant, RSA socle seulement.",
}


def _given(data: Data, dataset: str, variable: str) -> pd.DataFrame:
    """Published totals as counts, never summed here: régions and France are the publisher's own."""
    rows = data.published(dataset, variable)
    rows = rows[rows["breakdown"].eq("")].reset_index(drop=True)
    return rows.drop(columns=["variable", "breakdown"])


@indicator(
    label="allocataires du RSA par département",
    unit="allocataires",
    decimals=0,
    definition="Allocataires du revenu de solidarité active (RSA) au 31 décembre, tous régimes, par département.",
    aggregation="as_published",
    **_RSA,
)
def allocataires_rsa_departement(data: Data) -> pd.DataFrame:
    """RSA recipients of all schemes by département and year."""
    return as_counts(_given(data, MINIMA, "allocataires_rsa"), "as_published")


@indicator(
    label="personnes couvertes par le RSA pour 100 habitants, par département",
    feminine=True,
    unit="pour 100 habitants",
    decimals=1,
    definition="Allocataires du RSA, conjoints et personnes à charge au 31 décembre, tous régimes / population municipale de "
    "l’année connue la plus proche (trois ans d’écart au plus) × 100, par département.",
    aggregation="ratio",
    multiplier=100,
    better="lower",
    min_base=100,
    **{**_RSA, "references": (MINIMA_REFERENCE, "Insee, populations de référence")},
)
def part_population_rsa_departement(data: Data) -> pd.DataFrame:
    """People covered by RSA, all schemes, for 100 inhabitants of the département."""
    counts = _given(data, MINIMA, "personnes_couvertes_rsa")
    return per_inhabitant(data, counts, multiplier=100, method="exhaustive")


PROTECTION_REFERENCE = "DREES, enquête annuelle sur l’aide sociale, volet aide sociale à l’enfance"
_PROTECTION = {
    **_DEPARTEMENT,
    "plural": True,
    "sensitive": True,
    "min_count": 10,
    "references": (PROTECTION_REFERENCE,),
    "caution": "Contexte départemental seulement : rien n’est publié par intercommunalité, et rien ne doit l’être pour un petit "
    "territoire. Le nombre dit ce que les services et la justice ont décidé, non le danger vécu par les enfants.",
}


@indicator(
    label="enfants et jeunes accueillis à l’aide sociale à l’enfance, par département",
    unit="enfants et jeunes",
    decimals=0,
    definition="Mineurs et jeunes de moins de 21 ans accueillis à l’aide sociale à l’enfance (ASE) au 31 décembre, par département.",
    aggregation="sum",
    **_PROTECTION,
)
def enfants_ase_departement(data: Data) -> pd.DataFrame:
    """Children and young people in the care of the ASE by département and year."""
    return as_counts(_given(data, SOCIAL_AID, "enfants_ase"), "as_published")


@indicator(
    label="actions éducatives de l’aide sociale à l’enfance, par département",
    feminine=True,
    unit="actions",
    decimals=0,
    definition="Actions éducatives à domicile (AED) et en milieu ouvert (AEMO) en cours au 31 décembre, par département.",
    aggregation="sum",
    **_PROTECTION,
)
def actions_educatives_departement(data: Data) -> pd.DataFrame:
    """Educational measures of the ASE at home or « en milieu ouvert » by département and year."""
    return as_counts(_given(data, SOCIAL_AID, "actions_educatives"), "as_published")


@indicator(
    label="enfants et jeunes accueillis à l’aide sociale à l’enfance pour 1 000 jeunes de moins de 20 ans, par département",
    unit="pour 1 000 jeunes de moins de 20 ans",
    decimals=1,
    definition="Mineurs et jeunes de moins de 21 ans accueillis à l’aide sociale à l’enfance au 31 décembre / habitants de moins "
    "de 20 ans au recensement le plus proche (trois ans d’écart au plus) × 1 000, par département.",
    aggregation="ratio",
    multiplier=1000,
    min_base=2_000,
    **{
        **_PROTECTION,
        "references": (
            PROTECTION_REFERENCE,
            "Insee, recensement de la population, exploitation principale",
        ),
        "caution": f"{_PROTECTION['caution']} Les jeunes de 20 ans sont comptés au numérateur, non au dénominateur : un peu plus "
        "haut qu’un taux sur les moins de 21 ans.",
    },
)
def taux_ase_departement(data: Data) -> pd.DataFrame:
    """Children in the care of the ASE for 1,000 people under 20 of the nearest census."""
    counts = _given(data, SOCIAL_AID, "enfants_ase")
    young = aligned(data.count(BASE_IC, "POP0019"), counts["period"].unique())
    return ratio(counts, young, multiplier=1000, method="exhaustive")


# --- quotient familial ---------------------------------------------------------------------------------

QF = "ndur_s_qf"
_QF = {
    **_CAF,
    "references": ("Cnaf, data.caf.fr, foyers allocataires par tranche de quotient familial, décembre",),
}


@indicator(
    label="foyers allocataires par tranche de quotient familial",
    row="I08",
    definition="Foyers allocataires de la Caf en décembre, par tranche de quotient familial mensuel.",
    **_QF,
)
def foyers_qf(data: Data) -> pd.DataFrame:
    """Benefit households by band of quotient familial."""
    rows = data.get(QF, "foyers")
    bands = rows["breakdown"].map(lambda b: set(parse_breakdown(b)) == {"qf"}).astype(bool)
    return as_counts(rows[bands].reset_index(drop=True), "rounding")


@indicator(
    label="part des foyers allocataires à bas quotient familial",
    row="I08",
    definition="Foyers allocataires dont le quotient familial est inférieur à 400 € (ou à 800 €) / foyers allocataires dont "
    "le quotient familial est connu.",
    **{
        **_QF,
        "plural": False,
        "feminine": True,
        "unit": "%",
        "better": "lower",
        "aggregation": "ratio",
        "multiplier": 100,
        "meaningful": 3,
        "meaningful_relative": False,
        "min_base": 100,
    },
)
def part_foyers_qf_bas(data: Data) -> pd.DataFrame:
    """Share of benefit households under 400 € and 800 € among those whose quotient is known, as a range."""
    rows = data.get(QF, "foyers")
    spans = {b: _band(b) for b in rows["breakdown"].unique()}
    parts = []
    for threshold in (400, 800):
        low = [b for b, span in spans.items() if span is not None and span[1] < threshold]
        rest = [b for b, span in spans.items() if span is not None and span[0] >= threshold]
        if low and max(spans[b][1] for b in low) == threshold - 1:  # type: ignore[index]
            share = share_of_parts(_bands(rows, low), _bands(rows, rest), method="rounding")
            parts.append(labelled(share, seuil=str(threshold)))
    if not parts:
        return as_counts(data.count(QF, "foyers", only(qf="lt400")), "rounding").iloc[0:0]
    return union(*parts)


def _band(breakdown: str) -> tuple[float, float] | None:
    parts = parse_breakdown(breakdown)
    return qf_span(parts["qf"]) if set(parts) == {"qf"} else None


def _bands(rows: pd.DataFrame, chosen: list[str]) -> pd.DataFrame:
    kept = rows[rows["breakdown"].isin(chosen)]
    return add_up(kept, kept.groupby("period")["breakdown"].nunique())


# --- the families of Caf households, from Insee --------------------------------------------------------

DATA_CAF = "data_caf"
_DATA_CAF = {
    **_CAF,
    "row": "I11",
    "references": ("Insee, données Caf localisées (page 6679585), décembre 2021",),
    "caution": MSA + " Dernier millésime diffusé : décembre 2021.",
}
CHILDREN = {
    "Y0T2": "ENF_2", "Y3T5": "ENF_3_5", "Y6T10": "ENF_6_10", "Y11T14": "ENF_11_14", "Y15T17": "ENF_15_17",
    "Y18T24": "ENF_18_24",
}  # fmt: skip
HOUSEHOLDS = {
    "isole": "AI", "monoparent": "AM", "couple_sans_enfant": "ACSSENF", "couple_avec_enfant": "ACAVENF",
    "couple_3_enfants": "AC3ENF",
}  # fmt: skip


@indicator(
    label="enfants à charge des allocataires de la Caf",
    definition="Enfants à charge au sens des prestations, par âge, en décembre.",
    **{**_DATA_CAF, "unit": "enfants"},
)
def enfants_couverts_caf(data: Data) -> pd.DataFrame:
    """Children of Caf households, together and by age."""
    parts = [labelled(_insee_caf(data, name), age=code) for code, name in CHILDREN.items()]
    return union(_insee_caf(data, "ENF"), *parts)


@indicator(
    label="allocataires de la Caf selon la situation familiale",
    definition="Foyers allocataires de la Caf en décembre : personnes seules, familles monoparentales, couples sans et avec "
    "enfant.",
    **_DATA_CAF,
)
def allocataires_situation(data: Data) -> pd.DataFrame:
    """Caf households by family situation."""
    return union(*(labelled(_insee_caf(data, name), situation=code) for code, name in HOUSEHOLDS.items()))


def _insee_caf(data: Data, column: str) -> pd.DataFrame:
    return as_counts(data.count(DATA_CAF, column), "rounding")


# --- recorded violence in the family -------------------------------------------------------------------


@indicator(
    label="violences intrafamiliales enregistrées pour 1 000 habitants",
    row="I14",
    feminine=True,
    plural=True,
    theme="revenus",
    unit="pour 1 000 habitants",
    decimals=1,
    definition="Faits de violence intrafamiliale enregistrés par la police et la gendarmerie dans l’année, au lieu des faits "
    "/ population municipale de l’année connue la plus proche × 1 000.",
    aggregation="ratio",
    multiplier=1000,
    meaningful=1,
    better="lower",
    min_base=2_000,
    annex=True,
    sensitive=True,
    min_count=10,
    references=("SSMSI, base communale de la délinquance enregistrée",),
    caution="Annexe : ne compte que les faits signalés (une hausse peut dire que l’on parle davantage) ; les communes de peu "
    "de faits ne sont pas diffusées. Bande de variabilité d’un nombre d’événements.",
)
def violences_intrafamiliales_1000(data: Data) -> pd.DataFrame:
    """Recorded facts of violence in the family for 1,000 inhabitants, with Byar's band."""
    facts = data.count("ssmsi", "faits", _in_the_family)
    out = per_inhabitant(data, facts, multiplier=1000, method="byar")
    known = out["value"].notna() & out["denominator"].gt(0)
    lower, upper = byar(out.loc[known, "numerator"])
    base = out.loc[known, "denominator"]
    out.loc[known, "lower"], out.loc[known, "upper"] = 1000 * lower / base, 1000 * upper / base
    return out


def _in_the_family(breakdown: str) -> bool:
    """The source has named this indicator in several ways; all of them say « intrafamilia… »."""
    parts = parse_breakdown(breakdown)
    return set(parts) == {"indicateur"} and "intrafamilia" in parts["indicateur"]
