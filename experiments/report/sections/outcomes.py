"""How runs end."""

from __future__ import annotations

from typing import Any

from simulation.outcome import LABELS

from ...analysis.wording import percent
from ...figures.outcomes import outcome_chart
from ..section import Findings, Section, Table

SHOWN = (*LABELS, "late payoff")


def write(findings: Findings) -> Section | None:
    """Outcome shares of every arm with intervals; nothing when no run finished."""
    analysis = findings.analysis
    if analysis.runs.empty:
        return None
    rows = []
    for arm in analysis.plan.arms:
        shares = analysis.shares[analysis.shares["arm"] == arm.name].set_index("outcome")
        cells = [share_cell(shares.loc[outcome]) for outcome in SHOWN]
        rows.append((analysis.label(arm), *cells, str(shares["n"].iloc[0]), str(analysis.failed(arm))))
    table = Table(
        "How runs end: share of finished runs, with 95% intervals",
        ("", *SHOWN, "runs", "failed"),
        tuple(rows),
        "The intervals of the four endings hold together (Goodman 1965); late payoffs are pullbacks and busts that "
        "meet the payoff test at the end, with an interval of their own.",
    )
    return Section(
        "outcomes",
        "How runs end",
        text=(
            "A run ends in payoff when, for four quarters after the eighth, revenue from end demand covers the highest "
            "requirement of compute so far and AI cash flow pays for keeping capacity; in a pullback when real AI "
            "investment falls by 30 percent within eight quarters, or AI shares by half with investment down 15 "
            "percent; in a systemic bust when a pullback takes GDP, jobs, credit or banks along; in muddle-through "
            "otherwise.",
        ),
        charts=(outcome_chart(analysis),),
        tables=(table,),
    )


def share_cell(row: Any) -> str:
    """A share with its interval, both in percent."""
    if row["share"] != row["share"]:
        return "-"
    return f"{percent(row['share'])} ({row['low'] * 100:.0f}–{row['high'] * 100:.0f})"
