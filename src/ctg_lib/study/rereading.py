"""The reads of a chapter asked again: what it would read of the data today (:mod:`ctg_lib.reads`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ctg_lib.indicators import structure
from ctg_lib.observations import Store, content_hash
from ctg_lib.reads import answer_hash
from ctg_lib.study.core import Study, open_study


@dataclass
class Rereading:
    """Reads asked again for one study; the same one asked by several chapters is looked for once."""

    study: Study
    _studies: dict[str, Study] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict)

    def same(self, read: Mapping[str, Any]) -> bool:
        """Whether a recorded read gets the same answer; an unknown kind of read does not."""
        key = repr((read["kind"], sorted(read["question"].items())))
        if key not in self._known:
            found = self._answer(str(read["kind"]), read["question"])
            self._known[key] = "" if found is None else answer_hash(found)
        return bool(self._known[key]) and self._known[key] == read["answer"]

    def same_query(self, query: Mapping[str, Any]) -> bool:
        """Whether a recorded query of the study gets the same answer."""
        key = repr(sorted(query.items()))
        if key not in self._known:
            self._known[key] = content_hash(self.study.replay(query))
        return self._known[key] == query["answer"]

    def _answer(self, kind: str, asked: Mapping[str, Any]) -> pd.DataFrame | None:
        if kind == "table":
            return self.study._national.rows(asked["ids"], [(level, code) for level, code in asked["places"]])
        if kind == "structure":
            found = structure.read(self.study.project.processed)
            return pd.DataFrame() if found is None else found
        if "store" in asked:
            return self._observations(kind, dict(asked))
        if "study" in asked:
            return self._of_study(kind, self._study(str(asked["study"])), asked)
        return None

    def _observations(self, kind: str, asked: dict[str, Any]) -> pd.DataFrame | None:
        place, name = self.study.project.store, asked.pop("store")
        store = Store(place if name == place.name else place / name)
        if kind == "datasets":
            return pd.DataFrame({"name": store.datasets()}, dtype="str")
        datasets, columns = asked.pop("datasets"), asked.pop("columns")
        if kind == "valeurs":
            return store.distinct(datasets[0], columns)
        return store.read(datasets, columns=columns, **asked) if kind == "observations" else None

    def _of_study(self, kind: str, study: Study, asked: Mapping[str, Any]) -> pd.DataFrame | None:
        from ctg_lib.study.extras import structures_of

        if kind == "groupes":
            return study.own_groups.rows(asked["ids"][0])
        if kind == "sans":
            return study.own_groups.without(asked["ids"][0], asked["commune"], tuple(asked["others"]))
        if kind == "partenaires":
            return study._local_rows
        return structures_of(study, asked["ids"]) if kind == "etablissements" else None

    def _study(self, id: str) -> Study:
        if id == self.study.id:
            return self.study
        if id not in self._studies:
            self._studies[id] = open_study(id, self.study.project)
        return self._studies[id]
