"""What both assemblers say about a report beside its chapters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ctg_lib.display.typography import typeset
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


def running(info: ReportInfo) -> str:
    """The foot of every printed page: territory, study, made-up data."""
    date = info.as_of and f"situation au {info.as_of}"
    return listed(info.territory_name, f"étude {info.study_id}", date, "fictif" if info.fictif else "")


def mention(info: ReportInfo) -> str:
    """The foot of the cover and of Quarto's pages: study, date, licence, version."""
    date, version = info.as_of and f"situation au {info.as_of}", info.version and f"ctg-lib {info.version}"
    return listed(f"Étude {info.study_id}", date, info.licence, version)


def vintages_line(info: ReportInfo) -> str:
    """How many sources the report has and how many of them were carried over, for the footer."""
    sources = info.source_lines
    if not sources:
        return ""
    carried = sum(s.provenance == "carried_over" for s in sources)
    text = f"{len(sources)} source{'s' if len(sources) > 1 else ''}"
    if carried:
        text += f", dont {carried} aux valeurs reprises d’une republication"
    return typeset(f"{text}.")


def listed(*parts: str) -> str:
    """« a · b », without what is empty."""
    return str(typeset(" · ".join(part for part in parts if part)))
