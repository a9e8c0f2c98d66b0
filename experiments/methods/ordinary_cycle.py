"""Estimate the ordinary business cycle: shocks at which an economy without AI swings as the record does.

`python -m experiments.methods.ordinary_cycle` minimises the distance between simulated and recorded moments (McFadden
1989) and prints the shocks; `--write` stores them with the moments they reach in `ordinary_cycle.toml`, from where a
test holds the declared defaults to them. The seeds are fixed, so the same code finds the same numbers.
"""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import optimize

from simulation import Economy, Scenario
from simulation.dates import VINTAGES
from simulation.scenario.parameters import PARAMETERS

from ..common.arrays import Floats
from .kept_estimate import Found, offer_estimate, read_estimate

STORED = Path(__file__).parent / "ordinary_cycle.toml"
SEEDS = range(1, 25)
QUARTERS = 80
FIRMS = 1000


class Moments(NamedTuple):
    """What is told of a business cycle; volatilities but output's are relative to it."""

    output: float
    consumption: float
    investment: float
    investment_and_output: float
    unemployment_and_output: float
    persistence: float
    okun: float


TARGET = Moments(0.0096, 0.775, 3.75, 0.875, -0.80, 0.85, -0.45)
"""Middle of what is recorded of the United States after 1984: output strays by .86 (1984-2007) to 1.06 percent
(1984-2009), consumption by .70 to .85 of it, investment by 3 to 4.5 times it."""
TOLERANCE = Moments(0.0010, 0.075, 0.75, 0.075, 0.05, 0.05, 0.05)
"""Half the width of the recorded range: the weight of a moment is one over its square."""

SHOCKS = ("household_shock", "investment_shock", "export_shock", "productivity_shock")
MEMORIES = (0.8, 0.85, 0.9, 0.95)
"""persistence of a shock, a quarter: each is tried with each"""


def cycle(series: Floats, smoothing: float = 1600.0) -> Floats:
    """Deviation of a quarterly series from its trend (Hodrick and Prescott 1997)."""
    curvature = np.diff(np.eye(len(series)), 2, axis=0)
    trend = np.linalg.solve(np.eye(len(series)) + smoothing * curvature.T @ curvature, series)
    return np.asarray(series - trend)


def spread(history: pd.DataFrame) -> Floats:
    """Covariance of the deviations from trend of output, consumption, investment and unemployment and of output a
    quarter before, and of the yearly changes of output and unemployment, which Okun's law ties."""
    output = np.log(history["real_gdp"].to_numpy())
    prices = history["price_level"].to_numpy()
    unemployment = history["unemployment"].to_numpy()
    columns = [cycle(output)]
    columns += [cycle(np.log(history[name].to_numpy() / prices)) for name in ("consumption", "investment")]
    columns += [cycle(unemployment), np.roll(columns[0], 1)]
    columns += [series - np.roll(series, 4) for series in (output, unemployment)]
    return np.asarray(np.cov(np.array(columns)[:, 4:]))


def moments(covariance: Floats) -> Moments:
    """Moments told by a covariance as `spread` gives it."""
    sizes = np.sqrt(np.diag(covariance))
    together = covariance / np.outer(sizes, sizes)
    return Moments(
        float(sizes[0]),
        float(sizes[1] / sizes[0]),
        float(sizes[2] / sizes[0]),
        float(together[0, 2]),
        float(together[0, 3]),
        float(together[0, 4]),
        float(covariance[5, 6] / covariance[5, 5]),
    )


def without_ai(**parameters: float) -> Scenario:
    """The economy in which AI never came, under given parameters."""
    return Scenario.load("baseline").with_switches(ai=False, withdrawal=False).with_parameters(**parameters)


def mean_spread(scenario: Scenario, vintages: Sequence[str] = tuple(VINTAGES)) -> Floats:
    """Mean of the covariances over vintages and seeds."""
    runs = (
        Economy(scenario, seed=seed, vintage=vintage, quarters=QUARTERS, firms=FIRMS, keep_books=False).run()
        for vintage in vintages
        for seed in SEEDS
    )
    return np.asarray(np.mean([spread(run.history) for run in runs], axis=0))


def reached(vintage: str, **parameters: float) -> Moments:
    """Moments of the economy without AI under given parameters."""
    return moments(mean_spread(without_ai(**parameters), [vintage]))


def estimate() -> dict[str, float]:
    """Size and persistence of the ordinary shocks at which the moments lie nearest to their targets.

    Small independent shocks add up: the covariance of all is the sum of what each causes alone, which grows with the
    square of its size. So each shock is simulated once at each persistence, and any sizes follow by arithmetic."""
    least = {name: PARAMETERS[name].low for name in SHOCKS}
    ground = mean_spread(without_ai(**least))
    alone = {
        (name, memory): (mean_spread(without_ai(**{**least, name: size, f"{name}_memory": memory})) - ground)
        / (size**2 - least[name] ** 2)
        for name, size in ((name, 0.5 * (PARAMETERS[name].low + PARAMETERS[name].high)) for name in SHOCKS)
        for memory in MEMORIES
        if PARAMETERS[f"{name}_memory"].low <= memory <= PARAMETERS[f"{name}_memory"].high
    }
    best, nearest = {}, np.inf
    low, high = (np.array([getattr(PARAMETERS[name], side) for name in SHOCKS]) for side in ("low", "high"))
    choices = [[key for key in alone if key[0] == name] for name in SHOCKS]
    for chosen in itertools.product(*choices):
        parts = np.array([alone[key] for key in chosen])

        def distance(sizes: Floats, parts: Floats = parts) -> Floats:
            found = moments(ground + np.tensordot(sizes**2 - low**2, parts, 1))
            away: Floats = (np.array(found) - np.array(TARGET)) / np.array(TOLERANCE)
            return away

        fit = optimize.least_squares(distance, 0.5 * (low + high), bounds=(low, high), x_scale=high)
        if fit.cost < nearest:
            nearest = fit.cost
            best = {name: float(f"{size:.2g}") for name, size in zip(SHOCKS, fit.x, strict=True)}
            best |= {f"{name}_memory": memory for name, memory in chosen}
    return best


def stored() -> dict[str, Any]:
    """The estimate as it was written: parameters, and the moments each vintage reached with them."""
    return read_estimate(STORED)


def found() -> Found:
    """The estimate, and the moments that each vintage reaches with it to four digits."""
    parameters = estimate()
    tables: dict[str, dict[str, float]] = {"parameters": parameters}
    for vintage in VINTAGES:
        row = reached(vintage, **parameters)._asdict()
        tables[f'moments."{vintage}"'] = {name: float(f"{value:.4g}") for name, value in row.items()}
    return tables


if __name__ == "__main__":
    offer_estimate(STORED, __doc__, found)
