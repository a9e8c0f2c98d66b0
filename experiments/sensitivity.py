"""Which parameters an outcome hangs on: Morris screens all of them, Sobol indices share out the variance.

A point of a design is an arm: an economy with its parameters at these values, run with a few seeds that all
points have in common and averaged over them. Parameters move within their priors: Morris from the 5% to the
95% quantile, Sobol through the whole distribution. Those that are not varied stay at their values.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.errors import CircuitError
from simulation.scenario import prior_names, prior_quantile

from . import statistics as st
from .compiling import prepare
from .extras import require
from .provenance import facts_of
from .questions import measure_of
from .runner import BatchReport, run_batch
from .statistics import Floats
from .store import Results
from .study import MOST_RUNS, Arm, Plan, Study, line_up, parse_study, plan

if TYPE_CHECKING:
    from .analysis import Measure

LEVELS = 4
REACH = 0.9
"""Share of a parameter's prior that Morris moves it across."""
SEED_OF_DESIGN = 1
MOST_POINTS = 100_000
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


class Design(NamedTuple):
    """Points in the unit cube, one column per parameter; `block` rows belong together."""

    parameters: tuple[str, ...]
    unit: Floats
    block: int


class Answer(NamedTuple):
    """Tables of both steps; `noise` says how much of the variance between points is that of the seeds."""

    screening: pd.DataFrame
    indices: pd.DataFrame
    noise: pd.DataFrame
    failed: int
    seconds: float


def question(
    study: Study,
    outcome: str,
    parameters: str | None,
    trajectories: int,
    keep: int,
    points: int,
    large: bool = False,
) -> Question:
    """A checked question. Raises `CircuitError` with all that is wrong with it.

    Also if it takes more than a million runs and `large` does not say that this is meant.
    """
    faults: list[str] = []
    named = tuple(name.strip() for name in parameters.split(",")) if parameters is not None else prior_names()
    varied = tuple(name for name in named if parameters is not None or name not in study.parameters)
    measure = None
    try:
        plan(study, large)
        measure = measure_of(outcome)
    except CircuitError as error:
        faults += error.faults
    for name in dict.fromkeys(varied):
        try:
            prior_quantile(name, 0.5)
        except CircuitError as error:
            faults += [f"--parameters: {fault}" for fault in error.faults]
    faults += [f"--parameters: {name} is fixed by --set" for name in sorted(set(varied) & set(study.parameters))]
    faults += [f"--parameters: {name} is named twice" for name in sorted({n for n in varied if varied.count(n) > 1})]
    if not 4 <= trajectories <= 1000:
        faults.append(f"--trajectories: must be a whole number from 4 to 1,000, not {trajectories}")
    if keep < 0:
        faults.append(f"--keep: must not be negative, not {keep}")
    if not 16 <= points <= 2**16 or points & (points - 1):
        faults.append(f"--points: must be a power of two from 16 to 65,536, not {points}")
    if faults or measure is None:
        raise CircuitError(*faults)
    asked = Question(study, measure, varied, trajectories, keep, points)
    if max(asked.screening_points, asked.sobol_points) > MOST_POINTS:
        raise CircuitError(f"the design has more than {MOST_POINTS:,} points: lower --trajectories or --points")
    economies = asked.screening_points + asked.sobol_points
    if economies * study.runs > MOST_RUNS and not large:
        raise CircuitError(
            f"{economies:,} economies x {study.runs:,} seeds are more than {MOST_RUNS:,} runs: add --yes if you mean it"
        )
    return asked


def answer(asked: Question, folder: Path, workers: int | None) -> Answer:
    """Run both designs, or what is missing of them, and analyse. Raises as `runner.run_batch` does."""
    prepare()
    design = morris_design(asked.parameters, asked.trajectories)
    varied = {"design": "morris", "parameters": list(asked.parameters), "size": asked.trajectories}
    values, report, failed = _computed(asked, design, varied, folder / "screening", workers)
    screening, noise = morris_table(design, values), [_noise_row("Morris", values)]
    indices = pd.DataFrame()
    seconds = report.seconds
    moving = screening[screening["mu_star"] > 0.0]["parameter"]
    kept = tuple(str(name) for name in moving.head(asked.keep))
    if kept:
        design = sobol_design(kept, asked.points)
        varied = {"design": "sobol", "parameters": list(kept), "size": asked.points}
        values, report, lost = _computed(asked, design, varied, folder / "sobol", workers)
        indices = sobol_table(design, values)
        noise.append(_noise_row("Sobol", values))
        failed, seconds = failed + lost, seconds + report.seconds
    return Answer(screening, indices, pd.DataFrame(noise), failed, seconds)


def morris_design(parameters: tuple[str, ...], trajectories: int) -> Design:
    """Trajectories that move one parameter at a time. Morris (1991), Technometrics 33."""
    from SALib.sample import morris

    unit = morris.sample(_problem(parameters), trajectories, num_levels=LEVELS, seed=SEED_OF_DESIGN)
    return Design(parameters, (1.0 - REACH) / 2.0 + REACH * unit, len(parameters) + 1)


def sobol_design(parameters: tuple[str, ...], points: int) -> Design:
    """Saltelli's scheme on a scrambled Sobol sequence. Saltelli et al. (2010), Comp. Physics Comm. 181."""
    from SALib.sample import sobol

    unit = sobol.sample(_problem(parameters), points, calc_second_order=False, seed=SEED_OF_DESIGN)
    return Design(parameters, unit, len(parameters) + 2)


def morris_table(design: Design, values: Floats) -> pd.DataFrame:
    """Mean and mean absolute effect of moving each parameter across its reach, strongest first.

    `values` has the shape (points, seeds). Trajectories with a point at which every run failed are left out; n
    is the number of those that remain.
    """
    from SALib.analyze import morris

    unit, outcomes = _whole_blocks(design, values)
    scaled = (unit - (1.0 - REACH) / 2.0) / REACH
    found = morris.analyze(
        _problem(design.parameters), scaled, outcomes, num_resamples=1000, num_levels=LEVELS, seed=SEED_OF_DESIGN
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


def sobol_table(design: Design, values: Floats) -> pd.DataFrame:
    """Share of the variance between points that each parameter explains alone, and with all others.

    NaN where the outcome is the same at every point.
    """
    from SALib.analyze import sobol

    _, outcomes = _whole_blocks(design, values)
    n = len(outcomes) // design.block
    if np.ptp(outcomes) == 0.0:
        nothing = np.full(len(design.parameters), np.nan)
        found: dict[str, Any] = dict.fromkeys(("S1", "S1_conf", "ST", "ST_conf"), nothing)
    else:
        found = sobol.analyze(
            _problem(design.parameters), outcomes, calc_second_order=False, num_resamples=1000, seed=SEED_OF_DESIGN
        )
    columns: dict[str, Any] = {"parameter": design.parameters}
    for index, name in (("S1", "first_order"), ("ST", "total")):
        value, spread = np.asarray(found[index]), np.asarray(found[f"{index}_conf"])
        columns |= {name: value, f"{name}_low": value - spread, f"{name}_high": value + spread}
    table = pd.DataFrame(columns | {"n": n})
    return table.sort_values("total", ascending=False, kind="stable", ignore_index=True)


def noise_share(values: Floats, seed: int = 0) -> st.Estimate:
    """Share of the variance between point means that is noise of the common seeds, bootstrapped over points.

    What a seed adds to every point alike cancels; what is left is how differently points respond to the seeds:
    the residual of a two-way table over the number of seeds. Counted among the interactions by both designs.
    """
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
    low, high = np.nanquantile([share(known[rows]) for rows in draws], [0.025, 0.975])
    return st.Estimate(share(known), float(low), float(high), points)


def plan_of(asked: Question, design: Design) -> Plan:
    """Every point of a design as an arm of one study, all with the same seeds."""
    return _points_of(asked.study, design)


def planned_again(varied: dict[str, Any], source: str) -> Plan:
    """The plan of a design that results say they are of. Raises `CircuitError`."""
    require("SALib", "sensitivity")
    designed = {"morris": morris_design, "sobol": sobol_design}[varied["design"]]
    return _points_of(parse_study(varied["study"], source), designed(tuple(varied["parameters"]), varied["size"]))


def facts_of_points(planned: Plan, varied: dict[str, Any]) -> dict[str, Any]:
    """What results say of themselves when their arms are points of a design: that design instead of each scenario."""
    facts = facts_of(planned)
    of_design = {**varied, "study": facts.pop("inputs")}
    del facts["scenarios"]
    return facts | {"varied": of_design}


def _points_of(study: Study, design: Design) -> Plan:
    opening = plan(study, large=True)
    arm, scenario = opening.arms[-1], opening.specs[len(opening.arms) - 1].scenario
    arms, scenarios = [], {}
    for number, row in enumerate(design.unit):
        place = {name: prior_quantile(name, float(share)) for name, share in zip(design.parameters, row, strict=True)}
        point = Arm(f"point {number:05d}", arm.scenario, arm.policy, tuple(place.items()))
        arms.append(point)
        scenarios[point.name] = scenario.with_parameters(**place)
    return line_up(study, arms, scenarios)


def _computed(
    asked: Question, design: Design, varied: dict[str, Any], folder: Path, workers: int | None
) -> tuple[Floats, BatchReport, int]:
    """The outcome of every point and seed, NaN where the run failed, in the shape (points, seeds)."""
    planned = plan_of(asked, design)
    results = Results(folder, planned.identity, facts_of_points(planned, varied))
    report = run_batch(planned, results, workers)
    runs = results.read("runs")
    columns = range(asked.study.seed, asked.study.seed + asked.study.runs)
    if len(runs) == 0:
        raise CircuitError(f"{folder}: every run failed; its failures table says why")
    table = runs.assign(value=asked.measure.read(runs) * asked.measure.factor).pivot_table(
        index="arm", columns="seed", values="value", dropna=False
    )
    values = table.reindex(index=[arm.name for arm in planned.arms], columns=columns).to_numpy(dtype=float)
    return values, report, report.failed


def common_seeds(values: Floats, block: int) -> NDArray[np.bool_]:
    """Which values count, in the shape of `values`: those of seeds that have one at every point of their block.

    Points of a block are compared with each other. Means over other seeds at each would compare seeds.
    """
    blocks = np.isfinite(values).reshape(-1, block, values.shape[1])
    return np.broadcast_to(blocks.all(axis=1, keepdims=True), blocks.shape).reshape(values.shape)


def _whole_blocks(design: Design, values: Floats) -> tuple[Floats, Floats]:
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


def _noise_row(design: str, values: Floats) -> dict[str, object]:
    share, low, high, n = noise_share(values)
    none = int((~np.isfinite(values)).sum())
    row = {"design": design, "noise_share": share, "low": low, "high": high, "n": n, "seeds": values.shape[1]}
    return row | {"runs": values.size, "without_outcome": none}


def _problem(parameters: tuple[str, ...]) -> dict[str, Any]:
    return {"num_vars": len(parameters), "names": list(parameters), "bounds": [[0.0, 1.0]] * len(parameters)}
