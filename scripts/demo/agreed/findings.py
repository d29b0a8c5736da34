# ruff: noqa: E501  (data, easier to read whole)
"""constats.xlsx: what is found, on what it rests. What each evidence says is written by the project, never here."""

from __future__ import annotations

from datetime import date
from typing import Any

Line = dict[str, Any]
DAY = date(2027, 1, 12)
WHO = "comité technique"


def _finding(
    number: int,
    theme: str,
    sentence: str,
    publics: str = "",
    secteurs: str = "",
    moment: str = "",
    state: str = "accepte",
    **more: Any,
) -> Line:
    line = {
        "id": f"K{number:03d}", "sentence": sentence, "theme": theme, "publics": tuple(publics.split()), "secteurs": tuple(secteurs.split()),
        "moment": moment, "state": state, **more,
    }  # fmt: skip
    return line if state == "propose" else {**line, "decided_on": DAY, "decided_by": WHO}


FINDINGS: list[Line] = [
    _finding(1, "petite_enfance", "Avant 7 h 30 et après 18 h 30, aucun accueil organisé n’existe pour les jeunes enfants, alors que des parents sont déjà au travail.",
             "enfants_0_2 parents", "Larzac", "avant 7 h 30 et après 18 h 30", "reformule",
             reason="« Horaires atypiques » ne disait pas lesquels."),
    _finding(2, "petite_enfance", "À la crèche de La Cavalerie, vingt places sur vingt-deux sont ouvertes, faute de personnel, pendant que des familles attendent.",
             "enfants_0_2 parents", "Larzac", "à la rentrée, avec les mutations d’été"),
    _finding(3, "petite_enfance", "Deux places d’accueil sur trois dépendent d’assistantes maternelles dont une bonne part approche de la retraite.",
             "enfants_0_2 professionnels", moment="d’ici à 2031"),
    _finding(4, "petite_enfance", "Le territoire compte autant de places que la moyenne du pays ; une place de plus ou de moins déplace déjà ce taux.",
             "enfants_0_2", state="reformule", reason="La première phrase laissait croire que l’offre suffit."),
    _finding(5, "petite_enfance", "Les parents racontent plusieurs fois leur demande : il n’y a ni liste commune, ni formulaire unique.", "parents"),
    _finding(6, "petite_enfance", "Les naissances ne montent ni ne baissent nettement d’une année à l’autre.", "enfants_0_2", state="refuse",
             reason="Ne dit rien sur ce qu’il faut faire ; reste dans le rapport."),
    _finding(7, "enfance", "L’accueil de loisirs manque d’abord en août et le mercredi hors de La Cavalerie.", "enfants_3_11 parents",
             "Dourbie Sorgues Cernon", "mercredis, août"),
    _finding(8, "enfance", "Les accueils de loisirs recrutent mal : quelques heures par jour ne font pas un emploi.", "professionnels"),
    _finding(9, "enfance", "Rien n’est organisé le mercredi dans la Sorgues et le Cernon.", "enfants_3_11", "Sorgues Cernon", "mercredis",
             "fusionne", merged="K007", reason="Dit la même chose pour deux secteurs."),
    _finding(10, "handicap", "Des enfants handicapés sont accueillis l’été, mais sans renfort stable ni suite au périscolaire.", "personnes_handicap enfants_3_11",
             moment="périscolaire et vacances"),
    _finding(11, "handicap", "Aucun établissement ou service pour enfants handicapés n’est sur le territoire ; les soins se prennent à Millau.", "personnes_handicap"),
    _finding(12, "jeunesse", "Les jeunes des vallées renoncent à des activités faute de retour le soir.", "jeunes_11_17", "Dourbie Sorgues Cernon", "après 17 h"),
    _finding(13, "jeunesse", "L’accueil de jeunes sert surtout La Cavalerie et les communes voisines.", "jeunes_11_17", "Larzac"),
    _finding(14, "jeunesse", "Des adolescents vont mal et n’ont personne à qui parler sur place.", "jeunes_11_17", state="reformule",
             reason="« Souffrance psychique » a été jugé trop savant pour ce qui a été dit."),
    _finding(15, "jeunesse", "Les jeunes ne veulent pas rester au pays.", "jeunes_18_25", state="refuse",
             reason="Les réponses ne le disent pas : beaucoup ne savent pas encore."),
    _finding(16, "parentalite", "Des parents sont seuls des semaines entières, sans famille proche, et demandent un relais.", "parents familles_monoparentales", "Larzac",
             "pendant les missions, soirs et week-ends"),
    _finding(17, "parentalite", "Le lieu d’accueil enfants-parents est utile à ceux qui le connaissent ; il n’ouvre que deux demi-journées.", "parents enfants_0_2"),
    _finding(18, "vie_sociale", "Les mêmes bénévoles portent tout, et la relève ne vient pas.", "benevoles", moment="toute l’année, surtout l’hiver"),
    _finding(19, "acces_droits", "La Sorgues et le Cernon n’ont aucune permanence pour les démarches.", "habitants", "Sorgues Cernon"),
    _finding(20, "acces_droits", "Des habitants renoncent à des droits, ou les découvrent par hasard.", "habitants familles_vulnerables"),
    _finding(21, "numerique", "L’aide aux démarches en ligne ne couvre qu’une partie des communes et s’est arrêtée plusieurs mois.", "habitants aines"),
    _finding(22, "logement", "Quatre logements sur dix sont des résidences secondaires : louer à l’année est difficile.", "habitants parents"),
    _finding(23, "familles_vulnerables", "Carburant et chauffage pèsent sur les budgets plus que le loyer.", "familles_vulnerables", state="propose"),
    _finding(24, "transversal", "Sans voiture, on ne peut ni travailler, ni se soigner, ni sortir.", "habitants jeunes_11_17 aines", "Dourbie Sorgues Cernon"),
    _finding(25, "transversal", "Les communes les plus petites ne pourront pas payer davantage.", "", state="propose"),
    _finding(26, "acces_droits", "Trouver un médecin traitant est devenu une difficulté pour qui s’installe.", "habitants", state="propose"),
    _finding(27, "enfance", "Le coût de l’été pèse sur les familles nombreuses.", "parents", state="propose"),
    _finding(28, "transversal", "La coopération s’est améliorée depuis que la coordination est à temps plein.", "professionnels"),
]  # fmt: skip

_RESTS_ON: dict[int, tuple[str, ...]] = {
    # finding -> « kind reference », then « ~ » nuance or « - » contradicts
    1: ("enquete parents/accueil_horaires/tot", "enquete parents/horaires_travail/soir@secteur=larzac", "parole pe_horaires_atypiques", "offre S01", "document D09"),
    2: ("offre S01", "parole pe_places", "parole pe_recrutement", "financement S01/2025"),
    3: ("indicateur part_accueil_individuel", "indicateur part_assistantes_maternelles_55_plus", "parole pe_assistantes_maternelles", "offre S03", "bilan B03"),
    4: ("indicateur taux_couverture", "indicateur places_accueil", "parole pe_places ~"),
    5: ("parole pe_information", "enquete professionnels/besoins_freins/information", "bilan B12", "document D08"),
    6: ("indicateur naissances",),
    7: ("parole en_mercredi_vacances", "enquete parents/loisirs_souhaites/vacances", "offre S11", "offre S12"),
    8: ("parole en_animateurs", "enquete professionnels/pro_difficultes/recrutement", "offre S14"),
    9: ("offre S13", "parole en_mercredi_vacances"),
    10: ("offre S11", "bilan B05", "parole ha_accueil_commun", "enquete professionnels/accueil_handicap/difficile"),
    11: ("indicateur etablissements_handicap|public=enfants", "parole ha_diagnostic_soins", "offre S20 ~"),
    12: ("enquete jeunes_11_17/loisirs_freins/transport", "parole je_mobilite", "bilan B07"),
    13: ("offre S14", "bilan B06 ~", "parole je_lieux"),
    14: ("parole je_sante_mentale", "enquete jeunes_11_17/confidents/personne", "contrat C06"),
    15: ("enquete jeunes_18_25/avenir/nsp -",),
    16: ("enquete parents/parent_difficultes/fatigue", "parole pa_repit", "indicateur part_menages_monoparentaux ~"),
    17: ("offre S08", "bilan B08", "parole pa_lieux_rencontre", "financement S08/2025"),
    18: ("parole vs_benevolat", "enquete associations/asso_difficultes/benevoles", "offre S16 ~"),
    19: ("parole ad_proximite", "offre S17", "indicateur sites_france_services"),
    20: ("enquete habitants/droits_raisons/complique", "parole ad_non_recours"),
    21: ("bilan B10", "offre S18", "parole nu_accompagnement", "enquete habitants/demarches_internet/avec_aide"),
    22: ("indicateur part_residences_secondaires", "parole lo_trouver", "contrat C07"),
    23: ("parole fv_budget", "indicateur taux_pauvrete ~"),
    24: ("parole tr_mobilite", "enquete habitants/deplacement_renonce/souvent", "offre S21", "indicateur part_travail_hors_commune"),
    25: ("parole tr_moyens",),
    26: ("parole ad_sante", "indicateur apl_generalistes"),
    27: ("parole en_cout", "enquete parents/loisirs_freins/cout"),
    28: ("bilan B11", "parole tr_coordination", "document D04 ~"),
}  # fmt: skip
_SENSE = {"~": "nuance", "-": "contredit"}
_WHY = {
    (4, "pe_places"): "La moyenne cache les attentes de la rentrée et les fermetures faute de personnel.",
    (11, "S20"): "Un pôle de ressources tient des permanences à La Cavalerie.",
    (13, "B06"): "Le nombre d’inscrits a dépassé ce qui était prévu.",
    (15, "jeunes_18_25/avenir/nsp"): "Beaucoup ne savent pas encore : la phrase dit plus que les réponses.",
    (16, "part_menages_monoparentaux"): "La statistique ne voit pas l’absence d’un parent en mission.",
    (18, "S16"): "L’espace de vie sociale a deux salariés.",
    (23, "taux_pauvrete"): "Le taux ne dit rien des dépenses contraintes.",
    (28, "D04"): "Le compte rendu ne parle que du calendrier.",
}


_OF_NEED: dict[tuple[int, str], tuple[str, str]] = {
    (1, "D09"): ("manque", "L’étude le dit des familles du camp."),
    (3, "B03"): ("manque", "Deux professionnelles de moins qu’au départ."),
    (10, "B05"): ("nuance", "Des enfants sont accueillis, mais sans référente."),
    (21, "B10"): ("nuance", "L’aide existe, dans quatre communes par mois seulement."),
}  # fmt: skip
"""What a document, or the report on the former convention, says of the need: read by a person."""


def _evidence(number: int, text: str) -> Line:
    kind, ref, *mark = text.split(" ")
    sense = _SENSE.get(mark[0]) if mark else None
    line: Line = {"finding": f"K{number:03d}", "kind": kind, "ref": ref}
    if sense:
        line |= {"sense": sense, "remark": _WHY[number, ref]}
    if (number, ref) in _OF_NEED:
        line["of_need"], line["remark"] = _OF_NEED[number, ref]
    if kind == "document":
        line["document"] = ref
    return line


EVIDENCE: list[Line] = [_evidence(number, text) for number, texts in _RESTS_ON.items() for text in texts]
