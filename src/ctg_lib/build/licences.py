"""The licences of the manifest, with the identifiers and addresses that machines know them by."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple


class Licence(NamedTuple):
    """One licence or condition of reuse.

    Attributes:
        name: short identifier (SPDX where there is one).
        title: as the manifest words it.
        address: where its text is; empty when it has none.
    """

    name: str
    title: str
    address: str = ""


OPEN = Licence(
    "etalab-2.0", "Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
)
CODE = Licence("EUPL-1.2", "EUPL-1.2", "https://spdx.org/licenses/EUPL-1.2")
FONT = Licence("OFL-1.1", "SIL OFL 1.1", "https://spdx.org/licenses/OFL-1.1")
_KNOWN = {each.title.casefold(): each for each in (OPEN, CODE, FONT)}


def licence_of(text: str) -> Licence:
    """The licence that a manifest entry words; one that has no identifier gets a slug of its words."""
    known = _KNOWN.get(text.strip().casefold())
    return known or Licence(slug(text) or "non-precisee", text.strip() or "non précisée")


def slug(text: str) -> str:
    """Words as an identifier: lower-case letters and digits joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text.lower())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
