"""The ``ctg`` command. Exit codes: 0 done, 1 failed, 2 bad input.

Only what help pages need is imported here; pandas, geography and Jupyter come inside the commands.
Results go to standard output; progress and errors go to standard error.
"""

from __future__ import annotations

import io
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from ctg_lib import __version__
from ctg_lib.cli_french import FrenchCommand, FrenchGroup
from ctg_lib.errors import BadInput, CtgError

if TYPE_CHECKING:
    import pandas as pd

    from ctg_lib.build.national import DataReport
    from ctg_lib.build.report import ReportResult
    from ctg_lib.documents.consultation.verbatim_sheet import Written
    from ctg_lib.indicators.registry import Definition
    from ctg_lib.partnership.answers import Answers
    from ctg_lib.project import Project
    from ctg_lib.study import Study
    from ctg_lib.workbooks.problems import Problem

KERNEL = "ctg"
EXPLORER = "explorer"
"""Folder of the exploring notebook, in ``notebooks``."""
_DEBUG = "ctg.debug"
_TERRITORY = (
    "Identifiant d’une étude (dossier de data/raw/studies), ou code SIREN ou nom d’une intercommunalité."
)


def _debug(context: typer.Context, wanted: bool) -> bool:
    if wanted:
        context.meta[_DEBUG] = True
    return wanted


StudyArgument = Annotated[str, typer.Argument(metavar="ÉTUDE", help=_TERRITORY)]
ForceOption = Annotated[bool, typer.Option("--force", help="Tout refaire, même si rien n’a changé.")]
DebugOption = Annotated[
    bool, typer.Option("--debug", callback=_debug, help="Montrer la trace complète d’une erreur.")
]


class _Group(FrenchGroup):
    """The whole command: an error that a user can act on is one message, not a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except CtgError as error:
            if ctx.meta.get(_DEBUG):
                raise
            print(f"Erreur : {error}", file=sys.stderr)
            raise typer.Exit(error.exit_code) from None


def _app(help_text: str, group: type[FrenchGroup] = FrenchGroup) -> typer.Typer:
    return typer.Typer(
        cls=group, help=help_text, no_args_is_help=True, add_completion=False, rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )  # fmt: skip


app = _app("Diagnostic de territoire pour la Convention Territoriale Globale (CTG).", _Group)
data_app = _app("Fichiers bruts, observations, indicateurs.")
indicators_app = _app("Indicateurs : liste, définition, tableaux à emporter.")
study_app = _app("Études : en créer une, la vérifier, demander des données aux partenaires.")
app.add_typer(data_app, name="data")
app.add_typer(indicators_app, name="indicators")
app.add_typer(study_app, name="study")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"ctg {__version__}")
        raise typer.Exit(0)


@app.callback()
def root(
    debug: DebugOption = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Version du programme.")
    ] = False,
) -> None:
    """Diagnostic de territoire pour la Convention Territoriale Globale (CTG)."""


# --- report ------------------------------------------------------------------------------------------


@app.command(cls=FrenchCommand)
def report(
    study: StudyArgument,
    chapters: Annotated[
        str,
        typer.Option(
            metavar="04,10", help="Chapitres à exécuter ; les autres viennent du rapport précédent."
        ),
    ] = "",
    formats: Annotated[
        str, typer.Option("--format", metavar="html,pdf,docx", help="Le HTML est toujours fait.")
    ] = "html",
    assembler: Annotated[
        str | None,
        typer.Option(
            metavar="quarto|nbconvert", help="Par défaut Quarto s’il est installé, sinon nbconvert."
        ),
    ] = None,
    keep_project: Annotated[
        bool,
        typer.Option("--keep-project", help="Garder le projet de Quarto, pour « quarto preview »."),
    ] = False,
    workers: Annotated[
        int,
        typer.Option(min=1, metavar="N", show_default=False, help="Chapitres exécutés en même temps (2)."),
    ] = 2,
    force: ForceOption = False,
    debug: DebugOption = False,
) -> None:
    """Faire le rapport d’un territoire."""
    from ctg_lib.build.progress import Display
    from ctg_lib.build.report import build_report, plan_report
    from ctg_lib.build.swap import repair

    project = _project()
    plan = plan_report(
        project, study, chapters=_words(chapters), formats=_words(formats), assembler=assembler,
        keep_project=keep_project,
    )  # fmt: skip
    with Display() as display:
        for mended in repair(project.outputs):
            display.say(f"sorties de {mended} remises en ordre après une commande interrompue")
        if plan.notice:
            display.say(plan.notice)
        result = build_report(
            project,
            plan,
            workers=workers,
            force=force,
            say=display.say,
            detail=display.detail,
            on_event=display.event,
        )
    _print(report_summary(result, Path.cwd()))


def report_summary(result: ReportResult, here: Path) -> list[str]:
    """The closing lines of ``ctg report``: where, how long, from what, what is missing."""
    from ctg_lib.build.progress import duration
    from ctg_lib.build.report import missing_sentences, provenance_summary
    from ctg_lib.display.typography import counted

    lines = ["", f"Rapport : {_shown(result.index, here)}", f"Territoire : {result.territory}"]
    lines += ["", "Chapitres"]
    lines += [f"  {chapter.slug} : {duration(chapter.seconds)}" for chapter in result.chapters]
    lines += [f"  {slug} : repris du rapport précédent, non réexécuté" for slug in result.kept]
    lines += [f"  {slug} : absent du rapport (jamais exécuté)" for slug in result.absent]
    lines += ["", f"Sources : {counted(len(result.sources), 'fichier utilisé', 'fichiers utilisés')}"]
    lines += [f"  {line}" for line in provenance_summary(result.sources)]
    lines += ["", f"Indicateurs : {result.known} sur {result.total} ont une valeur pour le territoire."]
    lines += [f"  {sentence}" for sentence in missing_sentences(result.missing)]
    lines += ["", "Fichiers"] + [f"  {_shown(path, here)}" for path in result.files]
    parts = [
        f"données {duration(result.data.seconds)}",
        f"assemblage par {result.assembler} {duration(result.assembly_seconds)}",
    ]
    return [*lines, "", f"Durée totale : {duration(result.seconds)} ({', '.join(parts)})."]


# --- data --------------------------------------------------------------------------------------------


@data_app.command("build", cls=FrenchCommand)
def data_build(force: ForceOption = False, debug: DebugOption = False) -> None:
    """Construire les observations et les indicateurs."""
    from ctg_lib.build.national import build_data
    from ctg_lib.build.progress import Display
    from ctg_lib.manifest import load_manifest

    project = _project()
    with Display() as display:
        done = build_data(project, force=force, progress=display.say, detail=display.detail)
    _print(data_summary(done, [(e.short, e.provenance) for e in load_manifest(project.manifest)]))


def data_summary(done: DataReport, sources: Iterable[tuple[str, str]]) -> list[str]:
    """What ``ctg data build`` made, from which vintages, and how long it took."""
    from ctg_lib.build.progress import duration
    from ctg_lib.display.typography import number
    from ctg_lib.manifest import PROVENANCES

    lines = [f"{done.store} ({duration(done.store_seconds)})"]
    what = "calculés" if done.table.built else "à jour, rien à faire"
    lines.append(
        f"Indicateurs de tous les territoires {what} : {done.table.indicators} indicateurs, "
        f"{number(done.table.rows)} valeurs ({duration(done.table_seconds)})"
    )
    names = dict.fromkeys(f"{short} ({PROVENANCES[provenance]})" for short, provenance in sources)
    return [*lines, "Sources et millésimes :", *(f"  {name}" for name in names)]


@data_app.command("verify", cls=FrenchCommand)
def data_verify(debug: DebugOption = False) -> None:
    """Vérifier fichiers, nombres de lignes et totaux."""
    from ctg_lib.build.store import verify_store

    _print(verify_store(_project()))


@data_app.command("status", cls=FrenchCommand)
def data_status(debug: DebugOption = False) -> None:
    """Dire ce que le projet contient et s’il est à jour."""
    from ctg_lib.build.national import freshness
    from ctg_lib.build.store import status
    from ctg_lib.manifest import PROVENANCES

    project = _project()
    frame = status(project)
    frame["provenance"] = frame["provenance"].map(PROVENANCES)
    for publisher, rows in frame.groupby("publisher", sort=False):
        print(publisher)
        for row in rows.itertuples():
            print(f"  {row.state:<8} {row.vintage:<16} {row.provenance:<26} {row.path}")
    _print(["", *freshness(project)])


@data_app.command("fetch", cls=FrenchCommand)
def data_fetch(
    territory: Annotated[
        str, typer.Option(metavar="CODE", help="Limiter les gros jeux à ce territoire et à ses voisins.")
    ] = "",
    national: Annotated[bool, typer.Option("--national", help="Prendre les fichiers entiers.")] = False,
    only: Annotated[
        str, typer.Option(metavar="ID,…", help="Seulement ces fichiers (data/raw/catalogue.yml).")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Télécharger sans poser de question.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Montrer le plan, sans télécharger.")] = False,
    timeout: Annotated[
        float,
        typer.Option(min=1, metavar="S", show_default=False, help="Secondes de silence acceptées (60)."),
    ] = 60,
    accept_columns: Annotated[
        bool, typer.Option("--accept-columns", help="Prendre un fichier dont les colonnes ont changé.")
    ] = False,
    accept_losses: Annotated[
        bool,
        typer.Option("--accept-losses", help="Prendre un fichier qui ne parle plus de tout un territoire."),
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Télécharger les fichiers des éditeurs, et dire quels chiffres changent."""
    from ctg_lib.build.fetch import Request, World, fetch
    from ctg_lib.build.progress import Display

    asked = Request(
        territory, national, tuple(_words(only)), yes, dry_run, timeout, accept_columns, accept_losses
    )
    with Display() as display:
        world = World(say=display.say, detail=display.detail, ask=_ask if sys.stdin.isatty() else None)
        code = fetch(_project(), asked, world)
    raise typer.Exit(code)


def _ask(question: str) -> bool:
    """A question on standard error; only « o » or « oui » is a yes."""
    print(f"{question} [o/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("o", "oui")


# --- indicators --------------------------------------------------------------------------------------


@indicators_app.command("list", cls=FrenchCommand)
def indicators_list(
    theme: Annotated[str, typer.Option(help="Un seul thème (population, petite_enfance, emploi…).")] = "",
    debug: DebugOption = False,
) -> None:
    """Lister les indicateurs, par thème, avec les lignes du catalogue auxquelles ils répondent."""
    from ctg_lib.errors import found_expected
    from ctg_lib.indicators.catalogue import ROWS
    from ctg_lib.indicators.registry import THEMES, iter_definitions

    if theme and theme not in THEMES:
        raise BadInput(found_expected("--theme", theme, ", ".join(THEMES)))
    rules = [rule for rule in iter_definitions() if theme in ("", rule.theme)]
    width = max((len(rule.id) for rule in rules), default=0)
    answered = max((len(rule.row) for rule in rules), default=0)
    for key, title in THEMES.items():
        inside = [rule for rule in rules if rule.theme == key]
        if inside:
            print(f"{title} ({key})")
        for rule in inside:
            mark = " — annexe" if rule.annex else ""
            print(f"  {rule.row:<{answered}}  {rule.id:<{width}}  {rule.label} ({rule.unit}){mark}")
    asked = sum(not row.open for row in ROWS)
    print()
    print(f"{len(rules)} indicateurs.")
    print(f"Le catalogue a {len(ROWS)} lignes, dont {asked} à demander aux partenaires.")
    print("Lesquelles ont une valeur : ctg indicators coverage ÉTUDE.")


@indicators_app.command("show", cls=FrenchCommand)
def indicators_show(
    indicator: Annotated[
        str, typer.Argument(metavar="INDICATEUR", help="Identifiant (ctg indicators list).")
    ],
    study: Annotated[str, typer.Option(metavar="ÉTUDE", help="Donner sa valeur pour ce territoire.")] = "",
    debug: DebugOption = False,
) -> None:
    """Définir un indicateur ; sa valeur pour une étude."""
    from ctg_lib.indicators.registry import definition

    rule = definition(indicator)
    project = _project()
    _print([*definition_lines(rule), "", *known_lines(rule, project)])
    if study:
        _print(["", *value_lines(rule, _open(study, project))])


def definition_lines(rule: Definition) -> list[str]:
    """An indicator's registration in words."""
    from ctg_lib.build.export import meaningful_text
    from ctg_lib.indicators.catalogue import rows_of
    from ctg_lib.indicators.registry import THEMES
    from ctg_lib.study.chapters.indicateurs import AGGREGATIONS
    from ctg_lib.values import LEVEL_LABELS

    better = {"higher": "plus haut", "lower": "plus bas", None: "ni l’un ni l’autre"}
    annex = " — annexe : trompeur dans un petit territoire" if rule.annex else ""
    lines = [
        f"{rule.id} — {rule.label}",
        f"Thème : {THEMES[rule.theme]}{annex}",
        *(f"Catalogue : {row.id} — {row.label} ({row.source})" for row in rows_of(rule)),
        f"Unité : {rule.unit}",
        f"Définition : {rule.definition}",
        f"Pour un territoire plus large : {AGGREGATIONS[rule.aggregation]}",
        f"Niveau le plus fin : {LEVEL_LABELS[rule.finest_level]}",
        f"Plus petit écart qui compte : {meaningful_text(rule)}",
        f"Favorable : {better[rule.better]}",
    ]
    if rule.min_base:
        lines.append(f"Pas de taux sous une base de {rule.min_base:g}")
    if rule.min_count:
        lines.append(f"Pas de valeur sous un effectif de {rule.min_count:g}")
    if rule.sensitive:
        lines.append("Donnée sensible : seuil de publication relevé")
    if rule.sampled:
        lines.append("Issu d’un sondage (exploitation complémentaire) : un intervalle accompagne la valeur")
    if rule.breaks:
        lines.append(f"Rupture de série : {', '.join(rule.breaks)} (ne se compare pas aux années d’avant)")
    if rule.leave_one_out:
        lines.append("Donné aussi sans la commune qui le déforme, s’il y en a une")
    if rule.caution:
        lines.append(f"Prudence : {rule.caution}")
    return lines + [f"Référence : {reference}" for reference in rule.references]


def known_lines(rule: Definition, project: Project) -> list[str]:
    """At which levels, for which periods and how many territories the indicator is known."""
    from ctg_lib.display.typography import counted
    from ctg_lib.indicators import national
    from ctg_lib.study.extras import known_matrix
    from ctg_lib.values import LEVEL_LABELS

    if not (project.processed / national.FILE).is_file():
        return ["Données pas encore construites : ctg data build."]
    rows = national.read_table(project.processed, ids=[rule.id])
    rows = rows[rows["value"].notna() | rows["lower"].notna()]
    matrix = known_matrix(rows)
    if matrix.empty:
        return ["Aucune valeur dans les données réunies."]
    lines = ["Connu pour :"]
    for level in matrix.columns:
        here = matrix.index[matrix[level].gt(0)]
        places = counted(rows.loc[rows["level"].eq(level), "code"].nunique(), "territoire")
        span = ", ".join(here) if len(here) <= 6 else f"{here[0]} … {here[-1]}"
        lines.append(f"  {LEVEL_LABELS[level]} : {places}, {span}")
    names = [LEVEL_LABELS[level] for level in matrix.columns]
    widths = [max(len(name), 6) for name in names]
    first = max(len("Période"), *(len(str(period)) for period in matrix.index))
    lines += ["", "Nombre de territoires connus :"]
    heads = [f"{name:>{width}}" for name, width in zip(names, widths, strict=True)]
    lines.append("  ".join([f"  {'Période':<{first}}", *heads]))
    for period, counts in matrix.iterrows():
        cells = [f"{int(n):>{w}}" if n else f"{'—':>{w}}" for n, w in zip(counts, widths, strict=True)]
        lines.append("  ".join([f"  {period:<{first}}", *cells]))
    return lines


def value_lines(rule: Definition, study: Study) -> list[str]:
    """An indicator's latest value for the study's territory and those it is compared with."""
    compared = study.compare(rule.id)
    lines = [f"{study.territory.name} : {_value_text(compared.value, rule.unit)}"]
    source = study.source_line(compared.value)
    if source:
        lines.append(f"  Source : {source}")
    from ctg_lib.study.core import as_value

    for _, row in compared.references.iterrows():
        lines.append(f"{row['name']} : {_value_text(as_value(row, rule), rule.unit)}")
    if not compared.value.is_number and not compared.value.is_range:
        rows = study.table(rule.id, [study.place])
        details = rows.loc[rows["value"].notna(), "breakdown"].nunique()
        if details:
            lines.append(f"  {details} valeurs détaillées : ctg indicators export {study.id}")
    return lines


def _value_text(value: Any, unit: str) -> str:
    from ctg_lib.display.prose import year_of
    from ctg_lib.display.typography import value_text

    known = value.is_number or value.is_range
    text = value_text(value, with_unit=False) + (f" {unit}" if known else "")
    return f"{text} ({year_of(value.period)})" if known and value.period else text


@indicators_app.command("export", cls=FrenchCommand)
def indicators_export(
    study: StudyArgument,
    formats: Annotated[
        str, typer.Option("--format", metavar="csv,parquet,xlsx", help="Formats voulus.")
    ] = "csv,parquet,xlsx",
    output: Annotated[
        Path | None, typer.Option(metavar="DOSSIER", help="Par défaut outputs/<étude>/data.")
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Écrire les indicateurs d’une étude en tableaux."""
    from ctg_lib.build import export
    from ctg_lib.build.national import build_data
    from ctg_lib.build.progress import Display
    from ctg_lib.errors import found_expected
    from ctg_lib.study.extras import study_coverage

    wanted = _words(formats)
    for name in wanted:
        if name not in export.FORMATS:
            raise BadInput(found_expected("--format", name, ", ".join(export.FORMATS)))
    project = _project()
    opened = _open(study, project)
    with Display() as display:
        build_data(project, progress=display.say, detail=display.detail)
    folder = output or project.outputs / opened.id / "data"
    paths = export.write_export(opened, opened.export(), folder, wanted)
    for path in [*paths, export.write_coverage(study_coverage(opened), folder, fictif=opened.fictif)]:
        print(_shown(path, Path.cwd()))


@indicators_app.command("coverage", cls=FrenchCommand)
def indicators_coverage(
    study: StudyArgument,
    output: Annotated[
        Path | None, typer.Option(metavar="DOSSIER", help="Par défaut outputs/<étude>/data.")
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Dire quelles lignes du catalogue ont une valeur, et pourquoi les autres n’en ont pas."""
    from ctg_lib.build import export
    from ctg_lib.build.national import build_data
    from ctg_lib.build.progress import Display
    from ctg_lib.study.extras import study_coverage

    project = _project()
    opened = _open(study, project)
    with Display() as display:
        build_data(project, progress=display.say, detail=display.detail)
    frame = study_coverage(opened)
    _print(coverage_lines(frame, opened.territory.name))
    path = export.write_coverage(frame, output or project.outputs / opened.id / "data", fictif=opened.fictif)
    print(_shown(path, Path.cwd()))


def coverage_lines(frame: pd.DataFrame, place: str) -> list[str]:
    """A study's coverage: totals, then one line per row, with where it is known or why it is not."""
    from ctg_lib.indicators.coverage import summary
    from ctg_lib.indicators.registry import THEMES

    lines = [*summary(frame, place), ""]
    marks = {"territoire": "T", "departement": "D", "region": "R", "france": "F"}
    lines.append("T territoire, D département, R région, F France ; t : en partie seulement")
    for theme, rows in frame.groupby("theme", sort=False):
        lines += ["", THEMES[str(theme)]]
        for _, row in rows.iterrows():
            known = "".join(mark if row[column] else "·" for column, mark in marks.items())
            known = known.replace("·", "t", 1) if row["inside"] or row["near"] else known
            lines.append(f"  {row['row']}  {known}  {row['label']}{' — annexe' if row['annex'] else ''}")
            if row["reason"]:
                lines.append(f"             {row['reason']}")
    return lines


# --- study -------------------------------------------------------------------------------------------


@study_app.command("new", cls=FrenchCommand)
def study_new(
    codes: Annotated[
        list[str],
        typer.Argument(
            metavar="CODE…",
            help="Code SIREN ou nom d’une intercommunalité, ou de plusieurs qui signent ensemble.",
        ),
    ],
    id: Annotated[
        str,
        typer.Option("--id", metavar="NOM", help="Nom du dossier ; par défaut les codes, joints par « - »."),
    ] = "",
    debug: DebugOption = False,
) -> None:
    """Créer le dossier d’une étude : réglages et classeurs à remplir."""
    from ctg_lib.documents.study_folder import create, file_names, new_study

    project = _project()
    _built(project)
    opened = new_study(project, codes, id)
    folder = project.studies / opened.id
    with _closed_elsewhere():
        written = create(opened, folder)
    if not written:
        raise BadInput(f"{_shown(folder, project.root)} existe déjà : il n’est pas écrasé.")
    names = {path.relative_to(folder).as_posix() for path in written}
    for name in file_names():
        kept = "" if name in names else " existe déjà : il n’est pas écrasé"
        print(f"{_shown(folder / name, Path.cwd())}{kept or ' créé'}")
    print("Suite : remplir les classeurs, écrire dans consultation.yml ce qui est prévu pour écouter, puis")
    print(f"ctg study check {opened.id} et ctg report {opened.id}")
    print(f"Enquêtes : ctg study questionnaires {opened.id} ; réunions : ctg study guides {opened.id}")


def _built(project: Project) -> None:
    """Build the data when they never were: workbooks are prefilled from them."""
    from ctg_lib.indicators import national

    if not (project.processed / national.FILE).is_file():
        from ctg_lib.build.national import build_data
        from ctg_lib.build.progress import Display

        with Display() as display:
            build_data(project, progress=display.say, detail=display.detail)


@study_app.command("check", cls=FrenchCommand)
def study_check(study: StudyArgument, debug: DebugOption = False) -> None:
    """Relire tout ce qu’une étude contient, et dire ce qui ne va pas."""
    project = _project()
    opened = _open(study, project)
    from ctg_lib.study import voices

    written = voices.reviewed(opened, model=None)
    problems = study_problems(
        opened, today=_today(), more=[*written.problems, *voices.names_in_words(opened)]
    )
    told = [*study_lines(opened, project), *filling_lines(opened), *voices.lines(opened, written)]
    _print([*told, *problem_lines(problems)])
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
    from ctg_lib.workbooks.problems import ordered

    found = study.problems if today is None or today <= study.as_of else problems_of(study, today)
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


@study_app.command("guides", cls=FrenchCommand)
def study_guides(
    study: StudyArgument,
    output: Annotated[
        Path | None, typer.Option(metavar="DOSSIER", help="Par défaut outputs/guides/<étude>.")
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Écrire les guides d’entretien, de rencontre, de forum et de séminaire, et la grille de codage."""
    from ctg_lib.consultation.folder import FOLDER
    from ctg_lib.documents.consultation.guides import write_guides

    project = _project()
    opened = _open(study, project)
    with _closed_elsewhere():
        written = write_guides(opened, output)
    for path in written:
        print(_shown(path, Path.cwd()))
    books = _shown(project.studies / opened.id / FOLDER, Path.cwd())
    print(f"Suite : imprimer, recopier et coder ce qui est dit dans les classeurs de {books}")
    print(f"(ctg study new {opened.id} crée ceux qui manquent), puis ctg study check {opened.id}")


@study_app.command("requests", cls=FrenchCommand)
def study_requests(
    study: StudyArgument,
    output: Annotated[
        Path | None, typer.Option(metavar="DOSSIER", help="Par défaut outputs/demandes/<étude>.")
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Écrire les demandes de données : une lettre et un classeur par partenaire."""
    from ctg_lib.documents.requests import write_requests
    from ctg_lib.partnership.books.suivi import FILE
    from ctg_lib.partnership.requests import FOLDER

    project = _project()
    opened = _open(study, project)
    with _closed_elsewhere():
        written = write_requests(opened, output)
    for path in written:
        print(_shown(path, Path.cwd()))
    answers = _shown(project.studies / opened.id / FOLDER, Path.cwd())
    print("Suite : compléter les passages surlignés des lettres, les envoyer avec leur classeur, noter")
    print(f"les dates dans {FILE}, poser les réponses dans {answers}, puis ctg study check {opened.id}")


@study_app.command("verbatims", cls=FrenchCommand)
def study_verbatims(study: StudyArgument, debug: DebugOption = False) -> None:
    """Écrire le classeur où relire les réponses libres, noms masqués, avant d’en imprimer une."""
    from ctg_lib.documents.consultation.verbatim_sheet import write_verbatims

    project = _project()
    opened = _open(study, project)
    with _closed_elsewhere():
        written = write_verbatims(opened)
    if written.problems:
        _print(problem_lines(written.problems))
        raise BadInput(
            f"{_shown(written.path, Path.cwd())} n’est pas récrit : ces cellules seraient perdues. Les "
            "corriger, puis relancer."
        )
    _print(verbatim_lines(written, opened.id, Path.cwd()))
    if written.doubts:
        _print(problem_lines(written.doubts))


def verbatim_lines(written: Written, id: str, here: Path) -> list[str]:
    """What the workbook of open answers holds, and what is to be done with it."""
    from ctg_lib.consultation.books.verbatims import DECISIONS
    from ctg_lib.display.typography import counted

    if not written.lines:
        return ["Aucune réponse libre : rien à relire."]
    said = [f"{DECISIONS[code]} : {n}" for code, n in (written.decisions or {}).items()]
    names = "règles et modèle de langue" if written.model else "règles seules (extra « survey » absent)"
    return [
        _shown(written.path, here),
        f"{counted(written.lines, 'réponse libre', 'réponses libres')}, dont "
        f"{counted(written.new, 'nouvelle')} ; {counted(written.dropped, 'retirée')}. {' ; '.join(said)}.",
        f"Noms masqués par {names} : une personne relit tout avant d’imprimer.",
        f"Suite : remplir « Décision », puis ctg study check {id} et ctg report {id}",
    ]


@study_app.command("erase", cls=FrenchCommand)
def study_erase(
    study: StudyArgument,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Code de suppression reçu par la personne.")],
    yes: Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation.")] = False,
    debug: DebugOption = False,
) -> None:
    """Effacer les réponses d’une personne, par le code qui lui a été remis."""
    from ctg_lib.build.swap import held
    from ctg_lib.consultation.erasing import erase, plan
    from ctg_lib.consultation.folder import FOLDER

    project = _project()
    opened = _open(study, project)
    folder = project.studies / opened.id / FOLDER
    planned = plan(folder, code)
    if not planned.code:
        raise BadInput("ce code n’en est pas un : trouvé moins de quatre lettres ou plus de quarante.")
    if not planned.found:
        _print(_unseen_lines(planned.unseen))
        if planned.before:
            print("Ces réponses sont déjà effacées : aucun fichier ne porte plus ce code.")
            with _closed_elsewhere(), held(project.outputs, opened.id):
                _print(_forget(project, opened.id))
            return
        raise BadInput("aucun fichier de l’étude ne porte ce code : rien n’est changé.")
    print("Lignes à effacer :")
    _print(f"  {found.words}" for found in planned.found)
    if not yes and not _agreed("Les effacer pour toujours ?"):
        print("Rien n’est changé.")
        raise typer.Exit(1)
    with _closed_elsewhere(), held(project.outputs, opened.id):  # no report is made of them meanwhile
        done = erase(folder, code)
        print("Effacé.")
        _print(_forget(project, opened.id))
    _print(_unseen_lines(done.unseen))
    print(
        "Suite : effacer aussi la réponse dans l’outil d’enquête, détruire le formulaire s’il est sur papier,"
    )
    print(
        "effacer ce qui a été copié ou envoyé ailleurs (Word, PDF, carnet enregistré dans JupyterLab), puis"
    )
    print(f"refaire le rapport : ctg report {opened.id}")
    if done.unseen:
        raise typer.Exit(1)


def _agreed(question: str) -> bool:
    """Whether whoever runs the command says yes; where nobody can answer, no."""
    try:
        return input(f"{question} [o/N] ").strip().lower() in ("o", "oui")
    except EOFError:
        print()
        return False


def _unseen_lines(unseen: Sequence[str]) -> list[str]:
    return ["À vérifier à la main :", *(f"  {line}" for line in unseen)] if unseen else []


def _forget(project: Project, study_id: str) -> list[str]:
    """Remove all that was made of a study's answers, and say what; the lock of its outputs is held.

    Report, chapters, search index and tables, results and logs of the last run, tables kept between
    commands: each is made again by ``ctg report``.
    """
    import shutil

    from ctg_lib.build import swap
    from ctg_lib.study import kept

    gone = [project.outputs / study_id] if swap.remove(project.outputs, study_id) else []
    for folder in (
        *(project.scratch / part / study_id for part in ("cache", "log", "quarto")),
        project.processed / kept.FOLDER / study_id,
    ):
        if folder.is_dir():
            shutil.rmtree(folder)
            gone.append(folder)
    if not gone:
        return []
    shown = ", ".join(_shown(folder, project.root) for folder in gone)
    return [f"Retiré aussi, car fait avec ces réponses : {shown}"]


@study_app.command("questionnaires", cls=FrenchCommand)
def study_questionnaires(
    study: StudyArgument,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Ce questionnaire seul (à répéter) ; par défaut ceux qui sont prévus."
        ),
    ] = None,
    copies: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="Exemplaires numérotés du PDF sur papier ; 0 : un, sans code."),
    ] = 20,
    first: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, help="Numéro du premier code : la suite d’une impression précédente."
        ),
    ] = 1,
    output: Annotated[
        Path | None, typer.Option(metavar="DOSSIER", help="Par défaut outputs/questionnaires/<étude>.")
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Écrire les questionnaires : LimeSurvey, ODK ou Kobo, papier (PDF et Word), saisie."""
    from ctg_lib.consultation.folder import FOLDER
    from ctg_lib.consultation.settings import ANSWERS
    from ctg_lib.display.typography import enumerate_fr
    from ctg_lib.documents.consultation.questionnaires import to_complete, write_questionnaires

    project = _project()
    opened = _open(study, project)
    with _closed_elsewhere():
        written = write_questionnaires(opened, output, only=only or (), copies=copies, first=first)
    for path in written:
        print(_shown(path, Path.cwd()))
    if lacking := to_complete(opened):
        print(f"À compléter avant de distribuer, dans consultation.yml : {enumerate_fr(lacking)}.")
    answers = _shown(project.studies / opened.id / FOLDER / ANSWERS, Path.cwd())
    print(f"Suite : lire {written[0].name}, importer ou imprimer, poser les réponses telles que reçues dans")
    print(f"{answers}, puis ctg study check {opened.id}")


@contextmanager
def _closed_elsewhere() -> Iterator[None]:
    """Windows refuses to replace a file that Word or Excel holds open: said, not a traceback."""
    try:
        yield
    except PermissionError as error:
        name = Path(str(error.filename2 or error.filename or "")).name
        raise BadInput(
            f"{name} : ce fichier ne peut pas être écrit. Le fermer dans Word ou dans le tableur (ou "
            "vérifier les droits du dossier), puis relancer la commande."
        ) from error


def study_lines(study: Study, project: Project) -> list[str]:
    """What a study holds: territory, members, sectors, references, neighbours, date, indicators known."""
    from ctg_lib.build.report import date_in_words, missing_indicators, missing_sentences
    from ctg_lib.display.typography import counted
    from ctg_lib.indicators import national

    here = study.territory
    settings = project.studies / study.id / "study.yml"
    where = _shown(settings, project.root) if settings.is_file() else "valeurs par défaut (pas de study.yml)"
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


# --- lab ---------------------------------------------------------------------------------------------


@app.command(cls=FrenchCommand)
def lab(
    study: Annotated[str, typer.Argument(metavar="ÉTUDE", help="Étude à explorer.")] = "",
    print_only: Annotated[
        bool, typer.Option("--print", help="Écrire la commande sans ouvrir JupyterLab.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Ouvrir JupyterLab sur un notebook pour explorer, noyau prêt ; les chapitres sont à côté."""
    project = _project()
    opened = _open(study, project) if study else None
    folder = project.notebooks / EXPLORER
    opens = folder / f"{opened.id if opened is not None else 'explorer'}.ipynb"
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        str(opens),
        f"--ServerApp.root_dir={project.notebooks}",
        # only `data fetch` uses the network
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
    ]
    if print_only:
        print(subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command))
        return
    _built(project)
    ensure_kernel()
    if opened is not None:
        print(f"{opened.territory.name} : {_exploring(opened.id, opens)}")
    environment = {**os.environ, "CTG_ROOT": str(project.root), "CTG_LAB": "1"}
    raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)


def _exploring(study_id: str, copy: Path) -> str:
    """Make the study's own copy of the exploring notebook, once; what an analyst wrote is never replaced."""
    import json

    if copy.is_file():
        return f"{copy.name} existe déjà : il s’ouvre tel quel. L’effacer pour repartir du modèle."
    model = json.loads((copy.parent / "explorer.ipynb").read_text(encoding="utf-8"))
    for cell in model["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            cell["source"] = [f"study = {json.dumps(study_id)}"]
    copy.write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    return f"{copy.name} est votre copie du notebook ; git ne la suit pas."


def ensure_kernel() -> None:
    """Register the project's Jupyter kernel in this environment when it is absent."""
    from ctg_lib.build.cold import has_kernel

    if has_kernel(KERNEL):
        return
    print(f"Noyau « {KERNEL} » absent : il est installé dans cet environnement.", file=sys.stderr)
    install = [
        "-m",
        "ipykernel",
        "install",
        "--prefix",
        sys.prefix,
        "--name",
        KERNEL,
        "--display-name",
        "CTG",
    ]
    subprocess.run([sys.executable, *install], check=True, stdout=subprocess.DEVNULL)


# --- shared ------------------------------------------------------------------------------------------


def _project() -> Project:
    from ctg_lib.project import find_project

    project = find_project()
    if (project.scratch / "fetch" / "journal.json").is_file():
        from ctg_lib.build.fetch.files import repair

        if mended := repair(project):
            _print([mended])
    return project


def _open(study: str, project: Project) -> Study:
    from ctg_lib.study import open_study

    return open_study(study, project)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _shown(path: Path, here: Path) -> str:
    """A path as the user would type it from ``here``."""
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _utf8(stream: TextIO) -> None:
    """French text survives a Windows console or a pipe that is not UTF-8."""
    if isinstance(stream, io.TextIOWrapper) and (stream.encoding or "").lower().replace("-", "") != "utf8":
        stream.reconfigure(encoding="utf-8", errors="replace")


def _programs_of_this_environment() -> None:
    """Quarto installed beside Python is found even if the environment is not activated."""
    folder = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    if folder not in path.split(os.pathsep):
        os.environ["PATH"] = folder + os.pathsep + path


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the console script."""
    _utf8(sys.stdout)
    _utf8(sys.stderr)
    _programs_of_this_environment()
    app(args=arguments, prog_name="ctg")


if __name__ == "__main__":
    main()
