# ruff: noqa: E501  (data, easier to read whole)
"""gouvernance.xlsx: instances, members by function, meetings held until June 2027, decisions, ways of organising."""

from __future__ import annotations

from datetime import date
from typing import Any

from demo.places import CAVALERIE, CORNUS, EULALIE, NANT

Line = dict[str, Any]
RETAINED = "SC2"
"""The scenario that the committee retained on 18 May 2027."""
_CAF_POST = 24_000
INSTANCES: list[Line] = [
    {"id": "I01", "name": "Conseil communautaire", "role": "délibère, pour la communauté de communes, sur la convention et vote les crédits", "decides": "la convention, ses avenants, le budget",
     "frequency": "cinq fois par an", "chair": "présidence de la communauté de communes"},
    {"id": "I02", "name": "Comité de pilotage", "role": "valide le diagnostic, décide des priorités, suit la convention", "decides": "les priorités, les actions, les changements du plan",
     "frequency": "quatre réunions pendant l’élaboration, puis deux par an", "chair": "présidence de la communauté de communes, avec la direction de la Caf"},
    {"id": "I03", "name": "Comité technique", "role": "prépare le comité de pilotage, suit les actions et les indicateurs", "decides": "la méthode et le calendrier de travail",
     "frequency": "trois réunions pendant l’élaboration, puis une par trimestre", "chair": "coordination de la convention", "above": "I02"},
    {"id": "I04", "name": "Groupes de travail thématiques", "role": "proposent des actions, puis en suivent la mise en œuvre", "frequency": "deux réunions par groupe et par an",
     "chair": "pilote de chaque action", "above": "I03"},
    {"id": "I05", "name": "Coordination de la convention", "role": "anime, relie les acteurs, tient le suivi", "frequency": "toute l’année",
     "chair": "chargé de coopération", "above": "I02"},
    {"id": "I06", "name": "Plénière annuelle", "role": "réunit tous les acteurs autour du bilan de l’année", "decides": "rien : elle donne un avis", "frequency": "une fois par an, au printemps",
     "chair": "présidence de la communauté de communes", "above": "I02"},
]  # fmt: skip


def _member(instance: str, party: str, function: str, college: str, votes: bool, seats: int = 1) -> Line:
    line: Line = {
        "instance": instance,
        "function": function,
        "college": college,
        "votes": "oui" if votes else "non",
        "seats": seats,
    }
    return {**line, "party": party} if party else line


PILOTS = (
    ("P01", "présidence", "elus"), ("P01", "vice-présidence à la petite enfance et à la jeunesse", "elus"), ("P05", "présidence", "elus"),
    ("P06", "direction", "partenaires"), ("P07", "direction", "partenaires"), ("P08", "service de l’action sociale", "partenaires"),
)  # fmt: skip
_TECHNICIANS = (
    ("P01", "coordination de la convention", "agents"), ("P01", "service de la petite enfance", "agents"), ("P06", "conseil aux territoires", "partenaires"),
    ("P07", "action sociale", "partenaires"), ("P09", "coordination des accueils", "professionnels"), ("P10", "direction de la crèche", "professionnels"),
    ("P11", "coordination de l’espace de vie sociale", "professionnels"), ("P12", "coordination du pôle de ressources", "professionnels"),
)  # fmt: skip
MEMBERS: list[Line] = [
    _member("I01", "P01", "conseillers communautaires", "elus", True, 30),
    *(_member("I02", party, function, college, True) for party, function, college in PILOTS),
    _member("I02", "", "un élu par secteur", "elus", True, 4),
    _member("I02", "P09", "présidence", "partenaires", False),
    *(_member("I03", party, function, college, False) for party, function, college in _TECHNICIANS),
    _member("I04", "P09", "animation jeunesse", "professionnels", False),
    _member("I04", "P10", "équipe de la crèche", "professionnels", False),
    _member("I04", "P11", "animation parentalité", "professionnels", False),
    _member("I04", "P13", "présidence", "partenaires", False),
    _member("I04", "", "parents et jeunes", "habitants", False, 6),
    _member("I04", "", "élus des quatre secteurs", "elus", False, 4),
    _member("I05", "P01", "chargé de coopération", "agents", False),
    _member("I05", "P11", "chargé de coopération, jeunesse et parentalité", "professionnels", False),
    _member("I06", "", "toutes les personnes des instances et des groupes", "", False, 0) | {"college": ""},
]  # fmt: skip


def _meeting(
    number: int, instance: str, day: date, commune: str, agenda: str, summary: str = "", document: str = ""
) -> Line:
    line: Line = {
        "id": f"RE{number:02d}",
        "instance": instance,
        "date": day,
        "state": "tenu" if summary else "prevu",
        "commune": commune,
        "agenda": agenda,
    }
    return {
        **line,
        **({"summary": summary} if summary else {}),
        **({"document": document} if document else {}),
    }


MEETINGS: list[Line] = [
    _meeting(1, "I02", date(2026, 7, 7), CAVALERIE, "installation du comité\ncalendrier de la démarche",
             "Le comité est installé.\nLe calendrier est partagé ; la Caf demande que le bilan vienne d’abord."),
    _meeting(2, "I02", date(2026, 9, 22), CAVALERIE, "bilan des douze actions\nsuite de la convention 2021-2025",
             "Le bilan est présenté action par action.\nCinq actions sont à adapter, une est arrêtée.\nLa convention est prolongée.", "D04"),
    _meeting(3, "I03", date(2027, 1, 12), CAVALERIE, "croisement des constats\nenjeux\ncritères de priorité",
             "Les constats sont relus un par un ; deux sont refusés, quatre restent à trancher.\nSept enjeux sont validés.\nLes cinq critères et leurs poids sont fixés, avant toute note.", "D11"),
    _meeting(4, "I03", date(2027, 1, 26), NANT, "notes et votes par collège",
             "Comité technique élargi aux élus et aux habitants.\nChaque collège note, puis vote à part.\nÉlus et professionnels ne disent pas la même chose de la jeunesse.", "D12"),
    _meeting(5, "I02", date(2027, 2, 9), CAVALERIE, "diagnostic\npriorités",
             "Le diagnostic est validé.\nLe désaccord sur la jeunesse est discuté, puis tranché par un vote.\nCinq enjeux sont retenus, un écarté, un reporté.", "D13"),
    _meeting(6, "I03", date(2027, 4, 27), CAVALERIE, "synthèse des groupes de travail\nprojet de plan",
             "Quinze propositions sont reprises.\nDouze actions sont écrites ; deux attendent l’accord de partenaires."),
    _meeting(7, "I02", date(2027, 5, 18), CORNUS, "plan d’action\norganisation de la coordination",
             "Dix actions sont validées, deux restent en projet.\nTrois façons d’organiser la coordination sont comparées ; la deuxième est retenue.", "D15"),
    _meeting(8, "I01", date(2027, 6, 10), CAVALERIE, "approbation de la convention", "Le conseil approuve la convention et autorise sa signature.", "D16"),
    _meeting(9, "I02", date(2027, 10, 12), NANT, "démarrage des actions\nactions en projet"),
    _meeting(10, "I06", date(2028, 5, 16), EULALIE, "première plénière annuelle\navancement des actions"),
]  # fmt: skip


def _signed(
    meeting: str, people: tuple[tuple[str, str, str], ...], absent: dict[tuple[str, str], str] | None = None
) -> list[Line]:
    gone = absent or {}
    lines = []
    for party, function, _ in people:
        line: Line = {
            "meeting": meeting,
            "function": function,
            "presence": gone.get((party, function), "present"),
        }
        lines.append({**line, "party": party} if party else line)
    return lines


_COMMITTEE = (
    *PILOTS,
    *(("", f"élu du secteur {name}", "elus") for name in ("Larzac", "Dourbie", "Sorgues", "Cernon")),
    ("P09", "présidence", "partenaires"),
)
"""The eleven seats of the steering committee; the last one has no vote."""
ATTENDANCE: list[Line] = [
    *_signed("RE01", _COMMITTEE, {("P07", "direction"): "excuse"}),
    *_signed("RE02", _COMMITTEE, {("P08", "service de l’action sociale"): "excuse"}),
    *_signed("RE03", _TECHNICIANS, {("P12", "coordination du pôle de ressources"): "excuse"}),
    *_signed("RE04", _TECHNICIANS),
    *_signed("RE05", _COMMITTEE, {("P07", "direction"): "represente", ("", "élu du secteur Cernon"): "absent"}),
    *_signed("RE06", _TECHNICIANS, {("P07", "action sociale"): "excuse"}),
    *_signed("RE07", _COMMITTEE, {("P08", "service de l’action sociale"): "excuse"}),
]  # fmt: skip


def _decided(number: int, meeting: str, subject: str, decision: str, actions: str = "", **more: Any) -> Line:
    return {
        "id": f"DE{number:02d}",
        "meeting": meeting,
        "subject": subject,
        "decision": decision,
        "actions": tuple(actions.split()),
        **more,
    }


_AGREED = "A01 A02 A03 A04 A05 A07 A08 A09 A11 A12"
GOVERNED: list[Line] = [
    _decided(1, "RE01", "méthode", "Le bilan vient avant le diagnostic ; habitants et professionnels sont entendus à part.", responsible="coordination de la convention",
             due=date(2026, 9, 30), state="fait"),
    _decided(2, "RE02", "bilan", "Le bilan des douze actions est validé.", votes_for=9, votes_against=0, abstentions=0, state="fait", document="D04"),
    _decided(3, "RE02", "convention 2021-2025", "La convention est prolongée jusqu’au 30 juin 2027, par avenant ; la suite est à écrire avec la Caf.", responsible="présidence de la communauté de communes",
             due=date(2026, 12, 15), state="fait", document="D04"),
    _decided(4, "RE03", "critères", "Cinq critères et leurs poids sont fixés, avant les notes.", state="fait", document="D11"),
    _decided(5, "RE05", "diagnostic", "Le diagnostic est validé.", votes_for=9, votes_against=0, abstentions=0, state="fait", document="D13"),
    _decided(6, "RE05", "priorités", "Cinq enjeux sont retenus, un écarté, un reporté.", votes_for=7, votes_against=1, abstentions=1, state="fait", document="D13"),
    _decided(7, "RE05", "groupes de travail", "Deux groupes se réunissent deux fois, en mars et en avril.", responsible="coordination de la convention", due=date(2027, 4, 30),
             state="fait", document="D13"),
    _decided(8, "RE07", "plan d’action", "Dix actions sont validées.", _AGREED, votes_for=8, votes_against=0, abstentions=1, state="fait", document="D15"),
    _decided(9, "RE07", "actions en projet", "Le renfort handicap et les permanences reviennent au comité d’octobre, avec l’accord écrit des partenaires.", "A06 A10",
             responsible="coordination de la convention", due=date(2027, 10, 12), state="en_cours", document="D15"),
    _decided(10, "RE07", "organisation", "Le deuxième scénario est retenu : un temps plein à la communauté de communes et un mi-temps à l’espace de vie sociale.", "A12",
             votes_for=7, votes_against=0, abstentions=2, responsible="présidence de la communauté de communes", due=date(2027, 12, 31), state="a_faire", document="D15"),
    _decided(11, "RE08", "convention", "La convention est approuvée ; la présidence est autorisée à la signer.", votes_for=24, votes_against=0, abstentions=3, state="fait", document="D16"),
]  # fmt: skip
SCENARIOS: list[Line] = [
    {"id": "SC1", "name": "un poste à temps plein à la communauté de communes", "description": "L’organisation d’aujourd’hui, reconduite.",
     "strengths": "Une seule personne à appeler ; rien à changer.", "limits": "Une personne pour dix thèmes ; rien pendant ses absences.", "retained": "non",
     "decided_on": date(2027, 5, 18), "document": "D15"},
    {"id": "SC2", "name": "un temps plein à la communauté de communes, un mi-temps à l’espace de vie sociale",
     "description": "Le temps plein coordonne la convention et la petite enfance. Le mi-temps suit la jeunesse et la parentalité, depuis Nant.",
     "strengths": "Deux personnes, deux lieux ; au plus près des associations.", "limits": "Deux employeurs à accorder.", "retained": "oui", "decided_on": date(2027, 5, 18),
     "document": "D15"},
    {"id": "SC3", "name": "trois mi-temps, un par thème, dans trois structures", "description": "Petite enfance, jeunesse et accès aux droits ont chacun leur mi-temps.",
     "strengths": "Chaque thème a sa personne.", "limits": "Personne ne tient l’ensemble ; trois recrutements à mi-temps.", "retained": "non", "decided_on": date(2027, 5, 18),
     "document": "D15"},
]  # fmt: skip


def _post(
    scenario: str,
    mission: str,
    fte: float,
    employer: str,
    hosting: str,
    cost: int,
    hours: int,
    msa: int = 0,
    communes: int = 0,
) -> Line:
    """A post: the Caf helps each full-time post alike, the intercommunalité pays the rest."""
    caf = round(_CAF_POST * fte)
    return {
        "scenario": scenario, "mission": mission, "fte": fte, "employer": employer, "hosting": hosting, "cost": cost, "caf": caf, "msa": msa,
        "communes": communes, "epci": cost - caf - msa - communes, "hours_members": hours, "document": "D15",
    }  # fmt: skip


_SEAT, _NANT = "siège de la communauté de communes", "espace de vie sociale, à Nant"
POSTS: list[Line] = [
    _post("SC1", "chargé de coopération, tous les thèmes", 1.0, "P01", _SEAT, 52_000, 60),
    _post("SC2", "chargé de coopération, coordination et petite enfance", 1.0, "P01", _SEAT, 52_000, 40),
    _post("SC2", "chargé de coopération, jeunesse et parentalité", 0.5, "P11", _NANT, 24_500, 20, msa=3_000),
    _post("SC3", "chargé de coopération, petite enfance", 0.5, "P01", _SEAT, 26_500, 30),
    _post("SC3", "chargé de coopération, jeunesse", 0.5, "P09", "La Cavalerie", 24_500, 30, communes=2_000),
    _post("SC3", "chargé de coopération, accès aux droits et vie sociale", 0.5, "P11", _NANT, 24_500, 30, msa=3_000),
]  # fmt: skip
