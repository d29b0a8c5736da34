"""Chapter 91: where every number comes from, what the words mean, how it was computed, what it cannot say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.disclosure.policy import (
    PARTNER_COUNT,
    RATE_BASE,
    SENDERS,
    SENSITIVE_COUNT,
    SenderRule,
    policy_of,
)
from ctg_lib.display.prose import bounds, de, upper_first, year_of
from ctg_lib.display.sources import entries_of, source_anchor
from ctg_lib.display.table import Output, Table, callout, prose
from ctg_lib.display.typography import counted, enumerate_fr, number, sort_key
from ctg_lib.display.words import by_meaning, meanings
from ctg_lib.indicators.population import POOLED_YEARS
from ctg_lib.indicators.registry import METHODS, registry
from ctg_lib.indicators.structure import FEATURES, HEAVY_ESTABLISHMENT
from ctg_lib.manifest import PROVENANCES, Entry
from ctg_lib.partnership.books import BOOKS
from ctg_lib.statistics import distortion
from ctg_lib.statistics.stability import FEW_EVENTS, SMALL_BASE
from ctg_lib.study.as_of import GROUND
from ctg_lib.study.chapters.base import LOOKALIKES, Chapter
from ctg_lib.study.chapters.folder_base import SETTINGS
from ctg_lib.study.comparison import FEWEST
from ctg_lib.study.series import CENSUS_SPAN
from ctg_lib.values import FRANCE_CODES
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from ctg_lib.display.figure import Absent

Parts = list[Output | Table]
"""What one cell shows, one after the other."""
_DATE = re.compile(r"(?<![\w/-])20\d\d-(?:0\d|1[0-2])-[0-3]\d(?![\w/-])")
OWN_TABLE = 3
"""Files from which a publisher has a table of its own; those of smaller ones stand together."""
ANSWER = "partenaire"
"""Layout of a partner's answer."""
INTERVALS: dict[str, tuple[str, ...]] = {
    "Sûres": ("rounding", "as_published_rounded", "derived"),
    "Probables": ("exact_poisson", "byar", "sample_one_in_four", "rounding_and_sample", "prediction_interval"),
    "D’une estimation à l’autre": ("several_estimates", "scenario"),
    "Aucune": (
        "exhaustive", "census", "local", "as_published", "computed_by_republisher", "mean_of_republisher", "population_weighted",
        "pupil_weighted", "median_of_territories", "assumed", "incomplete",
    ),
}  # fmt: skip
"""What bounds are worth -> methods of the registry, each once."""


class Methodes(Chapter):
    """Sources, words, methods, limits, licence, accessibility."""

    name = "methodes"
    of_the_project = True

    # ----------------------------------------------------------------------------------- essential

    def essentiel(self) -> Output:
        """Where numbers come from, what is not the publisher's own file, when a difference is named."""
        return self.essential(
            self._from_whom(),
            self._carried_over(),
            self._partners(),
            "**Une différence n’est nommée que si elle est établie et si elle compte.** Sinon le rapport dit « à peu près comme », "
            "et ne conclut rien. Les mots sont définis plus bas.",
        )  # fmt: skip

    @cached_property
    def _files(self) -> list[Entry]:
        return list(self.study.sources)

    def _from_whom(self) -> str:
        figures = [e for e in self._files if e.layout not in GROUND]
        publishers = counted(len({e.publisher for e in figures}), "éditeur")
        used = len(self._used)
        if not used:
            why = (
                "aucun fichier de chiffres n’est réuni"
                if not figures
                else "aucun des fichiers réunis n’en porte"
            )
            return f"**Aucun chiffre de ce territoire n’est connu** : {why}."
        rest = (
            ", les autres servent aux comparaisons ou à d’autres territoires" if used < len(figures) else ""
        )
        return (
            "**Chaque figure et chaque tableau de chiffres nomme ses sources.** Ces noms sont des liens vers les "
            "fichiers décrits ici, et chaque indicateur renvoie à sa définition. "
            f"{upper_first(counted(len(figures), 'fichier de chiffres est réuni', 'fichiers de chiffres sont réunis'))}, de {publishers} ; "
            f"{number(used)} {'décrivent' if used > 1 else 'décrit'} le territoire{rest}."
        )  # fmt: skip

    @cached_property
    def _used(self) -> list[Entry]:
        """Files behind the territory's own values."""
        rows = self.study.table(list(registry()), [self.study.place])
        known = rows[rows["value"].notna() | rows["lower"].notna()]
        return [
            e for e in entries_of(self.study.sources, known["sources"].dropna()) if e.layout not in GROUND
        ]

    def _carried_over(self) -> str:
        carried = [e for e in self._files if e.is_carried_over]
        if not carried:
            return "**Tous les fichiers viennent de leur éditeur**, ou de ceux qui les ont transmis."
        count = f"{counted(len(carried), 'fichier')} sur {number(len(self._files))}"
        head = (
            f"{count} {'portent' if len(carried) > 1 else 'porte'}"
            if len(carried) < len(self._files)
            else "Tous les fichiers portent"
        )
        return (
            f"**{head} des valeurs reprises.** Ce sont les chiffres des éditeurs, copiés d’une "
            f"republication publique et non pris chez eux ; chaque ligne de source le dit. La liste donne d’où vient "
            "chacun et ce qui a pu être contrôlé."
        )  # fmt: skip

    def _partners(self) -> str:
        given = [e for e in self._files if e.layout == ANSWER]
        made_up = [e for e in self._files if e.provenance == "fictitious"]
        if self.study.fictif or made_up:
            count = counted(len(made_up), "fichier fictif", "fichiers fictifs")
            return f"**Une partie de ce rapport est inventée** pour la démonstration ({count}, et les classeurs de l’étude) : ne pas la citer."
        if given:
            names = enumerate_fr(list(dict.fromkeys(e.publisher for e in given)))
            return f"**Des partenaires ont transmis leurs chiffres** : {names}. Ces fichiers ne sont pas publics ; leurs petits nombres sont masqués."
        return f"**Aucun partenaire n’a encore transmis de chiffres** : la Caf, {self._msa}le Département et les gestionnaires en ont que personne d’autre ne publie."

    @property
    def _msa(self) -> str:
        return "la MSA, " if self.study.has_msa else ""

    # ------------------------------------------------------------------------------------- sources

    def sources_par_editeur(self) -> Parts:
        """One table per publisher, a row per file: what it is, from where, what was checked, how to verify it."""
        parts: Parts = [self.lire_la_liste()]
        for name, entries in self._groups().items():
            parts.append(self._sources_table(name, entries))
        return parts

    def fichiers_du_territoire(self) -> Table | Absent:
        """What the territory wrote itself: its settings and workbooks."""
        if self.study.files.empty:
            return self.absent(
                "Ce que le territoire a écrit",
                "cette étude n’a pas de dossier : ni réglages, ni classeur rempli",
                "tbl-sources-etude",
            )
        titles = {book.file: book.title for book in BOOKS.values()} | {
            SETTINGS: "Réglages de l’étude et calendrier de la démarche"
        }
        rows = [
            {
                "nom": name, "dit": f"{titles.get(name, 'Autre fichier du dossier')} ({_size(size)}, sha256 {sha[:12]}…).",
                "anchor": source_anchor(name), "octets": size, "sha256": sha,
            }
            for name, size, sha in self.study.files.itertuples(index=False)
        ]  # fmt: skip
        return Table(
            pd.DataFrame(rows), id="tbl-sources-etude", caption=f"Ce que le territoire a écrit : {counted(len(rows), 'fichier')}",
            source=f"dossier de l’étude {self.study.id}" + (" ; données fictives" if self.study.fictif else ""),
            columns={"nom": "Fichier", "dit": "Contenu, empreinte"}, more={"octets": "Octets", "sha256": "sha256"},
            anchors="anchor", notes=["Ces classeurs sont remplis par le territoire et ses partenaires ; leur état (à confirmer, à compléter) "
                                     "est dit dans chaque ligne de source."],
        )  # fmt: skip

    def lire_la_liste(self) -> Output:
        """How to read the list of files."""
        late = self.study.horizon.sentence()
        return prose(
            "Une ligne par fichier. « Reprises de » : les valeurs sont celles de l’éditeur, copiées d’une republication publique ; les "
            "contrôles disent avec quoi elles ont été comparées. L’empreinte (sha256) identifie le fichier à l’octet près : le CSV la "
            "donne entière, avec l’adresse où l’éditeur le propose. Les mêmes renseignements accompagnent le rapport pour les programmes : "
            "`ro-crate-metadata.json` (tout le dossier) et `data/datapackage.json` (les tableaux). "
            f"{late}".strip()
        )  # fmt: skip

    def _groups(self) -> dict[str, list[Entry]]:
        """Title -> files: large publishers, the others together, territories, what was given locally."""
        own = [e for e in self._files if e.provenance in ("local", "fictitious") or e.layout == ANSWER]
        ground = [e for e in self._files if e.layout in GROUND and e not in own]
        rest = [e for e in self._files if e not in own and e not in ground]
        sizes = Counter(e.publisher for e in rest)
        large = sorted((p for p in sizes if sizes[p] >= OWN_TABLE), key=lambda p: (-sizes[p], sort_key(p)))
        groups = {publisher: [e for e in rest if e.publisher == publisher] for publisher in large}
        small = [e for e in rest if sizes[e.publisher] < OWN_TABLE]
        groups["Autres éditeurs"] = sorted(small, key=lambda e: sort_key(e.publisher))
        groups["Communes, intercommunalités et contours"] = ground
        groups["Relevé sur place ou transmis par des partenaires"] = own
        return {name: entries for name, entries in groups.items() if entries}

    def _sources_table(self, name: str, entries: Sequence[Entry]) -> Table:
        several = len({e.publisher for e in entries}) > 1
        frame = pd.DataFrame([self._source_row(entry, several) for entry in entries])
        twins = frame["nom"].duplicated(
            keep=False
        )  # one subject in several files: the data set tells them apart
        frame.loc[twins, "nom"] += " : " + frame.loc[twins, "dataset"]
        return Table(
            frame, id=f"tbl-sources-{source_anchor(name).removeprefix('source-')}",
            caption=f"{name} : {counted(len(entries), 'fichier')}",
            source="manifeste des données brutes du projet"
            + (" et réponses des partenaires" if any(e.layout == ANSWER for e in entries) else ""),
            columns={"nom": "Source et sujet", "dit": "Date, provenance, contrôles, licence, fichier"},
            more=_WHOLE, anchors="anchor",
        )  # fmt: skip

    def _source_row(self, entry: Entry, named: bool) -> dict[str, object]:
        whole = {key: str(getattr(entry, key, None) or "") for key in _WHOLE}
        publisher = f" ({entry.publisher})" if named else ""
        said = [
            f"Chiffres {de(year_of(entry.reference_date))}, relevés le {day_in_words(entry.retrieved)}.",
            _origin(entry), _checked(entry), _licence(entry),
            f"À savoir : {entry.note}" if entry.note else "",
            f"Jeu {entry.dataset}, millésime {year_of(entry.vintage)} : {entry.path} ({_size(entry.bytes)}, sha256 {entry.sha256[:12]}…).",
        ]  # fmt: skip
        return {
            **whole, "octets": entry.bytes, "controles": " ; ".join(entry.checks), "provenance": PROVENANCES[entry.provenance],
            "anchor": source_anchor(entry.id), "nom": f"{entry.short} — {entry.title}{publisher}",
            "dit": " ".join(part for part in said if part),
        }  # fmt: skip

    # --------------------------------------------------------------------------------------- words

    def mots(self) -> Table:
        """Each word of the report that has one meaning, and this meaning."""
        said = meanings(fewest=FEWEST, features=self._features())
        rows = [
            {"mot": ", ".join(f"« {word} »" for word in words), "sens": meaning}
            for words, meaning in by_meaning(said)
        ]
        return Table(
            pd.DataFrame(rows), id="tbl-mots", caption="Ce que veulent dire les mots du rapport",
            source="règles de comparaison et statuts du projet", columns={"mot": "Mot", "sens": "Ce qu’il veut dire"},
            notes=("L’écart qui compte de chaque indicateur est dans le chapitre « Dictionnaire des indicateurs ».",),
        )  # fmt: skip

    @staticmethod
    def _features() -> str:
        return enumerate_fr([feature.label for feature in FEATURES.values()])

    # ------------------------------------------------------------------------------------- methods

    def fourchettes(self) -> Table:
        """When a number has bounds, and what they are worth."""
        rows = [
            {"sorte": sort, "methode": upper_first(METHODS[method])}
            for sort, methods in INTERVALS.items()
            for method in methods
        ]
        return Table(
            pd.DataFrame(rows), id="tbl-fourchettes", caption="Quand un chiffre a des bornes, et ce qu’elles valent",
            source="registre des indicateurs", columns={"sorte": "Bornes", "methode": "Comment elles sont faites"},
            row_header="methode",
            notes=("Un dénombrement exhaustif n’a pas d’intervalle : il n’est pas tiré au sort. Un taux reste fragile quand peu de "
                   f"cas le font : moins de {number(FEW_EVENTS)} cas, ou une base de moins de {number(SMALL_BASE)}, est signalé.",),
        )  # fmt: skip

    def arrondis(self) -> Output:
        """Rounded counts: why a sum of them is a range; with an example of this territory."""
        rule = SENDERS["cnaf"]
        return prose(
            f"La {rule.sender} arrondit les effectifs des communes ({rule.shown_as}). Le rapport additionne les plus petites et les plus "
            "grandes valeurs possibles : la somme est une fourchette sûre, qui s’élargit avec le nombre de communes."
            f"{self._rounded_example()}"
        )  # fmt: skip

    def _rounded_example(self) -> str:
        rows = self.study.table(list(registry()), [self.study.place]).sort_values("period")
        rows = rows.drop_duplicates(["indicator", "breakdown"], keep="last")
        found = rows[
            rows["method"].eq("rounding") & rows["breakdown"].eq("") & rows["lower"].lt(rows["upper"])
        ]
        found = found[found["indicator"].map(lambda i: registry()[i].aggregation == "sum")]
        if found.empty:
            return ""
        found = found.assign(width=(found["upper"] - found["lower"]) / found["upper"])
        row = found.sort_values(["width", "indicator", "period"]).iloc[-1]
        rule = registry()[row["indicator"]]
        return (
            f" Ici, {rule.label} : {bounds(row['lower'], row['upper'])} {rule.unit} ({year_of(str(row['period']))}). "
            "Le fichier de la Caf pour l’intercommunalité donnerait le nombre exact : il lui est demandé."
        )  # fmt: skip

    def series(self) -> Output:
        """Years pooled, census years that may be compared, breaks."""
        return prose(
            f"- **Années regroupées.** Naissances et décès d’un petit territoire varient au hasard : ils sont lus par {number(POOLED_YEARS)} "
            "années ensemble, avec la bande où le hasard seul les ferait varier.\n"
            f"- **Années de recensement.** Chacune repose sur {number(CENSUS_SPAN)} années de collecte. Deux millésimes se comparent à "
            f"{number(CENSUS_SPAN)} ans d’intervalle au moins ; les autres ne sont pas reliés.\n"
            f"- **Ruptures.** Quand une définition ou une source change, la ligne s’arrête et rien n’est calculé d’un côté à l’autre. "
            f"{self._breaks()}\n"
            "- **Communes d’aujourd’hui.** Un territoire est suivi dans ses limites actuelles : les fusions et séparations de communes sont "
            "reportées sur les années passées."
        )  # fmt: skip

    @staticmethod
    def _breaks() -> str:
        at: dict[str, list[str]] = {}
        for rule in registry().values():
            for period in rule.breaks:
                at.setdefault(period, []).append(rule.label)
        said = [f"en {period} ({_named(labels)})" for period, labels in sorted(at.items())]
        return f"C’est le cas {enumerate_fr(said)}." if said else ""

    def comparaisons(self) -> Output:
        """Whom the territory is compared with, and how the look-alikes are chosen."""
        study, here = self.study, self.study.territory
        names = [t.name for t in study.references if t.level != "france"]
        names += ["France"] if any(t.level == "france" for t in study.references) else []
        alike = len(study.lookalikes)
        seen = (
            f"Les {counted(alike, 'territoire semblable', 'territoires semblables')} sont les plus proches parmi toutes les intercommunalités de France, par la "
            f"distance sur {number(len(FEATURES))} caractéristiques : {self._features()}. Tout y est compté par ménage ou par logement, pour "
            "qu’une caserne, une prison ou un établissement n’y pèse rien. La liste et les distances sont dans le chapitre sur la population."
            if alike
            else f"Aucun territoire semblable n’est donné : la structure {here.de()} n’est pas connue, ou l’étude n’en demande pas."
        )
        frances = enumerate_fr([f"« {name} »" for name in FRANCE_CODES.values()])
        count = len(study.peer_codes)
        near = "aucune autre intercommunalité dans le département, ni limitrophe."
        if count:
            whom = (
                f"les {number(count)} autres {self.peers}"
                if count > 1
                else "l’autre intercommunalité du département ou limitrophe"
            )
            near = f"{whom}. Une médiane n’est donnée que si {number(FEWEST)} valeurs sont connues pour la même période."
        return prose(
            f"- **Références** : {enumerate_fr(names) or 'aucune'}. {frances} ne se mélangent jamais : le périmètre est écrit. La comparaison "
            f"principale est la plus proche qui soit connue pour la même période.{self._parts()}\n"
            f"- **Voisines** : {near}\n"
            f"- **{upper_first(LOOKALIKES)}.** {seen}\n"
            "- **Rang.** Parmi toutes les intercommunalités dont la valeur est connue pour la même période.\n"
            "- **Calcul.** Un taux du territoire est refait avec les effectifs additionnés de ses communes, jamais avec la moyenne de leurs "
            "taux. La valeur que l’éditeur publie pour l’intercommunalité l’emporte sur cette somme."
        )  # fmt: skip

    def _parts(self) -> str:
        """That a département or région that holds a minority of the inhabitants is no main reference; or empty."""
        if self.study.read_against == self.study.references:
            return ""
        return (
            " Un département ou une région où vit la moitié des habitants du territoire, ou moins, est montré à côté, sans être "
            "pris pour référence principale."
        )

    def lieux_qui_faussent(self) -> Output:
        """Places that distort a rate: the rule, the kinds and their thresholds, those found here."""
        found = self.study.establishments
        places = [
            f"{self.commune(str(row['code'])).name}, {distortion.KINDS[str(row['kind'])]}"
            for _, row in found.iterrows()
        ]
        here = (
            f"Ici, les nombres en montrent {'un' if len(places) == 1 else number(len(places))} : {' ; '.join(places)}."
            if places
            else "Ici, les nombres n’en montrent aucun."
        )
        return prose(
            "Une caserne, une maison de retraite, un internat peuvent changer un taux à eux seuls. La règle ne connaît aucun lieu par son "
            "nom : une commune **fausse** un taux quand le retirer déplace le taux d’au moins l’écart qui compte, et que ce qui reste est "
            "encore la plus grande partie du territoire. Elle **change la lecture** quand on ne dirait plus la même chose avec et sans elle. "
            "Les deux chiffres sont alors donnés ensemble ; celui sans la commune n’est jamais donné seul.\n\n"
            f"La nature du lieu est lue dans les nombres. {_thresholds()}\n\n{here}"
        )  # fmt: skip

    def secret(self) -> Table:
        """What is hidden so that nobody is recognised: rules, thresholds, how many indicators they touch."""
        policies = [policy_of(rule) for rule in registry().values()]
        sensitive = sum(rule.sensitive for rule in registry().values())
        coarse = sum(p.finest_level not in ("commune", "structure") for p in policies)
        rows = [
            {"d": "Sujet sensible", "regle": f"Handicap, protection de l’enfance, violences : aucun effectif de 1 à {number(SENSITIVE_COUNT - 1)} "
             "personnes.", "combien": counted(sensitive, "indicateur")},
            {"d": "Partenaire", "regle": f"Fichier transmis : aucun effectif de 1 à {number(PARTNER_COUNT - 1)} personnes.",
             "combien": counted(sum(p.threshold == PARTNER_COUNT for p in policies), "indicateur")},
            {"d": "Prudence", "regle": f"Pas de taux sur une base trop petite ({number(RATE_BASE)} le plus souvent) ; l’effectif reste.",
             "combien": counted(sum(p.min_base > 0 for p in policies), "indicateur")},
            {"d": "Niveau", "regle": "Un indicateur n’est jamais donné sous le niveau le plus fin de sa définition.",
             "combien": f"{counted(coarse, 'indicateur')} jamais par commune"},
        ]  # fmt: skip
        rows += [
            {"d": f"Éditeur : {rule.sender}", "regle": _sender(rule), "combien": "–"}
            for rule in self._senders()
        ]
        return Table(
            pd.DataFrame(rows), id="tbl-secret", caption="Ce qui est caché pour que personne ne soit reconnu",
            source="règles de secret du projet, registre des indicateurs ; règles des éditeurs d’après leurs notices",
            columns={"d": "D’où vient la règle", "regle": "Ce qui est caché", "combien": "Indicateurs concernés"},
            notes=(
                "Masquer un nombre ne suffit pas : le total moins les autres le rendrait. D’autres cases sont donc cachées, dans les communes, "
                "les secteurs, les détails et les lectures sans une commune, pour que rien ne se retrouve par addition ou soustraction.",
                "La protection suppose que le lecteur ne connaît que ce qui est publié ; chacun connaît sa propre commune.",
            ),
        )  # fmt: skip

    @staticmethod
    def _senders() -> Iterable[SenderRule]:
        return (rule for key, rule in SENDERS.items() if not key.startswith(ANSWER))

    # ----------------------------------------------------------------- limits, licence, accessibility

    def limites(self) -> Output:
        """What these data cannot say, whatever the care."""
        carried = sum(e.is_carried_over for e in self._files)
        answered = any(e.layout == ANSWER for e in self._files)
        said = (
            "Le rapport décrit, il n’explique pas : deux chiffres qui vont ensemble ne prouvent pas que l’un cause l’autre.",
            self._oldest(),
            f"{upper_first(counted(carried, 'fichier'))} {'ont été repris' if carried > 1 else 'a été repris'} d’une republication : une erreur de copie reste possible là où "
            "rien ne permettait de recouper." if carried else "",
            "Un équipement recensé n’est pas un service ouvert : ni horaires, ni places libres, ni liste d’attente.",
            "Les données ouvertes de la Caf ne comptent pas les allocataires de la MSA." if self.study.has_msa else "",
            "" if answered else "Ce que savent les partenaires (demandes sans réponse, fréquentation, coûts) n’est pas dans ce rapport tant "
            "qu’ils n’ont pas répondu aux lettres.",
            self._voices(),
        )  # fmt: skip
        return callout("\n".join(f"- {one}" for one in said if one), "vigilance", "Les limites", level=2)

    def _voices(self) -> str:
        """What a figure cannot replace; where people were heard, that their words are told apart."""
        if self.study.consultation.empty:
            return "Les habitants n’y parlent pas : un chiffre ne remplace ni une enquête, ni une réunion."
        return (
            "Ce que disent les habitants et les acteurs est donné à part et ne se mêle à aucun chiffre : qui a répondu ou est venu ne "
            "représente pas tous les autres, et un chiffre ne remplace ni une enquête, ni une réunion."
        )

    def _oldest(self) -> str:
        years = sorted({e.reference_date[:4] for e in self._used})
        if not years:
            return ""
        if len(years) == 1:
            return f"Les chiffres du territoire sont de {years[0]}."
        return (
            f"Les chiffres n’ont pas tous le même âge : les fichiers qui décrivent le territoire vont de {years[0]} à {years[-1]}. Chaque "
            "valeur porte son année."
        )  # fmt: skip

    def licence(self) -> Output:
        """Under which licences data, contours and code may be reused; what may not be."""
        counts = Counter(e.licence for e in self._files)
        said = [f"{counted(n, 'fichier')} : {name}" for name, n in counts.most_common()]
        closed = [e for e in self._files if e.layout == ANSWER]
        return prose(
            f"- **Données.** {' ; '.join(said)}. La ligne de chaque fichier donne la sienne. Sous Licence Ouverte 2.0, réutiliser un chiffre "
            "est libre, à condition de nommer son éditeur et sa date : la ligne de source les donne.\n"
            "- **Valeurs reprises.** Les citer comme telles, ou les reprendre chez l’éditeur.\n"
            + (f"- **Réponses des partenaires.** {upper_first(counted(len(closed), 'fichier'))}, à ne pas rediffuser.\n" if closed else "")
            + "- **Code.** EUPL-1.2 : libre de réutilisation, aux conditions de cette licence.\n"
            "- **Texte et figures de ce rapport.** Aucune licence ne leur est donnée ici : c’est à l’intercommunalité qui le publie de la choisir."
        )  # fmt: skip

    def accessibilite(self) -> Output:
        """What was tested for readers with a disability, what was not, whom to write to."""
        return prose(
            "**Vérifié à chaque version du logiciel**, sur chaque page de rapports d’essai (celles de Quarto aussi, là où il est installé) : l’outil automatique axe (WCAG 2.2, niveaux A et "
            "AA), écran large et téléphone, clair et sombre ; une description pour chaque image ; des titres sans saut de niveau ; des "
            "en-têtes de tableau reliés à leurs cases ; des zones qui défilent que le clavier atteint ; le vérificateur HTML Nu ; rien qui "
            "vienne d’ailleurs. Chaque figure a ses données en tableau et en CSV. La recherche, le tri et le filtre des longs tableaux, "
            "le choix du mode clair ou sombre et les valeurs des cartes viennent d’un petit script du rapport, vérifié au clavier ; sans "
            "lui, tout le contenu se lit.\n\n"
            "**Non vérifié** : le PDF par un outil extérieur (ses balises sont celles que demande la norme PDF/UA-1), la lecture par des personnes "
            "aveugles ou malvoyantes. Un outil automatique ne trouve qu’une partie des défauts : ceci n’est pas un audit de conformité au RGAA.\n\n"
            "**Un passage illisible ?** Écrire à l’intercommunalité ou à la Caf qui publie ce rapport, en nommant la page et la figure : "
            "elle doit pouvoir donner l’information autrement."
        )  # fmt: skip


_WHOLE: dict[str, str] = {
    "id": "Identifiant", "publisher": "Éditeur", "title": "Titre", "short": "Nom court", "dataset": "Jeu", "vintage": "Millésime",
    "reference_date": "Date des chiffres", "published_on": "Paru le", "retrieved": "Relevé le", "licence": "Licence",
    "provenance": "Provenance", "carried_from": "Repris de", "controles": "Contrôles", "note": "À savoir", "address": "Adresse",
    "path": "Chemin", "octets": "Octets", "sha256": "sha256",
}  # fmt: skip
"""Columns that the data of a table of sources have beside those shown."""


def _origin(entry: Entry) -> str:
    """« Valeurs reprises de … », « Fichier de l’éditeur. »; what a partner gave is said so."""
    if entry.is_carried_over:
        return f"Valeurs reprises de : {_dates_in_words(entry.carried_from)}."
    words = PROVENANCES[entry.provenance]
    if entry.layout == ANSWER:
        words = "transmis par un partenaire" + (" (fictif)" if entry.provenance == "fictitious" else "")
    return f"{upper_first(words)}."


def _dates_in_words(text: str) -> str:
    """A text of the manifest whose dates (2026-10-09) are read aloud."""
    return _DATE.sub(lambda found: year_of(found.group()), text)


def _licence(entry: Entry) -> str:
    """« Licence Ouverte 2.0. », « Licence : non précisée. »."""
    return f"{entry.licence}." if entry.licence.startswith("Licence") else f"Licence : {entry.licence}."


def _checked(entry: Entry) -> str:
    return f"Contrôles : {' ; '.join(entry.checks)}." if entry.checks else "Aucun contrôle déclaré."


def _size(size: int) -> str:
    """« 26,7 ko », « 1,4 Mo »."""
    if size < 1000:
        return counted(size, "octet")
    return number(size / 1000, 1, "ko") if size < 1_000_000 else number(size / 1_000_000, 1, "Mo")


def _named(labels: Sequence[str], most: int = 4) -> str:
    """The first labels, and how many more."""
    if len(labels) <= most + 1:
        return enumerate_fr(list(labels))
    return f"{', '.join(labels[:most])} et {number(len(labels) - most)} autres indicateurs"


def _sender(rule: SenderRule) -> str:
    """What a publisher hides, in a sentence, and whether the text of its rule was read."""
    said = [f"{rule.covers}"]
    said += [f"rien sous {number(rule.min_units)} unités"] if rule.min_units else []
    said += [f"ni quand une seule en fait {number(100 * rule.dominance, 0, '%')}"] if rule.dominance else []
    said += [f"arrondi à {number(rule.rounding)}"] if rule.rounding else []
    where = rule.source if rule.established else f"{rule.source} (texte non relu)"
    return f"{upper_first(', '.join(said))}. Se lit : {rule.shown_as}. D’après : {where}."


def _thresholds() -> str:
    d = distortion
    men = (
        f"établissement d’hommes (caserne, prison, foyer) : au moins {number(d.MEN_RATIO)} fois plus d’hommes que de femmes de 20 à 39 ans, "
        f"et {number(d.MEN_EXCESS)} de plus"
    )
    old = f"établissement pour personnes âgées : 75 ans et plus {number(d.OLD_RATIO, 1)} fois plus fréquents qu’ailleurs, et {number(d.OLD_EXCESS)} de plus, ou une forte part des décès"
    young = f"internat : jeunes {number(d.YOUNG_RATIO, 1)} fois plus fréquents, et {number(d.YOUNG_EXCESS)} de plus"
    second = f"résidences secondaires : {number(100 * d.SECOND_SHARE, 0, '%')} des logements au moins, et {number(d.SECOND_RATIO, 1)} fois la part d’ailleurs"
    heavy = number(100 * HEAVY_ESTABLISHMENT, 0, "%")
    return (
        f"Seuils : {men} ; {old} ; {young} ; {second}. Là où seuls les ménages sont connus, un excès d’adultes par ménage le signale ; "
        f"à partir de {heavy} des habitants, il est dit qu’il pèse."
    )
