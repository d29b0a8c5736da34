"""A study made of an action plan alone, without any file; and what Office files say of their own date."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from types import SimpleNamespace
from typing import Any

import plan_samples
from plan_samples import D

STEPS = [
    {"action": "A01", "name": "recruter", "start": D(2027, 3, 1), "end": D(2027, 9, 30), "responsible": "direction"},
    {"action": "A01", "name": "ouvrir", "start": D(2028, 1, 1), "end": D(2030, 12, 31), "responsible": "direction"},
]  # fmt: skip


def study(as_of: date = date(2026, 12, 1), *, fictif: bool = False, bilan: Any = (), **sheets: Any) -> Any:
    """What the documents ask of a study; sheets as :func:`plan_samples.agreement` takes them."""
    return SimpleNamespace(
        id="exemple", as_of=as_of, fictif=fictif, territory=SimpleNamespace(name="CC Exemple"),
        agreement=plan_samples.agreement(**{"steps": STEPS, **sheets}), partnership=plan_samples.partnership(bilan),
        config=SimpleNamespace(contract=plan_samples.CONTRACT, secteurs=("Amont", "Aval")),
    )  # fmt: skip


def words(content: bytes) -> str:
    """All that an Office file says: texts of its parts, one after another."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = [
            n for n in file.namelist() if n.endswith(".xml") and "/theme/" not in n and "styles" not in n
        ]
        text = "\n".join(file.read(name).decode("utf-8") for name in sorted(parts))
    paragraphs = re.sub(r"</(?:w|a):p>|</si>", "\n", text)
    return plain(re.sub(r"<[^>]+>", "", paragraphs))


def made_on(content: bytes) -> set[str]:
    """Days that an Office file bears: when it was made and changed, « 2027-06-15 »."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        core = file.read("docProps/core.xml").decode("utf-8")
    return set(re.findall(r">(\d{4}-\d\d-\d\d)T[^<]*</dcterms:", core))


def plain(text: str) -> str:
    """Text with plain spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")
