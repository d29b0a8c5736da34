"""Chapter 13 and the blocks of the theme chapters: planned only, some heard, all heard; nobody to be recognised.

What people say here is made up.
"""

import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from chapter_words import plain, text_of, words
from test_messages import NONSENSE, methods_of
from typography_scan import faults

from ctg_lib.consultation.actors import EXCERPT_COLUMNS, GROUPS, MEETING_COLUMNS, PRESENT_COLUMNS, Actors
from ctg_lib.consultation.answers import Answers, table_of
from ctg_lib.consultation.folder import Consultation
from ctg_lib.consultation.questionnaire import Option, Question, Questionnaire, Section
from ctg_lib.consultation.settings import PlannedMeeting, PlannedSurvey, Settings
from ctg_lib.display.table import Table
from ctg_lib.partnership.calendar import read_calendar
from ctg_lib.study.chapters import acteurs as acteurs_page
from ctg_lib.study.chapters import heard, planned
from ctg_lib.workbooks.moments import read_moment
from ctg_lib.workbooks.problems import Problem

TOLD = ("chiffres_cles", "entendus", "rencontres", "couverture_dite", "couverture", "couverture_suite", "besoins_dits", "besoins_par_cote",
        "besoins_dits_une_fois", "existe_manque",
        "par_theme", "pistes", "citations", "votes_dits", "votes", "a_venir", "prevu", "qui_entendre", "lecture", "accord",
        "commentaire")  # fmt: skip
"""Cells that show nothing where there is nothing."""
SCHEME = {
    "pe_places": ("petite_enfance", "places d’accueil avant 3 ans"),
    "pe_tot": ("petite_enfance", "accueil tôt et tard"),
    "jeu_car": ("jeunesse", "se déplacer sans voiture"),
    "vs_lieu": ("vie_sociale", "des lieux de rencontre"),
    "log_loyer": ("logement", "un loyer supportable"),
}
DEMARCHE = {
    "etapes": [
        {"id": "E1", "nom": "Comité technique : préparation des entretiens", "date": "octobre 2026", "etat": "fait"},
        {"id": "E2", "nom": "Une dizaine d’entretiens", "debut": "octobre 2026", "fin": "décembre 2026", "etat": "en cours"},
        {"id": "E3", "nom": "Deux rencontres thématiques", "date": "vers janvier 2027", "etat": "hypothèse"},
        {"id": "E4", "nom": "Consultation des habitants (enquête et forums)", "date": "début 2027", "etat": "prévu"},
        {"id": "E5", "nom": "Séminaire des élus", "date": "27/10/2026", "etat": "fait"},
        {"id": "E6", "nom": "Comité de pilotage après les forums", "instance": "copil", "etat": "prévu"},
    ],
    "instances": [{"id": "copil", "nom": "Comité de pilotage"}],
}  # fmt: skip


def meeting(id, occasion, group, people, *, day="2026-10-05", title="", themes=(), state="tenu", secteur=""):
    held = pd.Timestamp(day) if day and state == "tenu" else pd.NaT
    coming = pd.Timestamp(day) if day and state == "prevu" else pd.NaT
    return dict(zip(MEETING_COLUMNS, (id, occasion, held, title, group, people, secteur, tuple(themes), False, state, coming),
                    strict=True))  # fmt: skip


def said(id, where, group, need, kind, *, strength=2, quote="", agreed=False, function="", summary="Résumé", theme="",
         coder="A", secteur=""):  # fmt: skip
    of = theme or (SCHEME[need][0] if need else "")
    values = (
        id,
        where,
        group,
        secteur,
        of,
        need,
        kind,
        float(strength),
        "",
        summary,
        quote,
        agreed,
        function,
        coder,
        "",
    )
    return dict(zip(EXCERPT_COLUMNS, values, strict=True))


MEETINGS = [
    meeting("E01", "entretien", "petite_enfance", 3, title="crèche Exemple Bleue", themes=["petite_enfance"]),
    meeting("E02", "entretien", "travail_social", 1, title="service Exemple Vert"),
    meeting("E03", "entretien", "acces_droits", 2, title="guichet Exemple Jaune"),
    meeting("F01", "forum", "habitants", 24, day="2026-11-03", title="Forum du Larzac", secteur="Larzac"),
    meeting("S01", "seminaire", "elus", 18, day="2026-11-10", title="Premiers constats", themes=["jeunesse"]),
    meeting("E09", "entretien", "jeunes", 1, day="2026-12-08", state="prevu", title="foyer Exemple"),
]
EXCERPTS = [
    said("X1", "E01", "petite_enfance", "pe_places", "besoin", quote="Nous refusons une famille sur deux cette année."),
    said("X2", "F01", "habitants", "pe_places", "besoin", quote="On a attendu deux ans avant une place."),
    said("X3", "S01", "elus", "pe_places", "attente"),
    said("X4", "F01", "habitants", "jeu_car", "frein"),
    said("X5", "S01", "elus", "jeu_car", "offre"),
    said("X6", "E02", "travail_social", "vs_lieu", "besoin", quote="Les gens ne savent plus où se retrouver."),
    said("X7", "S01", "elus", "vs_lieu", "piste", summary="Ouvrir la salle des fêtes un soir par semaine."),
    said("X8", "E03", "acces_droits", "", "besoin", theme="acces_droits", quote="Le guichet ferme avant la fin du travail."),
    said("X9", "E01", "petite_enfance", "pe_tot", "levier", quote="Nous ouvrons à sept heures depuis septembre.",
         agreed=True, function="une éducatrice de jeunes enfants"),
]  # fmt: skip
VOTES = [
    {"meeting": "F01", "proposal": "Un accueil du soir", "theme": "jeunesse", "need": "jeu_car", "college": "habitants",
     "votes": 15.0, "voters": 24.0, "each": 1.0},
    {"meeting": "F01", "proposal": "Une salle ouverte", "theme": "vie_sociale", "need": "vs_lieu", "college": "habitants",
     "votes": 9.0, "voters": 24.0, "each": 1.0},
    {"meeting": "S01", "proposal": "Six places de plus", "theme": "petite_enfance", "need": "pe_places", "college": "agents",
     "votes": 3.0, "voters": 4.0, "each": 1.0},
]  # fmt: skip


def actors(meetings=MEETINGS, excerpts=EXCERPTS, votes=VOTES, twice=()):
    frame = pd.DataFrame(meetings, columns=list(MEETING_COLUMNS))
    frame = frame.astype({"date": "datetime64[ns]", "planned": "datetime64[ns]", "people": "float64"})
    held = frame[frame["state"].eq("tenu") & frame["group"].ne("plusieurs")]
    present = held.rename(columns={"id": "meeting"})[list(PRESENT_COLUMNS)].reset_index(drop=True)
    return Actors(
        frame, pd.DataFrame(excerpts, columns=list(EXCERPT_COLUMNS)), pd.DataFrame(twice, columns=list(EXCERPT_COLUMNS)),
        pd.DataFrame(votes, columns=["meeting", "proposal", "theme", "need", "college", "votes", "voters", "each"]),
        present, SCHEME,
    )  # fmt: skip


def study_with(study, found=None, demarche=None, settings=None, surveys=None, **config):
    """The study where this was said, with this calendar and these settings."""
    other = type(study)(
        study.project,
        replace(study.config, as_of=date(2026, 11, 15), **config),
        study.geography,
        study.manifest,
    )
    other.__dict__["consultation"] = Consultation(study.project.root, surveys or {}, found or Actors())
    other.__dict__["calendar"] = read_calendar(demarche or {})
    other.__dict__["listening"] = settings or Settings()
    other.__dict__["folder_problems"] = ()
    return other


def outputs(chapter):
    """Name of each cell -> what it shows, those that show nothing left out."""
    names = [*methods_of(chapter), *TOLD]
    return {name: made for name in names if (made := getattr(chapter, name)()) is not None}


def all_text(chapter):
    return "\n".join(text_of(made) for made in outputs(chapter).values())


def rows_of(table):
    return [line for line in text_of(table).splitlines() if line.startswith("| ")][1:]


@pytest.fixture(scope="module")
def full(larzac):
    return study_with(larzac, actors()).chapter("acteurs")


# --- every state makes sense -----------------------------------------------------------------------------

STATES = {
    "nothing": (None, {}),
    "planned": (None, DEMARCHE),
    "held, nothing coded": (actors(excerpts=[], votes=[]), DEMARCHE),
    "one interview": (actors(MEETINGS[:1], EXCERPTS[:1], []), DEMARCHE),
    "offers alone": (
        actors(MEETINGS[:1], [said("X", "E01", "petite_enfance", "pe_places", "offre")], []),
        {},
    ),
    "no need coded": (
        actors(MEETINGS[:1], [said("X", "E01", "petite_enfance", "", "besoin", theme="enfance")], []),
        {},
    ),
    "all": (actors(), DEMARCHE),
}


@pytest.mark.parametrize("state", STATES)
def test_every_cell_makes_sense_and_is_well_typeset(larzac, state):
    found, demarche = STATES[state]
    study = study_with(larzac, found, demarche)
    shown = {**outputs(study.chapter("acteurs")), "bloc": study.chapter("parentalite").ce_qu_en_disent()}
    for name, made in shown.items():
        if made is None:
            continue
        text = re.sub(r"^:+ \{.*$|^:+$", "", text_of(made), flags=re.MULTILINE)
        assert not NONSENSE.search(text), (name, NONSENSE.search(text), text)
        for line in made._repr_mimebundle_()[0]["text/plain"].splitlines():
            bare = re.sub(r"^(?:#+|>|\||-) |\[([^\]]*)\]\([^)]*\)|[*`]", r"\1", line)
            assert not faults(bare, technical=True), (name, faults(bare, technical=True), bare)


def test_two_epci_and_a_territory_overseas(project):
    from ctg_lib.study import open_study

    for code in ("249740119", "200054781"):
        study = study_with(open_study(code, project), None, DEMARCHE)
        assert not NONSENSE.search(
            re.sub(r"^:+ \{.*$", "", all_text(study.chapter("acteurs")), flags=re.MULTILINE)
        )


# --- nothing said yet -------------------------------------------------------------------------------------


def test_without_any_plan_the_page_says_whom_to_hear_and_how_to_begin(larzac):
    chapter = study_with(larzac).chapter("acteurs")
    text = words(chapter.essentiel())
    assert "**Aucune parole d’acteur n’est encore recueillie ici.** Rien n’est annoncé non plus" in text
    assert chapter.prevu() is None and chapter.a_venir() is None
    whom = words(chapter.qui_entendre())
    assert all(label in whom.replace("Élus", "élus") for label in GROUPS.values())
    assert "ctg study guides" in whom
    assert [name for name in TOLD if getattr(chapter, name)() is not None] == ["qui_entendre"]


def test_what_is_planned_is_told_with_its_dates_and_states(larzac):
    chapter = study_with(larzac, None, DEMARCHE).chapter("acteurs")
    text = words(chapter.essentiel())
    assert "Fait, sans compte rendu : Séminaire des élus, 27 octobre 2026 (fait)." in text
    assert (
        "**Prévu** : Une dizaine d’entretiens, octobre 2026 – décembre 2026 (en cours) ; Deux rencontres"
        in text
    )
    assert "vers janvier 2027 (hypothèse)" in text
    rows = rows_of(chapter.prevu())
    assert len(rows) == 3 and "Comité" not in "".join(rows)
    assert plain(words(chapter.a_venir())).endswith("3 temps d’écoute sont à venir ou en cours.")
    assert "« Séminaire des élus »" in words(chapter.ce_qui_manque())


def test_a_committee_that_prepares_meetings_is_no_meeting(larzac):
    study = study_with(larzac, None, DEMARCHE)
    assert [p.name for p in planned.planned(study)] == [
        "Une dizaine d’entretiens", "Deux rencontres thématiques", "Consultation des habitants (enquête et forums)",
        "Séminaire des élus",
    ]  # fmt: skip
    survey = planned.planned(study, [planned.SURVEY])
    assert [p.brief for p in survey] == ["forums d’habitants et enquête (début 2027, prévu)"]


OVER = {
    "etapes": [
        {"id": "E1", "nom": "Entretiens", "date": "mars 2026", "etat": "prévu"},
        {"id": "E2", "nom": "Forum", "debut": "02/11/2026", "fin": "13/11/2026", "etat": "en cours"},
        {"id": "E3", "nom": "Enquête", "date": "15/11/2026", "etat": "prévu"},
        {"id": "E4", "nom": "Rencontres thématiques", "debut": "octobre 2026", "etat": "en cours"},
    ]
}


def test_what_was_planned_for_a_day_that_is_over_is_not_to_come(larzac):
    chapter = study_with(larzac, None, OVER).chapter("acteurs")
    text = words(chapter.essentiel())
    assert "**Prévu** : Rencontres thématiques, à partir d’octobre 2026 (en cours)." in text
    assert (
        "**Était prévu** : Entretiens, mars 2026 ; Forum, 2 novembre 2026 – 13 novembre 2026 ; rien n’a été reçu."
        in text
    )
    said = plain(words(chapter.a_venir()))
    assert said.endswith(
        "1 temps d’écoute est à venir ou en cours. 2 temps d’écoute étaient prévus à une date passée ; rien n’en a été reçu."
    )
    assert sum("| date passée |" in row for row in rows_of(chapter.prevu())) == 2


def test_a_theme_tells_what_was_planned_and_never_came(larzac):
    [line] = heard.coming_lines(study_with(larzac, None, OVER))
    assert "Prévu : enquête (15 novembre 2026, prévu) ; rencontres thématiques" in line
    assert (
        "Était prévu : entretiens (mars 2026) ; forums d’habitants (2 novembre 2026 – 13 novembre 2026) ; rien n’a été reçu."
        in line
    )


def test_what_was_planned_and_came_is_not_told_as_missing(larzac):
    study = study_with(larzac, actors(), OVER)
    assert [p.name for p in planned.to_come(study)] == ["Enquête", "Rencontres thématiques"]


def test_a_survey_of_consultation_yml_is_late_by_itself(larzac):
    settings = Settings(
        given=True,
        surveys=(
            PlannedSurvey("parents", "Parents", closes=read_moment("2026-11-14")),
            PlannedSurvey("habitants", "Habitants", closes=read_moment("2026-11-15")),
        ),
    )
    found = planned.planned(study_with(larzac, settings=settings))
    assert [(p.name, p.late) for p in found] == [("Enquête : Parents", True), ("Enquête : Habitants", False)]


def test_consultation_yml_says_whom_and_is_told_instead_of_the_calendar(larzac):
    settings = Settings(
        given=True,
        meetings=(PlannedMeeting("entretien", 12, opens=read_moment("octobre 2026"), state="en_cours", groups=("ecole",)),),
        surveys=(PlannedSurvey("parents", "Parents", "les parents", read_moment("2026-11-02"), read_moment("2026-12-18")),),
    )  # fmt: skip
    study = study_with(larzac, None, DEMARCHE, settings)
    rows = rows_of(study.chapter("acteurs").prevu())
    assert any(
        "12 entretiens | à partir d’octobre 2026 | en cours | école, collège, lycée | consultation.yml" in r
        for r in rows
    )
    assert not any("Une dizaine" in r for r in rows)
    line = words(study.chapter("jeunesse").ce_qu_en_disent())
    assert "enquête (du 2 novembre au 18 décembre 2026, prévu)" in line


def test_the_blocks_are_absent_where_nothing_is_planned_and_one_line_where_something_is(larzac):
    for name in (
        "petite_enfance",
        "enfance",
        "jeunesse",
        "parentalite",
        "handicap",
        "vie_sociale",
        "acces_droits",
        "vulnerables",
    ):
        assert study_with(larzac).chapter(name).ce_qu_en_disent() is None
        lines = words(study_with(larzac, None, DEMARCHE).chapter(name).ce_qu_en_disent()).splitlines()
        assert lines[0] == "## Ce qu’en disent les habitants et les acteurs"
        assert len([line for line in lines if line.startswith("- ")]) == 1
    assert "entretiens (octobre 2026 – décembre 2026, en cours)" in lines[2]
    assert (
        study_with(larzac, None, DEMARCHE).chapter("population").ce_qu_en_disent() is None
    )  # no theme of the scheme


def test_meetings_that_the_workbooks_plan_say_whom_they_will_hear(full):
    assert "8 décembre 2026 | prévu | Jeunes | entretiens.xlsx" in "".join(rows_of(full.prevu()))


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (["2026-12-03"], "3 décembre 2026"),
        (["2026-12-10", None, "2026-12-03"], "du 3 au 10 décembre 2026"),
        (["2026-11-30", "2027-01-10"], "du 30 novembre 2026 au 10 janvier 2027"),
        ([None], ""),
    ],
)
def test_days_of_what_is_planned(days, told):
    assert plain(acteurs_page._days(pd.Series(days, dtype="datetime64[ns]"))) == told


# --- what was said ------------------------------------------------------------------------------------------


def test_the_essential_says_who_was_heard_what_is_said_where_sides_part_who_is_missing(full):
    text = words(full.essentiel())
    assert (
        "**5 échanges ont fait parler 5 groupes d’acteurs sur 14, d’octobre à novembre 2026** : 3 entretiens, 1 forum"
        in text
    )
    assert "48 présences (une personne venue deux fois compte deux fois), 9 propos relevés." in text
    assert (
        "**Ce qui est le plus souvent dit manquer : places d’accueil avant 3 ans**, dans 3 échanges sur 5"
        in text
    )
    assert "selon les habitants, les professionnels et les élus" in text
    assert "**Les avis se rejoignent sur 1 besoin** : « places d’accueil avant 3 ans »." in text
    assert (
        "« se déplacer sans voiture » (manque selon les habitants ; offre ou levier selon les élus)" in text
    )
    assert "n’ont pas été entendus : services des collectivités, assistantes maternelles," in text
    assert "secteurs dont personne n’a parlé à part : Dourbie, Sorgues et Cernon" in text
    assert "thèmes dont personne n’a parlé : enfance, parentalité, handicap" in text
    assert "*Source : Entretiens et rencontres de l’étude, octobre–novembre 2026*" in text


def test_groups_that_are_to_be_heard_are_those_of_the_settings(larzac):
    settings = Settings(given=True, expected=("petite_enfance", "parents"))
    chapter = study_with(larzac, actors(), None, settings).chapter("acteurs")
    assert "n’ont pas été entendus : parents ;" in words(chapter.essentiel())


def test_all_heard_is_said_so(larzac):
    settings = Settings(given=True, expected=("petite_enfance", "habitants"))
    chapter = study_with(larzac, actors(), None, settings, themes=("petite_enfance",), secteurs={}).chapter(
        "acteurs"
    )
    essential = words(chapter.essentiel())
    assert (
        "**Tous les groupes d’acteurs attendus ont été entendus**, et chaque thème a été abordé." in essential
    )
    assert "seuls" not in essential and chapter.one_sided == {}


def test_a_theme_of_which_one_side_alone_spoke_is_told(larzac):
    settings = Settings(given=True, expected=("acces_droits", "habitants"))
    lines = [said("A", "E03", "acces_droits", "", "besoin", theme="handicap"), *EXCERPTS]
    chapter = study_with(
        larzac, actors(excerpts=lines), None, settings, themes=("petite_enfance", "handicap"), secteurs={}
    ).chapter("acteurs")
    told = "seuls les professionnels ont parlé de « handicap »"
    assert f"**Ce qui manque à l’écoute** : {told}." in plain(words(chapter.essentiel()))
    for cell in (chapter.ce_qui_manque(), chapter.questions_du_groupe()):
        assert told.replace("seuls", "Seuls") in plain(words(cell))
    both = [*lines, said("B", "F01", "habitants", "", "besoin", theme="handicap")]
    assert study_with(larzac, actors(excerpts=both), themes=("handicap",)).chapter("acteurs").one_sided == {}


def test_the_coverage_shows_who_spoke_of_what_and_the_holes(full):
    table = full.couverture()
    assert plain(table.caption) == "Qui a parlé de quoi : 9 groupes d’acteurs sur 14 jamais entendus"
    frame = table.frame.set_index("name")
    assert frame.loc["Professionnels de la petite enfance", "petite_enfance"] == "1"
    assert frame.loc["Professionnels de la petite enfance", "petite_enfance_class"] == "ctg-heat-better"
    assert frame.loc["Jeunes", ["meetings", "jeunesse"]].tolist() == ["prévu", "–"]
    assert frame.loc["Parents", "meetings"] == "pas entendu"
    assert "3 échanges et plus" in plain(table.tints)


def test_a_group_present_when_its_theme_was_on_the_table_is_told_apart_from_one_that_was_not(larzac):
    found = actors([*MEETINGS[:4], meeting("S01", "seminaire", "elus", 18, themes=["jeunesse", "handicap"])])
    frame = study_with(larzac, found).chapter("acteurs").couverture().frame.set_index("name")
    assert frame.loc["Élus", "handicap"] == "rien noté" and frame.loc["Habitants", "handicap"] == "–"


def test_small_groups_are_merged_everywhere(full):
    frame = full.couverture().frame.set_index("name")
    frame = frame.join(full.couverture_suite().frame.set_index("name")[["acces_droits"]])
    assert "Travail social et insertion" not in frame.index  # one person heard
    assert (
        frame.loc["Autres acteurs", "vie_sociale"] == "1"
        and frame.loc["Autres acteurs", "acces_droits"] == "1"
    )
    quotes = words(full.citations())
    assert "> « Les gens ne savent plus où se retrouver. » — *autres acteurs*" in quotes
    assert "travail social" not in quotes and "accès aux droits et services publics" not in quotes


def test_a_small_group_that_cannot_be_merged_is_not_shown(larzac):
    found = actors(MEETINGS[1:2], [EXCERPTS[5]], [])
    chapter = study_with(larzac, found).chapter("acteurs")
    assert chapter.citations() is None
    assert "Travail social et insertion" not in chapter.couverture().frame["name"].tolist()
    assert "non montré" in plain(" ".join(chapter.couverture().notes))
    assert chapter.besoins_par_cote() is None  # what one side of few people says is in no table by need
    assert "selon les professionnels" not in all_text(chapter)


def test_interviews_are_never_told_one_by_one(full):
    text = all_text(full)
    for title in ("crèche Exemple Bleue", "service Exemple Vert", "guichet Exemple Jaune", "foyer Exemple"):
        assert title not in text
    assert "Forum du Larzac" in text  # those that gathered several people are


def test_functions_are_quoted_only_with_agreement_and_proof_reading(full):
    assert "« Nous ouvrons à sept heures depuis septembre. » — *une éducatrice de jeunes enfants*" in words(
        full.citations()
    )
    assert (
        "« Nous refusons une famille sur deux cette année. » — *professionnels de la petite enfance*"
        in words(full.citations())
    )


def test_what_looks_like_a_person_is_not_printed(larzac):
    marked = said(
        "X1",
        "E01",
        "petite_enfance",
        "pe_places",
        "besoin",
        quote="Appelez Madame Camille Exemple au 01 99 00 12 34.",
    )
    lead = said(
        "X2",
        "S01",
        "elus",
        "pe_places",
        "piste",
        summary="Demander à Madame Camille Exemple, 01 99 00 12 34.",
    )
    bare = said("X3", "S01", "elus", "pe_places", "piste", summary="Jeanne Zorglubine ouvrirait sa grange.")
    reversed_ = said("X4", "S01", "elus", "pe_tot", "piste", summary="ZORGLUBINE Jeanne prêterait la salle.")
    titled = [
        line | {"title": "Forum chez Jeanne Zorglubine"} if line["id"] == "F01" else line for line in MEETINGS
    ]
    voted = [line | {"proposal": "Le local de Jeanne Zorglubine"} for line in VOTES[:1]]
    found = actors(titled, [marked, lead, bare, reversed_], [*voted, *VOTES[1:]])
    text = all_text(study_with(larzac, found).chapter("acteurs"))
    assert "Camille" not in text and "99 00" not in text
    assert "orglubine" not in text.casefold() and "Le local de [nom]" in text.replace("\\", "")


def test_what_is_quoted_cannot_become_markup(larzac):
    quote = "<b>Non</b> | [ici](http://x.example) *tout* `code` <script>alert(1)</script>"
    found = actors(excerpts=[said("X1", "E01", "petite_enfance", "pe_places", "besoin", quote=quote)])
    data = study_with(larzac, found).chapter("acteurs").citations()._repr_mimebundle_()[0]
    from ctg_lib.build.markdown import render

    html = render(data["text/markdown"], "n")
    assert "<script" not in html and "<b>" not in html and 'href="http' not in html and "<code>" not in html


def test_sides_stand_beside_one_another(full):
    rows = {row.split(" | ")[0].strip("| "): row for row in rows_of(full.besoins_par_cote())}
    assert rows["Places d’accueil avant 3 ans"].endswith(
        "| Petite enfance | 1 | 1 | 1 | 3 sur 3 | Avis communs |"
    )
    assert rows["Se déplacer sans voiture"].endswith(
        "| Jeunesse | 1 | – | 1 (offre) | 1 sur 2 | Avis opposés |"
    )
    assert rows["Des lieux de rencontre"].endswith("| – | 1 | 1 (piste) | 1 sur 2 | Dit d’un seul côté |")
    assert "| se tait | 1 (offre) | se tait |" in rows["Accueil tôt et tard"]
    assert "« un loyer supportable »" not in words(
        full.besoins_dits()
    )  # a theme nobody spoke of, not of the convention


def test_needs_of_one_meeting_are_told_together_when_they_are_many(larzac):
    scheme = {f"n{i}": ("enfance", f"besoin {i}") for i in range(30)}
    lines = []
    for i in range(30):
        lines.append(
            said(f"A{i}", "E01", "petite_enfance", "", "besoin", theme="enfance") | {"need": f"n{i}"}
        )
        if i < 4:
            lines.append(said(f"B{i}", "F01", "habitants", "", "besoin", theme="enfance") | {"need": f"n{i}"})
    found = replace(actors(excerpts=lines), scheme=scheme)
    chapter = study_with(larzac, found).chapter("acteurs")
    table = chapter.besoins_par_cote()
    assert len(table.frame) == 4
    assert "Les 26 besoins dits dans un seul échange sont au tableau suivant." in plain(" ".join(table.notes))
    assert plain(table.caption) == "30 besoins dits, dont 4 sur lesquels les avis se rejoignent"
    apart = chapter.besoins_dits_une_fois()
    assert plain(apart.caption) == "26 besoins dits dans un seul échange"
    [row] = rows_of(apart)
    assert row.startswith("| Enfance | Besoin 4 ; besoin 5 ;") and "besoin 3 ;" not in row


def test_what_touches_all_themes_is_told_in_one_chapter_and_pointed_at_elsewhere(larzac):
    scheme = SCHEME | {f"tr{i}": ("transversal", f"sujet commun {i}") for i in range(4)}
    lines = [
        *(
            said(f"T{i}", "F01", "habitants", "", "besoin", theme="transversal") | {"need": f"tr{i}"}
            for i in range(4)
        ),
        said("P1", "E01", "petite_enfance", "pe_places", "besoin"),
    ]
    study = study_with(larzac, replace(actors(excerpts=lines), scheme=scheme))
    own = plain(words(study.chapter("familles").ce_qu_en_disent()))
    assert own.startswith("## Mobilité, moyens, coordination : ce qu’en disent les habitants et les acteurs")
    assert "- Sujets communs à tous les thèmes, abordés dans 1 échange sur 5" in own
    assert all(f"**Sujet commun {i}**" in own for i in range(4)) and heard.ACROSS_PAGE not in own
    other = plain(words(study.chapter("petite_enfance").ce_qu_en_disent()))
    assert (
        other.count("sujet commun") == 0 and f"Mobilité, moyens, coordination : {heard.ACROSS_PAGE}." in other
    )
    quiet = plain(words(study_with(larzac, actors()).chapter("petite_enfance").ce_qu_en_disent()))
    assert heard.ACROSS_PAGE not in quiet
    none = plain(words(study_with(larzac, actors()).chapter("familles").ce_qu_en_disent()))
    assert "Personne n’a parlé de ces sujets dans les 5 échanges tenus" in none


def test_how_the_tables_of_who_spoke_are_read_stands_before_them(larzac, full):
    text = words(full.couverture_dite())
    assert (
        "dans combien d’échanges chaque groupe a parlé de chaque thème" in text
        and "**« rien noté »**" in text
    )
    assert ("**« prévu »**" in text) == (
        "prévu" in text_of(full.couverture())
        or "prévu" in text_of(full.couverture_suite() or full.couverture())
    )


def test_what_exists_lacks_and_is_proposed_by_theme(full):
    rows = {row.split(" | ")[0].strip("| "): row for row in rows_of(full.par_theme())}
    assert (
        "accueil tôt et tard (1) | places d’accueil avant 3 ans (2) | places d’accueil avant 3 ans (1)"
        in rows["Petite enfance"]
    )
    assert [r for r in rows_of(full.pistes()) if "Ouvrir la salle des fêtes un soir par semaine." in r]


def test_votes_are_read_college_by_college_and_hidden_when_few(full):
    rows = rows_of(full.votes())
    assert any(
        "Un accueil du soir | Forum du Larzac | Habitants (24 votants, une voix chacun) | 15 | 1er" in r
        for r in rows
    )
    assert any(
        "Six places de plus | Premiers constats | Agents des collectivités (4 votants, une voix chacun) | masqué | sans classement"
        in r
        for r in rows
    )


def test_one_coder_is_said_so_and_two_are_measured(larzac, full):
    assert "Une seule personne a fait ce classement" in words(full.lecture()) and full.accord() is None
    assert "Une seconde lecture" in words(full.ce_qui_manque())
    first = [
        said(f"X{i}", "E01", "petite_enfance", ("pe_places", "pe_tot")[i % 2], "besoin") for i in range(12)
    ]
    again = [line | {"coder": "B", "need": "pe_places"} for line in first]
    chapter = study_with(larzac, actors(excerpts=first, twice=again)).chapter("acteurs")
    assert "avec pour consigne de ne pas se lire" in plain(words(chapter.lecture()))
    table = chapter.accord()
    assert isinstance(table, Table) and "Accord insuffisant" in text_of(table)
    assert "L’accord entre les deux lectures est insuffisant** pour le besoin" in words(
        chapter.points_de_vigilance()
    )


def test_questions_name_what_was_said(full):
    text = words(full.questions_du_groupe())
    assert "« Places d’accueil avant 3 ans » : chacun le constate-t-il" in text
    assert "« Se déplacer sans voiture » : pourquoi cela manque-t-il aux uns" in text
    assert "Personne n’a parlé de « enfance »" in text or "Personne n’a parlé d’« enfance »" in text


def test_meetings_of_which_nothing_is_coded_are_told(larzac):
    chapter = study_with(larzac, actors(excerpts=[], votes=[])).chapter("acteurs")
    assert "rien n’en est encore écrit.**" in words(chapter.essentiel())
    assert "Échanges tenus dont aucun propos n’est relevé : 3 entretiens" in plain(
        words(chapter.ce_qui_manque())
    )


# --- nobody is read by subtraction ------------------------------------------------------------------------

CROWD = [
    meeting("P1", "rencontre", "parents", 8, title="Rencontre des parents"),
    meeting("S01", "seminaire", "elus", 18, title="Premiers constats"),
]
ALOUD = [
    said("X1", "P1", "parents", "pe_places", "besoin"),
    said("X2", "S01", "elus", "pe_places", "offre"),
    said("X3", "P1", "parents", "vs_lieu", "besoin"),
    said("X4", "S01", "elus", "jeu_car", "besoin"),
]
VOICE = [
    said("V1", "E01", "petite_enfance", "pe_places", "besoin", strength=3),
    said("V2", "E01", "petite_enfance", "pe_tot", "frein"),
    said("V3", "E01", "petite_enfance", "jeu_car", "piste", summary="Prêter le minibus."),
    said("V4", "E01", "petite_enfance", "vs_lieu", "offre"),
]
BY_NEED = ("besoins_dits", "besoins_par_cote", "par_theme", "pistes", "questions_du_groupe")


@pytest.mark.parametrize("people", [1, 2])
def test_what_one_person_said_changes_no_cell_made_by_need(larzac, people):
    meetings = [meeting("E01", "entretien", "petite_enfance", people), *CROWD]
    shown = []
    for lines in (ALOUD, [*ALOUD, *VOICE]):
        study = study_with(larzac, actors(meetings, lines, []))
        chapter = study.chapter("acteurs")
        cells = {
            name: made.frame.to_dict("records") if isinstance(made, Table) else words(made)
            for name in BY_NEED
            if (made := getattr(chapter, name)()) is not None
        }
        for cell in ("besoins_dits", "questions_du_groupe"):  # that there are others is told
            cells[cell] = re.sub(r",? parmi les côtés montrés,?", "", cells[cell])
        essential = words(chapter.essentiel())
        about = [
            essential.partition("**Ce qui est le plus")[2]
            .partition("**Tous")[0]
            .partition("**Ce qui manque")[0]
        ]
        shown.append(cells | {"essentiel": about})
        blocks = [
            words(study.chapter(n).ce_qu_en_disent()) for n in ("petite_enfance", "vie_sociale", "jeunesse")
        ]
        shown[-1]["blocs"] = [re.sub(r"abordé dans .*? sur", "", text) for text in blocks]
    assert shown[0] == shown[1]
    notes = plain(" ".join(chapter.besoins_par_cote().notes))
    assert "1 côté dont moins de 3 personnes ont été entendues n’est pas compté ici" in notes
    assert "professionnels" not in notes


def test_two_small_sides_that_hold_three_people_are_told_as_one(larzac):
    meetings = [
        meeting("E01", "entretien", "petite_enfance", 2), meeting("E02", "entretien", "associations", 1), *CROWD,
    ]  # fmt: skip
    lines = [*ALOUD, *VOICE, said("W1", "E02", "associations", "pe_places", "besoin")]
    chapter = study_with(larzac, actors(meetings, lines, [])).chapter("acteurs")
    table = chapter.besoins_par_cote()
    assert list(table.columns.values())[2:5] == ["Habitants", "Élus", "Autres acteurs"]
    places = next(row for row in table.frame.to_dict("records") if row["need"].startswith("Places"))
    assert [places[side] for side in ("habitants", "elus", "autres")] == ["1", "1 (offre)", "2"]
    assert "« Autres acteurs » réunit 2 côtés" in plain(" ".join(table.notes))
    few = [meeting("E01", "entretien", "petite_enfance", 1), *meetings[1:]]
    hidden = study_with(larzac, actors(few, lines, [])).chapter("acteurs").besoins_par_cote()
    assert "2 côtés dont moins de 3 personnes ont été entendues ne sont pas comptés" in plain(
        " ".join(hidden.notes)
    )
    assert "autres" not in hidden.columns


# --- the block of a theme -----------------------------------------------------------------------------------


def test_a_theme_chapter_says_what_is_said_of_it_in_a_few_lines(larzac):
    output = study_with(larzac, actors()).chapter("petite_enfance").ce_qu_en_disent()
    text = words(output)
    assert "Thème abordé dans 3 échanges sur 5 (entretiens, rencontres, forums, séminaire)." in text
    assert (
        "- **Places d’accueil avant 3 ans** : manque dans les 3 échanges qui en parlent, selon les habitants,"
        in text
    )
    assert "accueil tôt" not in text.lower()  # nobody says that it is missing
    assert "[Paroles d’acteurs](13-paroles-acteurs.html)" in text
    assert text.rstrip().endswith("*Source : Entretiens et rencontres de l’étude, octobre–novembre 2026*")
    assert len([line for line in text.splitlines() if line.startswith("- ")]) <= 8


def test_a_meeting_that_cites_an_offer_is_not_counted_as_one_that_says_it_is_missing(larzac):
    lines = [
        said("A", "F01", "habitants", "vs_lieu", "besoin"),
        said("B", "S01", "elus", "vs_lieu", "offre"),
        said("C", "E01", "petite_enfance", "vs_lieu", "levier"),
        said("D", "F01", "habitants", "pe_places", "besoin"),
        said("E", "S01", "elus", "pe_places", "attente"),
    ]
    study = study_with(larzac, actors(excerpts=lines, votes=[]))
    assert (
        "**Des lieux de rencontre** : manque dans 1 échange sur les 3 qui en parlent, selon les habitants."
        in plain(words(study.chapter("vie_sociale").ce_qu_en_disent()))
    )
    chapter = study.chapter("acteurs")
    assert "dit manquer : places d’accueil avant 3 ans**, dans 2 échanges" in plain(
        words(chapter.essentiel())
    )
    rows = {row["need"]: row for row in chapter.besoins_par_cote().frame.to_dict("records")}
    assert plain(rows["Des lieux de rencontre"]["meetings"]) == "1 sur 3"


def test_where_sides_part_the_theme_chapter_says_so(larzac):
    text = words(study_with(larzac, actors()).chapter("jeunesse").ce_qu_en_disent())
    assert "**Les avis s’écartent** sur « se déplacer sans voiture » (manque selon les habitants" in text


def test_a_theme_nobody_spoke_of_is_no_theme_without_needs(larzac):
    text = words(study_with(larzac, actors(), DEMARCHE).chapter("handicap").ce_qu_en_disent())
    assert (
        "Personne n’a parlé de ce thème dans les 5 échanges tenus : ce silence ne dit pas qu’aucun besoin n’existe."
        in plain(text)
    )
    assert "Prévu : entretiens (octobre 2026 – décembre 2026, en cours)" in text
    several = words(
        study_with(larzac, actors(MEETINGS[:1], EXCERPTS[:1], [])).chapter("vulnerables").ce_qu_en_disent()
    )
    assert (
        "Personne n’a parlé de « familles vulnérables » ni de « logement » dans le seul échange tenu"
        in plain(several)
    )


def test_surveys_say_the_need_most_told_of_a_theme_and_nothing_under_five(larzac):
    asked = Question(
        "loisirs_freins", "Quoi ?", "single", (Option("prix", "Trop cher"), Option("non", "Non")),
        themes=("jeunesse",), topic="freins aux loisirs",
    )  # fmt: skip
    form = Questionnaire("parents", "Parents", "les parents", "menage", 1, (Section("s", "S", (asked,)),))
    rows = [{"respondent": i, "loisirs_freins": "prix"} for i in range(1, 8)] + [{"respondent": 9}]
    study = study_with(larzac, surveys={"parents": Answers(form, table_of(form, rows))})
    said = plain(words(study.chapter("jeunesse").ce_qu_en_disent()))
    assert "**Questionnaires.** Parents, freins aux loisirs : « Trop cher », 7 sur 7." in said
    assert heard.survey_lines(study, ["handicap"]) == []
    few = study_with(larzac, surveys={"parents": Answers(form, table_of(form, rows[:4]))})
    (line,) = heard.survey_lines(few, ["jeunesse"])
    assert "trop peu de réponses pour être montrées" in line and "sur 4" not in line
    assert heard.survey_lines(study_with(larzac), ["jeunesse"]) == []


# --- sources, control, limits --------------------------------------------------------------------------------


def test_made_up_words_are_marked(larzac):
    study = study_with(larzac, actors(), DEMARCHE, fictif=True)
    shown = outputs(study.chapter("acteurs"))
    for name in (
        "essentiel",
        "rencontres",
        "couverture",
        "couverture_suite",
        "besoins_par_cote",
        "par_theme",
        "pistes",
        "votes",
        "prevu",
    ):
        assert "données fictives" in text_of(shown[name]), name
    assert "données fictives" in words(study.chapter("petite_enfance").ce_qu_en_disent())


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-10-05", "2026-10-20", "octobre 2026"),
        ("2026-10-05", "2026-11-20", "octobre–novembre 2026"),
        ("2026-11-05", "2027-01-20", "novembre 2026–janvier 2027"),
    ],
)
def test_months_of_the_source(first, last, said):
    assert heard.months(pd.Timestamp(first), pd.Timestamp(last)) == said


def test_what_the_control_finds_in_these_files_is_told_here_and_here_only(larzac):
    study = study_with(larzac, actors())
    problem = Problem(
        "entretiens.xlsx", "une date", "une date au plus tard le 15/11/2026", "Entretiens", 3, "Date"
    )
    study.__dict__["folder_problems"] = (problem,)
    assert "1 erreur" in plain(words(study.chapter("acteurs").essentiel()))
    assert "Le contrôle" not in words(study.chapter("demarche").essentiel())


def test_the_limits_of_the_report_say_whether_people_speak_in_it(larzac):
    assert "Les habitants n’y parlent pas" in words(study_with(larzac).chapter("methodes").limites())
    text = words(study_with(larzac, actors()).chapter("methodes").limites())
    assert "n’y parlent pas" not in text and "est donné à part et ne se mêle à aucun chiffre" in text


def test_a_change_of_the_settings_changes_what_the_run_recorded(larzac):
    from ctg_lib.study import recording

    one = Settings(given=True, meetings=(PlannedMeeting("forum", 2),))
    assert not recording.listening(one).equals(recording.listening(Settings()))
    study = study_with(larzac, settings=one)
    assert recording.replay(study, {"indicators": recording.LISTENING, "places": ""}).equals(
        recording.listening(one)
    )
