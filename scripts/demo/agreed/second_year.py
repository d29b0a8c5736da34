# ruff: noqa: E501  (data, easier to read whole)
"""The same convention in March 2029: what an amendment changed, how actions go, what is measured, what it costs.

Lines are those of the first study, and what became of them; nothing is said of 2029 itself but what is planned.
What people said in 2026 is not asked again: the evidence of findings is that which can be read again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from demo.agreed import EVALUATION, crossing, findings, governance, groups, plan, priorities
from demo.agreed.plan import Money
from demo.offer import MONEY as COSTS
from demo.offer import SERVICES
from demo.partnership import ACTIONS as FORMER
from demo.partnership import COMPETENCES, CONTRACTS, DOCUMENTS, PARTIES
from demo.places import CAVALERIE, EULALIE, NANT

Line = dict[str, Any]
Rows = dict[str, dict[str, list[Line]]]
ID = "241200906-demo-suivi"
MOMENT = date(2029, 3, 31)
AMENDED = date(2028, 12, 12)
TOLD = {2027: date(2028, 3, 15), 2028: date(2029, 2, 20)}
"""Year -> day on which its follow-up was told."""

SETTINGS = """\
# Étude de démonstration : TOUT Y EST INVENTÉ (fictif), sauf les communes et les chiffres des fichiers publics.
# Écrite par scripts/make_demo.py : modifier le script, puis le relancer.
title: Suivi de la CTG, 2e année (démonstration fictive)
territories: ["241200906"]
previous: 241200906-demo
edition: 2026
as_of: 2029-03-31
fictif: true
secteurs_note: Secteurs inventés pour la démonstration, d’après les vallées.
secteurs:
  Larzac: ["12063", "12082", "12115"]
  Dourbie: ["12168", "12231", "12260"]
  Sorgues: ["12067", "12077", "12139", "12155", "12212", "12232"]
  Cernon: ["12022", "12122", "12220", "12295"]
contract: {start: 2027-07-01, end: 2031-12-31}

demarche:
  phases:
    - {id: P3, nom: Plan d’action et convention, debut: mars 2027, fin: juin 2027, etat: fait}
    - {id: P4, nom: Mise en œuvre et suivi, debut: juillet 2027, fin: décembre 2031, etat: en cours}
  instances:
    - id: conseil
      nom: Conseil communautaire
      role: délibère sur la convention et ses avenants
      membres: [élus communautaires]
    - id: copil
      nom: Comité de pilotage
      role: suit la convention
      membres: [présidence de la communauté de communes, un élu par secteur, direction de la Caf, direction de la MSA, service du Département]
      frequence: deux fois par an
    - id: pleniere
      nom: Plénière annuelle
      role: réunit tous les acteurs autour du bilan de l’année
      membres: [toutes les personnes des instances et des groupes]
      frequence: une fois par an
  etapes:
    - {id: E14, nom: "Comité de pilotage, plan d’action", phase: P3, date: 2027-05-18, etat: fait, instance: copil, document: D15}
    - {id: E15, nom: Délibérations, phase: P3, debut: 2027-06-10, fin: 2027-06-28, etat: fait, instance: conseil, apres: [E14], document: D16}
    - {id: E16, nom: Signature de la convention, phase: P3, date: 2027-06-29, etat: fait, apres: [E15], document: D17}
    - {id: E20, nom: "Comité de pilotage, démarrage", phase: P4, date: 2027-10-12, etat: fait, instance: copil, document: D18}
    - {id: E17, nom: Première plénière annuelle, phase: P4, date: 2028-05-16, etat: fait, instance: pleniere, document: D19}
    - {id: E21, nom: "Comité de pilotage, avenant", phase: P4, date: 2028-11-21, etat: fait, instance: copil, document: D20}
    - {id: E22, nom: "Avenant n° 1", phase: P4, date: 2028-12-12, etat: fait, instance: conseil, apres: [E21], document: D21}
    - {id: E23, nom: Deuxième plénière annuelle, phase: P4, date: 2029-05-15, etat: prévu, instance: pleniere}
    - {id: E24, nom: Point à mi-parcours, phase: P4, debut: septembre 2029, fin: décembre 2029, etat: prévu, instance: copil}
    - {id: E25, nom: Évaluation finale, phase: P4, debut: janvier 2031, fin: décembre 2031, etat: hypothèse, instance: copil}
"""

# --- what lies beside: services, parties, documents -----------------------------------------------------

_KEPT = ("id", "name", "type", "state", "commune", "sites", "manager", "manager_type", "age_min", "age_max", "period", "days",
         "opens", "closes", "weeks", "places", "places_open", "staff", "pricing", "price_unit", "price_min", "price_max", "disability")  # fmt: skip
_NOW: dict[str, Line] = {
    "S01": {"places": 28, "places_open": 28, "opens": 6 * 60 + 30, "staff": 11, "users": 52, "waiting": 7, "waiting_date": date(2028, 9, 29)},
    "S02": {"users": 20, "waiting": 5, "waiting_date": date(2028, 9, 15)},
    "S03": {"places": 28, "places_open": 24}, "S08": {"users": 47}, "S11": {"users": 98}, "S12": {"users": 63}, "S13": {"state": "confirme", "users": 22},
    "S14": {"users": 64, "staff": 2}, "S16": {"users": 325}, "S17": {"users": 1310}, "S18": {"users": 241, "staff": 1}, "S20": {"users": 19}, "S21": {"users": 52},
}  # fmt: skip
"""Service -> what changed by the end of 2028."""
_LEFT_OUT = frozenset({"S09", "S10", "S15", "S19"})
"""Neither a finding, nor a need, nor an indicator of the convention names them."""


def _service(line: Line) -> Line:
    known = {name: line[name] for name in _KEPT if name in line}
    told = {"year": 2028, "source": "gestionnaire d’exemple, janvier 2029", "document": "D22"}
    return {**known, **told, "state": "confirme", **_NOW.get(line["id"], {})}


def _minutes(id: str, title: str, day: date, nature: str, summary: str) -> Line:
    return {
        "id": id, "title": f"{title} (exemple)", "author": "coordination d’exemple", "date": day, "nature": nature, "themes": ("transversal",),
        "read_on": day, "summary": summary,
    }  # fmt: skip


_DOCUMENTS: list[Line] = [
    *DOCUMENTS,
    _minutes("D17", "Convention territoriale globale 2027-2031, signée", date(2027, 6, 29), "convention", "Signée par la communauté de communes, le syndicat, la Caf, la MSA et le Département."),
    _minutes("D18", "Compte rendu du comité de pilotage du 12 octobre 2027", date(2027, 10, 19), "compte_rendu", "Les permanences sont validées ; le renfort handicap attend."),
    _minutes("D19", "Compte rendu de la plénière du 16 mai 2028", date(2028, 5, 23), "compte_rendu", "Avancement de la première année."),
    _minutes("D20", "Compte rendu du comité de pilotage du 21 novembre 2028", date(2028, 11, 28), "compte_rendu", "Deux actions changées, une abandonnée, une nouvelle."),
    _minutes("D21", "Avenant n° 1 à la convention 2027-2031", AMENDED, "convention", "Le plan d’action est modifié à partir de 2029."),
    _minutes("D22", "Fiches de service de 2028", date(2029, 1, 31), "donnees", "Activité de 2028, listes d’attente de septembre 2028."),
    _minutes("D23", "Bilan de la deuxième année", date(2029, 2, 20), "rapport", "Avancement, mesures, dépenses de 2028."),
]  # fmt: skip
_APPROVED: dict[str, tuple[str, date]] = {
    "P05": ("n° EXEMPLE-2027-05", date(2027, 6, 22)), "P06": ("décision n° EXEMPLE-CAF-2027-12", date(2027, 6, 17)),
    "P07": ("décision n° EXEMPLE-MSA-2027-08", date(2027, 6, 18)), "P08": ("n° EXEMPLE-CD-2027-61", date(2027, 6, 25)),
}  # fmt: skip


_NAMED: dict[str, Line] = {"P07": {"name": "MSA du Sud-Aveyron (exemple)"}}
"""Party -> its name, known when it signed."""


def _party(line: Line) -> Line:
    if line["id"] in ("P02", "P03", "P04"):
        return {**line, "signs": "non", "remark": ""}
    if line["id"] not in _APPROVED:
        return line
    reference, day = _APPROVED[line["id"]]
    told = {
        "signs": "oui",
        "deliberation": reference,
        "deliberation_date": day,
        "subject": "approbation",
        "document": "D17",
    }
    return {**line, **told, "remark": "", **_NAMED.get(line["id"], {})}


_RENEWED: dict[str, tuple[str, int, int]] = {
    "C02": ("SDSF 2028-2032", 2028, 2032), "C04": ("PEdT du Larzac, renouvelé", 2028, 2030), "C05": ("Plan mercredi, renouvelé", 2028, 2030),
    "C07": ("CRTE, deuxième", 2027, 2032), "C08": ("Convention MSA « Grandir en milieu rural », renouvelée", 2028, 2030),
}  # fmt: skip
"""Contract -> its name, first and last years since it was made again."""


def _renewed(line: Line) -> Line:
    if line["id"] not in _RENEWED:
        return line
    name, start, end = _RENEWED[line["id"]]
    return {
        **line,
        "name": f"{name} (exemple)",
        "start": date(start, 1, 1),
        "end": date(end, 12, 31),
        "remark": "",
    }


def _contracts() -> list[Line]:
    """Those in force: the former convention is told in « bilan.xlsx », the one that runs takes its place."""
    kept = [_renewed(line) for line in CONTRACTS if line["id"] != "C01"]
    convention = {
        "id": "C09", "type": "ctg_cej", "name": "CTG 2027-2031 (exemple)", "holder": "communauté de communes, syndicat, Caf, MSA et Département",
        "start": plan.START, "end": plan.END, "themes": ("petite_enfance", "enfance", "jeunesse", "parentalite", "acces_droits", "numerique"),
        "area": "communauté de communes", "link": "la convention dont ceci est le suivi", "document": "D17",
    }  # fmt: skip
    return [*kept, convention]


def partnership_rows() -> Rows:
    """Id of a workbook -> sheet -> lines."""
    cited = {line["ref"].split("/")[0] for line in _EVIDENCE if line["kind"] == "financement"}
    money = [m for m in COSTS if m["service"] in cited and (m["year"], m["nature"]) == (2025, "realise")]
    return {
        "offre": {"services": [_service(line) for line in SERVICES if line["id"] not in _LEFT_OUT]},
        "financement": {"money": money},
        "parties": {"parties": [_party(line) for line in PARTIES], "competences": COMPETENCES},
        "bilan": {"actions": FORMER},
        "contrats": {"contracts": _contracts()},
        "documents": {"documents": _DOCUMENTS},
    }


# --- what was found, and still holds ----------------------------------------------------------------------

_REFUSED = {
    "state": "refuse", "reason": "Trois associations ont renouvelé leur bureau en 2028 : la phrase ne dit plus ce qui est.",
    "decided_on": date(2029, 1, 16), "decided_by": "comité technique",
}  # fmt: skip
_FINDINGS = [
    {**f, **_REFUSED} if f["id"] == "K018" else f for f in findings.FINDINGS if f["state"] != "propose"
]
_NOT_ASKED_AGAIN = "part_assistantes_maternelles_55_plus"
"""A figure of the Département, which the follow-up did not ask for."""
_EVIDENCE: list[Line] = [
    *(e for e in findings.EVIDENCE if e["finding"] in {f["id"] for f in _FINDINGS} and e["ref"] != _NOT_ASKED_AGAIN),
    {"finding": "K020", "kind": "document", "ref": "D13", "document": "D13", "remark": "Ce qui a été dit en 2026 est dans l’étude précédente."},
]  # fmt: skip

_SET_ASIDE = {
    "state": "ecarte",
    "reason": "Trois associations ont renouvelé leur bureau : le besoin n’est plus constaté.",
    "decided_on": date(2029, 1, 16),
}


def _issue(line: Line) -> Line:
    """An issue of the first edition; the one whose finding is refused since is set aside."""
    return {**line, **_SET_ASIDE} if line["id"] == "E07" else line


# --- the plan, as amended ---------------------------------------------------------------------------------

_AMENDED = {"decided_on": date(2028, 11, 21), "document": "D21", "remark": "Modifiée par l’avenant n° 1."}
_CHANGED: dict[str, Line] = {
    "A01": {**_AMENDED, "state": "en_cours", "fte": 1.2, "human": "trois professionnelles en roulement",
            "description": "La Crèche Exemple Bleue ouvre à 6 h 30 cinq jours par semaine à partir de septembre 2029. Elle garde l’ouverture jusqu’à 18 h 30. "
            "La garde à domicile n’est plus étudiée : trop peu de candidates."},
    "A03": {"state": "abandonnee", "decided_on": date(2028, 11, 21), "document": "D21", "end": date(2028, 12, 31),
            "remark": "Abandonnée par l’avenant n° 1 : une seule candidate en dix-huit mois. Voir A13."},
    "A07": {**_AMENDED, "state": "en_cours", "secteurs": ("Dourbie", "Sorgues"), "fte": 1.0, "human": "un poste",
            "description": "Un animateur va chaque semaine dans la Dourbie et la Sorgues, avec un véhicule partagé qui ramène les jeunes deux soirs. Le Cernon est desservi pendant les vacances."},
    "A10": {"state": "en_cours", "decided_on": date(2027, 10, 12), "document": "D18", "remark": "Validée après l’accord écrit des partenaires."},
}  # fmt: skip
_NEW: Line = {
    "id": "A13", "title": "Aider les assistantes maternelles à s’installer et à travailler en réseau", "objective": "OB3", "theme": "petite_enfance", "findings": ("K003",),
    "issues": ("E01",), "nature": "nouvelle", "goal": "Remplacer les départs autrement que par un local commun.",
    "description": "Une aide à l’installation, un tutorat par une professionnelle en activité, deux matinées d’éveil de plus. Remplace la maison d’assistantes maternelles.",
    "publics": ("professionnels", "enfants_0_2"), "leader": "P01", "leader_function": "animation du relais", "partners": ("P06", "P08"),
    "start": date(2029, 1, 1), "end": plan.END, "human": "temps du relais petite enfance", "fte": 0.2, "levers": ("fonds_locaux",),
    "conditions": "Deux tutrices volontaires.", "risks": "Les départs vont plus vite que les arrivées.", "state": "validee", "decided_on": date(2028, 11, 21),
    "review": date(2030, 6, 30), "document": "D21", "remark": "Ajoutée par l’avenant n° 1.",
}  # fmt: skip
_ACTIONS = [
    {**a, **({"state": "en_cours"} if a["state"] == "validee" else {}), **_CHANGED.get(a["id"], {})} for a in plan.ACTIONS
] + [_NEW]  # fmt: skip

_AFTER = (2029, 2030, 2031)


def _money() -> dict[str, Money]:
    """What the plan costs since the amendment; years before it stay as they were planned."""
    early, on = plan.MONEY["A01"], plan.MONEY["A07"]
    more = Money({"salaires": 38_000, "formation": 1_500},
                 {"caf_ps": ("heures facturées", 14_400, "prevu"), "families": ("participation des familles", 5_100, "prevu")}, dict.fromkeys(_AFTER, 1.0))  # fmt: skip
    less = Money({"salaires": 39_000, "véhicule partagé, carburant": 5_000, "activités": 3_500},
                 {"caf_ps": ("prestation jeunes", 14_000, "acquis"), "msa": ("grandir en milieu rural", 8_000, "acquis"), "communes": ("part des communes", 2_500, "acquis")},
                 dict.fromkeys(_AFTER, 1.0))  # fmt: skip
    new = Money({"aide à l’installation": 7_500, "tutorat": 2_400}, {"caf_funds": ("fonds local", 4_500, "sollicite")}, dict.fromkeys(_AFTER, 1.0))  # fmt: skip
    before = {2027: 0.5, 2028: 1.0}
    out = dict(plan.MONEY)
    out["A03"] = replace(out["A03"], years=before, once=())
    out["A01"], out["A07"] = replace(early, years={2028: 1.0}), replace(on, years={2028: 1.0})
    return {**out, "A01+": more, "A07+": less, "A13": new}


_SCALE_OF_2028: dict[str, tuple[str, float]] = {"M01": ("M04", 3_100), "M02": ("M05", 0.21)}
"""Amount of the first edition -> line that follows it since 2028, its value."""
_WAITING = {
    "M03": {"remark": "Exemple : le montant de 2028 n’est pas encore demandé ; celui de 2027 est repris."}
}
"""The amount that nobody has asked for again: the check says so."""
_AMOUNTS: list[Line] = [
    *({**line, **_WAITING.get(line["id"], {})} for line in plan.AMOUNTS),
    *(
        {**{n: v for n, v in line.items() if n != "end"}, "id": id, "value": value, "start": date(2028, 1, 1)}
        for line in plan.AMOUNTS
        for id, value in [_SCALE_OF_2028.get(line["id"], ("", 0))]
        if id
    ),
]
_BUDGET: list[Line] = [
    line
    for action, money in _money().items()
    for line in plan.lines_of(action.removesuffix("+"), money, _AMOUNTS)
]
_STEP_STATES: dict[tuple[str, str], str] = {
    ("A01", "Recruter deux professionnelles"): "fait", ("A01", "Ouvrir à 6 h 30 trois jours"): "fait", ("A01", "Décider de passer à cinq jours"): "fait",
    ("A02", "Rouvrir les deux places fermées"): "fait", ("A02", "Agrandir le local et obtenir l’agrément"): "fait", ("A02", "Ouvrir six places"): "fait",
    ("A02", "Suivre l’occupation"): "en_cours", ("A03", "Choisir le local"): "fait", ("A04", "Écrire le formulaire et la règle d’attribution"): "fait",
    ("A04", "Ouvrir le guichet"): "fait", ("A04", "Publier le tableau des demandes chaque année"): "en_cours", ("A05", "Recruter"): "fait",
    ("A05", "Ouvrir aux vacances de printemps"): "fait", ("A05", "Ouvrir toutes les petites vacances"): "en_cours", ("A06", "Réunir les trois employeurs"): "fait",
    ("A06", "Recruter et former"): "en_cours", ("A07", "Trouver salles et véhicule"): "fait", ("A07", "Aller dans deux vallées"): "fait",
    ("A08", "Pourvoir le demi-poste"): "fait", ("A08", "Tenir l’accueil"): "en_cours", ("A09", "Ouvrir un samedi par mois"): "fait",
    ("A09", "Passer à deux samedis"): "en_cours", ("A09", "Former dix parents relais"): "en_cours", ("A10", "Signer l’accord des partenaires"): "fait",
    ("A10", "Tenir les permanences"): "en_cours", ("A11", "Recruter et écrire la règle de remplacement"): "fait", ("A11", "Couvrir huit communes"): "en_cours",
    ("A12", "Recruter le mi-temps"): "fait", ("A12", "Réunir la plénière chaque année"): "en_cours",
}  # fmt: skip
_GONE = {
    ("A01", "Étudier une garde à domicile"), ("A03", "Accompagner les candidates"), ("A03", "Ouvrir la maison"), ("A03", "Aider deux installations de plus"),
    ("A07", "Aller dans les trois vallées"),
}  # fmt: skip
"""Steps that the amendment took away."""
_STEPS: list[Line] = [
    *({**s, "state": _STEP_STATES.get((s["action"], s["name"]), "prevu")} for s in plan.STEPS if (s["action"], s["name"]) not in _GONE),
    {"action": "A07", "name": "Tenir deux vallées chaque semaine, le Cernon pendant les vacances", "start": date(2029, 1, 1), "end": plan.END,
     "responsible": "équipe jeunesse", "state": "en_cours"},
    {"action": "A13", "name": "Ouvrir l’aide à l’installation", "start": date(2029, 1, 1), "end": date(2029, 6, 30), "responsible": "animation du relais", "state": "en_cours"},
    {"action": "A13", "name": "Tutorer et suivre les nouvelles installations", "start": date(2029, 7, 1), "end": plan.END, "responsible": "animation du relais", "state": "prevu"},
]  # fmt: skip
_TARGETS: dict[str, Line] = {
    "IN01": {"target": 1.2, "target_on": date(2029, 12, 31)},
    "IN14": {"target": 25},
    "IN13": {"target": 80},
    "IN06": {"action": "A13"},
    "IN07": {"action": "A13"},
}
"""Indicator -> what the amendment changed of it."""
_INDICATORS = [{**i, **_TARGETS.get(i["id"], {})} for i in plan.INDICATORS]

# --- governance -------------------------------------------------------------------------------------------


def _held(
    number: int, instance: str, day: date, commune: str, agenda: str, summary: str, document: str
) -> Line:
    return {
        "id": f"RE{number:02d}", "instance": instance, "date": day, "state": "tenu", "commune": commune, "agenda": agenda, "summary": summary, "document": document,
    }  # fmt: skip


_MEETINGS: list[Line] = [
    *(m for m in governance.MEETINGS if m["id"] not in ("RE09", "RE10")),
    _held(9, "I02", date(2027, 10, 12), NANT, "démarrage des actions\nactions en projet",
          "Les permanences sont validées : les trois partenaires ont écrit.\nLe renfort handicap attend encore un employeur.", "D18"),
    _held(10, "I06", date(2028, 5, 16), EULALIE, "première plénière annuelle\navancement des actions",
          "Soixante personnes sont venues.\nLe samedi du lieu d’accueil est apprécié.\nLe Cernon demande sa part.", "D19"),
    _held(11, "I02", date(2028, 11, 21), CAVALERIE, "avenant n° 1", "Deux actions sont changées, une abandonnée, une ajoutée.", "D20"),
    {"id": "RE12", "instance": "I01", "date": AMENDED, "state": "tenu", "commune": CAVALERIE, "agenda": "avenant n° 1", "summary": "L’avenant est approuvé.", "document": "D21"},
    {"id": "RE13", "instance": "I06", "date": date(2029, 5, 15), "state": "prevu", "commune": NANT, "agenda": "deuxième plénière annuelle\nbilan de 2028"},
]  # fmt: skip
_ATTENDANCE: list[Line] = [
    *governance.ATTENDANCE,
    *({"meeting": meeting, "party": party, "function": function, "presence": "present"}
      for meeting in ("RE09", "RE11") for party, function, _ in governance.PILOTS),
]  # fmt: skip
_DECISIONS: list[Line] = [
    *({**d, "state": "fait"} for d in governance.GOVERNED),
    {"id": "DE12", "meeting": "RE09", "subject": "permanences", "decision": "L’action est validée.", "actions": ("A10",), "votes_for": 6, "votes_against": 0, "abstentions": 0,
     "state": "fait", "document": "D18"},
    {"id": "DE13", "meeting": "RE11", "subject": "avenant n° 1", "decision": "La crèche passe à cinq matins ; l’équipe jeunesse se tient à deux vallées ; la maison d’assistantes maternelles est abandonnée, un réseau la remplace.",
     "actions": ("A01", "A03", "A07", "A13"), "votes_for": 5, "votes_against": 1, "abstentions": 0, "state": "fait", "document": "D20"},
    {"id": "DE14", "meeting": "RE12", "subject": "avenant n° 1", "decision": "L’avenant est approuvé.", "actions": (), "votes_for": 26, "votes_against": 0, "abstentions": 2, "state": "fait", "document": "D21"},
]  # fmt: skip

# --- follow-up ----------------------------------------------------------------------------------------------

_PROGRESS: tuple[tuple[str, int, str, str, str, str], ...] = (
    # action, year, state, done, difficulties, next
    ("A01", 2027, "en_cours", "Deux recrutements lancés.", "Une seule candidature en trois mois.", "Ouvrir en janvier."),
    ("A01", 2028, "en_cours", "Ouverte à 6 h 30 trois jours depuis janvier.", "Le vendredi est demandé.", "Cinq jours en septembre 2029."),
    ("A02", 2027, "en_cours", "Les deux places ont rouvert en novembre.", "", "Chantier."),
    ("A02", 2028, "realisee", "Six places ouvertes en octobre.", "Un mois de retard sur le chantier.", "Suivre l’occupation."),
    ("A03", 2027, "en_cours", "Local choisi.", "Pas de candidate.", "Chercher encore."),
    ("A03", 2028, "abandonnee", "Deux réunions d’information.", "Une seule candidate en dix-huit mois.", "Remplacée par A13."),
    ("A04", 2027, "en_cours", "Formulaire écrit.", "", "Ouvrir le guichet."),
    ("A04", 2028, "en_cours", "Guichet ouvert en mars ; 41 demandes.", "Des familles appellent encore les structures.", "Publier le tableau."),
    ("A05", 2027, "non_commencee", "", "", "Recruter."),
    ("A05", 2028, "en_cours", "Ouvert quatre semaines.", "Peu d’inscrits en février.", "Six semaines en 2029."),
    ("A06", 2027, "non_commencee", "", "Toujours en projet.", "Attendre la réponse de la MDPH."),
    ("A06", 2028, "reportee", "Les trois employeurs se sont réunis.", "Pas de candidature.", "Nouvelle fiche de poste."),
    ("A07", 2027, "en_cours", "Salles trouvées à Nant et à Cornus.", "Le véhicule arrive en mars.", "Commencer au printemps."),
    ("A07", 2028, "en_cours", "Soixante-deux soirées dans deux vallées.", "Un poste et demi n’a pas été financé en entier.", "Un poste, deux vallées."),
    ("A08", 2027, "en_cours", "Accueil tenu.", "Demi-poste vacant.", "Recruter."),
    ("A08", 2028, "en_cours", "Demi-poste pourvu en février.", "", "Poursuivre."),
    ("A09", 2027, "en_cours", "Quatre samedis ouverts.", "", "Deux par mois."),
    ("A09", 2028, "en_cours", "Dix-huit samedis ; six parents relais formés.", "La Caf compte désormais les passages, non les familles.", "Finir la formation."),
    ("A10", 2027, "non_commencee", "Validée en octobre.", "", "Accord écrit."),
    ("A10", 2028, "en_cours", "Permanences depuis septembre.", "Le Département vient une fois sur deux.", "Fixer les dates de 2029."),
    ("A11", 2027, "en_cours", "Recrutement lancé.", "", "Règle de remplacement."),
    ("A11", 2028, "en_cours", "Sept communes chaque mois.", "", "Huit communes."),
    ("A12", 2027, "en_cours", "Mi-temps recruté en décembre.", "", "Première plénière."),
    ("A12", 2028, "en_cours", "Plénière tenue ; avenant préparé.", "", "Point à mi-parcours."),
    ("A13", 2028, "non_commencee", "Ajoutée par l’avenant.", "", "Commencer en janvier 2029."),
)  # fmt: skip
_MEASURED: tuple[tuple[str, dict[str, float]], ...] = (
    ("IN01", {"2027": 0.4, "2028": 0.8}), ("IN02", {"2028": 6}), ("IN03", {"2027": 22, "2028": 28}), ("IN04", {"2027": 12, "2028": 7}),
    ("IN06", {"2027": 15, "2028": 14}), ("IN07", {"2027": 0, "2028": 1}), ("IN08", {"2027": 13, "2028": 9}), ("IN09", {"2028": 41}),
    ("IN10", {"2028": 4}), ("IN11", {"2027": 54, "2028": 63}), ("IN13", {"2027": 0, "2028": 62}), ("IN14", {"2027": 9, "2028": 19}),
    ("IN15", {"2027": 58, "2028": 64}), ("IN16", {"2027": 41, "2028": 212}), ("IN17", {"2027": 4, "2028": 18}), ("IN18", {"2028": 37}),
    ("IN19", {"2027": 194, "2028": 241}), ("IN20", {"2027": 4, "2028": 7}), ("IN21", {"2027": 1.5, "2028": 1.5}), ("IN22", {"2028": 92}),
)  # fmt: skip
_BROKEN = ("IN16", "2028")
"""Counted otherwise than at the start."""


def _measure(indicator: str, period: str, value: float) -> Line:
    source = next(i["source"] for i in plan.INDICATORS if i["id"] == indicator)
    line: Line = {
        "indicator": indicator, "period": period, "value": value, "source": source, "comparable": "oui", "measured_on": TOLD[int(period)],
        "document": "D23" if period == "2028" else "D19",
    }  # fmt: skip
    if (indicator, period) != _BROKEN:
        return line
    return {
        **line,
        "comparable": "non",
        "unit": "passages",
        "remark": "La Caf compte désormais les passages et non les familles.",
    }


_SPENT: dict[int, dict[str, float]] = {
    2027: {"A02": 1.0, "A03": 0.3, "A04": 0.7, "A08": 0.92, "A09": 0.8, "A11": 0.6, "A12": 0.75},
    2028: {"A01": 0.96, "A02": 1.04, "A03": 0.25, "A04": 1.05, "A05": 0.7, "A07": 0.66, "A08": 0.99, "A09": 0.94, "A10": 0.4, "A11": 0.93, "A12": 1.01},
}  # fmt: skip
"""Year -> action -> share of what was planned that was spent."""


def _spending() -> list[Line]:
    """What was paid and received, from the plan of each year; the intercommunalité pays the rest."""
    lines: list[Line] = []
    for year, shares in _SPENT.items():
        for action, share in shares.items():
            planned = [line for line in _BUDGET if (line["action"], line["year"]) == (action, year)]
            paid = [_paid(line, share) for line in planned if line["kind"] == "depense"]
            brought = [
                _paid(line, share)
                for line in planned
                if line["kind"] == "recette" and line["funder"] != "epci"
            ]
            if paid:
                rest = sum(p["amount"] for p in paid) - sum(b["amount"] for b in brought)
                balance = {
                    "action": action,
                    "year": year,
                    "kind": "recette",
                    "item": "subvention d’équilibre",
                    "funder": "epci",
                    "amount": rest,
                }
                lines += [*paid, *brought, balance]
    return lines


def _paid(line: Line, share: float) -> Line:
    known = {name: line[name] for name in ("action", "year", "kind", "item", "funder") if name in line}
    return {**known, "amount": round(line["amount"] * share, -1)}


def _need(line: Line) -> Line:
    """A need, with the convention that runs in the place of the former one."""
    return {**line, "contracts": tuple("C09" if id == "C01" else id for id in line["contracts"])}


def agreement_rows() -> Rows:
    """Id of a workbook -> sheet -> lines."""
    first = governance
    return {
        "constats": {"findings": _FINDINGS, "evidence": _EVIDENCE},
        "croisement": {"needs": [_need(line) for line in crossing.NEEDS], "issues": [_issue(line) for line in crossing.ISSUES]},
        "priorites": {"criteria": priorities.CRITERIA, "decisions": [d for d in priorities.DECISIONS if d["issue"] != "E07"]},
        "groupes": {"sessions": groups.SESSIONS, "proposals": groups.PROPOSALS},
        "plan": {
            "axes": plan.AXES, "orientations": plan.ORIENTATIONS, "objectives": plan.OBJECTIVES, "actions": _ACTIONS, "steps": _STEPS,
            "budget": plan.as_written(_BUDGET), "indicators": _INDICATORS, "amounts": _AMOUNTS,
        },
        "gouvernance": {
            "instances": first.INSTANCES, "members": first.MEMBERS, "meetings": _MEETINGS, "attendance": _ATTENDANCE, "decisions": _DECISIONS,
            "scenarios": first.SCENARIOS, "posts": first.POSTS,
        },
        "suivi": {
            "progress": [
                {"action": action, "year": year, "state": state, "done": done, "difficulties": difficulties, "next": next_, "told_on": TOLD[year],
                 "document": "D23" if year == 2028 else "D19"}
                for action, year, state, done, difficulties, next_ in _PROGRESS
            ],
            "measures": [_measure(indicator, period, value) for indicator, values in _MEASURED for period, value in values.items()],
            "spending": _spending(),
            "evaluation": EVALUATION,
        },
    }  # fmt: skip
