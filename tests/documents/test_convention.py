"""The convention of the demonstration and of studies made here: what it says, what it leaves blank, its files."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import docx
import pandas as pd
import pytest
from pypdf import PdfReader
from typography_scan import faults, pdf_blocks, word_blocks

from ctg_lib.agreement.commitments import committed_actions
from ctg_lib.agreement.plan import Plan
from ctg_lib.display.typography import bound, typeset
from ctg_lib.documents.agreement.blocks import Grid, Heading, Signatures, Text
from ctg_lib.documents.agreement.convention import LEFT, TEMPLATE, convention, draft
from ctg_lib.documents.agreement.convention_fields import fields, signatories
from ctg_lib.documents.agreement.convention_word import word_bytes
from ctg_lib.errors import BadInput
from ctg_lib.project import Project
from ctg_lib.study import open_study
from ctg_lib.workbooks.plain_yaml import read_yaml

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(project):
    return open_study("241200906-demo", project)


@pytest.fixture(scope="module")
def text(demo):
    return draft(demo)


@pytest.fixture(scope="module")
def files(demo):
    return dict(convention(demo))


def changed(study, book: str, sheet: str, change):
    """The same study with one table changed, its other parts kept."""
    agreement = study.agreement
    filled = dict(agreement.filled)
    tables = {**filled[book].tables, sheet: change(filled[book].tables[sheet].copy())}
    filled[book] = replace(filled[book], tables=tables)
    other = open_study(study.id, study.project)
    other.__dict__.update(agreement=replace(agreement, filled=filled), partnership=study.partnership)
    return other


def words(made) -> str:
    said = []
    for block in made.blocks:
        if isinstance(block, Text | Heading):
            said.append(block.text)
        elif isinstance(block, Grid):
            said += [cell for row in block.rows for cell in row]
        elif isinstance(block, Signatures):
            said += [name for name, _ in block.parties]
    return "\n".join(said)


# --- order, numbers, blanks -----------------------------------------------------------------------------


def test_parts_articles_and_annexes_come_in_the_order_of_the_file(text) -> None:
    sections = read_yaml(TEMPLATE)["parties_du_texte"]
    kinds = [next(k for k in ("partie", "article", "annexe") if k in s) for s in sections]
    assert [h.kind for h in text.headings] == [*kinds, "partie"]
    assert [h.label for h in text.headings if h.kind == "article"] == [
        f"Article {n}" for n in range(1, kinds.count("article") + 1)
    ]
    assert [h.label for h in text.headings if h.kind == "annexe"] == [
        f"Annexe {n}" for n in range(1, kinds.count("annexe") + 1)
    ]
    annexes = [h.text for h in text.headings if h.kind == "annexe"]
    assert annexes[0].startswith("Charte de la laïcité") and annexes[-1].startswith("Échange de données")


def test_the_starting_text_binds_nobody_beyond_what_is_known() -> None:
    """Public models give the heads of the last articles alone: how it ends is for the parties, or the Caf’s own model."""
    said = TEMPLATE.read_text(encoding="utf-8")
    assert "indemnité" not in said  # what a party would give up or owe is written by nobody here
    assert "mêmes prestations" not in said  # the MSA's social action is its own
    assert (
        "Sa décision seule fonde" not in said and "ne repose que sur eux" in said
    )  # assemblies bind, not a committee
    for article in ("L. 263-1", "L. 223-1", "L. 227-1 à L. 227-3"):
        assert article in said


def test_every_blank_of_the_text_is_listed_at_its_end(text) -> None:
    last = text.blocks[-1]
    assert text.headings[-1].text == LEFT and isinstance(last, Grid)
    assert {(g.what, g.who) for g in text.gaps} == {(what, who) for _, what, who in last.rows}
    assert words(text).count("[à\u00a0compléter") == len(text.gaps)


def test_a_date_is_written_only_when_it_is_past(demo, text) -> None:
    assert text.state == "Projet, état au 15 juin 2027"
    assert "date de la signature" in {g.what for g in text.gaps}
    assert "29 juin 2027" not in words(text)


def test_parties_sign_or_are_told_not_to_have_said(demo) -> None:
    table = demo.partnership.table("parties", "parties")
    signing = signatories(demo)
    assert [p["id"] for p in signing] == list(table.loc[table["signs"].ne("non"), "id"])
    by = {p["id"]: p for p in signing}
    assert by["P01"]["approbation"].startswith("délibération n° EXEMPLE-2027-33 du 10 juin 2027")
    assert not by["P05"]["approuvee"]  # its deliberation is no approval
    assert by["P06"]["court"] == "la Caf" and by["P02"]["court"] == by["P02"]["nom"]


# --- nothing that no file says --------------------------------------------------------------------------


def test_one_decision_changed_changes_the_convention(demo, text) -> None:
    retained = list(demo.agreement.retained)
    issues = demo.agreement.table("croisement", "issues").set_index("id")["title"]

    def set_aside(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[table["issue"].eq("E03"), "decision"] = "ecarte"
        return table

    other = draft(changed(demo, "priorites", "decisions", set_aside))
    assert "E03" in retained
    gone = set(fields_ids(demo)) - {"A01", "A02", "A03", "A04", "A05", "A09", "A11", "A12"}
    assert gone == {"A07", "A08"}
    before, after = words(text), words(other)
    said = f"l’enjeu «\u00a0{issues['E03']}\u00a0»"
    assert said in before and said not in after
    table = next(b for b in other.blocks if isinstance(b, Grid) and b.title == "Actions de la convention")
    assert not {row[0] for row in table.rows} & gone


def test_an_axis_left_out_leaves_the_numbers_of_the_others(demo) -> None:
    """The convention counted again: its axis 3 was axis 4 of the sheets and of the synoptic table."""

    def set_aside(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[table["issue"].eq("E04"), "decision"] = "ecarte"
        return table

    other = changed(demo, "priorites", "decisions", set_aside)
    held = Plan.of(other.agreement)
    ranks = {axis.id: rank for rank, axis in enumerate(held.axes, start=1) if axis.actions}
    assert list(ranks.values()) == [1, 2, 4]
    assert {axis["id"]: axis["rang"] for axis in fields(other)["axes"]} == ranks


def fields_ids(study) -> list[str]:
    return list(committed_actions(study.agreement)["id"])


def test_an_action_in_draft_binds_nobody(demo, text) -> None:
    ids = set(fields_ids(demo))
    drafts = set(demo.agreement.table("plan", "actions").query("state in ('', 'projet')")["id"])
    assert drafts and not drafts & ids
    bound = fields(demo)["engagements"]
    assert not any(d in line for e in bound for d in drafts for line in (*e["pilote"], *e["partenaire"]))


def test_amounts_are_those_of_the_plan(demo, text) -> None:
    budget = demo.agreement.budget
    spent = budget[budget["action"].isin(fields_ids(demo)) & budget["kind"].eq("depense")]["amount"].sum()
    table = next(b for b in text.blocks if isinstance(b, Grid) and b.title == "Dépenses prévues par axe")
    assert table.total
    assert table.rows[-1][-1].replace("\u202f", "").replace("\u00a0€", "") == f"{spent:.0f}"


def test_a_plan_without_budget_says_so(demo) -> None:
    other = draft(changed(demo, "plan", "budget", lambda t: t[t["action"].ne("A01")]))
    assert ("budget de l’action A01", "Association Exemple-Deux") in {(g.what, g.who) for g in other.gaps}


# --- money, parties, axes ------------------------------------------------------------------------------


def article(made, number: int) -> str:
    """Words of an article."""
    heads = [i for i, b in enumerate(made.blocks) if isinstance(b, Heading) and b.kind != "sous_titre"]
    start = next(i for i in heads if made.blocks[i].label == f"Article {number}")
    end = next(i for i in heads if i > start)
    return words(replace(made, blocks=made.blocks[start:end]))


def euros_in(text: str) -> int:
    """Sum of the amounts that a text says."""
    return sum(int(re.sub(r"\D", "", found)) for found in re.findall(r"([\d\u202f]+)\u00a0€", text))


def test_only_what_is_acquired_is_a_commitment(demo, text) -> None:
    budget = demo.agreement.table("plan", "budget")
    held = budget[budget["action"].isin(fields_ids(demo)) & budget["kind"].eq("recette")]
    sums = held.groupby("sure")["amount"].sum()
    said = article(text, 5)
    assert euros_in(said) == sums["acquis"] == 195_300  # what annexe 4 calls acquired
    assert sums["sollicite"] > 0 and "part prévue" not in said  # what the scenario counts on is asked for
    posts = next(
        b for b in text.blocks if isinstance(b, Grid) and b.title.startswith("Postes de coopération")
    )
    assert "n’engagent celui qui paie qu’une fois acquises" in posts.note


def test_actions_of_a_party_are_named_not_only_numbered(demo, text) -> None:
    said = article(text, 5)
    titles = committed_actions(demo.agreement).set_index("id")["title"]
    for id in re.findall(r"A\d\d", said):
        assert f"{id} – {bound(typeset(titles[id]))}" in said, id
    assert "partenaire\u00a0: A05 – " in said  # Nant's only one


def test_no_table_repeats_the_heading_above_it(text) -> None:
    above = ""
    for block in text.blocks:
        above = block.text if isinstance(block, Heading) else above
        assert not (isinstance(block, Grid) and block.title == above), above
    assert any(isinstance(b, Grid) and b.title for b in text.blocks)


def test_orientations_are_told_from_descriptions(demo, text) -> None:
    axis = fields(demo)["axes"][0]
    said = article(text, 4)
    titles = [bound(typeset(o["titre"])) for o in axis["orientations"]]
    assert titles and all(f"Orientation – {title}" in said for title in titles)


def by_nobody(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(party="")


def test_acquired_money_of_which_no_file_says_whose_is_asked(demo) -> None:
    made = draft(changed(demo, "plan", "budget", by_nobody))
    said = article(made, 5)
    assert euros_in(said) == 195_300
    assert (
        "communes\u00a0: 10\u202f800\u00a0€, acquis, sur la durée du plan ([à\u00a0compléter\u00a0: qui])"
        in said
    )
    asked = {(g.what, g.who) for g in made.gaps}
    assert ("qui apporte 10\u202f800\u00a0€, acquis (communes)", "les communes") in asked
    assert ("répartition entre les communes", "les communes") in asked


def test_a_payer_that_is_named_is_the_one_that_is_bound(demo) -> None:
    def by_nant(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(party=["P03" if f == "communes" else "" for f in table["funder"]])

    made = draft(changed(demo, "plan", "budget", by_nant))
    after = article(made, 5).split("Commune de Nant (exemple)")[1]
    assert "apporte aux actions 10\u202f800\u00a0€, acquis" in after.split("Caf de")[0]
    grid = next(b for b in made.blocks if isinstance(b, Grid) and b.title == "Recettes prévues par financeur")
    assert [row[0] for row in grid.rows if row[0].startswith("Communes")] == [
        "Communes\u00a0: Commune de Nant (exemple)"
    ]
    assert "répartition entre les communes" not in {g.what for g in made.gaps}


def test_two_intermunicipalities_that_share_a_cost_are_asked_how(demo) -> None:
    def another(table: pd.DataFrame) -> pd.DataFrame:
        line = table[table["id"].eq("P01")].assign(
            id="P20", name="Communauté de communes Exemple", approved=False
        )
        return pd.concat([table, line], ignore_index=True)

    other = changed(demo, "plan", "budget", lambda t: t)
    partnership = demo.partnership
    filled = {**partnership.filled}
    tables = {**filled["parties"].tables, "parties": another(partnership.table("parties", "parties"))}
    filled["parties"] = replace(filled["parties"], tables=tables)
    other.__dict__.update(partnership=replace(partnership, filled=filled))
    made = draft(other)
    places = {g.place for g in made.gaps if g.what == "répartition entre les intercommunalités"}
    assert places == {"Annexe 4"}
    grids = [b for b in made.blocks if isinstance(b, Grid)]
    funders = next(g for g in grids if g.title == "Recettes prévues par financeur")
    assert "Intercommunalité [à\u00a0compléter]" in {row[0] for row in funders.rows}
    posts = next(g for g in grids if g.title.startswith("Postes de coopération"))
    assert all("€ [à\u00a0compléter]" in row[-1] for row in posts.rows)


def test_a_name_to_complete_is_a_blank(demo, text) -> None:
    msa = next(p for p in signatories(demo) if p["type"] == "msa")
    assert msa["nom_simple"] == "MSA"
    signs = next(b for b in text.blocks if isinstance(b, Signatures))
    assert ("MSA [à\u00a0compléter\u00a0: nom exact]", "direction") in signs.parties
    assert "caisse du territoire" not in words(text)
    places = {g.place for g in text.gaps if g.what == "nom exact\u00a0: MSA"}
    assert {"Entre les soussignés", "Article 5", "Signatures", "Annexe 8"} <= places


def test_an_axis_of_which_something_is_out_is_not_described(demo, text) -> None:
    described = demo.agreement.table("plan", "axes").set_index("id")["description"]
    said = article(text, 4)
    assert described["AX1"] in said and described["AX3"] in said  # all their actions are in
    assert described["AX2"] not in said and described["AX4"] not in said  # A06 and A10 are drafts
    assert "Ouvrir aux petites vacances dans la Dourbie" in said  # objectives that are held
    assert [note.split(" non imprimée")[0] for note in text.notes] == [
        "description de l’axe 2",
        "description de l’axe 4",
    ]
    assert "A06" in text.notes[0] and "A10" in text.notes[1]


def test_an_issue_set_aside_takes_the_description_of_its_axis_away(demo) -> None:
    def set_aside(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(decision=table["decision"].mask(table["issue"].eq("E04"), "ecarte"))

    made = draft(changed(demo, "priorites", "decisions", set_aside))
    assert "Des relais pour souffler" not in words(made)


def test_communes_that_exercise_a_competence_and_are_no_party_are_asked(demo, text) -> None:
    (gap,) = [g for g in text.gaps if g.what.startswith("si les communes qui exercent")]
    assert gap.place == "Article 3" and "accueil périscolaire et restauration scolaire" in gap.what
    assert "Fondamente" in gap.what and "Nant" not in gap.what
    assert "13 communes qui exercent ces compétences ne sont pas parties" in article(text, 3).replace(
        "\u00a0", " "
    )


def test_what_reads_on_one_line_stays_on_it(text) -> None:
    said = words(text)
    assert "le 9\u00a0février 2027" in said and "l’annexe\u00a07." in said and "[à compléter" not in said
    assert "Convention MSA “Grandir en milieu rural” (exemple)" in said


def test_initials_are_spelled_out_and_no_file_is_named(text) -> None:
    said = words(text)
    assert (
        "schéma départemental des services aux familles" in said and "projet éducatif de territoire" in said
    )
    assert said.index("service public de la petite enfance") < said.index("SPPE 1")
    assert "(fiches-action)" not in said


def test_no_finding_is_claimed_where_there_is_none(own, text) -> None:
    claimed = "Considérant les constats partagés"
    assert claimed in words(text) and claimed not in words(draft(own()))


# --- files ----------------------------------------------------------------------------------------------


def test_same_bytes_twice(demo, files) -> None:
    assert dict(convention(demo)) == files
    assert list(files) == ["convention.docx", "convention.pdf"]


def test_word_has_styles_numbers_contents_and_heads_of_tables_repeated(text, files) -> None:
    document = docx.Document(io.BytesIO(files["convention.docx"]))
    styles = [p.style.name for p in document.paragraphs]
    assert styles.count("Article") == sum(h.kind == "article" for h in text.headings)
    assert styles.count("Annexe") == sum(h.kind == "annexe" for h in text.headings)
    assert [p.text for p in document.paragraphs if p.style.name == "toc 1"] == [
        h.whole for h in text.headings
    ]
    for name, reads in (("Article", "Article %1 – "), ("Annexe", "Annexe %1 – ")):
        number = document.styles[name].element.pPr.numPr.numId.val
        numbering = document.part.numbering_part.element
        level = numbering.xpath(f"w:abstractNum[@w:abstractNumId={number}]/w:lvl/w:lvlText/@w:val")
        assert level == [reads]
    xml = document.element.xml
    assert "TOC \\o" in xml
    tables = [t for t in document.tables if len(t.columns) > 2]
    assert tables and all(t.rows[0]._tr.trPr.xpath("w:tblHeader") for t in tables)
    assert "PAGE" in document.sections[0].footer._element.xml


def test_it_says_fictif_on_every_page(demo, text, files) -> None:
    document = docx.Document(io.BytesIO(files["convention.docx"]))
    assert all("Fictif" in section.header.paragraphs[0].text for section in document.sections)
    pages = PdfReader(io.BytesIO(files["convention.pdf"])).pages
    assert len(pages) > 10 and all("Fictif" in page.extract_text() for page in pages)
    real = docx.Document(io.BytesIO(word_bytes(replace(text, fictif=""), demo.as_of)))
    assert "Fictif" not in real.sections[0].header.paragraphs[0].text


def test_it_is_dated_of_the_study_and_names_no_machine(demo, files) -> None:
    about = docx.Document(io.BytesIO(files["convention.docx"])).core_properties
    assert about.created.date() == about.modified.date() == demo.as_of
    assert about.author == "ctg"
    assert b"/tmp/" not in files["convention.pdf"]


def test_french_typography(tmp_path, files) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    found = [
        f
        for block in word_blocks(tmp_path / "convention.docx")
        for f in faults(block)
        if f.rule != "période brute"  # names of contracts and deliberations, as the files write them
    ]
    assert not found, found[:5]
    pages = " ".join(pdf_blocks(tmp_path / "convention.pdf"))
    assert "Ce qui reste à compléter" in pages and "Article 12 – Confidentialité" in pages


# --- a study's own files --------------------------------------------------------------------------------

OWN = """
titre: Convention de services aux familles
sous_titre: "{{ territoire.nom }}"
parties_du_texte:
  - annexe: Moyens
    nom: moyens
    contenu: [{tableau: postes}]
  - article: Objet unique
    contenu: ["Voir l’{{ annexe.moyens }}, {{ convention.duree }}."]
"""


@pytest.fixture
def own(project, tmp_path, monkeypatch):
    """A study of the checkout whose folder is made by the test."""
    monkeypatch.setattr(Project, "studies", property(lambda self: tmp_path))

    def make(
        study: str = "essai",
        settings: str = 'territories: ["241200906"]\nas_of: 2027-06-15\n',
        **content: object,
    ):
        folder = tmp_path / study / "convention"
        folder.mkdir(parents=True)
        (tmp_path / study / "study.yml").write_text(settings, encoding="utf-8")
        for name, value in content.items():
            data = value if isinstance(value, bytes) else str(value).encode()
            (folder / name.replace("_", ".")).write_bytes(data)
        return open_study(study, project)

    return make


def test_an_empty_study_has_a_text_of_blanks(own) -> None:
    made = draft(own())
    assert made.fictif == ""
    assert {
        "date d’effet de la convention",
        "enjeux retenus par le comité de pilotage",
        "instances qui conduisent la convention",
    } <= {g.what for g in made.gaps}
    parties = [name for b in made.blocks if isinstance(b, Signatures) for name, _ in b.parties]
    assert parties == [
        "Communauté de communes Larzac et Vallées",
        "Caisse d’allocations familiales de l’Aveyron",
    ]


def test_several_intermunicipalities_sign_one_text(own) -> None:
    made = draft(own("deux", 'territories: ["241200906", "200067155"]\nas_of: 2027-06-15\n'))
    parties = [name for b in made.blocks if isinstance(b, Signatures) for name, _ in b.parties]
    assert len(parties) == 3 and parties[0] == "Communauté de communes Larzac et Vallées"
    assert "Elle est commune à plusieurs intercommunalités" in words(made)


def test_a_study_brings_its_own_text(own) -> None:
    made = draft(own(modele_yml=OWN))
    assert made.title == "Convention de services aux familles"
    assert [h.whole for h in made.headings] == ["Annexe 1 – Moyens", "Article 1 – Objet unique", LEFT]
    assert "Voir l’annexe\u00a01, [à\u00a0compléter\u00a0: durée de la convention]." in words(made)


def test_what_is_wrong_in_it_is_told_with_its_file(own) -> None:
    study = own(modele_yml=OWN.replace("convention.duree", "convention.dure"))
    with pytest.raises(
        BadInput, match=r"convention/modele\.yml, article « Objet unique » .*vouliez-vous dire « duree » \?"
    ):
        draft(study)


def test_a_text_that_is_no_yaml_is_told(own) -> None:
    with pytest.raises(BadInput, match=r"convention/modele\.yml : "):
        draft(own(modele_yml="a: [b"))


def test_a_text_that_is_a_list_is_told(own) -> None:
    with pytest.raises(BadInput, match="attendu « parties_du_texte: » ou « champs: »"):
        draft(own(modele_yml="- a"))


def partner() -> bytes:
    document = docx.Document()
    document.add_paragraph("Entre la Caf et ……, dont le siège est à ……")
    document.add_paragraph("Signée le ……")
    document.add_paragraph("Article fixe.")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_partners_document_is_filled_and_ours_gives_the_annexes(own) -> None:
    mapping = 'champs:\n  - {apres: "Entre la Caf et", par: "{{ territoire.nom }}"}\n  - {apres: "Signée le", par: "{{ convention.signature }}"}\n'
    study = own(
        modele_yml=mapping,
        modele_docx=partner(),
        settings='territories: ["241200906"]\nas_of: 2027-06-15\nfictif: true\n',
    )
    made = dict(convention(study))
    assert list(made) == ["convention.docx", "convention-annexes.docx", "convention-annexes.pdf"]
    said = [p.text for p in docx.Document(io.BytesIO(made["convention.docx"])).paragraphs]
    assert said[1:] == [
        "Entre la Caf et Communauté de communes Larzac et Vallées, dont le siège est à ……", "Signée le ……", "Article fixe.",
    ]  # fmt: skip
    assert "Fictif" in said[0]
    ours = docx.Document(io.BytesIO(made["convention-annexes.docx"]))
    assert {p.style.name for p in ours.paragraphs} >= {"Annexe"} and "Article" not in {
        p.style.name for p in ours.paragraphs
    }
    assert ["« Signée le »", "date de la signature", "les parties, à la signature"] in [
        [c.text for c in r.cells] for r in ours.tables[-1].rows
    ]


def test_a_partners_document_without_mapping_is_told(own) -> None:
    with pytest.raises(BadInput, match=r"convention/modele\.yml : rien trouvé, attendu « champs: »"):
        convention(own(modele_docx=partner()))


def test_an_anchor_that_is_not_in_it_stops_everything(own) -> None:
    study = own(modele_yml='champs:\n  - {apres: "Entre la MSA et", par: "x"}\n', modele_docx=partner())
    with pytest.raises(BadInput, match="le plus proche : « Entre la Caf et ……"):
        convention(study)
