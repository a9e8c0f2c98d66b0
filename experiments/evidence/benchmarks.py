"""Forecasts without economics: what a model has to beat.

Each takes the logarithms of a series up to the origin and gives mean and standard deviation of a normal forecast at
each horizon, estimated from those numbers alone."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ..common.arrays import Floats

FEWEST = 4  # numbers that a benchmark is estimated from
LEAST_SPREAD = 1e-3  # of logs, where a short series hardly moved
STEADIEST = 0.95  # of an autoregression's coefficient either way: with few numbers it is never quite a trend


class Normal(NamedTuple):
    """Normal forecasts by horizon, in logs."""

    mean: Floats
    deviation: Floats


Benchmark = Callable[[Floats, int], Normal]


def random_walk(logs: Floats, horizon: int) -> Normal:
    """The last number, with errors that add up as past changes did."""
    return _walk(logs, 0.0, horizon)


def drift_of_four(logs: Floats, horizon: int) -> Normal:
    """A random walk that goes on growing as it did over the last four quarters."""
    return _walk(logs, _drift(logs, 4), horizon)


def drift_of_eight(logs: Floats, horizon: int) -> Normal:
    """A random walk that goes on growing as it did over the last eight quarters, or over all there are."""
    return _walk(logs, _drift(logs, 8), horizon)


def autoregression(logs: Floats, horizon: int) -> Normal:
    """Growth by a first-order autoregression, fitted by least squares; errors add up along its responses."""
    growth = np.diff(logs)
    before, after = growth[:-1], growth[1:]
    moving = before - before.mean()
    spread = float((moving**2).sum())
    slope = float((moving * (after - after.mean())).sum()) / spread if spread > 0.0 else 0.0
    slope = min(max(slope, -STEADIEST), STEADIEST)
    constant = float(after.mean() - slope * before.mean())
    left = after - constant - slope * before
    sigma = max(float(np.sqrt((left**2).sum() / max(len(left) - 2, 1))), LEAST_SPREAD)
    mean, level, now = [], float(logs[-1]), float(growth[-1])
    for _ in range(horizon):
        now = constant + slope * now
        level += now
        mean.append(level)
    response = np.cumsum(slope ** np.arange(horizon))
    return Normal(np.array(mean), sigma * np.sqrt(np.cumsum(response**2)))


def _walk(logs: Floats, drift: float, horizon: int) -> Normal:
    ahead = np.arange(1, horizon + 1)
    changes = np.diff(logs)
    around = changes if drift == 0.0 else changes - changes.mean()
    freedom = len(changes) - (drift != 0.0)
    sigma = max(float(np.sqrt((around**2).sum() / max(freedom, 1))), LEAST_SPREAD)
    return Normal(logs[-1] + drift * ahead, sigma * np.sqrt(ahead))


def _drift(logs: Floats, quarters: int) -> float:
    back = min(quarters, len(logs) - 1)
    return float(logs[-1] - logs[-1 - back]) / back


BENCHMARKS: dict[str, Benchmark] = {
    "random walk": random_walk,
    "drift 4": drift_of_four,
    "drift 8": drift_of_eight,
    "AR(1)": autoregression,
}
