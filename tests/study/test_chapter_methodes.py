"""Chapter 91: every file has its row, every word its meaning, every threshold is the code's own."""

import json
import re

import pytest
from chapter_words import plain, words

from ctg_lib.build.report import LICENCE
from ctg_lib.disclosure.policy import PARTNER_COUNT, RATE_BASE, SENSITIVE_COUNT
from ctg_lib.display.sources import indicator_anchor, source_anchor
from ctg_lib.display.table import Table
from ctg_lib.display.words import meanings
from ctg_lib.indicators.registry import METHODS, THEMES, registry
from ctg_lib.statistics.stability import FEW_EVENTS, SMALL_BASE
from ctg_lib.study import open_study
from ctg_lib.study.chapters.methodes import INTERVALS, Methodes, _named, _size
from ctg_lib.study.comparison import FEWEST


def tables(chapter: Methodes) -> list[Table]:
    return [part for part in chapter.sources_par_editeur() if isinstance(part, Table)]


@pytest.fixture(scope="module")
def chapter(larzac) -> Methodes:
    return larzac.chapter("methodes")


@pytest.fixture(scope="module")
def demo(project) -> Methodes:
    return open_study("241200906-demo", project).chapter("methodes")


@pytest.fixture(scope="module")
def of_2020(project) -> Methodes:
    return open_study("241200906-2020", project).chapter("methodes")


def test_every_file_has_one_row_with_its_anchor_and_its_whole_checksum(chapter):
    rows = [row for table in tables(chapter) for row in table.frame.to_dict("records")]
    entries = {source_anchor(entry.id): entry for entry in chapter.study.sources}
    assert {row["anchor"] for row in rows} == set(entries) and len(rows) == len(entries)
    for row in rows:
        entry = entries[row["anchor"]]
        assert (
            row["sha256"] == entry.sha256
            and entry.sha256[:12] in row["dit"]
            and entry.sha256 not in row["dit"]
        )
        assert row["octets"] == entry.bytes and entry.path in row["dit"] and entry.licence in row["dit"]
        assert entry.title in row["nom"] and row["nom"].startswith(entry.short)
        if entry.is_carried_over:
            said = entry.carried_from.partition(" (ingestion du ")[0]  # its date is written in words
            assert f"Valeurs reprises de : {said}" in row["dit"]
            assert "ingestion du 20" not in row["dit"]
        assert all(check in row["dit"] for check in entry.checks)
    for table in tables(chapter):
        assert table.record()["data"]["columns"].count("sha256") == 1
        assert table.to_html().count('<tr id="source-') == len(table.frame)


def test_no_two_rows_look_alike_and_tables_are_short_enough(chapter):
    names = [name for table in tables(chapter) for name in table.frame["nom"]]
    assert len(names) == len(set(names))
    ids = [table.id for table in tables(chapter)]
    assert len(ids) == len(set(ids)) and "tbl-sources-autres-editeurs" in ids
    assert [len(table.columns) for table in tables(chapter)] == [2] * len(ids)


def test_the_population_file_as_the_manifest_has_it(chapter):
    """Insee, RP 2023, population by sex and age: the entry of data/raw/manifest.yml."""
    insee = next(table for table in tables(chapter) if table.id == "tbl-sources-insee")
    row = insee.frame[insee.frame["id"].eq("insee_rp_age_sexe_2023")].iloc[0]
    assert row["nom"] == "Insee, RP 2023, exploitation principale — Population par sexe et âge"
    assert row["dit"].startswith(
        "Chiffres de 2023, relevés le 9 octobre 2026. Valeurs reprises de : dépôt public MayetSoft"
    )
    assert "population municipale publiée 6 746 (script)" in plain(row["dit"])
    assert plain(row["dit"]).endswith("(26,7 ko, sha256 dec1f7c52990…).")


def test_partners_answers_and_made_up_files_are_marked(demo, chapter):
    given = next(
        t for t in tables(demo) if t.id == "tbl-sources-releve-sur-place-ou-transmis-par-des-partenaires"
    )
    said = plain(" ".join(given.frame["dit"]))
    assert said.count("Transmis par un partenaire (fictif).") == 4
    assert "sans droit de rediffuser" in said and "Relevé localement, à confirmer." in said
    assert "**Une partie de ce rapport est inventée** pour la démonstration (4 fichiers fictifs" in words(
        demo.essentiel()
    )
    assert "**Réponses des partenaires.** 4 fichiers, à ne pas rediffuser." in words(demo.licence())
    assert "**Aucun partenaire n’a encore transmis de chiffres**" in words(chapter.essentiel())
    assert "Réponses des partenaires" not in words(chapter.licence())


def test_essential_counts_what_the_manifest_counts(chapter):
    files = list(chapter.study.sources)
    carried = sum(entry.is_carried_over for entry in files)
    text = words(chapter.essentiel())
    assert f"**{carried} fichiers sur {len(files)} portent des valeurs reprises.**" in text
    assert f"{len(chapter._used)} décrivent le territoire" in text


def test_a_study_without_a_figure_says_so(of_2020):
    text = words(of_2020.essentiel())
    assert "**Aucun chiffre de ce territoire n’est connu** : aucun fichier de chiffres n’est réuni." in text
    assert "**Tous les fichiers portent des valeurs reprises.**" in text and "L’étude est datée du" in text
    assert "Ici, foyers" not in words(of_2020.arrondis())
    assert "Aucun territoire semblable n’est donné" in words(of_2020.comparaisons())
    assert "vont de" not in words(of_2020.limites())


def test_words_are_those_of_the_code(chapter):
    shown = plain(" ".join(" ".join(row) for row in chapter.mots().cells()))
    features = chapter._features()
    for word, meaning in meanings(fewest=FEWEST, features=features).items():
        assert f"« {word} »" in shown and plain(meaning) in shown
    assert f"sous {FEWEST} valeurs connues" in shown


def test_every_method_is_told_once_and_thresholds_are_the_code_s_own(chapter):
    told = [method for methods in INTERVALS.values() for method in methods]
    assert sorted(told) == sorted(METHODS)
    assert f"moins de {FEW_EVENTS} cas, ou une base de moins de {SMALL_BASE}" in plain(
        chapter.fourchettes().notes[0]
    )
    secret = plain(" ".join(" ".join(row) for row in chapter.secret().cells()))
    assert f"aucun effectif de 1 à {SENSITIVE_COUNT - 1} personnes" in secret
    assert (
        f"aucun effectif de 1 à {PARTNER_COUNT - 1} personnes" in secret
        and f"({RATE_BASE} le plus souvent)" in secret
    )
    assert f"{sum(rule.sensitive for rule in registry().values())} indicateurs" in secret


def test_rounded_counts_are_shown_on_this_territory(chapter):
    """RSA, December 2024 (Cnaf): 80 when rounded communes are added up, hence 58 to 144 (domain.md, section 7)."""
    assert "Ici, foyers au RSA : entre 58 et 144 foyers (décembre 2024)." in words(chapter.arrondis())


def test_places_that_distort_are_those_that_the_numbers_show(chapter, affricain):
    text = words(chapter.lieux_qui_faussent())
    assert (
        "Ici, les nombres en montrent 2 : La Cavalerie, caserne" in text
        and "Nant, établissement pour personnes âgées." in text
    )
    assert words(affricain.chapter("methodes").lieux_qui_faussent()).endswith(
        "Ici, les nombres n’en montrent aucun."
    )


def test_licences_agree_with_the_footer(chapter):
    text = words(chapter.licence())
    for name in ("Licence Ouverte 2.0", "EUPL-1.2"):
        assert name in text and name in LICENCE


def test_nobody_is_named(chapter):
    parts = [chapter.accessibilite(), chapter.licence(), chapter.limites(), chapter.essentiel()]
    assert not re.search(r"[\w.]+@[\w.]+\.\w+|\b0\d( \d\d){4}\b", " ".join(map(words, parts)))


def test_small_words():
    assert [plain(_size(n)) for n in (1, 733, 26_730, 2_500_000)] == [
        "1 octet",
        "733 octets",
        "26,7 ko",
        "2,5 Mo",
    ]
    assert _named(["a"]) == "a" and _named(list("abcde")) == "a, b, c, d et e"
    assert plain(_named(list("abcdef"))) == "a, b, c, d et 2 autres indicateurs"


def test_source_lines_remember_files_and_indicators(larzac):
    rows = larzac.series("naissances")
    line = larzac.source_line(rows)
    assert [identifier for identifier, _ in line.files] == ["insee_naissances_2008_2025"]
    assert line.indicators == (("naissances", registry()["naissances"].label),)
    assert larzac.source_line(larzac.row("naissances")).indicators == line.indicators
    value = larzac.value("naissances")
    assert larzac.source_line(value).indicators == ()
    assert larzac.source_line(value, of=["naissances", "inconnu"]).indicators == line.indicators
    assert larzac.source_line(None) == "" and larzac.source_line().files == ()


def test_every_indicator_has_its_anchor_in_the_dictionary(larzac):
    dictionary = larzac.chapter("indicateurs")
    found: list[str] = []
    for theme in THEMES:
        found += re.findall(r"\{#(indicateur-[a-z0-9-]+)\}", words(dictionary.dictionnaire(theme)))
    assert sorted(found) == sorted(indicator_anchor(i) for i in registry())
    assert len(found) == len(set(found))
    origin = dictionary.dictionnaire("population").ctg["origin"]
    assert ["insee_rp_age_sexe_2023", "Insee, RP 2023, exploitation principale"] in origin["files"]


def test_the_notebook_calls_every_part(project):
    notebook = json.loads((project.notebooks / "91-sources-methodes.ipynb").read_text(encoding="utf-8"))
    code = " ".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
    for name in (
        "essentiel", "mots", "sources_par_editeur", "fourchettes", "arrondis", "series", "comparaisons",
        "lieux_qui_faussent", "secret", "limites", "licence", "accessibilite",
    ):  # fmt: skip
        assert f"chapitre.{name}()" in code


def test_source_lines_of_several_parts_remember_their_files(larzac):
    """A line put together from pieces still leads to each file: maps to their contours, duties to the census."""
    drawn = larzac.chapter("enfance").carte_ecoles()._repr_mimebundle_()[1]["ctg"]["origin"]["files"]
    assert "geo_contours_communes" in {identifier for identifier, _ in drawn}
    duties = larzac.chapter("demarche").sppe()._repr_mimebundle_()[1]["ctg"]
    assert duties["origin"]["files"] and all(
        name in duties["source"] for _, name in duties["origin"]["files"]
    )
