"""ES-MDA: an ensemble smoother that assimilates the same data several times with inflated errors.

Emerick and Reynolds (2013), Computers and Geosciences 55. Updates are localised: an unknown learns only from
observations that it can have caused, and only where its correlation with them over the ensemble is more than what an
ensemble of this size shows by chance.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Members = npt.NDArray[np.int64]
Forward = Callable[[Floats, Members, str], Floats]
"""Vectors, which of the first members they are, and the step: predictions, one row each."""

STEPS = 4
CHANCE_CORRELATION = 3.0  # over the square root of the members: what three standard errors of no correlation are
TRUNCATION = 0.99  # of the singular values of predictions that are kept


class Data(NamedTuple):
    """Observations with the standard deviation of their errors, model discrepancy included, and their quarter."""

    targets: Floats
    deviations: Floats
    steps: npt.NDArray[np.int64]


class Posterior(NamedTuple):
    """Vectors of the members, one a row, which of the first members they are, and predictions before and after."""

    vectors: Floats
    members: Members
    before: Floats
    after: Floats


def assimilate(
    prior: Floats,
    forward: Forward,
    data: Data,
    begins: npt.NDArray[np.int64],
    steps: int = STEPS,
    seed: int = 1,
    predicted: Floats | None = None,
    finish: bool = True,
) -> Posterior:
    """The posterior ensemble of a prior one.

    `prior` has a row for each member; `forward` maps such rows to predictions, one row for each, not-a-number for a run
    that failed: that member leaves the ensemble. `begins` says from which quarter
    on each unknown can show. `predicted` are the predictions of the prior where they are known already. Without
    `finish` the posterior is not run, and its predictions are those of the last step.
    """
    from iterative_ensemble_smoother import LocalizedESMDA

    smoother = LocalizedESMDA(
        covariance=data.deviations**2, observations=data.targets, alpha=steps, seed=np.random.default_rng(seed)
    )
    causes = begins[:, None] <= data.steps[None, :]
    vectors, members = prior.copy(), np.arange(len(prior))
    first = None
    for number in range(smoother.num_assimilations()):
        known = predicted if number == 0 else None
        values = forward(vectors, members, f"step {number}") if known is None else known
        alive = np.isfinite(values).all(axis=1)
        vectors, members, values = vectors[alive], members[alive], values[alive]
        first = values if first is None else first
        smoother.prepare_assimilation(Y=values.T, truncation=TRUNCATION)
        allowed = causes & (np.abs(correlations(vectors, values)) > CHANCE_CORRELATION / np.sqrt(len(vectors)))
        vectors = smoother.assimilate_batch(
            X=vectors.T, localization_callback=lambda gain, allowed=allowed: gain * allowed
        ).T
    last = forward(vectors, members, "posterior") if finish else values
    alive = np.isfinite(last).all(axis=1)
    before = np.zeros((0, len(data.targets))) if first is None else first
    return Posterior(vectors[alive], members[alive], before, last[alive])


def correlations(vectors: Floats, values: Floats) -> Floats:
    """Correlation of every unknown with every prediction over the members: unknowns by predictions."""
    left = _standardised(vectors)
    right = _standardised(values)
    matrix: Floats = left.T @ right / len(vectors)
    return matrix


def _standardised(columns: Floats) -> Floats:
    spread = columns.std(axis=0)
    standard: Floats = (columns - columns.mean(axis=0)) / np.where(spread > 0.0, spread, np.inf)
    return standard
