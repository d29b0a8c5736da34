"""What partners answered stands in the chapters: exact where it was a range, told by theme, never asked again."""

from dataclasses import replace

import pandas as pd
import pytest
from chapter_words import plain, text_of
from test_local import HERE, answers
from test_messages import NONSENSE, methods_of

from ctg_lib.display.prose import bounds
from ctg_lib.display.table import Table
from ctg_lib.display.typography import number
from ctg_lib.partnership.follow_up import FollowUp
from ctg_lib.study import open_study
from ctg_lib.study.chapters import answers as told
from ctg_lib.study.chapters.drawn import counts_title

CHAPTERS = ("population", "petite_enfance", "acces_droits", "synthese")
JOBSEEKERS = ("defm", "demandeurs_emploi", "categorie=ABC", *HERE)


@pytest.fixture(scope="module")
def demo(project):
    return open_study("241200906-demo", project)


def with_answers(project, *rows, sent=(), received=()):
    """The reference study as if partners had answered these figures.

    Args:
        rows: (dataset, variable, breakdown, level, code, period, value[, status]).
        sent: (partner, day on which it was asked). received: partners who answered.
    """
    study = open_study("241200906", project)
    given = answers(study, *rows) if rows else study.answers
    lines = pd.DataFrame({"partner": [p for p, _ in sent], "sent": pd.to_datetime([d for _, d in sent])})
    lines = lines.assign(reminded=pd.NaT, received=pd.NaT)
    source = given.entries[0].id if given.entries else ""
    frame = pd.DataFrame({"partner": list(received)}, dtype="str").assign(source=source)
    study.__dict__["answers"] = replace(given, follow_up=FollowUp(lines), received=frame)
    return study


def chapter_text(study, name):
    chapter = study.chapter(name)
    return "\n".join(text_of(getattr(chapter, method)()) for method in methods_of(chapter))


# ------------------------------------------------------------------------------ exact in place of ranges


def exactly_given(study):
    rows = study._local_rows
    level, code = study.place
    rows = rows[rows["level"].eq(level) & rows["code"].eq(code) & rows["value"].notna()]
    return rows[["indicator", "breakdown", "period", "value"]]


def test_no_chapter_shows_a_range_for_a_period_that_the_caf_answered(demo):
    given = exactly_given(demo)
    ranges = demo.any_date(given["indicator"].unique(), [demo.place])
    ranges = ranges[ranges["value"].isna() & ranges["lower"].notna()]
    keys = ["indicator", "breakdown", "period"]
    both = ranges.merge(given[keys], on=keys, how="left", indicator=True)
    both["text"] = [plain(bounds(r["lower"], r["upper"])) for _, r in both.iterrows()]
    answered = set(both.loc[both["_merge"].eq("both"), "text"])
    other = set(both.loc[both["_merge"].eq("left_only"), "text"])
    assert len(answered - other) > 10
    for name in CHAPTERS:
        text = chapter_text(demo, name)
        assert not [words for words in answered - other if words in text], name


def test_no_chapter_reads_an_older_period_than_the_latest_answer(demo):
    given = exactly_given(demo)
    for (indicator, breakdown), rows in given.groupby(["indicator", "breakdown"]):
        latest = rows.sort_values("period").iloc[-1]
        value = demo.value(indicator, breakdown)
        assert (value.period, value.value) == (latest["period"], latest["value"]), (indicator, breakdown)


def test_the_table_of_the_caf_ends_with_its_exact_counts(demo):
    table = demo.chapter("population").allocataires()
    assert list(table.columns.values())[1:] == ["Décembre 2020", "Décembre 2025"]
    rows = table.frame.set_index("indicateur")
    assert plain(rows.loc["Foyers au RSA", "fin"]) == number(demo.value("foyers_rsa").value)
    assert not rows["fin"].str.contains("entre").any() and rows["debut"].str.startswith("entre").all()
    text = text_of(table)
    assert ": Ce que verse la Caf : des effectifs exacts et des fourchettes" in text
    assert "Un effectif exact compris dans une fourchette" in text


def test_without_any_range_the_table_of_the_caf_says_nothing_of_rounding(demo):
    chapter = demo.chapter("population")
    exact = {i: rows[rows["value"].notna()] for i in ("foyers_rsa",) for rows in [demo.series(i)]}

    class Exact:
        """The study with the periods that were answered, alone."""

        def __getattr__(self, name):
            return getattr(demo, name)

        def series(self, indicator):
            return exact.get(indicator, demo.series(indicator).iloc[:0])

    chapter.study = Exact()
    text = text_of(chapter.allocataires())
    assert "| Foyers au RSA | 94 | 88 |" in text and ": Ce que verse la Caf\n" in text
    assert "fourchette" not in text and "arrondi" not in text and "allocataires de la MSA" in text


def test_without_an_answer_the_table_of_the_caf_is_made_of_ranges(larzac):
    table = larzac.chapter("population").allocataires()
    assert table.frame[["debut", "fin"]].map(lambda cell: cell.startswith("entre")).to_numpy().all()
    assert table.caption.endswith("des fourchettes")


def jobseekers(project, **years):
    return with_answers(
        project, *((*JOBSEEKERS, f"{year[1:]}-T4", float(count)) for year, count in years.items())
    )


def test_jobseekers_that_france_travail_gave_are_drawn_as_points(project):
    study = jobseekers(project, y2023=398, y2024=371, y2025=402)
    figure = study.chapter("acces_droits").demandeurs()
    text = text_of(figure)
    assert "402 demandeurs d’emploi en 2025, à peu près autant qu’en 2023 (398)" in text
    assert "nombre transmis, ou fourchette que permettent les arrondis" in text
    assert "402 en 2025" in text and "ni hausse ni baisse" not in text
    rows = {row[0]: row for row in figure._repr_mimebundle_()[1]["ctg"]["data"]["rows"]}
    assert set(rows) >= {"2022", "2023", "2024", "2025"}
    assert 398.0 in rows["2023"] and 402.0 in rows["2025"]


def test_jobseekers_without_an_answer_stay_ranges(larzac):
    text = text_of(larzac.chapter("acces_droits").demandeurs())
    assert "les arrondis ne laissent voir ni hausse ni baisse" in text
    assert "trimestre : fourchette que permettent les arrondis" in text


def counts(*cells):
    """A series: a number, or a pair of bounds, by year from 2020."""
    rows = [
        {
            "period": f"{2020 + i}-T4", "value": float("nan") if isinstance(c, tuple) else float(c),
            "lower": float(c[0]) if isinstance(c, tuple) else float("nan"),
            "upper": float(c[1]) if isinstance(c, tuple) else float("nan"),
        }
        for i, c in enumerate(cells)
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    "cells, words",
    [
        ((100, 150), "150 demandeurs d’emploi en 2021, plus qu’en 2020 (100)"),
        ((150, 100), "100 demandeurs d’emploi en 2021, moins qu’en 2020 (150)"),
        ((100, 100), "100 demandeurs d’emploi en 2021, autant qu’en 2020 (100)"),
        ((100, 0), "0 demandeur d’emploi en 2021, moins qu’en 2020 (100)"),
        ((24, 29), "29 demandeurs d’emploi en 2021, 24 en 2020 : le hasard suffit à cet écart"),
        (((50, 90), 120), "120 demandeurs d’emploi en 2021 : plus qu’en 2020 (entre 50 et 90)"),
        (((50, 90), (10, 40)), "Entre 10 et 40 demandeurs d’emploi en 2021 : moins qu’en 2020 (entre 50 et 90)"),
        (((50, 90), 60), "60 demandeurs d’emploi en 2021 : depuis 2020, les arrondis ne laissent voir ni hausse ni baisse"),
        ((100, 100, (90, 120)), "Entre 90 et 120 demandeurs d’emploi en 2022 : depuis 2020, les arrondis ne laissent voir ni "
         "hausse ni baisse"),
    ],
)  # fmt: skip
def test_title_of_jobseekers(cells, words):
    assert plain(counts_title(counts(*cells), 0.15, ("demandeur d’emploi", "demandeurs d’emploi"))) == words


# ------------------------------------------------------------------------------------ told by the chapters


OLDER = "En 2025, sur 16 assistantes maternelles en activité, **7 ont 55 ans ou plus**."


def test_childcare_tells_what_partners_answered(demo):
    chapter = demo.chapter("petite_enfance")
    text = text_of(chapter.partenaires_en_bref())
    assert text.startswith("## Ce que les partenaires disent")
    assert "**La Caf, le Département, l’intercommunalité et la MSA ont répondu**" in text
    assert OLDER in text
    assert "sur 47 enfants dont la famille a demandé un accueil, **14 sont restés sans proposition**" in text
    assert "occupés **68 % des heures** qu’ils pouvaient offrir (53 700 sur 78 660 heures)" in text
    rows = chapter.partenaires().frame.set_index("indicateur")
    assert rows.loc["Assistantes maternelles en activité, 60 ans et plus", "valeur"] == "0"
    line = rows.loc["Part des demandes d’accueil restées sans proposition, pour 100 demandes"]
    assert plain(" ".join(line)) == "30 (14 sur 47) 2025 Intercommunalité observé"
    assert plain(rows.loc["Ressortissants de la MSA", "valeur"]) == "1 087"
    assert OLDER in text_of(chapter.essentiel())


def test_childcare_does_not_ask_again_for_what_it_received(demo):
    text = text_of(demo.chapter("petite_enfance").ce_qui_manque())
    for words in ("demandes restées sans réponse", "occupation réelle", "relèvent de la MSA"):
        assert words not in text
    assert not [line for line in text.splitlines() if "demandé" in line]


def test_access_and_families_tell_theirs(demo):
    access = text_of(demo.chapter("acces_droits").partenaires_en_bref())
    assert "**L’intercommunalité a répondu** : 2 chiffres sur ce thème." in access
    assert "En 2025, France services a traité **1 240 demandes**." in access
    people = text_of(demo.chapter("familles").partenaires_en_bref())
    assert "En décembre 2025, la MSA compte **1 087 ressortissants** dans le territoire." in people


@pytest.mark.parametrize("name", ["familles", "petite_enfance", "acces_droits"])
def test_tables_of_answers_make_sense(demo, name):
    chapter = demo.chapter(name)
    table = chapter.partenaires()
    assert isinstance(table, Table) and table.frame["qui"].ne("").all() and table.frame["statut"].ne("").all()
    for output in (table, chapter.partenaires_en_bref()):
        assert not NONSENSE.search(text_of(output)), NONSENSE.search(text_of(output))


@pytest.mark.parametrize("name", CHAPTERS)
def test_without_an_answer_nothing_is_told(larzac, name):
    chapter = larzac.chapter(name)
    assert chapter.partenaires_en_bref() is None and chapter.partenaires() is None


def test_without_an_answer_every_silence_is_listed(larzac):
    text = text_of(larzac.chapter("petite_enfance").ce_qui_manque())
    for words in (
        "Les demandes restées sans réponse, et depuis quand : à demander à l’intercommunalité (guichet ou commission "
        "d’attribution).",
        "L’occupation réelle des établissements : à demander à la Caf, et aux gestionnaires.",
        "La commune d’origine des enfants accueillis : à demander à la Caf",
        "Les familles qui relèvent de la MSA : à demander à la MSA.",
    ):
        assert words in text
    text = text_of(larzac.chapter("acces_droits").ce_qui_manque())
    assert (
        "vers leurs droits : à demander à la Caf, à la MSA, au Département et à l’intercommunalité." in text
    )
    assert (
        "Le non-recours et les motifs de visite : à demander à la Caf et à la MSA, et à France services."
        in text
    )


def test_a_silence_says_since_when_and_who_answered_without_it(project):
    study = with_answers(project, sent=[("msa", "2026-09-28"), ("epci", "2026-10-05")], received=["msa"])
    lines = told.silence_lines(study, study.chapter("petite_enfance").silences)
    assert any("accueillis : à demander à la Caf" in line for line in lines)
    assert (
        "Les familles qui relèvent de la MSA : demandé à la MSA le 28 septembre 2026 (réponse reçue sans ce chiffre : la "
        "MSA)." in lines
    )
    asked = told.silence_lines(study, study.chapter("acces_droits").silences)[0]
    assert asked.endswith(
        "demandé à la MSA le 28 septembre 2026 (réponse reçue sans ce chiffre : la MSA) ; demandé à l’intercommunalité le 5 "
        "octobre 2026 ; à demander à la Caf et au Département."
    )


def test_what_no_request_asks_is_never_said_to_be_asked(project):
    study = with_answers(project, sent=[("caf", "2026-09-28"), ("msa", "2026-09-28")])
    lines = told.silence_lines(study, study.chapter("acces_droits").silences)
    assert any(
        line.startswith("Le non-recours et les motifs de visite : à demander à la Caf") for line in lines
    )


def childminders(project, older, every, status="observed"):
    am = "partenaire_am"
    return with_answers(
        project,
        (am, "en_activite", "", *HERE, "2025", every),
        (am, "en_activite", "age=Y_GE55", *HERE, "2025", older, status),
        received=["departement"],
    )


@pytest.mark.parametrize(
    "older, status, words",
    [
        (0.0, "observed", "En 2025, sur 30 assistantes maternelles en activité, aucune n’a 55 ans ou plus."),
        (12.0, "observed", "En 2025, sur 30 assistantes maternelles en activité, **12 ont 55 ans ou plus**."),
        (float("nan"), "secret", "En 2025, le nombre d’assistantes maternelles de 55 ans et plus est trop petit pour être "
         "montré."),
    ],
)  # fmt: skip
def test_none_many_and_masked_in_a_sentence(project, older, status, words):
    study = childminders(project, older, 30.0, status)
    chapter = study.chapter("petite_enfance")
    text = text_of(chapter.partenaires_en_bref())
    assert "**Le Département a répondu**" in text and words in text
    assert ("masqué" in text) == (status == "secret")
    if status == "secret":
        shown = chapter.partenaires().frame
        assert shown["valeur"].eq("masqué").any()
        assert "Masqué : le partenaire a répondu" in text_of(chapter.partenaires())


def one(count, of, status="observed"):
    return pd.DataFrame(
        {"indicator": "part_demandes_sans_proposition", "breakdown": "", "period": "2025", "value": 1.0,
         "numerator": [count], "denominator": [of], "status": status}
    )  # fmt: skip


@pytest.mark.parametrize(
    "rows, words",
    [
        (one(1.0, 20.0), "En 2025, sur 20 enfants dont la famille a demandé un accueil, **un seul est resté sans "
         "proposition**."),
        (one(1.0, 1.0), "En 2025, sur 1 enfant dont la famille a demandé un accueil, **un seul est resté sans "
         "proposition**."),
        (one(0.0, 0.0), ""),
        (one(float("nan"), 20.0), ""),
        (one(1.0, 20.0).iloc[:0], ""),
    ],
)  # fmt: skip
def test_one_and_nobody_in_a_sentence(rows, words):
    assert plain(told.sentence(rows, "part_demandes_sans_proposition")) == words


@pytest.mark.parametrize("key", told.SENTENCES)
def test_every_sentence_has_the_numbers_that_its_indicator_has(key):
    from ctg_lib.indicators.registry import definition

    words, rule = told.SENTENCES[key], definition(key[0])
    assert bool(words.noun[0]) == (rule.aggregation == "ratio")
    assert "{n}" in words.many and "{" not in words.masked
    for text in (words.zero, words.one, words.many, words.masked):
        assert not NONSENSE.search(text.format(n="12", of="30 enfants", rate="40"))
        assert not text.endswith(".")


def test_a_workbook_that_says_it_closes_a_silence(demo):
    filled = told.Silence("Les horaires", whom=("operateurs",), cell="offre.services.opens")
    assert demo.partnership.table("offre", "services")["opens"].notna().any()
    assert told.silence_lines(demo, [filled]) == []
    assert told.silence_lines(demo, [replace(filled, cell="")]) == [
        "Les horaires : à demander aux gestionnaires."
    ]
