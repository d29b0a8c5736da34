"""A partner's own Word document: what is filled, what must stay as it was to the byte, what is told."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from ctg_lib.documents.agreement.blocks import Grid, blank
from ctg_lib.documents.agreement.text_model import TextModel
from ctg_lib.documents.agreement.word_template import BLANK, blank_places, fill_template, proposed_mapping
from ctg_lib.documents.agreement.word_xml import read_part
from ctg_lib.workbooks.plain_yaml import parse_yaml

FIELDS = {
    "nom": "Communauté d’exemple & voisins", "date": blank("date de la signature", "les parties"),
    "fonction": "présidence", "lignes": "un\ndeux",
}  # fmt: skip
GRID = Grid(
    "Actions", ("N°", "Coût"), (("A01", "12 000 €"), ("A02", blank("coût", "la Caf", ""))), (1, 2), (1,)
)


def made() -> bytes:
    """A document as people make them: runs split in odd places, tables, a head, a foot, a bookmark."""
    document = docx.Document()
    document.add_heading("Article 1 : Objet", 1)
    split = document.add_paragraph("La collectivité, représen")
    for words in ("tée par ", "…", "…", "………", " (ci-après", " « la Commune »)."):
        split.add_run(words).bold = words.startswith("…")
    document.add_paragraph("Article fixe : rien ne change ici, ni l’apostrophe, ni les  deux espaces.")
    document.add_paragraph("Fait à ____, le ____ ; visa ____")
    document.add_paragraph("Signataire :")
    table = document.add_table(rows=3, cols=2)
    for row, words in zip(table.rows, ("Délibération", "Fonction", "Date de fin"), strict=True):
        row.cells[0].text = words
    table.rows[1].cells[1].text = "………"
    table.rows[2].cells[1].text = "31 décembre"
    document.add_heading("Annexe 4 : actions", 1)
    document.add_paragraph("Suite. NOM DE L’EPCI ; encore NOM DE L’EPCI.")
    marked = document.add_paragraph("Le signet : ")
    for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
        mark = OxmlElement(tag)
        mark.set(qn("w:id"), "7")
        if tag.endswith("Start"):
            mark.set(qn("w:name"), "Lieu")
        marked._p.append(mark)
        if tag.endswith("Start"):
            marked.add_run("ici")
    section = document.sections[0]
    section.header.paragraphs[0].text = "Convention avec ……"
    section.footer.paragraphs[0].text = "Pied fixe"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


CONTENT = made()


def filled(*entries, content=CONTENT, **more):
    return fill_template(content, list(entries), FIELDS, {"actions": lambda: GRID}, **more)


def words(content: bytes) -> list[str]:
    return [p.text for p in docx.Document(io.BytesIO(content)).paragraphs]


def chunks(content: bytes, part: str = "word/document.xml") -> list[bytes]:
    """Bytes of each paragraph."""
    data = zipfile.ZipFile(io.BytesIO(content)).read(part)
    return [data[p.start : p.end] for p in read_part(part, data).paragraphs]


def problem(*entries, **more) -> str:
    content, gaps, problems = filled(*entries, **more)
    assert content == more.get("content", CONTENT)
    assert not gaps
    return "\n".join(map(str, problems))


def test_a_blank_cut_in_runs_is_filled_whole_in_the_look_of_its_first() -> None:
    content, gaps, problems = filled({"apres": "Représentée par", "par": "{{ nom }}"})
    assert (gaps, problems) == ([], [])
    assert (
        "La collectivité, représentée par Communauté d’exemple & voisins (ci-après « la Commune »)."
        in words(content)
    )
    paragraph = next(p for p in docx.Document(io.BytesIO(content)).paragraphs if "représentée" in p.text)
    assert [r.text for r in paragraph.runs if r.bold and r.text] == ["Communauté d’exemple & voisins"]


def test_everything_else_has_the_same_bytes() -> None:
    content, _, problems = filled(
        {"apres": "représentée par", "par": "{{ nom }}"}, {"cellule": "délibération", "par": "{{ fonction }}"}
    )
    assert not problems
    before, after = (zipfile.ZipFile(io.BytesIO(c)) for c in (CONTENT, content))
    assert before.namelist() == after.namelist()
    for name in before.namelist():
        if name != "word/document.xml":
            assert before.read(name) == after.read(name), name
    old, new = chunks(CONTENT), chunks(content)
    assert len(old) == len(new)
    assert [i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b] == [1, 6]
    assert _between(CONTENT) == _between(content)


def _between(content: bytes) -> bytes:
    """What lies outside the paragraphs of the body."""
    data, out, place = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml"), b"", 0
    for paragraph in _paragraphs(content, "word/document.xml"):
        out, place = out + data[place : paragraph.start], paragraph.end
    return out + data[place:]


def test_the_same_twice_gives_the_same_bytes() -> None:
    entry = {"apres": "représentée par", "par": "{{ nom }}"}
    assert filled(entry)[0] == filled(entry)[0]


def test_what_no_file_says_leaves_the_blank_and_is_listed() -> None:
    content, gaps, problems = filled({"apres": ", le", "par": "{{ date }}", "occurrence": 1})
    assert not problems
    assert "Fait à ____, le ____ ; visa ____" in words(content)
    assert [(g.place, g.what, g.who) for g in gaps] == [("« , le »", "date de la signature", "les parties")]


def test_several_blanks_of_one_paragraph_are_filled_each() -> None:
    content, _, problems = filled(
        {"apres": "fait à", "par": "Nant"}, {"apres": ", le", "par": "1er mai"}, {"apres": "visa", "par": "V"}
    )
    assert not problems
    assert "Fait à Nant, le 1er\u00a0mai ; visa V" in words(content)


def test_an_anchor_that_nothing_follows_is_completed() -> None:
    content, _, problems = filled({"apres": "Signataire :", "par": "{{ fonction }}"})
    assert not problems
    assert "Signataire : présidence" in words(content)


def test_cells_by_their_neighbour_or_their_place() -> None:
    content, _, problems = filled(
        {"cellule": "Fonction", "par": "{{ fonction }}"},
        {"tableau": 1, "ligne": 1, "colonne": 2, "par": "2027-3"},
    )
    assert not problems
    rows = [[c.text for c in r.cells] for r in docx.Document(io.BytesIO(content)).tables[0].rows]
    assert rows == [["Délibération", "2027-3"], ["Fonction", "présidence"], ["Date de fin", "31 décembre"]]


def test_each_occurrence_of_a_text_and_words_on_two_lines() -> None:
    content, _, problems = filled(
        {"remplacer": "nom de l'EPCI", "par": "{{ lignes }}", "occurrence": "toutes"}
    )
    assert not problems
    assert "Suite. un deux ; encore un deux." in words(content)
    content, _, _ = filled({"remplacer": "NOM DE L’EPCI", "par": "X", "occurrence": 2})
    assert "Suite. NOM DE L’EPCI ; encore X." in words(content)


def test_a_bookmark_is_replaced() -> None:
    content, _, problems = filled({"signet": "Lieu", "par": "Nant"})
    assert not problems
    assert "Le signet : Nant" in words(content)


def test_heads_of_page_are_filled_where_it_is_said() -> None:
    content, _, problems = filled({"remplacer": "……", "ou": "en-tetes", "par": "{{ nom }}"})
    assert not problems
    header = docx.Document(io.BytesIO(content)).sections[0].header.paragraphs[0].text
    assert header == "Convention avec Communauté d’exemple & voisins"
    assert chunks(content) == chunks(CONTENT)


def test_a_table_goes_under_a_heading_and_leaves_the_rest() -> None:
    content, gaps, problems = filled({"sous": "Annexe 4", "style": "heading 1", "inserer": "actions"})
    assert not problems
    document = docx.Document(io.BytesIO(content))
    assert [[c.text for c in r.cells] for r in document.tables[1].rows][1] == [
        "A01",
        "12 000 €".replace(" ", "\u202f", 1).replace(" €", "\u00a0€"),
    ]
    assert [g.what for g in gaps] == ["coût"]
    before, after = (zipfile.ZipFile(io.BytesIO(c)).read("word/document.xml") for c in (CONTENT, content))
    cut = before.index(b"Annexe 4")
    cut = before.index(b"</w:p>", cut) + len(b"</w:p>")
    assert after.startswith(before[:cut])
    assert after.endswith(before[cut:])


def test_the_mark_of_a_demonstration_is_on_every_page_of_it() -> None:
    content, _, problems = filled({"apres": "Signataire :", "par": "x"}, fictif="Fictif : essai")
    assert not problems
    document = docx.Document(io.BytesIO(content))
    assert document.paragraphs[0].text == "Fictif : essai"
    assert "Fictif : essai" in [p.text for p in document.sections[0].header.paragraphs]


def test_the_mark_stands_in_a_document_without_head() -> None:
    bare = docx.Document()
    bare.add_paragraph("Signataire :")
    out = io.BytesIO()
    bare.save(out)
    content, _, problems = filled(
        {"apres": "Signataire :", "par": "x"}, content=out.getvalue(), fictif="Fictif : essai"
    )
    assert not problems
    assert docx.Document(io.BytesIO(content)).sections[0].header.paragraphs[0].text == "Fictif : essai"


def test_footnotes_tabs_text_boxes_and_odd_prefixes() -> None:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    choice = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    data = (
        f'<?xml version="1.0" encoding="UTF-8"?><x:document xmlns:x="{space}" xmlns:mc="{choice}"><x:body>'
        '<x:p><x:pPr><x:tabs><x:tab x:val="left" x:pos="9"/></x:tabs></x:pPr><x:r><x:t>A</x:t><x:tab/><x:t xml:space="preserve">… </x:t></x:r>'
        "<mc:AlternateContent><mc:Choice><x:r><x:txbxContent><x:p><x:r><x:t>boîte</x:t></x:r></x:p></x:txbxContent></x:r></mc:Choice>"
        "<mc:Fallback><x:r><x:txbxContent><x:p><x:r><x:t>boîte</x:t></x:r></x:p></x:txbxContent></x:r></mc:Fallback></mc:AlternateContent></x:p>"
        '<x:p x:rsid="1"/><x:p><x:r><x:t/></x:r></x:p></x:body></x:document>'
    ).encode()
    part = read_part("word/document.xml", data)
    assert [p.text for p in part.paragraphs] == ["A\t… ", "boîte", "", ""]
    assert part.saved() is data
    part.paragraphs[0].replace(2, 3, "<é>\nB")
    part.paragraphs[2].replace(0, 0, "vide")
    part.paragraphs[3].replace(0, 0, "aussi")
    saved = part.saved()
    assert (
        b'<x:t xml:space="preserve">&lt;\xc3\xa9&gt;</x:t><x:br/><x:t xml:space="preserve">B </x:t>' in saved
    )
    assert [p.text for p in read_part("word/document.xml", saved).paragraphs] == [
        "A\t<é>\nB ",
        "boîte",
        "vide",
        "aussi",
    ]


# --- what is told ---------------------------------------------------------------------------------------


def test_an_anchor_that_is_not_there_names_the_nearest_text() -> None:
    said = problem({"apres": "La collectivite représentee au nom de", "par": "x"})
    assert "champs, n° 1" in said
    assert "La collectivite représentee au nom de" in said
    assert "le plus proche : « La collectivité, représentée par ……" in said.replace("…" * 5, "……")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"remplacer": "NOM DE L’EPCI", "par": "x"}, "ce texte s’y trouve 2 fois"),
        ({"remplacer": "NOM DE L’EPCI", "par": "x", "occurrence": 5}, "un rang jusqu’à 2"),
        ({"remplacer": "NOM DE L’EPCI", "par": "x", "occurrence": 0}, "suivi d’un rang, ou de « toutes »"),
        (
            {"apres": "Article fixe", "par": "x"},
            "un blanc (……, ____) après ce texte, qui est suivi de « : rien ne change",
        ),
        ({"apres": "", "par": "x"}, "attendu un texte du document"),
        (
            {"cellule": "Date de fin", "par": "x"},
            "une cellule vide, ou un blanc (……) ; elle dit « 31 décembre »",
        ),
        ({"cellule": "Signataire", "par": "x"}, "un texte dans une cellule de tableau"),
        ({"tableau": 1, "ligne": 9, "colonne": 1, "par": "x"}, "tableau 1, ligne 9, colonne 1 n’existe pas"),
        ({"tableau": 1, "par": "x"}, "« tableau: », « ligne: » et « colonne: », trois nombres"),
        ({"signet": "Lieux", "par": "x"}, "le plus proche : « Lieu »"),
        ({"sous": "Annexe 4", "inserer": "action"}, "vouliez-vous dire « actions » ?"),
        ({"sous": "Annexe 4"}, "« inserer: » (un tableau) ou « texte: »"),
        ({"apres": "Signataire :"}, "« par: », ce qui va à cet endroit"),
        (
            {"apres": "Signataire :", "par": "{{ non }}"},
            "un champ connu (« non » ne l’est pas) ; vouliez-vous dire « nom » ?",
        ),
        ({"apres": "Signataire :", "par": "x", "ocurrence": 1}, "vouliez-vous dire « occurrence » ?"),
        ({"apres": "Signataire :", "par": "x", "ou": "marge"}, "« ou: » parmi corps, tableaux"),
        ({"par": "x"}, "un ancrage, un seul : apres, remplacer"),
        ("texte", "un ancrage, un seul : apres, remplacer"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(entry, expected) -> None:
    assert expected in problem({"apres": "représentée par", "par": "{{ nom }}"}, entry)


def test_two_fields_for_one_place_are_told() -> None:
    entry = {"apres": "représentée par", "par": "{{ nom }}"}
    assert "un endroit par champ" in problem(entry, dict(entry))


@pytest.mark.parametrize("content", [b"", b"PK no zip", b"plain text"])
def test_what_is_no_word_document_is_told(content) -> None:
    assert "un document Word (.docx)" in problem({"apres": "a", "par": "b"}, content=content)


def test_a_document_type_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made_zip:
        made_zip.writestr("word/document.xml", '<!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>')
    assert "un type de document y est déclaré" in problem({"apres": "a", "par": "b"}, content=out.getvalue())


def test_a_mapping_that_is_no_list_is_told() -> None:
    _, _, problems = fill_template(CONTENT, {"apres": "x"}, FIELDS)
    assert "une liste, une ligne commençant par « - » pour chaque champ" in str(problems[0])


# --- a mapping to begin with ----------------------------------------------------------------------------


def test_every_blank_is_found_with_words_that_anchor_it() -> None:
    found = [(b.before, b.occurrence, b.place) for b in blank_places(CONTENT)]
    assert ("La collectivité, représentée par", 1, "corps") in found
    assert ("Fait à", 1, "corps") in found
    assert (", le", 1, "corps") in found
    assert ("Convention avec", 1, "en-tetes") in found
    assert sum(place == "tableaux" for _, _, place in found) == 1


@pytest.mark.parametrize("words", ["[à compléter]", "[à\u00a0compléter : date]", "……", "____"])
def test_what_authors_leave_to_be_filled_is_a_blank(words) -> None:
    assert BLANK.fullmatch(words)


def test_the_proposed_mapping_fills_each_blank_once() -> None:
    entries = parse_yaml(proposed_mapping(CONTENT))["champs"]
    content, _, problems = filled(*({**e, "par": f"[{i}]"} for i, e in enumerate(entries)))
    assert not problems
    assert not blank_places(content)
    text = " ".join(
        p.text for part in ("word/document.xml", "word/header1.xml") for p in _paragraphs(content, part)
    )
    assert all(f"[{i}]" in text for i in range(len(entries)))


def _paragraphs(content: bytes, part: str):
    return read_part(part, zipfile.ZipFile(io.BytesIO(content)).read(part)).paragraphs


def test_problems_name_the_file_of_the_mapping() -> None:
    _, _, problems = filled({"apres": "absent du texte", "par": "x"}, file="convention/modele.yml")
    assert problems[0].file == "convention/modele.yml, champs, n° 1"
    assert isinstance(TextModel({}, "f").problems, list)
