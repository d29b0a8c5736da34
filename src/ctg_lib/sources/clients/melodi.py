"""Insee's Melodi API: catalogue, files, codes, and figures of chosen territories.

    melodi = Melodi(http)
    melodi.products("DS_POPULATIONS_REFERENCE")       # files: address, size, date
    melodi.count("DS_RP_LOGEMENT_PRINC", ["EPCI-241200906", "EPCI-241200906*COM"])
    melodi.data("DS_RP_LOGEMENT_PRINC", ["EPCI-241200906*COM"], {"RP_MEASURE": ["DWELLINGS"]})

No key; 30 requests a minute (kept by the session). Error shapes: an unknown dataset answers HTTP 500 with a
line of plain text; a query that finds nothing answers 200 with ``count: 0``.
Source: the recorded exchanges of Insee's R package melodi (January to March 2026).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from ctg_lib.errors import sample
from ctg_lib.sources.clients.http import FetchError, Http, address

BASE = "https://api.insee.fr/melodi"
PAGE = 100_000
"""Most observations one answer may hold."""
_MAX_PAGES = 500


class UnknownDataset(FetchError):
    """Melodi has no dataset of that name."""


class NoObservation(FetchError):
    """The dataset exists and nothing in it answers the query."""


@dataclass(frozen=True)
class Product:
    """One file of a dataset.

    Attributes:
        id: last part of its address (``DS_BPE_2024_CSV_FR``).
        url, bytes, modified, format, language: as the catalogue says.
    """

    id: str
    url: str
    bytes: int | None
    modified: date | None
    format: str
    language: str


class Melodi:
    """The API at ``base``."""

    def __init__(self, http: Http, base: str = BASE) -> None:
        self.http, self.base = http, base.rstrip("/")

    @cached_property
    def catalog(self) -> dict[str, dict[str, Any]]:
        """All datasets by id (one request, about 1 MB)."""
        found = self.http.get_json(f"{self.base}/catalog/all")
        if not isinstance(found, list):
            raise FetchError(f"{self.base}/catalog/all : une liste de jeux est attendue.")
        return {str(d["identifier"]): d for d in found if isinstance(d, dict) and "identifier" in d}

    def resolve(self, dataset: str, aliases: Iterable[str] = ()) -> str:
        """The name under which the catalogue holds a dataset that was renamed.

        Raises:
            UnknownDataset: none of the names; the message gives the nearest ones.
        """
        names = [dataset, *aliases]
        for name in names:
            if name in self.catalog:
                return name
        raise UnknownDataset(
            f"Melodi n’a pas de jeu {' ni '.join(names)} ({self._nearest(dataset)}).", status=500
        )

    def products(self, dataset: str) -> list[Product]:
        """The files of a dataset.

        Raises:
            UnknownDataset: not in the catalogue.
        """
        items = self.catalog[self.resolve(dataset)].get("product") or []
        return [_product(p) for p in items if isinstance(p, dict) and p.get("accessURL")]

    def product(self, dataset: str, product: str) -> Product:
        """One file by its id.

        Raises:
            FetchError: the catalogue offers others (a new vintage, for example); they are named.
        """
        offered = {p.id: p for p in self.products(dataset)}
        if product not in offered:
            names = [p.id for p in offered.values() if p.format == "CSV"] or list(offered)
            raise FetchError(
                f"Melodi, {dataset} : pas de fichier {product} ; le catalogue offre "
                f"{sample(names) or 'rien'}. L’éditeur a sans doute remplacé ce millésime."
            )
        return offered[product]

    def modified(self, dataset: str) -> date | None:
        """Latest date of the dataset's files."""
        return max((p.modified for p in self.products(dataset) if p.modified), default=None)

    def range(self, dataset: str) -> dict[str, dict[str, str]]:
        """Codes and French labels of each dimension of a dataset.

        Raises:
            UnknownDataset: no such dataset.
        """
        content = self._ask(f"range/{dataset}", (), dataset)
        return {
            part["concept"]["code"]: {
                str(v["code"]): str(v.get("label", {}).get("fr", "")) for v in part["values"]
            }
            for part in content.get("range", [])
        }

    def count(
        self, dataset: str, geo: Sequence[str], filters: Mapping[str, Sequence[str]] | None = None
    ) -> int:
        """How many observations a query would give.

        Raises:
            UnknownDataset: no such dataset.
        """
        query = [*_query(geo, filters), ("totalCount", "true"), ("maxResult", "0")]
        found = _paging(self._ask(f"data/{dataset}", query, dataset)).get("count")
        if not isinstance(found, int):
            raise FetchError(f"Melodi, {dataset} : le nombre d’observations (paging.count) manque.")
        return found

    def data(
        self,
        dataset: str,
        geo: Sequence[str],
        filters: Mapping[str, Sequence[str]] | None = None,
        *,
        page_size: int = PAGE,
    ) -> dict[str, Any]:
        """All observations of a query, as one answer of the API's own shape.

        Pages are joined; observations are put in the order of their dimensions, because the API gives
        them in no stable one: the same figures always make the same file.

        Args:
            dataset: its id.
            geo: codes as the API writes them (``COM-12063``, ``EPCI-241200906``, ``EPCI-…*COM``, ``DEP-12``).
            filters: dimension -> codes.
            page_size: observations per request.

        Returns:
            ``identifier, title, publisher, observations, paging`` (``paging.count`` and ``paging.pages``).

        Raises:
            UnknownDataset: no such dataset.
            NoObservation: the query finds nothing.
            FetchError: pages that do not make the announced total.
        """
        query = [*_query(geo, filters), ("idTerritoire", "true"), ("maxResult", str(page_size))]
        rows: list[dict[str, Any]] = []
        first: dict[str, Any] = {}
        expected: int | None = None
        for page in range(1, _MAX_PAGES + 1):
            asked = [*query, ("totalCount", "true")] if page == 1 else [*query, ("page", str(page))]
            answer = self._ask(f"data/{dataset}", asked, dataset)
            if page == 1:
                first, expected = answer, _paging(answer).get("count")
            rows += _observations(answer, dataset)
            if not _paging(answer).get("next"):
                break
        else:
            raise FetchError(f"Melodi, {dataset} : plus de {_MAX_PAGES} pages.")
        if not rows:
            raise NoObservation(f"Melodi, {dataset} : aucune observation pour {sample(geo, 3)}.")
        if expected is not None and expected != len(rows):
            raise FetchError(
                f"Melodi, {dataset} : {len(rows)} observations reçues en {page} page(s), "
                f"{expected} annoncées."
            )
        rows.sort(key=lambda o: sorted(o["dimensions"].items()))
        kept: dict[str, Any] = {k: first[k] for k in ("identifier", "title", "publisher") if k in first}
        return {**kept, "observations": rows, "paging": {"count": len(rows), "pages": page}}

    def address(
        self, dataset: str, geo: Sequence[str], filters: Mapping[str, Sequence[str]] | None = None
    ) -> str:
        """The address of a query, as the manifest keeps it."""
        return address(f"{self.base}/data/{dataset}", _query(geo, filters))

    def _ask(self, path: str, query: Sequence[tuple[str, str]], dataset: str) -> dict[str, Any]:
        try:
            answer = self.http.get_json(f"{self.base}/{path}", query)
        except FetchError as error:
            if error.status == 500:
                raise self._what_500_means(dataset, error) from None
            raise
        if not isinstance(answer, dict):
            raise FetchError(f"Melodi, {dataset} : un objet JSON est attendu.")
        return answer

    def _what_500_means(self, dataset: str, error: FetchError) -> FetchError:
        """HTTP 500 in plain text is how Melodi says that it does not know a dataset."""
        said = " ".join(error.body.split())[:100]
        try:
            known = dataset in self.catalog
        except FetchError:
            return error
        if known:
            return FetchError(
                f"Melodi, {dataset} : HTTP 500 (« {said} ») alors que le catalogue a ce jeu. "
                "La demande est peut-être mal formée ; sinon, réessayez plus tard.",
                status=500,
            )
        return UnknownDataset(
            f"Melodi n’a pas de jeu {dataset} (HTTP 500, « {said} » ; {self._nearest(dataset)}).", status=500
        )

    def _nearest(self, dataset: str) -> str:
        near = difflib.get_close_matches(dataset, list(self.catalog), n=3, cutoff=0.75)
        known = f"le catalogue en a {len(self.catalog)}"
        return f"{known}, dont {', '.join(near)}" if near else known


def _query(geo: Sequence[str], filters: Mapping[str, Sequence[str]] | None) -> list[tuple[str, str]]:
    pairs = [("GEO", code) for code in geo]
    return pairs + [(name, str(code)) for name, codes in (filters or {}).items() for code in codes]


def _paging(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    found = answer.get("paging")
    return found if isinstance(found, dict) else {}


def _observations(answer: Mapping[str, Any], dataset: str) -> list[dict[str, Any]]:
    found = answer.get("observations")
    if not isinstance(found, list) or any(not isinstance(o, dict) or "dimensions" not in o for o in found):
        raise FetchError(f"Melodi, {dataset} : réponse sans « observations » lisibles ({sample(answer, 6)}).")
    return found


def _product(item: Mapping[str, Any]) -> Product:
    url = str(item["accessURL"])
    size, changed = item.get("byteSize"), str(item.get("modified") or "")[:10]
    try:
        modified = date.fromisoformat(changed)
    except ValueError:
        modified = None
    return Product(
        url.rstrip("/").rsplit("/", 1)[-1], url, int(size) if size else None, modified,
        str(item.get("format", "")), str(item.get("language", "")),
    )  # fmt: skip
