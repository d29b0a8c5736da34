"""The info flash as someone writes it: ``info-flash/<n>.yml`` of a study's folder, read and checked.

    numero: 4
    date: avril 2027                 # printed; the flash tells nothing of what comes after its last day
    situation: 2027-04-30            # optional: the day it tells of, if it is not the last day of « date »
    titre: …                         # optional
    edito: |                         # paragraphs, « - » lists, **bold**, *italic*, {fields}
      …
    ou_en_sommes_nous: |
      …
    etapes: {phases: [P2, P3]}       # optional: all phases by default
    zoom: {titre: …, texte: …}
    thematiques: {titre: …, texte: …, liste: [petite enfance, …]}
    prochaines_etapes: |
      …
    contacts:
      - {fonction: chargée de coopération, organisme: Communauté de communes …}

Names, telephone numbers and addresses stand in ``info-flash/contacts.yml``, which git ignores; they are
shown only where that file is there.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from ctg_lib.geography.names import fold
from ctg_lib.workbooks.moments import EXPECTED, MONTHS, Moment, day_in_words, in_words, read_moment
from ctg_lib.workbooks.people import EXPECTED as NO_PERSON
from ctg_lib.workbooks.people import masked, personal
from ctg_lib.workbooks.plain_yaml import UnreadableYaml, read_yaml
from ctg_lib.workbooks.problems import Problem, Severity

FOLDER = "info-flash"
CONTACTS = "contacts.yml"
FIELDS: dict[str, str] = {
    "territoire": "« la Communauté de communes … »", "du_territoire": "« de la Communauté de communes … »",
    "communes": "« 16 communes »", "lancement": "début de la première phase", "reponses": "réponses aux questionnaires",
    "entretiens": "entretiens tenus", "rencontres": "rencontres thématiques tenues", "forums": "forums d’habitants tenus",
    "seances": "séances de groupes de travail tenues", "propositions": "propositions des groupes",
    "enjeux": "enjeux retenus par le comité de pilotage", "actions": "actions validées",
}  # fmt: skip
"""Fields of a text (« {reponses} ») -> what they hold on the flash's day."""
_FIELD = re.compile(r"\{\s*([\w-]+)\s*\}")
_KEYS: tuple[str, ...] = (
    "numero", "date", "situation", "titre", "edito", "ou_en_sommes_nous", "etapes", "zoom", "thematiques",
    "prochaines_etapes", "contacts",
)  # fmt: skip
_PARTS: dict[str, tuple[str, ...]] = {
    "etapes": ("phases",), "zoom": ("titre", "texte"), "thematiques": ("titre", "texte", "liste"),
}  # fmt: skip
_MONTH = "|".join(MONTHS)
_TOLD_DATE = re.compile(
    r"\b(?:a|ont|avons|est|sont|fut|furent)\s+(?:(?:été|déjà|\w+ment)\s+){0,2}\w+(?:é|ée|és|ées|i|is|ie|ies|it|ite|its|u|ue|us|ues|ert|erte)\b"
    rf"[^.!?\n]{{0,60}}?\b(?:en|le|depuis|fin|début)\s+((?:\d{{1,2}}(?:er)?\s+)?(?:{_MONTH})\s+\d{{4}})",
    re.IGNORECASE,
)
"""« a lancé en octobre 2020 », « a été installé le 7 juillet 2026 »: something told as past, with its date."""


@dataclass(frozen=True)
class Contact:
    """Whom to ask, by function; ``name``, ``phone``, ``mail`` are empty unless the file outside git gives them."""

    function: str
    organisation: str = ""
    name: str = ""
    phone: str = ""
    mail: str = ""


@dataclass(frozen=True)
class Flash:
    """One info flash, as written.

    Attributes:
        number: of the flash. dated: printed under its title.
        told_on: the day it tells of; nothing that comes later is told as done.
        file: « info-flash/4.yml ».
        title, edito, stage, zoom_title, zoom, themes_title, themes_text, next_text: texts, empty where not written.
        phases: ids of those shown; all where empty. themes: those named; the study's where empty.
        contacts: in order.
    """

    number: int
    dated: Moment
    told_on: date
    file: str
    title: str = ""
    edito: str = ""
    stage: str = ""
    phases: tuple[str, ...] = ()
    zoom_title: str = ""
    zoom: str = ""
    themes_title: str = ""
    themes_text: str = ""
    themes: tuple[str, ...] = ()
    next_text: str = ""
    contacts: tuple[Contact, ...] = ()

    @property
    def texts(self) -> dict[str, str]:
        """Key of the file -> free text, those that are written."""
        given = {
            "titre": self.title, "edito": self.edito, "ou_en_sommes_nous": self.stage, "zoom": f"{self.zoom_title}\n{self.zoom}",
            "thematiques": f"{self.themes_title}\n{self.themes_text}", "prochaines_etapes": self.next_text,
        }  # fmt: skip
        return {key: text for key, text in given.items() if text.strip()}

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields that its texts ask for, each once."""
        found = [name for text in self.texts.values() for name in _FIELD.findall(text)]
        return tuple(dict.fromkeys(found))

    @property
    def late(self) -> bool:
        """Whether it tells of a day that comes after the one it is dated."""
        return self.told_on > self.dated.last


@dataclass(frozen=True)
class Flashes:
    """All info flashes of a study by number, and what is wrong in their files."""

    flashes: tuple[Flash, ...] = ()
    problems: tuple[Problem, ...] = ()


def filled(text: str, values: Mapping[str, str], blank: str) -> str:
    """A text with its fields written out; ``blank`` stands for one that has no value."""
    return _FIELD.sub(lambda found: values.get(found[1]) or blank, text)


def read_flashes(study_folder: Path, as_of: date) -> Flashes:
    """Read ``info-flash/*.yml``; never raises for what someone wrote.

    Args:
        study_folder: of the study. as_of: its date, after which nothing may be dated.

    Returns:
        Those that can be made. Told: files that cannot be read, unknown keys and fields, a date after the study's, a flash
        dated before what it tells, a number that serves twice, personal data.
    """
    folder = Path(study_folder) / FOLDER
    found: dict[int, Flash] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yml")) if folder.is_dir() else []:
        if path.name == CONTACTS or path.name.startswith((".", "~")):
            continue
        reader = _Reader(f"{FOLDER}/{path.name}", as_of)
        flash = reader.read(path)
        if flash is not None and flash.number in found:
            reader.say("numero", str(flash.number), f"un autre numéro : celui de {found[flash.number].file}")
        elif flash is not None:
            found[flash.number] = flash
        problems += reader.problems
    flashes = tuple(found[number] for number in sorted(found))
    return Flashes(flashes, (*problems, *_order(flashes)))


def flash_text(place: str, phases: Iterable[str] = ()) -> str:
    """A first number with its comments: nothing is set, everything is there to be uncommented.

    Args:
        place: name of the territory. phases: ids of the démarche's, by which the steps may be chosen.
    """
    fields = "\n".join(f"#   {'{' + name + '}':<16} {said}" for name, said in FIELDS.items())
    return f"""\
# Info flash n° 1 : {place}. Deux pages A4, faites par « ctg documents » ; voir docs/info-flash.md.
# Une ligne qui commence par « # » n’est pas lue : ôter le « # » et l’espace qui suit pour s’en servir.
# Tout est facultatif, sauf le numéro et la date. Un numéro suivant est un autre fichier : 2.yml, 3.yml …
# Jamais de nom, de téléphone ni d’adresse ici : ils vont dans info-flash/contacts.yml, que git ignore.
# numero: 1
# date: …                        # le mois imprimé, par exemple mars 2027 ; rien de postérieur n’est dit fait
# titre: Élaboration de la Convention Territoriale Globale
# edito: |
#   Un paragraphe par bloc, **en gras** ou *en italique*.
#
#   - une liste
# ou_en_sommes_nous: |
#   …
# etapes: {{phases: [{", ".join(phases) or "P1"}]}}         # sinon toutes les phases de study.yml
# zoom: {{titre: …, texte: …}}
# thematiques: {{titre: Les thématiques, texte: …, liste: [petite enfance, parentalité]}}
# prochaines_etapes: |
#   …
# contacts:
#   - {{fonction: chargé de coopération, organisme: Communauté de communes}}

# Dans un texte, ces champs sont remplis par l’étude :
{fields}
"""


def read_contacts(study_folder: Path) -> tuple[tuple[Contact, ...], tuple[Problem, ...]]:
    """``info-flash/contacts.yml``, which stays outside git: a list of ``fonction, nom, telephone, courriel``.

    Messages repeat nothing of what it holds.
    """
    path, file = Path(study_folder) / FOLDER / CONTACTS, f"{FOLDER}/{CONTACTS}"
    if not path.is_file():
        return (), ()
    expected = "une liste : « - {fonction: …, nom: …, telephone: …, courriel: …} »"
    try:
        raw = read_yaml(path, flat=True)
    except UnreadableYaml as error:
        return (), (Problem(file, error.found, error.hint),)
    if not isinstance(raw, list) or not all(isinstance(line, dict) for line in raw):
        return (), (Problem(file, "autre chose qu’une liste", expected),)
    out, problems = [], []
    for rank, line in enumerate(raw, start=1):
        given = {_key(key): _text(value) for key, value in line.items()}
        if not given.get("fonction"):
            problems.append(Problem(f"{file}, contact n° {rank}", "", "« fonction: »"))
            continue
        out.append(
            Contact(
                given["fonction"], given.get("organisme", ""), given.get("nom", ""), given.get("telephone", ""),
                given.get("courriel", ""),
            )
        )  # fmt: skip
    return tuple(out), tuple(problems)


def with_details(contacts: tuple[Contact, ...], details: tuple[Contact, ...]) -> tuple[Contact, ...]:
    """Contacts with the name, telephone and address of the same function (accents and case aside), if known."""
    known = {_same(each.function): each for each in details}
    out = []
    for each in contacts:
        more = known.get(_same(each.function))
        out.append(
            each
            if more is None
            else Contact(
                each.function, each.organisation or more.organisation, more.name, more.phone, more.mail
            )
        )
    return tuple(out)


def _same(function: str) -> str:
    return re.sub(r"\s+", " ", fold(function)).strip()


def _order(flashes: tuple[Flash, ...]) -> Iterator[Problem]:
    """A flash dated before the one whose number comes before it."""
    for before, after in pairwise(flashes):
        if after.dated.last < before.dated.first:
            yield Problem(
                f"{after.file}, date", in_words(after.dated),
                f"une date qui ne précède pas celle du n° {before.number} ({in_words(before.dated)})", severity="warning",
            )  # fmt: skip


def _key(raw: object) -> str:
    return re.sub(r"[\s'’-]+", "_", fold(str(raw)).strip())


def _text(raw: object) -> str:
    return "" if raw is None else str(raw).strip()


class _Reader:
    """Reads one flash and remembers what is wrong."""

    def __init__(self, file: str, as_of: date) -> None:
        self.file, self.as_of = file, as_of
        self.problems: list[Problem] = []

    def say(self, where: str, found: str, expected: str, severity: Severity = "error") -> None:
        place = f"{self.file}, {where}" if where else self.file
        self.problems.append(Problem(place, masked(found), expected, severity=severity))

    def read(self, path: Path) -> Flash | None:
        """The flash; None where it cannot be made."""
        try:
            raw = read_yaml(path, flat=True)
        except UnreadableYaml as error:
            self.say("", error.found, error.hint)
            return None
        if raw == {}:  # every line still begins with « # »: the number is not written yet
            return None
        if not isinstance(raw, dict):
            self.say("", "autre chose", "des lignes « clé: valeur » (numero, date, edito …)")
            return None
        given = self._keys("", raw, _KEYS)
        number, dated = self._number(given.get("numero")), self._dated(given.get("date"))
        if number is None or dated is None:
            return None
        told_on = self._told_on(given.get("situation"), dated)
        if told_on is None:
            return None
        flash = self._flash(given, number, dated, told_on)
        self._check(flash)
        return flash

    def _flash(self, given: Mapping[str, Any], number: int, dated: Moment, told_on: date) -> Flash:
        steps, zoom, themes = (self._part(given, name) for name in _PARTS)
        return Flash(
            number, dated, told_on, self.file, _text(given.get("titre")), _text(given.get("edito")),
            _text(given.get("ou_en_sommes_nous")), self._list("etapes, phases", steps.get("phases")),
            _text(zoom.get("titre")), _text(zoom.get("texte")), _text(themes.get("titre")), _text(themes.get("texte")),
            self._list("thematiques, liste", themes.get("liste")), _text(given.get("prochaines_etapes")),
            self._contacts(given.get("contacts")),
        )  # fmt: skip

    def _keys(self, where: str, raw: Mapping[Any, Any], known: tuple[str, ...]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key, value in raw.items():
            word = _key(key)
            if word in known:
                out[word] = value
                continue
            near = difflib.get_close_matches(word, known, 1)
            hint = f" ; vouliez-vous dire « {near[0]} » ?" if near else ""
            self.say(where, str(key), f"{', '.join(known)}{hint}")
        return out

    def _part(self, given: Mapping[str, Any], name: str) -> dict[str, Any]:
        raw = given.get(name)
        if raw is None:
            return {}
        if not isinstance(raw, dict):
            self.say(name, _text(raw), " et ".join(f"« {key}: »" for key in _PARTS[name]))
            return {}
        return self._keys(name, raw, _PARTS[name])

    def _list(self, where: str, raw: object) -> tuple[str, ...]:
        if raw is None:
            return ()
        if not isinstance(raw, list):
            self.say(where, _text(raw), "une liste entre crochets")
            return ()
        return tuple(_text(each) for each in raw if _text(each))

    def _number(self, raw: object) -> int | None:
        if isinstance(raw, int) and not isinstance(raw, bool) and raw > 0:
            return raw
        self.say("numero", _text(raw), "un nombre : 1, 2, 3 …")
        return None

    def _dated(self, raw: object) -> Moment | None:
        moment = read_moment(raw)
        if moment is None:
            self.say("date", _text(raw), EXPECTED)
        elif moment.first > self.as_of:
            self.say(
                "date", in_words(moment), f"au plus tard la date de l’étude ({day_in_words(self.as_of)})"
            )
            return None
        return moment

    def _told_on(self, raw: object, dated: Moment) -> date | None:
        """The day told of: « situation », else the last day of the date, never after the study's date."""
        if raw is None:
            return min(dated.last, self.as_of)
        moment = read_moment(raw)
        if moment is None or moment.precision != "jour":
            self.say("situation", _text(raw), "un jour : 2027-04-30, 30/04/2027")
            return None
        if moment.last > self.as_of:
            today = day_in_words(self.as_of)
            self.say("situation", day_in_words(moment.last), f"au plus tard la date de l’étude ({today})")
            return None
        return moment.last

    def _contacts(self, raw: object) -> tuple[Contact, ...]:
        if raw is None:
            return ()
        lines = raw if isinstance(raw, list) else [None]
        out = []
        for line in lines:
            given = self._keys("contacts", line, ("fonction", "organisme")) if isinstance(line, dict) else {}
            if not _text(given.get("fonction")):
                self.say(
                    "contacts", "", f"« - {{fonction: …, organisme: …}} » ; noms et numéros : {CONTACTS}"
                )
                continue
            out.append(Contact(_text(given["fonction"]), _text(given.get("organisme"))))
        return tuple(out)

    # ------------------------------------------------------------------------------------ what it says

    def _check(self, flash: Flash) -> None:
        """Dated before what it tells, fields that do not exist, people."""
        printed = in_words(flash.dated)
        if flash.late:
            self.say(
                "date", printed, f"une date qui ne précède pas ce qu’il dit : situation du {day_in_words(flash.told_on)}",
                "warning",
            )  # fmt: skip
        for key, text in flash.texts.items():
            for said, moment in told_dates(text):
                if moment.first > flash.dated.last:
                    self.say(
                        key, f"{said} (numéro daté de : {printed})", "un fait d’avant cette date", "warning"
                    )
        for name in flash.fields:
            if name not in FIELDS:
                self.say("texte", f"{{{name}}}", f"un champ connu : {', '.join(FIELDS)}")
        people = [flash.edito, flash.stage, flash.zoom, flash.themes_text, flash.next_text]
        people += [f"{each.function} {each.organisation}" for each in flash.contacts]
        for words in dict.fromkeys(words for text in people for words in personal(text)):
            self.say("", words, f"{NO_PERSON} ({FOLDER}/{CONTACTS} tient les noms hors du dépôt)")


def told_dates(text: str) -> list[tuple[str, Moment]]:
    """Things told as past with a date in words: (the words, the moment); a rule, which may miss some."""
    plain = re.sub(r"\s+", " ", text.replace("*", ""))
    out = []
    for found in _TOLD_DATE.finditer(plain):
        moment = read_moment(found[1])
        if moment is not None:
            out.append((found[0], moment))
    return out
