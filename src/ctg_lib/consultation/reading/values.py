"""Cells of one respondent as the answer to one question.

What cannot be an answer is told and left absent: the others of that respondent stay. It is told as something to
look at, not as an error, since what a person ticked is not for us to mend; whoever typed a paper form can.
What was written is never repeated, but for short codes that a tool makes (« A7 »).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from ctg_lib.consultation.codes import short_codes, short_items
from ctg_lib.consultation.questionnaire import Option, Question
from ctg_lib.consultation.reading.layouts import Target, key
from ctg_lib.consultation.reading.tables import LONGEST_TEXT
from ctg_lib.workbooks.cells import plain

Value = str | int | bool
Tell = Callable[[str, str, str], None]
"""Called with what was found, what was expected, and the heading of the column."""
OTHER = "-oth-"
"""LimeSurvey's code of « autre »."""

OUTSIDE = "un nombre hors des bornes"

_YES = frozenset(
    {"y", "yes", "oui", "o", "x", "xx", "1", "1 0", "true", "vrai", "coche", "cochee", "ok", "checked"}
)
_MARKS = frozenset("✓✔☑☒✗✘×●■*•")
_NO = frozenset(
    {"n", "no", "non", "0", "0 0", "false", "faux", "na", "n a", "not selected", "unchecked", "non coche"}
)
_ABSENT = frozenset(
    {
        "n/a",
        "na",
        "#n/a",
        "null",
        "nan",
        "none",
        "-",
        "–",
        "—",
        "nr",
        "sans réponse",
        "sans reponse",
        "no answer",
    }
)
_CODE = re.compile(r"[A-Za-z]{0,2}[0-9]{1,4}")
_ERROR = re.compile(r"#(?:REF|N/A|VALUE|VALEUR|DIV/0|NAME|NOM|NUM|NOMBRE|NULL|NUL)[!?]?", re.IGNORECASE)


class Answering:
    """How answers to one question are read; made once, used for each respondent."""

    def __init__(self, question: Question) -> None:
        self.question = question
        options = question.options
        self.codes = _lookup(options, short_codes(question))
        self.items = _lookup(question.items, short_items(question)) if question.items else {}
        self.free = {option.code for option in options if option.free}
        self.exclusive = {option.code for option in options if option.exclusive}

    def read(self, cells: Sequence[tuple[Target, str, str]], tell: Tell) -> dict[str, Value]:
        """Column -> value of what one respondent answered; columns that are absent are not in it.

        Args:
            cells: (what the column holds, what stands there, its heading), those that hold something.
            tell: see :data:`Tell`.
        """
        given = [cell for cell in cells if not _is_absent(cell[1]) or self._code(cell[1])]
        if not given:
            return {}
        read = {
            "single": self._single, "scale": self._single, "multiple": self._multiple, "ranking": self._ranking,
            "grid": self._grid, "integer": self._integer, "text": self._text,
        }[self.question.kind]  # fmt: skip
        return read(given, tell)

    # --- one option --------------------------------------------------------------------------------

    def _single(self, cells: Sequence[tuple[Target, str, str]], tell: Tell) -> dict[str, Value]:
        id = self.question.id
        texts = self._beside(cells, tell)
        said = [(text, heading) for target, text, heading in cells if target.how == "cell"]
        out: dict[str, Value] = {}
        if said:
            text, heading = said[0]
            code = self._code(text)
            if code is None and len(set(self._codes(text) or ())) > 1:
                tell("plusieurs réponses", "une seule réponse ; aucune n’est comptée", heading)
                return {}
            if code is None and len(self.free) == 1 and key(text) == "autre":
                code = next(iter(self.free))
            if code is None:
                tell(_unknown(text), self._wanted(), heading)
                return {}
            out[id] = code
        elif len(texts) == 1:  # written on the line of an option that was not ticked
            out[id] = next(iter(texts))
        for code, text in texts.items():
            if out.get(id) == code:
                out[f"{id}__{code}__texte"] = text
            else:
                tell(
                    "un texte auprès d’une réponse qui n’est pas cochée",
                    "ce texte auprès de la réponse cochée ; il n’est pas gardé",
                    "",
                )
        return out

    # --- several options ---------------------------------------------------------------------------

    def _multiple(self, cells: Sequence[tuple[Target, str, str]], tell: Tell) -> dict[str, Value]:
        question = self.question
        texts = self._beside(cells, tell)
        ticked: set[str] = set(texts)
        split = any(target.how == "option" for target, _, _ in cells)
        for target, text, heading in cells:
            if target.how == "option":
                tick = self._tick(target.part, text)
                if tick is None and target.part in self.free:
                    texts[target.part], tick = _kept(text, heading, tell), True
                if tick is None:
                    tell(_unknown(text), "une case cochée (x) ou vide", heading)
                elif tick:
                    ticked.add(target.part)
            elif target.how == "cell":
                several = self._codes(text)
                if several is None and (key(text) in _NO or split):
                    continue  # Kobo's labels run together; each has its own column besides
                if several is None:
                    tell(_unknown(text), self._wanted(), heading)
                else:
                    ticked |= set(several)
        if not ticked or not self._may(ticked, cells, tell):
            return {}
        out: dict[str, Value] = {
            f"{question.id}__{option.code}": option.code in ticked for option in question.options
        }
        return out | {f"{question.id}__{code}__texte": text for code, text in texts.items()}

    def _may(self, ticked: set[str], cells: Sequence[tuple[Target, str, str]], tell: Tell) -> bool:
        """Whether these options go together."""
        heading = cells[0][2]
        if ticked & self.exclusive and len(ticked) > 1:
            tell(
                "une réponse qui exclut les autres, et d’autres avec elle",
                "l’une ou les autres ; la question est comptée sans réponse",
                heading,
            )
            return False
        most = self.question.most
        if most is not None and len(ticked) > most:
            tell(f"{len(ticked)} réponses", f"{most} au plus ; la question est comptée sans réponse", heading)
            return False
        return True

    def _tick(self, code: str, text: str) -> bool | None:
        """Whether a cell under an option says that it is ticked; None where it says neither."""
        words = key(text)
        if words in _YES or text in _MARKS:
            return True
        if words in _NO:
            return False
        return True if self._code(text) == code else None

    # --- ranks -------------------------------------------------------------------------------------

    def _ranking(self, cells: Sequence[tuple[Target, str, str]], tell: Tell) -> dict[str, Value]:
        ranks: list[tuple[str, int]] = []
        for target, text, heading in cells:
            if target.how == "option":
                rank = _number(text)
                if rank is None or not 1 <= rank <= len(self.question.options):
                    if key(text) in _NO:
                        continue
                    tell(
                        _unknown(text),
                        f"un rang de 1 à {len(self.question.options)} ; la question est comptée sans réponse",
                        heading,
                    )
                    return {}
                ranks.append((target.part, rank))
            elif target.how == "rank":
                code = self._code(text)
                if code is None:
                    tell(_unknown(text), f"{self._wanted()} ; la question est comptée sans réponse", heading)
                    return {}
                ranks.append((code, int(target.part)))
            elif target.how == "cell":
                codes = self._codes(text)
                if codes is None:
                    tell(_unknown(text), f"{self._wanted()} ; la question est comptée sans réponse", heading)
                    return {}
                ranks += [(code, rank) for rank, code in enumerate(codes, 1)]
        return self._ranked(ranks, cells[0][2], tell)

    def _ranked(self, ranks: Sequence[tuple[str, int]], heading: str, tell: Tell) -> dict[str, Value]:
        if not ranks:
            return {}
        if len({rank for _, rank in ranks}) < len(ranks) or len({code for code, _ in ranks}) < len(ranks):
            tell(
                "deux fois le même rang ou la même réponse",
                "un rang par réponse ; la question est comptée sans réponse",
                heading,
            )
            return {}
        most = self.question.most
        if most is not None and len(ranks) > most:
            tell(
                f"{len(ranks)} réponses classées",
                f"{most} au plus ; la question est comptée sans réponse",
                heading,
            )
            return {}
        ordered = sorted(ranks, key=lambda pair: pair[1])
        if [rank for _, rank in ordered] != list(range(1, len(ordered) + 1)):
            tell(
                "des rangs qui ne se suivent pas", "des rangs à partir de 1 ; l’ordre seul est gardé", heading
            )
        return {f"{self.question.id}__{code}": rank for rank, (code, _) in enumerate(ordered, 1)}

    # --- other kinds -------------------------------------------------------------------------------

    def _grid(self, cells: Sequence[tuple[Target, str, str]], tell: Tell) -> dict[str, Value]:
        out: dict[str, Value] = {}
        for target, text, heading in cells:
            if target.how != "item":
                continue
            code = self._code(text)
            if code is None:
                many = len(set(self._codes(text) or ())) > 1
                tell(
                    "plusieurs réponses" if many else _unknown(text),
                    "une réponse par ligne" if many else self._wanted(),
                    heading,
                )
            else:
                out[f"{self.question.id}__{target.part}"] = code
        return out

    def _integer(self, cells: Sequence[tuple[Target, str, str]], tell: Tell) -> dict[str, Value]:
        _, text, heading = cells[0]
        low, high = self.question.low, self.question.high
        number = _number(text)
        if number is None:
            tell("ce qui n’est pas un nombre entier", f"un nombre entier{_bounds(low, high)}", heading)
            return {}
        if (low is not None and number < low) or (high is not None and number > high):
            tell(OUTSIDE, f"un nombre entier{_bounds(low, high)}", heading)
            return {}
        return {self.question.id: number}

    def _text(self, cells: Sequence[tuple[Target, str, str]], tell: Tell) -> dict[str, Value]:
        _, text, heading = cells[0]
        kept = _kept(text, heading, tell)
        return {self.question.id: kept} if kept else {}

    # --- codes -------------------------------------------------------------------------------------

    def _beside(self, cells: Sequence[tuple[Target, str, str]], tell: Tell) -> dict[str, str]:
        """Code of a free option -> what was written beside it."""
        found = {t.part: _kept(text, heading, tell) for t, text, heading in cells if t.how == "text"}
        return {code: text for code, text in found.items() if text}

    def _code(self, text: str) -> str | None:
        """The option that a text names; None where it names none."""
        if text == OTHER:
            return next(iter(self.free)) if len(self.free) == 1 else None
        short = text[:-2] if re.fullmatch(r"\d{1,4}\.0", text) else text
        return self.codes.get(short.casefold()) or self.codes.get(key(short))

    def _codes(self, text: str) -> list[str] | None:
        """The options that a cell names together, in order; None where some part of it names none."""
        one = self._code(text)
        if one is not None:
            return [one]
        if len(text) > LONGEST_TEXT:
            return None
        for mark in (";", "|", "\n", ",", None):
            parts = [part.strip() for part in text.split(mark)]
            named = [self._code(part) for part in parts if part]
            if len(named) > 1 and all(code is not None for code in named):
                return [code for code in named if code is not None]
        return None

    def _wanted(self) -> str:
        """What a cell may hold, in words: the codes, where there are few."""
        codes = [option.code for option in self.question.options]
        return (
            f"une des réponses ({', '.join(codes)})"
            if len(codes) <= 6
            else "un des codes ou une des réponses de la question"
        )


def _lookup(options: Sequence[Option], short: Mapping[str, str]) -> dict[str, str]:
    """Folded code, short code and label -> code; a code wins over what another one is short for, and over labels."""
    out: dict[str, str] = {}
    for option in options:
        out.setdefault(option.code.casefold(), option.code)
    for option in options:
        out.setdefault(short[option.code].casefold(), option.code)
    for option in options:
        out.setdefault(key(option.code), option.code)
        out.setdefault(key(option.label), option.code)
    out.pop("", None)
    return out


@lru_cache(maxsize=20_000)
def _is_absent(text: str) -> bool:
    return not text or text.strip().lower() in _ABSENT


def _number(text: str) -> int | None:
    """The whole number that a text writes: « 3 », « 3,0 », « 3 enfants » is none."""
    short = text.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if not re.fullmatch(r"[+-]?\d{1,9}(?:[.,]\d{1,12})?", short, re.ASCII):
        return None
    value = float(short.replace(",", "."))
    return int(value) if math.isfinite(value) and value == int(value) else None


def _kept(text: str, heading: str, tell: Tell) -> str:
    """What one wrote, without what cannot be seen, cut where it is endless."""
    if len(text) > LONGEST_TEXT:
        tell(
            f"un texte de plus de {LONGEST_TEXT // 1000} 000 caractères",
            "un texte plus court ; la suite n’est pas gardée",
            heading,
        )
        text = text[:LONGEST_TEXT]
    if _ERROR.fullmatch(text[:20]):
        tell("une erreur de formule", "un texte", heading)
        return ""
    cleaned = plain(text)
    return cleaned if isinstance(cleaned, str) else ""


def _unknown(text: str) -> str:
    """What is told of a text that is no answer: a tool's code, or that it is a text."""
    return text if _CODE.fullmatch(text) else "un texte qui n’est pas une des réponses"


def _bounds(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f" de {low} à {high}"
    return f", {low} ou plus" if low is not None else f", {high} ou moins" if high is not None else ""
