"""Cells that hold one or several values of a list: choices, days of the week, yes or no."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import lru_cache

from ctg_lib.geography.names import fold
from ctg_lib.workbooks.cells import (
    ABSENT,
    Parsed,
    as_text,
    is_dash,
    key,
    refused,
    says_not_concerned,
    says_nothing,
    says_unknown,
    shown,
    told,
    words,
)
from ctg_lib.workbooks.layout import LISTS
from ctg_lib.workbooks.schema import Field, is_week

SHORTEST_BEGINNING = 3
"""Letters that the beginning of a label needs to stand for it."""
_FEW = 6  # choices that a message repeats in full
_ALL = frozenset({"tous", "toutes", "tous les themes", "l ensemble", "tout"})
_DENIED = re.compile(r"^(?:non|pas|sans|jamais|peu)\b")
_YES = frozenset({"oui", "o", "yes", "y", "vrai", "true", "x", "1", "ok"})
_NO = frozenset({"non", "n", "no", "faux", "false", "0"})
_SEPARATORS = re.compile(r"[;\n|•]+")
_FINER = re.compile(r"[,/+&]+|\bet\b")
_SPAN = re.compile(r"^(?:du |de )?([a-z]{1,8})\.?(?: ?[-–—] ?| a | au | jusqu'au )([a-z]{1,8})\.?$")
_NO_DAY = re.compile(r"\b(?:sauf|hors|excepte|ou|parfois|selon|matins?|apres|soirs?|sur|pas)\b")
_EVERY_DAY = "« lundi à vendredi » ou « lundi à dimanche »"


def parse_choice(field: Field, cell: object) -> Parsed:
    """The code of a choice, from its label, code, abbreviation, another word or an unambiguous beginning."""
    text = as_text(cell)
    code, candidates = _match(field, text)
    if code:
        return Parsed(code)
    if _is_absent(text):
        return ABSENT
    return refused(_wanted(field, text, candidates or _several(field, text)))


def _several(field: Field, text: str) -> tuple[str, ...]:
    """The choices that a text names, where it names more than one and nothing else."""
    codes = [_match(field, part)[0] for part in _split(field, text[:200])]
    return tuple(dict.fromkeys(codes)) if len(codes) > 1 and all(codes) else ()


def parse_choices(field: Field, cell: object) -> Parsed:
    """Codes of choices in the order of the list; one part that cannot be read refuses the cell."""
    text = as_text(cell)
    if _is_absent(text):
        return ABSENT
    if is_week(field.choices):
        return parse_days(field, text)
    if words(text) in _ALL:
        return Parsed(tuple(field.choices))
    whole, _ = _match(field, text)
    if whole:
        return Parsed((whole,))
    parts = _split(field, text)
    if len(parts) > 2 * len(field.choices):
        return refused(_wanted(field, text, ()))
    found: list[str] = []
    for part in parts:
        code, candidates = _match(field, part)
        if not code:
            return refused(_wanted(field, part, candidates))
        found.append(code)
    return Parsed(_in_order(field, found)) if found else ABSENT


def parse_yes_no(field: Field, cell: object) -> Parsed:
    """« oui » or « non », from « o », « x », « vrai », 1 and so on."""
    text = "vrai" if cell is True else "faux" if cell is False else as_text(cell)
    word = words(text)
    if word in _YES:
        return Parsed("oui")
    if word in _NO:
        return Parsed("non")
    if says_nothing(text):
        return told(None, "« oui » ou « non » ; lu comme non connu")
    return ABSENT if _is_absent(text) else refused("« oui » ou « non »")


def parse_days(field: Field, text: str) -> Parsed:
    """Days of the week: « lundi à vendredi », « lun-ven », « lundi, mardi et jeudi », « L M M J V »."""
    folded = " ".join(fold(text[:200]).replace("\n", " ; ").split())
    if len(text) > 200:
        return refused(_days_wanted())
    if re.fullmatch(r"(?:tous les jours|toute la semaine|tlj|7 ?j ?/ ?7|7 ?jours sur 7)", folded):
        return refused(_EVERY_DAY)
    if _NO_DAY.search(folded) or "(" in folded or folded.startswith("tous"):
        return refused(_days_wanted())
    if letters := _initials(folded):
        return letters if letters.value is None else Parsed(_in_order(field, list(letters.value)))
    found: list[str] = []
    for part in re.split(r"[;,\n|•+&]|\bet\b|\bpuis\b", folded):
        days = _days_of(part.strip(" ."))
        if days is None:
            return refused(_days_wanted())
        found += days
    return Parsed(_in_order(field, found)) if found else refused(_days_wanted())


def list_of(field: Field) -> str:
    """What a message says of a list: its labels where they are few."""
    labels = [f"« {label} »" for label in field.choices.values()]
    if len(labels) > _FEW:
        return f"une valeur de la liste ({len(labels)} choix, voir la feuille « {LISTS} »)"
    return ", ".join(labels[:-1]) + f" ou {labels[-1]}" if len(labels) > 1 else "".join(labels)


def nearest(text: str, labels: Iterable[str]) -> str:
    """The label that a text resembles most, or nothing; « non réalisée » is not like « réalisée »."""
    if len(text) > 60 or _DENIED.match(words(text)):
        return ""
    by_key = {key(label): label for label in reversed(list(labels))}
    close = difflib.get_close_matches(key(text), by_key, n=1, cutoff=0.72)
    return by_key[close[0]] if close else ""


_WEEK = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
_DAY_NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_LETTERS = {"l": "lun", "j": "jeu", "v": "ven", "s": "sam", "d": "dim", "ma": "mar", "me": "mer",
            "lu": "lun", "je": "jeu", "ve": "ven", "sa": "sam", "di": "dim"}  # fmt: skip


def _initials(folded: str) -> Parsed | None:
    """« L M M J V », « lmjv »; None where the text is not made of initials. One « M » alone says two days."""
    tokens = re.findall(r"[a-z]+", folded)
    if len(tokens) == 1 and 2 <= len(tokens[0]) <= 7 and re.fullmatch(r"l?m{0,2}j?v?s?d?", tokens[0]):
        tokens = list(tokens[0])
    if not tokens or not all(t in _LETTERS or t == "m" for t in tokens):
        return None
    if re.search(r"[a-z] ?[-–—] ?[a-z]|\ba\b", folded) and len(tokens) == 2:
        return None if "m" not in tokens else refused("les jours en toutes lettres")
    if tokens.count("m") == 1 and not {"ma", "me"} & set(tokens):
        return refused("les jours en toutes lettres : « M » peut être mardi ou mercredi")
    if tokens.count("m") > 2 or ("m" in tokens and {"ma", "me"} & set(tokens)):
        return refused(_days_wanted())
    days = [_LETTERS[t] for t in tokens if t != "m"] + (["mar", "mer"] if "m" in tokens else [])
    return Parsed(tuple(days))


def _days_of(part: str) -> list[str] | None:
    """Days that a part of a text names; empty of a blank, None where it is something else."""
    if not part:
        return []
    if day := _day(re.sub(r"^(?:le|les) ", "", part)):
        return [day]
    if match := _SPAN.match(part):
        first, last = _day(match[1]), _day(match[2])
        if first and last:
            start, end = _WEEK.index(first), _WEEK.index(last)
            return list(_WEEK[start : end + 1]) if start <= end else [*_WEEK[start:], *_WEEK[: end + 1]]
    pieces = [p for p in re.split(r"[/ ]+", part) if p]
    days = [_day(p) for p in pieces]
    return [d for d in days if d] if len(pieces) > 1 and all(days) else None


def _day(word: str) -> str:
    name = word.strip(" .")
    name = name[:-1] if name.endswith("s") and name[:-1] in _DAY_NAMES else name
    if name in _LETTERS:
        return _LETTERS[name]
    known = [d for d, full in zip(_WEEK, _DAY_NAMES, strict=True) if full.startswith(name) and len(name) > 2]
    return known[0] if len(known) == 1 else ""


def _days_wanted() -> str:
    return "des jours, par exemple « lundi ; mardi ; jeudi » ou « lundi à vendredi »"


def _is_absent(text: str) -> bool:
    return says_not_concerned(text) or says_unknown(text) or is_dash(text) or says_nothing(text)


def _match(field: Field, text: str) -> tuple[str, tuple[str, ...]]:
    """Code that a text stands for, or the codes between which it does not decide."""
    names, beginnings = _names(tuple(field.choices.items()), tuple(field.synonyms.items()))
    wanted = key(text)
    if not wanted or len(text) > 200:
        return "", ()
    exact = names.get(words(text)) or names.get(wanted) or names.get(wanted.replace(" ", ""))
    if exact:
        return exact, ()
    if len(wanted) < SHORTEST_BEGINNING:
        return "", ()
    codes = tuple(
        dict.fromkeys(c for name, c in beginnings if name.startswith(wanted) and _whole_word(name, wanted))
    ) or tuple(dict.fromkeys(c for name, c in beginnings if name.startswith(wanted)))
    return (codes[0], ()) if len(codes) == 1 else ("", codes)


def _whole_word(name: str, beginning: str) -> bool:
    return name[len(beginning) : len(beginning) + 1] in ("", " ")


@lru_cache(maxsize=200)
def _names(
    choices: tuple[tuple[str, str], ...], synonyms: tuple[tuple[str, str], ...]
) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Keys that stand for exactly one choice, and full labels whose beginnings may.

    Strongest first: label and code; other words; label without what is in brackets; what is in brackets and
    each side of « ou » (« CCAS ou CIAS »), where no other choice has it.
    """
    names: dict[str, str] = {}
    full = [(key(label), code) for code, label in choices]
    for normal in (words, key):  # « commune » and « communes » may both be choices
        for code, label in choices:
            for name in (normal(label), normal(code)):
                names.setdefault(name, code)
                names.setdefault(name.replace(" ", ""), code)
    for word, code in synonyms:
        names.setdefault(key(word), code)
    names.pop("", None)
    for weaker in (_without_brackets, _abbreviations):
        seen: dict[str, set[str]] = {}
        for code, label in choices:
            for name in weaker(label):
                seen.setdefault(name, set()).add(code)
        for name, codes in seen.items():
            if name and name not in names and len(codes) == 1:
                names[name] = next(iter(codes))
    return names, tuple(full)


def _without_brackets(label: str) -> list[str]:
    return [key(re.sub(r"\([^)]*\)", " ", label))]


def _abbreviations(label: str) -> list[str]:
    inside = [part for group in re.findall(r"\(([^)]*)\)", label) for part in re.split(r"[,;]", group)]
    sides = re.split(r"\bou\b", re.sub(r"\([^)]*\)", " ", label))
    return [key(part) for part in [*inside, *(sides if len(sides) > 1 else [])]]


def _split(field: Field, text: str) -> list[str]:
    """Parts of a list; commas, slashes and « et » separate too where a part is no choice as it stands."""
    parts: list[str] = []
    for part in _SEPARATORS.split(text):
        whole, _ = _match(field, part)
        parts += [part] if whole else _FINER.split(part)
    return [p.strip(" -–•.") for p in parts if p.strip(" -–•.")]


def _in_order(field: Field, codes: list[str]) -> tuple[str, ...]:
    return tuple(code for code in field.choices if code in codes)


def _wanted(field: Field, text: str, candidates: tuple[str, ...]) -> str:
    if candidates:
        among = " ou ".join(f"« {field.choices[c]} »" for c in candidates[:3])
        return f"un choix sans ambiguïté : {among}"
    close = nearest(text, field.choices.values())
    part = f" à la place de « {shown(text[:40])} »" if field.kind == "choices" else ""
    return list_of(field) + part + (f" ; peut-être « {close} »" if close else "")
