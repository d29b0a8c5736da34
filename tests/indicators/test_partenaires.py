"""What partners alone know: every figure asked is read, and the indicators say what the figures say."""

import math

import pandas as pd
import pytest
from small_worlds import CAVALERIE, EPCI, NANT, POPULATION, cell, world

from ctg_lib import observations
from ctg_lib.disclosure import policy_of
from ctg_lib.indicators import partenaires
from ctg_lib.indicators.registry import definition, registry
from ctg_lib.observations import Store
from ctg_lib.partnership.requests import MEASURES
from ctg_lib.study.local import LocalStore, Watched

OURS = {i: rule for i, rule in registry().items() if rule.compute.__module__ == partenaires.__name__}
PEOPLE = (
    "enfants",
    "jeunes",
    "personnes",
    "familles",
    "foyers",
    "élèves",
    "mineurs",
    "assistantes",
    "accompagnements",
)
"""First words of the units that count people."""
YEAR = 2024


def data_of(tmp_path, figures):
    """A store of partners' figures alone: (dataset, variable, breakdown, period) -> value of the territory."""
    keys = ["dataset", "variable", "breakdown", "period"]
    frame = pd.DataFrame([(*key, value) for key, value in figures.items()], columns=[*keys, "value"])
    frame = frame.assign(level="epci", code=EPCI)
    made = observations.make(frame, source="reponse", geography_year=2026)
    groups = pd.DataFrame({"commune": list(POPULATION), "level": "epci", "code": EPCI})
    store = LocalStore(Store(tmp_path / "nothing"), made)
    return Watched(store, groups, pd.Series(POPULATION, dtype="float64"))


def key_of(measure):
    return (measure.dataset, measure.variable, measure.breakdown, measure.period(YEAR))


def results(data, rules):
    """Value of every row of these indicators, by indicator, breakdown and period."""
    out = {}
    for rule in rules:
        rows = rule.compute(data)
        if rows.empty:
            continue
        rows = rows.assign(breakdown=rows.get("breakdown", ""))
        for row in rows.to_dict("records"):
            if row["code"] == EPCI and not pd.isna(row["value"]):
                out[(rule.id, row["breakdown"], row["period"])] = row["value"]
    return out


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """All figures asked (and inhabitants); who asks for what; results of all indicators."""
    figures = {key_of(m): 60.0 + i for i, m in enumerate(MEASURES)}
    figures[("DS_POPULATIONS_REFERENCE", "PMUN", "", str(YEAR))] = 3000.0
    folder = tmp_path_factory.mktemp("all")
    data, readers, before = data_of(folder, figures), {}, {}
    for rule in registry().values():
        data.asked.clear()
        before |= results(data, [rule])
        for variable in data.asked:
            readers.setdefault(variable, []).append(rule)
    return folder, figures, readers, before


def moved(everything, key, value):
    """Whether another value of a figure changes a result of an indicator that asks for its variable."""
    folder, figures, readers, before = everything
    rules = readers.get(key[:2], [])
    after = results(data_of(folder, {**figures, key: value}), rules)
    return any(before.get(k) != v for k, v in after.items())


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: m.id)
def test_every_figure_asked_changes_what_readers_are_shown(everything, measure):
    """Asking a partner for what nothing reads is a fault: a measure that moves no indicator fails here."""
    key = key_of(measure)
    assert moved(everything, key, everything[1][key] + 7), f"{measure.id}: {key} is read by nothing"


@pytest.mark.parametrize(
    "key",
    [
        ("partenaire_pmi", "lieux", "", str(YEAR)),
        ("partenaire_parentalite", "publics", "action=espace_rencontre", str(YEAR)),
    ],
)
def test_a_figure_that_nothing_reads_would_be_found(everything, key):
    """The test above fails where it must: another variable, and another breakdown of one that is read."""
    assert not moved(everything, key, 3.0)


@pytest.mark.parametrize("rule", OURS.values(), ids=list(OURS))
def test_every_indicator_of_partners_protects_people_and_says_who_is_asked(rule):
    people = rule.aggregation == "sum" and rule.unit.split()[0].strip(",") in PEOPLE
    assert not people or policy_of(rule).threshold >= 5
    assert not rule.sensitive or (policy_of(rule).threshold == 10 and not policy_of(rule).allows("commune"))
    assert partenaires.ON_REQUEST in rule.caution
    assert any("sur demande" in text for text in rule.references)


def test_counts_are_given_as_they_were(tmp_path):
    data = world(
        tmp_path,
        [("partenaire_ase", "mineurs", "", EPCI, "2024", 23.0), ("partenaire_pmi", "enfants", "", EPCI, "2024", 81.0),
         ("partenaire_pmi", "bilans_maternelle", "", EPCI, "2024", 44.0),
         ("partenaire_ase", "informations_preoccupantes", "", EPCI, "2024", 17.0),
         ("partenaire_eaje", "places", "", EPCI, "2024", 32.0), ("partenaire_eaje", "enfants", "", EPCI, "2024", 63.0),
         ("partenaire_demandes", "en_attente", "", EPCI, "2024", 17.0),
         ("partenaire_rpe", "heures_permanence", "", EPCI, "2024", 14.0),
         ("partenaire_inclusif", "structures", "accueil=eaje", EPCI, "2024", 2.0),
         ("partenaire_mdph", "droits_aeeh", "", EPCI, "2024", 31.0),
         ("partenaire_msa", "grandir_milieu_rural", "", EPCI, "2024-12", 18000.0)],
    )  # fmt: skip
    for indicator, value, period in (
        ("mineurs_aide_sociale_enfance", 23, "2024"), ("enfants_consultations_pmi", 81, "2024"),
        ("bilans_maternelle_pmi", 44, "2024"), ("informations_preoccupantes", 17, "2024"),
        ("places_eaje_agreees", 32, "2024"), ("enfants_etablissements_territoire", 63, "2024"),
        ("enfants_liste_attente", 17, "2024"), ("heures_permanence_relais", 14, "2024"),
        ("structures_bonus_inclusion", 2, "2024"), ("enfants_droits_aeeh", 31, "2024"),
        ("grandir_milieu_rural", 18000, "2024-12"),
    ):  # fmt: skip
        row = cell(data, indicator, period=period)
        assert (row["value"], row["method"], row["status"]) == (value, "local", "observed"), indicator
        assert math.isnan(row["lower"]) and row["unit"] == definition(indicator).unit


def test_counts_of_several_kinds_keep_their_kind(tmp_path):
    data = world(
        tmp_path,
        [("partenaire_parentalite", "seances", "action=laep", EPCI, "2024", 72.0),
         ("partenaire_parentalite", "seances", "action=reaap", EPCI, "2024", 5.0),
         ("partenaire_pedt", "communes", "contrat=pedt", EPCI, "2024", 9.0),
         ("partenaire_pedt", "communes", "contrat=plan_mercredi", EPCI, "2024", 4.0),
         ("partenaire_msa", "foyers_rsa", "", EPCI, "2024-12", 9.0),
         ("partenaire_msa", "foyers_prime_activite", "", EPCI, "2024-12", 21.0),
         ("partenaire_msa", "enfants_aeeh", "", EPCI, "2024-12", 12.0),
         ("partenaire_msa", "aah", "", EPCI, "2024-12", 15.0),
         ("partenaire_msa", "ressortissants", "", EPCI, "2024-12", 1100.0),
         ("partenaire_msa", "enfants_moins_3", "", EPCI, "2024-12", 16.0)],
    )  # fmt: skip
    for indicator, breakdown, value in (
        ("actions_parentalite", "action=laep", 72), ("actions_parentalite", "action=reaap", 5),
        ("communes_pedt", "contrat=pedt", 9), ("communes_pedt", "contrat=plan_mercredi", 4),
        ("foyers_minima_msa", "aide=rsa", 9), ("foyers_minima_msa", "aide=prime_activite", 21),
        ("beneficiaires_handicap_msa", "aide=aeeh", 12), ("beneficiaires_handicap_msa", "aide=aah", 15),
        ("ressortissants_msa", "", 1100), ("ressortissants_msa", "regime=enfants_moins_3", 16),
    ):  # fmt: skip
        assert cell(data, indicator, breakdown=breakdown)["value"] == value, (indicator, breakdown)


def test_shares_of_two_partners_figures(tmp_path):
    data = world(
        tmp_path,
        [("partenaire_am", "en_activite", "", EPCI, "2024", 16.0), ("partenaire_rpe", "am_frequentant", "", EPCI, "2024", 12.0),
         ("defm", "demandeurs_emploi", "categorie=ABC", EPCI, "2024-T4", 300.0),
         ("defm", "demandeurs_emploi", "categorie=ABC;sex=F", EPCI, "2024-T4", 165.0)],
    )  # fmt: skip
    row = cell(data, "part_assistantes_maternelles_relais")
    assert (row["value"], row["numerator"], row["denominator"]) == (75, 12, 16)
    women = cell(data, "part_femmes_demandeurs_emploi")
    assert women["value"] == pytest.approx(55) and women["period"] == "2024-T4"


def test_communes_add_up_where_all_are_known(tmp_path):
    rows = [("partenaire_am", "agreees", "", code, "2024", n) for code, n in ((CAVALERIE, 9.0), (NANT, 6.0))]
    assert cell(world(tmp_path, rows), "assistantes_maternelles_agreees")["value"] == 15


def test_no_answer_gives_no_row_of_any_of_them(tmp_path):
    data = world(tmp_path, [])
    for rule in OURS.values():
        rows = rule.compute(data)
        assert rows["value"].isna().all() if len(rows) else True, rule.id
