"""Cnaf open data, sets with one row per territory, month and category: income bands, département sets.

The sets are named ``<prestation>_s_<ventilation>_<niveau>[_f]``: the categories stand in text columns
(``qf_400`` = « Entre 400 et 799 euros », ``tx_inca`` …) and the counts in ``indfoy_…``, ``indnbp_…``.
Columns of codes and names of territories, and amounts (``indmtt_…``), are left out.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ctg_lib.errors import RawDataError, found_expected
from ctg_lib.manifest import Entry
from ctg_lib.sources._common import ROW, finish, numbers, read_table, refuse, slug
from ctg_lib.sources.cnaf import MARKERS, at_finest_level, by_month, with_rounding
from ctg_lib.values import canonical_breakdown

INCOME_DATASET = "ndur_s_qf"
INCOME_VARIABLES = {"indfoy_ndur": "foyers", "indnbp_ndur": "personnes"}
DEPARTMENT_DATASET = "aah_dep"
_PLACES = re.compile(r"(?:num|nom|lib|cod)\w*(?:com|epci|dep|reg|iris|qp|qpv|caf|bassin|nat)\w*|national")
_NOT_CATEGORIES = {"dtreffre", "annee", "mois", "code", "period", "geo_point_2d", "geo_shape", ROW}
_COUNT = re.compile(r"ind(?:foy|nbp|ben|enf)_\w+|nb_?\w*|effectif\w*")
_AMOUNT = re.compile(r"ind?mtt_\w+|mtt\w*|montant\w*")


def read_income_bands(path: Path, entry: Entry) -> pd.DataFrame:
    """Households and persons by band of quotient familial (``ndur_s_qf_400_com_f``, ``_epci_f`` …).

    Dataset ``ndur_s_qf``, variables ``foyers`` and ``personnes``, breakdown ``qf=lt400``,
    ``qf=400_799`` …, ``qf=ge4000``, ``qf=inconnu``; rounding as in ``cnaf.read_benefits``.

    Raises:
        RawDataError: no or several ``qf…`` columns, unknown band, no count, bad date, duplicate.
    """
    table, level = at_finest_level(read_table(path), entry, path)
    bands = [c for c in table.columns if re.fullmatch(r"qf(?:_\w+)?", c)]
    if len(bands) != 1:
        raise RawDataError(
            found_expected(
                f"{path.name}, colonne des tranches", ", ".join(bands) or "aucune", "une colonne qf…"
            )
        )
    band = table[bands[0]].map({text: band_code(text) for text in table[bands[0]].unique()})
    refuse(
        band.isna(),
        table,
        bands[0],
        path,
        "« Moins de 400 euros », « Entre 400 et 799 euros »… ou « Inconnu »",
    )
    columns = {c: v for c, v in INCOME_VARIABLES.items() if c in table}
    if not columns:
        raise RawDataError(f"{path.name} : aucune colonne {' ni '.join(INCOME_VARIABLES)}.")
    table = by_month(table.assign(breakdown="qf=" + band), entry, path)
    frame = _counts(table, columns, path)
    return finish(with_rounding(frame, entry, level), entry, path, dataset=INCOME_DATASET, level=level)


def band_code(text: str) -> str | None:
    """``lt400``, ``400_799``, ``ge4000``, ``inconnu``; None for a text of another form.

    >>> band_code("Entre 1 200 et 1 599 euros")
    '1200_1599'
    """
    plain = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}\b)", "", text).lower()
    found = re.findall(r"\d+", plain)
    if "inconnu" in plain and not found:
        return "inconnu"
    if len(found) == 2:
        return f"{found[0]}_{found[1]}"
    if len(found) == 1 and re.search(r"moins|inf", plain):
        return f"lt{found[0]}"
    if len(found) == 1 and re.search(r"plus|sup", plain):
        return f"ge{found[0]}"
    return None


def read_department_set(path: Path, entry: Entry) -> pd.DataFrame:
    """A monthly set with categories (``aah_s_tx_inca_dep``, ``aah_s_complaah_age_5_dep`` …).

    Dataset ``aah_dep`` (option ``dataset`` for another), variable = the count's column, breakdown = each
    category column with its value written by ``slug`` (``tx_inca=80_et_plus``). Level: that of the file.

    Raises:
        RawDataError: no count column, a column that is neither a count nor a category, bad date, duplicate.
    """
    table, level = at_finest_level(read_table(path), entry, path)
    data = [c for c in table.columns if c not in _NOT_CATEGORIES and not _PLACES.fullmatch(c)]
    counts = {c: c for c in data if _COUNT.fullmatch(c)}
    categories = [c for c in data if c not in counts and not _AMOUNT.fullmatch(c)]
    if not counts:
        raise RawDataError(f"{path.name} : aucune colonne d’effectif (indfoy_…, indnbp_…, indben_…).")
    for column in categories:
        figures = table[column].str.fullmatch(r"\d+[.,]\d+") | table[column].str.fullmatch(r"\d{4,}")
        refuse(
            figures, table, column, path, "une modalité (colonne nouvelle : ni effectif connu, ni catégorie)"
        )
    keys = table[categories].apply(lambda c: c.map({t: slug(t) or "inconnu" for t in c.unique()}))
    rows = keys.to_dict("records")
    table = table.assign(breakdown=[canonical_breakdown({str(k): v for k, v in r.items()}) for r in rows])
    frame = _counts(by_month(table, entry, path), counts, path)
    dataset = str(entry.options.get("dataset", DEPARTMENT_DATASET))
    return finish(with_rounding(frame, entry, level), entry, path, dataset=dataset, level=level)


def _counts(table: pd.DataFrame, columns: dict[str, str], path: Path) -> pd.DataFrame:
    parts = [
        table[["code", "period", "breakdown", ROW]].assign(
            variable=variable,
            geography_year=table["period"].str[:4].astype(int) + 1,
            value=numbers(table, column, path, markers=MARKERS),
        )
        for column, variable in columns.items()
    ]
    return pd.concat(parts, ignore_index=True)
