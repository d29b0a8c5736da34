"""Chapter 12: nobody asked, something planned, the demonstration's answers; nothing of a few people is shown."""

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from chapter_words import plain, text_of, words
from test_messages import NONSENSE, methods_of
from typography_scan import faults

from ctg_lib.consultation.folder import Consultation
from ctg_lib.consultation.settings import PlannedSurvey, Settings
from ctg_lib.disclosure.policy import survey_threshold
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import Table
from ctg_lib.display.typography import number
from ctg_lib.partnership.calendar import read_calendar
from ctg_lib.study import open_study
from ctg_lib.study.chapters.habitants import Habitants
from ctg_lib.study.chapters.ordered import ordered
from ctg_lib.study.survey import says_nothing, tells_of_needs, theme_of
from ctg_lib.workbooks.common import THEMES
from ctg_lib.workbooks.moments import read_moment

DEMO = "241200906-demo"
ALWAYS = {"essentiel", "points_de_vigilance", "questions_du_groupe"}
"""Cells that show something though nobody was asked."""
ONE_BY_THEME = ("theme", "figure", "nuances", "reponses")
FEW = survey_threshold(sensitive=False)
SHARE = re.compile(r"(\d[\d ]*) sur (\d[\d ]*)")


@pytest.fixture(scope="module")
def demo(project):
    """The demonstration's chapter."""
    return open_study(DEMO, project).chapter("habitants")


@pytest.fixture(scope="module")
def shown(demo):
    """Name of each cell -> what it shows of the demonstration; those that show nothing left out."""
    return outputs(demo)


def outputs(chapter):
    made = {name: getattr(chapter, name)() for name in methods_of(chapter)}
    made |= {f"{name} {theme}": getattr(chapter, name)(theme) for theme in THEMES for name in ONE_BY_THEME}
    return {name: each for name, each in made.items() if each is not None}


def study_with(study, surveys=None, settings=None, demarche=None, **config):
    """The study in which this was answered, with these settings and this calendar."""
    other = type(study)(
        study.project,
        replace(study.config, as_of=date(2026, 11, 15), **config),
        study.geography,
        study.manifest,
    )
    other.__dict__["consultation"] = Consultation(study.project.root, surveys or {})
    other.__dict__["calendar"] = read_calendar(demarche or {})
    other.__dict__["listening"] = settings or Settings()
    other.__dict__["folder_problems"] = ()
    return other


def rows_of(table):
    return [line for line in text_of(table).splitlines() if line.startswith("| ")][1:]


def with_table(answers, table):
    """The same answers, some of the rows."""
    keys = tuple(answers.keys[place] for place in table.index)
    table = table.reset_index(drop=True)
    return replace(answers, table=table, received=len(table), keys=keys, flags=answers.flags.head(0))


def sensible(text):
    """A text without the marks of boxes and of lists inside lists, and what Markdown protects as it is read."""
    return re.sub(r"^:+ \{.*$|^:+$|^ +- |\\(?=[_*])", "", text, flags=re.MULTILINE)


# --- nobody asked ------------------------------------------------------------------------------------------


def test_nobody_asked_and_nothing_planned_is_said(larzac):
    chapter = study_with(larzac).chapter("habitants")
    assert set(outputs(chapter)) - {"commentaire"} == ALWAYS
    text = words(chapter.essentiel())
    assert "**Les habitants n’ont pas encore été interrogés**, et aucune enquête n’est annoncée" in text
    assert "Ont répondu" not in words(chapter.points_de_vigilance())


def test_what_is_planned_is_told_with_its_date_and_its_state(larzac):
    settings = Settings(
        given=True,
        surveys=(
            PlannedSurvey("parents", "Questionnaire aux parents", "les parents", read_moment("2026-11-23"),
                          read_moment("2026-12-18"), ("en_ligne", "papier")),
            PlannedSurvey("habitants", "Questionnaire aux habitants", "tous les habitants"),
        ),
    )  # fmt: skip
    chapter = study_with(larzac, settings=settings).chapter("habitants")
    assert set(outputs(chapter)) - {"commentaire"} == ALWAYS | {"prevu"}
    text = words(chapter.essentiel())
    assert "**Les habitants n’ont pas encore répondu.** Prévu : enquête" in text
    assert "du 23 novembre au 18 décembre 2026" in text
    rows = rows_of(chapter.prevu())
    assert len(rows) == 2
    assert "| Questionnaire aux parents | les parents | en ligne et sur papier |" in rows[0]
    assert "du 23 novembre au 18 décembre 2026 | prévu" in rows[0]
    assert "date à fixer" in rows[1]
    assert "consultation.yml de l’étude" in text_of(chapter.prevu())


def test_a_survey_that_only_the_calendar_announces_is_told(larzac):
    steps = {
        "etapes": [
            {"id": "E1", "nom": "Enquête auprès des habitants", "date": "janvier 2027", "etat": "prévu"}
        ]
    }
    chapter = study_with(larzac, demarche=steps).chapter("habitants")
    assert "janvier 2027" in words(chapter.essentiel())
    [row] = rows_of(chapter.prevu())
    assert "Enquête auprès des habitants" in row and "janvier 2027 | prévu" in row
    assert "study.yml de l’étude" in text_of(chapter.prevu())


def test_a_questionnaire_without_an_answer_is_no_survey(larzac, demo):
    answers = demo.study.consultation.surveys["parents"]
    chapter = study_with(larzac, {"parents": with_table(answers, answers.table.head(0))}).chapter("habitants")
    assert chapter.silent and "n’ont pas encore" in words(chapter.essentiel())


# --- the demonstration's answers ---------------------------------------------------------------------------


def told(survey, question, code):
    """Weighed share, raw share, respondents who gave an answer and base: computed here, from the answers alone."""
    answers = survey.answers
    asked = answers.questionnaire[question]
    weights = survey.weightings[answers.questionnaire.unit_of(asked)].weights.to_numpy()
    inside = ~np.isnan(weights)
    given = answers.given(question).to_numpy() & inside
    table = answers.table
    if asked.kind == "multiple":
        said = table[f"{question}__{code}"].fillna(False).to_numpy(dtype=bool)
    elif asked.kind == "ranking":
        said = (table[f"{question}__{code}"].astype("float64") <= 3).to_numpy()
    else:
        said = table[question].eq(code).fillna(False).to_numpy(dtype=bool)
    said = said & given
    value = 100 * weights[said].sum() / weights[given].sum()
    return value, 100 * said.sum() / given.sum(), int(said.sum()), int(given.sum())


def test_numbers_of_the_page_are_those_of_the_answers(demo, shown):
    checked = 0
    for theme in THEMES:
        if f"reponses {theme}" not in shown:
            continue
        lines = iter(shown[f"reponses {theme}"].frame.to_dict("records"))
        for survey in demo.made:
            for question in survey.questions(theme):
                if question.role or survey.best(question).empty:
                    continue
                line = next(lines)
                assert (line["question"], line["who"]) == (
                    upper_first(question.topic),
                    upper_first(survey.whom),
                )
                if question.kind == "grid":
                    continue
                first, *second = survey.best(question).head(2).to_dict("records")
                value, raw, n, base = told(survey, question.id, first["column"])
                assert line["base"] == base and line["label"].startswith(first["label"])
                if base >= 30:
                    start = re.match(r"\d+", line["value"])
                    assert start and abs(int(start[0]) - value) <= 0.501, (question.id, line["value"], value)
                    assert abs(int(re.match(r"\d+", line["raw"])[0]) - raw) <= 0.501
                else:
                    assert plain(line["value"]) == f"{n} sur {base}"
                for other in second:
                    value, _, n, base = told(survey, question.id, other["column"])
                    share = f"{n} sur {base}" if base < 30 else plain(number(value, 0, "%"))
                    assert plain(line["label"]) == plain(
                        f"{first['label']} ; puis : {other['label']}, {share}"
                    )
                checked += 1
        assert next(lines, None) is None
    assert checked > 60


def test_the_profile_is_apart(demo, shown):
    """Who answers is no result of a theme: a table of its own, after the others."""
    own = {upper_first(q.topic) for s in demo.made for q in s.profile()}
    assert "Statut d’occupation du logement" in own
    for theme in THEMES:
        if f"reponses {theme}" in shown:
            assert not own & set(shown[f"reponses {theme}"].frame["question"])
    assert set(shown["qui_sont_ils"].frame["question"]) <= own


def test_a_theme_tells_what_is_lacking_first(demo, shown):
    """« Aucun », « jamais », « rien » are not what is told where a need may be; nor is a single bar drawn."""
    seen = 0
    for theme in THEMES:
        for survey in demo.made:
            if survey.needs(theme) is None or f"theme {theme}" not in shown:
                continue
            question, row = survey.most_answered(theme)
            assert tells_of_needs(question) and not says_nothing(question, row)
            seen += 1
        figure = shown.get(f"figure {theme}")
        if isinstance(figure, Figure):
            assert len(figure.data) > 1
            survey, question = next(
                (s, q) for s in demo.made for q in s.questions(theme)
                if plain(figure.title).startswith(plain(f"{upper_first(q.topic)} :")) and plain(figure.subtitle).startswith(f"{upper_first(s.whom)},")
            )  # fmt: skip
            assert question.kind not in ("scale", "grid")
            nothing = [says_nothing(question, {"label": name}) for name in figure.data["name"]]
            assert not tells_of_needs(question) or nothing == sorted(nothing)
    assert seen > 10


def test_ordered_answers_are_drawn_in_their_order(demo, shown):
    drawn = {n.split()[1]: f for n, f in shown.items() if n.startswith("nuances") and isinstance(f, Figure)}
    assert {"transversal", "parentalite"} <= set(drawn)
    for theme, figure in drawn.items():
        question = ordered(demo.made, theme).question
        labels = [o.label for o in question.options]
        for _, rows in figure.data.groupby("item", sort=False):
            assert rows["answer"].tolist() == labels
        if question.kind == "grid":
            lines = figure.data["item"].drop_duplicates().tolist()
            assert [plain(line) for line in lines] == [plain(item.label) for item in question.items]
        else:
            assert len(set(figure.data["item"])) > 1


@pytest.mark.parametrize(
    ("count", "words_"),
    [(1, "Une seule réponse figure parmi les trois premières de chaque public"),
     (2, "Deux réponses figurent parmi les trois premières de chaque public")],
)  # fmt: skip
def test_what_audiences_have_in_common_in_words(count, words_):
    assert Habitants.in_common(count) == words_


def test_priorities_in_common_are_told_in_plain_french(demo, shown):
    text = words(shown["priorites_en_bref"])
    assert "Deux réponses figurent parmi les trois premières de chaque public : « " in text


def test_soldiers_families_are_seen_beside_the_others(shown):
    """Those who did not say whether they are soldiers hide no more than a third of the cells."""
    frame = shown["garnison"].frame
    assert frame["soldiers"].ne("–").sum() >= 8


def test_who_answered_is_counted(demo, shown):
    frame = shown["repondants"].frame
    for (_, line), survey in zip(frame.iterrows(), demo.made, strict=True):
        answers, told = survey.answers, survey.weighting.weights.notna()
        assert (line["received"], line["kept"]) == (answers.received, told.sum())
        assert line["complete"] == answers.table.loc[told, "complete"].sum()
        assert sum(line[c] for c in frame.columns if str(c).startswith("mode-")) == told.sum()
        assert line["out"] == answers.received - told.sum() and not re.search(r"\d", line["why"])
    total = sum(int(s.weighting.weights.notna().sum()) for s in demo.made)
    assert f"**{total} réponses exploitées** à {len(demo.made)} questionnaires" in words(shown["essentiel"])
    assert "sans marge d’erreur" in words(shown["redressement_en_bref"])


def test_a_few_who_answered_on_paper_or_were_flagged_are_not_counted(demo):
    """Three on paper: neither their number nor what gives it back is told; flags of fewer than five neither."""
    made = {}
    for survey in demo.made:
        table = survey.answers.table.copy()
        told = table.index[survey.weighting.weights.notna()]
        table["mode"] = "en_ligne"
        table.loc[told[: {"parents": 3, "habitants": 9}.get(survey.id, 0)], "mode"] = "papier"
        flags = pd.DataFrame({"respondent": [1, 2, 3], "flag": "trop_rapide"})
        made[survey.id] = replace(
            survey.answers, table=table, flags=flags if survey.id == "parents" else flags[:0]
        )
    chapter = study_with(demo.study, made).chapter("habitants")
    table = chapter.repondants()
    lines = table.frame.set_index("who")
    assert lines.loc["Parents", "mode-papier"] == "moins de 5"
    assert lines.loc["Parents", "mode-en_ligne"] == "–"  # what is kept less these would be three
    numbers = set(lines.loc["Habitants", ["mode-papier", "mode-en_ligne"]])
    assert "–" in numbers or chapter._modes["papier", ""] == "–"  # nor all on paper less those of the others
    assert "remplie trop vite pour avoir été lue (moins de 5)" in plain(table.notes[0])
    assert "ne se retrouvent pas" in table.notes[1]


def test_each_theme_tells_only_its_own_questions(demo, shown):
    for theme in THEMES:
        asked = [q for s in demo.made for q in s.questions(theme)]
        assert all(theme_of(q) == theme for q in asked)
        assert (f"theme {theme}" in shown) == bool(asked)


def test_small_surveys_give_counts_and_no_share(demo, shown):
    small = [s for s in demo.made if s.weighting.diagnostics.respondents < 30]
    assert len(small) >= 2, "the demonstration has small surveys"
    names = {s.whom for s in small}
    found = 0
    for theme in THEMES:
        if f"reponses {theme}" not in shown:
            continue
        for line in shown[f"reponses {theme}"].frame.to_dict("records"):
            if str(line["who"]).lower() in {n.lower() for n in names} or line["base"] < 30:
                assert "%" not in line["value"] and SHARE.fullmatch(plain(line["value"])), line
                assert "%" not in str(line["raw"])
                found += 1
        figure = shown.get(f"figure {theme}")
        if isinstance(figure, Figure):
            said = text_of(figure)
            assert not any(said.split("\n")[0].startswith(name) for name in names)
    assert found > 10
    columns = shown["priorites"].frame
    for survey in small:
        [column] = [c for c in columns.columns if str(c).lower().startswith(survey.whom.lower())]
        assert not columns[column].str.contains("%").any()


# --- secrecy -----------------------------------------------------------------------------------------------


def test_no_cell_of_fewer_than_five_is_in_what_chapters_read(demo):
    seen = 0
    for survey in demo.made:
        asked = survey.answers.questionnaire
        by = [q.id for role in ("secteur", "menage") if (q := asked.of_role(role)) is not None]
        for question in survey.questions():
            few = survey_threshold(question.sensitive)
            for groups in ("", *by[:1]):
                rows = survey.results(question.id, groups)
                known = rows[rows["value"].notna() & rows["n"].notna()]
                small = known[known["n"].between(1, few - 1)]
                assert small.empty, (survey.id, question.id, groups)
                seen += len(known)
    assert seen > 500


def test_no_count_under_five_is_printed(demo, shown):
    counts = 0
    for name, made in shown.items():
        if name.split()[0] not in ("theme", "reponses", "priorites", "garnison", "figure", "qui_sont_ils"):
            continue
        for n, base in SHARE.findall(text_of(made)):
            number = int(n.replace(" ", ""))
            if int(base.replace(" ", "")) < 30:
                assert number == 0 or number >= FEW, (name, n, base)
                counts += 1
    assert counts > 10
    channels = shown["canaux"]
    assert isinstance(channels, Figure)
    assert channels.data["value"].ge(FEW).all()


def test_soldiers_and_the_others_nobody_is_found_by_subtraction(demo):
    """A cell of one to four households is in no column; who did not say, and preferred not to, are no group."""
    from ctg_lib.consultation.weights import GARRISON

    survey = next(s for s in demo.made if GARRISON.question in s.answers.table)
    answers = survey.answers
    question = answers.questionnaire.of_role("priorites")
    soldier, first = GARRISON.codes[0], question.options[0]
    inside = survey.weighting.weights.notna()
    soldiers = answers.table[GARRISON.question].eq(soldier) & inside
    assert soldiers.sum() >= 30, "the demonstration has many families of soldiers"
    column = f"{question.id}__{first.code}"
    few = answers.table.copy()
    ticked = few[column].fillna(False).astype(bool)
    few.loc[few.index[soldiers & ticked][3:], column] = False  # three of them named it
    shown = 0
    for table in (answers.table, few):
        chapter = study_with(demo.study, {survey.id: with_table(answers, table)}).chapter("habitants")
        made = chapter.garnison()
        assert isinstance(made, Table)
        assert "foyers de militaires" in text_of(made)
        mine = table.reset_index(drop=True)
        here = inside.reset_index(drop=True) & answers.given(question.id).reset_index(drop=True)
        codes = {o.label: f"{question.id}__{o.code}" for o in question.options}
        for line in made.frame.to_dict("records"):
            said = mine[codes[line["label"]]].fillna(False).astype(bool) & here
            n = {
                "all": int(said.sum()),
                "soldiers": int((said & mine[GARRISON.question].eq(soldier)).sum()),
                "others": int((said & mine[GARRISON.question].eq("non")).sum()),
            }
            seen = {k for k in n if line[k] != "–"}
            shown += len(seen)
            assert all(n[k] == 0 or n[k] >= FEW for k in seen), (line, n)
        if table is few:
            [line] = [each for each in made.frame.to_dict("records") if each["label"] == first.label]
            assert line["soldiers"] == "–"
    assert shown > 20


def test_every_line_of_a_long_table_stands_alone(shown):
    """Long tables are sorted and filtered in a page: no cell leaves out what the line above says."""
    tables = [made.frame for name, made in shown.items() if name.startswith("reponses")]
    assert any(len(frame) > 12 for frame in tables)
    for frame in tables:
        assert frame[["question", "who", "label"]].ne("").all(axis=None)


def test_a_handful_of_answers_shows_no_result(larzac, demo):
    answers = demo.study.consultation.surveys["parents"]
    chapter = study_with(larzac, {"parents": with_table(answers, answers.table.head(4))}).chapter("habitants")
    made = outputs(chapter)
    assert not any(name.startswith(("figure", "reponses")) for name in made)
    assert isinstance(made["priorites"], Absent)
    for name, each in made.items():
        if name.startswith("theme"):
            assert "Trop peu de réponses pour être montrées." in words(each)
    assert "%" not in words(made["essentiel"])


# --- sources, the mark, the typography ---------------------------------------------------------------------


def test_every_number_has_its_source_and_the_mark_of_what_is_made_up(shown):
    for name, made in shown.items():
        text = text_of(made)
        if name in ("points_de_vigilance", "questions_du_groupe", "commentaire") or isinstance(made, Absent):
            continue
        if re.search(r"\d", re.sub(r"11–17 ans|18–25 ans|moins de 3 ans", "", text)):
            assert re.search(r"de l’étude \(", text), (name, text[:300])
            assert "données fictives" in text, name


def test_answers_of_a_real_study_bear_no_mark(larzac, demo):
    answers = demo.study.consultation.surveys["professionnels"]
    chapter = study_with(larzac, {"professionnels": answers}).chapter("habitants")
    assert "fictives" not in text_of(chapter.repondants())


def test_every_cell_makes_sense_and_is_well_typeset(shown):
    for name, made in shown.items():
        text = sensible(text_of(made))
        assert not NONSENSE.search(text), (name, NONSENSE.search(text), text)
        for line in sensible(made._repr_mimebundle_()[0]["text/plain"]).splitlines():
            bare = re.sub(r"^(?:#+|>|\||-) |\[([^\]]*)\]\([^)]*\)|[*`]", r"\1", line)
            assert not faults(bare, technical=True), (name, faults(bare, technical=True), bare)


@pytest.mark.parametrize("id", ["professionnels", "jeunes_11_17"])
def test_one_small_survey_alone_makes_sense(larzac, demo, id):
    answers = demo.study.consultation.surveys[id]
    chapter = study_with(larzac, {id: answers}).chapter("habitants")
    for name, made in outputs(chapter).items():
        text = sensible(text_of(made))
        assert not NONSENSE.search(text), (name, NONSENSE.search(text), text)
