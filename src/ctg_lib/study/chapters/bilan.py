"""Chapter 01b: what the previous contract planned, did, cost and changed, and what is proposed next."""

from __future__ import annotations

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import KeyFigure, Output, Table
from ctg_lib.display.typography import counted, enumerate_fr, euros, number, signed
from ctg_lib.partnership.books.bilan import DONE, NEXT
from ctg_lib.study.chapters.folder_base import NONE, FolderChapter, named, or_none, plain_theme, quoted
from ctg_lib.workbooks.common import THEMES

_SAID = {
    "realisee": ("réalisée", "réalisées"), "partielle": ("réalisée en partie", "réalisées en partie"),
    "en_cours": ("en cours", "en cours"), "reportee": ("reportée", "reportées"),
    "abandonnee": ("abandonnée", "abandonnées"),
}  # fmt: skip
_CONTRACT = "Le bilan du contrat précédent"


class Bilan(FolderChapter):
    """Actions of the previous CTG or CEJ."""

    name = "bilan"
    tells = ("bilan",)
    asks = ("epci", "caf", "operateurs")

    @property
    def actions(self) -> pd.DataFrame:
        """Lines of bilan.xlsx, in the order of the themes."""
        lines = self.folder.table("bilan", "actions")
        order = {theme: i for i, theme in enumerate(THEMES)}
        by = lines["theme"].map(order).fillna(len(order))
        return lines.iloc[by.argsort(kind="stable")].reset_index(drop=True)

    # ----------------------------------------------------------------------------------- sentences

    def essentiel(self) -> Output:
        """How many actions, what became of them, what they cost, what is proposed."""
        if self.actions.empty:
            return self.essential(
                f"**Le bilan du contrat précédent n’est pas rempli** : {self.asked_of('intercommunalité, Caf, gestionnaires')}. "
                f"{self.since()}",
                "Sans lui, rien ne dit ce qui a été fait, ce que cela a coûté ni ce qui est à reprendre : c’est la "
                "première pièce qu’une Caf demande.",
                self.control_errors(),
            )
        return self.essential(
            self.states_message(), self.cost_message(), self.next_message(), self.effect_message(),
            self.control_errors(),
        )  # fmt: skip

    def states_message(self) -> str:
        """n actions, how many done, in part, abandoned."""
        lines = self.actions
        states = [(_SAID[key], int(lines["state"].eq(key).sum())) for key in DONE]
        said = [counted(n, *noun) for noun, n in states if n]
        unsaid = int(lines["state"].eq("").sum())
        said += [f"{number(unsaid)} sans état"] if unsaid else []
        contracts = [c for c in lines["contract"].unique() if c]
        where = f" ({named(contracts)})" if contracts else ""
        done = int(lines["state"].eq("realisee").sum())
        head = f"{number(done)} {'action réalisée' if done < 2 else 'actions réalisées'} sur {number(len(lines))}"
        text = f"**{upper_first(head)}**{where} : {enumerate_fr(said)}."
        stopped = lines.loc[lines["state"].eq("abandonnee"), "name"]
        return text + (f" Abandonnées : {quoted(stopped)}." if len(stopped) > 1 else
                       f" Abandonnée : {quoted(stopped)}." if len(stopped) else "")  # fmt: skip

    def costed(self) -> pd.DataFrame:
        """Actions that were done, of which both costs are known: the only ones whose costs compare.

        Of an action given up or not over yet, what was not spent is no saving.
        """
        lines = self.actions
        known = lines["cost"].notna() & lines["cost_planned"].notna()
        return lines[known & lines["state"].eq("realisee")]

    def cost_message(self) -> str:
        """Real cost against the plan, over the actions for which both are known."""
        lines, both = self.actions, self.costed()
        if both.empty:
            return "**Les coûts ne se comparent pas** : aucune action réalisée n’a à la fois un coût prévu et un coût réel."
        planned, real = float(both["cost_planned"].sum()), float(both["cost"].sum())
        done = int(lines["state"].eq("realisee").sum())
        among = (
            f"Pour les {number(done)} actions réalisées"
            if len(both) == done
            else f"Pour {number(len(both))} des {number(done)} actions réalisées, seules à avoir les deux montants"
        )
        if done == 1:
            among = "Pour l’action réalisée"
        gap = f" ({signed(100 * (real - planned) / planned, 0, '%')})" if planned and real != planned else ""
        return f"{among} : **{euros(real)} dépensés pour {euros(planned)} prévus**{gap}."

    def next_message(self) -> str:
        """How many actions to go on with, adapt, stop; how many of which nothing is proposed."""
        lines = self.actions
        counts = [(NEXT[key], int(lines["next"].eq(key).sum())) for key in NEXT]
        said = [f"{verb} {number(n)}" for verb, n in counts if n]
        unsaid = int(lines["next"].eq("").sum())
        if not said:
            return "**Aucune suite n’est encore proposée.**"
        text = f"**Suite proposée** : {enumerate_fr(said)}"
        return text + (f" ; rien n’est proposé pour {number(unsaid)}." if unsaid else ".")

    def effect_message(self) -> str:
        """For how many actions the effect is told, and for how many it rests on a measure."""
        lines = self.actions
        told, measured = int(lines["effect"].ne("").sum()), int(lines["measure"].ne("").sum())
        if not told:
            return "Ce que les actions ont changé n’est dit pour aucune."
        if not measured:
            return f"Ce que cela a changé est dit pour {number(told)} actions sur {number(len(lines))}, sans aucune mesure chiffrée."
        return (
            f"Ce que cela a changé est dit pour {number(told)} actions sur {number(len(lines))}, et mesuré pour "
            f"{number(measured)}."
        )

    # ------------------------------------------------------------------------------ figures, tables

    def chiffres_cles(self) -> Output | Absent:
        """Actions, done, cost planned and real, effects told."""
        lines = self.actions
        if lines.empty:
            return self.absent_book(_CONTRACT, "bilan", "chiffres-cles-bilan")
        source = self.workbook_source("bilan", brief=True)
        both = self.costed()
        among = (
            f"{counted(len(both), 'action réalisée', 'actions réalisées')}" if len(both) < len(lines) else ""
        )
        return self.cards(
            [
                KeyFigure("actions", number(len(lines)), "", source),
                KeyFigure("réalisées", number(int(lines["state"].eq("realisee").sum())),
                          f"en partie : {number(int(lines['state'].eq('partielle').sum()))}", source),
                KeyFigure("coût réel", euros(both["cost"].sum()) if len(both) else "non rempli", among, source),
                KeyFigure("coût prévu des mêmes actions" if among else "coût prévu",
                          euros(both["cost_planned"].sum()) if len(both) else "non rempli", among, source),
            ],
            "chiffres-cles-bilan",
        )  # fmt: skip

    def etats_par_theme(self) -> Figure | Absent:
        """Actions by theme and state."""
        from ctg_lib.display.charts import stacked_bars

        lines, title, id = self.actions, "Ce que sont devenues les actions", "fig-bilan-etats"
        if lines.empty:
            return self.absent_book(title, "bilan", id)
        said = lines[lines["state"].ne("")]
        if said.empty:
            return self.absent(title, "l’état des actions n’est pas rempli", id)
        states = [key for key in DONE if said["state"].eq(key).any()]
        counts = said.groupby(["theme", "state"]).size().to_dict()
        themes = [t for t in [*THEMES, ""] if said["theme"].eq(t).any()]
        frame = pd.DataFrame(
            [
                {"name": _theme(theme), "part": upper_first(DONE[state]), "value": int(counts.get((theme, state), 0))}
                for theme in themes
                for state in states
            ]
        )  # fmt: skip
        unsaid = len(lines) - len(said)
        alt = []
        for theme in themes:
            told = [counted(counts[theme, key], *_SAID[key]) for key in states if (theme, key) in counts]
            alt.append(f"{_theme(theme)} : {', '.join(told)}")
        return stacked_bars(
            frame, id=id, share=False, label="Thème", part_label="État", unit="actions",
            title=self._states_title(), subtitle="Actions du contrat précédent, par thème et par état",
            source=self.workbook_source("bilan"), alt=f"{' ; '.join(alt)} (actions).",
            notes=(f"{upper_first(counted(unsaid, 'action'))} sans état, non dessinée{'s' if unsaid > 1 else ''}.",)
            if unsaid else (),
        )  # fmt: skip

    def _states_title(self) -> str:
        lines = self.actions
        done = int(lines["state"].eq("realisee").sum())
        text = f"{number(done)} {'action réalisée' if done < 2 else 'actions réalisées'} sur {number(len(lines))}"
        by = lines.groupby("theme")["state"].agg(lambda s: int(s.isin(["reportee", "abandonnee"]).sum()))
        worst = by[by.gt(0) & by.eq(by.max())]
        if len(worst) == 1 and worst.iloc[0] > 1:
            theme = plain_theme(str(worst.index[0]))
            text += f" ; reports et abandons surtout : {theme}"
        return text

    def couts_par_theme(self) -> Table | Absent:
        """Planned and real costs by theme, over the actions for which both are known."""
        lines, title, id = self.actions, "Coût prévu, coût réel", "tbl-bilan-couts"
        if lines.empty:
            return self.absent_book(title, "bilan", id)
        both = self.costed()
        if both.empty:
            return self.absent(title, "aucune action n’a à la fois un coût prévu et un coût réel", id)
        groups = [(t, both[both["theme"].eq(t)]) for t in [*THEMES, ""]]
        rows = [
            {
                "theme": _theme(theme), "actions": f"{len(part)} sur {int(lines['theme'].eq(theme).sum())}",
                "planned": float(part["cost_planned"].sum()), "cost": float(part["cost"].sum()),
                "gap": signed(float((part["cost"] - part["cost_planned"]).sum()), 0, "€"),
            }
            for theme, part in groups
            if len(part)
        ]  # fmt: skip
        return Table(
            pd.DataFrame(rows), id=id, caption=title, source=self.workbook_source("bilan"),
            columns={"theme": "Thème", "actions": "Actions comptées", "planned": "Prévu", "cost": "Réel", "gap": "Écart"},
            units={"planned": "€", "cost": "€"},
            notes=["Seules les actions réalisées dont les deux montants sont connus sont comptées : ce qui n’a pas été dépensé pour une action abandonnée ou en cours n’est pas une économie."],
        )  # fmt: skip

    def liste_des_actions(self) -> Table | Absent:
        """Each action: planned, done, state, cost, effect, what is proposed and why."""
        lines, title, id = self.actions, "Les actions, une par une", "tbl-bilan-actions"
        if lines.empty:
            return self.absent_book(title, "bilan", id)
        frame = pd.DataFrame(
            {
                "name": lines["name"].map(or_none), "theme": lines["theme"].map(THEMES).fillna(NONE),
                "state": lines["state"].map(DONE).fillna("non dit"), "planned": lines["planned"].map(or_none),
                "done": lines["done"].map(or_none),
                "cost": [_costs(row) for row in lines.to_dict("records")],
                "effect": [_effect(row) for row in lines.to_dict("records")],
                "next": [_next(row) for row in lines.to_dict("records")],
            }
        )  # fmt: skip
        return Table(
            frame, id=id, caption=title, source=self.workbook_source("bilan"),
            columns={"name": "Action", "theme": "Thème", "state": "État", "planned": "Prévu", "done": "Fait",
                     "cost": "Coût réel (prévu)", "effect": "Ce que cela a changé", "next": "Suite proposée"},
            notes=[f"« {NONE} » : non rempli."],
        )  # fmt: skip

    def suites(self) -> Table | Absent:
        """State × proposal: what is proposed for what was done, and for what was not."""
        lines, title, id = self.actions, "De l’état à la suite", "tbl-bilan-suites"
        if lines.empty:
            return self.absent_book(title, "bilan", id)
        if lines["next"].eq("").all():
            return self.absent(title, "aucune suite n’est encore proposée", id)
        labels = {**NEXT, "": "non dit"}
        counts = lines.groupby(["state", "next"]).size().to_dict()
        used = [key for key in labels if lines["next"].eq(key).any()]
        states = [state for state in [*DONE, ""] if lines["state"].eq(state).any()]
        rows = [
            {"state": upper_first({**DONE, "": "état non dit"}[state]),
             **{f"n-{key}": number(n) if (n := counts.get((state, key), 0)) else NONE for key in used}}
            for state in states
        ]  # fmt: skip
        return Table(
            pd.DataFrame(rows), id=id, caption=title, source=self.workbook_source("bilan"),
            columns={"state": "État", **{f"n-{key}": upper_first(labels[key]) for key in used}},
        )  # fmt: skip

    # ---------------------------------------------------------------------------------------- blocks

    def points_de_vigilance(self) -> Output:
        """What misleads in a list of actions."""
        lines = self.actions
        if lines.empty:
            return self.vigilance(
                *self.control_lines(),
                "Un bilan dit ce qui a eu lieu ; il dit plus rarement ce qui a servi, et à qui.",
            )
        stopped = lines[lines["next"].eq("arreter") & lines["reason"].eq("")]
        return self.vigilance(
            *self.control_lines(),
            "« Réalisée » dit que l’action a eu lieu, pas qu’elle a servi : lire la colonne « Ce que cela a changé ».",
            "Le bilan est déclaré par ceux qui ont conduit les actions ; les bénéficiaires ne l’ont pas relu.",
            f"Arrêt proposé sans motif écrit : {quoted(stopped['name'])}." if len(stopped) else "",
        )  # fmt: skip

    def ce_qui_manque(self) -> Output:
        """What is not filled, from whom it is asked."""
        lines = self.actions
        words = {
            "state": "l’état", "next": "la suite proposée", "effect": "ce que cela a changé", "cost": "le coût réel",
            "cost_planned": "le coût prévu",
        }  # fmt: skip
        empty = {c: lines[c].isna() if c.startswith("cost") else lines[c].eq("") for c in words}
        found = [(int(empty[c].sum()), words[c]) for c in words]
        asked = self.gaps(
            "intercommunalité, gestionnaires", [(n, len(lines), words) for n, words in found], "action"
        )
        return self.missing(self.not_filled("bilan"), asked)

    def questions_du_groupe(self) -> Output:
        """Questions for the working group."""
        lines = self.actions
        shelved = lines.loc[lines["state"].isin(["reportee", "abandonnee"]), "name"]
        which = f" ({quoted(shelved, 3)})" if len(shelved) else ""
        return self.questions(
            f"Qu’est-ce qui a empêché les actions reportées ou abandonnées{which} ?" if len(lines) else
            "Quelles actions du contrat précédent chacun a-t-il vues, et lesquelles lui ont manqué ?",
            "Parmi les actions réalisées, lesquelles manqueraient aux habitants si elles s’arrêtaient ?",
        )  # fmt: skip


def _theme(theme: str) -> str:
    return upper_first(plain_theme(theme))


def _costs(row: dict) -> str:
    real = "non rempli" if pd.isna(row["cost"]) else euros(row["cost"])
    planned = "" if pd.isna(row["cost_planned"]) else f" ({euros(row['cost_planned'])})"
    return NONE if real == "non rempli" and not planned else f"{real}{planned}"


def _effect(row: dict) -> str:
    said = [row["effect"].strip(), f"mesure : {row['measure'].strip()}" if row["measure"].strip() else ""]
    return " ; ".join(s for s in said if s) or NONE


def _next(row: dict) -> str:
    verb = NEXT.get(row["next"], "non dit")
    return f"{verb} : {row['reason'].strip()}" if row["reason"].strip() else verb
