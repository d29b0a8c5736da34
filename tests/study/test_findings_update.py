"""« constats.xlsx » completed: what a person decided stays as it is, what was refused is never proposed again."""

from __future__ import annotations

import shutil
from dataclasses import replace

import openpyxl
import pytest

from ctg_lib.agreement.evidence import Ref
from ctg_lib.agreement.proposals import Candidate, proposals
from ctg_lib.agreement.updating import lines_of
from ctg_lib.cli import main
from ctg_lib.cli.findings import findings_lines
from ctg_lib.documents.agreement.crossing_sheet import write_crossing
from ctg_lib.documents.agreement.plan_sheet import write_plan
from ctg_lib.documents.agreement.update import write_update
from ctg_lib.documents.study_folder import create_agreement
from ctg_lib.project import Project
from ctg_lib.study import open_study
from ctg_lib.study.core import Study
from ctg_lib.study.evidence import evidence_of, scheme_of
from ctg_lib.study.findings import _agreements, fill, gap_of, silent_kinds, update
from ctg_lib.study.moved import problems_of as moved_problems

pytestmark = pytest.mark.slow
ID, REAL = "241200906-demo", "241200906"


KEPT = (
    "study.yml",
    "offre.xlsx",
    "bilan.xlsx",
    "contrats.xlsx",
    "documents.xlsx",
    "convention/constats.xlsx",
)


@pytest.fixture(scope="module")
def base(project):
    return open_study(ID, project)


@pytest.fixture
def opened(base, project, tmp_path, monkeypatch):
    """A function that opens a copy of a part of the demonstration, which may be written to."""
    home = tmp_path / "studies"
    for name in KEPT:
        (home / ID / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project.studies / ID / name, home / ID / name)
    monkeypatch.setattr(Project, "studies", property(lambda self: home))
    return lambda: Study(project, base.config, base.geography, base.manifest)


def run(*arguments):
    """Exit code of the command."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return stop.value.code or 0


def found(study, *keys):
    """Proposals made of lines of the workbooks: cheap to read."""
    made = [
        Candidate(evidence_of(study, Ref.parse(kind, ref)), key)
        for key, kind, ref in (("a|1", "bilan", "B02"), ("a|2", "offre", "S05"), ("a|3", "contrat", "C03"))
        if not keys or key in keys
    ]
    return proposals(made, scheme_of(study))


def book(study):
    sheets = study.agreement.books["constats"]
    return {
        name: lines_of(sheets[name], study.agreement.table("constats", name))
        for name in ("findings", "evidence")
    }


def written(study, *keys):
    made = update(study, found(study, *keys))
    assert not write_update(study, "constats", made.sheets).problems
    return made


def test_decided_lines_and_ids_stay_and_new_ones_follow(opened):
    before = book(opened())
    made = written(opened())
    after = book(opened())
    assert made.new == ("K029", "K030", "K031") and made.taken == 3 and made.lost == ()
    assert after["findings"][: len(before["findings"])] == before["findings"]
    assert after["evidence"][: len(before["evidence"])] == before["evidence"]
    new = after["findings"][len(before["findings"]) :]
    assert all(line["state"] == "propose" and line["sentence"] == line["proposed"] for line in new)
    assert all(line["said"] and line["taken_on"].date() == opened().as_of for line in after["evidence"][-3:])


def test_the_same_data_change_nothing_the_second_time(opened):
    written(opened())
    path = opened().project.studies / ID / "convention" / "constats.xlsx"
    before = path.read_bytes()
    study = opened()
    made = update(study, found(study))
    assert (made.new, made.renewed, made.taken) == ((), (), 0)
    assert not write_update(study, "constats", made.sheets).changed
    assert path.read_bytes() == before


def test_figures_of_a_real_study_are_written_once(project, tmp_path, monkeypatch):
    """Their words hold no-break spaces (« 29 % ») and bounds with many decimals: a workbook gives both back otherwise."""
    shutil.copytree(
        project.studies / REAL, tmp_path / REAL, ignore=shutil.ignore_patterns("convention", "consultation")
    )
    monkeypatch.setattr(Project, "studies", property(lambda self: tmp_path))
    first = open_study(REAL, project)
    made = [
        Candidate(evidence_of(first, Ref("indicateur", name)), f"indicateur|{name}")
        for name in ("part_sans_diplome", "taux_couverture", "taux_pauvrete")
    ]
    proposed = proposals(made, scheme_of(first))
    assert "\u202f" in "".join(p.sentence for p in proposed)
    done = update(first, proposed)
    assert write_update(first, "constats", done.sheets).changed and (len(done.new), done.taken) == (3, 3)
    path = tmp_path / REAL / "convention" / "constats.xlsx"
    openpyxl.load_workbook(path).save(path)  # as another program would: other bytes, the same cells
    before = path.read_bytes()
    study = Study(project, first.config, first.geography, first.manifest)
    again = update(study, proposed)
    assert (again.new, again.renewed, again.gone, again.taken) == ((), (), (), 0)
    assert not write_update(study, "constats", again.sheets).changed and path.read_bytes() == before


def test_a_study_without_any_service_has_no_agreement_that_ends(project):
    assert list(_agreements(open_study("241200906-2020", project))) == []


def test_a_new_version_of_the_lists_is_written_though_no_line_is_new(opened):
    study = opened()
    path = study.project.studies / ID / "convention" / "constats.xlsx"
    book_ = openpyxl.load_workbook(path)
    book_["Listes"].cell(3, 1, "un autre thème")
    book_.save(path)
    assert write_update(opened(), "constats", {}).changed
    assert not write_update(opened(), "constats", {}).changed


def test_needs_issues_actions_and_blank_workbooks_are_proposed_once(opened):
    study = opened()
    folder = study.project.studies / ID / "convention"
    created = create_agreement(study)
    assert created and create_agreement(opened()) == []
    write_crossing(opened()), write_plan(opened())
    before = {path: path.read_bytes() for path in folder.iterdir()}
    crossed, planned = write_crossing(opened()), write_plan(opened())
    assert not crossed.written.changed and not planned.written.changed
    for done in (crossed.needs, crossed.issues, planned.actions):
        assert (done.new, done.filled, done.gone) == ((), (), ())
    assert crossed.needs.lines and {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("state", ["refuse", "fusionne", "accepte", "reformule"])
def test_what_was_decided_is_proposed_no_more(opened, state):
    written(opened())
    study = opened()
    sheets = book(study)
    sheets["findings"][-1] |= {"state": state, "reason": "Exemple.", "sentence": "Réécrit."}
    sheets["findings"][-1] |= {"merged": "K001"} if state == "fusionne" else {}
    write_update(study, "constats", sheets)
    before = book(opened())
    assert written(opened()).new == ()
    assert book(opened()) == before


def test_a_sentence_that_someone_wrote_again_is_not_written_over(opened):
    written(opened())
    study = opened()
    sheets = book(study)
    sheets["findings"][-1]["sentence"] = "Mieux dit."
    write_update(study, "constats", sheets)
    written(opened())
    assert book(opened())["findings"][-1]["sentence"] == "Mieux dit."


def test_what_is_proposed_no_more_stays_for_a_decision(opened):
    written(opened())
    made = written(opened(), "a|1")
    assert len(made.gone) == 2
    assert len(book(opened())["findings"]) == 31


def test_what_a_finding_written_by_hand_rests_on_is_not_proposed(opened):
    study = opened()
    led = Candidate(evidence_of(study, Ref.parse("bilan", "B12")), "bilan|B12")
    assert update(study, proposals([led], scheme_of(study))).new == ()


def test_evidence_is_taken_again_once_its_day_is_emptied(opened):
    study = opened()
    line = dict(book(study)["evidence"][3])
    assert line["ref"] == "S01" and line["said"].startswith("Crèche")
    stale = line | {"said": "Autre chose.", "value": 1.0}
    assert fill(study, [stale]) == [stale]
    del stale["taken_on"]
    (again,) = fill(study, [stale])
    assert (
        again["said"] == line["said"] and again["value"] == line["value"] and again["taken_on"] == study.as_of
    )


def test_what_says_nothing_is_told_and_left_empty(opened):
    study = opened()
    sheets = book(study)
    sheets["evidence"].append({"finding": "K001", "kind": "offre", "ref": "S99"})
    write_update(study, "constats", sheets)
    made = update(opened(), [])
    assert made.lost == ("K001, offre S99",) and "said" not in made.sheets["evidence"][-1]


def test_a_kept_finding_whose_evidence_moved_is_told(opened):
    study = opened()
    sheets = book(study)
    kept = [line for line in sheets["evidence"] if line["kind"] in ("offre", "bilan")]
    kept[0]["value"] = 99.0
    kept[1] |= {"ref": "S98"}
    sheets["evidence"] = kept[:2]  # others rest on answers of partners, which are not there
    write_update(study, "constats", sheets)
    told = moved_problems(opened())
    assert [p.severity for p in told] == ["warning", "warning"]
    assert "a changé" in told[0].found and "ne tient plus" in told[1].found and told[0].row == 6
    study = opened()
    lines = findings_lines(update(study, []), write_update(study, "constats", {}), study.findings, ID)
    assert any("K001 — offre S01 a changé" in line for line in lines)


def test_what_a_study_holds_nothing_of_is_not_judged(opened):
    study = opened()
    assert silent_kinds(study) == {"enquete", "parole", "financement"}
    assert {p.state for f in study.findings for p in f.proofs if p.ref.kind == "parole"} == {""}


def test_the_gap_that_matters_is_that_of_the_registry():
    assert gap_of(Ref("indicateur", "taux_couverture"), 60) == 3
    assert gap_of(Ref("indicateur", "population"), 1000) == 100
    assert gap_of(Ref("parole", "pe_places"), 5) != gap_of(Ref("parole", "pe_places"), 5)  # NaN


def test_a_file_open_elsewhere_is_told(opened, monkeypatch, capsys):
    study = opened()
    monkeypatch.setattr("ctg_lib.study.findings.proposed", lambda study: found(study))
    monkeypatch.setattr("ctg_lib.cli.findings.opened_study", lambda id, project: study)

    def held(path, content):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("ctg_lib.documents.agreement.update.write_whole", held)
    before = (study.project.studies / ID / "convention" / "constats.xlsx").read_bytes()
    assert run("study", "findings", ID) == 2
    assert "constats.xlsx : ce fichier ne peut pas être écrit" in capsys.readouterr().err
    assert (study.project.studies / ID / "convention" / "constats.xlsx").read_bytes() == before


def test_the_command_tells_what_it_did(opened, monkeypatch, capsys):
    study = opened()
    monkeypatch.setattr("ctg_lib.study.findings.proposed", lambda study: found(study))
    monkeypatch.setattr("ctg_lib.cli.findings.opened_study", lambda id, project: study)
    study.__dict__["findings"] = ()
    assert run("study", "findings", ID) == 0
    out = capsys.readouterr().out.replace("\u00a0", " ")
    assert "3 constats proposés ; 0 proposition mise à jour ; 3 preuves relevées" in out
    assert "Suite : remplir « Décision » dans constats.xlsx" in out
    again = opened()
    again.__dict__["findings"] = ()
    monkeypatch.setattr("ctg_lib.cli.findings.opened_study", lambda id, project: again)
    assert run("study", "findings", ID) == 0
    out = capsys.readouterr().out.replace("\u00a0", " ")
    assert "rien à changer" in out
    assert "0 constat proposé ; 0 proposition mise à jour ; 0 preuve relevée" in out


def test_cells_that_would_be_lost_stop_the_command(opened, monkeypatch, capsys):
    from ctg_lib.workbooks.problems import Problem

    study = opened()
    filled = dict(study.agreement.filled)
    lost = Problem("constats.xlsx", "zz", "une décision parmi …")
    filled["constats"] = replace(filled["constats"], problems=(lost,))
    study.__dict__["agreement"] = replace(study.agreement, filled=filled)
    monkeypatch.setattr("ctg_lib.cli.findings.opened_study", lambda id, project: study)
    assert run("study", "findings", ID) == 2
    captured = capsys.readouterr()
    assert "n’est pas récrit" in captured.err and "zz" in captured.out
