"""What an open answer tells of people is replaced by words: « [nom] », « [téléphone] ».

Rules see what has a form (addresses, numbers, plates, dates of birth) and names after a title or among known
first names; where the French model of spaCy is installed (extra ``survey``), the people that it recognises are
masked too. Neither is enough: nothing is printed before a person has read it. Names of communes stay; a commune
beside a rare trait, or the only person of a post, is told to that person and not masked.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from ctg_lib.consultation.masking_names import FUNCTIONS, INFINITIVES, STOP, TITLES, names, tokens
from ctg_lib.consultation.masking_numbers import RULES
from ctg_lib.geography.names import fold

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: dict[str, tuple[str, str]] = {
    "nom": ("nom", "noms"),
    "courriel": ("adresse électronique", "adresses électroniques"),
    "telephone": ("téléphone", "téléphones"),
    "adresse": ("adresse", "adresses"),
    "naissance": ("date de naissance", "dates de naissance"),
    "site": ("adresse internet", "adresses internet"),
    "compte": ("compte en ligne", "comptes en ligne"),
    "banque": ("compte bancaire", "comptes bancaires"),
    "securite_sociale": ("numéro de sécurité sociale", "numéros de sécurité sociale"),
    "plaque": ("plaque d’immatriculation", "plaques d’immatriculation"),
    "numero": ("numéro", "numéros"),
}
"""What is masked -> its name, one and many; the first stands between brackets in the text."""
FLAGS: dict[str, str] = {
    "fonction": "une fonction que peu de personnes exercent",
    "identifiable": "une commune et un trait rare",
    "rare": "un trait rare, à lui seul",
}
"""What is told to the person who reads, and not masked."""
MODEL = "fr_core_news_sm"
_UNUSED: dict[str, tuple[str, ...]] = {
    "names": ("parser", "senter", "tagger", "morphologizer", "attribute_ruler", "lemmatizer"),
    "lemmas": ("parser", "senter", "ner"),
}
Ahead = dict[str, list[tuple[int, int]]]
"""Piece of a text -> what the model takes for names in it."""

_PLACEHOLDER = re.compile(r"\[(?:" + "|".join(re.escape(one) for one, _ in KINDS.values()) + r")\]")
_CHUNK = re.compile(r"[^.!?…\n]{1,1200}[.!?…\n]{0,10}|[.!?…\n]+")
ROLES: tuple[str, ...] = (
    "directrice", "directeur", "maire", "mairesse", "préfet", "préfète", "président", "présidente", "vice-président", "vice-présidente",
    "animatrice", "animateur", "responsable", "secrétaire", "secrétaire de mairie", "trésorier", "trésorière", "atsem", "asem",
    "assistante maternelle", "assistant maternel", "ass mat", "assmat", "assistante sociale", "assistant social", "nounou", "nourrice",
    "institutrice", "instituteur", "instit", "maîtresse", "maître d’école", "maître", "professeur", "professeure", "prof", "puéricultrice", "puériculteur",
    "médecin", "docteur", "docteure", "doctoresse", "infirmière", "infirmier", "curé", "prêtre", "pasteur", "cantinière", "cantinier", "cuisinière", "cuisinier",
    "psychologue", "psy", "orthophoniste", "pédiatre", "dentiste", "kiné", "kinésithérapeute", "sage-femme", "éducatrice", "éducateur", "conseillère", "conseiller",
    "agent", "agente", "adjoint", "adjointe", "élu", "élue", "principal", "principale", "proviseur", "proviseure", "cpe", "coordinatrice", "coordinateur",
    "coordonnatrice", "coordonnateur", "bibliothécaire", "factrice", "facteur", "pharmacien", "pharmacienne", "gendarme", "policier", "policière",
    "garde champêtre", "boulanger", "boulangère", "cheffe", "chef", "gérante", "gérant", "patronne", "patron", "juge", "députée", "député",
)  # fmt: skip
"""Posts that few people hold in a village, as the one who reads is warned of."""


def _either(word: str) -> str:
    """A word with or without its accents, its apostrophe and its hyphen."""
    accents = {"é": "[ée]", "è": "[èe]", "î": "[îi]", "ê": "[êe]", "’": "['’]", "-": "[- ]", " ": r"\s"}
    return "".join(accents.get(letter, letter) for letter in word)


_ROLE = re.compile(
    r"(?<!\w)(?:la|le|l['’]|notre|votre|mon|ma|un|une|cette|cet|ce|madame|monsieur|mme|m\.|du|au)\s?"
    r"(?:(?:la|le|l['’])\s?)?(?:(?:nouvelle|nouveau|nouvel|ancienne|ancien|seule|seul|jeune)\s)?"
    rf"(?:{'|'.join(_either(word) for word in sorted(ROLES, key=lambda word: (-len(word), word)))})(?!\w)",
    re.IGNORECASE,
)
_TRAIT = re.compile(
    r"(?<!\w)(?:monoparental\w*|seule? avec|mère isolée|père isolé|handicap\w*|autis\w+|trisom\w+|tdah|dys\w{3,}|jumeaux|jumelles|tripl[ée]s|"
    r"veu(?:f|ve)|divorc\w+|s[ée]par[ée]e?s?|adopt\w+|famille d['’]accueil|r[ée]fugi\w+|demandeu(?:r|se) d['’]asile|étrang[eè]re?s?|"
    r"cancer\w*|maladie|malade|d[ée]pression|allergi\w+|diab[èe]t\w+|fauteuil roulant|enceinte|violen\w+|battue?|plac[ée]e?s? (?:en|à|chez)|"
    r"garde altern[ée]e|tutelle|curatelle|rsa|surendett\w+|alcool\w*|d[ée]tention|prison|gens du voyage|"
    r"\d{1,2} ?ans|(?:quatre|cinq|six|sept|huit|[4-9]) enfants)(?!\w)",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"(?<!\w)(?:l['’]unique|(?:la|le) seule? (?:famille|m[èe]re|p[èe]re|couple|enfant|personne|maman|papa|parent|habitante?|assistante?|femme|homme|jeune)|"
    r"les seuls?|les seules)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Masked:
    """A text in which people can no longer be recognised by a rule.

    Attributes:
        text: with « [nom] » and the like; characters that are not seen are gone.
        kinds: key of :data:`KINDS` -> how many were masked.
        flags: keys of :data:`FLAGS`.
    """

    text: str
    kinds: Mapping[str, int] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """« 1 nom, 2 téléphones »; empty where nothing was masked."""
        return ", ".join(f"{n} {KINDS[kind][n > 1]}" for kind, n in self.kinds.items())

    @property
    def warnings(self) -> str:
        """What the reader has to weigh, in words; empty where nothing was seen."""
        return " ; ".join(FLAGS[flag] for flag in self.flags)


def placeholder(kind: str) -> str:
    """« [nom] »."""
    return f"[{KINDS[kind][0]}]"


def mask(
    text: str, places: Iterable[str] = (), *, model: bool | None = None, ahead: Ahead | None = None
) -> Masked:
    """Replace what tells of people; masking twice changes nothing.

    Args:
        text: of any length; the time grows with it.
        places: names of communes, which stay.
        model: whether the language model is used; None: where it is installed.
        ahead: of :func:`read_ahead`, where many texts are masked.

    Raises:
        RuntimeError: the model is asked for and not installed.
    """
    known = _place_pattern(tuple(sorted(set(places), key=lambda name: (-len(name), name))))
    people = _people if _with_model(model) else None
    counts: Counter[str] = Counter()
    seen: Ahead = {} if ahead is None else ahead
    out = visible(text)
    while True:  # each turn masks something more, or is the last: what is left is then found by no rule
        spans = _found(out, known, people, seen)
        if not spans:
            break
        counts.update(kind for _, _, kind in spans)
        out = _replaced(out, spans)
    kinds = {kind: counts[kind] for kind in KINDS if counts[kind]}
    return Masked(out, kinds, _flags(out, known))


def read_ahead(texts: Iterable[str], *, model: bool | None = None) -> Ahead:
    """What the language model takes for names in these texts, read together: a third of the time of one by one.

    Args:
        texts: that :func:`mask` will be given.
        model: as of :func:`mask`; nothing is read where it is not used.
    """
    if not _with_model(model):
        return {}
    pieces = list(dict.fromkeys(piece[0] for text in texts for piece in _CHUNK.finditer(visible(text))))
    return {
        piece: _names_of_model(piece, found) for piece, found in zip(pieces, _people(pieces), strict=True)
    }


def _with_model(model: bool | None) -> bool:
    if model and not has_model():
        raise RuntimeError(f"the model {MODEL} of spaCy is not installed")
    return has_model() if model is None else model


def holds_people(text: str, places: Iterable[str] = (), *, model: bool | None = None) -> tuple[str, ...]:
    """Kinds (:data:`KINDS`) of what a text tells of people; empty where nothing was recognised."""
    return tuple(mask(text, places, model=model).kinds)


def visible(text: str) -> str:
    """A text without the characters that are not seen, its figures and « @ » in their usual form."""
    out = []
    for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")):
        if character in "\n\t" or character == " ":
            out.append(character)
        elif unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn"):
            continue
        elif not character.isascii() and (figure := unicodedata.decimal(character, None)) is not None:
            out.append(str(figure))
        else:
            out.append({"＠": "@", "．": "."}.get(character, character))
    return unicodedata.normalize("NFC", "".join(out))


@lru_cache(maxsize=1)
def has_model() -> bool:
    """Whether spaCy and its French model are installed."""
    from importlib.util import find_spec

    return find_spec("spacy") is not None and find_spec(MODEL) is not None


@lru_cache(maxsize=2)
def language(task: Literal["names", "lemmas"]) -> Any:
    """The French model, loaded once for each task, without the parts that it does not need: the time of three."""
    import spacy

    return spacy.load(MODEL, exclude=list(_UNUSED[task]))


def _people(pieces: Sequence[str]) -> list[list[tuple[int, int]]]:
    """People that the model sees in each piece of text; it is not loaded for none."""
    if not pieces:
        return []
    read = language("names").pipe(pieces, batch_size=64)
    return [[(e.start_char, e.end_char) for e in each.ents if e.label_ == "PER"] for each in read]


Span = tuple[int, int, str]


def _found(
    text: str,
    places: re.Pattern[str] | None,
    people: Callable[[Sequence[str]], list[list[tuple[int, int]]]] | None,
    seen: Ahead,
) -> list[Span]:
    """What one turn masks, in order; nothing overlaps."""
    taken = bytearray(len(text))
    for match in _PLACEHOLDER.finditer(text):
        _take(taken, match.start(), match.end())
    spans: list[Span] = []

    def claim(start: int, end: int, kind: str) -> None:
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start < end and not any(taken[start:end]):
            _take(taken, start, end)
            spans.append((start, end, kind))

    for kind, pattern, groups in RULES:
        for match in pattern.finditer(text):
            group = next((g for g in groups if match[g] is not None), None)
            claim(*(match.span(group) if group else match.span()), kind)
    if places is not None:
        for match in places.finditer(text):
            _take(taken, match.start(), match.end())
    for start, end in names(text, tokens(text)):
        while start < end and taken[start]:  # « À Nant Julie … »: the commune is no surname
            start += 1
        claim(start, end, "nom")
    if people is not None:
        for piece in _CHUNK.finditer(text):
            if piece[0] not in seen:
                seen[piece[0]] = _names_of_model(piece[0], *people([piece[0]]))
            for start, end in seen[piece[0]]:
                claim(piece.start() + start, piece.start() + end, "nom")
    return sorted(spans)


def _take(taken: bytearray, start: int, end: int) -> None:
    taken[start:end] = b"\x01" * (end - start)


def _replaced(text: str, spans: list[Span]) -> str:
    parts, position = [], 0
    for start, end, kind in spans:
        parts += [text[position:start], placeholder(kind)]
        position = end
    return "".join([*parts, text[position:]])


_NO_NAME = STOP | FUNCTIONS | TITLES
_INSIDE = re.compile(r"\[|\]|\d")
_ACRONYM = re.compile(r"[A-ZÀ-Þ]{1,6}\d?")
_NAMED = re.compile(
    r"(?i:\b(?:saint|sainte|st|ste|rue|avenue|boulevard|place|[ée]cole|coll[èe]ge|lyc[ée]e|cr[èe]che|salle|stade|espace|h[ôo]pital|"
    r"r[ée]sidence|ehpad|gymnase|micro-cr[èe]che|association|multi-accueil)[\s\-](?:de |du |des |la |les |le |d['’]|l['’])?)$"
)


def _names_of_model(text: str, people: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What the model takes for people, without what is surely none: usual words, acronyms, names of places, and an
    infinitive at the head of a sentence (« Garder les écoles », « Appeler Durand », of which the name stays)."""
    out = []
    heads = {token.start for token in tokens(text) if token.first} if people else set()
    for start, end in people:
        words = tokens(text[start:end])
        if words and words[0].key in INFINITIVES and start + words[0].start in heads:
            words = words[1:]
        while len(words) > 1 and (words[0].key in _NO_NAME or not words[0].text[0].isupper()):
            words = words[1:]
        while words and words[-1].key in _NO_NAME:
            words = words[:-1]
        if not words or _INSIDE.search(text[start:end]):
            continue
        start, end = start + words[0].start, start + words[-1].end
        named = text[start:end]
        if not named[0].isupper() or _ACRONYM.fullmatch(named) or words[0].key in _NO_NAME:
            continue
        if _NAMED.search(text[max(0, start - 30) : start]) or fold(named).startswith(
            ("saint-", "sainte-", "st-")
        ):
            continue
        out.append((start, end))
    return out


@lru_cache(maxsize=8)
def _place_pattern(places: tuple[str, ...]) -> re.Pattern[str] | None:
    """Names of communes as they are written: accents, hyphens and apostrophes do not matter."""
    if not places:
        return None
    each = ["".join(_letter(c) for c in place) for place in places]
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)", re.IGNORECASE)


_LIKE = {"a": "aàâä", "e": "eéèêë", "i": "iîï", "o": "oôö", "u": "uùûü", "c": "cç", "y": "yÿ"}


def _letter(character: str) -> str:
    plain = fold(character)
    if character in " -'’":
        return r"[ \-'’\u00a0]"
    if plain in _LIKE:
        return f"[{_LIKE[plain]}]"
    return re.escape(character)


def _flags(text: str, places: re.Pattern[str] | None) -> tuple[str, ...]:
    out = []
    if _ROLE.search(text):
        out.append("fonction")
    if places is not None and places.search(text) and _TRAIT.search(text):
        out.append("identifiable")
    if _ONLY.search(text):
        out.append("rare")
    return tuple(out)
