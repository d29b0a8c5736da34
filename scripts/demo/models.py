# ruff: noqa: E501  (data, easier to read whole)
"""How the traits of the made-up population become answers: one rule per question.

Rules that several questionnaires share stand here; those of one of them stand in ``demo.models_own``. Figures are
chances, invented; what they depend on is on purpose:

* far from services → fewer things used, more trips given up, transport wished for first;
* soldiers' families → odd hours, no family nearby, looking for a home, childcare early and late;
* little money → costs, rights given up, cold homes;
* little ease online → help for online steps, paper forms;
* alone → isolation, places to meet.
"""

from __future__ import annotations

from ctg_lib.geography.names import slug
from demo.answering import Rule, Who
from demo.texts import idea, need


def age_band(who: Who) -> dict[str, float]:
    """The bands that hold the age; a questionnaire has one of them."""
    age = who.person.age
    young = {
        "de_11_14": age <= 14,
        "de_15_17": 15 <= age <= 17,
        "de_18_20": 18 <= age <= 20,
        "de_21_25": 21 <= age <= 25,
    }
    old = {
        "moins_30": age < 30, "de_30_44": 30 <= age < 45, "de_45_59": 45 <= age < 60, "de_60_74": 60 <= age < 75,
        "plus_75": age >= 75,
    }  # fmt: skip
    return {code: float(holds) for code, holds in (young | old).items() if holds}


def _secteur(who: Who) -> str:
    return who.trait("secteur") or slug(who.home.secteur).replace("-", "_")


def _household(who: Who) -> str:
    kind = who.home.kind
    if kind in ("couple_enfants", "monoparentale"):
        return "couple_avec_enfant" if kind == "couple_enfants" else "monoparentale"
    return {"seule": "seul", "couple": "couple_sans_enfant", "autre": "autre"}[kind]


def _ages(who: Who) -> dict[str, float]:
    bands = {
        "moins_3": (0, 2),
        "de_3_5": (3, 5),
        "de_6_10": (6, 10),
        "de_11_14": (11, 14),
        "de_15_17": (15, 17),
    }
    out = {code: float(who.has(*ages)) for code, ages in bands.items()}
    parents = {"couple_enfants": 2, "monoparentale": 1}.get(who.home.kind, len(who.home.people))
    grown = any(p.age >= 18 for p in who.home.people[parents:])
    out["plus_18"] = float(grown)
    return {**out, "aucun": 0.0 if any(out.values()) else 1.0}


def _count(low: int, high: int) -> Rule:
    return lambda who: who.home.children(low, high) or None


def _housing(who: Who) -> dict[str, float]:
    h, age = who.home, who.person.age
    if not h.year_round:
        return {"proprietaire": 1}
    if age < 18:
        return {"parents": 1}
    if 18 <= age < 26 and who.person.rank > 1:
        return {"parents": 0.8, "locataire_prive": 0.2}
    own = 0.5 + 0.011 * max(0, age - 25) - 0.3 * h.strained - 0.4 * h.military
    return {
        "proprietaire": max(0.03, own), "locataire_prive": 0.22 - 0.002 * age + 0.2 * h.strained, "locataire_social": 0.06 + 0.2 * h.strained,
        "fonction": 0.55 if h.military else 0.03, "heberge": 0.03 + 0.05 * h.strained, "autre": 0.01,
    }  # fmt: skip


def _housing_trouble(who: Who) -> dict[str, float]:
    h = who.home
    return {
        "aucune": max(0.05, 0.62 - 0.4 * h.strained), "petit": 0.08 + 0.12 * (len(h.people) > 3), "cher": 0.06 + 0.35 * h.strained,
        "chauffage": 0.16 + 0.35 * h.strained * (1 if h.far > 0.4 else 0.6), "etat": 0.05 + 0.25 * h.strained, "eloigne": 0.05 + 0.25 * h.far,
        "adaptation": 0.02 + 0.16 * (who.person.age >= 75), "bail": 0.02 + 0.05 * h.strained, "autre": 0.02,
    }  # fmt: skip


def _given_up_trips(who: Who) -> dict[str, float]:
    p, h = who.person, who.home
    hard = 0.05 + 0.7 * h.far + 0.35 * (not p.drives) + 0.2 * h.strained
    return {
        "jamais": max(0.05, 1.15 - hard),
        "rarement": 0.2 + 0.1 * hard,
        "parfois": 0.4 * hard,
        "souvent": 0.45 * hard * hard,
    }


def _trips(who: Who) -> dict[str, float]:
    p = who.person
    return {
        "travail": 0.35 * (18 <= p.age < 64) + 0.3 * (p.age < 18), "sante": 0.35 + 0.3 * (p.age > 65), "demarches": 0.2, "courses": 0.2 + 0.2 * (p.age > 70),
        "garde": 0.25 * bool(who.home.minors) * (p.age >= 18), "loisirs": 0.3 + 0.45 * (p.age < 25), "proches": 0.25, "autre": 0.03,
    }  # fmt: skip


def _transport(who: Who) -> dict[str, float]:
    p, h = who.person, who.home
    return {
        "a_la_demande": 0.08 + 0.5 * h.far + 0.2 * (p.age > 70), "ligne": 0.25 + 0.15 * (p.age < 26), "covoiturage": 0.2 * (p.age < 65) + 0.05,
        "navette_loisirs": 0.08 + 0.4 * (p.age < 18) + 0.15 * bool(h.minors), "voiture_partagee": 0.08 + 0.12 * (p.age < 26), "velo": 0.16 * (p.age < 60) + 0.03,
        "permis": 0.5 * (16 <= p.age < 26 and not p.drives) + 0.02, "aucun": max(0.02, 0.3 - 0.3 * h.far), "autre": 0.02,
    }  # fmt: skip


def _leisure_barriers(who: Who) -> dict[str, float]:
    p, h = who.person, who.home
    return {
        "rien": max(0.05, 0.32 - 0.25 * h.far), "offre": 0.22 + 0.25 * h.far, "places": 0.14 * (h.secteur == "Larzac") + 0.04, "distance": 0.06 + 0.64 * h.far,
        "transport": 0.06 + 0.4 * (p.age < 18) + 0.15 * h.odd_hours, "cout": 0.1 + 0.5 * h.strained, "horaires": 0.14 + 0.25 * h.odd_hours,
        "information": 0.16 + 0.2 * h.new, "temps": 0.2 * (25 < p.age < 62), "autre": 0.03,
    }  # fmt: skip


def _online(who: Who) -> dict[str, float]:
    ease = who.person.online
    return {
        "seul_facile": ease**1.5,
        "seul_difficile": 0.28 - 0.15 * ease,
        "avec_aide": 0.5 * (1 - ease),
        "jamais": 0.25 * (1 - ease) ** 2,
    }


def _connection(who: Who) -> dict[str, float]:
    far = who.home.far
    return {
        "toujours": 0.6 - 0.35 * far,
        "souvent": 0.35,
        "parfois": 0.08 + 0.22 * far,
        "jamais": 0.01 + 0.05 * far,
    }


def _rights(who: Who) -> dict[str, float]:
    h, ease = who.home, who.person.online
    gave_up = 0.05 + 0.28 * h.strained + 0.16 * (1 - ease) + 0.08 * h.far
    return {
        "oui": gave_up,
        "non": 0.4 + 0.1 * bool(h.minors),
        "sans_objet": 0.38 - 0.2 * h.strained,
        "refus": 0.03,
    }


def _rights_why(who: Who) -> dict[str, float]:
    h, ease = who.home, who.person.online
    return {
        "complique": 0.55, "internet": 0.12 + 0.55 * (1 - ease), "information": 0.3, "distance": 0.05 + 0.4 * h.far, "delai": 0.28, "peur": 0.1, "gene": 0.14,
        "autre": 0.04,
    }  # fmt: skip


def _help(who: Who) -> dict[str, float]:
    h, ease = who.home, who.person.online
    return {
        "personne": 0.2 + 0.35 * ease, "proche": 0.3 + 0.25 * (1 - ease), "france_services": 0.08 + 0.16 * (h.secteur == "Dourbie") + 0.1 * (1 - ease),
        "mairie": 0.1 + 0.2 * h.far, "travailleur_social": 0.03 + 0.2 * h.strained, "caf_msa": 0.08 + 0.14 * bool(h.minors), "association": 0.03, "autre": 0.02,
    }  # fmt: skip


def _local_life(who: Who) -> dict[str, float]:
    p, h = who.person, who.home
    settled = 1 - 0.45 * h.new
    return {
        "rien": 0.1 + 0.08 * h.new, "fete": 0.55 * settled, "sport": 0.3 - 0.003 * max(0, p.age - 40) * settled, "culture": 0.3 * settled,
        "bibliotheque": 0.2 + 0.1 * bool(h.minors), "rencontre": 0.12 + 0.14 * (h.secteur == "Dourbie"), "benevolat": 0.22 * settled, "vie_publique": 0.12 * settled,
        "autre": 0.03,
    }  # fmt: skip


def _mutual_help(who: Who) -> dict[str, float]:
    return {
        "facilement": 0.58 - 0.32 * who.home.new,
        "parfois": 0.26,
        "non": 0.1 + 0.22 * who.home.new,
        "refus": 0.02,
    }


def _isolation(who: Who) -> dict[str, float]:
    h = who.home
    weight = (
        0.15 + 0.3 * (h.kind == "seule") + 0.22 * h.new + 0.2 * h.far + 0.12 * (h.kind == "monoparentale")
    )
    return {
        "jamais": max(0.06, 0.62 - 0.5 * weight),
        "rarement": 0.26,
        "parfois": 0.1 + 0.4 * weight,
        "souvent": 0.02 + 0.25 * weight,
    }


def _places(who: Who) -> dict[str, float]:
    p, h = who.person, who.home
    return {
        "aucun": 0.08, "lieu_rencontre": 0.28 + 0.18 * h.far + 0.1 * (h.kind == "seule"), "ateliers": 0.26, "sorties": 0.2 + 0.1 * (p.age > 60), "culture": 0.3,
        "sport": 0.3 - 0.003 * max(0, p.age - 45), "entraide": 0.14 + 0.14 * h.new, "lieu_jeunes": 0.04 + 0.4 * (p.age < 18) + 0.1 * who.has(11, 17), "autre": 0.02,
    }  # fmt: skip


def _disabled(who: Who) -> dict[str, float]:
    h = who.home
    if not h.disability:
        return {"non": 0.97, "refus": 0.03}
    return {"enfant": 0.6 if h.minors else 0.0, "adulte": 0.6 if h.minors else 1.0, "refus": 0.02}


def _priorities(who: Who) -> dict[str, float]:
    p, h = who.person, who.home
    return {
        "petite_enfance": 0.1 + 0.5 * who.has(0, 3), "enfance": 0.08 + 0.35 * who.has(3, 10), "jeunesse": 0.1 + 0.3 * who.has(11, 17) + 0.3 * (p.age < 26),
        "parentalite": 0.04 + 0.08 * bool(h.minors), "handicap": 0.05 + 0.35 * h.disability, "vie_sociale": 0.16 + 0.1 * (p.age > 60), "acces_droits": 0.12 + 0.14 * h.far,
        "numerique": 0.04 + 0.16 * (1 - p.online), "logement": 0.16 + 0.2 * h.military + 0.12 * h.strained, "familles_vulnerables": 0.06 + 0.14 * h.strained,
        "mobilite": 0.1 + 0.62 * h.far, "sante": 0.36 + 0.22 * (p.age > 60),
    }  # fmt: skip


def _written(chance: float, words) -> Rule:
    def rule(who: Who) -> str | None:
        dice = who.dice("written:" + words.__name__, False)
        return words(who, dice) if dice.yes(chance) else None

    return rule


SHARED: dict[str, Rule] = {
    "participation": lambda who: "oui",
    "canal": lambda who: None,  # who came by which way is for the sampling to say
    "residence": lambda who: {"annee": 0.97, "partie": 0.03} if who.home.year_round else "secondaire",
    "secteur": _secteur,
    "age": age_band,
    "menage": _household,
    "adultes": lambda who: max(1, len(who.home.adults)),
    "enfants_ages": _ages,
    "nb_moins_3": _count(0, 2),
    "nb_de_3_5": _count(3, 5),
    "nb_de_6_10": _count(6, 10),
    "nb_de_11_17": _count(11, 17),
    "militaire": lambda who: {"oui": 0.97, "refus": 0.03} if who.home.military else {"non": 0.99, "refus": 0.01},
    "voiture": lambda who: {
        "aucune": 0.9 * (not any(p.drives for p in who.home.adults)), "une": 0.5 if sum(p.drives for p in who.home.adults) > 1 else 0.95,
        "deux_plus": 0.8 if sum(p.drives for p in who.home.adults) > 1 else 0.05,
    },
    "deplacement_renonce": _given_up_trips,
    "deplacement_motifs": _trips,
    "mobilite_souhaits": _transport,
    "loisirs_freins": _leisure_barriers,
    "demarches_internet": _online,
    "connexion": _connection,
    "droits_renonce": _rights,
    "droits_raisons": _rights_why,
    "aide_demarches": _help,
    "vie_locale": _local_life,
    "entraide": _mutual_help,
    "isolement": _isolation,
    "lieux_souhaits": _places,
    "logement_statut": _housing,
    "logement_difficultes": _housing_trouble,
    "logement_recherche": lambda who: {
        "achat": 0.05 + 0.08 * who.home.new, "location": 0.05 + 0.14 * who.home.military + 0.1 * who.home.strained, "ailleurs": 0.03, "non": 0.8,
    },
    "accord_handicap": lambda who: {"oui": 0.62 + 0.25 * who.home.disability, "non": 0.38},
    "handicap_foyer": _disabled,
    "handicap_difficultes": lambda who: {
        "aucune": 0.04, "accueil": 0.3 * who.has(0, 5), "ecole": 0.4 * who.has(3, 17), "loisirs": 0.35, "emploi": 0.3 * (not who.home.minors), "soins": 0.5,
        "deplacements": 0.2 + 0.3 * who.home.far, "demarches": 0.5, "logement": 0.12, "repit": 0.3, "autre": 0.02,
    },
    "handicap_aides": lambda who: {
        "aucune": 0.05, "information": 0.35, "demarches": 0.4, "accompagnant": 0.4 * who.has(3, 17), "accueil_forme": 0.3 * bool(who.home.minors), "relais": 0.3,
        "echanges": 0.15, "transport": 0.15 + 0.2 * who.home.far, "autre": 0.02,
    },
    "priorites": _priorities,
    "besoin_libre": _written(0.42, need),
    "idee_libre": _written(0.2, idea),
}  # fmt: skip
"""Question id -> rule, for questions that several questionnaires ask."""
