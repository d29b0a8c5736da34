"""What actors said, as far as it may be told: each excerpt by id, group and theme, never a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctg_lib.agreement.trace import Excerpt
from ctg_lib.consultation import coverage
from ctg_lib.consultation.actors import KINDS, OCCASIONS, SEVERAL, Actors
from ctg_lib.consultation.quotations import group_label, merged_groups, quotable
from ctg_lib.workbooks.common import THEME_NAMES

if TYPE_CHECKING:
    import pandas as pd

    from ctg_lib.study.core import Study

HEARD_IN: dict[str, str] = {
    "entretien": "entretiens.xlsx", "rencontre": "rencontres.xlsx", "forum": "forums.xlsx",
    "seminaire": "seminaire.xlsx",
}  # fmt: skip
"""Where something was said -> workbook of the study's ``consultation`` folder."""
assert set(HEARD_IN) == set(OCCASIONS)
TOGETHER = "plusieurs groupes ensemble"
UNNAMED = "un groupe trop petit pour être nommé"


def excerpts_of(study: Study) -> tuple[Excerpt, ...]:
    """Everything that was said at exchanges held, by the rules of what is shown of actors.

    A small group is told as « autres acteurs », or not named
    (:func:`~ctg_lib.consultation.quotations.merged_groups`); what is left out of the report
    (:func:`~ctg_lib.consultation.coverage.shown`) is left out here. A quotation stands only where the person
    agreed to be quoted and read it.
    """
    actors = _shown(study)
    if actors.empty:
        return ()
    names, quotes = _names(study), _quotes(actors)
    folder = study.consultation.folder.name
    return tuple(
        Excerpt(
            str(line["id"]), str(line["need"]), f"{group_words(names, str(line['group']))} ; {_about(line)}",
            quotes.get(str(line["id"]), ""), (f"{folder}/{HEARD_IN[line['occasion']]}",),
        )
        for line in _said(study).to_dict("records")
        if line["id"]
    )  # fmt: skip


def group_words(names: dict[str, str], group: str) -> str:
    """A group as it may be named."""
    if group == SEVERAL:
        return TOGETHER
    return group_label(names[group]) if names.get(group) else UNNAMED


def groups_of(study: Study, need: str) -> tuple[str, ...]:
    """Groups that spoke of a need, as they may be named, each once; those that may not be are left out."""
    names, excerpts = _names(study), _said(study)
    found = [group_words(names, str(group)) for group in excerpts.loc[excerpts["need"].eq(need), "group"]]
    return tuple(name for name in dict.fromkeys(found) if name != UNNAMED)


def exchanges_of(study: Study, need: str) -> int:
    """Exchanges at which a need was spoken of."""
    excerpts = _said(study)
    return int(excerpts.loc[excerpts["need"].eq(need), "meeting"].nunique())


def heard_in(study: Study, need: str) -> tuple[str, ...]:
    """Workbooks in which a need was coded."""
    actors = study.consultation.actors
    meetings = actors.excerpts.loc[actors.excerpts["need"].eq(need), "meeting"]
    occasions = set(actors.meetings.loc[actors.meetings["id"].isin(meetings), "occasion"])
    return tuple(
        f"{study.consultation.folder.name}/{file}" for name, file in HEARD_IN.items() if name in occasions
    )


def _shown(study: Study) -> Actors:
    return study._once(("actors shown",), lambda: coverage.shown(study.consultation.actors))


def _said(study: Study) -> pd.DataFrame:
    """Excerpts of what may be told: asked again for each need, found once."""
    return study._once(("excerpts said",), lambda: coverage.said(_shown(study)))


def _names(study: Study) -> dict[str, str]:
    """Group -> the one under which it is told, found once."""
    return study._once(("groups told",), lambda: merged_groups(_shown(study)))


def _quotes(actors: Actors) -> dict[str, str]:
    """Excerpt -> its quotation, of those that a person agreed to be quoted for."""
    agreed = set(actors.excerpts.loc[actors.excerpts["agreed"].astype(bool), "id"])
    table = quotable(actors)
    table = table[table["id"].isin(agreed)]
    return dict(zip(table["id"].astype(str), table["text"].astype(str), strict=True))


def _about(line: dict) -> str:
    theme = THEME_NAMES.get(str(line["theme"]), "thème non précisé")
    kind = KINDS.get(str(line["kind"]), "")
    return f"{theme} ({kind})" if kind else theme
