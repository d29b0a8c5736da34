"""Chapter 13: what partners, professionals, elected members and inhabitants said; else whom it is planned to hear."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import Any

import pandas as pd

from ctg_lib.consultation import agreement, coverage, quotations, synthesis, votes
from ctg_lib.consultation.actors import (
    GROUPS,
    KINDS,
    OCCASIONS,
    OCCASIONS_PLURAL,
    OTHER_SIDES,
    SEVERAL,
    SIDES,
    Actors,
)
from ctg_lib.consultation.settings import period
from ctg_lib.display.gantt import UNDATED
from ctg_lib.display.heat import HeatTable
from ctg_lib.display.output import SourceText, joined, md
from ctg_lib.display.prose import de, upper_first
from ctg_lib.display.table import KeyFigure, Output, Table, callout, prose
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.partnership.calendar import STATES
from ctg_lib.study.chapters import heard
from ctg_lib.study.chapters.answers import Told
from ctg_lib.study.chapters.folder_base import NONE, UNFILLED, FolderChapter, listed, quoted
from ctg_lib.study.chapters.planned import ACTORS, LATE, Planned, announced, planned, to_come
from ctg_lib.study.using import Uses
from ctg_lib.workbooks.common import THEMES
from ctg_lib.workbooks.moments import MONTHS, Moment, day_in_words

MOST_SAID = 3
"""Needs that « L’essentiel » names."""
MOST_LISTED = 6
"""Needs named one by one in a sentence; the table has them all."""
MOST_CELL = 4
"""Needs of one cell of the table by theme."""
MOST_LEADS, MOST_QUOTES = 4, 2
"""Leads and quotations of one theme."""
MOST_ROWS = 20
"""Needs beyond which those of one meeting are told in a note, not in the table."""
MOST_THEMES = 6
"""Themes of one coverage table: a sheet of paper holds no more columns."""
OFTEN = 3
"""Meetings from which a cell of the coverage is darker."""
CALM = "se tait"
"""A side that spoke of the theme and not of the need."""
QUIET = "rien noté"
"""A group that was there, the theme on the agenda, and of which nothing is noted."""
LACKS, THERE, ASKED = ("besoin", "frein"), ("offre", "levier"), ("attente", "piste")
"""Kinds of what is missing, of what exists, of what is asked for or proposed."""


class Acteurs(FolderChapter):
    """Who was heard, what they said, where they agree, who was not heard; else what is planned."""

    name = "acteurs"

    # ------------------------------------------------------------------------------------ what was said

    @property
    def actors(self) -> Actors:
        """What was said."""
        return self.study.consultation.actors

    @cached_property
    def held(self) -> pd.DataFrame:
        """Meetings that were held."""
        return coverage.held(self.actors)

    @cached_property
    def said(self) -> pd.DataFrame:
        """Excerpts of meetings that were held."""
        return coverage.said(self.actors)

    @cached_property
    def crossing(self) -> pd.DataFrame:
        """One row per need that was spoken of."""
        return synthesis.crossing(self.shown)

    @cached_property
    def shown(self) -> Actors:
        """What was said, without what would tell the view of one person: all that is counted by need rests on it."""
        return coverage.shown(self.actors)

    @property
    def silent(self) -> bool:
        """Whether nothing that was said is coded yet."""
        return self.said.empty

    @property
    def expected(self) -> tuple[str, ...]:
        """Groups that are to be heard: those of ``consultation.yml``, else all of the scheme."""
        return self.study.listening.expected or tuple(GROUPS)

    @cached_property
    def spoken_themes(self) -> list[str]:
        """Themes of the convention, and others that were spoken of, in order."""
        wanted = {*self.themes, *self.said["theme"]}
        return [theme for theme in THEMES if theme in wanted]

    @property
    def own_source(self) -> SourceText:
        """« Entretiens et rencontres de l’étude, octobre–novembre 2026 »."""
        return heard.source(self.study)

    def source_of(self, uses: Uses) -> SourceText:
        """Interviews and meetings by their months, once one is held; then what else the text rests on."""
        own = [self.own_source] if len(self.held) else []
        return joined([*own, super().source_of(uses)])

    # ---------------------------------------------------------------------------------------- essential

    def essentiel(self) -> Output:
        """Who was heard; what is said most; where sides agree and part; who was not heard; else what is planned."""
        if self.silent:
            return self.essential(self.nothing_message(), self.waiting_message(), self.control_errors())
        return self.essential(
            self.heard_message(), self.most_said_message(), self.agreement_message(), self.not_heard_message(),
            self.control_errors(),
        )  # fmt: skip

    def nothing_message(self) -> str:
        """That nobody was heard, or that nothing is coded; what comes next."""
        coming = self._coming
        if len(self.held):
            count = heard.scale(self.held)
            return f"**{upper_first(count)} : {'tenus' if len(self.held) > 1 else 'tenu'}, rien n’en est encore écrit.** Ce chapitre attend ce qui s’y est dit."
        done = [each for each in self.planned if each.state == "fait"]
        text = "**Aucune parole d’acteur n’est encore recueillie ici.**"
        if done:
            text += f" Fait, sans compte rendu : {' ; '.join(each.words for each in done)}."
        if coming:
            return f"{text} {announced(coming, named=True)}"
        return (
            f"{text} Rien n’est annoncé non plus : ni study.yml (démarche) ni consultation.yml n’annonce d’entretien, de rencontre, "
            "de forum ou de séminaire."
        )

    def waiting_message(self) -> str:
        """What is missing as long as nobody is heard."""
        return (
            "D’ici là, le diagnostic repose sur des chiffres et des documents : ils disent combien, rarement pourquoi. Les horaires qui "
            "ne conviennent pas, les démarches abandonnées, ce qui marche sans être compté : seuls ceux qui le vivent le disent."
        )

    def heard_message(self) -> str:
        """How many meetings made how many groups speak, when; of what kinds, how many people."""
        people, unknown = self.held["people"].sum(), int(self.held["people"].isna().sum())
        groups = coverage.by_group(self.actors, self.expected)
        spoke = int(groups["state"].eq("dit").sum())
        verb = "a fait" if len(self.held) == 1 else "ont fait"
        text = (
            f"**{upper_first(counted(len(self.held), 'échange'))} {verb} parler {counted(spoke, 'groupe')} d’acteurs sur "
            f"{number(len(groups))}{self._when()}** : {heard.scale(self.held)}."
        )
        if people:
            at_least = " au moins" if unknown else ""
            text += f" {upper_first(counted(people, 'présence'))}{at_least} (une personne venue deux fois compte deux fois),"
        return f"{text} {counted(len(self.said), 'propos relevé', 'propos relevés')}."

    def _when(self) -> str:
        """« , d’octobre à novembre 2026 »; empty where no meeting is dated."""
        dates = pd.to_datetime(self.held["date"]).dropna()
        if dates.empty:
            return ""
        first, last = dates.min(), dates.max()
        ends = f"{MONTHS[last.month - 1]} {last.year}"
        begins = f"{MONTHS[first.month - 1]} {first.year}"
        if begins == ends:
            return f", en {ends}"
        return f", {de(begins.removesuffix(f' {last.year}'))} à {ends}"

    def most_said_message(self) -> str:
        """Needs that most meetings say are missing, with the sides that say so."""
        table = synthesis.most_said(self.shown, most=MOST_SAID)
        if table.empty:
            return "**Aucun manque n’est dit** : les propos relevés ne disent que ce qui existe, ou ce qui est proposé."
        first, *rest = table.to_dict("records")
        among = f"{counted(first['lacking'], 'échange')} sur {number(len(self.held))}"
        who = heard.sides_words(self.shown, first["sides"])
        text = f"**Ce qui est le plus souvent dit manquer : {md(first['label'])}**, dans {among}{f', selon {who}' if who else ''}."
        if rest:
            then = " ; ".join(f"{md(r['label'])} ({number(r['lacking'])})" for r in rest)
            text += f" Ensuite : {then}."
        return f"{text} Ce sont des échanges qui sont comptés, pas des habitants : ce n’est pas un classement des besoins."

    def agreement_message(self) -> str:
        """On how many needs sides agree, on which they part."""
        agree, part = self._read("convergence"), self._read("divergence")
        said = [
            self._agreeing(agree, MOST_SAID),
            self._parting(part, 2),
        ]
        if any(said):
            return " ".join(s for s in said if s)
        if len(heard.named_sides(self.shown)) < 2:
            alone = "a parlé" if not self._unshown else "peut être montré"
            return f"**Un seul côté {alone}** : ni accord ni désaccord ne peut être lu."
        return "**Aucun avis ne se rejoint ni ne s’oppose** au sens de la règle plus bas : chaque besoin est dit d’un seul côté, ou de peu."

    @staticmethod
    def _agreeing(rows: pd.DataFrame, most: int = MOST_LISTED) -> str:
        if rows.empty:
            return ""
        return (
            f"**Les avis se rejoignent sur {counted(len(rows), 'besoin')}** : {quoted(rows['label'], most)}."
        )

    def _parting(self, part: pd.DataFrame, most: int = MOST_LISTED) -> str:
        told = [
            f"« {md(r['label'])} » ({how})"
            for r in part.to_dict("records")
            if (how := heard.opposed(self.shown, r))
        ]
        if not told:
            return ""
        among = ", dont" if len(told) > most else ""
        return (
            f"**Les avis s’écartent sur {counted(len(told), 'besoin')}**{among} : {' ; '.join(told[:most])}."
        )

    def not_heard_message(self) -> str:
        """Groups, secteurs and themes of which nobody spoke."""
        groups = [GROUPS[g] for g in coverage.not_heard(self.actors, self.expected)]
        secteurs = self._unheard_secteurs()
        themes = [heard.theme_name(t) for t in self.themes if not self.said["theme"].eq(t).any()]
        said = [
            f"n’ont pas été entendus : {enumerate_fr(groups)}" if groups else "",
            f"secteurs dont personne n’a parlé à part : {enumerate_fr(secteurs)}" if secteurs else "",
            f"thèmes dont personne n’a parlé : {enumerate_fr(themes)}" if themes else "",
        ]
        kept = [s for s in [*said, *self._one_sided_lines()] if s]
        if any(said):
            return f"**Ce qui manque à l’écoute** : {' ; '.join(kept)}. {self._then()}".strip()
        where = " et chaque secteur" if self.study.secteurs else ""
        every = (
            f"**Tous les groupes d’acteurs attendus ont été entendus**, et chaque thème{where} a été abordé."
        )
        return f"{every} **Ce qui manque à l’écoute** : {' ; '.join(kept)}." if kept else every

    @cached_property
    def one_sided(self) -> dict[str, list[str]]:
        """Side -> themes of the convention of which it alone spoke, those of nobody in particular left out."""
        spoken = coverage.said(self.shown)
        found: dict[str, list[str]] = {}
        for theme in self.themes:
            sides = set(spoken.loc[spoken["theme"].eq(theme), "side"])
            if len(sides) == 1 and (side := sides.pop()) in heard.SIDE_WORDS:
                found.setdefault(side, []).append(theme)
        return found

    def _one_sided_lines(self) -> list[str]:
        """« seuls les professionnels ont parlé de « handicap » »: a theme on which nothing can be compared."""
        among = ", parmi les côtés montrés," if self._unshown else ""
        return [
            f"seuls {heard.SIDE_WORDS[side]}{among} ont parlé de {enumerate_fr([f'« {heard.theme_name(t)} »' for t in themes])}"
            for side, themes in self.one_sided.items()
        ]

    def _then(self) -> str:
        return announced(self._coming, named=True)

    def _unheard_secteurs(self) -> list[str]:
        table = coverage.by_secteur(self.actors, [s.name for s in self.study.secteurs])
        return table.loc[~table["heard"].astype(bool), "secteur"].tolist()

    def _read(self, reading: str) -> pd.DataFrame:
        return self.crossing[self.crossing["reading"].eq(reading)].sort_values(
            ["lacking", "meetings"], ascending=False, kind="stable"
        )

    # ---------------------------------------------------------------------------------- who was heard

    def chiffres_cles(self) -> Told:
        """Meetings, presences, groups, excerpts; None before the first meeting."""
        if self.silent:
            return None
        source = str(self.own_source)
        counts = coverage.counts(self.actors)
        alone = counts[counts["occasion"].eq("entretien")]
        groups = coverage.by_group(self.actors, self.expected)
        people = self.held["people"].sum()
        return self.cards(
            [
                KeyFigure("échanges tenus", number(len(self.held)), f"dont entretiens : {number(alone['held'].sum())}", source),
                KeyFigure("présences", number(people) if people else "non dites", "", source),
                KeyFigure("groupes d’acteurs qui se sont exprimés",
                          f"{number(groups['state'].eq('dit').sum())} sur {number(len(groups))}", "", source),
                KeyFigure("propos relevés", number(len(self.said)), f"besoins différents : {number(len(self.crossing))}", source),
            ],
            "chiffres-cles-acteurs",
        )  # fmt: skip

    def entendus(self) -> Told:
        """« Qui a été entendu »: what a meeting is; None before the first one."""
        if self.held.empty:
            return None
        return prose(
            "## Qui a été entendu\n\nUn échange est un entretien, une rencontre thématique, un forum d’habitants ou un séminaire des élus."
        )

    def rencontres(self) -> Told:
        """Meetings by occasion: how many, when, presences, excerpts; subjects of those that gathered several people."""
        if self.held.empty:
            return None
        counts = coverage.counts(self.actors)
        counts = counts[counts["held"].gt(0)]
        order = {occasion: i for i, occasion in enumerate(OCCASIONS)}
        counts = counts.sort_values("occasion", key=lambda c: c.map(order), kind="stable")
        rows = []
        for row in counts.to_dict("records"):
            own = self.held[self.held["occasion"].eq(row["occasion"])]
            titles = (
                []
                if row["occasion"] == "entretien"
                else [told for t in own["title"] if (told := quotations.nameless(t))]
            )
            rows.append(
                {
                    "occasion": upper_first(OCCASIONS_PLURAL[row["occasion"]][row["held"] > 1]), "held": number(row["held"]),
                    "when": _span(row["first"], row["last"]), "people": _presences(row),
                    "excerpts": number(row["excerpts"]) if row["excerpts"] else NONE, "titles": listed(titles),
                }
            )  # fmt: skip
        columns = {
            "occasion": "Échanges", "held": "Tenus", "when": "Quand", "people": "Présences", "excerpts": "Propos relevés",
            "titles": "Sujets",
        }  # fmt: skip
        frame = pd.DataFrame(rows)
        kept = {c: head for c, head in columns.items() if c != "titles" or frame[c].ne(NONE).any()}
        return Table(
            frame[list(kept)], id="tbl-rencontres", caption=f"{upper_first(heard.scale(self.held))}", columns=kept,
            source=self.own_source,
            notes=["Les entretiens ne sont pas énumérés : dans un petit territoire, l’organisme désigne la personne."]
            if counts["occasion"].eq("entretien").any() else [],
        )  # fmt: skip

    def couverture_dite(self) -> Told:
        """How the tables of who spoke of what are read; None before anything is coded."""
        if self.silent:
            return None
        coming = (
            "**« prévu »** : un échange sur ce thème est à venir avec lui ; " if self._any_planned else ""
        )
        return prose(
            "Les tableaux suivants disent **dans combien d’échanges chaque groupe a parlé de chaque thème**. "
            f"**« {QUIET} »** : il était là, le thème était à l’ordre du jour, et aucun propos de lui n’est relevé ; {coming}"
            f"« {NONE} » : le thème n’a pas été abordé avec lui."
        )

    @property
    def _any_planned(self) -> bool:
        themes = coverage.by_theme(self.actors, self.expected, self.spoken_themes)
        groups = coverage.by_group(self.actors, self.expected)
        return bool(themes["state"].eq("prevu").any() or groups["state"].eq("prevu").any())

    def couverture(self) -> Told:
        """Groups × themes: in how many meetings each group spoke of each theme; who was not heard stands out."""
        if self.silent:
            return None
        groups = coverage.by_group(self.actors, self.expected)
        unheard = len(coverage.not_heard(self.actors, self.expected))
        caption = "Qui a parlé de quoi : chaque groupe d’acteurs a été entendu"
        if unheard:
            noun = counted(unheard, "groupe d’acteurs", "groupes d’acteurs")
            caption = f"Qui a parlé de quoi : {noun} sur {number(len(groups))} jamais {'entendu' if unheard < 2 else 'entendus'}"
        return self._coverage(
            self.spoken_themes[:MOST_THEMES], "tbl-couverture", caption, self._coverage_notes()
        )

    def couverture_suite(self) -> Told:
        """The same for the other themes, which a sheet of paper has no room for; None where there is none."""
        rest = self.spoken_themes[MOST_THEMES:]
        if self.silent or not rest:
            return None
        return self._coverage(
            rest, "tbl-couverture-suite", "Qui a parlé de quoi, suite : les autres thèmes", []
        )

    def _coverage(self, themes: Sequence[str], id: str, caption: str, notes: Sequence[str]) -> HeatTable:
        names = quotations.merged_groups(self.actors)
        cells = coverage.by_theme(self.actors, self.expected, themes)
        groups = coverage.by_group(self.actors, self.expected)
        states = {str(g): str(state) for g, state in groups.set_index("group")["state"].items()}
        rows = []
        for name, members in _rows_of_groups(names, groups["group"]).items():
            row: dict[str, Any] = {"name": upper_first(quotations.group_label(name))}
            own = self.said[self.said["group"].isin(members)]
            row["meetings"] = number(own["meeting"].nunique()) if len(own) else _state_words(states, members)
            for theme in themes:
                count = own.loc[own["theme"].eq(theme), "meeting"].nunique()
                state = cells[cells["group"].isin(members) & cells["theme"].eq(theme)]["state"].tolist()
                row[theme] = number(count) if count else _cell_words(state)
                row[f"{theme}_class"] = f"ctg-heat-better{'-far' if count >= OFTEN else ''}" if count else ""
            rows.append(row)
        columns = {"name": "Groupe d’acteurs", "meetings": "Tous thèmes"}
        columns |= {t: upper_first(_SHORT.get(t, heard.theme_name(t))) for t in themes}
        return HeatTable(
            pd.DataFrame(rows), id=id, caption=caption, source=self.own_source, columns=columns, notes=notes,
            tints=f"Plus foncé : {number(OFTEN)} échanges et plus.",
        )  # fmt: skip

    def _coverage_notes(self) -> list[str]:
        """Which groups are merged, hidden, counted nowhere."""
        names, fewest = quotations.merged_groups(self.actors), number(quotations.FEWEST)
        merged = [GROUPS[g] for g, name in names.items() if name == quotations.OTHERS]
        hidden = sum(not name for name in names.values())
        together = int(self.said["group"].isin(["", SEVERAL]).sum())
        notes = []
        if merged:
            notes.append(
                f"« {upper_first(quotations.OTHERS_LABEL)} » réunit les groupes dont moins de {fewest} personnes ont été entendues, et d’autres "
                f"s’il le faut pour que personne ne soit reconnu : {' ; '.join(merged)}."
            )
        if hidden:
            notes.append(
                f"{upper_first(counted(hidden, 'groupe'))} dont moins de {fewest} personnes ont été entendues : non montré, rien ne peut le cacher."
            )
        if together:
            agree = "comptés" if together > 1 else "compté"
            notes.append(
                f"{upper_first(counted(together, 'propos', 'propos'))} de plusieurs groupes ensemble, {agree} pour aucun."
            )
        return notes

    # ---------------------------------------------------------------------------------- what is planned

    @cached_property
    def planned(self) -> list[Planned]:
        """What the files of the study say is planned or was held."""
        return planned(self.study, ACTORS)

    @property
    def _coming(self) -> list[Planned]:
        return to_come(self.study, ACTORS)

    def a_venir(self) -> Told:
        """« Ce qui est prévu », in a sentence; None where nothing is."""
        rows = self._to_come_rows
        if not rows:
            return None
        late = sum(row["state"] == LATE for row in rows)
        undated = sum(row["when"] == UNDATED for row in rows)
        said = []
        if coming := len(rows) - late:
            text = f"{counted(coming, 'temps d’écoute est', 'temps d’écoute sont')} à venir ou en cours"
            said.append(text + (f", dont {number(undated)} sans date" if undated else ""))
        if late:
            was = counted(late, "temps d’écoute était prévu", "temps d’écoute étaient prévus")
            said.append(f"{was} à une date passée ; rien n’en a été reçu")
        return prose(f"## Ce qui est prévu\n\n{' '.join(f'{upper_first(text)}.' for text in said)}")

    def prevu(self) -> Told:
        """What is to come, when, as which file says, whom it will hear; None where nothing is."""
        rows = self._to_come_rows
        if not rows:
            return None
        columns = {
            "name": "Quoi",
            "when": "Quand",
            "state": "État",
            "whom": "Qui sera entendu",
            "file": "D’après",
        }
        frame = pd.DataFrame(rows)
        kept = {c: head for c, head in columns.items() if c != "whom" or frame[c].ne(NONE).any()}
        return Table(
            frame[list(kept)], id="tbl-prevu", caption="Entendre les acteurs : ce qui est prévu, et quand", columns=kept,
            source=f"calendrier et classeurs de l’étude, situation au {day_in_words(self.study.as_of)}"
            + (" ; données fictives" if self.study.fictif else ""),
        )  # fmt: skip

    @cached_property
    def _to_come_rows(self) -> list[dict[str, str]]:
        told = [
            {
                "name": upper_first(each.name), "when": each.when or UNDATED, "state": each.state_words,
                "whom": each.whom or NONE, "file": each.file,
            }
            for each in self._coming
        ]  # fmt: skip
        return told + self._planned_meetings()

    def _planned_meetings(self) -> list[dict[str, str]]:
        """Meetings that the workbooks say are to come, by occasion: interviews are never told one by one."""
        coming = self.actors.meetings[self.actors.meetings["state"].eq("prevu")]
        over = pd.to_datetime(coming["planned"]).lt(pd.Timestamp(self.study.as_of))
        rows = []
        for occasion, late in product(OCCASIONS, (False, True)):
            own = coming[coming["occasion"].eq(occasion) & over.eq(late)]
            if own.empty:
                continue
            groups = [GROUPS[g] for g in dict.fromkeys(own["group"]) if g in GROUPS]
            rows.append(
                {
                    "name": upper_first(counted(len(own), *OCCASIONS_PLURAL[occasion])),
                    "when": _days(own["planned"]) or UNDATED, "state": LATE if late else STATES["prevu"],
                    "whom": upper_first(enumerate_fr(groups)) or NONE, "file": f"{_BOOK[occasion]}",
                }
            )  # fmt: skip
        return rows

    def qui_entendre(self) -> Told:
        """Whom the coding scheme means to hear, and how to begin; None once something is coded."""
        if not self.silent:
            return None
        sides = []
        for side, groups in SIDES.items():
            names = [GROUPS[g] for g in groups if g in self.expected]
            label = upper_first(_SIDE_LABELS[side])
            if names:
                alone = names == [_SIDE_LABELS[side]]
                sides.append(f"- **{label}**." if alone else f"- **{label}** : {' ; '.join(names)}.")
        return prose(
            "\n".join(
                [
                    "## Qui entendre, et comment commencer", "",
                    "Sont à entendre, parce qu’ils ne voient pas la même chose :", "", *sides, "",
                    "Les dates s’écrivent dans study.yml (démarche) et consultation.yml ; les guides d’entretien, de rencontre, de forum et "
                    "de séminaire s’impriment par `ctg study guides` ; ce qui s’est dit se relève dans les classeurs du dossier `consultation`.",
                ]
            )
        )  # fmt: skip

    # --------------------------------------------------------------------------------------- what was said

    def besoins_dits(self) -> Told:
        """« Les besoins dits »: where sides agree, where they part, what one alone says, what nobody says."""
        if self.silent:
            return None
        agree, part, alone = self._read("convergence"), self._read("divergence"), self._read("seul")
        lines = [
            self._agreeing(agree),
            self._parting(part),
            self._reading_line("Dit d’un seul côté, quand d’autres ont parlé du thème", alone),
            self._silence_line(),
        ]
        kept = [f"- {line}" for line in lines if line]
        intro = (
            "Quatre côtés : habitants, professionnels, partenaires, élus. Ce sont des échanges qui sont comptés, pas des phrases : qui parle "
            "longtemps ne compte pas deux fois."
        )
        legend = (
            "Dans le tableau, un nombre seul est celui des échanges où ce côté dit que cela **manque** (besoin, frein ou attente). "
            f"« 1 (offre) » : il n’y voit qu’une offre ; « {CALM} » : il a parlé du thème, pas de ce besoin ; « {NONE} » : il n’a pas parlé du "
            "thème. « 5 sur 6 » : cela manque dans 5 des 6 échanges qui en parlent."
        )
        return prose("\n".join(["## Les besoins dits", "", intro, "", *kept, "", legend]))

    @staticmethod
    def _reading_line(title: str, rows: pd.DataFrame, most: int = MOST_LISTED) -> str:
        if rows.empty:
            return ""
        return f"**{title}** ({counted(len(rows), 'besoin')}) : {quoted(rows['label'], most)}."

    def _silence_line(self) -> str:
        """Needs of the scheme, on themes of the convention, of which nobody spoke."""
        every = synthesis.crossing(self.shown, silent=True)
        quiet = every[every["reading"].eq("silence") & every["theme"].isin(self.spoken_themes)]
        if quiet.empty:
            return ""
        return (
            f"**Personne n’en a parlé**{' parmi les côtés montrés' if self._unshown else ''} ({counted(len(quiet), 'besoin')} de la liste) : {quoted(quiet['label'], 4)}. Le silence n’est pas "
            "l’absence de besoin : peut-être n’a-t-on pas demandé, ou pas aux bons."
        )

    def besoins_par_cote(self) -> Told:
        """Needs × sides: in how many meetings each side says it is missing, that something exists, or nothing."""
        if self.silent or self.crossing.empty:
            return None
        named = heard.named_sides(self.shown)
        views = synthesis.by_side(self.shown).set_index(["need", "side"])
        order = {theme: i for i, theme in enumerate(THEMES)}
        table = self.crossing.assign(_theme=self.crossing["theme"].map(order))
        table = table.sort_values(
            ["_theme", "lacking", "meetings"], ascending=[True, False, False], kind="stable"
        )
        alone = self._said_once(table)
        rows = []
        for row in table.drop(index=alone.index).to_dict("records"):
            cells = {s: self._side_cell(views, row, s) for s in named}
            rows.append(
                {
                    "need": upper_first(row["label"]), "theme": upper_first(heard.theme_name(row["theme"])), **cells,
                    "meetings": f"{number(row['lacking'])} sur {number(row['meetings'])}", "reading": upper_first(synthesis.READINGS[row["reading"]]),
                }
            )  # fmt: skip
        columns = {"need": "Besoin", "theme": "Thème", **{s: upper_first(_SIDE_LABELS[s]) for s in named},
                   "meetings": "Échanges", "reading": "Lecture"}  # fmt: skip
        used = [r for r in synthesis.READINGS if table.drop(index=alone.index)["reading"].eq(r).any()]
        rules = " ".join(f"{upper_first(synthesis.READINGS[r])} : {synthesis.RULES[r]}." for r in used)
        agree = int(table["reading"].eq("convergence").sum())
        return Table(
            pd.DataFrame(rows), id="tbl-besoins-cotes",
            caption=f"{upper_first(counted(len(table), 'besoin dit', 'besoins dits'))}"
            + (f", dont {number(agree)} sur {'lesquels' if agree > 1 else 'lequel'} les avis se rejoignent" if agree else " : aucun avis ne se rejoint"),
            source=self.own_source, columns=columns,
            notes=[
                rules,
                *([f"Les {number(len(alone))} besoins dits dans un seul échange sont au tableau suivant."] if len(alone) > 1 else []),
                *self._unshown_notes(),
            ],
        )  # fmt: skip

    @staticmethod
    def _said_once(table: pd.DataFrame) -> pd.DataFrame:
        """Needs said in one meeting alone, where the table of all would be too long; none where there is but one."""
        once = table["meetings"].eq(1) & ~table["reading"].isin(["convergence", "divergence", "partage"])
        apart = len(table) > MOST_ROWS and once.sum() > 1 and not once.all()
        return table[once] if apart else table[:0]

    def besoins_dits_une_fois(self) -> Told:
        """Needs said in one meeting alone, theme by theme; None where the table of all holds them."""
        alone = self._said_once(self.crossing) if not self.silent else self.crossing[:0]
        if alone.empty:
            return None
        rows = [
            {"theme": upper_first(heard.theme_name(theme)), "needs": upper_first(" ; ".join(own["label"]))}
            for theme in THEMES
            if len(own := alone[alone["theme"].eq(theme)])
        ]
        return Table(
            pd.DataFrame(rows), id="tbl-besoins-une-fois",
            caption=f"{upper_first(counted(len(alone), 'besoin'))} dits dans un seul échange", source=self.own_source,
            columns={"theme": "Thème", "needs": "Besoins dits une fois"},
            notes=["Dit une fois ne veut pas dire peu important : un seul échange peut être le seul où la question a été posée."],
        )  # fmt: skip

    @property
    def _unshown(self) -> int:
        """Sides of which what was said is left out of all that is counted by need."""
        return 0 if self.shown.pooled else len(coverage.small_sides(self.actors))

    def _unshown_notes(self) -> list[str]:
        """How many sides are told as one, or not at all; never which."""
        fewest, pooled = number(coverage.FEWEST), len(self.shown.pooled)
        if pooled:
            return [
                f"« {upper_first(_SIDE_LABELS[OTHER_SIDES])} » réunit {counted(pooled, 'côté')} dont moins de {fewest} personnes ont été entendues."
            ]
        if not self._unshown:
            return []
        agree = "n’est pas compté" if self._unshown < 2 else "ne sont pas comptés"
        return [
            f"{upper_first(counted(self._unshown, 'côté'))} dont moins de {fewest} personnes ont été entendues {agree} ici : ce que chacun a "
            "dit se lirait par différence."
        ]

    def _side_cell(self, views: pd.DataFrame, row: Mapping[Hashable, Any], side: str) -> str:
        if (row["need"], side) in views.index:
            view = views.loc[(row["need"], side)]
            if view["says"] == "manque":
                return number(view["lacking"])
            return f"{number(view['meetings'])} ({view['says'] or 'sans nature'})"
        return CALM if side in row["silent"] else NONE

    # ------------------------------------------------------------------- exists, lacks, proposed, by theme

    def existe_manque(self) -> Told:
        """« Ce qui existe, ce qui manque, ce qui est proposé »: what these words are worth; None before any."""
        if self.silent:
            return None
        return prose(
            "## Ce qui existe, ce qui manque, ce qui est proposé\n\nCe que les acteurs disent exister n’a pas été vérifié : un service peut être "
            "cité qui a fermé, ou manquer à qui ne le connaît pas. L’offre recensée est au chapitre « [Ce qui existe et ce que ça "
            "coûte](03b-offre-et-couts.html) »."
        )

    def par_theme(self) -> Told:
        """Theme by theme: what is said to exist, to be missing, what is asked for or proposed."""
        if self.silent:
            return None
        rows = []
        for theme in self.spoken_themes:
            cells = {
                name: self._needs(theme, kinds)
                for name, kinds in (("there", THERE), ("lacks", LACKS), ("asked", ASKED))
            }
            if set(cells.values()) != {NONE}:
                rows.append({"theme": upper_first(heard.theme_name(theme)), **cells})
        if not rows:
            return None
        return Table(
            pd.DataFrame(rows), id="tbl-existe-manque", caption="Ce qui est dit exister, manquer, être attendu, thème par thème",
            source=self.own_source,
            columns={"theme": "Thème", "there": "Existe, aide", "lacks": "Manque, freine", "asked": "Attendu, proposé"},
            notes=[f"Entre parenthèses, le nombre d’échanges où cela est dit ; les {number(MOST_CELL)} plus fréquents de chaque case."],
        )  # fmt: skip

    def _needs(self, theme: str, kinds: Sequence[str]) -> str:
        """« places d’accueil (5) ; coût (2) »: needs told with these kinds, those of most meetings first."""
        own = coverage.said(self.shown)
        own = own[own["theme"].eq(theme) & own["kind"].isin(kinds) & own["need"].ne("")]
        counts = (
            own.groupby("need", sort=False)["meeting"].nunique().sort_values(ascending=False, kind="stable")
        )
        said = [f"{self.actors.scheme[str(need)][1]} ({number(n)})" for need, n in counts.items()]
        more = len(said) - MOST_CELL
        return listed([*said[:MOST_CELL], *([f"et {number(more)} de plus"] if more > 0 else [])])

    def pistes(self) -> Told:
        """What is proposed, theme by theme, in the analyst's words, without who said it."""
        rows = [
            {
                "theme": upper_first(heard.theme_name(theme)), "summary": row["summary"],
                "need": upper_first(self.actors.scheme.get(row["need"], ("", NONE))[1]),
            }
            for theme in self.spoken_themes
            for row in synthesis.summaries(self.shown, theme, ["piste"], most=MOST_LEADS).to_dict("records")
        ]  # fmt: skip
        if not rows:
            return None
        return Table(
            pd.DataFrame(rows), id="tbl-pistes",
            caption=f"{upper_first(counted(len(rows), 'piste proposée', 'pistes proposées'))} par les acteurs, à discuter",
            source=self.own_source, columns={"summary": "Piste", "theme": "Thème", "need": "Besoin"},
            notes=[f"Résumées par l’analyste ; {number(MOST_LEADS)} au plus par thème, les plus appuyées d’abord. Aucune n’a été chiffrée ni retenue."],
        )  # fmt: skip

    # ----------------------------------------------------------------------------------------- quotations

    def citations(self) -> Told:
        """« Leurs mots »: quotations chosen by rule, lent to a group; None where none may be printed."""
        parts = []
        for theme in quotations.themes_quoted(self.actors) if not self.silent else ():
            found = quotations.choose(self.actors, theme, most=MOST_QUOTES)
            parts += [
                f"### {upper_first(heard.theme_name(theme))}",
                *(_quotation(row) for row in found.to_dict("records")),
            ]
        if not parts:
            return None
        return prose("\n\n".join(["## Leurs mots", quotations.rule(), *parts]))

    # ---------------------------------------------------------------------------------------------- votes

    def votes_dits(self) -> Told:
        """« Les votes »: how they are read; None where nobody voted."""
        if self.actors.votes.empty:
            return None
        return prose(
            "## Les votes\n\nCeux qui sont venus ont voté, habitants, élus et agents chacun de leur côté (leur « collège ») : ce n’est ni un "
            "sondage, ni une décision. Le tableau dit ce que chaque collège a choisi, jamais leur somme."
        )

    def votes(self) -> Told:
        """Votes of the forums and the seminar, college by college; None where nobody voted."""
        table = votes.results(self.actors)
        if table.empty:
            return None
        titles = {
            row["id"]: quotations.nameless(row["title"]) for row in self.actors.meetings.to_dict("records")
        }
        rows = [
            {
                "proposal": row["proposal"], "where": titles.get(row["meeting"]) or upper_first(OCCASIONS.get(row["occasion"], "")),
                "college": _college(row), "votes": "masqué" if pd.isna(row["votes"]) else number(row["votes"]),
                "rank": votes.rank_words(row["low"], row["high"]),
            }
            for row in table.to_dict("records")
        ]  # fmt: skip
        why = [reason for reason in dict.fromkeys(table["said"]) if reason]
        ballots = table.groupby(["meeting", "college"], sort=False).ngroups
        return Table(
            pd.DataFrame(rows), id="tbl-votes",
            caption=f"{upper_first(counted(len(table['proposal'].unique()), 'proposition'))} soumises au vote, "
            f"{counted(ballots, 'vote lu', 'votes lus')} à part",
            source=self.own_source,
            columns={"proposal": "Proposition", "where": "Où", "college": "Collège", "votes": "Voix", "rank": "Place"},
            notes=[votes.rule(), *([f"{upper_first(' ; '.join(why))}."] if why else [])],
        )  # fmt: skip

    # --------------------------------------------------------------------------------------------- method

    def lecture(self) -> Told:
        """« Comment ces paroles ont été lues »: coding, agreement of coders; None before anything is coded."""
        if self.silent:
            return None
        found = self.agreement
        needless = int(self.said["need"].eq("").sum())
        text = (
            f"Chaque propos relevé est rattaché à un besoin d’une liste commune de {counted(len(self.actors.scheme), 'besoin')}, à une nature "
            f"({enumerate_fr(list(KINDS.values()))}) et à une force (évoqué, appuyé, central)."
        )
        if needless:
            text += f" {upper_first(counted(needless, 'propos', 'propos'))} n’entre{'nt' if needless > 1 else ''} dans aucun besoin de la liste."
        if found.empty:
            text += " Une seule personne a fait ce classement : une autre aurait pu lire autrement, et cela n’est pas mesuré."
        else:
            text += (
                f" Pour {counted(found.excerpts, 'propos', 'propos')} de {counted(found.meetings, 'échange')}, sur {number(found.of)}, deux personnes "
                "ont fait ce classement, avec pour consigne de ne pas se lire. Le tableau dit combien de fois elles ont choisi de même, puis ce que "
                "cet accord vaut une fois ôté le hasard : 1 quand elles choisissent toujours de même, 0 quand elles ne s’accordent pas plus "
                "que par hasard."
            )
        return prose(f"## Comment ces paroles ont été lues\n\n{text}")

    @cached_property
    def agreement(self) -> agreement.Agreement:
        """How two people coded the same excerpts."""
        return agreement.agreement(self.actors)

    def accord(self) -> Told:
        """Agreement of the two coders; None where only one coded."""
        found = self.agreement
        if self.silent or found.empty:
            return None
        rows = [
            {
                "label": upper_first(row["label"]), "units": number(row["units"]),
                "same": NONE if pd.isna(row["same"]) else number(100 * row["same"], 0, "%"),
                "alpha": NONE if pd.isna(row["alpha"]) else number(row["alpha"], 2),
                "interval": NONE if pd.isna(row["low"]) else f"{number(row['low'], 2)} à {number(row['high'], 2)}",
                "reading": upper_first(row["reading"]),
            }
            for row in found.table.to_dict("records")
        ]  # fmt: skip
        return Table(
            pd.DataFrame(rows), id="tbl-accord", caption="Ce sur quoi deux lectures du même propos s’accordent", source=self.own_source,
            columns={"label": "Ce qui est choisi", "units": "Propos lus deux fois", "same": "Choisis de même", "alpha": "Accord, hasard ôté",
                     "interval": "Entre", "reading": "Ce qu’il permet"},
            notes=[
                "Accord, hasard ôté : alpha de Krippendorff (2004 et 2011) ; entre : ses bornes à 95 %, les propos étant tirés de nouveau mille fois."
            ],
        )  # fmt: skip

    # --------------------------------------------------------------------------------------------- blocks

    def points_de_vigilance(self) -> Output:
        """What a count of meetings is worth."""
        if self.silent:
            return self.vigilance(
                *self.control_lines(),
                "Une date annoncée n’est pas une rencontre tenue : ce chapitre ne dit rien de ce que les acteurs pensent."
                if self._to_come_rows
                else "Une page sans parole n’est pas un territoire sans besoin : personne n’a encore été interrogé pour elle.",
            )
        table = self.agreement.table
        weak = table.loc[table["alpha"].lt(agreement.TENTATIVE), "label"].tolist()
        return self.vigilance(
            *self.control_lines(),
            "**Personne n’a été tiré au sort.** Les acteurs entendus sont ceux qui ont été invités et sont venus : ils ne représentent ni "
            "leur groupe, ni les habitants. Aucun pourcentage n’est fait de leurs paroles.",
            "**Un propos n’est pas un fait établi.** « Il n’y a pas de place » dit ce que quelqu’un vit ou croit ; le chiffre, quand il "
            "existe, est au chapitre du thème.",
            "**Dit souvent ne veut pas dire plus important.** Un besoin rare, ou que l’on tait, peut être le plus lourd.",
            f"**L’accord entre les deux lectures est insuffisant** pour {enumerate_fr(weak)} : à relire avant de conclure." if weak else "",
        )  # fmt: skip

    def ce_qui_manque(self) -> Output:
        """What is not collected, not written, or not coded."""
        empty = self.held[~self.held["id"].isin(self.said["meeting"])]
        unknown = int(self.held["people"].isna().sum())
        done = [each for each in self.planned if each.state == "fait"]
        occasions = set(self.held["occasion"])
        uncoded = [each.name for each in done if not occasions & set(each.occasions)]
        lines = [
            f"Échanges tenus dont aucun propos n’est relevé : {heard.scale(empty)}." if len(empty) else "",
            f"Dits faits, sans ligne dans les classeurs de la concertation : {quoted(uncoded)}." if uncoded else "",
            *(f"{upper_first(line)} : rien ne s’y compare." for line in ([] if self.silent else self._one_sided_lines())),
            f"{upper_first(counted(unknown, 'échange'))} dont le nombre de présents n’est pas dit." if unknown else "",
            "Aucun entretien, rencontre, forum ni séminaire n’a de ligne dans les classeurs du dossier `consultation`."
            if self.actors.meetings.empty else "",
            "" if self.silent or not self.agreement.empty else "Une seconde lecture, même d’un entretien sur quatre : sans elle, rien ne dit si deux personnes classent de même.",
        ]  # fmt: skip
        text = (
            "\n".join(f"- {line}" for line in lines if line)
            or "Rien de ce que ce chapitre demande ne manque."
        )
        return callout(text, "silence", UNFILLED, level=2)

    def questions_du_groupe(self) -> Output:
        """Questions that people in a room can answer."""
        if self.silent:
            return self.questions(
                "Qui n’est jamais invité à ces réunions, et qui pourrait aller le rencontrer ?",
                "Quels professionnels voient les familles que personne d’autre ne voit ?",
                "À quelle heure et dans quelle commune un parent qui travaille peut-il venir en parler ?",
            )
        part = self._read("divergence").to_dict("records")
        opposed = next((row for row in part if heard.opposed(self.shown, row)), None)
        most = synthesis.most_said(self.shown, most=1)
        unheard = [GROUPS[g] for g in coverage.not_heard(self.actors, self.expected)]
        quiet = [heard.theme_name(t) for t in self.themes if not self.said["theme"].eq(t).any()]
        return self.questions(
            f"« {upper_first(md(most['label'].iloc[0]))} » : chacun le constate-t-il, et que peut-on faire dès cette année ?" if len(most) else "",
            f"« {upper_first(md(opposed['label']))} » : pourquoi cela manque-t-il aux uns quand d’autres disent que cela existe ?"
            if opposed else "",
            f"Qui peut faire parler ceux qui n’ont pas été entendus ({enumerate_fr(unheard[:3])}) ?" if unheard else "",
            f"Personne n’a parlé de {enumerate_fr([f'« {t} »' for t in quiet[:2]])} : faute de besoin, ou faute de l’avoir demandé ?"
            if quiet else "",
            f"{upper_first(self._one_sided_lines()[0])} : qui d’autre est concerné, et comment l’entendre ?" if self.one_sided else "",
            "Quelle piste proposée ici pourrait être essayée sans attendre la convention ?",
        )  # fmt: skip


_SHORT = {
    "vie_sociale": "vie sociale", "acces_droits": "droits et services", "numerique": "numérique",
}  # fmt: skip
"""Themes whose label is too long for the head of a narrow column."""
_BOOK = {
    "entretien": "entretiens.xlsx",
    "rencontre": "rencontres.xlsx",
    "forum": "forums.xlsx",
    "seminaire": "seminaire.xlsx",
}
_SIDE_LABELS = {
    "habitants": "habitants", "professionnels": "professionnels", "partenaires": "partenaires", "elus": "élus",
    OTHER_SIDES: "autres acteurs",
}  # fmt: skip


def _rows_of_groups(names: Mapping[str, str], expected: Iterable[str]) -> dict[str, list[str]]:
    """Name of a row -> its groups: those heard, merged ones last, then those that nobody heard."""
    rows: dict[str, list[str]] = {}
    for group, name in names.items():
        if name:
            rows.setdefault(name, []).append(group)
    if quotations.OTHERS in rows:
        rows[quotations.OTHERS] = rows.pop(quotations.OTHERS)
    return rows | {group: [group] for group in expected if group not in names}


def _span(first: Any, last: Any) -> str:
    return NONE if pd.isna(first) else heard.months(pd.Timestamp(first), pd.Timestamp(last))


def _days(dates: pd.Series) -> str:
    """« 3 décembre 2026 », « du 3 au 10 décembre 2026 » of the days known; empty where none is."""
    known = [day.date() for day in pd.to_datetime(dates).dropna()]
    if not known:
        return ""
    first, last = min(known), max(known)
    return period(Moment(first, first), Moment(last, last))


def _presences(row: Mapping[Hashable, Any]) -> str:
    if not row["people"]:
        return NONE
    unknown = f" (non dit pour {number(row['unknown'])})" if row["unknown"] else ""
    return f"{number(row['people'])}{unknown}"


def _state_words(states: Mapping[str, str], groups: Sequence[str]) -> str:
    found = [states.get(g, "absent") for g in groups]
    return next((words for state, words in _CELLS.items() if state in found), "pas entendu")


_CELLS = {"present": QUIET, "prevu": "prévu"}


def _cell_words(states: Iterable[str]) -> str:
    found = set(states)
    return next((words for state, words in _CELLS.items() if state in found), NONE)


def _quotation(row: Mapping[Hashable, Any]) -> str:
    """« … » — group, as a block."""
    text = str(row["text"]).strip().strip('«»"“” \u00a0\u202f')
    return f"> « {md(text)} » — *{md(row['said_by'])}*"


def _college(row: Mapping[Hashable, Any]) -> str:
    """« Habitants (24 votants, 3 voix chacun) »."""
    each = row["each"]
    known = [] if pd.isna(row["voters"]) else [counted(row["voters"], "votant")]
    known += [] if pd.isna(each) else ["une voix chacun" if each == 1 else f"{number(each)} voix chacun"]
    told = f" ({', '.join(known)})" if known else ""
    return f"{upper_first(votes.college_label(row['college']))}{told}"
