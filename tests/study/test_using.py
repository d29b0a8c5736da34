"""A passage of text bears the sources of what it says, and of nothing else."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from ctg_lib.display.output import SourceText, joined
from ctg_lib.display.prose import has_figures, unit_of, when
from ctg_lib.display.sources import shown_name, source_line
from ctg_lib.display.table import callout, prose, sourced
from ctg_lib.manifest import Entry, Manifest
from ctg_lib.study.using import Uses, aside, nearest_years, noted, using
from ctg_lib.values import Value


class Study:
    """Stands for a study: what its methods answer is noted."""

    uses = None

    @noted
    def value(self, indicator: str) -> Value:
        self.rows(indicator)  # what it asks itself on the way is not noted
        return Value(4.0, None, None, "", "observed", 0, period="2023", sources=("insee_2023",))

    @noted
    def rows(self, indicator: str) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "indicator": indicator, "value": [1.0, None], "lower": [None, None], "numerator": [None, None],
                "period": ["2024-12", "2020"], "sources": ["caf_2024+insee_2023", "caf_2020"],
            }
        )  # fmt: skip


def test_what_is_asked_is_noted_once_and_what_is_looked_up_aside_is_not():
    study = Study()
    study.rows("population")
    with using(study) as uses:
        study.value("population")
        with aside(study):
            study.rows("naissances")
        with using(study) as same:
            assert same is uses
    assert uses.files == {"insee_2023": {"2023"}}
    assert list(uses.indicators) == ["population"]
    assert study.uses is None


def test_rows_without_a_number_count_for_nothing():
    study = Study()
    with using(study) as uses:
        study.rows("naissances")
    assert uses.files == {"caf_2024+insee_2023": {"2024-12"}}


def test_a_value_that_is_missing_names_no_file():
    uses = Uses()
    uses.note(Value(None, None, None, "", "missing", 0, period="2023", sources=("insee_2023",)), "population")
    assert (uses.files, uses.indicators) == ({}, {})


@pytest.mark.parametrize(
    ("period", "years"),
    [
        ("2023", (2023,)), ("2024-12", (2023,)), ("2018-2023", (2018, 2023)), ("2023-2025", (2023,)),
        ("2020-2022", (2022,)), ("2024-T4", (2023,)), ("", ()),
    ],
)  # fmt: skip
def test_the_population_behind_a_rate_is_that_of_a_known_year(period, years):
    assert nearest_years(period, list(range(2006, 2024))) == years


def _entry(identifier: str, short: str, vintage: str) -> Entry:
    return Entry(
        id=identifier, publisher="Insee", title="Un fichier", short=short, dataset=identifier, vintage=vintage,
        reference_date=vintage[:4], address="https://www.insee.fr", retrieved=date(2026, 10, 1),
        licence="Licence Ouverte 2.0", geography_year=2026, path=f"{identifier}.csv", bytes=1, sha256="0" * 64,
        provenance="published", layout="x",
    )  # fmt: skip


def test_two_vintages_in_one_figure_both_show():
    """A count of 2024 over a population of 2023: the line says both, though one file's edition is of 2026."""
    entries = (_entry("caf", "Cnaf, décembre 2024", "2024"), _entry("pop", "Insee, populations", "2026"))
    manifest = Manifest(entries, Path("manifest.yml"))
    line = source_line(manifest, ["caf+pop"], years={"pop": "2023"})
    assert line == "Cnaf, décembre 2024 ; Insee, populations, 2023"
    assert dict(line.files)["pop"] == "Insee, populations, 2023"


def test_a_file_whose_name_has_no_year_shows_its_vintage():
    assert shown_name(_entry("births", "Insee, état civil", "2025")) == "Insee, état civil, 2025"
    assert shown_name(_entry("rp", "Insee, RP 2023", "2023")) == "Insee, RP 2023"
    assert shown_name(_entry("t4", "Dares", "2024-T4")) == "Dares, 4e trimestre 2024"


def test_a_passage_says_its_sources_in_the_page_and_on_paper():
    line = SourceText("Insee, RP 2023", [("rp", "Insee, RP 2023")], [("population", "population")])
    boxed = sourced(callout("82 places", "essentiel", level=2), line)
    assert boxed.data["text/html"].endswith(
        '<p class="ctg-source">Source\u00a0: Insee, RP 2023</p>\n</section>'
    )
    assert boxed.data["text/markdown"].rstrip().endswith("*Source\u00a0: Insee, RP 2023*\n\n:::")
    assert boxed.ctg["origin"]["files"] == [["rp", "Insee, RP 2023"]]
    assert boxed.ctg["text"] == "82\u00a0places"
    plain = sourced(prose("82 places"), line)
    assert plain.data["text/markdown"] == "82\u00a0places\n\n*Source\u00a0: Insee, RP 2023*"


def test_lines_are_joined_with_what_they_remember():
    both = joined([SourceText("a", [("1", "a")]), SourceText(""), SourceText("b", [("2", "b")])])
    assert (both, both.files) == ("a ; b", (("1", "a"), ("2", "b")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("82 places", True), ("soit 25,2 %", True), ("Les 15–64 ans en 2023, au 1er janvier", False),
        ("1. **Une question**", False), ("(article L.214-1)", False), ("au 4e trimestre 2024", False), ("", False),
        ("les 65 ans et plus : 25 %", True),
    ],
)  # fmt: skip
def test_figures_are_told_from_ages_and_dates(text, expected):
    assert has_figures(text) is expected


@pytest.mark.parametrize(
    ("count", "unit", "expected"),
    [
        (1, "communes", "commune"), (2, "communes", "communes"), (0.1, "personnes par ménage", "personne par ménage"),
        (1, "naissances pour 1 000 habitants et par an", "naissance pour 1 000 habitants et par an"),
        (0.3, "consultations accessibles par habitant", "consultation accessible par habitant"), (1, "fois", "fois"),
        (0.5, "pour 100 habitants", "pour 100 habitants"), (1, "%", "%"),
    ],
)  # fmt: skip
def test_a_unit_takes_the_singular_under_two(count, unit, expected):
    assert unit_of(count, unit) == expected


def test_a_period_takes_its_preposition():
    assert [when(p) for p in ("2023", "2024-12", "2024-T4", "2024-08-01", "2018-2023")] == [
        "en 2023", "en décembre 2024", "au 4e trimestre 2024", "au 1er août 2024", "en 2018–2023",
    ]  # fmt: skip
