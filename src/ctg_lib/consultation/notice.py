"""What people are told of their answers before they give them (RGPD, articles 12 to 14), from the study's settings.

Answers bear no name, but a deletion code: they are told to be « sans nom », never « anonymes », since whoever holds
the code can be given back or refused their own. What the settings do not say is written « à compléter ».

Sources: règlement (UE) 2016/679 (RGPD), art. 6, 1, e; 9, 2, a; 11; 12 to 22; loi n° 78-17 du 6 janvier 1978, art. 45.
"""

from __future__ import annotations

from dataclasses import dataclass

from ctg_lib.consultation.questionnaire import Questionnaire
from ctg_lib.consultation.settings import TO_COMPLETE, Settings
from ctg_lib.disclosure.policy import survey_threshold
from ctg_lib.workbooks.moments import day_in_words

CNIL = "Cnil, 3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07, ou cnil.fr"
CODE = "code de suppression"
PARENTS_CHOICES: tuple[str, ...] = (
    "Je suis d’accord pour que mon enfant réponde.", "Je ne suis pas d’accord.",
)  # fmt: skip
"""What parents tick on the slip of :func:`parents_letter`."""


@dataclass(frozen=True)
class Notice:
    """Titles and paragraphs, and a few lines of them for the head of a form.

    Attributes:
        title: of the full page.
        short: what stands at the head of a form, one paragraph each.
        parts: title -> paragraph, in order.
        missing: what the settings do not say yet, in words.
    """

    title: str
    short: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    missing: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The full page as plain text."""
        return "\n\n".join([self.title, *(f"{title}\n{words}" for title, words in self.parts)]) + "\n"


def notice(settings: Settings, questionnaire: Questionnaire) -> Notice:
    """The notice of one questionnaire: in « tu » and simpler words where the youngest answer it.

    Args:
        settings: of the study; what they do not say is « à compléter ».
        questionnaire: decides whether the disability part and the parents' agreement are spoken of.
    """
    words = _Words(settings, questionnaire)
    return Notice(
        title="Tes réponses et tes droits" if words.young else "Vos réponses et vos droits",
        short=words.short(),
        parts=tuple(words.parts()),
        missing=missing(settings),
    )


def parents_letter(settings: Settings, questionnaire: Questionnaire) -> tuple[str, ...]:
    """What the parents of under-fifteens read before they agree, one paragraph each; empty where none are asked.

    They answer (:data:`PARENTS_CHOICES`) on a slip kept by whoever hands it out: no name enters the survey.
    """
    words = _Words(settings, questionnaire)
    if not words.young:
        return ()
    health = "" if words.sensitive else ", ni rien sur la santé"
    return (
        "Madame, Monsieur, un questionnaire est proposé à votre enfant. Responsable des données : "
        f"{words.controller}. Les réponses servent à {settings.purpose}.",
        "Répondre est libre, pour votre enfant comme pour vous, et refuser est sans conséquence. Le questionnaire ne "
        f"demande ni nom, ni adresse, ni commune{health}. Vous pouvez demander à le lire à : {words.address}.",
        f"Votre enfant reçoit un {CODE}. Avec ce code, vous ou votre enfant pouvez faire effacer ses réponses, en "
        f"écrivant à la même adresse. Les réponses sont conservées jusqu’à cette date : {words.until}.",
        "Avant 15 ans, votre accord est nécessaire : cochez une case et rendez ce coupon à la personne qui vous l’a "
        "remis. Il n’est pas joint aux réponses.",
    )


def missing(settings: Settings) -> tuple[str, ...]:
    """What a notice needs and the settings do not say, in words."""
    needed = {
        "le responsable du traitement": bool(settings.controller.organisation),
        "l’adresse à laquelle écrire": settings.controller.known,
        "l’adresse du délégué à la protection des données": settings.officer.known,
        "la date jusqu’à laquelle les réponses sont conservées": settings.keep_until is not None,
        "le lieu où les réponses en ligne sont gardées": settings.host.in_union is not None,
    }
    return tuple(what for what, known in needed.items() if not known)


class _Words:
    def __init__(self, settings: Settings, questionnaire: Questionnaire) -> None:
        self.settings, self.asked = settings, questionnaire
        self.young = questionnaire.of_role("consentement_parental") is not None
        self.sensitive = any(question.sensitive for question in questionnaire.questions)
        self.survey = next((s for s in settings.surveys if s.questionnaire == questionnaire.id), None)

    def say(self, to_all: str, to_young: str) -> str:
        return to_young if self.young else to_all

    @property
    def controller(self) -> str:
        return self.settings.controller.organisation or TO_COMPLETE

    @property
    def until(self) -> str:
        day = self.settings.keep_until
        return day_in_words(day) if day is not None else TO_COMPLETE

    @property
    def address(self) -> str:
        return self.settings.controller.address or TO_COMPLETE

    # ------------------------------------------------------------------------------------- short

    def short(self) -> tuple[str, ...]:
        """Who, what for, freedom, code: what must be read before the first question."""
        lines = [
            self.say(
                f"Responsable des données : {self.controller}. Vos réponses servent à {self.settings.purpose}.",
                f"Responsable des données : {self.controller}. Tes réponses servent à {self.settings.purpose}.",
            ),
            self.say(
                "Répondre est libre : ne pas répondre ne change rien à vos droits. Votre nom, votre adresse et votre "
                "commune ne sont pas demandés ; ne les écrivez pas.",
                "Tu es libre de répondre ou non. Ton nom, ton adresse et ta commune ne sont pas demandés ; ne les "
                "écris pas.",
            ),
        ]
        if self.young:
            lines.append(
                "Si tu as moins de 15 ans, un de tes parents doit avoir lu ces lignes et être d’accord."
            )
        if self.sensitive:
            lines.append(
                self.say(
                    "La partie sur le handicap et la santé est facultative et demande votre accord à part.",
                    "La partie sur le handicap et la santé est facultative et demande ton accord à part.",
                )
            )
        lines.append(
            self.say(
                f"Vos réponses sont supprimées au plus tard le {self.until}. Pour les faire effacer avant, gardez le "
                f"{CODE} et écrivez à : {self.address}.",
                f"Tes réponses sont supprimées au plus tard le {self.until}. Pour les faire effacer avant, garde le "
                f"{CODE} et écris (ou fais écrire) à : {self.address}.",
            )
            if self.settings.keep_until is not None
            else self.say(
                f"Durée de conservation : {TO_COMPLETE}. Pour faire effacer vos réponses, gardez le {CODE} et "
                f"écrivez à : {self.address}.",
                f"Durée de conservation : {TO_COMPLETE}. Pour faire effacer tes réponses, garde le {CODE} et "
                f"écris (ou fais écrire) à : {self.address}.",
            )
        )
        return tuple(lines)

    # -------------------------------------------------------------------------------------- full

    def parts(self) -> list[tuple[str, str]]:
        say = self.say
        return [
            ("Qui est responsable ?", self.who()),
            ("À quoi servent les réponses ?", self.purpose()),
            ("De quel droit sont-elles demandées ?", self.basis()),
            (say("Êtes-vous obligé de répondre ?", "Es-tu obligé de répondre ?"), self.free()),
            ("Qui les voit ?", self.seen()),
            ("Où et combien de temps sont-elles gardées ?", self.kept()),
            (say(f"À quoi sert votre {CODE} ?", f"À quoi sert ton {CODE} ?"), self.code()),
            (say("Quels sont vos droits ?", "Quels sont tes droits ?"), self.rights()),
        ]

    def who(self) -> str:
        contact = self.settings.controller
        function = f" Contact : {contact.function}, {self.address}." if contact.function else ""
        written = function or f" Contact : {self.address}."
        officer = self.settings.officer
        return (
            f"Le responsable du traitement est : {self.controller}.{written} "
            f"Délégué à la protection des données : {officer.address or TO_COMPLETE}."
        )

    def purpose(self) -> str:
        return self.say(
            f"À {self.settings.purpose}. Elles ne servent à rien d’autre : ni contrôle, ni calcul de droits, ni "
            "démarchage.",
            f"À {self.settings.purpose}. Elles ne servent à rien d’autre, et surtout pas à te noter ou à te contrôler.",
        )

    def basis(self) -> str:
        sentences = [
            "L’enquête relève d’une mission d’intérêt public (règlement (UE) 2016/679, dit RGPD, article 6, 1, e)."
        ]
        if self.sensitive:
            sentences.append(
                self.say(
                    "La partie facultative sur le handicap et la santé n’est enregistrée qu’avec votre consentement "
                    "explicite (article 9, 2, a), que vous pouvez retirer à tout moment.",
                    "La partie facultative sur le handicap et la santé n’est enregistrée qu’avec ton consentement "
                    "(article 9, 2, a), que tu peux retirer à tout moment.",
                )
            )
        if self.young:
            sentences.append(
                "Avant 15 ans, l’accord d’un parent ou de la personne responsable de toi est demandé en plus du tien."
            )
            if self.survey is not None and self.survey.parents_agreement:
                sentences.append(f"Comment : {self.survey.parents_agreement}.")
        return " ".join(sentences)

    def free(self) -> str:
        return self.say(
            "Non. Vous pouvez refuser, passer une question ou vous arrêter. Cela ne change rien à vos droits ni aux "
            "services que vous utilisez.",
            "Non. Tu peux refuser, passer une question ou t’arrêter. Personne ne te le reprochera et cela ne change "
            "rien pour toi.",
        )

    def seen(self) -> str:
        few, fewer = survey_threshold(False), survey_threshold(True)
        health = f", {fewer} sur le handicap et la santé" if self.sensitive else ""
        return (
            f"Les réponses elles-mêmes : {', '.join(self.settings.recipients)}. "
            f"Les résultats publiés portent sur des groupes : aucun chiffre ne repose sur moins de {few} réponses"
            f"{health}. "
            + self.say(
                "Ce que vous écrivez librement est relu et débarrassé de ce qui désigne une personne avant d’être cité.",
                "Ce que tu écris librement est relu et débarrassé de ce qui désigne une personne avant d’être cité.",
            )
        )

    def kept(self) -> str:
        host = self.settings.host
        place = ", ".join(part for part in (host.tool, host.place) if part)
        if host.in_union is None:
            where = f"Lieu où les réponses en ligne sont gardées : {TO_COMPLETE}."
        elif host.in_union:
            where = (
                f"Les réponses en ligne sont gardées dans l’Union européenne{f' ({place})' if place else ''}."
            )
            where += " Elles ne sont pas transférées ailleurs."
        else:
            where = (
                f"Les réponses en ligne sont gardées hors de l’Union européenne{f' ({place})' if place else ''} ; "
                f"garanties : {host.safeguards or TO_COMPLETE}."
            )
        on_paper = self.survey is None or "papier" in self.survey.modes
        paper = (
            "Les questionnaires sur papier sont saisis, puis détruits au plus tard le même jour."
            if on_paper
            else ""
        )
        until = f"Toutes les réponses sont supprimées au plus tard à cette date : {self.until}."
        return " ".join(filter(None, [where, until, paper]))

    def code(self) -> str:
        return self.say(
            "C’est le seul lien entre vous et vos réponses, puisque votre nom n’est pas demandé. Sur papier, il est "
            "imprimé sur le questionnaire et sur le reçu à détacher ; en ligne, il s’affiche à la fin : notez-le. Pour "
            f"faire effacer vos réponses, envoyez ce code à : {self.address}. Sans lui, elles ne peuvent pas être "
            f"retrouvées. C’est possible jusqu’à leur suppression ({self.until}) ; les résultats déjà publiés restent, "
            "les suivants sont calculés sans elles.",
            "C’est le seul lien entre toi et tes réponses, puisque ton nom n’est pas demandé. Sur papier, il est "
            "imprimé sur le questionnaire et sur le reçu à détacher ; en ligne, il s’affiche à la fin : note-le. Pour "
            f"faire effacer tes réponses, envoie ce code, toi ou un de tes parents, à : {self.address}. Sans lui, elles "
            f"ne peuvent pas être retrouvées. C’est possible jusqu’à leur suppression ({self.until}) ; les résultats "
            "déjà publiés restent, les suivants sont calculés sans elles.",
        )

    def rights(self) -> str:
        officer = self.settings.officer.address or TO_COMPLETE
        return self.say(
            "Avec votre code, vous pouvez demander à voir vos réponses, à les corriger, à les effacer, à en limiter "
            f"l’usage, ou vous y opposer. Écrivez à : {self.address}, ou au délégué à la protection des données : "
            f"{officer}. Vous recevez une réponse dans le mois. Si elle ne vous convient pas, vous pouvez adresser une "
            f"réclamation à la Commission nationale de l’informatique et des libertés ({CNIL}).",
            "Avec ton code, tu peux demander à voir tes réponses, à les corriger, à les effacer, à en limiter l’usage, "
            f"ou t’y opposer. Écris, toi ou un de tes parents, à : {self.address}, ou au délégué à la protection des "
            f"données : {officer}. Une réponse t’est donnée dans le mois. Si elle ne te convient pas, tu peux te "
            f"plaindre à la Commission nationale de l’informatique et des libertés ({CNIL}).",
        )
