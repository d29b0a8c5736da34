"""Chapters 01, 01b and 03b: what they say of a folder that is filled, half-filled, or absent.

Every operator here is made up, with a name that cannot be taken for a real one.
"""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from chapter_words import plain, text_of
from test_messages import NONSENSE, methods_of

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.table import Table
from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.calendar import Calendar, Step, read_calendar
from ctg_lib.partnership.folder import Partnership
from ctg_lib.partnership.follow_up import FollowUp
from ctg_lib.workbooks.reading import Filled
from ctg_lib.workbooks.schema import as_frame

NAMES = ("demarche", "bilan", "offre")
WEEK = ("lun", "mar", "mer", "jeu", "ven")

DEMARCHE = {
    "phases": [
        {"id": "P1", "nom": "Diagnostic territorial", "debut": "octobre 2026", "fin": "février 2027", "etat": "en cours"},
        {"id": "P2", "nom": "Plan d’action", "debut": "février 2027", "fin": "juillet 2027", "etat": "prévu"},
    ],
    "instances": [
        {"id": "cotech", "nom": "Comité technique", "role": "prépare", "membres": ["direction des services"]},
        {"id": "copil", "nom": "Comité de pilotage", "role": "valide le diagnostic et décide des priorités",
         "membres": ["présidence", "direction de la Caf", "MSA"], "frequence": "trois fois par an"},
    ],
    "etapes": [
        {"id": "E1", "nom": "Séminaire des élus", "phase": "P1", "date": "27/10/2026", "etat": "fait"},
        {"id": "E2", "nom": "Recueil des données", "phase": "P1", "date": "octobre 2026", "etat": "fait",
         "instance": "cotech"},
        {"id": "E3", "nom": "Entretiens", "phase": "P1", "debut": "octobre 2026", "fin": "décembre 2026",
         "etat": "en cours"},
        {"id": "E4", "nom": "Rencontres thématiques", "phase": "P1", "date": "vers janvier 2027", "etat": "hypothèse",
         "apres": ["E3"]},
        {"id": "E5", "nom": "Consultation des habitants", "phase": "P1", "etat": "prévu"},
        {"id": "E6", "nom": "Restitution", "phase": "P1", "date": "20/02/2027", "etat": "prévu", "instance": "copil",
         "apres": ["E4", "E5"]},
        {"id": "E7", "nom": "Lettre d’information", "phase": "P1", "date": "02/11/2026", "etat": "prévu"},
    ],
}  # fmt: skip
OFFRE = {
    "services": [
        {"id": "S01", "name": "Crèche Exemple Bleue", "type": "eaje", "state": "confirme", "commune": "12063",
         "manager": "Association Exemple-Un", "manager_type": "association", "period": "annee", "days": WEEK,
         "opens": 450.0, "closes": 1110.0, "places": 22.0, "places_open": 20.0, "waiting": 9.0,
         "waiting_date": date(2026, 3, 1), "disability": "oui", "vacancies": 0.5},
        {"id": "S02", "name": "Loisirs Exemple", "type": "alsh", "state": "a_confirmer", "commune": "12168",
         "period": "mercredi", "days": ("mer",), "opens": 480.0, "closes": 1080.0, "places": 30.0},
        {"id": "S03", "name": "Loisirs Exemple", "type": "alsh", "state": "a_confirmer", "commune": "12168",
         "period": "ete", "days": WEEK, "opens": 480.0, "closes": 1125.0, "places": 40.0},
        {"id": "S04", "name": "Guichet Exemple", "type": "france_services", "state": "a_confirmer", "commune": "12063",
         "sites": ("12168",), "hours_week": 24.0},
        {"id": "S05", "name": "Relais Exemple", "type": "rpe", "state": "confirme", "commune": "12063"},
        {"id": "S06", "name": "Jeunes Exemple", "type": "accueil_jeunes", "state": "confirme", "commune": "12067",
         "days": ("sam",), "opens": 840.0, "closes": 1200.0},
    ],
    "origins": [
        {"service": "S01", "commune": "12063", "users": 24.0, "year": 2025.0},
        {"service": "S01", "commune": "12168", "users": 9.0, "year": 2025.0},
        {"service": "S01", "outside": "oui", "users": 8.0, "year": 2025.0},
        {"service": "S02", "commune": "12168", "users": 40.0, "year": 2025.0},
        {"service": "S02", "outside": "oui", "users": 3.0, "year": 2025.0},
        {"service": "S06", "commune": "12067", "users": 3.0, "year": 2025.0},
        {"service": "S06", "outside": "oui", "users": 41.0, "year": 2025.0},
    ],
}  # fmt: skip
NOUGHT = dict.fromkeys(("caf_funds", "state", "region", "departement", "communes", "others"), 0.0)
FINANCEMENT = {
    "money": [
        {**NOUGHT, "service": "S01", "year": 2025.0, "nature": "realise", "offer": "maintenue", "cost": 412000.0,
         "caf_ps": 190000.0, "caf_bonus": 42000.0, "msa": 8000.0, "epci": 98000.0, "families": 74000.0,
         "total": 412000.0, "hours": 41000.0, "places": 22.0},
        {**NOUGHT, "service": "S02", "year": 2025.0, "nature": "realise", "offer": "maintenue", "cost": 90000.0,
         "caf_ps": 12000.0, "caf_bonus": 8000.0, "msa": 3000.0, "epci": 37000.0, "families": 30000.0,
         "total": 90000.0, "hours": 15000.0},
        {"service": "S05", "year": 2025.0, "nature": "realise", "offer": "maintenue", "cost": 52000.0,
         "caf_ps": 22000.0},
        {"service": "S01", "year": 2027.0, "nature": "prevu", "offer": "nouvelle", "cost": 60000.0, "caf_ps": 20000.0,
         "caf_bonus": 10000.0, "epci": 20000.0, "families": 10000.0, "total": 60000.0},
    ],
    "parameters": [
        {"name": "bonus territoire, place nouvelle", "year": 2025.0, "amount": 2600.0, "unit": "place et par an",
         "source": "montant d’exemple"},
    ],
}  # fmt: skip
PARTIES = {
    "parties": [
        {"id": "P01", "name": "Communauté de communes Exemple", "type": "epci", "function": "présidence", "signs": "oui",
         "deliberation": "n° 2026-00", "deliberation_date": date(2026, 3, 12), "subject": "approbation"},
        {"id": "P02", "name": "Caf Exemple", "type": "caf", "function": "direction", "signs": "oui"},
        {"id": "P03", "name": "Association Exemple-Un", "type": "association", "signs": "non"},
    ],
    "competences": [
        {"competence": "sppe_recenser", "by_communes": "oui"},
        {"competence": "sppe_informer", "holder": "P01", "since": date(2017, 1, 1), "basis": "statuts, art. 5"},
        {"competence": "sppe_planifier", "holder": "P01"},
        {"competence": "ecoles", "by_communes": "oui", "communes": ("12063", "12168")},
        {"competence": "rpe"},
    ],
}  # fmt: skip
CONTRATS = {
    "contracts": [
        {"id": "C01", "type": "sdsf", "name": "SDSF Exemple", "holder": "Caf et Département", "end": date(2030, 12, 31),
         "themes": ("petite_enfance", "parentalite")},
        {"id": "C02", "type": "crte", "name": "CRTE Exemple", "end": date(2027, 12, 31), "themes": ("acces_droits",)},
        {"id": "C03", "type": "pedt", "name": "PEdT Exemple", "end": date(2025, 8, 31)},
    ]
}  # fmt: skip
BILAN = {
    "actions": [
        {"id": "B01", "contract": "CTG 2021-2025", "name": "Ouvrir plus tard", "theme": "petite_enfance",
         "state": "partielle", "cost_planned": 18000.0, "cost": 14500.0, "effect": "onze familles de plus",
         "measure": "11 familles", "next": "adapter"},
        {"id": "B02", "contract": "CTG 2021-2025", "name": "Créer un relais", "theme": "petite_enfance",
         "state": "realisee", "cost_planned": 40000.0, "cost": 52000.0, "effect": "un guichet", "next": "poursuivre"},
        {"id": "B03", "contract": "CTG 2021-2025", "name": "Accueil itinérant", "theme": "jeunesse",
         "state": "abandonnee", "cost_planned": 25000.0, "next": "arreter"},
        {"id": "B04", "contract": "CTG 2021-2025", "name": "Séjours d’été", "theme": "jeunesse", "state": "reportee"},
        {"id": "B05", "contract": "CTG 2021-2025", "name": "Cafés *parents* [1]", "theme": "", "state": ""},
    ]
}  # fmt: skip
FULL = {"offre": OFFRE, "financement": FINANCEMENT, "parties": PARTIES, "contrats": CONTRATS, "bilan": BILAN}


def study_with(study, books, demarche, **config):
    """The study with these contents in its folder."""
    settings = {"as_of": date(2026, 11, 15)} | config
    other = type(study)(study.project, replace(study.config, **settings), study.geography, study.manifest)
    filled = {}
    for name, sheets in books.items():
        book = BOOKS[name]
        tables = {
            s.name: as_frame(
                s, [{"row": i, **line} for i, line in enumerate(sheets.get(s.name, []), start=2)]
            )
            for s in book.sheets
        }
        filled[name] = Filled(book, book.file, book.version, tables, ())
    other.__dict__["partnership"] = Partnership(Path(), filled, (), other.communes_by_code)
    other.__dict__["calendar"] = read_calendar(demarche)
    return other


@pytest.fixture(scope="module")
def full(larzac):
    return study_with(larzac, FULL, DEMARCHE)


@pytest.fixture(scope="module")
def bare(affricain):
    return study_with(affricain, {}, {})


def rows_of(output) -> list[str]:
    return [line for line in text_of(output).splitlines() if line.startswith("| ")]


def without(book: str, **change):
    return {**{k: v for k, v in FULL.items() if k != book}, **change}


# --- every cell makes sense ----------------------------------------------------------------------------

HALVES = {
    "full": (FULL, DEMARCHE),
    "nothing": ({}, {}),
    "calendar only": ({}, DEMARCHE),
    "no calendar": (FULL, {}),
    "one line, bare": (
        {"offre": {"services": [{"id": "S1"}]}, "bilan": {"actions": [{"id": "B1"}]},
         "parties": {"parties": [{"id": "P1"}], "competences": [{}]}, "contrats": {"contracts": [{"id": "C1"}]},
         "financement": {"money": [{"service": "S1"}], "parameters": [{}]}},
        {"phases": [{"id": "P1"}], "etapes": [{"id": "E1"}], "instances": [{"id": "I1"}]},
    ),
    "money without offer": ({"financement": FINANCEMENT}, {}),
    "costs nobody paid": (
        {"offre": OFFRE, "financement": {"money": [{"service": "S01", "year": 2025.0, "nature": "realise",
                                                    "offer": "maintenue", "cost": 5.0}]}},
        {},
    ),
    "dates backwards": (FULL, {"etapes": [{"id": "E", "nom": "À rebours", "debut": "mars 2027", "fin": "janvier 2027"}]}),
    "everything over": (FULL, {"phases": [{"id": "P", "nom": "Tout", "debut": 2019, "fin": 2020, "etat": "fait"}],
                               "etapes": [{"id": "E", "nom": "Fin", "date": "mai 2020", "etat": "fait"}]}),
}  # fmt: skip


@pytest.mark.parametrize("contents", HALVES)
@pytest.mark.parametrize("name", NAMES)
def test_every_cell_makes_sense_however_little_is_filled(larzac, name, contents):
    books, demarche = HALVES[contents]
    chapter = study_with(larzac, books, demarche).chapter(name)
    for method in methods_of(chapter):
        text = text_of(getattr(chapter, method)())
        bare_text = re.sub(r"^:+ \{.*$", "", text, flags=re.MULTILINE)
        assert text.strip(), method
        assert not NONSENSE.search(bare_text), (method, NONSENSE.search(bare_text), bare_text)


def test_several_territories_without_secteurs_and_overseas_make_sense(project):
    from ctg_lib.study import open_study

    for code in ("249740119", "200054781"):
        study = study_with(open_study(code, project), {}, DEMARCHE)
        for name in NAMES:
            chapter = study.chapter(name)
            for method in methods_of(chapter):
                text = re.sub(r"^:+ \{.*$", "", text_of(getattr(chapter, method)()), flags=re.MULTILINE)
                assert not NONSENSE.search(text), (code, method, text)


def test_two_epci_together(larzac):
    study = study_with(larzac, FULL, DEMARCHE, id="deux", territories=("241200906", "200067155"), secteurs={})
    table = study.chapter("offre").services_par_secteur()
    assert list(table.columns.values()) == ["Service", *study.chapter("offre").groups, "Total"]
    assert len(study.chapter("offre").groups) == 2  # without secteurs, a column for each EPCI
    assert "Intercommunalité du siège" in text_of(study.chapter("offre").capacites())
    text = text_of(study.chapter("demarche").sppe())
    assert "les communes qui ont transféré la mission ne sont pas précisées" in text


@pytest.mark.parametrize("name", NAMES)
def test_a_territory_without_a_folder_says_so_shortly_and_draws_nothing(bare, name):
    chapter = bare.chapter(name)
    first = text_of(chapter.essentiel())
    assert "n’est pas rempli" in first or "Rien n’est encore écrit" in first
    assert "à demander à l’intercommunalité" in first
    outputs = {m: getattr(chapter, m)() for m in methods_of(chapter)}
    assert not any(isinstance(o, Figure) for o in outputs.values())
    assert [m for m, o in outputs.items() if isinstance(o, Table)] == (["sppe"] if name == "demarche" else [])
    for method, output in outputs.items():
        if isinstance(output, Absent):
            assert len(output.sentence()) < 180, method
    assert "| 0 " not in "".join(map(text_of, outputs.values()))


# --- 01 --------------------------------------------------------------------------------------------------


def test_demarche_says_where_it_stands_what_comes_next_and_who_decides(full):
    text = text_of(full.chapter("demarche").essentiel())
    assert (
        "**La démarche en est à « Diagnostic territorial »**, 1re phase sur 2 (octobre 2026 – février 2027)"
        in text
    )
    assert "7 étapes : 2 faites, 1 en cours, 3 prévues et 1 en hypothèse." in text
    assert "**Prochaine étape : Rencontres thématiques, vers janvier 2027** (hypothèse)." in text
    assert "Elle attend « Entretiens », étape qui n’est pas faite." in text
    assert "Première date sans hypothèse : Restitution, 20 février 2027." in text
    assert "1 étape sans date : « Consultation des habitants »." in text
    assert "**Date passée, et pas « fait »** : « Lettre d’information » ; à mettre à jour." in text
    assert (
        "**Instance qui décide : Comité de pilotage.** Valide le diagnostic et décide des priorités." in text
    )
    assert (
        "**2 organismes doivent signer la convention** : Communauté de communes Exemple et Caf Exemple."
        in text
    )
    assert "Approbation à compléter : Caf Exemple." in text


def test_calendar_is_drawn_from_study_yml_and_says_its_own_today(full):
    figure = full.chapter("demarche").calendrier()
    assert isinstance(figure, Figure)
    assert figure.data["name"].tolist()[0] == "Diagnostic territorial"
    assert "aujourd’hui, 15" in figure.alt and "1 sans date" in figure.alt
    assert (
        figure.source.replace("\u00a0", " ")
        == "study.yml (calendrier de la démarche), situation au 15 novembre 2026"
    )


def test_dates_that_go_backwards_are_told_and_never_drawn_backwards(larzac):
    chapter = study_with(larzac, *HALVES["dates backwards"]).chapter("demarche")
    assert "une date après le début" in text_of(chapter.points_de_vigilance())
    wrong = Step("E", "À rebours", start=date(2027, 3, 1), end=date(2027, 1, 1))
    right = Step("F", "Réunion", start=date(2027, 2, 1), end=date(2027, 2, 1))
    chapter.study.__dict__["calendar"] = Calendar(steps=(wrong, right))
    figure = chapter.calendrier()
    assert figure.data["start"].tolist()[0] == "date à fixer"
    assert "Non dessiné, la fin précède le début" in figure.notes[1] and "À rebours" in figure.notes[1]


def test_steps_and_instances_name_one_another(full):
    rows = rows_of(full.chapter("demarche").etapes())
    assert any("Restitution | 20 février 2027 | prévu | Comité de pilotage | "
               "Rencontres thématiques ; Consultation des habitants" in r for r in rows)  # fmt: skip
    assert any("date à fixer" in r for r in rows)
    assert "présidence ; direction de la Caf ; MSA | trois fois par an" in text_of(
        full.chapter("demarche").instances()
    )


def test_contracts_by_theme_says_what_none_touches_and_what_is_not_filled(full):
    output = full.chapter("demarche").contrats_par_theme()
    rows = {r.split(" | ")[0].strip("| "): r for r in rows_of(output)}
    assert rows["Petite enfance"].endswith("| 1 | SDSF Exemple |")
    assert rows["Accès aux droits et services"].endswith("| 1 | CRTE Exemple |")
    assert rows["Jeunesse"].endswith("| – | – |")
    silent = sum(r.endswith("| – | – |") for r in rows.values())
    assert f"{silent} thèmes sur {len(rows) - 1} qu’aucun contrat rempli ne touche" in text_of(output)
    assert "Contrats dont les thèmes ne sont pas remplis : PEdT Exemple." in text_of(output)


def test_contracts_whose_themes_nobody_filled_make_no_table(larzac):
    lines = [{"id": "C1", "type": "autre", "name": "Contrat Exemple"}]
    chapter = study_with(larzac, {"contrats": {"contracts": lines}}, {}).chapter("demarche")
    assert "les thèmes d’aucun contrat ne sont remplis" in text_of(chapter.contrats_par_theme())


def test_contracts_that_are_over_or_end_soon_are_named(full):
    text = text_of(full.chapter("demarche").contrats())
    assert "Terme passé au 15 novembre 2026 : PEdT Exemple." in text
    assert "Se terminent dans les deux ans : CRTE Exemple." in text


def test_a_deliberation_that_is_not_there_is_to_be_completed(full):
    rows = rows_of(full.chapter("demarche").parties())
    assert any(
        "présidence | oui | Approbation de la convention : n° 2026-00, 12 mars 2026 |" in r for r in rows
    )
    assert any("Caf Exemple | Caf | direction | oui | à compléter |" in r for r in rows)
    assert any(r.startswith("| Association Exemple-Un") and r.endswith("| non | – |") for r in rows)


@pytest.mark.parametrize(
    ("subjects", "said"),
    [(("approbation", "approbation"), "Tous l’ont approuvée."), (("lancement", ""), "Aucune approbation n’est connue à ce jour."),
     (("approbation", "lancement"), "Approbation à compléter : Caf Exemple.")],
)  # fmt: skip
def test_only_an_approval_lets_a_party_sign(larzac, subjects, said):
    one, two, _ = PARTIES["parties"]
    told = {"deliberation": "n° 1", "deliberation_date": date(2026, 3, 12)}
    lines = [{**one, **told, "subject": subjects[0]}, {**two, **told, "subject": subjects[1]}]
    chapter = study_with(larzac, {"parties": {"parties": lines}}, {}).chapter("demarche")
    assert chapter.parties_message().endswith(said)


@pytest.mark.parametrize(
    "changes", [{"deliberation": ""}, {"deliberation_date": None}, {"deliberation_date": date(2026, 12, 1)}]
)
def test_an_approval_without_its_reference_or_its_date_is_none_yet(larzac, changes):
    line = {**PARTIES["parties"][0], "subject": "approbation", **changes}
    chapter = study_with(larzac, {"parties": {"parties": [line]}}, {}).chapter("demarche")
    assert chapter.parties_message().endswith("Aucune approbation n’est connue à ce jour.")


NOT_GIVEN = "| non donné | 2 | non calculée |"


@pytest.mark.parametrize(
    ("users", "origins", "said"),
    [(44.0, (30.0, 11.0), NOT_GIVEN), (45.0, (30.0, 11.0), NOT_GIVEN), (46.0, (30.0, 11.0), "| 41 | 2 |"), (41.0, (30.0, 11.0), "| 41 | 2 |"),
     (44.0, (41.0, None), NOT_GIVEN), (None, (41.0, None), "| au moins 41 | 2 | non calculée |")],
)  # fmt: skip
def test_users_less_their_origins_never_give_a_small_count(larzac, users, origins, said):
    service = {**OFFRE["services"][0], "year": 2025.0, "users": users}
    lines = [
        {"service": "S01", "commune": code, "year": 2025.0, "users": n, "users_masked": n is None}
        for code, n in zip(("12063", "12168"), origins, strict=True)
    ]
    chapter = study_with(larzac, {"offre": {"services": [service], "origins": lines}}, {}).chapter("offre")
    assert said in rows_of(chapter.origines())[1]


def test_no_table_of_the_demonstration_leaves_a_small_remainder_of_users(project):
    from ctg_lib.study import open_study

    chapter = open_study("241200906-demo", project).chapter("offre")
    registered = {row[0]: row[-1] for row in chapter.activite().frame.itertuples(index=False)}
    shown = chapter.origines().frame.set_index("name")["users"]
    numbers = [
        (int(plain(registered[name])), int(plain(text).removeprefix("au moins ")))
        for name, text in shown.items() if text != "non donné" and registered[name][0].isdigit()
    ]  # fmt: skip
    assert numbers and (shown == "non donné").any()
    assert all(not 0 < whole - part < 5 for whole, part in numbers)


def test_tables_name_only_the_answers_that_they_hold(project):
    from ctg_lib.study import open_study

    chapter = open_study("241200906-demo", project).chapter("offre")
    for table in (
        chapter.montants_de_reference(),
        chapter.horaires(),
        chapter.origines(),
        chapter.services_par_secteur(),
    ):
        assert "fichier transmis" not in table.source
    assert "Caf de l’Aveyron, fichier transmis" in chapter.activite().source


def test_competences_name_holders_communes_and_gaps(full):
    text = text_of(full.chapter("demarche").competences())
    assert "| écoles | les communes (La Cavalerie, Nant) |" in text
    assert "| relais petite enfance | à compléter |" in text
    assert "Rien n’est rempli pour : SPPE 4" in text


def test_a_list_that_nobody_touched_is_said_to_be_so(larzac):
    lines = {
        "parties": [{"id": "P1", "name": "Commune Exemple", "type": "commune"}],
        "competences": [{"competence": "rpe"}],
    }
    chapter = study_with(larzac, {"parties": lines}, {}).chapter("demarche")
    assert "1 organisme est proposé dans parties.xlsx, aucun n’est encore dit signataire" in text_of(
        chapter.parties()
    )
    assert "aucun titulaire n’est rempli dans la feuille « Compétences »" in text_of(chapter.competences())
    assert "- **à compléter** — signataires *(parties.xlsx (à compléter))*" in text_of(
        chapter.chiffres_cles()
    )
    missing = text_of(chapter.ce_qui_manque())
    assert "Qui signe, pour 1 organisme sur 1" in missing and "de 4 missions du SPPE sur 4" in missing


def test_sppe_duties_come_with_their_reason(full):
    rows = rows_of(full.chapter("demarche").sppe())
    one = next(r for r in rows if "recenser" in r)
    assert (
        "16 communes, chacune pour elle-même" in one and "| obligatoire depuis le 1er janvier 2025 |" in one
    )
    three = next(r for r in rows if "planifier" in r)
    due = "obligatoire depuis le 1er janvier 2025 (au-dessus de 3 500 habitants)"
    assert f"Communauté de communes Exemple | 6 746 | {due} |" in three
    assert "Les 16 communes qui ont transféré la mission comptent 6 746 habitants" in three
    four = next(r for r in rows if "qualité" in r)
    assert "| à compléter | – | inconnue (au-dessus de 3 500 habitants) |" in four


def test_sppe_is_not_said_of_a_time_before_the_law(larzac):
    chapter = study_with(larzac, FULL, DEMARCHE, as_of=date(2020, 11, 15)).chapter("demarche")
    assert isinstance(chapter.sppe(), Absent)
    assert "postérieure à la date de l’étude" in text_of(chapter.sppe())
    assert "petite enfance" not in text_of(chapter.essentiel())


def test_only_a_letter_written_down_as_sent_is_a_request(larzac):
    """A step called « recueil des données » asks nobody in particular."""
    for calendar in (DEMARCHE, {}):
        never = study_with(larzac, without("contrats"), calendar).chapter("demarche")
        text = text_of(never.ce_qui_manque())
        assert (
            "(contrats.xlsx) : à demander à l’intercommunalité, à la Caf, au Département et à l’État." in text
        )
        assert "ne dit encore aucun envoi" in text and "Recueil des données" not in text


def test_who_was_asked_is_told_one_by_one(larzac):
    chapter = study_with(larzac, without("contrats"), DEMARCHE).chapter("demarche")
    sent = pd.DataFrame(
        {"partner": ["caf"], "sent": [pd.Timestamp("2026-09-28")], "reminded": [pd.NaT], "received": [pd.NaT]}
    )
    chapter.study.__dict__["answers"] = replace(chapter.study.answers, follow_up=FollowUp(sent))
    text = text_of(chapter.ce_qui_manque())
    assert "demandé à la Caf, à demander à l’intercommunalité, au Département et à l’État." in text
    assert "Demandes envoyées le 28 septembre 2026 à la Caf." in text


def test_no_chapter_is_announced_without_a_phase(larzac):
    documents = {"documents": {"documents": [{"id": "D1"}]}}
    assert "Les chapitres qui suivent" not in text_of(
        study_with(larzac, documents, {}).chapter("demarche").essentiel()
    )


# --- 01b -------------------------------------------------------------------------------------------------


def test_bilan_counts_actions_costs_and_what_is_proposed(full):
    text = text_of(full.chapter("bilan").essentiel())
    assert (
        "**1 action réalisée sur 5** (CTG 2021-2025) : 1 réalisée, 1 réalisée en partie, 1 reportée, 1 abandonnée"
        in text
    )
    assert "et 1 sans état. Abandonnée : « Accueil itinérant »." in text
    # only what was done: what an action given up or not over yet did not cost is no saving
    assert "Pour l’action réalisée : **52 000 € dépensés pour 40 000 € prévus** (+30 %)." in text
    assert "**Suite proposée** : poursuivre 1, adapter 1 et arrêter 1 ; rien n’est proposé pour 2." in text
    assert "Ce que cela a changé est dit pour 2 actions sur 5, et mesuré pour 1." in text


def test_bilan_bars_are_the_counts(full):
    figure = full.chapter("bilan").etats_par_theme()
    drawn = figure.data.set_index(["name", "part"])["value"]
    assert drawn["Petite enfance", "Réalisée"] == 1 and drawn["Petite enfance", "Réalisée en partie"] == 1
    assert drawn["Jeunesse", "Abandonnée"] == 1 and drawn.sum() == 4
    assert "1 abandonnée" in figure.alt.replace("\u00a0", " ") and "0 " not in figure.alt.replace(
        "\u00a0", " "
    )
    assert (
        figure.title.replace("\u202f", " ").replace("\u00a0", " ")
        == "1 action réalisée sur 5 ; reports et abandons surtout : jeunesse"
    )
    assert "1 action sans état, non dessinée." in figure.notes[0].replace("\u00a0", " ")


def test_bilan_list_keeps_what_is_not_filled_apart_from_zero(full):
    rows = rows_of(full.chapter("bilan").liste_des_actions())
    assert any("non rempli (25 000 €)" in r and "| arrêter |" in r for r in rows)
    assert any(r"Cafés \*parents\* \[1\]" in r and "non dit" in r for r in rows)
    assert any("onze familles de plus ; mesure : 11 familles" in r for r in rows)
    assert " 0 €" not in "".join(rows)


def test_costs_of_themes_without_both_amounts_are_not_added(full):
    rows = rows_of(full.chapter("bilan").couts_par_theme())
    assert len(rows) == 2  # head and one theme
    assert "| Petite enfance | 1 sur 2 | 40 000 | 52 000 | +12 000 € |" in rows[1]


def test_bilan_says_what_is_missing_and_asks_about_what_failed(full):
    chapter = full.chapter("bilan")
    assert "la suite proposée (2 actions sur 5)" in text_of(chapter.ce_qui_manque())
    assert "(« Accueil itinérant » et « Séjours d’été »)" in text_of(chapter.questions_du_groupe())
    assert "Arrêt proposé sans motif écrit : « Accueil itinérant »." in text_of(chapter.points_de_vigilance())


# --- 03b -------------------------------------------------------------------------------------------------


def test_offer_counts_services_places_and_money_before_rates(full):
    text = text_of(full.chapter("offre").essentiel())
    assert "**5 services recensés, dans 3 des 16 communes** : petite enfance 2, enfance 1, jeunesse 1" in text
    assert "2 services sur 5 restent à confirmer." in text  # one of them on two lines
    assert (
        "**30 places** en accueil de loisirs (mercredi) et **40 places** en accueil de loisirs (été)." in text
    )
    assert (
        "3 services sur 3 dont les heures sont connues ouvrent avant 8 h ou après 18 h 30. "
        "1 service sur 3 dont les jours sont connus ouvre le week-end." in text
    )
    assert "Crèche Exemple Bleue, 9 (1er mars 2026)" in text
    # 412 000 + 90 000 + 52 000; the relais's recettes are not all known
    assert (
        "**554 000 € de charges en 2025**, pour 3 services dont le coût est connu (2 autres sans coût rempli)"
        in text
    )
    assert "(2 services dont toutes les recettes sont connues) : la Caf 50 %" in text
    assert "**10,05 €** et une place à **18 730 € par an**" in text


def test_a_public_line_that_nobody_read_is_said_to_be_so(larzac):
    lines = {"offre": {"services": [OFFRE["services"][1]]}}
    chapter = study_with(larzac, lines, {}).chapter("offre")
    assert "**Aucun n’est confirmé** par son gestionnaire." in text_of(chapter.essentiel())
    assert "(à confirmer)" not in rows_of(chapter.liste_des_services())[1]  # said once, under the table
    source = chapter.services_par_secteur().source.replace("\u00a0", " ")
    assert source == "offre.xlsx (à confirmer), relevé du 15 novembre 2026"
    fictive = study_with(larzac, lines, {}, fictif=True).chapter("offre").services_par_secteur()
    assert fictive.source.replace("\u202f", " ").endswith("; données fictives")


def test_services_by_secteur_count_a_service_once_and_name_the_silent_kinds(full):
    output = full.chapter("offre").services_par_secteur()
    rows = rows_of(output)
    assert any("| France services | 1 | 1 | – | – | 1 |" in r for r in rows)  # two sites, one service
    assert any(
        "| Accueil de loisirs (ALSH) | – | 1 | – | – | 1 |" in r for r in rows
    )  # two periods, one service
    assert "Aucune ligne pour : assistantes maternelles" in text_of(output)
    assert "Ce n’est pas la preuve qu’il n’y en a pas." in text_of(output)


def test_capacity_says_at_least_and_not_filled(larzac):
    creche = OFFRE["services"][0]
    lines = {
        "offre": {
            "services": [creche, {**creche, "id": "S07", "name": "Crèche Exemple Verte", "places": None}]
        }
    }
    chapter = study_with(larzac, lines, {}).chapter("offre")
    assert "au moins 22 (1 service non rempli)" in text_of(chapter.capacites())
    assert "Accueil de loisirs" not in text_of(chapter.capacites())
    assert "au moins **22 places** en crèche" in text_of(chapter.essentiel())
    assert "Les places agréées ne sont pas toutes connues" in text_of(chapter.places_cnaf())


def test_map_shows_how_many_services_have_a_site_in_each_commune(full):
    figure = full.chapter("offre").carte_services()
    values = figure.data.set_index("name")["value"]
    assert values["La Cavalerie"] == 3 and values["Nant"] == 2 and values["Le Clapier"] == 1
    assert values.sum() == 6 and len(values) == 16
    assert figure.title.replace("\u00a0", " ").replace("\u202f", " ") == (
        "3 services recensés à La Cavalerie ; aucun dans 13 communes sur 16"
    )
    assert "ne prouve pas" in figure.notes[0]


def test_atypical_hours_come_first(full):
    output = full.chapter("offre").horaires()
    rows = rows_of(output)[1:]
    assert "7 h 30 | 18 h 30 | avant 8 h |" in rows[0]  # 18 h 30 itself is not late
    assert "été | lundi à vendredi | 8 h | 18 h 45 | après 18 h 30 |" in rows[1]
    assert "samedi | 14 h | 20 h | après 18 h 30, week-end |" in rows[2]
    assert rows[3].endswith("| mercredi | mercredi | 8 h | 18 h | – |")
    assert "2 autres services sans heures d’ouverture et de fermeture remplies." in text_of(output)


def test_small_counts_of_people_are_not_given_nor_their_share(full):
    rows = {r.split(" | ")[0].strip("| "): r for r in rows_of(full.chapter("offre").origines())}
    assert "| 41 | 2 | 20 % |" in rows["Crèche Exemple Bleue"]
    assert "| 43 | 1 | moins de 5 |" in rows["Loisirs Exemple (mercredi)"]
    assert "| 44 | 1 | presque tous (moins de 5 du territoire) |" in rows["Jeunes Exemple"]
    assert "7 %" not in "".join(rows.values()) and "93 %" not in "".join(rows.values())


def test_a_masked_origin_hides_the_total(larzac):
    lines = [*OFFRE["origins"][:2], {"service": "S01", "outside": "oui", "year": 2025.0}]
    chapter = study_with(larzac, {"offre": {**OFFRE, "origins": lines}}, {}).chapter("offre")
    assert "| au moins 33 | 2 | non calculée |" in text_of(chapter.origines())


def test_a_short_waiting_list_is_not_counted(larzac):
    lines = [{**OFFRE["services"][0], "waiting": 3.0, "waiting_date": None}]
    chapter = study_with(larzac, {"offre": {"services": lines}}, {}).chapter("offre")
    assert "Crèche Exemple Bleue, moins de 5 (date non dite)" in text_of(chapter.essentiel())
    assert "| moins de 5 | date non dite |" in text_of(chapter.attente())


def test_recettes_are_stacked_by_payer_over_services_known_in_full(full):
    figure = full.chapter("offre").cout_par_theme()
    drawn = figure.data.set_index(["name", "part"])["value"]
    assert drawn["Petite enfance", "Caf"] == 232 and drawn["Enfance", "Caf"] == 20
    assert drawn["Petite enfance", "Familles"] == 74 and drawn.sum() == pytest.approx(502)
    assert figure.title.replace("\u202f", " ") == "La Caf paie 50 %, l’intercommunalité et les communes 27 %"
    notes = " ".join(figure.notes).replace("\u00a0", " ")
    assert "Non comptés, recettes incomplètes : Relais Exemple." in notes
    assert "2 services de offre.xlsx sans aucun montant." in notes


def test_unit_costs_leave_unknown_what_is(full):
    rows = rows_of(full.chapter("offre").couts_unitaires())
    assert any("Crèche Exemple Bleue | 412 000 € | 10,05 € | 18 727 € | 98 000 € | 18 % |" in r for r in rows)
    assert any(r.startswith("| Relais Exemple | 52 000 € | – | – | – | – |") for r in rows)


def test_maintained_and_new_offer_are_never_added(full):
    output = full.chapter("offre").maintenue_nouvelle()
    rows = rows_of(output)[1:]
    assert rows == [
        "| Maintenue | 2025 | réalisé | 3 | 554 000 € | – | – |",
        "| Nouvelle | 2027 | prévu | 1 | 60 000 € | 30 000 € | 20 000 € |",
    ]
    assert "614 000" not in text_of(output)


def test_licensed_places_beside_the_cnaf_leave_out_what_rests_on_them(full, larzac):
    # 16,3 places for 100 children, 116 (births) to 150 (census): 18,9 to 24,5; never the 135 that 22 places imply
    text = text_of(full.chapter("offre").places_cnaf())
    assert "| 22 | offre.xlsx |" in text and "entre 18 et 25" in text and "135" not in text
    assert "22 places agréées, ce que permet aussi le taux de la Cnaf (2023)" in text
    many = [{**OFFRE["services"][0], "places": 40.0}]
    far = study_with(larzac, {"offre": {"services": many}}, {}).chapter("offre").places_cnaf()
    assert "40 places agréées, quand la Cnaf en compte entre 18 et 25 (2023) : à éclaircir" in text_of(far)


def test_reference_amounts_keep_their_source(full):
    rows = rows_of(full.chapter("offre").montants_de_reference())
    assert (
        "| bonus territoire, place nouvelle | 2025 | 2 600 € | place et par an | montant d’exemple |"
        in rows[1]
    )


def test_text_that_someone_wrote_cannot_break_a_page(larzac):
    nasty = "Crèche <b>Exemple</b> | *Bleue* [lien](x)"
    lines = {"offre": {"services": [{**OFFRE["services"][0], "name": nasty}]}}
    chapter = study_with(larzac, lines, {}).chapter("offre")
    data, _ = chapter.essentiel()._repr_mimebundle_()
    assert "<b>Exemple</b>" not in data["text/html"] and "<em>Bleue</em>" not in data["text/html"]
    assert r"\| \*Bleue\*" in data["text/markdown"]


# --- one service, several periods -------------------------------------------------------------------------

LOISIRS = [
    {**OFFRE["services"][1], "name": "Loisirs Exemple, mercredis"},
    {**OFFRE["services"][2], "name": "Loisirs Exemple – été"},
]


@pytest.mark.parametrize("cut", [LOISIRS[:1], LOISIRS, [*reversed(LOISIRS)]])
def test_a_service_cut_in_periods_is_one_service_everywhere(larzac, cut):
    chapter = study_with(larzac, {"offre": {"services": cut}}, {}).chapter("offre")
    assert "**1 service recensé, dans 1 des 16 communes** : enfance 1." in text_of(chapter.essentiel())
    assert "- **1** — service recensé" in text_of(chapter.chiffres_cles())
    assert any(r.endswith("| – | 1 | – | – | 1 |") for r in rows_of(chapter.services_par_secteur()))
    assert chapter.carte_services().data["value"].tolist().count(1) == 1
    assert len(rows_of(chapter.liste_des_services())) == 2


def test_periods_of_a_service_are_said_with_their_places(larzac):
    chapter = study_with(larzac, {"offre": {"services": LOISIRS}}, {}).chapter("offre")
    (_, row) = rows_of(chapter.capacites())
    assert "| 1 | mercredi : 30 ; été : 40 | non rempli | 53,8 |" in row  # summer's week is the fullest
    (_, one) = rows_of(chapter.liste_des_services())
    assert one.startswith("| Loisirs Exemple |")
    assert "| mercredi : 8 h à 18 h, 30 places ; été : lundi à vendredi, 8 h à 18 h 45, 40 places |" in one
    assert "Un service ouvert à plusieurs périodes compte une fois." in text_of(
        chapter.services_par_secteur()
    )
    assert "services ouverts" not in text_of(chapter.capacites())


# --- what the control finds ---------------------------------------------------------------------------------

WRONG = {
    "offre": {
        "services": [
            {**OFFRE["services"][0], "places_open": 25.0, "agreement_end": date(2025, 12, 31)},
            {**OFFRE["services"][4], "agreement_end": date(2025, 12, 31)},
            {**OFFRE["services"][5], "waiting": 3.0, "users": 7.0, "year": 2025.0},
        ],
        "origins": [{"service": "S06", "commune": "12067", "users": 9.0, "year": 2025.0}],
    },
    "financement": {"money": [{**FINANCEMENT["money"][0], "total": 500000.0}]},
    "contrats": {"contracts": [{**CONTRATS["contracts"][2], "end": date(2025, 8, 31)}]},
    "bilan": BILAN,
    "parties": {"parties": PARTIES["parties"], "competences": PARTIES["competences"]},
}  # fmt: skip


@pytest.fixture(scope="module")
def wrong(larzac):
    return study_with(larzac, WRONG, DEMARCHE)


def test_each_problem_of_the_check_is_told_by_one_chapter(wrong, project):
    from ctg_lib.cli.check import study_problems
    from ctg_lib.study import open_study
    from ctg_lib.study.chapters.control import CHAPTERS, HEARD, problems_of_chapter

    for study in (
        wrong,
        *(open_study(id, project) for id in ("241200906", "241200906-2020", "241200906-demo")),
    ):
        told = [p for name in (*CHAPTERS, *HEARD) for p in problems_of_chapter(study, name)]
        assert len(told) == len(set(told)) == len(study_problems(study))
        assert set(told) == set(study_problems(study))
        assert study.problems is study.problems  # computed once


def test_offer_tells_errors_first_then_doubts_in_a_reader_s_words(wrong):
    text = text_of(wrong.chapter("offre").points_de_vigilance())
    head = (
        "**Ce que le contrôle signale** dans les fichiers de ce chapitre : 3 erreurs et 4 points à vérifier."
    )
    assert head in text
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    assert lines[1] == (
        "- **Erreur** — Crèche Exemple Bleue, 2025 : 500 000 € de recettes en tout, 412 000 € en les additionnant "
        "(écart 88 000 €)."
    )
    assert "- **Erreur** — Crèche Exemple Bleue : 25 places ouvertes pour 22 agréées." in lines
    both = "Crèche Exemple Bleue et Relais Exemple : convention avec la Caf terminée le 31/12/2025"
    assert any(both in line for line in lines)  # the same fault, once
    assert "ligne 2" not in text and "colonne" not in text


def test_errors_are_said_in_the_first_lines_and_doubts_are_not(wrong, full):
    text = text_of(wrong.chapter("offre").essentiel())
    assert (
        "**Le contrôle des fichiers signale 3 erreurs** : elles sont dites dans les points de vigilance"
        in text
    )
    doubtful = wrong.chapter("demarche")
    assert "Le contrôle des fichiers" not in text_of(doubtful.essentiel())
    assert "À vérifier — PEdT Exemple : terminé le 31/08/2025." in text_of(doubtful.points_de_vigilance())


def test_small_counts_of_people_are_not_repeated_by_the_control(wrong):
    text = text_of(wrong.chapter("offre").points_de_vigilance())
    assert "Jeunes Exemple, 2025 : plus d’usagers en additionnant les communes que d’inscrits" in text
    from ctg_lib.study.chapters.control import sentences

    (waiting,) = [p for p in wrong.problems if p.said == "une liste d’attente sans date"]
    assert (
        sentences([waiting], Calendar())[1] == "À vérifier — Jeunes Exemple : une liste d’attente sans date."
    )
    assert not re.search(r"Jeunes Exemple[^.]*\b[379]\b", text)


def test_nothing_is_said_where_all_is_fine(wrong, larzac):
    assert "contrôle" not in text_of(wrong.chapter("bilan").points_de_vigilance())
    clean = study_with(larzac, {"offre": OFFRE, "financement": FINANCEMENT, "bilan": BILAN}, {})
    for name in NAMES:
        chapter = clean.chapter(name)
        assert "contrôle" not in text_of(chapter.points_de_vigilance()) + text_of(chapter.essentiel())


def test_what_is_to_be_completed_is_told_once(wrong):
    """A missing holder is among what is not filled: it is no fault."""
    chapter = wrong.chapter("demarche")
    assert any(p.expected.startswith("à compléter") for p in wrong.problems)
    text = text_of(chapter.points_de_vigilance())
    assert "à compléter" not in text.split("Source :")[0], "the source line says how far a workbook is filled"
    assert "mission du SPPE" in text_of(chapter.ce_qui_manque())


def test_only_the_first_points_are_told_one_by_one(larzac):
    lines = [
        {**OFFRE["services"][0], "id": f"S{i}", "name": f"Crèche Exemple {i}", "places_open": 30.0 + i}
        for i in range(9)
    ]
    chapter = study_with(larzac, {"offre": {"services": lines}}, {}).chapter("offre")
    text = text_of(chapter.points_de_vigilance())
    assert text.count("**Erreur** —") == 5
    assert "Et 4 autres points, que le contrôle de l’étude donne un par un." in text


def test_cells_that_could_not_be_read_are_counted_by_sheet(larzac):
    from ctg_lib.study.chapters.control import sentences
    from ctg_lib.workbooks.problems import Problem

    cells = [
        Problem("offre.xlsx", "douze", "un nombre", "Services", row, column)
        for row, column in ((7, "Places agréées"), (8, "Places agréées"), (9, "Ouvre à"))
    ]
    file = Problem("offre.ods", "un fichier .ods, qui n’est pas lu", "un classeur enregistré en .xlsx")
    doubt = Problem("bilan.xlsx", "2 026", "une année", "Actions", 7, "Année", "warning")
    said = [s.replace("\u00a0", " ") for s in sentences([*cells, file, doubt], Calendar())]
    assert said[0].endswith("4 erreurs et 1 point à vérifier.")
    assert said[1] == (
        "**Erreur** — 3 cases de la feuille « Services » de offre.xlsx n’ont pas pu être lues (Places agréées, Ouvre à)."
    )
    assert said[2].startswith("**Erreur** — offre.ods : un fichier .ods, qui n’est pas lu")
    assert said[3] == "À vérifier — 1 case de la feuille « Actions » de bilan.xlsx est à relire (Année)."
    assert "douze" not in "".join(said)  # a raw cell may hold anything


def test_nobody_s_name_is_repeated_by_the_control(larzac):
    lines = [{**OFFRE["services"][0], "name": "Chez Mme Exemple", "places_open": 25.0}]
    chapter = study_with(larzac, {"offre": {"services": lines}}, {}).chapter("offre")
    text = text_of(chapter.points_de_vigilance())
    assert "Mme Exemple" not in text
    assert "à retirer : le nom d’une personne" in text and "25 places ouvertes pour 22 agréées" in text


def test_a_chapter_is_made_again_when_only_a_problem_changes(wrong):
    from ctg_lib.observations import content_hash
    from ctg_lib.study.control import recorded

    one, other = recorded(wrong.problems), recorded(wrong.problems[:-1])
    assert content_hash(one) != content_hash(other)
    wrong.chapter("offre").points_de_vigilance()
    query = next(q for q in wrong.queries if q["indicators"] == "control")
    assert content_hash(wrong.replay(query)) == query["answer"]


# --- staff, tariffs, agreements, activity -------------------------------------------------------------------

RUN = [
    {**OFFRE["services"][0], "age_min": 0.0, "age_max": 4.0, "weeks": 46.0, "staff": 7.5, "vacancies": 1.0,
     "price_min": 0.31, "price_max": 3.4, "pricing": "psu", "price_unit": "heure", "agreement_end": date(2026, 12, 31), "year": 2025.0,
     "hours_done": 37900.0, "hours_billed": 40600.0, "occupancy": 73.0, "users": 44.0},
    {**LOISIRS[0], "weeks": 36.0, "price_min": 4.0, "price_max": 4.0, "agreement_end": date(2025, 12, 31)},
    {**LOISIRS[1], "weeks": 6.0, "price_min": 4.0, "price_max": 4.0, "agreement_end": date(2025, 12, 31), "users": 3.0},
    {**OFFRE["services"][4]},
]  # fmt: skip


def test_staff_ages_tariffs_and_agreements_are_shown(larzac):
    table = study_with(larzac, {"offre": {"services": RUN}}, {}).chapter("offre").fonctionnement()
    rows = rows_of(table)
    creche = "| 0 à 4 ans | 46 | 7,5 ETP ; postes vacants : 1 | 0,31 € à 3,40 € par heure, barème national (PSU) | 31 décembre 2026 |"
    assert creche in rows[1]
    assert "| Loisirs Exemple | – | mercredi : 36 ; été : 6 | – | 4 € | 31 décembre 2025 |" in rows[2]
    text = text_of(table)
    assert "1 convention Caf terminée ; 1 convention Caf à renouveler dans les douze mois" in text
    assert "1 service dont rien de cela n’est rempli." in text


def test_activity_keeps_small_counts_and_says_whose_rate_it_is(larzac):
    table = study_with(larzac, {"offre": {"services": RUN}}, {}).chapter("offre").activite()
    rows = rows_of(table)
    assert "| 2025 | 37 900 | 40 600 | 73 % | 44 |" in rows[1]
    assert rows[2].endswith("| moins de 5 |") and len(rows) == 3
    assert "tel que le gestionnaire le déclare" in text_of(table)


def test_a_saturday_without_times_is_at_the_week_end(larzac):
    lines = [{**OFFRE["services"][5], "opens": None, "closes": None}]
    chapter = study_with(larzac, {"offre": {"services": lines}}, {}).chapter("offre")
    assert "1 service sur 1 dont les jours sont connus ouvre le week-end." in text_of(chapter.essentiel())
    assert "| samedi | – | – | week-end |" in rows_of(chapter.horaires())[1]


def test_a_partial_cost_says_so_on_its_card_and_over_the_years(larzac):
    chapter = study_with(larzac, FULL, {}).chapter("offre")
    assert "**au moins 554 000 €**" in text_of(chapter.chiffres_cles())
    money = [*FINANCEMENT["money"][:2], {**FINANCEMENT["money"][0], "year": 2024.0}]
    several = study_with(larzac, {"offre": OFFRE, "financement": {"money": money}}, {}).chapter("offre")
    assert "Les services ne sont pas les mêmes d’une année à l’autre" in text_of(several.maintenue_nouvelle())
    assert "ne sont pas les mêmes" not in text_of(chapter.maintenue_nouvelle())
