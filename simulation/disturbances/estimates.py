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
    """A number with its standard error (jackknife over quarters) and the number of firm-quarters behind it."""

    value: float
    standard_error: float
    n: int


def unforeseen_growth(levels: Floats, season: bool) -> Floats:
    """Log growth of `levels` (quarters, firms) less each firm's mean, or its mean in that quarter of the year.

    Shape (quarters - 1, firms), NaN where a level is missing or not positive. Scaled for the means taken out, so that
    the mean square is an unbiased variance; a firm with fewer than six growth rates is left out.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        growth = np.diff(np.log(np.where(levels > 0, levels, np.nan)), axis=0)
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
    return left


def typical_deviation(growth: Floats) -> float:
    """Standard deviation of a typical firm: the median over firms of a measure that single take-offs do not move."""
    firms = growth[:, np.isfinite(growth).any(axis=0)]
    return float(np.median(NORMAL_DEVIATION * np.nanmedian(np.abs(firms), axis=0)))


def memory_of_passing_luck(growth: Floats) -> float:
    """Persistence of a level's luck: growth of a first-order autoregression has autocorrelation -(1 - memory)/2."""
    correlation = np.nanmean(growth[1:] * growth[:-1]) / np.nanmean(growth**2)
    return float(np.clip(1.0 + 2.0 * correlation, 0.0, 0.95))


def jackknife(statistic: Callable[[Floats], float], growth: Floats) -> Estimate:
    """A statistic of unforeseen growth, its standard error from leaving out one quarter at a time."""
    quarters = len(growth)
    left_out = []
    for quarter in range(quarters):
        kept = growth.copy()
        kept[quarter] = np.nan
        left_out.append(statistic(kept))
    spread = np.var(left_out) * (quarters - 1)
    return Estimate(statistic(growth), float(np.sqrt(spread)), int(np.isfinite(growth).sum()))
