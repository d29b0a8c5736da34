"""Made-up answers to the questionnaires of the bank, and the files that tools would make of them."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

from ctg_lib.consultation.answers import Answers
from ctg_lib.consultation.bank import questionnaires
from ctg_lib.consultation.codes import short_codes, short_ids, short_items
from ctg_lib.consultation.questionnaire import Option, Question, Questionnaire, Section

SECTEURS = {"Exemple nord": ("12063",), "Exemple sud": ("12070",)}
ALL, _ = questionnaires(None, SECTEURS, {"12063": "Exemple-le-Haut", "12070": "Exemple-le-Bas"})
PARENTS, HABITANTS, YOUNG = ALL["parents"], ALL["habitants"], ALL["jeunes_11_17"]
Line = dict[str, Any]
"""Column -> value, as the table of answers holds them; absent ones left out."""

YES_NO = (Option("oui", "Oui"), Option("non", "Non"))
EVERY_KIND = Questionnaire(
    "essai", "Essai", "tous", "personne", 1,
    (
        Section("s", "S", (
            Question("un", "Une seule ?", "single", (*YES_NO, Option("autre", "Autre", free=True))),
            Question("ordre", "Souvent ?", "scale", (Option("jamais", "Jamais"), Option("parfois", "De temps en temps"))),
            Question("cases", "Lesquelles ?", "multiple", (
                Option("a", "La première"), Option("b", "La deuxième, la vraie"), Option("autre", "Autre chose", free=True),
                Option("reste", "Le reste", free=True), Option("aucune", "Aucune", exclusive=True)), most=3),
            Question("rangs", "Dans quel ordre ?", "ranking", (Option("x", "Des bus"), Option("y", "Des vélos"), Option("z", "Des trains")), most=2),
            Question("grille", "Par ligne ?", "grid", YES_NO, (Option("l1", "Première ligne"), Option("l2", "Seconde ligne"))),
            Question("nombre", "Combien ?", "integer", low=0, high=12),
            Question("mots", "Pourquoi ?", "text"),
        )),
    ),
)  # fmt: skip
"""Each kind of question, without conditions."""


def answered(rng: random.Random, questionnaire: Questionnaire, skip: float = 0.15) -> Line:
    """Answers of one person, drawn without sense but allowed: conditions, bounds and exclusions hold."""
    line: Line = {}
    for question in questionnaire.questions:
        holds = all(
            line.get(c.question) in c.codes or any(line.get(f"{c.question}__{code}") for code in c.codes)
            for c in question.when
        )
        if holds and (question.required or rng.random() > skip):
            line |= _drawn(rng, question)
    return line


def _drawn(rng: random.Random, question: Question) -> Line:
    id, codes = question.id, [option.code for option in question.options]
    free = {option.code for option in question.options if option.free}
    if question.kind in ("single", "scale"):
        code = rng.choice(codes)
        return {id: code} | (
            {f"{id}__{code}__texte": "un mot, « ici »"} if code in free and rng.random() < 0.5 else {}
        )
    if question.kind == "multiple":
        exclusive = [o.code for o in question.options if o.exclusive]
        others = [c for c in codes if c not in exclusive]
        many = rng.sample(others, rng.randint(1, min(question.most or 9, len(others))))
        ticked = [rng.choice(exclusive)] if exclusive and rng.random() < 0.2 else many
        texts = {f"{id}__{c}__texte": "un autre mot" for c in ticked if c in free}
        return {f"{id}__{c}": c in ticked for c in codes} | texts
    if question.kind == "ranking":
        ranked = rng.sample(codes, rng.randint(1, question.most or len(codes)))
        return {f"{id}__{c}": rank for rank, c in enumerate(ranked, 1)}
    if question.kind == "grid":
        return {f"{id}__{item.code}": rng.choice(codes) for item in question.items if rng.random() < 0.9}
    if question.kind == "integer":
        return {id: rng.randint(question.low or 0, question.high or 99)}
    return {
        id: rng.choice(["Rien à dire ; merci", "Un « bus »\nle soir", '=1+1 "entre guillemets", et virgule'])
    }


def lines_of(answers: Answers) -> list[Line]:
    """What was read, as lines: absent cells left out."""
    columns = [c for q in answers.questionnaire.questions for c in q.columns]
    out = []
    for row in answers.table[columns].astype(object).to_dict("records"):
        out.append({k: v for k, v in row.items() if v is not None and v == v})
    return out


# --- LimeSurvey ----------------------------------------------------------------------------------------


def limesurvey(
    lines: Sequence[Line], questionnaire: Questionnaire, *, full: bool = False, labels: bool = False, delimiter: str = ",",
    service: Sequence[Line] = (), no: str = "",
) -> str:  # fmt: skip
    """A CSV export: codes or whole answers, codes or whole sentences as headings."""
    shorts = short_ids(questionnaire)
    head = [
        "id",
        "submitdate",
        "lastpage",
        "startlanguage",
        "seed",
        "interviewtime",
        "questionnaire",
        "version",
        "codeeffacement",
    ]
    table: list[list[str]] = [
        [*head, *(h for q in questionnaire.questions for h in _heads(q, shorts[q.id], labels))]
    ]
    for number, line in enumerate(lines, 1):
        base: Line = {
            "id": number, "submitdate": "1980-01-01 00:00:00", "lastpage": 9, "startlanguage": "fr", "seed": 1234,
            "interviewtime": "600.5", "questionnaire": questionnaire.id, "version": questionnaire.version,
            "codeeffacement": "BCDFG" + "BCDFGHJKLM"[number % 10] + "BCDFGHJKLM"[number // 10 % 10] + "BCDFGHJKLM"[number // 100 % 10] + "BC",
        }  # fmt: skip
        base |= dict(service[number - 1]) if number <= len(service) else {}
        cells = [c for q in questionnaire.questions for c in _cells(q, line, full, no)]
        table.append([*(str(base[h]) for h in head), *cells])
    return written(table, delimiter)


def written(table: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    return out.getvalue()


def _native(question: Question) -> Option | None:
    free = [o for o in question.options if o.free]
    return free[0] if len(free) == 1 and question.kind in ("single", "scale", "multiple") else None


def _heads(question: Question, short: str, labels: bool) -> list[str]:
    name = question.label if labels else short
    codes, native = short_codes(question), _native(question)
    part = (lambda o: f"{name} [{o.label}]") if labels else (lambda o: f"{name}[{codes[o.code]}]")
    others = [f"{short[:14]}x{codes[o.code]}" for o in question.options if o.free and o is not native]
    end = ([f"{name} [Autre]" if labels else f"{name}[other]"] if native else []) + others
    if question.kind == "multiple":
        return [part(o) for o in question.options if o is not native] + end
    if question.kind == "ranking":
        ranks = range(1, len(question.options) + 1)
        return [f"{name} [Rang {r}]" if labels else f"{name}[{r}]" for r in ranks] + end
    if question.kind == "grid":
        items = short_items(question)
        return [f"{name} [{i.label}]" if labels else f"{name}[{items[i.code]}]" for i in question.items]
    return [name, *end]


def _cells(question: Question, line: Line, full: bool, no: str) -> list[str]:
    id, codes, native = question.id, short_codes(question), _native(question)
    said = (lambda c: question.label_of(c)) if full else (lambda c: codes[c])
    others = [
        str(line.get(f"{id}__{o.code}__texte", "")) for o in question.options if o.free and o is not native
    ]
    text = [str(line.get(f"{id}__{native.code}__texte", ""))] if native else []
    if question.kind == "multiple":
        seen = any(f"{id}__{o.code}" in line for o in question.options)
        ticks = [
            ("Oui" if full else "Y") if line.get(f"{id}__{o.code}") else (no if seen else "")
            for o in question.options
            if o is not native
        ]
        return ticks + text + others
    if question.kind == "ranking":
        ranked = {line[f"{id}__{o.code}"]: o.code for o in question.options if f"{id}__{o.code}" in line}
        return (
            [said(ranked[r]) if r in ranked else "" for r in range(1, len(question.options) + 1)]
            + text
            + others
        )
    if question.kind == "grid":
        return [said(line[f"{id}__{i.code}"]) if f"{id}__{i.code}" in line else "" for i in question.items]
    if question.kind in ("single", "scale"):
        code = line.get(id)
        other = native is not None and code == native.code
        return [
            "" if code is None else ("Autre" if full else "-oth-") if other else said(code),
            *text,
            *others,
        ]
    return [str(line.get(id, ""))]


# --- ODK and Kobo --------------------------------------------------------------------------------------


def odk(
    lines: Sequence[Line],
    questionnaire: Questionnaire,
    *,
    split: bool = False,
    delimiter: str = ",",
    device: str = "",
) -> str:
    """A CSV export of Kobo (``/``, one column per option besides) or of Central (``-``, none)."""
    mark = "/" if split else "-"
    head = ["start", "end", *(["deviceid"] if device else []), "questionnaire", "version", "code_effacement"]
    heads = [
        f"section_{s.id}{mark}{name}"
        for s in questionnaire.sections
        for q in s.questions
        for name in _odk_heads(q, split)
    ]
    table = [
        [
            *head,
            *heads,
            "meta/instanceID" if split else "meta-instanceID",
            "_uuid",
            "_submission_time",
            "_index",
        ]
    ]
    for number, line in enumerate(lines, 1):
        cells = [c for q in questionnaire.questions for c in _odk_cells(q, line, split)]
        start, end = "2026-11-03T10:00:00.000+01:00", f"2026-11-03T10:{10 + number % 10}:00.000+01:00"
        uuid = f"00000000-0000-4000-8000-{number:012d}"
        table.append([start, end, *([device] if device else []), questionnaire.id, str(questionnaire.version), f"BCDFGHJ{number:03d}".translate(str.maketrans("0123456789", "BCDFGHJKLM")),
                      *cells, f"uuid:{uuid}", uuid, "2026-11-03T11:00:00", str(number)])  # fmt: skip
    return written(table, delimiter)


def _odk_heads(question: Question, split: bool) -> list[str]:
    id = question.id
    texts = [f"{id}__{o.code}__texte" for o in question.options if o.free and question.kind != "grid"]
    if question.kind == "grid":
        return [f"{id}_grille{'/' if split else '-'}{c}" for c in question.columns]
    if question.kind == "multiple" and split:
        return [id, *(f"{id}/{o.code}" for o in question.options), *texts]
    if question.kind == "ranking":
        return [f"{id}_choix", id, *texts]
    return [id, *texts]


def _odk_cells(question: Question, line: Line, split: bool) -> list[str]:
    id = question.id
    texts = [
        str(line.get(f"{id}__{o.code}__texte", ""))
        for o in question.options
        if o.free and question.kind != "grid"
    ]
    if question.kind == "grid":
        return [str(line.get(c, "")) for c in question.columns]
    if question.kind == "multiple":
        ticked = [o.code for o in question.options if line.get(f"{id}__{o.code}")]
        each = (
            ["" if not ticked else "1" if o.code in ticked else "0" for o in question.options]
            if split
            else []
        )
        return [" ".join(ticked), *each, *texts]
    if question.kind == "ranking":
        ranked = sorted(
            (line[f"{id}__{o.code}"], o.code) for o in question.options if f"{id}__{o.code}" in line
        )
        return [" ".join(sorted(c for _, c in ranked)), " ".join(c for _, c in ranked), *texts]
    return [str(line.get(id, "")), *texts]


# --- entry sheet and plain tables ----------------------------------------------------------------------


def plain_table(
    lines: Sequence[Line], questionnaire: Questionnaire, *, labels: bool = False
) -> list[list[Any]]:
    """Our own columns; ticks « x », ranks as numbers; options by code or by label."""
    columns = [(q, c) for q in questionnaire.questions for c in q.columns]
    table: list[list[Any]] = [[c for _, c in columns]]
    for line in lines:
        row: list[Any] = []
        for question, column in columns:
            value = line.get(column)
            if isinstance(value, bool):
                value = "x" if value else None
            elif labels and isinstance(value, str) and column not in question.texts:
                value = question.label_of(value).upper()
            row.append(value)
        table.append(row)
    return table


def entry_sheet(
    path: Path,
    lines: Sequence[Line],
    questionnaire: Questionnaire,
    *,
    codes: Sequence[str] = (),
    canal: str = "",
) -> Path:
    """The workbook in which paper forms are typed: labels, then codes, then one line per form."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Saisie"
    table = plain_table(lines, questionnaire)
    labels = [q.topic or q.label for q in questionnaire.questions for _ in q.columns]
    sheet.append(["Code", "Canal", *labels])
    sheet.append(["code", "canal", *table[0]])
    for number, row in enumerate(table[1:]):
        sheet.append([codes[number] if number < len(codes) else None, canal or None, *row])
    for row in sheet.iter_rows():
        for cell in row:
            cell.data_type = "s" if cell.data_type == "f" else cell.data_type
    other = book.create_sheet("_ctg")
    other.sheet_state = "hidden"
    other.append(["questionnaire", questionnaire.id])
    book.save(path)
    return path
