"""What a number in a table is: the estimate, its confidence interval, and how many runs stand behind it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from ..common.arrays import Floats

CONFIDENCE = 0.95
RESAMPLES = 4999
FEWEST_FOR_INTERVAL = 10
"""Below it a mean has no interval: nothing holds for skewed values. `python -m benchmarks.coverage` measures it."""
FEWEST_FOR_BOOTSTRAP = 50
"""Below it a bootstrap covers too little: BCa 90% at 10 values, 92% at 20, 91 to 93% at 30, 93 to 94% at 50."""


class Estimate(NamedTuple):
    """A number, its confidence interval, and how many runs (or pairs of runs) stand behind it."""

    value: float
    low: float
    high: float
    n: int

    def scaled(self, factor: float) -> Estimate:
        """The same estimate in another unit, say points of a percentage."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor, self.n)

    def columns(self, name: str) -> dict[str, float]:
        """The estimate as columns of a table, its value under this name."""
        return {name: self.value, "low": self.low, "high": self.high, "n": self.n}

    def bounded(self, name: str) -> dict[str, float]:
        """The estimate as columns of a table that holds several: value, low and high under names of its own."""
        return {name: self.value, f"{name}_low": self.low, f"{name}_high": self.high}

    @classmethod
    def of(cls, row: Any, name: str = "value") -> Estimate:
        """The estimate that a row of a table holds, its value under this name, as `columns` gave it."""
        return cls(row[name], row["low"], row["high"], int(row["n"]))

    @property
    def crosses_zero(self) -> bool:
        """Whether the sign is not established at this confidence. An unknown interval establishes nothing."""
        return not (self.low > 0.0 or self.high < 0.0)


NOTHING = Estimate(math.nan, math.nan, math.nan, 0)


def normal_quantile(confidence: float = CONFIDENCE) -> float:
    """How many standard errors an interval reaches to each side: 1.96 at 95%."""
    return NormalDist().inv_cdf(0.5 + confidence / 2.0)


def finite(values: ArrayLike) -> Floats:
    """The values that are numbers, as one flat array."""
    flat = np.asarray(values, dtype=float).ravel()
    known: Floats = flat[np.isfinite(flat)]
    return known


def median(values: ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """The middle value (of an even number the lower one), with the interval between two order statistics.

    Exact for any law: Thompson (1936), Annals of Mathematical Statistics 7. No interval below six values at 95%."""
    known = np.sort(finite(values))
    n = known.size
    if n == 0:
        return NOTHING
    middle, tail = float(known[(n - 1) // 2]), (1.0 - confidence) / 2.0
    outside = int(stats.binom.ppf(tail, n, 0.5))
    if outside < 1:
        return Estimate(middle, math.nan, math.nan, n)
    return Estimate(middle, float(known[outside - 1]), float(known[n - outside]), n)


def quantiles(values: ArrayLike, levels: Sequence[float]) -> Floats:
    """Quantiles along the first axis, NaN ignored (a run that failed has no path). Shape (levels, ...)."""
    paths = np.asarray(values, dtype=float)
    paths = paths[~np.isnan(paths).all(axis=tuple(range(1, paths.ndim)))]
    if paths.shape[0] == 0:
        return np.full((len(levels), *paths.shape[1:]), np.nan)
    over = np.nanquantile if np.isnan(paths).any() else np.quantile  # column by column, or ten times as fast at once
    return np.asarray(over(paths, levels, axis=0))
