"""From what a user types to one row of the territories, with messages that help when it fails."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.errors import BadInput, sample
from ctg_lib.geography.names import loose_key, search_key, typographic

if TYPE_CHECKING:
    from ctg_lib.geography.atlas import Geography

LEVEL_WORDS = {
    "commune": "commune",
    "arrondissement_municipal": "arrondissement municipal",
    "epci": "EPCI",
    "ept": "EPT",
    "departement": "département",
    "region": "région",
}
_TAGS = {"COM": "commune", "EPCI": "epci", "EPT": "ept", "DEP": "departement", "REG": "region"}
_CODE = re.compile(r"^(?:\d{9}|\d[0-9AB]\d{3}|\d{2,3}|2[AB])$")


def find_row(geo: Geography, typed: object, level: str | None) -> pd.Series:
    """The row of the territories meant by a code or a name.

    A code of two or three characters is a département unless ``level="region"`` or a prefix says
    otherwise (``REG-76``); ``COM-``, ``EPCI-``, ``EPT-``, ``DEP-``, ``REG-`` are read as Melodi does.

    Raises:
        BadInput: unknown code or name, with what was probably meant; ambiguous name.
    """
    text = str(typed).strip()
    if level is not None and level not in LEVEL_WORDS:
        raise BadInput(f"niveau {level!r} inconnu ; attendu : {', '.join(LEVEL_WORDS)}.")
    tag, _, rest = text.partition("-")
    if tag.upper() in _TAGS and _CODE.match(rest.upper()):
        level, text = _TAGS[tag.upper()], rest
    if not text:
        raise BadInput("code ou nom de territoire vide ; attendu : un code SIREN, Insee ou un nom.")
    if _CODE.match(text.upper()):
        return _by_code(geo, text.upper(), level)
    if text.isdigit():
        raise BadInput(_bad_length(geo, text))
    return _by_name(geo, text, level)


def _by_code(geo: Geography, code: str, level: str | None) -> pd.Series:
    rows = geo.rows_of(code)
    if level:
        rows = rows[rows["level"].eq(level)]
    if len(rows) > 1:  # a région and a département share two-digit codes
        rows = rows[rows["level"].ne("region")]
    if len(rows) == 1:
        return rows.iloc[0]
    raise BadInput(_unknown_code(geo, code, level))


def _bad_length(geo: Geography, text: str) -> str:
    hint = ""
    if len(text) == 4 and geo.table()["code"].eq("0" + text).any():
        hint = f" Le zéro de tête manque-t-il ({'0' + text}) ?"
    return (
        f"code {text!r} : {len(text)} chiffres, attendu 9 (SIREN d’un EPCI), 5 (commune) "
        f"ou 2 à 3 (département).{hint}"
    )


def _unknown_code(geo: Geography, code: str, level: str | None) -> str:
    what = LEVEL_WORDS.get(level or "", "territoire")
    start = f"{what} {code!r} inconnu dans l’édition {geo.edition}."
    past = geo.other_editions(code)
    if level:
        past = past[past["level"].eq(level)]
    if len(past):
        last = past.sort_values("edition").iloc[-1]
        if last["edition"] < geo.edition:
            gone = int(last["edition"]) + 1
            return (
                f"{code} ({typographic(last['name'])}) n’existe plus depuis {gone}"
                f"{_successor(geo, code, str(last['level']), int(last['edition']))}."
            )
        first = int(past["edition"].min())
        return f"{code} ({typographic(last['name'])}) n’existe que depuis {first}, pas en {geo.edition}."
    pool = geo.table()
    if level:
        pool = pool[pool["level"].eq(level)]
    if len(code) < 9:  # a commune is looked for in its own département
        pool = pool[pool["code"].str.startswith(code[:2])]
    near = difflib.get_close_matches(code, pool["code"].tolist(), n=3, cutoff=0.8)
    found = pool[pool["code"].isin(near)]
    return start + (f" Vouliez-vous dire {_list(geo, found)} ?" if len(found) else "")


def _successor(geo: Geography, code: str, level: str, last_edition: int) -> str:
    if level == "commune":
        steps = geo.passages()
        into = steps.loc[steps["code"].eq(code) & steps["kind"].eq("merged"), "into"]
        if len(into):
            return f" : ses habitants sont comptés dans {_one(geo, geo.current_code(code))}"
    if level == "epci":
        former = geo.with_edition(last_edition).membership()
        held = {geo.current_code(c) for c in former.loc[former["epci"].eq(code), "commune"]}
        now = geo.membership()
        heirs = now.loc[now["commune"].isin(held), "epci"].value_counts()
        return " : ses communes sont dans " + " et ".join(_one(geo, c) for c in heirs.index[:3])
    return ""


def _by_name(geo: Geography, text: str, level: str | None) -> pd.Series:
    frame = geo.keys()
    if level:
        frame = frame[frame["level"].eq(level)]
    key = search_key(text)
    rows = frame[frame["key"].eq(key)]
    if rows.empty:
        rows = frame[frame["loose"].eq(loose_key(key))]
    if len(rows) == 1:
        return geo.table().loc[rows.index[0]]
    if len(rows) > 1:
        raise BadInput(
            f"« {text} » désigne plusieurs territoires : {_list(geo, rows, 8)}. Donnez le code"
            + ("." if level else ", ou le niveau.")
        )
    raise BadInput(_unknown_name(geo, text, frame, level))


def _unknown_name(geo: Geography, text: str, frame: pd.DataFrame, level: str | None) -> str:
    key = loose_key(search_key(text))
    gone = _name_of_the_past(geo, key, level)
    if gone:
        return gone
    pool = frame["loose"]
    pool = pool[(pool.str.len() - len(key)).abs() <= max(3, len(key) // 3)]
    near = difflib.get_close_matches(key, pool.unique().tolist(), n=3, cutoff=0.75)
    found = frame[frame["loose"].isin(near)]
    if found.empty and len(key) >= 4:
        found = frame[frame["loose"].str.contains(key, regex=False)]
    hint = f" Vouliez-vous dire {_list(geo, found)} ?" if len(found) else ""
    return f"territoire « {text} » inconnu dans l’édition {geo.edition}.{hint}"


def _name_of_the_past(geo: Geography, key: str, level: str | None) -> str:
    """The message about a code of another edition, when one territory there bears this name."""
    every = geo.other_editions().drop_duplicates(["level", "code", "name"])
    every = every[~every["code"].isin(geo.table()["code"])]
    if level:
        every = every[every["level"].eq(level)]
    codes = every.loc[[loose_key(search_key(n)) == key for n in every["name"]], "code"].unique()
    return _unknown_code(geo, str(codes[0]), level) if len(codes) == 1 else ""


def _one(geo: Geography, code: str) -> str:
    rows = geo.table().loc[lambda f: f["code"].eq(code) & f["level"].isin(["commune", "epci"])]
    return f"{typographic(rows['name'].iloc[0])} ({code})" if len(rows) else code


def _list(geo: Geography, rows: pd.DataFrame, limit: int = 3) -> str:
    names = geo.names("departement")
    rows = rows.sort_values(["level", "code"])
    parts = []
    found = geo.table().loc[rows.index]
    columns = (found[c].tolist() for c in ("name", "level", "code", "departement"))
    for name, level, code, held in zip(*columns, strict=True):
        where = f", {names[held]}" if held in names and level != "departement" else ""
        parts.append(f"{typographic(name)} ({LEVEL_WORDS[level]} {code}{where})")
    return sample(parts, limit)


def build_keys(table: pd.DataFrame) -> pd.DataFrame:
    """Search keys of all names of an edition: level, code, key, loose (index of ``table``)."""
    out = table[["level", "code"]].copy()
    out["key"] = [search_key(n) for n in table["name"]]
    out["loose"] = [loose_key(k) for k in out["key"]]
    return out
