"""Every number with its interval and its n: thin wrappers around scipy, each with its source.

All intervals have the same nominal confidence (95% unless told otherwise). Random resampling is keyed by a
fixed seed, so the same runs always give the same interval. An input without runs gives NaN, never an error:
a study whose runs all failed still has a table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

CONFIDENCE = 0.95
RESAMPLES = 4999
FEWEST_FOR_BOOTSTRAP = 3

Floats = NDArray[np.float64]


class Estimate(NamedTuple):
    """A number, its confidence interval, and how many runs (or pairs of runs) stand behind it."""

    value: float
    low: float
    high: float
    n: int

    def scaled(self, factor: float) -> Estimate:
        """The same estimate in another unit, say points of a percentage."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor, self.n)

    @property
    def crosses_zero(self) -> bool:
        """Whether the sign is not established at this confidence. An unknown interval establishes nothing."""
        return not (self.low > 0.0 or self.high < 0.0)


class Flips(NamedTuple):
    """Runs whose ending a policy changes: saved from it, harmed by it, and the exact McNemar p-value."""

    saved: int
    harmed: int
    p_value: float
    n: int


NOTHING = Estimate(math.nan, math.nan, math.nan, 0)


def wilson_bounds(successes: ArrayLike, n: ArrayLike, confidence: float = CONFIDENCE) -> tuple[Floats, Floats]:
    """Score interval of a probability, elementwise. Wilson (1927), JASA 22. NaN where n is zero."""
    z = stats.norm.ppf(0.5 + confidence / 2.0)
    count, trials = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = count / trials
        centre = (share + z**2 / (2.0 * trials)) / (1.0 + z**2 / trials)
        half = z / (1.0 + z**2 / trials) * np.sqrt(share * (1.0 - share) / trials + (z / (2.0 * trials)) ** 2)
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def probability(successes: int, n: int, confidence: float = CONFIDENCE) -> Estimate:
    """A probability with its Wilson interval."""
    if n == 0:
        return NOTHING
    low, high = wilson_bounds(successes, n, confidence)
    return Estimate(successes / n, float(low), float(high), n)


def outcome_shares(counts: Mapping[str, int], confidence: float = CONFIDENCE) -> dict[str, Estimate]:
    """Shares of outcomes that exclude each other, with intervals that hold all at once.

    Goodman (1965), Technometrics 7: Wilson intervals at confidence 1 - (1 - confidence)/k for k outcomes.
    """
    total = sum(counts.values())
    joint = 1.0 - (1.0 - confidence) / max(len(counts), 1)
    return {outcome: probability(count, total, joint) for outcome, count in counts.items()}


def mean_effect(differences: ArrayLike, confidence: float = CONFIDENCE, seed: int = 0) -> Estimate:
    """Mean of paired differences, bias-corrected and accelerated bootstrap over seeds.

    Efron (1987), JASA 82. Pairs in which either run failed are NaN and left out. Differences that are all
    equal have a known mean: the interval is that point.
    """
    paired = finite(differences)
    if paired.size == 0:
        return NOTHING
    value = float(paired.mean())
    if np.ptp(paired) == 0.0:
        return Estimate(value, value, value, paired.size)
    if paired.size < FEWEST_FOR_BOOTSTRAP:
        return Estimate(value, math.nan, math.nan, paired.size)
    interval = stats.bootstrap(
        (paired,),
        np.mean,
        n_resamples=RESAMPLES,
        batch=500,
        confidence_level=confidence,
        method="BCa",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Estimate(value, float(interval.low), float(interval.high), paired.size)


def share_effect(with_policy: ArrayLike, without: ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """Change of the probability of an ending between paired runs (1 = it ends so, 0 = not, NaN = failed).

    Tango (1998), Statistics in Medicine 17: the score interval for paired proportions. With few flips among
    many pairs the bootstrap is too narrow (at 2 flips expected in 50 it covers 87%); this one covers 95%.
    """
    table = flips(with_policy, without)
    if table.n == 0:
        return NOTHING
    low, high = _tango_bounds(table.harmed, table.saved, table.n, confidence)
    return Estimate((table.harmed - table.saved) / table.n, low, high, table.n)


def _tango_bounds(gained: int, lost: int, n: int, confidence: float) -> tuple[float, float]:
    z = float(stats.norm.ppf(0.5 + confidence / 2.0))
    observed, edge = (gained - lost) / n, 1e-9

    def score(difference: float) -> float:
        """Standardised distance between what was seen and what `difference` would let us expect."""
        linear = (2 * n - gained + lost) * difference - gained - lost
        constant = lost * difference * (1.0 - difference)
        nuisance = (math.sqrt(max(linear**2 + 8 * n * constant, 0.0)) - linear) / (4 * n)
        variance = n * (2.0 * nuisance + difference * (1.0 - difference))
        return (gained - lost - n * difference) / math.sqrt(variance) if variance > 0.0 else 0.0

    low, high = -1.0, 1.0
    if observed > -1.0 and score(-1.0 + edge) > z:
        low = float(optimize.brentq(lambda d: score(d) - z, -1.0 + edge, observed - edge / 2))
    if observed < 1.0 and score(1.0 - edge) < -z:
        high = float(optimize.brentq(lambda d: score(d) + z, observed + edge / 2, 1.0 - edge))
    return low, high


def flips(with_policy: ArrayLike, without: ArrayLike) -> Flips:
    """Runs saved and harmed by a policy, with the exact two-sided test of McNemar (1947), Psychometrika 12.

    Arguments are paired by seed: 1 = the bad ending, 0 = another, NaN = the run failed and the pair is left
    out.
    """
    after, before = np.asarray(with_policy, dtype=float), np.asarray(without, dtype=float)
    both = np.isfinite(after) & np.isfinite(before)
    after, before = after[both], before[both]
    saved = int(np.sum((before == 1.0) & (after == 0.0)))
    harmed = int(np.sum((before == 0.0) & (after == 1.0)))
    discordant = saved + harmed
    p_value = float(stats.binomtest(saved, discordant).pvalue) if discordant else 1.0
    return Flips(saved, harmed, p_value, int(both.sum()))


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values corrected for having looked at several policies. Holm (1979), Scand. J. Statistics 6."""
    given = np.asarray(p_values, dtype=float)
    order = np.argsort(given)
    stepped = np.maximum.accumulate(given[order] * np.arange(given.size, 0, -1))
    corrected = np.empty_like(given)
    corrected[order] = np.minimum(stepped, 1.0)
    return [float(p) for p in corrected]


def variance_reduction(
    with_policy: ArrayLike, without: ArrayLike, confidence: float = CONFIDENCE, seed: int = 0
) -> Estimate:
    """How many times fewer runs common random numbers need than independent seeds, for the same precision.

    Ratio of the variance of an unpaired difference to that of the paired one; percentile bootstrap over
    seeds. Glasserman and Yao (1992), Management Science 38. Infinite where a policy changes nothing at all.
    """
    after, before = np.asarray(with_policy, dtype=float), np.asarray(without, dtype=float)
    both = np.isfinite(after) & np.isfinite(before)
    after, before = after[both], before[both]
    if after.size < FEWEST_FOR_BOOTSTRAP:
        return NOTHING
    draws = np.random.default_rng(seed).integers(after.size, size=(999, after.size))
    tail = (1.0 - confidence) / 2.0
    resampled = _variance_ratio(after[draws], before[draws])
    low, high = np.quantile(resampled, [tail, 1.0 - tail], method="nearest")
    return Estimate(float(_variance_ratio(after, before)), float(low), float(high), after.size)


def _variance_ratio(after: Floats, before: Floats) -> Floats:
    unpaired = after.var(axis=-1) + before.var(axis=-1)
    paired = (after - before).var(axis=-1)
    ratio = np.full(np.shape(paired), np.inf)
    np.divide(unpaired, paired, out=ratio, where=paired > 0.0)
    return ratio


def finite(values: ArrayLike) -> Floats:
    """The values that are numbers, as one flat array."""
    flat = np.asarray(values, dtype=float).ravel()
    known: Floats = flat[np.isfinite(flat)]
    return known


def quantiles(values: ArrayLike, levels: Sequence[float]) -> Floats:
    """Quantiles along the first axis, NaN ignored (a run that failed has no path). Shape (levels, ...)."""
    paths = np.asarray(values, dtype=float)
    if paths.shape[0] == 0:
        return np.full((len(levels), *paths.shape[1:]), np.nan)
    return np.asarray(np.nanquantile(paths, levels, axis=0))
