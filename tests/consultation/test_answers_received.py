"""All files of a study's folder: whose they are, copies, locks, folders, what is not read; counts by mode."""

import random
from math import isnan

import openpyxl
import pytest
from answered_forms import ALL, HABITANTS, PARENTS, answered, entry_sheet, limesurvey, odk, written

from ctg_lib.consultation.answers import Answers, table_of
from ctg_lib.consultation.erased_codes import FILE, remember
from ctg_lib.consultation.received import by_channel, paper_and_online, received


def some(questionnaire, count=3, seed=0):
    rng = random.Random(seed)
    out = []
    while len(out) < count:
        line = answered(rng, questionnaire)
        if (
            line.get("participation") == "oui"
            and line.get("residence", "annee") == "annee"
            and line.get("accord_parental", "oui") == "oui"
        ):
            ages = {
                f"enfants_ages__{a}": a == "de_15_17"
                for a in ("aucun", "moins_3", "de_3_5", "de_6_10", "de_11_14", "de_15_17", "plus_18")
            }
            out.append(line | (ages if questionnaire is PARENTS else {}))
    return out


@pytest.fixture
def home(tmp_path):
    (tmp_path / "reponses" / "papier").mkdir(parents=True)
    return tmp_path


def put(home, name, content):
    path = home / "reponses" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def told(problems, *words):
    return [p for p in problems if all(w in f"{p.file} {p.found} {p.expected}" for w in words)]


def test_no_folder_holds_nothing(tmp_path):
    assert received(tmp_path / "consultation", ALL) == ({}, [])


def test_each_file_goes_to_its_questionnaire(home):
    for id, questionnaire in ALL.items():
        put(home, f"{id}.csv", limesurvey(some(questionnaire), questionnaire))
    put(home, "kobo.csv", odk(some(HABITANTS, seed=9), HABITANTS, split=True))
    entry_sheet(home / "reponses" / "papier" / "saisie.xlsx", some(PARENTS, seed=5), PARENTS)
    answers, problems = received(home, ALL)
    assert list(answers) == list(ALL)
    assert {id: each.received for id, each in answers.items()} == {
        "parents": 6,
        "jeunes_11_17": 3,
        "jeunes_18_25": 3,
        "habitants": 6,
        "professionnels": 3,
        "associations": 3,
    }
    assert answers["parents"].files == ("reponses/papier/saisie.xlsx", "reponses/parents.csv")
    assert not [p for p in problems if p.severity == "error"]


@pytest.mark.parametrize("id", list(ALL))
def test_headings_alone_say_whose_a_file_is(home, id):
    text = (
        limesurvey(some(ALL[id]), ALL[id]).replace('"questionnaire"', '"seed"').replace('"version"', '"seed"')
    )
    put(home, "export.csv", text)
    answers, _ = received(home, ALL)
    assert list(answers) == [id]


def test_a_file_of_common_columns_is_doubtful(home):
    put(
        home,
        "export.csv",
        written(
            [["participation", "residence", "secteur", "mode"], ["oui", "annee", "exemple_nord", "papier"]]
        ),
    )
    _, problems = received(home, ALL)
    assert told(problems, "des colonnes communes à", "une colonne « questionnaire »")


def test_a_file_with_few_known_columns_is_doubtful(home):
    put(
        home,
        "x.csv",
        written(
            [
                ["services_acces__gare", "isolement", "a1", "a2", "a3", "a4", "mode"],
                ["facile", "jamais", "", "", "", "", "papier"],
            ]
        ),
    )
    assert told(received(home, ALL)[1], "33 % seulement de colonnes connues")


@pytest.mark.parametrize(
    "name, content, words",
    [
        ("vide.csv", b"", ("un fichier vide",)),
        ("photo.jpg", b"x", ("ni un CSV ni un classeur",)),
        ("ancien.xls", b"\xd0\xcf\x11\xe0", ("format ancien",)),
        ("ancien.xlsx", b"\xd0\xcf\x11\xe0" + b"0" * 600, ("format ancien",)),
        ("abime.xlsx", b"PK\x03\x04" + b"0" * 100, ("abîmé",)),
        ("faux.csv", b"PK\x03\x04" + b"0" * 100, ("une archive ou un classeur sous un nom",)),
        ("page.csv", b"<html><body>403</body></html>", ("une page ou un fichier XML",)),
        ("pdf.csv", b"%PDF-1.7", ("un fichier PDF",)),
        ("binaire.csv", b"a,b\n" + bytes(500), ("n’est pas du texte",)),
        ("odk.zip", b"PK", ("une archive (.zip)",)),
        ("autre.csv", b"poule,lapin\n1,2\n", ("celles d’aucun questionnaire",)),
    ],
)
def test_files_that_are_not_read_are_told(home, name, content, words):
    put(home, name, content)
    answers, problems = received(home, ALL)
    assert not answers
    assert told(problems, name, *words), [str(p) for p in problems]
    assert all(p.severity == "error" for p in problems)


def test_a_workbook_without_a_line(home):
    openpyxl.Workbook().save(home / "reponses" / "rien.xlsx")
    assert told(received(home, ALL)[1], "un classeur sans une ligne")


def test_a_quote_never_closed_is_told_and_the_other_lines_are_read(home):
    lines = limesurvey(some(HABITANTS, 5), HABITANTS).split("\n")
    put(home, "a.csv", "\n".join([*lines[:3], '"12","1980-01-01","oui, et jamais fermé', *lines[3:]]))
    put(home, "b.csv", "\n".join([*lines[:5], '"13","1980-01-01","jamais fermé, à la fin', ""]))
    plain = [
        line.replace('"', "")
        for line in limesurvey(some(HABITANTS, 5, 8), HABITANTS).split("\n")
        if "«" not in line
    ]
    put(home, "c.csv", "\n".join([plain[0], '"12,oui', *(plain[1:] if len(plain) > 1 else []), ""]))
    answers, problems = received(home, ALL)
    assert told(problems, "a.csv", "un guillemet ou un séparateur de trop", "la ligne n’est pas lue")
    assert told(problems, "c.csv", "un guillemet jamais fermé", "cette ligne n’est pas lue")
    assert answers["habitants"].received >= 4 + 4


def test_locks_hidden_files_and_readmes_are_passed_over(home):
    for name in ("~$saisie.xlsx", ".~lock.saisie.xlsx#", ".cache.csv", "LISEZMOI.txt"):
        put(home, name, "x")
    assert received(home, ALL) == ({}, [])


def test_a_copy_is_told_and_not_read(home):
    text = limesurvey(some(HABITANTS), HABITANTS)
    put(home, "a.csv", text), put(home, "b (copie).csv", text)
    answers, problems = received(home, ALL)
    assert answers["habitants"].received == 3
    assert told(problems, "b (copie).csv", "une copie de reponses/a.csv")


def test_a_person_in_the_name_of_a_file_is_not_repeated(home):
    put(home, "reponse de Mme Exemple 01 99 00 12 34.csv", "poule,lapin\n1,2\n")
    said = " ".join(map(str, received(home, ALL)[1]))
    assert "Exemple" not in said and "99" not in said


def test_an_answer_deleted_and_brought_back_is_an_error_and_is_not_read(home):
    put(home, "a.csv", limesurvey(some(HABITANTS), HABITANTS, service=[{"codeeffacement": "BCDFG-HJKLM"}]))
    remember(home, "BCDFGHJKLM")
    answers, problems = received(home, ALL)
    found = told(problems, "l’effacement a été demandé")
    assert [(p.row, p.severity) for p in found] == [(2, "error")]
    assert answers["habitants"].received == 2


def test_a_line_written_by_hand_among_the_deleted_codes(home):
    remember(home, "BCDFGHJKLM")
    path = home / FILE
    path.write_text(path.read_text() + "BCDFGHJKLN\n")
    problems = received(home, ALL)[1]
    assert told(problems, FILE, "une ligne illisible")
    assert "BCDFGHJKLN" not in str(problems)


# --- counts and comparison -----------------------------------------------------------------------------


def test_answers_by_mode_and_channel(home):
    put(home, "a.csv", limesurvey([line | {"canal": "mairie"} for line in some(HABITANTS)], HABITANTS))
    entry_sheet(
        home / "reponses" / "s.xlsx",
        [{c: v for c, v in line.items() if not c.startswith("canal")} for line in some(HABITANTS, 2, 4)],
        HABITANTS,
    )
    counts = by_channel(received(home, ALL)[0]["habitants"])
    assert counts[["mode", "channel", "answers", "complete"]].to_numpy().tolist() == [
        ["en_ligne", "mairie", 3, 3],
        ["papier", "", 2, 2],
    ]
    assert list(counts["label"]) == ["Par la mairie ou la communauté de communes", "Voie inconnue"]


def _answers(online, paper):
    """Codes of « connexion » by mode."""
    rows = [
        {"mode": mode, "connexion": code}
        for mode, codes in (("en_ligne", online), ("papier", paper))
        for code in codes
    ]
    return Answers(HABITANTS, table_of(HABITANTS, rows))


def test_paper_and_online_compared():
    compared = paper_and_online(
        _answers(["toujours"] * 56 + ["jamais"] * 14, ["toujours"] * 48 + ["jamais"] * 32), "connexion"
    )
    always = compared.set_index("code").loc["toujours"]
    assert (always["online_base"], always["paper_base"]) == (70, 80)
    assert always["difference"] == pytest.approx(-0.2)
    assert (always["lower"], always["upper"]) == pytest.approx((-0.3339, -0.0524), abs=5e-5)
    from scipy.stats import fisher_exact

    alone = fisher_exact([[48, 32], [56, 14]])[1]
    assert always["p"] == pytest.approx(4 * alone)  # four options
    assert not always["small"]


def test_small_bases_are_said_and_absent_ones_have_no_difference():
    few = paper_and_online(_answers(["toujours"] * 29, ["jamais"] * 40), "connexion")
    assert few["small"].all()
    none = paper_and_online(_answers(["toujours"] * 29, []), "connexion")
    assert none[["paper", "difference", "lower", "p"]].isna().all(axis=None)
    assert not any(isnan(v) for v in none["online"])


@pytest.mark.parametrize("question, rows", [("services_acces", 40), ("vie_locale", 9), ("residence", 4)])
def test_each_kind_is_compared(question, rows):
    assert len(paper_and_online(_answers(["toujours"], []), question)) == rows


def test_numbers_and_texts_are_not_compared():
    with pytest.raises(ValueError):
        paper_and_online(_answers([], []), "besoin_libre")
    with pytest.raises(KeyError):
        paper_and_online(_answers([], []), "rien_de_tel")
