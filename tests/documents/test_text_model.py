"""A text with fields: what it becomes, what it may not do, what is told of a fault."""

from __future__ import annotations

import pytest

from ctg_lib.documents.agreement.blocks import (
    Grid,
    Heading,
    Signatures,
    Text,
    blank,
    is_blank,
    parts,
    settled,
)
from ctg_lib.documents.agreement.text_model import TextModel

FIELDS = {
    "nom": "Caf", "date": blank("la date", "la MSA"), "vide": [], "sans": None, "axe": {"titre": "Un", "rang": 1},
    "axes": [{"titre": "Un", "rang": 1}, {"titre": "Deux", "rang": 2}], "signataires": [{"nom": "A", "fonction": "maire"}],
}  # fmt: skip
TABLES = {
    "t": lambda: Grid("T", ("a",), (("x",), (blank("x", "y", ""),)), (1,)),
    "rien": lambda: Grid("R", ("a",), (), (1,), empty=blank("r", "z")),
}


def filled(*items, sections=None):
    raw = {"parties_du_texte": sections or [{"article": "Objet", "nom": "objet", "contenu": list(items)}]}
    model = TextModel(raw, "f.yml")
    blocks, gaps = model.filled(FIELDS, TABLES)
    return blocks[1:] if sections is None else blocks, gaps, "\n".join(map(str, model.problems))


def test_fields_blanks_and_typography() -> None:
    blocks, gaps, told = filled("La {{ nom }} : {{ date }} ; {{ a_completer('le lieu', 'la Caf', '') }} ;")
    assert told == ""
    assert blocks == [
        Text("La Caf\u00a0: [à\u00a0compléter\u00a0: la date]\u202f; [à\u00a0compléter]\u202f;")
    ]
    assert [(g.place, g.what, g.who) for g in gaps] == [
        ("Article 1", "la date", "la MSA"),
        ("Article 1", "le lieu", "la Caf"),
    ]


def test_conditions_take_a_blank_for_nothing() -> None:
    blocks, _, told = filled(
        {"texte": "non", "si": "date"}, {"texte": "non", "si": "vide"}, {"texte": "non", "si": "sans"},
        {"texte": "oui", "si": "nom"}, {"texte": "oui", "si": "not sans and nom == 'Caf'"}, {"texte": "oui", "si": "nom is connu"},
        {"texte": "non", "si": "date is connu"},
    )  # fmt: skip
    assert (told, blocks) == ("", [Text("oui")] * 3)


def test_loops_and_groups() -> None:
    blocks, _, told = filled(
        {
            "pour": "a dans axes",
            "contenu": [{"sous_titre": "Axe {{ a.rang }}"}, {"puce": "{{ a.titre }}", "si": "a.rang > 1"}],
        },
        "{% for a in axes %}{{ a.titre }}{% if not loop.last %}, {% endif %}{% endfor %}",
    )
    assert told == ""
    assert blocks == [
        Heading("Axe\u00a01", "sous_titre"),
        Heading("Axe\u00a02", "sous_titre"),
        Text("Deux", "puce"),
        Text("Un, Deux"),
    ]


def test_numbers_follow_the_order_and_what_is_left_out() -> None:
    blocks, _, told = filled(
        sections=[
            {"article": "Un", "si": "sans"},
            {"article": "Deux", "contenu": ["voir {{ annexe.b }} et {{ article.c }}"]},
            {"article": "Trois", "nom": "c"},
            {"annexe": "A", "si": "vide"},
            {"annexe": "B", "nom": "b"},
        ]
    )
    assert told == ""
    assert [b.whole for b in blocks if isinstance(b, Heading)] == [
        "Article 1 – Deux",
        "Article 2 – Trois",
        "Annexe 1 – B",
    ]
    assert Text("voir annexe\u00a01 et article\u00a02") in blocks


def test_tables_and_signatures() -> None:
    blocks, gaps, told = filled({"tableau": "t"}, {"tableau": "rien"}, {"signatures": True})
    assert told == ""
    assert isinstance(blocks[0], Grid) and blocks[0].rows == (("x",), ("[à\u00a0compléter]",))
    assert blocks[1:] == [Text("[à\u00a0compléter\u00a0: r]"), Signatures((("A", "maire"),))]
    assert [(g.what, g.who) for g in gaps] == [("x", "y"), ("r", "z")]


def test_lines_of_yaml_are_one_paragraph_and_no_break_spaces_stay() -> None:
    assert filled("un\n  deux\u00a0trois")[0] == [Text("un deux\u00a0trois")]


@pytest.mark.parametrize(
    "source",
    [
        "{{ axe.items() }}", "{{ axe.__class__ }}", "{{ nom.upper() }}", "{{ 'a' * 9 }}", "{{ 9 ** 9 }}", "{{ '%s' % nom }}",
        "{{ a_completer.__globals__ }}", "{{ ''.__class__.__mro__ }}", "{{ cycler }}", "{{ range(9) }}", "{% include 'x' %}",
        "{% import 'x' as y %}", "{{ nom | attr('upper') }}", "{{ nom | map }}", "{{ (1/0) }}",
    ],
)  # fmt: skip
def test_a_text_reads_fields_and_does_nothing_else(source) -> None:
    blocks, _, told = filled(source)
    assert blocks == []
    assert told.startswith("f.yml, article « Objet » : trouvé")


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("{{ non }}", "un champ connu (« non » ne l’est pas) ; vouliez-vous dire « nom » ?"),
        ("{{ axe.titres }}", "vouliez-vous dire « titre » ?"),
        ("{{ nom ", "un champ entre doubles accolades"),
        ({"tableau": "tt"}, "un tableau parmi t, rien ; vouliez-vous dire « t » ?"),
        ({"tablau": "t"}, "vouliez-vous dire « tableau » ?"),
        ({"si": "nom"}, "« texte: », « visa: », « puce: »"),
        ({"texte": "x", "pour": "axes"}, "« pour: axe dans axes »"),
        ({"texte": "x", "pour": "a dans nom"}, "une liste après « dans »"),
        ({"texte": "x", "si": "a b"}, "un champ entre doubles accolades"),
        ({"contenu": "x"}, "une liste sous « contenu: »"),
        (["x"], "un texte, ou « texte: »"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(item, expected) -> None:
    _, _, told = filled(item)
    assert expected in told and "f.yml, article « Objet »" in told


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ("x", "une liste de parties, d’articles et d’annexes"),
        ([{"titre": "x"}], "« partie: », « article: » ou « annexe: », un seul"),
        ([{"article": "x", "annexe": "y"}], "un seul"),
        ([{"article": "x", "contenus": []}], "vouliez-vous dire « contenu » ?"),
    ],
)
def test_a_file_of_another_shape_is_told(sections, expected) -> None:
    model = TextModel({"parties_du_texte": sections}, "f.yml")
    model.filled(FIELDS, TABLES)
    assert expected in "\n".join(map(str, model.problems))


def test_marks_of_blanks() -> None:
    mark = blank("a", "b")
    assert is_blank(mark) and is_blank(f" {mark} ") and not is_blank(f"x {mark}") and not is_blank("a")
    said, gaps = settled(f"x {mark}.", "ici")
    assert list(parts(said)) == [(False, "x "), (True, "[à\u00a0compléter\u00a0: a]"), (False, ".")]
    assert gaps[0].place == "ici"
