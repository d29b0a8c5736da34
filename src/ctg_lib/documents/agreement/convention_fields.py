"""What a study says of its convention, as the fields of a text: names in French, values ready to be read.

What no file says is a mark (:func:`ctg_lib.documents.agreement.blocks.blank`) that tells who can give it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctg_lib.agreement import governance
from ctg_lib.agreement.commitments import committed_actions, left_out
from ctg_lib.agreement.needs import COMPETENCES_OF
from ctg_lib.agreement.plan import axis_of
from ctg_lib.display.typography import counted, enumerate_fr
from ctg_lib.documents.agreement.blocks import blank
from ctg_lib.documents.agreement.convention_commitments import acquired_apart, commitments
from ctg_lib.documents.agreement.party_words import party_name, party_names, plain_name
from ctg_lib.documents.letters import addressee, bodies
from ctg_lib.partnership.books.contrats import CONTRACTS
from ctg_lib.partnership.books.parties import COMPETENCES, PARTY_TYPES, SUBJECTS
from ctg_lib.partnership.progress import approved
from ctg_lib.partnership.requests import partners
from ctg_lib.partnership.sppe import MANDATORY
from ctg_lib.study.convention_dates import Dated, dated
from ctg_lib.workbooks.common import THEME_NAMES
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

Fields = dict[str, Any]
SHORT: dict[str, str] = {
    "caf": "la Caf", "msa": "la MSA", "departement": "le Département", "region": "la Région", "etat": "l’État",
    "cpam": "la CPAM", "carsat": "la Carsat", "france_travail": "France Travail",
}  # fmt: skip
"""Type of a party -> what the text calls it, where it is the only one of its type."""
KINDS: tuple[str, ...] = (
    "Communauté de communes",
    "Communauté d’agglomération",
    "Communauté urbaine",
    "Métropole",
)
DECISIONS_OF: frozenset[str] = frozenset({"caf", "msa", "cpam", "carsat", "etat", "france_travail"})
"""Types of parties that decide otherwise than by deliberation."""
_FEMININE = ("ence", "tion", "ente", "trice", "rie", "esse")
STEERING = "le comité de pilotage"
OFFICE = "la communauté ou le prestataire qui conduit l’étude"


def fields(study: Study) -> Fields:
    """Every field of the text (:mod:`ctg_lib.documents.agreement.text_model`), by name."""
    days = dated(study)
    signing = signatories(study)
    plan = _plan(study)
    bound = commitments(study, signing)
    without = [
        plain["nom_simple"]
        for plain, e in zip(signing, bound, strict=True)
        if not (e["pilote"] or e["partenaire"] or e["postes"])
    ]
    return {
        "territoire": _territory(study),
        "epci": [{"nom": body.name, "siren": body.code, "communes": len(body.members)} for body in bodies(study)],
        "plusieurs_epci": len(study.config.territories) > 1,
        "fictif": study.fictif,
        "signataires": signing,
        "partenaires": _partners(study),
        "approbations_manquantes": [p["nom"] for p in signing if not p["approuvee"]],
        "caf": next((p for p in signing if p["type"] == "caf"), None),
        "msa": next((p for p in signing if p["type"] == "msa"), None),
        "msa_connue": any(p["type"] == "msa" for p in _party_rows(study)),
        "departement": next((p for p in signing if p["type"] == "departement"), None),
        "convention": _term(study, days),
        "date_de_l_etude": day_in_words(study.as_of),
        "themes": [THEME_NAMES[key] for key in study.config.themes if key in THEME_NAMES and key != "transversal"],
        "competences_sans_titulaire": _unheld(study), "competences_des_communes": _unsigned(study),
        "sppe": _sppe(study),
        "contrats": _contracts(study),
        "contrats_a_articuler": [c for c in _contracts(study) if c["type"] != CONTRACTS["ctg_cej"]],
        "constats": len(study.agreement.kept_findings),
        "precedente": next((c for c in _contracts(study) if c["type"] == CONTRACTS["ctg_cej"]), None),
        **_decided(study),
        **plan,
        **_steering(study),
        "engagements": bound, "engagements_manquants": without, "acquis_a_part": acquired_apart(study, signing),
        "evaluation": _evaluation(study),
    }  # fmt: skip


# --- parties ---------------------------------------------------------------------------------------------


def signatories(study: Study) -> list[Fields]:
    """Parties that sign, and those of which nothing is said; the intermunicipalities and the Caf always.

    Each: ``id``, ``nom``, ``court`` (what the text calls it), ``type``, ``type_nom``, ``fonction``,
    ``representant`` (« sa présidence »), ``signe`` (whether it is said to sign), ``approbation``
    (« délibération n° … du … », or a blank), ``approuvee``.
    """
    rows = [row for row in _party_rows(study) if row["signs"] != "non"]
    kinds = {row["type"] for row in _party_rows(study)}
    if "epci" not in kinds:
        rows = [_unwritten(body.name, "epci") for body in bodies(study)] + rows
    if "caf" not in kinds:
        place = next(
            (i for i, row in enumerate(rows) if row["type"] not in ("epci", "commune", "syndicat")), len(rows)
        )
        rows.insert(place, _unwritten(addressee(study, partners()["caf"]).name, "caf"))
    alone = {kind for kind in kinds | {"caf"} if sum(row["type"] == kind for row in rows) == 1}
    return [_party(row, alone, study.as_of) for row in rows]


def _party_rows(study: Study) -> list[dict[str, Any]]:
    table = study.partnership.table("parties", "parties")
    table = table.assign(approved=approved(table, study.as_of))
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _unwritten(name: str, kind: str) -> dict[str, Any]:
    """A party that the workbook does not name yet."""
    return {
        "id": "", "name": name, "type": kind, "function": "", "signs": "", "deliberation": "", "deliberation_date": pd.NaT,
        "subject": "", "approved": False,
    }  # fmt: skip


def _party(row: Mapping[str, Any], alone: set[str], as_of: date) -> Fields:
    name, kind = plain_name(str(row["name"])), str(row["type"])
    act = "décision" if kind in DECISIONS_OF else "délibération"
    given = f"{act} {row['deliberation']} du {_day(row['deliberation_date'])}" if row["approved"] else ""
    function = str(row["function"]) or blank("fonction de qui représente", name)
    short = SHORT.get(kind, name) if kind in alone else name
    if kind == "epci" and kind in alone:
        short = next((f"la {k.lower()}" for k in KINDS if name.startswith(k)), name)
    return {
        "id": str(row["id"]), "nom": party_name(str(row["name"])), "nom_simple": name, "court": short, "type": kind, "type_nom": PARTY_TYPES.get(kind, ""),
        "fonction": function, "representant": f"{_possessive(function)} {function}" if row["function"] else function,
        "signe": row["signs"] == "oui",
        "signe_dit": "" if row["signs"] == "oui" else blank("signe ou non", name),
        "approbation": given or blank(f"{act} d’approbation", name),
        "approuvee": bool(row["approved"]), "acte": act,
    }  # fmt: skip


def _possessive(function: str) -> str:
    """« sa présidence », « son maire », « son adjointe »."""
    first = function.split(" ")[0].lower()
    return "sa" if first.endswith(_FEMININE) and first[:1] not in "aàâeéèêiîoôuy" else "son"


def _partners(study: Study) -> list[Fields]:
    """Organisations that take part without signing."""
    rows = [row for row in _party_rows(study) if row["signs"] == "non"]
    return [
        {
            "id": str(r["id"]),
            "nom": party_name(str(r["name"])),
            "type_nom": PARTY_TYPES.get(str(r["type"]), ""),
        }
        for r in rows
    ]


def approvals(study: Study) -> list[tuple[str, str, str]]:
    """(name, act, what it decides) of each signatory: what was deliberated, or a blank."""
    rows = {str(r["id"]): r for r in _party_rows(study) if r["id"]}
    out = []
    for party in signatories(study):
        row = rows.get(party["id"])
        said = ""
        if row is not None and row["deliberation"] and not party["approuvee"]:
            on = f" du {_day(row['deliberation_date'])}" if pd.notna(row["deliberation_date"]) else ""
            said = f"{row['deliberation']}{on} ({_subject(row, party)}) : n’approuve pas la convention"
        out.append((party["nom"], party["approbation"], said))
    return out


def _subject(row: Mapping[str, Any], party: Fields) -> str:
    """What a deliberation is about, where it is no approval."""
    asked = blank("objet de la délibération", party["nom_simple"])
    return "autre objet" if row["subject"] == "autre" else SUBJECTS.get(str(row["subject"]), asked)


# --- territory, term ------------------------------------------------------------------------------------


def _territory(study: Study) -> Fields:
    here = study.territory
    return {
        "nom": here.name, "de": here.de(), "dans": here.dans(), "communes": list(study.communes_by_code.values()),
        "nombre_de_communes": counted(len(here.members), "commune"),
    }  # fmt: skip


def _term(study: Study, days: Dated) -> Fields:
    start, end = study.config.contract.get("start"), study.config.contract.get("end")
    who = "les parties, à la signature"
    unknown_place = blank("lieu de la signature", who)
    return {
        "debut": day_in_words(start) if start else blank("date d’effet de la convention", STEERING),
        "fin": day_in_words(end) if end else blank("date de fin de la convention", STEERING),
        "duree": span(start, end) if start and end else blank("durée de la convention", STEERING),
        "signature": day_in_words(days.signed_on) if days.signed_on else blank("date de la signature", who),
        "signee": days.signed_on is not None, "lieu": unknown_place,
        "exemplaires": blank("nombre d’exemplaires originaux", who),
        "preavis": blank("délai de préavis en cas de résiliation", "les parties, d’après le modèle de la Caf"),
        "tribunal": blank("tribunal administratif compétent", "les parties, d’après le modèle de la Caf"),
    }  # fmt: skip


def span(start: date, end: date) -> str:
    """« cinq ans » in numbers: « 4 ans et 6 mois », both days included."""
    after = end + timedelta(days=1)
    months = (after.year - start.year) * 12 + after.month - start.month - (after.day < start.day)
    years, rest = divmod(months, 12)
    said = [counted(years, "an")] if years else []
    return enumerate_fr(said + ([counted(rest, "mois", "mois")] if rest else [])) or counted(
        0, "mois", "mois"
    )


# --- competences, contracts -----------------------------------------------------------------------------


def competence_rows(study: Study) -> list[tuple[str, str, str, str]]:
    """(competence, who exercises it, since, basis), in the order of the workbook; blanks where nobody does."""
    names, communes = party_names(study), study.communes_by_code
    grouped: dict[str, list[tuple[str, str, str]]] = {}
    for row in study.partnership.table("parties", "competences").to_dict("records"):
        where = [communes.get(code, code) for code in row["communes"]]
        if row["holder"]:
            who = names.get(row["holder"], str(row["holder"])) + (
                f" ({enumerate_fr(where)})" if where else ""
            )
        elif row["by_communes"] == "oui":
            who = f"les communes : {enumerate_fr(where)}" if where else "chaque commune"
        else:
            who = ""
        since = _day(row["since"]) if pd.notna(row["since"]) else ""
        grouped.setdefault(str(row["competence"]), []).append((who, since, str(row["basis"])))
    out = []
    for key, lines in grouped.items():
        label = COMPETENCES.get(key, key)
        held = [line for line in lines if line[0]]
        if not held:
            who = blank(f"qui exerce « {label} »", "les collectivités du territoire", "")
            out.append((label, who, "", ""))
        for who, since, basis in held:
            out.append((label, who, since or "–", basis or "–"))
    return out


def _unheld(study: Study) -> list[str]:
    table = study.partnership.table("parties", "competences")
    held = set(table.loc[table["holder"].ne("") | table["by_communes"].eq("oui"), "competence"])
    return [COMPETENCES[c] for c in dict.fromkeys(table["competence"]) if c in COMPETENCES and c not in held]


def _unsigned(study: Study) -> Fields | None:
    """Competences that communes exercise and that the convention deals with, and those communes that are no party.

    Returns:
        ``competences``, ``nombre``, ``a_dire`` (a blank that names them); None where every one is a party.
    """
    table = study.partnership.table("parties", "competences")
    parties = study.partnership.table("parties", "parties")
    known = set(parties["commune"])
    touched = {key for theme in study.config.themes for key in COMPETENCES_OF[theme]}
    out: dict[str, list[str]] = {}
    for row in table[table["by_communes"].eq("oui") & table["holder"].eq("")].to_dict("records"):
        label = COMPETENCES.get(row["competence"], "")
        absent = [c for c in row["communes"] or study.communes_by_code if c not in known]
        if label and absent and row["competence"] in touched:
            out[label] = absent
    if not out:
        return None
    absent = [
        name for code, name in study.communes_by_code.items() if any(code in codes for codes in out.values())
    ]
    asked = f"si les communes qui exercent {enumerate_fr([*out])} signent : {enumerate_fr(absent)}"
    return {
        "competences": [*out], "nombre": counted(len(absent), "commune"),
        "a_dire": blank(asked, "ces communes", "si elles signent"),
    }  # fmt: skip


def _sppe(study: Study) -> Fields:
    """Duties of the public service of early childhood: those that are owed, and whether the convention is one."""
    duties = study.chapter("demarche").duties()
    due = duties[duties["due"].eq(MANDATORY)]
    return {
        "connu": bool(len(duties)),
        "obligations": list(dict.fromkeys(due["label"])),
        "schema": bool(due["mission"].eq("schema").any()),
        "relais": bool(due["mission"].eq("rpe").any()),
        "planifier": bool(due["mission"].eq("sppe_planifier").any()),
    }  # fmt: skip


def _contracts(study: Study) -> list[Fields]:
    table = study.partnership.table("contrats", "contracts")
    out = []
    for row in table.to_dict("records"):
        ended = pd.notna(row["end"]) and row["end"].date() < study.as_of
        out.append(
            {
                "id": str(row["id"]), "type": CONTRACTS.get(str(row["type"]), str(row["type"])), "nom": str(row["name"]),
                "en_clair": spelled_out(str(row["type"]), str(row["name"])),
                "porteur": str(row["holder"]), "apporte": str(row["link"]), "termine": bool(ended),
                "debut": _day(row["start"]) if pd.notna(row["start"]) else "",
                "fin": _day(row["end"]) if pd.notna(row["end"]) else blank(f"date de fin : {row['name']}", str(row["holder"]) or OFFICE, ""),
                "themes": [THEME_NAMES[t] for t in row["themes"] if t in THEME_NAMES],
            }
        )  # fmt: skip
    return out


def spelled_out(kind: str, name: str) -> str:
    """« schéma départemental des services aux familles » for a contract that is named by its initials; else nothing."""
    said = CONTRACTS.get(kind, "")
    words, initials = said.partition(" (")[0], said.partition(" (")[2].rstrip(")")
    return words if initials in ("SDSF", "SDAVS", "PEdT", "CLS", "CRTE") and initials in name.split() else ""


# --- what was decided -----------------------------------------------------------------------------------


def _decided(study: Study) -> Fields:
    """Issues by the committee's decision, in its order."""
    agreement = study.agreement
    issues = agreement.table("croisement", "issues").drop_duplicates("id").set_index("id")
    decisions = agreement.decisions.set_index("issue")

    def told(issue: str) -> Fields:
        row = issues.loc[issue] if issue in issues.index else None
        decision = decisions.loc[issue]
        return {
            "id": issue, "titre": issue if row is None else str(row["title"]),
            "description": "" if row is None else str(row["description"]), "motif": str(decision["reason"]),
            "decide_le": _day(decision["decided_on"]),
        }  # fmt: skip

    rest = agreement.decisions
    return {
        "enjeux": [told(issue) for issue in agreement.retained],
        "enjeux_ecartes": [told(i) for i in rest.loc[rest["decision"].eq("ecarte"), "issue"]],
        "enjeux_reportes": [told(i) for i in rest.loc[rest["decision"].eq("reporte"), "issue"]],
    }


def _plan(study: Study) -> Fields:
    """Axes that hold at least one action or answer an issue retained, with what is under them.

    Their rank is that of the plan, as on the sheets of actions: an axis left out leaves a gap.
    """
    agreement = study.agreement
    actions = committed_actions(agreement)
    kept = set(agreement.retained)
    rest = left_out(agreement, actions["id"])
    rest = rest.assign(axis=list(rest["objective"].map(axis_of(agreement))))
    names = party_names(study)
    orientations = agreement.table("plan", "orientations")
    objectives = agreement.table("plan", "objectives")
    axes: list[Fields] = []
    for rank, axis in enumerate(agreement.table("plan", "axes").to_dict("records"), start=1):
        own = actions[actions["axis"].eq(axis["id"])]
        answers = [issue for issue in axis["issues"] if issue in kept]
        if own.empty and not answers:
            continue
        under: list[Fields] = [
            {
                "titre": str(o["title"]),
                "objectifs": [
                    str(b["title"])
                    for b in objectives[objectives["orientation"].eq(o["id"])].to_dict("records")
                    if own["objective"].eq(b["id"]).any()
                ],
            }
            for o in orientations[orientations["axis"].eq(axis["id"])].to_dict("records")
        ]
        # its description, written of the whole axis, would promise what the convention does not hold
        outside = [i for i in axis["issues"] if i not in kept] + list(
            rest.loc[rest["axis"].eq(axis["id"]), "id"]
        )
        axes.append(
            {
                "rang": rank, "id": str(axis["id"]), "titre": str(axis["title"]),
                "description": "" if outside else str(axis["description"]), "hors_convention": outside if axis["description"] else [],
                "enjeux": answers, "orientations": [o for o in under if o["objectifs"]],
                "actions": [_action(row, names) for row in own.to_dict("records")],
            }
        )  # fmt: skip
    return {
        "axes": axes,
        "actions": [action for axis in axes for action in axis["actions"]],
        "actions_hors_convention": [_action(r, names) for r in rest.to_dict("records")],
    }


def _action(row: Mapping[Any, Any], names: Mapping[str, str]) -> Fields:
    return {
        "id": str(row["id"]), "titre": str(row["title"]), "pilote": names.get(str(row["leader"]), str(row["leader"])),
        "debut": _day(row["start"]), "fin": _day(row["end"]),
    }  # fmt: skip


def _steering(study: Study) -> Fields:
    """Instances, the organisation retained, what was held so far."""
    agreement = study.agreement
    instances = agreement.table("gouvernance", "instances").drop_duplicates("id")
    scenario = governance.decided(agreement)
    names = dict(zip(instances["id"], instances["name"], strict=True))
    held = agreement.table("gouvernance", "meetings").sort_values("date", kind="stable")
    past = held["date"].le(pd.Timestamp(study.as_of)) & held["state"].isin(["", "tenu"])
    return {
        "instances": [
            {
                "nom": str(i["name"]), "role": str(i["role"]), "decide": str(i["decides"]), "presidence": str(i["chair"]),
                "frequence": str(i["frequency"]) or blank(f"fréquence des réunions : {i['name']}", STEERING, "fréquence"),
            }
            for i in instances.to_dict("records")
        ],
        "organisation": None if scenario is None else {
            "nom": scenario.name, "description": scenario.description, "decide_le": day_in_words(scenario.decided_on) if scenario.decided_on else "", "id": scenario.id,
        },
        "reunions_tenues": [
            {"instance": names.get(m["instance"], str(m["instance"])), "date": _day(m["date"])}
            for m in held[past].to_dict("records")
        ],
    }  # fmt: skip


def _evaluation(study: Study) -> list[Fields]:
    table = study.agreement.table("suivi", "evaluation")
    return [
        {"question": str(q), "comment": str(how)}
        for q, how in zip(table["question"], table["how"], strict=True)
    ]


def _day(moment: Any) -> str:
    return "" if pd.isna(moment) else day_in_words(moment.date())
