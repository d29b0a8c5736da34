"""``ctg study``: a study's folder is made here, checked, listened to and written for in rooms beside."""

from __future__ import annotations

from typing import Annotated

import typer

from ctg_lib.cli.answers import study_erase, study_verbatims
from ctg_lib.cli.check import study_check
from ctg_lib.cli.common import DebugOption, closed_elsewhere, ensure_data, group, shown, this_project
from ctg_lib.cli.compare import study_compare
from ctg_lib.cli.findings import study_findings
from ctg_lib.cli.handouts import study_guides, study_questionnaires, study_requests
from ctg_lib.cli.proposals import study_agreement, study_crossing, study_plan
from ctg_lib.cli.trace import study_trace
from ctg_lib.errors import BadInput


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

    project = this_project()
    ensure_data(project)
    opened = new_study(project, codes, id)
    folder = project.studies / opened.id
    with closed_elsewhere():
        written = create(opened, folder)
    if not written:
        raise BadInput(f"{shown(folder, project.root)} existe déjà : il n’est pas écrasé.")
    names = {path.relative_to(folder).as_posix() for path in written}
    for name in file_names():
        if name in names or (folder / name).exists():
            kept = "" if name in names else " existe déjà : il n’est pas écrasé"
            print(f"{shown(folder / name)}{kept or ' créé'}")
    print("Suite : remplir les classeurs, écrire dans consultation.yml ce qui est prévu pour écouter, puis")
    print(f"ctg study check {opened.id} et ctg report {opened.id}")
    print(f"Enquêtes : ctg study questionnaires {opened.id} ; réunions : ctg study guides {opened.id}")
    print("Pour informer : info-flash/1.yml, le premier numéro ; « ctg documents » en fait deux pages")
    print(f"Des constats au plan d’action, le moment venu : ctg study agreement {opened.id}")


app = group(
    "Études : en créer une, la vérifier, demander, écouter, puis aller des constats au plan d’action.",
    {
        "new": study_new,
        "check": study_check,
        "requests": study_requests,
        "questionnaires": study_questionnaires,
        "guides": study_guides,
        "verbatims": study_verbatims,
        "erase": study_erase,
        "agreement": study_agreement,
        "findings": study_findings,
        "crossing": study_crossing,
        "plan": study_plan,
        "trace": study_trace,
        "compare": study_compare,
    },
)
