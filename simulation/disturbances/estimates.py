"""How large luck has been: sizes and persistence from the quarters of record, firm by firm.

Growth of a figure, less its mean and season, is what nobody foresaw who goes by trend and season. Where luck passes
(cash flow) its growth is negatively correlated from quarter to quarter, and the correlation tells the persistence;
where it stays (capex) the growth itself is the luck.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
NORMAL_DEVIATION = 1.4826  # standard deviation of a normal law over its median absolute deviation
FEWEST = 6  # quarters of growth below which a firm tells nothing


class Estimate(NamedTuple):
    """A number with its standard error and the number of firm-quarters behind it."""

    value: float
    standard_error: float
    n: int


def log_growth(levels: Floats, over: int = 1) -> Floats:
    """Growth of the logs of `levels` (quarters, firms) over so many quarters, NaN where a level is not positive."""
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(np.where(levels > 0, levels, np.nan))
    growth: Floats = logs[over:] - logs[:-over]
    return growth


def unforeseen_growth(levels: Floats, over: int = 1, season: bool = False, common: bool = False) -> Floats:
    """Log growth of `levels` (quarters, firms) less each firm's mean, or its mean in that quarter of the year, and less
    what all firms have in `common` in a quarter.

    Shape (quarters - over, firms), NaN where a level is missing or not positive. Scaled for the means taken out, so
    that the mean square of growth over one quarter is an unbiased variance; a firm with fewer than six growth rates is
    left out. Raises ValueError where one firm is to be held against itself.
    """
    growth = log_growth(levels, over)
    left = np.full_like(growth, np.nan)
    for firm in range(growth.shape[1]):
        known = np.flatnonzero(np.isfinite(growth[:, firm]))
        if len(known) < FEWEST:
            continue
        kind = known % 4 if season else np.zeros(len(known), dtype=int)
        kinds = np.unique(kind)
        values = growth[known, firm]
        for each in kinds:
            values[kind == each] -= values[kind == each].mean()
        left[known, firm] = values * np.sqrt(len(known) / (len(known) - len(kinds)))
    return _less_common(left) if common else left


def _less_common(growth: Floats) -> Floats:
    firms = growth[:, np.isfinite(growth).any(axis=0)]
    number = firms.shape[1]
    if number < 2:
        raise ValueError("What firms have in common takes two of them")
    left: Floats = growth - np.nanmean(firms, axis=1, keepdims=True)
    return left * float(np.sqrt(number / (number - 1)))


def deviations(growth: Floats) -> Floats:
    """Standard deviation of each firm that has any growth, by a measure that single take-offs do not move."""
    firms = growth[:, np.isfinite(growth).any(axis=0)]
    by_firm: Floats = NORMAL_DEVIATION * np.nanmedian(np.abs(firms), axis=0)
    return by_firm


def memory_of_passing_luck(growth: Floats) -> float:
    """Persistence of a level's luck: growth of a first-order autoregression has autocorrelation -(1 - memory)/2."""
    correlation = np.nanmean(growth[1:] * growth[:-1]) / np.nanmean(growth**2)
    return float(np.clip(1.0 + 2.0 * correlation, 0.0, 0.95))


def jackknife(statistic: Callable[[Floats], float], growth: Floats) -> Estimate:
    """A smooth statistic of unforeseen growth, its standard error from leaving out one quarter at a time."""
    quarters = len(growth)
    left_out = []
    for quarter in range(quarters):
        kept = growth.copy()
        kept[quarter] = np.nan
        left_out.append(statistic(kept))
    spread = np.var(left_out) * (quarters - 1)
    return Estimate(statistic(growth), float(np.sqrt(spread)), int(np.isfinite(growth).sum()))
