"""Chapter 03: people before rates, ranges that stay ranges."""

from chapter_words import words

from ctg_lib.study.chapters.familles import Familles


def test_poverty_with_the_people_it_stands_for(larzac):
    """Filosofi: 17.3 % in 2021 (Aveyron 14.5 %); 5 089 persons of fiscal households in 2019, 17.5 % of them poor."""
    text = words(Familles(larzac).essentiel())
    assert "**17,3 % des habitants des ménages fiscaux vivent sous le seuil de pauvreté** en 2021" in text
    assert "nettement plus que dans l’Aveyron (14,5 %), mais comme en Occitanie (17,5 %) ; c’étaient" in text
    assert "environ 890 personnes en 2019." in text


def test_counts_of_the_caf_are_ranges_until_it_answers(larzac, project):
    """825 households summed over 16 communes rounded to 5: between 793 and 889 (data.caf.fr, December 2024)."""
    text = words(Familles(larzac).essentiel())
    assert "**Entre 793 et 889 foyers reçoivent une prestation de la Caf** (décembre 2024)" in text
    assert "les allocataires de la MSA n’y sont pas" in text
    from ctg_lib.study import open_study

    demo = words(Familles(open_study("241200906-demo", project)).essentiel())
    assert "**871 foyers reçoivent une prestation de la Caf** (décembre 2025)" in demo


def test_what_the_garrison_turns_has_both_readings(larzac):
    """No diploma: 28.9 % with La Cavalerie, 16.9 % without, 19.0 % in Aveyron (RP 2023)."""
    text = words(Familles(larzac).essentiel())
    assert "29 %, nettement plus que dans l’Aveyron (19 %)" in text
    assert "Sans La Cavalerie, **17 %**" in text
    notes = words(Familles(larzac).ce_qui_a_change())
    assert "La Cavalerie change la lecture de" in notes
    assert "la hausse des prix n’en est pas retirée" in notes


def test_changes_are_named_only_when_established(larzac):
    table = Familles(larzac).ce_qui_a_change()
    said = {row[0].replace("\u00a0", " "): row[-1] for row in table.cells()}
    assert said["Taux de pauvreté"] == "proche"  # 17.5 % in 2019, 17.3 % in 2021
    assert set(said.values()) <= {"hausse", "baisse", "proche", "non établie"}


def test_nothing_is_invented_elsewhere(affricain):
    chapter = Familles(affricain)
    assert "foyers reçoivent une prestation" not in words(chapter.essentiel())
    assert chapter.benefits_message() == ""
