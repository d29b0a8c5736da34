"""``ctg data``: what it says and refuses."""

from __future__ import annotations

import pytest


def test_data_build_says_what_and_from_when(run) -> None:
    done = run("data", "build")
    assert done.exit_code == 0
    assert "à jour, rien à faire" in done.stdout
    assert "Indicateurs de tous les territoires" in done.stdout
    assert "Cnaf, taux de couverture 2023 (valeurs reprises d’une republication)" in done.stdout


def test_data_status(run) -> None:
    done = run("data", "status")
    assert done.exit_code == 0
    assert "Observations : à jour." in done.stdout and "Indicateurs : à jour." in done.stdout
    assert "présent" in done.stdout and "cnaf/txcouv_pe_epci_2023.csv" in done.stdout


def test_data_fetch_without_network_shows_the_plan(run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    done = run("data", "fetch", "--territory", "241200906", "--only", "cnaf_txcouv_epci_2023")
    assert done.exit_code == 0
    assert "cnaf_txcouv_epci_2023  taille inconnue" in done.stdout
    assert "Les tailles n’ont pas pu être demandées" in done.stdout
    assert "Rien n’est téléchargé" in done.stdout


def test_data_fetch_needs_a_territory_or_national(run) -> None:
    done = run("data", "fetch")
    assert done.exit_code == 2
    assert "attend --territory CODE ou bien --national" in done.stderr


def test_changed_raw_file_stops_the_build(own) -> None:
    here, run = own
    changed = here.raw / "cnaf" / "txcouv_pe_nat_2023.csv"
    changed.write_bytes(changed.read_bytes() + b"\n")
    done = run("data", "build")
    assert done.exit_code == 2
    assert "cnaf/txcouv_pe_nat_2023.csv, taille en octets" in done.stderr
    assert "rien n’est construit" in done.stderr
    assert "modifié" in run("data", "status").stdout
