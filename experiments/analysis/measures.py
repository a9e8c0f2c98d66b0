"""What can be asked of a run's end: the measures that policies and scenarios are judged by, and their effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .. import statistics as st
from ..study.designs import BAD_ENDINGS
from ..study.schema import Arm

Floats = NDArray[np.float64]


class Measure(NamedTuple):
    """Something a policy can change: how to read it off the runs, its unit, and whether it is an ending."""

    name: str
    unit: str
    read: Callable[[pd.DataFrame], pd.Series]
    is_ending: bool
    factor: float = 1.0


def ending_in(name: str, *labels: str) -> Measure:
    """Whether a run ends in one of these ways."""
    return Measure(name, "points", lambda runs: runs["outcome"].isin(labels).astype(float), True, 100.0)


def _score(name: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda runs: runs[name].astype(float)


PULLBACK_OR_BUST = ending_in("pullback or bust", *BAD_ENDINGS)


BUST, PAYOFF = ending_in("systemic bust", "systemic bust"), ending_in("payoff", "payoff")


WORST_GDP = Measure("GDP against trend at its worst", "points", _score("gdp_gap"), False, 100.0)


MEASURES = (
    PULLBACK_OR_BUST,
    BUST,
    PAYOFF,
    WORST_GDP,
    Measure("peak of real AI capex", "USD bn a quarter", _score("capex_peak"), False),
    Measure("coverage at the end", "ratio", _score("coverage_star_end"), False),
)


@dataclass(frozen=True)
class Effect:
    """What an arm changes against its reference, in `measure`; flips only where the measure is an ending."""

    arm: Arm
    measure: Measure
    estimate: st.Estimate
    precision: st.Estimate
    flips: st.Flips | None = None
    p_value: float = float("nan")

    @property
    def established(self) -> bool:
        """Whether the runs establish the sign: interval beside zero, for endings also Holm's p < .05."""
        return not self.estimate.crosses_zero and not self.p_value >= 1.0 - st.CONFIDENCE


def identity_of(arm: Arm, **columns: object) -> dict[str, object]:
    """The columns that say which arm a row is about, and others after them."""
    return {"arm": arm.name, "scenario": arm.scenario, "policy": arm.policy or ""} | columns
