"""What is said of each need, by whom: the cross-analysis of points of view.

The unit is the meeting, never the excerpt: a talkative one does not count for two. A need is *said* by a side in a
meeting where an excerpt of that side tells a ``besoin``, a ``frein`` or an ``attente``; it is *answered* according to
a side that tells only an ``offre`` or a ``levier``; a ``piste`` alone is neither. How sides agree is read by
:data:`RULES`, which a page prints under the table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from ctg_lib.consultation.actors import KINDS, OTHER_SIDES, SIDES, Actors
from ctg_lib.consultation.coverage import said
from ctg_lib.consultation.quotations import nameless

LACKING = frozenset({"besoin", "frein", "attente"})
"""Kinds that say that something is missing."""
ANSWERED = frozenset({"offre", "levier"})
"""Kinds that say that something is there."""
_SIDES = (*SIDES, OTHER_SIDES)
READINGS: dict[str, str] = {
    "convergence": "avis communs", "divergence": "avis opposés", "partage": "dit par une partie",
    "seul": "dit d’un seul côté", "un_cote": "un seul côté entendu", "ensemble": "dit ensemble", "offre": "offre seule",
    "piste": "piste seule", "non_code": "nature non codée", "silence": "silence",
}  # fmt: skip
RULES: dict[str, str] = {
    "convergence": "au moins deux côtés disent que cela manque, et plus de la moitié de ceux qui ont parlé du thème ; "
    "aucun ne dit le contraire",
    "divergence": "un côté au moins dit que cela manque, un autre n’y voit qu’une offre ou un levier",
    "partage": "au moins deux côtés disent que cela manque, mais la moitié ou moins de ceux qui ont parlé du thème",
    "seul": "un seul côté le dit ; d’autres ont parlé du thème sans le dire",
    "un_cote": "un seul côté a parlé du thème : rien à comparer",
    "ensemble": "plusieurs groupes réunis disent que cela manque, sans qu’on sache lesquels",
    "offre": "personne ne dit que cela manque ; une offre ou un levier est cité",
    "piste": "ni manque ni offre : une piste est proposée",
    "non_code": "on en parle, sans que la nature de ce qui est dit soit codée",
    "silence": "personne n’en parle",
}
"""Reading -> how it is decided, in French."""
SIDE_COLUMNS: tuple[str, ...] = (
    "theme",
    "need",
    "label",
    "side",
    "meetings",
    "lacking",
    "excerpts",
    "strength",
    "kinds",
    "says",
)
CROSSING_COLUMNS: tuple[str, ...] = (
    "theme", "need", "label", "meetings", "lacking", "excerpts", "strength", "kinds", "sides", "silent", "reading",
)  # fmt: skip
KIND_COLUMNS: tuple[str, ...] = ("theme", "need", "label", *KINDS)


def by_side(actors: Actors) -> pd.DataFrame:
    """One row per need and side that spoke of it (:data:`SIDE_COLUMNS`), in the order of the scheme.

    ``meetings``: held ones where that side spoke of it; ``lacking``: those of them where it says that it is missing
    (:data:`LACKING`); ``strength``: the greatest, 1 to 3 (NaN: never told);
    ``kinds``: tuple, in order; ``says``: « manque », « offre », « piste » or empty (see the module).
    """
    rows = []
    excerpts = said(actors)
    parts = dict(list(excerpts.groupby(["need", "side"], sort=False)))
    for need, (theme, label) in actors.scheme.items():
        for side in _SIDES:
            own = parts.get((need, side))
            if own is not None:
                rows.append((theme, need, label, side, *_counts(own), _says(set(own["kind"]))))
    return pd.DataFrame(rows, columns=list(SIDE_COLUMNS))


def crossing(actors: Actors, *, silent: bool = False) -> pd.DataFrame:
    """One row per need (:data:`CROSSING_COLUMNS`), in the order of the scheme.

    ``meetings``: held ones where it was spoken of, by whomsoever; ``lacking``: those of them where it is said to be
    missing; ``sides``: those that say it is missing;
    ``silent``: those that spoke of the theme and not of it; ``reading``: key of :data:`READINGS`.

    Args:
        silent: needs of which nobody spoke are there too.
    """
    excerpts = said(actors)
    spoken = {theme: set(own["side"]) for theme, own in excerpts.groupby("theme", sort=False)}
    views: dict[str, dict[str, str]] = {}
    for row in by_side(actors).itertuples():
        views.setdefault(str(row.need), {})[str(row.side)] = str(row.says)
    parts, nothing, rows = dict(list(excerpts.groupby("need", sort=False))), excerpts.iloc[:0], []
    for need, (theme, label) in actors.scheme.items():
        own = parts.get(need, nothing)
        if own.empty and not silent:
            continue
        spoke = [s for s in _SIDES if s in spoken.get(theme, ())]
        view = views.get(need, {})
        lacking = tuple(s for s in _SIDES if view.get(s) == "manque")
        quiet = tuple(s for s in spoke if s not in view)
        reading = _reading(view, spoke, None if own.empty else set(own["kind"]))
        rows.append((theme, need, label, *_counts(own), lacking, quiet, reading))
    return pd.DataFrame(rows, columns=list(CROSSING_COLUMNS))


def _counts(own: pd.DataFrame) -> tuple[int, int, int, float, tuple[str, ...]]:
    if own.empty:
        return 0, 0, 0, float("nan"), ()
    kinds = set(own["kind"])
    strength = float(own["strength"].max())
    lacking = own.loc[own["kind"].isin(LACKING), "meeting"].nunique()
    return own["meeting"].nunique(), lacking, len(own), strength, tuple(k for k in KINDS if k in kinds)


def _says(kinds: set[str]) -> str:
    if kinds & LACKING:
        return "manque"
    return "offre" if kinds & ANSWERED else "piste" if "piste" in kinds else ""


def _reading(view: dict[str, str], spoke: list[str], kinds: set[str] | None) -> str:
    if kinds is None:
        return "silence"
    if found := reading_of(view, spoke):
        return found
    return {"manque": "ensemble", "offre": "offre", "piste": "piste", "": "non_code"}[_says(kinds)]


def reading_of(view: Mapping[str, str], spoke: Collection[str]) -> str:
    """How sides agree on a need that one of them at least says is missing (:data:`RULES`); empty where none does.

    Args:
        view: side -> what it says: « manque », « offre », anything else being neither.
        spoke: sides that spoke of the theme.
    """
    lacking = [s for s, says in view.items() if says == "manque"]
    contrary = [s for s, says in view.items() if says == "offre"]
    if not lacking:
        return ""
    if contrary:
        return "divergence"
    if len(spoke) < 2:
        return "un_cote"
    if len(lacking) == 1:
        return "seul"
    return "convergence" if 2 * len(lacking) > len(spoke) else "partage"


def most_said(actors: Actors, theme: str = "", most: int = 5) -> pd.DataFrame:
    """Needs that most meetings say are missing, of a theme or of all: rows of :func:`crossing`.

    Ordered by meetings that say it is missing (``lacking``), then sides, then strength, then the scheme; only what at least one side says is missing, or
    what several groups said together is missing. Never a ranking of needs by importance: it counts conversations.
    """
    table = crossing(actors)
    table = table[
        pd.Series([bool(set(kinds) & LACKING) for kinds in table["kinds"]], table.index, dtype="bool")
    ]
    if theme:
        table = table[table["theme"].eq(theme)]
    order = table.assign(_sides=table["sides"].map(len), _strength=table["strength"].fillna(0))
    ordered = order.sort_values(["lacking", "_sides", "_strength"], ascending=False, kind="stable")
    return ordered.drop(columns=["_sides", "_strength"]).head(most).reset_index(drop=True)


def by_kind(actors: Actors, theme: str = "") -> pd.DataFrame:
    """Meetings in which each kind of thing was said of each need (:data:`KIND_COLUMNS`).

    A thing said of a theme without any need of the scheme is in a row whose ``need`` is empty.
    """
    excerpts = said(actors)
    rows = []
    themes = dict.fromkeys(t for t, _ in actors.scheme.values())
    for each in [theme] if theme else themes:
        codes = [code for code, (of, _) in actors.scheme.items() if of == each]
        for code in [*codes, ""]:
            own = excerpts[excerpts["theme"].eq(each) & excerpts["need"].eq(code)]
            if len(own):
                numbers = [own.loc[own["kind"].eq(kind), "meeting"].nunique() for kind in KINDS]
                label = actors.scheme[code][1] if code else "sans besoin de la grille"
                rows.append((each, code, label, *numbers))
    return pd.DataFrame(rows, columns=list(KIND_COLUMNS))


def summaries(actors: Actors, theme: str, kinds: Iterable[str] = tuple(KINDS), most: int = 5) -> pd.DataFrame:
    """What was said, in the analyst's words: ``need, kind, strength, meetings, summary``, without who said it.

    The strongest first, one per need and kind at a time, then those of the needs said in most meetings. A summary
    in which a rule sees something of a person is left out.
    """
    excerpts = said(actors)
    own = excerpts[
        excerpts["theme"].eq(theme) & excerpts["kind"].isin(list(kinds)) & excerpts["summary"].ne("")
    ]
    own = own[pd.Series([bool(nameless(text)) for text in own["summary"]], own.index, dtype="bool")]
    meetings = own.groupby(["need", "kind"])["meeting"].nunique()
    own = own.assign(
        meetings=[int(meetings[pair]) for pair in zip(own["need"], own["kind"], strict=True)],
        strength=own["strength"].fillna(0),
    )
    own = own.sort_values(["strength", "meetings"], ascending=False, kind="stable")
    own = own.assign(_turn=own.groupby(["need", "kind"]).cumcount())
    out = own.sort_values("_turn", kind="stable").head(most)
    return out[["need", "kind", "strength", "meetings", "summary"]].reset_index(drop=True)
