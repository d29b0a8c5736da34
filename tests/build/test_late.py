"""What nobody here uses is not imported; whoever uses it finds all of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("rfc3987_syntax")
START = "import sys, ctg_lib.build, nbformat, jsonschema\n"


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_notebooks_are_read_without_its_grammars() -> None:
    assert _run(START + "import jsonschema._format\nprint('lark' in sys.modules)") == "False"


def test_a_format_is_still_checked() -> None:
    check = (
        "from jsonschema import Draft202012Validator as V\n"
        "v = V({'format': 'iri'}, format_checker=V.FORMAT_CHECKER)\n"
        "print(v.is_valid('https://exemple.fr/é'), v.is_valid('pas une adresse'), 'lark' in sys.modules)"
    )
    late, early = (
        _run(start + check)
        for start in (START, "import sys, rfc3987_syntax, ctg_lib.build, nbformat, jsonschema\n")
    )
    assert late == early == "True False True"


def test_all_of_the_package_is_there() -> None:
    code = (
        "import rfc3987_syntax as late\nfrom rfc3987_syntax import is_valid_syntax_port, utils\n"
        "print(late.is_valid_syntax_port('80'), is_valid_syntax_port('x'), hasattr(late, 'rien'), "
        "utils.__name__)"
    )
    assert _run(START + code) == "True False False rfc3987_syntax.utils"
