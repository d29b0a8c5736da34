"""Which documents there are, what each leaves to complete, what is said of one that could not be made."""

from __future__ import annotations

import agreed_study
import pytest
from agreed_study import plain
from plan_samples import action

from ctg_lib.documents.agreement import kinds
from ctg_lib.documents.agreement.kinds import Kind, Made, chosen, lines_of, produce
from ctg_lib.errors import BadInput


def kind(id: str) -> Kind:
    return next(k for k in kinds.KINDS if k.id == id)


def test_an_unknown_kind_is_refused_with_what_there_is() -> None:
    with pytest.raises(BadInput, match=r"--only : trouvé fiche et x, attendu parmi .*fiches, synoptique"):
        chosen(["fiche", "x"])
    assert [k.id for k in chosen(["synoptique", "fiches"])] == ["fiches", "synoptique"]
    assert chosen() == kinds.kinds()


def test_a_kind_whose_module_is_absent_is_not_listed(monkeypatch) -> None:
    absent = Kind("rien", "rien", "no_such_module", lambda study: Made())
    monkeypatch.setattr(kinds, "KINDS", (absent, kind("fiches")))
    assert [k.id for k in kinds.kinds()] == ["fiches"]


def test_an_error_is_told_and_its_code_kept() -> None:
    def fail(study: object) -> Made:
        raise BadInput("modele.yml : ligne 3.\nmodele.yml : ligne 9.")

    outcome = produce(agreed_study.study(), Kind("convention", "x", "fiches", fail))
    assert outcome.code == 2 and lines_of(outcome)[1:] == [
        "  modele.yml : ligne 3.",
        "  modele.yml : ligne 9.",
    ]
    assert plain(lines_of(outcome)[0]) == "convention : pas fait"


@pytest.mark.parametrize("id", ["fiches", "synoptique", "matrice"])
def test_an_empty_agreement_says_what_to_fill(id: str) -> None:
    names = (
        "actions",
        "budget",
        "indicators",
        "steps",
        "axes",
        "orientations",
        "objectives",
        "needs",
        "issues",
        "copil",
    )
    outcome = produce(agreed_study.study(**{name: [] for name in names}), kind(id))
    head, why = (plain(line) for line in lines_of(outcome))
    assert (
        head == f"{id} : rien"
        and why.startswith("  rien à imprimer : ")
        and "ctg study" in why
        and outcome.code == 0
    )


def test_what_is_left_is_told_action_by_action() -> None:
    outcome = produce(
        agreed_study.study(actions=[action(), action("A02", state="projet"), action("A03", issues=("E02",))]),
        kind("fiches"),
    )
    said = [plain(line).strip() for line in lines_of(outcome)]
    assert said[0].startswith(
        "fiches : fiches-action.pdf, fiches-action.docx, fiches/A01.docx, fiches/A02.docx"
    )
    assert any(line.startswith("A01 : à compléter, ") and "Leviers" in line for line in said)
    assert "en projet, et n’engageant personne : A02" in said
    assert "sans fiche, aucun de leurs enjeux n’étant retenu : A03" in said


def test_many_files_are_counted() -> None:
    files = tuple((f"{n}.pdf", b"") for n in range(7))
    outcome = produce(agreed_study.study(), Kind("x", "x", "fiches", lambda study: Made(files)))
    assert plain(lines_of(outcome)[0]) == "x : 0.pdf, 1.pdf, 2.pdf, 3.pdf et 3 autres"
