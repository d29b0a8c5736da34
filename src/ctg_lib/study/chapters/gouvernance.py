"""Chapter 15c: who decides what, who sits where, what was decided; ways of organising the work, compared."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import pandas as pd

from ctg_lib.agreement import governance
from ctg_lib.agreement.books.gouvernance import DECISION_STATES
from ctg_lib.agreement.governance import HELD, PAYERS, PLANNED, Instance, Scenario
from ctg_lib.consultation.actors import MEETING_STATES
from ctg_lib.consultation.books.seminaire import COLLEGES
from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.gantt import day_in_words
from ctg_lib.display.orgchart import orgchart
from ctg_lib.display.output import md
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import KeyFigure, Output, Table, prose
from ctg_lib.display.typography import counted, enumerate_fr, euros, number
from ctg_lib.study.chapters.agreed import AgreedChapter
from ctg_lib.study.chapters.answers import Told
from ctg_lib.study.chapters.folder_base import NONE, listed, or_none, quoted

ROOM = "gouvernance.xlsx"
OPEN_SEATS = "sans nombre fixé"
"""Said of an instance to which whoever comes belongs."""


class Gouvernance(AgreedChapter):
    """Instances, members by function, meetings, decisions; scenarios of organisation."""

    name = "gouvernance"
    reads = ("gouvernance",)

    @cached_property
    def instances(self) -> tuple[Instance, ...]:
        """Instances, each followed by those that report to it."""
        return governance.instances(self.agreement)

    @cached_property
    def meetings(self) -> pd.DataFrame:
        """Meetings, oldest first."""
        return governance.meetings(self.agreement, self.study.as_of)

    @cached_property
    def register(self) -> pd.DataFrame:
        """Decisions of meetings held, oldest first."""
        return governance.decisions(self.agreement, self.study.as_of)

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Ways of organising the work."""
        return governance.scenarios(self.agreement, float(self.study.inhabitants.sum()))

    @property
    def retained(self) -> Scenario | None:
        """The one that was retained."""
        return governance.retained(self.agreement, float(self.study.inhabitants.sum()))

    @property
    def empty(self) -> bool:
        """Whether nothing is written yet."""
        return not self.agreement.has("gouvernance")

    # ---------------------------------------------------------------------------------------- essential

    def essentiel(self) -> Output:
        """Who decides; what was decided and what is still open; how the work is organised; else what to do."""
        if self.empty:
            return self.essential(self.nothing_message(), self.control_errors())
        return self.essential(
            self.instances_message(), self.meetings_message(), self.decisions_message(), self.organisation_message(),
            self.control_errors(),
        )  # fmt: skip

    def nothing_message(self) -> str:
        """That the workbook is not filled, and what it will tell."""
        return (
            f"**La gouvernance n’est pas encore écrite** ({ROOM}). Ce chapitre dira qui décide quoi, qui y siège, ce qui a été décidé, "
            "et comparera deux ou trois façons d’organiser la coopération : postes, coût, qui paie, temps demandé aux élus."
        )

    def instances_message(self) -> str:
        """How many instances, which vote, and whom each binds."""
        if not self.instances:
            return "**Aucune instance n’est décrite.**"
        count = upper_first(counted(len(self.instances), "instance"))
        voting = [i for i in self.instances if i.voting]
        if not voting:
            return f"**{count}** ; aucun siège n’est dit avec voix délibérative."
        verb = "décide" if len(voting) < 2 else "décident"
        text = f"**{count}, dont {number(len(voting))} {verb} par un vote** : {enumerate_fr([self._voting_words(i) for i in voting])}."
        if any(i.shared for i in voting):
            text += " Aucun des organismes qui y votent ensemble n’est au-dessus d’un autre."
        return (
            f"{text} Les autres instances préparent, proposent ou donnent un avis."
            if len(voting) < len(self.instances)
            else text
        )

    def _voting_words(self, instance: Instance) -> str:
        """« le comité de pilotage (10 voix, où votent : …) », « le conseil (30 voix, d’un seul organisme : …) »."""
        named = [md(self.party(id)) for id in instance.voters]
        others = ["d’autres membres"] if any(m.votes and not m.party for m in instance.members) else []
        who = (
            f", où {'vote' if len(named) == 1 else 'votent'} : {', '.join([*named, *others])}"
            if named
            else ""
        )
        if instance.owner:
            who = f", d’un seul organisme : {named[0]}"
        return f"{md(_the(instance.name))} ({counted(instance.voting, 'voix', 'voix')}{who})"

    def meetings_message(self) -> str:
        """How many meetings were held, when the last one was, what comes."""
        held = self.meetings[self.meetings["state"].eq(HELD)]
        coming = self.meetings[self.meetings["state"].eq(PLANNED)]
        if self.meetings.empty:
            return "Aucune réunion n’est inscrite."
        if held.empty:
            text = "**Aucune réunion n’est encore tenue.**"
        else:
            last = held.iloc[-1]
            text = f"**{upper_first(counted(len(held), 'réunion tenue', 'réunions tenues'))}**, la dernière le {_day(last['date'])} ({md(last['name'])})."
        if len(coming):
            then = coming.iloc[0]
            text += f" La prochaine est prévue le {_day(then['date'])} ({md(then['name'])})."
        return text

    def decisions_message(self) -> str:
        """How many decisions, how many are open, which are late."""
        if self.register.empty:
            return ""
        open_ = self.register[self.register["state"].isin(governance.OPEN)]
        late = open_[open_["late"]]
        text = f"**{upper_first(counted(len(self.register), 'décision'))}** au relevé"
        if open_.empty:
            return f"{text} ; toutes ont eu leur suite."
        agree = "attend sa suite" if len(open_) < 2 else "attendent leur suite"
        text += f" ; {number(len(open_))} {agree}"
        if len(late):
            text += f", dont {number(len(late))} en retard ({quoted(late['subject'], 3)})"
        return f"{text}."

    def organisation_message(self) -> str:
        """Which scenario is retained, what it costs and who pays; else that none is."""
        if not self.scenarios:
            return "Aucune façon d’organiser la coopération n’est encore comparée."
        kept = self.retained
        if kept is None:
            return (
                f"**{upper_first(counted(len(self.scenarios), 'façon'))} d’organiser la coopération {'est décrite' if len(self.scenarios) < 2 else 'sont comparées'}** ; "
                "aucune n’est retenue : c’est une décision à prendre."
            )
        cost = "" if math.isnan(kept.cost) else f" Il coûte {euros(kept.cost)} par an"
        shares = dict(kept.split)
        if cost and shares:
            cost += f", dont {_share(shares['caf'], kept.cost)} payé par la Caf"
            if kept.people and not math.isnan(kept.per_person):
                cost += f" et {euros(kept.per_person, 2)} par habitant à la charge de l’intercommunalité et des communes"
        return f"**Scénario retenu : {md(kept.name)}**, soit {_fte(kept.fte)}{self._when(kept)}.{cost}{'.' if cost else ''}"

    def _when(self, kept: Scenario) -> str:
        return f", décidé le {day_in_words(kept.decided_on)}" if kept.decided_on else ""

    def chiffres_cles(self) -> Told:
        """Instances, meetings, decisions, posts retained; None where nothing is filled."""
        if self.empty:
            return None
        source, kept = self.card_source, self.retained
        held = int(self.meetings["state"].eq(HELD).sum())
        open_ = int(self.register["state"].isin(governance.OPEN).sum())
        return self.cards(
            [
                KeyFigure("instances", number(len(self.instances)), f"où l’on vote : {number(sum(i.voting > 0 for i in self.instances))}", source),
                KeyFigure("réunions tenues", number(held), f"à venir : {number(int(self.meetings['state'].eq(PLANNED).sum()))}", source),
                KeyFigure("décisions au relevé", number(len(self.register)), f"en attente de suite : {number(open_)}", source),
                KeyFigure("postes de coopération retenus", "à décider" if kept is None else _fte(kept.fte),
                          "" if kept is None or math.isnan(kept.cost) else f"{euros(kept.cost)} par an", source),
            ],
            "chiffres-cles-gouvernance",
        )  # fmt: skip

    # ------------------------------------------------------------------------------------ who decides what

    def instances_dites(self) -> Told:
        """« Les instances »: what the drawing and the tables say; None where none is described."""
        if not self.instances:
            return None
        return prose(
            "## Les instances\n\nLe schéma dit laquelle rend compte à laquelle ; les tableaux, ce que chacune décide et qui y siège."
        )

    def organigramme(self) -> Figure | Absent | None:
        """Who reports to whom; None where no instance is described."""
        if not self.instances:
            return None
        rows = [
            {"id": i.id, "name": upper_first(i.name), "above": i.above, "details": self._box_lines(i), "strong": i.voting > 0}
            for i in self.instances
        ]  # fmt: skip
        return orgchart(
            pd.DataFrame(rows), id="fig-organigramme", title=self._chart_title(), source=self.agreed_source(),
            subtitle="Instances de la convention ; un trait va de celle qui reçoit un compte rendu à celle qui le fait",
            notes=tuple(self._chart_notes()),
        )  # fmt: skip

    def _chart_title(self) -> str:
        """Where several parties decide together; else how many instances there are."""
        shared = [i for i in self.instances if i.shared]
        if len(shared) != 1:
            return f"{upper_first(counted(len(self.instances), 'instance'))} : qui décide, qui prépare"
        many = counted(len(shared[0].voters), "organisme")
        return f"{upper_first(_at(shared[0].name))}, {many} votent ensemble"

    def _box_lines(self, instance: Instance) -> list[str]:
        """What an instance decides, its seats, how often; who votes in it, or whom alone it binds."""
        lines = _details(instance)
        if instance.voting and instance.owner:
            return [*lines, f"n’engage que : {self.party(instance.owner)}"]
        named = [self.party(id) for id in instance.voters]
        return [*lines, f"y votent : {', '.join(named)}"] if instance.shared else lines

    def _chart_notes(self) -> list[str]:
        """What a tinted box means; that no party is above another."""
        notes = (
            ["Fond coloré : des membres y ont voix délibérative."]
            if any(i.voting for i in self.instances)
            else []
        )
        others = list(dict.fromkeys(self.party(id) for i in self.instances if i.shared for id in i.voters))
        for own in (i for i in self.instances if i.voting and i.owner):
            rest = [name for name in others if name != self.party(own.owner)]
            if rest:
                notes.append(
                    f"{upper_first(_the(own.name))} ne décide que pour : {self.party(own.owner)}. Les autres décident par leurs propres "
                    f"instances : {', '.join(rest)}. Aucun n’est au-dessus d’un autre."
                )
        return notes

    def qui_decide(self) -> Table | None:
        """Instances: role, what each decides, how often, who chairs; None where none is described."""
        if not self.instances:
            return None
        rows = [
            {
                "name": upper_first(i.name), "role": i.role or NONE, "decides": i.decides or NONE,
                "frequency": i.frequency or NONE, "chair": i.chair or NONE, "seats": _seats(i.seats) if i.members else NONE,
                "voting": number(i.voting) if i.members else NONE,
            }
            for i in self.instances
        ]  # fmt: skip
        return Table(
            pd.DataFrame(rows), id="tbl-instances", caption="Qui décide quoi", source=self.agreed_source(),
            columns={"name": "Instance", "role": "Rôle", "decides": "Ce qu’elle décide", "frequency": "Fréquence", "chair": "Présidence",
                     "seats": "Sièges", "voting": "dont voix délibératives"},
        )  # fmt: skip

    def membres(self) -> Table | None:
        """Members by instance: body, function, college, voice; None where none is written."""
        rows: list[dict[str, Any]] = []
        for instance in self.instances:
            for member in instance.members:
                rows.append(
                    {
                        "instance": upper_first(instance.name), "party": self.party(member.party) or NONE, "function": member.function,
                        "college": COLLEGES.get(member.college, NONE), "votes": "oui" if member.votes else "non",
                        "seats": _seats(member.seats),
                    }
                )  # fmt: skip
        if not rows:
            return None
        return Table(
            pd.DataFrame(rows), id="tbl-membres", caption="Qui siège où", source=self.agreed_source(),
            columns={"instance": "Instance", "party": "Organisme", "function": "Fonction", "college": "Collège", "votes": "Voix délibérative",
                     "seats": "Sièges"},
            notes=["Des fonctions, jamais des noms. Qui siège dans plusieurs instances y a chaque fois son siège : ces nombres ne s’ajoutent pas."],
        )  # fmt: skip

    # ------------------------------------------------------------------------------------ meetings, decisions

    def reunions_dites(self) -> Told:
        """« Les réunions et leurs décisions »: what the register is for; None where neither is written."""
        if self.meetings.empty and self.register.empty:
            return None
        return prose(
            "## Les réunions et leurs décisions\n\nLe relevé garde ce qui a été décidé : par quelle réunion, qui s’en charge, pour quand, "
            "et où cela en est."
        )

    def calendrier(self) -> Table | None:
        """Meetings held and to come: when, where, what about, who came; None where none is written."""
        if self.meetings.empty:
            return None
        names = self.study.communes_by_code
        rows = [
            {
                "date": _day(m["date"]), "name": m["name"] or NONE, "where": names.get(m["commune"], NONE), "state": upper_first(MEETING_STATES[m["state"]]),
                "agenda": listed(_points(m["agenda"])), "present": f"{number(m['present'])} sur {number(m['invited'])}" if m["invited"] else NONE,
                "decisions": number(m["decisions"]) if m["decisions"] else NONE,
            }
            for m in self.meetings.to_dict("records")
        ]  # fmt: skip
        held = int(self.meetings["state"].eq(HELD).sum())
        return Table(
            pd.DataFrame(rows), id="tbl-reunions", source=self.agreed_source(),
            caption=f"{upper_first(counted(len(rows), 'réunion'))}, dont {counted(held, 'tenue')}",
            columns={"date": "Date", "name": "Instance", "where": "Lieu", "state": "État", "agenda": "Ordre du jour",
                     "present": "Fonctions présentes ou représentées", "decisions": "Décisions"},
            notes=["« – » dans la colonne des présences : aucune feuille d’émargement n’est saisie."],
        )  # fmt: skip

    def releve(self) -> Table | None:
        """The register of decisions; None where none was taken."""
        if self.register.empty:
            return None
        rows = [
            {
                "id": d["id"], "meeting": ", ".join(p for p in (_day(d["date"]), d["name"]) if p), "decision": f"{d['id']} — {upper_first(d['subject'])}. {upper_first(d['decision'])}",
                "votes": votes_words(d), "actions": listed(list(d["actions"])), "who": d["responsible"] or NONE, "state": _follow_words(d),
                "day": _day(d["date"]), "name": d["name"] or NONE, "due": or_none(d["due"]),
            }
            for d in self.register.to_dict("records")
        ]  # fmt: skip
        open_ = int(self.register["state"].isin(governance.OPEN).sum())
        return Table(
            pd.DataFrame(rows), id="tbl-decisions", source=self.agreed_source(),
            caption=f"Relevé de décisions : {number(len(rows))}, dont {number(open_)} en attente de suite",
            columns={"decision": "Décision", "meeting": "Réunion", "votes": "Vote", "actions": "Actions", "who": "Qui", "state": "Suite"},
            more={"id": "N°", "day": "Date", "name": "Instance", "due": "Pour le"},
            notes=["Les enjeux retenus par le comité de pilotage sont au chapitre « Priorités »."],
        )  # fmt: skip

    # ------------------------------------------------------------------------------------ scenarios

    def scenarios_dits(self) -> Output | None:
        """« L’organisation de la coopération »: what is compared; None where nothing is."""
        if not self.scenarios:
            return None
        text = (
            "Chaque scénario est compté en année pleine : postes de chargé de coopération, coût, qui paie, temps demandé aux élus. "
            f"Les montants sont ceux qui sont écrits dans {ROOM} ; aucun n’est calculé d’après un barème."
        )
        gaps = [s for s in self.scenarios if not math.isnan(s.cost) and abs(s.unsplit) > 0.5]
        if gaps:
            text += f" Pour {quoted([s.name for s in gaps])}, les parts écrites ne font pas le coût."
        return prose(f"## L’organisation de la coopération\n\n{text}")

    def scenarios_compares(self) -> Table | None:
        """Scenarios side by side: posts, cost, payers, by inhabitant, hours, for and against; None without any."""
        if not self.scenarios:
            return None
        lines: list[tuple[str, list[str]]] = [
            ("Postes (ETP)", [_decimal(s.fte) for s in self.scenarios]),
            ("Employeurs", [listed([self.party(e) for e in s.employers]) for s in self.scenarios]),
            ("Coût annuel", [_euros(s.cost) for s in self.scenarios]),
            *((f"dont {label}", [_euros(dict(s.split).get(payer, math.nan)) for s in self.scenarios])
              for payer, label in PAYERS.items() if any(dict(s.split).get(payer) for s in self.scenarios)),
            ("Intercommunalité et communes, par habitant", [_euros(s.per_person, 2) for s in self.scenarios]),
            ("Heures demandées aux élus par an", [_decimal(s.hours) for s in self.scenarios]),
            ("Atouts", [s.strengths or NONE for s in self.scenarios]),
            ("Limites", [s.limits or NONE for s in self.scenarios]),
            ("Décision", [_decision(s) for s in self.scenarios]),
        ]  # fmt: skip
        rows = [{"what": what, **{s.id: cell for s, cell in zip(self.scenarios, cells, strict=True)}} for what, cells in lines]  # fmt: skip
        return Table(
            pd.DataFrame(rows), id="tbl-scenarios", source=self.agreed_source(), caption=self._compared_title(),
            columns={"what": "En année pleine", **{s.id: f"{s.id} — {s.name}" for s in self.scenarios}},
            notes=self._people_note(),
        )  # fmt: skip

    def _compared_title(self) -> str:
        text = "Les scénarios côte à côte" if len(self.scenarios) > 1 else "Un seul scénario est décrit"
        known = [s for s in self.scenarios if not math.isnan(s.local)]
        if len(known) < 2:
            return text
        least, most = min(s.local for s in known), max(s.local for s in known)
        if most == least:
            return f"{text} : le même coût pour l’intercommunalité et les communes"
        return f"{text} : de {euros(least)} à {euros(most)} par an pour l’intercommunalité et les communes"

    def _people_note(self) -> list[str]:
        people = next((s.people for s in self.scenarios), 0.0)
        return [f"Par habitant : {number(people)} habitants."] if people else []

    def qui_paie(self) -> Figure | Absent | None:
        """Cost of each scenario by payer; None where none is split."""
        from ctg_lib.display.charts import stacked_bars

        known = [s for s in self.scenarios if s.split]
        if not known:
            return None
        payers = [p for p in PAYERS if any(dict(s.split).get(p) for s in known)]
        frame = pd.DataFrame(
            [
                {"name": s.id, "part": upper_first(PAYERS[p]), "value": dict(s.split)[p], "highlight": s.retained == "oui"}
                for s in known
                for p in payers
            ]
        )  # fmt: skip
        named = [f"{s.id} : {s.name}{' (retenu)' if s.retained == 'oui' else ''}" for s in known]
        parts = [
            100 * dict(s.split)["caf"] / sum(dict(s.split).values())
            for s in known
            if sum(dict(s.split).values())
        ]
        low, high = (number(f(parts)) for f in (min, max)) if parts else ("", "")
        title = "Qui paierait chaque scénario"
        if parts and "caf" in payers:
            share = f"{low} %" if low == high else f"de {low} à {high} %, selon le scénario"
            title = (
                f"La Caf paierait {share} du coût"
                if low == high
                else f"Part de la Caf dans le coût : {share}"
            )
        return stacked_bars(
            frame, id="fig-qui-paie", share=False, unit="€", label="Scénario", part_label="Qui paie", title=title,
            subtitle="Coût annuel de chaque scénario, en année pleine (euros)", source=self.agreed_source(), notes=(f"{' ; '.join(named)}.",),
        )  # fmt: skip

    def postes(self) -> Table | None:
        """Posts of each scenario: mission, employer, place, cost; None without any."""
        rows = [
            {
                "post": f"{s.id} — {post['mission']}", "scenario": s.id, "mission": post["mission"], "fte": _decimal(post["fte"]), "employer": self.party(post["employer"]) or NONE,
                "hosting": post["hosting"] or NONE, "cost": _euros(post["cost"]), "hours": _decimal(post["hours_members"]),
            }
            for s in self.scenarios
            for post in s.posts
        ]  # fmt: skip
        if not rows:
            return None
        return Table(
            pd.DataFrame(rows), id="tbl-postes", caption="Les postes de chaque scénario", source=self.agreed_source(),
            columns={"post": "Scénario et mission", "fte": "ETP", "employer": "Employeur", "hosting": "Lieu de travail",
                     "cost": "Coût annuel", "hours": "Heures demandées aux élus"},
            more={"scenario": "Scénario", "mission": "Mission"},
        )  # fmt: skip

    # ------------------------------------------------------------------------------------ blocks

    def points_de_vigilance(self) -> Output:
        """What a chart of instances does not say."""
        quiet = [i.name for i in self.instances if i.voting and not self.meetings["instance"].eq(i.id).any()]
        alone = [s for s in self.scenarios if s.retained != "oui" and not s.limits]
        return self.vigilance(
            *self.control_lines(),
            f"Aucune réunion n’est inscrite pour {quoted(quiet)}." if quiet and not self.meetings.empty else "",
            f"Les limites de {quoted([s.name for s in alone])} ne sont pas écrites : la comparaison penche sans le dire." if alone else "",
            "Un organigramme dit qui devrait décider ; le relevé de décisions dit qui a décidé.",
            "Une présence compte une fonction : deux personnes venues pour la même fonction comptent une fois." if len(self.register) else "",
        )  # fmt: skip

    def ce_qui_manque(self) -> Output:
        """What is not filled in the workbook."""
        if self.empty:
            return self.unfilled([f"{ROOM} : instances, membres, réunions, décisions, scénarios et postes."])
        no_member = [i.name for i in self.instances if not i.members]
        held = self.meetings[self.meetings["state"].eq(HELD)]
        told = held[held["summary"].eq("")]
        unsigned = held[held["invited"].eq(0)]
        nobody = self.register[
            self.register["state"].isin(governance.OPEN) & self.register["responsible"].eq("")
        ]
        return self.unfilled(
            [
                f"Instances sans membre écrit : {quoted(no_member)}." if no_member else "",
                f"Réunions tenues sans compte rendu : {_days(told)}." if len(told) else "",
                f"Réunions tenues sans feuille d’émargement saisie : {_days(unsigned)}." if len(unsigned) else "",
                f"Décisions dont personne ne se charge : {', '.join(nobody['id'])}." if len(nobody) else "",
                "Scénarios d’organisation : aucun n’est décrit." if not self.scenarios else "",
                "Scénario retenu : à décider." if self.scenarios and self.retained is None else "",
            ]
        )  # fmt: skip

    def questions_du_groupe(self) -> Output:
        """Questions that people in a room can answer."""
        voting = [i for i in self.instances if i.voting]
        without = [i.name for i in voting if not any(m.college == "habitants" for m in i.members)]
        kept = self.retained
        return self.questions(
            "Qui, parmi ceux que ces décisions touchent, n’a de place dans aucune instance ?",
            f"Les habitants n’ont pas de siège dans {enumerate_fr([_the(n) for n in without])} : par quelle voie leur avis y parvient-il ?" if without else "",
            "Que décide-t-on ici qui aurait pu l’être plus près des communes ?",
            f"Avec {_fte(kept.fte)}, qu’est-ce qui ne sera pas fait ?" if kept and not math.isnan(kept.fte) else
            "De combien de temps de coopération le plan d’action a-t-il besoin, et qui l’emploie ?",
        )  # fmt: skip


# ------------------------------------------------------------------------------------------- words


def votes_words(decision: dict[Any, Any]) -> str:
    """« 7 pour, 1 contre, 1 abstention »; « – » where no vote is written."""
    parts = [
        ("votes_for", "pour", "pour"), ("votes_against", "contre", "contre"), ("abstentions", "abstention", "abstentions"),
    ]  # fmt: skip
    said = [
        counted(decision[name], one, many)
        for name, one, many in parts
        if pd.notna(decision[name]) and (decision[name] or name == "votes_for")
    ]
    return ", ".join(said) or NONE


def _follow_words(decision: dict[Any, Any]) -> str:
    """« Fait », « À faire pour le 31 décembre 2027 (en retard) »: what became of a decision; its day while it is open."""
    text = upper_first(DECISION_STATES[decision["state"]])
    if decision["state"] in governance.OPEN and pd.notna(decision["due"]):
        text += f", pour le {_day(decision['due'])}"
    return f"{text} (en retard)" if decision["late"] else text


def _details(instance: Instance) -> list[str]:
    decides = instance.decides
    first = f"ne décide {decides}" if decides.lower().startswith("rien") else f"décide : {decides}"
    seats = (
        (counted(instance.seats, "siège") if instance.seats else f"sièges {OPEN_SEATS}")
        if instance.members
        else ""
    )
    if instance.voting and instance.voting < instance.seats:
        seats += f", dont {number(instance.voting)} avec voix"
    return [first if decides else "", " · ".join(p for p in (seats, instance.frequency) if p)]


def _seats(count: int) -> str:
    return number(count) if count else OPEN_SEATS


_FEMININE = (
    "plénière", "commission", "coordination", "assemblée", "cellule", "équipe", "conférence", "réunion", "instance",
)  # fmt: skip


def _the(name: str) -> str:
    """« le comité de pilotage », « la plénière annuelle », « l’équipe projet », « les groupes de travail »."""
    low = name[:1].lower() + name[1:]
    first = low.split(" ")[0]
    if first.endswith("s") and first not in ("bureaus",) and not first.startswith("copils"):
        return f"les {low}"
    if first[:1] in "aeéèêiou":
        return f"l’{low}"
    return f"{'la' if first in _FEMININE else 'le'} {low}"


def _at(name: str) -> str:
    """« au comité de pilotage », « à la plénière annuelle », « aux groupes de travail »."""
    text = _the(name)
    for article, at in (("le ", "au "), ("les ", "aux ")):
        if text.startswith(article):
            return at + text.removeprefix(article)
    return f"à {text}"


def _points(text: str) -> list[str]:
    return [line.strip() for line in str(text).splitlines() if line.strip()]


def _day(value: Any) -> str:
    return or_none(value)


def _days(meetings: pd.DataFrame) -> str:
    return enumerate_fr([f"{_day(m['date'])} ({md(m['name'])})" for m in meetings.to_dict("records")])


def _decimal(value: float) -> str:
    return (
        NONE
        if pd.isna(value)
        else number(value, 0 if float(value).is_integer() else 2 if (value * 10) % 1 else 1)
    )


def _euros(value: float, decimals: int = 0) -> str:
    return NONE if pd.isna(value) else euros(value, decimals)


def _fte(value: float) -> str:
    return "un nombre de postes non écrit" if math.isnan(value) else f"{_decimal(value)} ETP"


def _share(part: float, whole: float) -> str:
    return f"{number(100 * part / whole)} %" if whole else NONE


def _decision(scenario: Scenario) -> str:
    if scenario.retained == "oui":
        return (
            f"retenu le {day_in_words(scenario.decided_on)}" if scenario.decided_on else "retenu, sans date"
        )
    return "non retenu" if scenario.retained == "non" else "à décider"
