"""YAML that people write: mistakes are told in French, nothing is guessed."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.workbooks.plain_yaml import LARGEST, UnreadableYaml, parse_yaml, read_yaml


def test_what_is_written_is_read():
    assert parse_yaml("a: 1\nb: [x, oui]\nc: 2026-11-02") == {
        "a": 1,
        "b": ["x", "oui"],
        "c": date(2026, 11, 2),
    }
    assert parse_yaml("") == {} and parse_yaml("# rien") == {}


def test_a_day_that_does_not_exist_stays_text():
    assert parse_yaml("a: 2026-02-30") == {"a": "2026-02-30"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2", "ligne 1 : « a » écrit deux fois, une seule attendue"),
        ("b:\n  c: [", "ligne 2, colonne 7 : écriture YAML illisible"),
        ("a: b: c", "ligne 1, colonne 5 : écriture YAML illisible (un texte qui contient « : »"),
        ("\x00", "un caractère qui n’est pas du texte"),
        ("!!python/object:os.system x", "écriture YAML illisible"),
        ("[" * 800, "trop de niveaux"),
        ("a: !!timestamp 12", "une valeur illisible"),
        ("a: !!int x", "une valeur illisible"),
        ("a: " + "9" * 5000, "une valeur illisible"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_place(text, said):
    with pytest.raises(UnreadableYaml) as told:
        parse_yaml(text)
    assert said in str(told.value)


def test_references_are_refused_where_asked():
    assert parse_yaml("a: &x [1]\nb: *x") == {"a": [1], "b": [1]}
    with pytest.raises(UnreadableYaml, match=r"ligne 2 : « \* » renvoie à un autre passage"):
        parse_yaml("a: &x [1]\nb: *x", flat=True)


def test_files_are_guarded(tmp_path):
    path = tmp_path / "x.yml"
    with pytest.raises(UnreadableYaml, match="ne s’ouvre pas"):
        read_yaml(path)
    path.write_bytes(b"a: caf\xe9")
    with pytest.raises(UnreadableYaml, match="UTF-8"):
        read_yaml(path)
    path.write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(UnreadableYaml, match="trop grand, attendu moins de 1 Mo"):
        read_yaml(path)
    path.write_text("\ufeffa: é", encoding="utf-8")
    assert read_yaml(path) == {"a": "é"}


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:-[]{}#&*!|>'\"%@`\n \t,?0\u00e9\x85", max_size=40))
def test_any_text_is_read_or_told(text):
    try:
        parse_yaml(text, flat=True)
    except UnreadableYaml as error:
        assert str(error)


def test_what_stands_in_the_file_is_told_without_quotation_marks():
    with pytest.raises(UnreadableYaml) as told:
        parse_yaml("b:\n  c: [")
    assert told.value.found == "un texte illisible, ligne 2" and "se met entre guillemets" in told.value.hint
    with pytest.raises(UnreadableYaml) as told:
        parse_yaml("a: !!int x")
    assert (told.value.found, told.value.hint) == ("un texte illisible", "une valeur illisible")
