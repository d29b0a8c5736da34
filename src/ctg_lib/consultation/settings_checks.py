"""What does not hold together in ``consultation.yml``, beside the answers and words that a study holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from ctg_lib.consultation.bank import OWN
from ctg_lib.consultation.bank import questionnaires as all_questionnaires
from ctg_lib.consultation.folder import FOLDER
from ctg_lib.consultation.questionnaire import Questionnaire
from ctg_lib.consultation.settings import ANSWERS, FILE, PlannedMeeting, PlannedSurvey, Settings
from ctg_lib.geography.names import fold
from ctg_lib.workbooks.common import PROGRESS
from ctg_lib.workbooks.moments import day_in_words, in_words
from ctg_lib.workbooks.problems import Problem, ordered
from ctg_lib.workbooks.schema import Workbook

LONGEST_YEARS = 5
"""Years after the last survey beyond which keeping answers is asked about: as long as a convention."""


def answer_files(study_folder: Path | None) -> list[str]:
    """Names of the files of answers that a study still holds, by name; locks and notes of reading aside."""
    folder = Path(study_folder) / FOLDER / ANSWERS if study_folder is not None else None
    if folder is None or not folder.is_dir():
        return []
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(
        path.relative_to(folder).as_posix()
        for path in files
        if not path.name.startswith(("~$", ".")) and not fold(path.stem).startswith(("lisez", "lisez-moi", "readme"))
    )  # fmt: skip


def word_files(study_folder: Path | None) -> list[str]:
    """Other files of the ``consultation`` folder in which someone's words are, or may be: names of the workbooks, then « » each.

    A workbook of the project counts once a line is in it (those of meetings: once one was held or something said is
    noted), so that blank ones do not; one that cannot be read counts, and so does any file that is not the project's:
    its name is not told, as it may be a person's.
    """
    folder = Path(study_folder) / FOLDER if study_folder is not None else None
    if folder is None or not folder.is_dir():
        return []
    books, ours = _books()
    known, others = [], 0
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        inside = path.relative_to(folder)
        passed = path.name.startswith(("~$", ".")) or fold(path.stem).startswith(("lisez", "readme"))
        if not path.is_file() or inside.parts[0] == ANSWERS or passed or inside.as_posix() in ours:
            continue
        if len(inside.parts) == 2 and inside.parts[0] == OWN and path.suffix in (".yml", ".yaml"):
            continue
        if inside.as_posix() not in books:
            others += 1
        elif _holds_words(path, books[inside.as_posix()]):
            known.append(path.name)
    return [*known, *[""] * others]


def _books() -> tuple[dict[str, Workbook], frozenset[str]]:
    """Name of a file -> the workbook that it should be; and files of the project in which nobody speaks."""
    from ctg_lib.consultation import erased_codes, scheme
    from ctg_lib.consultation.books import actor_books
    from ctg_lib.consultation.books.verbatims import verbatims

    needs = scheme.common_scheme()
    books = [*actor_books(needs).values(), verbatims(needs)]
    return {book.file: book for book in books}, frozenset([erased_codes.FILE, scheme.FILE])


def _holds_words(path: Path, book: Workbook) -> bool:
    from ctg_lib.workbooks.reading import read_workbook

    read = read_workbook(path, book, {})
    if any(p.severity == "error" and not p.sheet and p.row is None for p in read.problems):
        return True  # it cannot be looked in
    for name, table in read.tables.items():
        if name == "meetings" and book.id != "seminaire":
            if table["state"].eq("tenu").any():
                return True
        elif name not in ("meetings", "present", "votes") and not table.empty:
            return True
    return False


def check_settings(
    settings: Settings,
    study_folder: Path | None,
    day: date,
    questionnaires: Mapping[str, Questionnaire] | None = None,
    *,
    today: date | None = None,
) -> list[Problem]:
    """What does not hold together in the settings, beside the answers that a study holds.

    Args:
        settings: as read; their own problems are not repeated.
        study_folder: of the study.
        day: what « today » is: the study's date, or a later one where the caller knows it.
        questionnaires: those the study may use; by default the bank's and its own.
        today: beyond which answers may not be held; ``day`` by default. A study's fixed date does not stop the
            real one: answers kept too long are kept too long.
    """
    if any(p.file == FILE for p in settings.problems):
        return []  # nothing of it could be read: what it lacks is not known
    checker = _Checker(settings, study_folder, day, today or day)
    known = all_questionnaires(study_folder)[0] if questionnaires is None else questionnaires
    return ordered(checker.all(known))


class _Checker:
    def __init__(self, settings: Settings, folder: Path | None, day: date, today: date) -> None:
        self.settings, self.folder, self.day, self.today = settings, folder, day, today
        self.held = answer_files(folder)
        self.problems: list[Problem] = []

    def say(
        self, where: str, found: str, expected: str, severity: Literal["error", "warning"] = "error"
    ) -> None:
        place = f"{FILE}, {where}" if where else FILE
        self.problems.append(Problem(place, found, expected, severity=severity))

    def all(self, questionnaires: Mapping[str, Questionnaire]) -> list[Problem]:
        self.kept_too_long()
        self.kept_how_long()
        self.who_answers()
        self.where_kept()
        for number, survey in enumerate(self.settings.surveys, start=1):
            self.survey(survey, f"enquête {number}", questionnaires.get(survey.questionnaire))
        for number, meeting in enumerate(self.settings.meetings, start=1):
            self.timely(meeting, f"rencontre {number}")
        if self.held and not self.settings.surveys:
            self.say(
                "« enquetes »", "", f"l’enquête dont viennent les réponses ({_files(self.held)})", "warning"
            )
        return self.problems

    def kept_too_long(self) -> None:
        until = self.settings.keep_until
        if until is None or self.today <= until:
            return
        words = word_files(self.folder)
        named = [name for name in words if name]
        others = len(words) - len(named)
        found = [_files(self.held)] if self.held else []
        found += named
        found += (
            [f"{others} autre{'s' if others > 1 else ''} fichier{'s' if others > 1 else ''}"]
            if others
            else []
        )
        if not found:
            return
        rid = [f"les fichiers de {FOLDER}/{ANSWERS}"] if self.held else []
        rid += [f"{FOLDER}/{name}" for name in named]
        rid += [f"les autres fichiers de {FOLDER}"] if others else []
        self.say(
            "« conservation_jusqu_au »", f"{day_in_words(until)}, et {', '.join(found)}",
            f"aucune réponse après cette date : supprimer {', '.join(rid)}",
        )  # fmt: skip

    def kept_how_long(self) -> None:
        until, last = self.settings.keep_until, self._last_day()
        where = "« conservation_jusqu_au »"
        expected = "la date jusqu’à laquelle les réponses sont conservées"
        if until is None and self.held:
            self.say(where, "", f"{expected} : le dossier en contient déjà ({_files(self.held)})")
        elif until is None and self.settings.surveys:
            self.say(where, "", f"{expected} : elle est écrite dans l’information des personnes", "warning")
        elif until is not None and last is not None and until < last:
            self.say(
                where, day_in_words(until), f"une date après la fin de la dernière enquête ({day_in_words(last)})"
            )  # fmt: skip
        elif until is not None and (until - (last or self.day)).days > 366 * LONGEST_YEARS:
            expected = (
                f"{LONGEST_YEARS} ans au plus après l’enquête : des réponses ne se gardent que le temps utile"
            )
            self.say(where, day_in_words(until), expected, "warning")

    def _last_day(self) -> date | None:
        return max((s.closes.last for s in self.settings.surveys if s.closes is not None), default=None)

    def who_answers(self) -> None:
        """The controller: needed before the first answer, asked for as soon as a survey is planned."""
        if not self.settings.surveys and not self.held:
            return
        opened = bool(self.held) or any(
            s.opens is not None and s.opens.last <= self.day and s.state != "hypothese"
            for s in self.settings.surveys
        )
        severity: Literal["error", "warning"] = "error" if opened else "warning"
        why = "sans lui l’information des personnes est incomplète (RGPD, art. 13)"
        controller, officer = self.settings.controller, self.settings.officer
        if not controller.organisation:
            self.say("« responsable », « organisme »", "", f"le responsable du traitement : {why}", severity)
        if not controller.known:
            self.say(
                "« responsable », « contact »", "", f"une adresse générique à qui écrire : {why}", severity
            )
        if not officer.known:
            expected = f"l’adresse du délégué à la protection des données : {why}"
            self.say("« delegue », « contact »", "", expected, "warning")

    def where_kept(self) -> None:
        host = self.settings.host
        if not any("en_ligne" in survey.modes for survey in self.settings.surveys):
            return
        if host.in_union is None:
            expected = "oui ou non : où l’outil d’enquête garde les réponses"
            self.say("« hebergement », « union_europeenne »", "", expected, "warning")
        elif not host.in_union and not host.safeguards:
            expected = "les garanties qui encadrent un transfert hors de l’Union européenne (RGPD, art. 46)"
            self.say("« hebergement », « garanties »", "", expected)

    def survey(self, survey: PlannedSurvey, where: str, asked: Questionnaire | None) -> None:
        self.timely(survey, where)
        if asked is None:
            return
        if asked.of_role("consentement_parental") and not survey.parents_agreement:
            expected = "comment l’accord des parents des moins de 15 ans est demandé (« lettre remise par le collège »)"
            self.say(f"{where}, « accord_des_parents »", "", expected, "warning")
        if asked.of_role("canal") and not survey.channels:
            self.say(f"{where}, « canaux »", "", "les canaux par lesquels il est envoyé", "warning")

    def timely(self, each: PlannedSurvey | PlannedMeeting, where: str) -> None:
        """Whether what is said of it can be, on this day."""
        place, today = f"{where}, « etat »", day_in_words(self.day)
        state, opens, closes = each.state, each.opens, each.closes
        if state == "fait" and (end := closes or opens) is not None and end.first > self.day:
            self.say(place, f"fait ({in_words(end)})", f"prévu ou en cours : ce n’est pas passé le {today}")
        elif state == "en_cours" and opens is not None and opens.first > self.day:
            self.say(place, f"en cours ({in_words(opens)})", f"prévu : ce n’est pas commencé le {today}")
        end = closes or (opens if state == "prevu" else None)
        if state in ("prevu", "en_cours") and end is not None and end.last < self.day:
            found = f"{PROGRESS[state]} ({in_words(end)})"
            self.say(place, found, f"fait, ou une date plus tardive : c’est passé le {today}", "warning")


def _files(held: Sequence[str]) -> str:
    """How many files, never their names: a name may be a person's."""
    return f"{len(held)} fichier{'s' if len(held) > 1 else ''} de réponses"
