"""Rolling origins: at each, economies conditioned on what was known then, and their forecasts beside benchmarks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from simulation.dates import later, number_of, quarter_of
from simulation.errors import CircuitError

from ..common.arrays import Floats
from ..ensembles.unknowns import Unknowns, candidates
from ..inference.calibration import Calibration, Wanted
from ..inference.members import Task
from ..inference.screening import design_of, kept_of, screening
from ..record.observations import Record
from .benchmarks import BENCHMARKS, FEWEST
from .cross_section import bands_of_shares, dispersion
from .paths import Draws, forecasts
from .scores import LEVELS, crps_of_draws, crps_of_normal, held, rank_of

if TYPE_CHECKING:
    from ..inference.stages import Desk

FIRST_ORIGIN = "2023Q4"
HORIZON = 6


@dataclass(frozen=True)
class Rolling:
    """Scores by origin, horizon and series; bands of shares and of dispersion; runs that failed."""

    scores: pd.DataFrame
    shares: pd.DataFrame
    returns: pd.DataFrame


def roll(record: Record, wanted: Wanted, desk: Desk, first: str, last: str, horizon: int = HORIZON) -> Rolling:
    """Forecast from every origin and score what is recorded after it.

    At each origin nothing is used but what could be known by two months after its end: neither values nor which series
    there would be. Raises `CircuitError` where there is no origin."""
    origins = [quarter_of(number) for number in range(number_of(first), number_of(last) + 1)]
    if not origins:
        raise CircuitError(f"no origin from {first} to {last}: the last must not be before the first")
    names = candidates()
    design, points_of_design = design_of(names, wanted.trajectories)
    longest = number_of(last) - number_of(wanted.opening)
    task = Task(Unknowns(names), wanted.opening, longest, wanted.firms)
    seeds = [100_000] * len(points_of_design)
    screened = task.observed(desk.results("screening", task, points_of_design, seeds))
    scores, shares, returns = [], [], []
    for origin in origins:
        known = record.known_by(origin)
        calibration = Calibration(known, replace(wanted, until=origin), desk)
        effects = screening(design, calibration.points, calibration.points.simulated(screened))
        unknowns, vectors, alive = calibration.conditioned(kept_of(effects, wanted.most))
        ahead = Task(unknowns, wanted.opening, calibration.quarters + horizon, wanted.firms)
        results = desk.results(f"{origin}, forecast", ahead, vectors, list(alive))
        observed = ahead.observed(results[np.isfinite(results).all(axis=1)])
        draws = forecasts(known, origin, wanted.opening, observed, horizon)
        scores += [row for each in draws for row in scored(each, record, known, origin, horizon)]
        shares += bands_of_shares(draws, record, origin, horizon)
        returns += dispersion(observed, record, origin, wanted.opening, horizon)
    return Rolling(pd.DataFrame(scores), pd.DataFrame(shares), pd.DataFrame(returns))


def scored(forecast: Draws, record: Record, known: Record, origin: str, horizon: int) -> list[dict[str, object]]:
    """One row for each horizon at which something is recorded."""
    after = record.values(forecast.series, forecast.entity)
    before = _run_up(known.values(forecast.series, forecast.entity), origin) if forecast.is_log else np.zeros(0)
    normal = {name: benchmark(before, horizon) for name, benchmark in BENCHMARKS.items() if len(before) >= FEWEST}
    rows = []
    for ahead in range(1, horizon + 1):
        quarter = later(origin, ahead)
        if quarter not in after or (forecast.is_log and after[quarter] <= 0.0):
            continue
        value = float(np.log(after[quarter])) if forecast.is_log else after[quarter]
        draws = forecast.draws[:, ahead - 1]
        rank = rank_of(value, draws)
        row: dict[str, object] = {
            "series": forecast.series, "entity": forecast.entity, "origin": origin, "horizon": ahead,
            "quarter": quarter, "value": value, "median": float(np.median(draws)), "spread": float(draws.std()),
            "rank": rank, "crps": crps_of_draws(value, draws),
        }  # fmt: skip
        row |= {f"held {level:.0%}": held(rank, level) for level in LEVELS}
        row |= {
            name: crps_of_normal(value, float(each.mean[ahead - 1]), float(each.deviation[ahead - 1]))
            for name, each in normal.items()
        }
        rows.append(row)
    return rows


def _run_up(values: dict[str, float], origin: str) -> Floats:
    """Logs of the numbers up to the origin, quarter by quarter without a gap; none where the origin has none."""
    logs: list[float] = []
    quarter = origin
    while values.get(quarter, 0.0) > 0.0:
        logs.append(float(np.log(values[quarter])))
        quarter = later(quarter, -1)
    return np.array(logs[::-1])
