"""Growth and jobs of one run, and what it has and lacks against its macro twin, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.endings import THRESHOLDS
from simulation.endings.episodes import MACRO, Tests

from .since import RunSince

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation import Economy

LEAST_TOLD = 0.0005  # of GDP, of the labour force


def tell_costs(economy: Economy | RunSince) -> str:
    """Growth and jobs, and what the run has and lacks against its macro twin."""
    said = f"{_growth(economy)}; unemployment {_unemployment(economy)}."
    if economy.macro_twin is economy:
        return said
    scores = economy.outcome.scores
    return (
        f"{said} Against the same economy without the boom, GDP of all quarters together is "
        f"{_apart(scores['gdp_gain'] * 100, '%', 'higher', 'lower', 'the same')}, with "
        f"{_apart(scores['job_years'], ' million', 'more job-years', 'fewer job-years', 'as many job-years')}. "
        f"{_fallen_back(economy)}"
    )


def _growth(economy: Economy | RunSince) -> str:
    gdp = economy.history["real_gdp"]
    years = max(len(gdp) - 1, 1) / 4.0
    return f"Real GDP grew {((gdp.iloc[-1] / gdp.iloc[0]) ** (1.0 / years) - 1.0) * 100:.1f}% a year"


def _unemployment(economy: Economy | RunSince) -> str:
    jobless = economy.history["unemployment"]
    high = f"a high of {jobless.max() * 100:.1f}% in {jobless.idxmax()}"
    first, last = (f"{jobless.iloc[position] * 100:.1f}%" for position in (0, -1))
    if jobless.idxmax() == jobless.index[0]:
        return f"went from {high} to {last}"
    if jobless.idxmax() == jobless.index[-1]:
        return f"went from {first} to {high}"
    return f"went from {first} to {high} and ended at {last}"


def _apart(difference: float, unit: str, more: str, less: str, same: str) -> str:
    """'1.7% higher', '0.4 million fewer job-years'; the same where nothing is left after rounding."""
    size = f"{abs(difference):.1f}"
    return same if size == "0.0" else f"{size}{unit} {more if difference > 0.0 else less}"


def _fallen_back(economy: Economy | RunSince) -> str:
    """How far output and jobs fell back against the twin after peaks of AI investment, and when."""
    run, twin = economy.series, economy.macro_twin.series
    tests = Tests(_table(run), _table(twin[-len(run) :]), THRESHOLDS)
    output, jobs = -np.expm1(-tests.gdp_shortfall), tests.unemployment_rise
    lost = "GDP never fell back"
    lowest = int(output.argmax())
    if output[lowest] >= LEAST_TOLD:
        lost = f"GDP fell back by at most {output[lowest] * 100:.1f}% ({economy.label(lowest + 1)})"
    rose = "unemployment never rose"
    if jobs.max() >= LEAST_TOLD:
        most = int(jobs.argmax())
        rose = f"unemployment rose by at most {jobs[most] * 100:.1f} points ({economy.label(most + 1)})"
    why = _no_macro_episode(economy, tests, lowest)
    return f"After peaks of AI investment, {lost} and {rose} against it{why}."


def _table(series: NDArray[np.void]) -> dict[str, NDArray[np.float64]]:
    return {name: series[name] for name in series.dtype.names or ()}


def _no_macro_episode(economy: Economy | RunSince, tests: Tests, lowest: int) -> str:
    """Why the largest loss of output against the twin is no macro episode, where it is lost without the jobs."""
    if tests.gdp_shortfall[lowest] < THRESHOLDS.gdp_shortfall or tests.holds(MACRO, THRESHOLDS)[lowest]:
        return ""
    told = [each for each in economy.outcome.episodes if each.kind == MACRO]
    if any(each.peak - 1 <= lowest <= each.trough - 1 for each in told):
        return ""
    return (
        f"; as unemployment was not up by {THRESHOLDS.unemployment_rise * 100:g} point since the same peak when GDP "
        "was lowest, this is called no macro episode"
    )
