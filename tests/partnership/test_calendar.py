"""The démarche of study.yml: forgiving dates, states, links, order, the study's date."""

from __future__ import annotations

import calendar as months
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.partnership.calendar import COLUMNS, STATES, Calendar, Phase, Step, read_calendar
from ctg_lib.workbooks.moments import (
    LAST_YEAR,
    MONTHS,
    Moment,
    day_in_words,
    in_words,
    read_moment,
    since,
    until,
)


def read(text: str) -> Calendar:
    """A démarche written as YAML."""
    return read_calendar(yaml.safe_load(text), file="x/study.yml")


def messages(found: Calendar) -> list[str]:
    return [f"{p.severity} {p}" for p in found.problems]


# --- dates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "first", "last", "precision", "words"),
    [
        ("2026-09-15", "2026-09-15", "2026-09-15", "jour", "15 septembre 2026"),
        ("15/09/2026", "2026-09-15", "2026-09-15", "jour", "15 septembre 2026"),
        (" 15 / 9 / 2026 ", "2026-09-15", "2026-09-15", "jour", "15 septembre 2026"),
        ("15.09.26", "2026-09-15", "2026-09-15", "jour", "15 septembre 2026"),
        ("mardi 27 oct. 2020", "2020-10-27", "2020-10-27", "jour", "27 octobre 2020"),
        ("1er mars 2026", "2026-03-01", "2026-03-01", "jour", "1er mars 2026"),
        ("Le 3 AOUT 2026", "2026-08-03", "2026-08-03", "jour", "3 août 2026"),
        ("vers le 3 mars 2026", "2026-03-03", "2026-03-03", "jour", "vers le 3 mars 2026"),
        (date(2026, 2, 3), "2026-02-03", "2026-02-03", "jour", "3 février 2026"),
        (datetime(2026, 2, 3, 10), "2026-02-03", "2026-02-03", "jour", "3 février 2026"),
        ("septembre 2026", "2026-09-01", "2026-09-30", "mois", "septembre 2026"),
        ("2026-09", "2026-09-01", "2026-09-30", "mois", "septembre 2026"),
        ("09/2026", "2026-09-01", "2026-09-30", "mois", "septembre 2026"),
        ("vers janvier 2021", "2021-01-01", "2021-01-31", "mois", "vers janvier 2021"),
        ("courant fév. 2024", "2024-02-01", "2024-02-29", "mois", "vers février 2024"),
        ("à partir d’avril 2026", "2026-04-01", "2026-04-30", "mois", "avril 2026"),
        ("début décembre 2026", "2026-12-01", "2026-12-10", "dizaine", "début décembre 2026"),
        ("mi-mars 2027", "2027-03-11", "2027-03-20", "dizaine", "mi-mars 2027"),
        ("fin de février 2027", "2027-02-21", "2027-02-28", "dizaine", "fin février 2027"),
        ("T1 2026", "2026-01-01", "2026-03-31", "trimestre", "1er trimestre 2026"),
        ("vers le 2e trimestre 2026", "2026-04-01", "2026-06-30", "trimestre", "vers le 2e trimestre 2026"),
        ("2e semestre 2026", "2026-07-01", "2026-12-31", "semestre", "2e semestre 2026"),
        ("début 2021", "2021-01-01", "2021-04-30", "tiers", "début 2021"),
        ("fin 2027", "2027-09-01", "2027-12-31", "tiers", "fin 2027"),
        (2026, "2026-01-01", "2026-12-31", "annee", "2026"),
    ],
)  # fmt: skip
def test_dates_as_people_write_them(raw, first, last, precision, words) -> None:
    found = read_moment(raw)
    assert found is not None
    assert (str(found.first), str(found.last), found.precision) == (first, last, precision)
    assert in_words(found) == words


@pytest.mark.parametrize(
    ("raw", "begins", "ends"),
    [
        ("2020-11-03", "à partir du 3 novembre 2020", "jusqu’au 3 novembre 2020"),
        ("novembre 2020", "à partir de novembre 2020", "jusqu’en novembre 2020"),
        ("octobre 2020", "à partir d’octobre 2020", "jusqu’en octobre 2020"),
        ("vers mars 2027", "à partir de mars 2027 environ", "jusqu’en mars 2027 environ"),
        ("fin 2027", "à partir de fin 2027", "jusqu’à fin 2027"),
        ("1er semestre 2026", "à partir du 1er semestre 2026", "jusqu’au 1er semestre 2026"),
        (2026, "à partir de 2026", "jusqu’en 2026"),
    ],
)  # fmt: skip
def test_an_open_period_reads_as_one_says_it(raw, begins, ends) -> None:
    found = read_moment(raw)
    assert found is not None and (since(found), until(found)) == (begins, ends)


@pytest.mark.parametrize(
    "raw",
    ["31/02/2026", "2026-02-30", "bientôt", "mars", "13/2026", "", " ", None, True, 3.5, "0026-01-01", 12,
     "5e trimestre 2026", "00/03/2026", "2026-00-01", [], {}],
)  # fmt: skip
def test_what_is_no_date_is_not_guessed(raw) -> None:
    assert read_moment(raw) is None


@given(st.dates(date(1950, 1, 1), date(LAST_YEAR, 12, 31)))
def test_a_day_written_any_way_is_the_same_day(day: date) -> None:
    month = MONTHS[day.month - 1]
    ways = [
        day, day.isoformat(), f"{day:%d/%m/%Y}", f"{day.day}-{day.month}-{day.year}", day_in_words(day),
        f"{day.day} {month.upper()} {day.year}",
    ]  # fmt: skip
    assert {read_moment(way) for way in ways} == {Moment(day, day)}


@given(
    st.integers(1950, LAST_YEAR), st.integers(1, 12), st.sampled_from(["", "vers ", "début ", "mi-", "fin "])
)
def test_what_is_written_in_words_is_read_back_the_same(year: int, month: int, how: str) -> None:
    found = read_moment(f"{how}{MONTHS[month - 1]} {year}")
    assert found is not None and read_moment(in_words(found)) == found
    assert found.first >= date(year, month, 1)
    assert found.last <= date(year, month, months.monthrange(year, month)[1])


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = read_moment(text)
    assert found is None or found.first <= found.last


# --- the whole ---------------------------------------------------------------------------------------

WHOLE = """
phases:
  - {id: P1, nom: Diagnostic territorial, debut: octobre 2020, fin: février 2021, etat: en cours}
  - {id: P2, nom: Élaboration, début: février 2021, fin: juillet 2021, état: Prévue}
instances:
  - {id: copil, nom: Comité de pilotage, role: décide, membres: [présidence, direction de la Caf], frequence: trimestrielle}
étapes:
  - {id: E1, nom: Séminaire des élus, phase: P1, date: 2020-10-27, etat: FAIT, instance: copil, document: D01}
  - {id: E2, nom: Rencontres, phase: P1, date: vers janvier 2021, etat: hypothese, apres: [E1], annonce: P2}
  - {id: E3, nom: Rédaction, phase: P2, debut: mars 2021, etat: prévu}
  - {id: E4, nom: Sans date, etat: a_venir}
"""


def test_a_whole_calendar() -> None:
    found = read(WHOLE.replace("a_venir", "à venir"))
    assert messages(found) == [] and not found.empty
    assert found.phase("P1") == Phase(
        "P1", "Diagnostic territorial", date(2020, 10, 1), date(2021, 2, 28), "en_cours",
        read_moment("octobre 2020"), read_moment("février 2021"),
    )  # fmt: skip
    first, second = found.step("E1"), found.step("E2")
    assert first and (first.start, first.end, first.state) == (date(2020, 10, 27), date(2020, 10, 27), "fait")
    assert (first.instance, first.document, first.when) == ("copil", "D01", "27 octobre 2020")
    assert second and (second.start, second.end) == (date(2021, 1, 1), date(2021, 1, 31))
    assert (second.needs, second.announces, second.precision) == (("E1",), ("P2",), "mois")
    assert second.when == "vers janvier 2021"
    third = found.step("E3")
    assert third and (third.start, third.end) == (date(2021, 3, 1), None)
    assert third.when == "à partir de mars 2021"
    copil = found.instance("copil")
    assert copil and copil.members == ("présidence", "direction de la Caf")
    assert found.phases[0].when == "octobre 2020 – février 2021"


def test_frame() -> None:
    frame = read(WHOLE).frame()
    assert list(frame.columns) == list(COLUMNS)
    assert list(frame["id"]) == ["P1", "E1", "E2", "P2", "E3", "E4"]
    assert list(frame["kind"]) == ["phase", "step", "step", "phase", "step", "step"]
    assert str(frame["start"].dtype) == str(frame["end"].dtype) == "datetime64[ns]"
    assert frame["start"].iloc[1] == pd.Timestamp("2020-10-27") and pd.isna(frame["end"].iloc[4])
    assert set(frame["state"]) <= set(STATES)
    empty = read_calendar({})
    assert empty.empty and empty.frame().empty and list(empty.frame().columns) == list(COLUMNS)


def test_ids_are_given_where_they_are_absent() -> None:
    found = read("phases: [{nom: A, etat: prévu}]\netapes: [{nom: a, etat: fait}, {nom: b, etat: fait}]")
    assert ([p.id for p in found.phases], [s.id for s in found.steps]) == (["P01"], ["E01", "E02"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1]", "error x/study.yml, demarche : trouvé « [1] », attendu « phases: », « etapes: » et « instances: »"),
        ("etape: []", "error x/study.yml, demarche : trouvé « etape », attendu phases, etapes ou instances ; vouliez-vous dire « etapes » ?"),
        ("phases: Diagnostic", "error x/study.yml, demarche, phases : trouvé « Diagnostic », attendu une liste, une ligne commençant par « - » pour chaque élément"),
        ("phases: [zut]", "error x/study.yml, demarche, phase n° 1 : trouvé « zut », attendu des lignes « clé: valeur » (au moins « nom: »)"),
        ("phases: [{id: P1, nom: a, etat: prévu, debu: 2026}]", "error x/study.yml, demarche, phase « P1 » : trouvé « debu », attendu id, nom, debut, fin, etat ; vouliez-vous dire « debut » ?"),
        ("phases: [{id: P1, etat: prévu}]", "error x/study.yml, demarche, phase « P1 », nom : rien trouvé, attendu un nom"),
        ("phases: [{id: P1, nom: a, etat: prévu}, {id: P1, nom: b, etat: prévu}]", "error x/study.yml, demarche, phase « P1 » : trouvé « P1 », attendu un identifiant qui ne sert qu’une fois"),
        ("phases: [{id: P1, nom: a}]", "warning x/study.yml, demarche, phase « P1 », état : rien trouvé, attendu fait, en cours, prévu, hypothèse (lu : prévu)"),
        ("phases: [{id: P1, nom: a, etat: bof}]", "error x/study.yml, demarche, phase « P1 », état : trouvé « bof », attendu fait ou en cours ou prévu ou hypothèse"),
        ("phases: [{id: P1, nom: a, etat: prévu, debut: bientôt}]", "error x/study.yml, demarche, phase « P1 », début : trouvé « bientôt », attendu une date : 2026-09-15, 15/09/2026, « septembre 2026 », « vers mars 2027 »"),
        ("phases: [{id: P1, nom: a, etat: prévu, debut: mars 2021, fin: janvier 2021}]", "error x/study.yml, demarche, phase « P1 », fin : trouvé « janvier 2021 », attendu une date après le début (mars 2021)"),
        ("etapes: [{id: E1, nom: a, etat: prévu, date: 2021, debut: 2020}]", "error x/study.yml, demarche, étape « E1 », début : trouvé « 2020 », attendu « date » seule, ou « debut » et « fin »"),
        ("etapes: [{id: E1, nom: a, etat: prévu, apres: {a: 1}}]", "error x/study.yml, demarche, étape « E1 », après : trouvé « {'a': 1} », attendu une liste entre crochets"),
        ("etapes: [{id: E1, nom: a, etat: prévu, phase: P9}]", "error x/study.yml, demarche, étape « E1 », phase : trouvé « P9 », attendu l’identifiant d’une phase (aucune n’est décrite)"),
        ("etapes: [{id: E1, nom: a, etat: prévu, instance: x}]", "error x/study.yml, demarche, étape « E1 », instance : trouvé « x », attendu l’identifiant d’une instance (aucune n’est décrite)"),
        ("etapes: [{id: E1, nom: a, etat: prévu, apres: E2}]", "error x/study.yml, demarche, étape « E1 », après : trouvé « E2 », attendu l’identifiant d’une étape (E1)"),
        ("etapes: [{id: E1, nom: a, etat: prévu, annonce: P1}]", "error x/study.yml, demarche, étape « E1 », annonce : trouvé « P1 », attendu l’identifiant d’une étape (E1)"),
        ("etapes: [{id: A, nom: a, etat: prévu, apres: B}, {id: B, nom: b, etat: prévu, apres: A}]", "error x/study.yml, demarche, étape « A », après : trouvé « A → B → A », attendu des étapes qui ne s’attendent pas en rond"),
        ("etapes: [{id: A, nom: a, etat: prévu, date: 2026-03-10, apres: B}, {id: B, nom: b, etat: prévu, date: 15/03/2026}]",
         "error x/study.yml, demarche, étape « A » : trouvé « 10 mars 2026 », attendu après l’étape « B » dont elle a besoin (15 mars 2026)"),
        ("phases: [{id: P1, nom: a, etat: prévu, debut: mars 2026, fin: mai 2026}]\netapes: [{id: A, nom: a, etat: prévu, phase: P1, date: juin 2026}]",
         "warning x/study.yml, demarche, étape « A » : trouvé « juin 2026 », attendu dans la phase « P1 » (mars 2026 – mai 2026)"),
    ],
)  # fmt: skip
def test_each_fault_is_said_once(text: str, message: str) -> None:
    assert messages(read(text)) == [message]


@pytest.mark.parametrize(
    "text",
    [
        # a month can hold a day: nothing is said of what may be right
        "etapes: [{id: A, nom: a, etat: prévu, date: 2026-03-10, apres: B}, {id: B, nom: b, etat: prévu, date: mars 2026}]",
        "etapes: [{id: A, nom: a, etat: prévu, date: mars 2026, apres: B}, {id: B, nom: b, etat: prévu, date: 2026-03-31}]",
        "etapes: [{id: A, nom: a, etat: prévu, apres: B}, {id: B, nom: b, etat: prévu, date: 2026-03-31}]",
        "phases: [{id: P1, nom: a, etat: prévu, debut: 2026-03-15, fin: mai 2026}]\netapes: [{id: A, nom: a, etat: prévu, phase: P1, date: mars 2026}]",
        "phases: [{id: P1, nom: a, etat: prévu, debut: 2026-03-15}]\netapes: [{id: A, nom: a, etat: prévu, phase: P1, date: 2030}]",
    ],
)  # fmt: skip
def test_what_may_be_right_is_not_a_fault(text: str) -> None:
    assert messages(read(text)) == []


def test_three_steps_in_a_circle_are_said_once() -> None:
    steps = [f"{{id: {a}, nom: x, etat: prévu, apres: {b}}}" for a, b in ("AB", "BC", "CA", "DA")]
    assert messages(read(f"etapes: [{', '.join(steps)}]")) == [
        "error x/study.yml, demarche, étape « A », après : trouvé « A → B → C → A », attendu des étapes qui ne s’attendent pas en rond"
    ]


# --- the study's date --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "when", "severity", "expected"),
    [
        ("fait", "date: 2020-11-02", "error", "prévu ou en cours : ce n’est pas encore passé à la date de l’étude (1er novembre 2020)"),
        ("en cours", "debut: 2020-11-02", "error", "prévu : ce n’est pas commencé à la date de l’étude (1er novembre 2020)"),
        ("en cours", "debut: 2020-09-01, fin: 2020-10-31", "warning", "fait, ou une fin plus tardive : la date de l’étude est le 1er novembre 2020"),
        ("prévu", "date: octobre 2020", "warning", "fait, ou une autre date : la date de l’étude est le 1er novembre 2020"),
        ("hypothèse", "date: 2020-10-31", "warning", "fait, ou une autre date : la date de l’étude est le 1er novembre 2020"),
    ],
)  # fmt: skip
def test_states_against_the_date_of_the_study(state, when, severity, expected) -> None:
    found = read(f"etapes: [{{id: E1, nom: a, etat: {state}, {when}}}]")
    [problem] = found.check(date(2020, 11, 1))
    assert problem.severity == severity and problem.expected == expected
    assert problem.file == "x/study.yml, demarche, étape « E1 », état"


@pytest.mark.parametrize(
    ("state", "when"),
    [
        ("fait", "date: novembre 2020"), ("fait", "date: 2020-11-01"), ("en cours", "date: novembre 2020"),
        ("prévu", "date: novembre 2020"), ("prévu", "debut: 2020-10-01, fin: janvier 2021"), ("prévu", "nom: b"),
        ("fait", "nom: b"), ("prévu", "date: 2020-11-01"),
    ],
)  # fmt: skip
def test_states_that_can_be_right(state, when) -> None:
    lines = f"id: E1\netat: {state}\n" + when.replace(", ", "\n") + ("" if "nom" in when else "\nnom: a")
    assert read_calendar({"phases": [yaml.safe_load(lines)]}).check(date(2020, 11, 1)) == []


@given(
    st.sampled_from(sorted(STATES)), st.dates(date(2020, 1, 1), date(2022, 1, 1)), st.integers(0, 60),
    st.dates(date(2020, 1, 1), date(2022, 1, 1)),
)  # fmt: skip
def test_every_day_agrees_or_is_told(state: str, start: date, length: int, as_of: date) -> None:
    """Steps known to the day: past ones are done, present ones under way, future ones planned."""
    end = start + timedelta(days=length)
    right = "fait" if end < as_of else "prevu" if start > as_of else "en_cours"
    step = Step("E1", "a", start=start, end=end, state=state)
    told = Calendar(steps=(step,)).check(as_of)
    if {state, right} <= {"prevu", "hypothese"} or state == right:
        assert told == []
    elif "en_cours" not in (state, right):
        assert len(told) == 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.dates() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["phases", "etapes", "instances", "id", "nom", "phase", "date", "debut", "fin",
                             "etat", "apres", "annonce", "instance", "membres", "x"]),
            inner, max_size=5,
        ),
        max_leaves=30,
    )
)  # fmt: skip
def test_anything_is_read_without_a_traceback(raw) -> None:
    found = read_calendar(raw)
    found.frame()
    assert all(str(p) for p in [*found.problems, *found.check(date(2026, 1, 1))])
