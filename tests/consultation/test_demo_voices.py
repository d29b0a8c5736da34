"""The demonstration's voices: the same at every run, made up everywhere, biased and soiled as it is told."""

import csv
import io
import re
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from ctg_lib.consultation.agreement import agreement
from ctg_lib.consultation.answers import Answers, table_of
from ctg_lib.consultation.bank import questionnaires
from ctg_lib.consultation.reading_actors import read_actors
from ctg_lib.consultation.received import received
from ctg_lib.consultation.scheme import common_scheme
from ctg_lib.consultation.settings import read_settings
from ctg_lib.consultation.settings_checks import check_settings
from ctg_lib.consultation.verbatims import read as reviewed
from ctg_lib.consultation.weights import Margin, weigh
from ctg_lib.study import open_study
from ctg_lib.workbooks.people import personal

AS_OF = date(2026, 11, 15)
RECEIVED = {
    "parents": 179, "jeunes_11_17": 45, "jeunes_18_25": 15, "habitants": 129, "professionnels": 20, "associations": 12,
}  # fmt: skip


@pytest.fixture(scope="module")
def scripts(project):
    """The generator, importable."""
    before = list(sys.path)
    sys.path.insert(0, str(project.root / "scripts"))
    yield
    sys.path[:] = before


@pytest.fixture(scope="module")
def study(project):
    return open_study("241200906-demo", project)


@pytest.fixture(scope="module")
def folder(project) -> Path:
    return project.studies / "241200906-demo"


@pytest.fixture(scope="module")
def secteurs(study) -> dict[str, tuple[str, ...]]:
    return {name: tuple(codes) for name, codes in study.config.secteurs.items()}


@pytest.fixture(scope="module")
def forms(secteurs):
    return questionnaires(None, secteurs)[0]


@pytest.fixture(scope="module")
def read(folder, forms):
    return received(folder / "consultation", forms)


@pytest.fixture(scope="module")
def actors(study, folder, secteurs):
    names = {code: study.geography.names("commune")[code] for code in study.territory.members}
    return read_actors(folder / "consultation", names, secteurs, common_scheme(), AS_OF)


@pytest.fixture(scope="module")
def records(scripts, forms):
    from demo.sampling import records as made

    return made(forms)


def files(folder: Path) -> list[Path]:
    return sorted(p for p in (folder / "consultation").rglob("*") if p.is_file())


# --- the same, and made up ---------------------------------------------------------------------------


@pytest.mark.slow
def test_the_voices_are_what_the_generator_writes(scripts, study, secteurs, folder) -> None:
    from demo.voices import voices

    names = {code: study.geography.names("commune")[code] for code in study.territory.members}
    made = voices(names, secteurs, study.territory.name, AS_OF)
    assert {p.relative_to(folder).as_posix() for p in files(folder)} == made.keys() - {"consultation.yml"}
    for name, content in made.items():
        assert content == (folder / name).read_bytes(), name


def test_every_file_says_that_it_is_made_up(folder) -> None:
    found = files(folder)
    assert len(found) >= 12
    for path in found:
        if path.suffix == ".csv":
            mark = ";" if "habitants" in path.name else ","
            text = path.read_text(encoding="cp1252" if mark == ";" else "utf-8-sig")
            rows = list(csv.DictReader(io.StringIO(text), delimiter=mark))
            assert rows and {row["fictif"] for row in rows} == {"réponse fictive"}, path.name
            assert "fictif" in path.name
            continue
        for sheet in openpyxl.load_workbook(path).worksheets:
            if sheet.sheet_state == "visible" and sheet.title != "Listes":
                texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
                assert any("FICTIF" in text.upper() for text in texts), (path.name, sheet.title)
    assert "fictif" in (folder / "consultation.yml").read_text(encoding="utf-8").splitlines()[0]


def test_people_who_are_named_are_made_up(records) -> None:
    from demo.texts import PLANTED

    named = {
        text
        for record in records
        for column, text in record.cells.items()
        if isinstance(text, str) and (column.endswith(("_libre", "__texte")) and personal(text))
    }
    assert named and named <= set(PLANTED)
    for text in PLANTED:
        assert "exemple" in text.lower() or "01 99 00" in text
        assert all(number.startswith("01990") for number in re.findall(r"\d{9,}", re.sub(r"[ .]", "", text)))


# --- answers -----------------------------------------------------------------------------------------


def test_how_many_answer_what_and_how(read, records) -> None:
    surveys, _ = read
    assert {id: answers.received for id, answers in surveys.items()} == RECEIVED
    assert 390 <= sum(RECEIVED.values()) <= 410
    assert Counter(r.form for r in records) == RECEIVED
    for id in ("parents", "habitants"):
        assert set(surveys[id].table["mode"]) == {"en_ligne", "papier"}
        assert len(surveys[id].files) == 2
    assert [Path(name).name for name in surveys["jeunes_11_17"].files] == ["jeunes_11_17-fictif-odk.csv"]


def test_what_was_written_is_what_is_read(read, records) -> None:
    """The tools' files lose nothing: answer by answer, the reader finds what the made-up people said."""
    surveys, _ = read
    for id, answers in surveys.items():
        wanted = Counter(_content(r.cells) for r in records if r.form == id and not set(r.dirt) & _CHANGED)
        rows = answers.table.drop(columns=["respondent", "mode", "channel", "complete", "answered"])
        found = Counter(_content(row) for row in rows.to_dict("records"))
        missing = wanted - found
        assert not missing, (id, sum(missing.values()))


_CHANGED = {"unknown", "double", "outside", "refused", "empty", "not_asked"}


def _content(cells) -> tuple:
    kept = {k: _plain(v) for k, v in cells.items() if v is not None and v == v and str(v) != "<NA>"}
    return tuple(sorted(kept.items()))


def _plain(value):
    if isinstance(value, bool | np.bool_):
        return bool(value)
    return int(value) if isinstance(value, int | float | np.integer | np.floating) else str(value)


def test_what_goes_wrong_is_found(read, records) -> None:
    surveys, problems = read
    planned = Counter((r.form, kind) for r in records for kind in r.dirt)
    for kind, flag in (
        ("double", "double"), ("speeder", "trop_rapide"), ("household", "menage_impossible"),
        ("outside", "hors_territoire"), ("not_asked", "hors_public"), ("refused", "sans_accord"),
    ):  # fmt: skip
        for id, answers in surveys.items():
            assert (answers.flags["flag"] == flag).sum() == planned[id, kind], (id, flag)
    parents = surveys["parents"].flags["flag"].value_counts()
    assert parents["lignes_droites"] >= planned["parents", "straight"] == 3
    assert parents["vide"] >= planned["parents", "empty"] == 2
    assert not [p for p in problems if p.severity == "error"]
    unknown = [p for p in problems if p.found in ("A9", "Z7")]
    assert len(unknown) == sum(n for (_, kind), n in planned.items() if kind == "unknown") == 4
    assert (~surveys["parents"].table["complete"]).sum() >= 5


def test_no_message_repeats_what_was_written(read) -> None:
    from demo.texts import PLANTED

    _, problems = read
    told = " ".join(map(str, problems))
    assert problems and not any(text in told for text in PLANTED)
    assert "Camille" not in told and "01 99" not in told


def test_nothing_else_is_wrong(read) -> None:
    """What is told of the files is what was put there: four unknown codes, what follows from one, four doubles,
    a child whose parents did not agree."""
    _, problems = read
    kinds = Counter(
        "code" if re.fullmatch("[AZ][79]", p.found) else "double" if "en double" in p.found else p.found
        for p in problems
    )
    assert kinds == {
        "code": 4, "double": 4, "une réponse à une question qui ne se posait pas": 1,
        "une réponse de mineur sans l’accord d’un parent": 1,
    }  # fmt: skip


def test_those_who_answer_are_not_like_all(scripts, read, forms) -> None:
    from demo.population import population
    from demo.truth import all_answers, everyone, true_shares

    surveys, _ = read
    table = surveys["parents"].table
    truth = all_answers(forms["parents"], everyone("parents"))
    here = table[table["residence"] != "secondaire"]
    for column, code, more in (("militaire", "oui", 1.3), ("secteur", "larzac", 1.2)):
        share = here[column].eq(code).sum() / here[column].notna().sum()
        assert share > more * true_shares(forms["parents"], column, truth)[code]
    sole = here["menage"].eq("monoparentale").mean()
    assert 0.05 < sole < true_shares(forms["parents"], "menage", truth)["monoparentale"]
    mothers = table["repondant"].isin(["mere", "pere"])
    assert table.loc[mothers, "repondant"].eq("mere").mean() > 0.7
    people = surveys["habitants"].table
    assert people["residence"].eq("secondaire").sum() >= 12
    assert people.loc[people["residence"] != "secondaire", "age"].eq("de_60_74").mean() > 0.25
    homes = population()
    assert sum(h.secteur == "Dourbie" for h in homes) / len(homes) < people["secteur"].eq("dourbie").mean()


def test_answers_hang_together(scripts, forms) -> None:
    """Of all the made-up parents: odd hours come from soldiers, trips given up from distance."""
    from demo.truth import all_answers, everyone

    answers = all_answers(forms["parents"], everyone("parents"))

    def share(what, among) -> float:
        some = [a for a in answers if among(a)]
        return sum(map(what, some)) / len(some)

    away = lambda a: bool(a.get("horaires_travail__absences"))  # noqa: E731
    assert (
        share(away, lambda a: a["militaire"] == "oui")
        > 0.6
        > 0.2
        > share(away, lambda a: a["militaire"] == "non")
    )
    kept = lambda a: a["deplacement_renonce"] == "jamais"  # noqa: E731
    assert share(kept, lambda a: a["secteur"] == "larzac") > 0.15 + share(
        kept, lambda a: a["secteur"] == "sorgues"
    )
    asked = [a for a in answers if any(k.startswith("accueil_jours__") for k in a)]
    assert asked and all(a["enfants_ages__moins_3"] for a in asked)


def test_the_territory_is_about_the_size_of_the_true_one(scripts, study) -> None:
    """Homes and children of the made-up population, against the census of the territory."""
    from demo.population import population

    homes = population()
    assert len(homes) == 2625
    children = sum(len(home.minors) for home in homes)
    census = sum(study.value(name).value for name in ("enfants_0_4", "enfants_5_9"))
    assert 0.7 < sum(home.children(0, 9) for home in homes) / census < 1.2
    assert 800 < children < 1100


@pytest.mark.slow
@pytest.mark.parametrize(("form", "roles", "most"), [("parents", ("secteur", "menage"), 0.65)])
def test_weighting_comes_nearer_to_the_truth(scripts, forms, form, roles, most) -> None:
    """Over ten samples of the same bias: the mean error of what was asked of all falls; it does not vanish."""
    from demo.sampling import takers
    from demo.truth import all_answers, everyone, totals, true_shares

    asked = forms[form]
    people = everyone(form)
    answers = all_answers(asked, people)
    said = dict(zip(people, answers, strict=True))
    margins = [
        Margin(role, asked.unit, role, {k: v for k, v in totals(asked, role, answers).items() if v})
        for role in roles
    ]
    aside = {"participation", "canal", "residence", *roles}
    items = [
        (question, code, share)
        for question in asked.questions
        if question.kind in ("single", "scale", "multiple") and not question.when and not question.sensitive
        if question.id not in aside and asked.unit_of(question) == asked.unit
        for code, share in true_shares(asked, question.id, answers).items()
    ]
    raw, weighted = [], []
    for draw in range(1, 11):
        here = [who for who in takers(form, draw) if who.home.year_round]
        table = table_of(asked, [{"respondent": n, **said[who]} for n, who in enumerate(here, 1)])
        sample = Answers(asked, table)
        weights = np.asarray(weigh(sample, margins).weights, dtype=float)
        shares = [_shares(sample, question, code, weights) for question, code, _ in items]
        raw.append([a for a, _ in shares])
        weighted.append([b for _, b in shares])
    true = np.array([share for _, _, share in items])
    before, after = (np.abs(np.mean(each, axis=0) - true) for each in (raw, weighted))
    assert len(items) > 80 and after.mean() < most * before.mean()
    soldiers = next(n for n, (q, code, _) in enumerate(items) if (q.id, code) == ("militaire", "oui"))
    assert 0.02 < after[soldiers] < before[soldiers]  # what no margin explains stays in part


def _shares(sample: Answers, question, code: str, weights) -> tuple[float, float]:
    given = sample.given(question.id).to_numpy()
    column = f"{question.id}__{code}" if question.kind == "multiple" else question.id
    chosen = (
        sample.table[column].fillna(False).eq(True if question.kind == "multiple" else code).to_numpy(bool)
    )
    return chosen[given].mean(), (chosen * weights)[given].sum() / weights[given].sum()


# --- what was written --------------------------------------------------------------------------------


def test_open_answers_were_read_in_part(study, folder) -> None:
    found = reviewed(folder / "consultation", study.communes_by_code.values())
    decisions = found.decisions
    assert [str(p) for p in found.problems] == []
    assert min(decisions.values()) >= 40 and sum(decisions.values()) > 250
    assert len(found.texts) == decisions["publier"] and found.texts["need"].nunique() >= 20


def test_whom_an_answer_names_is_masked_and_not_printed(scripts, study, folder) -> None:
    found = reviewed(folder / "consultation", study.communes_by_code.values())
    masked = found.lines[found.lines["masked"] != ""]
    assert len(masked) >= 6 and not masked["decision"].eq("publier").any()
    for text in [*found.lines["text"], *found.lines["published"], *found.texts["text"]]:
        assert "Exemple" not in text and "01 99" not in text and "01.99" not in text and "@" not in text, text
    assert not any(set(text) & set("<>|`=") for text in found.texts["text"])


# --- what is said ------------------------------------------------------------------------------------


def test_interviews_meetings_forums_and_seminar_are_read_without_a_problem(actors) -> None:
    assert [str(p) for p in actors.problems] == []
    assert actors.meetings["occasion"].value_counts().to_dict() == {
        "entretien": 12, "rencontre": 2, "forum": 2, "seminaire": 1,
    }  # fmt: skip
    assert len(actors.excerpts) >= 120 and set(actors.excerpts["kind"]) == {
        "besoin", "offre", "frein", "levier", "attente", "piste",
    }  # fmt: skip
    assert actors.meetings["date"].max().date() <= AS_OF


def test_two_people_coded_four_interviews_and_do_not_always_agree(actors) -> None:
    assert actors.meetings["second_coder"].sum() == 4 and actors.twice["meeting"].nunique() == 4
    table = agreement(actors).table.set_index("field")
    assert 0.67 < table.loc["need", "alpha"] < 1 and table.loc["need", "units"] >= 30


def test_what_is_said_keeps_to_the_made_up_offer(scripts, actors) -> None:
    """Figures told by partners are those of the workbooks."""
    from demo.offer import SERVICES

    services = {line["id"]: line for line in SERVICES}
    words = " ".join(actors.excerpts["summary"])
    assert services["S01"]["waiting"] == 11 and "Onze familles attendent" in words
    assert services["S16"]["users"] == 310 and "310 personnes" in words
    assert services["S14"]["users"] == 57 and "57 inscrits" in words
    assert services["S21"]["users"] == 47 and "47 personnes" in words
    assert (
        services["S01"]["places"] - services["S01"]["places_open"] == 2
        and "Deux places sont fermées" in words
    )


def test_votes_are_not_more_than_people_had(actors) -> None:
    for (_, college), votes in actors.votes.groupby(["meeting", "college"]):
        assert votes["voters"].nunique() == 1
        voters, each = votes["voters"].iloc[0], votes["each"].iloc[0]
        assert votes["votes"].le(voters).all() and votes["votes"].sum() <= each * voters, college


def test_no_person_is_named_by_those_who_speak(actors) -> None:
    for column in ("summary", "quote", "function"):
        assert not [text for text in actors.excerpts[column] if personal(text)], column


def test_the_calendar_says_what_was_held_and_when(study, actors, folder) -> None:
    """No document is dated before or after what it tells of: study.yml, consultation.yml and workbooks agree."""
    steps = {step.id: step for step in study.calendar.steps}
    for step, occasion in (
        ("E08", "entretien"),
        ("E18", "rencontre"),
        ("E10", "forum"),
        ("E19", "seminaire"),
    ):
        days = actors.meetings.loc[actors.meetings["occasion"] == occasion, "date"]
        assert steps[step].state == "fait"
        assert steps[step].start == days.min().date() and steps[step].end == days.max().date(), step
    settings = read_settings(folder)
    assert settings.problems == () and check_settings(settings, folder, AS_OF) == []
    held = {m.occasion: (m.count, m.opens.first, m.closes.last) for m in settings.meetings}
    for occasion, (count, first, last) in held.items():
        days = actors.meetings.loc[actors.meetings["occasion"] == occasion, "date"]
        assert (count, first, last) == (len(days), days.min().date(), days.max().date())
    assert {s.questionnaire for s in settings.surveys} == set(RECEIVED)
    assert min(s.opens.first for s in settings.surveys) == steps["E09"].start
    assert max(s.closes.last for s in settings.surveys) == steps["E09"].end
