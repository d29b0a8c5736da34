"""What a study heard, and what it plans to hear, in lines: what ``ctg study check`` says of the voices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctg_lib.consultation.actors import OCCASIONS, OCCASIONS_PLURAL
from ctg_lib.consultation.answers import FLAGS, LEFT_OUT, Answers
from ctg_lib.consultation.books import OCCASION_OF
from ctg_lib.consultation.books.verbatims import DECISIONS, KEY
from ctg_lib.consultation.masking import has_model, mask, read_ahead
from ctg_lib.consultation.scheme import load_scheme
from ctg_lib.consultation.settings import FILE
from ctg_lib.consultation.verbatims import Reviewed, open_answers, read
from ctg_lib.display.typography import counted, plural
from ctg_lib.workbooks.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ctg_lib.consultation.actors import Actors
    from ctg_lib.study.core import Study

TITLE = "Habitants et acteurs"


def reviewed(study: Study, *, model: bool | None = False) -> Reviewed:
    """The workbook of open answers, beside the answers as they stand.

    Args:
        study: whose.
        model: see :func:`ctg_lib.consultation.verbatims.read`.
    """
    heard = study.consultation
    scheme, _ = load_scheme(heard.folder)
    return read(heard.folder, study.communes_by_code.values(), scheme, heard.surveys, model=model)


def names_in_words(study: Study, *, model: bool | None = None) -> list[Problem]:
    """What may be a person in what is printed of the actors.

    Quotations, what is said in the analyst's words, titles of meetings, proposals that were voted: a
    report masks or leaves out what rules see, and never asks the model.

    Args:
        study: whose.
        model: see :func:`ctg_lib.consultation.masking.mask`.
    """
    actors = study.consultation.actors
    file_of = {occasion: f"{book}.xlsx" for book, occasion in OCCASION_OF.items()}
    files = {row["id"]: file_of[row["occasion"]] for row in actors.meetings.to_dict("records")}
    out = []
    printed = list(_printed(actors))
    ahead = read_ahead((text for _, text, *_ in printed), model=model)
    for meeting, text, what, wanted in printed:
        found = mask(text, study.communes_by_code.values(), model=model, ahead=ahead)
        if found.kinds:
            out.append(
                Problem(
                    files.get(meeting, ""),
                    f"ce qui semble {found.words} dans {what}",
                    f"{wanted} sans nom ; rien à changer si ce n’en est pas un",
                    severity="warning",
                )
            )
    return list(dict.fromkeys(out))


def _printed(actors: Actors) -> Iterator[tuple[str, str, str, str]]:
    """(meeting, text, what it is, what it should be) of all that may be printed as it was written."""
    for row in actors.excerpts.to_dict("records"):
        if row["quote"]:
            yield row["meeting"], row["quote"], f"la citation {row['id']}", "une citation"
        if row["summary"]:
            yield row["meeting"], row["summary"], f"ce qui est dit, extrait {row['id']}", "un résumé"
    for row in actors.meetings.to_dict("records"):
        if row["title"] and row["occasion"] != "entretien":  # the title of an interview is never printed
            yield row["id"], row["title"], f"le titre de {row['id']}", "un titre"
    for row in actors.votes.drop_duplicates(["meeting", "proposal"]).to_dict("records"):
        yield row["meeting"], row["proposal"], f"une proposition votée de {row['meeting']}", "une proposition"


def lines(study: Study, read_again: Reviewed | None = None) -> list[str]:
    """What is planned, then what came: answers, interviews, meetings, excerpts, votes, open answers.

    Args:
        study: whose.
        read_again: its workbook of open answers; read by default.
    """
    planned = [f"  {FILE} — {each.words}" for each in study.listening.planned]
    came = [*_surveys(study), *_actors(study), *_open(study, read_again or reviewed(study))]
    if not planned and not came:
        return [f"{TITLE} : rien de prévu ({FILE}), rien de reçu"]
    return [f"{TITLE} :", *(planned or [f"  rien de prévu ({FILE})"]), *(came or ["  rien de reçu"])]


def _surveys(study: Study) -> list[str]:
    return [
        f"  {each.questionnaire.title} : {_answers(each)}" for each in study.consultation.surveys.values()
    ]


def _answers(answers: Answers) -> str:
    """« 180 réponses reçues, 170 gardées, 10 écartées (réponse en double : 4 ; …) »."""
    received, kept = answers.received, len(answers)
    said = f"{counted(received, 'réponse reçue', 'réponses reçues')}, {kept} {plural(kept, 'gardée')}"
    out = received - kept
    if not out:
        return f"{said}, aucune écartée"
    flags = answers.flags
    counts = flags.loc[flags["flag"].isin(LEFT_OUT) & flags["respondent"].eq(0), "flag"].value_counts()
    why = " ; ".join(f"{words} : {counts[flag]}" for flag, words in FLAGS.items() if counts.get(flag, 0))
    several = ", parfois pour plusieurs raisons" if counts.sum() > out else ""
    return f"{said}, {out} {plural(out, 'écartée')}{several}" + (f" ({why})" if why else "")


def _actors(study: Study) -> list[str]:
    actors = study.consultation.actors
    out = []
    for occasion in OCCASIONS:
        held = actors.meetings[actors.meetings["occasion"].eq(occasion) & actors.meetings["state"].eq("tenu")]
        if held.empty:
            continue
        there = set(held["id"])
        n = int(actors.excerpts["meeting"].isin(there).sum())
        votes = actors.votes[actors.votes["meeting"].isin(there)]
        said = counted(len(held), *OCCASIONS_PLURAL[occasion])
        said += f", {counted(n, 'extrait codé', 'extraits codés')}"
        if len(votes):
            proposals = votes.groupby(["meeting", "proposal"]).ngroups
            said += f", {counted(proposals, 'proposition mise au vote', 'propositions mises au vote')}"
        out.append(f"  {said}")
    return out


def _open(study: Study, found: Reviewed) -> list[str]:
    """How many open answers were decided on, how many wait, how many the workbook does not hold yet."""
    known = {tuple(line[k] for k in KEY) for line in found.lines.to_dict("records")}
    surveys = study.consultation.surveys.values()
    new = sum((each.answer, each.column) not in known for one in surveys for each in open_answers(one))
    if not known and not new:
        return []
    said = [f"{words} : {n}" for code, words in DECISIONS.items() if (n := found.decisions[code])]
    said += [f"pas encore au classeur : {new} (ctg study verbatims {study.id})"] if new else []
    names = "règles et modèle de langue" if has_model() else "règles seules"
    return [f"  Réponses libres — {' ; '.join(said)} (noms cherchés par {names})"]
