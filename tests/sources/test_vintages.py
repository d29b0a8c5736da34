"""Mixed vintages of Filosofi: métropole's poverty is 14,9 % in 2021 and 15,9 % in 2023, Aveyron's 14,5 % in both."""

from __future__ import annotations

import pandas as pd
import pytest

from ctg_lib.errors import RawDataError
from ctg_lib.manifest import load_manifest
from ctg_lib.sources import read
from ctg_lib.sources.vintages import refuse_mixed


def observed(dataset, variable, period, figures, source="essai", level="epci"):
    rows = pd.DataFrame({"code": list(figures), "value": list(figures.values())})
    return rows.assign(
        dataset=dataset, variable=variable, breakdown="", period=period, level=level, source=source
    )


def poverty(period, value, dataset="filosofi", code="FM", level="france"):
    variable = "TP60" if dataset == "filosofi" else "PR_MD60"
    return observed(dataset, variable, period, {code: value}, f"pauvrete_{period}", level)


def medians(period, figures, dataset="filosofi"):
    return observed(
        dataset, "MED" if dataset == "filosofi" else "MED_SL", period, figures, f"medianes_{period}"
    )


def test_nothing_to_compare():
    assert refuse_mixed([]) == ""
    assert refuse_mixed([observed("autre", "POP", "2021", {"12": 1})]) == ""


def test_both_vintages_as_published():
    frames = [poverty("2021", 14.9), poverty("2023", 15.9, "DS_FILOSOFI_CC")]
    frames += [poverty("2021", 14.5, code="12"), poverty("2023", 14.5, "DS_FILOSOFI_CC", "12")]
    line = refuse_mixed(frames)
    assert "2021, 2023" in line and "2 repère(s) de métropole conforme(s)" in line


@pytest.mark.parametrize(
    ("period", "value", "dataset", "message"),
    [
        (
            "2021",
            15.9,
            "filosofi",
            "pauvrete_2021, .*FM, 2021 : trouvé '15.9', attendu 14.9. C’est la valeur de 2023",
        ),
        (
            "2023",
            14.9,
            "DS_FILOSOFI_CC",
            "trouvé '14.9', attendu 15.9. C’est la valeur de 2021 : deux millésimes",
        ),
        ("2021", 13.0, "filosofi", r"trouvé '13', attendu 14.9\.$"),
    ],
)
def test_a_known_rate_under_the_wrong_year(period, value, dataset, message):
    with pytest.raises(RawDataError, match=message):
        refuse_mixed([poverty(period, value, dataset)])


FIGURES = {"241200906": 20610.0, "200067064": 20100.0, "241200187": 22300.0, "241200567": 21000.0}


def test_medians_shared_by_two_years():
    with pytest.raises(
        RawDataError, match=r"4 territoires sur 4 .* en 2021 et en 2023 \(medianes_2021, medianes_2023\)"
    ):
        refuse_mixed([medians("2021", FIGURES), medians("2023", FIGURES, "DS_FILOSOFI_CC")])


def test_one_median_in_common_is_a_coincidence():
    later = {**{k: v + 500 for k, v in FIGURES.items()}, "241200906": 20610.0}
    assert refuse_mixed([medians("2019", FIGURES), medians("2021", later)])


def test_equal_rates_are_common_but_not_everywhere():
    few = {f"2000{n:05d}": 14.5 for n in range(5)}
    assert refuse_mixed([observed("filosofi", "TP60", p, few) for p in ("2019", "2021")])
    many = {f"2000{n:05d}": 10 + n / 10 for n in range(30)}
    with pytest.raises(RawDataError, match="taux de pauvreté : 30 territoires sur 30"):
        refuse_mixed([observed("filosofi", "TP60", p, many) for p in ("2019", "2021")])


def test_one_year_read_twice_differently():
    frames = [medians("2021", FIGURES), medians("2021", {"241200906": 21500.0}, "DS_FILOSOFI_CC")]
    with pytest.raises(RawDataError, match="epci 241200906, 2021 : 20610 et 21500 selon les fichiers"):
        refuse_mixed(frames)
    rounded = medians("2021", {"241200906": 20612.0}, "DS_FILOSOFI_CC")
    assert refuse_mixed([frames[0], rounded])


def test_golden(raw):
    manifest = load_manifest(raw / "manifest.yml")
    entries = [e for e in manifest if "filosofi" in e.id]
    frames = [read(manifest.file(e), e) for e in entries]
    line = refuse_mixed(frames)
    assert "2 repère(s) de métropole" in line
    relabelled = [
        f.assign(period="2021", source="faux") for f in frames if set(f["dataset"]) == {"DS_FILOSOFI_CC"}
    ]
    with pytest.raises(RawDataError, match=r"faux, taux de pauvreté de FM, 2021 : trouvé '15\.9'"):
        refuse_mixed([*frames, *relabelled])
