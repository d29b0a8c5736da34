"""Guides and sheets for whoever conducts interviews, meetings, forums and the seminar: Word, to be printed.

What is written on them is copied into the workbooks of the study's ``consultation`` folder, coded by the
scheme that the last of them prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctg_lib.consultation import guide_words as words
from ctg_lib.consultation.actors import GROUPS, KINDS, SIDES, STRENGTHS
from ctg_lib.consultation.books.rencontres import RUBRIC_QUESTIONS, RUBRICS
from ctg_lib.consultation.books.seminaire import COLLEGES
from ctg_lib.consultation.folder import FOLDER
from ctg_lib.consultation.scheme import PUBLICS, Scheme, load_scheme
from ctg_lib.consultation.settings import Settings, read_settings
from ctg_lib.display.typography import typeset
from ctg_lib.documents.word_parts import (
    WIDTH,
    bare_table,
    gridded,
    repeat,
    rule,
    running_foot,
    saved,
    shade,
    styles,
    to_right,
    underlined,
    write,
)
from ctg_lib.files import write_whole
from ctg_lib.workbooks.common import THEME_NAMES, THEMES
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

    from ctg_lib.study.core import Study

HOME = "guides"
"""Of the outputs."""
INTERVIEW, MEETING, FORUM, SEMINAR, SCHEME = (
    "guide-entretien.docx", "fiche-rencontre-thematique.docx", "fiche-forum.docx", "fiche-seminaire.docx",
    "grille-de-codage.docx",
)  # fmt: skip
FILES: tuple[str, ...] = (INTERVIEW, MEETING, FORUM, SEMINAR, SCHEME)
BOX = "☐"
FICTIF = "Fictif : document d’une démonstration"
TO_COMPLETE = "à compléter"


def write_guides(study: Study, output: Path | None = None) -> list[Path]:
    """Write the guides of a study; they hold nothing of what was said.

    Args:
        study: whose name, secteurs, themes, needs and contacts are printed.
        output: folder; by default ``outputs/guides/<study>``.

    Returns:
        Files written, in the order of :data:`FILES`.
    """
    home = Path(output) if output is not None else study.project.outputs / HOME / study.id
    return [write_whole(home / name, guide_bytes(study, name)) for name in FILES]


def guide_bytes(study: Study, name: str) -> bytes:
    """One of :data:`FILES` as bytes: the same for the same study.

    Raises:
        KeyError: no such guide.
    """
    make = {INTERVIEW: _interview, MEETING: _meeting, FORUM: _forum, SEMINAR: _seminar, SCHEME: _scheme}[name]
    folder = study.project.studies / study.id
    scheme = load_scheme(folder / FOLDER)[0]
    page = _Page(study, scheme, read_settings(folder))
    title = make(page)
    running_foot(page.document.sections[0].footer, typeset(f"{title} · {study.territory.name}"))
    return saved(page.document, study.as_of, title=typeset(title))


# --- the documents -------------------------------------------------------------------------------------


def _interview(page: _Page) -> str:
    title = "Guide d’entretien"
    page.title(title, "Partenaires et acteurs locaux · une heure · une feuille par entretien")
    page.fields(
        ("Identifiant (E01…)", "Date", "Nombre de personnes"), ("Organisme", "Fonction (jamais un nom)")
    )
    page.choices("Groupe", GROUPS.values(), columns=3)
    page.secteurs()
    page.choices("Thèmes abordés", page.themes.values(), columns=3)
    page.frame("À dire avant de commencer", words.OPENING)
    for number, ask in enumerate(words.INTERVIEW, start=1):
        page.question(number, ask)
    page.heading("Pour finir")
    for text in words.ENDING:
        page.text(text, bold=True, after=1, keep=True)
        page.lines(3)
    page.frame(
        "Comment la personne accepte d’être citée", [f"{BOX} {each}" for each in words.QUOTED], marks=False
    )
    page.fields(("Citation envoyée le", "Relue le"))
    page.protection()
    page.heading("À sonder selon le thème", new_page=True)
    page.text(
        "Besoins de la grille de codage : à ne pas lire à voix haute, mais à relancer s’ils affleurent.",
        soft=True,
    )
    page.table(
        ("Thème", "Besoins"),
        [(_capital(label), _needs(page.scheme, theme)) for theme, label in page.themes.items()],
        (3.6, WIDTH - 3.6), size=10,
    )  # fmt: skip
    return title


def _meeting(page: _Page) -> str:
    title = "Fiche de rencontre thématique"
    page.title(
        title, "Acteurs locaux · deux heures · une fiche par rencontre, une personne anime, une autre écrit"
    )
    page.fields(("Identifiant (R01…)", "Date", "Lieu"), ("Intitulé", "Personnes présentes, sans l’équipe"))
    page.choices("Thèmes abordés", page.themes.values(), columns=3)
    page.secteurs()
    page.steps(words.MEETING_STEPS)
    page.frame("À dire avant de commencer", words.OPENING)
    page.present(SIDES["elus"] + SIDES["professionnels"] + SIDES["partenaires"])
    page.heading("Ce qui est dit", new_page=True)
    page.text(
        "Une ligne par chose dite. Qui : le groupe, jamais un nom (« ensemble » si tous le disent). Force : "
        "1 évoqué, 2 appuyé, 3 central. Le code du besoin s’ajoute après.",
        soft=True,
    )
    for number, (code, label) in enumerate(RUBRICS.items(), start=1):
        page.rubric(
            number, _capital(label), RUBRIC_QUESTIONS[code], rows=5 if code in ("besoins", "pistes") else 4
        )
    page.protection()
    return title


def _forum(page: _Page) -> str:
    title = "Fiche de forum d’habitants"
    page.title(title, "Habitants · moins de deux heures · une fiche par forum, une page par table")
    page.fields(("Identifiant (F01…)", "Date", "Lieu"), ("Intitulé", "Habitants présents, sans l’équipe"))
    page.secteurs("D’où viennent les habitants")
    page.steps(words.FORUM_STEPS)
    page.frame("À dire avant de commencer", words.OPENING)
    page.present(SIDES["habitants"])
    page.heading("Une page par table (à photocopier)", new_page=True)
    page.fields(("Forum", "Table n°", "Personnes à la table"))
    for label, kind in words.FORUM_TABLES:
        page.rubric(0, label, f"Se code : {kind}.", rows=5)
    page.heading("Le vote", new_page=True)
    page.bullets(words.VOTING)
    page.fields(("Votants", "Voix par votant"))
    page.grid(("N°", "Proposition, telle que lue avant le vote", "Voix"), 12, (1.2, WIDTH - 3.4, 2.2))
    page.protection()
    return title


def _seminar(page: _Page) -> str:
    title = "Fiche du séminaire des élus"
    page.title(title, "Élus et agents · deux heures · les collèges votent à part et ne s’additionnent jamais")
    page.fields(("Identifiant (S01…)", "Date", "Lieu"), ("Intitulé", "Élus présents", "Agents présents"))
    page.steps(words.SEMINAR_STEPS)
    page.frame("À dire avant de commencer", words.OPENING)
    page.heading("Ce qui est dit")
    page.text(f"Nature : {', '.join(KINDS.values())}. Force : 1 évoqué, 2 appuyé, 3 central.", soft=True)
    page.grid(("Ce qui est dit, en une phrase", "Qui", "Nature", "Force"), 7, (WIDTH - 7.2, 2.8, 2.8, 1.6))
    page.heading("Propositions et votes", new_page=True)
    page.bullets(words.VOTING)
    shown = ("elus", "agents", "partenaires")
    heads = ("N°", "Proposition, telle que lue avant le vote", *(_capital(COLLEGES[c]) for c in shown))
    page.grid(heads, 12, (1.2, WIDTH - 9.3, 2.2, 3.2, 2.7))
    page.fields(("Votants : élus", "Votants : agents", "Votants : partenaires"), ("Voix par votant",))
    page.protection()
    return title


def _scheme(page: _Page) -> str:
    title = "Grille de codage des besoins"
    page.title(title, f"{len(page.scheme)} besoins, par thème · à garder près de soi en codant")
    page.heading("Comment coder")
    page.bullets(words.CODING)
    kinds = [(_capital(label), words.KIND_HELP[kind]) for kind, label in KINDS.items()]
    page.table(("Nature", "Se dit de"), kinds, (3.6, WIDTH - 3.6), size=10)
    strengths = [(f"{code} · {label}", words.STRENGTH_HELP[code]) for code, label in STRENGTHS.items()]
    page.table(("Force", "Se dit de"), strengths, (3.6, WIDTH - 3.6), size=10)
    for theme, label in THEMES.items():
        needs = page.scheme.of_theme(theme)
        if not needs:
            continue
        page.heading(_capital(label))
        rows = [
            (n.code, _capital(n.label), f"{n.definition} Pour : {', '.join(PUBLICS[p] for p in n.publics)}.")
            for n in needs
        ]
        page.table(("Code", "Besoin", "Ce qui en relève"), rows, (4.2, 4.6, WIDTH - 8.8), size=9.5)
    return title


def _needs(scheme: Scheme, theme: str) -> str:
    return " ; ".join(need.label for need in scheme.of_theme(theme))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- how they are laid out -----------------------------------------------------------------------------


class _Page:
    """Adds what is printed at the end of a document."""

    def __init__(self, study: Study, scheme: Scheme, settings: Settings) -> None:
        import docx

        self.study, self.scheme, self.settings = study, scheme, settings
        self.themes = {theme: THEME_NAMES[theme] for theme in study.config.themes}
        self.document = docx.Document()
        styles(self.document)
        if study.fictif:
            header = self.document.sections[0].header.paragraphs[0]
            write(header, typeset(FICTIF), size=10, bold=True, colour="accent")
            to_right(header)

    def title(self, text: str, below: str) -> None:
        """Title, territory, who it is for."""
        made = self.document.add_paragraph(style="Heading 1")
        made.add_run(typeset(text))
        self.text(f"{self.study.territory.name} · convention territoriale globale", size=11)
        self.text(below, soft=True, after=8)

    def heading(self, text: str, *, new_page: bool = False) -> None:
        """A section."""
        made = self.document.add_paragraph(style="Heading 2")
        made.paragraph_format.page_break_before = new_page or None
        made.add_run(typeset(text))

    def text(
        self, text: str, *, bold: bool = False, soft: bool = False, size: float | None = None,
        after: float = 3, keep: bool = False,
    ) -> Paragraph:  # fmt: skip
        """A paragraph."""
        from docx.shared import Pt

        made = self.document.add_paragraph()
        made.paragraph_format.space_after = Pt(after)
        made.paragraph_format.keep_with_next = keep or None
        write(
            made,
            typeset(text),
            bold=bold,
            size=size or (10 if soft else None),
            colour="ink-soft" if soft else "",
        )
        return made

    def bullets(self, texts: Iterable[str]) -> None:
        """A list."""
        from docx.shared import Cm

        for text in texts:
            made = self.text(f"•\t{text}", after=2)
            made.paragraph_format.left_indent, made.paragraph_format.first_line_indent = Cm(0.5), Cm(-0.5)
            made.paragraph_format.tab_stops.add_tab_stop(Cm(0.5))
        self._gap(4)

    def fields(self, *rows: Sequence[str]) -> None:
        """Short things to fill in, several on a line."""
        from docx.shared import Cm

        for labels in rows:
            table = bare_table(self.document, [WIDTH / len(labels)] * len(labels))
            table.rows[0].height = Cm(1.05)
            for cell, label in zip(table.rows[0].cells, labels, strict=True):
                write(cell.paragraphs[0], typeset(label), size=8.5, colour="ink-soft")
            gridded(table)
            self._gap(3)

    def choices(self, label: str, options: Iterable[str], columns: int) -> None:
        """Boxes to tick, read downwards."""
        several = [_capital(each) for each in options]
        size = -(-len(several) // columns)
        self.text(label, bold=True, after=1, keep=True)
        table = bare_table(self.document, [WIDTH / columns] * columns)
        for number, cell in enumerate(table.rows[0].cells):
            for rank, option in enumerate(several[number * size : (number + 1) * size]):
                made = cell.paragraphs[0] if not rank else cell.add_paragraph()
                made.paragraph_format.space_after = 0
                write(made, f"{BOX}\u00a0{typeset(option)}", size=9.5)
        self._gap(4)

    def secteurs(self, label: str = "Secteur, s’il est question d’un seul") -> None:
        """Boxes of the study's secteurs; nothing where it has none."""
        if self.study.config.secteurs:
            self.choices(label, self.study.config.secteurs, columns=min(4, len(self.study.config.secteurs)))

    def frame(self, title: str, texts: Iterable[str], *, marks: bool = True) -> None:
        """A coloured frame: a title, lines."""
        from docx.shared import Cm

        self._gap(4)
        table = bare_table(self.document, [WIDTH])
        cell = table.rows[0].cells[0]
        shade(cell, "paper-soft")
        write(cell.paragraphs[0], typeset(title), bold=True, colour="territory")
        for text in texts:
            made = cell.add_paragraph()
            write(made, f"•\t{typeset(text)}" if marks else typeset(text), size=10)
            if marks:
                made.paragraph_format.left_indent, made.paragraph_format.first_line_indent = Cm(0.5), Cm(-0.5)
                made.paragraph_format.tab_stops.add_tab_stop(Cm(0.5))
        self._gap(4)

    def question(self, number: int, ask: words.Ask) -> None:
        """A question, what to ask again, lines."""
        from docx.shared import Pt

        made = self.text("", after=1, keep=True)
        made.paragraph_format.space_before = Pt(8)
        write(made, typeset(f"{number}. {ask.title}"), bold=True, colour="territory")
        self.text(ask.question, bold=True, after=1, keep=True)
        self.text(f"Relances : {' '.join(ask.again)}", soft=True, keep=True)
        self.lines(ask.lines)

    def lines(self, count: int) -> None:
        """Lines to write on, kept together."""
        from docx.shared import Pt

        for rank in range(count):
            made = self.document.add_paragraph()
            made.paragraph_format.space_before, made.paragraph_format.space_after = Pt(9), Pt(0)
            made.paragraph_format.keep_with_next = rank < count - 1 or None
            rule(made)

    def rubric(self, number: int, title: str, question: str, rows: int) -> None:
        """A heading of a sheet, its question, a grid to write in."""
        from docx.shared import Pt

        made = self.text("", after=1, keep=True)
        made.paragraph_format.space_before = Pt(8)
        write(made, typeset(f"{number}. {title}" if number else title), bold=True, colour="territory")
        self.text(question, soft=True, keep=True)
        self.grid(
            ("Ce qui est dit", "Qui", "Force", "Besoin (code)"),
            rows,
            (WIDTH - 7.4, 3.0, 1.4, 3.0),
            together=True,
        )

    def steps(self, steps: Sequence[words.Step]) -> None:
        """The course of a meeting."""
        total = sum(step.minutes for step in steps)
        self.heading(f"Déroulé ({total} minutes)")
        rows = [(f"{step.minutes} min", step.title, step.text) for step in steps]
        self.table(("Durée", "Moment", "Ce qu’on fait"), rows, (1.8, 4.6, WIDTH - 6.4), size=10)

    def present(self, groups: Iterable[str]) -> None:
        """How many people of each group; no names."""
        self.heading("Présents : un nombre par groupe, aucun nom")
        rows = [(_capital(GROUPS[group]), "", "") for group in groups]
        self.table(
            ("Groupe", "Nombre", "Fonctions et organismes"), rows, (6.6, 2.2, WIDTH - 8.8), size=10, grid=True
        )

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], *, size: float,
        grid: bool = False,
    ) -> None:  # fmt: skip
        """A table whose heading is repeated on each page."""
        from docx.shared import Cm, Pt

        table = bare_table(self.document, widths, rows=1 + len(rows))
        for row, cells in zip(table.rows, (heads, *rows), strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                made = cell.paragraphs[0].paragraph_format
                made.space_before, made.space_after = Pt(1.5), Pt(1.5)
                write(cell.paragraphs[0], typeset(text), size=size)
        self._head(table)
        if grid:
            for row in table.rows[1:]:
                row.height = Cm(0.75 if len(rows) < 8 else 0.55)
            gridded(table)
        else:
            underlined(table)
        self._gap(4)

    def _head(self, table: Any) -> None:
        repeat(table.rows[0])
        for cell in table.rows[0].cells:
            shade(cell, "territory-soft")
            cell.paragraphs[0].paragraph_format.keep_with_next = True
            for run in cell.paragraphs[0].runs:
                run.bold = True

    def grid(
        self, heads: Sequence[str], rows: int, widths: Sequence[float], *, together: bool = False
    ) -> None:
        """Empty cells to write in."""
        from docx.shared import Cm

        table = bare_table(self.document, widths, rows=1 + rows)
        for cell, text in zip(table.rows[0].cells, heads, strict=True):
            write(cell.paragraphs[0], typeset(text), size=9)
        self._head(table)
        for row in table.rows[1:]:
            row.height = Cm(0.95)
            if together and row is not table.rows[-1]:
                for cell in row.cells:
                    cell.paragraphs[0].paragraph_format.keep_with_next = True
        gridded(table)
        self._gap(4)

    def protection(self) -> None:
        """What becomes of the sheet."""
        until, contact = self.settings.keep_until, self.settings.controller.words
        kept = day_in_words(until) if until else f"[{TO_COMPLETE}]"
        who = f"[{TO_COMPLETE}]" if contact == TO_COMPLETE else contact
        self.frame(
            "Cette feuille",
            (
                "Elle est recopiée dans le classeur de l’étude, puis détruite. "
                f"Le classeur est gardé jusqu’au : {kept}.",
                f"Pour faire retirer un propos, ou toute question : {who}.",
                "Ni nom, ni adresse, ni téléphone : un groupe, une fonction.",
            ),
        )

    def _gap(self, points: float) -> None:
        from docx.shared import Pt

        made = self.document.add_paragraph()
        made.paragraph_format.space_after = Pt(0)
        made.paragraph_format.line_spacing = Pt(points)
