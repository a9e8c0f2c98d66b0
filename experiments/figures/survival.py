"""How long booms last: the share of runs still without a pullback, by quarter."""

from __future__ import annotations

from pathlib import Path

from ..analysis import Analysis
from ..survival import survival_curves, time_to_pullback
from ..wording import percent
from . import style

COLOURS = (style.BLUE, style.VERMILION, style.GREEN, style.ORANGE, style.SKY)
MOST_HIGHLIGHTED = len(COLOURS)


def draw_survival(analysis: Analysis, path: Path) -> None:
    """Kaplan-Meier curves: the reference dashed with its 95% band, the arms that move most in colour."""
    curves, times = survival_curves(analysis), time_to_pullback(analysis)
    reference = analysis.reference
    moved = times[times["arm"] != reference.name].sort_values("p_holm", kind="stable")["arm"].tolist()
    colours = dict(zip(moved, COLOURS, strict=False))
    with style.drawing(path, _claim(analysis), _notes(analysis, len(moved)), curves, (8.2, 3.6)) as (_, [axes]):
        for arm in analysis.plan.arms:
            curve = curves[curves["arm"] == arm.name]
            quarters = [0, *curve["quarter"]]
            share = [1.0, *curve["share"]]
            if arm is reference:
                low, high = [1.0, *curve["low"]], [1.0, *curve["high"]]
                axes.fill_between(quarters, low, high, step="post", color=style.GREY, alpha=0.4, linewidth=0)
                axes.step(quarters, share, where="post", label=arm.name, zorder=3, **style.REFERENCE_LINE)
            elif arm.name in colours:
                axes.step(
                    quarters, share, where="post", color=colours[arm.name], linewidth=1.6, label=analysis.label(arm)
                )
            else:
                axes.step(quarters, share, where="post", color=style.GREY, linewidth=0.8)
        axes.set_ylim(0, 1)
        axes.set_xlim(0, analysis.plan.study.horizon)
        axes.yaxis.set_major_formatter(lambda share, _: f"{share * 100:.0f}%")
        axes.set_xlabel("quarters since the opening")
        axes.set_title("Booms without a pullback so far")
        axes.legend(fontsize=8, loc="upper right")


def _claim(analysis: Analysis) -> str:
    times = time_to_pullback(analysis).set_index("arm")
    mine = times.loc[analysis.reference.name]
    unbroken = survival_curves(analysis).query("arm == @analysis.reference.name")["share"].iloc[-1]
    if mine["median_quarters"] == float("inf"):
        return f"{percent(unbroken)} of {analysis.reference.name} booms see no pullback within the run"
    return (
        f"Half of {analysis.reference.name} booms break by quarter {mine['median_quarters']:.0f}; "
        f"{percent(unbroken)} do not break within the run"
    )


def _notes(analysis: Analysis, others: int) -> str:
    grey = " The rest are grey." if others > MOST_HIGHLIGHTED else ""
    study = analysis.plan.study
    return (
        f"Kaplan-Meier curves over {study.runs} runs an arm of {study.horizon} quarters; runs without a pullback "
        f"are censored at their end. Band: 95% interval of {analysis.reference.name} (dashed), log-log Greenwood. "
        f"Colour: the arms with the smallest log-rank p-values against their references.{grey}"
    )
