"""What takes seconds to import, and of which nothing here needs a line, is imported when it is used.

nbformat imports jsonschema, which imports ``rfc3987_syntax`` for its formats ``iri``: that builds thirty
grammars, in more time than importing pandas takes. Whoever checks such a format, or asks the package for
anything, gets the package itself; it is then built.
"""

from __future__ import annotations

import importlib
import importlib.abc
import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

NAME = "rfc3987_syntax"
_INSIDE = f"{NAME}.syntax_helpers"
_CHECK = "is_valid_syntax"
"""All that jsonschema takes from it."""


class Late(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the package, and gives a module that becomes it at the first question."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Spec of the package alone, where it is installed; its modules are found as ever."""
        found = PathFinder.find_spec(fullname, path) if fullname == NAME else None
        if found is None:
            return None
        spec = ModuleSpec(fullname, self, origin=found.origin, is_package=True)
        spec.submodule_search_locations = found.submodule_search_locations
        return spec

    def exec_module(self, module: ModuleType) -> None:
        """Nothing yet but the function that jsonschema takes."""

        def is_valid_syntax(*given: Any, **named: Any) -> Any:
            return getattr(importlib.import_module(_INSIDE), _CHECK)(*given, **named)

        def missing(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            module.__dict__.update(_public(importlib.import_module(_INSIDE)))
            try:
                return module.__dict__[name]
            except KeyError:
                raise AttributeError(f"module {NAME!r} has no attribute {name!r}") from None

        vars(module).update({_CHECK: is_valid_syntax, "__getattr__": missing})


def _public(module: ModuleType) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if not name.startswith("_")}


def put_off() -> None:
    """From now on in this process; once."""
    if not any(isinstance(finder, Late) for finder in sys.meta_path):
        sys.meta_path.insert(0, Late())
