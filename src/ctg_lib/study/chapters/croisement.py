"""Chapter 14: needs, each seen from every side; what answers them, who can act; the issues that come out of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from ctg_lib.agreement.books.constats import EVIDENCE_KINDS
from ctg_lib.agreement.books.croisement import ISSUE_STATES, READINGS
from ctg_lib.agreement.crossing import READING_RULES, SAYS, SAYS_RULES, Crossed, Crossing, Proof
from ctg_lib.agreement.folder import FOLDER
from ctg_lib.agreement.needs import without_issue, without_need
from ctg_lib.consultation import coverage
from ctg_lib.consultation.scheme import PUBLICS
from ctg_lib.display.gantt import day_in_words
from ctg_lib.display.heat import HeatTable
from ctg_lib.display.output import SourceText, joined, md
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import KeyFigure, Output, Table, callout, prose
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.study.chapters.answers import Told
from ctg_lib.study.chapters.folder_base import NONE, UNFILLED, FolderChapter, listed, plain_theme, quoted
from ctg_lib.study.crossing import (
    SIDE_LABELS,
    SIDE_WORDS,
    StudyCrossing,
    cell_words,
    crossing_of,
    evidence_rules,
)
from ctg_lib.study.moved import MOVED, moved
from ctg_lib.study.using import Uses

MOST_NAMED = 3
"""Needs that « L’essentiel » names."""
TONES: dict[str, str] = {
    "manque": "ctg-heat-worse-far",
    "nuance": "ctg-heat-worse",
    "existe": "ctg-heat-better",
}
"""What a side says -> tint of its cell; its words say it without."""
QUIET: tuple[str, ...] = ("silence", "present", "pas_demande")
"""What a side that says nothing is told with."""


class Croisement(FolderChapter):
    """Where regards converge, diverge, are silent; needs without an answer; who can act; issues at stake."""

    name = "croisement"

    @cached_property
    def told(self) -> StudyCrossing:
        """The matrix, with its words."""
        return crossing_of(self.study)

    @property
    def crossing(self) -> Crossing:
        """The matrix."""
        return self.told.crossing

    @property
    def rows(self) -> tuple[Crossed, ...]:
        """Needs that are not set aside."""
        return self.crossing.rows

    @cached_property
    def issues(self) -> pd.DataFrame:
        """Issues that are not set aside."""
        table = self.study.agreement.table("croisement", "issues")
        return table[table["state"].ne("ecarte")].reset_index(drop=True)

    @cached_property
    def unanswered(self) -> list[Crossed]:
        """Needs for which no service is named."""
        return [row for row in self.rows if not row.offer]

    @property
    def own_source(self) -> SourceText:
        """« croisement.xlsx et constats.xlsx (dossier convention), relevé du … »."""
        files = [self.study.agreement.file(book) for book in ("croisement", "constats")]
        names = [file.removeprefix(f"{FOLDER}/") for file in files]
        made_up = " ; données fictives" if self.study.fictif else ""
        when = day_in_words(self.study.as_of)
        text = f"{enumerate_fr(names)} (dossier {FOLDER}), relevé du {when}{made_up}"
        return SourceText(text, list(zip(names, files, strict=True)))

    def source_of(self, uses: Uses) -> SourceText:
        """The workbooks of the cross-analysis, once filled, then what else the text rests on."""
        own = [self.own_source] if self.study.agreement.has("croisement") else []
        return joined([*own, super().source_of(uses)])

    # ---------------------------------------------------------------------------------------- essential

    def essentiel(self) -> Output:
        """How many needs, where sides agree and part, what has no answer, what is at stake; else what to do."""
        if not self.rows:
            return self.essential(
                "**Aucun besoin n’est encore croisé.**", self.waiting_message(), self.control_errors()
            )
        return self.essential(
            self.agreement_message(), self.parting_message(), self.silence_message(), self.answer_message(),
            self.issues_message(), self.control_errors(),
        )  # fmt: skip

    def next_step(self) -> str:
        """What to do while nothing is crossed."""
        if len(self.study.agreement.kept_findings):
            return (
                "Des constats sont gardés dans constats.xlsx : `ctg study crossing` en propose les besoins, dans "
                "croisement.xlsx ; une personne décide."
            )
        return (
            "Un besoin se propose à partir de constats gardés, et aucun ne l’est : `ctg study findings` propose les "
            "constats, une personne en décide dans constats.xlsx, puis `ctg study crossing` propose les besoins."
        )

    def waiting_message(self) -> str:
        """What this chapter will show."""
        return (
            "Ce chapitre dira de chaque besoin ce qu’en montrent les statistiques, ce qu’en disent habitants, professionnels, "
            "partenaires, élus et documents, où ces regards se rejoignent, et qui peut agir."
        )

    def agreement_message(self) -> str:
        """How many needs, on how many sides agree, which."""
        agree = self.crossing.read("convergence")
        total = counted(len(self.rows), "besoin")
        verb = "est regardé" if len(self.rows) < 2 else "sont regardés"
        if not agree:
            return (
                f"**{upper_first(total)} {verb} de plusieurs côtés ; sur aucun les regards ne convergent.**"
            )
        return (
            f"**{upper_first(total)} {verb} de plusieurs côtés ; les regards convergent sur {number(len(agree))}** : "
            f"{quoted([row.label for row in agree], MOST_NAMED)}."
        )

    def parting_message(self) -> str:
        """On which needs sides part, and how."""
        part = self.crossing.read("divergence")
        if not part:
            return "**Aucune divergence** : personne ne voit une offre suffisante là où d’autres disent un manque."
        said = [f"« {md(row.label)} »{self._how(row)}" for row in part[:2]]
        among = ", dont" if len(part) > len(said) else " :"
        return f"**Ils divergent sur {counted(len(part), 'besoin')}**{among} {' ; '.join(said)}."

    def _how(self, row: Crossed) -> str:
        how = opposed(row)
        return f" ({how})" if how else ""

    def silence_message(self) -> str:
        """Needs that one side alone tells; sides that are silent most often."""
        alone = [row for row in self.rows if row.reading in ("seul", "un_cote")]
        said = []
        if alone:
            agree = "n’est dit" if len(alone) < 2 else "ne sont dits"
            said.append(f"{upper_first(counted(len(alone), 'besoin'))} {agree} que d’un seul côté.")
        quiet = self._quiet()
        if quiet:
            side, silent, unasked = quiet
            parts = [f"se taisent sur {counted(silent, 'besoin')}" if silent else "",
                     f"n’ont pas été interrogés sur {number(unasked)}" if unasked else ""]  # fmt: skip
            said.append(
                f"{upper_first(SIDE_WORDS[side])} {enumerate_fr([p for p in parts if p])} : un silence n’est pas un avis."
            )
        return " ".join(said)

    def _quiet(self) -> tuple[str, int, int] | None:
        """The side of people that says least: on how many needs it is silent, on how many it was not asked."""
        people = [s for s in self.crossing.sides if s not in ("statistiques", "documents")]
        counts = [
            (s, sum(r.view(s).says in ("silence", "present") for r in self.rows), sum(r.view(s).says == "pas_demande" for r in self.rows))
            for s in people
        ]  # fmt: skip
        found = max(counts, key=lambda each: each[1] + each[2], default=None)
        return found if found and found[1] + found[2] else None

    def answer_message(self) -> str:
        """How many needs no service answers; which nobody is named to act on."""
        none, alone = self.unanswered, [row for row in self.rows if not row.actors]
        if not none:
            text = "**À chaque besoin répond au moins un service**, ce qui ne veut pas dire qu’il y suffit."
        else:
            text = f"**Sans aucun service en face : {counted(len(none), 'besoin')}** ({quoted([r.label for r in none], MOST_NAMED)})."
        if alone:
            text += f" Personne n’est désigné pour agir sur {counted(len(alone), 'besoin')}."
        return text

    def issues_message(self) -> str:
        """How many issues are validated, how many wait."""
        if self.issues.empty:
            return "Aucun enjeu n’est encore proposé : ils le sont à partir des besoins retenus."
        valid = int(self.issues["state"].eq("valide").sum())
        wait = len(self.issues) - valid
        said = [counted(valid, "enjeu validé", "enjeux validés")] if valid else []
        said += [counted(wait, "enjeu proposé", "enjeux proposés") + ", à discuter"] if wait else []
        return f"**En sortent {enumerate_fr(said)}.** Ce que le comité de pilotage en retient est une décision à part."

    def chiffres_cles(self) -> Told:
        """Needs, convergences, divergences, needs without a service, issues; None where nothing is crossed."""
        if not self.rows:
            return None
        source = f"croisement.xlsx{' ; données fictives' if self.study.fictif else ''}"
        retained = sum(row.state == "retenu" for row in self.rows)
        valid = int(self.issues["state"].eq("valide").sum())
        return self.cards(
            [
                KeyFigure("besoins croisés", number(len(self.rows)), f"dont retenus : {number(retained)}", source),
                KeyFigure("regards qui convergent", number(len(self.crossing.read("convergence"))), "besoins", source),
                KeyFigure("regards qui divergent", number(len(self.crossing.read("divergence"))), "besoins", source),
                KeyFigure("sans service en face", number(len(self.unanswered)), "besoins", source),
                KeyFigure("enjeux validés", number(valid), f"sur {number(len(self.issues))}" if len(self.issues) else "", source),
            ],
            "chiffres-cles-croisement",
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------ the matrix

    def matrice_dite(self) -> Told:
        """« La matrice »: how it is read; None where nothing is crossed."""
        if not self.rows:
            return None
        return prose(
            "## La matrice\n\nUne ligne est un besoin : un public, un lieu, un moment. Une colonne est un côté. Les statistiques et "
            "l’enquête y entrent par les constats gardés et leurs preuves, les acteurs par ce qui a été codé de leurs échanges, les "
            "documents par ceux que l’on cite. Citer un chiffre ou un document ne suffit pas à dire que cela manque : il faut que le "
            "chiffre, ou la réponse, le dise de ce besoin. Aucun côté ne pèse plus qu’un autre."
        )

    def matrice(self) -> Told:
        """Needs × sides, by theme: what each side says, how they agree; None where nothing is crossed."""
        if not self.rows:
            return None
        rows = [self._matrix_row(row) for row in self.rows]
        used = [says for says in SAYS if any(v.says == says for row in self.rows for v in row.views)]
        readings = [r for r in READINGS if any(r in (row.reading, row.computed) for row in self.rows)]
        columns = {"need": "Thème et besoin", "reading": "Lecture"}
        columns |= {side: upper_first(SIDE_LABELS[side]) for side in self.crossing.sides}
        agree = len(self.crossing.read("convergence"))
        return HeatTable(
            pd.DataFrame(rows), id="tbl-matrice", row_header="need", source=self.own_source,
            columns=columns,
            caption=f"{upper_first(counted(len(self.rows), 'besoin'))} : les regards convergent sur {number(agree)}",
            notes=[
                f"{' '.join(f'{upper_first(SAYS[s])} : {SAYS_RULES[s]}.' for s in used)} « 5 sur 6 » : cela manque dans 5 des 6 échanges "
                "où ce côté en parle. « Aucun indicateur », « aucun document » : les constats n’en citent pas.",
                f"{' '.join(f'{upper_first(READINGS[r])} : {READING_RULES[r]}.' for r in readings)}",
                "Les paroles d’acteurs valent pour tout le territoire, même quand le besoin est d’un secteur.",
                *evidence_rules(self.crossing), *self._overruled_note(), *self._unshown_note(),
            ],
            tints="Couleurs : orange, cela manque ; plus pâle, nuancé ; bleu, une offre est citée, ou la mesure dit l’inverse.",
        )  # fmt: skip

    def _matrix_row(self, row: Crossed) -> dict[str, Any]:
        cells: dict[str, Any] = {"need": f"{upper_first(plain_theme(row.theme))} — {self._need(row)}"}
        for side in self.crossing.sides:
            view = row.view(side)
            cells[side] = cell_words(view)
            quiet = view.says in QUIET
            cells[f"{side}_class"] = "ctg-status" if quiet else TONES.get(view.says, "")
        said = upper_first(READINGS[row.reading])
        cells["reading"] = f"{said} (calculé : {READINGS[row.computed]})" if row.overruled else said
        return cells

    def _need(self, row: Crossed) -> str:
        """Its label, with publics, secteurs and moment that it does not say itself."""
        publics = ", ".join(PUBLICS[p] for p in row.publics if p in PUBLICS)
        where = [publics, ", ".join(row.secteurs), row.moment]
        more = [text for text in where if text and text.lower() not in row.label.lower()]
        return f"{upper_first(row.label)} ({' ; '.join(more)})" if more else upper_first(row.label)

    def _overruled_note(self) -> list[str]:
        found = [row for row in self.rows if row.overruled]
        said = [f"« {row.label} » : {row.why or 'raison non écrite'}" for row in found]
        return (
            [
                f"« Calculé » : ce que donne la règle, quand l’analyste retient une autre lecture. {' ; '.join(said)}."
            ]
            if said
            else []
        )

    def _unshown_note(self) -> list[str]:
        fewest = number(coverage.FEWEST)
        if self.crossing.unshown:
            agree = "n’est pas montré" if self.crossing.unshown < 2 else "ne sont pas montrés"
            return [
                f"{upper_first(counted(self.crossing.unshown, 'côté'))} dont moins de {fewest} personnes ont été entendues {agree} : "
                "« pas demandé » le dit aussi."
            ]
        if len(self.crossing.sides) > len(SIDE_LABELS) - 1:
            return [
                f"« Autres acteurs » réunit les côtés dont moins de {fewest} personnes ont été entendues."
            ]
        return []

    def un_par_un(self) -> Told:
        """« Besoin par besoin », by theme: how regards agree, who says what, why: the matrix in words, for a narrow page."""
        if not self.rows:
            return None
        parts: list[str] = []
        theme = None
        for row in self.rows:
            if row.theme != theme:
                theme = row.theme
                parts += ["", f"### {upper_first(plain_theme(theme))}", ""]
            why = f" {self._sentence(row.why)}" if row.why else ""
            parts.append(
                f"- {self._need_md(row)} — *{READINGS[row.reading]}*. {upper_first(who_says_what(row))}.{why}"
            )
        return prose("\n".join(["## Besoin par besoin", *parts]))

    def _need_md(self, row: Crossed) -> str:
        return f"**{md(self._need(row))}**"

    def sur_quoi(self) -> Told:
        """What each need rests on: findings, and what each evidence said; None where nothing is crossed."""
        sentences = dict(
            zip(self.study.agreement.kept_findings["id"], self.study.agreement.kept_findings["sentence"], strict=True)
        )  # fmt: skip
        again = {f.id: f" (à relire : {MOVED[f.flag]})" for f in moved(self.study)} if self.rows else {}
        rows = [
            {
                "need": f"{row.id} — {upper_first(row.label)}",
                "publics": listed([PUBLICS[p] for p in row.publics if p in PUBLICS]) if row.publics else "tous les habitants",
                "findings": listed([f"{id} {sentences[id].rstrip('.')}{again.get(id, '')}" for id in row.findings]),
                "proofs": listed(list(dict.fromkeys(_proof(p) for p in row.proofs if p.kind != "parole"))),
            }
            for row in self.rows
        ]  # fmt: skip
        if not rows:
            return None
        return Table(
            pd.DataFrame(rows), id="tbl-sur-quoi", caption="Sur quoi repose chaque besoin", source=self.own_source,
            columns={"need": "Besoin", "publics": "Pour qui", "findings": "Constats gardés", "proofs": "Chiffres et écrits"},
            notes=["Les paroles d’acteurs sont au chapitre « Paroles d’acteurs », besoin par besoin."],
        )  # fmt: skip

    # ------------------------------------------------------------------------------------ where sides part

    def divergences(self) -> Told:
        """« Là où les regards s’écartent »: how, and what explains it; None where nowhere."""
        part = self.crossing.read("divergence")
        if not part:
            return None
        lines = []
        for row in part:
            text = f"**{upper_first(md(row.label))}** : {opposed(row) or READINGS['divergence']}."
            text += (
                f" {self._sentence(row.why)}"
                if row.why
                else " L’explication reste à trouver avec ceux qui l’ont dit."
            )
            lines.append(f"- {text}")
        return prose("\n".join(["## Là où les regards s’écartent", "", *lines]))

    @staticmethod
    def _sentence(text: str) -> str:
        return f"{upper_first(md(text.strip().rstrip('.')))}."

    def se_taisent(self) -> Told:
        """« Ce que certains ne disent pas »: needs on which a side is silent, or was not asked; None where nowhere."""
        if not self.rows:
            return None
        lines = []
        for side in self.crossing.sides:
            silent = [row.label for row in self.rows if row.view(side).says in ("silence", "present")]
            unasked = [row.label for row in self.rows if row.view(side).says == "pas_demande"]
            if not (silent or unasked):
                continue
            said = [f"rien n’en ressort pour {quoted(silent, MOST_NAMED)}"] if silent else []
            what = {"statistiques": "aucun indicateur cité", "documents": "aucun document cité"}.get(
                side, "pas interrogés"
            )
            said += [f"{what} sur {quoted(unasked, MOST_NAMED)}"] if unasked else []
            lines.append(f"- **{upper_first(SIDE_LABELS[side])}** : {' ; '.join(said)}.")
        if not lines:
            return None
        intro = "Se taire n’est pas la même chose que ne pas avoir été interrogé ; ni l’un ni l’autre ne dit que le besoin n’existe pas."
        return prose("\n".join(["## Ce que certains ne disent pas", "", intro, "", *lines]))

    # -------------------------------------------------------------------------------- answers, who can act

    def reponses_dites(self) -> Told:
        """« Ce qui existe en face, et qui peut agir »; None where nothing is crossed."""
        if not self.rows:
            return None
        none = self.unanswered
        text = "Un service cité ne veut pas dire que le besoin est couvert : la colonne « ce qui manque » dit l’écart."
        if none:
            text += f" {upper_first(counted(len(none), 'besoin'))} n’{'a' if len(none) < 2 else 'ont'} aucun service en face : {quoted([r.label for r in none])}."
        return prose(f"## Ce qui existe en face, et qui peut agir\n\n{text}")

    def reponses(self) -> Told:
        """Needs: services with their communes, gap, who can act with which competence, contracts touched."""
        rows = [
            {
                "need": upper_first(row.label), "offer": listed(self.told.offer(row)) if row.offer else "aucun service",
                "gap": row.gap or NONE, "actors": listed(self.told.actors(row)), "contracts": listed(self.told.contracts(row)),
                "offer_class": "" if row.offer else "ctg-heat-worse",
            }
            for row in self.rows
        ]  # fmt: skip
        if not rows:
            return None
        told = [book for book in ("offre", "parties", "contrats") if self.folder.has(book)]
        source = joined([self.own_source, self.workbook_source(*told)]) if told else self.own_source
        return Table(
            pd.DataFrame(rows), id="tbl-reponses", source=source,
            caption="Ce qui existe, ce qui manque, qui peut agir, quels contrats sont touchés",
            columns={"need": "Besoin", "offer": "Ce qui existe", "gap": "Ce qui manque", "actors": "Qui peut agir",
                     "contracts": "Contrats touchés"},
            notes=["Entre parenthèses, les compétences que parties.xlsx donne à l’organisme sur ce thème."],
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------- the issues

    def enjeux(self) -> Told:
        """Issues with their needs and state; None where there is none."""
        if self.issues.empty:
            return None
        labels = {row.id: row.label for row in self.rows}
        readings = {row.id: row.reading for row in self.rows}
        rows = []
        for line in self.issues.to_dict("records"):
            own = [id for id in line["needs"] if id in labels]
            read = [READINGS[r] for r in READINGS if any(readings[id] == r for id in own)]
            state = ISSUE_STATES[line["state"] or "propose"]
            when = (
                f" le {day_in_words(line['decided_on'].date())}"
                if line["state"] == "valide" and pd.notna(line["decided_on"])
                else ""
            )
            rows.append(
                {
                    "issue": f"{line['id']} — {line['title']}", "theme": upper_first(plain_theme(line["theme"])),
                    "needs": listed([labels[id] for id in own]), "readings": listed(read), "state": f"{upper_first(state)}{when}",
                }
            )  # fmt: skip
        valid = int(self.issues["state"].eq("valide").sum())
        return Table(
            pd.DataFrame(rows), id="tbl-enjeux", source=self.own_source,
            caption=f"{upper_first(counted(len(rows), 'enjeu'))}, dont {counted(valid, 'validé')}",
            columns={"issue": "Enjeu", "theme": "Thème", "needs": "Besoins", "readings": "Lectures", "state": "État"},
            notes=[
                "Un enjeu validé est soumis aux critères, aux votes puis au comité de pilotage, qui seul retient.",
                *self._aside_note(),
            ],
        )  # fmt: skip

    def _aside_note(self) -> list[str]:
        """Issues that were set aside, and why."""
        table = self.study.agreement.table("croisement", "issues")
        aside = table[table["state"].eq("ecarte")].to_dict("records")
        said = [
            f"{row['title'].rstrip('.')} ({row['reason'].rstrip('.') or 'raison non écrite'})"
            for row in aside
        ]
        return [f"{'Écartés' if len(said) > 1 else 'Écarté'} : {' ; '.join(said)}."] if said else []

    def enjeux_dits(self) -> Told:
        """« Les enjeux »; None where nothing is crossed."""
        if not self.rows:
            return None
        loose = without_issue(self.study.agreement)
        labels = {row.id: row.label for row in self.rows}
        text = (
            "Un enjeu dit ce qui se joue pour le territoire, en une phrase, et cite les besoins dont il sort."
        )
        if self.issues.empty:
            text += f" Aucun n’est écrit : marquer des besoins « retenu » dans croisement.xlsx, puis `ctg study crossing {self.study.id}`."
        elif loose:
            text += f" Besoins retenus qu’aucun enjeu ne reprend : {quoted([labels.get(id, id) for id in loose])}."
        return prose(f"## Les enjeux\n\n{text}")

    # ---------------------------------------------------------------------------------------------- blocks

    def points_de_vigilance(self) -> Output:
        """What the matrix is worth."""
        if not self.rows:
            return self.vigilance(
                *self.control_lines(),
                "Un diagnostic dont rien n’est croisé laisse chacun choisir le chiffre ou la parole qui l’arrange.",
            )
        return self.vigilance(
            *self.control_lines(),
            "**La matrice ne compte pas des personnes.** Une case dit si un côté voit un manque, pas combien de familles le vivent.",
            "**Un accord n’est pas une preuve.** Quatre côtés peuvent répéter la même idée ; le chiffre, quand il existe, est dans la "
            "colonne des statistiques.",
            "**Une divergence n’est pas une erreur.** Ceux qui disent qu’une offre existe et ceux qui disent qu’elle manque parlent "
            "souvent d’autres heures, d’autres lieux ou d’autres familles.",
        )  # fmt: skip

    def ce_qui_manque(self) -> Output:
        """What is not filled in the workbook."""
        loose = without_need(self.study.agreement)
        lines = [
            self._lack([r for r in self.rows if not r.findings], "sans constat gardé"),
            self._lack([r for r in self.rows if not r.need], "sans besoin de la grille : les paroles d’acteurs n’y sont reliées que par les constats"),
            self._lack([r for r in self.rows if not r.gap], "dont l’écart avec l’offre n’est pas dit"),
            self._lack([r for r in self.rows if not r.actors], "pour lesquels personne n’est désigné"),
            f"Constats gardés qu’aucun besoin ne reprend : {', '.join(loose)} (`ctg study crossing {self.study.id}` les propose)." if loose else "",
        ]  # fmt: skip
        if not self.rows:
            lines = [self.next_step(), lines[-1]]
        text = "\n".join(f"- {line}" for line in lines if line)
        return callout(text or "Rien de ce que ce chapitre demande ne manque.", "silence", UNFILLED, level=2)

    @staticmethod
    def _lack(rows: Sequence[Crossed], what: str) -> str:
        if not rows:
            return ""
        return f"{upper_first(counted(len(rows), 'besoin'))} {what} ({', '.join(row.id for row in rows)})."

    def questions_du_groupe(self) -> Output:
        """Questions that people in a room can answer."""
        if not self.rows:
            return self.questions(
                "Qui, autour de la table, peut dire si un constat est juste, et lequel manque ?",
                "Quels besoins chacun s’attend-il à voir dans ce tableau ?",
            )
        part, alone = self.crossing.read("divergence"), self.crossing.read("seul")
        quiet = self._quiet()
        silent = [r for r in self.rows if quiet and r.view(quiet[0]).says in QUIET]
        return self.questions(
            *(f"« {upper_first(md(row.label))} » : {opposed(row)}. Qu’est-ce qui l’explique : d’autres familles, d’autres lieux, d’autres heures ?"
              for row in part[:2] if opposed(row)),
            f"« {upper_first(md(alone[0].label))} » n’est dit que d’un côté : les autres l’ignorent-ils, ou ne le vivent-ils pas ?" if alone else "",
            f"Qui peut porter une réponse à « {md(self.unanswered[0].label)} », qui n’a aucun service en face ?" if self.unanswered else "",
            f"Que pensent {SIDE_WORDS[quiet[0]]} de « {md(silent[0].label)} » ?" if quiet and silent else "",
            "Quel besoin vécu ici ne figure dans aucune ligne ?",
        )  # fmt: skip


def who_says_what(row: Crossed) -> str:
    """« manque : habitants et élus ; existe : partenaires ; se tait : professionnels ; aucun indicateur »."""
    said = []
    for says, words in SAYS.items():
        sides = [v.side for v in row.views if v.says == says and v.words == words]
        if sides:
            said.append(f"{words} : {enumerate_fr([SIDE_LABELS[side] for side in sides])}")
    return " ; ".join([*said, *(v.words for v in row.views if v.words != SAYS[v.says])])


def _proof(proof: Proof) -> str:
    """What an evidence said; its kind where nothing was taken of it yet."""
    return proof.said.rstrip(".") or EVIDENCE_KINDS.get(proof.kind, proof.kind)


def opposed(row: Crossed) -> str:
    """« manque selon les habitants ; existe selon les élus »; empty where nobody contradicts."""
    lacking, there = row.sides("manque"), row.sides("existe")
    if not (lacking and there):
        return ""
    said = [f"manque selon {enumerate_fr([SIDE_WORDS[side] for side in lacking])}"]
    if people := [SIDE_WORDS[side] for side in there if side != "statistiques"]:
        said.append(f"une offre ou un levier selon {enumerate_fr(people)}")
    if "statistiques" in there:
        said.append("l’inverse d’après les statistiques")
    return " ; ".join(said)
