"""Names of the parties as documents print them: what a name leaves to complete is a blank."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ctg_lib.documents.agreement.blocks import blank, settled

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

_WORDS = r"à[ \u00a0]compléter"
_OPEN_NAME = re.compile(
    rf"\s*(?:\([^()]*{_WORDS}[^()]*\)|\[[^\[\]]*{_WORDS}[^\[\]]*\]|{_WORDS})", re.IGNORECASE
)
"""« (caisse du territoire, à compléter) »: the part of a name that says it is not known."""


def plain_name(name: str) -> str:
    """« MSA » of « MSA (caisse du territoire, à compléter) »."""
    return _OPEN_NAME.sub("", name).strip(" ,;:") or name


def party_name(name: str) -> str:
    """A name ready for a text: « MSA » and a mark (:func:`ctg_lib.documents.agreement.blocks.blank`)."""
    if not _OPEN_NAME.search(name):
        return name
    known = plain_name(name)
    return f"{known} {blank(f'nom exact : {known}', known, 'nom exact')}"


def party_names(study: Study) -> dict[str, str]:
    """Id -> name of each party, with a mark where the name is to be completed."""
    table = study.partnership.table("parties", "parties")
    return {str(i): party_name(str(n)) for i, n in zip(table["id"], table["name"], strict=True)}


def shown_names(study: Study) -> dict[str, str]:
    """The same as it is read: « MSA [à compléter : nom exact] »."""
    return {id: settled(name, "")[0] for id, name in party_names(study).items()}
