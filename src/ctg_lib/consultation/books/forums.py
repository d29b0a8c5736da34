"""« forums.xlsx »: inhabitants' forums, what was said in them, and how proposals were voted."""

from __future__ import annotations

from dataclasses import replace

from ctg_lib.consultation.books import common as c
from ctg_lib.consultation.scheme import Scheme
from ctg_lib.workbooks.common import REMARK
from ctg_lib.workbooks.schema import Field, Sheet, Workbook


def forums(scheme: Scheme, secteurs: tuple[str, ...] = ()) -> Workbook:
    """The workbook, for a coding scheme and a study's secteurs."""
    return Workbook(
        id="forums",
        file="forums.xlsx",
        title="Forums d’habitants",
        purpose="Ce que disent les habitants réunis, et les propositions qu’ils ont choisies.",
        audience=c.AUDIENCE,
        version=1,
        sheets=(
            c.meetings_sheet(
                "Forums", f"Une ligne par forum, tenu ou prévu. {c.NO_NAME}", "F01",
                replace(c.TITLE, example="Grandir et vieillir dans la vallée"),
                c.PLACE,
                c.secteur_field(secteurs, "D’où venaient les habitants ; vide s’ils venaient de partout."),
                c.THEMES_OF,
                replace(c.PEOPLE, example="23"),
                c.votes_each(),
                lines=20,
            ),
            c.present_sheet("forums", "parents"),
            c.excerpts_sheet(
                "Contenus", "Une ligne par chose dite, à une table ou en plénière.",
                c.excerpt_fields(
                    "forums", scheme, secteurs,
                    group=c.group_field("Qui le dit. Sans réponse : les habitants.", example="parents"),
                    kind=c.kind_field(),
                ),
            ),
            Sheet(
                "votes", "Votes",
                "Une ligne par proposition soumise au vote d’un forum, y compris celles qui n’ont eu aucune voix. "
                "Sous 15 votants, aucun classement n’est donné.",
                (
                    c.meeting_field("forums", "Forum", example="F01"),
                    Field("proposal", "Proposition", required=True, example="Ouvrir la ludothèque un samedi sur deux", width=46),
                    c.need_field(scheme),
                    c.theme_field(),
                    *c.counted_votes(),
                    REMARK,
                ),
                key=("meeting", "proposal"),
                lines=80,
            ),
        ),
    )  # fmt: skip
