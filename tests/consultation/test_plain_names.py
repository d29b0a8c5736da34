"""Names of files, sheets and columns: one that may be a person's is told by its rank. Every name below is made up."""

import openpyxl
import pytest
from answered_forms import HABITANTS, PARENTS, limesurvey
from hypothesis import given
from hypothesis import strategies as st
from test_answers_erasing import CODE, person
from test_answers_received import some

from ctg_lib.consultation.erasing import erase, plan
from ctg_lib.consultation.plain_names import KNOWN, plain, plain_column, plain_files, plain_sheet
from ctg_lib.consultation.received import received

PEOPLE = (
    "Josiane Dupuy",
    "josiane",
    "Zorglubine",
    "Kevin T",
    "DUPUY",
    "dupuy_j",
    "Tartampion-Dupuy",
    "Mme D",
    "0199001234",
)


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("form", ["{}", "saisie {}", "{}-parents", "export_{}_2026", "Avis de {}"])
def test_a_name_that_may_be_someone_s_is_not_plain(name, form):
    assert not plain(form.format(name))


@pytest.mark.parametrize(
    "name",
    ["parents", "jeunes_11_17-fictif-odk", "results-survey123456", "saisie-20261101", "b (copie)", "Feuil1", "Réponses", "Saisie 2",
     "habitants-fictif-limesurvey", "Adresse e-mail", "ipaddr", "export 12 novembre 2026"],
)  # fmt: skip
def test_usual_names_are_told(name):
    assert plain(name)


@given(st.text(max_size=40))
def test_a_plain_name_holds_known_words_alone(text):
    said = plain(f"saisie {text} quidamine")
    assert said is False


def test_no_first_name_is_among_the_known_words():
    from ctg_lib.consultation.first_names import FIRST_NAMES, SURNAMES

    assert set() == KNOWN & (FIRST_NAMES | SURNAMES)


def test_files_are_told_by_their_rank(tmp_path):
    files = [
        tmp_path / n for n in ("z.josiane", "parents.csv", "papier/Saisie Josiane.CSV", "Josiane/parents.csv")
    ]
    told = plain_files(files, tmp_path)
    assert [told[path] for path in files] == [
        "fichier n° 4",
        "parents.csv",
        "papier/fichier n° 2 (.csv)",
        "fichier n° 1 (.csv)",
    ]
    assert plain_files([tmp_path / "besoin-ados.csv"], tmp_path, ["besoin_ados"]) == {
        tmp_path / "besoin-ados.csv": "besoin-ados.csv"
    }
    assert plain_sheet("Josiane", 2) == "n° 2" and plain_sheet("Saisie", 1) == "Saisie"
    assert (
        plain_column("Avis de Kevin", 5, "Avis de Kevin") == "F"
        and plain_column("email", 1, "email") == "email"
    )


def test_nobody_named_by_a_file_a_sheet_or_a_column_is_told(tmp_path):
    """Bare names, which no rule of masking would see: as they are, and in what erasing says."""
    home = tmp_path / "reponses"
    (home / "Josiane Dupuy").mkdir(parents=True)
    text = limesurvey(some(PARENTS), PARENTS, service=[{"seed": "x"}] * 3).replace(
        '"seed"', '"Avis de Kevin Dupuy"'
    )
    (home / "saisie Josiane Dupuy.csv").write_text(text, encoding="utf-8")
    (home / "saisie Josiane Dupuy 2.csv").write_text(text, encoding="utf-8")
    (home / "Josiane Dupuy" / "export.csv").write_text("poule,lapin\n1,2\n", encoding="utf-8")
    (home / "josiane.ods").write_bytes(b"PK")
    (tmp_path / "Dupuy.docx").write_bytes(b"PK")
    book = openpyxl.Workbook()
    book.active.title = "Josiane Dupuy"
    lines = [person(1), person(2)]
    heads = sorted(set().union(*lines))
    for row in (["code", "Dupuy Kevin", *heads], [CODE, "x", *[lines[0].get(h, "") for h in heads]]):
        book.active.append([str(cell) for cell in row])
    book.save(home / "Kevin.xlsx")
    answers, problems = received(tmp_path, {"parents": PARENTS, "habitants": HABITANTS})
    assert answers["parents"].received and answers["habitants"].received and len(problems) >= 4
    planned = plan(tmp_path, CODE)
    assert planned.found and len(planned.unseen) == 2
    done = erase(tmp_path, CODE)
    told = [
        *map(str, problems),
        *(p.said + p.about for p in problems),
        *answers["parents"].files,
        *planned.unseen,
    ]
    told += [each.words for each in (*planned.found, *done.found)]
    for word in ("josiane", "dupuy", "kevin"):
        assert word not in "\n".join(told).lower()
    assert any("reponses/fichier n° " in each for each in told) and any(
        "feuille « n° 1 »" in each for each in told
    )
