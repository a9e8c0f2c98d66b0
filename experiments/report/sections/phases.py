"""Where in a grid of two parameters the endings change."""

from ...figures.maps import phase_diagram
from ..section import Findings, Section


def write(findings: Findings) -> Section | None:
    """Phase diagrams; nothing unless the study has a grid over two parameters."""
    if findings.analysis.runs.empty:
        return None
    chart = phase_diagram(findings.analysis)
    if chart is None:
        return None
    return Section("phases", "Where the phases lie", charts=(chart,), points=(f"{chart.claim}.",))
