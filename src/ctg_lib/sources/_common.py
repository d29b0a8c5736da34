"""What all readers share: reading text tables, finding columns, reading numbers, refusing duplicates.

Messages are French and name file, row, column, what was found and what is expected.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path

import pandas as pd

from ctg_lib import observations
from ctg_lib.errors import RawDataError, found_expected, sample
from ctg_lib.manifest import Entry

COMMUNE = r"(?:\d\d|2[AB])\d{3}"
"""Pattern of an Insee commune code; Corsica has letters."""
_ARRONDISSEMENT = r"751[012]\d|6938\d|132(?:0[1-9]|1[0-6])"
_SPACES = "[ \u00a0\u202f]"
ROW = "_row"
"""Row of the file (the header is row 1), kept until the messages can no longer need it."""


def read_text(path: Path) -> str:
    """Text of a ``.csv``, ``.csv.gz`` or ``.zip`` file; byte order mark removed.

    In a zip, the data file is the only CSV, or the one whose name does not end in ``metadata.csv``.

    Raises:
        RawDataError: no data file or several in a zip; neither UTF-8 nor Windows-1252.
    """
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    elif raw[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            names = [n for n in archive.namelist() if n.lower().endswith(".csv")]
            data = [n for n in names if not n.lower().endswith("metadata.csv")]
            if len(data) != 1:
                raise RawDataError(
                    found_expected(
                        path.name, sample(names) or "aucun CSV", "une archive à un fichier de données"
                    )
                )
            raw = archive.read(data[0])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def read_table(path: Path, *, sep: str | None = None) -> pd.DataFrame:
    """A text table with all cells as text, stripped column names, and ``_row``.

    Args:
        path: file, see :func:`read_text`.
        sep: separator; by default the most frequent of ``;``, ``,`` and tabulation in the header.

    Raises:
        RawDataError: empty file, two columns with one name, or a row with too many cells.
    """
    text = read_text(path)
    header = text.split("\n", 1)[0]
    if not header.strip():
        raise RawDataError(f"{path.name} : fichier vide, une ligne d’en-tête est attendue.")
    sep = sep or max(";,\t", key=header.count)
    try:
        table = pd.read_csv(StringIO(text), sep=sep, dtype=str, keep_default_na=False)
    except pd.errors.ParserError as error:
        raise RawDataError(f"{path.name} : tableau illisible ({str(error).strip()}).") from None
    table.columns = [str(c).strip() for c in table.columns]
    twice = sorted({c for c in table.columns if list(table.columns).count(c) > 1})
    if twice:
        raise RawDataError(f"{path.name} : colonnes en double : {sample(twice)}.")
    if not table.empty and not isinstance(table.index, pd.RangeIndex):
        raise RawDataError(f"{path.name} : des lignes ont plus de cellules que l’en-tête.")
    table[ROW] = range(2, len(table) + 2)
    return table


def slug(text: str) -> str:
    """Lower case, no accents, ``_`` between words: one spelling for labels and technical names."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")


def slug_columns(table: pd.DataFrame, aliases: Mapping[str, str] | None = None) -> pd.DataFrame:
    """The same table with column names written by :func:`slug`, then renamed by ``aliases``."""
    names = {c: slug(c) for c in table.columns if c != ROW}
    return table.rename(columns=names).rename(columns=dict(aliases or {}))


def require(table: pd.DataFrame, columns: Iterable[str], path: Path) -> None:
    """Refuse a table that lacks columns; the message lists those found."""
    absent = [c for c in columns if c not in table]
    if absent:
        found = [c for c in table.columns if c != ROW]
        raise RawDataError(
            f"{path.name} : colonnes manquantes : {', '.join(absent)} (trouvées : {sample(found, 12)})."
        )


def numbers(table: pd.DataFrame, column: str, path: Path, markers: Iterable[str] = ()) -> pd.Series:
    """A text column as floats: decimal point or comma, spaces between thousands.

    Args:
        table: text table, with ``_row`` if messages must name the row.
        column: column to read.
        path: file named in messages.
        markers: cells that are not numbers but have a meaning; they give NaN, as empty cells do.

    Raises:
        RawDataError: the first cell that is neither.
    """
    text = table[column].astype("str").str.strip()
    known = text.isin(["", *markers])
    clean = text.str.replace(_SPACES, "", regex=True).str.replace(",", ".", regex=False)
    # `float` reads « nan », « inf » and « 1_000 », which no publisher writes for a number.
    plain = clean.str.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
    bad = ~known & ~plain
    if bad.any():
        first = table.loc[bad].iloc[0]
        expected = "un nombre" + (f" ou {', '.join(sorted(markers))}" if markers else "")
        raise RawDataError(
            found_expected(
                f"{path.name}, ligne {first.get(ROW, '?')}, colonne {column}", first[column], expected
            )
        )
    return clean.where(~known).astype("float64")


def refuse(bad: pd.Series, table: pd.DataFrame, column: str, path: Path, expected: str) -> None:
    """Raise on the first row where ``bad`` is true, naming file, row, column and what is expected."""
    if bad.any():
        first = table.loc[bad].iloc[0]
        where = f"{path.name}, ligne {first.get(ROW, '?')}, colonne {column}"
        raise RawDataError(found_expected(where, first[column], expected))


def refuse_duplicates(frame: pd.DataFrame, key: Sequence[str], path: Path) -> None:
    """Refuse two rows with one key; the message names both rows."""
    twice = frame.duplicated(list(key), keep=False)
    if twice.any():
        same = frame.loc[twice]
        first = same.iloc[0]
        rows = same.loc[(same[list(key)] == first[list(key)]).all(axis=1), ROW].tolist()
        what = ", ".join(f"{k}={first[k]}" for k in key)
        raise RawDataError(
            f"{path.name}, lignes {' et '.join(map(str, rows[:2]))} : clé en double ({what}) ; "
            "une seule valeur est attendue."
        )


def finish(frame: pd.DataFrame, entry: Entry, path: Path, **constants: str) -> pd.DataFrame:
    """Observations from a reader's frame: duplicates refused with their rows, contract checked.

    Raises:
        RawDataError: no row left, or two rows with one key.
    """
    frame = frame.copy()
    for name, constant in constants.items():
        frame[name] = constant
    if frame.empty:
        raise RawDataError(f"{path.name} : aucune ligne utilisable ({entry.id}).")
    if "breakdown" not in frame:
        frame["breakdown"] = ""
    if ROW in frame:
        refuse_duplicates(frame, ["variable", "breakdown", "level", "code", "period"], path)
        frame = frame.drop(columns=ROW)
    given = {"geography_year": entry.geography_year, "source": entry.id}
    return observations.make(frame, **{k: v for k, v in given.items() if k not in frame})


def is_commune(codes: pd.Series) -> pd.Series:
    """Whether each text is a commune's code (municipal arrondissements are not communes)."""
    return codes.str.fullmatch(COMMUNE) & ~codes.str.fullmatch(_ARRONDISSEMENT)


def commune_of(codes: pd.Series) -> pd.Series:
    """Commune of each code: the arrondissements of Paris, Lyon and Marseille become their city."""
    for pattern, city in (("751[012]\\d", "75056"), ("6938\\d", "69123"), ("132(?:0[1-9]|1[0-6])", "13055")):
        codes = codes.mask(codes.str.fullmatch(pattern), city)
    return codes


def raw_root(path: Path, entry: Entry) -> Path:
    """The raw folder, given the file of an entry (``entry.path`` is relative to it)."""
    return path.parents[len(Path(entry.path).parts) - 1]


def from_options(entry: Entry, name: str, allowed: Iterable[str], path: Path) -> str:
    """A text option of the manifest entry, required and one of ``allowed``."""
    value = entry.options.get(name)
    if value not in set(allowed):
        raise RawDataError(
            found_expected(f"{entry.id} ({path.name}), option {name!r}", value, ", ".join(sorted(allowed)))
        )
    return str(value)
