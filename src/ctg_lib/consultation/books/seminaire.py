"""« seminaire.xlsx »: the elected members' seminar, its proposals and the votes of each college."""

from __future__ import annotations

from dataclasses import replace

from ctg_lib.consultation.books import common as c
from ctg_lib.consultation.scheme import Scheme
from ctg_lib.workbooks.common import REMARK
from ctg_lib.workbooks.schema import Field, Sheet, Workbook

COLLEGES: dict[str, str] = {
    "elus": "élus", "agents": "agents des collectivités", "professionnels": "professionnels", "partenaires": "partenaires",
    "habitants": "habitants",
}  # fmt: skip
"""Who votes apart: the results of colleges are never added up."""
_WORDS: dict[str, str] = {
    "élu": "elus", "élus communautaires": "elus", "maires": "elus", "techniciens": "agents", "agents": "agents",
    "services": "agents", "institutions": "partenaires", "associations": "partenaires", "parents": "habitants",
}  # fmt: skip


def seminaire(scheme: Scheme, secteurs: tuple[str, ...] = ()) -> Workbook:
    """The workbook, for a coding scheme and a study's secteurs."""
    return Workbook(
        id="seminaire",
        file="seminaire.xlsx",
        title="Séminaire des élus",
        purpose="Ce que disent les élus, leurs propositions, et le choix de chaque collège.",
        audience=c.AUDIENCE,
        version=1,
        sheets=(
            c.meetings_sheet(
                "Séminaires", f"Une ligne par séminaire, tenu ou prévu. {c.NO_NAME}", "S01",
                replace(c.TITLE, example="Séminaire des élus : premiers constats"),
                c.PLACE,
                c.THEMES_OF,
                replace(c.PEOPLE, example="24"),
                c.votes_each(),
                lines=10,
            ),
            c.present_sheet("seminaire", "élus"),
            c.excerpts_sheet(
                "Contenus", "Une ligne par chose dite. Une proposition qui vient des élus s’écrit ici aussi (nature : piste).",
                c.excerpt_fields(
                    "seminaire", scheme, secteurs,
                    group=c.group_field("Qui le dit. Sans réponse : les élus.", example="élus"),
                    kind=c.kind_field(),
                ),
            ),
            Sheet(
                "proposals", "Propositions", "Une ligne par proposition soumise au vote.",
                (
                    Field("id", "Identifiant", "id", required=True, example="P01", width=12),
                    c.meeting_field("seminaire", "Séminaire", example="S01"),
                    replace(c.TITLE, label="Proposition", help="Comme elle a été lue avant le vote.",
                            example="Une maison d’assistantes maternelles dans la vallée", width=46),
                    Field("detail", "Précision", "long_text", width=40),
                    c.need_field(scheme),
                    c.theme_field(),
                    REMARK,
                ),
                key=("id",),
                lines=40,
            ),
            Sheet(
                "votes", "Votes",
                "Une ligne par proposition et par collège. Les collèges ne s’additionnent jamais.",
                (
                    Field("proposal", "Proposition", "reference", "Identifiant de la feuille « Propositions ».", required=True,
                          refers_to="seminaire.proposals", example="P01", width=12),
                    Field("college", "Collège", "choice", required=True, choices=COLLEGES, synonyms=_WORDS, example="élus", width=22),
                    *c.counted_votes(),
                    REMARK,
                ),
                key=("proposal", "college"),
                lines=120,
            ),
        ),
    )  # fmt: skip
