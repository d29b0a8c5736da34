"""From any action back to what was measured or said, and from any finding to the actions that answer it.

The plan as a graph whose links are those that people wrote in the workbooks:

action → objective → orientation → axis → issue → need → finding → evidence → excerpt → file, and directly action →
issue, action → finding, action → proposal of a working group, action → action of the previous contract, action →
indicator by which it is followed. A finding rests on those that were merged into it: their evidence is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from ctg_lib.agreement.books.constats import EVIDENCE_KINDS
from ctg_lib.agreement.evidence import Kind, Ref
from ctg_lib.agreement.findings import merged_into

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement
    from ctg_lib.partnership.folder import Partnership

KINDS: dict[str, tuple[str, str]] = {
    "action": ("action", "actions"), "objectif": ("objectif", "objectifs"),
    "orientation": ("orientation", "orientations"), "axe": ("axe", "axes"), "enjeu": ("enjeu", "enjeux"),
    "besoin": ("besoin", "besoins"), "constat": ("constat", "constats"), "preuve": ("preuve", "preuves"),
    "extrait": ("extrait d’échange", "extraits d’échanges"),
    "mesure": ("indicateur de suivi", "indicateurs de suivi"), "proposition": ("proposition", "propositions"),
    "bilan": ("action du contrat précédent", "actions du contrat précédent"),
    "fichier": ("fichier", "fichiers"),
}  # fmt: skip
"""Kinds of nodes, from the action down to the files -> one, several."""
FILES_OF: dict[str, str] = {
    "offre": "offre.xlsx", "financement": "financement.xlsx", "bilan": "bilan.xlsx", "contrat": "contrats.xlsx",
    "document": "documents.xlsx",
}  # fmt: skip
"""Kind of evidence -> workbook of the study that holds it; the others depend on the study."""


@dataclass(frozen=True)
class Node:
    """One thing of the chain.

    Attributes:
        kind: key of :data:`KINDS`.
        id: as the workbooks write it; of an evidence, « kind:reference » ; of a file, its path or source.
        label: what is read: title, sentence, what the evidence said.
        state: as its sheet says (code), empty where it has none.
        quote: of an excerpt, what was said, where it may be printed.
    """

    kind: str
    id: str
    label: str = field(default="", compare=False)
    state: str = field(default="", compare=False)
    quote: str = field(default="", compare=False)


Key = tuple[str, str]
"""Kind and id of a node."""


@dataclass(frozen=True)
class Excerpt:
    """Something said, as far as it may be told.

    Attributes:
        id: of its line: that of the exchange, then its own (« E03-02 »). need: code under which it was coded.
        label: group and theme, never a person. quote: what was said; empty unless it may be printed.
        files: workbooks that hold it.
    """

    id: str
    need: str
    label: str
    quote: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trace:
    """The graph.

    Attributes:
        nodes: by kind and id, in the order of the workbooks.
        down: node -> what it rests on, in order. up: the reverse.
        kept: ids of kept findings. retained: ids of retained issues. dropped: ids of actions given up.
    """

    nodes: dict[Key, Node]
    down: dict[Key, tuple[Key, ...]]
    up: dict[Key, tuple[Key, ...]]
    kept: tuple[str, ...] = ()
    retained: tuple[str, ...] = ()
    dropped: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        agreement: Agreement,
        partnership: Partnership | None = None,
        files: Callable[[Ref], Iterable[str]] | None = None,
        excerpts: Iterable[Excerpt] = (),
    ) -> Trace:
        """The graph of an agreement.

        Args:
            partnership: whose bilan.xlsx names the actions of the previous contract.
            files: where an evidence comes from: files of the study, sources of the manifest. By default, the
                workbooks of :data:`FILES_OF`.
            excerpts: on which words of actors rest.
        """
        heard = tuple(excerpts)
        nodes = {(n.kind, n.id): n for n in _nodes(agreement, partnership, heard)}
        links: dict[Key, dict[Key, None]] = {}
        read = files or _workbook
        for above, below in _links(agreement, read, heard):
            nodes.setdefault(below, Node(below[0], below[1]))
            if above in nodes:
                links.setdefault(above, {})[below] = None
        up: dict[Key, dict[Key, None]] = {}
        for above, under in links.items():
            for below in under:
                up.setdefault(below, {})[above] = None
        actions = agreement.table("plan", "actions")
        return cls(
            nodes, {k: tuple(v) for k, v in links.items()}, {k: tuple(v) for k, v in up.items()},
            tuple(agreement.kept_findings["id"]), agreement.retained,
            frozenset(actions.loc[actions["state"].eq("abandonnee"), "id"]),
        )  # fmt: skip

    def under(self, kind: str, id: str) -> tuple[Node, ...]:
        """All that a node rests on, near or far, each once, in the order in which it is met (breadth first).

        An action that names issues of its own rests on those alone, not on the others of its axis.
        """
        seen: dict[Key, None] = {(kind, id): None}
        waiting = [(kind, id)]
        own = kind == "action" and bool(self._own_issues(id))
        while waiting:
            here = waiting.pop(0)
            for key in self.down.get(here, ()):
                if key not in seen and not (own and here[0] == "axe"):
                    seen[key] = None
                    waiting.append(key)
        return tuple(self.nodes[key] for key in seen if key != (kind, id))

    def back(self, action: str) -> dict[str, tuple[Node, ...]]:
        """What an action rests on, by kind, in the order of :data:`KINDS`; kinds without a node are left out."""
        found = self.under("action", action)
        out = {kind: tuple(n for n in found if n.kind == kind) for kind in KINDS}
        return {kind: nodes for kind, nodes in out.items() if nodes}

    def actions_of(self, finding: str, *, direct: bool = True) -> tuple[Node, ...]:
        """Actions that answer a finding, those given up left out.

        Args:
            direct: those that name it, or the finding into which it was merged; otherwise those too that answer an
                issue resting on it.
        """
        if direct:
            holders = (finding, *self._next_to(finding, self.up))
            keys = dict.fromkeys(k for each in holders for k in self.up.get(("constat", each), ()))
            return tuple(self.nodes[k] for k in keys if k[0] == "action" and k[1] not in self.dropped)
        return tuple(
            node for key, node in self.nodes.items()
            if key[0] == "action" and key[1] not in self.dropped and self._rests_on(key[1], finding)
        )  # fmt: skip

    def answers(self, action: str) -> tuple[Node, ...]:
        """Issues that an action answers: its own, else those of its axis."""
        own = self._own_issues(action)
        return own or tuple(n for n in self.under("action", action) if n.kind == "enjeu")

    def findings_of(self, action: str) -> tuple[Node, ...]:
        """Findings that an action names."""
        return tuple(self.nodes[k] for k in self.down.get(("action", action), ()) if k[0] == "constat")

    def evidence_of(self, finding: str) -> tuple[Node, ...]:
        """Proofs of a finding in the order of its sheet, then those of findings merged into it."""
        found: dict[Key, None] = {}
        for each in self.gathered(finding):
            found |= dict.fromkeys(k for k in self.down.get(("constat", each), ()) if k[0] == "preuve")
        return tuple(self.nodes[k] for k in found)

    def over(self, kind: str, id: str) -> tuple[Node, ...]:
        """All that rests on a node, near or far, in the order of :data:`KINDS`; actions given up are left out."""
        seen: dict[Key, None] = {(kind, id): None}
        waiting = [(kind, id)]
        while waiting:
            for key in self.up.get(waiting.pop(0), ()):
                if key not in seen:
                    seen[key] = None
                    waiting.append(key)
        found = [self.nodes[key] for key in seen if key != (kind, id)]
        order = list(KINDS)
        kept = [
            n
            for n in found
            if n.kind != "action" or (n.id not in self.dropped and self._holds(n.id, (kind, id)))
        ]
        return tuple(sorted(kept, key=lambda n: order.index(n.kind)))

    def find(self, text: str) -> tuple[Node, ...]:
        """Nodes that an id names: « A05 », « K009 », « constat:K009 », « E03-02 », an indicator, the code of a need,
        the reference of an evidence; whatever the case."""
        wanted = text.strip().casefold()
        return tuple(node for node in self.nodes.values() if wanted in _names_of(node))

    def gathered(self, finding: str) -> tuple[str, ...]:
        """A finding, then those merged into it, near or far."""
        return (finding, *self._next_to(finding, self.down))

    @staticmethod
    def _next_to(finding: str, links: dict[Key, tuple[Key, ...]]) -> tuple[str, ...]:
        """Findings linked to a finding: all of them, since merged ones are linked to each that holds them, near or far."""
        return tuple(id for kind, id in links.get(("constat", finding), ()) if kind == "constat")

    def _holds(self, action: str, key: Key) -> bool:
        return any((node.kind, node.id) == key for node in self.under("action", action))

    @property
    def findings_without_action(self) -> tuple[Node, ...]:
        """Kept findings that no action names."""
        return tuple(self.nodes[("constat", id)] for id in self.kept if not self.actions_of(id))

    def _own_issues(self, action: str) -> tuple[Node, ...]:
        return tuple(self.nodes[k] for k in self.down.get(("action", action), ()) if k[0] == "enjeu")

    def _rests_on(self, action: str, finding: str) -> bool:
        return self._holds(action, ("constat", finding))


def proof_id(kind: str, ref: str) -> str:
    """« indicateur:taux_couverture »: how an evidence is named in the graph."""
    return f"{kind}:{ref}"


def _names_of(node: Node) -> set[str]:
    """How a node may be asked for."""
    names = {node.id, f"{node.kind}:{node.id}"}
    if node.kind == "preuve":
        kind, _, ref = node.id.partition(":")
        parsed = Ref.parse(cast(Kind, kind), ref)
        names |= {ref, parsed.name}
    return {name.casefold() for name in names}


def _workbook(ref: Ref) -> Iterable[str]:
    return [FILES_OF[ref.kind]] if ref.kind in FILES_OF else []


def _nodes(
    agreement: Agreement, partnership: Partnership | None, excerpts: tuple[Excerpt, ...]
) -> Iterator[Node]:
    sheets = (
        ("action", "plan", "actions"), ("objectif", "plan", "objectives"), ("orientation", "plan", "orientations"),
        ("axe", "plan", "axes"), ("enjeu", "croisement", "issues"), ("besoin", "croisement", "needs"),
        ("constat", "constats", "findings"), ("proposition", "groupes", "proposals"),
    )  # fmt: skip
    for kind, book, sheet in sheets:
        for line in agreement.table(book, sheet).to_dict("records"):
            label = line.get("title") or line.get("label") or line.get("sentence") or ""
            yield Node(kind, str(line["id"]), str(label), str(line.get("state") or ""))
    for line in agreement.table("constats", "evidence").to_dict("records"):
        ref = str(line["ref"]).replace("/", ", ")
        said = line["said"] or f"{EVIDENCE_KINDS.get(line['kind'], line['kind'])} {ref}"
        yield Node("preuve", proof_id(line["kind"], line["ref"]), str(said), str(line["sense"] or ""))
    yield from (Node("extrait", each.id, each.label, quote=each.quote) for each in excerpts)
    for line in agreement.table("plan", "indicators").to_dict("records"):
        yield Node("mesure", str(line["id"]), str(line["label"]))
    if partnership is not None:
        for line in partnership.table("bilan", "actions").to_dict("records"):
            yield Node("bilan", str(line["id"]), str(line["name"]), str(line["next"] or ""))


def _links(
    agreement: Agreement, files: Callable[[Ref], Iterable[str]], excerpts: tuple[Excerpt, ...]
) -> Iterator[tuple[Key, Key]]:
    table = agreement.table
    for line in table("plan", "actions").to_dict("records"):
        own = ("action", str(line["id"]))
        yield from _to(own, "objectif", [line["objective"]])
        for kind, field_ in (
            ("enjeu", "issues"),
            ("constat", "findings"),
            ("proposition", "origins"),
            ("bilan", "previous"),
        ):
            yield from _to(own, kind, line[field_])
    for line in table("plan", "objectives").to_dict("records"):
        yield from _to(("objectif", str(line["id"])), "orientation", [line["orientation"]])
    for line in table("plan", "orientations").to_dict("records"):
        yield from _to(("orientation", str(line["id"])), "axe", [line["axis"]])
    for line in table("plan", "axes").to_dict("records"):
        yield from _to(("axe", str(line["id"])), "enjeu", line["issues"])
    for line in table("croisement", "issues").to_dict("records"):
        yield from _to(("enjeu", str(line["id"])), "besoin", line["needs"])
    for line in table("croisement", "needs").to_dict("records"):
        yield from _to(("besoin", str(line["id"])), "constat", line["findings"])
    for line in table("groupes", "proposals").to_dict("records"):
        yield from _to(("proposition", str(line["id"])), "constat", line["findings"])
    for id, ids in merged_into(agreement).items():
        yield from _to(("constat", id), "constat", ids)
    yield from _proofs(table("constats", "evidence").to_dict("records"), files, excerpts)
    for excerpt in excerpts:
        yield from _to(("extrait", excerpt.id), "fichier", excerpt.files)
    for line in table("plan", "indicators").to_dict("records"):
        yield ("action", str(line["action"])), ("mesure", str(line["id"]))
        if line["indicator"]:
            ref = Ref("indicateur", str(line["indicator"]), str(line["breakdown"]))
            yield from _to(("mesure", str(line["id"])), "fichier", files(ref))


def _proofs(
    lines: list[dict[Any, Any]], files: Callable[[Ref], Iterable[str]], excerpts: tuple[Excerpt, ...]
) -> Iterator[tuple[Key, Key]]:
    for line in lines:
        kind: Kind = line["kind"]
        if not kind or not line["ref"]:
            continue
        proof = ("preuve", proof_id(kind, line["ref"]))
        yield ("constat", str(line["finding"])), proof
        ref = Ref.parse(kind, line["ref"])
        if kind == "parole":
            yield from _to(proof, "extrait", [each.id for each in excerpts if each.need == ref.name])
        yield from _to(proof, "fichier", files(ref))


def _to(above: Key, kind: str, ids: Iterable[object]) -> Iterator[tuple[Key, Key]]:
    yield from ((above, (kind, str(id))) for id in ids if id)
