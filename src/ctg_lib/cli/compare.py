"""``ctg study compare``: what changed from one edition to the next."""

from __future__ import annotations

from typing import Annotated

import typer

from ctg_lib.cli.common import DebugOption, opened_study, print_lines
from ctg_lib.errors import BadInput


def study_compare(
    before: Annotated[
        str,
        typer.Argument(
            metavar="ANCIENNE",
            help="L’étude la plus ancienne ; seule : celle que l’on compare à sa précédente.",
        ),
    ],
    after: Annotated[str, typer.Argument(metavar="NOUVELLE", help="L’étude la plus récente.")] = "",
    debug: DebugOption = False,
) -> None:
    """Comparer deux éditions : chiffres, constats, actions, indicateurs du plan."""
    from ctg_lib.study.editions import compare_editions, lines_of, previous_of

    first = opened_study(before)
    if after:
        found = compare_editions(first, opened_study(after, first.project))
    else:
        earlier = previous_of(first)
        if earlier is None:
            raise BadInput(
                f"« {first.id} » ne dit pas quelle étude la précède (« previous: » dans study.yml) : "
                "donner les deux études."
            )
        found = compare_editions(earlier, first)
    print_lines(lines_of(found))
