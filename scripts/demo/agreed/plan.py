# ruff: noqa: E501  (data, easier to read whole)
"""plan-action.xlsx: four axes, twelve actions, their steps, budget, indicators, and the amounts that change yearly.

Money keeps to what the other workbooks say: six new places cost and bring what ``demo.offer`` plans, the posts of
coordination are those of the scenario that the committee retained (``demo.agreed.governance``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from demo.agreed.governance import POSTS, RETAINED

Line = dict[str, Any]
START, END = date(2027, 7, 1), date(2031, 12, 31)
AGREED = date(2027, 5, 18)
SOURCE = "exemple fictif : montant inventé pour la démonstration"
PLACE, HOUR, POST = 3_000, 0.2, 24_000

AXES: list[Line] = [
    {"id": "AX1", "title": "Accueillir chaque jeune enfant", "issues": ("E01",),
     "description": "Des heures, des places et des professionnelles. Un seul endroit où demander."},
    {"id": "AX2", "title": "Donner leur place aux enfants et aux jeunes, dans chaque vallée", "issues": ("E02", "E03"),
     "description": "Des loisirs près de chez soi, avec les enfants handicapés. Une équipe qui va vers les jeunes."},
    {"id": "AX3", "title": "Épauler les parents", "issues": ("E04",), "description": "Des lieux ouverts quand les parents le peuvent. Des relais pour souffler."},
    {"id": "AX4", "title": "Amener les droits dans chaque vallée, et travailler ensemble", "issues": ("E05",),
     "description": "Des permanences à jour fixe, une aide en ligne qui ne s’arrête pas. Une coordination qui tient l’ensemble."},
]  # fmt: skip
ORIENTATIONS: list[Line] = [
    {"id": f"OR{number}", "axis": axis, "title": title}
    for number, (axis, title) in enumerate(
        (
            ("AX1", "Ouvrir aux heures et aux moments où les parents travaillent"),
            ("AX1", "Préparer la relève et informer les familles"),
            ("AX2", "Étendre les loisirs hors de La Cavalerie, pour tous les enfants"),
            ("AX2", "Aller vers les jeunes"),
            ("AX3", "Ouvrir des lieux et des relais"),
            ("AX4", "Rapprocher les services"),
            ("AX4", "Coopérer dans la durée"),
        ),
        start=1,
    )
]
OBJECTIVES: list[Line] = [
    {"id": f"OB{number}", "orientation": f"OR{orientation}", "title": title}
    for number, (orientation, title) in enumerate(
        (
            (1, "Proposer un accueil avant 7 h 30 à La Cavalerie"),
            (1, "Rouvrir deux places et en créer six"),
            (2, "Arrêter la baisse du nombre d’assistantes maternelles"),
            (2, "Donner une réponse datée à chaque demande de place"),
            (3, "Ouvrir aux petites vacances dans la Dourbie"),
            (3, "Accueillir les enfants handicapés sans refus faute de renfort"),
            (4, "Être présent chaque semaine dans chaque vallée"),
            (5, "Ouvrir le lieu d’accueil enfants-parents quand les parents le peuvent"),
            (6, "Tenir une permanence par mois dans chaque vallée"),
            (6, "Aider aux démarches en ligne sans interruption"),
            (7, "Tenir la coordination et le suivi de la convention"),
        ),
        start=1,
    )
]


def _action(
    number: int, objective: int, theme: str, title: str, nature: str, findings: str, issues: str, leader: str, function: str, description: str,
    *, previous: str = "", origins: str = "", publics: str = "", secteurs: str = "", partners: str = "", levers: str = "",
    start: date = START, end: date = END, project: bool = False, **more: Any,
) -> Line:  # fmt: skip
    line: Line = {
        "id": f"A{number:02d}", "title": title, "objective": f"OB{objective}", "theme": theme, "findings": tuple(findings.split()),
        "issues": tuple(issues.split()), "nature": nature, "previous": tuple(previous.split()), "origins": tuple(origins.split()),
        "description": description, "publics": tuple(publics.split()), "secteurs": tuple(secteurs.split()), "leader": leader,
        "leader_function": function, "partners": tuple(partners.split()), "start": start, "end": end, "levers": tuple(levers.split()), **more,
    }  # fmt: skip
    if project:
        return {**line, "state": "projet"}
    return {**line, "state": "validee", "decided_on": AGREED, "document": "D15", "review": date(2029, 6, 30)}


ACTIONS: list[Line] = [
    _action(1, 1, "petite_enfance", "Ouvrir la crèche de La Cavalerie à 6 h 30", "adaptee", "K001", "E01", "P10", "direction de la crèche",
            "La Crèche Exemple Bleue ouvre à 6 h 30 trois jours par semaine, puis cinq si les demandes le justifient. Elle garde l’ouverture jusqu’à 18 h 30. "
            "Une garde à domicile tôt et tard est étudiée en 2029.",
            previous="B01", origins="PR01 PR02", publics="enfants_0_2 parents", secteurs="Larzac", partners="P01 P06", levers="ps bonus",
            start=date(2027, 9, 1), goal="Accueillir les enfants dont les parents commencent tôt.", human="deux professionnelles en roulement", fte=0.8,
            conditions="Deux recrutements faits avant l’ouverture.", risks="Un poste reste vacant ; peu d’enfants certains matins."),
    _action(2, 2, "petite_enfance", "Rouvrir deux places et en créer six à La Cavalerie", "nouvelle", "K002 K004", "E01", "P10", "direction de la crèche",
            "Les deux places fermées rouvrent dès le recrutement fait. Six places sont créées à la rentrée 2028, dont deux gardées pour les arrivées d’été.",
            origins="PR03", publics="enfants_0_2 parents", secteurs="Larzac", partners="P01 P02 P06", levers="ps bonus investissement",
            goal="Raccourcir l’attente à la rentrée.", human="trois professionnelles", fte=3.0, conditions="Agrément de la PMI ; local agrandi.",
            risks="Le chantier prend du retard ; les naissances baissent."),
    _action(3, 3, "petite_enfance", "Installer une maison d’assistantes maternelles et préparer la relève", "adaptee", "K003", "E01", "P01",
            "service de la petite enfance",
            "Un local communal est prêté à La Cavalerie. Les candidates sont accompagnées jusqu’à l’agrément. L’aide à l’installation de la convention précédente est revue.",
            previous="B03", origins="PR04", publics="professionnels enfants_0_2", partners="P02 P06 P08", levers="fonds_locaux autre",
            start=date(2027, 9, 1), goal="Remplacer les départs.", human="temps du relais petite enfance", fte=0.2,
            conditions="Trois candidates au moins.", risks="Les départs vont plus vite que les arrivées."),
    _action(4, 4, "petite_enfance", "Ouvrir un guichet unique et tenir l’observatoire des demandes", "adaptee", "K005", "E01", "P01", "animation du relais",
            "Un formulaire unique, une commission commune, une réponse datée à chaque famille. Les demandes sans réponse sont comptées chaque trimestre.",
            previous="B12", origins="PR05", publics="parents", partners="P06 P10", levers="ps autre", goal="Informer, et savoir ce qui manque.",
            human="temps du relais petite enfance", fte=0.3, conditions="Les deux structures acceptent une liste commune.", risks="Les familles continuent d’appeler partout."),
    _action(5, 5, "enfance", "Ouvrir l’accueil de loisirs de la Dourbie aux petites vacances", "adaptee", "K007 K008", "E02", "P09", "coordination des accueils de loisirs",
            "L’accueil de Nant, ouvert le mercredi, ouvre aussi six semaines de petites vacances, douze places. Les mercredis continuent.",
            previous="B04", origins="PR06", publics="enfants_3_11 parents", secteurs="Dourbie", partners="P01 P03 P06", levers="ps bonus",
            start=date(2027, 10, 1), goal="Garder les enfants dans leur vallée.", human="une équipe de deux", fte=0.6,
            conditions="Un animateur à l’année.", risks="Peu d’inscrits l’hiver."),
    _action(6, 6, "handicap", "Partager un poste de renfort pour les enfants handicapés", "adaptee", "K010 K011", "E02", "P12", "coordination du pôle de ressources",
            "Un mi-temps partagé entre trois employeurs intervient au périscolaire et pendant les vacances ; une formation croisée par an.",
            previous="B05", origins="PR08", publics="personnes_handicap enfants_3_11", partners="P01 P09", levers="publics_territoires",
            start=date(2028, 1, 1), project=True, goal="Ne plus refuser faute de renfort.", human="un mi-temps partagé", fte=0.5,
            conditions="Réponse de la MDPH et accord des trois employeurs.", risks="Pas de candidature, comme la première fois."),
    _action(7, 7, "jeunesse", "Envoyer une équipe jeunesse dans les vallées", "nouvelle", "K012 K013", "E03", "P09", "coordination de l’accueil de jeunes",
            "Un animateur et demi va dans les trois vallées chaque semaine, avec un véhicule partagé qui ramène les jeunes deux soirs. L’action est revue après deux ans.",
            origins="PR10 PR11", publics="jeunes_11_17 jeunes_18_25", secteurs="Dourbie Sorgues Cernon", partners="P01 P06 P07 P11", levers="ps msa fonds_locaux",
            start=date(2027, 11, 1), goal="Toucher les jeunes des trois vallées.", human="un poste et demi", fte=1.5,
            conditions="Véhicule prêté ; salle dans chaque vallée.", risks="L’idée a déjà été abandonnée faute de cofinancement.",
            remark="Reprend autrement une action abandonnée de la convention précédente."),
    _action(8, 7, "jeunesse", "Poursuivre l’accueil de jeunes de La Cavalerie", "reconduite", "K013", "E03", "P09", "direction de l’accueil de jeunes",
            "L’accueil reste ouvert trois demi-journées par semaine.", previous="B06", publics="jeunes_11_17", secteurs="Larzac", partners="P01 P02 P06 P07 P08",
            levers="ps bonus", goal="Garder ce qui marche.", human="une équipe d’une personne et demie", fte=1.5, conditions="Le demi-poste vacant est pourvu.",
            risks="Le recrutement échoue encore."),
    _action(9, 8, "parentalite", "Ouvrir le lieu d’accueil enfants-parents le samedi et former des parents relais", "adaptee", "K016 K017", "E04", "P11", "coordination de la parentalité",
            "Deux samedis par mois s’ajoutent aux demi-journées de semaine. Dix parents relais sont formés avec l’accompagnement des familles de militaires.",
            previous="B08", origins="PR09", publics="parents familles_monoparentales enfants_0_2", partners="P01 P06 P07", levers="ps bonus fnp msa",
            start=date(2027, 9, 1), goal="Que chaque parent trouve un lieu ouvert et quelqu’un à appeler.", human="une accueillante de plus", fte=0.2, conditions="Salle ouverte le samedi.",
            risks="Peu de parents veulent être relais."),
    _action(10, 9, "acces_droits", "Tenir une permanence dans une mairie de chaque vallée", "nouvelle", "K019 K020", "E05", "P01", "accueil de la maison des services",
            "Un jour par mois et par vallée, à date fixe : maison des services, Caf, MSA et Département reçoivent au même endroit.",
            origins="PR13", publics="habitants familles_vulnerables", secteurs="Sorgues Cernon", partners="P04 P05 P06 P07 P08", levers="autre",
            start=date(2028, 1, 1), project=True, goal="Rapprocher les droits.", human="un jour par semaine", fte=0.2,
            conditions="Accord écrit de la Caf, de la MSA et du Département.", risks="Un partenaire ne vient pas."),
    _action(11, 10, "numerique", "Porter le conseil numérique à un poste entier", "adaptee", "K021", "E05", "P01", "service d’accès aux droits",
            "Huit communes par mois au lieu de quatre. Un remplacement est prévu par écrit en cas d’absence.", previous="B10", origins="PR14",
            publics="habitants aines", partners="P06 P08 P11", levers="autre", goal="Aider sans interruption.", human="un mi-temps de plus", fte=1.0,
            conditions="Le financement de l’État est renouvelé.", risks="Le poste reste vacant."),
    _action(12, 11, "transversal", "Tenir la coordination de la convention", "reconduite", "K028", "E01 E02 E03 E04 E05", "P01", "coordination de la convention",
            "Un temps plein coordonne et suit la convention ; un mi-temps, au plus près des associations, suit la jeunesse et la parentalité. Une plénière réunit tout le monde chaque année.",
            previous="B11", publics="professionnels", partners="P06 P07 P11", levers="ingenierie msa", goal="Que les engagements soient tenus.",
            human="une coordination à un temps plein et demi", fte=1.5, conditions="Postes pourvus.", risks="Changement de personne en cours de route."),
]  # fmt: skip


def _steps(action: str, *steps: tuple[str, date, date, str]) -> list[Line]:
    return [
        {"action": action, "name": name, "start": start, "end": end, "responsible": who, "state": "prevu"}
        for name, start, end, who in steps
    ]


def _d(year: int, month: int, day: int = 1) -> date:
    return date(year, month, day)


STEPS: list[Line] = [
    *_steps("A01", ("Recruter deux professionnelles", _d(2027, 9), _d(2027, 12, 31), "direction de la crèche"),
            ("Ouvrir à 6 h 30 trois jours", _d(2028, 1), _d(2028, 12, 31), "direction de la crèche"),
            ("Décider de passer à cinq jours", _d(2029, 1), _d(2029, 6, 30), "comité de pilotage"),
            ("Étudier une garde à domicile", _d(2029, 2), _d(2029, 10, 31), "coordination de la convention"),
            ("Tenir les horaires et faire le point", _d(2030, 1), _d(2031, 12, 31), "direction de la crèche")),
    *_steps("A02", ("Rouvrir les deux places fermées", _d(2027, 7), _d(2027, 12, 31), "direction de la crèche"),
            ("Agrandir le local et obtenir l’agrément", _d(2027, 10), _d(2028, 8, 31), "commune de La Cavalerie"),
            ("Ouvrir six places", _d(2028, 9), _d(2028, 12, 31), "direction de la crèche"),
            ("Suivre l’occupation", _d(2029, 1), _d(2031, 12, 31), "service de la petite enfance")),
    *_steps("A03", ("Choisir le local", _d(2027, 9), _d(2028, 3, 31), "service de la petite enfance"),
            ("Accompagner les candidates", _d(2028, 1), _d(2029, 6, 30), "animation du relais"),
            ("Ouvrir la maison", _d(2029, 9), _d(2029, 12, 31), "service de la petite enfance"),
            ("Aider deux installations de plus", _d(2030, 1), _d(2031, 12, 31), "animation du relais")),
    *_steps("A04", ("Écrire le formulaire et la règle d’attribution", _d(2027, 7), _d(2028, 1, 31), "animation du relais"),
            ("Ouvrir le guichet", _d(2028, 2), _d(2028, 6, 30), "animation du relais"),
            ("Publier le tableau des demandes chaque année", _d(2028, 9), _d(2031, 12, 31), "coordination de la convention")),
    *_steps("A05", ("Recruter", _d(2027, 10), _d(2028, 1, 31), "coordination des accueils de loisirs"),
            ("Ouvrir aux vacances de printemps", _d(2028, 4), _d(2028, 12, 31), "coordination des accueils de loisirs"),
            ("Ouvrir toutes les petites vacances", _d(2029, 1), _d(2031, 12, 31), "coordination des accueils de loisirs")),
    *_steps("A06", ("Réunir les trois employeurs", _d(2028, 1), _d(2028, 6, 30), "coordination du pôle de ressources"),
            ("Recruter et former", _d(2028, 7), _d(2029, 6, 30), "coordination du pôle de ressources"),
            ("Intervenir", _d(2029, 7), _d(2031, 12, 31), "coordination du pôle de ressources")),
    *_steps("A07", ("Trouver salles et véhicule", _d(2027, 11), _d(2028, 3, 31), "coordination de l’accueil de jeunes"),
            ("Aller dans deux vallées", _d(2028, 4), _d(2028, 12, 31), "équipe jeunesse"),
            ("Aller dans les trois vallées", _d(2029, 1), _d(2031, 12, 31), "équipe jeunesse"),
            ("Faire le bilan de deux ans", _d(2030, 1), _d(2030, 4, 30), "comité de pilotage")),
    *_steps("A08", ("Pourvoir le demi-poste", _d(2027, 7), _d(2027, 12, 31), "direction de l’accueil de jeunes"),
            ("Tenir l’accueil", _d(2028, 1), _d(2031, 12, 31), "direction de l’accueil de jeunes")),
    *_steps("A09", ("Ouvrir un samedi par mois", _d(2027, 9), _d(2027, 12, 31), "coordination de la parentalité"),
            ("Passer à deux samedis", _d(2028, 1), _d(2031, 12, 31), "coordination de la parentalité"),
            ("Former dix parents relais", _d(2028, 3), _d(2029, 6, 30), "coordination de la parentalité")),
    *_steps("A10", ("Signer l’accord des partenaires", _d(2028, 1), _d(2028, 6, 30), "coordination de la convention"),
            ("Tenir les permanences", _d(2028, 9), _d(2031, 12, 31), "accueil de la maison des services")),
    *_steps("A11", ("Recruter et écrire la règle de remplacement", _d(2027, 7), _d(2028, 3, 31), "service d’accès aux droits"),
            ("Couvrir huit communes", _d(2028, 4), _d(2031, 12, 31), "service d’accès aux droits")),
    *_steps("A12", ("Recruter le mi-temps", _d(2027, 7), _d(2027, 12, 31), "coordination de la convention"),
            ("Réunir la plénière chaque année", _d(2028, 5), _d(2031, 6, 30), "coordination de la convention"),
            ("Faire le point à mi-parcours", _d(2029, 9), _d(2029, 12, 31), "comité de pilotage"),
            ("Évaluer et préparer la suite", _d(2031, 1), _d(2031, 12, 31), "comité de pilotage")),
]  # fmt: skip

# --- money -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Money:
    """What an action costs in a full year, and who brings what; « epci » is the rest.

    Attributes:
        items: what is paid -> amount of a full year.
        funders: payer -> what for, amount of a full year, how sure it is.
        rates: payer -> dated amount (« Montants ») and quantity of a full year, from which its amount is computed.
        years: year -> share of a full year.
        once: year, what is paid, amount, payers -> amount: an investment.
        parties: payer -> id of the party, where several are of that kind and one of them is known to pay.
    """

    items: dict[str, int]
    funders: dict[str, tuple[str, int, str]]
    years: dict[int, float]
    once: tuple[tuple[int, str, int, dict[str, int]], ...] = ()
    rates: dict[str, tuple[str, float]] = field(default_factory=dict)
    parties: dict[str, str] = field(default_factory=dict)


_WHOLE = {2028: 1.0, 2029: 1.0, 2030: 1.0, 2031: 1.0}
_HALF = {2027: 0.5, **_WHOLE}


def _coordination() -> Money:
    posts = [post for post in POSTS if post["scenario"] == RETAINED]
    total = {name: sum(int(post.get(name, 0)) for post in posts) for name in ("cost", "caf", "msa")}
    return Money(
        {"salaires et déplacements": total["cost"]},
        {
            "caf_funds": ("coopération : 1,5 poste", total["caf"], "sollicite"),
            "msa": ("appui à la coordination", total["msa"], "sollicite"),
        },
        _HALF,
        rates={"caf_funds": ("M03", 1.5)},
    )


MONEY: dict[str, Money] = {
    "A01": Money({"salaires": 26_000, "formation": 1_500},
                 {"caf_ps": ("heures facturées", 9_600, "prevu"), "families": ("participation des familles", 3_400, "prevu")}, _WHOLE),
    "A02": Money({"salaires": 88_000, "repas, fluides, petit équipement": 18_000},
                 {"caf_ps": ("prestation de service, six places", 46_600, "prevu"), "caf_bonus": ("six places nouvelles", 6 * PLACE, "prevu"),
                  "families": ("participation des familles", 17_500, "prevu")},
                 {2028: 0.25, 2029: 1.0, 2030: 1.0, 2031: 1.0},
                 ((2028, "agrandissement du local", 180_000, {"caf_funds": 72_000, "state": 54_000}),),
                 rates={"caf_bonus": ("M01", 6)}),
    "A03": Money({"aide à l’installation": 6_000, "loyer du local": 4_800},
                 {"caf_funds": ("fonds local", 4_000, "sollicite"), "communes": ("local prêté", 2_400, "acquis")}, _HALF,
                 ((2029, "aménagement du local", 24_000, {"caf_funds": 9_000, "communes": 6_000}),), parties={"communes": "P02"}),
    "A04": Money({"temps du relais": 11_400, "outil de demande": 1_600}, {"caf_ps": ("mission du relais", 5_300, "prevu")}, _HALF),
    "A05": Money({"salaires": 16_200, "sorties, repas, matériel": 5_300},
                 {"caf_ps": ("heures d’accueil", 3_010, "prevu"), "caf_bonus": ("3 100 heures nouvelles", round(3_100 * HOUR), "prevu"),
                  "communes": ("part des communes", 1_900, "sollicite"), "families": ("participation des familles", 6_200, "prevu")}, _WHOLE,
                 rates={"caf_bonus": ("M02", 3_100)}),
    "A06": Money({"salaires": 19_000, "formation": 2_000}, {"caf_funds": ("fonds publics et territoires", 12_000, "prevu")}, _WHOLE),
    "A07": Money({"salaires": 57_000, "véhicule partagé, carburant": 6_500, "activités": 4_500},
                 {"caf_ps": ("prestation jeunes", 20_400, "sollicite"), "msa": ("grandir en milieu rural", 8_000, "sollicite"),
                  "caf_funds": ("fonds local", 9_000, "prevu"), "communes": ("part des communes", 4_000, "sollicite")}, _WHOLE),
    "A08": Money({"salaires": 62_500, "activités, local": 12_000},
                 {"caf_ps": ("prestation de service", 22_350, "acquis"), "caf_bonus": ("offre maintenue", 4_470, "acquis"), "msa": ("appui", 2_980, "acquis"),
                  "departement": ("appui", 3_730, "sollicite"), "families": ("adhésions", 1_490, "prevu")}, _HALF),
    "A09": Money({"accueillantes": 21_000, "formation des parents relais": 2_400},
                 {"caf_ps": ("séances", 7_700, "acquis"), "caf_bonus": ("offre maintenue", 3_500, "acquis"), "caf_funds": ("fonds national parentalité", 3_000, "sollicite"),
                  "msa": ("appui", 1_200, "sollicite")}, _HALF),
    "A10": Money({"déplacements, accueil": 9_000}, {"communes": ("bureaux prêtés", 1_800, "sollicite")}, _WHOLE),
    "A11": Money({"salaire": 42_000, "déplacements": 3_800}, {"state": ("conseil numérique", 17_400, "sollicite"), "departement": ("appui", 1_800, "prevu")}, _HALF),
    "A12": _coordination(),
}  # fmt: skip


def budget_lines() -> list[Line]:
    """Lines of « Budget »: each action's year adds up, the intercommunalité paying the rest."""
    return as_written(line for action, money in MONEY.items() for line in lines_of(action, money))


def as_written(lines: Iterable[Line]) -> list[Line]:
    """The same, no amount being typed where « Montants » gives it."""
    return [{name: line[name] for name in line if name != "amount" or "rate" not in line} for line in lines]


def lines_of(action: str, money: Money, amounts: Iterable[Line] = ()) -> list[Line]:
    """Lines of one action, each year of which adds up.

    Args:
        amounts: lines of « Montants » by which dated amounts are worked out; by default those of the first edition.
    """
    lines: list[Line] = []
    known = list(amounts) or AMOUNTS
    for year, share in money.years.items():
        spent = {item: round(amount * share) for item, amount in money.items.items()}
        brought = {
            payer: (why, round(_amount(money, payer, share, amount, year, known)), sure)
            for payer, (why, amount, sure) in money.funders.items()
        }
        brought["epci"] = (
            "subvention d’équilibre",
            sum(spent.values()) - sum(a for _, a, _ in brought.values()),
            "prevu",
        )
        lines += [_line(action, year, "depense", item, amount) for item, amount in spent.items()]
        lines += [
            _line(
                action,
                year,
                "recette",
                why,
                amount,
                funder=payer,
                sure=sure,
                **_dated(money, payer, share),
                **_of(money, payer),
            )
            for payer, (why, amount, sure) in brought.items()
            if amount
        ]
    for year, item, amount, payers in money.once:
        rest = {**payers, "epci": amount - sum(payers.values())}
        lines.append(_line(action, year, "depense", item, amount, nature="investissement"))
        lines += [
            _line(
                action,
                year,
                "recette",
                item,
                part,
                nature="investissement",
                funder=payer,
                sure="prevu",
                **_of(money, payer),
            )
            for payer, part in rest.items()
        ]
    return lines


def _amount(money: Money, payer: str, share: float, amount: int, year: int, amounts: list[Line]) -> float:
    """What a payer brings in a year: as planned, or as the dated amount that begins last by that year makes it."""
    if payer not in money.rates:
        return amount * share
    id, quantity = money.rates[payer]
    name = next(line["name"] for line in amounts if line["id"] == id)
    begun = [line for line in amounts if line["name"] == name and line["start"].year <= year]
    value = max(begun, key=lambda line: line["start"])["value"]
    first = next(line["value"] for line in AMOUNTS if line["id"] == id)
    assert abs(first * quantity - amount) < 0.5, (payer, first, quantity, amount)
    return float(value * quantity * share)


def _dated(money: Money, payer: str, share: float) -> Line:
    """The dated amount that a receipt rests on, and how many times in that year."""
    if payer not in money.rates:
        return {}
    id, quantity = money.rates[payer]
    return {"rate": id, "quantity": round(quantity * share, 2)}


def _of(money: Money, payer: str) -> Line:
    """Which party a payer is, where it is told."""
    return {"party": money.parties[payer]} if payer in money.parties else {}


def _line(
    action: str, year: int, kind: str, item: str, amount: int, nature: str = "fonctionnement", **more: Any
) -> Line:
    return {
        "action": action,
        "year": year,
        "kind": kind,
        "item": item,
        "nature": nature,
        "amount": amount,
        **more,
    }


# --- what shows whether it works -----------------------------------------------------------------------


def _indicator(
    number: int, action: str, kind: str, label: str, unit: str, baseline: float, period: str, target: float, on: date, source: str, who: str,
    frequency: str = "annuelle", **more: Any,
) -> Line:  # fmt: skip
    return {
        "id": f"IN{number:02d}", "action": action, "kind": kind, "label": label, "unit": unit, "baseline": baseline, "baseline_period": period,
        "target": target, "target_on": on, "source": source, "frequency": frequency, "responsible": who, **more,
    }  # fmt: skip


_LATE, _MIDDLE = date(2030, 12, 31), date(2029, 12, 31)
_REGISTER = "registre de la crèche (exemple)"
_EPCI = "réponse de la communauté de communes aux demandes de données (exemple)"
INDICATORS: list[Line] = [
    _indicator(1, "A01", "moyens", "postes pourvus pour l’ouverture du matin", "ETP", 0, "2027", 0.8, date(2028, 6, 30), _REGISTER, "direction de la crèche"),
    _indicator(2, "A01", "resultat", "enfants accueillis avant 7 h 30", "enfants", 0, "2026", 10, _LATE, _REGISTER, "direction de la crèche"),
    _indicator(3, "A02", "realisation", "places ouvertes à la crèche (22 agréées au départ)", "places", 20, "2026", 28, date(2028, 12, 31), "fiche de service de la crèche (exemple)", "direction de la crèche",
               remark="22 places agréées, dont deux fermées faute de personnel."),
    _indicator(4, "A02", "resultat", "familles en attente à la fin de septembre", "familles", 11, "2026", 5, _LATE, "liste d’attente de la crèche (exemple)", "service de la petite enfance"),
    _indicator(5, "A02", "resultat", "places pour 100 enfants de moins de 3 ans, établissements", "places pour 100 enfants", 16.3, "2023", 20, date(2029, 12, 31),
               "Cnaf, taux de couverture par commune et intercommunalité", "coordination de la convention", indicator="taux_couverture", breakdown="mode=eaje",
               remark="16,3 en 2023 avec 22 places, avant la fermeture de deux (IN03). Avec 28 places et autant d’enfants : 20,7."),
    _indicator(6, "A03", "realisation", "assistantes maternelles en activité", "personnes", 16, "2025", 18, _LATE, "réponse du Département (exemple), PMI", "animation du relais"),
    _indicator(7, "A03", "moyens", "candidates accompagnées jusqu’à l’agrément", "personnes", 0, "2027", 6, _LATE, "registre du relais (exemple)", "animation du relais"),
    _indicator(8, "A04", "resultat", "demandes restées sans réponse dans l’année", "demandes", 14, "2025", 5, _LATE, _EPCI, "animation du relais"),
    _indicator(9, "A04", "realisation", "demandes reçues par le formulaire unique", "demandes", 0, "2026", 50, _MIDDLE, "tableau du guichet (exemple)", "animation du relais"),
    _indicator(10, "A05", "realisation", "semaines ouvertes à Nant pendant les petites vacances", "semaines", 0, "2026", 6, _MIDDLE, "fiche de service (exemple)",
               "coordination des accueils de loisirs"),
    _indicator(11, "A05", "resultat", "enfants de la Dourbie accueillis dans l’année", "enfants", 51, "2025", 75, _LATE, "fiche de service de l’accueil de loisirs (exemple)", "coordination des accueils de loisirs"),
    _indicator(12, "A06", "resultat", "enfants handicapés accueillis pendant l’année", "enfants", 12, "2025", 20, _LATE, "fiche de service de l’accueil d’été (exemple)", "coordination du pôle de ressources"),
    _indicator(13, "A07", "moyens", "soirées tenues dans les vallées", "soirées par an", 0, "2026", 120, _MIDDLE, "cahier de l’équipe (exemple)", "coordination de l’accueil de jeunes"),
    _indicator(14, "A07", "resultat", "jeunes des vallées qui participent dans l’année", "jeunes", 11, "2025", 40, _LATE, "inscriptions par commune (exemple)",
               "coordination de l’accueil de jeunes"),
    _indicator(15, "A08", "realisation", "jeunes inscrits dans l’année", "jeunes", 57, "2025", 70, _LATE, "fiche de service de l’accueil de jeunes (exemple)", "direction de l’accueil de jeunes"),
    _indicator(16, "A09", "realisation", "familles venues dans l’année", "familles", 38, "2025", 55, _LATE, "réponse de la Caf (exemple)", "coordination de la parentalité"),
    _indicator(17, "A09", "moyens", "samedis ouverts dans l’année", "samedis", 0, "2026", 20, _MIDDLE, "planning du lieu (exemple)", "coordination de la parentalité"),
    _indicator(18, "A10", "realisation", "personnes reçues en permanence dans la Sorgues et le Cernon", "personnes par an", 0, "2026", 150, _LATE, "registre de la maison des services (exemple)",
               "accueil de la maison des services"),
    _indicator(19, "A11", "realisation", "personnes aidées en ligne dans l’année", "personnes", 186, "2025", 320, _LATE, _EPCI, "service d’accès aux droits"),
    _indicator(20, "A11", "moyens", "communes couvertes chaque mois", "communes", 4, "2026", 8, date(2028, 12, 31), "planning du conseil numérique (exemple)", "service d’accès aux droits",
               "trimestrielle"),
    _indicator(21, "A12", "moyens", "postes de coordination pourvus", "ETP", 1, "2026", 1.5, date(2027, 12, 31), "organisation retenue par le comité de pilotage (exemple)", "coordination de la convention"),
    _indicator(22, "A12", "realisation", "actions dont l’avancement est dit avant la plénière", "% des actions", 0, "2027", 100, date(2028, 5, 31), "tableau de suivi de la convention (exemple)", "coordination de la convention"),
]  # fmt: skip
AMOUNTS: list[Line] = [
    {"id": id, "name": f"{name} (montant d’exemple)", "value": value, "unit": unit, "start": date(2027, 1, 1), "end": date(2027, 12, 31), "source": SOURCE}
    for id, name, value, unit in (
        ("M01", "bonus territoire, place nouvelle de crèche", PLACE, "place et par an"),
        ("M02", "bonus territoire, heure nouvelle d’accueil de loisirs", HOUR, "heure"),
        ("M03", "aide à un poste de chargé de coopération", POST, "ETP et par an"),
    )
]  # fmt: skip
