"""What was given on the command line: none of it may be empty, as an unset variable of a shell would leave it.

An empty name of a folder would be the folder one stands in, and no option means anything by an empty text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import typer

from simulation.errors import CircuitError


def refuse_empty(app: typer.Typer, arguments: Sequence[str]) -> None:
    """Raise `CircuitError` if a text among the arguments of a command is empty, with what its option takes."""
    if any(not text.strip() or (text.startswith("--") and text.endswith("=")) for text in arguments[1:]):
        commands: dict[str, Any] = getattr(typer.main.get_command(app), "commands", {})
        given = _texts(commands[arguments[0]], arguments[1:]) if arguments[0] in commands else ()
        errors = [f"{_name(each)} is empty; it takes: {each.help}" for each, text in given if not text.strip()]
        if errors:
            raise CircuitError(*dict.fromkeys(errors))


def _name(parameter: Any) -> str:
    named = parameter.param_type_name == "option"
    return str(parameter.opts[0] if named else parameter.metavar or parameter.name.upper())


def _texts(command: Any, arguments: Sequence[str]) -> Iterator[tuple[Any, str]]:
    """Each text with the parameter of the command that takes it; what nothing takes is left to the parser."""
    options = {each.opts[0]: each for each in command.params if each.param_type_name == "option" and not each.is_flag}
    places = [each for each in command.params if each.param_type_name == "argument"]
    texts = iter(arguments)
    for text in texts:
        name, at_once, value = text.partition("=")
        if name in options:
            yield options[name], value if at_once else next(texts, name)
        elif not text.startswith("--") and places:
            yield places[0] if places[0].nargs == -1 else places.pop(0), text
