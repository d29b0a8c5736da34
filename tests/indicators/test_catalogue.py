"""The catalogue and its coverage: ninety rows, each answered, asked for or set aside with a reason."""

import pandas as pd
import pytest
from small_worlds import AVEYRON, CAVALERIE, EPCI, NANT, world

from ctg_lib.indicators.catalogue import ROWS, answers, by_id, rows_of
from ctg_lib.indicators.coverage import COLUMNS, PLACES, Known, coverage, holdings, summary
from ctg_lib.indicators.registry import METHODS, RESULT_COLUMNS, THEMES, iter_definitions

PER_LETTER = {"A": 11, "B": 16, "C": 8, "D": 8, "E": 5, "F": 7, "G": 3, "H": 6, "I": 15, "J": 7, "K": 4}


def test_ninety_rows_in_order():
    assert len(ROWS) == 90
    ids = [row.id for row in ROWS]
    assert ids == [f"{letter}{n:02d}" for letter, count in PER_LETTER.items() for n in range(1, count + 1)]
    assert {row.theme for row in ROWS} == set(THEMES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_row_is_complete(row):
    assert row.label and row.source
    assert row.open == (not row.partner)
    assert row.open != row.source.startswith("sur demande")
    assert row.files or row.set_aside or not row.open


@pytest.mark.parametrize("row", [row for row in ROWS if row.open], ids=lambda row: row.id)
def test_every_open_row_has_an_indicator_or_a_reason(row):
    assert answers()[row.id] or row.set_aside


def test_an_indicator_names_rows_that_exist():
    for rule in iter_definitions():
        assert all(row in ROWS for row in rows_of(rule)), rule.id
    with pytest.raises(ValueError, match="unknown catalogue row Z99"):
        rows_of(type("Rule", (), {"id": "x", "row": "A01 Z99"})())
    assert by_id()["A01"].label == "Population municipale"


@pytest.mark.parametrize("rule", list(iter_definitions()), ids=lambda rule: rule.id)
def test_every_definition_is_complete(rule):
    assert rule.label and rule.definition.endswith(".") and rule.references and rule.unit
    assert rule.aggregation in ("sum", "ratio", "population_weighted", "as_published")
    assert rule.meaningful > 0
    assert not rule.annex or rule.caution, "an annex says why it misleads"


# --- coverage ------------------------------------------------------------------------------------------


def rows(*cells):
    frame = pd.DataFrame(
        [
            dict(zip(("indicator", "level", "code", "value", "status", "breakdown"), c, strict=True))
            for c in cells
        ]
    )
    return frame.reindex(columns=list(RESULT_COLUMNS)).assign(period="2023")


def cover(tmp_path, store_rows, *cells, inside=()):
    data = world(tmp_path, store_rows)
    table = rows(*cells) if cells else pd.DataFrame(columns=list(RESULT_COLUMNS))
    below = rows(*inside) if inside else None
    frame = coverage(Known(table, holdings(data.store), ("epci", EPCI), [CAVALERIE, NANT], inside=below))
    assert list(frame.columns) == list(COLUMNS) and len(frame) == 90
    return frame.set_index("row")


def test_known_here_and_elsewhere(tmp_path):
    frame = cover(tmp_path, [], ("population", "epci", EPCI, 6746.0, "observed", ""),
                  ("population", "departement", AVEYRON, 279609.0, "observed", ""))  # fmt: skip
    row = frame.loc["A01"]
    assert (row["territoire"], row["departement"], row["region"], row["france"]) == (True, True, False, False)
    assert row["reason"] == ""


def test_a_file_that_is_not_there_is_named(tmp_path):
    frame = cover(tmp_path, [])
    assert frame.loc["H04", "reason"] == (
        "fichier « indicateur France Très Haut Débit » de l’ANCT et de l’Arcep pas encore téléchargé : ctg data fetch"
    )
    assert frame.loc["F03", "reason"].startswith("fichier « AAH par taux d’incapacité »")


def test_a_file_that_fetch_does_not_offer_is_not_promised(tmp_path):
    frame = cover(tmp_path, [])
    assert (
        frame.loc["G02", "reason"]
        == "le répertoire national des associations (RNA) n’a pas encore de lecteur"
    )
    assert "à déposer à la main" in frame.loc["D02", "reason"]
    assert not frame.loc[["G02", "D02", "H03"], "reason"].str.contains("ctg data fetch").any()


def test_a_variable_and_a_detail_are_looked_for(tmp_path):
    frame = cover(tmp_path, [("s_ben_f", "indfoy_ndur", "", CAVALERIE, "2024-12", 5.0),
                             ("DS_RP_LOGEMENT_PRINC", "DWELLINGS", "ocs=DW_MAIN", CAVALERIE, "2023", 5.0)])  # fmt: skip
    assert "indfoy_cmg" in frame.loc["B08", "reason"]
    assert "équipement automobile" in frame.loc["K03", "reason"]
    assert frame.loc["I07", "reason"] == "le fichier réuni ne couvre pas ce territoire : ctg data fetch"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("secret", "secret statistique"),
        ("below_threshold", "base trop petite pour un taux"),
        ("missing", "des communes manquent dans le fichier réuni"),
    ],
)
def test_what_hides_a_value_is_said(tmp_path, status, words):
    store = [("fthd", "locaux", "", CAVALERIE, "2026-T2", 5.0)]
    frame = cover(tmp_path, store, ("part_locaux_fibre", "epci", EPCI, float("nan"), status, ""))
    assert frame.loc["H04", "reason"] == words


def test_on_request_set_aside_departements_and_communes(tmp_path):
    store = [
        ("aah_dep", "indfoy_aah", "", AVEYRON, "2025-06", 5.0),
        ("carte_loyers", "loyer_m2", "", NANT, "2025", 8.0),
    ]
    frame = cover(
        tmp_path, store, inside=[("loyer_annonce", "commune", NANT, 8.0, "estimated", "bien=maison")]
    )
    assert frame.loc["B12", "reason"] == "sur demande : Caf, Département, intercommunalité"
    assert "vendus ou loués" in frame.loc["J07", "reason"]
    assert frame.loc["F03", "reason"] == "publié seulement à partir du niveau département"
    assert frame.loc["J06", "reason"] == "connu seulement par commune"
    assert frame.loc["J06", "inside"] and not frame.loc["J06", "territoire"]


def test_a_rate_of_the_territory_does_not_answer_a_row_of_communes(tmp_path):
    frame = cover(tmp_path, [], ("taux_couverture", "epci", EPCI, 60.5, "observed", ""))
    assert frame.loc["B01", "territoire"]
    assert not frame.loc["B04", "territoire"]


def test_what_comes_near_is_told_but_not_counted(tmp_path):
    frame = cover(tmp_path, [], ("part_menages_monoparentaux", "epci", EPCI, 7.0, "observed", ""))
    row = frame.loc["A09"]
    assert row["near"] and not row["territoire"]
    assert row["reason"].startswith(
        "approché par : part des ménages monoparentaux ; fichier « familles par type »"
    )


def test_quartiles_come_near_the_deciles_only(tmp_path):
    frame = cover(tmp_path, [], ("rapport_s80_s20", "epci", EPCI, 3.6, "observed", ""))
    assert frame.loc["I04", "near"] and not frame.loc["I04", "territoire"]


def test_rsa_of_the_departement_is_known_there(tmp_path):
    frame = cover(
        tmp_path, [], ("allocataires_rsa_departement", "departement", AVEYRON, 4360.0, "observed", "")
    )
    assert frame.loc["I09", "departement"] and not frame.loc["I09", "territoire"]


@pytest.mark.parametrize("row", [row for row in ROWS if row.near], ids=lambda row: row.id)
def test_what_comes_near_exists_and_names_the_row(row):
    assert set(row.near) < {rule.id for rule in answers()[row.id]}


def test_every_empty_row_has_its_reason(larzac):
    from ctg_lib.study.extras import study_coverage

    frame = study_coverage(larzac)
    empty = frame[~frame["territoire"]]
    assert empty["reason"].str.len().gt(8).all()
    assert frame.loc[frame["territoire"] & frame["open"], "reason"].eq("").all()
    counts = frame.loc[frame["open"], list(PLACES)].sum()
    # what the figures at hand allow: not fewer than when this was written
    assert counts["territoire"] >= 35
    assert counts["departement"] >= 21
    assert counts["france"] >= 21
    lines = summary(frame, "CC Larzac et Vallées")
    assert lines[0] == "90 lignes au catalogue, dont 77 à source ouverte et 13 à demander aux partenaires."
    assert lines[1].startswith("  CC Larzac et Vallées : ")


def test_methods_of_all_results_are_explained(larzac):
    """Every value has bounds, or a method that says why it has none."""
    export = larzac.export()
    shown = export[export["value"].notna() | export["lower"].notna()]
    assert shown["method"].isin(list(METHODS)).all(), set(shown["method"]) - set(METHODS)
    assert shown["status"].ne("").all() and shown["sources"].ne("").all()
    assert shown["indicator"].nunique() >= 45
