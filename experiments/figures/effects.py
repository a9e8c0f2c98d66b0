"""What each scenario and policy changes against its reference: a forest plot."""

from __future__ import annotations

from pathlib import Path

from ..analysis import PULLBACK_OR_BUST, Analysis, Effect
from ..wording import several
from . import style

SHOWN = ("pullback or bust", "payoff", "GDP against trend at its worst")


def draw_effects(analysis: Analysis, path: Path) -> None:
    """Effects with 95% intervals, one panel per measure, one row per arm."""
    arms = [arm for arm in analysis.plan.arms if arm.reference]
    table = analysis.effect_table
    size = (8.6, 0.9 + 0.3 * len(arms))
    with style.drawing(path, _claim(analysis), _notes(analysis), table, size, (1, len(SHOWN))) as (_, panels):
        for axes, name in zip(panels, SHOWN, strict=True):
            effects = [effect for effect in analysis.effects if effect.measure.name == name]
            for row, effect in enumerate(effects):
                value, low, high, _n = effect.estimate
                colour = style.BLUE if effect.established else style.MUTED
                axes.plot([low, high], [row, row], color=colour, linewidth=1.6)
                filling = colour if effect.established else "white"
                axes.plot(value, row, "o", color=colour, markersize=5, markerfacecolor=filling)
            axes.axvline(0.0, **style.REFERENCE_LINE)
            axes.set_title(name)
            axes.set_xlabel(effects[0].measure.unit if effects else "")
            axes.set_ylim(len(arms) - 0.5, -0.5)
            axes.set_yticks(range(len(arms)), [analysis.label(arm) for arm in arms] if axes is panels[0] else [])
            axes.grid(axis="y", visible=False)


def _claim(analysis: Analysis) -> str:
    effects = [effect for effect in analysis.effects_on(PULLBACK_OR_BUST) if effect.arm.policy]
    if not effects:
        effects = analysis.effects_on(PULLBACK_OR_BUST)
    helping = [effect for effect in effects if effect.established and effect.estimate.value < 0]
    kind = "policy" if effects and effects[0].arm.policy else "scenario"
    if not helping:
        return f"No {kind} lowers the share of pullbacks and busts by an amount these runs can establish"
    names = several(_with_points(effect) for effect in sorted(helping, key=lambda effect: effect.estimate.value))
    return f"Fewer pullbacks and busts under {names}"


def _with_points(effect: Effect) -> str:
    name = effect.arm.policy or effect.arm.name
    return f"{name} ({effect.estimate.value:+.0f} points)"


def _notes(analysis: Analysis) -> str:
    references = several(sorted({arm.reference for arm in analysis.plan.arms if arm.reference}))
    return (
        f"Paired differences from {references} (dashed) over {analysis.plan.study.runs} common seeds with "
        "95% intervals: Tango's score interval for endings, BCa bootstrap for GDP. Filled: sign established "
        "(interval beside zero and, for endings, exact McNemar test with Holm's correction below .05)."
    )
