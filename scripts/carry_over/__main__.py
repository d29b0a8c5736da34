"""``python -m scripts.carry_over FOLDER`` or ``python -m scripts.carry_over --manifest``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import insee, others
from .files import CheckFailed, Places
from .manifest import update

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"


def main() -> int:
    """Rewrite the files (when a folder is given), then the manifest."""
    parser = argparse.ArgumentParser(prog="python -m scripts.carry_over", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="dossier des chiffres collectés")
    parser.add_argument("--manifest", action="store_true", help="ne réécrire que le manifeste")
    parser.add_argument("--raw", type=Path, default=RAW, help="dossier des fichiers bruts")
    options = parser.parse_args()
    if not options.manifest and options.folder is None:
        parser.error("indiquez le dossier des chiffres collectés, ou --manifest")
    if options.folder is not None:
        places = Places(options.folder, options.raw)
        try:
            for step in (*insee.STEPS, *others.STEPS):
                step(places)
        except CheckFailed as failure:
            print(f"contrôle en échec : {failure}", file=sys.stderr)
            return 1
    print(f"manifeste à jour : {update(options.raw)} fichiers mesurés.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
