"""What is said and asked at interviews, meetings, forums and the seminar: words of the printed guides, in French.

A guide serves whoever conducts: it says how to open, what to ask and ask again, how to write down, how to end. What is
written on it goes into the workbooks of :mod:`ctg_lib.consultation.books` and is coded there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One moment of a meeting.

    Attributes:
        title: what it is. minutes: how long, about.
        text: what is done.
    """

    title: str
    minutes: int
    text: str


@dataclass(frozen=True)
class Ask:
    """One question of an interview.

    Attributes:
        title: its subject. question: as it is asked, open.
        again: what to ask again, where it was not said.
        lines: lines to write on.
    """

    title: str
    question: str
    again: tuple[str, ...]
    lines: int = 5


OPENING: tuple[str, ...] = (
    "Qui nous sommes, ce qu’est la convention territoriale globale, à quoi servira l’échange : le diagnostic et le plan "
    "d’action.",
    "Nous prenons des notes, sans enregistrer. Aucun nom n’y figure.",
    "Ce qui est dit est rapporté par groupe d’acteurs. Une citation ne porte une fonction que si la personne est d’accord et "
    "l’a relue : dans un petit territoire, une fonction suffit à désigner quelqu’un.",
    "On peut ne pas répondre, s’arrêter, ou demander plus tard que ses propos soient retirés.",
)
"""What is said before anything is asked."""
ENDING: tuple[str, ...] = (
    "Qui d’autre faudrait-il entendre, surtout parmi ceux qu’on n’entend jamais ?",
    "Que n’avons-nous pas demandé ?",
)
QUOTED: tuple[str, ...] = (
    "Citée par sa fonction, une fois la citation relue", "Citée par son groupe seulement", "Jamais citée",
)  # fmt: skip
"""How a person agrees to be quoted: one of these."""
INTERVIEW: tuple[Ask, ...] = (
    Ask("Votre activité, votre public",
        "Qui recevez-vous ou qui rencontrez-vous ici, et qu’est-ce qui a changé ces dernières années ?",
        ("Quels âges, quelles communes, à quelles heures, en quelle saison ?", "Qui ne vient pas, ou plus ?"), 7),
    Ask("Les besoins",
        "De quoi les familles et les habitants ont-ils besoin et ne le trouvent pas ?",
        ("Un exemple récent, sans nommer personne ?", "Qui est concerné, où, combien à votre connaissance ?",
         "Est-ce dit par eux, ou constaté par vous ?"), 6),
    Ask("Ce qui existe",
        "Qu’est-ce qui y répond déjà, ici ou à côté ?",
        ("Qui s’en sert, qui ne s’en sert pas ?", "Qu’est-ce qui marche et qu’il ne faut pas perdre ?"), 5),
    Ask("Ce qui bloque",
        "Qu’est-ce qui empêche que cela aille mieux ?",
        ("Distance, horaires, coût, locaux, personnel, règles, manque d’information ?", "Depuis quand ?"), 5),
    Ask("Travailler ensemble",
        "Avec qui travaillez-vous, comment, et avec qui faudrait-il le faire ?",
        ("Sur quoi la coopération s’arrête-t-elle ?", "Qui pourrait la porter ?"), 5),
    Ask("Ce que vous attendez",
        "Qu’attendez-vous de la convention, de la Caf, de la MSA, de l’intercommunalité, des communes ?",
        ("Un appui, un financement, une décision, un lieu ?",), 5),
    Ask("Les pistes",
        "Par quoi commenceriez-vous, et qu’essaieriez-vous dès cette année ?",
        ("Qui le ferait, avec quels moyens ?", "À quoi verrait-on que cela a servi ?"), 5),
)  # fmt: skip
"""Questions of an interview, in the order of kinds: they are coded as they are asked."""
MEETING_STEPS: tuple[Step, ...] = (
    Step("Accueil", 10, "Chacun dit sa fonction et son organisme. L’animation lit le cadre ci-dessous."),
    Step(
        "Ce que disent les chiffres",
        15,
        "Trois constats du diagnostic, pas plus. « Qu’est-ce qui vous étonne ? »",
    ),
    Step(
        "Besoins et offre", 40, "Rubriques 1 à 5. Deux minutes seul, puis un tour de table, puis l’échange."
    ),
    Step("Coopération, difficultés, spécificités", 25, "Rubriques 6 à 8. Noter aussi les désaccords."),
    Step("Attentes et pistes", 25, "Rubriques 9 et 10. Une piste : qui, avec quoi, pour qui."),
    Step("Clôture", 5, "Dire ce que deviennent les notes, et quand la synthèse sera rendue."),
)
"""Two hours of a thematic meeting."""
FORUM_STEPS: tuple[Step, ...] = (
    Step(
        "Accueil",
        15,
        "Une boisson, des tables de six à huit. Pas de liste d’émargement nominative : on compte.",
    ),
    Step(
        "Ce qu’on sait du territoire",
        10,
        "Cinq chiffres, en mots simples. Pas de diaporama de plus de cinq pages.",
    ),
    Step(
        "À table : ma vie ici",
        40,
        "« Ce qui me facilite la vie ici », « ce qui me la complique », « ce qu’il faudrait ».",
    ),
    Step(
        "Propositions",
        20,
        "Chaque table écrit trois propositions, une par feuille. Les semblables sont réunies à voix haute.",
    ),
    Step(
        "Vote", 15, "Le même nombre de gommettes pour chacun. On note le nombre de votants avant de compter."
    ),
    Step(
        "Clôture",
        5,
        "Lire les résultats, dire ce qu’ils sont : le choix des personnes présentes, pas celui des habitants.",
    ),
)
"""Under two hours of a forum."""
FORUM_TABLES: tuple[tuple[str, str], ...] = (
    ("Ce qui me facilite la vie ici", "offre ou levier"),
    ("Ce qui me la complique", "besoin ou frein"),
    ("Ce qu’il faudrait", "attente ou piste"),
)
"""What a table of a forum talks about, and the kind of what is said there."""
SEMINAR_STEPS: tuple[Step, ...] = (
    Step("Ouverture", 10, "Présidence : pourquoi une convention, ce qui est attendu des élus aujourd’hui."),
    Step(
        "Le bilan et les constats",
        30,
        "Le contrat précédent, action par action ; cinq constats ; ce que disent les habitants.",
    ),
    Step(
        "En groupes mêlés",
        40,
        "Communes grandes et petites ensemble : ce que la commune voit, ce qu’elle peut porter.",
    ),
    Step("Propositions", 20, "Chaque groupe en garde trois. Une phrase chacune, lue à tous avant le vote."),
    Step(
        "Vote par collège", 15, "Élus et agents votent à part, en même temps, sans voir le vote de l’autre."
    ),
    Step("Clôture", 5, "Ce qui sera porté au comité de pilotage, qui seul décide."),
)
"""Two hours of the members' seminar."""
VOTING: tuple[str, ...] = (
    "Compter les votants avant les voix, et écrire les deux.",
    "Chacun a le même nombre de voix ; trois est un bon nombre.",
    "Les propositions sans voix s’écrivent aussi.",
    "Moins de 15 votants : les voix s’écrivent au classeur, mais le rapport n’en dit ni le nombre ni l’ordre.",
)
"""How a vote is held and counted."""
KIND_HELP: dict[str, str] = {
    "besoin": "ce qui manque à quelqu’un, dit ou constaté",
    "offre": "ce qui existe, et l’usage qu’on en fait",
    "frein": "ce qui empêche d’y répondre ou d’y accéder",
    "levier": "ce qui aide ou pourrait aider : un acteur, un lieu, une habitude",
    "attente": "ce qui est demandé à quelqu’un : appui, moyens, décision",
    "piste": "ce qu’il est proposé de faire",
}
"""Kind -> when an excerpt is of it."""
STRENGTH_HELP: dict[str, str] = {
    "1": "dit une fois, en passant", "2": "répété, illustré d’un exemple, repris par un autre",
    "3": "au centre de l’échange, ou donné comme le plus important",
}  # fmt: skip
CODING: tuple[str, ...] = (
    "Un extrait = une chose dite par quelqu’un : un besoin et un seul, une nature et une seule. Deux idées, deux lignes.",
    "Le besoin se choisit par sa définition, pas par ses mots. Rien ne convient : le thème seul, et une remarque.",
    "Le résumé dit ce qui est dit, sans l’interpréter ; la citation garde les mots exacts.",
    "Une seconde personne code au moins trois entretiens sur dix, sans voir le premier codage, sous le même identifiant, "
    "codage « B ». L’accord est calculé à partir de 10 extraits.",
    "Un besoin manque à la grille : l’ajouter dans consultation/besoins.yml, sans changer le sens d’un code existant.",
)
"""Rules of coding."""
