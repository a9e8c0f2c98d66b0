"""How long the boom lasts: Kaplan-Meier curves of the time to the first pullback."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .. import statistics as st
from ..analysis import Analysis
from ..study import Arm
from ..survival import EVENT, times_to_pullback
from ..wording import percent, several
from . import style
from .chart import Chart, Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_PANELS = 12
ROUNDING = 1e-9

Floats = NDArray[np.float64]


class Curve(NamedTuple):
    """Share of runs without a pullback so far, by quarter from 0, with a pointwise 95% band; n runs."""

    arm: Arm
    share: Floats
    low: Floats
    high: Floats
    n: int

    @property
    def median(self) -> float:
        """First quarter by which half the runs had a pullback; NaN when they never do."""
        passed = np.flatnonzero(self.share <= 0.5 + ROUNDING)
        return float(passed[0]) if passed.size else np.nan


def curve_of(analysis: Analysis, arm: Arm) -> Curve | None:
    """The Kaplan-Meier curve of an arm; nothing when no run finished."""
    runs = analysis.finished(arm)
    if runs.empty or EVENT not in runs:
        return None
    found = st.kaplan_meier(*times_to_pullback(analysis, arm), at=np.arange(analysis.plan.study.horizon + 1))
    return Curve(arm, found.share, found.low, found.high, found.n)


def survival_chart(analysis: Analysis) -> Chart | None:
    """One panel for each arm against the reference (dashed); nothing when no run could have a pullback."""
    curves = [curve for arm in analysis.plan.arms if (curve := curve_of(analysis, arm))]
    if not curves or curves[0].arm != analysis.reference:
        return None
    reference, shown = curves[0], curves[: MOST_PANELS + 1]
    panels = shown[1:] or shown
    left_out = len(curves) - len(shown)

    def draw(frame: Frame) -> None:
        for axes, curve in zip(frame.panels, panels, strict=True):
            _draw_curve(axes, curve)
            axes.step(range(reference.share.size), reference.share, where="post", **style.REFERENCE_LINE)
            axes.set_title(analysis.label(curve.arm))
            axes.set_ylim(0, 1)
            axes.yaxis.set_major_formatter(lambda share, _: f"{share * 100:.0f}%")
            style.year_ticks(axes, ["", *analysis.dates], most=4 if frame.narrow else 8)

    return Chart(
        "time-to-pullback",
        _claim(analysis, reference, panels),
        f"Kaplan-Meier curves of the share of runs without a pullback so far, for {len(panels)} economies.",
        _notes(analysis, reference, left_out),
        pd.concat([_tidy(curve, analysis.dates) for curve in curves], ignore_index=True),
        draw,
        panels=len(panels),
        columns=min(3, len(panels)),
        panel_height=1.7,
        narrow_columns=2,
    )


def _draw_curve(axes: Axes, curve: Curve) -> None:
    quarters = range(curve.share.size)
    axes.fill_between(quarters, curve.low, curve.high, step="post", color=style.SKY, alpha=0.4, linewidth=0)
    axes.step(quarters, curve.share, where="post", color=style.BLUE, linewidth=1.8)


def _claim(analysis: Analysis, reference: Curve, curves: list[Curve]) -> str:
    name = reference.arm.name
    if np.isfinite(reference.median):
        when = f"Half the {name} runs have had a pullback by {_date(analysis, reference.median)}"
    else:
        never = percent(float(reference.share[-1]))
        when = f"{never} of {name} runs see no pullback in {analysis.plan.study.horizon} quarters"
    others = [curve for curve in curves if curve.arm != reference.arm]
    if not others:
        return when
    differing = _differing(analysis, others)
    if not differing:
        return f"{when}; no other curve differs by an amount these runs can establish"
    return f"{when}; the timing differs under {several(analysis.label(arm) for arm in differing)}"


def _differing(analysis: Analysis, curves: list[Curve]) -> list[Arm]:
    """Arms whose curve differs from the reference's: log-rank test, corrected by Holm."""
    mine = times_to_pullback(analysis, analysis.reference)
    tests = [st.log_rank(*times_to_pullback(analysis, curve.arm), *mine) for curve in curves]
    corrected = st.holm([1.0 if p_value != p_value else p_value for p_value in tests])
    return [curve.arm for curve, p in zip(curves, corrected, strict=True) if p < 1.0 - st.CONFIDENCE]


def _date(analysis: Analysis, quarter: float) -> str:
    return analysis.dates[int(quarter) - 1] if quarter >= 1 else analysis.plan.study.vintage


def _notes(analysis: Analysis, reference: Curve, left_out: int) -> str:
    more = f" {left_out} more curves are in the data." if left_out else ""
    return (
        f"Share of runs without a pullback so far, {reference.n} runs of {reference.arm.name} (dashed). Runs without "
        f"one are censored at quarter {analysis.plan.study.horizon}; pointwise 95% log-log bands. Tests: log-rank "
        "with Holm's correction, which takes seeds as independent and so understates what common seeds can show."
        f"{more}"
    )


def _tidy(curve: Curve, dates: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "arm": curve.arm.name,
            "quarter": ["start", *dates],
            "share_without_pullback": curve.share,
            "low": curve.low,
            "high": curve.high,
            "n": curve.n,
        }
    )
