"""What ``ctg indicators`` says of an indicator and of a study's coverage, in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from ctg_lib.indicators.registry import Definition
    from ctg_lib.project import Project
    from ctg_lib.study import Study


def definition_lines(rule: Definition) -> list[str]:
    """An indicator's registration in words."""
    from ctg_lib.build.export import meaningful_text
    from ctg_lib.indicators.catalogue import rows_of
    from ctg_lib.indicators.registry import THEMES
    from ctg_lib.study.chapters.indicateurs import AGGREGATIONS
    from ctg_lib.values import LEVEL_LABELS

    better = {"higher": "plus haut", "lower": "plus bas", None: "ni l’un ni l’autre"}
    annex = " — annexe : trompeur dans un petit territoire" if rule.annex else ""
    lines = [
        f"{rule.id} — {rule.label}",
        f"Thème : {THEMES[rule.theme]}{annex}",
        *(f"Catalogue : {row.id} — {row.label} ({row.source})" for row in rows_of(rule)),
        f"Unité : {rule.unit}",
        f"Définition : {rule.definition}",
        f"Pour un territoire plus large : {AGGREGATIONS[rule.aggregation]}",
        f"Niveau le plus fin : {LEVEL_LABELS[rule.finest_level]}",
        f"Plus petit écart qui compte : {meaningful_text(rule)}",
        f"Favorable : {better[rule.better]}",
    ]
    if rule.min_base:
        lines.append(f"Pas de taux sous une base de {rule.min_base:g}")
    if rule.min_count:
        lines.append(f"Pas de valeur sous un effectif de {rule.min_count:g}")
    if rule.sensitive:
        lines.append("Donnée sensible : seuil de publication relevé")
    if rule.sampled:
        lines.append("Issu d’un sondage (exploitation complémentaire) : un intervalle accompagne la valeur")
    if rule.breaks:
        lines.append(f"Rupture de série : {', '.join(rule.breaks)} (ne se compare pas aux années d’avant)")
    if rule.leave_one_out:
        lines.append("Donné aussi sans la commune qui le déforme, s’il y en a une")
    if rule.caution:
        lines.append(f"Prudence : {rule.caution}")
    return lines + [f"Référence : {reference}" for reference in rule.references]


def known_lines(rule: Definition, project: Project) -> list[str]:
    """At which levels, for which periods and how many territories the indicator is known."""
    from ctg_lib.display.typography import counted
    from ctg_lib.indicators import national
    from ctg_lib.study.extras import known_matrix
    from ctg_lib.values import LEVEL_LABELS

    if not (project.processed / national.FILE).is_file():
        return ["Données pas encore construites : ctg data build."]
    rows = national.read_table(project.processed, ids=[rule.id])
    rows = rows[rows["value"].notna() | rows["lower"].notna()]
    matrix = known_matrix(rows)
    if matrix.empty:
        return ["Aucune valeur dans les données réunies."]
    lines = ["Connu pour :"]
    for level in matrix.columns:
        here = matrix.index[matrix[level].gt(0)]
        places = counted(rows.loc[rows["level"].eq(level), "code"].nunique(), "territoire")
        span = ", ".join(here) if len(here) <= 6 else f"{here[0]} … {here[-1]}"
        lines.append(f"  {LEVEL_LABELS[level]} : {places}, {span}")
    names = [LEVEL_LABELS[level] for level in matrix.columns]
    widths = [max(len(name), 6) for name in names]
    first = max(len("Période"), *(len(str(period)) for period in matrix.index))
    lines += ["", "Nombre de territoires connus :"]
    heads = [f"{name:>{width}}" for name, width in zip(names, widths, strict=True)]
    lines.append("  ".join([f"  {'Période':<{first}}", *heads]))
    for period, counts in matrix.iterrows():
        cells = [f"{int(n):>{w}}" if n else f"{'—':>{w}}" for n, w in zip(counts, widths, strict=True)]
        lines.append("  ".join([f"  {period:<{first}}", *cells]))
    return lines


def value_lines(rule: Definition, study: Study) -> list[str]:
    """An indicator's latest value for the study's territory and those it is compared with."""
    compared = study.compare(rule.id)
    lines = [f"{study.territory.name} : {_value_text(compared.value, rule.unit)}"]
    source = study.source_line(compared.value)
    if source:
        lines.append(f"  Source : {source}")
    from ctg_lib.study.core import as_value

    for _, row in compared.references.iterrows():
        lines.append(f"{row['name']} : {_value_text(as_value(row, rule), rule.unit)}")
    if not compared.value.is_number and not compared.value.is_range:
        rows = study.table(rule.id, [study.place])
        details = rows.loc[rows["value"].notna(), "breakdown"].nunique()
        if details:
            lines.append(f"  {details} valeurs détaillées : ctg indicators export {study.id}")
    return lines


def _value_text(value: Any, unit: str) -> str:
    from ctg_lib.display.prose import year_of
    from ctg_lib.display.typography import value_text

    known = value.is_number or value.is_range
    text = value_text(value, with_unit=False) + (f" {unit}" if known else "")
    return f"{text} ({year_of(value.period)})" if known and value.period else text


def coverage_lines(frame: pd.DataFrame, place: str) -> list[str]:
    """A study's coverage: totals, then one line per row, with where it is known or why it is not."""
    from ctg_lib.indicators.coverage import summary
    from ctg_lib.indicators.registry import THEMES

    lines = [*summary(frame, place), ""]
    marks = {"territoire": "T", "departement": "D", "region": "R", "france": "F"}
    lines.append("T territoire, D département, R région, F France ; t : en partie seulement")
    for theme, rows in frame.groupby("theme", sort=False):
        lines += ["", THEMES[str(theme)]]
        for _, row in rows.iterrows():
            known = "".join(mark if row[column] else "·" for column, mark in marks.items())
            known = known.replace("·", "t", 1) if row["inside"] or row["near"] else known
            lines.append(f"  {row['row']}  {known}  {row['label']}{' — annexe' if row['annex'] else ''}")
            if row["reason"]:
                lines.append(f"             {row['reason']}")
    return lines
