"""Every table of a study, by file name."""

from __future__ import annotations

import pandas as pd

from .analysis import Analysis
from .regret import regret_tables
from .risk import convergence_table, failed_run_bounds, tail_table
from .survival import survival_curves, time_to_pullback


def all_tables(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Everything that is written beside the figures. A table without rows is an empty frame."""
    return {
        **analysis.tables,
        "time_to_pullback": time_to_pullback(analysis),
        "survival": survival_curves(analysis),
        "tail_risk": tail_table(analysis),
        "failed_run_bounds": failed_run_bounds(analysis),
        "convergence": convergence_table(analysis),
        **regret_tables(analysis),
    }
