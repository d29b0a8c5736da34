"""The six questionnaires: they load, are sound, speak with one voice; an own one is read strictly."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.consultation import bank, soundness
from ctg_lib.consultation.answers import Answers, table_of
from ctg_lib.consultation.bank import BANK, Surroundings, questionnaires, read_questionnaire, secteur_codes
from ctg_lib.consultation.questionnaire import Questionnaire
from ctg_lib.consultation.written import Written
from ctg_lib.workbooks.common import THEMES
from ctg_lib.workbooks.plain_yaml import read_yaml

SECTEURS = {"Nord Exemple": ["99001", "99002"], "Sud": ["99003"]}
COMMUNES = {"99001": "Aux Exemples", "99002": "Bourg-Exemple", "99003": "Petit-Exemple"}
ALL, PROBLEMS = questionnaires(None, SECTEURS, COMMUNES)


@pytest.fixture(params=BANK)
def questionnaire(request) -> Questionnaire:
    return ALL[request.param]


# --- the bank ------------------------------------------------------------------------------------------


def test_the_six_are_there_without_a_problem():
    assert tuple(ALL) == BANK and PROBLEMS == []


def test_each_is_sound(questionnaire):
    assert soundness.check(questionnaire, {"Nord Exemple": 900, "Sud": 300}) == []


def test_each_takes_between_eight_and_fifteen_minutes(questionnaire):
    assert 8 <= questionnaire.minutes <= 15
    assert 8 <= soundness.minutes_about(questionnaire) <= 15
    assert len(questionnaire.questions) <= 46


def test_the_same_question_has_the_same_id_and_codes():
    assert soundness.harmony(ALL.values()) == []


def test_units_are_a_household_for_parents_and_a_person_elsewhere():
    assert {id: q.unit for id, q in ALL.items() if q.unit == "menage"} == {"parents": "menage"}


def test_every_question_has_a_topic_and_those_on_a_subject_a_theme(questionnaire):
    head = {
        "participation",
        "canal",
        "residence",
        "secteur",
        "age",
        "menage",
        "adultes",
        "enfants_ages",
        "militaire",
    }
    for question in questionnaire.questions:
        assert question.topic and not question.topic.endswith("?")
        assert set(question.themes) <= THEMES.keys()
        own = question.id in head | {"repondant", "accord_parental"}
        assert own or question.themes, question.id


def test_all_themes_are_covered_by_each_public():
    themes = {id: {t for q in each.questions for t in q.themes} for id, each in ALL.items()}
    assert themes["parents"] >= set(THEMES) - {"jeunesse"} and "jeunesse" in themes["parents"]
    assert themes["habitants"] == set(THEMES)
    assert themes["professionnels"] == set(THEMES) and themes["associations"] == set(THEMES)
    assert themes["jeunes_18_25"] >= set(THEMES) - {"enfance"}
    assert themes["jeunes_11_17"] >= {
        "jeunesse",
        "parentalite",
        "handicap",
        "vie_sociale",
        "acces_droits",
        "numerique",
    }


def test_channels_are_those_by_which_each_public_is_reached():
    channel = {id: {o.code for o in each.of_role("canal").options} for id, each in ALL.items()}
    assert channel["parents"] >= {
        "courriel_caf", "courriel_msa", "ecole_college", "famille_regiment", "mairie", "petite_enfance", "association",
        "reseaux_sociaux", "affiche_presse", "bouche_a_oreille", "autre",
    }  # fmt: skip
    assert "ecole_college" in channel["jeunes_11_17"] and "employeur" in channel["professionnels"]


def test_the_youngest_are_spoken_to_as_tu():
    young = ALL["jeunes_11_17"]
    texts = [young.intro, young.closing, *(s.intro for s in young.sections)]
    for question in young.questions:
        texts += [question.label, question.help, *(o.label for o in (*question.options, *question.items))]
    told = [
        t
        for t in texts
        if re.search(r"\b(?:vous|votre|vos|\w+ez-vous|N’écrivez|Choisissez|Cochez)\b", t, re.I)
    ]
    assert told == []


def test_others_are_spoken_to_as_vous():
    for id in set(BANK) - {"jeunes_11_17"}:
        for question in ALL[id].questions:
            text = f"{question.label} {question.help}"
            assert not re.search(r"\b(?:tu|ton|tes|toi|te)\b", text), text


def test_under_fifteens_need_a_parent_and_are_asked_nothing_on_health():
    young = ALL["jeunes_11_17"]
    parent = young.of_role("consentement_parental")
    assert parent.required and [(c.question, c.codes) for c in parent.when] == [("age", ("de_11_14",))]
    assert not any(question.sensitive for question in young.questions)


def test_the_disability_part_is_asked_with_its_own_agreement_alone():
    for id in ("parents", "habitants", "jeunes_18_25"):
        part = [question for question in ALL[id].questions if question.sensitive]
        assert len(part) >= 3
        assert all(("accord_handicap", ("oui",)) in [(c.question, c.codes) for c in q.when] for q in part)
        assert ALL[id].of_role("consentement_sensible").id == "accord_handicap"
        assert not any(question.required for question in part)


def test_few_questions_must_be_answered():
    for each in ALL.values():
        required = {question.id for question in each.questions if question.required}
        known = {"participation", "residence", "secteur", "age", "menage", "accord_parental", "pro_groupe"}
        assert required <= known


def test_ids_that_other_modules_count_on_are_there():
    for id in ("parents", "habitants", "jeunes_18_25", "jeunes_11_17"):
        residence = {o.code for o in ALL[id][bank.RESIDENCE].options}
        assert residence >= {*bank.OUTSIDE, *bank.SECOND_HOME}
        assert set(bank.GARRISON) <= {o.code for o in ALL[id][bank.MILITARY].options}
    ages = {o.code for o in ALL["parents"][bank.CHILDREN].options}
    for count, codes in bank.CHILD_COUNTS.items():
        assert set(codes) <= ages
        assert [(c.question, c.codes) for c in ALL["parents"][count].when] == [(bank.CHILDREN, codes)]
    assert bank.NO_CHILD in ages and ALL["parents"][bank.ADULTS].low == 1
    assert {o.code for o in ALL["habitants"][bank.HOUSEHOLD].options} == {
        "seul", "couple_sans_enfant", "couple_avec_enfant", "monoparentale", "autre",
    }  # fmt: skip


def test_nothing_is_asked_that_names_a_person_or_a_commune(questionnaire):
    for question in questionnaire.questions:
        assert not re.search(r"\b(?:prénom|date de naissance|téléphone|code postal)\b", question.label)
        assert "commune habit" not in question.label


def test_secteurs_are_the_studys_and_are_told_by_their_communes():
    question = ALL["parents"].of_role("secteur")
    assert [(o.code, o.label) for o in question.options] == [("nord_exemple", "Nord Exemple"), ("sud", "Sud")]
    assert question.help == "Nord Exemple : Aux Exemples, Bourg-Exemple ; Sud : Petit-Exemple."
    assert (
        ALL["parents"]["residence"].help
        == "Communes du territoire : Aux Exemples, Bourg-Exemple, Petit-Exemple."
    )
    assert [o.code for o in ALL["professionnels"]["secteur"].options] == ["nord_exemple", "sud", "ensemble"]


def test_without_secteurs_the_question_is_left_out_and_told():
    found, problems = questionnaires(None, {}, COMMUNES)
    assert all(each.of_role("secteur") is None for each in found.values())
    assert [(p.file, p.severity) for p in problems] == [("study.yml, « secteurs »", "warning")]
    assert "la question sur le secteur n’est pas posée" in problems[0].expected


def test_without_communes_no_sentence_is_half_said():
    found, _ = questionnaires(None, {"Nord": []})
    for each in found.values():
        for question in each.questions:
            assert "{" not in question.help and "Communes du territoire" not in question.help


def test_a_list_of_communes_too_long_to_be_read_is_left_out():
    many = {f"9{n:04}": f"Exemple {n}" for n in range(61)}
    found, _ = questionnaires(None, SECTEURS, many)
    assert found["parents"]["residence"].help == ""


def test_codes_of_secteurs_are_each_their_own():
    codes = secteur_codes(
        {"Nord": [], "nord": [], "3 vallées": [], "L’Est et l’Ouest, " + "très " * 12: [], "…": []}
    )
    assert list(codes.values())[:3] == ["nord", "nord_2", "s_3_vallees"]
    assert len(set(codes.values())) == 5
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", code) for code in codes.values())


def test_shared_questions_can_be_looked_up():
    assert bank.models()["priorites"].role == "priorites"
    assert "secteur" not in bank.models()


def test_the_files_of_the_bank_are_read_alike_the_strict_way():
    folder = Path(bank.__file__).parent / "bank"
    files = sorted(folder.glob("*.yml"))
    assert {file.stem for file in files} == {*BANK, "modeles"}
    for file in files:
        assert read_yaml(file, flat=True) == bank._bank(file.stem)


# --- what is asked of whom -------------------------------------------------------------------------------


def _row(draw, questionnaire):
    row = {}
    for question in questionnaire.questions:
        codes = [option.code for option in question.options]
        if question.kind in ("single", "scale"):
            row[question.id] = draw(st.sampled_from([*codes, None]))
        elif question.kind == "multiple":
            chosen = draw(st.sets(st.sampled_from(codes)))
            row |= {f"{question.id}__{code}": code in chosen for code in codes}
    return row


@settings(max_examples=15, deadline=None)
@given(st.data(), st.sampled_from(BANK))
def test_who_is_asked_is_who_meets_every_condition_up_to_the_first(data, id):
    questionnaire = ALL[id]
    row = _row(data.draw, questionnaire)
    answers = Answers(questionnaire, table_of(questionnaire, [row]))

    def met(question):
        for condition in question.when:
            earlier = questionnaire[condition.question]
            if earlier.kind == "multiple":
                ok = any(row[f"{earlier.id}__{code}"] for code in condition.codes)
            else:
                ok = row[earlier.id] in condition.codes
            if not (ok and met(earlier)):
                return False
        return True

    for question in questionnaire.questions:
        assert bool(answers.asked(question.id).iloc[0]) == met(question), question.id


def test_every_question_is_asked_of_someone():
    """A row per question, that ticks all that it demands: each can be reached."""
    for questionnaire in ALL.values():
        rows = []
        for question in questionnaire.questions:
            row, todo = {}, [question]
            while todo:
                for condition in todo.pop().when:
                    earlier, code = questionnaire[condition.question], condition.codes[0]
                    many = earlier.kind == "multiple"
                    row[f"{earlier.id}__{code}" if many else earlier.id] = True if many else code
                    todo.append(earlier)
            rows.append(row)
        answers = Answers(questionnaire, table_of(questionnaire, rows))
        for place, question in enumerate(questionnaire.questions):
            assert answers.asked(question.id).iloc[place], question.id


# --- a study's own -----------------------------------------------------------------------------------------

GOOD = {
    "id": "maison",
    "titre": "Essai",
    "public": "tous",
    "unite": "personne",
    "version": 1,
    "sections": [
        {
            "id": "s",
            "titre": "S",
            "questions": [
                {"reprendre": "participation"},
                {"id": "gout", "question": "Aimez-vous ?", "sujet": "goût", "genre": "choix_unique",
                 "options": {"oui": "Oui", "non": "Non"}},
                {"id": "pourquoi", "question": "Pourquoi ?", "sujet": "raisons", "genre": "texte", "si": {"gout": "oui"}},
                {"id": "combien", "question": "Combien ?", "sujet": "nombre", "genre": "nombre", "min": 0, "max": 9},
                {"id": "avis", "question": "Votre avis ?", "sujet": "avis", "genre": "grille",
                 "lignes": {"prix": "Prix", "lieu": "Lieu"}, "options": {"bon": "Bon", "mauvais": "Mauvais"}},
                {"id": "choix", "question": "Lesquels ?", "sujet": "choix", "genre": "choix_multiple", "au_plus": 2,
                 "options": {"a": "A", "b": {"texte": "B", "libre": True}, "rien": {"texte": "Rien", "exclusif": True}}},
            ],
        }
    ],
}  # fmt: skip


def _own(tmp_path, text, name="maison.yml"):
    folder = tmp_path / "consultation" / "questionnaires"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    if isinstance(text, bytes):
        path.write_bytes(text)
    else:
        path.write_text(
            text if isinstance(text, str) else yaml.safe_dump(text, allow_unicode=True), encoding="utf-8"
        )
    return questionnaires(tmp_path, SECTEURS, COMMUNES)


def test_an_own_questionnaire_comes_after_the_banks(tmp_path):
    found, problems = _own(tmp_path, GOOD)
    assert problems == [] and list(found) == [*BANK, "maison"]
    own = found["maison"]
    assert [q.kind for q in own.questions] == ["single", "single", "text", "integer", "grid", "multiple"]
    assert own["choix"].columns == ("choix__a", "choix__b", "choix__rien", "choix__b__texte")
    assert own["participation"].role == "consentement"


def test_an_adapted_questionnaire_stands_for_the_banks(tmp_path):
    found, problems = _own(tmp_path, {**GOOD, "id": "parents"}, "parents.yml")
    assert problems == [] and found["parents"].title == "Essai" and list(found) == list(BANK)


@pytest.mark.parametrize("id", BANK)
def test_one_of_the_bank_can_be_taken_as_a_file_to_adapt(tmp_path, id):
    found, problems = _own(tmp_path, bank.bank_text(id), f"{id}.yml")
    assert problems == [] and found[id] == ALL[id]
    with pytest.raises(KeyError):
        bank.bank_text("modeles")


def test_a_wrong_adapted_questionnaire_does_not_give_way_to_the_banks(tmp_path):
    found, problems = _own(tmp_path, {**GOOD, "id": "parents", "version": "deux"}, "parents.yml")
    assert "parents" not in found and len(problems) == 1


def test_the_id_is_that_of_the_file(tmp_path):
    found, problems = _own(tmp_path, GOOD, "autre.yml")
    assert "autre" not in found
    assert str(problems[0]) == (
        "consultation/questionnaires/autre.yml, « id » : trouvé « maison », attendu « autre », comme le nom du fichier"
    )


def test_a_file_with_another_ending_is_told(tmp_path):
    _, problems = _own(tmp_path, GOOD, "maison.yaml")
    assert "un nom de fichier en « .yml »" in problems[0].expected


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id: [", "un fichier YAML lisible"),
        (b"id: caf\xe9", "enregistré en UTF-8"),
        ("a: &x [1]\nb: *x", "renvoie à un autre passage"),
        ("a: 1\na: 2", "« a » écrit deux fois"),
        ("x: " + "[" * 800, "trop de niveaux"),
        ("é" * 600_000, "trop grand"),
    ],
)
def test_a_file_that_is_no_yaml_is_told(tmp_path, content, said):
    found, problems = _own(tmp_path, content)
    assert "maison" not in found and len(problems) == 1
    assert problems[0].file == "consultation/questionnaires/maison.yml" and said in problems[0].expected


def _changed(**changes):
    """GOOD with its question « gout » changed (None: the key taken away)."""
    section = GOOD["sections"][0]
    questions = [dict(q) for q in section["questions"]]
    questions[1] = {k: v for k, v in {**questions[1], **changes}.items() if v is not None}
    return {**GOOD, "sections": [{**section, "questions": questions}]}


def _with(question):
    section = GOOD["sections"][0]
    return {**GOOD, "sections": [{**section, "questions": [*section["questions"], question]}]}


NEW = {
    "id": "neuf",
    "question": "Neuf ?",
    "sujet": "neuf",
    "genre": "choix_unique",
    "options": {"a": "A", "b": "B"},
}
GRID = {**NEW, "genre": "grille", "lignes": {"x": "X", "y": "Y"}}
TEXT = {"id": "neuf", "question": "Neuf ?", "sujet": "neuf", "genre": "texte"}
WRONG = [
    ([], "maison.yml", "« id: », « titre: »"),
    ({**GOOD, "tittre": "x"}, "« tittre »", "une clé connue (peut-être « titre »)"),
    ({**GOOD, "unite": "foyer"}, "« unite »", "menage, personne"),
    ({k: v for k, v in GOOD.items() if k != "unite"}, "« unite »", "« menage » (une réponse par foyer)"),
    ({k: v for k, v in GOOD.items() if k != "version"}, "« version »", "augmente quand une question change"),
    ({**GOOD, "version": 0}, "« version »", "un nombre entier de 1 à 9999"),
    ({**GOOD, "duree": 90}, "« duree »", "un nombre entier de 1 à 60"),
    ({**GOOD, "titre": " "}, "« titre »", "un texte"),
    ({**GOOD, "titre": "x" * 5000}, "« titre »", "4000 caractères au plus"),
    ({**GOOD, "sections": []}, "« sections »", "au moins une section"),
    ({**GOOD, "sections": "x"}, "« sections »", "une liste"),
    ({**GOOD, "sections": ["x"]}, "section 1", "« id: », « titre: », « questions: »"),
    ({**GOOD, "sections": [*GOOD["sections"], {"id": "s", "titre": "T", "questions": [NEW]}]}, "section « s »", "jamais deux fois"),
    ({**GOOD, "sections": [{"id": "s", "titre": "S", "questions": []}]}, "section « s »", "au moins une question"),
    (_with("x"), "question 7", "« id: », « question: »"),
    (_with({**NEW, "id": "Neuf"}), "question 7, « id »", "des minuscules sans accent"),
    (_with({**NEW, "id": "a__b"}), "question 7, « id »", "des minuscules sans accent"),
    (_with({**NEW, "id": "x" * 33}), "question 7, « id »", "32 caractères au plus"),
    (_with({**NEW, "id": "token"}), "question « token », « id »", "réservé"),
    (_with({**NEW, "id": "gout"}), "question « gout », « id »", "un identifiant par question"),
    (_with({**NEW, "gnere": 1}), "« gnere »", "(peut-être « genre »)"),
    (_changed(genre=None), "« genre »", "choix_unique, echelle"),
    (_changed(genre="liste"), "« genre »", "choix_unique, echelle"),
    (_changed(sujet=None), "question « gout », « sujet »", "un texte"),
    (_changed(options=None), "question « gout », « options »", "des lignes « code: texte »"),
    (_changed(options=["Oui"]), "question « gout », « options »", "des lignes « code: texte »"),
    (_changed(options={True: "Oui"}), "« options »", "« yes » ou « no » seul n’est pas un code"),
    (_changed(options={35: "De 3 à 5"}), "« options »", "des minuscules sans accent"),
    (_changed(options={"oui": True, "non": "Non"}), "« oui », « texte »", "un texte"),
    (_changed(options={"oui": {"texte": "Oui", "libr": True}}), "« libr »", "(peut-être « libre »)"),
    (_changed(options={"oui": {"texte": "Oui", "exclusif": True}}), "« oui »", "dans un choix multiple seulement"),
    (_changed(options={f"o{n}": "O" for n in range(61)}), "« options »", "60 réponses au plus"),
    (_changed(options_de="communes"), "« options_de »", "« secteurs »"),
    (_with({**NEW, "options_de": "secteurs", "options": {"sud": "Au sud"}}), "« options »", "celui d’un secteur"),
    (_with({**GRID, "options": {"a": {"texte": "A", "libre": True}}}), "« a »", "« libre » dans un choix unique"),
    (_with({**GRID, "lignes": {"x": {"texte": "X", "libre": True}}}), "« x »", "un texte seulement"),
    (_with({**GRID, "lignes": None}), "« lignes »", "des lignes « code: texte »"),
    (_changed(lignes={"x": "X"}), "« lignes »", "elles sont pour une grille"),
    (_with({**TEXT, "options": {"a": "A"}}), "« options »", "pas de réponses proposées"),
    (_changed(themes=["enfanse"]), "« themes »", "(peut-être « enfance »)"),
    (_changed(themes="enfance"), "« themes »", "une liste"),
    (_changed(obligatoire="peut-être"), "« obligatoire »", "true ou false"),
    (_changed(min=1), "« min »", "elles sont pour un nombre"),
    (_with({**TEXT, "genre": "nombre", "min": 1}), "« max »", "pour refuser une faute de frappe"),
    (_with({**TEXT, "genre": "nombre", "min": "un", "max": 3}), "« min »", "un nombre entier"),
    (_with({**TEXT, "genre": "nombre", "min": 5, "max": 3}), "« max »", "ne soit pas inférieur à 5"),
    (_changed(au_plus=2), "« au_plus »", "dans un choix multiple ou un classement"),
    (_changed(role="commune"), "« role »", "secteur, age, menage"),
    (_changed(role="consentement"), "« role »", "un rôle par questionnaire"),
    (_changed(role="consentement_sensible", options={"ok": "Oui", "ko": "Non"}), "« options »", "les codes « oui » et « non »"),
    (_changed(aide="Bonjour {prenom}"), "« aide »", "« {communes} » ou « {secteurs} »"),
    (_with({**NEW, "si": "gout"}), "« si »", "« question: code »"),
    (_with({**NEW, "si": {"gout": []}}), "« gout »", "au moins un code"),
    (_with({**NEW, "si": {"goutt": "oui"}}), "« goutt »", "une question posée avant (peut-être « gout »)"),
    (_with({**NEW, "si": {"neuf": "a"}}), "« neuf »", "une question posée avant"),
    (_with({**NEW, "si": {"avis": "bon"}}), "« avis »", "ni grille, ni nombre, ni texte"),
    (_with({**NEW, "si": {"gout": "ouii"}}), "« gout »", "une réponse de cette question : oui, non (peut-être « oui »)"),
    (_with({"reprendre": "secteurs"}), "« reprendre »", "une question de modeles.yml (peut-être « secteur »)"),
    (_with({"reprendre": "voiture", "seulement": ["une", "trois"]}), "« seulement »", "une réponse de la question reprise"),
    (_with({"reprendre": "voiture", "options": {"une": "Une"}}), "« options »", "n’a pas déjà"),
    (_with({"reprendre": "voiture", "options": "Une"}), "« options »", "des lignes « code: texte »"),
    (_with({"reprendre": "voiture", "genre": "texte"}), "« genre »", "une clé connue"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "where", "expected"), WRONG)
def test_each_mistake_is_told_where_it_stands(raw, where, expected):
    written = Written("maison.yml")
    assert read_questionnaire(raw, written, Surroundings(SECTEURS, COMMUNES)) is None
    told = [(p.file, p.expected) for p in written.problems]
    assert any(where in file and expected in words for file, words in told), told
    assert all(p.severity == "error" for p in written.problems)


def test_a_condition_on_the_secteur_is_told_where_there_is_none():
    raw = _with({"reprendre": "residence"})
    raw["sections"].append(
        {"id": "t", "titre": "T", "questions": [{"reprendre": "secteur"}, {**NEW, "si": {"secteur": "sud"}}]}
    )
    assert read_questionnaire(raw, Written("x"), Surroundings(SECTEURS)) is not None
    written = Written("maison.yml")
    assert read_questionnaire(raw, written, Surroundings()) is None
    assert "celle-ci demande des secteurs dans study.yml" in written.problems[0].expected


def test_a_message_never_repeats_a_persons_data():
    written = Written("maison.yml")
    read_questionnaire({**GOOD, "version": "écrire à camille.exemple@ici.example"}, written)
    assert "example" not in str(written.problems) and "courrier électronique" in written.problems[0].found


_TREE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["oui", "secteur"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "sections", "questions", "options", "si", "genre", "reprendre", "lignes", "seulement"]
            )
            | st.integers()
            | st.none(),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(_TREE, st.sampled_from(["", "sections", "question"]))
def test_whatever_is_written_is_told_and_never_raises(tree, depth):
    raw = tree
    if depth == "sections":
        raw = {**GOOD, "sections": tree}
    elif depth == "question":
        raw = _with(tree)
    written = Written("maison.yml")
    questionnaire = read_questionnaire(raw, written, Surroundings(SECTEURS))
    assert (questionnaire is None) == any(p.severity == "error" for p in written.problems)
