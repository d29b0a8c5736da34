# ruff: noqa: E501  (data, easier to read whole)
"""groupes-travail.xlsx: two groups, two sessions each, and what they propose."""

from __future__ import annotations

from datetime import date
from typing import Any

from demo.places import CAVALERIE, CORNUS, EULALIE, NANT

Line = dict[str, Any]
FIRST, SECOND = "Petite enfance, enfance et parentalité", "Jeunesse et accès aux droits"
SESSIONS: list[Line] = [
    {"id": id, "group": group, "date": day, "state": "tenu", "commune": commune, "themes": themes, "issues": issues, "summary": summary, "document": "D14"}
    for id, group, day, commune, themes, issues, summary in (
        ("GT01", FIRST, date(2027, 3, 16), CAVALERIE, ("petite_enfance", "enfance", "parentalite", "handicap"), ("E01", "E02", "E04"),
         "Le groupe relit les constats. Les heures du matin sont le premier sujet. Il demande de ne rien promettre avant d’avoir recruté."),
        ("GT02", SECOND, date(2027, 3, 23), NANT, ("jeunesse", "acces_droits", "numerique"), ("E03", "E05"),
         "Le minibus abandonné revient dans la discussion. Une équipe à deux, avec un véhicule partagé, paraît tenable. Les mairies disent quels locaux sont libres."),
        ("GT03", FIRST, date(2027, 4, 13), CORNUS, ("petite_enfance", "enfance", "parentalite", "handicap"), ("E01", "E02", "E04"),
         "Neuf propositions sont reprises une à une. Deux se rejoignent. L’août complet est jugé trop cher pour le nombre d’enfants."),
        ("GT04", SECOND, date(2027, 4, 20), EULALIE, ("jeunesse", "acces_droits", "numerique"), ("E03", "E05"),
         "Les permanences sont placées le même jour que le conseil numérique. L’écoute des adolescents est à instruire avec le contrat local de santé."),
    )
]  # fmt: skip


def _present(session: str, group: str, function: str, organisation: str, people: int) -> Line:
    return {
        "session": session,
        "group": group,
        "function": function,
        "organisation": organisation,
        "people": people,
    }


PRESENT: list[Line] = [
    _present("GT01", "petite_enfance", "direction de crèche", "Association Exemple-Deux", 2),
    _present("GT01", "petite_enfance", "animation du relais", "Service Exemple de la petite enfance", 1),
    _present("GT01", "assistantes_maternelles", "assistantes maternelles", "à domicile (exemple)", 3),
    _present("GT01", "parents", "parents", "crèche et accueil de loisirs (exemple)", 3),
    _present("GT01", "elus", "vice-présidence à la petite enfance, maires", "communes et communauté de communes (exemple)", 3),
    _present("GT01", "institutions", "conseil aux territoires", "Caf de l’Aveyron (exemple)", 1),
    _present("GT02", "jeunesse_loisirs", "coordination d’accueils de jeunes", "Association Exemple-Un", 3),
    _present("GT02", "ecole", "vie scolaire", "collège d’exemple", 1),
    _present("GT02", "acces_droits", "accueil", "Maison Exemple des services", 2),
    _present("GT02", "associations", "coordination", "Association Exemple-Quatre", 2),
    _present("GT02", "elus", "maires", "communes de la Dourbie et de la Sorgues (exemple)", 4),
    _present("GT02", "jeunes", "jeunes de 16 et 17 ans", "accueil de jeunes (exemple)", 2),
    _present("GT03", "petite_enfance", "direction de crèche", "Association Exemple-Deux", 1),
    _present("GT03", "assistantes_maternelles", "assistantes maternelles", "à domicile (exemple)", 2),
    _present("GT03", "jeunesse_loisirs", "direction d’accueil de loisirs", "Association Exemple-Un", 2),
    _present("GT03", "sante_medico_social", "coordination", "Association Exemple-Cinq", 1),
    _present("GT03", "parents", "parents", "crèche et accueil de loisirs (exemple)", 2),
    _present("GT03", "elus", "vice-présidence à la petite enfance, maires", "communes et communauté de communes (exemple)", 4),
    _present("GT04", "jeunesse_loisirs", "coordination d’accueils de jeunes", "Association Exemple-Un", 2),
    _present("GT04", "acces_droits", "accueil, conseil numérique", "Service Exemple d’accès aux droits", 3),
    _present("GT04", "institutions", "action sociale", "MSA (exemple)", 1),
    _present("GT04", "associations", "coordination", "Association Exemple-Quatre", 1),
    _present("GT04", "elus", "maires", "communes du Cernon et de la Sorgues (exemple)", 3),
]  # fmt: skip


def _proposal(
    number: int,
    session: str,
    title: str,
    issue: str,
    findings: str,
    support: int,
    follow: str,
    action: str = "",
    **more: Any,
) -> Line:
    line: Line = {
        "id": f"PR{number:02d}", "session": session, "title": title, "issue": issue, "findings": tuple(findings.split()), "support": support,
        "follow": follow, **more,
    }  # fmt: skip
    return {**line, "action": action} if action else line


PROPOSALS: list[Line] = [
    _proposal(1, "GT01", "Ouvrir la crèche à 6 h 30, trois jours par semaine", "E01", "K001", 11, "action", "A01",
              against="Pas avant d’avoir recruté deux personnes.", goal="Accueillir les enfants dont les parents commencent avant 7 h 30.",
              publics=("enfants_0_2", "parents"), leader="P10", means="deux professionnelles, un roulement", first_step="Compter les demandes par jour et par heure.",
              measure="Des enfants sont là avant 7 h 30."),
    _proposal(2, "GT01", "Une garde à domicile tôt et tard, organisée par le territoire", "E01", "K001", 8, "fusionnee", "A01",
              against="Peu de candidates ; coût élevé pour les parents.", reason="Étudiée dans la même action, en deuxième temps."),
    _proposal(3, "GT01", "Six places de plus à La Cavalerie", "E01", "K002", 10, "action", "A02", leader="P10", publics=("enfants_0_2",),
              means="local agrandi, trois professionnelles", first_step="Vérifier l’agrément avec la PMI.", measure="La liste d’attente raccourcit."),
    _proposal(4, "GT01", "Une maison d’assistantes maternelles dans un local communal", "E01", "K003", 12, "action", "A03", leader="P01",
              publics=("professionnels",), means="un local, une aide à l’installation", first_step="Visiter les locaux proposés.",
              measure="Des professionnelles s’y installent."),
    _proposal(5, "GT01", "Un formulaire unique et une commission commune d’attribution", "E01", "K005", 13, "action", "A04", leader="P01", publics=("parents",),
              means="temps du relais, un outil", first_step="Mettre les deux listes d’attente côte à côte.", measure="Chaque demande reçoit une réponse datée."),
    _proposal(6, "GT03", "Ouvrir l’accueil de Nant à toutes les petites vacances", "E02", "K007", 9, "action", "A05", leader="P09",
              publics=("enfants_3_11",), means="une équipe de deux", first_step="Ouvrir aux vacances d’automne.", measure="Des enfants de la Dourbie y viennent."),
    _proposal(7, "GT03", "Ouvrir un accueil de loisirs tout le mois d’août", "E02", "K007", 6, "ecartee",
              against="Équipes en congé ; coût pour peu d’enfants.", reason="La deuxième quinzaine est examinée avec l’association ; le mois entier coûterait trop."),
    _proposal(8, "GT03", "Un poste de renfort partagé pour les enfants handicapés", "E02", "K010 K011", 10, "action", "A06", leader="P12",
              publics=("personnes_handicap",), means="un mi-temps, des formations", first_step="Écrire la fiche de poste à trois employeurs.",
              measure="Plus de refus faute de renfort."),
    _proposal(9, "GT03", "Ouvrir le lieu d’accueil enfants-parents le samedi, et former des parents relais", "E04", "K016 K017", 9, "action", "A09", leader="P11",
              publics=("parents",), means="une accueillante de plus", first_step="Un samedi par mois, à La Cavalerie.", measure="De nouvelles familles viennent."),
    _proposal(10, "GT02", "Une équipe jeunesse mobile, deux soirs dans chaque vallée", "E03", "K012 K013", 12, "action", "A07", leader="P09",
              against="Le minibus a déjà échoué une fois.", publics=("jeunes_11_17",), means="un poste et demi, un véhicule partagé",
              first_step="Un soir par quinzaine, à Nant et à Cornus.", measure="Des jeunes des trois vallées participent."),
    _proposal(11, "GT02", "Un retour du soir, deux fois par semaine", "E03", "K012", 11, "fusionnee", "A07", reason="Le véhicule de l’équipe mobile peut ramener."),
    _proposal(12, "GT02", "Un lieu d’écoute pour les adolescents, au collège", "E03", "K014", 8, "instruire", against="Qui paie le psychologue ?",
              reason="À voir avec le contrat local de santé."),
    _proposal(13, "GT02", "Une permanence tournante dans une mairie de chaque vallée", "E05", "K019 K020", 13, "action", "A10", leader="P01", publics=("habitants",),
              means="une journée par semaine, des bureaux prêtés", first_step="Fixer le jour avec la Caf, la MSA et le Département.",
              measure="Des habitants de la Sorgues et du Cernon y viennent."),
    _proposal(14, "GT04", "Un poste entier de conseil numérique", "E05", "K021", 9, "action", "A11", leader="P01", publics=("habitants", "aines"),
              means="un mi-temps de plus", first_step="Écrire qui remplace en cas d’absence.", measure="Aucun mois sans aide."),
    _proposal(15, "GT04", "Un bus des services, équipé, dans les hameaux", "E05", "K019", 4, "ecartee", against="Coût d’achat, un seul chauffeur.",
              reason="Les mairies prêtent des bureaux : le véhicule n’apporte pas assez de plus."),
]  # fmt: skip
