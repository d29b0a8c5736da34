"""A tiny made-up survey: a questionnaire with each kind of question, answers drawn with a seed."""

from __future__ import annotations

import numpy as np

from ctg_lib.consultation.answers import Answers, table_of
from ctg_lib.consultation.questionnaire import Condition, Option, Question, Questionnaire, Section
from ctg_lib.consultation.weights import Margin


def options(*codes: str) -> tuple[Option, ...]:
    return tuple(Option(code, code.capitalize()) for code in codes)


QUESTIONS = (
    Question("residence", "Résidence ?", "single", options("annee", "secondaire", "non")),
    Question("secteur", "Secteur ?", "single", options("nord", "sud", "est"), role="secteur"),
    Question("age", "Âge ?", "scale", options("jeune", "moyen", "vieux"), role="age"),
    Question("menage", "Foyer ?", "single", options("couple", "mono"), role="menage", unit="menage"),
    Question("adultes", "Combien d’adultes ?", "integer", low=1, high=9, unit="menage"),
    Question("militaire", "Militaire ?", "single", options("oui", "non"), unit="menage"),
    Question("avis", "Avis ?", "scale", options("bon", "moyen", "mauvais")),
    Question(
        "raison", "Raison ?", "single", options("prix", "temps"), when=(Condition("avis", ("mauvais",)),)
    ),
    Question("modes", "Modes ?", "multiple", options("creche", "nounou", "aucun")),
    Question("priorites", "Priorités ?", "ranking", options("a", "b", "c", "d"), most=3),
    Question("grille", "Grille ?", "grid", options("oui", "non"), items=options("un", "deux")),
    Question("sante", "Santé ?", "single", options("oui", "non"), sensitive=True),
    Question("mot", "Un mot ?", "text"),
)


def questionnaire(unit: str = "menage", questions=QUESTIONS) -> Questionnaire:
    return Questionnaire("essai", "Essai", "tous", unit, 1, (Section("s", "S", tuple(questions)),))


def answers(n: int = 200, seed: int = 0, unit: str = "menage") -> Answers:
    """More « nord », « moyen » than in :data:`MARGINS`; one in ten has a second home."""
    r = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        order = r.permutation(4)
        view = str(r.choice(["bon", "moyen", "mauvais"])) if r.random() < 0.95 else None
        rows.append(
            {
                "respondent": i + 1,
                "residence": str(r.choice(["annee", "secondaire"], p=[0.9, 0.1])),
                "secteur": str(r.choice(["nord", "sud", "est"], p=[0.6, 0.3, 0.1])),
                "age": str(r.choice(["jeune", "moyen", "vieux"], p=[0.2, 0.5, 0.3])),
                "menage": str(r.choice(["couple", "mono"], p=[0.8, 0.2])),
                "adultes": int(r.integers(1, 4)),
                "militaire": str(r.choice(["oui", "non"], p=[0.2, 0.8])),
                "avis": view,
                "raison": str(r.choice(["prix", "temps"])) if view == "mauvais" else None,
                "modes__creche": bool(r.random() < 0.3),
                "modes__nounou": bool(r.random() < 0.4),
                "modes__aucun": bool(r.random() < 0.1),
                **{
                    f"priorites__{c}": int(order[j]) + 1 if order[j] < 3 else None
                    for j, c in enumerate("abcd")
                },
                "grille__un": str(r.choice(["oui", "non"])),
                "grille__deux": str(r.choice(["oui", "non"])) if r.random() < 0.9 else None,
                "sante": str(r.choice(["oui", "non"], p=[0.05, 0.95])),
                "mot": "zzz",
            }
        )
    asked = questionnaire(unit)
    return Answers(asked, table_of(asked, rows), received=n, files=("essai.csv",))


def of_codes(counts: dict[tuple[str, str], int], unit: str = "menage") -> Answers:
    """Answers with these numbers of (secteur, avis), nothing else; « ? » is no answer."""
    asked = questionnaire(unit)
    rows = []
    for (secteur, view), n in counts.items():
        rows += [{"secteur": None if secteur == "?" else secteur, "avis": None if view == "?" else view}] * n
    rows = [{**row, "respondent": i + 1, "residence": "annee"} for i, row in enumerate(rows)]
    return Answers(asked, table_of(asked, rows), received=len(rows), files=("essai.csv",))


def margins(unit: str = "menage") -> list[Margin]:
    return [
        Margin("secteur", unit, "secteur d’habitation", {"nord": 400, "sud": 400, "est": 200}),
        Margin("age", unit, "âge", {"jeune": 300, "moyen": 400, "vieux": 300}),
        Margin("menage", unit, "type de foyer", {"couple": 850, "mono": 150}),
    ]
