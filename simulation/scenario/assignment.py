"""Parameters set in words, as on a command line: `gamma=0.03`, `withdrawal=off`."""

from __future__ import annotations

import re

from simulation.errors import CircuitError
from simulation.scenario.faults import Faults, parameter_fault
from simulation.scenario.parameters import PARAMETERS

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_SWITCH_WORDS = {"on": 1.0, "true": 1.0, "off": 0.0, "false": 0.0}


def parse_assignment(text: str) -> tuple[str, float]:
    """Name and value of NAME=VALUE. Raises CircuitError for an unknown name or a value out of range."""
    name, equals, value = (part.strip() for part in text.partition("="))
    faults = Faults()
    if not equals:
        faults.add("", f"{text!a} sets nothing: write NAME=VALUE, for example gamma=0.03")
    elif name not in PARAMETERS:
        faults.unknown("", "parameter", name, PARAMETERS)
    elif fault := parameter_fault(PARAMETERS[name], _meant(name, value)):
        faults.add(name, fault)
    faults.raise_if_any()
    return name, float(_meant(name, value))


def parse_assignments(texts: tuple[str, ...] | list[str]) -> dict[str, float]:
    """Values by name of several NAME=VALUE; all faults at once, a name set twice among them."""
    values: dict[str, float] = {}
    faults: list[str] = []
    for text in texts:
        try:
            name, value = parse_assignment(text)
        except CircuitError as error:
            faults += error.faults
            continue
        if name in values:
            faults.append(f"{name}: is set twice: set it once")
        values[name] = value
    if faults:
        raise CircuitError(*faults)
    return values


def _meant(name: str, text: str) -> float | str:
    """The number a text stands for, or the text itself where it stands for none."""
    if PARAMETERS[name].is_switch and text.lower() in _SWITCH_WORDS:
        return _SWITCH_WORDS[text.lower()]
    return float(text) if _NUMBER.fullmatch(text) else text
