"""What every command shares: questions, paths, lists of words, groups in the order that was given."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ctg_lib.cli.common import agreed, closed_elsewhere, group, shown, words
from ctg_lib.errors import BadInput


@pytest.mark.parametrize(
    ("said", "yes"),
    [
        ("o\n", True),
        (" OUI \n", True),
        ("oui", True),
        ("yes\n", False),
        ("n\n", False),
        ("\n", False),
        ("", False),
    ],
)
def test_only_o_or_oui_is_a_yes(said: str, yes: bool, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(said))
    assert agreed("Les effacer ?") is yes
    told = capsys.readouterr()
    assert told.err.startswith("Les effacer ? [o/N] ") and told.out == ""


def test_a_path_is_shown_as_it_would_be_typed(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown(tmp_path / "a" / "b") == str(Path("a") / "b")
    assert shown(tmp_path, tmp_path / "a") == str(tmp_path)


def test_words_between_commas() -> None:
    assert words(" 04, 10,,") == ["04", "10"]


def test_a_file_held_elsewhere_is_named_without_its_folder() -> None:
    with (
        pytest.raises(BadInput, match=r"^lettre\.docx : ce fichier ne peut pas être écrit"),
        closed_elsewhere(),
    ):
        raise PermissionError(13, "held", "/x/.lettre.docx.tmp", None, "/x/lettre.docx")


def test_commands_of_a_group_keep_their_order() -> None:
    def last() -> None:
        """Z."""

    def first() -> None:
        """A."""

    told = CliRunner().invoke(group("Aide.", {"z": last, "a": first}), ["--help"]).output
    assert "Aide." in told and told.index("\n  z ") < told.index("\n  a ")
