"""How a run goes and ends: episodes on the way, the state at the horizon, cost and gain against the macro twin."""

from __future__ import annotations

from simulation.endings.outcome import ENDINGS, Outcome, outcome_of
from simulation.endings.thresholds import THRESHOLDS, Thresholds

__all__ = ["ENDINGS", "THRESHOLDS", "Outcome", "Thresholds", "outcome_of"]
