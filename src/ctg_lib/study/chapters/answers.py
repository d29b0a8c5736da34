"""What partners answered on a chapter's themes: a table, a few sentences, and what is still asked for.

A chapter names its themes (``subjects``) and what open data does not say (``silences``); what follows comes
from the answers, the catalogue and the follow-up of requests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from ctg_lib.display.prose import upper_first, when, year_of
from ctg_lib.display.table import Output, Table, prose
from ctg_lib.display.typography import counted, enumerate_fr, number
from ctg_lib.indicators import partenaires
from ctg_lib.indicators.labels import breakdown_label
from ctg_lib.indicators.registry import Definition, definition, iter_definitions
from ctg_lib.partnership.requests import asked_for, partners
from ctg_lib.study.extras import TO
from ctg_lib.study.using import aside
from ctg_lib.values import STATUS_LABELS, USABLE
from ctg_lib.workbooks.moments import day_in_words

if TYPE_CHECKING:
    from ctg_lib.study.core import Study

Told = Table | Output | None
"""What is shown only where there is something to say (a partner answered); otherwise nothing."""
MASKED = ("secret", "below_threshold")
"""Statuses of a figure that was given, and that is too small to be shown."""
MOST_SENTENCES = 3
_PARTNER = {
    "caf": "la Caf", "msa": "la MSA", "departement": "le Département", "mdph": "la MDPH", "dsden": "la DSDEN",
    "sdjes": "le SDJES", "mission_locale": "la mission locale", "france_travail": "France Travail",
    "epci": "l’intercommunalité", "operateurs": "les gestionnaires",
}  # fmt: skip


@dataclass(frozen=True)
class Silence:
    """Something that open data does not say.

    Attributes:
        what: the beginning of the line, without its colon.
        indicators: those that say it; the line is left out as soon as one has a value, or a masked one. None:
            no request asks for it, and the line always stands.
        whom: partners to be asked (keys of ``TO``); by default those whom the catalogue's rows of the
            indicators are asked of.
        also: others to be asked, after the partners (« , et au relais petite enfance »).
        cell: « offre.services.opens »: column of a workbook that says it too.
    """

    what: str
    indicators: tuple[str, ...] = ()
    whom: tuple[str, ...] = ()
    also: str = ""
    cell: str = ""


@dataclass(frozen=True)
class Said:
    """An answer in a sentence: by the number, ``{n}`` of ``{of}`` (with its noun) or ``{rate}``.

    Attributes:
        zero, one, many: the sentence without its full stop, for no case, one, several.
        masked: the same where the number is too small to be shown.
        noun: what ``{of}`` counts, singular and plural; empty where the answer has one number only.
    """

    zero: str
    one: str
    many: str
    masked: str
    noun: tuple[str, str] = ("", "")


_AT_WORK = ("assistante maternelle en activité", "assistantes maternelles en activité")
SENTENCES: dict[tuple[str, str], Said] = {
    ("part_assistantes_maternelles_55_plus", ""): Said(
        "Sur {of}, aucune n’a 55 ans ou plus", "Sur {of}, **une seule a 55 ans ou plus**",
        "Sur {of}, **{n} ont 55 ans ou plus**",
        "Le nombre d’assistantes maternelles de 55 ans et plus est trop petit pour être montré", _AT_WORK,
    ),
    ("part_demandes_sans_proposition", ""): Said(
        "Sur {of}, aucun n’est resté sans proposition", "Sur {of}, **un seul est resté sans proposition**",
        "Sur {of}, **{n} sont restés sans proposition**",
        "Le nombre d’enfants restés sans proposition d’accueil est trop petit pour être montré",
        ("enfant dont la famille a demandé un accueil", "enfants dont la famille a demandé un accueil"),
    ),
    ("taux_occupation_eaje", ""): Said(
        "Les établissements d’accueil du jeune enfant n’ont accueilli aucun enfant, sur {of}",
        "Les établissements d’accueil du jeune enfant ont été occupés une heure sur {of}",
        "Les établissements d’accueil du jeune enfant ont été occupés **{rate} % des heures** qu’ils pouvaient offrir "
        "({n} sur {of})",
        "L’occupation des établissements d’accueil du jeune enfant ne peut être montrée", ("heure", "heures"),
    ),
    ("ressortissants_msa", ""): Said(
        "La MSA ne compte aucun ressortissant dans le territoire", "La MSA compte un ressortissant dans le territoire",
        "La MSA compte **{n} ressortissants** dans le territoire",
        "Le nombre de ressortissants de la MSA est trop petit pour être montré",
    ),
    ("part_allocataires_dependants", "dependance=50"): Said(
        "Sur {of}, aucun ne tire la moitié de ses ressources des prestations",
        "Sur {of}, **un seul tire au moins la moitié de ses ressources des prestations**",
        "Sur {of}, **{n} tirent au moins la moitié de leurs ressources des prestations**",
        "Le nombre d’allocataires dépendants des prestations est trop petit pour être montré",
        ("allocataire de référence de la Caf", "allocataires de référence de la Caf"),
    ),
    ("accompagnements_droits", "lieu=france_services"): Said(
        "France services n’a traité aucune demande", "France services a traité une demande",
        "France services a traité **{n} demandes**",
        "Le nombre de demandes traitées en France services est trop petit pour être montré",
    ),
    ("accompagnements_droits", "lieu=numerique"): Said(
        "Personne n’a été accompagné au numérique", "Une personne a été accompagnée au numérique",
        "**{n} personnes** ont été accompagnées au numérique",
        "Le nombre de personnes accompagnées au numérique est trop petit pour être montré",
    ),
    ("part_femmes_demandeurs_emploi", ""): Said(
        "Sur {of}, aucun n’est une femme", "Sur {of}, une seule personne est une femme",
        "Sur {of}, **{n} sont des femmes**",
        "Le nombre de femmes parmi les demandeurs d’emploi est trop petit pour être montré",
        ("demandeur d’emploi", "demandeurs d’emploi"),
    ),
}  # fmt: skip
"""Answers that have a sentence, in the order in which they matter."""


# ------------------------------------------------------------------------------------ what was answered


def given_rows(
    study: Study, themes: Iterable[str], also: Collection[tuple[str, str]] = (), without: Collection[str] = ()
) -> pd.DataFrame:
    """The latest figure of each indicator that partners alone know, of these themes, shown or masked.

    Args:
        themes: keys of :data:`ctg_lib.indicators.registry.THEMES`.
        also: (indicator, breakdown) of other themes.
        without: indicators that the chapter shows elsewhere.

    Returns:
        Frame with ``RESULT_COLUMNS``, in the registry's order; empty where no partner answered.
    """
    wanted = set(themes)
    ids = [
        rule.id
        for rule in iter_definitions()
        if rule.theme in wanted and rule.compute.__module__ == partenaires.__name__ and rule.id not in without
    ]
    others = [indicator for indicator, _ in also if indicator not in ids]
    ids = list(dict.fromkeys([*ids, *others]))
    rows = study.table(ids, [study.place])
    pairs = zip(rows["indicator"], rows["breakdown"], strict=True)
    chosen = [indicator not in others or (indicator, breakdown) in also for indicator, breakdown in pairs]
    rows = rows[_said(rows) & pd.Series(chosen, index=rows.index, dtype=bool)]
    rows = rows.sort_values("period", kind="stable")
    rows = rows.drop_duplicates(["indicator", "breakdown"], keep="last")
    rank = {indicator: i for i, indicator in enumerate(ids)}
    rows = rows.assign(rank=rows["indicator"].map(rank)).sort_values(["rank", "breakdown"], kind="stable")
    return rows.drop(columns="rank").reset_index(drop=True)


def _said(rows: pd.DataFrame) -> pd.Series:
    """Which rows hold a number, or one that was given and is masked."""
    return (rows["status"].isin(USABLE) & rows["value"].notna()) | rows["status"].isin(MASKED)


def answered(study: Study, indicators: Iterable[str]) -> bool:
    """Whether one of these indicators has a value of the territory, shown or masked."""
    with aside(study):
        rows = study.table(list(indicators), [study.place])
    return bool(_said(rows).any())


def givers(study: Study, rows: pd.DataFrame) -> list[str]:
    """Partners behind these rows (keys), in the order of the answers."""
    used = {part for cell in rows["sources"] for part in str(cell).split("+")}
    received = study.answers.received
    return list(dict.fromkeys(received.loc[received["source"].isin(used), "partner"]))


# ----------------------------------------------------------------------------------- table and sentences


def answers_table(study: Study, rows: pd.DataFrame, id: str) -> Table | None:
    """Indicator, value, period, who says it, status; None without an answer."""
    if rows.empty:
        return None
    lines = [
        {
            "indicateur": _name(definition(str(row["indicator"])), str(row["breakdown"])),
            "valeur": _shown(row), "periode": year_of(str(row["period"])),
            "qui": _who(study, rows.iloc[[at]]), "statut": STATUS_LABELS[str(row["status"])],
        }
        for at, (_, row) in enumerate(rows.iterrows())
    ]  # fmt: skip
    hidden = int(rows["status"].isin(MASKED).sum())
    notes = [partenaires.ON_REQUEST]
    if hidden:
        notes.append("Masqué : le partenaire a répondu, mais le nombre est trop petit pour être montré.")
    return Table(
        pd.DataFrame(lines), id=id, caption="Ce que les partenaires disent", source=study.source_line(rows),
        columns={"indicateur": "Indicateur", "valeur": "Valeur", "periode": "Période", "qui": "Qui le dit",
                 "statut": "Statut"},
        notes=notes,
    )  # fmt: skip


def answers_text(study: Study, rows: pd.DataFrame) -> Output | None:
    """Who answered, how many figures, what they say in a few sentences; None without an answer."""
    if rows.empty:
        return None
    who = [_PARTNER[p] for p in givers(study, rows)] or ["un partenaire"]
    have = "ont" if len(who) > 1 or who[0].startswith("les ") else "a"
    said = (
        f"**{upper_first(enumerate_fr(who))} {have} répondu** : {counted(len(rows), 'chiffre')} sur ce thème"
    )
    hidden = int(rows["status"].isin(MASKED).sum())
    small = counted(hidden, "masqué, trop petit pour être montré", "masqués, trop petits pour être montrés")
    said += f", dont {small}." if hidden else "."
    sentences = [s for key in SENTENCES if (s := sentence(rows, *key))][:MOST_SENTENCES]
    return prose("## Ce que les partenaires disent\n\n" + " ".join([said, *sentences]))


def sentence(rows: pd.DataFrame, indicator: str, breakdown: str = "") -> str:
    """What an answer says, in a sentence; empty where it was not given, or rests on nobody."""
    found = rows[rows["indicator"].eq(indicator) & rows["breakdown"].eq(breakdown)]
    if found.empty:
        return ""
    row, words = found.iloc[-1], SENTENCES[indicator, breakdown]
    date = upper_first(when(str(row["period"])))
    if row["status"] in MASKED:
        return f"{date}, {_lower(words.masked)}."
    count = row["numerator"] if words.noun[0] else row["value"]
    if pd.isna(count) or (words.noun[0] and not row["denominator"] > 0):
        return ""
    text = words.zero if count == 0 else words.one if count == 1 else words.many
    of = counted(float(row["denominator"]), *words.noun) if words.noun[0] else ""
    said = text.format(n=number(float(count)), of=of, rate=number(float(row["value"])))
    return f"{date}, {_lower(said)}."


def _lower(text: str) -> str:
    """The first letter in lower case, but that of a name."""
    return text if text.startswith("France ") else text[:1].lower() + text[1:]


def _name(rule: Definition, breakdown: str) -> str:
    """« Part des assistantes maternelles de 55 ans et plus, sur 100 en activité »."""
    unit = "" if rule.unit in rule.label or " ou " in rule.unit else rule.unit
    more = breakdown_label(breakdown) or unit
    return upper_first(rule.label) + (f", {more}" if more else "")


def _shown(row: pd.Series) -> str:
    """« 44 (7 sur 16) », « 1 240 », « masqué »."""
    if row["status"] in MASKED:
        return "masqué"
    rule = definition(str(row["indicator"]))
    text = number(row["value"], rule.decimals, "%" if rule.unit == "%" else "")
    if rule.multiplier != 100 or pd.isna(row["numerator"]) or pd.isna(row["denominator"]):
        return text
    return f"{text} ({_plain(row['numerator'])} sur {_plain(row['denominator'])})"


def _plain(count: float) -> str:
    return number(count, 0 if float(count).is_integer() else 1)


def _who(study: Study, row: pd.DataFrame) -> str:
    names = [partners()[p].short for p in givers(study, row)]
    return enumerate_fr(names) or study.source_line(row, brief=True)


# ------------------------------------------------------------------------------------ what is still asked


def silence_lines(study: Study, silences: Sequence[Silence]) -> list[str]:
    """A line for each thing that nobody has said yet: of whom it is asked, and since when."""
    there = [s for s in silences if study.has_msa or _whom(s) != ("msa",)]
    return [f"{s.what} : {_asked(study, s)}{s.also}." for s in there if not _known(study, s)]


def _whom(silence: Silence) -> tuple[str, ...]:
    return silence.whom or _asked_partners(silence.indicators) or ("epci",)


def _known(study: Study, silence: Silence) -> bool:
    if silence.indicators and answered(study, silence.indicators):
        return True
    if not silence.cell:
        return False
    book, sheet, column = silence.cell.split(".")
    return bool(study.partnership.table(book, sheet)[column].notna().any())


def _asked(study: Study, silence: Silence) -> str:
    """« demandé à la Caf le 28 septembre 2026 ; à demander à la MSA »; what no request asks is to be asked."""
    whom = [partner for partner in _whom(silence) if study.has_msa or partner != "msa"]
    days: dict[str, list[str]] = {}
    for partner in whom:
        sent = study.answers.follow_up.sent(partner) if silence.indicators else None
        days.setdefault("" if sent is None else day_in_words(sent.date()), []).append(partner)
    received = set(study.answers.received["partner"])
    said = []
    for day, some in sorted(days.items(), key=lambda item: item[0] == ""):
        to = enumerate_fr([TO[p] for p in some])
        late = [_PARTNER[p] for p in some if day and p in received]
        without = f" (réponse reçue sans ce chiffre : {enumerate_fr(late)})" if late else ""
        said.append(f"demandé {to} le {day}{without}" if day else f"à demander {to}")
    return " ; ".join(said)


def _asked_partners(indicators: Iterable[str]) -> tuple[str, ...]:
    """Partners asked for the catalogue's rows that these indicators answer."""
    rows = [row for i in indicators for row in definition(i).row.split()]
    return tuple(dict.fromkeys(p.id for row in rows for p in asked_for(row)))
