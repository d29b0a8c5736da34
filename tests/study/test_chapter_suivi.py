"""Chapter 16 while the convention runs: what was signed, broken series with their unit. All is made up."""

import re
from dataclasses import replace
from datetime import date

import pytest
from chapter_words import plain, text_of, words
from plan_samples import CONTRACT, D, action, agreement, indicator, partnership
from test_messages import NONSENSE, methods_of

from ctg_lib.study import follow_up
from ctg_lib.study.chapters import suivi

NOW = [
    indicator(label="soirées tenues", kind="moyens", unit="soirées", baseline=0.0, target=80.0, target_on=D(2029, 12, 31)),
    indicator("IN02", label="familles venues", kind="realisation", unit="familles", baseline=38.0, baseline_period="2025", target=90.0),
    indicator("IN03", label="assistantes maternelles", kind="realisation", unit="personnes", baseline=16.0, target=18.0),
]  # fmt: skip
MEASURES = [
    {"indicator": "IN01", "period": "2028", "value": 62.0, "comparable": "oui"},
    {"indicator": "IN02", "period": "2028", "value": 212.0, "comparable": "non", "unit": "passages", "remark": "passages"},
    {"indicator": "IN03", "period": "2028", "value": 14.0, "comparable": "oui"},
]  # fmt: skip
PROGRESS = [{"action": "A01", "year": 2028.0, "state": "en_cours", "told_on": D(2029, 1, 15)}]


def study_of(study, indicators, as_of=date(2029, 3, 31), **config):
    config = replace(study.config, as_of=as_of, contract=CONTRACT, **config)
    other = type(study)(study.project, config, study.geography, study.manifest)
    told = {line["id"] for line in indicators if not line.get("indicator")}
    other.__dict__["agreement"] = agreement(
        indicators=indicators,
        measures=[m for m in MEASURES if m["indicator"] in told],
        progress=PROGRESS,
        actions=[action(state="en_cours")],
    )
    other.__dict__["partnership"] = partnership()
    other.__dict__["problems"] = ()
    return other


@pytest.fixture
def chapter(larzac, monkeypatch):
    """The chapter of a second year, whose signed edition wanted 120 evenings."""
    signed = study_of(larzac, [{**NOW[0], "target": 120.0}, *NOW[1:]], date(2026, 12, 1), id="signee")
    now = study_of(larzac, NOW, previous="signee")
    monkeypatch.setattr(follow_up, "previous_of", lambda study: signed if study.config.previous else None)
    monkeypatch.setattr(follow_up.recording, "previous_files", lambda study: None)
    monkeypatch.setattr(type(now), "record", lambda *_: None)
    monkeypatch.setattr(suivi, "editions_of", lambda study: None)
    return now.chapter("suivi")


def test_table_figure_and_headline_read_what_was_signed(chapter):
    assert [t.reading for t in chapter.tracks] == ["en_retard", "rompu", "trop_tot"]
    row = chapter.indicateurs().frame.iloc[0]
    assert "120 soirées (2029)" in plain(row["target"]) and "abaissée de 120 à 80" in plain(row["target"])
    assert "0 atteint" in plain(chapter.indicateurs().caption)
    head = plain(words(chapter.essentiel()))
    assert "1 en retard" in head and "signé" in head and "cible abaissée de 120 à 80" in head
    figure = chapter.chemins()
    assert "1 indicateur en retard" in plain(figure.title)
    assert any("abaissée de 120 à 80" in plain(note) for note in figure.notes)
    assert "120" in figure.data.loc[figure.data["kind"].eq("cible"), "said"].tolist()


def test_what_is_stuck_is_told_by_its_title(larzac, monkeypatch):
    monkeypatch.setattr(suivi, "editions_of", lambda study: None)
    made = study_of(larzac, NOW)
    stuck = [{**PROGRESS[0], "state": "reportee"}]
    made.__dict__["agreement"] = agreement(
        indicators=NOW, measures=MEASURES, progress=stuck, actions=[action(state="en_cours")]
    )
    opened = made.chapter("suivi")
    title = opened.progress["title"].iloc[0]
    assert f"Ce qui bute : « {title} » (reportée)" in plain(words(opened.essentiel()))
    assert "## Les actions" in words(opened.actions_dites())


def test_without_another_edition_the_plan_s_own_target_is_read(larzac, monkeypatch):
    monkeypatch.setattr(suivi, "editions_of", lambda study: None)
    chapter = study_of(larzac, NOW).chapter("suivi")
    assert chapter.tracks[0].reading == "dans_le_rythme" and "signé" not in words(chapter.essentiel())


def test_only_what_a_later_publication_gives_is_told_as_measured_again(larzac, monkeypatch):
    """Census of 2023 after a start in 2022; of the Cnaf's coverage nothing is out after 2023."""
    monkeypatch.setattr(suivi, "editions_of", lambda study: None)
    lines = [
        indicator(unit="habitants", indicator="population", baseline=6730.0, baseline_period="2022", target=7000.0),
        indicator("IN02", unit="places pour 100 enfants", indicator="taux_couverture", baseline=60.5, baseline_period="2023", target=70.0),
    ]  # fmt: skip
    chapter = study_of(larzac, lines).chapter("suivi")
    assert [[(p.period, p.value, p.origin) for p in t.points if p.origin != "suivi"] for t in chapter.tracks] == [
        [("2023", 6746.0, "dictionnaire")], [],
    ]  # fmt: skip
    said = plain(" ".join(chapter.indicateurs().notes))
    assert "Remesurés d’après le dictionnaire, avec la même définition : IN01." in said
    assert "Du dictionnaire, sans chiffre paru depuis l’année de départ : IN02 (2023)." in said


def test_how_an_indicator_is_read_is_told_whole(chapter):
    said = plain(words(chapter.mesures_dites()))
    assert (
        "a avancé, depuis son départ, de plus que ce dont il varie de lui-même" in said
    )  # « dans le rythme »
    assert "quand le chemin lui-même n’a pas encore avancé" in said
    assert "quand la mesure est, à cette variation près, aussi proche du départ que du chemin" in said


def test_an_edition_of_another_convention_is_not_what_was_signed(larzac, monkeypatch):
    other = study_of(larzac, [{**NOW[0], "target": 120.0}])
    other.config.__dict__["contract"] = {"start": date(2022, 1, 1)}
    now = study_of(larzac, NOW)
    monkeypatch.setattr(follow_up, "previous_of", lambda study: other if study is now else None)
    monkeypatch.setattr(follow_up.recording, "previous_files", lambda study: None)
    monkeypatch.setattr(type(now), "record", lambda *_: None)
    assert follow_up.signed_of(now) == {}


def test_a_broken_measure_is_told_with_its_own_unit(chapter):
    frame = chapter.indicateurs().frame
    assert plain(frame["latest"].iloc[1]) == "212 passages (2028)"
    data = chapter.chemins().data
    broken = data[data["kind"].eq("mesure non comparable")].iloc[0]
    assert (plain(broken["said"]), broken["unit"]) == ("212 passages", "passages")


def test_every_cell_makes_sense(chapter):
    for name in methods_of(chapter):
        out = getattr(chapter, name)()
        if out is not None:
            text = re.sub(r"^:+ \{.*$|^:+$", "", text_of(out), flags=re.MULTILINE)
            assert not NONSENSE.search(text), (name, NONSENSE.search(text), text)
