"""Official margins of surveys: real numbers of the reference study, and what is said where they are not known."""

import re

import pandas as pd
import pytest

from ctg_lib.consultation.bank import questionnaires
from ctg_lib.study import open_study
from ctg_lib.study.margins import official, with_child_under_3


@pytest.fixture(scope="module")
def study(project):
    return open_study("241200906", project)


@pytest.fixture(scope="module")
def elsewhere(project):
    """An EPCI whose ages are not in the store."""
    return open_study("200067155", project)


def bank(study):
    return questionnaires(None, {s.name: s.members for s in study.secteurs}, study.communes_by_code)[0]


def margin(found, role):
    return next(m for m in found.margins if m.role == role)


def people(study) -> pd.DataFrame:
    rows = study.table("population_par_age", study._communes)
    return rows[rows["period"].eq(rows["period"].max())]


def test_households_are_main_residences(study):
    found = official(study, bank(study)["habitants"])["menage"]
    assert found.whom == "ménages"
    assert found.population == pytest.approx(2708.9, abs=0.1)  # Insee, RP 2023: résidences principales
    secteurs = margin(found, "secteur")
    assert set(secteurs.totals) == {"larzac", "dourbie", "sorgues", "cernon"}
    assert sum(secteurs.totals.values()) == pytest.approx(found.population)
    assert secteurs.sources == ("insee_rp_logement_2023",)


def test_types_of_household_make_all_households(study):
    found = official(study, bank(study)["habitants"])["menage"]
    types = margin(found, "menage")
    assert sum(types.totals.values()) == pytest.approx(found.population)
    assert types.totals["monoparentale"] == pytest.approx(0.0642 * 2708.9, abs=0.1)
    assert types.codes["seul"] == types.codes["couple_sans_enfant"] == "autres_menages"


def test_parents_are_households_with_children(study):
    found = official(study, bank(study)["parents"])
    assert list(found) == ["menage"]
    homes = found["menage"]
    assert homes.population == pytest.approx((0.0642 + 0.2245) * 2708.9, abs=0.5)
    assert sum(margin(homes, "secteur").totals.values()) == pytest.approx(homes.population)
    # La Cavalerie has 38 % of the 0-4: its secteur comes first among families, not among households
    totals = margin(homes, "secteur").totals
    assert max(totals, key=totals.get) == "larzac"
    assert "enfants de moins de 18 ans" in margin(homes, "secteur").note


def test_barracks_are_out_of_the_margins(study):
    """Domain: 1,017 men aged 20-39 in La Cavalerie against 154 women of that age."""
    found = official(study, bank(study)["habitants"])["personne"]
    rows = people(study)
    low = rows["breakdown"].str.extract(r"age=Y_?(?:GE)?(\d+)")[0].astype(int)
    adults = rows.loc[low.ge(20), "value"].sum() + 0.4 * rows.loc[low.eq(15), "value"].sum()
    gone = adults - found.population
    note = margin(found, "age").note
    told = [int(n) for n in re.findall(r"(\d+) personnes, logées", note)]
    assert told[0] == 863
    assert gone == pytest.approx(sum(told), abs=1)
    assert "À La Cavalerie" in note
    assert "À Nant" in note


def test_margins_of_persons_agree(study):
    for id in ("habitants", "jeunes_11_17", "jeunes_18_25"):
        found = official(study, bank(study)[id])["personne"]
        for each in found.margins:
            assert sum(each.totals.values()) == pytest.approx(found.population)
            assert each.unit == "personne"


def test_ages_that_no_establishment_fills_say_nothing_of_them(study):
    found = official(study, bank(study)["jeunes_11_17"])["personne"]
    assert found.whom == "habitants de 11 à 17 ans"
    assert "établissement" not in margin(found, "age").note


def test_the_young_tell_nothing_of_all_homes(study):
    assert list(official(study, bank(study)["jeunes_18_25"])) == ["personne"]


def test_nobody_counts_professionals_and_associations(study):
    for id in ("professionnels", "associations"):
        assert official(study, bank(study)[id]) == {}


def test_families_with_a_child_under_3(study):
    """Domain: births of 2023 to 2025 = 116: « environ 115 familles »."""
    found = with_child_under_3(study)
    assert found.value == 115
    assert "2023 à 2025" in found.note


def test_what_is_not_known_is_told(elsewhere):
    asked = bank(elsewhere)
    persons = official(elsewhere, asked["jeunes_18_25"])["personne"]
    assert persons.population is None
    assert persons.margins == ()
    assert "âges des habitants ne sont pas connus" in persons.notes[0]
    parents = official(elsewhere, asked["parents"])["menage"]
    assert [m.role for m in parents.margins] == ["menage"]
    assert "répartis comme les habitants" in parents.notes[0]


def test_at_most_three_margins_and_never_sex(study):
    for questionnaire in bank(study).values():
        for found in official(study, questionnaire).values():
            assert len(found.margins) <= 3
            assert {m.role for m in found.margins} <= {"secteur", "age", "menage"}
