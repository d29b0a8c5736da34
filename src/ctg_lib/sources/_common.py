"""What all readers share: reading text tables, finding columns, reading numbers, refusing duplicates.

Messages are French and name file, row, column, what was found and what is expected.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import IO, Any, cast

import pandas as pd

from ctg_lib import observations
from ctg_lib.errors import RawDataError, found_expected, sample
from ctg_lib.manifest import Entry

COMMUNE = r"(?:\d\d|2[AB])\d{3}"
"""Pattern of an Insee commune code; Corsica has letters."""
_ARRONDISSEMENT = r"751[012]\d|6938\d|132(?:0[1-9]|1[0-6])"
_SPACES = "[ \u00a0\u202f]"
_DESCRIPTION = re.compile(r"(?i)metadata\.csv$|(?:^|/)meta_|varmod|(?:^|/)dictionnaire")
ROW = "_row"
"""Row of the file (the header is row 1), kept until the messages can no longer need it."""


def read_text(path: Path) -> str:
    """Text of a ``.csv``, ``.csv.gz`` or ``.zip`` file; byte order mark removed.

    In a zip, the data file is the only CSV, or the only one whose name is not that of a description
    (``…metadata.csv``, ``meta_…``, ``…varmod…``, ``dictionnaire…``).

    Raises:
        RawDataError: no data file or several in a zip; neither UTF-8 nor Windows-1252.
    """
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    elif raw[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            raw = archive.read(_data_file(archive, path))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


@contextmanager
def open_text(path: Path) -> Iterator[IO[bytes]]:
    """Bytes of the table in a ``.csv``, ``.csv.gz`` or ``.zip`` file, read as they come (large files).

    Raises:
        RawDataError: no data file or several in a zip, see :func:`read_text`.
    """
    with path.open("rb") as start:
        magic = start.read(4)
    if magic[:2] == b"\x1f\x8b":
        with gzip.open(path, "rb") as unpacked:
            yield cast("IO[bytes]", unpacked)
    elif magic == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive, archive.open(_data_file(archive, path)) as member:
            yield member
    else:
        with path.open("rb") as stream:
            yield stream


def _data_file(archive: zipfile.ZipFile, path: Path) -> str:
    names = [n for n in archive.namelist() if n.lower().endswith(".csv")]
    data = [n for n in names if not _DESCRIPTION.search(n)]
    if len(data) != 1:
        raise RawDataError(
            found_expected(path.name, sample(names) or "aucun CSV", "une archive à un fichier de données")
        )
    return data[0]


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
    # Separators left at the end of the header by a spreadsheet: columns without name nor content.
    nameless = [c for c in table.columns if re.fullmatch(r"Unnamed: \d+", c) and table[c].eq("").all()]
    table = table.drop(columns=nameless)
    twice = sorted({c for c in table.columns if list(table.columns).count(c) > 1})
    if twice:
        raise RawDataError(f"{path.name} : colonnes en double : {sample(twice)}.")
    if not table.empty and not isinstance(table.index, pd.RangeIndex):
        raise RawDataError(f"{path.name} : des lignes ont plus de cellules que l’en-tête.")
    table[ROW] = range(2, len(table) + 2)
    return table


def read_sheet(path: Path, key: str, *, prefer: Iterable[str] = (), sheet: str | None = None) -> pd.DataFrame:
    """A table of a workbook whose header lies under some lines of text, all cells as text, with ``_row``.

    Args:
        path: ``.xlsx`` file.
        key: a column of the header; the first row that holds it is the header.
        prefer: sheets to take, in this order, where several hold such a row.
        sheet: the sheet to read, whatever the others hold.

    Raises:
        RawDataError: an old ``.xls`` workbook; no sheet, or several, with this header.
    """
    if path.suffix.lower() == ".xls":
        raise RawDataError(
            f"{path.name} : classeur .xls (Excel 97-2003), que ce lecteur ne lit pas ; prenez le CSV de "
            "l’éditeur ou enregistrez-le en .xlsx."
        )
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    names = [sheet] if sheet else list(book.sheetnames)
    if sheet and sheet not in book.sheetnames:
        raise RawDataError(found_expected(f"{path.name}, feuille", sheet, sample(book.sheetnames, 12)))
    headers = {n: row for n in names if (row := _header_row(book[n], key)) is not None}
    chosen = next((n for n in prefer if n in headers), None) or (
        next(iter(headers)) if len(headers) == 1 else None
    )
    if chosen is None:
        found = sample(headers, 12) or "aucune"
        raise RawDataError(found_expected(f"{path.name}, feuille où lire {key}", found, "une seule feuille"))
    rows = [
        ["" if cell is None else str(cell).strip() for cell in row]
        for row in book[chosen].iter_rows(min_row=headers[chosen], values_only=True)
    ]
    book.close()
    table = pd.DataFrame(rows[1:], columns=rows[0], dtype=str)
    table = table.loc[:, [c != "" for c in table.columns]]
    table[ROW] = range(headers[chosen] + 1, headers[chosen] + 1 + len(table))
    return table.loc[(table.drop(columns=ROW) != "").any(axis=1)]


def _header_row(sheet: Any, key: str) -> int | None:
    rows = sheet.iter_rows(min_row=1, max_row=20, values_only=True)
    return next((n for n, row in enumerate(rows, start=1) if key in row), None)


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
    refuse_unexpected(frame, entry, path)
    given = {"geography_year": entry.geography_year, "source": entry.id}
    return observations.make(frame, **{k: v for k, v in given.items() if k not in frame})


def refuse_unexpected(frame: pd.DataFrame, entry: Entry, path: Path) -> None:
    """Compare the figures that tell one vintage from another with those the manifest expects.

    The manifest's option ``expect`` holds, by territory code and variable, the total published for this
    vintage, or one value by period: ``{FM: {TP60: 14.9}}``, ``{FM: {PR_MD60: {2023: 15.9}}}``. A file
    of another year under this year's name is caught here.

    Raises:
        RawDataError: an expected figure is absent, or another figure stands in its place.
    """
    for code, variables in entry.options.get("expect", {}).items():
        for variable, wanted in variables.items():
            by_period = wanted if isinstance(wanted, dict) else {None: wanted}
            here = frame.loc[
                frame["code"].eq(str(code)) & frame["variable"].eq(str(variable)) & frame["breakdown"].eq("")
            ]
            for period, value in by_period.items():
                rows = here if period is None else here.loc[here["period"].eq(str(period))]
                found = sorted(set(rows["value"].dropna()))
                if len(found) != 1 or abs(found[0] - float(value)) > 1e-9:
                    shown = ", ".join(f"{v:g}" for v in found) or None
                    when = f", {period}" if period is not None else ""
                    raise RawDataError(
                        found_expected(f"{path.name}, {variable} de {code}{when}", shown, f"{value:g}")
                        + f" ({entry.id}, millésime {entry.vintage}). Fichier d’un autre millésime ?"
                    )


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
