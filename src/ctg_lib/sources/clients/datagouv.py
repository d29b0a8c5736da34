"""data.gouv.fr: from a dataset to one of its resources.

    gouv = DataGouv(http)
    resource = gouv.choose("liste-des-structures-france-services", title=r"^liste", format="csv")
    gouv.download(resource, target)          # through the stable address …/datasets/r/<id>

A resource's own address changes with each upload; the stable one does not, and is what the manifest keeps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ctg_lib.errors import sample
from ctg_lib.sources.clients.http import Downloaded, FetchError, Http

BASE = "https://www.data.gouv.fr/api/1"
_ALGORITHMS = {"sha256", "sha1", "md5", "sha512"}


@dataclass(frozen=True)
class Resource:
    """One file of a dataset.

    Attributes:
        id, title, format: as published.
        url: stable address.
        source: its own address today, which changes with each upload.
        bytes: announced size; sure only for a ``hosted`` file.
        checksum: (algorithm, digest), where the platform gives one for a file that it holds.
        modified: day of its last change.
        hosted: the platform holds the file itself (else it only points to it).
        licence: of the dataset.
    """

    id: str
    title: str
    format: str
    url: str
    source: str
    bytes: int | None
    checksum: tuple[str, str] | None
    modified: date | None
    hosted: bool
    licence: str


class DataGouv:
    """The API at ``base``."""

    def __init__(self, http: Http, base: str = BASE) -> None:
        self.http, self.base = http, base.rstrip("/")

    def resources(self, dataset: str) -> list[Resource]:
        """All resources of a dataset (slug or id).

        Raises:
            FetchError: no such dataset.
        """
        try:
            content = self.http.get_json(f"{self.base}/datasets/{dataset}/")
        except FetchError as error:
            if error.status in (404, 410):
                raise FetchError(
                    f"data.gouv.fr n’a pas (ou plus) de jeu « {dataset} » (HTTP {error.status}).",
                    status=error.status,
                ) from None
            raise
        licence = str(content.get("license") or "")
        return [self._resource(r, licence) for r in content.get("resources") or []]

    def choose(
        self, dataset: str, *, resource: str = "", title: str = "", format: str = "", newest: bool = False
    ) -> Resource:
        """The one resource meant.

        Args:
            dataset: slug or id.
            resource: its id, when it is known.
            title: else, a regular expression that its title, or the address it was uploaded to, must
                contain (letter case aside).
            format: and its format (``csv``, ``xlsx`` …).
            newest: where several fit, take the one changed last.

        Raises:
            FetchError: none or several fit; the message gives the titles there are.
        """
        offered = self.resources(dataset)
        if resource:
            fit = [r for r in offered if r.id == resource]
        else:
            fit = [
                r
                for r in offered
                if (re.search(title, r.title, re.IGNORECASE) or re.search(title, r.source, re.IGNORECASE))
                and (not format or r.format.lower() == format.lower())
            ]
        if len(fit) > 1 and newest:
            fit = [max(fit, key=lambda r: (r.modified or date.min, r.title))]
        if len(fit) == 1:
            return fit[0]
        wanted = f"ressource {resource}" if resource else f"titre « {title} »"
        wanted += f", {format}" if format and not resource else ""
        found = [f"{r.title} ({r.format})" for r in (fit or offered)]
        raise FetchError(
            f"data.gouv.fr, {dataset} : {len(fit) or 'aucune'} ressource(s) pour {wanted} ; "
            f"{'celles-ci' if fit else 'le jeu offre'} : {sample(found) or 'rien'}."
        )

    def download(
        self,
        resource: Resource,
        target: Path,
        progress: Callable[[int, int | None], None] | None = None,
    ) -> Downloaded:
        """Bring a resource down; size and digest are checked where the platform holds the file."""
        return self.http.download(
            resource.url,
            target,
            size=resource.bytes if resource.hosted and resource.checksum else None,
            checksum=resource.checksum,
            progress=progress,
        )

    def _resource(self, item: Mapping[str, Any], licence: str) -> Resource:
        hosted = item.get("filetype") == "file"
        size, given = item.get("filesize"), item.get("checksum") or {}
        algorithm, digest = str(given.get("type", "")).lower(), str(given.get("value") or "")
        try:
            modified = date.fromisoformat(str(item.get("last_modified"))[:10])
        except ValueError:
            modified = None
        return Resource(
            str(item.get("id")), str(item.get("title") or ""), str(item.get("format") or ""),
            f"{self.base}/datasets/r/{item.get('id')}", str(item.get("url") or ""),
            int(size) if size else None,
            (algorithm, digest) if hosted and digest and algorithm in _ALGORITHMS else None,
            modified, hosted, licence,
        )  # fmt: skip
