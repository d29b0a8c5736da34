# ruff: noqa: E501  (data, easier to read whole)
"""The info flash n° 4 of the demonstration, as someone would write it: made up like all the rest."""

from __future__ import annotations

FILE = "info-flash/4.yml"
TEXT = """\
# Info flash n° 4 de l’étude de démonstration : TOUT Y EST INVENTÉ.
# Écrit par scripts/make_demo.py : modifier scripts/demo/flash.py, puis relancer. Les champs entre accolades, les étapes
# et leurs états viennent de l’étude, au dernier jour d’avril 2027.
numero: 4
date: avril 2027
titre: Renouvellement de la Convention Territoriale Globale
edito: |
  Il y a un an, les élus {du_territoire} ouvraient le renouvellement de la **Convention Territoriale Globale**, avec la Caf, la
  MSA, le Département et tous ceux qui font vivre les services aux familles.

  Le diagnostic est fait, avec vous. Le comité de pilotage a choisi ses priorités : **{enjeux}**. Les groupes de travail viennent
  de finir. Ce numéro dit ce qu’ils proposent, et ce qui reste à décider avant l’été.
ou_en_sommes_nous: |
  Le **bilan** de la convention précédente a ouvert la démarche : rien de neuf n’a été proposé avant de dire ce qui avait marché.

  Le **diagnostic** réunit les chiffres publics, ceux des partenaires, et ce que vous avez dit : **{reponses}**, {entretiens},
  {rencontres} et {forums}. Là où les chiffres et les paroles ne disent pas la même chose, le diagnostic le montre.

  Le comité de pilotage s’est appuyé sur les notes et les votes de trois collèges – élus, professionnels, habitants – sans les
  mêler. Ils n’étaient pas d’accord sur tout : c’est écrit aussi.
zoom:
  titre: Les groupes de travail
  texte: |
    Deux groupes se sont réunis deux fois chacun, soit **{seances}**. Chacun est parti des enjeux retenus, a relu les constats,
    puis a écrit ses propositions : ce qu’il faudrait faire, pour qui, avec qui, et à quoi on verra que cela marche.

    **{propositions}** en sortent. Toutes sont gardées, même celles qui n’iront pas plus loin : on saura pourquoi. Le comité
    technique les met maintenant en forme d’actions, avec un pilote, un calendrier et un budget.

    - Des horaires d’accueil qui suivent ceux des parents
    - Une équipe qui va vers les jeunes des vallées
    - Des permanences d’accès aux droits dans les mairies

    Ces pistes ne sont pas encore des décisions : le comité de pilotage se prononcera sur chacune.
thematiques:
  titre: Les thématiques des groupes de travail
  texte: |
    Chaque groupe a travaillé plusieurs thèmes à la fois, parce qu’une famille ne vit pas par thème.
prochaines_etapes: |
  Vous avez participé à une rencontre, à un forum ou à un groupe ? Vous recevrez le compte rendu et le plan d’action validé.
contacts:
  - {fonction: chargé de coopération, organisme: Communauté de communes (exemple)}
  - {fonction: conseiller territorial, organisme: Caf (exemple)}
  - {fonction: conseiller en développement social, organisme: MSA (exemple)}
"""
