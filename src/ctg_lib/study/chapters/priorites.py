"""Chapter 15: what the committee decided; then criteria, scores and votes of each college, which are but an aid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from ctg_lib.agreement.books.priorites import DECISIONS, HIGHEST, LOWEST, ROLES
from ctg_lib.agreement.folder import FOLDER, Agreement
from ctg_lib.agreement.priorities import (
    DISAGREE,
    METHODS,
    College,
    Priorities,
    fixing_meeting,
    priorities,
    weights_then,
)
from ctg_lib.agreement.ranking import EFFECT, LEAST_FEASIBLE, SERIOUSNESS, SIZE
from ctg_lib.agreement.sensitivity import CHANGE
from ctg_lib.consultation.books.seminaire import COLLEGES
from ctg_lib.consultation.votes import FEWEST, rank_words, rule, untold
from ctg_lib.display import charts
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.gantt import day_in_words
from ctg_lib.display.output import SourceText, joined, md
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import KeyFigure, Output, Table, callout, prose
from ctg_lib.display.typography import counted, enumerate_fr, number, percent
from ctg_lib.study.chapters.answers import Told
from ctg_lib.study.chapters.folder_base import NONE, TO_COMPLETE, UNFILLED, FolderChapter, listed, quoted
from ctg_lib.study.using import Uses

EXPECTED: tuple[str, ...] = ("elus", "professionnels", "habitants")
"""Colleges whose views a priority is read from; others may score too."""
MOST_NAMED = 3
MOVES = 2
"""Ranks from which leaving a criterion out is told."""
OVERLAP = (
    "Deux fourchettes qui se recouvrent ne disent pas que deux enjeux se valent : l’un peut rester devant l’autre quels que soient les "
    "poids essayés. Les paires dont l’ordre se renverse ont leur tableau."
)


class Priorites(FolderChapter):
    """The committee's decisions, and beside them what criteria and votes say: an order is a range, never a verdict."""

    name = "priorites"

    @property
    def agreed(self) -> Agreement:
        """The study's ``convention`` folder."""
        return self.study.agreement

    @cached_property
    def found(self) -> Priorities:
        """Criteria, scores and votes."""
        return priorities(self.agreed)

    @cached_property
    def decided(self) -> pd.DataFrame:
        """The last decision on each issue, retained first by rank (columns of « Décisions du COPIL », and title)."""
        table = self.agreed.decisions
        order = table["decision"].map({key: n for n, key in enumerate(DECISIONS)})
        table = table.assign(order=order, title=table["issue"].map(self._title))
        return table.sort_values(["order", "rank", "row"], kind="stable", na_position="last").reset_index(
            drop=True
        )

    @property
    def own_source(self) -> SourceText:
        """« priorites.xlsx (dossier convention), relevé du … »."""
        file = self.agreed.file("priorites")
        name = file.removeprefix(f"{FOLDER}/")
        made_up = " ; données fictives" if self.study.fictif else ""
        text = f"{name} (dossier {FOLDER}), relevé du {day_in_words(self.study.as_of)}{made_up}"
        return SourceText(text, [(name, file)])

    def source_of(self, uses: Uses) -> SourceText:
        """The workbook of priorities, once filled, then what else the text rests on."""
        own = [self.own_source] if self.agreed.has("priorites") else []
        return joined([*own, super().source_of(uses)])

    def _title(self, issue: str) -> str:
        return self.found.issues.get(issue, issue)

    def _of(self, decision: str) -> list[dict[str, Any]]:
        return [_named(r) for r in self.decided[self.decided["decision"].eq(decision)].to_dict("records")]

    @property
    def scored(self) -> tuple[College, ...]:
        """Colleges whose scores may be told."""
        return tuple(each for each in self.found.colleges if each.scores.notna().any(axis=None))

    # ---------------------------------------------------------------------------------------- essential

    def essentiel(self) -> Output:
        """What is decided, what is set aside and why, where colleges part; else that nothing is, and what to do."""
        if not self.agreed.has("priorites"):
            return self.essential(self.nothing_message(), self.waiting_message(), self.control_errors())
        head = (
            (self.retained_message(), self.aside_message())
            if len(self.decided)
            else (self.undecided_message(),)
        )
        return self.essential(*head, self.parting_message(), self.order_message(), self.control_errors())

    def nothing_message(self) -> str:
        """That no criterion is fixed, and what comes before it."""
        table = self.agreed.table("croisement", "issues")
        valid = int(table["state"].eq("valide").sum())
        text = "**Aucune priorité n’est encore discutée.**"
        if not valid:
            return f"{text} On priorise des enjeux validés, et aucun ne l’est encore."
        many = counted(valid, "enjeu validé attend", "enjeux validés attendent")
        return f"{text} {upper_first(many)} que les critères et leurs poids soient fixés, avant toute note."

    def next_step(self) -> str:
        """What to fill while no criterion is fixed."""
        if not self.agreed.table("croisement", "issues")["state"].eq("valide").any():
            return "Les enjeux se valident dans croisement.xlsx, feuille « Enjeux »."
        return (
            f"Fixer d’abord les critères et leurs poids dans {self._file()}, avec leur date ; ensuite seulement, faire noter et voter "
            "chaque collège à part."
        )

    def waiting_message(self) -> str:
        """What this chapter will show."""
        return (
            "Ce chapitre dira ce que le comité de pilotage retient, écarte ou reporte, quand et pourquoi ; à côté, et comme une aide, "
            "ce que donnent les critères et les votes de chaque collège."
        )

    def _file(self) -> str:
        return self.agreed.file("priorites").removeprefix(f"{FOLDER}/")

    def undecided_message(self) -> str:
        """That nothing is decided, whatever the scores."""
        text = "**Rien n’est décidé.**"
        if not self.found.colleges:
            return (
                f"{text} {upper_first(counted(len(self.found.criteria), 'critère est fixé', 'critères sont fixés'))} ; "
                "aucun collège n’a encore noté ni voté."
            )
        return (
            f"{text} {upper_first(counted(len(self.found.issues), 'enjeu est soumis', 'enjeux sont soumis'))} "
            f"{enumerate_fr([f'aux {c.label}' for c in self.found.colleges])} : leurs notes et leurs voix sont une aide. Seul le comité de "
            "pilotage retient."
        )

    def retained_message(self) -> str:
        """Which issues are retained, of how many, when."""
        kept = self._of("retenu")
        of = f"{counted(len(kept), 'enjeu')} sur {number(len(self.found.issues))}"
        if not kept:
            return f"**Le comité de pilotage n’a retenu aucun enjeu{_days(self.decided)}.**"
        names = " ; ".join(f"« {md(row['title'])} »" for row in kept)
        return f"**Le comité de pilotage retient {of}{_days(self.decided[self.decided['decision'].eq('retenu')])}** : {names}."

    def aside_message(self) -> str:
        """What is set aside or put off, each with its reason; what awaits a decision."""
        said = []
        for decision, label in DECISIONS.items():
            if decision != "retenu" and (own := self._of(decision)):
                each = " ; ".join(f"« {md(row['title'])} » ({_reason(row)})" for row in own)
                said.append(f"**{upper_first(label)}{'s' if len(own) > 1 else ''}** : {each}.")
        if waiting := self._waiting():
            said.append(f"**Sans décision** : {quoted(self._title(i) for i in waiting)}.")
        return " ".join(said)

    def _waiting(self) -> list[str]:
        """Issues on which the committee has decided nothing."""
        return [issue for issue in self.found.issues if issue not in set(self.decided["issue"])]

    def parting_message(self) -> str:
        """On which issues two colleges' means lie a point or more apart."""
        table = self.found.disagreement()
        if table.empty:
            return ""
        wide = [_named(r) for r in table[table["gap"].ge(DISAGREE)].to_dict("records")]
        if not wide:
            return (
                f"**Les collèges notent de façon voisine** : aucun enjeu n’est noté avec {number(DISAGREE)} point d’écart ou plus, "
                f"de {number(LOWEST)} à {number(HIGHEST)}."
            )
        said = [
            f"« {md(self._title(row['issue']))} », {self._mean(row['issue'], row['above'])} sur {number(HIGHEST)} pour les "
            f"{COLLEGES[row['above']]}, {self._mean(row['issue'], row['below'])} pour les {COLLEGES[row['below']]}"
            for row in wide[:MOST_NAMED]
        ]
        among = ", dont" if len(wide) > MOST_NAMED else ""
        many = "un enjeu" if len(wide) == 1 else counted(len(wide), "enjeu")
        return f"**Les collèges s’écartent sur {many}**{among} : {' ; '.join(said)}."

    def _mean(self, issue: str, college: str) -> str:
        return number(float(self._means[college][issue]), 1)

    @cached_property
    def _means(self) -> pd.DataFrame:
        return self.found.means()

    def order_message(self) -> str:
        """For how many pairs of issues the order by criteria turns when weights change, college by college."""
        if not self._ranges:
            return self._no_ranking()
        turned = {c: (int(pairs["turns"].sum()), len(pairs)) for c, pairs in self._pairs.items()}
        compared = (
            f"comparés deux à deux quand le poids de chaque critère varie de {percent(100 * CHANGE)} au plus"
        )
        if not any(n for n, _ in turned.values()):
            return f"**L’ordre des notes tient** : {compared}, les enjeux gardent leur ordre dans toutes les paires."
        told = [
            f"{counted(n, 'paire') if first else number(n)} sur {number(of)} chez les {COLLEGES[college]}"
            for first, (college, (n, of)) in zip([True] + [False] * len(turned), turned.items(), strict=False)
        ]
        return (
            f"**L’ordre des notes dépend en partie des poids** : {compared}, les enjeux changent de place dans "
            f"{enumerate_fr(told)}. Dans les autres, aucun des poids essayés ne renverse l’ordre."
        )

    def _no_ranking(self) -> str:
        if not self.found.voted:
            return ""
        if self.found.ranked:
            return "**Aucun classement** : il faut deux enjeux au moins, notés par tous les critères."
        return (
            f"**Aucun classement** : pas un collège ne compte {number(FEWEST)} votants. Leurs notes et leurs voix ne sont pas données : "
            "elles feraient un classement."
        )

    @cached_property
    def _ranges(self) -> dict[str, pd.DataFrame]:
        """Ranges of ranks of each college that is large enough, with at least two issues in order."""
        found = {college.name: self.found.ranges(college) for college in self.found.ranked}
        return {name: table for name, table in found.items() if table["low"].notna().sum() > 1}

    @cached_property
    def _pairs(self) -> dict[str, pd.DataFrame]:
        """Issues two by two, for each college whose ranks have a range."""
        return {c.name: self.found.pairs(c) for c in self.found.ranked if c.name in self._ranges}

    def chiffres_cles(self) -> Told:
        """Issues put, retained, colleges, criteria; None where nothing is filled."""
        if not self.agreed.has("priorites"):
            return None
        source = f"{self._file()}{' ; données fictives' if self.study.fictif else ''}"
        voters = [f"{c.label} : {untold(c.voters)}" for c in self.found.voted]
        retained = number(len(self._of("retenu"))) if len(self.decided) else NONE
        return self.cards(
            [
                KeyFigure("enjeux soumis", number(len(self.found.issues)), "", source),
                KeyFigure("enjeux retenus", retained, "par le comité de pilotage" if len(self.decided) else "rien n’est décidé", source),
                KeyFigure("collèges", number(len(self.found.colleges)), " ; ".join(voters), source),
                KeyFigure("critères", number(len(self.found.criteria)), self._fixed(), source),
            ],
            "chiffres-cles-priorites",
        )  # fmt: skip

    def _fixed(self) -> str:
        days = self.found.criteria["fixed_on"].dropna()
        return f"fixés le {day_in_words(days.max().date())}" if len(days) else ""

    # ------------------------------------------------------------------------------------------ decisions

    def decisions_dites(self) -> Told:
        """« Ce que le comité de pilotage a décidé »; None where nothing is filled."""
        if not self.agreed.has("priorites"):
            return None
        if self.decided.empty:
            return prose(
                "## Ce que le comité de pilotage décide\n\nAucune décision n’est écrite. Rien de ce qui suit n’en tient lieu."
            )
        return prose(
            "## Ce que le comité de pilotage a décidé\n\nCes décisions seules alimentent le plan d’action. Les rangs que donnent les "
            "notes sont rappelés en face : le comité peut s’en écarter, et dit pourquoi."
        )

    def decisions(self) -> Told:
        """Retained issues, with rank, reason, day, record, and the ranks by scores; None where there is none."""
        kept = self._of("retenu")
        if not kept:
            return None
        rows = [
            {
                "rank": number(row["rank"]) if pd.notna(row["rank"]) else NONE, "issue": row["title"],
                "reason": row["reason"] or TO_COMPLETE, "where": self._where(row), "scores": self._by_scores(row["issue"]),
            }
            for row in kept
        ]  # fmt: skip
        return Table(
            pd.DataFrame(rows), id="tbl-enjeux-retenus", source=self._decision_source(),
            caption=f"{upper_first(counted(len(rows), 'enjeu retenu', 'enjeux retenus'))} par le comité de pilotage",
            columns={"issue": "Enjeu", "rank": "Rang donné", "reason": "Motif", "where": "Décidé", "scores": "Rang selon les notes"},
            row_header="issue",
            notes=[*self._document_note(kept), *self._scores_note()],
        )  # fmt: skip

    def ecartes(self) -> Told:
        """What is set aside or put off, before the vote or by the committee, and why; None where nothing is."""
        rows = [
            {
                "issue": row["title"], "state": upper_first(DECISIONS[decision]), "reason": row["reason"] or TO_COMPLETE,
                "where": self._where(row), "scores": self._by_scores(row["issue"]),
            }
            for decision in ("ecarte", "reporte")
            for row in self._of(decision)
        ] + self._before()  # fmt: skip
        if not rows:
            return None
        return Table(
            pd.DataFrame(rows), id="tbl-enjeux-ecartes", source=self._decision_source(),
            caption=f"{upper_first(counted(len(rows), 'enjeu qui n’est pas retenu', 'enjeux qui ne sont pas retenus'))}, et pourquoi",
            columns={"issue": "Enjeu", "state": "Décision", "reason": "Motif", "where": "Décidé", "scores": "Rang selon les notes"},
            notes=[*self._document_note([*self._of("ecarte"), *self._of("reporte")]), *self._scores_note()],
        )  # fmt: skip

    def _scores_note(self) -> list[str]:
        if not self._ranges:
            return []
        return [
            f"Rang selon les notes : critères pondérés, le poids de chacun variant de {percent(100 * CHANGE)}."
        ]

    def _before(self) -> list[dict[str, Any]]:
        """Issues of the cross-analysis that were set aside and on which the committee did not decide."""
        table = self.agreed.table("croisement", "issues")
        aside = table[table["state"].eq("ecarte") & ~table["id"].isin(self.decided["issue"])]
        return [
            {
                "issue": row["title"], "state": "Écarté avant les notes", "reason": row["reason"] or TO_COMPLETE,
                "where": _day(row["decided_on"]), "scores": NONE,
            }
            for row in map(_named, aside.to_dict("records"))
        ]  # fmt: skip

    def _decision_source(self) -> SourceText:
        books = [b for b in ("documents",) if self.folder.has(b) and self.decided["document"].ne("").any()]
        return joined([self.own_source, self.workbook_source(*books)]) if books else self.own_source

    def _where(self, row: Mapping[str, Any]) -> str:
        """« Comité de pilotage, 9 février 2027 »: instance and day, those that are written."""
        said = [self._instance(str(row["meeting"] or "")), _day(row["decided_on"])]
        return ", ".join(part for part in said if part and part != NONE) or NONE

    def _document_note(self, rows: Iterable[Mapping[str, Any]]) -> list[str]:
        """« Écrit dans : … »: documents that these decisions name."""
        named = [str(row["document"]) for row in rows if row["document"]]
        titles = [self._documents.get(id, id).rstrip(".") for id in dict.fromkeys(named)]
        return [f"Écrit dans : {' ; '.join(titles)}."] if titles else []

    def _instance(self, meeting: str) -> str:
        meetings = self.agreed.table("gouvernance", "meetings")
        instance = dict(zip(meetings["id"], meetings["instance"], strict=True)).get(meeting, "")
        table = self.agreed.table("gouvernance", "instances")
        return dict(zip(table["id"], table["name"], strict=True)).get(instance, "")

    @cached_property
    def _documents(self) -> dict[str, str]:
        table = self.folder.table("documents", "documents")
        return dict(zip(table["id"], table["title"], strict=True))

    def _by_scores(self, issue: str) -> str:
        """« élus : 1er à 3e ; professionnels : 1er à 2e »."""
        said = [
            f"{COLLEGES[college]} : {rank_words(float(table['low'][issue]), float(table['high'][issue]))}"
            for college, table in self._ranges.items()
            if issue in table.index and pd.notna(table["low"][issue])
        ]
        return listed(said)

    # ------------------------------------------------------------------------------------------- criteria

    def criteres_dits(self) -> Told:
        """« Les critères »; when they were fixed beside the first score; None where there are none."""
        if self.found.criteria.empty:
            return None
        return prose(f"## Les critères, fixés avant les notes\n\n{self._before_scores()}")

    def _before_scores(self) -> str:
        fixed, first = (
            self.found.criteria["fixed_on"],
            self.agreed.table("priorites", "scores")["scored_on"].min(),
        )
        said = "Changer un poids une fois les notes connues, c’est choisir le résultat : les dates sont donc comparées."
        if fixed.isna().any():
            return f"{said} Elles ne sont pas toutes écrites : rien ne montre que les critères ont précédé les notes."
        if pd.isna(first):
            return f"{said} Les critères sont fixés depuis le {_day(fixed.max())} ; aucune note n’est encore donnée."
        days = (first - fixed.max()).days
        if days > 0:
            since = f"{counted(days, 'jour sépare', 'jours séparent')} le dernier critère fixé ({_day(fixed.max())}) de la première note ({_day(first)})"
            return f"{said} Ici, {since}. {self._kept_weights()} {self._minutes()}"
        when = "le jour même de la première note" if days == 0 else f"après la première note ({_day(first)})"
        late = int(fixed.ge(first).sum())
        text = f"{said} Ici, {counted(late, 'critère porte', 'critères portent')} une date fixée {when} : l’ordre qui en sort est à lire avec cette réserve."
        return f"{text} {self._kept_weights()}"

    def _kept_weights(self) -> str:
        """Whether the weights written beside the scores are those of today."""
        kept = weights_then(self.agreed)
        names = [
            f"« {md(each.name)} » ({' ou '.join(number(w, 1) for w in each.then)} à côté des notes, {number(each.now, 1)} aujourd’hui)"
            for each in kept
            if each.changed
        ]
        if names:
            return f"**Un poids a changé depuis les notes** : {enumerate_fr(names)}. L’ordre qui en sort est à lire avec cette réserve."
        if blank := sum(each.blank for each in kept):
            return f"{upper_first(counted(blank, 'note'))} sans le poids de leur critère à côté : rien, dans le classeur, ne montre qu’il n’a pas changé depuis."
        return "Chaque note garde à côté d’elle le poids de son critère, tel qu’il a été lu à ceux qui notaient : les poids n’ont pas changé depuis."

    def _minutes(self) -> str:
        """Which meeting, held before the first score, fixed the criteria."""
        meeting = fixing_meeting(self.agreed)
        if meeting is None:
            return "Aucun compte rendu d’une réunion tenue avant la première note n’est cité par tous les critères : seule la date écrite le dit."
        instance = self._instance(str(meeting["id"])) or "la réunion"
        title = self._documents.get(str(meeting["document"]), str(meeting["document"])).rstrip(".")
        return f"La réunion qui les a fixés : {md(instance)}, {_day(meeting['date'])} ({md(title)})."

    def criteres(self) -> Told:
        """Criteria with their part of the sum, role and day; None where there are none."""
        table = self.found.criteria
        if table.empty:
            return None
        parts = self.found.parts
        rows = [
            {
                "name": upper_first(row["name"]), "definition": row["definition"] or TO_COMPLETE,
                "part": percent(100 * parts[id]) if pd.notna(parts[id]) else NONE, "role": upper_first(ROLES.get(row["role"], "")) or NONE,
                "fixed": _day(row["fixed_on"]),
            }
            for id, row in zip(table.index, map(_named, table.to_dict("records")), strict=True)
        ]  # fmt: skip
        return Table(
            pd.DataFrame(rows), id="tbl-criteres", source=self.own_source,
            caption=f"{upper_first(counted(len(rows), 'critère'))} et {'leur poids' if len(rows) > 1 else 'son poids'}",
            columns={"name": "Critère", "definition": "Ce que veulent dire les notes", "part": "Part dans la somme",
                     "role": "Rôle", "fixed": "Fixé le"},
            notes=["Le rôle sert à la méthode de Hanlon et à la grille besoin × faisabilité. Parts arrondies : leur somme peut s’écarter de 100."],
        )  # fmt: skip

    # --------------------------------------------------------------------------------------- what is scored

    def notes_dites(self) -> Told:
        """« Ce que note chaque collège »; None where nobody scored."""
        voted = self.found.voted
        if not voted:
            return None
        who = [f"{c.label} ({untold(c.voters)} votants)" for c in voted]
        few = [f"les {c.label}" for c in voted if not c.ranked]
        quiet = [COLLEGES[name] for name in EXPECTED if name not in {c.name for c in voted}]
        text = f"Ont noté : {enumerate_fr(who)}. Les collèges ne sont ni additionnés, ni ramenés à une moyenne : leur désaccord est une information."
        if few:
            text += (
                f" Ce que notent et votent {enumerate_fr(few)} n’est pas donné enjeu par enjeu : sous {number(FEWEST)} votants, ce serait "
                "le classement de quelques personnes. Ce qu’elles disent se lit dans les chapitres de la consultation et du croisement."
            )
        if quiet:
            text += f" N’ont pas noté : {enumerate_fr(quiet)}."
        return prose(f"## Ce que note chaque collège\n\n{text}")

    def notes(self) -> Figure | Absent | None:
        """Weighted mean of each issue by college; None where nobody scored."""
        if not self.scored:
            return None
        means = self._means[[c.name for c in self.scored]]
        order = means.max(axis=1).sort_values(ascending=False, kind="stable").index
        frame = pd.DataFrame(
            [
                (self._title(i), upper_first(c.label), means.loc[i, c.name])
                for i in order
                for c in self.scored
            ],
            columns=["name", "group", "value"],
        )
        return charts.side_by_side(
            frame, id="fig-notes-par-college", title=self._means_title(), label="Enjeu", group_label="Collège",
            subtitle=f"Moyenne pondérée des notes de {number(LOWEST)} à {number(HIGHEST)}, par collège", source=self.own_source,
            limits=(LOWEST, HIGHEST), decimals=1, unit=f"note, de {number(LOWEST)} à {number(HIGHEST)}",
            notes=tuple(self._college_notes()),
        )  # fmt: skip

    def _means_title(self) -> str:
        table = self.found.disagreement()
        if table.empty:
            return f"{upper_first(counted(len(self.scored), 'collège a noté', 'collèges ont noté'))} {counted(len(self.found.issues), 'enjeu')}"
        wide = table[table["gap"].ge(DISAGREE)]
        if wide.empty:
            return "Les collèges notent les enjeux de façon voisine"
        top = _named(wide.iloc[0].to_dict())
        if len(wide) == 1:
            return f"Un enjeu sépare les collèges : « {self._title(top['issue'])} »"
        return f"{number(len(wide))} enjeux séparent les collèges, d’abord « {self._title(top['issue'])} »"

    def desaccords(self) -> Told:
        """Issue by issue: mean of each college, gap, criterion on which they part most; None below two colleges."""
        table = self.found.disagreement()
        if table.empty:
            return None
        shown = [c for c in self.scored if self._means[c.name].notna().any()]
        rows = [
            {
                "issue": self._title(row["issue"]), "gap": number(row["gap"], 1), "where": self._parting_words(row),
                **{c.name: _number(self._means.loc[row["issue"], c.name]) for c in shown},
            }
            for row in map(_named, table.to_dict("records"))
        ]  # fmt: skip
        return Table(
            pd.DataFrame(rows), id="tbl-desaccords", source=self.own_source,
            caption="Où les collèges s’accordent, où ils s’écartent",
            columns={"issue": "Enjeu", **{c.name: upper_first(c.label) for c in shown}, "gap": "Écart", "where": "Critère qui les sépare le plus"},
            notes=[self._agreement_note(), "Écart : calculé avant d’arrondir les deux notes.", *(["Entre parenthèses : la note la plus basse et la plus haute du collège."] if self._has_spread(table) else [])],
        )  # fmt: skip

    @staticmethod
    def _has_spread(table: pd.DataFrame) -> bool:
        return bool(table[["lowest_above", "lowest_below"]].notna().any(axis=None))

    def _parting_words(self, row: Mapping[str, Any]) -> str:
        """« Gravité : professionnels 4,5 (de 3 à 5), élus 2,5 (de 1 à 3) »."""
        sides = [
            f"{COLLEGES[row[side]]} {number(row[f'score_{side}'], 1)}{_spread(row[f'lowest_{side}'], row[f'highest_{side}'])}"
            for side in ("above", "below")
        ]
        text = f"{upper_first(self.found.criteria.loc[row['criterion'], 'name'])} : {', '.join(sides)}"
        return (
            f"{text} : la moyenne des uns est hors de tout ce que les autres ont noté"
            if row["outside"]
            else text
        )

    def _agreement_note(self) -> str:
        value = self.found.agreement()
        ranked = [c.label for c in self.found.ranked]
        if value != value:
            return f"Accord entre les ordres des collèges non mesuré : il en faut deux d’au moins {number(FEWEST)} votants, et trois enjeux."
        how = (
            "corrélation des rangs"
            if len(ranked) == 2
            else "corrélation des rangs, moyenne des collèges pris deux à deux"
        )
        return (
            f"Ressemblance des ordres ({', '.join(ranked)}) : {number(value, 2)}, sur une échelle où 1 est le même ordre, 0 deux ordres sans "
            f"rapport et −1 deux ordres contraires ({how}). Avec si peu de collèges et d’enjeux, ce nombre décrit, et ne prouve rien."
        )

    # ------------------------------------------------------------------------------------------- the order

    def classements_dits(self) -> Told:
        """« Plusieurs façons de classer »: what each method does; None where nothing may be shown."""
        if self._classement().empty:
            return None
        text = (
            "Aucune méthode n’est la bonne : un enjeu en tête partout est solide, un enjeu qui monte et descend dépend de la méthode.\n\n"
            f"- **{upper_first(METHODS['criteria'])}** : chaque note compte pour la part de son critère.\n"
            f"- **{METHODS['hanlon']}** : (ampleur + 2 × gravité) × efficacité, de 0 à 300 ; un enjeu jugé hors de portée n’a pas de rang.\n"
            f"- **{upper_first(METHODS['votes'])}** : part des voix qui pouvaient être données.\n"
            f"- **{upper_first(METHODS['duels'])}** : un enjeu l’emporte sur un autre quand les critères qui le placent devant pèsent plus que "
            "ceux qui le placent derrière.\n"
            "- **Grille** : besoin et faisabilité, au-dessus ou au-dessous du milieu de l’échelle."
        )
        return prose(f"## Plusieurs façons de classer\n\n{text}")

    def _classement(self) -> pd.DataFrame:
        rows = []
        tables = {c.name: self.found.by_method(c) for c in self.found.colleges}
        for issue in self.found.issues:
            for college in self.found.colleges:
                row = _named(tables[college.name].loc[issue].to_dict())
                if any(pd.notna(row[m]) for m in METHODS):
                    rows.append({"issue": self._title(issue), "college": upper_first(college.label), **_cells(row),
                                 "grid": _quadrant(row)})  # fmt: skip
        return pd.DataFrame(rows)

    def classements(self) -> Told:
        """Value and range of ranks of each issue, college by college, by each method; None where there is none."""
        table = self._classement()
        if table.empty:
            return None
        return Table(
            table, id="tbl-classements", source=self.own_source,
            caption="Chaque enjeu, par collège et par méthode",
            columns={"issue": "Enjeu", "college": "Collège", **{m: upper_first(label) for m, label in METHODS.items()}, "grid": "Grille"},
            notes=[
                f"Un rang est une fourchette : les poids y varient de {percent(100 * CHANGE)}, et dans la méthode de Hanlon ce que compte "
                f"la gravité aussi. {OVERLAP}",
                f"Notes de {number(LOWEST)} à {number(HIGHEST)}, ramenées de 0 à 10 pour la méthode de Hanlon ; « hors de portée » : faisabilité "
                f"notée sous {number(LEAST_FEASIBLE)} en moyenne.",
                f"Pour les votes : {rule()[:1].lower()}{rule()[1:]}",
                *self._college_notes(),
            ],
        )  # fmt: skip

    def _college_notes(self) -> list[str]:
        """Why a college's scores, else its votes, are not given."""
        said = [
            (college, why)
            for college in self.found.colleges
            for why in ([college.said] if college.voters else dict.fromkeys(college.votes["said"]))
        ]
        return [f"{upper_first(college.label)} : {why}." for college, why in said if why]

    def fourchettes(self) -> Figure | Absent | None:
        """Ranges of ranks by weighted criteria, college by college; None where no college is large enough."""
        if not self._ranges:
            return None
        first = next(iter(self._ranges.values()))
        order = first.sort_values(["first", "low", "high"], kind="stable", na_position="last").index
        frame = pd.DataFrame(
            [
                (self._title(i), upper_first(COLLEGES[c]), *table.loc[i, ["first", "low", "high"]])
                for i in order
                for c, table in self._ranges.items()
            ],
            columns=["name", "group", "value", "lower", "upper"],
        )
        most = max(int(table["high"].max()) for table in self._ranges.values())
        return charts.side_by_side(
            frame, id="fig-fourchettes-de-rangs", title=self._ranges_title(), label="Enjeu", group_label="Collège",
            subtitle=f"Rang par critères pondérés, et fourchette quand le poids de chaque critère varie de {percent(100 * CHANGE)}",
            source=self.own_source, limits=(1, most), unit="rang (1 : en tête)", bounds="du rang",
            notes=(OVERLAP, *self._college_notes()),
        )  # fmt: skip

    def renversements(self) -> Told:
        """Pairs of issues whose order turns when weights change, college by college; None where none does."""
        rows = [
            {
                "college": upper_first(COLLEGES[college]), "ahead": self._title(pair["ahead"]), "behind": self._title(pair["behind"]),
                "means": " ; ".join(number(self._means.loc[pair[side], college], 2) for side in ("ahead", "behind")),
            }
            for college, pairs in self._pairs.items()
            for pair in map(_named, pairs[pairs["turns"]].to_dict("records"))
        ]  # fmt: skip
        if not rows:
            return None
        return Table(
            pd.DataFrame(rows), id="tbl-paires-renversees", source=self.own_source,
            caption=upper_first(counted(len(rows), "paire d’enjeux dont l’ordre se renverse", "paires d’enjeux dont l’ordre se renverse")),
            columns={"college": "Collège", "ahead": "Devant, avec les poids fixés", "behind": "Devant, avec d’autres poids",
                     "means": "Notes moyennes, avec les poids fixés"},
            notes=[
                f"Poids essayés : {number(len(self.found.around))} jeux, chacun à {percent(100 * CHANGE)} près au plus des poids fixés. Une paire est "
                "ici dès qu’un seul la renverse.",
                *(self._steady_note(college, pairs) for college, pairs in self._pairs.items()),
            ],
        )  # fmt: skip

    @staticmethod
    def _steady_note(college: str, pairs: pd.DataFrame) -> str:
        """« Élus : l’ordre tient dans 17 paires sur 21 ; dans 9, … »."""
        text = f"{upper_first(COLLEGES[college])} : l’ordre tient dans {counted(int((~pairs['turns']).sum()), 'paire')} sur {number(len(pairs))}"
        sure = int(pairs["dominates"].sum())
        if not sure:
            return f"{text}."
        return (
            f"{text}, dont {number(sure)} où un enjeu est noté au moins aussi haut que l’autre par chaque critère : aucun poids n’y "
            "changerait rien."
        )

    def _ranges_title(self) -> str:
        tables = list(self._ranges.values())
        complete = [i for i in tables[0].index if all(pd.notna(t.loc[i, "low"]) for t in tables)]
        fixed = [i for i in complete if all(t.loc[i, "low"] == t.loc[i, "high"] for t in tables)]
        where = "dans chaque collège" if len(tables) > 1 else "chez les " + COLLEGES[next(iter(self._ranges))]
        if not fixed:
            return f"Aucun enjeu ne garde son rang {where} quand les poids changent"
        verb = "garde son rang" if len(fixed) == 1 else "gardent leur rang"
        return f"{upper_first(counted(len(fixed), 'enjeu'))} sur {number(len(complete))} {verb} {where} quand les poids changent"

    def sans_un_critere(self) -> Told:
        """Issues that move by two ranks or more without one criterion; None where no college is large enough."""
        if not self._ranges or len(self.found.criteria) < 2:
            return None
        moves = sorted(self._moves(), key=lambda m: -m[0])
        if not moves:
            return prose(
                f"**Sans un critère, l’ordre bouge peu** : aucun enjeu ne change de {number(MOVES)} rangs ou plus quand on retire un seul critère."
            )
        lines = "\n".join(f"- {text}" for _, text in moves[: 2 * MOST_NAMED])
        left = len(moves) - 2 * MOST_NAMED
        more = f"\n- Et {counted(left, 'autre déplacement', 'autres déplacements')}." if left > 0 else ""
        many = "un seul déplacement" if len(moves) == 1 else counted(len(moves), "déplacement")
        return prose(f"**Sans un critère, {many} de {number(MOVES)} rangs ou plus** :\n\n{lines}{more}")

    def _moves(self) -> Iterable[tuple[float, str]]:
        """How far an issue moves without a criterion, and the sentence that says so."""
        for college in self.found.ranked:
            if college.name not in self._ranges:
                continue
            base, without = self._ranges[college.name]["first"], self.found.without_each(college)
            for criterion, column in without.items():
                name = self.found.criteria["name"][str(criterion)]
                for issue, rank in column.dropna().to_dict().items():
                    before = float(base[str(issue)])
                    if abs(rank - before) >= MOVES:
                        yield abs(rank - before), (
                            f"Sans « {md(name)} », « {md(self._title(str(issue)))} » passe du {_rank(before)} au {_rank(rank)} rang chez "
                            f"les {college.label}."
                        )  # fmt: skip

    # ---------------------------------------------------------------------------------------------- blocks

    def points_de_vigilance(self) -> Output:
        """What an order is worth."""
        if not self.scored:
            return self.vigilance(
                *self.control_lines(),
                "Des critères choisis une fois les notes connues ne départagent rien : ils donnent raison à qui les choisit.",
            )
        return self.vigilance(
            *self.control_lines(),
            "**Un classement n’est pas une décision.** Il dit ce que donnent des notes et des poids ; le comité décide, avec ce que les "
            "notes ne disent pas : compétence, argent, calendrier.",
            "**Ceux qui notent ne sont pas le territoire.** Ce sont les présents d’un jour, pas un échantillon.",
            "**Un rang est une fourchette.** Ranger deux enjeux que seuls les poids séparent serait arbitraire.",
            "**Une moyenne cache ceux qui la font.** Hanlon se calcule ici sur les notes moyennes du collège, faute des notes de chacun.",
        )  # fmt: skip

    def ce_qui_manque(self) -> Output:
        """What is not filled in the workbook."""
        if not self.agreed.has("priorites"):
            return callout("- " + self.next_step(), "silence", UNFILLED, level=2)
        lines = [*self._criteria_gaps(), *self._college_gaps(), *self._decision_gaps()]
        text = "\n".join(f"- {line}" for line in lines if line)
        return callout(text or "Rien de ce que ce chapitre demande ne manque.", "silence", UNFILLED, level=2)

    def _criteria_gaps(self) -> list[str]:
        table = self.found.criteria
        if table.empty:
            return ["Aucun critère n’est écrit : ni poids, ni date."]
        blank = [upper_first(n) for n, d in zip(table["name"], table["definition"], strict=True) if not d]
        lacking = [ROLES[r] for r in (SIZE, SERIOUSNESS, EFFECT) if not table["role"].eq(r).any()]
        return [
            f"Ce que veulent dire les notes n’est pas écrit pour : {listed(blank)}." if blank else "",
            f"La méthode de Hanlon n’est pas calculée : aucun critère n’a le rôle « {' », « '.join(lacking)} »." if lacking else "",
        ]  # fmt: skip

    def _college_gaps(self) -> list[str]:
        found = self.found
        own = {c.name for c in found.colleges}
        absent = [COLLEGES[c] for c in EXPECTED if c not in own]
        said = [f"Ni note ni voix de : {enumerate_fr(absent)}."] if absent else []
        for college in found.colleges:
            scores = self.agreed.table("priorites", "scores")
            written = scores[scores["college"].eq(college.name)].groupby("issue")["criterion"].nunique()
            partly = [i for i in found.issues if written.get(i, 0) < len(found.criteria)]
            if partly and len(written):
                said.append(
                    f"{upper_first(college.label)} : {counted(len(partly), 'enjeu noté en partie, ou pas du tout', 'enjeux notés en partie, ou pas du tout')} ({', '.join(partly)})."
                )
        return said

    def _decision_gaps(self) -> list[str]:
        waiting = self._waiting()
        bare = [
            str(r["issue"]) for r in self.decided.to_dict("records") if not r["document"] and not r["meeting"]
        ]
        return [
            f"{upper_first(counted(len(waiting), 'enjeu attend', 'enjeux attendent'))} une décision du comité de pilotage ({', '.join(waiting)})." if waiting else "",
            f"{upper_first(counted(len(bare), 'décision'))} sans réunion ni document ({', '.join(bare)})." if bare else "",
        ]  # fmt: skip

    def questions_du_groupe(self) -> Output:
        """Questions that people in a room can answer."""
        table = self.found.disagreement()
        if not self.scored:
            return self.questions(
                "Sur quels critères choisir, et lesquels comptent double ?",
                "Que veulent dire la note la plus basse et la plus haute de chacun d’eux, ici ?",
                "Qui vote, et comment entendre ceux qui ne viennent pas ?",
            )
        top = _named(table.iloc[0].to_dict()) if len(table) and table["gap"].iloc[0] >= DISAGREE else None
        put_off = self._of("reporte")
        kept = [row["title"] for row in self._of("retenu")]
        return self.questions(
            f"« {md(self._title(top['issue']))} » : que savent les {COLLEGES[top['above']]} que les {COLLEGES[top['below']]} ne voient pas, ou l’inverse ?" if top else "",
            f"Quand « {md(put_off[0]['title'])} » sera-t-il repris, et avec quelle information de plus ?" if put_off else "",
            f"De « {md(kept[0])} », qu’est-ce qui peut commencer la première année ?" if kept else "Quels enjeux retenir, et pour quel motif dit à tous ?",
            "Quel critère manque, qui aurait changé l’ordre ?",
        )  # fmt: skip


# --------------------------------------------------------------------------------------------------- words


def _named(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _reason(row: Mapping[str, Any]) -> str:
    """The reason inside brackets: without its full stop, its capital taken off."""
    text = str(row["reason"] or "motif à compléter").strip().rstrip(".")
    return md(text[:1].lower() + text[1:])


def _day(value: Any) -> str:
    return NONE if value is None or pd.isna(value) else day_in_words(pd.Timestamp(value).date())


def _days(table: pd.DataFrame) -> str:
    """« , le 9 février 2027 », « , du 9 février au 3 mars 2027 »; empty without a date."""
    days = table["decided_on"].dropna()
    if days.empty:
        return ""
    first, last = _day(days.min()), _day(days.max())
    return f", le {first}" if first == last else f", du {first} au {last}"


def _number(value: float) -> str:
    return NONE if pd.isna(value) else number(value, 1)


def _spread(low: float, high: float) -> str:
    return "" if pd.isna(low) or pd.isna(high) else f" (de {number(low)} à {number(high)})"


def _rank(value: float) -> str:
    return rank_words(value, value)


def _cells(row: Mapping[str, Any]) -> dict[str, str]:
    """A cell per method: its value, and its range of ranks where there is one."""
    written = {
        "criteria": number(row["criteria"], 1) if pd.notna(row["criteria"]) else "",
        "hanlon": number(row["hanlon"]) if pd.notna(row["hanlon"]) else "",
        "votes": percent(row["votes"]) if pd.notna(row["votes"]) else "",
        "duels": counted(row["duels"], "gagné", "gagnés", 0 if float(row["duels"]).is_integer() else 1) if pd.notna(row["duels"]) else "",
    }  # fmt: skip
    out = {}
    for method, text in written.items():
        low, high = row[f"{method}_low"], row[f"{method}_high"]
        beyond = method == "hanlon" and row["feasible"] is not pd.NA and row["feasible"] == False  # noqa: E712
        after = "hors de portée" if beyond else rank_words(low, high) if pd.notna(low) else ""
        out[method] = " ; ".join(part for part in (text, after) if part) or NONE
    return out


def _quadrant(row: Mapping[str, Any]) -> str:
    if not row["quadrant"]:
        return NONE
    more = len(row["quadrants"]) > 1
    return f"{upper_first(row['quadrant'])}{' (selon les poids)' if more else ''}"
