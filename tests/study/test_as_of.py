"""A study shows nothing that came out after its date: one rule, wherever a number enters it."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.build.export import write_export
from ctg_lib.cli.check import later_lines
from ctg_lib.display.figure import Absent
from ctg_lib.display.table import Table
from ctg_lib.indicators.registry import registry
from ctg_lib.manifest import Entry, Manifest
from ctg_lib.observations import content_hash
from ctg_lib.study import open_study
from ctg_lib.study.as_of import Horizon, known_since
from ctg_lib.study.extras import lost_to_date, structure_rows, study_beyond, study_coverage

DAY = date(2026, 10, 31)
"""All files of the manifest were retrieved before it."""
CENSUS, BIRTHS, PEOPLE, COVERAGE, SCHOOLS = (
    "insee_rp_base_ic_2021", "insee_naissances_2008_2025", "geo_populations", "cnaf_txcouv_epci_2023",
    "depp_ips_ecoles_2024",
)  # fmt: skip


def entry(id: str = "a", published: date | None = None, retrieved: date = DAY, layout: str = "x") -> Entry:
    return Entry(
        id=id, publisher="p", title="t", short="s", dataset="d", vintage="v", reference_date="2020", address="",
        retrieved=retrieved, licence="l", geography_year=2020, layout=layout, path=id, bytes=1, sha256="0",
        provenance="published", published_on=published,
    )  # fmt: skip


def dated(study, day, published, others=None):
    """The study on a day, with publication dates of some files (and of all the others)."""
    files = [
        replace(e, published_on=published[e.id]) if e.id in published
        else replace(e, published_on=others) if others else e
        for e in study.manifest
    ]  # fmt: skip
    config = replace(study.config, as_of=day)
    return type(study)(study.project, config, study.geography, Manifest(files, study.manifest.path))


def on_both_days(study, file):
    """The study on the eve of a file's publication, and on the day itself."""
    return (dated(study, DAY - timedelta(days=1), {file: DAY}), dated(study, DAY, {file: DAY}))


@pytest.fixture(scope="module")
def around(larzac):
    """The same of the reference study, each pair opened once."""
    pairs = {}

    def opened(file):
        if file not in pairs:
            pairs[file] = on_both_days(larzac, file)
        return pairs[file]

    return opened


def names(rows: pd.DataFrame, file: str) -> bool:
    return any(file in str(cell).split("+") for cell in rows["sources"].unique())


# --- the rule ------------------------------------------------------------------------------------------


def test_a_file_is_known_since_its_publication_else_since_it_was_retrieved():
    assert known_since(entry(published=date(2020, 6, 1), retrieved=date(2026, 1, 1))) == date(2020, 6, 1)
    assert known_since(entry(retrieved=date(2026, 1, 1))) == date(2026, 1, 1)


def test_on_the_day_itself_a_file_is_known():
    files = [entry("said", date(2020, 6, 1)), entry("unsaid", None, date(2020, 6, 1))]
    assert [e.id for e in Horizon.of(files, date(2020, 5, 31)).later] == ["said", "unsaid"]
    assert Horizon.of(files, date(2020, 6, 1)).later == ()


def test_geography_stays_but_populations_are_figures():
    files = [entry("places", layout="geography"), entry("people", layout="geography_populations")]
    assert [e.id for e in Horizon.of(files, date(2020, 1, 1)).later] == ["people"]


def test_a_row_needs_all_its_files():
    horizon = Horizon(DAY, (entry("late"),), 3)
    rows = pd.DataFrame({"sources": ["a", "a+late", "late", "", "late_too", "b+a"], "value": range(6)})
    assert horizon.rows(rows)["value"].tolist() == [0, 3, 4, 5]
    assert horizon.knows("a+b") and not horizon.knows("b+late")
    assert Horizon(DAY).rows(rows) is rows


@given(
    days=st.lists(st.tuples(st.none() | st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=6),
    cells=st.lists(st.sets(st.integers(0, 5), min_size=1), max_size=20),
    today=st.integers(0, 20),
)
def test_kept_rows_are_those_whose_files_are_all_known(days, cells, today):
    first = date(2020, 1, 1)
    files = [
        entry(str(i), None if said is None else first + timedelta(said), first + timedelta(seen))
        for i, (said, seen) in enumerate(days)
    ]
    cells = [sorted(cell & set(range(len(days)))) or [0] for cell in cells]
    rows = pd.DataFrame({"sources": ["+".join(map(str, cell)) for cell in cells]}, dtype="str")
    kept = Horizon.of(files, first + timedelta(today)).rows(rows)
    since = [seen if said is None else said for said, seen in days]
    assert kept.index.tolist() == [i for i, cell in enumerate(cells) if max(since[n] for n in cell) <= today]


# --- everywhere in a study -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "indicator"),
    [(CENSUS, "part_65_plus"), (BIRTHS, "naissances"), (PEOPLE, "population"), (COVERAGE, "taux_couverture")],
)
def test_the_day_before_a_file_no_row_names_it(around, file, indicator):
    before, after = around(file)
    rule = registry()[indicator]
    for study, shown in ((before, False), (after, True)):
        seen = [study.table(indicator), study.series(indicator), study.compare(indicator).references]
        seen += [study.compare(indicator).peers, study.ranked(indicator)[0], study.communes(indicator)]
        seen.append(study.by_secteur(indicator))
        assert any(names(rows, file) for rows in seen) is shown
        assert all(not names(rows, file) for rows in seen) is not shown
        assert (file in study.sources) is shown
        if rule.aggregation == "sum":
            assert (study.trend(indicator) is not None) is shown


def test_what_does_not_rest_on_the_file_stays_the_same(larzac, around):
    before, after = around(CENSUS)
    ids = ["part_65_plus", "naissances", "population", "taux_couverture", "taux_pauvrete", "foyers_rsa"]
    places = [larzac.place, ("commune", "12063"), ("secteur", larzac.secteurs[0].code), ("departement", "12")]
    kept, every = before.table(ids, places), after.table(ids, places)
    expected = every[[CENSUS not in cell.split("+") for cell in every["sources"]]].reset_index(drop=True)
    assert 0 < len(kept) < len(every)
    pd.testing.assert_frame_equal(kept, expected)


def test_ranks_and_lookalikes_wait_for_their_census(around):
    before, after = around(CENSUS)
    assert len(after.lookalikes) == 10 and CENSUS in after.structure.attrs["sources"]
    assert before.lookalikes.empty and before.find_lookalikes(garrisons=False) is None
    assert before.lookalikes_sensitivity().empty and before.structure["menages"].isna().all()
    assert after.rank("part_65_plus").period == "2021"
    assert before.rank("part_65_plus") is None
    assert before.compare("part_65_plus").lookalikes_known == 0
    absent = before.chapter("population").territoires_semblables()
    assert "recensement" in absent.reason


def test_values_without_a_commune_wait_too(around):
    ages = "insee_rp_age_sexe_2023"
    before, after = around(ages)
    for study, shown in ((before, False), (after, True)):
        assert names(study.with_and_without("part_65_plus", "12063"), ages) is shown
        assert study.compare("part_65_plus").value.period == ("2023" if shown else "2021")
        assert study.distortion("part_65_plus").place == "12063"  # in both years
    assert before.inhabitants.equals(after.inhabitants)  # another file
    assert around(PEOPLE)[0].inhabitants.empty


def test_establishments_wait_for_the_file_that_places_them(around):
    before, after = around(SCHOOLS)
    assert names(structure_rows(after), SCHOOLS) and not names(structure_rows(before), SCHOOLS)


@pytest.mark.slow
@pytest.mark.parametrize("file", [CENSUS, BIRTHS])
def test_exports_name_no_later_file(around, file):
    before, after = around(file)
    assert names(after.export(), file) and not names(before.export(), file)


def test_recorded_queries_answer_the_same_again(larzac):
    study = on_both_days(larzac, CENSUS)[0]
    study.compare("part_65_plus")
    study.rank("population")
    study.with_and_without("part_65_plus", "12063")
    structure_rows(study)
    again = on_both_days(larzac, CENSUS)[0]
    assert all(content_hash(again.replay(query)) == query["answer"] for query in study.queries)


def test_an_answer_changes_when_the_date_does(larzac):
    before, after = on_both_days(larzac, BIRTHS)
    before.series("naissances"), after.series("naissances")
    assert {q["answer"] for q in before.queries} != {q["answer"] for q in after.queries}


def test_secrecy_is_the_same_whatever_the_date(larzac, around):
    """What a dated study shows of its secteurs is what the others show: nothing more by subtraction."""
    before, after = around(CENSUS)
    places = [("secteur", s.code) for s in larzac.secteurs]
    ids = list(after.own_groups.confidential)
    now, then = after.table(ids, places), before.table(ids, places)
    pd.testing.assert_frame_equal(then, before.horizon.rows(now).reset_index(drop=True))


def test_a_date_after_every_file_costs_nothing(larzac, affricain):
    assert larzac.horizon.later == affricain.horizon.later == ()
    rows = larzac.table("population")
    assert larzac.horizon.rows(rows) is rows
    assert larzac.horizon.sentence() == "" and later_lines(larzac) == []
    assert lost_to_date(larzac) == frozenset()


def test_partners_answers_are_always_known(project):
    """Every official file later than the study: what is left rests on answers alone."""
    demo = open_study("241200906-demo", project)
    study = dated(demo, demo.as_of, {}, others=date(2028, 1, 1))
    own = {e.id for e in study.answers.entries}
    rows = study.table(list(registry()))
    assert len(rows) and {part for cell in rows["sources"] for part in cell.split("+")} <= own
    assert own <= {e.id for e in study.sources}
    assert {e.layout for e in study.sources if e.id not in own} == {"geography"}


# --- the study of 2020 ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def of_2020(project):
    return open_study("241200906-2020", project)


def test_the_study_of_2020_shows_no_figure(of_2020):
    later = {e.id for e in of_2020.horizon.later}
    assert later == {
        e.id for e in of_2020.manifest if known_since(e) > of_2020.as_of and e.layout != "geography"
    }
    assert of_2020.table(list(registry()), [of_2020.place, ("commune", "12063"), ("france", "FR")]).empty
    assert of_2020.establishments.empty and of_2020.second_readings == ()
    assert not of_2020.value("population").is_number
    assert len(of_2020.territory.members) == 16 and len(of_2020.neighbours)  # geography stays
    contours = of_2020.chapter("population").contours()
    assert contours is not None and len(contours[0]) == 16


def test_what_later_files_would_give_is_said_so(of_2020):
    lost = lost_to_date(of_2020)
    assert {"population", "taux_couverture", "naissances"} <= lost
    lines = study_coverage(of_2020).set_index("row")
    assert lines.loc["A01", "reason"] == (
        "connu ici par un fichier paru ou relevé après le 1er novembre 2020, date de l’étude"
    )
    assert lines.loc["I15", "reason"] == "sur demande : MSA"  # no file would give it
    assert not lines["territoire"].any() and not lines["france"].any()
    assert study_beyond(of_2020)["reason"].str.startswith("connu ici par un fichier paru").any()


@pytest.mark.parametrize("name", ["population", "petite_enfance", "acces_droits", "indicateurs", "synthese"])
def test_every_essential_says_what_the_date_leaves_out(of_2020, name):
    text = of_2020.chapter(name).essentiel().data["text/markdown"]
    said = of_2020.horizon.sentence()
    assert said.startswith("L’étude est datée du 1er novembre 2020 : ") and said.endswith("n’y entrent pas.")
    assert text.count("L’étude est datée du 1er novembre 2020") == 1
    assert "nan" not in text.split()


def test_tables_and_charts_without_a_figure_say_so(of_2020):
    for name in ("population", "synthese"):
        assert of_2020.chapter(name).tableau().reason == "aucun de ces indicateurs n’est connu"
    dictionary = of_2020.chapter("indicateurs")
    for figure in (dictionary.carte_connus(), dictionary.connus_par_territoire()):
        assert figure.reason == "aucun indicateur n’a de valeur à cette date"
    for heat in (dictionary.lecture_d_ensemble(), of_2020.chapter("synthese").ce_qui_distingue()):
        assert isinstance(heat, Absent) and heat.reason.startswith("aucun taux")
    sources = [t for t in of_2020.chapter("methodes").sources_par_editeur() if isinstance(t, Table)]
    assert sum(len(t.frame) for t in sources) == len(of_2020.manifest) - len(of_2020.horizon.later)


def test_an_export_without_a_row_is_written(of_2020, tmp_path: Path):
    export = of_2020.export()
    assert export.empty and export["segment"].dtype == "str"
    files = write_export(of_2020, export, tmp_path)
    assert len(files) == 3 and len(files[0].read_text(encoding="utf-8").splitlines()) == 1


# --- what « ctg study check » says ---------------------------------------------------------------------


def test_check_says_how_many_files_and_why(of_2020):
    later, said = of_2020.horizon.later, of_2020.horizon.dated
    lines = later_lines(of_2020)
    assert lines[0] == (
        f"Données : L’étude est datée du 1er novembre 2020 : {len(later)} des {len(of_2020.manifest)}\N{NO-BREAK SPACE}fichiers "
        "réunis, parus ou relevés ensuite, n’y entrent pas."
    )
    assert lines[1] == f"  d’après leur date de parution : {len(said)}\N{NO-BREAK SPACE}fichiers"
    undated = len(later) - len(said)
    assert lines[2].endswith(f"faute de date de parution au manifeste : {undated}\N{NO-BREAK SPACE}fichiers")
    assert "published_on" in lines[3] and "manifest.yml" in lines[3] and len(lines) == 4


def test_check_speaks_of_one_dated_file_alone(around):
    study = around(CENSUS)[0]
    assert later_lines(study) == [
        f"Données : L’étude est datée du 30 octobre 2026 : 1 des {len(study.manifest)}\N{NO-BREAK SPACE}fichiers réunis, paru ou "
        "relevé ensuite, n’y entre pas.",
        "  d’après leur date de parution : 1\N{NO-BREAK SPACE}fichier",
    ]
