"""Deletion codes whose answers were deleted: kept as salted digests, to know them if an export brings them back.

A digest cannot be turned back into its code but by trying them all; each try is made slow (PBKDF2, RFC 8018).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ctg_lib.consultation.deletion_codes import normalised
from ctg_lib.files import write_whole

FILE = "effacements.txt"
"""In a study's ``consultation`` folder."""
_TURNS = 2_000
_SALT = re.compile(r"sel : ([0-9a-f]{32})")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEAD = """\
# Codes d’effacement dont les réponses ont été effacées (ctg study erase).
# Ne pas retirer : ces empreintes reconnaissent une réponse effacée qu’un nouvel export ramènerait.
"""


def normal_code(text: str) -> str:
    """A deletion code as it is compared (:func:`ctg_lib.consultation.deletion_codes.normalised`).

    Empty of what cannot be one: fewer than four letters or digits, more than forty.
    """
    code = normalised(text) if len(text) <= 60 else ""
    return code if 4 <= len(code) <= 40 else ""


@dataclass(frozen=True)
class Erased:
    """Digests of the codes deleted.

    Attributes:
        salt: of all of them; empty of a file that does not exist.
        digests: in hexadecimal.
        damaged: lines of the file that are neither.
    """

    salt: str = ""
    digests: frozenset[str] = frozenset()
    damaged: tuple[int, ...] = ()

    def __contains__(self, code: object) -> bool:
        return bool(self.digests) and isinstance(code, str) and _digest(self.salt, code) in self.digests


@lru_cache(maxsize=100_000)
def _digest(salt: str, code: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", code.encode(), bytes.fromhex(salt), _TURNS).hex()


def read_erased(folder: Path) -> Erased:
    """Codes deleted from a ``consultation`` folder; none where it has no such file."""
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return Erased()
    salt, digests, damaged = "", set(), []
    for number, line in enumerate(text.splitlines(), 1):
        said = line.strip()
        if match := _SALT.fullmatch(said):
            salt = match[1]
        elif _DIGEST.fullmatch(said):
            digests.add(said)
        elif said and not said.startswith("#"):
            damaged.append(number)
    if digests and not salt:
        return Erased("", frozenset(), (*damaged, 1))
    return Erased(salt, frozenset(digests), tuple(damaged))


def remember(folder: Path, code: str) -> None:
    """Write the digest of a normalised code down, once; the file is replaced whole."""
    known = read_erased(folder)
    salt = known.salt or secrets.token_hex(16)
    digests = sorted({*known.digests, _digest(salt, code)})
    write_whole(folder / FILE, "\n".join([_HEAD + f"sel : {salt}", *digests, ""]).encode())
