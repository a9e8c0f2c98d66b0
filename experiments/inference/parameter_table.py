"""What the record has taught of each parameter, and what each parameter does to the ending."""

import numpy as np
import pandas as pd

from ..common.arrays import Floats
from ..ensembles.learned import BAND, at_scores
from ..ensembles.unknowns import Unknowns
from .regression_abc import Sample

DEGREE = 3
APART = 1.0  # posterior standard deviations between two methods' means at which they differ


def parameter_table(unknowns: Unknowns, vectors: Floats, witness: Sample, ending: Floats) -> pd.DataFrame:
    """One row for each inferred parameter: prior and posterior 80%, contraction, the witness, and the share of the
    variance of the ending that it explains by itself; most contracted first.

    Contraction is one less the posterior over the prior standard deviation of the parameter's normal score: 0 where the
    record says nothing. `differs` marks parameters on which the witness disagrees by more than a standard deviation."""
    count = len(unknowns.parameters)
    scores = vectors[:, :count]
    prior = at_scores(unknowns, np.outer([-1.2816, 0.0, 1.2816], np.ones(count))).values()
    posterior = at_scores(unknowns, np.quantile(scores, BAND, axis=0)).values()
    spread, other = scores.std(axis=0), witness.sd()
    gap = np.abs(scores.mean(axis=0) - witness.mean()) / np.maximum(np.maximum(spread, other), 1e-9)
    table = pd.DataFrame(
        {
            "parameter": unknowns.parameters,
            "prior low": [band.low for band in prior],
            "prior median": [band.median for band in prior],
            "prior high": [band.high for band in prior],
            "low": [band.low for band in posterior],
            "median": [band.median for band in posterior],
            "high": [band.high for band in posterior],
            "contraction": np.maximum(1.0 - spread, 0.0),
            "witness": np.maximum(1.0 - other, 0.0),
            "differs": gap > APART,
            "share of variance": [explained(scores[:, k], ending) for k in range(count)],
        }
    )
    return table.sort_values("contraction", ascending=False, kind="stable", ignore_index=True)


def explained(scores: Floats, outcome: Floats) -> float:
    """Share of the variance of an outcome that a cubic in one parameter's normal score explains, corrected for the
    freedom of the cubic (adjusted R squared), and at least zero; not-a-number where the outcome never varies."""
    known = np.isfinite(outcome)
    x, y = scores[known], outcome[known]
    total = float(((y - y.mean()) ** 2).sum())
    if total <= 0.0 or len(y) <= DEGREE + 1:
        return float("nan")
    design = np.vander(x, DEGREE + 1)
    left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    share = float((left**2).sum()) / total
    return max(1.0 - share * (len(y) - 1) / (len(y) - DEGREE - 1), 0.0)
