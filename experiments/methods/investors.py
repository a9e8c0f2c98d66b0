"""Estimate how investors move prices, from how often shares of the record crash after they have run up.

`python -m experiments.methods.investors` prints the estimate, `--write` stores it in `investors.toml`, and a test holds
the declared defaults to it. Odds of a crash are no smooth function of a parameter, and a run tells of a few run-ups
only. So every run has other parameters, drawn around the last estimate and cut at the ends of their ranges; how odds
after each size of run-up hang on them is a logistic regression over all cases of all runs, and the estimate is where
the fitted odds lie nearest to the record, at the least distance from what was judged before: a penalised fit, without
standard errors. The seeds are fixed.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import qmc

from simulation.dates import VINTAGES
from simulation.scenario.parameters import PARAMETERS

from ..batch.runner import compute
from ..common.arrays import Floats
from ..study.schema import Study, plan
from .kept_estimate import offer_estimate, read_estimate
from .run_ups import RECORD, Shares, cases, prices

Priced = tuple[Floats, Shares]

STORED = Path(__file__).parent / "investors.toml"
JUDGED = {
    "extrapolator_pull": 1.08,
    "type_herding": 2.8,
    "return_noise": 0.025,
}
"""What is estimated, and what was judged before the record of crashes was asked: the mode of the prior.

Of fourteen numbers of investors, drawn over their whole ranges, odds of a crash hang on these, on the impact of flows,
and on how many investors look at value in calm markets; but with more of those an economy without AI forgets a blow too
slowly. The pull of value, that of mispricing on types, and the hazard and depth of withdrawals move the odds by nothing
that shows."""
TOLERANCE = 0.05
"""Standard error of every one of the recorded odds: the paper's counts of cases are not at hand, so none is trusted
more than another."""
ROUNDS = (0.3, 0.3, 0.2)
"""How far from the last estimate each round draws, and may go, in half-ranges of the parameters: over more of a range
log odds are not linear."""
RUNS = 1024
FIRMS = 100  # ordinary firms: prices of AI shares do not depend on them
LIKE_A_CASE = 1.0  # weight of the belief that a parameter does nothing to the odds, which keeps the regression tame


def _range() -> tuple[Floats, Floats]:
    """Middle and half of the declared range of every parameter."""
    low, high = (np.array([getattr(PARAMETERS[name], side) for name in JUDGED]) for side in ("low", "high"))
    return (low + high) / 2.0, (high - low) / 2.0


def simulated(centre: Floats, width: float, runs: int = RUNS, workers: int | None = None) -> list[Priced]:
    """Parameters in half-ranges from their middle (shape (parameters,)) and share prices, of runs from both vintages
    with parameters drawn around a centre."""
    middle, half = _range()
    drawn = 2.0 * qmc.Sobol(len(JUDGED), seed=1).random(runs) - 1.0
    points = np.clip(centre + width * drawn, -1.0, 1.0)
    found: list[Priced] = []
    for vintage, quarters, _ in VINTAGES.values():
        study = Study(title="investors", vintage=vintage, quarters=quarters, runs=runs, firms=FIRMS, prior=False)
        specs = [
            replace(spec, point=tuple(zip(JUDGED, (middle + half * point).tolist(), strict=True)))
            for spec, point in zip(plan(study).specs, points, strict=True)
        ]
        place = {spec.run_id: point for spec, point in zip(specs, points, strict=True)}
        for spec, rows in compute(specs, workers, prices, doing=vintage):
            if "books" in rows:
                found.append((place[spec.run_id], rows["books"]))
    return found


def responses(paths: list[Priced]) -> Floats:
    """Log odds of a crash after each size of run-up, in the middle of the ranges and for half a range more of each
    parameter; shape (run-ups, 1 + parameters). Logistic regression with a weak belief that there is no response."""
    rows = [(case.run_up, case.crashed, point) for point, shares in paths for case in cases(shares)]
    fitted = []
    for run_up in RECORD:
        chosen = [(crashed, point) for size, crashed, point in rows if size == run_up]
        crashed = np.array([each for each, _ in chosen], dtype=np.float64)
        points = np.array([point for _, point in chosen]).reshape(len(chosen), len(JUDGED))
        design = np.column_stack([np.ones(len(chosen)), points])

        def misfit(weights: Floats, design: Floats = design, crashed: Floats = crashed) -> tuple[float, Floats]:
            odds = design @ weights
            loss = np.logaddexp(0.0, odds).sum() - crashed @ odds + 0.5 * LIKE_A_CASE * (weights[1:] ** 2).sum()
            slope = design.T @ (expit(odds) - crashed)
            slope[1:] += LIKE_A_CASE * weights[1:]
            return float(loss), slope

        fitted.append(minimize(misfit, np.zeros(design.shape[1]), jac=True, method="BFGS").x)
    return np.array(fitted)


def nearest(fitted: Floats, judged: Floats, centre: Floats, width: float) -> Floats:
    """Parameters, in half-ranges from the middle, at which fitted odds lie nearest to the record and they themselves to
    what was judged: squared distances in tolerances and in half-ranges."""
    record = np.array(list(RECORD.values()))

    def distance(point: Floats) -> float:
        odds = expit(fitted[:, 0] + fitted[:, 1:] @ point)
        return float((((odds - record) / TOLERANCE) ** 2).sum() + ((point - judged) ** 2).sum())

    bounds = np.clip(np.column_stack([centre - width, centre + width]), -1.0, 1.0)
    return np.asarray(minimize(distance, centre, bounds=bounds).x)


def estimate(runs: int = RUNS, workers: int | None = None) -> dict[str, float]:
    """The numbers of investors, to two digits."""
    middle, half = _range()
    judged = (np.array(list(JUDGED.values())) - middle) / half
    point = judged
    for width in ROUNDS:
        point = nearest(responses(simulated(point, width, runs, workers)), judged, point, width)
    return {name: float(f"{value:.2g}") for name, value in zip(JUDGED, middle + half * point, strict=True)}


def stored() -> dict[str, Any]:
    """The estimate as it was written."""
    return read_estimate(STORED)


if __name__ == "__main__":
    offer_estimate(STORED, __doc__, lambda: {"parameters": estimate()})
