"""What was decided in a workbook stays as it is, whatever is proposed after."""

from datetime import date

import pandas as pd
import pytest
from crossing_samples import agreement, finding, need, proof
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_lib.agreement.updating import added, lines_of, loses, next_ids, settled, updated
from ctg_lib.workbooks.problems import Problem


def sheet(name="needs"):
    return agreement().books["croisement"][name]


def table(*lines):
    return agreement(needs=lines).table("croisement", "needs")


def proposal(key, **more):
    return {"key": key, "label": f"proposé {key}", "theme": "enfance"} | more


def test_new_lines_come_last_with_the_ids_that_follow():
    done = updated(
        sheet(), table(need("N02"), need("N07")), [proposal("a"), proposal("b")], cited=["N09", "K99"]
    )
    assert [line["id"] for line in done.lines] == ["N02", "N07", "N10", "N11"]
    assert done.new == ("N10", "N11") and done.ids == {"a": "N10", "b": "N11"}


def test_a_key_that_is_there_is_never_proposed_twice_whatever_was_decided():
    lines = [
        need("N01", key="a", state="ecarte"),
        need("N02", key="b"),
        need("N03", key="c", state="propose"),
    ]
    done = updated(sheet(), table(*lines), [proposal(k) for k in "abcd"])
    assert done.new == ("N04",) and [line.get("key") for line in done.lines] == ["a", "b", "c", "d"]
    assert updated(sheet(), table(*lines), [proposal("d"), proposal("d")]).new == ("N04",)


def test_a_decided_line_and_one_written_by_hand_do_not_change_at_all():
    lines = [need("N01", key="a", remark="à la main"), need("N02", state="propose", label="sans clé")]
    before = lines_of(sheet(), table(*lines))
    done = updated(
        sheet(),
        table(*lines),
        [proposal("a", gap="écart", findings=("K001",))],
        machine=("label",),
        grows=("findings",),
    )
    assert done.lines[:2] == before and not done.filled and not done.new


def test_a_waiting_line_is_filled_in_grows_and_is_written_again_where_the_machine_wrote():
    line = need("N01", key="a", state="propose", gap="écrit", findings=("K001",), remark="vieux")
    given_ = proposal("a", gap="autre", moment="le soir", findings=("K002", "K001"), remark="neuf")
    done = updated(sheet(), table(line), [given_], machine=("remark",), grows=("findings",))
    (only,) = done.lines
    assert (only["gap"], only["moment"], only["findings"], only["remark"]) == (
        "écrit",
        "le soir",
        ("K001", "K002"),
        "neuf",
    )
    assert only["label"] == "besoin N01" and done.filled == ("N01",)


def test_what_is_proposed_is_compared_as_it_will_be_read_back():
    shape = agreement().books["constats"]["findings"]
    made = {"key": "a", "sentence": "29\u202f% en 2023\u00a0: plus  que là.", "theme": "enfance"}
    made["proposed"] = made["sentence"]
    (line,) = updated(shape, shape.empty(), [made], follows={"sentence": "proposed"}).lines
    assert line["sentence"] == line["proposed"] == "29 % en 2023 : plus que là."
    there = agreement(findings=[line | {"state": "propose"}]).table("constats", "findings")
    again = updated(shape, there, [made], follows={"sentence": "proposed"})
    assert again.filled == again.new == () and again.lines == lines_of(shape, there)


def test_a_line_settles_as_the_reader_of_workbooks_does():
    made = {"id": "n 03", "label": " un\u00a0lieu ", "publics": ("parents",), "offer": ("s01", "S01", "s 02"), "gap": "–",
            "findings": (), "state": ""}  # fmt: skip
    wanted = {"id": "N03", "label": "un lieu", "publics": ("parents",), "offer": ("S01", "S02"), "gap": None, "findings": (), "state": ""}  # fmt: skip
    assert settled(sheet(), made) == wanted
    evidence = agreement().books["constats"]["evidence"]
    assert settled(evidence, {"taken_on": date(2027, 1, 2), "value": 0.1}) == {
        "taken_on": pd.Timestamp(2027, 1, 2),
        "value": 0.1,
    }


def test_a_sentence_that_nobody_changed_follows_what_is_proposed():
    shape = agreement().books["constats"]["findings"]
    lines = [
        finding("K001", "propose", sentence="vieux", proposed="vieux", key="a"),
        finding("K002", "propose", sentence="réécrit", proposed="vieux", key="b"),
        finding("K003", "accepte", sentence="vieux", proposed="vieux", key="c"),
    ]  # fmt: skip
    made = [{"key": k, "sentence": "neuf", "proposed": "neuf", "theme": "enfance"} for k in "abc"]
    done = updated(
        shape, agreement(findings=lines).table("constats", "findings"), made, follows={"sentence": "proposed"}
    )
    said = [(line["sentence"], line["proposed"]) for line in done.lines]
    assert said == [("neuf", "neuf"), ("réécrit", "neuf"), ("vieux", "vieux")]


def test_what_is_no_longer_proposed_stays_and_is_told():
    done = updated(sheet(), table(need("N01", key="a", state="propose"), need("N02", key="b")), [])
    assert done.gone == ("N01",) and len(done.lines) == 2


def test_a_proposal_without_a_key_is_refused():
    with pytest.raises(ValueError, match="without a key"):
        updated(sheet(), table(), [{"label": "x"}])


def test_ids_follow_the_example():
    assert next_ids("K001", ["K009", "N50", "libre"], 2) == ["K010", "K011"]
    assert next_ids("E01", [], 1) == ["E01"]
    with pytest.raises(ValueError, match="no number"):
        next_ids("libre", [], 1)


def test_lines_of_a_sheet_known_by_its_key_are_added_and_their_empty_cells_filled():
    held = agreement(evidence=[proof(said="vieux"), proof(ref="naissances")])
    shape, old = held.books["constats"]["evidence"], held.table("constats", "evidence")
    fresh = [proof(said="neuf", period="2024"), proof("K002", said="autre"), proof("K002", said="encore")]
    lines = added(shape, old, fresh, fill=("said", "period"))
    assert [(e["finding"], e["ref"], e.get("said"), e.get("period")) for e in lines] == [
        ("K001", "taux_couverture", "vieux", "2024"), ("K001", "naissances", None, None), ("K002", "taux_couverture", "autre", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("found", "expected", "severity", "lost"),
    [
        ("abc", "un nombre", "error", True),
        ("", "« Thème », nécessaire", "error", False),
        ("N01", "une seule ligne pour « Identifiant » ; déjà ligne 6", "error", False),
        ("2 cellules remplies", "une colonne du modèle ; celle-ci n’est pas lue", "warning", True),
        (
            "1 commentaire",
            "ce texte dans la colonne « Remarque » ; un commentaire n’est pas lu",
            "warning",
            True,
        ),
        ("des cellules fusionnées", "une valeur par cellule ; seule la première compte", "warning", True),
        ("oui", "« accepté » ; lu comme tel", "warning", False),
        ("", "une colonne « Clé »", "warning", False),
    ],
)
def test_what_writing_again_would_lose(found, expected, severity, lost):
    assert loses(Problem("x.xlsx", found, expected, severity=severity)) is lost


KEYS = st.lists(st.sampled_from("abcdef"), max_size=6)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["", "propose", "retenu", "ecarte"])), max_size=6,
             unique_by=lambda each: each[0]),
    KEYS, KEYS,
)  # fmt: skip
def test_updating_twice_is_updating_once_and_ids_never_move(there, first, then):
    lines = [need(f"N{n:02d}", key=key, state=state) for n, (key, state) in enumerate(there, start=1)]
    once = updated(sheet(), table(*lines), [proposal(k) for k in first])
    again = updated(sheet(), table(*once.lines), [proposal(k) for k in first])
    assert again.lines == once.lines and not again.new
    after = updated(sheet(), table(*once.lines), [proposal(k) for k in then])
    assert after.lines[: len(once.lines)] == once.lines
    ids = [line["id"] for line in after.lines]
    assert len(ids) == len(set(ids)) and len({line["key"] for line in after.lines}) == len(after.lines)
