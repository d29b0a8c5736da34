"""Names of people in a text, by rules alone: a title or a kinship before them, a first name among known ones.

What rules miss: a surname alone (« Dupont m’a dit »), a rare first name, a surname without a capital after a
first name that is not in the short list. The language model finds many of them; a person reads the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ctg_lib.consultation.first_names import ALSO_WORDS, FIRST_NAMES, MOSTLY_WORDS, SURNAMES, words_of
from ctg_lib.geography.names import fold

_TOKEN = re.compile(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?…\n\r•–—«“\"(;]\s*$|^\s*-?\s*$|\n\s*-\s*$")
_ABBREVIATED = frozenset({"m", "mr", "mme", "mlle", "melle", "mle", "mmes", "dr", "st", "ste", "pr", "me"})
TITLES = words_of(
    """
    m mr mme mmes mlle mlles melle melles mle monsieur madame mademoiselle messieurs mesdames msieur mam
    """
)
_CAPITAL_TITLES = frozenset(
    ["dr", "docteur", "docteure", "pr", "professeur", "maitre", "me", "pere", "soeur", "frere", "abbe"]
)
FUNCTIONS = words_of(
    """
    maire maires president presidente prefet prefete directeur directrice ministre conseiller conseillere
    vice adjoint adjointe sous secretaire tresorier tresoriere recteur rectrice responsable depute deputee
    senateur senatrice inspecteur inspectrice juge commissaire colonel general capitaine chef cheffe
    commandant coordinateur coordinatrice animateur animatrice infirmiere medecin assistante assistant
    educateur educatrice
    """
)
STOP = words_of(
    """
    a ai ainsi ait alors apres as au aucun aucune aujourd aussi autant autre autres aux avant avec avez
    avoir avons beaucoup bien bon bonne bonjour bonsoir bravo c car ce ceci cela celle celles celui ces cet
    cette ceux chaque chez ci coeur combien comme comment content contente contre cordialement courage d
    dans de dehors deja depuis des desole desolee devant dimanche dommage donc dont du elle elles en encore
    enfin ensuite entre es est et etait etant ete etes etre eu eux excellent faire faites fait faut
    felicitations fois generalement grace gros ha heureusement hier hors ici il ils j jamais je jeudi jusqu
    l la le les leur leurs lors lorsque lui lundi ma mais malheureusement manque mardi me mercredi merci
    mere mes mieux moi moins mon n ne ni nickel non normalement nos notre nous nul nulle o oh ok on ont ou
    oui par parce parfois parfait pas pendant pere personne peu peut peux plus plutot pour pourquoi pourquoi
    pourtant pourrait pouvoir pres puis qu quand que quel quelle quelles quelques quels qui quoi rapide ras
    rien s sa sais samedi sans se sera ses si sinon soit son sont souvent super sur surtout t ta tant te
    tellement tes toi ton toujours tous tout toute toutes tres trop tu un une uniquement urgence vendredi
    vers via voici voila voir vos votre vous vraiment vu y maman papa bebe enfant enfants famille parent
    parents ecole creche halte college lycee mairie cantine garderie centre maison espace relais ludotheque
    mediatheque bibliotheque bus train navette velo voiture piscine stade salle france services service caf
    msa pmi rpe ram mam alsh aeeh mdph cpam ccas cias ccas atsem avs aesh laep clas tisf ehpad esat ime itep
    camsp sessad cmp cmpp crip ase reaap pole emploi travail mission locale point info internet wifi covid
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre noel paques
    toussaint ramadan attention accueil aide aides activites activite horaires horaire transport transports
    logement logements manger loisirs sport sports musique danse foot football judo rugby tennis besoin
    besoins question reponse facebook
    """
)
"""Words that no surname is, even with a capital."""
INFINITIVES = words_of(
    """
    abandonner accepter accompagner accorder accueillir acheter acquerir adapter admettre adopter afficher agir agrandir aider aller
    alleger ameliorer amenager amener animer annoncer anticiper appeler apporter apprendre appuyer arreter articuler assister associer
    assouplir assurer attendre attirer augmenter autoriser avancer baisser batir beneficier cesser changer chercher choisir clarifier
    combattre combiner combler communiquer compenser completer comprendre compter conforter connaitre conserver construire consulter
    continuer convaincre cooperer coordonner creer cultiver deceler decentraliser decider decouvrir definir demander demarrer
    demenager depasser deplacer deployer deposer detecter developper devenir devoir dialoguer diffuser diminuer dire discuter disposer
    diversifier donner doubler dynamiser echanger ecouter ecrire eduquer elaborer elargir elever embaucher emmener emprunter encadrer encourager
    entendre entourer entretenir envisager envoyer epauler equilibrer equiper essayer etablir etaler eteindre etendre etoffer etre eviter
    evaluer evoluer expliquer exister faciliter faire favoriser federer fermer fideliser financer finir fixer former fournir garantir garder
    generaliser gerer habiter harmoniser heberger identifier imaginer impliquer impulser inciter inclure indiquer informer innover
    inscrire inserer installer instaurer integrer intervenir inventer investir inviter isoler jouer jumeler laisser lancer liberer
    limiter lire loger louer lutter maintenir mailler manger manquer marcher mediatiser menager mener mettre mobiliser
    moderniser monter montrer multiplier mutualiser negocier nommer obtenir occuper offrir organiser orienter oser ouvrir parler
    partager participer partir passer payer perdre perenniser permettre piloter placer planifier porter poser poursuivre pouvoir
    preparer prendre prescrire presenter preserver preter prevenir prevoir privilegier produire programmer prolonger promouvoir proposer
    proteger raccompagner rajouter ramener rappeler rapprocher rassembler rassurer reactiver realiser recenser recevoir rechercher reconnaitre
    reconstruire recruter recueillir reduire reflechir refuser regarder regler regrouper rejoindre relancer relayer relier remettre
    remplacer rencontrer rendre renforcer renouveler renover rentrer reorganiser reparer repartir reperer repenser repondre reporter
    reprendre reserver resoudre respecter rester restaurer retenir retravailler retrouver reunir reussir revaloriser revenir revoir rompre
    savoir sauver securiser sensibiliser separer servir signaler simplifier soigner solliciter sortir souffler soulager soutenir
    structurer subventionner suivre supprimer tarifer tenir tester toucher transformer transmettre transporter travailler
    trouver unifier uniformiser utiliser valoriser vendre venir verifier verser viser visiter vivre voir vouloir
    """
)
"""Verbs with which a need or a lead begins (« Garder les écoles »); those that are surnames too are not among them."""
_KIN = words_of(
    """
    fille filles fils mari femme epoux epouse compagnon compagne conjoint conjointe ami amie copain copine
    voisin voisine soeur frere cousin cousine tante oncle tonton tata tatie nounou nourrice mamie papi papy
    belle-mere beau-pere belle-soeur beau-frere ex petite-fille petit-fils jumelle jumeau animatrice
    animateur directrice directeur maitresse institutrice instituteur atsem prenomme prenommee appele
    appelee nomme nommee assmat mat maternelle collegue
    """
)
"""Before a word with a capital, which is then a name: « ma fille Emma », « notre nounou Josette »."""
_INTRODUCING = re.compile(
    r"(?i:m['’]appelle|s['’]appelle(?:nt)?|pr[ée]noms?\s?:|noms?\s?:|sign[ée]\s?:?|appelez-moi|nomm[ée]e?s?)\s{1,3}$"
)
_PLACES_BEFORE = re.compile(
    r"(?i:\b(?:saint|sainte|st|ste|sts|stes)[.\s\-‐‑]{1,2}|\b(?:rue|avenue|boulevard|place|impasse|all[ée]e|chemin|quai|square|cours)\s(?:de\s|du\s|d['’])?)$"
)
_INSTITUTION = re.compile(
    r"(?i:\b(?:[ée]cole|coll[èe]ge|lyc[ée]e|cr[èe]che|salle|stade|espace|centre|h[ôo]pital|r[ée]sidence|ehpad|gymnase|fondation|institut|"
    r"groupe scolaire|cit[ée] scolaire|m[ée]diath[èe]que|maison)(?:\s(?:primaire|maternelle|[ée]l[ée]mentaire|priv[ée]e?|publi(?:c|que)|culturel|social|"
    r"hospitalier|des f[êe]tes|de retraite|de sant[ée]))?\s)$"
)
_CLOSE = r"[ \t\u00a0]{1,3}|['’]"
_PARTICLES = words_of(
    """
    de du des d le la el al ben ibn van von da dos do di della bel abou ould
    """
)


_AFTER_DOCTOR = words_of(
    """
    part partira partait parti partie arrive arrivera arrete arretera prend prendra refuse refusait vient viendra revient reste
    passe passait ferme soigne ecoute repond rappelle travaille consulte connait donne demande parle habite exerce manque
    devrait devait doit peut pourra serait sera etait avait aura assure propose accepte suit suivait envoie voit disait
    generaliste generalistes traitant scolaire remplacant remplacante medecin dentiste specialiste veterinaire retraite
    retraitee absent absente seul seule proche loin libre disponible local locale habituel habituelle present presente
    ancien nouveau vacances ailleurs chaque quelque cinq deux trois quatre sept huit neuf fois jours mois semaine semaines
    puisque lorsque dont afin sinon hormis malgre entre selon sous durant autour pres
    """
)
"""Words that follow « le docteur » and are no name."""


@dataclass(frozen=True)
class Token:
    """A word of a text: where, folded, whether its capital says something, whether it begins a sentence."""

    start: int
    end: int
    text: str
    key: str
    capital: bool
    first: bool


def tokens(text: str) -> list[Token]:
    """Words in order; in a text written in capitals, a capital says nothing."""
    found = list(_TOKEN.finditer(text))
    long = [m[0] for m in found if len(m[0]) > 1]
    shouting = sum(word.isupper() for word in long) > 0.6 * len(long)
    return [
        Token(
            m.start(), m.end(), m[0], fold(m[0]).replace("‐", "-").replace("‑", "-"),
            m[0][0].isupper() and not (shouting and len(m[0]) > 1 and m[0].isupper()), _begins(text, m.start()),
        )
        for m in found
    ]  # fmt: skip


def _begins(text: str, start: int) -> bool:
    before = text[max(0, start - 12) : start]
    if not _SENTENCE_END.search(before) and not (start <= 12 and not before.strip()):
        return False
    word = re.search(r"([^\W\d_]+)\.\s*$", before)
    return not (word and fold(word[1]) in _ABBREVIATED)


def names(text: str, words: list[Token]) -> Iterator[tuple[int, int]]:
    """Where names of people stand, as (start, end); they may touch, never overlap."""
    position = 0
    while position < len(words):
        span = (
            _titled(text, words, position)
            or _introduced(text, words, position)
            or _first(text, words, position)
        )
        if span is None:
            position += 1
            continue
        begin, last = span
        yield words[begin].start, _with_initial(text, words[last].end)
        position = last + 1


def _near(text: str, left: Token, right: Token, gap: str = r"[ \t\u00a0\u202f]{1,3}") -> bool:
    return re.fullmatch(gap, text[left.end : right.start]) is not None


def _name_like(token: Token) -> bool:
    return token.capital and token.key not in STOP and token.key not in FUNCTIONS


def _after(text: str, words: list[Token], position: int) -> int:
    """Last word of the name that goes on after a word: surnames, particles and surnames."""
    last = position
    while last + 1 < len(words) and last - position < 5:
        token = words[last + 1]
        if not _near(text, words[last], token, r"[ \t\u00a0\u202f]{1,3}|['’]|\s?-\s?"):
            break
        if _name_like(token) or token.key in SURNAMES or (token.key in FIRST_NAMES and not token.first):
            last += 1
        elif token.key in _PARTICLES and last + 2 < len(words) and _particled(text, words, last + 1):
            last += 2
        else:
            break
    return last


def _particled(text: str, words: list[Token], position: int) -> bool:
    """Whether a particle is followed by a surname: « de Rocas », « El Amrani »; a place is not told apart."""
    follower = words[position + 1]
    return (
        words[position].capital
        and _name_like(follower)
        and _near(text, words[position], follower, r"[ \t\u00a0]{1,3}|['’]")
    )


def _titled(text: str, words: list[Token], position: int) -> tuple[int, int] | None:
    """« M. Durand », « madame durand », « Mme D. », « Dr Martin »."""
    token = words[position]
    strict = token.key in _CAPITAL_TITLES
    if position + 1 >= len(words) or not (strict or token.key in TITLES):
        return None
    if token.key in ("m", "me", "mam", "pere", "frere", "soeur", "maitre") and not token.capital:
        return None
    follower = words[position + 1]
    if not _near(text, token, follower, r"\.?[ \t\u00a0\u202f]{1,3}|\."):
        return None
    if (
        len(follower.text) == 1
        and follower.text.isupper()
        and text[follower.end : follower.end + 1] not in ("'", "’")
    ):
        return position, position + 1  # « Mme D. »
    if follower.key in STOP or follower.key in FUNCTIONS or len(follower.key) == 1:
        # « Mme de Rocas »
        particle = follower.key in _PARTICLES - {"la", "le"} and position + 2 < len(words)
        if (
            particle
            and _name_like(words[position + 2])
            and _near(text, follower, words[position + 2], _CLOSE)
        ):
            return position, _after(text, words, position + 2)
        return None
    if strict and not follower.capital and not _of_one(words, position):
        return None
    return position, _after(text, words, position + 1)


def _of_one(words: list[Token], position: int) -> bool:
    """« le docteur lefevre » names someone without a capital; « le docteur part », « ma sœur » may not."""
    if words[position].key not in ("dr", "docteur", "docteure") or position + 1 >= len(words):
        return False
    said = position > 0 and words[position - 1].key in (
        "le",
        "la",
        "du",
        "au",
        "chez",
        "cher",
        "chere",
        "et",
        "au",
    )
    follower = words[position + 1].key
    return (said or words[position].key == "dr") and len(follower) > 3 and follower not in _AFTER_DOCTOR


def _introduced(text: str, words: list[Token], position: int) -> tuple[int, int] | None:
    """« ma fille Emma », « je m’appelle emma »."""
    token = words[position]
    if token.key in STOP or token.key in FUNCTIONS:
        return None
    if _INTRODUCING.search(text[max(0, token.start - 20) : token.start]) and len(token.key) > 1:
        return position, _after(text, words, position)
    kin = position and token.capital and words[position - 1].key in _KIN and not token.text.isupper()
    if kin and _near(text, words[position - 1], token, r"[ \t\u00a0\u202f]{1,3}|[ \t]?[,:(]?[ \t]?"):
        return position, _after(text, words, position)
    return None


def _first(text: str, words: list[Token], position: int) -> tuple[int, int] | None:
    """A first name among known ones, with the surname before or after it."""
    token = words[position]
    sure = _is_first_name(token.key)
    if not sure and token.key not in ALSO_WORDS and token.key not in MOSTLY_WORDS:
        return None
    last = _after(text, words, position)
    if not sure:
        alone = last == position
        if not token.capital or (token.key in MOSTLY_WORDS and alone and token.first):
            return None
    leading = text[max(0, token.start - 40) : token.start]
    if _PLACES_BEFORE.search(leading) or (
        (last > position or "-" in token.text) and _INSTITUTION.search(leading)
    ):
        return None
    if position:  # « DURAND Julie », « Durand Jean-Marc »
        before = words[position - 1]
        verb = before.first and before.key.endswith(("ez", "ons", "ment", "tion"))
        unknown = sure and token.capital and not verb and before.key not in _BEFORE_FIRST_NAME
        surname = before.text.isupper() or unknown
        if len(before.text) > 2 and surname and _name_like(before) and _near(text, before, token):
            return position - 1, last
    return position, last


_BEFORE_FIRST_NAME = words_of(
    """
    saint sainte demande demandez voyez remerciez appelez contactez chere cher coucou salut hello rencontrer rencontre
    remercier merci place rue avenue boulevard impasse chemin salle stade espace groupe cite gymnase clinique hopital
    residence fondation institut piscine theatre parc square docteur maitre abbe pere frere soeur tante oncle
    """
)
"""Words with a capital before a first name that are no surname."""


def _is_first_name(key: str) -> bool:
    if key in FIRST_NAMES:
        return True
    parts = key.split("-")
    known = FIRST_NAMES | ALSO_WORDS | MOSTLY_WORDS
    return len(parts) == 2 and all(part in known for part in parts) and len(key) > 5


def _with_initial(text: str, end: int) -> int:
    """« Julie D. »: the initial goes with the name."""
    if text[end : end + 1] == "." and re.search(r"(?<![\w'’])[A-ZÀ-Ö]$", text[max(0, end - 2) : end]):
        return end + 1
    more = re.match(r"[ \t\u00a0][A-ZÀ-Ö]\.?(?![\w'’])", text[end : end + 4])
    return end + more.end() if more else end
