"""Which parameters the record can say anything of: Morris's elementary effects on what is observed.

Morris (1991), Technometrics 33, by SALib. An effect is how far the mean of an observed series moves when a parameter
crosses the middle 90% of its prior, in standard deviations of what separates the record from a right model.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from ..record.observations import Points
from ..study.points import LEVELS, REACH, SEED_OF_DESIGN, morris_design
from ..study.points import Points as Design
from .discrepancy import deviations
from .matching import series_of

Floats = npt.NDArray[np.float64]
SMALLEST_EFFECT = 0.5  # standard deviations: what moves no series by half of one cannot be learned from it


def design_of(parameters: tuple[str, ...], trajectories: int) -> tuple[Design, Floats]:
    """A Morris design, and its points as normal scores."""
    design = morris_design(parameters, trajectories)
    scores: Floats = ndtri(design.unit)
    return design, scores


def screening(design: Design, points: Points, simulated: Floats) -> pd.DataFrame:
    """For each parameter its largest mean absolute effect, and on which series; largest first.

    `simulated` has a row for each point of the design. Trajectories with a failed run are left out.
    """
    from SALib.analyze import morris

    whole = np.isfinite(simulated).all(axis=1).reshape(-1, design.block).all(axis=1).repeat(design.block)
    unit = (design.unit[whole] - (1.0 - REACH) / 2.0) / REACH
    keys = [(row.series, row.entity) for row in points.rows]
    scaled = simulated[whole] / deviations(points)
    problem = {
        "num_vars": len(design.parameters), "names": list(design.parameters),
        "bounds": [[0.0, 1.0]] * len(design.parameters),
    }  # fmt: skip
    effects = {}
    for name in series_of(points):
        mean = scaled[:, [key == name for key in keys]].mean(axis=1)
        found = morris.analyze(problem, unit, mean, num_resamples=2, num_levels=LEVELS, seed=SEED_OF_DESIGN)
        effects[" ".join(name)] = np.asarray(found["mu_star"], dtype=float)
    table = pd.DataFrame(effects, index=list(design.parameters))
    return pd.DataFrame(
        {"parameter": table.index, "effect": table.max(axis=1).to_numpy(), "on": table.idxmax(axis=1).to_numpy()}
    ).sort_values("effect", ascending=False, kind="stable", ignore_index=True)


def kept_of(table: pd.DataFrame, most: int) -> tuple[str, ...]:
    """Parameters that move some series enough to be learned from it, strongest first, at most so many."""
    strong = table[table["effect"] >= SMALLEST_EFFECT]
    return tuple(str(name) for name in strong["parameter"].head(most))
