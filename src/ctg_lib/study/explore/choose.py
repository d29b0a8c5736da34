"""Choosing indicators and territories with the mouse, in JupyterLab.

The controls are ipywidgets; what was chosen is shown under them as an ordinary output, updated in its place.
The notebook keeps that output: opened again without a kernel, executed in a batch or converted, it is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ctg_lib.display.output import Bundle
from ctg_lib.errors import BadInput, CtgError
from ctg_lib.geography import Territory
from ctg_lib.indicators.registry import THEMES, registry
from ctg_lib.study.explore import asked, compare
from ctg_lib.study.explore.card import Card, Fact
from ctg_lib.study.explore.compare import Comparison
from ctg_lib.study.explore.notebook import in_lab

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

FIRST = 4
"""Indicators shown before any is chosen."""
ALL = "Tous les thèmes"
NO_WIDGETS = "ipywidgets n’est pas installé : choisir dans le code, etude.compare([…], with_=[…])"


@dataclass
class Choice:
    """A comparison that can be changed: by its controls, or by assigning ``indicators`` and ``territories``.

    Attributes:
        study: whose territory.
        items: what is compared, (indicator, breakdown).
        territories: beside whom; None: the references.
        mouse: whether controls are shown.
        failure: the message of a choice that could not be followed; the last good comparison stays.
    """

    study: Study
    items: list[asked.Item]
    territories: list[Territory] | None = None
    mouse: bool = False
    failure: str = ""
    _handle: Any = field(default=None, repr=False)

    @property
    def comparison(self) -> Comparison:
        """What is chosen now, to go on with: ``.table``, ``.dots()``, ``.to_excel(…)``."""
        return compare.compare(self.study, self.items, self.territories)

    def shown(self) -> Any:
        """The comparison, or the message of a choice that could not be followed above it."""
        made = self.comparison
        if not self.failure:
            return made
        return Card(
            "Ce choix n’a pas pu être suivi",
            "",
            [Fact("Message", self.failure)],
            [made],
            fictif=self.study.fictif,
        )

    def set(
        self, indicators: Iterable[asked.Asked] | None = None,
        territories: str | Territory | Iterable[str | Territory] | None = None,
    ) -> None:  # fmt: skip
        """Choose again; a choice that means nothing leaves the former one and says why.

        Args:
            indicators: None leaves them. territories: None leaves them; nothing in it: the references.
        """
        try:
            items = self.items if indicators is None else asked.items_of(self.study, indicators)
            others = self.territories
            if territories is not None:
                wanted = [territories] if isinstance(territories, str | Territory) else list(territories)
                others = asked.territories_of(self.study, wanted) if wanted else None
        except CtgError as error:
            self.failure = str(error)
        else:
            self.items, self.territories, self.failure = items, others, ""
        if self._handle is not None:
            self._handle.update(self.shown())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return self.shown()._repr_mimebundle_(include, exclude)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        if self.mouse:
            try:
                display(controls(self))
            except ImportError:
                self.failure = self.failure or NO_WIDGETS
        self._handle = display(self.shown(), display_id=True)


def choose(
    study: Study, indicators: asked.Asked | Iterable[asked.Asked] = (),
    with_: str | Territory | Iterable[str | Territory] | None = None, mouse: bool | None = None,
) -> Choice:  # fmt: skip
    """A choice to begin with.

    Raises:
        BadInput: unknown indicator or territory; no indicator is known here.
    """
    wanted = [indicators] if isinstance(indicators, str) else list(indicators)
    first = wanted or [i for i in study.find().known if registry()[i].aggregation == "ratio"][:FIRST]
    if not first:
        raise BadInput(
            "aucun indicateur n’est connu pour ce territoire : lancez « ctg data build », ou changez de territoire."
        )
    others = None if with_ is None else asked.territories_of(study, with_)
    return Choice(study, asked.items_of(study, first), others, in_lab() if mouse is None else mouse)


def controls(choice: Choice) -> Any:
    """What to choose with: a theme and a word, a list of indicators, territories found by name.

    Raises:
        ImportError: ipywidgets is not there.
    """
    import ipywidgets as w

    theme = w.Dropdown(options=[ALL, *THEMES.values()], description="Thème", layout=w.Layout(width="22rem"))
    word = w.Text(placeholder="un mot : garde, revenu…", description="Chercher", continuous_update=True,
                  layout=w.Layout(width="22rem"))  # fmt: skip
    listed = w.SelectMultiple(options=_options(choice, ALL, ""), rows=12, layout=w.Layout(width="99%"))
    listed.value = [
        i for i in dict.fromkeys(i for i, _ in choice.items) if i in dict(_pairs(listed)).values()
    ]
    place = w.Combobox(
        options=_names(choice.study), placeholder="commune, intercommunalité, département…",
        description="Territoire", layout=w.Layout(width="auto", flex="1 1 auto"),
    )  # fmt: skip
    chosen = w.SelectMultiple(options=_chosen(choice), rows=6, layout=w.Layout(width="99%"))
    add, remove, back = (w.Button(description=text, layout=w.Layout(width="auto", flex="0 0 auto")) for text in (
        "Ajouter", "Retirer", "Références"))  # fmt: skip

    def narrow(_: Any = None) -> None:
        kept = set(listed.value)
        options = _options(choice, theme.value, word.value, kept)
        listed.options, listed.value = options, [i for _, i in options if i in kept]

    def pick(change: dict) -> None:
        if change["new"] and set(change["new"]) != {i for i, _ in choice.items}:
            choice.set(indicators=list(change["new"]))

    def places(wanted: list[Territory | str]) -> None:
        choice.set(territories=wanted)
        chosen.options = _chosen(choice)

    def add_one(_: Any = None) -> None:
        if place.value.strip():
            places([*_others(choice), place.value.split(" — ")[0]])
            place.value = ""

    def remove_some(_: Any = None) -> None:
        places([t for t in _others(choice) if t.code not in set(chosen.value)])

    theme.observe(narrow, "value")
    word.observe(narrow, "value")
    listed.observe(pick, "value")
    add.on_click(add_one)
    remove.on_click(remove_some)
    back.on_click(lambda _: places([]))
    left = w.VBox(
        [w.HTML("<b>Indicateurs</b> (Ctrl ou ⌘ : plusieurs)"), theme, word, listed],
        layout=w.Layout(width="58%"),
    )
    right = w.VBox([w.HTML("<b>Comparer à</b>"), w.HBox([place, add]), chosen, w.HBox([remove, back])],
                   layout=w.Layout(width="40%"))  # fmt: skip
    return w.HBox([left, right])


def _pairs(listed: Any) -> list[tuple[str, str]]:
    return [tuple(option) for option in listed.options]


def _options(choice: Choice, theme: str, word: str, kept: Iterable[str] = ()) -> list[tuple[str, str]]:
    """(label, id) of the indicators known here, of one theme, that answer to a word; those chosen stay."""
    found = choice.study.find(word)
    known, stay = set(found.known), set(kept)
    every = [r for r in registry().values() if r.id in stay and r.id not in known] + list(found.rules)
    return [
        (f"{r.label} ({r.unit})", r.id) for r in every
        if r.id in stay or (r.id in known and theme in (ALL, THEMES[r.theme]))
    ]  # fmt: skip


def _names(study: Study) -> list[str]:
    """What the box of territories completes: « code — name », the study's communes, EPCI, départements."""
    geography = study.geography
    names = [f"{code} — {name}" for code, name in study.communes_by_code.items()]
    for level in ("epci", "departement"):
        names += [f"{code} — {name}" for code, name in geography.short_names(level).items()]
    return names


def _others(choice: Choice) -> list[Territory]:
    return list(choice.comparison.others)


def _chosen(choice: Choice) -> list[tuple[str, str]]:
    return [(t.name, t.code) for t in _others(choice)]
