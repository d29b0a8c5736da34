"""``ctg data fetch``: from the publishers' services to ``data/raw``, and what that changes in the numbers.

    plan -> confirmation -> each file: downloaded aside, read by the reader of its layout, compared with what
    is in place, moved in with its manifest entry -> recap

Nothing in ``data/raw`` is touched before the new file has been read whole. A file that fails leaves
everything as it was and does not stop the others. The only place where the project looks at the clock.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd
import yaml

from ctg_lib import sources
from ctg_lib.build.fetch import numbers as fetch_numbers
from ctg_lib.build.fetch.catalogue import DAY, NAME, load_catalogue
from ctg_lib.build.fetch.check import (
    LayoutChanged,
    compare_columns,
    lost_places,
    read_new,
    rows_of,
    stage,
    superseded,
)
from ctg_lib.build.fetch.files import folder, install, repair
from ctg_lib.build.fetch.numbers import Numbers
from ctg_lib.build.fetch.plan import TERRITORIES, Plan, Row, make_plan, plan_lines, size_text
from ctg_lib.build.fetch.scope import Scope, scope_of
from ctg_lib.build.fetch.sources import Clients, Got
from ctg_lib.display.typography import counted
from ctg_lib.errors import BadInput, CtgError, RawDataError, sample
from ctg_lib.manifest import Entry, Manifest, load_manifest, sha256_of
from ctg_lib.observations import COLUMNS
from ctg_lib.project import Project
from ctg_lib.sources.clients.http import Clock, Http

PLAN_TIMEOUT = 20.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class Request:
    """What the user asks for.

    Attributes:
        territory: study or EPCI; empty with ``national``.
        national: whole files.
        only: ids of the catalogue or datasets.
        yes: no question.
        dry_run: the plan only.
        timeout: seconds of silence accepted from a server.
        accept_columns: take a file whose columns changed, if its reader reads it.
        accept_losses: take a file that no longer speaks of a whole département or of a territory asked for.
    """

    territory: str = ""
    national: bool = False
    only: tuple[str, ...] = ()
    yes: bool = False
    dry_run: bool = False
    timeout: float = 60.0
    accept_columns: bool = False
    accept_losses: bool = False


@dataclass
class World:
    """Everything outside the project that a fetch depends on; replaced in tests.

    Attributes:
        out: prints a line of the result.
        say: prints a line of progress.
        detail: shows what is going on within a step.
        ask: puts the question; None where nobody can answer.
        clock: time; ``retrieved`` is its day.
        attempts: tries of each request of the download.
    """

    out: Say = print
    say: Say = lambda _: None
    detail: Say = lambda _: None
    ask: Callable[[str], bool] | None = None
    clock: Clock = field(default_factory=Clock)
    attempts: int = 5

    @property
    def today(self) -> date:
        """Day on which the figures are taken, where the user is."""
        return self.clock.now().astimezone().date()


@dataclass
class Outcome:
    """What became of one file: ``error`` is empty where it is in place."""

    row: Row
    entry: Entry | None = None
    numbers: Numbers | None = None
    removed: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    error: str = ""


def fetch(project: Project, request: Request, world: World) -> int:
    """Plan, ask, download, verify, install, and say what changed in the numbers.

    Returns:
        Exit code: 0 all done (or the plan only), 1 at least one file failed or the command was stopped.

    Raises:
        BadInput: neither territory nor national, unknown territory or name.
        RawDataError: catalogue or manifest unreadable.
    """
    if bool(request.territory) == request.national:
        raise BadInput("ctg data fetch attend --territory CODE ou bien --national.")
    if mended := repair(project):
        world.say(mended)
    catalogue = load_catalogue(project.raw / NAME)
    scopes = _Scopes(project, request)
    scope = scopes([])
    with Http(timeout=min(request.timeout, PLAN_TIMEOUT), attempts=1, clock=world.clock) as http:
        plan = make_plan(
            catalogue, load_manifest(project.manifest), Clients(http, catalogue.services), scopes,
            only=request.only, today=world.today, say=world.detail, kept=_studied(project),
        )  # fmt: skip
    for line in plan_lines(plan, scope):
        world.out(line)
    if not _confirmed(plan, request, world):
        return 0
    if plan.offline:
        world.out("Rien n’est téléchargé : aucun service ne répond.")
        return 1
    with Http(timeout=request.timeout, attempts=world.attempts, clock=world.clock, say=world.say) as http:
        clients = Clients(http, catalogue.services)
        outcomes, stopped = _fetch_all(project, plan, request, clients, world)
    for line in recap_lines(outcomes, len(plan.wanted), stopped):
        world.out(line)
    return 1 if stopped or any(o.error for o in outcomes) else 0


def _studied(project: Project) -> list[str]:
    """Territories of the project's studies: a republication in place holds their figures."""
    codes: dict[str, None] = {}
    for path in sorted(project.studies.glob("*/study.yml")):
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError):
            continue  # « ctg study check » tells
        found = content.get("territories") if isinstance(content, dict) else None
        codes.update(dict.fromkeys(str(c) for c in found or [path.parent.name]))
    return list(codes)


class _Scopes:
    """Scope of the command, widened by territories that were fetched earlier; each computed once."""

    def __init__(self, project: Project, request: Request) -> None:
        self.project, self.request = project, request
        self._known: dict[tuple[str, ...], Scope] = {}

    def __call__(self, earlier: Sequence[str]) -> Scope | None:
        if self.request.national:
            return None
        codes = tuple(dict.fromkeys([*earlier, self.request.territory]))
        if codes not in self._known:
            self._known[codes] = scope_of(self.project, codes)
        return self._known[codes]


def _confirmed(plan: Plan, request: Request, world: World) -> bool:
    if request.dry_run or not plan.wanted:
        return False
    if request.yes:
        return True
    if world.ask is None:
        world.out("Rien n’est téléchargé : personne pour répondre ici. Ajoutez --yes pour télécharger.")
        return False
    if world.ask(f"Télécharger {counted(len(plan.wanted), 'fichier')} ?"):
        return True
    world.out("Rien n’est téléchargé.")
    return False


def _fetch_all(
    project: Project, plan: Plan, request: Request, clients: Clients, world: World
) -> tuple[list[Outcome], bool]:
    """Outcomes, and whether the user stopped the command."""
    outcomes: list[Outcome] = []
    for number, row in enumerate(plan.wanted, 1):
        world.say(f"{number}/{len(plan.wanted)} {row.offer.id} ({row.amount})")
        try:
            outcome = fetch_one(project, row, request, clients, world)
        except KeyboardInterrupt:
            return outcomes, True
        except (CtgError, OSError) as error:
            outcome = Outcome(row, error=str(error))
        except Exception as error:  # whatever it is, the other files do not depend on it
            outcome = Outcome(row, error=f"erreur inattendue ({type(error).__name__} : {error})")
        outcomes.append(outcome)
        for line in outcome_lines(project, outcome):
            world.out(line)
    return outcomes, False


def fetch_one(project: Project, row: Row, request: Request, clients: Clients, world: World) -> Outcome:
    """One file, from its service to its place.

    Raises:
        CtgError: the file was not brought, or not read, or has a rival; everything is as it was.
    """
    manifest = load_manifest(project.manifest)
    path = row.source.path()
    part = folder(project) / "parts" / row.offer.id / Path(path).name
    got = row.source.bring(clients, part, _progress(world, row))
    root = folder(project) / "stage"
    staged = root / path
    staged.parent.mkdir(parents=True, exist_ok=True)
    part.replace(staged)
    try:
        entry = _entry(row, path, staged, got, world.today)
        stage(project, manifest, root)
        frame = _read(staged, entry, row, manifest, request)
        entry = _measured(entry, frame)
        gone = superseded(manifest, entry, frame, row.offer.replaces)
        before = _before(manifest, [row.entry, *(manifest[i] for i in gone)])
        if not request.accept_losses:
            _refuse_losses(before, frame, got)
        numbers = _numbers(before, frame, row)
        install(project, staged, entry, gone)
    except CtgError as error:
        raise type(error)(f"{error}{_set_aside(project, staged)}") from None
    except Exception as error:  # a fault of a reader is that file's, not the others'
        what = f"{path} : lecture impossible ({type(error).__name__} : {error})."
        raise RawDataError(f"{what}{_set_aside(project, staged)}") from error
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return Outcome(row, entry, numbers, tuple(gone), got.unanswered)


def _progress(world: World, row: Row) -> Callable[[int, int | None], None]:
    def show(done: int, total: int | None) -> None:
        known = total or (row.probe.bytes if row.probe else None)
        world.detail(f"{row.offer.id} : {size_text(done)}" + (f" sur {size_text(known)}" if known else ""))

    return show


def _entry(row: Row, path: str, file: Path, got: Got, today: date) -> Entry:
    offer = row.offer
    day = (got.modified or today).isoformat()
    vintage, reference = (text.replace(DAY, day) for text in (offer.vintage, offer.reference_date))
    limited = {TERRITORIES: list(row.scope.territories)} if row.scope else {}
    return Entry(
        id=offer.id, publisher=offer.publisher, title=offer.title, short=offer.short, dataset=offer.dataset,
        vintage=vintage, reference_date=reference, address=got.address, retrieved=today,
        licence=offer.licence, geography_year=got.geography_year or offer.geography_year,
        layout=offer.layout, path=path, bytes=file.stat().st_size, sha256=sha256_of(file),
        provenance="published", published_on=got.modified, checks=got.checks,
        options={**offer.options, **limited}, note=" ".join(p for p in (offer.note, got.note) if p),
    )  # fmt: skip


def _measured(entry: Entry, frame: pd.DataFrame) -> Entry:
    read = counted(len(frame), "observation")
    line = f"lu par le lecteur « {entry.layout} » : {read} (relevé du téléchargement)"
    return replace(entry, rows=rows_of(frame), checks=(*entry.checks, line))


def _read(staged: Path, entry: Entry, row: Row, manifest: Manifest, request: Request) -> pd.DataFrame:
    """Observations of the new file; a reader's refusal also says how the columns differ."""
    old = manifest.file(row.entry) if row.entry else None
    published = row.entry is not None and row.entry.provenance == "published"
    try:
        return read_new(staged, entry, old if published and not request.accept_columns else None)
    except LayoutChanged as error:
        raise RawDataError(f"{error} Si c’est voulu par l’éditeur : --accept-columns.") from None
    except CtgError as error:
        differ = compare_columns(old, staged) if old is not None else None
        what = f" Par rapport au fichier en place, {differ}." if differ else ""
        raise RawDataError(f"{error}{what} Tout reste comme avant.") from None


def _before(manifest: Manifest, entries: Iterable[Entry | None]) -> tuple[pd.DataFrame, bool] | None:
    """Observations in place, and whether some are republished; None where they cannot be read."""
    found = [e for e in entries if e is not None and e.layout not in sources.NOT_OBSERVATIONS]
    try:
        frames = [sources.read(manifest.file(e), e) for e in found]
    except (CtgError, OSError):
        return None
    empty = pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(frames, ignore_index=True) if frames else empty, any(e.is_carried_over for e in found)


def _refuse_losses(before: tuple[pd.DataFrame, bool] | None, frame: pd.DataFrame, got: Got) -> None:
    lost = lost_places(before[0], frame, got.unanswered) if before else ()
    if lost:
        raise RawDataError(
            f"ce fichier ne donne plus rien pour {sample(lost)}, que le fichier en place donne. "
            "Tout reste comme avant. Si c’est voulu : --accept-losses."
        )


def _numbers(before: tuple[pd.DataFrame, bool] | None, frame: pd.DataFrame, row: Row) -> Numbers | None:
    """What changes; None where what is in place cannot be read."""
    if before is None:
        return None
    old, rounded = before
    codes = [*row.scope.territories, *row.scope.communes] if row.scope else []
    return fetch_numbers.compare(old if len(old) else frame.iloc[:0], frame, codes, rounded=rounded)


def _set_aside(project: Project, staged: Path) -> str:
    """Keep a refused file for whoever wants to look at it."""
    if not staged.is_file():
        return ""
    kept = folder(project) / "ecartes" / staged.name
    kept.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(kept)
    return f" Fichier reçu gardé dans {kept.relative_to(project.root).as_posix()}."


# --- words -------------------------------------------------------------------------------------------


def outcome_lines(project: Project, outcome: Outcome) -> list[str]:
    """What is said of one file once it is in place, or why it is not."""
    if outcome.error:
        return [f"✗ {outcome.row.offer.id} : {outcome.error}"]
    entry = outcome.entry
    if entry is None:
        return []
    observations = counted(sum(entry.rows.values()), "observation")
    lines = [f"✓ {entry.id} : {size_text(entry.bytes)}, {observations} → {entry.path}"]
    if outcome.removed:
        lines.append(f"    rend inutiles et retire : {', '.join(outcome.removed)}")
    if outcome.unanswered:
        lines.append(f"    sans réponse pour : {', '.join(outcome.unanswered)}")
    if outcome.numbers is None:
        lines.append("    l’ancien fichier ne se lit pas : chiffres non comparés")
    elif outcome.row.entry is None and not outcome.removed:
        lines.append("    nouveau : rien à comparer")
    else:
        lines += [f"    {line}" for line in fetch_numbers.lines(outcome.numbers, _names(project, outcome))]
    return lines


def _names(project: Project, outcome: Outcome) -> dict[str, str]:
    from ctg_lib.geography import load_geography

    geography = load_geography(project)
    names = dict(geography.names("commune"))
    scope = outcome.row.scope
    return names | (dict(zip(scope.territories, scope.names, strict=True)) if scope else {})


def recap_lines(outcomes: Sequence[Outcome], wanted: int, stopped: bool) -> list[str]:
    """The closing lines."""
    failed = [o for o in outcomes if o.error]
    done = len(outcomes) - len(failed)
    lines = ["", f"{counted(done, 'fichier mis en place', 'fichiers mis en place')} sur {wanted}."]
    if failed:
        lines.append(f"{counted(len(failed), 'échec')} ; ces fichiers sont restés comme avant :")
        lines += [f"  {o.row.offer.id}" for o in failed]
    if stopped:
        lines.append("Commande interrompue : la même commande reprendra où elle en était.")
    if done:
        lines.append("Suite : ctg data build, puis ctg data verify.")
    return lines
