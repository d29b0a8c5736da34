"""The coding scheme: sound as it ships, extended by a study without redefining anything."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctg_lib.consultation.scheme import NATURES, PUBLICS, common_scheme, load_scheme
from ctg_lib.workbooks.cells import key
from ctg_lib.workbooks.common import THEMES

GOOD = """
besoins:
  jeunesse:
    - code: je_exemple
      libelle: besoin d’exemple
      definition: Un besoin inventé pour le test.
      publics: [jeunes_11_17]
      nature: lieux
      mots: [exemple rare]
"""


def told(tmp_path, text: str) -> list[str]:
    (tmp_path / "besoins.yml").write_text(text, encoding="utf-8")
    return [str(p) for p in load_scheme(tmp_path)[1]]


def test_the_scheme_covers_every_theme() -> None:
    scheme = common_scheme()
    assert {need.theme for need in scheme.needs} == set(THEMES)
    assert 45 <= len(scheme) <= 60
    for need in scheme.needs:
        assert need.definition.endswith(".") and len(need.words) >= 4, need.code
        assert set(need.publics) <= set(PUBLICS) and need.nature in NATURES
        assert not re.search(r"[A-Z]", need.label[0])
    assert len({key(label) for label in scheme.choices.values()}) == len(scheme)
    assert [n.theme for n in scheme.needs] == sorted((n.theme for n in scheme.needs), key=list(THEMES).index)


def test_a_study_adds_needs_and_says_nothing_more(tmp_path) -> None:
    (tmp_path / "besoins.yml").write_text(GOOD, encoding="utf-8")
    scheme, problems = load_scheme(tmp_path)
    assert problems == ()
    assert scheme["je_exemple"].theme == "jeunesse" and len(scheme) == len(common_scheme()) + 1
    assert scheme.pairs["je_exemple"] == ("jeunesse", "besoin d’exemple")
    assert scheme.suggest("Un EXEMPLE rare, vraiment.") == ("je_exemple",)
    assert load_scheme(None)[0] is common_scheme() and load_scheme(tmp_path / "absent")[1] == ()


def test_a_code_is_never_redefined(tmp_path) -> None:
    (found,) = told(tmp_path, GOOD.replace("je_exemple", "je_lieux"))
    assert "grille commune (« des lieux pour les jeunes »)" in found and "besoins.jeunesse[1].code" in found
    assert load_scheme(tmp_path)[0]["je_lieux"] == common_scheme()["je_lieux"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("je_exemple", "Je-Exemple", "minuscules sans accent"),
        ("  jeunesse:", "  jeunes:", "peut-être « jeunesse »"),
        ("besoins:", "besoin:", "« version » ou « besoins »"),
        ("libelle: besoin d’exemple", "libelle: ''", "un texte de 80 signes au plus"),
        ("libelle: besoin d’exemple", "libelle: des lieux pour les jeunes", "c’est celui du code « je_lieux »"),
        ("[jeunes_11_17]", "[ados]", "parmi : enfants_0_2"),
        ("nature: lieux", "nature: locaux", "parmi : capacite"),
        ("mots: [exemple rare]", "mots: 3", "une liste : [mot, autre mot]"),
        ("mots: [exemple rare]", "notes: rien", "une des clés code, libelle"),
        ("nature: lieux", "nature: lieux\n      nature: acces", "« nature » écrit deux fois"),
        ("besoins:", "besoins: [", "un fichier YAML lisible"),
    ],
)  # fmt: skip
def test_each_fault_is_told(tmp_path, old: str, new: str, expected: str) -> None:
    assert any(expected in text for text in told(tmp_path, GOOD.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a", "la clé « besoins: »"),
        ("besoins: 3", "des thèmes, chacun suivi"),
        ("besoins: {jeunesse: 3}", "une liste de besoins"),
        ("besoins: {jeunesse: [3]}", "les clés code, libelle"),
        (GOOD + GOOD.split("jeunesse:\n")[1], "écrit deux fois"),
    ],
)
def test_other_shapes_are_told(tmp_path, text: str, expected: str) -> None:
    assert any(expected in each for each in told(tmp_path, text))


def test_a_file_in_another_encoding_is_told(tmp_path) -> None:
    (tmp_path / "besoins.yml").write_bytes(GOOD.encode("utf-16"))
    assert "UTF-8" in str(load_scheme(tmp_path)[1][0])


def test_the_nearest_code_is_found() -> None:
    scheme = common_scheme()
    assert scheme.nearest("pe_place") == "pe_places"
    assert scheme.nearest("place d'accueil avant trois ans") == "pe_places"
    assert scheme.nearest("zzzz") == "" and scheme.nearest("") == ""


@given(st.text(max_size=300))
def test_suggestions_are_codes(text: str) -> None:
    scheme = common_scheme()
    found = scheme.suggest(text)
    assert len(found) <= 3 and all(code in scheme for code in found)


def test_expressions_are_found_across_a_long_text() -> None:
    text = "bla " * 500 + "il n’y a pas de place en crèche " + "bla " * 500
    assert common_scheme().suggest(text) == ("pe_places",)
