"""A questionnaire described once, in French: every form of it is made from this, and answers are read by it.

Kinds of question, and the columns that their answers fill (:attr:`Question.columns`):

=============  ==========================================  ======================================
``single``     one of the options                          ``q``: code
``scale``      one of the options, in order                ``q``: code
``multiple``   any of the options                          ``q__code`` each: True or False
``ranking``    options in order of preference              ``q__code`` each: rank, from 1
``grid``       one option (in order) for each item         ``q__item`` each: code
``integer``    a whole number                              ``q``: number
``text``       what one writes                             ``q``: text
=============  ==========================================  ======================================

An option that is ``free`` is followed by a line to write on: column ``q__code__texte``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["single", "scale", "multiple", "ranking", "grid", "integer", "text"]
Unit = Literal["menage", "personne"]
Role = Literal[
    "",
    "secteur",
    "age",
    "menage",
    "canal",
    "consentement",
    "consentement_parental",
    "consentement_sensible",
    "priorites",
    "profil",
]
"""What a question is for, beside its subject: to weigh answers, to know the channel, to consent (to take part; as a
parent; to the part on a protected subject, which one may refuse and go on), to rank themes, to say who answers."""


@dataclass(frozen=True)
class Option:
    """One thing that can be ticked.

    Attributes:
        code: lower case ASCII, letters, digits and single « _ », unique in its question.
        label: in French, as it is read.
        exclusive: rules out the others (« aucun de ces modes »).
        free: followed by a line to write on.
    """

    code: str
    label: str
    exclusive: bool = False
    free: bool = False


@dataclass(frozen=True)
class Condition:
    """A question is asked where another one got one of these codes."""

    question: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        id: lower case ASCII, letters, digits and single « _ », unique in its questionnaire.
        label: the question itself, in French.
        kind: see the module.
        options: what can be answered (``grid``: on each item).
        items: lines of a ``grid``.
        themes: codes of :data:`ctg_lib.workbooks.common.THEMES` that it informs.
        help: a sentence under it.
        required: it must be answered (few are: consent, what weighs).
        unit: of whom it speaks; the questionnaire's by default (empty).
        sensitive: on a protected subject (health, disability): ten respondents per shown cell, consent apart.
        when: asked where all of these hold; empty: asked of everyone.
        low, high: of an ``integer``, both allowed.
        most: how many options at most (``multiple``, ``ranking``); None: as many as one likes.
        role: see :data:`Role`.
        topic: a few words that stand for it in a table or a title (« modes d’accueil utilisés »).
    """

    id: str
    label: str
    kind: Kind
    options: tuple[Option, ...] = ()
    items: tuple[Option, ...] = ()
    themes: tuple[str, ...] = ()
    help: str = ""
    required: bool = False
    unit: Unit | Literal[""] = ""
    sensitive: bool = False
    when: tuple[Condition, ...] = ()
    low: int | None = None
    high: int | None = None
    most: int | None = None
    role: Role = ""
    topic: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the answers that it fills, in order (see the module)."""
        if self.kind == "grid":
            return tuple(f"{self.id}__{item.code}" for item in self.items)
        many = self.kind in ("multiple", "ranking")
        own = tuple(f"{self.id}__{option.code}" for option in self.options) if many else (self.id,)
        return own + tuple(f"{self.id}__{option.code}__texte" for option in self.options if option.free)

    @property
    def texts(self) -> tuple[str, ...]:
        """Those of its columns that hold what people wrote themselves."""
        return (self.id,) if self.kind == "text" else tuple(c for c in self.columns if c.endswith("__texte"))

    def label_of(self, code: str) -> str:
        """The French label of an option or item.

        Raises:
            KeyError: it has none of that code.
        """
        return {each.code: each.label for each in (*self.options, *self.items)}[code]


@dataclass(frozen=True)
class Section:
    """Questions that belong together, under a title; ``intro`` is read before them."""

    id: str
    title: str
    questions: tuple[Question, ...]
    intro: str = ""


@dataclass(frozen=True)
class Questionnaire:
    """One questionnaire.

    Attributes:
        id: « parents »: name of its files.
        title: in French.
        audience: who answers it (« les parents d’enfants de moins de 18 ans »).
        unit: of whom it speaks: a household (one answer per home) or a person.
        version: grows when what is asked changes; written in every form and checked when answers are read.
        minutes: how long it takes, about.
        intro, closing: what is read before and after.
        sections: in order.
    """

    id: str
    title: str
    audience: str
    unit: Unit
    version: int
    sections: tuple[Section, ...]
    minutes: int = 0
    intro: str = ""
    closing: str = ""

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All of them, in order."""
        return tuple(question for section in self.sections for question in section.questions)

    def __getitem__(self, id: str) -> Question:
        """The question of that id.

        Raises:
            KeyError: there is none.
        """
        for question in self.questions:
            if question.id == id:
                return question
        raise KeyError(id)

    def of_role(self, role: Role) -> Question | None:
        """The question that has a role; None where none has."""
        return next((q for q in self.questions if q.role == role), None)

    def unit_of(self, question: Question) -> Unit:
        """Of whom a question speaks."""
        return question.unit or self.unit
