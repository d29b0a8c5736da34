"""What a reference says on the study's date: the sentence, the number and how sure it is, of every kind of evidence.

Nothing is said here that a chapter would not show: indicators keep their status, a survey its hidden cells, actors the
sides that are too few to be named, a workbook its masked counts. What may not be shown is no evidence.
"""

# ruff: noqa: E501 (French sentences, easier to read whole)
from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement.crossing import ASKED_SIDES
from ctg_lib.agreement.evidence import Evidence, Ref, Sureness
from ctg_lib.agreement.folder import FOLDER as CONVENTION
from ctg_lib.agreement.grounds import (
    Grounds,
    load_grounds,
    needs_of_answer,
    needs_of_indicator,
    needs_of_service,
)
from ctg_lib.consultation import coverage, synthesis
from ctg_lib.consultation.actors import OTHER_SIDES
from ctg_lib.consultation.estimates import FRAGILE, UNITS
from ctg_lib.consultation.quotations import nameless
from ctg_lib.consultation.scheme import Scheme, load_scheme
from ctg_lib.display.prose import beside, shown, upper_first, when
from ctg_lib.display.typography import counted, enumerate_fr, euros, number
from ctg_lib.indicators.registry import definition, registry
from ctg_lib.partnership.books.bilan import DONE, NEXT
from ctg_lib.partnership.books.contrats import CONTRACTS
from ctg_lib.partnership.books.financement import PAYERS
from ctg_lib.partnership.books.offre import SERVICES, THEME_OF
from ctg_lib.partnership.money import lines as money_lines
from ctg_lib.partnership.offer import by_service, services
from ctg_lib.study import recording
from ctg_lib.study.rows import as_value, reading
from ctg_lib.study.signals import OWN_CASES, signal_of
from ctg_lib.study.survey import SHARES, interval_words, said_share, theme_of
from ctg_lib.study.using import aside
from ctg_lib.workbooks.common import THEMES
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from ctg_lib.study.core import Study
    from ctg_lib.study.signals import Signal

THEME_OF_INDICATOR: dict[str, str] = {
    "population": "transversal", "revenus": "familles_vulnerables", "emploi": "transversal", "sante": "acces_droits",
}  # fmt: skip
"""Theme of the registry that is none of the convention -> theme of the convention."""
GROUPS: tuple[str, ...] = ("secteur", "menage")
"""Roles of the questions whose answers make the groups that chapter 12 compares: no other group is evidence."""
LONGEST = 300
"""Characters of what a document, an action, a contract is said to say."""


def evidence_of(study: Study, ref: Ref) -> Evidence | None:
    """What a reference says; None where it names nothing, or what it names has no number that may be shown.

    Args:
        study: whose. ref: see :mod:`ctg_lib.agreement.evidence`.
    """
    key = ("evidence", ref)
    with aside(study):
        return study._once(key, lambda: _OF[ref.kind](study, ref))


def grounds_of(study: Study) -> Grounds:
    """By what each need may be proved in a study (:mod:`ctg_lib.agreement.grounds`)."""

    def read() -> Grounds:
        query = {"indicators": recording.AGREEMENT, "places": recording.GROUNDS}
        study.record(query, recording.grounds_file(study))
        return load_grounds(study.project.studies / study.id / CONVENTION, scheme_of(study))[0]

    return study._once(("grounds",), read)


def scheme_of(study: Study) -> Scheme:
    """The coding scheme of a study."""
    folder = study.project.studies / study.id / "consultation"
    return study._once(("scheme",), lambda: load_scheme(folder)[0])


# ------------------------------------------------------------------------------------------- indicators


def _indicator(study: Study, ref: Ref) -> Evidence | None:
    from ctg_lib.study.chapters.theme import ThemeChapter

    if ref.name not in registry():
        return None
    rule, place = definition(ref.name), _place(study, ref.place)
    if place is None:
        return None
    compared = study.compare(ref.name, ref.breakdown)
    own = place == study.place
    value = compared.value if own else study.value(ref.name, ref.breakdown, place)
    if not (value.is_number or value.is_range):
        return None
    signal = signal_of(study, ref.name, ref.breakdown) if own else None
    main = compared.main
    if main is not None and str(main["period"]) != value.period:
        main = None
    side, against = "", ""
    if main is not None and value.is_number and rule.aggregation != "sum" and _enough(study, ref, place):
        read = reading(value, main, rule)
        if read.side != "unknown":
            side = read.side
            there = beside(read.side, study.reference_territory(main).a(), far=read.far)
            against = f"{there} ({shown(as_value(main, rule))})"
    text = f"{upper_first(_where(study, place))}{ThemeChapter.named(rule, ref.breakdown)} : {shown(value)}"
    text = upper_first(text) + f"{ThemeChapter._unit(rule)} {when(value.period)}"
    text += f", {against}." if against else "."
    double = signal.double if signal is not None else None
    if signal is not None and double is not None:
        text += f" {ThemeChapter(study)._second_reading(signal)}".replace("**", "")
    needs = needs_of_indicator(
        grounds_of(study), f"{ref.name}|{ref.breakdown}" if ref.breakdown else ref.name
    )
    return Evidence(
        ref, text, _theme(study, needs, THEME_OF_INDICATOR.get(rule.theme, rule.theme)), next(iter(needs), ""),
        value.value, value.lower, value.upper, rule.unit, value.period, side,
        _sureness(side, value.status, value.lower), _strength(signal), "statistiques", "+".join(value.sources),
        side_without=double.reading_without.side if side and double is not None else "",
    )  # fmt: skip


def _place(study: Study, text: str) -> tuple[str, str] | None:
    """(level, code) of a place as a reference writes it; None where the study has none of that name."""
    if not text:
        return study.place
    level, _, name = text.partition(":")
    if level == "commune":
        return ("commune", name) if name in study.territory.members else None
    if level == "secteur":
        return next((("secteur", s.code) for s in study.secteurs if name in (s.name, s.code)), None)
    return None


def _where(study: Study, place: tuple[str, str]) -> str:
    """« secteur Larzac, », « La Cavalerie, »; empty of the territory."""
    if place == study.place:
        return ""
    name = {**study.communes_by_code, **{s.code: f"secteur {s.name}" for s in study.secteurs}}[place[1]]
    return f"{name}, "


def _enough(study: Study, ref: Ref, place: tuple[str, str]) -> bool:
    """Whether a rate rests on as many cases as a page asks for before it compares."""
    row = study.row(ref.name, ref.breakdown, place)
    if row is None or not definition(ref.name).multiplier or pd.isna(row["numerator"]):
        return True
    return bool(row["numerator"] >= OWN_CASES)


def _sureness(side: str, status: str, lower: float | None) -> Sureness:
    if side in ("above", "below"):
        return "etabli"
    return "compte" if status == "observed" and lower is None else "indicatif"


def _strength(signal: Signal | None) -> float:
    return 0.0 if signal is None else signal.strength


def _theme(study: Study, needs: tuple[str, ...], other: str) -> str:
    scheme = scheme_of(study)
    theme = next((scheme[code].theme for code in needs if code in scheme), other)
    return theme if theme in THEMES else "transversal"


# ---------------------------------------------------------------------------------------------- surveys


def _survey(study: Study, ref: Ref) -> Evidence | None:
    parts = ref.name.split("/")
    survey = study.surveys.get(parts[0])
    if survey is None or len(parts) != 3:
        return None
    asked = survey.answers.questionnaire
    question = next((q for q in asked.questions if q.id == parts[1] and q.kind != "text"), None)
    by, _, group = ref.place.partition("=")
    if question is None or question not in survey.questions() or (by and by not in _groups(asked)):
        return None
    rows = survey.results(question.id, by)
    rows = rows[rows["column"].eq(parts[2]) & rows["group"].eq(group) & rows["measure"].isin(SHARES)]
    rows = rows[rows["status"].eq("estimated") & rows["value"].notna()]
    if rows.empty:
        return None
    row = rows.iloc[0]
    firm = row["base"] >= FRAGILE
    of = UNITS[asked.unit_of(question)].removeprefix("%") if firm else ""
    among = f", « {row['group_label']} »" if group else ""
    asked_of = f", {counted(row['base'], 'réponse')}" if firm else ""
    text = (
        f"{upper_first(survey.whom)}{among}, {question.topic} : « {row['label']} », {said_share(row)}{of}"
        f"{interval_words(row)}{asked_of}."
    )
    needs = needs_of_answer(grounds_of(study), ref.name)
    value, low, high = (_or_none(row[n]) if firm else None for n in ("value", "lower", "upper"))
    share = low if low is not None else float(row["value"]) / 2
    return Evidence(
        ref, text, _theme(study, needs, theme_of(question)), next(iter(needs), ""), value, low, high,
        str(row["unit"]) if firm else "", survey.when, "", "indicatif", share / 100,
        ASKED_SIDES.get(survey.id, "habitants"), "", ("consultation/reponses",),
    )  # fmt: skip


def _groups(asked: Any) -> set[str]:
    return {q.id for role in GROUPS if (q := asked.of_role(role)) is not None}


# ----------------------------------------------------------------------------------------------- actors


def _words(study: Study, ref: Ref) -> Evidence | None:
    from ctg_lib.study.chapters import heard

    actors = study._once(("actors shown",), lambda: coverage.shown(study.consultation.actors))
    table = study._once(("crossing of actors",), lambda: synthesis.crossing(actors))
    named = study._once(("sides named",), lambda: heard.named_sides(actors))
    rows = table[table["need"].eq(ref.name)]
    if rows.empty:
        return None
    row = rows.iloc[0].to_dict()
    sides = [side for side in row["sides"] if side in named]
    if row["lacking"]:
        text = f"{upper_first(row['label'])} : manque dans {heard.lacking_words(row)}"
        text += f", selon {enumerate_fr([heard.SIDE_WORDS[side] for side in sides])}" if sides else ""
        other = heard.opposed(actors, row) if row["reading"] == "divergence" else ""
        text += f" ; {other.partition(' ; ')[2]}" if other else ""
    else:
        count = counted(row["meetings"], "échange")
        text = f"{upper_first(row['label'])} : {synthesis.READINGS[row['reading']]}, dans {count}"
    days = pd.to_datetime(coverage.held(actors)["date"]).dropna()
    view = next((side for side in sides if side != OTHER_SIDES), "partenaires")
    return Evidence(
        ref, f"{text}.", row["theme"], ref.name, float(row["lacking"]), None, None, "échanges",
        heard.months(days.min(), days.max()) if len(days) else "", "", "dit", float(row["lacking"] + len(sides)),
        view, "", ("consultation",),
    )  # fmt: skip


# -------------------------------------------------------------------------------------------- workbooks


def _offer(study: Study, ref: Ref) -> Evidence | None:
    if ref.name.startswith("type="):
        return _kind_of_service(study, ref)
    from ctg_lib.study.chapters.folder_base import people
    from ctg_lib.study.chapters.offre.words import NONE, openings

    lines = services(study.partnership)
    lines = lines[lines["id"].eq(ref.name)]
    if lines.empty:
        return None
    row = lines.iloc[0]
    names = [study.communes_by_code.get(code, code) for code in row["communes"]]
    where = f" ({enumerate_fr(names)})" if names and len(names) < 4 else ""
    said = [words for words in [openings(lines)] if words != NONE]
    if pd.notna(row["places_open"]) and row["places_open"] != row["places"]:
        said.append(
            f"{counted(row['places_open'], 'place réellement ouverte', 'places réellement ouvertes')}"
        )
    if pd.notna(row["waiting"]):
        dated = f" au {day_in_words(row['waiting_date'].date())}" if pd.notna(row["waiting_date"]) else ""
        word = "demande" if row["waiting"] < 2 else "demandes"
        said.append(f"{people(row['waiting'])} {word} en attente{dated}")
    if pd.notna(row["vacancies"]) and row["vacancies"]:
        said.append(f"{number(row['vacancies'], 0 if row['vacancies'] % 1 == 0 else 1)} ETP vacant")
    if pd.notna(row["agreement_end"]):
        said.append(f"convention Caf jusqu’au {day_in_words(row['agreement_end'].date())}")
    told = f" : {' ; '.join(said)}" if said else ""
    doubt = " (à confirmer)" if row["state"] == "a_confirmer" else ""
    needs = needs_of_service(grounds_of(study), str(row["type"]))
    value = row["places_open"] if pd.notna(row["places_open"]) else row["places"]
    return Evidence(
        ref, f"{row['title'] or row['type_label']}{where}{doubt}{told}.", str(row["theme"]) or "transversal",
        next(iter(needs), ""), _or_none(value), None, None, "places" if pd.notna(value) else "", "", "", "compte",
        0.0 if pd.isna(row["waiting"]) else float(row["waiting"]), "documents", "", (study.partnership.file("offre"),),
    )  # fmt: skip


def _kind_of_service(study: Study, ref: Ref) -> Evidence | None:
    """How many services of a kind there are: 0 says that none is listed, which proves nothing more."""
    kind = ref.name.removeprefix("type=")
    if kind not in SERVICES or not study.partnership.has("offre"):
        return None
    rows = by_service(study.partnership)
    count = int(rows["type"].eq(kind).sum())
    label = SERVICES[kind]
    text = (
        f"{upper_first(label)} : {counted(count, 'service recensé', 'services recensés')}."
        if count
        else f"{upper_first(label)} : aucun service recensé, ce qui ne prouve pas qu’il n’y en a pas."
    )
    needs = needs_of_service(grounds_of(study), kind)
    return Evidence(
        ref, text, THEME_OF.get(kind, "transversal"), next(iter(needs), ""), float(count), None, None, "services", "", "",
        "compte", 1.0 if not count else 0.0, "documents", "", (study.partnership.file("offre"),),
    )  # fmt: skip


def _money(study: Study, ref: Ref) -> Evidence | None:
    lines = money_lines(study.partnership)
    lines = lines[lines["service"].eq(ref.name) & lines["cost"].notna() & lines["offer"].ne("nouvelle")]
    if ref.breakdown:
        lines = lines[lines["year"].eq(float(ref.breakdown) if ref.breakdown.isdigit() else math.nan)]
    if lines.empty:
        return None
    order = lines.assign(real=lines["nature"].eq("realise")).sort_values(["year", "real"], kind="stable")
    row = order.iloc[-1]
    year, real = str(int(row["year"])), "" if row["nature"] == "realise" else " (prévu)"
    paid = [(label, row[name]) for name, label in PAYERS.items() if pd.notna(row[name]) and row[name] > 0]
    who = ", ".join(f"{label} {euros(amount)}" for label, amount in paid)
    left = (
        f" ; {counted(row['unknown_payers'], 'recette inconnue', 'recettes inconnues')}"
        if row["unknown_payers"]
        else ""
    )
    text = f"{row['title'] or ref.name}, {year}{real} : {euros(row['cost'])} de charges{f' ; {who}' if who else ''}{left}."
    return Evidence(
        ref, text, str(row["theme"]) or "transversal", "", float(row["cost"]), None, None, "€", year, "", "compte",
        float(row["cost"]), "documents", "", (study.partnership.file("financement"),),
    )  # fmt: skip


def _outcome(study: Study, ref: Ref) -> Evidence | None:
    row = _line(study, "bilan", "actions", ref.name)
    if row is None:
        return None
    said = [f"« {_safe(row['name'])} » ({row['contract']}) : {DONE.get(row['state'], 'état non dit')}"]
    said += [
        f"{label} : {text}"
        for label, text in (("fait", _safe(row["done"])), ("effet", _safe(row["effect"])))
        if text
    ]
    said += [f"suite proposée : {NEXT[row['next']]}"] if row["next"] in NEXT else []
    return _written(
        study, ref, " ; ".join(said), str(row["theme"]), "bilan", str(row["contract"]),
        next(iter(scheme_of(study).suggest(f"{row['name']}. {row['planned']}", 1)), ""),
    )  # fmt: skip


def _contract(study: Study, ref: Ref) -> Evidence | None:
    row = _line(study, "contrats", "contracts", ref.name)
    if row is None:
        return None
    years = [str(day.year) for day in (row["start"], row["end"]) if pd.notna(day)]
    kind = CONTRACTS.get(row["type"], "")
    name = _safe(row["name"]) or kind
    more = f" ({kind})" if kind and kind.lower() not in name.lower() else ""
    text = f"{name}{more}" + (f" : {link}" if (link := _safe(row["link"])) else "")
    return _written(study, ref, text, next(iter(row["themes"]), ""), "contrats", "–".join(years))


def _document(study: Study, ref: Ref) -> Evidence | None:
    row = _line(study, "documents", "documents", ref.name)
    if row is None or (pd.notna(row["date"]) and row["date"].date() > study.as_of):
        return None
    dated = f", {day_in_words(row['date'].date())}" if pd.notna(row["date"]) else ""
    text = f"{_safe(row['title'])} ({row['author']}{dated})" + (
        f" : {summary}" if (summary := _safe(row["summary"])) else ""
    )
    day = f"{row['date']:%Y-%m-%d}" if pd.notna(row["date"]) else ""
    return _written(study, ref, text, next(iter(row["themes"]), ""), "documents", day)


def _written(
    study: Study, ref: Ref, text: str, theme: str, book: str, period: str, need: str = ""
) -> Evidence:
    """An evidence without a number: what a line of a workbook says."""
    text = text.rstrip(" .")
    cut = text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"
    return Evidence(
        ref, cut if cut.endswith("…") else f"{cut}.", theme if theme in THEMES else "transversal", need, period=period,
        sureness="ecrit", view="documents", files=(study.partnership.file(book),),
    )  # fmt: skip


def _line(study: Study, book: str, sheet: str, id: str) -> Mapping[str, Any] | None:
    table = study.partnership.table(book, sheet)
    rows = table[table["id"].eq(id)]
    return None if rows.empty else {str(k): v for k, v in rows.iloc[0].to_dict().items()}


def _safe(text: Any) -> str:
    """What was written, on one line; empty where a rule sees anything of a person in it."""
    return nameless(" ".join(str(text).split())) if isinstance(text, str) else ""


def _or_none(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


_OF: dict[str, Callable[[Study, Ref], Evidence | None]] = {
    "indicateur": _indicator, "enquete": _survey, "parole": _words, "offre": _offer, "financement": _money,
    "bilan": _outcome, "contrat": _contract, "document": _document,
}  # fmt: skip
