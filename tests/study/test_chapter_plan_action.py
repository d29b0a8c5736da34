"""Chapter 15b: no plan, drafts waiting, a whole plan; every sentence makes sense. All is made up."""

import re
from dataclasses import replace
from datetime import date

import pytest
from chapter_words import plain, text_of, words
from plan_samples import CONTRACT, D, action, agreement, indicator, money, partnership, proposal
from test_messages import NONSENSE, methods_of
from typography_scan import faults

from ctg_lib.agreement.evidence import Ref
from ctg_lib.consultation.folder import Consultation
from ctg_lib.documents.agreement import plan_sheet
from ctg_lib.study.plan import files_of, outlook_of, plan_of, plan_problems

NO_PLAN = {"axes": [], "orientations": [], "objectives": [], "actions": [], "budget": [], "indicators": []}
WHOLE = {
    "actions": [
        action(nature="adaptee", previous=("B01",), origins=("PR01",)),
        action("A02", state="projet", start=None, end=None, objective="", title="Ouvrir à 6 h 30"),
        action("A03", issues=("E02",), title="Action écartée"),
    ],
    "budget": [money(amount=20_000.0), money("recette", 15_000.0, sure="acquis"), money("recette", 5_000.0, funder="caf_ps"),
               money(year=2029.0, remark="recettes à trouver")],
    "indicators": [indicator(label="jours d’ouverture", kind="realisation"), indicator("IN02", label="cible trop proche", noise=40.0),
                   indicator("IN03", label="familles en attente", unit="familles", baseline=11.0, target=5.0)],
    "findings": [{"id": f"K00{n}", "sentence": f"Constat {n}.", "theme": "enfance", "state": "accepte"} for n in (1, 2)],
    "proposals": [proposal(title="Une proposition oubliée"), proposal("PR02", title="Une autre")],
    "amounts": [{"id": "M01", "name": "bonus", "value": 1.0, "start": D(2026, 1, 1), "end": D(2026, 12, 31)}],
    "steps": [{"action": "A01", "name": "recruter", "start": D(2027, 3, 1)}],
}  # fmt: skip
BILAN = [
    {"id": "B01", "name": "Avant", "next": "adapter"},
    {"id": "B02", "name": "Autre avant", "next": "poursuivre"},
]
STATES = {
    "nothing decided": NO_PLAN | {"copil": []}, "nothing proposed": NO_PLAN, "proposals": NO_PLAN | {"proposals": [proposal()]},
    "bare": {"budget": [], "indicators": []}, "all": WHOLE,
}  # fmt: skip


def other_study(study, state="all", fictif=False, **sheets):
    config = replace(study.config, as_of=date(2027, 1, 15), fictif=fictif, contract=CONTRACT)
    other = type(study)(study.project, config, study.geography, study.manifest)
    other.__dict__["agreement"] = agreement(**STATES[state] | sheets)
    other.__dict__["consultation"] = Consultation(study.project.root)
    other.__dict__["partnership"] = partnership(bilan=BILAN)
    other.__dict__["problems"] = ()
    return other


def chapter(study, state="all", fictif=False, **sheets):
    return other_study(study, state, fictif, **sheets).chapter("plan_action")


TOLD = ("chiffres_cles", "arbre", "origines", "actions_dites", "actions", "calendrier", "surete", "budget_par_annee", "budget_par_axe",
        "indicateurs_dits", "indicateurs", "restent")  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_every_cell_makes_sense_and_is_well_typeset(larzac, state):
    made = chapter(larzac, state)
    for name in dict.fromkeys([*methods_of(made), *TOLD]):
        out = getattr(made, name)()
        if out is None:
            continue
        text = re.sub(r"^:+ \{.*$|^:+$|^ +(?=- )", "", text_of(out), flags=re.MULTILINE)
        assert not NONSENSE.search(text), (name, NONSENSE.search(text), text)
        for line in out._repr_mimebundle_()[0]["text/plain"].splitlines():
            bare = re.sub(r"^\s*(?:#+|>|\||-) |\[([^\]]*)\]\([^)]*\)|[*`]", r"\1", line)
            assert not faults(bare, technical=True), (name, faults(bare, technical=True), bare)


def test_without_a_plan_no_figure_nor_table(larzac):
    made = chapter(larzac, "nothing decided")
    assert all(getattr(made, name)() is None for name in TOLD)


def test_without_a_decision_of_the_committee_there_is_no_plan(larzac):
    text = words(chapter(larzac, "nothing decided").essentiel())
    assert "pas encore écrit" in text and "aucun ne l’est encore" in text
    assert "ctg study plan" in words(chapter(larzac, "proposals").essentiel())


def test_what_is_said_first(larzac):
    text = words(chapter(larzac).essentiel()).replace("\u202f", " ").replace("\u00a0", " ")
    assert "2 actions en 1 axe" in text and "1 validée" in text and "1 encore en projet" in text
    assert "21 000 €" in text and "75 %" in text  # 15 000 of 20 000 are sure
    assert "cible trop proche" in text and "1 action ne figure pas au plan" in text


def test_one_decision_changes_the_plan(larzac):
    aside = chapter(
        larzac, copil=[{"issue": "E02", "decision": "retenu", "reason": "x", "decided_on": D(2026, 10, 1)}]
    )
    assert [a.id for a in aside.plan.actions] == ["A03"] and "Action écartée" in words(aside.arbre())
    assert "Action écartée" not in words(chapter(larzac).arbre())


def test_each_action_is_traced_back_and_what_is_left_is_listed(larzac):
    opened = chapter(larzac)
    row = opened.origines().frame.iloc[0]
    assert (
        row["findings"] == "K001"
        and "24 places" in row["proofs"]
        and "offre.xlsx" in row["files"]
        and "B01 Avant" in row["origin"]
    )
    left = words(opened.restent())
    assert (
        all(words in left for words in ("K002", "Une autre", "Autre avant", "Action écartée"))
        and "oubliée" not in left
    )


def test_indicators_say_whether_they_can_be_measured(larzac):
    frame = chapter(larzac).indicateurs().frame
    assert [words.split(" :")[0] for words in frame["verdict"]] == [
        "Mesurable",
        "Cible plus petite que le bruit",
        "Petit effectif",
    ]
    assert "À la place, chaque année : IN01" in frame["verdict"].iloc[1]


def test_the_budget_adds_up_and_bars_say_it(larzac):
    opened = chapter(larzac)
    figure = opened.budget_par_annee()
    assert figure.data["value"].sum() == pytest.approx(20)  # thousands
    assert opened.budget_par_axe().frame["cost"].iloc[-1] == 21_000
    assert any("A01 en 2029" in note for note in figure.notes) and any(
        "2026" in note for note in figure.notes
    )


def test_a_made_up_plan_says_so(larzac):
    opened = chapter(larzac, fictif=True)
    assert "fictives" in opened.origines().source and "fictives" in opened.calendrier().source


# ----------------------------------------------------------------------------------------- the study's own glue


def test_an_indicator_of_the_dictionary_goes_on_as_the_manifest_says(larzac):
    found = outlook_of(larzac, "population", baseline="2023")
    assert found.latest is not None and found.lag is not None and found.lag >= 0
    assert found.noise is not None and found.noise_why


def test_an_unknown_indicator_is_told(larzac):
    study = other_study(larzac, indicators=[indicator(indicator="populaton")])
    (problem,) = [p for p in plan_problems(study) if p.said == "un indicateur absent du dictionnaire"]
    assert "population" in problem.expected


def test_files_of_an_evidence(larzac):
    raw = files_of(larzac, Ref("indicateur", "population"))
    assert raw and all((larzac.project.root / path).name for path in raw) and raw[0].startswith("data/raw/")
    assert files_of(larzac, Ref("indicateur", "inconnu")) == () and files_of(larzac, Ref("bilan", "B01")) == (
        "bilan.xlsx",
    )


def test_a_plan_is_judged_whole(larzac):
    found = plan_of(other_study(larzac))
    assert {v.code for v in found.verdicts.values()} == {"mesurable", "bruit", "fragile"} and found.problems


# ------------------------------------------------------------------------------------------------ ctg study plan


def test_drafts_are_written_and_nothing_else_changes(larzac, monkeypatch):
    written = {}

    def write(study, book, sheets):
        written.update(sheets)
        return plan_sheet.Written(study.project.root / "plan-action.xlsx", changed=True)

    monkeypatch.setattr(plan_sheet, "write_update", write)
    done = plan_sheet.write_plan(other_study(larzac))
    assert set(written) == {"actions"} and [line["id"] for line in written["actions"]] == [
        "A01",
        "A02",
        "A03",
        "A04",
    ]
    assert done.actions.new == ("A04",) and done.aside == ("A03",) and done.unfilled == 2
    lines = plain("\n".join(plan_sheet.plan_lines(done, "x")))
    assert "1 action proposée" in lines and "A03" in lines and "15b" in lines


def test_nothing_to_propose_writes_nothing(larzac, monkeypatch):
    monkeypatch.setattr(plan_sheet, "write_update", None)
    done = plan_sheet.write_plan(other_study(larzac, "nothing proposed"))
    assert not done.written.changed and "groupes-travail.xlsx" in plan_sheet.plan_lines(done, "x")[1]
    again = plan_sheet.write_plan(other_study(larzac, proposals=[]))
    assert "n’est pas récrit" in plan_sheet.plan_lines(again, "x")[0]
