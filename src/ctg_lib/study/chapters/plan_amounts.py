"""Amounts of the action plan that change with the year: value, dates, source, and what rests on them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ctg_lib.agreement.amounts import Used, used, years_in_words
from ctg_lib.display.gantt import day_in_words
from ctg_lib.display.prose import upper_first
from ctg_lib.display.table import Table
from ctg_lib.display.typography import counted
from ctg_lib.study.amount_words import period_in_words, value_in_words
from ctg_lib.study.chapters.answers import Told
from ctg_lib.study.chapters.folder_base import NONE
from ctg_lib.study.chapters.plan_base import PlanChapter


class PlanAmounts(PlanChapter):
    """Dated amounts."""

    @property
    def amounts(self) -> tuple[Used, ...]:
        """Every value of « Montants », with the actions of the plan that use it."""
        return used(self.agreement, [action.id for action in self.plan.actions])

    def montants(self) -> Told:
        """Dated amounts: value, period, source, actions and years that rest on them; None without any."""
        rows = [self._amount(each) for each in self.amounts]
        if not rows or not self.plan.actions:
            return None
        return Table(
            pd.DataFrame(rows), id="tbl-montants-plan", source=self.agreed_source("plan"),
            caption=f"{upper_first(counted(len(rows), 'montant'))} qui change{'' if len(rows) < 2 else 'nt'} avec l’année, et ce qui en dépend",
            columns={"amount": "Montant", "value": "Valeur", "when": "En vigueur", "source": "Source", "used": "Employé par", "beyond": "Dernier connu repris en"},
            notes=["Une ligne de budget qui nomme un montant vaut sa quantité multipliée par la valeur de l’année ; quand celle de l’année n’est "
                   "pas connue, la dernière connue est reprise. Un montant tapé à la main ne bouge pas avec le barème."],
        )  # fmt: skip

    @staticmethod
    def _amount(each: Used) -> dict[str, Any]:
        rate = each.rate
        return {
            "amount": f"{rate.id} — {rate.name}", "value": value_in_words(each), "when": period_in_words(each),
            "source": rate.source or NONE, "used": ", ".join(each.actions) or "aucune ligne du budget",
            "beyond": years_in_words(each.beyond) or NONE,
        }  # fmt: skip

    def amount_notes(self) -> list[str]:
        """Under the budget: amounts of which the last value known is taken on, for which years and actions."""
        return [
            f"« {each.rate.name} » n’est connu que jusqu’au {day_in_words(each.rate.end)} : pour {years_in_words(each.beyond)}, le plan reprend "
            f"cette valeur ({', '.join(each.actions)})."
            for each in self.amounts
            if each.beyond and each.rate.end
        ]  # fmt: skip
