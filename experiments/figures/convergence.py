"""Whether there were enough runs: estimates and intervals as runs are added, seed by seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..analysis.analysis import Analysis
from ..analysis.measures import PULLBACK
from ..analysis.risk import EFFECT, SHARE
from ..statistics import Estimate, normal_quantile
from ..study.schema import Arm
from . import style
from .chart import Chart, Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WANTED_HALF_WIDTH = 0.05


def convergence_chart(analysis: Analysis) -> Chart | None:
    """The reference's share of investment pullbacks, and the clearest effect on it, against the number of runs.

    Nothing where there are fewer than two numbers of runs to look at."""
    shares = _settling(analysis, analysis.reference, SHARE)
    if len(shares) < 2:
        return None
    lines = [(f"{analysis.reference_label}: investment pullback, %", shares)]
    clearest = _clearest(analysis)
    if clearest is not None:
        title = f"effect of {analysis.label(clearest).removeprefix('+ ')}, points"
        lines.append((title, _settling(analysis, clearest, EFFECT)))

    def draw(frame: Frame) -> None:
        for axes, (title, rows) in zip(frame.panels, lines, strict=True):
            _draw_line(axes, rows)
            axes.set_title(title)
            axes.set_xlabel("runs")
        if clearest is not None:
            frame.panels[-1].axhline(0.0, **style.REFERENCE_LINE)

    last = Estimate(*shares[["value", "low", "high", "n"]].iloc[-1])
    return Chart(
        "convergence",
        _claim(last, analysis.reference_label),
        "Lines with bands: the estimate and its 95% interval against the number of runs.",
        "Runs in the order of their seeds; 95% intervals (Wilson; Tango for the effect). An interval looked at again "
        "and again as runs are added holds less often than 95%: stop by width, not by significance.",
        pd.concat([rows for _, rows in lines], ignore_index=True),
        draw,
        panels=len(lines),
        columns=len(lines),
        panel_height=2.2,
    )


def runs_for(share: float, half_width: float) -> int:
    """Runs for a Wilson interval of about this half width around a share (normal approximation)."""
    return int(np.ceil(normal_quantile() ** 2 * max(share * (1.0 - share), 0.05) / half_width**2))


def _settling(analysis: Analysis, arm: Arm, what: str) -> pd.DataFrame:
    """The rows of the convergence table on an arm's investment pullbacks; none where no run finished."""
    table = analysis.convergence
    if table.empty:
        return table
    chosen = (table["arm"] == arm.name) & (table["what"] == what) & (table["measure"] == PULLBACK.name)
    return table[chosen]


def _clearest(analysis: Analysis) -> Arm | None:
    effects = [effect for effect in analysis.effects_on(PULLBACK) if effect.flips and effect.estimate.n]
    best = min(effects, key=lambda effect: effect.flips.p_value if effect.flips else 1.0).arm if effects else None
    return best if best and len(_settling(analysis, best, EFFECT)) > 1 else None


def _draw_line(axes: Axes, rows: pd.DataFrame) -> None:
    axes.fill_between(rows["n"], rows["low"], rows["high"], color=style.SKY, alpha=0.4, linewidth=0)
    axes.plot(rows["n"], rows["value"], color=style.BLUE, linewidth=1.8)
    axes.set_xlim(0, rows["n"].iloc[-1])


def _claim(last: Estimate, name: str) -> str:
    half = (last.high - last.low) / 2.0
    claim = f"{last.n:.0f} runs fix the share of investment pullbacks in {name} to within {half:.0f} points"
    needed = runs_for(last.value / 100.0, WANTED_HALF_WIDTH)
    if needed <= last.n:
        return claim
    return f"{claim}; {WANTED_HALF_WIDTH * 100:.0f} points would take about {needed:,} runs"
