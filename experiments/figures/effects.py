"""What each scenario and policy changes against its reference: a forest plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..analysis.analysis import Analysis
from ..analysis.measures import PAID_OFF, PULLBACK, WORST_GDP, Effect
from ..analysis.wording import several, span
from ..statistics import FEWEST_FOR_BOOTSTRAP
from . import style
from .chart import Chart, Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = tuple(measure.name for measure in (PULLBACK, PAID_OFF, WORST_GDP))


def effect_chart(analysis: Analysis) -> Chart:
    """Effects with 95% intervals, one panel per measure, one row per arm."""
    arms = [arm for arm in analysis.plan.arms if arm.reference]
    return Chart(
        "effects",
        _claim(analysis),
        f"Forest plot of the effects of {len(arms)} scenarios and policies on {several(SHOWN)}.",
        _notes(analysis),
        analysis.effect_table,
        lambda frame: _draw(analysis, frame),
        panels=len(SHOWN),
        columns=len(SHOWN),
        panel_height=0.9 + 0.3 * len(arms),
    )


def _draw(analysis: Analysis, frame: Frame) -> None:
    for panel, (axes, name) in enumerate(zip(frame.panels, SHOWN, strict=True)):
        effects = [effect for effect in analysis.effects if effect.measure.name == name]
        for row, effect in enumerate(effects):
            draw_interval(axes, row, effect)
        axes.axvline(0.0, **style.REFERENCE_LINE)
        axes.set_title("\n".join(style.balanced(name, 30)))
        axes.set_xlabel(effects[0].measure.unit if effects else "")
        axes.set_ylim(len(effects) - 0.5, -0.5)
        names = [style.wrapped(analysis.label(effect.arm), frame.narrow) for effect in effects]
        axes.set_yticks(range(len(effects)), names if frame.opens_row(panel) else [])
        axes.grid(axis="y", visible=False)


def draw_interval(axes: Axes, row: int, effect: Effect) -> None:
    """An effect as a point on its interval: filled where the runs establish its sign."""
    value, low, high, _n = effect.estimate
    colour = style.BLUE if effect.established else style.MUTED
    axes.plot([low, high], [row, row], color=colour, linewidth=1.6)
    axes.plot(value, row, "o", color=colour, markersize=5, markerfacecolor=colour if effect.established else "white")


def _claim(analysis: Analysis) -> str:
    effects = [effect for effect in analysis.effects_on(PULLBACK) if effect.arm.policy]
    if not effects:
        effects = analysis.effects_on(PULLBACK)
    helping = [effect for effect in effects if effect.established and effect.estimate.value < 0]
    kind = "policy" if effects and effects[0].arm.policy else "scenario"
    if not helping:
        return f"No {kind} lowers the share of investment pullbacks by an amount these runs can establish"
    names = several(_with_points(analysis, each) for each in sorted(helping, key=lambda each: each.estimate.value))
    return f"Fewer investment pullbacks under {names}"


def _with_points(analysis: Analysis, effect: Effect) -> str:
    value, low, high, _n = effect.estimate
    return f"{analysis.label(effect.arm).removeprefix('+ ')} ({value:+.0f} points, {low:.0f} to {high:.0f})"


def _notes(analysis: Analysis) -> str:
    compared = {arm.reference for arm in analysis.plan.arms}
    references = several(sorted({analysis.label(arm) for arm in analysis.plan.arms if arm.name in compared}))
    pairs = span(effect.estimate.n for effect in analysis.effects)
    return (
        f"Paired differences from {references} (dashed) over {pairs} common seeds with "
        "95% intervals: Tango's score interval for endings, BCa bootstrap for GDP (Student's below "
        f"{FEWEST_FOR_BOOTSTRAP} pairs). Filled: sign established (interval beside zero, and p below .05 after Holm's "
        "correction over all rows: exact McNemar test for endings, Student's paired one for means)."
    )
