# ruff: noqa: E501  (data, easier to read whole)
"""croisement.xlsx: needs (public, place, moment), and the issues at stake that come out of them."""

from __future__ import annotations

from datetime import date
from typing import Any

Line = dict[str, Any]
DAY = date(2027, 1, 12)


def _need(
    number: int, need: str, theme: str, label: str, publics: str, secteurs: str, moment: str, findings: str, offer: str,
    gap: str, actors: str, contracts: str, **more: Any,
) -> Line:  # fmt: skip
    return {
        "id": f"N{number:02d}", "label": label, "need": need, "theme": theme, "publics": tuple(publics.split()),
        "secteurs": tuple(secteurs.split()), "moment": moment, "findings": tuple(findings.split()), "offer": tuple(offer.split()),
        "gap": gap, "actors": tuple(actors.split()), "contracts": tuple(contracts.split()), "state": "retenu", **more,
    }  # fmt: skip


NEEDS: list[Line] = [
    _need(1, "pe_horaires_atypiques", "petite_enfance", "un accueil avant 7 h 30 et après 18 h 30", "enfants_0_2 parents", "Larzac",
          "avant 7 h 30 et après 18 h 30", "K001", "S01 S03", "La crèche ouvre à 7 h 30 ; ce qui se fait plus tôt tient à des arrangements.",
          "P01 P06 P10", "C01 C02", why="Familles, professionnels et institutions le disent ; la statistique ne voit pas les horaires de travail."),
    _need(2, "pe_places", "petite_enfance", "une place à la rentrée, quand les familles arrivent", "enfants_0_2 parents", "Larzac", "août et septembre",
          "K002 K004", "S01 S02 S03", "Deux places fermées, onze familles qui attendent ; rien n’est gardé pour les arrivées d’été.", "P01 P06 P10", "C01 C02",
          why="La moyenne paraît bonne ; l’attente se forme en quelques semaines, à un endroit."),
    _need(3, "pe_assistantes_maternelles", "petite_enfance", "une relève pour les assistantes maternelles", "professionnels enfants_0_2", "", "d’ici à 2031",
          "K003", "S03 S04 S05 S06 S07", "Plus de départs que d’arrivées ; aucun local commun.", "P01 P02 P06 P08", "C01 C02"),
    _need(4, "pe_information", "petite_enfance", "un seul endroit où demander une place", "parents", "", "avant l’arrivée, puis à la rentrée", "K005", "S07",
          "Le relais informe ; il ne tient ni liste commune ni formulaire.", "P01 P06 P10", "C01 C02"),
    _need(5, "en_mercredi_vacances", "enfance", "un accueil de loisirs en août et le mercredi dans les vallées", "enfants_3_11 parents", "Dourbie Sorgues Cernon",
          "mercredis, août", "K007 K008", "S11 S12 S13", "L’été de Cornus n’est pas sûr ; rien dans le Cernon.", "P01 P09 P06", "C04 C05 C08"),
    _need(6, "ha_accueil_commun", "handicap", "un renfort pour accueillir les enfants handicapés avec les autres", "personnes_handicap enfants_3_11", "",
          "périscolaire et vacances", "K010 K011", "S11 S20", "Pas de poste de renfort ; seize familles suivies par le pôle de ressources.", "P01 P12 P06", "C06",
          why="Les professionnels le disent le plus fort ; les familles concernées sont peu nombreuses dans l’enquête."),
    _need(7, "je_mobilite", "jeunesse", "un retour le soir pour les jeunes des vallées", "jeunes_11_17", "Dourbie Sorgues Cernon", "après 17 h, vendredi et samedi",
          "K012 K013", "S14", "L’accueil ferme quand il n’y a plus de car.", "P01 P09 P08", "C08"),
    _need(8, "je_accompagnement", "jeunesse", "des adultes qui viennent là où sont les jeunes", "jeunes_11_17 jeunes_18_25", "Dourbie Sorgues Cernon", "soirs et vacances",
          "K013", "S14", "L’équipe reste à La Cavalerie ; le minibus n’a pas été financé.", "P01 P09", "C01 C08"),
    _need(9, "je_sante_mentale", "jeunesse", "quelqu’un à qui parler quand cela va mal", "jeunes_11_17", "", "toute l’année scolaire", "K014", "",
          "Aucun lieu d’écoute ; le premier rendez-vous est à Millau.", "P08 P06", "C06"),
    _need(10, "pa_repit", "parentalite", "un relais pour les parents seuls", "parents familles_monoparentales", "Larzac", "soirs, week-ends, missions", "K016 K017", "S08",
          "Deux demi-journées par semaine au lieu d’accueil ; aucun relais le soir.", "P01 P11 P06 P07", "C02 C08"),
    _need(11, "ad_proximite", "acces_droits", "une permanence dans chaque vallée", "habitants", "Sorgues Cernon", "à jour fixe", "K019 K020", "S17",
          "La maison des services est à Nant et à La Cavalerie.", "P01 P06 P07 P08", "C01"),
    _need(12, "nu_accompagnement", "numerique", "une aide en ligne qui ne s’arrête pas", "habitants aines", "", "chaque mois", "K021", "S18",
          "Quatre communes par mois, un demi-poste.", "P01 P11", "C01"),
    _need(13, "tr_mobilite", "transversal", "se déplacer sans voiture", "habitants aines jeunes_11_17", "Dourbie Sorgues Cernon", "toute l’année", "K024", "S21",
          "Un transport solidaire de quelques chauffeurs.", "P01 P13 P08", ""),
    _need(14, "vs_benevolat", "vie_sociale", "une relève pour les associations", "benevoles habitants", "", "l’hiver surtout", "K018", "S16",
          "Un seul espace de vie sociale, dans la Dourbie.", "P01 P11 P06", "C03"),
    _need(15, "lo_trouver", "logement", "un logement à louer à l’année", "parents jeunes_18_25 habitants", "", "avant la rentrée", "K022", "",
          "Aucun service du territoire n’y répond.", "P01 P02 P03 P04", "C07"),
    _need(16, "fv_monoparentales", "familles_vulnerables", "un appui aux parents qui élèvent seuls leurs enfants", "familles_monoparentales", "", "avant le travail", "K016", "",
          "Garde et voiture manquent ensemble.", "P01 P08", "C06", state="propose"),
]  # fmt: skip


def _issue(
    number: int, theme: str, title: str, needs: str, description: str, state: str = "valide", reason: str = ""
) -> Line:
    line: Line = {
        "id": f"E{number:02d}", "title": title, "theme": theme, "needs": tuple(needs.split()), "description": description, "state": state,
        "reason": reason,
    }  # fmt: skip
    return line if state == "propose" else {**line, "decided_on": DAY, "document": "D11"}


ISSUES: list[Line] = [
    _issue(1, "petite_enfance", "Accueillir chaque jeune enfant quand ses parents travaillent, aujourd’hui et dans cinq ans", "N01 N02 N03 N04",
           "Les heures, les places de la rentrée et la relève des assistantes maternelles se tiennent. Une réponse à l’une ne suffit pas."),
    _issue(2, "enfance", "Donner à chaque enfant des loisirs, avec les autres, dans sa vallée", "N05 N06",
           "L’été et le mercredi manquent hors de La Cavalerie. Les enfants handicapés y ont leur place, avec un renfort."),
    _issue(3, "jeunesse", "Aller vers les jeunes des vallées et les aider à sortir", "N07 N08 N09",
           "Ce qui existe est à La Cavalerie. Sans retour le soir, les autres n’y viennent pas."),
    _issue(4, "parentalite", "Ne laisser aucun parent seul", "N10",
           "Des parents élèvent seuls, tous les jours ou des mois durant. Les lieux qui existent ouvrent trop peu."),
    _issue(5, "acces_droits", "Amener les droits et l’aide en ligne dans chaque vallée", "N11 N12",
           "Deux secteurs sur quatre n’ont rien. L’aide en ligne repose sur un demi-poste."),
    _issue(6, "transversal", "Se déplacer sans voiture", "N13", "Des habitants renoncent à se déplacer. Les moyens sont ailleurs que dans la convention."),
    _issue(7, "vie_sociale", "Donner une relève aux associations", "N14", "Les mêmes personnes portent tout. Un second espace de vie sociale paraît possible."),
    _issue(8, "logement", "Loger à l’année les familles qui arrivent", "N15", "Quatre logements sur dix sont fermés une partie de l’année.", "ecarte",
           "Le sujet est suivi par le contrat de relance ; la convention le signale sans le porter."),
    _issue(9, "familles_vulnerables", "Appuyer les parents qui élèvent seuls leurs enfants", "N16", "Proche de l’enjeu E04 : à joindre ou à garder à part.", "propose"),
]  # fmt: skip
