"""What was compared: each row of the tables and figures in a line."""

from simulation import Scenario
from simulation.errors import CircuitError
from simulation.scenario import load_policy

from ...analysis.analysis import Analysis
from ...study.schema import Arm
from ..section import Findings, Section, Table


def write(findings: Findings) -> Section:
    """Every economy by the name that tables and figures use, what it is, and what it is compared with."""
    analysis = findings.analysis
    rows = tuple((analysis.label(arm), meaning_of(arm), _reference(analysis, arm)) for arm in analysis.plan.arms)
    return Section(
        "economies",
        "What was compared",
        tables=(
            Table("What each row of the tables and figures stands for", ("", "what it is", "compared with"), rows),
        ),
    )


def meaning_of(arm: Arm) -> str:
    """The policy of an economy in a line, or its scenario where it has none."""
    try:
        told = load_policy(arm.policy) if arm.policy else Scenario.load(arm.scenario)
    except CircuitError:  # a file of one's own that is no longer there
        return ""
    return told.meaning or told.title


def _reference(analysis: Analysis, arm: Arm) -> str:
    compared = next((other for other in analysis.plan.arms if other.name == arm.reference), None)
    return analysis.label(compared) if compared else "-"
