"""Runs that failed, and what the model cannot say."""

from __future__ import annotations

from ...analysis import PULLBACK_OR_BUST, Analysis
from ...study import Arm
from ...wording import percent
from ..section import Findings, Section, Table

LIMITS = (
    "Results are conditional on the model, on its parameters and on the prior of gamma. They are not a forecast, and "
    "the intervals hold only what seeds and sampled parameters vary: not what the model leaves out.",
    "Most opening numbers have low confidence; each carries its source (circuit run --sources). Choices of "
    "interpretation and known gaps are listed in the documentation (Choices, Model card).",
    "The timing of a withdrawal cannot be identified from data: compare scenarios, do not read off dates.",
)


def write(findings: Findings) -> Section:
    """Failures with bounds both ways, and the limits of the model."""
    analysis = findings.analysis
    failed, total = len(analysis.failures), len(analysis.failures) + len(analysis.runs)
    count = f"{failed} of {total:,} runs failed"
    tables = tuple(table for table in (_bounds(analysis), _messages(analysis)) if table)
    return Section(
        "limits",
        "Failed runs and limits",
        text=(f"{count}." if failed == 0 else f"{count}; the first table bounds what they could change.", *LIMITS),
        tables=tables,
        points=(f"{count}.",),
    )


def _bounds(analysis: Analysis) -> Table | None:
    """Share of pullbacks and busts if every failed run had ended well, and if every one had ended badly."""
    rows = tuple(_bound(analysis, arm) for arm in analysis.plan.arms if analysis.failed(arm))
    if not rows:
        return None
    return Table(
        "Share of pullbacks and busts if the failed runs had all ended well, or all badly",
        ("", "failed", "all well", "as finished", "all badly", "runs tried"),
        rows,
    )


def _bound(analysis: Analysis, arm: Arm) -> tuple[str, ...]:
    failed, finished = analysis.failed(arm), analysis.share(arm, PULLBACK_OR_BUST)
    bad = 0 if finished.n == 0 else round(finished.value * finished.n)
    tried = finished.n + failed
    shares = (bad / tried, finished.value, (bad + failed) / tried)
    return (analysis.label(arm), str(failed), *map(percent, shares), str(tried))


def _messages(analysis: Analysis) -> Table | None:
    """What the failed runs said, most frequent first."""
    if analysis.failures.empty or "message" not in analysis.failures:
        return None
    said = analysis.failures["message"].astype(str).value_counts().head(10)
    return Table("What failed runs said", ("message", "runs"), tuple((str(text), str(n)) for text, n in said.items()))
