import csv
import io
import re
from dataclasses import replace

import pytest
from questionnaire_samples import AROUND, SAMPLE

from ctg_lib.consultation.codes import short_codes, short_ids, short_items
from ctg_lib.consultation.deletion_codes import ALPHABET, ONLINE
from ctg_lib.consultation.questionnaire import Condition, Option, Question, Section
from ctg_lib.documents.consultation.limesurvey import CODE, COLUMNS, limesurvey_bytes, rows, survey_number


def read(content):
    """As the import reads it: UTF-8, its mark taken off, tabs, double quotes."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter="\t", strict=True))


LINES = read(limesurvey_bytes(SAMPLE, AROUND))
IDS = short_ids(SAMPLE)


def question(name):
    return next(line for line in LINES if line["class"] == "Q" and line["name"] == name)


def parts(name, of):
    start = LINES.index(question(name)) + 1
    out = []
    for line in LINES[start:]:
        if line["class"] not in ("SQ", "A"):
            break
        out += [line["name"]] if line["class"] == of else []
    return out


def setting(name, of="S"):
    return next(line["text"] for line in LINES if line["class"] == of and line["name"] == name)


def test_same_bytes_twice():
    assert limesurvey_bytes(SAMPLE, AROUND) == limesurvey_bytes(SAMPLE, AROUND)


def test_every_line_has_every_column_and_a_known_class():
    assert tuple(LINES[0]) == COLUMNS
    assert {line["class"] for line in LINES} == {"S", "SL", "G", "Q", "SQ", "A"}
    assert not any(None in line or None in line.values() for line in LINES)


def test_the_import_needs_a_number_a_language_and_a_title():
    assert setting("sid") == str(survey_number(SAMPLE, AROUND.study)) and len(setting("sid")) == 6
    assert setting("language") == "fr" and "Votre vie de famille" in setting("surveyls_title", "SL")
    assert survey_number(SAMPLE, "a") != survey_number(SAMPLE, "b")


def test_nothing_says_who_or_when():
    assert {n: setting(n) for n in ("anonymized", "datestamp", "ipaddr", "refurl", "allowsave", "savetimings")} == {
        "anonymized": "Y", "datestamp": "N", "ipaddr": "N", "refurl": "N", "allowsave": "N", "savetimings": "Y",
    }  # fmt: skip


def test_codes_are_those_that_limesurvey_takes():
    for line in LINES:
        if line["class"] == "Q":
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,19}", line["name"])
        elif line["class"] in ("A", "SQ"):
            assert re.fullmatch(r"[A-Za-z0-9]{1,5}", line["name"])
    names = [line["name"] for line in LINES if line["class"] == "Q"]
    assert len(names) == len(set(names))


def test_every_question_option_and_item_is_there():
    kinds = {
        "enfants": "N", "militaire": "L", "modes": "M", "avis": "F", "confort": "L", "priorites": "R", "libre": "T",
    }  # fmt: skip
    for each in SAMPLE.questions:
        line = question(IDS[each.id])
        assert line["type/scale"] == kinds.get(each.id, line["type/scale"])
        ours = [short_codes(each)[o.code] for o in each.options]
        listed = parts(IDS[each.id], "SQ" if each.kind == "multiple" else "A")
        other = [short_codes(each)["autre"]] if line["other"] == "Y" else []
        assert listed == [code for code in ours if code not in other]
        if each.kind == "grid":
            assert parts(IDS[each.id], "SQ") == [short_items(each)[i.code] for i in each.items]


def test_limits_bounds_and_other():
    modes, enfants, canal = question("modes"), question("enfants"), question("canal")
    assert (modes["exclude_all_others"], modes["max_answers"], modes["other"]) == ("aucun", "2", "Y")
    assert modes["other_replace_text"] == "Autre mode"
    assert (modes["other_position"], modes["other_position_code"]) == (
        "specific",
        short_codes(SAMPLE["modes"])["assmat"],
    )
    assert (enfants["min_num_value_n"], enfants["max_num_value_n"], enfants["num_value_int_only"]) == (
        "0",
        "12",
        "1",
    )
    assert canal["other"] == "Y" and not canal["other_position"]
    assert question("militaire")["mandatory"] == "Y" and modes["mandatory"] == "N"
    assert question("priorites")["max_answers"] == "2" and not question("rangs")["max_answers"]


def test_conditions_become_equations():
    assert question("modes")["relevance"] == "(militaire.NAOK == 'oui' or militaire.NAOK == 'non')"
    creche, assmat = (short_codes(SAMPLE["modes"])[c] for c in ("creche", "assmat"))
    assert question("avis")["relevance"] == f"(modes_{creche}.NAOK == 'Y' or modes_{assmat}.NAOK == 'Y')"


@pytest.mark.parametrize(
    ("asked", "code", "expected"),
    [
        ("canal", "autre", "canal.NAOK == '-oth-'"),
        ("modes", "autre", "!is_empty(modes_other.NAOK)"),
        ("enfants", "3", "enfants.NAOK == 3"),
        ("priorites", "bus", "(priorites_1.NAOK == 'bus' or priorites_2.NAOK == 'bus')"),
    ],
)
def test_each_kind_of_question_can_be_a_condition(asked, code, expected):
    more = Section("plus", "Plus", (Question("plus", "Plus ?", "text", when=(Condition(asked, (code,)),)),))
    lines = rows(replace(SAMPLE, sections=(*SAMPLE.sections, more)), AROUND)
    assert (
        next(line for line in lines if line["name"] == "plus" and line["class"] == "Q")["relevance"]
        == expected
    )


def test_two_free_options_have_a_line_each():
    both = Question("q", "?", "multiple", (Option("un", "Un", free=True), Option("deux", "Deux", free=True)))
    lines = rows(replace(SAMPLE, sections=(Section("s", "S", (both,)),)), AROUND)
    texts = [(line["name"], line["relevance"]) for line in lines if line.get("type/scale") == "S"]
    assert texts == [("qxun", "q_un.NAOK == 'Y'"), ("qxdeux", "q_deux.NAOK == 'Y'")]
    assert next(line for line in lines if line["name"] == "q")["other"] == "N"


def test_the_deletion_code_is_drawn_once_and_shown_twice():
    hidden = question(CODE)
    assert hidden["type/scale"] == "*" and hidden["hidden"] == "1"
    assert hidden["text"].startswith(f"{{if(is_empty({CODE}.NAOK), join(") and hidden["text"].endswith(
        f", {CODE}.NAOK)}}"
    )
    assert hidden["text"].count(f"substr('{ALPHABET}', rand(0, 18), 1)") == ONLINE
    assert (
        f"{{{CODE}}}" in setting("surveyls_endtext", "SL") and f"{{{CODE}}}" in question("votrecode")["text"]
    )
    assert "SAVEDID" not in str([line for line in LINES if "Q" in line["class"] and line["name"] == CODE])


def test_labels_hold_no_tag_no_call_and_no_formula():
    asked = question("libre")["text"]
    assert (
        "<" not in asked and "{" not in asked and "&lt;script&gt;" in asked and "&#123;SAVEDID&#125;" in asked
    )
    assert question("piege")["text"].startswith("&#61;HYPERLINK(")
    told = [cell for line in LINES for column, cell in line.items() if column in ("text", "help")]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in told)
    assert not any(re.search(r'\\|"', cell) for cell in told)


def test_notice_and_fictif_are_in_the_welcome():
    assert "<strong>Qui vous interroge.</strong> La communauté" in setting("surveyls_welcometext", "SL")
    made_up = rows(replace(SAMPLE, sections=SAMPLE.sections[:1]), replace(AROUND, fictif=True))
    texts = {line["name"]: line["text"] for line in made_up if line["class"] == "SL"}
    assert texts["surveyls_title"].startswith("FICTIF") and "Fictif" in texts["surveyls_welcometext"]


def test_every_group_asks_something():
    order = [line["class"] for line in LINES if line["class"] in ("G", "Q")]
    assert "GG" not in "".join(order) and order[0] == "G" and order[-1] == "Q"
    assert [line["type/scale"] for line in LINES if line["class"] == "G"] == ["1", "2", "3", "4"]
