"""What a sheet says of indicators that cannot be trusted as they are: a mark beside each, a few words under the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ctg_lib.agreement.measurability import VERDICTS, Verdict
from ctg_lib.display.typography import THIN, enumerate_fr

MARKS = "¹²³⁴⁵⁶⁷⁸⁹"
TOGETHER = " ; lire les années ensemble"


def doubts(ids: Iterable[str], verdicts: Mapping[str, Verdict]) -> tuple[dict[str, str], str]:
    """Of the indicators of an action, in order: id -> mark, of those that are not plainly measurable; what the marks say.

    One more than there are marks stands at the last of them.
    """
    found = [v for v in (verdicts.get(id) for id in ids) if v is not None and v.code != "mesurable"]
    marks = {v.id: MARKS[min(rank, len(MARKS) - 1)] for rank, v in enumerate(found)}
    said = [f"{marks[v.id]}{THIN}{_told(v)}" for v in found]
    beside = list(dict.fromkeys(_instead(v) for v in found if v.instead and not v.refused))
    if beside:
        said.append(f"À suivre aussi, chaque année : {enumerate_fr(beside)}.")
    return marks, " ".join(said)


def _told(verdict: Verdict) -> str:
    """« À lire avec précaution : … », without what the analyst has to fill in (after a colon)."""
    why = verdict.why.partition(" : ")[0].rstrip(".")
    if verdict.refused:
        instead = f" À la place, chaque année : {_instead(verdict)}." if verdict.instead else ""
        return f"À remplacer : {VERDICTS[verdict.code]}, {verdict.why.rstrip('.')}.{instead}"
    if verdict.code == "inconnu":
        return f"À préciser : {why}."
    return f"À lire avec précaution : {why}{TOGETHER if verdict.code == 'fragile' else ''}."


def _instead(verdict: Verdict) -> str:
    """The activity figure; an indicator of the same sheet goes by its name, since ids of indicators are not printed."""
    return verdict.instead.removeprefix(f"{verdict.instead_id} ") if verdict.instead_id else verdict.instead
