"""Runs that failed, and what the model cannot say."""

import pandas as pd

from ...analysis.analysis import Analysis
from ...analysis.measures import PULLBACK
from ...analysis.wording import failed_of, with_interval
from ...statistics import Estimate
from ...study.schema import Arm
from ..section import Findings, Section, Table

LIMITS = (
    "Results are conditional on the model, on its parameters and on the prior of gamma. They are not a forecast, and "
    "the intervals hold only what seeds and sampled parameters vary: not what the model leaves out.",
    "Most opening numbers have low confidence; each carries its source (circuit run --sources). Choices of "
    "interpretation and known gaps are listed in the documentation (Choices, Model card).",
    "When a pullback comes cannot be told from data: compare scenarios, do not read off dates.",
)


def write(findings: Findings) -> Section:
    """Failures with bounds both ways, and the limits of the model."""
    analysis = findings.analysis
    failed, total = len(analysis.failures), len(analysis.failures) + len(analysis.runs)
    count = failed_of(failed, total)
    tables = tuple(table for table in (_bounds(analysis), _messages(analysis)) if table)
    return Section(
        "limits",
        "Failed runs and limits",
        text=(
            *((f"{findings.warning}.",) if findings.warning else ()),
            f"{count}." if failed == 0 else f"{count}; the first table bounds what they could change.",
            *LIMITS,
        ),
        tables=tables,
        points=(f"{findings.warning or count}.",),
    )


def _bounds(analysis: Analysis) -> Table | None:
    """Share of investment pullbacks if every failed run had ended well, and if every one had ended badly."""
    bounds = analysis.bounds
    shares = bounds[bounds["measure"].str.startswith("share") & (bounds["failed"] > 0)].set_index("arm")
    arms = [arm for arm in analysis.plan.arms if arm.name in shares.index]
    if not arms:
        return None
    rows = tuple(_bound(analysis, arm, shares.loc[arm.name].set_index("failed_runs_count_as")) for arm in arms)
    return Table(
        "Share of investment pullbacks if the failed runs had all ended well, or all badly",
        ("", "failed", "all well", "as finished", "all badly", "runs tried"),
        rows,
        "95% Wilson intervals.",
    )


def _bound(analysis: Analysis, arm: Arm, bounds: pd.DataFrame) -> tuple[str, ...]:
    """`bounds` has a row for failed runs as good endings and one for bad ones; shares in percent."""
    ends = (bounds.loc[f"{end} endings", ["value", "low", "high", "n"]] for end in ("good", "bad"))
    well, badly = (with_interval(Estimate(*end).scaled(0.01)) for end in ends)
    finished = with_interval(analysis.share(arm, PULLBACK))
    failed, tried = (str(int(bounds[name].iloc[0])) for name in ("failed", "n"))
    return (analysis.label(arm), failed, well, finished, badly, tried)


def _messages(analysis: Analysis) -> Table | None:
    """What the failed runs said, most frequent first."""
    if analysis.failures.empty or "message" not in analysis.failures:
        return None
    said = analysis.failures["message"].astype(str).value_counts().head(10)
    return Table("What failed runs said", ("message", "runs"), tuple((str(text), str(n)) for text, n in said.items()))
