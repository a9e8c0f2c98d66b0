"""Runs of short economies under common random numbers, and what differs between two scenarios."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt

from simulation import Economy, Scenario
from simulation.scenario.paths import Path

SEEDS = 12
QUARTERS = 16
FIRMS = 60
START = 5
"""the quarter in which every shock and policy of these tests begins"""

Array = npt.NDArray[np.float64]
BASELINE = Scenario.load("baseline").with_switches(luck=False)
CALM = BASELINE.with_switches(withdrawal=False)
"""without sudden withdrawals, so that a small change is not drowned by one that comes or stays away"""


@cache
def runs(
    scenario: Scenario, quarters: int = QUARTERS, vintage: str = "2024Q4", seeds: int = SEEDS
) -> npt.NDArray[np.void]:
    """Recorded series of one economy per seed: shape (seeds, quarters)."""
    return np.stack(
        [
            Economy(scenario, seed=seed, vintage=vintage, quarters=quarters, firms=FIRMS, keep_books=False)
            .run()
            .series.copy()
            for seed in range(1, seeds + 1)
        ]
    )


def shocked(
    lever: str, size: float, base: Scenario = CALM, quarters: int | None = None, shape: str = "step"
) -> Scenario:
    """The scenario with one lever moved from START on."""
    return base.with_shocks(Path(lever, START, size, quarters, shape))  # type: ignore[arg-type]


def change(
    scenario: Scenario, series: str, base: Scenario = CALM, first: int = START, last: int = QUARTERS
) -> tuple[float, float]:
    """Mean difference of a series over quarters `first` to `last` against the base, seed by seed, and its t-value."""
    window = slice(first - 1, last)
    length = max(QUARTERS, last)
    paired = (runs(scenario, length)[series] - runs(base, length)[series])[:, window].mean(axis=1)
    error = float(paired.std(ddof=1)) / math.sqrt(len(paired))
    mean = float(paired.mean())
    return mean, mean / error if error > 0.0 else math.copysign(math.inf, mean) if mean else 0.0


def rises(scenario: Scenario, series: str, base: Scenario = CALM, first: int = START, last: int = QUARTERS) -> None:
    """Check that a scenario raises a series beyond chance (two standard errors over the seeds)."""
    mean, t = change(scenario, series, base, first, last)
    assert t > 2.0, f"{series} moves by {mean:+.4g} (t = {t:+.1f}), expected a rise"


def falls(scenario: Scenario, series: str, base: Scenario = CALM, first: int = START, last: int = QUARTERS) -> None:
    """Check that a scenario lowers a series beyond chance."""
    mean, t = change(scenario, series, base, first, last)
    assert t < -2.0, f"{series} moves by {mean:+.4g} (t = {t:+.1f}), expected a fall"
