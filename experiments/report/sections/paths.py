"""Where investment, coverage, AI shares and GDP go."""

from ...figures.fans import fan_chart, scenarios_chart
from ..section import Findings, Section, drawn

MOST_FANS = 8


def write(findings: Findings) -> Section | None:
    """A large fan of the reference, and small ones of the other scenarios, at the first point of a grid."""
    analysis = findings.analysis
    first = analysis.reference.point
    arms = [arm for arm in analysis.plan.arms if not arm.policy and len(analysis.finished(arm))]
    shown = [arm for arm in arms if arm.point == first][:MOST_FANS]
    if not shown:
        return None
    left_out = len(arms) - len(shown)
    more = (f"{left_out} more economies are not drawn; their paths are in the stored series.",) if left_out else ()
    return Section(
        "paths",
        "Where investment, coverage, AI shares and GDP go",
        text=more,
        charts=drawn(fan_chart(analysis, shown[0]), scenarios_chart(analysis, shown[1:]) if shown[1:] else None),
    )
