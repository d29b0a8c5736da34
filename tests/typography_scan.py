"""A reader of reports who never tires: faults of French typography and of generated sentences.

:func:`faults` reads one block of text; the blocks come from a page (:func:`page_blocks`), a Word file
(:func:`word_blocks`) or a PDF (:func:`pdf_blocks`, without the rules on spaces, which a PDF does not keep).
Code, file names, addresses, versions and codes of the national registers are not sentences and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup, NavigableString, Tag


class Fault(NamedTuple):
    """A fault: the rule it breaks and the text around it."""

    rule: str
    text: str


_BLOCKS = (
    "title", "p", "li", "td", "th", "dt", "dd", "caption", "figcaption", "summary", "label", "button",
    "h1", "h2", "h3", "h4", "h5", "h6", "div", "section", "header", "footer", "nav", "main", "span", "a",
)  # fmt: skip
_SILENT = ("code", "pre", "kbd", "samp", "script", "style", "svg", "math")
_CODE = "\ue000"
"""Stands for what is left out: a word, for the rules on spaces."""

_OUT = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+\.\w+"  # addresses
    r"|(?<![\w/])[\w./-]*[\w-]\.(?:xlsx|csv|json|parquet|ya?ml|md|ipynb|docx|pdf|html|zip|gpkg|geojson|svg|png|py|lock|txt|tex)\b"
    r"|\b[\w.-]+/[\w.-]+(?:/[\w.-]+)*"  # paths, owner/name
    r"|\b\d+(?:\.\d+){2,}\b"  # versions
    r"|\b(?:Figure|Tableau|WCAG|RGAA|Python|Licence Ouverte|version|ODbL|RO-Crate|Crate|Data Package|v)[ \u00a0]\d+(?:\.\d+)+"
    r"|\b(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b|\bsha256 [0-9a-f]+"  # commits, sums
    r"|\b[LRD]\.? ?\d+-\d+(?:-\d+)*"  # articles of law
    r"|\b\d{9}\b|^\d{5}$|\(page \d+\)"  # a SIREN, the code of a commune alone, a page of a site
    r"|\bctg [a-z]+(?: [a-z]+)?(?: [\w-]+)?",
    re.IGNORECASE,
)

_SAME = "ans|fois|mois|pays|cas|temps|propos|sous|dans|plus|moins|secours|accès|puis|sans|très|hors|corps|bois|poids|univers|autres?"
_WORDS = "the|and|of|with|from|are|is|not|missing|unknown|observed|estimated|value|values|error|warning|chart|table of"
_NOUNS = (
    "enfant|place|commune|habitant|foyer|famille|personne|naissance|élève|classe|école|fichier|indicateur|service|"
    "structure|taux|logement|ménage|jour|heure|point|question|source|réponse|obligation|décision|secteur"
)
_NB = "\u00a0\u202f"
_RULES: dict[str, str] = {
    "apostrophe droite": r"(?<=\w)'(?=\w)",
    "guillemet droit": r"\"",
    "points de suspension": r"\.\.\.",
    "deux ponctuations": r"(?<![.…])\.\.(?!\.)|,\s*[,;]|;\s*;|[,;:]\s*\.(?!\w)|\.\s*[,;]|:\s*[;,:]|…\.",
    "rien entre parenthèses": r"\(\s*\)|«\s*»|\[\s*\]",
    "mot de programme": r"\b(?:nan|NaN|None|NaT|inf|null|undefined|True|False|dtype|object)\b|<NA>|[{}\\]|\*\*|`|\|\||%[sd]",
    "nom de programme": r"\b[a-zà-ÿ]+_[a-zà-ÿ0-9_]+\b",
    "mot doublé": r"(?<![\w’-])([A-Za-zà-ÿ]{2,})\s\1(?![\w’-])",
    "élision": r"(?<![\w’-])(?:[Dd]e|[Ll]e|[Ll]a|[Qq]ue|[Nn]e|[Ss]e|[Jj]usque|[Ll]orsque|[Pp]uisque)\s(?=[aàâeéèêëiîïoôuùûœAÀÂEÉÈÊËIÎÏOÔUÙÛŒ])"
    r"(?!(?:onze|onzième|oui|un|une|EPCI|EPT|EJE)\b)",
    "contraction": r"(?<![\w’-])(?:[Dd]e les?|[Àà] les|[Àà] le(?= [A-ZÉ])|[Dd]u l[ae’]|[Aa]ux? l[ae’]|[Dd]e du|[Dd]e des|[Àà] au(?! moins| plus| total)|[Àà] aux)(?![\w-])",
    "singulier": rf"(?<![\d,.\u202f\u00a0–/-])(?:0|1)(?:,\d+)?[ {_NB}](?!(?:{_SAME}|près|relais)\b)[a-zà-ÿ]{{2,}}s\b",
    "pluriel": rf"(?<![\d,.{_NB}–/-])(?:[2-9]|\d\d+|\d+{_NB[1]}\d+)(?:,\d+)?[ {_NB}](?:{_NOUNS})(?<!taux)\b",
    "minuscule après un point": r"(?<=[a-zà-ÿ0-9)]{3})\.\s(?=[a-zà-ÿ]{2})(?!d’après)",
    "tiret d’un nombre absent": r"\b(?:de|à|sur|soit|environ|pour|contre|par|et) [–-](?=[\s.,;)]|$)|: [–-](?=[.,;)])",
    "point décimal": r"(?<![\w.,/-])\d+\.\d+(?![\w.]|/)",
    "nombre sans séparateur": r"(?<![\w.,/°#_–-])(?!(?:1[89]|20|21)\d\d(?!\d))\d{4,}(?![\w/_]|-\d|,\d{3})",
    "moins": rf"(?<=[\s({_NB}])-\d",
    "période brute": r"\b(?:19|20)\d\d-(?:\d\d|T\d|(?:19|20)\d\d)\b",
    "mot anglais": rf"(?<![\w’-])(?:{_WORDS})(?![\w’-])",
    "pourcentage et points": r"\d\s*%\s+(?:de plus|de moins|d’écart)\b|\bpp\b",
}
_SPACES: dict[str, str] = {
    "espace double": rf"[ {_NB}]{{2,}}",
    "espace avant virgule": rf"[ {_NB}]+[,.](?!\d|\w)|\([ {_NB}]|[ {_NB}]\)",
    "espace de ; ! ?": rf"(?:(?<=[^\s{_NB};!?(])|(?<= ))[;!?]+(?=[\s{_NB})»]|$)",
    "espace de :": rf"(?:(?<=[^\s{_NB}:])|(?<= )):(?=[\s{_NB}]|$)",
    "espace de %": r"\d ?[%‰€](?!\w)",
    "espace de « »": rf"«(?![{_NB}])|(?<![{_NB}])»",
    "nombre coupé": r"\d \d{3}(?!\d)",
}
_TECHNICAL = ("nom de programme", "période brute")
_SURE = ("apostrophe droite", "guillemet droit", "points de suspension", "mot de programme", "élision", "contraction",
         "rien entre parenthèses", "pourcentage et points")  # fmt: skip
"""Rules that hold whatever the spaces, and where the cells of a table follow one another in one text."""
_COMPILED = {name: re.compile(p) for name, p in _RULES.items()}
_COMPILED_SPACES = {name: re.compile(p) for name, p in _SPACES.items()}


def faults(text: str, *, paper: bool = False, technical: bool = False) -> list[Fault]:
    """The faults of one block of text.

    Args:
        paper: the text of a PDF's page, in which spaces and blocks are lost: the rules that hold there.
        technical: the text describes files and programs (dictionary, list of sources): names of theirs may stand.
    """
    said = _OUT.sub(_CODE, re.sub(rf"[{_NB}]", " ", text) if paper else text)
    rules = {n: _COMPILED[n] for n in _SURE} if paper else _COMPILED | _COMPILED_SPACES
    if technical:
        rules = {name: rule for name, rule in rules.items() if name not in _TECHNICAL}
    found = []
    for name, pattern in rules.items():
        for match in pattern.finditer(said):
            around = said[max(0, match.start() - 40) : match.end() + 40]
            found.append(Fault(name, around.replace(_CODE, "…").replace("\n", " ")))
    return found


def page_blocks(html: str) -> Iterator[str]:
    """The texts of a page, one for each block, and those only heard (alternatives, labels)."""
    soup = BeautifulSoup(html, "html.parser")
    for held in soup.select("span.ctg-range"):  # « 11–17 » of a sentence, kept on one line
        held.unwrap()
    soup.smooth()
    for silent in soup.find_all(_SILENT):
        silent.replace_with(_CODE)
    for tag in soup.find_all(True):
        for name in ("alt", "aria-label", "title", "placeholder"):
            if tag.get(name):
                yield _squeezed(str(tag[name]))
    for tag in soup.find_all(_BLOCKS[:19]):
        text = "".join(_own_texts(tag))
        if text.strip():
            yield _squeezed(text)


def _own_texts(tag: Tag) -> Iterator[str]:
    """Texts of a block without those of the blocks it holds."""
    for child in tag.children:
        if isinstance(child, NavigableString):
            yield str(child)
        elif isinstance(child, Tag) and child.name == "br":
            yield "\n"
        elif isinstance(child, Tag) and child.name not in _BLOCKS[:25]:
            yield from _own_texts(child)


def _squeezed(text: str) -> str:
    """As a browser shows it: spaces and line ends of the source are one space."""
    return re.sub(r"[ \t\n\r]+", " ", text).strip()


def word_blocks(path: Path) -> Iterator[str]:
    """The paragraphs of a Word file, those of its tables, headers and footers included; no code."""
    from docx import Document
    from docx.oxml.ns import qn

    document = Document(str(path))
    parts = [document.element.body]
    for section in document.sections:
        parts += [section.header._element, section.footer._element]
    for part in parts:
        for paragraph in part.iter(qn("w:p")):
            text = "".join(_word_runs(paragraph, qn))
            if text.strip():
                yield text.strip()


def _word_runs(paragraph, qn) -> Iterator[str]:
    for run in paragraph.iter(qn("w:r")):
        style = run.find(f"{qn('w:rPr')}/{qn('w:rStyle')}")
        code = style is not None and "Verbatim" in str(style.get(qn("w:val")))
        for piece in run.iter(qn("w:t"), qn("w:br"), qn("w:tab")):
            yield _CODE if code else (piece.text or "") if piece.tag == qn("w:t") else "\n"


def pdf_blocks(path: Path) -> Iterator[str]:
    """The pages of a PDF, lines joined."""
    from pypdf import PdfReader

    for page in PdfReader(str(path)).pages:
        yield re.sub(r"\s*\n\s*", " ", page.extract_text().replace("\u00ad", ""))
