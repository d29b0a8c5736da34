"""Chapter 14: nothing crossed, findings waiting, everything crossed; every sentence makes sense. All is made up."""

import math
import re
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from chapter_words import plain, text_of, words
from crossing_samples import agreement, finding, heard, need, partnership, proof
from test_messages import NONSENSE, methods_of
from typography_scan import faults

from ctg_lib.agreement.evidence import Evidence, Ref
from ctg_lib.agreement.findings import findings
from ctg_lib.consultation.folder import Consultation
from ctg_lib.study import open_study
from ctg_lib.study.chapters.croisement import opposed

TOLD = ("chiffres_cles", "matrice_dite", "matrice", "un_par_un", "sur_quoi", "divergences", "se_taisent", "reponses_dites", "reponses", "enjeux_dits",
        "enjeux")  # fmt: skip
FINDINGS = [
    finding("K001", sentence="Deux places sont fermées faute de personnel."),
    finding("K002", sentence="Les jeunes des vallées renoncent à des activités.", theme="jeunesse"),
    finding("K003", sentence="Un constat que rien ne reprend."),
]
EVIDENCE = [
    proof(said="57,6 places pour 100 enfants (2023)", side="moins"), proof("K001", "offre", "S01"),
    proof("K002", "enquete", "jeunes_11_17/loisirs_freins/transport", said="quatre jeunes sur dix le disent"),
]  # fmt: skip
NEEDS = [
    need("N01", label="une place à la rentrée", findings=("K001",), offer=("S01",), actors=("P01", "P02"), contracts=("C01",),
         gap="Deux places fermées.", secteurs=("Amont",), moment="en août", why="Les élus parlent d’un autre lieu."),
    need("N02", label="un retour le soir", theme="jeunesse", need="je_mobilite", findings=("K002",), reading="convergence",
         why="Tous le disent en réunion.", state="propose"),
    need("N03", label="un loyer supportable", theme="logement", need="lo_trouver"),
    need("N04", label="une ligne écartée", state="ecarte"),
]  # fmt: skip
ISSUES = [
    {"id": "E01", "title": "Accueillir chaque enfant", "theme": "petite_enfance", "needs": ("N01",), "state": "valide", "decided_on": "2027-01-12"},
    {"id": "E02", "title": "Aider les jeunes à sortir", "theme": "jeunesse", "needs": ("N02",), "state": "propose"},
    {"id": "E03", "title": "Loger à l’année", "theme": "logement", "needs": ("N03",), "state": "ecarte", "reason": "Suivi ailleurs."},
]  # fmt: skip
FOLDER = partnership(
    services=[{"id": "S01", "name": "Crèche Exemple", "type": "eaje", "commune": "12063"}],
    parties=[{"id": "P01", "name": "CC Exemple", "type": "epci"}, {"id": "P02", "name": "Caf", "type": "caf"}],
    competences=[{"competence": "creches", "holder": "P01"}],
    contracts=[{"id": "C01", "name": "Contrat Exemple", "type": "autre"}],
)  # fmt: skip
SAID = ("habitants besoin", "professionnels frein", "elus offre", "habitants besoin je_mobilite", "elus besoin lo_trouver",
        "partenaires besoin lo_trouver")  # fmt: skip
STATES = {
    "nothing": {},
    "findings alone": {"findings": FINDINGS, "evidence": EVIDENCE},
    "no issue": {"findings": FINDINGS, "evidence": EVIDENCE, "needs": NEEDS[:1]},
    "all": {"findings": FINDINGS, "evidence": EVIDENCE, "needs": NEEDS, "issues": ISSUES},
}


def chapter(study, state="all", said=SAID, fictif=False, moved=None):
    other = type(study)(
        study.project,
        replace(study.config, as_of=date(2027, 6, 15), fictif=fictif),
        study.geography,
        study.manifest,
    )
    other.__dict__["agreement"] = agreement(**STATES[state])
    other.__dict__["consultation"] = Consultation(study.project.root, {}, heard(*said))
    other.__dict__["partnership"] = FOLDER
    other.__dict__["surveys"] = {}
    other.__dict__["findings"] = (
        () if moved is None else findings(other.agreement, moved, lambda ref, value: math.nan)
    )
    other.__dict__["folder_problems"] = ()
    return other.chapter("croisement")


def outputs(made):
    return {name: out for name in [*methods_of(made), *TOLD] if (out := getattr(made, name)()) is not None}


@pytest.fixture(scope="module")
def larzac(project):
    """The reference study, of which no indicator is asked here: nothing of it needs to be computed."""
    return open_study("241200906", project)


@pytest.fixture(scope="module")
def full(larzac):
    return chapter(larzac)


@pytest.mark.parametrize("state", STATES)
def test_every_cell_makes_sense_and_is_well_typeset(larzac, state):
    for name, made in outputs(chapter(larzac, state)).items():
        text = re.sub(r"^:+ \{.*$|^:+$", "", text_of(made), flags=re.MULTILINE)
        assert not NONSENSE.search(text), (name, NONSENSE.search(text), text)
        for line in made._repr_mimebundle_()[0]["text/plain"].splitlines():
            bare = re.sub(r"^(?:#+|>|\||-) |\[([^\]]*)\]\([^)]*\)|[*`]", r"\1", line)
            assert not faults(bare, technical=True), (name, faults(bare, technical=True), bare)


def test_where_nothing_is_filled_the_page_says_what_to_do(larzac):
    made = chapter(larzac, "nothing")
    text = words(made.essentiel())
    assert "**Aucun besoin n’est encore croisé.**" in text and "ctg" not in text
    assert "`ctg study findings`" in words(made.ce_qui_manque())
    assert all(getattr(made, name)() is None for name in TOLD)


def test_kept_findings_wait_for_the_command(larzac):
    made = chapter(larzac, "findings alone")
    assert "Des constats sont gardés dans constats.xlsx : `ctg study crossing`" in words(made.ce_qui_manque())
    assert "K001, K002, K003" in words(made.ce_qui_manque())


def test_essential_says_where_regards_agree_part_and_what_has_no_answer(full):
    text = words(full.essentiel())
    assert (
        "**3 besoins sont regardés de plusieurs côtés ; les regards convergent sur 2** : « un retour le soir » et"
        in text
    )
    assert (
        "« une place à la rentrée » (manque selon les statistiques, les habitants et les professionnels ; une offre"
        in text
    )
    assert "**Sans aucun service en face : 2 besoins**" in text
    assert "**En sortent 1 enjeu validé et 1 enjeu proposé, à discuter.**" in text


def test_the_matrix_has_words_under_its_colours(full):
    text = words(full.matrice())
    (row,) = [line for line in text.splitlines() if "Une place à la rentrée" in line]
    assert (
        row.count("● manque") == 3
        and "○ existe" in row
        and "Les regards divergent" in row
        and "(Amont ; en août)" in row
    )
    (other,) = [line for line in text.splitlines() if "Un retour le soir" in line]
    assert "calculé : un seul côté entendu" in other and "aucun indicateur" in other
    assert "une ligne écartée" not in text.lower()
    assert "Tous le disent en réunion" in text_of(full.matrice()) or "Tous le disent en réunion" in str(
        full.matrice().notes
    )


def test_what_each_need_rests_on_is_told(full):
    text = words(full.sur_quoi())
    assert (
        "K001 Deux places sont fermées faute de personnel" in text
        and "personnel." not in text
        and "57,6 places pour 100 enfants (2023) ; offre" in text
    )


def test_the_matrix_is_told_in_words_for_a_narrow_page(full):
    text = words(full.un_par_un())
    assert "### Petite enfance" in text and "### Jeunesse" in text
    assert (
        "*les regards divergent*. Manque : statistiques, habitants et professionnels ; existe : élus ; en parle :"
        in text
    )
    assert "Les élus parlent d’un autre lieu." in text and "aucun indicateur" in text


def test_divergences_are_explained_or_asked(full, larzac):
    assert "Les élus parlent d’un autre lieu." in words(full.divergences())
    assert opposed(full.rows[0]).startswith("manque selon les statistiques")
    assert "d’autres familles, d’autres lieux, d’autres heures ?" in words(full.questions_du_groupe())


def test_silence_and_not_being_asked_are_told_apart(full):
    text = words(full.se_taisent())
    assert "- **Partenaires** : pas interrogés sur" in text
    assert "- **Statistiques** : aucun indicateur cité sur « un retour le soir »" in text


def test_who_can_act_with_which_competence(full):
    text = words(full.reponses())
    assert "CC Exemple (gestion d’établissements d’accueil du jeune enfant) ; Caf" in text
    assert (
        "Crèche Exemple – La Cavalerie" in text
        and "Contrat Exemple" in text
        and text.count("aucun service") == 2
    )


def test_issues_and_those_set_aside(full):
    text = words(full.enjeux())
    assert "Validé le 12 janvier 2027" in text and "Proposé" in text and "E03" not in text
    assert "Loger à l’année (Suivi ailleurs)" in plain(str(full.enjeux().notes))


def test_what_is_made_up_says_so(larzac):
    made = chapter(larzac, fictif=True)
    for name in ("matrice", "sur_quoi", "reponses", "enjeux"):
        assert "données fictives" in text_of(getattr(made, name)())


# ------------------------------------------------------------------------------ what evidence says of the need


def test_a_need_is_a_public_a_place_a_moment(larzac, monkeypatch):
    needs = [NEEDS[0] | {"publics": ("enfants_0_2", "parents")}, *NEEDS[1:]]
    monkeypatch.setitem(STATES, "publics", STATES["all"] | {"needs": needs})
    for text in (words(chapter(larzac, "publics").matrice()), words(chapter(larzac, "publics").un_par_un())):
        assert re.search(r"Une place à la rentrée \([^)]*parents ; Amont ; en août\)", text)


def test_a_figure_that_supports_its_sentence_is_no_lack(larzac, monkeypatch):
    even = [
        proof(said="60,5 places, à peu près comme en France (60,9)", side="à peu près comme"),
        *EVIDENCE[1:],
    ]
    monkeypatch.setitem(STATES, "even", STATES["all"] | {"evidence": even})
    made = chapter(larzac, "even")
    (row,) = [line for line in words(made.matrice()).splitlines() if "Une place à la rentrée" in line]
    assert "· en parle" in row and row.count("● manque") == 2
    assert "proche de la référence" in str(made.matrice().notes)


def test_what_the_analyst_says_of_the_need_is_told_under_the_matrix(larzac, monkeypatch):
    lines = [
        proof(said="Taux : 70", side="plus", of_need="manque", remark="Les places sont vides."),
        proof("K001", "bilan", "B01", said="Ouvrir un lieu : réalisée", of_need="existe"), *EVIDENCE[2:],
    ]  # fmt: skip
    monkeypatch.setitem(STATES, "written", STATES["all"] | {"evidence": lines})
    notes = " ".join(plain(note) for note in chapter(larzac, "written").matrice().notes)
    assert "Lu par l’analyste, et non calculé : Ouvrir un lieu : existe." in notes
    assert "« une place à la rentrée », Taux : manque, mesuré « existe » (Les places sont vides)." in notes


def test_a_finding_that_fell_is_told_in_the_chapter_and_read_as_it_is_now(larzac, monkeypatch):
    taken = {"said": "Taux : 50 places", "value": 50.0, "side": "moins", "taken_on": "2027-01-12"}
    monkeypatch.setitem(STATES, "fallen", STATES["all"] | {"evidence": [proof(**taken), EVIDENCE[1]]})
    ref = Ref("indicateur", "taux_couverture")
    made = chapter(larzac, "fallen", moved={ref: Evidence(ref, "Taux : 61 places", value=61.0, side="close")})
    assert made.rows[0].view("statistiques").says == "parle"
    notes = " ".join(plain(note) for note in made.matrice().notes)
    assert "Preuve qui ne tient plus, et se lit comme aujourd’hui : Taux (constat K001)" in notes
    assert "constat K001 : une preuve qui ne tient plus" in plain(words(made.points_de_vigilance()))
    assert "(à relire : une preuve qui ne tient plus)" in plain(words(made.sur_quoi()))


def test_a_figure_on_the_other_side_is_no_offer():
    row = SimpleNamespace(
        sides=lambda says: {"manque": ("habitants",), "existe": ("statistiques", "elus")}[says]
    )
    assert opposed(row) == (
        "manque selon les habitants ; une offre ou un levier selon les élus ; l’inverse d’après les statistiques"
    )


def test_the_chapter_is_made_again_when_what_a_finding_rests_on_changes(larzac, monkeypatch):
    taken = {"ref": "population", "said": "Population : 50", "value": 50.0, "taken_on": "2027-01-12"}
    monkeypatch.setitem(STATES, "counted", STATES["all"] | {"evidence": [proof(**taken), *EVIDENCE[1:]]})
    made = chapter(larzac, "counted")
    del made.study.__dict__["findings"]
    assert "constat K001 : une preuve qui" in plain(words(made.points_de_vigilance()))
    assert any("population" in query["indicators"].split(",") for query in made.study.queries)
