"""From ``ctg study new`` to the documents: two intermunicipalities that sign with the Caf and the MSA. All is made up."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import filled_by_hand as hand
import pytest
import yaml
from agreed_study import plain, words
from pypdf import PdfReader

ID = "241200906-200067155"
PARTIES = (
    "Communauté de communes Larzac et Vallées",
    "Communauté de communes Saint Affricain, Roquefort, Sept Vallons",
    "Caf de l’Aveyron",
    "MSA d’exemple",
)


@pytest.fixture
def step(together, own):
    """The project; a command that must succeed, and what it says."""
    here, run = own

    def done(*arguments: str, code: int = 0) -> str:
        result = run(*arguments)
        assert result.exit_code == code, result.output
        return plain(result.stdout)

    return here, done


def settle(folder: Path) -> None:
    """Settings and parties, as the analyst and the two intermunicipalities write them."""
    settings = yaml.safe_load((folder / "study.yml").read_text(encoding="utf-8"))
    (folder / "study.yml").write_text(
        yaml.safe_dump(settings | hand.SETTINGS, allow_unicode=True), encoding="utf-8"
    )
    signing = {
        "P01": {**hand.APPROVAL, "Fonction du représentant": "présidence"},
        "P02": {**hand.APPROVAL, "Fonction du représentant": "présidence"},
        "P33": {**hand.APPROVAL, "Fonction du représentant": "direction"},
        "P34": {
            **hand.APPROVAL,
            "Nom de l’organisme": "MSA d’exemple",
            "Fonction du représentant": "direction",
        },
    }
    hand.change(folder / "parties.xlsx", "Parties", signing, {"Signe la convention": "non"})
    (folder / "info-flash" / "1.yml").write_text(hand.FLASH, encoding="utf-8")


@pytest.mark.slow
def test_two_that_sign_together_go_from_new_to_documents(step) -> None:
    here, done = step
    folder = here.studies / ID
    assert f"ctg study agreement {ID}" in done("study", "new", "241200906", "200067155")
    settle(folder)
    books = folder / "convention"
    assert done("study", "agreement", ID).count(".xlsx créé\n") == 7
    assert "aucun n’est écrasé" in done("study", "agreement", ID)

    done("study", "findings", ID)
    found = hand.ids(books / "constats.xlsx", "Constats")
    assert "K001" in found
    decided = {"Date de la décision": hand.date(2027, 1, 12), "Qui a décidé": "comité technique"}
    hand.change(
        books / "constats.xlsx", "Constats", {"K001": {"Décision": "accepté", **decided}},
        {"Décision": "refusé", "Pourquoi": "hors de l’exemple", **decided},
    )  # fmt: skip
    assert "1 besoin proposé" in done("study", "crossing", ID)
    hand.change(books / "croisement.xlsx", "Besoins", {"N01": {"Décision": "retenu", "Qui peut agir": "P02"}})
    assert "1 enjeu proposé" in done("study", "crossing", ID)
    valid = {"État": "validé", "Validé ou écarté le": hand.date(2027, 1, 26)}
    hand.change(books / "croisement.xlsx", "Enjeux", {"E01": valid})
    hand.fill(books / "gouvernance.xlsx", hand.GOVERNANCE)
    hand.fill(books / "priorites.xlsx", hand.PRIORITIES)
    hand.fill(books / "groupes-travail.xlsx", hand.GROUPS)
    assert "1 action proposée, en projet" in done("study", "plan", ID)
    hand.fill(books / "plan-action.xlsx", hand.PLAN)
    hand.change(books / "plan-action.xlsx", "Actions", {"A01": hand.ACTION})
    hand.change(books / "groupes-travail.xlsx", "Propositions", {"PR01": {"Action": "A01"}})

    checked = done("study", "check", ID)
    assert "Aucune erreur." in checked and "— FICTIVE" in checked
    assert "plan-action.xlsx — Axes : 1 ligne ; " in checked
    told = done("documents", ID)
    assert ": rien" not in told and "pas fait" not in told
    check_documents(here.outputs / ID / "documents")


def check_documents(folder: Path) -> None:
    """Every kind is there; the convention names its four parties and has a box for each; all bear the mark."""
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names >= {
        "convention.docx", "convention.pdf", "fiches-action.docx", "fiches-action.pdf", "fiches/A01.docx", "tableau-synoptique.pdf",
        "tableau-synoptique.xlsx", "matrice.pdf", "matrice.xlsx", "info-flash-1.pdf", "info-flash-1.html", "restitution.html",
        "restitution.pptx", "reunions/comptes-rendus/2027-02-09-RE01.docx", "reunions/comptes-rendus/2027-03-16-GT01.docx",
        "reunions/emargement/2027-10-12-RE02.docx", "reunions/releve-de-decisions.pdf",
    }  # fmt: skip
    for name in sorted(names - {".faits.json"}):
        assert "fictif" in text_of(folder / name).casefold(), name
    document = docx.Document(io.BytesIO((folder / "convention.docx").read_bytes()))
    cells = [plain(c.text) for table in document.tables for row in table.rows for c in row.cells]
    boxes = [text for text in cells if text.startswith("Pour : ")]
    printed, whole = text_of(folder / "convention.pdf"), text_of(folder / "convention.docx")
    for party in PARTIES:
        assert f"{party}, agissant par sa " in whole and f"{party}, agissant par sa " in printed, party
        assert [f"Pour : {party}" in box for box in boxes].count(True) == 1, (party, boxes)
        assert f"Pour : {party}" in printed, party
    assert len(boxes) == len(PARTIES)


def text_of(path: Path) -> str:
    """All that a document says, with plain spaces, its lines joined."""
    if path.suffix == ".pdf":
        pages = [page.extract_text() for page in PdfReader(path).pages]
        return " ".join(plain(" ".join(pages)).split())
    if path.suffix == ".html":
        return plain(path.read_text(encoding="utf-8"))
    return words(path.read_bytes())
