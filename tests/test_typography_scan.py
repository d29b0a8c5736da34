"""The reader of reports finds what is planted, and nothing where all is well."""

import pytest
from docx import Document
from source_reach import unsourced
from typography_scan import faults, page_blocks, word_blocks

from ctg_lib.display.typography import typeset

NB, THIN = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("l'école", "apostrophe droite"),
        ('une "crèche"', "guillemet droit"),
        ("attendre...", "points de suspension"),
        (f"Nant{NB}: 60,{THIN}; Cornus", "deux ponctuations"),
        ("Les deux sont vrais..", "deux ponctuations"),
        ("rien () ici", "rien entre parenthèses"),
        ("soit nan places", "mot de programme"),
        ("soit None", "mot de programme"),
        ("il y a {n} places", "mot de programme"),
        ("**gras** resté", "mot de programme"),
        ("l’indicateur taux_pauvrete", "nom de programme"),
        ("de de La Cavalerie", "mot doublé"),
        ("la part de Aveyron", "élision"),
        ("Chiffres de octobre 2026", "élision"),
        ("à le Clapier", "contraction"),
        ("le maire du la commune", "contraction"),
        (f"1{NB}enfants", "singulier"),
        (f"0,3{NB}consultations par habitant", "singulier"),
        (f"12{NB}enfant inscrits", "pluriel"),
        ("Il y en a deux. les autres non.", "minuscule après un point"),
        (f"une baisse de –, soit rien{THIN}!", "tiret d’un nombre absent"),
        (f"60.5{NB}places", "point décimal"),
        (f"6746{NB}habitants", "nombre sans séparateur"),
        ("soit -12 habitants", "moins"),
        ("en 2024-T4", "période brute"),
        ("entre 2022-2023 et cette année", "période brute"),
        ("valeur missing", "mot anglais"),
        (f"12{THIN}% de plus", "pourcentage et points"),
        ("deux  espaces", "espace double"),
        ("un mot , puis un autre", "espace avant virgule"),
        ("oui; non", "espace de ; ! ?"),
        ("vraiment ?", "espace de ; ! ?"),
        ("ainsi : rien", "espace de :"),
        ("ainsi: rien", "espace de :"),
        ("25 % des habitants", "espace de %"),
        ("25% des habitants", "espace de %"),
        ("12 € par jour", "espace de %"),
        ("« rien »", "espace de « »"),
        ("6 746 habitants", "nombre coupé"),
    ],
)
def test_each_planted_fault_is_found(text, rule):
    assert rule in {fault.rule for fault in faults(text)}


@pytest.mark.parametrize(
    "text",
    [
        f"Fin 2023, 82{NB}places pour 6{THIN}746{NB}habitants{NB}: 25,5{THIN}%, soit −12{THIN}; «{NB}oui{NB}»{THIN}?",
        f"1{NB}place, 0{NB}enfant, 1,5{NB}point, 1{NB}fois, 2{NB}ans, 3{NB}500{NB}€",
        "Voir offre.xlsx, https://www.caf.fr/a?b=c et le paquet 1.1.1 ; étude 241200906".replace(
            " ;", f"{THIN};"
        ),
        f"Article L.214-1{NB}; ouvert de 7{NB}h 30 à 18{NB}h{THIN}; à 14:00",
        "venues à au moins une animation",
    ],
)
def test_a_text_without_fault_has_none(text):
    assert faults(text) == []


def test_what_typography_writes_has_no_fault_of_spaces():
    raw = (
        'L\'accueil : "82 places" pour 135 enfants ; soit 60,5 % ! Vraiment ? « Oui », 1 234 euros… – : rien'
    )
    assert faults(typeset(raw)) == []
    assert len(faults(raw)) > 5


def test_paper_keeps_the_rules_that_do_not_rest_on_spaces():
    assert {f.rule for f in faults("25 % d'un nan", paper=True)} == {"apostrophe droite", "mot de programme"}


def test_a_page_is_read_block_by_block_without_its_code():
    html = (
        "<main><p>Un <strong>mot</strong>\n  de   plus.</p><p>Voir <code>taux_pauvrete()</code>.</p><table><tr>"
        '<td>1</td><td>enfants</td></tr></table><img alt="l\'image"><script>var a_b = "x";</script></main>'
    )
    blocks = list(page_blocks(html))
    assert "Un mot de plus." in blocks
    assert [f.rule for block in blocks for f in faults(block)] == ["apostrophe droite"]


def test_a_word_file_is_read_with_its_tables_and_headers(tmp_path):
    document = Document()
    document.add_paragraph("Il y a nan places.")
    document.add_table(1, 1).cell(0, 0).text = f"1{NB}enfants"
    document.sections[0].header.paragraphs[0].text = "l'en-tête"
    document.save(tmp_path / "a.docx")
    found = {f.rule for block in word_blocks(tmp_path / "a.docx") for f in faults(block)}
    assert found == {"mot de programme", "singulier", "apostrophe droite"}


LINK = '<p class="ctg-source">Source : <a href="91-sources-methodes.html#source-x">Insee</a></p>'


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<h2>A</h2><p>82 places.</p>", ["82 places."]),
        (f"<h2>A</h2><p>82 places.</p>{LINK}", []),
        (f"<h2>A</h2><p>82 places.</p><h2>B</h2>{LINK}", ["82 places."]),
        (f"<h2>A</h2><section><p>82 places.</p></section>{LINK}", ["82 places."]),
        (f"<section><p>82 places.</p>{LINK}</section>", []),
        ("<p>Les 15–64 ans, en 2023, selon l’article L.214-1, au 1er janvier.</p>", []),
        ("<p>7 services restent à confirmer.</p>", []),
        ("<figure><p>82 places.</p></figure>", []),
    ],
)
def test_a_number_without_a_source_is_found(inside, expected):
    assert unsourced(f"<main>{inside}</main>") == expected
