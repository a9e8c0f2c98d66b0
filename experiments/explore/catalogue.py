"""Everything a reader can move: each declared parameter and lever with its range, as a slider needs it."""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

from simulation.scenario.levers import LEVERS
from simulation.scenario.parameters import PARAMETERS

from .asked import LEVER, SET

STEPS = 200
AT_ONCE = (f"{SET}gamma", f"{LEVER}patience", f"{LEVER}policy_rate")
"""Sliders that are there from the beginning."""


class Slider(NamedTuple):
    """Something that can be moved. `key` is its name in an address; `rest` is where it stands untouched."""

    key: str
    name: str
    meaning: str
    unit: str
    low: float
    high: float
    rest: float
    step: float

    @property
    def kind(self) -> str:
        """In a word, what it is."""
        return "lever" if self.key.startswith(LEVER) else "parameter"


@cache
def sliders() -> dict[str, Slider]:
    """All parameters, then all levers, by key."""
    found = [
        Slider(f"{SET}{each.name}", each.name, each.meaning, each.unit, each.lowest, each.highest, each.default,
               1.0 if each.is_whole else _step(each.lowest, each.highest))
        for each in PARAMETERS.values()
    ]  # fmt: skip
    found += [
        Slider(f"{LEVER}{each.name}", each.name, each.meaning, each.unit, each.low, each.high, each.neutral,
               _step(each.low, each.high))
        for each in LEVERS.values()
    ]  # fmt: skip
    return {slider.key: slider for slider in found}


def _step(low: float, high: float) -> float:
    """A round step of which some two hundred make the range."""
    if high <= low:
        return 1.0
    rough = (high - low) / STEPS
    power = 10.0 ** math.floor(math.log10(rough))
    return float(f"{next(round_ * power for round_ in (1.0, 2.0, 5.0, 10.0) if round_ * power >= rough * 0.999):.3g}")
