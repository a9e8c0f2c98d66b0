"""The bad tail of an arm, what its failed runs could change, and how its shares settle as runs come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .. import statistics as st
from .measures import PAID_OFF, PULLBACK, WORST_GDP, identity_of
from .runs import StudyRuns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..study.schema import Arm

SHARE, EFFECT = "share", "effect"


def tail_table(analysis: StudyRuns) -> pd.DataFrame:
    """GDP-at-risk and expected shortfall at 5% of every arm, and the change of the latter by pairs of runs.

    Points of GDP against the macro twin, at its worst since a peak of AI investment. Without enough runs in the tail
    the numbers are missing, and n says how many runs there were."""
    values = {arm.name: analysis.values(arm, WORST_GDP) * WORST_GDP.factor for arm in analysis.plan.arms}
    rows = []
    for arm in analysis.plan.arms:
        found = {
            "GDP-at-risk": st.at_risk(values[arm.name]),
            "expected shortfall": st.expected_shortfall(values[arm.name]),
        }
        if arm.reference:
            found["change of expected shortfall"] = st.shortfall_effect(values[arm.name], values[arm.reference])
        rows += [
            identity_of(arm, measure=name, unit=WORST_GDP.unit, level=st.TAIL) | estimate.columns("value")
            for name, estimate in found.items()
        ]
    return pd.DataFrame(rows)


def failed_run_bounds(analysis: StudyRuns) -> pd.DataFrame:
    """Share of investment pullbacks, and each arm's effect on it, with failed runs as good and as bad endings."""
    arms = {arm.name: arm for arm in analysis.plan.arms}
    endings = {name: analysis.values(arm, PULLBACK) for name, arm in arms.items()}
    failed = {name: failed_seeds(analysis, arm) for name, arm in arms.items()}
    rows = []
    for name, arm in arms.items():
        known = st.finite(endings[name])
        bounds = {"share": st.bounded_share(int(known.sum()), known.size, int(failed[name].sum()))}
        if arm.reference:
            pairs = endings[name], endings[arm.reference], failed[name], failed[arm.reference]
            bounds["effect"] = st.bounded_share_effect(*pairs)
        rows += [
            identity_of(arm, measure=f"{kind} of runs with an investment pullback", failed_runs_count_as=count_as)
            | estimate.scaled(100.0).columns("value")
            | {"unit": "points", "failed": int(failed[name].sum())}
            for kind, pair in bounds.items()
            for count_as, estimate in (("good endings", pair.as_good), ("bad endings", pair.as_bad))
        ]
    return pd.DataFrame(rows)


def failed_seeds(analysis: StudyRuns, arm: Arm) -> NDArray[np.bool_]:
    """Whether the run of each seed of an arm was tried and did not finish."""
    seeds = analysis.of_arm(arm).index
    if "arm" not in analysis.failures:
        return np.zeros(len(seeds), dtype=bool)
    failures = analysis.failures[analysis.failures["arm"] == arm.name]
    return np.asarray(seeds.isin(failures["seed"]))


def convergence_table(analysis: StudyRuns) -> pd.DataFrame:
    """Shares of every arm, and its effect on investment pullbacks, after the first 10, 15, 20 ... seeds; in points.

    Seeds in their order; n is the number of finished runs among them, or of pairs."""
    arms = {arm.name: arm for arm in analysis.plan.arms}
    found: list[tuple[Arm, str, str, list[st.Estimate]]] = []
    for arm in arms.values():
        found += [
            (arm, SHARE, measure.name, st.running_shares(analysis.values(arm, measure)))
            for measure in (PULLBACK, PAID_OFF)
        ]
        if arm.reference:
            mine, theirs = (analysis.values(each, PULLBACK) for each in (arm, arms[arm.reference]))
            found.append((arm, EFFECT, PULLBACK.name, st.running_share_effects(mine, theirs)))
    rows = [
        identity_of(arm, measure=measure, what=what, unit="points") | estimate.scaled(100.0).columns("value")
        for arm, what, measure, estimates in found
        for estimate in estimates
    ]
    return pd.DataFrame(rows)
