"""Does the method know what it does not know? Inference from made-up records whose truth is known.

Truths are drawn from the prior, each is simulated, its record is drawn with the errors of the data, and inferred like
the real one. An 80% interval is honest if it holds the truth in about 80% of cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .smoother import Data, Forward, Members, assimilate

Floats = npt.NDArray[np.float64]
LEVEL = 0.8
LEAST, MOST = 0.7, 0.9  # share of truths that intervals of 80% should hold


class Held(NamedTuple):
    """By truth and number, whether an interval held it: parameters, and futures."""

    parameters: npt.NDArray[np.bool_]
    futures: npt.NDArray[np.bool_]

    def honest(self) -> bool:
        """Whether both shares are where they should be."""
        return all(LEAST <= float(held.mean()) <= MOST for held in self if held.size)


class Truth(NamedTuple):
    """A made-up past and future: its vector, what its record would say without errors, and its future."""

    vector: Floats
    predicted: Floats
    future: Floats


def synthetic_coverage(
    truths: Sequence[Truth],
    prior: Floats,
    predicted: Floats,
    forward: Forward,
    futures: Forward,
    data: Data,
    begins: npt.NDArray[np.int64],
    parameters: int,
    steps: int,
    future_errors: Floats,
) -> Held:
    """Infer each truth from its own record and count.

    `prior` and `predicted` are an ensemble and its predictions, which all truths share; `futures` maps vectors to
    futures; `data` gives errors and quarters (its targets are not used). The first `parameters` entries of a vector are
    parameters. Futures are held with the errors `future_errors` added, as a forecast of a recorded number is.
    """
    found, ahead = [], []
    for number, truth in enumerate(truths):
        rng = np.random.default_rng([7, number])
        record = data._replace(targets=truth.predicted + data.deviations * rng.standard_normal(len(data.targets)))

        def named(vectors: Floats, members: Members, step: str, number: int = number) -> Floats:
            return forward(vectors, members, f"truth {number}, {step}")

        posterior = assimilate(prior, named, record, begins, steps, seed=number, predicted=predicted, finish=False)
        found.append(_holds(posterior.vectors[:, :parameters], truth.vector[:parameters]))
        simulated = futures(posterior.vectors, posterior.members, f"truth {number}, future")
        simulated = simulated[np.isfinite(simulated).all(axis=1)]
        noisy = simulated + future_errors * rng.standard_normal(simulated.shape)
        ahead.append(_holds(noisy, truth.future + future_errors * rng.standard_normal(len(truth.future))))
    return Held(np.array(found), np.array(ahead))


def _holds(draws: Floats, truth: Floats) -> npt.NDArray[np.bool_]:
    low, high = np.quantile(draws, [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0], axis=0)
    return np.asarray((low <= truth) & (truth <= high))
