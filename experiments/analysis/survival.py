"""How long booms last: time to pullback by arm, censored at the end of the run, and whether arms differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .. import statistics as st
from .measures import identity_of
from .runs import StudyRuns

if TYPE_CHECKING:
    from ..common.arrays import Floats
    from ..study.schema import Arm

EVENT = "pullback_quarter"


def times_to_pullback(analysis: StudyRuns, arm: Arm) -> tuple[Floats, Floats]:
    """Quarters to the first pullback of each finished run, or of the whole run, and whether there was one."""
    quarters = np.asarray(analysis.finished(arm)[EVENT], dtype=float)
    happened = np.isfinite(quarters)
    return np.where(happened, quarters, float(analysis.plan.study.horizon)), happened


def survival_of(analysis: StudyRuns, arm: Arm) -> st.Survival:
    """Share of an arm's booms still without a pullback at the start and after each quarter of the run."""
    horizon = analysis.plan.study.horizon
    return st.kaplan_meier(*times_to_pullback(analysis, arm), at=np.arange(horizon + 1))


def survival_curves(analysis: StudyRuns) -> pd.DataFrame:
    """Kaplan-Meier curve of every arm, one row per quarter from the start on: share without pullback, runs at risk."""
    tables = []
    for arm in analysis.plan.arms:
        curve = survival_of(analysis, arm)
        columns = {"share": curve.share, "low": curve.low, "high": curve.high, "at_risk": curve.at_risk}
        tables.append(pd.DataFrame(identity_of(arm, quarter=curve.times.astype(int)) | columns | {"n": curve.n}))
    return pd.concat(tables, ignore_index=True)


def time_to_pullback(analysis: StudyRuns) -> pd.DataFrame:
    """Median quarters to pullback of every arm, and the log-rank test against its reference.

    A median is infinite where fewer than half of the booms break within the run. P-values are Holm's over all arms."""
    arms = {arm.name: arm for arm in analysis.plan.arms}
    times = {name: times_to_pullback(analysis, arm) for name, arm in arms.items()}
    compared = {name: arm.reference for name, arm in arms.items() if arm.reference}
    tests = {name: st.log_rank(*times[name], *times[reference]) for name, reference in compared.items()}
    corrected = dict(zip(tests, st.holm([1.0 if p != p else p for p in tests.values()]), strict=True))
    rows = []
    for name, arm in arms.items():
        curve = survival_of(analysis, arm)
        rows.append(
            identity_of(arm, reference=arm.reference or "")
            | curve.median.columns("median_quarters")
            | {
                "pullbacks": curve.events,
                "censored": curve.n - curve.events,
                "log_rank_p": tests.get(name, float("nan")),
                "p_holm": corrected.get(name, float("nan")),
            }
        )
    return pd.DataFrame(rows)
