"""The outcome of a run: its episodes, its state at the horizon, what it cost and brought against its macro twin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from math import log, nan
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from simulation.dates import USUAL, between
from simulation.endings.episodes import (
    CREDIT,
    INVESTMENT,
    KINDS,
    MACRO,
    MARKET,
    SYSTEMIC,
    WITHDRAWAL,
    Episode,
    Tests,
    episodes_of,
    mean_of,
    under_way,
)
from simulation.endings.returns import FULL, NONE, Yields
from simulation.endings.scores import LAST_YEAR, SCORES, YEARS
from simulation.endings.thresholds import THRESHOLDS, Thresholds, variations
from simulation.errors import CircuitError
from simulation.series import SERIES

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Ending = Literal["paid off, no episode", "paid off after one", "settled unpaid", "boom on unpaid", "collapsed"]
Size = Literal["boom on", "settled", "collapsed"]

ENDINGS: tuple[Ending, ...] = (
    "paid off, no episode",
    "paid off after one",
    "settled unpaid",
    "boom on unpaid",
    "collapsed",
)
DATES = ("2027Q4", "2030Q4")  # at which the state is told besides the horizon
BOOM = ("2025Q4", "2028Q4")  # first and last quarter of the investment that the headline asks about


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run went and ended.

    `ending` is one of `ENDINGS`; `size` says how AI investment stands at the horizon; `episodes` are those on the way;
    `scores` holds what `SCORES` declares; `sensitivity` maps "capex_fall -20%" and its like to the ending with that
    threshold moved, `pullback_if` to whether there is an investment pullback then; `at` maps "2027Q4" and "2030Q4" to
    the ending had the run been judged then.
    """

    ending: Ending
    size: Size
    episodes: tuple[Episode, ...]
    scores: dict[str, float]
    sensitivity: dict[str, Ending]
    pullback_if: dict[str, bool]
    at: dict[str, Ending]

    def __str__(self) -> str:
        """The ending and the episodes in words."""
        kinds = [kind for kind in KINDS if any(episode.kind == kind for episode in self.episodes)]
        return f"{self.ending} ({', '.join(kinds) or 'no episode on the way'})"

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from simulation.showing import outcome_in_html

        episodes = [(each.kind, each.start, each.depth) for each in self.episodes]
        scores = [
            (name, value, SCORES[name].unit, SCORES[name].meaning)
            for name, value in self.scores.items()
            if name in SCORES
        ]
        return outcome_in_html(str(self.ending), str(self.size), episodes, scores)

    @property
    def pullback(self) -> bool:
        """Whether there was an investment pullback."""
        return any(episode.kind == INVESTMENT for episode in self.episodes)


def outcome_of(
    run: pd.DataFrame | npt.NDArray[np.void],
    twin: pd.DataFrame | npt.NDArray[np.void],
    attrition: float,
    opening: str = USUAL,
    thresholds: Thresholds = THRESHOLDS,
) -> Outcome:
    """Outcome of a run from its series and those of its macro twin, both as `Economy.series` or `Economy.history`.

    `attrition` is the parameter of that name, `opening` the date of quarter 0. Raises CircuitError when a history is
    empty, when the two differ in length, or a series that the outcome needs is not finite.
    """
    own, other = _table(run), _table(twin)
    if len(own["gdp"]) != len(other["gdp"]):
        raise CircuitError("outcome: a run and its twin must have the same number of quarters")
    judged = _Judged(own, other, attrition, opening, thresholds)
    varied = variations(thresholds)
    return Outcome(
        ending=judged.ending(thresholds),
        size=judged.size(thresholds),
        episodes=tuple(judged.episodes),
        scores=judged.scores(),
        sensitivity={name: judged.ending(bounds) for name, bounds in varied.items()},
        pullback_if={name: bool(judged.tests.holds(INVESTMENT, bounds).any()) for name, bounds in varied.items()},
        at={date: judged.ending_by(date) for date in DATES},
    )


def outcome_without_twin(
    run: npt.NDArray[np.void], attrition: float, opening: str = USUAL, thresholds: Thresholds = THRESHOLDS
) -> tuple[Ending, frozenset[str]]:
    """The ending of a run and the kinds of episodes on its way, as far as they are known without its macro twin.

    Macro and systemic episodes are not; a run with no other kind passes for one without any. What is scored alone may
    have holes. Takes a twentieth of the time of the twin."""
    own = _table(run, but=_SCORED_ALONE)
    judged = _Judged(own, own, attrition, opening, thresholds)
    kinds = (kind for kind in KINDS if judged.tests.holds(kind, thresholds).any())
    return judged.ending(thresholds), frozenset(kinds)


class _Judged:
    """A run beside its twin, with all that its outcome is told from."""

    def __init__(
        self,
        run: Mapping[str, Floats],
        twin: Mapping[str, Floats],
        attrition: float,
        opening: str,
        thresholds: Thresholds,
    ) -> None:
        self.run, self.twin, self.opening, self.thresholds = run, twin, opening, thresholds
        self.quarters = len(run["gdp"])
        self.tests = Tests(run, twin, thresholds)
        self.yields = Yields(run, attrition)
        self.capacity = mean_of(run["capacity_capex"] / run["price_level"], thresholds.averaging)
        # Thresholds are moved one by one, and most leave both of these as they are.
        self._earned: dict[tuple[float, int], float] = {}
        self._goes_on: dict[tuple[float, float, float, int, int], bool] = {}

    @cached_property
    def episodes(self) -> list[Episode]:
        """All episodes of the run."""
        return episodes_of(self.tests, self.thresholds)

    def size(self, bounds: Thresholds, horizon: int | None = None) -> Size:
        """How AI investment stands: above the origin's and what keeps capacity, at least near that, or collapsed.

        A boom is not on while an investment pullback goes on: investment may still be many times the origin's then."""
        last = (horizon or self.quarters) - 1
        capex, needed = self.tests.capex[last], self.capacity[last]
        high = capex >= self.run["ai_capex_real"][0] and capex >= needed
        if high and not self.pullback_goes_on(bounds, last):
            return "boom on"
        return "collapsed" if capex < bounds.keeps_capacity * needed else "settled"

    def pullback_goes_on(self, bounds: Thresholds, last: int) -> bool:
        """Whether an investment pullback has shown by a quarter (counted from 0) and is not over then."""
        key = bounds.capex_fall, bounds.orders_fall, bounds.made_good, bounds.window, last
        if key not in self._goes_on:
            self._goes_on[key] = under_way(self.tests, bounds, last)
        return self._goes_on[key]

    def earned(self, counted: float, end: int) -> float:
        """What all spending up to a horizon has earned by then: present value over cost less one."""
        if (counted, end) not in self._earned:
            self._earned[counted, end] = self.yields.of(slice(0, end), counted, end).value
        return self._earned[counted, end]

    def ending(self, bounds: Thresholds, horizon: int | None = None) -> Ending:
        """The crossing of what was earned, what happened on the way and how investment stands."""
        end = horizon or self.quarters
        if self.earned(bounds.uplift_counted, end) >= 0.0:
            after = any(self.tests.holds(kind, bounds)[:end].any() for kind in KINDS)
            return "paid off after one" if after else "paid off, no episode"
        size = self.size(bounds, end)
        return "boom on unpaid" if size == "boom on" else "settled unpaid" if size == "settled" else "collapsed"

    def ending_by(self, date: str) -> Ending:
        """The ending had the run been judged at a date; at its own end where that comes first."""
        return self.ending(self.thresholds, min(max(between(self.opening, date), 1), self.quarters))

    def scores(self) -> dict[str, float]:
        """Every continuous measure of the run."""
        return self._of_episodes() | self._of_state() | self._of_returns() | self._against_twin()

    def _of_episodes(self) -> dict[str, float]:
        run, tests = self.run, self.tests
        by_kind = {kind: [episode for episode in self.episodes if episode.kind == kind] for kind in KINDS}
        first = {kind: found[0].start if found else nan for kind, found in by_kind.items()}
        deepest = max(by_kind[INVESTMENT], key=lambda episode: episode.depth, default=None)
        withdrawal = run["withdrawal"] > 0.5
        drawdown = 1.0 - tests.equity / np.maximum(np.maximum.accumulate(tests.equity), 1e-12)
        return {
            "pullback_quarter": first[INVESTMENT],
            "pullback_peak_quarter": by_kind[INVESTMENT][0].peak if by_kind[INVESTMENT] else nan,
            "pullbacks": float(len(by_kind[INVESTMENT])),
            "pullback_depth": deepest.depth if deepest else nan,
            "pullback_recovery": deepest.recovery if deepest else nan,
            "market_quarter": first[MARKET],
            "first_withdrawal_quarter": first[WITHDRAWAL],
            "credit_quarter": first[CREDIT],
            "macro_quarter": first[MACRO],
            "systemic_quarter": first[SYSTEMIC],
            "withdrawals": float(len(by_kind[WITHDRAWAL])),
            "withdrawal_quarters": float(withdrawal.sum()),
            "capex_fall": float(tests.capex_fall.max()),
            "equity_fall": float(tests.equity_fall.max()),
            "equity_drawdown": float(drawdown.max()),
            "losses_to_debt": float(tests.losses_to_debt.max()),
            "losses_to_gdp": float(tests.losses_to_gdp.max()),
            "gated_share": float(run["private_credit_gated"].max()),
            "bank_failures": float(run["bank_failures"].sum()),
            "ai_failures": float(run["ai_failures"].sum()),
            "failed_rounds": float(run["failed_rounds"].sum()),
        }

    def _of_state(self) -> dict[str, float]:
        run, capex = self.run, self.tests.capex
        peak = int(capex.argmax())
        years = max(self.quarters - 1, 1) / 4.0
        return {
            "capex_peak": float(capex[peak]),
            "capex_peak_quarter": peak + 1.0,
            "capex_end_to_peak": float(capex[-1] / capex[peak]) if capex[peak] > 0.0 else 1.0,
            "capex_to_origin": _over(capex[-1], run["ai_capex_real"][0]),
            "capex_to_capacity": _over(capex[-1], self.capacity[-1]),
            "coverage_end": float(run["coverage"][-1]),
            "coverage_max": float(run["coverage"].max()),
            "circularity_max": float(run["circularity"].max()),
            "mean_real_growth": log(run["real_gdp"][-1] / run["real_gdp"][0]) / years,
            "unemployment_peak": float(mean_of(run["unemployment"], self.thresholds.averaging).max()),
        }

    def _of_returns(self) -> dict[str, float]:
        half = self.thresholds.uplift_counted
        whole = {counted: self.yields.of(slice(None), counted) for counted in (FULL, half, NONE)}
        first, last = (between(self.opening, date) for date in BOOM)
        boom = slice(max(first - 1, 0), max(last, 0))
        found = {
            "return_full": whole[FULL].value,
            "return_half": whole[half].value,
            "return_none": whole[NONE].value,
            "rate_full": whole[FULL].rate,
            "rate_half": whole[half].rate,
            "rate_none": whole[NONE].rate,
            "boom_return_full": self.yields.of(boom, FULL).value,
            "boom_return_half": self.yields.of(boom, half).value,
            "boom_return_none": self.yields.of(boom, NONE).value,
        }
        for year in YEARS:
            start = between(self.opening, f"{year}Q1") - 1
            bought = slice(max(start, 0), max(start + 4, 0) if year < LAST_YEAR else None)
            found[f"return_of_{year}"] = self.yields.of(bought, half).value
        return found

    def _against_twin(self) -> dict[str, float]:
        run, twin, tests = self.run, self.twin, self.tests
        discount = self.yields.discount
        more_output = run["gdp"] - twin["gdp"]
        more_spent = run["ai_capex"] - twin["ai_capex"]
        spent = float(discount @ run["ai_capex"])
        jobs = run["employment"] - twin["employment"]
        losses = {name: float((run[name] - twin[name]).sum()) for name in _LOSSES}
        wealth = {name: run[name] / run["price_level"] - twin[name] / twin["price_level"] for name in _WEALTH}
        rest = wealth["household_wealth"] - wealth["household_wealth_top"]
        return {
            "gdp_shortfall": float(tests.gdp_shortfall.max()),
            "unemployment_rise": float(tests.unemployment_rise.max()),
            "gdp_gain": float(run["real_gdp"].sum() / twin["real_gdp"].sum()) - 1.0,
            "gdp_gain_end": float(run["real_gdp"][-1] / twin["real_gdp"][-1]) - 1.0,
            "job_years": float(jobs.sum()) / 4.0,
            "social_return": float(discount @ (more_output - more_spent)) / spent if spent > 0.0 else nan,
            "credit_losses_banks": losses["ai_losses_banks"],
            "credit_losses_funds": losses["ai_losses_credit_funds"],
            "credit_losses_others": losses["ai_credit_losses"]
            - losses["ai_losses_banks"]
            - losses["ai_losses_credit_funds"],
            "wealth_top": float(wealth["household_wealth_top"][-1]),
            "wealth_rest": float(rest[-1]),
            "wealth_worst": float(wealth["household_wealth"].min()),
            "public_debt": float(run["government_debt"][-1] - twin["government_debt"][-1]),
            **self._damage(jobs),
        }

    def _damage(self, jobs: Floats) -> dict[str, float]:
        """What output and jobs lose against the twin from the peak before the first investment pullback on."""
        first = next((episode for episode in self.episodes if episode.kind == INVESTMENT), None)
        if first is None:
            return {"pullback_gdp_loss": nan, "pullback_gdp_lowest": nan, "pullback_job_years": nan}
        peak = int(first.peak) - 1
        after = slice(peak, peak + self.thresholds.damage_window + 1)
        gap = self.tests.gdp_gap[after]
        return {
            "pullback_gdp_loss": -float(np.expm1(gap.min() - gap[0])),
            "pullback_gdp_lowest": float(np.expm1(gap.min())),
            "pullback_job_years": -float((jobs[after] - jobs[peak]).sum()) / 4.0,
        }


_LOSSES = ("ai_credit_losses", "ai_losses_banks", "ai_losses_credit_funds")
_WEALTH = ("household_wealth", "household_wealth_top")
_NEEDED = tuple(
    name
    for name in SERIES
    if name
    in {
        *_LOSSES, *_WEALTH, "gdp", "real_gdp", "price_level", "unemployment", "employment", "government_debt",
        "ai_capex", "ai_capex_real", "ai_orders", "capacity_capex", "ai_equity", "ai_debt", "bank_failures",
        "private_credit_gated", "withdrawal", "sober_gap", "failed_rounds", "ai_failures", "spot_price", "user_cost",
        "compute_waiting", "compute_online", "compute_delivered", "compute_revenue", "compute_running",
        "compute_uplift", "compute_mark", "owners_rate", "chip_supply", "chip_backlog", "coverage", "circularity",
    }
)  # fmt: skip

_SCORED_ALONE = frozenset({"circularity"})  # no ending and no episode is told from it


def _over(amount: float, other: float) -> float:
    return float(amount / other) if other > 0.0 else nan


def _table(history: pd.DataFrame | npt.NDArray[np.void], but: Set[str] = frozenset()) -> dict[str, Floats]:
    """The series an outcome needs, checked: a run with a hole must not pass for a quiet one, `but` for some."""
    if len(history) == 0:
        raise CircuitError("outcome: no quarter has been simulated; call run() or step() first")
    table = {name: np.asarray(history[name], dtype=np.float64) for name in _NEEDED if name not in but}
    holes: Iterable[str] = [name for name, values in table.items() if not np.isfinite(values).all()]
    if holes:
        raise CircuitError(f"outcome: {', '.join(holes)} must be finite in every quarter")
    return table
