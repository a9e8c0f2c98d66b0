"""How often each arm of a study ends how, and how often it has an investment pullback on the way."""

from typing import Any

from simulation.endings import ENDINGS

from ..analysis.analysis import Analysis
from ..analysis.measures import PULLBACK
from ..analysis.wording import percent, span, with_interval
from ..ensembles.start import start_of
from . import style
from .chart import Chart, Frame

SMALLEST_LABELLED = {False: 0.045, True: 0.11}
"""Share of a bar with room for its number, in the wide and in the narrow form."""


def outcome_chart(analysis: Analysis) -> Chart:
    """Stacked bars of outcome shares; runs with an investment pullback as a line beneath."""
    return Chart(
        "outcome-shares",
        _claim(analysis),
        f"Stacked bars, one for each of {len(analysis.plan.arms)} economies, of the shares of runs by ending.",
        _notes(analysis),
        analysis.shares,
        lambda frame: _draw(analysis, frame),
        panel_height=0.9 + 0.36 * len(analysis.plan.arms),
        narrow_height=1.9 + 0.36 * len(analysis.plan.arms),
    )


def _draw(analysis: Analysis, frame: Frame) -> None:
    arms, table, [axes] = analysis.plan.arms, analysis.shares, frame.panels
    rows = range(len(arms))
    left = [0.0] * len(arms)
    for label in ENDINGS:
        shares = list(table.loc[table["outcome"] == label, "share"].fillna(0.0))
        bars = axes.barh(rows, shares, left=left, height=0.72, color=style.OUTCOME_COLOURS[label], label=label)
        texts = [percent(share) if share >= SMALLEST_LABELLED[frame.narrow] else "" for share in shares]
        behind = {"facecolor": style.OUTCOME_COLOURS[label], "edgecolor": "none", "pad": 0.8}
        axes.bar_label(bars, texts, label_type="center", size=8, color=style.INK, bbox=behind, zorder=5)
        left = [start + share for start, share in zip(left, shares, strict=True)]
    fallen = [analysis.share(arm, PULLBACK).value for arm in arms]
    axes.barh(
        [row + 0.41 for row in rows], fallen, height=0.08, color=style.INK, label="investment pullback on the way"
    )
    axes.set_yticks(rows, [style.wrapped(analysis.label(arm), frame.narrow) for arm in arms])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(lambda share, _: f"{share * 100:.0f}%")
    axes.grid(axis="y", visible=False)
    above: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "borderaxespad": 0.2}
    axes.legend(ncols=1 if frame.narrow else 3, fontsize=8, handlelength=1.2, **above)


def _claim(analysis: Analysis) -> str:
    share = with_interval(analysis.share(analysis.reference))
    claim = f"{share} of {analysis.reference_label} runs have an investment pullback on the way"
    effects = [effect for effect in analysis.effects_on(PULLBACK) if effect.established]
    if not effects:
        return claim
    strongest = max(effects, key=lambda effect: abs(effect.estimate.value))
    there = with_interval(analysis.share(strongest.arm))
    return f"{claim}; {analysis.label(strongest.arm)} moves that most, to {there}"


def _notes(analysis: Analysis) -> str:
    study, failed = analysis.plan.study, len(analysis.failures)
    return (
        f"{span(analysis.shares['n'])} finished runs a row, same seeds, {study.horizon} quarters from "
        f"{start_of(study.vintage)}, {study.drawn}. Dark line: runs with an investment pullback. Shares "
        f"are conditional on the gain from AI (gamma), which nobody knows. {failed} runs failed. "
        "95% intervals: in the data."
    )
