"""The démarche as ``study.yml`` tells it: phases, steps, instances, and what does not hold together.

    demarche:
      phases:    [{id: P1, nom: Diagnostic, debut: octobre 2026, fin: mars 2027, etat: en cours}]
      instances: [{id: copil, nom: Comité de pilotage, role: …, membres: [présidence, …], frequence: …}]
      etapes:    [{id: E01, nom: Séminaire des élus, phase: P1, date: 27/10/2026, etat: fait, instance: copil,
                   apres: [E00], document: D01, annonce: [P2]}]

A date may be a month, a quarter or « vers mars 2027 »: it is kept as vague as it was written, and two dates
are said to disagree only where they do whatever the days meant.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ctg_lib.geography.names import fold
from ctg_lib.workbooks.common import PROGRESS, PROGRESS_WORDS
from ctg_lib.workbooks.moments import EXPECTED, Moment, day_in_words, in_words, read_moment, since, until
from ctg_lib.workbooks.problems import Problem, Severity

STATES: dict[str, str] = PROGRESS
"""States of a phase or a step, with their French labels."""
DEFAULT_STATE = "prevu"
COLUMNS: tuple[str, ...] = (
    "kind", "id", "name", "phase", "start", "end", "state", "instance", "when", "precision",
)  # fmt: skip

_KEYS: dict[str, dict[str, tuple[str, ...]]] = {
    "phases": {
        "id": ("identifiant",), "nom": ("name", "titre"), "debut": ("start",), "fin": ("end",),
        "etat": ("state",),
    },
    "etapes": {
        "id": ("identifiant",), "nom": ("name", "titre"), "phase": (), "date": ("quand",),
        "debut": ("start",), "fin": ("end",), "etat": ("state",), "instance": (),
        "apres": ("needs", "demande", "attend"), "document": (), "annonce": ("announces",),
    },
    "instances": {
        "id": ("identifiant",), "nom": ("name", "titre"), "role": (), "membres": ("members",),
        "frequence": ("frequency", "rythme"),
    },
}  # fmt: skip
"""Keys of each list, and other words under which they are recognised (written without accents)."""
_LISTS = {"phases": ("phases",), "etapes": ("etapes", "steps"), "instances": ("instances",)}
_ONE = {"phases": "phase", "etapes": "étape", "instances": "instance"}
_SHOWN = {"debut": "début", "etat": "état", "apres": "après", "frequence": "fréquence", "role": "rôle"}


@dataclass(frozen=True)
class Phase:
    """One phase: ``start`` its earliest day, ``end`` its latest; ``begins``, ``ends`` as written."""

    id: str
    name: str
    start: date | None = None
    end: date | None = None
    state: str = DEFAULT_STATE
    begins: Moment | None = None
    ends: Moment | None = None

    @property
    def when(self) -> str:
        """« octobre 2020 – février 2021 »; empty without a date."""
        return _when(self)


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        phase, instance: ids, or empty.
        start, end: earliest and latest day; the same day where only a day was given, the first and last
            of the month where only a month was. ``end`` is None where only a beginning was given.
        needs: ids of the steps that must be over before it.
        document: id of the document (documents.xlsx) that tells of it or comes out of it.
        announces: ids of the phases or steps that this document announces.
        begins, ends: ``start`` and ``end`` as precisely as they were written.
    """

    id: str
    name: str
    phase: str = ""
    start: date | None = None
    end: date | None = None
    state: str = DEFAULT_STATE
    instance: str = ""
    needs: tuple[str, ...] = ()
    document: str = ""
    announces: tuple[str, ...] = ()
    begins: Moment | None = None
    ends: Moment | None = None

    @property
    def when(self) -> str:
        """« 27 octobre 2020 », « vers janvier 2021 »; empty without a date."""
        return _when(self)

    @property
    def precision(self) -> str:
        """How precisely it is dated (:data:`ctg_lib.workbooks.moments.PRECISIONS`)."""
        return _precision(self)


@dataclass(frozen=True)
class Instance:
    """Who decides or prepares: ``members`` are functions and organisations, never names of people."""

    id: str
    name: str
    role: str = ""
    members: tuple[str, ...] = ()
    frequency: str = ""


@dataclass(frozen=True)
class Calendar:
    """Phases, steps and instances in the order of the file, and what cannot be read or cannot be."""

    phases: tuple[Phase, ...] = ()
    steps: tuple[Step, ...] = ()
    instances: tuple[Instance, ...] = ()
    problems: tuple[Problem, ...] = ()
    file: str = "study.yml"

    @property
    def empty(self) -> bool:
        """Whether nothing was written."""
        return not (self.phases or self.steps or self.instances)

    def phase(self, id: str) -> Phase | None:
        """The phase of that id."""
        return next((p for p in self.phases if p.id == id), None)

    def step(self, id: str) -> Step | None:
        """The step of that id."""
        return next((s for s in self.steps if s.id == id), None)

    def instance(self, id: str) -> Instance | None:
        """The instance of that id."""
        return next((i for i in self.instances if i.id == id), None)

    def frame(self) -> pd.DataFrame:
        """One row per phase, each followed by its steps, then the steps without a phase.

        Returns:
            kind (``phase`` or ``step``), id, name, phase, start, end (datetime64, NaT where unknown), state
            (key of ``STATES``), instance, when (in words), precision (of the beginning).
        """
        rows = []
        for phase in self.phases:
            rows.append(_row("phase", phase, phase.id, ""))
            rows += [_row("step", s, s.phase, s.instance) for s in self.steps if s.phase == phase.id]
        known = {p.id for p in self.phases}
        rows += [_row("step", s, s.phase, s.instance) for s in self.steps if s.phase not in known]
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        for column in ("start", "end"):
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[ns]")
        texts = {c: "str" for c in COLUMNS if c not in ("start", "end")}
        return frame.astype(texts)

    def check(self, as_of: date) -> list[Problem]:
        """What does not agree with the study's date: done in the future, planned in the past."""
        places = [("phase", p) for p in self.phases] + [("étape", s) for s in self.steps]
        return [problem for kind, each in places for problem in _against(self.file, kind, each, as_of)]


def _row(kind: str, each: Phase | Step, phase: str, instance: str) -> tuple[Any, ...]:
    ids = (kind, each.id, each.name, phase)
    return (*ids, each.start, each.end, each.state, instance, each.when, _precision(each))


def _moments(each: Phase | Step) -> tuple[Moment | None, Moment | None]:
    """Beginning and end with their precision; days where none was kept."""
    begins = each.begins or (Moment(each.start, each.start) if each.start else None)
    ends = each.ends or (Moment(each.end, each.end) if each.end else None)
    return begins, ends


def _precision(each: Phase | Step) -> str:
    return next((m.precision for m in _moments(each) if m), "")


def _when(each: Phase | Step) -> str:
    begins, ends = _moments(each)
    if begins and ends:
        return in_words(begins) if begins == ends else f"{in_words(begins)} – {in_words(ends)}"
    if begins:
        return since(begins)
    return until(ends) if ends else ""


# --- reading -----------------------------------------------------------------------------------------


def read_calendar(raw: Mapping[str, Any], file: str = "study.yml") -> Calendar:
    """The démarche of ``study.yml``; never raises for what someone wrote.

    Args:
        raw: what stands under ``demarche:``.
        file: name of the file, for messages.

    Returns:
        Calendar whose ``problems`` name unknown keys, states, phases, instances and steps, dates that
        cannot be read, ends before beginnings, steps outside their phase or before one they need, cycles.
        What does not agree with the study's date is told by :meth:`Calendar.check`.
    """
    reader = _Reader(file)
    lists = reader.lists(raw)
    instances = tuple(reader.instance(*item) for item in lists["instances"])
    phases = tuple(reader.phase(*item) for item in lists["phases"])
    steps = tuple(reader.step(*item) for item in lists["etapes"])
    reader.links(phases, steps, instances)
    reader.order(phases, steps)
    return Calendar(phases, steps, instances, tuple(reader.problems), file)


class _Reader:
    """Reads one démarche and remembers what is wrong."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def say(self, where: str, found: object, expected: str, severity: Severity = "error") -> None:
        place = f"{self.file}, demarche" + (f", {where}" if where else "")
        self.problems.append(Problem(place, str(found), expected, severity=severity))

    # ------------------------------------------------------------------------------------ shape

    def lists(self, raw: object) -> dict[str, list[tuple[str, dict[str, Any]]]]:
        """Lists of items, each with its place in words, keys brought to those of ``_KEYS``."""
        out: dict[str, list[tuple[str, dict[str, Any]]]] = {name: [] for name in _LISTS}
        if not isinstance(raw, Mapping):
            self.say("", raw, "« phases: », « etapes: » et « instances: »")
            return out
        for key, value in raw.items():
            name = next((n for n, words in _LISTS.items() if fold(str(key)) in words), "")
            if not name:
                near = difflib.get_close_matches(fold(str(key)), list(_LISTS), 1)
                hint = f" ; vouliez-vous dire « {near[0]} » ?" if near else ""
                self.say("", key, f"phases, etapes ou instances{hint}")
            elif value is not None and not isinstance(value, list):
                self.say(name, value, "une liste, une ligne commençant par « - » pour chaque élément")
            else:
                out[name] = self._items(name, value or [])
        return out

    def _items(self, name: str, values: list[Any]) -> list[tuple[str, dict[str, Any]]]:
        items, seen = [], set()
        for position, value in enumerate(values, start=1):
            where = f"{_ONE[name]} n° {position}"
            if not isinstance(value, Mapping):
                self.say(where, value, "des lignes « clé: valeur » (au moins « nom: »)")
                continue
            named = _text(value.get("id"))
            where = f"{_ONE[name]} « {named} »" if named else where
            item = self._keys(name, where, value)
            id = _text(item.get("id"))
            if not id:
                id = f"{name[0].upper()}{position:02d}"
            if id in seen:
                self.say(where, id, "un identifiant qui ne sert qu’une fois")
            seen.add(id)
            if not _text(item.get("nom")):
                self.say(f"{where}, nom", "", "un nom")
            items.append((where, {**item, "id": id}))
        return items

    def _keys(self, name: str, where: str, value: Mapping[Any, Any]) -> dict[str, Any]:
        known = {word: key for key, others in _KEYS[name].items() for word in (key, *others)}
        out: dict[str, Any] = {}
        for given, content in value.items():
            word = fold(str(given)).strip()
            if word in known:
                out[known[word]] = content
                continue
            near = difflib.get_close_matches(word, list(known), 1)
            hint = f" ; vouliez-vous dire « {known[near[0]]} » ?" if near else ""
            if content is None and not near:
                hint = " ; un texte qui contient une virgule s’écrit entre guillemets"
            self.say(where, given, f"{', '.join(_KEYS[name])}{hint}")
        return out

    # ------------------------------------------------------------------------------------ items

    def instance(self, where: str, item: dict[str, Any]) -> Instance:
        """One instance."""
        members = self._many(where, item, "membres")
        return Instance(
            item["id"], _text(item.get("nom")), _text(item.get("role")), members, _text(item.get("frequence"))
        )

    def phase(self, where: str, item: dict[str, Any]) -> Phase:
        """One phase."""
        start, end = self._span(where, item)
        return Phase(
            item["id"], _text(item.get("nom")), *_days(start, end), self._state(where, item), start, end,
        )  # fmt: skip

    def step(self, where: str, item: dict[str, Any]) -> Step:
        """One step."""
        start, end = self._span(where, item)
        return Step(
            item["id"], _text(item.get("nom")), _text(item.get("phase")), *_days(start, end),
            self._state(where, item), _text(item.get("instance")), self._many(where, item, "apres"),
            _text(item.get("document")), self._many(where, item, "annonce"), start, end,
        )  # fmt: skip

    def _many(self, where: str, item: dict[str, Any], key: str) -> tuple[str, ...]:
        value = item.get(key)
        if value is None:
            return ()
        if isinstance(value, str):
            parts = value.replace(";", ",").split(",") if key != "membres" else value.split(";")
            return tuple(p.strip() for p in parts if p.strip())
        if isinstance(value, list) and not any(isinstance(v, list | dict) for v in value):
            return tuple(_text(v) for v in value if _text(v))
        self.say(f"{where}, {_shown(key)}", value, "une liste entre crochets")
        return ()

    def _state(self, where: str, item: dict[str, Any]) -> str:
        given = _text(item.get("etat"))
        if not given:
            text = f"{', '.join(STATES.values())} (lu : {STATES[DEFAULT_STATE]})"
            self.say(f"{where}, état", "", text, "warning")
            return DEFAULT_STATE
        word = fold(given).strip().replace("_", " ")
        found = next((k for k in STATES if word in (k, k.replace("_", " "))), PROGRESS_WORDS.get(word, ""))
        if not found:
            self.say(f"{where}, état", given, " ou ".join(STATES.values()))
        return found or DEFAULT_STATE

    def _span(self, where: str, item: dict[str, Any]) -> tuple[Moment | None, Moment | None]:
        if item.get("date") is not None:
            for other in ("debut", "fin"):
                if item.get(other) is not None:
                    self.say(
                        f"{where}, {_shown(other)}", item[other], "« date » seule, ou « debut » et « fin »"
                    )
            moment = self._moment(where, item, "date")
            return moment, moment
        start, end = self._moment(where, item, "debut"), self._moment(where, item, "fin")
        if start and end and end.last < start.first:
            self.say(f"{where}, fin", item["fin"], f"une date après le début ({item['debut']})")
            return start, None
        return start, end

    def _moment(self, where: str, item: dict[str, Any], key: str) -> Moment | None:
        raw = item.get(key)
        if raw is None or _text(raw) == "":
            return None
        moment = read_moment(raw)
        if moment is None:
            self.say(f"{where}, {_shown(key)}", raw, EXPECTED)
        return moment

    # ------------------------------------------------------------------------------------ links

    def links(
        self, phases: tuple[Phase, ...], steps: tuple[Step, ...], instances: tuple[Instance, ...]
    ) -> None:
        """Ids that name nothing, cycles."""
        names = {
            "phase": [p.id for p in phases], "étape": [s.id for s in steps],
            "instance": [i.id for i in instances],
        }  # fmt: skip
        for step in steps:
            where = f"étape « {step.id} »"
            self._named(f"{where}, phase", [step.phase], "phase", names)
            self._named(f"{where}, instance", [step.instance], "instance", names)
            self._named(f"{where}, après", step.needs, "étape", names)
            both = {"étape": [*names["étape"], *names["phase"]]}
            self._named(f"{where}, annonce", step.announces, "étape", both)
        for cycle in _cycles({s.id: s.needs for s in steps}):
            text = " → ".join([*cycle, cycle[0]])
            self.say(f"étape « {cycle[0]} », après", text, "des étapes qui ne s’attendent pas en rond")

    def _named(self, where: str, ids: Iterable[str], kind: str, names: Mapping[str, list[str]]) -> None:
        for id in ids:
            if id and id not in names[kind]:
                known = ", ".join(names[kind]) or "aucune n’est décrite"
                self.say(where, id, f"l’identifiant d’une {kind} ({known})")

    def order(self, phases: tuple[Phase, ...], steps: tuple[Step, ...]) -> None:
        """Steps outside their phase, steps before one that they need."""
        by_phase, by_step = {p.id: p for p in phases}, {s.id: s for s in steps}
        for step in steps:
            mine = _bounds(step)
            if phase := by_phase.get(step.phase):
                self._inside(step, mine, phase)
            for need in (by_step[n] for n in step.needs if n in by_step and n != step.id):
                over = _bounds(need).over_from
                if mine.begins_until and over and mine.begins_until < over:
                    self.say(
                        f"étape « {step.id} »",
                        step.when,
                        f"après l’étape « {need.id} » dont elle a besoin ({need.when})",
                    )

    def _inside(self, step: Step, mine: _Bounds, phase: Phase) -> None:
        early = phase.start and mine.begins_until and mine.begins_until < phase.start
        late = phase.end and mine.over_from and mine.over_from > phase.end
        if early or late:
            expected = f"dans la phase « {phase.id} » ({phase.when})"
            self.say(f"étape « {step.id} »", step.when, expected, "warning")


def _text(raw: object) -> str:
    return "" if raw is None else str(raw).strip()


def _shown(key: str) -> str:
    return _SHOWN.get(key, key)


def _days(start: Moment | None, end: Moment | None) -> tuple[date | None, date | None]:
    return (start.first if start else None), (end.last if end else None)


def _cycles(needs: Mapping[str, tuple[str, ...]]) -> list[list[str]]:
    """Each group of steps that wait for one another, once, from the one written first."""
    found: list[list[str]] = []
    for start in needs:
        path = _path(start, start, needs)
        if path and not any(set(path) & set(cycle) for cycle in found):
            found.append(path)
    return found


def _path(start: str, goal: str, needs: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Steps from ``start`` back to ``goal`` by what each needs; empty where there is no way."""
    stack, seen = [[start]], set()
    while stack:
        path = stack.pop()
        for need in needs.get(path[-1], ()):
            if need == goal:
                return path
            if need not in seen:
                seen.add(need)
                stack.append([*path, need])
    return []


# --- dates that are only known to the month ----------------------------------------------------------


@dataclass(frozen=True)
class _Bounds:
    """When a step can begin and be over: from, until; None where nothing was said."""

    begins_from: date | None
    begins_until: date | None
    over_from: date | None
    over_until: date | None


def _bounds(each: Phase | Step) -> _Bounds:
    begins, ends = _moments(each)
    over_from = ends.first if ends else None
    if begins and (over_from is None or over_from < begins.first):
        over_from = begins.first
    until = [m.last for m in (begins, ends) if m]
    return _Bounds(
        begins.first if begins else None, min(until, default=None), over_from, ends.last if ends else None
    )


def _against(file: str, kind: str, each: Phase | Step, as_of: date) -> list[Problem]:
    """A phase or step beside the study's date."""
    bounds = _bounds(each)
    where = f"{file}, demarche, {kind} « {each.id} », état"
    found = f"{STATES[each.state]} ({each.when})"
    today = day_in_words(as_of)

    def problem(expected: str, severity: Severity = "error") -> list[Problem]:
        return [Problem(where, found, expected, severity=severity)]

    if each.state == "fait" and bounds.over_from and bounds.over_from > as_of:
        return problem(f"prévu ou en cours : ce n’est pas encore passé à la date de l’étude ({today})")
    if each.state == "en_cours" and bounds.begins_from and bounds.begins_from > as_of:
        return problem(f"prévu : ce n’est pas commencé à la date de l’étude ({today})")
    if each.state == "en_cours" and bounds.over_until and bounds.over_until < as_of:
        return problem(f"fait, ou une fin plus tardive : la date de l’étude est le {today}", "warning")
    until = bounds.over_until or bounds.begins_until
    if each.state in ("prevu", "hypothese") and until and until < as_of:
        return problem(f"fait, ou une autre date : la date de l’étude est le {today}", "warning")
    return []
