"""Quarters as dates, and the vintages: the dated openings from which an economy starts."""

import re
from typing import NamedTuple

LABEL = re.compile(r"[0-9]{4}Q[1-4]")


def number_of(quarter: str) -> int:
    """A quarter such as "2025Q3" as a number; the next quarter is one more."""
    return 4 * int(quarter[:4]) + int(quarter[5]) - 1


def quarter_of(number: int) -> str:
    """The quarter with this number."""
    return f"{number // 4}Q{number % 4 + 1}"


def later(quarter: str, quarters: int) -> str:
    """The quarter that comes some quarters after another."""
    return quarter_of(number_of(quarter) + quarters)


def between(first: str, last: str) -> int:
    """How many quarters after the first the last is: 7 for 2026Q3 from 2024Q4."""
    return number_of(last) - number_of(first)


class Vintage(NamedTuple):
    """A dated opening. Its facts lie in a file of its name beside `simulation.vintages.facts`."""

    date: str
    horizon: int  # quarters that a run takes unless told otherwise
    words: str

    @property
    def elapsed(self) -> int:
        """Quarters since the first vintage: what the calendar of past events and common random numbers count from."""
        return since_first(self.date)


FIRST = "2022Q4"
USUAL = "2024Q4"  # where nobody says otherwise
VINTAGES: dict[str, Vintage] = {
    vintage.date: vintage
    for vintage in (Vintage(FIRST, 60, "at the end of 2022"), Vintage(USUAL, 40, "at the end of 2024"))
}


def since_first(date: str) -> int:
    """Quarters from the first vintage to a date."""
    return between(FIRST, date)
