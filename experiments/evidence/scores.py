"""Scores of forecasts and tests on them.

CRPS of logarithms (Gneiting and Raftery 2007), by scoringrules; Diebold and Mariano (1995) with the small-sample
correction of Harvey, Leybourne and Newbold (1997); the probability integral transform against uniform."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from ..common.arrays import Floats

LEVELS = (0.5, 0.8, 0.95)


class Comparison(NamedTuple):
    """Mean difference of two losses (negative: the first is better), the test statistic and its two-sided p."""

    difference: float
    statistic: float
    p: float
    n: int


def crps_of_draws(value: float, draws: Floats) -> float:
    """CRPS of an ensemble forecast, in the unit of the value."""
    import scoringrules

    return float(scoringrules.crps_ensemble(value, draws, backend="numpy"))


def crps_of_normal(value: float, mean: float, deviation: float) -> float:
    """CRPS of a normal forecast."""
    import scoringrules

    return float(scoringrules.crps_normal(value, mean, deviation, backend="numpy"))


def rank_of(value: float, draws: Floats) -> float:
    """Probability integral transform of a value in an ensemble: the share below it, ends left open."""
    return (float((draws < value).sum()) + 0.5 * float((draws == value).sum()) + 0.5) / (len(draws) + 1.0)


def held(rank: float, level: float) -> bool:
    """Whether a central interval of this level holds a value of this rank."""
    return abs(rank - 0.5) <= level / 2.0


def uniform_p(ranks: Floats) -> float:
    """P value of a Kolmogorov-Smirnov test that ranks are uniform; not-a-number for fewer than three."""
    return float(stats.kstest(ranks, "uniform").pvalue) if len(ranks) > 2 else float("nan")


def diebold_mariano(losses: Floats, others: Floats, horizon: int) -> Comparison:
    """Whether two forecasts of one horizon lose alike, over origins in order.

    The variance of the mean difference counts `horizon` - 1 autocovariances; the statistic is multiplied by sqrt((n + 1
    - 2h + h(h - 1)/n)/n) and held against Student's t with n - 1 degrees of freedom."""
    difference = np.asarray(losses) - np.asarray(others)
    n, mean = len(difference), float(np.mean(difference)) if len(difference) else float("nan")
    nothing = Comparison(mean, float("nan"), float("nan"), n)
    if n < 3 or horizon >= n:
        return nothing
    around = difference - mean
    variance = float(around @ around) / n
    variance += 2.0 * sum(float(around[lag:] @ around[:-lag]) / n for lag in range(1, horizon))
    factor = (n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n
    if variance <= 0.0 or factor <= 0.0:
        return nothing
    statistic = float(np.sqrt(factor) * mean / np.sqrt(variance / n))
    return Comparison(mean, statistic, float(2.0 * stats.t.sf(abs(statistic), n - 1)), n)
