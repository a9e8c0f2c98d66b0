"""Whether the report's program is right: runs weighed by a belief beside runs that really hold it.

`python -m experiments.methods.believed FOLDER` writes `believed.csv`. The page's part is played by the table that a
report carries and the formulas of its program; the other part by runs with other seeds, from now by other members,
whose parameters are drawn from the belief.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import truncnorm

from simulation.scenario.parameters import PARAMETERS

from .. import statistics as st
from ..analysis.beliefs import Belief, family_of, on_scale, weighted_share, weights
from ..analysis.measures import EPISODES
from ..batch.runner import compute
from ..common.arrays import Floats
from ..common.export import folder_named
from ..report.simulator import flags_of, simulator_of
from ..store.results import write_csv
from ..study.schema import RunSpec, Study, plan
from .opened import run_study

SIZES = (300, 200)
"""Runs that the page weighs, and runs that really hold a belief."""
FIRMS = 100
OPENINGS = ("2022Q4", "now")
SEED = 20251031
POOR, RICH = Belief(math.log(0.03), 0.35), Belief(math.log(0.12), 0.35)
IMPATIENT = Belief(0.4, 0.15)
HELD: Mapping[str, Mapping[str, Belief]] = {
    "gamma around 0.03": {"gamma": POOR},
    "gamma around 0.12": {"gamma": RICH},
    "withdrawal_state around 0.4": {"withdrawal_state": IMPATIENT},
    "gamma around 0.03, withdrawal_state around 0.4": {"gamma": POOR, "withdrawal_state": IMPATIENT},
}
"""Beliefs by what the table calls them."""
COLUMNS = [
    "opening", "belief", "what", "drawn", "weighed", "weighed_low", "weighed_high", "effective_runs",
    "real", "real_low", "real_high", "runs", "difference", "low", "high",
]  # fmt: skip
"""`drawn` is the share before anything is believed; `difference` is the weighed share less the real one."""


def difference_of_shares(first: st.Estimate, second: st.Estimate) -> st.Estimate:
    """One share less an independent one. The interval is Newcombe's (1998, Statistics in Medicine 17), method 10: the
    distances of both shares to the ends of their own score intervals, as the sides of a right angle."""
    value = first.value - second.value
    below = math.hypot(first.value - first.low, second.high - second.value)
    above = math.hypot(first.high - first.value, second.value - second.low)
    return st.Estimate(value, value - below, value + above, first.n + second.n)


def draws_of(beliefs: Mapping[str, Belief], runs: int) -> list[dict[str, float]]:
    """Parameters of each run, drawn from beliefs between the bounds of what the priors allow."""
    generator = np.random.default_rng(SEED)
    drawn = {name: _draws(name, belief, generator.random(runs)) for name, belief in beliefs.items()}
    return [{name: float(values[run]) for name, values in drawn.items()} for run in range(runs)]


def agreements(
    vintage: str,
    held: Mapping[str, Mapping[str, Belief]],
    sizes: tuple[int, int] = SIZES,
    firms: int = FIRMS,
    workers: int | None = None,
    quarters: int | None = None,
) -> pd.DataFrame:
    """A row for each belief and each thing that the page shows. `sizes` are the runs that the page weighs, and those
    that really hold each belief. Raises `CircuitError` where runs cannot be computed."""
    weighed, others = sizes
    study = Study(title="believed", vintage=vintage, runs=weighed, firms=firms, quarters=quarters)
    with tempfile.TemporaryDirectory() as folder:
        page = simulator_of(run_study(study, folder, workers).analysis)
    assert page is not None
    drawn = {parameter["name"]: parameter["values"] for parameter in page["parameters"]}
    specs = plan(study.model_copy(update={"runs": sum(sizes)})).specs[weighed:]
    rows = []
    for words, beliefs in held.items():
        weight = weights(drawn, beliefs)
        real = _outcomes(specs, draws_of(beliefs, others), workers)
        for shown in page["shown"]:
            flags = flags_of(page, page["arms"][0], shown["labels"])
            by_page, by_runs = weighted_share(flags, weight), _share(real, shown["labels"])
            difference = difference_of_shares(by_page, by_runs)
            rows.append((vintage, words, shown["name"], float(np.nanmean(flags)), *by_page, *by_runs, *difference[:3]))
    return pd.DataFrame(rows, columns=COLUMNS)


def _draws(name: str, belief: Belief, ranks: Floats) -> Floats:
    """Values below which a belief has such shares of its mass, between the bounds that the prior keeps to."""
    parameter, family = PARAMETERS[name], family_of(name)
    ends = (parameter.lowest, parameter.highest) if family.kind == "normal" else (parameter.low, parameter.high)
    low, high = (on_scale(name, ends) - belief.middle) / belief.spread
    x = truncnorm.ppf(ranks, low, high, belief.middle, belief.spread)
    return np.asarray(np.exp(x) if family.logarithmic else x)


def _outcomes(specs: Sequence[RunSpec], draws: list[dict[str, float]], workers: int | None) -> pd.DataFrame:
    """How runs end whose parameters are set, each run's to its own; failed runs are left out."""
    holding = [replace(spec, point=tuple(draw.items())) for spec, draw in zip(specs, draws, strict=True)]
    rows = [rows for _, rows in compute(holding, workers)]
    return pd.DataFrame([each["outcome"] for each in rows if "outcome" in each])


def _share(runs: pd.DataFrame, labels: Sequence[str]) -> st.Estimate:
    """The share of runs with one of these endings or episodes."""
    happened = runs["outcome"].isin(labels)
    for measure in EPISODES:
        if measure.name in labels:
            happened |= measure.read(runs) > 0.0
    return st.probability(int(happened.sum()), len(runs))


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=folder_named)
    options = parser.parse_args()
    found = pd.concat([agreements(vintage, HELD) for vintage in OPENINGS])
    write_csv(options.folder / "believed.csv", found)


if __name__ == "__main__":
    main()
