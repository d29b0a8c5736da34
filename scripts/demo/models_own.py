# ruff: noqa: E501  (data, easier to read whole)
"""Rules of the questions that one questionnaire, or two, ask (see ``demo.models``)."""

from __future__ import annotations

from collections.abc import Mapping

from demo.answering import Rule, Who
from demo.models import SHARED

# --- parents -----------------------------------------------------------------------------------------


def _odd(who: Who) -> dict[str, float]:
    h = who.home
    if not h.odd_hours:
        return {"aucun": 0.93, "samedi": 0.4, "soir": 0.3}
    soldier = h.military
    return {
        "tot": 0.75 if soldier else 0.45, "soir": 0.5, "nuit": 0.45 if soldier else 0.15, "samedi": 0.35, "dimanche": 0.3, "changeants": 0.5,
        "absences": 0.85 if soldier else 0.08,
    }  # fmt: skip


def _care(who: Who) -> dict[str, float]:
    h, bean = who.home, who.home.secteur == "Larzac"
    working = all(p.work == "emploi" for p in h.adults[:2])
    return {
        "parents": 0.35 if working else 0.9, "creche": (0.3 if bean else 0.2) * (1 if working else 0.35), "assistante_maternelle": (0.42 if bean else 0.25) * working,
        "mam": 0.0, "domicile": 0.02, "ecole": 0.02, "proches": 0.04 if h.military else 0.34, "autre": 0.02,
    }  # fmt: skip


def _found(who: Who) -> dict[str, float]:
    h = who.home
    hard = 0.15 + 0.3 * h.far + 0.2 * h.odd_hours + 0.12 * h.new
    return {
        "oui": 1 - hard,
        "autre_mode": 0.6 * hard,
        "attente": 0.3 * hard,
        "aucun": 0.5 * hard,
        "sans_objet": 0.14,
    }


def _wished(who: Who) -> dict[str, float]:
    h = who.home
    return {
        "parents": 0.16, "creche": 0.34 + 0.1 * (h.secteur == "Larzac"), "assistante_maternelle": 0.24, "mam": 0.09, "domicile": 0.02 + 0.08 * h.odd_hours,
        "ecole": 0.02, "proches": 0.05, "autre": 0.01, "nsp": 0.03,
    }  # fmt: skip


def _care_barriers(who: Who) -> dict[str, float]:
    h = who.home
    return {
        "place": 0.72, "horaires": 0.1 + 0.5 * h.odd_hours, "cout": 0.06 + 0.4 * h.strained, "distance": 0.05 + 0.5 * h.far, "information": 0.1 + 0.2 * h.new,
        "demarches": 0.12, "delai": 0.08 + 0.25 * h.new, "autre": 0.04,
    }  # fmt: skip


def _days(who: Who) -> dict[str, float]:
    working = all(p.work == "emploi" for p in who.home.adults[:2])
    usual = 0.92 if working else 0.35
    return {
        "aucun": 0.03 if working else 0.4, "lundi": usual, "mardi": usual, "mercredi": 0.75 * usual, "jeudi": usual, "vendredi": usual,
        "samedi": 0.18 * who.home.odd_hours, "dimanche": 0.1 * who.home.odd_hours, "variable": 0.25 * who.home.odd_hours,
    }  # fmt: skip


def _moments(who: Who) -> dict[str, float]:
    odd, soldier = who.home.odd_hours, who.home.military
    return {
        "tot": 0.08 + 0.45 * odd + 0.15 * soldier, "journee": 0.95, "soir": 0.08 + 0.25 * odd, "nuit": 0.02 + 0.12 * soldier, "changeants": 0.3 * odd,
        "urgence": 0.2 + 0.2 * soldier,
    }  # fmt: skip


def _hours(who: Who) -> int | None:
    dice = who.dice("accueil_heures", True)
    working = all(p.work == "emploi" for p in who.home.adults[:2])
    return round(dice.about(24, 38, 52) if working else dice.about(4, 14, 30))


def _job_effects(who: Who) -> dict[str, float]:
    h = who.home
    hard = 0.2 + 0.25 * h.odd_hours + 0.2 * h.far + 0.25 * (h.kind == "monoparentale")
    return {
        "aucun": max(0.1, 0.85 - hard),
        "refus_emploi": 0.4 * hard,
        "reduction": 0.5 * hard,
        "arret": 0.3 * hard,
        "horaires": 0.45 * hard,
        "nsp": 0.03,
    }


def _leisure_used(who: Who) -> dict[str, float]:
    h = who.home
    young, near = who.has(3, 11), 1 - 0.6 * h.far
    return {
        "rien": 0.03 + 0.1 * h.far, "periscolaire": 0.5 * young * near, "mercredi": 0.34 * young * near, "petites_vacances": 0.3 * young * near, "ete": 0.36 * young * near,
        "sejour": 0.1, "sport": 0.5 - 0.2 * h.far - 0.2 * h.strained, "culture": 0.24 - 0.12 * h.far, "devoirs": 0.1 * (h.secteur == "Larzac"),
        "accueil_jeunes": 0.3 * who.has(11, 17) * (h.secteur == "Larzac"), "autre": 0.03,
    }  # fmt: skip


def _leisure_wished(who: Who) -> dict[str, float]:
    h, young = who.home, who.has(3, 11)
    return {
        "rien": 0.1, "periscolaire": (0.12 + 0.35 * h.odd_hours) * young, "mercredi": (0.15 + 0.25 * h.far) * young, "vacances": 0.42 * young, "sport": 0.26 + 0.12 * h.far,
        "culture": 0.3, "devoirs": 0.14, "lieu_jeunes": 0.55 * who.has(11, 17), "sejour": 0.12, "autre": 0.03,
    }  # fmt: skip


def _parent_trouble(who: Who) -> dict[str, float]:
    h, alone = who.home, who.home.kind == "monoparentale"
    return {
        "aucun": 0.14, "sommeil": 0.4 * who.has(0, 5), "ecole": 0.3 * who.has(6, 17), "ecrans": 0.42 * who.has(8, 17), "limites": 0.25, "adolescence": 0.4 * who.has(12, 17),
        "separation": 0.04 + 0.3 * alone, "fatigue": 0.34 + 0.2 * h.military + 0.15 * alone, "solitude": 0.1 + 0.3 * h.military + 0.2 * alone,
        "budget": 0.06 + 0.5 * h.strained, "autre": 0.02, "refus": 0.03,
    }  # fmt: skip


def _known(used: float, known: float) -> dict[str, float]:
    return {"utilise": used, "connu": known, "inconnu": max(0.02, 1 - used - known)}


def _parent_places(who: Who) -> dict[str, Mapping[str, float]]:
    h, small = who.home, who.has(0, 6)
    return {
        "laep": _known(0.25 * small * (1 - h.far), 0.35), "rpe": _known(0.4 * small, 0.35), "pmi": _known(0.4 * small + 0.15, 0.45), "groupes": _known(0.12, 0.35),
        "mediation": _known(0.04 + 0.1 * (h.kind == "monoparentale"), 0.3), "ecoute": _known(0.06 * who.has(11, 17), 0.22),
        "centre_social": _known(0.06 + 0.25 * (h.secteur == "Dourbie"), 0.3),
    }  # fmt: skip


def _parent_wishes(who: Who) -> dict[str, float]:
    h = who.home
    return {
        "rien": 0.16, "rencontres": 0.2 + 0.2 * h.new, "professionnel": 0.18, "ateliers": 0.34, "conferences": 0.12,
        "relais": 0.22 + 0.25 * h.military + 0.25 * (h.kind == "monoparentale"), "sorties": 0.26 + 0.2 * h.strained, "autre": 0.02,
    }  # fmt: skip


def _who_answers(who: Who) -> dict[str, float]:
    if len(who.home.adults) == 1:
        return {"mere" if who.person.woman else "pere": 1}
    return {"mere" if who.person.woman else "pere": 0.9, "ensemble": 0.07, "autre": 0.01, "refus": 0.02}


PARENTS: dict[str, Rule] = {
    "repondant": _who_answers,
    "horaires_travail": _odd,
    "modes_utilises": _care,
    "place_trouvee": _found,
    "mode_souhaite": _wished,
    "accueil_freins": _care_barriers,
    "accueil_jours": _days,
    "accueil_horaires": _moments,
    "accueil_heures": _hours,
    "accueil_criteres": lambda who: {
        "proximite": 0.5 + 0.6 * who.home.far, "horaires": 0.4 + 1.1 * who.home.odd_hours, "cout": 0.3 + 0.9 * who.home.strained, "confiance": 1.4, "activites": 0.35, "collectif": 0.3,
    },
    "emploi_effets": _job_effects,
    "loisirs_utilises": _leisure_used,
    "loisirs_souhaites": _leisure_wished,
    "parent_difficultes": _parent_trouble,
    "parent_lieux": _parent_places,
    "parent_souhaits": _parent_wishes,
}  # fmt: skip

# --- inhabitants -------------------------------------------------------------------------------------


def _situation(who: Who) -> str:
    return who.person.work


def _reach(easy: float) -> dict[str, float]:
    e = min(0.97, max(0.03, easy))
    return {
        "facile": e * e,
        "plutot_facile": e * (1 - e) * 1.4 + 0.05,
        "plutot_difficile": e * (1 - e) + 0.04,
        "difficile": (1 - e) ** 2,
        "sans_objet": 0.0,
    }


def _access(who: Who) -> dict[str, Mapping[str, float]]:
    h, p = who.home, who.person
    near = 1 - h.far - 0.25 * (not p.drives)
    school = _reach(near + 0.2) if h.minors else {"sans_objet": 1.0}
    return {
        "medecin": _reach(near - 0.1), "pharmacie": _reach(near + 0.1), "administration": _reach(near), "courses": _reach(near + 0.2), "ecole": school,
        "sport": _reach(near + 0.05) if p.age < 75 else {"sans_objet": 0.7, **_reach(near - 0.1)}, "culture": _reach(near), "gare": _reach(near - 0.35),
    }  # fmt: skip


def _enough(score: float, unknown: float) -> dict[str, float]:
    s = min(0.95, max(0.05, score))
    return {
        "tout_a_fait": s * s,
        "plutot": 1.3 * s * (1 - s) + 0.05,
        "plutot_pas": 1.1 * s * (1 - s) + 0.06,
        "pas_du_tout": (1 - s) ** 2,
        "nsp": unknown,
    }


_KNOWN_SCORE: Mapping[str, float] = {
    "petite_enfance": 0.45, "enfance": 0.52, "jeunesse": 0.33, "parentalite": 0.42, "handicap": 0.25, "vie_sociale": 0.5, "acces_droits": 0.5, "numerique": 0.42,
    "logement": 0.26, "familles_vulnerables": 0.36, "mobilite": 0.22,
}  # fmt: skip


def _supply(who: Who) -> dict[str, Mapping[str, float]]:
    h, working = who.home, bool(who.job)
    unknown = dict.fromkeys(_KNOWN_SCORE, 0.12 if working else 0.35)
    if not working:
        unknown |= {
            "petite_enfance": 0.1 if who.has(0, 3) else 0.5,
            "mobilite": 0.1,
            "logement": 0.2,
            "vie_sociale": 0.12,
            "numerique": 0.25,
        }
    return {t: _enough(s - 0.18 * (h.far - 0.4), unknown[t]) for t, s in _KNOWN_SCORE.items()}


INHABITANTS: dict[str, Rule] = {
    "situation": _situation,
    "services_acces": _access,
    "offre_suffisante": _supply,
    "garde_enfants": lambda who: (
        {"jamais": 0.45, "parfois": 0.3, "mois": 0.12, "semaine": 0.16} if 55 <= who.person.age < 76 and who.home.year_round
        else {"jamais": 0.84, "parfois": 0.12, "mois": 0.03, "semaine": 0.02}
    ),
    "aidant": lambda who: {"oui": 0.14 + 0.12 * (50 <= who.person.age < 75) + 0.2 * who.home.disability, "non": 0.75, "refus": 0.02},
}  # fmt: skip

# --- the young ---------------------------------------------------------------------------------------


def _activities(who: Who) -> dict[str, float]:
    h, p = who.home, who.person
    return {
        "aucune": 0.05, "sport_club": 0.42 - 0.22 * h.far - 0.12 * (p.age > 17), "sport_libre": 0.4, "culture": 0.2, "bibliotheque": 0.14, "jeux": 0.55,
        "accueil_jeunes": 0.28 * (h.secteur == "Larzac") * (p.age < 18) + 0.02, "amis": 0.66 - 0.2 * h.far, "benevolat": 0.12, "autre": 0.04,
    }  # fmt: skip


def _school(who: Who) -> str:
    return (
        "college"
        if who.person.age < 15
        else "lycee"
        if who.person.age < 17 or who.home.number % 5
        else "apprentissage"
    )


YOUNG: dict[str, Rule] = {
    "accord_parental": lambda who: "oui",
    "vit_avec": lambda who: {"un_parent": 0.75, "alternance": 0.2, "autre": 0.05} if who.home.kind == "monoparentale" else {"deux_parents": 0.86, "alternance": 0.06, "autre": 0.03, "refus": 0.03},
    "scolarite": _school,
    "internat": lambda who: {"oui": 0.55 if who.person.age >= 15 else 0.02, "non": 0.45},
    "devoirs": lambda who: {"maison": 0.86, "etablissement": 0.35, "proches": 0.14, "bibliotheque": 0.08, "nulle_part": 0.02 + 0.05 * who.home.strained},
    "activites": _activities,
    "loisirs_moments": lambda who: {"aucun": 0.07, "soir": 0.3, "mercredi": 0.35, "samedi": 0.4, "dimanche": 0.2, "petites_vacances": 0.42, "ete": 0.36},
    "activites_souhaits": lambda who: {
        "rien": 0.05, "lieu": 0.5 + 0.1 * who.home.far, "sport": 0.3, "terrain": 0.35, "culture": 0.2, "sorties": 0.4, "jeux": 0.25, "projets": 0.1, "autre": 0.02,
    },
    "activites_pour_tous": lambda who: {"toutes": 0.08, "certaines": 0.4, "aucune": 0.16, "nsp": 0.36},
    "deplacement_modes": lambda who: {
        "pied": 0.6 - 0.4 * who.home.far, "velo": 0.35, "parents": 0.8, "autres": 0.25, "bus": 0.2, "deux_roues": 0.2 * (who.person.age >= 14), "reste": 0.02 + 0.06 * who.home.far,
    },
    "confidents": lambda who: {"personne": 0.08, "parents": 0.55, "famille": 0.3, "amis": 0.7, "etablissement": 0.14, "soignant": 0.1, "animateur": 0.08, "en_ligne": 0.04, "autre": 0.02, "refus": 0.04},
    "informations": lambda who: {
        "aucun": 0.12, "orientation": 0.4, "emploi": 0.36, "permis": 0.45 * (who.person.age >= 14), "logement": 0.3 * (who.person.age >= 18), "droits": 0.16, "bien_etre": 0.24,
        "relations": 0.18, "violence": 0.16, "numerique": 0.1, "projet": 0.16, "autre": 0.02,
    },
    "numerique_regles": lambda who: {"respectees": 0.4, "discutees": 0.34, "non": 0.22, "refus": 0.04},
    "avis_jeunes": lambda who: {"jamais": 0.3, "rarement": 0.4, "parfois": 0.24, "souvent": 0.06},
    "engagement": lambda who: {"rien": 0.22, "conseil": 0.18, "projet": 0.26, "fete": 0.4, "benevolat": 0.28, "autre": 0.02},
    "avenir_adulte": lambda who: {"oui": 0.2, "revenir": 0.3, "non": 0.28 + 0.15 * who.home.military, "nsp": 0.3},
    "mes_enfants": lambda who: {"aucun": 0.9, "moins_3": 0.07, "plus_3": 0.04},
    "avenir": lambda who: {"oui": 0.3, "revenir": 0.22, "non": 0.28, "nsp": 0.3},
    "emploi_freins": lambda who: {
        "sans_objet": 0.34 if who.person.work == "emploi" else 0.06, "rien": 0.08, "offres": 0.5, "transport": 0.2 + 0.3 * (not who.person.drives), "formation": 0.4, "logement": 0.25,
        "argent": 0.25, "garde": 0.03, "information": 0.14, "autre": 0.03,
    },
    "permis": lambda who: "oui" if who.person.drives else {"en_cours": 0.6, "non": 0.4},
}  # fmt: skip

# --- professionals and associations ------------------------------------------------------------------

_WITH_CHILDREN = ("petite_enfance", "assistantes_maternelles")


def _served(who: Who) -> dict[str, float]:
    field_ = who.trait("group")
    small, school = field_ in _WITH_CHILDREN, field_ == "ecole"
    youth = field_ in ("jeunesse_loisirs", "jeunesse", "sport")
    wide = field_ in ("travail_social", "acces_droits", "agents", "fetes", "culture", "solidarite")
    return {
        "moins_3": 0.98 * small + 0.05, "de_3_11": 0.3 * small + 0.5 * school + 0.8 * youth + 0.05, "de_11_17": 0.6 * school + 0.8 * youth + 0.05, "de_18_25": 0.3 * youth + 0.5 * wide,
        "parents": 0.8 * small + 0.4 * school + 0.4 * wide, "adultes": 0.9 * wide + 0.1, "aines": 0.7 * wide + 0.3 * (field_ == "aines"), "handicap": 0.25, "precarite": 0.5 * (field_ in ("travail_social", "acces_droits", "solidarite")),
    }  # fmt: skip


WORK: dict[str, Rule] = {
    "pro_groupe": lambda who: who.trait("group"),
    "publics": _served,
    "besoins_freins": lambda who: {
        "rien": 0.02, "information": 0.5, "transport": 0.45 + 0.3 * who.home.far, "horaires": 0.3, "cout": 0.2, "places": 0.3, "demarches": 0.3, "numerique": 0.2, "garde": 0.16, "gene": 0.24, "autre": 0.02,
    },
    "besoins_evolution": lambda who: {
        "aucune": 0.03, "garde": 0.3, "horaires": 0.4, "scolaire": 0.12, "parents": 0.26, "separation": 0.16, "jeunes": 0.34, "violence": 0.12, "logement": 0.34, "budget": 0.3, "droits": 0.3,
        "handicap": 0.26, "solitude": 0.2, "autre": 0.02,
    },
    "besoins_horaires": lambda who: {"aucun": 0.03, "tot": 0.6, "soir": 0.5, "nuit": 0.12, "mercredi": 0.3, "week_end": 0.3, "vacances": 0.45, "urgence": 0.34, "nsp": 0.08},
    "besoins_invisibles": lambda who: {
        "aucun": 0.02, "monoparents": 0.4, "militaires": 0.3, "agriculteurs": 0.24, "arrivants": 0.14, "jeunes": 0.3, "jeunes_adultes": 0.34, "handicap": 0.24, "aidants": 0.3, "isoles": 0.36,
        "precaires": 0.26, "saisonniers": 0.12, "nsp": 0.04,
    },
    "accueil_handicap": lambda who: {"oui": 0.2, "difficile": 0.42, "demande": 0.2, "refus_faute": 0.1, "sans_objet": 0.08},
    "accueil_handicap_besoins": lambda who: {"rien": 0.02, "formation": 0.6, "personnel": 0.5, "locaux": 0.3, "materiel": 0.16, "appui": 0.42, "information": 0.16, "autre": 0.02},
    "numerique_public": lambda who: {"jamais": 0.25, "rarement": 0.25, "parfois": 0.3, "souvent": 0.2 + 0.5 * (who.trait("group") in ("acces_droits", "travail_social"))},
    "orientation": lambda who: {"toujours": 0.1, "souvent": 0.36, "parfois": 0.42, "jamais": 0.1},
    "cooperation": lambda who: {
        "personne": 0.03, "communes": 0.6, "caf_msa": 0.4, "departement": 0.36, "ecoles": 0.4, "petite_enfance": 0.3, "loisirs": 0.3, "soin": 0.24, "acces_droits": 0.22, "associations": 0.42, "autre": 0.02,
    },
    "cooperation_freins": lambda who: {"rien": 0.06, "temps": 0.66, "connaissance": 0.36, "distance": 0.4, "changements": 0.4, "lieu": 0.24, "roles": 0.34, "autre": 0.02},
    "pro_difficultes": lambda who: {
        "aucune": 0.04, "recrutement": 0.46, "remuneration": 0.4, "formation": 0.3, "locaux": 0.24, "financement": 0.3, "trajets": 0.4, "administratif": 0.4,
        "solitude": 0.1 + 0.6 * (who.trait("group") == "assistantes_maternelles"), "logement": 0.2, "autre": 0.02,
    },
    "pro_attentes": lambda who: {"rien": 0.03, "rencontres": 0.42, "annuaire": 0.34, "formations": 0.4, "interlocuteur": 0.3, "moyens": 0.56, "transport": 0.32, "communication": 0.26, "projets": 0.3, "autre": 0.02},
    "asso_domaines": lambda who: {who.trait("group"): 1.0, "fetes": 0.3, "culture": 0.16, "sport": 0.1},
    "asso_benevoles": lambda who: {"moins_5": 0.2, "de_5_9": 0.36, "de_10_19": 0.28, "plus_20": 0.16},
    "asso_salaries": lambda who: {"oui": 0.25, "non": 0.75},
    "asso_tarifs": lambda who: {"gratuit": 0.3, "oui": 0.2, "non": 0.36, "sans_objet": 0.14},
    "asso_transport": lambda who: {"eux_memes": 0.95, "covoiturage": 0.5, "organise": 0.08, "chez_eux": 0.1, "nsp": 0.02},
    "asso_demandes": lambda who: {
        "aucune": 0.12, "places": 0.16, "petits": 0.2, "ados": 0.4, "aines": 0.24, "familles": 0.2, "handicap": 0.2, "autres_communes": 0.34, "vacances": 0.24, "autre": 0.02,
    },
    "asso_difficultes": lambda who: {
        "aucune": 0.03, "benevoles": 0.66, "bureau": 0.6, "argent": 0.42, "locaux": 0.3, "materiel": 0.16, "administratif": 0.5, "public": 0.26, "intervenants": 0.24, "information": 0.34, "autre": 0.02,
    },
    "asso_appuis": lambda who: {
        "rien": 0.04, "local": 0.3, "materiel": 0.3, "subventions": 0.42, "administratif": 0.42, "formation": 0.2, "communication": 0.46, "transport": 0.3, "salarie": 0.24, "autre": 0.02,
    },
    "asso_engagement": lambda who: {"oui": 0.36, "peut_etre": 0.42, "non": 0.22},
}  # fmt: skip

RULES: dict[str, Rule] = {**SHARED, **PARENTS, **INHABITANTS, **YOUNG, **WORK}
"""Question id -> rule, for all six questionnaires."""
