"""One cell: what is accepted, what is told, what is refused, and in which words."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.partnership.books import BOOKS
from ctg_lib.workbooks.parsing import normal_id, parse, shown
from ctg_lib.workbooks.schema import Field

COMMUNES = {
    "12063": "La Cavalerie", "12077": "Cornus", "12300": "Cornus", "12231": "Saint-Jean-du-Bruel",
    "12232": "Saint-Jean-et-Saint-Paul", "01001": "L’Abergement", "12067": "Le Clapier", "2A004": "Ajaccio",
}  # fmt: skip
SERVICES = BOOKS["offre"]["services"]
THEMES = BOOKS["contrats"]["contracts"]["themes"]
WEEK = ("lun", "mar", "mer", "jeu", "ven")


def value(field: Field, raw: object) -> object:
    """Value of a cell about which nothing is told."""
    read = parse(field, raw, COMMUNES)
    assert not read.expected, read
    return read.value


def message(field: Field, raw: object, severity: str = "error") -> str:
    read = parse(field, raw, COMMUNES)
    assert read.expected and read.severity == severity, read
    assert (read.value is None) or severity == "warning"
    return read.expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("1 234,5", 1234.5), ("1\u202f234,5", 1234.5), ("1\u00a0234", 1234), ("1.234,5", 1234.5), ("1,234.5", 1234.5),
        ("1'234", 1234), ("1.234.567", 1234567), ("12,5", 12.5), ("12.5", 12.5), (",5", 0.5), ("0,125", 0.125),
        ("41 000 h", 41000), ("41 000 heures", 41000), ("35h30", 35.5), (timedelta(hours=35, minutes=30), 35.5),
        (12, 12), (np.float64(3.5), 3.5), (np.int64(3), 3), (Decimal("2.5"), 2.5), ("  7 ", 7), ("0", 0), ("+4", 4),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(raw: object, expected: float) -> None:
    assert value(SERVICES["hours_done"], raw) == expected


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("1.234", "écrire « 1 234 » ou « 1,234 »"),
        ("38,200", "écrire « 38 200 » ou « 38,2 »"),
        ("1 23 45", "les milliers séparés par un espace"),
        ("environ 20", "sans « environ » ni fourchette"),
        ("~20", "sans « environ » ni fourchette"),
        ("20-25", "sans « environ » ni fourchette"),
        ("20 à 25", "sans « environ » ni fourchette"),
        ("entre 20 et 25", "sans « environ » ni fourchette"),
        ("> 20", "sans « environ » ni fourchette"),
        ("12 %", "sans « % »"),
        ("12 places", "sans « places »"),
        ("-3", "un nombre, 0 ou plus"),
        (float("nan"), "un nombre"),
        (float("inf"), "un nombre"),
        (10**400, "un nombre"),
        (1e300, "un nombre"),
        (True, "un nombre"),
        ("beaucoup", "un nombre"),
        (datetime(2026, 4, 1), "le tableur y a vu une date ou une heure, 01/04/2026"),
        (time(7, 30), "le tableur y a vu une date ou une heure, 7h30"),
        ("#REF!", "la formule de la cellule est en erreur"),
        ("x" * 40_000, "un nombre"),
    ],
)
def test_numbers_refused(raw: object, said: str) -> None:
    assert said in message(SERVICES["hours_done"], raw)


@pytest.mark.parametrize("raw", ["NC", "nc", "n.c.", "?", "-", "–", "néant", "Aucun", "à compléter"])
def test_numbers_not_known_are_absent_and_told(raw: str) -> None:
    assert "« 0 » s’il n’y en a pas ; lu comme non connu" in message(SERVICES["hours_done"], raw, "warning")


@pytest.mark.parametrize("raw", [None, "", "  ", "\u00a0", "\u200b", pd.NaT, pd.NA, "sans objet", "s.o."])
def test_nothing_is_absent_and_not_told(raw: object) -> None:
    for name in ("hours_done", "users", "occupancy", "name", "type", "days", "commune", "sites", "opens"):
        assert value(SERVICES[name], raw) is None


def test_amounts() -> None:
    price = SERVICES["price_min"]
    assert [value(price, raw) for raw in ("0,25 €", "3 euros", "3€", 0.25)] == [0.25, 3, 3, 0.25]
    for raw in ("12 k€", "1,2 M€", "12 K€", "3 milliers d’euros"):
        assert "« 12 000 » et non « 12 k€ »" in message(price, raw)
    assert "sans « €/an »" in message(price, "12 000 €/an")


def test_percentages() -> None:
    rate = SERVICES["occupancy"]
    assert [value(rate, raw) for raw in ("76 %", "76%", "76", 76.5, "0,5 %", 0)] == [76, 76, 76, 76.5, 0.5, 0]
    assert message(rate, 0.76) == "un pourcentage avec son signe : « 76 % » ou « 0,76 % »"
    assert "de 0 à 150" in message(rate, "160 %")


def test_counts_written_masked_stay_masked() -> None:
    for raw in ("< 5", "<5", "moins de 5", "1 à 4", "1-4", "secret", "<10", "s", "≤ 4"):
        read = parse(SERVICES["users"], raw, COMMUNES)
        assert (read.value, read.masked, read.expected) == (None, True, ""), raw
    assert "« < 500 » en dit trop peu" in message(SERVICES["users"], "< 500")


@pytest.mark.parametrize(("name", "below"), [("users", 5), ("waiting", 5), ("aeeh", 10)])
def test_small_counts_are_masked_and_never_repeated(name: str, below: int) -> None:
    for count in range(1, below):
        for raw in (count, str(count), float(count)):
            read = parse(SERVICES[name], raw, COMMUNES)
            assert read.value is None and read.masked and read.severity == "warning"
            assert read.found == f"un nombre de 1 à {below - 1}"
            assert "secret statistique" in read.expected
    assert value(SERVICES[name], 0) == 0 and value(SERVICES[name], below) == below


def test_integers() -> None:
    assert value(SERVICES["users"], "41 enfants") == 41
    assert "sans virgule" in message(SERVICES["users"], "41,5")
    assert "date" in message(SERVICES["users"], datetime(2026, 4, 1))  # « 1-4 » as Excel reads it


def test_years() -> None:
    year = SERVICES["year"]
    assert [value(year, raw) for raw in (2025, "2025", 2025.0, "exercice 2025", "année 2025")] == [2025.0] * 5
    assert "lu comme 2025" in message(year, datetime(2025, 6, 1), "warning")
    assert "(une seule)" in message(year, "2024-2025")
    for raw in (25, "25", 1800, 2025.5, "x", True, float("nan"), 10**50, datetime(1905, 7, 17)):
        assert "une année" in message(year, raw)


@pytest.mark.parametrize(
    "raw",
    ["15/09/2026", "15-9-26", "15.09.2026", "15 09 2026", "15 septembre 2026", "mardi 15 septembre 2026", "15 sept. 2026",
     "le 15/09/2026", "2026-09-15", "2026-09-15T10:00:00Z", "2026-09-15 00:00:00", date(2026, 9, 15),
     datetime(2026, 9, 15, 8), pd.Timestamp("2026-09-15"), np.datetime64("2026-09-15")],
)  # fmt: skip
def test_dates(raw: object) -> None:
    assert value(SERVICES["licence_date"], raw) == pd.Timestamp("2026-09-15")


@pytest.mark.parametrize(
    ("raw", "day"),
    [("sept. 2026", "2026-09-01"), ("09/2026", "2026-09-01"), ("2026-09", "2026-09-01"), ("août 2026", "2026-08-01"),
     (46280, "2026-09-15"), ("46280", "2026-09-15")],
)  # fmt: skip
def test_dates_read_with_a_doubt(raw: object, day: str) -> None:
    read = parse(SERVICES["licence_date"], raw, COMMUNES)
    assert read.value == pd.Timestamp(day) and read.severity == "warning" and "lu comme le" in read.expected


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("31/02/2026", "ce jour n’existe pas"), ("09/15/2026", "ce jour n’existe pas"), ("00/01/2026", "ce jour"),
        ("2026", "le jour et le mois manquent"), (2026, "le jour et le mois manquent"),
        ("fin 2026", "le jour et le mois manquent"), ("rentrée", "une date, jour/mois/année"), (12, "une date"),
        (datetime(1850, 1, 1), "entre 1900 et 2100"), ("15/09/1789", "entre 1900 et 2100"),
        (float("nan"), "une date"), (10**30, "une date"), (True, "une date"), (time(7, 30), "une date"),
        ("#N/A", "la formule"),
    ],
)  # fmt: skip
def test_dates_refused(raw: object, said: str) -> None:
    assert said in message(SERVICES["licence_date"], raw)


@pytest.mark.parametrize(
    ("raw", "minutes"),
    [("7h30", 450), ("7 h 30", 450), ("07:30", 450), ("7:30:00", 450), ("7H30", 450), (0.3125, 450),
     (time(7, 30), 450), (timedelta(hours=7, minutes=30), 450), (datetime(1899, 12, 30, 7, 30), 450), ("7h", 420),
     ("midi", 720), ("24h00", 1440), (0, 0)],
)  # fmt: skip
def test_times(raw: object, minutes: float) -> None:
    assert value(SERVICES["opens"], raw) == minutes


def test_times_refused_or_told() -> None:
    opens = SERVICES["opens"]
    assert "lu comme 7h00" in message(opens, 7, "warning")
    assert "(une seule)" in message(opens, "7h30-18h30")
    assert message(opens, "minuit") == "« 0h00 » ou « 24h00 »"
    assert "de 0h00 à 24h00" in message(opens, "25h")
    for raw in (7.5, "7h75", "matin", True, datetime(2026, 1, 1, 7), float("inf"), -0.5, 10**40):
        assert "une heure" in message(opens, raw)


@pytest.mark.parametrize(
    ("raw", "days"),
    [("lundi à vendredi", WEEK), ("Du lundi au vendredi", WEEK), ("lun-ven", WEEK), ("lun.-ven.", WEEK), ("L-V", WEEK),
     ("L M M J V", WEEK), ("LMMJV", WEEK), ("lundi, mardi et jeudi", ("lun", "mar", "jeu")),
     ("lundi/mardi", ("lun", "mar")), ("MERCREDI", ("mer",)), ("samedis", ("sam",)), ("L Ma J", ("lun", "mar", "jeu")),
     ("lundi au jeudi ; samedi", ("lun", "mar", "mer", "jeu", "sam")), ("lundi\nmardi", ("lun", "mar"))],
)  # fmt: skip
def test_days(raw: str, days: tuple[str, ...]) -> None:
    assert value(SERVICES["days"], raw) == days


def test_days_refused() -> None:
    days = SERVICES["days"]
    assert "« M » peut être mardi ou mercredi" in message(days, "L M J V")
    assert message(days, "tous les jours") == "« lundi à vendredi » ou « lundi à dimanche »"
    for raw in (
        "tous les jours sauf mercredi",
        "lundi matin",
        "selon besoin",
        "lundi (hors vacances)",
        "x" * 300,
    ):
        assert "des jours, par exemple" in message(days, raw)


@pytest.mark.parametrize(
    ("raw", "code"),
    [("RPE", "rpe"), ("crèche", "eaje"), ("CRECHES", "eaje"), ("multi-accueil", "eaje"), ("eaje", "eaje"),
     ("micro crèche", "micro_creche"), ("Microcreche", "micro_creche"), ("micro", "micro_creche"), ("relais", "rpe"),
     ("Assistante maternelle", "am"), ("maison d'assistantes maternelles", "mam"), ("accueil_jeunes", "accueil_jeunes"),
     ("France  Services", "france_services"), ("ALSH", "alsh"), ("autre", "autre")],
)  # fmt: skip
def test_choices_by_label_code_abbreviation_or_beginning(raw: str, code: str) -> None:
    assert value(SERVICES["type"], raw) == code


def test_choices_refused_with_a_suggestion() -> None:
    kind = SERVICES["type"]
    assert message(kind, "accueil") == (
        "un choix sans ambiguïté : « accueil de loisirs (ALSH) » ou « accueil de jeunes »"
    )
    assert "peut-être « relais petite enfance (RPE) »" in message(kind, "relai petite enfence")
    assert message(kind, "zzz") == "une valeur de la liste (25 choix, voir la feuille « Listes »)"
    assert message(SERVICES["state"], "vu") == "« à confirmer » ou « confirmé »"
    assert value(SERVICES["manager_type"], "CIAS") == "ccas"


def test_every_label_and_code_of_every_list_reads_as_itself() -> None:
    for book in BOOKS.values():
        for sheet in book.sheets:
            for field in sheet.fields:
                for code, label in field.choices.items():
                    for text in (label, label.upper(), label.replace("é", "e"), code):
                        read = parse(field, text, COMMUNES)
                        assert read.value == (code if field.kind == "choice" else (code,)), (field.name, text)


def test_several_choices() -> None:
    assert value(THEMES, "parentalité ; petite enfance") == ("petite_enfance", "parentalite")
    assert value(THEMES, "Petite enfance, enfance et jeunesse") == ("petite_enfance", "enfance", "jeunesse")
    assert value(THEMES, "transversal (coordination, mobilité …)") == ("transversal",)
    assert "à la place de « toto »" in message(THEMES, "enfance ; toto")


def test_yes_and_no() -> None:
    field = SERVICES["disability"]
    assert [value(field, raw) for raw in ("Oui", "o", "x", True, 1, "VRAI")] == ["oui"] * 6
    assert [value(field, raw) for raw in ("non", "N", False, 0, "faux")] == ["non"] * 5
    assert "lu comme non connu" in message(field, "-", "warning")
    assert message(field, "parfois") == "« oui » ou « non »"


@pytest.mark.parametrize(
    ("raw", "code"),
    [(12063, "12063"), (12063.0, "12063"), ("12063", "12063"), ("cavalerie", "12063"), ("LA CAVALERIE", "12063"),
     ("La Cavalerie (12063)", "12063"), ("12063 - La Cavalerie", "12063"), ("Cavalerie (La)", "12063"),
     ("Clapier, Le", "12067"), ("St Jean du Bruel", "12231"), ("saint jean du bruel", "12231"), (1001, "01001"),
     ("1001", "01001"), ("l'abergement", "01001"), ("Abergement", "01001"), ("2a004", "2A004"), ("Cornus 12300", "12300")],
)  # fmt: skip
def test_communes(raw: object, code: str) -> None:
    assert value(SERVICES["commune"], raw) == code


def test_communes_refused() -> None:
    field = SERVICES["commune"]
    assert "plusieurs communes portent ce nom : Cornus (12077) ou Cornus (12300)" in message(field, "Cornus")
    assert "non un code postal" in message(field, "12230")
    assert message(field, "Millau") == "une commune du territoire"
    assert "peut-être « La Cavalerie »" in message(field, "Cavalerrie")
    assert "« Saint-Jean-du-Bruel » ou « Saint-Jean-et-Saint-Paul »" in message(field, "Saint-Jean")
    assert "pour les autres, laisser vide" in message(field, "hors territoire")


def test_a_code_that_contradicts_the_name_is_refused() -> None:
    assert "une commune du territoire" in message(SERVICES["commune"], "La Cavalerie (12067)")


def test_several_communes() -> None:
    sites = SERVICES["sites"]
    assert value(sites, "Le Clapier ; cavalerie") == ("12063", "12067")
    assert value(sites, "12063, St Jean du Bruel et Clapier") == ("12063", "12231", "12067")
    assert value(sites, "Clapier, Le") == ("12067",)
    assert value(sites, "toutes les communes") == tuple(COMMUNES)
    assert "à la place de « Millau »" in message(sites, "La Cavalerie ; Millau")


def test_identifiers_and_references() -> None:
    assert value(SERVICES["id"], " s 01 ") == "S01" == normal_id("s01")
    assert value(SERVICES["id"], 12.0) == "12"
    assert "40 caractères au plus" in message(SERVICES["id"], "é" * 50)
    assert message(SERVICES["document"], "D01 ; D02") == "un seul identifiant"
    assert "une date" in message(SERVICES["id"], datetime(2026, 1, 1))
    assert value(BOOKS["bilan"]["actions"]["documents"], "d01 D02, d03 et d4 ; D01") == (
        "D01",
        "D02",
        "D03",
        "D4",
    )
    assert "séparés par un point-virgule" in message(BOOKS["bilan"]["actions"]["documents"], "x" * 60)


def test_texts_are_cleaned_and_kept_whole() -> None:
    name, remark = SERVICES["name"], SERVICES["remark"]
    assert value(name, "a\x00b\u200bc\u00a0d\n e") == "abc d e"
    assert value(remark, "a_x000D_\nb\r\nc") == "a\n\nb\nc" or value(remark, "a_x000D_\nb\r\nc") == "a\nb\nc"
    assert value(remark, "é" * 40_000) == "é" * 40_000
    assert value(name, "=1+1") == "=1+1"
    assert [value(name, raw) for raw in (12.0, 12.5, True, date(2026, 9, 15))] == [
        "12",
        "12,5",
        "oui",
        "15/09/2026",
    ]
    assert value(name, "e\u0301") == "é"


@pytest.mark.parametrize(
    "raw", ["Mme Exemple", "M. Exemple", "a@organisme.example", "05 36 49 00 00", "+33 5 36 49 00 00"]
)
def test_persons_are_told(raw: str) -> None:
    assert "d’une personne" in message(SERVICES["manager"], raw, "warning")
    assert value(SERVICES["manager"], "M. le maire") and value(SERVICES["manager"], "Madame la Présidente")


def test_what_a_message_repeats_is_short() -> None:
    assert shown("x" * 500) == "x" * 79 + "…"
    assert shown("a\nb\x00") == "a b" and shown(None) == "" and shown(0.5) == "0,5"


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=60), st.binary(max_size=5), st.dates(),
    st.datetimes(), st.times(), st.timedeltas(), st.decimals(), st.lists(st.integers(), max_size=2),
    st.from_regex(r"[<>~]?\s?[0-9]{1,4}[ .,/h:-]?[0-9]{0,4}\s?(%|€|k€|h|ans)?", fullmatch=True),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(raw=ANYTHING)
def test_no_cell_raises_and_values_have_the_type_of_their_kind(raw: object) -> None:
    for field in (*SERVICES.fields, THEMES, BOOKS["bilan"]["actions"]["documents"]):
        read = parse(field, raw, COMMUNES)
        assert not (read.severity == "error" and read.expected and read.value is not None)
        if read.value is None:
            continue
        if field.kind in ("integer", "number", "amount", "percent", "year", "time"):
            assert math.isfinite(read.value)
            assert field.minimum is None or read.value >= field.minimum
            assert field.maximum is None or read.value <= field.maximum
        elif field.kind == "date":
            assert pd.Timestamp("1900-01-01") <= read.value <= pd.Timestamp("2100-12-31")
        elif field.kind in ("choices", "communes", "references"):
            assert isinstance(read.value, tuple) and read.value
        elif field.kind == "choice":
            assert read.value in field.choices
        else:
            assert isinstance(read.value, str) and read.value == read.value.strip() != ""


# --- words that people use ----------------------------------------------------------------------------

SYNONYMS = [
    (field, word, code)
    for book in BOOKS.values()
    for sheet in book.sheets
    for field in sheet.fields
    for word, code in field.synonyms.items()
]


def test_other_words_stand_for_their_choice() -> None:
    assert len(SYNONYMS) > 60
    for field, word, code in SYNONYMS:
        assert code in field.choices and value(field, word.upper()) == code, (field.name, word)


def test_every_label_still_stands_for_itself() -> None:
    for book in BOOKS.values():
        for sheet in book.sheets:
            for field in sheet.fields:
                if field.kind == "choice":
                    assert [value(field, label) for label in field.choices.values()] == list(field.choices)


def test_a_denied_choice_is_never_likened_to_what_it_denies() -> None:
    state = BOOKS["bilan"]["actions"]["state"]
    for raw in ("non réalisée", "pas réalisée", "Non realisé"):
        assert "peut-être" not in message(state, raw)


def test_two_choices_where_one_is_expected() -> None:
    theme = BOOKS["bilan"]["actions"]["theme"]
    assert (
        message(theme, "petite enfance, enfance")
        == "un choix sans ambiguïté : « petite enfance » ou « enfance »"
    )


def test_all_the_choices_at_once() -> None:
    assert value(THEMES, "tous") == value(THEMES, "Tous les thèmes") == tuple(THEMES.choices)


@pytest.mark.parametrize(
    ("name", "raw", "expected"),
    [
        ("age_min", "2 mois", 0.17), ("age_min", "10 semaines", 0.19), ("age_max", "18 mois", 1.5), ("age_max", "6 ans", 6),
        ("weeks", "47 sem.", 47), ("weeks", "47 semaines", 47), ("price_min", "0,25 €/h", 0.25),
        ("price_min", "0,25 € / heure", 0.25), ("price_max", "3,20 € de l’heure", 3.2),
    ],
)  # fmt: skip
def test_units_that_the_column_calls_for(name: str, raw: str, expected: float) -> None:
    assert value(SERVICES[name], raw) == expected


def test_a_refused_unit_is_repeated_as_it_was_typed() -> None:
    assert "sans « (48 l’Été) »" in message(SERVICES["places"], "60 (48 l’Été)")
    assert "sans « mois »" in message(SERVICES["weeks"], "2 mois")  # months only where ages are asked


def test_a_reference_by_name_is_kept_as_typed() -> None:
    service = BOOKS["financement"]["money"]["service"]
    assert value(service, " Multi-accueil  du centre ") == "Multi-accueil du centre"
    assert value(service, "s 01") == "S01" and value(service, "Communauté de communes A, B, C")
    assert message(service, "Crèche du haut ; crèche du bas") == "un seul identifiant"
    assert message(service, "mot " * 40) == "un identifiant"
    assert message(service, "x" * 60).startswith("un code court")


def test_personal_data_is_told_and_not_repeated() -> None:
    read = parse(SERVICES["remark"], "voir Mme Exemple au 05 36 49 00 00", COMMUNES)
    assert read.severity == "warning" and "Exemple" not in read.found + read.expected


def test_all_communes_in_a_cell_for_one() -> None:
    assert "une ligne pour chacune" in message(SERVICES["commune"], "toutes")
