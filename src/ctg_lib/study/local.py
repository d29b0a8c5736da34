"""Partners' figures laid over the national table: for the study's own places, the local figure wins.

The national table is made from open data alone, and is the same for every study. A study whose partners
answered reads the same indicators again, for its own places, from a store that holds the answers too; rows
that rest on an answer replace the national ones.

A count that a partner masked brings no bounds here: a group that holds one shows nothing, unless the partner
gave the group's number itself. Readers see one word for all hidden numbers, so that none is known to be the
small one; small remainders of nested counts are hidden too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ctg_lib.disclosure import policy_of
from ctg_lib.disclosure.protection import blank, protect_remainders
from ctg_lib.disclosure.remainders import Pair
from ctg_lib.disclosure.system import Side
from ctg_lib.indicators import national
from ctg_lib.indicators.data import Data
from ctg_lib.indicators.partenaires import LOCAL
from ctg_lib.indicators.registry import RESULT_COLUMNS, registry
from ctg_lib.manifest import Manifest
from ctg_lib.observations import COLUMNS, Store
from ctg_lib.partnership.requests import MEASURES, Answers, read_answers
from ctg_lib.study import nested
from ctg_lib.values import USABLE, canonical_breakdown, parse_breakdown

if TYPE_CHECKING:
    from ctg_lib.study.layers.official import Official
    from ctg_lib.study.layers.tables import Tables

KEY = ["indicator", "breakdown", "level", "code", "period"]
_FIGURE = ["dataset", "variable", "breakdown", "level", "code", "period"]
OWN_LEVELS = ("secteur", "study")
OFFICIAL = ("commune", "epci", *OWN_LEVELS)


def inhabitants_of(study: Official) -> dict[str, float]:
    """Inhabitants of the territory and of its communes, by code; none where they are not known yet."""
    if not (study.project.processed / national.FILE).is_file():
        return {}
    people = study._population
    everyone = {str(code): float(value) for code, value in people.items()}
    return {**everyone, study.territory.code: float(people.sum())}


def answers_of(study: Official, everyone: Mapping[str, float]) -> Answers:
    """What the study's partners answered (its folder's ``partenaires``), checked and masked.

    Args:
        everyone: :func:`inhabitants_of` the study.
    """
    names = [study.geography.territory(c, level="departement") for c in study.territory.departements]
    place = names[0].de() if len(names) == 1 else ""
    return read_answers(
        study.project.studies / study.id, study.communes_by_code, study.place, study.as_of,
        population=everyone, edition=study.geography.edition, place=place, fictif=study.fictif,
    )  # fmt: skip


def sources_of(study: Official, answers: Answers) -> Manifest:
    """The manifest with the answers' files, so that source lines can name them."""
    known = {entry.id for entry in answers.entries}
    return Manifest(
        [*(e for e in study.manifest if e.id not in known), *answers.entries], study.manifest.path
    )


class LocalStore(Store):
    """The store of open data, in which local observations take the place of those of the same figure."""

    def __init__(self, base: Store, local: pd.DataFrame) -> None:
        super().__init__(base.folder)
        self.local = local
        self._by_dataset = {str(name): part for name, part in local.groupby("dataset", observed=True)}

    def datasets(self) -> list[str]:
        """Names of the datasets, local ones included."""
        return sorted({*super().datasets(), *self.local["dataset"]})

    def read(
        self, dataset: str | Sequence[str], *, variables: Iterable[str] | None = None,
        levels: Iterable[str] | None = None, codes: Iterable[str] | None = None,
        periods: Iterable[str] | None = None, breakdowns: Iterable[str] | None = None,
        columns: Sequence[str] = COLUMNS,
    ) -> pd.DataFrame:  # fmt: skip
        """Like :meth:`Store.read`; of one figure at one place and period, the local one."""
        filters: dict[str, Any] = {
            "variable": variables, "level": levels, "code": codes, "period": periods, "breakdown": breakdowns,
        }  # fmt: skip
        chosen = {name: list(allowed) for name, allowed in filters.items() if allowed is not None}
        names = [dataset] if isinstance(dataset, str) else list(dataset)
        known = [self._by_dataset[name] for name in names if name in self._by_dataset]
        mine = pd.concat(known) if len(known) > 1 else known[0] if known else self.local[:0]
        for name, allowed in chosen.items():
            mine = mine[mine[name].isin(allowed)] if len(mine) else mine
        plural = {f"{name}s": allowed for name, allowed in chosen.items()}
        if mine.empty:
            return super().read(dataset, columns=columns, **plural)
        theirs = super().read(dataset, **plural)
        replaced = pd.MultiIndex.from_frame(theirs[_FIGURE]).isin(pd.MultiIndex.from_frame(mine[_FIGURE]))
        kept = theirs[~replaced]
        both = pd.concat([kept, mine], ignore_index=True) if len(kept) else mine.reset_index(drop=True)
        return both.loc[:, list(columns)]


@dataclass
class Watched(Data):
    """Notes which variables are asked for."""

    asked: set[tuple[str, str]] = field(default_factory=set)

    def _kept(self, key: tuple, make: Any) -> pd.DataFrame:
        self.asked.add((str(key[1]), str(key[2])))
        return super()._kept(key, make)


def affected(
    study: Official, answers: Answers, *, every: bool = False
) -> dict[str, dict[Side, nested.Figure]]:
    """Indicators that read a figure that partners gave, in the registry's order, and what they show of them.

    Those that answer the same rows of the catalogue (or none) are run on a store that holds a mark for each
    figure asked of partners, and nothing else: what they ask for is noted, and which marks come out.

    Args:
        every: run all indicators, whatever their rows.

    Returns:
        Indicator -> its counts (0) and bases (1) that are a figure of a partner, and which one.
    """
    given = set(zip(answers.observations["dataset"], answers.observations["variable"], strict=True))
    rows = {m.row for m in MEASURES if (m.dataset, m.variable) in given}
    marks = LocalStore(Store(study.project.store / "nowhere"), nested.marked(study.place))
    data = Watched(marks, _groups(study), pd.Series(dtype="float64"))
    found = {}
    for rule in registry().values():
        if not every and rule.row and rows.isdisjoint(rule.row.split()):
            continue
        data.asked.clear()
        shown = nested.shown_by(rule, data, study.place)
        if given & data.asked:
            found[rule.id] = shown
    return found


def local_rows(study: Official, answers: Answers) -> pd.DataFrame:
    """Indicators of the study's own places that rest on partners' figures, under secrecy.

    Args:
        study: whose communes, EPCI, secteurs and own territory are computed.
        answers: what its partners gave.

    Returns:
        Frame with ``RESULT_COLUMNS``: rows that replace those of the national table for the same indicator,
        breakdown, place and period.
    """
    empty = pd.DataFrame(columns=list(RESULT_COLUMNS))
    if answers.empty:
        return empty
    shown_by = affected(study, answers)
    ids = tuple(shown_by)
    only_local, mixed = _kinds(study, ids)
    shown = {side: figure for sides in shown_by.values() for side, figure in sides.items()}
    pairs = nested.pairs_of(shown)
    frames = [_computed(study, answers, only_local, None, pairs)] if only_local else []
    if mixed:
        bites = any(policy_of(registry()[i]).bites for i in mixed)
        together = tuple(dict.fromkeys([*mixed, *(national.confidential(OFFICIAL) if bites else ())]))
        published = _published(study, answers, together) if bites else None
        frames.append(_computed(study, answers, together, published, ()))
    rows = pd.concat([f for f in frames if len(f)] or [empty], ignore_index=True)
    own = rows["level"].isin(OWN_LEVELS) & rows["indicator"].isin(ids)
    kept = rows[_rests_on(rows, answers) | own] if len(rows) else rows
    safe = _without_remainders(study, _as_local(kept, answers), answers, pairs)
    return _following(safe, shown).reset_index(drop=True)


def overlay(rows: pd.DataFrame, local: pd.DataFrame) -> pd.DataFrame:
    """Rows with those of ``local`` in the place of the same indicator, breakdown, place and period.

    Args:
        rows: answer of a query (``RESULT_COLUMNS``).
        local: those of :func:`local_rows` that the query asks for.
    """
    if local.empty:
        return rows
    replaced = pd.MultiIndex.from_frame(rows[KEY]).isin(pd.MultiIndex.from_frame(local[KEY]))
    kept = rows[~replaced]
    return pd.concat([f for f in (kept, local) if len(f)], ignore_index=True)


def asked(local: pd.DataFrame, ids: Iterable[str], places: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """Local rows of these indicators and places."""
    pairs = pd.MultiIndex.from_tuples([*places, ("", "")])
    here = pd.MultiIndex.from_frame(local[["level", "code"]]).isin(pairs)
    return local[here & local["indicator"].isin(list(ids))]


def same_figures(study: Tables, rows: pd.DataFrame) -> pd.DataFrame:
    """Values with and without a commune, less those that a partner's figure has taken the place of.

    A value « without » is made of open figures by commune. Where the territory's own value is a partner's,
    the two would not be of the same figures: neither is given.

    Args:
        rows: of :meth:`Study.with_and_without`: the territory, ``sans=<code>`` where a commune is left out.
    """
    given = study._local_rows
    if given.empty or rows.empty:
        return rows
    level, code = study.place
    given = given[given["level"].eq(level) & given["code"].eq(code)]
    taken = set(zip(given["indicator"], given["breakdown"], given["period"], strict=True))
    plain = [_whole(breakdown) for breakdown in rows["breakdown"]]
    keys = zip(rows["indicator"], plain, rows["period"], strict=True)
    return rows[[key not in taken for key in keys]].reset_index(drop=True)


def _whole(breakdown: str) -> str:
    """A breakdown with nobody left out."""
    return canonical_breakdown({k: v for k, v in parse_breakdown(breakdown).items() if k != "sans"})


# --- how they are computed -----------------------------------------------------------------------------


def _data(study: Official, answers: Answers, groups: pd.DataFrame) -> Watched:
    plain = study._data(groups)
    store = LocalStore(plain.store, _without_bounds(answers.observations))
    return Watched(store, groups, plain.population, plain.passage, plain.communes)


def _groups(study: Official) -> pd.DataFrame:
    """Official groups inside the territory, and the study's own ones."""
    own = [(c, g.level, g.code) for g in study._own_territories for c in g.members]
    frame = pd.DataFrame(own, columns=["commune", "level", "code"])
    return pd.concat([study._official_inside, frame], ignore_index=True).drop_duplicates(ignore_index=True)


def _kinds(study: Official, ids: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Indicators that open data knows nothing of here, and the others."""
    known = set(study._official(list(ids), study.own_groups.official_places)["indicator"])
    return tuple(i for i in ids if i not in known), tuple(i for i in ids if i in known)


def _published(study: Official, answers: Answers, ids: Sequence[str]) -> pd.DataFrame:
    """What readers have of these indicators and will keep: national rows that no answer replaces."""
    rows = study._official(list(ids), study.own_groups.official_places)
    known = registry()
    data = _data(study, answers, _groups(study))
    fresh = pd.concat([national.finish(known[i].compute(data), known[i]) for i in ids], ignore_index=True)
    gone = pd.MultiIndex.from_frame(fresh.loc[_rests_on(fresh, answers), KEY])
    return rows[~pd.MultiIndex.from_frame(rows[KEY]).isin(gone)]


def _rests_on(rows: pd.DataFrame, answers: Answers) -> pd.Series:
    """Which rows have an answer among their sources."""
    sources = {entry.id for entry in answers.entries}
    texts = {text: not sources.isdisjoint(str(text).split("+")) for text in rows["sources"].unique()}
    return rows["sources"].map(texts).astype(bool)


def _computed(
    study: Official,
    answers: Answers,
    ids: Sequence[str],
    published: pd.DataFrame | None,
    pairs: Sequence[Pair],
) -> pd.DataFrame:
    names = {g.code: g.name for g in study._own_territories}
    data = _data(study, answers, _groups(study))
    return national.compute(
        data, study.geography, ids, names, published=published, masked=published is None,
        pairs=pairs,
    )  # fmt: skip


def _without_bounds(given: pd.DataFrame) -> pd.DataFrame:
    """Answers in which a masked count has no bounds: sums must not tell how much the others make."""
    masked = given["status"].eq("secret")
    return given.assign(low=given["low"].mask(masked), high=given["high"].mask(masked))


def _following(rows: pd.DataFrame, shown: Mapping[Side, nested.Figure]) -> pd.DataFrame:
    """Rows less those that would show, beside another number, a count that is hidden under its own name.

    Such rows have no threshold of their own (childminders for one worker of the relay: the base is no count
    of people); the count they rest on has one.
    """
    known, people = registry(), nested.limits()
    plain = {
        figure: quantity
        for (quantity, layer), figure in shown.items()
        if not layer and figure in people and known[quantity[0]].aggregation == "sum"
    }
    place = ["level", "code", "period"]
    hidden = np.zeros(len(rows), dtype=bool)
    for (quantity, _), figure in shown.items():
        own = plain.get(figure, quantity)
        if own == quantity or policy_of(known[quantity[0]]).bites:
            continue
        gone = rows[_of(rows, own) & rows["status"].eq("below_threshold")]
        here = pd.MultiIndex.from_frame(rows[place]).isin(pd.MultiIndex.from_frame(gone[place]))
        hidden |= _of(rows, quantity).to_numpy() & here
    return blank(rows, np.ones(len(rows), dtype=bool), hidden)


def _of(rows: pd.DataFrame, quantity: tuple[str, str]) -> pd.Series:
    return rows["indicator"].eq(quantity[0]) & rows["breakdown"].eq(quantity[1])


def _without_remainders(
    study: Official, rows: pd.DataFrame, answers: Answers, pairs: Sequence[Pair]
) -> pd.DataFrame:
    """Rows less those that would let a small remainder be found."""
    mine = _rests_on(rows, answers) if len(rows) else pd.Series(dtype=bool)
    if not mine.any():
        return rows
    policies = {i: policy_of(registry()[i]) for i in rows["indicator"].unique()}
    safe = protect_remainders(rows[mine], _groups(study), policies, pairs)
    return pd.concat([safe, rows[~mine]]).sort_index()


def _as_local(rows: pd.DataFrame, answers: Answers) -> pd.DataFrame:
    """Rows that rest on an exact figure say so: no rounding is left in them; one word for what is hidden."""
    if rows.empty:
        return rows
    masked = _rests_on(rows, answers) & rows["status"].eq("secret")
    rows = rows.assign(status=rows["status"].mask(masked, "below_threshold"))
    exact = _rests_on(rows, answers) & rows["status"].isin(USABLE) & rows["lower"].isna()
    return rows.assign(method=rows["method"].mask(exact & rows["method"].ne("incomplete"), LOCAL))
