"""The letter that asks a partner for its figures, as a Word document.

A study may bring its own letterhead: ``modeles/lettre.docx`` in its folder. The text then goes where a
paragraph says « {{lettre}} », else at the end; styles of the same names are the template's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctg_lib.archive import fixed_file
from ctg_lib.display.theme import COLORS
from ctg_lib.display.typography import count_range, counted, enumerate_fr, typeset
from ctg_lib.geography.names import french_sort_key
from ctg_lib.indicators.catalogue import by_id
from ctg_lib.indicators.registry import THEMES
from ctg_lib.partnership.books.measures import MOMENTS, NATIONAL
from ctg_lib.partnership.requests import (
    Group,
    Measure,
    Partner,
    asked_of,
    groups,
    last_years,
    partners,
    request_book,
)
from ctg_lib.study.prefill import COUNCILS

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph

    from ctg_lib.geography import Territory
    from ctg_lib.study.core import Study

TEMPLATE = Path("modeles") / "lettre.docx"
"""A study's own letterhead, in its folder."""
HERE = "{{lettre}}"
"""Paragraph of a template that the text replaces."""
FONT = "Calibri"
TO_COMPLETE = "à compléter"
BANNER = "Données fictives : démonstration, à n’envoyer à personne"
EVIDENCE: dict[str, tuple[str, str]] = {
    "caf": ("foyers_rsa", "foyers au RSA"), "france_travail": ("demandeurs_emploi", "demandeurs d’emploi"),
}  # fmt: skip
"""Partner -> indicator that shows what its figure would mend, and its noun."""
MSA_OF: dict[str, str] = {"12": "Midi-Pyrénées Nord"}
"""Caisses de MSA known by name, by département; the others are « compétente pour … »."""
LYON = "MET69"
"""Kind of the one intermunicipality that has a département's competences on its territory."""
FARMERS_OVERSEAS: dict[str, str] = {
    **dict.fromkeys(("971", "972", "973", "974"), "Caisse générale de sécurité sociale (CGSS)"),
    "976": "Caisse de sécurité sociale (CSSM)",
}
"""Where there is no MSA: who insures farmers, by département."""
SIGNING = (
    "La convention est de celles que prévoient les articles L. 263-1, L. 223-1 et L. 227-1 à L. 227-3 du "
    "code de la sécurité sociale."
)
CHILDCARE = (
    "Recenser les besoins des enfants de moins de 3 ans et de leurs familles, et les modes d’accueil, "
    "revient à l’autorité organisatrice de l’accueil du jeune enfant (code de l’action sociale et des "
    "familles, article L. 214-1-3)."
)
COURTESY = "Nous vous prions d’agréer, Madame, Monsieur, l’expression de nos salutations distinguées."
FREE = (
    "À notre connaissance, aucun texte ne vous impose cette transmission : il s’agit d’effectifs agrégés, "
    "que vous êtes libres de communiquer."
)
GROUNDS: dict[str, tuple[str, ...]] = {
    "caf": (SIGNING, CHILDCARE), "msa": (SIGNING, CHILDCARE), "departement": (SIGNING, CHILDCARE),
    "epci": (CHILDCARE,), "operateurs": (CHILDCARE, FREE),
}  # fmt: skip
"""Partner -> on what ground it is asked; the others are free to answer."""
_KIND = re.compile(r"\bCommunauté (?=de communes|d’agglomération|urbaine)")
_MARK = re.compile(rf"\[([^\]]*{TO_COMPLETE}[^\]]*)\]")


@dataclass(frozen=True)
class Addressee:
    """To whom a letter goes: lines of its block, and its name in a sentence."""

    lines: tuple[str, ...]
    name: str


def bodies(study: Study) -> list[Territory]:
    """The intermunicipalities that sign together, in the study's order."""
    return [study.geography.territory(code) for code in study.config.territories]


def addressee(study: Study, partner: Partner) -> Addressee:
    """The partner's block; what is not known is « à compléter »."""
    service = partner.service[:1].upper() + partner.service[1:]
    if partner.id == "epci":
        names = [body.name for body in bodies(study)]
        return Addressee((*names, service), enumerate_fr(names))
    if partner.plural:
        return Addressee(("[Gestionnaire : à compléter]", service, "[adresse : à compléter]"), "vos services")
    name = _name(study, partner)
    if partner.id in NATIONAL:
        return Addressee((partner.name, _branch(study, service), "[adresse : à compléter]"), name)
    return Addressee((name, service, "[adresse : à compléter]"), name)


def _branch(study: Study, service: str) -> str:
    """« Direction territoriale de l’Aveyron, service statistique »: a national body's local one."""
    first, comma, rest = service.partition(",")
    places = [study.geography.territory(c, level="departement") for c in study.territory.departements]
    return f"{first} {enumerate_fr([t.de() for t in places])}{comma}{rest}"


def _name(study: Study, partner: Partner) -> str:
    """A partner's name with its place, as it is called there."""
    places = [study.geography.territory(c, level="departement") for c in study.territory.departements]
    codes = [t.code for t in places]
    if partner.id == "departement":
        if study.territory.kind == LYON:
            return study.territory.name
        return enumerate_fr(list(dict.fromkeys(_council(partner, t) for t in places)))
    if partner.id == "msa":
        if codes and all(code in FARMERS_OVERSEAS for code in codes):
            return enumerate_fr([f"{FARMERS_OVERSEAS[t.code]} {t.de()}" for t in places])
        known = [MSA_OF.get(code, "") for code in codes]
        if codes and all(known):
            return f"MSA {enumerate_fr(known)}"
        return f"{partner.name} (MSA) compétente pour {enumerate_fr([t.le() for t in places])}"
    if partner.id in NATIONAL:
        return f"{partner.name}, {_branch(study, partner.service.partition(',')[0])}"
    if partner.place == "de":
        return f"{partner.name} {enumerate_fr([t.de() for t in places])}"
    return f"{partner.name} compétente pour {enumerate_fr([t.le() for t in places])}"


def _council(partner: Partner, place: Territory) -> str:
    return COUNCILS.get(place.code, f"{partner.name} {place.de()}")


def letter_bytes(study: Study, partner: str, *, template: Path | None = None) -> bytes:
    """The letter to a partner; the same bytes for the same study.

    Args:
        partner: key of ``requests.PARTNERS``.
        template: a letterhead; by default the study's own, where it has one.

    Raises:
        KeyError: no such partner.
    """
    import docx

    asked = partners()[partner]
    own = study.project.studies / study.id / TEMPLATE
    base = template or (own if own.is_file() else None)
    document = docx.Document(str(base)) if base else docx.Document()
    if base is None:
        _styles(document)
    spot = next((p for p in document.paragraphs if HERE in p.text), None)
    letter = _Letter(document, spot)
    _write(letter, study, asked)
    if spot is not None:
        spot._element.getparent().remove(spot._element)
    if study.fictif:
        _banner(document)
    return _saved(document, study, asked)


def _saved(document: Word, study: Study, asked: Partner) -> bytes:
    moment = datetime(study.as_of.year, study.as_of.month, study.as_of.day)
    about = document.core_properties
    about.title = f"Demande de données : {asked.name}"
    about.subject = f"Diagnostic CTG {study.territory.de()}"
    about.author = enumerate_fr([body.name for body in bodies(study)])
    about.last_modified_by, about.comments, about.keywords = "", "", ""
    about.language, about.revision = "fr-FR", 1
    about.created = about.modified = moment
    return fixed_file(document.save, moment)


# --- what it says --------------------------------------------------------------------------------------


def _write(letter: _Letter, study: Study, asked: Partner) -> None:
    years, signing = last_years(study.as_of), bodies(study)
    book = request_book(asked.id, years)
    internal = asked.id == "epci"
    if internal:
        letter.heading("Note interne")
        letter.block(addressee(study, asked).lines, bold=len(signing))
    else:
        mine = ["[adresse, téléphone, courriel : à compléter]", "[chargé de coopération : à compléter]"]
        letter.block([*(body.name for body in signing), *mine], bold=len(signing))
        letter.block(addressee(study, asked).lines, right=True)
    letter.text("[Lieu et date : à compléter]", align="right")
    whose = enumerate_fr([_in_sentence(body.de()) for body in signing])
    letter.text(
        f"**Objet :** diagnostic de la convention territoriale globale (CTG) {whose} ; demande de données"
    )
    letter.text(f"**Pièce jointe :** {book.file}, à remplir")
    if not internal:
        letter.text("Madame, Monsieur,")
    letter.text(f"{_start(signing)} {asked.opening.replace('{evidence}', _evidence(study, asked))}")
    _asked(letter, study, asked, years)
    _answer(letter, book.file, asked, together=len(signing) > 1)
    _protection(letter, asked)
    letter.text(
        "Nous vous remercions de votre aide et restons à votre disposition pour préciser une définition.",
        keep=True,
    )
    if not internal:
        letter.text(COURTESY, keep=True)
    letter.text("[Fonction et signature : à compléter]", align="right")
    if asked_of(asked.id):
        _communes(letter, study)


def _start(signing: list[Territory]) -> str:
    who = enumerate_fr([_in_sentence(body.le()) for body in signing])
    verb, partners, theirs = ("prépare", "ses", "sa") if len(signing) == 1 else ("préparent", "leurs", "leur")
    return (
        f"{who[:1].upper()}{who[1:]} {verb} avec {partners} partenaires le diagnostic de {theirs} convention "
        f"territoriale globale."
    )


def _in_sentence(name: str) -> str:
    """« la communauté de communes … »: its kind has no capital inside a sentence."""
    return _KIND.sub("communauté ", name)


def _asked(letter: _Letter, study: Study, asked: Partner, years: tuple[int, ...]) -> None:
    letter.heading("Ce que nous demandons")
    size = counted(len(study.territory.members), "commune")
    codes = " et ".join(study.config.territories)
    whose = "l’ensemble du territoire" if asked_of(asked.id) else "vos services dans le territoire"
    letter.text(
        f"Les chiffres portent sur {whose} ({size}, SIREN {codes}), pour les années "
        f"{enumerate_fr([str(y) for y in years])}. Ceux que vous n’avez pas restent vides : un envoi "
        f"partiel est utile."
    )
    letter.table(
        ("Demande", "Ce qu’elle contient", "Années", "Thème"),
        _lines(asked, f"{years[0]}–{years[-1]}"),
    )
    letter.text(f"**Cadre.** {' '.join(GROUNDS.get(asked.id, (FREE,)))}")


def _communes(letter: _Letter, study: Study) -> None:
    """The communes and their codes, for whoever writes the query."""
    names = study.communes_by_code
    ordered = sorted(names, key=lambda code: french_sort_key(names[code]))
    listed = ", ".join(f"{names[code]} ({code})" for code in ordered)
    letter.text(
        f"**Communes du territoire et codes Insee**, composition au 1er janvier {study.geography.edition} : "
        f"{listed}.",
        size=8.5,
    )


def _evidence(study: Study, asked: Partner) -> str:
    """« (entre 58 et 144 foyers au RSA en 2024) »: this territory's own range; empty where there is none."""
    if asked.id not in EVIDENCE:
        return ""
    indicator, noun = EVIDENCE[asked.id]
    value = study.value(indicator)
    if not value.is_range or value.lower is None or value.upper is None:
        return ""
    return f" ({count_range(value.lower, value.upper)} {noun} en {value.period[:4]})"


SHORT = 3
"""Up to so many figures, a line of the table names them; beyond, it says what they are."""


def _lines(asked: Partner, span: str) -> list[tuple[str, ...]]:
    """Lines of the letter's table: what, contents, years, theme of the diagnostic."""
    found: dict[str, list[Measure]] = {}
    for measure in asked_of(asked.id):
        found.setdefault(measure.group, []).append(measure)
    out = [_line(groups()[name], some, span) for name, some in found.items()]
    return [*out, _services(asked)] if asked.structures else out


def _line(group: Group, some: list[Measure], span: str) -> tuple[str, ...]:
    labels = [_without(group.title, m.label) for m in some]
    named = " ; ".join(each if _capital(each) else each[:1].lower() + each[1:] for each in labels)
    moments = {m.moment for m in some}
    if len(moments) == 1 and not any("décembre" in each for each in labels) and "year" not in moments:
        named += f" ; {MOMENTS[moments.pop()]}"
    what = group.summary if len(some) > SHORT else f"{named[:1].upper()}{named[1:]}."
    if any(m.by_commune for m in some):
        what = f"{what[:-1]} ; aussi par commune." if "par commune" not in what.lower() else what
    rows = [by_id()[m.row] for m in some if m.row]
    theme = THEMES[rows[0].theme] if rows else group.why
    return group.title, what, span, theme[:1].upper() + theme[1:]


def _without(title: str, label: str) -> str:
    """A label without the title that stands beside it: « Relais petite enfance : temps de travail »."""
    rest = label.removeprefix(title)
    return rest.lstrip("\u00a0 :") if rest != label and rest.lstrip("\u00a0 :") else label


def _capital(label: str) -> bool:
    """Whether a label starts with a name that keeps its capitals (« LAEP : … », « Promeneurs du Net »)."""
    return label[:2].isupper() or label.startswith("Promeneurs")


_SERVICES: dict[str, str] = {
    "caf": "Services financés", "msa": "Services aidés", "epci": "Services gérés",
    "operateurs": "Vos services",
}  # fmt: skip
_BY_SERVICE: dict[str, str] = {
    "places": "places agréées", "hours_done": "heures réalisées et facturées", "users": "inscrits",
    "aeeh": "dont enfants bénéficiaires de l’AEEH", "waiting": "demandes en attente et leur date",
    "caf_ps": "prestation de service, bonus et fonds de la Caf", "msa": "aide versée",
    "agreement_end": "fin de la convention avec la Caf",
}  # fmt: skip
"""What « Par structure » asks for, in words; a column named with another has none."""


def _services(asked: Partner) -> tuple[str, ...]:
    """The line of the table about « Par structure »."""
    said = ", ".join(_BY_SERVICE[name] for name in asked.structures if name in _BY_SERVICE)
    return _SERVICES[asked.id], f"Une ligne par service : {said}.", "par année", "Offre et financement"


def _answer(letter: _Letter, file: str, asked: Partner, *, together: bool) -> None:
    letter.heading("Comment répondre")
    if asked_of(asked.id):
        detail = [
            words for there, words in (
                (any(m.by_commune for m in asked_of(asked.id)), "« Par commune »"),
                (bool(asked.structures), "« Par structure »"),
            ) if there
        ]  # fmt: skip
        only = f" ; {enumerate_fr(detail)} seulement si vous avez ce détail" if detail else ""
        said = (
            f"Sa feuille « Chiffres » a une ligne par chiffre, avec sa définition et son unité, pour "
            f"l’ensemble du territoire{only}. Il suffit de remplir les colonnes des années"
        )
        more = (
            " Si votre définition diffère de la nôtre, laissez la nôtre en place et dites la différence en "
            "remarque."
        )
    else:
        said = (
            "Les services connus y sont déjà écrits, une ligne chacun : laissez vides celles des services "
            "que vous ne gérez pas, recopiez une ligne pour une autre année"
        )
        more = ""
    if together and asked.id == "epci":
        more += (
            " Un seul classeur pour tout le territoire : chaque chiffre est la somme des intercommunalités."
        )
    back = "puis de renvoyer" if asked_of(asked.id) else "puis renvoyez"
    letter.text(
        f"Le classeur joint est {file}. {said}, {back} le classeur par courriel avant le "
        f"[date limite : à compléter].{more}"
    )
    sensitive = any(m.sensitive for m in asked_of(asked.id)) or "aeeh" in asked.structures
    more = " ; pour le handicap et la protection de l’enfance, de 1 à 9 : « < 10 »" if sensitive else ""
    letter.text(
        f"**Petits nombres.** Un effectif de personnes ou de foyers de 1 à 4 s’écrit « < 5 »{more}. Zéro "
        f"s’écrit 0. "
        "Si votre règle est plus stricte, elle s’applique. Un petit nombre qui nous parviendrait quand "
        "même est masqué "
        "à la lecture : il n’est ni enregistré dans le diagnostic, ni publié."
    )


def _protection(letter: _Letter, asked: Partner) -> None:
    letter.heading("Ce que deviennent vos chiffres")
    letter.text(
        f"Ils entrent dans le diagnostic, chacun avec sa source (« {asked.short}, fichier transmis le … "
        f"»). Ils servent "
        "au diagnostic, à la convention et à son suivi, et à rien d’autre. Votre fichier reste dans le "
        "dossier de "
        "l’étude ; il n’est pas republié."
    )
    letter.text(
        "**Protection des données.** Nous ne demandons que des effectifs agrégés : aucun nom, aucune "
        "adresse, aucun "
        "fichier de personnes. Merci de ne rien joindre de nominatif. Durée de conservation des fichiers "
        "reçus : "
        "[à compléter]. Délégué à la protection des données : [à compléter]."
    )


# --- how it is laid out ----------------------------------------------------------------------------------


class _Letter:
    """Adds paragraphs and tables at the end of a document, or before one of its paragraphs."""

    def __init__(self, document: Word, spot: Paragraph | None) -> None:
        self.document, self.spot = document, spot

    def _put(self, element: Any) -> None:
        if self.spot is not None:
            self.spot._element.addprevious(element)

    def paragraph(self, style: str = "") -> Paragraph:
        """An empty paragraph; a style the template lacks is left out."""
        known = {s.name for s in self.document.styles}
        made = self.document.add_paragraph(style=style if style in known else None)
        self._put(made._element)
        return made

    def block(self, lines: Iterable[str], *, right: bool = False, bold: int = 1) -> None:
        """Lines of an address, the first ones bold."""
        from docx.shared import Cm, Pt

        made = self.paragraph()
        for number, line in enumerate(lines):
            if number:
                made.add_run().add_break()
            _runs(made, f"**{line}**" if number < bold else line)
        made.paragraph_format.left_indent = Cm(9) if right else None
        made.paragraph_format.space_after = Pt(10 if right else 4)

    def text(self, words: str, *, align: str = "", keep: bool = False, size: float | None = None) -> None:
        """A paragraph; « ** » for bold, what is « à compléter » between brackets is highlighted.

        ``keep`` holds it on the page of the next one.
        """
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        made = self.paragraph()
        _runs(made, words, size=size)
        made.paragraph_format.keep_with_next = keep or None
        if align == "right":
            made.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def heading(self, words: str) -> None:
        """A short heading."""
        made = self.paragraph("Heading 2")
        made.paragraph_format.keep_with_next = True
        _runs(made, words)

    def table(self, heads: tuple[str, ...], lines: list[tuple[str, ...]]) -> None:
        """A table whose first line is repeated on each page."""
        from docx.oxml import OxmlElement
        from docx.shared import Cm, Pt

        known = {s.name for s in self.document.styles}
        table = self.document.add_table(
            rows=0, cols=len(heads), style="Table Grid" if "Table Grid" in known else None
        )
        table.autofit = False
        for column, width in zip(table.columns, _WIDTHS, strict=True):
            column.width = Cm(width)
        for number, line in enumerate([heads, *lines]):
            row = table.add_row()
            _no_split(row, OxmlElement("w:cantSplit"))
            if not number:
                _no_split(row, OxmlElement("w:tblHeader"))
            for cell, words, width in zip(row.cells, line, _WIDTHS, strict=True):
                cell.width = Cm(width)
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(1)
                _runs(paragraph, f"**{words}**" if not number else words, size=8.5)
                if not number:
                    _shade(cell, COLORS["paper-soft"])
        self._put(table._element)
        self.paragraph().paragraph_format.space_after = Pt(0)


_WIDTHS = (4.3, 7.3, 2.4, 3.0)
"""Of the table's columns, in centimetres."""


def _no_split(row: Any, element: Any) -> None:
    row._tr.get_or_add_trPr().append(element)


def _shade(cell: Any, colour: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), colour.lstrip("#"))
    cell._tc.get_or_add_tcPr().append(shade)


def _runs(paragraph: Paragraph, words: str, *, size: float | None = None) -> None:
    """Text with French typography; bold between « ** », « [à compléter] » highlighted."""
    from docx.enum.text import WD_COLOR_INDEX
    from docx.shared import Pt

    for bold, part in enumerate(typeset(words).split("**")):
        for marked, piece in enumerate(_MARK.split(part)):
            if not piece:
                continue
            run = paragraph.add_run(f"[{piece}]" if marked % 2 else piece)
            run.bold = bool(bold % 2) or None
            run.font.size = Pt(size) if size else None
            if marked % 2:
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _banner(document: Word) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    for section in document.sections:
        header = section.header
        header.is_linked_to_previous = False
        paragraph = header.add_paragraph() if header.paragraphs[0].text else header.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(typeset(BANNER).upper())
        run.bold, run.font.size = True, Pt(11)
        run.font.color.rgb = RGBColor.from_string("B00020")


def _styles(document: Word) -> None:
    """A4, one typeface, small headings, French."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin, section.bottom_margin = Cm(1.8), Cm(1.6)
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _page_number(footer)
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(10.5)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(5), 1.0
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-FR")
    normal.element.get_or_add_rPr().append(language)
    title: Any = document.styles["Heading 2"]
    title.font.name, title.font.size, title.font.bold = FONT, Pt(11.5), True
    title.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:asciiTheme"), "")
    fonts = title.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    title.font.color.rgb = RGBColor.from_string(COLORS["territory"].lstrip("#"))
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(8), Pt(3)


def _page_number(paragraph: Paragraph) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(8.5)
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._element.append(element)
