"""What chapters made from the study's ``convention`` folder share: their source line, names of parties, empty cells."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from ctg_lib.agreement.folder import FOLDER
from ctg_lib.display.gantt import day_in_words
from ctg_lib.display.output import SourceText, joined
from ctg_lib.display.table import Output, callout
from ctg_lib.display.typography import enumerate_fr
from ctg_lib.study.chapters.folder_base import UNFILLED, FolderChapter

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement
    from ctg_lib.study.using import Uses


class AgreedChapter(FolderChapter):
    """A chapter that tells workbooks of the agreement.

    Attributes:
        reads: those workbooks, the first one first: it is told where none is filled.
    """

    reads: ClassVar[tuple[str, ...]] = ()

    @property
    def agreement(self) -> Agreement:
        """What is agreed on."""
        return self.study.agreement

    @cached_property
    def parties(self) -> dict[str, str]:
        """Id of a party -> its name."""
        table = self.folder.table("parties", "parties")
        return dict(zip(table["id"], table["name"], strict=True))

    @property
    def filled(self) -> bool:
        """Whether one of its workbooks is: it then stands among its sources."""
        return any(self.agreement.has(book) for book in self.reads)

    def party(self, id: str) -> str:
        """Its name; its id where parties.xlsx does not hold it."""
        return self.parties.get(id) or id

    def agreed_source(self, *books: str) -> SourceText:
        """« gouvernance.xlsx (dossier convention), relevé du … »; ``books``: those of :attr:`reads` by default."""
        wanted = books or self.reads
        kept = [book for book in wanted if self.agreement.has(book)] or list(wanted[:1])
        files = [self.agreement.file(book) for book in kept]
        names = [file.removeprefix(f"{FOLDER}/") for file in files]
        made_up = " ; données fictives" if self.study.fictif else ""
        when = day_in_words(self.study.as_of)
        text = f"{enumerate_fr(names)} (dossier {FOLDER}), relevé du {when}{made_up}"
        return SourceText(text, list(zip(names, files, strict=True)))

    @property
    def card_source(self) -> str:
        """Of a key figure: the first workbook alone."""
        file = self.agreement.file(self.reads[0]).removeprefix(f"{FOLDER}/")
        return f"{file}{' ; données fictives' if self.study.fictif else ''}"

    def source_of(self, uses: Uses) -> SourceText:
        """Its workbooks, once filled, then what else the text rests on."""
        own = [self.agreed_source()] if self.filled else []
        return joined([*own, super().source_of(uses)])

    def unfilled(self, lines: Sequence[str]) -> Output:
        """« Ce qui n’est pas encore rempli »; empty lines are left out."""
        text = "\n".join(f"- {line}" for line in lines if line)
        return callout(text or "Rien de ce que ce chapitre demande ne manque.", "silence", UNFILLED, level=2)
