"""Which parameters the record can say anything of: Morris's elementary effects on what is observed.

Morris (1991), Technometrics 33, by SALib. An effect is how far the mean of an observed series moves when a parameter
crosses the middle 90% of its prior, in standard deviations of what separates the record from a right model."""

import numpy as np
import pandas as pd
from scipy.special import ndtri

from ..common.arrays import Floats
from ..record.observations import Points
from ..study.points import REACH, morris_design
from ..study.points import Points as Design
from .discrepancy import deviations
from .matching import series_of

SMALLEST_EFFECT = 0.5  # standard deviations: what moves no series by half of one cannot be learned from it


def design_of(parameters: tuple[str, ...], trajectories: int) -> tuple[Design, Floats]:
    """A Morris design, and its points as normal scores."""
    design = morris_design(parameters, trajectories)
    scores: Floats = ndtri(design.unit)
    return design, scores


def screening(design: Design, points: Points, simulated: Floats) -> pd.DataFrame:
    """For each parameter its largest mean absolute effect, and on which series; largest first.

    `simulated` has a row for each point of the design. A step to or from a failed run is left out: every other step of
    its trajectory still says what one parameter does.
    """
    keys = [(row.series, row.entity) for row in points.rows]
    scaled = simulated / deviations(points)
    names = series_of(points)
    means = np.stack([scaled[:, [key == name for key in keys]].mean(axis=1) for name in names], axis=1)
    star = mean_absolute_effects(design, means)
    known = np.where(np.isfinite(star), star, 0.0)
    on = known.argmax(axis=1)
    return pd.DataFrame(
        {"parameter": design.parameters, "effect": known.max(axis=1), "on": [" ".join(names[place]) for place in on]}
    ).sort_values("effect", ascending=False, kind="stable", ignore_index=True)


def mean_absolute_effects(design: Design, outcomes: Floats) -> Floats:
    """Morris's mu star of every parameter on every outcome: the mean absolute change per crossing of the reach, over
    the steps whose two runs both finished; not-a-number where there is none."""
    unit = design.unit / REACH
    steps = np.diff(unit, axis=0)
    moved = np.abs(steps).argmax(axis=1)
    size = np.abs(steps[np.arange(len(steps)), moved])
    within = np.arange(1, len(unit)) % design.block != 0
    effects = np.abs(np.diff(outcomes, axis=0)) / np.where(size > 0.0, size, np.nan)[:, None]
    star = np.full((len(design.parameters), outcomes.shape[1]), np.nan)
    for place in range(len(design.parameters)):
        of_parameter = effects[within & (moved == place)]
        whole = of_parameter[np.isfinite(of_parameter).all(axis=1)]
        if len(whole):
            star[place] = whole.mean(axis=0)
    return star


def kept_of(table: pd.DataFrame, most: int) -> tuple[str, ...]:
    """Parameters that move some series enough to be learned from it, strongest first, at most so many."""
    strong = table[table["effect"] >= SMALLEST_EFFECT]
    return tuple(str(name) for name in strong["parameter"].head(most))
