"""What people wrote in a study's folder: workbooks, answers, consultation, convention, commentary."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.manifest import Manifest
from ctg_lib.partnership.books import BOOKS
from ctg_lib.study import commentary, recording
from ctg_lib.study.layers.official import Official
from ctg_lib.study.recording import ANSWERS, COMMENTARY, CONSULTATION, FOLDER

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement
    from ctg_lib.consultation.folder import Consultation
    from ctg_lib.consultation.settings import Settings
    from ctg_lib.partnership.answers import Answers
    from ctg_lib.partnership.calendar import Calendar
    from ctg_lib.partnership.folder import Partnership


class Folder(Official):
    """What the study's folder holds, each read once and recorded by what it says."""

    @cached_property
    def partnership(self) -> Partnership:
        """What the study's folder holds: offer, money, parties, previous contract, documents; recorded."""
        from ctg_lib.partnership.folder import load
        from ctg_lib.partnership.structures import with_answers

        structures = self.answers.structures  # asked here: what it records is this chapter's

        def read() -> Partnership:
            found = load(self.project.studies / self.id, self.communes_by_code)
            return with_answers(found, structures, self.as_of)

        found = self._read("partnership", read)
        for book in BOOKS.values():
            for sheet in book.sheets:
                table = f"{book.id}.{sheet.name}"
                self.record(
                    {"indicators": FOLDER, "places": table},
                    found.table(book.id, sheet.name),
                    known=self._shelf_key("partnership", table),
                )
        return found

    @cached_property
    def files(self) -> pd.DataFrame:
        """Settings and workbooks of its folder: name, bytes, sha256; recorded."""
        found = recording.folder_files(self.project.studies / self.id)
        self.record({"indicators": recording.FILES, "places": ""}, found)
        return found

    @cached_property
    def answers(self) -> Answers:
        """What partners answered (``partenaires/*.xlsx``), checked and masked; recorded."""
        from ctg_lib.study.local import answers_of, inhabitants_of

        people = inhabitants_of(self)  # read here: what is read is this chapter's, whoever finds the answers
        found = self._read("answers", lambda: answers_of(self, people))
        self.record({"indicators": ANSWERS, "places": ""}, found.recorded)
        return found

    @cached_property
    def sources(self) -> Manifest:
        """The files known on the study's date, and those that partners sent."""
        from ctg_lib.study.local import sources_of

        return self.horizon.manifest(sources_of(self, self.answers))

    def commentary(self, chapter: str) -> str:
        """The analyst's commentary on a chapter (``commentary/<chapter>.md``), Markdown or empty; recorded.

        Headings are lowered so that they stand under the chapter's own.

        Raises:
            BadInput: the file is not UTF-8.
        """
        text = commentary.read(self.project.studies / self.id, chapter)
        self.record({"indicators": COMMENTARY, "places": chapter}, pd.DataFrame({"text": [text]}))
        return commentary.lowered(text)

    @cached_property
    def consultation(self) -> Consultation:
        """What people said: surveys, interviews, meetings; recorded by a hash of each of its tables."""
        from ctg_lib.consultation.folder import load

        found = self._read(
            "consultation",
            lambda: load(
                self.project.studies / self.id,
                communes=self.communes_by_code,
                secteurs={name: tuple(codes) for name, codes in self.config.secteurs.items()},
                as_of=self.as_of,
                fictif=self.fictif,
            ),
        )
        self.record({"indicators": CONSULTATION, "places": ""}, found.recorded)
        return found

    @cached_property
    def agreement(self) -> Agreement:
        """What its ``convention`` folder holds: findings, needs, priorities, plan, follow-up; recorded."""
        from ctg_lib.agreement.folder import load
        from ctg_lib.consultation.scheme import load_scheme

        folder, filled = self.project.studies / self.id, self.partnership.filled
        found = self._read(
            "agreement",
            lambda: load(
                folder,
                self.communes_by_code,
                load_scheme(folder / "consultation")[0],
                tuple(self.config.secteurs),
                filled,
            ),
        )
        for book in found.books.values():
            for sheet in book.sheets:
                table = f"{book.id}.{sheet.name}"
                self.record(
                    {"indicators": recording.AGREEMENT, "places": table},
                    found.table(book.id, sheet.name),
                    known=self._shelf_key("agreement", table),
                )
        return found

    @cached_property
    def listening(self) -> Settings:
        """What ``consultation.yml`` says: surveys and meetings planned, whom they are to hear; recorded."""
        from ctg_lib.consultation.settings import read_settings

        found = self._read("listening", lambda: read_settings(self.project.studies / self.id))
        self.record({"indicators": recording.LISTENING, "places": ""}, recording.listening(found))
        return found

    @cached_property
    def calendar(self) -> Calendar:
        """The démarche: phases, steps and instances of ``study.yml``."""
        from ctg_lib.partnership.calendar import read_calendar

        return read_calendar(self.config.demarche or {}, file=f"{self.id}/study.yml")
