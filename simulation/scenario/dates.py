"""Quarters as dates: what a file calls "2026Q3" is a simulated quarter, counted from the opening."""

from __future__ import annotations

import re
from typing import Any

from simulation.scenario.faults import Faults

USUAL_OPENING = "2024Q4"
LABEL = re.compile(r"[0-9]{4}Q[1-4]")


def quarters_from(opening: str, label: str) -> int:
    """How many quarters after the opening a quarter is: 7 for 2026Q3 from 2024Q4."""
    first, last = (4 * int(each[:4]) + int(each[5]) for each in (opening, label))
    return last - first


def read_quarter(faults: Faults, where: str, value: Any, opening: str) -> Any:
    """The number of a quarter given as a date; anything else as it is. Notes a date that is not after the opening."""
    if not isinstance(value, str):
        return value
    if not LABEL.fullmatch(value):
        faults.add(where, f'must be the number of a quarter or its date, as "2026Q3", not {ascii(value)[:60]}')
        return 1
    number = quarters_from(opening, value)
    if number < 1:
        faults.add(where, f"{value} is not after the opening, {opening}")
        return 1
    return number
