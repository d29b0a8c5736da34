"""What a fetch would bring: one row per file, with its size, why it would come, and what it replaces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ctg_lib.build.fetch.catalogue import Catalogue, Offer
from ctg_lib.build.fetch.check import unknown_to_readers
from ctg_lib.build.fetch.scope import Scope
from ctg_lib.build.fetch.sources import Clients, Probe, Source, source_for
from ctg_lib.display.typography import counted, number
from ctg_lib.manifest import Entry, Manifest
from ctg_lib.sources.clients.http import FetchError

FETCH = "fetch"
TERRITORIES = "territories"
"""Manifest option of a file limited to territories: which ones were asked for."""
_UNITS = ((1e9, "Go"), (1e6, "Mo"), (1e3, "Ko"))


@dataclass(frozen=True)
class Row:
    """One file of the plan.

    Attributes:
        offer: what the catalogue says; its ``id`` is that of the entry it replaces.
        source: how to ask for it.
        entry: what the manifest holds today.
        scope: territories it is limited to; None for a whole file.
        probe: what the service says; None where it was not asked or gave nothing.
        replaces: other entries of the manifest that it makes useless.
        state: ``fetch``, or why it is left alone, in words.
        trouble: why the size is not known.
    """

    offer: Offer
    source: Source
    entry: Entry | None
    scope: Scope | None
    replaces: tuple[str, ...] = ()
    probe: Probe | None = None
    state: str = FETCH
    trouble: str = ""

    @property
    def wanted(self) -> bool:
        """Whether it would be downloaded."""
        return self.state == FETCH

    @property
    def amount(self) -> str:
        """« 12,4 Mo », « 1 234 observations », « taille inconnue »."""
        if self.probe is None or (self.probe.bytes is None and self.probe.records is None):
            return "taille inconnue" if self.wanted else ""
        if self.probe.bytes is not None:
            return size_text(self.probe.bytes)
        noun = "observation" if self.offer.protocol == "melodi" else "ligne"
        return counted(self.probe.records or 0, noun)

    @property
    def why(self) -> str:
        """What it would replace, or why it is left alone."""
        if not self.wanted:
            return self.state
        if self.entry is None:
            return f"remplace {', '.join(self.replaces)}" if self.replaces else "nouveau"
        if self.entry.is_carried_over:
            return "remplace des valeurs reprises"
        return f"met à jour le relevé du {self.entry.retrieved:%d/%m/%Y}"


@dataclass(frozen=True)
class Plan:
    """All rows, the hosts that did not answer, and the offers that must be asked for by name."""

    rows: tuple[Row, ...]
    unreachable: dict[str, str]
    on_request: tuple[Offer, ...]

    @property
    def wanted(self) -> list[Row]:
        """Rows that would be downloaded."""
        return [r for r in self.rows if r.wanted]

    @property
    def offline(self) -> bool:
        """Whether no service at all could be reached."""
        return bool(self.unreachable) and all(r.trouble in self.unreachable.values() for r in self.wanted)


def size_text(size: int) -> str:
    """« 926 Ko », « 12,4 Mo » (thousands, not 1024)."""
    for unit, name in _UNITS:
        if size >= unit:
            value = size / unit
            return number(value, 1 if value < 100 else 0, name)
    return counted(size, "octet")


def make_plan(
    catalogue: Catalogue,
    manifest: Manifest,
    clients: Clients,
    scope_for: Callable[[Sequence[str]], Scope | None],
    *,
    only: Iterable[str] = (),
    today: date,
    say: Callable[[str], None] = lambda _: None,
    kept: Sequence[str] = (),
) -> Plan:
    """Ask each service what it would give.

    Args:
        catalogue, manifest: what can be fetched; what is there.
        clients: on a session that does not try long.
        scope_for: the scope of this command together with territories fetched earlier; None = national.
        only: ids or datasets; they are then fetched whatever their state.
        today: date of the command.
        say: told of what is being asked.
        kept: territories asked for as well where a republication would give way: those of the studies.

    Raises:
        BadInput: an unknown name in ``only``.
    """
    only = list(only)
    rows = []
    for offer in catalogue.choose(only):
        say(f"{offer.id} : taille demandée à l’éditeur")
        entry = present(manifest, offer, catalogue.offers)
        rows.append(_row(offer, entry, manifest, clients, scope_for, bool(only), today, kept))
    asked = {r.offer.id for r in rows}
    left = tuple(o for o in catalogue.offers if o.on_request and o.id not in asked)
    return Plan(tuple(rows), dict(clients.http.unreachable), left if not only else ())


def _row(
    offer: Offer,
    entry: Entry | None,
    manifest: Manifest,
    clients: Clients,
    scope_for: Callable[[Sequence[str]], Scope | None],
    named: bool,
    today: date,
    kept: Sequence[str],
) -> Row:
    if entry is not None:
        offer = replace(offer, id=entry.id)
    replaced = tuple(i for i in offer.replaces if i in manifest)
    published = entry is not None and entry.provenance == "published"
    earlier = entry.options.get(TERRITORIES, []) if entry and published else kept if entry or replaced else []
    scope = scope_for([str(c) for c in earlier]) if offer.by_territory else None
    row = Row(offer, source_for(offer, scope), entry, scope, replaced)
    state = _left_alone(row)
    if state:
        return replace(row, state=state)
    try:
        probe = row.source.probe(clients)
    except FetchError as error:
        return replace(row, trouble=str(error))
    row = replace(row, probe=probe)
    return row if named or not _current(row, today) else replace(row, state=_current_words(row))


def present(manifest: Manifest, offer: Offer, offers: Iterable[Offer] = ()) -> Entry | None:
    """The entry that an offer updates: the same id, else the same dataset, vintage and layout.

    The second way is for files laid down by hand under another id; it is not taken where several offers
    or entries are of the same dataset and vintage (files of one page, for example).
    """
    if offer.id in manifest:
        return manifest[offer.id]
    names = {offer.dataset, *offer.aliases}
    alike = (offer.vintage, offer.layout)
    claimed = {o.id for o in offers}
    if sum(o.dataset in names and (o.vintage, o.layout) == alike for o in offers) > 1:
        return None
    same = [
        e for e in manifest if e.dataset in names and (e.vintage, e.layout) == alike and e.id not in claimed
    ]
    return same[0] if len(same) == 1 else None


def _left_alone(row: Row) -> str:
    if reason := unknown_to_readers(row.offer.layout):
        return reason
    entry = row.entry
    if entry is None or entry.is_carried_over:
        return ""
    if entry.provenance != "published":
        return "donnée locale ou fictive en place, jamais remplacée"
    if row.scope is not None and TERRITORIES not in entry.options:
        return "fichier national en place, gardé (--national le met à jour)"
    return ""


def _current(row: Row, today: date) -> bool:
    """Whether the file in place answers the same demand and its publisher has changed nothing since."""
    entry, probe = row.entry, row.probe
    if entry is None or probe is None or entry.provenance != "published" or entry.address != probe.address:
        return False
    return entry.retrieved == today or (probe.modified is not None and probe.modified < entry.retrieved)


def _current_words(row: Row) -> str:
    return f"à jour (relevé du {row.entry.retrieved:%d/%m/%Y})" if row.entry else "à jour"


# --- words -------------------------------------------------------------------------------------------


def plan_lines(plan: Plan, scope: Scope | None) -> list[str]:
    """The plan as the user reads it."""
    lines = scope_lines(scope)
    width = max((len(r.offer.id) for r in plan.rows), default=0)
    for publisher in dict.fromkeys(r.offer.publisher for r in plan.rows):
        lines += ["", publisher]
        for row in plan.rows:
            if row.offer.publisher == publisher:
                doubt = " ; adresse à confirmer" if row.wanted and row.offer.verified == "G" else ""
                lines.append(f"  {row.offer.id:<{width}}  {row.amount:<20}  {row.why}{doubt}")
    return [*lines, "", *total_lines(plan), *_trouble_lines(plan), *_request_lines(plan)]


def scope_lines(scope: Scope | None) -> list[str]:
    """For which territories figures are asked."""
    if scope is None:
        return ["Plan de téléchargement national : fichiers entiers, toutes les communes de France."]
    compared = counted(len(scope.compared), "intercommunalité")
    departements = ", ".join(scope.departements)
    return [
        f"Plan de téléchargement, {', '.join(scope.names)} ({', '.join(scope.territories)}) :",
        f"  {counted(len(scope.communes), 'commune')} ; comparaison : {compared} ; "
        f"départements {departements} ; régions {', '.join(scope.regions)} ; France.",
        "  Les jeux légers, ou que leur éditeur ne sait pas limiter à un territoire, viennent entiers.",
    ]


def total_lines(plan: Plan) -> list[str]:
    """How many files, how large in all, how many of unknown size."""
    wanted = plan.wanted
    if not wanted:
        return ["Rien à télécharger."]
    sizes = [r.probe.bytes for r in wanted if r.probe and r.probe.bytes is not None]
    records = [r.probe.records for r in wanted if r.probe and r.probe.bytes is None and r.probe.records]
    unknown = sum(r.amount == "taille inconnue" for r in wanted)
    parts = [size_text(sum(sizes))] if sizes else []
    parts += [counted(sum(records), "ligne") + " à la demande"] if records else []
    parts += [counted(unknown, "taille inconnue", "tailles inconnues")] if unknown else []
    return [f"À télécharger : {counted(len(wanted), 'fichier')} ({', '.join(parts)})."]


def _trouble_lines(plan: Plan) -> list[str]:
    lines = []
    if plan.unreachable:
        lines.append(
            "Les tailles n’ont pas pu être demandées : "
            f"{counted(len(plan.unreachable), 'service')} sans réponse. Le réseau est-il ouvert ?"
        )
        lines += [f"  {reason}" for _, reason in sorted(plan.unreachable.items())]
    told = set(plan.unreachable.values())
    others = [(r.offer.id, r.trouble) for r in plan.rows if r.trouble and r.trouble not in told]
    if others:
        lines.append("Tailles que le service n’a pas données :")
        lines += [f"  {name} : {reason}" for name, reason in others]
    return lines


def _request_lines(plan: Plan) -> list[str]:
    if not plan.on_request:
        return []
    lines = ["Non compris ; à demander par --only :"]
    return lines + [f"  {o.id} : {o.on_request}" for o in plan.on_request]
