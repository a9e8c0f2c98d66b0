"""Whether there were enough runs: estimates and intervals as runs are added, seed by seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ..analysis import PULLBACK_OR_BUST, Analysis
from ..statistics import Estimate, finite, probability, share_effect
from ..study import Arm
from . import style
from .chart import Chart, Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS = 24
FEWEST = 5
WANTED_HALF_WIDTH = 0.05

Floats = NDArray[np.float64]


def convergence_chart(analysis: Analysis) -> Chart | None:
    """The reference's share of pullbacks and busts, and the clearest effect on it, against the number of runs."""
    bad = analysis.values(analysis.reference, PULLBACK_OR_BUST)
    done = finite(bad)
    if done.size < 2 * FEWEST:
        return None
    counts = np.unique(np.linspace(FEWEST, done.size, POINTS).astype(int))
    shares = [probability(int(done[:count].sum()), int(count)).scaled(100.0) for count in counts]
    tables = [_tidy(f"share, {analysis.reference.name}", shares)]
    lines = [(f"{analysis.reference.name}: pullback or bust, %", shares)]
    clearest = _clearest(analysis)
    if clearest is not None:
        effects = _effects(analysis, clearest, counts)
        tables.append(_tidy(f"effect, {clearest.name}", effects))
        lines.append((f"effect of {analysis.label(clearest).removeprefix('+ ')}, points", effects))

    def draw(frame: Frame) -> None:
        for axes, (title, estimates) in zip(frame.panels, lines, strict=True):
            _draw_line(axes, estimates)
            axes.set_title(title)
            axes.set_xlabel("runs")
        if clearest is not None:
            frame.panels[-1].axhline(0.0, **style.REFERENCE_LINE)

    return Chart(
        "convergence",
        _claim(shares[-1], analysis.reference.name),
        "Lines with bands: the estimate and its 95% interval against the number of runs.",
        "Runs in the order of their seeds; 95% intervals (Wilson; Tango for the effect). An interval looked at again "
        "and again as runs are added holds less often than 95%: stop by width, not by significance.",
        pd.concat(tables, ignore_index=True),
        draw,
        panels=len(lines),
        columns=len(lines),
        panel_height=2.2,
    )


def runs_for(share: float, half_width: float) -> int:
    """Runs for a Wilson interval of about this half width around a share (normal approximation)."""
    z = float(stats.norm.ppf(0.975))
    return int(np.ceil(z**2 * max(share * (1.0 - share), 0.05) / half_width**2))


def _clearest(analysis: Analysis) -> Arm | None:
    effects = [effect for effect in analysis.effects_on(PULLBACK_OR_BUST) if effect.flips and effect.estimate.n]
    return min(effects, key=lambda effect: effect.flips.p_value if effect.flips else 1.0).arm if effects else None


def _effects(analysis: Analysis, arm: Arm, counts: NDArray[np.int64]) -> list[Estimate]:
    reference = next(other for other in analysis.plan.arms if other.name == arm.reference)
    mine, theirs = (analysis.values(each, PULLBACK_OR_BUST) for each in (arm, reference))
    return [share_effect(mine[:count], theirs[:count]).scaled(100.0) for count in counts]


def _draw_line(axes: Axes, estimates: list[Estimate]) -> None:
    value, low, high, n = np.array(estimates, dtype=float).T
    axes.fill_between(n, low, high, color=style.SKY, alpha=0.4, linewidth=0)
    axes.plot(n, value, color=style.BLUE, linewidth=1.8)
    axes.set_xlim(0, n[-1])


def _claim(last: Estimate, name: str) -> str:
    half = (last.high - last.low) / 2.0
    claim = f"{last.n} runs fix the share of pullbacks and busts in {name} to within {half:.0f} points"
    needed = runs_for(last.value / 100.0, WANTED_HALF_WIDTH)
    if needed <= last.n:
        return claim
    return f"{claim}; {WANTED_HALF_WIDTH * 100:.0f} points would take about {needed:,} runs"


def _tidy(what: str, estimates: list[Estimate]) -> pd.DataFrame:
    return pd.DataFrame(
        [{"what": what, "runs": e.n, "value": e.value, "low": e.low, "high": e.high} for e in estimates]
    )
