"""Key terms of open answers: words and pairs of words that many respondents use, never a proper noun.

A term is counted once per respondent. It is a lemma where the French model of spaCy is installed, else the word without
the mark of its plural. Words of grammar and of discourse, verbs that say nothing without their object and fixed phrases
are no terms (:data:`STOP_WORDS`, :data:`LOCUTIONS`). Terms of fewer respondents than a cell of a survey asks for are not listed, nor a pair that would
let so few be found by subtraction from one of its words.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from ctg_lib.consultation.answers import Answers
from ctg_lib.consultation.first_names import ALSO_WORDS, FIRST_NAMES, MOSTLY_WORDS, SURNAMES, words_of
from ctg_lib.consultation.masking import has_model, language, mask
from ctg_lib.consultation.masking_names import tokens
from ctg_lib.consultation.verbatims import LONGEST, PROTECTED, open_answers
from ctg_lib.disclosure.policy import survey_threshold
from ctg_lib.geography.names import fold
from ctg_lib.workbooks.cells import singular

COLUMNS: tuple[str, ...] = ("question", "kind", "term", "respondents", "base", "share")
"""Id of the question, ``mot`` or ``expression``, the term in lower case, respondents who use it, respondents who wrote
something there, share of them."""
CODED_COLUMNS: tuple[str, ...] = ("questionnaire", "theme", "need", "respondents", "base", "share", "status")
LEMMAS, FORMS = "lemmes", "formes au singulier"
_PLACEHOLDER = re.compile(r"\[[^\[\]]{1,40}\]")
_SPACES = re.compile(r"[ \t\u00a0\u202f'’]{1,3}")
_MEANS = frozenset({"NOUN", "ADJ", "VERB"})

_GRAMMAR = words_of(
    """
    a ai aie ainsi ait alors apres as assez au aucun aucune aujourd aupres aussi autant autre autres aux avant avec avez
    avoir avons ayant beaucoup bien bonjour bon bonne car ce ceci cela celle celles celui cependant certain certaine
    certaines certains ces cet cette ceux chacun chacune chaque chez chose choses ci comme comment contre d dans de deja
    depuis dernier des deux devoir dire disons doit doivent donc dont du elle elles en encore enfin entre es est et etaient
    etait etant ete etes etre eu eux faire fais fait faites faut fois font furent hors hui ici il ils j jamais je jusqu
    jusque juste l la là laquelle le lequel les leur leurs lors lorsque lui m ma mais malgre me meme memes merci mes mettre
    mien moi moins mon n ne ni non nos notre nous on ont ou oui par parce parfois parmi pas passer pendant peu peut peuvent
    peux plein plus plusieurs plutot pour pourquoi pourrait pouvoir pres presque puis puisque qu quand quant que quel quelle
    quelles quelqu quelque quelques quels qui quoi rien s sa sais sans sauf savoir se selon sera seront ses seul seule si
    sinon soit sommes son sont souvent sous suis sur surtout svp t ta tandis tant te tel telle tellement tels tes toi ton
    toujours tous tout toute toutes tres trop tu un une va vais venir vers veut veux via voici voila voir vont vos votre
    vouloir vous vraiment vu y etc avoir etre aller falloir
    """
)
"""Words of grammar: articles, pronouns, prepositions, conjunctions, auxiliaries."""
_DISCOURSE = words_of(
    """
    absolument actuellement apparemment certainement clairement completement concernant concretement dommage effectivement
    egalement eventuellement evidemment exactement exemple finalement forcement franchement generalement globalement
    gros grosse grosses grand grande grands grandes heureusement hyper idee ideal idealement important importante
    justement la-bas malheureusement meilleur meilleure meilleurs meilleures mieux moment naturellement necessaire
    normalement notamment pareil particulier particuliere particulierement petit petite petits petites personnellement pire
    possible principalement priori probablement quasi quasiment reellement relativement reste ressenti rien sens serieusement
    simplement sincerement special speciale specialement sujet super surtout totalement truc trucs type uniquement
    urgent urgente utile vrai vraie facon maniere niveau point part ras nsp ok oui
    """
)
"""What one says to say something: adverbs of opinion and degree, fillers, adjectives that judge or measure alone."""
_REGULAR_VERBS = words_of(
    """
    accepter adorer aider aimer ajouter amener apporter arranger arriver attendre chercher commencer compter considerer
    constater continuer creer demander depasser donner durer esperer essayer estimer eviter exister gagner garder imaginer
    importer laisser manquer marcher merite meriter montrer noter occuper oublier parler passer penser permettre
    porter poser preferer presenter preter profiter proposer rajouter regarder remarquer remercier rencontrer rendre
    repeter rester resumer sembler serrer signaler souhaiter suggerer terminer tomber tourner travailler trouver utiliser
    """
)
_ENDINGS = words_of(
    "e es ons ez ent er ait ais aient ions iez era eras erait eraient erais erons erez eront ant ee ees"
)
_OTHER_VERBS = words_of(
    """
    attend attendent attendons attends attendu attendre aura aurait auraient auront auriez aurais connais connaissons connait
    connaitre croire crois croit croyons deviennent devient devenir devrait devraient devra dira dirait disent dit
    entendre entend faille faudra faudrait ferait fera font mettre mets met mettent mis mise permet permettent
    permettrait permis prend prendre prends prenne prennent prendrait pris prise peux pouvait pourra pourraient pourrions
    rend rendre rendent recevoir recoit reconnaitre revenir revient reviens reviennent savent sait saurait saurais sens sent
    sentir suffire suffit tenir tenu tenue tenus tenues tient tiens tiennent viennent vient viens venu venue vivre vit vivent
    vois voit voient voyons voudrais voudrait voudraient voulais veulent vaut valoir irait iront soient sois
    """
)
"""Verbs that say nothing without their object, regular ones by their infinitives: « prendre », « exister »."""


def _forms(infinitive: str) -> set[str]:
    """A regular verb as it is written, folded: « rester », « reste », « resterait »."""
    stem = infinitive[:-2]
    return {infinitive, *(stem + ending for ending in _ENDINGS)}


STOP_WORDS: frozenset[str] = (
    _GRAMMAR | _DISCOURSE | _OTHER_VERBS | {form for verb in _REGULAR_VERBS for form in _forms(verb)}
) - words_of(
    "aide aides garde gardes marche marches demande demandes rencontre rencontres porte portes note notes duree arrivee"
)
"""Words that say nothing alone, folded. Forms that are names of things too (« aide », « garde ») stay."""
LOCUTIONS = re.compile(
    r"\b(?:de temps en temps|tou(?:te?|s les) (?:le temps|fois)|à jour|par exemple|d[’']accord|en (?:général|plus|fait|moins|tout cas|effet)"
    r"|de (?:plus en plus|moins en moins|toute façon|la part)|au moins|à peu près|bien sûr|tout à fait|tout de suite"
    r"|du coup|c[’']est[- ]à[- ]dire|à (?:côté|partir|cause)|au (?:niveau|lieu) d(?:e|u|es)|la plupart|quelque chose|rien de (?:spécial|particulier)"
    r"|en cours|en place|mettre en|il y a|peut[- ]être|le reste)\b",
    re.IGNORECASE,
)
"""Fixed phrases, of which the words mean nothing one by one: they part what stands around them."""


@dataclass(frozen=True)
class _Word:
    key: str
    shown: str
    start: int
    end: int
    proper: bool


def key_terms(
    answers: Answers, questions: Iterable[str] = (), places: Iterable[str] = (), *, most: int = 30, model: bool | None = None
) -> pd.DataFrame:  # fmt: skip
    """Terms of the open answers of each question, the most used first (:data:`COLUMNS`).

    Args:
        answers: whose respondents have keys.
        questions: ids; all by default.
        places: names of the territory's communes, which are no terms.
        most: terms per question, at most.
        model: whether lemmas come from the language model; None: where it is installed.
    """
    wanted, names = set(questions), tuple(places)
    lemmas = has_model() if model is None else model
    texts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    sensitive: dict[str, bool] = {}
    for each in open_answers(answers):
        if not wanted or each.question.id in wanted:
            texts[each.question.id][each.answer].append(mask(each.text[:LONGEST], names, model=model).text)
            sensitive[each.question.id] = each.question.sensitive
    rows = []
    for question, by_respondent in texts.items():
        found = _terms(by_respondent, names, survey_threshold(sensitive[question]), lemmas)
        base = len(by_respondent)
        rows += [(question, kind, term, count, base, count / base) for kind, term, count in found[:most]]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(
        {"respondents": "int64", "base": "int64", "share": "float64"}
    )


def method(model: bool | None = None) -> str:
    """How terms are told apart, in French."""
    return LEMMAS if (has_model() if model is None else model) else FORMS


def _terms(
    by_respondent: dict[str, list[str]], places: tuple[str, ...], fewest: int, lemmas: bool
) -> list[tuple[str, str, int]]:
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    shown: dict[str, Counter[str]] = defaultdict(Counter)
    capitals: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for texts in by_respondent.values():
        words: set[str] = set()
        couples: set[tuple[str, str]] = set()
        for text in texts:
            for piece in _PLACEHOLDER.split(LOCUTIONS.sub(" ; ", text)):
                line = list(_words(piece, lemmas))
                for word in line:
                    shown[word.key][word.shown] += 1
                    seen[word.key] += 1
                    capitals[word.key] += word.proper
                words |= {word.key for word in line}
                couples |= {(a.key, b.key) for a, b in pairwise(line) if _joined(piece, a, b)}
        single.update(words)
        pairs.update(couples)
    place_words = {word.key for place in places for word in _words(place, False)} | {fold(p) for p in places}
    barred = {key for key in single if _is_name(key, place_words) or 2 * capitals[key] >= seen[key]}
    usual = {key for key, count in single.items() if count >= fewest and key not in barred}
    label = {key: min(forms, key=lambda form: (-forms[form], form)) for key, forms in shown.items()}
    joined = {
        pair: count for pair, count in pairs.items()
        if count >= fewest and usual.issuperset(pair) and not any(0 < single[key] - count < fewest for key in pair)
    }  # fmt: skip
    swallowed = {key for pair, count in joined.items() for key in pair if single[key] == count}
    out = [("mot", label[key], single[key]) for key in usual - swallowed]
    out += [("expression", f"{label[a]} {label[b]}", count) for (a, b), count in joined.items()]
    return sorted(out, key=lambda term: (-term[2], term[1]))


def _words(text: str, lemmas: bool) -> Iterator[_Word]:
    """Words that mean something; ``proper``: written with a capital inside a sentence, or taken for a name."""
    if lemmas:
        yield from _lemmas(text)
        return
    for token in tokens(text):
        if len(token.key) > 2 and token.key not in STOP_WORDS:
            proper = token.capital and not token.first and not (token.text.isupper() and len(token.text) <= 5)
            yield _Word(singular(token.key), token.text.lower(), token.start, token.end, proper)


def _lemmas(text: str) -> Iterator[_Word]:
    for token in language("lemmas")(text):
        key = fold(token.lemma_.split()[0] if token.lemma_.split() else "")
        if (
            len(key) < 3
            or not key.replace("-", "").isalpha()
            or key in STOP_WORDS
            or fold(token.text) in STOP_WORDS
        ):
            continue
        if token.pos_ == "PROPN" or token.pos_ in _MEANS:
            yield _Word(
                key, token.lemma_.lower(), token.idx, token.idx + len(token.text), token.pos_ == "PROPN"
            )


def _joined(text: str, first: _Word, second: _Word) -> bool:
    """Whether two words stand beside each other, or one small word of link between them."""
    between = text[first.end : second.start]
    if len(between) > 12 or first.key == second.key:
        return False
    words = re.findall(r"[^\W\d_]+", between)
    return (
        not re.search(r"[.,;:!?()\n]", between) and len(words) <= 1 and all(fold(w) in _LINKS for w in words)
    )


_LINKS = words_of("de du des d la le l les en a au aux")


def _is_name(key: str, places: set[str]) -> bool:
    return key in FIRST_NAMES or key in SURNAMES or key in (ALSO_WORDS - _ALSO_COMMON) or key in places


_ALSO_COMMON = (
    ALSO_WORDS & words_of("ambre come jean olivier pierre prune romain violette lise marie iris jade")
    | MOSTLY_WORDS
)


def coded(lines: pd.DataFrame, *, by: str = "need", themes: Mapping[str, str] | None = None) -> pd.DataFrame:
    """What the reader coded, counted by respondents (:data:`CODED_COLUMNS`); small counts are ``below_threshold``.

    The base is the respondents of whom at least one answer was read and decided. A theme's line (``need`` empty) counts
    the respondents of all its needs. A count is hidden too where it would let fewer respondents than the threshold be
    found by subtraction from its theme.

    Args:
        lines: of :attr:`ctg_lib.consultation.verbatims.Reviewed.lines`.
        by: « need »: themes and needs; « theme »: themes alone.
        themes: need -> its theme, for lines coded by their need alone.
    """
    done = lines[lines["decision"].isin(["publier", "ne_pas_publier"])].copy()
    own = done["need"].map(dict(themes or {})).astype("object").fillna("")
    done["theme"] = done["theme"].where(done["theme"].ne(""), own)
    rows: list[tuple[object, ...]] = []
    for questionnaire, mine in done.groupby("questionnaire", sort=False):
        base = mine["answer"].nunique()
        for theme, of_theme in mine[mine["theme"].ne("")].groupby("theme"):
            fewest = survey_threshold(bool(of_theme["watch"].str.contains(PROTECTED, regex=False).any()))
            whole = set(of_theme["answer"])
            rows.append(_cell(questionnaire, theme, "", len(whole), base, len(whole) >= fewest))
            if by == "need":
                needs = {
                    str(n): set(g["answer"]) for n, g in of_theme[of_theme["need"].ne("")].groupby("need")
                }
                shown = _shown(needs, whole, fewest)
                rows += [
                    _cell(questionnaire, theme, n, len(who), base, n in shown) for n, who in needs.items()
                ]
    return pd.DataFrame(rows, columns=list(CODED_COLUMNS))


def _shown(needs: dict[str, set[str]], whole: set[str], fewest: int) -> set[str]:
    """Needs of which the count may stand beside that of their theme."""
    shown = {need for need, who in needs.items() if len(who) >= fewest and len(whole) >= fewest}
    while shown:
        rest = len(whole) - len(set().union(*(needs[n] for n in shown)))
        alone = {n for n in shown if 0 < len(whole) - len(needs[n]) < fewest}
        if not alone and not 0 < rest < fewest:
            break
        shown.discard(min(alone or shown, key=lambda need: (len(needs[need]), need)))
    return shown


def _cell(
    questionnaire: object, theme: object, need: str, count: int, base: int, shown: bool
) -> tuple[object, ...]:
    value, share = (float(count), count / base) if shown else (float("nan"), float("nan"))
    return (questionnaire, theme, need, value, base, share, "observed" if shown else "below_threshold")
