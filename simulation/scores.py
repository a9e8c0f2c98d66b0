"""What the outcome of a run is measured by: falls from peaks, gaps from trend, losses, coverage.

Measures are arrays with one value per quarter, so that a label is a handful of comparisons and a batch of ten
thousand runs is scored in seconds. `simulation.outcome` holds the thresholds and draws the label.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from math import log, nan
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulation.errors import CircuitError
from simulation.series import Series

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from simulation.outcome import Thresholds

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]
    Integers = npt.NDArray[np.int64]

SCORES: dict[str, Series] = {
    score.name: score
    for score in (
        Series(
            "capex_fall",
            "ratio",
            "largest fall of real AI capital expenditure from a peak within eight quarters",
        ),
        Series("capex_peak", "USD bn", "highest real AI capital expenditure, mean of four quarters"),
        Series(
            "capex_peak_quarter",
            "quarter",
            "simulated quarter that ends the four of the peak, the first is 1",
        ),
        Series("capex_end_to_peak", "ratio", "last four quarters of real AI capital expenditure over the peak"),
        Series(
            "equity_fall",
            "ratio",
            "largest fall of AI equity from a peak within eight quarters, four-quarter means",
        ),
        Series(
            "equity_drawdown",
            "ratio",
            "largest fall of AI equity from its highest value so far, quarter ends",
        ),
        Series("gdp_gap", "ratio", "lowest real GDP within eight quarters against the trend of the eight before"),
        Series(
            "gdp_gap_of_pullback",
            "ratio",
            "lowest real GDP from the peak before the first pullback to eight quarters after it, against the trend of"
            " the eight quarters before that peak; nan when none",
        ),
        Series("mean_real_growth", "per year", "mean growth of real GDP over the run"),
        Series("unemployment_rise", "ratio", "largest rise of unemployment within eight quarters"),
        Series("unemployment_peak", "ratio", "highest unemployment, mean of four quarters"),
        Series("losses_to_gdp", "ratio", "AI credit losses of the worst eight quarters over annual GDP"),
        Series(
            "losses_to_debt",
            "ratio",
            "AI credit losses of the worst eight quarters over the AI debt before them",
        ),
        Series("lending_fall", "ratio", "largest fall of bank lending from a peak within eight quarters"),
        Series("gated_share", "ratio", "largest share of private credit behind a closed gate"),
        Series("bank_failures", "count", "bank failures over the run"),
        Series("ai_failures", "count", "failures of chip makers, clouds, labs and other buyers over the run"),
        Series("failed_rounds", "count", "rounds of labs that did not find their money"),
        Series("systemic_criteria", "count", "most criteria of a systemic bust that one pullback meets, of five"),
        Series("coverage_star_end", "ratio", "coverage against the highest requirement so far, at the end"),
        Series("coverage_end", "ratio", "coverage at the end"),
        Series("coverage_max", "ratio", "highest coverage"),
        Series("circularity_max", "ratio", "highest share of AI revenue bought with a supplier's own money"),
        Series(
            "pullback_quarter",
            "quarter",
            "first quarter in which the test of a pullback holds; nan when none",
        ),
        Series("payoff_quarter", "quarter", "first quarter in which the test of payoff holds; nan when none"),
        Series("withdrawals", "count", "withdrawals of investors that began"),
        Series("withdrawal_quarters", "count", "quarters with investors withdrawing"),
        Series(
            "first_withdrawal_quarter",
            "quarter",
            "quarter in which the first withdrawal began; nan when none",
        ),
    )
}


_NEEDED = (
    "ai_capex_real",
    "ai_equity",
    "real_gdp",
    "gdp",
    "unemployment",
    "ai_credit_losses",
    "ai_debt",
    "bank_failures",
    "bank_lending",
    "private_credit_gated",
    "coverage",
    "coverage_star",
    "ai_free_cash_flow",
    "withdrawal",
    "circularity",
    "ai_failures",
    "failed_rounds",
)


def _table(history: pd.DataFrame | npt.NDArray[np.void]) -> Floats:
    """The series an outcome needs, one row each, checked: a run with a hole must not pass for a quiet one."""
    if len(history) == 0:
        raise CircuitError("outcome: no quarter has been simulated; call run() or step() first")
    columns: Any = history
    table = np.array([columns[name] for name in _NEEDED], dtype=np.float64)
    if not np.isfinite(table).all():
        row, column = np.argwhere(~np.isfinite(table))[0]
        raise CircuitError(f"outcome: {_NEEDED[row]} is not finite in quarter {column + 1}; the run has no label")
    return table


class Measures:
    """What the tests compare, one value per quarter from the first full four-quarter average on."""

    def __init__(self, table: Floats, thresholds: Thresholds) -> None:
        self.table = table
        self.series = dict(zip(_NEEDED, table, strict=True))
        self.thresholds = thresholds
        self.quarters = table.shape[1]
        self.window = min(thresholds.averaging_quarters, self.quarters)
        self.first = self.window - 1
        self.horizon = thresholds.horizon_quarters
        self.calendar = _calendar(self.quarters - self.first, self.horizon)

        averages = _trailing_sum(table, self.window)[:, self.first :] / self.window
        average = dict(zip(_NEEDED, averages, strict=True))
        self.capex = average["ai_capex_real"]
        self.unemployment = average["unemployment"]
        self.log_gdp = np.log(average["real_gdp"])
        # Row p, column q: how far GDP of quarter q lies from the trend of the eight quarters up to p.
        self.gdp_gap = self.log_gdp - self.calendar.trend(self.log_gdp)

        recent = self.calendar.recent
        self.capex_fall, self.peak_quarter = _fall(self.capex, recent)
        self.equity_fall, _ = _fall(average["ai_equity"], recent)
        # Prices move before spending: both falls count when they lie within the horizon of each other.
        self.recent_capex_fall = self.capex_fall[recent].max(axis=1)
        self.recent_equity_fall = self.equity_fall[recent].max(axis=1)
        self._measure_credit(average["gdp"] * 4.0)

    @classmethod
    def of(cls, history: pd.DataFrame | npt.NDArray[np.void], thresholds: Thresholds) -> Measures:
        """Measures of a history with the columns of `simulation.series.SERIES`."""
        return cls(_table(history), thresholds)

    def _measure_credit(self, annual_gdp: Floats) -> None:
        """AI credit losses of eight quarters over annual GDP and the debt before; falls of bank lending."""
        losses = _trailing_sum(self.series["ai_credit_losses"], self.horizon)
        debt = self.series["ai_debt"]
        debt_before = debt[np.maximum(np.arange(self.quarters) - self.horizon, 0)]
        lending_fall, _ = _fall(self.series["bank_lending"], _calendar(self.quarters, self.horizon).recent)
        self.losses_to_gdp = _ratio(losses[self.first :], annual_gdp)
        self.losses_to_debt = _ratio(losses, debt_before)[self.first :]
        self.lending_fall = lending_fall[self.first :]

    def criteria_met(self, bounds: dict[str, Floats]) -> Integers:
        """Criteria of a systemic bust met by a pullback of each quarter, thresholds x quarters.

        A criterion counts from the peak that the fall started from until eight quarters after the pullback.
        """
        episode = self._episodes
        shortfall, rise = self._macro_since(self.peak_quarter, episode)
        signs = np.stack(
            (
                self.losses_to_gdp,
                self.losses_to_debt,
                self.series["bank_failures"][self.first :],
                self.lending_fall,
                self.series["private_credit_gated"][self.first :],
            )
        )
        to_gdp, to_debt, failures, lending_fall, gated = np.where(episode, signs[:, None, :], 0.0).max(axis=2)
        met = (shortfall >= bounds["gdp_shortfall"]).astype(np.int64)
        met += rise >= bounds["unemployment_rise"]
        met += (to_gdp >= bounds["losses_to_gdp"]) | (to_debt >= bounds["losses_to_debt"])
        met += (failures > 0.0) | (lending_fall >= bounds["lending_fall"])
        met += gated >= bounds["gated_share"]
        return met

    @cached_property
    def _episodes(self) -> Flags:
        """Row t: the quarters from the peak before t until the horizon after t."""
        quarter = np.arange(len(self.capex))
        episode: Flags = (quarter >= self.peak_quarter[:, None]) & (quarter <= quarter[:, None] + self.horizon)
        return episode

    def gdp_gap_of(self, pullback: Flags) -> float:
        """Lowest GDP of the first pullback's episode against the trend before its peak; nan where there is none."""
        if not pullback.any():
            return nan
        row = slice(int(pullback.argmax()), int(pullback.argmax()) + 1)
        shortfall, _ = self._macro_since(self.peak_quarter[row], self._episodes[row])
        return -float(shortfall[0])

    def _macro_since(self, start: Integers, episode: Flags) -> tuple[Floats, Floats]:
        """Largest shortfall of GDP below the trend before `start`, largest rise of unemployment since."""
        shortfall = -np.expm1(np.where(episode, self.gdp_gap[start], np.inf).min(axis=1))
        rise = np.where(episode, self.unemployment, -np.inf).max(axis=1) - self.unemployment[start]
        return shortfall, rise

    def payoff_test(self, bounds: dict[str, Floats]) -> Flags:
        """Coverage reached in each of four quarters after the eighth, with free cash flow above zero."""
        length = self.thresholds.payoff_quarters
        first_end = self.thresholds.payoff_after_quarter + length - 1
        quarter = np.arange(self.quarters)
        reached = self.series["coverage_star"][_calendar(self.quarters, length - 1).recent].min(axis=1)
        cash = _trailing_sum(self.series["ai_free_cash_flow"], length) > 0.0
        test: Flags = (reached >= bounds["coverage"]) & cash & (quarter >= first_end)
        return test[:, self.first :]

    def first_quarter(self, holds: Flags) -> float:
        """Simulated quarter, counted from 1, in which a test first holds; nan when it never does."""
        return float(np.argmax(holds)) + self.first + 1.0 if holds.any() else nan

    def scores(self) -> dict[str, float]:
        """The continuous measures of the whole run, whatever its label."""
        highest = dict(zip(_NEEDED, self.table.max(axis=1).tolist(), strict=True))
        total = dict(zip(_NEEDED, self.table.sum(axis=1).tolist(), strict=True))
        last = dict(zip(_NEEDED, self.table[:, -1].tolist(), strict=True))
        shortfall, rise = self._macro_since(self.calendar.quarter, self.calendar.ahead)
        equity = self.series["ai_equity"]
        drawdown = 1.0 - _ratio(equity, np.maximum.accumulate(equity), when_empty=1.0)
        withdrawal = self.series["withdrawal"] > 0.5
        begins = withdrawal.copy()
        begins[1:] &= ~withdrawal[:-1]
        peak = float(self.capex.max())
        years = max(self.quarters - 1, 1) / 4.0
        return {
            "capex_fall": float(self.capex_fall.max()),
            "capex_peak": peak,
            "capex_peak_quarter": float(self.capex.argmax()) + self.first + 1.0,
            "capex_end_to_peak": float(self.capex[-1]) / peak if peak > 0.0 else 1.0,
            "equity_fall": float(self.equity_fall.max()),
            "equity_drawdown": float(drawdown.max()),
            "gdp_gap": -float(shortfall.max()),
            "mean_real_growth": log(last["real_gdp"] / float(self.series["real_gdp"][0])) / years,
            "unemployment_rise": float(rise.max()),
            "unemployment_peak": float(self.unemployment.max()),
            "losses_to_gdp": float(self.losses_to_gdp.max()),
            "losses_to_debt": float(self.losses_to_debt.max()),
            "lending_fall": float(self.lending_fall.max()),
            "gated_share": highest["private_credit_gated"],
            "bank_failures": total["bank_failures"],
            "ai_failures": total["ai_failures"],
            "failed_rounds": total["failed_rounds"],
            "coverage_star_end": last["coverage_star"],
            "coverage_end": last["coverage"],
            "coverage_max": highest["coverage"],
            "circularity_max": highest["circularity"],
            "withdrawals": float(begins.sum()),
            "withdrawal_quarters": float(withdrawal.sum()),
            "first_withdrawal_quarter": float(begins.argmax()) + 1.0 if begins.any() else nan,
        }


class _Calendar(NamedTuple):
    """Which quarters the tests look at, and the weights of a trend: the same for all runs of one length."""

    quarter: Integers
    recent: Integers
    """row t: the quarters from `horizon` before t to t"""
    ahead: Flags
    """row t: the quarters from t to `horizon` after t"""
    level: Floats
    slope: Floats
    distance: Floats
    """row p: weights of the mean and the slope of the trend up to p; quarters from its middle"""

    def trend(self, log_values: Floats) -> Floats:
        """Row p: log-linear trend of the `horizon` quarters up to p, drawn over all quarters."""
        level, slope = self.level @ log_values, self.slope @ log_values
        trend: Floats = level[:, None] + slope[:, None] * self.distance
        return trend


@lru_cache(maxsize=64)
def _calendar(quarters: int, horizon: int) -> _Calendar:
    """The calendar of a run. Near its opening the first four quarters serve as those before."""
    quarter = np.arange(quarters)
    recent = np.maximum(quarter[:, None] - np.arange(horizon, -1, -1), 0)
    ahead = (quarter >= quarter[:, None]) & (quarter <= quarter[:, None] + horizon)
    last = np.minimum(np.maximum(quarter, 3), quarters - 1)
    first = np.maximum(last - horizon + 1, 0)
    before = (quarter >= first[:, None]) & (quarter <= last[:, None])
    distance = quarter - ((first + last) / 2.0)[:, None]
    level = before / before.sum(axis=1, keepdims=True)
    spread = np.where(before, distance, 0.0)
    slope = spread / np.maximum((spread * spread).sum(axis=1, keepdims=True), np.finfo(float).tiny)
    return _Calendar(quarter, recent, ahead, level, slope, distance)


def _trailing_sum(values: Floats, quarters: int) -> Floats:
    """Sum of the last `quarters` values along the last axis, of fewer at the beginning."""
    total = np.cumsum(values, axis=-1)
    total[..., quarters:] = total[..., quarters:] - total[..., :-quarters]
    return total


def _ratio(numerator: Floats, denominator: Floats, when_empty: float = 0.0) -> Floats:
    """Quotient, with a given value where there is nothing to divide by: without AI there is no capex."""
    filled = np.full_like(numerator, when_empty)
    return np.divide(numerator, denominator, out=filled, where=denominator > 0.0)


def _fall(values: Floats, recent: Integers) -> tuple[Floats, Integers]:
    """Fall from the highest of the recent values, as a share, and the quarter that one stood in."""
    peak_quarter = recent[np.arange(len(values)), values[recent].argmax(axis=1)]
    return 1.0 - _ratio(values, values[peak_quarter], when_empty=1.0), peak_quarter
