"""The info flash: two A4 pages, in HTML that stands alone and in PDF (Typst), from the same content."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctg_lib.agreement.flash import Flash, filled
from ctg_lib.consultation.settings import period
from ctg_lib.display.output import esc
from ctg_lib.display.prose import upper_first
from ctg_lib.display.theme import CATEGORIES, COLORS, css_variables, font_face_css
from ctg_lib.display.typography import bound, number, typeset, typeset_html
from ctg_lib.documents.agreement.written import Block, blocks, html_of
from ctg_lib.documents.typst_pdf import typst_compiler, typst_pdf, typst_values
from ctg_lib.errors import BadInput
from ctg_lib.geography.names import fold
from ctg_lib.partnership.calendar import STATES, Phase, Step
from ctg_lib.study.news import Count, News, contacts_of, flashes_of, news, themes_by_label
from ctg_lib.workbooks.moments import day_in_words, in_words

if TYPE_CHECKING:
    from ctg_lib.agreement.flash import Contact
    from ctg_lib.study.core import Study

TEMPLATE = Path(__file__).parent / "flash.typ"
STYLE = Path(__file__).parent / "flash.css"
PAGES = 2
SIZES: tuple[float, ...] = (12, 11.6, 11.2, 10.8, 10.4, 10, 9.6, 9.2, 8.8, 8.4, 8)
"""Sizes of the text, in points: for each page the largest at which it holds."""
APART = 1.6
"""Points, at most, between the sizes of the two pages."""
PRINTED = 0.91
"""Size of the page's text when a browser prints it, to the PDF's: browsers set lines less tightly."""
TO_COMPLETE = "[à compléter]"
FICTIF = "Fictif : tout est inventé pour la démonstration ; à ne distribuer à personne"
KICKER = "Convention territoriale globale"
TITLE = "Élaboration de la convention territoriale globale"
MOST_COUNTS = 6
_FIRST_OUT: tuple[str, ...] = ("forums", "rencontres", "propositions")
"""Counts left out first where there are more than a strip holds."""
_FROM_TO = re.compile(r"([^\W\d]+) (\d{4}) – ([^\W\d]+) (\d{4})")
_LOPSIDED = 0.5
"""Two columns whose lengths differ more than this are one."""


def flash(study: Study) -> list[tuple[str, bytes]]:
    """All info flashes of a study: « info-flash-4.pdf » and « .html »; none without ``info-flash/<n>.yml``.

    What cannot be made (a date after the study's …) is told by ``Study.problems`` and is not among them.

    Raises:
        BadInput: a text that two pages do not hold; the package ``typst`` is absent.
    """
    out: list[tuple[str, bytes]] = []
    for each in flashes_of(study).flashes:
        told = content(study, each)
        sizes, pdf = _pdf(told, each.file)
        name = f"info-flash-{each.number}"
        out += [(f"{name}.pdf", pdf), (f"{name}.html", page(told, sizes).encode("utf-8"))]
    return out


def content(study: Study, each: Flash) -> dict[str, Any]:
    """All that is printed, as JSON takes it, in French typography."""
    told = news(study, each.told_on)
    values = told.fields or {}

    def written(text: str) -> tuple[Block, ...]:
        return blocks(filled(text, values, TO_COMPLETE))

    def line(text: str) -> str:
        return _text(filled(text, values, TO_COMPLETE))

    return {
        "name": _text(f"Info flash n° {each.number}"),
        "label": "Info flash",
        "number": _text(f"n° {each.number}"),
        "date": _text(upper_first(in_words(each.dated))),
        "situation": _text(f"Situation au {day_in_words(each.told_on)}") if each.late else "",
        "kicker": KICKER,
        "title": line(each.title or TITLE),
        "place": _text(study.territory.name),
        "fictif": _text(FICTIF) if study.fictif else "",
        "source": _text(
            f"Étapes et nombres : calendrier et classeurs de l’étude, au {day_in_words(each.told_on)}."
        ),
        "colors": COLORS,
        "categories": list(CATEGORIES),
        "edito": _prose("Édito", written(each.edito)),
        "stage": _prose("Où en sommes-nous ?", written(each.stage)),
        "counts": [{"value": number(c.value), "noun": _text(c.noun)} for c in _shown(told.counts)],
        "steps": _steps(told, each),
        "zoom": {"kicker": "Zoom"} | _prose(each.zoom_title or "sur la démarche", written(each.zoom)),
        "themes": _prose(each.themes_title or "Les thématiques", written(each.themes_text))
        | {"items": [_text(upper_first(t)) for t in _themes(each, told)]},
        "coming": _prose("Les prochaines étapes", written(each.next_text))
        | {"items": [_step(step) for step in told.coming]},
        "contacts": {
            "title": "Vos contacts",
            "items": [_contact(who) for who in contacts_of(study, each)],
        },
    }


def _text(words: str) -> str:
    return bound(typeset(words))


def _prose(title: str, found: Sequence[Block]) -> dict[str, Any]:
    return {
        "title": _text(title),
        "blocks": [block.plain() for block in found],
        "columns": [[block.plain() for block in part] for part in _in_two(found)],
    }


def _in_two(found: Sequence[Block]) -> list[Sequence[Block]]:
    """Blocks in two columns as even as whole blocks allow; one column where they would be lopsided."""
    lengths = [sum(len(words) for line in block.lines for _, words in line) + 30 for block in found]
    best = min(range(1, len(found)), key=lambda at: abs(sum(lengths[:at]) - sum(lengths[at:])), default=0)
    if not best or abs(sum(lengths[:best]) - sum(lengths[best:])) > _LOPSIDED * sum(lengths):
        return [found]
    return [found[:best], found[best:]]


def _shown(counts: Sequence[Count]) -> list[Count]:
    out = list(counts)
    for field in _FIRST_OUT:
        if len(out) > MOST_COUNTS:
            out = [c for c in out if c.field != field]
    return out[:MOST_COUNTS]


def _themes(each: Flash, told: News) -> tuple[str, ...]:
    """Those that the flash names, as they are called; else the study's."""
    labels = {fold(label): label for label in themes_by_label()}
    return tuple(labels[fold(t)] for t in each.themes if fold(t) in labels) or told.themes


def _steps(told: News, each: Flash) -> dict[str, Any]:
    """Phases and their steps in two columns; where the démarche has no phase, its steps."""
    every = told.calendar.phases
    shown = [p for p in every if not each.phases or p.id in each.phases]
    loose = [] if every else [s for s in told.calendar.steps if not s.announces]
    phases = [_phase(told, every.index(p) + 1, p) for p in shown]
    heights = [2 + len(p["steps"]) for p in phases]
    cut = min(range(1, len(phases)), key=lambda at: max(sum(heights[:at]), sum(heights[at:])), default=1)
    columns = [part for part in (phases[:cut], phases[cut:]) if part]
    used = {s["state"] for p in phases for s in p["steps"]} | {p["state"] for p in phases}
    return {
        "title": "Les différentes étapes de la démarche",
        "columns": columns,
        "loose": [_step(s) for s in loose],
        "legend": [[state, label] for state, label in STATES.items() if state in used],
    }


def _phase(told: News, rank: int, phase: Phase) -> dict[str, Any]:
    return {
        "rank": f"Phase {rank}",
        "name": _text(upper_first(phase.name)),
        "when": _when(phase),
        "state": phase.state or "prevu",
        "label": STATES.get(phase.state, "sans date"),
        "steps": [_step(s, phase.state) for s in told.steps(phase)],
    }


def _step(step: Step, beside: str = "prevu") -> dict[str, Any]:
    """A step; its state is written too where it is neither « prévu » nor that of its phase (``beside``)."""
    return {
        "name": _text(upper_first(step.name)),
        "when": _when(step),
        "state": step.state or "prevu",
        "label": STATES.get(step.state, "sans date"),
        "tell": step.state not in ("prevu", beside) or step.state == "en_cours",
    }


def _when(each: Phase | Step) -> str:
    """« du 16 mars au 20 avril 2027 », « de mai à septembre 2026 », « vers janvier 2021 »; empty without a date."""
    return _text(_months(period(each.begins, each.ends)) or each.when)


def _months(said: str) -> str:
    """« mai 2026 – septembre 2026 » without a dash, since one stands before it; anything else as it is."""
    found = _FROM_TO.fullmatch(said)
    if not found:
        return said
    first = found[1] if found[2] == found[4] else f"{found[1]} {found[2]}"
    return f"{'d’' if first[0] in 'ao' else 'de '}{first} à {found[3]} {found[4]}"


def _contact(who: Contact) -> dict[str, Any]:
    lines = [who.organisation, who.name, who.phone, who.mail]
    return {"function": _text(upper_first(who.function)), "lines": [_text(each) for each in lines if each]}


# --- PDF --------------------------------------------------------------------------------------------------


def _pdf(told: dict[str, Any], file: str) -> tuple[tuple[float, float], bytes]:
    """The sizes of both pages' text, and the PDF: two pages exactly."""

    def compiler(first: float, second: float) -> Any:
        sizes = {"size": f"{first:g}", "second": f"{second:g}"}
        return typst_compiler(TEMPLATE, told, "L’info flash en PDF demande", **sizes)

    def holds(first: float, second: float) -> bool:
        return int(typst_values(compiler(first, second), "pages")[0]) == PAGES

    first = next((size for size in SIZES if holds(size, SIZES[-1])), None)
    if first is not None:
        near = [size for size in SIZES if size <= first + APART]
        second = next((size for size in near if holds(first, size)), SIZES[-1])
        return (first, second), typst_pdf(compiler(first, second))
    raise BadInput(
        f"{file} : trouvé des textes plus longs que deux pages A4, attendu des textes plus courts (édito, où "
        "en sommes-nous, zoom), ou moins de phases (« etapes: {phases: [P2]} »)."
    )


# --- HTML -------------------------------------------------------------------------------------------------


def page(told: dict[str, Any], sizes: tuple[float, float]) -> str:
    """The flash as one page that needs no other file: two sheets, printed on two A4 pages."""
    head = (
        f"<title>{esc(told['name'])} – {esc(told['title'])}</title>\n"
        f"<style>\n{font_face_css()}{css_variables()}"
        f"{_sizes(sizes)}{STYLE.read_text(encoding='utf-8')}</style>"
    )
    first = [
        _masthead(told),
        _section("edito", told["edito"], "card"),
        _stage(told),
        _calendar(told["steps"]),
    ]
    second = [
        _running(told),
        _zoom(told["zoom"]),
        _tiles(told["themes"]),
        _coming(told["coming"]),
        _contacts(told["contacts"]),
    ]
    sheets = "\n".join(
        f'<section class="sheet sheet-{rank}" aria-label="Page {rank}">\n'
        f"{''.join(filter(None, parts))}{_foot(told, rank)}</section>"
        for rank, parts in enumerate((first, second), start=1)
    )
    return (
        '<!DOCTYPE html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{head}\n</head>\n<body>\n<main>\n{typeset_html(sheets)}\n</main>\n</body>\n</html>\n"
    )


def _sizes(sizes: tuple[float, float]) -> str:
    rules = (
        f".sheet-{rank} {{ --size: {size * PRINTED:.2f}; }}\n" for rank, size in enumerate(sizes, start=1)
    )
    return "".join(rules)


def _blocks(found: Sequence[dict[str, Any]]) -> str:
    return html_of(
        [Block(b["kind"], tuple(tuple((k, w) for k, w in line) for line in b["lines"])) for b in found]
    )


def _body(part: dict[str, Any]) -> str:
    """Prose, in two columns where there is enough of it."""
    if not part["blocks"]:
        return ""
    two = " two" if len(part["columns"]) > 1 else ""
    return f'<div class="prose{two}">{_blocks(part["blocks"])}</div>'


def _section(id: str, part: dict[str, Any], kind: str = "", inside: str = "", *, title: str = "") -> str:
    body = _body(part) + inside
    if not body:
        return ""
    name = f' class="{kind}"' if kind else ""
    heading = title or esc(part["title"])
    opened = f'<section id="{id}"{name} aria-labelledby="{id}-titre">'
    return f'{opened}<h2 id="{id}-titre">{heading}</h2>{body}</section>\n'


def _masthead(told: dict[str, Any]) -> str:
    situation = f'<p class="situation">{esc(told["situation"])}</p>' if told["situation"] else ""
    made_up = f'<p class="fictif card">{esc(told["fictif"])}</p>\n' if told["fictif"] else ""
    return (
        f'<header class="masthead"><div><p class="kicker">{esc(told["kicker"])}</p>'
        f"<h1>{esc(told['title'])}</h1>"
        f"<p>{esc(told['place'])}</p>{situation}</div>"
        f'<p class="issue">{esc(told["label"])} <b>{esc(told["number"])}</b> {esc(told["date"])}</p>'
        f"</header>\n{made_up}"
    )


def _stage(told: dict[str, Any]) -> str:
    items = "".join(f"<li><b>{esc(c['value'])}</b> {esc(c['noun'])}</li>" for c in told["counts"])
    return _section("situation", told["stage"], inside=f'<ul class="counts">{items}</ul>' if items else "")


def _calendar(part: dict[str, Any]) -> str:
    if not part["columns"]:
        return ""
    columns = "".join(f"<div>{''.join(_one_phase(p) for p in column)}</div>" for column in part["columns"])
    legend = " ".join(f"<span>{_disc(state)}{esc(label)}</span>" for state, label in part["legend"])
    loose = f'<ul class="steps">{"".join(_one_step(s) for s in part["loose"])}</ul>' if part["loose"] else ""
    return (
        f'<section id="etapes" aria-labelledby="etapes-titre"><h2 id="etapes-titre">{esc(part["title"])}</h2>'
        f'<p class="legend" aria-hidden="true">{legend}</p>'
        f'<div class="phases">{columns}</div>{loose}</section>\n'
    )


def _one_phase(phase: dict[str, Any]) -> str:
    now = " now" if phase["state"] == "en_cours" else ""
    when = f", {esc(phase['when'])}" if phase["when"] else ""
    steps = "".join(_one_step(s) for s in phase["steps"])
    listed = f'<ul class="steps">{steps}</ul>' if steps else ""
    return (
        f'<article class="phase{now}"><header><h3><span class="rank">{esc(phase["rank"])} – </span>'
        f"{esc(phase['name'])}</h3>"
        f"<p>{_disc(phase['state'])}{esc(phase['label'])}{when}</p></header>{listed}</article>"
    )


def _one_step(step: dict[str, Any]) -> str:
    when = f' <span class="when">– {esc(step["when"])}</span>' if step["when"] else ""
    return f"<li>{_disc(step['state'])}{esc(step['name'])}{when}{_label(step)}</li>"


def _label(step: dict[str, Any]) -> str:
    kind = f"label {step['state']}" if step["tell"] else "unseen"
    return f' <span class="{kind}">({esc(step["label"])})</span>'


def _disc(state: str) -> str:
    return f'<span class="disc {state}" aria-hidden="true"></span>'


def _running(told: dict[str, Any]) -> str:
    return f'<p class="running"><b>{esc(told["name"])}</b> <span>{esc(told["place"])}</span></p>\n'


def _zoom(part: dict[str, Any]) -> str:
    title = f"<span>{esc(part['kicker'])} – </span>{esc(part['title'])}"
    return _section("zoom", part, "card zoom", title=title)


def _tiles(part: dict[str, Any]) -> str:
    tints = [CATEGORIES[rank % len(CATEGORIES)] for rank in range(len(part["items"]))]
    items = "".join(
        f'<li style="border-color: {tint}">{esc(item)}</li>'
        for tint, item in zip(tints, part["items"], strict=True)
    )
    return _section("thematiques", part, inside=f'<ul class="tiles">{items}</ul>' if items else "")


def _coming(part: dict[str, Any]) -> str:
    items = "".join(
        f"<li><b>{esc(s['when'])}</b><span>{_disc(s['state'])}{esc(s['name'])}{_label(s)}</span></li>"
        for s in part["items"]
    )
    return _section("prochaines-etapes", part, inside=f'<ol class="coming">{items}</ol>' if items else "")


def _contacts(part: dict[str, Any]) -> str:
    items = "".join(
        f"<li><b>{esc(who['function'])}</b>"
        f"{''.join(f'<span>{esc(line)}</span>' for line in who['lines'])}</li>"
        for who in part["items"]
    )
    empty: dict[str, Any] = {"title": part["title"], "blocks": [], "columns": []}
    return _section("contacts", empty, inside=f'<ul class="contacts">{items}</ul>' if items else "")


def _foot(told: dict[str, Any], rank: int) -> str:
    made_up = f' <span class="fictif">{esc(told["fictif"])}</span>' if told["fictif"] else ""
    return f'<footer class="foot"><p>{esc(told["source"])}{made_up} – {rank} / {PAGES}</p></footer>\n'
