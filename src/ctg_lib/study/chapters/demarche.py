"""Chapter 01: the démarche — where it stands, who decides, who signs, what already binds the territory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.gantt import COUNTED, UNDATED, day_in_words, gantt
from ctg_lib.display.output import md
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import KeyFigure, Output, Table
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.geography.names import fold
from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.books.contrats import CONTRACTS
from ctg_lib.partnership.books.parties import COMPETENCES, PARTY_TYPES, SPPE, SUBJECTS
from ctg_lib.partnership.calendar import STATES, Instance, Phase, Step
from ctg_lib.partnership.progress import approved
from ctg_lib.partnership.sppe import LAW, MANDATORY, UNKNOWN, duties, summary
from ctg_lib.study.chapters.folder_base import (
    NONE,
    TO_COMPLETE,
    FolderChapter,
    called,
    listed,
    moment_of,
    named,
    or_none,
    quoted,
)
from ctg_lib.workbooks.common import THEMES

_DECIDES = re.compile(r"decid|valide|arbitre|tranche|adopte")


class Demarche(FolderChapter):
    """Calendar, instances, contracts, parties, competences, duties of the SPPE."""

    name = "demarche"
    asks = ("epci", "caf", "departement")
    tells, tells_calendar = ("parties", "contrats"), True

    # ----------------------------------------------------------------------------------- sentences

    def essentiel(self) -> Output:
        """Where the démarche stands, the next date, who decides, who signs."""
        if self.calendar.empty and not self.folder.has("parties"):
            return self.essential(
                "**Rien n’est encore écrit sur la démarche de ce territoire** : ni calendrier, ni instances, ni "
                f"signataires ; {self.asked_of('intercommunalité')}."
                + (
                    " Les chapitres qui suivent reposent sur les seules données ouvertes."
                    if self.folder.empty
                    else ""
                ),
                self.duties_message(), self.control_errors(),
            )  # fmt: skip
        return self.essential(
            self.stage_message(), self.next_message(), self.deciders_message(), self.parties_message(),
            self.duties_message(), self.control_errors(),
        )  # fmt: skip

    def stage_message(self) -> str:
        """The phase under way, and how many steps are in each state."""
        phases, steps = self.calendar.phases, self.calendar.steps
        if not phases and not steps:
            return "**Le calendrier de la démarche n’est pas écrit** : phases, étapes et dates sont à donner."
        text = self._stage(phases)
        if not steps:
            return f"{text} Les étapes ne sont pas encore décrites.".strip()
        counts = [(key, sum(s.state == key for s in steps)) for key in STATES]
        said = [counted(n, *COUNTED[key]) for key, n in counts if n]
        return f"{text} {upper_first(counted(len(steps), 'étape'))} : {enumerate_fr(said)}.".strip()

    def _stage(self, phases: tuple[Phase, ...]) -> str:
        if not phases:
            return "**La démarche n’est pas découpée en phases.**"
        if all(p.state == "fait" for p in phases):
            return f"**{'La phase prévue est achevée' if len(phases) == 1 else 'Toutes les phases sont achevées'}.**"
        now = self._phase_now(phases)
        if now is None:
            first = next(p for p in phases if p.state != "fait")
            when = moment_of(first)
            return f"**La démarche n’a pas commencé** ; première phase : « {md(called(first))} »{f' ({md(when)})' if when else ''}."
        rank = phases.index(now) + 1
        place = f", {'1re' if rank == 1 else f'{rank}e'} phase sur {len(phases)}" if len(phases) > 1 else ""
        when = moment_of(now)
        return f"**La démarche en est à « {md(called(now))} »**{place}{f' ({md(when)})' if when else ''}."

    def _phase_now(self, phases: tuple[Phase, ...]) -> Phase | None:
        """The phase said to be under way (the latest begun of several), else the one whose dates hold today."""
        today = self.study.as_of
        under_way = [p for p in phases if p.state == "en_cours"]
        dated = [p for p in phases if p.state != "fait" and p.start and p.end and p.start <= today <= p.end]
        if under_way or dated:
            return (under_way or dated)[-1]
        done = [p for p in phases if p.state == "fait"]  # between two phases: the next one is waited for
        return next((p for p in phases[len(done) :] if p.state != "fait"), None) if done else None

    def next_message(self) -> str:
        """The next dated step, what it waits for, steps without a date, steps whose date has passed."""
        steps = self.calendar.steps
        if not steps:
            return ""
        coming, late = self.coming(), self.late()
        text = "**Aucune étape à venir n’a de date.**"
        if coming:
            first = coming[0]
            text = f"**Prochaine étape : {md(called(first))}, {md(moment_of(first))}**{self._by(first)}."
            needed = [self.calendar.step(need) for need in first.needs]
            waits = [step for step in needed if step is not None and step.state != "fait"]
            if waits:
                text += (
                    f" Elle attend {quoted(called(step) for step in waits)}, "
                    f"{'étape qui n’est pas faite' if len(waits) == 1 else 'étapes qui ne sont pas faites'}."
                )
        firm = next((s for s in coming if s.state != "hypothese"), None)
        if coming and firm is not None and firm is not coming[0]:
            text += f" Première date sans hypothèse : {md(called(firm))}, {md(moment_of(firm))}."
        undated = [s for s in steps if s.state != "fait" and not (s.start or s.end)]
        if undated:
            text += f" {upper_first(counted(len(undated), 'étape'))} sans date : {quoted(called(s) for s in undated)}."
        if late:
            text += (
                f" **Date passée, et pas « fait »** : {quoted(called(s) for s in late)} ; à mettre à jour."
            )
        return text

    def _by(self, step: Step) -> str:
        found = self.calendar.instance(step.instance)
        state = " (hypothèse)" if step.state == "hypothese" else ""
        if found is None or fold(called(found)) in fold(step.name):
            return state
        return f"{state}, {md(called(found))}"

    def coming(self) -> list[Step]:
        """Steps that are not done and whose date is not over, the nearest first; those begun before the rest."""
        today = self.study.as_of
        ahead = [s for s in self.calendar.steps if s.state != "fait" and s.start and s.start >= today]
        return sorted(ahead, key=lambda s: (s.start or today, s.end or s.start or today))

    def late(self) -> list[Step]:
        """Steps that are not said to be done though their last possible day is over."""
        today = self.study.as_of
        return [s for s in self.calendar.steps if s.state != "fait" and (s.end or s.start or today) < today]

    def deciders_message(self) -> str:
        """The instance that decides."""
        instances = self.calendar.instances
        if not instances:
            return "**Qui décide n’est pas dit** : les instances ne sont pas décrites."
        found = self.decider()
        if found is None:
            return f"**Qui décide n’est pas dit** : {len(instances)} instances sont décrites, aucune avec ce rôle."
        text = f"**Instance qui décide : {md(called(found))}.**"
        if found.role:
            text += f" {upper_first(md(found.role.rstrip('.')))}."
        if found.members:
            text += f" {upper_first(counted(len(found.members), 'fonction représentée', 'fonctions représentées'))}."
        return text + (f" Réunions : {md(found.frequency.rstrip('.'))}." if found.frequency else "")

    def decider(self) -> Instance | None:
        """The instance whose role says that it decides, else the comité de pilotage."""
        instances = self.calendar.instances
        by_role = [i for i in instances if _DECIDES.search(fold(i.role))]
        by_name = [i for i in instances if re.search(r"pilotage|copil", fold(i.name))]
        both = [i for i in by_role if i in by_name]
        return next(iter(both or by_name or by_role), None)

    def parties_message(self) -> str:
        """Who signs, and which deliberations are still to come."""
        lines = self.folder.table("parties", "parties")
        signing = lines[lines["signs"].eq("oui")]
        if lines.empty:
            return ""
        if signing.empty:
            return "**Aucun signataire n’est encore désigné.**"
        waiting = signing[~approved(signing, self.study.as_of)]
        noun = counted(len(signing), "organisme doit signer", "organismes doivent signer")
        text = f"**{upper_first(noun)} la convention** : {named(signing['name'])}."
        if waiting.empty:
            return f"{text} Tous l’ont approuvée."
        if len(waiting) == len(signing):
            return f"{text} Aucune approbation n’est connue à ce jour."
        return f"{text} Approbation {TO_COMPLETE} : {named(waiting['name'])}."

    def duties_message(self) -> str:
        """What the SPPE makes compulsory, and what cannot be said yet, in one sentence."""
        duties = self.duties()
        if duties.empty:
            return ""
        due = duties.loc[duties["due"].eq(MANDATORY), "label"].unique()
        unknown = [
            label for label in duties.loc[duties["due"].eq(UNKNOWN), "label"].unique() if label not in due
        ]
        text = "**Service public de la petite enfance** : "
        text += counted(len(due), "obligation établie", "obligations établies")
        if len(unknown):
            text += f", {number(len(unknown))} à établir"
        missions = duties[duties["mission"].isin(SPPE)]
        unheld = missions.loc[missions["holder"].eq(TO_COMPLETE), "mission"].nunique()
        if unheld == missions["mission"].nunique():
            text += " ; l’autorité organisatrice n’est dite pour aucune mission"
        elif unheld:
            text += f" ; l’autorité organisatrice n’est pas dite pour {counted(unheld, 'mission')} sur {number(len(SPPE))}"
        return f"{text} (tableau plus bas)."

    # ------------------------------------------------------------------------------ figures, tables

    def chiffres_cles(self) -> Output | Absent:
        """Key figures of the démarche; what is not written is said in words."""
        if self.calendar.empty and not (self.folder.has("parties") or self.folder.has("contrats")):
            asked = self.asked_of("intercommunalité")
            return self.absent(
                "La démarche en chiffres", f"rien n’est rempli, {asked}", "chiffres-cles-demarche"
            )
        steps, parties = self.calendar.steps, self.folder.table("parties", "parties")
        contracts = self.folder.table("contrats", "contracts")
        done = sum(s.state == "fait" for s in steps)
        signing = int(parties["signs"].eq("oui").sum())
        coming = self.coming()
        said = "non rempli"
        return self.cards(
            [
                KeyFigure("étapes faites", f"{number(done)} sur {number(len(steps))}" if steps else said, "",
                          "study.yml" if steps else ""),
                KeyFigure("prochaine étape datée", moment_of(coming[0]) if coming else "aucune",
                          called(coming[0]) if coming else "", "study.yml" if coming else ""),
                KeyFigure("signataires", number(signing) if signing else TO_COMPLETE if len(parties) else said, "",
                          self.workbook_source("parties", brief=True) if len(parties) else ""),
                KeyFigure("contrats et schémas existants", number(len(contracts)) if len(contracts) else said, "",
                          self.workbook_source("contrats", brief=True) if len(contracts) else ""),
            ],
            "chiffres-cles-demarche",
        )  # fmt: skip

    def calendrier(self) -> Figure | Absent:
        """The calendar as a Gantt, with today."""
        title, id = "Le calendrier de la démarche", "fig-calendrier"
        frame = self.calendar.frame()
        if frame.empty:
            return self.absent(
                title, f"il n’est pas écrit dans study.yml, {self.asked_of('intercommunalité')}", id
            )
        frame["name"] = frame["name"].where(frame["name"].ne(""), frame["id"])
        wrong = frame["end"].lt(frame["start"])
        frame.loc[wrong, ["start", "end"]] = pd.NaT
        names = {i.id: called(i) for i in self.calendar.instances}
        frame["instance"] = frame["instance"].map(lambda i: names.get(i, i))
        notes = ["Barres : périodes ; losanges : dates, ou périodes très courtes."]
        if wrong.any():
            notes.append(
                f"Non dessiné, la fin précède le début : {listed(frame.loc[wrong, 'name'].tolist())}."
            )
        return gantt(
            frame, id=id, title=self._calendar_title(), today=self.study.as_of, notes=tuple(notes),
            subtitle="Phases et étapes de la démarche, selon leur état", source=self.calendar_source(),
        )  # fmt: skip

    def _calendar_title(self) -> str:
        steps, coming = self.calendar.steps, self.coming()
        done = sum(s.state == "fait" for s in steps)
        if not steps:
            return "Le calendrier de la démarche, par phases"
        text = f"{number(done)} {'étape faite' if done < 2 else 'étapes faites'} sur {number(len(steps))}"
        return f"{text} ; la prochaine : {moment_of(coming[0])}" if coming else text

    def etapes(self) -> Table | Absent:
        """Steps: when, state, instance, what each waits for; the chart shows their phases."""
        steps = self.calendar.steps
        if not steps:
            return self.absent("Les étapes", "aucune étape n’est écrite", "tbl-etapes")
        instances = {i.id: called(i) for i in self.calendar.instances}
        names = {s.id: called(s) for s in steps}
        frame = pd.DataFrame(
            [
                {
                    "name": called(s), "when": moment_of(s) or UNDATED,
                    "state": STATES.get(s.state, s.state), "instance": instances.get(s.instance, s.instance) or NONE,
                    "needs": listed([names.get(n, n) for n in s.needs]),
                }
                for s in steps
            ]
        )  # fmt: skip
        columns = {
            "name": "Étape",
            "when": "Quand",
            "state": "État",
            "instance": "Instance",
            "needs": "Attend",
        }
        kept = [c for c in columns if c in ("name", "when", "state") or frame[c].ne(NONE).any()]
        return Table(
            frame, id="tbl-etapes", caption=self._steps_title(), source=self.calendar_source(),
            columns={c: columns[c] for c in kept},
        )  # fmt: skip

    def _steps_title(self) -> str:
        waiting = [s for s in self.calendar.steps if s.state != "fait"]
        if not waiting:
            return "Toutes les étapes sont faites"
        dated = sum(bool(s.start or s.end) for s in waiting)
        text = f"{upper_first(counted(len(waiting), 'étape'))} à faire ou en cours"
        if not dated:
            return f"{text}, sans date"
        every = "toutes avec une date" if len(waiting) > 1 else "avec une date"
        return f"{text}, {every if dated == len(waiting) else f'dont {number(dated)} avec une date'}"

    def instances(self) -> Table | Absent:
        """Instances: role, functions, frequency."""
        found = self.calendar.instances
        if not found:
            return self.absent(
                "Les instances",
                f"aucune instance n’est décrite dans study.yml, {self.asked_of('intercommunalité')}",
                "tbl-instances",
            )
        frame = pd.DataFrame(
            [
                {"name": called(i), "role": i.role or NONE, "members": listed(i.members), "frequency": i.frequency or NONE}
                for i in found
            ]
        )  # fmt: skip
        return Table(
            frame, id="tbl-instances", caption=self._instances_title(), source=self.calendar_source(),
            columns={"name": "Instance", "role": "Rôle", "members": "Fonctions et organismes", "frequency": "Réunions"},
        )  # fmt: skip

    def _instances_title(self) -> str:
        found = self.decider()
        text = upper_first(counted(len(self.calendar.instances), "instance"))
        return f"{text} ; celle qui décide : {called(found)}" if found else f"{text}, aucune dite décider"

    def contrats(self) -> Table | Absent:
        """Contracts, schemes and programmes in force."""
        lines = self.folder.table("contrats", "contracts")
        title, id = "Les contrats et schémas existants", "tbl-contrats"
        if lines.empty:
            return self.absent_book(title, "contrats", id)
        frame = pd.DataFrame(
            {
                "name": lines["name"].map(or_none), "type": lines["type"].map(CONTRACTS).fillna(NONE),
                "holder": lines["holder"].map(or_none), "start": lines["start"].map(or_none),
                "end": lines["end"].map(or_none), "link": lines["link"].map(or_none),
            }
        )  # fmt: skip
        over = lines.loc[lines["end"].lt(pd.Timestamp(self.study.as_of)), "name"].tolist()
        before = lines["end"].ge(pd.Timestamp(self.study.as_of)) & lines["end"].lt(
            pd.Timestamp(self.study.as_of) + pd.DateOffset(years=2)
        )
        notes = []
        if over:
            notes.append(f"Terme passé au {day_in_words(self.study.as_of)} : {listed(over)}.")
        if before.any():
            notes.append(f"Se terminent dans les deux ans : {listed(lines.loc[before, 'name'].tolist())}.")
        return Table(
            frame, id=id, caption=title, source=self.workbook_source("contrats"), notes=notes,
            columns={"name": "Contrat", "type": "Type", "holder": "Porteur", "start": "Début", "end": "Fin",
                     "link": "Ce qu’il apporte ou impose"},
        )  # fmt: skip

    def contrats_par_theme(self) -> Table | Absent:
        """Themes and the contracts that touch each; themes that none touches."""
        lines = self.folder.table("contrats", "contracts")
        title, id = "Quel contrat touche quel thème", "tbl-contrats-themes"
        if lines.empty:
            return self.absent(title, "aucun contrat n’est rempli", id)
        told = {t for themes in lines["themes"] for t in themes}
        silent = lines.loc[lines["themes"].map(len).eq(0), "name"].tolist()
        if not told:
            return self.absent(title, "les thèmes d’aucun contrat ne sont remplis", id)
        themes = {**self.themes, **{t: THEMES[t] for t in THEMES if t in told}}
        touching = {t: lines.loc[lines["themes"].map(lambda given, t=t: t in given), "name"] for t in themes}
        frame = pd.DataFrame(
            [
                {"theme": upper_first(label), "n": number(len(touching[t])) if len(touching[t]) else NONE,
                 "contracts": listed([or_none(name) for name in touching[t]])}
                for t, label in themes.items()
            ]
        )  # fmt: skip
        alone = sum(t not in told for t in themes)
        caption = f"{upper_first(counted(alone, 'thème'))} sur {number(len(themes))} qu’aucun contrat rempli ne touche"
        return Table(
            frame, id=id, caption=caption if alone else "Chaque thème est touché par un contrat au moins",
            source=self.workbook_source("contrats"),
            notes=[f"Contrats dont les thèmes ne sont pas remplis : {listed(silent)}."] if silent else [],
            columns={"theme": "Thème", "n": "Contrats", "contracts": "Lesquels"},
        )  # fmt: skip

    def parties(self) -> Table | Absent:
        """Parties: function of who represents, whether it signs, deliberation or « à compléter »."""
        lines = self.folder.table("parties", "parties")
        title, id = "Les parties à la convention", "tbl-parties"
        if lines.empty:
            return self.absent_book(title, "parties", id)
        if lines["signs"].eq("").all():
            n = counted(len(lines), "organisme est proposé", "organismes sont proposés")
            reason = f"{n} dans parties.xlsx, aucun n’est encore dit signataire, {self.asked_of('intercommunalité')}"
            return self.absent(title, reason, id)
        signs = {"oui": "oui", "non": "non", "": TO_COMPLETE}
        frame = pd.DataFrame(
            {
                "name": lines["name"].map(or_none), "type": lines["type"].map(PARTY_TYPES).fillna(NONE),
                "function": lines["function"].map(or_none), "signs": lines["signs"].map(signs),
                "deliberation": [_deliberation(row) for row in lines.to_dict("records")],
            }
        )  # fmt: skip
        return Table(
            frame, id=id, caption=title, source=self.workbook_source("parties"),
            columns={"name": "Organisme", "type": "Type", "function": "Représenté par", "signs": "Signe",
                     "deliberation": "Délibération ou décision"},
        )  # fmt: skip

    def competences(self) -> Table | Absent:
        """Who exercises which competence; competences of which nothing is said are named."""
        lines = self.folder.table("parties", "competences")
        title, id = "Qui exerce quelle compétence", "tbl-competences"
        if not (lines["holder"].ne("") | lines["by_communes"].eq("oui")).any():
            reason = "aucun titulaire n’est rempli dans la feuille « Compétences » de parties.xlsx"
            return self.absent(title, f"{reason}, {self.asked_of(BOOKS['parties'].audience)}", id)
        order = {key: i for i, key in enumerate(COMPETENCES)}
        lines = lines.sort_values("competence", key=lambda c: c.map(order), kind="stable")
        parties = self.folder.table("parties", "parties").set_index("id")["name"].to_dict()
        frame = pd.DataFrame(
            [
                {
                    "competence": COMPETENCES.get(row["competence"], NONE), "holder": self._holder(row, parties),
                    "since": or_none(row["since"]), "basis": or_none(row["basis"]),
                }
                for row in lines.to_dict("records")
            ]
        )  # fmt: skip
        silent = [label for key, label in COMPETENCES.items() if key not in set(lines["competence"])]
        notes = [f"Rien n’est rempli pour : {' ; '.join(silent)}."] if silent else []
        return Table(
            frame, id=id, caption=title, source=self.workbook_source("parties"), notes=notes,
            columns={"competence": "Compétence", "holder": "Exercée par", "since": "Depuis le", "basis": "Fondement"},
        )  # fmt: skip

    def _holder(self, row: dict, parties: Mapping[Any, Any]) -> str:
        codes = [self.study.communes_by_code.get(c, c) for c in row["communes"]]
        where = f" ({', '.join(codes)})" if codes else ""
        if row["by_communes"] == "oui":
            return f"les communes{where}"
        if not row["holder"]:
            return TO_COMPLETE
        return f"{parties.get(row['holder'], row['holder'])}{where}"

    def sppe(self) -> Table | Absent:
        """Duties of the service public de la petite enfance, as computed, and why."""
        duties = summary(self.duties())
        title, id = "Ce que la loi demande pour la petite enfance", "tbl-sppe"
        if duties.empty:
            reason = f"ces obligations viennent de la {LAW}, postérieure à la date de l’étude"
            return self.absent(title, reason, id)
        frame = pd.DataFrame(
            {
                "label": duties["label"], "holder": duties["holder"],
                "population": [NONE if pd.isna(v) else number(v) for v in duties["population"]],
                "due": [_due(row) for row in duties.to_dict("records")], "why": duties["why"].map(upper_first),
            }
        )  # fmt: skip
        people = self.study.source_line(self.study.communes("population"))
        parties = self.workbook_source("parties") + " ; " if self.folder.has("parties") else ""
        articles = sorted({a for b in duties["basis"] for a in re.findall(r"L\.[\d-]*\d", b)})
        return Table(
            frame, id=id, caption=title,
            source=parties + "population : " + people + ". Traitement : seuils de la loi appliqués par nous",
            columns={"label": "Mission", "holder": "Autorité organisatrice", "population": "Habitants comptés",
                     "due": "Obligation", "why": "Pourquoi"},
            notes=[
                f"Fondement : CASF, art. {enumerate_fr(articles)} ({LAW}).",
                "La loi compte la population totale ; celle-ci est la population municipale, un peu plus faible.",
            ],
        )  # fmt: skip

    def duties(self) -> pd.DataFrame:
        """What the SPPE makes compulsory, and for whom (:func:`ctg_lib.partnership.sppe.duties`)."""
        rows, geography = self.study.communes("population"), self.study.geography
        signing = [geography.territory(code) for code in self.study.config.territories]
        of = {code: t.code for t in signing for code in t.members}
        members = pd.DataFrame({"code": rows["code"], "name": rows["name"], "population": rows["value"]})
        members["epci"] = members["code"].map(of)
        people = members.set_index("code")["population"]
        epci = pd.DataFrame(
            [(t.code, t.name, people.reindex(t.members).sum(skipna=False)) for t in signing],
            columns=["code", "name", "population"],
        )
        return duties(self.folder, members, epci, self.study.as_of)

    # ---------------------------------------------------------------------------------------- blocks

    def points_de_vigilance(self) -> Output:
        """What the control finds, and what a hypothesis is worth."""
        steps = self.calendar.steps
        hypotheses = sum(s.state == "hypothese" for s in steps)
        return self.vigilance(
            *self.control_lines(),
            f"{upper_first(counted(hypotheses, 'étape'))} à l’état d’hypothèse : ne pas en annoncer la date."
            if hypotheses else "",
            self._several_departements(),
            "Les délibérations et les signatures sont des actes : ce chapitre les recopie, il ne les suppose pas.",
        )  # fmt: skip

    def _several_departements(self) -> str:
        """That several Caf are concerned where the territory lies in several départements; empty otherwise."""
        places = [
            self.study.geography.territory(c, level="departement").name
            for c in self.study.territory.departements
        ]
        if len(places) < 2:
            return ""
        return (
            f"Le territoire s’étend sur {number(len(places))} départements ({enumerate_fr(places)}) : plusieurs Caf et services "
            "départementaux y sont compétents, chacun pour ses communes. Qui signe, et qui suit la convention, est à convenir "
            "avec eux ; les chiffres de tout le territoire se demandent à chacun."
        )

    def ce_qui_manque(self) -> Output:
        """What is not filled, from whom it is asked, since when."""
        parties = self.folder.table("parties", "parties")
        lines = self.folder.table("parties", "competences")
        held = set(lines.loc[lines["holder"].ne("") | lines["by_communes"].eq("oui"), "competence"])
        unsaid = [SPPE[m] for m in SPPE if m not in held] if self.folder.has("parties") else []
        silent = int(parties["signs"].eq("").sum())
        asked = self.asked_of("intercommunalité")
        return self.missing(
            "" if self.calendar.steps else f"Le calendrier (study.yml), phases, étapes et dates : {asked}.",
            "" if self.calendar.instances else f"Les instances (study.yml), rôle, fonctions, fréquence : {asked}.",
            self.not_filled("parties"),
            f"Qui signe, pour {counted(silent, 'organisme')} sur {number(len(parties))} : {asked}." if silent else "",
            f"L’autorité organisatrice de {counted(len(unsaid), 'mission')} du SPPE sur {len(SPPE)} : "
            f"{self.asked_of('intercommunalité, communes')}." if unsaid else "",
            self.not_filled("contrats"),
        )  # fmt: skip

    def questions_du_groupe(self) -> Output:
        """Questions for the working group."""
        return self.questions(
            "Qui manque autour de la table pour décider de chaque thème ?",
            "Quel contrat existant porte déjà une action que la convention reprendrait ?",
            "Quelles communes gardent la compétence petite enfance, et laquelle des missions veulent-elles confier ?",
        )  # fmt: skip


def _due(row: dict) -> str:
    """« obligatoire depuis le 1er janvier 2025 (plus de 3 500 habitants) »."""
    threshold = f" (au-dessus de {number(row['threshold'])} habitants)" if row["threshold"] else ""
    since = or_none(row["since"])
    when = f" depuis le {since}" if row["due"] == MANDATORY and since != NONE else ""
    return f"{row['due']}{when}{threshold}"


def _deliberation(row: dict) -> str:
    """« n° 2026-41, 12 mars 2026 », or « à compléter »; « – » for who does not sign."""
    parts = [row["deliberation"], or_none(row["deliberation_date"])]
    said = ", ".join(p for p in parts if p and p != NONE)
    what = SUBJECTS.get(row["subject"], "objet à compléter")
    said = f"{upper_first(what)} : {said}" if said else ""
    return said or (NONE if row["signs"] == "non" else TO_COMPLETE)
