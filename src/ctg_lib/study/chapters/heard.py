"""What people say, as chapters tell it: where it comes from, who was heard, a few lines for each theme.

What someone says is told beside the figures, never mixed with them: it counts in how many meetings a need was
told and by which sides, not how many people have it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.consultation import coverage, synthesis
from ctg_lib.consultation.actors import OCCASIONS, OCCASIONS_PLURAL, OTHER_SIDES, SIDES, Actors
from ctg_lib.display.output import SourceText, md
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import prose
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.study.chapters.planned import ACTORS, announced, to_come
from ctg_lib.study.survey import interval_words, said_share, source_of
from ctg_lib.workbooks.common import THEME_NAMES
from ctg_lib.workbooks.moments import MONTHS

if TYPE_CHECKING:
    from ctg_lib.study.chapters.answers import Told
    from ctg_lib.study.core import Study

PAGE = "[Paroles d’acteurs](13-paroles-acteurs.html)"
SURVEYS = "Toutes les questions : [Consultation des habitants](12-consultation-habitants.html)."
MOST_AUDIENCES = 3
"""Audiences of surveys that a theme's chapter tells."""
TITLE = "## Ce qu’en disent les habitants et les acteurs"
ACROSS = "transversal"
"""Theme of what belongs to none: mobility, fairness between places, means, coordination."""
ACROSS_TITLE = "## Mobilité, moyens, coordination : ce qu’en disent les habitants et les acteurs"
ACROSS_PAGE = "[Familles et conditions de vie](03-familles-conditions-de-vie.html)"
"""The chapter that tells it, for all themes."""
MOST_NEEDS, MOST_ACROSS = 3, 5
"""Needs of a theme that its chapter tells; all of them stand in the chapter on actors."""
SIDE_WORDS: dict[str, str] = {
    "habitants": "les habitants", "professionnels": "les professionnels", "partenaires": "les partenaires",
    "elus": "les élus", OTHER_SIDES: "d’autres acteurs",
}  # fmt: skip
"""Side -> in a sentence."""
assert set(SIDE_WORDS) == {*SIDES, OTHER_SIDES}


def held(study: Study) -> pd.DataFrame:
    """Meetings that were held (:data:`ctg_lib.consultation.actors.MEETING_COLUMNS`)."""
    return coverage.held(study.consultation.actors)


def source(study: Study) -> SourceText:
    """« Entretiens et rencontres de l’étude, octobre–novembre 2026 »: no person, no single meeting."""
    dates = pd.to_datetime(held(study)["date"]).dropna()
    when = f", {months(dates.min(), dates.max())}" if len(dates) else ""
    made_up = " ; données fictives" if study.fictif else ""
    return SourceText(f"Entretiens et rencontres de l’étude{when}{made_up}")


def months(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """« octobre 2026 », « octobre–novembre 2026 », « novembre 2026–janvier 2027 »."""
    ends = f"{MONTHS[last.month - 1]} {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return ends
    year = "" if first.year == last.year else f" {first.year}"
    return f"{MONTHS[first.month - 1]}{year}–{ends}"


def scale(meetings: pd.DataFrame) -> str:
    """« 12 entretiens, 2 rencontres thématiques, 2 forums d’habitants et 1 séminaire des élus »."""
    counts = meetings["occasion"].value_counts()
    return enumerate_fr(
        [counted(int(counts[o]), *OCCASIONS_PLURAL[o]) for o in OCCASIONS if counts.get(o, 0)]
    )


def theme_name(theme: str) -> str:
    """A theme's label without what it puts in brackets."""
    return THEME_NAMES.get(theme, "thème non précisé")


# --------------------------------------------------------------------------------------------- a theme's lines


def block(study: Study, themes: Sequence[str]) -> Told:
    """« Ce qu’en disent les habitants et les acteurs » on these themes, with its heading; None where nothing is
    collected nor planned.

    Args:
        themes: keys of :data:`ctg_lib.workbooks.common.THEMES`.
    """
    if not themes:
        return None
    said = [*survey_lines(study, themes), *actor_lines(study, themes)] or coming_lines(study)
    title = ACROSS_TITLE if ACROSS in themes else TITLE
    return prose("\n".join([title, "", *(f"- {line}" for line in said)])) if said else None


def survey_lines(study: Study, themes: Sequence[str]) -> list[str]:
    """What surveys say of these themes: of each audience, the need that most answered, :data:`MOST_AUDIENCES` at most.

    A share where enough answered, else how many; nothing where no survey came back, or nothing may be shown.
    """
    said: list[str] = []
    used = []
    asked = False
    for survey in sorted(study.surveys.values(), key=lambda s: -s.count):
        asked |= any(survey.questions(theme) for theme in themes)
        for theme in themes:
            if (found := survey.needs(theme)) is None:
                continue
            question, row = found
            used += [survey] if survey not in used else []
            share = f"{said_share(row)}{interval_words(row)}"
            said.append(f"{survey.whom}, {question.topic} : « {md(row['label'])} », {share}")
    if not said:
        few = "**Questionnaires.** Ce thème y était, avec trop peu de réponses pour être montrées."
        return [f"{few} {SURVEYS}"] if asked else []
    study.note(source_of(used, brief=True))
    return [f"**Questionnaires.** {upper_first(' ; '.join(said[:MOST_AUDIENCES]))}. {SURVEYS}"]


def actor_lines(study: Study, themes: Sequence[str]) -> list[str]:
    """The needs of these themes that most meetings say are missing, which sides say it, where they do not agree,
    where to read more; empty where no meeting is coded."""
    actors = coverage.shown(study.consultation.actors)
    every = coverage.said(study.consultation.actors)
    if every.empty:
        return []
    study.note(source(study))
    meetings = len(coverage.held(actors))
    own = every[every["theme"].isin(list(themes))]
    whole = (
        "le seul échange tenu"
        if meetings == 1
        else f"les {counted(meetings, 'échange tenu', 'échanges tenus')}"
    )
    if own.empty:
        about = (
            "ces sujets"
            if ACROSS in themes
            else "ce thème"
            if len(themes) == 1
            else enumerate_fr([f"« {theme_name(t)} »" for t in themes], "ni de")
        )
        return [
            f"Personne n’a parlé de {about} dans {whole} : ce silence ne dit pas qu’aucun besoin n’existe. "
            f"{_later(study)}{PAGE}."
        ]
    heard_in = own["meeting"].nunique()
    what = "Sujets communs à tous les thèmes, abordés" if ACROSS in themes else "Thème abordé"
    lines = [
        f"{what} dans {counted(heard_in, 'échange')} sur {number(meetings)} (entretiens, rencontres, forums, séminaire)."
    ]
    most = MOST_ACROSS if ACROSS in themes else MOST_NEEDS
    table = pd.concat([synthesis.most_said(actors, t, most=most) for t in themes], ignore_index=True)
    table = table.sort_values("lacking", ascending=False, kind="stable").head(most)
    lines += [need_line(actors, row) for row in table.to_dict("records")]
    lines += [line for line in [_opposed(actors, themes)] if line]
    across = ACROSS not in themes and every["theme"].eq(ACROSS).any()
    elsewhere = f" Mobilité, moyens, coordination : {ACROSS_PAGE}." if across else ""
    return [*lines, f"La suite, leurs mots et ce qui limite cette lecture : {PAGE}.{elsewhere}"]


def need_line(actors: Actors, row: Mapping[Hashable, Any]) -> str:
    """« **Accueil tôt, tard** : manque dans 5 échanges sur les 6 qui en parlent, selon les habitants et les élus. »"""
    who = sides_words(actors, row["sides"])
    by = f", selon {who}" if who else ""
    return f"**{upper_first(md(row['label']))}** : manque dans {lacking_words(row)}{by}."


def lacking_words(row: Mapping[Hashable, Any]) -> str:
    """« 5 échanges sur les 6 qui en parlent », « les 3 échanges qui en parlent », « le seul échange qui en parle »."""
    lacking, meetings = row["lacking"], row["meetings"]
    if meetings == 1:
        return "le seul échange qui en parle"
    if lacking == meetings:
        return f"les {counted(meetings, 'échange')} qui en parlent"
    return f"{counted(lacking, 'échange')} sur les {number(meetings)} qui en parlent"


def sides_words(actors: Actors, sides: Sequence[str]) -> str:
    """« les habitants et les élus », those that may be named."""
    named = named_sides(actors)
    return enumerate_fr([SIDE_WORDS[s] for s in sides if s in named])


def named_sides(actors: Actors) -> list[str]:
    """Sides that spoke and may be named, those too small to be told as one last.

    Args:
        actors: what is shown (:func:`ctg_lib.consultation.coverage.shown`).
    """
    return list(coverage.once(actors, "sides named", lambda: _named_sides(actors)))


def _named_sides(actors: Actors) -> list[str]:
    spoke, small = set(coverage.said(actors)["side"]), coverage.small_sides(replace(actors, pooled=()))
    return [side for side in (*SIDES, OTHER_SIDES) if side in spoke and side not in small]


def opposed(actors: Actors, row: Mapping[Hashable, Any]) -> str:
    """« manque selon les habitants ; offre ou levier cité par les élus » of a need on which sides part; empty
    where they are too small to be named."""
    views = synthesis.by_side(actors)
    views = views[views["need"].eq(row["need"]) & views["side"].isin(named_sides(actors))]
    of = {
        says: [SIDE_WORDS[s] for s in views.loc[views["says"].eq(says), "side"]]
        for says in ("manque", "offre")
    }
    if not (of["manque"] and of["offre"]):
        return ""
    return f"manque selon {enumerate_fr(of['manque'])} ; offre ou levier selon {enumerate_fr(of['offre'])}"


def _opposed(actors: Actors, themes: Sequence[str]) -> str:
    table = synthesis.crossing(actors)
    table = table[table["theme"].isin(list(themes)) & table["reading"].eq("divergence")]
    said = [
        f"« {md(row['label'])} » ({how})" for row in table.to_dict("records") if (how := opposed(actors, row))
    ]
    return f"**Les avis s’écartent** sur {' ; '.join(said[:2])}." if said else ""


def _later(study: Study) -> str:
    coming = announced(to_come(study, ACTORS))
    return f"{coming} " if coming else ""


def coming_lines(study: Study) -> list[str]:
    """One line where nothing is collected: what is planned and when, or was; empty where nothing is."""
    coming = announced(to_come(study))
    return [f"Rien n’est encore recueilli. {coming} {PAGE}."] if coming else []
