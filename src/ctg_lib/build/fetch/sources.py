"""From an offer to a file: what its service says beforehand, and how the file is brought down.

``source_for(offer, scope)`` gives the object that knows its protocol: ``probe`` asks for size, number of
rows and date without downloading; ``bring`` writes the publisher's bytes (or, for a Melodi query, one answer
of the API's own shape) to a path.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ctg_lib.build.fetch.catalogue import Offer
from ctg_lib.build.fetch.scope import Scope
from ctg_lib.errors import sample
from ctg_lib.sources.clients import datagouv, melodi, opendatasoft, plain
from ctg_lib.sources.clients.http import FetchError, Http

Progress = Callable[[int, int | None], None]
_UAI = {"2A": "620", "2B": "720"}
"""Départements whose schools' numbers do not begin with 0 and their code."""


@dataclass(frozen=True)
class Probe:
    """What a service says before a download; None where it says nothing.

    Attributes:
        bytes: size of the file.
        records: number of observations or rows.
        modified: day on which the publisher last changed it.
        address: what will be asked for.
    """

    bytes: int | None
    records: int | None
    modified: date | None
    address: str


@dataclass(frozen=True)
class Got:
    """A file that was brought down.

    Attributes:
        address: what was really asked for.
        modified: publisher's date, if known.
        note: what must be said of the file in the manifest.
        checks: in words, what was compared.
        geography_year: where the file itself gives it.
        unanswered: territories asked for of which the answer holds nothing.
    """

    address: str
    modified: date | None = None
    note: str = ""
    checks: tuple[str, ...] = ()
    geography_year: int | None = None
    unanswered: tuple[str, ...] = ()


class Clients:
    """The clients of one session, made once each."""

    def __init__(self, http: Http, services: Mapping[str, str]) -> None:
        self.http = http
        self.melodi = melodi.Melodi(http, services.get("melodi", melodi.BASE))
        self.datagouv = datagouv.DataGouv(http, services.get("datagouv", datagouv.BASE))
        self._portals: dict[str, opendatasoft.Opendatasoft] = {}
        self._datasets: dict[tuple[str, str], opendatasoft.Dataset] = {}

    def portal(self, name: str) -> opendatasoft.Opendatasoft:
        """An Opendatasoft portal, by host or by the address of its API."""
        base = name if "://" in name else f"https://{name}/api/explore/v2.1"
        return self._portals.setdefault(name, opendatasoft.Opendatasoft(self.http, base))

    def described(self, portal: str, dataset: str) -> opendatasoft.Dataset:
        """What a portal says of a dataset, asked once."""
        if (portal, dataset) not in self._datasets:
            self._datasets[portal, dataset] = self.portal(portal).dataset(dataset)
        return self._datasets[portal, dataset]


@dataclass
class Source:
    """The way to one file.

    Attributes:
        offer: what the catalogue says of it.
    """

    offer: Offer

    def path(self) -> str:
        """Where the file goes, relative to ``data/raw``."""
        return self.offer.path

    def probe(self, clients: Clients) -> Probe:
        """Size, rows and date, without downloading."""
        raise NotImplementedError

    def bring(self, clients: Clients, target: Path, progress: Progress | None = None) -> Got:
        """Write the file to ``target``."""
        raise NotImplementedError


def source_for(offer: Offer, scope: Scope | None) -> Source:
    """The way to an offer: limited to ``scope`` where the service allows it, else whole."""
    if offer.protocol == "melodi":
        return MelodiQuery(offer, scope) if scope and offer.by_territory else MelodiFile(offer)
    if offer.protocol == "opendatasoft":
        return Export(offer, scope if offer.by_territory else None)
    return Resource(offer) if offer.protocol == "datagouv" else PlainFile(offer)


@dataclass
class MelodiQuery(Source):
    """Figures of chosen territories, kept as one answer of the API."""

    scope: Scope

    def path(self) -> str:
        """Another one than that of the national file."""
        return str(self.offer.query["territory_path"])

    def _geo(self) -> list[str]:
        return self.scope.melodi(self.offer.query["levels"], self.offer.query.get("france", ["FRANCE-F"]))

    def _filters(self) -> dict[str, list[str]]:
        return {k: [str(c) for c in v] for k, v in self.offer.query.get("filters", {}).items()}

    def probe(self, clients: Clients) -> Probe:
        """See :class:`Source`."""
        name = clients.melodi.resolve(self.offer.dataset, self.offer.aliases)
        count = clients.melodi.count(name, self._geo(), self._filters())
        address = clients.melodi.address(name, self._geo(), self._filters())
        return Probe(None, count, clients.melodi.modified(name), address)

    def bring(self, clients: Clients, target: Path, progress: Progress | None = None) -> Got:
        """See :class:`Source`."""
        name = clients.melodi.resolve(self.offer.dataset, self.offer.aliases)
        answer = clients.melodi.data(name, self._geo(), self._filters())
        self._right_vintage(answer, name)
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text + "\n", encoding="utf-8", newline="\n")
        places = [str(o["dimensions"].get("GEO", "")) for o in answer["observations"]]
        count, pages = answer["paging"]["count"], answer["paging"]["pages"]
        return Got(
            clients.melodi.address(name, self._geo(), self._filters()),
            clients.melodi.modified(name),
            "Réponse de l’API Melodi limitée au territoire et à ceux auxquels il est comparé : "
            f"{pages} page(s) réunies en un seul objet de la forme de l’API, observations rangées par "
            "dimensions.",
            (f"{count} observations reçues, autant qu’annoncées par l’API (relevé du téléchargement)",),
            _geography_year(places),
            _unanswered(self._geo(), places),
        )

    def _right_vintage(self, answer: Mapping[str, Any], name: str) -> None:
        """Vintages replace one another under one name: the wanted year must be there."""
        wanted = self.offer.vintage
        found = sorted({str(o["dimensions"].get("TIME_PERIOD", "")) for o in answer["observations"]})
        if re.fullmatch(r"\d{4}", wanted) and not any(p.startswith(wanted) for p in found):
            raise FetchError(
                f"Melodi, {name} : l’API donne {sample(found)}, le millésime {wanted} est attendu."
            )


@dataclass
class MelodiFile(Source):
    """The national file of a dataset."""

    def _product(self, clients: Clients) -> melodi.Product:
        name = clients.melodi.resolve(self.offer.dataset, self.offer.aliases)
        wanted = self.offer.query["product"]
        names = [
            n.replace(self.offer.dataset, name) for n in ([wanted] if isinstance(wanted, str) else wanted)
        ]
        offered = {p.id for p in clients.melodi.products(name)}
        return clients.melodi.product(name, next((n for n in names if n in offered), names[0]))

    def probe(self, clients: Clients) -> Probe:
        """See :class:`Source`."""
        found = self._product(clients)
        return Probe(found.bytes, None, found.modified, found.url)

    def bring(self, clients: Clients, target: Path, progress: Progress | None = None) -> Got:
        """See :class:`Source`."""
        found = self._product(clients)
        done = clients.http.download(found.url, target, size=found.bytes, progress=progress)
        checks = ("taille égale à celle du catalogue Melodi (relevé du téléchargement)",)
        return Got(done.address, found.modified, checks=checks if found.bytes else ())


@dataclass
class Export(Source):
    """The CSV of a query on an Opendatasoft portal."""

    scope: Scope | None

    def _query(self, clients: Clients) -> dict[str, Any]:
        """``select``, ``where`` and ``refine``, written after the dataset's own fields."""
        query = self.offer.query
        about = clients.described(str(query["portal"]), self.offer.dataset)
        years, prefix = query.get("years"), str(query.get("prefix", ""))
        about.require([*query.get("select", []), *query.get("refine", {}), *([prefix] if prefix else [])])
        where = opendatasoft.every(
            str(query.get("where", "")),
            about.years(years["field"], years["values"]) if years else "",
            opendatasoft.prefixes(prefix, self._starts()) if prefix and self.scope else "",
        )
        refine = {k: str(v) for k, v in query.get("refine", {}).items()}
        return {"select": query.get("select", []), "where": where, "refine": refine}

    def _starts(self) -> list[str]:
        """How codes of the wanted départements begin."""
        codes = list(self.scope.departements) if self.scope else []
        return (
            [_UAI.get(c, c.zfill(3)) for c in codes]
            if self.offer.query.get("prefix_style") == "uai"
            else codes
        )

    def _asked(self, clients: Clients) -> tuple[dict[str, Any], int, str]:
        portal, query = clients.portal(str(self.offer.query["portal"])), self._query(clients)
        count = portal.count(self.offer.dataset, query["where"], query["refine"])
        return query, count, portal.export_address(self.offer.dataset, **query)

    def probe(self, clients: Clients) -> Probe:
        """See :class:`Source`."""
        _, count, address = self._asked(clients)
        about = clients.described(str(self.offer.query["portal"]), self.offer.dataset)
        return Probe(None, count, about.modified, address)

    def bring(self, clients: Clients, target: Path, progress: Progress | None = None) -> Got:
        """See :class:`Source`."""
        query, count, _ = self._asked(clients)
        if count == 0:
            raise FetchError(f"{self.offer.dataset} : aucune ligne pour cette demande ({query['where']}).")
        portal = clients.portal(str(self.offer.query["portal"]))
        done = portal.export(self.offer.dataset, target, progress=progress, **query)
        rows = _rows(target)
        if rows != count:
            raise FetchError(
                f"{self.offer.dataset} : {rows} lignes reçues, {count} annoncées par le portail."
            )
        about = clients.described(str(self.offer.query["portal"]), self.offer.dataset)
        checks = (f"{count} lignes reçues, autant qu’annoncées par le portail (relevé du téléchargement)",)
        note = "Export limité à la demande de l’adresse." if query["where"] or query["refine"] else ""
        return Got(done.address, about.modified, note, checks)


@dataclass
class Resource(Source):
    """A resource of data.gouv.fr, or one member of it."""

    def _choose(self, clients: Clients) -> datagouv.Resource:
        query = {k: v for k, v in self.offer.query.items() if k != "member"}
        return clients.datagouv.choose(self.offer.dataset, **query)

    def probe(self, clients: Clients) -> Probe:
        """See :class:`Source`."""
        found = self._choose(clients)
        return Probe(found.bytes, None, found.modified, found.url)

    def bring(self, clients: Clients, target: Path, progress: Progress | None = None) -> Got:
        """See :class:`Source`."""
        found = self._choose(clients)

        def download(path: Path) -> str:
            return clients.datagouv.download(found, path, progress).sha256

        note = _whole_or_member(str(self.offer.query.get("member", "")), target, download)
        checks = (
            (f"{found.checksum[0]} égal à celui de data.gouv.fr (relevé du téléchargement)",)
            if found.checksum
            else ()
        )
        note = " ".join(p for p in (f"Ressource « {found.title} » de data.gouv.fr.", note) if p)
        return Got(found.url, found.modified, note, checks)


@dataclass
class PlainFile(Source):
    """A file at a fixed address, or one member of it."""

    def probe(self, clients: Clients) -> Probe:
        """See :class:`Source`."""
        url = str(self.offer.query["url"])
        found = plain.head(clients.http, url)
        return Probe(found.bytes, None, found.modified, url)

    def bring(self, clients: Clients, target: Path, progress: Progress | None = None) -> Got:
        """See :class:`Source`."""
        url = str(self.offer.query["url"])
        dates: list[date | None] = []

        def download(path: Path) -> str:
            done = plain.download(clients.http, url, path, progress=progress)
            dates.append(done.modified)
            return done.sha256

        note = _whole_or_member(str(self.offer.query.get("member", "")), target, download)
        return Got(url, dates[0], note)


def _whole_or_member(member: str, target: Path, download: Callable[[Path], str]) -> str:
    """Download to ``target``; where one member is wanted, to an archive beside it, and take it out."""
    if not member:
        download(target)
        return ""
    archive = target.with_name(target.name + ".zip")
    digest = download(archive)
    name = plain.extract(archive, member, target)
    archive.unlink()
    return f"Fichier {name} tiré tel quel de l’archive de l’éditeur (sha256 de l’archive : {digest})."


def _rows(path: Path) -> int:
    """Rows of a CSV under its header (a cell may hold line ends)."""
    csv.field_size_limit(1 << 27)  # cells that hold a contour
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return sum(1 for _ in csv.reader(stream, delimiter=";")) - 1


def _geography_year(places: list[str]) -> int | None:
    """Year of the communes and EPCI that Melodi writes before their codes (``2025-COM-12063``)."""
    years = {int(p[:4]) for p in places if re.match(r"\d{4}-(?:COM|EPCI)-", p)}
    return max(years, default=None)


def _unanswered(asked: list[str], places: list[str]) -> tuple[str, ...]:
    """Codes asked for one by one of which there is no observation."""
    found = {re.sub(r"^\d{4}-", "", p) for p in places}
    communes = any(p.startswith("COM-") for p in found)
    return tuple(c for c in asked if (not communes if c.endswith("*COM") else c not in found))
