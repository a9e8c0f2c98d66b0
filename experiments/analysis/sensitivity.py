"""What a sensitivity study finds: Morris effects, Sobol indices, and how much of the variance is noise of the seeds."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.errors import CircuitError
from simulation.scenario import prior_quantile

from .. import statistics as st
from ..statistics import Floats
from ..study.points import LEVELS, REACH, SEED_OF_DESIGN, Points, problem_of
from ..study.schema import Study
from .measures import Measure

FEWEST_POINTS = 3


@dataclass(frozen=True)
class Question:
    """What is varied, how densely, and which outcome is watched."""

    study: Study
    measure: Measure
    parameters: tuple[str, ...]
    trajectories: int = 10
    keep: int = 5
    points: int = 64

    @property
    def screening_points(self) -> int:
        """Economies of the Morris design."""
        return self.trajectories * (len(self.parameters) + 1)

    @property
    def sobol_points(self) -> int:
        """Economies of the Sobol design."""
        kept = min(self.keep, len(self.parameters))
        return self.points * (kept + 2) if kept else 0


class Answer(NamedTuple):
    """Tables of both steps; `noise` says how much of the variance between points is that of the seeds."""

    screening: pd.DataFrame
    indices: pd.DataFrame
    noise: pd.DataFrame
    failed: int
    seconds: float


def morris_table(design: Points, values: Floats) -> pd.DataFrame:
    """Mean and mean absolute effect of moving each parameter across its reach, strongest first.

    `values` has the shape (points, seeds). Trajectories with a point at which every run failed are left out; n
    is the number of those that remain.
    """
    from SALib.analyze import morris

    unit, outcomes = _whole_blocks(design, values)
    scaled = (unit - (1.0 - REACH) / 2.0) / REACH
    found = morris.analyze(
        problem_of(design.parameters), scaled, outcomes, num_resamples=1000, num_levels=LEVELS, seed=SEED_OF_DESIGN
    )
    n = len(outcomes) // design.block
    around = st.normal_quantile() * np.asarray(found["sigma"]) / np.sqrt(n)
    star, spread = np.asarray(found["mu_star"]), np.asarray(found["mu_star_conf"])
    table = pd.DataFrame(
        {
            "parameter": design.parameters,
            "mu_star": star,
            "low": np.maximum(star - spread, 0.0),
            "high": star + spread,
            "mu": found["mu"],
            "mu_low": found["mu"] - around,
            "mu_high": found["mu"] + around,
            "n": n,
            "prior_low": [prior_quantile(name, (1.0 - REACH) / 2.0) for name in design.parameters],
            "prior_high": [prior_quantile(name, (1.0 + REACH) / 2.0) for name in design.parameters],
        }
    )
    return table.sort_values("mu_star", ascending=False, kind="stable", ignore_index=True)


def sobol_table(design: Points, values: Floats) -> pd.DataFrame:
    """Share of the variance between points that each parameter explains alone, and with all others.

    NaN where the outcome is the same at every point."""
    from SALib.analyze import sobol

    _, outcomes = _whole_blocks(design, values)
    n = len(outcomes) // design.block
    if np.ptp(outcomes) == 0.0:
        nothing = np.full(len(design.parameters), np.nan)
        found: dict[str, Any] = dict.fromkeys(("S1", "S1_conf", "ST", "ST_conf"), nothing)
    else:
        found = sobol.analyze(
            problem_of(design.parameters), outcomes, calc_second_order=False, num_resamples=1000, seed=SEED_OF_DESIGN
        )
    columns: dict[str, Any] = {"parameter": design.parameters}
    for index, name in (("S1", "first_order"), ("ST", "total")):
        value, spread = np.asarray(found[index]), np.asarray(found[f"{index}_conf"])
        columns |= {name: value, f"{name}_low": value - spread, f"{name}_high": value + spread}
    table = pd.DataFrame(columns | {"n": n})
    return table.sort_values("total", ascending=False, kind="stable", ignore_index=True)


def noise_share(values: Floats, seed: int = 0) -> st.Estimate:
    """Share of the variance between point means that is noise of the common seeds, bootstrapped over points.

    What a seed adds to every point alike cancels; what is left is how differently points respond to the seeds: the
    residual of a two-way table over the number of seeds. Counted among the interactions by both designs."""
    known = values[np.isfinite(values).all(axis=1)]
    points, seeds = known.shape
    if seeds < 2 or points < FEWEST_POINTS:
        return st.Estimate(float("nan"), float("nan"), float("nan"), points)

    def share(rows: Floats) -> float:
        means = rows.mean(axis=1, keepdims=True)
        residual = rows - means - rows.mean(axis=0, keepdims=True) + rows.mean()
        variance = float(means.var(ddof=1))
        noise = float((residual**2).sum()) / ((len(rows) - 1) * (seeds - 1) * seeds)
        return min(noise / variance, 1.0) if variance > 0.0 else float("nan")

    draws = np.random.default_rng(seed).integers(points, size=(499, points))
    found = [value for rows in draws if (value := share(known[rows])) == value]
    if not found:  # the outcome is the same at every point
        return st.Estimate(float("nan"), float("nan"), float("nan"), points)
    low, high = np.quantile(found, [0.025, 0.975])
    return st.Estimate(share(known), float(low), float(high), points)


def common_seeds(values: Floats, block: int) -> NDArray[np.bool_]:
    """Which values count, in the shape of `values`: those of seeds that have one at every point of their block.

    Points of a block are compared with each other. Means over other seeds at each would compare seeds."""
    blocks = np.isfinite(values).reshape(-1, block, values.shape[1])
    return np.broadcast_to(blocks.all(axis=1, keepdims=True), blocks.shape).reshape(values.shape)


def _whole_blocks(design: Points, values: Floats) -> tuple[Floats, Floats]:
    """Points and their means over the seeds common to their block, without the blocks that have no such seed."""
    common = common_seeds(values, design.block)
    counts = common.sum(axis=1)
    sums = np.where(common, values, 0.0).sum(axis=1)
    means = np.divide(sums, counts, out=np.full(len(values), np.nan), where=counts > 0)
    whole = counts > 0
    if whole.sum() < 2 * design.block:
        raise CircuitError(
            "too few runs have this outcome: it is not a number where what it dates never happens, or runs failed; "
            "ask for another --outcome"
        )
    return design.unit[whole], means[whole]


def noise_row(design: str, values: Floats) -> dict[str, object]:
    """How much of the variance between the points of a design is noise, as a row of a table."""
    share, low, high, n = noise_share(values)
    none = int((~np.isfinite(values)).sum())
    row = {"design": design, "noise_share": share, "low": low, "high": high, "n": n, "seeds": values.shape[1]}
    return row | {"runs": values.size, "without_outcome": none}
