"""``info-flash/<n>.yml``: what is read of it, and one message for each thing that is wrong."""

from datetime import date

import pytest

from ctg_lib.agreement.flash import (
    CONTACTS,
    FOLDER,
    Contact,
    filled,
    read_contacts,
    read_flashes,
    with_details,
)
from ctg_lib.project import find_project

AS_OF = date(2027, 6, 15)
GOOD = """
numero: 4
date: avril 2027
edito: Un édito avec {enjeux}.
où en sommes-nous: Le diagnostic est fait.
étapes: {phases: [P2]}
zoom: {titre: Les groupes, texte: Deux groupes.}
thématiques: {titre: Les thèmes, liste: [petite enfance]}
prochaines étapes: Le plan.
contacts: [{fonction: chargé de coopération, organisme: CC Exemple}]
"""


def written(tmp_path, text, name="4.yml"):
    (tmp_path / FOLDER).mkdir(exist_ok=True)
    (tmp_path / FOLDER / name).write_text(text, encoding="utf-8")
    return read_flashes(tmp_path, AS_OF)


def test_a_good_one_is_read_whole(tmp_path):
    found = written(tmp_path, GOOD)
    assert not found.problems
    (flash,) = found.flashes
    assert (flash.number, flash.told_on, flash.late) == (4, date(2027, 4, 30), False)
    assert (flash.stage, flash.phases, flash.themes) == (
        "Le diagnostic est fait.",
        ("P2",),
        ("petite enfance",),
    )
    assert flash.fields == ("enjeux",) and flash.contacts == (Contact("chargé de coopération", "CC Exemple"),)


def test_no_folder_no_flash(tmp_path):
    assert read_flashes(tmp_path, AS_OF).flashes == () and read_contacts(tmp_path) == ((), ())


def test_the_day_told_of_never_follows_the_study(tmp_path):
    assert written(tmp_path, "numero: 4\ndate: juin 2027").flashes[0].told_on == AS_OF


@pytest.mark.parametrize(
    ("text", "message", "made"),
    [
        ("date: avril 2027", "numero : rien trouvé, attendu un nombre", False),
        ("numero: trois\ndate: avril 2027", "numero : trouvé « trois »", False),
        ("numero: 4\ndate: bientôt", "date : trouvé « bientôt »", False),
        ("numero: 4\ndate: juillet 2027", "attendu au plus tard la date de l’étude (15 juin 2027)", False),
        ("numero: 4\ndate: mai 2027\nsituation: 2027-07-01", "situation : trouvé « 1er juillet 2027 »", False),
        ("numero: 4\ndate: mai 2027\nsituation: mai 2027", "situation : trouvé « mai 2027 », attendu un jour", False),
        ("numero: 4\ndate: mai 2027\neditorial: x", "vouliez-vous dire « edito » ?", True),
        ("numero: 4\ndate: mai 2027\nzoom: x", "zoom : trouvé « x », attendu « titre: » et « texte: »", True),
        ("numero: 4\ndate: mai 2027\netapes: {phases: P1}", "étapes, phases".replace("é", "e"), True),
        ("numero: 4\ndate: mai 2027\ncontacts: [{organisme: x}]", "noms et numéros : contacts.yml", True),
        ("numero: 4\ndate: mai 2027\nedito: '{nombre}'", "trouvé « {nombre} », attendu un champ connu", True),
        ("numero: 4\ndate: mai 2027\nedito: 05 65 00 00 00", "trouvé « un numéro de téléphone »", True),
        ("numero: 4\ndate: mai 2027\nedito: 'a: b: {c'", "", True),
        ("numero: 4\ndate: : mai", "YAML", False),
        ("- 4", "attendu des lignes « clé: valeur »", False),
        ("numero: 4\ndate: avril 2027\nsituation: 2027-05-02", "une date qui ne précède pas ce qu’il dit", True),
        ("numero: 4\ndate: avril 2027\nedito: Le plan a été validé en mai 2027.", "attendu un fait d’avant cette date", True),
    ],
)  # fmt: skip
def test_each_fault_is_told(tmp_path, text, message, made):
    found = written(tmp_path, text)
    assert bool(found.flashes) == made
    said = "\n".join(map(str, found.problems))
    assert message in said or (message == "YAML" and said)
    assert bool(message) == bool(found.problems)


def test_a_fact_of_its_own_month_is_no_contradiction(tmp_path):
    assert not written(
        tmp_path, "numero: 4\ndate: avril 2027\nedito: Le plan a été écrit en avril 2027."
    ).problems
    assert not written(
        tmp_path, "numero: 4\ndate: avril 2027\nedito: La signature aura lieu en juin 2027."
    ).problems


def test_a_number_serves_once_and_dates_follow_numbers(tmp_path):
    written(tmp_path, "numero: 4\ndate: avril 2027")
    twice = written(tmp_path, "numero: 4\ndate: mai 2027", "5.yml")
    assert len(twice.flashes) == 1 and "un autre numéro : celui de info-flash/4.yml" in str(twice.problems[0])
    before = written(tmp_path, "numero: 5\ndate: mars 2027", "5.yml")
    assert "qui ne précède pas celle du n° 4" in str(before.problems[0])


def test_contacts_stay_outside_git_and_messages_repeat_nothing(tmp_path):
    (tmp_path / FOLDER).mkdir()
    path = tmp_path / FOLDER / CONTACTS
    path.write_text(
        "- {fonction: Chargé de Cooperation, nom: Exemple Nom, telephone: 05 00 00 00 00}", encoding="utf-8"
    )
    details, problems = read_contacts(tmp_path)
    assert not problems
    (who,) = with_details((Contact("chargé de coopération", "CC Exemple"),), details)
    assert (who.organisation, who.name, who.phone) == ("CC Exemple", "Exemple Nom", "05 00 00 00 00")
    assert with_details((Contact("autre"),), details) == (Contact("autre"),)
    for wrong in ("nom: Exemple Nom", "- {nom: Exemple Nom}", "- [Exemple Nom"):
        path.write_text(wrong, encoding="utf-8")
        _, problems = read_contacts(tmp_path)
        assert problems and "Exemple" not in "".join(map(str, problems))


def test_fields_without_a_value_are_blank():
    assert filled("{a} et { b }", {"a": "x"}, "[…]") == "x et […]"


def test_contacts_are_ignored_by_git():
    import subprocess

    root = find_project().root
    for study in ("241200906", "241200906-demo"):
        name = f"data/raw/studies/{study}/{FOLDER}/{CONTACTS}"
        found = subprocess.run(["git", "-C", str(root), "check-ignore", "-q", name], check=False)
        if found.returncode == 128:
            pytest.skip("not a git checkout")
        assert found.returncode == 0, name


def test_the_first_one_of_the_territory_contradicts_itself():
    root = find_project()
    found = read_flashes(root.studies / "241200906-2020", date(2020, 11, 1))
    assert [flash.number for flash in found.flashes] == [1] and found.flashes[0].told_on == date(2020, 11, 1)
    said = [str(p) for p in found.problems]
    assert all(p.severity == "warning" for p in found.problems)
    assert any("septembre 2020" in s and "situation du 1er novembre 2020" in s for s in said)
    assert any("a lancé en octobre 2020" in s for s in said)
