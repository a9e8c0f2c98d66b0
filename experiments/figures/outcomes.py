"""How often each arm of a study ends in payoff, muddle-through, pullback or bust."""

from __future__ import annotations

from pathlib import Path

from simulation.outcome import LABELS

from ..analysis import PULLBACK_OR_BUST, Analysis
from ..wording import percent
from . import style

SMALLEST_LABELLED = 0.045


def draw_outcomes(analysis: Analysis, path: Path) -> None:
    """Stacked bars of outcome shares; the part of pullbacks and busts that pay off late is hatched."""
    arms = analysis.plan.arms
    table = analysis.shares
    with style.drawing(path, _claim(analysis), _notes(analysis), table, (8.2, 0.9 + 0.36 * len(arms))) as (
        _,
        [axes],
    ):
        rows = range(len(arms))
        left = [0.0] * len(arms)
        for label in LABELS:
            shares = list(table.loc[table["outcome"] == label, "share"].fillna(0.0))
            bars = axes.barh(rows, shares, left=left, height=0.72, color=style.OUTCOME_COLOURS[label], label=label)
            texts = [percent(share) if share >= SMALLEST_LABELLED else "" for share in shares]
            behind = {"facecolor": style.OUTCOME_COLOURS[label], "edgecolor": "none", "pad": 0.8}
            axes.bar_label(bars, texts, label_type="center", size=8, color=style.INK, bbox=behind, zorder=5)
            left = [start + share for start, share in zip(left, shares, strict=True)]
        late = list(table.loc[table["outcome"] == "late payoff", "share"].fillna(0.0))
        starts = [end - share for end, share in zip(left, late, strict=True)]
        axes.barh(
            rows,
            late,
            left=starts,
            height=0.72,
            fill=False,
            hatch="////",
            edgecolor=style.INK,
            linewidth=0,
            label="pays off late",
        )
        axes.set_yticks(rows, [analysis.label(arm) for arm in arms])
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(lambda share, _: f"{share * 100:.0f}%")
        axes.grid(axis="y", visible=False)
        axes.legend(ncols=5, loc="lower left", bbox_to_anchor=(0.0, 1.0), fontsize=8, handlelength=1.2)


def _claim(analysis: Analysis) -> str:
    share = analysis.share(analysis.reference)
    claim = f"{percent(share.value)} of {analysis.reference.name} runs end in a pullback or a bust"
    effects = [effect for effect in analysis.effects_on(PULLBACK_OR_BUST) if effect.established]
    if not effects:
        return claim
    strongest = max(effects, key=lambda effect: abs(effect.estimate.value))
    there = percent(analysis.share(strongest.arm).value)
    return f"{claim}; {strongest.arm.name} moves that most, to {there}"


def _notes(analysis: Analysis) -> str:
    study, failed = analysis.plan.study, len(analysis.failures)
    drawn = "uncertain parameters drawn from their priors" if study.prior else "parameters as the scenarios set them"
    return (
        f"{study.runs} runs a row, same seeds, {study.horizon} quarters from {study.vintage}, {drawn}. "
        "Hatched: pullbacks and busts that meet the payoff test at the end. Shares are conditional on the "
        f"gain from AI (gamma), which nobody knows. {failed} runs failed. 95% intervals: in the CSV beside."
    )
