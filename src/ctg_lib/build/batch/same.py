"""What a batch puts together is left as it is where nothing that it is made from has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ctg_lib.build.export import NAME
from ctg_lib.build.inputs import DATA, Inputs, listing_hash
from ctg_lib.build.unchanged import report_stamp
from ctg_lib.build.validity import read_stamp, write_stamp

if TYPE_CHECKING:
    from pathlib import Path

    from ctg_lib.build.batch.choice import Choice


def parts(inputs: Inputs, choice: Choice, failures: Mapping[str, str]) -> dict[str, str] | None:
    """What the page, the table and the file of all figures are made from; None where a report has no stamp.

    They are made from the reports' own files, not from the national data. A report's stamp says what its
    files are: what was read of it is the same where the stamp is.
    """
    reports = {}
    for study in choice.studies:
        files = inputs.own_files(study)
        if study in failures:  # its former report may stand there, of whatever age
            figures = files.sha(inputs.project.outputs / study / "data" / f"{NAME}.parquet")
            reports[study] = listing_hash({"chiffres": figures, **inputs.of_study(study)})
        else:
            reports[study] = files.sha(report_stamp(inputs, study))
            if not reports[study]:
                return None
    told = {f"échec {study}": said for study, said in failures.items()}
    chosen = {"titre": choice.title, "ordre": " ".join(choice.studies)}
    beside = {name: content for name, content in inputs.shared.items() if name not in DATA}
    return {**beside, **inputs.layout, "rapports": listing_hash({**reports, **told, **chosen})}


def left(inputs: Inputs, name: str, made_from: Mapping[str, str] | None, folder: Path) -> bool:
    """Whether the folder is what would be made today."""
    stamp = read_stamp(_path(inputs, name))
    if stamp is None or made_from is None or stamp["parts"] != made_from:
        return False
    return bool(stamp["files"] == _files(inputs, name, folder))


def keep(inputs: Inputs, name: str, made_from: Mapping[str, str] | None, folder: Path) -> None:
    """Write the stamp of what was put in place; none where a report has none."""
    if made_from is None:
        _path(inputs, name).unlink(missing_ok=True)
    else:
        write_stamp(_path(inputs, name), {"parts": made_from, "files": _files(inputs, name, folder)})
    inputs.save()


def _path(inputs: Inputs, name: str) -> Path:
    return inputs.project.scratch / "cache" / "lots" / f"{name}.stamp.json"


def _files(inputs: Inputs, name: str, folder: Path) -> str:
    return listing_hash(inputs.own_files(f"lots/{name}").tree(folder))
