"""What all chapters share: key figures, comparison charts, commune maps, frames for display."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from ctg_lib.display.output import SourceText
from ctg_lib.display.prose import beside, bounds, shown, unit_of, upper_first, year_of
from ctg_lib.display.table import KeyFigure, Output, Table, callout, key_figures, prose
from ctg_lib.display.typography import counted, enumerate_fr, number, signed
from ctg_lib.geography import Territory
from ctg_lib.indicators.labels import FACILITIES, breakdown_label
from ctg_lib.indicators.registry import Definition, definition
from ctg_lib.indicators.revenus import MSA
from ctg_lib.statistics.stability import FEW_EVENTS, SMALL_BASE, flag
from ctg_lib.study.chapters import answers, heard
from ctg_lib.study.core import Compared, as_value
from ctg_lib.study.using import aside
from ctg_lib.values import STATUS_LABELS, USABLE, Value, parse_breakdown

if TYPE_CHECKING:
    from ctg_lib.display.figure import Absent, Figure
    from ctg_lib.study.core import Study
    from ctg_lib.study.using import Uses

PEERS = "intercommunalités du département ou limitrophes"
LOOKALIKES = "territoires semblables"
CONTOURS = "geo_contours_communes"
"""File of the manifest that maps are drawn from."""
EACH = "de chaque revenu"
"""In a label, what its details (all plural) take the place of."""
NEAR, ALIKE = "Voisines (médiane)", "Semblables (médiane)"
PERIMETERS = {"FR": "", "FHM": "hors Mayotte", "FM": "métropole"}


@dataclass
class Chapter:
    """One chapter of one study.

    Attributes:
        name: its name: key of ``CHAPTERS``, file of its commentary.
        subjects: its themes (keys of the registry's ``THEMES``): what partners answered on them is told.
        told_too: (indicator, breakdown) of other themes that it tells with them.
        told_elsewhere: indicators of its themes that it shows otherwise.
        silences: what open data does not say on them; each line stands until a partner has said it.
        heard_of: themes of the coding scheme (keys of :data:`ctg_lib.workbooks.common.THEMES`) of which it
            tells what people say.
        of_the_project: whether it tells of the project's own definitions and files, all of them: its texts
            count those, and have no other source.
    """

    name: ClassVar[str] = ""
    subjects: ClassVar[tuple[str, ...]] = ()
    told_too: ClassVar[tuple[tuple[str, str], ...]] = ()
    told_elsewhere: ClassVar[tuple[str, ...]] = ()
    silences: ClassVar[tuple[answers.Silence, ...]] = ()
    heard_of: ClassVar[tuple[str, ...]] = ()
    of_the_project: ClassVar[bool] = False

    study: Study

    # ------------------------------------------------------------------------------- key figures

    def card(
        self, indicator: str, *, breakdown: str = "", label: str = "", period: str | None = None
    ) -> KeyFigure:
        """A key figure with its comparison territories."""
        rule = definition(indicator)
        compared = self.study.compare(indicator, breakdown)
        value = compared.value if period is None else self.study.value(indicator, breakdown, period=period)
        known = value.is_number or value.is_range
        source = self.study.source_line(value, brief=True, of=[indicator]) if known else ""
        when = f" ({year_of(value.period)})" if known and value.period else ""
        return KeyFigure(
            f"{label or rule.label}{when}", in_number(value), self.references_text(compared), source
        )

    def references_text(self, compared: Compared) -> str:
        """« Aveyron : 28,6 ; France : 21 (2021) », references without a value left out, and those that are but
        a part of a territory over several départements."""
        rule = compared.definition
        if rule.aggregation == "sum":
            return ""
        parts, told = [], {(t.level, t.code) for t in self.study.read_against}
        for _, row in compared.references.iterrows():
            value = as_value(row, rule)
            if not value.is_number or (row["level"], row["code"]) not in told:
                continue
            self.study.note(row)
            when = "" if value.period == compared.value.period else f" ({year_of(value.period)})"
            parts.append(f"{row['name']} : {shown(value)}{when}")
        return " ; ".join(parts)

    def cards(self, items: Sequence[KeyFigure | None], id: str) -> Output:
        """Key figures side by side."""
        return key_figures([item for item in items if item is not None], id=id)

    # ------------------------------------------------------------------------------- comparisons

    def comparison_frame(self, compared: Compared, *, peers: bool = True) -> pd.DataFrame:
        """Rows for a comparison chart: the territory, references, medians of the peers and look-alikes.

        A median of another year than the territory's value comes after the territory's own value of that year.

        Returns:
            name, value, lower, upper, status, period, highlight, median (whether a row is a median).
        """
        columns = ["name", "value", "lower", "upper", "status", "period"]
        value = compared.value
        own = {
            "name": self.study.territory.short_name, "value": value.value, "lower": value.lower,
            "upper": value.upper, "status": value.status, "period": value.period, "highlight": True,
        }  # fmt: skip
        rows: list[dict] = [own]
        rows += [{**row[columns].to_dict(), "highlight": False} for _, row in compared.references.iterrows()]
        medians = (
            (compared.peers_known, self.peers, compared.peers_median, compared.peers_period, compared.own_in_peers_period),
            (compared.lookalikes_known, LOOKALIKES, compared.lookalikes_median, compared.lookalikes_period,
             compared.own_in_lookalikes_period),
        )  # fmt: skip
        then: set[str] = {value.period}
        for count, whom, median, period, mine in medians:
            if not peers or count < 5:
                continue
            if period not in then:
                rows.append(
                    {
                        "name": f"{self.study.territory.short_name}, la même année", "value": mine, "status": "observed",
                        "period": period, "highlight": False,
                    }
                )  # fmt: skip
                then.add(period)
            rows.append(
                {
                    "name": f"Médiane de {count} {whom}", "value": median, "status": "observed", "period": period,
                    "highlight": False, "median": True,
                }
            )  # fmt: skip
        frame = pd.DataFrame(rows)
        frame["median"] = frame["median"].eq(True) if "median" in frame else False
        for column in ("value", "lower", "upper"):
            if column not in frame:
                frame[column] = float("nan")
            frame[column] = pd.to_numeric(frame[column], errors="coerce").astype("float64")
        return frame

    def dots(
        self, indicator: str, *, id: str, title: str = "", breakdown: str = "", peers: bool = True
    ) -> Figure | Absent:
        """Comparison chart of one indicator; the title states the message unless one is given."""
        from ctg_lib.display.charts import comparison_dots

        compared = self.study.compare(indicator, breakdown)
        rule = compared.definition
        if not (compared.value.is_number or compared.value.is_range):
            return self.absent(_sentence(rule.label), self.unknown_here(compared), id)
        frame = self.comparison_frame(compared, peers=peers)
        bounds = (
            rule.aggregation != "as_published"
        )  # a published rate's own rounding is not an interval to draw
        if not bounds:
            frame[["lower", "upper"]] = float("nan")
        return comparison_dots(
            frame, id=id, title=title or self.comparison_title(compared),
            subtitle=f"{measured(rule)}{self.period_text(compared.value)}",
            source=self.study.source_line(
                compared.value, compared.references, compared.peers, compared.lookalikes
            ),
            unit="%" if rule.unit == "%" else "", decimals=rule.decimals,
        )  # fmt: skip

    def unknown_here(self, compared: Compared) -> str:
        """« pas de valeur pour la Métropole … (secret statistique) ; France hors Mayotte : 60,9 (2023) »."""
        status = compared.value.status
        why = "" if status in (*USABLE, "missing") else f" ({STATUS_LABELS[status]})"
        beside_it = self.references_text(compared)
        text = f"pas de valeur pour {self.study.territory.le()}{why}"
        return f"{text} ; {beside_it}" if beside_it else text

    def comparison_title(self, compared: Compared) -> str:
        """A sentence: how the territory stands to its main reference."""
        rule, here = compared.definition, self.study.territory
        if not compared.value.is_number:
            return f"{_sentence(rule.label)} : pas de valeur pour {here.le()}"
        text = f"{_sentence(rule.label)} : {shown(compared.value)}"
        if compared.main is None:
            return text
        return f"{text}, {self.against(compared)}"

    def against(self, compared: Compared) -> str:
        """« moins que dans l’Aveyron (28 %) », « à peu près comme en France (60,9) »; empty when unknown."""
        if compared.main is None or compared.reading.side == "unknown":
            return ""
        reading = compared.reading
        text = beside(reading.side, self.main_place(compared), far=reading.far)
        return f"{text} ({shown(as_value(compared.main, compared.definition))})"

    def main_place(self, compared: Compared) -> str:
        """« dans l’Aveyron », « en France hors Mayotte »: the main reference, as a place; empty without one."""
        return "" if compared.main is None else self.study.reference_territory(compared.main).a()

    def period_text(self, value: Value) -> str:
        """« , 2023 » or nothing."""
        return f", {year_of(value.period)}" if value.period else ""

    # --------------------------------------------------------------------------------------- maps

    def commune_map(
        self, indicator: str, *, id: str, title: str, breakdown: str = "", symbols: bool = False,
        frame: pd.DataFrame | None = None, subtitle: str = "", breaks: list[float] | None = None,
    ) -> Figure | Absent:  # fmt: skip
        """Map of an indicator by commune, neighbours in light grey."""
        from ctg_lib.display import maps

        rule = definition(indicator)
        rows = self.study.communes(indicator, breakdown) if frame is None else frame
        contours = self.contours()
        if contours is None:
            return self.absent(title, "aucun contour de commune pour ce territoire", id)
        if not mostly_known(rows):
            known = len(usable(rows))
            return self.absent(title, f"la valeur n’est connue que dans {known} des {len(rows)} communes", id)
        shapes, context = contours
        rows = rows[rows["code"].isin(shapes["code"])]
        period = next(iter(rows.loc[rows["period"].ne(""), "period"]), "")
        draw = maps.symbols if symbols else maps.choropleth
        options = {} if symbols else {"breaks": breaks}
        return draw(
            shapes, rows[["code", "value", "status"]], id=id, title=title,
            subtitle=subtitle or f"{measured(rule)}{', ' + year_of(period) if period else ''}",
            source=self.study.source_line(rows) + self.contour_note(shapes),
            unit="%" if rule.unit == "%" else "", decimals=rule.decimals, context=context,
            **options,  # type: ignore[arg-type]
        )  # fmt: skip

    def contours(self):
        """(member communes, neighbouring EPCI) as GeoDataFrames; None where there is no contour."""
        geography, here = self.study.geography, self.study.territory
        try:
            shapes = geography.contours("commune", list(here.members))
        except ValueError:
            return None
        if shapes.empty:
            return None
        around = list(self.study.neighbours["code"])
        context = geography.contours("epci", around) if around else None
        return shapes, context

    @staticmethod
    def contour_note(shapes) -> SourceText:
        """« ; contours : … » when their vintage is known; it remembers the file of contours."""
        vintage = str(shapes.attrs.get("vintage", ""))
        if not vintage:
            return SourceText("")
        return SourceText(f" ; contours : {vintage}", [(CONTOURS, vintage)])

    # ------------------------------------------------------------------------------------- blocks

    def source_of(self, uses: Uses) -> SourceText:
        """The source line of a passage of text: what the study was asked for while it was written."""
        return self.study.used_line(uses)

    @staticmethod
    def absent(title: str, reason: str, id: str, source: str = "") -> Absent:
        """A figure that cannot be drawn, said so."""
        from ctg_lib.display.figure import Absent

        return Absent(title, reason, id, source)

    def commentaire(self) -> answers.Told:
        """What the analyst writes (``commentary/<name>.md`` of the study's folder), under its own heading.

        None where there is no such file, or an empty one. No regeneration writes to it.
        """
        text = self.study.commentary(self.name)
        return prose(f"## Le commentaire de l’analyste\n\n{text}") if text else None

    def partenaires_en_bref(self) -> answers.Told:
        """« Ce que les partenaires disent » in a few sentences, with its heading; None where none answered."""
        return answers.answers_text(self.study, self._answers())

    def partenaires(self) -> answers.Told:
        """The same as a table; None where none answered."""
        return answers.answers_table(self.study, self._answers(), "tbl-partenaires")

    def ce_qu_en_disent(self) -> answers.Told:
        """« Ce qu’en disent les habitants et les acteurs », with its heading; None where nothing is collected
        nor planned."""
        return heard.block(self.study, self.heard_of)

    def _answers(self) -> pd.DataFrame:
        return answers.given_rows(self.study, self.subjects, self.told_too, self.told_elsewhere)

    def silence_lines(self) -> list[str]:
        """What open data does not say and no partner has said yet: sentences, with who is asked."""
        return answers.silence_lines(self.study, self.silences)

    def vigilance(self, *sentences: str) -> Output:
        """« Points de vigilance », empty sentences left out; says so when none is left."""
        said = _bullets(sentences) or "Aucun des chiffres montrés ici n’appelle de mise en garde."
        return callout(said, "vigilance", level=2)

    def silence(self, *sentences: str) -> Output:
        """« Ce que les données ouvertes ne disent pas »."""
        return callout(_bullets(sentences), "silence", level=2)

    def questions(self, *sentences: str) -> Output:
        """« Questions pour le groupe de travail »."""
        return callout(_bullets(sentences), "questions", level=2)

    def essential(self, *paragraphs: str) -> Output:
        """« L’essentiel »: paragraphs, the message first; says so when nothing is known, and what the study's
        date leaves out."""
        kept = [p for p in paragraphs if p]
        kept = kept or ["Les chiffres de ce thème ne sont pas disponibles pour ce territoire."]
        text = "\n\n".join(p for p in (*kept, self.study.horizon.sentence()) if p)
        return callout(text, "essentiel", level=2)

    def values_table(
        self, indicators: Sequence[str], *, id: str, caption: str, notes: Sequence[str] = ()
    ) -> Table | Absent:
        """Indicators × territories, each cell with the territory's own vintage where it differs; absent where
        none of them is known anywhere."""
        headers = [self.study.territory.short_name]
        rows: list[dict[str, object]] = []
        used: list[Value | pd.DataFrame] = []
        names: list[str] = []
        medians: list[str] = []
        columns_of = {(t.level, t.code) for t in self.study.beside}
        for indicator in indicators:
            compared = self.study.compare(indicator)
            rule = compared.definition
            cells: dict[str, object] = {
                "indicateur": _sentence(rule.label) if rule.unit == "%" else measured(rule),
                headers[0]: shown(compared.value),
                "periode": year_of(compared.value.period) if compared.value.period else "–",
            }  # fmt: skip
            used.append(compared.value)
            for _, row in compared.references.iterrows():
                if (row["level"], row["code"]) not in columns_of:
                    continue
                value = as_value(row, rule)
                column = "France" if row["level"] == "france" else row["name"]
                said = [PERIMETERS.get(row["code"], "") if row["level"] == "france" else ""]
                said.append("" if value.period == compared.value.period else year_of(value.period))
                extra = ", ".join(word for word in said if word)
                cells[column] = shown(value) + (f" ({extra})" if extra else "")
                if column not in names:
                    names.append(column)
                used.append(value)
            names.sort(key=lambda name: name == "France")
            for column, cell in self._medians(compared).items():
                cells[column] = cell
                medians = [*medians, column] if column not in medians else medians
            used += [compared.peers, compared.lookalikes]
            rows.append(cells)
        source = self.study.source_line(*used)
        if not source:
            return self.absent(caption, "aucun de ces indicateurs n’est connu", id)
        names += sorted(medians, reverse=True)  # neighbours, then look-alikes
        frame = pd.DataFrame(rows).reindex(columns=["indicateur", "periode", headers[0], *names])
        frame[medians] = frame[medians].fillna("–")
        frame = frame.fillna("non disponible")
        columns = {"indicateur": "Indicateur", "periode": "Période"}
        columns |= {name: name for name in [headers[0], *names]}
        return Table(
            frame,
            id=id,
            caption=caption,
            source=source,
            columns=columns,
            notes=[*notes, *([self._medians_note(medians)] if medians else [])],
        )

    def _medians(self, compared: Compared) -> dict[str, str]:
        """Medians of the neighbours and of the look-alikes, each where five of them are known."""
        rule = compared.definition
        out: dict[str, str] = {}
        if rule.aggregation == "sum":
            return out
        unit = "%" if rule.unit == "%" else ""
        near, alike = len(self.study.peer_codes), len(self.study.lookalikes)
        for column, median, period, known, total, mine in (
            (NEAR, compared.peers_median, compared.peers_period, compared.peers_known, near,
             compared.own_in_peers_period),
            (ALIKE, compared.lookalikes_median, compared.lookalikes_period, compared.lookalikes_known, alike,
             compared.own_in_lookalikes_period),
        ):  # fmt: skip
            if pd.notna(median):
                here = number(mine, rule.decimals, unit)
                said = [] if period == compared.value.period else [f"{year_of(period)}, ici {here}"]
                said += [f"{known} sur {total}"] if known < total else []
                out[column] = number(median, rule.decimals, unit) + (f" ({', '.join(said)})" if said else "")
        return out

    def _medians_note(self, columns: Sequence[str]) -> str:
        whose = {
            NEAR: f"{len(self.study.peer_codes)} {self.peers}",
            ALIKE: f"{len(self.study.lookalikes)} {LOOKALIKES}",
        }
        said = [f"« {column} » : médiane des {whom}" for column, whom in whose.items() if column in columns]
        return (
            f"{' ; '.join(said)}. Une médiane n’est donnée que si cinq "
            "valeurs au moins sont connues pour la même période ; « 18 sur 22 » dit combien le sont. D’une autre année que "
            "la valeur du territoire, elle est suivie de cette année et de la valeur du territoire cette année-là (« ici »)."
        )

    def facility_table(self, types: tuple[str, ...], *, id: str, caption: str) -> Table | Absent:
        """Communes × facility types: counts, a zero said as such; types found nowhere named in a note."""
        rows = self.facilities(types)
        if rows.empty:
            return self.absent(
                caption, "la base des équipements n’est pas encore réunie pour ces communes", id
            )
        wide = rows.pivot_table(index="code", columns="type", values="value", aggfunc="sum")
        present = [t for t in types if t in wide and wide[t].sum() > 0]
        nowhere = [FACILITIES[t] for t in types if t in wide and wide[t].sum() == 0]
        if not present:
            return self.absent(caption, "aucun de ces équipements n’est recensé dans le territoire", id)
        wide = wide[present]
        equipped = wide[wide.sum(axis=1) > 0].sort_values(present, ascending=False)
        frame = equipped.apply(lambda c: c.map(lambda v: number(v) if v else "–")).reset_index()
        frame.insert(0, "commune", frame.pop("code").map(self.commune_names))
        empty, unknown = len(wide) - len(equipped), len(self.study.territory.members) - len(wide)
        notes = ["« – » : aucun."] if equipped.eq(0).to_numpy().any() else []
        if empty:
            notes.append(f"{counted(empty, 'commune')} sans aucun de ces équipements.")
        if unknown:
            notes.append(f"{counted(unknown, 'commune')} dont les équipements ne sont pas encore réunis.")
        if nowhere:
            notes.append(f"Recensé nulle part dans le territoire : {', '.join(nowhere)}.")
        notes.append(definition("equipements").caution)
        return Table(
            frame,
            id=id,
            caption=f"{caption}, {rows['period'].iloc[0]}",
            source=self.study.source_line(rows),
            columns={"commune": "Commune", **{t: upper_first(FACILITIES[t]) for t in present}},
            notes=notes,
        )

    def facilities(self, types: tuple[str, ...]) -> pd.DataFrame:
        """Known counts of these facility types by member commune (column ``type``); zeros are counts."""
        places = [("commune", c) for c in self.study.territory.members]
        rows = usable(self.study.table("equipements", places))
        kinds = [parse_breakdown(b).get("type", "") for b in rows["breakdown"]]
        rows = rows.assign(type=pd.Series(kinds, index=rows.index, dtype="str"))
        return rows[rows["type"].isin(types)]

    # ------------------------------------------------------------------------------------- pieces

    def commune(self, code: str) -> Territory:
        """A commune, for its name with its article."""
        if code not in self._met:
            self._met[code] = self.study.geography.territory(code, level="commune")
        return self._met[code]

    @cached_property
    def _met(self) -> dict[str, Territory]:
        return {}

    @cached_property
    def commune_names(self) -> dict[str, str]:
        """Code -> name of the member communes."""
        return {c: self.commune(c).name for c in self.study.territory.members}

    def caf_caution(self, indicator: str) -> str:
        """The caution of a count of the Caf; without what it says of rounding where the latest one is exact."""
        with aside(self.study):
            exact = self.study.value(indicator).is_number
        return self.msa if exact else self.caution(indicator)

    @property
    def peers(self) -> str:
        """« intercommunalités du département ou limitrophes »: what the neighbours compared with are called."""
        several = len(self.study.territory.departements) > 1
        return PEERS.replace("du département", "des mêmes départements") if several else PEERS

    @property
    def msa(self) -> str:
        """That the Caf's counts leave out the MSA's families; empty where there is no MSA."""
        return MSA if self.study.has_msa else ""

    def caution(self, indicator: str) -> str:
        """An indicator's caution, without what it says of the MSA where there is none."""
        text = definition(indicator).caution
        return text if self.study.has_msa else text.replace(MSA, "").strip()

    def fragile(self, indicators: Sequence[str]) -> str:
        """Rates of the territory that rest on little, each with what one case more would change; or empty."""
        said = []
        for indicator in indicators:
            rule = definition(indicator)
            with aside(self.study):
                row = self.study.row(indicator)
            if rule.aggregation != "ratio" or not rule.multiplier or row is None or pd.isna(row["value"]):
                continue
            found = flag(row["numerator"], row["denominator"], multiplier=rule.multiplier).iloc[0]
            if found["unstable"] and found["reason"] != "unknown":
                self.study.note(row)
                cases = number(row["numerator"])
                said.append(
                    f"{rule.label} ({cases} sur {number(row['denominator'])} ; un cas de plus : "
                    f"{signed(found['one_more'], 1)})"
                )
        few = f"moins de {FEW_EVENTS} cas, ou base de moins de {SMALL_BASE}"
        return f"Taux fragiles, qui reposent sur peu ({few}) : {' ; '.join(said)}." if said else ""

    def yearly(self, indicator: str) -> pd.DataFrame:
        """Yearly values of the territory, oldest first."""
        rows = usable(self.study.series(indicator))
        return rows[rows["period"].str.fullmatch(r"\d{4}")].reset_index(drop=True)

    def pooled(self, indicator: str) -> pd.DataFrame:
        """Values pooled over several years, oldest first."""
        rows = usable(self.study.series(indicator))
        return rows[rows["period"].str.fullmatch(r"\d{4}-\d{4}")].reset_index(drop=True)

    def people_of(self, codes: pd.Series) -> float:
        """Inhabitants of these communes together."""
        rows = usable(self.study.communes("population"))
        return float(rows.loc[rows["code"].isin(set(codes)), "value"].sum())


def names_of(rows: pd.DataFrame, limit: int = 6) -> str:
    """Names of a frame's rows in a sentence, the first ones when there are many."""
    names = [str(name) for name in rows["name"]]
    if len(names) <= limit + 1:
        return enumerate_fr(names)
    return f"{', '.join(names[:limit])} et {len(names) - limit} autres"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def detailed(rule: Definition, breakdown: str) -> str:
    """« part des actifs occupés selon le moyen de transport, sans transport », « part des salaires dans le revenu »."""
    detail = breakdown_label(breakdown)
    if not detail:
        return rule.label
    if EACH in rule.label:
        return rule.label.replace(EACH, f"des {detail.removeprefix('dont ')}")
    return f"{rule.label}, {detail}"


def measured(rule: Definition) -> str:
    """« Part des 65 ans et plus, % »; the unit is left out where the label already says it."""
    return _sentence(rule.label) if rule.unit in rule.label else f"{_sentence(rule.label)}, {rule.unit}"


def count_or_range(row: pd.Series) -> str:
    """« 88 » where the count is exact, « entre 58 et 144 » where rounding leaves a range."""
    return number(row["value"]) if pd.notna(row["value"]) else bounds(row["lower"], row["upper"])


def _bullets(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {s}" for s in sentences if s)


def in_number(value: Value) -> Value:
    """The value with its unit in the singular where French asks for it (« 1 structure »)."""
    return replace(value, unit=unit_of(value.value or 0, value.unit)) if value.is_number else value


def mostly_known(rows: pd.DataFrame, part: float = 0.8) -> bool:
    """Whether enough communes are known to speak of the territory (four out of five)."""
    return len(rows) > 0 and len(usable(rows)) >= part * len(rows)


def usable(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows with a number that may be shown."""
    return frame[frame["status"].isin(USABLE) & frame["value"].notna()]
