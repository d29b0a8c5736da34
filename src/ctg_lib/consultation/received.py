"""All answers that came back: every file of a study's ``consultation/reponses`` folder, by questionnaire.

And what one looks at first: how many by which way, and whether paper and online say the same.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ctg_lib.consultation.answers import MODES, Answers
from ctg_lib.consultation.erased_codes import FILE, read_erased
from ctg_lib.consultation.made_up import refused
from ctg_lib.consultation.plain_names import plain_files
from ctg_lib.consultation.questionnaire import Option, Questionnaire
from ctg_lib.consultation.reading import Read, gather, headings_of, read_file
from ctg_lib.statistics.intervals import newcombe
from ctg_lib.statistics.multiple import adjusted
from ctg_lib.workbooks.problems import Problem, ordered
from ctg_lib.workbooks.spreadsheet import is_lock

RESPONSES = "reponses"
"""Of the ``consultation`` folder: exports as received."""
SMALL = 30
"""Answers of one mode under which a comparison with the other says little."""
MOST_FILES = 500
CHANNEL_COLUMNS: tuple[str, ...] = ("mode", "channel", "label", "answers", "complete")
COMPARED_COLUMNS: tuple[str, ...] = (
    "item", "code", "label", "online", "online_base", "paper", "paper_base", "difference", "lower", "upper", "p", "small",
)  # fmt: skip
_README = ("readme", "lisezmoi", "lisez-moi")


def received(
    folder: Path, questionnaires: Mapping[str, Questionnaire], *, fictif: bool = True, keep_until: date | None = None
) -> tuple[dict[str, Answers], list[Problem]]:  # fmt: skip
    """Answers of a ``consultation`` folder: id of a questionnaire -> its answers, where a file of it came back.

    Files are looked for in ``reponses`` and the folders in it; those that a spreadsheet leaves beside one it holds
    open, hidden ones and readmes are passed over. A file that is the copy of another is told and not read.

    Args:
        folder: the study's ``consultation`` folder, whether or not it exists.
        questionnaires: those that may have been answered.
        fictif: whether a file that says its answers are made up is read; else it is an error.
        keep_until: see :func:`ctg_lib.consultation.reading.gather`.

    Returns:
        The answers, and all that is wrong in the files, in order.
    """
    erased = read_erased(folder)
    problems = [
        Problem(
            FILE,
            "une ligne illisible",
            "une empreinte écrite par « ctg study erase » : ce fichier ne se modifie pas à la main",
            row=n,
        )
        for n in erased.damaged
    ]
    read: list[Read] = []
    first: dict[bytes, str] = {}
    headings = headings_of(questionnaires)
    shown = shown_names(folder, questionnaires)
    for number, path in enumerate(files(folder)):
        name = shown[path]
        if number >= MOST_FILES:
            problems.append(
                Problem(
                    RESPONSES,
                    f"plus de {MOST_FILES} fichiers",
                    "les exports seuls ; les suivants ne sont pas lus",
                )
            )
            break
        digest = _digest(path)
        if digest and digest in first:
            problems.append(
                Problem(
                    name,
                    f"une copie de {first[digest]}",
                    "un seul fichier : retirer celui-ci, qui n’est pas lu",
                    severity="warning",
                )
            )
            continue
        first[digest] = name
        one = read_file(path, questionnaires, name=name, erased=erased, headings=headings)
        if one.made_up and not fictif:
            problems.append(refused(name))
            continue
        read.append(one)
    answers = {
        id: gather(read, each, keep_until=keep_until)
        for id, each in questionnaires.items()
        if any(id in one.rows for one in read)
    }
    problems += [p for one in read for p in one.problems.get("", ())]
    problems += [p for each in answers.values() for p in each.problems]
    return answers, ordered(problems)


def files(folder: Path) -> Iterator[Path]:
    """Files of answers of a ``consultation`` folder, in the order of their names."""
    home = folder / RESPONSES
    if not home.is_dir():
        return
    for path in sorted(home.rglob("*"), key=lambda p: p.relative_to(home).as_posix()):
        inside = path.relative_to(home)
        hidden = any(part.startswith(".") for part in inside.parts)
        readme = path.stem.casefold() in _README
        if path.is_file() and not path.is_symlink() and not hidden and not readme and not is_lock(path):
            yield path


def shown_names(folder: Path, known: Iterable[str] = ()) -> dict[Path, str]:
    """Each file of answers as it is told: « reponses/parents.csv », « reponses/fichier n° 3 (.csv) » where it may name someone.

    Args:
        folder: the study's ``consultation`` folder.
        known: words that may be told beside the usual ones: ids of the study's questionnaires.
    """
    home = folder / RESPONSES
    return {path: f"{RESPONSES}/{name}" for path, name in plain_files(files(folder), home, known).items()}


def _digest(path: Path) -> bytes:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as content:
            while part := content.read(1 << 20):
                digest.update(part)
    except OSError:
        return b""
    return digest.digest()


# --- by mode and channel -------------------------------------------------------------------------------


def by_channel(answers: Answers) -> pd.DataFrame:
    """How many answers came by each mode and channel: :data:`CHANNEL_COLUMNS`.

    ``mode`` (key of ``MODES``), ``channel`` (code, empty: unknown), ``label`` (the channel's, in French), ``answers``
    and ``complete`` (of which the last page was reached). Only pairs that occur; the most frequent first. Counts are
    as they are: whoever shows them keeps the secrecy of the small ones.
    """
    canal = answers.questionnaire.of_role("canal")
    labels = {option.code: option.label for option in canal.options} if canal is not None else {}
    order = {mode: rank for rank, mode in enumerate(MODES)}
    lines: list[dict[str, Any]] = [
        {
            "mode": mode,
            "channel": channel,
            "label": labels.get(str(channel), "Voie inconnue"),
            "answers": len(group),
            "complete": int(group["complete"].sum()),
        }
        for (mode, channel), group in answers.table.groupby(["mode", "channel"], sort=True)
    ]
    lines.sort(
        key=lambda line: (order.get(str(line["mode"]), 9), -int(line["answers"]), str(line["channel"]))
    )
    return pd.DataFrame(lines, columns=list(CHANNEL_COLUMNS))


# --- paper and online ----------------------------------------------------------------------------------


def paper_and_online(answers: Answers, question: str) -> pd.DataFrame:
    """What those who answered on paper and online say of one question: :data:`COMPARED_COLUMNS`.

    One row per option (``multiple``: ticked; ``ranking``: ranked at all), and per item of a ``grid`` (``item``, empty
    of the others). ``online`` and ``paper`` are shares (0 to 1) of those who answered, ``*_base`` how many these are,
    ``difference`` is paper minus online with its 95 % interval (``lower``, ``upper``: Newcombe's hybrid score interval,
    method 10 of R. G. Newcombe, Statistics in Medicine 17, 1998). ``p`` is Fisher's exact test of that row against
    all others, made larger for the number of rows (Holm, 1979). ``small``: one of the bases is under :data:`SMALL`.
    NaN where a base is 0. Answers in face-to-face interviews are neither.

    A difference says that the two groups differ, not why: who fills a form on paper is someone else than who does
    it online.

    Raises:
        KeyError: no such question.
        ValueError: it has no options to compare (``integer``, ``text``).
    """
    asked = answers.questionnaire[question]
    if asked.kind in ("integer", "text"):
        raise ValueError(f"{question}: {asked.kind}")
    lines = [_compared(answers, *cell) for cell in _compared_cells(answers, question)]
    for line, p in zip(
        lines, adjusted(np.array([line["p"] for line in lines], dtype=float)).tolist(), strict=True
    ):
        line["p"] = p
    return pd.DataFrame(lines, columns=list(COMPARED_COLUMNS))


def _compared_cells(answers: Answers, id: str) -> Iterator[tuple[str, Option, pd.Series, pd.Series]]:
    """(item, option, whether it was answered, whether that option was) of each row compared."""
    question, table = answers.questionnaire[id], answers.table
    if question.kind == "grid":
        for item in question.items:
            given = answers.asked(id) & table[f"{id}__{item.code}"].notna()
            yield from (
                (item.code, o, given, table[f"{id}__{item.code}"].eq(o.code)) for o in question.options
            )
        return
    given = answers.given(id)
    for option in question.options:
        if question.kind == "multiple":
            yield "", option, given, table[f"{id}__{option.code}"].fillna(False).astype(bool)
        elif question.kind == "ranking":
            yield "", option, given, table[f"{id}__{option.code}"].notna()
        else:
            yield "", option, given, table[id].eq(option.code)


def _compared(
    answers: Answers, item: str, option: Option, given: pd.Series, said: pd.Series
) -> dict[str, object]:
    from scipy.stats import fisher_exact

    counts = {}
    for mode in ("en_ligne", "papier"):
        here = given & answers.table["mode"].eq(mode)
        counts[mode] = (int((here & said.fillna(False)).sum()), int(here.sum()))
    (x1, n1), (x2, n2) = counts["papier"], counts["en_ligne"]
    line: dict[str, object] = {
        "item": item, "code": option.code, "label": option.label, "online_base": n2, "paper_base": n1,
        "online": x2 / n2 if n2 else math.nan, "paper": x1 / n1 if n1 else math.nan, "small": min(n1, n2) < SMALL,
        "difference": math.nan, "lower": math.nan, "upper": math.nan, "p": math.nan,
    }  # fmt: skip
    if n1 and n2:
        lower, upper = map(float, newcombe(x1, n1, x2, n2))
        line |= {"difference": x1 / n1 - x2 / n2, "lower": lower, "upper": upper}
        line["p"] = float(fisher_exact([[x1, n1 - x1], [x2, n2 - x2]])[1])
    return line
