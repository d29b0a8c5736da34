"""Chapter 11: vulnerable families and housing."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import shown, upper_first, year_of
from ctg_lib.display.table import Output, Table
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.study.chapters.answers import Silence, answered
from ctg_lib.study.chapters.base import count_or_range, mostly_known, names_of, usable
from ctg_lib.study.chapters.drawn import counts_by_year
from ctg_lib.study.chapters.theme import ThemeChapter, cautions_of
from ctg_lib.study.comparison import Compared
from ctg_lib.study.rows import as_value, reading
from ctg_lib.study.rows import known as is_known

SECOND, VACANT = "part_residences_secondaires", "part_logements_vacants"
USES = (SECOND, VACANT)
HALF = 50.0
FEW = 10.0
"""Under this part of the dwellings, second homes are not what must be said first, %."""
SOCIAL = "part_locataires_hlm"
TENURES = {
    "part_proprietaires": "propriétaires", "part_locataires_prives": "locataires du parc privé",
    SOCIAL: "locataires d’un logement social", "part_loges_gratuitement": "logés gratuitement",
}  # fmt: skip
PROTECTION = ("informations_preoccupantes", "mineurs_aide_sociale_enfance")
"""Counts of child protection, which a partner alone gives."""
LOW_INCOME = ("seuil=400", "seuil=800")
COMFORT = ("part_suroccupation", "part_logements_avant_1946", "part_chauffage_fioul")


class Vulnerables(ThemeChapter):
    """Where one can live all year, who rents, and what is known, or not, of families in difficulty."""

    name = "vulnerables"
    subjects = ("logement",)
    heard_of = ("familles_vulnerables", "logement")
    told_too = tuple((i, "") for i in PROTECTION)
    offer_of = ("familles_vulnerables", "logement")
    cards_of = (
        "logements", SECOND, VACANT, SOCIAL, "foyers_rsa", "foyers_aide_logement", "part_menages_monoparentaux", "part_entrants",
    )  # fmt: skip
    rates = (
        SECOND, VACANT, "part_proprietaires", "part_locataires_prives", SOCIAL, "part_loges_gratuitement", *COMFORT,
        "part_emmenages_recents", "part_menages_monoparentaux", "part_menages_sans_voiture", "taux_pauvrete_occupation",
        "part_foyers_qf_bas", "part_entrants", "part_sortants",
    )  # fmt: skip
    changes_of = (
        "logements", SECOND, VACANT, "part_proprietaires", "part_locataires_prives", SOCIAL, "part_loges_gratuitement",
        *COMFORT, "part_entrants", "part_sortants",
    )  # fmt: skip
    groups_of = (
        "logements", SECOND, VACANT, "part_proprietaires", "part_locataires_prives", SOCIAL, "foyers_rsa",
        "foyers_aide_logement",
    )  # fmt: skip
    told_first = (
        SECOND, VACANT, SOCIAL, "part_menages_monoparentaux", "part_entrants", "part_sortants", "part_foyers_qf_bas",
        "taux_pauvrete_occupation",
    )  # fmt: skip
    silences = (
        Silence("Les enfants suivis ou confiés au titre de l’aide sociale à l’enfance, et ceux que concerne une information "
                "préoccupante", PROTECTION, whom=("departement",)),
        Silence("Les foyers allocataires au quotient familial le plus bas", ("part_foyers_qf_bas",)),
        Silence("Les familles monoparentales que la Caf connaît", ("allocataires_situation",)),
        Silence("Ce que le logement pèse dans le budget des foyers aidés (taux d’effort)", ("taux_effort_logement",)),
        Silence("L’effectif exact des foyers au RSA", ("foyers_rsa",)),
        Silence("Les foyers de la MSA au RSA ou à la prime d’activité", ("foyers_minima_msa",), whom=("msa",)),
    )  # fmt: skip

    # ----------------------------------------------------------------------------------- sentences

    def messages(self) -> Sequence[str]:
        """Dwellings first: closed for a part of the year, empty, social; families in difficulty; moves."""
        return (
            self.second_homes_message() or "Les logements de ce territoire ne sont pas encore réunis.",
            self.renting_message(), self.hardship_message(), self.alone_message(), self.moves_message(),
        )  # fmt: skip

    def second_homes_message(self) -> str:
        """Second homes in number, the reference, the communes where they are the greater part; vacancy beside."""
        compared, row = self.study.compare(SECOND), self.study.row(SECOND)
        if row is None or not compared.value.is_number:
            return ""
        if (compared.value.value or 0.0) < FEW:
            return self._few_second_homes(row, compared)
        share, against = shown(compared.value), self._beside(compared)
        if pd.isna(row["numerator"]) or pd.isna(row["denominator"]):
            text = f"**{share} des logements sont des résidences secondaires**, en {compared.value.period}{against}."
        else:
            count = counted(float(row["numerator"]), "logement", "logements")
            are = (
                "est une résidence secondaire" if row["numerator"] < 2 else "sont des résidences secondaires"
            )
            text = (
                f"**{upper_first(count)} sur {number(row['denominator'])} {are}**, en {compared.value.period}, soit "
                f"{share}{against}."
            )
        return text + self._beyond_half() + self._vacancy()

    def _few_second_homes(self, row: pd.Series, compared: Compared) -> str:
        """Where they are few, all the dwellings first, then the empty ones; second homes last."""
        total = self.study.value("logements", period=compared.value.period)
        said = f"Les résidences secondaires en sont {shown(compared.value)}{self._beside(compared)}"
        if not total.is_number:
            return f"**{said.replace('en sont', 'sont')} des logements**, en {compared.value.period}.{self._vacancy()}"
        count = counted(total.value or 0.0, "logement")
        return f"**{upper_first(count)}**, en {compared.value.period}.{self._vacancy()} {said}."

    def _beside(self, compared: Compared) -> str:
        said = self.against(compared)
        return f", {said}" if said else ""

    def _over(self) -> pd.DataFrame:
        """Communes where second homes are more than half of the dwellings, most first."""
        rows = usable(self.study.communes(SECOND))
        return rows[rows["value"].gt(HALF)].sort_values("value", ascending=False)

    def _beyond_half(self) -> str:
        """« À Saint-Jean-du-Bruel (58 %) et … (54 %), c’est plus d’un logement sur deux »."""
        rows = self._over()
        known = usable(self.study.communes(SECOND))
        if len(known) < 3 or not mostly_known(self.study.communes(SECOND)):
            return ""
        if rows.empty:
            low, high = known.nsmallest(1, "value").iloc[0], known.nlargest(1, "value").iloc[0]
            return (
                f" Selon la commune, de {number(low['value'], 0, '%')} ({low['name']}) à {number(high['value'], 0, '%')} "
                f"({high['name']})."
            )
        if len(rows) > 4:
            return f" Elles sont plus de la moitié des logements dans {counted(len(rows), 'commune')} ({names_of(rows)})."
        where = [
            f"{self.commune(str(code)).a()} ({number(value, 0, '%')})"
            for code, value in zip(rows["code"], rows["value"], strict=True)
        ]
        return f" {upper_first(enumerate_fr(where))}, c’est plus d’un logement sur deux."

    def _vacancy(self) -> str:
        compared, row = self.study.compare(VACANT), self.study.row(VACANT)
        if row is None or not compared.value.is_number:
            return ""
        here = f"{shown(compared.value)}{self._beside(compared)}"
        second = self.study.value(SECOND)
        other = compared.value.period != second.period
        if pd.isna(row["numerator"]):
            return f" {upper_first(f'en {compared.value.period}, ' if other else '')}{shown(compared.value)} des logements sont vacants{self._beside(compared)}."
        n = round(float(row["numerator"]))
        if not n:
            return " Aucun n’est vacant."
        more = " autre est vacant" if n < 2 else " autres sont vacants"
        if (second.value or 0.0) < FEW:
            more = " est vacant" if n < 2 else " sont vacants"
        return f" {number(n)}{more}, soit {here}."

    def renting_message(self) -> str:
        """Social tenants in number and where; private tenants beside."""
        compared, row = self.study.compare(SOCIAL), self.study.row(SOCIAL)
        if row is None or not compared.value.is_number:
            return ""
        if pd.isna(row["numerator"]) or pd.isna(row["denominator"]):
            return f"**{shown(compared.value)} des ménages louent un logement social**, en {compared.value.period}{self._beside(compared)}."
        n = round(float(row["numerator"]))
        if not n:
            return f"**Aucun ménage n’y loue de logement social**, au recensement de {compared.value.period}."
        rent = "loue" if n < 2 else "louent"
        france = compared.references[
            compared.references["level"].eq("france")
            & compared.references["period"].eq(compared.value.period)
        ]
        more = ""
        if len(france) and compared.main is not None and compared.main["level"] != "france":
            other = france.iloc[0]
            side = reading(compared.value, other, compared.definition).side
            if side in ("above", "below"):
                place = self.study.reference_territory(other)
                more = f" ; {place.a()}, {shown(as_value(other, compared.definition))}"
        text = (
            f"**{upper_first(counted(n, 'ménage'))} sur {number(row['denominator'])} {rent} un logement social**, en "
            f"{compared.value.period}, soit {shown(compared.value)}{self._beside(compared)}{more}."
        )
        return text + self._where_social(n) + self._private()

    def _where_social(self, total: int) -> str:
        """The commune that holds at least two fifths of them."""
        rows = self.study.communes(SOCIAL)
        rows = rows[rows["numerator"].notna() & rows["status"].eq("observed")]
        if len(rows) < 3 or total < 20:
            return ""
        first = rows.sort_values("numerator", ascending=False).iloc[0]
        if first["numerator"] < 0.4 * total:
            return ""
        return f" {upper_first(self.commune(str(first['code'])).a())}, ils sont {number(first['numerator'])}."

    def _private(self) -> str:
        row = self.study.row("part_locataires_prives")
        if row is None or pd.isna(row["numerator"]) or not is_known(row.to_frame().T).iloc[0]:
            return ""
        return f" {number(row['numerator'])} louent dans le parc privé."

    def hardship_message(self) -> str:
        """Households at the RSA or helped with their rent; low quotient and tenants' poverty, where known."""
        parts = []
        for indicator, (one, many) in _HELPED.items():
            row = self.study.row(indicator)
            if row is not None and is_known(row.to_frame().T).iloc[0]:
                count = (
                    counted(float(row["value"]), one, many)
                    if pd.notna(row["value"])
                    else f"{count_or_range(row)} {many}"
                )
                parts.append((count, str(row["period"]), pd.isna(row["value"])))
        if not parts:
            return "Les foyers que la Caf aide ne sont pas connus pour ce territoire : à demander à la Caf."
        when = parts[0][1]
        said = [c if p == when else f"{c} ({year_of(p)})" for c, p, _ in parts]
        text = f"**{upper_first(said[0])}**, en {year_of(when)}" + (f" ; {said[1]}" if len(said) > 1 else "")
        farming = self.study.value("foyers_minima_msa", "aide=rsa")
        whose = "la Caf seule"
        if farming.is_number and farming.value is not None:
            more = counted(farming.value, "foyer est", "foyers sont")
            whose += f" ; {more} au RSA de la MSA ({year_of(farming.period)})"
        ranges = any(r for *_, r in parts)
        text += f". Ce sont des fourchettes, et {whose}." if ranges else f". {upper_first(whose)}."
        return f"{text} Ces foyers ne sont pas tous les foyers en difficulté : d’autres ne demandent rien.{self._quotient()}{self._tenants()}"

    def _quotient(self) -> str:
        value = self.study.value("part_foyers_qf_bas", LOW_INCOME[0])
        if not (value.is_number or value.is_range):
            return ""
        return (
            f" Parmi les foyers allocataires, {shown(value)} ont un quotient familial de moins de 400 € "
            f"({year_of(value.period)})."
        )

    def _tenants(self) -> str:
        rent, own = (
            self.study.value("taux_pauvrete_occupation", f"occupation={o}")
            for o in ("locataire", "proprietaire")
        )
        if not (rent.is_number and own.is_number) or rent.period != own.period:
            return ""
        return (
            f" Sous le seuil de pauvreté en {rent.period} : {shown(rent)} des personnes en ménage locataire, {shown(own)} en ménage "
            "propriétaire."
        )

    def alone_message(self) -> str:
        """Lone-parent families: what is known, and that their poverty is not."""
        given = self.study.value("allocataires_situation", "situation=monoparent")
        families, households = (
            self.study.compare(i) for i in ("part_familles_monoparentales", "part_menages_monoparentaux")
        )
        if families.value.is_number:
            text = f"**{shown(families.value)} des familles avec enfants sont monoparentales**, en {families.value.period}{self._beside(families)}"
        elif households.value.is_number:
            text = f"**{shown(households.value)} des ménages sont une famille monoparentale**, en {households.value.period}{self._beside(households)}"
        else:
            return ""
        if given.is_number or given.is_range:
            count = (
                counted(float(given.value), "est allocataire", "sont allocataires")
                if given.is_number and given.value is not None
                else f"{shown(given)} sont allocataires"
            )
            text += f" ; {count} de la Caf ({year_of(given.period)})"
        return f"{text}. Combien d’entre elles vivent sous le seuil de pauvreté, les fichiers réunis ne le disent pas."

    def moves_message(self) -> str:
        """How many came and left in a year; barracks move people too."""
        come, leave = self.study.value("part_entrants"), self.study.value("part_sortants")
        if not (come.is_number and leave.is_number) or come.period != leave.period:
            return ""
        arrived, left = (
            self.study.value("arrivees", period=come.period),
            self.study.value("departs", period=come.period),
        )
        if arrived.is_number and left.is_number:
            head = f"**{upper_first(counted(arrived.value or 0.0, 'personne'))} {'arrivée' if (arrived.value or 0) < 2 else 'arrivées'} en un an, {number(left.value or 0.0)} {'partie' if (left.value or 0) < 2 else 'parties'}**"
            text = (
                f"{head}, soit {shown(come)} et {shown(leave)} des habitants (recensement de {come.period})"
            )
        else:
            text = (
                f"**En un an, {shown(come)} des habitants sont arrivés d’ailleurs, {shown(leave)} sont partis** (recensement de "
                f"{come.period})"
            )
        text += self._neighbours_moves()
        army = self.study.establishments.query("kind == 'army'")
        names = enumerate_fr([self.commune(str(c)).name for c in army["code"]])
        if names:
            text += (
                f" Les mutations des militaires de {names} y sont comptées, sans que l’on puisse les en retirer."
                if len(army) == 1
                else ""
            )
        return text

    def _neighbours_moves(self) -> str:
        come, leave = self.study.compare("part_entrants"), self.study.compare("part_sortants")
        same = come.peers_period == leave.peers_period == come.value.period
        if min(come.peers_known, leave.peers_known) < 5 or not same:
            return "."
        return (
            f". Médianes des intercommunalités voisines : {number(come.peers_median, 1, '%')} et "
            f"{number(leave.peers_median, 1, '%')}."
        )

    # ------------------------------------------------------------------------------------- housing

    def carte_residences_secondaires(self) -> Figure | Absent:
        """Second homes by commune, with one half among the class limits."""
        rows, id = self.study.communes(SECOND), "fig-carte-residences-secondaires"
        if not mostly_known(rows):
            return self.absent(
                "Les résidences secondaires sur la carte",
                "les logements des communes ne sont pas encore réunis",
                id,
            )
        over, known = self._over(), usable(rows)
        if len(over):
            where = "dans une commune" if len(over) == 1 else f"dans {counted(len(over), 'commune')}"
            among = (
                f"sur {len(rows)}"
                if len(known) == len(rows)
                else f"sur les {len(known)} dont le taux est montré"
            )
            title = f"Plus de la moitié des logements sont des résidences secondaires {where} {among}"
        else:
            low, high = number(known["value"].min(), 0, "%"), number(known["value"].max(), 0, "%")
            title = f"De {low} à {high} de résidences secondaires selon la commune"
        breaks = [b for b in (15.0, 30.0, 40.0, HALF) if known["value"].min() < b < known["value"].max()]
        return self.commune_map(SECOND, id=id, title=title, frame=rows, breaks=breaks or None)

    def a_quoi_servent_les_logements(self) -> Figure | Absent:
        """Main residences, second homes, vacant dwellings: the territory, its secteurs, its references (one France)."""
        from ctg_lib.display.charts import stacked_bars

        title, id = "À quoi servent les logements", "fig-logements"
        mine = self._whole(USES, self.study.place)
        if mine is None:
            return self.absent(
                title, "les logements de ce territoire ne sont pas connus pour une même année", id
            )
        year = str(mine["period"].iloc[0])
        found = [(self.study.territory.short_name, mine, True), *self._beside_it(USES, year)]
        frame = pd.concat(
            [
                pd.DataFrame({"name": name, "part": list(_USES), "value": _shares(rows), "highlight": own})
                for name, rows, own in found
            ],
            ignore_index=True,
        )
        main = _shares(mine)[0]
        return stacked_bars(
            frame, id=id, unit="%", part_label="Logements",
            title=f"{number(main, 0, '%')} des logements sont habités à l’année{self._uses_beside(found)}",
            subtitle=f"Logements selon leur occupation, %, {year}",
            source=self.study.source_line(*(rows for _, rows, _ in found)),
            notes=("Un logement « vacant » est à vendre, à louer, en attente d’un occupant ou gardé vide par son propriétaire.",
                   *([self.study.config.secteurs_note] if self.study.secteurs and self.study.config.secteurs_note else [])),
        )  # fmt: skip

    def _uses_beside(self, found: list[tuple[str, pd.DataFrame, bool]]) -> str:
        for territory in self.study.references:
            for name, rows, _ in found[1:]:
                if name == territory.name:
                    return f" ; {number(_shares(rows)[0], 0, '%')} {territory.a()}"
        return ""

    def _whole(
        self, ids: Sequence[str], place: tuple[str, str], period: str | None = None
    ) -> pd.DataFrame | None:
        """Known shares of a place for the latest year in which all of them are; None where there is none."""
        rows = self.study.table(list(ids), [place])
        rows = rows[is_known(rows) & rows["value"].notna() & rows["breakdown"].eq("")]
        whole = rows.groupby("period")["indicator"].nunique()
        years = [str(p) for p in whole[whole.eq(len(ids))].index if period in (None, str(p))]
        return rows[rows["period"].eq(max(years))] if years else None

    def _beside_it(self, ids: Sequence[str], year: str) -> list[tuple[str, pd.DataFrame, bool]]:
        """Name, shares of that year and False for each secteur and reference that has them all; one France."""
        places = [(("secteur", s.code), f"Secteur {s.name}") for s in self.study.secteurs]
        places += [((t.level, t.code), t.name) for t in self.study.references]
        found: list[tuple[str, pd.DataFrame, bool]] = []
        france = False
        for place, name in places:
            rows = None if france and place[0] == "france" else self._whole(ids, place, year)
            if rows is not None:
                found.append((name, rows, False))
                france |= place[0] == "france"
        return found

    def statut_d_occupation(self) -> Figure | Absent:
        """Owners, private tenants, social tenants, free lodgers: the territory, its secteurs, its references."""
        from ctg_lib.display.charts import stacked_bars

        title, id = "Propriétaires et locataires", "fig-statut-occupation"
        mine = self._whole(tuple(TENURES), self.study.place)
        if mine is None:
            return self.absent(title, "le statut d’occupation n’est pas encore réuni pour ce territoire", id)
        year = str(mine["period"].iloc[0])
        found = [(self.study.territory.short_name, mine, True), *self._beside_it(tuple(TENURES), year)]
        frame = pd.DataFrame(
            {"name": name, "part": label, "value": float(rows.loc[rows["indicator"].eq(i), "value"].iloc[0]), "highlight": own}
            for name, rows, own in found for i, label in TENURES.items()
        )  # fmt: skip
        return stacked_bars(
            frame, id=id, unit="%", part_label="Ménages", title=self._tenure_title(mine),
            subtitle=f"Résidences principales selon le statut d’occupation, %, {year}",
            source=self.study.source_line(*(rows for _, rows, _ in found)),
            notes=("« Logés gratuitement » : par la famille, un employeur ou une institution.",),
        )  # fmt: skip

    @staticmethod
    def _tenure_title(mine: pd.DataFrame) -> str:
        """« Sur 100 ménages, 71 propriétaires, 20 locataires du parc privé, 4 d’un logement social »."""
        values = mine.set_index("indicator")["value"]
        said = [number(values[i]) for i in ("part_proprietaires", "part_locataires_prives", SOCIAL)]
        return f"Sur 100 ménages, {said[0]} sont propriétaires, {said[1]} locataires du parc privé, {said[2]} d’un logement social"

    # ------------------------------------------------------------------------------------ families

    def rsa_par_annee(self) -> Figure | Absent:
        """Households at the RSA by year: ranges, and what they do not let one see."""
        return counts_by_year(
            self, "foyers_rsa", id="fig-rsa", noun=("foyer au RSA", "foyers au RSA"), notes=(self.msa,),
            absent=("Les foyers au RSA", "moins de deux années sont connues pour ce territoire"),
            measure="Foyers allocataires au RSA, en décembre",
        )  # fmt: skip

    # -------------------------------------------------------------------------------------- blocks

    def equipements(self) -> Table | Absent:
        """No kind of equipment is of this theme."""
        return self.absent(
            "Ce que recense la base des équipements",
            "la base des équipements ne dit rien du logement ni de l’hébergement d’urgence",
            f"tbl-equipements-{self.slug}",
        )

    def cautions(self) -> Sequence[str]:
        """What these figures must not be made to say."""
        caf = any(self._shows(i) for i in ("foyers_rsa", "foyers_aide_logement"))
        return (
            "**Des familles, pas des catégories.** Élever seul ses enfants, être locataire ou toucher le RSA n’est pas une fragilité en "
            "soi ; aucun de ces chiffres ne dit qui a besoin d’aide.",
            self._counts_caution() if caf else "",
            "**Résidences secondaires.** Le recensement y compte les logements occasionnels et les locations de vacances : il ne dit ni "
            "ceux qui se loueraient à l’année, ni ceux que l’on chauffe." if self._shows(SECOND) else "",
            "**Logement social.** Des ménages locataires au recensement, non des logements : ceux des bailleurs qui sont vides n’y sont "
            "pas." if self._shows(SOCIAL) else "",
        )  # fmt: skip

    def _counts_caution(self) -> str:
        said = [self.msa, _RANGES if self.study.value("foyers_rsa").is_range else ""]
        text = " ".join(part for part in said if part)
        return f"**Effectifs de la Caf.** {text}" if text else ""

    def points_de_vigilance(self) -> Output:
        """What misleads here, then the indicators' own cautions."""
        known = [i for i in dict.fromkeys([*self.card_ids, *self.rates]) if self._shows(i)]
        plain = [i for i in known if i not in ("foyers_rsa", "foyers_aide_logement")]
        return self.vigilance(*self.cautions(), *cautions_of(plain, self.caution), self.fragile(known))

    def more_silences(self) -> Sequence[str]:
        """What no file and no letter of request tells yet, and who knows it."""
        msa, farms = (" et à la MSA", "à la MSA, ") if self.msa else ("", "")
        return (
            "**Les lettres préparées ne couvrent pas ce qui suit ; à demander à part :**",
            "Les ménages qui attendent un logement social, et depuis quand : aux bailleurs et à l’État (système national "
            "d’enregistrement de la demande).",
            f"Les impayés de loyer et d’énergie, les expulsions : à la Caf{msa}, au Département (fonds de solidarité pour le "
            "logement) et à la commission de prévention des expulsions.",
            "Le logement indigne ou trop froid : aux maires, aux services de l’État (lutte contre l’habitat indigne), à l’espace "
            "conseil France Rénov’.",
            "L’hébergement d’urgence, les familles hébergées chez des tiers : au 115 et au service intégré d’accueil et d’orientation "
            "(SIAO), au centre communal ou intercommunal d’action sociale.",
            f"Le logement des saisonniers et des apprentis : aux employeurs, {farms}à l’office de tourisme, à la mission locale.",
            "Les violences dans la famille : les faits enregistrés sont dans le dictionnaire des indicateurs, en annexe, car ils ne "
            "comptent que ce qui est signalé. Ce qui se passe ici se demande aux associations d’aide aux victimes et à la gendarmerie, "
            "sans chercher à reconnaître personne.",
        )  # fmt: skip

    def questions_du_groupe(self) -> Output:
        """Questions that these figures raise and that people in a room can answer."""
        over, second = self._over(), self.study.value(SECOND)
        places = enumerate_fr([self.commune(str(c)).a() for c in over["code"].head(3)])
        return self.questions(
            f"Que trouve à louer, à l’année, une famille qui cherche {places} ?" if places else
            "Que trouve à louer, à l’année, une famille qui cherche un logement ici ?",
            "À quelles conditions des propriétaires de résidences secondaires loueraient-ils à l’année ?"
            if second.is_number and (second.value or 0) > 20 else "",
            "Où une famille dort-elle la nuit où elle perd son logement, et qui l’appelle le lendemain ?",
            "Qui, des professionnels présents, rencontre les parents qui élèvent seuls leurs enfants, et que leur manque-t-il d’abord ?",
            "" if answered(self.study, PROTECTION) else
            "Que peut dire le Département du nombre d’enfants qu’il protège ici sans qu’aucun soit reconnu ?",
        )  # fmt: skip


_HELPED = {
    "foyers_rsa": ("foyer au RSA", "foyers au RSA"),
    "foyers_aide_logement": ("foyer aidé pour se loger", "foyers aidés pour se loger"),
}
_USES = ("résidences principales", "résidences secondaires et occasionnelles", "logements vacants")
_RANGES = (
    "Additionner des communes arrondies ne donne qu’une fourchette ; deux fourchettes qui se recouvrent ne montrent ni hausse ni "
    "baisse."
)


def _shares(rows: pd.DataFrame) -> list[float]:
    """Shares of main residences, second homes, vacant dwellings."""
    values = rows.set_index("indicator")["value"]
    second, vacant = float(values[SECOND]), float(values[VACANT])
    return [100 - second - vacant, second, vacant]
