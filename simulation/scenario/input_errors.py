"""What is wrong with an input: collected, so that a user sees all of it at once, in one line per error."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from numbers import Real

from simulation.errors import CircuitError
from simulation.parameter import Parameter

MOST_ERRORS_SHOWN = 30
_MOST_CHARACTERS_SHOWN = 60
_HUGE_INTEGER_BITS = 200
_MOST_NEAR = 3
_LISTED_BY = {"parameter": "circuit parameters", "switch": "circuit parameters switch", "lever": "circuit levers"}


class InputErrors:
    """Errors in one file or call; `raise_if_any` ends with a CircuitError that holds them all."""

    def __init__(self, where: str = "") -> None:
        self.where = where
        self.lines: list[str] = []
        self.left_out = 0

    def add(self, key: str, text: str) -> None:
        """Note that `key` is wrong in the way `text` says."""
        if len(self.lines) < MOST_ERRORS_SHOWN:
            self.lines.append(": ".join(part for part in (self.where, key, text) if part))
        else:
            self.left_out += 1

    def unknown(self, key: str, kind: str, name: object, allowed: Iterable[str]) -> None:
        """Note a name that does not exist, with the nearest one that does."""
        if len(self.lines) < MOST_ERRORS_SHOWN:  # looking for the nearest name costs time
            near = suggestion(name, tuple(allowed), _LISTED_BY.get(kind, ""))
            self.add(key, f"unknown {kind} {shown(name)}; {near}")
        else:
            self.left_out += 1

    def take(self, others: InputErrors) -> None:
        """Add the errors that others noted about the same input."""
        room = MOST_ERRORS_SHOWN - len(self.lines)
        self.lines += others.lines[:room]
        self.left_out += others.left_out + len(others.lines[room:])

    def raise_if_any(self) -> None:
        """Raise CircuitError if an error was noted."""
        if not self.lines:
            return
        more = [f"{self.where or 'input'}: and {self.left_out} more errors"] if self.left_out else []
        raise CircuitError(*self.lines, *more)


def shown(value: object) -> str:
    """A value as a message may show it: short, printable, on one line."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, (list, tuple)):
        return "an array"
    if isinstance(value, int) and value.bit_length() > _HUGE_INTEGER_BITS:
        return "a huge integer"
    text = ascii(value)
    return text if len(text) <= _MOST_CHARACTERS_SHOWN else text[:_MOST_CHARACTERS_SHOWN] + "..."


def suggestion(name: object, allowed: tuple[str, ...], listed_by: str = "") -> str:
    """The nearest allowed names; where none is near all of them, or the command that lists them if they are many."""
    text = str(name)[:_MOST_CHARACTERS_SHOWN]
    near = difflib.get_close_matches(text, allowed, n=_MOST_NEAR, cutoff=0.6) or _with_a_word_of(text, allowed)
    if near:
        return "nearest: " + ", ".join(f'"{each}"' for each in near)
    if len(allowed) <= 32:
        return "allowed: " + (", ".join(sorted(allowed)) or "none")
    lists = f"; {listed_by} lists them" if listed_by else ""
    return f"no name among the {len(allowed)} allowed is near{lists}"


def _with_a_word_of(text: str, allowed: tuple[str, ...]) -> list[str]:
    """The first names that have a word in common with a text."""
    words = {word for word in text.lower().replace("-", "_").split("_") if len(word) > 3}
    return [name for name in allowed if words & set(name.replace("-", "_").split("_"))][:_MOST_NEAR]


def is_number(value: object) -> bool:
    """Whether a value is a real number; a truth value is not."""
    return isinstance(value, Real) and not isinstance(value, bool)


def range_error(value: object, low: float, high: float, unit: str = "", whole: bool = False) -> str | None:
    """What is wrong with a value that must lie from `low` to `high`; None if nothing. Refuses nan and inf."""
    fits = is_number(value) and low <= value <= high  # type: ignore[operator]
    if fits and (not whole or float(value).is_integer()):  # type: ignore[arg-type]
        return None
    kind = "a whole number" if whole else "a number"
    return f"must be {kind} from {low:g} to {high:g}{f' ({unit})' if unit else ''}, not {shown(value)}"


def parameter_error(parameter: Parameter, value: object) -> str | None:
    """What is wrong with a parameter's value; None if nothing."""
    if parameter.is_switch:
        return None if value in (0, 1) else f"is a switch: must be true or false, not {shown(value)}"
    return range_error(
        value, parameter.lowest, parameter.highest, parameter.unit.removeprefix("whole "), parameter.is_whole
    )
