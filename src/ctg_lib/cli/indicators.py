"""``ctg indicators``: list, definition, tables to take away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ctg_lib.cli.common import (
    DebugOption,
    StudyArgument,
    build_data,
    group,
    opened_study,
    print_lines,
    shown,
    this_project,
    words,
)
from ctg_lib.cli.indicator_lines import coverage_lines, definition_lines, known_lines, value_lines
from ctg_lib.errors import BadInput

FolderOption = Annotated[
    Path | None, typer.Option(metavar="DOSSIER", help="Par défaut outputs/<étude>/data.")
]


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
    project = this_project()
    print_lines([*definition_lines(rule), "", *known_lines(rule, project)])
    if study:
        print_lines(["", *value_lines(rule, opened_study(study, project))])


def indicators_export(
    study: StudyArgument,
    formats: Annotated[
        str, typer.Option("--format", metavar="csv,parquet,xlsx", help="Formats voulus.")
    ] = "csv,parquet,xlsx",
    output: FolderOption = None,
    debug: DebugOption = False,
) -> None:
    """Écrire les indicateurs d’une étude en tableaux."""
    from ctg_lib.build import export
    from ctg_lib.errors import found_expected
    from ctg_lib.study.extras import study_coverage

    wanted = words(formats)
    for name in wanted:
        if name not in export.FORMATS:
            raise BadInput(found_expected("--format", name, ", ".join(export.FORMATS)))
    opened = opened_study(study)
    build_data(opened.project)
    folder = output or opened.project.outputs / opened.id / "data"
    paths = export.write_export(opened, opened.export(), folder, wanted)
    for path in [*paths, export.write_coverage(study_coverage(opened), folder, fictif=opened.fictif)]:
        print(shown(path))


def indicators_coverage(
    study: StudyArgument, output: FolderOption = None, debug: DebugOption = False
) -> None:
    """Dire quelles lignes du catalogue ont une valeur, et pourquoi les autres n’en ont pas."""
    from ctg_lib.build import export
    from ctg_lib.study.extras import study_coverage

    opened = opened_study(study)
    build_data(opened.project)
    frame = study_coverage(opened)
    print_lines(coverage_lines(frame, opened.territory.name))
    path = export.write_coverage(
        frame, output or opened.project.outputs / opened.id / "data", fictif=opened.fictif
    )
    print(shown(path))


app = group(
    "Indicateurs : liste, définition, tableaux à emporter.",
    {
        "list": indicators_list,
        "show": indicators_show,
        "export": indicators_export,
        "coverage": indicators_coverage,
    },
)
