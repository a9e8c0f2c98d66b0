"""When pullbacks come."""

from ...figures.survival import survival_chart
from ..section import Findings, Section


def write(findings: Findings) -> Section | None:
    """Time to the first pullback; nothing when no run finished."""
    chart = survival_chart(findings.analysis)
    if chart is None:
        return None
    return Section(
        "timing",
        "When pullbacks come",
        text=(
            "When a pullback comes cannot be told from data. Compare the curves with each other; do not read off "
            "dates.",
        ),
        charts=(chart,),
        points=(f"{chart.claim}.",),
    )
