"""Questionnaires: the six of the bank, and those that a study adapts or adds.

A questionnaire is one YAML file (``bank/parents.yml`` shows one). A study that wants another one puts it in
``consultation/questionnaires/<id>.yml`` of its folder: it stands for the bank's of the same id. Questions that several
questionnaires share are in ``bank/modeles.yml``; ``- reprendre: secteur`` takes one over, and so keeps its id and its
codes: what was asked in the same words is compared, whoever answered.

The keys of a file, in French as those who write it: ``id, titre, public, unite, version, duree, introduction,
conclusion, sections``; of a section: ``id, titre, introduction, questions``; of a question: ``id, question, sujet,
genre, options, options_de, lignes, themes, aide, obligatoire, unite, sensible, si, min, max, au_plus, role``, or
``reprendre`` and what changes (``seulement`` keeps some answers, ``options`` adds some).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from ctg_lib.consultation.folder import FOLDER
from ctg_lib.consultation.questionnaire import (
    Condition,
    Kind,
    Option,
    Question,
    Questionnaire,
    Role,
    Section,
    Unit,
)  # fmt: skip
from ctg_lib.consultation.written import Written, nearest, shown
from ctg_lib.geography.names import fold, slug
from ctg_lib.workbooks.common import THEMES
from ctg_lib.workbooks.plain_yaml import UnreadableYaml, read_yaml
from ctg_lib.workbooks.problems import Problem, ordered

BANK: tuple[str, ...] = (
    "parents", "jeunes_11_17", "jeunes_18_25", "habitants", "professionnels", "associations",
)  # fmt: skip
"""Ids of the questionnaires of the bank, in the order in which they are listed."""
OWN = "questionnaires"
"""Of the study's ``consultation`` folder: questionnaires that it adapts or adds."""

# What other modules may count on: ids and codes that the questionnaires share.
RESIDENCE, OUTSIDE, SECOND_HOME = "residence", ("non",), ("secondaire",)
"""Question on the place of residence; its codes of who lives elsewhere, and of a second home."""
MILITARY, GARRISON = "militaire", ("oui",)
"""Question on soldiers of the household; its code of a garrison's household."""
HOUSEHOLD, ADULTS, CHILDREN, NO_CHILD = "menage", "adultes", "enfants_ages", "aucun"
"""Type of household, number of adults (18 or over), ages of children at home, and the code of none of them."""
CHILD_COUNTS: dict[str, tuple[str, ...]] = {
    "nb_moins_3": ("moins_3",), "nb_de_3_5": ("de_3_5",), "nb_de_6_10": ("de_6_10",),
    "nb_de_11_17": ("de_11_14", "de_15_17"),
}  # fmt: skip
"""Question on a number of children -> codes of :data:`CHILDREN` for which it is asked."""
AGREED, REFUSED = "oui", "non"
"""Codes of the questions whose role is a consent."""
NO_OPINION: frozenset[str] = frozenset({"nsp", "refus", "sans_objet"})
"""Codes of those who do not know, will not say, or are not concerned: no step of a scale."""
UNSAID: frozenset[str] = frozenset({"refus"})
"""Those of them that are no answer at all: they make no group."""

KINDS: dict[str, str] = {
    "choix_unique": "single", "echelle": "scale", "choix_multiple": "multiple", "classement": "ranking",
    "grille": "grid", "nombre": "integer", "texte": "text",
}  # fmt: skip
UNITS: dict[str, str] = {"menage": "menage", "personne": "personne"}
ROLES: tuple[str, ...] = (
    "secteur", "age", "menage", "canal", "consentement", "consentement_parental", "consentement_sensible", "priorites",
    "profil",
)  # fmt: skip
SHARED_ROLES = frozenset({"profil"})
"""Roles that several questions of one questionnaire may have."""
RESERVED: frozenset[str] = frozenset(
    # columns of the answers, of the entry sheet, of LimeSurvey, of ODK
    {"respondent", "mode", "channel", "complete", "answered", "code", "questionnaire", "version", "fictif"}
    | {
        "id",
        "submitdate",
        "lastpage",
        "startlanguage",
        "startdate",
        "datestamp",
        "interviewtime",
        "seed",
        "token",
    }
    | {
        "ipaddr",
        "refurl",
        "other",
        "comment",
        "time",
        "start",
        "end",
        "today",
        "deviceid",
        "meta",
        "instanceid",
    }
    | {"instancename", "name", "label", "note", "data", "group"}
    | {"lang", "sid", "gid", "qid", "savedid", "sgq", "self", "that", "this"}
)
"""Ids that no question may take: columns of other things."""
LONGEST_ID = 32
MOST_QUESTIONS, MOST_OPTIONS = 150, 60
MOST_LISTED = 60
"""Communes beyond which their list is too long to be read under a question (those of a secteur always are listed)."""

_ID = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_PLACE = re.compile(r"\{([^{}]*)\}")
_HEAD = ("id", "titre", "public", "unite", "version", "duree", "introduction", "conclusion", "sections")
_SECTION = ("id", "titre", "introduction", "questions")
_QUESTION = (
    "id", "question", "sujet", "genre", "options", "options_de", "lignes", "themes", "aide", "obligatoire", "unite",
    "sensible", "si", "min", "max", "au_plus", "role",
)  # fmt: skip
_TAKEN = (
    "reprendre", "seulement", "question", "aide", "obligatoire", "unite", "si", "options", "themes", "au_plus",
)  # fmt: skip
_OPTION = ("texte", "exclusif", "libre")
_WITH_OPTIONS = ("single", "scale", "multiple", "ranking", "grid")
_CODE = "des minuscules sans accent, des chiffres et « _ », en commençant par une lettre"


@dataclass(frozen=True)
class Surroundings:
    """What a questionnaire takes from the study that asks it.

    Attributes:
        secteurs: name -> codes of its communes; empty where the study has none.
        communes: code -> name, of the whole territory; may be empty.
    """

    secteurs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    communes: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> dict[str, str]:
        """What « {communes} » and « {secteurs} » stand for; empty where it is not known."""
        groups = [
            f"{name} : {', '.join(self.communes[code] for code in codes)}"
            for name, codes in self.secteurs.items()
            if codes and all(code in self.communes for code in codes)
        ]
        listed = len(self.communes) <= MOST_LISTED
        names = sorted(self.communes.values(), key=lambda name: (slug(name), name)) if listed else []
        return {"communes": ", ".join(names), "secteurs": " ; ".join(groups) + "." if groups else ""}


def questionnaires(
    study_folder: Path | None = None,
    secteurs: Mapping[str, Sequence[str]] | None = None,
    communes: Mapping[str, str] | None = None,
) -> tuple[dict[str, Questionnaire], list[Problem]]:
    """All questionnaires that a study may use: the bank's, and its own in their place.

    Args:
        study_folder: of the study; None: the bank alone.
        secteurs: name -> codes of its communes; where there are none, the question on the secteur is left out and
            a warning says so.
        communes: code -> name of the territory's communes, for the sentences that list them.

    Returns:
        Id -> questionnaire, the bank's order first; and what is wrong in the study's own files. One with an error
        is left out: the bank's does not come back silently in its place.
    """
    around = Surroundings(secteurs or {}, communes or {})
    found: dict[str, Questionnaire | None] = {}
    problems: list[Problem] = []
    for id in BANK:
        written = Written(f"{id}.yml")
        found[id] = read_questionnaire(_bank(id), written, around)
        if written.problems and any(p.severity == "error" for p in written.problems):
            raise ValueError(f"bank: {'; '.join(map(str, written.problems))}")
    for path in own_files(study_folder):
        written = Written(f"{FOLDER}/{OWN}/{path.name}")
        found[path.stem] = _own(path, written, around)
        problems += written.problems
    if not around.secteurs:
        problems.append(
            Problem(
                "study.yml, « secteurs »", "", severity="warning",
                expected="des secteurs : sans eux, la question sur le secteur n’est pas posée et les réponses ne "
                "peuvent pas être redressées par secteur",
            )
        )  # fmt: skip
    names = [*BANK, *sorted(found.keys() - set(BANK))]
    return {id: each for id in names if (each := found.get(id)) is not None}, ordered(problems)


def own_files(study_folder: Path | None) -> list[Path]:
    """Files of the questionnaires that a study adapts or adds, by name."""
    folder = Path(study_folder) / FOLDER / OWN if study_folder is not None else None
    if folder is None or not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in (".yml", ".yaml") and p.is_file())


def bank_text(id: str) -> str:
    """A questionnaire of the bank as a file to adapt: to be put in the study's ``consultation/questionnaires``.

    Raises:
        KeyError: the bank has none of that id.
    """
    if id not in BANK:
        raise KeyError(id)
    text = (Path(__file__).parent / "bank" / f"{id}.yml").read_text(encoding="utf-8")
    return f"""\
# Questionnaire « {id} » de la banque, à adapter : ce fichier le remplace s’il est dans {FOLDER}/{OWN}.
# Changer ce qui est demandé : augmenter « version ». Une question propre : un identifiant nouveau.
# « reprendre » garde l’identifiant, les codes et les mots communs aux questionnaires, pour pouvoir comparer.
{text}"""


def models() -> dict[str, Question]:
    """The questions that questionnaires share, whole, by id (those whose options come from the study are left out)."""
    return {id: q for id, q in _models().items() if q.options or q.kind in ("integer", "text")}


@cache
def _models() -> dict[str, Question]:
    written = Written("modeles.yml")
    reader = _Reader(written, Surroundings(), {}, loose=True)
    out = {id: reader.question({"id": id, **raw}, id) for id, raw in _bank("modeles").items()}
    if written.problems:
        raise ValueError(f"bank: {'; '.join(map(str, written.problems))}")
    return {id: question for id, question in out.items() if question is not None}


def secteur_codes(secteurs: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Name of each secteur -> its code in the answers (« Larzac » -> « larzac »)."""
    out: dict[str, str] = {}
    for name in secteurs:
        code = slug(name).replace("-", "_")[: LONGEST_ID - 3].strip("_") or "secteur"
        code = code if code[0].isalpha() else f"s_{code}"
        free, number = code, 2
        while free in out.values():
            free, number = f"{code}_{number}", number + 1
        out[name] = free
    return out


@cache
def _bank(name: str) -> Any:
    """A file of the bank: ours, so read the fast way (a test reads it the strict way)."""
    text = (Path(__file__).parent / "bank" / f"{name}.yml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _own(path: Path, written: Written, around: Surroundings) -> Questionnaire | None:
    if path.suffix != ".yml":
        written.say("", path.suffix, "un nom de fichier en « .yml »")
        return None
    try:
        raw = read_yaml(path, flat=True)
    except UnreadableYaml as error:
        written.say("", error.found, f"un fichier YAML lisible ; {error.hint}")
        return None
    questionnaire = read_questionnaire(raw, written, around)
    if questionnaire is not None and questionnaire.id != path.stem:
        written.say("« id »", questionnaire.id, f"« {path.stem} », comme le nom du fichier")
        return None
    return questionnaire


def read_questionnaire(
    raw: object, written: Written, around: Surroundings | None = None
) -> Questionnaire | None:
    """One questionnaire from what its file says.

    Args:
        raw: as YAML gives it.
        written: takes the problems.
        around: what the study brings.

    Returns:
        The questionnaire; None where anything in it is wrong.
    """
    before = len(written.problems)
    reader = _Reader(written, around or Surroundings(), _bank("modeles"))
    questionnaire = reader.questionnaire(raw)
    return questionnaire if all(p.severity != "error" for p in written.problems[before:]) else None


class _Reader:
    """Reads one file. ``loose``: questions alone, whose conditions are not followed."""

    def __init__(
        self, written: Written, around: Surroundings, shared: Mapping[str, Any], loose: bool = False
    ) -> None:
        self.written, self.around, self.shared, self.loose = written, around, shared, loose
        self.asked: dict[str, Question] = {}
        self.absent: set[str] = set()

    # ------------------------------------------------------------------------------------ levels

    def questionnaire(self, raw: object) -> Questionnaire:
        say, w = self.written.say, self.written
        head = w.mapping(raw, "", _HEAD, "« id: », « titre: », « sections: » …")
        id = self.code(head.get("id"), "« id »")
        unit = w.choice(head, "unite", "", UNITS)
        if "unite" not in head:
            say("« unite »", "", "« menage » (une réponse par foyer) ou « personne »")
        version = w.number(head, "version", "", 1, 9999)
        if "version" not in head:
            say("« version »", "", "un nombre entier, qui augmente quand une question change")
        sections = w.items(head, "sections", "", 40)
        if not sections:
            say("« sections »", head.get("sections"), "au moins une section et une question")
        return Questionnaire(
            id=id,
            title=w.text(head, "titre", ""),
            audience=w.text(head, "public", ""),
            unit=cast(Unit, unit or "personne"),
            version=version or 1,
            minutes=w.number(head, "duree", "", 1, 60, 0) or 0,
            intro=w.text(head, "introduction", "", ""),
            closing=w.text(head, "conclusion", "", ""),
            sections=tuple(self.sections(sections)),
        )

    def sections(self, raw: Sequence[object]) -> list[Section]:
        out: list[Section] = []
        for number, each in enumerate(raw, start=1):
            place = f"section {number}"
            given = self.written.mapping(each, place, _SECTION, "« id: », « titre: », « questions: »")
            id = self.code(given.get("id"), f"{place}, « id »")
            place = f"section « {id} »" if id else place
            if id and id in {section.id for section in out}:
                self.written.say(place, id, "un identifiant par section, jamais deux fois le même")
            questions = self.written.items(given, "questions", place, MOST_QUESTIONS)
            if not questions and given:
                self.written.say(place, "", "au moins une question")
            asked = [self.numbered(q, f"{place}, question {n}") for n, q in enumerate(questions, start=1)]
            kept = tuple(q for q in asked if q is not None)
            out.append(
                Section(
                    id, self.written.text(given, "titre", place), kept,
                    self.written.text(given, "introduction", place, ""),
                )
            )  # fmt: skip
        return [section for section in out if section.questions]

    def numbered(self, raw: object, place: str) -> Question | None:
        """A question of a section: its own, or one taken over."""
        if isinstance(raw, Mapping) and "reprendre" in raw:
            return self.taken(raw, place)
        given = self.written.mapping(
            raw, place, (*_QUESTION, "reprendre"), "« id: », « question: », « sujet: », « genre: » …"
        )
        return self.question(given, place) if given else None

    def taken(self, raw: Mapping[str, Any], place: str) -> Question | None:
        given = self.written.mapping(raw, place, _TAKEN, "« reprendre: »")
        id = str(given.pop("reprendre"))
        if id not in self.shared:
            known = nearest(id, self.shared)
            self.written.say(f"{place}, « reprendre »", id, f"une question de modeles.yml{known}")
            return None
        model = dict(self.shared[id])
        only, more = given.pop("seulement", None), given.pop("options", None)
        if only is not None:
            model["options"] = self.kept(model.get("options"), only, f"question « {id} », « seulement »")
        if more is not None:
            model["options"] = self.added(model.get("options"), more, f"question « {id} », « options »")
        return self.question({"id": id, **model, **given}, place)

    def kept(self, options: Any, only: object, place: str) -> Any:
        codes = only if isinstance(only, list) else [only]
        known = options if isinstance(options, Mapping) else {}
        for code in codes:
            if code not in known:
                expected = f"une réponse de la question reprise{nearest(code, map(str, known))}"
                self.written.say(place, code, expected)
        return {code: label for code, label in known.items() if code in codes}

    def added(self, options: Any, more: object, place: str) -> Any:
        if not isinstance(more, Mapping):
            self.written.say(place, more, "des lignes « code: texte »")
            return options
        twice = [code for code in more if code in (options or {})]
        for code in twice:
            self.written.say(place, code, "un code que la question reprise n’a pas déjà")
        return {**(options or {}), **more}

    # ---------------------------------------------------------------------------------- questions

    def question(self, raw: Mapping[str, Any], place: str) -> Question | None:
        """One question; None where it has no place in a study without secteurs, or where it is too wrong."""
        w = self.written
        id = self.code(raw.get("id"), f"{place}, « id »")
        here = f"question « {id} »" if id else place
        if id and (id in RESERVED or id in self.asked or id in self.absent):
            why = "un autre mot : celui-ci est réservé" if id in RESERVED else "un identifiant par question"
            w.say(f"{here}, « id »", id, why)
        if "genre" not in raw:
            w.say(f"{here}, « genre »", "", ", ".join(KINDS))
        kind = w.choice(raw, "genre", here, KINDS)
        if not kind or not id:
            return None
        if raw.get("options_de") is not None and not self.loose and not self.around.secteurs:
            self.source(raw, here)
            self.absent.add(id)
            return None
        question = Question(
            id=id,
            label=w.text(raw, "question", here),
            kind=cast(Kind, kind),
            options=self.options(raw, kind, here),
            items=self.lines(raw, kind, here),
            themes=self.themes(raw, here),
            help=self.help(raw, here),
            required=w.flag(raw, "obligatoire", here),
            unit=cast(Unit, w.choice(raw, "unite", here, UNITS)),
            sensitive=w.flag(raw, "sensible", here),
            when=self.conditions(raw.get("si"), here),
            low=self.bound(raw, "min", kind, here),
            high=self.bound(raw, "max", kind, here),
            most=self.most(raw, kind, here),
            role=cast(Role, w.choice(raw, "role", here, {role: role for role in ROLES})),
            topic=w.text(raw, "sujet", here),
        )
        self.coherent(question, here)
        self.asked[id] = question
        return question

    def coherent(self, question: Question, here: str) -> None:
        say = self.written.say
        if question.low is not None and question.high is not None and question.low > question.high:
            say(f"{here}, « max »", question.high, f"un nombre qui ne soit pas inférieur à {question.low}")
        alone = question.role and question.role not in SHARED_ROLES
        if alone and any(q.role == question.role for q in self.asked.values()) and not self.loose:
            say(f"{here}, « role »", question.role, "un rôle par questionnaire, à une seule question")
        if question.role.startswith("consentement") and {AGREED, REFUSED} - {
            o.code for o in question.options
        }:
            say(f"{here}, « options »", "", "les codes « oui » et « non », pour un accord")

    def options(self, raw: Mapping[str, Any], kind: str, here: str) -> tuple[Option, ...]:
        given = raw.get("options")
        place = f"{here}, « options »"
        if kind not in _WITH_OPTIONS:
            if given is not None:
                self.written.say(place, given, "pas de réponses proposées pour ce genre de question")
            return ()
        listed: list[Option] = []
        if raw.get("options_de") is not None and self.source(raw, here):
            listed = [Option(code, name) for name, code in secteur_codes(self.around.secteurs).items()]
        own = self.labelled(given, place) if given is not None else []
        for option in own:
            if option.code in {o.code for o in listed}:
                self.written.say(place, option.code, "un code qui ne soit pas celui d’un secteur")
        options = [*listed, *own]
        if not options and not self.loose:
            self.written.say(place, given, "des lignes « code: texte »")
        for option in options:
            if option.exclusive and kind != "multiple":
                self.written.say(
                    f"{place}, « {option.code} »", "exclusif",
                    "« exclusif » dans un choix multiple seulement : les autres genres n’admettent qu’une réponse",
                )  # fmt: skip
            if option.free and kind in ("grid", "ranking"):
                self.written.say(
                    f"{place}, « {option.code} »",
                    "libre",
                    "« libre » dans un choix unique, multiple ou une échelle",
                )
        return tuple(options)

    def source(self, raw: Mapping[str, Any], here: str) -> bool:
        if raw["options_de"] == "secteurs":
            return True
        self.written.say(f"{here}, « options_de »", raw["options_de"], "« secteurs »")
        return False

    def lines(self, raw: Mapping[str, Any], kind: str, here: str) -> tuple[Option, ...]:
        given, place = raw.get("lignes"), f"{here}, « lignes »"
        if kind != "grid":
            if given is not None:
                self.written.say(place, given, "pas de lignes : elles sont pour une grille")
            return ()
        lines = self.labelled(given, place) if given is not None else []
        if not lines:
            self.written.say(place, given, "des lignes « code: texte »")
        for line in lines:
            if line.exclusive or line.free:
                self.written.say(f"{place}, « {line.code} »", "exclusif ou libre", "un texte seulement")
        return tuple(lines)

    def labelled(self, given: object, place: str) -> list[Option]:
        """« code: texte » or « code: {texte: …, exclusif: true, libre: true} »."""
        if not isinstance(given, Mapping):
            self.written.say(place, given, "des lignes « code: texte »")
            return []
        if len(given) > MOST_OPTIONS:
            self.written.say(place, f"{len(given)} réponses", f"{MOST_OPTIONS} réponses au plus")
            return []
        out = []
        for raw, value in given.items():
            code = self.code(raw, place)
            inside = f"{place}, « {shown(raw)} »"
            whole = value if isinstance(value, Mapping) else {"texte": value}
            each = self.written.mapping(whole, inside, _OPTION, "« texte: »")
            out.append(
                Option(
                    code, self.written.text(each, "texte", inside), self.written.flag(each, "exclusif", inside),
                    self.written.flag(each, "libre", inside),
                )
            )  # fmt: skip
        return out

    def code(self, raw: object, place: str) -> str:
        """An id or a code; empty where it is not one (told)."""
        if isinstance(raw, str) and _ID.fullmatch(raw) and len(raw) <= LONGEST_ID:
            return raw
        number = isinstance(raw, int | float)
        quoted = " (un nombre, « yes » ou « no » seul n’est pas un code)" if number else ""
        self.written.say(place, raw, f"{_CODE}, {LONGEST_ID} caractères au plus{quoted}")
        return ""

    def themes(self, raw: Mapping[str, Any], here: str) -> tuple[str, ...]:
        words = {fold(w): key for key, label in THEMES.items() for w in (key, key.replace("_", " "), label)}
        out = []
        for theme in self.written.items(raw, "themes", here):
            key = words.get(fold(str(theme)).strip())
            if key is None:
                expected = f"un thème : {', '.join(THEMES)}{nearest(theme, THEMES)}"
                self.written.say(f"{here}, « themes »", theme, expected)
            else:
                out.append(key)
        return tuple(dict.fromkeys(out))

    def help(self, raw: Mapping[str, Any], here: str) -> str:
        """The sentence under a question; empty where it lists what the study does not know."""
        text = self.written.text(raw, "aide", here, "")
        words = self.around.words
        for name in _PLACE.findall(text):
            if name not in words:
                expected = "« {communes} » ou « {secteurs} », que le logiciel remplace"
                self.written.say(f"{here}, « aide »", f"{{{name}}}", expected)
            elif not words[name]:
                return ""
        return _PLACE.sub(lambda found: words.get(found[1], ""), text)

    def bound(self, raw: Mapping[str, Any], key: str, kind: str, here: str) -> int | None:
        if raw.get(key) is not None and kind != "integer":
            self.written.say(f"{here}, « {key} »", raw[key], "pas de bornes : elles sont pour un nombre")
            return None
        value = self.written.number(raw, key, here, -1_000_000, 1_000_000)
        if kind == "integer" and value is None and raw.get(key) is None:
            self.written.say(f"{here}, « {key} »", "", "un nombre entier, pour refuser une faute de frappe")
        return value

    def most(self, raw: Mapping[str, Any], kind: str, here: str) -> int | None:
        if raw.get("au_plus") is not None and kind not in ("multiple", "ranking"):
            expected = "« au_plus » dans un choix multiple ou un classement seulement"
            self.written.say(f"{here}, « au_plus »", raw["au_plus"], expected)
            return None
        return self.written.number(raw, "au_plus", here, 1, MOST_OPTIONS)

    # --------------------------------------------------------------------------------- conditions

    def conditions(self, raw: object, here: str) -> tuple[Condition, ...]:
        """« si: {enfants_ages: [moins_3, de_3_5]} »: all of the lines, any of the codes of a line."""
        place = f"{here}, « si »"
        if raw is None or raw == {}:
            return ()
        if not isinstance(raw, Mapping):
            self.written.say(place, raw, "« question: code » ou « question: [codes] »")
            return ()
        out = []
        for name, value in raw.items():
            codes = tuple(map(str, value)) if isinstance(value, list) else (str(value),)
            if not codes:
                self.written.say(f"{place}, « {shown(name)} »", "", "au moins un code de réponse")
            elif self.loose or self.answerable(name, codes, place):
                out.append(Condition(str(name), codes))
        return tuple(out)

    def answerable(self, name: object, codes: tuple[str, ...], place: str) -> bool:
        """Whether an earlier question can get these codes; told where not."""
        inside = f"{place}, « {shown(name)} »"
        if name in self.absent:
            self.written.say(
                inside, name, "une question posée : celle-ci demande des secteurs dans study.yml"
            )
            return False
        earlier = self.asked.get(str(name))
        if earlier is None:
            close = nearest(name, self.asked)
            self.written.say(inside, name, f"l’identifiant d’une question posée avant{close}")
            return False
        if earlier.kind not in ("single", "scale", "multiple", "ranking"):
            self.written.say(inside, name, "une question à choix (ni grille, ni nombre, ni texte)")
            return False
        known = [option.code for option in earlier.options]
        wrong = [code for code in codes if code not in known]
        for code in wrong:
            self.written.say(
                inside, code, f"une réponse de cette question : {', '.join(known)}{nearest(code, known)}"
            )
        return not wrong
