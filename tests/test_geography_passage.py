"""Passage of counts between years: small worlds by hand, random passages, and every real one.

Real cases: Insee, code officiel géographique (Celles left Neussargues-en-Pinatelle on 1 January 2025, which it
had joined at the end of 2016; Corbès joined Thoiras in 2025; Conques-en-Rouergue took the code 12218 in 2025;
Saline gave Sannerville back at the end of 2019) and Insee's numbers of communes.
"""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.errors import BadInput, RawDataError
from ctg_lib.geography import EDITIONS, Geography, Passage
from ctg_lib.geography import passage as words
from ctg_lib.geography.insee_files import (
    as_steps,
    codes_by_year,
    compare_epci,
    read_epci,
    read_passage_table,
)

ROOT = Path(__file__).resolve().parents[1]
LARZAC = "241200906"


@pytest.fixture(scope="module")
def geo() -> Geography:
    return Geography(ROOT / "data" / "raw" / "geography")


def steps(*rows: tuple[int, str, str, str, bool]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["edition", "code", "into", "kind", "new"])


def people(year: int, edition: int, **by_code: int) -> pd.DataFrame:
    frame = pd.DataFrame({"code": list(by_code), "pmun": list(by_code.values())})
    return frame.assign(year=year, edition=edition, ptot=pd.NA)


def small() -> Passage:
    """B joins A in 2022 and leaves it in 2024; D takes the code E in 2023; F leaves C in 2025."""
    moves = steps(
        (2022, "B", "A", "merged", False),
        (2023, "D", "E", "merged", True),
        (2024, "A", "B", "restored", True),
        (2025, "C", "F", "restored", True),
    )
    known = pd.concat(
        [
            people(2019, 2021, A=60, B=40, C=100, D=7),
            people(2022, 2025, A=60, B=40, C=75, F=25, E=7),
        ]
    )
    return Passage(moves, ["A", "B", "C", "E", "F"], 2025, known, {"P1": "A", "P2": "A"})


def frame(**values: float) -> pd.DataFrame:
    return pd.DataFrame({"code": list(values), "value": [float(v) for v in values.values()]})


def by_code(carried: pd.DataFrame) -> dict[str, float]:
    return dict(zip(carried["code"], carried["value"], strict=True))


# ----------------------------------------------------------------------------------------- by hand


def test_a_merger_sums() -> None:
    out = small().carry(frame(A=1, B=2, C=3, D=4), from_year=2021, to_year=2022)
    assert by_code(out.frame) == {"A": 3, "C": 3, "D": 4}
    assert out.unplaced.empty and out.moved.empty


def test_another_code_for_one_commune() -> None:
    assert by_code(small().carry(frame(A=1, C=2, D=4), from_year=2022, to_year=2023).frame)["E"] == 4
    assert by_code(small().carry(frame(A=1, C=2, E=4), from_year=2023, to_year=2022).frame)["D"] == 4


def test_a_split_is_shared_out_by_inhabitants() -> None:
    rows = frame(A=10, B=5, C=8, E=1).assign(status="observed")
    out = small().carry(rows, from_year=2024, to_year=2025).frame.set_index("code")
    assert (out.loc["C", "value"], out.loc["F", "value"]) == (6, 2)  # 75 and 25 of 100 inhabitants
    assert out.loc[["C", "F"], "status"].tolist() == ["estimated", "estimated"]
    assert out.loc["A", "status"] == "observed"


def test_the_way_back_before_a_merger_is_shared_out() -> None:
    out = small().carry(frame(A=10, C=8, D=1), from_year=2022, to_year=2021)
    assert by_code(out.frame) == {"A": 6, "B": 4, "C": 8, "D": 1}  # 60 and 40 inhabitants


def test_the_way_back_before_a_restoration_sums() -> None:
    out = small().carry(frame(A=10, B=2, C=6, F=2, E=1), from_year=2025, to_year=2024)
    assert by_code(out.frame)["C"] == 8


def test_what_joined_and_left_again_is_itself() -> None:
    """B of 2021 is B of 2025: no share by inhabitants is needed to know that."""
    out = small().carry(frame(A=1, B=99, C=0, D=0).assign(status="observed"), from_year=2021)
    values = out.frame.set_index("code")
    assert (values.loc["B", "value"], values.loc["A", "value"]) == (99, 1)
    assert values.loc["B", "status"] == "observed"
    back = small().carry(frame(A=1, B=99, C=0, E=0, F=0), from_year=2025, to_year=2021)
    assert by_code(back.frame)["B"] == 99


def test_figures_of_the_merged_commune_are_shared_when_it_is_divided() -> None:
    out = small().carry(frame(A=10, C=0, D=0), from_year=2022, to_year=2024)
    assert by_code(out.frame) == {"A": 6, "B": 4, "C": 0, "E": 0}


def test_a_weight_of_ones_own() -> None:
    out = small().carry(frame(A=10, C=8, E=0, B=0), from_year=2024, weight={"C": 1, "F": 3})
    assert (by_code(out.frame)["C"], by_code(out.frame)["F"]) == (2, 6)


def test_bounds_and_statuses() -> None:
    rows = pd.DataFrame(
        {
            "code": ["A", "B", "C", "D"],
            "value": [10.0, 5.0, np.nan, 1.0],
            "low": [8.0, np.nan, 0.0, np.nan],
            "high": [14.0, np.nan, 4.0, np.nan],
            "status": ["rounded", "observed", "missing", "observed"],
        }
    )
    merged = small().carry(rows, from_year=2021, to_year=2022).frame.set_index("code")
    assert merged.loc["A"].tolist() == [15.0, 13.0, 19.0, "rounded"]
    assert merged.loc["C", ["low", "high"]].tolist() == [0, 4]


def test_one_secret_part_hides_the_whole() -> None:
    rows = frame(A=1, B=2, C=3, D=4).assign(status="observed")
    rows.loc[1, ["value", "status"]] = [np.nan, "secret"]
    merged = small().carry(rows, from_year=2021, to_year=2022).frame.set_index("code")
    assert np.isnan(merged.loc["A", "value"]) and merged.loc["A", "status"] == "secret"
    rows = frame(A=1, B=2, C=3, E=4).assign(status="observed")
    rows.loc[2, ["value", "status"]] = [np.nan, "secret"]
    divided = small().carry(rows, from_year=2024).frame.set_index("code")
    assert divided.loc[["C", "F"], "status"].tolist() == ["secret", "secret"]


def test_half_a_merged_commune_is_not_given_but_listed() -> None:
    out = small().carry(frame(B=2, C=3, D=4), from_year=2021, to_year=2022)
    assert np.isnan(by_code(out.frame)["A"])
    assert out.frame.shape[0] == 3
    assert out.unplaced[["code", "reason", "value"]].values.tolist() == [["B", words.PARTIAL, 2.0]]
    listed = small().carry(frame(B=2, C=3, D=4), from_year=2021, to_year=2022, absent="zero")
    assert by_code(listed.frame)["A"] == 2 and listed.unplaced.empty


def test_arrondissements_go_to_their_commune_once() -> None:
    both = frame(P1=1, P2=2, B=3, C=0, D=0)
    assert by_code(small().carry(both, from_year=2021, to_year=2021).frame) == {
        "A": 3,
        "B": 3,
        "C": 0,
        "D": 0,
    }
    out = small().carry(frame(A=3, P1=1, P2=2, B=3, C=0, D=0), from_year=2021, to_year=2021)
    assert by_code(out.frame)["A"] == 3
    assert out.unplaced["reason"].tolist() == [words.COUNTED, words.COUNTED]


@pytest.mark.parametrize(
    "code, why",
    [
        ("12999", words.NOT_GIVEN),
        ("999", words.NOT_GIVEN),
        ("ZZZZZ", words.NOT_GIVEN),
        ("99109", words.ABROAD),
        ("98999", words.NOT_GIVEN),
        ("98799", words.OVERSEAS),
        ("97123", words.OVERSEAS),
        ("12777", words.UNKNOWN),
    ],
)
def test_codes_without_a_place_are_listed_with_their_reason(geo: Geography, code: str, why: str) -> None:
    out = geo.carry(frame(**{"12063": 5, code: 7}), from_year=2024)
    assert by_code(out.frame) == {"12063": 5}
    assert out.unplaced[["code", "reason", "value"]].values.tolist() == [[code, why, 7.0]]


def test_a_code_of_another_year_is_found_and_said(geo: Geography) -> None:
    """A file of 2025 that still writes Conques under its code of 2024."""
    out = geo.carry(frame(**{"12076": 5}), from_year=2025)
    assert by_code(out.frame) == {"12218": 5}
    assert out.moved.values.tolist() == [["12076", 2024]]
    assert by_code(geo.carry(frame(**{"55386": 2}), from_year=2024, absent="zero").frame)


def test_keys_are_kept_apart_and_sources_joined() -> None:
    rows = pd.concat([frame(A=1, B=2).assign(period="2020"), frame(A=5, B=6).assign(period="2021")])
    rows = rows.assign(level="commune", geography_year=2021, source=["s1", "s2", "s1", "s1"])
    out = small().carry(rows, from_year=2021, to_year=2022).frame
    assert out["value"].tolist() == [3, 11]
    assert out["source"].tolist() == ["s1+s2", "s1"]
    assert out["geography_year"].tolist() == [2022, 2022]
    assert list(out.columns) == list(rows.columns)


@pytest.mark.parametrize(
    "change, options, message",
    [
        ({"unit": "%"}, {}, "unité % ; un taux ne se transporte pas"),
        ({"denominator": 10.0}, {}, "rapport de deux effectifs ; un taux ne se transporte pas"),
        ({}, {"aggregation": "ratio"}, r"un taux ou une moyenne \(ratio\) ne se transporte pas"),
        ({"level": "epci"}, {}, "niveau epci ; attendu : commune"),
        ({"code": "A"}, {}, "plusieurs lignes pour A"),
        ({}, {"value": "nombre"}, "colonne absente : nombre"),
        ({}, {"absent": "rien"}, "absent='rien' ; attendu : missing ou zero"),
        ({}, {"from_year": 1999}, "année 1999 inconnue ; attendu : 2003 à 2025"),
        ({}, {"to_year": 2030}, "année 2030 inconnue"),
    ],
)
def test_refused(change: dict, options: dict, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        small().carry(frame(A=1, B=2).assign(**change), **{"from_year": 2021, **options})


def test_a_share_that_nobody_knows_is_not_made_up() -> None:
    """Before its merger of 2016 nothing tells how many lived in each part of a commune."""
    moves = steps((2016, "B", "A", "merged", False))
    old = Passage(moves, ["A", "C"], 2025, people(2020, 2021, A=10, C=5))
    out = old.carry(frame(A=8, C=1), from_year=2020, to_year=2014)
    assert by_code(out.frame) == {"C": 1}
    assert out.unplaced[["code", "reason", "value"]].values.tolist() == [["A", words.UNSHARED, 8.0]]


# ------------------------------------------------------------------------------------- properties


@st.composite
def random_passages(draw) -> tuple[Passage, list[str]]:
    """A start, and some years of mergers, restorations and changes of code.

    What is restored was in the commune it leaves, or is new.
    """
    start = [f"c{i}" for i in range(draw(st.integers(2, 7)))]
    now, rows, fresh = list(start), [], 0
    holder: dict[str, str] = {}  # former commune -> the one that it joined

    def path(code: str) -> list[str]:
        steps_up = [code]
        while steps_up[-1] in holder:
            steps_up.append(holder[steps_up[-1]])
        return steps_up

    def root(code: str) -> str:
        return path(code)[-1]

    for year in range(2022, 2026):
        moved: set[str] = set()
        for _ in range(draw(st.integers(0, 2))):
            free = [c for c in now if c not in moved]
            kind = draw(st.sampled_from(["merged", "restored", "code"]))
            if not free or (kind == "merged" and len(free) < 2):
                continue
            fresh += 1
            if kind == "merged":
                code, into = draw(st.permutations(free))[:2]
                rows.append((year, code, into, "merged", False))
            elif kind == "restored":
                code = draw(st.sampled_from(free))
                # one of the communes it is made of stays: a commune that everybody left would not exist
                inside = [c for c in start if root(c) == code]
                again = [c for c in inside if c not in now and any(c not in path(o) for o in inside)]
                into = draw(st.sampled_from([*again, f"n{fresh}"]))
                rows.append((year, code, into, "restored", True))
                now.append(into)
                holder.pop(into, None)
            else:
                code, into = draw(st.sampled_from(free)), f"n{fresh}"
                rows.append((year, code, into, "merged", True))
                now.append(into)
            if kind != "restored":
                now.remove(code)
                holder[code] = into
            moved |= {code, into}
    every = sorted({*start, *now, *(r[1] for r in rows), *(r[2] for r in rows)})
    counts = draw(st.lists(st.integers(0, 50), min_size=len(every), max_size=len(every)))
    weight = dict(zip(every, counts, strict=True))
    made = Passage(steps(*rows), now, 2025, people(2020, 2021, **weight))
    made.weight = weight  # type: ignore[attr-defined]
    return made, start


@settings(max_examples=40, deadline=None)
@given(random_passages(), st.data())
def test_totals_are_conserved_on_random_passages(world, data) -> None:
    passage, start = world
    assert passage.communes_in(2021) == set(start)
    first, last = data.draw(st.sampled_from([(2021, 2025), (2025, 2021), (2022, 2024), (2024, 2022)]))
    codes = sorted(passage.communes_in(first))
    values = data.draw(st.lists(st.integers(0, 1000), min_size=len(codes), max_size=len(codes)))
    rows = pd.DataFrame({"code": codes, "value": np.array(values, dtype="float64")})
    rows = rows.assign(low=rows["value"] - 1, high=rows["value"] + 2)
    out = passage.carry(rows, from_year=first, to_year=last, weight=passage.weight)
    assert out.unplaced.empty
    assert set(out.frame["code"]) == passage.communes_in(last)
    for column in ("value", "low", "high"):
        assert out.frame[column].sum() == pytest.approx(rows[column].sum(), abs=1e-6)
    assert (out.frame["low"] <= out.frame["value"] + 1e-9).all()
    assert (out.frame["value"] <= out.frame["high"] + 1e-9).all()


@pytest.mark.parametrize("start", EDITIONS)
@pytest.mark.parametrize("end", EDITIONS)
def test_every_real_passage_conserves_totals(geo: Geography, start: int, end: int) -> None:
    """Counts of all communes, both ways between all editions: nothing lost, every commune of arrival there."""
    codes = sorted(geo.with_edition(start).codes("commune"))
    rows = pd.DataFrame({"code": codes, "value": np.arange(len(codes)) % 977 + 1.0})
    out = geo.carry(rows, from_year=start, to_year=end)
    assert out.unplaced.empty and out.moved.empty
    assert set(out.frame["code"]) == set(geo.with_edition(end).codes("commune"))
    assert out.frame["value"].notna().all()
    assert out.frame["value"].sum() == pytest.approx(rows["value"].sum(), rel=1e-12)


@pytest.mark.parametrize("start", [2003, 2008, 2012, 2014, 2016, 2019])
def test_older_years_reach_todays_communes(geo: Geography, start: int) -> None:
    """One commune only cannot be shared out: Val-de-Meuse, left by two others in 2012, changed again since."""
    codes = sorted(geo.passage().communes_in(start))
    rows = pd.DataFrame({"code": codes, "value": 1.0})
    out = geo.carry(rows, from_year=start)
    assert out.unplaced["code"].tolist() == (["52427"] if start < 2012 else [])
    assert out.frame["value"].sum() + out.unplaced["value"].sum() == pytest.approx(len(codes), rel=1e-12)
    assert set(out.frame["code"]) <= set(geo.codes("commune"))


# --------------------------------------------------------------------------------------- real cases


def test_numbers_of_communes(geo: Geography) -> None:
    """Published by Insee, with Mayotte; 94 communes more lie in collectivités d'outre-mer."""
    published = {2012: 36_700, 2015: 36_658, 2016: 35_885, 2017: 35_416, 2018: 35_357, 2019: 34_970,
                 2020: 34_968, 2021: 34_965, 2024: 34_935, 2026: 34_875}  # fmt: skip
    assert {y: len(geo.passage().communes_in(y)) - 94 for y in published} == published


@pytest.mark.parametrize("edition", EDITIONS)
def test_history_and_editions_agree(geo: Geography, edition: int) -> None:
    assert geo.passage().communes_in(edition) == set(geo.with_edition(edition).codes("commune"))


def test_populations_carried_are_those_published_later(geo: Geography) -> None:
    """RP 2021 in the communes of 2024, carried to 2026, beside the populations kept for each edition."""
    before = geo.with_edition(2024).populations(2021).rename(columns={"pmun": "value"})[["code", "value"]]
    out = geo.carry(before, from_year=2024, absent="zero").frame.set_index("code")["value"]
    now = geo.populations(2021).set_index("code")["pmun"]
    assert (out.reindex(now.index) - now).abs().max() == 0


def test_celles_is_itself_again(geo: Geography) -> None:
    parts = ["15031", "15035", "15047", "15141", "15171"]
    old = geo.carry(pd.DataFrame({"code": parts, "value": [1.0, 2, 3, 4, 5]}), from_year=2015).frame
    assert by_code(old) == dict(zip(parts, [1, 2, 3, 4, 5], strict=True))
    # 834 inhabitants of 1 577 stay in Neussargues in 2022, 217 are in Celles (tests/test_geography.py)
    split = geo.carry(frame(**{"15141": 1577}), from_year=2022).frame.set_index("code")["value"]
    assert split["15031"] == pytest.approx(217) and split["15141"] == pytest.approx(834)


def test_thoiras_and_its_merger_both_ways(geo: Geography) -> None:
    onward = geo.carry(frame(**{"30094": 10, "30329": 30}), from_year=2024).frame
    assert by_code(onward) == {"30329": 40}
    back = geo.carry(frame(**{"30329": 40}), from_year=2026, to_year=2024).frame.set_index("code")["value"]
    inhabitants = geo.with_edition(2024).populations(2022).set_index("code")["pmun"]
    share = inhabitants["30094"] / inhabitants[["30094", "30329"]].sum()
    assert back["30094"] == pytest.approx(40 * share)


def test_sannerville_left_saline(geo: Geography) -> None:
    out = geo.carry(frame(**{"14712": 100}), from_year=2019, to_year=2021).frame.set_index("code")["value"]
    assert set(out.index) == {"14712", "14666"} and out.sum() == pytest.approx(100)
    assert by_code(geo.carry(frame(**{"14666": 3, "14712": 4}), from_year=2016).frame) == {
        "14666": 3, "14712": 4,
    }  # fmt: skip


def test_as_a_mapping(geo: Geography) -> None:
    passage = geo.passage()
    assert (passage["12076"], passage["75115"], passage["69383"]) == ("12218", "75056", "69123")
    assert passage.get("12063") is None and "15031" not in passage  # communes of today are not former ones
    assert {"12076", "12114", "12173"} <= passage.origins(["12218"])
    assert {"15141", "15031"} <= passage.origins(["15031"])
    assert geo.with_edition(2023).passage().get("12218") == "12076"
    assert len(passage) > 4000


def test_current_code_of_a_commune_merged_and_restored(geo: Geography) -> None:
    assert geo.current_code("15031") == "15031"
    assert geo.current_code("15031", 2023) == "15141"
    assert geo.current_code("12114") == "12218"  # Grand-Vabre, in Conques in 2016


# -------------------------------------------------------------------------------------- composition


def test_composition_of_larzac(geo: Geography) -> None:
    table = geo.composition(LARZAC)
    assert table.groupby("edition").size().to_dict() == dict.fromkeys(EDITIONS, 16)
    assert table["change"].eq("").all()
    assert table.loc[table["commune"].eq("12063"), "name"].unique().tolist() == ["La Cavalerie"]
    assert geo.composition_sentence(LARZAC) == "composition stable depuis 2021"


def test_composition_that_changed(geo: Geography) -> None:
    table = geo.composition("241400860")  # Cœur de Nacre
    joined = table[table["change"].eq("joined")]
    assert joined[["edition", "commune", "name"]].values.tolist() == [[2026, "14062", "Bény-sur-Mer"]]
    assert geo.composition_sentence("241400860") == "a accueilli Bény-sur-Mer en 2026"
    other = geo.composition(joined["other"].iloc[0])
    assert other.loc[other["change"].eq("left"), ["edition", "commune", "other"]].values.tolist() == [
        [2026, "14062", "241400860"]
    ]


def test_composition_of_new_and_former_epci(geo: Geography) -> None:
    assert geo.composition_sentence("994579670") == "créée en 2026"  # Lévézou
    assert geo.composition_sentence("241200658") == "n’existe plus depuis 2026"  # Pays de Salars
    with pytest.raises(BadInput, match="EPCI '241200907' inconnu"):
        geo.composition("241200907")


def test_a_merger_of_members_is_no_departure(geo: Geography) -> None:
    epci = geo.epci_of("30329")  # Thoiras-Corbès
    assert geo.composition(epci)["change"].eq("").all()
    assert geo.composition_sentence(epci) == "composition stable depuis 2021"


def test_other_years_may_be_added(geo: Geography) -> None:
    before = geo.with_edition(2021).membership()[["commune", "epci"]].copy()
    before.loc[before["commune"].eq("12063"), "epci"] = ""
    assert geo.composition_sentence(LARZAC, {2020: before}) == "a accueilli La Cavalerie en 2021"


def test_epci_of(geo: Geography) -> None:
    assert geo.epci_of("12063") == geo.epci_of("12063", 2021) == LARZAC
    assert geo.epci_of("14062", 2025) != geo.epci_of("14062", 2026) == "241400860"
    assert geo.epci_of("12076", 2026) == geo.epci_of("12218")  # under its former code
    assert geo.epci_of("12218", 2023) == geo.epci_of("12076", 2023)
    assert geo.epci_of("85113") == ""  # L'Île-d'Yeu
    with pytest.raises(BadInput, match="commune '00000' inconnue en 2024"):
        geo.epci_of("00000", 2024)


# ------------------------------------------------------------------------------------ Insee's files


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Sheets in Insee's layout: five lines of titles, then the header."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for line in [["Titre"], ["Champ"], ["Source : Insee"], [], ["Libellés"], *rows]:
            sheet.append(line)
    book.save(path)
    return path


def test_yearly_passage_table(tmp_path: Path) -> None:
    rows = [
        ["CODGEO_2023", "CODGEO_2024", "CODGEO_2025"],
        ["01001", "01001", "01001"],
        ["01002", "01001", "01001"],
        ["01003", "01003", "01003"],
        ["01003", "01003", "01004"],
    ]
    path = workbook(tmp_path / "table_passage_annuelle_2025.xlsx", {"Documentation": [["x"]], "COM": rows})
    table = read_passage_table(path)
    assert table.values.tolist() == [["01002", 2023, "01001", 2024], ["01003", 2024, "01004", 2025]]
    made = as_steps(table, codes_by_year(path))
    assert made.values.tolist() == [
        [2024, "01002", "01001", "merged", False],
        [2025, "01003", "01004", "restored", True],
    ]
    known = people(2024, 2023, **{"01001": 5, "01003": 30, "01004": 10})
    passage = Passage(made, ["01001", "01003", "01004"], 2025, known)
    out = passage.carry(
        frame(**{"01001": 1, "01002": 2, "01003": 8}), from_year=2023, weight=known.set_index("code")["pmun"]
    )
    assert by_code(out.frame) == {"01001": 3, "01003": 6, "01004": 2}


def test_first_and_last_year_passage_table(tmp_path: Path) -> None:
    rows = [["NIVGEO", "CODGEO_INI", "CODGEO_2025", "LIBGEO_2025"], ["COM", "01002", "01001", "A"],
            ["COM", "01001", "01001", "A"]]  # fmt: skip
    inside = workbook(tmp_path / "table.xlsx", {"Table de passage": rows})
    path = tmp_path / "table_passage_geo2003_geo2025.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inside, "table_passage_geo2003_geo2025.xlsx")
    table = read_passage_table(path)
    assert table.values.tolist() == [["01002", 0, "01001", 2025]]
    with pytest.raises(RawDataError, match="seule la table annuelle"):
        as_steps(table)


def test_epci_list(tmp_path: Path) -> None:
    rows = [
        ["CODGEO", "LIBGEO", "EPCI", "LIBEPCI", "DEP", "REG"],
        ["12063", "La Cavalerie", LARZAC, "CC Larzac et Vallées", "12", "76"],
        ["85113", "L'Île-d'Yeu", "ZZZZZZZZZ", "Sans objet", "85", "52"],
    ]
    sheets = {"EPCI": [["EPCI", "LIBEPCI", "NATURE_EPCI", "NB_COM"]], "Composition_communale": rows}
    path = workbook(tmp_path / "EPCI_au_01-01-2025.xlsx", sheets)
    table = read_epci(path)
    assert table.values.tolist() == [
        ["12063", LARZAC, "CC Larzac et Vallées", "12", "76"],
        ["85113", "", "", "85", "52"],
    ]
    ours = pd.DataFrame({"commune": ["12063", "85113", "97501"], "epci": ["1", "", ""]})
    assert compare_epci(table, ours).values.tolist() == [["12063", "1", LARZAC]]


def test_bad_insee_files(tmp_path: Path) -> None:
    other = workbook(tmp_path / "autre.xlsx", {"F": [["A", "B"], [1, 2]]})
    with pytest.raises(
        RawDataError, match=r"autre\.xlsx, ligne 6 : trouvé 'feuilles F', attendu une colonne"
    ):
        read_passage_table(other)
    with pytest.raises(RawDataError, match="attendu une feuille avec CODGEO, DEP, EPCI, LIBEPCI, REG"):
        read_epci(other)
    text = tmp_path / "texte.xlsx"
    text.write_text("rien")
    with pytest.raises(RawDataError, match=r"texte\.xlsx : fichier illisible"):
        read_epci(text)
    one = workbook(tmp_path / "une.xlsx", {"COM": [["CODGEO_2024"], ["01001"]]})
    with pytest.raises(RawDataError, match="CODGEO_INI ou deux années"):
        read_passage_table(one)
    head = ["CODGEO", "EPCI", "LIBEPCI", "DEP", "REG"]
    twice = workbook(
        tmp_path / "double.xlsx", {"C": [head, ["1", "2", "x", "12", "76"], ["1", "3", "x", "12", "76"]]}
    )
    with pytest.raises(RawDataError, match="trouvé '1 deux fois', attendu une ligne par commune"):
        read_epci(twice)


# ------------------------------------------------------------------------------------- the script


@pytest.fixture(scope="module")
def script():
    path = ROOT / "scripts" / "rebuild_geography.py"
    spec = importlib.util.spec_from_file_location("rebuild_geography_passages", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_heirs_of_dated_states(script) -> None:
    """Beaumont joins Anville in 2016 (déléguée) and leaves it in 2019."""
    states = [
        {"id": "COM-A@1", "code": "A", "type": "COM", "dateFin": "2016-01-01", "successeur": "COMD-A@2"},
        {"id": "COMD-A@2", "code": "A", "type": "COMD", "dateDebut": "2016-01-01", "pole": "COM-A@2",
         "predecesseur": "COM-A@1"},
        {"id": "COM-A@2", "code": "A", "type": "COM", "dateDebut": "2016-01-01", "dateFin": "2019-01-01",
         "raisonFin": "dé-fusion"},
        {"id": "COM-B@1", "code": "B", "type": "COM", "dateFin": "2016-01-01", "successeur": "COMD-B@2"},
        {"id": "COMD-B@2", "code": "B", "type": "COMD", "dateDebut": "2016-01-01", "pole": "COM-A@2",
         "dateFin": "2019-01-01", "successeur": "COM-B@3", "predecesseur": "COM-B@1"},
        {"id": "COM-B@3", "code": "B", "type": "COM", "dateDebut": "2019-01-01", "predecesseur": "COMD-B@2"},
    ]  # fmt: skip
    by_id = {s["id"]: s for s in states}
    whole = [s for s in states if s["type"] == "COM"]
    assert set(script._alive(whole, "2015-01-01")) == {"A", "B"}
    assert set(script._alive(whole, "2017-01-01")) == {"A"}
    assert script._heir(by_id["COM-B@1"], by_id, "2017-01-01") == "A"
    assert script._parent(by_id["COM-B@3"], by_id, "2019-01-01") == "A"


def test_insee_files_are_compared(script, tmp_path: Path, capsys) -> None:
    moves = steps((2024, "01002", "01001", "merged", False))
    members = pd.DataFrame({"group": ["E"]}, index=pd.Index(["01001"], name="code"))
    rows = [["CODGEO_2023", "CODGEO_2024"], ["01002", "01001"], ["01001", "01001"]]
    table = workbook(tmp_path / "table.xlsx", {"COM": rows})
    epci = workbook(
        tmp_path / "epci.xlsx",
        {
            "Composition_communale": [
                ["CODGEO", "EPCI", "LIBEPCI", "DEP", "REG"],
                ["01001", "E", "x", "01", "84"],
            ]
        },
    )
    script.compare_with_insee(moves, members, table, epci)
    assert "1 passages, tous retrouvés" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="1 passages d’Insee autres que les nôtres"):
        script.compare_with_insee(moves.iloc[:0], members, table, None)
    with pytest.raises(SystemExit, match="1 communes d’un autre EPCI"):
        script.compare_with_insee(moves, members.assign(group="F"), None, epci)
