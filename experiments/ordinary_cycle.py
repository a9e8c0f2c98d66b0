"""Estimate the ordinary business cycle: shocks at which an economy without AI swings as the record does.

`python -m experiments.ordinary_cycle` minimises the distance between simulated and recorded moments (McFadden 1989) and
prints the parameters; `--write` stores them with the moments they reach in `ordinary_cycle.toml`, from where a test
holds the declared defaults to them. The seeds are fixed, so the same code finds the same numbers.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize

from simulation import Economy, Scenario
from simulation.scenario.parameters import PARAMETERS

Floats = npt.NDArray[np.float64]

STORED = Path(__file__).parent / "ordinary_cycle.toml"
VINTAGES = ("2022Q4", "2024Q4")
SEEDS = range(1, 25)
QUARTERS = 80
FIRMS = 200


class Moments(NamedTuple):
    """What is told of a business cycle; volatilities but output's are relative to it."""

    output: float
    consumption: float
    investment: float
    investment_and_output: float
    unemployment_and_output: float
    persistence: float
    okun: float


TARGET = Moments(0.0096, 0.775, 3.75, 0.875, -0.80, 0.85, -0.45)
"""Middle of what is recorded of the United States after 1984: output strays by .86 (1984-2007) to 1.06 percent
(1984-2009), consumption by .70 to .85 of it, investment by 3 to 4.5 times it."""
TOLERANCE = Moments(0.0010, 0.075, 0.75, 0.075, 0.05, 0.05, 0.05)
"""Half the width of the recorded range: the weight of a moment is one over its square."""

FREE = (
    "household_shock",
    "household_shock_memory",
    "investment_shock",
    "investment_shock_memory",
    "export_shock",
    "export_shock_memory",
    "productivity_shock",
    "productivity_shock_memory",
    "labour_adjustment",
)


def cycle(series: Floats, smoothing: float = 1600.0) -> Floats:
    """Deviation of a quarterly series from its trend (Hodrick and Prescott 1997)."""
    curvature = np.diff(np.eye(len(series)), 2, axis=0)
    trend = np.linalg.solve(np.eye(len(series)) + smoothing * curvature.T @ curvature, series)
    return np.asarray(series - trend)


def moments(history: pd.DataFrame) -> Moments:
    """Moments of one history: volatility, comovement with output and persistence of deviations from trend, and Okun's
    coefficient on yearly changes."""
    output = cycle(np.log(history["real_gdp"].to_numpy()))
    consumption = cycle(np.log((history["consumption"] / history["price_level"]).to_numpy()))
    investment = cycle(np.log((history["investment"] / history["price_level"]).to_numpy()))
    unemployment = cycle(history["unemployment"].to_numpy())
    growth = np.log(history["real_gdp"]).diff(4).dropna()
    rise = history["unemployment"].diff(4).dropna()
    return Moments(
        float(output.std()),
        float(consumption.std() / output.std()),
        float(investment.std() / output.std()),
        float(np.corrcoef(investment, output)[0, 1]),
        float(np.corrcoef(unemployment, output)[0, 1]),
        float(np.corrcoef(output[1:], output[:-1])[0, 1]),
        float(np.polyfit(growth, rise, 1)[0]),
    )


def without_ai(**parameters: float) -> Scenario:
    """The economy in which AI never came, under given parameters."""
    return Scenario.load("baseline").with_switches(ai=False, withdrawal=False).with_parameters(**parameters)


def mean_moments(
    scenario: Scenario, vintage: str, seeds: Sequence[int] = SEEDS, quarters: int = QUARTERS, firms: int = FIRMS
) -> Moments:
    """Mean of the moments over the seeds."""
    found = [
        moments(
            Economy(scenario, seed=seed, vintage=vintage, quarters=quarters, firms=firms, keep_books=False)
            .run()
            .history
        )
        for seed in seeds
    ]
    return Moments(*np.mean(found, axis=0))


def distances(values: dict[str, float]) -> Floats:
    """How far the moments of both vintages lie from their targets, in tolerances."""
    scenario = without_ai(**values)
    found = np.array([mean_moments(scenario, vintage) for vintage in VINTAGES])
    return np.asarray((found - np.array(TARGET)) / np.array(TOLERANCE)).ravel()


def estimate(start: dict[str, float], bounds: dict[str, tuple[float, float]]) -> dict[str, float]:
    """Parameters of least squared distance within their bounds, from a start."""
    names = list(start)
    low, high = (np.array([bounds[name][side] for name in names]) for side in (0, 1))

    def at(place: Floats) -> Floats:
        return distances(dict(zip(names, low + place * (high - low), strict=True)))

    first = np.clip((np.array(list(start.values())) - low) / (high - low), 0.02, 0.98)
    found = optimize.least_squares(at, first, bounds=(0.0, 1.0), diff_step=0.03, xtol=1e-3, ftol=1e-3, max_nfev=15)
    return {name: float(f"{value:.3g}") for name, value in zip(names, low + found.x * (high - low), strict=True)}


def declared() -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """Defaults and ranges of the free parameters."""
    rows = {name: PARAMETERS[name] for name in FREE}
    return {name: row.default for name, row in rows.items()}, {name: (row.low, row.high) for name, row in rows.items()}


def stored() -> dict[str, Any]:
    """The estimate as it was written: parameters, and the moments each vintage reached with them."""
    return tomllib.loads(STORED.read_text(encoding="utf-8"))


def _table(found: dict[str, float], reached: dict[str, Moments]) -> str:
    rows = ["# Written by python -m experiments.ordinary_cycle --write", "", "[parameters]"]
    rows += [f"{name} = {value:g}" for name, value in found.items()]
    for vintage, row in reached.items():
        rows += ["", f'[moments."{vintage}"]', *(f"{name} = {value:.4g}" for name, value in row._asdict().items())]
    return "\n".join(rows) + "\n"


def main() -> None:
    """Estimate from the declared defaults; print, and with --write store, what is found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"store the estimate in {STORED.name}")
    options = parser.parse_args()
    found = estimate(*declared())
    table = _table(found, {vintage: mean_moments(without_ai(**found), vintage) for vintage in VINTAGES})
    print(table)
    if options.write:
        STORED.write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main()
