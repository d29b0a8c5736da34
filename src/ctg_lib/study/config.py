"""``study.yml``: which territories, which edition, which date, which secteurs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ctg_lib.errors import BadInput, found_expected, sample
from ctg_lib.geography import EDITIONS, Geography, Territory
from ctg_lib.project import Project

_KNOWN = {
    "title", "territories", "edition", "as_of", "fictif", "secteurs", "secteurs_note", "references",
    "comparison",
}  # fmt: skip

MOST_LOOKALIKES = 30


@dataclass(frozen=True)
class StudyConfig:
    """The settings of one study.

    Attributes:
        id: folder name, or the territory's code for a study without a folder.
        territories: codes signing together.
        edition: composition of communes and EPCI.
        as_of: the study's date; None = the latest retrieval date of the manifest.
        fictif: made-up data; every page says so.
        secteurs: name -> communes.
        secteurs_note: who decided them.
        references: codes to compare with; the département(s), région and France by default.
        lookalikes: how many look-alike territories (``comparison: {lookalikes: 10}``); 0 for none.
        exclude: EPCI never to be taken as look-alikes (``comparison: {exclude: [codes]}``).
    """

    id: str
    territories: tuple[str, ...]
    title: str = "Diagnostic de territoire"
    edition: int = EDITIONS[-1]
    as_of: date | None = None
    fictif: bool = False
    secteurs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    secteurs_note: str = ""
    references: tuple[str, ...] = ()
    lookalikes: int = 10
    exclude: tuple[str, ...] = ()


def load_config(project: Project, study_id: str, geography: Geography) -> StudyConfig:
    """Settings of a study, or the defaults for a territory that has no folder.

    Args:
        study_id: folder of ``data/raw/studies``, or a code or name of an EPCI.

    Raises:
        BadInput: unknown study and territory, or a field of study.yml that makes no sense.
    """
    text = str(study_id).strip()
    path = project.studies / text / "study.yml"
    if "/" not in text and "\\" not in text and path.is_file():
        return _read(path, text, geography)
    territory = geography.territory(text)
    if (project.studies / territory.code / "study.yml").is_file():
        return _read(project.studies / territory.code / "study.yml", territory.code, geography)
    _check_level(territory, geography)
    return StudyConfig(id=territory.code, territories=(territory.code,))


def _check_level(territory: Territory, geography: Geography) -> None:
    if territory.level not in ("epci", "ept"):
        word = territory.short_name.casefold()
        alike = [
            f"{name} ({code})"
            for code, name in geography.short_names("epci").items()
            if word in name.casefold()
        ]
        held = [f"{geography.territory(c).short_name} ({c})" for c in territory.epci[:1]]
        near = list(dict.fromkeys([*held, *sorted(alike)]))
        raise BadInput(
            f"Une étude porte sur une intercommunalité ; {territory.name} ({territory.code}) est de niveau "
            f"« {territory.level} ». Donnez le SIREN ou le nom de l’intercommunalité"
            + (f" : {sample(near)} ?" if near else ".")
            + (
                ""
                if territory.epci or territory.level != "commune"
                else " Cette commune n’appartient à aucune."
            )
        )


def _read(path: Path, study_id: str, geography: Geography) -> StudyConfig:
    where = f"{path.parent.name}/{path.name}"
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise BadInput(f"{where} : YAML illisible ({error}).") from None
    if not isinstance(raw, dict):
        raise BadInput(found_expected(where, raw, "des lignes « clé: valeur »"))
    unknown = sorted(raw.keys() - _KNOWN)
    if unknown:
        raise BadInput(
            f"{where} : champs inconnus : {', '.join(unknown)} (connus : {', '.join(sorted(_KNOWN))})."
        )
    territories = tuple(str(code) for code in _list(raw, "territories", where))
    if not territories:
        raise BadInput(f"{where} : « territories » est vide ; au moins un SIREN est attendu.")
    as_of = raw.get("as_of")
    if as_of is not None and not isinstance(as_of, date):
        raise BadInput(found_expected(f"{where}, as_of", as_of, "une date AAAA-MM-JJ"))
    edition = raw.get("edition", EDITIONS[-1])
    if edition not in EDITIONS:
        raise BadInput(found_expected(f"{where}, edition", edition, ", ".join(map(str, EDITIONS))))
    fictif = raw.get("fictif", False)
    if not isinstance(fictif, bool):
        raise BadInput(found_expected(f"{where}, fictif", fictif, "true ou false"))
    secteurs = raw.get("secteurs") or {}
    if not isinstance(secteurs, dict) or not all(isinstance(v, list) for v in secteurs.values()):
        raise BadInput(found_expected(f"{where}, secteurs", secteurs, "« nom: [communes] »"))
    lookalikes, exclude = _comparison(raw, where, geography)
    return StudyConfig(
        id=study_id,
        territories=territories,
        title=str(raw.get("title", StudyConfig.title)),
        edition=edition,
        as_of=as_of,
        fictif=fictif,
        secteurs={str(name): tuple(str(c) for c in codes) for name, codes in secteurs.items()},
        secteurs_note=str(raw.get("secteurs_note", "")),
        references=tuple(str(code) for code in _list(raw, "references", where)),
        lookalikes=lookalikes,
        exclude=exclude,
    )


def _comparison(raw: dict[str, Any], where: str, geography: Geography) -> tuple[int, tuple[str, ...]]:
    """``comparison: {lookalikes: 10, exclude: [codes]}``, each part with its default."""
    given = raw.get("comparison") or {}
    place = f"{where}, comparison"
    if not isinstance(given, dict) or given.keys() - {"lookalikes", "exclude"}:
        raise BadInput(found_expected(place, given, "« lookalikes: 10 » et « exclude: [codes] »"))
    count = given.get("lookalikes", StudyConfig.lookalikes)
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST_LOOKALIKES:
        expected = f"un nombre entier de 0 à {MOST_LOOKALIKES}"
        raise BadInput(found_expected(f"{place}, lookalikes", count, expected))
    exclude = tuple(str(code) for code in _list(given, "exclude", place))
    unknown = sorted(set(exclude) - set(geography.codes("epci")))
    if unknown:
        raise BadInput(
            found_expected(f"{place}, exclude", ", ".join(unknown), "des SIREN d’intercommunalités")
        )
    return count, exclude


def _list(raw: dict[str, Any], key: str, where: str) -> list[Any]:
    value = raw.get(key) or []
    if not isinstance(value, list):
        raise BadInput(found_expected(f"{where}, {key}", value, "une liste entre crochets"))
    return value
