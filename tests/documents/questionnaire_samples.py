"""A small questionnaire with every kind of question, and labels that try to be code."""

from datetime import date

from ctg_lib.consultation.questionnaire import Condition, Option, Question, Questionnaire, Section
from ctg_lib.documents.consultation.around import Around

YES_NO = (Option("oui", "Oui"), Option("non", "Non"))
FORMULA = '=HYPERLINK("http://exemple.example";"clic")'
SCRIPT = "<script>alert('x')</script> & {SAVEDID} ${version}"

SAMPLE = Questionnaire(
    id="essai",
    title="Votre vie de famille",
    audience="les parents",
    unit="menage",
    version=3,
    minutes=5,
    intro="Bonjour, merci de votre aide.",
    closing="Merci !",
    sections=(
        Section(
            "foyer",
            "Votre foyer",
            (
                Question("enfants", "Combien d’enfants vivent chez vous ?", "integer", low=0, high=12),
                Question(
                    "militaire",
                    "Un membre du foyer est-il militaire ?",
                    "single",
                    YES_NO,
                    required=True,
                ),
                Question(
                    "canal",
                    "Comment avez-vous su ?",
                    "single",
                    (Option("mairie", "La mairie"), Option("autre", "Autre", free=True)),
                    role="canal",
                ),
            ),
            intro="Quelques questions sur vous.",
        ),
        Section(
            "accueil",
            "L’accueil",
            (
                Question(
                    "modes",
                    "Quels modes d’accueil utilisez-vous ?",
                    "multiple",
                    (
                        Option("creche", "Crèche"),
                        Option("assmat", "Assistante maternelle"),
                        Option("autre", "Autre mode", free=True),
                        Option("aucun", "Aucun", exclusive=True),
                    ),
                    most=2,
                    help="Sur les douze derniers mois.",
                    when=(Condition("militaire", ("oui", "non")),),
                ),
                Question(
                    "avis",
                    "Êtes-vous satisfait ?",
                    "grid",
                    (Option("oui", "Oui"), Option("plutot", "Plutôt"), Option("non", "Non")),
                    (Option("horaires", "des horaires"), Option("prix", "du prix")),
                    when=(Condition("modes", ("creche", "assmat")),),
                ),
                Question(
                    "confort",
                    "Le numérique est pour vous",
                    "scale",
                    (Option("facile", "facile"), Option("difficile", "difficile")),
                ),
                Question(
                    "priorites",
                    "Que faut-il faire d’abord ?",
                    "ranking",
                    (Option("bus", "Des bus"), Option("garde", "De la garde"), Option("sport", "Du sport")),
                    most=2,
                    role="priorites",
                ),
                Question(
                    "rangs",
                    "Classez ces lieux",
                    "ranking",
                    (Option("bourg", "Le bourg"), Option("ville", "La ville")),
                ),
            ),
        ),
        Section(
            "fin",
            "Pour finir",
            (
                Question("piege", FORMULA, "single", (Option("a", SCRIPT), Option("b", "-1+1"))),
                Question("libre", SCRIPT, "text"),
            ),
        ),
    ),
)

AROUND = Around(
    study="241200906",
    place="Larzac et Vallées",
    moment=date(2026, 11, 1),
    notice=(
        "**Qui vous interroge.** La communauté de communes.",
        "**Vos droits.** Vous pouvez faire effacer vos réponses avec le code.",
    ),
    contact="le service Enfance",
)
