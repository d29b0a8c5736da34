"""Every message of the checks, where it stands, and the limit at which it appears."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.partnership.books import BOOKS
from ctg_lib.partnership.books.financement import PAYERS
from ctg_lib.partnership.checks import check
from ctg_lib.partnership.checks.ground import day, euros, listed, number
from ctg_lib.workbooks.people import personal

SERVICE = {
    "id": "S01", "name": "Crèche Exemple Bleue", "type": "eaje", "state": "confirme", "commune": "90001",
    "places": 22.0, "places_open": 20.0, "days": ("lun", "mar", "mer", "jeu", "ven"), "opens": 450.0,
    "closes": 1110.0, "weeks": 47.0, "year": 2025.0, "hours_done": 38200.0, "hours_billed": 41000.0,
    "occupancy": 67.0, "users": 41.0, "licence_date": date(2023, 9, 1), "agreement_end": date(2027, 12, 31),
    "age_min": 0.0, "age_max": 5.0, "price_min": 0.25, "price_max": 3.2, "price_unit": "heure", "waiting": 9.0,
    "waiting_date": date(2026, 1, 15),
}  # fmt: skip
MONEY = {
    "service": "S01", "year": 2025.0, "nature": "realise", "offer": "maintenue", "cost": 412000.0,
    **dict.fromkeys(PAYERS, 0.0), "caf_ps": 190000.0, "caf_bonus": 42000.0, "epci": 98000.0, "families": 74000.0,
    "msa": 8000.0, "total": 412000.0, "hours": 41000.0, "places": 22.0,
}  # fmt: skip
PARTY = {
    "id": "P01", "name": "Communauté Exemple", "type": "epci", "signs": "oui", "deliberation": "n° 2026-41",
    "deliberation_date": date(2026, 3, 12), "subject": "approbation",
}  # fmt: skip
MISSIONS = [
    {"competence": f"sppe_{name}", "holder": "P01"}
    for name in ("recenser", "informer", "planifier", "qualite")
]
DOCUMENT = {"id": "D01", "title": "Rapport", "author": "Association Exemple-Un", "date": date(2026, 2, 1),
            "nature": "rapport", "read_on": date(2026, 3, 20)}  # fmt: skip
CONTRACT = {"id": "C01", "type": "sdsf", "name": "SDSF", "start": date(2022, 1, 1), "end": date(2027, 12, 31)}
ACTION = {"id": "B01", "contract": "CTG 2021-2025", "name": "Ouvrir plus tard", "theme": "petite_enfance",
          "state": "realisee"}  # fmt: skip
WHOLE = {
    "offre.services": [SERVICE],
    "offre.origins": [{"service": "S01", "commune": "90001", "users": 30.0, "year": 2025.0},
                      {"service": "S01", "outside": "oui", "users": 11.0, "year": 2025.0}],
    "financement.money": [MONEY], "parties.parties": [PARTY], "parties.competences": MISSIONS,
    "documents.documents": [DOCUMENT], "contrats.contracts": [CONTRACT], "bilan.actions": [ACTION],
}  # fmt: skip


def one(problems, column="", file=""):
    """The only problem (of that column)."""
    found = [
        p for p in problems if (not column or p.column == column) and (not file or p.file.startswith(file))
    ]
    assert len(found) == 1, "\n".join(map(str, problems))
    return found[0]


def test_a_whole_study_says_nothing(checked):
    assert checked(WHOLE) == []


def test_nothing_filled_says_nothing(checked):
    assert checked({}) == []


# ------------------------------------------------------------------------------------------- references


def test_an_unknown_id_names_the_nearest(checked):
    problem = one(checked(WHOLE | {"financement.money": [MONEY | {"service": "S10"}]}))
    assert (problem.file, problem.sheet, problem.row, problem.column) == (
        "financement.xlsx", "Financement", 7, "Service",
    )  # fmt: skip
    assert problem.found == "S10"
    assert problem.expected == "un identifiant de offre.xlsx, feuille « Services » ; le plus proche : S01"
    assert problem.severity == "error"


def test_an_id_written_in_another_case_is_told_with_the_right_one(checked):
    problem = one(checked(WHOLE | {"bilan.actions": [ACTION | {"documents": ("d01",)}]}))
    assert problem.column == "Documents" and problem.expected.endswith("le plus proche : D01")


def test_ids_of_a_workbook_that_is_not_filled_are_told_once(checked):
    lines = [MONEY | {"service": f"S{i}"} for i in range(9)]
    problem = one(checked({"financement.money": lines}))
    assert problem.found == "S0, S1, S2, S3, S4, S5… (9 en tout)"
    assert "rien n’est rempli" in problem.expected


@pytest.mark.parametrize(
    ("book", "sheet", "field"),
    [
        (book.id, sheet.name, f)
        for book in BOOKS.values()
        for sheet in book.sheets
        for f in sheet.fields
        if f.refers_to
    ],
    ids=lambda x: x if isinstance(x, str) else x.name,
)
def test_every_reference_field_is_checked(checked, book, sheet, field):
    value = ("ZZ9",) if field.kind == "references" else "ZZ9"
    lines = [*WHOLE.get(f"{book}.{sheet}", []), {"id": "N1", field.name: value}]
    lines = [
        {k: v for k, v in line.items() if k in {f.name for f in BOOKS[book][sheet].fields}} for line in lines
    ]
    found = checked(WHOLE | {f"{book}.{sheet}": lines})
    assert any(p.found == "ZZ9" and p.column == field.label and p.row == 6 + len(lines) for p in found)


def test_a_step_cites_an_unknown_document(checked):
    demarche = {
        "etapes": [{"id": "E01", "nom": "Séminaire", "date": "2026-02-15", "etat": "fait", "document": "D1"}]
    }
    problem = one(checked(WHOLE, demarche=demarche))
    assert problem.file == "study.yml, demarche, étape « E01 », document"
    assert problem.found == "D1" and problem.expected.endswith("le plus proche : D01")


# --------------------------------------------------------------------------------------------- services


def service(checked, **changes):
    lines = [{**SERVICE, **changes}]
    others = {k: v for k, v in WHOLE.items() if k not in ("financement.money", "offre.origins")}
    return checked(others | {"offre.services": lines})


@pytest.mark.parametrize(
    ("changes", "column", "found", "severity"),
    [
        ({"places_open": 25.0}, "Places réellement ouvertes", "25 places ouvertes pour 22 agréées", "error"),
        ({"hours_done": 60000.0, "hours_billed": None, "occupancy": None}, "Heures réalisées",
         "60 000 heures réalisées pour une capacité de 56 870 heures (22 places × 47 semaines × 55 heures)", "error"),
        ({"hours_billed": 60000.0}, "Heures facturées",
         "60 000 heures facturées pour une capacité de 56 870 heures (22 places × 47 semaines × 55 heures)", "error"),
        ({"occupancy": 95.0}, "Taux d’occupation réel",
         "95 %, mais 38 200 heures réalisées sur 56 870 (22 places × 47 semaines × 55 heures) font 67 %", "warning"),
        ({"occupancy": 72.0, "hours_done": None}, "Taux d’occupation réel", "72 %, taux des 41 000 heures facturées",
         "warning"),
        ({"occupancy": 95.0, "hours_done": None}, "Taux d’occupation réel",
         "95 %, plus que n’en font les 41 000 heures facturées", "warning"),
        ({"hours_billed": 30000.0}, "Heures facturées", "38 200 heures réalisées pour 30 000 facturées", "warning"),
        ({"occupancy": 72.0}, "Taux d’occupation réel", "72 %, taux des 41 000 heures facturées", "warning"),
        ({"waiting_date": None}, "Date de la liste d’attente", "9 demandes en attente sans date", "warning"),
        ({"waiting": None, "waiting_masked": True, "waiting_date": None}, "Date de la liste d’attente",
         "une liste d’attente sans date", "warning"),
        ({"waiting_date": date(2026, 11, 2)}, "Date de la liste d’attente", "02/11/2026", "error"),
        ({"licence_date": date(2026, 11, 2)}, "Date de l’agrément", "02/11/2026", "warning"),
        ({"agreement_end": date(2026, 10, 31)}, "Fin de la convention Caf", "une convention terminée le 31/10/2026",
         "warning"),
        ({"age_min": 6.0}, "Âge maximal (ans)", "Âge minimal (ans) : 6 ans ; Âge maximal (ans) : 5 ans", "error"),
        ({"opens": 1110.0, "hours_week": 55.0}, "Ferme à", "Ouvre à : 18 h 30 ; Ferme à : 18 h 30", "error"),
        ({"closes": 420.0, "hours_week": 55.0}, "Ferme à", "Ouvre à : 7 h 30 ; Ferme à : 7 h", "error"),
        ({"price_max": 0.2}, "Tarif le plus haut (€)",
         "Tarif le plus bas (€) : 0,25 € ; Tarif le plus haut (€) : 0,2 €", "error"),
        ({"price_unit": ""}, "Tarif par", "rien, pour 3,2 €", "warning"),
        ({"pricing": "gratuit"}, "Tarification", "« gratuit », et un tarif de 3,2 €", "warning"),
        ({"occupancy": 104.0, "hours_done": None, "hours_billed": None}, "Taux d’occupation réel", "104 %", "warning"),
        ({"aeeh": 42.0}, "Dont bénéficiaires de l’AEEH", "42 bénéficiaires de l’AEEH ou plus, pour 41 inscrits",
         "error"),
        ({"year": None}, "Année de l’activité",
         "aucune année pour : Heures réalisées ; Heures facturées ; Inscrits dans l’année ; Taux d’occupation réel",
         "warning"),
        ({"year": 2027.0}, "Année de l’activité", "une activité de 2027", "error"),
    ],
    ids=lambda x: x if isinstance(x, str) and len(x) < 30 else "",
)  # fmt: skip
def test_what_a_service_says_must_be_possible(checked, changes, column, found, severity):
    problem = one(service(checked, **changes))
    assert (problem.column, plain(problem.found), problem.severity) == (column, found, severity)
    assert (problem.file, problem.sheet, problem.row) == ("offre.xlsx", "Services", 7)
    assert problem.expected


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    "changes",
    [
        {"places_open": 22.0},
        {"hours_done": 56870.0, "hours_billed": 56870.0, "occupancy": 100.0},
        {"occupancy": 77.0},  # 67 % of hours done, 10 points off
        {"occupancy": 83.0},  # 74 % of the hours done on the places really open, 10 points off
        {"agreement_end": date(2026, 11, 1)},
        {"licence_date": date(2026, 11, 1), "waiting_date": date(2026, 11, 1)},
        {"age_min": 5.0},
        {"price_min": 3.2},
        {
            "places": None,
            "places_open": None,
            "hours_done": 9e9,
            "hours_billed": None,
            "occupancy": None,
        },  # nothing to compare with
        {"users": None, "users_masked": True},
        {"waiting": 0.0, "waiting_date": date(2026, 1, 1)},
    ],
)
def test_the_limit_itself_is_allowed(checked, changes):
    assert service(checked, **changes) == []


def test_hours_are_compared_with_the_most_a_year_can_hold(checked):
    unknown = {
        "weeks": None,
        "days": (),
        "opens": None,
        "closes": None,
        "occupancy": None,
        "hours_billed": None,
    }
    most = 22 * 53 * 168
    assert service(checked, **unknown, hours_done=float(most)) == []
    problem = one(service(checked, **unknown, hours_done=most + 1.0))
    assert "22 places × au plus 53 semaines × au plus 168 heures" in problem.found


def test_given_weekly_hours_are_used(checked):
    found = service(checked, hours_week=30.0, occupancy=None)
    assert [p.column for p in found] == ["Heures facturées", "Heures réalisées"]
    assert all("× 30 heures" in p.found for p in found)


# ---------------------------------------------------------------------------------------------- origins


def origins(checked, lines, **changes):
    tables = {k: v for k, v in WHOLE.items() if k != "financement.money"}
    lines = [{"service": "S01", "commune": "90001", "year": 2025.0, **line} for line in lines]
    return checked(tables | {"offre.services": [{**SERVICE, **changes}], "offre.origins": lines})


def test_origins_above_the_users(checked):
    problem = one(origins(checked, [{"users": 30.0}, {"commune": "90002", "users": 12.0}]))
    assert plain(problem.found) == "42 usagers en 2025 pour le service S01, communes additionnées"
    assert problem.expected == "au plus ses 41 inscrits de 2025 (offre.xlsx, feuille « Services »)"
    assert (problem.sheet, problem.row, problem.column) == ("Origine des usagers", 8, "Usagers")


def test_masked_origins_count_for_one_at_least(checked):
    masked = {"commune": "90002", "users_masked": True}
    assert origins(checked, [{"users": 40.0}, masked]) == []
    problem = one(origins(checked, [{"users": 41.0}, masked]))
    assert problem.found.startswith("42 usagers au moins en 2025")


def test_masked_users_are_four_at_most(checked):
    few = {"users": None, "users_masked": True}
    assert origins(checked, [{"users": 4.0}], **few) == []
    assert "au plus ses 1 à 4 inscrits" in one(origins(checked, [{"users": 5.0}], **few)).expected


def test_origins_of_another_year_are_not_compared(checked):
    assert origins(checked, [{"users": 99.0, "year": 2024.0}]) == []


def test_outside_and_a_commune(checked):
    problem = one(origins(checked, [{"users": 9.0, "outside": "oui"}]))
    assert problem.column == "Hors territoire" and problem.found == "« oui », et une commune du territoire"


def test_neither_outside_nor_a_commune(checked):
    problem = one(origins(checked, [{"users": 9.0, "commune": ""}]))
    assert problem.column == "Commune" and "Hors territoire" in problem.expected


# ---------------------------------------------------------------------------------------------- amounts


def amounts(checked, *lines, as_of=date(2026, 11, 1), **tables):
    services = [SERVICE, SERVICE | {"id": "S02", "name": "Crèche Exemple Verte"}]
    return checked(
        WHOLE | {"offre.services": services, "financement.money": list(lines)} | tables, as_of=as_of
    )


def test_total_and_sum_disagree(checked):
    problem = one(amounts(checked, MONEY | {"caf_ps": 180000.0}))
    assert plain(problem.found) == "412 000 €, mais 402 000 € en additionnant les recettes, écart 10 000 €"
    assert (problem.column, problem.severity) == ("Total des recettes (€)", "error")


def test_a_sum_above_the_total_with_an_unknown_part_is_wrong_all_the_same(checked):
    problem = one(amounts(checked, MONEY | {"caf_ps": 200000.0, "state": None}))
    assert problem.severity == "error" and "écart −10 000 €" in plain(problem.found)


def test_a_sum_below_the_total_with_an_unknown_part_is_to_complete(checked):
    problem = one(amounts(checked, MONEY | {"caf_ps": None}))
    assert problem.severity == "warning"
    assert plain(problem.found) == (
        "412 000 €, mais 222 000 € en additionnant les recettes connues, écart 190 000 € (1 colonne vide)"
    )


def test_rounded_amounts_are_allowed_their_rounding(checked):
    lines = dict.fromkeys(PAYERS, 1000.0)
    assert amounts(checked, MONEY | lines | {"cost": 11006.0, "total": 11006.0}) == []
    assert len(amounts(checked, MONEY | lines | {"cost": 11007.0, "total": 11007.0})) == 1


def test_total_and_cost_disagree(checked):
    problem = one(amounts(checked, MONEY | {"cost": 400000.0}))
    assert problem.severity == "warning"
    assert plain(problem.found) == "412 000 € de recettes pour 400 000 € de charges, écart 12 000 €"


def test_sum_and_cost_disagree_without_a_total(checked):
    problem = one(amounts(checked, MONEY | {"cost": 400000.0, "total": None}))
    assert "écart 12 000 €" in plain(problem.found)


def test_empty_recettes_that_make_the_total_say_nothing(checked):
    line = {k: v for k, v in MONEY.items() if v != 0.0}
    assert amounts(checked, line) == []


def test_done_in_a_year_to_come(checked):
    line = MONEY | {"year": 2027.0, "hours": None}
    problem = one(amounts(checked, line))
    assert problem.found == "un montant « réalisé » pour 2027" and problem.severity == "error"
    assert amounts(checked, line | {"nature": "prevu"}) == []


def test_done_in_a_year_that_has_not_ended(checked):
    problem = one(amounts(checked, MONEY | {"year": 2026.0, "hours": None}))
    assert problem.severity == "warning" and "qui n’est pas finie le 01/11/2026" in problem.found
    assert amounts(checked, MONEY | {"year": 2026.0}, as_of=date(2026, 12, 31)) == []


def test_more_places_paid_than_licensed(checked):
    problem = one(amounts(checked, MONEY | {"places": 23.0}))
    assert (
        problem.found == "23 places financées"
        and "22 places agréées du service S01 (offre.xlsx)" in problem.expected
    )


def test_hours_that_two_files_tell_differently(checked):
    problem = one(amounts(checked, MONEY | {"hours": 42000.0}))
    assert plain(problem.found) == "42 000 heures payées en 2025"
    assert plain(problem.expected) == "les 41 000 heures facturées de la même année (offre.xlsx, service S01)"


def test_the_same_service_maintained_and_new(checked):
    new = MONEY | {"offer": "nouvelle", "places": 5.0}
    problem = one(amounts(checked, MONEY, new))
    assert plain(problem.found) == (
        "41 000 heures en offre nouvelle, autant qu’en offre maintenue (ligne 7) pour le service S01"
    )
    assert problem.row == 8 and problem.expected == "seulement les heures que le contrat crée"
    places = one(amounts(checked, MONEY, new | {"hours": 9000.0, "places": 22.0}))
    assert (
        places.column == "Places financées" and places.expected == "seulement les places que le contrat crée"
    )


def test_a_cost_far_from_the_others_of_its_kind(checked):
    far = MONEY | {"service": "S02", "year": 2024.0, "hours": 3000.0}
    found = amounts(checked, MONEY, far)
    assert [p.row for p in found] == [7, 8]  # two lines only: either may be wrong
    third = MONEY | {"service": "S02", "year": 2025.0}
    problem = one(amounts(checked, MONEY, far, third))
    assert problem.row == 8 and problem.column == "Charges (€)" and problem.severity == "warning"
    assert plain(problem.found).startswith("137,33 € par heure, quand les autres lignes")
    assert plain(problem.found).endswith("sont autour de 10,05 €")
    assert problem.expected == "à vérifier : plus de 10 fois d’écart"


def test_a_cost_per_place_far_from_the_others(checked):
    far = MONEY | {"service": "S02", "year": 2024.0, "places": 2.0}
    assert all("par place" in p.found for p in amounts(checked, MONEY, far))


# ------------------------------------------------------------------------------------------ signatories


def parties(checked, party=None, missions=MISSIONS, others=(), **kwargs):
    lines = [{**PARTY, **(party or {})}, *others]
    return checked({"parties.parties": lines, "parties.competences": missions}, **kwargs)


@pytest.mark.parametrize(
    ("changes", "column", "found", "expected", "severity"),
    [
        ({"deliberation_date": date(2026, 11, 2)}, "Date de la délibération", "02/11/2026",
         "une date qui ne suit pas celle de l’étude (01/11/2026)", "error"),
        ({"subject": ""}, "Objet de la délibération", "« n° 2026-41 » sans objet",
         "à compléter : lancement de la démarche, ou approbation de la convention", "warning"),
        ({"deliberation": "", "deliberation_date": None, "subject": ""}, "Délibération ou décision",
         "aucune délibération ni décision de « Communauté Exemple », qui signe", "à compléter avant la signature",
         "warning"),
        ({"deliberation": ""}, "Délibération ou décision", "une date (12/03/2026) sans référence", "à compléter",
         "warning"),
        ({"deliberation_date": None}, "Date de la délibération", "« n° 2026-41 » sans date", "à compléter", "warning"),
        ({"type": "commune"}, "Commune", "", "la commune, puisque la partie en est une", "warning"),
    ],
)  # fmt: skip
def test_parties(checked, changes, column, found, expected, severity):
    problem = one(parties(checked, changes))
    assert (problem.column, problem.found, problem.expected, problem.severity) == (
        column,
        found,
        expected,
        severity,
    )
    assert (problem.file, problem.sheet, problem.row) == ("parties.xlsx", "Parties", 7)


def test_who_does_not_sign_needs_no_deliberation(checked):
    nothing = {"signs": "non", "deliberation": "", "deliberation_date": None, "subject": ""}
    assert parties(checked, nothing) == []


@pytest.mark.parametrize(
    ("subject", "begins", "told"),
    [("approbation", "2026-03-13", True), ("approbation", "2026-03-12", False), ("autre", "2026-09-01", True),
     ("lancement", "2026-09-01", False), ("lancement", "2027-03-12", False), ("lancement", "2027-03-13", True)],
)  # fmt: skip
def test_a_deliberation_before_the_demarche(checked, subject, begins, told):
    demarche = {"etapes": [{"id": "E1", "nom": "Premier comité", "date": begins, "etat": "prévu"}]}
    found = parties(checked, {"subject": subject}, demarche=demarche)
    if not told:
        assert found == []
        return
    problem = one(found)
    assert (problem.column, problem.found, problem.severity) == (
        "Date de la délibération",
        "12/03/2026",
        "warning",
    )
    assert problem.expected.startswith("une date qui ne précède pas la démarche (")
    assert problem.said == "une délibération du 12/03/2026, avant le début de la démarche"


def test_a_convention_approved_before_the_step_that_approves_it(checked):
    steps = [{"id": "E1", "nom": "Lancement", "date": "2026-01-10", "etat": "fait"},
             {"id": "E2", "nom": "Délibérations", "date": "juin 2026", "etat": "prévu"}]  # fmt: skip
    problem = one(parties(checked, demarche={"etapes": steps}))
    assert problem.column == "Date de la délibération" and problem.severity == "warning"
    assert (
        problem.said == "une convention approuvée le 12/03/2026, avant l’étape où l’on délibère (01/06/2026)"
    )
    assert parties(checked, {"subject": "lancement"}, demarche={"etapes": steps}) == []


# ------------------------------------------------------------------------------------ the convention to come


def term(checked, start, *, end=date(2026, 12, 31), signed="2027-06-30"):
    demarche = (
        {"etapes": [{"id": "E9", "nom": "Signature", "date": signed, "etat": "prévu"}]} if signed else None
    )
    previous = {**CONTRACT, "id": "C02", "type": "ctg_cej", "start": date(2021, 1, 1), "end": end}
    given = {"contrats.contracts": [CONTRACT, previous]}
    return checked(given, demarche=demarche, contract={"start": start} if start else {})


def test_a_convention_that_starts_before_it_is_signed(checked):
    problem = one(term(checked, date(2027, 1, 1)))
    assert problem.file == "study.yml, contract, start" and problem.severity == "warning"
    assert problem.found == "le 01/01/2027, avant la signature prévue (le 30/06/2027 au plus tard)"
    assert problem.expected == "une convention signée avant de commencer, ou qui dise reprendre à cette date"
    assert term(checked, date(2027, 1, 1), signed="2026-12-15") == []
    assert term(checked, date(2027, 1, 1), signed=None) == []


@pytest.mark.parametrize(
    ("end", "words"),
    [(date(2026, 11, 30), "un vide entre les deux"), (date(2027, 12, 31), "deux contrats en même temps")],
)
def test_a_convention_that_does_not_follow_on_from_the_contract_before_it(checked, end, words):
    problem = one(term(checked, date(2027, 1, 1), end=end, signed=None))
    assert problem.found == f"le 01/01/2027, quand le contrat précédent finit le {day(end)} : {words}"
    assert problem.expected.endswith(", ou un avenant au contrat précédent")
    assert problem.about == "la convention à venir" and words in problem.said


def test_the_convention_itself_is_not_the_contract_before_it(checked):
    """The CTG in preparation, written in contrats.xlsx; an old CEJ without its end hides no gap."""
    own = {**CONTRACT, "id": "C09", "type": "ctg_cej", "start": date(2027, 1, 1), "end": date(2031, 12, 31)}
    old = {**CONTRACT, "id": "C08", "type": "ctg_cej", "start": date(2015, 1, 1), "end": None}
    last = {**CONTRACT, "id": "C02", "type": "ctg_cej", "start": date(2021, 1, 1), "end": date(2026, 12, 31)}
    contract = {"start": date(2027, 1, 1)}
    assert checked({"contrats.contracts": [own, old, last]}, contract=contract) == []
    problem = one(
        checked({"contrats.contracts": [old, {**last, "end": date(2026, 11, 30)}]}, contract=contract)
    )
    assert "un vide entre les deux" in problem.found


def test_a_review_after_the_signature_is_not_the_signature(checked):
    steps = [{"id": "E1", "nom": "Signature de la CTG", "date": "2026-12-15", "etat": "prévu"},
             {"id": "E2", "nom": "Suivi après signature", "date": "2028-06-01", "etat": "prévu"}]  # fmt: skip
    assert checked({}, demarche={"etapes": steps}, contract={"start": date(2027, 1, 1)}) == []


def test_nothing_is_said_of_dates_that_nobody_wrote(checked):
    assert term(checked, None) == []
    assert term(checked, date(2027, 1, 1), end=None, signed=None) == []


def test_a_deliberation_after_the_signature(checked):
    demarche = {"etapes": [{"id": "E9", "nom": "Signature de la CTG", "date": "2026-02-15", "etat": "fait"}]}
    problem = one(parties(checked, demarche=demarche))
    assert problem.found == "12/03/2026"
    assert problem.expected == "une délibération antérieure à la signature (15/02/2026 au plus tard)"
    demarche["etapes"][0]["date"] = "mars 2026"  # may be after the 12th
    assert parties(checked, demarche=demarche) == []


def test_a_mission_without_a_line(checked):
    problem = one(parties(checked, missions=MISSIONS[1:]))
    assert problem.found == "aucune ligne pour « SPPE 1 : recenser les besoins et l’offre »"
    assert problem.expected.startswith("à compléter") and problem.severity == "warning"
    assert (problem.file, problem.sheet, problem.row) == ("parties.xlsx", "Compétences", None)


def test_a_mission_without_a_holder(checked):
    problem = one(parties(checked, missions=[{"competence": "sppe_recenser"}, *MISSIONS[1:]]))
    assert (problem.column, problem.row, problem.found) == ("Titulaire", 7, "")


def test_a_mission_held_and_exercised_by_communes(checked):
    problem = one(parties(checked, missions=[{**MISSIONS[0], "by_communes": "oui"}, *MISSIONS[1:]]))
    assert problem.found == "« oui », et le titulaire P01" and problem.column == "Exercée par les communes"


def test_a_holder_whom_the_law_does_not_know(checked):
    found = parties(checked, {"type": "caf"})
    assert len(found) == 4
    assert (
        found[0].found == "« Communauté Exemple » (Caf)" and "autorités organisatrices" in found[0].expected
    )


def test_a_competence_held_by_an_unknown_party(checked):
    problem = one(parties(checked, missions=[*MISSIONS, {"competence": "ecoles", "holder": "P02"}]))
    assert problem.expected == "un identifiant de parties.xlsx, feuille « Parties » ; le plus proche : P01"


def test_two_holders_for_one_commune(checked):
    commune = {"id": "P02", "name": "Bourg-Exemple", "type": "commune", "commune": "90002", "signs": "non"}
    twice = {"competence": "sppe_recenser", "holder": "P02"}
    problem = one(parties(checked, missions=[*MISSIONS, twice], others=[commune]))
    assert problem.found == (
        "deux titulaires de « SPPE 1 : recenser les besoins et l’offre » (ligne 7 et celle-ci) pour : Bourg-Exemple"
    )
    assert problem.row == 11 and problem.severity == "error"
    rest = {**MISSIONS[0], "communes": ("90001", "90003")}
    assert parties(checked, missions=[rest, *MISSIONS[1:], twice], others=[commune]) == []


def test_two_epci_that_sign_together_share_no_commune(checked):
    other = {**PARTY, "id": "P02", "name": "Communauté Exemple-Deux"}
    missions = [*MISSIONS, *({**m, "holder": "P02"} for m in MISSIONS)]
    assert parties(checked, missions=missions, others=[other]) == []
    again = [*MISSIONS, MISSIONS[0]]
    assert "deux titulaires" in one(parties(checked, missions=again)).found


def test_communes_left_without_a_holder(checked):
    problem = one(parties(checked, missions=[{**MISSIONS[0], "communes": ("90001",)}, *MISSIONS[1:]]))
    assert problem.found.endswith("sans titulaire pour : Bourg-Exemple, Combe-Exemple")
    assert problem.severity == "warning"


def test_a_mission_that_communes_keep(checked):
    assert (
        parties(checked, missions=[{"competence": m["competence"], "by_communes": "oui"} for m in MISSIONS])
        == []
    )


def test_a_contract_that_ends_before_it_begins(checked):
    problem = one(checked(WHOLE | {"contrats.contracts": [CONTRACT | {"end": date(2021, 1, 1)}]}))
    assert problem.found == "01/01/2021, avant le début (01/01/2022)" and problem.severity == "error"


def test_a_contract_that_has_ended(checked):
    problem = one(checked(WHOLE | {"contrats.contracts": [CONTRACT | {"end": date(2026, 10, 31)}]}))
    assert problem.found == "« SDSF », terminé le 31/10/2026" and problem.severity == "warning"
    assert checked(WHOLE | {"contrats.contracts": [CONTRACT | {"end": date(2026, 11, 1)}]}) == []


# --------------------------------------------------------------------------------------------- evidence


@pytest.mark.parametrize(
    ("changes", "column", "found"),
    [
        ({"date": date(2026, 11, 2), "read_on": None}, "Date du document", "02/11/2026"),
        ({"read_on": date(2026, 11, 2)}, "Lu le", "02/11/2026"),
        ({"read_on": date(2026, 1, 31)}, "Lu le", "lu le 31/01/2026, avant sa date (01/02/2026)"),
    ],
)
def test_dates_of_documents(checked, changes, column, found):
    problem = one(checked(WHOLE | {"documents.documents": [{**DOCUMENT, **changes}]}))
    assert (problem.column, problem.found, problem.severity) == (column, found, "error")


@pytest.mark.parametrize(
    ("sheet", "line", "written", "what", "severity"),
    [
        ("parties.parties", PARTY | {"document": "D01"}, date(2026, 3, 11), "la délibération du 12/03/2026", "error"),
        ("offre.services", {**SERVICE, "document": "D01", "year": None, "hours_done": None, "hours_billed": None,
                            "users": None, "occupancy": None}, date(2026, 1, 14), "la liste d’attente du 15/01/2026",
         "warning"),
        ("offre.services", {**SERVICE, "document": "D01", "waiting": None, "waiting_date": None}, date(2025, 12, 30),
         "l’activité de 2025", "warning"),
        ("financement.money", MONEY | {"document": "D01"}, date(2025, 12, 30), "le montant réalisé de 2025", "warning"),
        ("bilan.actions", ACTION | {"documents": ("D01",)}, date(2020, 12, 31),
         "ce que le contrat « CTG 2021-2025 » a fait", "warning"),
    ],
    ids=["délibération", "attente", "activité", "montant", "action"],
)  # fmt: skip
def test_nothing_is_proved_by_what_was_written_before_it(checked, sheet, line, written, what, severity):
    tables = {sheet: [line], "documents.documents": [DOCUMENT | {"date": written}]}
    if sheet == "parties.parties":
        tables["parties.competences"] = MISSIONS
    if sheet == "financement.money":
        tables["offre.services"] = [SERVICE]
    problem = one(checked(tables))
    assert problem.found == f"D01, daté du {day(written)}, cité pour {what}"
    assert (
        problem.severity == severity
        and problem.expected == "un document qui ne soit pas antérieur à ce qu’il prouve"
    )
    later = written + pd.Timedelta(days=1)
    assert checked(tables | {"documents.documents": [DOCUMENT | {"date": later}]}) == []


def steps(checked, step, *, nature="etude", written=date(2026, 2, 1), phases=()):
    demarche = {"phases": list(phases), "etapes": [{"id": "E1", "nom": "Étape", "etat": "fait", **step}]}
    document = DOCUMENT | {"nature": nature, "date": written, "read_on": None}
    return checked({"documents.documents": [document]}, demarche=demarche)


def test_a_step_cannot_rest_on_a_later_document(checked):
    problem = one(steps(checked, {"date": "2026-01-31", "document": "D01"}))
    assert problem.file == "study.yml, demarche, étape « E1 », document"
    assert problem.found == "D01, daté du 01/02/2026"
    assert problem.expected == "un document qui existe quand l’étape a lieu (31 janvier 2026)"
    assert steps(checked, {"date": "2026-02-01", "document": "D01"}) == []
    assert steps(checked, {"date": "février 2026", "document": "D01"}) == []


def test_minutes_follow_their_meeting(checked):
    assert steps(checked, {"date": "2026-01-31", "document": "D01"}, nature="compte_rendu") == []
    problem = one(steps(checked, {"date": "2026-02-02", "document": "D01"}, nature="compte_rendu"))
    assert problem.expected == "un compte rendu qui ne précède pas l’étape (2 février 2026)"


def test_a_page_dated_before_the_demarche_that_it_says_begun(checked):
    """The seed: dated September 2020, it says that the démarche was launched in October."""
    phase = {
        "id": "P1",
        "nom": "Diagnostic",
        "debut": "octobre 2020",
        "fin": "février 2021",
        "etat": "en cours",
    }
    step = {"nom": "Info flash n° 1", "date": "septembre 2020", "document": "D01", "annonce": ["P1"]}
    problem = one(steps(checked, step, nature="page", written=date(2020, 9, 1), phases=[phase]))
    assert problem.file == "study.yml, demarche, étape « E1 », annonce"
    assert problem.found == (
        "D01, daté du 01/09/2020, pour annoncer la phase « Diagnostic » (octobre 2020 – février 2021)"
    )
    later = {**step, "date": "octobre 2020"}
    assert steps(checked, later, nature="page", written=date(2020, 10, 20), phases=[phase]) == []


def test_a_page_dated_before_all_that_it_announces(checked):
    phase = {"id": "P1", "nom": "Diagnostic", "debut": "octobre 2026", "fin": "février 2027", "etat": "prévu"}
    step = {"date": "2026-09-01", "document": "D01", "annonce": ["P1"]}
    problem = one(steps(checked, step, nature="page", written=date(2026, 9, 1), phases=[phase]))
    assert problem.found == "D01, daté du 01/09/2026, avant le début de la démarche (01/10/2026)"


# ----------------------------------------------------------------------------------------------- people


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("écrire à service@organisme.example", "une adresse de courrier électronique"),
        ("tél. 05 36 49 00 00", "un numéro de téléphone"),
        ("0565000000", "un numéro de téléphone"),
        ("05.65.00.00.00 le matin", "un numéro de téléphone"),
        ("+33 5 36 49 00 00", "un numéro de téléphone"),
        ("+33 (0)5 36 49 00 00", "un numéro de téléphone"),
        ("M. Exemple, directeur", "le nom d’une personne (« M. » ou « Mme » suivi d’un nom)"),
        ("Mme\u00a0Exemple", "le nom d’une personne (« M. » ou « Mme » suivi d’un nom)"),
        ("vu avec Madame Exemple", "le nom d’une personne (« M. » ou « Mme » suivi d’un nom)"),
        ("MM. Exemple et Modèle", "le nom d’une personne (« M. » ou « Mme » suivi d’un nom)"),
    ],
)
def test_personal_data_is_told_and_not_repeated(checked, text, words):
    problem = one(checked(WHOLE | {"contrats.contracts": [CONTRACT | {"remark": text}]}))
    assert (problem.found, problem.column, problem.severity) == (words, "Remarque", "warning")
    assert text not in str(problem)
    assert problem.expected == "aucune donnée sur une personne : écrire l’organisme ou la fonction"


@pytest.mark.parametrize(
    "text",
    [
        "Mme la présidente", "M. le maire de La Cavalerie", "Madame La Présidente", "Monsieur Le Préfet", "MAM Exemple",
        "Finess 120780123", "siret 241 200 906 00015", "https://exemple.fr/doc/0565000000", "le 05/06/2026",
        "n° 2026-41", "412 000 €", "M. et Mme", "ouvert de 7 h 30 à 18 h 30", "@mairie",
    ],
)  # fmt: skip
def test_what_is_no_personal_data(text):
    assert personal(text) == []


def test_every_text_column_is_looked_at(checked):
    for book in BOOKS.values():
        for sheet in book.sheets:
            fields = [f for f in sheet.fields if f.kind in ("text", "long_text")]
            lines = [{field.name: "voir M. Exemple"} for field in fields]
            found = checked({f"{book.id}.{sheet.name}": lines})
            told = {(p.row, p.column) for p in found if p.found.startswith("le nom")}
            assert told == {(7 + i, field.label) for i, field in enumerate(fields)}


def test_the_calendar_holds_functions_not_people(checked):
    demarche = {
        "phases": [{"id": "P1", "nom": "Diagnostic avec M. Exemple", "etat": "fait"}],
        "etapes": [{"id": "E1", "nom": "Voir Mme Exemple", "etat": "fait"}],
        "instances": [{"id": "copil", "nom": "Comité", "membres": ["présidente", "Mme Exemple"]}],
    }
    found = checked({}, demarche=demarche)
    assert [p.file for p in found] == [
        "study.yml, demarche, instance « copil »", "study.yml, demarche, phase « P1 »",
        "study.yml, demarche, étape « E1 »",
    ]  # fmt: skip
    assert not any("Exemple" in str(p) for p in found)


# ------------------------------------------------------------------------------------------------ words


def test_words():
    assert plain(number(1234567.5, 1)) == "1 234 567,5" and plain(number(-3)) == "−3"
    assert number(10, 1) == "10" and number(0.25, 2) == "0,25"
    assert plain(euros(412000.0)) == "412 000 €" and plain(euros(10.05)) == "10,05 €"
    assert listed(["a", "b"]) == "a, b"


def test_a_line_without_a_number_has_none(make_partnership):
    p = make_partnership({"contrats.contracts": [CONTRACT | {"row": 0, "end": date(2021, 1, 1)}]})
    assert one(check(p, None, date(2026, 1, 1))).row is None


_NUMBERS = st.one_of(st.none(), st.floats(0, 1e7, allow_nan=False))
_DATES = st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2100, 12, 31)))
_IDS = st.sampled_from(["", "S01", "s01", "S02", "P01", "D01", "D2"])


def _values(field):
    if field.kind in ("integer", "number", "amount", "percent"):
        return _NUMBERS
    if field.kind == "year":
        return st.one_of(st.none(), st.integers(1990, 2100).map(float))
    if field.kind == "time":
        return st.one_of(st.none(), st.integers(0, 1440).map(float))
    if field.kind == "date":
        return _DATES
    if field.kind == "choice":
        return st.sampled_from(["", *field.choices])
    if field.kind == "choices":
        return st.lists(st.sampled_from(list(field.choices)), max_size=3).map(tuple)
    if field.kind == "yes_no":
        return st.sampled_from(["", "oui", "non"])
    if field.kind == "commune":
        return st.sampled_from(["", "90001", "90002"])
    if field.kind == "communes":
        return st.lists(st.sampled_from(["90001", "90002", "90003"]), max_size=3).map(tuple)
    if field.kind == "references":
        return st.lists(_IDS.filter(bool), max_size=3).map(tuple)
    return _IDS


@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_any_lines_give_messages_and_never_an_error(make_partnership, data):
    from ctg_lib.partnership import money, offer, sppe

    tables = {
        f"{book.id}.{sheet.name}": [
            {f.name: data.draw(_values(f)) for f in sheet.fields} for _ in range(data.draw(st.integers(0, 2)))
        ]
        for book in BOOKS.values()
        for sheet in book.sheets
    }
    p = make_partnership(tables)
    for problem in check(p, None, date(2026, 11, 1)):
        assert problem.expected and problem.file.endswith(".xlsx") and problem.sheet
    offer.capacity(p, {"Nord": ("90001",)})
    offer.service_matrix(p, {"Nord": ("90001",)})
    lines = money.lines(p)
    assert len(lines) == len(tables["financement.money"])
    money.by_payer(p, 2025.0)
    members = pd.DataFrame(
        {"code": list(p.communes), "name": list(p.communes.values()), "population": [1.0, 2.0, 3.0]}
    )
    found = sppe.duties(p, members, members.iloc[:1])
    assert set(found["mission"]) == {r.mission for r in sppe.RULES}
    sppe.summary(found)
