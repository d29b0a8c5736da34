"""Exploring: what a study answers to an analyst, and that every form of an answer says the same."""

from __future__ import annotations

import io
import math
import re

import pandas as pd
import pytest

from ctg_lib.display.typography import typeset
from ctg_lib.errors import BadInput, CtgError
from ctg_lib.geography import Territory
from ctg_lib.indicators.registry import THEMES, definition, registry
from ctg_lib.study import open_study
from ctg_lib.study.explore import asked, readings
from ctg_lib.study.explore.cards import Found, Indicator, territory_card
from ctg_lib.study.explore.choose import Choice
from ctg_lib.study.explore.compare import Comparison, Several
from ctg_lib.study.explore.explain import Explanation
from ctg_lib.study.explore.workbook import workbook_bytes
from ctg_lib.values import USABLE

openpyxl = pytest.importorskip("openpyxl")


def text(shown) -> str:
    return shown._repr_mimebundle_()[0]["text/plain"]


def html(shown) -> str:
    return shown._repr_mimebundle_()[0]["text/html"]


@pytest.fixture(scope="module")
def demo(project):
    return open_study("241200906-demo", project)


# --- the study and its territory ---------------------------------------------------------------------


def test_a_study_shows_what_it_is(larzac) -> None:
    assert repr(larzac) == f"Study('241200906', {larzac.territory.name!r})"
    data = larzac._repr_mimebundle_()[0]
    assert set(data) == {"text/html", "text/markdown", "text/plain"}
    for form in data.values():
        for name in (*larzac.communes_by_code.values(), *(t.name for t in larzac.references)):
            assert name in form.replace("&#x27;", "’")
        assert "etude.explain" in form and "fictives" not in form
    rows = larzac.table(list(registry()), [larzac.place])
    known = rows[rows["value"].notna() | rows["lower"].notna()]["indicator"].nunique()
    assert f"{known} sur {len(registry())} ont une valeur" in data["text/plain"]


def test_a_made_up_study_says_so_everywhere(demo) -> None:
    compared = demo.compare(["part_65_plus", "naissances"])
    answers = [
        demo, demo.find("garde"), demo.indicator("part_65_plus"), demo.compare("part_65_plus"), compared,
        demo.explain("part_65_plus"), demo.choose(["part_65_plus"]),
    ]  # fmt: skip
    for answer in answers:
        for form in answer._repr_mimebundle_()[0].values():
            assert "fictives" in form.lower()
    for figure in (compared.dots("part_65_plus"), demo.map("part_65_plus")):
        assert b'id="made-up-strip"' in figure.svg or b"made-up-" in figure.svg
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(compared)))
    assert all(name.endswith("(fictif)") for name in book.sheetnames)
    assert "FICTIVES" in str(book.worksheets[0]["A2"].value).upper()


def test_a_territory_has_a_card_in_the_notebook_alone(larzac) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    card = territory_card(larzac.territory, larzac.geography)
    assert larzac.territory.code in card.to_html() and "16 communes" in card.to_text().replace("\u00a0", " ")
    shell = InteractiveShell.instance()
    try:
        open_study("241200906", larzac.project)
        data, _ = shell.display_formatter.format(larzac.territory)
        assert data["text/html"] == card.to_html()
        assert data["text/plain"] == card.to_text()
    finally:
        InteractiveShell.clear_instance()


@pytest.mark.parametrize("level", ["commune", "departement", "region", "france"])
def test_every_level_of_territory_has_a_card(larzac, level: str) -> None:
    for code in larzac.geography.codes(level)[:3]:
        territory = larzac.geography.territory(code, level=level)
        shown = territory_card(territory, larzac.geography).to_text()
        assert territory.name in shown and code in shown


# --- searching and naming ----------------------------------------------------------------------------


def test_find_answers_to_words_without_accents_nor_plural(larzac) -> None:
    found = larzac.find("Bénéficiaires du RSA")
    assert isinstance(found, Found) and len(found) and all("rsa" in i for i in found.ids[:1])
    assert larzac.find("pauvrete").ids[0] == larzac.find("Pauvretés").ids[0] == "taux_pauvrete"
    assert "taux_couverture" in larzac.find("garde")
    assert "sites_petite_enfance" in larzac.find("crèche").ids
    every = larzac.find()
    assert set(every.ids) == set(registry())
    assert list(every.table.columns) == ["id", "label", "theme", "unit", "value", "period", "known"]
    row = every.table.set_index("id").loc["taux_couverture"]
    assert row["known"] and row["period"] == larzac.value("taux_couverture").period
    assert set(every.known) <= set(every.table.loc[every.table["known"], "id"])


def test_find_of_nothing_says_what_was_meant(larzac) -> None:
    found = larzac.find("revenuz")
    assert len(found) == 0 and found.table.empty
    assert "revenu" in text(found)


def test_an_unknown_indicator_names_near_ones(larzac) -> None:
    with pytest.raises(BadInput, match=r"'taux_couvertur'\. Vouliez-vous dire.*taux_couverture \("):
        larzac.indicator("taux_couvertur")
    with pytest.raises(BadInput, match="taux_pauvrete"):
        larzac.compare(["pauvreté"])
    with pytest.raises(BadInput, match=r"etude\.find\(\)"):
        larzac.explain("zzzz")


def test_an_indicator_is_known_by_its_label_too(larzac) -> None:
    rule = definition("part_65_plus")
    assert larzac.indicator(rule.label.upper()).id == "part_65_plus"


def test_an_unknown_territory_names_near_ones(larzac) -> None:
    with pytest.raises(BadInput, match=r"Milau.*Millau"):
        larzac.compare(["part_65_plus"], with_="Milau")
    with pytest.raises(BadInput, match=r"200067155|inconnu"):
        larzac.explain("part_65_plus", territory="200067156")
    with pytest.raises(BadInput, match="voisines, semblables, communes, secteurs"):
        larzac.compare(["part_65_plus"], with_=[])
    with pytest.raises(BadInput, match="arrondissement"):
        larzac.compare(["part_65_plus"], with_="75101")


def test_words_stand_for_several_territories(larzac) -> None:
    groups = {
        "voisines": set(larzac.neighbours["code"]), "semblables": set(larzac.lookalikes["code"]),
        "communes": set(larzac.territory.members), "Secteurs": {s.code for s in larzac.secteurs},
        "références": {t.code for t in larzac.references},
    }  # fmt: skip
    for word, codes in groups.items():
        assert {t.code for t in asked.territories_of(larzac, word)} == codes
    own = larzac.secteurs[0]
    assert asked.territory_of(larzac, own.name) is own
    assert asked.territory_of(larzac, "la cavalerie").level == "commune"
    assert asked.territory_of(larzac, larzac.territory.short_name) is larzac.territory
    names = [t.name for t in asked.territories_of(larzac, ["12", "12", larzac.territory, "Aveyron"])]
    assert names == ["Aveyron"]


# --- an indicator ------------------------------------------------------------------------------------


def test_an_indicator_tells_its_definition_and_its_last_values(larzac) -> None:
    shown = larzac.indicator("part_65_plus")
    assert isinstance(shown, Indicator)
    told = text(shown)
    rule = shown.rule
    assert typeset(rule.definition) in told and rule.id in told and f"{rule.meaningful:g}" in told
    assert shown.periods == sorted(larzac.series("part_65_plus")["period"])
    assert shown.levels["commune"] <= len(larzac.territory.members)
    assert shown.last is not None and shown.last.frame["here"].iloc[0].startswith("25")


@pytest.mark.parametrize("theme", list(THEMES))
def test_every_indicator_shows_itself_and_explains_itself(larzac, theme: str) -> None:
    """Known or not, total or by breakdowns: no card breaks, none shows « nan »."""
    for indicator in (i for i, rule in registry().items() if rule.theme == theme):
        for shown in (larzac.indicator(indicator), larzac.explain(indicator)):
            for form in shown._repr_mimebundle_()[0].values():
                assert not re.search(r"\bnan\b|\bNone\b", form), indicator


# --- comparing ---------------------------------------------------------------------------------------


def test_one_indicator_is_read_in_full_and_several_side_by_side(larzac) -> None:
    one = larzac.compare("part_65_plus")
    assert type(one).__name__ == "Compared" and one.study is larzac
    assert "Aveyron" in text(one)
    several = larzac.compare(["part_65_plus"])
    assert isinstance(several, Comparison) and several.merged
    assert isinstance(larzac.compare("part_65_plus", with_="12"), Comparison)


def test_a_comparison_has_the_numbers_of_the_table(larzac) -> None:
    made = larzac.compare(["part_65_plus", "taux_couverture", "naissances"], with_=["12", "voisines", "FR"])
    table = made.table
    assert len(table) == 3 * (1 + len(made.others))
    for _, line in table.iterrows():
        row = larzac.row(line["indicator"], line["breakdown"], (line["level"], line["code"]), line["period"])
        if row is None or row["status"] not in USABLE:
            assert pd.isna(line["value"])
        else:
            assert line["value"] == row["value"] or (pd.isna(line["value"]) and pd.isna(row["value"]))
            assert line["sources"] == row["sources"]


def test_nothing_is_compared_across_years_nor_counts_with_counts(larzac) -> None:
    table = larzac.compare(
        ["part_65_plus", "naissances", "population"], with_=["12", "REG-76", "voisines"]
    ).table
    read = table[~table["own"] & table["side"].isin(["above", "below", "close"])]
    assert len(read) and read["own_period"].eq(read["period"]).all()
    counts = table["indicator"].isin(["naissances", "population"])
    assert table.loc[counts, "words"].eq("").all()
    assert set(table.loc[counts & ~table["own"], "sureness"]) <= {"count", "missing"}
    assert set(table.loc[~table["own"], "sureness"]) <= set(readings.SURENESS)
    gap = read["own_value"] - read["value"]
    assert (gap - read["difference"]).abs().max() < 1e-9


def test_a_word_is_said_only_of_an_established_difference(larzac) -> None:
    table = larzac.compare(larzac.find().known, with_=["12", "REG-76", "FR", "FHM"]).table
    for _, line in table[~table["own"]].iterrows():
        rule = definition(line["indicator"])
        named = line["side"] in ("above", "below")
        if named:
            target = abs(line["value"]) if rule.meaningful_relative else 1
            assert abs(line["difference"]) >= rule.meaningful * target - 1e-6
            assert line["sureness"] in ("apart", "exact") and (
                "plus" in line["words"] or "moins" in line["words"]
            )
        assert bool(line["words"]) == (line["side"] in ("above", "below", "close"))


def test_the_common_period_is_preferred(larzac) -> None:
    """Where no neighbour knows the territory's latest year, all are read in one that they share."""
    table = larzac.compare(["part_65_plus"], with_="voisines").table
    assert set(table["period"]) == {table["period"].iloc[0]} and table["side"].iloc[1:].ne("unknown").any()


def test_what_may_not_be_shown_has_no_number(larzac) -> None:
    made = larzac.compare(larzac.find().ids, with_="communes")
    hidden = made.table[~made.table["status"].isin(USABLE)]
    assert len(hidden) and hidden["status"].eq("secret").any()
    assert (
        hidden[["value", "lower", "upper", "numerator", "denominator", "difference"]].isna().to_numpy().all()
    )


def test_a_commune_that_changes_the_reading_is_said(larzac) -> None:
    found = larzac.distortion("part_65_plus")
    assert found is not None and found.changes_reading
    [note, *_] = larzac.compare(["part_65_plus"]).notes()
    assert larzac.communes_by_code[found.place] in note


def test_figures_draw_what_the_table_says(larzac) -> None:
    made = larzac.compare(["part_65_plus", "naissances"])
    dots = made.dots("part_65_plus")
    lines = made.table[made.table["indicator"].eq("part_65_plus")]
    assert dots.data["value"].tolist() == pytest.approx(lines["value"].tolist(), nan_ok=True)
    births = made.lines("naissances")
    series = larzac.series("naissances")
    series = series[series["period"].str.fullmatch(r"\d{4}") & series["value"].notna()]
    assert births.data["value"].tolist() == series["value"].tolist()
    both = made.dots()
    assert isinstance(both, Several) and len(both) == 2 and len(both[0].data) == len(dots.data)
    with pytest.raises(BadInput, match="attendu : part_65_plus et naissances"):
        made.dots("taux_couverture")


def test_breakdowns_are_asked_by_code_or_words(larzac) -> None:
    by_code = larzac.compare([("taux_couverture", "mode=eaje")], with_="voisines")
    by_words = larzac.compare(
        [("taux_couverture", "Établissements d’accueil du jeune enfant")], with_="voisines"
    )
    assert by_code.items == by_words.items == (("taux_couverture", "mode=eaje"),)
    with pytest.raises(BadInput, match=r"'mode=x' inconnu ici ; attendu : mode=am_ind \("):
        larzac.explain("taux_couverture", "mode=x")


# --- maps --------------------------------------------------------------------------------------------


def test_maps_by_commune_secteur_and_neighbours(larzac) -> None:
    communes = larzac.map("part_65_plus")
    expected = larzac.communes("part_65_plus").set_index("name")["value"]
    drawn = communes.data.set_index("name")["value"].astype(float)
    for name, value in expected.items():
        assert drawn[name] == value or (pd.isna(drawn[name]) and pd.isna(value))
    assert "sans valeur" in communes.title
    near = larzac.map("part_65_plus", by="voisines")
    assert len(near.data) == len(larzac.neighbours) + 1
    assert len(larzac.map("population", by="secteur").data) == len(larzac.secteurs)
    with pytest.raises(BadInput, match="trouvé 'rue', attendu commune, secteur, voisines"):
        larzac.map("part_65_plus", by="rue")


# --- how a number was made ---------------------------------------------------------------------------


def test_an_explanation_has_the_number_of_the_table(larzac) -> None:
    rows = larzac.table(list(registry()), [larzac.place])
    seen = again = 0
    for (indicator, breakdown), here in rows.groupby(["indicator", "breakdown"]):
        row = here.iloc[-1]
        made = larzac.explain(str(indicator), str(breakdown), period=row["period"])
        assert isinstance(made, Explanation) and made.period == row["period"]
        if row["status"] in USABLE and pd.notna(row["value"]):
            seen += 1
            assert made.value.value == row["value"]
            terms = made.terms
            assert all(a == b or (math.isnan(a) and pd.isna(b)) for a, b in
                       zip(terms, (row["numerator"], row["denominator"]), strict=True))  # fmt: skip
            again += made.agrees
        assert set(made.sources["id"]) == set(str(row["sources"]).split("+")) - {""}
        assert made.sources["sha256"].str.fullmatch(r"[0-9a-f]{64}").all()
    assert seen > 150 and again > 20


def test_a_formula_holds_its_own_numbers(larzac) -> None:
    made = larzac.explain("part_65_plus")
    assert made.agrees and made.computed == pytest.approx(made.value.value)
    assert made.formula.endswith("= 25\u202f%.")
    assert made.bounds.startswith("Aucune.")
    exact = larzac.explain("taux_couverture")
    assert "60,5" in exact.bounds and math.isnan(exact.computed)


def test_an_explanation_reveals_nothing_hidden(larzac) -> None:
    """Of a hidden cell, no form holds a number of the row, whatever the row itself holds."""
    places = [("commune", c) for c in larzac.territory.members]
    rows = larzac.table(list(registry()), places)
    hidden = rows[rows["status"].eq("secret")].drop_duplicates(["indicator", "breakdown"])
    assert len(hidden)
    for _, row in hidden.head(30).iterrows():
        made = larzac.explain(row["indicator"], row["breakdown"], territory=row["code"], period=row["period"])
        planted = row.copy()
        planted[["value", "lower", "upper", "numerator", "denominator"]] = 918273.0
        leaky = Explanation(larzac, made.rule, made.territory, made.breakdown, made.period, planted)
        for form in leaky._repr_mimebundle_()[0].values():
            assert "918" not in re.sub(r"[0-9a-f]{64}", "", form)
        assert leaky.value.value is None and math.isnan(leaky.computed) and all(map(math.isnan, leaky.terms))
        assert "Secret statistique" in made.reason


def test_a_rate_on_a_small_base_shows_its_counts_and_says_why(larzac) -> None:
    places = [("commune", c) for c in larzac.territory.members]
    rows = larzac.table("part_65_plus", places)
    row = rows[rows["status"].eq("below_threshold")].iloc[0]
    made = larzac.explain("part_65_plus", territory=row["code"], period=row["period"])
    assert made.value.value is None and made.terms == (row["numerator"], row["denominator"])
    assert "Pas de taux sous une base de" in made.reason and math.isnan(made.computed)


def test_a_missing_value_says_why(larzac) -> None:
    unknown = next(i for i in registry() if i not in larzac.find().known and not larzac.explain(i).period)
    assert larzac.explain(unknown).reason.startswith("Non disponible.")
    with pytest.raises(BadInput, match="période '1900' inconnue ; attendu : 2021, 2023"):
        larzac.explain("part_65_plus", period="1900")


# --- to Excel ----------------------------------------------------------------------------------------


def test_the_workbook_reads_back(larzac, tmp_path) -> None:
    made = larzac.compare(["part_65_plus", "taux_couverture"], with_=["12", "REG-76", "communes"])
    path = made.to_excel(tmp_path / "comparaison.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Comparaison", "Lectures", "Valeurs", "Définitions", "Sources"]
    rows = list(book["Valeurs"].values)
    heads = {name: at for at, name in enumerate(rows[0])}
    assert len(rows) - 1 == len(made.table)
    for line, row in zip(made.table.itertuples(), rows[1:], strict=True):
        value = row[heads["Valeur"]]
        digits = definition(line.indicator).decimals
        assert value is None if pd.isna(line.value) else value == pytest.approx(round(line.value, digits))
    wide = book["Comparaison"]
    names = [cell.value for cell in wide[4]]
    assert names[4] == larzac.territory.short_name and "Aveyron" in names
    assert wide.cell(5, 5).value == round(made.table["value"].iloc[0], 0)
    assert {row[0] for row in list(book["Sources"].values)[1:]} == {e.id for e in made.sources}
    hidden = made.table[made.table["status"].eq("below_threshold")]["name"].iloc[0]
    assert wide.cell(5, names.index(hidden) + 1).value == "effectif trop faible"
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


def test_same_comparison_same_bytes(larzac) -> None:
    first, second = (workbook_bytes(larzac.compare(["part_65_plus"])) for _ in range(2))
    assert first == second
    for answer in (
        larzac,
        larzac.compare(["part_65_plus"]),
        larzac.explain("part_65_plus"),
        larzac.find("garde"),
    ):
        assert answer._repr_mimebundle_() == answer._repr_mimebundle_()


def test_an_open_workbook_is_not_replaced(larzac, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = larzac.compare(["part_65_plus"])
    path = made.to_excel(tmp_path / "a.xlsx")
    before = path.read_bytes()
    for mark in ("~$a.xlsx", ".~lock.a.xlsx#"):
        (tmp_path / mark).write_text("", encoding="utf-8")
        with pytest.raises(BadInput, match=r"a\.xlsx : ce fichier est ouvert"):
            made.to_excel(path)
        (tmp_path / mark).unlink()
    monkeypatch.setattr(
        "pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(PermissionError(13, "verrou"))
    )
    with pytest.raises(BadInput, match="Le fermer dans le tableur"):
        made.to_excel(path)
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]
    with pytest.raises(BadInput, match=r"attendu un nom de fichier en \.xlsx"):
        made.to_excel(tmp_path / "a.csv")
    with pytest.raises(BadInput, match="n’existe pas"):
        made.to_excel(tmp_path / "absent" / "a.xlsx")


def test_a_study_writes_all_it_knows(affricain, tmp_path) -> None:
    path = affricain.to_excel(tmp_path / "tout.xlsx", with_="12")
    rows = list(openpyxl.load_workbook(path)["Valeurs"].values)
    assert {row[0] for row in rows[1:]} == set(affricain.find().known)


# --- choosing with the mouse -------------------------------------------------------------------------


def test_a_choice_is_a_comparison_that_changes(larzac) -> None:
    choice = larzac.choose(["part_65_plus"])
    assert isinstance(choice, Choice) and not choice.mouse
    assert html(choice) == html(larzac.compare(["part_65_plus"]))
    choice.set(indicators=["taux_couverture"], territories=["12"])
    assert [t.code for t in choice.comparison.others] == ["12"]
    choice.set(territories=["Nulle-Part-sur-Mer"])
    assert "Nulle-Part-sur-Mer" in choice.failure and "Nulle-Part-sur-Mer" in html(choice)
    assert [t.code for t in choice.comparison.others] == ["12"]  # the last good one stays
    choice.set(territories=[])
    assert choice.comparison.merged and not choice.failure


def test_a_batch_shows_no_controls(larzac, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CTG_LAB", raising=False)
    assert not larzac.choose().mouse
    monkeypatch.setenv("CTG_LAB", "1")
    assert larzac.choose().mouse


def test_controls_change_the_choice(larzac) -> None:
    widgets = pytest.importorskip("ipywidgets")
    from ctg_lib.study.explore.choose import controls

    choice = larzac.choose(["part_65_plus"], mouse=True)
    box = controls(choice)

    def every(widget):
        yield widget
        for child in getattr(widget, "children", ()):
            yield from every(child)

    found = list(every(box))
    listed, chosen = (w for w in found if isinstance(w, widgets.SelectMultiple))
    place = next(w for w in found if isinstance(w, widgets.Combobox))
    buttons = {w.description: w for w in found if isinstance(w, widgets.Button)}
    assert listed.value == ("part_65_plus",)
    listed.value = ("part_65_plus", "naissances")
    assert [i for i, _ in choice.items] == ["part_65_plus", "naissances"]
    word = next(w for w in found if type(w) is widgets.Text)
    word.value = "couverture"
    assert set(listed.value) == {"part_65_plus", "naissances"}  # what is chosen stays
    assert "taux_couverture" in dict(listed.options).values()
    place.value = "200067155"
    buttons["Ajouter"].click()
    assert "200067155" in [t.code for t in choice.comparison.others] and place.value == ""
    chosen.value = ("200067155",)
    buttons["Retirer"].click()
    assert "200067155" not in [t.code for t in choice.comparison.others]
    buttons["Références"].click()
    assert choice.comparison.merged


def test_messages_are_short_in_the_lab_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from ctg_lib.study.explore import notebook

    assert notebook._message(BadInput("quoi")) == ["BadInput : quoi"]
    assert not hasattr(CtgError, "_render_traceback_") or notebook.in_lab()


def test_territories_have_no_html_outside_of_a_notebook() -> None:
    assert not hasattr(Territory, "_repr_html_")
