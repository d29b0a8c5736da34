"""French for what the command-line library says by itself: headings of help pages and usage errors."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any

from typer.core import TyperCommand, TyperGroup

_HEADINGS: dict[str, str] = {
    "Commands": "Commandes",
    "Usage: ": "Usage : ",
    "Show this message and exit.": "Affiche cette aide.",
    "[OPTIONS]": "[OPTIONS]",
    "COMMAND [ARGS]...": "COMMANDE [ARGUMENTS]…",
    "[required]": "[obligatoire]",
    "[x>=1]": "[au moins 1]",
    "[default: ": "[par défaut : ",
}
_BRACES = re.compile(r"(?<=[ \\[])\{(\w+)\}")
_TYPES = re.compile(r" <(?:str|path|int|int range)>")
_ERRORS: tuple[tuple[str, str], ...] = (
    (r"No such command (.+?)\.? Did you mean (.+)\?$", r"commande inconnue : \1. Vouliez-vous dire \2 ?"),
    (r"No such command (.+?)\.?$", r"commande inconnue : \1."),
    (r"No such option:? (\S+?)\.? (?:\(Possible options: |Did you mean )(.+?)[)?]+$",
     r"option inconnue : \1. Vouliez-vous dire \2 ?"),
    (r"No such option:? (\S+)$", r"option inconnue : \1."),
    (r"Missing argument (.+?)\.?$", r"il manque \1."),
    (r"Missing option (.+?)\.?$", r"il manque l’option \1."),
    (r"Missing command\.?$", "il manque une commande."),
    (r"Option (.+) requires an argument\.?$", r"l’option \1 attend une valeur."),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.+)\)$", r"en trop : \1."),
    (r"Invalid value for (.+): (.+) is not a valid integer(?: range)?\.?$",
     r"\1 : trouvé \2, attendu un nombre entier."),
    (r"Invalid value for (.+): (.+) is not in the range (.+?)\.?$", r"\1 : trouvé \2, attendu \3."),
    (r"Invalid value for (.+): Input should be a valid integer.*$", r"\1 : un nombre entier est attendu."),
    (
        r"Invalid value for (.+): Input should be greater than or equal to (\S+)$",
        r"\1 : au moins \2 est attendu.",
    ),
    (r"Invalid value for (.+): (.+) is not one of (.+?)\.?$", r"\1 : trouvé \2, attendu \3."),
    (r"Invalid value for (.+)$", r"valeur impossible pour \1"),
)  # fmt: skip


def translate_error(message: str) -> str:
    """A usage error in French; a message without translation is given as it is."""
    for pattern, french in _ERRORS:
        if re.match(pattern, message):
            return re.sub(pattern, french, message)
    return message


def translate_help(text: str) -> str:
    """A piece of a help page in French."""
    for english, french in _HEADINGS.items():
        text = text.replace(english, french)
    return _TYPES.sub(lambda found: " " * len(found[0]), _BRACES.sub(r"\1", text))


class FrenchCommand(TyperCommand):
    """A command whose help page is French throughout."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page, then put its headings into French."""
        super().format_help(ctx, formatter)
        formatter.buffer[:] = [translate_help(part) for part in formatter.buffer]


class FrenchGroup(TyperGroup):
    """A group of commands: French help pages, French usage errors (exit code 2)."""

    command_class = FrenchCommand

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page, then put its headings into French."""
        super().format_help(ctx, formatter)
        formatter.buffer[:] = [translate_help(part) for part in formatter.buffer]

    def main(  # type: ignore[override]  # the library's own signature changes between versions
        self, args: Sequence[str] | None = None, **options: Any
    ) -> Any:
        """Run; usage errors go to standard error in French with exit code 2."""
        if not options.pop("standalone_mode", True):
            return super().main(args, standalone_mode=False, **options)
        try:
            result = super().main(args, standalone_mode=False, **options)
        except Exception as error:
            if not hasattr(error, "format_message"):
                raise
            self._show(error)
            sys.exit(getattr(error, "exit_code", 2))
        sys.exit(result if isinstance(result, int) else 0)

    @staticmethod
    def _show(error: Any) -> None:
        context = getattr(error, "ctx", None)
        if type(error).__name__ == "NoArgsIsHelpError" and context is not None:
            print(context.get_help(), file=sys.stderr)
            return
        print(f"Erreur : {translate_error(error.format_message())}", file=sys.stderr)
        if context is not None:
            print(f"Aide : {context.command_path} --help", file=sys.stderr)
