"""Needs proposed from kept findings, and issues at stake from needs that were retained.

Findings that rest on the same need of the scheme, for the same publics, secteurs and moment, make one need; a finding
that rests on none makes a need of its own. Needs of one theme make one issue. Nothing is proposed from what waits for
a person: findings that were not kept, needs that were not retained.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement.updating import Line
from ctg_lib.consultation.scheme import NATURES, PUBLICS, Scheme
from ctg_lib.geography.names import fold
from ctg_lib.workbooks.common import THEMES

if TYPE_CHECKING:
    from ctg_lib.agreement.folder import Agreement

COMPETENCES_OF: dict[str, tuple[str, ...]] = {
    "petite_enfance": ("sppe_recenser", "sppe_informer", "sppe_planifier", "sppe_qualite", "creches", "rpe"),
    "enfance": ("periscolaire", "extrascolaire", "ecoles", "cantine"),
    "jeunesse": ("jeunesse", "extrascolaire"),
    "parentalite": ("parentalite",),
    "handicap": ("handicap",),
    "vie_sociale": ("vie_sociale", "culture_sport"),
    "acces_droits": ("acces_droits",),
    "numerique": ("numerique",),
    "logement": ("logement",),
    "familles_vulnerables": ("action_sociale",),
    "transversal": ("transport", "action_sociale"),
}
"""Theme -> competences (:data:`ctg_lib.partnership.books.parties.COMPETENCES`) under which one acts on it."""
assert set(COMPETENCES_OF) == set(THEMES)


def proposed_needs(agreement: Agreement, scheme: Scheme, competences: pd.DataFrame) -> list[Line]:
    """Needs to propose, by theme: lines of « Besoins » with a ``key`` (see the module).

    A finding that a need names already is proposed no more, save in the line that has the same key. ``offer`` and
    ``contracts`` are those that the findings rest on; ``actors`` hold a competence of the theme.

    Args:
        competences: sheet « Compétences » of parties.xlsx.
    """
    lines = agreement.table("croisement", "needs")
    evidence = agreement.table("constats", "evidence")
    groups: dict[str, list[Mapping[Any, Any]]] = {}
    for finding in agreement.kept_findings.to_dict("records"):
        own = evidence[evidence["finding"].eq(finding["id"])]
        code = _code_of(own, scheme)
        groups.setdefault(_key(finding, code), []).append({**finding, "code": code})
    out = []
    for key, findings in groups.items():
        elsewhere = {id for line in lines.to_dict("records") if line["key"] != key for id in line["findings"]}
        left = [f for f in findings if f["id"] not in elsewhere]
        if left or lines["key"].eq(key).any():
            out.append(_need(key, left or findings, evidence, scheme, competences))
    order = list(THEMES)
    return sorted(out, key=lambda line: order.index(line["theme"]) if line["theme"] in order else len(order))


def proposed_issues(agreement: Agreement, scheme: Scheme) -> list[Line]:
    """Issues to propose, by theme: lines of « Enjeux » with a ``key``, from retained needs that none names yet."""
    needs = agreement.table("croisement", "needs")
    retained = needs[needs["state"].eq("retenu")]
    lines = agreement.table("croisement", "issues").to_dict("records")
    out = []
    for theme in [t for t in THEMES if retained["theme"].eq(t).any()]:
        key = f"theme|{theme}"
        elsewhere = {id for line in lines if line["key"] != key for id in line["needs"]}
        own = [
            n for n in retained[retained["theme"].eq(theme)].to_dict("records") if n["id"] not in elsewhere
        ]
        if own:
            out.append(_issue(key, theme, own, scheme))
    return out


def without_need(agreement: Agreement) -> tuple[str, ...]:
    """Kept findings that no need names."""
    named = {id for ids in agreement.table("croisement", "needs")["findings"] for id in ids}
    return tuple(id for id in agreement.kept_findings["id"] if id not in named)


def without_issue(agreement: Agreement) -> tuple[str, ...]:
    """Retained needs that no issue names, not even one that was set aside."""
    needs = agreement.table("croisement", "needs")
    named = {id for ids in agreement.table("croisement", "issues")["needs"] for id in ids}
    return tuple(id for id in needs.loc[needs["state"].eq("retenu"), "id"] if id not in named)


def held(competences: pd.DataFrame, theme: str) -> dict[str, tuple[str, ...]]:
    """Party -> competences of a theme that it holds; « communes »: those that the communes exercise themselves."""
    wanted = COMPETENCES_OF.get(theme, ())
    found: dict[str, list[str]] = {}
    for line in competences.to_dict("records"):
        if line["competence"] in wanted:
            holder = line["holder"] or ("communes" if line["by_communes"] == "oui" else "")
            if holder:
                found.setdefault(str(holder), []).append(str(line["competence"]))
    return {holder: tuple(dict.fromkeys(names)) for holder, names in found.items()}


# ------------------------------------------------------------------------------------------------- one line


def _code_of(evidence: pd.DataFrame, scheme: Scheme) -> str:
    """The need of the scheme that a finding rests on: that of the first words of actors among its evidence."""
    words = evidence.loc[evidence["kind"].eq("parole"), "ref"]
    return next((str(ref) for ref in words if ref in scheme), "")


def _key(finding: Mapping[Any, Any], code: str) -> str:
    if not code:
        return f"constat|{finding['id']}"
    publics = "+".join(sorted(finding["publics"]))
    return "|".join(
        [code, publics, "+".join(_names(finding["secteurs"])), fold(str(finding["moment"])).strip()]
    )


def _names(secteurs: object) -> tuple[str, ...]:
    if isinstance(secteurs, tuple):
        return tuple(sorted(map(str, secteurs)))
    return (str(secteurs),) if secteurs else ()


def _need(
    key: str, findings: Sequence[Mapping[Any, Any]], evidence: pd.DataFrame, scheme: Scheme,
    competences: pd.DataFrame,
) -> Line:  # fmt: skip
    first = findings[0]
    code, theme = str(first["code"]), str(first["theme"])
    own = evidence[evidence["finding"].isin([f["id"] for f in findings])]
    line: Line = {
        "label": _label(first, scheme), "need": code, "theme": scheme[code].theme if code else theme,
        "publics": tuple(first["publics"]), "secteurs": first["secteurs"], "moment": str(first["moment"]),
        "findings": tuple(str(f["id"]) for f in findings), "offer": _refs(own, ("offre", "financement")),
        "contracts": _refs(own, ("contrat",)),
    }  # fmt: skip
    line["actors"] = tuple(h for h in held(competences, line["theme"]) if h != "communes")
    return {"key": key, **{name: value for name, value in line.items() if value}}


def _refs(evidence: pd.DataFrame, kinds: Collection[str]) -> tuple[str, ...]:
    """Ids of the lines of another workbook that these evidence name (« S01/2025 »: S01)."""
    refs = evidence.loc[evidence["kind"].isin(list(kinds)), "ref"]
    return tuple(dict.fromkeys(str(ref).split("/")[0].strip() for ref in refs))


def _label(finding: Mapping[Any, Any], scheme: Scheme) -> str:
    """« accueil tôt, tard (jeunes de 11 à 17 ans ; Larzac ; avant 7 h 30) »: what the scheme does not say is added."""
    code = str(finding["code"])
    if not code:
        text = str(finding["sentence"]).strip().rstrip(".")
        return text[:1].lower() + text[1:]
    need = scheme[code]
    other = [PUBLICS[p] for p in finding["publics"] if p in PUBLICS and p not in need.publics]
    more = [", ".join(other), ", ".join(_names(finding["secteurs"])), str(finding["moment"]).strip()]
    said = " ; ".join(text for text in more if text)
    return f"{need.label} ({said})" if said else need.label


def _issue(key: str, theme: str, needs: Iterable[Mapping[Any, Any]], scheme: Scheme) -> Line:
    own = list(needs)
    natures = dict.fromkeys(scheme[n["need"]].nature for n in own if n["need"] in scheme)
    name = THEMES[theme].split(" (")[0]
    what = ", ".join(NATURES[n] for n in natures)
    title = f"{name[:1].upper()}{name[1:]} : {what}" if what else f"{name[:1].upper()}{name[1:]}"
    return {
        "key": key, "title": title, "theme": theme, "needs": tuple(str(n["id"]) for n in own),
        "description": f"Besoins retenus : {' ; '.join(str(n['label']) for n in own)}.",
    }  # fmt: skip
