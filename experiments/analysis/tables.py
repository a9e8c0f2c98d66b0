"""Every table of a study, by file name."""

import pandas as pd

from .analysis import Analysis


def all_tables(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Everything that is written beside the figures. A table without rows is an empty frame."""
    return {
        "outcome_shares": analysis.shares,
        "effects": analysis.effect_table,
        "threshold_sensitivity": analysis.thresholds,
        "outcomes_by_gamma": analysis.by_gamma,
        "costs_by_ending": analysis.costs,
        "time_to_pullback": analysis.time_to_pullback,
        "survival": analysis.survival,
        "incidence": analysis.incidence,
        "smoothers": analysis.smoothers,
        "tail_risk": analysis.tails,
        "failed_run_bounds": analysis.bounds,
        "convergence": analysis.convergence,
        **analysis.regret,
    }
