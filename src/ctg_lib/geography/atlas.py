"""The territories of one edition: members, parents, neighbours, populations, secteurs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.dataset as pads

from ctg_lib.errors import BadInput, RawDataError, sample
from ctg_lib.geography import composition as _composition
from ctg_lib.geography import contours as _contours
from ctg_lib.geography import lookup, names
from ctg_lib.geography import populations as _populations
from ctg_lib.geography.passage import Carried, Passage
from ctg_lib.geography.territory import Territory
from ctg_lib.project import Project
from ctg_lib.shelf import Key, shelved
from ctg_lib.values import FRANCE_CODES, Value

if TYPE_CHECKING:
    import geopandas as gpd

EDITIONS: tuple[int, ...] = (2021, 2022, 2023, 2024, 2025, 2026)
"""Compositions at hand (1 January of the year). EPT are known from 2023 on."""

_GROUPS = ("epci", "ept", "departement", "region")
_COLLECTIVITES = ("975", "977", "978", "98")
_OUTSIDE = {"FR": _COLLECTIVITES, "FM": ("97", "98"), "FHM": (*_COLLECTIVITES, "976")}
"""Perimeter called « France » -> how codes of communes begin that are not in it."""


class Geography:
    """Territories of one edition, read from ``folder`` when first needed.

    Args:
        folder: ``data/raw/geography``.
        edition: year of the composition, one of ``EDITIONS``.

    Raises:
        BadInput: an edition that is not at hand.
    """

    def __init__(self, folder: Path | str, edition: int = EDITIONS[-1]) -> None:
        if edition not in EDITIONS:
            raise BadInput(
                f"édition {edition!r} de la géographie indisponible ; éditions connues : "
                f"{', '.join(map(str, EDITIONS))}."
            )
        self.folder = Path(folder)
        self.edition = int(edition)
        self._others: dict[int, Geography] = {self.edition: self}
        self._by_year: dict[int, pd.DataFrame] = {}

    # ------------------------------------------------------------------------------------- tables

    def table(self) -> pd.DataFrame:
        """All territories of the edition: level, code, name, article, kind, commune, and parents."""
        return self._table

    def rows_of(self, code: str) -> pd.DataFrame:
        """The rows of :meth:`table` with a code: none, one, or one of each level that uses it."""
        return self._table.iloc[self._positions.get(code, [])]

    @cached_property
    def _positions(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for at, code in enumerate(self._table["code"].tolist()):
            found.setdefault(code, []).append(at)
        return found

    @cached_property
    def _table(self) -> pd.DataFrame:
        frame = self._file("territories", pads.field("edition") == self.edition)
        return frame.drop(columns="edition").reset_index(drop=True)

    def _file(
        self, name: str, condition: pads.Expression | None = None, columns: list[str] | None = None
    ) -> pd.DataFrame:
        path = self.folder / f"{name}.parquet"
        if not path.is_file():
            raise RawDataError(
                f"{path.name} : fichier absent de {self.folder}, attendu dans data/raw/geography."
            )
        return pads.dataset(path).to_table(columns=columns, filter=condition).to_pandas()

    @cached_property
    def _communes(self) -> pd.DataFrame:
        frame = self._table.loc[lambda f: f["level"].eq("commune")]
        return frame[["code", "name", "article", *_GROUPS]].set_index("code")

    @cached_property
    def _groups(self) -> tuple[dict[str, int], dict[str, list[str]]]:
        """Position of each commune, and what holds them, as plain lists: all of France is looked up."""
        positions = {code: at for at, code in enumerate(self._communes.index.tolist())}
        return positions, {group: self._communes[group].tolist() for group in _GROUPS}

    def communes(self) -> pd.DataFrame:
        """Current communes: code, name, article, epci, ept, departement, region (text, empty = none)."""
        return self._communes.reset_index()

    def membership(self, edition: int | None = None) -> pd.DataFrame:
        """To sum communes upward: commune, epci, ept, departement, region (empty = none).

        France is not a column: its three perimeters overlap, see :meth:`france_members`.
        """
        frame = self.with_edition(edition)._communes
        return frame[list(_GROUPS)].rename_axis("commune").reset_index()

    def keys(self) -> pd.DataFrame:
        """Search keys of the edition's names (see :mod:`ctg_lib.geography.lookup`)."""
        return self._keys

    @cached_property
    def _keys(self) -> pd.DataFrame:
        return lookup.build_keys(self._table)

    def codes(self, level: str) -> tuple[str, ...]:
        """Known codes of a level, sorted (``france`` gives FR, FM, FHM).

        Raises:
            BadInput: unknown level.
        """
        if level == "france":
            return tuple(sorted(FRANCE_CODES))
        if level not in lookup.LEVEL_WORDS:
            raise BadInput(
                f"niveau {level!r} inconnu ; attendu : {', '.join([*lookup.LEVEL_WORDS, 'france'])}."
            )
        return self._codes[level]

    @cached_property
    def _codes(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {level: [] for level in lookup.LEVEL_WORDS}
        for level, code in zip(*(self._table[c].tolist() for c in ("level", "code")), strict=True):
            found.setdefault(level, []).append(code)
        return {level: tuple(sorted(codes)) for level, codes in found.items()}

    def names(self, level: str) -> dict[str, str]:
        """Code -> display name, for all territories of a level."""
        return self._named(level, short=False)

    def short_names(self, level: str) -> dict[str, str]:
        """Code -> short name, for tables and maps."""
        return self._named(level, short=True)

    def _named(self, level: str, *, short: bool) -> dict[str, str]:
        groups = level in ("epci", "ept")
        key = level, short and groups  # the others have one name
        if key not in self._named_before:
            rows = self._table.loc[self._table["level"].eq(level), ["code", "name", "kind"]]
            columns = (rows[c].tolist() for c in rows)
            found = {
                c: names.epci_names(n, k)[short] if groups else names.typographic(n)
                for c, n, k in zip(*columns, strict=True)
            }
            self._named_before[key] = found
        return dict(self._named_before[key])

    @cached_property
    def _named_before(self) -> dict[tuple[str, bool], dict[str, str]]:
        return {}

    # -------------------------------------------------------------------------------- territories

    def territory(self, code_or_name: str | Territory, *, level: str | None = None) -> Territory:
        """The territory meant by a code or a name.

        Args:
            code_or_name: SIREN of an EPCI or EPT, code of a commune, département (« 12 », « 2A »,
                « 974 »), ``FR``/``FM``/``FHM``, ``REG-76`` for a région (or its code with
                ``level="region"``), or a name: accents, case, hyphens and articles do not matter.
            level: to choose between territories of one name or code.

        Raises:
            BadInput: unknown (says what was probably meant, and since when a code no longer
                exists) or ambiguous (lists the candidates).
        """
        if isinstance(code_or_name, Territory):
            return code_or_name
        key = str(code_or_name).strip(), level
        if key not in self._found_before:
            where = ("territory", str(self.folder), self.edition, *key)
            self._found_before[key] = shelved(where, lambda: self._found(*key))
        return self._found_before[key]

    @cached_property
    def _found_before(self) -> dict[tuple[str, str | None], Territory]:
        return {}

    def _found(self, text: str, level: str | None) -> Territory:
        if text.upper() in FRANCE_CODES and level in (None, "france"):
            return self._france(text.upper())
        if level == "france":
            raise BadInput(f"France : trouvé {text!r}, attendu {', '.join(FRANCE_CODES)}.")
        if level is None and names.search_key(text) in self._france_names:
            return self._france(self._france_names[names.search_key(text)])
        return self._from_row(lookup.find_row(self, text, level))

    @cached_property
    def _france_names(self) -> dict[str, str]:
        return {names.search_key(name): code for code, name in FRANCE_CODES.items()}

    def _france(self, code: str) -> Territory:
        return self._made_of("france", code, FRANCE_CODES[code], self.france_members(code), kind=code)

    def _from_row(self, row: pd.Series) -> Territory:
        level, code = str(row["level"]), str(row["code"])
        if level == "commune":
            members: Iterable[str] = (code,)
        elif level == "arrondissement_municipal":
            members = (str(row["commune"]),)
        else:
            members = self._communes.index[self._communes[level].eq(code)]
        article = None if pd.isna(row["article"]) else int(row["article"])
        return self._made_of(level, code, str(row["name"]), members, kind=str(row["kind"]), article=article)

    def _made_of(
        self, level: str, code: str, published: str, members: Iterable[str], *, kind: str = "",
        article: int | None = None,
    ) -> Territory:  # fmt: skip
        inside = tuple(sorted(members))
        positions, columns = self._groups
        at = [positions[code] for code in inside]
        held = {g: tuple(sorted({column[n] for n in at} - {""})) for g, column in columns.items()}
        return Territory(
            level=level, code=code, published=published, edition=self.edition, kind=kind, members=inside,
            epci=held["epci"], ept=held["ept"], departements=held["departement"], regions=held["region"],
            article=article,
        )  # fmt: skip

    def members(self, territory: str | Territory, edition: int | None = None) -> tuple[str, ...]:
        """Codes of the communes of a territory, sorted, in this or another edition."""
        if edition is None or edition == self.edition:
            return self.territory(territory).members
        known = self.territory(territory) if isinstance(territory, str) else territory
        level = None if known.level in ("france", "secteur", "study") else known.level
        return self.with_edition(edition).territory(known.code, level=level).members

    def france_members(self, code: str) -> tuple[str, ...]:
        """Communes of one of the three perimeters called « France », sorted.

        « FR »: the 101 départements; « FM »: the métropole (without 97x and 98x); « FHM »: the
        départements but Mayotte. The collectivités d'outre-mer (975, 977 to 989) are in none.

        Raises:
            BadInput: another code.
        """
        if code not in FRANCE_CODES:
            raise BadInput(f"France : trouvé {code!r}, attendu {', '.join(FRANCE_CODES)}.")
        return tuple(sorted(c for c in self._communes.index.tolist() if not c.startswith(_OUTSIDE[code])))

    def parents(self, code: str) -> dict[str, str]:
        """Level -> code of what holds a territory (commune, epci, ept, departement, region).

        For an EPCI over several départements (or régions), the one where most of its inhabitants
        live: the files name no seat. ``Territory.departements`` gives all of them.
        """
        found = self.territory(code)
        row = self._table.loc[lambda f: f["code"].eq(found.code) & f["level"].eq(found.level)]
        if row.empty:
            return {}
        held = ("commune", *_GROUPS)
        return {g: str(row[g].iloc[0]) for g in held if row[g].iloc[0] != "" and g != found.level}

    # --------------------------------------------------------------------------------- neighbours

    @cached_property
    def _adjacency(self) -> pd.DataFrame:
        pairs = self._file("adjacency")
        turned = pairs.rename(columns={"code_a": "code_b", "code_b": "code_a"})
        return pd.concat([pairs, turned], ignore_index=True)

    @cached_property
    def _borders(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one, other in zip(*(self._adjacency[c].tolist() for c in ("code_a", "code_b")), strict=True):
            found.setdefault(one, []).append(other)
        return found

    def touching(self, commune: str) -> tuple[str, ...]:
        """Codes of the communes that share a border with one, sorted; none for a code that is not known."""
        code = self.current_code(commune, _contours.CONTOUR_EDITION)
        return tuple(sorted({*self._borders.get(code, ())} - {code, commune}))

    def neighbours(self, territory: str | Territory) -> pd.DataFrame:
        """Territories of the same level that share a border, the longest first.

        EPCI touch across département and région borders; a secteur or a study is compared with the
        EPCI around it. A contact at one point or across water is not a border.

        Returns:
            code, name (short), departement, metres (length of the shared border, from generalised
            contours: an order of magnitude).
        """
        here = self.territory(territory)
        level = here.level if here.level in ("commune", *_GROUPS) else "epci"
        inside = {self.current_code(c, _contours.CONTOUR_EDITION) for c in here.members}
        around = self._adjacency.loc[lambda f: f["code_a"].isin(inside) & ~f["code_b"].isin(inside)]
        owner = around["code_b"] if level == "commune" else around["code_b"].map(self._communes[level])
        out = around.groupby(owner.rename("code"))["metres"].sum().drop(["", here.code], errors="ignore")
        frame = out.sort_index().sort_values(ascending=False, kind="stable").reset_index()
        rows = self._table.loc[lambda f: f["level"].eq(level)].set_index("code")
        frame.insert(1, "name", frame["code"].map(self.short_names(level)))
        frame.insert(2, "departement", frame["code"].map(rows["departement"]))
        return frame

    # -------------------------------------------------------------------------------- populations

    @cached_property
    def _people(self) -> pd.DataFrame:
        return self._file("populations")

    @property
    def population_years(self) -> tuple[int, ...]:
        """Years with populations of all communes (2017 holds Mayotte only and is not listed)."""
        return tuple(y for y in self._years_counted if y > 2017)

    @cached_property
    def _years_counted(self) -> list[int]:
        return sorted({int(year) for year in self._file("populations", columns=["year"])["year"].unique()})

    def populations(self, year: int | None = None) -> pd.DataFrame:
        """Populations of reference by commune, in the communes of this edition.

        Args:
            year: census year (the last one by default); 2017 gives Mayotte, which has no later one.

        Returns:
            code, year, pmun (inhabitants), ptot (population totale, <NA> where not at hand). A
            commune whose limits changed in a way that cannot be undone has no row; neither have the
            collectivités d'outre-mer, Mayotte after 2017, and four islands in 2018.

        Raises:
            BadInput: no population of that year.
        """
        wanted = self.population_years[-1] if year is None else int(year)
        known = self._years_counted
        if wanted not in known:
            raise BadInput(
                f"population {wanted} indisponible ; années connues : {', '.join(map(str, known))}."
            )
        if wanted not in self._by_year:
            rows = self._file("populations", pads.field("year") == wanted)  # not all of them
            since = self.passages().loc[lambda f: f["edition"].gt(EDITIONS[0])]
            self._by_year[wanted] = _populations.in_edition(rows, since, self.edition, self._communes.index)
        return self._by_year[wanted].copy()

    def population(self, territory: str | Territory, year: int | None = None) -> Value:
        """Inhabitants (population municipale) of a territory.

        Without ``year``, the last year known for all its communes; ``Value.period`` says which.
        Status ``missing`` when a commune has no figure: a partial sum is never given.
        """
        here = self.territory(territory)
        years = [year] if year is not None else [*reversed(self.population_years), 2017]
        for each in years:
            pmun = self.populations(each).set_index("code")["pmun"].reindex(list(here.members))
            if len(pmun) and pmun.notna().all():
                return Value(
                    float(pmun.sum()), unit="habitants", period=str(each), method="as_published",
                    sources=(_populations.SOURCE,),
                )  # fmt: skip
        return Value(None, unit="habitants", period=str(years[0]), status="missing")

    # ----------------------------------------------------------------------------------- passages

    def passages(self) -> pd.DataFrame:
        """Changes of communes since 1944: edition (first 1 January where it holds), code, into, kind, new.

        kind ``merged``: ``code`` is counted in ``into``; ``restored``: ``into`` left ``code``. new: ``into``
        did not exist the year before. All changes are there from 2003 on.
        """
        return self._passages

    @cached_property
    def _passages(self) -> pd.DataFrame:
        return self._file("passages")

    @cached_property
    def _merged(self) -> dict[str, list[tuple[int, str]]]:
        rows = self._passages.loc[lambda f: f["kind"].eq("merged")].sort_values("edition")
        out: dict[str, list[tuple[int, str]]] = {}
        for edition, code, into in zip(rows["edition"], rows["code"], rows["into"], strict=True):
            out.setdefault(code, []).append((int(edition), into))
        return out

    def current_code(self, code: str, edition: int | None = None) -> str:
        """The commune that counts the inhabitants of a (former) commune in an edition.

        A commune of the edition is itself; an unknown code is given back.
        """
        limit = self.edition if edition is None else edition
        if code not in self._merged or code in self.with_edition(limit)._communes.index:
            return code
        following = [step for step in self._merged[code] if step[0] <= limit][-1:]
        while following:
            year, code = following[0]
            following = [step for step in self._merged.get(code, []) if year < step[0] <= limit][:1]
        return code

    def passage(self) -> Passage:
        """Where the communes of any year are in this edition, and in any other (see :class:`Passage`)."""
        return self._passage

    @cached_property
    def _passage(self) -> Passage:
        last = self.with_edition(EDITIONS[-1])
        table = last.table()
        parts = table.loc[table["level"].eq("arrondissement_municipal"), ["code", "commune"]]
        return Passage(
            self.passages(), last._communes.index, EDITIONS[-1], self._people,
            dict(zip(parts["code"].astype(str), parts["commune"].astype(str), strict=True)), self.edition,
        )  # fmt: skip

    def carry(
        self, frame: pd.DataFrame, *, from_year: int, to_year: int | None = None, value: str = "value",
        weight: str | pd.Series | Mapping[str, float] = "population", aggregation: str = "sum",
        absent: str = "missing",
    ) -> Carried:  # fmt: skip
        """Counts of communes of one year, in the communes of another (this edition by default).

        See :meth:`ctg_lib.geography.passage.Passage.carry`.
        """
        return self._passage.carry(
            frame, from_year=from_year, to_year=to_year, value=value, weight=weight,
            aggregation=aggregation, absent=absent,
        )  # fmt: skip

    # -------------------------------------------------------------------------------- composition

    def epci_of(self, commune: str, year: int | None = None) -> str:
        """SIREN of the EPCI of a commune on 1 January of a year (this edition by default); empty: none.

        A commune that no longer exists that year is looked for in the one that counts it.

        Raises:
            BadInput: a year without composition, a code that is no commune.
        """
        return _composition.epci_of(self, commune, self.edition if year is None else year)

    @cached_property
    def epci_by_year(self) -> dict[int, dict[str, str]]:
        """Year -> commune -> SIREN of its EPCI, in all editions."""
        return {year: _composition.owners(self.with_edition(year).membership()) for year in EDITIONS}

    def composition(self, code: str, more: Mapping[int, pd.DataFrame] | None = None) -> pd.DataFrame:
        """Communes of an EPCI year by year, and what joined or left it.

        See :func:`ctg_lib.geography.composition.composition`.
        """
        return _composition.composition(self, code, more)

    def composition_sentence(self, code: str, more: Mapping[int, pd.DataFrame] | None = None) -> str:
        """« composition stable depuis 2021 », « a accueilli … en 2022 » (see :meth:`composition`)."""
        return _composition.sentence(self, code, more)

    def other_editions(self, code: str | None = None) -> pd.DataFrame:
        """Where a code (or every code) is found in all editions: edition, level, code, name."""
        condition = None if code is None else pads.field("code") == code
        return self._file("territories", condition)[["edition", "level", "code", "name"]]

    def with_edition(self, edition: int | None) -> Geography:
        """The same folder in another edition (kept once made)."""
        if edition is None:
            return self
        if edition not in self._others:
            self._others[edition] = Geography(self.folder, edition)
        return self._others[edition]

    # ------------------------------------------------------------------------- secteurs and study

    def with_secteurs(
        self, groups: Mapping[str, Iterable[str]], territory: str | Territory
    ) -> tuple[Territory, ...]:
        """A territory divided into secteurs, in the order given.

        Args:
            groups: name of the secteur -> its communes (codes or names).
            territory: the EPCI or the study that they divide.

        Returns:
            Territories of level ``secteur`` with a code such as ``241200906-dourbie``.

        Raises:
            BadInput: a commune in no secteur, in two, or outside the territory; an empty secteur;
                two names that give one code.
        """
        whole = self.territory(territory)
        own = self._communes.loc[list(whole.members), "name"]
        here = {str(c): names.loose_key(names.search_key(n)) for c, n in own.items()}
        given = {name: [self._inside(c, here, whole, name) for c in codes] for name, codes in groups.items()}
        where = f"secteurs {whole.de()}"
        empty = [name for name, codes in given.items() if not codes]
        if empty:
            raise BadInput(f"{where} : secteur sans commune : {sample(empty)}.")
        slugs = [names.slug(name) for name in given]
        if len(set(slugs)) < len(slugs):
            raise BadInput(f"{where} : noms de secteurs trop proches : {sample(given)}.")
        every = [c for codes in given.values() for c in codes]
        twice = sorted({c for c in every if every.count(c) > 1})
        if twice:
            raise BadInput(f"{where} : communes citées plusieurs fois : {self._listed(twice)}.")
        left = [c for c in whole.members if c not in every]
        if left:
            raise BadInput(f"{where} : communes sans secteur : {self._listed(left)}.")
        return tuple(
            self._made_of("secteur", f"{whole.code}-{slug}", name, given[name], kind=whole.code)
            for name, slug in zip(given, slugs, strict=True)
        )

    def _inside(self, code_or_name: str, here: Mapping[str, str], whole: Territory, secteur: str) -> str:
        """Code of a commune of ``whole``; its own names (``here``: key by code) are looked for first."""
        key = names.loose_key(names.search_key(str(code_or_name)))
        found = [c for c, own in here.items() if own == key]
        try:
            code = found[0] if len(found) == 1 else self.territory(code_or_name, level="commune").code
        except BadInput as error:
            raise BadInput(f"secteur « {secteur} » : {error}") from None
        if code not in here:
            raise BadInput(
                f"secteur « {secteur} » : {self._listed([code])} n’appartient pas à {whole.le()} "
                f"(édition {self.edition})."
            )
        return code

    def _listed(self, codes: Iterable[str]) -> str:
        return sample([f"{names.typographic(self._communes['name'][c])} ({c})" for c in codes])

    def study(self, codes: Iterable[str], *, code: str = "", name: str = "") -> Territory:
        """Several territories taken together as one of level ``study`` (one alone stays itself).

        Raises:
            BadInput: no territory, or two that share a commune.
        """
        parts = [self.territory(c) for c in codes]
        if not parts:
            raise BadInput("étude sans territoire : indiquez au moins un code d’EPCI.")
        if len(parts) == 1 and not code and not name:
            return parts[0]
        every = [m for p in parts for m in p.members]
        twice = sorted({m for m in every if every.count(m) > 1})
        if twice:
            raise BadInput(f"territoires de l’étude qui se recouvrent : {self._listed(twice)}.")
        label = name or " et ".join(p.short_name for p in parts)
        made = self._made_of("study", code or "-".join(p.code for p in parts), label, every)
        return made if name else replace(made, together=tuple(parts))

    # ----------------------------------------------------------------------------------- contours

    def contours(
        self, level: str, codes: Iterable[str | Territory] | None = None, projected: bool = True
    ) -> gpd.GeoDataFrame:
        """Shapes to draw: code, name (short), geometry.

        Args:
            level: commune, epci, ept, departement, region; any label when ``codes`` are
                :class:`Territory` objects (secteurs, a study).
            codes: which ones; all of the métropole by default (of France with ``projected=False``).
            projected: legal projection of the place (metres), else longitude and latitude.

        Returns:
            GeoDataFrame sorted by code; ``attrs["missing"]`` lists codes asked for that have no
            contour, ``attrs["vintage"]`` says whose contours they are.

        Raises:
            BadInput: unknown level or code; several legal projections asked for at once.
        """
        return _contours.contours(self, level, codes, projected)

    def missing_contours(self) -> pd.DataFrame:
        """Communes whose contour is absent or was mended: code, state, detail."""
        return _contours.missing_contours(self.folder)


@lru_cache(maxsize=8)
def _load(folder: Path, edition: int) -> Geography:
    return shelved(shelf_key(folder, edition), lambda: Geography(folder, edition))


def shelf_key(folder: Path, edition: int) -> Key:
    """Under which a geography lies on a shelf (:mod:`ctg_lib.shelf`)."""
    return ("geography", str(folder), edition)


def load_geography(project: Project, edition: int | None = None) -> Geography:
    """The geography of a project (the last edition by default), read once per process."""
    return _load(project.raw / "geography", EDITIONS[-1] if edition is None else edition)
