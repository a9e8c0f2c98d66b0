"""Published scenarios beside the runs."""

from ...figures.published import published_chart
from ..section import Findings, Section


def write(findings: Findings) -> Section | None:
    """Bands of simulated runs and published figures; nothing when no run finished."""
    chart = published_chart(findings.analysis)
    if chart is None:
        return None
    return Section("published", "Beside published scenarios", charts=(chart,))
