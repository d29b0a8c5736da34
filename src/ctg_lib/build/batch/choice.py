"""Which territories a batch is about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ctg_lib.display.typography import counted, typeset
from ctg_lib.errors import BadInput, found_expected

if TYPE_CHECKING:
    from ctg_lib.geography import Geography
    from ctg_lib.project import Project

FRANCE = "france"
NAMED = 20
"""Wrong lines of a list that a message names."""
_IDENTIFIER = r"[\w-]{1,100}"
_CUT = re.compile(r"[;,\t]")
_HEADERS = ("code", "siren", "codgeo", "epci", "etude", "étude")
"""What the first line of a list may say instead of a code."""


@dataclass(frozen=True)
class Choice:
    """Territories, in a fixed order.

    Attributes:
        name: of the folder where what is said of all of them lies.
        title: what a reader calls them.
        studies: codes of EPCI, or ids of studies.
    """

    name: str
    title: str
    studies: tuple[str, ...]


def of_departement(geography: Geography, code: str) -> Choice:
    """The EPCI that have a commune in a département; those of two départements are in both.

    Raises:
        BadInput: no such département.
    """
    territory = geography.territory(code, level="departement")
    communes = geography.membership()
    inside = communes.loc[communes["departement"].eq(territory.code), "epci"]
    studies = sorted(set(inside[inside.ne("")].dropna()))
    return Choice(f"departement-{territory.code.lower()}", territory.name, tuple(studies))


def of_france(geography: Geography) -> Choice:
    """Every EPCI of France."""
    return Choice(FRANCE, "France", tuple(sorted(geography.codes("epci"))))


def of_file(project: Project, geography: Geography, path: Path) -> Choice:
    """Those of a list: one EPCI or study per line; what follows ``;``, ``,`` or ``#`` is left out.

    Raises:
        BadInput: no such file, nothing in it, or lines that are neither: all of them are named.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"--codes {path} : fichier absent, ou qui ne peut pas être lu.") from error
    if b"\0" in content:
        raise BadInput(
            f"{path.name} : attendu un texte ou un CSV, pas un classeur ; l’enregistrer au format CSV."
        )
    text = content.decode("utf-8-sig", errors="replace")
    known = set(geography.codes("epci"))
    found: dict[str, None] = {}
    wrong: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        code = _CUT.split(line.partition("#")[0])[0].strip().strip('"').strip()
        if not code or (not found and not wrong and code.lower() in _HEADERS):
            continue
        if code in known or _has_study(project, code):
            found[code] = None
        else:
            wrong.append(f"  ligne {number} : trouvé « {code[:40]} »")
    if wrong:
        more = [f"  et {counted(len(wrong) - NAMED, 'autre ligne', 'autres lignes')}"] * (len(wrong) > NAMED)
        raise BadInput(
            f"{path.name} : attendu, à chaque ligne, le code SIREN d’une intercommunalité "
            f"(édition {geography.edition}) ou l’identifiant d’une étude.\n"
            + "\n".join([*wrong[:NAMED], *more])
        )
    if not found:
        raise BadInput(f"{path.name} : aucun code ; attendu un code SIREN ou une étude par ligne.")
    return Choice(_slug(path.stem), str(typeset(f"Territoires de {path.name}")), tuple(found))


def choose(
    project: Project, geography: Geography, *, departement: str = "", every: bool = False, codes: str = ""
) -> Choice:
    """What the options of ``ctg batch`` say: one of the three, no more, no less.

    Raises:
        BadInput: none or several of them, or one that says nothing of use.
    """
    given = [name for name, said in _given(departement, every, codes) if said]
    if len(given) != 1:
        told = " et ".join(given) or "aucune"
        raise BadInput(
            found_expected("options", told, "une seule de --departement CODE, --all et --codes FICHIER")
        )
    if departement:
        return of_departement(geography, departement)
    return of_file(project, geography, Path(codes)) if codes else of_france(geography)


def _given(departement: str, every: bool, codes: str) -> Iterable[tuple[str, object]]:
    return (("--departement", departement), ("--all", every), ("--codes", codes))


def _has_study(project: Project, code: str) -> bool:
    return re.fullmatch(_IDENTIFIER, code) is not None and (project.studies / code / "study.yml").is_file()


def _slug(stem: str) -> str:
    """A folder's name; never one of the other choices'."""
    from ctg_lib.build.page import slugify

    name = slugify(stem) or "liste"
    return f"liste-{name}" if name == FRANCE or name.startswith("departement-") else name
