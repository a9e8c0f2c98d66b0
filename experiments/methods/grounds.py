"""What an answer rests on: luck, the gain that AI brings, or the other numbers nobody knows; which numbers are worth
knowing; and whether it survives other readings of the rules.

The spread of an outcome over the prior is divided among three groups by Sobol indices (Saltelli et al. 2010): the luck
of a run, `gamma`, and all other parameters that the prior draws. The value of knowing a number is how far the answer
moves between the lowest and the highest fifth of what it may be, whose middles are its 10 and 90 percent points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from simulation.errors import CircuitError
from simulation.scenario import PARAMETERS, prior_names, prior_quantile

from .. import statistics as st
from ..analysis.measures import Measure
from ..analysis.questions import measure_of
from ..common.arrays import Floats
from ..narrative.grounds import Grounds, headline, knowing_table, readings_table, variance_table
from ..store.results import check_writable, write_csv
from ..study.points import SEED_OF_DESIGN, problem_of

if TYPE_CHECKING:
    from rich.console import Console

    from simulation.scenario import Scenario

    from ..study.schema import RunSpec, Study


LUCK, GAIN, OTHERS = "luck", "gamma", "other parameters"
GROUPS = (LUCK, GAIN, OTHERS)
SEEDS = 2**31
FIFTH = 0.2

READINGS: dict[str, dict[str, float]] = {
    "as it is": {},
    "reported revenue is taken as it is": {"look_through": 0.0},
    "circular revenue is looked through": {"look_through": 1.0},
    "neoclouds build ahead too": {"growth_on_speculation": 1.0},
    "neoclouds build what is signed": {"growth_on_speculation": 0.0},
    "capacity gaps close in half a year": {"order_horizon": 2.0},
    "no luck": {"luck": 0.0},
}
"""Readings of the rules that the record cannot tell apart, by the parameters and switches that make them."""


def grounds(study: Study, outcome: str, points: int, workers: int | None = None) -> Grounds:
    """Divide the spread of an outcome, value knowledge, and ask other readings of the rules.

    `points` is a power of two: the division takes five runs a point, every reading one. Raises `CircuitError` for an
    unknown outcome, a number of points that is none, and where too few runs have the outcome.
    """
    if points < 16 or points & (points - 1):
        raise CircuitError(f"--points: must be a power of two from 16 on, not {points}")
    measure = measure_of(outcome)
    scenario = _scenario(study)
    names = tuple(name for name in prior_names() if name not in study.parameters)
    design = design_of(names, points)
    specs = list(specs_of(study, scenario, names, design, {"point": {}}))
    readings = list(specs_of(study, scenario, names, design[:: len(GROUPS) + 2], READINGS))
    values = _values(measure, [*specs, *readings], workers)
    failed = int((~np.isfinite(values)).sum())
    first, again = values[: len(specs)], values[len(specs) :]
    return Grounds(
        measure,
        indices_of(names, first),
        value_of_knowing(names, design, first),
        answers(measure, again.reshape(len(READINGS), -1)),
        len(values),
        failed,
    )


def grouped_problem(names: Sequence[str]) -> dict[str, Any]:
    """Luck, and each parameter by its quantile, in the groups that share out the variance."""
    groups = [LUCK, *(GAIN if name == GAIN else OTHERS for name in names)]
    return problem_of((LUCK, *names)) | {"groups": groups}


def design_of(names: Sequence[str], points: int) -> Floats:
    """Points of the unit cube, luck first, five a block: two at random and three that differ in one group."""
    from SALib.sample import sobol

    unit: Floats = sobol.sample(grouped_problem(names), points, calc_second_order=False, seed=SEED_OF_DESIGN)
    return unit


def specs_of(
    study: Study, scenario: Scenario, names: Sequence[str], design: Floats, readings: Mapping[str, Mapping[str, float]]
) -> Iterable[RunSpec]:
    """A run for every point of the design under each reading of the rules."""
    from ..study.schema import RunSpec

    for reading, settings in readings.items():
        for number, (luck, *shares) in enumerate(design):
            drawn = {name: float(prior_quantile(name, float(share))) for name, share in zip(names, shares, strict=True)}
            own = scenario.with_parameters(**{**drawn, **settings})
            title, seed = f"{reading} {number:06d}", min(int(luck * SEEDS), SEEDS - 1)
            yield RunSpec(title, title, seed, own, study.vintage, study.horizon, study.firms, prior=False)


def indices_of(names: Sequence[str], values: Floats) -> pd.DataFrame:
    """Shares of the variance by group: `alone` (first order) and `in_all` (total, with joint effects).

    Each with the half width of its 95% interval. Blocks with a failed run or without the outcome are left out."""
    from SALib.analyze import sobol

    blocks = values.reshape(-1, len(GROUPS) + 2)
    whole = blocks[np.isfinite(blocks).all(axis=1)]
    if len(whole) < 8 or np.ptp(whole) == 0.0:
        raise CircuitError("too few runs have this outcome, or all have the same: ask for another --outcome")
    found = sobol.analyze(
        grouped_problem(names), whole.ravel(), calc_second_order=False, seed=SEED_OF_DESIGN, print_to_console=False
    )
    order = list(dict.fromkeys(grouped_problem(names)["groups"]))
    table = pd.DataFrame(
        {"group": order, "alone": found["S1"], "alone_half_width": found["S1_conf"],
         "in_all": found["ST"], "in_all_half_width": found["ST_conf"]}
    )  # fmt: skip
    return table.assign(blocks=len(whole))


def value_of_knowing(names: Sequence[str], design: Floats, values: Floats) -> pd.DataFrame:
    """How far the mean outcome moves from the lowest to the highest fifth of every parameter, over the points that are
    drawn independently (the first and the last of each block).

    Columns: parameter, low, high (its 10 and 90 percent points), at_low, at_high (mean outcome there), difference, its
    95% interval, p (Holm's, over all parameters), source. Sorted by the size of the difference."""
    block = len(GROUPS) + 2
    free = np.isin(np.arange(len(values)) % block, (0, block - 1)) & np.isfinite(values)
    unit, known = design[free], values[free]
    rows = []
    for column, name in enumerate(names, start=1):
        few, many = known[unit[:, column] < FIFTH], known[unit[:, column] > 1.0 - FIFTH]
        if min(len(few), len(many)) < 2:
            continue
        difference = float(many.mean() - few.mean())
        error = float(np.sqrt(many.var(ddof=1) / len(many) + few.var(ddof=1) / len(few)))
        half = st.normal_quantile() * error
        rows.append(
            {"parameter": name, "low": float(prior_quantile(name, 0.1)), "high": float(prior_quantile(name, 0.9)),
             "at_low": float(few.mean()), "at_high": float(many.mean()), "difference": difference,
             "lower": difference - half, "upper": difference + half, "p": _two_sided(difference, error),
             "source": PARAMETERS[name].source}
        )  # fmt: skip
    table = pd.DataFrame(rows)
    table["p"] = st.holm(table["p"].tolist())
    return table.sort_values("difference", key=lambda column: -column.abs(), ignore_index=True)


def answers(measure: Measure, values: Floats) -> pd.DataFrame:
    """The mean outcome under every reading of the rules, and its difference from the rules as they are, of the same
    points, with 95% intervals."""
    rows = []
    for title, row in zip(READINGS, values, strict=True):
        known = st.finite(row)
        share = st.probability(int((known > 0.0).sum()), len(known)).scaled(measure.factor)
        mean = share if measure.is_ending else st.mean_effect(known)
        paired = (row - values[0])[np.isfinite(row) & np.isfinite(values[0])]
        change = st.mean_effect(paired) if title != next(iter(READINGS)) else st.NOTHING
        rows.append(
            {"reading": title, "mean": mean.value, "low": mean.low, "high": mean.high,
             "change": change.value, "change_low": change.low, "change_high": change.high, "n": mean.n}
        )  # fmt: skip
    return pd.DataFrame(rows)


def _two_sided(difference: float, error: float) -> float:
    from scipy.stats import norm

    if error == 0.0:
        return 1.0 if difference == 0.0 else 0.0
    return float(2.0 * norm.sf(abs(difference) / error))


def _scenario(study: Study) -> Scenario:
    from simulation.scenario import Scenario

    (name,) = study.scenarios
    return Scenario.load(name).with_parameters(**study.parameters)


def _values(measure: Measure, specs: Sequence[RunSpec], workers: int | None) -> Floats:
    from ..batch.runner import compute

    order = {spec.run_id: number for number, spec in enumerate(specs)}
    values = np.full(len(specs), np.nan)
    found: dict[int, dict[str, Any]] = {}
    for spec, rows in compute(specs, workers):
        if "failure" not in rows:
            found[order[spec.run_id]] = rows["outcome"]
    if found:
        table = pd.DataFrame(list(found.values()))
        values[list(found)] = measure.read(table).to_numpy(dtype=float) * measure.factor
    return values


def report_grounds(
    study: Study, outcome: str, points: int, workers: int | None, results: Path, console: Console
) -> Grounds:
    """Compute, write and print what an answer rests on. Raises as `grounds`."""
    check_writable(results)
    found = grounds(study, outcome, points, workers)
    stem = f"grounds-{found.measure.name.replace(' ', '-')}"
    for name, table in (("variance", found.indices), ("knowing", found.knowing), ("readings", found.readings)):
        write_csv(results / f"{stem}-{name}.csv", table)
    console.print(f"\n{headline(found)}\n", style="bold", highlight=False)
    for shown in (variance_table(found), knowing_table(found), readings_table(found)):
        console.print(shown)
    console.print("* beyond chance at 5% over all parameters (Holm).", style="dim")
    console.print(f"{found.runs:,} runs, {found.failed:,} failed or without the outcome.")
    console.print(f"Written to {results}/{stem}-*.csv.", highlight=False)
    return found
