"""Quotations: lent to a group, never to a person; to a function only where the person agreed to it and read it.

In a small territory the head of the only crèche is known to all. A group of which fewer than :data:`FEWEST` people
were heard is merged with other small ones under « autres acteurs », until that holds at least as many people and two
groups: of one alone it would be known who spoke. Where even so it cannot be, nothing is quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import pandas as pd

from ctg_lib.consultation.actors import GROUPS, KINDS, SEVERAL, Actors
from ctg_lib.consultation.coverage import FEWEST, people_heard, said
from ctg_lib.consultation.masking import mask
from ctg_lib.workbooks.common import THEMES
from ctg_lib.workbooks.people import personal

OTHERS = "autres"
OTHERS_LABEL = "autres acteurs"
SHORTEST, LONGEST = 20, 280
"""Characters of a quotation that is printed."""
_MARKS = ' «»"“”\u00a0\u202f'
"""Around a quotation as it was typed: a page has its own."""
COLUMNS: tuple[str, ...] = ("id", "meeting", "theme", "need", "kind", "text", "said_by", "by_function", "why")


def merged_groups(actors: Actors, fewest: int = FEWEST) -> dict[str, str]:
    """Group heard -> how it is named: itself, « autres » (merged), or empty (never quoted).

    The smallest groups are merged until they are two and hold enough people.
    """
    people = people_heard(actors)
    small = [group for group, count in people.items() if count < fewest]
    names = {group: group for group in people}
    if not small:
        return names
    order = sorted(people, key=lambda group: (people[group], list(GROUPS).index(group)))
    pooled = list(small)
    while pooled and (len(pooled) < 2 or sum(people[g] for g in pooled) < fewest):
        following = next((g for g in order if g not in pooled), None)
        if following is None:
            return names | dict.fromkeys(pooled, "")
        pooled.append(following)
    return names | dict.fromkeys(pooled, OTHERS)


def group_label(name: str) -> str:
    """A group of :func:`merged_groups` in French."""
    return OTHERS_LABEL if name == OTHERS else GROUPS[name]


def quotable(actors: Actors, fewest: int = FEWEST) -> pd.DataFrame:
    """Every quotation that may be printed (:data:`COLUMNS`), in the order of the excerpts.

    ``text`` is masked (where masking is at hand; else one that holds something of a person is left out); one that may
    point at someone (a post that one person holds, a rare trait) is printed only where the person read it again;
    ``said_by``: the group or, ``by_function``, the function that the person agreed to. What several groups said
    together has no author, and is not quoted.
    """
    names, rows = merged_groups(actors, fewest), []
    excerpts = said(actors)
    for line in excerpts[excerpts["quote"].ne("")].to_dict("records"):
        text, flagged = safe(str(line["quote"]).strip(_MARKS))
        by_function = bool(line["agreed"]) and bool(line["function"]) and bool(safe(str(line["function"]))[0])
        if flagged and not line["agreed"]:
            continue
        name = names.get(str(line["group"]), "")
        if not text or line["group"] == SEVERAL or not (name or by_function):
            continue
        if not SHORTEST <= len(text) <= LONGEST:
            continue
        said_by = str(line["function"]) if by_function else group_label(name)
        own = [line[column] for column in ("id", "meeting", "theme", "need", "kind")]
        rows.append((*own, text, said_by, by_function, ""))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def choose(
    actors: Actors, theme: str = "", most: int = 3, *, fewest: int = FEWEST, without: Iterable[str] = ()
) -> pd.DataFrame:
    """Quotations chosen by rule (:data:`COLUMNS`); ``why`` says by what each was.

    One after the other: of a group not yet quoted first, then of a need not yet quoted, then the strongest, then the
    need said in most meetings, then the order of the workbooks. No hand picks them.

    Args:
        theme: of which; all by default.
        without: ids already printed elsewhere.
    """
    table = quotable(actors, fewest)
    table = table[~table["id"].isin(list(without))]
    table = table[table["theme"].eq(theme)] if theme else table
    excerpts = said(actors)
    strength = dict(zip(excerpts["id"], excerpts["strength"].fillna(0), strict=True))
    meetings = excerpts.groupby("need")["meeting"].nunique().to_dict()
    left = [{str(k): v for k, v in line.items()} for line in table.to_dict("records")]
    chosen: list[dict[str, object]] = []
    while left and len(chosen) < most:
        voices = {line["said_by"] for line in chosen}
        needs = {line["need"] for line in chosen}

        def rank(
            line: Mapping[str, object], voices: set[object] = voices, needs: set[object] = needs
        ) -> tuple[float, ...]:
            again = (float(line["said_by"] in voices), float(line["need"] in needs))
            return (*again, -float(strength[line["id"]]), -float(meetings.get(line["need"], 0)))

        best = min(left, key=rank)  # the first of those that rank alike
        left.remove(best)
        again = "" if best["said_by"] not in voices else " (déjà cité : plus d’autre)"
        best["why"] = (
            f"{best['said_by']}{again} ; {KINDS.get(str(best['kind']), 'nature non codée')} ; force {strength[best['id']]:.0f} ; "
            f"besoin dit dans {meetings.get(best['need'], 0)} rencontre(s)"
        )
        chosen.append(best)
    return pd.DataFrame(chosen, columns=list(COLUMNS))


def rule(fewest: int = FEWEST) -> str:
    """How quotations are chosen and named, in French, to be printed with them."""
    return (
        "Les citations sont choisies par une règle, jamais à la main : un groupe puis un besoin pas encore cités, la force, "
        "le nombre de rencontres. Elles portent le nom d’un groupe, ou d’une fonction si la personne a donné son accord et "
        f"relu. Les groupes dont moins de {fewest} personnes ont été entendues sont réunis (« {OTHERS_LABEL} »)."
    )


def themes_quoted(actors: Actors) -> tuple[str, ...]:
    """Themes of which something may be quoted, in order."""
    found = set(quotable(actors)["theme"])
    return tuple(theme for theme in THEMES if theme in found)


@lru_cache(maxsize=4096)
def nameless(text: str) -> str:
    """What an analyst wrote, where no rule sees anything of a person in it; else empty: it is not printed."""
    found = mask(" ".join(text.split()), model=False)
    return "" if found.kinds or personal(found.text) else found.text


@lru_cache(maxsize=4096)
def safe(text: str) -> tuple[str, bool]:
    """A text without anything of a person (empty where that cannot be made sure), and whether it should be read by
    someone before it is printed: a function that few people have, a commune beside a rare trait.

    By rules alone: a report does not depend on whether the language model is installed. What that sees, ``ctg study
    check`` tells.
    """
    masked = mask(" ".join(text.split()), model=False)
    return ("" if personal(masked.text) else masked.text), bool(masked.flags)
