"""Bring ``data/raw/manifest.yml`` up to date: sizes, checksums and row counts are measured, never typed."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from ctg_lib.manifest import Entry, sha256_of
from ctg_lib.sources import NOT_OBSERVATIONS, read

HEADER = """\
# Fichiers bruts de data/raw : qui publie, quel millésime, quelle licence, d’où viennent les octets.
# bytes, sha256 et rows (observations par millésime et niveau) sont mesurés par
# « python -m scripts.carry_over --manifest » ; tout le reste s’écrit à la main.
# carried_over : valeurs officielles reprises d’une source publique et redisposées comme l’éditeur les
# donne ; le téléchargement de l’éditeur, mis à la place d’un tel fichier, se lit avec le même lecteur.
"""
MEASURED = ("bytes", "sha256", "rows")


def update(raw: Path) -> int:
    """Measure the file of every entry and rewrite the manifest; returns the number of files measured.

    The rest of each entry is kept as it is written. An entry without its file is kept too, for
    ``ctg data verify`` to refuse.
    """
    path = raw / "manifest.yml"
    items = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    present = [item for item in items if (raw / item["path"]).is_file()]
    for item in present:
        _measure(item, raw / item["path"])
    text = yaml.safe_dump({"sources": items}, allow_unicode=True, sort_keys=False, width=108)
    path.write_text(HEADER + text, encoding="utf-8")
    return len(present)


def _measure(item: dict[str, Any], file: Path) -> None:
    for name in MEASURED:
        item.pop(name, None)
    item |= {"bytes": file.stat().st_size, "sha256": sha256_of(file)}
    if item["layout"] in NOT_OBSERVATIONS:
        return
    texts = {n: str(item[n]) for n in ("dataset", "vintage", "reference_date")}
    entry = Entry(**{**{f.name: item[f.name] for f in fields(Entry) if f.name in item}, **texts})
    frame = read(file, entry)
    counts = Counter(zip(frame["period"], frame["level"], strict=True))
    item["rows"] = {f"{period} {level}": n for (period, level), n in sorted(counts.items())}
