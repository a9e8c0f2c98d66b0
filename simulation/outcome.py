"""How a run ends: payoff, muddle-through, pullback or systemic bust, and the scores behind the label.

Tests read four-quarter averages; real AI capital expenditure is deflated by the GDP deflator. All thresholds
stand in `Thresholds`; `Outcome.sensitivity` says what the label would be with each of them 20% lower or
higher. A label cuts a continuum: read it beside the scores.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from simulation.scores import SCORES, Measures

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

Label = Literal["payoff", "muddle-through", "pullback", "systemic bust"]
Leg = Literal["", "capex", "market", "both"]

LABELS: tuple[Label, ...] = ("payoff", "muddle-through", "pullback", "systemic bust")
__all__ = ["LABELS", "SCORES", "THRESHOLDS", "Label", "Leg", "Outcome", "Thresholds", "outcome_of"]

_PAYOFF, _MUDDLE_THROUGH, _PULLBACK, _BUST = range(4)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the labels are cut. Shares are ratios; durations are quarters and are not varied."""

    capex_fall: float = 0.30
    """capex leg of a pullback: fall of real AI capital expenditure from the peak of eight quarters"""
    equity_fall: float = 0.50
    """market leg: fall of AI equity ..."""
    capex_fall_with_equity: float = 0.15
    """... together with this fall of real AI capital expenditure"""
    gdp_shortfall: float = 0.015
    """systemic: real GDP below the trend of the eight quarters before the fall"""
    unemployment_rise: float = 0.01
    """systemic: rise of unemployment"""
    losses_to_gdp: float = 0.01
    """systemic: eight quarters of AI credit losses over annual GDP, or ..."""
    losses_to_debt: float = 0.15
    """... over the AI debt of eight quarters ago"""
    lending_fall: float = 0.05
    """systemic: fall of bank lending from its peak of the last eight quarters (or any bank failure)"""
    gated_share: float = 0.25
    """systemic: share of private credit behind a closed gate"""
    coverage: float = 1.0
    """payoff: revenue over the highest requirement so far"""
    averaging_quarters: int = 4
    horizon_quarters: int = 8
    criteria_of_a_bust: int = 2
    payoff_quarters: int = 4
    payoff_after_quarter: int = 8


THRESHOLDS = Thresholds()
VARIED = tuple(field.name for field in fields(Thresholds) if isinstance(field.default, float))
VARIATION = 0.20


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    `label` is one of `LABELS`; `leg` says which test found a pullback ("capex", "market", "both", or "" when
    there was none); `late` is true when the payoff test holds at the end of a pullback or bust; `scores`
    holds the measures declared in `SCORES`; `sensitivity` maps "capex_fall -20%" and its like to labels.
    """

    label: Label
    leg: Leg
    late: bool
    scores: dict[str, float]
    sensitivity: dict[str, Label]

    def __str__(self) -> str:
        """The label in words, with the leg of a pullback and a late payoff."""
        leg = f" ({self.leg} {'legs' if self.leg == 'both' else 'leg'})" if self.leg else ""
        return f"{self.label}{leg}{', late payoff' if self.late else ''}"

    @property
    def robust(self) -> bool:
        """Whether the label survives every threshold moved by 20%."""
        return all(label == self.label for label in self.sensitivity.values())


def outcome_of(history: pd.DataFrame | npt.NDArray[np.void], thresholds: Thresholds = THRESHOLDS) -> Outcome:
    """Label and scores of a run.

    `history` has one row per quarter and the columns of `simulation.series.SERIES`, as a frame or a
    structured array. Raises CircuitError when it is empty or a series the outcome needs is not finite.
    """
    measures = Measures.of(history, thresholds)
    bounds = _variations(thresholds)
    capex_leg = measures.capex_fall >= bounds["capex_fall"]
    market_leg = (measures.recent_equity_fall >= bounds["equity_fall"]) & (
        measures.recent_capex_fall >= bounds["capex_fall_with_equity"]
    )
    pullback = capex_leg | market_leg
    criteria = pullback * measures.criteria_met(bounds) if pullback.any() else np.zeros_like(pullback, np.int64)
    payoff = measures.payoff_test(bounds)
    labels = _label(pullback, criteria >= thresholds.criteria_of_a_bust, payoff)

    fell = bool(pullback[0].any())
    scores = measures.scores() | {
        "gdp_gap_of_pullback": measures.gdp_gap_of(pullback[0]),
        "systemic_criteria": float(criteria[0].max()),
        "pullback_quarter": measures.first_quarter(pullback[0]),
        "payoff_quarter": measures.first_quarter(payoff[0]),
    }
    return Outcome(
        label=labels[0],
        leg=_leg(bool(capex_leg[0].any()), bool(market_leg[0].any())),
        late=fell and bool(payoff[0, -1]),
        scores={name: scores[name] for name in SCORES},
        sensitivity=dict(zip(_variation_names(), labels[1:], strict=True)),
    )


def _label(pullback: Flags, systemic: Flags, payoff: Flags) -> list[Label]:
    """One label per row: a pullback outweighs a payoff, which returns as the suffix late."""
    code = np.where(payoff.any(axis=1), _PAYOFF, _MUDDLE_THROUGH)
    code = np.where(pullback.any(axis=1), _PULLBACK, code)
    code = np.where(systemic.any(axis=1), _BUST, code)
    return [LABELS[row] for row in code.tolist()]


def _leg(capex: bool, market: bool) -> Leg:
    if capex and market:
        return "both"
    return "capex" if capex else "market" if market else ""


@lru_cache(maxsize=16)
def _variations(thresholds: Thresholds) -> dict[str, Floats]:
    """Each threshold as a column: as it is, then one row per threshold moved down and one moved up."""
    bounds = {name: np.full((1 + 2 * len(VARIED), 1), getattr(thresholds, name)) for name in VARIED}
    for position, name in enumerate(VARIED):
        bounds[name][1 + 2 * position] *= 1.0 - VARIATION
        bounds[name][2 + 2 * position] *= 1.0 + VARIATION
    return bounds


@lru_cache(maxsize=1)
def _variation_names() -> tuple[str, ...]:
    return tuple(f"{name} {sign}{VARIATION:.0%}" for name in VARIED for sign in "-+")
