"""What both assemblers say about a report beside its chapters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ctg_lib.manifest import PROVENANCES

FICTIF_COLUMN = "fictif"
"""Last column of each file of data of a made-up study: « oui » on every line."""
FICTIF_TITLE = "Données fictives"
"""The same column in a workbook."""


class SourceLine(NamedTuple):
    """One source of the report: name shown, vintage, provenance (code of the manifest, or words)."""

    label: str
    vintage: str
    provenance: str = "published"

    @property
    def provenance_text(self) -> str:
        """The provenance in words."""
        return PROVENANCES.get(self.provenance, self.provenance)


@dataclass(frozen=True)
class ReportInfo:
    """Title page, footer and end matter of one report.

    Attributes:
        study_id: the study's id.
        title: report title (« Diagnostic de territoire »).
        territory_name: full name of the territory.
        subtitle: one line under the title.
        as_of: the study's date in words (« 1er septembre 2026 »); the report knows no other today.
        fictif: every page then says that its data are made up.
        sources: (label, vintage, provenance) of each source.
        missing: what the report does not hold, one sentence each.
        licence: licence text.
        version: version of the code that made it.
        author: who signs (a Typst book needs one); the territory by default.
    """

    study_id: str
    title: str
    territory_name: str
    subtitle: str = ""
    as_of: str = ""
    fictif: bool = False
    sources: Sequence[tuple[str, str, str] | SourceLine] = field(default_factory=tuple)
    missing: Sequence[str] = field(default_factory=tuple)
    licence: str = ""
    version: str = ""
    author: str = ""

    @property
    def source_lines(self) -> list[SourceLine]:
        """The sources, as :class:`SourceLine`."""
        return [SourceLine(*source) for source in self.sources]

    @property
    def signature(self) -> str:
        """Author, or the territory when nobody signs."""
        return self.author or self.territory_name
