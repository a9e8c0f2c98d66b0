"""How long the boom lasts: Kaplan-Meier curves of the time to the first pullback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .. import statistics as st
from ..analysis.analysis import Analysis
from ..analysis.survival import EVENT
from ..analysis.wording import percent, several
from ..study.schema import Arm
from . import style
from .chart import Chart, Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_PANELS = 12


def survival_chart(analysis: Analysis) -> Chart | None:
    """One panel for each arm against the one it is compared with (dashed).

    Curves and tests are those of the tables; nothing when no run could have a pullback."""
    if EVENT not in analysis.runs or analysis.finished(analysis.reference).empty:
        return None
    curves = {str(arm): rows for arm, rows in analysis.survival.groupby("arm", sort=False) if rows["n"].iloc[0]}
    compared = [arm for arm in analysis.plan.arms if arm.reference and arm.name in curves]
    panels = compared[:MOST_PANELS] or [analysis.reference]
    left_out = len(compared) - len(panels)

    def draw(frame: Frame) -> None:
        for axes, arm in zip(frame.panels, panels, strict=True):
            _draw_curve(axes, curves[arm.name])
            if arm.reference in curves:
                rows = curves[arm.reference]
                axes.step(rows["quarter"], rows["share"], where="post", **style.REFERENCE_LINE)
            axes.set_title(style.wrapped(analysis.label(arm), frame.narrow), size=8)
            axes.set_ylim(0, 1)
            axes.yaxis.set_major_formatter(lambda share, _: f"{share * 100:.0f}%")
            style.year_ticks(axes, ["", *analysis.dates], most=4)

    return Chart(
        "time-to-pullback",
        _claim(analysis, curves[analysis.reference.name], panels),
        f"Kaplan-Meier curves of the share of runs without a pullback so far, for {len(panels)} economies.",
        _notes(analysis, left_out),
        pd.concat(curves.values(), ignore_index=True),
        draw,
        panels=len(panels),
        columns=min(4, len(panels)),
        panel_height=1.45,
        narrow_columns=2,
    )


def _draw_curve(axes: Axes, rows: pd.DataFrame) -> None:
    axes.fill_between(rows["quarter"], rows["low"], rows["high"], step="post", color=style.SKY, alpha=0.4, linewidth=0)
    axes.step(rows["quarter"], rows["share"], where="post", color=style.BLUE, linewidth=1.8)


def _claim(analysis: Analysis, curve: pd.DataFrame, panels: list[Arm]) -> str:
    table = analysis.time_to_pullback
    medians, tests = (dict(zip(table["arm"], table[column], strict=True)) for column in ("median_quarters", "p_holm"))
    name = analysis.reference_label
    median = medians[analysis.reference.name]
    if np.isfinite(median):
        when = f"Half the {name} runs have had a pullback by {_date(analysis, median)}"
    else:
        never = percent(float(curve["share"].iloc[-1]))
        when = f"{never} of {name} runs see no pullback in {analysis.plan.study.horizon} quarters"
    others = [arm for arm in panels if arm.reference]
    if not others:
        return when
    differing = [arm for arm in others if tests[arm.name] < 1.0 - st.CONFIDENCE]
    if not differing:
        return f"{when}; no other curve differs from its reference by an amount these runs can establish"
    return f"{when}; the timing differs from the reference's under {several(map(analysis.label, differing))}"


def _date(analysis: Analysis, quarter: float) -> str:
    return analysis.dates[int(quarter) - 1] if quarter >= 1 else analysis.plan.study.vintage


def _notes(analysis: Analysis, left_out: int) -> str:
    more = f" {left_out} more curves are in the data." if left_out else ""
    n = len(analysis.finished(analysis.reference))
    return (
        f"Share of runs without a pullback so far; dashed: the economy it is compared with ({n} runs of "
        f"{analysis.reference_label}). Runs without one are censored at quarter {analysis.plan.study.horizon}; "
        "pointwise 95% log-log bands. Tests: log-rank with Holm's correction over all economies, which takes seeds as "
        f"independent and so understates what common seeds can show.{more}"
    )
