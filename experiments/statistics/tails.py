"""The bad tail of a score: the level that one run in twenty falls below, and how bad it is there."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..common.arrays import Floats
from .estimates import CONFIDENCE, RESAMPLES, Estimate, finite

TAIL = 0.05
FEWEST_IN_TAIL = 20
BATCH = 500


def runs_in_tail(n: int, level: float = TAIL) -> int:
    """How many of n runs make up the lowest `level`."""
    return math.floor(level * n + 1e-9)


def runs_for_tail(level: float = TAIL) -> int:
    """Fewest runs that a statement about the tail is made from."""
    return math.ceil(FEWEST_IN_TAIL / level - 1e-9)


def at_risk(values: ArrayLike, level: float = TAIL, confidence: float = CONFIDENCE, seed: int = 0) -> Estimate:
    """The value that a share `level` of runs falls to or below: GDP-at-risk if these are GDP gaps.

    Percentile bootstrap over seeds. NaN, with its n, below `FEWEST_IN_TAIL` runs in the tail. Adrian, Boyarchenko and
    Giannone (2019), American Economic Review 109."""
    known = finite(values)
    if runs_in_tail(known.size, level) < FEWEST_IN_TAIL:
        return Estimate(math.nan, math.nan, math.nan, known.size)
    resampled = [_lowest(known[draws], level)[..., -1] for draws in _resamples(known.size, seed)]
    low, high = np.quantile(np.concatenate(resampled), _both_ends(confidence))
    return Estimate(float(_lowest(known, level)[-1]), float(low), float(high), known.size)


def expected_shortfall(
    values: ArrayLike, level: float = TAIL, confidence: float = CONFIDENCE, seed: int = 0
) -> Estimate:
    """Mean of the lowest `level` of runs; interval as in `shortfall_effect`, refusal as in `at_risk`.

    Acerbi and Tasche (2002), Journal of Banking and Finance 26."""
    return shortfall_effect(values, np.zeros(np.shape(values)), level, confidence, seed)


def shortfall_effect(
    with_policy: ArrayLike, without: ArrayLike, level: float = TAIL, confidence: float = CONFIDENCE, seed: int = 0
) -> Estimate:
    """Change of the expected shortfall between runs paired by seed, which are resampled together.

    Studentised bootstrap: few runs make a tail, and the percentile interval covers only 90% at 400 runs. Hall (1988),
    Annals of Statistics 16."""
    after, before = np.asarray(with_policy, dtype=float), np.asarray(without, dtype=float)
    both = np.isfinite(after) & np.isfinite(before)
    after, before = after[both], before[both]
    n = after.size
    if runs_in_tail(n, level) < FEWEST_IN_TAIL:
        return Estimate(math.nan, math.nan, math.nan, n)
    value, error = _shortfall_change(after, before, level)
    distances = []
    for draws in _resamples(n, seed):
        resampled, spread = _shortfall_change(after[draws], before[draws], level)
        distances.append(np.divide(resampled - value, spread, out=np.zeros(len(spread)), where=spread > 0.0))
    far, near = np.quantile(np.concatenate(distances), _both_ends(confidence))
    return Estimate(float(value), float(value - near * error), float(value - far * error), n)


def _shortfall_change(after: Floats, before: Floats, level: float) -> tuple[Floats, Floats]:
    """Difference of the expected shortfalls along the last axis, and its standard error by the delta method."""
    (mine, my_influence), (theirs, their_influence) = _shortfall(after, level), _shortfall(before, level)
    error = (my_influence - their_influence).std(axis=-1) / math.sqrt(after.shape[-1])
    return mine - theirs, error


def _shortfall(values: Floats, level: float) -> tuple[Floats, Floats]:
    """Mean of the lowest runs, and how much each run weighs on it."""
    lowest = _lowest(values, level)
    mean, edge = lowest.mean(axis=-1), lowest[..., -1:]
    influence: Floats = np.minimum(values - edge, 0.0) / level + edge - mean[..., None]
    return mean, influence


def _lowest(values: Floats, level: float) -> Floats:
    """The values in the tail along the last axis; the highest of them stands last."""
    count = runs_in_tail(values.shape[-1], level)
    lowest: Floats = np.partition(values, count - 1, axis=-1)[..., :count]
    return lowest


def _resamples(n: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Rows of run numbers drawn with replacement, in batches that fit the cache."""
    rng = np.random.default_rng(seed)
    for start in range(0, RESAMPLES, BATCH):
        yield rng.integers(n, size=(min(BATCH, RESAMPLES - start), n))


def _both_ends(confidence: float) -> tuple[float, float]:
    return (1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0
