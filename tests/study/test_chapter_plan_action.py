"""Chapter 15b: no plan, drafts waiting, a whole plan; every sentence makes sense. All is made up."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from chapter_words import plain, text_of, words
from plan_samples import CONTRACT, D, action, agreement, indicator, money, partnership, proposal
from test_messages import NONSENSE, methods_of
from typography_scan import faults

from ctg_lib.agreement.evidence import Ref
from ctg_lib.consultation.actors import EXCERPT_COLUMNS, MEETING_COLUMNS, Actors
from ctg_lib.consultation.folder import Consultation
from ctg_lib.consultation.scheme import common_scheme
from ctg_lib.documents.agreement import plan_sheet
from ctg_lib.errors import BadInput
from ctg_lib.study.plan import files_of, outlook_of, plan_of, plan_problems
from ctg_lib.study.tracing import lines_of
from ctg_lib.workbooks.problems import Problem

NO_PLAN = {"axes": [], "orientations": [], "objectives": [], "actions": [], "budget": [], "indicators": []}
WHOLE = {
    "actions": [
        action(nature="adaptee", previous=("B01",), origins=("PR01",)),
        action("A02", state="projet", start=None, end=None, objective="", title="Ouvrir à 6 h 30"),
        action("A03", issues=("E02",), title="Action écartée"),
    ],
    "budget": [money(amount=20_000.0), money("recette", 15_000.0, sure="acquis"), money("recette", 5_000.0, funder="caf_ps"),
               money(year=2029.0, remark="recettes à trouver"),
               money("recette", None, year=2029.0, rate="M01", quantity=500.0, funder="caf_bonus")],
    "indicators": [indicator(label="jours d’ouverture", kind="realisation"), indicator("IN02", label="cible trop proche", noise=40.0),
                   indicator("IN03", label="familles en attente", unit="familles", baseline=11.0, target=5.0)],
    "findings": [{"id": f"K00{n}", "sentence": f"Constat {n}.", "theme": "enfance", "state": "accepte"} for n in (1, 2)],
    "proposals": [proposal(title="Une proposition oubliée"), proposal("PR02", title="Une autre"),
                  proposal("PR03", title="Un lieu d’écoute", findings=("K002",), follow="instruire", reason="À voir avec le contrat local."),
                  proposal("PR04", title="Un bus", findings=(), follow="ecartee", against="Trop cher", support=4.0)],
    "sessions": [{"id": "GT1", "group": "Jeunesse", "date": D(2026, 11, 3), "themes": ("jeunesse", "enfance")},
                 {"id": "GT2", "group": "Jeunesse", "date": D(2027, 3, 3)}],
    "present": [{"session": "GT1", "group": "elus", "function": "maires", "people": 2.0},
                {"session": "GT1", "group": "parents", "function": "Mme Dupont", "people": 3.0}],
    "amounts": [{"id": "M01", "name": "bonus", "value": 1.0, "unit": "place", "source": "barème", "start": D(2026, 1, 1),
                 "end": D(2026, 12, 31)}],
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
    other.__dict__["folder_problems"] = ()
    return other


def chapter(study, state="all", fictif=False, **sheets):
    return other_study(study, state, fictif, **sheets).chapter("plan_action")


TOLD = ("chiffres_cles", "arbre", "origines", "constats", "paroles", "actions_dites", "actions", "calendrier", "surete",
        "budget_par_annee", "budget_par_axe", "montants", "indicateurs_dits", "indicateurs", "groupes_dits", "seances", "propositions",
        "restent")  # fmt: skip


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


@pytest.mark.parametrize(
    "state,step",
    [
        ("nothing decided", "priorites.xlsx"),
        ("nothing proposed", "ctg study plan"),
        ("proposals", "ctg study plan"),
    ],
)
def test_without_a_plan_what_to_fill_is_told_once(larzac, state, step):
    made = chapter(larzac, state)
    said, lacking = words(made.essentiel()), words(made.ce_qui_manque())
    assert step in lacking and step not in said
    assert "pas encore écrit" in said and "pas encore écrit" not in lacking


def test_what_is_said_first(larzac):
    text = words(chapter(larzac).essentiel()).replace("\u202f", " ").replace("\u00a0", " ")
    assert "2 actions en 1 axe" in text and "1 validée" in text and "1 encore en projet" in text
    assert "21 000 €" in text and "73 %" in text  # 15 000 of 20 500 are sure
    assert "cible trop proche" in text and "1 action ne figure pas au plan" in text


def test_a_retained_issue_that_no_action_answers_is_told(larzac):
    both = [
        {"issue": id, "decision": "retenu", "reason": "x", "decided_on": D(2026, 10, 1)}
        for id in ("E01", "E02")
    ]
    left = chapter(larzac, actions=[action()], copil=both)
    assert [node.id for node in left.issues_left()] == ["E02"]
    assert "Sans aucune action : 1 enjeu retenu** (« Enjeu deux »)" in plain(left.left_message())
    assert not chapter(larzac, actions=[action()]).issues_left()


def test_sources_are_those_of_the_workbooks_that_are_filled(larzac):
    whole = chapter(larzac)
    assert plain(str(whole.actions().source)) == (
        "plan-action.xlsx, groupes-travail.xlsx et priorites.xlsx (dossier convention), relevé du 15 janvier 2027"
    )
    assert plain(whole.propositions().source).startswith("groupes-travail.xlsx et plan-action.xlsx (dossier")
    assert "plan-action.xlsx" not in str(chapter(larzac, "proposals").essentiel().ctg)


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
        and row["rests"] == "• 24 places [offre.xlsx]"
        and row["files"] == "offre.xlsx"
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
        "Cible plus petite que la variation ordinaire",
        "Écart que le hasard peut faire",
    ]
    assert "À sa place, chaque année : IN01" in frame["verdict"].iloc[1]


def test_a_doubt_that_the_table_tells_is_not_told_again(larzac):
    doubtful = indicator("IN03", label="familles en attente", unit="familles", baseline=11.0, target=5.0)
    made = chapter(larzac, indicators=[indicator(), doubtful])
    why = next(v.why for v in made.told.verdicts.values() if v.id == "IN03")
    problems = [
        Problem("plan-action.xlsx", why, "une autre cible", sheet="Indicateurs", row=2, severity="warning", about="familles en attente",
                said=f"un écart que le hasard peut faire : {why}"),
        Problem("plan-action.xlsx", "État", "un financeur", sheet="Budget", row=2, severity="warning", said="un financeur absent de parties.xlsx"),
    ]  # fmt: skip
    made.__dict__["_control"] = problems
    said = plain(words(made.points_de_vigilance()))
    assert "1 point à vérifier" in said and "un financeur absent" in said
    assert why not in said and "1 indicateur est à lire avec précaution" in said
    assert why in made.indicateurs().frame["verdict"].iloc[1]


def test_the_headline_never_says_all_where_one_is_doubtful(larzac):
    def head(*lines):
        return plain(chapter(larzac, indicators=list(lines)).measure_message())

    doubtful = indicator("IN03", label="familles en attente", unit="familles", baseline=11.0, target=5.0)
    assert "tous peuvent être mesurés" in head(indicator(), indicator("IN02"))
    for text in (head(indicator(), doubtful), head(doubtful)):
        assert "tous" not in text and "demande une précaution (« familles en attente »)" in text
    assert "1 est mesurable" in head(indicator(), doubtful) and "aucun n’est mesurable" in head(doubtful)
    whole = chapter(larzac)
    assert "1 est à remplacer" in plain(whole.measure_message())
    assert (
        plain(whole.indicateurs().caption)
        == "3 indicateurs : 1 mesurable, 1 à remplacer, 1 à lire avec précaution"
    )


def test_the_budget_adds_up_and_bars_say_it(larzac):
    opened = chapter(larzac)
    figure = opened.budget_par_annee()
    assert figure.data["value"].sum() == pytest.approx(20.5)  # thousands: 15 + 5 + 500 × 1 €
    assert opened.budget_par_axe().frame["cost"].iloc[-1] == 21_000
    assert any("A01 en 2029" in note for note in figure.notes) and any(
        "n’est connu que jusqu’au 31 décembre 2026" in plain(note) and "pour 2029" in note and "(A01)" in note
        for note in figure.notes
    )


def test_dated_amounts_say_their_value_their_source_and_what_rests_on_them(larzac):
    (row,) = chapter(larzac).montants().frame.to_dict("records")
    assert (row["source"], row["used"], row["beyond"]) == ("barème", "A01", "2029")
    assert plain(row["value"]) == "1 € par place"
    cents = [{**WHOLE["amounts"][0], "value": 0.2}]
    (row,) = chapter(larzac, amounts=cents).montants().frame.to_dict("records")
    assert plain(row["value"]) == "0,20 € par place"
    (unused,) = chapter(larzac, budget=[money(), money("recette")]).montants().frame.to_dict("records")
    assert unused["used"] == "aucune ligne du budget" and unused["beyond"] == "–"


def test_each_kept_finding_leads_to_its_actions_or_says_that_it_has_none(larzac):
    opened = chapter(larzac)
    first, second = opened.constats().frame.to_dict("records")
    assert (
        plain(first["actions"]) == "A01 Action A01 ; A02 Ouvrir à 6 h 30"
        and "E01 Enjeu un" in first["issues"]
    )
    assert second["actions"] == "Aucune" and second["proposals"] == "PR03 Un lieu d’écoute (à instruire)"
    assert "1 sur 2 en a au moins une" in plain(opened.constats().caption)
    assert "PR03 Un lieu d’écoute (à instruire)" in words(opened.restent())


def test_a_merged_finding_is_told_with_the_one_that_takes_it_over(larzac):
    both = [{"id": "K001", "sentence": "Un.", "theme": "enfance", "state": "accepte"},
            {"id": "K002", "sentence": "Deux.", "theme": "enfance", "state": "fusionne", "merged": "K001"}]  # fmt: skip
    proofs = [{"finding": "K002", "kind": "offre", "ref": "S13", "said": "fermé le mercredi"}]
    opened = chapter(larzac, findings=both, evidence=proofs)
    assert "fermé le mercredi" in opened.origines().frame["proofs"].iloc[0]
    assert opened.constats().frame["finding"].tolist() == ["K001 — Un (réunit K002)"]


def test_sessions_say_who_was_there_by_function_and_never_a_name(larzac):
    held, coming = chapter(larzac).seances().frame.to_dict("records")
    assert held["people"] == "5" and held["who"] == "élus : 2 (maires) ; parents : 3"
    assert held["themes"] == "Jeunesse ; enfance" and "3 novembre 2026" in plain(held["when"])
    assert "prévue" in coming["when"] and coming["who"] == "–"


def test_what_became_of_each_proposal(larzac):
    opened = chapter(larzac)
    rows = {row["proposal"].split(" — ")[0]: row for row in opened.propositions().frame.to_dict("records")}
    assert rows["PR01"]["became"] == "Devient une action : A01" and rows["PR02"]["became"].endswith(
        "à compléter"
    )
    assert rows["PR03"]["became"] == "À instruire" and rows["PR03"]["why"] == "À voir avec le contrat local."
    assert rows["PR04"]["became"] == "Écartée" and rows["PR04"]["why"] == "Trop cher."
    assert "1 reste à instruire et 1 est écartée" in plain(words(opened.groupes_dits()))
    assert chapter(larzac, "proposals").propositions() is not None  # told before there is a plan


def test_words_of_actors_are_told_by_group_and_theme_alone(larzac):
    study = other_study(
        larzac, evidence=[{"finding": "K001", "kind": "parole", "ref": "pe_places", "said": "x"}]
    )
    said = {"E01": ("parents", 6.0, "Aucune place avant la rentrée, on nous rappelle.", True, ""),
            "E02": ("ecole", 1.0, "Je suis seule à le dire, dans cette école.", False, "direction d’école"),
            "E03": ("travail_social", 2.0, "", False, "")}  # fmt: skip
    meetings = [(id, "entretien", D(2026, 10, 1), "", group, people, "", ("petite_enfance",), False, "tenu", None)
                for id, (group, people, *_) in said.items()]  # fmt: skip
    heard = [(f"{id}-01", id, group, "", "petite_enfance", "pe_places", "besoin", 1.0, "", "", quote, agreed, function, "A", "")
             for id, (group, _, quote, agreed, function) in said.items()]  # fmt: skip
    actors = Actors(
        pd.DataFrame(meetings, columns=list(MEETING_COLUMNS)), pd.DataFrame(heard, columns=list(EXCERPT_COLUMNS)),
        scheme=common_scheme().pairs,
    )  # fmt: skip
    study.__dict__["consultation"] = Consultation(Path("consultation"), actors=actors)
    table = study.chapter("plan_action").paroles()
    (row,) = table.frame.to_dict("records")
    assert row["groups"] == "parents ; autres acteurs" and row["meetings"] == 3 and row["excerpts"] == 3
    assert row["files"] == "consultation : entretiens.xlsx" and "direction" not in table.to_html()
    lines = "\n".join(lines_of(study, "pe_places"))
    assert "E02-01 : autres acteurs" in lines and "seule" not in lines and "« Aucune place" in lines
    assert "consultation/entretiens.xlsx" in lines and "A01" in lines


def test_the_trace_is_printed_both_ways_and_an_unknown_id_is_told(larzac):
    study = other_study(larzac)
    text = "\n".join(lines_of(study, "k001"))
    assert "Constat K001" in text and "A01 : Action A01" in text and "offre:S01 : 24 places" in text
    assert "K002 → aucune action : Constat 2" in "\n".join(lines_of(study))
    with pytest.raises(BadInput, match="peut-être"):
        lines_of(study, "K0O1")


def test_a_made_up_plan_says_so(larzac):
    opened = chapter(larzac, fictif=True)
    assert "fictives" in opened.origines().source and "fictives" in opened.calendrier().source


# ----------------------------------------------------------------------------------------- the study's own glue


def test_an_indicator_of_the_dictionary_goes_on_as_the_manifest_says(larzac):
    found = outlook_of(larzac, "population", baseline="2023")
    assert found.latest is not None and found.lag is not None and found.lag >= 0
    assert found.noise is not None and found.noise.told(1)


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


def test_findings_to_read_again_are_named_with_the_actions_that_rest_on_them(larzac):
    made = chapter(larzac)
    assert "à relire" not in words(made.points_de_vigilance())
    made.study.__dict__["findings"] = (
        SimpleNamespace(id="K001", kept=True, moved=("une",), flag="tombe"),
        SimpleNamespace(id="K002", kept=True, moved=("une",), flag="change"),  # no action names it
    )
    text = words(made.points_de_vigilance())
    assert "1 constat est à relire" in text and "Ne tient plus : K001 (A01" in text and "K002" not in text
