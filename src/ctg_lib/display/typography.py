"""French typography and French numbers, without any locale.

Convention (Imprimerie nationale, *Lexique des règles typographiques*): a thin no-break space U+202F before
``; ! ?`` and ``%``, and between groups of three digits; a no-break space U+00A0 before ``:``, inside
« » , between a number and its unit. Numbers: decimal comma, minus sign U+2212.

Filters work on Markdown or plain text (:func:`typeset`) and on HTML (:func:`typeset_html`); applied twice
they change nothing more. Code, addresses, link targets, tags, attributes, entities, times (14:00), ids and
Windows paths are left alone.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ctg_lib.values import Value

NBSP = "\u00a0"
THIN = "\u202f"
MINUS = "\u2212"

# Protected pieces are replaced, while the rules run, by one private character each.
_WORD, _INLINE, _BLOCK = "\ue000", "\ue001", "\ue002"  # acts as a word / is transparent / ends a line
_MARKS = re.compile(f"[{_WORD}{_INLINE}{_BLOCK}]")
_INLINE_TAGS = "a|abbr|b|bdi|cite|del|dfn|em|i|ins|mark|q|s|small|span|strong|sub|sup|time|u|var"
_VERBATIM_TAGS = "pre|code|kbd|samp|script|style|textarea|svg|math"
_HTML: list[tuple[str, str]] = [  # (pattern, mark); the first that matches at a place wins
    (r"<!--.*?-->", _INLINE),
    (rf"<(?P<verb>{_VERBATIM_TAGS})\b[^>]*>.*?</(?P=verb)\s*>", _WORD),
    (rf"</?(?:{_INLINE_TAGS})\b[^<>]*>", _INLINE),
    (r"</?[A-Za-z!][^<>]*>", _BLOCK),
    (r"&(?:#\d+|#x[0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);", _WORD),
    (
        r"(?:https?://|ftp://|mailto:|www\.)[^\s<>\"«»\u00a0\u202f]*[^\s<>\"«»\u00a0\u202f?!;:.,)…’'*_\]]",
        _WORD,
    ),
    (r"\b[\w.+-]+@[\w-]+\.[\w.-]*\w", _WORD),
    (r"\b[A-Za-z]:\\\S*", _WORD),
]
_MARKDOWN: list[tuple[str, str]] = [
    (r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)[ \t]*$", _BLOCK),
    (r"^[ \t]*:{3,}.*$", _BLOCK),  # Quarto and pandoc blocks
    (r"\{\{<.*?>\}\}", _WORD),  # Quarto shortcodes
    (r"(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)", _WORD),
    (r"(?<=\])\([^()\s]*(?:\s+\"[^\"\n]*\")?\)", _INLINE),  # targets of links and images
    (r"^\[\^?[^\]\n]+\]:", _BLOCK),  # definitions of notes and links
    (r"\{[#.:][^{}\n]*\}|(?<=[\])`])\{[^{}\n]*\}", _INLINE),  # attributes
]


def _protector(parts: list[tuple[str, str]]) -> tuple[re.Pattern[str], dict[str, str]]:
    marks = {f"p{i}": mark for i, (_, mark) in enumerate(parts)}
    pattern = "|".join(f"(?P<p{i}>{text})" for i, (text, _) in enumerate(parts))
    return re.compile(pattern, re.S | re.M), marks


_PROTECT_HTML = _protector(_HTML)
_PROTECT_TEXT = _protector(_MARKDOWN + _HTML)

_ANY = f"[ \t{NBSP}{THIN}]"
_BEFORE = rf"(?<=[\w)\]»”’%‰€°²³….*/+–{_WORD}{_INLINE}])"
_AFTER = rf"(?=$|[\s)\]»”*_,.…{_WORD}{_INLINE}{_BLOCK}])"
_UNITS = r"(?:k?€|M€|km²?|m²?|ha|kg|h|min|ans?|mois|jours?|points?|habitants?|places?|enfants?)"
_RULES: list[tuple[re.Pattern[str], str]] = [
    (re.compile(p, re.M), replacement)
    for p, replacement in (
        (r"(?<![./\\])\.\.\.(?![./\\])", "…"),
        (rf"(?<=[^\W\d_])'(?=[\w«\"*{_WORD}{_INLINE}])", "’"),
        (
            rf"(?<![^\s(\[’«*{_INLINE}{_BLOCK}])\"(?=[^\s\"])([^\"\n]*)(?<=[^\s\"])\"(?!\w)",
            f"«{NBSP}\\1{NBSP}»",
        ),
        (rf"«{_ANY}*(?=\S)", f"«{NBSP}"),
        (rf"(?<=\S){_ANY}*»", f"{NBSP}»"),
        (rf"(?<=\d){_ANY}*([%‰])(?!\w)", f"{THIN}\\1"),
        (rf"{_BEFORE}{_ANY}*([;!?]+){_AFTER}", f"{THIN}\\1"),
        (rf"{_BEFORE}{_ANY}*:{_AFTER}", f"{NBSP}:"),
        (rf"\b([nN]°){_ANY}*(?=\d)", f"\\1{NBSP}"),
        (rf"(?<=\d){_ANY}+h{_ANY}+(?=[0-5]\d(?![\d,]))", f"{NBSP}h{NBSP}"),
        (rf"(?<=\d){_ANY}+(?={_UNITS}(?!\w))", NBSP),
    )
]
_GROUPED = re.compile(rf"(?<![\w,.])\d{{1,3}}(?:[ {NBSP}{THIN}]\d{{3}})+(?!\d)")


def typeset(text: str) -> str:
    """Apply French typography to Markdown or plain text; idempotent.

    Straight apostrophes and balanced straight quotes become ’ and « » ; three dots become …; spaces
    before double punctuation, inside « », before %, inside grouped numbers and hours (« 7 h 30 ») and before
    common units become the right no-break space, and are added where double punctuation lacks one.
    """
    return _filter(text, *_PROTECT_TEXT)


def typeset_html(html: str) -> str:
    """Apply French typography to the text nodes of an HTML fragment; idempotent.

    Tags, attributes, entities, comments, and what is inside code, pre, kbd, samp, script, style, textarea,
    svg and math are returned as they are.
    """
    return _filter(html, *_PROTECT_HTML)


_BINDINGS: list[tuple[re.Pattern[str], str]] = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (
            r"(?<![\w,])(\d{1,2}|1er) (?=(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre"
            r"|octobre|novembre|décembre)\b)",
            f"\\1{NBSP}",
        ),
        (r"\b([Aa]rticle|[Aa]nnexe|[Aa]xe) (?=\d)", f"\\1{NBSP}"),
        (r"(?<!\w)([àÀ]) (?=compléter\b)", f"\\1{NBSP}"),
        (rf"(?<=\d[ {NBSP}]h) (?=\d\d(?!\d))", NBSP),
    )
]


def bound(text: str) -> str:
    """A printed text, already typeset, where « 9 février », « 6 h 30 », « annexe 7 », « à compléter » hold.

    Quotation marks inside « » become “ ”.
    """
    for pattern, replacement in _BINDINGS:
        text = pattern.sub(replacement, text)
    return _nested_quotes(text)


def _nested_quotes(text: str) -> str:
    """“ ” inside « » ; a text whose marks do not answer each other is left as it is."""
    out: list[str] = []
    depth = 0
    for piece in re.split(rf"(«{NBSP}?|{NBSP}?»)", text):
        if piece.startswith("«"):
            depth += 1
            out.append("“" if depth > 1 else piece)
        elif piece.endswith("»"):
            out.append("”" if depth > 1 else piece)
            depth -= 1
            if depth < 0:
                return text
        else:
            out.append(piece)
    return text if depth else "".join(out)


_HELD = re.compile(
    rf"<!--.*?-->|<(?P<verb>{_VERBATIM_TAGS}|title|option)\b[^<>]*>.*?</(?P=verb)\s*>"
    r"|<span class=\"ctg-range\">.*?</span>|<[^<>]*>"
    r"|(?<![\w–])(?P<range>\d+(?:,\d+)?–\d+(?:,\d+)?)(?![\w–])",
    re.S,
)


def hold_ranges(html: str) -> str:
    """Keep the two numbers of a range (« 11–17 ans ») on one line of a page; idempotent.

    Browsers break lines after a dash. A sign that forbids it would get into what is searched for and copied;
    a ``<span class="ctg-range">`` does not. Titles of pages, options and what :func:`typeset_html` leaves
    alone stay as they are.
    """
    return _HELD.sub(
        lambda found: f'<span class="ctg-range">{found["range"]}</span>' if found["range"] else found[0], html
    )


def _filter(text: str, protected: re.Pattern[str], marks: dict[str, str]) -> str:
    if not text or _MARKS.search(text):
        return text
    kept: list[str] = []

    def hide(match: re.Match[str]) -> str:
        kept.append(match.group())
        return next(mark for name, mark in marks.items() if match.group(name) is not None)

    text = protected.sub(hide, text)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    text = _GROUPED.sub(lambda m: re.sub(f"[ {NBSP}]", THIN, m.group()), text)
    pieces = iter(kept)
    return _MARKS.sub(lambda _: next(pieces), text)


# --- numbers ---------------------------------------------------------------------------------------


def number(value: float, decimals: int = 0, unit: str = "") -> str:
    """A number as it is written in French: ``number(1234.5, 1)`` gives « 1 234,5 ».

    Halves are rounded away from zero (as taught at school), on the decimal value as it prints. ``%`` and
    ``‰`` follow a thin no-break space, other units a no-break space.

    Raises:
        ValueError: None or NaN: what is missing has words, not a number (:func:`value_text`).
    """
    if value is None or value != value:
        raise ValueError("a missing value cannot be written as a number")
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{decimals}f}".replace(",", THIN).replace(".", ",")
    sign = MINUS if rounded < 0 else ""
    return sign + text + _unit(unit)


def _unit(unit: str) -> str:
    if not unit:
        return ""
    return (THIN if unit[0] in "%‰" else NBSP) + unit


def percent(value: float, decimals: int = 0) -> str:
    """A percentage already in points: ``percent(17.3, 1)`` gives « 17,3 % »."""
    return number(value, decimals, "%")


def euros(value: float, decimals: int = 0) -> str:
    """An amount: ``euros(1234)`` gives « 1 234 € »."""
    return number(value, decimals, "€")


def signed(value: float, decimals: int = 0, unit: str = "") -> str:
    """A difference with its sign, « +3,7 » or « −0,4 »; no sign where it rounds to zero."""
    text = number(value, decimals, unit)
    positive = value > 0 and number(value, decimals) != number(0, decimals)
    return ("+" if positive else "") + text


def count_range(low: float, high: float, decimals: int = 0, unit: str = "") -> str:
    """Bounds as words, « entre 793 et 889 »; one number where both print alike.

    Raises:
        ValueError: bounds in the wrong order.
    """
    if low > high:
        raise ValueError(f"low {low} is above high {high}")
    first, last = number(low, decimals), number(high, decimals)
    return last + _unit(unit) if first == last else f"entre {first} et {last}{_unit(unit)}"


def value_text(value: Value, with_unit: bool = True) -> str:
    """What a reader sees of a :class:`ctg_lib.values.Value`: number, range, or its status in words."""
    from ctg_lib.values import STATUS_LABELS

    unit = value.unit if with_unit else ""
    if value.is_number:
        return number(value.value, value.decimals, unit)  # type: ignore[arg-type]
    if value.is_range:
        return count_range(value.lower, value.upper, value.decimals, unit)  # type: ignore[arg-type]
    return STATUS_LABELS.get(value.status if value.status != "observed" else "missing", value.status)


def plural(n: float, singular: str, plural_form: str | None = None) -> str:
    """The noun in the number that ``n`` asks for: in French, below 2 in absolute value is singular.

    Args:
        n: the count (0, 1 and 1,9 are singular).
        singular: the noun.
        plural_form: its plural; without it a regular plural is made of a single word (-s, -x, -z
            unchanged; -al gives -aux; -au, -eu, -eau take an x; others take an s).

    Raises:
        ValueError: several words without ``plural_form``.
    """
    if abs(n) < 2:
        return singular
    if plural_form is not None:
        return plural_form
    if " " in singular or NBSP in singular:
        raise ValueError(f"give the plural of {singular!r}")
    if singular.endswith(("s", "x", "z")):
        return singular
    if singular.endswith("al"):
        return singular[:-2] + "aux"
    return singular + ("x" if singular.endswith(("au", "eu")) else "s")


def counted(n: float, singular: str, plural_form: str | None = None, decimals: int = 0) -> str:
    """Number and noun held together: ``counted(16, "commune")`` gives « 16 communes »."""
    return number(n, decimals) + NBSP + plural(n, singular, plural_form)


def enumerate_fr(items: list[str], last: str = "et") -> str:
    """« a, b et c »."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def sort_key(text: str) -> tuple[str, str]:
    """Key that sorts French words without locale: accents, case, apostrophes and œ count last."""
    plain = text.replace("’", "").replace("'", "").replace("œ", "oe").replace("Œ", "OE")
    plain = plain.replace("æ", "ae").replace("Æ", "AE")
    folded = unicodedata.normalize("NFD", plain).casefold()
    letters = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    return " ".join(letters.split()), text
