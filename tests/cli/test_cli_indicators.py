"""``ctg indicators``: what it prints and writes."""

from __future__ import annotations

from pathlib import Path


def test_indicators_list(run) -> None:
    every, one = run("indicators", "list"), run("indicators", "list", "--theme", "petite_enfance")
    assert "taux_couverture" in every.stdout and "population municipale" in every.stdout
    assert "taux_couverture" in one.stdout and "population municipale" not in one.stdout
    wrong = run("indicators", "list", "--theme", "zzz")
    assert wrong.exit_code == 2 and "--theme : trouvé 'zzz'" in wrong.stderr


def test_indicators_show(run) -> None:
    # Cnaf, taux de couverture 2023: 60.5 for the EPCI, 60.9 for France
    done = run("indicators", "show", "taux_couverture", "--study", "241200906")
    assert done.exit_code == 0
    assert "Communauté de communes Larzac et Vallées : 60,5 places pour 100 enfants" in done.stdout
    assert ": 60,9 places pour 100 enfants" in done.stdout
    assert "Source : Cnaf, taux de couverture 2023" in done.stdout
    wrong = run("indicators", "show", "taux_couvertur")
    assert wrong.exit_code == 2 and "Vouliez-vous dire : taux_couverture" in wrong.stderr


def test_indicators_show_says_what_is_absent(run) -> None:
    done = run("indicators", "show", "apl_generalistes", "--study", "200067155")
    assert done.exit_code == 0
    assert "non disponible" in done.stdout
    assert " 0 " not in done.stdout.split("Sept Vallons :")[1].splitlines()[0]


def test_indicators_export_refuses_unknown_format(run) -> None:
    done = run("indicators", "export", "241200906", "--format", "ods")
    assert done.exit_code == 2 and "--format : trouvé 'ods', attendu csv, parquet, xlsx" in done.stderr


def test_indicators_export_into_a_folder(run, tmp_path: Path) -> None:
    done = run("indicators", "export", "241200906", "--format", "csv", "--output", str(tmp_path / "là"))
    assert done.exit_code == 0
    assert sorted(p.name for p in (tmp_path / "là").iterdir()) == ["couverture.csv", "indicateurs.csv"]


def test_indicators_list_names_the_rows_of_the_catalogue(run) -> None:
    done = run("indicators", "list", "--theme", "revenus")
    lines = done.stdout.splitlines()
    assert any(line.split()[:2] == ["I02", "taux_pauvrete"] for line in lines)
    assert any("violences_intrafamiliales_1000" in line and line.endswith("— annexe") for line in lines)
    assert "Le catalogue a 90 lignes, dont 13 à demander aux partenaires." in lines


def test_indicators_show_says_what_is_known_where_and_when(run) -> None:
    done = run("indicators", "show", "taux_pauvrete")
    assert "Catalogue : I02 — Taux de pauvreté (Insee, Filosofi)" in done.stdout
    assert "Rupture de série : 2023" in done.stdout
    matrix = done.stdout.split("Nombre de territoires connus :")[1].splitlines()
    assert matrix[1].split() == ["Période", "commune", "intercommunalité", "département", "région", "France"]
    year = next(line.split() for line in matrix if line.strip().startswith("2023"))
    assert year[1] == "10" and year[2] == "—"  # 2023: no EPCI in the file at hand


def test_indicators_coverage(run, tmp_path: Path) -> None:
    done = run("indicators", "coverage", "241200906", "--output", str(tmp_path))
    assert done.exit_code == 0
    assert "90 lignes au catalogue, dont 77 à source ouverte et 13 à demander aux partenaires." in done.stdout
    assert "  B12  ····  Assistantes maternelles agréées" in done.stdout
    assert "sur demande : Caf, Département, intercommunalité" in done.stdout
    assert "ctg data fetch --territory 241200906" in done.stdout
    text = (tmp_path / "couverture.csv").read_text("utf-8").splitlines()
    assert text[0].startswith("ligne,libelle,theme,source_ouverte") and len(text) == 91
