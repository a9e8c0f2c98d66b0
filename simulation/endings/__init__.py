"""How a run goes and ends: episodes on the way, the state at the horizon, cost and gain against the macro twin."""

from __future__ import annotations

from simulation.endings.episodes import KINDS, Episode
from simulation.endings.outcome import ENDINGS, Outcome, outcome_of, outcome_without_twin
from simulation.endings.scores import SCORES
from simulation.endings.thresholds import THRESHOLDS, Thresholds

__all__ = [
    "ENDINGS",
    "KINDS",
    "SCORES",
    "THRESHOLDS",
    "Episode",
    "Outcome",
    "Thresholds",
    "outcome_of",
    "outcome_without_twin",
]
