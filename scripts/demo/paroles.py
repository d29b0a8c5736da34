# ruff: noqa: E501  (data, easier to read whole)
"""What is said in the demonstration: 12 interviews, 2 thematic meetings, 2 forums, the members' seminar.

All of it is invented. People speak by their group; a function is told only where they agreed to it. What is said
keeps to the demonstration's own offer (``demo.offer``): 22 places at the Crèche Exemple Bleue of which two are
closed, 11 families waiting, ten places at Nant, assistantes maternelles who retire, a summer at Cornus that is not
sure, help with online steps that was vacant for seven months.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

ALL = ""
"""Of the whole territory, not of one secteur."""


@dataclass(frozen=True)
class Talk:
    """One interview, meeting, forum or seminar.

    Attributes:
        group: code of the group heard, « plusieurs » of a meeting.
        function: told of an interview where the person agreed to be quoted by function, and read it.
        present: group -> how many came.
    """

    id: str
    occasion: str
    day: date
    title: str
    group: str
    people: int
    secteur: str
    themes: tuple[str, ...]
    commune: str = ""
    function: str = ""
    second: bool = False
    present: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Said:
    """One thing said, as the first coder has it; ``other`` is what the second coder put, where two coded it."""

    talk: str
    need: str
    kind: str
    strength: int
    summary: str
    quote: str = ""
    group: str = ""
    secteur: str | None = None
    audience: str = ""
    topic: str = ""
    other: tuple[str, str, int] | None = None


def _talk(
    id: str, day: date, title: str, group: str, people: int, secteur: str, themes: str, **more: object
) -> Talk:
    return Talk(id, "entretien", day, title, group, people, secteur, tuple(themes.split()), **more)  # type: ignore[arg-type]


INTERVIEWS: list[Talk] = [
    _talk("E01", date(2026, 9, 17), "Crèche Exemple Bleue", "petite_enfance", 2, "Larzac", "petite_enfance handicap",
          commune="12063", function="direction d’un établissement d’accueil du jeune enfant (exemple)"),
    _talk("E02", date(2026, 9, 22), "Assistantes maternelles du Larzac (exemple)", "assistantes_maternelles", 4, "Larzac", "petite_enfance",
          commune="12063", second=True),
    _talk("E03", date(2026, 9, 24), "Relais petite enfance Exemple", "petite_enfance", 1, ALL, "petite_enfance parentalite",
          function="animation d’un relais petite enfance (exemple)"),
    _talk("E04", date(2026, 9, 29), "Collège d’exemple, vie scolaire et santé", "ecole", 2, "Larzac", "jeunesse numerique", commune="12063"),
    _talk("E05", date(2026, 10, 1), "Association Exemple-Un, accueils de loisirs et de jeunes", "jeunesse_loisirs", 3, "Larzac",
          "enfance jeunesse handicap", commune="12063", second=True,
          function="coordination d’accueils de loisirs (exemple)"),
    _talk("E06", date(2026, 10, 6), "Pôle de ressources handicap Exemple", "sante_medico_social", 2, ALL, "handicap"),
    _talk("E07", date(2026, 10, 7), "Travail social de secteur (exemple)", "travail_social", 2, ALL, "familles_vulnerables logement acces_droits"),
    _talk("E08", date(2026, 10, 9), "Maison Exemple des services", "acces_droits", 2, "Dourbie", "acces_droits numerique",
          commune="12168", second=True, function="accueil dans une maison de services (exemple)"),
    _talk("E09", date(2026, 10, 13), "Caf, conseil aux territoires (exemple)", "institutions", 2, ALL, "petite_enfance parentalite vie_sociale transversal"),
    _talk("E10", date(2026, 10, 14), "MSA, action sociale (exemple)", "institutions", 1, ALL, "acces_droits familles_vulnerables"),
    _talk("E11", date(2026, 10, 16), "Espace de vie sociale Exemple", "associations", 3, "Dourbie", "vie_sociale parentalite numerique",
          commune="12168", second=True, function="coordination d’un espace de vie sociale (exemple)"),
    _talk("E12", date(2026, 10, 27), "Accompagnement des familles de militaires (exemple)", "institutions", 2, "Larzac",
          "petite_enfance parentalite logement", commune="12063"),
]  # fmt: skip
MEETINGS: list[Talk] = [
    Talk("R01", "rencontre", date(2026, 10, 8), "Petite enfance, enfance et parentalité (exemple)", "plusieurs", 18, ALL,
         ("petite_enfance", "enfance", "parentalite", "handicap"), commune="12063",
         present=(("petite_enfance", 5), ("assistantes_maternelles", 3), ("ecole", 3), ("jeunesse_loisirs", 3), ("institutions", 2), ("agents", 2))),
    Talk("R02", "rencontre", date(2026, 10, 15), "Jeunesse, vie sociale, accès aux droits et mobilité (exemple)", "plusieurs", 16, ALL,
         ("jeunesse", "vie_sociale", "acces_droits", "numerique", "transversal"), commune="12168",
         present=(("associations", 5), ("acces_droits", 2), ("travail_social", 2), ("jeunesse_loisirs", 3), ("institutions", 1), ("agents", 3))),
]  # fmt: skip
FORUMS: list[Talk] = [
    Talk("F01", "forum", date(2026, 11, 3), "Forum de la Dourbie et de la Sorgues (exemple)", "plusieurs", 24, "Dourbie",
         ("vie_sociale", "acces_droits", "enfance", "jeunesse", "transversal"), commune="12168",
         present=(("habitants", 14), ("parents", 7), ("jeunes", 3))),
    Talk("F02", "forum", date(2026, 11, 5), "Forum du Larzac et du Cernon (exemple)", "plusieurs", 33, "Larzac",
         ("petite_enfance", "enfance", "jeunesse", "logement", "vie_sociale"), commune="12063",
         present=(("habitants", 11), ("parents", 17), ("jeunes", 5))),
]  # fmt: skip
SEMINAR: list[Talk] = [
    Talk("S01", "seminaire", date(2026, 11, 10), "Séminaire des élus (exemple)", "plusieurs", 33, ALL,
         ("petite_enfance", "enfance", "jeunesse", "vie_sociale", "acces_droits", "logement", "transversal"), commune="12063",
         present=(("elus", 27), ("agents", 6))),
]  # fmt: skip
TALKS: list[Talk] = [*INTERVIEWS, *MEETINGS, *FORUMS, *SEMINAR]

_E = Said
SAID: list[Said] = [
    # E01 — crèche
    _E("E01", "pe_recrutement", "frein", 3, "Deux places sont fermées depuis janvier faute d’auxiliaire ; un poste reste vacant.",
       "On a les murs, on a les lits, il nous manque une personne.", audience="professionnels"),
    _E("E01", "pe_places", "besoin", 3, "Onze familles attendent une place ; la moitié arrive à la rentrée, avec les mutations.",
       "Quand une famille apprend sa mutation en juin, elle nous appelle en juillet : c’est déjà plein.", audience="parents"),
    _E("E01", "pe_horaires_atypiques", "besoin", 2, "Onze familles restent après 18 h ; des demandes avant 7 h 30 ne trouvent pas de réponse.",
       "À 18 h 30 on ferme, et il y a des parents qui courent.", audience="parents"),
    _E("E01", "pe_urgence_occasionnel", "offre", 1, "Quelques demi-journées libres servent à l’accueil occasionnel, sans place réservée.", audience="parents"),
    _E("E01", "ha_formation", "attente", 2, "L’équipe demande à être formée avant d’accueillir, non après.",
       "On dit oui, et après on cherche comment faire.", audience="professionnels"),
    _E("E01", "tr_coordination", "levier", 1, "Les listes d’attente des deux structures ont été comparées une fois : cinq familles étaient sur les deux."),
    # E02 — assistantes maternelles, codé deux fois
    _E("E02", "pe_assistantes_maternelles", "besoin", 3, "Deux d’entre elles arrêteront avant trois ans et ne voient personne prendre la suite.",
       "Après nous, je ne vois pas qui.", audience="professionnels", other=("pe_assistantes_maternelles", "besoin", 3)),
    _E("E02", "pe_assistantes_maternelles", "frein", 2, "L’isolement et le délai d’agrément découragent les nouvelles.",
       "On travaille chez soi, toute seule, du matin au soir.", audience="professionnels", other=("pe_assistantes_maternelles", "frein", 2)),
    _E("E02", "pe_horaires_atypiques", "offre", 2, "Certaines accueillent dès 6 h 30 par arrangement, sans que cela figure nulle part.",
       "Je le fais pour les gens que je connais.", audience="parents", other=("pe_horaires_atypiques", "offre", 2)),
    _E("E02", "pe_horaires_atypiques", "frein", 2, "Elles refusent la nuit et le week-end : leur propre famille ne suit pas.", audience="parents",
       other=("pe_horaires_atypiques", "frein", 3)),
    _E("E02", "pe_information", "besoin", 1, "La liste donnée aux parents n’est pas à jour : ils appellent des personnes sans place.",
       "On reçoit des appels pour rien, et eux aussi.", audience="parents", other=("pe_information", "besoin", 1)),
    _E("E02", "pe_cout", "frein", 1, "Des parents renoncent à l’avance des frais avant la première aide.", audience="parents", other=("pe_cout", "frein", 2)),
    _E("E02", "pa_lieux_rencontre", "levier", 2, "Les matinées d’éveil leur servent à se retrouver autant qu’aux enfants.", audience="professionnels",
       other=("pe_assistantes_maternelles", "levier", 2)),
    _E("E02", "pe_assistantes_maternelles", "piste", 3, "Un local commun à La Cavalerie attirerait des candidates.",
       "Une maison à plusieurs, là oui, des jeunes viendraient.", audience="professionnels", other=("pe_assistantes_maternelles", "piste", 3)),
    # E03 — relais
    _E("E03", "pe_assistantes_maternelles", "besoin", 3, "Seize en activité, dont sept de 55 ans et plus : la relève est l’affaire de cinq ans.", audience="professionnels"),
    _E("E03", "pe_information", "attente", 2, "Un seul formulaire de demande pour tout le territoire, tenu à jour.",
       "Les parents racontent quatre fois la même chose à quatre personnes.", audience="parents"),
    _E("E03", "pe_places", "besoin", 2, "Dans la Sorgues, quatre places chez une seule professionnelle : un arrêt et il n’y a plus rien.", secteur="Sorgues", audience="parents"),
    _E("E03", "pa_lieux_rencontre", "offre", 2, "Les matinées d’éveil touchent La Cavalerie deux fois par semaine, Nant et Cornus une fois.", audience="parents"),
    _E("E03", "tr_equite", "frein", 2, "Rien dans le Cernon : les familles descendent ou renoncent.", secteur="Cernon", audience="parents"),
    _E("E03", "pe_urgence_occasionnel", "besoin", 1, "Les demandes de quelques heures pour un rendez-vous ne trouvent rien.", audience="parents"),
    # E04 — collège
    _E("E04", "je_sante_mentale", "besoin", 3, "Davantage d’élèves angoissés ; le premier rendez-vous est à Millau, dans des mois.",
       "On écoute, mais on n’est pas psychologues.", audience="jeunes_11_17"),
    _E("E04", "je_mobilite", "frein", 3, "Qui prend le car ne peut rester ni à l’étude du soir, ni au club.",
       "À 17 h, le car part et la journée est finie.", audience="jeunes_11_17"),
    _E("E04", "nu_ecrans_familles", "besoin", 2, "Des conflits nés le soir sur les réseaux se règlent le matin au collège.", audience="parents"),
    _E("E04", "je_accompagnement", "attente", 2, "Que les animateurs viennent au collège à la pause de midi.", audience="jeunes_11_17"),
    _E("E04", "pa_scolarite", "offre", 1, "L’accompagnement à la scolarité de La Cavalerie aide une trentaine d’élèves ; rien ailleurs.", audience="jeunes_11_17"),
    _E("E04", "je_emploi_formation", "besoin", 1, "Trouver un stage de troisième sans voiture relève de la famille.", audience="jeunes_11_17"),
    # E05 — accueil de loisirs, codé deux fois
    _E("E05", "en_mercredi_vacances", "besoin", 3, "Sept enfants attendent le mercredi, quatorze l’été ; août est le plus dur.",
       "La deuxième quinzaine d’août, les parents n’ont personne.", audience="enfants_3_11", other=("en_mercredi_vacances", "besoin", 3)),
    _E("E05", "en_animateurs", "frein", 3, "Les candidatures manquent ; les contrats de quelques heures ne retiennent personne.",
       "Dix heures par semaine, on ne loge pas avec ça.", audience="professionnels", other=("en_animateurs", "frein", 3)),
    _E("E05", "en_periscolaire", "besoin", 2, "Le matin avant 7 h 45, aucun accueil ne correspond aux prises de service.", audience="parents",
       other=("en_mercredi_vacances", "besoin", 2)),
    _E("E05", "je_lieux", "offre", 2, "L’accueil de jeunes compte 57 inscrits, presque tous de La Cavalerie et des communes voisines.", audience="jeunes_11_17",
       other=("je_lieux", "offre", 2)),
    _E("E05", "je_mobilite", "frein", 3, "Les jeunes des vallées ne viennent pas : personne ne les ramène.",
       "Ils voudraient, mais à 19 h il n’y a plus de car.", audience="jeunes_11_17", other=("je_mobilite", "frein", 2)),
    _E("E05", "ha_accueil_commun", "offre", 2, "Douze enfants handicapés ont été accueillis l’été, sans poste de renfort fixe.", audience="enfants_3_11",
       other=("ha_accueil_commun", "offre", 2)),
    _E("E05", "ha_formation", "attente", 2, "Une personne référente partagée entre les accueils, et du temps pour se former.", audience="professionnels",
       other=("ha_accueil_commun", "attente", 2)),
    _E("E05", "je_accompagnement", "piste", 2, "Tenir l’accueil de jeunes une fois par semaine dans une salle de chaque vallée.", audience="jeunes_11_17",
       other=("je_lieux", "piste", 2)),
    # E06 — pôle handicap
    _E("E06", "ha_accueil_commun", "besoin", 3, "Les familles n’osent plus demander après un premier refus.",
       "Un refus poli reste un refus : elles ne rappellent pas.", audience="personnes_handicap"),
    _E("E06", "ha_diagnostic_soins", "frein", 3, "L’orthophonie et la psychomotricité se trouvent à Millau, après de longs mois.", audience="personnes_handicap"),
    _E("E06", "ha_repit_aidants", "besoin", 2, "Aucune solution de relais le week-end à moins d’une heure.",
       "Les parents tiennent, jusqu’au jour où ils ne tiennent plus.", audience="parents"),
    _E("E06", "ha_demarches", "besoin", 2, "Le dossier de la maison départementale est recommencé à chaque étape.", audience="parents"),
    _E("E06", "ha_formation", "levier", 2, "Deux demi-journées de formation croisée ont changé les pratiques d’un accueil de loisirs.", audience="professionnels"),
    # E07 — travail social
    _E("E07", "fv_budget", "besoin", 3, "Le carburant et le chauffage pèsent plus que le loyer.",
       "Le plein ou la cantine : on nous le dit comme ça.", audience="familles_vulnerables"),
    _E("E07", "lo_qualite", "besoin", 3, "Des logements anciens et froids, loués faute d’autre chose, surtout dans les vallées.", audience="familles_vulnerables"),
    _E("E07", "fv_monoparentales", "besoin", 2, "Une mère seule qui travaille tôt n’a ni garde ni voiture de secours.",
       "Une panne, et tout s’arrête.", audience="familles_monoparentales"),
    _E("E07", "fv_insertion", "frein", 3, "Garde et transport se cumulent : une formation à Millau est refusée pour les deux raisons.", audience="familles_vulnerables"),
    _E("E07", "ad_non_recours", "besoin", 2, "Des droits découverts par hasard, au détour d’un autre dossier.", audience="habitants"),
    _E("E07", "lo_urgence", "frein", 2, "Aucun hébergement d’urgence sur place ; les départs se font vers Millau.", audience="familles_vulnerables"),
    _E("E07", "fv_violences", "attente", 1, "Savoir qui appeler, le soir et le week-end.", audience="familles_vulnerables"),
    # E08 — maison de services, codé deux fois
    _E("E08", "ad_accompagnement", "besoin", 3, "Les rendez-vous durent une heure : il faut comprendre la lettre avant de répondre.",
       "On ne fait pas à leur place, on refait avec eux.", audience="habitants", other=("ad_accompagnement", "besoin", 3)),
    _E("E08", "nu_accompagnement", "besoin", 3, "Beaucoup viennent parce qu’ils ont perdu un mot de passe ou une adresse de messagerie.", audience="aines",
       other=("nu_accompagnement", "besoin", 2)),
    _E("E08", "ad_proximite", "frein", 2, "Quatre jours à Nant, deux demi-journées à La Cavalerie : rien dans la Sorgues ni le Cernon.", audience="habitants",
       other=("ad_proximite", "frein", 2)),
    _E("E08", "nu_alternative", "attente", 2, "Garder un numéro de téléphone où quelqu’un répond.",
       "Les gens veulent une voix, pas une touche étoile.", audience="aines", other=("nu_alternative", "attente", 2)),
    _E("E08", "ad_non_recours", "besoin", 2, "Des agriculteurs et des saisonniers arrivent très tard, dossiers perdus.", audience="habitants",
       other=("ad_accompagnement", "besoin", 2)),
    _E("E08", "tr_coordination", "levier", 2, "Un appel direct à la Caf et à la MSA débloque ce que l’écran refuse.", other=("tr_coordination", "levier", 2)),
    _E("E08", "ad_proximite", "piste", 2, "Une permanence tournante dans une mairie de chaque vallée, à jour fixe.", audience="habitants", other=("ad_proximite", "piste", 3)),
    # E09 — Caf
    _E("E09", "pe_places", "besoin", 2, "L’offre paraît suffisante en moyenne ; elle tient à des professionnelles proches de la retraite.", audience="parents"),
    _E("E09", "pe_information", "attente", 2, "Les missions du service public de la petite enfance appellent un point d’entrée unique.", audience="parents"),
    _E("E09", "tr_coordination", "levier", 2, "La chargée de coopération à temps plein change la donne depuis 2024."),
    _E("E09", "pa_information", "frein", 1, "Les actions de parentalité touchent toujours les mêmes familles.", audience="parents"),
    _E("E09", "vs_lieux", "offre", 2, "Un seul espace de vie sociale, dans la Dourbie ; un second paraît possible dans la Sorgues.", audience="habitants"),
    # E10 — MSA
    _E("E10", "ad_non_recours", "besoin", 3, "Les aides aux familles agricoles sont peu demandées, par pudeur autant que par ignorance.",
       "Chez nous, demander, ça ne se fait pas.", audience="habitants"),
    _E("E10", "pa_repit", "besoin", 2, "Garder un enfant pendant les foins ou l’agnelage : rien n’est souple à ce point.", audience="parents"),
    _E("E10", "vs_isolement", "besoin", 2, "Des aînés seuls dans les fermes, sans voisin l’hiver.", audience="aines"),
    _E("E10", "tr_mobilite", "piste", 2, "S’appuyer sur le transport solidaire de Fondamente et l’étendre.", audience="habitants"),
    # E11 — espace de vie sociale, codé deux fois
    _E("E11", "vs_lieux", "offre", 3, "L’espace de vie sociale accueille 310 personnes par an, surtout de Nant et de Saint-Jean-du-Bruel.", audience="habitants",
       other=("vs_lieux", "offre", 3)),
    _E("E11", "vs_anciens_nouveaux", "besoin", 2, "Nouveaux venus et anciens se croisent aux fêtes, rarement ailleurs.",
       "On se dit bonjour, on ne se connaît pas.", audience="habitants", other=("vs_anciens_nouveaux", "besoin", 2)),
    _E("E11", "vs_benevolat", "frein", 3, "Les mêmes dix personnes portent tout ; la relève ne vient pas.",
       "Si deux arrêtent, le café ferme.", audience="benevoles", other=("vs_benevolat", "frein", 3)),
    _E("E11", "pa_lieux_rencontre", "offre", 1, "Le lieu d’accueil enfants-parents reçoit 38 familles, deux demi-journées par semaine.", audience="parents",
       other=("pa_lieux_rencontre", "offre", 1)),
    _E("E11", "pa_ecoute", "besoin", 2, "Des séparations dont on parle au comptoir, faute d’autre lieu.", audience="parents", other=("pa_ecoute", "besoin", 1)),
    _E("E11", "nu_accompagnement", "offre", 1, "Un atelier par mois avec le conseil numérique, interrompu pendant sept mois.", audience="habitants",
       other=("nu_accompagnement", "frein", 1)),
    _E("E11", "tr_moyens", "frein", 2, "Un agrément de trois ans, des subventions d’un an : on recrute sans savoir.", audience="benevoles",
       other=("tr_moyens", "frein", 2)),
    _E("E11", "vs_isolement", "piste", 2, "Aller dans les hameaux avec un véhicule et du café, un après-midi par semaine.", audience="aines",
       other=("vs_lieux", "piste", 2)),
    # E12 — familles de militaires
    _E("E12", "pe_horaires_atypiques", "besoin", 3, "Missions, gardes et départs à l’aube : l’autre parent reste seul des mois.",
       "Quand l’un part quatre mois, l’autre ne peut plus travailler.", audience="parents"),
    _E("E12", "pa_repit", "besoin", 3, "Sans famille sur place, personne ne prend le relais.", "La grand-mère est à huit cents kilomètres.", audience="parents"),
    _E("E12", "lo_trouver", "frein", 2, "On cherche un logement en juin pour août : les familles s’installent à Millau.", audience="parents"),
    _E("E12", "vs_anciens_nouveaux", "attente", 2, "Être accueilli dans le village, pas seulement au camp.", audience="habitants"),
    _E("E12", "pe_information", "attente", 2, "Recevoir avant la mutation la liste des accueils et de leurs délais.", audience="parents"),
    # R01 — rencontre petite enfance, enfance, parentalité
    _E("R01", "pe_horaires_atypiques", "besoin", 3, "Toutes les professions disent la même chose : avant 7 h 30 et après 18 h 30, il n’y a rien d’organisé.",
       group="petite_enfance", topic="besoins", audience="parents"),
    _E("R01", "pe_assistantes_maternelles", "besoin", 3, "La moitié des assistantes maternelles présentes aura cessé à la fin de la convention.",
       "Il faut commencer maintenant, pas dans trois ans.", group="assistantes_maternelles", topic="besoins", audience="professionnels"),
    _E("R01", "en_mercredi_vacances", "besoin", 2, "Le mercredi manque dans la Sorgues et le Cernon ; l’été de Cornus n’est pas assuré.", group="jeunesse_loisirs", secteur="Sorgues",
       topic="besoins", audience="enfants_3_11"),
    _E("R01", "en_ecole_familles", "besoin", 2, "Moins d’enfants, des classes à deux ou trois niveaux, des trajets plus longs.", group="ecole", topic="besoins", audience="enfants_3_11"),
    _E("R01", "pe_places", "offre", 2, "Deux établissements, seize assistantes maternelles, un relais : l’offre est connue de ceux qui y travaillent.", group="petite_enfance",
       topic="offre", audience="parents"),
    _E("R01", "pa_information", "frein", 2, "Les soirées de parents réunissent les convaincus.", "On voit ceux qui vont bien.", group="ecole", topic="mobilisation", audience="parents"),
    _E("R01", "tr_coordination", "levier", 2, "Les directions se parlent depuis que les réunions sont fixées un an à l’avance.", group="agents", topic="cooperation"),
    _E("R01", "en_animateurs", "frein", 3, "Recruter pour le midi et le soir seulement ne marche plus.", group="jeunesse_loisirs", topic="difficultes", audience="professionnels"),
    _E("R01", "ha_accueil_commun", "frein", 2, "Sans aide humaine, l’accueil au périscolaire s’arrête à midi.", group="ecole", topic="difficultes", audience="personnes_handicap"),
    _E("R01", "tr_equite", "frein", 2, "Deux heures de route par jour pour qui cumule école, accueil et travail.", group="agents", secteur="Cernon", topic="specificites", audience="parents"),
    _E("R01", "ha_formation", "attente", 2, "Être épaulé sur place, et pas seulement formé.", group="petite_enfance", topic="attentes", audience="professionnels"),
    _E("R01", "pe_information", "piste", 2, "Un guichet unique porté par le relais, avec une commission commune aux deux crèches.", group="institutions", topic="pistes", audience="parents"),
    _E("R01", "en_animateurs", "piste", 2, "Des postes à temps plein partagés entre communes et associations.", group="agents", topic="pistes", audience="professionnels"),
    # R02 — rencontre jeunesse, vie sociale, droits, mobilité
    _E("R02", "je_mobilite", "besoin", 3, "Sans voiture, ni club, ni stage, ni amis le soir.", group="jeunesse_loisirs", topic="besoins", audience="jeunes_11_17"),
    _E("R02", "vs_isolement", "besoin", 2, "Des personnes seules que personne ne visite plus depuis la fermeture du dernier commerce.", group="associations", secteur="Sorgues",
       topic="besoins", audience="aines"),
    _E("R02", "nu_accompagnement", "besoin", 2, "Le conseil numérique ne couvre que quatre communes par mois.", group="acces_droits", topic="besoins", audience="habitants"),
    _E("R02", "tr_mobilite", "offre", 2, "Le transport solidaire rend service à 47 personnes ; il tient à quelques chauffeurs.", group="associations", secteur="Sorgues",
       topic="offre", audience="habitants"),
    _E("R02", "tr_information", "frein", 2, "Des habitants découvrent l’offre par hasard, deux ans après son ouverture.", "Il aurait fallu nous le dire au marché.",
       group="associations", topic="mobilisation", audience="habitants"),
    _E("R02", "vs_benevolat", "frein", 3, "Les associations cherchent des présidents plus que des adhérents.", "On veut bien aider, plus signer.", group="associations",
       topic="difficultes", audience="benevoles"),
    _E("R02", "je_logement_autonomie", "frein", 1, "Pas de petit logement à louer à l’année pour un premier emploi.", group="travail_social", topic="difficultes", audience="jeunes_18_25"),
    _E("R02", "vs_culture_loisirs", "levier", 1, "L’été attire du monde ; l’hiver, les salles restent vides.", group="associations", topic="specificites", audience="habitants"),
    _E("R02", "tr_moyens", "attente", 3, "Des conventions de plusieurs années plutôt que des appels à projets.", group="associations", topic="attentes", audience="benevoles"),
    _E("R02", "je_accompagnement", "piste", 3, "Une équipe jeunesse mobile, deux soirs dans chaque vallée.", group="jeunesse_loisirs", topic="pistes", audience="jeunes_11_17"),
    _E("R02", "ad_proximite", "piste", 2, "Des permanences communes de la Caf, de la MSA et du Département le même jour au même endroit.", group="acces_droits",
       topic="pistes", audience="habitants"),
    _E("R02", "ad_sante", "besoin", 2, "Trouver un médecin traitant est la première demande de qui s’installe.", group="agents", topic="besoins", audience="habitants"),
    # F01 — forum de la Dourbie et de la Sorgues
    _E("F01", "ad_sante", "besoin", 3, "Le médecin part à la retraite ; on ne sait pas qui vient après.", "On fait quarante kilomètres pour un certificat.", group="habitants", audience="habitants"),
    _E("F01", "tr_mobilite", "besoin", 3, "Sans voiture on ne vit pas ici.", "Le jour où je ne conduis plus, je pars.", group="habitants", audience="aines"),
    _E("F01", "vs_lieux", "besoin", 2, "Un café ou une épicerie ouverts l’hiver, où s’asseoir.", group="habitants", secteur="Sorgues", audience="habitants"),
    _E("F01", "en_mercredi_vacances", "besoin", 2, "L’accueil de Nant est plein aux vacances, et ferme trop tôt.", "Je pose mes congés pour garder mes enfants.", group="parents", audience="enfants_3_11"),
    _E("F01", "je_lieux", "besoin", 2, "Un endroit au chaud où se retrouver, sans adultes tout le temps.", "Il y a l’abribus.", group="jeunes", audience="jeunes_11_17"),
    _E("F01", "nu_equipement", "frein", 1, "Le téléphone ne passe pas dans la moitié de la vallée.", group="habitants", secteur="Sorgues", audience="habitants"),
    _E("F01", "vs_anciens_nouveaux", "piste", 1, "Une fête des nouveaux habitants à l’automne, quand les maisons d’été sont fermées.", group="habitants", audience="habitants"),
    _E("F01", "lo_trouver", "frein", 2, "Les maisons se vendent pour l’été ; les jeunes familles ne trouvent rien à louer.", group="parents", audience="parents"),
    _E("F01", "tr_mobilite", "piste", 2, "Une navette le jour du marché, ouverte aux jeunes.", group="habitants", audience="habitants"),
    # F02 — forum du Larzac et du Cernon
    _E("F02", "pe_horaires_atypiques", "besoin", 3, "Prendre son service à 6 h 30 avec un bébé.", "À cette heure-là, il n’y a que les voisins.", group="parents", audience="parents"),
    _E("F02", "pe_places", "besoin", 3, "Attendre un an, puis déménager.", "On a eu la place la semaine de la mutation.", group="parents", audience="parents"),
    _E("F02", "en_mercredi_vacances", "besoin", 3, "La fin du mois d’août sans accueil.", group="parents", audience="enfants_3_11"),
    _E("F02", "en_cout", "frein", 1, "À trois enfants, l’été coûte cher, même au quotient.", group="parents", audience="parents"),
    _E("F02", "pa_repit", "besoin", 2, "Seule avec deux enfants quand le conjoint est en mission.", "Le soir, il n’y a plus que moi.", group="parents", audience="parents"),
    _E("F02", "je_mobilite", "besoin", 3, "Un retour le soir depuis La Cavalerie.", "Si ma mère ne peut pas, je n’y vais pas.", group="jeunes", secteur="Cernon", audience="jeunes_11_17"),
    _E("F02", "je_sante_mentale", "besoin", 1, "Quelqu’un à qui parler qui ne soit pas un professeur.", group="jeunes", audience="jeunes_11_17"),
    _E("F02", "lo_trouver", "besoin", 2, "Trouver grand, à l’année, à un prix possible.", group="habitants", audience="habitants"),
    _E("F02", "pe_horaires_atypiques", "piste", 2, "Une garde à domicile organisée, pas chacun pour soi.", group="parents", audience="parents"),
    _E("F02", "tr_equite", "attente", 2, "Que les services viennent aussi à Sainte-Eulalie et au Viala.", group="habitants", secteur="Cernon", audience="habitants"),
    # S01 — séminaire des élus
    _E("S01", "en_ecole_familles", "besoin", 3, "Garder les écoles : sans école, pas de familles.", "Le jour où l’école ferme, le village vieillit de vingt ans.", group="elus", audience="enfants_3_11"),
    _E("S01", "lo_trouver", "besoin", 3, "Rendre à l’année des maisons fermées dix mois.", group="elus", audience="habitants"),
    _E("S01", "pe_places", "besoin", 2, "Six places de plus à La Cavalerie sont à l’étude ; les vallées demandent leur part.", group="elus", audience="parents"),
    _E("S01", "pe_assistantes_maternelles", "piste", 2, "Mettre un local communal à la disposition d’une maison d’assistantes maternelles.", group="elus", audience="professionnels"),
    _E("S01", "je_accompagnement", "piste", 2, "Reprendre l’idée abandonnée d’une équipe mobile, avec un véhicule partagé.", group="elus", audience="jeunes_11_17"),
    _E("S01", "ad_proximite", "attente", 2, "Des permanences régulières en mairie, et non au gré des partenaires.", group="elus", audience="habitants"),
    _E("S01", "tr_moyens", "frein", 3, "Les petites communes ne peuvent pas payer davantage.", "On est seize communes, on n’a pas seize budgets.", group="elus"),
    _E("S01", "tr_equite", "attente", 2, "Que chaque vallée voie quelque chose d’ici deux ans.", group="elus", audience="habitants"),
    _E("S01", "vs_benevolat", "besoin", 1, "Aider les associations à tenir leurs comptes.", group="elus", audience="benevoles"),
]  # fmt: skip

PROPOSALS: list[tuple[str, str, str, str, dict[str, int]]] = [
    # id, meeting, need, words, college -> votes (a forum has one)
    ("V01", "F01", "tr_mobilite", "Une navette hebdomadaire entre les vallées et les bourgs", {"": 20}),
    ("V02", "F01", "ad_sante", "Un logement et un cabinet prêts pour un médecin", {"": 17}),
    ("V03", "F01", "vs_lieux", "Un lieu ouvert l’hiver dans la Sorgues", {"": 12}),
    ("V04", "F01", "en_mercredi_vacances", "L’accueil de Nant ouvert à toutes les petites vacances", {"": 11}),
    ("V05", "F01", "je_lieux", "Une salle pour les jeunes à Nant, le vendredi soir", {"": 10}),
    ("V06", "F02", "pe_horaires_atypiques", "Une garde à domicile tôt et tard, organisée par le territoire", {"": 22}),
    ("V07", "F02", "en_mercredi_vacances", "Un accueil de loisirs ouvert tout le mois d’août", {"": 18}),
    ("V08", "F02", "je_mobilite", "Un retour du soir pour les jeunes, deux fois par semaine", {"": 19}),
    ("V09", "F02", "lo_trouver", "Remettre en location à l’année des maisons vides", {"": 17}),
    ("V10", "F02", "pa_repit", "Un réseau d’entraide entre parents, avec des relais formés", {"": 10}),
    ("V11", "S01", "pe_places", "Six places de plus à La Cavalerie", {"elus": 17, "agents": 3}),
    ("V12", "S01", "lo_trouver", "Un programme commun de logements à l’année", {"elus": 16, "agents": 1}),
    ("V13", "S01", "je_accompagnement", "Une équipe jeunesse mobile dans les vallées", {"elus": 11, "agents": 5}),
    ("V14", "S01", "ad_proximite", "Des permanences tournantes dans une mairie de chaque vallée", {"elus": 13, "agents": 4}),
    ("V15", "S01", "en_ecole_familles", "Un plan de maintien des écoles et de leurs accueils", {"elus": 15, "agents": 2}),
    ("V16", "S01", "pe_assistantes_maternelles", "Un local pour une maison d’assistantes maternelles", {"elus": 7, "agents": 3}),
]  # fmt: skip
VOTERS: dict[tuple[str, str], int] = {
    ("F01", ""): 24,
    ("F02", ""): 33,
    ("S01", "elus"): 27,
    ("S01", "agents"): 6,
}
EACH = 3
"""Votes of each person."""
_RUBRICS = {"mobilisation": "mobilisation_habitants", "attentes": "appui"}
_NO_QUOTE = frozenset({"E07", "E12"})
"""Interviews whose people did not agree to be quoted."""
_FUNCTIONS: dict[str, str] = {
    "petite_enfance": "crèche, micro-crèche, relais (exemple)", "assistantes_maternelles": "à domicile (exemple)",
    "ecole": "direction d’école, vie scolaire (exemple)", "jeunesse_loisirs": "animation, coordination (exemple)",
    "institutions": "Caf, MSA, Département (exemple)", "agents": "secrétariat de mairie, coordination (exemple)",
    "associations": "présidence, animation (exemple)", "acces_droits": "accueil (exemple)",
    "travail_social": "travail social de secteur (exemple)", "elus": "conseil communautaire, maires (exemple)",
    "parents": "", "jeunes": "", "habitants": "",
}  # fmt: skip

Line = dict[str, Any]


def actor_rows() -> dict[str, dict[str, list[Line]]]:
    """Id of a workbook -> sheet -> lines."""
    return {
        "entretiens": {"meetings": [_interview(t) for t in INTERVIEWS], "excerpts": _excerpts(INTERVIEWS)},
        "rencontres": {
            "meetings": _meetings(MEETINGS),
            "present": _present(MEETINGS),
            "excerpts": _excerpts(MEETINGS),
        },
        "forums": {
            "meetings": _meetings(FORUMS, each=EACH),
            "present": _present(FORUMS),
            "excerpts": _excerpts(FORUMS),
            "votes": [
                {
                    "meeting": talk,
                    "proposal": words,
                    "need": need,
                    "votes": votes[""],
                    "voters": VOTERS[talk, ""],
                }
                for _, talk, need, words, votes in PROPOSALS
                if "" in votes
            ],
        },
        "seminaire": {
            "meetings": [
                {k: v for k, v in line.items() if k != "secteur"} for line in _meetings(SEMINAR, each=EACH)
            ],
            "present": _present(SEMINAR),
            "excerpts": _excerpts(SEMINAR),
            "proposals": [
                {"id": id, "meeting": talk, "title": words, "need": need}
                for id, talk, need, words, votes in PROPOSALS
                if "" not in votes
            ],
            "votes": [
                {"proposal": id, "college": college, "votes": count, "voters": VOTERS[talk, college]}
                for id, talk, _, _, votes in PROPOSALS
                for college, count in votes.items()
                if college
            ],
        },
    }


def _interview(talk: Talk) -> Line:
    return {
        "id": talk.id, "date": talk.day, "state": "tenu", "group": talk.group, "title": talk.title, "function": talk.function,
        "people": talk.people, "secteur": talk.secteur, "themes": talk.themes, "second_coder": "oui" if talk.second else "non",
    }  # fmt: skip


def _meetings(talks: list[Talk], **more: int) -> list[Line]:
    return [
        {
            "id": talk.id, "date": talk.day, "state": "tenu", "title": talk.title, "commune": talk.commune, "secteur": talk.secteur,
            "themes": talk.themes, "people": talk.people, "second_coder": "non", **more,
        }
        for talk in talks
    ]  # fmt: skip


def _present(talks: list[Talk]) -> list[Line]:
    return [
        {"meeting": talk.id, "group": group, "functions": _FUNCTIONS[group], "people": count}
        for talk in talks
        for group, count in talk.present
    ]


def _excerpts(talks: list[Talk]) -> list[Line]:
    lines = []
    for talk in talks:
        for number, said in enumerate((s for s in SAID if s.talk == talk.id), start=1):
            line = _excerpt(talk, said, f"{talk.id}-{number:02d}")
            lines.append(line)
            if said.other is not None:
                need, kind, strength = said.other
                lines.append({
                    **{k: line[k] for k in ("id", "meeting", "audience", "summary")}, "need": need, "kind": kind,
                    "strength": str(strength), "coder": "B",
                })  # fmt: skip
    return lines


def _excerpt(talk: Talk, said: Said, id: str) -> Line:
    line: Line = {
        "id": id, "meeting": talk.id, "need": said.need, "kind": said.kind, "strength": str(said.strength), "audience": said.audience,
        "summary": said.summary, "coder": "A",
    }  # fmt: skip
    if said.group:
        line["group"] = said.group
    if said.secteur:
        line["secteur"] = said.secteur
    if said.topic:
        line["rubric"] = _RUBRICS.get(said.topic, said.topic)
    if said.quote:
        line["quote"] = f"« {said.quote} »"
    if said.quote and talk.id in _NO_QUOTE:
        line["agreed"] = "non"
    elif said.quote:  # read back to them, at the end of the interview or of the evening
        line |= {"agreed": "oui", "proofread": "oui", "function": talk.function}
    return line
