"""Regret: what it costs to have chosen a policy that turns out not to be the best one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .estimates import CONFIDENCE, NOTHING, Estimate, Floats

RESAMPLES_OF_REGRET = 1999


class Regrets(NamedTuple):
    """Regret of each policy in each state of the world, on average over states, and in its worst state."""

    by_state: list[list[Estimate]]
    expected: list[Estimate]
    worst: list[Estimate]
    worst_state: list[int]


def regrets(scores: ArrayLike, confidence: float = CONFIDENCE, seed: int = 0) -> Regrets:
    """How far each policy's mean score stays below that of the best policy in the same state of the world.

    `scores` has the shape (policies, states, seeds), more is better, seeds are common; a seed on which any
    run failed (NaN) is left out. States weigh the same in `expected`. Percentile bootstrap over seeds, in
    which the best policy is chosen anew each time. Savage (1951), JASA 46.
    """
    given = np.asarray(scores, dtype=float)
    known = given[:, :, np.isfinite(given).all(axis=(0, 1))]
    policies, states, n = known.shape
    if n == 0:
        nothing = [NOTHING] * policies
        return Regrets([[NOTHING] * states for _ in range(policies)], nothing, nothing, [0] * policies)
    draws = np.random.default_rng(seed).multinomial(n, np.full(n, 1.0 / n), size=RESAMPLES_OF_REGRET)
    found = _shortfalls(known.mean(axis=-1))
    resampled = _shortfalls(np.einsum("psi,ri->rps", known, draws / n, optimize=True))

    def estimate(value: Floats, values: Floats) -> Estimate:
        low, high = np.quantile(values, [(1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0])
        return Estimate(float(value), float(low), float(high), n)

    rows = range(policies)
    return Regrets(
        [[estimate(found[row, state], resampled[:, row, state]) for state in range(states)] for row in rows],
        [estimate(found[row].mean(), resampled[:, row].mean(axis=-1)) for row in rows],
        [estimate(found[row].max(), resampled[:, row].max(axis=-1)) for row in rows],
        [int(found[row].argmax()) for row in rows],
    )


def _shortfalls(means: Floats) -> Floats:
    """Distance to the best policy of each state; policies are the last axis but one."""
    distance: Floats = means.max(axis=-2, keepdims=True) - means
    return distance
