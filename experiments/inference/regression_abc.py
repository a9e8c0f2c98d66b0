"""Approximate Bayesian computation with regression adjustment: a witness beside the smoother, from the same table.

Summaries are the parameters' means as a ridge regression predicts them from the observations (Fearnhead and Prangle
2012); the nearest runs are kept with Epanechnikov weights and moved along a weighted local-linear regression (Beaumont,
Zhang and Balding 2002)."""

from typing import NamedTuple

import numpy as np

from ..common.arrays import Floats

ACCEPTED = 0.05
RUNS_PER_PARAMETER = 10  # accepted at least: a local regression on fewer would fit their noise
RIDGE = 1e-2  # of the mean squared predictor


class Sample(NamedTuple):
    """Weighted draws of the parameters, in the unit of the table, one a row."""

    values: Floats
    weights: Floats

    def mean(self) -> Floats:
        """Weighted means."""
        return np.asarray(np.average(self.values, axis=0, weights=self.weights))

    def sd(self) -> Floats:
        """Weighted standard deviations."""
        return np.asarray(np.sqrt(np.average((self.values - self.mean()) ** 2, axis=0, weights=self.weights)))


def regression_abc(
    parameters: Floats, simulated: Floats, targets: Floats, deviations: Floats, accepted: float = ACCEPTED,
    seed: int = 1,
) -> Sample:  # fmt: skip
    """Draws of the parameters given the observations.

    `parameters` and `simulated` have a row for each run of the table; the errors of the observations, with standard
    deviations `deviations`, are added to what is simulated.
    """
    rng = np.random.default_rng(seed)
    noisy = (simulated + deviations * rng.standard_normal(simulated.shape) - targets) / deviations
    centre = noisy.mean(axis=0)
    coefficients = _ridge(noisy - centre, parameters - parameters.mean(axis=0))
    summaries = (noisy - centre) @ coefficients
    wanted = -centre @ coefficients
    spread = np.where(summaries.std(axis=0) > 0.0, summaries.std(axis=0), np.inf)
    distance = np.sqrt((((summaries - wanted) / spread) ** 2).sum(axis=1))
    fewest = min(RUNS_PER_PARAMETER * parameters.shape[1], len(parameters))
    count = max(int(accepted * len(parameters)), fewest)
    nearest = np.argsort(distance)[:count]
    widest = distance[nearest[-1]]
    weights = np.maximum(1.0 - (distance[nearest] / max(widest, 1e-12)) ** 2, 1e-12)
    away = summaries[nearest] - wanted
    design = np.column_stack([np.ones(count), away / spread])
    scaled = design * np.sqrt(weights)[:, None]
    slopes = np.linalg.lstsq(scaled, parameters[nearest] * np.sqrt(weights)[:, None], rcond=None)[0]
    return Sample(parameters[nearest] - design[:, 1:] @ slopes[1:], weights / weights.sum())


def _ridge(predictors: Floats, answers: Floats) -> Floats:
    inner = predictors.T @ predictors
    penalty = RIDGE * float(np.trace(inner)) / len(inner)
    return np.asarray(np.linalg.solve(inner + penalty * np.eye(len(inner)), predictors.T @ answers), dtype=np.float64)
