"""``ctg study trace``: what a thing of the plan rests on, down to its files, and what rests on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ctg_lib.agreement.trace import KINDS, Node, Trace
from ctg_lib.display.prose import upper_first
from ctg_lib.display.typography import counted
from ctg_lib.errors import BadInput
from ctg_lib.study.plan import plan_of

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

_NONE = "(rien)"


def lines_of(study: Study, id: str = "") -> list[str]:
    """What is printed of one thing, both ways; without an id, of every finding and action, in a line each.

    Raises:
        BadInput: nothing bears that id.
    """
    trace = plan_of(study).trace
    if not id.strip():
        return list(_whole(trace, study.id))
    found = trace.find(id)
    if not found:
        known = [node.id for node in trace.nodes.values()]
        near = get_close_matches(id.strip(), known, n=3, cutoff=0.6)
        more = f" ; peut-être {', '.join(near)}" if near else ""
        raise BadInput(
            f"« {id} » : rien de ce nom parmi les actions, constats, preuves, extraits, besoins, enjeux, "
            f"indicateurs et propositions{more}."
        )
    out: list[str] = []
    for node in found:
        out += [*([""] if out else []), *_both_ways(trace, node)]
    return out


def _both_ways(trace: Trace, node: Node) -> Iterator[str]:
    yield f"{upper_first(KINDS[node.kind][0])} {_said(node)}"
    yield "  Repose sur :"
    yield from _by_kind(trace.under(node.kind, node.id))
    yield "  En vient :"
    named = {each.id for each in trace.actions_of(node.id)} if node.kind == "constat" else None
    yield from _by_kind(trace.over(node.kind, node.id), named)


def _by_kind(nodes: Iterable[Node], named: set[str] | None = None) -> Iterator[str]:
    """Nodes under their kinds; actions that do not name the finding themselves said so."""
    every = list(nodes)
    if not every:
        yield f"    {_NONE}"
    for kind in KINDS:
        own = [node for node in every if node.kind == kind]
        if own:
            yield f"    {counted(len(own), *KINDS[kind])} :"
            for node in own:
                far = kind == "action" and named is not None and node.id not in named
                yield f"      {_said(node)}{' (par l’enjeu)' if far else ''}"


def _said(node: Node) -> str:
    """« K009 : Rien n’est organisé … »; of an excerpt, its group and theme, and what may be quoted."""
    quote = f" — « {node.quote} »" if node.quote else ""
    return f"{node.id} : {node.label.rstrip('.')}{quote}" if node.label else node.id


def _whole(trace: Trace, study: str) -> Iterator[str]:
    findings = [trace.nodes["constat", id] for id in trace.kept if ("constat", id) in trace.nodes]
    head = upper_first(counted(len(findings), "constat gardé", "constats gardés"))
    yield f"{head}, et les actions qui y répondent :"
    yield from (_beside(node, trace.actions_of(node.id), "aucune action") for node in findings)
    actions = [n for n in trace.nodes.values() if n.kind == "action" and n.id not in trace.dropped]
    yield ""
    yield f"{upper_first(counted(len(actions), 'action'))}, et les constats auxquels elles répondent :"
    yield from (_beside(node, trace.findings_of(node.id), "aucun constat") for node in actions)
    yield "Dans les deux sens, jusqu’aux fichiers, avec un identifiant (A01, K001, E03-02 …) :"
    yield f"ctg study trace {study} IDENTIFIANT"


def _beside(node: Node, others: Iterable[Node], none: str) -> str:
    """« K001 → A01, A02 : the sentence »."""
    return f"  {node.id} → {', '.join(each.id for each in others) or none} : {node.label.rstrip('.')}"
