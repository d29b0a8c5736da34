"""Chapter 10: access to rights, to care and to services."""

from __future__ import annotations

from ctg_lib.display.figure import Absent, Figure
from ctg_lib.display.prose import rounded_people, upper_first, year_of
from ctg_lib.display.table import KeyFigure, Output, Table
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.indicators.registry import definition
from ctg_lib.study.chapters.answers import Silence
from ctg_lib.study.chapters.base import Chapter, mostly_known, names_of, usable
from ctg_lib.study.chapters.drawn import counts_by_year

CARE = ("D265", "D281", "D279", "D277", "D278", "X_ORTHOPHONISTE", "D250", "D307", "D113")
DAILY = ("A206", "A207", "A208", "F307", "B202", "B207", "D401", "D403", "D604")
MOST_NAMES = 7
"""More communes than this are counted, not named."""
DENSE = 2.5
"""Below this APL a commune is « sous-dense » (DREES)."""


class AccesDroits(Chapter):
    """General practitioners, France services, everyday services."""

    name = "acces_droits"
    subjects = ("acces_droits", "sante")
    heard_of = ("acces_droits", "numerique")
    silences = (
        Silence("Le nombre de demandes et de personnes accompagnées vers leurs droits", ("accompagnements_droits",)),
        Silence("Le non-recours et les motifs de visite", whom=("caf", "msa"), also=", et à France services"),
        Silence("Les horaires réels de chaque site, l’itinérance, les permanences en mairie", whom=("operateurs",)),
    )  # fmt: skip

    def essentiel(self) -> Output:
        """The mean hides communes without access; France services; services of daily life."""
        return self.essential(self.apl_message(), self.france_services_message(), self.services_message())

    def apl_message(self) -> str:
        """Accessibility of general practitioners: the communes at zero first, the mean after."""
        compared = self.study.compare("apl_generalistes")
        rows = usable(self.study.communes("apl_generalistes"))
        if not mostly_known(self.study.communes("apl_generalistes")):
            return "L’accessibilité aux médecins généralistes n’est pas encore réunie pour les communes de ce territoire."
        zero = rows[rows["value"].eq(0)]
        low = rows[rows["value"].lt(DENSE)]
        people = self.people_of(low["code"])
        text = ""
        if len(zero):
            text = (
                f"**{upper_first(counted(len(zero), 'commune'))} sur {len(rows)} n’"
                f"{'ont' if len(zero) >= 2 else 'a'} aucun médecin généraliste accessible**, au sens de la DREES ({names_of(zero)} ; "
                f"{rounded_people(self.people_of(zero['code']))} habitants)."
            )
        if compared.value.is_number:
            mean = (
                f"La moyenne du territoire, {number(compared.value.value, 2)} consultations par habitant et par an en "  # type: ignore[arg-type]
                f"{compared.value.period} ({self.references_text(compared)}), {'le cache' if len(zero) else 'est pondérée par la population'}"
            )
            text += f" {mean}."
            text += self._mean_without()
        if len(low):
            text += (
                f" {'Ces communes comprises, ' if len(zero) else ''}{counted(len(low), 'commune')} "
                f"({rounded_people(people)} habitants) {'sont' if len(low) >= 2 else 'est'} sous le seuil de {number(DENSE, 1)} qui définit une zone sous-dense."
            )
        return text.strip()

    def _mean_without(self) -> str:
        """The mean without the commune that lifts it most, when that changes the reading."""
        found = self.study.distortion("apl_generalistes")
        if found is None or not found.changes_reading:
            return ""
        verb = "tombe" if found.without_place < found.with_place else "monte"
        return f" Sans {self.commune(found.place).name}, elle {verb} à **{number(found.without_place, 2)}**."

    def france_services_message(self) -> str:
        """Structures and sites, and how many communes have none."""
        structures, sites = (
            self.study.value("structures_france_services"),
            self.study.value("sites_france_services"),
        )
        if not (structures.is_number and sites.is_number):
            return "La liste des structures France services n’est pas disponible."
        n, s = structures.value or 0.0, sites.value or 0.0
        when = year_of(structures.period)
        if n == 0 and s == 0:
            return (
                f"**Aucune structure France services n’a son adresse dans le territoire** (liste au {when})."
            )
        where = usable(self.study.communes("sites_france_services"))
        where = where[where["value"].gt(0)]
        text = f"**{upper_first(counted(n, 'structure'))} France services"
        text += f", {counted(s, 'site')}" if s != n else ""
        total = len(self.study.territory.members)
        there = (
            f" : {names_of(where)}"
            if len(where) <= MOST_NAMES
            else f", dans {len(where)} des {total} communes"
        )
        text += f"**{there} (liste au {when})."
        if s > n:
            text += " Les sites d’une même structure peuvent ouvrir à des demi-journées différentes : vérifier les horaires de chacun."
        return text

    def _more_sites(self) -> bool:
        """Whether the sites are not as many as the structures: the same number twice says nothing."""
        values = [self.study.value(i) for i in ("structures_france_services", "sites_france_services")]
        return values[0].value != values[1].value or not values[0].is_number

    def services_message(self) -> str:
        """Communes without a food shop, a school, a post office, among those whose facilities are known."""
        groups = (
            (("B105", "B201", "B202"), "commerce d’alimentation générale"), (("C107", "C108", "C109"), "école"),
            (("A206", "A207", "A208"), "point postal"),
        )  # fmt: skip
        rows = self.facilities(tuple(t for types, _ in groups for t in types))
        known, total = rows["code"].nunique(), len(self.study.territory.members)
        if known < 0.8 * total or not known:
            return "Les équipements par commune ne sont pas encore réunis pour ce territoire."
        parts = []
        for types, noun in groups:
            have = rows[rows["type"].isin(types) & rows["value"].gt(0)]["code"].nunique()
            parts.append(f"{number(known - have) if known > have else 'aucune'} sans {noun}")
        among = counted(known, "commune") if known == total else f"les {number(known)} communes connues"
        return f"**Sur {among}** : {enumerate_fr(parts)} ({rows['period'].iloc[0]})."

    # ------------------------------------------------------------------------------ figures, tables

    def chiffres_cles(self) -> Output:
        """Key figures of access."""
        people = self.study.value("habitants_apl_nulle")
        share = self.study.value("population")
        note = f"sur {number(share.value)}" if people.is_number and share.is_number else ""  # type: ignore[arg-type]
        return self.cards(
            [
                self.card("apl_generalistes", label="accessibilité aux généralistes (APL)"),
                KeyFigure("habitants de communes sans généraliste accessible", people, note,
                          self.study.source_line(people, brief=True) if people.is_number else ""),
                self.card("structures_france_services"),
                self.card("sites_france_services") if self._more_sites() else None,
                self.card("demandeurs_emploi"), self.card("foyers_rsa"),
            ],
            "chiffres-cles-acces",
        )  # fmt: skip

    def apl_comparee(self) -> Figure | Absent:
        """Mean accessibility beside département and France."""
        compared = self.study.compare("apl_generalistes")
        zero = usable(self.study.communes("apl_generalistes"))
        zero = zero[zero["value"].eq(0)]
        title = ""
        if compared.value.is_number and compared.reading.side == "close" and len(zero):
            place = self.main_place(compared)
            title = f"En moyenne, autant de médecins accessibles que {place} : une moyenne trompeuse"
        return self.dots("apl_generalistes", id="fig-apl", title=title, peers=False)

    def apl_par_commune(self) -> Figure | Absent:
        """Accessibility by commune, bars."""
        from ctg_lib.display.charts import bars

        rows = self.study.communes("apl_generalistes")
        known = usable(rows)
        if not mostly_known(rows):
            return self.absent(
                "L’accessibilité par commune", "l’APL des communes n’est pas disponible", "fig-apl-communes"
            )
        zero = int(known["value"].eq(0).sum())
        first = known.sort_values("value", ascending=False).iloc[0]
        title = (
            f"De {number(known['value'].min(), 2)} à {number(first['value'], 2)} consultations par habitant"
        )
        title += f" : {counted(zero, 'commune')} à zéro" if zero else ""
        frame = rows.sort_values("value", ascending=False)[["name", "value", "status"]]
        reference = self.study.compare("apl_generalistes").main
        return bars(
            frame, id="fig-apl-communes", title=title, decimals=2, label="Commune",
            subtitle=f"Consultations de généralistes accessibles par habitant et par an, {known['period'].iloc[0]}",
            source=self.study.source_line(rows, reference),
            reference=None if reference is None else (str(reference["name"]), float(reference["value"])),
        )  # fmt: skip

    def carte_apl(self) -> Figure | Absent:
        """Accessibility by commune, map with the DREES threshold among the class limits."""
        rows = self.study.communes("apl_generalistes")
        known = usable(rows)
        if not mostly_known(rows):
            return self.absent(
                "L’accessibilité sur la carte", "l’APL des communes n’est pas disponible", "fig-carte-apl"
            )
        low = known[known["value"].lt(DENSE)]
        share = self.people_of(low["code"]) / self.people_of(known["code"])
        return self.commune_map(
            "apl_generalistes", id="fig-carte-apl", frame=rows, breaks=[DENSE, 4.0],
            title=f"{number(100 * share, 0, '%')} des habitants vivent dans une commune sous-dense en généralistes",
        )  # fmt: skip

    def soins(self) -> Table | Absent:
        """Care professionals and places by commune."""
        return self.facility_table(CARE, id="tbl-soins", caption="Les soins de proximité")

    def quotidien(self) -> Table | Absent:
        """Everyday services by commune."""
        return self.facility_table(DAILY, id="tbl-quotidien", caption="Les services du quotidien")

    def demandeurs(self) -> Figure | Absent:
        """Registered jobseekers by year: exact where a partner gave them, ranges elsewhere."""
        return counts_by_year(
            self, "demandeurs_emploi", id="fig-demandeurs", noun=("demandeur d’emploi", "demandeurs d’emploi"),
            absent=("Les demandeurs d’emploi inscrits", "les demandeurs d’emploi ne sont pas disponibles"),
            measure="Inscrits en catégories A, B et C au quatrième trimestre",
        )  # fmt: skip

    def points_de_vigilance(self) -> Output:
        """What misleads in the figures that are known."""
        values = {i: self.study.value(i) for i in ("apl_generalistes", "foyers_rsa")}
        known = {i for i, value in values.items() if value.is_number or value.is_range}
        facilities = len(self.facilities((*CARE, *DAILY))) > 0
        return self.vigilance(
            definition("apl_generalistes").caution if "apl_generalistes" in known else "",
            definition("equipements").caution if facilities else "",
            "Une absence dans la base des équipements n’est pas la preuve qu’un service manque : itinérance et permanences "
            "n’y sont pas." if facilities else "",
            self.caf_caution("foyers_rsa") if "foyers_rsa" in known else "",
            "La distance à vol d’oiseau trompe dès qu’il y a un relief, une rivière ou une voie à contourner : aucune n’est "
            "donnée ici.",
        )  # fmt: skip

    def ce_qui_manque(self) -> Output:
        """What open data does not say, and who is to be asked."""
        return self.silence(
            *self.silence_lines(),
            "L’aisance numérique des habitants : à la consultation, car aucune source ouverte récente ne la mesure ici.",
        )  # fmt: skip

    def questions_du_groupe(self) -> Output:
        """Questions for the working group."""
        rows = usable(self.study.communes("apl_generalistes"))
        zero = rows[rows["value"].eq(0)]
        return self.questions(
            f"Où vont se soigner les habitants des communes sans généraliste accessible ({names_of(zero)}) ?" if len(zero) else "",
            "Qui aide aujourd’hui les habitants dans leurs démarches en ligne, et où ?",
            "À quels jours et heures un accueil manque-t-il le plus ?",
        )  # fmt: skip
