"""Time until something happens, when some runs end before it does."""

import math
import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ..common.arrays import Floats
from .estimates import CONFIDENCE, Estimate
from .shares import wilson_bounds


class Survival(NamedTuple):
    """Share of runs to which it has not happened by each time, with pointwise intervals and runs at risk."""

    times: Floats
    share: Floats
    low: Floats
    high: Floats
    at_risk: NDArray[np.int64]
    n: int
    events: int

    @property
    def median(self) -> Estimate:
        """Time by which it has happened to half of the runs; infinite where that is never reached.

        The interval inverts those of the curve. Brookmeyer and Crowley (1982), Biometrics 38."""
        value, low, high = (self._falls_to_half(curve) for curve in (self.share, self.low, self.high))
        return Estimate(value, low, high, self.n)

    def _falls_to_half(self, curve: Floats) -> float:
        reached = np.flatnonzero(curve <= 0.5 + 1e-12)
        return float(self.times[reached[0]]) if reached.size else math.nan if self.n == 0 else math.inf


def kaplan_meier(times: ArrayLike, happened: ArrayLike, at: ArrayLike, confidence: float = CONFIDENCE) -> Survival:
    """The product-limit curve at given times, ascending. Kaplan and Meier (1958), JASA 53.

    `times` is when it happened, or when the run ended without (`happened` false: censored). Intervals are
    log-log Greenwood, clipped to [0, 1]; where the curve is still one or already zero Greenwood's variance is
    nought, and Wilson's interval over the runs at risk stands in. NaN without runs.
    """
    ends, seen = np.asarray(times, dtype=float), np.asarray(happened, dtype=bool)
    grid = np.asarray(at, dtype=float)
    at_risk = np.asarray((ends[None, :] >= grid[:, None]).sum(axis=1), dtype=np.int64)
    if ends.size == 0:
        unknown = np.full(grid.shape, math.nan)
        return Survival(grid, unknown, unknown, unknown, at_risk, 0, 0)
    fitted = stats.ecdf(stats.CensoredData.right_censored(ends, ~seen)).sf
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # says where Greenwood is undefined; mended below
        interval = fitted.confidence_interval(confidence, method="log-log")
    share = fitted.evaluate(grid)
    low, high = interval.low.evaluate(grid), interval.high.evaluate(grid)
    flat_low, flat_high = wilson_bounds(share * at_risk, at_risk, confidence)
    certain = (share <= 0.0) | (share >= 1.0)
    low, high = np.where(certain, flat_low, low), np.where(certain, flat_high, high)
    high = np.minimum.accumulate(high)  # of few runs at risk little is known, but no curve rises
    return Survival(grid, share, low, high, at_risk, ends.size, int(seen.sum()))


def log_rank(times: ArrayLike, happened: ArrayLike, other_times: ArrayLike, other_happened: ArrayLike) -> float:
    """P-value that two groups share one curve. Mantel (1966), Cancer Chemotherapy Reports 50.

    The test takes the groups for independent; runs that share seeds move together, which makes it cautious. NaN where
    nothing happened in either group or one of them is empty."""
    groups = [
        stats.CensoredData.right_censored(np.asarray(ends, dtype=float), ~np.asarray(seen, dtype=bool))
        for ends, seen in ((times, happened), (other_times, other_happened))
    ]
    if not (np.any(happened) or np.any(other_happened)) or min(map(len, groups)) == 0:
        return math.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(stats.logrank(*groups).pvalue)
