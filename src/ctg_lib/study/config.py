"""``study.yml``: which territories, which edition, which date, which secteurs, which démarche."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ctg_lib.errors import BadInput, found_expected, sample
from ctg_lib.geography import EDITIONS, Geography, Territory
from ctg_lib.geography.names import fold
from ctg_lib.project import Project
from ctg_lib.workbooks.common import THEMES
from ctg_lib.workbooks.moments import EXPECTED, read_moment
from ctg_lib.workbooks.plain_yaml import UnreadableYaml, read_yaml

_KNOWN = {
    "title", "territories", "edition", "as_of", "fictif", "secteurs", "secteurs_note", "references",
    "comparison", "themes", "demarche", "contract", "previous",
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
        themes: keys of :data:`ctg_lib.workbooks.common.THEMES` that the convention is about.
        demarche: what stands under ``demarche:`` (:func:`ctg_lib.partnership.calendar.read_calendar`).
        contract: ``start`` and ``end`` of the convention being prepared, those that are known.
        previous: id of the study that this one follows on; empty without.
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
    themes: tuple[str, ...] = tuple(THEMES)
    demarche: Mapping[str, Any] | None = None
    contract: Mapping[str, date] = field(default_factory=dict)
    previous: str = ""


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


def _yaml(path: Path, where: str) -> Any:
    try:
        return read_yaml(path)
    except UnreadableYaml as error:
        raise BadInput(f"{where} : {error}.") from None


def _read(path: Path, study_id: str, geography: Geography) -> StudyConfig:
    where = f"{path.parent.name}/{path.name}"
    raw = _yaml(path, where)
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
        themes=_themes(raw, where),
        demarche=_demarche(raw, where),
        contract=_contract(raw, where),
        previous=_previous(raw, path, where),
    )


def _themes(raw: dict[str, Any], where: str) -> tuple[str, ...]:
    """Keys of ``THEMES``, from keys or French labels, in the order of the list; all by default."""
    words = {fold(word): key for key, label in THEMES.items() for word in (label, key, key.replace("_", " "))}
    given = [str(theme).strip() for theme in _list(raw, "themes", where)]
    unknown = [theme for theme in given if fold(theme) not in words]
    if unknown:
        raise BadInput(found_expected(f"{where}, themes", ", ".join(unknown), ", ".join(THEMES)))
    chosen = {words[fold(theme)] for theme in given}
    return tuple(key for key in THEMES if key in chosen) if chosen else tuple(THEMES)


def _demarche(raw: dict[str, Any], where: str) -> Mapping[str, Any] | None:
    value = raw.get("demarche")
    if value is not None and not isinstance(value, dict):
        expected = "« phases: », « etapes: » et « instances: »"
        raise BadInput(found_expected(f"{where}, demarche", value, expected))
    return value or None


def _contract(raw: dict[str, Any], where: str) -> Mapping[str, date]:
    """``contract: {start: 2027-01-01, end: 2031-12-31}``; a month stands for its first or last day."""
    given, place = raw.get("contract") or {}, f"{where}, contract"
    if not isinstance(given, dict) or given.keys() - {"start", "end"}:
        raise BadInput(found_expected(place, given, "« start: 2027-01-01 » et « end: 2031-12-31 »"))
    out: dict[str, date] = {}
    for key, value in given.items():
        if value is None:
            continue
        moment = read_moment(value)
        if moment is None:
            raise BadInput(found_expected(f"{place}, {key}", value, EXPECTED))
        out[key] = moment.first if key == "start" else moment.last
    if len(out) == 2 and out["end"] < out["start"]:
        raise BadInput(found_expected(f"{place}, end", out["end"].isoformat(), "une date après « start »"))
    return out


def _previous(raw: dict[str, Any], path: Path, where: str) -> str:
    """``previous: 241200906-demo``: another folder that holds a study."""
    given = raw.get("previous")
    if given is None:
        return ""
    name, here = str(given).strip(), path.parent
    others = sorted(each.parent.name for each in here.parent.glob("*/study.yml") if each.parent != here)
    if name not in others:
        expected = f"une autre étude : {sample(others)}" if others else "une autre étude ; il n’y en a pas"
        raise BadInput(found_expected(f"{where}, previous", given, expected))
    return name


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
