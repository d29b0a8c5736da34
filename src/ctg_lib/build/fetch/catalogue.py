"""``data/raw/catalogue.yml``: what can be fetched, from where, and how it is limited to a territory.

One item per dataset and list of vintages; an item with ``vintages`` stands for one *offer* per vintage, in
which ``{vintage}`` is replaced. An offer's id is the manifest id of the file it brings.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from ctg_lib.errors import BadInput, RawDataError, found_expected
from ctg_lib.manifest import refuse_twice

NAME = "catalogue.yml"
PROTOCOLS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "melodi": (frozenset({"product"}), frozenset({"levels", "france", "filters", "territory_path"})),
    "opendatasoft": (
        frozenset({"portal"}),
        frozenset({"select", "refine", "years", "where", "prefix", "prefix_style"}),
    ),
    "datagouv": (frozenset(), frozenset({"resource", "title", "format", "newest", "member"})),
    "plain": (frozenset({"url"}), frozenset({"member"})),
}
"""Protocol -> fields of ``query`` that are required, and those that are allowed besides."""
PREFIX_STYLES = ("insee", "uai")
"""How codes begin: with the département's (communes), or with the three figures of a school's UAI."""
DAY = "{jour}"
"""Stands for the publisher's date, else that of the download (datasets published over and over)."""
EVIDENCE: dict[str, str] = {
    "V": "page officielle ou réponse enregistrée du service",
    "C": "programmes publics qui s’en servent",
    "G": "à confirmer au premier téléchargement",
}
LEVELS = ("commune", "epci", "departement", "region", "france")


@dataclass(frozen=True)
class Offer:
    """One file that can be fetched.

    Attributes:
        id: manifest id of the file.
        protocol: one of ``PROTOCOLS``; ``query`` holds what it needs.
        publisher, title, short, dataset, vintage, reference_date, licence, geography_year, layout, path,
            options, note: what the manifest entry will say.
        aliases: older ids of the dataset.
        verified: ``EVIDENCE`` mark of the address.
        on_request: only fetched when named by ``--only``; the reason, in words.
        replaces: other manifest entries that this file makes useless.
    """

    id: str
    protocol: str
    publisher: str
    title: str
    short: str
    dataset: str
    vintage: str
    reference_date: str
    licence: str
    geography_year: int
    layout: str
    path: str
    query: Mapping[str, Any]
    verified: str
    aliases: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    on_request: str = ""
    replaces: tuple[str, ...] = ()

    @property
    def by_territory(self) -> bool:
        """Whether the query can be limited to a territory."""
        if self.protocol == "melodi":
            return "levels" in self.query
        return self.protocol == "opendatasoft" and "prefix" in self.query


_REQUIRED = [
    f.name for f in fields(Offer) if f.name not in {"aliases", "options", "note", "on_request", "replaces"}
]
_KNOWN = {f.name for f in fields(Offer)}


@dataclass(frozen=True)
class Catalogue:
    """The offers, and the addresses of the services that have one for all their datasets.

    Attributes:
        offers: in the file's order.
        services: ``melodi`` and ``datagouv`` -> base address.
    """

    offers: tuple[Offer, ...]
    services: Mapping[str, str]

    def choose(self, only: Iterable[str]) -> list[Offer]:
        """Offers named by id or dataset; without names, all that are not ``on_request``.

        Raises:
            BadInput: a name that is neither; the nearest ones are given.
        """
        names = list(only)
        if not names:
            return [o for o in self.offers if not o.on_request]
        chosen = []
        for name in names:
            found = [o for o in self.offers if name in (o.id, o.dataset, *o.aliases)]
            if not found:
                every = [o.id for o in self.offers] + sorted({o.dataset for o in self.offers})
                near = difflib.get_close_matches(name, every, n=3) or every[:5]
                raise BadInput(
                    f"--only : {NAME} ne connaît pas {name!r} (par exemple : {', '.join(near)}). "
                    "Un identifiant du catalogue ou celui du jeu chez l’éditeur est attendu."
                )
            chosen += found
        return [o for o in self.offers if o in chosen]


def load_catalogue(path: Path) -> Catalogue:
    """Read and validate the catalogue.

    Raises:
        RawDataError: absent or unreadable file, missing or unknown field, two offers with one id.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RawDataError(f"{path} : catalogue absent.") from None
    except yaml.YAMLError as error:
        raise RawDataError(f"{path} : YAML illisible ({error}).") from None
    items = content.get("offers") if isinstance(content, dict) else None
    if not isinstance(items, list):
        raise RawDataError(f"{path.name} : une liste « offers: » est attendue.")
    offers = [offer for n, item in enumerate(items, 1) for offer in _offers(item, n, path)]
    refuse_twice(offers, path.name)
    return Catalogue(tuple(offers), dict(content.get("services") or {}))


def _offers(item: Any, number: int, path: Path) -> list[Offer]:
    where = f"{path.name}, offre {number}"
    if not isinstance(item, dict):
        raise RawDataError(found_expected(where, item, "un bloc « clé: valeur »"))
    vintages = item.get("vintages")
    if vintages is None:
        return [_offer(item, where)]
    if not isinstance(vintages, list) or not all(isinstance(v, dict) and v.get("vintage") for v in vintages):
        raise RawDataError(found_expected(f"{where}, vintages", vintages, "une liste de « vintage: … »"))
    rest = {k: v for k, v in item.items() if k != "vintages"}
    return [_offer(_filled({**rest, **v}, str(v["vintage"])), where) for v in vintages]


def _filled(value: Any, vintage: str) -> Any:
    """The same content with ``{vintage}`` replaced in every text."""
    if isinstance(value, str):
        return value.replace("{vintage}", vintage)
    if isinstance(value, dict):
        return {k: _filled(v, vintage) for k, v in value.items()}
    if isinstance(value, list):
        return [_filled(v, vintage) for v in value]
    return value


def _offer(item: Mapping[str, Any], where: str) -> Offer:
    where += f" ({item.get('id', 'sans id')})"
    values = {k: v for k, v in item.items() if v is not None}
    values.setdefault("reference_date", values.get("vintage"))
    absent = [name for name in _REQUIRED if values.get(name) in (None, "")]
    if absent:
        raise RawDataError(f"{where} : champs manquants : {', '.join(absent)}.")
    unknown = sorted(values.keys() - _KNOWN)
    if unknown:
        raise RawDataError(f"{where} : champs inconnus : {', '.join(unknown)}.")
    for name, allowed in (("protocol", PROTOCOLS), ("verified", EVIDENCE)):
        if values[name] not in allowed:
            raise RawDataError(found_expected(f"{where}, {name}", values[name], ", ".join(allowed)))
    _check_query(values["protocol"], values["query"], where)
    for name in ("vintage", "reference_date", "dataset"):
        values[name] = str(values[name])
    for name in ("aliases", "replaces"):
        values[name] = tuple(values.get(name) or ())
    values["options"] = dict(values.get("options") or {})
    return Offer(**values)


def _check_query(protocol: str, query: Any, where: str) -> None:
    if not isinstance(query, dict):
        raise RawDataError(found_expected(f"{where}, query", query, "un bloc « clé: valeur »"))
    required, allowed = PROTOCOLS[protocol]
    absent = sorted(required - query.keys())
    if absent:
        raise RawDataError(f"{where}, query : champs manquants : {', '.join(absent)}.")
    unknown = sorted(query.keys() - required - allowed)
    if unknown:
        raise RawDataError(f"{where}, query : champs inconnus : {', '.join(unknown)}.")
    levels = query.get("levels", [])
    if not set(levels) <= set(LEVELS):
        raise RawDataError(found_expected(f"{where}, query.levels", levels, ", ".join(LEVELS)))
    if "levels" in query and "territory_path" not in query:
        raise RawDataError(f"{where}, query : « levels » sans « territory_path ».")
    if query.get("prefix_style", "insee") not in PREFIX_STYLES:
        raise RawDataError(
            found_expected(f"{where}, query.prefix_style", query["prefix_style"], ", ".join(PREFIX_STYLES))
        )
    if protocol == "datagouv" and not (query.get("resource") or query.get("title")):
        raise RawDataError(f"{where}, query : « resource » ou « title » est attendu.")
