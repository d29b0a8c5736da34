# ruff: noqa: E501  (data, easier to read whole)
"""What the made-up people write: needs, ideas, and « other » lines. Nobody wrote them.

A few hold a name, a telephone number or an address, all invented (« Exemple », 01 99 00 …, ``.example``): they are
there for masking to be seen at work (:data:`PLANTED`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.dice import Dice

if TYPE_CHECKING:
    from demo.answering import Who

_NEEDS: dict[str, tuple[str, ...]] = {
    "baby": (
        "une place en crèche pour la rentrée", "quelqu’un qui puisse garder un bébé avant 7 h 30", "une assistante maternelle pas trop loin",
        "une garde de quelques heures pour un rendez-vous", "un accueil le samedi pour ceux qui travaillent",
    ),
    "child": (
        "un accueil de loisirs ouvert tout le mois d’août", "une garderie le matin avant l’école", "le mercredi dans notre vallée",
        "des activités pour les enfants sans faire trente kilomètres", "un club de sport pour les 6-10 ans", "un orthophoniste",
    ),
    "teen": (
        "un endroit où les jeunes se retrouvent", "un car le soir pour revenir du collège après le club", "quelque chose à faire pour les ados le week-end",
        "un psychologue pour adolescents",
    ),
    "young": (
        "un petit logement à louer à l’année", "un transport pour aller en formation à Millau", "un lieu ouvert le soir", "des offres d’emploi près d’ici",
    ),
    "soldier": (
        "une garde quand le conjoint est en mission", "un logement assez grand pour une famille qui arrive", "des relais, parce que la famille est loin",
        "savoir avant d’arriver s’il y a une place de garde",
    ),
    "far": (
        "un transport pour aller au marché et chez le médecin", "une permanence des services dans la vallée", "un commerce ouvert l’hiver", "du réseau pour le téléphone",
        "un bus, même une fois par semaine",
    ),
    "old": (
        "un médecin", "quelqu’un pour aider avec les papiers sur internet", "un dentiste à moins d’une heure", "des visites pour les personnes seules",
        "un guichet avec quelqu’un qui répond",
    ),
    "all": (
        "un médecin qui prenne de nouveaux patients", "un lieu où se rencontrer sans consommer", "des logements à louer à l’année", "plus d’information sur ce qui existe",
        "un café dans le village", "une piscine", "un cinéma de temps en temps",
    ),
    "work": (
        "du temps pour se réunir entre professionnels", "un remplaçant quand quelqu’un s’arrête", "des locaux pour recevoir sans que tout le monde entende",
        "une personne qui sache qui fait quoi", "des financements de plus d’un an", "des bénévoles pour prendre la suite",
    ),
    "second": ("des commerces hors saison", "la fibre dans le hameau", "un médecin l’été", "des sentiers entretenus"),
}  # fmt: skip
_FRAMES: tuple[str, ...] = (
    "Il manque surtout {0}.", "{0}.", "Avant tout, {0}.", "Pour nous, {0}.", "On attend {0} depuis longtemps.", "{0} et {1}.", "Il faudrait {0}, et aussi {1}.",
    "Franchement, {0}. Le reste, on s’arrange.", "{0}, c’est le plus urgent.", "Rien de spécial, peut-être {0}.",
)  # fmt: skip
_IDEAS: dict[str, tuple[str, ...]] = {
    "family": (
        "Une liste tenue à jour des assistantes maternelles qui ont de la place.", "Un échange de gardes entre parents, organisé par le relais.",
        "Le centre de loisirs ouvert une semaine de plus en août.", "Une seule inscription pour l’école, la cantine et le centre.",
        "Un café des parents le samedi matin au marché.", "Du matériel de puériculture à emprunter, pour ne pas tout racheter.",
    ),
    "young": (
        "Un minibus le vendredi soir.", "La salle des fêtes laissée aux jeunes une fois par mois.", "Un terrain de sport éclairé.", "Un groupe de jeunes qui donne son avis à la mairie.",
    ),
    "work": (
        "Une demi-journée par trimestre pour se rencontrer, tous métiers ensemble.", "Un annuaire avec le nom des services et leurs horaires, tenu par une seule personne.",
        "Un comptable partagé entre petites associations.", "Des formations ici plutôt qu’à Rodez.", "Un minibus prêté entre associations.",
    ),
    "all": (
        "Une navette le jour du marché.", "Un covoiturage avec des points d’arrêt dans chaque village.", "Des services qui tournent de mairie en mairie.",
        "Un journal des associations deux fois par an.", "Un atelier de réparation avec les anciens.", "Un jardin partagé à côté de l’école.",
        "Une fête à l’automne pour accueillir les nouveaux.", "Un bus aménagé avec internet et quelqu’un pour aider.",
    ),
}  # fmt: skip
OTHER: dict[str, tuple[str, ...]] = {
    "": ("cela dépend des semaines", "autre raison, longue à dire", "un peu de tout"),
    "canal": ("par le marché", "par une voisine", "au cabinet médical"),
    "loisirs_freins": ("les routes l’hiver", "la fatigue", "pas de créneau pour les débutants"),
    "logement_difficultes": ("pas de garage", "trop de bruit", "un escalier raide"),
    "deplacement_motifs": ("accompagner un proche", "la déchetterie", "un entraînement"),
    "mobilite_souhaits": ("un taxi partagé", "un parking relais", "des bornes de recharge"),
    "vie_locale": ("la chasse", "la chorale", "le comité des fêtes"),
    "lieux_souhaits": ("une ludothèque", "un four à pain", "un terrain de boules couvert"),
    "aide_demarches": ("au comptable", "à l’infirmière", "à mes enfants"),
    "droits_raisons": ("dossier perdu", "trop de documents demandés", "jamais de réponse"),
}  # fmt: skip
PLANTED: tuple[str, ...] = (
    "Il faudrait que Camille Exemple soit remplacée au centre, elle fait tout toute seule.",
    "Appelez-moi au 01 99 00 12 34, je peux expliquer pour la garde du soir.",
    "Mon adresse : 12 rue de l’Exemple-Fictif, on n’a ni fibre ni réseau.",
    "Écrire à camille.exemple@courriel.example pour le groupe de parents.",
    "Mme Exemple, la directrice de la crèche, nous a bien aidés ; il manque des places.",
    "Mon fils Sacha Exemple n’a pas de place en accueil de loisirs. Tél. 01.99.00.45.67.",
    "Le docteur Fictif-Exemple part à la retraite, et après ?",
)
"""Texts that say who someone is: none may ever be printed as it stands."""
HOSTILE: tuple[str, ...] = (
    "=SOMME(1;2) il manque un bus",
    "<b>Un lieu pour les jeunes</b> | ouvert `le soir` [vraiment]",
)
"""Texts that a spreadsheet or a page could take for something else."""


def _subjects(who: Who) -> list[str]:
    home, age = who.home, who.person.age
    if who.job:
        return ["work", "work", "all"]
    if not home.year_round:
        return ["second", "second", "all"]
    if age < 18:
        return ["teen", "teen", "all"]
    if age < 26:
        return ["young", "young", "all"]
    marks = {
        "baby": who.has(0, 2), "child": who.has(3, 10), "teen": who.has(11, 17), "soldier": home.military,
        "far": home.far > 0.5, "old": age >= 65,
    }  # fmt: skip
    return [*(name for name, holds in marks.items() if holds), "all"]


def need(who: Who, dice: Dice) -> str:
    """What is missing most, in words."""
    subjects = _subjects(who)
    first = dice.among(_NEEDS[dice.among(subjects)])
    second = dice.among(_NEEDS[dice.among(subjects)])
    frames = _FRAMES if first != second else tuple(f for f in _FRAMES if "{1}" not in f)
    said = dice.among(frames).format(first, second)
    return _as_typed(said[0].upper() + said[1:], dice)


def idea(who: Who, dice: Dice) -> str:
    """A proposal, in words."""
    kind = "family" if who.home.minors and dice.yes(0.7) else "all"
    kind = "work" if who.job else "young" if who.person.age < 26 else kind
    return _as_typed(dice.among(_IDEAS[kind]), dice)


def _as_typed(text: str, dice: Dice) -> str:
    """As people type: straight apostrophes, sometimes no capital, no full stop, or haste."""
    typed = text.replace("’", "'")
    if dice.yes(0.25):
        typed = typed[0].lower() + typed[1:]
    if dice.yes(0.3):
        typed = typed.rstrip(".")
    if dice.yes(0.06):
        typed = typed.upper()
    return typed
