"""What is wrong in a questionnaire that can be read: what cannot be answered, weighed, or asked without an agreement.

Times are rough: seconds per kind of question, half of them where a question is not asked of everyone. They serve to
tell a questionnaire of half an hour from one of ten minutes, not more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from ctg_lib.consultation.bank import AGREED, RESIDENCE, UNITS
from ctg_lib.consultation.questionnaire import Option, Question, Questionnaire, Role
from ctg_lib.geography.names import fold
from ctg_lib.workbooks.problems import Problem, Severity, ordered

LONGEST_MINUTES = 15
MOST_FOR_ALL = 45
"""Questions asked of everyone, at most, before a questionnaire is told to be long."""
LONGEST_LABEL = 220
SMALLEST_SECTEUR = 200
"""Inhabitants under which a secteur beside an age and a type of household points at a home: a precaution of ours."""
_NOT_SMALL = (
    f"un secteur d’au moins {SMALLEST_SECTEUR} habitants : avec l’âge et le foyer, il désignerait quelqu’un"
)
DIGITAL_AGE = 15
"""Age from which one consents alone (loi n° 78-17 du 6 janvier 1978, art. 45; RGPD, art. 8)."""

_SECONDS: dict[str, int] = {
    "single": 14, "scale": 12, "multiple": 24, "ranking": 35, "integer": 10, "text": 50,
}  # fmt: skip
_SECONDS_PER_LINE = 7
_ALONE = re.compile(
    r"(?:aucune?s?\b.*|(?:a |de )?rien\b.*|(?:je ne|ne) sais pas|je prefere ne pas .*|sans objet|non)[ .]*"
)
_IDENTITY = re.compile(
    r"\b(?:nom|prenom|adresse|telephone|courriel|e-?mail|date de naissance|securite sociale|numero d'allocataire)\b"
)
_TOO_NEAR = re.compile(r"\b(?:commune|village|hameau|rue|code postal)\b")
_LIVES = re.compile(r"\b(?:habite[sz]?|habites-tu|habitez-vous|vivez|vis|vis-tu|residez|domicile)\b")
_FIRST_NUMBER = re.compile(r"\d+")


def check(
    questionnaire: Questionnaire, populations: Mapping[str, float] | None = None, file: str = ""
) -> list[Problem]:
    """All that is unsound in a questionnaire; empty where nothing is.

    Args:
        questionnaire: what would be asked.
        populations: name of a secteur (the label of its answer) -> inhabitants, where known.
        file: in which the user wrote it (« parents.yml » by default).
    """
    return ordered(_Checker(questionnaire, file or f"{questionnaire.id}.yml").all(populations or {}))


def minutes_about(questionnaire: Questionnaire) -> float:
    """How long it takes to answer, about, in minutes (see the module)."""
    seconds = 0.0
    for question in questionnaire.questions:
        own = _SECONDS_PER_LINE * len(question.items) if question.kind == "grid" else _SECONDS[question.kind]
        seconds += own / 2 if question.when else own
    return seconds / 60


def small_secteurs(populations: Mapping[str, float]) -> list[Problem]:
    """Secteurs (name -> inhabitants) so small that one of them beside an age and a household would point at a home."""
    return [
        Problem(
            f"study.yml, secteur « {name} »", f"{round(people)} habitants", severity="warning",
            expected=f"{_NOT_SMALL} ; le réunir à un autre pour les questionnaires",
        )
        for name, people in populations.items()
        if people < SMALLEST_SECTEUR
    ]  # fmt: skip


def harmony(questionnaires: Iterable[Questionnaire], files: Mapping[str, str] | None = None) -> list[Problem]:
    """Questions of the same id that are not the same question: other kind, or other words for a code.

    Args:
        questionnaires: those compared; the first that has an id says what it is.
        files: id of a questionnaire -> its file, as the user sees it (« parents.yml » by default).
    """
    problems: list[Problem] = []
    seen: dict[str, tuple[Questionnaire, Question]] = {}
    for questionnaire in questionnaires:
        for question in questionnaire.questions:
            first, model = seen.setdefault(question.id, (questionnaire, question))
            if model is question:
                continue
            file = (files or {}).get(questionnaire.id, f"{questionnaire.id}.yml")
            place = f"{file}, question « {question.id} »"
            if question.kind != model.kind:
                expected = f"le même genre que dans « {first.id} », ou un autre identifiant"
                problems.append(Problem(place, question.kind, expected, severity="warning"))
                continue
            words = _words(model)
            for each in (*question.options, *question.items):
                if words.get(each.code, each.label) != each.label:
                    expected = f"« {words[each.code]} » comme dans « {first.id} », ou un autre code"
                    at = f"{place}, réponse « {each.code} »"
                    problems.append(Problem(at, each.label, expected, severity="warning"))
    return ordered(problems)


def _words(question: Question) -> dict[str, str]:
    return {each.code: each.label for each in (*question.options, *question.items)}


class _Checker:
    def __init__(self, questionnaire: Questionnaire, file: str) -> None:
        self.whole, self.file = questionnaire, file
        self.problems: list[Problem] = []
        self.earlier: dict[str, Question] = {}

    def say(self, where: str, found: str, expected: str, severity: Severity = "error") -> None:
        place = f"{self.file}, {where}" if where else self.file
        self.problems.append(Problem(place, found, expected, severity=severity))

    def all(self, populations: Mapping[str, float]) -> list[Problem]:
        self.shape()
        self.roles()
        self.length()
        topics: dict[str, str] = {}
        for question in self.whole.questions:
            here = f"question « {question.id} »"
            if question.id in self.earlier:
                self.say(here, question.id, "un identifiant par question")
            self.choices(question, here)
            self.subject(question, here, topics)
            self.asked_when(question, here)
            self.protected(question, here)
            self.identifies(question, here)
            if question.role == "secteur":
                self.secteurs(question, here, populations)
            self.earlier.setdefault(question.id, question)
        return self.problems

    # ------------------------------------------------------------------------------ questionnaire

    def shape(self) -> None:
        if self.whole.unit not in UNITS:
            self.say("« unite »", str(self.whole.unit), "menage ou personne")
        if not self.whole.questions:
            self.say("", "", "au moins une question")

    def roles(self) -> None:
        """Whoever agrees, weighs or is reached must be told by a question."""
        has = {question.role for question in self.whole.questions}
        inhabitants = any(q.id == RESIDENCE or q.role in ("age", "menage") for q in self.whole.questions)
        needed: list[tuple[Role, Severity, str]] = [
            ("consentement", "error", "demander l’accord pour participer (« reprendre: participation »)"),
            ("canal", "warning", "savoir par quel canal la réponse est venue (« reprendre: canal »)"),
            ("priorites", "warning", "comparer les priorités entre publics (« reprendre: priorites »)"),
        ]
        if inhabitants:
            needed.append(("secteur", "warning", "redresser et lire par secteur (« reprendre: secteur »)"))
            margin: Role = "menage" if self.whole.unit == "menage" else "age"
            needed.append((margin, "warning", f"redresser les réponses (« reprendre: {margin} »)"))
        for role, severity, why in needed:
            if role not in has:
                self.say("", f"aucune question de rôle « {role} »", f"une question pour {why}", severity)
        first = self.whole.questions[0] if self.whole.questions else None
        if "consentement" in has and first is not None and first.role != "consentement":
            self.say(
                f"question « {first.id} »", "avant l’accord pour participer", "l’accord en premier", "warning"
            )
        if self.minors() and "consentement_parental" not in has:
            self.say(
                "", "des moins de 15 ans, sans accord d’un parent",
                "une question de rôle « consentement_parental » posée aux moins de 15 ans (loi n° 78-17, art. 45)",
            )  # fmt: skip

    def minors(self) -> bool:
        age = self.whole.of_role("age")
        lows = [_FIRST_NUMBER.search(option.label) for option in age.options] if age is not None else []
        starts = [
            int(found[0])
            for found, option in zip(lows, age.options if age else (), strict=True)
            if found and not fold(option.label).startswith("moins")
        ]
        return any(start < DIGITAL_AGE for start in starts)

    def length(self) -> None:
        for_all = sum(not question.when for question in self.whole.questions)
        minutes = minutes_about(self.whole)
        if for_all > MOST_FOR_ALL:
            self.say(
                "", f"{for_all} questions posées à tous", f"{MOST_FOR_ALL} au plus : au-delà, beaucoup abandonnent",
                "warning",
            )  # fmt: skip
        elif minutes > LONGEST_MINUTES:
            self.say("", f"environ {round(minutes)} minutes", f"{LONGEST_MINUTES} minutes au plus", "warning")
        if self.whole.minutes and not self.whole.minutes / 2 <= minutes <= self.whole.minutes * 2:
            found = f"{self.whole.minutes} minutes annoncées"
            self.say("« duree »", found, f"environ {max(1, round(minutes))} minutes", "warning")

    # ----------------------------------------------------------------------------------- question

    def choices(self, question: Question, here: str) -> None:
        closed = question.kind not in ("integer", "text")
        if closed and len(question.options) < 2:
            words = "un classement demande" if question.kind == "ranking" else "il en faut"
            self.say(
                f"{here}, « options »",
                f"{len(question.options)} réponse",
                f"deux au moins : {words} un choix",
            )
        self.twice(question.options, f"{here}, « options »")
        self.twice(question.items, f"{here}, « lignes »")
        if question.kind == "grid" and len(question.items) < 2:
            self.say(
                f"{here}, « lignes »", f"{len(question.items)} ligne", "deux lignes au moins, ou une échelle"
            )
        self.most(question, here)
        self.exclusives(question, here)

    def twice(self, options: Sequence[Option], place: str) -> None:
        for name, of in (
            ("code", lambda option: option.code),
            ("texte", lambda option: " ".join(fold(option.label).split())),
        ):
            values = [of(option) for option in options]
            for value in dict.fromkeys(v for v in values if values.count(v) > 1):
                self.say(place, value, f"un {name} par réponse, jamais deux fois le même")

    def most(self, question: Question, here: str) -> None:
        if question.most is None:
            return
        free = [option for option in question.options if not option.exclusive]
        if question.most > len(free):
            self.say(
                f"{here}, « au_plus »", str(question.most), f"{len(free)} au plus : il n’y a pas plus de réponses"
            )  # fmt: skip
        elif question.most == 1 and question.kind == "multiple":
            self.say(f"{here}, « au_plus »", "1", "le genre « choix_unique »")

    def exclusives(self, question: Question, here: str) -> None:
        exclusive = [option for option in question.options if option.exclusive]
        place = f"{here}, « options »"
        if exclusive and question.kind != "multiple":
            self.say(
                place, "« exclusif »", "« exclusif » dans un choix multiple seulement : ailleurs il ne sert à rien"
            )  # fmt: skip
        if question.kind == "multiple" and len(exclusive) > 1 and len(exclusive) == len(question.options):
            self.say(place, "toutes les réponses s’excluent", "le genre « choix_unique »")
        if question.kind == "multiple":
            for option in question.options:
                if not option.exclusive and _ALONE.fullmatch(fold(option.label).strip()):
                    self.say(
                        place, option.label, "« exclusif: true » : cette réponse ne va pas avec les autres",
                        "warning",
                    )  # fmt: skip

    def subject(self, question: Question, here: str, topics: dict[str, str]) -> None:
        """Words in which it is told in a table."""
        if not question.topic:
            self.say(f"{here}, « sujet »", "", "quelques mots pour le titre d’un tableau")
        elif question.topic in topics:
            expected = f"d’autres mots que la question « {topics[question.topic]} »"
            self.say(f"{here}, « sujet »", question.topic, expected, "warning")
        topics.setdefault(question.topic, question.id)
        if len(question.label) > LONGEST_LABEL:
            found = f"{len(question.label)} caractères"
            self.say(
                f"{here}, « question »", found, f"{LONGEST_LABEL} au plus, pour être lue d’un coup", "warning"
            )

    def asked_when(self, question: Question, here: str) -> None:
        place = f"{here}, « si »"
        for condition in question.when:
            earlier = self.earlier.get(condition.question)
            if earlier is None:
                self.say(place, condition.question, "l’identifiant d’une question posée avant")
                return
            if earlier.kind not in ("single", "scale", "multiple", "ranking"):
                self.say(place, condition.question, "une question à choix (ni grille, ni nombre, ni texte)")
                return
            if unknown := set(condition.codes) - {option.code for option in earlier.options}:
                self.say(place, sorted(unknown)[0], f"une réponse de la question « {earlier.id} »")
                return
        if barred := self.impossible(question):
            self.say(
                place, barred, "une condition qui puisse être remplie : cette question ne serait jamais posée"
            )

    def demands(self, question: Question) -> list[tuple[str, frozenset[str]]]:
        """All that must have been answered for a question to be asked, by its conditions and by theirs."""
        out = []
        for condition in question.when:
            out.append((condition.question, frozenset(condition.codes)))
            if (earlier := self.earlier.get(condition.question)) is not None:
                out += self.demands(earlier)
        return out

    def impossible(self, question: Question) -> str:
        """The question whose answers are demanded in ways that exclude each other; empty where there is none."""
        demands = self.demands(question)
        for name in dict.fromkeys(name for name, _ in demands):
            earlier = self.earlier[name]
            codes = [wanted for each, wanted in demands if each == name]
            if earlier.kind in ("single", "scale"):
                if not frozenset.intersection(*codes):
                    return name
                continue
            alone = {option.code for option in earlier.options if option.exclusive}
            apart = ((a, b) for a, b in combinations(codes, 2) if not a & b)
            if any(a <= alone or b <= alone for a, b in apart):
                return name
            if earlier.most == 1 and any(not a & b for a, b in combinations(codes, 2)):
                return name
        return ""

    def protected(self, question: Question, here: str) -> None:
        if not question.sensitive:
            return
        consents = {
            name
            for name, wanted in self.demands(question)
            if name in self.earlier
            and self.earlier[name].role == "consentement_sensible"
            and wanted == {AGREED}
        }
        if not consents:
            self.say(
                f"{here}, « sensible »", "posée sans accord à part",
                "« si: {accord_handicap: oui} », après une question de rôle « consentement_sensible » "
                "(RGPD, art. 9, 2, a)",
            )  # fmt: skip
        if question.required:
            self.say(f"{here}, « obligatoire »", "true", "false : on peut toujours ne pas y répondre")
        if self.minors():
            self.say(
                f"{here}, « sensible »", "posée à des moins de 15 ans", "une question qui ne touche pas à la santé",
                "warning",
            )  # fmt: skip

    def identifies(self, question: Question, here: str) -> None:
        """Nothing that names a person, nor a place as small as a commune."""
        words = fold(question.label)
        if question.kind in ("text", "integer") and (found := _IDENTITY.search(words)):
            self.say(f"{here}, « question »", found[0], "aucune question sur l’identité d’une personne")
        elif (found := _TOO_NEAR.search(words)) and _LIVES.search(words):
            expected = "le secteur plutôt que la commune : avec l’âge et le foyer, elle désignerait quelqu’un"
            self.say(f"{here}, « question »", found[0], expected)
        if question.kind == "text" and not re.search(r"\bnoms?\b", fold(question.help)):
            self.say(
                f"{here}, « aide »", question.help, "« N’écrivez ni nom, ni adresse, ni numéro de téléphone. »",
                "warning",
            )  # fmt: skip

    def secteurs(self, question: Question, here: str, populations: Mapping[str, float]) -> None:
        for option in question.options:
            people = populations.get(option.label)
            if people is not None and people < SMALLEST_SECTEUR:
                self.say(
                    f"{here}, secteur « {option.label} »", f"{round(people)} habitants",
                    f"{_NOT_SMALL} ; le réunir à un autre", "warning",
                )  # fmt: skip
