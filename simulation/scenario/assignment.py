"""Parameters set in words, as on a command line: `gamma=0.03`, `withdrawal=off`."""

import re

from simulation.errors import CircuitError
from simulation.scenario.input_errors import InputErrors, parameter_error
from simulation.scenario.parameters import PARAMETERS

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_SWITCH_WORDS = {"on": 1.0, "true": 1.0, "off": 0.0, "false": 0.0}


def parse_assignment(text: str) -> tuple[str, float]:
    """Name and value of NAME=VALUE. Raises CircuitError for an unknown name or a value out of range."""
    name, equals, value = (part.strip() for part in text.partition("="))
    errors = InputErrors()
    if not equals:
        errors.add("", f"{text!a} sets nothing: write NAME=VALUE, for example gamma=0.03")
    elif name not in PARAMETERS:
        errors.unknown("", "parameter", name, PARAMETERS)
    elif error := parameter_error(PARAMETERS[name], _meant(name, value)):
        errors.add(name, error)
    errors.raise_if_any()
    return name, float(_meant(name, value))


def parse_assignments(texts: tuple[str, ...] | list[str]) -> dict[str, float]:
    """Values by name of several NAME=VALUE; all errors at once, a name set twice among them."""
    values: dict[str, float] = {}
    errors: list[str] = []
    for text in texts:
        try:
            name, value = parse_assignment(text)
        except CircuitError as error:
            errors += error.errors
            continue
        if name in values:
            errors.append(f"{name}: is set twice: set it once")
        values[name] = value
    if errors:
        raise CircuitError(*errors)
    return values


def _meant(name: str, text: str) -> float | str:
    """The number a text stands for, or the text itself where it stands for none."""
    if PARAMETERS[name].is_switch and text.lower() in _SWITCH_WORDS:
        return _SWITCH_WORDS[text.lower()]
    return float(text) if _NUMBER.fullmatch(text) else text
