"""What each disturbance does by itself, and all together, to the headline series."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulation.disturbances.declared import DISTURBANCE_NAMES, DISTURBANCES

from ..analysis.wording import failed_of
from ..common.terminal import table_of
from ..store.results import check_writable
from ..study.naming import name_of
from .finding import Finding, hand_over

if TYPE_CHECKING:
    from rich.console import Console

    from simulation.scenario import Scenario

    from ..study.schema import Plan, Study

HEADLINE = {
    "ai_capex": "AI capex",
    "big4_capex": "big-4 capex",
    "nvidia_revenue": "Nvidia",
    "lab_revenue": "labs",
    "big4_cash_flow": "cash flow",
    "spot_price": "rent",
    "ai_equity": "AI shares",
    "real_gdp": "real GDP",
}
"""Series that the effect of luck is shown on, and how a narrow table calls them."""

AHEAD = (1, 4, 12)
"""Quarters ahead at which the spread is measured."""

STILL, ALL = "none", "all"
Paths = dict[str, npt.NDArray[np.float64]]
COLUMNS_AT_ONCE = 4  # a table of so many series fits 80 columns


class Luck(NamedTuple):
    """Spreads in tidy form, and how many of the runs that were tried failed."""

    table: pd.DataFrame
    failed: int
    tried: int


def effect_of_luck(study: Study, workers: int | None = None) -> Luck:
    """Standard deviation over seeds of what luck does to the log of each series, quarters ahead of the opening.

    Each seed is run without luck, with each disturbance alone, and with all; a seed counts where the run and its twin
    without luck finished. Columns: disturbance, series, quarters, log_sd, standard_error, mean, n. `mean` is the mean
    log change: luck that only spreads has a mean near minus half its variance. Raises CircuitError as a study does."""
    from ..batch.runner import compute

    planned = plan_of(study)
    arms = [arm.name for arm in planned.arms]
    order = {
        planned.specs.of(rank, number).run_id: (rank, number)
        for rank in range(study.runs)
        for number in range(len(arms))
    }
    levels = np.full((len(arms), study.runs, len(HEADLINE), len(AHEAD)), np.nan)
    for spec, rows in compute(planned.specs, workers):
        if "failure" not in rows:
            rank, number = order[spec.run_id]
            levels[number, rank] = [np.asarray(rows["series"][name])[np.array(AHEAD) - 1] for name in HEADLINE]
    failed = int(np.isnan(levels[..., 0, 0]).sum())
    return Luck(_spreads(levels, arms), failed, len(planned.specs))


def plan_of(study: Study) -> Plan:
    """The arms: no luck, each disturbance alone, all of it; the same seeds in each."""
    from simulation.scenario import Scenario

    from ..study.schema import Arm, line_up, opening_of

    (name,) = study.scenarios
    base = Scenario.load(name, opening_of(study)).with_parameters(**study.parameters)
    scenarios = {STILL: base.with_switches(luck=False)}
    scenarios |= {each: with_luck_in(base, (each,)) for each in DISTURBANCE_NAMES}
    scenarios[ALL] = with_luck_in(base, DISTURBANCE_NAMES)
    arms = [Arm(each, base.name, reference=STILL) for each in scenarios]
    return line_up(study, arms, scenarios)


def with_luck_in(scenario: Scenario, names: tuple[str, ...]) -> Scenario:
    """The scenario with luck in the named disturbances and in no other."""
    return scenario.with_switches(luck=True, **{each.switch: each.name in names for each in DISTURBANCES})


def _spreads(levels: npt.NDArray[np.float64], arms: list[str]) -> pd.DataFrame:
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(levels)
    effects = logs[1:] - logs[0]
    rows = []
    for arm, effect in zip(arms[1:], effects, strict=True):
        for number, series in enumerate(HEADLINE):
            for place, quarters in enumerate(AHEAD):
                known = effect[np.isfinite(effect[:, number, place]), number, place]
                n = len(known)
                spread = float(known.std(ddof=1)) if n > 1 else np.nan
                error = spread / np.sqrt(2.0 * (n - 1)) if n > 1 else np.nan
                mean = float(known.mean()) if n else np.nan
                rows.append((arm, series, quarters, spread, error, mean, n))
    names = ["disturbance", "series", "quarters", "log_sd", "standard_error", "mean", "n"]
    return pd.DataFrame(rows, columns=names)


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """The spreads as a table that fits 80 columns: a row a disturbance and horizon would be long, so horizons stand in
    one cell, `1/4/12 quarters ahead`, in percent."""
    texts = table.assign(percent=[_percent(value) for value in table["log_sd"]])
    cells = texts.groupby(["disturbance", "series"], sort=False)["percent"].agg("/".join).unstack(sort=False)
    return cells[list(HEADLINE)].rename(columns=HEADLINE)


def _percent(value: float) -> str:
    if not np.isfinite(value):
        return "-"
    percent = 100.0 * value
    return "·" if percent < 0.05 else f"{percent:.1f}" if percent < 9.95 else f"{percent:.0f}"


def report_luck(study: Study, workers: int | None, results: Path, console: Console) -> Luck:
    """Compute, print and write what luck does to the headline series. Raises as `luck.effect_of_luck`."""
    check_writable(results)
    found = effect_of_luck(study.model_copy(update={"quarters": max(AHEAD)}), workers)
    cells = shown(found.table).rename_axis(columns=None)
    parts = [cells.iloc[:, start : start + COLUMNS_AT_ONCE] for start in range(0, len(HEADLINE), COLUMNS_AT_ONCE)]
    ahead = ", ".join(str(quarters) for quarters in AHEAD[:-1])
    note = (
        f"Standard deviation of the log, {ahead} and {AHEAD[-1]} quarters ahead, over {study.runs} seeds from "
        f"{study.seed}, against the same seeds without luck; · is less than 0.05."
    )
    finding = Finding(
        headline(found),
        [table_of(part, "" if number else "Spread of luck, percent") for number, part in enumerate(parts)],
        [note, f"{failed_of(found.failed, found.tried)}."],
        {"": found.table},
    )
    hand_over(finding, results, name_of("luck", study), console)
    return found


def headline(found: Luck) -> str:
    """How wide luck makes the coming year, and which kind does most to AI capex."""
    table = found.table[(found.table["series"] == "ai_capex") & (found.table["quarters"] == AHEAD[1])]
    spreads = table.set_index("disturbance")["log_sd"]
    alone = spreads.drop(ALL)
    if alone.isna().all():
        return "Too few runs finished to tell what luck does"
    return (
        f"A year ahead luck moves AI capex by {100 * spreads[ALL]:.0f}% either way (one standard deviation); "
        f"most of it by {alone.idxmax()}"
    )
