"""Chapter 16: how the convention goes, year by year; where it starts from while it has not begun; what changed since."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from ctg_lib.agreement import follow_up, governance
from ctg_lib.agreement.books.plan import FREQUENCIES, INDICATOR_KINDS
from ctg_lib.agreement.books.suivi import ADVANCES, EVALUATION
from ctg_lib.agreement.editions import Compared
from ctg_lib.agreement.follow_up import BEHIND, GOOD, READINGS, Point, Track
from ctg_lib.agreement.measurability import span_of
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.gantt import day_in_words
from ctg_lib.display.heat import HeatTable
from ctg_lib.display.output import md
from ctg_lib.display.paths import BROKEN, MEASURE, MOST, START, TARGET, paths
from ctg_lib.display.prose import unit_of, upper_first, year_of
from ctg_lib.display.table import KeyFigure, Output, Table, prose
from ctg_lib.display.typography import counted, enumerate_fr, euros, number, signed
from ctg_lib.partnership.books.financement import PAYERS
from ctg_lib.study.chapters.agreed import AgreedChapter
from ctg_lib.study.chapters.answers import Told
from ctg_lib.study.chapters.folder_base import NONE, or_none, quoted
from ctg_lib.study.editions import Editions, editions_of
from ctg_lib.study.follow_up import tracks_of

SAID: dict[str, tuple[str, str]] = {
    "realisee": ("réalisée", "réalisées"), "en_cours": ("en cours", "en cours"), "non_commencee": ("pas commencée", "pas commencées"),
    "reportee": ("reportée", "reportées"), "abandonnee": ("abandonnée", "abandonnées"),
}  # fmt: skip
"""State of an action, of one and of several, in the order in which they are told."""
TONES: dict[str, str] = {
    "realisee": "ctg-heat-better-far", "en_cours": "ctg-heat-better", "reportee": "ctg-heat-worse", "abandonnee": "ctg-heat-worse-far",
}  # fmt: skip
UNTOLD = "rien n’est dit"
MOST_NUMBERS = 20
"""Figures of the dictionary told one by one from an edition to the next."""


class Suivi(AgreedChapter):
    """Progress, means, indicators of the latest year; initial state and evaluation frame; what changed since an edition."""

    name = "suivi"
    reads = ("suivi", "plan")

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years that are told."""
        return follow_up.years(self.agreement)

    @property
    def year(self) -> int | None:
        """The latest of them."""
        return self.years[-1] if self.years else None

    @property
    def begun(self) -> bool:
        """Whether the convention runs."""
        return follow_up.begun(self.agreement, self.study.config.contract, self.study.as_of)

    @cached_property
    def progress(self) -> pd.DataFrame:
        """What the latest year says of each action; without a line before the first one."""
        return follow_up.progress(self.agreement, self.year or 0)

    @cached_property
    def tracks(self) -> tuple[Track, ...]:
        """Indicators of the plan, with their measures."""
        return tracks_of(self.study)

    @cached_property
    def means(self) -> pd.DataFrame:
        """What was planned and spent, by year."""
        return follow_up.means(self.agreement, ["year"])

    @cached_property
    def editions(self) -> Editions | None:
        """This study beside the one it follows on."""
        return editions_of(self.study)

    @property
    def empty(self) -> bool:
        """Whether neither a plan nor a follow-up is written."""
        return self.agreement.table("plan", "actions").empty and not self.agreement.has("suivi")

    # ---------------------------------------------------------------------------------------- essential

    def essentiel(self) -> Output:
        """How actions go, what was spent, where indicators stand, what changed; the start while nothing has begun."""
        if self.empty:
            return self.essential(
                "**Il n’y a encore rien à suivre** : le plan d’action n’est pas écrit. Ce chapitre dira chaque année où en sont les "
                "actions, ce qu’elles ont coûté et ce qui a changé.", self.changed_message(), self.control_errors(),
            )  # fmt: skip
        if self.year is None:
            return self.essential(self.before_message(), self.start_message(), self.frame_message(), self.changed_message(), self.control_errors())  # fmt: skip
        return self.essential(
            self.progress_message(), self.money_message(), self.measure_message(), self.broken_message(), self.changed_message(),
            self.control_errors(),
        )  # fmt: skip

    def before_message(self) -> str:
        """That the convention has not begun, or that no year of it is told."""
        start, end = (self.study.config.contract.get(key) for key in ("start", "end"))
        if not self.begun:
            when = f" : elle commence le {day_in_words(start)}" if start else ""
            until = f" et finit le {day_in_words(end)}" if start and end else ""
            return f"**La convention n’a pas commencé**{when}{until}. Ce chapitre dit d’où elle part et comment elle sera jugée."
        since = f" depuis le {day_in_words(start)}" if start else ""
        return f"**La convention court{since}, mais aucune année n’est encore racontée** dans suivi.xlsx."

    def start_message(self) -> str:
        """How many indicators have a baseline; which wait."""
        if not self.tracks:
            return (
                "Aucun indicateur n’est écrit dans le plan d’action : rien ne dira si les actions ont servi."
            )
        known = [t for t in self.tracks if not math.isnan(t.baseline)]
        kinds = [
            f"{number(n)} de {label}"
            for key, label in INDICATOR_KINDS.items()
            if (n := sum(t.kind == key for t in known))
        ]
        head = (
            f"**{upper_first(counted(len(known), 'indicateur a', 'indicateurs ont'))} une valeur de départ**"
        )
        if len(known) < len(self.tracks):
            head += f" sur {number(len(self.tracks))}"
        again = sum(bool(t.indicator) for t in self.tracks)
        text = f"{head} : {enumerate_fr(kinds)}."
        if again:
            verb = "sera remesuré" if again == 1 else "seront remesurés"
            text += f" {upper_first(counted(again, 'indicateur'))} du dictionnaire {verb} à chaque nouvelle publication ; les autres par ceux que le plan désigne."
        return text

    def frame_message(self) -> str:
        """How many questions the evaluation will answer."""
        table = self.agreement.table("suivi", "evaluation")
        if table.empty:
            return "Les questions de l’évaluation finale ne sont pas encore écrites (suivi.xlsx, « Évaluation »)."
        criteria = [label for key, label in EVALUATION.items() if table["criterion"].eq(key).any()]
        return f"{upper_first(counted(len(table), 'question'))} d’évaluation {'est posée' if len(table) < 2 else 'sont posées'} dès maintenant : {enumerate_fr(criteria)}."

    def progress_message(self) -> str:
        """n actions followed: how many done, under way, late, given up."""
        states = self.progress["state"]
        said = [counted(n, *SAID[key]) for key in SAID if (n := int(states.eq(key).sum()))]
        silent = self.progress.loc[states.eq(""), "id"].tolist()
        text = f"**En {self.year}, {counted(len(self.progress), 'action suivie', 'actions suivies')}** : {enumerate_fr(said) or UNTOLD}"
        text += f" ; rien n’est dit de {enumerate_fr(silent)}." if silent else "."
        stopped = self.progress[states.isin(follow_up.LATE_ADVANCES)]
        if len(stopped):
            named = [
                f"« {md(row['title'])} » ({ADVANCES[row['state']]})" for row in stopped.to_dict("records")
            ]
            text += f" Ce qui bute : {enumerate_fr(named)}."
        return text

    def money_message(self) -> str:
        """What was spent against the plan in the latest year and since the start."""
        rows = self.means[self.means["spent"].notna()]
        if rows.empty:
            return "**Aucune dépense n’est encore dite.**"
        last = rows.iloc[-1]
        text = (
            f"**{euros(last['spent'])} dépensés en {int(last['year'])}** pour {euros(last['planned'])} prévus"
        )
        text += f" ({number(100 * last['spent'] / last['planned'])} %)" if last["planned"] else ""
        if len(rows) > 1:
            text += f" ; {euros(rows['spent'].sum())} pour {euros(rows['planned'].sum())} depuis {int(rows['year'].iloc[0])}"
        untold = float(last["untold"])
        text += (
            f". Pour {euros(untold)} de plus, prévus la même année, aucune dépense n’est dite"
            if untold
            else ""
        )
        return f"{text}."

    def measure_message(self) -> str:
        """How many indicators are at their target, in line, behind, too early to tell, not measured."""
        if not self.tracks:
            return ""
        count = {key: sum(t.reading == key for t in self.tracks) for key in READINGS}
        reached, line = count["atteinte"] + count["tenue"], count["dans_le_rythme"]
        behind = [t for t in self.tracks if t.reading in BEHIND]
        said = [
            f"{number(reached)} à {'leur' if reached > 1 else 'sa'} cible" if reached else "", f"{number(line)} dans le rythme" if line else "",
            f"{number(len(behind))} en retard sur le chemin prévu" if behind else "",
            f"{number(count['trop_tot'])} dont il est trop tôt pour parler" if count["trop_tot"] else "",
            f"{number(count['rompu'])} dont la série est rompue" if count["rompu"] else "",
            f"{number(count['non_mesure'])} sans mesure" if count["non_mesure"] else "",
        ]  # fmt: skip
        text = f"**Sur {counted(len(self.tracks), 'indicateur')}** : {enumerate_fr([s for s in said if s])}."
        if behind:
            text += f" En retard : {quoted([t.label for t in behind], 3)}."
        return text + self.amended_message()

    def amended_message(self) -> str:
        """Which indicators are read on what was signed, because their start or target changed since; empty without any."""
        said = [f"{quoted([t.label], 1)} ({enumerate_fr(list(t.amended))})" for t in self.tracks if t.amended]
        if not said:
            return ""
        return f" Lus sur ce qui a été signé, et qui a changé depuis : {enumerate_fr(said)}."

    def broken_message(self) -> str:
        """Which series break, and why."""
        broken = [t for t in self.tracks if t.reading == "rompu" and t.latest]
        if not broken:
            return ""
        said = [f"« {md(t.label)} » ({md(t.latest.why.rstrip('.'))})" for t in broken if t.latest]
        return f"**Aucun écart n’est calculé pour {enumerate_fr(said)}** : les valeurs ne mesurent pas la même chose."

    def changed_message(self) -> str:
        """What changed since the edition before, in a sentence."""
        found = self.editions
        if found is None:
            return ""
        actions, findings = found.actions, found.findings
        said = [
            counted(len(actions.new), "action ajoutée", "actions ajoutées") if actions.new else "",
            counted(len(actions.gone), "abandonnée", "abandonnées") if actions.gone else "",
            counted(len(actions.touched), "modifiée", "modifiées") if actions.touched else "",
            counted(len(findings.gone), "constat qui n’est plus gardé", "constats qui ne sont plus gardés") if findings.gone else "",
            counted(len(findings.new), "constat nouveau", "constats nouveaux") if findings.new else "",
        ]  # fmt: skip
        kept = [s for s in said if s]
        when = day_in_words(found.before.as_of)
        return f"**Depuis l’édition du {when}** : {enumerate_fr(kept) if kept else 'ni le plan ni les constats n’ont changé'}."

    def chiffres_cles(self) -> Told:
        """Actions by state, spending, indicators at target or in line; None where there is nothing to follow."""
        if self.empty or self.year is None:
            return None
        source, states = self.card_source, self.progress["state"]
        rows = self.means[self.means["spent"].notna()]
        good = sum(t.reading in GOOD for t in self.tracks)
        read = sum(t.reading in GOOD | BEHIND for t in self.tracks)
        return self.cards(
            [
                KeyFigure("actions suivies", number(len(self.progress)), f"réalisées : {number(int(states.eq('realisee').sum()))}", source),
                KeyFigure("reportées ou abandonnées", number(int(states.isin(follow_up.LATE_ADVANCES).sum())), "", source),
                KeyFigure(f"dépensé en {int(rows['year'].iloc[-1])}" if len(rows) else "dépensé", euros(rows["spent"].iloc[-1]) if len(rows) else "non dit",
                          f"prévu : {euros(rows['planned'].iloc[-1])}" if len(rows) else "", source),
                KeyFigure("indicateurs atteints ou dans le rythme", f"{number(good)} sur {number(read)}",
                          f"sans lecture possible : {number(len(self.tracks) - read)}", source),
            ],
            "chiffres-cles-suivi",
        )  # fmt: skip

    # ------------------------------------------------------------------------------------ actions

    def actions_dites(self) -> Told:
        """« Les actions »: what their leaders say; None before the first year told."""
        if self.year is None or self.progress.empty:
            return None
        return prose(
            "## Les actions\n\nCe que les pilotes disent de chaque année : où en est l’action, ce qui a été fait, ce qui a bloqué."
        )

    def avancement(self) -> HeatTable | None:
        """Actions × years: state of each; None before the first year told."""
        if self.year is None or self.progress.empty:
            return None
        told = self.agreement.table("suivi", "progress")
        rows: list[dict[str, Any]] = []
        for line in follow_up.followed(self.agreement).to_dict("records"):
            row: dict[str, Any] = {"action": f"{line['id']} — {line['title']}"}
            for year in self.years:
                own = told[told["action"].eq(line["id"]) & told["year"].eq(year)]["state"]
                state = own.iloc[-1] if len(own) else ""
                row[f"y{year}"] = upper_first(ADVANCES[state]) if state else NONE
                row[f"y{year}_class"] = TONES.get(state, "")
            rows.append(row)
        done = int(self.progress["state"].eq("realisee").sum())
        return HeatTable(
            pd.DataFrame(rows), id="tbl-avancement", source=self.agreed_source("suivi", "plan"), row_header="action",
            caption=f"Avancement : {counted(done, 'action réalisée', 'actions réalisées')} sur {number(len(self.progress))} en {self.year}",
            columns={"action": "Action", **{f"y{year}": str(year) for year in self.years}},
            notes=["« – » : rien n’est dit de cette année-là."], tints="Couleurs : bleu, elle avance ; orange, elle bute.",
        )  # fmt: skip

    def annee(self) -> Table | None:
        """The latest year, action by action: done, difficulties, what comes; None before the first one."""
        if self.year is None:
            return None
        told = self.progress[self.progress["state"].ne("")]
        if told.empty:
            return None
        rows = [
            {"action": f"{r['id']} — {r['title']}", "state": upper_first(ADVANCES[r["state"]]), "done": r["done"] or NONE,
             "difficulties": r["difficulties"] or NONE, "next": r["next"] or NONE}
            for r in told.to_dict("records")
        ]  # fmt: skip
        return Table(
            pd.DataFrame(rows), id="tbl-annee", caption=f"{self.year}, action par action", source=self.agreed_source("suivi"),
            columns={"action": "Action", "state": "État", "done": "Ce qui a été fait", "difficulties": "Difficultés", "next": "Suite"},
            notes=["Dit par les pilotes des actions."],
        )  # fmt: skip

    # ------------------------------------------------------------------------------------ means

    def moyens_dits(self) -> Told:
        """« L’argent »: what the tables compare; None where no spending is told."""
        if not follow_up.means(self.agreement)["spent"].notna().any():
            return None
        return prose("## L’argent\n\nCe que le plan prévoyait, ce qui a été dépensé, et qui l’a payé.")

    def moyens(self) -> Table | None:
        """Planned and spent, action by action, latest year and since the start; None where no spending is told."""
        table = follow_up.means(self.agreement)
        table = table[table["spent"].notna()]
        if table.empty:
            return None
        titles = dict(
            zip(
                self.agreement.table("plan", "actions")["id"],
                self.agreement.table("plan", "actions")["title"],
                strict=True,
            )
        )
        last = int(table["year"].max())
        rows = []
        for action in dict.fromkeys(table["action"]):
            own = table[table["action"].eq(action)]
            now = own[own["year"].eq(last)]
            rows.append(
                {
                    "action": f"{action} — {titles.get(action, '')}", "planned": _euros(now["planned"].sum()) if len(now) else NONE,
                    "spent": _euros(now["spent"].sum()) if len(now) else NONE, "part": _part(now),
                    "planned_all": euros(own["planned"].sum()), "spent_all": euros(own["spent"].sum()),
                }
            )  # fmt: skip
        now = table[table["year"].eq(last)]
        total = {
            "action": "Ensemble", "planned": euros(now["planned"].sum()), "spent": euros(now["spent"].sum()), "part": _part(now),
            "planned_all": euros(table["planned"].sum()), "spent_all": euros(table["spent"].sum()), "all": True,
        }  # fmt: skip
        frame = pd.DataFrame([*rows, total])
        frame["all"] = frame["all"].eq(True) if "all" in frame else False
        first = int(table["year"].min())
        since = f"depuis {first}"
        return Table(
            frame, id="tbl-moyens", source=self.agreed_source("suivi", "plan"), highlight="all",
            caption=f"Les moyens : {euros(now['spent'].sum())} dépensés en {last}, {_part(now)} de ce qui était prévu",
            columns={"action": "Action", "planned": f"Prévu en {last}", "spent": f"Dépensé en {last}", "part": "Part dépensée",
                     "planned_all": f"Prévu {since}", "spent_all": f"Dépensé {since}"},
            notes=["Seules les actions et les années dont une dépense est dite y sont : ce qui n’est pas dit n’est pas un zéro."],
        )  # fmt: skip

    def financeurs(self) -> Table | None:
        """Who was to pay and who paid; None where no receipt is told."""
        table = follow_up.receipts(self.agreement)
        if table.empty or not table["received"].any():
            return None
        rows = [
            {"funder": upper_first(PAYERS[r["funder"]]) if r["funder"] else "Financeur non dit", "planned": euros(r["planned"]),
             "received": euros(r["received"]), "gap": signed(r["received"] - r["planned"], 0, "€") if r["received"] != r["planned"] else "0 €"}
            for r in table.to_dict("records")
        ]  # fmt: skip
        return Table(
            pd.DataFrame(rows), id="tbl-financeurs-suivi", source=self.agreed_source("suivi", "plan"),
            caption="Qui devait payer, qui a payé, depuis le début",
            columns={"funder": "Financeur", "planned": "Prévu", "received": "Reçu", "gap": "Écart"},
            notes=["Sur les mêmes actions et les mêmes années des deux côtés."],
        )  # fmt: skip

    # ------------------------------------------------------------------------------------ indicators

    def mesures_dites(self) -> Told:
        """« Ce qui est mesuré »: how an indicator is read; None without any."""
        if not self.tracks:
            return None
        if self.year is None:
            return prose(
                "## L’état initial\n\nChaque indicateur part d’une valeur connue avant l’action. Sans elle, on ne saurait pas dire, dans cinq "
                "ans, ce qui a changé."
            )
        return prose(
            "## Ce qui est mesuré\n\nLe chemin prévu est la ligne droite qui va de la valeur de départ à la cible. Un indicateur est « dans le "
            "rythme » quand il a avancé, depuis son départ, de plus que ce dont il varie de lui-même, et n’est pas plus loin sous ce chemin "
            "que cette variation ; « trop tôt pour le dire » quand le chemin lui-même n’a pas encore avancé de plus que cette variation, ou "
            "quand la mesure est, à cette variation près, aussi proche du départ que du chemin."
        )

    def chemins(self) -> Figure | Absent | None:
        """Each measured indicator on the line from its start to its target, those behind first; None without any."""
        kept = [t for t in self.tracks if t.latest is not None and t.reading != "sans_cible" and t.target_on]
        order = [*(k for k in READINGS if k in BEHIND), *(k for k in READINGS if k not in BEHIND)]
        kept.sort(key=lambda t: order.index(t.reading))
        points = [point for track in kept for point in _path(track)]
        if not points:
            return None
        behind = [t for t in kept if t.reading in BEHIND]
        title = (
            f"{upper_first(counted(len(behind), 'indicateur'))} en retard sur le chemin prévu, sur {number(len(kept))} mesurés"
            if behind
            else f"Aucun des {number(len(kept))} indicateurs mesurés n’est en retard sur le chemin prévu"
        )
        return paths(
            pd.DataFrame(points), id="fig-chemins", title=title, source=self.agreed_source("plan", "suivi"),
            subtitle="De la valeur de départ à la cible, et ce qui est mesuré ; chaque cadre a son échelle", notes=_amended_note(kept[:MOST]),
        )  # fmt: skip

    def indicateurs(self) -> HeatTable | None:
        """Indicators: start, where the line stands, measure, target, reading; None without any."""
        if not self.tracks:
            return None
        running = self.year is not None
        rows = [self._row(track) for track in self.tracks]
        columns = {"label": "Indicateur", "start": "Départ"}
        if running:
            columns |= {"latest": "Mesuré", "expected": "Chemin prévu", "target": "Cible", "reading": "Lecture"}  # fmt: skip
        else:
            columns |= {"target": "Cible", "source": "Source", "who": "Mesuré par"}
        good = sum(t.reading in GOOD for t in self.tracks)
        read = sum(t.reading in GOOD | BEHIND for t in self.tracks)
        caption = (
            f"Indicateurs : {number(good)} atteints ou dans le rythme, sur {number(read)} qui se lisent"
            if running
            else f"D’où l’on part, où l’on veut aller : {counted(len(rows), 'indicateur')}"
        )
        return HeatTable(
            pd.DataFrame(rows), id="tbl-indicateurs-suivi", caption=caption, columns=columns, row_header="label",
            source=self.agreed_source("plan", "suivi") if running else self.agreed_source("plan"), notes=self._indicator_notes() if running else [],
            tints="Couleurs : bleu, atteint ou dans le rythme ; orange, en retard." if running else "",
        )  # fmt: skip

    def _row(self, track: Track) -> dict[str, Any]:
        line = self._indicator_lines[track.id]
        latest = track.latest
        reading = upper_first(READINGS[track.reading])
        return {
            "label": f"{track.id} — {upper_first(track.label)} ({track.action})",
            "start": f"{_value(track.baseline, track)} ({year_of(track.baseline_period)})",
            "expected": _expected(track),
            "latest": "pas mesuré" if latest is None else f"{_measured(latest, track)} ({year_of(latest.period)})",
            "target": _target(track), "reading": reading,
            "reading_class": "ctg-heat-better" if track.reading in GOOD else "ctg-heat-worse" if track.reading in BEHIND else "ctg-status",
            "source": f"{line['source']}, {FREQUENCIES.get(line['frequency'], line['frequency'])}", "who": line["responsible"] or NONE,
        }  # fmt: skip

    @cached_property
    def _indicator_lines(self) -> dict[str, dict[str, Any]]:
        lines = self.agreement.table("plan", "indicators").to_dict("records")
        return {str(line["id"]): {str(n): v for n, v in line.items()} for line in lines}

    def _indicator_notes(self) -> list[str]:
        again = [t.id for t in self.tracks if any(p.origin == "dictionnaire" for p in t.points)]
        awaited = [
            f"{t.id} ({year_of(t.baseline_period)})" for t in self.tracks if t.indicator and not t.points
        ]
        exact = [t.id for t in self.tracks if t.noise is None and t.reading in GOOD | BEHIND]
        broken = [f"{t.id} : {t.latest.why.rstrip('.')}" for t in self.tracks if t.reading == "rompu" and t.latest]  # fmt: skip
        return [
            note
            for note in (
                f"Remesurés d’après le dictionnaire, avec la même définition : {', '.join(again)}." if again else "",
                f"Du dictionnaire, sans chiffre paru depuis l’année de départ : {', '.join(awaited)}." if awaited else "",
                f"Séries rompues, aucun écart n’est calculé : {' ; '.join(broken)}." if broken else "",
                f"Lus comme exacts, faute de connaître leur variation ordinaire : {', '.join(exact)}." if exact else "",
                "Lus sur la cible signée ; la colonne « Cible » dit ce qui a changé depuis." if any(t.amended for t in self.tracks) else "",
                "Chemin prévu : la valeur à la date de la mesure, ± ce dont l’indicateur varie de lui-même depuis le départ.",
                "Un nombre de gens libres de venir varie par hasard (loi de Poisson, 95 %) ; ce que le porteur décide, non.",
            )
            if note
        ]  # fmt: skip

    # ------------------------------------------------------------------------------------ evaluation

    def evaluation(self) -> Table | None:
        """Questions of the evaluation, how they will be answered, answers given by the study's date; None without any."""
        table = self.agreement.table("suivi", "evaluation")
        if table.empty:
            return None
        known = table["answered_on"].isna() | table["answered_on"].le(pd.Timestamp(self.study.as_of))
        answers = table["answer"].where(known, "")
        order = {key: rank for rank, key in enumerate(EVALUATION)}
        rows = [
            {
                "criterion": upper_first(EVALUATION[r["criterion"]]) if r["criterion"] else NONE, "question": r["question"], "how": r["how"] or "à préciser",
                "answer": f"{answer} ({', '.join(p for p in (r['answered_by'], or_none(r['answered_on'])) if p and p != NONE)})" if answer else "à venir",
            }
            for r, answer in sorted(zip(table.to_dict("records"), answers, strict=True), key=lambda pair: order.get(pair[0]["criterion"], 9))
        ]  # fmt: skip
        answered = int(answers.ne("").sum())
        return Table(
            pd.DataFrame(rows), id="tbl-evaluation", source=self.agreed_source("suivi"),
            caption=f"Cadre d’évaluation : {counted(len(rows), 'question')}, {counted(answered, 'réponse')}",
            columns={"criterion": "Critère", "question": "Question", "how": "Comment y répondre", "answer": "Réponse"},
            notes=["Critères du cadre national de la Cnaf : cohérence et pertinence, atteinte des objectifs, moyens, durabilité."],
        )  # fmt: skip

    # ------------------------------------------------------------------------------------ since the edition before

    def editions_dites(self) -> Told:
        """« Ce qui a changé depuis … »: which editions, what compares; None where the study follows on none."""
        found = self.editions
        if found is None:
            return None
        when = day_in_words(found.before.as_of)
        text = f"L’édition précédente (« {md(found.before.config.title)} ») est datée du {when}. "
        if found.geography:
            text += f"{upper_first(found.geography)}."
            return prose(f"## Ce qui a changé depuis l’édition précédente\n\n{text}")
        count = {kind: [m for m in found.numbers if m.kind == kind] for kind in ("suivant", "revise", "rompu", "nouveau", "disparu")}  # fmt: skip
        text += f"{upper_first(counted(found.known, 'chiffre du dictionnaire est connu', 'chiffres du dictionnaire sont connus'))} des deux éditions"
        moved = len(count["suivant"]) + len(count["revise"]) + len(count["rompu"])
        text += (
            f" ; {number(moved)} {'ont' if moved > 1 else 'a'} une valeur nouvelle."
            if moved
            else " ; aucun n’a de valeur nouvelle."
        )
        if count["disparu"]:
            text += f" {upper_first(counted(len(count['disparu']), 'chiffre'))} de la précédente ne se {'retrouve' if len(count['disparu']) < 2 else 'retrouvent'} pas ici à une date aussi récente : une réponse de partenaire qui n’a pas été redemandée, le plus souvent."
        if count["nouveau"]:
            text += f" {upper_first(counted(len(count['nouveau']), 'chiffre n’était pas connu', 'chiffres n’étaient pas connus'))}."
        return prose(f"## Ce qui a changé depuis l’édition précédente\n\n{text}")

    def editions_chiffres(self) -> Table | None:
        """Figures with a new value, in both editions; breaks told, no difference drawn; None without any."""
        found = self.editions
        moved = (
            [m for m in found.numbers if m.kind in ("suivant", "revise", "rompu")][:MOST_NUMBERS]
            if found
            else []
        )
        if not moved or found is None:
            return None
        words = {"above": "plus", "below": "moins", "close": "écart trop petit ou trop incertain"}
        rows = [
            {
                "label": m.label, "before": f"{m.before} ({year_of(m.before_period)})", "after": f"{m.after} ({year_of(m.after_period)})",
                "gap": m.difference if m.side in ("above", "below") else NONE,
                "read": f"ne se comparent pas : {m.why}" if m.kind == "rompu" else ("corrigé par qui le publie" if m.kind == "revise" else words.get(m.side, NONE)),
            }
            for m in moved
        ]  # fmt: skip
        every = [m for m in found.numbers if m.kind in ("suivant", "revise", "rompu")]
        ids = "+".join(dict.fromkeys(id for m in moved for id in m.sources))
        return Table(
            pd.DataFrame(rows), id="tbl-editions-chiffres", source=self.study.source_ids_line(ids) or "données de l’étude",
            caption=f"Chiffres du territoire : {counted(len(every), 'valeur nouvelle', 'valeurs nouvelles')}",
            columns={"label": "Indicateur", "before": "Édition précédente", "after": "Cette édition", "gap": "Écart", "read": "Lecture"},
            notes=[f"Les {number(MOST_NUMBERS)} premiers, ceux qui bougent le plus d’abord."] if len(every) > len(rows) else [],
        )  # fmt: skip

    def editions_textes(self) -> Table | None:
        """Findings, actions and indicators of the plan that are new, gone or changed; None without any."""
        found = self.editions
        if found is None:
            return None
        rows: list[dict[str, str]] = []
        for what, compared in (("Constat", found.findings), ("Action", found.actions), ("Indicateur", found.indicators)):  # fmt: skip
            rows += _changes(what, compared)
        if not rows:
            return None
        return Table(
            pd.DataFrame(rows), id="tbl-editions-textes", source=self.agreed_source("suivi", "plan"),
            caption=f"Constats, actions, indicateurs : {counted(len(rows), 'changement')}",
            columns={"title": "Constat, action, indicateur", "change": "Changement", "before": "Avant", "after": "Maintenant"},
        )  # fmt: skip

    # ------------------------------------------------------------------------------------ blocks

    def points_de_vigilance(self) -> Output:
        """What misleads in a follow-up."""
        if self.empty:
            return self.vigilance(
                *self.control_lines(),
                "Ce qui n’est pas compté dès le départ ne pourra pas l’être à l’arrivée.",
            )
        alone = sum(
            t.latest is not None and len([p for p in t.points if p.comparable]) == 1 for t in self.tracks
        )
        return self.vigilance(
            *self.control_lines(),
            "« Réalisée » dit que l’action a eu lieu, pas qu’elle a servi : lire les indicateurs de résultat.",
            "Un indicateur qui bouge ne prouve pas que l’action en est la cause : d’autres choses changent en cinq ans.",
            f"{upper_first(counted(alone, 'indicateur n’a', 'indicateurs n’ont'))} qu’une mesure depuis le départ : un point ne fait pas une tendance." if alone and self.year else "",
            "Une dépense plus basse que prévu est rarement une économie : c’est d’abord ce qui n’a pas été fait." if len(self.means) else "",
        )  # fmt: skip

    def ce_qui_manque(self) -> Output:
        """What is not filled in the workbook."""
        if self.empty:
            return self.unfilled(["plan-action.xlsx : les actions et leurs indicateurs."])
        if self.year is None:
            return self.unfilled(
                [
                    f"Indicateurs sans valeur de départ : {', '.join(t.id for t in self.tracks if math.isnan(t.baseline))}." if any(math.isnan(t.baseline) for t in self.tracks) else "",
                    "Questions d’évaluation (suivi.xlsx, « Évaluation »)." if self.agreement.table("suivi", "evaluation").empty else "",
                    "Avancement, mesures et dépenses : à dire à la fin de la première année." if self.begun else "",
                ]
            )  # fmt: skip
        silent = self.progress.loc[self.progress["state"].eq(""), "id"].tolist()
        late = [t for t in self.tracks if t.reading == "non_mesure"]
        by = follow_up.means(self.agreement)
        untold = [f"{r['action']} en {int(r['year'])}" for r in by.to_dict("records") if r["untold"] > 0]
        register = governance.decisions(self.agreement, self.study.as_of)
        return self.unfilled(
            [
                f"Avancement de {self.year} : {', '.join(silent)}." if silent else "",
                f"Indicateurs jamais mesurés depuis le départ : {', '.join(t.id for t in late)}." if late else "",
                f"Dépenses non dites : {enumerate_fr(untold)}." if untold else "",
                f"Décisions en retard : {', '.join(register.loc[register['late'], 'id'])}." if register["late"].any() else "",
            ]
        )  # fmt: skip

    def questions_du_groupe(self) -> Output:
        """Questions that people in a room can answer."""
        if self.empty or self.year is None:
            return self.questions(
                "Dans cinq ans, à quoi chacun verra-t-il, là où il est, que la convention a servi ?",
                "Qui notera les chiffres que personne ne publie, et quand ?",
            )
        stuck = self.progress[self.progress["state"].isin(follow_up.LATE_ADVANCES)]
        behind = [t for t in self.tracks if t.reading in BEHIND and t.kind == "resultat"] or [
            t for t in self.tracks if t.reading in BEHIND
        ]
        return self.questions(
            f"« {md(stuck['title'].iloc[0])} » est {ADVANCES[stuck['state'].iloc[0]]} : le besoin auquel elle répondait a-t-il disparu ?" if len(stuck) else "",
            f"« {upper_first(md(behind[0].label))} » : qu’est-ce qui, sur le terrain, explique l’écart avec le chemin prévu ?" if behind else "",
            "Quelle action mérite plus de moyens l’an prochain, et à laquelle les prendre ?",
            "Que disent les habitants concernés de ce qui a changé pour eux ?",
        )  # fmt: skip


# ------------------------------------------------------------------------------------------- words


def _path(track: Track) -> list[dict[str, Any]]:
    """Points of one indicator for :func:`ctg_lib.display.paths.paths`; none where its start has no day."""
    base = span_of(track.baseline_period)
    if base is None or track.target_on is None:
        return []
    name = f"{upper_first(track.label)} ({track.action})"
    out = [
        (START, base.last, track.baseline, math.nan, math.nan),
        (TARGET, track.target_on, track.target, math.nan, math.nan),
    ]
    out += [(MEASURE if p.comparable else BROKEN, p.day, p.value, p.low, p.high) for p in track.points]
    broken = {p.day: p for p in track.points if not p.comparable}
    return [
        {"name": name, "kind": kind, "year": _year_and_part(day), "value": value, "lower": low, "upper": high,
         "said": _measured(broken[day], track) if kind == BROKEN else _value(value, track, unit=False),
         "unit": (broken[day].unit or "autre mesure") if kind == BROKEN else track.unit}
        for kind, day, value, low, high in out
    ]  # fmt: skip


def _amended_note(tracks: Iterable[Track]) -> tuple[str, ...]:
    """« Lus tels que signés … »: whose start or target changed since the convention was signed."""
    said = [f"« {t.label} », {enumerate_fr(list(t.amended))}" for t in tracks if t.amended]
    return (f"Lus sur ce qui a été signé ; ont changé depuis : {' ; '.join(said)}.",) if said else ()


def _target(track: Track) -> str:
    """« 120 soirées (2029) », with what changed since it was signed."""
    text = f"{_value(track.target, track)} ({_year(track)})"
    return f"{text} ; depuis la signature : {enumerate_fr(list(track.amended))}" if track.amended else text


def _measured(point: Point, track: Track) -> str:
    """A measure with its unit: its own where the series is broken."""
    if point.comparable:
        return _value(point.value, track)
    text = _value(point.value, track, unit=False)
    return f"{text} {unit_of(point.value, point.unit)}" if point.unit else f"{text}, autre mesure"


def _year_and_part(day: date) -> float:
    """2027.5 for the middle of 2027."""
    return day.year + (day.timetuple().tm_yday - 1) / 366


def _changes(what: str, compared: Compared) -> list[dict[str, str]]:
    rows = [{"title": f"{what} {id} — {title}", "change": "en plus", "before": NONE, "after": NONE} for id, title in compared.new]  # fmt: skip
    rows += [{"title": f"{what} {g.id} — {g.title}", "change": g.why or "en moins", "before": NONE, "after": NONE} for g in compared.gone]  # fmt: skip
    first = {c.id: n for n, c in reversed(list(enumerate(compared.changed)))}
    for n, c in enumerate(compared.changed):
        title = f"{what} {c.id} — {c.title}" if first[c.id] == n else f"{what} {c.id}"
        rows.append({"title": title, "change": c.field, "before": c.before, "after": c.after})
    return rows


def _value(value: float, track: Track, *, near: bool = False, unit: bool = True) -> str:
    """A value with no more decimals than its indicator is written with (one more at most where it is computed)."""
    if math.isnan(value):
        return NONE
    values = [
        v for v in (track.baseline, track.target, *(p.value for p in track.points)) if not math.isnan(v)
    ]
    decimals = next(
        (n for n in range(4) if all(math.isclose(v, round(v, n), abs_tol=1e-9) for v in values)), 3
    )
    if near and decimals == 0 and abs(value) < 10:
        decimals = 1
    text = number(value, decimals)
    text = text.removesuffix(",0") if near else text
    named = track.unit if track.unit.startswith("%") else unit_of(value, track.unit)
    return f"{text} {named}" if named and unit and not near else text


def _expected(track: Track) -> str:
    """Where the line stands, give or take what the indicator moves by itself."""
    if math.isnan(track.expected):
        return NONE
    near = "" if track.noise is None else f" ± {_value(track.noise, track, near=True)}"
    return f"{_value(track.expected, track, near=True)}{near}"


def _year(track: Track) -> str:
    return "date à fixer" if track.target_on is None else str(track.target_on.year)


def _euros(value: float) -> str:
    return NONE if pd.isna(value) else euros(value)


def _part(rows: pd.DataFrame) -> str:
    planned, spent = float(rows["planned"].sum()), float(rows["spent"].sum())
    return f"{number(100 * spent / planned)} %" if planned else NONE
