"""ES-MDA: an ensemble smoother that assimilates the same data several times with inflated errors.

Emerick and Reynolds (2013), Computers and Geosciences 55. Updates are localised: an unknown learns only from
observations that it can have caused, and only where its correlation with them over the ensemble is more than what an
ensemble of this size shows by chance."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..common.arrays import Floats

Members = npt.NDArray[np.int64]
Forward = Callable[[Floats, Members, str], Floats]
"""Vectors, which of the first members they are, and the step: predictions, one row each."""

STEPS = 8  # the distance from the record falls until about then: 3.2, 2.2 deviations after four, eight
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
) -> Posterior:
    """The posterior ensemble of a prior one.

    `prior` has a row for each member; `forward` maps such rows to predictions, one row for each, not-a-number for a run
    that failed: that member leaves the ensemble. `begins` says from which quarter on each unknown can show. `predicted`
    are the predictions of the prior where they are known already.
    """
    ensemble = Assimilation(prior, data, begins, steps, seed)
    before = predicted if predicted is not None else forward(prior, ensemble.members, "step 0")
    ensemble.learn(before)
    first = before[ensemble.members]
    for number in range(1, steps):
        ensemble.learn(forward(ensemble.vectors, ensemble.members, f"step {number}"))
    last = forward(ensemble.vectors, ensemble.members, "posterior")
    alive = np.isfinite(last).all(axis=1)
    return Posterior(ensemble.vectors[alive], ensemble.members[alive], first, last[alive])


class Assimilation:
    """An ensemble on its way: `learn` takes the predictions of its `vectors` and moves them, once for each step."""

    def __init__(
        self, prior: Floats, data: Data, begins: npt.NDArray[np.int64], steps: int = STEPS, seed: int = 1
    ) -> None:
        from iterative_ensemble_smoother import LocalizedESMDA

        self._smoother = LocalizedESMDA(
            covariance=data.deviations**2, observations=data.targets, alpha=steps, seed=np.random.default_rng(seed)
        )
        self._causes = begins[:, None] <= data.steps[None, :]
        self.vectors = prior.copy()
        self.members: Members = np.arange(len(prior))

    def learn(self, values: Floats) -> None:
        """Move the vectors by one assimilation; members without predictions leave."""
        alive = np.isfinite(values).all(axis=1)
        vectors, values = self.vectors[alive], values[alive]
        self.members = self.members[alive]
        self._smoother.prepare_assimilation(Y=values.T, truncation=TRUNCATION)
        chance = CHANCE_CORRELATION / np.sqrt(len(vectors))
        allowed = self._causes & (np.abs(correlations(vectors, values)) > chance)
        self.vectors = self._smoother.assimilate_batch(X=vectors.T, localization_callback=lambda gain: gain * allowed).T


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
