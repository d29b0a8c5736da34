"""Annuaire de l'éducation (``fr-en-annuaire-education``): schools, where they are, what they are.

Traps met here: states other than open (« A FERMER », « A OUVRIR », « FERME »); the SEGPA of a collège and
the professional section of a lycée have lines and UAI of their own and are not a second school;
``rpi_concentre`` is 0 or 1 while ``rpi_disperse`` holds the number of the grouping; ``code_commune`` is
Insee's code, ``code_postal`` is not.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ctg_lib.manifest import Entry
from ctg_lib.sources._common import (
    COMMUNE,
    ROW,
    commune_of,
    finish,
    read_table,
    refuse,
    require,
    slug,
    slug_columns,
)

DATASET = "annuaire_education"
STATES = {"ouvert": True, "a_fermer": True, "a_ouvrir": False, "ferme": False, "": True}
"""State -> counted. « A FERMER » still receives pupils; « A OUVRIR » does not yet."""
SECTORS = {"public": "public", "prive": "prive", "": "", "sans_objet": ""}
NATURES = {
    "ecole", "college", "lycee", "erea", "medico_social", "service_administratif",
    "information_et_orientation", "autre",
}  # fmt: skip
SEGPA, SECTION = "390", "320"
"""``code_nature`` of a SEGPA; first code of the professional sections (also known by their names)."""
_OFF = {"", "0", "0.0", "non", "false", "n"}


def read(path: Path, entry: Entry) -> pd.DataFrame:
    """Each open school: 1 under ``etablissements``.

    Dataset ``annuaire_education``, level ``structure``, code = UAI, period = the manifest's reference
    date. Breakdown ``commune=12063;nature=ecole;secteur=public``, with ``rpi=concentre`` or
    ``rpi=disperse`` and ``ep=rep`` or ``ep=rep_plus`` where the file says so. ``nature`` is the type
    written by ``slug``, ``segpa`` or ``section_professionnelle``. Arrondissements become their city.

    Raises:
        RawDataError: missing column, unknown state, sector or type, bad UAI or commune, duplicate.
    """
    table = slug_columns(read_table(path), {"uai": "identifiant_de_l_etablissement"})
    columns = ["identifiant_de_l_etablissement", "type_etablissement", "statut_public_prive", "code_commune"]
    require(table, columns, path)
    table = table.loc[_counted(table, path)]
    uai = table["identifiant_de_l_etablissement"].str.strip().str.upper()
    refuse(
        ~uai.str.fullmatch(r"\d\d[0-9AB]\d{4}[A-Z]"),
        table,
        "identifiant_de_l_etablissement",
        path,
        "un UAI (0121165B)",
    )
    commune = commune_of(table["code_commune"].str.strip().str.zfill(5))
    refuse(
        ~commune.str.fullmatch(COMMUNE + r"|98\d{3}"),
        table,
        "code_commune",
        path,
        "un code commune Insee à cinq caractères",
    )
    sector = table["statut_public_prive"].map(slug).map(SECTORS)
    refuse(sector.isna(), table, "statut_public_prive", path, "Public ou Privé")
    breakdown = "commune=" + commune + _optional(table, path) + ";nature=" + _nature(table, path)
    breakdown += _grouping(table) + sector.map(
        {"": "", "public": ";secteur=public", "prive": ";secteur=prive"}
    )
    frame = pd.DataFrame({"code": uai, "breakdown": breakdown, ROW: table[ROW]})
    return finish(
        frame.assign(value=1.0, variable="etablissements", level="structure"),
        entry,
        path,
        dataset=DATASET,
        period=entry.reference_date,
    )


def _counted(table: pd.DataFrame, path: Path) -> pd.Series:
    if "etat" not in table:
        return pd.Series(True, index=table.index)
    counted = table["etat"].map(slug).map(STATES)
    refuse(counted.isna(), table, "etat", path, "OUVERT, A FERMER, A OUVRIR ou FERME")
    return counted.astype(bool)


def _nature(table: pd.DataFrame, path: Path) -> pd.Series:
    nature = table["type_etablissement"].map(slug)
    refuse(
        ~nature.isin(NATURES) & nature.ne(""),
        table,
        "type_etablissement",
        path,
        ", ".join(sorted(NATURES)),
    )
    nature = nature.replace("", "autre")
    names = table["nom_etablissement"].map(slug) if "nom_etablissement" in table else nature
    codes = table["code_nature"].str.strip() if "code_nature" in table else pd.Series("", index=table.index)
    segpa = codes.str.startswith(SEGPA) | names.str.match(
        r"segpa|section_d_enseignement_general_et_professionnel"
    )
    section = codes.str.startswith(SECTION) | names.str.match(r"section_d_enseignement_professionnel|sep_")
    return nature.mask(segpa, "segpa").mask(section & ~segpa, "section_professionnelle")


def _grouping(table: pd.DataFrame) -> pd.Series:
    def on(column: str) -> pd.Series:
        if column not in table:
            return pd.Series(False, index=table.index)
        return ~table[column].str.strip().str.lower().isin(_OFF)

    rpi = pd.Series("", index=table.index).mask(on("rpi_disperse"), ";rpi=disperse")
    return rpi.mask(on("rpi_concentre"), ";rpi=concentre")


def _optional(table: pd.DataFrame, path: Path) -> pd.Series:
    column = "appartenance_education_prioritaire"
    if column not in table:
        return pd.Series("", index=table.index)
    cells = table[column].str.strip().str.upper()
    texts = {"": "", "REP": ";ep=rep", "REP+": ";ep=rep_plus", "AUCUNE": "", "HORS EP": ""}
    label = cells.map(texts)
    refuse(label.isna(), table, column, path, "REP, REP+ ou vide")
    return label
