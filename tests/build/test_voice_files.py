"""What people said as files: the pages' numbers, nothing to be found by subtraction, no formula, the same bytes."""

import io
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from ctg_lib.build import voice_files
from ctg_lib.build.datapackage import write_datapackage
from ctg_lib.consultation.answers import Answers, table_of
from ctg_lib.consultation.questionnaire import Option, Question, Questionnaire, Section
from ctg_lib.consultation.weights import Margin, weigh
from ctg_lib.disclosure.policy import survey_threshold
from ctg_lib.study import open_study
from ctg_lib.study.survey import Survey
from ctg_lib.study.voice_tables import actors_table, survey_table, whole_crossing

GROUPS = ("secteur", "menage", "militaire")
EPS = 1e-6


def options(*codes: str) -> tuple[Option, ...]:
    return tuple(Option(code, code.capitalize()) for code in codes)


QUESTIONS = (
    Question("secteur", "Secteur ?", "single", options("nord", "sud", "est"), role="secteur"),
    Question("menage", "Foyer ?", "single", options("couple", "mono"), role="menage"),
    Question("militaire", "Militaire ?", "single", options("oui", "non")),
    Question("priorites", "Priorités ?", "multiple", options("a", "b", "c", "d"), themes=("mobilite",), role="priorites"),
    Question("besoin", "=Besoin ?", "single", options("soir", "matin", "jamais"), themes=("mobilite",)),
    Question("souhaits", "Souhaits ?", "grid", options("oui", "non"), items=options("un", "deux"), themes=("mobilite",)),
    Question("freins", "Freins ?", "multiple", options("prix", "temps"), themes=("mobilite",), sensitive=True),
    Question("rang", "Rang ?", "ranking", options("a", "b", "c", "d"), most=3, themes=("mobilite",)),
    Question("nombre", "Combien ?", "integer", low=0, high=9, themes=("mobilite",)),
    Question("mot", "Un mot ?", "text", themes=("mobilite",)),
)  # fmt: skip


def drawn(seed: int, n: int = 170) -> Answers:
    """Answers of which some groups, and some answers in some groups, are of one to four people."""
    r = np.random.default_rng(seed)
    asked = Questionnaire(
        "essai", "Questionnaire aux gens", "tous", "menage", 1, (Section("s", "S", QUESTIONS),)
    )
    rows = []
    for i in range(n):
        east = r.random() < 0.09
        order = r.permutation(4)
        rows.append(
            {
                "respondent": i + 1,
                "secteur": None if r.random() < 0.01 * (seed % 3) else "est" if east else str(r.choice(["nord", "sud"], p=[0.7, 0.3])),
                "menage": str(r.choice(["couple", "mono"], p=[0.75, 0.25])),
                "militaire": str(r.choice(["oui", "non"], p=[0.25, 0.75])),
                **{f"priorites__{c}": bool(r.random() < p) for c, p in zip("abcd", (0.5, 0.35, 0.2, 0.04), strict=True)},
                "besoin": str(r.choice(["soir", "matin", "jamais"], p=[0.6, 0.37, 0.03] if seed % 2 else [0.4, 0.35, 0.25])),
                "souhaits__un": str(r.choice(["oui", "non"])),
                "souhaits__deux": str(r.choice(["oui", "non"], p=[0.08, 0.92])),
                "freins__prix": bool(r.random() < 0.5), "freins__temps": bool(r.random() < 0.06),
                **{f"rang__{c}": int(order[j]) + 1 if order[j] < 3 else None for j, c in enumerate("abcd")},
                "nombre": int(r.integers(0, 4)), "mot": "zorglubine",
            }
        )  # fmt: skip
    return Answers(asked, table_of(asked, rows), received=n, files=("essai.csv",))


@pytest.fixture(scope="module")
def demo(project):
    return open_study("241200906-demo", project)


def made(project, seed: int = 1):
    """A made-up study with one drawn survey, weighed on secteurs and households, and no meeting."""
    study = open_study("241200906-demo", project)
    answers = drawn(seed)
    survey = Survey(study, answers)
    margins = [
        Margin("secteur", "menage", "secteur", {"nord": 400, "sud": 400, "est": 200}),
        Margin("menage", "menage", "foyer", {"couple": 600, "mono": 400}),
    ]
    survey.__dict__["weightings"] = {"menage": weigh(answers, margins, 1000.0)}
    study.__dict__["surveys"] = {"essai": survey}
    return study, survey


def read(path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


# --- secrecy -----------------------------------------------------------------------------------------------


def lines_of(survey, question) -> list[tuple[str, dict[str, np.ndarray], bool]]:
    """Parts of a question that are hidden or shown together: measure, who is in each cell, whether one is chosen."""
    table = survey.answers.table[survey.weighting.weights.notna()]
    if question.kind == "single":
        return [
            ("part", {o.code: table[question.id].eq(o.code).to_numpy(bool) for o in question.options}, True)
        ]
    if question.kind == "grid":
        return [
            (
                "part",
                {
                    f"{i.code}__{o.code}": table[f"{question.id}__{i.code}"].eq(o.code).to_numpy(bool)
                    for o in question.options
                },
                True,
            )
            for i in question.items
        ]
    if question.kind == "multiple":
        return [
            (
                "part",
                {o.code: table[f"{question.id}__{o.code}"].astype(bool).to_numpy() for o in question.options},
                False,
            )
        ]
    return []


def found_out(rows: pd.DataFrame, survey) -> list[str]:
    """Cells of one to the threshold − 1 that a reader of the file finds, or knows to be under the threshold.

    All tables that agree with every number of the file, question by question: counts by answer and group of each
    crossing, one total; what a small cell is at least and at most in them.
    """
    table = survey.answers.table[survey.weighting.weights.notna()]
    groups = {"": {"": np.ones(len(table), bool)}}
    for by in GROUPS:
        known = {
            o.code: table[by].eq(o.code).fillna(False).to_numpy(bool)
            for o in survey.answers.questionnaire[by].options
        }
        groups[by] = {**known, "?": ~np.any(list(known.values()), axis=0)}
    told = {
        (q, m, c, by, g): (n, base)
        for q, m, c, by, g, n, base in rows[
            ["question", "measure", "column", "by", "group", "n", "base"]
        ].itertuples(index=False)
    }
    out = []
    for question in survey.questions():
        limit = survey_threshold(question.sensitive)
        for measure, cells, one in lines_of(survey, question):
            base = np.any(list(cells.values()), axis=0)
            places = [(by, g) for by in groups for g in groups[by]]
            index = {
                (c, by, g): i
                for i, (c, by, g) in enumerate((c, by, g) for c in [*cells, None] for by, g in places)
            }
            equal, right, most, bound, goals = [], [], [], [], []

            def line(*terms, at=index):
                made = np.zeros(len(at))
                for sign, key in terms:
                    made[at[key]] += sign
                return made

            for by, members in groups.items():
                if by:  # groups make up all of them
                    for c in [*cells, None]:
                        equal.append(line(*((1, (c, by, g)) for g in members), (-1, (c, "", ""))))
                        right.append(0)
                for g, who in members.items():
                    whole = [(1, (c, by, g)) for c in cells]
                    if one:
                        equal.append(line(*whole, (-1, (None, by, g))))
                        right.append(0)
                    else:
                        most.append(line(*((-1, key) for _, key in whole), (1, (None, by, g))))
                        most += [line((1, (c, by, g)), (-1, (None, by, g))) for c in cells]
                    for c, said in cells.items():
                        n, of = told.get((question.id, measure, c, by, g), ("", ""))
                        if n != "":
                            assert int(n) == (said & who).sum()
                            equal.append(line((1, (c, by, g))))
                            right.append(int(n))
                        if of != "":
                            assert int(of) == (base & who).sum()
                            equal.append(line((1, (None, by, g))))
                            right.append(int(of))
                        small = [(f"{c} by {by}={g}", line((1, (c, by, g))), int((said & who).sum()))]
                        if not one:
                            small.append(
                                (
                                    f"not {c} by {by}={g}",
                                    line((1, (None, by, g)), (-1, (c, by, g))),
                                    int((base & ~said & who).sum()),
                                )
                            )
                        # who did not say their group are no group to protect, but of what is sensitive
                        if g != "?" or question.sensitive:
                            goals += [each for each in small if 0 < each[2] < limit]
            bound = [0.0] * len(most)
            for name, goal, true in goals:
                ends = []
                for sign in (1, -1):
                    got = linprog(sign * goal, A_ub=np.array(most) if most else None, b_ub=bound or None, A_eq=np.array(equal), b_eq=right,
                                  bounds=(0, len(table)), method="highs")  # fmt: skip
                    assert got.status == 0, got.message
                    ends.append(sign * got.fun)
                if ends[1] < limit - EPS or ends[1] - ends[0] < EPS:
                    out.append(f"{question.id}: {name}, {true} between {ends[0]:.1f} and {ends[1]:.1f}")
    return out


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_no_small_cell_is_found_in_the_file(project, tmp_path, seed):
    study, survey = made(project, seed)
    voice_files.write_voices(study, tmp_path)
    rows = read(tmp_path / "enquete.csv")
    assert rows["by"].ne("").any()
    assert found_out(rows, survey) == []


def test_the_audit_finds_what_is_hidden_by_itself_alone(project):
    """Or the former test would prove nothing: cells under the threshold left blank, all the others given."""
    _, survey = made(project, 1)
    table = survey.answers.table[survey.weighting.weights.notna()]
    rows = []
    for question in survey.questions():
        for measure, cells, _ in lines_of(survey, question):
            base = np.any(list(cells.values()), axis=0)
            parts = [("", "", base | True)]
            for by in GROUPS:
                known = survey.answers.questionnaire[by].options
                parts += [(by, o.code, table[by].eq(o.code).fillna(False).to_numpy(bool)) for o in known]
            for by, g, who in parts:
                for c, said in cells.items():
                    n = int((said & who).sum())
                    few = "" if 0 < n < 5 else str(n)
                    rows.append((question.id, measure, c, by, g, few, str(int((base & who).sum()))))
    naive = pd.DataFrame(rows, columns=["question", "measure", "column", "by", "group", "n", "base"])
    assert len(found_out(naive, survey)) > 5


@pytest.mark.slow
def test_a_crossing_by_what_answers_are_weighed_on_hides_nothing(project):
    """Weights of such groups are known: the weighted share of all would be a second equation on what is hidden."""
    kept = 0
    for seed in range(3):
        study, survey = made(project, seed)
        rows = survey_table(study)
        crossed = rows[rows["by"].isin(["secteur", "menage"])]
        assert crossed["status"].isin(["estimé", "non disponible"]).all()
        for (question, by), own in crossed.groupby(["question", "by"]):
            asked = survey.answers.questionnaire[by]
            every = survey.results(question, by)
            for column, cells in own.groupby("column"):
                assert set(cells["group"]) == {o.code for o in asked.options}
                mates = (
                    every[every["column"].eq(column)]
                    if survey.answers.questionnaire[question].kind == "multiple"
                    else every
                )
                assert (
                    mates["status"].isin(["estimated", "missing"]).all()
                    or survey.answers.questionnaire[question].kind == "grid"
                )
                kept += 1
    assert kept > 5


def test_a_crossing_with_one_hidden_cell_is_left_out(project):
    _, survey = made(project, 1)
    asked = survey.answers.questionnaire
    rows = survey.results("besoin", "secteur")
    assert rows["status"].eq("secret").any()
    assert whole_crossing(survey, asked["besoin"], asked["secteur"]).empty


def test_under_thirty_answers_a_number_and_no_share(project):
    study, _ = made(project, 0)
    rows = survey_table(study)
    few = rows[rows["base"].lt(30) & rows["n"].notna()]
    assert len(few) and few[["raw", "value", "lower", "upper", "effective"]].isna().all(axis=None)
    assert few["method"].eq("moins de 30 réponses : un nombre, non une part").all()
    shares = rows[rows["measure"].eq("part") & rows["value"].notna()]
    assert len(shares) and (shares["value"] % 1).eq(0).all() and (shares["upper"].dropna() % 1).eq(0).all()


# --- the files ---------------------------------------------------------------------------------------------


def test_two_runs_give_the_same_bytes_and_no_formula(project, tmp_path):
    from openpyxl import load_workbook

    one, two = (
        [p.read_bytes() for p in voice_files.write_voices(made(project)[0], tmp_path / name)] for name in "ab"
    )
    assert one == two
    rows = read(tmp_path / "a" / "enquete.csv")
    own = rows[rows["question"].eq("besoin")]
    assert own["question_text"].eq("'=Besoin ?").all() and len(own)
    assert not rows.map(lambda cell: cell.startswith(("=", "+", "@", "\t"))).any(axis=None)
    book = load_workbook(io.BytesIO((tmp_path / "a" / "enquete.xlsx").read_bytes()))
    assert book.sheetnames == ["Réponses (fictif)", "Questionnaires (fictif)", "Comment lire (fictif)"]
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert any(cell.value == "=Besoin ?" for cell in cells)
    assert "f" not in {cell.data_type for cell in cells}
    assert b"zorglubine" not in b"".join(one)


def test_text_questions_and_those_on_who_answers_are_not_there(project):
    study, _ = made(project)
    rows = survey_table(study)
    assert set(rows["question"]) == {"priorites", "besoin", "souhaits", "freins", "rang", "nombre"}
    assert set(rows.loc[rows["question"].eq("rang"), "measure"]) == {
        "classé premier",
        "classé parmi les trois premiers",
    }


def test_nothing_is_written_where_nobody_spoke(larzac, tmp_path):
    assert voice_files.write_voices(larzac, tmp_path) == [] and not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def written(demo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("voices")
    return voice_files.write_voices(demo, folder)


@pytest.mark.slow
def test_the_demonstration_gives_the_pages_numbers(demo, written):
    assert [p.name for p in written] == ["enquete.csv", "enquete.parquet", "enquete.xlsx", "paroles.csv"]
    rows = read(written[0])
    assert rows["fictif"].eq("oui").all() and list(rows.columns) == [*voice_files.SURVEY_COLUMNS, "fictif"]
    assert not rows.duplicated(list(voice_files.KEYS["enquete"])).any()
    assert set(rows["questionnaire"]) == set(demo.surveys)
    every = rows[rows["by"].eq("")].set_index(["questionnaire", "question", "column", "measure"])
    compared = 0
    for survey in demo.surveys.values():
        for question in survey.questions():
            for row in survey.best(question).to_dict("records"):
                measure = "part" if row["measure"] == "part" else "classé parmi les trois premiers"
                own = every.loc[(survey.id, question.id, row["column"], measure)]
                assert int(own["n"]) == row["n"] and int(own["base"]) == row["base"]
                if row["base"] >= 30:
                    assert float(own["value"]) == round(row["value"])
                compared += 1
    assert compared > 300
    parquet = pd.read_parquet(written[1])
    assert len(parquet) == len(rows) and parquet["fictif"].eq("oui").all()


@pytest.mark.slow
def test_soldiers_are_told_as_in_the_chapter(demo, written):
    from ctg_lib.study.chapters.habitants import Habitants

    rows = read(written[0])
    rows = rows[rows["by"].eq("militaire")]
    table = Habitants(demo).garnison().frame.set_index("label")
    for group, column in (("oui", "soldiers"), ("non", "others")):
        own = rows[rows["group"].eq(group)]
        shown = table[column][table[column].ne("–")]
        assert len(own) == len(shown) > 2
        for label, value in own[["label", "value"]].itertuples(index=False):
            assert shown[label].replace("\u00a0", " ").replace("\u202f", " ") == f"{float(value):.0f} %"


@pytest.mark.slow
def test_the_descriptor_describes_them(demo, written, tmp_path):
    few = demo.table(["population"], [demo.place]).assign(segment="")
    for path in written:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    here = [tmp_path / p.name for p in written]
    path = write_datapackage(demo, few, here, tmp_path)
    said = json.loads(path.read_text("utf-8"))
    assert [r["name"] for r in said["resources"]] == ["enquete", "enquete-parquet", "enquete-xlsx", "paroles"]
    assert all(r["title"].endswith("(fictif)") for r in said["resources"])
    ids = {i for cell in read(here[0])["sources"] for i in cell.split("+") if i}
    assert ids and ids <= {source["id"] for source in said["sources"]}
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(path), skip_errors=["byte-count", "hash-count"])
    assert report.valid, report.flatten(["type", "fieldName", "message"])[:5]


# --- actors ------------------------------------------------------------------------------------------------


def test_needs_by_side_are_those_of_the_chapter(demo):
    from ctg_lib.consultation import coverage, synthesis

    actors = coverage.shown(demo.consultation.actors)
    rows = actors_table(demo)
    whole, sides = (
        rows[rows["side"].eq("")].set_index("need"),
        rows[rows["side"].ne("")].set_index(["need", "side"]),
    )
    crossing = synthesis.crossing(actors).set_index("need")
    assert (
        whole["lacking"].sort_index().tolist() == crossing["lacking"].sort_index().tolist()
        and len(whole) > 20
    )
    for row in synthesis.by_side(actors).to_dict("records"):
        assert sides.loc[(row["need"], row["side"]), "lacking"] == row["lacking"]
    assert whole["reading"].isin(synthesis.READINGS.values()).all()
    told = rows.to_csv()
    excerpts = demo.consultation.actors.excerpts
    said = [
        text for text in [*excerpts["summary"], *excerpts["quote"], *excerpts["function"]] if len(text) > 12
    ]
    assert len(said) > 50 and not [text for text in said if text in told]


def test_a_side_of_too_few_people_is_not_told(demo):
    found = demo.consultation.actors
    apart = found.excerpts["group"].eq("elus")
    one = found.excerpts[apart].head(1)
    meeting = one["meeting"].iloc[0]
    kept = pd.concat([found.excerpts[~apart], one])
    present = found.present[found.present["group"].ne("elus")]
    alone = pd.DataFrame([{"meeting": meeting, "group": "elus", "people": 1.0}])
    meetings = found.meetings[found.meetings["group"].ne("elus") | found.meetings["id"].eq(meeting)]
    few = replace(found, excerpts=kept, present=pd.concat([present, alone]), meetings=meetings)
    study = open_study(demo.id, demo.project)
    study.__dict__["consultation"] = replace(demo.consultation, actors=few)
    rows = actors_table(study)
    assert "elus" not in set(rows["side"]) and {"habitants", "professionnels"} <= set(rows["side"])
    without = replace(few, excerpts=found.excerpts[~apart])
    study.__dict__["consultation"] = replace(demo.consultation, actors=without)
    again = actors_table(study)
    pd.testing.assert_frame_equal(rows, again)  # nothing that is told depends on what it said
