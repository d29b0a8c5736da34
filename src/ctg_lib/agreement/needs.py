"""Needs proposed from kept findings, and issues at stake from needs that were retained.

Findings that rest on the same need of the scheme, for the same publics, secteurs and moment, make one need; a finding
that rests on none makes a need of its own, which a person has to name (:data:`TO_NAME`). What a finding rests on is its
own evidence, then that of findings merged into it. Needs of one theme make one issue. Nothing is proposed from what
waits for a person: findings that were not kept, needs that were not retained.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement.findings import merged_into, ref_of
from ctg_lib.agreement.grounds import Grounds, needs_of_answer, needs_of_indicator
from ctg_lib.agreement.updating import Line
from ctg_lib.consultation.scheme import NATURES, PUBLICS, Scheme
from ctg_lib.geography.names import fold
from ctg_lib.indicators.registry import definition, registry
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
TO_NAME = "à préciser"
"""First words of the label of a proposed need that the scheme does not know: a person words it."""
_FROM_NEED = "besoin|"
"""First letters of the key of a finding that was proposed for a need (:mod:`ctg_lib.agreement.proposals`)."""


def to_name(label: str) -> bool:
    """Whether a need still bears the label that was proposed of it for want of a better one."""
    return fold(label).startswith(fold(TO_NAME))


def proposed_needs(
    agreement: Agreement, scheme: Scheme, competences: pd.DataFrame, grounds: Grounds | None = None
) -> list[Line]:
    """Needs to propose, by theme: lines of « Besoins » with a ``key`` (see the module).

    A finding that a need names already is proposed no more, save in the line that has the same key. ``offer`` and
    ``contracts`` are those that the findings rest on; ``actors`` hold a competence of the theme.

    Args:
        competences: sheet « Compétences » of parties.xlsx.
        grounds: by what each need may be proved; without it figures and answers name no need.
    """
    lines = agreement.table("croisement", "needs")
    known, merged = set(lines["key"]), merged_into(agreement)
    groups: dict[str, list[Mapping[Any, Any]]] = {}
    for finding in agreement.kept_findings.to_dict("records"):
        own = _evidence(agreement, [finding["id"], *merged.get(finding["id"], ())])
        code = _code_of(finding, own, scheme, grounds or {})
        alone = _key(finding, "")
        key = alone if alone in known else _key(finding, code)
        groups.setdefault(key, []).append({**finding, "code": code, "evidence": own})
    out = []
    for key, findings in groups.items():
        elsewhere = {id for line in lines.to_dict("records") if line["key"] != key for id in line["findings"]}
        left = [f for f in findings if f["id"] not in elsewhere]
        if left or key in known:
            out.append(_need(key, left or findings, scheme, competences))
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


def _evidence(agreement: Agreement, findings: Sequence[str]) -> pd.DataFrame:
    """Evidence of findings, in the order of the findings, then of the sheet."""
    table = agreement.table("constats", "evidence")
    return pd.concat([table[table["finding"].eq(id)] for id in findings], ignore_index=True)


def _code_of(finding: Mapping[Any, Any], evidence: pd.DataFrame, scheme: Scheme, grounds: Grounds) -> str:
    """The need of the scheme that a finding rests on; empty where none is known.

    That of the first words of actors among its evidence, else that for which it was proposed, else the only one of its
    theme that its figures and its answers may prove (what contradicts the sentence left out).
    """
    words = evidence.loc[evidence["kind"].eq("parole"), "ref"]
    said = [*map(str, words), str(finding["key"] or "").removeprefix(_FROM_NEED)]
    if found := next((code for code in said if code in scheme), ""):
        return found
    proved: dict[str, None] = {}
    for line in evidence[evidence["sense"].ne("contredit")].to_dict("records"):
        proved |= dict.fromkeys(_proved(line, grounds))
    own = [code for code in proved if code in scheme and scheme[code].theme == finding["theme"]]
    return own[0] if len(own) == 1 else ""


def _proved(line: Mapping[Any, Any], grounds: Grounds) -> tuple[str, ...]:
    """Needs that an evidence may prove."""
    ref = ref_of(line)
    if ref is None or ref.kind not in ("indicateur", "enquete"):
        return ()
    if ref.kind == "enquete":
        return needs_of_answer(grounds, ref.name)
    return needs_of_indicator(grounds, f"{ref.name}|{ref.breakdown}" if ref.breakdown else ref.name)


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
    key: str, findings: Sequence[Mapping[Any, Any]], scheme: Scheme, competences: pd.DataFrame
) -> Line:  # fmt: skip
    first = findings[0]
    code, theme = str(first["code"]), str(first["theme"])
    own = pd.concat([f["evidence"] for f in findings], ignore_index=True)
    line: Line = {
        "label": _label(first, scheme), "need": code, "theme": scheme[code].theme if code else theme,
        "publics": tuple(first["publics"]), "secteurs": first["secteurs"], "moment": str(first["moment"]),
        "findings": tuple(str(f["id"]) for f in findings), "offer": _refs(own, ("offre", "financement")),
        "contracts": _refs(own, ("contrat",)),
    }  # fmt: skip
    line["actors"] = tuple(h for h in held(competences, line["theme"]) if h != "communes")
    return {"key": key, **{name: value for name, value in line.items() if value}}


def _refs(evidence: pd.DataFrame, kinds: Collection[str]) -> tuple[str, ...]:
    """Ids of the lines of another workbook that these evidence name (« S01/2025 »: S01; « type=laep » names none)."""
    refs = evidence.loc[evidence["kind"].isin(list(kinds)), "ref"]
    return tuple(dict.fromkeys(str(ref).split("/")[0].strip() for ref in refs if "=" not in str(ref)))


def _label(finding: Mapping[Any, Any], scheme: Scheme) -> str:
    """« accueil tôt, tard (jeunes de 11 à 17 ans ; Larzac ; avant 7 h 30) »: what the scheme does not say is added.

    Without a need of the scheme: « à préciser : part des résidences secondaires (tous les habitants) », the first figure
    of the finding, else its theme; never its sentence, which a table already shows beside.
    """
    code = str(finding["code"])
    known = scheme[code].publics if code else ()
    publics = [PUBLICS[p] for p in finding["publics"] if p in PUBLICS and p not in known]
    more = [", ".join(publics), ", ".join(_names(finding["secteurs"])), str(finding["moment"]).strip()]
    said = " ; ".join(text for text in more if text)
    if code:
        return f"{scheme[code].label} ({said})" if said else scheme[code].label
    alone = f"constat {finding['id']}"
    return f"{TO_NAME} : {_subject(finding)} ({said or alone})"


def _subject(finding: Mapping[Any, Any]) -> str:
    """What a finding is about, in few words: its first figure, else its theme."""
    refs = [ref_of(line) for line in finding["evidence"].to_dict("records")]
    figures = [
        ref.name for ref in refs if ref is not None and ref.kind == "indicateur" and ref.name in registry()
    ]
    if figures:
        return definition(figures[0]).label
    return THEMES.get(str(finding["theme"]), "besoin").split(" (")[0]


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
