"""YAML that people write by hand: a key written twice is told, a date that does not exist stays text."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

LARGEST = 1_000_000
"""Bytes of a file of settings, at most."""


class UnreadableYaml(Exception):
    """What is wrong, in French, for the message of the caller.

    Attributes:
        found: what stands in the file, to be quoted: « un texte illisible, ligne 2 ».
        hint: what may mend it; else what is wrong.
    """

    def __init__(self, message: str, found: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.found, self.hint = found or "un texte illisible", hint or message


class _Told(yaml.YAMLError):
    """Said by this module, in French."""


class _Loader(yaml.SafeLoader):
    pass


class _FlatLoader(_Loader):
    """Without « *name »: what repeats itself could fill the memory once it is walked through."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            line = self.peek_event().start_mark.line + 1
            raise _Told(f"ligne {line} : « * » renvoie à un autre passage, attendu le texte lui-même")
        return super().compose_node(parent, index)


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    keys = [str(loader.construct_object(key)) for key, _ in node.value]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        place = f"ligne {node.start_mark.line + 1}"
        raise _Told(f"{place} : « {', '.join(twice)} » écrit deux fois, une seule attendue")
    return dict(yaml.SafeLoader.construct_mapping(loader, node, deep=True))


def _timestamp(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    try:
        return yaml.SafeLoader.construct_yaml_timestamp(loader, node)
    except ValueError:
        return str(node.value)


class _QuickLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """By libyaml, ten times quicker; its messages are other ones, and it knows nothing of ``flat``."""


_QuickLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_QuickLoader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)
_FlatLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_FlatLoader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


_DEEP = re.compile(r"^ {60}|(?:[-?:] +){8}", re.MULTILINE)
"""Levels within levels: left to the reader that says when there are too many."""


def _plain(text: str) -> bool:
    """Whether a text has no reference, no tab, few brackets and few levels."""
    return (
        "*" not in text
        and "\t" not in text
        and text.count("[") + text.count("{") < 200
        and not _DEEP.search(text)
    )


def _quickly(text: str) -> tuple[bool, Any]:
    """Whether a text was read by libyaml, and what it says; what is wrong is told by the other reader."""
    if not _plain(text):
        return False, None
    try:
        return True, yaml.load(text, Loader=_QuickLoader)  # a SafeLoader too
    except Exception:
        return False, None


def parse_yaml(text: str, *, flat: bool = False) -> Any:
    """What a text of YAML says; an empty mapping where it says nothing.

    Args:
        flat: refuse references (« *name »).

    Raises:
        UnreadableYaml: it is no YAML.
    """
    read, value = _quickly(text)
    if read:
        return {} if value is None else value
    try:
        value = yaml.load(text, Loader=_FlatLoader if flat else _Loader)  # both are SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"ligne {mark.line + 1}, colonne {mark.column + 1} : " if mark else ""
        hint = "un texte qui contient « : » ou « # », ou commence par un signe, se met entre guillemets"
        found = f"un texte illisible, ligne {mark.line + 1}" if mark else "un texte illisible"
        raise UnreadableYaml(f"{place}écriture YAML illisible ({hint})", found, hint) from None
    except yaml.reader.ReaderError:
        raise UnreadableYaml("un caractère qui n’est pas du texte") from None
    except RecursionError:
        raise UnreadableYaml("trop de niveaux") from None
    except _Told as error:
        raise UnreadableYaml(str(error)) from None
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, LookupError):
        # a tag (« !!int x ») or a number of thousands of digits: PyYAML lets other errors through
        raise UnreadableYaml("une valeur illisible") from None
    return {} if value is None else value


def read_yaml(path: Path, *, flat: bool = False) -> Any:
    """The same of a file in UTF-8.

    Raises:
        UnreadableYaml: it cannot be opened, is too large, is no UTF-8 or no YAML.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadableYaml(f"fichier trop grand, attendu moins de {LARGEST // 1_000_000} Mo")
        return parse_yaml(path.read_text(encoding="utf-8-sig"), flat=flat)
    except UnicodeDecodeError:
        raise UnreadableYaml("texte illisible, attendu un fichier enregistré en UTF-8") from None
    except OSError:
        raise UnreadableYaml("fichier qui ne s’ouvre pas") from None
