"""Rules of secrecy as data: the senders' own, the project's thresholds, and what they mean for an indicator.

Partners' figures have two rules more. What a partner masked has no bounds, and reads like all that is
hidden: a sum that holds it is hidden, unless the partner gave the sum. What is left of one count of people
beside another that lies inside it is a count too: from 1 to the threshold (the larger one of the two), it may
not be found (:mod:`ctg_lib.disclosure.remainders`). The publishers of open data answer for their own tables.

Each rule says where it comes from; a rule that rests on practice alone says « usage, pas de texte trouvé ».
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from ctg_lib.values import LEVELS

PARTNER_COUNT = 5
"""Counts from a partner's file are shown from this number on: 1 to 4 read « < 5 »."""
SENSITIVE_COUNT = 10
"""The same for handicap, child protection, violence."""
RATE_BASE = 100
"""No rate on a smaller base, unless the indicator's registration says otherwise."""
SURVEY_COUNT = 5
"""Respondents per shown cell of a survey crossing."""
SURVEY_SENSITIVE_COUNT = 10
NO_TEXT = "usage, pas de texte trouvé"


@dataclass(frozen=True)
class SenderRule:
    """What a sender hides before giving its data.

    Attributes:
        sender: publisher or kind of partner, in French.
        covers: which data.
        min_units: no cell with fewer units (None: no such rule).
        dominance: largest part of a cell that one unit may hold (None: no such rule).
        rounding: counts are rounded to this multiple (None: they are not).
        shown_as: how a hidden cell looks in the file.
        source: where the rule is written, or :data:`NO_TEXT`.
        established: whether the rule itself was read in a text of the sender.
    """

    sender: str
    covers: str
    min_units: int | None = None
    dominance: float | None = None
    rounding: int | None = None
    shown_as: str = ""
    source: str = NO_TEXT
    established: bool = False


_LAW = "loi n° 51-711 du 7 juin 1951 ; Insee, Guide du secret statistique"
SENDERS: dict[str, SenderRule] = {
    "filosofi": SenderRule(
        "Insee", "données fiscales (Filosofi) : ménages et personnes", 11, 0.85, None, "case vide ou « s »",
        _LAW, True,
    ),
    "entreprises": SenderRule(
        "Insee", "données d’entreprises", 3, 0.85, None, "case vide ou « s »", _LAW, True
    ),
    "cnaf": SenderRule(
        "Cnaf", "données ouvertes de data.caf.fr", None, None, 5, "multiple de 5 ; case vide de 0 à 4",
        "Cnaf, notices de data.caf.fr", True,
    ),
    "dares": SenderRule(
        "Dares", "demandeurs d’emploi", None, None, 5, "multiple de 5", "Dares, notice des données communales"
    ),
    "depp": SenderRule(
        "DEPP", "indice de position sociale, résultats des établissements", None, None, None, "« NS »",
        "DEPP, notices des jeux de données",
    ),
    "ssmsi": SenderRule(
        "SSMSI", "délinquance enregistrée par commune", None, None, None,
        "« ndiff » : diffusé au-delà de 5 faits sur trois ans", "SSMSI, base communale, documentation",
    ),
    "partenaire": SenderRule(
        "partenaire (Caf, PMI, collectivité)", "fichiers transmis sur demande", PARTNER_COUNT, None, None,
        "« < 5 » pour 1 à 4", NO_TEXT,
    ),
    "partenaire_sensible": SenderRule(
        "partenaire", "handicap, protection de l’enfance, violences", SENSITIVE_COUNT, None, None, "« < 10 »",
        "règle du projet : " + NO_TEXT,
    ),
}  # fmt: skip
"""Senders' rules by key. « established » is False where the text itself was not read."""


class Registered(Protocol):
    """The part of an indicator's registration that matters here."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def min_count(self) -> float: ...  # noqa: D102
    @property
    def sensitive(self) -> bool: ...  # noqa: D102
    @property
    def min_base(self) -> float: ...  # noqa: D102
    @property
    def finest_level(self) -> str: ...  # noqa: D102
    @property
    def aggregation(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class Policy:
    """What may be shown of one indicator.

    Attributes:
        indicator: its id.
        threshold: a count (or a base) of at least one and below this number is hidden, and so is what would
            let it be found again; 0: the sender's own rule is enough.
        min_base: a rate on a smaller base is withheld, its counts are shown.
        finest_level: finest level at which it may be published.
        aggregation: as registered; only counts that add up can be found again by subtraction.
        dominance: a cell is hidden where one unit holds this part of it or more (column ``largest_share``
            of the table, where it is known).
        sender: key of :data:`SENDERS`, for the record.
    """

    indicator: str
    threshold: float = 0
    min_base: float = 0
    finest_level: str = "commune"
    aggregation: str = "sum"
    dominance: float | None = None
    sender: str = ""

    @property
    def bites(self) -> bool:
        """Whether anything can be hidden by the project."""
        return self.threshold > 0 or self.dominance is not None

    @property
    def additive(self) -> bool:
        """Whether values of small territories make those of larger ones."""
        return self.aggregation != "as_published"

    def allows(self, level: str) -> bool:
        """Whether the indicator may be published at this level."""
        if level == "structure" or self.finest_level == "structure":
            return level != "structure" or self.finest_level == "structure"
        return LEVELS.index(level) >= LEVELS.index(self.finest_level)


def threshold(min_count: float, sensitive: bool) -> float:
    """Smallest count shown: ``min_count``, at least ten for a sensitive subject; 0 where none is asked."""
    return max(min_count, SENSITIVE_COUNT) if sensitive and min_count > 0 else min_count


def survey_threshold(sensitive: bool) -> int:
    """Fewest respondents of a shown cell of a survey crossing."""
    return SURVEY_SENSITIVE_COUNT if sensitive else SURVEY_COUNT


def policy_of(definition: Registered) -> Policy:
    """The policy an indicator's registration asks for."""
    return Policy(
        indicator=definition.id,
        threshold=threshold(definition.min_count, definition.sensitive),
        min_base=definition.min_base,
        finest_level=definition.finest_level,
        aggregation=definition.aggregation,
    )


def withhold_small_bases(rows: pd.DataFrame, min_base: float) -> pd.DataFrame:
    """Rates on a base below ``min_base`` are taken out (status ``below_threshold``); the counts stay.

    This is a rule of prudence, not of secrecy: the rate of thirty people means nothing, their number may.

    Args:
        rows: ``value, lower, upper, denominator, status``.
        min_base: 0: nothing is withheld.
    """
    if not min_base:
        return rows
    out = rows.copy()
    small = out["denominator"].lt(min_base) & out["value"].notna()
    out["status"] = out["status"].mask(small, "below_threshold")
    numbers = ["value", "lower", "upper"]
    out[numbers] = out[numbers].mask(small)
    return out


def mask_partner_counts(counts: pd.Series, *, sensitive: bool = False) -> pd.DataFrame:
    """Counts of a partner's file, 1 to 4 (sensitive: 1 to 9) taken out before anything is stored.

    Args:
        counts: whole numbers; missing ones stay missing.

    Returns:
        Frame ``value, low, high, status``: status ``secret`` where masked, bounds 1 and threshold − 1.
    """
    limit = SENSITIVE_COUNT if sensitive else PARTNER_COUNT
    number = pd.to_numeric(counts).astype("float64")
    small = number.gt(0) & number.lt(limit)
    status = pd.Series("observed", index=counts.index).mask(number.isna(), "missing").mask(small, "secret")
    bound = pd.Series(float("nan"), index=counts.index)
    return pd.DataFrame(
        {
            "value": number.mask(small),
            "low": bound.mask(small, 1.0),
            "high": bound.mask(small, limit - 1.0),
            "status": status,
        }
    )


def survey_cells(
    table: pd.DataFrame, count: Hashable = "respondents", *, sensitive: bool = False
) -> pd.Series:
    """Which cells of a survey crossing may be shown: True where enough people answered (or none did)."""
    number = table[count]
    return number.ge(survey_threshold(sensitive)) | number.eq(0)
