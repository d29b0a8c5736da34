"""Duties of the autorités organisatrices: the law's thresholds, whoever holds the mission."""

import math
from datetime import date

import pandas as pd
import pytest

from ctg_lib.partnership.sppe import RULES, duties, summary

MISSIONS = ("sppe_recenser", "sppe_informer", "sppe_planifier", "sppe_qualite")
EPCI = {"id": "P1", "name": "CC Exemple", "type": "epci", "signs": "oui"}


def frames(populations, epci=("900",)):
    codes = [f"9000{i}" for i in range(1, len(populations) + 1)]
    members = pd.DataFrame(
        {"code": codes, "name": [f"Commune {c}" for c in codes], "population": populations}
    )
    names = [f"CC Exemple {i}" if i else "CC Exemple" for i in range(len(epci))]
    return members, pd.DataFrame({"code": list(epci), "name": names, "population": [math.nan] * len(epci)})


def computed(make, populations, lines, parties=(EPCI,), as_of=None, members=None, epci=None):
    both = frames(populations)
    p = make({"parties.parties": list(parties), "parties.competences": list(lines)})
    return duties(p, both[0] if members is None else members, both[1] if epci is None else epci, as_of)


def held(by="P1", **more):
    return [{"competence": m, "holder": by, **more} for m in MISSIONS]


def due(found):
    return dict(zip(found["mission"], found["due"], strict=True))


ALWAYS = {"sppe_recenser": "obligatoire", "sppe_informer": "obligatoire"}


@pytest.mark.parametrize(
    ("populations", "planning", "schema"),
    [
        ([1500.0, 2000.0], "facultative", "facultative"),  # 3 500 is not more than 3 500
        ([1500.0, 2001.0], "obligatoire", "facultative"),
        ([2223.0, 4523.0], "obligatoire", "facultative"),
        ([4000.0, 6000.0], "obligatoire", "facultative"),
        ([4000.0, 6001.0], "obligatoire", "obligatoire"),
    ],
)
def test_thresholds_of_an_epci(make_partnership, populations, planning, schema):
    found = computed(make_partnership, populations, held())
    assert due(found) == {
        **ALWAYS, "sppe_planifier": planning, "sppe_qualite": planning, "schema": schema, "rpe": schema,
    }  # fmt: skip
    assert found["holder"].unique().tolist() == ["CC Exemple"] and found["holder_type"].unique().tolist() == [
        "epci"
    ]
    assert found["population"].unique().tolist() == [sum(populations)]


def test_law_and_dates(make_partnership):
    found = computed(make_partnership, [4000.0, 9000.0], held()).set_index("mission")
    assert found["threshold"].to_dict() == {
        "sppe_recenser": 0, "sppe_informer": 0, "sppe_planifier": 3500, "sppe_qualite": 3500, "schema": 10000, "rpe": 10000,
    }  # fmt: skip
    assert found.loc["rpe", "since"] == pd.Timestamp(2026, 1, 1)
    assert (found["since"].drop("rpe") == pd.Timestamp(2025, 1, 1)).all()
    assert all("L.214-1-3" in b and "2023-1196" in b for b in found["basis"])
    assert "L.214-2-1" in found.loc["rpe", "basis"]
    assert "tient lieu" in found.loc["schema", "why"]
    assert "13 000" in found.loc["schema", "why"].replace("\u202f", " ")


def test_only_the_communes_that_transferred_count(make_partnership):
    lines = [{**line, "communes": ("90001",)} for line in held()]
    found = computed(make_partnership, [3600.0, 2000.0], lines)
    mine = found[found["holder"].eq("CC Exemple")]
    assert due(mine)["sppe_planifier"] == "obligatoire" and mine["population"].unique().tolist() == [3600.0]
    assert "Commune 90001, qui a transféré la mission, compte" in mine["why"].iloc[2]
    rest = found[found["holder"].eq("à compléter")]
    assert rest["communes"].unique().tolist() == [("90002",)]
    assert due(rest) == {
        **ALWAYS, "sppe_planifier": "inconnue", "sppe_qualite": "inconnue", "schema": "inconnue", "rpe": "inconnue",
    }  # fmt: skip


def test_communes_that_keep_a_mission_are_judged_one_by_one(make_partnership):
    lines = [{"competence": m, "by_communes": "oui"} for m in MISSIONS]
    found = computed(make_partnership, [3600.0, 2000.0, 12000.0], lines)
    assert len(found) == 6 * 3 and found["by_communes"].all()
    planning = found[found["mission"].eq("sppe_planifier")]
    assert planning["due"].tolist() == ["obligatoire", "facultative", "obligatoire"]
    assert planning["holder_type"].unique().tolist() == ["commune"]
    assert planning["holder"].tolist() == ["Commune 90001", "Commune 90002", "Commune 90003"]
    assert found.loc[found["mission"].eq("rpe"), "due"].tolist() == [
        "facultative",
        "facultative",
        "obligatoire",
    ]
    assert "compense les communes de plus de" in planning["why"].iloc[0]
    assert "compense" not in planning["why"].iloc[1]


def test_the_state_does_not_compensate_an_epci(make_partnership):
    found = computed(make_partnership, [3600.0, 2000.0], held()).set_index("mission")
    assert found.loc["sppe_planifier", "why"].endswith(
        "l’État ne compense que des communes, pas les intercommunalités"
    )
    assert (
        "compense" not in found.loc["sppe_recenser", "why"] and "compense" not in found.loc["schema", "why"]
    )


def test_summary_groups_communes(make_partnership):
    lines = [{"competence": m, "by_communes": "oui"} for m in MISSIONS]
    short = summary(computed(make_partnership, [3600.0, 2000.0, 1000.0], lines))
    planning = short[short["mission"].eq("sppe_planifier")]
    assert planning["holder"].tolist() == ["Commune 90001", "2 communes, chacune pour elle-même"]
    assert planning["population"].tolist() == [3600.0, 2000.0]
    assert planning["why"].iloc[1].startswith("la plus peuplée est Commune 90002 : ")
    assert planning["communes"].iloc[1] == ("90002", "90003")
    assert len(short[short["mission"].eq("sppe_recenser")]) == 1
    alone = computed(make_partnership, [3600.0], held())
    pd.testing.assert_frame_equal(summary(alone), alone)


def test_nobody_is_said_to_hold_it(make_partnership):
    found = computed(make_partnership, [2223.0, 4523.0], [], parties=())
    assert found["holder"].unique().tolist() == ["à compléter"] and len(found) == 6
    assert due(found) == {
        **ALWAYS, "sppe_planifier": "inconnue", "sppe_qualite": "inconnue", "schema": "inconnue", "rpe": "inconnue",
    }  # fmt: skip
    why = found.set_index("mission")["why"].str.replace("[\u202f\u00a0]", " ", regex=True)
    assert why["sppe_planifier"] == (
        "personne n’est indiqué ; sans transfert, chaque commune est l’autorité organisatrice ; une commune sur 2 "
        "dépasse le seuil de 3 500 habitants ; à elles 2, les communes en comptent 6 746, plus que le seuil"
    )
    assert "aucune commune ne dépasse le seuil de 10 000 habitants" in why["schema"]
    assert found["population"].isna().all()


def test_a_line_without_a_holder_is_to_complete(make_partnership):
    found = computed(make_partnership, [4000.0], [{"competence": "sppe_planifier"}])
    assert found["holder"].unique().tolist() == ["à compléter"]


def test_a_holder_that_is_not_a_party(make_partnership):
    found = computed(make_partnership, [4000.0], held("P9")).set_index("mission")
    assert found.loc["sppe_planifier", ["holder", "due"]].tolist() == ["à compléter", "inconnue"]
    assert "« P9 » n’est pas dans la feuille Parties" in found.loc["sppe_planifier", "why"]
    assert found.loc["sppe_recenser", "due"] == "obligatoire"


def test_held_and_kept_at_once(make_partnership):
    found = computed(make_partnership, [4000.0], held(by_communes="oui")).set_index("mission")
    assert (
        found.loc["sppe_planifier", "due"] == "inconnue" and "à la fois" in found.loc["sppe_planifier", "why"]
    )


def test_who_cannot_be_one(make_partnership):
    parties = [{**EPCI, "type": "caf"}]
    found = computed(make_partnership, [4000.0], held(), parties).set_index("mission")
    assert found.loc["sppe_planifier", ["holder", "holder_type", "due"]].tolist() == [
        "CC Exemple",
        "caf",
        "inconnue",
    ]
    assert "seuls une commune" in found.loc["sppe_planifier", "why"]


def test_a_commune_that_holds(make_partnership):
    parties = [
        EPCI,
        {"id": "P2", "name": "Ville Exemple", "type": "commune", "commune": "90002", "signs": "oui"},
    ]
    lines = [*held(communes=("90001",)), *held("P2")]
    found = computed(make_partnership, [2000.0, 12000.0], lines, parties)
    town = found[found["holder"].eq("Ville Exemple")].set_index("mission")
    assert town["population"].unique().tolist() == [12000.0] and set(town["due"]) == {"obligatoire"}
    assert set(found["holder"]) == {"CC Exemple", "Ville Exemple"}


def test_a_commune_of_which_nothing_is_said(make_partnership):
    parties = [{"id": "P2", "name": "Ville Exemple", "type": "commune", "signs": "oui"}]
    found = computed(make_partnership, [2000.0], held("P2"), parties).set_index("mission")
    assert (
        found.loc["sppe_planifier", "due"] == "inconnue"
        and "n’est pas précisée" in found.loc["sppe_planifier", "why"]
    )


def test_a_syndicat_may_cover_more_than_the_territory(make_partnership):
    parties = [{"id": "P3", "name": "Syndicat Exemple", "type": "syndicat", "signs": "oui"}]
    found = due(computed(make_partnership, [2000.0, 3000.0], held("P3"), parties))
    assert (found["sppe_planifier"], found["rpe"]) == ("obligatoire", "inconnue")


def test_two_epci_are_told_apart_by_their_communes(make_partnership):
    members, epci = frames([2000.0, 3000.0, 600.0], epci=("900", "901"))
    parties = [EPCI, {"id": "P2", "name": "cc exemple 1", "type": "epci", "signs": "oui"}]
    lines = [*held(), *held("P2")]
    kwargs = {"parties": parties, "epci": epci}
    with_epci = members.assign(epci=["900", "900", "901"])
    found = computed(make_partnership, [], lines, members=with_epci, **kwargs)
    planning = found[found["mission"].eq("sppe_planifier")]
    assert planning[["holder", "population", "due"]].values.tolist() == [
        ["CC Exemple", 5000.0, "obligatoire"], ["cc exemple 1", 600.0, "facultative"],
    ]  # fmt: skip
    found = computed(make_partnership, [], lines, members=members, **kwargs)
    assert set(found.loc[found["threshold"].gt(0), "due"]) == {"inconnue"}
    assert "ne sont pas précisées" in found["why"].iloc[0]


def test_an_unknown_population(make_partnership):
    found = computed(make_partnership, [4000.0, None], held()).set_index("mission")
    assert found.loc["sppe_planifier", "due"] == "inconnue" and math.isnan(
        found.loc["sppe_planifier", "population"]
    )
    assert (
        "population" in found.loc["sppe_planifier", "why"]
        and found.loc["sppe_recenser", "due"] == "obligatoire"
    )
    members, epci = frames([4000.0, None])
    found = computed(make_partnership, [], held(), members=members, epci=epci.assign(population=6746.0))
    assert found["population"].unique().tolist() == [6746.0]  # that of the EPCI stands for the sum


def test_near_a_threshold(make_partnership):
    why = computed(make_partnership, [3450.0], held()).set_index("mission")["why"]
    assert "à vérifier sur la population totale" in why["sppe_planifier"]
    why = computed(make_partnership, [3000.0], held()).set_index("mission")["why"]
    assert "à vérifier" not in why["sppe_planifier"]


def test_relais_needs_only_one_of_its_two_missions_to_be_held(make_partnership):
    found = computed(make_partnership, [12000.0], [{"competence": "sppe_informer", "holder": "P1"}])
    assert found.loc[found["mission"].eq("rpe"), "holder"].tolist() == ["CC Exemple"]
    assert found.loc[found["mission"].eq("sppe_qualite"), "holder"].tolist() == ["à compléter"]


def test_nothing_is_said_of_a_law_to_come(make_partnership):
    assert computed(make_partnership, [12000.0], held(), as_of=date(2020, 11, 1)).empty
    before = due(computed(make_partnership, [12000.0], held(), as_of=date(2024, 6, 1)))
    assert set(before.values()) == {"facultative"}
    between = computed(make_partnership, [12000.0], held(), as_of=date(2025, 6, 1)).set_index("mission")
    assert between.loc["schema", "due"] == "obligatoire" and between.loc["rpe", "due"] == "facultative"
    assert between.loc["rpe", "why"].startswith("obligatoire seulement à compter du 1er janvier 2026 ; ")
    assert summary(computed(make_partnership, [1.0], [], as_of=date(2020, 1, 1))).empty


def test_every_rule_has_its_article_and_date():
    assert len({r.mission for r in RULES}) == len(RULES)
    assert all(r.basis and r.since >= date(2025, 1, 1) and r.above in (0, 3500, 10000) for r in RULES)
