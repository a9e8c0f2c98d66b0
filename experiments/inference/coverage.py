"""Does the method know what it does not know? Inference from made-up records whose truth is known.

Truths are drawn from the prior, each is simulated, its record is drawn with the errors of the data, and inferred like
the real one. An 80% interval is honest if it holds the truth in about 80% of cases."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..common.arrays import Floats
from .smoother import Assimilation, Data, Forward

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
    ensembles, errors = [], []
    for number, truth in enumerate(truths):
        rng = np.random.default_rng([7, number])
        record = data._replace(targets=truth.predicted + data.deviations * rng.standard_normal(len(data.targets)))
        ensembles.append(Assimilation(prior, record, begins, steps, seed=number))
        ensembles[-1].learn(predicted)
        errors.append(rng)
    for step in range(1, steps):
        for ensemble, values in zip(ensembles, _together(ensembles, forward, f"truths, step {step}"), strict=True):
            ensemble.learn(values)
    found, ahead = [], []
    simulated = _together(ensembles, futures, "truths, futures")
    for truth, ensemble, values, rng in zip(truths, ensembles, simulated, errors, strict=True):
        found.append(_holds(ensemble.vectors[:, :parameters], truth.vector[:parameters]))
        whole = values[np.isfinite(values).all(axis=1)]
        noisy = whole + future_errors * rng.standard_normal(whole.shape)
        ahead.append(_holds(noisy, truth.future + future_errors * rng.standard_normal(len(truth.future))))
    return Held(np.array(found), np.array(ahead))


def _together(ensembles: Sequence[Assimilation], forward: Forward, step: str) -> list[Floats]:
    """Predictions of all ensembles, computed as one."""
    values = forward(
        np.concatenate([each.vectors for each in ensembles]), np.concatenate([each.members for each in ensembles]), step
    )
    edges = np.cumsum([len(each.vectors) for each in ensembles])[:-1]
    return np.split(values, edges)


def _holds(draws: Floats, truth: Floats) -> npt.NDArray[np.bool_]:
    low, high = np.quantile(draws, [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0], axis=0)
    return np.asarray((low <= truth) & (truth <= high))
