"""What a study asks and plans, and all that is wrong in it, before the first answer comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ctg_lib.consultation.bank import OWN, own_files
from ctg_lib.consultation.bank import questionnaires as all_questionnaires
from ctg_lib.consultation.folder import FOLDER
from ctg_lib.consultation.questionnaire import Questionnaire
from ctg_lib.consultation.settings import Settings, read_settings
from ctg_lib.consultation.settings_checks import answer_files, check_settings
from ctg_lib.consultation.soundness import check, harmony, small_secteurs
from ctg_lib.workbooks.problems import Problem, ordered


@dataclass(frozen=True)
class Preparation:
    """What a study asks and plans.

    Attributes:
        questionnaires: all that it may use, by id.
        settings: its ``consultation.yml``.
        problems: of the questionnaires it adapts, of the settings, and between them and the answers it holds.
    """

    questionnaires: Mapping[str, Questionnaire] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    problems: tuple[Problem, ...] = ()

    @property
    def asked(self) -> dict[str, Questionnaire]:
        """Those that are planned, in the order of the settings; all where none is."""
        planned = [s.questionnaire for s in self.settings.surveys if s.questionnaire in self.questionnaires]
        return {id: self.questionnaires[id] for id in planned or self.questionnaires}


def prepare(
    study_folder: Path | None,
    *,
    secteurs: Mapping[str, Sequence[str]],
    communes: Mapping[str, str],
    day: date,
    populations: Mapping[str, float] | None = None,
    today: date | None = None,
) -> Preparation:
    """Read and check what a study asks and plans; a folder without anything plans nothing and has no problem.

    Args:
        study_folder: of the study; None where it has none.
        secteurs: name -> codes of its communes.
        communes: code -> name of the territory's communes.
        day: what « today » is: the study's date, or a later one where the caller knows it.
        populations: code of a commune -> inhabitants, where known.
        today: see :func:`ctg_lib.consultation.settings_checks.check_settings`.
    """
    found, problems = all_questionnaires(study_folder, secteurs, communes)
    settings = read_settings(study_folder, found)
    problems += [*settings.problems, *check_settings(settings, study_folder, day, found, today=today)]
    files = {path.stem: f"{FOLDER}/{OWN}/{path.name}" for path in own_files(study_folder)}
    own = {id: found[id] for id in files if id in found}
    for id, questionnaire in own.items():
        problems += check(questionnaire, file=files[id])
    bank = [each for id, each in found.items() if id not in own]
    problems += harmony([*bank, *own.values()], files)
    if settings.surveys or own or answer_files(study_folder):
        problems += small_secteurs(_inhabitants(secteurs, populations or {}))
    else:
        problems = [
            p for p in problems if not p.file.startswith("study.yml")
        ]  # nothing is asked: no secteur lacks
    return Preparation(found, settings, tuple(ordered(problems)))


def _inhabitants(secteurs: Mapping[str, Sequence[str]], populations: Mapping[str, float]) -> dict[str, float]:
    """Name of each secteur whose communes are all known -> inhabitants."""
    return {
        name: sum(populations[code] for code in codes)
        for name, codes in secteurs.items()
        if codes and all(code in populations for code in codes)
    }
