"""What the working groups proposed, who was there, and what became of each proposal."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ctg_lib.agreement.books.groupes import FOLLOWED
from ctg_lib.agreement.governance import CANCELLED, HELD, PLANNED, state_of
from ctg_lib.consultation.actors import GROUPS
from ctg_lib.consultation.quotations import nameless
from ctg_lib.display.gantt import day_in_words
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import Table, prose
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.study.chapters.answers import Told
from ctg_lib.study.chapters.folder_base import NONE, TO_COMPLETE, listed, or_none, plain_theme
from ctg_lib.study.chapters.plan_base import WAITING, PlanChapter, with_hours

TOLD: dict[str, tuple[str, str]] = {
    "action": ("devient une action", "deviennent une action"), "fusionnee": ("en rejoint une autre", "en rejoignent une autre"),
    "instruire": ("reste à instruire", "restent à instruire"), "ecartee": ("est écartée", "sont écartées"),
}  # fmt: skip
STATES: dict[str, str] = {PLANNED: "prévue", CANCELLED: "annulée"}
"""State of a session that was not held -> said beside its date."""


class PlanGroups(PlanChapter):
    """Sessions of the working groups and their proposals."""

    @property
    def proposals(self) -> list[dict[str, Any]]:
        """Lines of « Propositions », ``follow`` being « à instruire » where nothing is written."""
        table = self.agreement.table("groupes", "proposals")
        return [
            {str(n): v for n, v in line.items()} | {"follow": line["follow"] or WAITING}
            for line in table.to_dict("records")
        ]

    @property
    def sessions(self) -> list[dict[str, Any]]:
        """Lines of « Séances », with ``day`` and their ``state`` on the study's date; oldest first."""
        table = self.agreement.table("groupes", "sessions").sort_values("date", kind="stable")
        out = []
        for line in table.to_dict("records"):
            day = None if pd.isna(line["date"]) else line["date"].date()
            state = state_of(line["state"], day, self.study.as_of)
            out.append({str(n): v for n, v in line.items()} | {"day": day, "state": state})
        return out

    def groupes_dits(self) -> Told:
        """« Ce que les groupes de travail ont proposé »: how many sessions and proposals, what became of these; None
        without any."""
        proposals, sessions = self.proposals, self.sessions
        if not proposals and not sessions:
            return None
        held = [line for line in sessions if line["state"] == HELD]
        groups = len({line["group"] for line in held if line["group"]})
        said = [
            f"{upper_first(counted(len(held), 'séance tenue', 'séances tenues'))}, {counted(groups, 'groupe')}."
        ]
        counts = {key: sum(p["follow"] == key for p in proposals) for key in TOLD}
        parts = [f"{number(n)} {TOLD[key][n > 1]}" for key, n in counts.items() if n]
        if parts:
            said.append(f"{upper_first(counted(len(proposals), 'proposition'))} : {enumerate_fr(parts)}.")
        if any(counts[key] for key in ("ecartee", "instruire")):
            said.append("Une proposition écartée reste écrite, avec sa raison.")
        return prose(f"## Ce que les groupes de travail ont proposé\n\n{' '.join(said)}")

    def seances(self) -> Told:
        """Each session: date, themes, who was there by kind of body and function; None without any."""
        if not self.sessions:
            return None
        rows = [self._session(line) for line in self.sessions]
        return Table(
            pd.DataFrame(rows), id="tbl-seances-groupes", source=self.agreed_source("groupes"),
            caption=f"{upper_first(counted(len(rows), 'séance'))} des groupes de travail, et qui y était, par fonction",
            columns={"session": "Séance", "when": "Date et lieu", "themes": "Thèmes", "people": "Présents", "who": "Qui était là"},
            row_header="session",
            notes=["Une même personne peut venir à plusieurs séances : les présents ne s’additionnent pas."],
        )  # fmt: skip

    def _session(self, line: dict[str, Any]) -> dict[str, str]:
        place = self.study.communes_by_code.get(str(line["commune"]), "")
        when = day_in_words(line["day"]) if line["day"] else TO_COMPLETE
        state = STATES.get(line["state"], "")
        own = self._present(str(line["id"]))
        total = own["people"].sum(min_count=1)
        return {
            "session": f"{line['id']} — {line['group'] or NONE}",
            "when": ", ".join(part for part in (when, place, state) if part),
            "themes": upper_first(listed([plain_theme(theme) for theme in line["themes"]])),
            "people": or_none(float(total)) if line["state"] == HELD else NONE,
            "who": listed(_bodies(own)) if line["state"] == HELD else NONE,
        }

    def _present(self, session: str) -> pd.DataFrame:
        table = self.agreement.table("groupes", "present")
        return table[table["session"].eq(session)]

    def propositions(self) -> Told:
        """Each proposal: session, support, what became of it and why; None without any."""
        proposals = self.proposals
        if not proposals:
            return None
        rows = [self._proposal(line) for line in proposals]
        return Table(
            pd.DataFrame(rows), id="tbl-propositions", source=self.agreed_source("groupes", "plan"),
            caption="Ce qu’est devenue chaque proposition des groupes de travail",
            columns={"proposal": "Proposition", "session": "Séance", "findings": "Constats", "support": "L’appuient", "became": "Suite",
                     "why": "Pourquoi, ou ce qui a été objecté"},
            units={"support": "présents"},
        )  # fmt: skip

    def _proposal(self, line: dict[str, Any]) -> dict[str, Any]:
        texts = [str(line[name]).strip() for name in ("reason", "against") if str(line[name]).strip()]
        return {
            "proposal": f"{line['id']} — {with_hours(line['title'])}", "session": line["session"] or NONE,
            "findings": ", ".join(line["findings"]) or NONE, "support": line["support"], "became": self._became(line),
            "why": " ".join(text if text.endswith((".", "?", "!")) else f"{text}." for text in texts) or NONE,
        }  # fmt: skip

    def _became(self, line: dict[str, Any]) -> str:
        """« Devient une action : A01 » ; « Écartée »."""
        id = str(line["id"])
        named = [str(line["action"])] if line["action"] else []
        named += [a.id for a in (*self.plan.actions, *self.plan.aside) if id in a.origins]
        said = upper_first(FOLLOWED[line["follow"]])
        if line["follow"] not in ("action", "fusionnee"):
            return said
        return f"{said} : {', '.join(dict.fromkeys(named)) or TO_COMPLETE}"


def _bodies(present: pd.DataFrame) -> list[str]:
    """« parents : 3 ; élus : 3 (maires) »: kinds of bodies in their order, with functions; never a name."""
    out = []
    for key, label in GROUPS.items():
        own = present[present["group"].eq(key)]
        if own.empty:
            continue
        count = own["people"].sum(min_count=1)
        functions = [text for text in map(nameless, own["function"].astype(str)) if text and text != label]
        named = f" ({', '.join(dict.fromkeys(functions))})" if functions else ""
        out.append(f"{label} : {or_none(float(count))}{named}")
    return out
