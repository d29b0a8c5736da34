"""The Word document that lends its page and its styles to the report (pandoc's ``reference-doc``).

Written from the display room's tokens, so that Word, the pages and the PDF show one identity. A project may
put its own ``notebooks/theme/reference.docx`` in its place: any document whose styles bear these names.
Style names are pandoc's (user's guide, option ``--reference-doc``); ``Source`` is ours.
"""

from __future__ import annotations

import io
import zipfile

from ctg_lib.display.theme import COLORS

FONT = "Calibri"
"""A font that Word readers have: a shipped font would not be found on their machines."""
CALLOUT_STYLES: dict[str, str] = {
    "essentiel": "Encadré essentiel",
    "vigilance": "Encadré vigilance",
    "note": "Encadré note",
}
"""Paragraph styles of the callouts; their titles bear the same name and « Titre »."""
_WORDS_OWN = frozenset(
    (
        "Normal",
        "Body Text",
        "Title",
        "Subtitle",
        "Date",
        "TOC Heading",
        "Block Text",
        "Footnote Text",
        "Footer",
    )
)
"""Names that Word knows."""
KEY_FIGURE = "Chiffre clé"
"""Character style of a key figure's value."""
FOOT_PLACE, HEAD_PLACE = "ctg_pied", "ctg_fictif"
"""Bookmarks of the words at the foot and at the head of every page: those of one study, not of its styles."""
FICTIF_MARK = "Fictif — données inventées pour la démonstration"
FRAME = "Cadre"
"""Table styles of the callouts: their name and this word."""
SOURCE = "Source"
"""Paragraph style of the lines under a figure or a table."""
DEFINITION = "Définition"
"""Paragraph style of what the dictionary says of an indicator, in one paragraph."""
SHEET_MARK = "feuille-"
"""How the ids of headings that begin a page begin."""
_TONES = {"essentiel": ("territory", "territory-soft"), "vigilance": ("accent", "accent-soft")}
"""Edge and ground of a callout's frame."""
_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def reference_docx(running: str = "", *, fictif: bool = False) -> bytes:
    """The document, the same bytes each time: A4, numbered pages, the report's styles, no text.

    Args:
        running: words at the foot of every page, before its number.
        fictif: the head of every page says that the data are made up.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in _parts(running, fictif).items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), _HEAD + text)
    return out.getvalue()


def _parts(running: str, fictif: bool) -> dict[str, str]:
    def relations(*pairs: tuple[str, str]) -> str:
        inner = "".join(
            f'<Relationship Id="rId{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for i, (kind, target) in enumerate(pairs, start=1)
        )
        return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'

    overrides = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{_WORD}.{kind}+xml"/>'
        for part, kind in (
            ("document", "document.main"), ("styles", "styles"), ("footer1", "footer"), ("header1", "header"),
        )
    )  # fmt: skip
    mark = _place(HEAD_PLACE, _run(FICTIF_MARK, bold=True) if fictif else "")
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        "_rels/.rels": relations(("officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": relations(
            ("styles", "styles.xml"), ("footer", "footer1.xml"), ("header", "header1.xml")
        ),
        "word/document.xml": f'<w:document {_NS} xmlns:r="{_OFFICE}"><w:body><w:p/>{_SECTION}</w:body>'
        "</w:document>",
        "word/footer1.xml": f"<w:ftr {_NS}>{_footer(running)}</w:ftr>",
        "word/header1.xml": f'<w:hdr {_NS}><w:p><w:pPr><w:pStyle w:val="Footer"/><w:jc w:val="right"/>'
        f"</w:pPr>{mark}</w:p></w:hdr>",
        "word/styles.xml": f"<w:styles {_NS}>{_styles()}</w:styles>",
    }


_SECTION = (
    '<w:sectPr><w:footerReference w:type="default" r:id="rId2"/>'
    '<w:headerReference w:type="default" r:id="rId3"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1247" w:right="1247" w:bottom="1247" w:left="1247" w:header="624" w:footer="624" '
    'w:gutter="0"/></w:sectPr>'
)
"""A4 with margins of 22 mm, in twentieths of a point."""


def _footer(running: str) -> str:
    """Words on the left, the page's number on the right: a tab stop at the width of the text."""
    words = f"{_place(FOOT_PLACE, _run(running))}<w:r><w:tab/></w:r>" if running else ""
    place = '<w:tabs><w:tab w:val="right" w:pos="9412"/></w:tabs>' if running else '<w:jc w:val="right"/>'
    return (
        f'<w:p><w:pPr><w:pStyle w:val="Footer"/>{place}</w:pPr>{words}<w:r><w:fldChar w:fldCharType="begin"/>'
        '</w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


def _place(name: str, runs: str) -> str:
    """Runs inside a bookmark, by which the next report finds the words that are its own to say."""
    rank = 9000 + len(name)
    return f'<w:bookmarkStart w:id="{rank}" w:name="{name}"/>{runs}<w:bookmarkEnd w:id="{rank}"/>'


def _run(text: str, *, bold: bool = False) -> str:
    from html import escape

    look = f'<w:rPr><w:b/><w:color w:val="{COLORS["accent"].lstrip("#")}"/></w:rPr>' if bold else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _styles() -> str:
    ink, soft, petrol = (COLORS[name].lstrip("#") for name in ("ink", "ink-soft", "territory"))
    line, paper = COLORS["line"].lstrip("#"), COLORS["paper-soft"].lstrip("#")
    fonts = "".join(f' w:{kind}="{FONT}"' for kind in ("ascii", "hAnsi", "cs", "eastAsia"))
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts{fonts}/><w:color w:val="{ink}"/><w:sz w:val="21"/>'
        '<w:szCs w:val="21"/><w:lang w:val="fr-FR" w:eastAsia="fr-FR" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="264" w:lineRule="auto"/></w:pPr>'
        "</w:pPrDefault></w:docDefaults>"
    )
    body = [
        _style("Normal", default=True),
        _style("Body Text", space=(0, 120)),
        _style("First Paragraph", "Body Text"),
        _style("Compact", space=(20, 20)),
        _style("Title", size=52, bold=True, color=petrol, space=(2400, 160), next_="BodyText"),
        _style("Subtitle", size=28, space=(0, 240)),
        _style("Author", size=22, color=soft, space=(0, 240)),
        _style("Date", size=22, color=soft, space=(0, 480)),
        _style("TOC Heading", size=32, bold=True, color=petrol, space=(360, 120), keep=True),
        _style("Image Caption", size=20, space=(240, 80), keep=True),
        _style("Table Caption", size=20, space=(240, 80), keep=True),
        _style("Captioned Figure", space=(0, 80), keep=True),
        _style("Figure", space=(0, 80), keep=True),
        _style(DEFINITION, size=17, space=(0, 60)),
        _style(SOURCE, size=17, color=soft, space=(60, 60)),
        _style("Block Text", color=soft, space=(60, 120)),
        _style("Footnote Text", size=18),
        _style("Footer", size=18, color=soft),
    ]
    sizes = ((36, 480), (28, 360), (24, 280), (22, 240), (21, 200), (21, 200))
    body += [
        _style(
            f"heading {level}", size=size, bold=True, color=petrol if level < 3 else ink, space=(before, 120),
            keep=True, outline=level - 1, new_page=level == 1, next_="BodyText",
        )
        for level, (size, before) in enumerate(sizes, start=1)
    ]  # fmt: skip
    body += [f'<w:style w:type="paragraph" w:styleId="TOC{n}"><w:name w:val="toc {n}"/>'
             f'<w:basedOn w:val="Normal"/><w:pPr><w:spacing w:after="60"/><w:ind w:left="{(n - 1) * 240}"/>'
             "</w:pPr></w:style>" for n in (1, 2, 3)]  # fmt: skip
    for kind, name in CALLOUT_STYLES.items():
        edge, fill = (COLORS[tone].lstrip("#") for tone in _TONES.get(kind, ("neutral", "paper-soft")))
        body += [
            _style(name, space=(0, 80)),
            _style(f"{name} Titre", name, size=23, bold=True, space=(60, 60), keep=True),
            _box(f"{name} {FRAME}", edge, fill),
        ]
    body += [
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>',
        _character("Hyperlink", f'<w:color w:val="{petrol}"/><w:u w:val="single"/>'),
        _character("Verbatim Char", '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/>'),
        _character(KEY_FIGURE, f'<w:b/><w:color w:val="{petrol}"/><w:sz w:val="24"/><w:szCs w:val="24"/>'),
        _character("Footnote Reference", '<w:vertAlign w:val="superscript"/>'),
        _table(line, paper),
    ]
    return defaults + "".join(body)


def _style(
    name: str, based_on: str = "Normal", *, size: int = 0, bold: bool = False, color: str = "",
    space: tuple[int, int] | None = None, keep: bool = False, outline: int | None = None,
    new_page: bool = False, next_: str = "", default: bool = False,
) -> str:  # fmt: skip
    """A paragraph style: size in half-points, space before and after in twentieths of a point."""
    identifier = _identifier(name)
    paragraph = "<w:keepNext/><w:keepLines/>" if keep else ""
    paragraph += "<w:pageBreakBefore/>" if new_page else ""
    paragraph += f'<w:spacing w:before="{space[0]}" w:after="{space[1]}"/>' if space else ""
    paragraph += f'<w:outlineLvl w:val="{outline}"/>' if outline is not None else ""
    run = "<w:b/>" if bold else ""
    run += f'<w:color w:val="{color}"/>' if color else ""
    run += f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>' if size else ""
    start = f'<w:style w:type="paragraph"{" w:default=" + chr(34) + "1" + chr(34) if default else ""}'
    return (
        f'{start}{_custom(name)} w:styleId="{identifier}"><w:name w:val="{name}"/>'
        + ("" if default else f'<w:basedOn w:val="{_identifier(based_on)}"/>')
        + (f'<w:next w:val="{next_}"/>' if next_ else "")
        + f"<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )


def _identifier(name: str) -> str:
    return "".join(c for c in name[0].upper() + name[1:] if c.isascii() and c.isalnum())


def _custom(name: str) -> str:
    """Whether a style is ours or pandoc's: Word translates the names of its own, and keeps others."""
    return "" if name in _WORDS_OWN or name.startswith("heading") else ' w:customStyle="1"'


def _character(name: str, run: str) -> str:
    return (
        f'<w:style w:type="character" w:styleId="{_identifier(name)}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="DefaultParagraphFont"/><w:rPr>{run}</w:rPr></w:style>'
    )


def _box(name: str, edge: str, fill: str) -> str:
    """A style of table: the frame of a callout, whose texts keep the paragraph styles of the same name."""
    return (
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{_identifier(name)}"><w:name w:val="{name}"/>'
        '<w:pPr><w:spacing w:after="0"/></w:pPr><w:tblPr><w:tblBorders>'
        f'<w:left w:val="single" w:sz="24" w:space="0" w:color="{edge}"/></w:tblBorders><w:tblCellMar>'
        '<w:top w:w="60" w:type="dxa"/><w:left w:w="170" w:type="dxa"/><w:bottom w:w="60" w:type="dxa"/>'
        '<w:right w:w="170" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f'<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{fill}"/></w:tcPr></w:style>'
    )


def _table(line: str, paper: str) -> str:
    """Pandoc's style of tables: hairlines between rows, a shaded head, small text."""
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{line}"/>'
        for side in ("top", "bottom", "insideH")
    )
    return (
        '<w:style w:type="table" w:default="1" w:styleId="Table"><w:name w:val="Table"/>'
        '<w:rPr><w:sz w:val="17"/><w:szCs w:val="17"/></w:rPr>'
        f"<w:tblPr><w:tblBorders>{edges}</w:tblBorders><w:tblCellMar>"
        '<w:top w:w="40" w:type="dxa"/><w:left w:w="50" w:type="dxa"/><w:bottom w:w="40" w:type="dxa"/>'
        '<w:right w:w="50" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="{paper}"/></w:tcPr></w:tblStylePr></w:style>'
    )
