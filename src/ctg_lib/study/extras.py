"""What a study exports beside its own values: its establishments, medians of what it is compared with,
and which rows of the catalogue are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib import reads
from ctg_lib.display.prose import upper_first
from ctg_lib.display.typography import counted, enumerate_fr
from ctg_lib.indicators import national
from ctg_lib.indicators.coverage import Holdings, Known, beyond, coverage, holdings
from ctg_lib.indicators.registry import RESULT_COLUMNS, registry
from ctg_lib.observations import Store
from ctg_lib.study.comparison import FEWEST
from ctg_lib.study.series import segments
from ctg_lib.values import GROUP, LEVELS
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

STRUCTURES = "structures"
HELD = "holdings"
"""What a recorded query asks for when it asks for establishments, or for what the store holds."""

COUNTED_UNITS = ("personnes", "habitants", "enfants", "places", "foyers", "familles", "communes")
"""Units of counts: a median of territories of different sizes would say nothing."""


def export_rows(study: Study) -> pd.DataFrame:
    """What :meth:`Study.export` gives: every indicator of every place of the study, with ``segment``."""
    places = [study.place, *((t.level, t.code) for t in study.references)]
    places += [("commune", c) for c in study.territory.members]
    places += [("secteur", s.code) for s in study.secteurs]
    places += [("epci", c) for c in dict.fromkeys([*study.peer_codes, *study.lookalikes["code"]])]
    rows = [study.table(list(registry()), places)]
    for indicator, commune in dict.fromkeys((r.indicator, r.commune) for r in study.second_readings):
        both = study.with_and_without(indicator, commune)
        rows.append(both[both["breakdown"].str.contains("sans=", regex=False)])
    rows += [structure_rows(study), median_rows(study)]
    out = pd.concat([r for r in rows if not r.empty] or rows[:1], ignore_index=True)
    return out.assign(segment=pd.Series(segments(out), index=out.index, dtype="str"))


def structure_rows(study: Study, ids: Iterable[str] | None = None) -> pd.DataFrame:
    """Rows of the establishments (schools, France services sites) that lie in the study's communes.

    Args:
        ids: indicators wanted; all of them by default.

    Returns:
        Frame with ``RESULT_COLUMNS``, level ``structure``; an establishment whose commune is not in its
        breakdown is not placed, hence not given.
    """
    wanted = list(registry()) if ids is None else list(ids)
    rows = study.horizon.rows(structures_of(study, wanted)).reset_index(drop=True)
    study.record({"indicators": ",".join(wanted), "places": STRUCTURES}, rows)
    return rows


def structures_of(study: Study, wanted: list[str]) -> pd.DataFrame:
    """The same from files of any date; not recorded."""
    rows = national.of_level(study.project.processed, "structure", wanted)
    commune = rows["breakdown"].str.extract(r"(?:^|;)commune=([^;]+)")[0]
    here = rows[commune.isin(study.territory.members)].reset_index(drop=True)
    return reads.note("etablissements", here, study=study.id, ids=wanted)


def median_rows(study: Study) -> pd.DataFrame:
    """Medians of the neighbours, and of the look-alike territories where the study has them.

    One row per indicator (rates, medians and indices only), breakdown and period that the study and at
    least ``FEWEST`` of those territories share: a year is never set against another one.

    Returns:
        Frame with ``RESULT_COLUMNS``: level ``groupe``, code ``voisins`` or ``semblables``, method
        ``median_of_territories``.
    """
    groups = {"voisins": ("intercommunalité voisine ou du même département", study.peer_codes)}
    alike = getattr(study, "lookalikes", None)
    if isinstance(alike, pd.DataFrame) and "code" in alike:
        groups["semblables"] = ("intercommunalité semblable", tuple(alike["code"].astype(str)))
    rates = {i: rule for i, rule in registry().items() if rule.aggregation != "sum"}
    ids = [i for i, rule in rates.items() if rule.unit not in COUNTED_UNITS]
    own = study.table(ids, [study.place])
    frames = [_medians(study, own, ids, code, *group) for code, group in groups.items()]
    return pd.concat(frames, ignore_index=True)


def _medians(
    study: Study, own: pd.DataFrame, ids: list[str], code: str, noun: str, codes: tuple[str, ...]
) -> pd.DataFrame:
    by = ["indicator", "breakdown", "period"]
    rows = study.table(ids, [("epci", each) for each in codes])
    rows = rows[rows["value"].notna()].merge(own.loc[own["value"].notna(), by], on=by)
    grouped = rows.groupby(by, sort=True)
    out = grouped.agg(
        value=("value", "median"), size=("value", "size"), geography_year=("geography_year", "max"),
        unit=("unit", "first"), sources=("sources", _joined),
    ).reset_index()  # fmt: skip
    out = out[out["size"].ge(FEWEST)]
    plural = noun.replace("intercommunalité", "intercommunalités").replace("voisine", "voisines")
    plural = plural.replace("semblable", "semblables")
    out["name"] = [f"médiane de {counted(int(n), noun, plural)}" for n in out["size"]]
    return out.assign(
        level=GROUP, code=code, lower=float("nan"), upper=float("nan"), numerator=float("nan"),
        denominator=float("nan"), method="median_of_territories", status="estimated",
    ).loc[:, list(RESULT_COLUMNS)]  # fmt: skip


def _joined(cells: pd.Series) -> str:
    return "+".join(sorted({part for cell in cells for part in str(cell).split("+") if part}))


TO: dict[str, str] = {
    "caf": "à la Caf", "msa": "à la MSA", "departement": "au Département", "mdph": "à la MDPH",
    "dsden": "à la DSDEN", "sdjes": "au SDJES", "mission_locale": "à la mission locale",
    "france_travail": "à France Travail", "epci": "à l’intercommunalité", "operateurs": "aux gestionnaires",
}  # fmt: skip
"""Partner -> to whom something is asked, in a sentence."""
WHO: dict[str, str] = {
    "caf": "la Caf", "msa": "la MSA", "departement": "le Département", "mdph": "la MDPH", "dsden": "la DSDEN",
    "sdjes": "le SDJES", "mission_locale": "la mission locale", "france_travail": "France Travail",
    "epci": "l’intercommunalité", "operateurs": "les gestionnaires",
}  # fmt: skip
"""Partner -> the partner as the subject of a sentence."""


def asked_since(study: Study, partners: Iterable[str] | None = None) -> str:
    """To whom requests were sent and when, which were repeated, which wait for an answer: sentences.

    From ``suivi-des-demandes.xlsx`` (:mod:`ctg_lib.partnership.follow_up`); empty where it has no day.
    An answer is one whose workbook was read, or whose day of reception is written.

    Args:
        partners: of whom it is told (keys of :data:`TO`); all of them by default.
    """
    lines = study.answers.follow_up.lines
    told = TO if partners is None else set(partners)
    lines = lines[lines["sent"].notna() & lines["partner"].isin(TO) & lines["partner"].isin(told)]
    if lines.empty:
        return ""
    answered = {*study.answers.received["partner"], *lines.loc[lines["received"].notna(), "partner"]}
    said = f"Demandes envoyées {_to_whom(lines, 'sent')}."
    again = lines[lines["reminded"].notna()]
    said += f" Relances {_to_whom(again, 'reminded')}." if len(again) else ""
    waiting = [p for p in lines["partner"].unique() if p not in answered]
    if not waiting:
        return said
    verb = "n’a" if len(waiting) == 1 and waiting != ["operateurs"] else "n’ont"
    return f"{said} {upper_first(enumerate_fr([WHO[p] for p in waiting]))} {verb} pas encore répondu."


def _to_whom(lines: pd.DataFrame, column: str) -> str:
    """« le 28 septembre 2026 à la Caf et à la MSA ; le 5 octobre 2026 à la DSDEN »."""
    days = lines.groupby(column, sort=True)["partner"].unique()
    return " ; ".join(
        f"le {day_in_words(pd.Timestamp(str(day)).date())} {enumerate_fr([TO[p] for p in some])}"
        for day, some in days.items()
    )


def study_coverage(study: Study) -> pd.DataFrame:
    """Which rows of the catalogue have a value for the study and its references, and why others have none.

    Returns:
        Frame with the columns of :data:`ctg_lib.indicators.coverage.COLUMNS`.
    """
    return _dated(study, coverage(_known(study)))


def study_beyond(study: Study) -> pd.DataFrame:
    """The same for what is computed outside of the catalogue (:func:`ctg_lib.indicators.coverage.beyond`)."""
    return _dated(study, beyond(_known(study)))


def lost_to_date(study: Study) -> frozenset[str]:
    """Indicators that files of any date give here (for the territory, its communes or establishments), and
    of which nothing is known on the study's date."""
    if not study.horizon.later:
        return frozenset()
    ids = list(registry())
    places = [study.place, *(("commune", c) for c in study.territory.members)]
    ever = [study.any_date(ids, places), structures_of(study, ids)]
    now = [study.table(ids, [study.place]), study.table(ids, places[1:]), structure_rows(study, ids)]
    return frozenset(_valued(ever) - _valued(now))


def _valued(frames: list[pd.DataFrame]) -> set[str]:
    """Indicators that have a number or a range in one of these frames."""
    return {i for f in frames for i in f.loc[f["value"].notna() | f["lower"].notna(), "indicator"]}


def _dated(study: Study, lines: pd.DataFrame) -> pd.DataFrame:
    """Lines of the catalogue, those that only later files fill saying so."""
    lost = lost_to_date(study)
    named = [not lost.isdisjoint(str(ids).split()) for ids in lines["indicators"]]
    late = pd.Series(named, index=lines.index, dtype="bool") & ~lines["territoire"].astype(bool)
    if not late.any():
        return lines
    words = study.horizon.reason()
    return lines.assign(reason=lines["reason"].mask(late, words))


def _known(study: Study) -> Known:
    ids = list(registry())
    inside = study.table(ids, [("commune", c) for c in study.territory.members])
    parts = [f for f in (inside, structure_rows(study, ids)) if not f.empty] or [inside]
    return Known(
        study.table(ids), held(study), study.place, study.territory.members,
        inside=pd.concat(parts, ignore_index=True),
        command=f"ctg data fetch --territory {study.config.territories[0]}",
    )  # fmt: skip


def held(study: Study) -> Holdings:
    """What the store holds of the catalogue's datasets, whatever the territory; recorded as a query."""
    found = holdings(Store(study.project.store))
    if not study.unheard:
        study.record({"indicators": HELD, "places": ""}, held_rows(found))
    return found


def held_rows(held: Holdings) -> pd.DataFrame:
    """Holdings as a frame: ``dataset, variable, breakdown``, sorted."""
    rows = [
        (dataset, variable, breakdown)
        for dataset, variables in held.found.items()
        for variable, breakdowns in variables.items()
        for breakdown in breakdowns
    ]
    return pd.DataFrame(sorted(rows), columns=["dataset", "variable", "breakdown"])


def known_matrix(rows: pd.DataFrame) -> pd.DataFrame:
    """How many territories an indicator is known for, by level and period.

    Args:
        rows: ``RESULT_COLUMNS`` of one indicator.

    Returns:
        Frame indexed by period, oldest first, one column per level, finest first; 0 where none is known.
    """
    known = rows[rows["value"].notna() | rows["lower"].notna()]
    if known.empty:
        return pd.DataFrame()
    counts = known.pivot_table(
        index="period", columns="level", values="code", aggfunc="nunique", fill_value=0
    )
    return counts[[level for level in LEVELS if level in counts]].sort_index()
