# ruff: noqa: E501  (data, easier to read whole)
"""parties.xlsx, bilan.xlsx, contrats.xlsx and documents.xlsx of the demonstration."""

from __future__ import annotations

from datetime import date
from typing import Any

from demo.places import CAVALERIE, CORNUS, EULALIE, NANT

Line = dict[str, Any]

PARTIES: list[Line] = [
    {"id": "P01", "name": "Communauté de communes Larzac et Vallées (exemple)", "type": "epci", "function": "présidence", "signs": "oui",
     "deliberation": "n° EXEMPLE-2027-33", "deliberation_date": date(2027, 6, 10), "subject": "approbation", "document": "D16"},
    {"id": "P02", "name": "Commune de La Cavalerie (exemple)", "type": "commune", "commune": CAVALERIE, "function": "maire",
     "remark": "Signe ou non : à compléter."},
    {"id": "P03", "name": "Commune de Nant (exemple)", "type": "commune", "commune": NANT, "function": "maire",
     "remark": "Signe ou non : à compléter."},
    {"id": "P04", "name": "Commune de Cornus (exemple)", "type": "commune", "commune": CORNUS, "function": "maire",
     "remark": "Signe ou non : à compléter."},
    {"id": "P05", "name": "Syndicat Exemple des écoles du Cernon", "type": "syndicat", "function": "présidence", "signs": "oui",
     "deliberation": "n° EXEMPLE-2026-07", "deliberation_date": date(2026, 9, 3), "subject": "autre", "document": "D06",
     "remark": "Accord pour signer, sur le principe ; l’approbation est à compléter."},
    {"id": "P06", "name": "Caf de l’Aveyron (exemple)", "type": "caf", "function": "direction",
     "remark": "Signe ou non, décision : à compléter."},
    {"id": "P07", "name": "MSA (caisse du territoire, à compléter)", "type": "msa", "function": "direction",
     "remark": "Signe ou non : à compléter."},
    {"id": "P08", "name": "Département de l’Aveyron (exemple)", "type": "departement", "function": "présidence",
     "remark": "Signe ou non : réponse attendue, à compléter."},
    *(
        {"id": id, "name": name, "type": type_, "function": function, "signs": "non", "remark": remark}
        for id, name, type_, function, remark in (
            ("P09", "Association Exemple-Un", "association", "présidence", ""),
            ("P10", "Association Exemple-Deux", "association", "présidence", "Gère la Crèche Exemple Bleue."),
            ("P11", "Association Exemple-Quatre", "association", "présidence", "Gère l’espace de vie sociale et le lieu d’accueil enfants-parents."),
            ("P12", "Association Exemple-Cinq", "association", "présidence", "Pôle de ressources handicap."),
            ("P13", "Association Exemple-Six", "association", "présidence", "Transport solidaire."),
        )
    ),
]  # fmt: skip


def _held(
    competence: str, holder: str, since: date | None, basis: str = "statuts d’exemple, art. 5", **more: Any
) -> Line:
    return {"competence": competence, "holder": holder, "since": since, "basis": basis, **more}


COMPETENCES: list[Line] = [
    _held("sppe_recenser", "P01", date(2025, 1, 1), "délibération d’exemple", document="D08"),
    _held("sppe_informer", "P01", date(2025, 1, 1), "délibération d’exemple", document="D08"),
    _held("sppe_planifier", "P01", date(2025, 1, 1), "délibération d’exemple", document="D08"),
    {"competence": "sppe_qualite", "remark": "Titulaire à compléter : la délibération d’exemple n’en parle pas."},
    _held("creches", "P01", date(2013, 1, 1)),
    _held("rpe", "P01", date(2013, 1, 1)),
    {"competence": "periscolaire", "by_communes": "oui", "basis": "compétence communale (exemple)"},
    _held("extrascolaire", "P01", date(2017, 1, 1)),
    _held("ecoles", "P05", date(2015, 9, 1), "statuts d’exemple du syndicat", communes=(EULALIE, "12295", "12122")),
    {"competence": "cantine", "by_communes": "oui", "basis": "compétence communale (exemple)"},
    _held("jeunesse", "P01", date(2017, 1, 1)),
    _held("parentalite", "P01", date(2021, 1, 1)),
    _held("vie_sociale", "P01", date(2021, 1, 1)),
    _held("acces_droits", "P01", date(2021, 6, 1)),
    _held("numerique", "P01", date(2021, 6, 1)),
    {"competence": "logement", "remark": "À compléter."},
    {"competence": "handicap", "remark": "Sans titulaire désigné : à compléter."},
    _held("action_sociale", "P01", date(2013, 1, 1)),
    {"competence": "transport", "remark": "À compléter."},
]  # fmt: skip

_PREVIOUS = "CTG 2021-2025 (exemple)"


def _action(
    number: int, name: str, theme: str, state: str, planned: str, done: str, money: tuple[int | None, int | None],
    effect: str = "", next_: str = "", reason: str = "", measure: str = "",
) -> Line:  # fmt: skip
    return {
        "id": f"B{number:02d}", "contract": _PREVIOUS, "name": name, "theme": theme, "state": state,
        "planned": planned, "done": done, "cost_planned": money[0], "cost": money[1], "effect": effect,
        "next": next_, "reason": reason, "measure": measure, "documents": ("D02",) if done else (),
    }  # fmt: skip


ACTIONS: list[Line] = [
    _action(1, "Ouvrir la Crèche Exemple Bleue jusqu’à 18 h 30", "petite_enfance", "realisee", "de 18 h à 18 h 30, cinq jours",
            "ouverte jusqu’à 18 h 30 depuis septembre 2022", (18_000, 16_400), "onze familles restent après 18 h",
            "poursuivre", "les places du soir sont prises", "11 familles après 18 h en 2025"),
    _action(2, "Ouvrir dix places d’accueil dans la Dourbie", "petite_enfance", "realisee", "dix places à Nant en 2023",
            "Micro-crèche Exemple Verte ouverte en septembre 2024", (240_000, 271_500), "dix-neuf enfants accueillis en 2025",
            "adapter", "un an de retard ; six demandes en attente", "19 enfants en 2025"),
    _action(3, "Soutenir l’installation d’assistantes maternelles", "petite_enfance", "partielle", "six agréments de plus",
            "deux agréments, quatre départs", (12_000, 5_200), "solde négatif : deux professionnelles de moins",
            "adapter", "l’aide n’a pas compensé les départs en retraite", "−2 entre 2021 et 2025"),
    _action(4, "Étendre l’accueil de loisirs aux mercredis dans la Dourbie", "enfance", "realisee", "24 places à Nant",
            "24 places depuis 2022", (90_000, 104_800), "51 enfants en 2025", "poursuivre", "", "59 % d’occupation"),
    _action(5, "Accueillir les enfants handicapés dans les accueils de loisirs", "handicap", "en_cours",
            "une personne référente et deux formations", "une formation ; pas de référente", (9_000, 3_100),
            "douze enfants accueillis l’été 2025", "adapter", "le poste partagé n’a pas trouvé de candidature"),
    _action(6, "Créer un accueil de jeunes à La Cavalerie", "jeunesse", "realisee", "deux soirs par semaine",
            "trois demi-journées par semaine", (60_000, 68_700), "57 jeunes en 2025", "poursuivre", "", "57 inscrits"),
    _action(7, "Aller vers les jeunes des villages", "jeunesse", "abandonnee", "un minibus aménagé", "", (45_000, 0), "",
            "arreter", "aucun cofinancement trouvé"),
    _action(8, "Ouvrir un lieu d’accueil enfants-parents", "parentalite", "realisee", "une demi-journée par semaine",
            "deux demi-journées, à Nant et à La Cavalerie", (15_000, 17_400), "38 familles en 2025", "poursuivre"),
    _action(9, "Faire agréer un espace de vie sociale", "vie_sociale", "realisee", "agrément en 2022", "agrément en mai 2023",
            (80_000, 94_000), "310 usagers en 2025", "poursuivre", "", "310 usagers"),
    _action(10, "Aider aux démarches en ligne dans les villages", "numerique", "partielle", "huit communes par mois",
            "quatre communes par mois", (20_000, 22_600), "186 personnes aidées en 2025", "adapter",
            "le poste est resté vacant sept mois"),
    _action(11, "Recruter une personne chargée de coopération", "transversal", "realisee", "un temps plein dès 2021",
            "un mi-temps en 2021, un temps plein depuis 2024", (225_000, 171_000), "", "poursuivre", ""),
    _action(12, "Tenir un observatoire des besoins d’accueil", "petite_enfance", "reportee", "un tableau de bord chaque année", "",
            (4_000, None), "", "adapter", "à reprendre avec les obligations du service public de la petite enfance"),
]  # fmt: skip


def _contract(id: str, type_: str, name: str, holder: str, years: tuple[int, int | None], themes: tuple[str, ...],
              area: str, link: str = "", **more: Any) -> Line:  # fmt: skip
    end = date(years[1], 12, 31) if years[1] else None
    return {
        "id": id, "type": type_, "name": f"{name} (exemple)", "holder": holder, "start": date(years[0], 1, 1), "end": end,
        "themes": themes, "area": area, "link": link, **more,
    }  # fmt: skip


CONTRACTS: list[Line] = [
    _contract("C01", "ctg_cej", "CTG 2021-2025, prolongée jusqu’à la suivante", "communauté de communes et Caf", (2021, 2027),
              ("petite_enfance", "enfance", "jeunesse", "parentalite", "vie_sociale", "acces_droits", "numerique"),
              "communauté de communes", "ses actions sont reprises, adaptées ou arrêtées : voir le bilan", document="D10", end=date(2027, 6, 30)),
    _contract("C02", "sdsf", "SDSF 2023-2027", "État, Caf, Département, MSA", (2023, 2027),
              ("petite_enfance", "parentalite", "jeunesse"), "département", "fixe les priorités départementales d’accueil"),
    _contract("C03", "sdavs", "Schéma de l’animation de la vie sociale", "Caf", (2024, None), ("vie_sociale",), "département",
              remark="Fin du schéma : à compléter."),
    _contract("C04", "pedt", "PEdT du Larzac", "communauté de communes", (2024, 2027), ("enfance",), "communauté de communes",
              "horaires des écoles et des accueils du soir"),
    _contract("C05", "plan_mercredi", "Plan mercredi", "communauté de communes", (2024, 2027), ("enfance",),
              "communauté de communes", "qualité des accueils du mercredi"),
    _contract("C06", "cls", "Contrat local de santé", "communauté de communes et ARS", (2025, 2029),
              ("handicap", "familles_vulnerables"), "sud du département", "repérage précoce, santé mentale des jeunes"),
    _contract("C07", "crte", "CRTE", "État et communauté de communes", (2021, 2026), ("transversal", "logement"),
              "communauté de communes", "financements de l’État pour les locaux", remark="Contrat qui lui succède : à compléter."),
    _contract("C08", "convention_msa", "Convention MSA « Grandir en milieu rural »", "MSA", (2025, 2027),
              ("enfance", "jeunesse", "parentalite"), "communauté de communes"),
]  # fmt: skip


def _document(id: str, title: str, author: str, day: date, nature: str, themes: tuple[str, ...], summary: str, read: date,
              **more: Any) -> Line:  # fmt: skip
    return {
        "id": id, "title": f"{title} (exemple)", "author": author, "date": day, "nature": nature, "themes": themes,
        "read_on": read, "summary": summary, **more,
    }  # fmt: skip


DOCUMENTS: list[Line] = [
    _document("D01", "Délibération de lancement n° EXEMPLE-2026-41", "communauté de communes", date(2026, 6, 25), "deliberation",
              ("transversal",), "Le conseil lance le renouvellement de la convention.", date(2026, 7, 1)),
    _document("D02", "Bilan des actions 2021-2025", "coordination d’exemple", date(2026, 9, 10), "rapport", ("transversal",),
              "Douze actions : sept réalisées, deux en partie, une en cours, une reportée, une abandonnée.", date(2026, 9, 14)),
    _document("D03", "Fiches de service remplies par les gestionnaires", "gestionnaires d’exemple", date(2026, 10, 5), "donnees",
              ("petite_enfance", "enfance", "jeunesse", "parentalite"), "Activité de 2025, listes d’attente de 2026.",
              date(2026, 10, 6)),
    _document("D04", "Compte rendu du comité de pilotage du 22 septembre 2026", "coordination d’exemple", date(2026, 9, 29),
              "compte_rendu", ("transversal",), "Le bilan est validé ; la convention est prolongée jusqu’au 30 juin 2027, par avenant.",
              date(2026, 9, 30)),
    _document("D05", "Comptes 2023 à 2025 des services", "gestionnaires d’exemple", date(2026, 6, 12), "budget",
              ("petite_enfance", "enfance", "jeunesse"), "Charges et recettes par service.", date(2026, 9, 2)),
    _document("D06", "Délibération du Syndicat Exemple n° EXEMPLE-2026-07", "Syndicat Exemple", date(2026, 9, 3), "deliberation",
              ("transversal",), "Le syndicat accepte de signer.", date(2026, 9, 15)),
    _document("D07", "Compte rendu de la rencontre entre la coordination et la Caf", "coordination d’exemple", date(2026, 10, 8),
              "compte_rendu", ("transversal",), "Le calendrier du renouvellement est partagé.", date(2026, 10, 12)),
    _document("D08", "Délibération sur le service public de la petite enfance", "communauté de communes", date(2025, 2, 13),
              "deliberation", ("petite_enfance",), "Transfert de trois missions sur quatre.", date(2026, 9, 2)),
    _document("D09", "Étude des besoins des familles du camp", "bureau d’études Exemple", date(2024, 11, 18), "etude",
              ("petite_enfance", "familles_vulnerables"), "Les horaires atypiques ne trouvent pas d’accueil ; les mutations d’été concentrent les demandes.", date(2026, 10, 20)),
    _document("D10", "Avenant n° 2 à la convention 2021-2025", "communauté de communes et Caf", date(2026, 12, 15), "convention", ("transversal",),
              "La convention est prolongée jusqu’au 30 juin 2027.", date(2026, 12, 18)),
    _document("D11", "Compte rendu du comité technique du 12 janvier 2027", "coordination d’exemple", date(2027, 1, 15), "compte_rendu", ("transversal",),
              "Constats relus, enjeux validés, critères fixés.", date(2027, 1, 18)),
    _document("D12", "Compte rendu du comité technique élargi du 26 janvier 2027", "coordination d’exemple", date(2027, 1, 29), "compte_rendu",
              ("transversal",), "Notes et votes des trois collèges.", date(2027, 2, 1)),
    _document("D13", "Compte rendu du comité de pilotage du 9 février 2027", "coordination d’exemple", date(2027, 2, 16), "compte_rendu",
              ("transversal",), "Cinq enjeux retenus, un écarté, un reporté.", date(2027, 2, 17)),
    _document("D14", "Compte rendu des groupes de travail de mars et d’avril 2027", "coordination d’exemple", date(2027, 4, 27), "compte_rendu",
              ("petite_enfance", "enfance", "jeunesse", "parentalite", "acces_droits"), "Quinze propositions, leurs réserves et leur suite.", date(2027, 4, 27)),
    _document("D15", "Compte rendu du comité de pilotage du 18 mai 2027", "coordination d’exemple", date(2027, 5, 25), "compte_rendu",
              ("transversal",), "Dix actions validées, deux en projet ; un scénario d’organisation retenu.", date(2027, 5, 26)),
    _document("D16", "Délibération d’approbation n° EXEMPLE-2027-33", "communauté de communes", date(2027, 6, 10), "deliberation", ("transversal",),
              "Le conseil approuve la convention et autorise la présidence à la signer.", date(2027, 6, 11)),
]  # fmt: skip
