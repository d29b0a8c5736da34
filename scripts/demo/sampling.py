# ruff: noqa: E501  (data, easier to read whole)
"""Who takes part in the demonstration's survey, how, and what goes wrong: a biased draw, told in ``demo.population``.

About 400 answers. Those that go wrong are few, and listed in :data:`DIRT`: they are what a real export holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ctg_lib.consultation.deletion_codes import ALPHABET, ONLINE, codes
from ctg_lib.consultation.questionnaire import Questionnaire
from demo.answering import Cells, Who, answers_of
from demo.dice import Dice
from demo.models_own import RULES
from demo.population import Home, Person, population, second_homes
from demo.texts import HOSTILE, PLANTED

KEY = b"241200906-demo (fictif)"
"""From which the codes printed on the demonstration's paper forms are drawn: no secret, nobody has such a form."""
ONLINE_COUNTS: Mapping[str, int] = {
    "parents": 150, "habitants": 88, "jeunes_11_17": 45, "jeunes_18_25": 15, "professionnels": 20, "associations": 12,
}  # fmt: skip
PAPER_COUNTS: Mapping[str, int] = {"parents": 26, "habitants": 40}
SECOND: Mapping[str, int] = {"parents": 4, "habitants": 16}
"""Owners of second homes among those who answer online."""
SECTEUR_BIAS: Mapping[str, Mapping[str, float]] = {
    "parents": {"Larzac": 1.15, "Dourbie": 1.0, "Sorgues": 0.6, "Cernon": 0.8},
    "habitants": {"Larzac": 0.8, "Dourbie": 1.6, "Sorgues": 0.6, "Cernon": 0.8},
    "jeunes_11_17": {"Larzac": 1.7, "Dourbie": 0.8, "Sorgues": 0.6, "Cernon": 0.7},
    "jeunes_18_25": {"Larzac": 1.3, "Dourbie": 1.0, "Sorgues": 0.8, "Cernon": 0.8},
}  # fmt: skip
DIRT: Mapping[str, str] = {
    "double": "the same person twice, in one file or on paper and online",
    "speeder": "a whole questionnaire in less than a minute",
    "straight": "the same box on every line of each table",
    "household": "a household that cannot be",
    "unknown": "a code that the questionnaire does not have",
    "partial": "left before the last page",
    "outside": "does not live in the territory",
    "not_asked": "not of those whom the questionnaire is for",
    "refused": "did not agree to take part",
    "empty": "opened, and nothing answered",
    "planted": "a text that names someone",
    "hostile": "a text that a spreadsheet or a page could take for something else",
}
"""What goes wrong in some answers -> what it is."""


@dataclass(frozen=True)
class Record:
    """One answer as it is exported.

    Attributes:
        form: id of the questionnaire.
        number: of the answer in its tool.
        cells: column -> value.
        mode: en_ligne or papier.
        code: deletion code.
        seconds: how long it took (0 on paper).
        last: number of the last page reached, from 1; 0: none.
        complete: whether it was sent.
        dirt: keys of :data:`DIRT`.
        raw: column -> text that stands in the file instead of the answer.
    """

    form: str
    number: int
    cells: Cells
    mode: str
    code: str
    seconds: int
    last: int
    complete: bool = True
    dirt: tuple[str, ...] = ()
    raw: Mapping[str, str] = field(default_factory=dict)


def records(forms: Mapping[str, Questionnaire]) -> list[Record]:
    """All answers, by questionnaire, those online first."""
    out: list[Record] = []
    for id in ONLINE_COUNTS:
        form = forms[id]
        people = takers(id)
        paper = people[len(people) - PAPER_COUNTS.get(id, 0) :] if id in PAPER_COUNTS else []
        online = people[: len(people) - len(paper)]
        printed = codes(len(paper), KEY, id)
        kept = [_record(form, who, number, "en_ligne") for number, who in enumerate(online, start=1)]
        kept += [_record(form, who, n, "papier", code=printed[n - 1]) for n, who in enumerate(paper, start=1)]
        out += soiled(form, kept)
    return out


# --- who ---------------------------------------------------------------------------------------------


def takers(form: str, draw: int = 0) -> list[Who]:
    """Who answers a questionnaire: online first, then on paper.

    Args:
        draw: 0 for the demonstration; other numbers give other samples of the same bias.
    """
    if form in ("professionnels", "associations"):
        homes = [home for home in population() if any(p.work == "emploi" for p in home.adults)]
        return [_worker(form, number, homes) for number in range(ONLINE_COUNTS[form])]
    name = (form,) if draw == 0 else (form, draw)
    chances = {who: _bias(form, who) for who in _candidates(form)}
    second = dict.fromkeys(_second(form), 1.0)
    online = {who: chance * (0.15 + who.person.online) for who, chance in chances.items()}
    chosen = Dice("online", *name).sample(online, ONLINE_COUNTS[form] - SECOND.get(form, 0))
    chosen += Dice("second", *name).sample(second, SECOND.get(form, 0))
    taken = set(chosen)
    paper = {who: chance * (1.25 - who.person.online) for who, chance in chances.items() if who not in taken}
    mixed = Dice("takers", *name).order(dict.fromkeys(chosen, 1.0))  # those of second homes are not the last
    return mixed + Dice("paper", *name).sample(paper, PAPER_COUNTS.get(form, 0))


def _candidates(form: str) -> list[Who]:
    homes = population()
    if form == "parents":
        return [parent(home) for home in homes if home.minors]
    if form == "habitants":
        return [Who(home, person) for home in homes for person in home.adults]
    low, high = (11, 17) if form == "jeunes_11_17" else (18, 25)
    return [Who(home, p) for home in homes for p in home.people if low <= p.age <= high]


def _second(form: str) -> list[Who]:
    if form == "parents":
        return [parent(home) for home in second_homes() if home.minors]
    return [Who(home, home.people[0]) for home in second_homes()] if form == "habitants" else []


def parent(home: Home) -> Who:
    """The parent who would answer: the mother nine times out of ten."""
    parents = home.adults[:2] if home.kind == "couple_enfants" else home.adults[:1]
    women = [p for p in parents if p.woman]
    men = [p for p in parents if not p.woman]
    mother = bool(women) and (not men or Dice("parent", home.number).yes(0.9))
    return Who(home, women[0] if mother else (men or women)[0])


def _bias(form: str, who: Who) -> float:
    home, person = who.home, who.person
    chance = SECTEUR_BIAS[form][home.secteur]
    if home.military:
        chance *= {"parents": 1.7, "habitants": 1.6}.get(form, 1.2)
    if form == "parents":
        lone_father = home.kind == "monoparentale" and not person.woman
        chance *= (1.3 if home.kind == "monoparentale" else 1.0) * (0.7 if lone_father else 1.0)
        chance *= (1.35 if who.has(0, 5) else 0.9) * (1.2 - 0.6 * home.strained)
    if form == "habitants":
        bands: dict[range, float] = {
            range(0, 30): 0.5,
            range(30, 45): 0.9,
            range(45, 60): 1.1,
            range(60, 75): 1.9,
        }
        chance *= next((c for ages, c in bands.items() if person.age in ages), 0.8)
        chance *= 1.7 if person.woman else 1.0
    if form.startswith("jeunes"):
        chance *= (1.6 if person.age < 15 else 1.0) * (1.3 if person.woman else 1.0)
    return chance


_FIELDS: Mapping[str, Mapping[str, float]] = {
    "professionnels": {
        "petite_enfance": 5, "assistantes_maternelles": 4, "ecole": 4, "jeunesse_loisirs": 3, "sante_medico_social": 2,
        "travail_social": 2, "acces_droits": 2, "agents": 3,
    },
    "associations": {"sport": 4, "culture": 3, "fetes": 4, "parents": 2, "solidarite": 2, "aines": 2, "jeunesse": 1, "environnement": 1},
}  # fmt: skip


def _worker(form: str, number: int, homes: Sequence[Home]) -> Who:
    """Someone who answers for their work: they live in a home of the secteur where they work."""
    dice = Dice("worker", form, number)
    home = dice.among(homes)
    person = next(p for p in home.adults if p.work == "emploi")
    job = [("group", dice.one(_FIELDS[form]))]
    if dice.yes(0.3):
        job.append(("secteur", "ensemble"))
    return Who(home, person, tuple(job))


# --- how ---------------------------------------------------------------------------------------------

_CHANNELS: Mapping[str, Mapping[str, float]] = {
    "parents": {"courriel_caf": 5, "courriel_msa": 0.8, "ecole_college": 3, "petite_enfance": 1.2, "mairie": 0.8, "association": 0.4, "reseaux_sociaux": 1.2, "bouche_a_oreille": 0.7, "autre": 0.2},
    "habitants": {"mairie": 3, "affiche_presse": 1.6, "association": 1.4, "reseaux_sociaux": 2, "bouche_a_oreille": 1.2, "courriel_caf": 0.6, "courriel_msa": 0.8, "autre": 0.3},
    "jeunes_11_17": {"ecole_college": 8, "association": 0.6, "reseaux_sociaux": 0.6, "bouche_a_oreille": 0.5},
    "jeunes_18_25": {"mission_locale": 2, "reseaux_sociaux": 4, "bouche_a_oreille": 1, "mairie": 1, "ecole_college": 1},
    "professionnels": {"employeur": 5, "petite_enfance": 2, "mairie": 1.4, "association": 0.6},
    "associations": {"mairie": 4, "association": 3, "bouche_a_oreille": 0.6},
}  # fmt: skip


def _channel(form: Questionnaire, who: Who, mode: str) -> str:
    dice = Dice("channel", form.id, who.home.number, who.person.rank)
    if mode == "papier":
        return dice.one(
            {"mairie": 3, "ecole_college": 2.5, "petite_enfance": 1}
            if form.id == "parents"
            else {"mairie": 4, "association": 2, "affiche_presse": 1}
        )
    if who.home.military and form.id in ("parents", "habitants") and dice.yes(0.6):
        return "famille_regiment"
    return dice.one(_CHANNELS[form.id])


def _record(form: Questionnaire, who: Who, number: int, mode: str, code: str = "") -> Record:
    dice = Dice("record", form.id, mode, number)
    may_skip = [q.id for q in form.questions if not q.required and q.role != "consentement"]
    chance = 0.055 if mode == "papier" else 0.022
    skipped = [id for id in may_skip if dice.yes(chance)]
    if mode == "papier" and dice.yes(0.25):
        skipped += ["priorites"]
    cells = answers_of(form, who, RULES, skipped)
    cells = {**cells, **_from(form, who, mode, number)}
    seconds = (
        0 if mode == "papier" else round(len(cells) * dice.about(1.6, 3.1, 8.0) + dice.about(20, 60, 240))
    )
    return Record(
        form.id, number, cells, mode, code or _online_code(form.id, number), seconds, len(form.sections)
    )


def _from(form: Questionnaire, who: Who, mode: str, number: int) -> Cells:
    channel = form.of_role("canal")
    if channel is None or Dice("tells", form.id, mode, number).yes(0.04):
        return {}
    code = _channel(form, who, mode)
    return {channel.id: code, **({f"{channel.id}__autre__texte": "par le marché"} if code == "autre" else {})}


def _online_code(form: str, number: int) -> str:
    """Ten letters, as the tool would draw them."""
    dice = Dice("code", form, number)
    return "".join(dice.among(ALPHABET) for _ in range(ONLINE))


# --- what goes wrong ---------------------------------------------------------------------------------

_PLAN: Mapping[str, tuple[tuple[str, int], ...]] = {
    "parents": (
        ("speeder", 4), ("straight", 3), ("household", 3), ("unknown", 2), ("partial", 9), ("outside", 2), ("not_asked", 1),
        ("refused", 1), ("empty", 2), ("planted", 4), ("hostile", 2),
    ),
    "habitants": (
        ("speeder", 2), ("straight", 2), ("household", 1), ("unknown", 1), ("partial", 5), ("outside", 2), ("refused", 1),
        ("empty", 1), ("planted", 3),
    ),
    "jeunes_11_17": (("refused", 2), ("unknown", 1)),
}  # fmt: skip
_TWICE: Mapping[str, int] = {"parents": 2, "habitants": 1}
"""Answers sent twice online."""
_ALSO_ON_PAPER: Mapping[str, int] = {"parents": 1}
"""Answers sent online, then on paper, word for word."""


def soiled(form: Questionnaire, clean: list[Record]) -> list[Record]:
    """The answers with what goes wrong in some of them, and those sent twice."""
    out, free = list(clean), [n for n, r in enumerate(clean) if r.mode == "en_ligne"]
    free = Dice("soiled", form.id).order(dict.fromkeys(free, 1.0))
    for kind, count in _PLAN.get(form.id, ()):
        for number in range(count):
            at = _first(free, out, kind)
            out[at] = _soil(form, out[at], kind, number)
    for number in range(_TWICE.get(form.id, 0)):
        first = out[free.pop(0)]
        again = 1 + max(r.number for r in out if r.mode == "en_ligne")
        code = _online_code(form.id, again)
        copy = replace(
            first, number=again, code=code, seconds=first.seconds - 60 * number - 31, dirt=("double",)
        )
        out.insert(sum(r.mode == "en_ligne" for r in out), copy)
    for _ in range(_ALSO_ON_PAPER.get(form.id, 0)):
        first = out[free.pop(0)]
        number = 1 + sum(r.mode == "papier" for r in out)
        code = codes(1, KEY, form.id, first=number)[0]
        out.append(replace(first, number=number, code=code, mode="papier", seconds=0, dirt=("double",)))
    return out


def _first(free: list[int], out: list[Record], kind: str) -> int:
    """The next answer to be soiled: one that suits what goes wrong."""
    suits: dict[str, Callable[[Record], bool]] = {
        "household": lambda r: r.cells.get("menage") == "couple_avec_enfant" and "adultes" in r.cells,
        "straight": lambda r: r.cells.get("residence") == "annee",
        "unknown": lambda r: "demarches_internet" in r.cells or "scolarite" in r.cells,
    }
    place = next(n for n, at in enumerate(free) if suits.get(kind, lambda r: True)(out[at]))
    return free.pop(place)


def _soil(form: Questionnaire, record: Record, kind: str, number: int) -> Record:
    cells, marked = record.cells, (*record.dirt, kind)
    if kind == "speeder":
        return replace(record, seconds=31 + 6 * number, dirt=marked)
    if kind == "straight":
        return replace(record, cells=_straight(form, cells), dirt=marked)
    if kind == "household":
        return replace(record, cells={**cells, "adultes": 1}, dirt=marked)
    if kind == "unknown":
        column = "demarches_internet" if "demarches_internet" in cells else "scolarite"
        return replace(record, raw={column: ("A9", "Z7")[number % 2]}, dirt=marked)
    if kind == "partial":
        return _partial(form, record, marked, number)
    if kind == "outside":
        kept = {k: v for k, v in cells.items() if k != "secteur"}
        return replace(record, cells={**kept, "residence": "non"}, dirt=marked)
    if kind == "not_asked":
        return replace(record, cells=_childless(form, cells), dirt=marked)
    if kind == "refused":
        return replace(
            record, cells=_refused(form, cells, number), last=1, complete=True, seconds=14, dirt=marked
        )
    if kind == "empty":
        return replace(record, cells={}, last=1, complete=False, seconds=6, dirt=marked)
    texts = PLANTED if kind == "planted" else HOSTILE
    shift = {"parents": 0, "habitants": 4}.get(form.id, 0)
    return replace(record, cells={**cells, "besoin_libre": texts[(number + shift) % len(texts)]}, dirt=marked)


def _straight(form: Questionnaire, cells: Cells) -> Cells:
    out = dict(cells)
    for question in form.questions:
        if question.kind == "grid":
            out |= {f"{question.id}__{item.code}": question.options[0].code for item in question.items}
    return out


def _partial(form: Questionnaire, record: Record, marked: tuple[str, ...], number: int) -> Record:
    last = 2 + Dice("partial", form.id, number).whole(0, len(form.sections) - 4)
    seen = {c for section in form.sections[:last] for q in section.questions for c in q.columns}
    cells = {k: v for k, v in record.cells.items() if k in seen}
    seconds = max(35, record.seconds * len(cells) // max(1, len(record.cells)))
    return replace(record, cells=cells, last=last, complete=False, seconds=seconds, dirt=marked)


def _childless(form: Questionnaire, cells: Cells) -> Cells:
    """As someone without a child who answers the parents' questionnaire."""
    about = {"enfants_ages"}
    for question in form.questions:
        if any(c.question in about for c in question.when):
            about.add(question.id)
    gone = {c for id in about for c in form[id].columns}
    ages = {f"enfants_ages__{o.code}": o.code == "aucun" for o in form["enfants_ages"].options}
    return {**{k: v for k, v in cells.items() if k not in gone}, "menage": "autre", **ages}


def _refused(form: Questionnaire, cells: Cells, number: int) -> Cells:
    parental = form.of_role("consentement_parental")
    if parental is not None and number == 0:
        return {"participation": "oui", "age": "de_11_14", parental.id: "non"}
    return {"participation": "non"}


__all__ = ["DIRT", "Person", "Record", "records", "takers"]
