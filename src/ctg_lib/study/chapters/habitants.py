"""Chapter 12: what inhabitants answer to the study's questionnaires; else what is planned to ask them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from ctg_lib.consultation.answers import FLAGS, LEFT_OUT, MODES
from ctg_lib.consultation.bank import NO_OPINION
from ctg_lib.consultation.estimates import FRAGILE
from ctg_lib.consultation.questionnaire import Question
from ctg_lib.disclosure.crossing import hidden_cells, hidden_parts
from ctg_lib.disclosure.policy import survey_threshold
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.output import SourceText, joined, md
from ctg_lib.display.prose import spelled, upper_first
from ctg_lib.display.table import KeyFigure, Output, Table, prose
from ctg_lib.display.typography import NBSP, counted, enumerate_fr, number
from ctg_lib.partnership.calendar import STATES
from ctg_lib.study.chapters import heard
from ctg_lib.study.chapters.folder_base import NONE, FolderChapter
from ctg_lib.study.chapters.ordered import ordered
from ctg_lib.study.chapters.planned import LATE, SURVEY, announced, planned, to_come
from ctg_lib.study.survey import (
    SHARES,
    Survey,
    interval_words,
    said_share,
    source_of,
    speaks,
    tells_of_needs,
    themes_of,
)
from ctg_lib.study.using import Uses
from ctg_lib.workbooks.common import THEMES

MOST_ANSWERS = 3
"""Answers of a question, or sentences, that a text tells."""
MOST_BARS, FEWEST_BARS = 8, 2
ORDERED = ("scale", "grid")
"""Kinds of question of which answers have an order, in which they are drawn."""
MOST_QUOTED = 2
MOST_TERMS = 12
MOST_CODED = 12
SURE = 0.05
"""Probability, adjusted for the number of comparisons, under which a gap is established."""
MOST_COMPARED = 4
"""Questions of a survey, beside its priorities, of which groups are compared."""
NOT_SOLDIERS = "non"
SECOND_HOME = "residence_secondaire"
AGES = "enfants_ages__moins_3"
FEW = survey_threshold(False)
NOT_TOLD = "–"
"""Of a number that would tell of a small one."""


def in_few(n: int) -> str:
    """« 12 », « moins de 5 »."""
    return f"moins de {FEW}" if 0 < n < FEW else number(int(n))


def told_count(n: int | str) -> str:
    """A count as it is read, or the words that stand for it."""
    return n if isinstance(n, str) else number(n)


class Habitants(FolderChapter):
    """Who answered, how answers are weighed, what they say theme by theme, what differs, in their own words."""

    name = "habitants"

    @property
    def surveys(self) -> dict[str, Survey]:
        """Surveys to which someone answered."""
        return self.study.surveys

    @property
    def silent(self) -> bool:
        """Whether nobody answered yet."""
        return not self.surveys

    @property
    def made(self) -> list[Survey]:
        """The same, those with most answers first."""
        return sorted(self.surveys.values(), key=lambda s: -s.count)

    def source_of(self, uses: Uses) -> SourceText:
        """What was asked, then the files."""
        return joined(line for line in [super().source_of(uses)] if line)

    # ----------------------------------------------------------------------------------- sentences

    def essentiel(self) -> Output:
        """How many answered, of whom they speak, what they put first, what most of them say; or what is planned."""
        if self.silent:
            return self.essential(self.nothing_yet(), self.control_errors())
        return self.essential(
            self.who_message(),
            self.not_answered(),
            self.priorities_message(),
            *self.majority_messages(),
            self.control_errors(),
        )

    def nothing_yet(self) -> str:
        """That nobody was asked yet, what is planned and when."""
        coming = to_come(self.study, (SURVEY,))
        if not coming:
            return (
                "**Les habitants n’ont pas encore été interrogés**, et aucune enquête n’est annoncée, ni dans le calendrier "
                "(study.yml) ni dans les réglages de la concertation (consultation.yml)."
            )
        return f"**Les habitants n’ont pas encore répondu.** {announced(coming)}"

    def who_message(self) -> str:
        """« 178 parents … ont répondu »."""
        parts = [f"{number(s.count)} au « {s.answers.questionnaire.title.lower()} »" for s in self.made]
        total = sum(s.count for s in self.made)
        self.study.note(source_of(self.made, brief=True))
        many = counted(len(parts), "questionnaire")
        return (
            f"**{upper_first(counted(total, 'réponse exploitée', 'réponses exploitées'))}** à {many} : {enumerate_fr(parts)}. "
            f"Chacun s’est présenté de lui-même : {self.how_weighed()}, sans marge d’erreur de sondage."
        )

    def not_answered(self) -> str:
        """Surveys that ``consultation.yml`` announces and to which nobody answered yet, with when; empty where none."""
        listening = self.study.listening
        said = []
        for each, words in zip(listening.surveys, listening.planned, strict=False):
            if each.questionnaire in self.surveys or each.state == "fait":
                continue
            late = words.last is not None and words.last < self.study.as_of
            when = [words.when or "date à fixer", LATE if late else words.state]
            said.append(
                f"{words.what[:1].lower()}{words.what[1:]} ({', '.join(part for part in when if part)})"
            )
        return f"**Pas encore de réponse** : {enumerate_fr(said)}." if said else ""

    def how_weighed(self) -> str:
        """« les réponses des parents sont redressées, les autres brutes »: what was done, survey by survey."""
        weighed = [s.whom for s in self.made if s.weighting.weighted]
        if not weighed:
            return "les résultats sont bruts"
        if len(weighed) == len(self.made):
            return "les résultats sont redressés"
        return f"les résultats sont redressés ({enumerate_fr(weighed)}) ou bruts (les autres)"

    def priorities_message(self) -> str:
        """What each audience puts first; those too few for a share are told in the table."""
        said = []
        for survey in self.made:
            question = survey.answers.questionnaire.of_role("priorites")
            rows = survey.best(question) if question is not None else pd.DataFrame()
            rows = rows[rows["base"].ge(FRAGILE)] if len(rows) else rows
            if len(rows) < 2:
                continue
            first, second = rows.iloc[0], rows.iloc[1]
            said.append(
                f"{survey.whom} : « {first['label']} » ({number(first['value'], 0, '%')}), puis « {second['label']} » "
                f"({number(second['value'], 0, '%')})"
            )
        return (
            f"**Ce que chacun cite d’abord parmi ses priorités.** {upper_first(' ; '.join(said))}."
            if said
            else ""
        )

    def majority_messages(self) -> list[str]:
        """What more than half of the respondents lack, wish or find hard, interval included: three themes at most."""
        found: list[tuple[float, str, Survey]] = []
        for theme in self.themes_told:
            each = [
                (float(row["lower"]), self.majority(survey, question, row), survey)
                for survey in self.made
                for question in survey.questions(theme)
                if (row := survey.first(question)) is not None and speaks(question, row)
            ]
            found += [max(each, key=lambda one: one[0])] if each else []
        found.sort(key=lambda each: -each[0])
        return [text for _, text, _ in found[:MOST_ANSWERS]]

    @staticmethod
    def majority(survey: Survey, question: Question, row: pd.Series) -> str:
        """« Plus de la moitié … »."""
        base = counted(int(row["base"]), "réponse")
        return (
            f"**{upper_first(question.topic)} : « {row['label']} », pour plus de la moitié** "
            f"({number(row['value'], 0, '%')} ; {survey.whom}, {base})."
        )

    # ------------------------------------------------------------------------------ who answered

    def chiffres_cles(self) -> Output | None:
        """Answers kept, answers received, on paper, effective size of the largest survey; None where nobody answered."""
        if self.silent:
            return None
        kept = sum(s.count for s in self.made)
        received = sum(s.answers.received for s in self.made)
        paper = self._modes["papier", ""]
        largest = self.made[0]
        source = source_of(self.made, brief=True)
        effective = largest.weighting.diagnostics.effective
        cards = [
            KeyFigure("réponses exploitées", number(kept), f"sur {number(received)} reçues", source),
            KeyFigure("sur papier", told_count(paper) if paper else "aucune", "", source),
        ]
        if largest.weighting.weighted:
            cards.append(
                KeyFigure(
                    "taille d’échantillon effective",
                    number(round(effective)),
                    f"{largest.whom} : {counted(largest.weighting.diagnostics.respondents, 'réponse')}",
                    largest.source(brief=True),
                )
            )
        return self.cards(cards, "chiffres-cles-habitants")

    def repondants(self) -> Table | None:
        """By questionnaire: received, kept, complete, on paper, left out and why."""
        if self.silent:
            return None
        by_mode = self._modes
        rows = []
        for survey in self.made:
            told = survey.answers.table[survey.weighting.weights.notna()]
            rows.append(
                {
                    "who": upper_first(survey.whom), "received": survey.answers.received, "kept": survey.count,
                    "complete": int(told["complete"].sum()),
                    **{f"mode-{m}": by_mode[m, survey.id] for m in MODES},
                    "out": survey.answers.received - survey.count, "why": " ; ".join(survey.told_apart) or NONE,
                }
            )  # fmt: skip
        frame = pd.DataFrame(rows)
        modes = {f"mode-{m}": upper_first(words) for m, words in MODES.items() if frame[f"mode-{m}"].any()}
        for column in modes:
            if any(isinstance(cell, str) for cell in frame[column]):
                frame[column] = frame[column].map(told_count)
        notes = [self._flagged()]
        if NOT_TOLD in by_mode.values():
            notes.append(
                f"« {NOT_TOLD} » : pour que les cases de moins de {FEW} réponses ne se retrouvent pas."
            )
        return Table(
            frame, id="tbl-repondants", caption="Qui a répondu", source=source_of(self.made),
            columns={"who": "Questionnaire", "received": "Reçues", "kept": "Exploitées", "complete": "Complètes", **modes,
                     "out": "Écartées ou à part", "why": "Pourquoi"},
            notes=[note for note in notes if note],
        )  # fmt: skip

    @cached_property
    def _modes(self) -> dict[tuple[str, str], int | str]:
        """Answers by mode and survey (« »: all of them); small ones, and what would tell them, without a number."""
        told = [s.answers.table.loc[s.weighting.weights.notna(), "mode"] for s in self.made]
        counts = np.array([[int(modes.eq(m).sum()) for modes in told] for m in MODES])
        totals = hidden_parts(counts.sum(axis=1), FEW)
        inner = hidden_cells(counts, FEW, rows=totals, columns=np.zeros(len(told), dtype=bool))
        # no set of cells protects the small ones beside what all of them add up to
        inner = counts > 0 if inner is None else inner
        found = np.column_stack([counts, counts.sum(axis=1)])
        hidden = np.column_stack([inner, totals])
        names = [*(s.id for s in self.made), ""]
        return {
            (m, name): in_few(found[i, j])
            if 0 < found[i, j] < FEW
            else NOT_TOLD
            if hidden[i, j]
            else int(found[i, j])
            for i, m in enumerate(MODES)
            for j, name in enumerate(names)
        }

    def _flagged(self) -> str:
        """Answers that seem wrong and are kept."""
        flags = pd.concat([s.answers.flags for s in self.made], ignore_index=True)
        kept = [flag for flag in FLAGS if flag not in (*LEFT_OUT, SECOND_HOME)]
        counts = flags["flag"].value_counts()
        said = [f"{FLAGS[flag]} ({in_few(counts[flag])})" for flag in kept if counts.get(flag, 0)]
        return f"Signalées et gardées : {', '.join(said)}." if said else ""

    def canaux(self) -> Figure | Absent | None:
        """How people came to the questionnaires."""
        from ctg_lib.display.charts import bars

        if self.silent:
            return None
        counts: dict[str, int] = {}
        used = []
        for survey in self.made:
            question = survey.answers.questionnaire.of_role("canal")
            if question is None:
                continue
            used.append(survey)
            told = survey.answers.table.loc[survey.weighting.weights.notna(), "channel"]
            for code, n in told.value_counts().items():
                if code:
                    label = question.label_of(str(code))
                    counts[label] = counts.get(label, 0) + int(n)
        few = FEW
        rows = sorted(((label, n) for label, n in counts.items() if n >= few), key=lambda each: -each[1])
        rest = sum(n for n in counts.values() if n < few)
        rows += [("Autres voies", rest)] if rest >= few else []
        title, id = "Comment les répondants ont été touchés", "fig-canaux"
        if not rows:
            return self.absent(title, "aucun canal n’est connu pour cinq réponses au moins", id)
        total = sum(n for _, n in rows)
        unsaid = sum(s.count for s in used) - sum(counts.values())
        best, most = rows[0]
        return bars(
            pd.DataFrame(rows, columns=["name", "value"]), id=id, unit="réponses", label="Canal",
            title=f"{best} : {number(most)} réponses sur {number(total)}", subtitle="Réponses exploitées, selon le canal déclaré",
            source=source_of(used),
            notes=(f"{upper_first(counted(unsaid, 'réponse'))} sans canal déclaré.",) if unsaid >= few else (),
        )  # fmt: skip

    # -------------------------------------------------------------------------------- the weights

    def couverture(self) -> Output | None:
        """How many of the population answered, in words, with its heading; None where nobody answered."""
        from ctg_lib.consultation.estimates import coverage
        from ctg_lib.study.margins import with_child_under_3

        if self.silent:
            return None
        said = []
        for survey in self.made:
            known = survey.official.get(survey.answers.questionnaire.unit)
            if known is None or known.population is None:
                continue
            found = coverage(survey.answers, survey.weighting, known.population, known.whom)
            said.append(f"- **{upper_first(survey.whom)}.** {found.sentence}")
            if AGES in survey.answers.table and survey.answers.questionnaire.unit == "menage":
                size = with_child_under_3(self.study)
                young = coverage(survey.answers, survey.weighting, size.value, size.whom, question=AGES[: -len("__moins_3")],
                                 codes=("moins_3",))  # fmt: skip
                said.append(f"  - Dont {young.sentence} {size.note}".rstrip())
        self.study.note(source_of(self.made))
        head = "Ceux qui ont répondu ne sont pas tirés au sort : une part élevée ne dit pas qu’ils ressemblent aux autres."
        return prose("## Qui a répondu\n\n" + "\n".join([head, "", *said] if said else [head]))

    def redressement_en_bref(self) -> Output | None:
        """How answers were weighed, in words, with its heading; None where nobody answered."""
        if self.silent:
            return None
        said = []
        for survey in self.made:
            weighed = survey.weighting
            said.append(f"- **{upper_first(survey.whom)}.** {weighed.label}")
            apart = list(weighed.apart.loc[weighed.apart["respondents"].ne(0), "label"])
            said += [f"  - À part, sans poids : {enumerate_fr(apart)}."] if apart else []
            said += [
                f"  - {upper_first(problem.found)} : {problem.expected}." for problem in weighed.problems
            ]
            known = survey.official.get(survey.answers.questionnaire.unit)
            notes = [*(known.notes if known is not None else ()), *(m.note for m in weighed.margins)]
            said += [f"  - {note}" for note in dict.fromkeys(note for note in notes if note)]
        self.study.note(source_of(self.made))
        return prose("## Comment les réponses sont redressées\n\n" + "\n".join(said))

    def profil(self) -> Table | Absent | None:
        """Margins: the population, the answers as they came, the answers weighed."""
        weighed = [s for s in self.made if s.weighting.weighted]
        if not weighed:
            return None
        parts = []
        for survey in weighed:
            table = survey.weighting.table
            parts.append(table.assign(who=upper_first(survey.whom)))
        frame = pd.concat(parts, ignore_index=True)
        frame["margin"] = frame["margin"].map(upper_first)
        return Table(
            frame, id="tbl-profil-repondants", caption="Les répondants et la population", source=source_of(weighed),
            columns={"who": "Questionnaire", "margin": "Critère", "label": "Catégorie", "respondents": "Réponses",
                     "wanted": "Population", "raw": "Réponses brutes", "weighted": "Après redressement"},
            units={"wanted": "%", "raw": "%", "weighted": "%"},
            notes=["Réponses brutes : part de toutes les réponses, celles d’une autre catégorie ou sans cette information comprises. "
                   "Le redressement ne corrige que ce que ces critères expliquent."],
        )  # fmt: skip

    def diagnostics(self) -> Table | None:
        """Iterations, gaps, weights, design effect, effective size of each weighted survey."""
        weighed = [s for s in self.made if s.weighting.weighted]
        if not weighed:
            return None
        rows = []
        for survey in weighed:
            found = survey.weighting.diagnostics
            rows.append(
                {
                    "who": upper_first(survey.whom), "n": found.respondents, "effective": round(found.effective),
                    "effect": found.design_effect, "weights": f"{number(found.low, 2)} à {number(found.high, 2)}",
                    "ratio": found.ratio, "iterations": found.iterations, "gap": 100 * found.gap,
                }
            )  # fmt: skip
        return Table(
            pd.DataFrame(rows), id="tbl-redressement", caption="Ce que le redressement a coûté", source=source_of(weighed),
            columns={"who": "Questionnaire", "n": "Réponses", "effective": "Taille effective", "effect": "Effet de plan",
                     "weights": "Poids (moyenne 1)", "ratio": "Rapport des extrêmes", "iterations": "Itérations",
                     "gap": "Plus grand écart à une marge"},
            units={"gap": "%"}, decimals={"effect": 2, "ratio": 1, "gap": 3},
            notes=["Taille effective : combien de réponses sans redressement en diraient autant. Un rapport de 8 est le plus grand admis."],
        )  # fmt: skip

    # -------------------------------------------------------------------------------- the results

    @cached_property
    def themes_told(self) -> list[str]:
        """Themes on which something was asked."""
        return themes_of(self.made)

    def priorites_en_bref(self) -> Output | None:
        """The heading of the priorities, and what parents, inhabitants and the young have in common; None where silent."""
        if self.silent:
            return None
        firsts: dict[str, list[str]] = {}
        for survey in self.made:
            question = survey.answers.questionnaire.of_role("priorites")
            rows = survey.best(question) if question is not None else pd.DataFrame()
            for label in rows.loc[rows["base"].ge(FRAGILE), "label"].head(MOST_ANSWERS) if len(rows) else ():
                firsts.setdefault(str(label), []).append(survey.whom)
        asked = {whom for group in firsts.values() for whom in group}
        shared = [label for label, group in firsts.items() if len(group) == len(asked) > 1]
        if not asked:
            text = "Trop peu de réponses pour des parts."
        elif len(asked) == 1:
            text = "Un seul public a assez répondu pour des parts."
        elif shared:
            text = f"{self.in_common(len(shared))} : {enumerate_fr([f'« {md(x)} »' for x in shared])}."
        else:
            text = (
                f"Aucune réponse ne figure parmi les {spelled(MOST_ANSWERS)} premières de tous les publics."
            )
        self.study.note(source_of([s for s in self.made if s.whom in asked], brief=True))
        return prose(f"## Les priorités\n\n{text}")

    @staticmethod
    def in_common(n: int) -> str:
        """« Deux réponses figurent parmi les trois premières de chaque public »."""
        many = "Une seule réponse figure" if n == 1 else f"{upper_first(spelled(n))} réponses figurent"
        return f"{many} parmi les {spelled(MOST_ANSWERS)} premières de chaque public"

    def priorites(self) -> Table | Absent | None:
        """What each audience puts first, side by side; shares where enough answered, else how many."""
        if self.silent:
            return None
        told: dict[str, pd.DataFrame] = {}
        used = []
        for survey in self.made:
            question = survey.answers.questionnaire.of_role("priorites")
            rows = survey.best(question) if question is not None else pd.DataFrame()
            if len(rows):
                told[f"{upper_first(survey.whom)} ({number(rows['base'].max())} réponses)"] = rows.set_index(
                    "label"
                )
                used.append(survey)
        title, id = "Ce que chacun cite parmi ses priorités", "tbl-priorites"
        if not told:
            return self.absent(title, "trop peu de réponses pour être montrées", id)
        largest = pd.concat([rows["value"] for rows in told.values()], axis="columns", keys=list(told))
        order = largest.iloc[:, 0].sort_values(ascending=False, kind="stable").index  # of those who are most
        cells = {name: [said_share(rows.loc[label]) if label in rows.index else NONE for label in order]
                 for name, rows in told.items()}  # fmt: skip
        frame = pd.DataFrame({"label": list(order), **cells})
        return Table(
            frame, id=id, caption=title, source=source_of(used), columns={"label": "Priorité", **{name: name for name in told}},
            notes=[
                "Chacun pouvait en citer plusieurs : les colonnes dépassent 100 %. Sous 30 réponses, un nombre et non une part.",
                f"« {NONE} » : trop peu de réponses pour être montré, ou réponse non proposée.",
            ],
        )  # fmt: skip

    def told_of_soldiers(self) -> tuple[Survey, Question, pd.DataFrame, str] | None:
        """The survey of which the priorities of families of soldiers may be told beside the others', its question,
        the rows told, the question that makes the groups; None where either are few, or nobody is asked."""
        from ctg_lib.consultation.weights import GARRISON

        for survey in self.made:
            question = survey.answers.questionnaire.of_role("priorites")
            if question is None or GARRISON.question not in survey.answers.table:
                continue
            rows = survey.results(question.id, GARRISON.question)
            told = ["", GARRISON.codes[0], NOT_SOLDIERS]
            rows = rows[rows["value"].notna() & rows["measure"].isin(SHARES) & rows["base"].ge(FRAGILE)]
            rows = rows[rows["group"].isin(told)]
            if set(told[1:]) <= set(rows["group"]):
                return survey, question, rows, GARRISON.question
        return None

    def garnison(self) -> Table | None:
        """What families of soldiers put first, and the other ones; None where either are few, or nobody is asked.

        Side by side and not « with and without », which would tell of a few by subtraction.
        """
        from ctg_lib.consultation.weights import GARRISON

        if (found := self.told_of_soldiers()) is None:
            return None
        survey, _, rows, _ = found
        groups = {"all": "", "soldiers": GARRISON.codes[0], "others": NOT_SOLDIERS}
        each = {k: rows[rows["group"].eq(code)].set_index("label") for k, code in groups.items()}
        labels = each["all"].sort_values("value", ascending=False, kind="stable").index
        names = {"all": "Tous", "soldiers": "Foyers de militaires", "others": "Autres foyers"}
        heads = {k: f"{name} ({number(each[k]['base'].max())} réponses)" for k, name in names.items()}
        frame = pd.DataFrame(
            {
                "label": list(labels),
                **{
                    k: [said_share(v.loc[x]) if x in v.index else NONE for x in labels]
                    for k, v in each.items()
                },
            }
        )
        return Table(
            frame, id="tbl-militaires", source=source_of([survey]),
            caption=f"{upper_first(survey.whom)} : ce que citent parmi leurs priorités les foyers de militaires et les autres",
            columns={"label": "Priorité", **heads},
            notes=[
                "Ces foyers sont des habitants comme les autres, et sont comptés avec eux ; nul ne publie combien ils sont, "
                "d’où cette seconde lecture.",
                f"« {NONE} » : trop peu de réponses pour être montré, ou caché pour qu’une autre case ne puisse être retrouvée.",
            ],
        )  # fmt: skip

    def theme(self, theme: str) -> Output | None:
        """The heading of a theme and what each audience lacks first in it; None where nothing was asked on it."""
        asked = [s for s in self.made if s.questions(theme)]
        if not asked:
            return None
        said, used = [], []
        for survey in asked:
            question, row = survey.most_answered(theme)
            if question is None or row is None:
                continue
            used.append(survey)
            said.append(
                f"**{upper_first(survey.whom)}.** {upper_first(question.topic)} : « {md(row['label'])} », {said_share(row)}{interval_words(row)}."
            )
        self.study.note(source_of(used[:MOST_ANSWERS], brief=True))
        text = "\n".join(f"- {each}" for each in said[:MOST_ANSWERS])
        answered = any(s.answers.given(q.id).any() for s in asked for q in s.questions(theme))
        silent = (
            "Trop peu de réponses pour être montrées."
            if answered
            else "Aucune réponse : ces questions sont absentes des fichiers reçus, ou laissées vides."
        )
        return prose(f"## {upper_first(heard.theme_name(theme))}\n\n{text or silent}")

    def figure(self, theme: str) -> Figure | Absent | None:
        """What is lacking, as most answered, with its intervals; None where no question has two answers to show."""
        from ctg_lib.display.charts import bars

        told = []
        for survey in self.made:
            for question in survey.questions(theme):
                rows, lacking = survey.lacking_first(question)
                if (
                    question.role
                    or question.kind in ORDERED
                    or len(rows) < FEWEST_BARS
                    or rows["base"].max() < FRAGILE
                ):
                    continue
                told.append((lacking >= FEWEST_BARS, rows["base"].max(), survey, question, rows, lacking))
        if not told:
            return None
        _, base, survey, question, rows, lacking = max(told, key=lambda each: each[:2])
        first = rows.iloc[0]
        # what says that nothing is lacking stays, whatever is cut
        rows = (
            pd.concat([rows[:lacking].head(MOST_BARS - 1), rows[lacking:]]).head(MOST_BARS)
            if lacking
            else rows.head(MOST_BARS)
        )
        frame = rows.rename(columns={"label": "name"})[["name", "value", "lower", "upper", "status"]]
        several = question.kind in ("multiple", "ranking")
        return bars(
            frame, id=f"fig-habitants-{theme.replace('_', '-')}", unit="%", label="Réponse",
            title=f"{upper_first(question.topic)} : {first['label'][:1].lower()}{first['label'][1:]}, {number(first['value'], 0, '%')}",
            subtitle=f"{upper_first(survey.whom)}, {counted(int(base), 'réponse')}"
            + (" ; plusieurs réponses possibles" if several else ""),
            source=survey.source(),
            notes=("Traits : intervalles indicatifs, sans marge d’erreur de sondage.",) if frame["lower"].notna().any() else (),
        )  # fmt: skip

    def nuances(self, theme: str) -> Figure | Absent | None:
        """The grid of a theme, or a scale asked of several audiences, in the order of its steps; None without one."""
        from ctg_lib.display.charts import likert

        found = ordered(self.made, theme)
        most = found.most_said if found is not None else None
        if found is None or most is None:
            return None
        grid = found.question.kind == "grid"
        who = enumerate_fr([s.whom for s in found.surveys])
        return likert(
            found.frame, id=f"fig-nuances-{theme.replace('_', '-')}",
            title=f"{upper_first(found.question.topic)} : {most['item'][:1].lower()}{most['item'][1:]}, « {most['answer']} » pour {number(most['value'], 0, '%')}",
            subtitle=f"{upper_first(who)}, {'par ligne' if grid else 'par public'}, en part de ceux qui ont répondu",
            source=source_of(found.surveys), least=survey_threshold(found.question.sensitive), apart=found.apart,
            label="Ligne" if grid else "Public",
        )  # fmt: skip

    def reponses(self, theme: str) -> Table | None:
        """Each question of a theme: its first answer, weighed and as it came, then the second one."""
        asked = [(s, [q for q in s.questions(theme) if not q.role]) for s in self.made]
        return self.answered(
            asked, f"tbl-habitants-{theme.replace('_', '-')}", f"{upper_first(heard.theme_name(theme))} : les réponses les plus données"
        )  # fmt: skip

    def qui_sont_ils(self) -> Table | None:
        """What those who answered say of themselves; None where nothing of it may be shown."""
        asked = [(s, s.profile()) for s in self.made]
        return self.answered(asked, "tbl-habitants-profil", "Ce que ceux qui ont répondu disent d’eux-mêmes")

    def answered(
        self, asked: Sequence[tuple[Survey, Sequence[Question]]], id: str, caption: str
    ) -> Table | None:
        """One line for each audience and question: its first answer, then the second one in words."""
        lines = [
            (s, q, rows) for s, questions in asked for q in questions if len(rows := self.opinions(s, q))
        ]
        if not lines:
            return None
        return Table(
            pd.DataFrame([self.answer_line(*line) for line in lines]), id=id, caption=caption,
            source=source_of(list({s.id: s for s, _, _ in lines}.values())),
            columns={"question": "Question", "who": "À qui", "label": "Première réponse", "value": "Résultat",
                     "interval": "Intervalle indicatif", "raw": "Brut", "base": "Réponses"},
            row_header="question",
            notes=["Intervalles sans marge d’erreur de sondage : voir « Comment les réponses sont redressées ». Sous 30 réponses, un nombre et non une part."],
        )  # fmt: skip

    @staticmethod
    def opinions(survey: Survey, question: Question) -> pd.DataFrame:
        """Answers to tell, the most given first; of a grid, those that say something."""
        rows = survey.best(question)
        if question.kind != "grid":
            return rows
        return rows[~rows["column"].astype("str").str.split("__").str[-1].isin(NO_OPINION)]

    @staticmethod
    def answer_line(survey: Survey, question: Question, rows: pd.DataFrame) -> dict[str, object]:
        """The first answer to a question, and in words the second."""
        first, *others = rows.head(2).to_dict("records")
        then = f" ; puis : {others[0]['label']}, {said_share(others[0])}" if others else ""
        return {
            # on every line: a long table is sorted and filtered
            "question": upper_first(question.topic), "who": upper_first(survey.whom), "label": f"{first['label']}{then}",
            "value": said_share(first), "interval": interval_words(first).strip(" ()").replace(" ", NBSP) or NONE,
            "raw": number(first["raw"], 0, "%") if first["base"] >= FRAGILE else NONE, "base": first["base"],
        }  # fmt: skip

    def differences(self) -> Output | None:
        """Where secteurs or types of household answer otherwise, with its heading; None where nothing was compared."""
        from ctg_lib.consultation.differing import told

        said, used, compared = [], [], 0
        for survey in self.made:
            asked = survey.answers.questionnaire
            questions = self.most_answered_on_needs(survey)
            groups = [q for role in ("secteur", "menage") if (q := asked.of_role(role)) is not None]
            found = [
                survey.differences(q.id, by.id) for q in questions for by in groups if q.kind != "ranking"
            ]
            found = [rows for rows in found if len(rows)]
            if not found:
                continue
            compared += sum(map(len, found))
            used.append(survey)
            rows = pd.concat(found, ignore_index=True)
            sure = int(rows["established"].sum())
            head = f"- **{upper_first(survey.whom)}** ({counted(len(rows), 'écart')}, {counted(sure, 'établi') if sure else 'aucun établi'})"
            cut = (
                f". Les {spelled(MOST_ANSWERS)} plus larges :"
                if sure > MOST_ANSWERS
                else " :"
                if sure
                else "."
            )
            said.append(f"{head}{cut}")
            said += [f"  - {each}" for each in told(rows, asked, MOST_ANSWERS)] if sure else []
        if not compared:
            return None
        self.study.note(source_of(used))
        lead = (
            f"{upper_first(counted(compared, 'écart mesuré', 'écarts mesurés'))} entre un secteur, ou un type de foyer, et les autres "
            "répondants, sur les priorités et les questions de besoin qui ont le plus de réponses : un écart est établi quand le hasard ne l’explique pas, compte tenu du nombre de comparaisons de chaque question."
        )
        return prose("## Ce qui diffère d’un groupe à l’autre\n\n" + "\n".join([lead, "", *said]))

    def paroles(self) -> Output | None:
        """A few open answers, reviewed and chosen by rule, with its heading; None where none may be printed."""
        from ctg_lib.consultation.selection import choose, rule

        texts = self.study.consultation.verbatims
        if self.silent or texts.empty:
            return None
        counts = {id: s.count for id, s in self.surveys.items()}
        said: list[str] = []
        left = texts
        for theme in [t for t in THEMES if texts["theme"].eq(t).any()]:
            chosen = choose(left, theme, MOST_QUOTED, respondents=counts)
            voices = texts["text"].map(lambda text: " ".join(str(text).split())).isin(set(chosen["text"]))
            quoted = set(
                texts.loc[voices, ["questionnaire", "respondent"]].itertuples(index=False, name=None)
            )
            again = [pair in quoted for pair in zip(left["questionnaire"], left["respondent"], strict=True)]
            left = left[~np.array(again, dtype=bool)]  # an empty list would choose no column
            said += [
                f"- **{upper_first(heard.theme_name(theme))}.** « {md(row['text'])} » ({row['said_by']})"
                for row in chosen.to_dict("records")
            ]
        if not said:
            return None
        self.study.note(source_of([s for s in self.made if s.id in set(texts["questionnaire"])], brief=True))
        return prose("## Avec leurs mots\n\n" + "\n".join([*said, "", rule(MOST_QUOTED)]))

    def themes_libres(self) -> Table | None:
        """What open answers are about, as a person coded them; None where none may be told."""
        coded = self.study.consultation.coded
        if self.silent or coded.empty:
            return None
        told = coded[coded["status"].eq("observed") & coded["need"].ne("")]
        if told.empty:
            return None
        needs = self.study.consultation.actors.scheme
        by = {id: s for id, s in self.surveys.items() if id in set(told["questionnaire"])}
        told = told.sort_values("respondents", ascending=False, kind="stable").head(MOST_CODED)
        rows = [
            {
                "need": upper_first(needs[row["need"]][1] if row["need"] in needs else row["need"]),
                "theme": upper_first(heard.theme_name(row["theme"])),
                "who": upper_first(by[row["questionnaire"]].whom) if row["questionnaire"] in by else NONE,
                "n": f"{number(row['respondents'])} sur {number(row['base'])}",
            }
            for row in told.to_dict("records")
        ]  # fmt: skip
        return Table(
            pd.DataFrame(rows), id="tbl-reponses-libres", caption="De quoi parlent les réponses libres",
            source=source_of(list(by.values()), brief=True),
            columns={"need": "Besoin", "theme": "Thème", "who": "Questionnaire", "n": "Répondants"},
            notes=["Réponses relues et codées par une personne ; sur les répondants dont une réponse au moins est relue."],
        )  # fmt: skip

    def papier_et_en_ligne(self) -> Output | None:
        """Where answers on paper and online differ, with its heading; None where either are too few to compare."""
        from ctg_lib.consultation.received import paper_and_online

        said, used, compared = [], [], 0
        for survey in self.made:
            modes = survey.answers.table["mode"].value_counts()
            if min(modes.get("papier", 0), modes.get("en_ligne", 0)) < FRAGILE:
                continue
            questions = self.most_answered_on_needs(survey)
            rows = pd.concat(
                [paper_and_online(survey.answers, q.id).assign(topic=q.topic) for q in questions]
            )
            few = survey_threshold(False)
            enough = pd.Series(True, index=rows.index)
            for mode in ("online", "paper"):  # those who said it, and those who did not
                n = (rows[mode] * rows[f"{mode}_base"]).round()
                enough &= n.ge(few) & (rows[f"{mode}_base"] - n).ge(few)
            rows = rows[enough]
            compared += len(rows)
            used.append(survey)
            sure = rows[rows["p"].lt(SURE)]
            said += [
                f"- {upper_first(survey.whom)}, {row['topic']} : « {row['label']} », {number(100 * row['paper'], 0, '%')} sur papier, "
                f"{number(100 * row['online'], 0, '%')} en ligne."
                for row in sure.to_dict("records")
            ]
        if not compared:
            return None
        self.study.note(source_of(used, brief=True))
        lead = (
            f"{upper_first(counted(compared, 'réponse comparée', 'réponses comparées'))} entre ceux qui ont répondu sur papier et en "
            f"ligne ({enumerate_fr([s.whom for s in used])}), sans redressement"
        )
        text = (
            f"{lead} : aucun écart n’est établi."
            if not said
            else f"{lead}. Écarts établis :\n\n" + "\n".join(said)
        )
        note = "Un écart dit que ce ne sont pas les mêmes personnes, non que l’un des deux se trompe."
        return prose(f"## Papier et en ligne\n\n{text}\n\n{note}")

    def most_answered_on_needs(self, survey: Survey) -> list[Question]:
        """The priorities, and the questions on needs that most answered: fewer, surer."""
        asked = survey.answers.questionnaire
        questions = [
            q for q in survey.questions() if tells_of_needs(q) and q.kind != "ranking" and not q.sensitive
        ]
        questions.sort(key=lambda q: -int(survey.answers.given(q.id).sum()))
        return [*([p] if (p := asked.of_role("priorites")) else []), *questions[:MOST_COMPARED]]

    def mots(self) -> Table | None:
        """Terms that several respondents use in their open answers; None where none is used enough."""
        from ctg_lib.consultation.words import key_terms

        rows: list[dict[str, str]] = []
        used: list[Survey] = []
        for survey in self.made:
            terms = key_terms(
                survey.answers, places=self.study.communes_by_code.values(), most=MOST_TERMS, model=False
            )
            for question, part in terms.groupby("question", sort=False):
                topic = survey.answers.questionnaire[str(question)].topic
                said = enumerate_fr(
                    [f"{t} ({number(n)})" for t, n in part[["term", "respondents"]].itertuples(index=False)]
                )
                rows.append({"who": upper_first(survey.whom), "question": upper_first(topic), "terms": said})
                used = [*used, survey] if survey not in used else used
        if not rows:
            return None
        return Table(
            pd.DataFrame(rows), id="tbl-mots", caption="Les mots qui reviennent dans les réponses libres", source=source_of(used, brief=True),
            columns={"who": "Questionnaire", "question": "Question", "terms": "Mots (combien de répondants)"},
            notes=[
                "Mots employés par cinq répondants au moins, noms propres et noms de lieux exclus : un mot ne dit pas s’il est employé "
                "pour se plaindre ou pour remercier."
            ],
        )  # fmt: skip

    def prevu(self) -> Table | None:
        """What is planned to ask, of whom, how and when; None where answers came, or nothing is planned."""
        coming = planned(self.study, (SURVEY,))
        if not self.silent or not coming:
            return None
        said = self.study.listening.surveys
        how = {p.what: p for p in self.study.listening.planned if p.kind == SURVEY}
        rows = [
            {"what": p.what, "who": p.who or NONE, "how": p.how or NONE, "when": p.when or "date à fixer", "state": p.state}
            for p in how.values()
        ] if said else [
            {"what": p.name, "who": NONE, "how": NONE, "when": p.when or "date à fixer", "state": STATES.get(p.state, p.state)}
            for p in coming
        ]  # fmt: skip
        files = sorted({p.file for p in coming})
        made_up = " ; données fictives" if self.study.fictif else ""
        return Table(
            pd.DataFrame(rows), id="tbl-enquetes-prevues", caption="Ce qui est prévu pour interroger les habitants",
            source=SourceText(f"{enumerate_fr(files)} de l’étude{made_up}", [(f, f) for f in files]),
            columns={"what": "Enquête", "who": "Qui est interrogé", "how": "Comment", "when": "Quand", "state": "État"},
        )  # fmt: skip

    # ---------------------------------------------------------------------------------------- blocks

    def points_de_vigilance(self) -> Output:
        """What misleads in such answers."""
        if self.silent:
            return self.vigilance(
                self.to_look_at(),
                "Sans les habitants, ce diagnostic dit ce qui est compté, non ce qui manque à ceux qui vivent ici.",
            )
        return self.vigilance(
            self.to_look_at(),
            "Ont répondu ceux qui l’ont voulu : le redressement rend leurs familles et leurs secteurs semblables à ceux de la "
            "population, non leurs opinions.",
            "Une part sur peu de réponses bouge beaucoup : lire le nombre de réponses avec elle.",
            f"Une case de moins de {number(survey_threshold(False))} réponses n’est pas montrée "
            f"({number(survey_threshold(True))} pour le handicap), ni ce qui permettrait de la retrouver.",
        )  # fmt: skip

    def to_look_at(self) -> str:
        """How many lines of answers the check finds fault with; which ones is the analyst's to see."""
        found = len(self._control)
        if not found:
            return ""
        return (
            f"**Le contrôle signale {counted(found, 'point à vérifier', 'points à vérifier')}** dans les fichiers de réponses ; "
            "« ctg study check » les donne un par un."
        )

    def questions_du_groupe(self) -> Output:
        """Questions for the working group."""
        if self.silent:
            return self.questions(
                "Par qui les familles qui ne viennent jamais aux réunions peuvent-elles être touchées ?",
                "Où déposer des questionnaires sur papier pour ceux qu’internet laisse de côté ?",
            )
        return self.questions(
            "Qui n’a pas répondu, et par quel chemin l’entendre avant de décider ?",
            "Ce que les répondants mettent en premier est-il ce que les professionnels voient ?",
        )
