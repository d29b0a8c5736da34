"""Chapter 08: children and adults with a disability."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import pandas as pd

from ctg_lib.display.figure import Absent
from ctg_lib.display.prose import shown, upper_first, year_of
from ctg_lib.display.table import KeyFigure, Output, Table
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.indicators.handicap import THRESHOLD
from ctg_lib.partnership.offer import by_service, services
from ctg_lib.study.chapters.ages import barracks
from ctg_lib.study.chapters.answers import MASKED, Silence, Told
from ctg_lib.study.chapters.base import count_or_range, names_of, usable
from ctg_lib.study.chapters.folder_base import NONE, listed
from ctg_lib.study.chapters.offre.chapter import FOR_CHILDREN
from ctg_lib.study.chapters.offre.words import kind_label
from ctg_lib.study.chapters.theme import BriefTheme

SITES = "etablissements_handicap"
PUBLICS = {"enfants": "pour enfants", "adultes": "pour adultes", "mixte": "pour enfants et adultes"}
AEEH, AAH, INCLUDED = "beneficiaires_aeeh", "beneficiaires_aah", "accueil_inclusif"
CONTEXT = {
    "beneficiaires_pch": "Prestation de compensation du handicap (PCH)",
    "beneficiaires_pch_moins_20": "PCH, moins de 20 ans",
    "allocataires_aah_departement": "Allocation aux adultes handicapés (AAH), Caf et MSA",
}
"""What départements publish."""
BACK = 5
"""Years between the two counts of a département that are set side by side."""
MOST_DEPARTEMENTS = 2
NOBODY = "Aucun"


class Handicap(BriefTheme):
    """Where establishments are; children and adults helped, never under the threshold; who takes children in."""

    name = "handicap"
    subjects = ("handicap",)
    heard_of = ("handicap",)
    offer_of = ("handicap",)
    rates = ("taux_aeeh", "taux_aah")
    told_first = ("taux_aeeh", "taux_aah")
    cards_of = (AEEH, "taux_aeeh", AAH, "taux_aah", "eleves_ulis", "beneficiaires_pch_territoire")
    silences = (
        Silence("Les enfants pour lesquels l’AEEH est versée, les adultes qui touchent l’AAH", (AEEH, "foyers_aeeh", AAH)),
        Silence("Les bénéficiaires de l’AEEH et de l’AAH que paie la MSA", ("beneficiaires_handicap_msa",), whom=("msa",)),
        Silence("Les droits ouverts (AEEH, PCH) et les orientations qui attendent une place", ("enfants_droits_aeeh", "beneficiaires_pch_territoire", "orientations_mdph"), whom=("mdph",)),
        Silence("Les élèves aidés par un accompagnant (AESH) en classe ordinaire, que suit la direction départementale de l’Éducation "
                "nationale (DSDEN)", ("eleves_aesh",), whom=("dsden",)),
        Silence("Les enfants avec AEEH en crèche et en accueil de loisirs, le bonus « inclusion handicap »",
                (INCLUDED, "structures_bonus_inclusion")),
        Silence("Les services qui accueillent des enfants en situation de handicap", whom=("operateurs",),
                cell="offre.services.disability"),
    )  # fmt: skip

    # ----------------------------------------------------------------------------------- sentences

    def messages(self) -> Sequence[str]:
        """Establishments; children, then adults helped; who takes children in; the département as context."""
        return (
            self.sites_message() or "Les établissements et services pour personnes en situation de handicap (répertoire FINESS) ne sont "
            "pas encore réunis pour ce territoire.",
            self.children_message(), self.inclusion_message(), " ".join(s for s in (self.adults_message(), self.school_message()) if s),
            self.context_message(),
        )  # fmt: skip

    @cached_property
    def sites(self) -> pd.DataFrame:
        """Establishments of the territory by public; empty unless all three are known."""
        rows = usable(self.study.table(SITES, [self.study.place]))
        rows = rows[rows["breakdown"].isin([f"public={p}" for p in PUBLICS])]
        rows = rows[rows["period"].eq(rows["period"].max())]
        return rows if len(rows) == len(PUBLICS) else rows.iloc[0:0]

    def sites_message(self) -> str:
        """How many establishments have their address here, for whom, and around; empty if unknown."""
        if self.sites.empty:
            return ""
        when = year_of(str(self.sites["period"].iloc[0]))
        counts = self._counts(self.sites)
        listed_in = f"(FINESS, répertoire du ministère de la Santé, {when})"
        if not any(counts.values()):
            head = f"**Aucun établissement ni service pour personnes en situation de handicap n’a son adresse ici** {listed_in}."
        else:
            told = [
                f"{counted(n, 'établissement ou service', 'établissements et services')} {words}"
                for p, words in PUBLICS.items()
                if (n := counts[p])
            ]
            none = (
                ""
                if counts["mixte"]
                else "".join(f" ; aucun {PUBLICS[p]}" for p in ("enfants", "adultes") if not counts[p])
            )
            head = (
                f"**{enumerate_fr(told)} en situation de handicap**{self._where_sites()}{none} {listed_in}."
            )
        return f"{head} Un service aide souvent loin de son siège : cela ne dit pas qui est accompagné.{self._around()}"

    @staticmethod
    def _counts(rows: pd.DataFrame) -> dict[str, float]:
        """Public -> establishments, from rows of one place."""
        by = dict(zip(rows["breakdown"], rows["value"], strict=True))
        return {p: float(by[f"public={p}"]) for p in PUBLICS if f"public={p}" in by}

    def _where_sites(self) -> str:
        """« , à Saint-Affrique », « , dans 3 communes (…) »; empty where no commune is known."""
        names = self._with_sites()["commune"]
        if names.empty:
            return ""
        if len(names) > 1:
            return f", dans {counted(len(names), 'commune')} ({names_of(names.to_frame('name'))})"
        code = next(c for c, name in self.commune_names.items() if name == names.iloc[0])
        return f", {self.commune(code).a()}"

    def _with_sites(self) -> pd.DataFrame:
        """Member communes with an establishment: commune, enfants, adultes, mixte."""
        places = [("commune", c) for c in self.study.territory.members]
        rows = usable(self.study.table(SITES, places))
        rows = rows[rows["breakdown"].isin([f"public={p}" for p in PUBLICS]) & rows["value"].gt(0)]
        if rows.empty:
            return pd.DataFrame(columns=["commune", *PUBLICS])
        wide = rows.pivot_table(
            index="code", columns="breakdown", values="value", aggfunc="sum", fill_value=0
        )
        wide = wide.reindex(columns=[f"public={p}" for p in PUBLICS], fill_value=0)
        wide.columns = pd.Index(list(PUBLICS))
        wide.insert(0, "commune", [self.commune_names[c] for c in wide.index])
        return wide.sort_values(list(PUBLICS), ascending=False).reset_index(drop=True)

    @cached_property
    def _around_sites(self) -> tuple[pd.DataFrame, list[str]]:
        """(EPCI that touch the territory: name, enfants, adultes, part), names of those that are not known.

        ``part``: some of its communes are not known, and what is counted is a least.
        """
        near, every, communes = self.study.neighbours, *self._near_rows
        of = dict(zip(communes["code"], communes["code"].map(self._epci_of), strict=True))
        lines, unknown = [], []
        for code, name in zip(near["code"], near["name"], strict=True):
            counts, part = self._counts(every[every["code"].eq(code)]), False
            if len(counts) < len(PUBLICS):
                part, own = True, communes[communes["code"].map(of).eq(code)]
                counts = {
                    p: float(own.loc[own["breakdown"].eq(f"public={p}"), "value"].sum()) for p in PUBLICS
                }
            found = {k: counts[k] + counts["mixte"] for k in ("enfants", "adultes")}
            if part and not any(found.values()):
                unknown.append(str(name))
            else:
                lines.append({"name": str(name), **found, "part": part})
        return pd.DataFrame(lines, columns=["name", "enfants", "adultes", "part"]), unknown

    @cached_property
    def _epci_of(self) -> dict[str, str]:
        """Communes of the EPCI that touch the territory -> EPCI."""
        rows = self.study.geography.membership()
        rows = rows[rows["epci"].isin(self.study.neighbours["code"])]
        return dict(zip(rows["commune"], rows["epci"], strict=True))

    @cached_property
    def _near_rows(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Establishments of the EPCI that touch the territory, and of their communes, by public."""
        around = usable(self.study.table(SITES, [("epci", c) for c in self.study.neighbours["code"]]))
        inside = usable(self.study.table(SITES, [("commune", c) for c in self._epci_of]))
        kept = [f"public={p}" for p in PUBLICS]
        return around[around["breakdown"].isin(kept)], inside[inside["breakdown"].isin(kept)]

    def _around(self) -> str:
        """How many establishments for children the EPCI that touch the territory have, of those that are known."""
        rows, unknown = self._around_sites
        if rows.empty:
            return ""
        have = rows[rows["enfants"].gt(0)].sort_values("enfants", ascending=False)
        said = [f"{r['name']} ({_least(r, 'enfants')})" for _, r in have.head(4).iterrows()]
        if said:
            text = f" Chez les voisines, on en trouve pour enfants : {' ; '.join(said)}."
        else:
            part = unknown or rows["part"].any()
            text = (
                " Aucun n’est connu pour enfants chez les voisines."
                if part
                else " Aucune voisine n’en a pour enfants."
            )
        if unknown:
            verb = "ne sont pas connues" if len(unknown) > 1 else "n’est pas connue"
            text += f" {counted(len(unknown), 'voisine')} sur {number(len(rows) + len(unknown))} {verb}."
        return text

    def children_message(self) -> str:
        """Children with AEEH as far as may be said; who knows, where nobody has said."""
        row = self.row_of(AEEH)
        if row is None:
            return (
                "**Combien d’enfants en situation de handicap vivent ici ? Les données réunies ne le disent pas.** "
                f"{'La Caf et la MSA versent' if self.msa else 'La Caf verse'} l’allocation d’éducation de l’enfant handicapé (AEEH), la maison départementale des personnes handicapées "
                "(MDPH) ouvre les droits, l’Éducation nationale scolarise : chacune connaît une part, et est à interroger."
            )
        said = self._counted(AEEH, row, ("enfant n’ouvre droit", "enfants ouvrent droit"), "taux_aeeh")
        return (
            said.format(what="à l’allocation d’éducation de l’enfant handicapé** (AEEH)")
            + " Les demandes en attente à la maison départementale des personnes handicapées (MDPH) et les enfants sans dossier n’y "
            "sont pas."
        )

    def adults_message(self) -> str:
        """Adults with AAH; the rate with the barracks that swell its base; empty if unknown."""
        row = self.row_of(AAH)
        if row is None:
            return ""
        said = self._counted(AAH, row, ("adulte ne perçoit", "adultes perçoivent"), "taux_aah")
        text = said.format(what="l’allocation aux adultes handicapés** (AAH)")
        if barracks(self.study) and self._rate("taux_aah", row):
            where = enumerate_fr([self.commune(code).a() for code in barracks(self.study)])
            text += f" La base de ce taux compte les hommes logés en établissement {where} : ils la gonflent."
        return text

    def school_message(self) -> str:
        """Pupils of ULIS; empty if unknown."""
        row = self.row_of("eleves_ulis")
        if row is None:
            return ""
        said = self._counted("eleves_ulis", row, ("élève ne suit", "élèves suivent"))
        return said.format(what="l’école en unité d’inclusion scolaire (ULIS)**")

    def _counted(self, indicator: str, row: pd.Series, verbs: tuple[str, str], rate: str = "") -> str:
        """« **29 enfants ouvrent droit {what}, en décembre 2025, soit 2,6 pour 100 … . Ils étaient 24 en … . »

        Args:
            verbs: noun and verb for nobody, for several.
            rate: indicator of the rate, where there is one.
        """
        who = people_in_words(row)
        verb = verbs[0] if who == NOBODY else verbs[1]
        share = self._rate(rate, row) if rate else ""
        return (
            f"**{who} {verb} {{what}}, en {year_of(str(row['period']))}{share}.{self._before(indicator, row)}"
        )

    def _before(self, indicator: str, row: pd.Series) -> str:
        """« Ils étaient 24 en décembre 2023. »: the first known count of people, no difference named; or empty."""
        rows = usable(self.study.series(indicator))
        if rows.empty or rows.iloc[0]["period"] == row["period"] or rows.iloc[0]["value"] < THRESHOLD:
            return ""
        return f" Ils étaient {number(rows.iloc[0]['value'])} en {year_of(str(rows.iloc[0]['period']))}."

    def _rate(self, indicator: str, row: pd.Series) -> str:
        """« , soit 2,6 pour 100 jeunes de moins de 20 ans, plus que dans l’Aveyron (2,1) »; empty for a small count."""
        compared = self.study.compare(indicator)
        value = compared.value
        least = row["value"] if pd.notna(row["value"]) else row["lower"]
        if (
            pd.isna(least)
            or least < THRESHOLD
            or value.period != row["period"]
            or not (value.is_number or value.is_range)
        ):
            return ""
        against = self.against(compared)
        return f", soit {shown(value)} {compared.definition.unit}" + (f", {against}" if against else "")

    @cached_property
    def for_children(self) -> pd.DataFrame:
        """Services for children that offre.xlsx holds, one row each, with what they say: ``takes`` « oui », « non », « »."""
        if not self.folder.has("offre"):
            return pd.DataFrame(columns=["service_key", "takes"])
        rows = by_service(self.folder)
        rows = rows[rows["type"].isin(FOR_CHILDREN)].reset_index(drop=True)
        said = {key: set(part["disability"]) for key, part in services(self.folder).groupby("service_key")}
        takes = [
            "oui" if "oui" in said[k] else "non" if "non" in said[k] else "" for k in rows["service_key"]
        ]
        return rows.assign(takes=pd.Series(takes, index=rows.index, dtype="str"))

    def inclusion_message(self) -> str:
        """How many services say that they take disabled children in; how many children, as partners say."""
        rows = self.for_children
        total, yes, no = len(rows), int(rows["takes"].eq("oui").sum()), int(rows["takes"].eq("non").sum())
        if not total:
            return ""
        silent = total - yes - no
        if not yes and not no:
            among = (
                "Le seul service pour enfants recensé"
                if total == 1
                else f"Aucun des {number(total)} services pour enfants recensés"
            )
            return (
                f"**{among} n’a encore dit s’il accueille des enfants en situation de handicap** (offre.xlsx) : "
                f"{self.asked_of('gestionnaires')}."
            )
        verb = "dit" if yes < 2 else "disent"
        head = (
            f"{upper_first(counted(yes, 'service'))} sur {number(total)} {verb}"
            if yes
            else "Le seul service recensé ne dit pas"
            if total == 1
            else f"Aucun des {number(total)} services ne dit"
        )
        text = f"**{head} accueillir des enfants en situation de handicap**"
        rest = [f"{number(no)} {'dit' if no < 2 else 'disent'} que non"] if no else []
        rest += (
            [f"{number(silent)} ne {'le dit' if silent < 2 else 'le disent'} pas encore"] if silent else []
        )
        text += f" ; {enumerate_fr(rest)}." if rest else "."
        return f"{text}{self._included()}"

    def _included(self) -> str:
        """« En crèche, moins de 10 enfants avec AEEH en 2025 ; … »: what partners say."""
        said = []
        for kind, words in (("eaje", "en crèche"), ("alsh", "en accueil de loisirs")):
            row = self.row_of(INCLUDED, f"accueil={kind}")
            if row is None:
                continue
            who = people_in_words(row)
            noun = "enfant" if who == NOBODY else "enfants"
            said.append(
                f"{words}, {who[:1].lower() + who[1:]} {noun} avec AEEH en {year_of(str(row['period']))}"
            )
        return f" {upper_first(' ; '.join(said))}." if said else ""

    def context_message(self) -> str:
        """What the département publishes, said to be the département's; left to the table where there are many."""
        departements = self._departements
        if not 0 < len(departements) <= MOST_DEPARTEMENTS:
            return ""
        parts = []
        for territory in departements:
            rows = {i: self._last(i, territory.code) for i in CONTEXT}
            pch, young, aah = rows.values()
            if pch is None:
                continue
            text = f"{territory.a()}, {number(pch['value'])} personnes bénéficient de la prestation de compensation du handicap (PCH) fin {pch['period']}"
            if young is not None and young["period"] == pch["period"]:
                text += f", dont {number(young['value'])} de moins de 20 ans"
            text += (
                f" ; {number(aah['value'])}, de l’allocation aux adultes handicapés (AAH) fin {aah['period']}"
                if aah is not None
                else ""
            )
            parts.append(text)
        if not parts:
            return ""
        return f"**Publié par département seulement** : {' ; '.join(parts)}. La part du territoire ne s’en déduit pas."

    @property
    def _departements(self) -> list:
        return [t for t in self.study.references if t.level == "departement"]

    def _years(self, indicator: str, code: str) -> pd.DataFrame:
        return usable(self.study.series(indicator, place=("departement", code)))

    def _last(self, indicator: str, code: str) -> pd.Series | None:
        rows = self._years(indicator, code)
        return None if rows.empty else rows.iloc[-1]

    # ------------------------------------------------------------------------------ figures, tables

    def chiffres_cles(self) -> Output:
        """Establishments by public, then what is known of people."""
        cards = [
            self._sites_card(public, words)
            for public, words in (("enfants", "enfants"), ("adultes", "adultes"))
        ]
        found = [card for card in (*cards, *self._known_cards()) if card is not None]
        return self.shown_cards(found)

    def _sites_card(self, public: str, words: str) -> KeyFigure | None:
        """« 1 établissement ou service pour enfants »; those of both publics counted in."""
        counts = self._counts(self.sites)
        if not counts:
            return None
        count = counts[public] + counts["mixte"]
        noun = "établissement ou service" if count < 2 else "établissements et services"
        label = f"{noun} pour {words} en situation de handicap ({year_of(str(self.sites['period'].iloc[0]))})"
        return KeyFigure(label, number(count), "", self.study.source_line(self.sites, brief=True))

    def etablissements(self) -> Table | Absent:
        """Establishments by commune, then those of the EPCI that touch the territory, by public."""
        title, id = "Les établissements et services", "tbl-etablissements-handicap"
        rows, unknown = self._around_sites
        if self.sites.empty and rows.empty:
            return self.absent(title, "le répertoire FINESS n’est pas encore réuni pour ce territoire", id)
        own = self._with_sites()
        own = own.assign(enfants=own["enfants"] + own["mixte"], adultes=own["adultes"] + own["mixte"]).drop(
            columns="mixte"
        )
        lines = [{"name": r["commune"], **self._cells(r)} for _, r in own.iterrows()]
        counts = self._counts(self.sites)
        if counts:
            total = {k: counts[k] + counts["mixte"] for k in ("enfants", "adultes")}
            lines.append({"name": f"{self.study.territory.short_name} (le territoire)", **self._cells(total)})
        around = rows.sort_values(["enfants", "adultes"], ascending=False)
        lines += [
            {"name": f"{r['name']} (voisine)", **{k: _least(r, k) for k in ("enfants", "adultes")}}
            for _, r in around.iterrows()
        ]
        used = [self.sites, *self._near_rows]
        notes = [
            "Un établissement ouvert aux enfants et aux adultes compte dans les deux colonnes. Ni places, ni listes d’attente."
        ]
        notes += (
            [f"Voisines dont les établissements ne sont pas réunis : {', '.join(unknown)}."]
            if unknown
            else []
        )
        notes += (
            ["« Au moins » : une partie de ses communes n’est pas réunie."] if around["part"].any() else []
        )
        period = next((year_of(str(u["period"].iloc[0])) for u in used if len(u)), "")
        return Table(
            pd.DataFrame(lines), id=id, caption=f"{title} dont l’adresse est ici et chez les voisines, {period}",
            source=self.study.source_line(*(u for u in used if len(u))),
            columns={"name": "Commune ou intercommunalité", "enfants": "Pour enfants", "adultes": "Pour adultes"}, notes=notes,
        )  # fmt: skip

    @staticmethod
    def _cells(row) -> dict[str, str]:
        return {k: number(row[k]) for k in ("enfants", "adultes")}

    def accueil_des_enfants(self) -> Told:
        """Services for children: whether each takes disabled children in; None where none has said."""
        rows = self.for_children
        if rows["takes"].eq("").all():
            return None
        names = self.study.communes_by_code
        frame = pd.DataFrame(
            {
                "name": [r["name"] or kind_label(r["type"], r["type_label"]) for r in rows.to_dict("records")],
                "where": [listed([names.get(c, c) for c in r["communes"]]) for r in rows.to_dict("records")],
                "takes": [t or NONE for t in rows["takes"]],
            }
        )  # fmt: skip
        columns = {
            "name": "Service",
            "where": "Communes",
            "takes": "Accueille",
        }
        yes = int(rows["takes"].eq("oui").sum())
        who = (
            f"{counted(yes, 'service')} sur {number(len(rows))}"
            if yes
            else f"aucun service sur {number(len(rows))} ne"
        )
        caption = f"Accueillir un enfant en situation de handicap : {who}"
        return Table(
            frame, id="tbl-accueil-handicap", caption=f"{caption} {'dit' if yes < 2 else 'disent'} le faire",
            source=self.workbook_source("offre", given=()), columns=columns,
            notes=[f"« {NONE} » : non rempli. Combien d’enfants, par service, n’est pas montré : avec le total de la Caf, un petit nombre se lirait. Accueillir un enfant demande du personnel et "
                   "parfois des locaux : à voir avec chaque service."],
        )  # fmt: skip

    def departement(self) -> Table | Absent:
        """What is published by département, two years side by side."""
        title, id = "Ce qui est publié par département", "tbl-handicap-departement"
        lines: list[dict[str, str]] = []
        used: list[pd.DataFrame] = []
        for territory in self._departements:
            series = {i: rows for i in CONTEXT if len(rows := self._years(i, territory.code))}
            if series:
                lines.append(
                    {"place": territory.name, **{i: _then_and_now(rows) for i, rows in series.items()}}
                )
                used += series.values()
        if not lines:
            return self.absent(title, "les chiffres du département ne sont pas réunis", id)
        frame = pd.DataFrame(lines).reindex(columns=["place", *CONTEXT]).fillna(NONE)
        named = {
            i: label if self.study.has_msa else label.removesuffix(", Caf et MSA")
            for i, label in CONTEXT.items()
        }
        columns = {"place": "Département", **named}
        if len(lines) == 1:
            frame = pd.DataFrame({"what": list(named.values()), "count": [frame[c].iloc[0] for c in CONTEXT]})
            columns = {"what": "Prestation", "count": lines[0]["place"]}
        return Table(
            frame, id=id, caption=f"{title}, et non pour le territoire", source=self.study.source_line(*used), columns=columns,
            notes=["Bénéficiaires au 31 décembre. Contexte seulement : la part du territoire ne s’en déduit pas. Le nombre par "
                   "intercommunalité se demande à la MDPH."],
        )  # fmt: skip

    # -------------------------------------------------------------------------------------- blocks

    def cautions(self) -> Sequence[str]:
        """What misleads in this theme: rights, not needs; small numbers; barracks."""
        return (
            "**Une allocation n’est pas un besoin.** Un taux élevé peut dire que les familles connaissent leurs droits et que la MDPH "
            "répond ; un taux bas, l’inverse.",
            f"**Un petit nombre ferait reconnaître un enfant** : de 1 à {number(THRESHOLD - 1)}, aucun nombre de ce chapitre n’est montré, ni "
            "rien par commune.",
        )

    def more_silences(self) -> Sequence[str]:
        """What is published and not gathered; places; families without a file."""
        return (
            "Les élèves en unité d’inclusion scolaire (ULIS) : publiés par l’Éducation nationale, pas encore réunis ici."
            if self.row_of("eleves_ulis") is None
            else "",
            "Les places et les listes d’attente des établissements et services : à demander à l’Agence régionale de santé (ARS) et au "
            "Département.",
            "Les familles qui n’ont pas fait de dossier, et celles qui ont renoncé à un mode d’accueil : à demander aux professionnels qui "
            "les connaissent, sans nom.",
            self.letters(),
        )

    def questions_du_groupe(self) -> Output:
        """Questions that people in a room can answer."""
        rows = self.for_children
        silent = int(rows["takes"].eq("").sum())
        if silent > 1:
            self.study.note(self.workbook_source("offre", brief=True))
        return self.questions(
            f"Les {number(silent)} services pour enfants qui ne l’ont pas encore dit accueillent-ils des enfants en situation de handicap ? "
            "Que leur faudrait-il : un adulte de plus, une formation, des locaux ?"
            if silent > 1
            else "Que manque-t-il à un service pour accueillir un enfant en situation de handicap : un adulte de plus, une formation, des "
            "locaux ?",
            "À qui une famille s’adresse-t-elle d’abord, et qui l’aide à faire son dossier ?",
            "Où vont aujourd’hui les enfants suivis par un service de soins, et qui les y conduit ?",
            "Quelles aides se trouvent hors du territoire, et laquelle pourrait tenir une permanence ici ?",
        )


def _least(row: pd.Series, public: str) -> str:
    """« 5 », « au moins 5 », « non connu » where some communes are not known and the others have none."""
    if not row["part"]:
        return number(row[public])
    return f"au moins {number(row[public])}" if row[public] else "non connu"


def people_in_words(row: pd.Series) -> str:
    """« 29 », « Entre 25 et 34 », « Au plus 14 », « Moins de 10 », « Aucun »: people, never a number under the threshold."""
    if row["status"] in MASKED:
        return f"Moins de {number(THRESHOLD)}"
    least, most = (row["value"], row["value"]) if pd.notna(row["value"]) else (row["lower"], row["upper"])
    if most < 1:
        return NOBODY
    if most < THRESHOLD:
        return f"Moins de {number(THRESHOLD)}"
    return f"Au plus {number(most)}" if least < THRESHOLD else upper_first(count_or_range(row))


def _then_and_now(rows: pd.DataFrame) -> str:
    """« 1 875 (2020 ; 1 620 en 2015) »: the last count, and that of :data:`BACK` years before or later."""
    now = rows.iloc[-1]
    back = rows[rows["period"].astype(int).ge(int(now["period"]) - BACK)].iloc[0]
    before = "" if back["period"] == now["period"] else f" ; {number(back['value'])} en {back['period']}"
    return f"{number(now['value'])} ({now['period']}{before})"
