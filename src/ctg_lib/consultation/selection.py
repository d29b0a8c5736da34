"""Which reviewed texts are printed: chosen by a rule and a seed, never by hand; each says why it is there.

A text stays a text: whoever writes it into a page escapes it (``display.output.md`` for Markdown, ``esc`` for HTML).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import pandas as pd

from ctg_lib.consultation.quotations import LONGEST, SHORTEST
from ctg_lib.disclosure.policy import survey_threshold

COLUMNS: tuple[str, ...] = ("questionnaire", "question", "theme", "need", "text", "said_by", "why")
GROUPS: dict[str, str] = {
    "parents": "parents", "jeunes_11_17": "jeunes de 11 à 17 ans", "jeunes_18_25": "jeunes de 18 à 25 ans", "habitants": "habitants",
    "professionnels": "professionnels", "associations": "associations",
}  # fmt: skip
"""Questionnaire -> who speaks."""
OTHERS = "autres répondants"
SEED = "2026"


def choose(
    texts: pd.DataFrame,
    theme: str = "",
    most: int = 3,
    *,
    respondents: Mapping[str, int] | None = None,
    seed: str = SEED,
    without: Iterable[str] = (),
) -> pd.DataFrame:
    """Texts of a theme (:data:`COLUMNS`), in the order in which they were chosen.

    One after the other: of a questionnaire not yet quoted, then of a need not yet quoted, then by lot. No respondent is
    quoted twice; texts too short or too long to be printed, or equal to another, are left out.

    Args:
        texts: of :attr:`ctg_lib.consultation.folder.Consultation.verbatims`.
        theme: of which; all by default.
        most: at most.
        respondents: questionnaire -> answers; one with fewer than a cell of a survey asks for is not named.
        seed: of the lot; the same draws the same.
        without: texts already printed elsewhere.
    """
    left = _candidates(texts, theme, seed, set(without))
    names = _names(texts, respondents)
    chosen: list[dict[str, object]] = []
    while left and len(chosen) < most:
        groups, needs = {c["questionnaire"] for c in chosen}, {c["need"] for c in chosen}
        best = min(left, key=lambda c: (c["questionnaire"] in groups, c["need"] in needs, c["lot"]))
        why = [
            "un questionnaire pas encore cité"
            if best["questionnaire"] not in groups
            else "un questionnaire déjà cité",
            "un besoin pas encore cité" if best["need"] not in needs else "un besoin déjà cité",
            f"tirage au sort (graine {seed}, rang {best['rank']} sur {best['of']})",
        ]
        chosen.append(
            {**best, "said_by": names.get(str(best["questionnaire"]), OTHERS), "why": " ; ".join(why)}
        )
        left = [c for c in left if c["voice"] != best["voice"] and c is not best]
    return pd.DataFrame([{name: c[name] for name in COLUMNS} for c in chosen], columns=list(COLUMNS))


def _candidates(texts: pd.DataFrame, theme: str, seed: str, without: set[str]) -> list[dict[str, object]]:
    """Texts that may be printed, each with its lot; two respondents may have the same number in two questionnaires."""
    seen: set[str] = set(without)
    out: list[dict[str, object]] = []
    for number, line in enumerate(texts.to_dict("records")):
        text = " ".join(str(line["text"]).split())
        if (theme and line["theme"] != theme) or not SHORTEST <= len(text) <= LONGEST or text in seen:
            continue
        seen.add(text)
        lot = hashlib.blake2b(
            f"{seed}|{line['questionnaire']}|{line['question']}|{text}".encode(), digest_size=8
        ).hexdigest()
        voice = line.get("respondent", f"ligne {number}")
        out.append({**{str(k): v for k, v in line.items()}, "text": text, "lot": lot, "voice": voice})
    for rank, each in enumerate(sorted(out, key=lambda c: str(c["lot"])), 1):
        each.update(rank=rank, of=len(out))
    return sorted(out, key=lambda c: str(c["lot"]))


def _names(texts: pd.DataFrame, respondents: Mapping[str, int] | None) -> dict[str, str]:
    """Questionnaire -> how those who answered it are called; a small one is not told from the others."""
    ids = dict.fromkeys(texts["questionnaire"])
    few = survey_threshold(sensitive=False)
    return {
        id: GROUPS.get(id, OTHERS) if respondents is None or respondents.get(id, 0) >= few else OTHERS
        for id in ids
    }


def rule(most: int = 3, seed: str = SEED) -> str:
    """How texts are chosen, in French, to be printed with them."""
    return (
        f"Les paroles citées sont choisies par une règle, jamais à la main : parmi les réponses relues et décidées « publier », "
        f"de {SHORTEST} à {LONGEST} caractères, {most} au plus par thème ; un questionnaire puis un besoin pas encore cités, puis un "
        f"tirage au sort reproductible (graine {seed}) ; jamais deux fois la même personne. Noms et numéros sont masqués."
    )
