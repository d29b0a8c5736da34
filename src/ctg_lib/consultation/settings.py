"""``consultation.yml`` of a study: who answers for the answers, how long they are kept, what is planned and when.

In git, and so without anyone's name: functions, organisations, a generic address. What is not known yet is left out
or written « à compléter »; it is told, and no form pretends to know it.

    responsable: {organisme: Communauté de communes Exemple, fonction: chargée de coopération, contact: ctg@exemple.example}
    delegue: {fonction: délégué à la protection des données, contact: dpo@exemple.example}
    conservation_jusqu_au: 2027-12-31
    hebergement: {outil: LimeSurvey, lieu: France, union_europeenne: oui}
    destinataires: [l’équipe du diagnostic]
    enquetes:
      - {questionnaire: parents, du: 2026-11-02, au: 2026-12-18, formes: [en_ligne, papier], canaux: [courriel_caf]}
    rencontres:
      - {occasion: entretien, nombre: 10, du: octobre 2026, au: décembre 2026, etat: en cours, publics: [institutions]}
    publics_attendus: [parents, jeunes, elus]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ctg_lib.consultation.actors import GROUPS, OCCASIONS, OCCASIONS_PLURAL
from ctg_lib.consultation.answers import MODES
from ctg_lib.consultation.bank import questionnaires as all_questionnaires
from ctg_lib.consultation.questionnaire import Questionnaire
from ctg_lib.consultation.wording import enumerated
from ctg_lib.consultation.written import Written, nearest
from ctg_lib.geography.names import fold
from ctg_lib.workbooks.common import PROGRESS, PROGRESS_WORDS, THEMES
from ctg_lib.workbooks.moments import EXPECTED, Moment, day_in_words, in_words, read_moment, since, until
from ctg_lib.workbooks.people import personal
from ctg_lib.workbooks.plain_yaml import UnreadableYaml, read_yaml
from ctg_lib.workbooks.problems import Problem, ordered

FILE = "consultation.yml"
ANSWERS = "reponses"
"""Of the study's ``consultation`` folder: exports of answers, as received."""
TO_COMPLETE = "à compléter"
DEFAULT_STATE = "prevu"
DEFAULT_PURPOSE = (
    "établir le diagnostic et le plan d’action de la convention territoriale globale, qui prévoit les services aux "
    "familles et aux habitants"
)
DEFAULT_RECIPIENTS: tuple[str, ...] = ("les personnes chargées du diagnostic, et elles seules",)


_HEAD = (
    "responsable", "delegue", "finalite", "destinataires", "hebergement", "conservation_jusqu_au", "enquetes",
    "rencontres", "publics_attendus",
)  # fmt: skip
_CONTACT = ("organisme", "fonction", "contact")
_HOST = ("outil", "lieu", "union_europeenne", "garanties")
_SURVEY = ("questionnaire", "du", "au", "formes", "canaux", "etat", "accord_des_parents", "attendues")
_MEETING = ("occasion", "nom", "nombre", "date", "du", "au", "etat", "publics", "themes", "secteur")
_PERSON_MAIL = re.compile(r"\b([^\W\d_-]+[.][^\W\d_]+)@")
_GENERIC = re.compile(
    r"accueil|contact|ctg|dpo|rgpd|mairie|service|secretariat|enfance|jeunesse|social|donnees|info|pole"
)
_PRECISE = "jour"


@dataclass(frozen=True)
class Contact:
    """Whom to write to: an organisation, a function and a generic address; never a person."""

    organisation: str = ""
    function: str = ""
    address: str = ""

    @property
    def known(self) -> bool:
        """Whether one can write to it."""
        return bool(self.address)

    @property
    def words(self) -> str:
        """« chargée de coopération, Communauté de communes Exemple, ctg@exemple.example », « à compléter »."""
        return (
            ", ".join(each for each in (self.function, self.organisation, self.address) if each)
            or TO_COMPLETE
        )


@dataclass(frozen=True)
class Hosting:
    """Where answers given online are kept.

    Attributes:
        tool: « LimeSurvey ».
        place: country, host.
        in_union: whether it is in the European Union; None: not told.
        safeguards: what protects the answers where it is not.
    """

    tool: str = ""
    place: str = ""
    in_union: bool | None = None
    safeguards: str = ""


@dataclass(frozen=True)
class PlannedSurvey:
    """A survey, planned or under way.

    Attributes:
        questionnaire: id; ``title``, ``audience``: its own words.
        opens, closes: None where not dated.
        modes: keys of :data:`ctg_lib.consultation.answers.MODES`.
        channels: codes of the questionnaire's question on the channel, and their labels.
        state: key of :data:`ctg_lib.workbooks.common.PROGRESS`.
        parents_agreement: how the agreement of the parents of under-fifteens is asked for.
        expected: how many answers are hoped for; None where not told.
    """

    questionnaire: str
    title: str = ""
    audience: str = ""
    opens: Moment | None = None
    closes: Moment | None = None
    modes: tuple[str, ...] = ("en_ligne",)
    channels: Mapping[str, str] = field(default_factory=dict)
    state: str = DEFAULT_STATE
    parents_agreement: str = ""
    expected: int | None = None


@dataclass(frozen=True)
class PlannedMeeting:
    """Interviews, meetings, forums or a seminar: ``count`` of one kind, ``groups`` and ``themes`` they are for."""

    occasion: str
    count: int = 1
    title: str = ""
    opens: Moment | None = None
    closes: Moment | None = None
    state: str = DEFAULT_STATE
    groups: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    secteur: str = ""


@dataclass(frozen=True)
class Planned:
    """One thing planned, in the words of a chapter.

    Attributes:
        kind: « enquete » or a key of :data:`ctg_lib.consultation.actors.OCCASIONS`.
        what: « Questionnaire aux parents », « 10 entretiens ».
        how: « en ligne et sur papier »; empty of meetings.
        who: « les parents d’enfants … », « institutions, associations »; may be empty.
        when: « du 2 novembre au 18 décembre 2026 »; empty where not dated.
        state: in French (« prévu »).
        first, last: earliest and latest day, None where not dated.
    """

    kind: str
    what: str
    how: str = ""
    who: str = ""
    when: str = ""
    state: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def words(self) -> str:
        """« Questionnaire aux parents, en ligne et sur papier, du 2 novembre au 18 décembre 2026 (prévu) »."""
        parts = [each for each in (self.what, self.how, self.when or "date à fixer") if each]
        return f"{', '.join(parts)} ({self.state})"


@dataclass(frozen=True)
class Settings:
    """What ``consultation.yml`` says; its absence says nothing.

    Attributes:
        given: whether the file exists.
        controller: who answers for the answers (responsable de traitement).
        officer: data protection officer (délégué à la protection des données).
        purpose: what the answers serve.
        recipients: who sees the answers themselves.
        host: where answers given online are kept.
        keep_until: last day on which the answers may be held; None where not told.
        surveys, meetings: what is planned.
        expected: groups (keys of :data:`ctg_lib.consultation.actors.GROUPS`) that are to be heard.
        problems: of the file.
    """

    given: bool = False
    controller: Contact = field(default_factory=Contact)
    officer: Contact = field(default_factory=Contact)
    purpose: str = DEFAULT_PURPOSE
    recipients: tuple[str, ...] = DEFAULT_RECIPIENTS
    host: Hosting = field(default_factory=Hosting)
    keep_until: date | None = None
    surveys: tuple[PlannedSurvey, ...] = ()
    meetings: tuple[PlannedMeeting, ...] = ()
    expected: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def planned(self) -> tuple[Planned, ...]:
        """Surveys, then meetings, in the order of the file, in words."""
        return (*map(_survey_words, self.surveys), *map(_meeting_words, self.meetings))


def read_settings(
    study_folder: Path | None, questionnaires: Mapping[str, Questionnaire] | None = None
) -> Settings:
    """The settings of a study; never raises for what someone wrote.

    Args:
        study_folder: of the study.
        questionnaires: those the study may use; by default the bank's and its own.
    """
    path = Path(study_folder) / FILE if study_folder is not None else None
    if path is None or not path.is_file():
        return Settings()
    written = Written(FILE)
    try:
        raw = read_yaml(path, flat=True)
    except UnreadableYaml as error:
        written.say("", error.found, f"un fichier YAML lisible ; {error.hint}")
        return Settings(given=True, problems=tuple(written.problems))
    known = all_questionnaires(study_folder)[0] if questionnaires is None else questionnaires
    return _Reader(written, known).settings(raw)


class _Reader:
    def __init__(self, written: Written, questionnaires: Mapping[str, Questionnaire]) -> None:
        self.written, self.questionnaires = written, questionnaires

    def settings(self, raw: object) -> Settings:
        w = self.written
        head = w.mapping(raw, "", _HEAD, "« responsable: », « enquetes: », « rencontres: » …")
        purpose, recipients = self.words(head, "finalite", ""), self.listed(head, "destinataires", "")
        keep = self.moment(head, "conservation_jusqu_au", "")
        return Settings(
            given=True,
            controller=self.contact(head.get("responsable"), "« responsable »"),
            officer=self.contact(head.get("delegue"), "« delegue »"),
            purpose=purpose or DEFAULT_PURPOSE,
            recipients=recipients or DEFAULT_RECIPIENTS,
            host=self.host(head.get("hebergement")),
            keep_until=keep.last if keep else None,
            surveys=tuple(self.surveys(head)),
            meetings=tuple(self.meetings(head)),
            expected=self.keys(head, "publics_attendus", "", GROUPS),
            problems=tuple(ordered(w.problems)),
        )

    def words(self, raw: Mapping[str, Any], key: str, where: str) -> str:
        """A text without a person's data; empty where it is absent or « à compléter »."""
        text = self.written.text(raw, key, where, "")
        if found := personal(text):
            place = f"{where}, « {key} »" if where else f"« {key} »"
            self.written.say(
                place, found[0], "aucune donnée sur une personne : écrire l’organisme ou la fonction"
            )
            return ""
        return "" if fold(text).strip(" .…") in ("a completer", "") else text

    def listed(self, raw: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        items = self.written.items(raw, key, where)
        texts = [self.words({key: each}, key, where) for each in items]
        return tuple(text for text in texts if text)

    def contact(self, raw: object, where: str) -> Contact:
        if raw is None:
            return Contact()
        expected = "« organisme: », « fonction: » et « contact: »"
        given = self.written.mapping(raw, where, _CONTACT, expected)
        return Contact(
            self.words(given, "organisme", where), self.words(given, "fonction", where), self.address(given, where)
        )  # fmt: skip

    def address(self, raw: Mapping[str, Any], where: str) -> str:
        """A generic address: an e-mail of a service, a telephone of a desk, a postal address."""
        text = self.written.text(raw, "contact", where, "")
        named = [kind for kind in personal(text) if "nom" in kind.split()]
        mails = [found[1] for found in _PERSON_MAIL.finditer(text) if not _GENERIC.search(fold(found[1]))]
        if named or mails:
            found = named[0] if named else "une adresse qui semble celle d’une personne"
            self.written.say(
                f"{where}, « contact »", found, "une adresse générique (« ctg@… », « accueil@… »)"
            )
            return ""
        return "" if fold(text).strip(" .…") in ("a completer", "") else text

    def host(self, raw: object) -> Hosting:
        if raw is None:
            return Hosting()
        where = "« hebergement »"
        given = self.written.mapping(raw, where, _HOST, "« outil: », « lieu: », « union_europeenne: »")
        union = given.get("union_europeenne")
        told = union is not None and fold(str(union)).strip(" .…") != "a completer"
        return Hosting(
            self.words(given, "outil", where),
            self.words(given, "lieu", where),
            self.written.flag(given, "union_europeenne", where) if told else None,
            self.words(given, "garanties", where),
        )

    def surveys(self, head: Mapping[str, Any]) -> list[PlannedSurvey]:
        out: list[PlannedSurvey] = []
        for number, raw in enumerate(self.written.items(head, "enquetes", ""), start=1):
            where = f"enquête {number}"
            given = self.written.mapping(raw, where, _SURVEY, "« questionnaire: », « du: », « au: » …")
            if not given:
                continue
            id = self.written.text(given, "questionnaire", where)
            asked = self.questionnaires.get(id)
            if id and asked is None:
                known = f"{', '.join(self.questionnaires)}{nearest(id, self.questionnaires)}"
                self.written.say(f"{where}, « questionnaire »", id, f"un questionnaire : {known}")
            if id in {survey.questionnaire for survey in out}:
                self.written.say(f"{where}, « questionnaire »", id, "une seule enquête par questionnaire")
            opens, closes = self.span(given, where)
            channel = asked.of_role("canal") if asked is not None else None
            labels = {option.code: option.label for option in channel.options} if channel else {}
            out.append(
                PlannedSurvey(
                    questionnaire=id, title=asked.title if asked else id, audience=asked.audience if asked else "",
                    opens=opens, closes=closes,
                    modes=self.keys(given, "formes", where, MODES) or ("en_ligne",),
                    channels={code: labels[code] for code in self.keys(given, "canaux", where, labels)} if asked else {},
                    state=self.state(given, where),
                    parents_agreement=self.words(given, "accord_des_parents", where),
                    expected=self.written.number(given, "attendues", where, 1, 1_000_000),
                )
            )  # fmt: skip
        return out

    def meetings(self, head: Mapping[str, Any]) -> list[PlannedMeeting]:
        out = []
        for number, raw in enumerate(self.written.items(head, "rencontres", ""), start=1):
            where = f"rencontre {number}"
            given = self.written.mapping(raw, where, _MEETING, "« occasion: », « nombre: », « date: » …")
            if not given:
                continue
            if given.get("occasion") is None:
                self.written.say(f"{where}, « occasion »", "", ", ".join(OCCASIONS))
            words = {key: key for key in OCCASIONS} | {label: key for key, label in OCCASIONS.items()}
            words |= {form: key for key, forms in OCCASIONS_PLURAL.items() for form in forms}
            occasion = self.written.choice(given, "occasion", where, words, expected=", ".join(OCCASIONS))
            opens, closes = self.span(given, where)
            out.append(
                PlannedMeeting(
                    occasion=occasion, count=self.written.number(given, "nombre", where, 1, 500, 1) or 1,
                    title=self.words(given, "nom", where), opens=opens, closes=closes,
                    state=self.state(given, where), groups=self.keys(given, "publics", where, GROUPS),
                    themes=self.keys(given, "themes", where, THEMES), secteur=self.words(given, "secteur", where),
                )
            )  # fmt: skip
        return [meeting for meeting in out if meeting.occasion]

    def keys(self, raw: Mapping[str, Any], key: str, where: str, known: Mapping[str, str]) -> tuple[str, ...]:
        """Keys of a list, from keys or labels; what is unknown is told and left out."""
        words = {fold(w): k for k, label in known.items() for w in (k, k.replace("_", " "), label)}
        out = []
        for each in self.written.items(raw, key, where):
            found = words.get(fold(str(each)).strip())
            if found is None:
                place = f"{where}, « {key} »" if where else f"« {key} »"
                self.written.say(place, each, f"{', '.join(known) or 'rien'}{nearest(each, known)}")
            else:
                out.append(found)
        return tuple(dict.fromkeys(out))

    def state(self, raw: Mapping[str, Any], where: str) -> str:
        words = {key: key for key in PROGRESS} | {label: key for key, label in PROGRESS.items()}
        expected = ", ".join(PROGRESS.values())
        return self.written.choice(raw, "etat", where, words | PROGRESS_WORDS, DEFAULT_STATE, expected)

    def moment(self, raw: Mapping[str, Any], key: str, where: str) -> Moment | None:
        value = raw.get(key)
        if value is None or fold(str(value)).strip(" .…") in ("a completer", ""):
            return None
        moment = read_moment(value)
        if moment is None:
            self.written.say(f"{where}, « {key} »" if where else f"« {key} »", value, EXPECTED)
        return moment

    def span(self, raw: Mapping[str, Any], where: str) -> tuple[Moment | None, Moment | None]:
        """Beginning and end; a « date » is both."""
        if raw.get("date") is not None:
            for other in ("du", "au"):
                if raw.get(other) is not None:
                    self.written.say(
                        f"{where}, « {other} »", raw[other], "« date » seule, ou « du » et « au »"
                    )
            day = self.moment(raw, "date", where)
            return day, day
        opens, closes = self.moment(raw, "du", where), self.moment(raw, "au", where)
        if opens and closes and closes.last < opens.first:
            self.written.say(
                f"{where}, « au »", in_words(closes), f"une date après « du » ({in_words(opens)})"
            )
        return opens, closes


# --- words ---------------------------------------------------------------------------------------------


def period(opens: Moment | None, closes: Moment | None) -> str:
    """« du 2 novembre au 18 décembre 2026 », « octobre 2026 – décembre 2026 »; empty without a date."""
    if opens is None:
        return until(closes) if closes else ""
    if closes is None:
        return since(opens)
    if opens == closes:
        return in_words(opens)
    if any(each.precision != _PRECISE or each.about for each in (opens, closes)):
        return f"{in_words(opens)} – {in_words(closes)}"
    first = day_in_words(opens.first)
    if opens.first.year == closes.first.year:
        first = first.rsplit(" ", 1)[0]
        if opens.first.month == closes.first.month:
            first = first.rsplit(" ", 1)[0]
    return f"du {first} au {day_in_words(closes.first)}"


def _survey_words(survey: PlannedSurvey) -> Planned:
    return Planned(
        kind="enquete",
        what=survey.title or survey.questionnaire,
        how=enumerated([MODES[mode] for mode in survey.modes]),
        who=survey.audience,
        when=period(survey.opens, survey.closes),
        state=PROGRESS[survey.state],
        first=survey.opens.first if survey.opens else None,
        last=survey.closes.last if survey.closes else None,
    )


def _meeting_words(meeting: PlannedMeeting) -> Planned:
    one, several = OCCASIONS_PLURAL[meeting.occasion]
    named = f" « {meeting.title} »" if meeting.title else ""
    where = f" (secteur {meeting.secteur})" if meeting.secteur else ""
    who = [GROUPS[group] for group in meeting.groups]
    return Planned(
        kind=meeting.occasion,
        what=f"{meeting.count} {one if meeting.count == 1 else several}{named}{where}",
        who=", ".join([*who, *(f"thème : {THEMES[theme]}" for theme in meeting.themes)]),
        when=period(meeting.opens, meeting.closes),
        state=PROGRESS[meeting.state],
        first=meeting.opens.first if meeting.opens else None,
        last=meeting.closes.last if meeting.closes else None,
    )


# --- template ------------------------------------------------------------------------------------------


def settings_text(place: str, questionnaires: Mapping[str, Questionnaire] | None = None) -> str:
    """A ``consultation.yml`` with its comments: nothing is set, everything is there to be uncommented.

    Args:
        place: name of the territory.
        questionnaires: those the study may use; by default the bank's.
    """
    known = all_questionnaires()[0] if questionnaires is None else questionnaires
    width = max(map(len, known))
    surveys = "\n".join(f"#   {id:<{width}}  {each.audience}" for id, each in known.items())
    groups = "\n".join(f"#   {key:<23}  {label}" for key, label in GROUPS.items())
    states = ", ".join(PROGRESS.values())
    return f"""\
# Écouter les habitants et les acteurs : {place}.
# Ce fichier dit qui répond des données, combien de temps elles sont gardées, ce qui est prévu et quand.
# Il ne contient aucun nom de personne : des organismes, des fonctions, des adresses génériques.
# Une ligne qui commence par « # » n’est pas lue : ôter le « # » et l’espace qui suit pour s’en servir.
# Ce qui n’est pas encore connu s’écrit « {TO_COMPLETE} » : le contrôle de l’étude le rappelle.
# Dates : 2026-11-02, 02/11/2026, « novembre 2026 », « vers mars 2027 ». États : {states}.

# Responsable du traitement : l’organisme qui décide de l’enquête (souvent la communauté de communes).
# responsable:
#   organisme: {TO_COMPLETE}
#   fonction: {TO_COMPLETE}          # chargée de coopération, direction du pôle enfance…
#   contact: {TO_COMPLETE}           # adresse générique : ctg@…, accueil@…

# Délégué à la protection des données (chaque collectivité en a désigné un).
# delegue:
#   organisme: {TO_COMPLETE}
#   fonction: délégué à la protection des données
#   contact: {TO_COMPLETE}

# Base légale, écrite dans l’information des personnes : mission d’intérêt public (RGPD, art. 6, 1, e) ;
# consentement (art. 9, 2, a) pour la seule partie facultative sur le handicap et la santé.
# À quoi servent les réponses (par défaut : le diagnostic et le plan d’action de la convention) :
# finalite: {TO_COMPLETE}
# Qui voit les réponses elles-mêmes (par défaut : les personnes chargées du diagnostic) :
# destinataires: [l’équipe du diagnostic]

# Jusqu’à quand les réponses sont gardées. Passé ce jour, le contrôle de l’étude demande de les supprimer.
# conservation_jusqu_au: {TO_COMPLETE}

# Où l’outil d’enquête garde les réponses données en ligne.
# hebergement:
#   outil: {TO_COMPLETE}
#   lieu: {TO_COMPLETE}
#   union_europeenne: {TO_COMPLETE}    # oui ou non ; si non, ajouter « garanties: … »

# Enquêtes par questionnaire. Questionnaires :
{surveys}
# enquetes:
#   - questionnaire: parents
#     du: {TO_COMPLETE}
#     au: {TO_COMPLETE}
#     formes: [en_ligne, papier]     # {", ".join(MODES)}
#     canaux: [courriel_caf, courriel_msa, ecole_college, mairie, petite_enfance]
#     attendues: 150                 # nombre de réponses espéré (facultatif)
#     etat: prévu
#   - questionnaire: jeunes_11_17
#     du: {TO_COMPLETE}
#     au: {TO_COMPLETE}
#     formes: [en_ligne, papier]
#     canaux: [ecole_college]
#     accord_des_parents: lettre remise aux familles par le collège
#     etat: prévu

# Entretiens, rencontres thématiques, forums d’habitants, séminaires des élus. Publics :
{groups}
# rencontres:
#   - occasion: entretien            # {", ".join(OCCASIONS)}
#     nombre: 10
#     du: {TO_COMPLETE}
#     au: {TO_COMPLETE}
#     etat: prévu
#     publics: [institutions, associations, petite_enfance]
#   - occasion: forum
#     nombre: 2
#     date: {TO_COMPLETE}
#     etat: hypothèse

# Publics que l’étude veut entendre : ceux qui ne l’ont pas été seront nommés dans le rapport.
# publics_attendus: [elus, parents, jeunes, petite_enfance, ecole, associations, institutions]
"""
