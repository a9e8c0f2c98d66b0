"""What a file calls "2026Q3" is a simulated quarter, counted from the opening."""

from typing import Any

from simulation.dates import LABEL, between
from simulation.scenario.input_errors import InputErrors


def read_quarter(errors: InputErrors, where: str, value: Any, opening: str) -> Any:
    """The number of a quarter given as a date; anything else as it is. Notes a date that is not after the opening."""
    if not isinstance(value, str):
        return value
    if not LABEL.fullmatch(value):
        errors.add(where, f'must be the number of a quarter or its date, as "2026Q3", not {ascii(value)[:60]}')
        return 1
    number = between(opening, value)
    if number < 1:
        errors.add(where, f"{value} is not after the opening, {opening}")
        return 1
    return number
