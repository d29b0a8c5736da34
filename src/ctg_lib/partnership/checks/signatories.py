"""parties.xlsx and contrats.xlsx: who holds what, who has deliberated, what has ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ctg_lib.geography.names import fold
from ctg_lib.partnership.books.parties import COMPETENCES, PARTY_TYPES, SPPE
from ctg_lib.partnership.checks.ground import Ground, Line, day, listed
from ctg_lib.partnership.sppe import ORGANISERS
from ctg_lib.workbooks.problems import Problem

BEFORE = timedelta(days=365)
"""How long before the first step a deliberation that launches the démarche may be."""


def problems(ground: Ground) -> Iterator[Problem]:
    """What cannot be, or is still to be completed, in parties, competences and contracts."""
    if ground.partnership.has("parties"):
        yield from _parties(ground)
        yield from _missions(ground)
    for line in ground.lines("contrats", "contracts"):
        yield from _contract(line, ground)


# ----------------------------------------------------------------------------------------------- parties


def signature(ground: Ground) -> date | None:
    """The latest day on which the signature is foreseen in the démarche, or None."""
    steps = ground.calendar.steps if ground.calendar else ()
    days = [s.end or s.start for s in steps if fold(s.name).strip().startswith("signature")]
    return max((d for d in days if d is not None), default=None)


def beginning(ground: Ground) -> date | None:
    """The first day of the démarche, or None."""
    calendar = ground.calendar
    days = [p.start for p in calendar.phases] + [s.start for s in calendar.steps] if calendar else []
    return min((d for d in days if d is not None), default=None)


def first_day(ground: Ground, word: str) -> date | None:
    """The first day of the last step that has this word (folded) in its name, or None."""
    steps = ground.calendar.steps if ground.calendar else ()
    days = [s.start for s in steps if word in fold(s.name) and s.start is not None]
    return max(days, default=None)


def _parties(ground: Ground) -> Iterator[Problem]:
    signed = signature(ground)
    for line in ground.lines("parties", "parties"):
        dated = line["deliberation_date"]
        if dated is not None and dated > ground.as_of:
            expected = f"une date qui ne suit pas celle de l’étude ({day(ground.as_of)})"
            said = f"une délibération du {day(dated)}, après la date de l’étude"
            yield line.problem("deliberation_date", day(dated), expected, said=said)
        if dated is not None and signed is not None and dated > signed:
            expected = f"une délibération antérieure à la signature ({day(signed)} au plus tard)"
            said = (
                f"une délibération du {day(dated)}, après la signature prévue le {day(signed)} au plus tard"
            )
            yield line.problem("deliberation_date", day(dated), expected, said=said)
        begun = beginning(ground)
        if begun is not None and line["subject"] == "lancement":  # it may open a démarche planned after it
            begun -= BEFORE
        if dated is not None and begun is not None and dated < begun:
            expected = f"une date qui ne précède pas la démarche ({day(begun)})"
            said = f"une délibération du {day(dated)}, avant le début de la démarche"
            yield line.warning("deliberation_date", day(dated), expected, said=said)
        yield from _decided(line, ground)
        if line["type"] == "commune" and line["commune"] is None:
            expected = "la commune, puisque la partie en est une"
            yield line.warning("commune", "", expected, said="une commune dont le code n’est pas rempli")


def _decided(line: Line, ground: Ground) -> Iterator[Problem]:
    """What was decided: whether it is written whole, and whether it allows to sign."""
    dated, text, subject = line["deliberation_date"], line["deliberation"], line["subject"]
    if dated is None and text is None:
        if line["signs"] == "oui":
            found = f"aucune délibération ni décision de « {line['name'] or line['id']} », qui signe"
            yield line.warning("deliberation", found, "à compléter avant la signature")
        return
    if text is None:
        yield line.warning("deliberation", f"une date ({day(dated)}) sans référence", "à compléter")
    if dated is None:
        yield line.warning("deliberation_date", f"« {text} » sans date", "à compléter")
    if subject is None:
        found = f"« {text or day(dated)} » sans objet"
        yield line.warning(
            "subject", found, "à compléter : lancement de la démarche, ou approbation de la convention"
        )
    written = first_day(ground, "deliberation")
    if subject == "approbation" and dated is not None and written is not None and dated < written:
        expected = f"une approbation qui ne précède pas l’étape où l’on délibère ({day(written)})"
        said = f"une convention approuvée le {day(dated)}, avant l’étape où l’on délibère ({day(written)})"
        yield line.warning("deliberation_date", day(dated), expected, said=said)


# ------------------------------------------------------------------------------------------ SPPE missions


def _missions(ground: Ground) -> Iterator[Problem]:
    parties = {line["id"]: line for line in ground.lines("parties", "parties") if line["id"]}
    lines = ground.lines("parties", "competences")
    for mission in SPPE:
        held = [line for line in lines if line["competence"] == mission]
        if not held:
            yield Problem(
                ground.partnership.file("parties"),
                f"aucune ligne pour « {COMPETENCES[mission]} »",
                "à compléter : l’autorité organisatrice de cette mission",
                "Compétences",
                severity="warning",
            )
        for line in held:
            yield from _holder(line, parties)
        yield from _shared(ground, held, parties)


def _holder(line: Line, parties: dict[str, Line]) -> Iterator[Problem]:
    each = line["by_communes"] == "oui"
    if line["holder"] is None and not each:
        expected = "à compléter : un titulaire, ou « oui » dans « Exercée par les communes »"
        yield line.warning("holder", "", expected)
    elif line["holder"] is not None and each:
        yield line.problem(
            "by_communes",
            f"« oui », et le titulaire {line['holder']}",
            "l’un ou l’autre : un titulaire, ou « exercée par les communes »",
            said="dite à la fois exercée par les communes et par un autre titulaire",
        )
    party = parties.get(line["holder"] or "")
    if party is not None and party["type"] is not None and party["type"] not in ORGANISERS:
        yield line.warning(
            "holder",
            f"« {party['name']} » ({PARTY_TYPES[party['type']]})",
            "une commune, l’intercommunalité ou un syndicat : seuls ils sont autorités organisatrices "
            "(CASF, art. L.214-1-3)",
            said=f"confiée à « {party['name']} », qui ne peut pas être autorité organisatrice",
        )


def _covered(line: Line, parties: dict[str, Line], everywhere: frozenset[str]) -> frozenset[str]:
    """Communes for which a line names who is in charge."""
    if line["holder"] is None and line["by_communes"] != "oui":
        return frozenset()
    party = parties.get(line["holder"] or "")
    if party is not None and party["type"] == "commune" and party["commune"] and not line["communes"]:
        return frozenset({party["commune"]})
    return frozenset(line["communes"] or everywhere)


def _two_epci(one: Line, other: Line, parties: dict[str, Line]) -> bool:
    """Two EPCI that sign together, each for its own communes: none is in both."""
    holders = {line["holder"] for line in (one, other)}
    types = [parties[h]["type"] for h in holders if h in parties]
    return len(holders) == 2 and types == ["epci", "epci"] and not one["communes"] and not other["communes"]


def _shared(ground: Ground, held: list[Line], parties: dict[str, Line]) -> Iterator[Problem]:
    """Communes with two holders; communes with none where others have one."""
    names = ground.partnership.communes
    everywhere = frozenset(names)
    seen: dict[str, Line] = {}
    for line in held:
        mine = _covered(line, parties, everywhere)
        twice = sorted(c for c in mine & seen.keys() if not _two_epci(line, seen[c], parties))
        if twice:
            where = listed([names.get(code, code) for code in twice])
            yield line.problem(
                "communes",
                f"deux titulaires de « {COMPETENCES[line['competence']]} » "
                f"(ligne {seen[twice[0]].row} et celle-ci) pour : {where}",
                "une seule autorité organisatrice par commune ; préciser les communes de chacune",
                said=f"deux titulaires pour {where}",
            )
        seen |= {code: line for code in mine if code not in seen}
    left = sorted(everywhere - seen.keys())
    if seen and left:
        yield held[-1].warning(
            "communes",
            f"« {COMPETENCES[held[-1]['competence']]} » sans titulaire pour : "
            f"{listed([names[c] for c in left])}",
            "à compléter : l’autorité organisatrice de chaque commune",
        )


# ---------------------------------------------------------------------------------------------- contracts


def _contract(line: Line, ground: Ground) -> Iterator[Problem]:
    start, end = line["start"], line["end"]
    if start is not None and end is not None and end < start:
        found = f"{day(end)}, avant le début ({day(start)})"
        yield line.problem("end", found, "une fin après le début", said=f"une fin le {found}")
    elif end is not None and end < ground.as_of:
        yield line.warning(
            "end",
            f"« {line['name'] or line['id']} », terminé le {day(end)}",
            f"le contrat qui lui succède, ou une remarque : l’étude est datée du {day(ground.as_of)}",
            said=f"terminé le {day(end)}",
        )
