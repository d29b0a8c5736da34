"""The follow-up of requests: written, filled by hand, kept, read back, told."""

from datetime import date, datetime

import openpyxl
import pandas as pd
import pytest
from answered import AS_OF, answer, read

from ctg_lib.documents.workbooks import write_workbook
from ctg_lib.partnership import follow_up
from ctg_lib.partnership.books.suivi import FILE, FOLLOW_UP, SHEET
from ctg_lib.partnership.requests import PARTNERS, asked_of

NAMES = [(p.id, p.name) for p in PARTNERS]


def save(folder, lines, name=FILE):
    path = folder / "partenaires" / name
    return write_workbook(path, FOLLOW_UP, {SHEET: lines}, communes={}, place="Territoire", moment=AS_OF)


def lines(**days):
    """Prepared lines; ``caf={"sent": …}``."""
    return [{**line, **days.get(line["partner"], {})} for line in follow_up.prepared(AS_OF, NAMES)]


def told(got):
    return "\n".join(str(p) for p in got.problems)


def test_a_line_per_partner_says_what_it_is_asked():
    made = {line["partner"]: line for line in follow_up.prepared(AS_OF, NAMES)}
    assert list(made) == [p.id for p in PARTNERS]
    caf = made["caf"]
    assert (caf["letter"], caf["workbook"]) == ("caf/lettre.docx", "caf/demande-caf.xlsx")
    assert caf["figures"] == len(asked_of("caf")) and caf["services"] == "oui"
    assert "B13" in caf["rows"].split(", ") and caf["study"] == pd.Timestamp(AS_OF)
    assert made["operateurs"]["figures"] == 0 and made["mdph"]["services"] == "non"


def test_days_are_read_back_with_the_answers(tmp_path):
    save(tmp_path, lines(caf={"sent": date(2026, 9, 28), "reminded": date(2026, 10, 26)}))
    got = read(tmp_path)
    assert got.problems == () and got.entries == ()
    assert got.follow_up.sent("caf") == pd.Timestamp(2026, 9, 28) and got.follow_up.sent("msa") is None
    assert "2026-09-28" in got.recorded["sent"].tolist(), (
        "a chapter that shows it is made again when it changes"
    )


def test_no_file_no_day(tmp_path):
    assert read(tmp_path).follow_up.lines.empty and read(tmp_path).follow_up.sent("caf") is None


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"sent": date(2027, 1, 4)}, "colonne « Envoyée le » : trouvé « 04/01/2027 », attendu une date jusqu’au 01/11/2026"),
        ({"sent": date(2026, 9, 28), "reminded": date(2026, 9, 1)}, "« Relancée le » : trouvé « 01/09/2026 », attendu une date après l’envoi, le 28/09/2026"),
        ({"received": date(2026, 9, 1)}, "« Réponse reçue le » : trouvé « 01/09/2026 », attendu une date après l’envoi"),
        ({"partner": "cpam"}, "colonne « Identifiant » : trouvé « cpam », attendu un des identifiants caf, msa"),
        ({"sent": date(2026, 9, 28), "received": date(2026, 10, 2)}, "attendu le classeur rempli (demande-caf.xlsx) dans le même dossier"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(tmp_path, days, words):
    save(tmp_path, lines(caf=days))
    got = read(tmp_path)
    assert words in told(got), told(got)
    assert {p.severity for p in got.problems} == {"warning"} and {p.file for p in got.problems} == {FILE}
    assert got.problems[0].row and got.problems[0].sheet == "Demandes"


def test_an_answer_that_was_read_is_not_looked_for(tmp_path):
    save(tmp_path, lines(caf={"sent": date(2026, 9, 28), "received": date(2026, 10, 2)}))
    answer(tmp_path, "caf", ("caf-rsa", "2024", 96), sent=datetime(2026, 10, 1))
    assert read(tmp_path).problems == ()


def test_a_day_that_cannot_be_read_is_told(tmp_path):
    path = save(tmp_path, lines())
    book = openpyxl.load_workbook(path)
    sheet = book["Demandes"]
    head = next(
        r for r in sheet.iter_rows(max_row=12) if any(str(c.value).startswith("Destinataire") for c in r)
    )
    column = next(c.column for c in head if c.value == "Envoyée le")
    sheet.cell(head[0].row + 1, column).value = "bientôt"
    book.save(path)
    got = read(tmp_path)
    assert "colonne « Envoyée le » : trouvé « bientôt »" in told(got)
    assert got.problems[0].severity == "error"


def test_what_was_written_by_hand_is_kept_and_the_rest_made_again(tmp_path):
    old = lines(caf={"sent": date(2026, 9, 28), "remark": "par courriel", "figures": 3.0})
    second = {"partner": "operateurs", "recipient": "Association Exemple", "sent": date(2026, 10, 2)}
    there = follow_up.read(save(tmp_path, [*old, second]), AS_OF)
    made = follow_up.kept(follow_up.prepared(AS_OF, NAMES), there.lines)
    assert [line["partner"] for line in made] == [*(p.id for p in PARTNERS), "operateurs"]
    assert made[0]["sent"] == pd.Timestamp(2026, 9, 28) and made[0]["remark"] == "par courriel"
    assert made[0]["figures"] == len(asked_of("caf"))
    assert made[-1]["recipient"] == "Association Exemple" and made[-1]["sent"] == pd.Timestamp(2026, 10, 2)
    again = follow_up.read(save(tmp_path, made), AS_OF)
    pd.testing.assert_frame_equal(
        again.lines[["partner", *follow_up.BY_HAND]], there.lines[["partner", *follow_up.BY_HAND]]
    )
