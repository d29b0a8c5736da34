# ruff: noqa: E501  (data, easier to read whole)
"""``verbatims.xlsx`` of the demonstration: open answers as a person would have read two thirds of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ctg_lib.consultation.answers import Answers
from ctg_lib.consultation.scheme import Scheme
from ctg_lib.consultation.verbatims import lines_of
from demo.dice import Dice

READ = 0.68
"""Part of the lines that were read; the others are « à relire »."""
NEEDS: tuple[tuple[str, str], ...] = (
    ("avant 7 h 30", "pe_horaires_atypiques"), ("le samedi pour ceux", "pe_horaires_atypiques"), ("conjoint est en mission", "pa_repit"),
    ("garde du soir", "pe_horaires_atypiques"), ("la famille est loin", "pa_repit"), ("place en crèche", "pe_places"), ("place de garde", "pe_information"),
    ("pas trop loin", "pe_places"), ("quelques heures", "pe_urgence_occasionnel"), ("liste tenue à jour", "pe_information"),
    ("échange de gardes", "pa_repit"), ("mois d'août", "en_mercredi_vacances"), ("de plus en août", "en_mercredi_vacances"),
    ("le mercredi", "en_mercredi_vacances"), ("accueil de loisirs", "en_mercredi_vacances"), ("garderie le matin", "en_periscolaire"),
    ("trente kilomètres", "en_activites"), ("club de sport", "en_activites"), ("une seule inscription", "en_ecole_familles"),
    ("orthophoniste", "ha_diagnostic_soins"), ("café des parents", "pa_lieux_rencontre"), ("puériculture", "pe_cout"),
    ("car le soir", "je_mobilite"), ("minibus", "je_mobilite"), ("formation à millau", "je_mobilite"), ("psychologue", "je_sante_mentale"),
    ("jeunes se retrouvent", "je_lieux"), ("pour les jeunes", "je_lieux"), ("ados le week-end", "je_lieux"), ("salle des fêtes", "je_lieux"),
    ("terrain de sport", "je_lieux"), ("groupe de jeunes", "je_accompagnement"), ("petit logement", "je_logement_autonomie"),
    ("offres d'emploi", "je_emploi_formation"), ("logement", "lo_trouver"), ("chez le médecin", "tr_mobilite"), ("médecin", "ad_sante"),
    ("dentiste", "ad_sante"), ("docteur", "ad_sante"), ("papiers sur internet", "nu_accompagnement"), ("bus aménagé", "nu_accompagnement"),
    ("réseau", "nu_equipement"), ("fibre", "nu_equipement"), ("quelqu'un qui répond", "nu_alternative"), ("permanence", "ad_proximite"),
    ("de mairie en mairie", "ad_proximite"), ("bus", "tr_mobilite"), ("navette", "tr_mobilite"), ("covoiturage", "tr_mobilite"),
    ("transport", "tr_mobilite"), ("personnes seules", "vs_isolement"), ("se rencontrer", "vs_lieux"), ("café", "vs_lieux"),
    ("commerce", "vs_lieux"), ("lieu ouvert", "vs_lieux"), ("accueillir les nouveaux", "vs_anciens_nouveaux"), ("cinéma", "vs_culture_loisirs"),
    ("piscine", "vs_culture_loisirs"), ("atelier de réparation", "vs_lieux"), ("jardin partagé", "vs_lieux"), ("bénévoles", "vs_benevolat"),
    ("comptable", "vs_benevolat"), ("journal des associations", "tr_information"), ("information", "tr_information"),
    ("annuaire", "tr_coordination"), ("qui fait quoi", "tr_coordination"), ("se réunir", "tr_coordination"), ("demi-journée", "tr_coordination"),
    ("financements", "tr_moyens"), ("locaux", "tr_moyens"), ("remplaçant", "tr_moyens"),
)  # fmt: skip
"""Words of an answer -> need that a person would have coded; the first that is found."""
Line = dict[str, Any]


def reviewed(surveys: Mapping[str, Answers], places: Iterable[str], scheme: Scheme) -> list[Line]:
    """Lines of the workbook, with what the reader decided. The language model is left aside: it may be absent."""
    lines = lines_of(surveys, places, scheme, model=False)
    return [{**line, **_decided(line)} for line in lines]


def _decided(line: Line) -> Line:
    dice = Dice("review", line["answer"], line["column"])
    if not dice.yes(READ) or "watch" in line:  # what may point at someone waits for a second reading
        return {}
    need = next((code for words, code in NEEDS if words in line["text"].lower().replace("’", "'")), "")
    coded = {"need": need} if need else {}
    if line["column"].endswith("__texte"):  # a few words, out of any sentence
        return {"decision": "ne_pas_publier", **coded}
    if "masked" in line or not need or _strange(line["text"]):
        return {
            "decision": "ne_pas_publier",
            **coded,
            "remark": "désigne quelqu’un ou n’apporte rien (exemple)",
        }
    if dice.yes(0.15):
        return {"decision": "ne_pas_publier", **coded}
    tidy = tidied(line["text"])
    return {"decision": "publier", **coded, **({"published": tidy} if tidy != line["text"] else {})}


def _strange(text: str) -> bool:
    return bool(re.search(r"[<>|=`\[\]]", text))


def tidied(text: str) -> str:
    """A text as it would be printed: no capitals all along, a capital first, a full stop."""
    plain = text.lower() if text.isupper() else text
    plain = plain.replace("'", "’").strip()
    plain = plain[0].upper() + plain[1:]
    return plain if plain[-1] in ".!?…" else f"{plain}."
