"""A file at an address: insee.fr, attachments, lists. And the one file wanted out of an archive."""

from __future__ import annotations

import fnmatch
import zipfile
from collections.abc import Callable
from pathlib import Path

from ctg_lib.errors import sample
from ctg_lib.sources.clients.http import Downloaded, FetchError, Head, Http


def head(http: Http, url: str) -> Head:
    """Size and date of the file, where its server gives them."""
    return http.head(url)


def download(
    http: Http,
    url: str,
    target: Path,
    *,
    checksum: tuple[str, str] | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> Downloaded:
    """Bring the file down to ``target``; see :meth:`Http.download`."""
    return http.download(url, target, checksum=checksum, progress=progress)


def extract(archive: Path, pattern: str, target: Path) -> str:
    """Write one member of a zip, byte for byte.

    Args:
        archive: the zip.
        pattern: name of the member, with ``*`` where it varies; folders are not looked at.
        target: where it goes.

    Returns:
        Name of the member.

    Raises:
        FetchError: not a zip, a damaged one, or none or several members of that name.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            names = [n for n in opened.namelist() if not n.endswith("/")]
            fit = [n for n in names if fnmatch.fnmatchcase(n.rsplit("/", 1)[-1].lower(), pattern.lower())]
            if len(fit) != 1:
                raise FetchError(
                    f"{archive.name} : {len(fit) or 'aucun'} fichier(s) pour « {pattern} » "
                    f"(l’archive contient {sample(names) or 'rien'})."
                )
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(opened.read(fit[0]))
            return fit[0]
    except zipfile.BadZipFile:
        raise FetchError(f"{archive.name} : archive zip illisible ou abîmée.") from None
