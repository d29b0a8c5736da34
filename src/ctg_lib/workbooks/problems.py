"""What is wrong in a file that someone filled, said so that the same person can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """One thing to mend or to look at.

    Attributes:
        file: name of the file, as the user sees it (« offre.xlsx », « study.yml »).
        found: what stands there, in words; empty when something is absent.
        expected: what should stand there, in words.
        sheet, row, column: where, as the spreadsheet shows them; empty or None where it does not apply.
        severity: ``error`` where the value cannot be used as it is; ``warning`` where it is used, and may
            be wrong.
        about, said: the same for readers of the report, who have not the file before them: what the line is
            about (« Crèche Exemple, 2025 ») and what is wrong with it, with no count of people that could be
            small; empty where it has no such words.
    """

    file: str
    found: str
    expected: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    severity: Severity = "error"
    about: str = ""
    said: str = ""

    @property
    def where(self) -> str:
        """« offre.xlsx, feuille « Services », ligne 7, colonne « Commune » »."""
        parts = [self.file]
        parts += [f"feuille « {self.sheet} »"] if self.sheet else []
        parts += [f"ligne {self.row}"] if self.row is not None else []
        parts += [f"colonne « {self.column} »"] if self.column else []
        return ", ".join(parts)

    def __str__(self) -> str:
        found = f"trouvé « {self.found} »" if self.found else "rien trouvé"
        return f"{self.where} : {found}, attendu {self.expected}"


def ordered(problems: list[Problem]) -> list[Problem]:
    """By file, sheet, row and column; errors before warnings at the same place."""
    return sorted(
        dict.fromkeys(problems),
        key=lambda p: (p.file, p.sheet, p.row if p.row is not None else -1, p.column, p.severity != "error"),
    )
