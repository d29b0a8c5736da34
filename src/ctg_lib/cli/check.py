"""``ctg study check``: what a study holds, how far it is filled, and all that is wrong in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import typer

from ctg_lib.cli.common import (
    DebugOption,
    StudyArgument,
    ensure_own_figures,
    opened_study,
    print_lines,
    shown,
)

if TYPE_CHECKING:
    from ctg_lib.partnership.answers import Answers
    from ctg_lib.study import Study
    from ctg_lib.workbooks.problems import Problem


def study_check(study: StudyArgument, debug: DebugOption = False) -> None:
    """Relire tout ce qu’une étude contient, et dire ce qui ne va pas."""
    from ctg_lib.indicators import national
    from ctg_lib.study import voices

    opened = opened_study(study)
    if (opened.project.processed / national.FILE).is_file():
        ensure_own_figures(opened)
    written = voices.reviewed(opened, model=None)
    more = [*written.problems, *voices.names_in_words(opened)]
    problems = study_problems(opened, today=_today(), more=more)
    told = [
        *study_lines(opened),
        *filling_lines(opened),
        *voices.lines(opened, written),
        *agreement_lines(opened),
    ]
    print_lines([*told, *problem_lines(problems)])
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(2)


def study_problems(study: Study, today: date | None = None, more: Iterable[Problem] = ()) -> list[Problem]:
    """All that is wrong in a study's folder, each once, in the order of files, sheets and lines.

    Args:
        today: after which answers may not be held any more, where it is later than the study's date; that
            date alone by default, as in the report.
        more: problems that the report does not tell.
    """
    from ctg_lib.study.control import problems_of
    from ctg_lib.study.moved import with_moved
    from ctg_lib.workbooks.problems import ordered

    later = today is not None and today > study.as_of
    found = with_moved(study, problems_of(study, today)) if later else study.problems
    return ordered([*found, *more])


def _today() -> date:
    """The one place where the clock is read: nothing that is made depends on it."""
    return date.today()


def problem_lines(problems: Sequence[Problem]) -> list[str]:
    """Errors, then warnings, each with a count, under their file and sheet."""
    from ctg_lib.display.typography import counted, typeset
    from ctg_lib.workbooks import telling

    if not problems:
        return ["", "Aucun problème trouvé."]
    lines = []
    for severity, one, many in (
        ("error", "erreur", "erreurs"), ("warning", "point à vérifier", "points à vérifier")
    ):  # fmt: skip
        here = [problem for problem in problems if problem.severity == severity]
        lines += [
            "",
            f"{counted(len(here), one, many)} :" if here else f"Aucun{'e' if one == 'erreur' else ''} {one}.",
        ]
        lines += [typeset(line) for line in telling.lines(here)]
    return lines


def study_lines(study: Study) -> list[str]:
    """What a study holds: territory, members, sectors, references, neighbours, date, indicators known."""
    from ctg_lib.build.report import date_in_words, missing_indicators, missing_sentences
    from ctg_lib.display.typography import counted
    from ctg_lib.indicators import national

    here, project = study.territory, study.project
    settings = project.studies / study.id / "study.yml"
    where = shown(settings, project.root) if settings.is_file() else "valeurs par défaut (pas de study.yml)"
    names = study.geography.names("commune")
    lines = [
        f"Étude {study.id} : {here.name}" + (" — FICTIVE" if study.fictif else ""),
        f"Réglages : {where}",
        f"Date de l’étude : {date_in_words(study.as_of)}"
        + ("" if study.config.as_of else " (dernier relevé)"),
        f"Composition : {counted(len(here.members), 'commune')} au 1er janvier {study.config.edition}",
        f"  {', '.join(names.get(code, code) for code in here.members)}",
        f"Secteurs : {', '.join(f'{s.name} ({len(s.members)})' for s in study.secteurs) or 'aucun'}",
    ]
    if study.secteurs:
        inside = {code for secteur in study.secteurs for code in secteur.members}
        outside = [names.get(code, code) for code in here.members if code not in inside]
        lines += [f"  hors secteur : {', '.join(outside)}"] if outside else []
    lines += [
        f"Comparé à : {', '.join(t.name for t in study.references)}",
        f"Intercommunalités voisines : {len(study.neighbours)} ; observées : {len(study.peer_codes)}",
        *later_lines(study),
    ]
    if not (project.processed / national.FILE).is_file():
        return [*lines, "Indicateurs : données pas encore construites (ctg data build)."]
    missing, total = missing_indicators(study)
    known = total - sum(len(labels) for labels in missing.values())
    return [*lines, f"Indicateurs : {known} sur {total} ont une valeur.", *missing_sentences(missing)]


def filling_lines(study: Study) -> list[str]:
    """How far each workbook is filled, what is to be confirmed or completed; the démarche in numbers."""
    from ctg_lib.display.typography import counted, number
    from ctg_lib.partnership.progress import progress

    calendar = study.calendar
    parts = [
        counted(len(calendar.phases), "phase"), counted(len(calendar.steps), "étape"),
        counted(len(calendar.instances), "instance"),
    ]  # fmt: skip
    lines = [f"Démarche : {'non décrite (study.yml, « demarche »)' if calendar.empty else ', '.join(parts)}"]
    if not study.partnership.filled:
        lines.append(f"Classeurs : aucun (ctg study new {study.id})")
        return [*lines, *received_lines(study.answers)]
    lines.append("Classeurs :")
    for (file, present), sheets in progress(study.partnership).groupby(["file", "present"], sort=False):
        said = []
        for row in sheets.to_dict("records"):
            text = f"{row['title']} : {counted(row['lines'], 'ligne') if row['lines'] else 'vide'}"
            text += f", {number(row['filled'] * 100, 0, '%')} des cases" if row["lines"] else ""
            text += f", {row['to_confirm']} à confirmer" if row["to_confirm"] else ""
            text += f", {row['to_complete']} à compléter" if row["to_complete"] else ""
            said.append(text)
        lines.append(f"  {file} — {' ; '.join(said) if present else 'absent'}")
    return [*lines, *received_lines(study.answers)]


def agreement_lines(study: Study) -> list[str]:
    """Lines of each sheet of the convention's workbooks; which are absent."""
    from ctg_lib.display.typography import counted
    from ctg_lib.partnership.progress import progress_of

    agreed = study.agreement
    add = f"ctg study agreement {study.id}"
    if not agreed.filled:
        return [f"Convention : aucun classeur ({add} les écrit)"]
    lines, absent = ["Convention :"], []
    for (file, present), sheets in progress_of(agreed, agreed.books).groupby(["file", "present"], sort=False):
        filled = [
            f"{row['title']} : {counted(row['lines'], 'ligne')}"
            for row in sheets.to_dict("records")
            if row["lines"]
        ]
        if present:
            lines.append(f"  {file} — {' ; '.join(filled) or 'vide'}")
        else:
            absent.append(str(file))
    return [*lines, *([f"  absents : {', '.join(absent)} ({add} les écrit)"] if absent else [])]


def received_lines(answers: Answers) -> list[str]:
    """Answers of partners: file, figures read, figures kept, day sent."""
    from ctg_lib.display.typography import counted
    from ctg_lib.workbooks.moments import day_in_words

    lines = []
    for row in answers.received.to_dict("records"):
        sent = f", reçu le {day_in_words(row['sent'].date())}" if row["sent"] == row["sent"] else ""
        kept = counted(row["used"], "chiffre retenu", "chiffres retenus")
        lines.append(f"  {row['file']} — {counted(row['figures'], 'chiffre')}, {kept}{sent}")
    return ["Réponses de partenaires :", *lines] if lines else ["Réponses de partenaires : aucune"]


def later_lines(study: Study) -> list[str]:
    """How many files the study's date leaves out, and by which date each was judged."""
    from ctg_lib.display.typography import counted

    later, dated = study.horizon.later, study.horizon.dated
    if not later:
        return []
    lines = [f"Données : {study.horizon.sentence()}"]
    if dated:
        lines.append(f"  d’après leur date de parution : {counted(len(dated), 'fichier')}")
    if len(later) > len(dated):
        undated = counted(len(later) - len(dated), "fichier")
        lines.append(f"  d’après leur date de relevé, faute de date de parution au manifeste : {undated}")
        lines.append(
            "  Si l’un d’eux avait paru avant l’étude, écrivez sa date de parution (published_on) dans"
            f" {study.manifest.path.name}."
        )
    return lines
