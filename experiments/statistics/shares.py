"""How often something happens: probabilities, shares of outcomes, what failed runs could change about them."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from ..common.arrays import Floats
from .estimates import CONFIDENCE, NOTHING, Estimate, finite

STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)


class Bounds(NamedTuple):
    """An estimate with every failed run counted as a good ending, and as a bad one."""

    as_good: Estimate
    as_bad: Estimate


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


def clustered_probability(happened: ArrayLike, clusters: ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """A probability from runs in clusters that may differ, with an interval for what other clusters would say.

    Wilson's interval at the number of independent runs that tell as much: runs over the design effect, which counts as
    one where clusters lie nearer than chance, and over (t / z)^2, for a few clusters say little of how they differ.
    Korn and Graubard (1998), Survey Methodology 24. As `probability` where there is one cluster, or one run in each."""
    happens, cluster = np.asarray(happened, dtype=float), np.asarray(clusters)
    n, number = happens.size, np.unique(cluster).size
    if number < 2 or number == n:
        return probability(int(happens.sum()), n, confidence)
    share = float(happens.mean())
    effect = 1.0
    if 0.0 < share < 1.0:
        away = [float((happens[cluster == one] - share).sum()) for one in np.unique(cluster)]
        variance = number / (number - 1.0) * float(np.square(away).sum()) / n**2
        effect = max(variance * n / (share * (1.0 - share)), 1.0)
    of_few = float(stats.t.ppf(0.5 + confidence / 2.0, number - 1) / stats.norm.ppf(0.5 + confidence / 2.0)) ** 2
    worth = n / effect / of_few
    low, high = wilson_bounds(share * worth, worth, confidence)
    return Estimate(share, float(low), float(high), n)


def spread_beyond_chance(happened: ArrayLike, clusters: ArrayLike) -> float:
    """Standard deviation of the probability between clusters, without what chance in the runs puts between their
    shares; nought where they lie nearer than chance. NaN for less than two clusters."""
    happens, cluster = np.asarray(happened, dtype=float), np.asarray(clusters)
    groups = [happens[cluster == one] for one in np.unique(cluster)]
    if len(groups) < 2 or min(map(len, groups)) < 2:
        return float("nan")
    shares = np.array([group.mean() for group in groups])
    chance = np.mean([share * (1.0 - share) / (len(group) - 1) for share, group in zip(shares, groups, strict=True)])
    return float(np.sqrt(max(shares.var(ddof=1) - chance, 0.0)))


def outcome_shares(counts: Mapping[str, int], confidence: float = CONFIDENCE) -> dict[str, Estimate]:
    """Shares of outcomes that exclude each other, with intervals that hold all at once.

    Goodman (1965), Technometrics 7: Wilson intervals at confidence 1 - (1 - confidence)/k for k outcomes."""
    total = sum(counts.values())
    joint = joint_confidence(len(counts), confidence)
    return {outcome: probability(count, total, joint) for outcome, count in counts.items()}


def joint_confidence(number: int, confidence: float = CONFIDENCE) -> float:
    """The confidence of each of so many intervals that are to hold all at once (Bonferroni)."""
    return 1.0 - (1.0 - confidence) / max(number, 1)


def bounded_share(bad: int, n: int, failed: int, confidence: float = CONFIDENCE) -> Bounds:
    """Share of bad endings among all runs that were tried, whatever the failed ones would have come to.

    Horowitz and Manski (1995), Econometrica 63: worst-case bounds, without assuming that runs fail by chance."""
    return Bounds(probability(bad, n + failed, confidence), probability(bad + failed, n + failed, confidence))


def checkpoints(n: int, first: int = 10) -> list[int]:
    """Numbers of runs at which to look how an estimate settles: 10, 15, 20, 30 ... 80, 100 ... and all of them."""
    steps = [round(first * step * 10**power) for power in range(8) for step in STEPS]
    return [*(step for step in steps if step < n), n] if n else []


def running_shares(happened: ArrayLike, confidence: float = CONFIDENCE) -> list[Estimate]:
    """A share after the first 10, 15, 20 ... runs in the order of their seeds; failed runs (NaN) left out."""
    known = finite(happened)
    return [probability(int(known[:n].sum()), n, confidence) for n in checkpoints(known.size)]
