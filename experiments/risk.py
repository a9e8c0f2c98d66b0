"""The bad tail of an arm, what its failed runs could change, and how its shares settle as runs come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from . import statistics as st
from .analysis import BAD_ENDINGS, MEASURES, PULLBACK_OR_BUST, Analysis

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .study import Arm

GDP = next(measure for measure in MEASURES if measure.name == "GDP against trend at its worst")
SETTLING = [measure for measure in MEASURES if measure.name in ("pullback or bust", "payoff")]


def tail_table(analysis: Analysis) -> pd.DataFrame:
    """GDP-at-risk and expected shortfall at 5% of every arm, and the change of the latter by pairs of runs.

    Points of GDP against its trend, at its worst within eight quarters. Without enough runs in the tail the
    numbers are missing, and n says how many runs there were.
    """
    values = {arm.name: analysis.values(arm, GDP) * GDP.factor for arm in analysis.plan.arms}
    rows = []
    for arm in analysis.plan.arms:
        found = {
            "GDP-at-risk": st.at_risk(values[arm.name]),
            "expected shortfall": st.expected_shortfall(values[arm.name]),
        }
        if arm.reference:
            found["change of expected shortfall"] = st.shortfall_effect(values[arm.name], values[arm.reference])
        rows += [
            _identity(arm) | {"measure": name, "unit": GDP.unit, "level": st.TAIL} | _columns(estimate)
            for name, estimate in found.items()
        ]
    return pd.DataFrame(rows)


def failed_run_bounds(analysis: Analysis) -> pd.DataFrame:
    """Share of pullbacks and busts, and each arm's effect on it, with failed runs as good and as bad endings."""
    arms = {arm.name: arm for arm in analysis.plan.arms}
    endings = {name: analysis.values(arm, PULLBACK_OR_BUST) for name, arm in arms.items()}
    failed = {name: failed_seeds(analysis, arm) for name, arm in arms.items()}
    rows = []
    for name, arm in arms.items():
        known = st.finite(endings[name])
        bounds = {"share": st.bounded_share(int(known.sum()), known.size, int(failed[name].sum()))}
        if arm.reference:
            pairs = endings[name], endings[arm.reference], failed[name], failed[arm.reference]
            bounds["effect"] = st.bounded_share_effect(*pairs)
        rows += [
            _identity(arm)
            | {"measure": f"{kind} of {' or '.join(BAD_ENDINGS)}", "failed_runs_count_as": count_as}
            | _columns(estimate.scaled(100.0))
            | {"unit": "points", "failed": int(failed[name].sum())}
            for kind, pair in bounds.items()
            for count_as, estimate in (("good endings", pair.as_good), ("bad endings", pair.as_bad))
        ]
    return pd.DataFrame(rows)


def failed_seeds(analysis: Analysis, arm: Arm) -> NDArray[np.bool_]:
    """Whether the run of each seed of an arm was tried and did not finish."""
    seeds = analysis.of_arm(arm).index
    if "arm" not in analysis.failures:
        return np.zeros(len(seeds), dtype=bool)
    failures = analysis.failures[analysis.failures["arm"] == arm.name]
    return np.asarray(seeds.isin(failures["seed"]))


def convergence_table(analysis: Analysis) -> pd.DataFrame:
    """Shares of every arm after the first 10, 20, 50 ... of its finished runs, in the order of their seeds."""
    rows = [
        _identity(arm) | {"measure": measure.name} | _columns(estimate)
        for arm in analysis.plan.arms
        for measure in SETTLING
        for estimate in st.running_shares(analysis.values(arm, measure))
    ]
    return pd.DataFrame(rows)


def _identity(arm: Arm) -> dict[str, object]:
    return {"arm": arm.name, "scenario": arm.scenario, "policy": arm.policy or ""}


def _columns(estimate: st.Estimate) -> dict[str, float]:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high, "n": estimate.n}
