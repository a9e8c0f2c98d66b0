"""Whether two groups of runs differ: the difference of their means with its standard error."""

import math
from typing import NamedTuple

from numpy.typing import ArrayLike
from scipy import stats

from .estimates import CONFIDENCE, FEWEST_FOR_INTERVAL, Estimate, finite


class Difference(NamedTuple):
    """Means of two groups with their numbers of runs, the first less the second with its interval, and its standard
    error. Interval and standard error are NaN where a group is too small for them."""

    first: float
    second: float
    of_first: int
    of_second: int
    estimate: Estimate
    standard_error: float

    @property
    def in_standard_errors(self) -> float:
        """How many standard errors the difference is away from zero; NaN where that is unknown."""
        return self.estimate.value / self.standard_error if self.standard_error > 0.0 else math.nan


def difference_of_means(first: ArrayLike, second: ArrayLike, confidence: float = CONFIDENCE) -> Difference:
    """The mean of one group less that of another; the groups may differ in number and in spread.

    Interval of Welch (1947), Biometrika 34. Values that are not finite are left out; a group below
    `FEWEST_FOR_INTERVAL` has no standard error.
    """
    a, b = finite(first), finite(second)
    first_mean, second_mean = (float(group.mean()) if group.size else math.nan for group in (a, b))
    value, n = first_mean - second_mean, a.size + b.size

    def found(low: float, high: float, error: float) -> Difference:
        return Difference(first_mean, second_mean, a.size, b.size, Estimate(value, low, high, n), error)

    if min(a.size, b.size) < FEWEST_FOR_INTERVAL:
        return found(math.nan, math.nan, math.nan)
    error = math.hypot(stats.sem(a), stats.sem(b))
    if error == 0.0:
        return found(value, value, 0.0)
    low, high = stats.ttest_ind(a, b, equal_var=False).confidence_interval(confidence)
    return found(float(low), float(high), error)
