"""The convention of a study: its text, as an editable Word document and as PDF.

The text is that of ``templates/convention.yml``, or of the study's own ``convention/modele.yml``. Where the
study has a ``convention/modele.docx``, a partner's own document is filled instead
(:mod:`ctg_lib.documents.agreement.word_template`), and ours gives its annexes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctg_lib.agreement.folder import FOLDER
from ctg_lib.display.typography import counted, enumerate_fr, typeset
from ctg_lib.documents.agreement.blocks import Block, Draft, Gap, Grid, Heading, Text
from ctg_lib.documents.agreement.convention_fields import fields
from ctg_lib.documents.agreement.convention_pdf import pdf_bytes
from ctg_lib.documents.agreement.convention_tables import tables
from ctg_lib.documents.agreement.convention_word import word_bytes
from ctg_lib.documents.agreement.text_model import SECTIONS, TextModel
from ctg_lib.documents.agreement.word_template import MAPPING, fill_template
from ctg_lib.errors import BadInput
from ctg_lib.study.convention_dates import Dated, dated
from ctg_lib.workbooks.moments import day_in_words
from ctg_lib.workbooks.plain_yaml import UnreadableYaml, read_yaml
from ctg_lib.workbooks.problems import Problem

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

TEMPLATE = Path(__file__).parent.parent / "templates" / "convention.yml"
OWN_TEXT, OWN_WORD = "modele.yml", "modele.docx"
"""A study's own text and its own Word document, in its ``convention`` folder."""
FICTIF = "Fictif : document d’une démonstration"
LEFT = "Ce qui reste à compléter"

__all__ = ["Dated", "convention", "dated", "draft"]


def convention(study: Study, text: Draft | None = None) -> list[tuple[str, bytes]]:
    """The convention's files, (name, content), the same for the same study.

    ``convention.docx`` and ``convention.pdf``; with a partner's own Word document, that document filled
    (``convention.docx``) and our annexes (``convention-annexes.docx``, ``convention-annexes.pdf``).

    Args:
        text: of the convention (:func:`draft`), where it was made already.

    Raises:
        BadInput: the study's own text or Word document cannot be used; every reason, one a line.
    """
    own = _own_word(study)
    made = text or draft(study)
    if own is None:
        return [
            ("convention.docx", word_bytes(made, study.as_of)),
            ("convention.pdf", pdf_bytes(made)),
        ]
    filled, gaps = _filled(study, own)
    made = _annexes(made, gaps)
    return [
        ("convention.docx", filled),
        ("convention-annexes.docx", word_bytes(made, study.as_of)),
        ("convention-annexes.pdf", pdf_bytes(made)),
    ]


def draft(study: Study) -> Draft:
    """The text of a study's convention, with the list of what it leaves blank as its last part.

    Raises:
        BadInput: the study's own text cannot be used; every reason, one a line.
    """
    raw, file = _text_of(study)
    model = TextModel(raw, file)
    known = fields(study)
    blocks, gaps = model.filled(known, tables(study, known))
    title = model.text("titre", known, "Convention territoriale globale")
    subtitle = model.text("sous_titre", known, study.territory.name)
    _refuse(model.problems)
    days = dated(study)
    gaps += [
        Gap("Dates", typeset(f"une date qui se tienne ({problem})"), "qui conduit l’étude")
        for problem in days.problems
    ]
    made = Draft(
        title, subtitle, _state(study, days), typeset(f"{title} · {study.territory.name}"),
        typeset(FICTIF) if study.fictif else "", tuple(_titled_once(blocks)), tuple(gaps), tuple(_descriptions_left(known)),
    )  # fmt: skip
    return replace(made, blocks=(*made.blocks, *_left(made.gaps)))


def _titled_once(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks in order; a table whose title is that of the heading above it does not say it again."""
    above = ""
    for block in blocks:
        if isinstance(block, Heading):
            above = block.text
        yield replace(block, title="") if isinstance(block, Grid) and block.title == above else block


def _descriptions_left(known: Mapping[str, Any]) -> list[str]:
    """Axes whose description is not printed, since it tells of more than the convention holds."""
    return [
        f"description de l’axe {axe['rang']} non imprimée : elle parle aussi de {enumerate_fr(axe['hors_convention'])}, "
        "hors de la convention"
        for axe in known["axes"]
        if axe["hors_convention"]
    ]


def _state(study: Study, days: Dated) -> str:
    """What the document is, and on which day."""
    if days.signed_on is not None:
        return typeset(f"Signée le {day_in_words(days.signed_on)}")
    if days.as_of is None:
        return typeset(
            "Projet, sans date : un élément sur lequel il repose est postérieur à la date de l’étude"
        )
    return typeset(f"Projet, état au {day_in_words(days.as_of)}")


def _left(gaps: tuple[Gap, ...]) -> list[Block]:
    """The list of what is blank: the same thing once, with every place where it is missing."""
    places: dict[tuple[str, str], list[str]] = {}
    for gap in gaps:
        seen = places.setdefault((gap.what, gap.who), [])
        if gap.place not in seen:
            seen.append(gap.place)
    title = Heading(LEFT, "partie", new_page=True)
    if not places:
        return [title, Text("Rien : tous les champs du texte sont remplis.")]
    rows = tuple((", ".join(where), what, who) for (what, who), where in places.items())
    said = f"{counted(len(rows), 'élément manque', 'éléments manquent')} ; cette liste n’est pas à signer."
    grid = Grid("", ("Où", "Ce qui manque", "Qui peut le donner"), rows, (24, 46, 30))
    return [title, Text(typeset(said)), grid]


def _annexes(made: Draft, gaps: list[Gap]) -> Draft:
    """Our annexes alone, and what is left blank in both documents."""
    ours = [b for b in made.blocks if isinstance(b, Heading) and b.kind == "annexe"]
    last = next(i for i, b in enumerate(made.blocks) if isinstance(b, Heading) and b.text == LEFT)
    start = made.blocks.index(ours[0]) if ours else last
    labels = {heading.label for heading in ours}
    kept = (*gaps, *(gap for gap in made.gaps if gap.place in labels or gap.place == "Dates"))
    blocks = (*made.blocks[start:last], *_left(kept))
    return replace(made, title=typeset(f"{made.title} : annexes"), blocks=blocks, gaps=kept)


# --- a study's own files ---------------------------------------------------------------------------------


def _text_of(study: Study) -> tuple[Mapping[str, Any], str]:
    """The study's own text if it has one, else ours; and its name for messages."""
    raw = _own_yaml(study)
    if raw is not None and (SECTIONS in raw or MAPPING not in raw):
        return raw, f"{FOLDER}/{OWN_TEXT}"
    return _yaml(TEMPLATE, TEMPLATE.name), TEMPLATE.name


def _own_yaml(study: Study) -> Mapping[str, Any] | None:
    path = study.project.studies / study.id / FOLDER / OWN_TEXT
    return _yaml(path, f"{FOLDER}/{OWN_TEXT}") if path.is_file() else None


def _yaml(path: Path, name: str) -> Mapping[str, Any]:
    try:
        found = read_yaml(path, flat=True)
    except UnreadableYaml as error:
        raise BadInput(f"{name} : {error}.") from None
    if not isinstance(found, Mapping):
        raise BadInput(f"{name} : trouvé {type(found).__name__}, attendu « {SECTIONS}: » ou « {MAPPING}: ».")
    return found


def _own_word(study: Study) -> Path | None:
    path = study.project.studies / study.id / FOLDER / OWN_WORD
    return path if path.is_file() else None


def _filled(study: Study, path: Path) -> tuple[bytes, list[Gap]]:
    """A partner's own document, filled as « champs: » of the study's file says."""
    raw = _own_yaml(study) or {}
    name = f"{FOLDER}/{OWN_TEXT}"
    if MAPPING not in raw:
        expected = f"« {MAPPING}: », qui dit quel champ va à quel endroit de {FOLDER}/{OWN_WORD}"
        raise BadInput(str(Problem(name, "", expected)))
    known = fields(study)
    content, gaps, problems = fill_template(
        path.read_bytes(), raw[MAPPING], known, tables(study, known), file=name, fictif=FICTIF if study.fictif else ""
    )  # fmt: skip
    _refuse(problems)
    return content, gaps


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise BadInput("\n".join(str(problem) for problem in dict.fromkeys(problems)))
