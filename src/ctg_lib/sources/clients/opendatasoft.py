"""Opendatasoft's Explore API v2.1, as Cnaf, Éducation nationale, DARES and DREES use it.

    portal = Opendatasoft(http, "https://data.caf.fr/api/explore/v2.1")
    about = portal.dataset("txcouv_pe_nat")                  # fields and their types, dates, licence
    where = about.years("annee", [2022, 2023])               # (year(annee)=2022 or year(annee)=2023)
    portal.count("txcouv_pe_nat", where)
    portal.export("txcouv_pe_nat", target, where=where)

Limits of the service: ``limit`` ≤ 100 and ``offset + limit`` ≤ 10 000 on ``/records``; ``/exports`` has none.
One trap: ``annee`` is a number in one dataset and a date in the next (a number compared with a date is
HTTP 400), so that the type is read first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ctg_lib.errors import found_expected, sample
from ctg_lib.sources.clients.http import Downloaded, FetchError, Http, address

LIMIT = 100
WINDOW = 10_000


@dataclass(frozen=True)
class Dataset:
    """What a portal says of one dataset.

    Attributes:
        id, title, licence: as published.
        fields: name -> type (``text``, ``int``, ``double``, ``date``, ``datetime`` …).
        modified: day on which the data last changed.
        records: number of rows, where given.
    """

    id: str
    title: str
    licence: str
    fields: Mapping[str, str]
    modified: date | None
    records: int | None

    def require(self, names: Iterable[str]) -> None:
        """Refuse fields that the dataset does not have.

        Raises:
            FetchError: the message gives those missing and those there are.
        """
        absent = [n for n in names if n not in self.fields]
        if absent:
            raise FetchError(
                f"{self.id} : champs absents : {', '.join(absent)} (le jeu a {sample(self.fields, 20)})."
            )

    def years(self, field: str, years: Sequence[int]) -> str:
        """The condition « one of these years », as the field's type wants it written.

        Raises:
            FetchError: unknown field, or a type that holds no year.
        """
        self.require([field])
        kind = self.fields[field]
        if kind in ("date", "datetime"):
            return "(" + " or ".join(f"year({field})={y}" for y in years) + ")"
        if kind in ("int", "double"):
            return "(" + " or ".join(f"{field}={y}" for y in years) + ")"
        if kind == "text":
            return "(" + " or ".join(f'{field}="{y}"' for y in years) + ")"
        raise FetchError(found_expected(f"{self.id}, type du champ {field}", kind, "date, int ou text"))


def prefixes(field: str, starts: Sequence[str]) -> str:
    """The condition « begins with one of these », for codes of communes by département."""
    return "(" + " or ".join(f'startswith({field},"{s}")' for s in starts) + ")"


def every(*conditions: str) -> str:
    """Conditions that must all hold; empty ones do not count."""
    return " and ".join(c for c in conditions if c)


class Opendatasoft:
    """One portal; ``base`` ends in ``/api/explore/v2.1``."""

    def __init__(self, http: Http, base: str) -> None:
        self.http, self.base = http, base.rstrip("/")

    def dataset(self, dataset: str) -> Dataset:
        """Fields, dates and licence of a dataset.

        Raises:
            FetchError: no such dataset on this portal.
        """
        content = self._ask(self._url(dataset), (), dataset)
        default = (content.get("metas") or {}).get("default") or {}
        fields = {f["name"]: f.get("type", "") for f in content.get("fields") or []}
        records = default.get("records_count")
        return Dataset(
            dataset, str(default.get("title") or ""), str(default.get("license") or ""), fields,
            _day(default.get("data_processed") or default.get("modified")),
            records if isinstance(records, int) else None,
        )  # fmt: skip

    def count(self, dataset: str, where: str = "", refine: Mapping[str, str] | None = None) -> int:
        """How many rows a query would give."""
        query = [*_query(where=where, refine=refine), ("limit", "1")]
        found = self._ask(f"{self._url(dataset)}/records", query, dataset).get("total_count")
        if not isinstance(found, int):
            raise FetchError(f"{dataset} : le nombre de lignes (total_count) manque.")
        return found

    def records(
        self, dataset: str, where: str = "", refine: Mapping[str, str] | None = None, *, limit: int = LIMIT
    ) -> Iterator[dict[str, Any]]:
        """Rows one by one, for small answers.

        Raises:
            FetchError: more rows than the service gives in this way; :meth:`export` has no limit.
        """
        offset, total = 0, None
        while total is None or offset < total:
            if offset + limit > WINDOW:
                raise FetchError(
                    f"{dataset} : {total} lignes ; /records n’en donne que {WINDOW}, il faut /exports."
                )
            query = [*_query(where=where, refine=refine), ("limit", str(limit)), ("offset", str(offset))]
            answer = self._ask(f"{self._url(dataset)}/records", query, dataset)
            rows, total = answer.get("results") or [], answer.get("total_count", 0)
            yield from rows
            if not rows:
                return
            offset += len(rows)

    def export_query(
        self, select: Sequence[str] = (), where: str = "", refine: Mapping[str, str] | None = None
    ) -> list[tuple[str, str]]:
        """Parameters of a CSV export: technical names, ``;``, time of Paris."""
        fixed = [("lang", "fr"), ("timezone", "Europe/Paris"), ("use_labels", "false"), ("delimiter", ";")]
        return [*fixed, *_query(select=",".join(select), where=where, refine=refine)]

    def export_address(
        self,
        dataset: str,
        select: Sequence[str] = (),
        where: str = "",
        refine: Mapping[str, str] | None = None,
    ) -> str:
        """The address of an export, as the manifest keeps it."""
        return address(f"{self._url(dataset)}/exports/csv", self.export_query(select, where, refine))

    def export(
        self,
        dataset: str,
        target: Path,
        *,
        select: Sequence[str] = (),
        where: str = "",
        refine: Mapping[str, str] | None = None,
        progress: Callable[[int, int | None], None] | None = None,
    ) -> Downloaded:
        """Write the CSV of a query to ``target``.

        Raises:
            FetchError: refused query (with the portal's reason), unknown dataset, answer cut short.
        """
        try:
            return self.http.download(
                f"{self._url(dataset)}/exports/csv",
                target,
                self.export_query(select, where, refine),
                resume=False,
                progress=progress,
            )
        except FetchError as error:
            raise _explained(error, dataset, self.base) from None

    def _url(self, dataset: str) -> str:
        return f"{self.base}/catalog/datasets/{dataset}"

    def _ask(self, url: str, query: Sequence[tuple[str, str]], dataset: str) -> dict[str, Any]:
        try:
            answer = self.http.get_json(url, query)
        except FetchError as error:
            raise _explained(error, dataset, self.base) from None
        if not isinstance(answer, dict):
            raise FetchError(f"{dataset} : un objet JSON est attendu.")
        return answer


def _query(
    *, select: str = "", where: str = "", refine: Mapping[str, str] | None = None
) -> list[tuple[str, str]]:
    pairs = [(name, text) for name, text in (("select", select), ("where", where)) if text]
    return pairs + [("refine", f'{name}:"{code}"') for name, code in (refine or {}).items()]


def _explained(error: FetchError, dataset: str, base: str) -> FetchError:
    """The portal's own words, where its answer holds some."""
    if error.status == 404:
        return FetchError(f"{base} n’a pas de jeu {dataset} (HTTP 404).", status=404)
    if error.status != 400:
        return error
    try:
        content = json.loads(error.body)
        said = content.get("message") or content.get("error") or error.body
    except (ValueError, AttributeError):
        said = error.body
    return FetchError(f"{dataset} : demande refusée par le portail (HTTP 400) : {said}", status=400)


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None
