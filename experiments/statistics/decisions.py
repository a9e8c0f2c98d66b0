"""Regret: what it costs to have chosen a policy that turns out not to be the best one."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..common.arrays import Floats
from .estimates import CONFIDENCE, FEWEST_FOR_BOOTSTRAP, NOTHING, Estimate

RESAMPLES_OF_REGRET = 1999


class Regrets(NamedTuple):
    """Mean score and regret of each policy in each state of the world; regret on average over states, and at worst."""

    means: list[list[Estimate]]
    by_state: list[list[Estimate]]
    expected: list[Estimate]
    worst: list[Estimate]
    worst_state: list[int]


def regrets(scores: ArrayLike, confidence: float = CONFIDENCE, seed: int = 0) -> Regrets:
    """How far each policy's mean score stays below that of the best policy in the same state of the world.

    `scores` has the shape (policies, states, seeds), more is better, seeds are common. A seed that is not known
    (NaN) under every policy is left out of that state: its run failed, or it belongs to another state. States
    weigh the same in `expected`. Percentile bootstrap over seeds, in which the best policy is chosen anew each
    time; no interval where a state has fewer than `FEWEST_FOR_BOOTSTRAP` seeds. Savage (1951), JASA 46.
    """
    given = np.asarray(scores, dtype=float)
    known = np.isfinite(given).all(axis=0)
    counts = [int(count) for count in known.sum(axis=1)]
    given, known = given[:, :, known.any(axis=0)], known[:, known.any(axis=0)]
    policies, states, n = given.shape
    if n == 0:
        nothing = [NOTHING] * policies
        return Regrets(
            [[NOTHING] * states] * policies, [[NOTHING] * states] * policies, nothing, nothing, [0] * policies
        )
    weights = np.vstack(
        [np.ones(n), np.random.default_rng(seed).multinomial(n, np.full(n, 1.0 / n), size=RESAMPLES_OF_REGRET)]
    )
    sums = np.einsum("psi,ri->rps", np.where(known, given, 0.0), weights, optimize=True)
    with np.errstate(invalid="ignore"):
        means = sums / (weights @ known.T)[:, None, :]
    short = means.max(axis=1, keepdims=True) - means

    def estimate(values: Floats, seeds: int, enough: bool) -> Estimate:
        """The first of these values is that of the runs themselves, the others are those of the resamples."""
        ends = [(1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0]
        low, high = np.nanquantile(values[1:], ends) if enough else (math.nan, math.nan)
        return Estimate(float(values[0]), float(low), float(high), seeds)

    def in_states(values: Floats) -> list[list[Estimate]]:
        return [
            [
                estimate(values[:, row, state], count, count >= FEWEST_FOR_BOOTSTRAP) if count else NOTHING
                for state, count in enumerate(counts)
            ]
            for row in range(policies)
        ]

    enough = min(count for count in counts if count) >= FEWEST_FOR_BOOTSTRAP
    return Regrets(
        in_states(means),
        in_states(short),
        [estimate(np.nanmean(short[:, row], axis=1), n, enough) for row in range(policies)],
        [estimate(np.nanmax(short[:, row], axis=1), n, enough) for row in range(policies)],
        [int(np.nanargmax(short[0, row])) for row in range(policies)],
    )
