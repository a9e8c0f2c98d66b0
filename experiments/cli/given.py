"""What was given on the command line: none of it may be empty, as an unset variable of a shell would leave it.

An empty name of a folder would be the folder one stands in, and no option means anything by an empty text."""

from collections.abc import Iterator, Sequence
from typing import Any

import typer

from simulation.errors import CircuitError


def refuse_empty(app: typer.Typer, arguments: Sequence[str]) -> None:
    """Raise `CircuitError` if a text on the command line is empty, with what belongs in its place."""
    if not any(_is_empty(text) or (text.startswith("--") and text.endswith("=")) for text in arguments):
        return
    commands: dict[str, Any] = getattr(typer.main.get_command(app), "commands", {})
    name = arguments[0]
    if _is_empty(name):
        raise CircuitError("the name of the command is empty: circuit --help lists what there is")
    given = _texts(commands[name], arguments[1:]) if name in commands else ()
    if errors := [_what_belongs(each, name) for each, text in given if _is_empty(text)]:
        raise CircuitError(*dict.fromkeys(errors))


def _is_empty(text: str) -> bool:
    return not text.strip()


def _what_belongs(parameter: Any | None, command: str) -> str:
    if parameter is None:
        return f"an argument too many is empty: leave it out; circuit {command} --help says what is taken"
    return what_it_takes(parameter, "empty")


def what_it_takes(parameter: Any, lack: str) -> str:
    """That an option or an argument is empty or missing, and what it takes."""
    named = parameter.param_type_name == "option"
    name = parameter.opts[0] if named else (parameter.metavar or parameter.name.upper()).strip("[].{}")
    return f"{name} is {lack}; it takes: {parameter.help}"


def _texts(command: Any, arguments: Sequence[str]) -> Iterator[tuple[Any | None, str]]:
    """Each text with the parameter of the command that takes it, or nothing where there is one text too many; from an
    option on that there is not, all is left to the parser."""
    options = {each.opts[0]: each for each in command.params if each.param_type_name == "option" and not each.is_flag}
    flags = {name for each in command.params for name in (*each.opts, *each.secondary_opts)} - {*options}
    places = [each for each in command.params if each.param_type_name == "argument"]
    texts = iter(arguments)
    for text in texts:
        name, at_once, value = text.partition("=")
        if name in options:
            yield options[name], value if at_once else next(texts, name)
        elif text.startswith("--"):
            if text not in flags:
                return
        else:
            place = (places[0] if places[0].nargs == -1 else places.pop(0)) if places else None
            yield place, text
